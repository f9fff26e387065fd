"""Match the rows of any reading list with the curated records: known, known under another title, new, or in conflict.

Precision goes first, because a wrong merge is worse than a missed one. An identifier settles who is meant if the title does not
speak against it; without one a title counts if it is a recorded one, differs by slips of the pen alone, or is like it and the
authors are the same. Where a row speaks for two works it is in conflict, and a person decides.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from synthkg.catalog import Catalog
from synthkg.cells import links
from synthkg.claims import compare, names_in
from synthkg.identifiers import acl, identify, normal_url
from synthkg.importer import Imported, entries_of, entry_base, name_subjects, read_list
from synthkg.layout import lay_out, write_line
from synthkg.lookalikes import Looks, authors_of, candidates, look_at, short_name, title_likeness, titles_of
from synthkg.records import Artifact, Block, Entry, Paper, Record
from synthkg.titles import can_be, has_authors, is_cut_off, likeness
from synthkg.works import Claim, Taken, fold, group, read_claim, read_thing

__all__ = [
    "CONFLICT",
    "KNOWN",
    "NEW",
    "RENAMED",
    "VERDICTS",
    "Matched",
    "Row",
    "Verdict",
    "Works",
    "match",
    "match_list",
    "new_records",
]

KNOWN, RENAMED, NEW, CONFLICT = VERDICTS = ("known", "known under another title", "new", "in conflict")

_SHORT = 4
_RESEMBLES = 0.75
_ONE_A_WORK = ("arxiv", "acl")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one row.

    Attributes:
        entry: Its number in the document, from 1.
        line: The number of its line, from 1.
        title: Its title in plain words.
        verdict: One of `VERDICTS`.
        paper: Our paper that it is about; in conflict, the one that its title or else its link names.
        artifact: Our artifact that it is about, if no paper.
        by: What told: an identifier, the title, …
        conflicts: Cell and reason of everything in which the row and the records cannot both be right.
        adds: What the row says and our record does not.
        resembles: For a new row, our paper with a title somewhat like its own.
        is_settled: Whether it is certain which record is meant; never for a new row.
    """

    entry: int
    line: int
    title: str
    verdict: str
    paper: str | None = None
    artifact: str | None = None
    by: str = ""
    conflicts: tuple[tuple[str, str], ...] = ()
    adds: tuple[str, ...] = ()
    resembles: str | None = None
    is_settled: bool = False


@dataclass(frozen=True, slots=True)
class Matched:
    """A document read as a list, and the verdict on each of its rows."""

    imported: Imported
    verdicts: tuple[Verdict, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows have each verdict."""
        found = Counter(each.verdict for each in self.verdicts)
        return {verdict: found[verdict] for verdict in VERDICTS}


@dataclass(frozen=True, slots=True)
class Row:
    """A row, read: ``keys`` of the works that its links show, the title's own first, and ``rest``, what no cell holds."""

    claim: Claim
    line: int
    entry: Entry
    keys: tuple[str, ...]
    rest: str
    looks: Looks

    @property
    def folded(self) -> str:
        """Its title, folded."""
        return fold(self.claim.title)


class Works:
    """The curated papers and artifacts, found by identifier, by URL and by title."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.papers = catalog.of(Paper)
        self.artifacts = catalog.of(Artifact)
        self.identified: defaultdict[str, set[str]] = defaultdict(set)
        self.titled: defaultdict[str, set[str]] = defaultdict(set)
        self.owners: defaultdict[str, set[str]] = defaultdict(set)
        self.things: dict[str, str] = {}
        self.keys = {paper.id: list(_keys_of(paper)) for paper in self.papers.values()}
        self.looks = {paper.id: _looks(titles_of(paper), authors_of(paper)) for paper in self.papers.values()}
        for paper in self.papers.values():
            for key in self.keys[paper.id]:
                self.identified[key].add(paper.id)
            for title in titles_of(paper):
                self.titled[fold(title)].add(paper.id)
            for id in (*paper.official, *paper.unofficial, *paper.artifacts):
                self.owners[id].add(paper.id)
        for artifact in self.artifacts.values():
            for url in filter(None, (artifact.url, *artifact.former_urls)):
                if (thing := read_thing(url)) is not None:
                    self.things.setdefault(thing.key, artifact.id)

    def identified_by(self, keys: Iterable[str]) -> set[str]:
        """The papers that have one of the identifiers."""
        return {paper for key in keys for paper in self.identified.get(key, ())}


def match_list(catalog: Catalog, text: str, id: str, *, source: str | None = None, file: str = "") -> Matched:
    """Read a Markdown document as a list and match each of its rows.

    Raises:
        ImportFailed: see `synthkg.importer.read_list`.
    """
    imported = read_list(text, id, source=source, concepts=catalog.vocabulary.headings, file=file)
    rows = list(_rows(imported))
    return Matched(imported, tuple(match(Works(catalog), rows)))


def match(works: Works, rows: Sequence[Row]) -> Iterator[Verdict]:
    """The verdict on each row, in order."""
    ids = list(works.looks)
    near: defaultdict[int, list[str]] = defaultdict(list)
    for number, position in sorted(candidates([row.looks for row in rows], list(works.looks.values()))):
        near[number].append(ids[position])
    for number, row in enumerate(rows):
        yield _Settling(works, row, near[number]).verdict()


def new_records(matched: Matched, catalog: Catalog) -> list[Record]:
    """The list, each row that is settled about our record, and skeletons of what is new.

    A row in conflict about which work it means is about none, for a curator to settle. No skeleton has an id that a record
    of ours has or had.
    """
    works = Works(catalog)
    entries = dict(enumerate(entries_of(matched.imported.list), start=1))
    ids = {
        kind.folder: frozenset(id for record in catalog.of(kind).values() for id in (record.id, *record.formerly))
        for kind in (Paper, Artifact)
    }
    fresh = {each.entry: entries[each.entry] for each in matched.verdicts if each.verdict == NEW}
    taken = Taken(ids["papers"], ids["artifacts"], works.things)
    found = group(fresh, entry_base(matched.imported.list.id), taken)
    about = {each.entry: (each.paper, each.artifact) for each in matched.verdicts if each.is_settled}
    return [name_subjects(matched.imported.list, about | found.about), *found.papers, *found.artifacts]


def _rows(imported: Imported) -> Iterator[Row]:
    lines = iter(imported.lines)
    number = 0
    for block in imported.list.content:
        for entry in block.entries:
            number += 1
            yield read_row(number, next(lines), block, entry)


def read_row(number: int, line: int, block: Block, entry: Entry) -> Row:
    """Read an entry with what stands around its cells: links to other copies, names of authors."""
    claim = read_claim(number, entry)
    pieces, end = lay_out(block, entry)
    rest = " ".join([*(f"{piece.before} {piece.after}" for piece in pieces), end])
    text = write_line(block, entry)
    every = [claim.url, *(text[slice(*link.url)] for link in links(text))]
    keys = tuple(dict.fromkeys(filter(None, map(_key, every))))
    for link in reversed(links(rest)):
        rest = f"{rest[: link.start]} {rest[link.end :]}"
    return Row(claim, line, entry, keys, rest, _looks([claim.title], names_in(rest)))


def _looks(titles: Iterable[str], authors: Iterable[str]) -> Looks:
    """What is compared of a work; "large language model" is one with its abbreviation."""
    return look_at((re.sub(r"(?i)\blarge[ -]language[ -]model(s?)\b", r"LLM\1", title) for title in titles), authors)


def _keys_of(paper: Paper) -> Iterator[str]:
    for version in paper.versions:
        for scheme in ("arxiv", "doi", "acl", "openreview"):
            if (value := getattr(version, scheme)) is not None:
                yield _identifier_key(scheme, value)
        if version.url is not None and (key := _key(version.url)) is not None:
            yield key


def _key(url: str) -> str | None:
    """What tells whether two URLs show one work: the identifier, else the page."""
    found = identify(url)
    if found is not None:
        return _identifier_key(found.scheme, found.value)
    return normal_url(url) if url.startswith(("http://", "https://")) else None


def _identifier_key(scheme: str, value: str) -> str:
    """An identifier as a key; the DOI of a paper of the ACL Anthology is the Anthology's id after one prefix.

    >>> _identifier_key("doi", "10.18653/v1/2023.acl-long.754"), _identifier_key("doi", "10.1000/1")
    ('acl 2023.acl-long.754', 'doi 10.1000/1')
    """
    prefix, found, rest = value.partition("10.18653/v1/")
    anthology = acl(rest) if scheme == "doi" and found and not prefix else None
    return f"acl {anthology}" if anthology else f"{scheme} {value}"


class _Settling:
    """The settling of one row; ``near`` has the papers whose titles are worth comparing."""

    def __init__(self, works: Works, row: Row, near: Iterable[str]) -> None:
        self.works, self.row = works, row
        self.near = {paper: works.looks[paper] for paper in near}
        self.exact = works.titled.get(row.folded, set())

    def verdict(self) -> Verdict:
        """The verdict."""
        linked = self.works.identified_by(self.row.keys[:1] if self.row.claim.url else ())
        if linked:
            return self._of_linked(linked)
        elsewhere = sorted(each for each in self.works.identified_by(self.row.keys) if self._is_title_of(each))
        if len(elsewhere) == 1 and not self.exact - set(elsewhere):
            return self._known(elsewhere[0], self._identifier(elsewhere[0]))
        if self.exact:
            return self._of_titled()
        if (similar := self._similar()) is not None:
            paper, by = similar
            return self._known(paper, by)
        artifact = self._artifact()
        return self._of_artifact(artifact) if artifact is not None else self._new()

    def _of_linked(self, linked: set[str]) -> Verdict:
        """The title's link shows a paper of ours."""
        if self.exact and not self.exact & linked:
            return self._torn(min(self.exact), linked)
        meant = sorted(self.exact & linked) or sorted(each for each in linked if self._is_title_of(each))
        if len(meant) == 1:
            return self._known(meant[0], self._identifier(meant[0]))
        similar = self._similar()
        if similar is not None:
            return self._known(*similar) if similar[0] in linked else self._torn(similar[0], linked)
        written = [each for each in sorted(linked) if self._has_authors_of(each)]
        if len(written) == 1:
            return self._known(written[0], f"{self._identifier(written[0])} and authors")
        first = min(linked)
        reason = f'its link is that of "{first}" ({self._identifier(first)}), which has no such title'
        return self._conflict(first, ("title", reason))

    def _of_titled(self) -> Verdict:
        """The title is one of ours, and the link is not."""
        meant = sorted(each for each in self.exact if self._strangers(each) is None)
        if len(meant) == 1:
            return self._known(meant[0], "title")
        if meant:
            return self._conflict(meant[0], ("title", f"it is the title of {' and '.join(meant)}"))
        first = min(self.exact)
        if len(self.row.folded.split()) < _SHORT:
            return self._new(resembles=first)
        return self._conflict(first, self._strangers(first) or ("title", ""))

    def _of_artifact(self, artifact: str) -> Verdict:
        """The title's link shows an artifact of ours, and no title is a paper's."""
        record = self.works.artifacts[artifact]
        title = self.row.folded
        names = {fold(name) for name in (record.title, *record.aliases)}
        own = {fold(self.row.claim.things[0].name)} if self.row.claim.things else set()
        if title in names | own or self.row.claim.title.startswith(("http://", "https://")):
            return self._settled(KNOWN, None, artifact, "URL")
        if short_name(self.row.claim.title) in names | own or any(f" {name} " in f" {title} " for name in names | own if name):
            return self._settled(RENAMED, None, artifact, "URL")
        reason = f'its link is that of the artifact "{artifact}", which has no such title'
        return replace(self._conflict(None, ("title", reason)), artifact=artifact)

    def _artifact(self) -> str | None:
        thing = read_thing(self.row.claim.url)
        return self.works.things.get(thing.key) if thing is not None else None

    def _is_title_of(self, paper: str) -> bool:
        """Whether the title can be the paper's, given that the link is."""
        return any(can_be(self.row.claim.title, title) for title in titles_of(self.works.papers[paper]))

    def _has_authors_of(self, paper: str) -> bool:
        return has_authors(self.row.looks, self.works.looks[paper])

    def _similar(self) -> tuple[str, str] | None:
        """The only paper whose title or authors say that it is meant, and which of them."""
        found = [(paper, by) for paper, looks in self.near.items() if (by := likeness(self.row.looks, looks)) is not None]
        found = [(paper, by) for paper, by in found if self._strangers(paper) is None]
        if not found and self.row.claim.title.endswith(("...", "…")):
            whole = [papers for title, papers in self.works.titled.items() if is_cut_off(self.row.claim.title, title)]
            found = [(paper, "title, cut off") for papers in whole for paper in papers if self._strangers(paper) is None]
        return found[0] if len({paper for paper, _ in found}) == 1 else None

    def _strangers(self, paper: str) -> tuple[str, str] | None:
        """Cell and reason why the row cannot be about the paper although it has its title."""
        keys = self.works.keys[paper]
        own = self.row.claim.identifier
        if own is not None and own.scheme in _ONE_A_WORK and self.row.keys[0] not in keys:
            known = [key for key in keys if key.startswith(f"{own.scheme} ")]
            if known:
                return "url", f'its title is that of "{paper}", which is {known[0]}; its link is {own.scheme} {own.value}'
        theirs = self.works.looks[paper]
        if self.row.looks.authors and theirs.authors and not self.row.looks.authors & theirs.authors:
            return "authors", f'its title is that of "{paper}", and none of the authors'
        return None

    def _identifier(self, paper: str) -> str:
        return next(key for key in self.row.keys if key in self.works.keys[paper])

    def _known(self, paper: str, by: str) -> Verdict:
        titles = {fold(title) for title in titles_of(self.works.papers[paper])}
        return self._settled(KNOWN if self.row.folded in titles else RENAMED, paper, None, by)

    def _settled(self, verdict: str, paper: str | None, artifact: str | None, by: str) -> Verdict:
        claim = self.row.claim
        found = Verdict(claim.number, self.row.line, claim.title, verdict, paper, artifact, by, is_settled=True)
        if paper is None:
            return found
        record = self.works.papers[paper]
        wrong, adds = compare(
            self.row.entry, claim, self.row.rest, record, self.works.catalog, self.works.things, self.works.owners
        )
        if self.row.keys[:1] and claim.identifier is not None and self.row.keys[0] not in self.works.keys[record.id]:
            adds = (self.row.keys[0], *adds)
        return replace(found, verdict=CONFLICT if wrong else verdict, conflicts=wrong, adds=adds)

    def _torn(self, titled: str, linked: set[str]) -> Verdict:
        reason = f'its title is that of "{titled}", its link that of "{min(linked)}" ({self._identifier(min(linked))})'
        return self._conflict(titled, ("url", reason))

    def _conflict(self, paper: str | None, difference: tuple[str, str]) -> Verdict:
        claim = self.row.claim
        return Verdict(claim.number, self.row.line, claim.title, CONFLICT, paper, conflicts=(difference,))

    def _new(self, resembles: str | None = None) -> Verdict:
        claim = self.row.claim
        like = [(title_likeness(self.row.looks, looks), paper) for paper, looks in self.near.items()]
        best, paper = max(like, default=(0.0, ""))
        resembles = resembles or (paper if best >= _RESEMBLES else None)
        return Verdict(claim.number, self.row.line, claim.title, NEW, resembles=resembles)
