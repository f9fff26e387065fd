"""A keeper: holds a graph in memory once, and forks workers off it.

It runs in a process of its own that has a single thread, because only such a process can be forked safely, and never answers a
query itself, so that it always listens. It alone ends workers: a process that it has not yet buried keeps its number, so no
other process can be hit. When the one who started it goes away, whatever the reason, it ends its workers and itself.

Measured with the graph of 39,000 quads: a worker that is forked answers after 2 to 6 ms and has 1 MB of its own; one that loads
the graph itself answers after 250 to 460 ms and takes 40 MB.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
from multiprocessing.connection import Connection

from synthkg.engine.worker import work
from synthkg.forks import forked
from synthkg.graph import OxigraphStore

__all__ = ["END", "FORK", "STOP", "keep"]

FORK, END, STOP = b"fork", b"end ", b"stop "
_LOOKS = 0.1  # seconds between two looks whether a worker has died


def keep(store: OxigraphStore, control: socket.socket, memory: int | None) -> None:
    """Forks and ends workers as it is told, until it is told nothing more.

    What it is told is `FORK`, to which it sends a worker's number with the socket that leads to it; `END` with a number, to which
    it sends the worker's exit status, negative for the signal that ended it; or `STOP` with a number, to which it answers as soon
    as the worker is as good as dead.
    """
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # what a whole group is sent is for whoever started it
        signal.signal(each, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # where it was ignored, as some supervisors leave it, nobody could be buried
    gc.collect()
    gc.freeze()
    alive: set[int] = set()
    dying: set[int] = set()
    with contextlib.suppress(ConnectionError):
        while told := _listen(control, dying):
            if told == FORK:
                number, leading = _fork(store, control, memory)
                alive.add(number)
                socket.send_fds(control, [str(number).encode()], [leading.fileno()])
                leading.close()
                continue
            number = int(told.partition(b" ")[2])
            alive.discard(number)
            os.kill(number, signal.SIGKILL)
            if told.startswith(STOP):
                dying.add(number)
                control.send(STOP)
            else:
                control.send(str(_bury(number)).encode())
    for number in alive:
        os.kill(number, signal.SIGKILL)
    for number in alive | dying:
        _bury(number)


def _listen(control: socket.socket, dying: set[int]) -> bytes:
    """The next that it is told; those that have died meanwhile are buried."""
    while True:
        dying -= {number for number in dying if os.waitpid(number, os.WNOHANG)[0]}
        control.settimeout(_LOOKS if dying else None)
        with contextlib.suppress(TimeoutError):
            return control.recv(64)


def _bury(number: int) -> int:
    """Waits until a worker has ended: its exit status."""
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])


def _fork(store: OxigraphStore, control: socket.socket, memory: int | None) -> tuple[int, socket.socket]:
    leading, its = socket.socketpair()

    def answer() -> None:
        control.close()
        leading.close()
        work(store, Connection(its.detach()), memory)

    number = forked(answer)
    its.close()
    return number, leading
