"""The page of a concept scheme: a tree where concepts are narrower than others, letters where there are many."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from synthkg.graph import OxigraphStore, Table, Term, load_dump
from synthkg.model import BASE
from synthkg.site import write_site
from synthkg.site.contents import Contents
from synthkg.site.outlines import grouped, is_outline, leaves

COLUMNS = ("concept", "definition", "things", "in_lists", "broader")


def scheme(*pairs: tuple[str, str]) -> Table:
    """What ``scheme-concepts`` gives of concepts, each with the one that is broader, if any."""
    name = f"{BASE}concept/tide/".__add__
    rows: list[tuple[Term | None, ...]] = [
        (NamedNode(name(id)), None, None, Literal("2"), NamedNode(name(above)) if above else None) for id, above in pairs
    ]
    return Table(COLUMNS, rows)


def shape(table: Table) -> list[tuple[str, int, bool, int]]:
    found = leaves(Contents(OxigraphStore()), table, "../")
    return [(leaf.href.rpartition("/")[2][:-5], leaf.depth, leaf.is_broader, leaf.closes) for leaf in found]


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        (
            [("b", "a"), ("a", ""), ("c", "b"), ("d", "")],
            [("a", 0, True, 0), ("b", 1, True, 0), ("c", 2, False, 2), ("d", 0, False, 0)],
        ),
        ([("a", "b"), ("b", "a")], [("a", 0, True, 0), ("b", 1, False, 1)]),
        ([("a", "elsewhere"), ("b", "b")], [("a", 0, False, 0), ("b", 0, False, 0)]),
        ([("a", "b"), ("a", "c"), ("b", ""), ("c", "")], [("b", 0, False, 0), ("c", 0, True, 0), ("a", 1, False, 1)]),
    ],
    ids=["tree", "circle", "not of the scheme, or its own", "two broader"],
)
def test_each_concept_stands_once_under_what_is_broader(
    pairs: list[tuple[str, str]], told: list[tuple[str, int, bool, int]]
) -> None:
    assert shape(scheme(*pairs)) == told


def test_many_concepts_stand_under_their_letters() -> None:
    many = scheme(*[(f"{letter}{number}", "") for letter in "ba" for number in range(40)], ("z", "b1"))
    assert is_outline(many)
    assert not is_outline(scheme(("a", ""), ("b", ""))), "a few are a table"
    found = leaves(Contents(OxigraphStore()), many, "")
    assert {letter: len(each) for letter, each in grouped(found).items()} == {"A": 40, "B": 41}
    assert (found[0].count, found[42].is_top, found[42].id) == ("2 in lists", False, "below-a1")
    assert [(leaf.label, leaf.is_top) for leaf in found if leaf.depth or leaf.is_broader] == [("b1", True), ("z", False)]
    assert list(grouped(found[:50])) == [""]


class _Nested(HTMLParser):
    """Fails where an element is not closed in its turn."""

    open: list[str]

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in ("meta", "link", "input", "br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, self.getpos()


def test_a_field_of_ones_own_is_entered_by_its_concepts(toy_dist: Path, tmp_path: Path) -> None:
    write_site(load_dump(toy_dist / "synthkg.nq"), tmp_path / "site")
    home = (tmp_path / "site" / "index.html").read_text("utf-8")
    page = (tmp_path / "site" / "concept" / "tide.html").read_text("utf-8")
    assert '<a href="concept/tide/spring.html" dir="auto">Spring tide</a> <span class="n">2</span>' in home
    assert '<a href="concept/tide.html">All 2 concepts</a>' in home
    assert "concept/tide/king.html" not in home, "it is narrower"
    concepts = (tmp_path / "site" / "concepts.html").read_text("utf-8")
    assert concepts.index("concept/tide.html") < concepts.index("concept/absence.html"), "what papers are sorted by comes first"
    assert page.index("concept/tide/spring.html") < page.index("</p><ul>") < page.index("concept/tide/king.html")
    for text in (home, page):
        parser = _Nested()
        parser.open = []
        parser.feed(text)
        assert parser.open == []
