"""Triples, the stores that hold them, the saved queries that ask for them, and the rules that add to them.

Read `triples` first (a record -> its statements), with `terms`, `plans`, `documents` and `schemes`, and `texts` (-> its part
of dumps); then `store` (one protocol, several engines) on `formats` (dump files) and `limits` (what no engine is handed),
`kept` (a large dump's store on disk) with `derived` (what comes of all of it), `queries` (a ``.rq`` file) with `headers`,
`parameters` and `renaming` (ids that changed), on `sparql` and `forms` (a query's words, without parsing it) and `needs` (the
properties in it), `inference` (rules until none adds anything), `lazy` (a store that remembers what came of all these),
`lexical` (literals as they are written) and `jsonld` (the ontology's words as JSON keys).
"""

from synthkg.graph.derived import database, made_once
from synthkg.graph.formats import (
    BY_LINE,
    FORMATS,
    PACKED,
    SUMS,
    as_xml,
    checksums,
    ending_of,
    read_quads,
    refuse_altered,
    refuse_ruinous,
    summed,
)
from synthkg.graph.forms import asks_elsewhere, form_of, is_construct, names_graphs
from synthkg.graph.inference import in_order, infer
from synthkg.graph.jsonld import context
from synthkg.graph.kept import CACHES, KeptStore, is_large, keep_dump, open_dump, tell_older, tell_repeated
from synthkg.graph.lazy import LazyStore
from synthkg.graph.lexical import as_written, is_unnamed
from synthkg.graph.limits import refuse_too_deep
from synthkg.graph.needs import fact_names, lines_with, needed_by, read_by, read_by_any, stated_by, stated_names
from synthkg.graph.parameters import INTEGERS, Parameter, written
from synthkg.graph.queries import Query, find_query, load_queries, load_query, read_query, unknown_terms
from synthkg.graph.renaming import present_iri, renamed
from synthkg.graph.sparql import (
    PREFIXES,
    as_named,
    declared,
    mentions,
    outline,
    shows_all,
    spelled_out,
)
from synthkg.graph.store import (
    Asked,
    OxigraphStore,
    Store,
    Table,
    Term,
    explain,
    load_dump,
    refuse_other_graph,
    table_of,
    to_rdflib,
)
from synthkg.graph.terms import read_term, term
from synthkg.graph.texts import Columns, Facts, Quads, Texts, Writer, facts_in, facts_of, in_block
from synthkg.graph.triples import (
    GRAPHS,
    Said,
    Statement,
    beside_records,
    dataset,
    grouped,
    link_quads,
    ontology_quads,
    statements,
    vocabulary_quads,
)

__all__ = [
    "BY_LINE",
    "CACHES",
    "FORMATS",
    "GRAPHS",
    "INTEGERS",
    "PACKED",
    "PREFIXES",
    "SUMS",
    "Asked",
    "Columns",
    "Facts",
    "KeptStore",
    "LazyStore",
    "OxigraphStore",
    "Parameter",
    "Quads",
    "Query",
    "Said",
    "Statement",
    "Store",
    "Table",
    "Term",
    "Texts",
    "Writer",
    "as_named",
    "as_written",
    "as_xml",
    "asks_elsewhere",
    "beside_records",
    "checksums",
    "context",
    "database",
    "dataset",
    "declared",
    "ending_of",
    "explain",
    "fact_names",
    "facts_in",
    "facts_of",
    "find_query",
    "form_of",
    "grouped",
    "in_block",
    "in_order",
    "infer",
    "is_construct",
    "is_large",
    "is_unnamed",
    "keep_dump",
    "lines_with",
    "link_quads",
    "load_dump",
    "load_queries",
    "load_query",
    "made_once",
    "mentions",
    "names_graphs",
    "needed_by",
    "ontology_quads",
    "open_dump",
    "outline",
    "present_iri",
    "read_by",
    "read_by_any",
    "read_quads",
    "read_query",
    "read_term",
    "refuse_altered",
    "refuse_other_graph",
    "refuse_ruinous",
    "refuse_too_deep",
    "renamed",
    "shows_all",
    "spelled_out",
    "stated_by",
    "stated_names",
    "statements",
    "summed",
    "table_of",
    "tell_older",
    "tell_repeated",
    "term",
    "to_rdflib",
    "unknown_terms",
    "vocabulary_quads",
    "written",
]
