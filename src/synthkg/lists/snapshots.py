"""The next snapshot of a list: its lines and rows aligned with those of the last one, and woven into the record.

A line that stays costs nothing, one that goes says until when it stood, and a new one since when. A row that is recognised
(`alignment`) keeps its number; so its errata hold as long as the text that they name is printed, and another line of the same
text has the errata of the one that went. Whatever is woven is printed again and compared before it is given back. Where
documents end their lines differently, each newline stands in the record as it was; a row that ends otherwise is the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from synthkg.catalog import Strand, print_snapshot, require_snapshot_id, snapshot_ids, turned, weave, with_bare_newlines
from synthkg.errors import UsageError
from synthkg.lists.alignment import align, cells_of, concepts_of, moved_rows, recognise, words_between
from synthkg.lists.pieces import Piece, blocks_of, paddings_of, pieces_of, table_of
from synthkg.model import CELLS, Entry, Erratum, ReadingList, Snapshot, concept_named
from synthkg.works import fold

__all__ = ["Change", "Updated", "holding", "open_headings", "update"]

_TURNED = {"added": "gone", "back": "gone", "gone": "added"}


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a row.

    Attributes:
        kind: ``added``, ``gone``, ``back``, ``moved``, ``retitled`` or ``changed``.
        number: The row's number.
        before: Its cells in the last snapshot, or None of a new row.
        after: Its cells in the new one, or None of one that is gone.
        beside: The words beside its cells that went, and those that came.
    """

    kind: str
    number: int
    before: Entry | None
    after: Entry | None
    beside: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Updated:
    """The list with one snapshot more, and what changed.

    Attributes:
        record: The list.
        kept: How many rows stand as they stood.
        changes: The others, in the order of the new document, those that are gone at the end.
        numbers: The number of each row of the new document, in its order.
        is_older: Whether the snapshot comes before all others, so that time runs against the changes: what is added went later.
    """

    record: ReadingList
    kept: int
    changes: list[Change] = field(default_factory=list)
    numbers: tuple[int, ...] = ()
    is_older: bool = False

    @property
    def told(self) -> list[Change]:
        """The changes in the direction of time: what became of the rows of the earlier of the two snapshots."""
        if not self.is_older:
            return self.changes
        return [
            Change(_TURNED.get(each.kind, each.kind), each.number, each.after, each.before, each.beside[::-1])
            for each in self.changes
        ]

    @property
    def brought(self) -> Iterator[Strand]:
        """The rows that the new snapshot alone prints."""
        newest = len(self.record.snapshots)
        at, beside = (1, 2) if self.is_older else (newest, newest - 1)
        strands = (strand for strand in weave(self.record) if strand.entry is not None)
        return (strand for strand in strands if strand.is_in(at) and not strand.is_in(beside))


def update(record: ReadingList, text: str, read: ReadingList, snapshot: Snapshot, *, is_older: bool = False) -> Updated:
    """Weaves the next snapshot into a list, or one that is older than all of its own.

    Args:
        record: The list.
        text: The document of the new snapshot.
        read: The same as a list record of one snapshot, as the importer makes it.
        snapshot: What is said of the new snapshot.
        is_older: Whether it comes before all others, not behind them.

    Raises:
        UsageError: The list has a snapshot with that id, or a newer one, or no snapshot can have it.
    """
    known = record.snapshots or (Snapshot(id=snapshot_ids(record)[0]),)
    _refuse(record, known, snapshot, is_older=is_older)
    if read.newline != record.newline and "\n" in text:
        record, read = with_bare_newlines(record), with_bare_newlines(read)
    base = replace(record, snapshots=known)
    base = turned(base) if is_older else base
    apart: set[int] = set()  # tables of the new document whose rows are placed anew, because a column prints otherwise
    for _ in range(len(read.content) + 1):
        new, kept, changes, numbers = _weave(base, read, snapshot, apart)
        printed = print_snapshot(new, len(known) + 1)
        if printed == text and print_snapshot(new, len(known)) == print_snapshot(base, len(known)):
            new = replace(new, errata=(*new.errata, *_errata_of_lines(new)))
            return Updated(turned(new) if is_older else new, kept, changes, numbers, is_older)
        apart |= _misprinted(read, printed, text) - apart or set(range(1, len(read.content) + 1))
    raise AssertionError("a woven snapshot does not print what it was made of")


def _errata_of_lines(record: ReadingList) -> Iterator[Erratum]:
    """Those of lines of text that the newest snapshot prints no more, for the lines in it that say the same."""
    newest = len(record.snapshots)
    lines = [strand for strand in weave(record) if strand.entry is None]
    new: defaultdict[str, list[int]] = defaultdict(list)
    for strand in lines:
        if strand.first == newest:
            new[strand.bare].append(strand.line)
    same = {
        (strand.line, strand.bare): new[strand.bare].pop(0) for strand in lines if strand.last == newest - 1 and new[strand.bare]
    }
    for erratum in record.errata:
        if (line := same.get((erratum.line or 0, erratum.published))) is not None:
            yield replace(erratum, line=line)


def holding(record: ReadingList) -> set[int]:
    """The errata, by their place in the record, whose text the newest snapshot prints."""
    newest = [strand for strand in weave(record) if strand.last is None]
    cells = {(s.number, name, getattr(s.entry, name)) for s in newest if s.entry is not None for name in CELLS}
    lines = {(strand.line, strand.bare) for strand in newest if strand.entry is None}
    return {
        number
        for number, erratum in enumerate(record.errata)
        if (erratum.entry, erratum.field, erratum.published) in cells or (erratum.line, erratum.published) in lines
    }


def open_headings(record: ReadingList, labels: Mapping[str, str]) -> list[tuple[int, str]]:
    """The headings right above rows of the newest snapshot of which nobody said what they name, where others name concepts.

    Args:
        record: The list.
        labels: The case-folded labels of concepts: a heading that is one of them needs no word.

    Returns:
        The place of each in the record's content, and its title.
    """
    if all(concept_named(block, labels) in (None, "none") for block in record.content):
        return []
    found: dict[int, str] = {}
    heading: int | None = None
    for strand in weave(record):
        if strand.last is not None:
            continue
        block = record.content[strand.at[0]]
        if strand.heading:
            heading = strand.at[0] if concept_named(block, labels) is None else None
        elif strand.entry is not None and heading is not None:
            found[heading] = record.content[heading].title or ""
    return list(found.items())


def _misprinted(read: ReadingList, printed: str, text: str) -> set[int]:
    """The table of the new document in which the first wrong line stands, if it stands in one."""
    wrong = next((at for at, (one, other) in enumerate(zip(printed, text, strict=False)) if one != other), len(printed))
    line = text.replace(read.newline, "\n").count("\n", 0, wrong)
    strands = weave(read)
    return {table_of(strands[min(line, len(strands) - 1)])} - {0}


def _refuse(record: ReadingList, known: Sequence[Snapshot], snapshot: Snapshot, *, is_older: bool) -> None:
    require_snapshot_id(snapshot.id, 1 if is_older else len(known) + 1)
    if snapshot.id in {each.id for each in known}:
        raise UsageError(f'the list "{record.id}" has a snapshot "{snapshot.id}" already; name this one with --snapshot')
    last = known[-1]
    if is_older:
        require_snapshot_id(known[0].id, 2)
    elif last.date and snapshot.date and snapshot.date < last.date[: len(snapshot.date)]:
        raise UsageError(f"the newest snapshot is of {last.date}; take older ones in before newer ones")


def _weave(
    record: ReadingList, read: ReadingList, snapshot: Snapshot, apart: set[int]
) -> tuple[ReadingList, int, list[Change], tuple[int, ...]]:
    last = record.snapshots[-1].id
    pieces = list(pieces_of(record))
    alive = [piece for piece in pieces if piece.until is None]
    new = list(pieces_of(read))
    stays = align(alive, new, apart)
    rows = recognise([*alive, *(piece for piece in reversed(pieces) if piece.until is not None)], new, stays)
    moved = moved_rows(alive, new, stays, rows)
    fresh = max((piece.number for piece in pieces), default=0) + 1
    concepts = concepts_of(pieces, alive, new, stays)
    stays = {index: old for index, old in stays.items() if concepts.get(index, old.block.concept) == old.block.concept}
    changes: list[Change] = []
    after: dict[int, list[Piece]] = {}  # what comes in after a piece, by that piece's id
    place = 0
    for index, piece in enumerate(new):
        if index in stays:
            place = id(stays[index])
            if stays[index].entry is not None and stays[index].number in moved:
                changes.append(Change("moved", stays[index].number, stays[index].entry, stays[index].entry))
            continue
        piece.since = snapshot.id
        if piece.block.heading is not None:
            piece.block = replace(piece.block, concept=concepts[index])
        if piece.entry is not None:
            old = rows.get(index)
            piece.number = old.number if old else fresh
            fresh += old is None
            piece.entry = replace(piece.entry, number=piece.number, **_subject(old))
            beside = words_between(old, piece) if old else ("", "")
            kind = _kind(old, piece, piece.number in moved, beside)
            changes.append(Change(kind, piece.number, old.entry if old else None, piece.entry, beside))
        after.setdefault(place, []).append(piece)
    kept = {id(piece) for piece in stays.values()}
    numbers = tuple((stays.get(index) or piece).number for index, piece in enumerate(new) if piece.entry is not None)
    back = set(numbers)
    for piece in alive:
        if id(piece) not in kept:
            piece.until = last
            if piece.entry is not None and piece.number not in back:
                changes.append(Change("gone", piece.number, piece.entry, None))
    woven = [*after.get(0, []), *(each for piece in pieces for each in (piece, *after.get(id(piece), [])))]
    paddings = paddings_of(stays, new)
    blocks = tuple(blocks_of(woven, snapshot.id, paddings, apart))
    whole = replace(record, snapshots=(*record.snapshots, snapshot), content=blocks)
    still = len(numbers) - sum(change.kind not in ("kept", "gone") for change in changes)
    return whole, still, [change for change in changes if change.kind != "kept"], numbers


def _subject(old: Piece | None) -> dict[str, str | None]:
    """What the row was about, which is settled once."""
    entry = old.entry if old else None
    return {"paper": entry.paper, "artifact": entry.artifact} if entry else {"paper": None, "artifact": None}


def _kind(old: Piece | None, piece: Piece, has_moved: bool, beside: tuple[str, str]) -> str:
    if old is None or old.entry is None or piece.entry is None:
        return "added"
    if old.until is not None:
        return "back"
    if fold(old.entry.title or "") != fold(piece.entry.title or ""):
        return "retitled"
    return "changed" if cells_of(old) != cells_of(piece) or any(beside) else "moved" if has_moved else "kept"
