"""The rows that a new snapshot adds, matched like those of any list; what is new becomes drafts. All others are settled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from synthkg.catalog import Catalog
from synthkg.lists.importer import Imported
from synthkg.lists.matching import Curated, drafts_of, match, rows_of
from synthkg.lists.snapshots import Updated
from synthkg.lists.verdicts import Verdict
from synthkg.model import ReadingList, Record

__all__ = ["settle_added"]


def settle_added(catalog: Catalog, updated: Updated, read: Imported) -> tuple[ReadingList, list[Record], list[Verdict]]:
    """The list with its added rows about our records or about drafts, these drafts, and the verdict on each of the rows.

    Args:
        catalog: The records; drafts of snapshots before are among them.
        updated: The list with its new snapshot.
        read: The document of that snapshot.
    """
    added = {change.number for change in updated.changes if change.kind == "added"}
    place = {number: updated.numbers[number - 1] for number in range(1, read.entries + 1)}
    rows = [row for row in rows_of(read) if place[row.claim.number] in added]
    if not rows:
        return updated.record, [], []
    verdicts = [replace(verdict, entry=place[verdict.entry]) for verdict in match(Curated(catalog), rows)]
    entries = {place[row.claim.number]: row.entry for row in rows}
    asides = {place[number]: aside for number, aside in read.asides.items() if place[number] in added}
    about, drafts = drafts_of(catalog, updated.record.id, verdicts, entries, asides)
    return _about(updated.record, about, added), drafts, verdicts


def _about(record: ReadingList, about: dict[int, tuple[str | None, str | None]], added: Iterable[int]) -> ReadingList:
    """The list with its rows of these numbers about their paper or else their artifact."""
    numbers = set(added)
    content = []
    for block in record.content:
        entries = tuple(
            replace(entry, paper=about.get(entry.number, (None, None))[0], artifact=about.get(entry.number, (None, None))[1])
            if entry.number in numbers
            else entry
            for entry in block.entries
        )
        content.append(replace(block, entries=entries) if block.entries else block)
    return replace(record, content=tuple(content))
