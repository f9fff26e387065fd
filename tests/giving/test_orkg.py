"""The table for ORKG is read as its import reads it, and says what the graph says."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad

import synthkg
from conftest import TOY, Run
from synthkg.api.knowledge import KnowledgeGraph
from synthkg.errors import UsageError
from synthkg.giving.orkg import comparison
from synthkg.giving.selection import choose
from synthkg.graph.store import OxigraphStore
from synthkg.model.vocabulary import BASE, NAMESPACE
from synthkg.views import to_unicode

# What https://github.com/TIBHannover/orkg-frontend at 7e661f2 takes a header for (DEFAULT_HEADERS in
# src/app/csv-import/steps/helpers.ts): the first of these whose id it is, or one of whose words is in it.
PREDEFINED = {
    "title": ("title",),
    "P26": ("doi",),
    "url": ("url",),
    "hasAuthors": ("authors",),
    "P28": ("publication month", "publication_month"),
    "P29": ("publication year", "publication_year"),
    "HAS_VENUE": ("published in", "published_in", "venue", "journal", "conference"),
    "P30": ("research field", "research_field"),
    "P32": ("research problem", "research_problem"),
    "extraction_method": ("extraction method", "extraction_method"),
}
ONCE = set(PREDEFINED) - {"P32"}  # validateColumns: each at most once


def predefined(header: str) -> str | None:
    low = header.lower()
    return next((id for id, words in PREDEFINED.items() if low == id.lower() or any(word in low for word in words)), None)


def imported(text: str) -> list[dict[str, list[str]]]:
    """The papers as the import takes them; what it would refuse fails here."""
    header, *rows = csv.reader(io.StringIO(text))
    ids = [predefined(name) or name for name in header]
    assert all(ids.count(id) == 1 for id in ONCE & set(ids))
    assert {"title", "P30"} <= set(ids)
    papers = []
    for row in rows:
        assert len(row) == len(header)
        paper: dict[str, list[str]] = defaultdict(list)
        for id, cell in zip(ids, row, strict=True):
            assert cell == cell.strip()
            if not cell:
                continue
            if id == "P28":
                assert 1 <= int(cell) <= 12
            elif id == "P29":
                assert 1900 <= int(cell) <= 2100
            elif id == "P30":
                assert re.fullmatch(r"(orkg:)?R([0-9])+", cell)
            elif id == "P26":
                assert re.fullmatch(r"""\b(10[.][0-9]{4,}(?:[.][0-9]+)*/(?:(?!["&'])\S)+)\b""", cell)
            elif id not in PREDEFINED:
                assert not re.match(r"(orkg|resource):", cell)
                assert not re.search(r"<.*>$", cell)
            paper[id].append(cell)
        assert len(paper["title"]) == len(paper["P30"]) == 1
        assert set(paper) - ONCE, "without a contribution ORKG imports nothing of it"
        papers.append(dict(paper))
    return papers


def test_every_paper_is_what_the_graph_says(kg: KnowledgeGraph) -> None:
    text, notes = comparison(kg.store, choose(kg.store))
    assert notes == []
    papers = {paper["title"][0]: paper for paper in imported(text)}
    table = kg.query("papers")
    ours = {to_unicode(row["title"]): row for row in table}
    assert len(papers) == len(ours) == len(table)
    for title, paper in papers.items():
        row = ours[title]
        assert paper["hasAuthors"][0].split(";") == row["authors"].split("; ")
        assert set(paper.get("P26", [])) <= {row["doi"]}
        assert paper.get("resource:method introduced", []) == sorted(row["methods"])
        assert len(paper.get("resource:stage", [])) == len(row["stages"])
        assert paper.get("source code", []) == sorted(row["code"])
    cited = {row["paper"]: row for row in kg.query("versions") if row["to_cite"] == "yes"}
    for title, paper in papers.items():
        version = cited[ours[title]["id"]]
        date = version["date"] or str(version["year"])
        assert paper["P29"] == [date[:4]]
        assert paper.get("P28", []) == ([str(int(date[5:7]))] if len(date) > 4 else [])
        assert paper.get("P26", []) == ([version["doi"]] if version["doi"] else [])
        assert paper["url"], "a version without a page of its own leaves that of another"


def test_papers_are_chosen_by_name_method_domain_and_stage(kg: KnowledgeGraph) -> None:
    assert choose(kg.store, ["self-instruct"]) == {"self-instruct"}
    assert choose(kg.store, [f"{BASE}paper/self-instruct", "kg:paper/star"]) == {"self-instruct", "star"}
    medical, stage = choose(kg.store, topics={"domain": ["medical"]}), "concept/stage/fine-tuning"
    assert medical & choose(kg.store, topics={"stage": [stage]}) == choose(
        kg.store, topics={"domain": ["medical"], "stage": [stage]}
    )
    by_method = choose(kg.store, topics={"method": ["evol-instruct"]})
    assert {"wizardlm", "wizardcoder"} <= by_method
    titles = {row["id"]: row["title"] for row in kg.query("papers")}
    chosen = choose(kg.store, topics={"domain": ["medical"], "stage": ["fine-tuning"]})
    assert {titles[id] for id in chosen} == {
        row["title"] for row in kg.query("papers-by-concept", stage="fine-tuning", domain="medical")
    }
    wider = choose(kg.store, topics={"stage": ["applications"]})
    assert wider > choose(kg.store, topics={"stage": ["applications"], "domain": ["medical"]})
    assert choose(kg.store, ["wizardlm", "self-instruct"], {"method": ["evol-instruct"]}) == {"wizardlm"}
    text, _ = comparison(kg.store, by_method)
    assert len(imported(text)) == len(by_method)
    for papers, topics, words in (
        (["self-instrukt"], {}, 'no paper "self-instrukt"; did you mean "self-instruct"'),
        ([], {"domain": ["medicine"]}, 'no domain "medicine"'),
        ([], {"method": ["evol"]}, 'no method "evol"'),
    ):
        with pytest.raises(UsageError, match=words):
            choose(kg.store, papers, topics)
    with pytest.raises(UsageError, match="no paper is chosen"):
        comparison(kg.store, [])


def spoiled(*facts: tuple[str, str, str]) -> OxigraphStore:
    """The toy graph with other values for some facts."""
    store = OxigraphStore(synthkg.open(TOY).store)  # type: ignore[arg-type]
    for subject, predicate, value in facts:
        quads = list(store.inner.quads_for_pattern(NamedNode(BASE + subject), NamedNode(predicate), None))
        assert quads
        for quad in quads:
            store.inner.remove(quad)
            store.inner.add(Quad(quad.subject, quad.predicate, Literal(value), quad.graph_name))
    return store


def test_what_the_import_would_misread_is_left_out_and_named() -> None:
    title = "http://purl.org/dc/terms/title"
    store = spoiled(
        ("paper/tide-instruct", title, 'A "quoted", comma\'d title <b>'),
        ("method/tide-instruct", title, "orkg:R1"),
    )
    text, notes = comparison(store, choose(store))
    assert 'A "quoted", comma\'d title <b>' in {paper["title"][0] for paper in imported(text)}
    assert any('"orkg:R1" is left out of the column resource:method' in note for note in notes)
    doi = next(quad for quad in store.inner.quads_for_pattern(None, NamedNode(f"{NAMESPACE}doi"), None))
    store.inner.remove(doi)
    store.inner.add(Quad(doi.subject, doi.predicate, Literal("10.1000/a'b"), doi.graph_name))
    text, notes = comparison(store, choose(store))
    imported(text)
    assert any("10.1000/a'b" in note for note in notes) or "10.1000" not in text


def test_field_and_problem_are_terms_not_text(kg: KnowledgeGraph) -> None:
    problem = 'Synthesis" } #, <x>?\\'
    text, _ = comparison(kg.store, ["self-instruct"], "R132", problem)
    (paper,) = imported(text)
    assert (paper["P30"], paper["P32"]) == (["R132"], [problem])
    text, _ = comparison(kg.store, ["self-instruct"], problem="orkg:R676133")
    assert "orkg:R676133" in text
    for name in ("", "resource:x", "orkg:P1", "a <b>"):
        with pytest.raises(UsageError, match="no name of a problem"):
            comparison(kg.store, ["self-instruct"], problem=name)
    with pytest.raises(UsageError, match="such as R322"):
        comparison(kg.store, ["self-instruct"], "Computer science")


def test_what_the_papers_share_is_what_the_graph_is_about() -> None:
    title = "http://purl.org/dc/terms/title"
    store = spoiled(("list/tides", title, "Protein language models"))
    text, _ = comparison(store, choose(store))
    assert {(paper["P30"][0], paper["P32"][0]) for paper in imported(text)} == {("R11", "Protein language models")}
    for quad in list(store.inner.quads_for_pattern(NamedNode(f"{BASE}list/tides"), NamedNode(title), None)):
        store.inner.remove(quad)
    with pytest.raises(UsageError, match="name the problem that they share"):
        comparison(store, choose(store))
    assert "Tides" in comparison(store, choose(store), problem="Tides")[0]


def test_command(run: Run, toy: Path, toy_dist: Path, tmp_path: Path) -> None:
    done = run("export", "orkg", "--data", toy)
    assert (done.status, len(imported(done.stdout))) == (0, 2)
    assert run("export", "orkg", "--from", toy_dist / "synthkg.nt").stdout == done.stdout
    assert run("export", "orkg", "--data", toy, "--out", tmp_path / "x" / "orkg.csv").stdout == ""
    assert (tmp_path / "x" / "orkg.csv").read_bytes().decode() == done.stdout
    done = run("export", "orkg", "--data", toy, "--domain", "maths")
    assert (done.status, done.stdout) == (2, "")
    assert 'there is no domain "maths"' in done.stderr


def test_mathematics_is_unicode(kg: KnowledgeGraph) -> None:
    text, _ = comparison(kg.store, {"vila2"})
    assert "\nVILA²: VILA Augmented VILA," in text
