"""A list's history as a repository has it, beside the snapshots that the list has: what is missing, before them and behind.

A snapshot is the version that prints the same, of no later day than its own. So a return to an earlier text is a snapshot of its
own, and what was taken in is not taken in again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count

from synthkg.catalog import FIRST, checksum, print_snapshots, rename_snapshot
from synthkg.errors import UsageError
from synthkg.model import ReadingList, Snapshot

__all__ = ["Missing", "Version", "find_missing", "snapshot_name"]


@dataclass(frozen=True)
class Version:
    """A state of a document: the name of its commit, its day and its text."""

    commit: str
    date: str
    text: str

    @cached_property
    def checksum(self) -> str:
        """That of its text, which tells it from others."""
        return checksum(self.text)


@dataclass(frozen=True, slots=True)
class Missing:
    """What a list lacks of a history.

    Attributes:
        record: The list; what was its first snapshot, and is no longer, has the name of its day.
        older: What comes before all of its snapshots, each with its text, newest first, which is the order to take them in.
        newer: What comes behind them, oldest first.
    """

    record: ReadingList
    older: tuple[tuple[Snapshot, str], ...]
    newer: tuple[tuple[Snapshot, str], ...]


def find_missing(record: ReadingList, versions: Iterable[Version]) -> Missing:
    """What a list lacks of a history.

    Args:
        record: The list.
        versions: All versions, oldest first.

    Raises:
        UsageError: It cannot be told whether a version came before a snapshot or after it, or it came between two.
    """
    states = list(_states(versions))
    known = record.snapshots or (Snapshot(id=FIRST),)
    printed = [checksum(text) for text in print_snapshots(record)]
    same = _same(known, printed, states)
    older: list[Version] = []
    newer: list[Version] = []
    for index, state in enumerate(states):
        if index in same.values():
            continue
        before = _snapshots_before(record, known, same, index, state)
        if before and state.checksum == printed[before - 1] and not newer:
            continue
        if 0 < before < len(known):
            raise UsageError(_between(record, known[before - 1], known[before], state))
        (newer if before else older).append(state)
    ids = {snapshot.id for snapshot in known}
    before_all = [(_snapshot(each, ids), each.text) for each in older]
    if older and known[0].id == FIRST:
        date = known[0].date or states[same[0]].date
        record = rename_snapshot(replace(record, snapshots=known), replace(known[0], id=snapshot_name(date, ids), date=date))
    return Missing(record, tuple(reversed(before_all)), tuple((_snapshot(each, ids), each.text) for each in newer))


def _states(versions: Iterable[Version]) -> Iterator[Version]:
    """The versions without those that change nothing, none of an earlier day than the one before it, whatever the clocks said."""
    last: Version | None = None
    for version in versions:
        if last is None or version.text != last.text:
            last = version if last is None else replace(version, date=max(version.date, last.date))
            yield last


def _same(known: Sequence[Snapshot], printed: Sequence[str], states: Sequence[Version]) -> dict[int, int]:
    """The index of a snapshot -> that of the version that it is; of several the newest."""
    same: dict[int, int] = {}
    last = len(states) - 1
    for number in reversed(range(len(known))):
        date = known[number].date
        fitting = (
            index
            for index in range(last, -1, -1)
            if states[index].checksum == printed[number] and (date is None or states[index].date[: len(date)] <= date)
        )
        if (index := next(fitting, None)) is not None:
            same[number] = last = index
    return same


def _snapshots_before(record: ReadingList, known: Sequence[Snapshot], same: dict[int, int], index: int, state: Version) -> int:
    """How many snapshots come before a version that is none of them."""
    before = max((number + 1 for number, other in same.items() if other < index), default=0)
    behind = min((number for number, other in same.items() if other > index), default=len(known))
    while before < behind:
        date = known[before].date
        if date is None:
            raise UsageError(
                f'the snapshot "{known[before].id}" of "{record.id}" is no version in this repository, and has no day, so that '
                f"none can say whether the version of {state.date} came before it; commit it first, or write its day under "
                f"snapshots: in lists/{record.id}.yaml, as {{id: {known[before].id}, date: YYYY-MM-DD}}"
            )
        if state.date[: len(date)] < date:
            break
        before += 1
    return before


def _between(record: ReadingList, one: Snapshot, other: Snapshot, state: Version) -> str:
    return (
        f'the version of {state.date} ({state.commit[:10]}) comes between the snapshots "{one.id}" and "{other.id}" of '
        f'"{record.id}", and nothing can be woven in there; import the list into another folder and take in its history there, '
        "or take in what is newer with --date"
    )


def _snapshot(version: Version, ids: set[str]) -> Snapshot:
    return Snapshot(id=snapshot_name(version.date, ids), date=version.date)


def snapshot_name(date: str, ids: set[str]) -> str:
    """A name for a snapshot of that day, which none of these has; it is one of them from now on."""
    name = next(name for n in count(1) if (name := date if n == 1 else f"{date}-{n}") not in ids)
    ids.add(name)
    return name
