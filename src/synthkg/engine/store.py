"""The engine as a store: what runs on any store runs on it, and can be ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import pyoxigraph
from pyoxigraph import QueryResultsFormat, RdfFormat, Triple

from synthkg.engine.messages import BOOLEAN, DAMAGED, FAILED, NOT_SPARQL, OUT_OF_REACH, ROWS, TRIPLES, Question, Reply
from synthkg.engine.pool import Engine
from synthkg.errors import QueryError, QueryStopped, UnreadableError
from synthkg.graph import KeptStore, Table, table_of

__all__ = ["EngineStore"]


class EngineStore:
    """A graph asked through an engine. See `synthkg.graph.Store`.

    Args:
        engine: The engine.
        seconds: How long each query may run; None means for ever.
        patience: See `Engine.ask`.
        is_gone: See `Engine.ask`.
        most: How many bytes an answer may have.
    """

    def __init__(
        self,
        engine: Engine,
        seconds: float | None = None,
        *,
        patience: float | None = None,
        is_gone: Callable[[], object] | None = None,
        most: int | None = None,
    ) -> None:
        self.engine = engine
        self._seconds = seconds
        self._patience = patience
        self._is_gone = is_gone
        self._most = most

    @property
    def kept(self) -> KeptStore | None:
        """The store on disk that is asked, if it is one. To open it here would end what the engine can fork."""
        return self.engine.source if isinstance(self.engine.source, KeptStore) else None

    def put(self, question: Question) -> Reply:
        """The answer to a question.

        Raises:
            QueryError: It is not SPARQL, or could not be run.
            QueryStopped: It was stopped; the message says why.
            UnreadableError: The store on disk is damaged.
        """
        bounded = replace(question, most=self._most)
        reply = self.engine.ask(bounded, seconds=self._seconds, patience=self._patience, is_gone=self._is_gone)
        if reply.is_answer:
            return reply
        if reply.kind in (NOT_SPARQL, OUT_OF_REACH):
            raise QueryError(reply.problem)
        if reply.kind == DAMAGED and self.kept is not None:
            raise UnreadableError(reply.problem, str(self.kept.held.path))
        if reply.kind == FAILED:
            raise QueryError(f"the query could not be run: {reply.problem}")
        raise QueryStopped(f"the query gave no answer: {reply.problem}", reply.kind)

    def select(self, query: str) -> Table:
        """See `Store.select`."""
        return self._select(Question(query), QueryResultsFormat.JSON)[0]

    def select_first(self, query: str, limit: int) -> tuple[Table, int]:
        """The first rows of a SELECT query, and how many there are; the others may have any size.

        Raises:
            QueryError: See `Store.select`.
        """
        return self._select(Question(query, first=limit), QueryResultsFormat.TSV)

    def _select(self, question: Question, form: QueryResultsFormat) -> tuple[Table, int]:
        reply = self.put(question)
        if reply.kind != ROWS:
            raise QueryError("this is no SELECT query")
        return table_of(pyoxigraph.parse_query_results(reply.body, format=form)), reply.total  # type: ignore[arg-type]

    def construct(self, query: str) -> Iterable[Triple]:
        """See `Store.construct`."""
        return self._construct(Question(query))[0]

    def construct_first(self, query: str, limit: int) -> tuple[list[Triple], int]:
        """The first triples of a CONSTRUCT or DESCRIBE query, sorted, and how many there are.

        Raises:
            QueryError: See `Store.construct`.
            QueryStopped: There are too many to be counted.
        """
        return self._construct(Question(query, first=limit))

    def _construct(self, question: Question) -> tuple[list[Triple], int]:
        reply = self.put(question)
        if reply.kind != TRIPLES:
            raise QueryError("this is no CONSTRUCT query")
        quads = pyoxigraph.parse(reply.body, format=RdfFormat.N_TRIPLES)
        return [Triple(quad.subject, quad.predicate, quad.object) for quad in quads], reply.total

    def ask(self, query: str) -> bool:
        """See `Store.ask`."""
        reply = self.put(Question(query, rows="text/csv"))
        if reply.kind != BOOLEAN:
            raise QueryError("this is no ASK query")
        return reply.body == b"true\n"
