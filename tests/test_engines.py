"""Whatever runs on one engine runs on all: each saved query gives equal rows, and each view equal bytes, on every engine.

The engines are Oxigraph in memory (the reference here), Oxigraph on disk, Oxigraph's server over HTTP, rdflib, and Virtuoso 7
over HTTP. Two graphs are asked. One is the real one. The other is a sample of it that is spoiled: values change places at random,
some triples go, and faults are planted, so that the checks find something and the queries meet what is missing.
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple

from rdflib_store import RdflibStore
from servers import OxigraphServer, Virtuoso
from synthkg.cache import Held
from synthkg.endpoints.publishing import publish
from synthkg.endpoints.store import EndpointStore
from synthkg.errors import UsageError
from synthkg.graph.kept import KeptStore
from synthkg.graph.queries import Query, load_queries
from synthkg.graph.store import OxigraphStore, Store, Table, Term, load_dump
from synthkg.graph.triples import GRAPHS
from synthkg.model.namespaces import XSD
from synthkg.model.vocabulary import BASE, NAMESPACE
from synthkg.views.pages import Page, render

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib evaluates queries with what rdflib deprecates

ENGINES = ("disk", "http", "rdflib", "virtuoso")
QUICK = ("disk", "http", "virtuoso")  # rdflib takes minutes over the real graph, and is asked of the sample alone
QUERIES = load_queries("views", "examples", "checks")
PANELS = load_queries("profiles")
RULES = load_queries("rules")
# rdflib takes long over a page, so of a view with many it shows this many.
MOST_PAGES = 4
_PATIENT = 300.0  # seconds: one check takes Virtuoso 13, and much longer beside other work

Engines = dict[str, Store]
RDF_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


def on_disk(quads: list[Quad], folder: Path) -> OxigraphStore:
    pyoxigraph.Store(folder).bulk_extend(quads)
    return KeptStore(Held(folder, None))


def engines(quads: list[Quad], folder: Path, oxigraph: OxigraphServer, virtuoso: Virtuoso) -> Engines:
    """The graph in every engine."""
    memory = OxigraphStore(quads)
    graphs = sorted({quad.graph_name.value for quad in quads})  # type: ignore[union-attr]
    list(publish(memory, oxigraph.store, replaces=True))  # another test may have left another field there
    dump = folder / f"{len(quads)}.nq"
    pyoxigraph.serialize(quads, output=dump, format=RdfFormat.N_QUADS)
    virtuoso.load(dump)
    return {
        "memory": memory,
        "disk": on_disk(quads, folder / "store"),
        "http": EndpointStore(oxigraph.query, graphs),
        "virtuoso": EndpointStore(virtuoso.query, graphs, timeout=_PATIENT),
    }


@pytest.fixture(scope="module")
def loaded(
    dump_store: OxigraphStore, tmp_path_factory: pytest.TempPathFactory, oxigraph: OxigraphServer, virtuoso: Virtuoso
) -> tuple[Engines, Engines]:
    """The real graph and the spoiled sample, both loaded before either is asked: Virtuoso 7 loses rows of what comes later."""
    quads = spoil(sample(dump_store))
    real = engines(list(dump_store), tmp_path_factory.mktemp("real"), oxigraph, virtuoso)
    return real, {**engines(quads, tmp_path_factory.mktemp("spoiled"), oxigraph, virtuoso), "rdflib": RdflibStore(quads)}


@pytest.fixture(scope="module")
def real(loaded: tuple[Engines, Engines], oxigraph: OxigraphServer, virtuoso: Virtuoso) -> Engines:
    """The real graph, in the named graphs that an endpoint is asked for by default."""
    return {**loaded[0], "http": EndpointStore(oxigraph.query), "virtuoso": EndpointStore(virtuoso.query, timeout=_PATIENT)}


@pytest.fixture(scope="module")
def spoiled(loaded: tuple[Engines, Engines]) -> Engines:
    """The spoiled sample, in graphs of its own."""
    return loaded[1]


def sample(store: OxigraphStore) -> list[Quad]:
    """Every fourth paper of those in lists, what hangs on it, its artifacts and entries, and every method, venue and concept."""
    listed = store.select(
        f"SELECT DISTINCT ?paper WHERE {{ ?entry {_term('about')} ?paper . ?paper a {_term('Paper')} }} ORDER BY ?paper"
    ).rows
    papers, artifacts = (_all(store, kind) for kind in ("Paper", "Artifact"))
    kept = {str(paper) for (paper,) in listed[::4]}
    used = {
        str(quad.object)
        for quad in store.inner
        if isinstance(quad.subject, NamedNode) and not kept.isdisjoint(f"<{iri}>" for iri in _with_owners(quad.subject.value))
    }
    gone = (papers - kept) | (artifacts - used)
    gone |= {str(entry) for entry, _, about, _ in store.inner.quads_for_pattern(None, _term("about"), None) if str(about) in gone}

    def stays(term: object) -> bool:
        return not isinstance(term, NamedNode) or gone.isdisjoint(f"<{iri}>" for iri in _with_owners(term.value))

    return sorted((quad for quad in store if stays(quad.subject) and stays(quad.object)), key=str)


def _all(store: OxigraphStore, kind: str) -> set[str]:
    return {str(thing) for (thing,) in store.select(f"SELECT ?thing WHERE {{ ?thing a {_term(kind)} }}").rows}


def _term(name: str) -> NamedNode:
    return NamedNode(NAMESPACE + name)


def _with_owners(iri: str) -> Iterator[str]:
    """The IRI, and those of the things that it is a part of."""
    iri = iri.partition("#")[0]
    while iri.startswith(BASE):
        yield iri
        iri = iri.rpartition("/")[0]


def spoil(quads: list[Quad]) -> list[Quad]:
    """The graph with values out of place, triples gone, and faults planted, in other named graphs.

    As in every graph of ours, no triple is in two named graphs, a thing is of its class, and a part has one whole and one place.
    Many titles begin alike, since Virtuoso orders the long ones of grouped rows by how they begin.
    """
    values = defaultdict(list)
    for quad in quads:
        values[quad.predicate, quad.graph_name].append(quad.object)
    found: dict[Triple, Quad] = {}
    planted = list(pyoxigraph.parse(PLANTED, format=RdfFormat.TRIG))
    titled = {quad.subject for quad in planted if quad.predicate == TITLE}
    for quad in [*quads, *planted]:
        graph = NamedNode(f"{quad.graph_name.value}/spoiled")
        chance = zlib.crc32(str(quad).encode())  # of the quad alone, so that other data change nothing here
        spared = quad.graph_name == GRAPHS["ontology"] or quad.predicate in PLACES
        if chance % 100 < 2 and not spared:
            continue
        others = values[quad.predicate, quad.graph_name]
        value = others[chance % len(others)] if chance % 100 < 17 and not spared else quad.object
        if quad.predicate == TITLE and chance % 2 and not spared and quad.subject not in titled and isinstance(value, Literal):
            value = Literal(f"The long name of a work, {value.value}")
        triple = Triple(quad.subject, quad.predicate, value)
        found.setdefault(triple, Quad(quad.subject, quad.predicate, value, graph))
    return list(found.values())


TITLE = NamedNode("http://purl.org/dc/terms/title")
PLACES = {RDF_TYPE} | {_term(name) for name in ("list", "entry", "line", "position", "column", "number", "corrects")}
PLACES |= {_term(name) for name in ("order", "first", "last", "cell", "table")}
PLACES |= {_term(name) for name in ("version", "authorship", "evidence", "synthesis", "distinction", "refutation")}

# What values that change places seldom make by chance.
PLANTED = f"""
@prefix : <{NAMESPACE}> . @prefix dcterms: <http://purl.org/dc/terms/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix semapv: <https://w3id.org/semapv/vocab/> .
@prefix m: <{BASE}method/> . @prefix a: <{BASE}artifact/> . @prefix p: <{BASE}paper/> . @prefix v: <{BASE}paper/weak/version/> .
@prefix c: <{BASE}concept/> . @prefix l: <{BASE}list/planted/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<{BASE}graph/ontology> {{
  c:domain\\/medical skos:broader c:stage\\/fine-tuning .
  c:stage\\/fine-tuning skos:broader c:domain\\/medical .
  m:self-instruct a :Method ; dcterms:title "Self-Instruct" ; :extends m:self-instruct, m:evol-instruct .
  m:evol-instruct a :Method ; dcterms:title "Evol-Instruct" ; :extends m:self-instruct .
  p:planted a :Paper ; dcterms:title "Plänted $1 \\\\ | \\"paper\\"" ; :introduces m:self-instruct ; :extends m:self-instruct ;
    :version v:a, v:b ; :artifact a:unread .
  v:a a :Version ; :arxiv "2301.00008" ; :acl "2023.findings-acl.1" ; :openreview "abc" ; :track c:track\\/main .
  v:b a :Version ; :arxiv "2301.00009" ; :acl "2023.findings-acl.1" ; :openreview "abc" ; :doi "10.1/x" ;
    :venue <{BASE}venue/planted> .
  <{BASE}venue/planted> a :Venue ; :doiPrefix "10.9999/" ; dcterms:title "Planted" .
  a:taken a :Artifact, :Code ; dcterms:title "Taken" ; :state c:state\\/unsafe ; :url <https://taken.example/x> .
  a:linked a :Artifact, :Code ; dcterms:title "Linked" ; :state c:state\\/reachable ; :url <https://taken.example/x/> .
  a:unread a :Artifact, :Dataset ; dcterms:title "No address" ; :state c:state\\/gone .
  p:bare a :Paper ; dcterms:title "No version" .
  p:weak a :Paper ; dcterms:title "Believed" ; :version v:c, v:d ; :evidence <{BASE}paper/weak/evidence/1> .
  <{BASE}paper/weak/evidence/1> a :Evidence ; :kind c:evidence\\/aggregator .
  v:c a :Version ; :year "2019"^^xsd:gYear .
  v:d a :Version, :Preprint ; :date "2024-02-29"^^xsd:date .
  l:url a :Cell ; :text "https://taken.example/x" .
  v:d :link <{BASE}paper/weak/version/d/link/dblp>, <{BASE}paper/weak/version/d/link/dblp/resolved> .
  <{BASE}paper/weak/version/d/link/dblp> a :Link ; :target c:target\\/dblp ; :counterpart <https://dblp.org/rec/x/1> ;
    :relation skos:exactMatch ; :justification semapv:BackgroundKnowledgeBasedMatching .
  <{BASE}paper/weak/version/d/link/dblp/resolved> a :Link ; :target c:target\\/dblp ; :counterpart <https://dblp.org/rec/x/2> ;
    :relation skos:exactMatch ; :justification semapv:LexicalMatching ; :established "2026-11-24"^^xsd:date .
  l:erratum a :Erratum ; :corrected "https://taken.example/x/" .
  a:account a :Artifact, :Code ; dcterms:title "Account" ; :state c:state\\/moved ; :url <https://github.com/planted> .
  a:text a :Artifact, :Model ; dcterms:title "Read base" ; skos:altLabel "Read chat" ; :url <https://arxiv.org/abs/2301.00001> .
  p:twin a :Paper ; dcterms:title "no version" ; :version v:e ; :extends m:evol-instruct ;
    :official a:linked ; :available a:linked ; :evidence <{BASE}paper/twin/evidence/1>, <{BASE}paper/twin/evidence/2> .
  <{BASE}paper/twin/author/1> a :Authorship ; :person <https://orcid.org/0000-0001>, <https://orcid.org/0000-0002> .
  a:text :baseModel a:unread ; :fromScratch true .
  p:twin :synthesis <{BASE}paper/twin/synthesis/s> .
  <{BASE}paper/twin/synthesis/s> a :Synthesis ; :teacher a:taken ; :seed a:taken, a:text ; :output a:unread .
  p:twin :stage c:stage\\/fine-tuning ; :refutation <{BASE}paper/twin/refuted/1> .
  <{BASE}paper/twin/refuted/1> a :Refutation ; :refutes c:stage\\/fine-tuning .
  v:e a :Version, :ConferencePaper ; :acl "2023.findings-acl.2" ; :year "2021"^^xsd:gYear ; :venue <{BASE}venue/planted> .
  <{BASE}paper/twin/evidence/1> a :Evidence ; :note "Inspired by it" ; :read "2999-01-01"^^xsd:date ;
    :supports <{BASE}paper/twin#extends> .
  <{BASE}paper/twin/evidence/2> a :Evidence ; :source <https://openreview.net/forum?id=abc> ; :kind c:evidence\\/proceedings ;
    :supports <{BASE}paper/weak/version/e#venue> .
  <{BASE}paper/twin/evidence/3> a :Evidence ; :source <{BASE}list/gone/entry/1> .
  p:twin :authorship <{BASE}paper/twin/author/2>, <{BASE}paper/twin/author/3> .
  <{BASE}paper/twin/author/2> a :Authorship ; :name "Ada Twin" ; :position 2 .
  <{BASE}paper/twin/author/3> a :Authorship ; :name "ADA Twin" ; :position 3 .
  l:row a :Entry ; :about p:twin ; :number 1 .
  l:code a :Cell ; :entry l:row ; :field "code" ; :text "-" .
  l:here a :Placement ; :entry l:row ; :cell l:code ; :within l:part .
  l:again a :Entry ; :about p:twin ; :number 2 .
  l:there a :Placement ; :entry l:again ; :within l:part .
  l:bare a :Entry ; :number 3 .
  v:a :doi "10.48550/arxiv.2301.00009" .
  p:twin :absent c:absence\\/publication .
  a:nameless :baseModel a:nameless .
  l:line a :Text ; :line 7 ; :text "Mind https://taken.example/x, which is taken" .
}}
"""


def outcomes(query: Query, store: Store, reference: Store, most: int = 2) -> list[tuple[dict[str, str], Table | str]]:
    """What the query answers, with its defaults and with another value of each parameter; or why it refuses."""
    middle = {p.name: known[len(known) // 2] for p in query.parameters if (known := p.choices(reference))}
    cases = [middle] if any(p.default is None for p in query.parameters) else [{}, middle]
    found: list[tuple[dict[str, str], Table | str]] = []
    for values in cases[:most] if query.parameters else [{}]:
        try:
            table = query.select(store, **values)
            found.append((values, table._replace(rows=[tuple(map(_whole, row)) for row in table.rows])))
        except UsageError as error:
            found.append((values, str(error)))
    return found


def _whole(term: Term | None) -> Term | None:
    """The term; of a whole number the integer, since to Virtuoso 7 integers of more than 32 bits are decimals."""
    if isinstance(term, Literal) and term.datatype == NamedNode(f"{XSD}decimal") and term.value.lstrip("-").isdigit():
        return Literal(term.value, datatype=NamedNode(f"{XSD}integer"))
    return term


def reference_of(graph: Engines) -> OxigraphStore:
    memory = graph["memory"]
    assert isinstance(memory, OxigraphStore)
    return memory


@cache
def expected_outcomes(name: str, reference: OxigraphStore) -> list[tuple[dict[str, str], Table | str]]:
    """What the reference answers, asked once for all engines."""
    return outcomes(QUERIES[name], reference, reference)


@cache
def expected_pages(name: str, reference: OxigraphStore) -> list[tuple[Page, str]]:
    """What the reference prints, asked once for all engines."""
    return [(page, render(page, reference)) for page in pages_of(QUERIES[name], reference)]


def assert_equal(query: Query, engine: str, graph: Engines) -> None:
    most = 1 if engine == "rdflib" else 2
    expected = expected_outcomes(query.name, reference_of(graph))[:most]
    for (values, found), (_, wanted) in zip(outcomes(query, graph[engine], graph["memory"], most), expected, strict=True):
        assert found == wanted, f"{query.name} {values} on {engine}"


def pages_of(query: Query, store: Store) -> list[Page]:
    choices = [
        [(parameter.name, choice) for choice in parameter.choices(store) or filter(None, [parameter.default])]
        for parameter in query.parameters
    ]
    return [Page(query, " ".join([query.name, *(value for _, value in values)]), dict(values)) for values in product(*choices)]


def assert_views_equal(query: Query, engine: str, graph: Engines) -> None:
    pages = expected_pages(query.name, reference_of(graph))
    assert [page.file for page in pages_of(query, graph[engine])] == [page.file for page, _ in pages]
    for page, text in pages[:: max(1, len(pages) // MOST_PAGES)] if engine == "rdflib" else pages:
        assert render(page, graph[engine]) == text, f"{page.name} on {engine}"


VIEWS = [name for name, query in QUERIES.items() if query.header.get("form")]
ROWS = [name for name in QUERIES if name not in VIEWS]


@pytest.mark.parametrize("engine", QUICK)
@pytest.mark.parametrize("name", ROWS)
def test_rows_are_equal(name: str, engine: str, real: Engines) -> None:
    assert_equal(QUERIES[name], engine, real)


# Of the rest rdflib takes half a minute each.
ON_RDFLIB = [name for name in ROWS if name not in ("lone-aggregator", "repeated-evidence")]


@pytest.mark.parametrize(
    ("name", "engine"), [(name, engine) for name in ROWS for engine in ENGINES if engine != "rdflib" or name in ON_RDFLIB]
)
def test_rows_of_the_spoiled_sample_are_equal(name: str, engine: str, spoiled: Engines) -> None:
    assert_equal(QUERIES[name], engine, spoiled)


@pytest.mark.parametrize("engine", QUICK)
@pytest.mark.parametrize("name", VIEWS)
def test_views_are_equal(name: str, engine: str, real: Engines) -> None:
    assert_views_equal(QUERIES[name], engine, real)


# These, too: rdflib asks for the columns of a table once for each cell.
LISTS = ("published", "corrected")


@pytest.mark.parametrize(
    ("name", "engine"), [(name, engine) for name in VIEWS for engine in ENGINES if engine != "rdflib" or name not in LISTS]
)
def test_views_of_the_spoiled_sample_are_equal(name: str, engine: str, spoiled: Engines) -> None:
    assert_views_equal(QUERIES[name], engine, spoiled)


@pytest.mark.parametrize("name", LISTS)
def test_lists_of_the_toy_are_equal(name: str, toy_dist: Path) -> None:
    toy = load_dump(toy_dist / "synthkg.nq")
    assert_views_equal(QUERIES[name], "rdflib", {"memory": toy, "rdflib": RdflibStore(toy)})


@pytest.mark.parametrize("engine", ["http", "virtuoso"])
@pytest.mark.parametrize("name", PANELS)
def test_panels_are_equal(name: str, engine: str, real: Engines) -> None:
    assert PANELS[name].rows(real[engine]) == PANELS[name].rows(real["memory"])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", RULES)
def test_rules_conclude_the_same(name: str, engine: str, real: Engines, spoiled: Engines) -> None:
    text, graph = RULES[name].text, spoiled if engine == "rdflib" else real
    assert {str(t) for t in graph[engine].construct(text)} == {str(t) for t in graph["memory"].construct(text)}


def test_the_spoiled_sample_is_spoiled(spoiled: Engines) -> None:
    silent = {name for name, query in load_queries("checks").items() if not query.select(spoiled["memory"]).rows}
    assert not silent, "equal rows say little where there are none"


# Terms of every kind: IRIs, texts short and long, numbers, dates. All triples would be asked for, and sorted, ten times.
KINDS = (RDF_TYPE, NamedNode("http://purl.org/dc/terms/title"), *map(_term, ("name", "note", "read", "position")))
EVERY_KIND = " ".join(map(str, KINDS))


@pytest.mark.parametrize(
    ("query", "least"),
    [
        (f"SELECT ?s ?p ?o WHERE {{ VALUES ?p {{ {EVERY_KIND} }} ?s ?p ?o }} ORDER BY ?s ?p ?o", 25_000),
        ("SELECT DISTINCT ?o ?s WHERE { ?s a ?o }", 12_000),
    ],
)
def test_virtuoso_gives_every_row(query: str, least: int, real: Engines) -> None:
    """More than the 10,000 that it gives at a time, and than it sorts under OFFSET."""
    found, expected = real["virtuoso"].select(query), real["memory"].select(query)
    assert found.columns == expected.columns
    assert len(expected.rows) > least
    assert len(found.rows) == len(expected.rows)
    assert {tuple(map(_whole, row)) for row in found.rows} == {tuple(map(_whole, row)) for row in expected.rows}


# -- As pasted: no graphs named. What asks so comes last, since Virtuoso then answers over all that it holds.

AT_RISK = [name for name, query in QUERIES.items() if query.is_table and re.search(r"OPTIONAL\s*{\s*SELECT", query.text)]


@pytest.fixture(scope="module")
def pasted(loaded: tuple[Engines, Engines], virtuoso: Virtuoso) -> str:
    """The address of Virtuoso without the spoiled sample."""
    virtuoso.clear(f"{graph.value}/spoiled" for graph in GRAPHS.values())
    return virtuoso.query


@pytest.mark.parametrize("name", AT_RISK)
def test_rows_are_equal_where_no_graph_is_named(name: str, pasted: str, real: Engines) -> None:
    assert_equal(QUERIES[name], "pasted", {"memory": real["memory"], "pasted": EndpointStore(pasted, ())})
