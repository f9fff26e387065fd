"""The page of a reading list: what was printed beside what is right, as the two views have it, and the erratum at its place."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs

import pytest
from pyoxigraph import Literal

from conftest import TOY
from synthkg.api import open as open_graph
from synthkg.graph import OxigraphStore
from synthkg.model import BASE
from synthkg.site.beside import Beside, Line, beside
from synthkg.site.cells import cell
from synthkg.site.contents import Contents
from synthkg.site.heads import citation, coins
from synthkg.views import find_pages, render

LIST = "list/data-synthesis-using-llms"


@pytest.fixture(scope="module")
def contents(dump_store: OxigraphStore) -> Contents:
    return Contents(dump_store)


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


AUTHORS = ("Ada Marée", "Bo Bach")


@pytest.mark.parametrize("authors", [AUTHORS, AUTHORS[:1], ("",)], ids=["two", "one", "none"])
def test_a_work_is_cited_with_as_many_authors_as_it_has(authors: tuple[str, ...]) -> None:
    work = {"title": "Reading Tides", "type": "paper-conference", "container": "ToyConf", "year": "2023", "date": "2023-07"}
    work |= {"pages": "11–22", "doi": "10.1234/7", "url": "https://example.org/7"}
    rows = [work | {"author": author} for author in authors]
    assert citation(rows) == [
        ("citation_title", "Reading Tides"),
        *(("citation_author", author) for author in authors if author),
        ("citation_publication_date", "2023/07"),
        ("citation_conference_title", "ToyConf"),
        ("citation_doi", "10.1234/7"),
        ("citation_firstpage", "11"),
        ("citation_lastpage", "22"),
        ("citation_abstract_html_url", "https://example.org/7"),
    ]
    found = parse_qs(coins(rows))
    assert found.get("rft.au", []) == [author for author in authors if author]
    assert (found["rft.atitle"], found["rft.date"], found["rft_id"]) == (["Reading Tides"], ["2023-07"], ["info:doi/10.1234/7"])


@pytest.mark.parametrize(("language", "told"), [("nl", "nl"), ("en", ""), (None, "")])
def test_a_text_in_another_language_says_in_which(language: str | None, told: str) -> None:
    """A screen reader would read it as English, which the page is in."""
    shown = cell(Contents(OxigraphStore()), Literal("Getij", language=language), "../")
    assert (shown.text, shown.language) == ("Getij", told)


def test_shapes_and_alignments_are_documents_of_the_site() -> None:
    documents = Contents(OxigraphStore()).documents
    assert all(documents[f"ontology/{name}"] for name in ("shapes", "alignments"))


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
