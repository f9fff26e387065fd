"""What a release of the toy says of itself, its graph, its tables and their schemas, and what a difference says, are as read.

Left out, or as `…`, is what grows with the ontology and the saved queries, and the day that hangs on them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse, serialize

from conftest import Run
from snapshots import compare, pretty
from synthkg.graph.triples import GRAPHS
from synthkg.model import BASE

_SPACES = {
    BASE + "ontology#": "synthkg:", BASE + "dataset/Tides#": "part:", BASE + "dump/": "dump:", BASE + "query/": "query:",
    BASE: "kg:",
    "http://rdfs.org/ns/void#": "void:", "http://www.w3.org/ns/dcat#": "dcat:", "http://purl.org/dc/terms/": "dcterms:",
    "https://schema.org/": "schema:", "http://www.w3.org/2001/XMLSchema#": "xsd:", "http://spdx.org/rdf/terms#": "spdx:",
    "http://www.w3.org/ns/shacl#": "sh:", "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
    "http://www.w3.org/2004/02/skos/core#": "skos:", "http://xmlns.com/foaf/0.1/": "foaf:",
    "http://www.w3.org/ns/sparql-service-description#": "sd:", "https://www.iana.org/assignments/media-types/": "media:",
}  # fmt: skip
_COUNTED = re.compile(r"void:(classP|propertyP|distinct|triples|entities|properties|classes|vocabulary)")
_MEASURED = re.compile(r"byteSize|contentSize|sha256$|checksumValue|dcterms:modified|dateModified")
_STEADY = re.compile(r"tables/\w+\.(csv|parquet)")


@cache
def _short(iri: str) -> str:
    return next((prefix + iri[len(space) + 1 : -1] for space, prefix in _SPACES.items() if iri[1:].startswith(space)), iri)


def _described(void: Path) -> Iterator[str]:
    """The statements of VoID and DCAT by subject, without the counts of the ontology, and the queries but one."""
    lines = set()
    for quad in parse(path=void, format=RdfFormat.TURTLE):
        lines.add(re.sub(r"<[^<>\s]*>", lambda found: _short(found[0]), str(quad.triple)))
    last = ""
    for subject, predicate, value in (line.split(" ", 2) for line in sorted(lines)):
        if re.match(r"part:(class|property|ontology)-|query:(?!lineage-edges)|kg:graph/ontology", subject):
            continue
        if subject == "kg:dataset/Tides" and (_COUNTED.match(predicate) or value.startswith("query:")):
            continue
        if subject != last:
            yield subject
        is_steady = _STEADY.search(subject) or not _MEASURED.search(predicate)
        yield f"  {predicate} {value if is_steady else '…'}"
        last = subject


def test_a_release_describes_itself_as_it_was_read(toy_dist: Path) -> None:
    found = {"void.txt": "\n".join(_described(toy_dist / "void.ttl")) + "\n"}
    crate = json.loads((toy_dist / "ro-crate-metadata.json").read_text("utf-8"))
    for entity in crate["@graph"]:
        entity |= {key: "…" for key in ("contentSize", "sha256") if key in entity and not _STEADY.search(entity["@id"])}
        entity |= {key: "…" for key in ("datePublished",) if key in entity}
    found["ro-crate-metadata.json"] = pretty(crate)
    found["files.txt"] = re.sub(r"(?m)^\w+  (?!tables/\w+\.csv)", "…  ", (toy_dist / "SHA256SUMS").read_text("utf-8"))
    for path in sorted((toy_dist / "tables").iterdir()):
        if path.suffix == ".csv":
            found[f"tables/{path.name}"] = path.read_bytes().decode()
        elif path.suffix == ".json":
            found[f"tables/{path.name}"] = pretty(json.loads(path.read_text("utf-8")))
    for name, block in re.findall(r"(?ms)^<[^>]*/graph/(\w+)> \{\n(.*?)^\}\n", (toy_dist / "synthkg.trig").read_text("utf-8")):
        if name != "ontology":
            found[f"graph/{name}.ttl"] = found.get(f"graph/{name}.ttl", "") + block
    compare("release", found)


def _changed(quad: Quad) -> Quad | None:
    """The toy some time later: a paper retitled and classified anew, an artifact gone, a method under another name, a size."""
    said = str(quad).replace(BASE, "")
    if "artifact/tide-base" in said:
        return None
    if said.startswith("<paper/tide-survey> <http://purl.org/dc/terms/title>"):
        return Quad(quad.subject, quad.predicate, Literal("Tides: a Survey"), quad.graph_name)
    if said.startswith("<paper/tide-instruct> <ontology#stage>"):
        return Quad(quad.subject, quad.predicate, NamedNode(f"{BASE}concept/stage/pretraining"), quad.graph_name)
    if said.startswith("<artifact/tide-code> <ontology#size>"):
        return Quad(quad.subject, quad.predicate, Literal("4 files"), quad.graph_name)
    return quad


def test_a_difference_is_told_as_it_was_read(toy_dist: Path, tmp_path: Path, run: Run) -> None:
    text = (toy_dist / "synthkg.nq").read_text("utf-8")
    quads = list(parse(text.replace("/method/drift>", "/method/drifting>").encode(), format=RdfFormat.N_QUADS))
    added = (
        Quad(
            NamedNode(f"{BASE}method/drifting"),
            NamedNode(f"{BASE}ontology#formerly"),
            NamedNode(f"{BASE}method/drift"),
            GRAPHS["curated"],
        ),
        Quad(NamedNode(f"{BASE}paper/neap"), NamedNode("http://purl.org/dc/terms/title"), Literal("Neap"), GRAPHS["curated"]),
    )
    serialize([each for each in map(_changed, quads) if each] + [*added], output=tmp_path / "new.nq", format=RdfFormat.N_QUADS)
    total = re.compile(r"\b\d,?\d{3}\b|(?<=_triples\": )\d{4,}")
    found = {}
    for style in ("text", "markdown", "json"):
        for name, pair in (
            ("changed", (toy_dist / "synthkg.nq", tmp_path / "new.nq")),
            ("back", (tmp_path / "new.nq", toy_dist / "synthkg.nq")),
        ):
            if (style, name) not in (("markdown", "back"), ("json", "back")):
                done = run("diff", *pair, "--format", style, "--out", tmp_path / name)
                found[f"{name}.{style}"] = total.sub("…", done.stdout)
    for name in ("added", "removed"):
        found[f"{name}.nq"] = (tmp_path / "changed" / f"{name}.nq").read_text("utf-8")
    compare("difference", found)
