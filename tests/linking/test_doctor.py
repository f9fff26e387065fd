"""Each contract holds on a graph in the target's own vocabulary, and names what drifted where one thing in it was changed.

``contracts/`` has these graphs, the changes, and the answers; its README says where each was read. The queries run on Oxigraph in
this process, on Oxigraph's server and on Virtuoso, and the answers come over HTTP.
"""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from rdflib import RDF, Variable
from rdflib.plugins.sparql.algebra import translateQuery, traverse
from rdflib.plugins.sparql.parser import parseQuery

from conftest import ROOT, TESTS, Run
from servers import Answering, Faulty, OxigraphServer, QleverLike, Virtuoso, free_port, serve, start_virtuoso
from synthkg.endpoints.connection import PASSWORD, USER, Connection
from synthkg.errors import QueryError, UsageError
from synthkg.graph.queries import load_query
from synthkg.graph.store import OxigraphStore, load_dump
from synthkg.linking.doctor import KINDS, Contract, Diagnosis, diagnose, examine, load_contracts

FOLDER = TESTS / "contracts"
CONTRACTS = load_contracts()
GRAPHS = sorted(FOLDER.glob("*.ttl"))
DRIFTS = yaml.safe_load((FOLDER / "drifts.yaml").read_text(encoding="utf-8"))

Ask = Callable[[str, Contract], Diagnosis]
"""Puts a graph in Turtle into an engine, and asks it a contract."""


def named(name: str) -> Contract:
    return next(contract for contract in CONTRACTS if contract.name == name)


# The queries, on real engines


@pytest.fixture(scope="module")
def own_virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Virtuoso]:
    """A Virtuoso for these tests alone: version 7, once it has "a" and "a"^^xsd:string, joins other graphs wrongly."""
    yield from start_virtuoso(tmp_path_factory.mktemp("contracts"))


def from_qlever(folder: Path) -> Iterator[Ask]:
    """Not QLever, but one that answers like it."""
    file = folder / "graph.ttl"

    def ask(server: ThreadingHTTPServer, graph: str, contract: Contract) -> Diagnosis:
        file.write_text(graph, encoding="utf-8")
        server.RequestHandlerClass.inner = load_dump(file).inner  # type: ignore[attr-defined]
        return diagnose(contract, endpoint=f"http://127.0.0.1:{server.server_port}/sparql")

    for server in serve(QleverLike):
        yield partial(ask, server)


@pytest.fixture(params=["memory", "qlever_like", "oxigraph", "own_virtuoso"])
def ask(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ask]:
    """Oxigraph in this process, Oxigraph's server, Virtuoso; the servers are asked for one graph, since they hold others."""
    if request.param == "memory":

        def from_memory(graph: str, contract: Contract) -> Diagnosis:
            file = tmp_path / "graph.ttl"
            file.write_text(graph, encoding="utf-8")
            return diagnose(contract, store=load_dump(file))

        yield from_memory
        return
    if request.param == "qlever_like":
        yield from from_qlever(tmp_path)
        return
    server: OxigraphServer | Virtuoso = request.getfixturevalue(request.param)
    if isinstance(server, Virtuoso):
        request.getfixturevalue("monkeypatch").setenv(USER, server.user)
        request.getfixturevalue("monkeypatch").setenv(PASSWORD, server.password)
    address = (
        f"{server.store}?graph=urn:contracts" if isinstance(server, OxigraphServer) else f"{server.store}?graph-uri=urn:contracts"
    )
    writer = Connection(address)
    held = ""

    def over_http(graph: str, contract: Contract) -> Diagnosis:
        nonlocal held
        if graph != held:
            if isinstance(server, Virtuoso):
                writer.greet(urllib.request.Request(address))
            headers = {"Content-Type": "text/turtle"}
            writer.exchange(urllib.request.Request(address, graph.encode(), headers, method="PUT"))
            held = graph
        return diagnose(contract, endpoint=f"{server.query}?default-graph-uri=urn:contracts")

    yield over_http
    writer.exchange(urllib.request.Request(address, method="DELETE"))


@pytest.mark.parametrize("graph", GRAPHS, ids=lambda graph: graph.stem)
def test_each_contract_holds_on_a_graph_in_its_targets_vocabulary(graph: Path, ask: Ask) -> None:
    contracts = [contract for contract in CONTRACTS if contract.target == graph.stem]
    assert contracts
    for contract in contracts:
        found = ask(graph.read_text(encoding="utf-8"), contract)
        assert (found.state, found.drifts, found.problem) == ("holds", (), "")


def change(drift: dict[str, Any]) -> str:
    """The graph of a target in which something was changed."""
    text = (FOLDER / f"{drift['target']}.ttl").read_text(encoding="utf-8")
    pairs = [(drift["old"], drift["new"])] if isinstance(drift["old"], str) else zip(drift["old"], drift["new"], strict=True)
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize("drift", DRIFTS, ids=lambda drift: f"{drift['target']}: {drift['new']}")
def test_a_drift_is_named_and_nothing_else_is(drift: dict[str, Any], ask: Ask) -> None:
    graph = change(drift)
    found = [ask(graph, contract) for contract in CONTRACTS if contract.target == drift["target"]]
    assert {d.contract.name: {one.kind for one in d.drifts} for d in found if d.state != "holds"} == {
        name: {kind} for name, kind in drift["drifted"].items()
    }


def test_every_contract_is_drifted_by_some_change_and_every_kind_is_met() -> None:
    named = {name for drift in DRIFTS for name in drift["drifted"]}
    assert named == {contract.name for contract in CONTRACTS if not contract.request}
    assert {kind for drift in DRIFTS for kind in drift["drifted"].values()} == set(KINDS)


def test_a_literal_without_its_datatype_is_named_where_the_engine_tells_them_apart(
    ask: Ask, request: pytest.FixtureRequest
) -> None:
    """To Virtuoso "x" and "x"^^xsd:string are two, and OpenCitations' own matcher once found nothing for it."""
    graph = change({"target": "opencitations", "old": "^^xsd:string", "new": ""})
    found = ask(graph, named("opencitations-literal"))
    if request.node.callspec.params["ask"] == "own_virtuoso":
        assert [drift.kind for drift in found.drifts] == ["form"]
        assert 'written is "without a datatype", not "with the datatype xsd:string"' in found.message
    else:
        assert found.state == "holds"


# The answers, over HTTP


@dataclass
class Replay:
    """A server that gives each contract its answer, at ``/<contract>``, and remembers what it was asked."""

    base: str = ""
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    answers: dict[str, tuple[int, str, bytes, dict[str, str]]] = field(default_factory=dict)

    def at(self, name: str) -> str:
        self.seen.clear()
        return f"{self.base}/{name}"


class _Replay(Answering):
    replay: Replay

    def answer(self) -> None:
        body = self._body()
        self.replay.seen.append((self.path if not body else f"{self.path}?{body}", dict(self.headers)))
        name = self.path.split("?")[0].split("/")[1]
        status, media_type, answer, headers = self.replay.answers.get(name) or self._recorded(name)
        self._send(answer, media_type, status, **headers)

    def _recorded(self, name: str) -> tuple[int, str, bytes, dict[str, str]]:
        media_type = "application/json" if named(name).request else "application/sparql-results+json"
        return 200, media_type, (FOLDER / f"{name}.json").read_bytes(), {}


@pytest.fixture
def replay() -> Iterator[Replay]:
    found = Replay()
    for server in serve(_Replay, replay=found):
        found.base = f"http://127.0.0.1:{server.server_port}"
        yield found


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)
def test_each_contract_holds_on_its_answer(contract: Contract, replay: Replay) -> None:
    found = diagnose(contract, endpoint=replay.at(contract.name))
    assert (found.state, found.drifts, found.problem) == ("holds", (), "")
    ((path, headers),) = replay.seen
    assert headers["User-Agent"].startswith("synthkg/")
    if contract.request:
        assert path == f"/{contract.name}{contract.request}"
    else:
        (query,) = parse_qs(urlsplit(path).query)["query"]
        assert contract.query.text.endswith(query), "the query that is pasted is the query that is sent"


@pytest.mark.parametrize("contract", [c for c in CONTRACTS if not c.request], ids=lambda contract: contract.name)
def test_each_answer_is_what_the_graph_gives(contract: Contract) -> None:
    answer = json.loads((FOLDER / f"{contract.name}.json").read_text(encoding="utf-8"))
    table = load_dump(FOLDER / f"{contract.target}.ttl").select(contract.query.text)
    rows = [{c: term.value for c, term in zip(table.columns, row, strict=True) if term is not None} for row in table.rows]
    assert tuple(answer["head"]["vars"]) == table.columns
    assert [{name: cell["value"] for name, cell in row.items()} for row in answer["results"]["bindings"]] == rows


def test_nothing_is_left_over() -> None:
    answers = {file.stem for file in FOLDER.glob("*.json")}
    assert answers == {contract.name for contract in CONTRACTS}
    assert {graph.stem for graph in GRAPHS} == {contract.target for contract in CONTRACTS if not contract.request}


NOTHING = b'{"head": {"vars": ["a"]}, "results": {"bindings": []}}'
ROWS = "application/sparql-results+json"


@pytest.mark.parametrize("status", [301, 308])
def test_an_endpoint_that_moved(status: int, replay: Replay) -> None:
    replay.answers["old"] = (status, "text/html", b"", {"Location": "https://new.example.org/sparql?query=x"})
    found = diagnose(named("dblp-doi"), endpoint=replay.at("old"))
    assert found.state == "drifted"
    assert found.drifts[0].kind == "moved"
    assert found.message.startswith(f"moved drifted: {replay.base}/old has moved to https://new.example.org/sparql; ")


@pytest.mark.parametrize("contract", ["dblp-doi", "openalex-doi"])
@pytest.mark.parametrize(("status", "word"), [(404, "404 Not Found"), (410, "410 Gone")])
def test_an_endpoint_that_went_away(contract: str, status: int, word: str, replay: Replay) -> None:
    replay.answers["old"] = (status, "text/plain", b"no such page", {})
    found = diagnose(named(contract), endpoint=replay.at("old"))
    assert [drift.kind for drift in found.drifts] == ["moved"]
    assert word in found.message


@pytest.mark.parametrize("contract", ["dblp-doi", "openalex-doi"])
@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_redirect_that_is_not_for_good_is_no_drift(contract: str, status: int, replay: Replay) -> None:
    replay.answers["old"] = (status, "text/html", b"", {"Location": "https://login.example.org/"})
    found = diagnose(named(contract), endpoint=replay.at("old"))
    assert (found.state, found.problem) == (
        "not answered",
        f"{replay.base}/old: has moved to https://login.example.org/; give that address",
    )


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("html", "answers with a web page"),
        ("truncated", "broke off its answer after 100 bytes"),
        ("slow", "took longer than 0.3 s"),
        ("reset", "broke off the connection"),
        ("gateway", "answers 502 Bad Gateway"),
        ("wrong", "answers 400 Bad Request"),
        ("partial", "ran into its own time limit"),
        ("basic", "answers 401 Unauthorized"),
    ],
)
def test_a_server_that_misbehaves_has_not_answered(fault: str, words: str, faulty: Faulty) -> None:
    found = diagnose(named("dblp-doi"), endpoint=faulty.at(fault), timeout=0.3, retries=0)
    assert (found.state, found.drifts) == ("not answered", ())
    assert words in found.message


def test_no_server_and_no_tls(faulty: Faulty) -> None:
    for contract in (named("dblp-doi"), named("openalex-doi")):
        nobody = diagnose(contract, endpoint=f"http://127.0.0.1:{free_port()}/")
        assert nobody.state == "not answered"
        assert "connection refused" in nobody.message
        plain = diagnose(contract, endpoint=faulty.at("rows").replace("http:", "https:"))
        assert plain.state == "not answered"
        assert "TLS" in plain.message


@pytest.mark.parametrize("contract", [c for c in CONTRACTS if not c.request], ids=lambda contract: contract.name)
def test_an_empty_answer_is_a_drift_only_where_the_endpoint_has_anything(contract: Contract) -> None:
    class Deaf(OxigraphStore):
        def select(self, query: str) -> Any:
            found = super().select(query)
            return found._replace(rows=[]) if query == contract.query.text else found

    nothing = diagnose(contract, store=OxigraphStore())
    assert nothing.state == "not answered"
    assert "holds nothing, or answers every query with no rows" in nothing.message
    deaf = Deaf(load_dump(FOLDER / f"{contract.target}.ttl"))
    empty = diagnose(contract, store=deaf)
    assert {drift.kind for drift in empty.drifts} == {contract.drift}
    assert ("nothing was found in any form that the query tries" in empty.message) == (not contract.requires)


def test_a_plain_empty_answer_over_http(replay: Replay) -> None:
    replay.answers["silent"] = (200, ROWS, NOTHING, {})
    assert diagnose(named("dblp-doi"), endpoint=replay.at("silent")).state == "not answered"
    assert len(replay.seen) == 2, "it was asked whether it has anything at all"


@pytest.mark.parametrize(
    ("old", "new", "kind", "words"),
    [
        (
            "https://openalex.org/W2741809807",
            "https://api.openalex.org/W2741809807",
            "host",
            'id is "https://api.openalex.org/W274',
        ),
        (
            "https://openalex.org/W2741809807",
            "W2741809807",
            "form",
            'id is "W2741809807", not "https://openalex.org/W2741809807"',
        ),
        ("peerj", "PEERJ", "case", 'doi is "https://doi.org/10.7717/PEERJ.4375", not'),
        ('"doi"', '"identifier"', "predicate", 'doi "https://doi.org/10.7717/peerj.4375"; assumed was'),
    ],
)
def test_the_drifts_of_an_api(old: str, new: str, kind: str, words: str, replay: Replay) -> None:
    for name in ("openalex-doi", "openalex-filter"):
        body = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
        assert old in body
        replay.answers[name] = (200, "application/json", body.replace(old, new).encode(), {})
        found = diagnose(named(name), endpoint=replay.at(name))
        assert [drift.kind for drift in found.drifts] == [kind]
        assert words in found.message


def test_a_field_that_may_have_any_value_must_be_there(replay: Replay) -> None:
    body = (FOLDER / "openalex-filter.json").read_text(encoding="utf-8")
    assert '"Heather Piwowar"' in body
    for new, drifts in (('"Somebody Else"', []), ("null", ["predicate"])):
        replay.answers["x"] = (200, "application/json", body.replace('"Heather Piwowar"', new).encode(), {})
        found = diagnose(named("openalex-filter"), endpoint=replay.at("x"))
        assert [drift.kind for drift in found.drifts] == drifts
    assert "there is no results.0.authorships.0.author.display_name; assumed" in found.message


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"{}"])
def test_json_of_another_shape_is_a_drift(body: bytes, replay: Replay) -> None:
    replay.answers["x"] = (200, "application/json", body, {})
    assert [drift.kind for drift in diagnose(named("openalex-doi"), endpoint=replay.at("x")).drifts] == ["predicate"]


def test_a_web_page_is_no_answer_of_an_api(replay: Replay) -> None:
    replay.answers["x"] = (200, "text/html", b"<html><title>Welcome</title></html>", {})
    found = diagnose(named("openalex-doi"), endpoint=replay.at("x"))
    assert (found.state, found.problem) == ("not answered", f'{replay.base}/x: answers with text/html ("Welcome"), not with JSON')


# The contracts themselves


def test_each_target_has_one_endpoint_and_it_is_said_once() -> None:
    """Where ``queries/links/<target>.rq`` says it, the contracts of the target do not."""
    for contract in CONTRACTS:
        own = contract.query.header.get("endpoint")
        link = ROOT / "queries" / "links" / f"{contract.target}.rq"
        assert not (own and link.is_file()), f"{contract.name}: the endpoint is that of {link.name}; take the line out"
        assert contract.source.startswith("https://")
        assert (ROOT / contract.affects).is_file()
    addresses = {(contract.target, contract.endpoint) for contract in CONTRACTS}
    assert len(addresses) == len({target for target, _ in addresses})
    assert [target for target, address in sorted(addresses) if not address] == ["cso"]


def terms(text: str) -> set[str]:
    """The IRIs of the properties and classes in a query's triple patterns."""
    found: set[str] = set()

    def collect(node: object) -> None:
        for _, predicate, value in getattr(node, "triples", None) or ():
            if not isinstance(predicate, Variable):
                found.update(re.findall("<(.*?)>", (value if predicate == RDF.type else predicate).n3()))

    traverse(translateQuery(parseQuery(text)).algebra, visitPre=collect)
    return found


@pytest.mark.parametrize("link", sorted((ROOT / "queries" / "links").glob("*.rq")), ids=lambda link: link.stem)
def test_what_a_links_query_reads_is_under_contract(link: Path) -> None:
    if load_query(link).header.get("request"):  # its terms are those of its own JSON-LD context
        assert [contract.name for contract in CONTRACTS if contract.target == link.stem and contract.request]
        return
    asked = {
        term.value
        for contract in CONTRACTS
        if contract.target == link.stem
        for row in (*contract.expects, *contract.requires)
        for term in row.values()
        if term is not None
    }
    assert terms(link.read_text(encoding="utf-8")) - asked == set(), f"add them to queries/contracts/{link.stem}-terms.rq"


def test_a_links_query_says_where(tmp_path: Path) -> None:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "links").mkdir()
    (tmp_path / "contracts" / "dblp-doi.rq").write_text(named("dblp-doi").query.text)
    (tmp_path / "links" / "dblp.rq").write_text("#+ endpoint: https://example.org/sparql\nSELECT * WHERE { ?s ?p ?o }")
    assert [contract.endpoint for contract in load_contracts(tmp_path)] == ["https://example.org/sparql"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("#+ source:", "#+ sauce:", r'the header of a contract needs "source"'),
        ("#+ drift: form", "#+ drift: fom", r'"fom" is no kind of drift; did you mean "form"\?'),
        ("#+ target: dblp", "#+ target: dplb", r'must begin with "dplb-"'),
        ("value: <https://doi.org/10.1007/978-3-540-76298-0_52>", "value: nothing", r'"expects" must be a list of rows'),
        (
            "#+   - predicate: <https://dblp.org/rdf/schema#doi>\n#+     value: ",
            "#+   value: ",
            r'"expects" must be a list of rows',
        ),
    ],
)
def test_a_contract_that_is_none(old: str, new: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "contracts").mkdir()
    text = named("dblp-doi").query.text
    assert old in text
    (tmp_path / "contracts" / "dblp-doi.rq").write_text(text.replace(old, new, 1))
    with pytest.raises(QueryError, match=words):
        load_contracts(tmp_path)


# The command


def test_the_command_tells_by_its_status(run: Run, tmp_path: Path) -> None:
    good = run("link", "dblp", "--doctor", "--dump", FOLDER / "dblp.ttl")
    assert good.status == 0
    assert good.stderr == "5 holds, 0 drifted, 0 not answered\n"
    drifted = tmp_path / "dblp.ttl"
    drifted.write_text(change({"target": "dblp", "old": "dblp:doi <", "new": "dblp:identifier <"}), encoding="utf-8")
    bad = run("link", "dblp", "--doctor", "--dump", drifted, "--format", "json")
    assert bad.status == 1
    by_name = {row["contract"]: row for row in json.loads(bad.stdout)}
    assert by_name["dblp-doi"]["state"] == "drifted"
    assert by_name["dblp-doi"]["drifts"] == [
        {
            "kind": "predicate",
            "problem": "predicate is <https://dblp.org/rdf/schema#identifier>, not <https://dblp.org/rdf/schema#doi>",
        }
    ]
    assert by_name["dblp-title"]["state"] == "holds"
    said = run("link", "dblp", "--doctor", "--dump", drifted).stdout
    assert "change queries/links/dblp.rq, then dblp-doi.rq" in said
    silent = run("link", "cso", "--doctor")
    assert silent.status == 2
    assert "has no endpoint; give a dump of it: --dump FILE" in silent.stdout


def test_what_cannot_be_asked(run: Run) -> None:
    assert 'did you mean "dblp"?' in run("link", "dblpp", "--doctor").stderr
    with pytest.raises(UsageError, match="a mirror or a dump is of one target"):
        examine(("dblp", "orkg"), endpoint="http://127.0.0.1:1/")
    with pytest.raises(UsageError, match="give one of --endpoint and --dump"):
        examine(("dblp",), endpoint="http://127.0.0.1:1/", dump=FOLDER / "dblp.ttl")
    (found,) = examine(("arxiv",), dump=FOLDER / "dblp.ttl")
    assert found.message == "is a question to an API, which no dump answers"
