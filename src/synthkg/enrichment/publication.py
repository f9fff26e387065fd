"""What a source says of one publication, in our words, and nothing that it does not say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from synthkg.errors import UnreadableError
from synthkg.model import IDENTIFIERS, Version, arxiv, deduce_acl, is_day

__all__ = ["Publication", "Source", "Wanted", "identifiers_of", "of_acl"]


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
        also: (scheme, value in lower case) of other versions of the work: it is found by them, and nothing is filled from them.
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
    also: frozenset[tuple[str, str]] = frozenset()

    @property
    def identifiers(self) -> frozenset[tuple[str, str]]:
        """See `identifiers_of`."""
        return identifiers_of(self)


def identifiers_of(thing: Publication | Version) -> frozenset[tuple[str, str]]:
    """(scheme, value in lower case) of each identifier that it has."""
    found = ((scheme, getattr(thing, scheme)) for scheme in IDENTIFIERS)
    return frozenset((scheme, value.lower()) for scheme, value in found if value)


def of_acl(id: str | None) -> Publication:
    """What an id of the ACL Anthology says by itself: nothing at all, where there is none or it names no venue."""
    said = deduce_acl(id) if id else None
    if said is None:
        return _NOTHING
    page = f"https://aclanthology.org/{id}/"
    return Publication(
        page=page, title="", type=said.type, venue=said.venue, year=said.year, track=said.track, doi=said.doi, acl=id
    )


_NOTHING = Publication(page="", title="")
_NOT_OF_ARXIV = ("year", "track", "presentation", "workshop", "pages", "doi", "acl", "openreview")
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
        read: (path, what is wanted) -> the publications in it, and None for an item that tells of none or is not wanted.
            UnreadableError where the file is not what it should be.
        home: The address of its API, without a final slash; empty where it has none that is asked.
        requests: What is wanted -> the paths below ``home`` that answer it, each in a form that ``read`` reads.
        ending: What the names of files end in that hold its API's answers.
        pace: Seconds between two requests, as its operators ask.
    """

    name: str
    summary: str
    kind: str
    read: Callable[[Path, Wanted], Iterator[Publication | None]]
    home: str = ""
    requests: Callable[[Wanted], Iterable[str]] = lambda wanted: ()
    ending: str = ".json"
    pace: float = 1.0

    def publications(self, place: Path, wanted: Wanted, *, is_answer: bool = False) -> Iterator[Publication]:
        """What it says, one version a publication, whoever wrote the file: an item of another form than it should have is no
        bug of ours.

        Args:
            place: A file or a folder.
            wanted: What is looked for.
            is_answer: Whether it is the answer of a server, which may well hold nothing.

        Raises:
            UnreadableError: The file, or an item in it, is not what it should be, or nothing in it is.
        """
        is_empty = not is_answer
        try:
            for publication in self.read(place, wanted):
                is_empty = False
                if publication is None:
                    continue
                _require_types(publication)
                alone = _alone(publication)
                yield alone if _is_date(alone.date or "") else replace(alone, date=None)
        except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
            why = f"{type(error).__name__}: {error}"
            raise UnreadableError(
                f"there is an item in it of another form than {self.name} writes ({why})", str(place)
            ) from error
        if is_empty:
            raise UnreadableError(f"nothing in it is what {self.name} is read from: {self.summary}", str(place))


def _alone(publication: Publication) -> Publication:
    """The publication without what a source joins with it of another version: one is at arXiv or has appeared elsewhere.

    >>> joined = Publication(page="", title="", type="conference-paper", arxiv="2212.10560", acl="2023.acl-long.754")
    >>> alone = _alone(joined)
    >>> alone.arxiv, alone.acl, alone.also
    (None, '2023.acl-long.754', frozenset({('arxiv', '2212.10560')}))
    """
    number = publication.arxiv or arxiv(publication.doi or "")
    if number is None:
        return publication
    joined = replace(publication, arxiv=number, doi=None if arxiv(publication.doi or "") else publication.doi)
    if joined.type == "preprint" or (joined.type is None and not (joined.doi or joined.acl or joined.openreview)):
        blank: dict[str, Any] = dict.fromkeys(_NOT_OF_ARXIV)
        alone = replace(joined, **blank)
    else:
        alone = replace(joined, arxiv=None)
    return replace(alone, also=joined.identifiers - alone.identifiers)


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
