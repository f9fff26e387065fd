"""Pages that are there where what makes them is: the pictures, and the page that answers SPARQL in the browser."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from pyoxigraph import Literal

from synthkg.graph import Table
from synthkg.model import BASE
from synthkg.site.cells import sheet
from synthkg.site.contents import Contents
from synthkg.site.pages import Pages

__all__ = ["ask", "navigation", "pictures"]


def navigation() -> dict[str, str]:
    """Address below the site -> words, for those that are there."""
    found = {"pictures.html": "Pictures"} if _module("synthkg.pictures") else {}
    return found | ({"ask/index.html": "Ask"} if _module("synthkg.site.ask") else {})


def _module(name: str) -> ModuleType | None:
    return import_module(name) if find_spec(name) else None


def pictures(contents: Contents, pages: Pages) -> Iterator[tuple[str, bytes]]:
    """Path and bytes: a page with every picture and its table, and each picture as a file."""
    module = _module("synthkg.pictures")
    if module is None:
        return
    drawn = []
    for name, question in module.PICTURES.items():
        table = contents.queries[question.query].rows(contents.store)
        picture: Any = module.picture(name, table, lambda path: contents.addresses.page(BASE + path) or "")
        rows: list[Any] = [tuple(Literal(text) if text else None for text in row) for row in picture.rows]
        shown = sheet(contents, Table(picture.columns, rows), "pictures", "", set())
        drawn.append({"name": name, "picture": picture, "sheet": shown, "query": question.query})
        yield f"pictures/{name}.svg", picture.document.encode()
    yield "assets/pictures.css", module.STYLE.encode()
    page = pages.render("pictures.html", "pictures", title="Pictures", pictures=drawn, here="pictures.html")
    yield "pictures.html", page


def ask(contents: Contents, pages: Pages) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of the page that answers in the browser, and of all that it needs."""
    module = _module("synthkg.site.ask")
    if module is None:
        return
    made = module.ask_files(contents.store, contents.queries)
    values = module.ask_page(made, site="../")
    for name, data in made.items():
        yield f"ask/{name}", data
    yield "ask/index.html", pages.render("ask.html", "ask/index", here="ask/index.html", **values)
