"""What a list is called: its id, by the name of its file, and its title, by what the document says."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from unicodedata import category

from synthkg.model import slug
from synthkg.reading import Outline, parse, plain

__all__ = ["list_id", "title_of"]

_LONG = 20_000


def list_id(document: Path) -> str:
    """What a list is called where nobody says it: after its file, or after the folder of a README.

    >>> list_id(Path("winds/Trade winds.md")), list_id(Path("winds/README.md"))
    ('trade-winds', 'winds')
    """
    name = document.parent.resolve().name if document.stem.lower() == "readme" else document.stem
    return slug(name, words=9) or "list"


def title_of(text: str, outline: Outline) -> str:
    """The heading of the whole document, else the words before its first entry and heading, else its first heading.

    Nothing where none of them has words.
    """
    first = min((entry.start for entry in outline.entries), default=len(text))
    headings = (heading.words for heading in outline.headings if heading.start < first)
    said = chain(_of_all(text, outline, first), _opening(text, outline, first), headings)
    return next(filter(None, map(_seen, said)), "")


def _of_all(text: str, outline: Outline, first: int) -> Iterator[str]:
    """The heading of the whole document, if it has one: Markdown's, unless entries of its own follow it, or HTML's."""
    tops = [heading for heading in outline.headings if heading.level == 1]
    following = (heading.start for heading in outline.headings if heading.start > tops[0].start)
    if tops and tops[0].start < first and (len(tops) == 1 or min(following, default=len(text)) < first):
        yield tops[0].words
    else:
        units = parse(text[: min(first, _LONG)])
        yield from (unit.words for unit in units if unit.is_html and unit.kind == "heading" and unit.level == 1)


def _opening(text: str, outline: Outline, first: int) -> Iterator[str]:
    """The lines of words, of no table, before the first entry and heading."""
    before = min([first, _LONG, *(heading.start for heading in outline.headings if heading.words)])
    lines = (line.strip("\ufeff# \t\r\n") for line in text[:before].splitlines())
    return (words for line in lines if line[:1] != "|" and any(map(str.isalnum, words := plain(line))))


def _seen(title: str) -> str:
    """A title without characters that nobody sees, as marks of order and blanks of no width; joiners make signs of others."""
    return " ".join("".join(char for char in title if category(char) != "Cf" or char in "\u200c\u200d").split())
