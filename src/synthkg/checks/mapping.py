"""The map: a file of a record becomes all that can be known of it alone.

One pure function of some files, applied by all cores: what they say is read, judged and written as text, record by record. What
spans records comes afterwards, and needs of it only what is returned here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from synthkg.catalog import FileRead, place, read_file
from synthkg.checks.decisions import ShapesNotCompiled
from synthkg.checks.faults import faults
from synthkg.checks.proving import Prover
from synthkg.findings import Finding
from synthkg.graph import Said, Texts, Writer, grouped
from synthkg.model import Record, Scheme, Vocabulary, load_vocabulary

__all__ = ["Chunk", "Shard", "chunks", "examine", "judge", "record_findings"]

_BYTES = 400_000


class Chunk(NamedTuple):
    """Some files, and what they are read with.

    Attributes:
        files: Folder and path of each.
        ontology: The folder of the vocabulary.
        schemes: What the data folder adds to it.
    """

    files: tuple[tuple[str, str], ...]
    ontology: Path
    schemes: tuple[Scheme, ...]


class Shard(NamedTuple):
    """What some files come to.

    Attributes:
        reads: What was read in each, with the rules within one record applied.
        unproved: The numbers of the reads whose record is not proved valid.
        texts: What the records say; drafts say nothing.
    """

    reads: list[FileRead]
    unproved: list[int]
    texts: Texts


def chunks(files: Iterable[tuple[str, Path]], vocabulary: Vocabulary) -> Iterator[Chunk]:
    """The files in chunks of about as many bytes, since a list may be as long as forty papers."""
    some: list[tuple[str, str]] = []
    size = 0
    schemes = tuple(vocabulary.own.values())
    for folder, path in files:
        some.append((folder, str(path)))
        size += path.stat().st_size
        if size >= _BYTES:
            yield Chunk(tuple(some), vocabulary.folder, schemes)
            some, size = [], 0
    if some:
        yield Chunk(tuple(some), vocabulary.folder, schemes)


def examine(chunk: Chunk) -> Shard:
    """The map itself."""
    vocabulary = _vocabulary(chunk.ontology, chunk.schemes)
    (is_proved, _), write = judge(vocabulary.folder), _writer(vocabulary.folder).write
    reads: list[FileRead] = []
    unproved: list[int] = []
    said = []
    for number, (folder, path) in enumerate(chunk.files):
        read = read_file(folder, Path(path), vocabulary)
        reads.append(read)
        if read.record is None or read.is_draft:
            continue
        read.findings.extend(record_findings(read.record, path))
        groups = list(grouped(read.record, vocabulary))
        said.append(groups)
        if not is_proved(part for _, part in groups):
            unproved.append(number)
    return Shard(reads, unproved, write(said))


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
