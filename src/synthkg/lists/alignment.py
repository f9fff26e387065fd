"""Which line or row of a list's next snapshot is which of those before.

A row is recognised by its cells, else by its address, else by its title, and keeps its number wherever it moves and whatever
becomes of its cells. A new heading has the concept that all of its title have, or those of its title under the same headings,
else that of which it is a label, else none yet. A line of text that stands elsewhere, or ends otherwise, is another line.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher

from synthkg.lists.pieces import Piece
from synthkg.model import CELLS, Block
from synthkg.works import fold

__all__ = ["align", "cells_of", "concepts_of", "moved_rows", "recognise", "words_between"]

_WORD = re.compile(r"\{\w+\}|\w+")
_NO_WORD = re.compile(r"\{\w+\}|(?!(?:19|20)\d\d$)\d+")


def align(alive: list[Piece], new: list[Piece], apart: set[int]) -> dict[int, Piece]:
    """Index of a new piece -> the piece that it still is."""
    tables = {pair for pair in _joined_tables(alive, new) if pair[1] not in apart}
    matcher = SequenceMatcher(None, [piece.key for piece in alive], [piece.key for piece in new], autojunk=False)
    found: dict[int, Piece] = {}
    for match in matcher.get_matching_blocks():
        for offset in range(match.size):
            old, piece = alive[match.a + offset], new[match.b + offset]
            if old.entry is None or (old.table, piece.table) in tables or (_is_free(old) and _is_free(piece)):
                found[match.b + offset] = old
    return found


def _is_free(piece: Piece) -> bool:
    """Whether the row has its own layout, or a table's that fills no column, so that it prints alike anywhere."""
    return piece.entry is not None and (piece.entry.row is not None or not (piece.block.widths or piece.block.paddings))


def _joined_tables(alive: list[Piece], new: list[Piece]) -> set[tuple[int, int]]:
    """(old table, new table) of those that share most rows, one new table for each old one."""
    shared: dict[tuple[int, int], int] = {}
    where: dict[tuple[str, ...], list[int]] = {}
    for piece in alive:
        if piece.entry is not None:
            where.setdefault(piece.key, []).append(piece.table)
    for piece in new:
        for table in where.get(piece.key, []) if piece.entry is not None else []:
            shared[table, piece.table] = shared.get((table, piece.table), 0) + 1
    found: set[tuple[int, int]] = set()
    for pair in sorted(shared, key=lambda pair: (-shared[pair], pair)):
        if not any(pair[0] == old or pair[1] == other for old, other in found):
            found.add(pair)
    return found


def recognise(known: list[Piece], new: list[Piece], stays: dict[int, Piece]) -> dict[int, Piece]:
    """Index of a new row -> the row that it was: the same cells elsewhere, else the same address, else the same title.

    A row that was gone may come back; of its placements the last one counts.
    """
    kept = {piece.number for piece in stays.values() if piece.entry is not None}
    latest: dict[int, Piece] = {}
    for piece in known:
        if piece.entry is not None and piece.number not in kept:
            latest.setdefault(piece.number, piece)
    left = list(latest.values())
    open_ = [index for index, piece in enumerate(new) if piece.entry is not None and index not in stays]
    found: dict[int, Piece] = {}
    for name in (cells_of, _url, _title):
        by_name: dict[object, list[Piece]] = {}
        for piece in left:
            by_name.setdefault(name(piece), []).append(piece)
        for index in open_:
            if index not in found and (sign := name(new[index])) and by_name.get(sign):
                found[index] = by_name[sign].pop(0)
        taken = {id(piece) for piece in found.values()}
        left = [piece for piece in left if id(piece) not in taken]
    return found


def cells_of(piece: Piece) -> object:
    """What the cells say; an empty one says what one that is not there does."""
    return tuple(getattr(piece.entry, name) or "" for name in CELLS)


def words_between(old: Piece, new: Piece) -> tuple[str, str]:
    """The words beside the cells of a row that went, and those that came: a note, a year, authors.

    Other numbers do not count: where rows are numbered, one row more would change all below it.
    """
    before, after = _beside(old), _beside(new)
    return " ".join((before - after).elements()), " ".join((after - before).elements())


def _beside(piece: Piece) -> Counter[str]:
    row = (piece.entry.row if piece.entry else None) or piece.block.row or ""
    return Counter(word for word in _WORD.findall(row) if not _NO_WORD.fullmatch(word))


def _url(piece: Piece) -> object:
    return piece.entry.url if piece.entry else None


def _title(piece: Piece) -> object:
    return fold(piece.entry.title or "") if piece.entry else None


def concepts_of(pieces: list[Piece], alive: list[Piece], new: list[Piece], stays: dict[int, Piece]) -> dict[int, str | None]:
    """Index of a heading that is new, or stands under other headings now -> the concept that was decided for what it says.

    Where headings of one title name different concepts, the headings around them tell which is meant, or nothing does.
    """
    titled: defaultdict[str | None, set[str | None]] = defaultdict(set)
    within: defaultdict[tuple[str, ...], set[str | None]] = defaultdict(set)
    before = {id(alive[index]): path for index, path in _paths(alive)}
    for piece in pieces:
        if piece.block.concept is not None:
            titled[piece.block.title].add(piece.block.concept)
            within[before.get(id(piece), ())].add(piece.block.concept)
    found: dict[int, str | None] = {}
    for index, path in _paths(new):
        block = new[index].block
        said = titled.get(block.title) or {_named(block)}
        is_disputed = len(said) > 1
        if index not in stays or (is_disputed and before[id(stays[index])] != path):
            said = within.get(path, said) if is_disputed else said
            found[index] = next(iter(said)) if len(said) == 1 else None
    return found


def _paths(pieces: list[Piece]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The index of each heading, with its title behind those of the headings around it."""
    path: list[tuple[int, str]] = []
    for index, piece in enumerate(pieces):
        if piece.block.heading is not None:
            level = piece.block.level or 1
            path = [*(each for each in path if each[0] < level), (level, piece.block.title or "")]
            yield index, tuple(title for _, title in path)


def _named(block: Block) -> str | None:
    """The concept of which a new heading is a label, or nothing: that it names none is for a person to say."""
    return None if block.concept == "none" else block.concept


def moved_rows(alive: list[Piece], new: list[Piece], stays: dict[int, Piece], rows: dict[int, Piece]) -> set[int]:
    """The numbers of the rows that stand in another order than before, or anew under another heading."""
    before = {alive[index].number: heading for index, heading in _headings(alive)}
    known = {index: (stays.get(index) or rows[index]).number for index in range(len(new)) if index in stays or index in rows}
    after = [(known[index], index, heading) for index, heading in _headings(new) if known.get(index) in before]
    order = [number for number, _, _ in after]
    matches = SequenceMatcher(None, list(before), order, autojunk=False).get_matching_blocks()
    still = {number for match in matches for number in order[match.b : match.b + match.size]}
    anew = {number for number, index, heading in after if index not in stays and heading != before[number]}
    return {number for number in order if number not in still} | anew


def _headings(pieces: list[Piece]) -> Iterator[tuple[int, str]]:
    """The index of each row, with the heading above it."""
    heading = ""
    for index, piece in enumerate(pieces):
        if piece.entry is not None:
            yield index, heading
        elif piece.block.heading is not None:
            heading = piece.block.title or ""
