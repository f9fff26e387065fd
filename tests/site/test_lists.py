"""The page of a reading list: what was printed beside what is right, as the two views have it, and the erratum at its place."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from conftest import TOY
from synthkg.api import open as open_graph
from synthkg.graph import OxigraphStore, load_dump
from synthkg.model import BASE
from synthkg.site.beside import Beside, Line, beside
from synthkg.site.contents import Contents
from synthkg.views import find_pages, render

LIST = "list/data-synthesis-using-llms"


@pytest.fixture(scope="module")
def contents(real_dist: Path) -> Contents:
    return Contents(load_dump(real_dist / "synthkg.nq"))


def shown(contents: Contents, document: str) -> Beside:
    found = beside(contents, contents.profile(BASE + document), document, "../", set())
    assert found is not None
    return found


def lines_of(contents: Contents, document: str) -> list[Line]:
    return [line for group in shown(contents, document).groups for line in group.lines]


def plain(text: str) -> str:
    return unescape(re.sub("<[^>]*>", "", text))


def rows_of(view: str, contents: Contents) -> list[list[str]]:
    """The cells of the rows of a list's view: title, address, venue, code."""
    text = render(find_pages(contents.store, [view])[0], contents.store)
    found = re.findall(r"^\|\s+\[(.*)\]\((.*?)\)\s*\|(.*?)\|(.*?)\|", text, re.MULTILINE)
    return [[cell.strip() for cell in row] for row in found]


def cells(line: Line, side: str) -> list[str]:
    said = {each.name: plain(str(each.published if side == "published" else each.right)) for each in line.cells}
    return [said.get(name, "").strip() for name in ("Title", "Address", "Venue", "Code")]


def test_both_columns_are_what_the_views_print(contents: Contents) -> None:
    lines = lines_of(contents, LIST)
    assert len(lines) == 162
    assert [cells(line, "published") for line in lines] == rows_of("published", contents)
    assert [cells(line, "corrected") for line in lines if line.gone is None] == rows_of("corrected", contents)


def test_each_erratum_stands_where_it_applies(contents: Contents) -> None:
    found = shown(contents, LIST)
    at = [(why.href, line.number, each.name) for line in lines_of(contents, LIST) for each in line.cells for why in each.errata]
    at += [(why.href, "", "text") for text in found.texts for why in text.errata]
    places = {href.removeprefix("../"): (number, name) for href, number, name in at}
    assert len(places) == len(at)
    assert places.keys() == {contents.addresses.page(iri) for iri in contents.things("erratum")}
    assert places[f"{LIST}/erratum/39.html"] == ("25", "Venue")


def test_a_row_that_changed_stands_as_each_snapshot_printed_it() -> None:
    store = open_graph(TOY).store
    assert isinstance(store, OxigraphStore)
    lines = {(line.number, line.when): line for line in lines_of(Contents(store), "list/tides")}
    first, second = lines["1", "until 2024-01-31"], lines["1", "since 2024-03-01"]
    assert [cells(each, "published")[2] for each in (first, second)] == ["arxiv 2023", "ToyConf 2023"]
    assert cells(first, "corrected")[2] == "ToyConf 2023 (Findings)"
    assert [each.name for each in second.cells if each.errata] == ["Title", "Address"]
    gone = lines["3", "until 2024-01-31"].gone
    assert gone is not None
    assert gone.kind == "Duplicate row"
