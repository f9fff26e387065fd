"""What a saved query may not hold, found in its parse tree: comments and strings fool nobody.

Each rule stands for a program that gave a wrong answer, or none: Oxigraph before 0.5.12 took ``a - b - c`` for ``a - (b - c)``,
and ``/`` likewise; grlc writes ``PREFIX xsd:`` before every SELECT, subselects too, where an integer is asked for and that very
line is not there; Comunica joins no OPTIONAL that binds what an OPTIONAL inside it found; and what is not ordered to the last
comes otherwise from every engine; rdflib orders groups by what is shown of them alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pyparsing import ParseException, ParseResults
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Identifier, URIRef, Variable

from synthkg.graph.queries import Query
from synthkg.graph.sparql import TOKEN, outline

__all__ = ["faults", "named", "with_order_keys"]

_XSD = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>"


def faults(query: Query) -> list[str]:
    """What is wrong with a saved query, in words."""
    try:
        prologue, body = parseQuery(query.text)
    except ParseException as error:
        return [f"not SPARQL 1.1: {error}"]
    found = [*_chains(body), *_prefixes(query.text, prologue, body), *_xsd(query)]
    if query.path.parent.name != "links":  # asked of one engine each, in batches whose rows are joined by their keys
        found += [*_order(body), *_order_of_groups(body), *_late_bindings(body)]
    return found


def named(text: str) -> set[str]:
    """The IRIs that a query names, whole or by a prefix."""
    prologue, body = parseQuery(text)
    spaces = {str(part.prefix or ""): str(part.iri) for part in _parts(prologue) if part.name == "PrefixDecl"}
    short = {spaces[str(part.prefix or "")] + str(part.localname or "") for part in _parts(body) if part.name == "pname"}
    return short | {str(term) for term in _terms(body) if isinstance(term, URIRef)}


def _parts(tree: Any) -> Iterator[CompValue]:
    if isinstance(tree, CompValue):
        yield tree
    for part in tree.values() if isinstance(tree, CompValue) else tree if isinstance(tree, list | ParseResults) else ():
        yield from _parts(part)


def _chains(body: Any) -> Iterator[str]:
    for part in _parts(body):
        operators = list(part.op or ()) if part.name in ("AdditiveExpression", "MultiplicativeExpression") else []
        if len(operators) > 1 and {"-", "/"} & set(operators):
            yield f"a chain of {' '.join(operators)} without parentheses"


def _prefixes(text: str, prologue: Any, body: Any) -> Iterator[str]:
    declared = {str(part.prefix or "") for part in _parts(prologue) if part.name == "PrefixDecl"}
    used = {str(part.prefix or "") for part in _parts(body) if part.name == "pname"}
    yield from (f"no PREFIX line for {prefix}:" for prefix in sorted(used - declared))
    yield from (f"nothing uses the PREFIX {prefix}:" for prefix in sorted(declared - used - {"xsd"}))
    if len(re.findall(r"^PREFIX \w*: <[^>]*>$", text, re.MULTILINE)) != len(declared):
        yield 'each prefix has a line of its own, "PREFIX name: <IRI>"'


def _order(body: Any) -> Iterator[str]:
    if body.name != "SelectQuery" or _gives_one_row(body):
        return
    if body.orderby is None:
        yield "no ORDER BY at the end"
    if body.limitoffset is not None:
        yield "LIMIT or OFFSET at the end: let who asks say how many"


def _order_of_groups(body: Any) -> Iterator[str]:
    if not body.projection or body.groupby is None or body.orderby is None:
        return
    shown = [part.var or part.evar for part in body.projection]
    lists = {part.evar for part in body.projection if any(p.name == "Aggregate_GroupConcat" for p in _parts(part.expr))}
    keys = [term for term in _terms(list(body.orderby.condition)) if isinstance(term, Variable)]
    first = next((at for at, key in enumerate(keys) if key not in shown), None)
    if first is not None:
        yield from (
            f"groups are ordered by ?{keys[first]}, which is not shown, before ?{name}"
            for name in shown
            if name not in lists and name not in keys[:first]
        )


def _terms(tree: Any) -> Iterator[Identifier]:
    if isinstance(tree, Identifier):
        yield tree
    for part in tree.values() if isinstance(tree, CompValue) else tree if isinstance(tree, list | ParseResults) else ():
        yield from _terms(part)


def _gives_one_row(body: Any) -> bool:
    """Whether it is an aggregate without groups, or selects from nothing but such subselects."""
    if body.groupby is None and any(part.name.startswith("Aggregate_") for part in _parts(body.projection)):
        return True
    parts = body.where.part if body.where is not None else []
    return bool(parts) and all(part.name == "GroupOrUnionGraphPattern" and _is_single(part) for part in parts)


def _is_single(part: Any) -> bool:
    inner = [each for each in _parts(part) if each.name == "SubSelect"]
    return len(part.graph) == 1 and len(inner) == 1 and _gives_one_row(inner[0])


def _xsd(query: Query) -> Iterator[str]:
    if any(p.type in ("integer", "number") for p in query.parameters) and _XSD not in query.text.splitlines():
        yield f"grlc needs this line for a parameter that is a number: {_XSD}"


def _late_bindings(body: Any) -> Iterator[str]:
    for optional in _parts(body):
        if optional.name == "OptionalGraphPattern":
            names = [part.name for part in optional.graph.part or []]
            if "Bind" in names and "OptionalGraphPattern" in names[: names.index("Bind")]:
                yield "a BIND after an OPTIONAL inside an OPTIONAL; put it at the end of WHERE"


def with_order_keys(query: Query, values: dict[str, str]) -> tuple[str, list[str]]:
    """The text, its parameters set, that also selects every variable by which it is ordered; and the names of these.

    Rows that are alike in these must be alike in all, or else the order is not total.
    """
    text = query.bind(values)
    shown = outline(text)
    start = shown.upper().index("WHERE", shown.upper().index("SELECT"))
    ending = text[shown.upper().rindex("ORDER BY") :]
    keys = list(dict.fromkeys(match["variable"] for match in TOKEN.finditer(ending) if match["variable"]))
    selected = text[shown.upper().index("SELECT") : start]
    more = [f"?{key}" for key in keys if not re.search(rf"\?{key}\b", re.sub(r"\(.*?\bAS\b|\(.*?\bas\b", "", selected))]
    return f"{text[:start]} {' '.join(more)} {text[start:]}", keys
