"""Answers in the forms that people and programs read.

Read `pages` first (the lists and tables that queries make), then `regeneration` (pages over pages, nothing lost unseen),
`answers` (rows as text), `tables` on `parquet`, `bibliography`, and `exports` (the saved queries themselves, and answers put into
a page).
"""

from synthkg.views.answers import FORMATS
from synthkg.views.exports import TARGET, answerable, examples, export, fill, keep, narrow
from synthkg.views.pages import all_pages, find_pages, render, rows_of
from synthkg.views.regeneration import regenerate, stale
from synthkg.views.tables import types_of, values_of, write_tables

__all__ = [
    "FORMATS",
    "TARGET",
    "all_pages",
    "answerable",
    "examples",
    "export",
    "fill",
    "find_pages",
    "keep",
    "narrow",
    "regenerate",
    "render",
    "rows_of",
    "stale",
    "types_of",
    "values_of",
    "write_tables",
]
