"""Whatever a server sends, an endpoint gives a table, triples, or an error of ours, and soon."""

from __future__ import annotations

import gzip
import json
import random
import time
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servers import Faulty
from synthkg.endpoints.store import EndpointStore
from synthkg.errors import EndpointError
from synthkg.linking.doctor import diagnose, load_contracts
from synthkg.linking.lookups import RestSource
from synthkg.linking.targets import Key, find_target

ROWS: dict[str, Any] = {
    "head": {"vars": ["s", "o"], "link": []},
    "results": {
        "bindings": [
            {"s": {"type": "uri", "value": "urn:1"}, "o": {"type": "literal", "value": "Marée", "xml:lang": "fr"}},
            {"s": {"type": "bnode", "value": "b0"}, "o": {"type": "literal", "value": "1", "datatype": "urn:int"}},
            {"s": {"type": "triple", "value": {"subject": {}, "predicate": {}, "object": {}}}},
        ]
    },
    "meta": {"n": 1},
}
WORKS: dict[str, Any] = {
    "meta": {"count": 1, "per_page": 100},
    "results": [
        {"id": "https://openalex.org/W1", "doi": "https://doi.org/10.1/a", "authorships": [{"author": {"display_name": "A"}}]}
    ],
}
XML = (
    '<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="s"/><variable name="o"/>'
    '</head><results><result><binding name="s"><uri>urn:1</uri></binding><binding name="o"><literal xml:lang="fr">Marée</literal>'
    "</binding></result><result><binding name='s'><bnode>b0</bnode></binding></result></results></sparql>"
)
BODIES = [
    json.dumps(ROWS).encode(),
    json.dumps(WORKS).encode(),
    XML.encode(),
    b"?s\t?o\n<urn:1>\t\"x\"@fr\n",
    b"s,o\r\nurn:1,\"x\"\r\n",
    b'{"head": {}, "boolean": true}',
    b'<urn:1> <urn:p> "x" .\n',
    b"@prefix x: <urn:> . x:1 x:p 1 , <<( x:1 x:p 2 )>> .",
    b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:x='urn:'><rdf:Description x:p='1'/></rdf:RDF>",
    b"<html><head><title>No",
    b"",
]  # fmt: skip
JUNK: list[Any] = [
    None,
    True,
    0,
    -1,
    1e308,
    "",
    "x",
    "\ud83d",
    "urn:a b",
    "\0\x1b[2J\u202e",
    [],
    [[]],
    {},
    {"": {}},
    {"type": "uri"},
    "a" * 9999,
]
TYPES = [
    "application/sparql-results+json",
    "application/json",
    "application/sparql-results+xml",
    "text/xml",
    "text/tab-separated-values",
    "text/csv",
    "text/turtle",
    "application/n-triples",
    "application/rdf+xml",
    "application/ld+json",
    "text/plain",
    "text/html",
    "",
    ";",
    "a/b; charset=utf-16",
    'text/plain; charset="',
    "application/json; charset*0=a; charset*x''=%ff",
    "x; charset*=''%E9",
    "\x7f/ÿ",
]
HEADERS = [
    "Content-Encoding: gzip",
    "Content-Encoding: deflate",
    "Content-Encoding: br",
    "Content-Encoding:",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: gzip, chunked",
    "Content-Length: 5",
    "Content-Length: x",
    "Content-Length: -5",
    "Content-Length: 1, 1",
    "Content-Length:",
    "X-SPARQL-MaxRows: 2",
    "X-SPARQL-MaxRows: 1",
    "X-SPARQL-MaxRows: ²",
    "X-SQL-State: S1TAT",
    "Retry-After: 0",
    "Retry-After: -1",
    "Retry-After: ²",
    "Retry-After: Fri, 31 Feb 0000 00:00:00 GMT",
    "Location: /x",
    "Location: http://[",
    "Location: //",
    "Location: ÿ\x01",
    "Location: http://a:99999999/",
    "WWW-Authenticate: Basic",
    'WWW-Authenticate: Basic realm="x"',
    "WWW-Authenticate: Digest",
    "WWW-Authenticate: ,",
    'WWW-Authenticate: Digest realm="x", nonce="y", qop="auth-int"',
    "WWW-Authenticate: Negotiate",
    "WWW-Authenticate:",
    "Set-Cookie: a=b",
    "no colon",
    " folded",
    ": empty",
    "X: \x1b[2J",
    "Connection: keep-alive",
]
STATUSES = """200 OK|200 OK|200 OK|200|201 Created|204 No Content|206 Partial Content|300 X|301 X|302 X|304 X|307 X|308 X|400 X
401 X|403 X|404 X|407 X|413 X|429 X|500 X|503 X|504 X|599 \xff\x1b[2J|600 X|99 X|abc X|1000 X|-1 X|""".replace("\n", "|").split(
    "|"
)
TARGET = find_target("openalex")
API = next(each for each in load_contracts() if each.request)


def mutate(chance: random.Random, body: bytes) -> bytes:
    """The body with another value somewhere in its JSON, other bytes, or cut off."""
    if body.startswith(b"{") and chance.random() < 0.6:
        value = json.loads(body)
        for _ in range(chance.randrange(1, 4)):
            place: Any = value
            while isinstance(place, dict | list) and place:
                key = chance.choice([*place] if isinstance(place, dict) else [*range(len(place))])
                if not isinstance(place[key], dict | list) or not place[key] or chance.random() < 0.3:
                    place[key] = deepcopy(chance.choice(JUNK))
                    break
                place = place[key]
        return json.dumps(value).encode()
    data = bytearray(body)
    for _ in range(chance.randrange(5)):
        at = chance.randrange(len(data) + 1)
        data[at : at + chance.randrange(9)] = bytes(
            chance.choice(b'{}[]<>"\\&;:,.\0\xff\n x1') for _ in range(chance.randrange(9))
        )
    return bytes(data[: chance.randrange(len(data) + 1)] if chance.random() < 0.3 else data)


def questions(url: str) -> list[Callable[[], object]]:
    """Everything that is asked of servers."""
    store = EndpointStore(url, (), timeout=2, retries=1, sleep=lambda seconds: None)
    told: list[str] = []
    lenient = EndpointStore(url, (), overlook=told.append, timeout=2, retries=0)
    return [
        lambda: store.select("SELECT ?s ?o WHERE { ?s ?p ?o } ORDER BY ?s"),
        lambda: lenient.select("SELECT ?s ?o WHERE { ?s ?p ?o }"),
        lambda: list(store.construct("CONSTRUCT WHERE { ?s ?p ?o }")),
        lambda: store.ask("ASK {}"),
        lambda: EndpointStore(url, timeout=2, retries=0).graphs,
        lambda: RestSource(store.connection).ask(TARGET, [Key("doi", "10.1/a")]),
        lambda: diagnose(API, endpoint=url, timeout=2, retries=0),
    ]


@settings(max_examples=200, derandomize=True)
@given(st.integers(0, 1 << 60))
def test_nothing_but_an_error_of_ours_comes_out(faulty: Faulty, seed: int) -> None:
    chance = random.Random(seed)
    body = mutate(chance, chance.choice(BODIES))
    headers = [
        f"Content-Type: {chance.choice(TYPES)}",
        *(chance.choice(HEADERS) for _ in range(chance.choice([0, 0, 1, 1, 2, 3]))),
    ]
    if "Content-Encoding: gzip" in headers and chance.random() < 0.7:
        body = mutate(chance, gzip.compress(body)) if chance.random() < 0.5 else gzip.compress(body)
    if any("chunked" in header for header in headers) and chance.random() < 0.7:
        body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    url = faulty.says(body, *headers, status=chance.choice(STATUSES))
    if chance.random() < 0.1:
        faulty.reply = mutate(chance, faulty.reply)
    question = chance.choice(questions(url))
    began = time.monotonic()
    with pytest.MonkeyPatch.context() as patch:
        if chance.random() < 0.3:
            patch.setenv("SYNTHKG_ENDPOINT_USER", "ada")
            patch.setenv("SYNTHKG_ENDPOINT_PASSWORD", "s3cret")
        with suppress(EndpointError):
            question()
    assert time.monotonic() - began < 10
