"""The curated papers and artifacts, found by identifier, by URL, by title and by likeness.

A work and its versions are one here: whatever identifies a version identifies its paper.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from synthkg.catalog import Catalog
from synthkg.model import Artifact, Entry, Paper, ReadingList, Venue, is_preprint_doi, key_of, keys_of_paper, normal_url
from synthkg.reading import plain
from synthkg.works.folding import fold
from synthkg.works.lookalikes import Looks, authors_of, look_at, short_name, titles_of, without_name
from synthkg.works.testimony import read_thing

__all__ = ["ONE_A_WORK", "Curated", "kind_of_key", "looks_of", "missing_venues"]

ONE_A_WORK = ("arxiv", "acl", "doi", "preprint")
"""The kinds of identifiers, as `kind_of_key` has them, of which a work has one."""

_NONE: Mapping[str, Venue] = MappingProxyType({})


def missing_venues(catalog: Catalog, venues: Mapping[str, Venue]) -> dict[str, Venue]:
    """Those of some venues, by id, that no venue of the catalog is called like."""
    known = catalog.known(Venue).values()
    taken = {fold(name) for venue in known for name in venue.names} | {*catalog.taken(Venue)}
    return {id: venue for id, venue in venues.items() if not taken & {id, *map(fold, venue.names)}}


class Curated:
    """The curated papers and artifacts, found by identifier, by URL and by title.

    Args:
        catalog: The records.
        venues: Finished records of venues, of which rows may name those too that the catalog does not have, ``missing``;
            with its own these are ``venues``.
    """

    def __init__(self, catalog: Catalog, venues: Mapping[str, Venue] = _NONE) -> None:
        self.catalog = catalog
        self.missing = missing_venues(catalog, venues)
        self.venues = self.missing | dict(catalog.of(Venue))
        self.papers = catalog.known(Paper)
        self.artifacts = catalog.known(Artifact)
        self.identified: defaultdict[str, set[str]] = defaultdict(set)
        self.titled: defaultdict[str, set[str]] = defaultdict(set)
        self.nameless: defaultdict[str, set[str]] = defaultdict(set)
        self.owners: defaultdict[str, set[str]] = defaultdict(set)
        self.named: defaultdict[str, set[str]] = defaultdict(set)
        self.settled: dict[tuple[str, str], set[tuple[str | None, str | None]]] = defaultdict(set)
        self.rows: dict[tuple[str | None, ...], set[tuple[str | None, str | None]]] = defaultdict(set)
        self.pages: dict[str, str] = {}
        self.things: dict[str, str] = {}
        self.keys = {paper.id: list(keys_of_paper(paper)) for paper in self.papers.values()}
        self.looks = {paper.id: looks_of(titles_of(paper), authors_of(paper)) for paper in self.papers.values()}
        for paper in self.papers.values():
            for key in self.keys[paper.id]:
                self.identified[key].add(paper.id)
            for title in titles_of(paper):
                self.titled[fold(title)].add(paper.id)
                if short_name(title):
                    self.nameless[without_name(title)].add(paper.id)
            for id in (*paper.official, *paper.unofficial, *paper.artifacts):
                self.owners[id].add(paper.id)
        for artifact in self.artifacts.values():
            for name in {fold(title) for title in (artifact.title, *artifact.aliases)}:
                self.named[name].add(artifact.id)
            for url in filter(None, (artifact.url, *artifact.former_urls)):
                self.pages.setdefault(normal_url(url), artifact.id)
                thing = read_thing(url)
                if thing is not None and normal_url(thing.url).casefold() == normal_url(url).removesuffix(".git").casefold():
                    self.things.setdefault(thing.key, artifact.id)

        for record in catalog.of(ReadingList).values():
            for entry in (entry for block in record.content for entry in block.entries):
                if entry.title is not None and (entry.paper or entry.artifact):
                    self.rows[_cells(entry)].add((entry.paper, entry.artifact))
                    self.settled[settled_key(plain(entry.title), entry.url or "")].add((entry.paper, entry.artifact))

    def settled_as(self, title: str, url: str) -> tuple[str | None, str | None] | None:
        """What a row with this title and address is about in every list where a person settled it, if all agree."""
        return self._only(self.settled.get(settled_key(title, url), set()))

    def same_row(self, entry: Entry) -> tuple[str | None, str | None] | None:
        """What a row with these very cells is about in our lists, if all agree; what is wrong in it is settled there, too."""
        return self._only(self.rows.get(_cells(entry), set()))

    def _only(self, found: set[tuple[str | None, str | None]]) -> tuple[str | None, str | None] | None:
        subjects = [each for each in found if each[0] in self.papers or each[1] in self.artifacts]
        return subjects[0] if len(found) == len(subjects) == 1 else None

    def artifact_at(self, url: str) -> str | None:
        """The artifact that a URL shows: that very page, or the repository in which it lies."""
        thing = read_thing(url)
        return self.pages.get(normal_url(url)) or (self.things.get(thing.key) if thing is not None else None)

    def identified_by(self, keys: Iterable[str]) -> set[str]:
        """The papers that have one of the identifiers."""
        return {paper for key in keys for paper in self.identified.get(key, ())}


def _cells(entry: Entry) -> tuple[str | None, ...]:
    return entry.title, entry.url, entry.venue, entry.code


def settled_key(title: str, url: str) -> tuple[str, str]:
    """What tells whether two rows say the same."""
    return fold(title), key_of(url) or url


def looks_of(titles: Iterable[str], authors: Iterable[str]) -> Looks:
    """What is compared of a work; "large language model" is one with its abbreviation."""
    return look_at((re.sub(r"(?i)\blarge[ -]language[ -]model(s?)\b", r"LLM\1", title) for title in titles), authors)


def kind_of_key(key: str) -> str:
    """The kind of identifier that a key has: its scheme, but a preprint's DOI is of another kind than a publication's.

    >>> kind_of_key("doi 10.1000/1"), kind_of_key("doi 10.1101/2020.12.15.422761"), kind_of_key("arxiv 2304.12244")
    ('doi', 'preprint', 'arxiv')
    """
    scheme, _, value = key.partition(" ")
    return "preprint" if scheme == "doi" and is_preprint_doi(value) else scheme
