"""A data folder's own concept scheme becomes statements, in the form of the built-in ones in ``ontology/``."""

from __future__ import annotations

from collections.abc import Iterator

from synthkg.catalog import Pointer
from synthkg.graph.plans import term_of
from synthkg.graph.terms import TYPE, Line, english, iri, literal
from synthkg.model import BASE, DCTERMS, RDFS, SKOS, Scheme, Topic, Vocabulary, concept_iri, escape, record_iri

__all__ = ["scheme"]


def scheme(record: Scheme, vocabulary: Vocabulary) -> Iterator[Line]:
    """A scheme, then its concepts."""
    subject = iri(record_iri(record.folder, record.id))
    yield (subject, TYPE, iri(SKOS + "ConceptScheme"), ())
    yield (subject, iri(DCTERMS + "title"), english(record.title), ("title",))
    if record.definition:
        yield (subject, iri(DCTERMS + "description"), english(record.definition), ("definition",))
    for number, old in enumerate(record.formerly):
        former = iri(f"{BASE}concept/{escape(old)}")
        yield (subject, str(vocabulary.property("formerly")), former, ("formerly", number))
    yield (subject, term_of("conceptClass", vocabulary), term_of("Topic", vocabulary), ())
    yield (subject, term_of("key", vocabulary), literal(record.id), ())
    for number, topic in enumerate(record.concepts):
        yield from _concept(subject, record.id, topic, ("concepts", number), vocabulary)


def _concept(whole: str, scheme: str, topic: Topic, at: Pointer, vocabulary: Vocabulary) -> Iterator[Line]:
    subject = iri(concept_iri(scheme, topic.id))

    def skos(name: str, value: str, *key: str | int) -> Line:
        return (subject, iri(SKOS + name), value, (*at, *key))

    yield (subject, TYPE, term_of("Topic", vocabulary), at)
    yield (subject, TYPE, iri(SKOS + "Concept"), at)
    yield skos("prefLabel", english(topic.label), "label")
    yield skos("definition", english(topic.definition), "definition")
    for number, alias in enumerate(topic.aliases):
        yield skos("altLabel", english(alias), "aliases", number)
    if topic.broader:
        yield skos("broader", iri(concept_iri(scheme, topic.broader)), "broader")
    else:
        yield skos("topConceptOf", whole)
    yield skos("inScheme", whole)
    yield (subject, iri(RDFS + "isDefinedBy"), whole, at)
