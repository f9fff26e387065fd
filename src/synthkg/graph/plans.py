"""How a record's fields become statements: one plan a type, made once from the markers of its fields.

A record's fields say by their markers what their values are, and the vocabulary says which property each field is. Every
statement carries the pointer to the YAML value that made it, so that whatever is found in the graph can be shown in the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import cache
from types import NoneType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from synthkg.catalog import Pointer
from synthkg.graph.terms import DATES, INTEGER, TYPE, Line, inside, iri, literal
from synthkg.model import (
    AUTHORITIES,
    BASE,
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

__all__ = ["describe", "parts", "term_of"]

_PARTS = {
    Version: "version",
    Author: "author",
    Synthesis: "synthesis",
    Distinction: "different",
    Refutation: "refuted",
    Evidence: "evidence",
}
_OWNERS = {"ReadingList": "List", "Author": "Authorship"}


def _fact_iri(subject: str, pointer: str) -> str:
    """The IRI of the fact, or of the part with all its facts, that ``supports`` names.

    >>> _fact_iri("https://w3id.org/synthkg/paper/star", "title")
    'https://w3id.org/synthkg/paper/star#title'
    >>> _fact_iri("https://w3id.org/synthkg/paper/star", "versions.neurips-2022.track")
    'https://w3id.org/synthkg/paper/star/version/neurips-2022#track'
    """
    parts = pointer.split(".")
    if parts[0] in ("versions", "syntheses") and len(parts) > 1:
        subject = part_iri(subject, "version" if parts[0] == "versions" else "synthesis", parts[1])
        parts = parts[2:]
    return f"{subject}#{escape('.'.join(parts))}" if parts else subject


def term_of(name: str, vocabulary: Vocabulary) -> str:
    """The text of a class or property of ours."""
    return vocabulary.texts.get(name) or str(vocabulary.term(name))


def describe(subject: str, thing: Any, at: Pointer, vocabulary: Vocabulary) -> Iterator[Line]:
    """The types and fields of a record or of a part of one."""
    kind: Any = type(thing)
    yield (subject, TYPE, term_of(_OWNERS.get(kind.__name__, kind.__name__), vocabulary), at)
    for name, convert in _plan(kind, vocabulary):
        value = getattr(thing, name)
        if value is not None and value is not False and value != ():
            yield from convert(subject, value, (*at, name))


_Converter = Callable[[str, Any, Pointer], Iterator[Line]]


def _plan(kind: Any, vocabulary: Vocabulary) -> list[tuple[str, _Converter]]:
    """For each field that makes triples, how it does; made once, and kept with the vocabulary."""
    plan: list[tuple[str, _Converter]] | None = vocabulary.made.get(kind)
    if plan is None:
        plan = vocabulary.made[kind] = _make_plan(kind, vocabulary)
    return plan


def _make_plan(kind: Any, vocabulary: Vocabulary) -> list[tuple[str, _Converter]]:
    hints = get_type_hints(kind, include_extras=True)
    owner = _OWNERS.get(kind.__name__, kind.__name__)
    skipped = {"id", "snapshots", "content", "errata", "newline"} if kind is ReadingList else {"id", "draft"}
    return [(f.name, _converter(f.name, hints[f.name], owner, vocabulary)) for f in fields(kind) if f.name not in skipped]


def _converter(name: str, hint: Any, owner: str, vocabulary: Vocabulary) -> _Converter:
    if NoneType in get_args(hint):
        (hint,) = (arg for arg in get_args(hint) if arg is not NoneType)
    many = get_origin(hint) is tuple
    inner = get_args(hint)[0] if many else hint
    marker = get_args(inner)[1] if get_origin(inner) is Annotated else None
    if isinstance(marker, Kind):
        return _types({word: str(kind) for word, kind in vocabulary.kinds(marker.name).items()})
    if name == "formerly":
        return _former_iris(str(vocabulary.property("formerly")), owner)
    if name == "supports":
        return _facts(str(vocabulary.property("supports")))
    if isinstance(inner, type) and inner in _PARTS:
        return parts(str(vocabulary.property(name, owner)), _PARTS[inner], vocabulary)
    if name == "size":
        return _size(vocabulary)
    if owner == "Authorship" and name in AUTHORITIES:
        return _person(str(vocabulary.property(name, owner)))
    prop = vocabulary.property(name, owner)
    make = _term_maker(marker, vocabulary.datatype(prop))
    predicate = str(prop)

    def convert(subject: str, value: Any, at: Pointer) -> Iterator[Line]:
        if many:
            for number, item in enumerate(value):
                yield (subject, predicate, make(item), (*at, number))
        else:
            yield (subject, predicate, make(value), at)

    return convert


def _term_maker(marker: Any, datatype: object) -> Callable[[Any], str]:
    if isinstance(marker, Ref):
        return lambda value: iri(record_iri(marker.folder, value))
    if isinstance(marker, Concept):
        return cache(lambda value: iri(concept_iri(marker.scheme, value)))
    if marker is IsTopic or marker is IsOwnTopic:
        return cache(lambda value: iri(concept_iri(*value.partition("/")[::2])))
    if marker is IsUrl:
        return iri
    if marker is IsDate:
        return lambda value: literal(value, DATES[len(value)])
    kind = str(datatype) if datatype is not None else ""
    return lambda value: literal(str(value).lower() if isinstance(value, bool) else str(value), kind)


def _types(kinds: dict[str, str]) -> _Converter:
    """A ``type`` word gives the subclass; the class itself is stated for every thing."""

    def convert(subject: str, value: str, at: Pointer) -> Iterator[Line]:
        yield (subject, TYPE, kinds[value], at)

    return convert


def _former_iris(prop: str, owner: str) -> _Converter:
    def convert(subject: str, value: tuple[str, ...], at: Pointer) -> Iterator[Line]:
        for number, id in enumerate(value):
            yield (subject, prop, iri(f"{BASE}{owner.lower()}/{escape(id)}"), (*at, number))

    return convert


def _facts(prop: str) -> _Converter:
    def convert(subject: str, value: tuple[str, ...], at: Pointer) -> Iterator[Line]:
        record = inside(subject).rpartition("/evidence/")[0]
        for number, pointer in enumerate(value):
            yield (subject, prop, iri(_fact_iri(record, pointer)), (*at, number))

    return convert


def _size(vocabulary: Vocabulary) -> _Converter:
    """A size is its words, and beside them the number in them, where there is one."""
    size, amount, unit = (str(vocabulary.term(name)) for name in ("size", "amount", "unit"))

    def convert(subject: str, value: str, at: Pointer) -> Iterator[Line]:
        yield (subject, size, literal(value), at)
        if counted := quantity(value, vocabulary.units):
            yield (subject, amount, literal(str(counted.amount), INTEGER), at)
            yield (subject, unit, iri(concept_iri("unit", counted.unit)), at)

    return convert


def _person(prop: str) -> _Converter:
    """A person is the IRI that an authority gave them."""

    def convert(subject: str, value: str, at: Pointer) -> Iterator[Line]:
        yield (subject, prop, iri(AUTHORITIES[str(at[-1])] + escape(value)), at)

    return convert


def parts(prop: str, path: str, vocabulary: Vocabulary) -> _Converter:
    """Parts of a record become nodes below it, named by their id, or numbered from 1."""
    byline, position, folded = (term_of(name, vocabulary) for name in ("byline", "position", "foldedName"))

    def convert(subject: str, value: tuple[Any, ...], at: Pointer) -> Iterator[Line]:
        for number, part in enumerate(value):
            name = getattr(part, "id", None) or getattr(part, "paper", None) or number + 1
            node = iri(part_iri(inside(subject), path, name))
            yield (subject, prop, node, (*at, number))
            yield from describe(node, part, (*at, number), vocabulary)
            if path == "author":
                yield (node, position, literal(str(number + 1), INTEGER), (*at, number))
                if (plain := unaccented(part.name)) != part.name.lower():
                    yield (node, folded, literal(plain), (*at, number))
        if path == "author":
            yield (subject, byline, literal("; ".join(author.name for author in value)), at)

    return convert
