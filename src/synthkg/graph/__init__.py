"""Triples, the stores that hold them, the saved queries that ask for them, and the rules that add to them.

Read `triples` first (a record -> its statements), with `plans` and `documents`; then `store` (one protocol, several engines),
`queries` (a ``.rq`` file and its header), `inference` (rules until none adds anything) and `jsonld` (the ontology's words as JSON
keys).
"""

from synthkg.graph.inference import infer
from synthkg.graph.jsonld import context
from synthkg.graph.plans import Statement
from synthkg.graph.queries import Query, find_query, is_construct, load_queries, load_query, outline, written
from synthkg.graph.store import FORMATS, OxigraphStore, Store, Table, Term, load_dump, to_rdflib
from synthkg.graph.triples import GRAPHS, dataset, statements

__all__ = [
    "FORMATS",
    "GRAPHS",
    "OxigraphStore",
    "Query",
    "Statement",
    "Store",
    "Table",
    "Term",
    "context",
    "dataset",
    "find_query",
    "infer",
    "is_construct",
    "load_dump",
    "load_queries",
    "load_query",
    "outline",
    "statements",
    "to_rdflib",
    "written",
]
