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
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from synthkg.errors import BuildRefused
from synthkg.files import read_text, write_atomically
from synthkg.store import Store
from synthkg.views import Page, render
from synthkg.vocabulary import BASE, NAMESPACE

__all__ = ["Regenerated", "regenerate", "stale"]

_PREFIXES = f"""PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX synthkg: <{NAMESPACE}>
"""
_ROW = re.compile(r"\| *(?:\[(?P<linked>.*?)\]\(.*?\)|(?P<plain>[^|`]*?)) *(?:\||`)")
_OURS = (".md", ".csv", ".bib")


@dataclass(frozen=True, slots=True)
class Regenerated:
    """The files that were written and those that were right already, as paths below the folder."""

    written: list[str]
    unchanged: list[str]


@dataclass(frozen=True, slots=True, order=True)
class _Row:
    """A row of a page: the heading it stands under and its label (a title, or an id in a table)."""

    heading: str
    label: str


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
            if row.label not in drop and not _explained(store, page, row):
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
            if not is_head and not re.match(r"\|[ :|-]+\|$", line) and (match := _ROW.match(line)):
                yield _Row(heading, (match["linked"] or match["plain"] or "").strip())


def _explained(store: Store, page: Page, row: _Row) -> bool:
    if page.file.endswith((".csv", ".bib")):
        return _table_row_explained(store, row.label)
    things = _things_titled(store, row.label)
    if page.query.name == "published" or not things:
        return False
    if page.query.name == "corrected":
        return _asked(store, f"?e synthkg:published {Literal(row.label)} ; synthkg:corrected ?other")
    if page.query.name == "code":
        return True
    concept = page.values.get("concept")
    where = f"<{BASE}concept/{concept}>" if concept else "?concept"
    label = "" if concept else f"?section synthkg:heading {Literal(row.heading)} ; synthkg:concept ?concept ."
    values = " ".join(str(thing) for thing in things)
    shown = _titles(store, things)
    still_filed = _asked(store, f"VALUES ?thing {{ {values} }} {label} ?thing dcterms:subject {where}")
    return not still_filed or any(title != row.label for title in shown)


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
    text = Literal(title.replace("&#124;", "|"))
    rows = store.select(
        f"""{_PREFIXES} SELECT DISTINCT ?thing WHERE {{
          {{ ?thing dcterms:title {text} }} UNION {{ ?thing synthkg:version/dcterms:title {text} }}
          UNION {{ ?thing synthkg:version/synthkg:earlierTitle {text} }} UNION {{ ?thing skos:altLabel {text} }}
          UNION {{ ?cell synthkg:text {text} ; synthkg:entry/synthkg:about ?thing }}
          UNION {{ ?e synthkg:corrected {text} ; synthkg:corrects/synthkg:entry/synthkg:about ?thing }}
        }}"""
    ).rows
    return [thing for (thing,) in rows if isinstance(thing, NamedNode)]


def _titles(store: Store, things: list[NamedNode]) -> set[str]:
    values = " ".join(str(thing) for thing in things)
    rows = store.select(f"{_PREFIXES} SELECT ?title WHERE {{ VALUES ?thing {{ {values} }} ?thing dcterms:title ?title }}").rows
    return {title.value for (title,) in rows if title is not None}


def _asked(store: Store, pattern: str) -> bool:
    return bool(store.select(f"{_PREFIXES} SELECT * WHERE {{ {pattern} }} LIMIT 1").rows)
