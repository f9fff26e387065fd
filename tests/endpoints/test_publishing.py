"""Graphs arrive in other stores as a whole, are compared there, and are not sent twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    parse,
)

from conftest import Run
from servers import Faulty, OxigraphServer, Virtuoso, serve
from synthkg.endpoints.connection import PASSWORD, USER, Connection
from synthkg.endpoints.publishing import PROTOCOLS, Content, _incoming, fingerprint, publish
from synthkg.endpoints.store import EndpointStore
from synthkg.errors import EndpointError, UsageError
from synthkg.graph.formats import read_quads
from synthkg.graph.store import OxigraphStore, load_dump
from synthkg.graph.triples import GRAPHS
from synthkg.model import BASE, NAMESPACE, XSD

KINDS = ["oxigraph gsp", "oxigraph update", "virtuoso gsp", "virtuoso update"]
STRINGS = [
    "",
    "plain",
    "  spaces  ",
    "tab\tnewline\nreturn\r",
    'quote"s\\and\\\\backslashes',
    "héé 漢字 🌊",
    "}",
    "'''",
    "$1 %41 \\u0041",
]


class Place:
    """Where to publish to, and where to read it."""

    def __init__(self, to: str, protocol: str, endpoint: str) -> None:
        self.to = to
        self.protocol = protocol
        self.endpoint = endpoint

    def publish(self, store: OxigraphStore) -> list[tuple[str, int, str]]:
        """What became of each graph; what other tests left on the server may be of another field."""
        done = publish(store, self.to, self.protocol, replaces=True)
        return [(each.graph, each.triples, each.state) for each in done]

    def triples(self, graph: str) -> set[str]:
        store = EndpointStore(self.endpoint, ())
        return {str(triple) for triple in store.construct(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")}

    def graphs(self) -> set[str]:
        rows = EndpointStore(self.endpoint, ()).select("SELECT ?g WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g").rows
        return {row[0].value for row in rows if row[0] is not None}


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Place:
    name, protocol = request.param.split()
    server: OxigraphServer | Virtuoso = request.getfixturevalue(name)
    if isinstance(server, Virtuoso):
        monkeypatch.setenv(USER, server.user)
        monkeypatch.setenv(PASSWORD, server.password)
    return Place(server.store if protocol == "gsp" else server.update, protocol, server.query)


@pytest.fixture
def graph(request: pytest.FixtureRequest) -> str:
    """A graph of this test's own."""
    return f"https://example.org/{request.node.name.replace('[', '/').replace(']', '').replace(' ', '/')}"


def some(graph: str, *values: str) -> OxigraphStore:
    name = NamedNode(graph or "urn:g")
    return OxigraphStore(Quad(NamedNode("urn:s"), NamedNode("urn:p"), Literal(value), name) for value in values)


def test_a_graph_arrives_and_is_replaced_as_a_whole(place: Place, graph: str) -> None:
    both = OxigraphStore([*some(f"{graph}/1", *STRINGS), *some(f"{graph}/2", *map(str, range(1234)))])
    assert place.publish(both) == [(f"{graph}/1", len(STRINGS), "sent"), (f"{graph}/2", 1234, "sent")]
    assert place.triples(f"{graph}/1") == {str(quad.triple) for quad in some(f"{graph}/1", *STRINGS)}
    changed = OxigraphStore([*some(f"{graph}/1", *STRINGS[1:], "new"), *some(f"{graph}/2", *map(str, range(1234)))])
    assert place.publish(changed) == [(f"{graph}/1", len(STRINGS), "sent"), (f"{graph}/2", 1234, "already there")]
    assert place.triples(f"{graph}/1") == {str(quad.triple) for quad in some(f"{graph}/1", *STRINGS[1:], "new")}
    assert {name for name in place.graphs() if name.startswith(graph)} == {f"{graph}/1", f"{graph}/2"}


def test_the_toy_data_arrive_unchanged(place: Place, toy_dist: Path) -> None:
    dump = load_dump(toy_dist / "synthkg.nq")
    place.publish(dump)
    assert {state for _, _, state in place.publish(dump)} == {"already there"}, "its checksum is that of the dump"


def test_what_a_broken_run_left_is_no_obstacle(place: Place, graph: str) -> None:
    left = [quad.triple for quad in some(graph, "left", "over")]
    target = PROTOCOLS[place.protocol](Connection(place.to), EndpointStore(place.endpoint, ()), lambda what, count: None)
    target.replace(_incoming(NamedNode(graph)), Content(lambda: left, fingerprint(left), lambda: len(left)))
    assert place.publish(some(graph, "new")) == [(graph, 1, "sent")]
    assert place.triples(graph) == {str(quad.triple) for quad in some(graph, "new")}


def test_a_graph_with_any_name_stays_what_it_is(place: Place, graph: str) -> None:
    place.publish(some(f"{graph}/incoming", "somebody's"))
    place.publish(some(graph, "x"))
    place.publish(OxigraphStore([*some(graph, "y"), *some(f"{graph}/incoming", "somebody's")]))
    assert place.triples(f"{graph}/incoming") == {str(quad.triple) for quad in some("", "somebody's")}


def _named(term: object) -> object:
    """What a term is, whatever a blank node is called."""
    return BlankNode if isinstance(term, BlankNode) else term


def test_literals_are_sent_as_the_dump_has_them(run: Run, forgetful: tuple[str, type[Forgetful]], tmp_path: Path) -> None:
    to, server = forgetful
    values = [
        '"1"^^<{}integer>',
        '"01"^^<{}integer>',
        '"2.50"^^<{}decimal>',
        '"1"^^<{}boolean>',
        '"1"^^<{}string>',
        '"1"@en',
        "_:b",
    ]
    lines = [f"<urn:s> <urn:p> {value.format(XSD)} <urn:g> .\n" for value in values]
    dump = tmp_path / "lexical.nq"
    dump.write_text("".join([*lines, lines[1], "<urn:s> <urn:p> <urn:o> <urn:other> .\n"]))
    done = run("publish", "--to", to.replace("/update", "/store"), "--from", dump)
    assert done.stdout == "urn:g\t7 triples\tsent, stored in other forms, as 6 triples\nurn:other\t1 triple\tsent\n", done.stderr
    sent = [_named(quad.object) for quad in parse(server.put[0], RdfFormat.N_TRIPLES)]
    assert len(sent) == len(values)
    assert set(sent) == {_named(quad.object) for quad in read_quads(dump) if quad.graph_name == NamedNode("urn:g")}
    done = run("publish", "--to", to, "--protocol", "update", "--from", dump)
    assert "urn:g\t7 triples\tsent, stored in other forms, as 6 triples\n" in done.stdout, done.stderr


def test_a_blank_node_stays_one(oxigraph: OxigraphServer, graph: str) -> None:
    """Its label means another in each update, so that it would come apart."""
    node, name, blank = NamedNode("urn:p"), NamedNode(graph), BlankNode("b")
    named = [Quad(NamedNode(f"urn:{n}"), node, node, name) for n in range(700)]
    unnamed = [Quad(blank, node, Literal(str(n)), name) for n in range(200)]
    unnamed += [Quad(NamedNode(f"urn:{n}"), node, blank, name) for n in range(301)]
    place = Place(oxigraph.update, "update", oxigraph.query)
    place.publish(OxigraphStore([*unnamed[:200], *named, *unnamed[200:500]]))
    assert len(place.triples(graph)) == 1_200
    assert len({term for triple in place.triples(graph) for term in triple.split() if term.startswith("_:")}) == 1
    with pytest.raises(UsageError, match="blank nodes in over 500 triples, which no update can send; use --protocol gsp"):
        place.publish(OxigraphStore([*named, *unnamed]))


def test_our_graphs_that_are_gone_are_removed_and_no_others(place: Place, graph: str, toy_dist: Path) -> None:
    whole = load_dump(toy_dist / "synthkg.nq")
    place.publish(OxigraphStore([*whole, *some(graph, "another's")]))
    kept = {GRAPHS["curated"], GRAPHS["ontology"]}
    less = OxigraphStore(quad for quad in whole if quad.graph_name in kept)
    done = place.publish(less)
    assert {name.rpartition("/")[2] for name, _, state in done if state == "removed"} == {"lists", "links", "inferred"}
    assert all(count == 0 for _, count, state in done if state == "removed")
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    assert EndpointStore(place.endpoint).select(count).rows == less.select(count).rows
    assert place.triples(graph) == {str(quad.triple) for quad in some("", "another's")}
    place.publish(some(graph, "another's"))
    assert EndpointStore(place.endpoint).select(count).rows == less.select(count).rows, (
        "who publishes other graphs takes none of ours"
    )


def test_from_the_command_line(run: Run, oxigraph: OxigraphServer, toy_dist: Path, tmp_path: Path) -> None:
    dump = toy_dist / "synthkg.nq"
    run("publish", "--to", oxigraph.store, "--from", dump, "--replace")
    done = run("publish", "--to", oxigraph.update, "--protocol", "update", "--from", dump)
    assert done.status == 0
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert [line[0].rpartition("/")[2] for line in lines] == ["curated", "inferred", "links", "lists", "ontology"]
    assert {line[2] for line in lines} == {"already there"}
    refused = run("publish", "--to", oxigraph.store, "--from", toy_dist / "synthkg.nt")
    assert (refused.status, refused.stdout) == (2, "")
    assert "there are no named graphs to publish" in refused.stderr


def test_another_field_is_replaced_only_on_request(place: Place, toy_dist: Path) -> None:
    """Its graphs have the names of ours."""
    ours = load_dump(toy_dist / "synthkg.nq")
    place.publish(ours)
    of_class = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), NamedNode(f"{NAMESPACE}Paper")
    others = OxigraphStore([Quad(NamedNode(f"{BASE}paper/of-another-field"), *of_class, GRAPHS["curated"])])
    with pytest.raises(
        UsageError, match=r"another field: 2 papers, such as \S+, and none .*; give each field a store of its own"
    ):
        list(publish(others, place.to, place.protocol))
    assert {state for _, _, state in place.publish(ours)} == {"already there"}
    assert {state for _, _, state in place.publish(others)} == {"sent", "removed"}
    assert "sent" in {done.state for done in publish(OxigraphStore([*others, *ours]), place.to, place.protocol)}


def test_an_address_that_speaks_another_protocol_is_told_at_once(virtuoso: Virtuoso, graph: str) -> None:
    with pytest.raises(EndpointError, match="speaks no Graph Store Protocol"):
        list(publish(some(graph, "x"), virtuoso.query, timeout=20))


def test_a_password_is_needed(virtuoso: Virtuoso, graph: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EndpointError, match=r"answers 401 Unauthorized to no user and password; set SYNTHKG_ENDPOINT_USER"):
        list(publish(some(graph, "x"), virtuoso.store))
    monkeypatch.setenv(USER, virtuoso.user)
    monkeypatch.setenv(PASSWORD, "s3cret")
    with pytest.raises(EndpointError, match=r"answers 401 Unauthorized to the user and password given") as caught:
        list(publish(some(graph, "x"), virtuoso.store, endpoint=virtuoso.query))
    assert "s3cret" not in str(caught.value)


def test_a_large_graph_comes_through_where_a_password_is_needed(
    virtuoso: Virtuoso, graph: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Virtuoso breaks off an upload that it has not read when it asks for the password."""
    monkeypatch.setenv(USER, virtuoso.user)
    monkeypatch.setenv(PASSWORD, virtuoso.password)
    large = some(graph, *(f"{n} {'long ' * 200}" for n in range(3000)))
    assert [done.state for done in publish(large, virtuoso.store)] == ["sent"]


def test_what_cannot_be_published(faulty: Faulty) -> None:
    quad = Quad(NamedNode("urn:s"), NamedNode("urn:p"), Literal("o"), DefaultGraph())
    with pytest.raises(UsageError, match="there are no named graphs to publish"):
        list(publish(OxigraphStore([quad]), faulty.at("store")))
    with pytest.raises(UsageError, match="1 triple is in no graph, and each graph is published by its name; give it one"):
        list(publish(OxigraphStore([quad, *some("urn:g", "x")]), faulty.at("store")))
    without_iri = Quad(NamedNode("urn:s"), NamedNode("urn:p"), Literal("o"), BlankNode("g"))
    with pytest.raises(UsageError, match="the graph _:g has no IRI, by which another store could tell it"):
        list(publish(OxigraphStore([without_iri]), faulty.at("store")))
    with pytest.raises(UsageError, match=r"names below .*incoming/ are for graphs on their way"):
        list(publish(some(_incoming(NamedNode("urn:g")).value, "x"), faulty.at("store")))
    with pytest.raises(UsageError, match="say with --endpoint at which address this store answers queries"):
        list(publish(some("urn:g", "x"), faulty.at("rows")))
    with pytest.raises(UsageError, match='there is no protocol "gps"; did you mean "gsp"'):
        list(publish(some("urn:g", "x"), faulty.at("store"), "gps"))


class Forgetful(BaseHTTPRequestHandler):
    """A store that says that it took everything, and takes what ``keep`` lets through."""

    inner: OxigraphStore
    keep: Callable[[str], bool]
    put: list[bytes]

    def log_message(self, *_: object) -> None:
        pass

    def _done(self, body: bytes = b"") -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/sparql-results+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query).get("query", ["SELECT ?s ?p ?o WHERE {}"])[0]
        self._done(_json(self.inner, query))

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        graph = NamedNode(parse_qs(urlsplit(self.path).query)["graph"][0])
        self.inner.inner.remove_graph(graph)
        self.inner.inner.load(body, RdfFormat.N_TRIPLES, to_graph=graph)
        type(self).put.append(body)
        self._done()

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if type(self).keep(form["update"][0]):
            self.inner.inner.update(form["update"][0])
        self._done()


def _json(store: OxigraphStore, query: str) -> bytes:
    found = store.inner.query(query)
    assert isinstance(found, QuerySolutions)
    return found.serialize(format=QueryResultsFormat.JSON) or b""


@pytest.fixture
def forgetful() -> Iterator[tuple[str, type[Forgetful]]]:
    for server in serve(Forgetful, inner=OxigraphStore(), put=[], keep=staticmethod(lambda update: True)):
        yield f"http://127.0.0.1:{server.server_port}/update", server.RequestHandlerClass  # type: ignore[misc]


def test_a_store_that_loses_triples_is_caught_before_the_old_graph_goes(forgetful: tuple[str, type[Forgetful]]) -> None:
    to, server = forgetful
    list(publish(some("urn:g", "old"), to, "update"))
    seen: list[str] = []
    server.keep = staticmethod(lambda update: seen.append(update) or "INSERT" not in update or len(seen) < 3)  # type: ignore[func-returns-value]
    with pytest.raises(EndpointError, match=r"took 500 triples of the 1200 of <urn:g>, which is as it was; run it again"):
        list(publish(some("urn:g", *map(str, range(1200))), to, "update"))
    assert {str(quad.object) for quad in server.inner if quad.graph_name == NamedNode("urn:g")} == {'"old"'}
    server.keep = staticmethod(lambda update: True)
    assert [done.state for done in publish(some("urn:g", *map(str, range(1200))), to, "update")] == ["sent"]
    assert {quad.graph_name for quad in server.inner} == {NamedNode("urn:g")}


def test_a_store_that_does_not_replace_is_caught(forgetful: tuple[str, type[Forgetful]]) -> None:
    to, server = forgetful
    server.keep = staticmethod(lambda update: "COPY" not in update)
    with pytest.raises(EndpointError, match=r"took <urn:g>, but holds 0 triples of its 1; run it again"):
        list(publish(some("urn:g", "x"), to, "update"))


def test_a_store_that_changes_terms_is_said(forgetful: tuple[str, type[Forgetful]]) -> None:
    to, server = forgetful

    def shout(update: str) -> bool:
        server.inner.inner.update(update.replace('"x"', '"X"'))
        return False

    server.keep = staticmethod(shout)
    assert [done.state for done in publish(some("urn:g", "x"), to, "update")] == ["sent, stored in other forms"]


def test_a_fingerprint_needs_no_order() -> None:
    triples = [quad.triple for quad in some("urn:g", *STRINGS)]
    assert fingerprint(triples) == fingerprint(reversed(triples))
    assert fingerprint(triples) != fingerprint([*triples[1:], triples[1]])
