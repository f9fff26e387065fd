"""The words and the shapes of things: records, identifiers, and the vocabulary they are written in.

Knows no RDF store and none of the user's files. Read `records` first (what a paper, a method, a list is), then `vocabulary`
(the ontology's word for each, beside `namespaces`), `identifiers` (what points at a work, in every spelling) and
`counterparts` (what an identifier alone says of other graphs).
"""

from synthkg.model.counterparts import equivalents, repository
from synthkg.model.identifiers import Identifier, acl, arxiv, identify, normal_url, orcid, slug
from synthkg.model.namespaces import DCTERMS, RDF, RDFS, SKOS, XSD
from synthkg.model.records import (
    RECORD_TYPES,
    Artifact,
    Author,
    Block,
    Concept,
    Distinction,
    Entry,
    Erratum,
    Evidence,
    IsDate,
    IsRow,
    IsUrl,
    Kind,
    Paper,
    ReadingList,
    Record,
    Ref,
    Synthesis,
    Venue,
    Version,
)
from synthkg.model.vocabulary import BASE, NAMESPACE, Vocabulary, concept_iri, load_vocabulary, record_iri

__all__ = [
    "BASE",
    "DCTERMS",
    "NAMESPACE",
    "RDF",
    "RDFS",
    "RECORD_TYPES",
    "SKOS",
    "XSD",
    "Artifact",
    "Author",
    "Block",
    "Concept",
    "Distinction",
    "Entry",
    "Erratum",
    "Evidence",
    "Identifier",
    "IsDate",
    "IsRow",
    "IsUrl",
    "Kind",
    "Paper",
    "ReadingList",
    "Record",
    "Ref",
    "Synthesis",
    "Venue",
    "Version",
    "Vocabulary",
    "acl",
    "arxiv",
    "concept_iri",
    "equivalents",
    "identify",
    "load_vocabulary",
    "normal_url",
    "orcid",
    "record_iri",
    "repository",
    "slug",
]
