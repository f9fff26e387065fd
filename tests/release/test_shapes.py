"""The shapes of a release hold for all of it, in two engines, and still catch what is wrong; a record's shapes stay strict."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyshacl
import pytest
import rdflib
import shacl
from pyoxigraph import RdfFormat, parse
from rdflib import SH

from conftest import ROOT, TOY, call
from synthkg.catalog import Link, links_path, load_catalog, write_links
from synthkg.model import BASE, NAMESPACE

_VALIDATE = """
import { createRequire } from 'module';
import fs from 'fs';
const [modules, data, shapes] = process.argv.slice(1);
const { default: SHACLValidator } = await import(`${modules}/rdf-validate-shacl/index.js`);
const n3 = createRequire(import.meta.url)('n3');
const read = (path) => new n3.Store(new n3.Parser().parse(fs.readFileSync(path, 'utf8')));
const report = await new SHACLValidator(read(shapes)).validate(read(data));
console.log(report.conforms, report.results.length);
"""


def by_pyshacl(data: Path, shapes: Path) -> tuple[bool, int]:
    conforms, report, _ = pyshacl.validate(rdflib.Graph().parse(data), shacl_graph=rdflib.Graph().parse(shapes))
    assert isinstance(report, rdflib.Graph)
    return bool(conforms), len(set(report.objects(None, SH.result)))


def by_rdf_validate_shacl(data: Path, shapes: Path) -> tuple[bool, int]:
    modules = Path(sys.prefix) / "node_modules"
    assert (modules / "rdf-validate-shacl").is_dir(), "rdf-validate-shacl is missing: sh tools/system.sh tests"
    command = ["node", "--input-type=module", "--eval", _VALIDATE, str(modules), str(data), str(shapes)]
    environment = {**os.environ, "NODE_PATH": f"{os.environ.get('NODE_PATH', '')}:/usr/share/nodejs"}
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr.decode()) == (0, "")
    conforms, count = done.stdout.decode().split()
    return conforms == "true", int(count)


def by_rust(data: Path, shapes: Path) -> tuple[bool, int]:
    report = shacl.Shapes.from_file(str(shapes)).validate_text(data.read_text("utf-8"), format="turtle")
    return report.conforms, len(report.results)


ENGINES = [by_pyshacl, by_rdf_validate_shacl, by_rust]


@pytest.mark.parametrize(
    ("name", "engine"),
    [*(("toy", engine) for engine in ENGINES), ("real", by_rdf_validate_shacl), ("real", by_rust)],  # pySHACL would take long
)
def test_a_release_satisfies_its_shapes(engine: object, name: str, request: pytest.FixtureRequest) -> None:
    dist: Path = request.getfixturevalue(f"{name}_dist")
    assert callable(engine)
    assert engine(dist / "synthkg.ttl", dist / "shapes.ttl") == (True, 0)


def test_whatever_a_link_may_be_about_may_have_one(tmp_path: Path) -> None:
    data, dist = Path(shutil.copytree(TOY, tmp_path / "toy")), tmp_path / "dist"
    things = {
        "version" if "/version/" in iri else iri.removeprefix(BASE).partition("/")[0]: iri for iri in load_catalog(data).things
    }
    assert things.keys() == {"paper", "version", "method", "artifact", "venue", "list", "concept"}
    links = [
        Link(
            subject=thing,
            predicate="skos:exactMatch",
            object=f"http://www.wikidata.org/entity/Q{number}",
            justification="semapv:ManualMappingCuration",
            status="accepted",
            reviewer="A. Curator",
        )
        for number, thing in enumerate(sorted(things.values()), start=1)
    ]
    write_links(links_path(data, "wikidata"), links, {"wikidata": "http://www.wikidata.org/entity/"})
    assert call("build", "--data", data, "--out", dist).returncode == 0
    assert by_pyshacl(dist / "synthkg.ttl", dist / "shapes.ttl") == (True, 0)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_shapes_catch_what_is_wrong(engine: object, toy_dist: Path, tmp_path: Path) -> None:
    """A property that nobody has, and an arXiv id that lost its last digit."""
    graph = rdflib.Graph().parse(toy_dist / "synthkg.nt")
    paper = rdflib.URIRef(f"{BASE}paper/tide-instruct")
    arxiv = rdflib.URIRef(f"{NAMESPACE}arxiv")
    preprint = min(graph.subjects(arxiv), key=str)
    graph.add((paper, rdflib.URIRef(f"{NAMESPACE}colour"), rdflib.Literal("blue")))
    graph.set((preprint, arxiv, rdflib.Literal("2212.1056")))
    graph.serialize(tmp_path / "spoilt.ttl")
    assert callable(engine)
    conforms, count = engine(tmp_path / "spoilt.ttl", toy_dist / "shapes.ttl")
    assert (conforms, count) == (False, 2)


PAPER, VERSION, ARTIFACT = "paper/tide-instruct", "paper/tide-instruct/version/toyconf-2023", "artifact/tide-data"


def test_what_follows_and_what_is_named_are_held_to_the_ontology(toy_dist: Path, tmp_path: Path) -> None:
    """What rules add stands where they add it and is what they add; a reference leads to a thing of its class, or to a draft."""
    wrong = [
        (PAPER, "citedVersion", "venue/toyconf"),
        (PAPER, "available", "venue/toyconf"),
        (PAPER, "stage", "concept/stage/none"),
        (PAPER, "version", f"{PAPER}/version/none"),
        (PAPER, "introduces", "venue/toyconf"),
        (PAPER, "landingPage", rdflib.Literal("x")),
        (VERSION, "publishedIn", rdflib.Literal(7)),
        (ARTIFACT, "licenseDocument", rdflib.Literal("x")),
        (f"{PAPER}/author/1", "citedVersion", f"{PAPER}/version/preprint"),
        ("method/drift", "landingPage", "method/drift"),
    ]
    whole, spoilt = (toy_dist / "synthkg.nt").read_text("utf-8"), tmp_path / "spoilt.ttl"
    nodes = [value if isinstance(value, rdflib.Literal) else rdflib.URIRef(BASE + value) for _, _, value in wrong]
    said = [f"<{BASE}{of}> <{NAMESPACE}{name}> {node.n3()} .\n" for (of, name, _), node in zip(wrong, nodes, strict=True)]
    spoilt.write_text(whole + "".join(said), "utf-8")
    _, report, _ = pyshacl.validate(rdflib.Graph().parse(spoilt), shacl_graph=rdflib.Graph().parse(toy_dist / "shapes.ttl"))
    assert isinstance(report, rdflib.Graph)
    refused = {
        (str(report.value(one, SH.focusNode)), str(report.value(one, SH.value))) for one in report.objects(None, SH.result)
    }
    assert refused >= {(BASE + of, str(node)) for (of, _, _), node in zip(wrong, nodes, strict=True)}
    spoilt.write_text(f"{whole}<{BASE}{PAPER}> <{NAMESPACE}introduces> <{BASE}method/a-draft> .\n", "utf-8")
    assert by_pyshacl(spoilt, toy_dist / "shapes.ttl") == (True, 0)


def test_the_shapes_of_records_refuse_what_rules_add(toy_dist: Path) -> None:
    assert by_pyshacl(toy_dist / "synthkg.ttl", ROOT / "ontology" / "shapes.ttl")[0] is False


def test_a_form_can_be_made_of_them(real_dist: Path) -> None:
    """Each property has a name and a description for people, from the ontology."""
    shapes = rdflib.Graph().parse(real_dist / "shapes.ttl")
    title = rdflib.URIRef(f"{BASE}dump/shapes.ttl#aliases")
    assert str(next(shapes.objects(title, SH.name)))
    ours = {shape for shape, path in shapes.subject_objects(SH.path) if str(path).startswith(NAMESPACE)}
    assert len(ours) > 50
    for shape in ours:
        assert len(list(shapes.objects(shape, SH.name))) == 1, shape
        assert len(list(shapes.objects(shape, SH.description))) == 1, shape
    assert not [node for node in shapes.all_nodes() if str(node).startswith(f"{BASE}ontology/shapes#")]


def test_the_ontology_is_that_of_the_graph(real_dist: Path) -> None:
    graph = {
        q.triple for q in parse(path=real_dist / "synthkg.nq", format=RdfFormat.N_QUADS) if "graph/ontology" in str(q.graph_name)
    }
    assert {q.triple for q in parse(path=real_dist / "ontology.ttl", format=RdfFormat.TURTLE)} == graph
