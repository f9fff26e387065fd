"""How a record's fields become statements: one plan a type, made once from the markers of its fields.

A record's fields say by their markers what their values are, and the vocabulary says which property each field is. Every
statement carries the pointer to the YAML value that made it, so that whatever is found in the graph can be shown in the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import cache
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

from pyoxigraph import Literal, NamedNode

from synthkg.model import (
    AUTHORITIES,
    BASE,
    RDF,
    XSD,
    Author,
    Concept,
    Distinction,
    Evidence,
    IsDate,
    IsOwnTopic,
    IsTopic,
    IsUrl,
    Kind,
    ReadingList,
    Ref,
    Refutation,
    Synthesis,
    Version,
    Vocabulary,
    concept_iri,
    escape,
    part_iri,
    quantity,
    record_iri,
    unaccented,
)

__all__ = ["DATES", "INTEGER", "TYPE", "XSD", "Pointer", "Statement", "Term", "describe", "fact_iri", "parts"]

TYPE = NamedNode(RDF + "type")
INTEGER = NamedNode(XSD + "integer")
DATES = {length: NamedNode(XSD + name) for length, name in ((4, "gYear"), (7, "gYearMonth"), (10, "date"))}
_PARTS = {
    Version: "version",
    Author: "author",
    Synthesis: "synthesis",
    Distinction: "different",
    Refutation: "refuted",
    Evidence: "evidence",
}
_OWNERS = {"ReadingList": "List", "Author": "Authorship"}

Pointer = tuple[str | int, ...]
Term = NamedNode | Literal


class Statement(NamedTuple):
    """A triple and the pointer to the YAML value that it comes from."""

    subject: NamedNode
    predicate: NamedNode
    object: Term
    pointer: Pointer


def fact_iri(subject: str, pointer: str) -> str:
    """The IRI of the fact, or of the part with all its facts, that ``supports`` names.

    >>> fact_iri("https://w3id.org/synthkg/paper/star", "title")
    'https://w3id.org/synthkg/paper/star#title'
    >>> fact_iri("https://w3id.org/synthkg/paper/star", "versions.neurips-2022.track")
    'https://w3id.org/synthkg/paper/star/version/neurips-2022#track'
    """
    parts = pointer.split(".")
    if parts[0] in ("versions", "syntheses") and len(parts) > 1:
        subject = part_iri(subject, "version" if parts[0] == "versions" else "synthesis", parts[1])
        parts = parts[2:]
    return f"{subject}#{escape('.'.join(parts))}" if parts else subject


def describe(subject: NamedNode, thing: Any, at: Pointer, vocabulary: Vocabulary) -> Iterator[Statement]:
    """The types and fields of a record or of a part of one."""
    kind: Any = type(thing)
    yield Statement(subject, TYPE, vocabulary.term(_OWNERS.get(kind.__name__, kind.__name__)), at)
    for name, convert in _plan(kind, vocabulary):
        value = getattr(thing, name)
        if value is not None and value is not False and value != ():
            yield from convert(subject, value, (*at, name))


_Converter = Callable[[NamedNode, Any, Pointer], Iterator[Statement]]


@cache
def _plan(kind: Any, vocabulary: Vocabulary) -> list[tuple[str, _Converter]]:
    """For each field that makes triples, how it does."""
    hints = get_type_hints(kind, include_extras=True)
    owner = _OWNERS.get(kind.__name__, kind.__name__)
    skipped = {"id", "snapshots", "content", "errata", "newline"} if kind is ReadingList else {"id", "draft"}
    return [(f.name, _converter(f.name, hints[f.name], owner, vocabulary)) for f in fields(kind) if f.name not in skipped]


def _converter(name: str, hint: Any, owner: str, vocabulary: Vocabulary) -> _Converter:
    hint = next((arg for arg in get_args(hint) if arg is not type(None)), hint) if _is_optional(hint) else hint
    many = get_origin(hint) is tuple
    inner = get_args(hint)[0] if many else hint
    marker = get_args(inner)[1] if get_origin(inner) is Annotated else None
    if isinstance(marker, Kind):
        return _types(vocabulary.kinds(marker.name))
    if name == "formerly":
        return _former_iris(vocabulary.property("formerly"), owner)
    if name == "supports":
        return _facts(vocabulary.property("supports"))
    if isinstance(inner, type) and inner in _PARTS:
        return parts(vocabulary.property(name, owner), _PARTS[inner], vocabulary)
    if name == "size":
        return _size(vocabulary)
    if owner == "Authorship" and name in AUTHORITIES:
        return _person(vocabulary.property(name, owner))
    prop = vocabulary.property(name, owner)
    make = _term_maker(marker, vocabulary.datatype(prop))

    def convert(subject: NamedNode, value: Any, at: Pointer) -> Iterator[Statement]:
        if many:
            for number, item in enumerate(value):
                yield Statement(subject, prop, make(item), (*at, number))
        else:
            yield Statement(subject, prop, make(value), at)

    return convert


def _is_optional(hint: Any) -> bool:
    return type(None) in get_args(hint)


def _term_maker(marker: Any, datatype: NamedNode | None) -> Callable[[Any], Term]:
    if isinstance(marker, Ref):
        return lambda value: NamedNode(record_iri(marker.folder, value))
    if isinstance(marker, Concept):
        return cache(lambda value: NamedNode(concept_iri(marker.scheme, value)))
    if marker is IsTopic or marker is IsOwnTopic:
        return cache(lambda value: NamedNode(concept_iri(*value.partition("/")[::2])))
    if marker is IsUrl:
        return NamedNode
    if marker is IsDate:
        return lambda value: Literal(value, datatype=DATES[len(value)])
    if datatype is not None:
        return lambda value: Literal(str(value).lower() if isinstance(value, bool) else str(value), datatype=datatype)
    return lambda value: Literal(str(value))


def _types(kinds: dict[str, NamedNode]) -> _Converter:
    """A ``type`` word gives the subclass; the class itself is stated for every thing."""

    def convert(subject: NamedNode, value: str, at: Pointer) -> Iterator[Statement]:
        yield Statement(subject, TYPE, kinds[value], at)

    return convert


def _former_iris(prop: NamedNode, owner: str) -> _Converter:
    def convert(subject: NamedNode, value: tuple[str, ...], at: Pointer) -> Iterator[Statement]:
        for number, id in enumerate(value):
            yield Statement(subject, prop, NamedNode(f"{BASE}{owner.lower()}/{escape(id)}"), (*at, number))

    return convert


def _facts(prop: NamedNode) -> _Converter:
    def convert(subject: NamedNode, value: tuple[str, ...], at: Pointer) -> Iterator[Statement]:
        record = subject.value.rpartition("/evidence/")[0]
        for number, pointer in enumerate(value):
            yield Statement(subject, prop, NamedNode(fact_iri(record, pointer)), (*at, number))

    return convert


def _size(vocabulary: Vocabulary) -> _Converter:
    """A size is its words, and beside them the number in them, where there is one."""
    size, amount, unit = (vocabulary.term(name) for name in ("size", "amount", "unit"))

    def convert(subject: NamedNode, value: str, at: Pointer) -> Iterator[Statement]:
        yield Statement(subject, size, Literal(value), at)
        if counted := quantity(value, vocabulary.units):
            yield Statement(subject, amount, Literal(str(counted.amount), datatype=INTEGER), at)
            yield Statement(subject, unit, NamedNode(concept_iri("unit", counted.unit)), at)

    return convert


def _person(prop: NamedNode) -> _Converter:
    """A person is the IRI that an authority gave them."""

    def convert(subject: NamedNode, value: str, at: Pointer) -> Iterator[Statement]:
        yield Statement(subject, prop, NamedNode(AUTHORITIES[str(at[-1])] + escape(value)), at)

    return convert


def parts(prop: NamedNode, path: str, vocabulary: Vocabulary) -> _Converter:
    """Parts of a record become nodes below it, named by their id, or numbered from 1."""
    byline = vocabulary.term("byline")
    position = vocabulary.term("position")
    folded = vocabulary.term("foldedName")

    def convert(subject: NamedNode, value: tuple[Any, ...], at: Pointer) -> Iterator[Statement]:
        for number, part in enumerate(value):
            name = getattr(part, "id", None) or getattr(part, "paper", None) or number + 1
            node = NamedNode(part_iri(subject.value, path, name))
            yield Statement(subject, prop, node, (*at, number))
            yield from describe(node, part, (*at, number), vocabulary)
            if path == "author":
                yield Statement(node, position, Literal(str(number + 1), datatype=INTEGER), (*at, number))
                if (plain := unaccented(part.name)) != part.name.lower():
                    yield Statement(node, folded, Literal(plain), (*at, number))
        if path == "author":
            yield Statement(subject, byline, Literal("; ".join(author.name for author in value)), at)

    return convert
