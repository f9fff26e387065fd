"""Named graphs into any store, by the Graph Store Protocol or by SPARQL Update.

Each graph is replaced as a whole, by requests that may be repeated without harm: PUT; or INSERT DATA in batches into a graph
beside it, of a name that is only for this (`_INCOMING`), then one COPY over the old one. So a run that broke off is simply run
again, and a graph whose content is there already is left alone. Afterwards each graph is read back and compared: its number of
triples, and a checksum of them that needs no order. Our graphs are a whole: where one is published, those that are no more are
taken away there, since whoever asks the store asks all of them.
"""

from __future__ import annotations

import hashlib
import tempfile
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from itertools import chain, filterfalse, islice
from typing import IO, NamedTuple
from urllib.parse import quote, urlsplit, urlunsplit

import pyoxigraph
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Triple

from synthkg.endpoints.connection import Connection
from synthkg.endpoints.protocol import UPDATE, sparql_request
from synthkg.endpoints.store import EndpointStore
from synthkg.errors import EndpointError, UsageError
from synthkg.findings import counted, did_you_mean
from synthkg.graph import GRAPHS, OxigraphStore, Store, is_unnamed
from synthkg.model import BASE, NAMESPACE

__all__ = ["PROTOCOLS", "Published", "publish"]

# So many, because Virtuoso compiles each triple to lines of SQL and takes no more than 10,000 of those.
_BATCH = 500
_PIECE = 1 << 16
_INCOMING = f"{BASE}incoming/"


class Published(NamedTuple):
    """What became of one graph: ``state`` is ``sent``, ``already there``, ``removed``, or ``sent, stored in other forms``.

    A store that tells literals by their value may have made fewer triples of it; then the last says how many.
    """

    graph: str
    triples: int
    state: str


class Fingerprint(NamedTuple):
    """A set of triples, as far as it takes to recognise it."""

    triples: int
    checksum: int


@dataclass(frozen=True, slots=True)
class Content:
    """What a graph is to hold.

    Attributes:
        triples: Gives it, each time anew.
        fingerprint: What it is recognised by.
        merged: See `OxigraphStore.merged`.
    """

    triples: Callable[[], Iterable[Triple]]
    fingerprint: Fingerprint
    merged: Callable[[], int]

    @classmethod
    def of(cls, store: OxigraphStore, graph: NamedNode) -> Content:
        """That of a graph in a store."""
        triples = partial(store.triples, graph)
        return cls(triples, fingerprint(triples()), partial(store.merged, graph))

    @property
    def size(self) -> int:
        """The number of its triples."""
        return self.fingerprint.triples

    def is_whole(self, held: int) -> bool:
        """Whether a store that took it, and now holds so many triples, may have lost none."""
        return held == self.size or self.merged() <= held < self.size


def publish(
    store: Store,
    to: str,
    protocol: str = "gsp",
    *,
    endpoint: str | None = None,
    timeout: float = 600.0,
    replaces: bool = False,
    progress: Callable[[str, int], None] = lambda what, count: None,
) -> Iterator[Published]:
    """Puts every named graph of a store into another, takes away those of ours that are gone, and yields each when it is done.

    Args:
        store: What to publish.
        to: The address of the Graph Store Protocol, or of SPARQL Update.
        protocol: Which of the two.
        endpoint: The address that answers queries, where each graph is read back. By default it is told from ``to``.
        timeout: Seconds for each request.
        replaces: Whether the graphs of another field, which have the same names, may be replaced.
        progress: Called with the graph and the number of triples sent.

    Raises:
        UsageError: The store is elsewhere, keeps no named graphs or triples in none, there is no such protocol, an update cannot
            send what has so many blank nodes, ``endpoint`` must be given, or the other store has another field.
        EndpointError: The other store refused, did not answer, or does not hold afterwards what was sent.
    """
    if not isinstance(store, OxigraphStore):
        raise UsageError("only a graph that this process holds is published; give records (--data) or a dump (--from)")
    if protocol not in PROTOCOLS:
        raise UsageError(f'there is no protocol "{protocol}"; {did_you_mean(protocol, PROTOCOLS)}')
    graphs = sorted(store.graphs() - {DefaultGraph()}, key=str)
    if not graphs:
        raise UsageError("there are no named graphs to publish; give records (--data) or a dump that keeps them (.nq, .trig)")
    if nowhere := sum(1 for _ in store.triples(DefaultGraph())):
        problem = f"{counted(nowhere, 'triple is', 'triples are')} in no graph, and each graph is published by its name"
        raise UsageError(f"{problem}; give {'it' if nowhere == 1 else 'them'} one")
    for graph in graphs:
        if not isinstance(graph, NamedNode):
            raise UsageError(f"the graph {graph} has no IRI, by which another store could tell it; give it one")
        if graph.value.startswith(_INCOMING):
            raise UsageError(f"{graph} cannot be published: names below {_INCOMING} are for graphs on their way")
    reading = EndpointStore(endpoint or _query_address(to), (), timeout=timeout)
    target = PROTOCOLS[protocol](Connection(to, timeout=timeout), reading, progress)
    if not replaces and (papers := _papers(store)):
        _refuse_another_field(papers, _papers(reading), to)
    for graph in graphs:
        assert isinstance(graph, NamedNode)
        yield _publish(graph, store, target)
    ours = set(GRAPHS.values())
    for gone in sorted(ours.difference(graphs), key=str) if ours.intersection(graphs) else ():
        if target.holds(gone).triples:
            target.remove(gone)
            if left := target.holds(gone).triples:
                raise target.error(f"still holds {left} triples of {gone}, which is gone; run it again")
            yield Published(gone.value, 0, "removed")


def _papers(store: Store) -> set[str]:
    """The IRIs of the papers in our graph of what is curated."""
    rows = store.select(f"SELECT DISTINCT ?paper WHERE {{ GRAPH {GRAPHS['curated']} {{ ?paper a <{NAMESPACE}Paper> }} }}").rows
    return {paper.value for (paper,) in rows if paper is not None}


def _refuse_another_field(papers: set[str], there: set[str], to: str) -> None:
    """Ends if a store has papers, and none of these: each field's graphs have the same names."""
    if there and papers.isdisjoint(there):
        problem = f"holds another field: {counted(len(there), 'paper')}, such as {min(there)}, and none of those to be published"
        raise UsageError(f"{to} {problem}; give each field a store of its own, or say --replace and that one is gone")


def _publish(graph: NamedNode, store: OxigraphStore, target: _Target) -> Published:
    content = Content.of(store, graph)
    if target.holds(graph) == content.fingerprint:
        return Published(graph.value, content.size, "already there")
    target.replace(graph, content)
    found = target.holds(graph)
    if not content.is_whole(found.triples):
        raise target.error(f"took {graph}, but holds {found.triples} triples of its {content.size}; run it again")
    if found == content.fingerprint:
        return Published(graph.value, content.size, "sent")
    fewer = f", as {counted(found.triples, 'triple')}" if found.triples < content.size else ""
    return Published(graph.value, content.size, f"sent, stored in other forms{fewer}")


def fingerprint(triples: Iterable[Triple]) -> Fingerprint:
    """The number of triples, and the sum of their SHA-256."""
    count = checksum = 0
    for triple in triples:
        line = f"{triple.subject} {triple.predicate} {triple.object} ."
        count += 1
        checksum += int.from_bytes(hashlib.sha256(line.encode()).digest(), "big")
    return Fingerprint(count, checksum % (1 << 256))


class _Target:
    """A store to write to, and the address at which it is read."""

    def __init__(self, connection: Connection, store: EndpointStore, progress: Callable[[str, int], None]) -> None:
        self.connection = connection
        self.store = store
        self.progress = progress

    def holds(self, graph: NamedNode) -> Fingerprint:
        """What the graph holds now."""
        rows = self.store.select(f"SELECT ?s ?p ?o WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }}").rows
        return fingerprint(Triple(*row) for row in rows)  # type: ignore[arg-type]

    def replace(self, graph: NamedNode, content: Content) -> None:
        """Gives the graph this content."""
        raise NotImplementedError

    def remove(self, graph: NamedNode) -> None:
        """Takes the graph away."""
        raise NotImplementedError

    def error(self, problem: str) -> EndpointError:
        """An error of this store."""
        return EndpointError(problem, self.connection.name)


class _GraphStore(_Target):
    """SPARQL 1.1 Graph Store HTTP Protocol: one PUT a graph, which a transactional store makes atomic.

    The graph is read back by a query and not by GET, since Virtuoso cuts what it gives to GET and does not say so.
    """

    def replace(self, graph: NamedNode, content: Content) -> None:
        """See `_Target.replace`."""
        self._greet(graph)
        with tempfile.TemporaryFile() as file:
            pyoxigraph.serialize(content.triples(), output=file, format=RdfFormat.N_TRIPLES)
            self.progress(graph.value, content.size)
            # N-Triples is Turtle, which every store reads.
            headers = {"Content-Type": "text/turtle; charset=utf-8", "Content-Length": str(file.tell())}
            request = urllib.request.Request(self._url(graph), _Body(file), headers, method="PUT")
            self.connection.exchange(request)

    def remove(self, graph: NamedNode) -> None:
        """See `_Target.remove`."""
        self._greet(graph)
        self.connection.exchange(urllib.request.Request(self._url(graph), method="DELETE"))

    def _greet(self, graph: NamedNode) -> None:
        """Asks for a graph that is not there. Who misses a query, as Virtuoso's ``/sparql`` does, would wait for one for ever."""
        if self.connection.greet(urllib.request.Request(self._url(_incoming(graph)))) == HTTPStatus.BAD_REQUEST:
            problem = "takes no question about a graph, and so speaks no Graph Store Protocol"
            raise self.error(f"{problem}; give the address that does, or say --protocol update")

    def _url(self, graph: NamedNode) -> str:
        url = self.connection.url
        return f"{url}{'&' if urlsplit(url).query else '?'}graph={quote(graph.value, safe='')}"


class _Body:
    """A file that is sent from its beginning each time that a request is."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(0)
        while piece := self._file.read(_PIECE):
            yield piece


class _Updates(_Target):
    """SPARQL 1.1 Update: a graph grows beside the old one, and then takes its place."""

    def replace(self, graph: NamedNode, content: Content) -> None:
        """See `_Target.replace`. What has blank nodes is in one request: they are others in the next one."""
        unnamed = list(islice(filter(is_unnamed, content.triples()), _BATCH + 1))
        if len(unnamed) > _BATCH:
            raise UsageError(f"{graph} has blank nodes in over {_BATCH} triples, which no update can send; use --protocol gsp")
        incoming = _incoming(graph)
        self._update(f"DROP SILENT GRAPH {incoming}")
        sent = 0
        rest = chain(unnamed, filterfalse(is_unnamed, content.triples()))
        while batch := list(islice(rest, _BATCH)):
            lines = "\n".join(f"{triple.subject} {triple.predicate} {triple.object} ." for triple in batch)
            self._update(f"INSERT DATA {{ GRAPH {incoming} {{\n{lines}\n}} }}")
            sent += len(batch)
            self.progress(graph.value, sent)
        held = self.holds(incoming).triples
        if not content.is_whole(held):
            raise self.error(f"took {held} triples of the {content.size} of {graph}, which is as it was; run it again")
        self._update(f"COPY GRAPH {incoming} TO GRAPH {graph}")
        with suppress(EndpointError):  # left over, it is dropped by the next run
            self._update(f"DROP SILENT GRAPH {incoming}")

    def remove(self, graph: NamedNode) -> None:
        """See `_Target.remove`."""
        self._update(f"DROP SILENT GRAPH {graph}")

    def _update(self, text: str) -> None:
        self.connection.exchange(sparql_request(self.connection.url, text, UPDATE))


def _incoming(graph: NamedNode) -> NamedNode:
    """The graph in which another grows before it takes the place of the old one."""
    return NamedNode(f"{_INCOMING}{hashlib.sha256(graph.value.encode()).hexdigest()}")


PROTOCOLS: dict[str, type[_Target]] = {"gsp": _GraphStore, "update": _Updates}

_QUERY_ADDRESSES = {
    "/store": "/query",  # Oxigraph
    "/data": "/query",  # Fuseki
    "/update": "/query",  # Oxigraph, Fuseki
    "/rdf-graphs/service": "",  # RDF4J, GraphDB
    "/statements": "",
    "/sparql-graph-crud": "/sparql",  # Virtuoso
    "/sparql-graph-crud-auth": "/sparql-auth",
    "/sparql-auth": "/sparql-auth",
    "/sparql": "/sparql",
}


def _query_address(to: str) -> str:
    """Where the store that is written to at this address answers queries."""
    try:
        parts = urlsplit(to)
    except ValueError as error:
        raise UsageError(f'"{to}" is no address: {error}') from error
    for ending, instead in _QUERY_ADDRESSES.items():
        if parts.path.endswith(ending):
            return urlunsplit(parts._replace(path=parts.path.removesuffix(ending) + instead))
    raise UsageError("say with --endpoint at which address this store answers queries, to read back what was written")
