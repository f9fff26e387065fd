"""What follows from records, and what is wrong between them: rules and checks, each where all that it spans is at hand.

What a rule or a check spans is said in its header. Those that span a record, or a record and what it mentions, run on some
records at a time, beside the facts of those that they mention, which a join by key has brought. The others run in one place, on
only the facts whose properties they name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from pyoxigraph import Quad, RdfFormat, serialize

from synthkg.checks import record_of, rows_found
from synthkg.graph import OxigraphStore, Query, infer, lines_with, load_queries, read_by_any, vocabulary_quads
from synthkg.model import BASE, record_iri
from synthkg.scale.records import Settings, agreed

__all__ = ["Deduced", "Found", "deduce", "facts_for", "of_all"]

_BYTES = 16_000_000

Found = tuple[str, dict[str, str]]
"""The name of a check, and a row that it found."""


class Deduced(NamedTuple):
    """What rules and checks made of some records: N-Quads, and what was found."""

    quads: bytes
    found: list[Found]


@cache
def _spanning(kind: str, *spans: str) -> Mapping[str, Query]:
    """The rules or checks that span so much: ``record``, ``mentions``, or for all else an empty word."""
    return {name: query for name, query in load_queries(kind).items() if query.header.get("spans", "") in spans}


def facts_for(spans: str) -> Callable[[bytes], bytes]:
    """Leaves of N-Quads what the rules and checks that span so much can read; see `_spanning`."""
    return lines_with(read_by_any(query.text for kind in ("rules", "checks") for query in _spanning(kind, spans).values()))


def deduce(settings: Settings, rows: Iterable[tuple[str, bytes, list[bytes]]]) -> Iterator[Deduced]:
    """What follows from each record and from what it mentions, and what is wrong so far.

    Args:
        settings: See `Settings`.
        rows: For each record its key, what it says, and facts of those that it mentions, as N-Quads.
    """
    vocabulary = agreed(settings)
    beside = [*vocabulary_quads(vocabulary)]
    some: dict[str, tuple[bytes, list[bytes]]] = {}
    size = 0
    for key, quads, others in rows:
        some[key] = quads, others
        size += len(quads)
        if size > _BYTES:
            yield _deduced(some, beside)
            some, size = {}, 0
    if some:
        yield _deduced(some, beside)


def _deduced(some: Mapping[str, tuple[bytes, list[bytes]]], beside: Iterable[Quad]) -> Deduced:
    own = {record_iri(*key.split("/", 1)) for key in some}
    store = OxigraphStore(beside)
    store.load(b"".join(quads for quads, _ in some.values()))
    store.load(b"".join({text for _, others in some.values() for text in others}))

    def is_own(iri: str) -> bool:
        return not iri.startswith(BASE) or record_of(iri) in own

    inferred = [quad for quad in infer(store, _spanning("rules", "record", "mentions")) if is_own(str(quad.subject)[1:-1])]
    found = [
        (query.name, row) for query, row in rows_found(store, _spanning("checks", "record", "mentions")) if is_own(row["subject"])
    ]
    return Deduced(serialize(inferred, format=RdfFormat.N_QUADS) or b"", found)


def of_all(store: OxigraphStore) -> Deduced:
    """What follows, and what is wrong, by the rules and checks that span everything.

    Args:
        store: All facts that they can read, with what follows by the other rules.
    """
    inferred = infer(store, _spanning("rules", ""))
    found = [(query.name, row) for query, row in rows_found(store, _spanning("checks", ""))]
    return Deduced(serialize(inferred, format=RdfFormat.N_QUADS) or b"", found)
