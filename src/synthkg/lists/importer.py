r"""Read a Markdown document as a list record that gives the document back, byte for byte.

The line is the unit. A Markdown parser says which lines are headings, table rows and list items; `synthkg.lists.cells` finds
the cells in them; and every line whose cells, laid out again, are not exactly that line is kept as text. So nothing
that a document can hold is lost, whatever was understood of it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from markdown_it import MarkdownIt
from markdown_it.token import Token

from synthkg.catalog import BULLET, SPACE, write_line
from synthkg.errors import ImportFailed
from synthkg.lists.cells import Bounds, Span, cells, links, plain, read_bullet, read_row, roles, template
from synthkg.lists.works import Conflict, group
from synthkg.model import Artifact, Block, Entry, Paper, ReadingList

__all__ = ["Imported", "Unread", "entries_of", "entry_base", "name_subjects", "read_list"]

_BASE = "https://w3id.org/synthkg/"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MARKDOWN = MarkdownIt("commonmark").enable("table").disable("inline")
_PAD = "\0"


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that looks like an entry but was kept as text."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What a document gave: the list, skeletons of what it lists, and what a person should look at.

    ``lines`` has, for each entry in order, the number of its line, from 1.
    """

    list: ReadingList
    papers: tuple[Paper, ...]
    artifacts: tuple[Artifact, ...]
    lines: tuple[int, ...]
    unread: tuple[Unread, ...]
    conflicts: tuple[Conflict, ...]

    @property
    def entries(self) -> int:
        """How many rows were read as entries."""
        return len(self.lines)


@dataclass(frozen=True, slots=True)
class _Heading:
    lines: int
    level: int
    title: str


@dataclass(frozen=True, slots=True)
class _Row:
    """A line with an entry: where its fields stand and, in a table, its cells.

    ``table`` is the line where the table opens; ``rule`` has the widths of its columns in the line under its header.
    """

    text: str
    end: str
    spans: tuple[Span, ...]
    bounds: tuple[Bounds, ...] = ()
    table: int = -1
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
) -> Imported:
    r"""Read a Markdown document as a list record with skeletons of the works that it lists.

    Args:
        text: the document, its newlines as they are in the file.
        id: the id of the list.
        title: the title of the list; without one, the first words of the document.
        source: where the document was published.
        concepts: for the casefolded name of a concept, its ``scheme/id``: what a heading of that name is about.
        file: the document's name, for messages.

    Returns:
        The list and what was found in it.

    Raises:
        ImportFailed: the document has a character that no XML document, so no RDF/XML dump, can carry.

    >>> found = read_list("# Papers\n\n- [A b c](https://arxiv.org/abs/2304.12244), 2023\n", "example")
    >>> found.list.title, found.entries, found.papers[0].versions[0].arxiv
    ('Papers', 1, '2304.12244')
    >>> found.list.content[2].row, found.list.content[2].entries[0].paper
    ('- [{title}]({url}), 2023', 'a-b-c')
    """
    _refuse_forbidden(text, file or f"{id}.md")
    newline = "\r\n" if "\n" in text and text.count("\r\n") == text.count("\n") == text.count("\r") else "\n"
    lines = _LINE.findall(text.replace("\r\n", "\n") if newline == "\r\n" else text)
    known, unread = _structure(lines)
    blocks = list(_blocks(lines, known, concepts or {}))
    found = ReadingList(id=id, title=title or _title(lines) or id, source=source, newline=newline, content=tuple(blocks))
    works = group(dict(enumerate(entries_of(found), start=1)), entry_base(id))
    at = tuple(number + 1 for number, row in sorted(known.items()) if isinstance(row, _Row))
    return Imported(name_subjects(found, works.about), works.papers, works.artifacts, at, unread, works.conflicts)


def entry_base(id: str) -> str:
    """The IRI that, with an entry's number after it, names that entry of a list.

    >>> entry_base("example")
    'https://w3id.org/synthkg/list/example/entry/'
    """
    return f"{_BASE}list/{id}/entry/"


def entries_of(record: ReadingList) -> list[Entry]:
    """The entries of a list, in order."""
    return [entry for block in record.content for entry in block.entries]


def name_subjects(record: ReadingList, about: Mapping[int, tuple[str | None, str | None]]) -> ReadingList:
    """The list with each entry, by its number from 1, about its paper or else its artifact, or about nothing known."""
    numbers = count(1)
    content = []
    for block in record.content:
        subjects = [about.get(next(numbers), (None, None)) for _ in block.entries]
        named = (replace(entry, paper=p, artifact=a) for entry, (p, a) in zip(block.entries, subjects, strict=True))
        content.append(replace(block, entries=tuple(named)) if block.entries else block)
    return replace(record, content=tuple(content))


def _refuse_forbidden(text: str, file: str) -> None:
    found = _FORBIDDEN.search(text)
    if found is None:
        return
    before = _LINE.findall(text[: found.start()] + ".")
    raise ImportFailed(
        f"the character U+{ord(found[0]):04X} can stand in no XML, so in no RDF/XML dump; delete it or replace it",
        f"{file}:{len(before)}:{len(before[-1])}",
    )


def _structure(lines: Sequence[str]) -> tuple[dict[int, _Heading | _Row], tuple[Unread, ...]]:
    """Find the headings and entries, by the number of their first line from 0, and what looks like an entry."""
    tokens = _MARKDOWN.parse("".join(lines).removeprefix("\ufeff"))
    known: dict[int, _Heading | _Row] = {}
    unread: dict[int, Unread] = {}
    for position, token in enumerate(tokens):
        if token.map is None:
            continue
        start, end = token.map
        if token.type == "heading_open" and token.level == 0:
            known[start] = _Heading(end - start, int(token.tag[1:]), plain(tokens[position + 1].content))
        elif token.type == "table_open":
            for number, row in _table(lines, tokens, position):
                if row is None:
                    unread[number] = Unread(number + 1, lines[number].rstrip("\r\n"))
                else:
                    known[number] = row
        elif token.type == "list_item_open" and start not in known:
            text, ending = _split(lines[start])
            if (spans := read_bullet(text)) and _comes_back(text, spans):
                known[start] = _Row(text, ending, spans)
            elif BULLET.match(text) and any(not text[slice(*link.url)].startswith("#") for link in links(text)):
                unread[start] = Unread(start + 1, text)
    return known, tuple(unread[number] for number in sorted(unread) if number not in known)


def _table(lines: Sequence[str], tokens: Sequence[Token], position: int) -> Iterator[tuple[int, _Row | None]]:
    """Read the rows of the table that opens at a token; a row that cannot be read is ``None``."""
    start, end = tokens[position].map or [0, 0]
    header = _split(lines[start])[0]
    columns = cells(header, 0)
    body = [_split(lines[number]) for number in range(start + 2, end)]
    cut = [cells(text, len(columns)) for text, _ in body]
    texts = [[text[slice(*bound)] for bound in bounds] for (text, _), bounds in zip(body, cut, strict=True)]
    fields = roles([header[slice(*column)] for column in columns], texts)
    under = _split(lines[start + 1])[0]
    rule = tuple(right - left for left, right in cells(under, len(columns)))
    for number, ((text, ending), bounds) in enumerate(zip(body, cut, strict=True), start=start + 2):
        spans = read_row(text, bounds, fields) if "|" in text or len(columns) == 1 else ()
        if spans and _comes_back(text, spans):
            yield number, _Row(text, ending, spans, tuple(bounds), start, rule)
        elif re.search(r"\w", text):
            yield number, None


def _blocks(lines: Sequence[str], known: Mapping[int, _Heading | _Row], concepts: Mapping[str, str]) -> Iterator[Block]:
    """The document as blocks, in order: runs of text, headings, runs of entries."""
    number, text = 0, ""
    while number < len(lines):
        found = known.get(number)
        if found is None:
            text += lines[number]
            number += 1
            continue
        if text:
            yield Block(text=text)
            text = ""
        if isinstance(found, _Heading):
            heading, end = _split("".join(lines[number : number + found.lines]))
            concept = concepts.get(found.title.casefold(), "none")
            yield Block(heading=heading, level=found.level, title=found.title, concept=concept, end=_own(end))
            number += found.lines
        else:
            run = [found]
            while isinstance(row := known.get(number + len(run)), _Row) and row.table == found.table:
                run.append(row)
            yield _entries(run)
            number += len(run)
    if text:
        yield Block(text=text)


def _entries(run: Sequence[_Row]) -> Block:
    """The entries of a run of rows under the layout that most of them share; the others have a ``row`` of their own."""
    row, widths = _layout(run)
    block = Block(row=row, widths=widths)
    entries: list[Entry] = []
    for line in run:
        entry = replace(_entry(line.text, line.spans), end=_own(line.end))
        if write_line(block, entry) != line.text + line.end:
            entry = replace(entry, row=template(line.text, line.spans))
        entries.append(entry)
    return replace(block, entries=tuple(entries))


def _entry(text: str, spans: Iterable[Span]) -> Entry:
    cell = {span.field: text[span.start : span.end] for span in spans}
    return Entry(title=cell.get("title"), url=cell.get("url"), venue=cell.get("venue"), code=cell.get("code"))


def _comes_back(text: str, spans: Sequence[Span]) -> bool:
    """Whether a line is its own template filled with its own cells; if not, its cells were not read rightly."""
    return write_line(Block(row=template(text, spans)), replace(_entry(text, spans), end="")) == text


def _layout(run: Sequence[_Row]) -> tuple[str, tuple[int, ...]]:
    """The most common template of a run of rows, and the widths that reproduce most of these."""
    shapes = [_shape(row) for row in run]
    shape = Counter(shapes).most_common(1)[0][0]
    like = [row for row, own in zip(run, shapes, strict=True) if own == shape]
    widths = [0] * len(like[0].bounds)
    row, *rest = shape.split(_PAD)
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


def _shape(row: _Row) -> str:
    """The template of a row, with one mark for the padding that ends each cell."""
    shape, position = "", 0
    for column in _filled(row):
        start, end = row.bounds[column]
        own = [span for span in row.spans if start <= span.start <= end]
        shape += template(row.text, own, position, end - _measure(row, column).pad) + _PAD
        position = end
    return shape + template(row.text, () if row.bounds else row.spans, position)


def _split(line: str) -> tuple[str, str]:
    """A line and what ends it."""
    end = next((end for end in ("\r\n", "\n", "\r") if line.endswith(end)), "")
    return line.removesuffix(end), end


def _own(end: str) -> str | None:
    """What a record says about the end of a line: nothing if it is the usual one."""
    return None if end == "\n" else end


def _title(lines: Sequence[str]) -> str:
    """The first words of a document."""
    return next((words for line in lines if (words := plain(line.strip("\ufeff# \t\r\n")))), "")
