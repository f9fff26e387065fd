"""The stretches of a document while they grow: what is opened and closed, and the words, links and styles between.

Whoever reads the document, as Markdown or as HTML, says what comes, in the order in which it stands there.
"""

from __future__ import annotations

import re

from synthkg.reading.prose import Bounds, Link, Prose, Unit, add_bare_links

__all__ = ["ELSEWHERE", "HARD", "Stretches"]

HARD = "\n"
"""What is seen of a line that its author broke."""

ELSEWHERE = (-1, -1)
"""Where a cell of a row stands that another cell, to its left or above, reaches over."""

_MOST = 64
_UP_TO_BLANK = re.compile(r"\S*")


class Stretches:
    """The stretches of one document.

    Attributes:
        text: The document.
        units: Its stretches, as they end.
        inner: Where what was taken last ends.
        in_html: Whether what comes stands in a block of HTML.
    """

    def __init__(self, text: str) -> None:
        """Begins with none.

        Args:
            text: The document.
        """
        self.text = text
        self.units: list[Unit] = []
        self.inner = 0
        self.in_html = False
        self._unit: Unit | None = None
        self._prose: Prose | None = None
        self._lists = 0
        self._items: list[int] = []
        self._html_items: list[int] = []
        self._count = 0
        self._opens = False
        self._table = self._tables = 0
        self._row = self._reached = 0  # the row's number in its table of HTML; the column that its last cell reaches up to
        self._covered: dict[int, int] = {}  # column -> the last row over which a cell above reaches
        self._links: list[tuple[Link, int]] = []
        self._styles: list[tuple[str, int, int, int]] = []
        self._images = 0

    # Blocks

    @property
    def is_open(self) -> bool:
        """Whether a stretch has begun."""
        return self._unit is not None

    @property
    def in_row(self) -> bool:
        """Whether it is a row of a table."""
        return self._unit is not None and self._unit.kind in ("row", "head")

    def open(self, kind: str, start: int, end: int, level: int | None = None, is_html: bool = False) -> None:
        """Begin a stretch; its level is that of a heading, else how deep in lists it is."""
        self.close()
        is_row = kind in ("row", "head")
        self._row, self._reached = self._row + is_row, 0
        own = self._html_items or self._items
        self._unit = Unit(
            kind,
            start,
            end,
            [] if is_row else [Prose()],
            level=self._lists if level is None else level,
            item=own[-1] if own else 0,
            opens=self._opens,
            table=self._table if is_row else 0,
            is_html=is_html or self.in_html,
        )
        self._opens = False
        self._prose = None if is_row else self._unit.prose[0]

    def close(self) -> None:
        """End the stretch that has begun, if any; a text in which nothing is seen is none, nor a row without table and cells."""
        if self._unit is not None:
            self.close_cell()
            for prose in self._unit.prose:
                prose.text = "".join(prose.parts)
                add_bare_links(prose, self.text)
            seen = self._unit.prose[0].text.strip() or self._unit.prose[0].links if self._unit.prose else self._unit.table
            if seen or (self._unit.kind != "text" and self._unit.prose):
                self.units.append(self._unit)
        self._unit, self._prose, self._images = None, None, 0

    def add_code(self, start: int, end: int) -> None:
        """Add a block of code, in which nothing is looked for."""
        self.units.append(Unit("code", start, end, []))

    # Lists and tables

    def open_list(self) -> None:
        """Begin a list."""
        self._lists += 1

    def close_list(self) -> None:
        """End it; HTML may end more lists than it began."""
        self._lists = max(0, self._lists - 1)

    def open_item(self) -> None:
        """Begin an item of a list of Markdown."""
        self._items.append(self._begun())

    def close_item(self) -> None:
        """End it."""
        self._items.pop()

    def open_html_item(self) -> None:
        """Begin an item of a list of HTML, and end the one before, which may do without its closing tag."""
        self._html_items = [*self._html_items[: max(1, self._lists) - 1], self._begun()]

    def close_html_item(self) -> None:
        """End it."""
        self._html_items = self._html_items[:-1]

    def keep_html_items(self) -> None:
        """End the items of HTML whose lists have ended."""
        self._html_items = self._html_items[: self._lists]

    def _begun(self) -> int:
        self._count += 1
        self._opens = True
        return self._count

    def open_table(self) -> None:
        """Begin a table."""
        self._tables += 1
        self._table = self._tables
        self._covered = {}

    def close_table(self) -> None:
        """End it."""
        self._table = 0

    def open_cell(self, start: int, end: int) -> None:
        """Begin a cell of the row; its end is below 0 where `end_html_cell` will say it."""
        if self._unit is None:
            return
        self._prose = Prose()
        self._unit.prose.append(self._prose)
        self._unit.bounds.append((start, end))

    def close_cell(self) -> None:
        """End it, with the links that nobody ended."""
        while self._links:
            self.close_link(self.inner)
        self._prose, self._styles = None, []

    def open_html_cell(self, is_head: bool, start: int, rows: int, columns: int) -> None:
        """Begin a cell of a row of HTML, which is a head as long as it has no other cells than these.

        Args:
            is_head: Whether it is a cell of a head.
            start: Where it begins.
            rows: Over how many rows it reaches.
            columns: Over how many columns it reaches.
        """
        if self._unit is None:
            return
        self._unit.kind = "head" if is_head and not self._unit.bounds else self._unit.kind if is_head else "row"
        while (place := len(self._unit.bounds)) < _MOST and (place < self._reached or self._covered.get(place, 0) >= self._row):
            self.open_cell(*ELSEWHERE)
        self.open_cell(start, -1)
        self._reached = min(place + columns, _MOST)
        self._covered |= dict.fromkeys(range(place, max(self._reached, place + 1)), self._row + rows - 1)

    def end_html_cell(self, start: int, end: int) -> None:
        """End the cell at a tag of HTML, if one has begun; the row reaches behind the tag."""
        if self._unit is None:
            return
        if self._unit.bounds and self._unit.bounds[-1][1] < 0:
            self._unit.bounds[-1] = (self._unit.bounds[-1][0], start)
        self._unit.end = end
        self.close_cell()

    # Words

    @property
    def seen(self) -> int:
        """How much is seen of the prose so far."""
        return self._prose.size if self._prose is not None else 0

    def add_text(self, words: str, start: int, end: int) -> None:
        """Add words; the backslash before one that it escapes belongs to it, so that who cuts there keeps the meaning."""
        seen = self._prose.source[-1][1] if self._prose is not None and self._prose.source else 0
        if seen < start and self.text[start - 1] == "\\":
            self.add(words[:1], start - 1, start + 1)
            words, start = words[1:], start + 1
        self.add(words, start, end)

    def add(self, words: str, start: int, end: int) -> None:
        """Add what is seen; an image shows nothing but inside a link."""
        if self._images and not self._links:
            return
        if self._prose is None:
            if self._unit is not None:
                return
            self.open("text", start, end)
        assert self._prose is not None
        self._reach(end)
        if words:
            self._prose.add(words, start, end)
        if self._links and not self._images and words.strip():
            self._links[-1][0].has_words = True

    def break_line(self, start: int, end: int) -> None:
        """Break the line, if anything can be seen of it."""
        if self._prose is not None:
            self.add(HARD, start, end)

    def break_cell(self) -> None:
        """Break the line within a cell of HTML in which something was seen."""
        if self.seen and self._prose is not None:
            self._prose.add(HARD, self.inner, self.inner)

    def _reach(self, end: int) -> None:
        if self._unit is not None and self._unit.kind == "text":
            self._unit.end = max(self._unit.end, end)

    # Links, images and styles

    def open_link(self, start: int, end: int, url: str, target: Bounds | None = None) -> None:
        """Begin a link, unless between cells; where it leads is written at ``target``, or somewhere before its end."""
        if self._prose is not None:
            seen = self.seen
            self._links.append((Link(start, end, url, target, (seen, seen), False), start))

    def close_link(self, end: int) -> None:
        """End the link that began last, if any."""
        if not self._links:
            return
        assert self._prose is not None
        link, opened = self._links.pop()
        link.end = end
        link.text = (link.text[0], self._prose.size)
        if link.target is None:
            link.target = (opened + 1, end - 1) if self.text[opened] == "<" else self._target(self.inner, end)
        self._prose.links.append(link)
        self._reach(end)

    def _target(self, label_end: int, end: int) -> Bounds | None:
        """Where an inline link writes its target: behind ``](``, in angles or up to a space or the end."""
        opening = self.text.find("](", label_end, end)
        if opening < 0:
            return None
        start = opening + 2
        while start < end and self.text[start] in " \t\r\n":
            start += 1
        if self.text[start : start + 1] == "<":
            closing = self.text.find(">", start, end)
            return (start + 1, closing) if closing >= 0 else None
        found = _UP_TO_BLANK.match(self.text, start, end - 1)
        return (start, found.end()) if found else None

    def open_image(self) -> None:
        """Begin the words that stand for an image."""
        self._images += 1

    def close_image(self) -> None:
        """End them."""
        self._images -= 1

    def add_image(self, words: str, start: int, end: int) -> None:
        """Add an image with the words that stand for it, which are seen inside a link alone."""
        if self._links:
            self.open_image()
            self.add(words, start, end)
            self.close_image()

    def open_style(self, style: str, start: int, end: int) -> None:
        """Begin what is ``bold``, ``italic`` or ``struck``."""
        self.add("", start, start)
        self._styles.append((style, start, end, self.seen))

    def close_style(self, style: str, end: int) -> None:
        """End the last that is."""
        for position in range(len(self._styles) - 1, -1, -1):
            if self._styles[position][0] == style:
                _, start, _, seen = self._styles.pop(position)
                if self._prose is not None and self._prose.size > seen:
                    self._prose.styles.append((style, (seen, self._prose.size), (start, end)))
                return
