"""Work for all cores: one function applied to many tasks, and some work beside other.

For the first, this process and its helpers each take the next task when they are free.

Both are done by forks of this process, which have imported what it has and see all that is there without a copy. Where nothing
can be forked, as on Windows, beside other threads, whose locks would stay locked, or where too little memory or no process is
left, helpers are plain subprocesses, because multiprocessing would run the caller's own script again in the child; and what was
to be done beside is done when it is asked for.

Results of a map come in the order of the tasks, and a helper that is far ahead waits, so that memory does not grow with them.
"""

from __future__ import annotations

import gc
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from queue import SimpleQueue
from typing import IO, Any, TypeVar

from synthkg.errors import SynthkgError
from synthkg.forks import Fork
from synthkg.machine import cores, free_memory, held_memory

__all__ = ["another_python", "aside", "mapped", "repeatedly", "staying", "without_garbage_collection"]

_PROCESSES = min(cores(), 8)
_AHEAD = 3
_PATIENCE = 1.0  # seconds, after which a thread looks whether the end came without a word, as where Ctrl-C cut it short
_WORTHWHILE = 4  # tasks that take longer than a helper takes to start

Task = TypeVar("Task")
Result = TypeVar("Result")


def mapped(work: Callable[[Task], Result], tasks: Sequence[Task]) -> Iterator[Result]:
    """The results, in order.

    Args:
        work: A function of a module, pure: helpers import it.
        tasks: What it is applied to; a single task is done here.

    Raises:
        SynthkgError: A helper has ended.
    """
    numbers = count()
    made: dict[int, Result] = {}
    done: SimpleQueue[tuple[int, Result | BaseException]] = SimpleQueue()
    helpers = 0 if _is_fork else min(_PROCESSES - 1, len(tasks) // _WORTHWHILE)
    room = threading.Semaphore(helpers * _AHEAD)
    ended = False

    def keep_busy(helper: _Helper) -> None:
        while not ended:
            if not room.acquire(timeout=_PATIENCE):
                continue
            if ended or (number := next(numbers)) >= len(tasks):
                return
            try:
                done.put((number, helper.do(work, tasks[number])))
            except BaseException as error:
                done.put((number, error))
                return

    with without_garbage_collection(), _helping(helpers) as those_who_help, ThreadPoolExecutor(max(helpers, 1)) as threads:
        try:
            for helper in those_who_help:
                threads.submit(keep_busy, helper)
            for wanted in range(len(tasks)):
                while wanted not in made:
                    if done.empty() and (number := next(numbers)) < len(tasks):
                        made[number] = work(tasks[number])
                        continue
                    number, result = done.get()
                    room.release()
                    if isinstance(result, BaseException):
                        raise result
                    made[number] = result
                yield made.pop(wanted)
        finally:
            ended = True
            room.release(helpers + 1)


@contextmanager
def aside(work: Callable[[], Result]) -> Iterator[Callable[[], Result]]:
    """Does some work beside what is done meanwhile, in a fork of this process, which sees all that is there without a copy.

    Where nothing can be forked, where there is one core, and in a fork, beside which others work, it is done when asked for.

    Args:
        work: What it changes in memory, only the fork sees.

    Yields:
        A function that waits for the result, or raises what the work raised. Whoever leaves without it ends the work.
    """
    global _forks

    def tell(_: IO[bytes], answer: IO[bytes]) -> None:
        pickle.dump(_attempted(work), answer, pickle.HIGHEST_PROTOCOL)

    with without_garbage_collection():  # which would write to all objects, and so copy them
        if (fork := _fork(tell) if _PROCESSES > 1 and not _is_fork else None) is None:
            yield work
            return
        _forks += 1
        try:
            yield partial(_answer, fork)
        finally:
            _forks -= 1
            _end(fork)


@contextmanager
def repeatedly(do: Callable[[], None], first: float, then: float) -> Iterator[None]:
    """Does something again and again beside what is done meanwhile, in a thread, which rests while this process is forked.

    Args:
        do: What it does.
        first: After how many seconds.
        then: How many seconds lie between one time and the next.
    """
    repeating = _Repeating(do, first, then)
    _repeating.append(repeating)
    repeating.go_on()
    try:
        yield
    finally:
        repeating.rest()
        _repeating.remove(repeating)


class _Repeating:
    """A thread that can be ended, and begun again as if it had gone on."""

    def __init__(self, do: Callable[[], None], first: float, then: float) -> None:
        self._do, self._then = do, then
        self._due = time.monotonic() + first

    def go_on(self) -> None:
        self._rests = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def rest(self) -> None:
        self._rests.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._rests.wait(max(self._due - time.monotonic(), 0)):
            self._do()
            self._due = time.monotonic() + self._then


def _fork(work: Callable[[IO[bytes], IO[bytes]], None]) -> Fork | None:
    if not hasattr(os, "fork"):
        return None
    for each in _repeating:
        each.rest()
    try:
        if threading.active_count() == 1 and _has_room():
            with suppress(OSError):  # as many processes or open files as there may be, or no memory that may be promised
                return Fork(partial(_without_helpers, work))
        return None
    finally:
        for each in _repeating:
            each.go_on()


def _without_helpers(work: Callable[[IO[bytes], IO[bytes]], None], asked: IO[bytes], answer: IO[bytes]) -> None:
    """Does some work in a fork. It has no part in what goes on where it was forked: neither in the helpers nor in their end."""
    global _is_fork
    _is_fork = True
    _not_ours.extend(_idle)  # held, since whoever lets go of a process that runs is warned
    _idle.clear()
    try:
        work(asked, answer)
    except OSError as error:  # as where no more files may be open
        pickle.dump(error, answer)
        raise


def _has_room() -> bool:
    """Whether the memory that is free would hold what this fork and those that there are may change: half of what we hold each.

    With a hundred thousand papers it was a third.
    """
    held, free = held_memory(), free_memory()
    return held is None or free is None or (_forks + 1) * held / 2 < free


def _answer(process: Fork | subprocess.Popen[bytes]) -> Any:
    """What a process gives next.

    Raises:
        SynthkgError: The process has ended.
    """
    assert process.stdout is not None
    try:
        result = pickle.load(process.stdout)
    except (EOFError, pickle.UnpicklingError) as error:
        raise _ended(process.wait()) from error
    if isinstance(result, BaseException):
        raise result
    return result


def _end(process: Fork | subprocess.Popen[bytes]) -> None:
    """Ends a process, whatever it does."""
    process.kill()
    for stream in (process.stdin, process.stdout):
        assert stream is not None
        with suppress(BrokenPipeError):
            stream.close()
    process.wait()


def _attempted(work: Callable[[], object]) -> object:
    """What it gives, or the exception that it raises."""
    try:
        return work()
    except Exception as error:
        return error


def _ended(status: int) -> SynthkgError:
    """That a process has ended before it gave a result."""
    if status < 0:
        why = f"was ended by signal {-status}; most often memory ran out"
    else:
        why = f"ended with status {status}; most often memory or open files (ulimit -n) ran out"
    return SynthkgError(f"a helping process {why}: end other programs, or do with fewer records at once")


_forks = 0
_repeating: list[_Repeating] = []
_is_fork = False
_idle: list[_Helper] = []
_not_ours: list[_Helper] = []
_stays = False


@contextmanager
def staying() -> Iterator[None]:
    """Helpers of one map stay for the next, as long as this lasts."""
    global _stays
    before, _stays = _stays, True
    try:
        yield
    finally:
        _stays = before
        while _idle and not _stays:
            _idle.pop().end()


@contextmanager
def _helping(number: int) -> Iterator[list[_Helper]]:
    """As many helpers; whoever was disturbed in its work is ended."""
    helpers = [_idle.pop() if _idle else _Helper() for _ in range(number)]
    is_done = False
    try:
        yield helpers
        is_done = True
    finally:
        for helper in helpers:
            if is_done and _stays:
                _idle.append(helper)
            else:
                helper.end()


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Collecting while millions of objects are made and dropped in order frees nothing, and looks through all that there are."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def another_python(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    """Starts a second Python, which imports from where this one does, and so runs no file of the folder in which we stand.

    Args:
        arguments: What follows ``python``.
        options: Of `subprocess.Popen`.
    """
    places = os.pathsep.join(map(os.path.abspath, sys.path))
    return subprocess.Popen([sys.executable, "-P", *arguments], env={**os.environ, "PYTHONPATH": places}, **options)


class _Helper:
    """A second process for many tasks."""

    def __init__(self) -> None:
        self._process = _fork(_help) or another_python(
            "-c",
            "from synthkg.workers import help_out; help_out()",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )

    def end(self) -> None:
        """Ends it, whatever it does."""
        _end(self._process)

    def do(self, work: Callable[[Task], Result], task: Task) -> Result:
        """The result of a task.

        Raises:
            SynthkgError: The process has ended, or does with this task.
        """
        assert self._process.stdin is not None
        try:
            pickle.dump((work, task), self._process.stdin, pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise _ended(self._process.wait()) from error
        return _answer(self._process)  # type: ignore[no-any-return]


def help_out() -> None:
    """What a helper does that is a plain subprocess.

    Its output has a buffer of our own: with PYTHONUNBUFFERED, Python's has none, and loses what one write does not take.
    """
    gc.disable()
    with open(sys.stdout.fileno(), "wb", closefd=False) as results:
        _work(sys.stdin.buffer, results)


def _help(tasks: IO[bytes], results: IO[bytes]) -> None:
    """What a helper does that is a fork."""
    os.setsid()  # Ctrl-C on the terminal is for the command, which ends its helpers
    _work(tasks, results)


def _work(tasks: IO[bytes], results: IO[bytes]) -> None:
    """Does each task that is sent, until there is none."""
    while True:
        try:
            work, task = pickle.load(tasks)
        except EOFError:
            return
        try:
            pickle.dump(_attempted(partial(work, task)), results, pickle.HIGHEST_PROTOCOL)
            results.flush()
        except BrokenPipeError:  # who asked was killed
            os._exit(0)
