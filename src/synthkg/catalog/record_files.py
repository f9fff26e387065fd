"""A file of a record: what it is called, what it gives when it is read, and where in it something stands."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, TypeVar

from synthkg.catalog.decode import Reading, Reference, read_record
from synthkg.catalog.hashing import content_hash
from synthkg.catalog.links import unreadable
from synthkg.catalog.nodes import Pointer, locate
from synthkg.catalog.packs import Packed
from synthkg.catalog.reader import Mention, read_canonical
from synthkg.errors import UnreadableError
from synthkg.files import read_text
from synthkg.findings import Finding
from synthkg.model import RECORD_TYPES, Record, Vocabulary

__all__ = ["TYPES", "FileRead", "RecordFile", "file_of", "place", "read_file", "read_one", "record_path", "references_in"]

TYPES = {kind.folder: kind for kind in RECORD_TYPES}
"""The types of records by the folders in which their files are."""
R = TypeVar("R", bound=Record)


class RecordFile(NamedTuple):
    """A file of a record: the folder that it is in, the record's id, and its path. A folder may have a million."""

    folder: str
    id: str
    path: str


class FileRead(NamedTuple):
    """What a file of a record gave: the record, unless the findings leave none, what it was called, and its mentions of others.

    ``hash`` is of what was read, as `contents` gives it, empty where nothing was.
    """

    held: Record | Packed | None
    is_draft: bool
    findings: list[Finding]
    formerly: tuple[str, ...]
    mentions: list[Mention]
    hash: str

    @property
    def record(self) -> Record | None:
        """The record as an object."""
        return self.held.record if isinstance(self.held, Packed) else self.held


def record_path(data: Path, record: Record) -> Path:
    """Where a record lives."""
    return file_of(data, record.folder, record.id)


def file_of(data: Path, folder: str, id: str) -> Path:
    """Where the record of an id lives."""
    return data / folder / f"{id}.yaml"


def read_file(folder: str, path: Path, vocabulary: Vocabulary) -> FileRead:
    """Reads one file of a folder of records."""
    reading = Reading(str(path), vocabulary)
    if (text := _read_text(path, reading)) is None:
        return FileRead(None, False, reading.findings, (), [], "")
    hash = content_hash(text.encode())
    if (found := read_canonical(TYPES[folder], path.stem, text, vocabulary)) is not None:
        return FileRead(found.record, False, [], found.record.formerly, found.mentions, hash)
    record: Record | None = read_record(TYPES[folder], path.stem, text, reading)
    mentions = [(each.folder, each.id) for each in reading.references]
    formerly = () if record is None else record.formerly
    return FileRead(record, reading.is_draft, reading.findings, formerly, mentions, hash)


def references_in(folder: str, path: Path, vocabulary: Vocabulary) -> list[Reference]:
    """The mentions in a file with their places."""
    reading = Reading(str(path), vocabulary)
    read_one(TYPES[folder], path, reading)
    return reading.references


def place(path: str, pointer: Pointer) -> tuple[int, int]:
    """Line and column of the value that ``pointer`` leads to in a file."""
    return locate(read_text(Path(path)), pointer)


def read_one(kind: type[R], path: Path, reading: Reading) -> R | None:
    """The record of a file, as a person may have written it, or None where the findings leave none."""
    text = _read_text(path, reading)
    return None if text is None else read_record(kind, path.stem, text, reading)


def _read_text(path: Path, reading: Reading) -> str | None:
    try:
        return read_text(path)
    except UnreadableError as error:
        reading.findings.append(unreadable(path, error))
        return None
