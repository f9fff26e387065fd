"""A worker: answers one query after the other about one graph, with nothing in reach but the graph and its asker.

Before its first query it gives up, for good, what a query could do harm with: it can open no file and no connection any more,
because the number of files it may have open is zero (those two that it has stay open), and it can have only so much memory.
A store on disk must open its files, so a worker that has one is kept from connections alone. Where the operating system cannot
set a limit, the worker says so when it starts.
"""

from __future__ import annotations

import gc
import io
import json
import os
import sys
from contextlib import nullcontext
from dataclasses import replace
from heapq import nsmallest
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pyoxigraph
from pyoxigraph import NamedNode, QueryResultsFormat, RdfFormat

from synthkg.engine.isolation import cut_off
from synthkg.engine.messages import (
    BOOLEAN,
    DAMAGED,
    FAILED,
    NOT_SPARQL,
    OUT_OF_REACH,
    ROWS,
    SIZE,
    TRIPLES,
    UNSAYABLE,
    Question,
    Reply,
)
from synthkg.errors import QueryError, UnreadableError
from synthkg.graph import (
    CACHES,
    PREFIXES,
    KeptStore,
    OxigraphStore,
    as_named,
    as_xml,
    asks_elsewhere,
    explain,
    names_graphs,
    refuse_too_deep,
    shows_all,
    spelled_out,
)

__all__ = ["OUT_OF_MEMORY", "hush", "work"]

OUT_OF_MEMORY = 3  # the exit status of a worker that ran out of memory where it could still notice
_GROWN = 64  # megabytes that a worker may grow by before it is replaced
_SMALLEST_TRIPLE = 12  # bytes: "<a> <b> <c>."
_ELSEWHERE = Reply(OUT_OF_REACH, problem="SERVICE asks another server, and a query of this graph uses no network")
_COUNTED = 300_000  # triples of which the first are given: they are held, to be counted and sorted


def confine(store: OxigraphStore, memory: int | None) -> list[str]:
    """Gives up files, network, core dumps and all but so much memory.

    Args:
        store: The graph; opened here if it is on disk, because what is opened before a fork is of no use after it.
        memory: The megabytes that this process may take beyond what it has.

    Returns:
        What could not be limited here, in words.
    """
    try:
        import resource
    except ImportError:
        return ["memory", "files and network, save that a query that says SERVICE is refused"]
    unlimited = []
    kinds = [(resource.RLIMIT_CORE, "core dumps"), (resource.RLIMIT_FSIZE, "the size of files")]
    if not isinstance(store, KeptStore):
        kinds.append((resource.RLIMIT_NOFILE, "files and network"))
    else:
        if not cut_off():
            unlimited.append("network, save that a query that says SERVICE is refused")
        _ = store.inner  # opens it
    if memory is not None:
        limit = _address_space() + memory * 2**20
        try:
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        except (OSError, ValueError):
            unlimited.append("memory")
    for kind, what in kinds:
        try:
            resource.setrlimit(kind, (0, 0))
        except (OSError, ValueError):
            unlimited.append(what)
    return unlimited


def _address_space() -> int:
    """How many bytes of addresses this process has; 0 where that cannot be told."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _peak() -> int:
    """The most memory that this process has had, in megabytes."""
    try:
        import resource
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (2**20 if sys.platform == "darwin" else 2**10)


def work(store: OxigraphStore, connection: Connection, memory: int | None) -> None:
    """Says what could not be limited, or why nothing can be asked; then answers until nobody asks any more."""
    gc.disable()
    caches = CACHES if isinstance(store, KeptStore) else 0
    try:
        unlimited = confine(store, None if memory is None else memory + caches)
    except UnreadableError as error:
        connection.send_bytes(json.dumps({"problem": error.message, "where": error.where}).encode())
        return
    reaches = any("network" in what for what in unlimited)
    connection.send_bytes(json.dumps(unlimited).encode())
    before = _peak()
    while True:
        try:
            question = Question.unpack(connection.recv_bytes())
        except (EOFError, OSError):
            return
        try:
            reply = answer(store, question, reaches)
        except MemoryError:
            os._exit(OUT_OF_MEMORY)
        connection.send_bytes(replace(reply, is_spent=_peak() - before > _GROWN + caches).pack())


def answer(store: OxigraphStore, question: Question, reaches: bool = False) -> Reply:
    """The reply to one question.

    Args:
        store: The graph.
        question: The question.
        reaches: Whether this process could reach the network, so that SERVICE is refused before anything is run.
    """
    try:
        refuse_too_deep(question.query)
        if reaches and asks_elsewhere(question.query):
            return _ELSEWHERE
        with store.reading() if isinstance(store, KeptStore) else nullcontext():
            return _answer(store.inner, question)
    except QueryError as error:
        return Reply(NOT_SPARQL, problem=error.message)
    except SyntaxError as error:
        return Reply(NOT_SPARQL, problem=f"not SPARQL: {explain(str(error), question.query)}")
    except _Full as full:
        return Reply(SIZE, problem=f"its answer has more than {full}")
    except _Unsayable:
        problem = "the answer has a character, or a name of a property or class, that XML cannot have; ask for JSON or Turtle"
        return Reply(UNSAYABLE, problem=problem)
    except UnreadableError as error:
        return _ELSEWHERE if asks_elsewhere(question.query) else Reply(DAMAGED, problem=error.message)
    except (OSError, ValueError, RuntimeError) as error:
        return _ELSEWHERE if asks_elsewhere(question.query) else Reply(FAILED, problem=str(error))


def _answer(store: pyoxigraph.Store, question: Question) -> Reply:
    names = question.default_graphs, question.named_graphs
    graphs: dict[str, Any] = {}
    if names != (None, None):
        graphs = {"default_graph": list(map(NamedNode, names[0] or ())), "named_graphs": list(map(NamedNode, names[1] or ()))}
    elif not names_graphs(question.query):
        graphs = {"use_default_graph_as_union": True}
    found = store.query(_with_columns(question), base_iri=question.base, prefixes=PREFIXES, **graphs)
    if asks_elsewhere(question.query):  # where Oxigraph tells of no failure: in MINUS nothing is found, in EXISTS something
        return _ELSEWHERE
    if isinstance(found, pyoxigraph.QueryTriples):
        return _triples(found, question)
    form = QueryResultsFormat.from_media_type(question.rows)
    out = _Bounded(question.most)
    if isinstance(found, pyoxigraph.QueryBoolean):
        if form in (QueryResultsFormat.CSV, QueryResultsFormat.TSV):
            return Reply(BOOLEAN, b"true\n" if found else b"false\n")
        found.serialize(out, form)
        return Reply(BOOLEAN, out.getvalue())
    if question.first is not None:
        lines = _FirstLines(question.most, question.first + 1)  # the names of the columns, and a line for each row
        found.serialize(lines, QueryResultsFormat.TSV)
        return Reply(ROWS, lines.getvalue(), total=lines.number - 1)
    found.serialize(out, form)
    return Reply(ROWS, _xml(out) if form == QueryResultsFormat.XML else out.getvalue())


def _with_columns(question: Question) -> str:
    """The query with the columns of its ``SELECT *`` by name, as it has them; Oxigraph gives them by the alphabet."""
    if not shows_all(question.query):
        return question.query
    found = pyoxigraph.Store().query(question.query, base_iri=question.base, prefixes=PREFIXES)  # of nothing, so at once
    assert isinstance(found, pyoxigraph.QuerySolutions)
    return spelled_out(question.query, as_named(question.query, [variable.value for variable in found.variables]))


def _triples(found: pyoxigraph.QueryTriples, question: Question) -> Reply:
    """Each triple once, sorted, so that an answer is the same whenever it is asked for."""
    kept: set[pyoxigraph.Triple] = set()
    for triple in found:
        kept.add(triple)
        if question.first is not None and len(kept) > _COUNTED:
            raise _Full(f"{_COUNTED} triples")
        if question.first is None and question.most is not None and len(kept) * _SMALLEST_TRIPLE > question.most:
            raise _Full(f"{question.most} bytes")
    form = RdfFormat.from_media_type(question.triples)
    assert form is not None
    out = _Bounded(question.most)
    prefixes = PREFIXES if form not in (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS) else None
    given = sorted(kept, key=str) if question.first is None else nsmallest(question.first, kept, key=str)
    try:
        pyoxigraph.serialize(given, out, form, prefixes=prefixes)
    except OSError as error:
        if form != RdfFormat.RDF_XML or isinstance(error, _Full):
            raise
        raise _Unsayable from error  # a property is a word of RDF/XML itself
    body = _xml(out) if form == RdfFormat.RDF_XML else out.getvalue()
    return Reply(TRIPLES, body, total=0 if question.first is None else len(kept))


def _xml(out: _Bounded) -> bytes:
    if (text := as_xml(out.getvalue())) is None:
        raise _Unsayable
    return text


class _Unsayable(Exception):
    """The form asked for cannot say what the answer is."""


class _Full(OSError):
    """There is more to write than there is room."""


class _Bounded(io.BytesIO):
    """Takes so many bytes and no more."""

    def __init__(self, most: int | None) -> None:
        super().__init__()
        self.room = most

    def write(self, data: Any) -> int:
        written = super().write(data)
        if self.room is not None and self.tell() > self.room:
            raise _Full(f"{self.room} bytes")
        return written


class _FirstLines(_Bounded):
    """Takes the first lines, and counts them all.

    Attributes:
        number: How many there are.
    """

    def __init__(self, most: int | None, wanted: int) -> None:
        super().__init__(most)
        self.number = 0
        self._wanted = wanted

    def write(self, data: Any) -> int:
        text = bytes(data)
        if self.number < self._wanted:
            lines = text.split(b"\n", left := min(self._wanted - self.number, len(text)))
            super().write(text[: len(text) - len(lines[left])] if len(lines) > left else text)
        self.number += text.count(b"\n")
        return len(text)


def hush() -> None:
    """Nothing is read from, or written to, where the asker reads and writes: Oxigraph prints a trace when memory ends."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nothing, standard)
    if nothing > 2:
        os.close(nothing)
