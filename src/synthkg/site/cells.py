"""Answers as HTML's material: what a cell shows, and where it leads, from the page that it stands on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape

from markupsafe import Markup
from pyoxigraph import Literal, NamedNode

from synthkg.graph import Table, Term
from synthkg.model import AUTHORITIES, BASE, is_url
from synthkg.profiles import Section
from synthkg.site.contents import Contents
from synthkg.works import fold

__all__ = ["Cell", "Line", "Sheet", "author_id", "cell", "facts", "free_id", "sheet"]

_MOST_COLUMNS = 7
_OF_THE_PAGE = re.compile("main|find|in-.?")  # what the frame of the page and its headings have
_LONG = re.compile(r"\S{30}")  # without a blank, as addresses are: it would make its column wider than the page


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows: ``text``, where it leads (empty for nowhere), in which language, and whether that is another site.

    The ``direction`` in which it is written is that of its first letter, unless the text says another.
    """

    text: str = ""
    href: str = ""
    language: str = ""
    direction: str = "auto"
    is_elsewhere: bool = False
    is_again: bool = False

    @property
    def html(self) -> Markup:
        """It as HTML, each piece escaped."""
        return Markup(self._written())

    def _written(self) -> str:
        text = escape(self.text)
        if self.href:
            away = ' rel="noreferrer"' if self.is_elsewhere else ""
            return f'<a href="{escape(self.href)}"{away}>{text}</a>'
        return f'<span lang="{escape(self.language)}">{text}</span>' if self.language else text

    def as_column(self, name: str) -> str:
        """It as a cell of a table, under the escaped name of its column."""
        kind = ' class="long"' if _LONG.search(self.text) else "" if self.text else ' class="none"'
        inner = f'<span class="again">{self._written()}</span>' if self.is_again else self._written()
        return f'<td data-label="{name}" dir="{self.direction}"{kind}>{inner}</td>'


@dataclass(frozen=True, slots=True)
class Line:
    """A row, and the id by which an IRI leads to it, where one does."""

    id: str
    cells: tuple[Cell, ...]

    def as_row(self, names: Sequence[str]) -> str:
        """It as a row of a table."""
        id = f' id="{escape(self.id)}"' if self.id else ""
        return f"<tr{id}>{''.join(map(Cell.as_column, self.cells, names))}</tr>\n"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table without its empty columns."""

    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    total: int

    @property
    def body(self) -> Markup:
        """Its rows as HTML; by hand, because a site has 150,000 cells, and its template took as long as all queries together."""
        names = [escape(name) for name in self.columns]
        return Markup("".join(line.as_row(names) for line in self.lines))

    @property
    def is_wide(self) -> bool:
        """Whether its rows are better read as records, each value under its name."""
        return len(self.columns) > _MOST_COLUMNS


def sheet(contents: Contents, table: Table, document: str, root: str, taken: set[str], most: int | None = None) -> Sheet:
    """An answer for the page of a document.

    Args:
        contents: What things are called and where their pages are.
        table: The answer.
        document: The document; a row whose first cell is a part of its thing has the part's id.
        root: What leads from the page to the top of the site, such as ``../``.
        taken: The ids that the page has already; those of the rows are added.
        most: How many rows are shown; None means all.
    """
    places = [place for place in range(len(table.columns)) if any(row[place] is not None for row in table.rows)]
    lines: list[Line] = []
    above: Sequence[Term | None] = ()
    for row in table.rows[:most]:
        id = free_id(contents, row[0].value, document, taken) if row and isinstance(row[0], NamedNode) else ""
        cells = [cell(contents, row[place], root) for place in places]
        for number, place in enumerate(places[:-1]):
            if not above or row[place] != above[place] or row[place] is None:
                break
            cells[number] = replace(cells[number], is_again=True)
        lines.append(Line(id, tuple(cells)))
        above = row
    return Sheet(tuple(table.columns[place].replace("_", " ") for place in places), tuple(lines), len(table.rows))


def free_id(contents: Contents, iri: str, document: str, taken: set[str]) -> str:
    """The id by which the page of a document has what the IRI names, if nothing there has it yet."""
    place = contents.addresses.place(iri)
    if place is None or place[0] != document or not place[1] or place[1] in taken:
        return ""
    taken.add(place[1])
    return place[1]


def cell(contents: Contents, term: Term | None, root: str) -> Cell:
    """A term for people: a thing under its name, an address as it is."""
    if isinstance(term, NamedNode):
        iri = term.value
        if iri.startswith(BASE) and (page := contents.addresses.page(iri)) is not None:
            return Cell(contents.labels.of(iri), root + page)
        if contents.labels.titles.get(iri) and iri.startswith(tuple(AUTHORITIES.values())):
            return Cell(contents.labels.of(iri), f"{root}authors.html#{author_id(contents.labels.of(iri))}")
        is_address = is_url(iri)
        return Cell(contents.labels.of(iri), iri if is_address else "", is_elsewhere=is_address)
    if isinstance(term, Literal):
        language = term.language if term.language and term.language != "en" else ""
        return Cell(term.value, language=language, direction=term.direction.value if term.direction else "auto")
    return Cell()


def author_id(name: str) -> str:
    """The id of an author's place in the list of authors.

    A name without letters has its bytes, and with a dot, which no other has, it is never the id of something else on the page.

    >>> author_id("Noah A. Smith"), author_id("Main"), author_id("***")
    ('noah-a-smith', 'author.main', 'author.2a2a2a')
    """
    id = fold(name).replace(" ", "-") or f"author.{name.encode().hex()}"
    return f"author.{id}" if _OF_THE_PAGE.fullmatch(id) else id


def facts(contents: Contents, section: Section, root: str) -> list[tuple[str, list[Cell]]]:
    """Fact -> its values, in order."""
    found: dict[str, list[Cell]] = {}
    for fact, value in section.table.rows:
        if fact is not None:
            found.setdefault(fact.value, []).append(cell(contents, value, root))
    return list(found.items())
