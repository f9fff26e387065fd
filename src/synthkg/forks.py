"""This process once more, for some work: a fork, which sees all that is there without a copy."""

from __future__ import annotations

import ctypes  # here, since a fork may be let open no more files
import os
import signal
from collections.abc import Callable
from contextlib import suppress

__all__ = ["forked"]


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


def _end_with(parent: int) -> None:
    """Ends this process with its parent, even where that is killed, as for want of memory: ``man 2 prctl``, PR_SET_PDEATHSIG."""
    with suppress(OSError, AttributeError):  # where there is no Linux
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
