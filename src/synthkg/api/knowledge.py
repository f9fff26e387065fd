"""The Python API: one object that holds a graph and answers questions about it.

``synthkg.open().query("papers")`` gives the rows of the saved query ``papers``; ``.view("published")`` prints a list.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from functools import cached_property
from numbers import Integral
from pathlib import Path

from pyoxigraph import RdfFormat, serialize

from synthkg import project
from synthkg.api.answers import Answer, Thing
from synthkg.catalog import Catalog, load_catalog
from synthkg.engine import Engine, EngineStore
from synthkg.errors import QueryError, UsageError
from synthkg.findings import counted, did_you_mean
from synthkg.graph import (
    KeptStore,
    OxigraphStore,
    Query,
    Store,
    dataset,
    form_of,
    infer,
    load_queries,
    open_dump,
    read_query,
    refuse_other_graph,
    unknown_terms,
)
from synthkg.kinds import SOUGHT
from synthkg.profiles import Candidate, Finder, Profiles, by_id
from synthkg.views import find_pages, render, select_present

__all__ = ["KnowledgeGraph", "left_out", "open"]


class KnowledgeGraph:
    """A graph that answers saved queries, plain SPARQL, and prints views.

    Args:
        store: The graph; one in this process must not change once it has been asked.
        timeout: The seconds that a query to a graph in this process may take; None means any number.
        where: The dump that the graph was read from, if it was.
    """

    def __init__(self, store: Store, timeout: float | None = None, where: str = "") -> None:
        self.store = store
        self._timeout = timeout
        self._where = where
        self._engines: dict[int, EngineStore] = {}
        self._is_ours = False

    def __getstate__(self) -> dict[str, object]:
        """What is pickled, of a graph at an endpoint: that it is there, and nothing that was learnt of it."""
        learnt = ("profiles", "finder")
        return {name: value for name, value in self.__dict__.items() if name not in learnt} | {"_engines": {}}

    @property
    def answering(self) -> Store:
        """What queries are put to: for a graph in this process an engine, so that Ctrl-C and a time limit end a runaway.

        A process that was forked off this one gets an engine of its own: two that share one would read each other's answers. One
        whose process was killed, as the system does for want of memory, is replaced.
        """
        if not isinstance(self.store, OxigraphStore):
            return self.store
        asking = self._engines.get(os.getpid())
        if asking is None or asking.engine.has_ended:
            asking = self._engines[os.getpid()] = EngineStore(Engine(self.store), self._timeout)
        return asking

    def refuse_other(self) -> None:
        """Does nothing if the graph is at an endpoint, or says anything in the terms of synthkg; see `refuse_other_graph`.

        Raises:
            UnreadableError: It says nothing in them.
        """
        if not self._is_ours and isinstance(self.store, OxigraphStore):
            refuse_other_graph(self.answering if isinstance(self.store, KeptStore) else self.store, self._where)
            self._is_ours = True

    def __repr__(self) -> str:
        size = counted(len(self.store), "triple") if isinstance(self.store, OxigraphStore) else "an endpoint"
        return f"<KnowledgeGraph of {size}>"

    @property
    def queries(self) -> dict[str, str]:
        """The names of the saved queries, each with what it answers."""
        return {name: query.summary for name, query in load_queries("examples", "views").items()}

    @classmethod
    def of(cls, catalog: Catalog, timeout: float | None = None) -> KnowledgeGraph:
        """The graph of the records that could be read, and of what follows from them."""
        store = OxigraphStore(dataset(catalog))
        infer(store)
        return cls(store, timeout)

    def query(self, name: str | os.PathLike[str], /, **values: str | int) -> Answer:
        """Asks a saved query, a ``.rq`` file, or a SPARQL SELECT given as text. A warning names what is no term of the ontology.

        Args:
            name: The query's name, its file's path, or its text.
            values: The query's parameters; a thing is given by its id or by a name that only it has.

        Raises:
            UsageError: There is no such query or parameter, or a value is wrong.
            UnreadableError: There is no such file, or the query is a saved one and the graph is none of synthkg.
            QueryError: It is not SPARQL, or no SELECT query.
            QueryStopped: It took longer than it may; at an endpoint an ``EndpointError`` says so.
        """
        query = read_query(_text(os.fspath(name) if isinstance(name, os.PathLike) else name))
        if query.is_saved:
            self.refuse_other()
        if other := {"ASK": "ask", "CONSTRUCT": "construct", "DESCRIBE": "construct"}.get(form_of(query.text)):
            raise QueryError(f"this is no SELECT query; {other}() is for {form_of(query.text)}")
        for told in () if query.is_saved else unknown_terms(query.text):
            warnings.warn(told, stacklevel=2)
        bound = self.by_id(query, _values(values))
        table = select_present(query.fitting(self.answering, bound), self.answering, bound)
        return Answer(table, query.header.get("multivalued", ()), query.header.get("integers", ()))

    def by_id(self, query: Query, values: dict[str, str]) -> dict[str, str]:
        """The values of a query's parameters, names of things replaced by their ids.

        Raises:
            UsageError: A name is that of several things, or there is no such parameter.
        """
        return by_id(query, values, self.store, lambda: self.finder)

    @cached_property
    def profiles(self) -> Profiles:
        """What is shown of each thing.

        Raises:
            UnreadableError: The graph says nothing in the terms of synthkg.
        """
        self.refuse_other()
        return Profiles(self.store)

    @cached_property
    def finder(self) -> Finder:
        """Finds things by what they are called."""
        return Finder(self.store, self.profiles.labels)

    def show(self, words: str, kind: str = "") -> Thing:
        """The thing that is meant, e.g. ``kg.show("2212.10560")``.

        Args:
            words: Its id, a title or name, an identifier or an address, in any spelling.
            kind: ``paper``, ``method``, …: what it may be; empty for anything.

        Raises:
            UsageError: There is no such thing or kind, or there are several.
            UnreadableError: The graph is none of synthkg.
        """
        meant = self.finder.meant(_text(words), _kinds(kind))
        return Thing(self.profiles.of(meant.iri), self.profiles.labels)

    def paper(self, words: str) -> Thing:
        """A paper; see `show`."""
        return self.show(words, "paper")

    def method(self, words: str) -> Thing:
        """A method; see `show`."""
        return self.show(words, "method")

    def artifact(self, words: str) -> Thing:
        """Code, a data set, a model, a page or a demo; see `show`."""
        return self.show(words, "artifact")

    def venue(self, words: str) -> Thing:
        """A venue; see `show`."""
        return self.show(words, "venue")

    def concept(self, words: str) -> Thing:
        """A stage, domain, technique or other concept; see `show`."""
        return self.show(words, "concept")

    def search(self, words: str, kind: str = "", limit: int = 20) -> list[Candidate]:
        """The things with these words, best first; slips of the pen are forgiven.

        Raises:
            UsageError: There is no such kind, or ``limit`` is no number from 1.
            UnreadableError: The graph is none of synthkg.
        """
        if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
            raise UsageError(f"{limit!r} is no limit; give a number from 1")
        return self.finder.near(_text(words), _kinds(kind), limit)

    def ask(self, sparql: str) -> bool:
        """Asks an ASK query.

        Raises:
            QueryError: It is not a SPARQL ASK.
            QueryStopped: It took longer than it may.
        """
        return self.answering.ask(_text(sparql))

    def construct(self, sparql: str) -> str:
        """Asks a CONSTRUCT or DESCRIBE query and gives its triples as Turtle, sorted.

        Raises:
            QueryError: It is neither.
            QueryStopped: It took longer than it may.
        """
        triples = sorted(set(self.answering.construct(_text(sparql))), key=str)
        return (serialize(triples, format=RdfFormat.TURTLE) or b"").decode()

    def view(self, name: str, style: str | None = None, **values: str | int) -> str:
        """Prints a view, e.g. ``published`` or ``stage/fine-tuning``; ``style`` is for the bibliography, values for parameters.

        Raises:
            UsageError: There is no such view, style or parameter, or a value is wrong.
            UnreadableError: The graph is none of synthkg.
        """
        self.refuse_other()
        style = None if style is None else _text(style)
        view = load_queries("views").get(_text(name))
        bound = self.by_id(view, _values(values)) if view else _values(values)
        return "".join(render(page, self.store, style) for page in find_pages(self.store, [name], bound))


def _text(given: object) -> str:
    if not isinstance(given, str):
        raise UsageError(f"{given!r} is no text")
    return given


def _values(given: Mapping[str, object]) -> dict[str, str]:
    """The values of parameters, as queries take them."""
    for name, value in given.items():
        if not isinstance(value, (str, Integral)) or isinstance(value, bool):
            raise UsageError(f"{name}={value!r} is no value; give text or a whole number, for a thing its id")
    return {name: str(value) for name, value in given.items()}


def _path(given: object) -> Path:
    path = os.fspath(given) if isinstance(given, (str, os.PathLike)) else None
    if not isinstance(path, str) or not path.strip() or not _is_name(path):
        raise UsageError(f"{given!r} is no path of a file or folder")
    if path.startswith(("http://", "https://")):
        raise UsageError(f'"{path}" is an address; get the file from there, and name that, or an endpoint by endpoint=')
    return Path(path)


def _is_name(path: str) -> bool:
    """Whether a file can be called so."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def _kinds(kind: str) -> list[str]:
    """The kinds of things that are meant; none means any."""
    if kind and kind not in SOUGHT:
        raise UsageError(f'there is no kind "{kind}"; {did_you_mean(f"{kind}", SOUGHT)}')
    return [kind] if kind else []


def open(
    data: str | os.PathLike[str] | None = None,
    *,
    dump: str | os.PathLike[str] | None = None,
    endpoint: str | None = None,
    timeout: float | None = None,
) -> KnowledgeGraph:
    """Opens a graph: the data folder of the project or package, another one, a dump, or a SPARQL endpoint.

    ``timeout`` is the seconds that a query may take: for a graph in this process any number unless given, for an endpoint 60.
    What ``view``, ``show`` and ``search`` ask of a graph in this process is our own, and has no limit. A record that cannot be
    read is left out, and a warning names it.

    Raises:
        UsageError: More than one was given, the endpoint is no address, or the time is none.
        UnreadableError: The folder or dump cannot be read.
    """
    if len([given for given in (data, dump, endpoint) if given is not None]) > 1:
        raise UsageError("give one of data, dump and endpoint")
    if timeout is not None and not (isinstance(timeout, (int, float)) and not isinstance(timeout, bool) and timeout > 0):
        raise UsageError(f"{timeout!r} is no time limit; give seconds")
    if endpoint is not None:
        from synthkg.endpoints import EndpointStore

        return KnowledgeGraph(EndpointStore(_text(endpoint), timeout=60.0 if timeout is None else timeout))
    if dump is not None:
        told: list[str] = []
        store = open_dump(path := _path(dump), tell=told.append)
        for line in told:
            warnings.warn(line, stacklevel=2)
        return KnowledgeGraph(store, timeout, str(path))
    catalog = load_catalog(_path(data) if data is not None else project.folder("data"))
    if catalog.left_out:
        warnings.warn(left_out(catalog), stacklevel=2)
    return KnowledgeGraph.of(catalog, timeout)


def left_out(catalog: Catalog) -> str:
    """Says in a line which files of records could not be read, and why the first could not."""
    first, *others = sorted(catalog.left_out.values())
    names = f", {', '.join(str(path) for path in sorted(catalog.left_out) if str(path) != first.file)}" if others else ""
    count = counted(len(others) + 1, "file")
    return f"{count} left out: {first.where}: {first.problem} ({first.mend}){names}; run: {project.checking(catalog.data)}"
