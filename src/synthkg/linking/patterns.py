"""The triple patterns of a SPARQL query: what a graph must hold for the query to have an answer.

Constants are left out: a pattern is here to find the triples that can matter, and one too many does no harm.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count, product
from typing import NamedTuple

from synthkg.errors import QueryError

__all__ = ["Pattern", "find_patterns"]


class Pattern(NamedTuple):
    """One triple pattern: variables by name, None for a term; no predicates means any predicate."""

    subject: str | None
    predicates: frozenset[str]
    object: str | None


def find_patterns(query: str) -> list[list[Pattern]]:
    """The triple patterns of a query, one list for each way through its UNIONs and alternative paths.

    Raises:
        QueryError: It is not SPARQL, or has what a dump cannot answer: SERVICE, or a path of unknown length.

    >>> for patterns in find_patterns("SELECT * { ?x <p:doi> ?key OPTIONAL { ?x <p:by>/<p:name>|<p:title> ?text } }"):
    ...     print([(subject, sorted(predicates), object) for subject, predicates, object in patterns])
    [('x', ['p:doi'], 'key'), ('x', ['p:by'], '/0'), ('/0', ['p:name'], 'text')]
    [('x', ['p:doi'], 'key'), ('x', ['p:title'], 'text')]
    """
    from pyparsing import ParseException
    from rdflib import URIRef
    from rdflib.paths import AlternativePath, InvPath, SequencePath
    from rdflib.plugins.sparql.algebra import translateGroupGraphPattern, translateQuery
    from rdflib.plugins.sparql.parser import parseQuery
    from rdflib.plugins.sparql.parserutils import CompValue
    from rdflib.term import BNode, Variable

    inner = (f"/{number}" for number in count())

    def variable(term: object) -> str | None:
        return str(term) if isinstance(term, Variable | BNode) else None

    def along(start: str | None, path: object, end: str | None) -> list[list[Pattern]]:
        if isinstance(path, Variable):
            return [[Pattern(start, frozenset(), end)]]
        if isinstance(path, URIRef):
            return [[Pattern(start, frozenset({str(path)}), end)]]
        if isinstance(path, InvPath):
            return along(end, path.arg, start)
        if isinstance(path, AlternativePath):
            if all(isinstance(step, URIRef) for step in path.args):
                return [[Pattern(start, frozenset(map(str, path.args)), end)]]
            return [way for step in path.args for way in along(start, step, end)]
        if isinstance(path, SequencePath):
            stops = [start, *(next(inner) for _ in path.args[1:]), end]
            return _together(along(*step) for step in zip(stops, path.args, stops[1:], strict=False))
        raise QueryError(f"a dump cannot be searched along the path {path}; only / | and ^ can be followed")

    def ways(node: object) -> list[list[Pattern]]:
        if isinstance(node, list | tuple):
            return _together(map(ways, node))
        if not isinstance(node, CompValue):
            return [[]]
        if node.name == "ServiceGraphPattern":
            raise QueryError("a dump cannot answer a query with SERVICE")
        if node.name == "BGP":
            return _together(along(variable(s), p, variable(o)) for s, p, o in node.triples)
        if node.name == "Union":
            return ways(node.p1) + ways(node.p2)
        if node.name in ("Builtin_EXISTS", "Builtin_NOTEXISTS") and "GroupGraphPattern" in node.graph.name:
            return ways(translateGroupGraphPattern(node.graph))
        return _together(ways(part) for part in node.values())

    try:
        return ways(translateQuery(parseQuery(query)).algebra)
    except ParseException as error:
        raise QueryError(f"not SPARQL: {error}") from error


def _together(parts: Iterable[list[list[Pattern]]]) -> list[list[Pattern]]:
    """Every way through the first part with every way through the second, and so on."""
    return [[pattern for way in ways for pattern in way] for ways in product(*parts)]
