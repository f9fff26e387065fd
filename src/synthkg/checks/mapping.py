"""The map: a file of a record becomes all that can be known of it alone.

One pure function of some files, applied by all cores: what they say is read, judged and written as text, record by record. What
spans records comes afterwards, and needs of it only what is returned here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from isal import igzip

from synthkg.cache import Shelf, fingerprint
from synthkg.catalog import FileRead, hash_of, place, read_file
from synthkg.checks.decisions import ShapesNotCompiled
from synthkg.checks.faults import faults
from synthkg.checks.proving import Prover
from synthkg.findings import Finding
from synthkg.graph import Columns, Facts, Said, Texts, Writer, facts_of, grouped
from synthkg.model import Record, Scheme, Vocabulary, load_vocabulary

__all__ = ["Chunk", "Chunks", "Shard", "columns", "examine", "judge", "record_findings"]

_FILES, _MOST = 48, 1_000_000
_COLUMNS, _TEXTS = "-columns", "-texts"


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
        facts: Which of the facts in the texts are what; they decide what spans records.
        texts: What the records say, empty unless that was asked for; drafts say nothing.
    """

    reads: list[FileRead]
    unproved: list[int]
    facts: Facts
    texts: Texts = Texts(b"", b"", [], b"", [])


class Chunks:
    """Puts files together into tasks, so that the same files make the same task whatever stands around them."""

    def __init__(self, data: Path, hashes: Mapping[str, str], program: str, shelf: Shelf) -> None:
        """What all tasks depend on.

        Args:
            data: The data folder.
            hashes: Of what the files hold, by their paths in it.
            program: A hash of all that reads them.
            shelf: Where what they come to is kept.
        """
        self._data = data
        self._hashes = hashes
        self._program = program
        self._shelf = shelf
        self._made: list[Chunk] = []

    def of(self, files: Iterable[tuple[str, Path]], vocabulary: Vocabulary) -> Iterator[Chunk]:
        """The files in chunks: a few dozen each, and fewer where they are long, as a list is."""
        some: list[tuple[str, str, str]] = []
        size = 0
        for folder, path in files:
            some.append((folder, str(path), self._hashes.get(path.relative_to(self._data).as_posix(), "")))
            size += path.stat().st_size
            if size >= _MOST or len(some) >= 3 * _FILES or crc32(os.fsencode(path.name)) % _FILES == 0:
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
        self._shelf.sweep({chunk.key + part for chunk in self._made for part in ("", _COLUMNS, _TEXTS)})


def examine(chunk: Chunk, with_texts: bool = True) -> Shard:
    """The map, unless it is known already what it would give.

    What the records say is by far the most of it, and lies apart, so that whoever has no need of it does not read it.
    """
    made = _Made(chunk)
    shard = made.shard()
    return shard._replace(texts=made.texts()) if with_texts else shard


def columns(chunk: Chunk) -> tuple[Facts, Columns]:
    """Which facts the records of a chunk are, and what they say by its properties, each packed by itself: few are read."""
    return _Made(chunk).columns()


class _Made:
    """What a chunk comes to: each part is read where it is kept, and if one is not, all are made."""

    def __init__(self, chunk: Chunk) -> None:
        self._chunk = chunk
        self._parts: dict[str, Any] = {}

    def shard(self) -> Shard:
        shard: Shard = self._get("")
        return shard

    def columns(self) -> tuple[Facts, Columns]:
        columns: tuple[Facts, Columns] = self._get(_COLUMNS)
        return columns

    def texts(self) -> Texts:
        texts: Texts = self._get(_TEXTS)
        return texts

    def _get(self, part: str) -> Any:
        if part not in self._parts:
            found = self._chunk.shelf.find(self._chunk.key + part)
            if found is not None:
                return found
            shard, columns, texts = _examine(self._chunk)
            self._parts = {"": shard, _COLUMNS: (shard.facts, columns), _TEXTS: texts}
            if self._is_sure(shard):
                for each, result in self._parts.items():
                    self._chunk.shelf.keep(self._chunk.key + each, result)
        return self._parts[part]

    def _is_sure(self, shard: Shard) -> bool:
        """Whether it is of what was hashed: a file may have changed since then, or while places were looked for in it."""
        return all(
            read.hash == held and (not read.findings or hash_of(Path(path)) == held)
            for read, (_, path, held) in zip(shard.reads, self._chunk.files, strict=True)
        )


def _examine(chunk: Chunk) -> tuple[Shard, Columns, Texts]:
    """The map itself."""
    vocabulary = _vocabulary(chunk.ontology, chunk.schemes)
    (is_proved, _), write = judge(vocabulary.folder), _writer(vocabulary.folder).write
    reads: list[FileRead] = []
    unproved: list[int] = []
    said = []
    for number, (folder, path, _) in enumerate(chunk.files):
        read = read_file(folder, Path(path), vocabulary)
        reads.append(read)
        if read.record is None or read.is_draft:
            continue
        read.findings.extend(record_findings(read.record, path))
        groups = list(grouped(read.record, vocabulary))
        said.append(groups)
        if not is_proved(part for _, part in groups):
            unproved.append(number)
    texts, columns = write(said)
    return Shard(reads, unproved, facts_of(columns)), {name: igzip.compress(quads, 1) for name, quads in columns.items()}, texts


def record_findings(record: Record, path: str) -> Iterator[Finding]:
    """What is wrong within one record, at its place in its file."""
    for pointer, rule, problem, mend in faults(record):
        yield Finding(path, *place(path, pointer), rule, problem, mend)


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


@cache
def _vocabulary(ontology: Path, schemes: tuple[Scheme, ...]) -> Vocabulary:
    vocabulary = load_vocabulary(ontology)
    return vocabulary.extended(schemes) if schemes else vocabulary
