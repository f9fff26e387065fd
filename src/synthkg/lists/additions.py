"""The rows that a new snapshot adds, matched like those of any list; what is new becomes drafts.

All others are settled, but for those that lead to another work now.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from synthkg.catalog import Catalog, built_in
from synthkg.lists.carrying import carry_errata
from synthkg.lists.importer import Imported
from synthkg.lists.matching import drafts_of, match, rows_of
from synthkg.lists.snapshots import Change, Updated
from synthkg.lists.verdicts import Verdict
from synthkg.model import ReadingList, Record, Venue, key_of
from synthkg.works import Curated

__all__ = ["settle_added"]


def settle_added(catalog: Catalog, updated: Updated, read: Imported) -> tuple[ReadingList, list[Record], list[Verdict]]:
    """The list with its added rows about our records or about drafts, these drafts, and the verdict on each of the rows; and on
    those that have another address now, where our record lacks what they say or contradicts it.

    Args:
        catalog: The records; drafts of snapshots before are among them.
        updated: The list with its new snapshot.
        read: The document of that snapshot.
    """
    curated = Curated(catalog, built_in(Venue))
    added = {change.number for change in updated.changes if change.kind == "added" or _leads_elsewhere(curated, change)}
    place = {number: updated.numbers[number - 1] for number in range(1, read.entries + 1)}
    moved = {change.number: change.after.paper for change in updated.changes if change.after and _has_another_address(change)}
    asked = added | moved.keys()
    rows = list(rows_of(read, {number for number, own in place.items() if own in asked}))
    if not rows:
        return carry_errata(catalog, updated.record), [], []
    found = [replace(verdict, entry=place[verdict.entry]) for verdict in match(curated, rows)]
    verdicts = [verdict for verdict in found if verdict.entry in added]
    entries = {place[row.claim.number]: row.entry for row in rows}
    asides = {place[number]: aside for number, aside in read.asides.items() if place[number] in added}
    about, drafts = drafts_of(curated, updated.record.id, verdicts, entries, asides)
    others = [each for each in found if each.entry not in added and each.told and each.paper == moved[each.entry]]
    return carry_errata(catalog, _about(updated, about, added)), drafts, [*verdicts, *others]


def _has_another_address(change: Change) -> bool:
    """Whether a row that was settled has another address now."""
    return change.before is not None and change.after is not None and change.before.url != change.after.url


def _leads_elsewhere(curated: Curated, change: Change) -> bool:
    """Whether a row that was settled has another address now, which is that of another work of ours."""
    if change.after is None or not _has_another_address(change):
        return False
    key = key_of(change.after.url or "")
    found = curated.identified_by([key] if key else [])
    return bool(found) and change.after.paper not in found


def _about(updated: Updated, about: dict[int, tuple[str | None, str | None]], added: Collection[int]) -> ReadingList:
    """The list with the rows of these numbers, as the new snapshot has them, about their paper or else their artifact."""
    subjects = {strand.at: about.get(strand.number, (None, None)) for strand in updated.brought if strand.number in added}
    content = []
    for index, block in enumerate(updated.record.content):
        entries = tuple(
            replace(entry, paper=subjects[index, place][0], artifact=subjects[index, place][1])
            if (index, place) in subjects
            else entry
            for place, entry in enumerate(block.entries)
        )
        content.append(replace(block, entries=entries) if block.entries else block)
    return replace(updated.record, content=tuple(content))
