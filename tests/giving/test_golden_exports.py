"""What `export` and `view` write of the toy for other tools and for readers is what it was when somebody read it."""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from pathlib import Path

import pyarrow.parquet
from pyoxigraph import NamedNode, Quad

from conftest import TOY, Run
from snapshots import compare, pretty
from synthkg.giving.croissant import croissants
from synthkg.graph import OxigraphStore, load_dump
from synthkg.graph.triples import GRAPHS
from synthkg.model import BASE

CONTACT = ("--name", "A. Curator", "--email", "a.curator@example.org", "--github", "acurator", "--orcid", "0000-0002-1825-0097")
EXPORTS = {
    "bioregistry.json": ("bioregistry", *CONTACT),
    "nanopubs.trig": ("nanopub",),
    "orkg.csv": ("orkg",),
    "provenance.ttl": ("prov",),
    "all.sssom.tsv": ("sssom", "--links", TOY / "links"),
    "wikidata.qs": ("wikidata", "--without-links", "--links", TOY / "links"),
}
FORMATS = ("grlc", "sparql-examples", "snapquery", "markdown")
VIEWS = (
    "bibliography", "code", "contradictions", "corrected", "errata", "family-tree", "papers", "published", "reading-list",
    "method/drift", "method/tide-instruct", "stage/fine-tuning", "tide/king",
)  # fmt: skip


def test_exports_are_as_they_were_read(toy_dist: Path, run: Run, tmp_path: Path) -> None:
    dump = ("--from", toy_dist / "synthkg.nq")
    found, told = {}, []
    for name, arguments in EXPORTS.items():
        done = run("export", *arguments, *dump)
        found[name] = done.stdout.replace(f'"version": "{version("synthkg")}"', '"version": "…"')
        told.append(f"{name} {done.status}\n{done.stderr}")
    run(
        "export",
        "w3id",
        "--site",
        "https://example.org/kg",
        "--sparql",
        "https://example.org/sparql",
        *CONTACT,
        "--out",
        tmp_path / "w3id",
        *dump,
    )
    found |= {f"w3id/{path.name.lstrip('.')}": path.read_text("utf-8") for path in (tmp_path / "w3id").iterdir()}
    for style in FORMATS:
        run("export", "queries", "--format", style, "--out", tmp_path / style, *dump)
        files = {path.stem: path for path in (tmp_path / style).rglob("*") if path.is_file()}
        for name in {"papers-about", "lineage-edges"} & files.keys():
            found[f"queries/{style}/{files[name].name}"] = files[name].read_text("utf-8")
    store = load_dump(toy_dist / "synthkg.nq")
    data, licence = NamedNode(f"{BASE}artifact/tide-data"), NamedNode(f"{BASE}ontology#licenseDocument")
    licensed = OxigraphStore(
        [*store.inner, Quad(data, licence, NamedNode("http://spdx.org/licenses/CC-BY-4.0"), GRAPHS["curated"])]
    )
    found |= {f"croissant/{name}.json": pretty(json.loads(text)) for name, text in croissants(licensed).items()}
    found["told.txt"] = "".join(told)
    compare("exports", found)


def test_tables_are_read_as_they_were_written(toy_dist: Path) -> None:
    found = {}
    for path in (toy_dist / "tables").glob("*.parquet"):
        table = pyarrow.parquet.read_table(path)
        columns = {field.name: f"{field.type}{'' if field.nullable else ' not null'}" for field in table.schema}
        found[f"{path.stem}.json"] = pretty({"columns": columns, "rows": table.to_pylist()})
    compare("parquet", found)


def test_views_are_as_they_were_read(toy_dist: Path, run: Run) -> None:
    found = {name: run("view", name, "--from", toy_dist / "synthkg.nq").stdout for name in VIEWS}
    styled = run("view", "bibliography", "--format", "csl-json", "--from", toy_dist / "synthkg.nq").stdout
    named = {f"{name}{_ending(name, text)}": text for name, text in found.items()}
    compare("views", named | {"bibliography.json": pretty(json.loads(styled))})


def _ending(name: str, text: str) -> str:
    return ".bib" if name == "bibliography" else ".csv" if re.match(r"[\w,]+\n", text) else ".md"
