"""The words and the shapes of things: records, identifiers, and the vocabulary they are written in.

Knows no RDF store and none of the user's files. Read `records` first (what a paper, a method, a list is), then `vocabulary`
(the ontology's word for each, beside `namespaces`), `identifiers` (what points at a work, in every spelling), `addresses`
(a URL taken apart), `persons` (who says who an author is), `counterparts`
and `deduction` (what an identifier alone says of other graphs, and of where and when)
`quantities` (the number in a size), `days` (what a day is), `iris` (what an IRI is) and `controls` (characters that no XML has).
"""

from synthkg.model.addresses import normal_url
from synthkg.model.controls import blank_controls, escape_controls, restore_controls
from synthkg.model.counterparts import equivalents, repository
from synthkg.model.days import is_day
from synthkg.model.deduction import Deduced, deduce_acl, deduce_month, is_preprint_doi
from synthkg.model.identifiers import SCHEMES, Identifier, acl, arxiv, doi, doi_url, identify, issn, openreview, orcid, slug
from synthkg.model.iris import escape, is_iri, is_url
from synthkg.model.namespaces import DCTERMS, RDF, RDFS, SKOS, XSD
from synthkg.model.persons import AUTHORITIES, unaccented
from synthkg.model.quantities import Quantity, quantity
from synthkg.model.records import (
    CELLS,
    IDENTIFIERS,
    RECORD_TYPES,
    Artifact,
    AtMost,
    Author,
    Block,
    Concept,
    Distinction,
    Entry,
    Erratum,
    Evidence,
    IsDate,
    IsOwnTopic,
    IsRow,
    IsTopic,
    IsUrl,
    Kind,
    Method,
    Padding,
    Paper,
    ReadingList,
    Record,
    Ref,
    Refutation,
    Scheme,
    Snapshot,
    Synthesis,
    Topic,
    Venue,
    Version,
)
from synthkg.model.vocabulary import BASE, NAMESPACE, Vocabulary, concept_iri, load_vocabulary, part_iri, record_iri, singular

__all__ = [
    "AUTHORITIES",
    "BASE",
    "CELLS",
    "DCTERMS",
    "IDENTIFIERS",
    "NAMESPACE",
    "RDF",
    "RDFS",
    "RECORD_TYPES",
    "SCHEMES",
    "SKOS",
    "XSD",
    "Artifact",
    "AtMost",
    "Author",
    "Block",
    "Concept",
    "Deduced",
    "Distinction",
    "Entry",
    "Erratum",
    "Evidence",
    "Identifier",
    "IsDate",
    "IsOwnTopic",
    "IsRow",
    "IsTopic",
    "IsUrl",
    "Kind",
    "Method",
    "Padding",
    "Paper",
    "Quantity",
    "ReadingList",
    "Record",
    "Ref",
    "Refutation",
    "Scheme",
    "Snapshot",
    "Synthesis",
    "Topic",
    "Venue",
    "Version",
    "Vocabulary",
    "acl",
    "arxiv",
    "blank_controls",
    "concept_iri",
    "deduce_acl",
    "deduce_month",
    "doi",
    "doi_url",
    "equivalents",
    "escape",
    "escape_controls",
    "identify",
    "is_day",
    "is_iri",
    "is_preprint_doi",
    "is_url",
    "issn",
    "load_vocabulary",
    "normal_url",
    "openreview",
    "orcid",
    "part_iri",
    "quantity",
    "record_iri",
    "repository",
    "restore_controls",
    "singular",
    "slug",
    "unaccented",
]
