"""Skeletons: the drafts of papers, artifacts and venues that rows of a list call for, as far as the rows and identifiers say."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, count

from synthkg.model import (
    Artifact,
    Author,
    Evidence,
    Identifier,
    Paper,
    Venue,
    Version,
    deduce_month,
    is_preprint_doi,
    is_url,
    normal_url,
    slug,
)
from synthkg.reading import plain
from synthkg.works.minting import mint, numbered
from synthkg.works.publications import Names, Publication, VenueName, mentioned, of_identifier, printed, seeming_venue
from synthkg.works.testimony import NOTHING, Claim, Thing

__all__ = ["Taken", "Venues", "draft_artifacts", "draft_paper"]

_ARXIV = VenueName("arXiv", "arXiv", "repository")


@dataclass(frozen=True, slots=True)
class Taken:
    """What new skeletons must leave alone: ids in use; records that are there of artifacts, by the key of their `Thing`; those
    of venues; finished ones of other venues, by id, which come along where a row names them.
    """

    papers: frozenset[str] = frozenset()
    artifacts: frozenset[str] = frozenset()
    things: Mapping[str, str] = field(default_factory=dict)
    venues: Sequence[Venue] = ()
    venue_ids: frozenset[str] = frozenset()
    missing: Mapping[str, Venue] = field(default_factory=dict)


def draft_paper(
    id: str, work: Sequence[Claim], identifiers: set[Identifier], artifact_ids: Mapping[str, str], venues: Venues, base: str
) -> Paper:
    """The draft of a work.

    Args:
        id: its id.
        work: the rows that are about it.
        identifiers: those that are its own.
        artifact_ids: the ids of artifacts, by the keys of things.
        venues: where it may have appeared.
        base: see `synthkg.works.grouping.group`.
    """
    keys = dict.fromkeys(thing.key for claim in work for thing in claim.things)
    said = [venues.said_in(claim) for claim in work]
    told = next((claim.aside for claim in work if claim.aside.authors), NOTHING)
    return Paper(
        id=id,
        draft=True,
        title=work[0].title,
        authors=tuple(Author(name=name, group=name in told.teams) for name in told.authors),
        versions=tuple(_versions(work, said, identifiers, venues)),
        artifacts=tuple(dict.fromkeys(artifact_ids[key] for key in keys)),
        evidence=tuple(_evidence(work, said, base)),
    )


def draft_artifacts(claims: Iterable[Claim], base: str, taken: Taken) -> dict[str, Artifact]:
    """One artifact for each thing without a record, titled by the first entry that is about it, else by its own name."""
    things: dict[str, Thing] = {}
    titles: dict[str, str] = {}
    citing: defaultdict[str, dict[int, None]] = defaultdict(dict)
    for claim in claims:
        for position, thing in enumerate(claim.things):
            if thing.key in taken.things:
                continue
            things.setdefault(thing.key, thing)
            citing[thing.key][claim.number] = None
            if claim.is_thing and position == 0:
                titles.setdefault(thing.key, claim.title)
    named = [(thing, re.sub(r"[_:]", "-", thing.name)) for thing in things.values()]
    fallbacks = [f"{name} project" if thing.type == "project" else f"{thing.owner} {name}" for thing, name in named]
    ids = mint([name for _, name in named], fallbacks, taken.artifacts)
    return {
        key: Artifact(
            id=artifact_id,
            draft=True,
            title=titles.get(key, thing.name),
            type=thing.type,
            url=thing.url,
            evidence=tuple(Evidence(source=f"{base}{number}", kind="list") for number in citing[key]),
        )
        for artifact_id, (key, thing) in zip(ids, things.items(), strict=True)
    }


class Venues:
    """Venues by name: those that have a record, and the records to be written of the others, most of them skeletons."""

    def __init__(self, taken: Taken, base: str) -> None:
        self._taken, self._base = taken, base
        venues = (*taken.venues, *taken.missing.values())
        self._names = Names(venues)
        self._ids = {
            name.casefold(): venue.id
            for venue in venues
            for name in (venue.acronym, venue.title, *venue.aliases)
            if name is not None
        }
        self.made: dict[str, Venue] = {}

    def said_in(self, claim: Claim) -> Publication:
        """Where and when a row says that its work appeared."""
        if claim.aside.appeared is not None:
            return printed(claim.aside.appeared, self._names)
        return mentioned(plain(claim.venue), claim.aside.text, self._names)

    def id_of(self, name: VenueName, entry: int) -> str:
        """The id of a venue's record; a skeleton is made for one without."""
        for known in (name.acronym.casefold(), name.title.casefold()):
            if known in self._ids:
                return self._brought(self._ids[known])
        base = slug(name.acronym) or "venue"
        others = (numbered(base if base == "venue" else f"{base}-venue", number) for number in count(1))
        id = next(each for each in chain([base], others) if not self._is_anothers(each, name))
        if id not in self.made:
            evidence = (Evidence(source=f"{self._base}{entry}", kind="list"),)
            acronym = name.acronym if name.acronym != name.title else None
            self.made[id] = Venue(id=id, draft=True, title=name.title, type=name.kind, acronym=acronym, evidence=evidence)
        return id

    def _is_anothers(self, id: str, name: VenueName) -> bool:
        is_taken = id in self._taken.venue_ids or id in self._taken.missing
        return is_taken or (id in self.made and self.made[id].title != name.title)

    def _brought(self, id: str) -> str:
        """The id of a venue that is named, whose record is to be written if it is missing."""
        if id in self._taken.missing:
            self.made[id] = self._taken.missing[id]
        return id


def _versions(work: Sequence[Claim], found: Sequence[Publication], owned: set[Identifier], venues: Venues) -> Iterator[Version]:
    """The versions that a work's links and rows show, the preprints first; where it appeared is said once."""
    identifiers = {each: claim for claim in reversed(work) for each in reversed(claim.identifiers) if each in owned}
    identifiers = dict(sorted(identifiers.items(), key=lambda pair: pair[1].number))
    implied = {of_identifier(each).doi for each in identifiers if each.scheme == "acl"}
    pages = {normal_url(claim.url): claim for claim in reversed(work) if claim.identifier is None and is_url(claim.url)}
    said = {claim.number: own for claim, own in zip(work, found, strict=True)}
    names: Counter[str] = Counter()

    def named(name: str) -> str:
        names[name] += 1
        return numbered(name, names[name])

    for each, claim in identifiers.items():
        if each.scheme == "arxiv":
            venue = venues.id_of(_ARXIV, claim.number)
            yield Version(id=named("preprint"), type="preprint", venue=venue, date=deduce_month(each.value), arxiv=each.value)
    places = _Places(work, said)
    for each, claim in identifiers.items():
        if each.scheme == "arxiv" or (each.scheme == "doi" and each.value in implied):
            continue
        if each.scheme == "doi" and (is_preprint_doi(each.value) or _is_preprint(claim, said)):
            yield _preprint(each.value, said[claim.number], claim, venues, named)
            continue
        own = of_identifier(each)
        if own.type is None:
            claim, own = places.take(claim)
        else:
            places.pass_over(claim)
            own = replace(own, pages=said[claim.number].pages)
        yield _published(each, own, claim, venues, named)
    for claim in reversed(list(pages.values())):
        claim, own = (claim, said[claim.number]) if _is_preprint(claim, said) else places.take(claim)
        yield _published(claim.url, own, claim, venues, named)
    for claim, own in places.left():
        yield _published(None, own, claim, venues, named)
    for claim in work:
        if not names and _is_preprint(claim, said):
            yield _preprint(None, said[claim.number], claim, venues, named)
        elif not names and said[claim.number].is_dated:
            yield _published(None, said[claim.number], claim, venues, named)


class _Places:
    """Where the rows of a work say that it appeared. Each entry of a bibliography is believed; of other rows only the first
    that says so, and only where no identifier does.
    """

    def __init__(self, work: Sequence[Claim], said: Mapping[int, Publication]) -> None:
        self._said = said
        self._unsaid: dict[tuple[VenueName | None, int | None], tuple[Claim, Publication]] = {}
        self._is_said = False
        for claim in work:
            if (own := said[claim.number]).is_published:
                self._unsaid.setdefault((own.venue, own.year), (claim, own))

    def take(self, claim: Claim) -> tuple[Claim, Publication]:
        """Where the version behind a row's identifier or page appeared, and the row that says so."""
        own = self._said[claim.number]
        if claim.aside.appeared is not None:
            place = self._unsaid.pop((own.venue, own.year), None) or (claim, replace(own, venue=None, stated=own.type))
        elif self._is_said or not self._unsaid:
            return claim, Publication()
        else:
            place = self._unsaid.pop(next(iter(self._unsaid)))
        self._is_said = self._is_said or place[1].is_published
        return place

    def pass_over(self, claim: Claim) -> None:
        """An identifier says where the row's work appeared, and so the row need not."""
        self._is_said = True
        self._unsaid.pop((self._said[claim.number].venue, self._said[claim.number].year), None)

    def left(self) -> Iterator[tuple[Claim, Publication]]:
        """What no identifier or page has."""
        for claim, own in self._unsaid.values():
            if not self._is_said or claim.aside.appeared is not None:
                self._is_said = True
                yield claim, own


def _is_preprint(claim: Claim, said: Mapping[int, Publication]) -> bool:
    """Whether an entry of a bibliography is that of a preprint."""
    return claim.aside.appeared is not None and said[claim.number].venue is not None and said[claim.number].type == "preprint"


def _preprint(doi: str | None, own: Publication, claim: Claim, venues: Venues, named: Callable[[str], str]) -> Version:
    """A preprint that arXiv has not, or nobody says where; the server, if the row says it."""
    is_elsewhere = own.venue is not None and own.type == "preprint" and (doi is None or own.venue.acronym != _ARXIV.acronym)
    venue = venues.id_of(own.venue, claim.number) if own.venue is not None and is_elsewhere else None
    return Version(id=named("preprint"), type="preprint", venue=venue, year=own.year if venue else None, doi=doi)


def _published(
    what: Identifier | str | None, own: Publication, claim: Claim, venues: Venues, named: Callable[[str], str]
) -> Version:
    """A version that is no arXiv preprint, at an identifier, at a page, or only said to be."""
    where = {what.scheme: what.value} if isinstance(what, Identifier) else {"url": what} if what else {}
    kind, venue = own.type or "", None
    if own.is_published and own.venue is not None:
        venue = venues.id_of(own.venue, claim.number)
    elif own.stated is None or own.venue is not None:
        kind = "preprint" if "openreview" in where else own.stated or ""
    if "acl" in where and venue is None:
        where["url"] = f"https://aclanthology.org/{where['acl']}"
    return Version(
        id=named(_called(venue, own.year, kind)),
        type=kind,
        venue=venue,
        year=own.year if venue or own.venue is None else None,
        pages=own.pages,
        track=own.track if kind == "conference-paper" else None,
        doi=where.get("doi") or (own.doi if "acl" in where else None),
        acl=where.get("acl"),
        openreview=where.get("openreview"),
        url=where.get("url"),
    )


def _called(venue: str | None, year: int | None, kind: str) -> str:
    """The id of a version, as far as no other has it."""
    if venue is None:
        return "preprint" if kind == "preprint" else "published"
    return f"{venue}-{year}" if year else venue


def _evidence(work: Iterable[Claim], said: Iterable[Publication], base: str) -> Iterator[Evidence]:
    for claim, own in zip(work, said, strict=True):
        words = seeming_venue(plain(claim.venue), claim.aside.text) if own.venue is None else ""
        notes = [*claim.reasons, *([f"says “{words}”, and no venue of that name is known"] if words else [])]
        yield Evidence(source=f"{base}{claim.number}", kind="list", note="; ".join(notes) or None)
