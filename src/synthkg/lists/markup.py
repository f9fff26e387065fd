r"""A Markdown document as its stretches of text, each with what a reader sees of it and where that stands in the source.

A parser in linear time (pulldown-cmark) says what is a heading, an item, a cell, a link; the tags of HTML between are taken for
the same things. What a reader sees of a stretch is its `Prose`.
"""

from __future__ import annotations

import html
import re
from array import array
from itertools import accumulate
from typing import Any

import pyromark

from synthkg.lists.prose import Bounds, Link, Prose, Unit, add_bare_links

__all__ = ["HARD", "parse", "parse_inline"]

HARD = "\n"
_OPTIONS = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_STRIKETHROUGH
_INLINE = ". "
_LONE_CR = re.compile(r"\r(?!\n)")  # by which the parser ends no line of HTML or code
_LEADS = bytes(0 if 0x80 <= byte < 0xC0 else 1 for byte in range(256))
_TAG = re.compile(r"<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?P<rest>[^<>]*)>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_ATTRIBUTE = r"""(?i)(?<![\w-]){}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))"""
_HREF, _ALT = re.compile(_ATTRIBUTE.format("href")), re.compile(_ATTRIBUTE.format("alt"))
_STYLES = {
    **dict.fromkeys(("Strong", "b", "strong"), "bold"),
    **dict.fromkeys(("Emphasis", "i", "em"), "italic"),
    **dict.fromkeys(("Strikethrough", "del", "s"), "struck"),
}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BOUNDARIES = {
    "p",
    "div",
    "summary",
    "details",
    "table",
    "thead",
    "tbody",
    "ul",
    "ol",
    "blockquote",
    "center",
    "hr",
    "dl",
    "dd",
    "dt",
}


def parse(text: str) -> list[Unit]:
    r"""The stretches of a document in their order.

    >>> [(unit.kind, [prose.text for prose in unit.prose]) for unit in parse("# A *b*\n\n- [c](u) &amp; <b>d</b>\n")]
    [('heading', ['A b']), ('text', ['c & d'])]
    """
    return _Parser(text).units


def parse_inline(text: str) -> Prose:
    r"""What is seen of a stretch that is no block.

    >>> parse_inline("1. [a\\_b](u), *c*").text
    '1. a_b, c'
    """
    flat = text.translate({10: " ", 13: " "})
    (unit, *_) = parse(_INLINE + flat)
    return unit.prose[0].moved(-len(_INLINE), -len(_INLINE))


class _Parser:
    """Goes through the events of the parser once; ``units`` grow as stretches end."""

    def __init__(self, text: str) -> None:
        skipped = 1 if text.startswith("\ufeff") else 0
        self.text = text
        self.units: list[Unit] = []
        self._places = _Places(text[skipped:], skipped)
        self._unit: Unit | None = None
        self._prose: Prose | None = None
        self._lists = 0
        self._items: list[int] = []
        self._count = 0
        self._opens = False
        self._table = self._tables = 0
        self._in_html = self._in_code = False
        self._links: list[tuple[Link, int]] = []
        self._styles: list[tuple[str, int, int, int]] = []
        self._images = 0
        self._inner = 0
        self._html: Bounds | None = None
        self._html_items: list[int] = []
        for event, span in pyromark.events_with_range(_LONE_CR.sub("\n", text[skipped:]), options=_OPTIONS):
            self._take(event, self._places[span["start"]], self._places[span["end"]])
        self._close()

    def _take(self, event: Any, start: int, end: int) -> None:
        """Take one event: ``{"Start": tag}``, ``{"End": tag}``, ``{"Text": words}`` or the bare name of a break."""
        name, value = _named(event)
        if name in ("Start", "End"):
            tag, what = _named(value)
            (self._start if name == "Start" else self._end)(tag, what, start, end)
        elif name == "Html":
            self._html = (self._html[0] if self._html else start, end)
        elif self._in_code:
            return
        elif name == "InlineHtml":
            self._take_html(start, end)
        elif name == "HardBreak":
            self._add(HARD, start, end)
        elif name == "SoftBreak":
            self._add(" ", start, end)
        elif name == "Rule":
            self._close()
        elif name == "Text":
            self._add_text(str(value), start, end)
        elif value is not None:
            self._add(str(value), start, end)
        self._inner = end

    def _start(self, tag: str, what: Any, start: int, end: int) -> None:
        if tag in ("Link", "Image"):
            self._open_link(tag, what, start, end)
        elif tag in _STYLES:
            self._add("", start, start)
            self._styles.append((_STYLES[tag], start, end, self._seen()))
        elif tag == "TableCell":
            self._open_cell(start, end)
        elif tag in ("TableHead", "TableRow"):
            self._open("head" if tag == "TableHead" else "row", start, end)
        elif tag == "HtmlBlock":
            self._html = None
        else:
            self._close()
            if tag == "Heading":
                self._open("heading", start, end, level=int(what["level"][1:]))
            elif tag == "List":
                self._lists += 1
            elif tag == "Item":
                self._open_item()
            elif tag == "Table":
                self._open_table()
            elif tag == "CodeBlock":
                self._in_code = True
                self.units.append(Unit("code", start, end, []))
        self._inner = start + 1

    def _end(self, tag: str, what: Any, start: int, end: int) -> None:
        if tag == "Link":
            self._close_link(end)
        elif tag == "Image":
            self._images -= 1
        elif tag in _STYLES:
            self._close_style(_STYLES[tag], self._inner, end)
        elif tag == "TableCell":
            self._prose = None
        elif tag == "HtmlBlock":
            if self._html is not None:
                self._in_html = True
                self._take_html(*self._html)
                self._in_html = False
            self._html = None
        else:
            self._close()
            if tag == "List":
                self._lists -= 1
            elif tag == "Item":
                self._items.pop()
            elif tag == "Table":
                self._table = 0
            elif tag == "CodeBlock":
                self._in_code = False

    def _seen(self) -> int:
        return self._prose.size if self._prose is not None else 0

    def _open_item(self) -> None:
        self._count += 1
        self._items.append(self._count)
        self._opens = True

    def _open_table(self) -> None:
        self._tables += 1
        self._table = self._tables

    def _open(self, kind: str, start: int, end: int, level: int | None = None, is_html: bool = False) -> None:
        self._close()
        own = self._html_items or self._items
        item = own[-1] if own else 0
        prose = [] if kind in ("row", "head") else [Prose()]
        is_html = is_html or self._in_html
        self._unit = Unit(
            kind, start, end, prose, [], self._lists if level is None else level, item, self._opens, is_html=is_html
        )
        self._unit.table = self._table if kind in ("row", "head") else 0
        self._opens = False
        self._prose = prose[0] if prose else None

    def _open_cell(self, start: int, end: int) -> None:
        if self._unit is None:
            return
        self._prose = Prose()
        self._unit.prose.append(self._prose)
        self._unit.bounds.append((start, end))
        self._links, self._styles = [], []

    def _close(self) -> None:
        if self._unit is not None:
            while self._links:
                self._close_link(self._inner)
            for prose in self._unit.prose:
                prose.text = "".join(prose.parts)
                add_bare_links(prose, self.text)
            if self._unit.kind != "text" or self._unit.prose[0].text.strip() or self._unit.prose[0].links:
                self.units.append(self._unit)
        self._unit = self._prose = None
        self._links, self._styles, self._images = [], [], 0

    def _add_text(self, words: str, start: int, end: int) -> None:
        """Add words; the backslash before one that it escapes belongs to it, so that who cuts there keeps the meaning."""
        seen = self._prose.source[-1][1] if self._prose is not None and self._prose.source else 0
        if seen < start and self.text[start - 1] == "\\":
            self._add(words[:1], start - 1, start + 1)
            words, start = words[1:], start + 1
        self._add(words, start, end)

    def _add(self, words: str, start: int, end: int) -> None:
        """Add what is seen; an image shows nothing but inside a link."""
        if self._images and not self._links:
            return
        if self._prose is None:
            if self._unit is not None:
                return
            self._open("text", start, end)
        assert self._prose is not None
        assert self._unit is not None
        if self._unit.kind == "text":
            self._unit.end = max(self._unit.end, end)
        prose = self._prose
        if words:
            prose.add(words, start, end)
        if self._links and not self._images and words.strip():
            self._links[-1][0].has_words = True

    def _open_link(self, tag: str, what: Any, start: int, end: int) -> None:
        self._add("", start, end)
        if tag == "Image":
            self._images += 1
            return
        seen = self._seen()
        self._links.append((Link(start, end, what["dest_url"], None, (seen, seen), False), start))

    def _close_link(self, end: int) -> None:
        if not self._links or self._prose is None:
            return
        link, opened = self._links.pop()
        link.end = end
        link.text = (link.text[0], self._prose.size)
        if self.text[opened] != "<":
            link.target = self._target(self._inner, end, link.url)
        elif self.text[opened : opened + 2] != "<a":
            link.target = (opened + 1, end - 1)
        self._prose.links.append(link)
        if self._unit is not None and self._unit.kind == "text":
            self._unit.end = max(self._unit.end, end)

    def _target(self, label_end: int, end: int, url: str) -> Bounds | None:
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
        found = re.compile(r"\S*").match(self.text, start, end - 1)
        return (start, found.end()) if found else None

    def _close_style(self, style: str, inner: int, end: int) -> None:
        for position in range(len(self._styles) - 1, -1, -1):
            if self._styles[position][0] == style:
                _, start, _, seen = self._styles.pop(position)
                if self._prose is not None and self._prose.size > seen:
                    self._prose.styles.append((style, (seen, self._prose.size), (start, end)))
                return

    # HTML

    def _take_html(self, start: int, end: int) -> None:
        """Go through a stretch of HTML: its tags, and what stands between them."""
        position = start
        while position < end:
            if self.text.startswith("<!--", position):
                closing = self.text.find("-->", position + 4, end)
                position = closing + 3 if closing >= 0 else end
                continue
            tag = _TAG.match(self.text, position, end)
            if tag is not None:
                self._take_tag(tag)
                self._inner = position = tag.end()
                continue
            following = self.text.find("<", position + 1, end)
            following = following if following >= 0 else end
            self._take_words(position, following)
            self._inner = position = following

    def _take_words(self, start: int, end: int) -> None:
        position = start
        if not self.text[start:end].strip() and self._unit is None:
            return
        for entity in _ENTITY.finditer(self.text, start, end):
            self._add_words(position, entity.start())
            self._add(html.unescape(entity[0]), *entity.span())
            position = entity.end()
        self._add_words(position, end)

    def _add_words(self, start: int, end: int) -> None:
        if start < end:
            self._add(self.text[start:end].translate({9: " ", 10: " ", 13: " "}), start, end)

    def _take_tag(self, tag: re.Match[str]) -> None:
        name, closes, (start, end) = tag["name"].lower(), bool(tag["close"]), tag.span()
        if name == "a":
            self._take_anchor(tag, closes)
        elif name == "br":
            self._add(HARD, start, end) if self._prose is not None else None
        elif name == "img":
            self._take_image(tag)
        elif name in _STYLES:
            if closes:
                self._close_style(_STYLES[name], start, end)
            else:
                self._add("", start, start)
                self._styles.append((_STYLES[name], start, end, self._seen()))
        elif name in ("td", "th"):
            self._take_cell(name, closes, start, end)
        elif name == "tr":
            self._close()
            if not closes:
                self._open("row", start, end, is_html=True)
        elif name == "li":
            self._close()
            if closes:
                self._html_items = self._html_items[:-1]
            else:
                self._open_html_item()
        elif name in _HEADINGS:
            self._close()
            if not closes:
                self._open("heading", start, end, level=_HEADINGS[name], is_html=True)
        elif name in _BOUNDARIES:
            self._take_boundary(name, closes)

    def _take_anchor(self, tag: re.Match[str], closes: bool) -> None:
        if closes:
            self._close_link(tag.end())
            return
        found = _HREF.search(tag["rest"])
        if found is None:
            return
        self._add("", *tag.span())
        value = next(number for number in (1, 2, 3) if found[number] is not None)
        offset = tag.start("rest")
        seen = self._seen()
        target = (offset + found.start(value), offset + found.end(value))
        url = html.unescape(found[value]).strip()
        self._links.append((Link(tag.start(), tag.end(), url, target, (seen, seen), False), tag.start()))

    def _take_image(self, tag: re.Match[str]) -> None:
        found = _ALT.search(tag["rest"])
        if self._links and found is not None:
            self._images += 1
            self._add(html.unescape(next(filter(None, found.groups()), "")), *tag.span())
            self._images -= 1

    def _take_cell(self, name: str, closes: bool, start: int, end: int) -> None:
        if self._unit is None or self._unit.kind not in ("row", "head"):
            return
        if self._unit.bounds and self._unit.bounds[-1][1] < 0:
            self._unit.bounds[-1] = (self._unit.bounds[-1][0], start)
        self._unit.end = end
        self._prose = None
        if not closes:
            self._unit.kind = "head" if name == "th" and not self._unit.bounds else self._unit.kind
            if name == "td":
                self._unit.kind = "row"
            self._open_cell(end, -1)

    def _take_boundary(self, name: str, closes: bool) -> None:
        if self._unit is not None and self._unit.kind in ("row", "head") and name not in ("table", "thead", "tbody"):
            if self._prose is not None and self._prose.size:
                self._prose.add(HARD, self._inner, self._inner)
            return
        self._close()
        if name in ("ul", "ol"):
            self._lists = max(0, self._lists + (-1 if closes else 1))
            self._html_items = self._html_items[: self._lists]
        elif name == "table":
            if closes:
                self._table = 0
            else:
                self._open_table()

    def _open_html_item(self) -> None:
        self._count += 1
        depth = max(1, self._lists)
        self._html_items = [*self._html_items[: depth - 1], self._count]
        self._opens = True


def _named(event: Any) -> tuple[str, Any]:
    """An event or a tag of the parser: a bare name, or a name with what belongs to it."""
    return (event, None) if isinstance(event, str) else next(iter(event.items()))


class _Places:
    """Byte offsets of the parser as places in the text."""

    def __init__(self, text: str, skipped: int) -> None:
        self._skipped = skipped
        self._end = len(text)
        self._table = None if text.isascii() else array("L", accumulate(text.encode().translate(_LEADS)))

    def __getitem__(self, offset: int) -> int:
        if self._table is None:
            return self._skipped + offset
        return self._skipped + (self._table[offset] - 1 if offset < len(self._table) else self._end)
