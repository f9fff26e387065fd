"""A profile as text for a terminal, JSON, JSON Lines, Markdown, and the BibTeX of the papers in it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from textwrap import wrap
from typing import Any

from pyoxigraph import NamedNode

from synthkg.errors import UsageError
from synthkg.findings import did_you_mean, visible
from synthkg.graph import Store, Term, load_queries
from synthkg.markdown import escaped, markdown_table
from synthkg.model import BASE
from synthkg.profiles.kinds import kind_of
from synthkg.profiles.labels import Labels
from synthkg.profiles.panels import Profile, Section
from synthkg.views import FORMATS as TABLES
from synthkg.views import bibtex, rows_of, values_of

__all__ = ["FORMATS", "bibliography_of", "papers_in", "render", "to_json"]

FORMATS = ("text", "json", "jsonl", "markdown", "bibtex")


def render(profile: Profile, style: str, store: Store, labels: Labels) -> str:
    """The profile in one of `FORMATS`.

    Raises:
        UsageError: There is no such format, or BibTeX is wanted of something without papers.
    """
    styles: dict[str, Callable[[Profile, Labels], str]] = {"text": _text, "json": _json, "jsonl": _jsonl, "markdown": _markdown}
    if style == "bibtex":
        return bibliography_of(papers_in(profile), store)
    if style not in styles:
        raise UsageError(f'there is no format "{style}"; {did_you_mean(style, FORMATS)}')
    return styles[style](profile, labels)


def papers_in(profile: Profile) -> set[str]:
    """The ids of the papers that a profile shows: a paper itself, or all that stand in its tables."""
    if profile.kind == "paper":
        return {profile.iri.removeprefix(f"{BASE}paper/")}
    cells = (cell for section in profile.shown for row in section.table.rows for cell in row if isinstance(cell, NamedNode))
    return {cell.value.removeprefix(f"{BASE}paper/") for cell in cells if kind_of(cell.value) == "paper"}


def bibliography_of(ids: Iterable[str], store: Store) -> str:
    """Some papers as BibTeX.

    Raises:
        UsageError: There are none.
    """
    wanted = set(ids)
    if not wanted:
        raise UsageError("there are no papers in this, and so no BibTeX; ask for another format")
    rows = rows_of(load_queries("views")["bibliography"].rows(store))
    return bibtex([row for row in rows if row["id"] in wanted])


# -- Text


def _text(profile: Profile, labels: Labels) -> str:
    width = shutil.get_terminal_size((100, 24)).columns
    title = "\n".join(wrap(visible(profile.title), width))
    parts = [f"{title}\n{profile.kind}  {profile.iri}\n"]
    for section in profile.shown:
        body = _facts(section, labels, width) if section.is_facts else _rows(section, labels)
        parts.append(f"{section.panel.title}\n{'-' * len(section.panel.title)}\n{body}")
    return "\n".join(parts)


def _facts(section: Section, labels: Labels, width: int) -> str:
    found = section.facts
    margin = max(map(len, found)) + 2
    lines = []
    for fact, values in found.items():
        for place, value in enumerate(values):
            shown = visible(labels.of(value) if value.startswith(BASE) else value)
            pieces = wrap(shown, max(20, width - margin), break_long_words=False, break_on_hyphens=False) or [""]
            first = f"{fact if not place else '':{margin}}"
            lines += [f"{first if not number else ' ' * margin}{piece}" for number, piece in enumerate(pieces)]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _rows(section: Section, labels: Labels) -> str:
    """The rows without the columns that are empty in all of them, things under their names."""
    table = labels.named(section.table)
    places = [place for place in range(len(table.columns)) if any(row[place] is not None for row in table.rows)]
    columns = tuple(table.columns[place].replace("_", " ") for place in places)
    return TABLES["table"](table._replace(columns=columns, rows=[tuple(row[place] for place in places) for row in table.rows]))


# -- Markdown


def _markdown(profile: Profile, labels: Labels) -> str:
    parts = [f"# {escaped(profile.title)}\n\n<{profile.iri}>\n"]
    for section in profile.shown:
        names = [name.replace("_", " ") for name in section.table.columns]
        rows = [[_linked(cell, labels) for cell in row] for row in section.table.rows]
        parts.append(f"## {escaped(section.panel.title)}\n\n{markdown_table(names, rows)}")
    return "\n".join(parts)


def _linked(cell: Term | None, labels: Labels) -> str:
    if not isinstance(cell, NamedNode):
        return "" if cell is None else escaped(cell.value)
    if not cell.value.startswith(("http://", "https://")):
        return escaped(cell.value)
    address = cell.value.replace("(", "%28").replace(")", "%29")
    return f"[{escaped(labels.of(cell.value))}]({address})"


# -- JSON


def to_json(profile: Profile, labels: Labels) -> dict[str, Any]:
    """The profile as JSON has it: a thing in a cell is its IRI with its name, a number a number, what is not there null."""
    return {
        "iri": profile.iri,
        "kind": profile.kind,
        "title": profile.title,
        "panels": [
            {
                "title": section.panel.title,
                "query": section.panel.query.name,
                "columns": list(section.table.columns),
                "rows": _values(section, labels),
            }
            for section in profile.shown
        ],
    }


def _values(section: Section, labels: Labels) -> list[dict[str, Any]]:
    several = section.panel.query.header.get("multivalued", ())
    plain = values_of(section.table, several)
    return [
        {
            name: {"iri": cell.value, "label": labels.of(cell.value)} if isinstance(cell, NamedNode) else value
            for name, cell, value in zip(section.table.columns, cells, values, strict=True)
        }
        for cells, values in zip(section.table.rows, plain, strict=True)
    ]


def _json(profile: Profile, labels: Labels) -> str:
    return json.dumps(to_json(profile, labels), indent=2, ensure_ascii=False) + "\n"


def _jsonl(profile: Profile, labels: Labels) -> str:
    """A row of a panel a line, behind the IRI of what it is about, by the name that JSON has for it: no column is called so."""
    head = {"iri": profile.iri}
    rows = [head | {"panel": section.panel.title} | row for section in profile.shown for row in _values(section, labels)]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
