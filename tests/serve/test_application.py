"""The application as a server calls it, over a graph of a few triples: what each address answers, to the letter."""

from __future__ import annotations

import gzip
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any
from unittest.mock import Mock
from urllib.parse import quote
from wsgiref.util import setup_testing_defaults
from xml.etree import ElementTree

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from servers import Answer
from synthkg.engine import EngineStore, Reply
from synthkg.errors import UnreadableError
from synthkg.graph import find_query, load_queries
from synthkg.graph.formats import summed
from synthkg.model import BASE, NAMESPACE
from synthkg.serve import app
from synthkg.serve.app import Application
from synthkg.serve.engine import Graph, Limits, Served
from synthkg.serve.files import Folder
from synthkg.serve.http import Request
from synthkg.serve.pages import query_page

TITLE = "http://purl.org/dc/terms/title"
DUMP = f"""
<{BASE}paper/tide> <{TITLE}> "Tides <1>" .
<{BASE}paper/tide> <{NAMESPACE}gloss> "Gezeiten"@de .
<{BASE}paper/tide> <{NAMESPACE}version> <{BASE}paper/tide/version/one> .
<{BASE}paper/tide/version/one> <{NAMESPACE}pages> "{"1" * 1_000}" .
<{BASE}method/ebb> <{NAMESPACE}introducedIn> <{BASE}paper/tide> .
<{BASE}paper/drift> <{NAMESPACE}cites> <{BASE}paper/tide> .
<{BASE}paper/drift> <{TITLE}> "Drift" .
<{BASE}paper/drift> <{NAMESPACE}formerly> <{BASE}paper/flood> .
<{BASE}paper/drift> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{NAMESPACE}Paper> .
<{BASE}venue/sea> <{TITLE}> "Sea" .
<{BASE}paper/digit> <http://x/1> "v" .
<{BASE}paper/control> <{TITLE}> "\\u0001" .
<{BASE}paper/return> <{TITLE}> "a\\rb" .
""" + "".join(f"<{BASE}paper/wave{number}> <{NAMESPACE}venue> <{BASE}venue/sea> .\n" for number in range(207))
Ask = Callable[..., Answer]


def sent(file: IO[bytes]) -> list[bytes]:
    """What a server sends of a file."""
    with file:
        return [file.read()]


@pytest.fixture(scope="module")
def tides(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    dump = tmp_path_factory.mktemp("served") / "tides.nt"
    dump.write_text(DUMP, "utf-8")
    served = Served(lambda: dump, Limits(workers=1), lambda line: None)
    yield served
    served.close()


@pytest.fixture(scope="module")
def ask(tides: Served) -> Ask:
    """Calls the application: a path, a method, a body and headers -> its answer."""
    return asking(Application(tides))


def asking(application: Application) -> Ask:
    def asked(address: str, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
        path, _, query = address.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "wsgi.input": io.BytesIO(body),
            "wsgi.file_wrapper": sent,
        }
        setup_testing_defaults(environ)
        environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        said: list[Any] = []
        parts = application(environ, lambda status, headers: said.extend((status, headers)))
        return Answer(int(said[0].split()[0]), {name.lower(): value for name, value in said[1]}, b"".join(parts))

    return asked


def test_a_preview_shows_text_as_text(tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script>"
    dump = tmp_path / "hostile.nt"
    dump.write_text(f'''<{BASE}method/x> <{TITLE}> "{hostile} A" .
<{BASE}method/x> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{NAMESPACE}Method> .
<{BASE}method/x> <http://www.w3.org/2004/02/skos/core#definition> "{hostile} B" .
''')
    served = Served(lambda: dump, Limits(workers=1), lambda line: None)
    page = asking(Application(served))("/reconcile/preview?id=method/x").body.decode()
    served.close()
    assert "<script" not in page
    assert {text for text in "AB" if f"&lt;script&gt;alert(1)&lt;/script&gt; {text}" in page} == {"A", "B"}


@pytest.mark.parametrize("fault", [UnreadableError("it is broken"), MemoryError(), KeyError("unforeseen")])
def test_whatever_a_new_dump_breaks_the_old_graph_is_served_on(fault: Exception, tmp_path: Path) -> None:
    dump = tmp_path / "tides.nt"
    dump.write_text(DUMP, "utf-8")
    told: list[str] = []
    source = Mock(side_effect=[dump, fault])
    served = Served(source, Limits(workers=1), told.append)
    try:
        assert not served.reload()
        assert served.trouble in told[0]
        assert served.trouble
        with served.lease() as graph:
            assert graph.triples == DUMP.count("\n") - 1
    finally:
        served.close()


def test_a_release_whose_description_cannot_be_read_is_told_in_words(tmp_path: Path) -> None:
    dump = tmp_path / "tides.nt"
    dump.write_text(DUMP, "utf-8")
    (tmp_path / "void.ttl").write_text('<urn:a> <urn:b> "café" .', "latin-1")
    (tmp_path / "SHA256SUMS").write_text(f"{summed(tmp_path / 'void.ttl')}  void.ttl\n")
    served = Served(lambda: dump, Limits(workers=1), lambda line: None)
    answer = asking(Application(served))("/.well-known/void")
    served.close()
    assert (answer.status, answer.headers["content-type"]) == (500, "text/plain; charset=utf-8")
    assert answer.body.startswith(b"broken dump: ")


def test_triples_that_count_several_times_are_told(tmp_path: Path) -> None:
    dump = tmp_path / "twice.nq"
    dump.write_text("".join(f"<urn:s> <urn:p> <urn:o> <urn:g{n}> .\n" for n in (1, 2)), "utf-8")
    told: list[str] = []
    Served(lambda: dump, Limits(workers=1), told.append).close()
    assert ["a triple in several graphs" in line for line in told] == [True]


def test_a_graph_of_another_field_is_called_after_its_list(tmp_path: Path) -> None:
    dump = tmp_path / "tides.nt"
    said = f"<{BASE}list/tides> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{NAMESPACE}List> ."
    said += f"\n<{BASE}ontology> <http://purl.org/dc/terms/source> <{BASE}list/data-synthesis-using-llms> ."
    dump.write_text(f'{DUMP}{said}\n<{BASE}list/tides> <http://purl.org/dc/terms/title> "Papers on tides" .\n', "utf-8")
    served = Served(lambda: dump, Limits(workers=1), lambda line: None)
    ask = asking(Application(served))
    home, description = ask("/").body.decode(), ask("/dataset.ttl").body.decode()
    lineage, history = ask("/query/lineage.html"), ask("/query/history.html")
    leads = [ask(f"/dataset/{name}").status for name in ("Papers-on-tides", "Papers-on-ebb")]
    ontology = ask("/ontology.html").body.decode()
    services = [json.loads(ask(address).body)["name"] for address in ("/reconcile", "/reconcile/v1")]
    served.close()
    assert services == ["Papers on tides, a knowledge graph of scholarly works"] * 2
    assert '<h1 dir="auto">Papers on tides</h1>\n<p><bdi>Papers on tides, a knowledge graph of scholarly works</bdi>: ' in home
    assert 'name="text" required>' in home, "no word of ours stands in the form"
    assert f"<{BASE}dataset/Papers-on-tides> " in description
    assert leads == [303, 404]
    assert f'href="{BASE}list/data-synthesis-using-llms"' in ontology, "what it was made for is elsewhere"
    assert f"<{BASE}dataset>" not in description
    assert (lineage.status, history.status) == (200, 200)
    assert b"Fill in the form to ask" in lineage.body, "there is no method to begin with"
    assert "<option selected>tides" in history.body.decode()


def test_each_page_has_its_icon_with_it(ask: Ask) -> None:
    for address in ("/", "/sparql", "/query/", "/query/lineage.html", "/paper/tide.html", "/nothing"):
        page = ask(address, accept="text/html")
        assert page.body.decode().count('<link rel="icon" href="data:image/svg+xml,') == 1, address
        assert "img-src 'self' data:" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("address", "accept", "page", "is_own"),
    [
        ("/nothing", "text/html", "<h1>Lost</h1>", True),
        ("/paper/none.html", "text/html", '<link href="/assets/site.css"><h1>Lost</h1>', True),
        ("/nothing", "*/*", "<h1>Lost</h1>", False),
        ("/query/lineag.html", "text/html", "<h1>Lost</h1>", False),
        ("/nothing", "text/html", '<link href="/kg/assets/site.css"><h1>Lost</h1>', False),
        ("/nothing", "text/html", "", False),
    ],
    ids=["page", "thing", "program", "query", "of another path", "none"],
)
def test_what_a_site_has_not_is_told_on_its_own_page(
    tides: Served, address: str, accept: str, page: str, is_own: bool, tmp_path: Path
) -> None:
    if page:
        (tmp_path / "404.html").write_text(page)
    answer = asking(Application(tides, Folder(tmp_path)))(address, accept=accept)
    assert (answer.status, answer.body.decode() == page) == (404, is_own)
    assert "did you mean" in answer.body.decode() or "query" not in address


def test_a_page_tells_what_points_at_its_thing(ask: Ask) -> None:
    page = ask("/paper/tide.html").body.decode()
    shown = re.findall(r'<tr><td dir="auto"><a href="([^"]*)">.*?</td><td dir="auto"><a href="([^"]*)">', page)
    assert shown == [("/paper/drift.html", "/ontology.html#cites"), ("/method/ebb.html", "/ontology.html#introducedIn")]


def test_a_page_shows_texts_as_they_are_and_their_language(ask: Ask) -> None:
    page = ask("/paper/tide.html").body.decode()
    assert '<h1 dir="auto">Tides &lt;1&gt;</h1>' in page
    assert re.findall(r'<td dir="auto">(.*)</td></tr>\n(?=<tr><th|</tbody>)', page)[:2] == [
        "Tides &lt;1&gt;",
        '<span lang="de">Gezeiten</span>',
    ]
    assert re.findall(r'<section(?: id="([^"]*)")?>', page) == ["", "version/one", ""]


def test_a_form_suggests_so_many_values_and_says_of_how_many() -> None:
    query = find_query("lineage")
    at = Request("GET", "/")
    pages = (query_page(at, query, lambda _, n=n: [f"m{i}" for i in range(n)], {}, "", "", "") for n in (600, 1_500))  # type: ignore[misc]
    few, many = (page.decode() for page in pages)
    assert (few.count("<option"), few.count("suggested")) == (600, 0)
    assert (many.count("<option"), many.count("1,000 of 1,500 are suggested")) == (1_000, 1)


def test_a_query_about_what_the_graph_has_not_names_no_example(ask: Ask) -> None:
    assert ask("/query/published.ttl").status == 404
    assert "text/turtle" not in ask("/query/published.html").body.decode()


def test_each_query_can_be_asked_of_a_graph_that_its_defaults_are_not_in(toy_dist: Path) -> None:
    served = Served(lambda: toy_dist / "synthkg.nq", Limits(workers=1), lambda line: None)
    ask_toy = asking(Application(served))
    pages = {name: ask_toy(f"/query/{name}.html") for name in load_queries("examples", "views")}
    assert {page.status for page in pages.values()} == {200}
    lineage = pages["lineage"].body.decode()
    assert "Fill in the form to ask." not in lineage
    assert "<option selected>drift</option>" in lineage
    assert 'value="alpagasus"' not in pages["artifacts-of"].body.decode()
    assert ask_toy("/query/lineage.html?method=self-instruct").status == 400
    served.close()


def test_pages_that_count_the_graph_are_asked_for_once(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = ["/", "/query/counts.html"]
    first = [ask(page).body for page in pages]
    monkeypatch.setattr(EngineStore, "select", None)
    assert [ask(page).body for page in pages] == first


def test_a_page_says_how_much_of_a_long_text_it_shows(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"/sparql?query={quote(f'DESCRIBE <{BASE}paper/tide>')}"
    whole = ask(address, accept="text/turtle").body
    assert "bytes are shown" not in ask(address, accept="text/html").body.decode()
    monkeypatch.setattr(app, "_SHOWN_BYTES", 10)
    assert f"The first 10 of {len(whole):,} bytes are shown" in ask(address, accept="text/html").body.decode()


def test_a_page_says_how_much_of_what_points_at_a_thing_it_shows(ask: Ask) -> None:
    assert "What points here</h2>\n<table>" in ask("/paper/tide.html").body.decode()
    page = ask("/venue/sea.html").body.decode()
    assert "<p>200 of 207 are shown.</p>" in page
    assert len(set(re.findall(r"paper/wave[0-9]+", page))) == 200


@pytest.mark.parametrize(
    ("path", "accept", "to"),
    [
        ("/paper/tide", "text/html", "/paper/tide.html"),
        ("/paper/tide", "text/turtle", "/paper/tide.ttl"),
        ("/paper/tide?a=b", "application/n-triples", "/paper/tide.nt?a=b"),
        ("/paper/tide/version/one", "text/html", "/paper/tide.html#version/one"),
        ("/paper/tide/version/one", "text/turtle", "/paper/tide.ttl#version/one"),
    ],
)
def test_a_thing_leads_to_its_document_and_a_part_to_its_place_there(ask: Ask, path: str, accept: str, to: str) -> None:
    answer = ask(path, accept=accept)
    assert (answer.status, answer.headers["location"]) == (303, f"http://127.0.0.1{to}")
    assert answer.body.decode() == f"see http://127.0.0.1{to}\n"
    assert answer.headers["vary"].startswith("Accept,"), "caches keep one for each form"


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/health", 200, f"ok\n{DUMP.count(chr(10)) - 1} triples\n"),
        ("/ontology/shapes.ttl", 200, "shacl#NodeShape> "),
        ("/ontology/alignments.ttl", 200, "skos:"),
        ("/ontology/9.9.9.ttl", 404, "nothing is known of "),
        ("/paper/none.ttl", 404, f"nothing is known of {BASE}paper/none\n"),
        ("/paper/flood.ttl", 301, "see http://127.0.0.1/paper/drift.ttl\n"),
        ("/dump/none.nt", 404, "there is no such file to download\n"),
        ("/dump/tides.nt", 200, ""),
        ("/nothing", 404, "there is nothing at this address\n"),
        ("/metrics", 404, "there is nothing at this address\n"),
    ],
)
def test_addresses(ask: Ask, path: str, status: int, body: str) -> None:
    answer = ask(path)
    assert (answer.status, body in answer.body.decode()) == (status, True), answer


def test_every_page_is_headed_with_what_the_data_set_is_called(ask: Ask, tmp_path: Path) -> None:
    its, list_ = f"{BASE}dataset/Tides", f"<{BASE}list/tides>"
    listed = f'{list_} a <{NAMESPACE}List> ; <{TITLE}> "A list" .\n'
    (tmp_path / "tides.ttl").write_text(listed, "utf-8")
    for said, called in (
        ("", "A list"),
        (f'<x:void> <http://xmlns.com/foaf/0.1/primaryTopic> <{its}> . <{its}> <{TITLE}> "Tides & ebbs" .', "Tides &amp; ebbs"),
        (f"<x:void> <http://xmlns.com/foaf/0.1/primaryTopic> <{BASE}dataset> .", "synthkg"),
        ("<", "A list"),
    ):
        (tmp_path / "void.ttl").write_text(said, "utf-8")
        (tmp_path / "SHA256SUMS").write_text(f"{summed(tmp_path / 'void.ttl')}  void.ttl\n", "utf-8")
        served = Served(lambda: tmp_path / "tides.ttl", Limits(workers=1), lambda line: None)
        asked = asking(Application(served))
        for path in ("/", "/dump/", "/query/", "/sparql", "/query/counts.html", "/list/tides.html", "/none"):
            answer = asked(path, accept="text/html")
            assert f'<a href="/"><bdi>{called}</bdi></a>' in answer.body.decode(), (path, said, answer)
        served.close()


@pytest.mark.parametrize("path", ["/paper/tide.html", "/paper/tide.nt", "/sparql", "/style.css"])
def test_an_answer_is_packed_for_those_who_unpack_it(ask: Ask, path: str) -> None:
    plain = ask(path)
    assert "content-encoding" not in plain.headers
    assert len(plain.body) > 1_000
    for said, is_packed in (("gzip", True), ("br, gzip;q=0.5", True), ("gzip;q=0", False), ("br", False)):
        answer = ask(path, accept_encoding=said)
        assert ("content-encoding" in answer.headers) is is_packed
        assert (gzip.decompress(answer.body) if is_packed else answer.body) == plain.body
        assert answer.headers["content-length"] == str(len(answer.body))
        again = ask(path, accept_encoding=said, if_none_match=answer.headers["etag"])
        assert (again.status, again.body) == (304, b"")


def test_a_large_file_is_sent_as_it_lies(tmp_path: Path) -> None:
    """Packed, it would be in memory as a whole, once for each who asks."""
    for size, is_packed in ((100_000_000, True), (100_000_001, False)):
        with (tmp_path / "large.nt").open("wb") as file:
            file.truncate(size)
        folder = Folder(tmp_path)
        answer = folder.answer(Request("GET", "/", headers={"accept-encoding": "gzip"}), tmp_path / "large.nt")
        assert (answer.file is None) == is_packed
        if answer.file is not None:
            answer.file.close()
            assert answer.size == size


@pytest.mark.parametrize(
    ("query", "accept", "status", "kind", "body"),
    [
        ("ASK{}", None, 200, "application/sparql-results+json", '{"head":{},"boolean":true}'),
        ("ASK{}", "text/csv", 200, "text/csv; charset=utf-8", "true\n"),
        ("SELECT (1 AS ?n) {}", "text/csv", 200, "text/csv; charset=utf-8", "n\r\n1\r\n"),
        ("SELECT * {?s ?p 'Drift'}", "text/csv", 200, "text/csv; charset=utf-8", "s,p\r\n"),
        ("SELECT * {?z ?b 'Drift' BIND(1 AS ?a)}", None, 200, "application/sparql-results+json", '"vars":["z","b","a"]'),
        ("SELECT (1 AS ?n) {}", "text/tab-separated-values", 200, "text/tab-separated-values; charset=utf-8", "?n\n1\n"),
        ("SELECT (1 AS ?n) {}", "text/html", 200, "text/html; charset=utf-8", '<td dir="auto">1</td>'),
        ("SELECT (1 AS ?n) {}", "text/turtle", 406, "text/plain; charset=utf-8", "there is no such form; there are "),
        ("SELECT (1 AS ?n) {}", "image/png", 406, "text/plain; charset=utf-8", "there is no such form; there are "),
        ("CONSTRUCT WHERE {?s ?p 'Drift'}", "application/n-triples", 200, "application/n-triples", '"Drift" .\n'),
        ("CONSTRUCT WHERE {?s ?p 'Drift'}", "text/csv", 406, "text/plain; charset=utf-8", "there is no such form; there are "),
        ("SELEKT", None, 400, "text/plain; charset=utf-8", "not SPARQL: error at 1:7: expected"),
    ],
)
def test_an_answer_has_the_form_that_is_asked_for(
    ask: Ask, query: str, accept: str | None, status: int, kind: str, body: str
) -> None:
    answer = ask(f"/sparql?query={quote(query)}", **({"accept": accept} if accept else {}))
    assert (answer.status, answer.headers["content-type"]) == (status, kind)
    assert body in answer.body.decode()


@pytest.mark.parametrize("value", ["Drift", {"name": "Drift"}, {"id": "Drift"}, ["Drift"], {"name": "", "id": "Drift"}])
def test_what_is_asked_may_be_a_text_or_a_thing(ask: Ask, value: object) -> None:
    asked = {"queries": [{"conditions": [{"matchType": "name", "propertyValue": value}]}]}
    (found,) = json.loads(ask("/reconcile/v1/match", "POST", json.dumps(asked).encode()).body)["results"]
    assert [each["id"] for each in found["candidates"]] == ["paper/drift"]


@pytest.mark.parametrize(
    ("ending", "kind", "form"),
    [
        ("html", "text/html; charset=utf-8", None),
        ("ttl", "text/turtle; charset=utf-8", RdfFormat.TURTLE),
        ("nt", "application/n-triples", RdfFormat.N_TRIPLES),
        ("jsonld", "application/ld+json", RdfFormat.JSON_LD),
        ("rdf", "application/rdf+xml", RdfFormat.RDF_XML),
    ],
)
def test_a_document_is_of_the_type_that_it_says_and_names_its_other_forms(
    ask: Ask, ending: str, kind: str, form: RdfFormat | None
) -> None:
    for _ in ("made", "kept"):
        answer = ask(f"/paper/drift.{ending}")
        assert (answer.status, answer.headers["content-type"]) == (200, kind)
        if form is None:
            assert answer.body.startswith(b"<!DOCTYPE html>")
        else:
            title = Triple(NamedNode(f"{BASE}paper/drift"), NamedNode(TITLE), Literal("Drift"))
            assert title in [quad.triple for quad in parse(answer.body, format=form)]
        others = dict(re.findall(r'<([^>]*)>; rel="alternate"; type="([^"]*)"', answer.headers["link"]))
        assert others == {
            "/paper/drift.ttl": "text/turtle",
            "/paper/drift.nt": "application/n-triples",
            "/paper/drift.jsonld": "application/ld+json",
            "/paper/drift.rdf": "application/rdf+xml",
        }


@pytest.mark.parametrize(
    ("address", "method", "body", "status", "told"),
    [
        ("/reconcile?queries=%7B", "GET", b"", 400, "no JSON"),
        ("/reconcile?queries=[]", "GET", b"", 400, "write queries="),
        ('/reconcile?queries={"q":1}', "GET", b"", 400, 'a query is {"query"'),
        ('/reconcile?extend={"ids":1}', "GET", b"", 400, 'write {"ids"'),
        ('/reconcile?extend={"ids":[],"properties":[{"id":"no"}]}', "GET", b"", 400, "there is no property 'no'; there are "),
        ("/reconcile/v1/match", "GET", b"", 405, "this is asked with POST"),
        ("/reconcile/v1/match", "POST", b"{}", 400, 'write {"queries"'),
        ("/reconcile/v1/match", "POST", b'{"queries":[{}]}', 400, "a query has conditions"),
        ("/reconcile/v1/match", "POST", b'{"queries":[{"conditions":[]}]}', 400, "a query has conditions"),
        ("/reconcile/v1/match", "POST", b'{"queries":[{"conditions":[1]}]}', 400, "a condition has a matchType"),
        ("/reconcile/v1/match", "POST", b'{"queries":[{"conditions":[{"matchType":"name"}]}]}', 400, "a condition has a"),
        ("/reconcile/v1/match", "POST", b"\xff", 400, "no JSON"),
        ("/reconcile/v1/match", "POST", b"[" * 100_000, 400, "no JSON"),
        ('/reconcile?queries={"q":{"query":"x","limit":1e999}}', "GET", b"", 400, "no JSON"),
        ('/reconcile?queries={"q":{"query":"x","limit":NaN}}', "GET", b"", 400, "no JSON"),
        ('/reconcile?queries={"q":{"query":"%5Cud83d"}}', "GET", b"", 400, "no JSON"),
        *(
            (
                f'/reconcile?queries={{"q":{{"query":"x","limit":{limit}}}}}',
                "GET",
                b"",
                400,
                '"limit" is a whole number, 1 or more',
            )
            for limit in ("-1", "0", "2.5", "true", "[1]", '"a"', '"-1"')
        ),
        *(
            (f'/reconcile?queries={{"q":{{"query":"x",{member}}}}}', "GET", b"", 400, member.partition(":")[0])
            for member in (
                '"type":5',
                '"type":["Paper",5]',
                '"type":{"name":"Paper"}',
                '"properties":"authors"',
                '"properties":[5]',
                '"properties":[{"id":"authors","v":"x"}]',
                '"type_strict":"no"',
                '"type_strict":true',
                '"limit":"many"',
            )
        ),
        ('/reconcile?queries={"q":{"query":["x"]}}', "GET", b"", 400, '"query" is text'),
        (
            "/reconcile/v1/match",
            "POST",
            b'{"queries":[{"type":5,"conditions":[{"matchType":"name","propertyValue":"x"}]}]}',
            400,
            '"type" is',
        ),
        (f"/reconcile/suggest/entity?prefix=x&limit={'9' * 5_000}", "GET", b"", 400, '"limit" is a whole number'),
        ("/reconcile/v1/suggest/entity?prefix=x&cursor=-1", "GET", b"", 400, '"cursor" is a whole number, 0 or more'),
        ("/reconcile/v1/extend", "POST", b"[]", 400, 'write {"ids"'),
        ("/reconcile/nothing", "GET", b"", 404, "nothing at this address"),
        ("/reconcile/v1/nothing", "GET", b"", 404, "nothing at this address"),
        ("/reconcile/suggest/nothing", "GET", b"", 404, "nothing at this address"),
        ("/reconcile/v1/suggest/nothing", "GET", b"", 404, "nothing at this address"),
        ("/reconcile/preview?id=paper/none", "GET", b"", 404, 'there is no "paper/none"'),
        ("/reconcile/v1/preview?id=paper/none", "GET", b"", 404, 'there is no "paper/none"'),
        (
            "/reconcile",
            "POST",
            b"queries=" + quote(json.dumps({str(n): {"query": "x"} for n in range(201)})).encode(),
            413,
            "at most 200",
        ),
        ("/reconcile/v1/extend", "POST", json.dumps({"ids": ["x"] * 201, "properties": []}).encode(), 413, "at most 200"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) and value.startswith("/") else "",
)
def test_what_is_wrong_is_told(ask: Ask, address: str, method: str, body: bytes, status: int, told: str) -> None:
    answer = ask(address, method, body)
    assert (answer.status, answer.headers["content-type"]) == (status, "text/plain; charset=utf-8"), answer
    assert told in answer.body.decode()
    assert len(answer.body.split()) > 2


@pytest.mark.parametrize(
    "asked",
    [
        {"query": [[[["x"]]]], "type": {"a": 1}},
        {"query": {"id": {"x": 1}}, "properties": 5},
        {"query": "x", "properties": [{"pid": {}, "v": [[]]}, 5], "limit": "9"},
    ],
    ids=str,
)
def test_odd_questions_are_refused_in_words(ask: Ask, asked: object) -> None:
    answer = ask(f"/reconcile?queries={quote(json.dumps({'q': asked}))}")
    assert (answer.status, answer.headers["content-type"]) == (400, "text/plain; charset=utf-8")


@pytest.mark.parametrize(
    "asked",
    [
        {"query": "Drift", "type": None, "properties": None, "type_strict": None, "limit": None},
        {"query": "Drift", "type": "", "properties": [], "type_strict": "should", "limit": "3"},
        {"query": "Drift", "properties": [{"p": "Authors", "v": [[]]}, {"pid": "nothing", "v": 5}], "limit": 3.0},
    ],
    ids=str,
)
def test_what_says_nothing_narrows_nothing_down(ask: Ask, asked: object) -> None:
    (found,) = json.loads(ask(f"/reconcile?queries={quote(json.dumps({'q': asked}))}").body).values()
    assert "paper/drift" in [each["id"] for each in found["result"]]


@pytest.mark.parametrize("form", ["sparql-results+xml", "xml", "rdf+xml"])
def test_what_is_called_xml_is_xml(ask: Ask, form: str) -> None:
    """And says the same when it has been read: a bare CR would be the end of a line (XML 1.0, 2.11)."""
    query = 'CONSTRUCT {{ <a:a> <a:b> "{0}" }} {{}}' if form == "rdf+xml" else 'SELECT ("{0}" AS ?x) {{}}'
    answer = ask(f"/sparql?query={quote(query.format('a' + chr(92) + 'r'))}", accept=f"application/{form}")
    assert any((element.text or "").endswith("\r") for element in ElementTree.fromstring(answer.body).iter())
    for escape in ("u0001", "uFFFE", "uFFFF"):
        answer = ask(f"/sparql?query={quote(query.format(chr(92) + escape))}", accept=f"application/{form}")
        assert (answer.status, b"a character, or a name" in answer.body) == (406, True)


@pytest.mark.parametrize(
    "triple",
    [
        '<a:a> <http://x/1> "v"',
        '<a:a> <urn:> "v"',
        "<a:a> a <http://x/1>",
        '<a:a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#li> "v"',
        '<a:a> <http://www.w3.org/2000/xmlns/foo> "v"',
    ],
)
def test_what_xml_has_no_name_for_is_not_sent_as_xml(ask: Ask, triple: str) -> None:
    """RDF/XML has an element for each property and class (https://www.w3.org/TR/rdf-syntax-grammar/#section-Serialising)."""
    query = f"/sparql?query={quote('CONSTRUCT { ' + triple + ' } {}')}"
    answer = ask(query, accept="application/rdf+xml")
    assert (answer.status, b"ask for JSON or Turtle" in answer.body) == (406, True)
    assert ask(query, accept="text/turtle").status == 200


@pytest.mark.parametrize("thing", ["paper/digit", "paper/control"])
def test_a_document_that_cannot_be_xml_says_so(ask: Ask, thing: str) -> None:
    answer = ask(f"/{thing}.rdf")
    assert (answer.status, answer.body.decode()) == (
        406,
        f"what is said of {BASE}{thing} cannot be RDF/XML; ask for {thing}.ttl\n",
    )
    assert ask(f"/{thing}.ttl").status == 200


def test_a_document_says_the_same_when_it_has_been_read_as_xml(ask: Ask) -> None:
    assert "a\rb" in [element.text for element in ElementTree.fromstring(ask("/paper/return.rdf").body).iter()]


def test_a_triple_term_is_seen_on_a_page(ask: Ask) -> None:
    page = ask(f"/sparql?query={quote('SELECT (TRIPLE(<a:a>, <a:b>, 1) AS ?x) {}')}", accept="text/html").body.decode()
    assert '<td dir="auto">&lt;&lt;( &lt;a:a&gt; &lt;a:b&gt; ' in page


@pytest.mark.parametrize("iri", [BASE, NAMESPACE, "http://purl.org/dc/terms/"])
def test_a_link_has_words(ask: Ask, iri: str) -> None:
    page = ask(f"/sparql?query={quote(f'SELECT (<{iri}> AS ?x) {{}}')}", accept="text/html").body.decode()
    assert re.findall(r'<td dir="auto"><a href="[^"]*">(.*)</a></td>', page) == [iri.removeprefix(BASE) or iri]


@pytest.mark.parametrize(("address", "allowed"), [("/sparql", True), ("/reconcile", True), ("/health", False), ("/x", False)])
def test_a_method_that_is_none_names_those_that_are(ask: Ask, address: str, allowed: bool) -> None:
    """RFC 9110, 15.5.6."""
    answer = ask(address, "DELETE")
    assert answer.status == 405
    assert ("POST" in answer.headers["allow"]) == allowed
    assert answer.headers["allow"] == ask(address, "OPTIONS").headers["allow"]


@pytest.mark.parametrize("host", [{}, {"host": "a@b"}, {"host": "a, b"}, {"host": ""}])
def test_who_names_no_host_is_led_to_this_machine(ask: Ask, host: dict[str, str]) -> None:
    answer = ask("/paper/tide", accept="text/turtle", **({"host": ""} | host))
    assert answer.headers["location"] == "http://localhost:80/paper/tide.ttl"


def test_other_sites_read_what_an_answer_says_of_itself(ask: Ask) -> None:
    """Browsers hide these headers from their scripts otherwise: what reads parts of a file from another site needs them."""
    shown = ask("/dump/tides.nt").headers["access-control-expose-headers"].lower().split(", ")
    assert {"content-range", "accept-ranges", "etag", "link"} <= set(shown)


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/html, image/gif, *; q=.2, */*; q=.2", "text/html"),
        ("text/csv;q=.1, application/json;q=.9", "application/json"),
        ("text/csv;q=0.12345, application/json;q=0.9", "application/json"),
        ("text/csv;q=1., application/json;q=0.9", "text/csv"),
        ("text/csv;q=00.5, application/json;q=0.4", "text/csv"),
    ],
)
def test_weights_are_read_as_clients_write_them(ask: Ask, accept: str, kind: str) -> None:
    assert ask("/sparql?query=ASK{}", accept=accept).headers["content-type"].startswith(kind)


@pytest.mark.parametrize(
    ("kind", "status", "told"),
    [
        ("not SPARQL", 400, "why\n"),
        ("out of reach", 400, "why\n"),
        ("failed", 500, "the query was not answered: why\n"),
        ("time", 500, "the query was not answered: why\n"),
        ("memory", 500, "the query was not answered: why\n"),
        ("size", 500, "the query was not answered: why\n"),
        ("gone", 500, "the query was not answered: why\n"),
        ("busy", 503, "the query was not answered: why\n"),
    ],
)
def test_only_who_meets_a_busy_server_is_asked_to_come_again(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, kind: str, status: int, told: str
) -> None:
    """Clients repeat a request that is given a time to do so: a query that was stopped would run as often as they try."""
    monkeypatch.setattr(Graph, "ask", lambda *_: Reply(kind, problem="why"))
    answer = ask("/sparql?query=ASK{}")
    assert (answer.status, answer.body.decode(), answer.headers["cache-control"]) == (status, told, "no-store")
    assert ("retry-after" in answer.headers) == (kind == "busy")
