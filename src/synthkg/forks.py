"""This process once more, for some work: a fork, which sees all that is there without a copy."""

from __future__ import annotations

import ctypes  # here, since a fork may be let open no more files
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import IO

__all__ = ["Fork", "forked"]

_ROOM = 1 << 20  # bytes, which is what Linux lets everybody have


def forked(work: Callable[[], None], *, outlives: bool = False) -> int:
    """Forks this process; the fork does some work and ends, with status 0 if nothing was raised.

    Ctrl-C waits until it is forked, since Python drops what is raised just then.

    Args:
        work: What the fork does.
        outlives: Whether it may go on when this process has ended. Else it ends with it, even where that is killed.

    Returns:
        The fork's number, for which this process has to wait.

    Raises:
        OSError: The system lets us have no more processes, or no more memory.
    """
    parent = number = os.getpid()
    heard = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        number = os.fork()
    finally:
        if number:
            signal.pthread_sigmask(signal.SIG_SETMASK, heard)
    if number:
        return number
    status = 1
    try:
        signal.pthread_sigmask(signal.SIG_SETMASK, heard)
        if not outlives:
            _end_with(parent)
        work()
        status = 0
    finally:
        os._exit(status)


class Fork:
    """This process once more, for some work. It is spoken to as `subprocess.Popen` is."""

    def __init__(self, work: Callable[[IO[bytes], IO[bytes]], None]) -> None:
        """Begins.

        Args:
            work: Is given what is written to ``stdin``, and what is read from ``stdout``.

        Raises:
            OSError: See `forked`; or no more files may be open.
        """
        pipes: list[int] = []
        try:
            pipes += os.pipe()
            pipes += os.pipe()
            told, telling, answered, answering = pipes
            _widen(answered)

            def is_asked() -> None:
                os.close(telling)
                os.close(answered)
                with os.fdopen(told, "rb") as question, os.fdopen(answering, "wb") as answer:
                    work(question, answer)

            self.pid = forked(is_asked)
        except OSError:
            for end in pipes:
                os.close(end)
            raise
        os.close(told)
        os.close(answering)
        self.stdin, self.stdout = os.fdopen(telling, "wb"), os.fdopen(answered, "rb")
        self._status: int | None = None

    def kill(self) -> None:
        """Ends it, unless it has ended."""
        if self._status is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        """Its exit status, as subprocess gives it; 0 where somebody else took it, as a supervisor that ignores SIGCHLD."""
        if self._status is None:
            self._status = 0
            with suppress(ChildProcessError):
                self._status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self._status


def _widen(pipe: int) -> None:
    """Gives a pipe room for a whole answer, mostly, so that the two processes wake each other less often: ``man 2 fcntl``."""
    with suppress(ImportError, AttributeError, OSError):  # Linux alone has this, and lets each user have so much of it
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _ROOM)


def _end_with(parent: int) -> None:
    """Ends this process with its parent, even where that is killed, as for want of memory: ``man 2 prctl``, PR_SET_PDEATHSIG."""
    with suppress(OSError, AttributeError):  # where there is no Linux
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
