"""Every .rq file keeps the rules of `rq`, and says each thing once however many lists there are."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import RdfFormat

import synthkg
from conftest import DATA, ROOT
from rq import faults, with_order_keys
from synthkg.api.knowledge import KnowledgeGraph
from synthkg.graph import limits
from synthkg.graph.forms import is_construct
from synthkg.graph.queries import load_queries, load_query
from synthkg.graph.store import OxigraphStore

FILES = sorted(file for file in (ROOT / "queries").rglob("*.rq") if "request" not in load_query(file).header)
UNSORTED = {"labels", "names", "searchable"}
"""Those who read these sort them."""


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_a_saved_query_keeps_the_rules(file: Path) -> None:
    found = faults(load_query(file))
    assert [fault for fault in found if file.stem not in UNSORTED or not fault.startswith("no ORDER BY")] == []


def test_no_saved_query_comes_near_the_limits_of_what_an_engine_is_handed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_DEEPEST", limits._DEEPEST * 4 // 5)
    monkeypatch.setattr(limits, "_LONGEST", limits._LONGEST * 4 // 5)
    for file in FILES:
        limits.refuse_too_deep(file.read_text("utf-8"))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("SELECT (?a - ?b - ?c AS ?x) WHERE { ?a ?b ?c } ORDER BY ?x", "a chain of - - without parentheses"),
        ("SELECT ?x WHERE { ?a ?b ?c BIND(8 / ?c * 2 AS ?x) } ORDER BY ?x", "a chain of / * without parentheses"),
        ("SELECT ?x WHERE { ?x ?b ?c FILTER(?c -1 + 2 > 0) } ORDER BY ?x", "a chain of - + without parentheses"),
        ("SELECT ?x WHERE { ?x a skos:Concept } ORDER BY ?x", "no PREFIX line for skos:"),
        ("PREFIX a: <urn:a#>\nSELECT ?x WHERE { ?x ?b ?c } # a:b\nORDER BY ?x", "nothing uses the PREFIX a:"),
        ("PREFIX a: <urn:a#> SELECT ?x WHERE { ?x a:b ?c } ORDER BY ?x", "each prefix has a line of its own"),
        ('SELECT ?x WHERE { ?x ?b "ORDER BY" } # ORDER BY ?x', "no ORDER BY at the end"),
        ("SELECT ?x WHERE { { SELECT ?x WHERE { ?x ?b ?c } ORDER BY ?x } }", "no ORDER BY at the end"),
        ("SELECT ?x WHERE { ?x ?b ?c } ORDER BY ?x LIMIT 3", "LIMIT or OFFSET at the end"),
        (
            "SELECT ?x ?y WHERE { ?x ?b ?y ; ?c ?z } GROUP BY ?x ?y ?z ORDER BY ?x ?z ?y",
            "groups are ordered by ?z, which is not shown, before ?y",
        ),
        ("SELECT ?x WHERE { ?x ?b ?_n_integer } ORDER BY ?x", "grlc needs this line"),
        (
            "SELECT ?x WHERE { ?x ?b ?c OPTIONAL { ?c ?d ?e OPTIONAL { ?e ?f ?g } BIND(STR(?g) AS ?h) } } ORDER BY ?x",
            "a BIND after an OPTIONAL",
        ),
        ("SELECT ?x WHERE { ?x ?b }", "not SPARQL 1.1"),
    ],
)
def test_a_fault_is_found(text: str, fault: str) -> None:
    assert [each for each in faults(load_query(Path("planted.rq"), text)) if each.startswith(fault)]


def test_what_only_looks_like_a_fault_is_none() -> None:
    text = """PREFIX a: <urn:a-b-c/d/e#>
SELECT ((?x - ?y) - ?z AS ?n) ("1 - 2 - 3" AS ?s) # 4 - 5 - 6, xsd:integer
WHERE { ?x a:b-c-d ?y ; a:b/a:c/a:d ?z BIND(?x * ?y * ?z AS ?m) BIND(?x + ?y - ?z AS ?o) }
ORDER BY ?n ?s"""
    assert faults(load_query(Path("right.rq"), text)) == ["a chain of + - without parentheses"]
    assert faults(load_query(Path("right.rq"), text.replace("?x + ?y - ?z", "?x - (?y - ?z)"))) == []


# -- A second list

FIRST, SECOND = "data-synthesis-using-llms", "another-list"


@pytest.fixture(scope="module")
def real(real_store: OxigraphStore) -> KnowledgeGraph:
    return KnowledgeGraph(real_store)


@pytest.fixture(scope="module")
def two_lists(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeGraph:
    """The real data with its list a second time, under another id."""
    data = Path(shutil.copytree(DATA, tmp_path_factory.mktemp("lists") / "data"))
    shutil.copy(data / "lists" / f"{FIRST}.yaml", data / "lists" / f"{SECOND}.yaml")
    return synthkg.open(data)


SELECTS = {
    name: query
    for name, query in load_queries("examples", "views", "checks", "exports").items()
    if not is_construct(query.text) and query.header.get("form") != "text"
}
COUNTERS = {"counts", "errata-by-kind", "evidence-by-kind", "triples"}  # of the pieces of lists there are twice as many
COUNTERS |= {"identified"}  # the first of each class


@pytest.mark.parametrize("name", sorted(SELECTS.keys() - COUNTERS))
def test_a_second_list_that_says_the_same_adds_only_rows_of_its_own(
    name: str, real: KnowledgeGraph, two_lists: KnowledgeGraph
) -> None:
    query = SELECTS[name]
    middle = {p.name: p.default or next(iter(query.choices(real.store, p)), p.name) for p in query.parameters}
    one, two = (query.rows(kg.store, **middle).rows for kg in (real, two_lists))
    texts = [tuple("" if term is None else term.value for term in row) for row in one]
    assert [row for row, count in Counter(two).items() if count > 1] == []
    again = [tuple(cell.replace(FIRST, SECOND) for cell in row) for row in texts if FIRST in " ".join(row)]
    assert Counter(tuple("" if term is None else term.value for term in row) for row in two) == Counter(texts + again)


# -- Cells of several values, as who pastes the query reads them


@pytest.mark.parametrize("name", sorted(name for name, query in SELECTS.items() if "multivalued" in query.header))
def test_no_value_of_a_cell_is_empty(name: str, real: KnowledgeGraph) -> None:
    """Our own client drops the empty value that GROUP_CONCAT makes where a part of a group lacks one; others show it."""
    query = SELECTS[name]
    middle = {p.name: p.default or known[0] for p in query.parameters if p.default or (known := query.choices(real.store, p))}
    table = real.store.select(query.bind(middle))
    places = [table.columns.index(column) for column in query.header["multivalued"]]
    cells = [term.value for row in table.rows for place in places if isinstance(term := row[place], pyoxigraph.Literal)]
    assert [cell for cell in cells if cell and "" in cell.split(" | ")] == []


# -- What is not known

_NOTHING_KNOWN = """
@prefix : <https://w3id.org/synthkg/ontology#> . @prefix dcterms: <http://purl.org/dc/terms/> .
<urn:open> a :Paper ; dcterms:title "Only a preprint is known" ; :version <urn:open/v> .
<urn:open/v> a :Version, :Preprint ; :arxiv "2301.00001" ; :venue <urn:arxiv> .
<urn:none> a :Paper ; dcterms:title "Never published" ; :absent <https://w3id.org/synthkg/concept/absence/publication> .
<urn:here> a :Paper ; dcterms:title "Published where papers get DOIs" ; :version <urn:here/v> .
<urn:here/v> a :Version, :ConferencePaper ; :venue <urn:acl> .
<urn:there> a :Paper ; dcterms:title "Its DOI is known" ; :version <urn:there/v> .
<urn:there/v> a :Version, :ConferencePaper ; :venue <urn:acl> ; :doi "10.1/x" .
"""


def test_what_is_not_established_does_not_count_as_absent() -> None:
    store = OxigraphStore(pyoxigraph.parse(_NOTHING_KNOWN, format=RdfFormat.TURTLE))
    rows = {fact.value: [int(n.value) for n in counts] for fact, *counts in load_queries("examples")["facts"].rows(store).rows}  # type: ignore[union-attr]
    assert rows["reviewed publication"] == [2, 1, 1]
    assert rows["DOI"] == [1, 2, 1]
    for fact in ("ACL Anthology id", "OpenReview id", "pages", "track"):  # nobody at that venue has one
        assert rows[fact] == [0, 1, 3]


def test_a_split_between_lists_names_both(two_lists: KnowledgeGraph) -> None:
    rows = list(two_lists.query("splits"))
    assert {row["list"] for row in rows} == {FIRST, SECOND}
    counts = {row["what"]: row["count"] for row in two_lists.query("counts")}
    assert int(counts["splits"]) == len({row["url"] for row in rows})
    assert int(counts["merges"]) == len(list(two_lists.query("merges")))


# -- The order


@pytest.mark.parametrize(
    "name",
    sorted(name for name, query in load_queries("views", "examples", "checks", "exports").items() if "ORDER BY" in query.text),
)
def test_the_order_is_total(name: str, two_lists: KnowledgeGraph, real: KnowledgeGraph) -> None:
    """Rows that are alike in all by which they are ordered are alike, on every graph that we have."""
    query = load_queries("views", "examples", "checks", "exports")[name]
    for kg in (two_lists, real):
        needed = [p for p in query.parameters if p.default is None]
        values = {p.name: next(iter(query.choices(kg.store, p)), p.name) for p in needed}
        text, keys = with_order_keys(query, values)
        table = kg.store.select(text)
        places = [table.columns.index(key) for key in keys]
        seen: dict[object, object] = {}
        for row in table.rows:
            assert seen.setdefault(tuple(row[i] for i in places), row) == row
