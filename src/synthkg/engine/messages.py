"""What passes between the one who asks and a worker: a question, and a reply that is an answer or says why there is none.

Both are JSON and bytes, never pickles: a worker that a query got the better of must not be able to run code where its answer is
read.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

__all__ = [
    "BOOLEAN",
    "DAMAGED",
    "FAILED",
    "MEMORY",
    "NOT_SPARQL",
    "OUT_OF_REACH",
    "ROWS",
    "SIZE",
    "TRIPLES",
    "UNSAYABLE",
    "Question",
    "Reply",
]

ROWS, BOOLEAN, TRIPLES = "rows", "boolean", "triples"
NOT_SPARQL, SIZE, MEMORY, OUT_OF_REACH, FAILED = "not SPARQL", "size", "memory", "out of reach", "failed"
UNSAYABLE, DAMAGED = "unsayable", "damaged"


@dataclass(frozen=True, slots=True)
class Question:
    """One query, and in which form its answer is wanted.

    Attributes:
        query: SPARQL 1.1: SELECT, ASK, CONSTRUCT or DESCRIBE.
        rows: The media type for the answer of SELECT and ASK, one of https://www.w3.org/TR/sparql11-overview/#results.
        triples: The media type for that of CONSTRUCT and DESCRIBE.
        base: What relative IRIs are relative to.
        default_graphs: The graphs whose union is asked. None where the request names no graph: then it is the query's FROM,
            else the union of all named graphs.
        named_graphs: The graphs that GRAPH can name; None where the request names no graph.
        most: How many bytes the answer may have; None means any number.
        first: How many rows, then as tab-separated values, or triples are wanted; None means all.
    """

    query: str
    rows: str = "application/sparql-results+json"
    triples: str = "application/n-triples"
    base: str | None = None
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    most: int | None = None
    first: int | None = None

    def pack(self) -> bytes:
        """The question as bytes."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__}).encode()

    @classmethod
    def unpack(cls, data: bytes) -> Question:
        """The question in the bytes."""
        return cls(**json.loads(data))


@dataclass(frozen=True, slots=True)
class Reply:
    """What a worker says.

    Attributes:
        kind: `ROWS`, `BOOLEAN` or `TRIPLES`; without an answer, why: `NOT_SPARQL`, `SIZE`, `MEMORY`, `OUT_OF_REACH`, `FAILED`,
            `DAMAGED` where the store on disk is, or `UNSAYABLE` in the form asked for.
        body: The answer in the media type asked for.
        problem: Without an answer, what happened, in words.
        is_spent: Whether the worker has grown so much that it should be replaced.
        total: How many rows or triples there are, where the first were asked for.
    """

    kind: str
    body: bytes = b""
    problem: str = ""
    is_spent: bool = False
    total: int = 0

    @property
    def is_answer(self) -> bool:
        """Whether it answers the question."""
        return self.kind in (ROWS, BOOLEAN, TRIPLES)

    def pack(self) -> bytes:
        """The reply as bytes."""
        head = {"kind": self.kind, "problem": self.problem, "is_spent": self.is_spent, "total": self.total}
        return json.dumps(head).encode() + b"\n" + self.body

    @classmethod
    def unpack(cls, data: bytes) -> Reply:
        """The reply in the bytes."""
        head, _, body = data.partition(b"\n")
        return cls(body=body, **json.loads(head))
