"""Saved queries as addresses: ``/query/lineage.csv?method=self-instruct``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from urllib.parse import urlencode

from synthkg.errors import UsageError
from synthkg.findings import did_you_mean
from synthkg.graph import Query, Store, Table
from synthkg.serve.engine import Graph
from synthkg.serve.http import Refused, Request, Response, parameters
from synthkg.serve.pages import query_page, table, text
from synthkg.views import answer_text, joined, select_present

__all__ = ["ENDINGS", "answer_saved", "refusing", "values_of"]

ENDINGS = {
    "csv": ("csv", "text/csv; charset=utf-8"),
    "tsv": ("tsv", "text/tab-separated-values; charset=utf-8"),
    "json": ("json", "application/sparql-results+json"),
    "jsonl": ("jsonl", "application/jsonl; charset=utf-8"),
    "md": ("markdown", "text/markdown; charset=utf-8"),
    "rq": ("", "application/sparql-query"),
    "html": ("", "text/html; charset=utf-8"),
}


def answer_saved(request: Request, graph: Graph, store: Store, name: str, ending: str, link: Callable[[str], str]) -> Response:
    """The answer of a saved query, in the form that the ending of its address names.

    Raises:
        Refused: There is no such query (404); a value is missing, wrong or for nothing that it takes (400).
    """
    query = graph.queries.get(name)
    if query is None:
        raise Refused(404, f'there is no saved query "{name}"; {did_you_mean(name, graph.queries)}')
    form, kind = ENDINGS[ending]
    values = values_of(request)
    key = f"{name}.{ending} {sorted(values.items())}"
    body = graph.kept.get(key)
    if body is None:
        with refusing():
            if ending == "rq":
                body = _text(query, store, values)
            else:
                body = _rows(form, query, store, values) if form else _page(request, query, graph, store, values, link)
            graph.kept.keep(key, body)
    return Response(200, body, kind)


@contextmanager
def refusing() -> Iterator[None]:
    """Refuses what a saved query does not take.

    Raises:
        Refused: A value is missing, wrong or for nothing that it takes (400).
    """
    try:
        yield
    except UsageError as error:
        raise Refused(400, error.message.replace(": -p ", ": ?")) from error


def values_of(request: Request) -> dict[str, str]:
    """The values that a request gives, by the names of the parameters.

    Raises:
        Refused: A parameter is given twice.
    """
    asked = parameters(request.query)
    values = dict(asked)
    if len(values) != len(asked):
        raise Refused(400, "a parameter is given twice")
    return values


def _text(query: Query, store: Store, values: dict[str, str]) -> bytes:
    """The query as it was saved, or with the values that are given."""
    return (query.bind(query.present(store, values)) if values else query.text).encode()


def _rows(form: str, query: Query, store: Store, values: dict[str, str]) -> bytes:
    """An answer; of a page of the views in Markdown the page, not the pieces of which it is made."""
    found = select_present(query, store, values)
    if form == "markdown" and query.header.get("form") == "text":
        return joined(query, found).encode()
    return answer_text(found, form, query.header.get("multivalued", ())).encode()


def _page(
    request: Request, query: Query, graph: Graph, store: Store, values: dict[str, str], link: Callable[[str], str]
) -> bytes:
    is_whole = all(parameter.name in values or parameter.default is not None for parameter in query.parameters)
    shown = _shown(query, select_present(query, store, values), link) if is_whole or values else ""
    asked = f"?{urlencode(values)}" if values else ""
    sparql = query.bind(query.present(store, values)) if shown else query.text
    return query_page(request, query, partial(graph.choices, store), values, shown, sparql, asked)


def _shown(query: Query, found: Table, link: Callable[[str], str]) -> str:
    """An answer as part of a page; a page of the views as its text."""
    return text(joined(query, found), query.name) if query.header.get("form") == "text" else table(found, link)
