"""Links and their provenance are read back by other tools as what the graph holds; every export's query runs on any engine."""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path

import pytest
import rdflib
import sssom_pydantic
from pyoxigraph import NamedNode
from rdflib.namespace import DCTERMS, FOAF, PROV, RDF

import synthkg
from conftest import TOY, Run
from rdflib_store import RdflibStore
from synthkg.api.knowledge import KnowledgeGraph
from synthkg.catalog.sssom import Link
from synthkg.giving.prov import mapping_set, provenance
from synthkg.graph.forms import is_construct
from synthkg.graph.queries import load_queries
from synthkg.graph.store import OxigraphStore, Store, load_dump
from synthkg.graph.triples import GRAPHS, link_quads
from synthkg.model.vocabulary import BASE, NAMESPACE, load_vocabulary

SKOS = "http://www.w3.org/2004/02/skos/core#"
ITEM = "http://www.wikidata.org/entity/Q"
TIDE = f"{BASE}paper/tide-instruct"
ORCID = "https://orcid.org/0000-0002-1825-0097"
FILE: dict[str, str] = {"justification": "semapv:LexicalMatching", "date": "2026-11-24", "query_hash": "0123456789abcdef"}


def found(subject: str, number: int, reviewer: str | None = None) -> Link:
    return Link(
        subject=subject,
        subject_label="x",
        predicate="skos:exactMatch",
        object=f"{ITEM}{number}",
        confidence=0.93,
        status="accepted",
        reviewer=reviewer,
        **FILE,
    )


def with_links(store: object) -> OxigraphStore:
    """A graph with links that were found and reviewed."""
    links = [found(TIDE, 1), found(f"{TIDE}/version/preprint", 2, "A. Curator"), found(f"{BASE}paper/tide-survey", 3, ORCID)]
    return OxigraphStore([*store, *link_quads("wikidata", links, load_vocabulary())])  # type: ignore[misc]


@pytest.fixture(scope="module")
def toy_store() -> OxigraphStore:
    return with_links(synthkg.open(TOY).store)


def matches(store: OxigraphStore) -> set[tuple[str, str, str]]:
    """Subject, predicate and object of the triples that links stand for."""
    quads = store.inner.quads_for_pattern(None, None, None, GRAPHS["links"])
    return {
        (str(q.subject.value), q.predicate.value.removeprefix(SKOS), q.object.value)  # type: ignore[union-attr]
        for q in quads
        if q.predicate.value.startswith(SKOS)
    }


def read(text: str, tmp_path: Path) -> dict[tuple[str, str, str], sssom_pydantic.SemanticMapping]:
    """The mappings of an SSSOM file, as another library has them."""
    path = tmp_path / "all.sssom.tsv"
    path.write_text(text, "utf-8")
    done = sssom_pydantic.read(path)
    expand = done.converter.expand_reference
    assert str(done.mapping_set.id) == f"{BASE}dataset#links"
    return {(expand(m.subject), m.predicate.identifier, expand(m.object)): m for m in done.mappings}


@pytest.mark.parametrize("which", ["real", "toy"])
def test_sssom_has_every_link_of_the_graph(which: str, kg: KnowledgeGraph, toy_store: OxigraphStore, tmp_path: Path) -> None:
    store = toy_store if which == "toy" else kg.store
    assert isinstance(store, OxigraphStore)
    ours = matches(store)
    mappings = read(mapping_set(store), tmp_path)
    assert set(mappings) == ours
    assert len(ours) > (800 if which == "real" else 10)
    computed = [m for m in mappings.values() if m.justification.identifier == "BackgroundKnowledgeBasedMatching"]
    assert computed
    assert all(m.confidence is None and m.mapping_date is None for m in computed)


def test_sssom_tells_how_a_link_was_found(toy_store: OxigraphStore, tmp_path: Path) -> None:
    mappings = {key[2]: m for key, m in read(mapping_set(toy_store), tmp_path).items() if key[2].startswith(ITEM)}
    assert len(mappings) == 3
    for mapping in mappings.values():
        assert (mapping.confidence, str(mapping.mapping_date)) == (0.93, FILE["date"])
        assert mapping.justification.curie == FILE["justification"]
    assert f"\tA. Curator\tsynthkg link\t{FILE['query_hash']}\t" in mapping_set(toy_store)
    assert [reviewer.curie for reviewer in mappings[f"{ITEM}3"].reviewers or []] == ["orcid:0000-0002-1825-0097"]


def test_sssom_names_every_reviewer_and_keeps_what_only_the_search_knows(tmp_path: Path) -> None:
    """Of a link that was computed from an identifier and found by a search, too."""
    graph = synthkg.open(TOY).store
    doi = next(row for row in mapping_set(graph).splitlines() if "doi:" in row and "toyconf-2023" in row).split("\t")
    assert FILE["date"] not in doi
    link = Link(
        subject=f"{TIDE}/version/toyconf-2023",
        predicate="skos:exactMatch",
        object="https://doi.org/10.1234/toyconf.2023.7",
        confidence=0.93,
        status="accepted",
        reviewer=f"B. Curator|{ORCID}|A. Curator",
        **FILE,
    )
    store = OxigraphStore([*graph, *link_quads("wikidata", [link], load_vocabulary())])  # type: ignore[misc]
    mapping = read(mapping_set(store), tmp_path)[link.subject, "exactMatch", link.object]
    assert (mapping.confidence, str(mapping.mapping_date)) == (0.93, FILE["date"])
    assert [reviewer.curie for reviewer in mapping.reviewers or []] == ["orcid:0000-0002-1825-0097"]
    assert f"\tA. Curator|B. Curator\tsynthkg link\t{FILE['query_hash']}\t" in mapping_set(store)


def test_sssom_adds_what_files_alone_know(toy_store: OxigraphStore, tmp_path: Path) -> None:
    def link(number: int, status: str) -> Link:
        return Link(
            subject=TIDE,
            subject_label='A "tide"',
            predicate="skos:closeMatch",
            object=f"{ITEM}{number}",
            confidence=0.5,
            status=status,
            **FILE,
        )

    text = mapping_set(toy_store, [link(7, "waiting"), link(8, "rejected"), link(1, "accepted")])
    mappings = read(text, tmp_path)
    assert set(mappings) == matches(toy_store) | {(TIDE, "closeMatch", f"{ITEM}7"), (TIDE, "closeMatch", f"{ITEM}8")}
    assert mappings[TIDE, "closeMatch", f"{ITEM}7"].subject_name == 'A "tide"'
    modifiers = Counter(row.split("\t")[3] for row in text.splitlines() if row.startswith("kg:"))
    assert modifiers["Not"] == 1
    assert mapping_set(toy_store, [link(8, "rejected"), link(1, "accepted"), link(7, "waiting")]) == text


@pytest.mark.parametrize("which", ["real", "toy"])
def test_every_link_and_piece_of_evidence_has_its_provenance(which: str, kg: KnowledgeGraph, toy_store: OxigraphStore) -> None:
    store = toy_store if which == "toy" else kg.store
    assert isinstance(store, OxigraphStore)
    text = provenance(store)
    assert provenance(store) == text
    graph = rdflib.Graph().parse(data=text, format="turtle")
    defined = {str(term) for term in dir(PROV)}
    for s, p, o in graph:
        assert not isinstance(s, rdflib.BNode)
        assert not isinstance(o, rdflib.BNode)
        for term in (p, o):
            if str(term).startswith(str(PROV)):
                assert str(term) in defined, f"PROV-O has no {term}"

    def ours(name: str) -> set[tuple[str, str]]:
        quads = store.inner.quads_for_pattern(None, NamedNode(NAMESPACE + name), None)
        return {(str(q.subject.value), str(q.object.value)) for q in quads}  # type: ignore[union-attr]

    counterparts, sources = dict(ours("counterpart")), dict(ours("source"))
    evidence = {node for _, node in ours("evidence")}
    for thing, node in ours("link"):
        link = rdflib.URIRef(node)
        assert set(graph.objects(link, PROV.wasDerivedFrom)) == {rdflib.URIRef(thing), rdflib.URIRef(counterparts[node])}
        (activity,) = graph.objects(link, PROV.wasGeneratedBy)
        assert (activity, RDF.type, PROV.Activity) in graph
        assert set(graph.objects(activity, DCTERMS.type))  # one run may find some by identifiers and some by titles
    for node in evidence:
        assert list(graph.objects(rdflib.URIRef(node), PROV.hadPrimarySource)) == [rdflib.URIRef(sources[node])]
    derived = {(str(s), str(o)) for s, o in graph.subject_objects(PROV.wasDerivedFrom) if "/evidence/" in str(o)}
    assert derived >= {(fact, node) for node, fact in ours("supports") if "#" in fact}
    assert {node for _, node in derived} == evidence
    assert all("#" in fact for fact, _ in derived)
    unknown = {thing for thing, state in ours("state") if state.endswith("/unknown")}
    assert unknown
    assert not {f"{thing}#state" for thing in unknown} & {fact for fact, _ in derived}
    activities = {rdflib.URIRef(node) for _, node in ours("synthesis")}  # as ontology/alignments.ttl says
    assert activities
    assert not activities & set(graph.subjects(RDF.type, PROV.Entity))


def test_a_reviewer_is_an_agent(toy_store: OxigraphStore) -> None:
    graph = rdflib.Graph().parse(data=provenance(toy_store), format="turtle")
    by = {str(s): o for s, o in graph.subject_objects(PROV.wasAttributedTo) if "/wikidata/" in str(s)}
    assert by.pop(f"{BASE}paper/tide-survey/link/wikidata/resolved") == rdflib.URIRef(ORCID)
    ((link, agent),) = by.items()
    assert link == f"{TIDE}/version/preprint/link/wikidata/resolved"
    assert list(graph.objects(agent, FOAF.name)) == [rdflib.Literal("A. Curator")]
    searches = {o for s, o in graph.subject_objects(PROV.wasGeneratedBy) if "wikidata/resolved" in str(s)}
    assert len(searches) == 1  # one query on one day
    assert [str(o) for o in graph.objects(searches.pop(), DCTERMS.identifier)] == [FILE["query_hash"]]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib evaluates queries with what rdflib deprecates
def test_the_queries_of_exports_give_equal_answers_on_rdflib_and_from_a_dump(toy_store: OxigraphStore, tmp_path: Path) -> None:
    dump = tmp_path / "toy.nt"
    lines = sorted({f"{q.subject} {q.predicate} {q.object} .\n" for q in toy_store})
    dump.write_text("".join(lines), "utf-8")
    others: list[Store] = [RdflibStore(toy_store), load_dump(dump)]
    answered = set()
    for name, query in load_queries("exports").items():
        if is_construct(query.text):
            triples = {str(triple) for triple in toy_store.construct(query.text)}
            assert triples
            assert all({str(triple) for triple in other.construct(query.text)} == triples for other in others)
        else:
            arranged = (
                list if "ORDER BY" in query.text else partial(sorted, key=str)
            )  # what has no order is sorted by who reads it
            values = {parameter.name: "Tides" for parameter in query.parameters if parameter.default is None}
            rows = arranged(query.rows(toy_store, **values).rows)
            assert all(arranged(query.rows(other, **values).rows) == rows for other in others), name
            answered |= {name} if rows else set()
    assert answered == set(load_queries("exports")) - {"prov", "iri-patterns", "croissant"}  # no toy data set has a licence


def test_commands(run: Run, toy: Path, toy_dist: Path, tmp_path: Path) -> None:
    for name in ("sssom", "prov"):
        done = run("export", name, "--data", toy)
        assert done.status == 0
        from_dump = ("--from", toy_dist / "synthkg.nt", *(("--links", toy / "links") if name == "sssom" else ()))
        assert (ORCID in done.stdout) is (name == "prov"), "who made the data did what they rest on"
        assert run("export", name, *from_dump, "--out", tmp_path / name).status == 0
        assert (tmp_path / name).read_bytes().decode() == done.stdout != ""
