"""What is remembered of answers holds as long as the facts that they read, and no longer."""

from __future__ import annotations

import os
import random
import re
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, Quad
from rdflib import RDF, URIRef
from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath
from rdflib.plugins.sparql import prepareQuery

from conftest import ROOT, invoke
from synthkg import workers
from synthkg.checks import mapping, within
from synthkg.checks.inspection import check
from synthkg.checks.mapping import Chunk
from synthkg.errors import UnreadableError
from synthkg.graph import Columns, Facts, OxigraphStore, Query, declared, lazy, lines_with, load_queries, read_by
from synthkg.graph.lazy import LazyStore
from synthkg.graph.needs import local_name
from synthkg.graph.sparql import template_of
from synthkg.model import utc_day
from synthkg.release.void import ASKED
from synthkg.views import rows_of, table_queries

SAVED = [
    query
    for folder in sorted((ROOT / "queries").iterdir())
    if folder.name != "contracts"  # which are templates
    for query in load_queries(folder.name).values()
]
SELECTS = [
    *load_queries("checks").values(),
    *table_queries().values(),
    *(load_queries("statistics")[name] for name in ASKED),
    load_queries("exports")["subject"],
]


def named(query: Query) -> str:
    return f"{query.path.parent.name}/{query.name}"


# What a query reads


def properties(text: str) -> set[str] | None:
    """The properties in a query's algebra, as rdflib has it, and classes where it names these; None if any may be read."""
    found: set[str] = set()
    said = " ".join(re.findall(r"VALUES [^{]*", text))
    for _, path, value in triples(prepareQuery(declared(text)).algebra):
        for verb in leaves(path):
            if not isinstance(verb, URIRef):
                return None
            if path == RDF.type and isinstance(value, URIRef):
                found.add(local_name(str(value)))
            elif path != RDF.type or (f"?{value}" not in said and f"?{value} rdfs:subClassOf synthkg:" not in text):
                found.add(local_name(str(verb)))
    return found


def triples(node: Any) -> Iterator[tuple[Any, Any, Any]]:
    if isinstance(node, dict):
        for some in dict(node).get("triples", ()):  # within EXISTS those of one subject lie one after the other
            yield from zip(some[::3], some[1::3], some[2::3], strict=True)
        node = list(node.values())
    if isinstance(node, list | tuple | set):
        for each in node:
            yield from triples(each)


def leaves(path: Any) -> Iterator[Any]:
    match path:
        case InvPath(arg=part) | MulPath(path=part):
            yield from leaves(part)
        case AlternativePath(args=parts) | SequencePath(args=parts):
            for part in parts:
                yield from leaves(part)
        case _:
            yield path


@pytest.mark.parametrize("query", SAVED, ids=named)
def test_it_reads_what_its_algebra_names(query: Query) -> None:
    exact, told = properties(query.text), read_by(query.text)
    if exact is not None:
        assert told is not None, "this would load everything"
        assert exact <= told


@pytest.mark.parametrize(
    "pattern",
    [
        "?s ?p ?o",
        "?s a ?type ; ?p 1",
        "?s ?p [ a ?type ]",
        "[ ?p ?o ] synthkg:acl ?x",
        "[] ?p 'a'@en",
        "<urn:s> ?p true",
        "?s synthkg:acl ?x FILTER(?x > 1) ?s ?p ?o",
        "?s synthkg:acl ?x FILTER NOT EXISTS { ?x ?p ?s }",
        "?s synthkg:acl ?x FILTER(?x = 1 || EXISTS { ?x ?p ?s })",
        "{ SELECT ?s ?o WHERE { ?s ?p ?o } GROUP BY ?s ?o }",
        "?s !synthkg:acl ?o",
        "?s !(a|^synthkg:acl) ?o",
        "?s (synthkg:acl|!a) ?o",
        "BIND(?x AS ?p) ?s ?p ?o",
        "?p a ?type . ?s ?p ?o",
    ],
)
def test_where_any_property_may_stand_all_are_read(pattern: str) -> None:
    assert properties(f"SELECT * WHERE {{ {pattern} }}") is None
    assert read_by(f"SELECT * WHERE {{ {pattern} }}") is None


@pytest.mark.parametrize(
    "pattern",
    [
        "?s synthkg:acl ?x , ?y ; synthkg:doi ?z",
        "?s synthkg:acl ?x FILTER(?x > 1) ?s synthkg:doi ?o",
        "?s (synthkg:acl|^synthkg:doi)*/synthkg:acl ?o",
        "VALUES (?s ?p ?o) { (1 2 3) } ?s synthkg:acl ?o",
        "?s synthkg:acl ?x BIND(IF(?x = 1, ?x, ?s) AS ?y) ?y synthkg:doi ?x",
        "{ SELECT ?s ?p ?o (COUNT(*) AS ?n) { ?s synthkg:acl ?p } GROUP BY ?s ?p ?o ORDER BY ?s ?p ?o }",
        "?s synthkg:acl '?s ?p ?o' # ?s ?p ?o",
    ],
)
def test_elsewhere_a_variable_is_no_property(pattern: str) -> None:
    told = read_by(f"SELECT * WHERE {{ {pattern}\n }}")
    assert told is not None
    assert told <= {"acl", "doi"}


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("?s a synthkg:Paper", {"Paper"}),
        ("?s a <https://w3id.org/synthkg/ontology#Paper> ; a synthkg:Record .", {"Paper", "Record"}),
        ("VALUES ?type { synthkg:Code synthkg:Model } ?s a ?type", {"Code", "Model"}),
        ("VALUES (?type ?thing) { (synthkg:Code 'code') } ?s a ?type", {"Code"}),
        ("?s a ?type . ?type rdfs:subClassOf synthkg:Artifact", {"Artifact", "subClassOf"}),
        ("?s a ?type . ?other rdfs:subClassOf synthkg:Artifact", {"Artifact", "subClassOf", "type"}),
        ("?s a ?type . ?type rdfs:subClassOf ?any", {"subClassOf", "type"}),
        ("?s a ?type OPTIONAL { ?type rdfs:subClassOf synthkg:Artifact }", {"Artifact", "subClassOf", "type"}),
        ("?s a ?type FILTER NOT EXISTS { ?type rdfs:subClassOf synthkg:Artifact }", {"Artifact", "subClassOf", "type"}),
        ("{ ?s a ?type } UNION { ?type rdfs:subClassOf synthkg:Artifact }", {"Artifact", "subClassOf", "type"}),
        ("{ ?s a ?type . ?type rdfs:subClassOf synthkg:Artifact } UNION { ?s a ?type }", {"Artifact", "subClassOf", "type"}),
        ("?s a ?type", {"type"}),
        ("?s a synthkg:Paper , ?type", {"Paper", "type"}),
        ("?s a synthkg:Paper ; a ?type", {"Paper", "type"}),
        ("VALUES ?other { synthkg:Code } ?s a ?type", {"Code", "type"}),
        ("?s rdf:type synthkg:Paper", {"Paper", "type"}),
        ("synthkg:Paper ^a ?s", {"Paper", "type"}),
        ("?s a/synthkg:acl synthkg:Paper", {"Paper", "acl", "type"}),
        ("VALUES ?p { rdf:type synthkg:acl } ?s ?p ?o", {"acl", "type"}),
        ("?s synthkg:acl 'a synthkg:Paper' # a synthkg:Paper", {"acl"}),
    ],
)
def test_of_what_class_a_thing_is_goes_by_the_class(pattern: str, names: set[str]) -> None:
    assert read_by(f"SELECT * WHERE {{ {pattern}\n }}") == frozenset(names)


def test_no_rule_says_that_a_thing_is_of_any_class() -> None:
    """Else what follows by it would be read by the names of all classes."""
    for rule in load_queries("rules").values():
        assert "type" not in (read_by(f"ASK {template_of(rule.text)}") or {"type"}), rule.name


@pytest.fixture(scope="module")
def quads(real_dist: Path) -> bytes:
    """The real graph."""
    return (real_dist / "synthkg.nq").read_bytes()


@pytest.mark.parametrize("query", SELECTS, ids=named)
def test_other_facts_change_no_answer(query: Query, quads: bytes, dump_store: OxigraphStore) -> None:
    """Of those that are remembered: also where a variable stands for some properties."""
    some = OxigraphStore()
    some.load(lines_with(read_by(query.text))(quads))
    assert list(rows_of(query.rows(some))) == list(rows_of(query.rows(dump_store)))


@pytest.mark.parametrize("rule", load_queries("rules").values(), ids=named)
def test_other_facts_change_nothing_that_follows(rule: Query, quads: bytes) -> None:
    """Neither where what follows is there already, nor where it is not."""
    stated = b"".join(line for line in quads.splitlines(keepends=True) if not line.endswith(b"/graph/inferred> .\n"))
    follows = []
    for graph in (quads, stated):
        for names in (None, read_by(rule.text)):
            store = OxigraphStore()
            store.load(lines_with(names)(graph))
            follows.append(set(store.construct(rule.text)))
    assert follows[0] == follows[1]
    assert follows[2] == follows[3]
    assert any(follows)


# What is remembered


def texts(data: Path, pattern: str, old: str, new: str) -> None:
    """Changes a text in the first file that has it."""
    file = next(file for file in sorted(data.glob(pattern)) if re.search(old, file.read_text("utf-8")))
    file.write_text(re.sub(old, new, file.read_text("utf-8"), count=1), "utf-8")


def copied(data: Path) -> None:
    """Another paper, which is one that is there under another name."""
    shutil.copy(data / "papers" / "tide-instruct.yaml", data / "papers" / "tide-instruct-two.yaml")


CHANGES: dict[str, Callable[[Path], object]] = {
    "a remark": lambda data: texts(data, "papers/*.yaml", r"\Z", "# a remark\n"),
    "a summary": lambda data: texts(data, "papers/*.yaml", r"(?m)^summary: ", "summary: Once more. "),
    "a title": lambda data: texts(data, "papers/*.yaml", r"(?m)^title: ([^\"\n]*)$", r"title: \1 Anew"),
    "the state of an artifact": lambda data: texts(data, "artifacts/*.yaml", "state: reachable", "state: gone"),
    "a venue": lambda data: texts(data, "venues/*.yaml", r"(?m)^title: ([^\"\n]*)$", r"title: \1 Anew"),
    "a paper that is a copy": copied,
    "no such paper": lambda data: (data / "papers" / "tide-instruct-two.yaml").unlink(missing_ok=True),
    "an erratum's reason": lambda data: texts(data, "lists/tides.yaml", r"(?m)^    reason: ", "    reason: Indeed "),
    "a cell of the list": lambda data: texts(data, "lists/tides.yaml", "venue: ToyConf 2023", "venue: ToyConf 2024"),
    "no link": lambda data: texts(data, "links/*.tsv", r"(?m)^kg:concept/domain/medical.*\n", ""),
    "nothing": lambda data: None,
}


def test_two_runs_with_any_change_between_are_as_one(toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each change follows another, in the order that the seed gives; what is a fault is undone again."""
    seed = os.environ["SYNTHKG_SEED"]
    order = random.Random(seed).sample([*CHANGES], len(CHANGES))
    built = []
    for name in order:
        before = shutil.copytree(toy, tmp_path / f"before {name}")
        CHANGES[name](toy)
        came_to = []
        for cache in ("warm", f"cold-{name}"):
            monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / cache))
            checked = invoke("check", "--data", toy)
            out = tmp_path / f"dist-{cache}"
            is_built = invoke("build", "--data", toy, "--out", out).status == 0
            came_to.append((checked.stdout, checked.status, (out / "SHA256SUMS").read_text("utf-8") if is_built else ""))
        assert came_to[0] == came_to[1], (seed, name)
        if came_to[0][2]:
            built.append(name)
        else:
            shutil.rmtree(toy)
            shutil.copytree(before, toy)
    assert {"nothing", "a summary", "a title"} <= {*built} != {*CHANGES}, "some changes are faults"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What stores are asked, all of it in this process."""
    asked: list[str] = []
    select = OxigraphStore.select

    def note(store: OxigraphStore, text: str) -> object:
        asked.append(text)
        return select(store, text)

    monkeypatch.setattr(workers, "_PROCESSES", 1)
    monkeypatch.setattr(OxigraphStore, "select", note)
    return asked


def test_what_read_nothing_that_changed_is_not_asked_again(toy: Path, asked: list[str]) -> None:
    first = check(toy)
    assert len(asked) > 10
    asked.clear()
    CHANGES["a summary"](toy)
    assert check(toy).triples == first.triples
    assert asked == []
    CHANGES["the state of an artifact"](toy)
    check(toy)
    assert asked
    across = {check.text for check in within.across().checks.values()}
    assert {*asked} - across, "within the records near it"
    assert all({"state", "available", "landingPage", "url"} & (read_by(text) or {"state"}) for text in {*asked} & across)


def test_what_asks_for_the_day_is_asked_anew_the_next(toy: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    check(toy)
    asked.clear()
    monkeypatch.setattr(lazy, "utc_day", lambda: utc_day(ahead=1))
    CHANGES["a remark"](toy)
    check(toy)
    assert asked == [load_queries("checks")["read-in-future"].text]


def test_damaged_answers_are_asked_anew(toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are there when what must be loaded is looked for, and are of no use then."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    CHANGES["a paper that is a copy"](toy)
    first = check(toy)
    assert "duplicate-arxiv" in {finding.rule for finding in first.findings}, "which is asked only where there are arXiv ids"
    for answer in tmp_path.glob("cache/synthkg/answers-*/*"):
        answer.write_bytes(b"?")
    CHANGES["a remark"](toy)
    again = check(toy)
    assert (again.findings, again.triples) == (first.findings, first.triples)


def test_records_that_change_while_they_are_read_are_told(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked anew is read a second time; it must be what was read first."""
    check(toy)
    CHANGES["a title"](toy)
    columns = mapping.columns

    def late(chunk: Chunk, facts: Facts) -> Columns:
        return columns(chunk, {**facts, "<urn:late>": (1, "")})

    monkeypatch.setattr(within, "columns", late)
    with pytest.raises(UnreadableError, match="changed while it was read; run this again"):
        check(toy)


SAID = {name: f'<urn:s> <urn:{name}> "{name}" <urn:g> .\n'.encode() for name in ("acl", "doi", "arxiv")}


@pytest.fixture
def fetched() -> list[frozenset[str] | None]:
    """What was fetched."""
    return []


@pytest.fixture
def lazy_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fetched: list[frozenset[str] | None]) -> LazyStore:
    """A store of `SAID`."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def fetch(names: frozenset[str] | None) -> Iterator[bytes]:
        fetched.append(names)
        yield from (quad for name, quad in SAID.items() if names is None or name in names)

    store = LazyStore(tmp_path, "one", fetch)
    for name in SAID:
        store.take({f"<urn:{name}>": (1, name)})
    return store


def test_what_nobody_prepared_is_loaded_when_it_is_asked(lazy_store: LazyStore, fetched: list[frozenset[str] | None]) -> None:
    assert (len(lazy_store), fetched) == (3, [])
    assert lazy_store.ask("ASK { ?s <urn:acl> 'acl' }")
    assert lazy_store.ask("ASK { ?s <urn:acl> ?o FILTER NOT EXISTS { ?s <urn:other> ?o } }")
    assert fetched == [frozenset({"acl"}), frozenset({"other"})]
    assert len(lazy_store.select("SELECT * { ?s ?p ?o }").rows) == len(list(lazy_store)) == 3
    assert fetched == [frozenset({"acl"}), frozenset({"other"}), None]


def test_what_is_prepared_is_loaded_together(lazy_store: LazyStore, fetched: list[frozenset[str] | None]) -> None:
    asked = [("ask", f"ASK {{ ?s <urn:{name}> '{name}' }}") for name in SAID]
    lazy_store.prepare(asked)
    for one in asked:
        assert lazy_store.remembered(one, partial(lazy_store.ask, one[1]))
    assert fetched == [frozenset(SAID)]


def test_what_is_held_at_once_has_a_bound(
    lazy_store: LazyStore, fetched: list[frozenset[str] | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is asked in whatever order, answers are those of all facts, what follows and stands beside them among these."""
    monkeypatch.setattr(lazy, "_FACTS", 2)
    beside = Quad(NamedNode("urn:b"), NamedNode("urn:beside"), Literal("beside"), NamedNode("urn:g"))
    lazy_store.add([beside])
    lazy_store.follow(b'<urn:i> <urn:doi> "doi" <urn:g> .\n')
    asked = [("rows", f"SELECT ?s {{ ?s <urn:{name}> '{name}' }}") for name in (*SAID, "beside", "acl")]
    lazy_store.prepare(asked[:3])
    found = [lazy_store.remembered(one, partial(lambda text: len(lazy_store.select(text).rows), one[1])) for one in asked]
    assert found == [1, 2, 1, 1, 1]
    assert fetched == [frozenset({"acl", "arxiv"}), frozenset({"doi"}), frozenset({"arxiv"}), frozenset({"beside"})]
    assert lazy_store.ask("ASK { ?s <urn:acl> ?acl . ?i <urn:doi> ?doi . ?t <urn:arxiv> ?arxiv }"), "one query may ask for more"


def test_what_occurs_is_known_without_loading(lazy_store: LazyStore, fetched: list[frozenset[str] | None]) -> None:
    assert (lazy_store.has_property("urn:acl"), lazy_store.has_property("urn:x/acl"), lazy_store.has_property("urn:no")) == (
        True,
        False,
        False,
    )
    assert fetched == []
