"""What is wrong of a work in one list is wrong in every list that says the same of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from synthkg.catalog import Catalog, weave
from synthkg.model import CELLS, Entry, Erratum, ReadingList

__all__ = ["carry_errata"]

_FROM = "As in "
Said = tuple[str | None, str | None, str, str]  # what a row is about (paper or artifact), a cell of it, and its text


def carry_errata(catalog: Catalog, record: ReadingList) -> ReadingList:
    """The list with the errata that other lists have for the same text in the same cell of a row about the same work.

    A row that another list withdraws is that list's own affair, and no erratum of ours is touched.
    """
    known: dict[Said, tuple[ReadingList, Erratum]] = {}
    for other in catalog.of(ReadingList).values():
        for said, erratum in _errata(other):
            known.setdefault(said, (other, erratum))
    own = {(erratum.entry, erratum.field, erratum.published) for erratum in record.errata}
    carried: list[Erratum] = []
    for number, entry in _rows(record):
        for name in CELLS:
            text = getattr(entry, name)
            if (number, name, text) not in own and (found := known.get((entry.paper, entry.artifact, name, text))):
                other, erratum = found
                carried.append(replace(erratum, entry=number, reason=_reason(erratum, other)))
    return replace(record, errata=(*record.errata, *dict.fromkeys(carried)))


def _errata(record: ReadingList) -> Iterator[tuple[Said, Erratum]]:
    """The errata of a list by what they correct: a row may have been about another work when it had another text."""
    wrong = {(erratum.entry, erratum.field, erratum.published): erratum for erratum in record.errata if erratum.corrected}
    for number, entry in _rows(record):
        for name in CELLS:
            if (erratum := wrong.get((number, name, getattr(entry, name)))) is not None:
                yield (entry.paper, entry.artifact, name, erratum.published), erratum


def _reason(erratum: Erratum, of: ReadingList) -> str:
    """The reason, with the list that gave it first."""
    return erratum.reason if erratum.reason.startswith(_FROM) else f'{_FROM}"{of.title}": {erratum.reason}'


def _rows(record: ReadingList) -> Iterator[tuple[int, Entry]]:
    """Every row that is about something of ours, in each of its states, with its number."""
    for strand in weave(record):
        if strand.entry is not None and (strand.entry.paper or strand.entry.artifact):
            yield strand.number, strand.entry
