"""What is found in a document, and where: entries with their fields, headings, lines."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from synthkg.reading.prose import Bounds, Unit
from synthkg.reading.tables import Field

__all__ = ["Found", "Lines", "Outline"]

_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(slots=True)
class Found:
    """An entry: the stretch of the document that it takes, whole lines unless works share a line, and its fields.

    ``around`` has the stretch whose words are about it, where that is not all of it.
    """

    start: int
    end: int
    fields: list[Field]
    bounds: list[Bounds] = field(default_factory=list)
    table: int = 0
    rule: tuple[int, ...] = ()
    more: list[str] = field(default_factory=list)
    around: Bounds | None = None


@dataclass(slots=True)
class Outline:
    """What a document holds: entries, headings, both in order; and stretches that look like entries but were not read."""

    entries: list[Found]
    headings: list[Unit]
    unread: list[Bounds]


class Lines:
    """The lines of a text, from 1: which of them a place is in, where they begin and end."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(found.end() for found in _LINE_END.finditer(text))]

    def number(self, place: int) -> int:
        """The number of the line of a place."""
        return bisect_right(self._starts, place)

    def first(self, number: int) -> int:
        """Where a line begins; behind the last, the end of the text."""
        return self._starts[number - 1] if number <= len(self._starts) else len(self._text)

    def start(self, place: int) -> int:
        """Where the line of a place begins."""
        return self._starts[self.number(place) - 1]

    def end(self, place: int) -> int:
        """Where the line of a place ends, behind its newline."""
        number = self.number(place)
        return self._starts[number] if number < len(self._starts) else len(self._text)

    def whole(self, start: int, end: int) -> Bounds:
        """The whole lines of a stretch."""
        while end > start and self._text[end - 1] in "\r\n":
            end -= 1
        return self.start(start), self.end(end)

    def text(self, number: int) -> str:
        """A line without its newline."""
        start = self._starts[number - 1]
        return self._text[start : self.end(start)].rstrip("\r\n")
