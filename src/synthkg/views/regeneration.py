"""Writing the views over what was written before, so that nothing shrinks unseen.

A row of an old page that the new page lacks must be explained by the records: its thing still exists but is no longer
filed there, has another title or id now, or was withdrawn by an erratum. A row that nothing explains stops the whole
regeneration, which then names it and writes nothing: either a query lost it, or a record was deleted without saying
what became of it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from synthkg.errors import BuildRefused
from synthkg.files import read_text, write_atomically
from synthkg.graph import Store
from synthkg.model import BASE, NAMESPACE, is_url
from synthkg.views.pages import Page, render

__all__ = ["Regenerated", "regenerate", "stale"]

_PREFIXES = f"""PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX synthkg: <{NAMESPACE}>
"""
_ROW = re.compile(r"\| *(?:\[(?P<linked>.*?)\]\((?P<link>.*?)\)|(?P<plain>[^|`]*?)) *(?:\||`)")
_BULLET = re.compile(r"[-*] (?:the method |\*\*)?\[(?P<linked>.*?)\]\((?P<link>[^)]*)\)")
_OURS = (".md", ".csv", ".bib")


@dataclass(frozen=True, slots=True)
class Regenerated:
    """The files that were written and those that were right already, as paths below the folder."""

    written: list[str]
    unchanged: list[str]


@dataclass(frozen=True, slots=True, order=True)
class _Row:
    """A row of a page: the heading it stands under, its label (a title, or an id in a table) and where that links."""

    heading: str
    label: str
    link: str = field(default="", compare=False)


def stale(store: Store, pages: Sequence[Page], out: Path, *, whole: bool) -> list[str]:
    """The files below ``out`` that a regeneration of these pages would change, add or remove, sorted."""
    different = [page.file for page in pages if _old(out, page.file) != render(page, store)]
    return sorted(different + (_left_over(pages, out) if whole else []))


def regenerate(store: Store, pages: Sequence[Page], out: Path, drop: Collection[str] = (), *, whole: bool) -> Regenerated:
    """Writes the pages that differ.

    Args:
        store: The graph.
        pages: The pages to write.
        out: The folder.
        drop: Labels of rows, or files, whose loss is meant.
        whole: Whether these are all pages, so that any other page in ``out`` is one that is gone.

    Raises:
        BuildRefused: Rows or pages would be lost without a record that explains it. Nothing is written then.
    """
    new = {page.file: render(page, store) for page in pages}
    left_over = _left_over(pages, out) if whole else []
    lost = [f"{file}: the page itself" for file in left_over if file not in drop and not _renamed(store, file)]
    for page in pages:
        old = _old(out, page.file)
        gone = set(_rows(page.file, old or "")) - set(_rows(page.file, new[page.file]))
        for row in sorted(gone):
            elsewhere = any(row.label == other.label for other in _rows(page.file, new[page.file]))
            if row.label not in drop and not _explained(store, page, row, elsewhere):
                lost.append(f"{page.file}: {row.label}" + (f" (under {row.heading})" if row.heading else ""))
    if lost:
        rows = "\n  ".join(lost)
        raise BuildRefused(
            f"these rows would vanish, and no record explains it; nothing was written:\n  {rows}\n"
            "bring the record back, name its old id under formerly: in the record that replaces it, or accept with --drop NAME"
        )
    written = [file for file, text in new.items() if _old(out, file) != text]
    for file in written:
        write_atomically(out / file, new[file])
    for file in left_over:
        (out / file).unlink()
    return Regenerated(written, [file for file in new if file not in set(written)])


def _old(out: Path, file: str) -> str | None:
    return read_text(out / file) if (out / file).is_file() else None


def _left_over(pages: Sequence[Page], out: Path) -> list[str]:
    present = {str(path.relative_to(out)) for path in out.rglob("*") if path.suffix in _OURS} if out.is_dir() else set()
    return sorted(present - {page.file for page in pages})


def _rows(file: str, text: str) -> Iterator[_Row]:
    """The rows of a page that was printed by any view."""
    if file.endswith(".csv"):
        header, *rows = csv.reader(io.StringIO(text)) if text else [[]]
        width = 3 if header[:3] == ["list", "entry", "field"] else 1
        yield from (_Row("", "/".join(row[:width])) for row in rows)
    elif file.endswith(".bib"):
        yield from (_Row("", id) for id in re.findall(r"^@\w+\{([^,]+),$", text, re.MULTILINE))
    else:
        heading = ""
        lines = text.splitlines()
        for line, following in zip_longest(lines, lines[1:], fillvalue=""):
            if line.startswith("#"):
                heading = line.lstrip("# ").strip()
            is_head = re.match(r"\|[ :|-]+\|$", following) is not None
            if (match := _BULLET.match(line)) and not match["link"].startswith("#"):
                yield _Row(heading, _unescaped(match["linked"]), match["link"])
            elif not is_head and not re.match(r"\|[ :|-]+\|$", line) and (match := _ROW.match(line)):
                yield _Row(heading, _unescaped(match["linked"] or match["plain"] or ""), match["link"] or "")


def _unescaped(label: str) -> str:
    return label.strip().replace("&#124;", "|")


def _explained(store: Store, page: Page, row: _Row, elsewhere: bool) -> bool:
    """Whether the records say why the page lacks the row; ``elsewhere`` if it has one like it under another heading."""
    if page.file.endswith((".csv", ".bib")):
        return _table_row_explained(store, row.label)
    things = _things_titled(store, row.label) or _things_at(store, row.link)
    if page.query.name == "published" or not things:
        return False
    if page.query.name == "corrected":
        return _asked(store, f"?e synthkg:published {Literal(row.label)} ; synthkg:corrected ?other")
    values = " ".join(str(thing) for thing in things)
    if all(title != row.label for title in _titles(store, things)):
        return True
    if page.query.name == "code":
        return elsewhere or not _asked(store, f"VALUES ?thing {{ {values} }} ?thing a synthkg:Artifact")
    if method := page.values.get("method"):
        how = "synthkg:introduces|synthkg:uses|synthkg:extends|^synthkg:extends"
        return elsewhere or not _asked(store, f"VALUES ?thing {{ {values} }} ?thing {how} <{BASE}method/{method}>")
    concept = page.values.get("concept")
    where = f"<{BASE}concept/{concept}>" if concept else "?concept"
    label = "" if concept else f"?section synthkg:heading {Literal(row.heading)} ; synthkg:concept ?concept ."
    return not _asked(store, f"VALUES ?thing {{ {values} }} {label} ?thing dcterms:subject {where}")


def _table_row_explained(store: Store, label: str) -> bool:
    """A paper is explained by its new id; an erratum's row by the erratum being gone while its entry is there."""
    if "/" in label:
        list_id, entry, field = label.split("/", 2)
        cell = f"<{BASE}list/{list_id}/entry/{entry}/{field}>"
        return _asked(store, f"{cell} ?p ?o") and not _asked(store, f"?e synthkg:corrects {cell}")
    return _asked(store, f"?x synthkg:formerly <{BASE}paper/{label}>")


def _renamed(store: Store, file: str) -> bool:
    """Whether the thing that a page was about has a new id."""
    return _asked(store, f"?x synthkg:formerly <{BASE}{file.rpartition('.')[0]}>")


def _things_titled(store: Store, title: str) -> list[NamedNode]:
    """The papers and artifacts that bear, or bore, this title."""
    text = Literal(title)
    rows = store.select(
        f"""{_PREFIXES} SELECT DISTINCT ?thing WHERE {{
          {{ ?thing dcterms:title {text} }} UNION {{ ?thing synthkg:version/dcterms:title {text} }}
          UNION {{ ?thing synthkg:version/synthkg:earlierTitle {text} }} UNION {{ ?thing skos:altLabel {text} }}
          UNION {{ ?cell synthkg:text {text} ; synthkg:entry/synthkg:about ?thing }}
          UNION {{ ?e synthkg:corrected {text} ; synthkg:corrects/synthkg:entry/synthkg:about ?thing }}
        }}"""
    ).rows
    return [thing for (thing,) in rows if isinstance(thing, NamedNode)]


def _things_at(store: Store, link: str) -> list[NamedNode]:
    """The papers and artifacts that are read at an address, whatever they are called."""
    if not is_url(link):
        return []
    where = f"{{ ?thing synthkg:landingPage|synthkg:url|synthkg:formerUrl|synthkg:version/synthkg:landingPage <{link}> }}"
    rows = store.select(f"{_PREFIXES} SELECT DISTINCT ?thing WHERE {{ {where} }}").rows
    return [thing for (thing,) in rows if isinstance(thing, NamedNode)]


def _titles(store: Store, things: list[NamedNode]) -> set[str]:
    values = " ".join(str(thing) for thing in things)
    rows = store.select(f"{_PREFIXES} SELECT ?title WHERE {{ VALUES ?thing {{ {values} }} ?thing dcterms:title ?title }}").rows
    return {title.value for (title,) in rows if title is not None}


def _asked(store: Store, pattern: str) -> bool:
    return bool(store.select(f"{_PREFIXES} SELECT * WHERE {{ {pattern} }} LIMIT 1").rows)
