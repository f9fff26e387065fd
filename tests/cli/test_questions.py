"""Questions: the four forms of queries, what no query may do, and tables that a terminal can show."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pyoxigraph import Literal, RdfFormat, parse

import synthkg
from conftest import ROOT, TOY, Run
from servers import OxigraphServer
from synthkg.graph import OxigraphStore, Table, load_queries
from synthkg.views import FORMATS

DRIFT = "<https://w3id.org/synthkg/method/drift>"
SERVICE = "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"


@pytest.mark.parametrize(
    ("query", "answer"), [(f"ASK {{ {DRIFT} ?p ?o }}", "yes\n"), ("PREFIX a: <urn:a> ask where{a:b ?p ?o}", "no\n")]
)
def test_yes_or_no(query: str, answer: str, run: Run) -> None:
    done = run("query", query, "--data", TOY)
    assert (done.status, done.stdout, done.stderr) == (0, answer, "")
    found = json.loads(run("query", query, "--data", TOY, "--format", "json").stdout)
    assert found == {"head": {}, "boolean": answer == "yes\n"}


def test_a_description_is_turtle(run: Run) -> None:
    done = run("query", f"DESCRIBE {DRIFT}", "--data", TOY)
    triples = list(parse(done.stdout.encode(), format=RdfFormat.TURTLE))
    assert {str(triple.subject) for triple in triples} == {DRIFT}
    assert len(triples) >= 3


def test_all_forms_at_an_endpoint(oxigraph: OxigraphServer, run: Run) -> None:
    assert run("query", "ASK { ?s ?p ?o }", "--endpoint", oxigraph.query).stdout in ("yes\n", "no\n")
    assert run("query", "DESCRIBE <urn:nothing>", "--endpoint", oxigraph.query).status == 0


def test_prefixes_are_known_and_terms_that_are_none_are_told(oxigraph: OxigraphServer, run: Run) -> None:
    text = "SELECT ?x { ?x a synthkg:Methd ; dcterms:title ?title }"
    done = run("query", text, "--data", TOY)
    assert (done.status, done.stdout) == (0, "x\n")
    assert 'there is no synthkg:Methd; did you mean "Method"?' in done.stderr
    assert run("query", text.replace("Methd", "Method"), "--data", TOY).stdout.count("\n") > 1
    assert run("query", text, "--endpoint", oxigraph.query).status == 0


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (("ASK {}", "--format", "csv"), "ASK gives yes or no; leave out --format or write --format table or json"),
        (("ASK {}", "--limit", "1"), "--columns and --limit are for SELECT, not for ASK"),
        (("DESCRIBE <urn:x>", "--format", "csv"), "DESCRIBE gives triples; leave out --format or write --format ttl"),
        ((SERVICE,), "SERVICE asks another server, and a query of this graph uses no network"),
        (("CONSTRUCT { ?s ?p ?o } { service <urn:x> { ?s ?p ?o } }",), "SERVICE asks another server"),
    ],
)
def test_what_is_refused(line: tuple[str, ...], words: str, run: Run) -> None:
    done = run("query", *line, "--data", TOY)
    assert (done.status, done.stdout) == (2, "")
    assert words in done.stderr


def test_a_stranger_s_page_or_query_asks_no_server(tmp_path: Path, run: Run) -> None:
    (tmp_path / "q.rq").write_text(SERVICE)
    (tmp_path / "page.md").write_text(f"```console\n$ synthkg query '{SERVICE}'\n```\n")
    for line in (("query", tmp_path / "q.rq"), ("fill", tmp_path / "page.md")):
        done = run(*line, "--data", TOY)
        assert done.status == 2
        assert "SERVICE asks another server" in done.stderr


def test_a_word_that_is_no_keyword_is_no_service(run: Run) -> None:
    done = run("query", 'SELECT ("SERVICE" AS ?service) { BIND(<urn:SERVICE> AS ?x) } # SERVICE', "--data", TOY)
    assert (done.status, done.stdout) == (0, "service\nSERVICE\n")


@pytest.mark.parametrize(
    ("sparql", "told"),
    [
        ("SELECT ?x { ?x a foo:Paper }", "error at 1:18: the prefix foo: has no PREFIX line"),
        ("SELECT ?x {\n  ?x a synthkg:Paper ; :b 1 }", "error at 2:24: the prefix : has no PREFIX line"),
        ("PREFIX kg: <urn:kg>\nASK { FILTER(kg:a = 'x:y' && ex:fn(1)) }", "error at 2:30: the prefix ex: has no PREFIX line"),
        ("SELECT ?x { ?x foo:a/foo:b ?y }", "error at 1:16: the prefix foo: has no PREFIX line"),
        ("SELEKT ?x { ?x a foo:Paper }", "error at 1:10: expected"),
        ("ASK {\n  <a> <urn:b> <c> }", "error at 2:3: <a> is no whole IRI, and there is no BASE line"),
        ("BASE <urn:x> ASK { <a> <b> <c> ", "error at 1:32: expected"),
        ("ASK { ?s ?p ?o FILTER(?a<?b&&?c>?d) }}", "error at 1:39: expected"),
        ("ASK { ?s ?p ?o FILTER(IF(?a<1,?b>2,false)) }}", "error at 1:46: expected"),
        ("SELECT ?x { ?s ?p ?o } ORDER BY", 'error at 1:32: expected one of "$", "(", ":", "<", "?", a letter\n'),
        ("SELECT ?x { ?s ?p ?o } LIMIT x", "error at 1:30: expected one of HAVING, OFFSET, OPTIONAL, VALUES, a digit\n"),
        ("ASK { ?s ?p ?o . } }", "error at 1:21: expected something else, here or before it\n"),
        ("ASK { ?s ?p ?o FILTER(1<2&&3>2) ?s <a> ?o }", "error at 1:36: <a> is no whole IRI"),
        ("SELECT * { ?x a ?y } GROUP BY ?y", "error at 1:33: SELECT * is not authorized with GROUP BY\n"),
        ("ASK { <urn:a b> ?b ?c }", "error at 1:16: IRI parsing failed\n"),
    ],
)
def test_the_cause_is_named_where_it_is_known(sparql: str, told: str, run: Run) -> None:
    done = run("query", "-", "--data", TOY, stdin=sparql)
    assert done.status == 2
    assert f"not SPARQL: {told}" in done.stderr


def test_a_default_is_said(run: Run) -> None:
    """An answer about somebody else's example looks right."""
    done = run("query", "papers-by-concept", "-p", "stage=fine-tuning", "-p", "domain=science", "-p", "says=fact", "--data", TOY)
    assert done.stderr == ""
    done = run("query", "lineage", "--data", ROOT / "data")
    assert done.stderr == "method=self-instruct (default)\n"


@pytest.fixture(scope="module")
def toy_store() -> OxigraphStore:
    store = synthkg.open(TOY).store
    assert isinstance(store, OxigraphStore)
    return store


URL = "https://huggingface.co/datasets/somebody/a-rather-long-name-of-a-data-set-v1"
WIDE = f"""SELECT ?one ?two ?url {{ VALUES (?one ?two ?url) {{
  ("{"words of a title " * 6}" "{"more words, of another column " * 4}" "{URL}") ("short" "short" "short")
}} }}"""


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_tables_fit_the_terminal(width: int, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    heads = 'SELECT ?x ?aColumnOfALongName ?publishedIn ?another { VALUES (?x ?publishedIn) { ("' + "word " * 40 + '" "2023") } }'
    word = 'SELECT ("' + "method/of-many-words" * 9 + '" AS ?one) ("' + "a b " * 60 + '" AS ?two) ?three ?four ?five ?six {}'
    for line in ((WIDE,), (heads,), (word,), ("lineage", "-p", "method=tide-instruct")):
        table = run("query", *line, "--data", TOY, "--format", "table").stdout
        long = [text for text in table.splitlines() if len(text) > width and "://" not in text]
        assert long == []
    assert URL in run("query", WIDE, "--data", TOY, "--format", "table").stdout, "an address is whole, to be clicked"


@pytest.mark.parametrize(
    ("needs", "widths"),
    [
        ((200, 200), (39, 39)),
        ((200, 200, 200, 200), (18, 18, 19, 19)),
        ((200, 10, 200), (33, 10, 33)),
        ((30, 200, 30), (25, 25, 25)),
        ((20, 30), (20, 30)),
    ],
)
def test_columns_that_need_as_much_have_the_same_room(
    needs: tuple[int, ...], widths: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a short column leaves, the long ones share; none is wider than its text."""
    monkeypatch.setenv("COLUMNS", "80")
    row = tuple(Literal(f"{'a ' * (need // 2 - 1)}aa") for need in needs)
    rule = FORMATS["table"](Table(tuple("abcd"[: len(needs)]), [row])).splitlines()[1]
    assert [len(dashes) for dashes in rule.split()] == pytest.approx(widths, abs=1)


@pytest.mark.parametrize("width", [60, 80])
def test_every_saved_query_fits_the_terminal(width: int, monkeypatch: pytest.MonkeyPatch, toy_store: OxigraphStore) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for query in load_queries("examples").values():
        long = [text for text in FORMATS["table"](query.rows(toy_store)).splitlines() if len(text) > width and "://" not in text]
        assert long == [], query.name


def test_rows_that_do_not_fit_are_records(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    table = run("query", WIDE, "--data", TOY, "--format", "table").stdout
    assert [line for line in table.splitlines() if line.strip().endswith(URL)]
    assert table.endswith("\n\none  short\ntwo  short\nurl  short\n2 rows\n")


def test_a_terminal_is_not_steered(run: Run) -> None:
    sparql = 'SELECT ("a\\u001B[2Jb\\u202Ec\\u009Bd" AS ?x) {}'
    done = run("query", sparql, "--data", TOY, "--format", "table")
    assert done.stdout == "x\n------------------------\na\\x1b[2Jb\\u202ec\\x9bd\n1 row\n".replace(
        "-" * 24, "-" * len("a\\x1b[2Jb\\u202ec\\x9bd")
    )
    done = run("show", "a\x1b[2Jb", "--data", TOY)
    assert done.stderr.startswith('there is no "a\\x1b[2Jb"')


@pytest.mark.parametrize("form", [
    "INSERT DATA { <urn:a> <urn:a> 1 }", "PREFIX a: <urn:a> DELETE WHERE { a:b a:c ?o }", "LOAD <urn:a>", "clear ALL",
    "DROP GRAPH <urn:a>", "CREATE GRAPH <urn:a>", "ADD <urn:a> TO <urn:b>", "MOVE <urn:a> TO <urn:b>", "COPY <urn:a> TO <urn:b>",
    "WITH <urn:a> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
])  # fmt: skip
def test_an_update_is_told_as_one(form: str, run: Run) -> None:
    done = run("query", form, "--data", TOY)
    assert (done.status, done.stderr) == (2, "synthkg: not SPARQL: this is an update, and a query changes nothing\n")


def test_a_query_may_begin_with_a_byte_order_mark(tmp_path: Path, run: Run) -> None:
    (tmp_path / "one.rq").write_bytes(b"\xef\xbb\xbf#+ summary: One.\nSELECT (1 AS ?x) {}")
    assert run("query", tmp_path / "one.rq", "--data", TOY, "--format", "csv").stdout == "x\n1\n"


@pytest.mark.parametrize("name", ["one.sparql", "one", "one.rq"])
def test_a_query_may_be_in_a_file_of_any_name(name: str, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text("SELECT (1 AS ?x) {}")
    assert run("query", f"./{name}", "--data", TOY, "--format", "csv").stdout == "x\n1\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("SELECT ?x\nWHERE { ?x a }", "bad.rq:2:15: not SPARQL: expected"),
        ("ASK {\n <a> a ?x }", "bad.rq:2:2: not SPARQL: <a> is no whole IRI"),
        ("CONSTRUCT { }", "bad.rq:1:"),
        ("# nothing\n", "bad.rq: not SPARQL: there is no query in it"),
        ("DROP ALL", "bad.rq: not SPARQL: this is an update"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_its_name(text: str, told: str, tmp_path: Path, run: Run) -> None:
    (tmp_path / "bad.rq").write_text(text)
    done = run("query", tmp_path / "bad.rq", "--data", TOY)
    assert (done.status, done.stdout) == (2, "")
    assert f"/{told}" in done.stderr


def test_a_parameter_has_one_value(run: Run) -> None:
    done = run("query", "lineage", "-p", "method=ebb", "-p", "method=drift", "--data", TOY)
    assert (done.status, done.stderr) == (2, 'synthkg: the parameter "method" is given twice\n')


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("list=nope", 'there is no list "nope"; known: tides'),
        ("snapshot=9", 'there is no snapshot "9"; known: 2024-01-31, 2024-03-01, first, latest'),
    ],
)
def test_a_view_of_what_is_not_there_is_told(value: str, told: str, run: Run) -> None:
    done = run("view", "published", "-p", value, "--data", TOY)
    assert (done.status, done.stdout, done.stderr) == (2, "", f"synthkg: {told}\n")
    asked = run("query", "published", "-p", value, *(() if "list=" in value else ("-p", "list=tides")), "--data", TOY)
    assert (asked.status, asked.stdout, asked.stderr.splitlines()[-1]) == (2, "", f"synthkg: {told}")


def test_a_view_that_is_a_page_is_printed_as_one_where_no_format_is_asked_for(run: Run) -> None:
    page, asked = (run(*call, "--data", TOY) for call in (("view", "published"), ("query", "published", "-p", "list=tides")))
    assert (asked.status, asked.stdout) == (0, page.stdout)
    assert run("query", "published", "-p", "list=tides", "--data", TOY, "--format", "csv").stdout.startswith("text\n")


def test_a_list_that_is_matched_does_not_steer_a_terminal(tmp_path: Path, run: Run) -> None:
    document = tmp_path / "list.md"
    document.write_text("- [Learning the \x9b2JRivers of the\u202e North](https://arxiv.org/abs/2399.00001)\n- [a\x9bb](c:d)\n")
    said = run("match", document, "--data", TOY).stdout
    assert "Learning the \\x9b2JRivers of the\\u202e North" in said
    assert not re.search("[\x1b\x9b\u202e]", said)


def test_a_difference_does_not_steer_a_terminal(tmp_path: Path, run: Run) -> None:
    paper, title = "https://w3id.org/synthkg/paper/tide", "http://purl.org/dc/terms/title"
    kind = f"<{paper}> a <https://w3id.org/synthkg/ontology#Paper> ."
    for name, words in (("old", "Tides"), ("new", "Tides\\u001B[2J")):
        (tmp_path / f"{name}.ttl").write_text(f'{kind} <{paper}> <{title}> "{words}" .', "utf-8")
    said = run("diff", tmp_path / "old.ttl", tmp_path / "new.ttl").stdout
    assert "Tides\\x1b[2J" in said
    assert "\x1b" not in said


def test_what_a_query_takes_by_default_is_there_in_any_graph(run: Run, toy: Path) -> None:
    """Ours where it is there, else the first that is; and what hangs on that has none."""
    done = run("query", "history", "--data", toy)
    assert (done.status, done.stderr) == (0, "list=tides (default)\n")
    assert "-p list=tides\t" in run("query", "history", "--describe", "--data", toy).stdout
    done = run("query", "why", "--data", toy)
    assert (done.status, done.stderr) == (2, 'paper=tide-instruct (default)\nsynthkg: the query "why" needs a fact: -p fact=…\n')
