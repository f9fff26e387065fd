"""What a query reads, and what it cannot do without, by its text: a group of triples is Turtle once its variables are IRIs."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import lru_cache

from pyoxigraph import RdfFormat, parse

from synthkg.graph.sparql import TOKEN, declared, names_of, outline, plain, template_of

__all__ = ["lines_with", "local_name", "needed_by", "read_by", "read_by_any", "stated_by"]

_PREFIX = re.compile(r"\bPREFIX\s+[\w.-]*+:\s*<[^<>\s]*+>", re.IGNORECASE)
_VARIABLE = "urn:x-variable:"
_ENDS = " .\n\t"
_ENDS_TRIPLES = re.compile(r"[{}()]|\b(?:OPTIONAL|UNION|MINUS|GRAPH|FILTER|NOT|EXISTS|BIND|VALUES)\b", re.IGNORECASE)
_DEEPER = {"{": 1, "(": 1, "}": -1, ")": -1}
_NO_TRIPLES = re.compile(
    r"\b(?:SELECT\b[^{]*+|(?:GROUP|ORDER)\s+BY\b[^{}]*+|VALUES\s*+(?:\([^()]*+\)|\?\w+)\s*+\{[^{}]*+\})", re.IGNORECASE
)
_BRACKETS = re.compile(r"((?<![?\w])[A-Za-z]\w*+\s*+)?\(([^()]*+)\)")
_AS_PROPERTY = re.compile(r"(?:[\]N;\[]|\?\w+)\s*+(?<!\w)\?(\w++)(?=\s*+[?N\[])")
_ANY_BUT = re.compile(r"!\s*+(?:\(\s*+)*+[\^N]")


@lru_cache(maxsize=256)
def read_by(text: str) -> frozenset[str] | None:
    """The local names of all properties whose triples decide what a query gives, and perhaps of some more; None if all may.

    A variable that stands for a property may be any, unless it is said by VALUES or by BIND which it is.

    >>> sorted(read_by("SELECT ?x { ?x synthkg:acl/^synthkg:doi ?y FILTER NOT EXISTS { ?x a ?z } }"))
    ['acl', 'doi', 'type']
    >>> read_by("SELECT ?x { ?x ?y 1 }"), read_by("ASK { ?x !a ?y }")
    (None, None)
    >>> sorted(read_by("SELECT ?x ?y { VALUES ?p { synthkg:acl synthkg:doi } ?x ?p ?y }"))
    ['acl', 'doi']
    """
    words = plain(text)
    triples = _NO_TRIPLES.sub(" . ", words)
    if _ANY_BUT.search(triples):
        return None
    while (without := _BRACKETS.sub(_outside, triples)) != triples:
        triples = without
    for variable in _AS_PROPERTY.findall(triples):
        if not re.search(rf"\b(?:VALUES\s*+\?{variable}\s*+\{{|BIND\s*+\(\s*+N\s+AS\s+\?{variable}\b)", words, re.IGNORECASE):
            return None
    return frozenset(names_of(text))


def read_by_any(texts: Iterable[str]) -> frozenset[str] | None:
    """The same of several queries together."""
    every = [read_by(text) for text in texts]
    return None if None in every else frozenset(name for names in every if names is not None for name in names)


def _outside(brackets: re.Match[str]) -> str:
    """What a pair of brackets is to the triples around it: after a word, the triples in it, if any; else a path or a list."""
    return f" . {brackets[2] if '{' in brackets[2] else ''} . " if brackets[1] else "N"


def local_name(iri: str) -> str:
    """What stands at the end of an IRI, as `read_by` has it.

    >>> local_name("https://w3id.org/synthkg/ontology#acl"), local_name("http://purl.org/dc/terms/title")
    ('acl', 'title')
    """
    return re.split("[:#/]", iri)[-1]


def lines_with(names: Collection[str] | None) -> Callable[[bytes], bytes]:
    """A function that leaves of N-Quads the lines whose property has one of these local names; all for None."""
    if names is None:
        return lambda quads: quads
    sought = frozenset(names)
    known: dict[bytes, bool] = {}

    def is_sought(line: bytes) -> bool:
        predicate = line.split(b" ", 2)[1]
        if (found := known.get(predicate)) is None:
            found = known[predicate] = local_name(predicate.decode()[1:-1]) in sought
        return found

    return lambda quads: b"".join(line for line in quads.splitlines(keepends=True) if is_sought(line))


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
