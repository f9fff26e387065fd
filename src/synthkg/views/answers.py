"""Answers of queries in the formats that people and programs read."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode

from synthkg.graph import Table, Term
from synthkg.model import XSD
from synthkg.views.pages import to_csv

__all__ = ["FORMATS"]

_XSD_STRING = XSD + "string"


def _cells(table: Table) -> list[list[str]]:
    return [[term.value if term is not None else "" for term in row] for row in table.rows]


def _table(table: Table) -> str:
    """Aligned columns, long cells folded to the terminal's width."""
    from tabulate import tabulate

    if not table.rows:
        return "no rows\n"
    width = shutil.get_terminal_size((120, 24)).columns
    share = max(12, (width - 2 * len(table.columns)) // max(1, len(table.columns)))
    needed = [max(len(line) for line in column) for column in zip(table.columns, *_cells(table), strict=True)]
    spare = width - 2 * len(needed) - sum(min(n, share) for n in needed)
    widths = [n if n <= share else share + max(0, spare) for n in needed]
    text = tabulate(_cells(table), table.columns, tablefmt="simple", maxcolwidths=list(widths), disable_numparse=True)
    rows = len(table.rows)
    return f"{text}\n{rows} row{'s' if rows != 1 else ''}\n"


def _markdown(table: Table) -> str:
    rows = [list(table.columns), ["---"] * len(table.columns), *_cells(table)]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|').replace(chr(10), ' ') for cell in row)} |\n" for row in rows)


def _tsv(table: Table) -> str:
    """SPARQL 1.1 Query Results TSV: terms in N-Triples form, https://www.w3.org/TR/sparql11-results-csv-tsv/."""
    head = "\t".join(f"?{name}" for name in table.columns)
    rows = ("\t".join("" if term is None else str(term).replace("\t", "\\t") for term in row) for row in table.rows)
    return "".join(f"{line}\n" for line in (head, *rows))


def _json(table: Table) -> str:
    """SPARQL 1.1 Query Results JSON, https://www.w3.org/TR/sparql11-results-json/."""
    bindings = [
        {name: _binding(term) for name, term in zip(table.columns, row, strict=True) if term is not None} for row in table.rows
    ]
    answer = {"head": {"vars": list(table.columns)}, "results": {"bindings": bindings}}
    return json.dumps(answer, indent=2, ensure_ascii=False) + "\n"


def _binding(term: Term) -> dict[str, Any]:
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    assert isinstance(term, Literal)
    binding = {"type": "literal", "value": term.value}
    if term.language:
        binding["xml:lang"] = term.language
    elif term.datatype.value != _XSD_STRING:
        binding["datatype"] = term.datatype.value
    return binding


FORMATS: dict[str, Callable[[Table], str]] = {
    "table": _table,
    "csv": to_csv,
    "tsv": _tsv,
    "json": _json,
    "markdown": _markdown,
}
