r"""Read a document as a list record that gives the document back, byte for byte.

Nothing that a document can hold is lost, whatever was understood of it: what is no entry and no heading is kept as text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count

from synthkg.catalog import FIRST, checksum
from synthkg.lists.blocks import blocks_of
from synthkg.lists.naming import title_of
from synthkg.lists.references import reader_of
from synthkg.model import BASE, Artifact, Entry, Paper, ReadingList, Snapshot, Venue, equivalents, escape_controls
from synthkg.reading import Found, Lines, authors_in, parted, plain, read_outline
from synthkg.works import Aside, Conflict, Taken, group

__all__ = ["Imported", "LeftOut", "Unread", "entries_of", "entry_base", "headings_of", "name_subjects", "read_list"]

_LONG = 20_000


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that looks like an entry but was kept as text."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An identifier in an entry that its work cannot have, and that no other has: the line of the entry, and its address."""

    line: int
    iri: str

    @property
    def told(self) -> str:
        """What became of it, as a message says it."""
        return f"{self.iri} is that of another work than the entry's, so it was left out"


@dataclass(frozen=True, slots=True)
class Imported:
    """What a document gave: the list, skeletons of what it lists, and what a person should look at.

    ``lines`` has, for each entry in order, the number of its line, from 1; ``asides``, by an entry's number, what stands
    around its fields.
    """

    list: ReadingList
    papers: tuple[Paper, ...]
    artifacts: tuple[Artifact, ...]
    venues: tuple[Venue, ...]
    lines: tuple[int, ...]
    unread: tuple[Unread, ...]
    left: tuple[LeftOut, ...]
    conflicts: tuple[Conflict, ...]
    asides: Mapping[int, Aside]

    @property
    def entries(self) -> int:
        """How many rows were read as entries."""
        return len(self.lines)


def read_list(
    text: str,
    id: str,
    title: str | None = None,
    *,
    source: str | None = None,
    concepts: Mapping[str, str] | None = None,
    file: str = "",
    renames: Mapping[str, str] | None = None,
    venues: Mapping[str, Venue] | None = None,
) -> Imported:
    r"""Read a Markdown document as a list record with skeletons of the works that it lists.

    Args:
        text: the document, its newlines as they are in the file.
        id: the id of the list.
        title: the title of the list; without one, the heading of the whole document, or its first words, or else the id.
        source: where the document was published.
        concepts: for the casefolded name of a concept, its ``scheme/id``: what a heading of that name is about.
        file: the document's name: its ending says whether it is read as references (.bib, .ris …), and messages begin with it.
        renames: other ids for papers, by the ids that they would get.
        venues: finished records of venues, by id, which take the place of skeletons.

    Returns:
        The list and what was found in it.

    Raises:
        ImportFailed: the document is of a form that is not read.

    >>> found = read_list("# Papers\n\n- [A b c](https://arxiv.org/abs/2304.12244), 2023\n", "example")
    >>> found.list.title, found.entries, found.papers[0].versions[0].arxiv
    ('Papers', 1, '2304.12244')
    >>> found.list.content[2].row, found.list.content[2].entries[0].paper
    ('- [{title}]({url}), 2023', 'a-b-c')
    """
    first = Snapshot(id=FIRST, sha256=checksum(text))
    newline = "\r\n" if "\n" in text and text.count("\r\n") == text.count("\n") == text.count("\r") else "\n"
    text = escape_controls(text.replace("\r\n", "\n") if newline == "\r\n" else text)
    read = reader_of(file)
    outline, said = read(text) if read is not None else (read_outline(text), {})
    blocks = tuple(blocks_of(text, outline, concepts or {}))
    title = title or (title_of(text, outline) if read is None else "") or id  # a file of references has no words of its own
    found = _settled(ReadingList(id=id, title=title, source=source, snapshots=(first,), newline=newline, content=blocks))
    asides = {number: _aside(text, each, said.get(number)) for number, each in enumerate(outline.entries, start=1)}
    taken = Taken(missing=venues or {})
    works = group(dict(enumerate(entries_of(found), start=1)), entry_base(id), taken, asides, renames)
    lines = Lines(text)
    at = tuple(lines.number(each.start) for each in outline.entries)
    unread = [Unread(number, lines.text(number)) for number in {lines.number(each[0]) for each in outline.unread}]
    left = [LeftOut(at[number - 1], next(equivalents(each)).iri) for number, ids in works.left.items() for each in ids]
    named = name_subjects(found, works.about)
    told = tuple(sorted(unread, key=lambda each: each.line))
    return Imported(named, works.papers, works.artifacts, works.venues, at, told, tuple(left), works.conflicts, asides)


def entry_base(id: str) -> str:
    """The IRI that, with an entry's number after it, names that entry of a list.

    >>> entry_base("example")
    'https://w3id.org/synthkg/list/example/entry/'
    """
    return f"{BASE}list/{id}/entry/"


def entries_of(record: ReadingList) -> list[Entry]:
    """The entries of a list, in order."""
    return [entry for block in record.content for entry in block.entries]


def headings_of(record: ReadingList) -> Iterator[tuple[list[tuple[str, int]], str, int]]:
    """Each heading: those around it, its title, and how many rows it holds; those of headings within one count as its own."""
    held: list[int] = []
    titles: list[str] = []
    around: list[list[int]] = []
    open_: list[tuple[int, int]] = []  # level and number of the headings that are open
    for block in record.content:
        if block.heading is not None:
            level = block.level or 1
            open_ = [each for each in open_ if each[0] < level]
            around.append([number for _, number in open_])
            open_.append((level, len(titles)))
            titles.append(block.title or "")
            held.append(0)
        for _, number in open_:
            held[number] += len(block.entries)
    for number, title in enumerate(titles):
        yield [(titles[each], held[each]) for each in around[number]], title, held[number]


def _settled(record: ReadingList) -> ReadingList:
    """The list, its headings that can name no concept naming none: those without letters, or of every row.

    What another one names that is no label of a concept, nobody has said; one without rows may have some later.
    """
    total = len(entries_of(record))
    can = iter([any(map(str.isalpha, title)) and (rows < total or not rows) for _, title, rows in headings_of(record)])
    is_none = [block.heading is not None and not next(can) and block.concept is None for block in record.content]
    content = (replace(block, concept="none") if each else block for block, each in zip(record.content, is_none, strict=True))
    return replace(record, content=tuple(content))


def name_subjects(record: ReadingList, about: Mapping[int, tuple[str | None, str | None]]) -> ReadingList:
    """The list with each entry, by its number from 1, about its paper or else its artifact, or about nothing known."""
    numbers = count(1)
    content = []
    for block in record.content:
        subjects = [about.get(next(numbers), (None, None)) for _ in block.entries]
        named = (replace(entry, paper=p, artifact=a) for entry, (p, a) in zip(block.entries, subjects, strict=True))
        content.append(replace(block, entries=tuple(named)) if block.entries else block)
    return replace(record, content=tuple(content))


def _aside(text: str, found: Found, told: Aside | None) -> Aside:
    """What stands around the fields of an entry, or what the file's form tells of it; what is too long for a row is left out."""
    if told is not None:
        return replace(told, addresses=tuple(found.more))
    start, end = found.around or (found.start, found.end)
    inside = text[start : min(end, start + _LONG)]
    title = next(each.bounds for each in found.fields if each.name == "title" and each.bounds is not None)
    inside = f"{inside[: title[0] - start]} | {inside[title[1] - start :]}"
    authors = tuple(authors_in(parted(inside)))
    return Aside(plain(inside), authors, tuple(found.more), named=authors)
