"""Tables for people without RDF: CSV and Parquet, each from a saved query whose header names it (``table: papers``).

In CSV the values of a column that holds several are joined by ``" | "``; in Parquet they are a list, and integers are integers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import Literal

from synthkg.graph import INTEGERS, Asked, OxigraphStore, Query, Table, Term, load_queries
from synthkg.model import XSD
from synthkg.views.pages import text_of, to_csv
from synthkg.views.parquet import Column, Value, to_parquet

__all__ = ["asked", "parquet", "split", "table_queries", "types_of", "values_of", "write_tables"]

_FITS = re.compile(r"[+-]?[0-9]{1,18}")
_INTEGERS = {XSD + name for name in INTEGERS}


class _Made(NamedTuple):
    """A table as two files, and what its columns hold."""

    csv: bytes
    parquet: bytes
    columns: dict[str, type]


def table_queries() -> dict[str, Query]:
    """The saved queries that are tables of the release, by the table's name, sorted."""
    found = load_queries("examples", "views").values()
    return {str(query.header["table"]): query for query in sorted(found, key=_table_name) if _table_name(query)}


def _table_name(query: Query) -> str:
    return str(query.header.get("table", ""))


def asked(query: Query) -> Asked:
    """What `write_tables` makes of the answer to a query, as a store that remembers is told."""
    return "table", query.text


def write_tables(store: OxigraphStore, folder: Path) -> dict[str, dict[str, type]]:
    """Makes the folder and writes ``<table>.csv`` and ``<table>.parquet`` for every table.

    Returns:
        Table -> column -> ``str``, ``int``, ``list`` (of strings) or ``bool`` (``yes`` and ``no``).

    Raises:
        QueryError: The store cannot run a query.
    """
    folder.mkdir()
    written: dict[str, dict[str, type]] = {}
    for name, query in table_queries().items():
        made = store.remembered(asked(query), partial(_made, query, store))
        (folder / f"{name}.csv").write_bytes(made.csv)
        (folder / f"{name}.parquet").write_bytes(made.parquet)
        written[name] = made.columns
    return written


def _made(query: Query, store: OxigraphStore) -> _Made:
    table, multivalued = query.select(store), query.header.get("multivalued", ())
    told = dict.fromkeys(multivalued, list) | dict.fromkeys(query.header.get("booleans", ()), bool)
    integers = query.header.get("integers", ())
    columns = {column: told.get(column, kind) for column, kind in types_of(table, integers).items()}
    return _Made(to_csv(table).encode(), parquet(table, multivalued, integers), columns)


def parquet(table: Table, multivalued: Sequence[str] = (), integers: Sequence[str] = ()) -> bytes:
    """A table as Parquet; the columns that hold several values become lists, and those of ``integers`` are such if empty, too."""
    kinds = types_of(table, integers)
    columns = [Column(name, list if name in multivalued else kind) for name, kind in kinds.items()]
    return to_parquet(columns, list(_columns_of(table, kinds, multivalued)), len(table.rows))


def types_of(table: Table, integers: Sequence[str] = ()) -> dict[str, type[str] | type[int]]:
    """For each column ``int`` where it holds integers that fit 64 bits and nothing else, ``str`` otherwise.

    One that holds nothing is ``int`` if it is among ``integers``. An integer is one of any type of XML
    Schema: QLever counts in ``xsd:int``.
    """
    kinds: dict[str, type[str] | type[int]] = {}
    for i, name in enumerate(table.columns):
        terms = [row[i] for row in table.rows if row[i] is not None]
        kinds[name] = int if (terms or name in integers) and all(map(_is_integer, terms)) else str
    return kinds


def values_of(table: Table, multivalued: Sequence[str] = ()) -> Iterator[list[Value]]:
    """Each row as Python values of the columns' types, None where unbound; those of ``multivalued`` columns as lists."""
    columns = list(_columns_of(table, types_of(table), multivalued))
    for number in range(len(table.rows)):
        yield [column[number] for column in columns]


def _columns_of(table: Table, kinds: Mapping[str, Callable[[str], Value]], multivalued: Sequence[str]) -> Iterator[list[Value]]:
    """Each column as Python values of its type."""
    for i, (name, kind) in enumerate(kinds.items()):
        if name in multivalued:
            yield [split(text_of(term)) if (term := row[i]) is not None else [] for row in table.rows]
        else:
            yield [kind(text_of(term)) if (term := row[i]) is not None else None for row in table.rows]


def _is_integer(term: Term | None) -> bool:
    return isinstance(term, Literal) and term.datatype.value in _INTEGERS and _FITS.fullmatch(term.value) is not None


def split(value: str) -> list[str]:
    """The values of a cell that holds several; a query writes a bar that is part of one as an entity."""
    return [each.replace(" &#124;", " |") for each in value.split(" | ")] if value else []
