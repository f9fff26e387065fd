"""A data folder's own concept scheme becomes statements, in the form of the built-in ones in ``ontology/``."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode

from synthkg.graph.plans import TYPE, Pointer, Statement, Term
from synthkg.model import BASE, DCTERMS, RDFS, SKOS, Scheme, Topic, Vocabulary, concept_iri, escape, record_iri

__all__ = ["scheme"]


def scheme(record: Scheme, vocabulary: Vocabulary) -> Iterator[Statement]:
    """A scheme, then its concepts."""
    subject = NamedNode(record_iri(record.folder, record.id))
    yield Statement(subject, TYPE, NamedNode(SKOS + "ConceptScheme"), ())
    yield Statement(subject, NamedNode(DCTERMS + "title"), Literal(record.title, language="en"), ("title",))
    if record.definition:
        yield Statement(subject, NamedNode(DCTERMS + "description"), Literal(record.definition, language="en"), ("definition",))
    for number, old in enumerate(record.formerly):
        former = NamedNode(f"{BASE}concept/{escape(old)}")
        yield Statement(subject, vocabulary.property("formerly"), former, ("formerly", number))
    yield Statement(subject, vocabulary.term("conceptClass"), vocabulary.term("Topic"), ())
    yield Statement(subject, vocabulary.term("key"), Literal(record.id), ())
    for number, topic in enumerate(record.concepts):
        yield from _concept(subject, record.id, topic, ("concepts", number), vocabulary)


def _concept(whole: NamedNode, scheme: str, topic: Topic, at: Pointer, vocabulary: Vocabulary) -> Iterator[Statement]:
    subject = NamedNode(concept_iri(scheme, topic.id))

    def skos(name: str, value: Term, *key: str | int) -> Statement:
        return Statement(subject, NamedNode(SKOS + name), value, (*at, *key))

    yield Statement(subject, TYPE, vocabulary.term("Topic"), at)
    yield Statement(subject, TYPE, NamedNode(SKOS + "Concept"), at)
    yield skos("prefLabel", Literal(topic.label, language="en"), "label")
    yield skos("definition", Literal(topic.definition, language="en"), "definition")
    for number, alias in enumerate(topic.aliases):
        yield skos("altLabel", Literal(alias, language="en"), "aliases", number)
    if topic.broader:
        yield skos("broader", NamedNode(concept_iri(scheme, topic.broader)), "broader")
    else:
        yield skos("topConceptOf", whole)
    yield skos("inScheme", whole)
    yield Statement(subject, NamedNode(RDFS + "isDefinedBy"), whole, at)
