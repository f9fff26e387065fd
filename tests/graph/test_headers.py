"""Headers and values may be anybody's: whatever they are, the answer is a query or a `SynthkgError` that says where."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import synthkg
from conftest import TOY
from synthkg.api.knowledge import KnowledgeGraph
from synthkg.errors import QueryError, SynthkgError, UsageError
from synthkg.graph import queries
from synthkg.graph.forms import is_construct, names_graphs
from synthkg.graph.headers import KEYS
from synthkg.graph.queries import find_query, load_queries, load_query
from synthkg.graph.sparql import outline, shows_all
from synthkg.graph.store import OxigraphStore
from synthkg.views.examples import answerable
from synthkg.views.pages import Page, render
from timing import growth

NAMES = [*KEYS, "made", "word", "x"]
PARAMETERS = "?_word ?_thing_iri ?_n_integer ?_x_number ?_day_xsd_date"

scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), st.text(max_size=8), st.sampled_from(NAMES))
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["word", "thing", "n", "x", "day", "-", "a b", "../x"]), inner, max_size=3),
    ),
    max_leaves=6,
)
headers = st.dictionaries(st.sampled_from(NAMES), values, max_size=5).map(
    lambda header: yaml.safe_dump(header, allow_unicode=True)
)
texts = st.text(st.sampled_from("#+ :-[]{}&*!|>'\"%@`\\\t\na1?\x00\x07\ufeff\u2028é0-"), max_size=60)


@pytest.fixture(scope="module")
def kg() -> KnowledgeGraph:
    return synthkg.open(TOY)


def ask(header: str, kg: KnowledgeGraph) -> None:
    """All that is done with a query, with its defaults and with words."""
    text = (
        "".join(f"#+ {line}\n" for line in header.splitlines()) + f"SELECT * WHERE {{ VALUES ?y {{ {PARAMETERS} }} }} ORDER BY ?y"
    )
    query = load_query(Path("any.rq"), text)
    assert query.summary is not None
    every = {p.name: {"iri": "urn:1", "xsd_date": "2026-11-28"}.get(p.type, "1") for p in query.parameters}
    for given_values in ({}, every):
        try:
            query.select(kg.store, **given_values)
        except UsageError:
            continue
    query.describe(kg.store)
    render(Page(query, "any.md", every), kg.store)


@settings(max_examples=200)
@given(st.one_of(headers, headers, texts, st.text(max_size=60)))
def test_any_header_is_a_query_or_a_plain_error(kg: KnowledgeGraph, header: str) -> None:
    try:
        ask(header, kg)
    except SynthkgError:
        return


@given(st.text(max_size=200))
def test_any_text_as_a_query_is_one_or_a_plain_error(kg: KnowledgeGraph, text: str) -> None:
    try:
        load_query(Path("any.rq"), text).select(kg.store)
    except SynthkgError:
        return


@pytest.mark.parametrize("name", [query.name for query in answerable() if query.parameters])
@settings(max_examples=20)
@given(
    value=st.one_of(st.text(max_size=40), st.text(st.characters(categories=["Cs", "Cc", "Nd", "Zs"]), max_size=5), st.just("٣"))
)
def test_any_value_is_taken_or_refused(kg: KnowledgeGraph, name: str, value: str) -> None:
    query = find_query(name)
    for parameter in query.parameters:
        try:
            query.select(kg.store, **{parameter.name: value})
        except SynthkgError:
            continue


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("made: 2024-02-30\nsummary: A day that is none is a word.", None),
        ("defaults: foo", "defaults does not name parameters"),
        ("defaults: [a, b]", "defaults does not name parameters"),
        ("defaults: {other: 1}", 'defaults: the query has no parameter "other"'),
        ("defaults: [{word: [1]}]", "defaults: word is not text"),
        ("enumerate: {word: small}", "enumerate: word is not a list of words"),
        ("properties: {word: [no iri]}", "properties: word is not a list of IRIs"),
        ("bases: {thing: ../../x}", "bases: thing is no name"),
        ("tags: one", "tags is not a list of words"),
        ("booleans: is_open", "booleans is not a list of words"),
        ("severity: eror", "severity is none of error, warning, note"),
        ("form: tabel", "form is none of table, text, bibliography"),
        ("spans: records", "spans is none of record, mentions"),
        ("once: yes", "once is none of true"),
        ("summary: [one]", "summary is not text"),
        ("summary: \x07", "the header is not YAML"),
        ("summary: a: b", "the header is not YAML"),
        ("just words", "the header is not a mapping"),
        ("summary: !!timestamp 2024-02-30", "the header is not YAML"),
        ("summary: !!python/name:os.system x", "the header is not YAML"),
        ("a: &a [*a]", "the header is a riddle"),
        (f"a: {'[' * 50}", "the header is a riddle"),
        ("file: ../../pwned.md", "file is not the path"),
        ("file: /etc/passwd", "file is not the path"),
    ],
)
def test_a_bad_header_is_told_with_its_place(header: str, said: str | None, kg: KnowledgeGraph) -> None:
    if said is None:
        ask(header, kg)
        return
    with pytest.raises(QueryError, match=said) as failure:
        ask(header, kg)
    assert failure.value.where.startswith("any.rq:")


def test_what_looks_like_a_number_or_a_day_stays_as_it_is_typed() -> None:
    query = load_query(Path("x.rq"), "#+ defaults:\n#+   - id: 2212.10560\n#+   - yes: no\nSELECT ?x WHERE { ?x ?_id ?_yes }")
    assert {p.name: p.default for p in query.parameters} == {"id": "2212.10560", "yes": "no"}


def test_a_key_of_our_saved_queries_is_one_that_is_read_and_described() -> None:
    """Anybody's header may have more: grlc has keys of its own. In ours, what nobody reads is a slip of the pen."""
    kinds = ("examples", "views", "checks", "exports", "rules", "statistics", "profiles")
    used = {key for kind in kinds for query in load_queries(kind).values() for key in query.header}
    assert used == set(KEYS)
    assert {key for key in KEYS if f"``{key}" not in str(queries.__doc__)} == set()


# -- What a query says


def test_from_is_honoured() -> None:
    store = OxigraphStore(synthkg.open(TOY).store.inner)  # type: ignore[attr-defined]
    lists, curated = ("<https://w3id.org/synthkg/graph/lists>", "<https://w3id.org/synthkg/graph/curated>")

    def count(dataset: str, pattern: str = "?s ?p ?o") -> int:
        ((found,),) = store.select(f"SELECT (COUNT(*) AS ?n) {dataset} WHERE {{ {pattern} }}").rows
        assert found is not None
        return int(found.value)

    whole = count("")
    assert 0 < count(f"FROM {lists}") < whole
    assert count(f"FROM {lists} FROM {curated}") == count(f"FROM {lists}") + count(f"FROM {curated}") < whole
    assert count(f"FROM NAMED {lists}") == 0
    assert count(f"FROM NAMED {lists}", "GRAPH ?g { ?s ?p ?o }") == count(f"FROM {lists}") < count("", "GRAPH ?g { ?s ?p ?o }")
    triples = store.construct(f"CONSTRUCT {{ ?s ?p ?o }} FROM {lists} WHERE {{ ?s ?p ?o }}")
    assert len(set(triples)) == count(f"FROM {lists}")
    assert count("# FROM <urn:x>\n") == whole
    assert count("", '?s ?p ?o FILTER(?o != "FROM")') > 0


NO_FROM = [
    "?s a from:Paper",
    "?s a a:Paper FILTER(?s != a:x.from)",
    r"?s a a:Paper FILTER(?s != a:paper\/from)",
    "?s a a:Paper FILTER(?s != a:a·from)",
    "?s a ?class.from:Paper a ?from",
    "?s a a:Paper FILTER('x'@from != 'x')",
    "?s a a:Paper ; dcterms:title ?o FILTER(?o<'z'&&'>FROM'!=?o)",
]


@pytest.mark.parametrize("pattern", NO_FROM)
@pytest.mark.parametrize("is_engine", [True, False])
def test_a_name_with_from_in_it_is_no_from(pattern: str, is_engine: bool, kg: KnowledgeGraph) -> None:
    prefixes = "PREFIX from: <https://w3id.org/synthkg/ontology#> PREFIX a: <https://w3id.org/synthkg/ontology#>"
    store = kg.answering if is_engine else kg.store
    assert store.ask(f"{prefixes} ASK {{ {pattern} }}")


@pytest.mark.parametrize(
    "clause", ["FROMa:g ", "FROM:g", "FROM NAMED:g", "FROM#\n<urn:g>", "from a:x.from", "(1<'#'&&'>'='' AS ?x) FROM:g"]
)
def test_a_from_without_a_blank_is_one(clause: str) -> None:
    assert names_graphs(f"PREFIX a: <urn:> PREFIX : <urn:> SELECT ?s {clause} {{ ?s ?p ?o }}")


def test_the_columns_of_all_come_in_the_order_of_the_query(kg: KnowledgeGraph) -> None:
    assert kg.query("SELECT * WHERE { ?s ?p ?o } LIMIT 2").columns == ("s", "p", "o")
    assert kg.query("SELECT DISTINCT * { ?z ?b ?a BIND(1 AS ?c) } LIMIT 1").columns == ("z", "b", "a", "c")
    for head in ("select*", "select distinct*"):
        assert kg.query(f"{head}{{?z ?b ?a}}limit 1").columns == ("z", "b", "a")
    assert kg.query("SELECT ?o ?s WHERE { ?s ?p ?o } LIMIT 1").columns == ("o", "s")
    assert kg.query("SELECT (COUNT(*) AS ?n) { SELECT * { ?s ?p ?o } }").columns == ("n",)


@pytest.mark.parametrize(
    "token",
    ["a-", "'", '"', "'''", '"""', "\\'''", "'\\'", "<", "<a", "a:", "?a", "#", "SELECT ", "FROM ", "_:", "\\", "a:.", "1."],
)
def test_a_large_query_is_read_in_linear_time(token: str) -> None:
    def read(size: int) -> None:
        text = token * (size // len(token))
        for function in (outline, names_graphs, shows_all, is_construct):
            function(text)

    assert growth(read, 30_000, 10) < 30


# -- What a person is told


def test_an_unknown_query_suggests_only_what_gives_a_table() -> None:
    askable = {query.name for query in answerable()}
    with pytest.raises(UsageError, match="there is no saved query") as failure:
        find_query("zzzzzzzz")
    named = failure.value.message.partition("known: ")[2].partition(", …")[0].split(", ")
    assert set(named) <= askable
    with pytest.raises(UsageError, match='did you mean "lineage"'):
        find_query("linage")


def test_an_unknown_fact_is_told_with_those_that_there_are(kg: KnowledgeGraph) -> None:
    for fact in ("authors", "versions.preprint", "versions.preprint.date", "stages.fine-tuning"):
        assert len(kg.query("why", paper="tide-instruct", fact=fact)) > 0
    with pytest.raises(UsageError, match=r'there is no fact "author"; did you mean "authors"\?'):
        kg.query("why", paper="tide-instruct", fact="author")
    with pytest.raises(UsageError, match=r'there is no fact "venue"; known: authors, challenges, .* title, '):
        kg.query("why", paper="tide-instruct", fact="venue")


def test_a_description_is_for_who_asks() -> None:
    """Which engine needs what is a comment of the query."""
    for name in sorted(load_queries("examples", "views", "checks")):
        query = find_query(name)
        said = f"{query.summary} {query.header.get('description', '')}"
        for word in ("Virtuoso", "OPTIONAL", "subselect", "rdflib", "Oxigraph", "Comunica"):
            assert word.casefold() not in said.casefold(), name
