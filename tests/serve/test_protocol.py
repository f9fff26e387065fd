"""The SPARQL 1.1 Protocol, case by case, against a real server; and the programs that speak it."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pyoxigraph
import pytest
import yaml
from pyoxigraph import NamedNode
from rdflib import RDFS, Graph, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, RDFXML, TSV, TURTLE, XML, SPARQLWrapper

from servers import Answer, Synthkg, start_synthkg
from synthkg.endpoints import EndpointStore
from synthkg.graph import OxigraphStore, load_queries

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("protocol.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synthkg]:
    """A server of three graphs with one triple each."""
    dump = tmp_path_factory.mktemp("three") / "three.nq"
    dump.write_text("".join(f"<urn:s{n}> <urn:p> <urn:o{n}> <http://example.org/g{n}> .\n" for n in (1, 2, 3)), "utf-8")
    yield from start_synthkg(dump)


def filled(text: str) -> str:
    """The text with what is in (outer) braces percent-encoded."""
    parts, depth, inside = [], 0, ""
    for character in text:
        depth -= character == "}"
        if depth == 0 and inside and character == "}":
            parts.append(quote(inside, safe=""))
            inside = ""
        elif depth > 0:
            inside += character
        elif character not in "{}":
            parts.append(character)
        depth += character == "{"
    return "".join(parts) + quote(inside, safe="")


def ask(server: Synthkg, case: dict[str, Any]) -> Answer:
    method, _, path = case["request"].partition(" ")
    body = None
    if "bytes" in case:
        body = bytes.fromhex(case["bytes"])
    elif "text" in case:
        body = case["text"].encode()
    elif "body" in case:
        body = filled(case["body"]).encode()
    return server.ask(filled(path), method, body, case.get("headers", {}))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(three: Synthkg, case: dict[str, Any]) -> None:
    answer = ask(three, case)
    status = str(case["status"])
    assert re.fullmatch(status.replace("x", r"\d"), str(answer.status)), answer
    assert answer.headers["access-control-allow-origin"] == "*"
    if "type" in case:
        assert answer.headers["content-type"] == case["type"]
        assert "accept" in answer.headers["vary"].lower()
    if "boolean" in case:
        assert json.loads(answer.body) == {"head": {}, "boolean": case["boolean"]}
    if "holds" in case:
        assert case["holds"] in answer.body.decode()
    if case.get("empty"):
        assert answer.body == b""
        assert answer.headers["content-length"] != "0"
    if answer.status >= 400:
        assert re.match(r"text/plain", answer.headers["content-type"])
        assert len(answer.body.split()) > 2, "a refusal says why"


def test_nothing_was_changed(three: Synthkg) -> None:
    asked = three.ask("/sparql?" + urlencode({"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"}), headers={"Accept": "text/csv"})
    assert asked.body == b"n\r\n3\r\n"


def test_the_preflight_allows_what_clients_send(three: Synthkg) -> None:
    answer = three.ask("/sparql", "OPTIONS", headers={"Origin": "https://example.org"})
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert "content-type" in answer.headers["access-control-allow-headers"].lower()


def test_the_description_names_the_endpoint_and_every_graph(served: Synthkg, three: Synthkg, real_dist: Path) -> None:
    """And none that is not there: the dump may be anybody's."""
    quads = pyoxigraph.parse(path=real_dist / "synthkg.nq", format=pyoxigraph.RdfFormat.N_QUADS)
    assert described(served) == ({quad.graph_name.value for quad in quads if isinstance(quad.graph_name, NamedNode)}, [])
    assert described(three) == ({f"http://example.org/g{n}" for n in (1, 2, 3)}, [])


@pytest.mark.parametrize(("graphs", "words"), [(0, []), (10_001, ["Its 10001 named graphs are not listed here."])])
def test_the_description_names_no_graph_where_there_is_none_or_there_are_too_many(
    tmp_path: Path, graphs: int, words: list[str]
) -> None:
    dump = tmp_path / "dump.nq"
    dump.write_text("<urn:s> <urn:p> <urn:o> .\n" + "".join(f"<urn:s> <urn:p> <urn:o> <urn:g{n}> .\n" for n in range(graphs)))
    for server in start_synthkg(dump):
        assert described(server) == (set(), words)


def described(server: Synthkg) -> tuple[set[str], list[str]]:
    """The named graphs of which an endpoint tells, and what it says in words."""
    graph = Graph().parse(data=server.ask("/sparql").body, format="turtle")
    sd = "http://www.w3.org/ns/sparql-service-description#"
    assert [str(each) for each in graph.objects(predicate=URIRef(f"{sd}endpoint"))] == [f"{server.base}/sparql"]
    named = {str(graph.value(node, URIRef(f"{sd}name"))) for node in graph.objects(predicate=URIRef(f"{sd}namedGraph"))}
    return named, [str(each) for each in graph.objects(predicate=RDFS.comment)]


# -- Programs that speak it


def test_every_saved_query_gives_the_rows_of_the_store(served: Synthkg, dump_store: OxigraphStore) -> None:
    store, endpoint = dump_store, EndpointStore(f"{served.base}/sparql", retries=0)
    compared = 0
    for name, query in load_queries("examples", "views").items():
        if all(parameter.default is not None for parameter in query.parameters):
            assert query.rows(endpoint) == query.rows(store), name
            compared += 1
    assert compared > 60


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # SPARQLWrapper 2.0 with rdflib 7
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sparqlwrapper(served: Synthkg, method: str) -> None:
    wrapper = SPARQLWrapper(f"{served.base}/sparql")
    wrapper.setMethod(method)
    wrapper.setQuery("SELECT ?s WHERE { ?s a <https://w3id.org/synthkg/ontology#Paper> } ORDER BY ?s LIMIT 3")
    for form in (JSON, XML, CSV, TSV):
        wrapper.setReturnFormat(form)
        found: Any = wrapper.query().convert()
        text = found.toxml() if form == XML else found.decode() if isinstance(found, bytes) else json.dumps(found)
        assert text.count("https://w3id.org/synthkg/paper/") == 3, form
    wrapper.setQuery("CONSTRUCT { ?s a ?c } WHERE { ?s a ?c } LIMIT 5")
    for form in (TURTLE, RDFXML):
        wrapper.setReturnFormat(form)
        found = wrapper.query().convert()
        graph = found if isinstance(found, Graph) else Graph().parse(data=found, format="turtle")
        assert len(graph) == 5, form
    wrapper.setQuery("ASK { ?s ?p ?o }")
    wrapper.setReturnFormat(JSON)
    assert wrapper.query().convert()["boolean"] is True  # type: ignore[index, call-overload]


def test_rdflib_as_a_store(served: Synthkg) -> None:
    graph = Graph(SPARQLStore(f"{served.base}/sparql"), bind_namespaces="none")
    paper = URIRef("https://w3id.org/synthkg/paper/self-instruct")
    assert str(graph.value(paper, URIRef("http://purl.org/dc/terms/title"))).startswith("Self-Instruct")
    rows = list(graph.query("SELECT (COUNT(*) AS ?n) WHERE { ?s a <https://w3id.org/synthkg/ontology#Paper> }"))
    assert int(rows[0][0]) > 100  # type: ignore[index, arg-type]


def test_curl(served: Synthkg) -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.fail("CURL IS NOT INSTALLED: sh tools/system.sh tests")
    query = "SELECT (COUNT(*) AS ?n) WHERE { ?s a <https://w3id.org/synthkg/ontology#Method> }"
    for arguments in (["-G", "--data-urlencode", f"query={query}"], ["--data-urlencode", f"query={query}"]):
        command = [curl, "-sS", "--compressed", "-H", "Accept: text/csv", *arguments, f"{served.base}/sparql"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert re.fullmatch(r"n\s+\d+\s+", done.stdout)


YASGUI = [
    ("SELECT * WHERE { ?s ?p ?o } LIMIT 10", "application/sparql-results+json,*/*;q=0.9", "application/sparql-results+json"),
    ("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 10", "application/n-triples,*/*;q=0.9", "application/n-triples"),
    ("DESCRIBE <https://w3id.org/synthkg/paper/self-instruct>", "text/turtle,*/*;q=0.9", "text/turtle; charset=utf-8"),
]


@pytest.mark.parametrize(("query", "accept", "kind"), YASGUI, ids=["rows", "triples", "description"])
def test_what_yasgui_sends(served: Synthkg, query: str, accept: str, kind: str) -> None:
    """A form by POST from a page of another site: https://github.com/zazuko/Yasgui, packages/yasqe/src/sparql.ts."""
    headers = {
        "Origin": "https://yasgui.example.org",
        "Accept": accept,
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
    }
    answer = served.ask("/sparql", "POST", urlencode({"query": query}).encode(), headers)
    assert (answer.status, answer.headers["content-type"]) == (200, kind)
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_connection_is_kept(served: Synthkg) -> None:
    connection = http.client.HTTPConnection(served.host, timeout=20)
    for _ in range(3):
        connection.request("GET", "/sparql?query=ASK%20%7B%7D")
        response = connection.getresponse()
        assert response.read() == b'{"head":{},"boolean":true}'
        assert not response.will_close
    connection.close()
