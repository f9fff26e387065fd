"""Work shared by two processes, where the system can fork: the second knows all that the first knows, and nothing is sent."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import NoReturn

__all__ = ["in_two"]


def in_two(here: Callable[[], int], there: Callable[[], int]) -> int:
    """Does both, at once if that can be, and gives the sum of what they give.

    A process with several threads is not forked, because a lock that another thread holds would stay locked in the child.

    Raises:
        OSError: The second process was ended by somebody; and what either raises.
    """
    if not hasattr(os, "fork") or threading.active_count() > 1 or (os.cpu_count() or 1) < 2:
        return here() + there()
    receiver, sender = Pipe(duplex=False)
    child = os.fork()
    if not child:
        _answer(there, sender)
    sender.close()
    try:
        done = here()
        said = receiver.recv()
    except EOFError:
        raise OSError("the second process was ended") from None
    except BaseException:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        raise
    finally:
        receiver.close()
        with suppress(ChildProcessError):  # where SIGCHLD is ignored, the system buries it
            os.waitpid(child, 0)
    if isinstance(said, BaseException):
        raise said
    return done + int(said)


def _answer(there: Callable[[], int], sender: Connection) -> NoReturn:
    """Ends the child with what the work gave or raised; nothing of the parent is flushed or cleared up by it."""
    try:
        try:
            sender.send(there())
        except BaseException as error:
            sender.send(error)
        os._exit(0)
    except BaseException:  # what was raised cannot be sent
        os._exit(1)
