"""rdflib as a store: the reference against which the others are compared."""

from __future__ import annotations

from collections.abc import Iterable

import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple
from pyparsing import ParseException

from synthkg.errors import QueryError
from synthkg.graph.store import Table, Term, to_rdflib


class RdflibStore:
    """rdflib: the reference against which the others are compared."""

    def __init__(self, quads: Iterable[Quad] = ()) -> None:
        self.inner = rdflib.Dataset(default_union=True)
        for quad in quads:
            graph = self.inner.graph(rdflib.URIRef(str(quad.graph_name.value)))  # type: ignore[union-attr]
            graph.add((to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object)))

    def select(self, query: str) -> Table:
        """See `Store.select`."""
        result = self._run(query)
        if result.type != "SELECT":
            raise QueryError("this is no SELECT query")
        columns = tuple(str(variable) for variable in result.vars or ())
        return Table(columns, [tuple(map(_from_rdflib, row)) for row in result])  # type: ignore[arg-type]

    def construct(self, query: str) -> Iterable[Triple]:
        """See `Store.construct`."""
        for s, p, o in self._run(query):  # type: ignore[misc]
            yield Triple(_from_rdflib(s), _from_rdflib(p), _from_rdflib(o))  # type: ignore[arg-type]

    def ask(self, query: str) -> bool:
        """See `Store.ask`."""
        return bool(self._run(query).askAnswer)

    def _run(self, query: str) -> rdflib.query.Result:
        try:
            return self.inner.query(query)
        except ParseException as error:
            raise QueryError(f"not SPARQL: {error}") from error


def _from_rdflib(term: rdflib.term.Node | None) -> Term | None:
    if term is None:
        return None
    if isinstance(term, rdflib.URIRef):
        return NamedNode(str(term))
    if isinstance(term, rdflib.BNode):
        return BlankNode(str(term))
    assert isinstance(term, rdflib.Literal)
    if term.language:
        return Literal(str(term), language=term.language)
    return Literal(str(term), datatype=NamedNode(str(term.datatype))) if term.datatype else Literal(str(term))
