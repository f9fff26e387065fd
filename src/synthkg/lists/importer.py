r"""Read a document as a list record that gives the document back, byte for byte.

`synthkg.reading.entries` says which stretches of the document are entries and where their fields stand. An entry is kept as its
fields and a template of what stands around them, all else as text; so nothing that a document can hold is lost, whatever was
understood of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any
from unicodedata import category

from synthkg.catalog import FIRST, SPACE, checksum, write_line
from synthkg.lists.references import reader_of
from synthkg.model import (
    Artifact,
    Block,
    Entry,
    Paper,
    ReadingList,
    Snapshot,
    Venue,
    concept_named,
    equivalents,
    escape_controls,
    slug,
)
from synthkg.reading import (
    Bounds,
    Field,
    Found,
    Lines,
    Outline,
    Span,
    Unit,
    authors_in,
    parse,
    parted,
    plain,
    read_outline,
    template,
)
from synthkg.works import Aside, Conflict, Taken, group

__all__ = ["Imported", "LeftOut", "Unread", "entries_of", "entry_base", "headings_of", "list_id", "name_subjects", "read_list"]

_BASE = "https://w3id.org/synthkg/"
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


@dataclass(frozen=True, slots=True)
class _Row:
    """An entry's text: where its fields stand, ``values`` of those that do not stand in it and, in a table, its cells.

    ``rule`` has the widths of the table's columns in the line under its header.
    """

    text: str
    end: str
    spans: tuple[Span, ...]
    values: Mapping[str, Any]
    bounds: tuple[Bounds, ...] = ()
    rule: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Measure:
    """A cell in code points: the space before its text, the text, the space after it."""

    lead: int
    ink: int
    pad: int


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
    blocks = tuple(_blocks(text, outline, concepts or {}))
    title = title or (_seen(_title(text, outline)) if read is None else "") or id  # a file of references has no words of its own
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


def list_id(document: Path) -> str:
    """What a list is called where nobody says it: after its file, or after the folder of a README.

    >>> list_id(Path("winds/Trade winds.md")), list_id(Path("winds/README.md"))
    ('trade-winds', 'winds')
    """
    name = document.parent.resolve().name if document.stem.lower() == "readme" else document.stem
    return slug(name, words=9) or "list"


def entry_base(id: str) -> str:
    """The IRI that, with an entry's number after it, names that entry of a list.

    >>> entry_base("example")
    'https://w3id.org/synthkg/list/example/entry/'
    """
    return f"{_BASE}list/{id}/entry/"


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


def _blocks(text: str, outline: Outline, concepts: Mapping[str, str]) -> Iterator[Block]:
    """The document as blocks, in order: runs of text, headings, runs of entries."""
    position = 0
    pieces: list[Unit | list[Found]] = [*_runs(outline.entries), *outline.headings]
    for piece in sorted(pieces, key=_start):
        if position < _start(piece):
            yield Block(text=text[position : _start(piece)])
        if isinstance(piece, Unit):
            yield _heading(text, piece, concepts)
            position = piece.end
        else:
            yield _entries([_row(text, found) for found in piece])
            position = piece[-1].end
    if position < len(text):
        yield Block(text=text[position:])


def _start(piece: Unit | list[Found]) -> int:
    return piece.start if isinstance(piece, Unit) else piece[0].start


def _heading(text: str, unit: Unit, concepts: Mapping[str, str]) -> Block:
    heading, end = _split(text[unit.start : unit.end])
    block = Block(heading=heading, level=unit.level, title=_words(unit), end=_own(end))
    return replace(block, concept=concept_named(block, concepts))


def _runs(entries: Sequence[Found]) -> Iterator[list[Found]]:
    """Entries that follow each other without anything between, of one table or of none."""
    run: list[Found] = []
    for found in entries:
        if run and (run[-1].end != found.start or run[-1].table != found.table):
            yield run
            run = []
        run.append(found)
    if run:
        yield run


def _row(text: str, found: Found) -> _Row:
    """An entry as a row: its text and what ends it, with its fields in the order in which they stand."""
    line, end = _split(text[found.start : found.end])
    spans: list[Span] = []
    for each in sorted((each for each in found.fields if each.bounds is not None), key=_place):
        start, stop = _place(each)
        if start >= (spans[-1].end + found.start if spans else found.start):
            spans.append(Span(each.name, start - found.start, stop - found.start))
    values = {each.name: each.value for each in found.fields if each.bounds is None}
    bounds = tuple((left - found.start, right - found.start) for left, right in found.bounds)
    return _Row(line, end, tuple(spans), values, bounds, found.rule)


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


def _place(field: Field) -> Bounds:
    return field.bounds or (0, 0)


def _entries(run: Sequence[_Row]) -> Block:
    """The entries of a run of rows under the layout that most of them share; the others have a ``row`` of their own."""
    row, widths = _layout(run)
    block = Block(row=row, widths=widths)
    entries: list[Entry] = []
    for line in run:
        entry = replace(_entry(line.text, line.spans), end=_own(line.end), **line.values)
        if write_line(block, entry) != line.text + line.end:
            entry = replace(entry, row=template(line.text, line.spans))
        entries.append(entry)
    return replace(block, entries=tuple(entries))


def _entry(text: str, spans: Iterable[Span]) -> Entry:
    cell = {span.field: text[span.start : span.end] for span in spans}
    return Entry(title=cell.get("title"), url=cell.get("url"), venue=cell.get("venue"), code=cell.get("code"))


def _layout(run: Sequence[_Row]) -> tuple[str, tuple[int, ...]]:
    """The most common template of a run of rows, and the widths that reproduce most of these."""
    shapes = [_shape(row) for row in run]
    shape = Counter(shapes).most_common(1)[0][0]
    like = [row for row, own in zip(run, shapes, strict=True) if own == shape]
    widths = [0] * len(like[0].bounds)
    row, *rest = shape
    for position, following in enumerate(rest):
        measures = [_measure(each, _filled(each)[position]) for each in like]
        column = _filled(like[0])[position]
        ruled = like[0].rule[column] - measures[0].lead if column < len(like[0].rule) else 0
        space, widths[column] = _padding(measures, ruled)
        row += " " * space + following
    return row, tuple(widths) if any(widths) else ()


def _padding(measures: Sequence[_Measure], ruled: int) -> tuple[int, int]:
    """How many spaces end each cell of a column, and the width up to which spaces fill it before these.

    Args:
        measures: the column's cells.
        ruled: how wide, after its lead, the column is in the line under the header: what to believe if in doubt.
    """
    padded = Counter(each.ink + each.pad for each in measures if each.pad)
    totals = [ruled, *(total for total, _ in padded.most_common(8))]
    best, choice = (-1, False, False), (0, 0)
    for space in (0, 1):
        for width in {0, *(total - space for total in totals if total > space)}:
            kept = sum(each.pad == space + max(0, width - each.ink) for each in measures)
            score = (kept, width == ruled - space, space == 1)
            if score > best:
                best, choice = score, (space, width)
    return choice


def _filled(row: _Row) -> list[int]:
    """The columns in which a table row has fields."""
    return [
        column
        for column, (start, end) in enumerate(row.bounds)
        if any(start <= span.start <= span.end <= end for span in row.spans)
    ]


def _measure(row: _Row, column: int) -> _Measure:
    start, end = row.bounds[column]
    text = row.text[start:end]
    stop = max(start + len(text.rstrip(SPACE)), *(span.end for span in row.spans if start <= span.start <= end))
    lead = min(len(text) - len(text.lstrip(SPACE)), stop - start)
    return _Measure(lead, stop - start - lead, end - stop)


def _shape(row: _Row) -> tuple[str, ...]:
    """The template of a row, cut at the padding that ends each cell."""
    shape: list[str] = []
    position = 0
    for column in _filled(row):
        start, end = row.bounds[column]
        own = [span for span in row.spans if start <= span.start <= end]
        shape.append(template(row.text, own, position, end - _measure(row, column).pad))
        position = end
    return (*shape, template(row.text, () if row.bounds else row.spans, position))


def _split(line: str) -> tuple[str, str]:
    """A line and what ends it."""
    end = next((end for end in ("\r\n", "\n", "\r") if line.endswith(end)), "")
    return line.removesuffix(end), end


def _own(end: str) -> str | None:
    """What a record says about the end of a line: nothing if it is the usual one."""
    return None if end == "\n" else end


def _title(text: str, outline: Outline) -> str:
    """The heading of the whole document, else the words that stand before its first entry and heading, else its first heading."""
    headings, first = outline.headings, min((_start([each]) for each in outline.entries), default=len(text))
    tops = [number for number, heading in enumerate(headings) if heading.level == 1 and heading.start < first]
    is_one = sum(heading.level == 1 for heading in headings) == 1
    if tops and (is_one or first > min((heading.start for heading in headings[tops[0] + 1 :]), default=len(text))):
        titles = [headings[tops[0]]]
    else:
        titles = [
            unit for unit in parse(text[: min(first, _LONG)]) if unit.is_html and unit.kind == "heading" and unit.level == 1
        ]
    if titles and (words := _words(titles[0])):
        return words
    headings = [heading for heading in headings if _words(heading)]
    before = min([first, _LONG, *(heading.start for heading in headings)])
    lines = (line.strip("\ufeff# \t\r\n") for line in text[:before].splitlines())
    said = next((words for line in lines if line[:1] != "|" and any(map(str.isalnum, words := plain(line)))), "")
    return said or next((_words(heading) for heading in headings if heading.start < first), "")


def _seen(title: str) -> str:
    """A title without characters that nobody sees, as marks of order and blanks of no width; joiners make signs of others."""
    return " ".join("".join(char for char in title if category(char) != "Cf" or char in "\u200c\u200d").split())


def _words(heading: Unit) -> str:
    return " ".join(heading.prose[0].text.split())
