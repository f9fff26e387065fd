"""Views: the pages and tables that saved queries alone make of a graph.

A view is a ``.rq`` file of ``queries/views/`` whose header says its ``form`` (``text``: the column ``text`` is the page, piece by
piece; ``table``: CSV; ``bibliography``: BibTeX or CSL-JSON) and the ``file`` it is written to. A view whose first parameter
names things of the graph has one page for each of them; other parameters keep their defaults. Of several lists the primary one
keeps the plain file name, and the others stand below ``lists/<id>/``, so that no page moves when a list is added.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from pyoxigraph import BlankNode

from synthkg.errors import QueryError, UsageError
from synthkg.files import csv_text
from synthkg.findings import did_you_mean
from synthkg.graph import Query, Store, Table, Term, load_queries, present_iri
from synthkg.model import BASE, NAMESPACE, restore_controls
from synthkg.views.bibliography import bibtex, csl_json

__all__ = ["Page", "all_pages", "cells_of", "find_pages", "joined", "render", "rows_of", "select_present", "text_of", "to_csv"]


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
    if not query.parameters or not query.parameters[0].classes:
        yield Page(query, file)
        return
    parameter = query.parameters[0]
    choices = parameter.choices(store)
    primary = _primary(store) if parameter.base == "list" and len(choices) > 1 else None
    for choice in choices:
        if not _CHOICE.fullmatch(choice):
            raise QueryError(
                f"<{BASE}{parameter.base}/{choice}> can have no page: what follows {parameter.base}/ is no name of a file"
            )
        place = f"lists/{choice}/{file}" if parameter.base == "list" and choice != (primary or choices[0]) else file
        yield Page(query, place.replace(f"{{{parameter.name}}}", choice), {parameter.name: choice})


def _primary(store: Store) -> str | None:
    """The id of the primary list, if one is."""
    rows = store.select(f"SELECT ?list WHERE {{ ?list <{NAMESPACE}primary> true }} ORDER BY ?list").rows
    return next((row[0].value.removeprefix(f"{BASE}list/") for row in rows if row[0] is not None), None)


def find_pages(store: Store, names: Iterable[str], values: Mapping[str, str] | None = None) -> list[Page]:
    """The pages with these names: a page (``stage/fine-tuning``) or a whole view (``concept``).

    Args:
        store: The graph.
        names: The names.
        values: Values of the views' parameters, instead of what the page names and of their defaults.

    Raises:
        UsageError: A name is neither, a view has no such parameter, or a value is none of it; the message says what is near.
    """
    if values:
        return [_bound(name, dict(values), store) for name in names]
    pages = all_pages(store)
    found: list[Page] = []
    for name in names:
        names = {name, *(present_iri(store, base + name).removeprefix(base) for base in (BASE, f"{BASE}concept/"))}
        wanted = [page for page in pages if names & {page.name, page.file}] or [page for page in pages if name == page.query.name]
        if not wanted:
            if name in load_queries("views"):
                raise UsageError(f'the view "{name}" has no page here: the graph holds nothing to show on it')
            known = {page.name for page in pages} | {page.query.name for page in pages}
            raise UsageError(f'there is no view "{name}"; {did_you_mean(name, known)}')
        found.extend(wanted)
    return found


def select_present(query: Query, store: Store, values: Mapping[str, str]) -> Table:
    """The rows of a query; of a saved view that is a page, and gives none, only where there is such a page, if an empty one.

    Raises:
        UsageError: See `find_pages` and `Query.select`.
        QueryError: The store cannot run it.
    """
    table = query.select(store, **values)
    if not table.rows and values and query.is_saved and query.header.get("form") == "text":
        find_pages(store, [query.name], values)
    return table


def _bound(name: str, values: dict[str, str], store: Store) -> Page:
    """The page of a view with these values; what they leave open is as on the view's first page, that of the primary list."""
    views = load_queries("views")
    if name not in views:
        raise UsageError(f'there is no view "{name}" that takes parameters; {did_you_mean(name, views)}')
    query = views[name]
    for parameter in values:
        query.parameter(parameter)
    pages = sorted(_pages(query, store), key=lambda page: (page.file.count("/"), page.file))
    first = next(iter(pages), Page(query, f"{name}.md"))
    page = Page(query, first.file, query.present(store, {**first.values, **values}))
    is_listed = any(each.listed and each.name in values for each in query.parameters)  # of these each has a page, if an empty one
    if not query.select(store, **page.values).rows and query.header.get("form") == "text" and not is_listed:
        said = ", ".join(f"{parameter}={value}" for parameter, value in sorted(values.items()))
        raise UsageError(f'the view "{name}" has nothing to show for {said}')
    return page


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
        raise UsageError(f'the view "{page.query.name}" has one format only; ask for none')
    if form == "table":
        return to_csv(table)
    if form != "text" or table.columns != ("text",):
        raise QueryError('a view of form "text" selects ?text alone', str(page.query.path))
    return joined(page.query, table)


def joined(query: Query, table: Table) -> str:
    """The page of a view of form ``text``, of the pieces that its query gave."""
    text = "".join(row[0].value for row in table.rows if row[0] is not None)
    return restore_controls(text) if "text" in query.header.get("escaped", ()) else text


def rows_of(table: Table) -> Iterator[dict[str, str]]:
    """Each row as column -> value, unbound columns left out."""
    for row in table.rows:
        yield {name: term.value for name, term in zip(table.columns, row, strict=True) if term is not None}


def text_of(term: Term) -> str:
    """A term as plain text has it: a blank node as ``_:b0``, so that nobody takes it for a text."""
    return str(term) if isinstance(term, BlankNode) else term.value


def cells_of(table: Table) -> list[list[str]]:
    """The rows as text, empty where a column is unbound."""
    return [[text_of(term) if term is not None else "" for term in row] for row in table.rows]


def to_csv(table: Table) -> str:
    """The table with a header row."""
    return csv_text([table.columns, *cells_of(table)])
