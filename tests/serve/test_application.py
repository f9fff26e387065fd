"""The application as a server calls it, over a graph of a few triples: what each address answers, to the letter."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote
from wsgiref.util import setup_testing_defaults

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from servers import Answer
from synthkg.engine import Reply
from synthkg.model import BASE, NAMESPACE
from synthkg.serve.app import Application
from synthkg.serve.engine import Graph, Limits, Served

TITLE = "http://purl.org/dc/terms/title"
DUMP = f"""
<{BASE}paper/tide> <{TITLE}> "Tides" .
<{BASE}method/ebb> <{NAMESPACE}introducedIn> <{BASE}paper/tide> .
<{BASE}paper/drift> <{NAMESPACE}cites> <{BASE}paper/tide> .
<{BASE}paper/drift> <{TITLE}> "Drift" .
"""
Ask = Callable[..., Answer]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Calls the application: a path, a method, a body and headers -> its answer."""
    dump = tmp_path_factory.mktemp("served") / "tides.nt"
    dump.write_text(DUMP, "utf-8")
    served = Served(lambda: dump, Limits(workers=1), lambda line: None)
    application = Application(served)

    def asked(address: str, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
        path, _, query = address.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "wsgi.input": io.BytesIO(body),
        }
        setup_testing_defaults(environ)
        environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        said: list[Any] = []
        parts = application(environ, lambda status, headers: said.extend((status, headers)))
        return Answer(int(said[0].split()[0]), {name.lower(): value for name, value in said[1]}, b"".join(parts))

    yield asked
    served.close()


def test_a_page_tells_what_points_at_its_thing(ask: Ask) -> None:
    page = ask("/paper/tide.html").body.decode()
    shown = re.findall(r'<tr><td><a href="([^"]*)">.*?</td><td><a href="([^"]*)">', page)
    assert shown == [("/paper/drift.html", "/ontology.html#cites"), ("/method/ebb.html", "/ontology.html#introducedIn")]


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
        answer = ask(f"/paper/tide.{ending}")
        assert (answer.status, answer.headers["content-type"]) == (200, kind)
        if form is None:
            assert answer.body.startswith(b"<!DOCTYPE html>")
        else:
            title = Triple(NamedNode(f"{BASE}paper/tide"), NamedNode(TITLE), Literal("Tides"))
            assert [quad.triple for quad in parse(answer.body, format=form)] == [title]
        others = dict(re.findall(r'<([^>]*)>; rel="alternate"; type="([^"]*)"', answer.headers["link"]))
        assert others == {
            "/paper/tide.ttl": "text/turtle",
            "/paper/tide.nt": "application/n-triples",
            "/paper/tide.jsonld": "application/ld+json",
            "/paper/tide.rdf": "application/rdf+xml",
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
        ("/reconcile/v1/match", "POST", b"\xff", 400, "no JSON"),
        ("/reconcile/v1/match", "POST", b"[" * 100_000, 400, "no JSON"),
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
    ],
    ids=lambda value: value[:40] if isinstance(value, str) and value.startswith("/") else "",
)
def test_what_is_wrong_is_told(ask: Ask, address: str, method: str, body: bytes, status: int, told: str) -> None:
    answer = ask(address, method, body)
    assert (answer.status, answer.headers["content-type"]) == (status, "text/plain; charset=utf-8"), answer
    assert told in answer.body.decode()
    assert len(answer.body.split()) > 2


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
