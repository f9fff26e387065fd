"""A data folder's own concept scheme becomes statements, in the form of the built-in ones in ``ontology/``.

Its words are in whatever language its makers write, which nothing says; so they bear no mark of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from synthkg.catalog import Pointer
from synthkg.graph.plans import term_of
from synthkg.graph.terms import TYPE, Line, iri, literal
from synthkg.model import BASE, DCTERMS, RDFS, SKOS, Scheme, Topic, Vocabulary, concept_iri, escape, record_iri

__all__ = ["scheme"]


def scheme(record: Scheme, vocabulary: Vocabulary) -> Iterator[Line]:
    """A scheme, then its concepts."""
    subject = iri(record_iri(record.folder, record.id))
    yield (subject, TYPE, iri(SKOS + "ConceptScheme"), ())
    yield (subject, iri(DCTERMS + "title"), literal(record.title), ("title",))
    if record.definition:
        yield (subject, iri(DCTERMS + "description"), literal(record.definition), ("definition",))
    yield from _former(subject, record.formerly, (), vocabulary)
    yield (subject, term_of("conceptClass", vocabulary), term_of("Topic", vocabulary), ())
    yield (subject, term_of("key", vocabulary), literal(record.id), ())
    for number, topic in enumerate(record.concepts):
        yield from _concept(subject, record.id, topic, ("concepts", number), vocabulary)


def _former(subject: str, ids: Iterable[str], at: Pointer, vocabulary: Vocabulary) -> Iterator[Line]:
    for number, old in enumerate(ids):
        former = iri(f"{BASE}concept/{'/'.join(map(escape, old.split('/')))}")
        yield (subject, str(vocabulary.property("formerly")), former, (*at, "formerly", number))


def _concept(whole: str, scheme: str, topic: Topic, at: Pointer, vocabulary: Vocabulary) -> Iterator[Line]:
    subject = iri(concept_iri(scheme, topic.id))

    def skos(name: str, value: str, *key: str | int) -> Line:
        return (subject, iri(SKOS + name), value, (*at, *key))

    yield (subject, TYPE, term_of("Topic", vocabulary), at)
    yield (subject, TYPE, iri(SKOS + "Concept"), at)
    yield skos("prefLabel", literal(topic.label), "label")
    yield skos("definition", literal(topic.definition), "definition")
    for number, alias in enumerate(topic.aliases):
        yield skos("altLabel", literal(alias), "aliases", number)
    if topic.broader:
        yield skos("broader", iri(concept_iri(scheme, topic.broader)), "broader")
    else:
        yield skos("topConceptOf", whole)
    yield skos("inScheme", whole)
    yield from _former(subject, topic.formerly, at, vocabulary)
    yield (subject, iri(RDFS + "isDefinedBy"), whole, at)
