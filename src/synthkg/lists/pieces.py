"""The weave of a list's snapshots in pieces, a line or row each, out of a record and back into its blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from synthkg.catalog import Strand, snapshot_ids, weave
from synthkg.model import CELLS, Block, Entry, Padding, ReadingList

__all__ = ["Piece", "blocks_of", "paddings_of", "pieces_of", "table_of"]


@dataclass(slots=True)
class Piece:
    """A line or row of the weave that is being made."""

    block: Block
    text: str = ""
    entry: Entry | None = None
    number: int = 0
    since: str | None = None
    until: str | None = None
    table: int = 0

    @property
    def key(self) -> tuple[str, ...]:
        """What two pieces that print the same, but for the blanks that fill a column, have in common."""
        if self.entry is None:
            return ("heading" if self.block.heading is not None else "text", self.text)
        entry = self.entry
        cells = (f"{getattr(entry, name)!r}" for name in CELLS)
        return ("row", *cells, entry.row or self.block.row or "", "\n" if entry.end is None else entry.end)


def pieces_of(record: ReadingList) -> Iterator[Piece]:
    """The weave of a record, piece by piece, with what each says of its snapshots."""
    ids = snapshot_ids(record)
    for strand in weave(record):
        block = record.content[strand.at[0]]
        if strand.heading is None and block.heading is not None and strand.entry is None and strand.text:
            continue  # the second line of a heading is part of it
        since = ids[strand.first - 1] if strand.first > 1 else None
        until = ids[strand.last - 1] if strand.last is not None else None
        text = _heading(block) if strand.heading is not None else strand.text
        yield Piece(block, text, strand.entry, strand.number, since, until, table_of(strand))


def _heading(block: Block) -> str:
    return (block.heading or "") + ("\n" if block.end is None else block.end)


def table_of(strand: Strand) -> int:
    """The number of a row's table in the document, from 1; 0 of a line of text."""
    return strand.at[0] + 1 if strand.entry is not None else 0


def _has_row(piece: Piece) -> bool:
    return piece.entry is not None and piece.entry.row is not None


def paddings_of(stays: dict[int, Piece], new: list[Piece]) -> dict[int, tuple[int, ...]]:
    """Old table -> the widths of its columns in the new snapshot, where rows of it stay."""
    return {old.table: new[index].block.widths for index, old in stays.items() if old.table and not _has_row(old)}


def blocks_of(woven: list[Piece], id: str, paddings: dict[int, tuple[int, ...]], apart: set[int]) -> Iterator[Block]:
    """The pieces as blocks: stretches of text that share their snapshots, headings, and tables with all of their rows."""
    tables = _group_tables(woven, id, paddings, apart)
    start = 0
    while start < len(woven):
        end = start + 1
        while end < len(woven) and tables[end] == tables[start] and (tables[start] or not _cuts(woven[end - 1], woven[end])):
            end += 1
        stretch = woven[start:end]
        yield _text_block(stretch) if stretch[0].entry is None else _table_block(stretch, id, paddings)
        start = end


def _group_tables(woven: list[Piece], id: str, paddings: dict[int, tuple[int, ...]], apart: set[int]) -> list[int]:
    """For each piece the table that it goes into, 0 for text: a new row joins the table beside it where it prints there alike.

    The tables of the record have their numbers, new ones the numbers below 0.
    """
    groups: list[int] = []
    for index, piece in enumerate(woven):
        if piece.entry is not None and piece.since == id:
            beside = [woven[at] for at in (index - 1, index + 1) if 0 <= at < len(woven)]
            host = next((other for other in beside if piece.table not in apart and _fits(piece, other, id, paddings)), None)
            if host is not None:
                piece.block, piece.table, piece.since = host.block, host.table, id
                groups.append(groups[-1] if host is beside[0] and groups else host.table)
                continue
            groups.append(-piece.table)
            continue
        groups.append(piece.table if piece.entry is not None else 0)
    return groups


def _fits(piece: Piece, other: Piece, id: str, paddings: dict[int, tuple[int, ...]]) -> bool:
    """Whether a new row would print alike in the table of another row that the record has."""
    if other.entry is None or (other.since == id and other.table == piece.table and other.block is piece.block):
        return False
    return piece.block.row == other.block.row and piece.block.widths == paddings.get(other.table, _widths(other.block))


def _widths(block: Block) -> tuple[int, ...]:
    """The widths of a table's columns in the newest snapshot so far."""
    return block.paddings[-1].widths if block.paddings else block.widths


def _cuts(one: Piece, other: Piece) -> bool:
    """Whether two neighbouring lines of text belong to two blocks."""
    is_heading = one.block.heading is not None or other.block.heading is not None
    return is_heading or (one.since, one.until) != (other.since, other.until)


def _text_block(stretch: list[Piece]) -> Block:
    first = stretch[0]
    if first.block.heading is not None:
        return replace(first.block, since=first.since, until=first.until)
    return Block(text="".join(piece.text for piece in stretch), since=first.since, until=first.until)


def _table_block(stretch: list[Piece], id: str, paddings: dict[int, tuple[int, ...]]) -> Block:
    block, table = stretch[0].block, stretch[0].table
    is_new = all(piece.since == id for piece in stretch)
    entries = []
    for piece in stretch:
        assert piece.entry is not None
        number = piece.number if piece.since is not None or piece.entry.number is not None else None
        entries.append(replace(piece.entry, number=number, since=None if is_new else piece.since, until=piece.until))
    widths = _widths(block) if is_new else paddings.get(table, _widths(block))
    added = (Padding(since=id, widths=widths),) if widths != _widths(block) else ()
    return replace(block, since=id if is_new else None, until=None, paddings=(*block.paddings, *added), entries=tuple(entries))
