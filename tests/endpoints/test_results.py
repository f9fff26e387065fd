"""What the standard lets a client ignore is ignored, what is broken has its true reason, and nothing else is blamed.

The bytes are served as they stand here by a server that adds nothing.
"""

from __future__ import annotations

import gzip
import json
import time
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from pyoxigraph import BaseDirection, BlankNode, Literal, NamedNode

from servers import Faulty
from synthkg.endpoints import connection
from synthkg.endpoints.connection import PASSWORD, USER, Connection
from synthkg.endpoints.store import EndpointStore
from synthkg.errors import EndpointError
from synthkg.graph.store import Table, Term

Q = "SELECT ?s ?o WHERE { ?s ?p ?o } ORDER BY ?s"
TYPE = "Content-Type: application/sparql-results+json"
HEAD = {"vars": ["s", "o"]}
BINDINGS = [
    {"s": {"type": "uri", "value": "urn:1"}, "o": {"type": "literal", "value": "Marée"}},
    {"s": {"type": "uri", "value": "urn:2"}, "o": {"type": "literal", "xml:lang": "en", "value": "tide"}},
]
GOOD = {"head": HEAD, "results": {"bindings": BINDINGS}}
ROWS: list[tuple[Term | None, ...]] = [
    (NamedNode("urn:1"), Literal("Marée")),
    (NamedNode("urn:2"), Literal("tide", language="en")),
]
XML = """<?xml version="1.0"?>
<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="s"/><variable name="o"/><link href="x"/></head>
<results distinct="false"><result><binding name="s"><uri>urn:1</uri></binding><binding name="o"><literal>Marée</literal></binding>
</result><result><binding name="s"><uri>urn:2</uri></binding><binding name="o"><literal xml:lang="en">tide</literal></binding>
</result></results></sparql>"""


def ask(faulty: Faulty, body: bytes | dict[str, Any], *headers: str, status: str = "200 OK", query: str = Q) -> Table:
    said = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    url = faulty.says(said, *(headers or [TYPE]), status=status)
    return EndpointStore(url, (), retries=0, timeout=5).select(query)


def one(*terms: object) -> dict[str, Any]:
    """A column with these terms."""
    return {"head": {"vars": ["o"]}, "results": {"bindings": [{"o": term} for term in terms]}}


def test_the_direction_of_a_text_is_kept(faulty: Faulty) -> None:
    expected = [(Literal("x", language="he", direction=BaseDirection.RTL),)]
    assert ask(faulty, one({"type": "literal", "value": "x", "xml:lang": "he", "its:dir": "rtl"})).rows == expected
    text = '<literal xml:lang="he" its:dir="rtl" xmlns:its="http://www.w3.org/2005/11/its">x</literal>'
    head = '<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="o"/></head>'
    body = f'{head}<results><result><binding name="o">{text}</binding></result></results></sparql>'
    assert ask(faulty, body.encode(), "Content-Type: application/sparql-results+xml").rows == expected


META = {"query-time-ms": 3, "result-size-total": 2}


@pytest.mark.parametrize(
    "answer",
    [
        {**GOOD, "meta": META},
        {"meta": META, **GOOD},
        {"results": GOOD["results"], "head": HEAD},
        {
            "head": {**HEAD, "link": [], "warnings": ["x"], "o": {"a": 1}},
            "results": {"distinct": False, "bindings": BINDINGS, "ordered": 1},
        },
        {"head": HEAD, "results": {"bindings": [{**BINDINGS[0], "x": {"type": "uri", "value": "urn:x"}}, BINDINGS[1]]}},
        {
            "head": HEAD,
            "results": {"bindings": [{s: {**t, "count": 3, "more": {"a": [1]}} for s, t in row.items()} for row in BINDINGS]},
        },
    ],
)
def test_what_the_standard_does_not_name_is_passed_over(answer: dict[str, Any], faulty: Faulty) -> None:
    assert ask(faulty, answer) == Table(("s", "o"), ROWS)


@pytest.mark.parametrize("term", [None, "absent"])
def test_what_is_unbound_is_none(term: object, faulty: Faulty) -> None:
    row = {"s": {"type": "uri", "value": "urn:1"}, **({} if term else {"o": None})}
    assert ask(faulty, {"head": HEAD, "results": {"bindings": [row]}}).rows == [(NamedNode("urn:1"), None)]
    assert ask(faulty, {"head": {}, "results": {"bindings": []}}).rows == []


def test_a_blank_node_may_have_any_label(faulty: Faulty) -> None:
    labels = ["nodeID://b10251", "t 1", "_:b0", "b0", "", "ä", "nodeID://b10251"]
    rows = ask(faulty, one(*({"type": "bnode", "value": label} for label in labels))).rows
    assert all(isinstance(row[0], BlankNode) for row in rows)
    assert len({row[0] for row in rows}) == len(set(labels))
    assert rows[0] == rows[-1]
    (row,) = ask(
        faulty, XML.replace("<uri>urn:1</uri>", "<bnode>nodeID://b1</bnode>").partition("</result>")[0].encode() + END
    ).rows
    assert row[0] == BlankNode("nodeID_3a__2f__2f_b1")


END = b"</result></results></sparql>"


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        *(
            (kind, json.dumps(GOOD).encode())
            for kind in ("application/json", "text/json", "text/javascript", "text/plain", "Text/HTML")
        ),
        *(
            (kind, b"\xef\xbb\xbf" + json.dumps(GOOD).encode())
            for kind in ("application/x-sparql-results+json", "application/octet-stream")
        ),
        *((kind, XML.encode()) for kind in ("application/sparql-results+xml", "application/xml", "text/xml; charset=utf-8", "x")),
        ("text/xml", b"\xef\xbb\xbf" + XML.encode()),
        ("text/xml", XML.replace('"1.0"', '"1.0" encoding="ISO-8859-1"').encode("latin-1")),
        ("text/xml", XML.replace("<uri>urn:1</uri>", "<uri>\n  urn:1\n</uri>").encode()),
        ("application/json; charset=ISO-8859-1", json.dumps(GOOD, ensure_ascii=False).encode("latin-1")),
        ("application/json; charset=utf-16", json.dumps(GOOD, ensure_ascii=False).encode("utf-16")),
        ("application/json; charset=no-such", json.dumps(GOOD, ensure_ascii=False).encode()),
    ],
)
def test_a_result_is_told_by_its_content(media_type: str, body: bytes, faulty: Faulty) -> None:
    assert ask(faulty, body, f"Content-Type: {media_type}").rows == ROWS


def test_a_result_without_a_type_is_read(faulty: Faulty) -> None:
    assert ask(faulty, json.dumps(GOOD).encode(), "Server: x").rows == ROWS


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACKED = json.dumps(GOOD).encode()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(PACKED, mtime=0)),
        ("X-GZIP", gzip.compress(PACKED, mtime=0)),
        ("gzip", gzip.compress(PACKED[:50], mtime=0) + gzip.compress(PACKED[50:], mtime=0)),
        ("gzip", gzip.compress(PACKED, mtime=0) + bytes(99)),
        ("deflate", zlib.compress(PACKED)),
        ("deflate", raw_deflate(PACKED)),
        ("identity", PACKED),
    ],
)
def test_compressed_answers_are_read(coding: str, body: bytes, faulty: Faulty) -> None:
    assert ask(faulty, body, TYPE, f"Content-Encoding: {coding}").rows == ROWS
    assert faulty.seen[0].headers["Accept-Encoding"] == "gzip"


@pytest.mark.parametrize(
    "headers",
    [
        ["Content-Length: {n}, {n}"],
        ["Content-Length: {n}", "Content-Length: {n}"],
        ["Content-Length: {n}", "X-SPARQL-MaxRows: ten"],
        ["Content-Length: {n}", "X-SPARQL-MaxRows: -1", "X-SPARQL-MaxRows: \xb2"],
        ["Content-Length: {n}", "Content-Type: ;;;=\xff"],
    ],
)
def test_odd_headers_that_do_no_harm(headers: Sequence[str], faulty: Faulty) -> None:
    assert (
        ask(faulty, GOOD, *(header.format(n=len(json.dumps(GOOD, ensure_ascii=False).encode())) for header in headers)).rows
        == ROWS
    )


@pytest.mark.parametrize("before", ["100 Continue", "102 Processing", "103 Early Hints\r\nLink: </style.css>; rel=preload"])
def test_what_comes_before_an_answer_is_no_answer(before: str, faulty: Faulty) -> None:
    """RFC 9110, 15.2: a client must be able to read any number of them."""
    assert ask(faulty, GOOD, TYPE, status=f"{before}\r\n\r\nHTTP/1.1 {before}\r\n\r\nHTTP/1.1 200 OK").rows == ROWS


TERMS = [
    ({"type": "uri", "value": "https://x.example/a b"}, r'"https://x.example/a b"} is no IRI (Invalid IRI code point \' \')'),
    ({"type": "uri", "value": "entity/Q1"}, "is no IRI (No scheme found"),
    ({"type": "uri", "value": "https://doi.org/10.1/a<b"}, "is no IRI (Invalid IRI code point '<')"),
    ({"type": "literal", "xml:lang": "en_US", "value": "tide"}, "is no literal (The given language subtag is invalid)"),
    ({"type": "literal", "value": "lone \ud83d"}, "is no literal (half a surrogate pair)"),
    ({"type": "literal", "value": 7}, '{"type": "literal", "value": 7} is no term'),
    ({"type": "number", "value": "7"}, "is no term"),
    ({"type": "literal", "value": "x", "datatype": 3}, "is no literal"),
    ("x", '"x" is no term'),
    ({"type": "triple", "value": {}}, "is a triple term (RDF 1.2); ask for its SUBJECT, PREDICATE and OBJECT"),
]


@pytest.mark.parametrize(("term", "reason"), TERMS)
def test_one_bad_term_is_the_reason_and_costs_no_other(term: object, reason: str, faulty: Faulty) -> None:
    body = json.dumps(one({"type": "uri", "value": "urn:ok"}, term)).encode()
    with pytest.raises(EndpointError, match=r"has in its answer what is no term of RDF 1\.1: row 2, .o: ") as caught:
        ask(faulty, body)
    assert reason.replace("\\", "") in str(caught.value)
    assert not caught.value.overtaxed
    told: list[str] = []
    rows = EndpointStore(faulty.says(body, TYPE), (), overlook=told.append).select(Q).rows
    assert rows == [(NamedNode("urn:ok"),), (None,)]
    assert len(told) == 1


@pytest.mark.parametrize(
    ("body", "headers", "words", "overtaxed"),
    [
        (b'{"error": {"message": "Rate limit exceeded"}}', ["Content-Type: application/json"], "Rate limit exceeded", False),
        (b'{"results": [], "head": 1}', [TYPE], 'which is no result of this query: {"results": [], "head": 1}', False),
        (b'{"head": {"vars": ["a b"]}, "results": {"bindings": []}}', [TYPE], "a column that cannot be a variable's name", False),
        (b'{"results": {"bindings": [{"o": 1}]}}', [TYPE], "rows, but no list of their columns", False),
        (b'{"head": {"vars": [\\x]}}', [TYPE], "answers with what is no JSON (Expecting value: line 1 column 20", False),
        (json.dumps(GOOD).encode() + b"}", [TYPE], "answers with what is no JSON (Extra data", False),
        (b'{"a":' * 100_000, [TYPE], "JSON that cannot be read", False),
        (json.dumps(GOOD, ensure_ascii=False).encode("latin-1"), [TYPE], "answers with bytes that are not UTF-8", False),
        (json.dumps(GOOD).encode()[:-30], [TYPE], "broke off its answer after", True),
        (
            json.dumps(GOOD).encode()[:-30] + b"\njava.util.concurrent.TimeoutException",
            [TYPE],
            "broke off its answer after",
            True,
        ),
        (XML.encode()[:-60], ["Content-Type: application/xml"], "broke off its answer after", True),
        (XML.replace("</uri>", "</url>", 1).encode(), ["Content-Type: application/xml"], "what is no XML (mismatched tag", False),
        (
            b"<feed xmlns='http://www.w3.org/2005/Atom'/>",
            ["Content-Type: application/xml"],
            "answers with application/xml, which is",
            False,
        ),
        (
            gzip.compress(PACKED, mtime=0)[:-9],
            [TYPE, "Content-Encoding: gzip"],
            "broke off in the midst of its compressed answer",
            False,
        ),
        (b"x" * 99, [TYPE, "Content-Encoding: gzip"], "says that its answer is packed (gzip), and it is not, or damaged", False),
        (PACKED, [TYPE, "Content-Encoding: br"], 'packs its answer as "br", although gzip alone was asked for', False),
        (PACKED, [TYPE, "Content-Length: unknown"], 'Content-Length that is no number: "unknown"', False),
        (PACKED, [TYPE, "Content-Length: -1"], 'Content-Length that is no number: "-1"', False),
        (PACKED, [TYPE, "Content-Length: 5, 6"], 'Content-Length that is no number: "5, 6"', False),
        (PACKED, [TYPE, "Content-Length: " + "9" * 5000], "Content-Length that is no number", False),
        (PACKED, [TYPE, "X: " + "x" * 70_000], "sends headers that are no HTTP (got more than 65536 bytes", False),
        (PACKED, [TYPE, *["X: x"] * 200], "sends headers that are no HTTP (got more than 100 headers)", False),
        (PACKED, [TYPE, "Transfer-Encoding: chunked"], "broke off the connection", False),
    ],
    ids=str,
)
def test_each_cause_has_its_own_words(body: bytes, headers: list[str], words: str, overtaxed: bool, faulty: Faulty) -> None:
    with pytest.raises(EndpointError) as caught:
        ask(faulty, body, *headers)
    assert words in str(caught.value)
    assert caught.value.overtaxed == overtaxed
    assert ("time limit" in str(caught.value)) == overtaxed


@pytest.mark.parametrize(
    ("status", "headers", "words", "overtaxed"),
    [
        ("308 Permanent Redirect", ["Location: /ok?x=1"], "has moved to {base}/ok; give that address", False),
        ("308 Permanent Redirect", ["Location: ok"], "has moved to {base}/ok; give that address", False),
        ("301 Moved", ["Location: //other.example/sparql"], "has moved to http://other.example/sparql; give that address", False),
        ("300 Multiple Choices", ["Location: /ok"], "has moved to {base}/ok; give that address", False),
        ("399 X", ["Location: /ok"], "has moved to {base}/ok; give that address", False),
        ("400 Bad", ["Location: /ok"], "answers 400 Bad Request: oh", False),
        ("302 Found", ["Location: http://["], 'answers 302 Found, to "http://[", which is no address', False),
        ("302 Found", ["Location: ftp://x/"], 'answers 302 Found, to "ftp://x/", which is no address', False),
        ("302 Found", [], "answers 302 Found, but not where to", False),
        ("304 Not Modified", [], "answers 304 Not Modified, but not where to", False),
        (
            "401 Unauthorized",
            ["WWW-Authenticate: Bearer x"],
            "answers 401 Unauthorized, and asks for Bearer; only Basic and Digest",
            False,
        ),
        ("401 Unauthorized", ["WWW-Authenticate: Digest nonsense"], "answers 401 Unauthorized to the user", False),
        (
            "401 Unauthorized",
            ['WWW-Authenticate: Digest realm="x", nonce="y", algorithm=ROT13'],
            "answers 401 Unauthorized to the user",
            False,
        ),
        ("429 Too Many", ["Retry-After: \xb2"], "answers 429 Too Many Requests, 1 times; try again later", False),
        ("429 Too Many", ["Retry-After: Fri, 99 Foo 99999 25:61:61 +9999"], "answers 429 Too Many Requests, 1 times", False),
        ("503 X", ["Retry-After: " + "9" * 9], "answers 503 Service Unavailable, and asks to wait 999999999 s", False),
        ("401 Unauthorized", ['WWW-Authenticate: Negotiate, Basic realm="x"'], "answers 401 Unauthorized to the user", False),
        ("400 Bad", [], "answers 400 Bad Request: oh", False),
        ("500 Bad", [], "answers 500 Internal Server Error: oh", False),
        ("413 Bad", [], "answers 413 ", True),
        ("799 \x1b[2JWhat", [], "answers 799", False),
        ("99999 No", [], "does not speak HTTP", False),
    ],
    ids=str,
)
def test_each_status_has_its_own_words(
    status: str, headers: list[str], words: str, overtaxed: bool, faulty: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(USER, "ada")
    monkeypatch.setenv(PASSWORD, "s3cret")
    with pytest.raises(EndpointError) as caught:
        ask(faulty, b"oh", "Content-Type: text/plain", *headers, status=status)
    assert words.format(base=faulty.base) in str(caught.value)
    assert caught.value.overtaxed == overtaxed
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("status", "moved"),
    [("300 X", False), ("301 X", True), ("302 X", False), ("303 X", False), ("307 X", False), ("308 X", True), ("404 X", False)],
)
def test_a_move_for_good_is_told_from_one_for_now(status: str, moved: bool, faulty: Faulty) -> None:
    """RFC 9110, 15.4: the others say nothing of where the next request should go."""
    with pytest.raises(EndpointError) as caught:
        ask(faulty, b"", "Location: https://other.example/sparql", status=status)
    assert caught.value.location == ("https://other.example/sparql" if moved else "")


@pytest.mark.parametrize(
    "words", ["Operation timed out.", "java.util.concurrent.TimeoutException", "Estimated execution time 9 exceeds"]
)
def test_an_error_that_speaks_of_time_may_be_asked_for_less(words: str, faulty: Faulty) -> None:
    with pytest.raises(EndpointError, match="answers 400 Bad Request: ") as caught:
        ask(faulty, words.encode(), "Content-Type: text/plain", status="400 X")
    assert caught.value.overtaxed


@pytest.mark.parametrize(
    ("media_type", "body", "words"),
    [
        ("text/plain; charset=iso-8859-1", "requête inválida".encode("latin-1"), "requête inválida"),
        ("text/plain; charset=no-such", "requête".encode(), "requête"),
        ("text/html", b"<html><title>Can&#39;t &lt;parse&gt;</title></html>", "Can't <parse>"),
        ("text/html", b"<html><style>a{b}</style><script>x('</b>')</script><h1>Bad</h1></html>", "Bad"),
        ("text/html", b"<html><h1>Bad</h1>" + b"<script " * 7_000, "Bad"),
    ],
    ids=str,
)
def test_what_a_server_says_is_shown_as_it_meant_it(media_type: str, body: bytes, words: str, faulty: Faulty) -> None:
    with pytest.raises(EndpointError) as caught:
        ask(faulty, body, f"Content-Type: {media_type}", status="400 X")
    assert str(caught.value).endswith(f"answers 400 Bad Request: {words}")


def test_a_refusal_says_why(faulty: Faulty) -> None:
    with pytest.raises(EndpointError, match=r'answers 403 Forbidden to no user and password \("nothing is changed here"\); set '):
        ask(faulty, b"nothing is changed here", "Content-Type: text/plain", status="403 Forbidden")


def test_a_proxy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://me:s3cret@127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    with pytest.raises(EndpointError) as caught:
        EndpointStore("http://example.invalid/sparql", (), retries=0).select(Q)
    assert "nothing listens there (connection refused); the way there leads through the proxy http://127.0.0.1:1" in str(
        caught.value
    )
    assert "s3cret" not in str(caught.value)


def test_no_proxy_is_asked_for_what_is_on_this_machine(faulty: Faulty, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has another loopback, and would see the password that is sent in the clear to our own."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    assert ask(faulty, GOOD).rows == ROWS


@pytest.mark.parametrize("change", [lambda url: f"{url}#query", lambda url: url.replace("http", "HTTP")])
def test_an_address_is_read_as_the_standard_has_it(change: Callable[[str], str], faulty: Faulty) -> None:
    """RFC 3986: the fragment is not sent, and the scheme may be in capitals."""
    url = faulty.says(json.dumps(GOOD).encode(), TYPE)
    assert EndpointStore(change(url), (), retries=0).select(Q).rows == ROWS
    assert "query=SELECT" in faulty.seen[-1].path


# Triples

NT = '<urn:1> <urn:p> "Mar\\u00E9e" .\n'
TTL = '@prefix x: <urn:> .\nx:1 x:p "Marée" .\n'
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="urn:">'
    '<rdf:Description rdf:about="urn:1"><x:p>Marée</x:p></rdf:Description></rdf:RDF>'
)


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        *(
            (kind, NT)
            for kind in (
                "application/n-triples",
                "text/plain",
                "application/n-quads",
                "text/x-nquads",
                "application/octet-stream",
            )
        ),
        *(
            (kind, TTL)
            for kind in ("text/turtle;charset=UTF-8", "application/x-turtle", "application/turtle", "text/n3", "text/rdf+n3")
        ),
        *((kind, TTL) for kind in ("application/trig", "application/x-trig")),
        ("text/turtle", f"\ufeff{TTL}"),
        *((kind, RDF) for kind in ("application/rdf+xml", "application/xml", "text/xml")),
        ("text/xml", f'\ufeff<?xml version="1.0"?>{RDF}'),
        ("application/rdf+xml", f'<?xml version="1.0" encoding="ISO-8859-1"?>{RDF}'.encode("latin-1")),
        ("application/rdf+xml", f"<?xml version='1.0' encoding='UTF-16'?>{RDF}".encode("utf-16")),
        ("application/rdf+xml", RDF.encode("utf-16")),
        ("application/ld+json", '{"@id": "urn:1", "urn:p": "Marée"}'),
    ],
)
def test_triples_are_told_by_their_content(media_type: str, body: str | bytes, faulty: Faulty) -> None:
    url = faulty.says(body if isinstance(body, bytes) else body.encode(), f"Content-Type: {media_type}")
    (triple,) = EndpointStore(url, ()).construct("CONSTRUCT WHERE { ?s ?p ?o }")
    assert (triple.subject, triple.object) == (NamedNode("urn:1"), Literal("Marée"))


def test_a_relative_iri_is_resolved_and_none_is_no_error(faulty: Faulty) -> None:
    (triple,) = EndpointStore(faulty.says(b"<1> <p> <2> .", "Content-Type: text/turtle"), ()).construct(
        "CONSTRUCT WHERE { ?s ?p ?o }"
    )
    assert triple.subject == NamedNode(f"{faulty.base}/1")
    assert not EndpointStore(faulty.says(b"", "Content-Type: text/turtle"), ()).construct("CONSTRUCT WHERE { ?s ?p ?o }")


def test_an_xml_result_with_a_bomb_of_entities_is_refused(faulty: Faulty) -> None:
    body = (BOMB + XML.partition("?>\n")[2].replace("Marée", "&a9;")).encode()
    with pytest.raises(EndpointError, match=r"what is no XML .*amplification"):
        ask(faulty, body, "Content-Type: text/xml")


BOMB = '<!DOCTYPE x [<!ENTITY a0 "aaaaaaaaaa">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)) + "]>"


@pytest.mark.parametrize(
    ("media_type", "body", "words", "overtaxed"),
    [
        ("text/turtle", TTL[:-8], "broke off its answer", True),
        ("text/turtle", TTL.replace("x:1", "y:1"), "answers with what is no Turtle", False),
        ("text/turtle", f"<urn:1> nonsense <urn:2> .\n{TTL[:-8]}", "answers with what is no Turtle", False),
        ("text/turtle", "<urn:1> <urn:p> <urn:a b> .", "Invalid IRI code point", False),
        ("text/turtle", f"<urn:1> <urn:p> {'<<( <urn:a> <urn:b> ' * 50_000}", "triple terms are nested over 100 deep", False),
        ("application/rdf+xml", RDF[:-20], "broke off its answer", True),
        ("application/rdf+xml", BOMB + RDF.replace("Marée", "&a9;"), "its entities stand for far more text", False),
        (
            "application/json",
            '{"error": "no"}',
            'answers with application/json, which is no result of this query: {"error": "no"}',
            False,
        ),
        ("text/html", "<html><title>Editor</title></html>", 'answers with a web page ("Editor")', False),
    ],
    ids=str,
)
def test_broken_triples_have_their_reason(media_type: str, body: str, words: str, overtaxed: bool, faulty: Faulty) -> None:
    with pytest.raises(EndpointError) as caught:
        EndpointStore(faulty.says(body.encode(), f"Content-Type: {media_type}"), ()).construct("CONSTRUCT WHERE { ?s ?p ?o }")
    assert words in str(caught.value)
    assert caught.value.overtaxed == overtaxed


def test_markup_in_a_literal_is_not_cut_out(faulty: Faulty) -> None:
    with pytest.raises(EndpointError, match=r"row 2, .o: .* is no term"):
        ask(faulty, XML.replace(">tide<", ">a <b>high</b> tide<").encode(), "Content-Type: text/xml")


def test_yes_or_no(faulty: Faulty) -> None:
    store = EndpointStore(faulty.says(b'{"head": {}, "boolean": true, "meta": {}}', TYPE), ())
    assert store.ask("ASK {}")
    xml = b'<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head/><boolean>false</boolean></sparql>'
    assert not EndpointStore(faulty.says(xml, "Content-Type: text/xml"), ()).ask("ASK {}")
    for said, meant in (("1", True), (" false ", False), ("0", False)):  # xs:boolean
        assert (
            EndpointStore(faulty.says(xml.replace(b"false", said.encode()), "Content-Type: text/xml"), ()).ask("ASK {}") == meant
        )
    for said in ("TRUE", "", "<b>true</b>"):
        with pytest.raises(EndpointError, match="answers with neither yes nor no"):
            EndpointStore(faulty.says(xml.replace(b"false", said.encode()), "Content-Type: text/xml"), ()).ask("ASK {}")
    with pytest.raises(EndpointError, match="gives rows where yes or no was asked for"):
        EndpointStore(faulty.says(PACKED, TYPE), ()).ask("ASK {}")


# Limits


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_without_a_bound_is_cut_short_here(packed: bool, faulty: Faulty, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_LARGEST", 2 << 20)
    bomb = gzip.compress(bytes(50 << 20), mtime=0)
    url = faulty.says(bomb, TYPE, "Content-Encoding: gzip") if packed else faulty.at("endless")
    with pytest.raises(EndpointError, match=r"sends more than 2 MB; ask for less \(LIMIT\), or take a dump"):
        EndpointStore(url, (), retries=0, timeout=20).select(Q)


def test_headers_that_creep_end_at_the_time_limit(faulty: Faulty) -> None:
    began = time.monotonic()
    with pytest.raises(EndpointError, match=r"took longer than 0\.5 s"):
        EndpointStore(faulty.at("creep"), (), timeout=0.5).select(Q)
    assert time.monotonic() - began < 3


def test_a_secret_is_hidden_wherever_it_is_cut() -> None:
    asked = Connection("https://example.org/")
    asked.hide("s3cret&key")
    for before in range(250, 310):
        said = asked.excerpt(f"{'x' * before}s3cret&key s3cret%26key".encode())
        assert "s3" not in said
