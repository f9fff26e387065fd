"""What a query reads, and what it cannot do without, by its text: a group of triples is Turtle once its variables are IRIs.

What is read goes by local names: of properties, and of classes where that is said of a thing, as a seventh of all facts does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache, lru_cache

from pyoxigraph import RdfFormat, parse

from synthkg.graph.sparql import TOKEN, declared, names_of, outline, plain, template_of
from synthkg.graph.terms import TYPE
from synthkg.model import load_vocabulary

__all__ = [
    "fact_names",
    "lines_with",
    "local_name",
    "needed_by",
    "property_of",
    "read_by",
    "read_by_any",
    "stated_by",
    "stated_names",
]

_PREFIX = re.compile(r"\bPREFIX\s+[\w.-]*+:\s*<[^<>\s]*+>", re.IGNORECASE)
_VARIABLE = "urn:x-variable:"
_TYPE = TYPE.encode()
_ENDS = " .\n\t"
_ENDS_TRIPLES = re.compile(r"[{}()]|\b(?:OPTIONAL|UNION|MINUS|GRAPH|FILTER|NOT|EXISTS|BIND|VALUES)\b", re.IGNORECASE)
_DEEPER = {"{": 1, "(": 1, "}": -1, ")": -1}
_NO_TRIPLES = re.compile(
    r"\b(?:SELECT\b[^{]*+|(?:GROUP|ORDER)\s+BY\b[^{}]*+|VALUES\s*+(?:\([^()]*+\)|\?\w+)\s*+\{[^{}]*+\})", re.IGNORECASE
)
_BRACKETS = re.compile(r"((?<![?\w])[A-Za-z]\w*+\s*+)?\(([^()]*+)\)")
_AS_PROPERTY = re.compile(r"(?:[\]N;\[]|\?\w+)\s*+(?<!\w)\?(\w++)(?=\s*+[?N\[])")
_ANY_BUT = re.compile(r"!\s*+(?:\(\s*+)*+[\^N]")
_SUBCLASS_OF = r"rdfs:subClassOf\s++[\w.-]*+:\w"
_OF_CLASS = re.compile(r"(?<![\w:?$^])a\s++(?:<[^<>]*+>|[\w.-]*+:[\w%:-]*+|[?$](?P<class>\w++))(?!\s*+,)")


@lru_cache(maxsize=256)
def read_by(text: str) -> frozenset[str] | None:
    """The local names of all properties whose triples decide what a query gives, and perhaps of some more; None if all may.

    What is of a class goes by the class, and by ``type`` where that may be any. A variable that stands for a property or a class
    may be any, unless it is said by VALUES or by BIND which it is, or beside a class that it is a subclass of which.

    >>> sorted(read_by("SELECT ?x { ?x synthkg:acl/^synthkg:doi ?y FILTER NOT EXISTS { ?x a ?z } }"))
    ['acl', 'doi', 'type']
    >>> read_by("SELECT ?x { ?x ?y 1 }"), read_by("ASK { ?x !a ?y }")
    (None, None)
    >>> sorted(read_by("SELECT ?x ?y { VALUES ?p { synthkg:acl synthkg:doi } ?x ?p ?y ; a synthkg:Version }"))
    ['Version', 'acl', 'doi']
    """
    words = plain(text)
    triples = _NO_TRIPLES.sub(" . ", words)
    if _ANY_BUT.search(triples):
        return None
    while (without := _BRACKETS.sub(_outside, triples)) != triples:
        triples = without
    if not all(_is_said(variable, words) for variable in _AS_PROPERTY.findall(triples)):
        return None
    return frozenset(names_of(text)) - ({"type"} if _names_classes(text, words) else set())


def _is_said(variable: str, words: str) -> bool:
    """Whether VALUES or BIND says what a variable may be."""
    said = rf"\bVALUES\s*+(?:\?{variable}\s*+\{{|\([^()]*\?{variable}\b[^()]*\))|\bBIND\s*+\(\s*+N\s+AS\s+\?{variable}\b"
    return re.search(said, words, re.IGNORECASE) is not None


def _names_classes(text: str, words: str) -> bool:
    """Whether a query says of which classes things are, wherever it asks for that."""
    bare = TOKEN.sub(lambda match: match[0] if match["variable"] or match[0][0] in "<\\" else " ", text)

    def is_any(of_class: re.Match[str]) -> bool:
        variable = of_class["class"]
        return bool(variable) and not _is_said(variable, words) and not _is_below(variable, bare, of_class.start())

    return "type" not in names_of(_OF_CLASS.sub(lambda match: match[0] if is_any(match) else " ", bare))


def _is_below(variable: str, bare: str, used: int) -> bool:
    """Whether it says of which class a variable is a subclass, in the same group as it is used: elsewhere that need not hold."""
    said = re.finditer(rf"[?$]{variable}\s++{_SUBCLASS_OF}", bare)
    between = (bare[min(used, match.start()) : max(used, match.start())] for match in said)
    return any(not {"{", "}"} & set(text) for text in between)


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


def property_of(line: str) -> str:
    """What decides by which names a line of N-Quads is read: its property, with its object where that is a class.

    >>> property_of("<urn:s> <urn:p> <urn:o> <urn:g> .")
    '<urn:p>'
    """
    _, predicate, value, _ = line.split(" ", 3)
    return f"{predicate} {value}" if predicate == TYPE else predicate


@cache
def fact_names(property: str) -> frozenset[str]:
    """The names, as `read_by` has them, by which facts are read of what `property_of` gives.

    >>> sorted(fact_names("<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/synthkg/ontology#Code>"))
    ['Artifact', 'Code', 'type']
    """
    names = [name[1:-1] for name in property.split(" ")]
    return frozenset(map(local_name, [*names, *load_vocabulary().classes_above(names[-1])]))


def lines_with(names: Collection[str] | None) -> Callable[[bytes], bytes]:
    """A function that leaves of N-Quads the lines that are read by one of these names, as `read_by` has them; all for None."""
    if names is None:
        return lambda quads: quads
    sought = frozenset(names)
    known: dict[bytes, bool] = {}

    def is_sought(line: bytes) -> bool:
        _, property, value, _ = line.split(b" ", 3)
        if property == _TYPE:
            property = value
        if (found := known.get(property)) is None:
            found = known[property] = not fact_names(property_of(line.decode())).isdisjoint(sought)
        return found

    return lambda quads: b"".join(line for line in quads.splitlines(keepends=True) if is_sought(line))


def stated_by(text: str) -> set[str]:
    """The IRIs of the properties that a CONSTRUCT query states.

    >>> stated_by("CONSTRUCT { ?x synthkg:acl ?y } WHERE { ?x synthkg:doi ?y }")
    {'https://w3id.org/synthkg/ontology#acl'}
    """
    return _properties(template_of(text)[1:-1], _prefixes(text))


def stated_names(text: str) -> set[str]:
    """The names, as `read_by` has them, by which what a CONSTRUCT query states is read, and perhaps some more.

    >>> sorted(stated_names("CONSTRUCT { ?x a synthkg:Paper } WHERE { ?x synthkg:doi ?y }"))
    ['Paper', 'type']
    """
    return names_of(template_of(text))


@lru_cache(maxsize=256)
def needed_by(text: str) -> frozenset[str]:
    """The IRIs of properties without any one of which a SELECT query has no row: those that stand directly in its WHERE.

    What is optional, negated, one of several or in a query within it is passed over, and so are triples with a property path.

    >>> needed_by("SELECT ?x { ?x synthkg:acl ?y OPTIONAL { ?x synthkg:doi ?z } FILTER(?y != 'a') }")
    frozenset({'https://w3id.org/synthkg/ontology#acl'})
    """
    words = outline(text)
    start = words.index("{") + 1
    if "(" in words[:start] and not re.search(r"\bGROUP\s+BY\b", words, re.IGNORECASE):  # a count has a row in any case
        return frozenset()
    found: set[str] = set()
    prefixes = _prefixes(text)
    for begins, ends in _triples(words, start):
        try:
            found |= _properties(text[begins:ends], prefixes)
        except SyntaxError:
            continue
    return frozenset(found)


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
