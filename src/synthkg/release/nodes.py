"""The graph in the order of its subjects: sorted N-Triples, and JSON-LD, one object a subject with its types as ``@type``.

So programs that read JSON alone can use it, and frame it. What is said of one subject lies in several named graphs and in what
follows, so both are made last, from the N-Quads: a record's lines stand together there, and the order of all lines is that of two
blocks a record, of itself and of its parts, each sorted. Format: https://www.w3.org/TR/json-ld11/, expanded.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from synthkg.cache import Shelf, fingerprint
from synthkg.graph import term
from synthkg.model import BASE, RDF
from synthkg.release.statistics import Statistics

__all__ = ["Block", "Piece", "Place", "objects", "pieces", "sort_piece", "triples"]

_TYPE = f"<{RDF}type>"
_BLOCKS, _MOST = 128, 6_000_000
_COUNTS, _TRIPLES, _OBJECTS = "", "-triples", "-objects"

Said = tuple[str, str, str]
"""Property, object and graph of what is said of a subject, as N-Quads writes them."""


class Place(NamedTuple):
    """Where the lines of a record begin in the N-Quads, their length in bytes, and a hash of them."""

    start: int = 0
    size: int = 0
    hash: str = ""


class Block(NamedTuple):
    """Lines whose subjects begin alike, as no other's do.

    Attributes:
        subject: How they begin, in N-Triples: a whole IRI, or one up to a slash.
        place: Where the lines of the record are; not all of them need be of the block.
        others: Further lines, which stand elsewhere there.
    """

    subject: str
    place: Place
    others: tuple[str, ...]


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


def pieces(file: Path, records: Mapping[str, Place], others: Iterable[str], shelf: Shelf, program: str) -> Iterator[Piece]:
    """The whole graph in pieces of at most some megabytes, whose bounds depend on what stands beside them alone.

    Args:
        file: The N-Quads.
        records: The subject of each record -> where its lines are.
        others: The lines that are no record's.
        shelf: Where what they come to is kept.
        program: A hash of what makes it.
    """
    further: dict[str, list[str]] = defaultdict(list)
    for line in others:
        further[_block_of(line.partition(" ")[0], records)].append(line)
    known = {key: place for subject, place in records.items() for key in (subject, f"{subject[:-1]}/")}
    some: list[Block] = []
    size = 0
    for key in sorted(known.keys() | further.keys()):
        some.append(Block(key, known.get(key, Place()), tuple(further.get(key, ()))))
        size += some[-1].place.size
        if size > _MOST or crc32(key.encode()) % _BLOCKS == 0:
            yield _piece(file, some, shelf, program)
            some, size = [], 0
    if some:
        yield _piece(file, some, shelf, program)


def _piece(file: Path, blocks: Iterable[Block], shelf: Shelf, program: str) -> Piece:
    key = fingerprint([program, [(block.subject, block.place.hash, block.others) for block in blocks]])
    return Piece(file, tuple(blocks), shelf, key)


def _block_of(subject: str, records: Mapping[str, Place]) -> str:
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
    read, lines = Place(), [""]
    with piece.file.open("rb") as stream:
        for block in piece.blocks:
            if block.place != read:  # else these lines are of the block before, of one record
                read = block.place
                stream.seek(read.start)
                lines = stream.read(read.size).decode().split("\n")
            of_block = [line for line in lines if line.startswith(block.subject)]
            last, said = "", list[Said]()
            for line in sorted({line[:-2] for line in (*of_block, *block.others)}):
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
