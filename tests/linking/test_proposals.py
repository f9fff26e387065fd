"""Every target gives the expected links on every engine, and whatever breaks a run, nothing found is lost or written twice.

``tests/targets/`` holds five of our papers, a small graph in each target's own vocabulary, and the links that a curator expects.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from http.server import ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, QueryResultsFormat, RdfFormat, parse, serialize

from conftest import ROOT, TESTS, Run
from servers import (
    Answering,
    Faulty,
    OxigraphServer,
    QleverLike,
    Virtuoso,
    interruptible,
    serve,
    start_oxigraph,
    start_virtuoso,
)
from synthkg.catalog.folder import Catalog, links_path, load_catalog
from synthkg.catalog.links import load_links, write_links
from synthkg.catalog.sssom import Link
from synthkg.endpoints.connection import Connection
from synthkg.endpoints.store import EndpointStore
from synthkg.errors import EndpointError, QueryError, UnreadableError, UsageError
from synthkg.graph.queries import load_query
from synthkg.graph.store import OxigraphStore, Table, load_dump
from synthkg.graph.triples import link_quads
from synthkg.linking.lookups import Answers, Pace, RestSource, Source, StoreSource
from synthkg.linking.lookups import ask as ask_source
from synthkg.linking.proposals import Linked, link, merge, open_source
from synthkg.linking.reviewing import REVIEWER, review
from synthkg.linking.subjects import find_subjects
from synthkg.linking.targets import FORMS, Key, Target, _target, find_target, load_targets
from synthkg.model.vocabulary import load_vocabulary

TARGETS = TESTS / "targets"
TODAY = "2026-11-24"
TOMORROW = "2026-11-25"
GRAPHS = sorted(file.stem for file in TARGETS.glob("*.ttl"))


@pytest.fixture
def records(tmp_path: Path) -> Catalog:
    """Five papers of ours."""
    return load_catalog(Path(shutil.copytree(TARGETS / "records", tmp_path / "records")))


def run_link(records: Catalog, target: Target, source: Source, answers: Answers | None = None, today: str = TODAY) -> Linked:
    """A run without waiting, keeping nothing unless told where."""
    return link(records, target, source, answers or Answers(None, today), Pace(0))


def expected(name: str) -> list[Link]:
    links, findings = load_links(TARGETS / f"{name}.sssom.tsv")
    assert all(finding.severity == "note" for finding in findings)
    return links


def without_hash(links: list[Link]) -> list[Link]:
    return [replace(each, query_hash="") for each in links]


# Targets


def test_every_target_has_a_graph_to_test_it_with() -> None:
    assert sorted(load_targets()) == sorted([*GRAPHS, "openalex"])


def in_memory(name: str, request: pytest.FixtureRequest) -> Source:
    return StoreSource(load_dump(TARGETS / f"{name}.ttl"), name)


def on_oxigraph(name: str, request: pytest.FixtureRequest) -> Source:
    server: OxigraphServer = request.getfixturevalue("endpoint")
    put = urllib.request.Request(f"{server.store}?default", (TARGETS / f"{name}.ttl").read_bytes(), method="PUT")
    put.add_header("Content-Type", "text/turtle")
    urllib.request.urlopen(put).close()
    return StoreSource(EndpointStore(server.query, ()), server.query)


def on_qlever(name: str, request: pytest.FixtureRequest) -> Source:
    """Not QLever, but one that answers like it."""
    server = request.getfixturevalue("qlever_like")
    server.RequestHandlerClass.inner = load_dump(TARGETS / f"{name}.ttl").inner
    address = f"http://127.0.0.1:{server.server_port}/sparql"
    return StoreSource(EndpointStore(address, ()), address)


@pytest.fixture(scope="module")
def qlever_like() -> Iterator[ThreadingHTTPServer]:
    yield from serve(QleverLike)


def on_virtuoso(name: str, request: pytest.FixtureRequest) -> Source:
    server: Virtuoso = request.getfixturevalue("loaded_virtuoso")
    return StoreSource(EndpointStore(server.query, ()), server.query)


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OxigraphServer]:
    yield from start_oxigraph(tmp_path_factory.mktemp("mirror"))


@pytest.fixture(scope="module")
def loaded_virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Virtuoso]:
    """A Virtuoso with the graphs of all targets alone: to it "a" and "a"^^xsd:string differ, and graphs of both mix up others."""
    for server in start_virtuoso(tmp_path_factory.mktemp("targets")):
        for name in GRAPHS:
            server.load(TARGETS / f"{name}.ttl")
        yield server


@pytest.mark.parametrize("engine", [in_memory, on_oxigraph, on_qlever, on_virtuoso], ids=lambda engine: engine.__name__)
@pytest.mark.parametrize("name", GRAPHS)
def test_a_target_gives_the_expected_links(
    name: str, engine: Callable[[str, pytest.FixtureRequest], Source], records: Catalog, request: pytest.FixtureRequest
) -> None:
    target = find_target(name)
    done = run_link(records, target, engine(name, request))
    assert without_hash(done.after) == without_hash(expected(name))
    assert {each.query_hash for each in done.after} == {target.hash}
    assert load_links(done.path)[0] == done.after, "what is written is what was found"


@pytest.mark.parametrize("name", GRAPHS)
def test_the_query_runs_as_it_stands(name: str, request: pytest.FixtureRequest) -> None:
    target = find_target(name)
    table = EndpointStore(on_oxigraph(name, request).name, ()).select(target.query.text)
    assert {"object", "label", *target.keys} <= set(table.columns)
    if name != "cso":  # of which no concept is the example
        assert table.rows, "the example in its VALUES block finds something"


class OpenAlex(Answering):
    """The part of OpenAlex's API that is asked: works by a filter of DOIs."""

    seen: list[dict[str, list[str]]]

    def answer(self) -> None:
        said = parse_qs(urlsplit(self.path).query)
        self.seen.append(said)
        wanted = said["filter"][0].removeprefix("doi:").lower().split("|")
        assert len(wanted) <= 100
        works = [work for work in json.loads((TARGETS / "openalex.json").read_text()) if work["doi"] in wanted]
        meta = {"count": len(works), "page": 1, "per_page": int(said["per_page"][0])}
        works = [{key: work[key] for key in said["select"][0].split(",")} for work in works]
        self._send(json.dumps({"meta": meta, "results": works, "group_by": []}).encode(), "application/json")


@pytest.fixture
def openalex() -> Iterator[tuple[str, list[dict[str, list[str]]]]]:
    """The address of a server like OpenAlex, and what it was asked."""
    seen: list[dict[str, list[str]]] = []
    for server in serve(OpenAlex, seen=seen):
        yield f"http://127.0.0.1:{server.server_port}/works", seen


def test_a_target_without_sparql(
    records: Catalog, openalex: tuple[str, list[dict[str, list[str]]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, seen = openalex
    monkeypatch.setenv("OPENALEX_API_KEY", "s3cret&")
    done = run_link(records, find_target("openalex"), RestSource(Connection(address)))
    assert without_hash(done.after) == without_hash(expected("openalex"))
    assert ["api_key" in said for said in seen] == [False], "the key of OpenAlex is for nobody else"


@pytest.mark.parametrize(
    ("address", "own", "sends"),
    [
        ("https://api.openalex.org/works", "https://api.openalex.org/works", True),
        ("http://api.openalex.org/works", "https://api.openalex.org/works", False),
        ("https://api.openalex.org.example/works", "https://api.openalex.org/works", False),
        ("http://127.0.0.1/works", "http://127.0.0.1/works", False),
    ],
)
def test_a_key_goes_to_its_service_alone_and_is_never_shown(
    address: str, own: str, sends: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENALEX_API_KEY", "s3cret&")
    asked: list[str] = []

    def answer(self: Connection, request: urllib.request.Request) -> object:
        asked.append(request.full_url)
        raise EndpointError(self.excerpt(f"no such address: {request.full_url}, {'x' * 230}{request.full_url}".encode()))

    monkeypatch.setattr(Connection, "exchange", answer)
    target = replace(find_target("openalex"), endpoint=own)
    with pytest.raises(EndpointError) as caught:
        RestSource(Connection(address)).ask(target, [Key("doi", "10.1/x")])
    assert [url.endswith("&api_key=s3cret%26") for url in asked] == [sends]
    assert "s3" not in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("html", 'answers with text/html ("SPARQL Query Editor"), not with JSON'),
        ("rows", 'answers with JSON without a list of "results"; has the service changed?'),
        ("truncated", "broke off its answer after 100 bytes"),
        ("forever", "answers 503 Service Unavailable, and asks to wait 86400 s"),
        ("wrong", "answers 400 Bad Request"),
    ],
)
def test_a_service_that_answers_something_else(fault: str, words: str, records: Catalog, faulty: Faulty) -> None:
    source = RestSource(Connection(faulty.at(fault), sleep=lambda seconds: None))
    with pytest.raises(EndpointError, match=re.escape(words)):
        run_link(records, find_target("openalex"), source)


@pytest.mark.parametrize("suffix", [".nt", ".nq", ".ttl"])
def test_a_dump_gives_what_the_endpoint_gives(suffix: str, records: Catalog, run: Run, tmp_path: Path) -> None:
    dump = tmp_path / f"wikidata{suffix}"
    store = load_dump(TARGETS / "wikidata.ttl")
    forms = {".nt": RdfFormat.N_TRIPLES, ".nq": RdfFormat.N_QUADS, ".ttl": RdfFormat.TURTLE}
    dump.write_bytes(serialize((quad.triple for quad in store), format=forms[suffix]) or b"")
    done = run("link", "wikidata", "--data", records.data, "--dump", dump)
    assert done.status == 0
    found, _ = load_links(links_path(records.data, "wikidata"))
    assert [replace(each, query_hash="", date="") for each in found] == [
        replace(each, query_hash="", date="") for each in expected("wikidata")
    ]


# Declarations


def wrong(tmp_path: Path, old: str, new: str) -> None:
    text = (ROOT / "queries/links/dblp.rq").read_text()
    assert old in text
    _target(load_query(tmp_path / "x.rq", text.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("#+ batch: 100\n", "", r'x\.rq:1:1: a target says its batch: add "#\+ batch: …"'),
        ("#+ rate: 1\n", "#+ rates: 1\n", r'a target says no "rates"; did you mean "rate"\?'),
        ("level: version", "level: paper", r'level: "paper" is none; known: concept, version'),
        ("doi: doi-iri", "doi: doi-irii", r'"doi-irii" is no form; did you mean "doi-iri"\?'),
        ("VALUES ?doi", "VALUES ?dio", r"the query has 0 blocks VALUES \?doi"),
    ],
)
def test_a_wrong_declaration_is_told(old: str, new: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(QueryError, match=words):
        wrong(tmp_path, old, new)


def test_the_hash_is_of_what_finds_things() -> None:
    target = find_target("dblp")
    text = target.query.text

    def hashed(text: str) -> str:
        return _target(load_query(Path("dblp.rq"), text)).hash

    assert (
        hashed(text.replace("#+ rate: 1", "#+ rate: 9").replace("# Read:", "# Seen:").replace("2212-10560", "2304-12244"))
        == target.hash
    )
    assert hashed(text.replace("dblp:title ?label", "dblp:label ?label")) != target.hash
    assert hashed(text.replace("doi: doi-iri", "doi: doi")) != target.hash


@given(st.text(min_size=1, max_size=30), st.sampled_from([form for form in FORMS if FORMS[form].kind == "title"]))
def test_no_key_is_anything_but_a_term(title: str, form: str) -> None:
    """Whatever a title holds, the query finds the thing that has exactly it, and nothing else."""
    text = "SELECT ?object WHERE { VALUES ?title { 'x' } ?object <urn:title> ?title }"
    target = replace(find_target("lpwc"), query=load_query(Path("x.rq"), text), keys={"title": form})
    assert all(term.startswith('"') for term in FORMS[form].write(title))
    it, other = NamedNode("urn:it"), NamedNode("urn:x")
    store = OxigraphStore(Quad(thing, NamedNode("urn:title"), Literal(name)) for thing, name in ((it, title), (other, "y")))
    rows = store.select(target.text([Key("title", title)])).rows
    assert {row[0] for row in rows} <= ({it, other} if title == "y" else {it})
    if form in ("title", "title-english", "title-in-capitals"):
        assert rows


# What was found before


def test_a_second_run_changes_nothing(records: Catalog) -> None:
    target = find_target("wikidata")
    first = run_link(records, target, StoreSource(load_dump(TARGETS / "wikidata.ttl"), "x"))
    before = first.path.read_bytes()
    second = run_link(records, target, StoreSource(load_dump(TARGETS / "wikidata.ttl"), "x"), today=TOMORROW)
    assert first.path.read_bytes() == before, "an unchanged link keeps its date"
    assert (first.new, second.new) == (len(first.after), 0)


def test_what_is_not_found_any_more_stays(records: Catalog) -> None:
    target = find_target("wikidata")
    first = run_link(records, target, StoreSource(load_dump(TARGETS / "wikidata.ttl"), "x"))
    second = run_link(records, target, StoreSource(OxigraphStore(), "x"), today=TOMORROW)
    assert second.after == first.after


def test_what_a_person_decided_stays(records: Catalog) -> None:
    target, source = find_target("wikidata"), StoreSource(load_dump(TARGETS / "wikidata.ttl"), "x")
    done = run_link(records, target, source)
    judged = [
        replace(each, reviewer="Ada", status="rejected" if each.status == "accepted" else "accepted", date="2026-01-01")
        for each in done.after
    ]
    write_links(done.path, judged)
    assert run_link(records, target, source, today=TOMORROW).after == judged


@pytest.mark.parametrize(
    ("status", "justification", "reviewer", "decided"),
    [
        ("accepted", "semapv:LexicalMatching", None, False),
        ("accepted", "semapv:LexicalMatching", "Ada", True),
        ("accepted", "semapv:LexicalSimilarityThresholdMatching", None, True),
        ("accepted", "semapv:ManualMappingCuration", None, True),
        ("waiting", "semapv:LexicalMatching", None, False),
        ("waiting", "semapv:LexicalSimilarityThresholdMatching", None, False),
        ("waiting", "semapv:LexicalSimilarityThresholdMatching", "Ada", True),
        ("rejected", "semapv:LexicalMatching", None, True),
        ("rejected", "semapv:LexicalSimilarityThresholdMatching", "Ada", True),
    ],
)
def test_a_search_renews_what_nobody_decided(status: str, justification: str, reviewer: str | None, decided: bool) -> None:
    """What has the identifier is accepted by itself; all else that is accepted or rejected, a person did."""
    old = Link(
        subject="urn:s", predicate="skos:exactMatch", object="urn:o", status=status, justification=justification,
        reviewer=reviewer, date="2026-01-01", query_hash="0" * 16, confidence=0.9,
    )  # fmt: skip
    new = replace(old, object_label="Tides", status="waiting", reviewer=None, date="2026-02-02", confidence=0.8)
    (merged,) = merge([old], [new])
    kept = old if decided else replace(new, status=status, date=old.date)
    assert merged == kept


def test_a_rejected_link_is_not_proposed_again_and_frees_the_other(records: Catalog) -> None:
    target, source = find_target("wikidata"), StoreSource(load_dump(TARGETS / "wikidata.ttl"), "x")
    done = run_link(records, target, source)
    twins = [each for each in done.after if each.subject.endswith("metamath/version/preprint")]
    assert [each.status for each in twins] == ["waiting", "waiting"]
    assert {finding.severity for finding in done.findings} == {"note"}
    kept = [replace(each, status="rejected") if each == twins[0] else each for each in done.after]
    write_links(done.path, kept)
    again = run_link(records, target, source)
    assert [each.status for each in again.after if each.subject == twins[0].subject] == ["rejected", "accepted"]
    assert not again.findings


def test_a_file_that_would_lose_something_is_left_alone(records: Catalog) -> None:
    path = links_path(records.data, "wikidata")
    path.parent.mkdir()
    path.write_text("#license: x\nsubject_id\tsubject_category\n")
    with pytest.raises(UnreadableError, match=r"wikidata\.sssom\.tsv:2:\d+: .*nothing was changed"):
        run_link(records, find_target("wikidata"), StoreSource(OxigraphStore(), "x"))
    assert path.read_text() == "#license: x\nsubject_id\tsubject_category\n"


def test_all_files_of_links_are_read(records: Catalog) -> None:
    assert records.links == {}, "there need be no folder"
    done = run_link(records, find_target("wikidata"), StoreSource(load_dump(TARGETS / "wikidata.ttl"), "x"))
    for name in ("wikdata.sssom.tsv", "notes.txt", ".DS_Store"):
        (done.path.parent / name).touch()
    read = load_catalog(records.data)
    assert read.links == {"wikidata": done.after}
    assert [(Path(each.file).name, each.rule) for each in read.findings if each.severity == "error"] == [
        ("notes.txt", "stray-file"),
        ("wikdata.sssom.tsv", "unknown-target"),
    ]


def test_a_dry_run_changes_no_file(records: Catalog, run: Run) -> None:
    done = run("link", "wikidata", "--data", records.data, "--dump", TARGETS / "wikidata.ttl", "--dry-run")
    assert done.status == 0
    assert f"{len(expected('wikidata'))} new (not written)" in done.stdout
    assert not (records.data / "links").exists()


# Review


def test_review(records: Catalog, run: Run) -> None:
    done = run_link(records, find_target("wikidata"), StoreSource(load_dump(TARGETS / "wikidata.ttl"), "x"))
    waiting = sorted((each for each in done.after if each.status == "waiting"), key=lambda each: (-each.sureness, each.subject))
    before = done.path.read_bytes()
    dry = run("link", "--review", "--dry-run", "--data", records.data, "--reviewer", "Ada", stdin="a\nr\nq\n")
    assert (dry.stdout.splitlines()[-1], done.path.read_bytes()) == (
        "wikidata: 1 accepted, 1 rejected, 0 skipped (not written)",
        before,
    )
    slip = run("link", "--review", "--data", records.data, "--reviewer", "0000-0002-1825-0098", stdin="a\nq\n")
    assert (slip.status, slip.stdout) == (2, "")
    assert 'the check digit of the ORCID iD "0000-0002-1825-0098" is wrong' in slip.stderr
    said = run("link", "--review", "--data", records.data, "--reviewer", "0000-0002-1825-0097", stdin="what?\na\n\nR\nq\n")
    assert said.status == 0, said.stderr
    assert "wikidata: 1 accepted, 1 rejected, 1 skipped" in said.stdout
    assert all(text in said.stdout for text in (waiting[0].subject, waiting[0].object, waiting[0].subject_label, "1 of 5: "))
    after, _ = load_links(done.path)
    changed = [each for each in after if each not in done.after]
    assert sorted((each.status, each.reviewer) for each in changed) == [
        ("accepted", "https://orcid.org/0000-0002-1825-0097"),
        ("rejected", "https://orcid.org/0000-0002-1825-0097"),
    ]
    assert len(after) == len(done.after)
    assert {(each.subject, each.date) for each in after} == {(each.subject, each.date) for each in done.after}


def test_nobody_is_asked_for_where_no_link_waits(records: Catalog, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.delenv(REVIEWER, raising=False)
    monkeypatch.chdir(records.data)
    for call, told in (("link --review", "no link waits\n"), ("link dblp --review", "dblp: no link waits\n")):
        assert run(*call.split(), "--data", records.data, stdin="") == (0, told, "")


def test_a_review_that_ends_early_keeps_what_was_decided(records: Catalog, run: Run) -> None:
    done = run_link(records, find_target("wikidata"), StoreSource(load_dump(TARGETS / "wikidata.ttl"), "x"))
    said = run("link", "wikidata", "--review", "--data", records.data, "--reviewer", "Ada", stdin="a\n")
    assert "1 accepted, 0 rejected, 0 skipped" in said.stdout
    assert [each.reviewer for each in load_links(done.path)[0] if each.reviewer] == ["Ada"]


def test_a_label_cannot_rewrite_what_is_judged(records: Catalog, run: Run) -> None:
    done = run_link(records, find_target("wikidata"), StoreSource(load_dump(TARGETS / "wikidata.ttl"), "x"))
    label = "A title\x1b[1A\x1b[2K\u202eelbisreveni \x9b3J"
    write_links(done.path, [replace(each, object_label=label) for each in done.after])
    said = run("link", "wikidata", "--review", "--data", records.data, "--reviewer", "Ada", stdin="q\n")
    assert r"theirs  A title\x1b[1A\x1b[2K\u202eelbisreveni \x9b3J" in said.stdout
    assert not re.search("[\x1b\x9b\u202e]", said.stdout)


def waiting_of(links: list[Link]) -> list[Link]:
    return [each for each in links if each.status == "waiting"]


def test_a_review_while_link_runs_is_kept(records: Catalog) -> None:
    """Links are asked for through minutes; a person decides two, and edits the file, meanwhile."""
    target, source = find_target("wikidata"), StoreSource(load_dump(TARGETS / "wikidata.ttl"), "x")
    first = run_link(records, target, source)
    by_hand = replace(first.after[0], object="http://www.wikidata.org/entity/Q1", comment="by hand", status="rejected")

    class Slow(StoreSource):
        def ask(self, target: Target, keys: Sequence[Key]) -> Table:
            words = iter(["a", "r"])

            def decide(question: str) -> str:
                told = next(words, None)
                if told is None:
                    raise EOFError
                return told

            if not any(each.reviewer for each in load_links(first.path)[0]):
                write_links(first.path, [*load_links(first.path)[0], by_hand])
                review(records, target, "Ada", decide, lambda line: None)
            return super().ask(target, keys)

    done = run_link(records, target, Slow(source.store, "x"), today=TOMORROW)
    after = load_links(first.path)[0]
    assert sorted(each.status for each in after if each.reviewer == "Ada") == ["accepted", "rejected"]
    assert by_hand in after
    assert {(each.object, each.status) for each in done.after} == {(each.object, each.status) for each in after}
    assert len(waiting_of(after)) == len(waiting_of(first.after)) - 2


def test_an_edit_and_another_reviewer_during_a_review_are_kept(records: Catalog) -> None:
    target = find_target("wikidata")
    done = run_link(records, target, StoreSource(load_dump(TARGETS / "wikidata.ttl"), "x"))
    by_hand = replace(done.after[0], object="http://www.wikidata.org/entity/Q1", comment="by hand")
    order = sorted(waiting_of(done.after), key=lambda each: (-each.sureness, each.subject, each.object))
    shown: list[str] = []

    def decide(question: str) -> str:
        links = load_links(done.path)[0]
        if by_hand not in links:  # at the first question: Mary decides the first two, and somebody adds a row
            decided = [replace(each, status="rejected", reviewer="Mary") if each in order[:2] else each for each in links]
            write_links(done.path, [*decided, by_hand])
        return "a"

    counts = review(records, target, "Ada", decide, shown.append)
    after = load_links(done.path)[0]
    assert by_hand in after
    assert [each.reviewer for each in after].count("Mary") == 2
    assert [each.reviewer for each in after].count("Ada") == len(order) - 2 == counts["accepted"]
    assert "  it was decided, or taken out of the file, meanwhile; that stands" in shown


def test_two_writers_lose_nothing(records: Catalog) -> None:
    """Two processes decide every second link each, at once."""
    done = run_link(records, find_target("wikidata"), StoreSource(load_dump(TARGETS / "wikidata.ttl"), "x"))
    many = [
        replace(done.after[0], object=f"http://www.wikidata.org/entity/Q{n}", status="waiting", reviewer=None) for n in range(40)
    ]
    write_links(done.path, many)
    script = """
import sys
from pathlib import Path
from synthkg.catalog import load_catalog
from synthkg.linking import find_target, review
answers = iter(["a", "s"] * 20 if sys.argv[2] == "Ada" else ["s", "r"] * 20)
review(load_catalog(Path(sys.argv[1])), find_target("wikidata"), sys.argv[2], lambda question: next(answers), lambda line: None)
"""
    both = [subprocess.Popen([sys.executable, "-c", script, records.data, who]) for who in ("Ada", "Mary")]
    assert [process.wait(60) for process in both] == [0, 0]
    after = load_links(done.path)[0]
    assert len(after) == 40
    assert {(each.status, each.reviewer) for each in after} <= {("accepted", "Ada"), ("rejected", "Mary"), ("waiting", None)}
    assert len([each for each in after if each.reviewer]) >= 20, "each decision that was made is there"
    assert sorted(path.name for path in done.path.parent.iterdir()) == [done.path.name], "no lock is left"


@pytest.mark.parametrize("accepts", [False, True])
def test_what_is_none_of_the_targets_things_is_never_accepted_at_once(accepts: bool, records: Catalog, run: Run) -> None:
    target = replace(find_target("wikidata"), namespace="https://elsewhere.example/")
    done = run_link(records, target, StoreSource(load_dump(TARGETS / "wikidata.ttl"), "x"))
    assert {each.status for each in done.after} == {"waiting"}
    assert all("its IRI is none of wikidata's" in (each.comment or "") and each.sureness <= 0.5 for each in done.after)
    theirs = replace(
        expected("wikidata")[0], object="https://evil.example/x", status="accepted", reviewer="Ada" if accepts else None
    )
    write_links(done.path, [theirs])
    found = json.loads(run("check", "--data", records.data, "--format", "json").stdout)
    (said,) = [each for each in found if each["rule"] == "link-outside-target"]
    assert said["severity"] == ("warning" if accepts else "error")
    assert "https://evil.example/x is none of wikidata's things" in said["problem"]


def test_a_link_of_a_day_that_is_still_to_come_is_told(records: Catalog, run: Run) -> None:
    done = run_link(records, find_target("wikidata"), StoreSource(load_dump(TARGETS / "wikidata.ttl"), "x"))
    write_links(done.path, [replace(done.after[0], date="2999-02-20"), *done.after[1:]])
    found = json.loads(run("check", "--data", records.data, "--format", "json").stdout)
    assert [(each["severity"], each["problem"]) for each in found if each["rule"] == "read-in-future"] == [
        ("warning", "mapping_date 2999-02-20, which is after today")
    ]


def test_a_value_that_is_no_term_costs_its_row_alone(records: Catalog, faulty: Faulty) -> None:
    target = find_target("dblp")
    key = next(key for subject in find_subjects(records, "version") for key in subject.keys if key.kind == "doi")
    (iri, *_) = (term.strip("<>") for term in FORMS["doi-iri"].write(key.value))
    rows = [
        {"doi": {"type": "uri", "value": iri}, "object": {"type": "uri", "value": f"https://dblp.org/rec/{name}"}}
        for name in ("a b", "good")
    ]
    body = json.dumps({"head": {"vars": ["doi", "object"]}, "results": {"bindings": rows}}).encode()
    source = open_source(target, [], endpoint=faulty.says(body, "Content-Type: application/sparql-results+json"))
    answers = Answers(None, TODAY)
    assert ask_source(target, source, [key], answers, Pace(0)) == 1
    assert [each.object for each in answers.found[key]] == ["https://dblp.org/rec/good"]
    (note,) = source.notes
    assert re.search(r"row 1, \?object: .*rec/a b.* is no IRI \(Invalid IRI code point", note)


@pytest.mark.parametrize("rows", [b'{"s": {"type": "uri", "value": "urn:a"}}', b""])
def test_rows_of_another_query_are_no_answer(rows: bytes, faulty: Faulty) -> None:
    """They would be kept for a week as "there is nothing"."""
    target, key = find_target("dblp"), Key("arxiv", "2301.00001")
    body = b'{"head": {"vars": ["s"]}, "results": {"bindings": [%b]}}' % rows
    source = open_source(target, [], endpoint=faulty.says(body, "Content-Type: application/sparql-results+json"))
    answers = Answers(None, TODAY)
    with pytest.raises(EndpointError, match=r"answers without the column \?object.*it has: s"):
        ask_source(target, source, [key], answers, Pace(0))
    assert answers.found == {}


def test_an_object_without_an_iri_is_told(faulty: Faulty) -> None:
    target, key = find_target("wikidata"), Key("arxiv", "2301.00001")
    row = {"arxiv": {"type": "literal", "value": key.value}, "object": {"type": "bnode", "value": "b0"}}
    body = json.dumps({"head": {"vars": ["arxiv", "object"]}, "results": {"bindings": [row]}}).encode()
    source = open_source(target, [], endpoint=faulty.says(body, "Content-Type: application/sparql-results+json"))
    ask_source(target, source, [key], Answers(None, TODAY), Pace(0))
    (note,) = source.notes
    assert note.endswith(": 1 row whose ?object is no IRI")


def test_two_labels_that_are_written_alike_are_both_found() -> None:
    """A label is asked for in lower case, too, and may be the whole label of another concept."""
    topic = "<https://cso.kmi.open.ac.uk/topics/evaluation>"
    named = f'{topic} <http://www.w3.org/2000/01/rdf-schema#label> "evaluation"@en .'
    keys, answers = [Key("label", "Evaluation"), Key("label", "evaluation")], Answers(None, TODAY)
    source = StoreSource(OxigraphStore(parse(named, format=RdfFormat.N_TRIPLES)), "x")
    ask_source(find_target("cso"), source, keys, answers, Pace(0))
    assert [len(answers.found[key]) for key in keys] == [1, 1]


def test_who_reviews(records: Catalog, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run_link(records, find_target("wikidata"), StoreSource(load_dump(TARGETS / "wikidata.ttl"), "x"))
    monkeypatch.setenv("SYNTHKG_REVIEWER", "Ada|Mary")
    with_bar = run("link", "--review", "--data", records.data, stdin="")
    assert with_bar.status == 2
    assert 'say who reviews, by name or ORCID iD: --reviewer "Ada Lovelace", or set SYNTHKG_REVIEWER' in with_bar.stderr


# The command line


def test_targets_are_listed(run: Run) -> None:
    said = run("link")
    assert [line.split("\t")[0] for line in said.stdout.splitlines()] == sorted(load_targets())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("wikidat",), 'there is no target "wikidat"; did you mean "wikidata"?'),
        (("cso",), '"cso" has no endpoint; give --dump FILE'),
        (("wikidata", "--dump", "x.nt", "--endpoint", "http://127.0.0.1/"), "give one of --endpoint and --dump"),
        (("wikidata", "--dump", "nowhere.nt"), "nowhere.nt: cannot read the dump"),
    ],
)
def test_a_wrong_call_is_told(arguments: tuple[str, ...], words: str, records: Catalog, run: Run) -> None:
    said = run("link", *arguments, "--data", records.data)
    assert said.status == 2
    assert words in said.stderr


def test_pace() -> None:
    now, waits = [100.0], []

    def sleep(seconds: float) -> None:
        waits.append(round(seconds, 3))
        now[0] += seconds

    pace = Pace(4, sleep, lambda: now[0])
    for busy in (0.0, 0.1, 1.0, 0.0):
        pace.wait()
        now[0] += busy
    assert waits == [0.25, 0.15]


# Faults


@dataclass
class Mirror:
    """A mirror of Wikidata that answers well until told otherwise: ``faults`` are the numbers of the requests that go wrong."""

    store: OxigraphStore
    fault: str = ""
    faults: range = range(0)
    base: str = ""
    requests: int = 0
    answered: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    hold: threading.Event = field(default_factory=threading.Event)
    held: threading.Event = field(default_factory=threading.Event)


class MirrorHandler(Answering):
    mirror: Mirror

    def answer(self) -> None:
        mirror = self.mirror
        query = parse_qs(self._body() or urlsplit(self.path).query)["query"][0]
        mirror.agents.add(self.headers["User-Agent"])
        mirror.requests += 1
        number = mirror.requests
        rows: object = mirror.store.inner.query(query, use_default_graph_as_union=True)
        good: bytes = rows.serialize(format=QueryResultsFormat.JSON)  # type: ignore[attr-defined]
        answer, status, kind, headers = good, 200, "application/sparql-results+json", {}
        if number in mirror.faults:
            match mirror.fault:
                case "slow":
                    time.sleep(0.6)
                case "hang":
                    mirror.held.set()
                    mirror.hold.wait(60)
                case "truncated":
                    answer = good[: len(good) // 2]
                case "busy":
                    answer, status, headers = b"too many", 429, {"Retry_After": "0"}
                case "maintenance":
                    answer, status, headers = b"later", 503, {"Retry_After": "86400"}
                case "error":
                    answer, status, kind = b"java.util.concurrent.TimeoutException", 500, "text/plain"
                case "html":
                    answer, kind = b"<html><title>Sign in</title></html>", "text/html"
                case "charset":
                    answer = good.replace(b'"value"', b'"v\xe9lue"')
                case "duplicates":
                    found = json.loads(good)
                    found["results"]["bindings"] *= 3
                    answer = json.dumps(found).encode()
                case "reset":
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.connection.close()
                    return
                case "cut":
                    answer, headers = good[:-40], {"Content_Length": str(len(good))}
        try:
            self._send(answer, kind, status, **headers)
        except OSError:  # the client has gone
            return
        if number not in mirror.faults or mirror.fault == "duplicates":
            mirror.answered.append(query)


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    found = Mirror(load_dump(TARGETS / "wikidata.ttl"))
    for server in serve(MirrorHandler, mirror=found):
        found.base = f"http://127.0.0.1:{server.server_port}/sparql"
        yield found
        found.hold.set()


def patient(mirror: Mirror, timeout: float = 0.4) -> StoreSource:
    return StoreSource(EndpointStore(mirror.base, (), timeout=timeout, retries=1, sleep=lambda seconds: None), mirror.base)


ALWAYS = range(4, 1_000)
ONCE = range(4, 5)


@pytest.mark.parametrize(
    ("fault", "faults", "ends"),
    [
        ("slow", ALWAYS, "took longer than 0.4 s"),
        ("slow", ONCE, ""),
        ("truncated", ALWAYS, "broke off its answer after"),
        ("truncated", ONCE, ""),
        ("busy", ALWAYS, "answers 429 Too Many Requests, 2 times; try again later"),
        ("busy", ONCE, ""),
        ("maintenance", ALWAYS, "asks to wait 86400 s"),
        ("error", ALWAYS, "answers 500 Internal Server Error: java.util.concurrent.TimeoutException"),
        ("error", ONCE, ""),
        ("html", ALWAYS, 'answers with a web page ("Sign in"), not with results'),
        ("charset", ALWAYS, "answers with bytes that are not UTF-8"),
        ("duplicates", ALWAYS, ""),
        ("cut", ALWAYS, "broke off the connection, 2 times"),
        ("cut", ONCE, ""),
        ("reset", ALWAYS, "broke off the connection, 2 times"),
        ("reset", ONCE, ""),
    ],
)
def test_a_fault_loses_nothing(
    fault: str, faults: range, ends: str, records: Catalog, mirror: Mirror, record_property: Callable[[str, object], None]
) -> None:
    """From the fourth request on, or in the fourth, the server goes wrong; later it is well again."""
    target = replace(find_target("wikidata"), batch=2)
    clean = without_hash(expected("wikidata"))

    def kept(today: str = TODAY) -> Answers:
        return Answers.load(target, mirror.base, today)

    mirror.fault, mirror.faults = fault, faults
    if ends:
        with pytest.raises(EndpointError, match="keys are answered and kept; run it again to go on") as caught:
            run_link(records, target, patient(mirror), kept())
        assert ends in str(caught.value)
    else:
        run_link(records, target, patient(mirror), kept())
    before, findings = load_links(links_path(records.data, "wikidata"))
    assert all(finding.severity == "note" for finding in findings)
    identities = {(each.subject, each.object) for each in before}
    assert identities <= {(each.subject, each.object) for each in clean}, "a fault makes no link"
    assert before, "what was found before the fault is written"
    first, mirror.requests, mirror.faults = mirror.requests, 0, range(0)
    done = run_link(records, target, patient(mirror, 20), kept(TOMORROW))
    assert without_hash(done.after) == [
        replace(each, date=TODAY if (each.subject, each.object) in identities else TOMORROW) for each in clean
    ]
    asked = [keys_in(query) for query in mirror.answered]
    assert len(set().union(*asked)) > 12
    assert sum(map(len, asked)) == len(set().union(*asked)), "no key is asked again that was answered"
    if not ends:
        assert mirror.requests == 0, "nothing is left to ask"
    assert len(mirror.agents) == 1
    assert mirror.agents.pop().startswith("synthkg/")
    when = "once" if faults is ONCE else "from then on"
    row = f"{fault}, {when} | {len(before)} | {len(done.after)} of {len(clean)} | {first} + {mirror.requests}"
    record_property("fault | proposals before | after resume | requests", row)
    sys.stdout.write(f"\n| {row} |\n")


EXAMPLES = {
    "2212.10560",
    "10.18653/V1/2023.ACL-LONG.754",
    "Self-Instruct: Aligning Language Models with Self-Generated Instructions",
}


def keys_in(query: str) -> set[str]:
    """The keys that a request asked for, without the examples that stand in the blocks for which it had none."""
    blocks = [block.partition("{")[2].partition("}\n")[0] for block in query.split("VALUES ?")[1:]]
    return {value for block in blocks for value in re.findall(r'"((?:[^"\\]|\\.)*)"', block)} - EXAMPLES


def test_nothing_is_asked_twice_within_a_week(records: Catalog, mirror: Mirror) -> None:
    target = find_target("wikidata")
    for today, requests in (("2026-11-24", 2), ("2026-11-30", 0), ("2026-12-02", 2)):
        mirror.requests = 0
        done = run_link(records, target, patient(mirror, 20), Answers.load(target, mirror.base, today), today)
        assert (mirror.requests, done.requests) == (requests, requests), today
    fresh = Answers.load(target, mirror.base, "2026-12-02", fresh=True)
    assert run_link(records, target, patient(mirror, 20), fresh).requests == 2


def test_a_torn_line_is_no_answer(records: Catalog, mirror: Mirror) -> None:
    target = replace(find_target("wikidata"), batch=3)
    whole = Answers.load(target, mirror.base, TODAY)
    run_link(records, target, patient(mirror, 20), whole)
    assert whole.file is not None
    text = whole.file.read_bytes()
    whole.file.write_bytes(text[:-20])
    again = Answers.load(target, mirror.base, TODAY)
    assert 0 < len(whole.found) - len(again.found) <= 3
    assert run_link(records, target, patient(mirror, 20), again).requests == 1
    assert whole.file.read_bytes() == text


def test_an_answer_that_a_disk_has_altered_is_asked_for_again(records: Catalog, mirror: Mirror) -> None:
    target = find_target("wikidata")
    whole = Answers.load(target, mirror.base, TODAY)
    run_link(records, target, patient(mirror, 20), whole)
    assert whole.file is not None
    text = whole.file.read_bytes()
    whole.file.write_bytes(text.replace(b"entity/Q", b"entity/R", 1))
    again = Answers.load(target, mirror.base, TODAY)
    assert len(again.found) < len(whole.found)
    assert run_link(records, target, patient(mirror, 20), again).requests == 1
    assert again.found == whole.found


OTHERS = [
    "{}",
    "[]",
    '{"on": 3, "keys": [], "found": []}',
    '{"on": "2026-11-24", "keys": 7, "found": []}',
    '{"on": "2026-11-24", "keys": [["doi"]], "found": []}',
    '{"on": "2026-11-24", "keys": [["doi", "x", "y"]], "found": []}',
    '{"on": "2026-11-24", "keys": [["doi", ["x"]]], "found": []}',
    '{"on": "2026-11-24", "keys": [["doi", "x"]], "found": [["doi", "x"]]}',
    '{"on": "2026-11-24", "keys": [["doi", "x"]], "found": [[["doi", "z"], "urn:o", [], [], []]]}',
    '{"on": "2026-11-24", "keys": [["doi", "x"]], "found": [[["doi", "x"], null, [], [], []]]}',
    '{"on": "2026-11-24", "keys": [["doi", "x"]], "found": [[["doi", "x"], "urn:o", [1], [], []]]}',
    '{"on": "2026-11-24", "keys": [["doi", "x"]], "found": [[["doi", "x"], "urn:o", [], [], ["1999"]]]}',
    "[" * 100_000,
]


@pytest.mark.parametrize("line", OTHERS, ids=range(len(OTHERS)))
def test_what_others_wrote_into_the_cache_is_no_answer(line: str, mirror: Mirror) -> None:
    target = find_target("wikidata")
    kept = Answers.load(target, f"{mirror.base}/{OTHERS.index(line)}", TODAY)
    assert kept.file is not None
    ours = Key("doi", "10.1/a")
    kept.keep([ours], [])
    with kept.file.open("a") as stream:
        stream.write(f"{line}\n")
    assert list(Answers.load(target, f"{mirror.base}/{OTHERS.index(line)}", TODAY).found) == [ours]


def test_without_a_folder_to_keep_answers_in_a_run_is_none_the_worse(
    records: Catalog, mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    target = find_target("wikidata")
    done = run_link(records, target, patient(mirror, 20), Answers.load(target, mirror.base, TODAY))
    assert without_hash(done.after) == without_hash(expected("wikidata"))
    mirror.fault, mirror.faults = "maintenance", range(1, 1000)
    with pytest.raises(EndpointError, match="0 keys are answered, but there is no folder to keep that in"):
        run_link(records, target, patient(mirror, 20), Answers.load(target, mirror.base, TODAY))


# A run that is stopped


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone whose target wikidata is asked in small batches and without waiting."""
    shutil.copytree(ROOT / "ontology", tmp_path / "clone/ontology")
    shutil.copytree(ROOT / "queries", tmp_path / "clone/queries")
    file = tmp_path / "clone/queries/links/wikidata.rq"
    file.write_text(file.read_text().replace("#+ batch: 60", "#+ batch: 2").replace("#+ rate: 1\n", "#+ rate: 1000\n"))
    return tmp_path / "clone"


@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_is_stopped_goes_on(
    stop: signal.Signals, clone: Path, records: Catalog, mirror: Mirror, tmp_path: Path
) -> None:
    mirror.fault, mirror.faults = "hang", range(5, 6)
    command = [sys.executable, "-m", "synthkg", "link", "wikidata", "--data", str(records.data), "--endpoint", mirror.base]
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=clone, env=environment, stdout=pipe, stderr=pipe, preexec_fn=interruptible) as process:
        assert mirror.held.wait(60), "the fifth request came"
        process.send_signal(stop)
        process.communicate(timeout=60)
    assert process.returncode != 0
    path = links_path(records.data, "wikidata")
    assert path.exists() == (stop == signal.SIGINT), "Ctrl-C leaves time to write what was found"
    answered = set().union(*map(keys_in, mirror.answered))
    assert len(answered) >= 6, "four batches of two keys, examples left out"
    mirror.hold.set()
    mirror.answered.clear()
    done = subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not answered & set().union(*map(keys_in, mirror.answered)), "what was answered is not asked again"
    found, _ = load_links(path)
    assert [replace(each, query_hash="", date="") for each in found] == [
        replace(each, query_hash="", date="") for each in expected("wikidata")
    ]


def test_adding_a_target_is_adding_the_file_of_the_documentation(clone: Path, records: Catalog, tmp_path: Path) -> None:
    page = (ROOT / "docs/linking.md").read_text()
    assert all(f"`{form}`" in page for form in FORMS), "the page has every form"
    (clone / "queries/links/mine.rq").write_text(page.partition("```sparql\n")[2].partition("```")[0])
    dump = tmp_path / "mine.ttl"
    dump.write_text(
        "@prefix example: <https://graph.example.org/ontology#> .\n"
        "<https://graph.example.org/paper/1> example:arxivId '2203.14465' ; <http://purl.org/dc/terms/title> "
        "'STaR: Bootstrapping reasoning with reasoning' ; example:year 2022 ."
    )
    command = [sys.executable, "-m", "synthkg", "link", "mine", "--data", str(records.data), "--dump", str(dump)]
    done = subprocess.run(command, cwd=clone, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (found,) = load_links(links_path(records.data, "mine"))[0]
    assert (found.subject, found.object, found.status) == (
        "https://w3id.org/synthkg/paper/star/version/preprint",
        "https://graph.example.org/paper/1",
        "accepted",
    )
    assert "\tmine:1\t" in links_path(records.data, "mine").read_text()


def test_an_unknown_target_lists_the_known() -> None:
    with pytest.raises(UsageError, match="known: cso, dblp, lpwc"):
        find_target("zzz")


# In the graph


def toy_link(version: str, record: str) -> Link:
    return Link(
        subject=f"https://w3id.org/synthkg/paper/tide-instruct/version/{version}",
        subject_label="Tide-Instruct",
        predicate="skos:exactMatch",
        object=f"https://dblp.org/rec/{record}",
        justification="semapv:LexicalMatching",
        confidence=1.0,
        date="2026-11-24",
        query_hash="0123456789abcdef",
        status="accepted",
        reviewer="B. Reader",
    )


def test_accepted_links_are_in_the_graph(toy: Path, run: Run) -> None:
    rejected = replace(toy_link("preprint", "conf/x/Other23"), status="rejected")
    write_links(links_path(toy, "dblp"), [toy_link("preprint", "journals/corr/abs-2301-00001"), rejected])
    asked = run("query", "links-of", "-p", "paper=tide-instruct", "--data", toy, "--format", "csv")
    rows = [line.split(",") for line in asked.stdout.splitlines() if ",dblp," in line]
    assert {(row[2], row[4].rpartition("/")[2]) for row in rows} == {
        ("https://dblp.org/rec/journals/corr/abs-2301-00001", "BackgroundKnowledgeBasedMatching"),
        ("https://dblp.org/rec/journals/corr/abs-2301-00001", "LexicalMatching"),
    }
    why = "SELECT ?who WHERE { ?link <https://w3id.org/synthkg/ontology#reviewer> ?who } ORDER BY ?who"
    assert run("query", why, "--data", toy, "--format", "csv").stdout == "who\nA. Curator\nB. Reader\n"


def test_any_confidence_is_a_decimal_in_the_graph() -> None:
    """Python writes 0.00001 with an exponent, which is no xsd:decimal."""
    made = link_quads("dblp", [replace(toy_link("preprint", "x"), confidence=0.00001)], load_vocabulary())
    (value,) = [quad.object.value for quad in made if quad.predicate.value.endswith("#confidence")]  # type: ignore[union-attr]
    assert value == "0"


def test_a_link_that_contradicts_an_identifier_is_found_in_its_file(toy: Path, run: Run) -> None:
    path = links_path(toy, "dblp")
    write_links(path, [toy_link("preprint", "journals/corr/abs-2301-99999")])
    (found,) = [f for f in json.loads(run("check", "--data", toy, "--format", "json").stdout) if f["severity"] == "error"]
    line = next(n for n, text in enumerate(path.read_text().splitlines(), start=1) if "99999" in text)
    assert (found["file"], found["line"], found["rule"]) == (str(path), line, "link-contradicts-identifier")
