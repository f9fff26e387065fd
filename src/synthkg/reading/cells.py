"""An entry as a template: its fields as placeholders, all else as it was typed; and what a piece of Markdown says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from synthkg.catalog import literal
from synthkg.model import blank_controls
from synthkg.reading.markup import parse_inline
from synthkg.reading.prose import Link
from synthkg.reading.stretches import HARD

__all__ = ["Span", "links", "parted", "plain", "template"]

_GOES_ON = re.compile(r"(?:[,;&·]|\band)\s*$")
_END = 100  # characters, in which words end and go on or do not
_IS_GONE_ON_WITH = re.compile(r"\s*(?:[,;&·]|and\b|et\b)")


@dataclass(frozen=True, slots=True)
class Span:
    """Where in its text a field of an entry stands."""

    field: str
    start: int
    end: int


def template(line: str, spans: Iterable[Span], start: int = 0, end: int | None = None) -> str:
    """Write a line, or a stretch of it, as a template: spans as placeholders, all else as literal text.

    >>> template("- [A](u) {x}", [Span("title", 3, 4), Span("url", 6, 7)])
    '- [{title}]({url}) {{x}}'
    """
    row = ""
    for span in spans:
        row += f"{literal(line[start : span.start])}{{{span.field}}}"
        start = span.end
    return row + literal(line[start:end])


@lru_cache(maxsize=65536)
def plain(markdown: str) -> str:
    r"""The words of a piece of Markdown without its marks.

    >>> plain(r" **[A \| B](u)**,  `c_d` &amp; <b>e</b> $^2$ ")
    'A | B, c_d & e $^2$'
    """
    return " ".join(blank_controls(parse_inline(markdown).text).split())


@lru_cache(maxsize=65536)
def parted(markdown: str) -> str:
    r"""The words of a piece of Markdown, with a bar where emphasis or a hard break parts them and no enumeration goes on.

    >>> parted("*Ada Grünwald, Bo Lindqvist* ICML; **Ada Grünwald**, Bo\nLindqvist<br>and Eve Stone<br>Nature")
    'Ada Grünwald, Bo Lindqvist | ICML; Ada Grünwald, Bo Lindqvist and Eve Stone | Nature'
    """
    prose = parse_inline(markdown)
    text = prose.text
    edges = {place for _, inside, _ in prose.styles for place in inside}
    edges |= {place for place, letter in enumerate(text) if letter == HARD}
    pieces = [text[start:end] for start, end in pairwise([0, *sorted(edges), len(text)])]
    words = ""
    for piece in pieces:
        goes_on = not words.strip() or _GOES_ON.search(words[-_END:]) or _IS_GONE_ON_WITH.match(piece) or not piece.strip()
        words += piece if goes_on else f" | {piece}"
    return " ".join(blank_controls(words).split())


def links(markdown: str) -> list[Link]:
    """The links of a piece of Markdown, in their order, bare addresses too.

    >>> [link.url for link in links("[[code]](https://x.org/S1(23)5) ![badge](b.svg) `[no](u)` arXiv:2304.12244")]
    ['https://x.org/S1(23)5', 'arXiv:2304.12244']
    """
    return parse_inline(markdown).links
