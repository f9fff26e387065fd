"""Writing the views over what was written before, so that nothing shrinks unseen.

A view is one page or a folder of them. Whatever it showed, it shows as often as before, wherever that moved within the view;
what it shows less often must be explained by the records: it bears another title or id now, an erratum corrects or withdraws
its row, or it refutes the heading. Anything else stops the whole regeneration, which then names the rows and writes nothing,
whatever the cause: a query that loses them, a record that is gone, a fact that was taken back. Only a person can say that such a
loss is meant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from synthkg.errors import BuildRefused
from synthkg.files import read_text, write_atomically
from synthkg.graph import Store, written
from synthkg.model import BASE, NAMESPACE, RECORD_TYPES
from synthkg.views.pages import Page, all_pages, render
from synthkg.views.rows import Row, read_rows

__all__ = ["Regenerated", "regenerate", "stale"]

_PREFIXES = f"""PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX synthkg: <{NAMESPACE}>
"""
_OURS = (".md", ".csv", ".bib")


@dataclass(frozen=True, slots=True)
class Regenerated:
    """The files that were written and those that were right already, as paths below the folder."""

    written: list[str]
    unchanged: list[str]


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
        BuildRefused: Rows or pages would be lost without a record that explains it, or a page lies outside the folder. Nothing is
            written then.
        UnreadableError: A page of before cannot be read.
    """
    _refuse_outside(out, [page.file for page in pages])
    new = {page.file: render(page, store) for page in pages}
    left_over = _left_over(pages, out) if whole else []
    lost = [f"{file}: the page itself" for file in left_over if file not in drop and not _moved(store, out, file, new)]
    before = {file: text for file in [*new, *left_over] if (text := _old(out, file)) is not None}
    for view in sorted({_view(file) for file in before}):
        old_rows = {file: read_rows(file, text) for file, text in before.items() if _view(file) == view and file not in drop}
        new_rows = {file: read_rows(file, text) for file, text in new.items() if _view(file) == view}
        if all(rows <= new_rows.get(file, set()) for file, rows in old_rows.items()):
            continue
        if not whole:
            others = [page for page in all_pages(store) if _view(page.file) == view and page.file not in new]
            old_rows |= {page.file: read_rows(page.file, text) for page in others if (text := _old(out, page.file)) is not None}
            new_rows |= {page.file: read_rows(page.file, render(page, store)) for page in others}
        lost += _losses(store, view, old_rows, new_rows, drop)
    if lost:
        rows = "\n  ".join(lost)
        raise BuildRefused(
            f"these rows would vanish, and no record explains it; nothing was written:\n  {rows}\n"
            "bring the record back, name its old id under formerly: in the record that replaces it, or accept with --drop NAME"
        )
    _refuse_foreign(out, new, before, drop)
    written = [file for file, text in new.items() if _old(out, file) != text]
    for file in written:
        write_atomically(out / file, new[file])
    for file in left_over:
        (out / file).unlink()
    return Regenerated(written, [file for file in new if file not in set(written)])


def _refuse_outside(out: Path, files: Iterable[str]) -> None:
    for file in files:
        if not (out / file).resolve().is_relative_to(out.resolve()):
            raise BuildRefused(
                f"the page {file} lies outside the folder, at {(out / file).resolve()}; nothing was written", str(out)
            )


def _refuse_foreign(out: Path, new: Mapping[str, str], before: Mapping[str, str], drop: Collection[str]) -> None:
    """A folder of records is none for pages, and a page that stands there alone and begins otherwise is somebody else's."""
    if out.resolve().name in {kind.folder for kind in RECORD_TYPES} and next(out.glob("*.yaml"), None) is not None:
        raise BuildRefused("holds records; name another folder for the views", str(out))
    file, text = next(iter(before.items()), ("", ""))
    is_alone = len(before) == 1 < len(new) and file in new and file not in drop
    if is_alone and text.partition("\n")[0] != new[file].partition("\n")[0]:
        raise BuildRefused(
            f"holds {file}, which is no page of views written here; name another folder, or accept with --drop {file}", str(out)
        )


def _old(out: Path, file: str) -> str | None:
    return read_text(out / file) if (out / file).is_file() else None


def _left_over(pages: Sequence[Page], out: Path) -> list[str]:
    present = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.suffix in _OURS} if out.is_dir() else set()
    return sorted(present - {page.file for page in pages})


def _view(file: str) -> str:
    """The view that a file belongs to: its folder, or its name."""
    folder, slash, _ = file.partition("/")
    return folder if slash else file.rpartition(".")[0]


_Rows = dict[str, set[Row]]


def _losses(store: Store, view: str, old: _Rows, new: _Rows, drop: Collection[str]) -> list[str]:
    """The rows that a view shows less often, where no record explains it: file, label and heading of each."""
    count_old, count_new = (Counter(row.label for rows in pages.values() for row in rows) for pages in (old, new))
    missing, gained = count_old - count_new, count_new - count_old
    links: dict[str, set[str]] = {label: set() for label in missing}
    for row in (row for rows in old.values() for row in rows if row.label in missing):
        links[row.label].add(row.link)
    at = {row.link: row.label for rows in new.values() for row in rows if row.link and row.label in gained}
    unexplained = {
        label
        for label, count in missing.items()
        if label not in drop
        and gained[next((at[link] for link in links[label] if link in at), "")] < count
        and not _explained(store, view, label, links[label], count, gained)
    }
    return [
        f"{file}: {row.label}" + (f" (under {row.heading})" if row.heading else "")
        for file, rows in sorted(old.items())
        for row in sorted(rows - new.get(file, set()))
        if row.label in unexplained
    ]


def _explained(store: Store, view: str, label: str, links: set[str], count: int, gained: Counter[str]) -> bool:
    """Whether the records say why a view shows something so many times less."""
    if view in ("papers", "bibliography"):
        return _has_new_id(store, f"paper/{label}")
    if view == "family-tree":
        return any(_has_new_id(store, f"method/{end}") for end in label.split(" --> "))
    if view in ("published", "errata"):
        return False
    if view == "corrected":
        text = written(Literal(label))
        corrected = f"?e synthkg:published {text} ; synthkg:corrected ?other ; synthkg:corrects/synthkg:text {text}"
        if _asked(store, f"{corrected} FILTER(?other != {text})"):
            return True
    things = _things(store, label, links)
    if _refutations(store, things) >= count:
        return True
    return view != "corrected" and any(gained[title] >= count for title in _titles(store, things))


def _moved(store: Store, out: Path, file: str, new: dict[str, str]) -> bool:
    """Whether the page has another name now: its thing has a new id, or the very same page is there."""
    name = file.rpartition(".")[0]
    text = _old(out, file)
    return _has_new_id(store, name) or any(text == other for page, other in new.items() if _view(page) == _view(file))


def _has_new_id(store: Store, old: str) -> bool:
    iri = _named(f"{BASE}{old}")
    return iri is not None and _asked(store, f"?x synthkg:formerly {iri}")


def _named(iri: str) -> NamedNode | None:
    try:
        return NamedNode(iri)
    except ValueError:
        return None


def _things(store: Store, title: str, links: set[str]) -> list[NamedNode]:
    """The papers and artifacts that bear, or bore, a title, or are read at one of these addresses."""
    text = written(Literal(title))
    found = f"""
        {{ ?thing dcterms:title {text} }} UNION {{ ?thing synthkg:version/dcterms:title {text} }}
        UNION {{ ?thing synthkg:version/synthkg:earlierTitle {text} }} UNION {{ ?thing skos:altLabel {text} }}
        UNION {{ ?cell synthkg:text {text} ; synthkg:entry/synthkg:about ?thing }}
        UNION {{ ?e synthkg:corrected {text} ; synthkg:corrects/synthkg:entry/synthkg:about ?thing }}"""
    for iri in filter(None, map(_named, sorted(links))):
        found += (
            f" UNION {{ ?thing synthkg:landingPage|synthkg:url|synthkg:formerUrl|synthkg:version/synthkg:landingPage {iri} }}"
        )
    rows = store.select(f"{_PREFIXES} SELECT DISTINCT ?thing WHERE {{ {found} }}").rows
    return [thing for (thing,) in rows if isinstance(thing, NamedNode)]


def _titles(store: Store, things: list[NamedNode]) -> set[str]:
    values = " ".join(str(thing) for thing in things)
    rows = store.select(f"{_PREFIXES} SELECT ?title WHERE {{ VALUES ?thing {{ {values} }} ?thing dcterms:title ?title }}").rows
    return {title.value for (title,) in rows if title is not None}


def _refutations(store: Store, things: list[NamedNode]) -> int:
    """How many headings of lists the records of these things say to be wrong about them."""
    values = " ".join(str(thing) for thing in things)
    claimed = "?thing synthkg:refutation ?x . ?x synthkg:refutes ?c . ?entry synthkg:about ?thing ; synthkg:listedUnder ?c"
    return len(store.select(f"{_PREFIXES} SELECT DISTINCT ?x WHERE {{ VALUES ?thing {{ {values} }} {claimed} }}").rows)


def _asked(store: Store, pattern: str) -> bool:
    return bool(store.select(f"{_PREFIXES} SELECT * WHERE {{ {pattern} }} LIMIT 1").rows)
