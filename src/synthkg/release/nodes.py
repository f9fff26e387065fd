"""The graph in the order of its subjects: sorted N-Triples, and JSON-LD, one object a subject with its types as ``@type``.

So programs that read JSON alone can use it, and frame it. What is said of one subject lies in several named graphs and in what
follows, so both are made last, from the N-Quads: a record's lines stand together there, and the order of all lines is that of two
blocks a record, of itself and of its parts, each sorted. Format: https://www.w3.org/TR/json-ld11/, expanded.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from synthkg.cache import Shelf
from synthkg.graph import term
from synthkg.model import BASE, RDF
from synthkg.release.statistics import Statistics

__all__ = ["Block", "Piece", "Sorted", "pieces", "sort_piece"]

_TYPE = f"<{RDF}type>"
_BLOCKS, _MOST = 128, 6_000_000


Said = tuple[str, str, str]
"""Property, object and graph of what is said of a subject, as N-Quads writes them."""


class Block(NamedTuple):
    """Lines whose subjects begin alike, as no other's do.

    Attributes:
        subject: How they begin, in N-Triples: a whole IRI, or one up to a slash.
        start: Where the lines of the record begin in the N-Quads; not all of them need be of the block.
        size: Their length in bytes.
        others: Further lines, which stand elsewhere there.
    """

    subject: str
    start: int = 0
    size: int = 0
    others: tuple[str, ...] = ()


class Piece(NamedTuple):
    """Some blocks, in order, the N-Quads in which they stand, and where what they come to is kept."""

    file: Path
    blocks: tuple[Block, ...]
    shelf: Shelf
    program: str


class Sorted(NamedTuple):
    """What a piece comes to: N-Triples, JSON-LD objects with a comma and a newline between them, and how much there is.

    Attributes:
        key: A hash of all that decided it.
    """

    key: str
    triples: bytes
    objects: bytes
    statistics: Statistics


def pieces(
    file: Path, records: Mapping[str, tuple[int, int]], others: Iterable[str], shelf: Shelf, program: str
) -> Iterator[Piece]:
    """The whole graph in pieces of at most some megabytes, whose bounds depend on what stands beside them alone.

    Args:
        file: The N-Quads.
        records: The subject of each record -> where its lines begin there, and how many bytes they take.
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
        some.append(Block(key, *known.get(key, ()), others=tuple(further.get(key, ()))))  # type: ignore[misc]
        size += some[-1].size
        if size > _MOST or crc32(key.encode()) % _BLOCKS == 0:
            yield Piece(file, tuple(some), shelf, program)
            some, size = [], 0
    if some:
        yield Piece(file, tuple(some), shelf, program)


def _block_of(subject: str, records: Mapping[str, tuple[int, int]]) -> str:
    """The key of the block to which what is said of a subject belongs: its record's, or its own."""
    if subject in records or not subject.startswith(f"<{BASE}"):
        return subject
    record = f"<{BASE}{'/'.join(subject[len(BASE) + 1 :].split('/')[:2])}>"
    return f"{record[:-1]}/" if record in records else subject


def sort_piece(piece: Piece) -> Sorted:
    """The part of both files that a piece makes, unless it is known already what it is."""
    found: list[tuple[Block, bytes]] = []
    hashed = sha256(piece.program.encode())
    read, text = None, b""
    with piece.file.open("rb") as stream:
        for block in piece.blocks:
            if (block.start, block.size) != read:  # else these lines are of the block before, of one record
                read = (stream.seek(block.start), block.size)
                text = stream.read(block.size)
                hashed.update(text)
            hashed.update(repr((block.subject, block.others)).encode())
            found.append((block, text))
    return piece.shelf.get(key := hashed.hexdigest(), partial(_sort, key, found))


def _sort(key: str, blocks: Iterable[tuple[Block, bytes]]) -> Sorted:
    """The sorting itself."""
    triples: list[str] = []
    nodes: list[tuple[str, list[Said]]] = []
    statistics = Statistics()
    read, lines = b"", [""]
    for block, text in blocks:
        if text is not read:
            read, lines = text, text.decode().split("\n")
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
    return Sorted(key, "".join(triples).encode(), ",\n".join(objects).encode(), statistics)


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
