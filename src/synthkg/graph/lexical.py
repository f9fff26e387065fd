"""A dump's literals as they are written, where a store would have others of the same value.

Oxigraph holds numbers, booleans and times by their value and gives their canonical form, so that ``1`` and ``01`` are one to it.
To RDF they are two: https://www.w3.org/TR/rdf11-concepts/#section-Graph-Literal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad, Triple

from synthkg.graph.formats import read_quads
from synthkg.graph.store import OxigraphStore
from synthkg.model import XSD

__all__ = ["LexicalStore", "as_written"]

_BATCH = 50_000
_ANY = NamedNode("urn:any")


class LexicalStore(OxigraphStore):
    """A store that gives, graph by graph, the triples that were put into it; what it is asked, it answers without the `others`.

    Attributes:
        others: The triples of each graph that Oxigraph would give back otherwise.
    """

    def __init__(self, quads: Iterable[Quad]) -> None:
        self.others: defaultdict[Any, set[Triple]] = defaultdict(set)
        super().__init__(self._kept(quads))

    def _kept(self, quads: Iterable[Quad]) -> Iterator[Quad]:
        for some in _batches(quads):
            altered = _altered(some)
            for quad in some:
                if altered and quad.object in altered:
                    self.others[quad.graph_name].add(quad.triple)
                else:
                    yield quad

    def graphs(self) -> set[Any]:
        """See `OxigraphStore.graphs`."""
        return super().graphs() | set(self.others)

    def triples(self, graph: Any) -> Iterable[Triple]:
        """See `OxigraphStore.triples`."""
        return chain(super().triples(graph), self.others.get(graph, ()))

    def merged(self, graph: Any) -> int:
        """See `OxigraphStore.merged`."""
        by_value = OxigraphStore(Quad(each.subject, each.predicate, each.object, graph) for each in self.others.get(graph, ()))
        return super().merged(graph) + sum(quad not in self.inner for quad in by_value)


def as_written(store: OxigraphStore, dump: Path) -> OxigraphStore:
    """The store of a dump; or another of it, in memory, if this one has other literals than the dump.

    Raises:
        UnreadableError: The dump cannot be read any more.
    """
    return LexicalStore(read_quads(dump)) if any(map(_altered, _batches(read_quads(dump)))) else store


def _altered(quads: Collection[Quad]) -> set[Any]:
    """The objects of these statements that Oxigraph would give back otherwise."""
    put = {quad.object for quad in quads if _may_be_altered(quad.object)}
    return put - {quad.object for quad in OxigraphStore(Quad(_ANY, _ANY, object) for object in put)}


def _may_be_altered(term: object) -> bool:
    """Whether it is no IRI, blank node or text."""
    if isinstance(term, Literal):
        return term.language is None and term.datatype.value != f"{XSD}string"
    return isinstance(term, Triple)


def _batches(quads: Iterable[Quad]) -> Iterator[list[Quad]]:
    waiting = iter(quads)
    while some := list(islice(waiting, _BATCH)):
        yield some
