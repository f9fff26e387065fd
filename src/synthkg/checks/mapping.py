"""The map: a file of a record becomes all that can be known of it alone.

One pure function of some files, applied by all cores: what they say is read, judged and written as text, record by record. What
spans records comes afterwards, and needs of it only what is returned here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from synthkg.cache import Shelf, fingerprint, packed
from synthkg.catalog import Content, FileRead, RecordFile, hash_of, pack, place, read_file
from synthkg.checks.decisions import ShapesNotCompiled
from synthkg.checks.faults import faults
from synthkg.checks.proving import Prover
from synthkg.errors import UnreadableError
from synthkg.findings import Finding
from synthkg.graph import Columns, Facts, Quads, Said, Texts, Writer, facts_of, grouped
from synthkg.model import Paper, ReadingList, Record, Scheme, Vocabulary, load_vocabulary

__all__ = ["Chunk", "Chunks", "Mapped", "Shard", "columns", "examine", "judge", "map_files", "quads", "record_findings", "texts"]

_FILES, _MOST = 48, 1_000_000
_SHARD, _COLUMNS, _QUADS, _TEXTS = "", "-columns", "-quads", "-texts"
_SAID = (_COLUMNS, _QUADS, _TEXTS)


class Chunk(NamedTuple):
    """Some files, and what they are read with.

    Attributes:
        files: Folder and path of each, and the hash of what it holds.
        ontology: The folder of the vocabulary.
        schemes: What the data folder adds to it.
        shelf: Where what they come to is kept.
        key: A hash of all that decides it.
    """

    files: tuple[tuple[str, str, str], ...]
    ontology: Path
    schemes: tuple[Scheme, ...]
    shelf: Shelf
    key: str


class Shard(NamedTuple):
    """What some files come to.

    Attributes:
        reads: What was read in each, with what is wrong within its record alone.
        unproved: The numbers of the reads whose record is not proved valid.
        facts: Which facts the records state; they decide what spans records. Drafts state none.
        compared: A hash of all that decides which titles look alike.
    """

    reads: list[FileRead]
    unproved: list[int]
    facts: Facts
    compared: str


class Mapped(NamedTuple):
    """The same with what the records say, which is by far the most of it.

    Attributes:
        shard: What the files come to.
        columns: N-Quads by their properties, each packed by itself: few are read.
        quads: N-Quads.
        texts: The other formats.
    """

    shard: Shard
    columns: Columns
    quads: Quads
    texts: Texts


class Chunks:
    """Puts files together into tasks, so that the same files make the same task whatever stands around them."""

    def __init__(self, held: Mapping[str, Content], program: str, shelf: Shelf) -> None:
        """What all tasks depend on.

        Args:
            held: What the files hold, by their paths in the data folder; see `synthkg.catalog.contents`.
            program: A hash of all that reads them.
            shelf: Where what they come to is kept.
        """
        self._held = held
        self._program = program
        self._shelf = shelf
        self._made: list[Chunk] = []

    def of(self, files: Iterable[RecordFile], vocabulary: Vocabulary) -> Iterator[Chunk]:
        """The files in chunks: a few dozen each, and fewer where they are long, as a list is."""
        some: list[tuple[str, str, str]] = []
        size = 0
        for folder, id, path in files:
            name = f"{id}.yaml"
            hash, read = self._held.get(f"{folder}/{name}", ("", 0))
            some.append((folder, path, hash))
            size += read
            if size >= _MOST or len(some) >= 3 * _FILES or crc32(os.fsencode(name)) % _FILES == 0:
                yield self._chunk(some, vocabulary)
                some, size = [], 0
        if some:
            yield self._chunk(some, vocabulary)

    def _chunk(self, files: list[tuple[str, str, str]], vocabulary: Vocabulary) -> Chunk:
        schemes = tuple(vocabulary.own.values())
        key = fingerprint([self._program, schemes, files])
        chunk = Chunk(tuple(files), vocabulary.folder, schemes, self._shelf, key)
        self._made.append(chunk)
        return chunk

    def sweep(self) -> None:
        """Forgets what was made of other files than these."""
        self._shelf.sweep({chunk.key + part for chunk in self._made for part in (_SHARD, *_SAID)})


def examine(chunk: Chunk) -> Shard:
    """The map, unless it is known already what it would give."""
    shard: Shard = _part(chunk, _SHARD)
    return shard


def columns(chunk: Chunk, facts: Facts) -> Columns:
    """See `Mapped`. What is said is kept, and read where it is wanted, which takes less time than passing it between processes.

    Args:
        chunk: Some files.
        facts: Which facts they held when they were examined.

    Raises:
        UnreadableError: They hold others by now.
    """
    columns: Columns = _said(chunk, _COLUMNS, facts)
    return columns


def quads(chunk: Chunk, facts: Facts) -> Quads:
    """See `columns`."""
    quads: Quads = _said(chunk, _QUADS, facts)
    return quads


def texts(chunk: Chunk, facts: Facts) -> Texts:
    """See `columns`."""
    texts: Texts = _said(chunk, _TEXTS, facts)
    return texts


def _said(chunk: Chunk, part: str, facts: Facts) -> Any:
    found, said = _part(chunk, part)
    if found != facts:
        raise UnreadableError("changed while it was read; run this again", str(Path(chunk.files[0][1]).parent.parent))
    return said


def _part(chunk: Chunk, part: str) -> Any:
    """A part of what a chunk comes to: it is read where it is kept, and if it is not, all are made."""
    if (found := chunk.shelf.find(chunk.key + part)) is not None:
        return found
    shard, *said = map_files(chunk)
    shard = shard._replace(reads=_packed(shard.reads))
    parts = {_SHARD: shard, **{name: (shard.facts, each) for name, each in zip(_SAID, said, strict=True)}}
    if _is_sure(chunk, shard):
        for name, each in parts.items():
            chunk.shelf.keep(chunk.key + name, each)
    return parts[part]


def _packed(reads: list[FileRead]) -> list[FileRead]:
    """The same with their records packed, of which few are asked for; but for drafts, and schemes, whose words the others use."""
    whole = {number: read.record for number, read in enumerate(reads) if not read.is_draft}
    plain = {number: record for number, record in whole.items() if record is not None and not isinstance(record, Scheme)}
    held = dict(zip(plain, pack([*plain.values()]), strict=True))
    return [read._replace(held=held.get(number, read.held)) for number, read in enumerate(reads)]


def _is_sure(chunk: Chunk, shard: Shard) -> bool:
    """Whether it is of what was hashed: a file may have changed since then, or while places were looked for in it."""
    return all(
        read.hash == held and (not read.findings or hash_of(Path(path)) == held)
        for read, (_, path, held) in zip(shard.reads, chunk.files, strict=True)
    )


def map_files(chunk: Chunk) -> Mapped:
    """The map itself: it asks for nothing that is kept, and keeps nothing.

    Raises:
        UnreadableError: A text in a record is longer than Oxigraph takes, 16 MB.
    """
    from synthkg.works import compared_of  # here, since who finds everything kept needs none of it

    vocabulary = _vocabulary(chunk.ontology, chunk.schemes)
    (is_proved, _), write = judge(vocabulary.folder), _writer(vocabulary.folder).write
    reads: list[FileRead] = []
    unproved: list[int] = []
    said = []
    compared = []
    for number, (folder, path, _) in enumerate(chunk.files):
        read = read_file(folder, Path(path), vocabulary)
        reads.append(read)
        if read.record is None or read.is_draft:
            continue
        read.findings.extend(record_findings(read.record, path))
        if isinstance(read.record, ReadingList):
            read.findings.extend(_open_headings(read.record, path, vocabulary))
        groups = list(grouped(read.record, vocabulary))
        said.append(groups)
        try:
            is_valid = is_proved(part for _, part in groups)
        except MemoryError as error:  # as Oxigraph's parser has it, whatever memory there is; Python's own says nothing
            if not str(error):
                raise
            raise UnreadableError(f"a text in it is too long ({error}); shorten it", path) from error
        if not is_valid:
            unproved.append(number)
        if isinstance(read.record, Paper):
            compared.append((read.record.id, compared_of(read.record)))
    quads, texts, columns = write(said)
    shard = Shard(reads, unproved, facts_of(columns), fingerprint(compared))
    return Mapped(shard, {name: packed(some) for name, some in columns.items()}, quads, texts)


def record_findings(record: Record, path: str) -> Iterator[Finding]:
    """What is wrong within one record, at its place in its file."""
    for pointer, rule, problem, mend in faults(record):
        yield Finding(path, *place(path, pointer), rule, problem, mend)


def _open_headings(record: ReadingList, path: str, vocabulary: Vocabulary) -> Iterator[Finding]:
    from synthkg.lists import open_headings  # here; see above

    mend = "write its concept, or `none`, or make it an alias of a concept of the folder"
    for index, title in open_headings(record, vocabulary.headings):
        problem = f'nothing says which concept the heading "{title}" names'
        yield Finding(path, *place(path, ("content", index)), "heading-without-concept", problem, mend, "note")


@cache
def judge(ontology: Path) -> tuple[Callable[[Iterable[Said]], bool], str]:
    """A function that tells whether what a record says is proved valid by the shapes beside an ontology.

    And a sentence if nothing can be proved, so that all records take pySHACL's time.
    """
    try:
        return Prover(ontology / "shapes.ttl").proves, ""
    except ShapesNotCompiled as error:
        return lambda groups: False, f"{error}; pySHACL validates every record, which takes longer"


@cache
def _writer(ontology: Path) -> Writer:
    return Writer(load_vocabulary(ontology).prefixes)


@lru_cache(maxsize=1)
def _vocabulary(ontology: Path, schemes: tuple[Scheme, ...]) -> Vocabulary:
    vocabulary = load_vocabulary(ontology)
    return vocabulary.extended(schemes) if schemes else vocabulary
