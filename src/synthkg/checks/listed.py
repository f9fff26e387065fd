"""Rules within one list that shapes cannot say: snapshots print what they printed, rows stand once, errata quote the list."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from synthkg.catalog import Pointer, Strand, checksum, print_snapshots, weave
from synthkg.checks.corrections import breakage
from synthkg.model import CELLS, Block, Entry, Erratum, ReadingList

__all__ = ["Fault", "list_faults"]

_SHA256 = re.compile(r"[0-9a-f]{64}")

Fault = tuple[Pointer, str, str, str]
"""Where, rule, problem, mend."""


def list_faults(record: ReadingList) -> Iterator[Fault]:
    """What is wrong within a list: its snapshots, its rows, and what its errata quote."""
    yield from _snapshot_faults(record)
    strands = weave(record)
    cells: dict[tuple[int, str], list[str]] = defaultdict(list)
    rows: dict[tuple[int, str, str], tuple[Block, Entry]] = {}
    corrections = {(erratum.entry, str(erratum.field), erratum.published) for erratum in record.errata}
    stretches: dict[int, list[Strand]] = defaultdict(list)
    for strand in strands:
        if strand.entry is None:
            continue
        place: Pointer = ("content", strand.at[0], "entries", strand.at[1] or 0)
        if strand.entry.paper is not None and strand.entry.artifact is not None:
            yield place, "two-subjects", "the entry is about a paper and an artifact", "keep one of the two keys"
        if any(other.is_in(strand.first) or strand.is_in(other.first) for other in stretches[strand.number]):
            problem = f"row {strand.number} stands twice in one snapshot"
            yield (*place, "number"), "row-twice", problem, "give it a number of its own, or say until when the other stood"
        stretches[strand.number].append(strand)
        for name in CELLS:
            if (text := getattr(strand.entry, name)) is not None:
                cells[strand.number, name].append(text)
                if (strand.number, name, text) in corrections:
                    rows[strand.number, name, text] = record.content[strand.at[0]], strand.entry
    lines = {strand.line: strand.bare for strand in strands if strand.entry is None}
    seen: Counter[tuple[object, ...]] = Counter()
    for number, erratum in enumerate(record.errata):
        at: Pointer = ("errata", number)
        target = (erratum.entry, erratum.line, erratum.field, erratum.published)
        seen[target] += 1
        if seen[target] > 1:
            yield at, "duplicate-erratum", "this cell has an erratum already", "merge the two"
        yield from _erratum_faults(erratum, at, cells, lines)
        row = rows.get((erratum.entry or 0, str(erratum.field), erratum.published))
        if row is not None and (ended := breakage(*row, str(erratum.field), erratum.corrected)):
            problem = f"the row of entry {erratum.entry} would break: this ends {ended[0]}"
            yield (*at, "corrected"), "erratum-breaks-row", problem, ended[1]


def _snapshot_faults(record: ReadingList) -> Iterator[Fault]:
    """Snapshots that stand out of order, or do not print what their checksum was made of."""
    again = (
        f"take lists/{record.id}.yaml of the side whose snapshot is older, and run synthkg update for the document of the other"
    )
    last = ""
    for number, snapshot in enumerate(record.snapshots):
        if snapshot.date:
            if snapshot.date < last[: len(snapshot.date)]:
                problem = f'the snapshot "{snapshot.id}" of {snapshot.date} stands behind one of {last}'
                mend = f"correct the day, for snapshots stand oldest first; or, after a merge, {again}"
                yield ("snapshots", number), "snapshots-out-of-order", problem, mend
            last = max(last, snapshot.date)
    known = [snapshot.sha256 for snapshot in record.snapshots]
    if not any(known):
        return
    for number, (sum, text) in enumerate(zip(known, print_snapshots(record), strict=True)):
        if sum and _SHA256.fullmatch(sum) and checksum(text) != sum:
            problem = f'the snapshot "{record.snapshots[number].id}" no longer prints what this checksum was made of'
            mend = f"undo what was changed by hand in content; or, after a merge, {again}"
            yield ("snapshots", number, "sha256"), "snapshot-changed", problem, mend


def _erratum_faults(
    erratum: Erratum, at: Pointer, cells: Mapping[tuple[int, str], list[str]], lines: Mapping[int, str]
) -> Iterator[Fault]:
    if (erratum.entry is None) == (erratum.line is None) or (erratum.entry is None) != (erratum.field is None):
        mend = "give entry and field for a cell, or line alone for a line of text"
        yield at, "erratum-without-place", "the erratum does not say where", mend
        return
    if erratum.entry is not None:
        printed, where = cells.get((erratum.entry, str(erratum.field)), []), f"the {erratum.field} of entry {erratum.entry}"
    else:
        text, where = lines.get(erratum.line or 0), f"line {erratum.line}"
        printed = [] if text is None else [text]
    if not printed:
        yield at, "erratum-of-nothing", f"the list has nothing at {where}", "correct entry, field or line"
    elif erratum.published not in printed:
        problem = f'{where} is "{printed[-1]}", not "{erratum.published}"'
        yield (*at, "published"), "erratum-misquotes", problem, "copy the published text exactly"
    if erratum.published == erratum.corrected:
        yield (*at, "corrected"), "erratum-changes-nothing", "published and corrected are the same", "remove it"
