"""What follows from records one by one, and what is wrong within them, by saved queries: a second map, over what the first made.

Here belong the rules and checks whose header says ``spans: record`` and that read nothing which follows from several records.
They are asked of some records at a time, beside the ontology and the concept schemes, by all cores; and what came of it holds as
long as the facts that they read.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from pyoxigraph import Quad, RdfFormat, serialize

from synthkg.cache import Shelf, fingerprint, unpacked
from synthkg.checks.asking import rows_found
from synthkg.checks.mapping import Chunk, columns
from synthkg.graph import (
    Facts,
    OxigraphStore,
    Query,
    fact_names,
    facts_in,
    in_order,
    infer,
    lines_with,
    load_queries,
    mentions,
    read_by,
    stated_names,
)

__all__ = ["Batch", "Batches", "Deduced", "across", "deduce", "said"]

_CHUNKS, _MOST = 8, 12


class Spread(NamedTuple):
    """Rules and checks, by name."""

    rules: dict[str, Query]
    checks: dict[str, Query]

    @property
    def names(self) -> frozenset[str]:
        """By which names they read facts."""
        return frozenset().union(*(read_by(query.text) or () for query in (*self.rules.values(), *self.checks.values())))


class Batch(NamedTuple):
    """Some records.

    Attributes:
        chunks: What they stand in, with the facts that they are.
        beside: What was found of them elsewhere, and what the ontology says, as N-Quads.
        shelf: Where what they come to is kept.
        key: A hash of all that decides it.
    """

    chunks: tuple[tuple[Chunk, Facts], ...]
    beside: bytes
    shelf: Shelf
    key: str


class Deduced(NamedTuple):
    """What some records come to.

    Attributes:
        quads: What follows from them, as N-Quads.
        facts: Which facts these are.
        found: What was found in them: the name of a check, and a row of it.
    """

    quads: bytes
    facts: Facts
    found: list[tuple[str, dict[str, str]]]


@cache
def within() -> Spread:
    """The rules and checks that one record decides, and not the day, too: nothing that came of them would hold."""
    every, stated_elsewhere = load_queries("rules"), set[str]()
    rules: dict[str, Query] = {}
    for together, _ in in_order(every):
        for rule in together:
            if _is_within(rule, stated_elsewhere):
                rules[rule.name] = rule
            else:
                stated_elsewhere |= stated_names(rule.text)
    checks = {name: check for name, check in load_queries("checks").items() if _is_within(check, stated_elsewhere)}
    return Spread(rules, checks)


def _is_within(query: Query, stated_elsewhere: set[str]) -> bool:
    read = read_by(query.text)
    return (
        query.header.get("spans") == "record"
        and not mentions(query.text, "NOW")
        and read is not None
        and stated_elsewhere.isdisjoint(read)
    )


@cache
def across() -> Spread:
    """All other rules and checks."""
    rules, checks = within()
    return Spread(
        {name: rule for name, rule in load_queries("rules").items() if name not in rules},
        {name: check for name, check in load_queries("checks").items() if name not in checks},
    )


class Batches:
    """Puts chunks together into tasks, so that the same records make the same task whatever stands around them."""

    def __init__(self, data: Path, program: str, ontology: Iterable[Quad]) -> None:
        """What all tasks depend on.

        Args:
            data: The data folder.
            program: A hash of all that decides, besides the facts.
            ontology: With the data folder's own concept schemes.
        """
        self._shelf = Shelf("deduced", data)
        self._program = program
        self._ontology = lines_with(within().names)(serialize(ontology, format=RdfFormat.N_QUADS) or b"")
        self._made: list[str] = []

    def of(self, chunks: Iterable[tuple[Chunk, Facts]], links: Mapping[str, bytes]) -> Iterator[Batch]:
        """The chunks in batches.

        Args:
            chunks: With the facts that they are.
            links: What was found elsewhere, as N-Quads, by the file of the record that it is about.
        """
        some: list[tuple[Chunk, Facts]] = []
        for chunk, facts in chunks:
            some.append((chunk, facts))
            if len(some) >= _MOST or crc32(os.fsencode(Path(chunk.files[-1][1]).name)) // 48 % _CHUNKS == 0:
                yield self._batch(some, links)
                some = []
        if some:
            yield self._batch(some, links)

    def _batch(self, chunks: list[tuple[Chunk, Facts]], links: Mapping[str, bytes]) -> Batch:
        about = b"".join(links.get(path, b"") for chunk, _ in chunks for _, path, _ in chunk.files)
        beside = about + self._ontology
        read = [[(name, facts[name]) for name in facts if _is_read(name)] for _, facts in chunks]
        key = fingerprint([self._program, read, beside])
        self._made.append(key)
        return Batch(tuple(chunks), beside, self._shelf, key)

    def sweep(self) -> None:
        """Forgets what came of other records than these."""
        self._shelf.sweep(self._made)


@cache
def _is_read(property: str) -> bool:
    return not fact_names(property).isdisjoint(within().names)


def deduce(batch: Batch) -> Deduced:
    """The second map, unless it is known already what it would give.

    Raises:
        UnreadableError: What the records say is not what it was.
    """
    return batch.shelf.get(batch.key, lambda: _deduce(batch))


def _deduce(batch: Batch) -> Deduced:
    """The map itself."""
    rules, checks = within()
    store = OxigraphStore()
    store.load(batch.beside)
    for each in batch.chunks:
        store.load(said(within().names, each))
    quads = serialize(infer(store, rules), format=RdfFormat.N_QUADS) or b""
    return Deduced(quads, facts_in(quads), [(query.name, row) for query, row in rows_found(store, checks)])


def said(names: frozenset[str] | None, known: tuple[Chunk, Facts]) -> bytes:
    """What the records of a chunk say that is read by some names, as N-Quads.

    Args:
        names: As `read_by` has them; None for all.
        known: The chunk, and which facts its records were.

    Raises:
        UnreadableError: They say something else by now.
    """
    read = (some for name, some in columns(*known).items() if names is None or not fact_names(name).isdisjoint(names))
    return b"".join(map(unpacked, read))
