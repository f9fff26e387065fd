"""What a source says of one publication, in our words, and nothing that it does not say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path

from synthkg.errors import UnreadableError
from synthkg.model import is_day

__all__ = ["IDENTIFIERS", "Publication", "Source", "Wanted"]

IDENTIFIERS = ("arxiv", "doi", "acl", "openreview")
"""The fields of a version that name it, the most telling first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One publication as a source prints it. None or () where the source is silent.

    Attributes:
        page: The page where a person can read the same.
        title: The title, without the source's mark-up.
        authors: The names in order, as printed.
        ids: Of each author in order, (authority, id) as `Author` has them.
        profiles: The names in order, as their owners call themselves there: to compare, never to fill in.
        type: The key of a class of versions, e.g. ``conference-paper``.
        venue: The venue's acronym, title, or text that holds one of them; see `synthkg.enrichment.venues`.
        date: YYYY, YYYY-MM or YYYY-MM-DD, of this very version.
    """

    page: str
    title: str
    authors: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    ids: tuple[tuple[tuple[str, str], ...], ...] = ()
    type: str | None = None
    venue: str | None = None
    year: int | None = None
    track: str | None = None
    presentation: str | None = None
    workshop: str | None = None
    date: str | None = None
    pages: str | None = None
    arxiv: str | None = None
    doi: str | None = None
    acl: str | None = None
    openreview: str | None = None

    @property
    def identifiers(self) -> frozenset[tuple[str, str]]:
        """(scheme, value in lower case) of each identifier that it has."""
        found = ((scheme, getattr(self, scheme)) for scheme in IDENTIFIERS)
        return frozenset((scheme, value.lower()) for scheme, value in found if value)


_DATE = re.compile("[0-9]{4}(?:-[0-9]{2}){0,2}")
_TEXTS = tuple(each.name for each in fields(Publication) if each.type in ("str", "str | None"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for in a source, so that a reader of a big file can pass over the rest.

    Attributes:
        identifiers: (scheme, value in lower case).
        titles: Folded titles.
    """

    identifiers: frozenset[tuple[str, str]]
    titles: frozenset[str]

    def values(self, scheme: str) -> list[str]:
        """The identifiers of one scheme, sorted."""
        return sorted(value for kind, value in self.identifiers if kind == scheme)


@dataclass(frozen=True, slots=True)
class Source:
    """A place that tells facts about publications, declared once.

    Attributes:
        name: The word for it in ``--from NAME=PATH``.
        summary: What it is, and which file or folder is meant.
        kind: The kind of evidence that its facts are.
        read: (path, what is wanted) -> the publications in it; it may leave out what is not wanted. UnreadableError where the
            file is not what it should be.
        home: The address of its API, without a final slash; empty where it has none that is asked.
        requests: What is wanted -> the paths below ``home`` that answer it, each in a form that ``read`` reads.
        pace: Seconds between two requests, as its operators ask.
    """

    name: str
    summary: str
    kind: str
    read: Callable[[Path, Wanted], Iterator[Publication]]
    home: str = ""
    requests: Callable[[Wanted], Iterable[str]] = lambda wanted: ()
    pace: float = 1.0

    def publications(self, place: Path, wanted: Wanted) -> Iterator[Publication]:
        """What it says, whoever wrote the file: an item of another form than it should have is no bug of ours.

        Raises:
            UnreadableError: The file, or an item in it, is not what it should be.
        """
        try:
            for publication in self.read(place, wanted):
                _require_types(publication)
                yield publication if _is_date(publication.date or "") else replace(publication, date=None)
        except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
            why = f"{type(error).__name__}: {error}"
            raise UnreadableError(
                f"there is an item in it of another form than {self.name} writes ({why})", str(place)
            ) from error


def _is_date(text: str) -> bool:
    """Whether it is YYYY, YYYY-MM or YYYY-MM-DD, and that day is one."""
    return _DATE.fullmatch(text) is not None and is_day(f"{text}-01-01"[:10])


def _require_types(publication: Publication) -> None:
    for name in _TEXTS:
        if not isinstance(value := getattr(publication, name), str | None):
            raise TypeError(f"{name} is no text: {value!r:.60}")
    if not isinstance(publication.year, int | None):
        raise TypeError(f"year is no number: {publication.year!r:.60}")
    for name in publication.authors:
        if not isinstance(name, str):
            raise TypeError(f"an author is no text: {name!r:.60}")
