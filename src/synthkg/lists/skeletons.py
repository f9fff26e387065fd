"""Skeletons: the drafts of papers, artifacts and venues that rows of a list call for, as far as the rows and identifiers say."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from synthkg.lists.cells import plain
from synthkg.lists.minting import mint, numbered
from synthkg.lists.publications import Publication, VenueName, mentioned, of_identifier
from synthkg.lists.testimony import Claim, Thing
from synthkg.model import Artifact, Author, Evidence, Identifier, Paper, Venue, Version, deduce_month, is_url, normal_url, slug

__all__ = ["Taken", "Venues", "draft_artifacts", "draft_paper"]

_ARXIV = VenueName("arXiv", "arXiv", "repository")


@dataclass(frozen=True, slots=True)
class Taken:
    """What new skeletons must leave alone: ids in use; records that are there of artifacts, by the key of their `Thing`, and of
    venues, by their names in lower case.
    """

    papers: frozenset[str] = frozenset()
    artifacts: frozenset[str] = frozenset()
    things: Mapping[str, str] = field(default_factory=dict)
    venues: Mapping[str, str] = field(default_factory=dict)
    venue_ids: frozenset[str] = frozenset()


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
        base: see `synthkg.lists.works.group`.
    """
    keys = dict.fromkeys(thing.key for claim in work for thing in claim.things)
    authors = next((claim.aside.authors for claim in work if claim.aside.authors), ())
    return Paper(
        id=id,
        draft=True,
        title=work[0].title,
        authors=tuple(Author(name=name) for name in authors),
        versions=tuple(_versions(work, identifiers, venues)),
        artifacts=tuple(dict.fromkeys(artifact_ids[key] for key in keys)),
        evidence=tuple(_evidence(work, base)),
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
    """Venues by name: those that have a record, and skeletons of the others."""

    def __init__(self, taken: Taken, base: str) -> None:
        self._taken, self._base = taken, base
        self.made: dict[str, Venue] = {}

    def id_of(self, name: VenueName, entry: int) -> str:
        """The id of a venue's record; a skeleton is made for one without."""
        for known in (name.acronym.casefold(), name.title.casefold()):
            if known in self._taken.venues:
                return self._taken.venues[known]
        id = slug(name.acronym)
        while id in self._taken.venue_ids:
            id += "-venue"
        if id not in self.made:
            evidence = (Evidence(source=f"{self._base}{entry}", kind="list"),)
            acronym = name.acronym if name.acronym != name.title else None
            self.made[id] = Venue(id=id, draft=True, title=name.title, type=name.kind, acronym=acronym, evidence=evidence)
        return id


def _versions(work: Sequence[Claim], owned: set[Identifier], venues: Venues) -> Iterator[Version]:
    """The versions that a work's links and rows show, the preprints first; where it appeared is said once."""
    identifiers = {each: claim for claim in reversed(work) for each in reversed(claim.identifiers) if each in owned}
    identifiers = dict(sorted(identifiers.items(), key=lambda pair: pair[1].number))
    implied = {of_identifier(each).doi for each in identifiers if each.scheme == "acl"}
    pages = {normal_url(claim.url): claim for claim in reversed(work) if claim.identifier is None and is_url(claim.url)}
    said = [(claim, mentioned(plain(claim.venue), claim.aside.text)) for claim in work]
    names: Counter[str] = Counter()

    def named(name: str) -> str:
        names[name] += 1
        return numbered(name, names[name])

    for each, claim in identifiers.items():
        if each.scheme == "arxiv":
            venue = venues.id_of(_ARXIV, claim.number)
            yield Version(id=named("preprint"), type="preprint", venue=venue, date=deduce_month(each.value), arxiv=each.value)
    published = [(claim, found) for claim, found in said if found.type not in (None, "preprint")]
    is_said = not published
    for each, claim in identifiers.items():
        if each.scheme == "arxiv" or (each.scheme == "doi" and each.value in implied):
            continue
        own = of_identifier(each)
        if own.type is None and not is_said:
            claim, own = published[0]
        is_said = is_said or own.type is not None
        yield _published(each, own, claim, venues, named)
    for claim in reversed(list(pages.values())):
        own = Publication()
        if not is_said:
            (claim, own), is_said = published[0], True
        yield _published(claim.url, own, claim, venues, named)
    if not is_said:
        claim, own = published[0]
        yield _published(None, own, claim, venues, named)


def _published(
    what: Identifier | str | None, own: Publication, claim: Claim, venues: Venues, named: Callable[[str], str]
) -> Version:
    """A version that is no arXiv preprint, at an identifier, at a page, or only said to be."""
    where = {what.scheme: what.value} if isinstance(what, Identifier) else {"url": what} if what else {}
    kind, venue = own.type, None
    if kind is not None and own.venue is not None:
        venue = venues.id_of(own.venue, claim.number)
    else:
        kind = "preprint" if "openreview" in where else "report"
        if "acl" in where:
            kind, where = "report", {**where, "url": f"https://aclanthology.org/{where['acl']}"}
    return Version(
        id=named(f"{venue}-{own.year}" if venue else "preprint" if kind == "preprint" else "published"),
        type=kind,
        venue=venue,
        year=own.year if venue else None,
        track=own.track if kind == "conference-paper" else None,
        doi=where.get("doi") or (own.doi if "acl" in where else None),
        acl=where.get("acl"),
        openreview=where.get("openreview"),
        url=where.get("url"),
    )


def _evidence(work: Iterable[Claim], base: str) -> Iterator[Evidence]:
    for claim in work:
        yield Evidence(source=f"{base}{claim.number}", kind="list", note="; ".join(claim.reasons) or None)
