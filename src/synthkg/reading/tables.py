"""Read the rows of a table: which column holds the titles, and where a row's other fields stand.

A header's word tells most; but people write "Paper" over a column of links that say "pdf", or over none at all, so a column's
cells decide whether it holds titles. An address is taken from wherever in the row a link leads to a paper.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from synthkg.catalog import BAR, MARGIN
from synthkg.reading.headlines import find_headline, without_marks
from synthkg.reading.labels import CODE, PAPER, VENUE, is_beside, is_generic, is_paper_url, is_web, kind_of, role_of
from synthkg.reading.markup import parse_inline
from synthkg.reading.names import are_names, are_whole_names
from synthkg.reading.prose import Bounds, Link, Prose, Unit
from synthkg.reading.readings import Work, read_prose
from synthkg.reading.stretches import ELSEWHERE, HARD

__all__ = ["Field", "Row", "cut", "field_of", "read_table"]

_MANY = 40
_LONG = 20_000
_NUMBERED = re.compile(r"\s*\d+[.)]\s")
_CODE = re.compile(r"`[^`]+`")
_FEW = 3


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a row, where it stands in the document, and what it means, if that does not stand there."""

    name: str
    bounds: Bounds | None
    value: str | None = None


def field_of(name: str, link: Link) -> Field:
    """The address of a link as a field."""
    return Field(name, link.target, None if link.target is not None else link.url)


@dataclass(slots=True)
class Row:
    """A row of a table, read: its fields, none if it names no work; and whether its links lead out of the document.

    Where one cell names several works, ``works`` has them and ``cell`` what is seen of it, in place of fields.
    """

    unit: Unit
    fields: list[Field]
    more: list[Link]
    is_work: bool = True
    works: list[Work] = field(default_factory=list)
    cell: Prose = field(default_factory=Prose)


def read_table(head: Unit | None, rows: Sequence[Unit], source: str) -> list[Row]:
    """Read the rows of one table."""
    for row in rows:
        if not row.is_html and head is not None:
            _mend(row, len(head.prose), source)
    columns = max([len(row.prose) for row in rows] + [len(head.prose) if head else 0], default=0)
    headers = [head.prose[column].text if head and column < len(head.prose) else "" for column in range(columns)]
    roles = [role_of(header) for header in headers]
    titles = _title_columns(roles, rows, columns)
    return [_read_row(row, roles, titles, source) for row in rows]


def _mend(row: Unit, columns: int, source: str) -> None:
    """Cut a row at its bars; bars inside links and code are text where a row has more of them than its table has columns."""
    line = source[row.start : row.end].rstrip("\r\n")
    cells = cut(line)
    if len(cells) <= columns:
        row.bounds = [(row.start + left, row.start + right) for left, right in cells]
        row.prose = row.prose[: len(cells)]
        return
    if len(line) > _LONG:
        return
    whole = parse_inline(line)
    kept = [(link.start, link.end) for link in whole.links] + [code.span() for code in _CODE.finditer(line)]
    cells = cut(line, kept)
    if len(cells) == columns:
        row.bounds = [(row.start + left, row.start + right) for left, right in cells]
        row.prose = [parse_inline(line[left:right]).moved(0, row.start + left) for left, right in cells]


def cut(line: str, kept: Sequence[Bounds] = ()) -> list[Bounds]:
    r"""Cut a row of a table at its bars, those in stretches to be kept left out; what lies outside of outer bars is no cell.

    >>> line = r"| a \| b | [c|d](u) | `e` |"
    >>> [line[start:end] for start, end in cut(line, [(11, 19)])]
    [' a \\| b ', ' [c|d](u) ', ' `e` ']
    """
    bars = [bar.start() for bar in BAR.finditer(line) if not any(start <= bar.start() < end for start, end in kept)]
    found = [(left + 1, right) for left, right in pairwise([-1, *bars, len(line)])]
    if bars and not line[: bars[0]].strip(MARGIN):
        found = found[1:]
    if bars and not line[bars[-1] + 1 :].strip():
        found = found[:-1]
    return found


def _title_columns(roles: list[str | None], rows: Sequence[Unit], columns: int) -> list[int]:
    """The columns in which to look for a row's title, the best first."""
    shares = [_share(column, rows) for column in range(columns)]
    named = [column for column in range(columns) if roles[column] == "title"]
    good = [
        column
        for column in named
        if shares[column][1] >= 0.5 or (shares[column][0] == 0.0 and len(named) == 1 and shares[column][2] < 0.5)
    ]
    order = sorted(good, key=lambda column: -shares[column][1])
    for column in named:
        if column not in good:
            roles[column] = "url"
    linked = [
        c
        for c in range(columns)
        if c not in order and shares[c][0] >= 0.3 and roles[c] not in ("code", "venue", "url", "authors")
    ]
    order += sorted(linked, key=lambda column: -shares[column][0]) if not order else []
    order += [column for column in range(columns) if roles[column] == "name" and column not in order]
    if not order:
        textual = [c for c in range(columns) if roles[c] in (None, "other", "url", "title") and shares[c][1] >= 0.5]
        order = textual[:1]
    return order


def _share(column: int, rows: Sequence[Unit]) -> tuple[float, float, float]:
    """Of how many cells of a column a titled link to a paper, something like a title, a link is there."""
    cells = [row.prose[column] for row in rows[: 10 * _MANY] if column < len(row.prose) and row.prose[column].text.strip()]
    if not cells:
        return 0.0, 0.0, 0.0
    linked = titled = links = 0
    for cell in cells:
        labels = [
            link for link in cell.links if link.has_words and not is_generic(cell.text[slice(*link.text)]) and is_web(link.url)
        ]
        linked += bool(labels) or (bool(cell.links) and _is_quoted(cell))
        links += bool(cell.links)
        titled += bool(labels) or _is_titlelike(cell)
    return linked / len(cells), titled / len(cells), links / len(cells)


def _is_quoted(cell: Prose) -> bool:
    """Whether a title in quotation marks or bold stands before the links of a cell."""
    headline = find_headline(cell, 0, cell.links[0].text[0])
    return headline is not None and headline.is_marked and len(cell.text[slice(*headline.bounds)].split()) >= _FEW


def _is_titlelike(cell: Prose) -> bool:
    """Whether a cell's text can be a title: words that are no date, number, venue or names."""
    text = cell.text.strip()
    bare = text
    for link in reversed(cell.links):
        bare = bare[: max(0, link.text[0])] + bare[link.text[1] :] if is_generic(cell.text[slice(*link.text)]) else bare
    bare = bare.strip(" []()|/,-–—\n")
    if not bare or is_generic(bare) or not any(map(str.isalpha, bare)):
        return False
    found = VENUE.match(bare)
    return (
        not (found is not None and found.end() == len(bare))
        and not ("," in bare and are_names(bare))
        and not re.fullmatch(r"[\d.,~≈<>+-]+\s?[KMBTGkmbtg%x]*\w?", bare)
    )


def _read_row(row: Unit, roles: list[str | None], titles: list[int], source: str) -> Row:
    for column in titles:
        if column >= len(row.prose):
            continue
        cell = row.prose[column]
        title, link = _title_of(cell)
        if title is None:
            continue
        if link is not None and len(works := _works_in(cell, title)) > 1:
            return Row(row, [], [], works=works, cell=cell)
        own = [each for each in cell.links if each is not link]
        fields = _fields(row, roles, column, link, own, source)
        has_url = any(each.name == "url" for each in fields)
        if not has_url and link is not None and link.url:
            return Row(row, [], [], False)
        if not has_url and roles[column] != "title":
            return Row(row, [], [])
        taken = [each for cell in row.prose for each in cell.links]
        return Row(row, _apart([Field("title", cell.bounds(*title)), *fields]), taken)
    return Row(row, [], [])


def _works_in(cell: Prose, title: Bounds) -> list[Work]:
    """The works of a cell whose first has this title, where each further one is the label of a link to a paper."""
    first, *further = read_prose(cell, True).works or [Work(title)]
    papers = [work for work in further if work.is_link and work.url is not None and is_paper_url(work.url.url)]
    is_first = first.is_link and first.title[0] < title[1] and title[0] < first.title[1]
    return [first, *papers] if is_first else []


def _apart(fields: list[Field]) -> list[Field]:
    """The fields that share no text with one before them."""
    kept: list[Field] = []
    for each in fields:
        own = each.bounds
        if own is None or not any(e.bounds and max(own[0], e.bounds[0]) < min(own[1], e.bounds[1]) for e in kept):
            kept.append(each)
    return kept


def _title_of(cell: Prose) -> tuple[Bounds | None, Link | None]:
    """The title in a cell and the link to it: a marked headline at its head, a titled link, else all of the text."""
    titled = [link for link in cell.links if link.has_words and not is_generic(cell.text[slice(*link.text)])]
    first = titled[0].text[0] if titled else len(cell.text)
    headline = find_headline(cell, 0, first)
    if (
        headline is not None
        and headline.is_marked
        and (not titled or len(cell.text[slice(*titled[0].text)].split()) < 3 or not is_paper_url(titled[0].url))
    ):
        near = next((link for link in cell.links if link.text[0] >= headline.bounds[1] and link not in titled), None)
        return headline.bounds, near
    if titled:
        return titled[0].text, titled[0]
    if cell.links:
        reading = read_prose(cell, True)
        if reading.works:
            return reading.works[0].title, reading.works[0].url
        return (headline.bounds if headline is not None else None), None
    start, end = _trimmed(cell.text)
    if headline is not None and headline.is_marked:
        return headline.bounds, None
    if headline is not None and (not cell.text[start].isalnum() or "(@" in cell.text or _NUMBERED.match(cell.text)):
        return headline.bounds, None
    return (_without_lines(cell.text, start, end), None) if _is_titlelike(cell) else (None, None)


def _without_lines(text: str, start: int, end: int) -> Bounds:
    """A title that a line of authors or of a venue follows; any other line goes on with it."""
    line = text.find(HARD, start, end)
    rest = text[line:end].strip()
    is_apart = line >= 0 and (are_whole_names(rest) or VENUE.match(rest) is not None)
    return (start, line - len(text[start:line]) + len(text[start:line].rstrip())) if is_apart else (start, end)


def _trimmed(text: str) -> Bounds:
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    return start, without_marks(text, start, end)


def _fields(row: Unit, roles: list[str | None], column: int, link: Link | None, own: list[Link], source: str) -> list[Field]:
    cells = list(enumerate(row.prose))

    def kind(cell: Prose, each: Link) -> str:
        return kind_of(cell.text[slice(*each.text)], each.url)

    others = [(number, cell, each) for number, cell in cells if number != column for each in cell.links if is_web(each.url)]
    home = [(column, row.prose[column], each) for each in own if is_web(each.url)]
    papers = [pair for pair in others if roles[pair[0]] == "url" and kind(pair[1], pair[2]) == PAPER]
    papers += [pair for pair in home if kind(pair[1], pair[2]) == PAPER]
    papers += [
        pair
        for pair in others
        if roles[pair[0]] not in ("url", "code")
        and kind(pair[1], pair[2]) == PAPER
        and is_generic(pair[1].text[slice(*pair[2].text)])
    ]
    papers += [pair for pair in others if roles[pair[0]] != "code" and is_paper_url(pair[2].url) and pair not in papers]
    papers.sort(key=lambda pair: is_beside(pair[2].url))
    rest = [pair for pair in others if roles[pair[0]] == "url" and kind(pair[1], pair[2]) != CODE]
    is_outdone = link is not None and is_beside(link.url) and bool(papers) and not is_beside(papers[0][2].url)
    is_paper = link is not None and is_paper_url(link.url) and not is_outdone
    own_is_paper = link is not None and (is_paper or (is_web(link.url) and not papers) or not link.url)
    fields: list[Field] = []
    own_link = link if link is not None and (is_web(link.url) or not link.url) else None
    url = link if own_is_paper else papers[0][2] if papers else rest[0][2] if rest and own_link is None else own_link
    if url is None:
        codes = [pair for pair in (*home, *others) if kind(pair[1], pair[2]) == CODE]
        url = codes[0][2] if codes else None
    if url is not None:
        fields.append(field_of("url", url))
    else:
        for number, cell in cells:
            words = cell.text.strip()
            is_address = (len(words) < _FEW or kind_of("", words) == PAPER) and ELSEWHERE not in row.bounds[number : number + 1]
            if roles[number] == "url" and number != column and number < len(row.bounds) and is_address:
                fields.append(Field("url", _inked(source, row.bounds[number])))
                break
    fields += _code(row, roles, column, url, link, [*home, *others], source)
    venue = next((number for number, _ in cells if roles[number] == "venue" and number != column), None)
    if venue is not None and row.bounds[venue] != ELSEWHERE:
        fields.append(Field("venue", _inked(source, row.bounds[venue])))
    return fields


def _code(
    row: Unit,
    roles: list[str | None],
    column: int,
    url: Link | None,
    link: Link | None,
    links: list[tuple[int, Prose, Link]],
    source: str,
) -> list[Field]:
    number = next((n for n in range(len(row.prose)) if roles[n] == "code" and n != column), None)
    if number is not None and row.bounds[number] != ELSEWHERE:
        cell = row.prose[number]
        inside = [each for each in cell.links if each is not url]
        chosen = next(
            (each for each in inside if kind_of(cell.text[slice(*each.text)], each.url) == CODE), inside[0] if inside else None
        )
        bounds = _inked(source, row.bounds[number])
        if (
            chosen is None
            or chosen.target is None
            or len(inside) == len(cell.links) > 1
            or not source[slice(*bounds)].replace(chosen.url, "", 1).strip(".,; ")
        ):
            return [Field("code", bounds)]
        return [Field("code", chosen.target)]
    every = [each for _, cell, each in links if each is not url and kind_of(cell.text[slice(*each.text)], each.url) == CODE]
    if link is not None and link is not url and kind_of("", link.url) == CODE:
        every.insert(0, link)
    return [field_of("code", every[0])] if every else []


def _inked(source: str, bounds: Bounds) -> Bounds:
    """A cell's text without the space around it; an empty cell lies after its first space."""
    start, end = bounds
    text = source[start:end]
    if not text.strip():
        start = min(start + 1, end)
        return start, start
    return end - len(text.lstrip()), start + len(text.rstrip())
