"""Answers of queries in the formats that people and programs read."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Sequence
from textwrap import TextWrapper, wrap
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode

from synthkg.findings import counted, visible
from synthkg.graph import Table, Term
from synthkg.markdown import escaped, markdown_table
from synthkg.model import XSD
from synthkg.views.pages import cells_of, to_csv
from synthkg.views.tables import values_of

__all__ = ["FORMATS", "STYLES", "answer_text", "sparql_json"]

_XSD_STRING = XSD + "string"
_READABLE = 16  # a column of text that is narrower is no longer read
_PADDING = 2  # what tabulate gives a header beyond its letters


def _table(table: Table) -> str:
    """Aligned columns that fit the terminal, long cells folded; a record a row where no columns would be wide enough to read."""
    from tabulate import tabulate

    if not table.rows:
        return "no rows\n"
    cells = [[visible(cell) for cell in row] for row in cells_of(table)]
    width = shutil.get_terminal_size((120, 24)).columns
    widths = _widths(table.columns, cells, width - 2 * (len(table.columns) - 1))
    if widths is None:
        text = _records(table.columns, cells, width)
    else:
        folded = [[_fold(cell, w) for cell, w in zip(row, widths, strict=True)] for row in cells]
        text = tabulate(folded, table.columns, tablefmt="simple", disable_numparse=True, preserve_whitespace=True)
    return f"{text}\n{counted(len(table.rows), 'row')}\n"


def _widths(columns: Sequence[str], cells: Sequence[Sequence[str]], room: int) -> list[int] | None:
    """How wide each column may be: what it needs, or a fair share, at least its longest address. None if there is no room."""
    heads = [len(name) + _PADDING for name in columns]
    by_column = list(zip(*cells, strict=True))
    needed = [
        max(head, *(len(line) for cell in column for line in cell.split("\n")))
        for head, column in zip(heads, by_column, strict=True)
    ]
    least = [
        max(head, min(need, max(_READABLE, *map(_longest_address, column))))
        for head, need, column in zip(heads, needed, by_column, strict=True)
    ]
    if sum(least) > room:
        return None
    widths = list(least)
    for column in sorted(range(len(columns)), key=lambda i: needed[i]):  # those that need little leave their share to the others
        wide = [i for i in range(len(columns)) if needed[i] >= needed[column] and widths[i] == least[i]]
        spare = room - sum(widths)
        widths[column] = min(needed[column], widths[column] + spare // max(1, len(wide)))
    return widths


def _longest_address(cell: str) -> int:
    return max((len(word) for word in cell.split() if "://" in word), default=0)


def _fold(text: str, width: int) -> str:
    lines = (wrap(line, width, break_on_hyphens=False) or [""] for line in text.split("\n"))
    return "\n".join(piece for pieces in lines for piece in pieces)


def _records(columns: Sequence[str], cells: Sequence[Sequence[str]], width: int) -> str:
    """Each row as lines of ``column  value``, the columns without a value left out."""
    margin = max(map(len, columns)) + 2
    width = max(margin + _READABLE, width)
    folder = TextWrapper(width, subsequent_indent=" " * margin, break_on_hyphens=False, break_long_words=False)
    records = (
        "\n".join(
            folder.fill(f"{name:{margin}}{_broken(cell, width - margin)}")
            for name, cell in zip(columns, row, strict=True)
            if cell
        )
        for row in cells
    )
    return "\n\n".join(records)


def _broken(text: str, width: int) -> str:
    """The text with words that are wider cut into pieces; an address stays whole."""

    def pieces(word: str) -> str:
        return word if "://" in word else " ".join(word[at : at + width] for at in range(0, len(word), width))

    return re.sub(r"\S+", lambda found: pieces(found[0]), text)


def _markdown(table: Table) -> str:
    return markdown_table(table.columns, [list(map(escaped, row)) for row in cells_of(table)])


def _tsv(table: Table) -> str:
    """SPARQL 1.1 Query Results TSV: terms in N-Triples form, https://www.w3.org/TR/sparql11-results-csv-tsv/."""
    head = "\t".join(f"?{name}" for name in table.columns)
    rows = ("\t".join("" if term is None else str(term).replace("\t", "\\t") for term in row) for row in table.rows)
    return "".join(f"{line}\n" for line in (head, *rows))


def sparql_json(table: Table, indent: int | None = 2) -> str:
    """SPARQL 1.2 Query Results JSON, https://www.w3.org/TR/sparql12-results-json/; without ``indent`` on one line, and sooner."""
    bindings = [
        {name: _binding(term) for name, term in zip(table.columns, row, strict=True) if term is not None} for row in table.rows
    ]
    answer = {"head": {"vars": list(table.columns)}, "results": {"bindings": bindings}}
    return json.dumps(answer, indent=indent, ensure_ascii=False) + "\n"


def _binding(term: Term) -> dict[str, Any]:
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    assert isinstance(term, Literal)
    binding = {"type": "literal", "value": term.value}
    if term.language:
        binding["xml:lang"] = term.language
        if term.direction:
            binding["its:dir"] = term.direction.value
    elif term.datatype.value != _XSD_STRING:
        binding["datatype"] = term.datatype.value
    return binding


FORMATS: dict[str, Callable[[Table], str]] = {
    "table": _table,
    "csv": to_csv,
    "tsv": _tsv,
    "json": sparql_json,
    "markdown": _markdown,
}
STYLES = (*FORMATS, "jsonl")


def answer_text(table: Table, style: str, multivalued: Sequence[str] = ()) -> str:
    """An answer in one of `STYLES`: `FORMATS`, and JSON Lines, https://jsonlines.org/, a row each as ``{column: value}``.

    A value there is as `values_of` has it: a number in a column of integers, a list in one of ``multivalued``, null where it is
    unbound, else text.
    """
    if style != "jsonl":
        return FORMATS[style](table)
    rows = (dict(zip(table.columns, row, strict=True)) for row in values_of(table, multivalued))
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
