"""Views: the pages and tables that saved queries alone make of a graph.

A view is a ``.rq`` file of ``queries/views/`` whose header says its ``form`` (``text``: the column ``text`` is the page, piece by
piece; ``table``: CSV; ``bibliography``: BibTeX or CSL-JSON) and the ``file`` it is written to. A view with a parameter has one
page for each thing that the parameter can name.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from synthkg.errors import QueryError, UsageError
from synthkg.findings import did_you_mean
from synthkg.graph import Query, Store, Table, load_queries
from synthkg.model import BASE
from synthkg.views.bibliography import bibtex, csl_json

__all__ = ["Page", "all_pages", "find_pages", "render", "rows_of", "to_csv"]


@dataclass(frozen=True, slots=True)
class Page:
    """One file of the views: the query, the values of its parameter, and the file's path below the views folder."""

    query: Query
    file: str
    values: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The file without its ending, by which the page is asked for."""
        return self.file.rpartition(".")[0]


_CHOICE = re.compile(r"\w[\w.-]*(?:/\w[\w.-]*)*")


def all_pages(store: Store) -> list[Page]:
    """Every page of every view that the store can fill, sorted by file.

    Raises:
        QueryError: A thing's id is no name of a file, or two pages have one name.
    """
    pages = sorted(
        (page for query in load_queries("views").values() for page in _pages(query, store)), key=lambda page: page.file
    )
    for page, following in pairwise(pages):
        if page.file == following.file:
            raise QueryError(f'the views "{page.query.name}" and "{following.query.name}" both write {page.file}; rename one')
    return pages


def _pages(query: Query, store: Store) -> Iterator[Page]:
    file = str(query.header.get("file", f"{query.name}.md"))
    if not query.parameters:
        yield Page(query, file)
        return
    if len(query.parameters) > 1:
        raise QueryError("a view has one parameter at most", str(query.path))
    (parameter,) = query.parameters
    choices = query.choices(store, parameter)
    for choice in choices:
        if not _CHOICE.fullmatch(choice):
            raise QueryError(
                f"<{BASE}{parameter.base}/{choice}> can have no page: what follows {parameter.base}/ is no name of a file"
            )
        if "{" not in file and len(choices) > 1:
            stem, _, ending = file.rpartition(".")
            yield Page(query, f"{stem}/{choice}.{ending}", {parameter.name: choice})
        else:
            yield Page(query, file.replace(f"{{{parameter.name}}}", choice), {parameter.name: choice})


def find_pages(store: Store, names: Iterable[str]) -> list[Page]:
    """The pages with these names: a page (``stage/fine-tuning``) or a whole view (``concept``).

    Raises:
        UsageError: A name is neither; the message says what is near.
    """
    pages = all_pages(store)
    found: list[Page] = []
    for name in names:
        wanted = [page for page in pages if name in (page.name, page.file)] or [page for page in pages if name == page.query.name]
        if not wanted:
            if name in load_queries("views"):
                raise UsageError(f'the view "{name}" has no page here: the graph holds nothing to show on it')
            known = {page.name for page in pages} | {page.query.name for page in pages}
            raise UsageError(f'there is no view "{name}"; {did_you_mean(name, known)}')
        found.extend(wanted)
    return found


def render(page: Page, store: Store, style: str | None = None) -> str:
    """The page's text.

    Args:
        page: The page.
        store: The graph.
        style: For a bibliography ``bibtex`` (default) or ``csl-json``.

    Raises:
        UsageError: The view has no such style.
        QueryError: The query does not fit the form that its header declares.
    """
    table = page.query.rows(store, **page.values)
    form = page.query.header.get("form", "table")
    if form == "bibliography":
        styles: dict[str, Callable[[Iterable[dict[str, str]]], str]] = {"bibtex": bibtex, "csl-json": csl_json}
        if (style or "bibtex") not in styles:
            raise UsageError(f'the bibliography has no format "{style}"; {did_you_mean(style or "", styles)}')
        return styles[style or "bibtex"](rows_of(table))
    if style is not None:
        raise UsageError(f'the view "{page.query.name}" has one format only; leave out --format')
    if form == "table":
        return to_csv(table)
    if form != "text" or table.columns != ("text",):
        raise QueryError('a view of form "text" selects ?text alone', str(page.query.path))
    return "".join(row[0].value for row in table.rows if row[0] is not None)


def rows_of(table: Table) -> Iterator[dict[str, str]]:
    """Each row as column -> value, unbound columns left out."""
    for row in table.rows:
        yield {name: term.value for name, term in zip(table.columns, row, strict=True) if term is not None}


def to_csv(table: Table, delimiter: str = ",") -> str:
    """RFC 4180 with a header row; lines end in a bare newline, as git likes them."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([term.value if term is not None else "" for term in row] for row in table.rows)
    return out.getvalue()
