"""Records -> files: new ones, changed ones, and those that are not in canonical form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from synthkg.catalog.canonical import dump, reformat, reformat_draft
from synthkg.catalog.decode import Reading, read_record
from synthkg.catalog.folder import Catalog
from synthkg.catalog.record_files import record_path
from synthkg.catalog.values import SLUG
from synthkg.errors import BuildRefused, UsageError
from synthkg.files import locked, read_text, write_together
from synthkg.findings import Finding
from synthkg.model import Record, singular

__all__ = ["partly_read", "require_id", "require_new", "unformatted", "write_changed", "write_records"]


def require_id(id: str) -> str:
    """The id, if it can be one.

    Raises:
        UsageError: It cannot.
    """
    if not SLUG.fullmatch(id):
        mend = "write lower-case letters, digits and single hyphens, at most 200, and not con, prn, aux, nul, com1 or lpt1"
        raise UsageError(f'"{id}" is no id; {mend}')
    return id


def require_new(catalog: Catalog, records: Iterable[Record]) -> None:
    """Sees to it that no new record gets an id that another had: what names it would mean another thing.

    Raises:
        UsageError: One does.
    """
    former: dict[type[Record], dict[str, Record]] = {}
    for record in records:
        kind = type(record)
        if kind not in former:
            former[kind] = {old: other for other in catalog.known(kind).values() for old in other.formerly}
        if other := former[kind].get(record.id):
            mend = f"an id is never given away, so choose another for the new {singular(kind.folder)}"
            raise UsageError(f'had the id "{record.id}" (formerly); {mend}', str(catalog.path(other)))


def write_records(data: Path, records: Sequence[Record], beside: Mapping[Path, str] | None = None) -> list[Path]:
    """Writes new records and what is to stand beside them (path -> text), all of it or nothing.

    Raises:
        UnreadableError: One of the files exists and says something else; nothing is written then.
        UsageError: An id cannot be one.
    """
    files = {record_path(data, record): dump(record) for record in records if require_id(record.id)} | dict(beside or {})
    write_together(files)
    return list(files)


def write_changed(catalog: Catalog, records: Iterable[Record], new: Sequence[Record] = ()) -> list[Path]:
    """Writes records over those that were read, comments kept, and new ones, all of it or nothing; gives the files written over.

    Raises:
        BuildRefused: A file was changed since it was read, or says what its record has not; nothing is written then.
        UnreadableError: One of the new files exists and says something else; nothing is written then.
    """
    with locked(catalog.data):  # or of two runs that look at a file at once, one would write over what the other wrote
        changed = {catalog.path(record): _rewritten(catalog, record) for record in records}
        write_together({record_path(catalog.data, record): dump(record) for record in new if require_id(record.id)}, changed)
    return list(changed)


def _rewritten(catalog: Catalog, record: Record) -> str:
    """The new text of a record's file."""
    path = catalog.path(record)
    text = read_text(path)
    reading = _unchanged(catalog, catalog.known(type(record))[record.id], text)
    if reading.lost:
        lost = min(reading.lost)
        raise BuildRefused(f"{lost.problem}, so what stands here would be lost; {lost.mend}; nothing was written", lost.where)
    return _form(record)(text, record)


def _unchanged(catalog: Catalog, record: Record, text: str) -> Reading:
    """The reading of the file of a record of the catalog, which still says what was read in it."""
    path = catalog.path(record)
    reading = Reading(str(path), catalog.vocabulary)
    if read_record(type(record), record.id, text, reading) != record:
        raise BuildRefused("was changed meanwhile; nothing was written, run it again", str(path))
    return reading


def partly_read(catalog: Catalog, records: Iterable[Record]) -> dict[str, Finding]:
    """The drafts whose files say what cannot be read and would be lost if they were written anew: id -> the first such fault."""
    found = {}
    for record in records:
        if getattr(record, "draft", False):
            reading = Reading(str(catalog.path(record)), catalog.vocabulary)
            read_record(type(record), record.id, read_text(catalog.path(record)), reading)
            if reading.lost:
                found[record.id] = min(reading.lost)
    return found


def unformatted(catalog: Catalog) -> Iterator[tuple[Path, str]]:
    """Each file that is not in canonical form, with its canonical text; a draft that is not wholly read keeps its own.

    Raises:
        BuildRefused: A file was changed since it was read.
    """
    told = {finding.file for finding in catalog.findings}
    drafts = (draft for known in catalog.drafts.values() for draft in known.values() if str(catalog.path(draft)) not in told)
    for record in chain(catalog, drafts):
        path = catalog.path(record)
        text = read_text(path)
        if (canonical := _form(record)(text, record)) != text:
            _unchanged(catalog, record, text)
            yield path, canonical


def _form(record: Record) -> Callable[[str, Record], str]:
    return reformat_draft if getattr(record, "draft", False) else reformat
