"""The graph as sorted part files: all lines in the order of their text, cut between subjects, with what each part holds.

Where the parts are cut is decided by a sample of the subjects, which a hash of each picks; so the same records give the same
parts, whatever the cluster. The text of all parts together is the N-Quads of one machine, sorted.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple
from zlib import crc32

from synthkg.release import Statistics

__all__ = ["Part", "blocks", "cuts", "is_sampled", "part_of", "written"]

_ONE_IN = 64
_CHUNK = 1_000_000


class Part(NamedTuple):
    """What a part holds.

    Attributes:
        number: Its place among the parts, from 0.
        triples: How many lines it has.
        size: Its length in bytes, not compressed.
        sha256: The hash of its text, not compressed.
        statistics: Counts of its subjects, without the objects.
        objects: Graph, property and hash of each object, each once.
    """

    number: int
    triples: int
    size: int
    sha256: str
    statistics: Statistics
    objects: list[tuple[str, str, bytes]]


def blocks(quads: bytes) -> Iterator[tuple[str, bytes]]:
    """The lines of N-Quads by their subjects, those that stand together."""
    for subject, lines in groupby(quads.splitlines(keepends=True), key=lambda line: line.split(b" ", 1)[0]):
        yield subject.decode(), b"".join(lines)


def is_sampled(subject: str) -> bool:
    """Whether a subject is one of those by which the parts are cut."""
    return crc32(subject.encode()) % _ONE_IN == 0


def cuts(sample: Iterable[str], parts: int) -> list[str]:
    """The first subject of each part but the first, at most."""
    known = sorted(set(sample))
    return sorted({known[number * len(known) // parts] for number in range(1, parts)}) if known else []


def part_of(subject: str, cuts: Sequence[str]) -> int:
    """The part in which a subject stands."""
    return bisect_right(cuts, subject)


def written(number: int, said: Iterable[tuple[str, bytes]]) -> Iterator[str | Part]:
    """A part as text, some of it at a time and without its last newline; and at last what it holds.

    Args:
        number: Its place.
        said: Subjects with lines about them, sorted by subject.
    """
    hashed, statistics = hashlib.sha256(), Statistics()
    triples = size = 0
    for some in _chunks(said, statistics):
        text = "\n".join(some)
        content = f"{text}\n".encode()
        hashed.update(content)
        size += len(content)
        triples += len(some)
        yield text
    yield Part(number, triples, size, hashed.hexdigest(), statistics, statistics.detached())


def _chunks(said: Iterable[tuple[str, bytes]], statistics: Statistics) -> Iterator[list[str]]:
    """The lines of a part, each once and sorted, some of them at a time; they are counted on the way."""
    some: list[str] = []
    waiting = 0
    for subject, blocks in groupby(said, key=itemgetter(0)):
        lines = sorted({line for _, block in blocks for line in block.decode().split("\n")[:-1]})
        statistics.count(subject, sorted(map(_said, lines)))
        some += lines
        waiting += sum(map(len, lines))
        if waiting > _CHUNK:
            yield some
            some, waiting = [], 0
    if some:
        yield some


def _said(line: str) -> tuple[str, str, str]:
    """Property, object and graph."""
    _, predicate, rest = line.split(" ", 2)
    value, _, graph = rest[:-2].rpartition(" ")
    return predicate, value, graph
