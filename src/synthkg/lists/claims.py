"""Compare what a row says of a known paper, where it appeared and where its code is, with what is curated.

Only what contradicts a record is in conflict; what goes beyond it is an addition. A venue is recognised by the names that
its record has, in the folder or else in the project, so a venue without a record says nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from synthkg.model import IDENTIFIERS, Entry, Paper, Venue, Version, identify
from synthkg.reading import links, plain
from synthkg.works import Claim, Curated, read_thing

__all__ = ["compare"]

Difference = tuple[str, str]

_YEAR = r"(?:[^\d\n]{0,25}?(?P<year>(?:19|20)\d\d)\b)"
_ELSEWHERE = re.compile(r"[/;|*]")


def compare(
    entry: Entry,
    claim: Claim,
    rest: str,
    paper: Paper,
    curated: Curated,
) -> tuple[tuple[Difference, ...], tuple[str, ...]]:
    """What a row says of a paper that cannot be right if the record is, by cell, and what the record does not have.

    Args:
        entry: the row's cells.
        claim: the row, read.
        rest: what stands around its cells, without links: there a bullet says where the paper appeared.
        paper: the paper that the row is about.
        curated: all that is curated.
    """
    found = [*_venue(entry, rest, paper, curated.venues), *_code(entry, claim, paper, curated)]
    wrong = tuple((cell, text) for cell, text, is_wrong in found if is_wrong)
    return wrong, tuple(text for _, text, is_wrong in found if not is_wrong)


def _venue(entry: Entry, rest: str, paper: Paper, venues: Mapping[str, Venue]) -> Iterator[tuple[str, str, bool]]:
    said = plain(entry.venue or "")
    for venue, year, text in _mentions(said or rest, venues, with_year=not said):
        name = f"{venue.acronym or venue.title}{f' {year}' if year else ''}"
        there = [version for version in paper.versions if version.venue == venue.id]
        published = [version for version in paper.versions if version.type != "preprint" and version.venue is not None]
        if venue.type == "repository":
            submitted = [version.date or str(version.year or "") for version in there]
            if year and submitted and all(submitted) and year < min(submitted)[:4]:
                yield "venue", f"{name} is before it was submitted, {min(submitted)}", True
            elif not there:
                yield "venue", name, "preprint" in paper.absent
        elif there:
            if (reason := _other_version(there, year, text, venues)) is not None:
                yield "venue", f"{name}: ours is {reason}", True
        elif published and not re.search(r"(?i)workshop|@", text):
            yield "venue", f"{name}: ours is {', '.join(_where(version, venues) for version in published)}", True
        elif "publication" in paper.absent:
            yield "venue", f"{name}: it is established that the paper was not published", True
        else:
            yield "venue", name, False


def _other_version(there: list[Version], year: str | None, text: str, venues: Mapping[str, Venue]) -> str | None:
    """How the paper appeared at this venue, if not as the text says."""
    of_year = [version for version in there if year is None or version.year is None or str(version.year) == year]
    if not of_year:
        return ", ".join(_where(version, venues) for version in there)
    says_findings, says_workshop = ("finding" in text.casefold(), bool(re.search(r"(?i)workshop|@", text)))
    for version in of_year:
        is_findings, is_workshop = version.track == "findings", version.type == "workshop-paper"
        if (version.track is None or is_findings == says_findings) and (is_workshop == says_workshop):
            return None
    return ", ".join(_where(version, venues) for version in of_year)


def _where(version: Version, venues: Mapping[str, Venue]) -> str:
    venue = venues.get(version.venue or "")
    name = (venue.acronym or venue.title) if venue is not None else version.venue
    kind = " (workshop)" if version.type == "workshop-paper" else " (Findings)" if version.track == "findings" else ""
    return f"{name}{f' {version.year}' if version.year else ''}{kind}"


def _mentions(text: str, venues: Mapping[str, Venue], with_year: bool) -> Iterator[tuple[Venue, str | None, str]]:
    """The venues that a text names, with the year after each and the words around it."""
    names = {name.casefold(): venue for venue in venues.values() for name in _names(venue)}
    if not names:
        return
    for found in _pattern(tuple(names), with_year).finditer(text):
        before, after = _ELSEWHERE.split(text[: found.start()])[-1], _ELSEWHERE.split(text[found.end() :])[0]
        yield names[found["name"].casefold()], found["year"], before + found[0] + after


def _names(venue: Venue) -> Iterator[str]:
    yield from filter(None, (venue.acronym, venue.title, *venue.aliases))


@lru_cache(maxsize=8)
def _pattern(names: tuple[str, ...], with_year: bool) -> re.Pattern[str]:
    listed = "|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name)))
    return re.compile(rf"(?i)(?<!\w)(?P<name>{listed})(?!\w){_YEAR}{'' if with_year else '?'}")


def _code(entry: Entry, claim: Claim, paper: Paper, curated: Curated) -> Iterator[tuple[str, str, bool]]:
    own = {*paper.official, *paper.unofficial, *paper.artifacts}
    artifacts = [curated.artifacts[id] for id in sorted(own) if id in curated.artifacts]
    urls = [url for artifact in artifacts for url in (artifact.url, *artifact.former_urls) if url]
    keys = {thing.key for url in urls if (thing := read_thing(url)) is not None}
    cell = (entry.code or "").strip()
    for url in [link.url for link in links(cell)] or [cell]:
        found = identify(url)
        if found is not None and found.scheme in IDENTIFIERS:
            yield "code", f"{found.scheme} {found.value} is a paper, no code", True
    for number, thing in enumerate(claim.things):
        if thing.key in keys:
            continue
        where = "url" if claim.is_thing and number == 0 else "code"
        other = curated.artifact_at(thing.url)
        if other is not None:
            of = ", ".join(sorted(curated.owners.get(other, ())))
            is_wrong = bool(of) or where == "url"
            yield where, f'{thing.url} is the artifact "{other}"{f" of {of}" if of else ""}', is_wrong
        elif thing.type == "code" and "code" in paper.absent:
            yield where, f"{thing.url}: it is established that there is no code", True
        elif thing.type == "code" and any(artifact.type == "code" for artifact in artifacts):
            ours = ", ".join(str(artifact.url) for artifact in artifacts if artifact.type == "code")
            yield where, f"{thing.url}: ours is {ours}", True
        else:
            yield where, thing.url, False
