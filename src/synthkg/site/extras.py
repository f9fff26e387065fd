"""Pages beside those of things: the pictures, and the page that answers SPARQL in the browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyoxigraph import Literal

from synthkg.graph import Table
from synthkg.model import BASE
from synthkg.pictures import PICTURES, STYLE
from synthkg.pictures import picture as draw
from synthkg.site.ask import ask_files, ask_page
from synthkg.site.cells import sheet
from synthkg.site.contents import Contents
from synthkg.site.pages import Pages, root_of

__all__ = ["NAVIGATION", "ask", "drawn_picture", "pictures"]

NAVIGATION = {"pictures.html": "Pictures", "ask/index.html": "Ask"}  # address below the site -> words


def pictures(contents: Contents, pages: Pages) -> Iterator[tuple[str, bytes]]:
    """Path and bytes: a page with every picture that shows something and its table, and each of these as a file."""
    drawn = [each for name in PICTURES if not (each := drawn_picture(contents, name, "pictures"))["picture"].is_empty]
    for each in drawn:
        yield f"pictures/{each['name']}.svg", each["picture"].document.encode()
    yield "assets/pictures.css", STYLE.encode()
    page = pages.render("pictures.html", "pictures", title="Pictures", pictures=drawn, here="pictures.html")
    yield "pictures.html", page


def drawn_picture(contents: Contents, name: str, document: str) -> dict[str, Any]:
    """What the macro ``picture`` shows on the page of a document: a picture with links, and the table beside it."""
    question, root = PICTURES[name], root_of(document)
    table = contents.answer(question.query)
    picture = draw(name, table, lambda path: root + page if (page := contents.addresses.page(BASE + path)) else "")
    rows: list[Any] = [tuple(Literal(text) if text else None for text in row) for row in picture.rows]
    shown = sheet(contents, Table(picture.columns, rows), document, root, set())
    return {"name": name, "picture": picture, "sheet": shown, "query": question.query}


def ask(contents: Contents, pages: Pages) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of the page that answers in the browser, and of all that it needs."""
    made = ask_files(contents.store, contents.queries)
    values = ask_page(made, site="../")
    for name, data in made.items():
        yield f"ask/{name}", data
    yield "ask/index.html", pages.render("ask.html", "ask/index", here="ask/index.html", **values)
