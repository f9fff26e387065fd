"""The words and the shapes of things: records, identifiers, and the vocabulary they are written in.

Knows no RDF store and none of the user's files. Read `records` first (what a paper, a method, a list is), then `vocabulary`
(the ontology's word for each, beside `namespaces`), `identifiers` (what points at a work, in every spelling), `counterparts`
(what an identifier alone says of other graphs) and `iris` (what an IRI is).
"""

from synthkg.model.counterparts import equivalents, repository
from synthkg.model.identifiers import Identifier, acl, arxiv, doi, doi_url, identify, normal_url, openreview, orcid, slug
from synthkg.model.iris import escape, is_iri, is_url
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
    Padding,
    Paper,
    ReadingList,
    Record,
    Ref,
    Snapshot,
    Synthesis,
    Venue,
    Version,
)
from synthkg.model.vocabulary import BASE, NAMESPACE, Vocabulary, concept_iri, load_vocabulary, part_iri, record_iri

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
    "Padding",
    "Paper",
    "ReadingList",
    "Record",
    "Ref",
    "Snapshot",
    "Synthesis",
    "Venue",
    "Version",
    "Vocabulary",
    "acl",
    "arxiv",
    "concept_iri",
    "doi",
    "doi_url",
    "equivalents",
    "escape",
    "identify",
    "is_iri",
    "is_url",
    "load_vocabulary",
    "normal_url",
    "openreview",
    "orcid",
    "part_iri",
    "record_iri",
    "repository",
    "slug",
]
