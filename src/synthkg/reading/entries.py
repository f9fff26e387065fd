r"""Say which stretches of a document are entries: rows, items, paragraphs and headings that name a work and lead to it.

A work may be spread over its surroundings: a title in one paragraph and its links in the next, or in the items below it. So a
headline waits for links that say only what they are, and these look back for a headline that waits. What is left that leads to a
paper is named.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

from synthkg.reading.headlines import Headline, is_headed
from synthkg.reading.labels import CODE, PAPER, VENUE, is_beside, is_generic, is_paper_url, is_web
from synthkg.reading.markup import parse
from synthkg.reading.names import are_names, are_whole_names
from synthkg.reading.outlines import Found, Lines, Outline
from synthkg.reading.prose import Bounds, Link, Prose, Unit
from synthkg.reading.readings import Reading, Work, read_prose
from synthkg.reading.tables import Field, Row, cut, field_of, read_table
from synthkg.reading.unlinked import Unlinked

__all__ = ["read_outline"]

_LONG = 20_000
_NEAR = 400


@dataclass(slots=True)
class _Waiting:
    """A headline without links, and the unit in which it stands."""

    unit: Unit
    headline: Headline


def read_outline(text: str) -> Outline:
    """Find the entries and headings of a document."""
    return _Reader(text).outline()


class _Reader:
    """Goes through the units of a document in order."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._known = Lines(text)
        self._entries: list[Found] = []
        self._headings: list[Unit] = []
        self._suspects: list[Bounds] = []
        self._unlinked = Unlinked(self._known)
        self._waiting: _Waiting | None = None
        self._open: tuple[Unit, Found] | None = None

    def outline(self) -> Outline:
        """Read all units."""
        for table, units in groupby(parse(self._text), key=lambda unit: unit.table):
            if table:
                self._take_table(list(units))
            else:
                for unit in units:
                    self._take(unit)
        self._settle()
        self._entries += [found for unit, found in self._unlinked.works() if not self._is_read((unit.start, unit.end))]
        self._settle()
        self._suspects += self._unlinked.suspects()
        unread = [bounds for bounds in self._suspects if not self._is_read(bounds)]
        return Outline(self._entries, [unit for unit in self._headings if not self._is_read((unit.start, unit.end))], unread)

    def _settle(self) -> None:
        self._entries.sort(key=lambda found: found.start)
        _settle_overlaps(self._entries)

    def _is_read(self, bounds: Bounds) -> bool:
        before = bisect_right(self._entries, bounds[0], key=lambda found: found.start)
        return before > 0 and bounds[0] < self._entries[before - 1].end

    def _take_table(self, units: list[Unit]) -> None:
        self._waiting = self._open = None
        head = units[0] if units[0].kind == "head" else None
        rows = units[1:] if head is not None else units
        rule: tuple[int, ...] = ()
        if head is not None and not head.is_html:
            _, below = self._known.whole(head.start, head.end)
            start, end = self._known.whole(below, below)
            rule = tuple(right - left for left, right in cut(self._text[start:end]))
        for row in read_table(head, rows, self._text):
            self._take_row(row, rule)

    def _take_row(self, row: Row, rule: tuple[int, ...]) -> None:
        if row.works:
            self._take_shared(row)
            return
        start, end = self._known.whole(row.unit.start, row.unit.end)
        if not row.fields:
            if row.is_work and re.search(r"\w", self._text[row.unit.start : row.unit.end]) and not _only_within(row):
                self._suspects.append((row.unit.start, row.unit.end))
            return
        bounds = [] if row.unit.is_html else row.unit.bounds
        more = _addresses(row.more, row.fields, self._text)
        table = 0 if row.unit.is_html else row.unit.table
        self._entries.append(Found(start, end, row.fields, bounds, table, rule, more))

    def _take_shared(self, row: Row) -> None:
        """A row whose works share a cell: what its other cells say is about none of them."""
        first = len(self._entries)
        self._add(row.unit, row.works, row.cell)
        start, end = row.cell.place(0, len(row.cell.text))
        for found in self._entries[first:]:
            found.around = max(found.start, start), min(found.end, end)
        self._open = None

    def _take(self, unit: Unit) -> None:
        if unit.kind == "code" or sum(map(len, (prose.text for prose in unit.prose))) > _LONG:
            self._suspect(unit)
            self._waiting = self._open = None
            return
        prose = unit.prose[0]
        is_row = unit.item > 0 or unit.is_html or _NUMBERED.match(prose.text) is not None
        reading = read_prose(prose, is_row)
        if unit.kind == "heading":
            self._take_heading(unit, reading)
        elif reading.loose and not reading.works:
            self._take_loose(unit, reading)
        elif reading.works:
            self._take_works(unit, reading, prose)
        else:
            self._take_text(unit, reading, prose)

    def _take_heading(self, unit: Unit, reading: Reading) -> None:
        self._waiting = self._open = None
        if not unit.is_html and unit.item == 0 and not self._text[self._known.start(unit.start) : unit.start].strip(" \ufeff"):
            unit.start, unit.end = self._known.whole(unit.start, unit.end)
            self._headings.append(unit)
        works = [work for work in reading.works if work.url is not None and is_paper_url(work.url.url)] or (
            reading.works[:1] if unit.level >= _FEWEST and reading.works and reading.works[0].is_link else []
        )
        if works:
            self._add(unit, works, unit.prose[0])
        elif reading.headline is not None and not unit.prose[0].links and unit.level >= _FEWEST:
            self._waiting = _Waiting(unit, reading.headline)
        elif unit.level >= _FEWEST and not unit.prose[0].links:
            headline = _whole(unit.prose[0])
            self._waiting = _Waiting(unit, headline) if headline is not None else None

    def _take_works(self, unit: Unit, reading: Reading, prose: Prose) -> None:
        waiting = self._waiting
        weak = len(reading.works) == 1 and not reading.works[0].is_link and not reading.works[0].is_marked
        if weak and waiting is not None:
            continues = unit.item == waiting.unit.item > 0 and not unit.opens
            words = prose.text[slice(*reading.works[0].title)]
            is_row = waiting.unit.kind == "heading" and unit.opens
            weak = continues or (are_whole_names(words) if is_row else are_names(words))
        if weak and waiting is not None and self._belongs(unit, waiting.unit) and self._is_below(unit, waiting.unit):
            work = reading.works[0]
            links = [(work.url, PAPER), (work.code, CODE), *((link, "") for link in work.more)]
            self._join(unit, [(link, kind) for link, kind in links if link is not None])
            return
        works = [work for work in reading.works if work.url is not None]
        if works:
            self._add(unit, works, prose)
        else:
            self._suspect(unit)
        self._waiting = None

    def _is_below(self, unit: Unit, other: Unit) -> bool:
        return (
            (unit.item == other.item and unit.item > 0 and not unit.opens) or unit.level > other.level or other.kind == "heading"
        )

    def _take_loose(self, unit: Unit, reading: Reading) -> None:
        """Links that say only what they are, and no title before them."""
        has_words = any(link.has_words for link, _ in reading.loose)
        if (
            self._waiting is not None
            and self._belongs(unit, self._waiting.unit)
            and (has_words or unit.item or self._waiting.unit.item)
        ):
            if reading.has_paper:
                self._join(unit, reading.loose)
            return
        if self._open is not None and self._belongs(unit, self._open[0]) and self._is_below(unit, self._open[0]):
            self._extend(unit, reading.loose)
            return
        (link, kind), prose = reading.loose[0], unit.prose[0]
        if (
            unit.item
            and len(reading.loose) == 1
            and kind != PAPER
            and prose.text.strip() == prose.text[slice(*link.text)]
            and "://" in prose.text
        ):
            self._add(unit, [Work(link.text, link, is_link=True)], prose)
            return
        self._suspect(unit)

    def _take_text(self, unit: Unit, reading: Reading, prose: Prose) -> None:
        if unit.item and unit.opens and not prose.links and reading.headline is not None:
            self._unlinked.take(unit, reading.headline, prose)
        waiting = self._waiting
        is_title = unit.opens and reading.headline is not None and waiting is not None and waiting.unit.kind == "heading"
        if waiting is not None and not is_title and self._is_below(unit, waiting.unit) and self._belongs(unit, waiting.unit):
            return
        headline = reading.headline
        self._open = None if unit.item == 0 or (unit.opens and unit.level <= 1) else self._open
        self._waiting = None
        if headline is not None and not reading.others:
            is_set_off = headline.is_marked or unit.item or unit.is_html
            if is_set_off or (len(prose.text) < _NEAR and is_headed(prose.text[slice(*headline.bounds)])):
                self._waiting = _Waiting(unit, headline)
        if any(is_web(link.url) for link in prose.links):
            self._suspect(unit)

    def _belongs(self, unit: Unit, other: Unit) -> bool:
        """Whether a unit stands right below another: in its item, in the items under it, or in the paragraphs behind it."""
        if unit.start - other.end > 8 * _NEAR:
            return False
        if unit.item == other.item:
            return unit.item > 0 or unit.start - other.end < 2 * _NEAR
        return unit.level > other.level or other.item == 0 or (unit.item == 0 and unit.start - other.end < _NEAR)

    def _join(self, unit: Unit, links: list[tuple[Link, str]]) -> None:
        """Make a work of a headline that waits and links that follow it."""
        assert self._waiting is not None
        first, headline = self._waiting.unit, self._waiting.headline
        work = Work(headline.bounds, is_marked=headline.is_marked)
        for link, kind in links:
            work.take(link, kind)
        fields = [Field("title", first.prose[0].bounds(*headline.bounds)), *_link_fields(work)]
        start, end = self._known.whole(first.start, unit.end)
        found = Found(start, end, fields, more=_addresses(work.more, fields, self._text))
        self._entries.append(found)
        self._open, self._waiting = (first, found), None

    def _extend(self, unit: Unit, links: list[tuple[Link, str]]) -> None:
        """Give a work that was read already the links that stand under it."""
        assert self._open is not None
        found = self._open[1]
        if self._entries[-1] is not found:
            return
        found.end = max(found.end, self._known.whole(unit.start, unit.end)[1])
        for link, kind in links:
            name = {PAPER: "url", CODE: "code"}.get(kind)
            own = next((each for each in found.fields if each.name == name), None)
            if own is not None and kind == PAPER and is_beside(_address(own, self._text)) and not is_beside(link.url):
                found.fields.remove(own)
                own = None
            if name is not None and own is None:
                found.fields.append(field_of(name, link))
            elif kind == PAPER:
                found.more.append(link.url)

    def _add(self, unit: Unit, works: list[Work], prose: Prose) -> None:
        """Take the works of one unit: the first from the beginning of its line, the last to the end of its."""
        start, end = self._known.whole(unit.start, unit.end)
        for position, work in enumerate(works):
            fields = [Field("title", prose.bounds(*work.title)), *_link_fields(work)]
            venue = _venue(prose, work, works[position + 1].title[0] if position + 1 < len(works) else len(prose.text))
            fields += [Field("venue", venue)] if venue is not None else []
            if position:
                start = min(_edge(prose, work), min(each.bounds[0] for each in fields if each.bounds is not None))
                self._entries[-1].end = start
            found = Found(start, end, fields, more=_addresses(work.more, fields, self._text))
            self._entries.append(found)
        self._open = (unit, self._entries[-1])
        self._waiting = None

    def _suspect(self, unit: Unit) -> None:
        if unit.kind == "code":
            for found in _PAPER_ID.finditer(self._text, unit.start, unit.end):
                self._suspects.append(found.span())
            return
        links = [link for prose in unit.prose for link in prose.links if is_web(link.url)]
        if any(is_paper_url(link.url) for link in links) or (unit.item and links):
            self._suspects.append((min(link.start for link in links), max(link.end for link in links)))


_FEWEST = 3
_NUMBERED = re.compile(r"\s*(?:\[?\d+[\].)]|\[(?:19|20)\d\d(?:[./-]\d\d?){1,2}\])\s")
_PAPER_ID = re.compile(
    r"(?i)arxiv(?:[:.]\s?|\.org/\w+/)\d{4}\.\d{4,5}|(?:doi\.org/10\.|aclanthology\.|aclweb\.|openreview\.net/)\S{1,200}"
)


def _edge(prose: Prose, work: Work) -> int:
    """Where a further work of a line begins: with the marks around its title."""
    first = prose.bounds(*work.title)[0]
    for link in prose.links:
        if link.text[0] <= work.title[0] and work.title[1] <= link.text[1]:
            first = min(first, link.start)
    for _, inside, outside in prose.styles:
        if inside[0] <= work.title[0] and work.title[1] <= inside[1] and inside[0] >= work.title[0] - 2:
            first = min(first, outside[0])
    return first


def _link_fields(work: Work) -> Iterator[Field]:
    for name, link in (("url", work.url), ("code", work.code)):
        if link is not None:
            yield field_of(name, link)


def _address(field: Field, text: str) -> str:
    return text[slice(*field.bounds)] if field.bounds is not None else field.value or ""


def _addresses(links: list[Link], fields: list[Field], text: str) -> list[str]:
    """The addresses of papers among links that no field has."""
    known = {_address(each, text) for each in fields}
    return [link.url for link in links if is_paper_url(link.url) and link.url not in known]


def _venue(prose: Prose, work: Work, end: int) -> Bounds | None:
    """Where a venue is named beside the title and outside of other links."""
    others = [link for link in prose.links if not link.text[0] <= work.title[0] < link.text[1]]
    for found in VENUE.finditer(prose.text, 0, end):
        inside = work.title[0] <= found.start() < work.title[1]
        linked = any(link.text[0] <= found.start() < link.text[1] for link in others)
        if not inside and not linked and found.start() > work.title[0] - 120 and found.start() < work.title[1] + _NEAR:
            return prose.bounds(*found.span())
    return None


def _whole(prose: Prose) -> Headline | None:
    text = prose.text.strip()
    if len(text.split()) < _FEWEST or is_generic(text):
        return None
    start = prose.text.index(text)
    return Headline((start, start + len(text)), False)


def _only_within(row: Row) -> bool:
    links = [link for prose in row.unit.prose for link in prose.links if link.url]
    return bool(links) and not any(is_web(link.url) for link in links)


def _settle_overlaps(entries: list[Found]) -> None:
    """Let each entry end where the next begins."""
    for one, other in pairwise(entries):
        if one.end > other.start:
            one.end = other.start
    entries[:] = [
        found
        for found in entries
        if all(f.bounds is None or found.start <= f.bounds[0] <= f.bounds[1] <= found.end for f in found.fields)
    ]
