"""The rows of a page that was printed by any view: what may not vanish unseen.

A row is a table's row, a bullet, an alias, an edge of a diagram, or an entry of a bibliography, known by what it names: a
title, or an id in a table. It is read from the page's text alone, since the page may be older than the graph, and without
patterns that could take long over a page that somebody else wrote.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest

from synthkg.errors import UnreadableError
from synthkg.markdown import unescaped

__all__ = ["Row", "read_rows", "read_titles"]

_RULE = re.compile(r"\|[ :|-]+\|")
_ENTRY = re.compile(r"^@\w+\{([^,\n]+),$", re.MULTILINE)
_KEYED_BY_THREE = ["list", "entry", "field"]
_TITLED = ["id", "title"]


@dataclass(frozen=True, slots=True, order=True)
class Row:
    """A row of a page: the heading it stands under, what it names, and where that links."""

    heading: str
    label: str
    link: str = field(default="", compare=False)


def read_rows(file: str, text: str) -> set[Row]:
    """The rows of a page; one that stands twice under a heading is one.

    Raises:
        UnreadableError: A table is no CSV.
    """
    if file.endswith(".csv"):
        return set(_of_table(file, text))
    if file.endswith(".bib"):
        return {Row("", id) for id in _ENTRY.findall(text)}
    return set(_of_page(text))


def read_titles(file: str, text: str) -> dict[str, str]:
    """The id of each thing in a table that gives its title beside it, and the title.

    Raises:
        UnreadableError: It is no CSV.
    """
    header, *rows = _table(file, text)
    return {row[0]: row[1] for row in rows if len(row) > 1} if header[:2] == _TITLED else {}


def _table(file: str, text: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text))) if text else [[]]
    except csv.Error as error:
        raise UnreadableError(f"this is no table ({error}); remove it, and have it written anew", file) from error


def _of_table(file: str, text: str) -> Iterator[Row]:
    header, *rows = _table(file, text)
    width = 3 if header[:3] == _KEYED_BY_THREE else 1
    yield from (Row("", "/".join(row[:width])) for row in rows if row)


def _of_page(text: str) -> Iterator[Row]:
    heading = ""
    lines = text.splitlines()
    for line, following in zip_longest(lines, lines[1:], fillvalue=""):
        if line.startswith("#"):
            heading = unescaped(line.lstrip("#").strip())
        elif line.startswith("|"):
            if not _RULE.fullmatch(line) and not _RULE.fullmatch(following):
                yield _named(heading, line[1:].strip(), "|")
        elif line.lstrip().startswith(("- ", "* ")):
            row = _named(heading, line.lstrip()[2:].strip().removeprefix("the method "), "")
            if not row.link.startswith("#"):
                yield row
        elif line.startswith("Also called "):
            yield Row(heading, unescaped(line))
        elif " --> " in line:
            ends = [end.strip().partition("[")[0] for end in line.split("] --> ", 1)]
            yield Row(heading, " --> ".join(ends))


def _named(heading: str, text: str, end: str) -> Row:
    """The row whose text, up to ``end``, begins with a link, something bold, or a name."""
    text = text.removeprefix("**")
    if text.startswith("["):
        label, _, rest = text[1:].partition("](")
        return Row(heading, unescaped(label.strip()), rest.partition(")")[0])
    label = text.partition("**")[0]
    if label.startswith("`"):
        return Row(heading, label[1:].partition("`")[0])
    if end:
        label = next((label[:place] for place in range(len(label)) if label[place] in "|`" and label[:place][-1:] != "\\"), label)
    return Row(heading, unescaped(label.strip()))
