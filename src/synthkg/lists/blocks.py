"""A document's outline as the blocks of a list record: text, headings, and rows under the layout that most of them share.

`synthkg.reading` says which stretches of the document are entries and where their fields stand. An entry is kept as its fields
and a template of what stands around them, and in a table as the widths of its columns, so that it comes back byte for byte.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from synthkg.catalog import SPACE, write_line
from synthkg.model import Block, Entry, concept_named
from synthkg.reading import Bounds, Field, Found, Outline, Span, Unit, template

__all__ = ["blocks_of"]


@dataclass(frozen=True, slots=True)
class _Row:
    """An entry's text: where its fields stand, ``values`` of those that do not stand in it and, in a table, its cells.

    ``rule`` has the widths of the table's columns in the line under its header.
    """

    text: str
    end: str
    spans: tuple[Span, ...]
    values: Mapping[str, Any]
    bounds: tuple[Bounds, ...] = ()
    rule: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Measure:
    """A cell in code points: the space before its text, the text, the space after it."""

    lead: int
    ink: int
    pad: int


def blocks_of(text: str, outline: Outline, concepts: Mapping[str, str]) -> Iterator[Block]:
    """The document as blocks, in order: runs of text, headings, runs of entries.

    Args:
        text: the document.
        outline: where its headings and entries stand.
        concepts: for the casefolded name of a concept, its ``scheme/id``.
    """
    position = 0
    pieces: list[Unit | list[Found]] = [*_runs(outline.entries), *outline.headings]
    for piece in sorted(pieces, key=_start):
        if position < _start(piece):
            yield Block(text=text[position : _start(piece)])
        if isinstance(piece, Unit):
            yield _heading(text, piece, concepts)
            position = piece.end
        else:
            yield _entries([_row(text, found) for found in piece])
            position = piece[-1].end
    if position < len(text):
        yield Block(text=text[position:])


def _start(piece: Unit | list[Found]) -> int:
    return piece.start if isinstance(piece, Unit) else piece[0].start


def _heading(text: str, unit: Unit, concepts: Mapping[str, str]) -> Block:
    heading, end = _split(text[unit.start : unit.end])
    block = Block(heading=heading, level=unit.level, title=unit.words, end=_own(end))
    return replace(block, concept=concept_named(block, concepts))


def _runs(entries: Sequence[Found]) -> Iterator[list[Found]]:
    """Entries that follow each other without anything between, of one table or of none."""
    run: list[Found] = []
    for found in entries:
        if run and (run[-1].end != found.start or run[-1].table != found.table):
            yield run
            run = []
        run.append(found)
    if run:
        yield run


def _row(text: str, found: Found) -> _Row:
    """An entry as a row: its text and what ends it, with its fields in the order in which they stand."""
    line, end = _split(text[found.start : found.end])
    spans: list[Span] = []
    for each in sorted((each for each in found.fields if each.bounds is not None), key=_place):
        start, stop = _place(each)
        if start >= (spans[-1].end + found.start if spans else found.start):
            spans.append(Span(each.name, start - found.start, stop - found.start))
    values = {each.name: each.value for each in found.fields if each.bounds is None}
    bounds = tuple((left - found.start, right - found.start) for left, right in found.bounds)
    return _Row(line, end, tuple(spans), values, bounds, found.rule)


def _place(field: Field) -> Bounds:
    return field.bounds or (0, 0)


def _entries(run: Sequence[_Row]) -> Block:
    """The entries of a run of rows under the layout that most of them share; the others have a ``row`` of their own."""
    row, widths = _layout(run)
    block = Block(row=row, widths=widths)
    entries: list[Entry] = []
    for line in run:
        cells = {span.field: line.text[span.start : span.end] for span in line.spans}
        entry = Entry(end=_own(line.end), **{**cells, **line.values})
        if write_line(block, entry) != line.text + line.end:
            entry = replace(entry, row=template(line.text, line.spans))
        entries.append(entry)
    return replace(block, entries=tuple(entries))


def _layout(run: Sequence[_Row]) -> tuple[str, tuple[int, ...]]:
    """The most common template of a run of rows, and the widths that reproduce most of these."""
    shapes = [_shape(row) for row in run]
    shape = Counter(shapes).most_common(1)[0][0]
    like = [row for row, own in zip(run, shapes, strict=True) if own == shape]
    widths = [0] * len(like[0].bounds)
    row, *rest = shape
    for position, following in enumerate(rest):
        measures = [_measure(each, _filled(each)[position]) for each in like]
        column = _filled(like[0])[position]
        ruled = like[0].rule[column] - measures[0].lead if column < len(like[0].rule) else 0
        space, widths[column] = _padding(measures, ruled)
        row += " " * space + following
    return row, tuple(widths) if any(widths) else ()


def _padding(measures: Sequence[_Measure], ruled: int) -> tuple[int, int]:
    """How many spaces end each cell of a column, and the width up to which spaces fill it before these.

    Args:
        measures: the column's cells.
        ruled: how wide, after its lead, the column is in the line under the header: what to believe if in doubt.
    """
    padded = Counter(each.ink + each.pad for each in measures if each.pad)
    totals = [ruled, *(total for total, _ in padded.most_common(8))]
    best, choice = (-1, False, False), (0, 0)
    for space in (0, 1):
        for width in {0, *(total - space for total in totals if total > space)}:
            kept = sum(each.pad == space + max(0, width - each.ink) for each in measures)
            score = (kept, width == ruled - space, space == 1)
            if score > best:
                best, choice = score, (space, width)
    return choice


def _filled(row: _Row) -> list[int]:
    """The columns in which a table row has fields."""
    return [
        column
        for column, (start, end) in enumerate(row.bounds)
        if any(start <= span.start <= span.end <= end for span in row.spans)
    ]


def _measure(row: _Row, column: int) -> _Measure:
    start, end = row.bounds[column]
    text = row.text[start:end]
    stop = max(start + len(text.rstrip(SPACE)), *(span.end for span in row.spans if start <= span.start <= end))
    lead = min(len(text) - len(text.lstrip(SPACE)), stop - start)
    return _Measure(lead, stop - start - lead, end - stop)


def _shape(row: _Row) -> tuple[str, ...]:
    """The template of a row, cut at the padding that ends each cell."""
    shape: list[str] = []
    position = 0
    for column in _filled(row):
        start, end = row.bounds[column]
        own = [span for span in row.spans if start <= span.start <= end]
        shape.append(template(row.text, own, position, end - _measure(row, column).pad))
        position = end
    return (*shape, template(row.text, () if row.bounds else row.spans, position))


def _split(line: str) -> tuple[str, str]:
    """A line and what ends it."""
    end = next((end for end in ("\r\n", "\n", "\r") if line.endswith(end)), "")
    return line.removesuffix(end), end


def _own(end: str) -> str | None:
    """What a record says about the end of a line: nothing if it is the usual one."""
    return None if end == "\n" else end
