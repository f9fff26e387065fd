"""What a release says of itself is what is in it; and it says it in the words of VoID, DCAT, schema.org and RO-Crate."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from importlib.metadata import version as package_version
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyshacl
import pytest
import rdflib
from pyld import jsonld
from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Store, parse
from rocrate.rocrate import ROCrate

from conftest import DATA, ROOT, TESTS, TOY, Run
from synthkg.cache import Shelf
from synthkg.catalog import KNOWN_LICENCES, Maker, citation_of, licence_of, load_catalog
from synthkg.catalog.licences import licence_in
from synthkg.graph import load_dump, load_queries
from synthkg.model.vocabulary import BASE
from synthkg.release import citation_stated, licence_stated
from synthkg.release.contents import DATASET, DOWNLOADS
from synthkg.release.nodes import elsewhere, objects, pieces, sort_piece, triples
from synthkg.release.statistics import Statistics
from synthkg.views import rows_of

A = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
DCTERMS = rdflib.Namespace("http://purl.org/dc/terms/")
SCHEMA = rdflib.Namespace("https://schema.org/")
SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")
TIDES = f"{BASE}dataset/Tides"
VOID = rdflib.Namespace("http://rdfs.org/ns/void#")


@pytest.fixture(scope="module")
def void(dist: Path) -> rdflib.Graph:
    return rdflib.Graph().parse(dist / "void.ttl")


@pytest.fixture(scope="module")
def quads(dist: Path) -> list[Quad]:
    return list(parse(path=dist / "synthkg.nq", format=RdfFormat.N_QUADS))


@pytest.fixture(scope="module")
def data(void: rdflib.Graph) -> rdflib.URIRef:
    """The data set."""
    (iri,) = void.objects(None, rdflib.namespace.FOAF.primaryTopic)
    return rdflib.URIRef(str(iri))


def number(void: rdflib.Graph, subject: str | rdflib.term.Node, term: str) -> int:
    (value,) = void.objects(rdflib.URIRef(str(subject)), VOID[term])
    return int(str(value))


def partitions(void: rdflib.Graph, whole: str | rdflib.term.Node, kind: str, *counts: str) -> dict[str, tuple[int, ...]]:
    found = {}
    for part in void.objects(rdflib.URIRef(str(whole)), VOID[f"{kind}Partition"]):
        (thing,) = void.objects(part, VOID[kind])
        found[str(thing)] = tuple(number(void, part, count) for count in counts)
    return found


def test_counts_of_the_whole(void: rdflib.Graph, data: rdflib.URIRef, quads: list[Quad]) -> None:
    triples = {quad.triple for quad in quads}
    subjects = {t.subject for t in triples}
    assert number(void, data, "triples") == len(triples)
    assert number(void, data, "distinctSubjects") == len(subjects)
    assert number(void, data, "entities") == sum(str(s).startswith(f"<{BASE}") for s in subjects)
    assert number(void, data, "distinctObjects") == len({t.object for t in triples})
    assert number(void, data, "properties") == len({t.predicate for t in triples})
    assert number(void, data, "classes") == len({t.object for t in triples if t.predicate == A})
    used = {t.predicate for t in triples} | {t.object for t in triples if t.predicate == A}
    spaces = {str(space) for space in void.objects(data, VOID.vocabulary)}
    assert all(sum(term.value.startswith(space) for space in spaces) == 1 for term in used)  # type: ignore[union-attr]


def test_partitions_by_property(void: rdflib.Graph, data: rdflib.URIRef, quads: list[Quad]) -> None:
    uses: dict[str, set[Any]] = defaultdict(set)
    for quad in quads:
        uses[quad.predicate.value].add(quad.triple)
    expected = {
        iri: (len(triples), len({t.subject for t in triples}), len({t.object for t in triples})) for iri, triples in uses.items()
    }
    assert partitions(void, data, "property", "triples", "distinctSubjects", "distinctObjects") == expected


def test_partitions_by_class_and_their_properties(void: rdflib.Graph, data: rdflib.URIRef, quads: list[Quad]) -> None:
    classes: dict[Any, set[str]] = defaultdict(set)
    for quad in quads:
        if quad.predicate == A:
            classes[quad.subject].add(quad.object.value)  # type: ignore[union-attr]
    members = Counter(kind for kinds in classes.values() for kind in kinds)
    assert partitions(void, data, "class", "entities") == {kind: (count,) for kind, count in members.items()}
    uses = Counter((kind, t.predicate.value) for t in {quad.triple for quad in quads} for kind in classes.get(t.subject, ()))
    found = {}
    for part in void.objects(data, VOID.classPartition):
        (kind,) = void.objects(part, VOID["class"])
        for prop, (count,) in partitions(void, part, "property", "triples").items():
            found[str(kind), prop] = count
    assert found == dict(uses)


def test_named_graphs_are_subsets(void: rdflib.Graph, data: rdflib.URIRef, quads: list[Quad]) -> None:
    graphs: dict[str, list[Quad]] = defaultdict(list)
    for quad in quads:
        graphs[quad.graph_name.value].append(quad)  # type: ignore[union-attr]
    linksets = set(void.subjects(rdflib.RDF.type, VOID.Linkset))
    assert {str(part) for part in set(void.objects(data, VOID.subset)) - linksets} == graphs.keys()
    for graph, inside in graphs.items():
        assert number(void, graph, "triples") == len(inside)
        assert number(void, graph, "distinctSubjects") == len({quad.subject for quad in inside})
        uses = Counter(quad.predicate.value for quad in inside)
        assert partitions(void, graph, "property", "triples") == {prop: (count,) for prop, count in uses.items()}
        members = Counter(quad.object.value for quad in inside if quad.predicate == A)  # type: ignore[union-attr]
        assert partitions(void, graph, "class", "entities") == {kind: (count,) for kind, count in members.items()}


def test_every_file_of_the_graph_is_a_distribution(void: rdflib.Graph, data: rdflib.URIRef, dist: Path) -> None:
    described, reached = {}, {}
    for node in void.objects(data, DCAT.distribution):
        (url,), (size,), (media,) = (void.objects(node, DCAT[term]) for term in ("accessURL", "byteSize", "mediaType"))
        (checksum,) = void.objects(node, SPDX.checksum / SPDX.checksumValue)
        name = str(node).removeprefix(f"{data}#")
        reached[name] = {str(url)}
        described[name] = (int(size), str(checksum), str(media).rpartition("media-types/")[2])  # type: ignore[call-overload]
    types = {"nq": "application/n-quads", "trig": "application/trig", "nt": "application/n-triples", "ttl": "text/turtle"}
    types |= {"jsonld": "application/ld+json", "rdf": "application/rdf+xml"}
    types |= {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}
    expected, urls = {}, {}
    for file in [*dist.glob("synthkg.*"), *dist.glob("tables/*.csv"), *dist.glob("tables/*.parquet")]:
        content = file.read_bytes()
        facts = len(content), hashlib.sha256(content).hexdigest(), types[file.suffix[1:]]
        path = file.relative_to(dist).as_posix()
        expected[path.replace("/", "-")] = facts
        urls[path.replace("/", "-")] = {DOWNLOADS + path} if str(data) == DATASET else {str(data)}
    assert described == expected
    assert len(set(void.objects(data, VOID.dataDump))) == (6 if str(data) == DATASET else 0)
    assert reached == urls, "where nothing says where the files are, the data set's own address is told"


def test_formats_have_their_iris(void: rdflib.Graph) -> None:
    """Those of https://www.w3.org/ns/formats/, not the addresses of their pages."""
    words = ("JSON-LD", "N-Quads", "N-Triples", "RDF_XML", "TriG", "Turtle")
    assert {str(iri) for iri in void.objects(None, DCTERMS["format"])} == {
        f"http://www.w3.org/ns/formats/{word}" for word in words
    }


def test_an_endpoint_answers_over_the_union(real_dist: Path) -> None:
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    void = rdflib.Graph().parse(real_dist / "void.ttl")
    assert list(void.objects(rdflib.URIRef(f"{BASE}sparql"), sd.feature)) == [sd.UnionDefaultGraph]


def test_the_shapes_hold(void: rdflib.Graph) -> None:
    conforms, _, report = pyshacl.validate(void, shacl_graph=rdflib.Graph().parse(TESTS / "description-shapes.ttl"))
    assert conforms, report


@pytest.mark.parametrize(
    "term",
    [
        DCAT.byteSize,
        DCAT.accessURL,
        DCTERMS.publisher,
        DCTERMS.conformsTo,
        SPDX.checksum,
        VOID.triples,
        VOID["class"],
        DCTERMS.creator,
        SH.select,
    ],
)
def test_the_shapes_catch_what_is_missing(toy_dist: Path, term: rdflib.URIRef) -> None:
    spoilt = rdflib.Graph().parse(toy_dist / "void.ttl")
    spoilt.remove(next(spoilt.triples((None, term, None))))
    conforms, _, _ = pyshacl.validate(spoilt, shacl_graph=rdflib.Graph().parse(TESTS / "description-shapes.ttl"))
    assert not conforms


def test_no_blank_nodes(dist: Path) -> None:
    statements = parse(path=dist / "void.ttl", format=RdfFormat.TURTLE)
    assert not any(isinstance(node, BlankNode) for quad in statements for node in quad.triple)


def test_examples_run_as_they_stand(real_dist: Path) -> None:
    void = rdflib.Graph().parse(real_dist / "void.ttl")
    store = Store()
    store.bulk_load(path=real_dist / "synthkg.nq", format=RdfFormat.N_QUADS)
    queries = {str(query): str(text) for query, text in void.subject_objects(SH.select)}
    assert len(queries) >= 40
    empty = [name for name, text in queries.items() if not list(store.query(text, use_default_graph_as_union=True))]  # type: ignore[arg-type]
    assert len(empty) < len(queries) / 4, empty


def test_the_licence_is_the_data_folder_s_own(real_dist: Path, toy_dist: Path, tmp_path: Path) -> None:
    for folder, expected in ((real_dist, {CC0}), (toy_dist, set())):
        void = rdflib.Graph().parse(folder / "void.ttl")
        assert {str(iri) for iri in void.objects(None, DCTERMS.license)} == expected
        crate = json.loads((folder / "ro-crate-metadata.json").read_text("utf-8"))["@graph"]
        (root,) = (entity for entity in crate if entity["@id"] == "./")
        assert root["license"] == ({"@id": CC0} if expected else "No licence is stated.")
    assert (licence_of(DATA), licence_of(TOY)) == (CC0, None)
    for text, iri in (
        ("Mine, all mine", None),
        ("Attribution-NonCommercial-ShareAlike 4.0 International\n…\n", "https://creativecommons.org/licenses/by-nc-sa/4.0/"),
        ("CC BY 4.0, http://creativecommons.org/licenses/by/4.0/legalcode", "https://creativecommons.org/licenses/by/4.0/"),
        ("SPDX-License-Identifier: CC-BY-SA-3.0", "https://creativecommons.org/licenses/by-sa/3.0/"),
        ("## ODC Open Database License (ODbL)", "https://opendatacommons.org/licenses/odbl/1-0/"),
        ("CC BY 4.0 or CC BY-SA 4.0", None),
    ):
        (tmp_path / "LICENSE").write_text(text)
        assert licence_of(tmp_path) == iri
        (tmp_path / "papers").mkdir(exist_ok=True)
        assert [finding.rule for finding in load_catalog(tmp_path).findings] == ([] if iri else ["unknown-licence"])
    assert [licence_stated(folder / "synthkg.nq") for folder in (real_dist, toy_dist, tmp_path)] == [CC0, None, None]


@pytest.mark.parametrize(
    ("text", "iri", "called"),
    [
        (
            "CC BY-NC 4.0",
            "https://creativecommons.org/licenses/by-nc/4.0/",
            {"name": "Creative Commons Attribution-NonCommercial 4.0 International", "identifier": "CC-BY-NC-4.0"},
        ),
        ("https://creativecommons.org/licenses/by/2.0/", "https://creativecommons.org/licenses/by/2.0/", {}),
    ],
    ids=["by its name", "by its address alone"],
)
def test_a_licence_is_called_what_it_is(text: str, iri: str, called: dict[str, str], toy: Path, run: Run) -> None:
    (toy / "LICENSE").write_text(text)
    dist, site = toy / "dist", toy / "site"
    assert run("build", "--data", toy, "--out", dist).status == 0
    crate = json.loads((dist / "ro-crate-metadata.json").read_text("utf-8"))["@graph"]
    assert [entity for entity in crate if entity["@id"] == iri] == [{"@id": iri, "@type": "CreativeWork", **called}]
    record = json.loads(run("export", "bioregistry", "--from", dist / "synthkg.nq").stdout)["synthkg.record"]
    assert record["license"] == called.get("identifier", iri)
    assert run("site", "--from", dist / "synthkg.nq", "--out", site).status == 0
    assert f'Licence of the data:\n<a href="{iri}">{called.get("name", iri)}</a>.' in (site / "index.html").read_text("utf-8")


def test_licences_have_the_names_by_which_they_are_recognised() -> None:
    assert {licence_in(licence.name): licence for licence in KNOWN_LICENCES.values()} == KNOWN_LICENCES
    assert {licence_in(f"SPDX-License-Identifier: {each.spdx}"): each for each in KNOWN_LICENCES.values()} == KNOWN_LICENCES
    assert {licence_in(iri): licence for iri, licence in KNOWN_LICENCES.items()} == KNOWN_LICENCES
    for address in ("http://opendatacommons.org/licenses/odbl/1.0/", "https://www.opendatacommons.org/licenses/odbl/"):
        assert licence_in(f"Under {address}.") == "https://opendatacommons.org/licenses/odbl/1-0/"
    assert licence_in("https://opendatacommons.org/licenses/dbcl/1-0/") is None
    listed = (ROOT / "ontology" / "shapes.ttl").read_text("utf-8")
    assert all(f'"{licence.spdx}"' in listed for licence in KNOWN_LICENCES.values())


def test_a_release_says_who_made_it_as_its_folder_does(
    real_dist: Path, toy_dist: Path, toy: Path, tmp_path: Path, run: Run
) -> None:
    """Ours is ours, that of others theirs, and of a folder that says nothing nothing is said but an IRI of its title."""
    contributors = Maker("the synthkg contributors", f"{DATASET}#the-synthkg-contributors", is_person=False)
    curator = Maker("Ada Curator", "https://orcid.org/0000-0002-1825-0097", is_person=True)
    one, other = (
        Maker("Team 潮", "https://doi.org/10.5281/zenodo.7#Team-%E6%BD%AE", is_person=False),
        Maker("Ada Curator", "https://doi.org/10.5281/zenodo.7#Ada-Curator", is_person=True),
    )
    said = "doi: 10.5281/zenodo.7\nauthors:\n  - name: Team 潮\n  - given-names: Ada\n    family-names: Curator\n"
    (toy / "CITATION.cff").write_text(said, "utf-8")
    assert run("build", "--data", toy, "--out", tmp_path / "two").status == 0
    (toy / "CITATION.cff").unlink()
    built = run("build", "--data", toy, "--out", tmp_path / "none")
    assert built.status == 0
    assert f"calls the data set {BASE}dataset/%E6%BD%AE-Tides%3A-a-toy-list, after its title" in built.stderr
    for folder, iri, makers, publisher, version in (
        (real_dist, DATASET, [contributors], contributors.iri, package_version("synthkg")),
        (toy_dist, TIDES, [curator], curator.iri, "2024.1.0"),
        (tmp_path / "two", "https://doi.org/10.5281/zenodo.7", [one, other], None, None),
        (tmp_path / "none", f"{BASE}dataset/%E6%BD%AE-Tides%3A-a-toy-list", [], None, None),
    ):
        void = rdflib.Graph().parse(folder / "void.ttl")
        entities = {e["@id"]: e for e in json.loads((folder / "ro-crate-metadata.json").read_text("utf-8"))["@graph"]}
        root, data = entities["./"], rdflib.URIRef(iri)
        stated = citation_stated(folder / "synthkg.nq", "")
        assert (stated.iri, list(stated.makers), root["identifier"]) == (iri, makers, iri)
        title = rdflib.Literal(stated.title, "en" if iri == DATASET else None)
        assert (root["name"], void.value(data, DCTERMS.title)) == (stated.title, title)
        creators = [{"@id": maker.iri} for maker in makers]  # a single value stands by itself
        assert root.get("creator", []) == (creators[0] if len(creators) == 1 else creators)
        assert [entities[maker.iri]["name"] for maker in makers] == [maker.name for maker in makers]
        assert {str(iri) for iri in void.objects(data, DCTERMS.creator)} == {maker.iri for maker in makers}
        said_publisher = void.value(data, DCTERMS.publisher), root.get("publisher", {}).get("@id")
        assert tuple(each and str(each) for each in said_publisher) == (publisher, publisher)
        assert (version, version) == (str(void.value(data, DCAT.version) or "") or None, root.get("version"))
        homes = {str(iri) for iri in void.objects(data, rdflib.namespace.FOAF.homepage)} | (
            {root["url"]} if "url" in root else set()
        )
        assert homes == ({BASE} if folder == real_dist else set())
        agents = set(void.subjects(rdflib.RDF.type, rdflib.namespace.FOAF.Agent))
        assert not agents & set(void.objects(None, rdflib.namespace.FOAF.homepage)), "who is an agent is no page"


def test_nothing_that_another_field_gives_away_says_that_it_is_ours(toy: Path, tmp_path: Path, run: Run) -> None:
    """Not its release, its site, its provenance nor what it retracts; of its addresses only those are told that it says."""
    said = (
        "title: The tides\nabstract: What we know of tides.\nkeywords: [tide]\nauthors:\n  - name: Tide Watch\n"
        "identifiers:\n  - type: other\n    value: x\n  - type: url\n    value: https://example.org/void.ttl#tides\n"
    )
    (toy / "CITATION.cff").write_text(said, "utf-8")
    assert run("build", "--data", toy, "--out", tmp_path / "dist").stderr.count("calls the data set") == 0
    dump, site = tmp_path / "dist" / "synthkg.nq", tmp_path / "site"
    assert run("site", "--from", dump, "--out", site).status == 0
    before = tmp_path / "before.trig"
    assert run("export", "nanopub", "--data", toy, "--out", before).status == 0
    paper = toy / "papers" / "tide-instruct.yaml"
    paper.write_text(paper.read_text("utf-8").replace("introduces:\n  - tide-instruct\n", ""), "utf-8")
    texts = [
        (tmp_path / "dist" / "void.ttl").read_text("utf-8"),
        (tmp_path / "dist" / "ro-crate-metadata.json").read_text("utf-8"),
        (site / "index.html").read_text("utf-8"),
        (site / "dataset.html").read_text("utf-8"),
        run("export", "prov", "--from", dump).stdout,
        run("export", "nanopub", "--data", toy, "--before", before).stdout,
    ]
    assert all("https://example.org/void.ttl#tides" in text for text in texts)
    assert not [text for text in texts if DATASET in text or f'"{BASE}"' in text.replace(f'void:uriSpace "{BASE}"', "")]
    void = rdflib.Graph().parse(data=texts[0])
    data = rdflib.URIRef("https://example.org/void.ttl#tides")
    description, keywords = void.value(data, DCTERMS.description), set(map(str, void.objects(data, DCAT.keyword)))
    assert (str(description), "tide" in keywords) == ("What we know of tides.", True)
    assert not set(void.subject_objects(VOID.dataDump)) | set(void.subject_objects(DCAT.downloadURL))
    (toy / "CITATION.cff").write_text(f"{said}repository-artifact: https://example.org/got\n", "utf-8")
    assert run("build", "--data", toy, "--out", tmp_path / "dist").status == 0
    void = rdflib.Graph().parse(tmp_path / "dist" / "void.ttl")
    assert rdflib.URIRef("https://example.org/got/synthkg.nq") in set(void.objects(data, VOID.dataDump))


@pytest.mark.parametrize("text", ["", "authors: Ada", "- a", "authors:\n  - alias: x\n"])
def test_what_names_no_author_is_told(text: str, tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "CITATION.cff").write_text(text, "utf-8")
    assert citation_of(tmp_path).makers == ()
    found = [(finding.rule, finding.severity) for finding in load_catalog(tmp_path).findings]
    assert found == [("unknown-makers", "note"), ("unnamed-data-set", "note")]


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("title: Tides\nauthors:\n  - name: [\n", 4, ""),
        ("title: &title Tides\n", 1, "anchor"),
        ("title: Tides\n<<<<<<< HEAD\nversion: 1\n=======\nversion: 2\n>>>>>>> theirs\n", 2, "merge conflict"),
    ],
)
def test_a_citation_that_cannot_be_read_stops_a_release(
    text: str, line: int, problem: str, toy: Path, tmp_path: Path, run: Run
) -> None:
    """It would bear another name."""
    (toy / "CITATION.cff").write_text(text, "utf-8")
    done = run("build", "--data", toy, "--out", tmp_path / "dist")
    (told,) = [row for row in done.stderr.splitlines() if row.startswith(f"{toy / 'CITATION.cff'}:")]
    assert told.startswith(f"{toy / 'CITATION.cff'}:{line}:")
    assert ": error: " in told
    assert problem in told
    assert done.status == 1
    assert not (tmp_path / "dist").exists()


@pytest.mark.parametrize("kind", ["Latin-1", "folder", "link"])
def test_a_citation_that_is_no_text_stops_a_release(kind: str, toy: Path, tmp_path: Path, run: Run) -> None:
    (file := toy / "CITATION.cff").unlink()
    if kind == "Latin-1":
        file.write_bytes(b"title: Mar\xe9es\n")
    elif kind == "folder":
        file.mkdir()
    else:
        file.symlink_to("gone")
    done = run("build", "--data", toy, "--out", tmp_path / "dist")
    assert (done.status, (tmp_path / "dist").exists()) == (1, False)
    assert f"{file}:1:{11 if kind == 'Latin-1' else 1}: error: " in done.stderr


def test_an_author_whose_orcid_id_has_a_slip_is_told(tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    author = "authors:\n  - name: Ada\n    orcid: https://orcid.org/0000-0002-1825-0098\ndoi: 10.5281/zenodo.7\n"
    (tmp_path / "CITATION.cff").write_text(author, "utf-8")
    found = load_catalog(tmp_path).findings
    assert [(finding.rule, finding.severity, finding.line, finding.column) for finding in found] == [("bad-orcid", "note", 3, 12)]


def test_what_a_citation_says_in_vain_is_told(tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    said = {"doi": "10.5281", "url": "https://example.org/a b", "repository-artifact": "ftp://example.org", "license": "MIT"}
    authors = "authors:\n  - name: Ada\n    orcid: https://orcid.org/0000-0002\n"
    (tmp_path / "CITATION.cff").write_text("".join(f"{key}: {value}\n" for key, value in said.items()) + authors, "utf-8")
    found = [(each.line, each.problem) for each in load_catalog(tmp_path).findings if each.rule == "unread-citation"]
    values = [*said.items(), ("orcid", "https://orcid.org/0000-0002")]
    expected = [f'the {key} "{value}" is none that is known; a release passes it over' for key, value in values]
    assert found == list(zip((1, 2, 3, 4, 7), expected, strict=True))


def test_the_licence_is_that_of_the_citation_where_no_file_has_it(tmp_path: Path) -> None:
    citation = tmp_path / "CITATION.cff"
    for named, iri in (
        ("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/"),
        ("[CC0-1.0]", CC0),
        ("[CC0-1.0, MIT]", None),
    ):
        citation.write_text(f"title: Tides\nlicense: {named}\n", "utf-8")
        assert licence_of(tmp_path) == iri
    (tmp_path / "LICENSE").write_text("CC-BY-SA-4.0")
    assert licence_of(tmp_path) == "https://creativecommons.org/licenses/by-sa/4.0/"


def test_linksets_count_the_matches(void: rdflib.Graph, quads: list[Quad]) -> None:
    """Each match of a target is in one linkset, which says by which property it was made."""
    matches = Counter(q.predicate.value for q in quads if q.predicate.value.endswith(("#exactMatch", "#closeMatch")))
    counted: Counter[str] = Counter()
    for linkset in void.subjects(rdflib.RDF.type, VOID.Linkset):
        (predicate,), (count,) = void.objects(linkset, VOID.linkPredicate), void.objects(linkset, VOID.triples)
        counted[str(predicate)] += int(count)  # type: ignore[call-overload]
        assert list(void.objects(linkset, VOID.objectsTarget / rdflib.namespace.FOAF.homepage))
    assert counted == matches
    assert len(counted) == 2


def test_packed_files_are_described_as_they_are(tmp_path: Path, run: Run) -> None:
    """Their format is gzip, and what they hold is said beside it; what IANA does not define is no media type."""
    out = tmp_path / "dist"
    assert run("build", "--data", TOY, "--out", out, "--compress").status == 0
    void = rdflib.Graph().parse(out / "void.ttl")
    conforms, _, report = pyshacl.validate(void, shacl_graph=rdflib.Graph().parse(TESTS / "description-shapes.ttl"))
    assert conforms, report
    node = rdflib.URIRef(f"{TIDES}#synthkg.ndjsonld.gz")
    assert not list(void.objects(node, DCAT.mediaType))
    assert str(void.value(node, DCTERMS["format"])) == "https://github.com/ndjson/ndjson-spec"
    files = {entity.id: entity for entity in ROCrate(out).data_entities if entity.type == "File"}
    packed = {name: entity for name, entity in files.items() if name.endswith(".gz")}
    assert len(packed) == 6
    for name, entity in packed.items():
        assert entity["encodingFormat"] == "application/gzip"
        assert void.value(rdflib.URIRef(f"{TIDES}#{name}"), SCHEMA.encodingFormat) == rdflib.Literal("application/gzip")
        assert entity["description"].endswith(", packed with gzip.")
        assert ("with its named graphs" in entity["description"]) is (".nq" in name or ".trig" in name)
    assert packed["synthkg.nq.gz"]["conformsTo"].id == "http://www.w3.org/ns/formats/N-Quads"
    assert files["UNPACKED-SHA256SUMS"]["description"] == "SHA-256 checksums of what is packed in the dumps."


# -- RO-Crate


def test_the_crate_lists_every_file(dist: Path) -> None:
    crate = ROCrate(dist)
    listed = {entity.id: entity for entity in crate.data_entities if entity.type == "File"}
    present = {file.relative_to(dist).as_posix() for file in dist.rglob("*") if file.is_file()}
    assert listed.keys() == present - {"SHA256SUMS", "ro-crate-metadata.json"}
    for path, entity in listed.items():
        content = (dist / path).read_bytes()
        assert entity["contentSize"] == str(len(content))
        assert entity["sha256"] == hashlib.sha256(content).hexdigest()


def test_the_root_of_the_crate(real_dist: Path) -> None:
    """What RO-Crate 1.2 requires of it: https://www.researchobject.org/ro-crate/specification/1.2/root-data-entity."""
    graph = {entity["@id"]: entity for entity in json.loads((real_dist / "ro-crate-metadata.json").read_text())["@graph"]}
    assert graph["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    root = graph["./"]
    assert root["@type"] == "Dataset"
    assert root["license"] == {"@id": CC0}
    assert len(root["datePublished"]) == len("2026-11-22")
    assert root["name"]
    assert root["description"]
    mentioned = {part["@id"] for entity in graph.values() for part in entity.get("hasPart", [])}
    assert mentioned | {root[name]["@id"] for name in ("creator", "license", "publisher")} <= graph.keys()
    assert not [
        (id, name)
        for id, entity in graph.items()
        for name, value in entity.items()
        if isinstance(value, list) and len(value) == 1
    ]


def test_the_words_of_the_crate_are_those_of_its_context(real_dist: Path) -> None:
    """Every key and type expands, with the context as the reference library carries it."""
    document = json.loads((real_dist / "ro-crate-metadata.json").read_text())
    context = json.loads((files("rocrate") / "data" / "ro-crate.jsonld").read_text())["@context"]
    for entity in document["@graph"]:
        assert {key for key in entity if not key.startswith("@")} <= context.keys()
        assert entity["@type"] in context
    (expanded,) = (e for e in jsonld.expand({**document, "@context": context}, {"base": DOWNLOADS}) if e["@id"] == DOWNLOADS)
    assert len(expanded) == len({entity["@id"]: entity for entity in document["@graph"]}["./"])


# -- JSON-LD


def test_the_context_has_every_term_and_is_small(real_dist: Path, quads: list[Quad]) -> None:
    content = (real_dist / "context.jsonld").read_bytes()
    assert len(content) < 12_000
    context = json.loads(content)["@context"]
    words = {entry["@id"] if isinstance(entry, dict) else entry for entry in context.values() if not isinstance(entry, float)}
    ours = {quad.predicate.value for quad in quads if quad.predicate.value.startswith(BASE)}
    assert {f"synthkg:{iri.rpartition('#')[2]}" for iri in ours} <= words


def test_compacted_with_the_context_it_is_the_same_graph(toy_dist: Path) -> None:
    context = json.loads((toy_dist / "context.jsonld").read_text())
    compact = jsonld.compact(json.loads((toy_dist / "synthkg.jsonld").read_text()), context)
    paper = next(node for node in compact["@graph"] if node["id"] == "kg:paper/tide-instruct")
    assert paper["title"] == "Tide-Instruct: Teaching Models to Read Tides"
    assert "kg:concept/stage/fine-tuning" in [paper["stage"]]
    assert not [key for node in compact["@graph"] for key in node if key.startswith(("http", "synthkg:"))]
    quads = jsonld.to_rdf(compact, {"format": "application/n-quads"})
    read = {quad.triple for quad in parse(quads.encode(), format=RdfFormat.N_QUADS)}
    assert read == {quad.triple for quad in parse(path=toy_dist / "synthkg.nt", format=RdfFormat.N_TRIPLES)}


def test_statistics_are_what_their_queries_answer(dist: Path) -> None:
    """The queries define what is counted; it is counted while the triples pass."""
    statistics = Statistics()
    file = dist / "synthkg.nq"
    for piece in pieces(file, {}, elsewhere([file.read_bytes()], 0, ()), Shelf("sorted", file), ""):
        statistics.add(sort_piece(piece))
    store = load_dump(file)
    for name in ("dataset", "properties", "classes", "class-properties", "graphs", "graph-classes", "graph-properties"):
        assert statistics.rows(name) == list(rows_of(load_queries("statistics")[name].rows(store))), name


def test_objects_of_json_ld_say_what_the_triples_say(tmp_path: Path) -> None:
    """A term of every kind, read by a reader of JSON-LD."""
    terms = (
        "<urn:iri>", '"plain"', '"in \\"marks\\" and a \\\\"', r'"a line\nand\ta tab"', '"\\u0007"',
        '"潮"@zh-hant', '"a@b.c"', '"^^"@en',
        '"1"^^<http://www.w3.org/2001/XMLSchema#integer>', '"2023-07"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>',
    )  # fmt: skip
    lines = [f"<{BASE}paper/a> <urn:says> {term} <urn:graph> ." for term in terms]
    lines += [f"<{BASE}paper/a> <{A.value}> <urn:{kind}> <urn:graph> ." for kind in ("Paper", "Thing")]
    file = tmp_path / "x.nq"
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    found = list(pieces(file, {}, elsewhere([file.read_bytes()], 0, ()), Shelf("sorted", file), ""))
    said = {str(quad.triple) for piece in found for quad in parse(triples(piece), format=RdfFormat.N_TRIPLES)}
    assert said == {str(quad.triple) for quad in parse(path=file, format=RdfFormat.N_QUADS)}
    every = b"[" + b",".join(map(objects, found)) + b"]"
    assert {str(quad.triple) for quad in parse(every, format=RdfFormat.JSON_LD)} == said
