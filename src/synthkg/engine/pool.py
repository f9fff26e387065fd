"""The engine: asks a worker, and ends it when it takes too long, too much, or when nobody waits for its answer any more.

A query cannot be stopped from inside the process that runs it: Oxigraph looks at no clock and no signal. So each runs in a
worker, one at a time, and is ended by ending the worker; the next one is forked in milliseconds. Some workers are kept ready;
more are forked while those are busy, up to a bound, so that a simple query does not wait behind others' long ones.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from synthkg.engine.messages import FAILED, MEMORY, Question, Reply
from synthkg.engine.nursery import Forking, Nursery, Spawning, Worker, can_fork
from synthkg.engine.worker import OUT_OF_MEMORY
from synthkg.errors import EngineError
from synthkg.graph import OxigraphStore

__all__ = ["BUSY", "GONE", "TIME", "Engine"]

TIME, GONE, BUSY = "time", "gone", "busy"
_LOOKS = 0.05  # seconds between two looks whether the asker is still there
_SLOW = 0.5  # seconds after which a query goes on at a lower priority
_NICE = 10
_ABORT = -6  # what Oxigraph does when it gets no memory


class Engine:
    """Worker processes that answer queries about one graph.

    Args:
        source: The graph: a dump, or a store in this process, which is not changed afterwards.
        workers: How many workers are kept ready.
        most: How many queries may run at once; by default as many as are kept ready.
        memory: The megabytes that a query may take beyond the graph; None means any number.
        forks: Whether workers are forked; by default where the operating system can.

    Raises:
        UnreadableError: The dump cannot be read.
        EngineError: No process can be started.
    """

    def __init__(
        self,
        source: OxigraphStore | Path,
        *,
        workers: int = 1,
        most: int | None = None,
        memory: int | None = None,
        forks: bool | None = None,
    ) -> None:
        self.source = source
        self.memory = memory
        self._nursery: Nursery = (Forking if forks or (forks is None and can_fork()) else Spawning)(source, memory)
        self._close = weakref.finalize(self, self._nursery.close)
        self._ready = workers
        self._places = threading.BoundedSemaphore(most or workers)
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._running = 0
        first = self._nursery.start()
        self.unlimited = first.unlimited
        self._idle.append(first)
        self._idle += [self._nursery.start() for _ in range(workers - 1)]

    @property
    def running(self) -> int:
        """How many queries are running."""
        return self._running

    @property
    def has_ended(self) -> bool:
        """Whether no query can be run any more, because the process that holds the graph was killed, as for want of memory."""
        return self._nursery.has_ended

    def ask(
        self,
        question: Question,
        *,
        seconds: float | None = None,
        patience: float | None = None,
        is_gone: Callable[[], object] | None = None,
    ) -> Reply:
        """The reply to a question.

        Args:
            question: The question.
            seconds: How long the query may run; None means for ever.
            patience: How long to wait for a worker where all are busy; None means for ever.
            is_gone: Tells whether nobody waits for the answer any more.

        Returns:
            The answer, or why there is none: besides what a worker says `TIME`, `GONE`, `MEMORY` and `BUSY`.

        Raises:
            EngineError: No worker is to be had.
            UnreadableError: The store on disk is damaged.
        """
        if not self._places.acquire(timeout=patience):
            return Reply(BUSY, problem="too many queries are running; try again in a moment")
        with self._lock:
            self._running += 1
        try:
            return self._ask(question, seconds, is_gone)
        finally:
            self._places.release()
            with self._lock:
                self._running -= 1

    def _ask(self, question: Question, seconds: float | None, is_gone: Callable[[], object] | None) -> Reply:
        worker = self._take(question.pack())
        try:
            if (problem := self._wait(worker, seconds, is_gone)) is not None:
                self._nursery.stop(worker)
                return problem
            reply = Reply.unpack(worker.connection.recv_bytes())
        except (EOFError, OSError):
            return self._of_dead(self._nursery.end(worker))
        except BaseException:
            self._nursery.stop(worker)
            raise
        worker.is_spent |= reply.is_spent
        self._give_back(worker)
        return reply

    def _take(self, question: bytes) -> Worker:
        """A worker that has been asked; one that ended while it was idle is replaced."""
        while True:
            with self._lock:
                worker = self._idle.pop() if self._idle else None
            if fresh := worker is None:
                worker = self._nursery.start()
            try:
                worker.connection.send_bytes(question)
            except OSError as error:
                self._nursery.end(worker)
                if fresh:
                    raise EngineError("a new worker ended at once") from error
            else:
                return worker

    def _wait(self, worker: Worker, seconds: float | None, is_gone: Callable[[], object] | None) -> Reply | None:
        """Waits for the worker's reply: None when it is there, else why it will not come."""
        began = time.monotonic()
        while True:
            took = time.monotonic() - began
            if seconds is not None and took >= seconds:
                told = f"{seconds:g} second{'' if seconds == 1 else 's'}"
                return Reply(TIME, problem=f"it was stopped after {told}; ask for less, or give it more time")
            if is_gone is not None and is_gone():
                return Reply(GONE, problem="nobody waited for its answer any more")
            if took > _SLOW and not worker.is_spent:
                worker.is_spent = True
                with suppress(OSError, AttributeError):
                    os.setpriority(os.PRIO_PROCESS, worker.number, _NICE)
            if worker.connection.poll(_LOOKS if seconds is None else min(_LOOKS, max(seconds - took, 0))):
                return None

    def _of_dead(self, status: int) -> Reply:
        if self.memory is not None and status in (_ABORT, OUT_OF_MEMORY):
            return Reply(MEMORY, problem=f"it was stopped because it took more than {self.memory} MB of memory; ask for less")
        if status == OUT_OF_MEMORY or status < 0:
            return Reply(MEMORY, problem=f"its process was ended, for want of memory most likely (signal {-status})")
        return Reply(FAILED, problem=f"its process ended (exit status {status})")

    def _give_back(self, worker: Worker) -> None:
        with self._lock:
            if keep := not worker.is_spent and len(self._idle) < self._ready:
                self._idle.append(worker)
        if not keep:
            self._nursery.stop(worker)

    def close(self) -> None:
        """Ends every process at once."""
        self._close()
