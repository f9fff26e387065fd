r"""A stretch of a document as a reader sees it, and where each place of it stands in the source.

What is seen is one string, `Prose.text`, without a mark of the markup, and every place in it leads back to its place in the
document: whoever looks for a title searches the string and cuts the document.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

__all__ = ["Bounds", "Link", "Prose", "Unit", "add_bare_links", "without_end"]

Bounds = tuple[int, int]

_BARE = re.compile(
    r"(?i)\b(?:https?://[^\s<>\"“”|，。；、（）【】]+|arxiv:\s?(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})(?:v\d+)?"
    r"|doi:?\s{0,2}10\.\d{4,9}/[^\s<>\"“”|，。；、（）【】]+)"
)


@dataclass(slots=True)
class Link:
    """A link: where it stands in the document and in the text, where it leads, and where that is written, if it is in place."""

    start: int
    end: int
    url: str
    target: Bounds | None
    text: Bounds
    has_words: bool = True


@dataclass(slots=True)
class Prose:
    """What is seen of a stretch of the document: ``text`` in pieces that each begin ``at`` a place of it and of ``source``."""

    text: str = ""
    parts: list[str] = field(default_factory=list)
    size: int = 0
    at: list[int] = field(default_factory=list)
    source: list[Bounds] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    styles: list[tuple[str, Bounds, Bounds]] = field(default_factory=list)

    def add(self, words: str, start: int, end: int) -> None:
        """Add a piece; the text is joined when the stretch ends."""
        self.at.append(self.size)
        self.source.append((start, end))
        self.parts.append(words)
        self.size += len(words)

    def bounds(self, start: int, end: int) -> Bounds:
        """Where a stretch of the text stands in the document, marks of a style that it fills included only at one side."""
        first, last = self.place(start, end)
        for _, inside, outside in self.styles:
            if inside[0] == start and inside[1] < end:
                first = min(first, outside[0])
            elif inside[1] == end and start < inside[0]:
                last = max(last, outside[1])
        for link in self.links:
            if link.text[0] == start and link.text[1] < end:
                first = min(first, link.start)
            elif link.text[1] == end and start < link.text[0]:
                last = max(last, link.end)
        return first, last

    def place(self, start: int, end: int) -> Bounds:
        """Where a stretch of the text stands in the document, without marks at its sides."""
        return self._place(start, False), self._place(end, True)

    def moved(self, in_text: int, in_source: int) -> Prose:
        """The same without its first ``-in_text`` characters, its source beginning elsewhere."""

        def there(place: Bounds, by: int) -> Bounds:
            return place[0] + by, place[1] + by

        links = [
            Link(
                link.start + in_source,
                link.end + in_source,
                link.url,
                there(link.target, in_source) if link.target is not None else None,
                there(link.text, in_text),
                link.has_words,
            )
            for link in self.links
        ]
        return Prose(
            self.text[-in_text:],
            at=[at + in_text for at in self.at],
            source=[there(place, in_source) for place in self.source],
            links=links,
            styles=[(name, there(inside, in_text), there(outside, in_source)) for name, inside, outside in self.styles],
        )

    def _place(self, position: int, is_end: bool) -> int:
        if not self.at:
            return 0
        piece = max(0, bisect_right(self.at, position - is_end) - 1)
        start, end = self.source[piece]
        inside = position - self.at[piece]
        length = (self.at[piece + 1] if piece + 1 < len(self.at) else len(self.text)) - self.at[piece]
        if length == end - start:
            return start + inside
        return end if inside >= length or (is_end and inside) else start


@dataclass(slots=True)
class Unit:
    """A stretch of the document: a ``heading``, a run of ``text``, a ``row`` or ``head`` of a table, or ``code``.

    Attributes:
        start: Where it begins in the document.
        end: Where it ends.
        prose: What is seen of it; in a table, of each cell.
        bounds: Where each cell begins and ends.
        level: Of a heading, from 1; of a text, how deep in lists it is.
        item: Which item of a list it is in, from 1 through the document; 0 outside.
        opens: Whether it opens its item.
        table: Which table it is in, from 1.
        is_html: Whether it is written in HTML.
    """

    kind: str
    start: int
    end: int
    prose: list[Prose]
    bounds: list[Bounds] = field(default_factory=list)
    level: int = 0
    item: int = 0
    opens: bool = False
    table: int = 0
    is_html: bool = False

    @property
    def words(self) -> str:
        """Its text in one line; of a row, that of the first cell."""
        return " ".join(self.prose[0].text.split())


def add_bare_links(prose: Prose, source: str) -> None:
    """Add the addresses, arXiv numbers and DOIs that stand in the text as they are."""
    taken = sorted(link.text for link in prose.links)
    starts = [start for start, _ in taken]
    found_links: list[Link] = []
    for found in _BARE.finditer(prose.text):
        start, end = found.start(), found.start() + len(without_end(found[0]))
        near = bisect_right(starts, start) - 1
        if (near >= 0 and taken[near][1] > start) or (near + 1 < len(taken) and taken[near + 1][0] < end):
            continue
        target = prose.place(start, end)
        found_links.append(Link(*target, source[slice(*target)], target, (start, end)))
    prose.links += found_links
    prose.links.sort(key=lambda link: (link.text, link.start))


def without_end(url: str) -> str:
    """A bare address without the punctuation and the closing brackets behind it."""
    end = len(url)
    opened = {")": url.count("(") - url.count(")"), "]": url.count("[") - url.count("]")}
    while end > 0 and (url[end - 1] in ".,;:!?'*_~`\\" or opened.get(url[end - 1], 0) < 0):
        if url[end - 1] in opened:
            opened[url[end - 1]] += 1
        end -= 1
    return url[:end]
