"""The only place where a record becomes triples: a pure function of one record, streamed.

Records are converted by a plan for their type (`plans`), lists piece by piece (`documents`); links that follow from identifiers
are made here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Quad

from synthkg.catalog import Catalog, Link
from synthkg.graph.documents import document
from synthkg.graph.plans import DATES, TYPE, XSD, Pointer, Statement, describe
from synthkg.graph.schemes import scheme
from synthkg.model import (
    BASE,
    SKOS,
    Artifact,
    Identifier,
    Paper,
    ReadingList,
    Record,
    Scheme,
    Vocabulary,
    concept_iri,
    equivalents,
    identify,
    part_iri,
    record_iri,
    repository,
)

__all__ = [
    "GRAPHS",
    "computed_links",
    "dataset",
    "link_quads",
    "ontology_quads",
    "quads",
    "statements",
]

GRAPHS = {name: NamedNode(f"{BASE}graph/{name}") for name in ("lists", "curated", "inferred", "links", "ontology")}
_EXACT, _CLOSE = NamedNode(SKOS + "exactMatch"), NamedNode(SKOS + "closeMatch")
_COMPUTED = NamedNode("https://w3id.org/semapv/vocab/BackgroundKnowledgeBasedMatching")
_ORIGINS: dict[type[Record], str] = {ReadingList: "lists", Scheme: "ontology"}
_IDENTIFIERS = ("arxiv", "doi", "acl", "openreview")


def dataset(catalog: Catalog, watch: Callable[[Record, list[Quad]], None] | None = None) -> Iterator[Quad]:
    """All that a data folder says: its records, its links, and the ontology that both are written in.

    Args:
        catalog: The records and links.
        watch: Called with each record and its triples, before they are given.
    """
    vocabulary = catalog.vocabulary
    for record in catalog:
        made = list(quads([record], vocabulary))
        if watch:
            watch(record, made)
        yield from made
    for target, links in catalog.links.items():
        yield from link_quads(target, links, vocabulary)
    yield from ontology_quads(vocabulary)


def quads(records: Iterable[Record], vocabulary: Vocabulary) -> Iterator[Quad]:
    """The triples of many records, each in the named graph of its origin, no triple twice, subjects kept together."""
    for record in records:
        yield from _grouped(stated(record, vocabulary), GRAPHS[_ORIGINS.get(type(record), "curated")])
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
    if isinstance(record, Scheme):
        yield from scheme(record, vocabulary)
        return
    subject = NamedNode(record_iri(record.folder, record.id))
    yield from describe(subject, record, (), vocabulary)
    if isinstance(record, ReadingList):
        yield from document(subject, record, vocabulary)


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
        made += [Statement(node, term(name), value, ()) for name, value in _circumstances(link)]
        yield from _grouped(made, GRAPHS["links"])


def _circumstances(link: Link) -> Iterator[tuple[str, Literal]]:
    """How a link was found and who judged it, as far as its file says."""
    if link.confidence is not None:
        plain = f"{link.confidence:.3f}".rstrip("0").removesuffix(".")  # as a store gives it back
        yield "confidence", Literal(plain, datatype=NamedNode(XSD + "decimal"))
    if link.date is not None:
        yield "established", Literal(link.date, datatype=DATES[len(link.date)])
    if link.query_hash is not None:
        yield "queryHash", Literal(link.query_hash)
    for reviewer in filter(None, (link.reviewer or "").split("|")):
        yield "reviewer", Literal(reviewer.strip())


def _identified(record: Record) -> Iterator[tuple[NamedNode, Identifier, NamedNode, Pointer]]:
    """Each thing of a record that an identifier names: exactly, or nearly, as a data set inside a repository or a former URL."""
    iri = record_iri(record.folder, record.id)
    if isinstance(record, Paper):
        for number, version in enumerate(record.versions):
            for scheme in _IDENTIFIERS:
                if value := getattr(version, scheme):
                    found = identify(value) if scheme == "doi" else None
                    identifier = found if found and found.scheme == "arxiv" else None  # an arXiv DOI is an arXiv id
                    subject = NamedNode(part_iri(iri, "version", version.id))
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
    yield Statement(node, TYPE, term("Link"), at)
    yield Statement(node, term("target"), NamedNode(concept_iri("target", target)), at)
    yield Statement(node, term("counterpart"), counterpart, at)
    yield Statement(node, term("relation"), relation, at)
    yield Statement(node, term("justification"), justification, at)
