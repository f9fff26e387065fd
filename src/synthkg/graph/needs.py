"""What a query cannot do without, read off its text: a group of triples is Turtle once its variables are IRIs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pyoxigraph import RdfFormat, parse

from synthkg.graph.sparql import TOKEN, declared, outline, template_of

__all__ = ["needed_by", "stated_by"]

_PREFIX = re.compile(r"\bPREFIX\s+[\w.-]*+:\s*<[^<>\s]*+>", re.IGNORECASE)
_VARIABLE = "urn:x-variable:"
_ENDS = " .\n\t"
_ENDS_TRIPLES = re.compile(r"[{}()]|\b(?:OPTIONAL|UNION|MINUS|GRAPH|FILTER|NOT|EXISTS|BIND|VALUES)\b", re.IGNORECASE)
_DEEPER = {"{": 1, "(": 1, "}": -1, ")": -1}


def stated_by(text: str) -> set[str]:
    """The IRIs of the properties that a CONSTRUCT query states.

    >>> stated_by("CONSTRUCT { ?x synthkg:acl ?y } WHERE { ?x synthkg:doi ?y }")
    {'https://w3id.org/synthkg/ontology#acl'}
    """
    return _properties(template_of(text)[1:-1], _prefixes(text))


def needed_by(text: str) -> set[str]:
    """The IRIs of properties without any one of which a SELECT query has no row: those that stand directly in its WHERE.

    What is optional, negated, one of several or in a query within it is passed over, and so are triples with a property path.

    >>> needed_by("SELECT ?x { ?x synthkg:acl ?y OPTIONAL { ?x synthkg:doi ?z } FILTER(?y != 'a') }")
    {'https://w3id.org/synthkg/ontology#acl'}
    """
    words = outline(text)
    start = words.index("{") + 1
    if "(" in words[:start] and not re.search(r"\bGROUP\s+BY\b", words, re.IGNORECASE):  # a count has a row in any case
        return set()
    found: set[str] = set()
    prefixes = _prefixes(text)
    for begins, ends in _triples(words, start):
        try:
            found |= _properties(text[begins:ends], prefixes)
        except SyntaxError:
            continue
    return found


def _triples(words: str, start: int) -> Iterator[tuple[int, int]]:
    """Where something stands directly in the group that has begun, between brackets: triples, or the rest of a clause."""
    depth, begins = 1, start
    for stop in _ENDS_TRIPLES.finditer(words, start):
        if depth == 1:
            yield begins, stop.start()
        depth += _DEEPER.get(stop[0], 0)
        begins = stop.end()
        if depth == 0:
            return


def _prefixes(text: str) -> str:
    return " ".join(_PREFIX.findall(declared(text)))


def _properties(triples: str, prefixes: str) -> set[str]:
    """The properties in a group of triples.

    Raises:
        SyntaxError: It is none that Turtle can say.
    """
    turtle = TOKEN.sub(lambda match: f"<{_VARIABLE}{match['variable']}>" if match["variable"] else match[0], triples)
    found = {triple.predicate.value for triple in parse(f"{prefixes}\n{turtle.strip(_ENDS)}\n.", format=RdfFormat.TURTLE)}
    return {iri for iri in found if not iri.startswith(_VARIABLE)}
