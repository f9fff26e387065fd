"""The map: a file of a record becomes all that can be known of it alone.

One pure function of some files, applied by all cores: what they say is read, judged and written as text, record by record. What
spans records comes afterwards, and needs of it only what is returned here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from synthkg.cache import Shelf, fingerprint
from synthkg.catalog import FileRead, hash_of, place, read_file
from synthkg.checks.decisions import ShapesNotCompiled
from synthkg.checks.faults import faults
from synthkg.checks.proving import Prover
from synthkg.findings import Finding
from synthkg.graph import Facts, Said, Texts, Writer, grouped
from synthkg.model import Record, Scheme, Vocabulary, load_vocabulary

__all__ = ["Chunk", "Chunks", "Shard", "examine", "judge", "record_findings"]

_FILES, _MOST = 48, 1_000_000
_TEXTS = "-texts"


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
        reads: What was read in each, with the rules within one record applied.
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

    def __init__(self, data: Path, hashes: Mapping[str, str], program: str) -> None:
        """What all tasks depend on.

        Args:
            data: The data folder.
            hashes: Of what the files hold, by their paths in it.
            program: A hash of all that reads them.
        """
        self._data = data
        self._hashes = hashes
        self._program = program
        self._shelf = Shelf("shards", data)
        self.made: list[Chunk] = []
        """Those that were made so far."""

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
        self.made.append(chunk)
        return chunk

    def sweep(self) -> None:
        """Forgets what was made of other files than these."""
        self._shelf.sweep({key for chunk in self.made for key in (chunk.key, chunk.key + _TEXTS)})


def examine(chunk: Chunk, with_texts: bool = True) -> Shard:
    """The map, unless it is known already what it would give.

    What the records say is by far the most of it, and lies apart, so that whoever has no need of it does not read it.
    """
    made = cache(partial(_examine, chunk))

    def is_sure(_: object) -> bool:  # a file may have changed since it was hashed, or read, if places were looked for in it
        shard, _ = made()
        return all(
            read.hash == held and (not read.findings or hash_of(Path(path)) == held)
            for read, (_, path, held) in zip(shard.reads, chunk.files, strict=True)
        )

    shard = chunk.shelf.get(chunk.key, lambda: made()[0], is_sure)
    if with_texts or made.cache_info().currsize:
        shard = shard._replace(texts=chunk.shelf.get(chunk.key + _TEXTS, lambda: made()[1], is_sure))
    return shard


def _examine(chunk: Chunk) -> tuple[Shard, Texts]:
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
    texts, facts = write(said)
    return Shard(reads, unproved, facts), texts


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
