"""Answers in the forms that people and programs read.

Read `pages` first (the lists and tables that queries make), then `rows` and `regeneration` (pages over pages, nothing lost
unseen), `answers` (rows as text), `tables` on `parquet`, `bibliography` on `names` and `mathematics`, `examples` (the saved
queries themselves), `filling` (answers put into a page) and `subject` (what a graph is called).
"""

from synthkg.views.answers import FORMATS, STYLES, answer_text, sparql_json
from synthkg.views.bibliography import bibtex, container_of, csl_json
from synthkg.views.examples import TARGET, answerable, export, keep, to_examples
from synthkg.views.filling import fill, narrow
from synthkg.views.mathematics import to_unicode
from synthkg.views.names import split_name
from synthkg.views.pages import Page, all_pages, find_pages, joined, render, rows_of, select_present, text_of
from synthkg.views.regeneration import PagesOfDump, Regenerated, regenerate, stale
from synthkg.views.subject import data_set_in, described, subject_of
from synthkg.views.tables import asked, table_queries, types_of, values_of, write_tables

__all__ = [
    "FORMATS",
    "STYLES",
    "TARGET",
    "Page",
    "PagesOfDump",
    "Regenerated",
    "all_pages",
    "answer_text",
    "answerable",
    "asked",
    "bibtex",
    "container_of",
    "csl_json",
    "data_set_in",
    "described",
    "export",
    "fill",
    "find_pages",
    "joined",
    "keep",
    "narrow",
    "regenerate",
    "render",
    "rows_of",
    "select_present",
    "sparql_json",
    "split_name",
    "stale",
    "subject_of",
    "table_queries",
    "text_of",
    "to_examples",
    "to_unicode",
    "types_of",
    "values_of",
    "write_tables",
]
