"""The only place where a record becomes triples: a pure function of one record, streamed.

A record's fields say by their markers what their values are, and the vocabulary says which property each field is; so one
plan a type, made once, converts all records but lists, whose text is laid out piece by piece. Every statement carries the
pointer to the YAML value that made it, so that whatever is found in the graph can be shown in the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from functools import cache
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

from pyoxigraph import Literal, NamedNode, Quad

from synthkg.catalog import Catalog, Link, lay_out
from synthkg.model import (
    BASE,
    Artifact,
    Author,
    Block,
    Concept,
    Distinction,
    Entry,
    Erratum,
    Evidence,
    Identifier,
    IsDate,
    IsUrl,
    Kind,
    Paper,
    ReadingList,
    Record,
    Ref,
    Synthesis,
    Version,
    Vocabulary,
    concept_iri,
    equivalents,
    identify,
    record_iri,
    repository,
)

__all__ = [
    "GRAPHS",
    "Statement",
    "computed_links",
    "dataset",
    "fact_iri",
    "link_quads",
    "ontology_quads",
    "quads",
    "statements",
]

GRAPHS = {name: NamedNode(f"{BASE}graph/{name}") for name in ("lists", "curated", "inferred", "links", "ontology")}

_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_XSD = "http://www.w3.org/2001/XMLSchema#"
_INTEGER = NamedNode(_XSD + "integer")
_DATES = {length: NamedNode(_XSD + name) for length, name in ((4, "gYear"), (7, "gYearMonth"), (10, "date"))}
_PARTS = {Version: "version", Author: "author", Synthesis: "synthesis", Distinction: "different", Evidence: "evidence"}
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_EXACT, _CLOSE = NamedNode(_SKOS + "exactMatch"), NamedNode(_SKOS + "closeMatch")
_COMPUTED = NamedNode("https://w3id.org/semapv/vocab/BackgroundKnowledgeBasedMatching")
_IDENTIFIERS = ("arxiv", "doi", "acl", "openreview")
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
        subject = f"{subject}/{'version' if parts[0] == 'versions' else 'synthesis'}/{parts[1]}"
        parts = parts[2:]
    return f"{subject}#{'.'.join(parts)}" if parts else subject


def dataset(catalog: Catalog) -> Iterator[Quad]:
    """All that a data folder says: its records, its links, and the ontology that both are written in."""
    vocabulary = catalog.vocabulary
    yield from quads(catalog, vocabulary)
    for target, links in catalog.links.items():
        yield from link_quads(target, links, vocabulary)
    yield from ontology_quads(vocabulary)


def quads(records: Iterable[Record], vocabulary: Vocabulary) -> Iterator[Quad]:
    """The triples of many records, each in the named graph of its origin, no triple twice, subjects kept together."""
    for record in records:
        yield from _grouped(stated(record, vocabulary), GRAPHS["lists" if isinstance(record, ReadingList) else "curated"])
        yield from _grouped(computed_links(record, vocabulary), GRAPHS["links"])


def _grouped(made: Iterable[Statement], graph: NamedNode) -> Iterator[Quad]:
    by_subject: dict[NamedNode, dict[Quad, None]] = {}
    for s, p, o, _ in made:
        by_subject.setdefault(s, {})[Quad(s, p, o, graph)] = None
    for group in by_subject.values():
        yield from group


def ontology_quads(vocabulary: Vocabulary) -> Iterator[Quad]:
    """The ontology and the concept schemes, in their named graph."""
    return (Quad(t.subject, t.predicate, t.object, GRAPHS["ontology"]) for t in vocabulary.triples)


def statements(record: Record, vocabulary: Vocabulary) -> Iterator[Statement]:
    """All triples of a record: what it states and the links that follow from its identifiers.

    Pure: nothing but the record and the vocabulary decides the result.
    """
    yield from stated(record, vocabulary)
    yield from computed_links(record, vocabulary)


def stated(record: Record, vocabulary: Vocabulary) -> Iterator[Statement]:
    """What the record says, as triples."""
    subject = NamedNode(record_iri(record.folder, record.id))
    yield from _describe(subject, record, (), vocabulary)
    if isinstance(record, ReadingList):
        yield from _document(subject, record, vocabulary)


def computed_links(record: Record, vocabulary: Vocabulary) -> Iterator[Statement]:
    """Links to what other graphs call the versions and artifacts, by their identifiers alone; see `counterparts`."""
    for subject, identifier, relation, at in _identified(record):
        for target, iri in equivalents(identifier):
            name = f"{target}-former-{at[-1]}" if isinstance(at[-1], int) else target
            yield from _link(subject, name, target, NamedNode(iri), relation, _COMPUTED, at, vocabulary)


def link_quads(target: str, links: Iterable[Link], vocabulary: Vocabulary) -> Iterator[Quad]:
    """The links that were found in a target and accepted, each with its provenance."""
    term = vocabulary.term
    for link in links:
        if link.status != "accepted":
            continue
        relation, how = NamedNode(vocabulary.expand(link.predicate)), NamedNode(vocabulary.expand(link.justification))
        name, thing, counterpart = f"{target}/resolved", NamedNode(link.subject), NamedNode(link.object)
        made = list(_link(thing, name, target, counterpart, relation, how, (), vocabulary))
        node = NamedNode(f"{link.subject}/link/{name}")
        made += [
            Statement(node, term("confidence"), Literal(f"{link.confidence:.3f}", datatype=NamedNode(_XSD + "decimal")), ()),
            Statement(node, term("established"), Literal(link.date, datatype=_DATES[len(link.date)]), ()),
            Statement(node, term("queryHash"), Literal(link.query_hash), ()),
        ]
        if link.reviewer:
            made.append(Statement(node, term("reviewer"), Literal(link.reviewer), ()))
        yield from _grouped(made, GRAPHS["links"])


def _identified(record: Record) -> Iterator[tuple[NamedNode, Identifier, NamedNode, Pointer]]:
    """Each thing of a record that an identifier names: exactly, or nearly, as a data set inside a repository or a former URL."""
    iri = record_iri(record.folder, record.id)
    if isinstance(record, Paper):
        for number, version in enumerate(record.versions):
            for scheme in _IDENTIFIERS:
                if value := getattr(version, scheme):
                    identifier = identify(value) if scheme == "doi" else None  # an arXiv DOI is an arXiv id
                    subject = NamedNode(f"{iri}/version/{version.id}")
                    yield subject, identifier or Identifier(scheme, value), _EXACT, ("versions", number, scheme)
    elif isinstance(record, Artifact):
        if record.url and (identifier := repository(record.url)):
            relation = _CLOSE if identifier.scheme == "github" and record.type != "code" else _EXACT
            yield NamedNode(iri), identifier, relation, ("url",)
        for number, url in enumerate(record.former_urls):
            if identifier := repository(url):
                yield NamedNode(iri), identifier, _CLOSE, ("former_urls", number)


def _link(
    thing: NamedNode,
    name: str,
    target: str,
    counterpart: NamedNode,
    relation: NamedNode,
    justification: NamedNode,
    at: Pointer,
    vocabulary: Vocabulary,
) -> Iterator[Statement]:
    node = NamedNode(f"{thing.value}/link/{name}")
    term = vocabulary.term
    yield Statement(thing, relation, counterpart, at)
    yield Statement(thing, term("link"), node, at)
    yield Statement(node, _TYPE, term("Link"), at)
    yield Statement(node, term("target"), NamedNode(concept_iri("target", target)), at)
    yield Statement(node, term("counterpart"), counterpart, at)
    yield Statement(node, term("relation"), relation, at)
    yield Statement(node, term("justification"), justification, at)


def _describe(subject: NamedNode, thing: Any, at: Pointer, vocabulary: Vocabulary) -> Iterator[Statement]:
    """The types and fields of a record or of a part of one."""
    kind: Any = type(thing)
    yield Statement(subject, _TYPE, vocabulary.term(_OWNERS.get(kind.__name__, kind.__name__)), at)
    for name, convert in _plan(kind, vocabulary):
        value = getattr(thing, name)
        if value is not None and value != ():
            yield from convert(subject, value, (*at, name))


_Converter = Callable[[NamedNode, Any, Pointer], Iterator[Statement]]


@cache
def _plan(kind: Any, vocabulary: Vocabulary) -> list[tuple[str, _Converter]]:
    """For each field that makes triples, how it does."""
    hints = get_type_hints(kind, include_extras=True)
    owner = _OWNERS.get(kind.__name__, kind.__name__)
    skipped = {"id", "content", "errata", "newline"} if kind is ReadingList else {"id"}
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
        return _parts(vocabulary.property(name, owner), _PARTS[inner], vocabulary)
    if name in ("orcid", "dblp"):
        return _person(vocabulary.property(name))
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
    if marker is IsUrl:
        return NamedNode
    if marker is IsDate:
        return lambda value: Literal(value, datatype=_DATES[len(value)])
    if datatype is not None:
        return lambda value: Literal(str(value), datatype=datatype)
    return lambda value: Literal(str(value))


def _types(kinds: dict[str, NamedNode]) -> _Converter:
    """A ``type`` word gives the subclass; the class itself is stated for every thing."""

    def convert(subject: NamedNode, value: str, at: Pointer) -> Iterator[Statement]:
        yield Statement(subject, _TYPE, kinds[value], at)

    return convert


def _former_iris(prop: NamedNode, owner: str) -> _Converter:
    def convert(subject: NamedNode, value: tuple[str, ...], at: Pointer) -> Iterator[Statement]:
        for number, id in enumerate(value):
            yield Statement(subject, prop, NamedNode(f"{BASE}{owner.lower()}/{id}"), (*at, number))

    return convert


def _facts(prop: NamedNode) -> _Converter:
    def convert(subject: NamedNode, value: tuple[str, ...], at: Pointer) -> Iterator[Statement]:
        record = subject.value.rpartition("/evidence/")[0]
        for number, pointer in enumerate(value):
            yield Statement(subject, prop, NamedNode(fact_iri(record, pointer)), (*at, number))

    return convert


def _person(prop: NamedNode) -> _Converter:
    """A person is the IRI that an authority gave them."""
    bases = {"orcid": "https://orcid.org/", "dblp": "https://dblp.org/pid/"}

    def convert(subject: NamedNode, value: str, at: Pointer) -> Iterator[Statement]:
        yield Statement(subject, prop, NamedNode(bases[str(at[-1])] + value), at)

    return convert


def _parts(prop: NamedNode, path: str, vocabulary: Vocabulary) -> _Converter:
    """Parts of a record become nodes below it, named by their id, or numbered from 1."""
    byline = vocabulary.term("byline")
    position = vocabulary.term("position")

    def convert(subject: NamedNode, value: tuple[Any, ...], at: Pointer) -> Iterator[Statement]:
        for number, part in enumerate(value):
            name = getattr(part, "id", None) or getattr(part, "paper", None) or number + 1
            node = NamedNode(f"{subject.value}/{path}/{name}")
            yield Statement(subject, prop, node, (*at, number))
            yield from _describe(node, part, (*at, number), vocabulary)
            if path == "author":
                yield Statement(node, position, Literal(str(number + 1), datatype=_INTEGER), (*at, number))
        if path == "author":
            yield Statement(subject, byline, Literal("; ".join(author.name for author in value)), at)

    return convert


def _document(subject: NamedNode, record: ReadingList, vocabulary: Vocabulary) -> Iterator[Statement]:
    """A list as the sequence of its pieces: sections, text lines, entries with their cells; then its errata."""
    document = _Document(subject, record.newline, vocabulary)
    for number, block in enumerate(record.content):
        yield from document.block(block, ("content", number))
    for number, erratum in enumerate(record.errata):
        yield from document.erratum(erratum, number)


class _Document:
    """Counts lines, sections and entries while it goes through one list."""

    def __init__(self, subject: NamedNode, newline: str, vocabulary: Vocabulary) -> None:
        self._subject = subject
        self._newline = newline
        self._vocabulary = vocabulary
        self._line = self._section_count = self._entry_count = 0
        self._sections: list[tuple[int, NamedNode]] = [(0, subject)]

    def block(self, block: Block, at: Pointer) -> Iterator[Statement]:
        if block.heading is not None:
            yield from self._section(block, at)
            yield from self._text(block.heading + ("\n" if block.end is None else block.end), (*at, "heading"))
        if block.text is not None:
            yield from self._text(block.text, (*at, "text"))
        for number, entry in enumerate(block.entries):
            yield from self._entry(block, entry, (*at, "entries", number))

    def erratum(self, erratum: Erratum, number: int) -> Iterator[Statement]:
        at: Pointer = ("errata", number)
        target = f"line/{erratum.line}" if erratum.entry is None else f"entry/{erratum.entry}/{erratum.field}"
        node = self._node(f"erratum/{number + 1}")
        yield from self._node_with(node, "Erratum", at, corrects=self._node(target))
        yield from self._fields(node, at, "published", published=erratum.published)
        yield from self._fields(node, at, "corrected", corrected=erratum.corrected)
        yield from self._fields(node, at, "kind", kind=NamedNode(concept_iri("erratum", erratum.kind)))
        yield from self._fields(node, at, "reason", reason=erratum.reason)
        if erratum.evidence:
            describe = _parts(self._vocabulary.property("evidence"), "evidence", self._vocabulary)
            yield from describe(node, erratum.evidence, (*at, "evidence"))

    def _section(self, block: Block, at: Pointer) -> Iterator[Statement]:
        self._section_count += 1
        level = block.level or 1
        while self._sections[-1][0] >= level:
            self._sections.pop()
        node = self._node(f"section/{self._section_count}")
        yield from self._node_with(
            node, "Section", at, within=self._sections[-1][1], line=self._line + 1, level=level, heading=block.title or ""
        )
        if block.concept not in (None, "none"):
            yield from self._fields(node, at, "concept", concept=NamedNode(concept_iri(*str(block.concept).split("/", 1))))
        self._sections.append((level, node))

    def _text(self, text: str, at: Pointer) -> Iterator[Statement]:
        for line in _LINE.findall(text):
            self._line += 1
            node = self._node(f"line/{self._line}")
            printed = line.replace("\n", self._newline)
            yield from self._node_with(node, "Text", at, list=self._subject, line=self._line, text=printed)

    def _entry(self, block: Block, entry: Entry, at: Pointer) -> Iterator[Statement]:
        self._line += 1
        self._entry_count += 1
        node = self._node(f"entry/{self._entry_count}")
        pieces, end = lay_out(block, entry, self._newline)
        within = self._sections[-1][1]
        yield from self._node_with(
            node, "Entry", at, list=self._subject, within=within, number=self._entry_count, line=self._line, end=end
        )
        for folder, id in (("papers", entry.paper), ("artifacts", entry.artifact)):
            if id is not None:
                yield from self._fields(node, at, folder[:-1], about=NamedNode(record_iri(folder, id)))
        padded = bool(block.widths) and entry.row is None
        for position, piece in enumerate(pieces, start=1):
            closes = position == len(pieces) or pieces[position].column != piece.column
            cell = NamedNode(f"{node.value}/{piece.field}")
            yield from self._node_with(
                cell,
                "Cell",
                (*at, piece.field),
                entry=node,
                position=position,
                field=piece.field,
                column=piece.column,
                before=piece.before,
                text=piece.text,
                after=piece.after,
                **({"fill": " " * piece.fill} if padded and closes else {}),
            )

    def _node(self, path: str) -> NamedNode:
        return NamedNode(f"{self._subject.value}/{path}")

    def _node_with(self, node: NamedNode, kind: str, at: Pointer, **values: str | int | Term) -> Iterator[Statement]:
        yield Statement(node, _TYPE, self._vocabulary.term(kind), at)
        yield from self._fields(node, at, **values)

    def _fields(self, node: NamedNode, at: Pointer, key: str = "", /, **values: str | int | Term) -> Iterator[Statement]:
        for name, value in values.items():
            if isinstance(value, int):
                value = Literal(str(value), datatype=_INTEGER)
            elif isinstance(value, str):
                value = Literal(value)
            yield Statement(node, self._vocabulary.term(name), value, (*at, key) if key else at)
