"""A dump's literals as they are written, where a store would have others of the same value.

Oxigraph holds numbers, booleans and times by their value and gives their canonical form, so that ``1`` and ``01`` are one to it.
To RDF they are two: https://www.w3.org/TR/rdf11-concepts/#section-Graph-Literal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pyoxigraph
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from synthkg.graph.formats import read_quads
from synthkg.graph.store import OxigraphStore
from synthkg.model import XSD

__all__ = ["as_written", "is_unnamed"]

_BATCH = 50_000
_ANY = NamedNode("urn:any")
_NONE: frozenset[Triple] = frozenset()


class _LexicalStore(OxigraphStore):
    """The store of a dump that gives, graph by graph, the triples that are written there; it is asked, and counts, as that store.

    A blank node of the store has another label than in the dump. So where a triple that is written otherwise has one, all that
    have any are taken from the dump, in that graph.

    Attributes:
        others: The triples of each graph that are taken from the dump.
    """

    def __init__(self, store: OxigraphStore, dump: Path) -> None:
        self._store = store
        self.others: defaultdict[Any, set[Triple]] = defaultdict(set)
        self._instead: defaultdict[Any, set[Triple]] = defaultdict(set)
        for some in _batches(read_quads(dump)):
            self._take(some)
        self._unnamed = {graph for graph, triples in self.others.items() if any(map(is_unnamed, triples))}
        if self.others:
            self._look_again(read_quads(dump))

    @cached_property
    def inner(self) -> pyoxigraph.Store:
        """Oxigraph's store."""
        return self._store.inner

    def triples(self, graph: Any) -> Iterable[Triple]:
        """See `OxigraphStore.triples`."""
        instead, is_renamed = self._instead.get(graph, _NONE), graph in self._unnamed
        held = (each for each in self._store.triples(graph) if each not in instead and not (is_renamed and is_unnamed(each)))
        return chain(held, self.others.get(graph, ()))

    def graphs(self) -> set[Any]:
        """See `OxigraphStore.graphs`."""
        return self._store.graphs()

    def merged(self, graph: Any) -> int:
        """See `OxigraphStore.merged`."""
        return self._store.merged(graph)

    def _take(self, quads: Collection[Quad]) -> None:
        """Takes those that the store has in another form."""
        altered = _altered(quads)
        for quad in quads if altered else ():
            if quad.object in altered:
                self.others[quad.graph_name].add(quad.triple)
                self._instead[quad.graph_name].add(Triple(quad.subject, quad.predicate, altered[quad.object]))

    def _look_again(self, quads: Iterable[Quad]) -> None:
        """Finds the triples that are written in the store's form as well, and those with the blank nodes of others."""
        for graph in self._unnamed:
            self.others[graph] = {each for each in self.others[graph] if not is_unnamed(each)}
        for quad in quads:
            if quad.graph_name in self._unnamed and is_unnamed(quad.triple):
                self.others[quad.graph_name].add(quad.triple)
            elif quad.graph_name in self._instead:
                self._instead[quad.graph_name].discard(quad.triple)


def as_written(store: OxigraphStore, dump: Path) -> OxigraphStore:
    """The store of a dump; or what gives its triples as the dump has them, if this one has other literals.

    Only what is otherwise is held in memory: a large dump stays on disk.

    Raises:
        UnreadableError: The dump cannot be read any more.
    """
    written = _LexicalStore(store, dump)
    return written if written.others else store


def is_unnamed(triple: Triple) -> bool:
    """Whether it has a blank node."""
    terms = triple.subject, triple.object
    return any(isinstance(term, BlankNode) or (isinstance(term, Triple) and is_unnamed(term)) for term in terms)


def _altered(quads: Iterable[Quad]) -> dict[Any, Any]:
    """The objects of these statements that Oxigraph gives back otherwise, and as what."""
    objects = {quad.object for quad in quads if _may_be_altered(quad.object)}
    put: dict[Any, Any] = {NamedNode(f"urn:{number}"): object for number, object in enumerate(objects)}
    given = OxigraphStore(Quad(subject, _ANY, object) for subject, object in put.items())
    return {put[quad.subject]: quad.object for quad in given if put[quad.subject] != quad.object}


def _may_be_altered(term: object) -> bool:
    """Whether it is no IRI, blank node or text."""
    if isinstance(term, Literal):
        return term.language is None and term.datatype.value != f"{XSD}string"
    return isinstance(term, Triple)


def _batches(quads: Iterable[Quad]) -> Iterator[list[Quad]]:
    waiting = iter(quads)
    while some := list(islice(waiting, _BATCH)):
        yield some
