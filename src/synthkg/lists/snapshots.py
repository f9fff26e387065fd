"""The next snapshot of a list: its lines and rows aligned with those of the last one, and woven into the record.

A line that stays costs nothing, one that goes says until when it stood, and a new one since when. A row is recognised by its
cells, else by its address, else by its title, and keeps its number wherever it moves and whatever becomes of its cells; so its
errata hold as long as the text that they name is printed. A new heading has the concept that all of its title have, or those of
its title under the same headings, else that of which it is a label, else none yet. A line of text that stands elsewhere, or
ends otherwise, is another line, and has the errata of the one that went. Whatever is woven is printed again and compared before
it is given back. Where documents end their lines differently, each newline stands in the record as it was; a row that ends
otherwise is the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

from synthkg.catalog import Strand, print_snapshot, require_snapshot_id, snapshot_ids, turned, weave, with_bare_newlines
from synthkg.errors import UsageError
from synthkg.lists.folding import fold
from synthkg.model import CELLS, Block, Entry, Erratum, Padding, ReadingList, Snapshot, concept_named

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
    """

    kind: str
    number: int
    before: Entry | None
    after: Entry | None


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
        return [Change(_TURNED.get(each.kind, each.kind), each.number, each.after, each.before) for each in self.changes]

    @property
    def brought(self) -> Iterator[Strand]:
        """The rows that the new snapshot alone prints."""
        newest = len(self.record.snapshots)
        at, beside = (1, 2) if self.is_older else (newest, newest - 1)
        strands = (strand for strand in weave(self.record) if strand.entry is not None)
        return (strand for strand in strands if strand.is_in(at) and not strand.is_in(beside))


@dataclass(slots=True)
class _Piece:
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
    if all(block.concept in (None, "none") for block in record.content):
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
    line = text.replace(read.newline, "\n").count("\n", 0, wrong) if read.newline != "\n" else text.count("\n", 0, wrong)
    strands = weave(read)
    return {_table(strands[min(line, len(strands) - 1)])} - {0}


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
    pieces = list(_pieces(record))
    alive = [piece for piece in pieces if piece.until is None]
    new = list(_pieces(read))
    stays = _align(alive, new, apart)
    rows = _recognise([*alive, *(piece for piece in reversed(pieces) if piece.until is not None)], new, stays)
    moved = _moved(alive, new, stays, rows)
    fresh = max((piece.number for piece in pieces), default=0) + 1
    concepts = _concepts(pieces, alive, new, stays)
    stays = {index: old for index, old in stays.items() if concepts.get(index, old.block.concept) == old.block.concept}
    changes: list[Change] = []
    after: dict[int, list[_Piece]] = {}  # what comes in after a piece, by that piece's id
    place = 0
    for index, piece in enumerate(new):
        if index in stays:
            place = id(stays[index])
            continue
        piece.since = snapshot.id
        if piece.block.heading is not None:
            piece.block = replace(piece.block, concept=concepts[index])
        if piece.entry is not None:
            old = rows.get(index)
            piece.number = old.number if old else fresh
            fresh += old is None
            piece.entry = replace(piece.entry, number=piece.number, **_subject(old))
            changes.append(
                Change(_kind(old, piece, piece.number in moved), piece.number, old.entry if old else None, piece.entry)
            )
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
    paddings = _paddings(stays, new)
    blocks = tuple(_blocks(woven, snapshot.id, paddings, apart))
    whole = replace(record, snapshots=(*record.snapshots, snapshot), content=blocks)
    still = sum(piece.entry is not None for piece in stays.values()) + sum(change.kind == "kept" for change in changes)
    return whole, still, [change for change in changes if change.kind != "kept"], numbers


def _pieces(record: ReadingList) -> Iterator[_Piece]:
    """The weave of a record, piece by piece, with what each says of its snapshots."""
    ids = snapshot_ids(record)
    for strand in weave(record):
        block = record.content[strand.at[0]]
        if strand.heading is None and block.heading is not None and strand.entry is None and strand.text:
            continue  # the second line of a heading is part of it
        since = ids[strand.first - 1] if strand.first > 1 else None
        until = ids[strand.last - 1] if strand.last is not None else None
        text = _heading(block) if strand.heading is not None else strand.text
        yield _Piece(block, text, strand.entry, strand.number, since, until, _table(strand))


def _heading(block: Block) -> str:
    return (block.heading or "") + ("\n" if block.end is None else block.end)


def _table(strand: Strand) -> int:
    return strand.at[0] + 1 if strand.entry is not None else 0


def _align(alive: list[_Piece], new: list[_Piece], apart: set[int]) -> dict[int, _Piece]:
    """Index of a new piece -> the piece that it still is."""
    tables = {pair for pair in _joined_tables(alive, new) if pair[1] not in apart}
    matcher = SequenceMatcher(None, [piece.key for piece in alive], [piece.key for piece in new], autojunk=False)
    found: dict[int, _Piece] = {}
    for match in matcher.get_matching_blocks():
        for offset in range(match.size):
            old, piece = alive[match.a + offset], new[match.b + offset]
            if old.entry is None or (old.table, piece.table) in tables or (_is_free(old) and _is_free(piece)):
                found[match.b + offset] = old
    return found


def _is_free(piece: _Piece) -> bool:
    """Whether the row has its own layout, or a table's that fills no column, so that it prints alike anywhere."""
    return piece.entry is not None and (piece.entry.row is not None or not (piece.block.widths or piece.block.paddings))


def _joined_tables(alive: list[_Piece], new: list[_Piece]) -> set[tuple[int, int]]:
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


def _recognise(known: list[_Piece], new: list[_Piece], stays: dict[int, _Piece]) -> dict[int, _Piece]:
    """Index of a new row -> the row that it was: the same cells elsewhere, else the same address, else the same title.

    A row that was gone may come back; of its placements the last one counts.
    """
    kept = {piece.number for piece in stays.values() if piece.entry is not None}
    latest: dict[int, _Piece] = {}
    for piece in known:
        if piece.entry is not None and piece.number not in kept:
            latest.setdefault(piece.number, piece)
    left = list(latest.values())
    open_ = [index for index, piece in enumerate(new) if piece.entry is not None and index not in stays]
    found: dict[int, _Piece] = {}
    for name in (_cells, _url, _title):
        by_name: dict[object, list[_Piece]] = {}
        for piece in left:
            by_name.setdefault(name(piece), []).append(piece)
        for index in open_:
            if index not in found and (sign := name(new[index])) and by_name.get(sign):
                found[index] = by_name[sign].pop(0)
        taken = {id(piece) for piece in found.values()}
        left = [piece for piece in left if id(piece) not in taken]
    return found


def _cells(piece: _Piece) -> object:
    """What the cells say; an empty one says what one that is not there does."""
    return tuple(getattr(piece.entry, name) or "" for name in CELLS)


def _url(piece: _Piece) -> object:
    return piece.entry.url if piece.entry else None


def _title(piece: _Piece) -> object:
    return fold(piece.entry.title or "") if piece.entry else None


def _subject(old: _Piece | None) -> dict[str, str | None]:
    """What the row was about, which is settled once."""
    entry = old.entry if old else None
    return {"paper": entry.paper, "artifact": entry.artifact} if entry else {"paper": None, "artifact": None}


def _concepts(pieces: list[_Piece], alive: list[_Piece], new: list[_Piece], stays: dict[int, _Piece]) -> dict[int, str | None]:
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


def _paths(pieces: list[_Piece]) -> Iterator[tuple[int, tuple[str, ...]]]:
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


def _moved(alive: list[_Piece], new: list[_Piece], stays: dict[int, _Piece], rows: dict[int, _Piece]) -> set[int]:
    """The numbers of the rows that stand in another order, or under another heading, than before."""
    before = [(alive[index].number, heading) for index, heading in _headings(alive)]
    known = {index: (stays.get(index) or rows[index]).number for index in range(len(new)) if index in stays or index in rows}
    after = [(known[index], heading) for index, heading in _headings(new) if index in known]
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    still = {after[match.b + offset] for match in matcher.get_matching_blocks() for offset in range(match.size)}
    return {number for number, heading in after if (number, heading) not in still}


def _headings(pieces: list[_Piece]) -> Iterator[tuple[int, str]]:
    """The index of each row, with the heading above it."""
    heading = ""
    for index, piece in enumerate(pieces):
        if piece.entry is not None:
            yield index, heading
        elif piece.block.heading is not None:
            heading = piece.block.title or ""


def _kind(old: _Piece | None, piece: _Piece, has_moved: bool) -> str:
    if old is None or old.entry is None or piece.entry is None:
        return "added"
    if old.until is not None:
        return "back"
    if fold(old.entry.title or "") != fold(piece.entry.title or ""):
        return "retitled"
    return "changed" if _cells(old) != _cells(piece) else "moved" if has_moved else "kept"


def _paddings(stays: dict[int, _Piece], new: list[_Piece]) -> dict[int, tuple[int, ...]]:
    """Old table -> the widths of its columns in the new snapshot, where rows of it stay."""
    return {old.table: new[index].block.widths for index, old in stays.items() if old.table and not _has_row(old)}


def _has_row(piece: _Piece) -> bool:
    return piece.entry is not None and piece.entry.row is not None


def _blocks(woven: list[_Piece], id: str, paddings: dict[int, tuple[int, ...]], apart: set[int]) -> Iterator[Block]:
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


def _group_tables(woven: list[_Piece], id: str, paddings: dict[int, tuple[int, ...]], apart: set[int]) -> list[int]:
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


def _fits(piece: _Piece, other: _Piece, id: str, paddings: dict[int, tuple[int, ...]]) -> bool:
    """Whether a new row would print alike in the table of another row that the record has."""
    if other.entry is None or (other.since == id and other.table == piece.table and other.block is piece.block):
        return False
    return piece.block.row == other.block.row and piece.block.widths == paddings.get(other.table, _widths(other.block))


def _widths(block: Block) -> tuple[int, ...]:
    """The widths of a table's columns in the newest snapshot so far."""
    return block.paddings[-1].widths if block.paddings else block.widths


def _cuts(one: _Piece, other: _Piece) -> bool:
    """Whether two neighbouring lines of text belong to two blocks."""
    is_heading = one.block.heading is not None or other.block.heading is not None
    return is_heading or (one.since, one.until) != (other.since, other.until)


def _text_block(stretch: list[_Piece]) -> Block:
    first = stretch[0]
    if first.block.heading is not None:
        return replace(first.block, since=first.since, until=first.until)
    return Block(text="".join(piece.text for piece in stretch), since=first.since, until=first.until)


def _table_block(stretch: list[_Piece], id: str, paddings: dict[int, tuple[int, ...]]) -> Block:
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
