"""A list through time: one sequence of all that its snapshots ever printed, each piece with the snapshots that print it.

Such a weave (M. J. Rochkind, The Source Code Control System, 1975) stores a line once, however many snapshots have it, and gives
any snapshot back by leaving out what it does not print. Numbers are given by the snapshot of first appearance and then by order,
so that no later snapshot changes the number of a line, a heading or a row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from itertools import groupby
from typing import Any

from synthkg.catalog.layout import fields, write_line
from synthkg.errors import UsageError
from synthkg.model import CELLS, Block, Entry, Padding, ReadingList, Snapshot, restore_controls

__all__ = [
    "FIRST",
    "Strand",
    "Table",
    "checksum",
    "print_snapshot",
    "print_snapshots",
    "rename_snapshot",
    "require_snapshot_id",
    "snapshot_ids",
    "stretch_faults",
    "tables",
    "turned",
    "weave",
    "with_bare_newlines",
]

FIRST = "first"
"""The id of the one snapshot of a list that names none."""

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_ID = re.compile(r"(?!latest\Z)[A-Za-z0-9][A-Za-z0-9._~-]*")  # what an address has as it is, so that views find it
_IDS = 'write letters, digits, ".", "_", "~" and "-"; "latest" is the newest, whatever its name, and "first" the oldest'


@dataclass(frozen=True, slots=True)
class Strand:
    """One line of the weave: a line of text, of a heading, or a row.

    Attributes:
        at: Where it stands in the record: the block's index, and the entry's for a row.
        first: The number of the first snapshot that prints it, from 1.
        last: That of the last one, or None while the newest prints it.
        line: Its number among all lines, given once; in the first snapshot that of the line of the document.
        text: The line of text or heading, with its newline; empty for a row.
        heading: The number of the section that begins here, given once, or None.
        entry: The row, or None.
        number: The row's number.
    """

    at: tuple[int, int | None]
    first: int
    last: int | None
    line: int
    text: str = ""
    heading: int | None = None
    entry: Entry | None = None
    number: int = 0

    def is_in(self, snapshot: int) -> bool:
        """Whether a snapshot, by its number, prints it."""
        return self.first <= snapshot and (self.last is None or snapshot <= self.last)

    @property
    def bare(self) -> str:
        """The line of text without what ends it, as an erratum quotes it."""
        return self.text.removesuffix("\n").removesuffix("\r")


@dataclass(frozen=True, slots=True)
class Table:
    """The widths of a block's columns in a stretch of snapshots."""

    first: int
    last: int | None
    widths: tuple[int, ...]


def snapshot_ids(record: ReadingList) -> tuple[str, ...]:
    """The ids of the snapshots, oldest first."""
    return tuple(snapshot.id for snapshot in record.snapshots) or (FIRST,)


def require_snapshot_id(id: str, number: int) -> str:
    """The id, if a snapshot of that number, from 1, can have it.

    Raises:
        UsageError: It cannot.
    """
    if not _is_id(id, number):
        raise UsageError(f'"{id}" is no id of this snapshot; {_IDS}')
    return id


def _is_id(id: str, number: int) -> bool:
    return _ID.fullmatch(id) is not None and (id != FIRST or number == 1)


def weave(record: ReadingList) -> list[Strand]:
    """All lines of a list, in order.

    Raises:
        ValueError: A piece names a snapshot that the record does not have, or ends before it begins.
    """
    ids = snapshot_ids(record)
    loose = [strand for index, block in enumerate(record.content) for strand in _strands(block, index, ids)]
    order = sorted(range(len(loose)), key=lambda place: (loose[place].first, place))
    sections = entries = lines = 0
    done: dict[int, Strand] = {}
    for place in order:
        strand = loose[place]
        line = lines + 1
        if strand.entry is not None:
            lines += _newlines(record.content[strand.at[0]], strand.entry)
            number = entries + 1 if strand.entry.number is None else strand.entry.number
            entries = max(entries, number)
            done[place] = replace(strand, line=line, number=number)
            continue
        lines += 1
        sections += strand.heading is not None
        done[place] = replace(strand, line=line, heading=None if strand.heading is None else sections)
    return [done[place] for place in range(len(loose))]


def _newlines(block: Block, entry: Entry) -> int:
    """How many lines a row ends: one as a rule, none where another row follows in its line, several where it is folded."""
    row = (block.row if entry.row is None else entry.row) or ""
    said = (row, "\n" if entry.end is None else entry.end, *(getattr(entry, field) or "" for field in fields(row)))
    return sum(text.count("\n") for text in said)


def stretch_faults(record: ReadingList) -> Iterator[tuple[tuple[str | int, ...], str, str, str]]:
    """What is wrong with the snapshots of a list: pointer, rule, problem and mend. Without any of these `weave` never fails."""
    ids = snapshot_ids(record)
    for number, id in enumerate(ids):
        if not _is_id(id, number + 1):
            yield ("snapshots", number), "bad-snapshot", f'"{id}" is no id of this snapshot', _IDS
        if id in ids[:number]:
            yield ("snapshots", number), "duplicate-snapshot", f'there are two snapshots "{id}"', "give one of them another id"
    known = " ".join(ids)
    for at, piece in _bounds(record):
        named = [(key, getattr(piece, key, None)) for key in ("since", "until")]
        unknown = [(key, id) for key, id in named if id is not None and id not in ids]
        for key, id in unknown:
            yield (*at, key), "unknown-snapshot", f'the list has no snapshot "{id}"', f"write one of: {known}"
        since, until = (ids.index(id) if id in ids else None for _, id in named)
        if not unknown and since is not None and until is not None and until < since:
            yield (*at, "until"), "unknown-snapshot", f'"{named[1][1]}" is before "{named[0][1]}"', "write a later snapshot"


def _bounds(record: ReadingList) -> Iterator[tuple[tuple[str | int, ...], Block | Entry | Padding]]:
    for index, block in enumerate(record.content):
        yield ("content", index), block
        for number, padding in enumerate(block.paddings):
            yield ("content", index, "paddings", number), padding
        for number, entry in enumerate(block.entries):
            yield ("content", index, "entries", number), entry


def _strands(block: Block, index: int, ids: tuple[str, ...]) -> Iterator[Strand]:
    first, last = _stretch(block.since, block.until, ids)
    if block.heading is not None:
        heading = block.heading + ("\n" if block.end is None else block.end)
        for number, line in enumerate(_LINE.findall(heading)):
            yield Strand((index, None), first, last, 0, line, 0 if number == 0 else None)
    for line in _LINE.findall(block.text or ""):
        yield Strand((index, None), first, last, 0, line)
    for number, entry in enumerate(block.entries):
        first_, last_ = _stretch(entry.since or block.since, entry.until or block.until, ids)
        yield Strand((index, number), first_, last_, 0, entry=entry)


def _stretch(since: str | None, until: str | None, ids: tuple[str, ...]) -> tuple[int, int | None]:
    for id in (since, until):
        if id is not None and id not in ids:
            raise ValueError(f'there is no snapshot "{id}"')
    first = ids.index(since) + 1 if since else 1
    last = ids.index(until) + 1 if until else None
    if last is not None and last < first:
        raise ValueError(f'"{until}" is before "{since or ids[0]}"')
    return first, None if last == len(ids) else last


def rename_snapshot(record: ReadingList, oldest: Snapshot) -> ReadingList:
    """The list, of whose oldest snapshot other things are said: its id, its day."""
    old = record.snapshots[0].id

    def named(id: str | None) -> str | None:
        return oldest.id if id == old else id

    def told(block: Block) -> Block:
        entries = tuple(replace(each, since=named(each.since), until=named(each.until)) for each in block.entries)
        paddings = tuple(replace(each, since=named(each.since) or each.since) for each in block.paddings)
        return replace(block, since=named(block.since), until=named(block.until), entries=entries, paddings=paddings)

    return replace(record, snapshots=(oldest, *record.snapshots[1:]), content=tuple(map(told, record.content)))


def turned(record: ReadingList) -> ReadingList:
    """The list with its time turned round, the newest of its snapshots first, so that what is older can be woven in behind.

    Rows keep their numbers. Lines and headings are numbered by the snapshot of first appearance, and so anew; errata go on naming
    the same lines.
    """
    ids = snapshot_ids(record)
    strands = weave(record)
    numbers = {strand.at: strand.number for strand in strands}
    content = []
    for index, block in enumerate(record.content):
        newest, *others = reversed(tables(block, ids))
        paddings = tuple(Padding(since=ids[(each.last or 0) - 1], widths=each.widths) for each in others)
        entries = tuple(
            replace(entry, number=numbers[index, place], since=entry.until, until=entry.since)
            for place, entry in enumerate(block.entries)
        )
        block = replace(block, since=block.until, until=block.since, widths=newest.widths, paddings=paddings, entries=entries)
        content.append(block)
    new = replace(record, snapshots=record.snapshots[::-1], content=tuple(content))
    lines = {old.line: other.line for old, other in zip(strands, weave(new), strict=True) if old.entry is None}
    errata = tuple(replace(each, line=lines.get(each.line or 0, each.line)) for each in record.errata)
    return replace(_unnumbered(new), errata=errata)


def with_bare_newlines(record: ReadingList) -> ReadingList:
    """The same list, in whose record each newline stands as it is in the document, so that snapshots may end lines otherwise."""
    if record.newline == "\n":
        return record

    def spelled(text: str | None) -> str | None:
        return None if text is None else text.replace("\n", record.newline)

    def ended(end: str | None) -> str | None:
        return record.newline if end is None else spelled(end)

    def row(entry: Entry) -> Entry:
        cells: dict[str, Any] = {name: spelled(getattr(entry, name)) for name in CELLS}
        return replace(entry, row=spelled(entry.row), end=ended(entry.end), **cells)

    content = tuple(
        replace(
            block,
            text=spelled(block.text),
            heading=spelled(block.heading),
            end=None if block.heading is None else ended(block.end),
            row=spelled(block.row),
            entries=tuple(map(row, block.entries)),
        )
        for block in record.content
    )
    errata = tuple(replace(each, published=each.published.replace("\n", record.newline)) for each in record.errata)
    return replace(record, newline="\n", content=content, errata=errata)


def _unnumbered(record: ReadingList) -> ReadingList:
    """The list without the numbers that rows of its first snapshot have by their order."""
    content = [list(block.entries) for block in record.content]
    entries = 0
    for strand in weave(record):
        if strand.entry is None or strand.first > 1:
            continue
        if strand.number == entries + 1:
            block, place = strand.at[0], strand.at[1] or 0
            content[block][place] = replace(strand.entry, number=None)
        entries = max(entries, strand.number)
    blocks = (replace(block, entries=tuple(rows)) for block, rows in zip(record.content, content, strict=True))
    return replace(record, content=tuple(blocks))


def tables(block: Block, ids: tuple[str, ...]) -> list[Table]:
    """The widths of a block's columns, stretch by stretch."""
    starts = [(1, block.widths), *((ids.index(padding.since) + 1, padding.widths) for padding in block.paddings)]
    ends = [start - 1 for start, _ in starts[1:]]
    return [Table(start, end, widths) for (start, widths), end in zip(starts, [*ends, None], strict=True)]


def print_snapshot(record: ReadingList, snapshot: int) -> str:
    """A snapshot as it was printed.

    Args:
        record: The list.
        snapshot: Its number, from 1.
    """
    ids = snapshot_ids(record)
    strands = (strand for strand in weave(record) if strand.is_in(snapshot))
    return restore_controls("".join(_print(record, strand, _widths(record, strand, ids, snapshot)) for strand in strands))


def print_snapshots(record: ReadingList) -> Iterator[str]:
    """Every snapshot as it was printed, oldest first, one at a time: a long history is larger than memory, its weave is not."""
    ids = snapshot_ids(record)
    lines = list(_printed(record, ids))
    for number in range(1, len(ids) + 1):
        yield restore_controls("".join(line for first, last, line in lines if first <= number <= last))


def checksum(text: str) -> str:
    r"""The checksum of a snapshot, given what it prints; a record written by hand may print what UTF-8 has not.

    >>> checksum("a\ud800") == checksum("a")
    False
    """
    return sha256(text.encode(errors="surrogatepass")).hexdigest()


def _printed(record: ReadingList, ids: tuple[str, ...]) -> Iterator[tuple[int, int, str]]:
    """Each line of the weave, with the first and the last snapshot that print it so: with the same widths."""
    for strand in weave(record):
        printing = range(strand.first, (strand.last or len(ids)) + 1)
        for widths, numbers in groupby(printing, partial(_widths, record, strand, ids)):
            stretch = list(numbers)
            yield stretch[0], stretch[-1], _print(record, strand, widths)


def _widths(record: ReadingList, strand: Strand, ids: tuple[str, ...], snapshot: int) -> tuple[int, ...]:
    """The widths of the columns around a line in a snapshot."""
    block = record.content[strand.at[0]]
    if not block.paddings:
        return block.widths
    return next(each.widths for each in reversed(tables(block, ids)) if each.first <= snapshot)


def _print(record: ReadingList, strand: Strand, widths: tuple[int, ...]) -> str:
    """A line as a snapshot with these widths prints it."""
    if strand.entry is None:
        return strand.text.replace("\n", record.newline)
    return write_line(replace(record.content[strand.at[0]], widths=widths), strand.entry, record.newline)
