"""A list record becomes statements: the weave of its snapshots, piece by piece, so that a query alone can print each of them.

A piece says the numbers of the first and of the last snapshot that print it; one that the newest prints has no last. How a row's
cells are printed, and under which heading, belongs to a placement of its entry, because a row may change or move between two
snapshots, and so may the heading above it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest

from synthkg.catalog import Piece, Pointer, Strand, lay_out, snapshot_ids, tables, weave
from synthkg.graph.plans import describe, parts, term_of
from synthkg.graph.terms import INTEGER, TYPE, Line, inside, iri, literal
from synthkg.model import (
    Block,
    Entry,
    Erratum,
    ReadingList,
    Snapshot,
    Vocabulary,
    concept_iri,
    concept_named,
    escape,
    record_iri,
    singular,
)

__all__ = ["document"]

_Print = tuple[int, int, str, str, str, int | None]
"""What a cell prints and where: column, position, before, text, after, ink."""


def document(subject: str, record: ReadingList, vocabulary: Vocabulary) -> Iterator[Line]:
    """A list: its snapshots, then its sections, text lines, entries and their cells, then its errata."""
    yield from _Document(subject, record, vocabulary).statements()


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Snapshots, from the first one on, in which a row stands unchanged under one heading: a placement.

    Attributes:
        number: How often the row has been placed before, plus one.
        first: The number of the first snapshot.
        within: The section, or the list, directly around the row.
    """

    number: int
    first: int
    within: str


@dataclass(slots=True)
class _Surroundings:
    """What stands around the headings and rows of a list.

    Attributes:
        section: A section's number -> the section, or the list, directly around it in the last snapshot that prints it.
        placements: Where a row stands in the record -> its placements there, each until the next one.
        entry: A row's number -> the sections, or the list, directly around it in any snapshot.
        listed_under: A row's number -> the concepts of all headings around it in the newest snapshot.
    """

    section: dict[int, str] = field(default_factory=dict)
    placements: dict[tuple[int, int | None], list[_Stretch]] = field(default_factory=lambda: defaultdict(list))
    entry: dict[int, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    listed_under: dict[int, list[str]] = field(default_factory=dict)


class _Document:
    """One list while it is written out."""

    def __init__(self, subject: str, record: ReadingList, vocabulary: Vocabulary) -> None:
        self._subject = subject
        self._record = record
        self._vocabulary = vocabulary
        self._ids = snapshot_ids(record)
        self._strands = weave(record)
        self._tables = self._number_tables()
        self._around = self._surroundings()
        self._cells: dict[tuple[int, str], dict[_Print, int]] = defaultdict(dict)

    def statements(self) -> Iterator[Line]:
        """All of it."""
        yield from self._snapshots()
        described: set[int] = set()
        for order, strand in enumerate(self._strands, start=1):
            block = self._record.content[strand.at[0]]
            if strand.entry is None:
                yield from self._text(strand, order, block)
                continue
            if strand.number not in described:
                described.add(strand.number)
                yield from self._entry(strand, strand.entry)
            yield from self._placements(strand, strand.entry, block, order)
        for index, table in self._tables.items():
            yield from self._columns(table, self._record.content[index], ("content", index, "widths"))
        for number, erratum in enumerate(self._record.errata):  # now that all cells are known
            yield from self._erratum(erratum, number)

    def _snapshots(self) -> Iterator[Line]:
        known = self._record.snapshots or (Snapshot(id=self._ids[0]),)
        for number, snapshot in enumerate(known, start=1):
            at: Pointer = ("snapshots", number - 1)
            node = self._node(f"snapshot/{escape(snapshot.id)}")
            yield from describe(node, snapshot, at, self._vocabulary)
            yield from self._fields(node, at, list=self._subject, number=number)

    def _number_tables(self) -> dict[int, int]:
        """Index of a block -> the number of its table, given by the snapshot of first appearance and then by order."""
        first: dict[int, int] = {}
        for strand in self._strands:
            index = strand.at[0]
            if strand.entry is not None and _is_padded(self._record.content[index]):
                first[index] = min(first.get(index, strand.first), strand.first)
        return {index: number for number, index in enumerate(sorted(first, key=lambda index: (first[index], index)), start=1)}

    def _surroundings(self) -> _Surroundings:
        """What stands around what: the snapshots in their order, so that the last one has the last word."""
        around = _Surroundings()
        placed: Counter[int] = Counter()
        newest = len(self._ids)
        for snapshot in range(1, newest + 1):
            open_: list[tuple[int, str, str | None]] = [(0, self._subject, None)]
            for strand in self._strands:
                if not strand.is_in(snapshot):
                    continue
                if strand.heading:
                    block = self._record.content[strand.at[0]]
                    level = block.level or 1
                    while len(open_) > 1 and open_[-1][0] >= level:
                        open_.pop()
                    around.section[strand.heading] = open_[-1][1]
                    open_.append((level, self._node(f"section/{strand.heading}"), self._topic(block)))
                elif strand.entry is not None:
                    within = open_[-1][1]
                    around.entry[strand.number][within] = None
                    stretches = around.placements[strand.at]
                    if not stretches or stretches[-1].within != within:
                        placed[strand.number] += 1
                        stretches.append(_Stretch(placed[strand.number], snapshot, within))
                    if snapshot == newest:
                        around.listed_under[strand.number] = [concept for _, _, concept in open_ if concept is not None]
        return around

    def _text(self, strand: Strand, order: int, block: Block) -> Iterator[Line]:
        at: Pointer = ("content", strand.at[0], "heading" if block.heading is not None else "text")
        if strand.heading:
            yield from self._section(strand, block, order)
        node = self._node(f"line/{strand.line}")
        printed = strand.text.replace("\n", self._record.newline)
        yield from self._node_with(node, "Text", at, list=self._subject, line=strand.line, order=order, text=literal(printed))
        yield from self._stretch(node, strand.first, strand.last, at)

    def _section(self, strand: Strand, block: Block, order: int) -> Iterator[Line]:
        at: Pointer = ("content", strand.at[0])
        node = self._node(f"section/{strand.heading}")
        yield from self._node_with(
            node, "Section", at, line=strand.line, order=order, level=block.level or 1, heading=literal(block.title or "")
        )
        yield from self._fields(node, at, within=self._around.section[strand.heading or 0])
        if concept := self._topic(block):
            yield from self._fields(node, at, "concept", concept=concept)
        yield from self._stretch(node, strand.first, strand.last, at)

    def _entry(self, strand: Strand, entry: Entry) -> Iterator[Line]:
        """What is true of a row in every snapshot."""
        at: Pointer = ("content", strand.at[0], "entries", strand.at[1] or 0)
        node = self._node(f"entry/{strand.number}")
        yield from self._node_with(node, "Entry", at, list=self._subject, number=strand.number, line=strand.line)
        for section in self._around.entry[strand.number]:
            yield from self._fields(node, at, within=section)
        for concept in dict.fromkeys(self._around.listed_under.get(strand.number, ())):
            yield from self._fields(node, at, listedUnder=concept)
        for folder, id in (("papers", entry.paper), ("artifacts", entry.artifact)):
            if id is not None:
                yield from self._fields(node, at, singular(folder), about=iri(record_iri(folder, id)))

    def _placements(self, strand: Strand, entry: Entry, block: Block, order: int) -> Iterator[Line]:
        """A row as it is printed in a stretch of snapshots, once for each heading under which it stands meanwhile."""
        stretches = self._around.placements[strand.at]
        for stretch, following in zip_longest(stretches, stretches[1:]):
            last = following.first - 1 if following else strand.last
            yield from self._placement(strand, entry, block, order, stretch, last)

    def _placement(
        self, strand: Strand, entry: Entry, block: Block, order: int, stretch: _Stretch, last: int | None
    ) -> Iterator[Line]:
        at: Pointer = ("content", strand.at[0], "entries", strand.at[1] or 0)
        row = self._node(f"entry/{strand.number}")
        node = self._node(f"entry/{strand.number}/placement/{stretch.number}")
        pieces, end = lay_out(block, entry, self._record.newline)
        yield from self._node_with(node, "Placement", at, entry=row, within=stretch.within, order=order, end=literal(end))
        yield from self._stretch(node, stretch.first, last, at)
        table = self._tables.get(strand.at[0]) if entry.row is None else None
        if table is not None:
            yield from self._fields(node, at, table=self._node(f"table/{table}"))
        for position, piece in enumerate(pieces, start=1):
            closes = position == len(pieces) or pieces[position].column != piece.column
            ink = piece.ink if table is not None and closes else None
            cell, is_new = self._cell(strand.number, piece, position, ink)
            yield from self._fields(node, at, cell=cell)
            if is_new:
                yield from self._node_with(
                    cell,
                    "Cell",
                    (*at, piece.field),
                    entry=row,
                    position=position,
                    field=literal(piece.field),
                    column=piece.column,
                    before=literal(piece.before),
                    text=literal(piece.text),
                    after=literal(piece.after),
                    **({"ink": ink} if ink is not None else {}),
                )

    def _cell(self, number: int, piece: Piece, position: int, ink: int | None) -> tuple[str, bool]:
        """The cell of a row that prints this, and whether it is met for the first time: placements share their cells."""
        cells = self._cells[number, piece.field]
        print_ = (piece.column, position, piece.before, piece.text, piece.after, ink)
        is_new = print_ not in cells
        variant = cells.setdefault(print_, len(cells) + 1)
        return self._node(self._cell_path(number, piece.field, variant)), is_new

    @staticmethod
    def _cell_path(number: int, field: str, variant: int) -> str:
        return f"entry/{number}/{escape(field)}" + ("" if variant == 1 else f"/{variant}")

    def _columns(self, table: int, block: Block, at: Pointer) -> Iterator[Line]:
        """A table, and the blanks that fill its columns, stretch by stretch."""
        table_node = self._node(f"table/{table}")
        yield from self._node_with(table_node, "Table", at, list=self._subject)
        for number, each in enumerate(tables(block, self._ids), start=1):
            for column, width in enumerate(each.widths, start=1):
                node = self._node(f"table/{table}/column/{column}/{number}")
                yield from self._node_with(node, "Column", at, table=table_node, column=column, blanks=literal(" " * width))
                yield from self._stretch(node, each.first, each.last, at)

    def _erratum(self, erratum: Erratum, number: int) -> Iterator[Line]:
        at: Pointer = ("errata", number)
        node = self._node(f"erratum/{number + 1}")
        yield (node, TYPE, term_of("Erratum", self._vocabulary), at)
        for target in self._corrected(erratum):
            yield from self._fields(node, at, corrects=target)
        yield from self._fields(node, at, "published", published=literal(erratum.published))
        yield from self._fields(node, at, "corrected", corrected=literal(erratum.corrected))
        yield from self._fields(node, at, "kind", kind=iri(concept_iri("erratum", erratum.kind)))
        yield from self._fields(node, at, "reason", reason=literal(erratum.reason))
        if erratum.evidence:
            tell = parts(str(self._vocabulary.property("evidence")), "evidence", self._vocabulary)
            yield from tell(node, erratum.evidence, (*at, "evidence"))

    def _corrected(self, erratum: Erratum) -> Iterator[str]:
        """The cells of the row that have the published text, in whatever snapshot; or the line."""
        if erratum.entry is None:
            yield self._node(f"line/{erratum.line}")
            return
        field = str(erratum.field)
        printed = self._cells[erratum.entry, field]
        variants = [variant for (_, _, _, text, _, _), variant in printed.items() if text == erratum.published]
        for variant in variants or [1]:  # a misquoted cell is a finding of its own
            yield self._node(self._cell_path(erratum.entry, field, variant))

    def _topic(self, block: Block) -> str | None:
        concept = concept_named(block, self._vocabulary.headings)
        if concept is None or concept == "none":
            return None
        scheme, _, id = concept.partition("/")
        return iri(concept_iri(scheme, id))

    def _stretch(self, node: str, first: int, last: int | None, at: Pointer) -> Iterator[Line]:
        yield from self._fields(node, at, first=first, **({"last": last} if last is not None else {}))

    def _node(self, path: str) -> str:
        return iri(f"{inside(self._subject)}/{path}")

    def _node_with(self, node: str, kind: str, at: Pointer, **values: str | int) -> Iterator[Line]:
        yield (node, TYPE, term_of(kind, self._vocabulary), at)
        yield from self._fields(node, at, **values)

    def _fields(self, node: str, at: Pointer, key: str = "", /, **values: str | int) -> Iterator[Line]:
        for name, value in values.items():
            text = value if isinstance(value, str) else literal(str(value), INTEGER)
            yield (node, term_of(name, self._vocabulary), text, (*at, key) if key else at)


def _is_padded(block: Block) -> bool:
    return bool(block.widths) or any(padding.widths for padding in block.paddings)
