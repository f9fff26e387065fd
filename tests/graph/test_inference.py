"""Rules run as often as they need, and no oftener."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from conftest import ROOT
from synthkg.errors import QueryError
from synthkg.graph import OxigraphStore, infer
from synthkg.graph.queries import load_queries, load_query

NEXT = NamedNode("urn:next")
CHAIN = [Quad(NamedNode(f"urn:{n}"), NEXT, NamedNode(f"urn:{n + 1}")) for n in range(4)]


@pytest.mark.parametrize(("header", "found"), [("", 6), ("#+ once: true\n", 3)])
def test_a_rule_that_feeds_itself_runs_until_nothing_is_new(header: str, found: int) -> None:
    """Unless its header says that what it adds gives it nothing to add."""
    text = "CONSTRUCT { ?a <urn:next> ?c } WHERE { ?a <urn:next> ?b . ?b <urn:next> ?c }"
    rule = load_query(Path("further.rq"), header + text)
    assert len(infer(OxigraphStore(CHAIN), {rule.name: rule})) == found


def test_the_docs_name_every_rule() -> None:
    table = (ROOT / "docs" / "design.md").read_text("utf-8").partition("| rule | adds |")[2].partition("\n\n")[0]
    named = [name for row in table.splitlines()[2:] for name in row.split("|")[1].strip().split(", ")]
    assert sorted(named) == sorted(load_queries("rules"))


def test_a_rule_without_end_is_told() -> None:
    text = 'CONSTRUCT { ?b <urn:next> ?c } WHERE { ?a <urn:next> ?b BIND(IRI(CONCAT(STR(?b), "x")) AS ?c) }'
    rule = load_query(Path("endless.rq"), text)
    with pytest.raises(QueryError, match="the rules still add triples after 20 rounds"):
        infer(OxigraphStore(CHAIN), {rule.name: rule})


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ('a :JournalArticle ; :year "2023" ; :date "2023-01"', 'a :ConferencePaper ; :year "2023" ; :date "2023-12"'),
        ('a :ConferencePaper ; :date "2023-11-30"', 'a :ConferencePaper ; :date "2023-12-01"'),
        ('a :ConferencePaper ; :date "2023-11-30"', 'a :ConferencePaper ; :date "2023-11"'),
        ('a :ConferencePaper ; :date "2023-11-30"', 'a :ConferencePaper ; :year "2023"'),
        ('a :ConferencePaper ; :year "2023" ; :date "2023-12"', 'a :ConferencePaper ; :year "2024" ; :date "2023-10"'),
        ('a :Preprint ; :date "2025"', 'a :WorkshopPaper ; :year "2023"'),
    ],
)
def test_of_equal_versions_the_latest_is_cited(first: str, last: str) -> None:
    """By its year, then by the last day that its date allows; what it is called does not matter."""
    prefix = "@prefix : <https://w3id.org/synthkg/ontology#> ."
    rule = {"cited-version": load_queries("rules")["cited-version"]}
    for other, cited in (("v:a", "v:z"), ("v:z", "v:a")):
        text = f"{prefix} <urn:paper> :version <v:a> , <v:z> . <{other}> {first} . <{cited}> {last} ."
        store = OxigraphStore(parse(text, format=RdfFormat.TURTLE))
        assert [quad.object for quad in infer(store, rule)] == [NamedNode(cited)]
