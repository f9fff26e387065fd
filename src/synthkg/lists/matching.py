"""Match the rows of any reading list with the curated records: known, known under another title, new, or in conflict.

Precision goes first, because a wrong merge is worse than a missed one. An identifier settles who is meant if the title does not
speak against it; without one the title must be a recorded one, or differ from one by slips of the pen alone. Where a row speaks
for two works it is in conflict, and a person decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from synthkg.catalog import Catalog, built_in, lay_out, write_line
from synthkg.lists.carrying import carry_errata
from synthkg.lists.claims import compare
from synthkg.lists.importer import Imported, entries_of, entry_base, name_subjects, read_list
from synthkg.lists.verdicts import CONFLICT, KNOWN, NEW, RENAMED, Matched, Verdict
from synthkg.model import Artifact, Block, Entry, Paper, ReadingList, Record, Venue, identifier_key, key_of
from synthkg.reading import is_generic, links, names_in
from synthkg.works import (
    NOTHING,
    ONE_A_WORK,
    Aside,
    Claim,
    Curated,
    Looks,
    Taken,
    can_be,
    candidates,
    fold,
    group,
    has_authors,
    is_cut_off,
    kind_of_key,
    likeness,
    looks_of,
    read_claim,
    short_name,
    title_likeness,
    titles_of,
    without_name,
)

__all__ = ["Row", "drafts_of", "is_primary", "match", "match_list", "new_records", "read_row", "row_looks", "rows_of"]

_SHORT = 4
_RESEMBLES = 0.75
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Row:
    """A row, read: ``key`` of the work that its title links to, ``keys`` of all its links, and ``rest``, what no cell holds."""

    claim: Claim
    line: int
    entry: Entry
    key: str | None
    keys: tuple[str, ...]
    rest: str
    looks: Looks

    @property
    def folded(self) -> str:
        """Its title, folded."""
        return fold(self.claim.title)


def match_list(catalog: Catalog, text: str, id: str, *, source: str | None = None, file: str = "") -> Matched:
    """Read a document as a list and match each of its rows.

    Args:
        catalog: The records that are known.
        text: The document.
        id: The id of the list.
        source: Where it was published.
        file: Its name; see `synthkg.lists.importer.read_list`.

    Raises:
        ImportFailed: see `synthkg.lists.importer.read_list`.
    """
    imported = read_list(text, id, source=source, concepts=catalog.vocabulary.headings, file=file)
    rows = list(rows_of(imported))
    return Matched(imported, tuple(match(Curated(catalog, built_in(Venue)), rows)))


def match(curated: Curated, rows: Sequence[Row]) -> Iterator[Verdict]:
    """The verdict on each row, in order."""
    ids = list(curated.looks)
    near: defaultdict[int, list[str]] = defaultdict(list)
    for number, position in sorted(candidates([row.looks for row in rows], list(curated.looks.values()))):
        near[number].append(ids[position])
    for number, row in enumerate(rows):
        yield _Settling(curated, row, near[number]).verdict()


def new_records(matched: Matched, catalog: Catalog, renames: Mapping[str, str] | None = None) -> list[Record]:
    """The list, each row that is settled about our record, with what is known to be wrong in it, and skeletons of what is new.

    A row in conflict about which work it means is about none, for a curator to settle. No skeleton has an id that a record of
    ours has or had. The first list is the primary one, so that neither its pages nor the data set are called otherwise when
    another comes.
    """
    entries = dict(enumerate(entries_of(matched.imported.list), start=1))
    curated = Curated(catalog, built_in(Venue))
    about, drafts = drafts_of(curated, matched.imported.list.id, matched.verdicts, entries, matched.imported.asides, renames)
    named = name_subjects(matched.imported.list, about)
    return [carry_errata(catalog, replace(named, primary=is_primary(catalog, named.id))), *drafts]


def is_primary(catalog: Catalog, id: str) -> bool:
    """Whether a list is the primary one: it says so, or it is new and there is no other."""
    lists = catalog.known(ReadingList)
    return lists[id].primary if id in lists else not lists


def drafts_of(
    curated: Curated,
    id: str,
    verdicts: Iterable[Verdict],
    entries: Mapping[int, Entry],
    asides: Mapping[int, Aside],
    renames: Mapping[str, str] | None = None,
) -> tuple[dict[int, tuple[str | None, str | None]], list[Record]]:
    """What rows of a list are about, by their numbers, and drafts of what is new; venues that the project knows come finished.

    Args:
        curated: The records.
        id: The list's id.
        verdicts: Those on the rows.
        entries: The rows, by their numbers.
        asides: What stands around their fields, by their numbers.
        renames: Other ids for papers, by the ids that they would get.
    """
    catalog = curated.catalog
    venues, venue_ids = tuple(catalog.known(Venue).values()), catalog.taken(Venue)
    taken = Taken(catalog.taken(Paper), catalog.taken(Artifact), curated.things, venues, venue_ids, curated.missing)
    fresh = {each.entry: entries[each.entry] for each in verdicts if each.verdict == NEW}
    found = group(fresh, entry_base(id), taken, asides, renames)
    about = {each.entry: (each.paper, each.artifact) for each in verdicts if each.is_settled}
    return about | found.about, [*found.papers, *found.artifacts, *found.venues]


def rows_of(imported: Imported, numbers: Container[int] | None = None) -> Iterator[Row]:
    """The rows of a document, all or those of some numbers, in order."""
    number = 0
    for block in imported.list.content:
        for entry in block.entries:
            number += 1
            if numbers is None or number in numbers:
                yield read_row(number, imported.lines[number - 1], block, entry, imported.asides.get(number, NOTHING))


def read_row(number: int, line: int, block: Block, entry: Entry, aside: Aside = NOTHING) -> Row:
    """Read an entry with what stands around its cells: links to other copies, names of authors."""
    claim = read_claim(number, entry, aside)
    pieces, end = lay_out(block, entry)
    rest = " ".join([*(f"{piece.before} {piece.after}" for piece in pieces), end])
    text = write_line(block, entry)
    keys = dict.fromkeys(key for link in links(text) if (key := key_of(link.url)) is not None)
    for link in reversed(links(rest)):
        rest = f"{rest[: link.start]} {rest[link.end :]}"
    key = key_of(claim.url)
    return Row(claim, line, entry, key, (*([key] if key else []), *keys), rest, row_looks(claim.title, names_in(rest)))


def row_looks(title: str, authors: Iterable[str]) -> Looks:
    """What a row is compared by; a title of few words may be the short name of a work."""
    looks = looks_of([title], authors)
    return looks._replace(names=looks.titles) if ":" not in title and len(title.split()) < _SHORT else looks


class _Settling:
    """The settling of one row; ``near`` has the papers whose titles are worth comparing."""

    def __init__(self, curated: Curated, row: Row, near: Iterable[str]) -> None:
        self.curated, self.row = curated, row
        self.near = {paper: curated.looks[paper] for paper in near}
        self.exact = curated.titled.get(row.folded, set())

    def verdict(self) -> Verdict:
        """The verdict."""
        claim = self.row.claim
        if (same := self.curated.same_row(self.row.entry)) is not None:
            adds = self._lacking(self.curated.papers[same[0]]) if same[0] is not None else ()
            by = "the same row, settled before"
            return Verdict(claim.number, self.row.line, claim.title, KNOWN, *same, by, adds=adds, is_settled=True)
        if (settled := self.curated.settled_as(claim.title, claim.url)) is not None:
            return self._settled(KNOWN if self._is_recorded(*settled) else RENAMED, *settled, "a row settled before")
        linked = self.curated.identified_by([self.row.key] if self.row.key else [])
        if linked:
            return self._of_linked(linked)
        elsewhere = sorted(each for each in self.curated.identified_by(self.row.keys) if self._is_title_of(each))
        if len(elsewhere) == 1 and not self.exact - set(elsewhere):
            return self._known(elsewhere[0], self._identifier(elsewhere[0]))
        if self.exact:
            return self._of_titled()
        if (similar := self._similar()) is not None:
            paper, by = similar
            return self._known(paper, by)
        artifact = self.curated.artifact_at(claim.url) or self._artifact_titled()
        if artifact is not None:
            return self._of_artifact(artifact)
        inside = [found for thing in claim.things if (found := self.curated.artifact_at(thing.url)) is not None]
        return self._new(f"artifact/{inside[0]}" if inside else None)

    def _artifact_titled(self) -> str | None:
        """The artifact of this very title, where no address says otherwise."""
        named = self.curated.named.get(self.row.folded, set())
        is_telling = len(self.row.folded.split()) >= _FEWEST and not is_generic(self.row.claim.title)
        is_paper = any(self.row.folded == name for looks in self.near.values() for name, _ in looks.names)
        is_paper = is_paper or bool(self.row.looks.authors)
        return min(named) if len(named) == 1 and is_telling and not is_paper and not self.row.claim.url else None

    def _is_recorded(self, paper: str | None, artifact: str | None) -> bool:
        if paper is not None:
            return self.row.folded in {fold(title) for title in titles_of(self.curated.papers[paper])}
        record = self.curated.artifacts[artifact or ""]
        return self.row.folded in {fold(name) for name in (record.title, *record.aliases)}

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
        first = min(linked)
        reason = f'its link is that of "{first}" ({self._identifier(first)}), which has no such title'
        if has_authors(self.row.looks, self.curated.looks[first]):
            reason += "; the authors are the same, so it may be a former title"
        return self._conflict(first, ("title", reason))

    def _of_titled(self) -> Verdict:
        """The title is one of ours, and the link is not."""
        meant = sorted(each for each in self.exact if self._strangers(each) is None)
        if len(meant) == 1 and self._is_evidence(meant[0]):
            return self._known(meant[0], "title")
        if len(meant) == 1:
            return self._new(resembles=f"paper/{meant[0]}")
        if meant:
            return self._conflict(meant[0], ("title", f"it is the title of {' and '.join(meant)}"))
        first = min(self.exact)
        if len(self.row.folded.split()) < _SHORT:
            return self._new(resembles=f"paper/{first}")
        return self._conflict(first, self._strangers(first) or ("title", ""))

    def _is_evidence(self, paper: str) -> bool:
        """Whether the title alone can tell: it has words enough and names no kind of page, or the authors are there."""
        is_telling = len(self.row.folded.split()) >= _FEWEST and not is_generic(self.row.claim.title)
        return is_telling or has_authors(self.row.looks, self.curated.looks[paper])

    def _of_artifact(self, artifact: str) -> Verdict:
        """The title's link shows an artifact of ours, or it has none and is the artifact's title; and no title is a paper's."""
        by = "URL" if self.row.claim.url else "title"
        record = self.curated.artifacts[artifact]
        title = self.row.folded
        names = {fold(name) for name in (record.title, *record.aliases)}
        own = {fold(self.row.claim.things[0].name)} if self.row.claim.things else set()
        if title in names | own or self.row.claim.title.startswith(("http://", "https://")):
            return self._settled(KNOWN, None, artifact, by)
        if short_name(self.row.claim.title) in names | own or any(
            f" {name} " in f" {title} " for name in names | own if len(name) > _SHORT
        ):
            return self._settled(RENAMED, None, artifact, by)
        reason = f'its link is that of the artifact "{artifact}", which has no such title'
        return replace(self._conflict(None, ("title", reason)), artifact=artifact)

    def _is_title_of(self, paper: str) -> bool:
        """Whether the title can be the paper's, given that the link is."""
        return any(can_be(self.row.claim.title, title) for title in titles_of(self.curated.papers[paper]))

    def _similar(self) -> tuple[str, str] | None:
        """The only paper whose title or authors say that it is meant, and which of them."""
        found = [(paper, by) for paper, looks in self.near.items() if (by := likeness(self.row.looks, looks)) is not None]
        if not found and len(without_name(self.row.claim.title).split()) > _SHORT:
            index = self.curated.titled if short_name(self.row.claim.title) else self.curated.nameless
            found = [(paper, "title without its short name") for paper in index.get(without_name(self.row.claim.title), ())]
        found = [(paper, by) for paper, by in found if self._strangers(paper) is None]
        if not found and self.row.claim.title.endswith(("...", "…")):
            whole = [papers for title, papers in self.curated.titled.items() if is_cut_off(self.row.claim.title, title)]
            found = [(paper, "title, cut off") for papers in whole for paper in papers if self._strangers(paper) is None]
        return found[0] if len({paper for paper, _ in found}) == 1 else None

    def _strangers(self, paper: str) -> tuple[str, str] | None:
        """Cell and reason why the row cannot be about the paper although it has its title."""
        keys = self.curated.keys[paper]
        for own in self.row.claim.identifiers:
            key = identifier_key(own)
            kind = kind_of_key(f"{own.scheme} {own.value}")
            kinds = ("doi", "acl") if kind == "doi" else (kind,)
            known = [each for each in keys if kind_of_key(each) in kinds]
            if kind in ONE_A_WORK and known and key not in keys:
                return "url", f'its title is that of "{paper}", which is {known[0]}; its link is {own.scheme} {own.value}'
        theirs = self.curated.looks[paper]
        if self.row.looks.authors and theirs.authors and not self.row.looks.authors & theirs.authors:
            return "authors", f'its title is that of "{paper}", and none of the authors'
        return None

    def _identifier(self, paper: str) -> str:
        return next(key for key in self.row.keys if key in self.curated.keys[paper])

    def _known(self, paper: str, by: str) -> Verdict:
        return self._settled(KNOWN if self._is_recorded(paper, None) else RENAMED, paper, None, by)

    def _settled(self, verdict: str, paper: str | None, artifact: str | None, by: str) -> Verdict:
        claim = self.row.claim
        found = Verdict(claim.number, self.row.line, claim.title, verdict, paper, artifact, by, is_settled=True)
        if paper is None:
            return found
        record = self.curated.papers[paper]
        wrong, adds = compare(self.row.entry, claim, self.row.rest, record, self.curated)
        if self._lacks_key(record):
            adds = (self.row.key or "", *adds)
        return replace(found, verdict=CONFLICT if wrong else verdict, conflicts=wrong, adds=adds)

    def _lacking(self, record: Paper) -> tuple[str, ...]:
        """The identifier that a draft has not, of a row that is its own: nobody has said yet that it is wrong."""
        return (self.row.key,) if record.draft and self.row.key and self._lacks_key(record) else ()

    def _lacks_key(self, record: Paper) -> bool:
        return (
            self.row.key is not None
            and self.row.claim.identifier is not None
            and self.row.key not in self.curated.keys[record.id]
        )

    def _torn(self, titled: str, linked: set[str]) -> Verdict:
        reason = f'its title is that of "{titled}", its link that of "{min(linked)}" ({self._identifier(min(linked))})'
        return self._conflict(titled, ("url", reason))

    def _conflict(self, paper: str | None, difference: tuple[str, str]) -> Verdict:
        claim = self.row.claim
        return Verdict(claim.number, self.row.line, claim.title, CONFLICT, paper, conflicts=(difference,))

    def _new(self, resembles: str | None = None) -> Verdict:
        claim = self.row.claim
        mine = self.row.looks
        like = [(1.0 if mine.names & its.names else title_likeness(mine, its), paper) for paper, its in self.near.items()]
        best, paper = max(like, default=(0.0, ""))
        resembles = resembles or (f"paper/{paper}" if best >= _RESEMBLES else None)
        if resembles is None and (named := self.curated.named.get(self.row.folded)):
            resembles = f"artifact/{min(named)}"
        return Verdict(claim.number, self.row.line, claim.title, NEW, resembles=resembles)
