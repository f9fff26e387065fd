"""One function applied to many tasks by all cores: this process and its helpers each take the next task when they are free.

Helpers are plain subprocesses, because multiprocessing would run the caller's own script again in the child. Results come in the
order of the tasks, and a helper that is far ahead waits, so that memory does not grow with their number.
"""

from __future__ import annotations

import gc
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from queue import SimpleQueue
from threading import Semaphore
from typing import Any, TypeVar

from synthkg.errors import SynthkgError

__all__ = ["another_python", "mapped", "staying", "without_garbage_collection"]

_PROCESSES = min(os.cpu_count() or 1, 8)
_AHEAD = 3
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
    helpers = min(_PROCESSES - 1, len(tasks) // _WORTHWHILE)
    room = Semaphore(helpers * _AHEAD)
    ended = False

    def keep_busy(helper: _Helper) -> None:
        while room.acquire() and not ended and (number := next(numbers)) < len(tasks):
            try:
                done.put((number, helper.do(work, tasks[number])))
            except BaseException as error:
                done.put((number, error))
                return

    with without_garbage_collection(), _helping(helpers) as those_who_help, ThreadPoolExecutor(max(helpers, 1)) as threads:
        for helper in those_who_help:
            threads.submit(keep_busy, helper)
        try:
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


_idle: list[_Helper] = []
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
    """A second Python."""

    def __init__(self) -> None:
        self._process = another_python(
            "-c",
            "from synthkg.workers import help_out; help_out()",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C on the terminal is for the command, which ends it
        )

    def end(self) -> None:
        """Ends it, whatever it does."""
        self._process.kill()
        self._process.communicate()

    def do(self, work: Callable[[Task], Result], task: Task) -> Result:
        """The result of a task.

        Raises:
            SynthkgError: The process has ended, or does with this task.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            pickle.dump((work, task), self._process.stdin, pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()
            result: Any = pickle.load(self._process.stdout)
        except (EOFError, BrokenPipeError, pickle.UnpicklingError) as error:
            status = self._process.wait()
            why = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
            mend = "most often memory ran out: end other programs, or do with fewer records at once"
            raise SynthkgError(f"a helping process {why}; {mend}") from error
        if isinstance(result, BaseException):
            raise result
        return result  # type: ignore[no-any-return]


def help_out() -> None:
    """What a helper does: each task that it is sent, until its input ends.

    Its output has a buffer of our own: with PYTHONUNBUFFERED, Python's has none, and loses what one write does not take.
    """
    gc.disable()
    output = open(sys.stdout.fileno(), "wb", closefd=False)  # noqa: SIM115 (for as long as we live)
    while True:
        try:
            work, task = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            result = work(task)
        except Exception as error:
            result = error
        try:
            pickle.dump(result, output, pickle.HIGHEST_PROTOCOL)
            output.flush()
        except BrokenPipeError:  # who asked was killed
            os._exit(0)
