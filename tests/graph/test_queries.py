"""Saved queries: a parameter is a term, and no value of it is ever anything else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode

import synthkg
from conftest import TOY, Run
from rdflib_store import RdflibStore
from synthkg.api import Answer, KnowledgeGraph
from synthkg.errors import QueryError, SynthkgError, UsageError
from synthkg.graph.forms import is_construct
from synthkg.graph.queries import Query, find_query, load_queries, load_query
from synthkg.graph.store import OxigraphStore, Table
from timing import processor_seconds

# Everything that might end a string or an IRI and begin something else.
HOSTILE = [
    '" } # ',
    "' } UNION { ?s ?p ?o } #",
    '" . ?s ?p ?o . FILTER("" = "',
    '\\" } DROP ALL #',
    "\\",
    "\\u0022 } #",
    "> ?p ?o } #",
    "x> . } UNION { ?s ?p ?o",
    '"""',
    "'''",
    "a\nb",
    "a\r\nb",
    "a\tb",
    "?_word",
    "$_word",
    "_:b",
    '"@en',
    '"^^<http://www.w3.org/2001/XMLSchema#integer>',
    "} } } CONSTRUCT { ?s ?p ?o } WHERE { { {",
    "https://w3id.org/synthkg/method/drift> } #",
    "潮 \U0001f600 \u2028 \x85",
    "%s %(x)s {0} {x}",
    "",
]
anything = st.one_of(st.sampled_from(HOSTILE), st.text(), st.text(st.sampled_from("\"'\\<>{}#?$ \n\r\t.;a1")))
xml_text = anything.filter(lambda text: not any(ord(character) < 32 and character not in "\n\r\t" for character in text))


def query(text: str) -> Query:
    return load_query(Path("test.rq"), text)


@pytest.fixture(scope="module")
def kg() -> KnowledgeGraph:
    return synthkg.open(TOY)


ECHO = query("""#+ summary: A parameter in a comment (?_word), in strings, and where it counts.
SELECT (?_word AS ?x) ("?_word \\" ?_word" AS ?y) ('''?_word' ''' AS ?z) # ?_word
WHERE { FILTER(<https://example.org/?_word> != ?_word) }""")


@given(anything)
def test_a_text_is_given_back_as_it_is(value: str) -> None:
    ((x, y, z),) = OxigraphStore().select(ECHO.bind({"word": value})).rows
    assert x == Literal(value)
    assert (y, z) == (Literal('?_word " ?_word'), Literal("?_word' "))


@given(xml_text)
def test_rdflib_is_given_the_same_text(value: str) -> None:
    table = RdflibStore().select(query("SELECT (?_word AS ?x) WHERE {}").bind({"word": value}))
    assert table.rows == [(Literal(value),)]


@given(anything)
def test_an_iri_is_an_iri_or_refused(value: str) -> None:
    echo = query("#+ bases: {method: method}\nSELECT (?_method_iri AS ?x) WHERE {}")
    try:
        bound = echo.bind({"method": value})
    except UsageError:
        return
    iri = value if value.startswith("https://w3id.org/synthkg/") else f"https://w3id.org/synthkg/method/{value}"
    assert OxigraphStore().select(bound).rows == [(NamedNode(iri),)]


@given(anything)
def test_a_number_is_a_number_or_refused(value: str) -> None:
    for kind, is_right in (("integer", str.isdigit), ("number", lambda text: text.replace(".", "", 1).isdigit())):
        echo = query(f"SELECT (?_n_{kind} AS ?x) WHERE {{}}")
        try:
            bound = echo.bind({"n": value})
        except UsageError:
            continue
        assert is_right(value.lstrip("+-"))
        assert len(OxigraphStore().select(bound).rows) == 1


@pytest.mark.parametrize(
    ("kind", "value", "term"),
    [
        ("", "Paris", '"Paris"'),
        ("_literal", "Paris", '"Paris"'),
        ("_string", "Paris", '"Paris"'),
        ("_en", "Paris", '"Paris"@en'),
        ("_date", "2024-02-29", '"2024-02-29"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("_gYear", "2024", '"2024"^^<http://www.w3.org/2001/XMLSchema#gYear>'),
        ("_decimal", "1.5", '"1.5"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
    ],
)
def test_a_parameter_is_of_the_type_that_grlc_reads_in_its_name(kind: str, value: str, term: str) -> None:
    assert query(f"SELECT (?_n{kind} AS ?x) {{}}").bind({"n": value}) == f"SELECT ({term} AS ?x) {{}}"


@pytest.mark.parametrize(
    ("kind", "value"), [("date", "2023-02-29"), ("boolean", "maybe"), ("decimal", "1,5"), ("int", "1.5"), ("date", '")} #')]
)
def test_a_value_that_is_not_of_its_type_is_refused(kind: str, value: str) -> None:
    for name in (kind, f"xsd_{kind}"):
        with pytest.raises(UsageError, match=f"is no n: give an xsd:{kind}"):
            query(f"SELECT (?_n_{name} AS ?x) {{}}").bind({"n": value})


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (("lineage", "-p", "method=\udcff"), '"\\udcff" is no method: it is not UTF-8; set the terminal to UTF-8'),
        (("find", "-p", "text=\udcff"), '"\\udcff" is no text: it is not UTF-8; set the terminal to UTF-8'),
        (("SELECT ('\udcff' AS ?x) {}",), "the query is not UTF-8; set the terminal to UTF-8, or put it into a file"),
    ],
)
def test_an_argument_in_another_encoding_is_told(call: tuple[str, ...], told: str, run: Run) -> None:
    done = run("query", *call, "--data", TOY)
    assert (done.status, done.stdout, done.stderr) == (2, "", f"synthkg: {told}\n")


def test_a_type_that_is_none_is_told_at_its_place(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "a.rq"
    file.write_text("SELECT ?x\n{ ?x rdfs:label ?_label_intger }")
    done = run("query", file, "-p", "label=1", "--data", TOY)
    assert done.stderr == (
        f'synthkg: {file}:2:17: ?_label_intger: "intger" is neither a type nor a language such as "en"; did you mean "integer"?\n'
    )
    assert done.status == 2


@pytest.mark.parametrize("kind", ["rules", "checks", "examples", "views"])
def test_a_query_is_the_same_whatever_ends_its_lines(kind: str, tmp_path: Path) -> None:
    """As Git on Windows writes files."""
    for name, query in load_queries(kind).items():
        path = tmp_path / f"{name}.rq"
        path.write_bytes(query.path.read_bytes().replace(b"\n", b"\r\n"))
        assert load_query(path) == replace(query, path=path)


def test_what_need_not_be_given_stays_a_variable() -> None:
    optional = query("SELECT ?_ { ?_ ?p ?__n_integer }")
    assert optional.bind({}) == optional.text
    assert optional.bind({"n": "1"}) == 'SELECT ?_ { ?_ ?p "1"^^<http://www.w3.org/2001/XMLSchema#integer> }'


@pytest.mark.parametrize("name", ["lineage", "papers-by-concept", "taught-by"])
@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_finds_nothing(name: str, value: str, kg: KnowledgeGraph) -> None:
    saved = find_query(name)
    for parameter in saved.parameters:
        with pytest.raises(UsageError, match=r"there is no|is no"):
            kg.query(name, **{parameter.name: value})


@pytest.mark.parametrize("saved", load_queries("examples", "views", "checks", "rules").values(), ids=lambda saved: saved.name)
def test_saved_query_keeps_the_rules(saved: Query) -> None:
    """Rules alone construct, all are asked of the union of graphs, and a parameter says what it takes."""
    assert is_construct(saved.text) == (saved.path.parent.name == "rules")
    assert "GRAPH" not in saved.text.replace("GRAPH ?graph", "")
    for parameter in saved.parameters:
        assert parameter.type == "iri" or parameter.default is not None or parameter.values or parameter.type


@pytest.mark.parametrize(
    "written",
    [
        "arXiv:2301.00001",
        "2301.00001v2",
        "https://arxiv.org/abs/2301.00001",
        "https://doi.org/10.48550/arXiv.2301.00001",
        "https://doi.org/10.1234/TOYCONF.2023.7",
        "doi:10.1234/toyconf.2023.7",
        "https://aclanthology.org/2023.findings-acl.7/",
        "https://openreview.net/forum?id=tide-2023-ab",
        "tide-2023-ab",
    ],
)
def test_an_identifier_is_read_in_any_spelling(kg: KnowledgeGraph, run: Run, written: str) -> None:
    (row,) = kg.query("by-identifier", identifier=written)
    assert row["paper"] == "tide-instruct"
    if written == "2301.00001v2":
        done = run("query", "by-identifier", "-p", f"identifier={written}", "--data", TOY)
        assert "tide-instruct" in done.stdout
        assert "identifier=2301.00001 (2301.00001v2)\n" in done.stderr


def test_only_identifiers_of_the_parameter_s_properties_are_read() -> None:
    echo = query("#+ properties: {id: [https://w3id.org/synthkg/ontology#doi]}\nSELECT (?_id AS ?x) (?_word AS ?y) WHERE {}")
    ((x, y),) = OxigraphStore().select(echo.bind({"id": "arXiv:2301.00001", "word": "doi:10.1234/A"})).rows
    assert (x, y) == (Literal("arXiv:2301.00001"), Literal("doi:10.1234/A"))
    assert "10.1234/a" in echo.bind({"id": "doi:10.1234/A", "word": ""})


def test_values_and_defaults() -> None:
    echo = query("#+ defaults: {size: small}\n#+ enumerate: {size: [small, large]}\nSELECT (?_size AS ?x) WHERE {}")
    assert [OxigraphStore().select(echo.bind(values)).rows[0][0] for values in ({}, {"size": "large"})] == [
        Literal("small"),
        Literal("large"),
    ]
    with pytest.raises(UsageError, match=r'"larg" is no size; did you mean "large"\?'):
        echo.bind({"size": "larg"})
    with pytest.raises(UsageError, match="needs a word: -p word=…"):
        ECHO.bind({})


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib's own evaluation of CONSTRUCT uses what rdflib deprecates
@pytest.mark.parametrize("store", [OxigraphStore, RdflibStore])
@pytest.mark.parametrize(
    "text", ["SELECT", "SELECT ?x WHERE { ?x }", "ASK {}", "DROP ALL", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"]
)
def test_what_is_no_select_is_refused(store: type[OxigraphStore | RdflibStore], text: str) -> None:
    with pytest.raises(QueryError):
        store().select(text)


def test_python_api(kg: KnowledgeGraph) -> None:
    answer = kg.query("lineage", method="drift")
    assert answer.columns == ("method", "builds_on", "introduced_by", "publishedIn", "introducer")
    assert len(answer) == len(list(answer)) > 0
    assert answer[0] == {"method": "Drift", "builds_on": None, "introduced_by": None, "publishedIn": None, "introducer": None}
    assert repr(answer) == "<Answer of 3 rows: method, builds_on, introduced_by, publishedIn, introducer>"
    assert str(answer).splitlines()[-1] == "3 rows"
    for number, rows in ((0, "no rows"), (1, "1 row"), (2, "2 rows")):
        few = kg.query(f"SELECT ?method WHERE {{ ?method a synthkg:Method }} LIMIT {number}")
        assert repr(few) == f"<Answer of {rows.replace('no', '0')}: method>"
        assert str(few).splitlines()[-1] == rows
    assert {row["what"]: row["count"] for row in kg.query("counts")}["methods"] == 2
    assert [row["stages"] for row in kg.query("papers")] == [["fine-tuning"], ["fine-tuning"]]
    assert [row["dataset"] for row in kg.query("papers")] == [["https://huggingface.co/datasets/toy/tide"], []]
    assert kg.ask("ASK { ?s ?p ?o }")
    assert repr(kg) == f"<KnowledgeGraph of {len(kg.store)} triples>"  # type: ignore[arg-type]
    assert kg.queries["lineage"].endswith(".")
    assert {row["method"] for row in answer[:]} == {"Drift", "Tide-Instruct"}
    assert kg.view("method/drift").startswith("# Drift\n")
    with pytest.raises(SynthkgError, match='did you mean "lineage"'):
        kg.query("linage")
    assert isinstance(synthkg.open, type(lambda: None))


def test_python_s_values_are_those_of_the_command_line(tmp_path: Path) -> None:
    for none in (0, -1, float("nan"), "5"):
        with pytest.raises(UsageError, match="is no time limit; give seconds"):
            synthkg.open(TOY, timeout=none)  # type: ignore[arg-type]
    (tmp_path / "one.rq").write_text("SELECT (1 AS ?x) ('٢'^^<http://www.w3.org/2001/XMLSchema#integer> AS ?y) {}", "utf-8")
    assert list(synthkg.open(TOY).query(tmp_path / "one.rq")) == [{"x": 1, "y": "٢"}]


def test_python_is_told_what_there_is_not(kg: KnowledgeGraph) -> None:
    for look in (kg.show, kg.search):
        with pytest.raises(UsageError, match=r'there is no kind "papr"; did you mean "paper"\?'):
            look("tide-instruct", kind="papr")
    for take in (kg.show, kg.search, kg.ask, kg.construct, kg.view, lambda address: synthkg.open(endpoint=address)):
        with pytest.raises(UsageError, match="5 is no text"):
            take(5)  # type: ignore[arg-type]


def test_python_is_warned_of_a_record_that_is_left_out(toy: Path) -> None:
    (toy / "papers" / "draft.yaml").write_text("title: A draft\nauthors:\n  -\n")
    with pytest.warns(
        UserWarning, match=r"1 file left out: .*draft\.yaml:3:4: the item has no value.*; run: synthkg check --data "
    ):
        kg = synthkg.open(toy)
    assert len(kg.query("papers")) == 2


def test_python_is_warned_of_a_dump_at_the_line_that_opens_it(tmp_path: Path) -> None:
    dump = tmp_path / "twice.nq"
    dump.write_text("".join(f"<urn:s> <urn:p> <urn:o> <urn:{graph}> .\n" for graph in "ab"))
    with pytest.warns(UserWarning, match="a triple in several graphs") as warned:
        synthkg.open(dump=dump)
    assert [warning.filename for warning in warned] == [__file__]


def test_rows_are_made_once_however_they_are_read() -> None:
    answer = Answer(Table(("number", "words"), [(Literal(number), Literal("a | b")) for number in range(3_000)]), ["words"])
    assert processor_seconds(lambda: [answer[index] for index in range(len(answer))]) < 1
    assert [answer[index] for index in range(len(answer))] == list(answer) == answer[:]
    assert answer[-1] == {"number": 2_999, "words": ["a", "b"]}
    answer[0]["number"] = None
    assert answer[0]["number"] == 0, "a row that was given away is its taker's"


def test_two_queries_of_one_name_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One would hide the other, and nobody would know which was asked."""
    for kind in ("views", "examples"):
        (tmp_path / kind).mkdir()
        (tmp_path / kind / "twin.rq").write_text("#+ summary: A twin.\nSELECT ?s WHERE { ?s ?p ?o } ORDER BY ?s\n")
    monkeypatch.setattr("synthkg.project.folder", lambda name: tmp_path)
    with pytest.raises(QueryError, match="has this name"):
        load_queries("examples", "views")
