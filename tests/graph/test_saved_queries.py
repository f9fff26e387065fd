"""Every .rq file keeps the rules of `rq`, and says each thing once however many lists there are."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import RdfFormat

import synthkg
from conftest import DATA, ROOT, TOY
from rq import faults, named, with_order_keys
from synthkg.api.knowledge import KnowledgeGraph
from synthkg.graph import limits
from synthkg.graph.forms import is_construct
from synthkg.graph.inference import infer
from synthkg.graph.queries import load_queries, load_query
from synthkg.graph.store import OxigraphStore, Table
from synthkg.model.vocabulary import BASE
from synthkg.views.pages import text_of
from synthkg.views.tables import types_of

FILES = sorted(file for file in (ROOT / "queries").rglob("*.rq") if "request" not in load_query(file).header)
OURS = tuple(f"{BASE}{part}" for part in ("ontology#", "concept/"))
DEFINED = {
    quad.subject.value
    for turtle in (ROOT / "ontology").glob("*.ttl")
    for quad in pyoxigraph.parse(path=turtle, format=RdfFormat.TURTLE)
    if isinstance(quad.subject, pyoxigraph.NamedNode)
}
UNSORTED = {"labels", "names", "searchable"}
"""Those who read these sort them."""


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_a_saved_query_keeps_the_rules(file: Path) -> None:
    query = load_query(file)
    assert query.summary
    found = faults(query)
    assert [fault for fault in found if file.stem not in UNSORTED or not fault.startswith("no ORDER BY")] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_a_saved_query_names_no_term_or_concept_that_there_is_not(file: Path) -> None:
    assert {iri for iri in named(file.read_text("utf-8")) if iri.startswith(OURS)} - DEFINED - {*OURS} == set()


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
    middle = {p.name: p.default or next(iter(p.choices(real.store)), p.name) for p in query.parameters}
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
    middle = {p.name: p.default or known[0] for p in query.parameters if p.default or (known := p.choices(real.store))}
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
<urn:there> :version <urn:there/w> . <urn:there/w> a :Version, :Preprint ; :date "2023" .
"""


@pytest.mark.parametrize(("name", "of"), [("taught-by", {"teacher": "gpt-j"}), ("taught-by-family", {"family": "llama-2"})])
def test_acts_of_one_paper_that_say_the_same_are_told_apart(name: str, of: dict[str, str], real: KnowledgeGraph) -> None:
    """A paper may have a model write several data sets, of which it gives neither names nor sizes."""
    rows = [tuple(map(str, row.values())) for row in real.query(name, **of)]
    assert len(rows) == len(set(rows)) > 3


def test_what_is_not_established_does_not_count_as_absent() -> None:
    store = OxigraphStore(pyoxigraph.parse(_NOTHING_KNOWN, format=RdfFormat.TURTLE))
    rows = {fact.value: [int(n.value) for n in counts] for fact, *counts in load_queries("examples")["facts"].rows(store).rows}  # type: ignore[union-attr]
    assert rows["reviewed publication"] == [2, 1, 1]
    assert rows["DOI"] == [1, 2, 1]
    assert rows["arXiv id"] == [1, 2, 1], "whether the two others have a preprint is open"
    assert rows["day of first submission"] == [0, 4, 0]
    assert {sum(counts) for counts in rows.values()} == {4}, "each work counts in one column"
    for fact in ("ACL Anthology id", "OpenReview id", "pages", "track"):  # nobody at that venue has one
        assert rows[fact] == [0, 1, 3]


def test_each_work_counts_once_for_each_fact(real: KnowledgeGraph) -> None:
    works = sum(1 for _ in real.query("papers", says="fact"))
    rows = real.query("facts")
    sums = {str(row["fact"]): sum(int(str(row[column])) for column in list(row)[1:]) for row in rows}
    assert set(sums.values()) == {works}, sums


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
        values = {p.name: next(iter(p.choices(kg.store)), p.name) for p in needed}
        text, keys = with_order_keys(query, values)
        table = kg.store.select(text)
        places = [table.columns.index(key) for key in keys]
        seen: dict[object, object] = {}
        for row in table.rows:
            assert seen.setdefault(tuple(row[i] for i in places), row) == row


# -- A cell that stood in several shapes

REORDERED = """title: Reordered
snapshots:
  - first
  - "2024-02-01"
content:
  - heading: "# Reordered"
    level: 1
    title: Reordered
    concept: none
  - row: "| {code} | {venue} | [{title}]({url}) |"
    since: "2024-02-01"
    entries:
      - number: 1
        paper: tide-survey
        title: A Survey of Tides | a toy
        url: https://arxiv.org/abs/2301.00099
        venue: ""
        code: "-"
  - row: "| [{title}]({url}) | {venue} | {code} |"
    entries:
      - paper: tide-survey
        title: A Survey of Tides | a toy
        url: https://arxiv.org/abs/2301.00099
        venue: ""
        code: "-"
        until: first
      - number: 2
        paper: tide-survey
        title: The survey
        url: ""
        venue: ""
        code: "-"
        until: first
errata:
  - entry: 1
    field: url
    published: https://arxiv.org/abs/2301.00099
    corrected: https://example.org/survey
    kind: wrong-identifier
    reason: It is the id of another paper.
"""


@pytest.fixture(scope="module")
def reordered(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeGraph:
    """The toy with a list whose columns changed places from one snapshot to the next; the paper in it has code."""
    data = Path(shutil.copytree(TOY, tmp_path_factory.mktemp("reordered") / "data"))
    (data / "lists" / "reordered.yaml").write_text(REORDERED, "utf-8")
    survey = data / "papers" / "tide-survey.yaml"
    survey.write_text(survey.read_text("utf-8").replace("evidence:", "official:\n  - tide-code\nevidence:", 1), "utf-8")
    return synthkg.open(data)


def texts(table: Table) -> list[tuple[str, ...]]:
    return [tuple("" if term is None else text_of(term) for term in row) for row in table.rows]


def test_an_erratum_is_told_once_in_however_many_shapes_its_cell_stood(reordered: KnowledgeGraph) -> None:
    its = f"{BASE}list/reordered"
    panels, view = load_queries("profiles"), load_queries("views")["contradictions"]
    assert ("errata", "1") in texts(panels["list-about"].rows(reordered.store, list=its))
    assert len(panels["list-errata"].rows(reordered.store, list=its).rows) == 1
    facts = [row[0] for row in panels["erratum-about"].rows(reordered.store, erratum=f"{its}/erratum/1").rows]
    assert len(facts) == len(set(facts))
    of_kind = [row for row in reordered.query("errata-of-kind", kind="wrong-identifier") if row["list"] == "reordered"]
    assert len(of_kind) == 1
    assert "".join(text for (text,) in texts(view.rows(reordered.store))).count("Row 1 of reordered") == 1


def test_what_a_row_lacks_is_told_once_and_of_the_newest_snapshot(reordered: KnowledgeGraph) -> None:
    rows = texts(load_queries("checks")["entry-without-code"].rows(reordered.store))
    assert [subject for subject, *_ in rows if "/reordered/" in subject] == [f"{BASE}list/reordered/entry/1/code"]


def test_a_bar_in_a_title_does_not_split_it(reordered: KnowledgeGraph) -> None:
    (merged,) = (row for row in reordered.query("merges") if row["list"] == "reordered")
    assert merged["titles"] == ["A Survey of Tides | a toy", "The survey"]


# -- What is counted

_PREFIXES = """@prefix : <https://w3id.org/synthkg/ontology#> . @prefix dcterms: <http://purl.org/dc/terms/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix c: <https://w3id.org/synthkg/concept/> .
@prefix p: <https://w3id.org/synthkg/paper/> . @prefix v: <https://w3id.org/synthkg/paper/p/version/> .
@prefix a: <https://w3id.org/synthkg/artifact/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
_NARROWER = """
c:stage\\/s a :Stage ; skos:prefLabel "S" . c:stage\\/t a :Stage ; skos:prefLabel "T" .
c:domain\\/broad a :Domain ; skos:prefLabel "Broad" .
c:domain\\/narrow a :Domain ; skos:prefLabel "Narrow" ; skos:broader c:domain\\/broad .
p:p a :Paper ; dcterms:title "P" ; :stage c:stage\\/s ; :domain c:domain\\/narrow .
p:q a :Paper ; dcterms:title "Q" ; :stage c:stage\\/t ; :domain c:domain\\/broad , c:domain\\/narrow .
"""
_VERSIONS = """
p:p a :Paper ; dcterms:title "P" ; :version v:a , v:b , v:c , v:d .
v:a a :Version ; :date "2022-04"^^xsd:gYearMonth ; :byline "Ada; Bob" ; :authorship <urn:a1> , <urn:a2> .
v:b a :Version ; :date "2022-07-29"^^xsd:date ; :byline "Ada; Bob" .
v:c a :Version ; :year "2022"^^xsd:gYear ; :byline "Ada" ; :authorship <urn:c1> .
v:d a :Version ; :byline "Ada; Cy" ; :authorship <urn:d1> , <urn:d2> .
<urn:a1> :name "Ada" . <urn:a2> :name "Bob" . <urn:c1> :name "Ada" . <urn:d1> :name "Ada" . <urn:d2> :name "Cy" .
"""
_OPEN = """
p:p a :Paper ; dcterms:title "P" ; :absent c:absence\\/data ; :official a:code ; :artifact a:code ; :version v:a .
v:a a :Version ; :year "2022"^^xsd:gYear .
a:code a :Artifact , :Code ; dcterms:title "Code" ; :state c:state\\/gone ; :archived true .
"""
_DATED = """
p:p :version v:a , v:b . v:a a :Preprint ; :year "2021"^^xsd:gYear ; :venue <urn:w> .
v:b a :JournalArticle ; :date "2023-05"^^xsd:gYearMonth ; :venue <urn:v> .
p:p :version v:d . v:d a :ConferencePaper ; :date "2022-12"^^xsd:gYearMonth ; :year "2023"^^xsd:gYear .
v:c :pages "1" ; :venue <urn:v> .
"""
_EVIDENCE = """
@prefix of: <https://w3id.org/synthkg/paper/p#> .
p:p a :Paper ; dcterms:title "P" ; :stage c:stage\\/s ; :version v:a ; :evidence <urn:1> , <urn:2> , <urn:3> .
v:a a :Version ; dcterms:title "P" .
dcterms:title :key "title" . :stage :key "stages" . :version :key "versions" . :evidence :key "evidence" .
<urn:1> a :Evidence ; :source <urn:whole> ; :kind c:kind .
<urn:2> a :Evidence ; :source <urn:stages> ; :kind c:kind ; :supports of:stages .
<urn:3> a :Evidence ; :source <urn:parts> ; :kind c:kind ; :supports of:stages.s , of:stages.t , v:a\\#date .
c:kind skos:prefLabel "Kind" ; skos:notation 1 .
"""


@pytest.mark.parametrize(
    ("name", "values", "turtle", "rows"),
    [
        ("never-together", {"least": "1"}, _NARROWER, []),
        ("research-gaps", {}, _NARROWER, []),
        (
            "stage-domain-matrix",
            {},
            _NARROWER,
            [(stage, domain, "1", "fact") for stage in "ST" for domain in ("Broad", "Narrow")],
        ),
        ("code-by-domain", {}, _NARROWER, [("Broad", "2", "0", "fact"), ("Narrow", "2", "0", "fact")]),
        (
            "author-differences",
            {},
            _VERSIONS,
            [("p", "b", "c", "left", "Bob"), ("p", "c", "d", "joined", "Cy")],
        ),
        ("authors", {"least": "1"}, _VERSIONS, [("Ada", "1"), ("Bob", "1"), ("Cy", "1")]),
        (
            "openness",
            {},
            _OPEN,
            [
                ("p", "P", "code", "gone", "", "Code"),
                ("p", "P", "data", "does not exist", "", ""),
                ("p", "P", "weights", "not established", "", ""),
            ],
        ),
        ("publication-by-year", {}, _DATED, [("2021", "1", "0", "0", "1", "0", "0")]),
        ("time-to-publication", {}, _DATED, [("2", "1")]),
        ("gaps", {}, _DATED, [("p", "a", "day of first submission"), ("p", "b", "pages")]),
        ("code-by-year", {}, _OPEN, [("2022", "lost", "1")]),
        ("code-by-year", {}, f"{_OPEN} p:p :unofficial a:code .", [("2022", "none known", "1")]),
        (
            "releases",
            {},
            "".join(
                f'a:d{at} a :Dataset ; dcterms:title "D{at}" ; :state c:state\\/unknown ; :url <https://{url}> .'
                for at, url in enumerate(
                    (
                        "huggingface.co/datasets/org/d",
                        "huggingface.co/datasets/quora",
                        "huggingface.co/org",
                        "github.com/datasets/d",
                        "www.modelscope.cn/datasets/org/d",
                    )
                )
            ),
            [
                (account, "dataset", title, "not established", title.lower())
                for account, title in (("datasets", "D3"), ("huggingface.co", "D1"), ("org", "D0"), ("org", "D2"), ("org", "D4"))
            ],
        ),
        (
            "modalities",
            {},
            """a:d a :Dataset ; :language "en" . a:e a :Dataset .
            a:f a :Dataset ; :modality c:modality\\/text . c:modality\\/text a :Modality ; skos:prefLabel "Text" .""",
            [("Text", "not established", "1"), ("not established", "en", "1")],
        ),
        (
            "publication-by-year",
            {},
            """p:p a :Paper ; :version v:a , v:b . v:a a :Version , :Preprint ; :date "2023-02"^^xsd:gYearMonth .
            v:b a :Version , :ConferencePaper ; :year "2022"^^xsd:gYear .""",
            [("2023", "1", "0", "0", "0", "0", "1")],
        ),
        *(
            (
                name,
                {},
                """p:p a :Paper ; :version v:a , v:b . v:a a :Version , :Preprint ; :year "2022"^^xsd:gYear .
                v:b a :Version , :ConferencePaper ; :year "2023"^^xsd:gYear .""",
                rows,
            )
            for name, rows in (
                ("publication-by-year", [("2022", "1", "0", "1", "0", "0", "0")]),
                ("time-to-publication", [("1", "1")]),
            )
        ),
        (
            "tracks",
            {},
            """v:a :venue <urn:x> ; :track c:track\\/main . v:b :venue <urn:y> ; :track c:track\\/main .
            c:track\\/main skos:prefLabel "Main" .
            <urn:x> dcterms:title "X" ; :acronym "AB" . <urn:y> dcterms:title "Y" ; :acronym "AB" .""",
            [("AB", "Main", "1", "X"), ("AB", "Main", "1", "Y")],
        ),
        (
            "retitled",
            {},
            """p:p a :Paper ; dcterms:title "Draft" ; :version v:a , v:b ; :citedVersion v:b .
            v:a dcterms:title "Draft" . v:b dcterms:title "Print" .""",
            [("p", "Print", "a", "Draft", "words")],
        ),
        (
            "method-graph",
            {},
            """<urn:m> a :Method ; dcterms:title "M" ; :extends <urn:n> . <urn:n> dcterms:title "N" .
            a:code :introduces <urn:m> ; dcterms:title "Code" .""",
            [("M", "N", "Code", "", "artifact")],
        ),
        (
            "method-graph",
            {},
            """<urn:m> a :Method ; dcterms:title "M" ; :extends <urn:n> . <urn:n> dcterms:title "N" .
            p:p :introduces <urn:m> ; dcterms:title "P" ; :version v:a . v:a :year "2022"^^xsd:gYear .""",
            [("M", "N", "P", "2022", "paper")],
        ),
        (
            "papers-at",
            {"venue": "arxiv"},
            """@prefix venue: <https://w3id.org/synthkg/venue/> .
            v:a :venue venue:arxiv ; dcterms:title "Late" ; :date "2024-02"^^xsd:gYearMonth .
            v:b :venue venue:arxiv ; dcterms:title "Soon" ; :date "2023-02-01"^^xsd:date .
            v:c :venue venue:arxiv ; dcterms:title "Next" ; :date "2023-12"^^xsd:gYearMonth ; :year "2024"^^xsd:gYear .""",
            [("2023", "", "", "Soon", ""), ("2024", "", "", "Late", ""), ("2024", "", "", "Next", "")],
        ),
        *(
            ("why", {"paper": "p", "fact": fact}, _EVIDENCE, [("1", "Kind", f"urn:{source}", "", "", it) for source, it in found])
            for fact, found in {
                "title": [("whole", "")],
                "stages": [("parts", "stages.s"), ("parts", "stages.t"), ("stages", "stages"), ("whole", "")],
                "stages.s": [("parts", "stages.s"), ("stages", "stages"), ("whole", "")],
                "versions": [("parts", "versions.a.date"), ("whole", "")],
                "versions.a": [("parts", "versions.a.date"), ("whole", "")],
                "versions.a.year": [("whole", "")],
                "stage": [],
            }.items()
        ),
        (
            "evidence-of",
            {"paper": "p"},
            _EVIDENCE,
            [
                (fact, "1", "Kind", f"urn:{source}", "")
                for fact, source in (
                    ("stages", "stages"),
                    ("stages", "whole"),
                    ("stages.s", "parts"),
                    ("stages.t", "parts"),
                    ("title", "whole"),
                    ("versions", "whole"),
                    ("versions.a.date", "parts"),
                )
            ],
        ),
    ],
)
def test_a_query_keeps_its_promise(name: str, values: dict[str, str], turtle: str, rows: list[tuple[str, ...]]) -> None:
    store = OxigraphStore(pyoxigraph.parse(_PREFIXES + turtle, format=RdfFormat.TURTLE))
    assert texts(load_queries("examples")[name].rows(store, **values)) == rows


@pytest.mark.parametrize(
    ("kind", "name", "values", "column", "said"),
    [
        ("views", "papers", {}, "first_submitted", "2021"),
        ("views", "papers", {}, "venue_year", "2023"),
        ("profiles", "method-papers", {"method": f"{BASE}method/m"}, "first_submitted", "2021"),
        ("profiles", "concept-papers", {"concept": f"{BASE}concept/stage/s"}, "first_submitted", "2021"),
        ("exports", "croissant", {}, "value", "2021"),
    ],
)
def test_a_version_of_which_only_the_year_is_known_counts_in_its_year(
    kind: str, name: str, values: dict[str, str], column: str, said: str
) -> None:
    turtle = """p:p a :Paper ; dcterms:title "P" ; dcterms:subject c:stage\\/s ; :authorship <urn:1> ; :byline "Ada" ;
    :introduces <https://w3id.org/synthkg/method/m> ; :official a:d ; :version v:a , v:b ; :citedVersion v:b .
    v:a a :ConferencePaper ; :year "2021"^^xsd:gYear . v:b a :JournalArticle ; :date "2023-05"^^xsd:gYearMonth ; :venue <urn:v> .
    <urn:v> dcterms:title "V" . <urn:1> :position 1 ; :name "Ada" .
    a:d a :Dataset ; dcterms:title "D" ; :landingPage <urn:d> ; :licenseDocument <urn:l> ; :state c:state\\/reachable .
    """
    store = OxigraphStore(pyoxigraph.parse(_PREFIXES + turtle, format=RdfFormat.TURTLE))
    table = load_queries(kind)[name].rows(store, **values)
    place = table.columns.index(column)
    assert said in [cell.value for row in table.rows if (cell := row[place]) is not None]


@pytest.mark.parametrize(
    ("kind", "name", "values", "column", "said"),
    [
        ("views", "papers", {}, "first_submitted", "2021-06"),
        ("profiles", "method-papers", {"method": f"{BASE}method/m"}, "first_submitted", "2021-06"),
        ("profiles", "concept-papers", {"concept": f"{BASE}concept/stage/s"}, "first_submitted", "2021-06"),
        *(("examples", name, {}, "year", "2021") for name in ("growth-by-year", "code-by-year", "methods", "method-graph")),
    ],
)
def test_a_version_was_submitted_at_its_date_whatever_the_year_of_its_venue(
    kind: str, name: str, values: dict[str, str], column: str, said: str
) -> None:
    turtle = """p:p a :Paper ; dcterms:title "P" ; dcterms:subject c:stage\\/s ; :introduces <https://w3id.org/synthkg/method/m> ;
    :version v:a . v:a a :JournalArticle ; :date "2021-06"^^xsd:gYearMonth ; :year "2020"^^xsd:gYear .
    <https://w3id.org/synthkg/method/m> a :Method ; dcterms:title "M" ; :extends <urn:n> . <urn:n> dcterms:title "N" .
    """
    store = OxigraphStore(pyoxigraph.parse(_PREFIXES + turtle, format=RdfFormat.TURTLE))
    table = load_queries(kind)[name].rows(store, **values)
    assert [cell.value for row in table.rows if (cell := row[table.columns.index(column)])] == [said]


@pytest.mark.parametrize("name", ["artifacts-of", "unofficial-artifacts", "shared-code", "artifacts", "datasets"])
def test_an_address_that_somebody_took_over_is_left_out(name: str) -> None:
    turtle = """p:p a :Paper ; dcterms:title "P" ; :unofficial a:x ; :synthesis <urn:s> .
    p:q a :Paper ; dcterms:title "Q" ; :official a:x .
    a:x a :Dataset , :Artifact ; dcterms:title "X" ; :url <https://taken.example/> ; :state c:state\\/unsafe .
    <urn:s> :output a:x . :Dataset rdfs:subClassOf :Artifact ; rdfs:label "data set" ; :key "dataset" ."""
    store = OxigraphStore(pyoxigraph.parse(_PREFIXES + turtle, format=RdfFormat.TURTLE))
    infer(store)
    table = load_queries("examples")[name].rows(store, **({"paper": f"{BASE}paper/p"} if name == "artifacts-of" else {}))
    assert table.rows
    assert "https://taken.example/" not in {text_of(cell) for row in table.rows for cell in row if cell}


def test_evidence_of_all_facts_is_of_none_that_follows_by_a_rule() -> None:
    turtle = """p:p a :Paper ; dcterms:title "P" ; :official a:x ; :evidence <urn:e> . a:x a :Code ; dcterms:title "X" .
    <urn:e> :source <urn:s> ; :kind <urn:k> . <urn:k> skos:prefLabel "K" ; skos:notation 1 .
    dcterms:title :key "title" . :official :key "official" . :artifact :key "artifacts" ."""
    store = OxigraphStore(pyoxigraph.parse(_PREFIXES + turtle, format=RdfFormat.TURTLE))
    infer(store)
    queries, paper = load_queries("examples"), f"{BASE}paper/p"
    assert [text_of(row[0]) for row in queries["evidence-of"].rows(store, paper=paper).rows if row[0]] == ["official", "title"]
    assert queries["why"].rows(store, paper=paper, fact="artifacts").rows == []


@pytest.mark.parametrize(("asked", "found"), [("zh", {"A", "B"}), ("zh-Hant", {"B"}), ("z", set())])
def test_a_language_that_is_stated_more_precisely_is_that_language(asked: str, found: set[str]) -> None:
    turtle = """a:a dcterms:title "A" ; :language "zh" , "en" . a:b dcterms:title "B" ; :language "zh-Hant" .
    a:c dcterms:title "C" ; :language "zha" ."""
    store = OxigraphStore(pyoxigraph.parse(_PREFIXES + turtle, format=RdfFormat.TURTLE))
    rows = load_queries("examples")["data-in-language"].rows(store, language=asked).rows
    assert {text_of(row[0]) for row in rows if row[0]} == found


def test_a_year_is_a_number_in_every_answer() -> None:
    kg = synthkg.open(TOY)
    values = {"papers-at": {"venue": "toyconf"}}
    for name in ("growth-by-year", "code-by-year", "publication-by-year", "methods", "method-graph", "papers-at", "versions"):
        assert types_of(kg.query(name, **values.get(name, {})).table)["year"] is int, name


@pytest.mark.parametrize("name", ["Ada Marée", "潮 太郎", "Pat O'Neil, Jr. (50% & more)"])
def test_an_author_is_named_in_facts_as_in_supports(name: str, tmp_path: Path) -> None:
    shutil.copytree(TOY, tmp_path, dirs_exist_ok=True)
    record = tmp_path / "papers" / "tide-instruct.yaml"
    text = record.read_text("utf-8").replace("  - Berta Ebbe\nversions", f'  - "{name}"\nversions')
    record.write_text(text.replace("      - versions.preprint\n      - authors", f'      - "authors.{name}"'), "utf-8")
    kg = synthkg.open(tmp_path)
    facts = [row["fact"] for row in kg.query("evidence-of", paper="tide-instruct")]
    assert [fact for fact in facts if fact.startswith("authors.")] == [f"authors.{name}"]
    supports = [row["supports"] for row in kg.query("why", paper="tide-instruct", fact=f"authors.{name}")]
    assert supports == [None, f"authors.{name}"]
    assert f"authors.{name}" in [row["fact"] for row in kg.paper("tide-instruct").evidence]


def test_a_method_of_a_paper_and_its_code_is_told_of_the_paper_with_its_year() -> None:
    turtle = """p:p dcterms:title "P" ; :introduces <urn:m> ; :version v:a . v:a :year "2022"^^xsd:gYear .
    p:q dcterms:title "O" ; :introduces <urn:m> ; :version v:b . v:b :year "2024"^^xsd:gYear .
    a:x dcterms:title "A" ; :introduces <urn:m> , <urn:k> .
    <urn:m> a :Method ; dcterms:title "M" ; :extends <urn:n> . <urn:k> a :Method ; dcterms:title "K" ; :extends <urn:n> .
    <urn:n> dcterms:title "N" ."""
    store = OxigraphStore(pyoxigraph.parse(_PREFIXES + turtle, format=RdfFormat.TURTLE))
    assert texts(load_queries("examples")["method-graph"].rows(store)) == [
        ("K", "N", "A", "", "artifact"),
        ("M", "N", "P", "2022", "paper"),
    ]


def test_evidence_of_all_facts_tells_that_a_heading_is_wrong_too() -> None:
    turtle = """p:p :refutation <urn:r> ; :evidence <urn:1> , <urn:2> , <urn:3> . <urn:r> :refutes c:stage\\/s ; :reason "No." .
    <urn:1> :source <urn:all> . <urn:2> :source <urn:this> ; :supports p:p\\#refuted .
    <urn:3> :source <urn:other> ; :supports p:p\\#title .
    <urn:e> :listedUnder c:stage\\/s ; :about p:p ; :number 1 ; :list <urn:l> ."""
    store = OxigraphStore(pyoxigraph.parse(_PREFIXES + turtle, format=RdfFormat.TURTLE))
    table = load_queries("examples")["claims"].rows(store)
    assert [text_of(cell) for row in table.rows if (cell := row[table.columns.index("read")])] == ["urn:all | urn:this"]


def test_a_language_that_is_stated_only_more_precisely_can_be_asked_for(tmp_path: Path) -> None:
    shutil.copytree(TOY, tmp_path, dirs_exist_ok=True)
    record = tmp_path / "artifacts" / "tide-data.yaml"
    record.write_text(record.read_text("utf-8").replace("  - nl\n", "  - zh-Hant\n"), "utf-8")
    kg = synthkg.open(tmp_path)
    for asked in ("zh", "ZH", "zh-hant"):
        assert [row["dataset"] for row in kg.query("data-in-language", language=asked)] == ["Tide data"]
    with pytest.raises(synthkg.UsageError, match='there is no language "fr"; known: en, zh-Hant'):
        kg.query("data-in-language", language="fr")
