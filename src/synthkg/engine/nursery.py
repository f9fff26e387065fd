"""Where workers come from: forked off a graph that a keeper holds, or, where processes cannot be forked, started one by one.

A keeper is itself forked off the process that has the graph in memory, if that process has one thread; otherwise it is a new
process that reads the graph. The first costs some milliseconds, the second what loading the graph costs, once.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import subprocess
import threading
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

from pyoxigraph import RdfFormat

from synthkg.engine.keeper import END, FORK, STOP, keep
from synthkg.engine.worker import hush
from synthkg.errors import EngineError, UnreadableError
from synthkg.forks import forked
from synthkg.graph import KeptStore, OxigraphStore
from synthkg.workers import another_python

__all__ = ["Forking", "Nursery", "Spawning", "Worker", "can_fork"]

_STARTS = 600.0  # seconds that a process may take to load the graph
_ENDS = 10.0


@dataclass(slots=True)
class Worker:
    """A process that answers queries: its number, the way to it, and what could not be limited in it."""

    number: int
    connection: Connection
    unlimited: list[str] = field(default_factory=list)
    is_spent: bool = False

    def meet(self) -> Worker:
        """Waits until it is ready.

        Raises:
            EngineError: It has ended.
            UnreadableError: Its store on disk is damaged.
        """
        try:
            said = json.loads(self.connection.recv_bytes())
        except (EOFError, OSError) as error:
            raise EngineError("a worker ended as it started; most often memory ran out: end other programs") from error
        if isinstance(said, dict):
            raise UnreadableError(said["problem"], said["where"])
        self.unlimited = said
        return self


class Nursery(Protocol):
    """Starts workers and ends them."""

    def start(self) -> Worker:
        """A worker that is ready.

        Raises:
            EngineError: There is none to be had.
            UnreadableError: The graph cannot be read.
        """

    def end(self, worker: Worker) -> int:
        """Ends a worker, if it has not ended already: its exit status, negative for the signal that ended it."""

    def stop(self, worker: Worker) -> None:
        """Ends a worker, and does not wait until the system has taken its memory back, which may take a while."""

    @property
    def has_ended(self) -> bool:
        """Whether it can start no more, because who holds the graph was killed."""

    def close(self) -> None:
        """Ends all that was started."""


def can_fork() -> bool:
    """Whether processes can be forked here."""
    return hasattr(os, "fork") and hasattr(socket, "send_fds")


def _aside(file: int) -> int:
    """The number of an open file; another one where that is a standard stream's, which this process has closed."""
    if file > 2:
        return file
    import fcntl

    moved = fcntl.fcntl(file, fcntl.F_DUPFD_CLOEXEC, 3)
    os.close(file)
    return moved


def _is_alone() -> bool:
    """Whether this process has one thread. A fork of several threads may inherit a lock that nobody will open."""
    tasks = Path("/proc/self/task")
    return tasks.is_dir() and len(list(tasks.iterdir())) == 1


class Forking:
    """Workers forked by a keeper."""

    def __init__(self, source: OxigraphStore | Path, memory: int | None) -> None:
        self._source = source  # one on disk is not removed while it is held
        self._lock = threading.Lock()
        self._control, its = (socket.socket(fileno=_aside(end.detach())) for end in socket.socketpair())
        self._owner = os.getpid()
        self._process: subprocess.Popen[bytes] | None = None
        self._number = 0
        if isinstance(source, OxigraphStore) and _is_alone():
            self._number = self._fork(source, its, memory)
        else:
            self._process = _run("keeper", source, {"control": its.fileno(), "memory": memory}, its.fileno())
        its.close()
        if self._process is not None:
            self._meet(self._process)

    def _fork(self, store: OxigraphStore, its: socket.socket, memory: int | None) -> int:
        def hold() -> None:
            hush()
            os.closerange(3, its.fileno())
            os.closerange(its.fileno() + 1, 1 + max(int(file.name) for file in Path("/proc/self/fd").iterdir()))
            keep(store, its, memory)

        return forked(hold, outlives=True)

    def _meet(self, process: subprocess.Popen[bytes]) -> None:
        self._control.settimeout(_STARTS)
        try:
            said = self._control.recv(65_536)
        except TimeoutError:
            said = b""
        self._control.settimeout(None)
        if said != b"[]":
            self.close()
            if not said:
                raise EngineError(f"the process that should hold the graph did not start (exit status {process.returncode})")
            raise UnreadableError(*json.loads(said))

    def start(self) -> Worker:
        """See `Nursery.start`."""
        with self._lock:
            try:
                self._control.send(FORK)
                number, fds, _, _ = socket.recv_fds(self._control, 64, 1)
            except OSError:
                fds = []
        if not fds:
            raise EngineError("the process that holds the graph has ended")
        return Worker(int(number), Connection(_aside(fds[0]))).meet()

    def end(self, worker: Worker) -> int:
        """See `Nursery.end`."""
        worker.connection.close()
        with self._lock, contextlib.suppress(OSError, ValueError):
            self._control.send(END + str(worker.number).encode())
            return int(self._control.recv(64))
        return 0

    def stop(self, worker: Worker) -> None:
        """See `Nursery.stop`."""
        worker.connection.close()
        with self._lock, contextlib.suppress(OSError):
            self._control.send(STOP + str(worker.number).encode())
            self._control.recv(64)

    @property
    def has_ended(self) -> bool:
        """See `Nursery.has_ended`."""
        if self._process is not None:
            return self._process.poll() is not None
        with self._lock:
            try:
                if self._number and os.waitpid(self._number, os.WNOHANG)[0]:
                    self._number = 0
            except ChildProcessError:  # somebody else has waited for it
                self._number = 0
            return not self._number

    def close(self) -> None:
        """See `Nursery.close`."""
        if os.getpid() != self._owner:  # a fork of the process that this belongs to
            return
        with self._lock:
            self._control.close()
            if self._process is not None:
                _bury(self._process)
            elif self._number:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(self._number, 0)
                self._number = 0


class Spawning:
    """Workers that are programs of their own and load the graph themselves."""

    def __init__(self, source: OxigraphStore | Path, memory: int | None) -> None:
        self._source = source
        self._memory = memory
        self._processes: dict[int, subprocess.Popen[bytes]] = {}

    def start(self) -> Worker:
        """See `Nursery.start`."""
        secret = secrets.token_bytes(32)
        with socket.create_server(("127.0.0.1", 0)) as listening:
            listening.settimeout(_STARTS)
            how = {"port": listening.getsockname()[1], "secret": secret.hex(), "memory": self._memory}
            process = _run("worker", self._source, how)
            try:
                caller, _ = listening.accept()
                caller.settimeout(_STARTS)
                said = caller.recv(len(secret), socket.MSG_WAITALL)
            except TimeoutError:
                said = b""
        if not secrets.compare_digest(said, secret):
            _bury(process)
            raise EngineError(f"a worker did not start (exit status {process.returncode})")
        caller.settimeout(None)
        self._processes[process.pid] = process
        return Worker(process.pid, Connection(caller.detach())).meet()

    def end(self, worker: Worker) -> int:
        """See `Nursery.end`."""
        worker.connection.close()
        process = self._processes.pop(worker.number)
        process.kill()
        return process.wait()

    def stop(self, worker: Worker) -> None:
        """See `Nursery.stop`."""
        self.end(worker)

    @property
    def has_ended(self) -> bool:
        """See `Nursery.has_ended`: each of its workers holds the graph."""
        return False

    def close(self) -> None:
        """See `Nursery.close`."""
        while self._processes:
            _, process = self._processes.popitem()
            process.kill()
            process.wait()


def _run(role: str, source: OxigraphStore | Path, how: dict[str, object], *fds: int) -> subprocess.Popen[bytes]:
    """Starts one of our modules, tells it how to work, and gives it the graph."""
    folder = str(source.held.path) if isinstance(source, KeptStore) else None
    how = {"path": str(source) if isinstance(source, Path) else None, "folder": folder, **how}
    process = another_python("-m", "synthkg.engine", role, stdin=subprocess.PIPE, pass_fds=fds)
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError), process.stdin as stream:
        stream.write(json.dumps(how).encode() + b"\n")
        if isinstance(source, OxigraphStore) and folder is None:
            stream.flush()
            source.inner.dump(stream, RdfFormat.N_QUADS)
    return process


def _bury(process: subprocess.Popen[bytes]) -> None:
    """Waits until it has ended by itself, or ends it."""
    try:
        process.wait(_ENDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
