"""An endpoint is asked politely, its whole answer is read, and whatever goes wrong is said plainly."""

from __future__ import annotations

import json
import pickle
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import trustme
from pyoxigraph import Literal, NamedNode, Quad

import synthkg
from conftest import Run
from servers import ROWS, Answering, Faulty, OxigraphServer, Virtuoso, free_port, serve, start_oxigraph
from synthkg.endpoints.connection import PASSWORD, USER, Connection
from synthkg.endpoints.publishing import publish
from synthkg.endpoints.store import EndpointStore
from synthkg.errors import EndpointError, QueryError, UsageError
from synthkg.graph.store import OxigraphStore, load_dump

Q = "SELECT ?n WHERE { ?s ?p ?n } ORDER BY ?n"


def store(url: str, **options: float) -> EndpointStore:
    return EndpointStore(url, (), sleep=lambda seconds: None, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("truncated", r"broke off its answer after 100 bytes, as servers do at a time limit of their own; ask for less$"),
        ("short", r"broke off the connection, 2 times; try again later"),
        ("empty", r"answers with nothing, which is no result of this query$"),
        (
            "html",
            r'answers with a web page \("SPARQL Query Editor"\), not with results; is this the address that takes queries\?',
        ),
        ("prose", r"answers with text/plain, which is no result of this query: out to lunch$"),
        ("boolean", r"answers yes or no; this is no SELECT query"),
        ("wrong", r"answers 400 Bad Request: Virtuoso 37000 Error SP030: syntax error at 'SELEKT'"),
        ("gateway", r"answers 502 Bad Gateway, 2 times; try again later"),
        ("forever", r"answers 503 Service Unavailable, and asks to wait 86400 s; try again then"),
        ("loop", r"has moved to http://127\.0\.0\.1:\d+/loop; give that address"),
        ("reset", r"broke off the connection, 2 times; try again later"),
        ("partial", r"ran into its own time limit and gives only a part of the answer; ask for less"),
        ("basic", r"answers 401 Unauthorized to no user and password; set SYNTHKG_ENDPOINT_USER and SYNTHKG_ENDPOINT_PASSWORD"),
        ("negotiate", r"answers 401 Unauthorized, and asks for Negotiate; only Basic and Digest are known"),
    ],
)
def test_a_fault_is_said_plainly(fault: str, words: str, faulty: Faulty) -> None:
    url = faulty.at(fault)
    with pytest.raises(EndpointError, match=words) as caught:
        store(url, retries=1).select(Q)
    assert str(caught.value).startswith(f"{url}: ")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("fault", ["slow", "drip"])
def test_no_request_takes_for_ever(fault: str, faulty: Faulty) -> None:
    began = time.monotonic()
    with pytest.raises(EndpointError, match=r"took longer than 0\.3 s; ask for less, or allow more"):
        store(faulty.at(fault), timeout=0.3).select(Q)
    assert time.monotonic() - began < 3
    assert len(faulty.seen) == 1, "a slow query is not asked again"


@pytest.mark.parametrize(
    ("fault", "waits"),
    [("patience", [(7, 7)]), ("date", [(0, 0)]), ("twice", [(0.4, 0.6), (0.8, 1.2)]), ("flaky", [(0.4, 0.6), (0.8, 1.2)])],
)
def test_a_busy_server_is_asked_again_later(fault: str, waits: list[tuple[float, float]], faulty: Faulty) -> None:
    waited: list[float] = []
    found = EndpointStore(faulty.at(fault), (), sleep=waited.append).select(Q)
    assert [row[0] for row in found.rows] == [Literal(str(n)) for n in range(5)]
    assert all(least <= wait <= most for wait, (least, most) in zip(waited, waits, strict=True))
    assert len(faulty.seen) == len(waited) + 1


def test_no_server_there() -> None:
    with pytest.raises(EndpointError, match=r"nothing listens there \(connection refused\)"):
        store(f"http://127.0.0.1:{free_port()}/").select(Q)


def test_no_such_host(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    with pytest.raises(EndpointError, match=r'there is no host "endpoint\.invalid" \(DNS: Name or service not known\)'):
        store("http://endpoint.invalid/sparql").select(Q)


@pytest.fixture
def untrusted() -> Iterator[str]:
    """A TLS server whose certificate nobody vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def shake() -> None:
            connection, _ = listener.accept()
            with connection, pytest.raises(ssl.SSLError):
                context.wrap_socket(connection, server_side=True)

        thread = threading.Thread(target=shake)
        thread.start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}/"
        thread.join()


def test_a_certificate_that_nobody_vouches_for(untrusted: str) -> None:
    with pytest.raises(EndpointError, match=r"no secure connection \(TLS\): .*certificate"):
        store(untrusted).select(Q)


def test_no_tls_where_it_is_asked_for(faulty: Faulty) -> None:
    with pytest.raises(EndpointError, match=r"no secure connection \(TLS\): "):
        store(faulty.at("rows").replace("http://", "https://")).select(Q)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "example.org/sparql",
        "http:///sparql",
        "http://a b/",
        "http://x:99999999/",
        "http://x:99999/",
        "http://x:0/",
        "http://[",
        "http://[::1/",
        "http://a..b/",
        f"http://{'a' * 70}.example/",
        "http://x%00y/",
        "http://x\\y/",
        "http://x/\x1b[2J",
        "",
    ],
)
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(UsageError, match="is no address of an endpoint; write http"):
        EndpointStore(url)


@pytest.mark.parametrize("seconds", [0, -1, 1e300, float("inf"), float("nan")])
def test_a_time_limit_that_is_none(seconds: float) -> None:
    with pytest.raises(UsageError, match="is no time limit; give seconds, up to 1000000"):
        EndpointStore("http://example.org/", timeout=seconds)


# Credentials


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(USER, "ada")
    monkeypatch.setenv(PASSWORD, "s3cret")


def test_an_address_with_a_password_is_refused_and_not_shown() -> None:
    with pytest.raises(UsageError) as caught:
        EndpointStore("https://ada:s3cret@example.org/sparql")
    assert "s3cret" not in str(caught.value)


def test_a_key_in_the_address_is_not_shown(faulty: Faulty) -> None:
    with pytest.raises(EndpointError) as caught:
        store(faulty.at("wrong?key=s3cret")).select(Q)
    assert "s3cret" not in str(caught.value)
    (seen,) = faulty.seen
    assert parse_qs(urlsplit(seen.path).query) == {"key": ["s3cret"], "query": [Q]}


@pytest.mark.usefixtures("credentials")
def test_the_password_is_sent_when_asked_for(faulty: Faulty) -> None:
    asked = store(faulty.at("basic"))
    assert len(asked.select(Q).rows) == 5
    asked.select(Q)
    assert ["Authorization" in seen.headers for seen in faulty.seen] == [False, True, True]
    store(faulty.at("rows")).select(Q)
    assert "Authorization" not in faulty.seen[0].headers


@pytest.mark.usefixtures("credentials")
@pytest.mark.parametrize("fault", ["locked", "echo"])
def test_the_password_stands_in_no_message(fault: str, faulty: Faulty) -> None:
    asked = store(faulty.at(fault))
    with pytest.raises(EndpointError) as caught:
        asked.select(Q)
    shown = f"{caught.value} {caught.value.__cause__} {asked!r} {asked.connection!r}"
    assert "s3cret" not in shown
    assert "YWRhOnMzY3JldA" not in shown, "nor in Base64"


@pytest.mark.usefixtures("credentials")
def test_basic_is_sent_over_tls_only() -> None:
    def basic(url: str) -> bool:
        return any(type(handler).__name__ == "Basic" for handler in Connection(url)._opener.handlers)  # type: ignore[attr-defined]

    assert [basic(url) for url in ("http://example.org/", "https://example.org/", "http://localhost/")] == [False, True, True]


@pytest.mark.usefixtures("credentials")
def test_a_wrong_password(virtuoso: Virtuoso) -> None:
    with pytest.raises(EndpointError, match=r"answers 401 .* to the user and password given"):
        store(virtuoso.update).select(Q)


# Requests


def test_a_request_says_who_asks(faulty: Faulty) -> None:
    store(faulty.at("rows")).select(Q)
    (seen,) = faulty.seen
    assert seen.headers["User-Agent"] == f"synthkg/{version('synthkg')} (+https://w3id.org/synthkg/)"
    assert seen.headers["Accept"].startswith("application/sparql-results+json")


def test_short_queries_are_got_and_long_ones_posted(faulty: Faulty) -> None:
    asked = EndpointStore(faulty.at("rows"), ["urn:a", "urn:b"])
    longer = f"{Q} # {'long ' * 500}"
    asked.select(Q)
    asked.select(f"#+ summary: add, insert, delete\n\n# no SELECT\n{longer}")
    get, post = faulty.seen
    expected = {"default-graph-uri": ["urn:a", "urn:b"], "named-graph-uri": ["urn:a", "urn:b"]}
    assert (get.method, get.body, post.method, post.path) == ("GET", "", "POST", "/rows")
    assert parse_qs(urlsplit(get.path).query) == {**expected, "query": [Q]}
    assert parse_qs(post.body) == {**expected, "query": [longer]}, "the header is ours, and stays here"
    assert post.headers["Content-Type"] == "application/x-www-form-urlencoded"


def test_a_query_that_says_from_where_is_asked_there(faulty: Faulty) -> None:
    asked = EndpointStore(faulty.at("rows"), ["urn:a"])
    asked.select("SELECT ?n FROM <urn:b> WHERE { ?s ?p ?n }")
    asked.select("SELECT ?from WHERE { ?from <urn:from> 'from' } # FROM")
    asked.select(r"PREFIX a: <urn:> SELECT ?n WHERE { a:paper\/from ?p ?n }")
    assert ["default-graph-uri" in seen.path for seen in faulty.seen] == [False, True, True]


def test_triples_that_were_cut_are_refused(faulty: Faulty) -> None:
    with pytest.raises(EndpointError, match="gives at most 1 triples, and cut the answer there"):
        store(faulty.at("cut")).construct("CONSTRUCT WHERE { ?s ?p ?o }")
    with pytest.raises(EndpointError, match="which is no result of this query"):
        store(faulty.at("rows")).construct("CONSTRUCT WHERE { ?s ?p ?o }")


# Servers that give only so many rows at a time


class Capped(Answering):
    """Gives ``cap`` rows of a store; says so if ``says``; ``meddle`` happens between two requests."""

    inner: OxigraphStore
    cap: int
    says: bool
    queries: list[str]
    meddle: Callable[[OxigraphStore], None]

    def answer(self) -> None:
        query = parse_qs(urlsplit(self.path).query)["query"][0]
        self.queries.append(query)
        columns, rows = self.inner.select(query)
        shown = [
            {c: {"type": "literal", "value": t.value} for c, t in zip(columns, row, strict=True) if t} for row in rows[: self.cap]
        ]
        body = json.dumps({"head": {"vars": columns}, "results": {"bindings": shown}}).encode()
        self._send(body, **({"X_SPARQL_MaxRows": str(self.cap)} if self.says and len(rows) > self.cap else {}))
        type(self).meddle(self.inner)


def numbers(count: int) -> OxigraphStore:
    name = NamedNode("urn:n")
    return OxigraphStore(Quad(NamedNode(f"urn:{n}"), name, Literal(f"{n:05}")) for n in range(count))


def paged(
    query: str, count: int, cap: int, *, says: bool, meddle: Callable[[OxigraphStore], None] | None = None
) -> tuple[list[str], int]:
    """The rows and the number of requests."""
    queries: list[str] = []
    quiet = meddle or (lambda store: None)
    for server in serve(Capped, inner=numbers(count), cap=cap, says=says, queries=queries, meddle=staticmethod(quiet)):
        rows = store(f"http://127.0.0.1:{server.server_port}/").select(query).rows
        return [row[0].value if row[0] is not None else "" for row in rows], len(queries)
    raise AssertionError


QUERIES = {
    "ordered": "SELECT ?n WHERE { ?s <urn:n> ?n } ORDER BY ?n",
    "backwards": "SELECT ?n WHERE { ?s <urn:n> ?n } ORDER BY DESC(?n)",
    "hidden order": "PREFIX u: <urn:>\nSELECT ?n WHERE { ?s u:n ?n BIND(STR(?s) AS ?order) } ORDER BY ?n ?order # LIMIT 3",
    "unordered": "SELECT ?n WHERE { ?s <urn:n> ?n }",
    "distinct": "SELECT DISTINCT ?n WHERE { ?s <urn:n> ?n . { SELECT ?s WHERE { ?s ?p ?o } ORDER BY ?s } }",
    "with values": "SELECT ?n WHERE { ?s ?p ?n } ORDER BY ?n VALUES ?p { <urn:n> }",
}


@pytest.mark.parametrize("name", QUERIES)
@pytest.mark.parametrize("says", [True, False])
@pytest.mark.parametrize("count", [0, 99, 100, 199, 250])
def test_no_row_is_lost_or_repeated(name: str, says: bool, count: int) -> None:
    rows, requests = paged(QUERIES[name], count, 100, says=says)
    expected = [f"{n:05}" for n in range(count)]
    assert rows == expected[::-1] if name == "backwards" else sorted(rows) == expected
    if name != "unordered":
        assert rows in (expected, expected[::-1]) or name == "distinct"
    assert requests <= 1 + (count >= 100) * (count // 99 + 3)


def test_a_whole_answer_of_a_round_number_is_counted_and_not_paged() -> None:
    """Virtuoso refuses to sort a page of more than 10,000 rows, whatever it gives of them unsorted."""
    for query in QUERIES.values():
        assert paged(query, 300, 1000, says=False)[1] == 2


def test_a_limit_of_the_query_stands() -> None:
    rows, _ = paged("SELECT ?n WHERE { ?s <urn:n> ?n } ORDER BY ?n LIMIT 250 OFFSET 10", 400, 100, says=True)
    assert rows == [f"{n:05}" for n in range(10, 260)]


@pytest.mark.parametrize("says", [True, False])
def test_rows_that_change_between_pages_are_an_error(says: bool) -> None:
    added = iter(range(10_000))

    def add(inner: OxigraphStore) -> None:
        inner.inner.add(Quad(NamedNode(f"urn:new{next(added)}"), NamedNode("urn:n"), Literal("00000.5")))

    with pytest.raises(EndpointError, match=r"has the data changed\? Try again"):
        paged(QUERIES["ordered"], 300, 100, says=says, meddle=add)


def test_rows_that_vanish_are_an_error() -> None:
    def remove(inner: OxigraphStore) -> None:
        inner.inner.remove(max(inner.inner, key=lambda quad: str(quad.object)))  # any other may never be read

    with pytest.raises(EndpointError, match=r"has the data changed\? Try again"):
        paged(QUERIES["ordered"], 250, 100, says=True, meddle=remove)


def test_as_many_other_rows_are_an_error() -> None:
    """A count in the end does not show it: the pages must join."""
    added = iter(range(10_000))

    def exchange(inner: OxigraphStore) -> None:
        inner.inner.remove(min(inner.inner, key=lambda quad: str(quad.object)))
        inner.inner.add(Quad(NamedNode(f"urn:new{next(added)}"), NamedNode("urn:n"), Literal(f"99999.{next(added):05}")))

    with pytest.raises(EndpointError, match="gave other rows when asked for the next page"):
        paged(QUERIES["ordered"], 250, 100, says=True, meddle=exchange)


def test_where_no_graph_is_ours_the_default_graph_is_asked() -> None:
    for server in serve(Capped, inner=numbers(3), cap=100, says=True, queries=[], meddle=staticmethod(lambda store: None)):
        there = EndpointStore(f"http://127.0.0.1:{server.server_port}/")
        assert list(there.graphs) == []
        assert len(there.select(QUERIES["ordered"]).rows) == 3


def test_one_row_at_a_time_is_too_few() -> None:
    with pytest.raises(EndpointError, match="gives at most one row at a time"):
        paged(QUERIES["ordered"], 3, 1, says=True)


# Real servers


@pytest.fixture(scope="module")
def toys(oxigraph: OxigraphServer, toy_dist: Path) -> OxigraphServer:
    """The toy data in an Oxigraph server."""
    list(publish(load_dump(toy_dist / "synthkg.nq"), oxigraph.store, replaces=True))
    return oxigraph


def test_the_graphs_that_are_there_are_asked(toys: OxigraphServer, toy_dist: Path) -> None:
    there = load_dump(toy_dist / "synthkg.nq")
    asked = EndpointStore(toys.query)
    assert asked.graphs == sorted({quad.graph_name.value for quad in there})  # type: ignore[union-attr]
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    assert asked.select(count).rows == there.select(count).rows
    assert EndpointStore(toys.query, ()).select(count).rows == [(Literal(0),)], "the server's own default graph is empty"


def test_triples_come_back(toys: OxigraphServer, toy_dist: Path) -> None:
    query = "CONSTRUCT { ?s <urn:t> ?t } WHERE { ?s <http://purl.org/dc/terms/title> ?t }"
    expected = set(load_dump(toy_dist / "synthkg.nq").construct(query))
    assert set(EndpointStore(toys.query).construct(query)) == expected
    assert len(expected) > 3


def test_what_is_no_sparql(toys: OxigraphServer) -> None:
    with pytest.raises(QueryError, match="answers 400 Bad Request: "):
        EndpointStore(toys.query).select("SELEKT ?x WHERE {}")


def test_a_real_answer_cut_by_a_time_limit(tmp_path: Path, toy_dist: Path) -> None:
    """What Oxigraph's server sends when its time is up: HTTP 200, and JSON without an end."""
    for server in start_oxigraph(tmp_path, "--timeout-s", "1"):
        list(publish(load_dump(toy_dist / "synthkg.nq"), server.store, replaces=True))
        query = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
        with pytest.raises(EndpointError, match=r"broke off its answer after .* at a time limit of their own"):
            EndpointStore(server.query, timeout=20).select(query)


def test_from_the_command_line(run: Run, toys: OxigraphServer, toy_dist: Path) -> None:
    dump = toy_dist / "synthkg.nq"
    for call in (["query", "counts", "--format", "csv"], ["view", "published"], ["view"]):
        here, there = run(*call, "--from", dump), run(*call, "--endpoint", toys.query, "--timeout", "30")
        assert (there.status, there.stdout) == (0, here.stdout)
        assert here.stdout
    both = run("query", "counts", "--endpoint", toys.query, "--from", dump)
    assert (both.status, both.stderr.strip()) == (2, "synthkg: give one of --data, --from and --endpoint")
    wrong = run("query", "counts", "--endpoint", toys.base)
    assert wrong.status == 2
    assert re.search(r"synthkg: http://127\.0\.0\.1:\d+: answers", wrong.stderr)


def test_from_python(toys: OxigraphServer, toy_dist: Path) -> None:
    here, there = synthkg.open(dump=toy_dist / "synthkg.nq"), synthkg.open(endpoint=toys.query)
    assert list(there.query("counts")) == list(here.query("counts"))
    assert there.view("corrected") == here.view("corrected")
    assert there.show("drift")._repr_html_() == here.show("drift")._repr_html_()
    assert pickle.loads(pickle.dumps(there)).show("drift").title == "Drift"
    with pytest.raises(UsageError, match="give one of data, dump and endpoint"):
        synthkg.open("data", endpoint=toys.query)


def test_rows_are_those_of_the_server(faulty: Faulty) -> None:
    assert len(json.loads(ROWS)["results"]["bindings"]) == len(store(faulty.at("rows")).select(Q).rows) == 5
