"""The map on a cluster: lines of shards become what `synthkg.checks` makes of the files of records on one machine.

It is the same function. It reads files, so a worker writes some lines as files into a folder of its own first, which costs less
than a tenth of what the function does with them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeVar

from synthkg.cache import Shelf, program
from synthkg.catalog import Catalog, Mention, RecordFile, read_file
from synthkg.checks import Chunks, Explanations, draft_findings, map_files, validate
from synthkg.errors import SynthkgError
from synthkg.files import temporary_folder
from synthkg.findings import Finding
from synthkg.model import Paper, ReadingList, Record, Scheme, Vocabulary, load_vocabulary
from synthkg.scale.shards import Line
from synthkg.workers import without_garbage_collection

__all__ = ["Mapped", "Settings", "agreed", "made_by", "map_lines", "named", "read_papers"]

_FILES, _BYTES = 192, 1_000_000

Result = TypeVar("Result")


class Settings(NamedTuple):
    """What all workers must have.

    Attributes:
        program: A hash of the program, the ontology and the saved queries.
        schemes: The concept schemes of the data's own.
    """

    program: str
    schemes: tuple[Scheme, ...]


class Mapped(NamedTuple):
    """What a file of a record comes to, as far as what follows needs it.

    Attributes:
        key: Folder and id.
        quads: What it says, as N-Quads; nothing of a draft, or where nothing could be read.
        findings: What is wrong with it alone.
        as_draft: What is still open in a draft, to be told if all that it mentions is there.
        mentions: What it mentions, by folder and id.
        record: What links and likenesses need of a paper, and a list; None of others.
        formerly: Its former ids.
        is_read: Whether it gave a record.
    """

    key: str
    quads: bytes
    findings: list[Finding]
    as_draft: list[Finding]
    mentions: list[Mention]
    record: Record | None
    formerly: tuple[str, ...]
    is_read: bool


@cache
def made_by() -> str:
    """A hash of the program, the ontology and the saved queries that are installed here."""
    return program()


def agreed(settings: Settings) -> Vocabulary:
    """The vocabulary that is installed here.

    Raises:
        SynthkgError: It, or the program, is not that of the driver.
    """
    if made_by() != settings.program:
        raise SynthkgError("a worker has another synthkg than the driver; install the same version on all machines")
    return load_vocabulary().extended(settings.schemes) if settings.schemes else load_vocabulary()


def map_lines(settings: Settings, lines: Iterable[Line]) -> Iterator[Mapped]:
    """The map.

    Raises:
        SynthkgError: See `agreed`.
    """
    vocabulary = agreed(settings)
    with without_garbage_collection():
        for some in _batches(lines):
            with temporary_folder() as data:
                yield from _examined(data, [(line, line.write(data)) for line in some], vocabulary)


def read_papers(settings: Settings, lines: Iterable[Line]) -> Iterator[Paper]:
    """The papers that can be read, as far as links need them; no drafts.

    Raises:
        SynthkgError: See `agreed`.
    """
    vocabulary = agreed(settings)
    with temporary_folder() as folder:
        for line in lines:
            path = line.write(folder)
            read = read_file(line.folder, path, vocabulary)
            path.unlink()
            paper = None if read.is_draft else _slim(read.record)
            if isinstance(paper, Paper):
                yield paper


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    some: list[Line] = []
    size = 0
    for line in lines:
        some.append(line)
        size += len(line.text)
        if len(some) >= _FILES or size >= _BYTES:
            yield some
            some, size = [], 0
    if some:
        yield some


def _examined(data: Path, files: list[tuple[Line, Path]], vocabulary: Vocabulary) -> Iterator[Mapped]:
    catalog = Catalog(data, vocabulary)
    reads, unproved, quads = [], [], []
    paths = (RecordFile(line.folder, line.id, str(path)) for line, path in files)
    for chunk in Chunks({}, "", Shelf("", None)).of(paths, vocabulary):
        mapped = map_files(chunk)
        shard, said_there = mapped.shard, mapped.quads
        unproved += [shard.reads[number].record for number in shard.unproved]
        reads += shard.reads
        start = 0
        for _, size, _ in said_there.records:
            quads.append(said_there.text[start : start + size])
            start += size
    for (line, path), read in zip(files, reads, strict=True):
        if read.record is not None:
            (catalog.drafts if read.is_draft else catalog.records)[line.folder][path.stem] = read.record
        catalog.findings.extend(read.findings)
    found: dict[str, list[Finding]] = defaultdict(list)
    open_: dict[str, list[Finding]] = defaultdict(list)
    for finding in [*catalog.findings, *validate(catalog, [record for record in unproved if record is not None], Explanations())]:
        found[finding.file].append(named(finding, data))
    for finding in draft_findings(catalog, Explanations()):
        open_[finding.file].append(named(finding, data))
    said = iter(quads)
    for (line, path), read in zip(files, reads, strict=True):
        is_stated = read.record is not None and not read.is_draft
        yield Mapped(
            line.key,
            next(said) if is_stated else b"",
            found[str(path)],
            open_[str(path)],
            read.mentions,
            _slim(read.record) if is_stated else None,
            read.record.formerly if read.record is not None and is_stated else (),
            read.record is not None,
        )


def named(finding: Finding, data: Path) -> Finding:
    """A finding that names its file within the data folder."""
    return replace(finding, file=finding.file.removeprefix(f"{data}/"))


def _slim(record: Record | None) -> Record | None:
    """A record without what only its own triples need."""
    if isinstance(record, Paper):
        return replace(record, evidence=(), syntheses=(), refuted=())
    return record if isinstance(record, ReadingList) else None
