"""The processes that help: they run our code only, give results in order, and their end is told."""

from __future__ import annotations

import errno
import operator
import os
import pickle
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from conftest import TOY, disturbed
from synthkg import errors, machine, workers
from synthkg.catalog.folder import load_catalog
from synthkg.checks.shacl import _validate_chunk
from synthkg.errors import SynthkgError
from synthkg.machine import free_memory, held_memory
from synthkg.workers import _Helper, aside, mapped, staying


@pytest.fixture(params=["forked", "plain"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Helpers are forks where they can be, else plain subprocesses; both keep what is promised here."""
    if request.param == "plain":
        monkeypatch.setattr(workers, "_fork", lambda work: None)
    return str(request.param)


def test_a_module_in_the_current_folder_is_not_run(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of records may come from a stranger, and is often checked from inside it."""
    for name in ("yaml", "queue", "pickle", "synthkg", "rdflib"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(3)")
    catalog = load_catalog(TOY)
    monkeypatch.chdir(tmp_path)
    helper = _Helper()
    assert helper.do(partial(_validate_chunk, catalog.vocabulary.folder), list(catalog)) == []
    helper.end()


def test_the_end_of_a_helper_is_told(kind: str) -> None:
    helper = _Helper()
    helper._process.kill()
    with pytest.raises(SynthkgError, match="was ended by signal 9; most often memory ran out"):
        helper.do(abs, -1)
    helper.end()


def test_a_helper_that_is_stopped_and_goes_on_loses_nothing(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With PYTHONUNBUFFERED, which most containers set, Python loses what one write does not take: so builds broke by Ctrl-Z."""
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")
    helper = _Helper()
    with disturbed(helper._process.pid):
        for size in range(10_000_000, 10_000_003):
            assert helper.do(bytes, size) == bytes(size)
    helper.end()


def test_another_python_imports_what_this_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And runs nothing of the folder in which we stand, such as a data folder of others."""
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "pickle.py").write_text("raise SystemExit(3)")
    (tmp_path / "known").mkdir()
    (tmp_path / "known" / "known_to_us.py").touch()
    monkeypatch.syspath_prepend(tmp_path / "known")
    monkeypatch.chdir(tmp_path / "here")
    assert workers.another_python("-c", "import known_to_us, pickle, synthkg.workers").wait() == 0
    monkeypatch.setattr(sys, "path", ["", *sys.path])  # as in a notebook
    Path("pickle.py").rename("beside.py")
    assert workers.another_python("-c", "import beside").wait() == 3


def test_results_come_in_order_and_faults_as_they_are(kind: str) -> None:
    assert list(mapped(abs, range(-200, 0))) == list(range(200, 0, -1))
    assert list(mapped(abs, [])) == []
    with pytest.raises(ZeroDivisionError):
        list(mapped(partial(operator.floordiv, 1), [2, 1, 0, 3, 4]))


@pytest.mark.parametrize("fault", [each for each in vars(errors).values() if isinstance(each, type)])
def test_an_error_is_told_whole_by_another_process(fault: type[SynthkgError]) -> None:
    error = fault("it broke", "time")
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), vars(copy)) == (fault, str(error), vars(error))


def test_helpers_stay_for_the_next_map_and_no_longer(kind: str) -> None:
    with staying():
        assert list(mapped(abs, range(100))) == list(range(100))
        kept = list(workers._idle)
        assert list(mapped(abs, range(100))) == list(range(100))
        assert workers._idle == kept
    assert not workers._idle


def test_who_wants_no_more_results_waits_for_none(kind: str) -> None:
    results = mapped(partial(pow, 3), range(10_000))
    assert next(results) == 1
    results.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("moment", ["ThreadPoolExecutor.submit", "threading.Semaphore.release"])
def test_ctrl_c_ends_it_whenever_it_comes(moment: str) -> None:
    """After a thread was begun of which nobody knows yet, and when the threads are about to be told of the end."""
    code = f"""if True:
        import threading, time
        from synthkg.workers import ThreadPoolExecutor, mapped
        whole = {moment}
        def interrupted(*arguments):
            {"whole(*arguments)" if "submit" in moment else ""}
            {moment} = whole
            raise KeyboardInterrupt
        results = mapped(abs, range(100_000))
        if {"release" in moment}:
            next(results)
            time.sleep(1)
        {moment} = interrupted
        results.close() if {"release" in moment} else list(results)
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr.splitlines()[-1] == "KeyboardInterrupt"


def test_helpers_are_of_the_kind_that_is_meant(kind: str) -> None:
    """In a process of its own: beside other threads nothing is forked."""
    plain = "workers._fork = lambda work: None\n" if kind == "plain" else ""
    code = f"from synthkg import workers\n{plain}print(type(workers._Helper()._process).__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == {"forked": "Fork\n", "plain": "Popen\n"}[kind]


def test_a_helper_that_dies_ends_the_work(kind: str) -> None:
    with pytest.raises(SynthkgError, match="ended with status 3"):
        list(mapped(_exit_elsewhere, [_here()] * 100))


def test_what_is_done_aside_is_done_beside() -> None:
    mine = [1]
    with aside(lambda: (os.getpid(), mine.copy())) as answer:
        mine.append(2)
        process, seen = answer()
    assert (process, seen) == ((os.getpid(), [1, 2]) if _has_threads() else (process, [1]))
    assert (process == os.getpid()) == _has_threads()


def test_what_either_raises_is_raised() -> None:
    with pytest.raises(OSError, match="No space left"), aside(_fail) as answer:
        answer()
    started = time.monotonic()
    with pytest.raises(OSError, match="No space left"), aside(lambda: time.sleep(100)):
        _fail()
    assert time.monotonic() - started < 50, "it ends with whoever wanted it"


@pytest.mark.parametrize(
    ("work", "told"),
    [
        ("lambda: os.kill(os.getpid(), signal.SIGKILL)", "was ended by signal 9; most often memory ran out"),
        ("lambda: lambda: 0", "ended with status 1"),  # no function without a name can travel
    ],
)
def test_the_end_of_what_is_done_aside_is_told(work: str, told: str) -> None:
    """In a process of its own, since beside other threads, of a server that another test has, nothing is forked."""
    code = f"import os, signal; from synthkg.workers import aside\nwith aside({work}) as answer: answer()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert told in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(("more", "told"), [(0, "done"), (9, "[Errno 24] Too many open files: '/dev/null'")])
def test_where_few_files_may_be_open_it_is_done_or_told(more: int, told: str) -> None:
    """The three that each process has, and the pipes to the other. What travels may need more."""
    code = f"""if True:
        import os, resource
        from synthkg.workers import aside
        class Result:
            def __reduce__(self):
                opened = [open(os.devnull) for _ in range({more})]
                return str, ("done",)
        resource.setrlimit(resource.RLIMIT_NOFILE, (7, 7))
        try:
            with aside(Result) as answer:
                print(answer())
        except OSError as error:
            print(error)
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == (f"{told}\n", "")


def test_what_is_done_aside_is_had_where_nobody_may_wait_for_it() -> None:
    """As where a supervisor left SIGCHLD ignored."""
    code = "import signal; from synthkg.workers import aside; signal.signal(signal.SIGCHLD, signal.SIG_IGN)"
    code += "\nwith aside(lambda: 7) as answer: print(answer())\nwith aside(lambda: 7): pass"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("7\n", "")


def test_what_is_done_aside_leaves_helpers_alone_and_has_its_own() -> None:
    with staying():
        assert list(mapped(abs, range(100))) == list(range(100))
        with aside(lambda: list(mapped(abs, range(200)))) as answer:
            assert list(mapped(abs, range(-300, 0))) == list(range(300, 0, -1))
            assert answer() == list(range(200))
        assert list(mapped(abs, range(100))) == list(range(100))


@pytest.mark.parametrize("error", [errno.EAGAIN, errno.ENOMEM])
def test_where_no_process_is_left_it_is_done_here(error: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(os, "fork", refuse)
    with aside(os.getpid) as answer:
        assert answer() == os.getpid()


def test_where_memory_would_not_do_it_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fork holds what it changes twice; a hundred thousand papers were ended by the system for it."""
    monkeypatch.setattr(workers, "_forks", 1_000_000)
    with aside(os.getpid) as answer:
        assert answer() == os.getpid()


def test_a_container_says_how_much_memory_is_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its groups, as Linux shows them, say less than the machine; what only caches files is as good as free."""
    files = {
        "proc/meminfo": "MemTotal: 900 kB\nMemAvailable: 800 kB\n",
        "proc/self/cgroup": "4:memory:/old\n0::/pod/container\n",
        "groups/pod/memory.max": "500000\n",
        "groups/pod/memory.current": "300000\n",
        "groups/pod/memory.stat": "anon 1\ninactive_file 100000\n",
        "groups/pod/container/memory.max": "max\n",
        "groups/pod/container/memory.current": "200000\n",
        "groups/pod/container/memory.stat": "inactive_file 0\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(machine, "_PROCESS", tmp_path / "proc")
    monkeypatch.setattr(machine, "_GROUPS", tmp_path / "groups")
    assert free_memory() == 300_000
    assert held_memory() is None
    (tmp_path / "groups/pod/memory.max").write_text("max\n")
    assert free_memory() == 800 * 1024
    (tmp_path / "proc/meminfo").unlink()
    assert free_memory() is None


def test_as_many_work_as_cores_may_be_used() -> None:
    """A batch system gives a process some cores of many."""
    alone = {min(os.sched_getaffinity(0))}
    code = f"import os; os.sched_setaffinity(0, {alone}); from synthkg import workers; print(workers._PROCESSES)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "1\n"


def test_what_is_done_aside_ends_with_a_parent_that_is_killed() -> None:
    """Its memory is what the system killed the parent for."""
    code = "import os, time; from synthkg.workers import aside\nwith aside(lambda: time.sleep(100)): os.kill(os.getpid(), 9)"
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=False, timeout=50)  # which both have
    assert done.returncode == -9


def test_beside_other_threads_nothing_is_forked() -> None:
    is_over = threading.Event()
    other = threading.Thread(target=is_over.wait)
    other.start()
    with aside(os.getpid) as answer:
        assert answer() == os.getpid()
    is_over.set()
    other.join()


def test_what_is_done_repeatedly_rests_while_a_process_is_forked() -> None:
    """Else nothing would be forked on a terminal, where a thread shows what is being done. In a process of its own, as above."""
    code = """if True:
        import os, threading, time
        from synthkg.workers import aside, repeatedly
        done = []
        with repeatedly(lambda: done.append(time.monotonic()), first=0.05, then=0.01):
            for _ in range(3):
                before = len(done)
                with aside(os.getpid) as answer:
                    assert answer() != os.getpid()
                while len(done) < before + 2:
                    time.sleep(0.005)
        print(threading.active_count())
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=50)
    assert (done.stdout, done.stderr) == ("1\n", "")


def _has_threads() -> bool:
    return threading.active_count() > 1


def _fail() -> None:
    raise OSError(28, "No space left on device")


def _here() -> str:
    return str(os.getpid())


def _exit_elsewhere(here: str) -> None:
    if here != _here():
        os._exit(3)
