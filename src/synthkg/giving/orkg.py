"""Papers as a table that the Open Research Knowledge Graph imports and compares: its CSV import, one row a paper.

The saved query ``orkg`` says what stands in which column, and where each name and form was read; here its cells become rows. A
property with several values has several columns of one name, which the import takes together. What the import would read as
something else than it says is left out, and named.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection

from synthkg.errors import UsageError
from synthkg.files import csv_text
from synthkg.graph import Store, load_queries
from synthkg.views import subject_of, to_unicode

__all__ = ["comparison"]

_FIELD = re.compile(r"(orkg:)?R[0-9]+")
_EXISTING = re.compile(r"orkg:R[0-9]+")
_DOI = re.compile(r"(?i)\b(10[.][0-9]{4,}(?:[.][0-9]+)*/(?:(?![\"&'])\S)+)\b")  # orkg-frontend, src/constants/regex.ts


def comparison(
    store: Store, papers: Collection[str], field: str | None = None, problem: str | None = None
) -> tuple[str, list[str]]:
    """The CSV of a set of papers, and what had to be left out of it.

    Args:
        store: The graph.
        papers: Ids of papers.
        field: The id of ORKG's research field, such as R322. Default: the field above all.
        problem: The research problem that the papers have in common: its name, or ``orkg:R…`` for one that ORKG has. Default:
            what the graph says that it is about.

    Raises:
        UsageError: The field is no id of a research field, the problem no name, nothing says which problem it is, or no paper
            is left to export.
    """
    notes: list[str] = []
    cells: dict[str, dict[tuple[str, str], list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in load_queries("exports")["orkg"].rows(store, **_given(store, field, problem)).rows:
        paper, place, column, value = (term.value if term else "" for term in row)
        if paper not in papers or not value:
            continue
        value = to_unicode(value) if column == "paper:title" or column.startswith("resource:") else value
        if reason := _fault(column, value):
            notes.append(f'{paper}: "{value}" is left out of the column {column}: {reason}')
        else:
            cells[paper][place, column].append(value)
    if not cells:
        raise UsageError("no paper is chosen; choose others")
    widths: Counter[tuple[str, str]] = Counter()
    for of_paper in cells.values():
        widths |= Counter({column: len(values) for column, values in of_paper.items()})
    columns = sorted(widths)
    rows = [[name for place, name in columns for _ in range(widths[place, name])]]
    for paper in sorted(cells):
        padded = [(cells[paper].get(column, []) + [""] * widths[column])[: widths[column]] for column in columns]
        rows.append([value for values in padded for value in values])
    return csv_text(rows), notes


def _given(store: Store, field: str | None, problem: str | None) -> dict[str, str]:
    """The values of the query's parameters."""
    if field is not None and not _FIELD.fullmatch(field):
        raise UsageError(f'"{field}" is no research field of ORKG; write its id, such as R322')
    if problem is None and not (problem := subject_of(store)):
        raise UsageError("no single list says what the papers are about; name the problem that they share (--problem)")
    if not problem.strip() or (_is_misread(problem) and not _EXISTING.fullmatch(problem)):
        raise UsageError(f'"{problem}" is no name of a problem; write one that ends in no <…>, or orkg:R… for one that ORKG has')
    return {"problem": problem} | ({} if field is None else {"field": field})


def _fault(column: str, value: str) -> str | None:
    """Why the import would not take the value for what it is, if so."""
    if column == "paper:doi" and not _DOI.fullmatch(value):
        return "ORKG takes it for no DOI"
    if not column.startswith(("paper:", "contribution:")) and _is_misread(value):
        return "ORKG would read it as a name or type of its own"
    return None


def _is_misread(value: str) -> bool:
    """Whether ORKG takes it for a name or type of its own: parseCellString in src/app/csv-import/steps/helpers.ts."""
    return value.startswith(("orkg:", "resource:")) or (value.endswith(">") and "<" in value)
