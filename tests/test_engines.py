"""Whatever runs on one engine runs on all: each saved query gives equal rows, and each view equal bytes, on every engine.

The engines are Oxigraph in memory (the reference here), Oxigraph on disk, Oxigraph's server over HTTP, rdflib, and Virtuoso 7 over HTTP.
Two graphs are asked. One is the real one. The other is a sample of it that is spoiled: values change places at random, some triples go,
and faults are planted, so that the checks find something and the queries meet what is missing.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Triple

from servers import OxigraphServer, Virtuoso
from synthkg.endpoint import EndpointStore
from synthkg.errors import UsageError
from synthkg.graph import GRAPHS
from synthkg.publishing import publish
from synthkg.queries import Query, load_queries
from synthkg.store import OxigraphStore, RdflibStore, Store, Table, load_dump
from synthkg.views import all_pages, render
from synthkg.vocabulary import BASE, NAMESPACE

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib evaluates queries with what rdflib deprecates

ENGINES = ("disk", "http", "rdflib", "virtuoso")
QUERIES = load_queries("views", "examples", "checks")
RULES = load_queries("rules")
# rdflib takes long over a page, so of a view with many it shows this many.
MOST_PAGES = 4

Engines = dict[str, Store]


def on_disk(quads: list[Quad], folder: Path) -> OxigraphStore:
    store = OxigraphStore()
    store.inner = pyoxigraph.Store(folder)
    store.inner.bulk_extend(quads)
    return store


def engines(quads: list[Quad], folder: Path, oxigraph: OxigraphServer, virtuoso: Virtuoso) -> Engines:
    """The graph in every engine."""
    memory = OxigraphStore(quads)
    graphs = sorted({quad.graph_name.value for quad in quads})  # type: ignore[union-attr]
    list(publish(memory, oxigraph.store))
    dump = folder / f"{len(quads)}.nq"
    pyoxigraph.serialize(quads, output=dump, format=RdfFormat.N_QUADS)
    virtuoso.load(dump)
    return {
        "memory": memory,
        "disk": on_disk(quads, folder / "store"),
        "http": EndpointStore(oxigraph.query, graphs),
        "rdflib": RdflibStore(quads),
        "virtuoso": EndpointStore(virtuoso.query, graphs),
    }


@pytest.fixture(scope="module")
def real(real_dist: Path, tmp_path_factory: pytest.TempPathFactory, oxigraph: OxigraphServer, virtuoso: Virtuoso) -> Engines:
    """The real graph, in the named graphs that an endpoint is asked for by default."""
    quads = list(load_dump(real_dist / "synthkg.nq"))
    found = engines(quads, tmp_path_factory.mktemp("real"), oxigraph, virtuoso)
    return {**found, "http": EndpointStore(oxigraph.query), "virtuoso": EndpointStore(virtuoso.query)}


@pytest.fixture(scope="module")
def spoiled(real_dist: Path, tmp_path_factory: pytest.TempPathFactory, oxigraph: OxigraphServer, virtuoso: Virtuoso) -> Engines:
    """The spoiled sample, in graphs of its own."""
    quads = spoil(sample(load_dump(real_dist / "synthkg.nq")))
    return engines(quads, tmp_path_factory.mktemp("spoiled"), oxigraph, virtuoso)


def sample(store: OxigraphStore) -> list[Quad]:
    """Every fourth paper with all that hangs on it, the entries about these papers, and every method, venue and concept."""
    papers = sorted({q.subject.value for q in store.inner.quads_for_pattern(None, _term("byline"), None) if _is_paper(q.subject)})
    out = {paper for number, paper in enumerate(papers) if number % 4}
    entries = {q.subject.value for q in store.inner.quads_for_pattern(None, _term("about"), None) if q.object.value in out}
    gone = out | entries

    def stays(term: Any) -> bool:
        if not isinstance(term, NamedNode) or not term.value.startswith(BASE):
            return True
        return not any(part in gone for part in _ancestors(term.value))

    return sorted((quad for quad in store if stays(quad.subject) and stays(quad.object)), key=str)


def _term(name: str) -> NamedNode:
    return NamedNode(NAMESPACE + name)


def _is_paper(term: Any) -> bool:
    return (
        isinstance(term, NamedNode)
        and term.value.startswith(f"{BASE}paper/")
        and "/" not in term.value.removeprefix(f"{BASE}paper/")
    )


def _ancestors(iri: str) -> Iterator[str]:
    iri = iri.partition("#")[0]
    while len(iri) > len(BASE):
        yield iri
        iri = iri.rpartition("/")[0]


def spoil(quads: list[Quad]) -> list[Quad]:
    """The graph with values out of place, triples gone, and faults planted; in other named graphs. No triple is in two of them."""
    chance = random.Random(2024)
    values = defaultdict(list)
    for quad in quads:
        values[quad.predicate].append(quad.object)
    found: dict[Triple, Quad] = {}
    for quad in [*quads, *pyoxigraph.parse(PLANTED, format=RdfFormat.TRIG)]:
        graph = NamedNode(f"{quad.graph_name.value}/spoiled")  # type: ignore[union-attr]
        draw = 1.0 if quad.graph_name == GRAPHS["ontology"] else chance.random()
        if draw < 0.02:
            continue
        value = chance.choice(values[quad.predicate]) if draw < 0.08 and quad.predicate in values else quad.object
        triple = Triple(quad.subject, quad.predicate, value)
        found.setdefault(triple, Quad(*triple, graph))
    return list(found.values())


# What values that change places seldom make by chance.
PLANTED = f"""
@prefix : <{NAMESPACE}> . @prefix k: <{BASE}> . @prefix dcterms: <http://purl.org/dc/terms/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix m: <{BASE}method/> . @prefix a: <{BASE}artifact/> .
<{BASE}graph/ontology> {{
  <{BASE}concept/domain/medical> skos:broader <{BASE}concept/stage/fine-tuning> .
  <{BASE}concept/stage/fine-tuning> skos:broader <{BASE}concept/domain/medical> .
  m:self-instruct a :Method ; dcterms:title "Self-Instruct" ; :extends m:self-instruct, m:evol-instruct .
  m:evol-instruct a :Method ; dcterms:title "Evol-Instruct" ; :extends m:self-instruct .
  <{BASE}paper/planted> :introduces m:self-instruct ; :extends m:self-instruct ; dcterms:title "Plänted $1 \\\\ | \\"paper\\"" .
  a:taken a :Artifact, :Code ; dcterms:title "Taken" ; :state <{BASE}concept/state/unsafe> ; :url <https://taken.example/x> .
  a:linked a :Artifact, :Code ; dcterms:title "Linked" ; :state <{BASE}concept/state/reachable> ; :url <https://taken.example/x/> .
  a:unread a :Artifact, :Dataset ; dcterms:title "No address" ; :state <{BASE}concept/state/gone> .
  <{BASE}list/planted/entry/1/url> a :Cell ; :text "https://taken.example/x" .
  <{BASE}list/planted/erratum/1> a :Erratum ; :corrected "https://taken.example/x/" .
  <{BASE}paper/planted> a :Paper ; :version <{BASE}paper/planted/version/a>, <{BASE}paper/planted/version/b> ; :artifact a:unread .
  <{BASE}paper/planted/version/a> a :Version ; :acl "2023.findings-acl.1" ; :openreview "abc" ; :track <{BASE}concept/track/main> .
  <{BASE}paper/planted/version/b> a :Version ; :acl "2023.findings-acl.1" ; :openreview "abc" ; :doi "10.1/x" ; :venue <{BASE}venue/planted> .
  <{BASE}venue/planted> a :Venue ; :doiPrefix "10.9999/" ; dcterms:title "Planted" .
}}
"""


def outcomes(query: Query, store: Store, reference: Store) -> list[tuple[dict[str, str], Table | str]]:
    """What the query answers, with its defaults and with another value of each parameter; or why it refuses."""
    middle = {p.name: known[len(known) // 2] for p in query.parameters if (known := query.choices(reference, p))}
    cases = [middle] if any(p.default is None for p in query.parameters) else [{}, middle]
    found: list[tuple[dict[str, str], Table | str]] = []
    for values in cases if query.parameters else [{}]:
        try:
            found.append((values, query.select(store, **values)))
        except UsageError as error:
            found.append((values, str(error)))
    return found


def assert_equal(query: Query, engine: str, graph: Engines) -> None:
    expected = outcomes(query, graph["memory"], graph["memory"])
    for (values, found), (_, wanted) in zip(outcomes(query, graph[engine], graph["memory"]), expected, strict=True):
        assert found == wanted, f"{query.name} {values} on {engine}"


def assert_views_equal(query: Query, engine: str, graph: Engines) -> None:
    pages = [page for page in all_pages(graph["memory"]) if page.query.name == query.name]
    assert {page.file for page in all_pages(graph[engine])} >= {page.file for page in pages}
    for page in pages[:: max(1, len(pages) // MOST_PAGES)] if engine == "rdflib" else pages:
        assert render(page, graph[engine]) == render(page, graph["memory"]), f"{page.name} on {engine}"


VIEWS = [name for name, query in QUERIES.items() if query.header.get("form")]
ROWS = [name for name in QUERIES if name not in VIEWS]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ROWS)
def test_rows_are_equal(name: str, engine: str, real: Engines) -> None:
    assert_equal(QUERIES[name], engine, real)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ROWS)
def test_rows_of_the_spoiled_sample_are_equal(name: str, engine: str, spoiled: Engines) -> None:
    assert_equal(QUERIES[name], engine, spoiled)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", VIEWS)
def test_views_are_equal(name: str, engine: str, real: Engines) -> None:
    assert_views_equal(QUERIES[name], engine, real)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", VIEWS)
def test_views_of_the_spoiled_sample_are_equal(name: str, engine: str, spoiled: Engines) -> None:
    assert_views_equal(QUERIES[name], engine, spoiled)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", RULES)
def test_rules_conclude_the_same(name: str, engine: str, real: Engines) -> None:
    text = RULES[name].text
    assert {str(t) for t in real[engine].construct(text)} == {str(t) for t in real["memory"].construct(text)}


def test_the_spoiled_sample_is_spoiled(spoiled: Engines) -> None:
    silent = {name for name, query in load_queries("checks").items() if not query.select(spoiled["memory"]).rows}
    assert len(silent) <= 3, f"equal rows say little where there are none: {sorted(silent)}"


def test_virtuoso_gives_every_row(real: Engines) -> None:
    """More than the 10,000 that it gives at a time, and than it sorts under OFFSET."""
    for query in ("SELECT ?s ?p ?o WHERE { ?s ?p ?o } ORDER BY ?s ?p ?o", "SELECT DISTINCT ?o ?p ?s WHERE { ?s ?p ?o }"):
        columns, rows = real["virtuoso"].select(query)
        expected = real["memory"].select(query)
        assert columns == expected.columns
        assert len(rows) == len(expected.rows) > 30_000
        assert set(rows) == set(expected.rows)
