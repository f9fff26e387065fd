"""How commands end: one line that names the place and what to do, a status that tells the cases apart, and UTF-8 everywhere."""

from __future__ import annotations

import os
import pty
import re
import shlex
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from unittest.mock import Mock

import pytest
from click.exceptions import Exit

import synthkg
from conftest import TOY, Run, call, disturbed
from synthkg.cli.ending import ending
from synthkg.graph.store import OxigraphStore

LIST = "# A list\n\n- [A first one](https://arxiv.org/abs/2304.00001)\n"
LONG = "x" * 300


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("import list.md --to list.md", "list.md/lists: Not a directory; a part of the way to it is a file"),
        ("import list.md --to {long}", "File name too long; choose a shorter name"),
        ("import loop.md --to out", "loop.md: cannot read it: Too many levels of symbolic links"),
        ("match list.md --data {toy} --to list.md", "list.md/"),
        ("view published --data {toy} --out list.md", "list.md: File exists; name another place"),
        ("view --data {toy} --out /proc/nope", "/proc/nope: No such file or directory; look at the name"),
        ("diff {dist}/synthkg.nq {dist}/synthkg.nq --out list.md", "list.md"),
        ("export prov --data {toy} --out folder", "folder: Is a directory; name a file"),
        ("export prov --data {toy} --out /dev/full", "/dev/full: No space left on device; make room on the disk"),
        ("export sssom --data {toy} --out list.md/x", "list.md: File exists"),
        ("export queries --data {toy} --format grlc --out list.md", "list.md"),
        ("export w3id --data {toy} --site https://x.org/ --name A --github a --out list.md", "list.md: File exists"),
        ("fill --data {toy} folder", "folder: cannot read it: Is a directory"),
        ("build --data {toy} --out list.md/out", "list.md/out"),
        ("build --data {toy} --out /", "holds files that are no dumps"),
        ("check --data {long}", "{long}: File name too long"),
        ("query {long}.rq --data {toy}", "{long}"),
        ("add 2212.10560 --data {toy} --id {long}", "at most 200"),
        ("query papers --timeout 1e300", "'--timeout'"),
        ("query papers --timeout nan", "'--timeout'"),
        ("publish --data {toy} --to http://[", '"http://[" is no absolute http(s) URL'),
    ],
)
def test_what_the_system_refuses_is_a_line(
    line: str, words: str, toy_dist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.md").write_text(LIST)
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop.md").symlink_to("loop.md")
    names = {"toy": TOY, "dist": toy_dist, "long": LONG}
    done = run(*shlex.split(line.format(**names)))
    assert (done.status, done.stdout) == (2, "")
    assert words.format(**names) in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1 or "Usage:" in done.stderr
    assert (tmp_path / "list.md").read_text() == LIST


def test_a_folder_s_name_is_no_pattern(toy: Path, tmp_path: Path, run: Run) -> None:
    """Nor is what others left beside the dumps ours to judge."""
    (tmp_path / ".b1.notapid.tmp").mkdir()
    (tmp_path / ".b[1].notapid.tmp").mkdir()
    assert run("build", "--data", toy, "--out", tmp_path / "b[1]").status == 0
    assert (tmp_path / ".b[1].notapid.tmp").is_dir()


def test_ctrl_c_while_the_program_is_read_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("raise KeyboardInterrupt\n")
    path = os.pathsep.join([str(tmp_path), *sys.path])
    done = call("build", "--data", TOY, "--out", tmp_path / "dist", PYTHONPATH=path)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (MemoryError(), "out of memory; ask for less, or run it where there is more"),
        (
            RuntimeError("can't start new thread"),
            "no more threads can be started; end other programs, or raise the limits (ulimit -u, ulimit -v)",
        ),
    ],
    ids=["memory", "threads"],
)
def test_what_runs_out_is_a_line(error: Exception, told: str, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    monkeypatch.setattr(OxigraphStore, "select", Mock(side_effect=error))
    done = run("view", "papers", "--data", TOY)
    assert (done.status, done.stderr) == (2, f"synthkg: {told}\n")


@pytest.mark.parametrize("arguments", [("query", "papers", "-p", "says=fact", "--data", str(TOY)), ("--help",)])
def test_no_room_for_the_output_is_a_line(arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "synthkg", *arguments]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    told = "synthkg: the output: No space left on device; make room on the disk, and run it again\n"
    assert (done.returncode, done.stderr) == (2, told)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("check --data {toy} 2>/dev/full >/dev/null", 2),
        ("check --data {toy} 2>/dev/full >/dev/full", 2),
        ("query counts --data {toy} 2>/dev/full >/dev/full", 2),
        ("query counts --data {toy} 2>/dev/full >/dev/null", 0),
        ("query nope --data {toy} 2>/dev/full", 2),
        ("--help >/dev/full 2>/dev/full", 2),
        ("--nope 2>/dev/full", 2),
        ("--nope", 141),
        ("check --data {toy}", 141),
    ],
)
def test_what_cannot_be_told_has_the_status_of_what_cannot_be_written(line: str, status: int) -> None:
    """Python's own is 120. Where the call says nothing of it, nobody reads what is told."""
    reader, writer = os.pipe()
    os.close(reader)
    call = f"'{sys.executable}' -m synthkg {line.format(toy=TOY)}"
    done = subprocess.run(call, shell=True, stderr=writer, check=False)
    os.close(writer)
    assert done.returncode == status


def test_pipes_that_another_program_left_non_blocking_are_waited_for() -> None:
    """As node leaves them: Python would break off where one is full, or empty for a moment."""
    (its_input, ours), (answer, its_output) = os.pipe(), os.pipe()
    os.set_blocking(its_input, False)
    os.set_blocking(its_output, False)
    command = [sys.executable, "-m", "synthkg", "query", "-", "--data", str(TOY)]
    with subprocess.Popen(command, stdin=its_input, stdout=its_output) as process:
        os.close(its_input)
        os.close(its_output)
        sleep(0.5)  # it waits for its query now
        os.write(ours, b'SELECT (REPLACE("' + b"x" * 1000 + b'", "x", "' + b"y" * 1000 + b'") AS ?long) {}')
        os.close(ours)
        with os.fdopen(answer, "rb") as stream:
            first = stream.read(1)
            sleep(0.2)  # the pipe is full now
            assert first + stream.read() == b"long\n" + b"y" * 1_000_000 + b"\n"
    assert process.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_command_as_ctrl_c_does(number: int, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Exit) as caught, ending(), TemporaryDirectory() as folder:  # noqa: PT012
        os.kill(os.getpid(), number)
        sleep(1)
    assert caught.value.exit_code == 128 + number
    assert capsys.readouterr().err == "synthkg: stopped before the end; no file is half written\n"
    assert not Path(folder).exists()
    assert signal.getsignal(number) is signal.SIG_DFL


def test_a_second_ctrl_c_is_no_traceback() -> None:
    """It comes while Python puts away what is left."""
    program = (
        "import os, signal, weakref\nfrom synthkg.cli.ending import ending\nclass It: pass\nit = It()\n"
        "weakref.finalize(it, os.kill, os.getpid(), signal.SIGINT)\nwith ending(): raise KeyboardInterrupt"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGINT
    assert done.stderr.startswith("synthkg: stopped before the end; no file is half written\n")
    assert "\nKeyboardInterrupt" not in done.stderr  # Python 3.13 shows the program, which has the word


def test_a_folder_that_was_removed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    done = run("query", "papers", "--data", TOY)
    assert (done.status, done.stderr) == (2, "synthkg: the current folder was removed; go to another one (cd)\n")


def test_a_reader_that_has_gone_is_no_finding() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "synthkg", "query", "papers", "-p", "says=fact", "--data", str(TOY)]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


def test_an_answer_that_is_stopped_and_goes_on_is_whole(tmp_path: Path) -> None:
    """With PYTHONUNBUFFERED, Python loses what one write does not take."""
    pieces = [f"{number}" * 300 for number in range(2000)]
    query = "SELECT (CONCAT('" + "', '".join(pieces) + "') AS ?long) {}"
    (tmp_path / "long.rq").write_text(query)
    command = [sys.executable, "-m", "synthkg", "query", str(tmp_path / "long.rq"), "--data", str(TOY)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        answer = os.read(process.stdout.fileno(), 1)  # it is being written from here on
        with disturbed(process.pid):
            while some := os.read(process.stdout.fileno(), 1 << 14):
                answer += some
                sleep(0.001)
    assert answer == f"long\n{''.join(pieces)}\n".encode()


@pytest.mark.parametrize("name", ["stdout", "stderr"])
def test_no_stream_loses_what_one_write_does_not_take(name: str) -> None:
    """The lines of what went wrong can be as long as those of an answer."""
    code = f"import sys; from synthkg.cli.ending import speak_utf8; speak_utf8(); print('潮' * 1_000_000, file=sys.{name})"
    reading, writing = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONUNBUFFERED": "1"}, **{name: writing}
    ) as process:  # type: ignore[call-overload]
        os.close(writing)
        said = os.read(reading, 1)
        with disturbed(process.pid):
            while some := os.read(reading, 1 << 14):
                said += some
                sleep(0.001)
    os.close(reading)
    assert said.decode() == "潮" * 1_000_000 + "\n"


@pytest.mark.parametrize(
    "environment", [{"PYTHONIOENCODING": "cp1252"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}]
)
def test_output_is_utf_8_whatever_the_locale(environment: dict[str, str], tmp_path: Path, run: Run) -> None:
    (tmp_path / "list.md").write_text("# 列表\r\n\r\n- [潮汐](https://arxiv.org/abs/2304.00001)\r\n", newline="")
    run("import", tmp_path / "list.md", "--to", tmp_path / "list")
    done = call("view", "published", "--data", tmp_path / "list", cwd=None, **environment)
    assert (done.returncode, done.stdout) == (0, (tmp_path / "list.md").read_bytes())
    answer = call("query", "papers", "-p", "says=fact", "--data", TOY, cwd=None, **environment)
    assert "潮 太郎".encode() in answer.stdout
    asked = subprocess.run(
        [sys.executable, "-m", "synthkg", "query", "-", "--data", str(TOY)],
        input='SELECT ("潮" AS ?x) {}'.encode(),
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
    )
    assert asked.stdout == "x\n潮\n".encode()


def test_input_that_is_not_utf_8_is_a_line() -> None:
    command = [sys.executable, "-m", "synthkg", "query", "-", "--data", str(TOY)]
    done = subprocess.run(command, input=b"SELECT ('\xe9' AS ?x) {}", capture_output=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(b"synthkg: standard input: not UTF-8")


@pytest.mark.parametrize(
    ("call", "status", "told"),
    [
        ("query - <&-", 2, "there is no query"),
        ("add --bibtex - <&-", 0, "0 records written"),
        ("query counts >&-", 2, "the output: Bad file descriptor; it is closed"),
        ("check >&- 2>&-", 2, ""),
        ("check 2>&-", 0, ""),
        ("query counts 2>&-", 0, ""),
    ],
)
def test_a_stream_that_is_closed(call: str, status: int, told: str, tmp_path: Path) -> None:
    """Standard input is empty then, and what goes to standard output is lost, which is told; what cannot be told is not."""
    line = call.replace(" ", f" --data '{tmp_path / 'toy'}' ", 1)
    shutil.copytree(TOY, tmp_path / "toy")
    done = subprocess.run(f"'{sys.executable}' -m synthkg {line}", shell=True, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (status, bool(told))
    assert told in done.stderr


def test_a_name_that_is_no_text_is_printed_as_an_escape(tmp_path: Path) -> None:
    done = call("check", "--data", tmp_path / "a\udcff")
    assert done.returncode == 2
    assert rb"a\udcff: no such folder" in done.stderr


def on_a_terminal(*words: str | Path, **environment: str) -> bytes:
    """What a command prints on a terminal of our own."""
    main_end, other_end = pty.openpty()
    command = [sys.executable, "-m", "synthkg", *map(str, words)]
    subprocess.run(
        command, stdin=other_end, stdout=other_end, stderr=other_end, env={**os.environ, **environment}, check=False, timeout=60
    )
    os.close(other_end)
    said = b""
    with suppress(OSError):  # the end of a terminal's output is EIO
        while True:
            said += os.read(main_end, 4096)
    os.close(main_end)
    return said


def test_no_color(toy: Path) -> None:
    """https://no-color.org."""
    assert b"\x1b[3" in on_a_terminal("check", "--data", toy)
    assert b"\x1b[3" not in on_a_terminal("check", "--data", toy, NO_COLOR="1")


@pytest.mark.parametrize("pager", ["cat", "no-such-pager", "cat '"])
def test_a_pager_that_is_none_is_done_without(pager: str) -> None:
    said = on_a_terminal("show", "drift", "--data", TOY, PAGER=pager, LINES="5", TERM="xterm")
    assert b"Traceback" not in said
    assert said.count(b"https://w3id.org/synthkg/method/drift") == 1


@pytest.mark.parametrize("cache", ["/dev/null/cache", "/proc/nope"])
def test_a_user_without_a_home(cache: str, toy: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", cache)
    for line in (
        f"check --data {toy}",
        f"build --data {toy} --out {tmp_path}/dist",
        f"link dblp --dump {TOY.parent}/targets/dblp.ttl --data {toy}",
    ):
        done = run(*line.split())
        assert done.status == 0, done.stderr


def test_the_list_of_commands_is_whole(run: Run) -> None:
    assert "…" not in run("--help").stdout.replace("`$ synthkg query …`", "")
    assert "..." not in run("--help").stdout.partition("Commands:")[2]


@pytest.mark.parametrize(
    ("file", "gone", "calls", "words"),
    [
        ("ontology/synthkg.ttl", r"(?m)^:size\b", ("check", "query papers", "build", "view published", ""), "no term :size"),
        ("ontology/synthkg.ttl", r'(?m):key(?= +"arxiv")', ("check", ""), 'no property with the key "arxiv"'),
        ("ontology/synthkg.ttl", r"(?s).+", ("check", "show drift", "export sssom", ""), "synthkg.ttl: no term of synthkg"),
        ("ontology/target.ttl", r"(?s).+", ("check", ""), 'no concept scheme "target"'),
        ("queries/exports/labels.rq", "", ("show drift", "search drift"), "queries/exports: no labels.rq"),
    ],
)
def test_a_folder_of_another_version_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run, file: str, gone: str, calls: tuple[str, ...], words: str
) -> None:
    for name in ("ontology", "queries"):
        shutil.copytree(Path(__file__).parents[2] / name, tmp_path / name)
    shutil.copytree(TOY, tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    if gone:
        Path(file).write_text(re.sub(gone, ":gone" if gone.startswith("(?m)") else "", Path(file).read_text("utf-8")), "utf-8")
    else:
        Path(file).unlink()
    for line in calls:
        if line:
            done = run(*line.split())
            assert (done.status, done.stdout) == (2, "")
            told = done.stderr
        else:
            with pytest.raises(synthkg.UnreadableError) as error:
                synthkg.open()
            told = f"synthkg: {error.value}\n"
        assert words in told
        assert "put it back, or take ontology/ and queries/ of this program, synthkg " in told
        assert told.count("\n") == 1
