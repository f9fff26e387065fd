"""The only place where a record becomes triples: a pure function of one record, streamed.

Records are converted by a plan for their type (`plans`), lists piece by piece (`documents`); links that follow from identifiers
are made here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from pyoxigraph import NamedNode, Quad

from synthkg.catalog import Catalog, Link, Pointer
from synthkg.graph.documents import document
from synthkg.graph.plans import describe, term_of
from synthkg.graph.schemes import scheme
from synthkg.graph.terms import DATES, TYPE, Line, Term, inside, iri, literal, term
from synthkg.model import (
    BASE,
    IDENTIFIERS,
    NAMESPACE,
    SKOS,
    TOPICS,
    XSD,
    Artifact,
    Identifier,
    Paper,
    ReadingList,
    Record,
    Scheme,
    Vocabulary,
    concept_iri,
    concept_named,
    equivalents,
    identify,
    part_iri,
    record_iri,
    repository,
)

__all__ = [
    "GRAPHS",
    "Said",
    "Statement",
    "beside_records",
    "computed_links",
    "dataset",
    "grouped",
    "link_quads",
    "ontology_quads",
    "quads",
    "statements",
    "vocabulary_quads",
]

GRAPHS = {name: NamedNode(f"{BASE}graph/{name}") for name in ("lists", "curated", "inferred", "links", "ontology")}
_EXACT, _CLOSE = iri(SKOS + "exactMatch"), iri(SKOS + "closeMatch")
_COMPUTED = iri("https://w3id.org/semapv/vocab/BackgroundKnowledgeBasedMatching")
_DECIMAL = iri(XSD + "decimal")
_CONCEPT = f"{BASE}concept/"
_ORIGINS: dict[type[Record], str] = {ReadingList: "lists", Scheme: "ontology"}

Said = dict[str, dict[tuple[str, str], None]]
"""What is said of each subject: predicates with objects, each pair once, in order; all as N-Triples writes them."""


class Statement(NamedTuple):
    """A triple of the engine's terms, and the pointer to the YAML value that it comes from."""

    subject: NamedNode
    predicate: NamedNode
    object: Term
    pointer: Pointer


def dataset(catalog: Catalog) -> Iterator[Quad]:
    """All that a data folder says: its records, its links, and the ontology that both are written in."""
    said = set()
    for quad in quads(catalog, catalog.vocabulary):
        said.add(quad.predicate.value)
        yield quad
    yield from beside_records(catalog, said.__contains__)


def beside_records(catalog: Catalog, has_property: Callable[[str], bool]) -> Iterator[Quad]:
    """The links that were found, and the ontology; see `ontology_quads`.

    Args:
        catalog: The records.
        has_property: Whether they say something with the property of an IRI.
    """
    for target, links in catalog.links.items():
        yield from link_quads(target, links, catalog.vocabulary)
    is_ours = any(map(has_property, (NAMESPACE + name for name in TOPICS)))
    yield from ontology_quads(
        catalog.vocabulary, is_ours or any(concept.partition("/")[0] in TOPICS for concept in _named(catalog, has_property))
    )


def _named(catalog: Catalog, has_property: Callable[[str], bool]) -> Iterator[str]:
    """The concepts that headings of lists name, and those that works are declared not to have."""
    for record in catalog.of(ReadingList).values():
        headings = (block for block in record.content if block.heading is not None)
        yield from (concept_named(block, catalog.vocabulary.headings) or "" for block in headings)
    if has_property(NAMESPACE + "refutes"):
        yield from (each.concept for paper in catalog.of(Paper).values() for each in paper.refuted)
        yield from (each.concept for artifact in catalog.of(Artifact).values() for each in artifact.refuted)


def quads(records: Iterable[Record], vocabulary: Vocabulary) -> Iterator[Quad]:
    """The triples of many records, each in the named graph of its origin, no triple twice, subjects kept together."""
    for record in records:
        for graph, said in grouped(record, vocabulary):
            yield from _quads(said, graph)


def grouped(record: Record, vocabulary: Vocabulary) -> Iterator[tuple[NamedNode, Said]]:
    """What a record says, by the named graph, which is that of its origin or that of links, and by subject."""
    yield GRAPHS[_ORIGINS.get(type(record), "curated")], _by_subject(stated(record, vocabulary))
    if links := _by_subject(computed_links(record, vocabulary)):
        yield GRAPHS["links"], links


def _by_subject(made: Iterable[Line]) -> Said:
    found: Said = {}
    for subject, predicate, value, _ in made:
        if (said := found.get(subject)) is None:
            said = found[subject] = {}
        said[predicate, value] = None
    return found


def _quads(said: Said, graph: NamedNode) -> Iterator[Quad]:
    for subject, pairs in said.items():
        for predicate, value in pairs:
            yield Quad(term(subject), term(predicate), term(value), graph)  # type: ignore[arg-type]


def ontology_quads(vocabulary: Vocabulary, is_ours: bool = True) -> Iterator[Quad]:
    """The ontology and its concept schemes, in their named graph.

    Args:
        vocabulary: These.
        is_ours: Whether the records are about the project's own field. If not, and they have schemes of their own, `TOPICS` say
            nothing of them, and are left out.
    """
    left_out = () if is_ours or not vocabulary.own else TOPICS
    for t in vocabulary.triples:
        if not (isinstance(t.subject, NamedNode) and _scheme_of(t.subject.value) in left_out):
            yield Quad(t.subject, t.predicate, t.object, GRAPHS["ontology"])


def _scheme_of(iri: str) -> str:
    """The scheme of which an IRI is, or of which it is a concept; empty where it is neither."""
    return iri.removeprefix(_CONCEPT).partition("/")[0] if iri.startswith(_CONCEPT) else ""


def vocabulary_quads(vocabulary: Vocabulary) -> Iterator[Quad]:
    """The same, and the data folder's own schemes, which are records of it."""
    yield from ontology_quads(vocabulary)
    yield from quads(vocabulary.own.values(), vocabulary)


def statements(record: Record, vocabulary: Vocabulary) -> Iterator[Statement]:
    """All triples of a record: what it states and the links that follow from its identifiers.

    Pure: nothing but the record and the vocabulary decides the result.
    """
    for subject, predicate, value, at in chain(stated(record, vocabulary), computed_links(record, vocabulary)):
        yield Statement(term(subject), term(predicate), term(value), at)  # type: ignore[arg-type]


def stated(record: Record, vocabulary: Vocabulary) -> Iterator[Line]:
    """What the record says, as triples."""
    if isinstance(record, Scheme):
        yield from scheme(record, vocabulary)
        return
    subject = iri(record_iri(record.folder, record.id))
    yield from describe(subject, record, (), vocabulary)
    if isinstance(record, ReadingList):
        yield from document(subject, record, vocabulary)


def computed_links(record: Record, vocabulary: Vocabulary) -> Iterator[Line]:
    """Links to what other graphs call the versions and artifacts, by their identifiers alone; see `counterparts`."""
    for subject, identifier, relation, at in _identified(record):
        for target, address in equivalents(identifier):
            name = f"{target}-former-{at[-1]}" if isinstance(at[-1], int) else target
            yield from _link(subject, name, target, iri(address), relation, _COMPUTED, at, vocabulary)


def link_quads(target: str, links: Iterable[Link], vocabulary: Vocabulary) -> Iterator[Quad]:
    """The links that were found in a target and accepted, each with its provenance."""
    for link in links:
        if link.status != "accepted":
            continue
        relation, how = iri(vocabulary.expand(link.predicate)), iri(vocabulary.expand(link.justification))
        name, thing, counterpart = f"{target}/resolved", iri(link.subject), iri(link.object)
        made = list(_link(thing, name, target, counterpart, relation, how, (), vocabulary))
        node = iri(f"{link.subject}/link/{name}")
        made += [(node, term_of(name, vocabulary), value, ()) for name, value in _circumstances(link)]
        yield from _quads(_by_subject(made), GRAPHS["links"])


def _circumstances(link: Link) -> Iterator[tuple[str, str]]:
    """How a link was found and who judged it, as far as its file says."""
    if link.confidence is not None:
        plain = f"{link.confidence:.3f}".rstrip("0").removesuffix(".")  # as a store gives it back
        yield "confidence", literal(plain, _DECIMAL)
    if link.date is not None:
        yield "established", literal(link.date, DATES[len(link.date)])
    if link.query_hash is not None:
        yield "queryHash", literal(link.query_hash)
    for reviewer in filter(None, (link.reviewer or "").split("|")):
        yield "reviewer", literal(reviewer.strip())


def _identified(record: Record) -> Iterator[tuple[str, Identifier, str, Pointer]]:
    """Each thing of a record that an identifier names: exactly, or nearly, as a data set inside a repository or a former URL."""
    whole = record_iri(record.folder, record.id)
    if isinstance(record, Paper):
        for number, version in enumerate(record.versions):
            for scheme in IDENTIFIERS:
                if value := getattr(version, scheme):
                    found = identify(value) if scheme == "doi" else None
                    identifier = found if found and found.scheme == "arxiv" else None  # an arXiv DOI is an arXiv id
                    subject = iri(part_iri(whole, "version", version.id))
                    yield subject, identifier or Identifier(scheme, value), _EXACT, ("versions", number, scheme)
    elif isinstance(record, Artifact):
        if record.url and (identifier := repository(record.url)):
            relation = _CLOSE if identifier.scheme == "github" and record.type != "code" else _EXACT
            yield iri(whole), identifier, relation, ("url",)
        for number, url in enumerate(record.former_urls):
            if identifier := repository(url):
                yield iri(whole), identifier, _CLOSE, ("former_urls", number)


def _link(
    thing: str,
    name: str,
    target: str,
    counterpart: str,
    relation: str,
    justification: str,
    at: Pointer,
    vocabulary: Vocabulary,
) -> Iterator[Line]:
    node = iri(f"{inside(thing)}/link/{name}")
    yield (thing, relation, counterpart, at)
    yield (thing, term_of("link", vocabulary), node, at)
    yield (node, TYPE, term_of("Link", vocabulary), at)
    yield (node, term_of("target", vocabulary), iri(concept_iri("target", target)), at)
    yield (node, term_of("counterpart", vocabulary), counterpart, at)
    yield (node, term_of("relation", vocabulary), relation, at)
    yield (node, term_of("justification", vocabulary), justification, at)
