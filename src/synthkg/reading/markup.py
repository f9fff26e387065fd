r"""A Markdown document as its stretches of text, each with what a reader sees of it and where that stands in the source.

A parser in linear time (pulldown-cmark) says what is a heading, an item, a cell, a link; the tags of HTML between are taken for
the same things. What a reader sees of a stretch is its `Prose`.
"""

from __future__ import annotations

import re
from array import array
from itertools import accumulate
from typing import Any

import pyromark

from synthkg.reading.hypertext import take_html
from synthkg.reading.prose import Bounds, Prose, Unit
from synthkg.reading.stretches import HARD, Stretches

__all__ = ["parse", "parse_inline"]

_OPTIONS = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_STRIKETHROUGH
_INLINE = ". "
_LONE_CR = re.compile(r"\r(?!\n)")  # by which the parser ends no line of HTML or code
_LEADS = bytes(0 if 0x80 <= byte < 0xC0 else 1 for byte in range(256))
_STYLES = {"Strong": "bold", "Emphasis": "italic", "Strikethrough": "struck"}
_ROWS = {"TableHead": "head", "TableRow": "row"}


def parse(text: str) -> list[Unit]:
    r"""The stretches of a document in their order.

    >>> [(unit.kind, [prose.text for prose in unit.prose]) for unit in parse("# A *b*\n\n- [c](u) &amp; <b>d</b>\n")]
    [('heading', ['A b']), ('text', ['c & d'])]
    """
    skipped = 1 if text.startswith("\ufeff") else 0
    events, places = _Events(text), _Places(text[skipped:], skipped)
    for event, span in pyromark.events_with_range(_LONE_CR.sub("\n", text[skipped:]), options=_OPTIONS):
        events.take(event, places[span["start"]], places[span["end"]])
    events.into.close()
    return events.into.units


def parse_inline(text: str) -> Prose:
    r"""What is seen of a stretch that is no block.

    >>> parse_inline("1. [a\\_b](u), *c*").text
    '1. a_b, c'
    """
    flat = text.translate({10: " ", 13: " "})
    (unit, *_) = parse(_INLINE + flat)
    return unit.prose[0].moved(-len(_INLINE), -len(_INLINE))


class _Events:
    """Takes the events of the parser in their order: ``{"Start": tag}``, ``{"End": tag}``, ``{"Text": words}``, ``"Rule"``."""

    def __init__(self, text: str) -> None:
        self.into = Stretches(text)
        self._in_code = False
        self._html: Bounds | None = None

    def take(self, event: Any, start: int, end: int) -> None:
        name, value = _named(event)
        if name in ("Start", "End"):
            tag, what = _named(value)
            (self._start if name == "Start" else self._end)(tag, what, start, end)
        elif name == "Html":
            self._html = (self._html[0] if self._html else start, end)
        elif self._in_code:
            return
        else:
            self._take_inline(name, value, start, end)
        self.into.inner = start + 1 if name == "Start" else end

    def _take_inline(self, name: str, value: Any, start: int, end: int) -> None:
        into = self.into
        match name:
            case "InlineHtml":
                take_html(into, start, end)
            case "HardBreak":
                into.add(HARD, start, end)
            case "SoftBreak":
                into.add(" ", start, end)
            case "Rule":
                into.close()
            case "Text":
                into.add_text(str(value), start, end)
            case _ if value is not None:
                into.add(str(value), start, end)

    def _start(self, tag: str, what: Any, start: int, end: int) -> None:
        into = self.into
        match tag:
            case "Link":
                into.add("", start, end)
                into.open_link(start, end, what["dest_url"])
            case "Image":
                into.add("", start, end)
                into.open_image()
            case "Strong" | "Emphasis" | "Strikethrough":
                into.open_style(_STYLES[tag], start, end)
            case "TableCell":
                into.open_cell(start, end)
            case "TableHead" | "TableRow":
                into.open(_ROWS[tag], start, end)
            case "HtmlBlock":
                self._html = None
            case _:
                into.close()
                self._start_block(tag, what, start, end)

    def _start_block(self, tag: str, what: Any, start: int, end: int) -> None:
        into = self.into
        match tag:
            case "Heading":
                into.open("heading", start, end, level=int(what["level"][1:]))
            case "List":
                into.open_list()
            case "Item":
                into.open_item()
            case "Table":
                into.open_table()
            case "CodeBlock":
                self._in_code = True
                into.add_code(start, end)

    def _end(self, tag: str, what: Any, start: int, end: int) -> None:
        into = self.into
        match tag:
            case "Link":
                into.close_link(end)
            case "Image":
                into.close_image()
            case "Strong" | "Emphasis" | "Strikethrough":
                into.close_style(_STYLES[tag], end)
            case "TableCell":
                into.close_cell()
            case "HtmlBlock":
                self._take_block()
            case _:
                into.close()
                self._end_block(tag)

    def _take_block(self) -> None:
        if self._html is not None:
            self.into.in_html = True
            take_html(self.into, *self._html)
            self.into.in_html = False
        self._html = None

    def _end_block(self, tag: str) -> None:
        into = self.into
        match tag:
            case "List":
                into.close_list()
            case "Item":
                into.close_item()
            case "Table":
                into.close_table()
            case "CodeBlock":
                self._in_code = False


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
