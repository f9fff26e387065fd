"""A reading list as it was printed, beside what it should say: each row once, and where it is wrong the erratum that says so.

The rows are those of the list's profile: its entries, and its errata, which name the entry, the field and the text that they
correct. A list's printed address is shown and never linked, because some have been taken over since.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from markupsafe import Markup, escape

from synthkg.profiles import Profile, Section
from synthkg.site.cells import Cell, cell, free_id
from synthkg.site.contents import Contents

__all__ = ["ENTRIES", "ERRATA", "Beside", "beside"]

ENTRIES, ERRATA = "entries", "errata"
"""The panels of which it is made."""
_FIELDS = {"title": "Title", "url": "Address", "venue": "Venue", "code": "Code"}
_ADDRESS = re.compile(r"https?://\S+")
_APART = re.compile(r"</(del|ins)>(\s+)<\1>")  # what only a blank keeps apart reads as one
_WORD = re.compile(r"\s+|\w+|[^\w\s]")
Row = dict[str, Cell]


@dataclass(frozen=True, slots=True)
class Erratum:
    """Why something is corrected: what kind of fault it is, with a link to the erratum, and the reason."""

    kind: str
    href: str
    reason: str


@dataclass(frozen=True, slots=True)
class Printed:
    """One cell of a row, or a line: as it was printed, and as it should be.

    Attributes:
        id: By which an IRI leads to it; empty where none does.
        name: What the cell is of.
        published: The text, its wrong pieces marked.
        corrected: The text that is right, its new pieces marked; None where what was printed is.
        href: Where the right text leads.
        errata: Why.
    """

    id: str
    name: str
    published: Markup
    corrected: Markup | None
    href: str
    errata: tuple[Erratum, ...]

    @property
    def right(self) -> Markup:
        """What should stand there."""
        text = self.published if self.corrected is None else self.corrected
        away = "" if not self.href.startswith("http") else ' rel="noreferrer"'
        return Markup(f'<a href="{escape(self.href)}"{away}>{text}</a>') if self.href and text else text


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the list.

    Attributes:
        id: By which an IRI leads to it.
        number: Its number.
        cells: What it prints.
        about: The work that it is about.
        when: In which snapshots it was printed so, where not in all.
        gone: Why the corrected list has no such row; None where it has.
    """

    id: str
    number: str
    cells: tuple[Printed, ...]
    about: Cell | None
    when: str
    gone: Erratum | None

    @property
    def is_right(self) -> bool:
        """Whether it needs no correction."""
        return self.gone is None and all(each.corrected is None for each in self.cells)


@dataclass(frozen=True, slots=True)
class Group:
    """The rows under one heading."""

    id: str
    heading: str
    lines: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class Beside:
    """The list, heading by heading, and its lines that are no rows and are wrong."""

    queries: tuple[str, ...]
    texts: tuple[Printed, ...] = ()
    groups: list[Group] = field(default_factory=list)

    @property
    def lines(self) -> int:
        """How many rows there are."""
        return sum(len(group.lines) for group in self.groups)

    @property
    def wrong(self) -> int:
        """How many of them need a correction."""
        return sum(not line.is_right for group in self.groups for line in group.lines)


def beside(contents: Contents, profile: Profile, document: str, root: str, taken: set[str]) -> Beside | None:
    """The two panels of a list as one; None where it has no rows.

    Args:
        contents: What things are called and where their pages are.
        profile: The list's profile.
        document: Its document.
        root: What leads from its page to the top of the site.
        taken: The ids that the page has already; those of headings, rows and cells are added.
    """
    entries, errata = profile.section(ENTRIES), profile.section(ERRATA)
    if entries is None:
        return None
    known = _errata(contents, errata, root)
    shown = Beside(tuple(section.panel.query.name for section in (entries, errata) if section is not None))
    shown.texts = tuple(_printed("", "", text, found, "") for (entry, _, text), found in known.items() if not entry)
    section = None
    for row, said in _rows(contents, entries, root):
        if said["section"] != section:
            section = said["section"]
            shown.groups.append(Group(free_id(contents, section, document, taken), row["section"].text))
        shown.groups[-1].lines.append(_line(contents, row, said, known, document, taken))
    return shown


_Known = dict[tuple[str, str, str], list[tuple[str, Erratum]]]
"""Entry, field and published text -> what is right and why."""


def _rows(contents: Contents, section: Section, root: str) -> Iterator[tuple[Row, dict[str, str]]]:
    """Each row as cells, and as the IRIs and texts that these are made of."""
    for row in section.table.rows:
        cells = {name: cell(contents, term, root) for name, term in zip(section.table.columns, row, strict=True)}
        yield cells, {name: term.value if term is not None else "" for name, term in zip(section.table.columns, row, strict=True)}


def _errata(contents: Contents, section: Section | None, root: str) -> _Known:
    known: _Known = {}
    seen = set()
    for row, said in _rows(contents, section, root) if section is not None else ():
        key = (said["entry"], said["field"], said["published"])
        if (said["erratum"], key) not in seen:  # an erratum is of every cell that prints the text
            seen.add((said["erratum"], key))
            why = Erratum(row["kind"].text, row["erratum"].href, said["reason"])
            known.setdefault(key, []).append((said["corrected"], why))
    return known


def _line(contents: Contents, row: Row, said: dict[str, str], known: _Known, document: str, taken: set[str]) -> Line:
    entry = said["entry"]
    id = free_id(contents, entry, document, taken)
    cells, gone = [], None
    for name, label in _FIELDS.items():
        found = known.get((entry, name, said[name]), [])
        if not said[name] and not found:
            continue
        href = row["about"].href if name == "title" else ""
        cells.append(_printed(free_id(contents, f"{entry}/{name}", document, taken), label, said[name], found, href))
        if name == "title" and found and not found[-1][0]:
            gone = found[-1][1]
    if said["refuted"]:
        gone = gone or Erratum("Wrong heading", row["refuted"].href, said["because"])
    when = [f"{word} {row[word].text.removeprefix('snapshot ')}" for word in ("since", "until") if said[word]]
    about = row["about"] if row["about"].text else None
    return Line(id, entry.rpartition("/")[2], tuple(cells), about, ", ".join(when), gone)


def _printed(id: str, name: str, text: str, found: Sequence[tuple[str, Erratum]], href: str) -> Printed:
    right = found[-1][0] if found else text
    address = right if _ADDRESS.fullmatch(right) else ""
    if not found:
        return Printed(id, name, escape(text), None, href or address, ())
    old, new = _marked(text, right)
    return Printed(id, name, old, new, href or address, tuple(why for _, why in found))


def _marked(old: str, new: str) -> tuple[Markup, Markup]:
    """Two texts, with the words that only one of them has in ``del`` and ``ins``.

    >>> _marked("a <mispelt> title", "a misspelt title")
    (Markup('a <del>&lt;mispelt&gt;</del> title'), Markup('a <ins>misspelt</ins> title'))
    """
    one, other = _WORD.findall(old), _WORD.findall(new)
    pieces: tuple[list[str], list[str]] = ([], [])
    for same, start, end, first, last in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        for out, words, tag in ((pieces[0], one[start:end], "del"), (pieces[1], other[first:last], "ins")):
            text = escape("".join(words))
            out.append(str(text) if same == "equal" or not words else f"<{tag}>{text}</{tag}>")
    old, new = (_APART.sub(r"\2", "".join(side)) for side in pieces)
    return Markup(old), Markup(new)
