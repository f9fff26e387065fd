"""Any SPARQL 1.1 endpoint as a store: what runs on the embedded store runs over HTTP, and gives the same rows.

`protocol` builds the requests, `connection` sends them, and `results` reads what comes back. An answer that is cut, partial or
none at all is an `EndpointError`, never fewer rows: where a server gives only so many at a time, the rest is asked for. Only an
answer that broke off may have met a time limit; nothing else is put down to one.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from pyoxigraph import Literal, Triple

from synthkg.endpoints.connection import Answer, Connection
from synthkg.endpoints.protocol import ROWS, TRIPLES, sparql_request
from synthkg.endpoints.results import NoResultError, Rows, UnfinishedError, read_rows, read_triples
from synthkg.errors import EndpointError, UsageError
from synthkg.graph import GRAPHS, Table, Term, declared, names_graphs, outline

__all__ = ["EndpointStore"]

_MOST_PAGES = 10_000


class EndpointStore:
    """A SPARQL 1.1 endpoint. See `synthkg.graph.store.Store`.

    Args:
        url: The address that answers queries.
        graphs: The named graphs whose union is asked. By default those of synthkg that are there, so that nothing else in the
            store counts; where none is, whatever the endpoint takes as its default graph.
        overlook: Is told of a cell that is no RDF term, and the cell is left empty. By default such an answer is an error.
        timeout: See `Connection`.
        retries: See `Connection`.
        sleep: See `Connection`.
    """

    def __init__(
        self,
        url: str,
        graphs: Sequence[str] | None = None,
        *,
        overlook: Callable[[str], None] | None = None,
        timeout: float = 60.0,
        retries: int = 4,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.connection = Connection(url, timeout=timeout, retries=retries, sleep=sleep)
        self._graphs = graphs
        self._overlook = overlook

    @property
    def graphs(self) -> Sequence[str]:
        """The named graphs whose union is asked; none means the endpoint's default graph."""
        if self._graphs is None:
            parts = (f"{{ SELECT ({g} AS ?graph) WHERE {{ GRAPH {g} {{ ?s ?p ?o }} }} LIMIT 1 }}" for g in GRAPHS.values())
            table, _ = self._ask(f"SELECT ?graph WHERE {{ {' UNION '.join(parts)} }}", ())
            self._graphs = sorted({row[0].value for row in table.rows if row[0] is not None})
        return self._graphs

    def select(self, query: str) -> Table:
        """Runs a SELECT query, and asks for the rest where the server gives only so many rows at a time.

        Raises:
            EndpointError: There is no answer, or one that is an error, cut, or changed between two pages.
        """
        query = declared(query)
        table, cap = self._ask(query, self._dataset(query))
        return self._rest(query, table, cap) if cap or _may_be_cut(len(table.rows)) else table

    def construct(self, query: str) -> Iterable[Triple]:
        """Runs a CONSTRUCT or DESCRIBE query.

        Raises:
            EndpointError: See `select`; also where the server cut the answer, since triples have no order to page in.
        """
        answer = self._send(declared(query), "CONSTRUCT", TRIPLES, self._dataset(query))
        if cap := answer.number("X-SPARQL-MaxRows"):
            raise self._error(f"gives at most {cap} triples, and cut the answer there; ask for less, or SELECT with ORDER BY")
        with self._understood(answer):
            return read_triples(answer.body, answer.media_type, self.connection.url)

    def ask(self, query: str) -> bool:
        """Runs an ASK query.

        Raises:
            EndpointError: See `select`.
        """
        answer = self._send(declared(query), "ASK", ROWS, self._dataset(query))
        if not isinstance(found := self._read(answer), bool):
            raise self._error("gives rows where yes or no was asked for")
        return found

    def _dataset(self, query: str) -> Sequence[str]:
        """The graphs to name in the request: none where the query says itself FROM which."""
        return () if names_graphs(query) else self.graphs

    def _ask(self, query: str, graphs: Sequence[str]) -> tuple[Table, int]:
        answer = self._send(query, "SELECT", ROWS, graphs)
        found = self._read(answer)
        if isinstance(found, bool):
            raise self._error("answers yes or no; this is no SELECT query")
        for fault in map(self.connection.clean, found.faults):
            if self._overlook is None:
                raise self._error(f"has in its answer what is no term of RDF 1.1: {fault}")
            self._overlook(f"{self.connection.name}: {fault}")
        return found.table, answer.number("X-SPARQL-MaxRows")

    def _read(self, answer: Answer) -> Rows | bool:
        with self._understood(answer):
            return read_rows(answer.body, answer.charset)

    def _send(self, query: str, form: str, accept: str, graphs: Sequence[str]) -> Answer:
        text = re.sub(r"\A(?:\s*#[^\n]*\n)+", "", query)
        answer = self.connection.exchange(sparql_request(self.connection.url, text, form, accept, graphs))
        if answer.headers.get("X-SQL-State", "").startswith("S1T"):
            raise self._error("ran into its own time limit and gives only a part of the answer; ask for less", overtaxed=True)
        return answer

    def _rest(self, query: str, table: Table, cap: int) -> Table:
        """The whole answer of which ``table`` may be the first page.

        Each page begins with the last row of the one before it, which must not have changed, and in the end the server counts the
        rows; so none is lost or repeated. A server that names no cap counts them first: Virtuoso sorts no page of over 10,000.
        """
        columns, size = table.columns, len(table.rows)
        if size < cap or (not cap and self._count(query) == str(size)):
            return table
        if size < 2:
            raise self._error("gives at most one row at a time, which is too few to page")

        def page(offset: int) -> list[tuple[Term | None, ...]]:
            text = _page(query, columns, size, offset, scrolls=cap > 0)
            return self._ask(text, self._dataset(query))[0].rows

        rows = list(table.rows) if _is_ordered(query) else page(0)
        for _ in range(_MOST_PAGES):
            more = page(len(rows) - 1)
            if not more or more[0] != rows[-1]:
                raise self._error("gave other rows when asked for the next page; has the data changed? Try again")
            rows += more[1:]
            if len(more) < size:
                break
        else:
            raise self._error(f"has more than {_MOST_PAGES} pages of {size} rows; ask for less")
        if len(rows) > size and (found := self._count(query)) != str(len(rows)):
            raise self._error(f"counts {found} rows, but gave {len(rows)} page by page; has the data changed? Try again")
        return Table(columns, rows)

    def _count(self, query: str) -> str:
        """How many rows the server counts, or "no"."""
        prologue, body = _split(query)
        (_, rows), _ = self._ask(f"{prologue}SELECT (COUNT(*) AS ?rows) WHERE {{ {{ {body} }} }}", self._dataset(query))
        return rows[0][0].value if rows and isinstance(rows[0][0], Literal) else "no"

    def _error(self, problem: str, *, overtaxed: bool = False) -> EndpointError:
        return EndpointError(problem, self.connection.name, overtaxed=overtaxed)

    @contextmanager
    def _understood(self, answer: Answer) -> Iterator[None]:
        """Turns what an answer is instead of a result into a plain error."""
        try:
            yield
        except NoResultError as error:
            raise self._no_result(answer, error) from error
        except UnfinishedError as error:
            size = f"{len(answer.body)} bytes"
            problem = f"broke off its answer after {size}, as servers do at a time limit of their own; ask for less"
            raise self._error(problem, overtaxed=True) from error

    def _no_result(self, answer: Answer, error: NoResultError) -> EndpointError:
        said = self.connection.excerpt(answer.body, answer.media_type, answer.charset)
        if "html" in answer.media_type or b"<html" in answer.body[:1000].lower():
            return self._error(f'answers with a web page ("{said}"), not with results; is this the address that takes queries?')
        what = self.connection.clean(str(error)) or answer.media_type
        return self._error(f"answers with {what}, which is no result of this query{': ' if said else ''}{said}")


def _may_be_cut(count: int) -> bool:
    """Whether a server that says nothing may have stopped there: row caps are round numbers."""
    return count > 0 and (count % 100 == 0 or count == 1 << 20)


def _split(query: str) -> tuple[str, str]:
    """The PREFIX and BASE lines of a query, and the rest."""
    start = re.search(r"\bSELECT\b", outline(query), re.IGNORECASE)
    if start is None:
        raise UsageError("this is no SELECT query")
    return query[: start.start()], f"{query[start.start() :]}\n"


def _page(query: str, columns: Sequence[str], limit: int, offset: int, *, scrolls: bool) -> str:
    """The query for some of the rows of a query.

    LIMIT and OFFSET are appended where the query ends in ORDER BY; otherwise they go around it, ordered by every column where it
    has no order of its own. ``scrolls`` also puts them around it: under OFFSET Virtuoso sorts no more than its cap of rows (its
    error SR353), in a subquery it does.
    """
    tail = f"LIMIT {limit} OFFSET {offset}"
    if _is_ordered(query) and not scrolls and not re.search(r"\b(LIMIT|OFFSET|VALUES)\b", _top_level(query)):
        return f"{query}\n{tail}"
    prologue, body = _split(query)
    names = " ".join(f"?{column}" for column in columns)
    inner = f"SELECT {names} WHERE {{ {{ {body} }} }}"
    if not _is_ordered(query):
        inner = f"{inner} ORDER BY {names}"
        if scrolls:
            inner = f"SELECT {names} WHERE {{ {{ {inner} }} }}"
    return f"{prologue}{inner} {tail}"


def _is_ordered(query: str) -> bool:
    return bool(re.search(r"\bORDER\s+BY\b", _top_level(query)))


def _top_level(query: str) -> str:
    """The keywords outside all braces, in capitals."""
    return "".join(_outside(outline(query))).upper()


def _outside(text: str) -> Iterator[str]:
    depth = 0
    for character in text:
        depth += character == "{"
        if depth == 0:
            yield character
        depth -= character == "}"
