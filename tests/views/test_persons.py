"""An author is a person where an authority says so, under any of their names; a shared name alone joins nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

import synthkg
from conftest import Run
from synthkg.api.knowledge import KnowledgeGraph
from synthkg.errors import UsageError

AUTHORS = {
    "one": 'name: Ángela Sørensen\n    orcid: "0000-0002-1694-233X"\n    dblp: "11/11"',
    "two": 'name: A. Sorensen\n    dblp: "11/11"\n    acl: angela-sorensen',
    "three": "name: Angela Ebbe\n    acl: angela-sorensen",
    "four": "name: Ángela Sørensen",
    "five": 'name: A. Sorensen\n    openreview: "~Anders_Sørensen1"',
}


@pytest.fixture
def kg(toy: Path) -> KnowledgeGraph:
    """Three papers of one person by a chain of ids; one of a namesake unknown, one of a namesake known."""
    for id, author in AUTHORS.items():
        text = f"title: The Tide of {id}\nauthors:\n  - {author}\nversions:\n  - {{id: r, type: report, url: https://example.org/{id}}}\n"
        (toy / "papers" / f"{id}.yaml").write_text(text, "utf-8")
    return synthkg.open(toy)


def test_ids_join_through_a_chain_and_names_never(kg: KnowledgeGraph) -> None:
    persons = {row["person"]: row for row in kg.query("persons")}
    joined = persons["https://orcid.org/0000-0002-1694-233X"]
    assert sorted(joined["names"]) == ["A. Sorensen", "Angela Ebbe", "Ángela Sørensen"]
    assert joined["papers"] == 3
    assert len(joined["ids"]) == 3
    other = persons["https://openreview.net/profile?id=~Anders_S%C3%B8rensen1"]
    assert (other["names"], other["papers"]) == (["A. Sorensen"], 1)
    assert next(iter(persons)) == joined["person"], "who has most papers is first, as wherever papers are counted"


@pytest.mark.parametrize(
    ("author", "papers"),
    [
        ("angela ebbe", {"one", "two", "three"}),
        ("11/11", {"one", "two", "three"}),
        ("0000-0002-1694-233X", {"one", "two", "three"}),
        ("angela sorensen", {"one", "two", "three", "four"}),
        ("ÁNGELA SØRENSEN", {"one", "two", "three", "four"}),
        ("Sørensen, Ángela", {"one", "two", "three", "four"}),
        ("sorensen", {"one", "two", "three", "four", "five"}),
        ("~Anders_S%C3%B8rensen1", {"five"}),
    ],
)
def test_papers_are_found_by_any_spelling_family_name_or_id(kg: KnowledgeGraph, author: str, papers: set[str]) -> None:
    assert {row["paper"] for row in kg.query("papers-by-author", author=author)} == papers


def test_a_team_has_no_family_name(toy: Path) -> None:
    for id, author in (("six", "{name: The Tide Team, group: true}"), ("seven", "{name: Ada Team}")):
        (toy / "papers" / f"{id}.yaml").write_text(f"title: The Tide of {id}\nauthors:\n  - {author}\n", "utf-8")
    kg = synthkg.open(toy)
    found = {
        author: {row["paper"] for row in kg.query("papers-by-author", author=author)} for author in ("team", "the tide team")
    }
    assert found == {"team": {"seven"}, "the tide team": {"six"}}


def test_what_states_no_id_is_counted_apart(kg: KnowledgeGraph) -> None:
    shown = kg.show("https://orcid.org/0000-0002-1694-233X")
    assert len(shown.papers) == 3
    assert shown.about["papers that state an id"] == ["3"]
    assert shown.about["papers that print the name alone"] == ["1 more, which the query papers-by-author lists"]


def test_an_author_without_an_id_is_told_where_the_papers_are(toy: Path, run: Run) -> None:
    done = run("show", "berta ebbe", "--data", toy)
    asked = "synthkg query papers-by-author -p 'author=berta ebbe'"
    told = f"an author is here by an id of an authority; 1 paper prints the name: {asked}"
    assert (done.status, done.stderr.splitlines()) == (1, ['there is no "berta ebbe"', told])
    with pytest.raises(UsageError, match=f'there is no "berta ebbe"; {told}'):
        synthkg.open(toy).show("berta ebbe")


def test_a_name_of_nobody_is_told(kg: KnowledgeGraph) -> None:
    with pytest.raises(UsageError, match='did you mean "Angela Ebbe"'):
        kg.query("papers-by-author", author="Angela Ebe")
