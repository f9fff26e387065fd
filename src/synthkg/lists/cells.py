r"""An entry as a template: its fields as placeholders, all else as it was typed; and what a piece of Markdown says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from synthkg.catalog import literal
from synthkg.lists.markup import parse_inline
from synthkg.lists.prose import Link
from synthkg.model import blank_controls

__all__ = ["Span", "links", "plain", "template"]


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


def plain(markdown: str) -> str:
    r"""The words of a piece of Markdown without its marks.

    >>> plain(r" **[A \| B](u)**,  `c_d` &amp; <b>e</b> $^2$ ")
    'A | B, c_d & e $^2$'
    """
    return " ".join(blank_controls(parse_inline(markdown).text).split())


def links(markdown: str) -> list[Link]:
    """The links of a piece of Markdown, in their order, bare addresses too.

    >>> [link.url for link in links("[[code]](https://x.org/S1(23)5) ![badge](b.svg) `[no](u)` arXiv:2304.12244")]
    ['https://x.org/S1(23)5', 'arXiv:2304.12244']
    """
    return parse_inline(markdown).links
