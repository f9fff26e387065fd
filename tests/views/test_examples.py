"""Every export is read back, by somebody else's parser, as the queries that went in; and the pages of `docs/` are fresh."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib
import yaml
from rdflib.namespace import OWL, RDF, RDFS

import synthkg
from conftest import DATA, ROOT, TOY, Run
from synthkg.api.knowledge import KnowledgeGraph
from synthkg.errors import UsageError
from synthkg.graph.queries import Query, load_query
from synthkg.graph.store import OxigraphStore
from synthkg.views.examples import KEPT, TARGET, Example, answerable, export, keep, to_examples
from synthkg.views.filling import fill

SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")
SCHEMA = rdflib.Namespace("https://schema.org/")
QUERIES = answerable()
EXAMPLES = to_examples(QUERIES)


@pytest.fixture(scope="module")
def kg(real_store: OxigraphStore) -> KnowledgeGraph:
    return KnowledgeGraph(real_store)


@pytest.fixture(scope="module")
def toy_kg() -> KnowledgeGraph:
    return synthkg.open(TOY)


def hostile(text: str) -> Query:
    return load_query(Path("hostile.rq"), text)


HOSTILE = [
    hostile(
        '#+ summary: \'A "quote", a \\backslash and a | pipe.\'\n#+ tags: ["a\\"b", c]\nSELECT ?x WHERE { ?x ?p """a\n\\"""" }\n'
    ),
    hostile("#+ summary: Triple.\n#+ tags: [x]\nSELECT ?x WHERE { FILTER(?x = '''\"\"\"''' || ?x = \"\\\\\\\"\") }"),
    hostile('#+ summary: No end of line; ends in a quote.\n#+ tags: [x]\nSELECT ("``` </details>" AS ?x) {} # "'),
]


def test_grlc_is_the_source_as_it_is(toy_kg: KnowledgeGraph, tmp_path: Path) -> None:
    files = export("grlc", QUERIES, toy_kg.store)
    assert {name.removesuffix(".rq") for name in files} == {query.name for query in QUERIES}
    for query in QUERIES:
        (tmp_path / f"{query.name}.rq").write_text(files[f"{query.name}.rq"], "utf-8")
        again = load_query(tmp_path / f"{query.name}.rq")
        assert (again.text, again.header, again.parameters) == (query.text, query.header, query.parameters)
    own = "https://example.org/sparql"
    assert export("grlc", QUERIES, toy_kg.store, own) == {**files, "endpoint.txt": f"{own}\n"}


def read_turtle(files: dict[str, str]) -> Iterator[Example]:
    for text in files.values():
        graph = rdflib.Graph().parse(data=text, format="turtle")
        for subject in graph.subjects(RDF.type, SH.SPARQLExecutable):
            (sparql,) = graph.objects(subject, SH.select)
            (comment,) = graph.objects(subject, RDFS.comment)
            assert isinstance(comment, rdflib.Literal)
            assert comment.language == "en"
            assert (subject, RDF.type, SH.SPARQLSelectExecutable) in graph
            assert len(list(graph.objects(subject, SH.prefixes))) == 1
            assert list(graph.objects(subject, SCHEMA.target)) == [rdflib.URIRef(TARGET)]
            yield Example(
                str(subject).rpartition("/")[2],
                str(comment),
                str(graph.value(subject, SCHEMA.description) or ""),
                tuple(sorted(map(str, graph.objects(subject, SCHEMA.keywords)))),
                str(sparql),
            )


def in_tag_order(example: Example) -> Example:
    sparql = example.sparql if example.sparql.endswith("\n") else example.sparql + "\n"
    return Example(example.name, example.summary, example.description, tuple(sorted(example.tags)), sparql)


@pytest.mark.parametrize("queries", [QUERIES, HOSTILE[:1], HOSTILE[1:2], HOSTILE[2:]], ids=["real", "1", "2", "3"])
def test_sparql_examples_round_trip(queries: list[Query], toy_kg: KnowledgeGraph) -> None:
    found = sorted(read_turtle(export("sparql-examples", queries, toy_kg.store)), key=lambda example: example.name)
    ours = [in_tag_order(example) for example in to_examples(queries)]
    one_line = {example.name for example in ours if example.sparql.count("\n") == 1}
    assert [in_tag_order(example) if example.name in one_line else example for example in found] == ours


def test_sparql_examples_declare_every_prefix(toy_kg: KnowledgeGraph) -> None:
    text = export("sparql-examples", QUERIES, toy_kg.store)["prefixes.ttl"]
    graph = rdflib.Graph().parse(data=text, format="turtle")
    (whole,) = graph.subjects(RDF.type, OWL.Ontology)
    declared = {(str(graph.value(d, SH.prefix)), str(graph.value(d, SH.namespace))) for d in graph.objects(whole, SH.declare)}
    used = {pair for example in EXAMPLES for pair in re.findall(r"^PREFIX (\w+): <(.+)>$", example.sparql, re.MULTILINE)}
    assert declared == used


@pytest.mark.parametrize("queries", [QUERIES, HOSTILE[:1], HOSTILE[1:2], HOSTILE[2:]], ids=["real", "1", "2", "3"])
def test_snapquery_round_trip(queries: list[Query], toy_kg: KnowledgeGraph) -> None:
    (text,) = export("snapquery", queries, toy_kg.store).values()
    whole = yaml.safe_load(text)
    assert (whole["domain"], whole["namespace"], whole["target_graph_name"]) == ("w3id.org", "synthkg", "synthkg")
    found = [
        Example(q["name"], q["title"], q["description"], tuple(q["comment"].split(", ")), q["sparql"]) for q in whole["queries"]
    ]
    assert found == to_examples(queries)
    assert [q["query_id"] for q in whole["queries"]] == [f"{query.name}--synthkg@w3id.org" for query in queries]


_SECTION = re.compile(
    r"^## (?P<name>\S+)\n\n(?P<said>.+)\n\n```console\n\$ synthkg query (?P<call>.+)\n```\n\nColumns: (?P<columns>.+)\n\n"
    r"<details><summary>SPARQL</summary>\n\n```sparql\n(?P<sparql>[\s\S]*?)```\n\n</details>\n",
    re.MULTILINE,
)


def test_markdown_round_trip(kg: KnowledgeGraph, toy_kg: KnowledgeGraph) -> None:
    (text,) = export("markdown", QUERIES, kg.store).values()
    found = [(m["name"], m["said"], m["sparql"]) for m in _SECTION.finditer(text)]
    assert found == [(e.name, f"{e.summary} {e.description}".strip(), e.sparql) for e in EXAMPLES]
    for query, match in zip(QUERIES, _SECTION.finditer(text), strict=True):
        assert match["call"].split()[0] == query.name
        assert match["columns"] == ", ".join(f"`{name}`" for name in query.rows(kg.store).columns)
    assert export("markdown", QUERIES, toy_kg.store) == {"queries.md": text}, "no record changes it"


def test_what_is_exported_runs_as_it_stands(kg: KnowledgeGraph) -> None:
    for query, example in zip(QUERIES, EXAMPLES, strict=True):
        assert kg.store.select(example.sparql) == kg.store.select(query.bind({}))
        assert "?_" not in example.sparql


def test_an_unknown_style_says_which_there_are(toy_kg: KnowledgeGraph) -> None:
    with pytest.raises(UsageError, match='there is no export "snap"; did you mean "snapquery"'):
        export("snap", QUERIES, toy_kg.store)


def test_command_writes_the_files(run: Run, tmp_path: Path) -> None:
    done = run(
        "export",
        "queries",
        "--format",
        "sparql-examples",
        "--target",
        "https://example.org/sparql",
        "--data",
        TOY,
        "--out",
        tmp_path,
    )
    assert (done.status, done.stdout) == (0, f"{tmp_path}: {len(QUERIES) + 1} files written\n")
    assert "schema:target <https://example.org/sparql>" in (tmp_path / "counts.ttl").read_text("utf-8")


def test_what_was_written_by_hand_below_an_export_stays(run: Run, tmp_path: Path) -> None:
    (tmp_path / "queries.md").write_text(f"old\n\n{KEPT}\nby hand\n", "utf-8")
    assert keep({"queries.md": "new\n"}, tmp_path) == {"queries.md": f"new\n\n{KEPT}\nby hand\n"}
    (tmp_path / "queries.md").write_text("café\n", "latin-1")
    done = run("export", "queries", "--format", "markdown", "--data", TOY, "--out", tmp_path)
    assert (done.status, (tmp_path / "queries.md").read_text("latin-1")) == (2, "café\n")
    assert f"{tmp_path / 'queries.md'}:1:4: not UTF-8" in done.stderr
    assert keep({"other.md": "new\n"}, tmp_path) == {"other.md": "new\n"}


# -- The pages of the repository


@pytest.mark.parametrize("page", ["queries.md", "ten-questions.md", "what-emerges.md"])
def test_no_page_links_to_an_unsafe_address(page: str, kg: KnowledgeGraph) -> None:
    unsafe = kg.store.select(
        """PREFIX synthkg: <https://w3id.org/synthkg/ontology#>
        SELECT ?url WHERE { ?a synthkg:state <https://w3id.org/synthkg/concept/state/unsafe> ; synthkg:url ?url }"""
    ).rows
    assert unsafe
    text = re.sub(r"`[^`\n]*`", "", html.unescape((ROOT / "docs" / page).read_text("utf-8")))
    for (url,) in unsafe:
        assert url is not None
        assert url.value.partition("://")[2] not in text


def test_docs_queries_is_fresh(kg: KnowledgeGraph) -> None:
    (text,) = export("markdown", QUERIES, kg.store).values()
    page = (ROOT / "docs" / "queries.md").read_text("utf-8").partition(KEPT)[0]
    assert page.rstrip("\n") == text.rstrip("\n"), "run: synthkg export queries --format markdown --out docs"


@pytest.mark.parametrize("name", ["ten-questions.md", "what-emerges.md"])
def test_docs_questions_can_be_asked(name: str, kg: KnowledgeGraph) -> None:
    """Its answers are those of a release, since every record changes some; all else is as it is filled in."""
    page = (ROOT / "docs" / name).read_text("utf-8")

    def without_rows(text: str) -> str:
        return re.sub(r"(\| --- \|\n)(?:\|.*\n)+(?:\n\*\d+ of \d+ rows\*\n)?", r"\1", text)

    assert without_rows(fill(page, kg.store)) == without_rows(page), "run: make docs"
    assert page.count("\n```console\n$ synthkg query ") == len(re.findall(r"^## \d+\. ", page, re.MULTILINE)) == 10


@pytest.mark.parametrize(("state", "there"), [("reachable", True), ("moved", True), ("unknown", False), ("gone", False)])
def test_what_can_be_had_is_what_somebody_saw(toy: Path, state: str, there: bool) -> None:
    """While a paper is only without any link if what it has is known to be lost."""
    path = toy / "artifacts" / "tide-data.yaml"
    path.write_text(path.read_text("utf-8").replace("state: reachable", f"state: {state}"), "utf-8")
    kg = synthkg.open(toy)
    counted = {row["domain"]: row["with_code_or_data"] for row in kg.query("code-by-domain")}
    (paper,) = kg.query("papers-by-concept", stage="fine-tuning", domain="science")
    (opened,) = (row["openness"] for row in kg.query("openness") if (row["paper"], row["what"]) == ("tide-instruct", "data"))
    assert (counted["Science"], bool(paper["data"]), opened == "open") == (there, there, there)
    assert ("tide-instruct" in {row["paper"] for row in kg.query("unlinked-papers")}) == (state == "gone")


# -- What a query says of itself, and of a wrong value


def test_describe(run: Run) -> None:
    done = run("query", "papers-by-concept", "--describe", "--data", DATA)
    assert done.status == 0
    assert "  -p stage=fine-tuning\tone of applications, data-preparation, fine-tuning," in done.stdout
    assert "columns: title, publishedIn, methods, code, checked, data, models, says\n" in done.stdout


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("papers-by-concept", {"domain": "medicl"}, 'there is no domain "medicl"; did you mean "medical"?'),
        (
            "papers-by-concept",
            {"domain": "medical", "stage": "Fine-Tunning"},
            'no stage "Fine-Tunning"; did you mean "fine-tuning"?',
        ),
        ("artifacts-by-licence", {"licence": "mlt"}, 'there is no licence "mlt"; did you mean "MIT"?'),
        ("taught-by", {"teacher": "gpt4"}, 'there is no teacher "gpt4"; did you mean "gpt-4"?'),
        ("lineage", {"method": "https://w3id.org/synthkg/method/self-instruckt"}, 'did you mean "self-instruct"?'),
        ("papers-by-author", {"author": "Yizhong Wnag"}, 'did you mean "Yizhong Wang"?'),
        ("disagreeing-rows", {"field": "venu"}, '"venu" is no field; did you mean "venue"?'),
        ("authors", {"least": "three"}, '"three" is no least: give an integer'),
        ("model-descendants", {"teacher": "alpaca-data"}, 'there is no teacher "alpaca-data"'),
    ],
)
def test_a_wrong_value_says_which_there_are(name: str, value: dict[str, str], said: str, kg: KnowledgeGraph) -> None:
    with pytest.raises(UsageError, match=re.escape(said)):
        kg.query(name, **value)


def test_a_long_list_of_values_is_cut(kg: KnowledgeGraph) -> None:
    with pytest.raises(UsageError, match=r"known: .*, … \(\d+ in all\)$") as caught:
        kg.query("taught-by", teacher="zzzzzzzzzz")
    assert len(str(caught.value)) < 2000
