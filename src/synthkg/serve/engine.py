"""The graph that is served: its engine, and how a new dump takes the place of the old one.

A new graph is made beside the old one, and takes its place when it answers; requests that began with the old one end with it. One
that cannot be read, or is empty, never takes the place. So it is, too, where the process that holds the graph was ended by force.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from synthkg.engine import Engine, EngineStore, Question, Reply
from synthkg.errors import UnreadableError
from synthkg.findings import counted
from synthkg.giving import canonical
from synthkg.graph import (
    SUMS,
    Parameter,
    Query,
    Store,
    checksums,
    keep_dump,
    load_queries,
    made_once,
    read_quads,
    tell_older,
    tell_repeated,
)
from synthkg.model import BASE
from synthkg.profiles import Things
from synthkg.serve.answers import Answers, is_constant
from synthkg.serve.files import Folder
from synthkg.views import data_set_in, subject_of

__all__ = ["Graph", "Limits", "Served"]

_PATIENCE = 30.0  # seconds that a request waits for a worker before it is told to come again
_PAUSE = 10.0  # seconds until a dump is read again that could not be
_TITLE = NamedNode("http://purl.org/dc/terms/title")
_COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a query may take, and how many may run.

    Attributes:
        seconds: How long a query may run.
        memory: The megabytes that it may take.
        workers: How many workers are kept ready.
        in_memory: Whether a large dump, too, is read into memory, which takes longer and answers faster.
    """

    seconds: float = 10.0
    memory: int = 600
    workers: int = 2
    in_memory: bool = False

    @property
    def most(self) -> int:
        """How many queries may run at once: more than are kept ready, so that a simple one need not wait behind long ones."""
        return 4 * self.workers + 4


@dataclass
class Graph:
    """One dump, being served."""

    dump: Path
    limits: Limits
    engine: Engine
    triples: int
    queries: dict[str, Query]
    name: str = "synthkg"
    leases: int = 0
    is_over: bool = False
    is_lost: bool = False
    kept: Answers = field(default_factory=Answers)
    _choices: dict[Parameter, list[str]] = field(default_factory=dict)

    @classmethod
    def load(cls, dump: Path, limits: Limits, report: Callable[[str], None]) -> Graph:
        """Loads a dump.

        Args:
            dump: The dump.
            limits: What a query may take.
            report: Is told, in a line, why a large one is in memory and not on disk, and where triples count several times.

        Raises:
            UnreadableError: It cannot be read, or holds nothing.
            QueryError: A saved query is broken.
        """
        asked = None if limits.in_memory else keep_dump(dump, tell=report)
        engine = Engine(dump if asked is None else asked, workers=limits.workers, most=limits.most, memory=limits.memory)
        store = EngineStore(engine)
        triples = made_once(store, ("count", _COUNT), lambda: int(store.select(_COUNT).rows[0][0].value))  # type: ignore[union-attr]
        if not triples:
            engine.close()
            raise UnreadableError("it holds no triples", str(dump))
        if asked is None:
            tell_repeated(store, dump, report)
        tell_older(store, dump, report)
        queries = load_queries("examples", "views")
        loaded = cls(dump, limits, engine, triples, {name: query.fitting(store) for name, query in queries.items()})
        loaded.name = loaded._called()
        return loaded

    def _called(self) -> str:
        """What the data set is called, as on the pages of a site."""
        try:
            said = self.description
        except UnreadableError:
            said = []
        if (its := data_set_in(said)) == f"{BASE}dataset":
            return "synthkg"
        titled = (each.object for each in said if each.predicate == _TITLE and str(each.subject) == f"<{its}>")
        title = next(titled, None)
        return (title.value if isinstance(title, Literal) else self.subject) or "synthkg"

    def store(self, is_gone: Callable[[], object] | None = None, patience: float = _PATIENCE) -> EngineStore:
        """The graph under its limits, for one request."""
        return EngineStore(self.engine, self.limits.seconds, patience=patience, is_gone=is_gone)

    def choices(self, store: Store, parameter: Parameter) -> list[str]:
        """The values that a parameter can take. They are looked up once for all queries: the graph does not change."""
        key = replace(parameter, name="", variable="", default=None)
        if key not in self._choices:
            self._choices[key] = parameter.choices(store)
        return self._choices[key]

    @cached_property
    def things(self) -> Things:
        """What is known by name."""
        return Things.read(EngineStore(self.engine))

    @cached_property
    def subject(self) -> str:
        """What it is called after; see `synthkg.views.subject_of`."""
        return subject_of(EngineStore(self.engine))

    @cached_property
    def description(self) -> list[Triple]:
        """What the release says of itself; nothing where the dump is alone.

        Raises:
            UnreadableError: It cannot be read.
        """
        path = self.dump.parent / "void.ttl"
        return canonical(read_quads(path)) if path.is_file() and self.files.find("void.ttl") else []

    @cached_property
    def named(self) -> list[NamedNode]:
        """The names of its graphs. A store knows them without looking at what is in them."""
        rows = EngineStore(self.engine).select("SELECT ?graph WHERE { GRAPH ?graph {} }").rows
        return sorted((graph for (graph,) in rows if isinstance(graph, NamedNode)), key=str)

    def ask(self, question: Question, is_gone: Callable[[], object]) -> Reply:
        """The reply to a question from outside: one that was kept, or the engine's."""
        key = f"sparql {question.pack().decode()}"
        if (kept := self.kept.get(key)) is not None:
            return Reply.unpack(kept)
        reply = self.engine.ask(question, seconds=self.limits.seconds, patience=_PATIENCE, is_gone=is_gone)
        if reply.is_answer and is_constant(question.query):
            self.kept.keep(key, reply.pack())
        return reply

    @cached_property
    def files(self) -> Folder:
        """What can be downloaded: the release that the dump belongs to, or else the dump alone."""
        folder, names = self.dump.parent, {self.dump.name}
        if (folder / SUMS).is_file():
            names |= {SUMS, *checksums(folder)}
        return Folder(folder, frozenset(names))


class Served:
    """The graph that is served now, and who takes in a new one.

    Args:
        source: Gives the dump; called again for every new one.
        limits: What queries may take.
        report: Is told, in a line, what happened.

    Attributes:
        trouble: Why the last new dump was not taken in; empty where it was.
        loads: How many dumps were taken in.
        watcher: The thread that looks for changes; None where nobody does.
    """

    def __init__(self, source: Callable[[], Path], limits: Limits, report: Callable[[str], None]) -> None:
        self._source = source
        self._limits = limits
        self._report = report
        self._lock = threading.Lock()
        self._loading = threading.Lock()
        self._current = Graph.load(source(), limits, report)
        self.trouble = ""
        self.loads = 1
        self.watcher: threading.Thread | None = None

    @property
    def name(self) -> str:
        """What the graph that is served now is called."""
        return self._current.name

    @contextmanager
    def lease(self) -> Iterator[Graph]:
        """The graph, which stays until it is given back."""
        with self._lock:
            graph = self._current
            graph.leases += 1
        try:
            yield graph
        finally:
            has_ended = graph.engine.has_ended  # which may wait for a worker that starts, and nobody else waits with it
            with self._lock:
                graph.leases -= 1
                is_last = graph.is_over and not graph.leases
                is_news = has_ended and not graph.is_over and not graph.is_lost
                graph.is_lost |= is_news
            if is_last:
                graph.engine.close()
            if is_news:
                threading.Thread(target=self._recover, args=(graph,), daemon=True).start()

    def _recover(self, lost: Graph) -> None:
        """Takes in the dump again: the process that held the graph was ended, as a system does that is out of memory."""
        if not self.reload(lost):
            time.sleep(_PAUSE)
            lost.is_lost = False  # whoever asks next has it tried again

    def reload(self, lost: Graph | None = None) -> bool:
        """Takes in a new dump; where that fails the old one stays, and `trouble` says why.

        Args:
            lost: The graph whose process has ended, where that is why; nothing is done where it has been replaced already.
        """
        with self._loading:
            if lost is not None and lost.is_over:
                return True
            if lost is not None:
                self._report("the process that holds the graph has ended; the dump is read again")
            began = time.monotonic()
            try:
                fresh = Graph.load(self._source(), self._limits, self._report)
            except Exception as error:
                self.trouble = str(error) or repr(error)
                meanwhile = "the old one is served on" if lost is None else "and no query is answered"
                self._report(f"the new dump is not taken in, {meanwhile}: {self.trouble}")
                return False
            with self._lock:
                old, self._current = self._current, fresh
                old.is_over = True
                is_unused = not old.leases
            if is_unused:
                old.engine.close()
            self.trouble = ""
            self.loads += 1
            self._report(f"{counted(fresh.triples, 'triple')} taken in after {time.monotonic() - began:.1f} s")
            return True

    def close(self) -> None:
        """Ends every process."""
        with self._lock:
            self._current.is_over = True
        self._current.engine.close()
