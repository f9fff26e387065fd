"""Fills the blanks of papers from sources: each fact with its evidence, nothing overwritten, what contradicts told.

A source is read once for all papers. A publication is joined to a version by an identifier; only where none is known, by
its title: the whole title, of at least `_WORDS` words, with the same first author where both are known, and never for a
work that has had several titles, because another work may have one of them by now. Where an identifier is shared but title and
authors are others, one of the two is mistyped: it is told, and nothing is filled. What a source says of a reviewed version is
never put into a preprint, nor the other way round. What an identifier alone says is filled before and after.

A date or a DOI is not taken from an aggregator: CONTRIBUTING asks for two of them, and aggregators copy each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from synthkg.catalog import Catalog, Pointer, built_in
from synthkg.endpoints import Reach
from synthkg.enrichment.online import fetch
from synthkg.enrichment.persons import family, identified
from synthkg.enrichment.publication import Publication, Source, Wanted, identifiers_of, of_acl
from synthkg.enrichment.venues import Venues
from synthkg.errors import UnreadableError
from synthkg.findings import Finding
from synthkg.model import AUTHORITIES, IDENTIFIERS, Author, Evidence, Paper, Venue, Version, acl_of_doi, deduce_month
from synthkg.works import alike, fold

__all__ = ["Enriched", "Filled", "enrich"]

_WORDS = 4
_UNNAMED = "published"  # the id of a draft's version of which the place was not known
_SHARED_AUTHORS = 0.5
_FIELDS = ("venue", "year", "track", "presentation", "date", "pages", "arxiv", "doi", "acl", "openreview")
_WEAK = ("date", "doi")
_COMPARED = ("venue", "year", "track", "arxiv", "doi", "acl", "openreview", "pages")


@dataclass(frozen=True, slots=True)
class Filled:
    """A blank that was filled.

    Attributes:
        paper: The paper's id.
        fact: The pointer, as in ``supports``: ``versions.acl-2023.doi``; a whole new version is ``versions.acl-2023``.
        value: What was filled in, as text.
        source: The source's name, or ``identifier``.
    """

    paper: str
    fact: str
    value: str
    source: str


@dataclass(slots=True)
class Enriched:
    """What came of it.

    Attributes:
        papers: Every paper that changed, by id.
        filled: Each blank that was filled.
        findings: What a source says against a record, at the value; notes.
        answered: How many requests servers answered.
        unanswered: What a server did not answer, or not as it should, in words.
        venues: The project's records of venues that the papers now name and the folder does not have.
    """

    papers: dict[str, Paper] = field(default_factory=dict)
    filled: list[Filled] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    answered: int = 0
    unanswered: list[str] = field(default_factory=list)
    venues: list[Venue] = field(default_factory=list)


def enrich(
    catalog: Catalog,
    papers: Iterable[Paper],
    sources: Sequence[tuple[Source, Path | str]],
    today: str,
    progress: Callable[[str, int], None] = lambda name, count: None,
) -> Enriched:
    """Fills what is blank. Nothing is written.

    Args:
        catalog: The records.
        papers: Those to enrich.
        sources: Each source with its file or folder, or with the address of its API; the best kind of evidence first.
        today: The day of reading, YYYY-MM-DD.
        progress: Called with a source's name and the number of publications seen.

    Raises:
        UnreadableError: A file of a source cannot be read, or is not what it should be.
        EndpointError: Servers were to be asked, and none can be reached.
    """
    filling = _Filling(catalog, {paper.id: paper for paper in papers}, today)
    filling.deduce()
    for source, path in sources:
        filling.read(source, path, progress)
        filling.deduce()
    if not filling.done.answered:
        filling.reach.end()
    filling.deduce_months()
    filling.identify()
    filling.name_versions()
    return filling.done


class _Filling:
    """The papers while they are filled."""

    def __init__(self, catalog: Catalog, papers: dict[str, Paper], today: str) -> None:
        self._catalog = catalog
        self._papers = papers
        self._today = today
        self._venues = Venues(catalog, built_in(Venue))
        self.done = Enriched()
        self.reach = Reach()
        self._identifying: list[tuple[str, Publication, Source]] = []

    def deduce(self) -> None:
        """Fills what the identifiers themselves say."""
        for paper in list(self._papers.values()):
            for version in paper.versions:
                if (found := of_acl(version.acl or acl_of_doi(version.doi or ""))).venue:
                    self._fill(paper.id, version, self._known(found), None)

    def deduce_months(self) -> None:
        """Fills the month that an arXiv number says where no source knew the day, which may be the last of the month before."""
        for paper in list(self._papers.values()):
            for version in paper.versions:
                if version.arxiv and (month := deduce_month(version.arxiv)):
                    page = f"https://arxiv.org/abs/{version.arxiv}"
                    found = Publication(page=page, title="", type="preprint", venue="arxiv", date=month, arxiv=version.arxiv)
                    self._fill(paper.id, version, self._known(found), None)

    def name_versions(self) -> None:
        """Gives versions of drafts that had no name their venue's and year's, and tells which venues are to be brought along."""
        for paper in list(self.done.papers.values()):
            unnamed = next((each for each in paper.versions if each.id == _UNNAMED and each.venue and each.year), None)
            if not paper.draft or unnamed is None:
                continue
            name = f"{unnamed.venue}-{unnamed.year}"
            if all(version.id != name for version in paper.versions):
                self.done.papers[paper.id] = _named_version(paper, name)
                self.done.filled = [
                    replace(each, fact=_moved(each.fact, name)) if each.paper == paper.id else each for each in self.done.filled
                ]
        named = {version.venue for paper in self.done.papers.values() for version in paper.versions if version.venue}
        self.done.venues += [venue for id in sorted(named) if (venue := self._venues.missing.get(id))]

    def read(self, source: Source, place: Path | str, progress: Callable[[str, int], None]) -> None:
        """Reads a source once, and fills from what is about one of the papers."""
        by_identifier = {
            key: paper.id for paper in self._papers.values() for version in paper.versions for key in identifiers_of(version)
        }
        by_title = self._titles()
        wanted = Wanted(frozenset(by_identifier), frozenset(by_title))
        read = source.publications(place, wanted) if isinstance(place, Path) else self._ask(source, place, wanted, progress)
        for count, publication in enumerate(read, start=1):
            progress(source.name, count)
            keys = sorted(publication.identifiers & wanted.identifiers) or sorted(publication.also & wanted.identifiers)
            id = by_identifier[keys[0]] if keys else by_title.get(fold(publication.title))
            if id is not None and (keys or _may_be(self._papers[id], publication)):
                self._take(id, self._known(publication), source)

    def _ask(self, source: Source, address: str, wanted: Wanted, progress: Callable[[str, int], None]) -> Iterator[Publication]:
        """What the API says; one answer that fails is told, and the others are read."""
        for answer in fetch(source, wanted, address, self.reach, progress):
            if isinstance(answer, Path):
                try:
                    yield from source.publications(answer, wanted, is_answer=True)
                    self.done.answered += 1
                except UnreadableError as error:
                    answer.unlink()
                    self.done.unanswered.append(f"{source.name}: an answer that cannot be read: {error.message}")
            else:
                self.done.unanswered.append(str(answer))

    def _titles(self) -> dict[str, str]:
        """Folded title -> paper, of those that may be found by it."""
        found: dict[str, list[str]] = {}
        for paper in self._papers.values():
            for title in _titles(paper):
                if len(title.split()) >= _WORDS:
                    found.setdefault(title, []).append(paper.id)
        return {title: ids[0] for title, ids in found.items() if len(ids) == 1}

    def _known(self, publication: Publication) -> Publication:
        """The publication with its venue as an id of ours, or without one; what a conference printed is no journal's article.

        Publishers and indexes call some proceedings journals, as Crossref does AAAI's.
        """
        venue = self._venues.find(publication.venue)
        is_misnamed = venue is not None and (publication.type, self._venues.type(venue)) == ("journal-article", "conference")
        return replace(publication, venue=venue, type="conference-paper" if is_misnamed else publication.type)

    def _take(self, id: str, publication: Publication, source: Source) -> None:
        paper = self._papers[id]
        for named in _named(paper, publication):
            self.done.findings.extend(self._contradictions(paper, named, publication, source))
        if _is_another(paper, publication):
            self._tell_another(paper, publication, source)
            return
        version = _version_of(paper, publication)
        if version is not None:
            self._fill(id, version, publication, source)
        elif _is_new(paper, publication):
            self._add_version(paper, publication, source)
        else:
            return
        if publication.ids:
            self._identifying.append((id, publication, source))

    def _tell_another(self, paper: Paper, publication: Publication, source: Source) -> None:
        """Tells that a source has another work under an identifier of a paper."""
        theirs = publication.identifiers | publication.also
        if (known := self._catalog.known(Paper).get(paper.id)) is None:
            return
        for number, version in enumerate(known.versions):
            for scheme, value in sorted(identifiers_of(version) & theirs):
                problem = f'{source.name} has "{publication.title}" under {scheme} {value}, at {publication.page}'
                mend = "find out whose identifier it is; nothing was taken from there"
                pointer = ("versions", number, scheme)
                self.done.findings.append(self._catalog.finding(known, pointer, "source-contradicts", problem, mend, "note"))

    def identify(self) -> None:
        """Fills who the authors are, once every source has said which authors there are."""
        for id, publication, source in self._identifying:
            self._identify(id, publication, source)

    def _identify(self, id: str, publication: Publication, source: Source) -> None:
        """Fills who the authors are, and tells where a source says another id than the record."""
        paper = self._papers[id]
        authors, names, clashes = identified(paper.authors, publication)
        for number, key, theirs in clashes:
            if self._catalog.of(Paper).get(id) is not None:
                self.done.findings.append(self._contradiction(paper, ("authors", number, key), theirs, publication, source))
        if names:
            facts = [f"authors.{name}" for name in names]
            self._keep(replace(paper, authors=authors), facts, publication, source)

    def _fill(self, id: str, version: Version, publication: Publication, source: Source | None) -> None:
        if not _is_one_of(version, publication):
            return
        paper = self._papers[id]
        is_weak = source is not None and source.kind == "aggregator"
        offered = {key: getattr(publication, key) for key in _FIELDS if not (is_weak and key in _WEAK)}
        if publication.track and version.track is None and version.workshop:
            offered["track"] = None
        new = {key: value for key, value in offered.items() if value is not None and getattr(version, key) is None}
        if not version.type and publication.type:
            new["type"] = publication.type
        if version.date is not None and publication.date and publication.date.startswith(version.date) and not is_weak:
            new |= {"date": publication.date} if len(publication.date) > len(version.date) else {}
        facts = [f"versions.{version.id}.{key}" for key in new]
        changes = _heads(paper, publication, is_weak=is_weak)
        if not new and not changes:
            return
        filled = replace(version, **new)
        versions = tuple(filled if each.id == version.id else each for each in paper.versions)
        self._keep(replace(paper, versions=versions, **changes), [*changes, *facts], publication, source)

    def _add_version(self, paper: Paper, publication: Publication, source: Source) -> None:
        id = f"{publication.venue}-{publication.year}"
        is_weak = source.kind == "aggregator"
        values = {key: getattr(publication, key) for key in _FIELDS if not (is_weak and key in _WEAK)}
        title = _titles(paper).get(fold(publication.title))  # in our spelling
        version = Version(id=id, type=publication.type or "", title=None if title == paper.title else title, **values)
        changes = _heads(paper, publication, is_weak=is_weak)
        changed = replace(paper, versions=(*paper.versions, version), **changes)
        self._keep(changed, [*changes, f"versions.{id}"], publication, source)

    def _keep(self, paper: Paper, facts: list[str], publication: Publication, source: Source | None) -> None:
        kind = source.kind if source else "arxiv" if publication.arxiv else "proceedings"
        note = f"read in {source.name}'s data" if source else "follows from the identifier"
        read = self._today if source else None
        paper = _cite(paper, Evidence(source=publication.page, kind=kind, read=read, supports=tuple(facts), note=note))
        self._papers[paper.id] = self.done.papers[paper.id] = paper
        name = source.name if source else "identifier"
        self.done.filled.extend(Filled(paper.id, fact, _value(paper, fact), name) for fact in facts)

    def _contradictions(self, paper: Paper, version: Version, publication: Publication, source: Source) -> Iterator[Finding]:
        if paper.id in self.done.papers and version not in self._catalog.of(Paper).get(paper.id, paper).versions:
            return  # it was filled in this run, so that the file does not have it yet
        number = paper.versions.index(version)
        is_report = "report" in (version.type, publication.type)  # what of the others it is, publishers and indexes say by habit
        is_posted = publication.type == "preprint" and source.kind != "aggregator"  # a journal has days online and in print
        compared = (*_COMPARED, *(["type"] if is_report else []), *(["date"] if is_posted else []))
        for key in compared if _is_one_of(version, publication) else ("type",):
            ours, theirs = getattr(version, key), getattr(publication, key)
            if ours in (None, "") or theirs is None or _alike(key, ours, theirs):
                continue
            yield self._contradiction(paper, ("versions", number, key), theirs, publication, source)

    def _contradiction(self, paper: Paper, at: Pointer, theirs: object, publication: Publication, source: Source) -> Finding:
        problem = f'{source.name} says "{theirs}" at {publication.page}'
        mend = "find out which is right; if it is the record, nothing need be done"
        return self._catalog.finding(paper, at, "source-contradicts", problem, mend, "note")


def _heads(paper: Paper, publication: Publication, *, is_weak: bool) -> dict[str, Any]:
    """The title and the authors, where the paper has none yet."""
    found: dict[str, Any] = {}
    if not paper.title and publication.title:
        found["title"] = publication.title
    if not paper.authors and publication.authors and all(publication.authors) and not is_weak:
        found["authors"] = tuple(Author(name=author) for author in publication.authors)
    return found


def _named_version(paper: Paper, name: str) -> Paper:
    """The paper with an id for the version that had no name, in what its evidence supports, too."""
    versions = tuple(replace(version, id=name) if version.id == _UNNAMED else version for version in paper.versions)
    evidence = tuple(replace(each, supports=tuple(_moved(fact, name) for fact in each.supports)) for each in paper.evidence)
    return replace(paper, versions=versions, evidence=evidence)


def _cite(paper: Paper, new: Evidence) -> Paper:
    """The paper with one piece of evidence more; a page that was read on the same day supports more instead.

    What follows from an identifier was read on no day, so that its note is to stand beside nothing that a person is to read.
    """
    for number, old in enumerate(paper.evidence):
        if (old.source, old.kind, old.read or old.note) == (new.source, new.kind, new.read or new.note):
            supports = tuple(dict.fromkeys((*old.supports, *new.supports))) if old.supports else ()
            notes = dict.fromkeys(note for each in (old, new) if each.note for note in each.note.split("; "))
            both = replace(old, supports=supports, note="; ".join(notes) or None)
            return replace(paper, evidence=(*paper.evidence[:number], both, *paper.evidence[number + 1 :]))
    return replace(paper, evidence=(*paper.evidence, new))


def _moved(fact: str, name: str) -> str:
    """The pointer to a fact of the version that had no name, under its id."""
    start = f"versions.{_UNNAMED}"
    return f"versions.{name}{fact.removeprefix(start)}" if fact == start or fact.startswith(f"{start}.") else fact


def _named(paper: Paper, publication: Publication) -> list[Version]:
    """The versions that have an identifier of the publication."""
    return [version for version in paper.versions if publication.identifiers & identifiers_of(version)]


def _is_one_of(version: Version, publication: Publication) -> bool:
    """Whether a version may be the publication: both are preprints, or neither, as far as is known."""
    types = {version.type, publication.type} - {"", None}
    return "preprint" not in types or types == {"preprint"}


def _version_of(paper: Paper, publication: Publication) -> Version | None:
    """The version that a publication is: by an identifier, else the only one of its venue and year, or the one preprint."""
    if named := _named(paper, publication):
        return next((version for version in named if _is_one_of(version, publication)), None)
    same = [
        version
        for version in paper.versions
        if (version.venue, version.year) == (publication.venue, publication.year) and version.type == publication.type
    ]
    conflicting = any(getattr(version, scheme) and getattr(publication, scheme) for version in same for scheme in IDENTIFIERS)
    return same[0] if len(same) == 1 and not conflicting else None


def _is_new(paper: Paper, publication: Publication) -> bool:
    """Whether it is a reviewed publication, whose place is known, of a paper that has none so far."""
    is_whole = publication.type not in (None, "preprint") and publication.venue and publication.year
    is_there = _named(paper, publication) or any(version.type != "preprint" for version in paper.versions)
    return bool(is_whole) and not is_there


def _titles(paper: Paper) -> dict[str, str]:
    """All titles that a work has or had, folded, each with its spelling; the present one before others that fold alike."""
    every = (*(title for version in paper.versions for title in (version.title, *version.earlier_titles)), paper.title)
    return {fold(title): title for title in every if title}


def _may_be(paper: Paper, publication: Publication) -> bool:
    """Whether a publication of a work's title may be of that work: nothing speaks against its having the same first author.

    Where the work had several titles, the first author must be known to be the same.
    """
    theirs = publication.authors or publication.profiles
    if not paper.authors or not theirs:
        return len(_titles(paper)) == 1
    return family(paper.authors[0].name) == family(theirs[0])


def _is_another(paper: Paper, publication: Publication) -> bool:
    """Whether an identifier that the two share must be mistyped somewhere: the titles are far apart, and most authors others."""
    ours = {family(author.name) for author in paper.authors}
    theirs = {family(name) for name in publication.authors or publication.profiles}
    if not (ours and theirs and publication.title):
        return False
    shared = len(ours & theirs) / min(len(ours), len(theirs))
    return shared < _SHARED_AUTHORS and not any(alike(title, publication.title) for title in _titles(paper).values())


def _alike(key: str, ours: object, theirs: object) -> bool:
    """Whether two values of a version say the same; a day and its month do."""
    ours, theirs = str(ours), str(theirs)
    return ours.startswith(theirs) or theirs.startswith(ours) if key == "date" else fold(ours) == fold(theirs)


def _value(paper: Paper, fact: str) -> str:
    """The value of a fact, as text."""
    if fact == "title":
        return paper.title
    if fact == "authors":
        return "; ".join(author.name for author in paper.authors)
    if fact.startswith("authors."):
        author = next(author for author in paper.authors if author.name == fact.removeprefix("authors."))
        return " ".join(f"{key}={value}" for key in AUTHORITIES if (value := getattr(author, key)))
    _, id, *rest = fact.split(".")
    version = next(version for version in paper.versions if version.id == id)
    if rest:
        return str(getattr(version, rest[0]))
    return " ".join(f"{key}={getattr(version, key)}" for key in _FIELDS if getattr(version, key) is not None)
