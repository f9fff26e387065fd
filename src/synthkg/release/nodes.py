"""The graph in the order of its subjects: sorted N-Triples, and JSON-LD, one object a subject with its types as ``@type``.

So programs that read JSON alone can use it, and frame it. What is said of one subject lies in several named graphs and in what
follows, so both are made last, from the N-Quads: a record's lines stand together there, and the order of all lines is that of two
blocks a record, of itself and of its parts, each sorted. Format: https://www.w3.org/TR/json-ld11/, expanded.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import chain, groupby
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from synthkg.cache import Shelf, fingerprint
from synthkg.graph import term
from synthkg.model import BASE, RDF
from synthkg.release.statistics import Statistics

__all__ = ["Block", "Piece", "Place", "elsewhere", "objects", "pieces", "sort_piece", "triples"]

_TYPE = f"<{RDF}type>"
_BLOCKS, _MOST = 128, 6_000_000
_COUNTS, _TRIPLES, _OBJECTS = "", "-triples", "-objects"

Said = tuple[str, str, str]
"""Property, object and graph of what is said of a subject, as N-Quads writes them."""


class Place(NamedTuple):
    """Where some lines begin in the N-Quads, their length in bytes, and a hash of them."""

    start: int = 0
    size: int = 0
    hash: str = ""


class Block(NamedTuple):
    """Lines whose subjects begin alike, as no other's do.

    Attributes:
        subject: How they begin, in N-Triples: a whole IRI, or one up to a slash.
        record: Where the lines of the record are; not all of them need be of the block.
        others: Where further lines are.
    """

    subject: str
    record: Place
    others: tuple[Place, ...]


class Piece(NamedTuple):
    """Some blocks, in order.

    Attributes:
        file: The N-Quads in which they stand.
        blocks: The blocks.
        shelf: Where what they come to is kept.
        key: A hash of all that decides it.
    """

    file: Path
    blocks: tuple[Block, ...]
    shelf: Shelf
    key: str

    @property
    def keys(self) -> list[str]:
        """Under which it is kept."""
        return [self.key + part for part in (_COUNTS, _TRIPLES, _OBJECTS)]


def elsewhere(quads: Iterable[bytes], start: int, records: Collection[str]) -> dict[str, list[Place]]:
    """Where the lines are that are no record's, by the block to which they belong.

    Args:
        quads: These lines, as they stand in the N-Quads one after the other.
        start: Where they begin there.
        records: The subjects of the records.
    """
    found: dict[str, list[Place]] = defaultdict(list)
    for some in quads:
        for subject, lines in groupby(some.splitlines(keepends=True), key=lambda line: line[: line.index(b" ")]):
            text = b"".join(lines)
            found[_block_of(subject.decode(), records)].append(Place(start, len(text), sha256(text).hexdigest()))
            start += len(text)
    return found


def pieces(
    file: Path, records: Mapping[str, Place], others: Mapping[str, Sequence[Place]], shelf: Shelf, program: str
) -> Iterator[Piece]:
    """The whole graph in pieces of at most some megabytes, whose bounds depend on what stands there alone.

    Args:
        file: The N-Quads.
        records: The subject of each record -> where its lines are.
        others: Where the lines are that are no record's; see `elsewhere`.
        shelf: Where what they come to is kept.
        program: A hash of what makes it.
    """
    known = {key: place for subject, place in records.items() for key in (subject, f"{subject[:-1]}/")}
    some: list[Block] = []
    size = 0
    for key in sorted(known.keys() | others.keys()):
        some.append(Block(key, known.get(key, Place()), tuple(others.get(key, ()))))
        size += some[-1].record.size
        if size > _MOST or crc32(key.encode()) % _BLOCKS == 0:
            yield _piece(file, some, shelf, program)
            some, size = [], 0
    if some:
        yield _piece(file, some, shelf, program)


def _piece(file: Path, blocks: Iterable[Block], shelf: Shelf, program: str) -> Piece:
    said = [(block.subject, block.record.hash, [place.hash for place in block.others]) for block in blocks]
    return Piece(file, tuple(blocks), shelf, fingerprint([program, said]))


def _block_of(subject: str, records: Collection[str]) -> str:
    """The key of the block to which what is said of a subject belongs: its record's, or its own."""
    if subject in records or not subject.startswith(f"<{BASE}"):
        return subject
    record = f"<{BASE}{'/'.join(subject[len(BASE) + 1 :].split('/')[:2])}>"
    return f"{record[:-1]}/" if record in records else subject


def sort_piece(piece: Piece) -> Statistics:
    """How much there is in a piece, which is sorted, unless it is known already what it comes to."""
    counted: Statistics = _part(piece, _COUNTS)
    return counted


def triples(piece: Piece) -> bytes:
    """The N-Triples of a piece. They are kept, and read where they are wanted."""
    triples: bytes = _part(piece, _TRIPLES)
    return triples


def objects(piece: Piece) -> bytes:
    """The JSON-LD objects of a piece, with a comma and a newline between them; see `triples`."""
    objects: bytes = _part(piece, _OBJECTS)
    return objects


def _part(piece: Piece, part: str) -> Any:
    """A part of what a piece comes to: it is read where it is kept, and if it is not, all are made."""
    if (found := piece.shelf.find(piece.key + part)) is not None:
        return found
    parts = dict(zip(piece.keys, _sort(piece), strict=True))
    for key, made in parts.items():
        piece.shelf.keep(key, made)
    return parts[piece.key + part]


def _sort(piece: Piece) -> tuple[Statistics, bytes, bytes]:
    """The sorting itself: how much there is, N-Triples and JSON-LD."""
    triples: list[str] = []
    nodes: list[tuple[str, list[Said]]] = []
    statistics = Statistics()
    read, lines = Place(), list[str]()
    with piece.file.open("rb") as stream:

        def lines_at(place: Place) -> list[str]:
            stream.seek(place.start)
            return stream.read(place.size).decode().split("\n")[:-1]

        for block in piece.blocks:
            if block.record != read:  # else these lines are of the block before, of one record
                read, lines = block.record, lines_at(block.record)
            of_block = [line for line in lines if line.startswith(block.subject)]
            last, said = "", list[Said]()
            for line in sorted({line[:-2] for line in chain(of_block, *map(lines_at, block.others))}):
                subject, predicate, rest = line.split(" ", 2)
                value, _, graph = rest.rpartition(" ")
                triples.append(f"{subject} {predicate} {value} .\n")
                if subject != last:
                    last, said = subject, []
                    nodes.append((subject, said))
                said.append((predicate, value, graph))
    for subject, said in nodes:
        statistics.count(subject, said)
    statistics.close()
    objects = [_object(subject, said) for subject, said in nodes]
    return statistics, "".join(triples).encode(), ",\n".join(objects).encode()


def _object(subject: str, said: Iterable[Said]) -> str:
    types: list[str] = []
    members: list[str] = []
    last = ""
    for predicate, value, _ in said:
        if predicate == _TYPE:
            types.append(f'"{value[1:-1]}"')
            continue
        shown = f'{{"@id":"{value[1:-1]}"}}' if value[0] == "<" else _literal(value)
        members.append(f",{shown}" if predicate == last else f'],"{predicate[1:-1]}":[{shown}')
        last = predicate
    about = f'"@type":[{",".join(types)}' if types else ""
    return f'{{"@id":"{subject[1:-1]}",{(about + "".join(members)).removeprefix("],")}]}}'


def _literal(text: str) -> str:
    """A literal as JSON-LD has it, which escapes what N-Triples does, but for the rarest characters."""
    lexical, _, kind = text.rpartition('"')
    lexical = json.dumps(term(text).value, ensure_ascii=False) if "\\u" in lexical or "\\U" in lexical else f'{lexical}"'
    if not kind:
        return f'{{"@value":{lexical}}}'
    about = f'"@language":"{kind[1:]}"' if kind[0] == "@" else f'"@type":"{kind[3:-1]}"'
    return f'{{"@value":{lexical},{about}}}'
