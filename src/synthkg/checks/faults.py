"""Rules within one record that shapes cannot say: evidence for every fact, ids of parts, errata that quote their list."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import fields
from hashlib import sha256
from typing import Any

from synthkg.catalog import Pointer, Strand, print_snapshots, weave
from synthkg.checks.corrections import breakage
from synthkg.findings import did_you_mean
from synthkg.model import (
    CELLS,
    Author,
    Block,
    Entry,
    Erratum,
    Evidence,
    Paper,
    ReadingList,
    Record,
    Scheme,
    Venue,
    is_mistyped_orcid,
    issn,
)

__all__ = ["Fault", "faults"]

_ISSN = re.compile(r"\d{4}-\d{3}[\dX]")
_SHA256 = re.compile(r"[0-9a-f]{64}")

Fault = tuple[Pointer, str, str, str]
"""Where, rule, problem, mend."""


def faults(record: Record) -> Iterator[Fault]:
    """What is wrong within one record."""
    if isinstance(record, ReadingList):
        yield from _list_faults(record)
        return
    if isinstance(record, Scheme):
        yield from _scheme_faults(record)
        return
    for key in ("versions", "syntheses"):
        ids = Counter(part.id for part in getattr(record, key, ()))
        for number, part in enumerate(getattr(record, key, ())):
            if ids[part.id] > 1:
                problem, mend = f'two {key} have the id "{part.id}"', "give each its own id"
                yield (key, number, "id"), "duplicate-part", problem, mend
    if isinstance(record, Paper):
        for place, author in _authors(record):
            if author.orcid and is_mistyped_orcid(author.orcid):
                problem, mend = f'the check digit of the ORCID iD "{author.orcid}" is wrong', "copy the iD again"
                yield (*place, "orcid"), "bad-orcid", problem, mend
    if isinstance(record, Venue) and record.issn and _ISSN.fullmatch(record.issn) and issn(record.issn) is None:
        yield ("issn",), "bad-issn", f'the check digit of the ISSN "{record.issn}" is wrong', "copy the ISSN again"
    facts = dict(_facts(record))
    supported = {pointer for evidence in record.evidence for pointer in evidence.supports or facts}
    in_part = {whole for pointer in supported for whole in _wholes(pointer)}
    for fact, place in facts.items():
        if fact not in in_part and supported.isdisjoint(_wholes(fact)):
            mend = f'add "{fact}" to the supports of the evidence where it was read, or remove the fact'
            yield place, "fact-without-evidence", f"no evidence supports {fact}", mend
    known = {whole for pointer in _pointers(record, facts) for whole in _wholes(pointer)}
    for number, evidence in enumerate(record.evidence):
        for position, pointer in enumerate(evidence.supports):
            if pointer not in known:
                mend = f"name a fact that the record has: {', '.join(sorted(facts))}"
                yield ("evidence", number, "supports", position), "supports-nothing", f'there is no fact "{pointer}"', mend


def _wholes(pointer: str) -> Iterator[str]:
    """A pointer and all that it is a part of.

    >>> list(_wholes("versions.acl-2023.track"))
    ['versions.acl-2023.track', 'versions.acl-2023', 'versions']
    """
    while pointer:
        yield pointer
        pointer = pointer.rpartition(".")[0]


def _authors(paper: Paper) -> Iterator[tuple[Pointer, Author]]:
    for number, author in enumerate(paper.authors):
        yield ("authors", number), author
    for position, version in enumerate(paper.versions):
        for number, author in enumerate(version.authors):
            yield ("versions", position, "authors", number), author


def _facts(record: Any) -> Iterator[tuple[str, Pointer]]:
    """Every key of a record that needs evidence, as ``supports`` names it, with its place."""
    for f in fields(record):
        value = getattr(record, f.name)
        if f.name in ("id", "draft", "formerly", "different", "evidence", "state", "checked") or value is False:
            continue
        if value is None or value == ():
            continue
        if f.name in ("versions", "syntheses"):
            for number, part in enumerate(value):
                for key, place in _facts(part):
                    if key != "type":
                        yield f"{f.name}.{part.id}.{key}", (f.name, number, *place)
        else:
            yield f.name, (f.name,)


def _pointers(record: Any, facts: dict[str, Pointer]) -> Iterator[str]:
    """The facts, and the single values of those that are lists."""
    yield from facts
    yield from (f"{key}.{value}" for key in facts for value in _single_values(record, key))
    yield from ("state", "different")
    for key in ("versions", "syntheses"):
        yield from (f"{key}.{part.id}.type" for part in getattr(record, key, ()))


def _single_values(record: Any, key: str) -> Iterator[str]:
    value = getattr(record, key, ())
    if isinstance(value, tuple):
        yield from (item.name if isinstance(item, Author) else str(item) for item in value if not isinstance(item, Evidence))


def _scheme_faults(record: Scheme) -> Iterator[Fault]:
    """What is wrong within a concept scheme: one id or one heading for two concepts, a broader concept that is none of it."""
    ids = [topic.id for topic in record.concepts]
    names = Counter(name.casefold() for topic in record.concepts for name in {topic.label, *topic.aliases})
    for number, topic in enumerate(record.concepts):
        if ids.index(topic.id) != number:
            yield ("concepts", number, "id"), "duplicate-part", f'two concepts have the id "{topic.id}"', "give each its own id"
        if topic.broader is not None and topic.broader not in ids:
            problem, mend = f'there is no concept "{topic.broader}" in this scheme', did_you_mean(topic.broader, ids)
            yield ("concepts", number, "broader"), "dangling-reference", problem, mend
        places: list[tuple[str, Pointer]] = [
            (topic.label, ("label",)),
            *((a, ("aliases", n)) for n, a in enumerate(topic.aliases)),
        ]
        for name, place in places:
            if names[name.casefold()] > 1:
                mend = "a heading of this name could mean either; name them apart"
                yield ("concepts", number, *place), "ambiguous-label", f'two concepts are called "{name}"', mend


def _list_faults(record: ReadingList) -> Iterator[Fault]:
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
        if sum and _SHA256.fullmatch(sum) and sha256(text.encode()).hexdigest() != sum:
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
        printed, where = [text for line, text in lines.items() if line == erratum.line], f"line {erratum.line}"
    if not printed:
        yield at, "erratum-of-nothing", f"the list has nothing at {where}", "correct entry, field or line"
    elif erratum.published not in printed:
        problem = f'{where} is "{printed[-1]}", not "{erratum.published}"'
        yield (*at, "published"), "erratum-misquotes", problem, "copy the published text exactly"
    if erratum.published == erratum.corrected:
        yield (*at, "corrected"), "erratum-changes-nothing", "published and corrected are the same", "remove it"
