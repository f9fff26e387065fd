"""Other libraries read the dumps as the same graph: PyLD reads the JSON-LD, N3.js what it knows; the others are in test_dumps."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import polars
import pytest
from csvw import TableGroup
from frictionless import Package
from pyld import jsonld
from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse

from synthkg.model import BASE, NAMESPACE, RDF
from synthkg.release.columns import describe_columns

TYPE, PAPER = NamedNode(RDF + "type"), NamedNode(f"{NAMESPACE}Paper")

_N3 = """
const fs = require('fs'), n3 = require('n3');
const writer = new n3.Writer({format: 'N-Quads'});
const parser = new n3.Parser({format: process.argv[2]});
for (const quad of parser.parse(fs.readFileSync(process.argv[1], 'utf8'))) writer.addQuad(quad);
writer.end((error, text) => process.stdout.write(text));
"""


def quads_of(dist: Path) -> set[Quad]:
    return set(parse(path=dist / "synthkg.nq", format=RdfFormat.N_QUADS))


def triples_of(dist: Path) -> set[Triple]:
    return {quad.triple for quad in quads_of(dist)}


def read(nquads: bytes) -> set[Quad]:
    return set(parse(nquads, format=RdfFormat.N_QUADS))


def n3(path: Path, form: str) -> set[Quad]:
    """What N3.js reads. Debian has it in node-n3 (tools/system.sh); elsewhere NODE_PATH leads to what npm installed."""
    environment = {**os.environ, "NODE_PATH": f"{os.environ.get('NODE_PATH', '')}:/usr/share/nodejs"}
    done = subprocess.run(["node", "-e", _N3, path, form], env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr.decode()) == (0, "")
    return read(done.stdout)


@pytest.mark.parametrize(("ending", "form"), [("nq", "N-Quads"), ("trig", "TriG"), ("nt", "N-Triples"), ("ttl", "Turtle")])
def test_n3(dist: Path, ending: str, form: str) -> None:
    found = n3(dist / f"synthkg.{ending}", form)
    if ending in ("nq", "trig"):
        assert found == quads_of(dist)
    else:
        assert {quad.triple for quad in found} == triples_of(dist)


def test_pyld(dist: Path) -> None:
    document = json.loads((dist / "synthkg.jsonld").read_text(encoding="utf-8"))
    found = read(jsonld.to_rdf(document, {"format": "application/n-quads"}).encode())
    assert {quad.triple for quad in found} == triples_of(dist)


def test_json_ld_can_be_framed(toy_dist: Path) -> None:
    """Framing is what JSON-LD offers to those who want trees: https://www.w3.org/TR/json-ld11-framing/."""
    document = json.loads((toy_dist / "synthkg.jsonld").read_text(encoding="utf-8"))
    context = json.loads((toy_dist / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    framed = jsonld.frame(document, {"@context": context, "type": "Paper", "@embed": "@never"})
    papers = {str(triple.subject)[1:-1] for triple in triples_of(toy_dist) if triple.predicate == TYPE and triple.object == PAPER}
    assert {node["id"].replace("kg:", BASE) for node in framed["@graph"]} == papers
    assert papers


@pytest.mark.parametrize("table", ["papers", "versions"])
def test_the_tables_say_what_their_columns_hold(real_dist: Path, table: str) -> None:
    """CSV readers guess otherwise: the arXiv id 2212.10560 becomes the number 2212.1056."""
    expected = polars.read_parquet(real_dist / "tables" / f"{table}.parquet").to_dicts()
    arxiv = [row["arxiv"] for row in expected]
    assert "2212.10560" in arxiv
    csvw = TableGroup.from_file(real_dist / "tables" / "csv-metadata.json")
    rows = {str(found.url): list(found) for found in csvw.tables}[f"{table}.csv"]
    assert [row["arxiv"] for row in rows] == arxiv
    package = Package(str(real_dist / "tables" / "datapackage.json"))
    by_schema: list[dict[str, Any]] = package.get_resource(table).read_rows()  # type: ignore[attr-defined]
    assert [row["arxiv"] for row in by_schema] == arxiv
    year = "year" if table == "versions" else "venue_year"
    assert [row[year] for row in rows] == [row[year] for row in by_schema] == [row[year] for row in expected]
    assert {type(row[year]) for row in rows} <= {int, type(None)}
    if table == "versions":
        assert {row["to_cite"] for row in rows} == {row["to_cite"] for row in by_schema} == {True, False}
    else:
        assert [row["stages"] for row in rows] == [row["stages"] for row in expected]


def test_each_kind_of_column_is_read_as_what_it_holds(tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    describe_columns(tmp_path, {"tides": {"arxiv": str, "year": int, "open": bool, "stages": list}})
    (folder / "tides.csv").write_text("arxiv,year,open,stages\n2212.10560,2022,yes,a | b\n2301.00010,,no,\n", encoding="utf-8")
    (resource,) = Package(str(folder / "datapackage.json")).resources
    by_schema: list[dict[str, Any]] = resource.read_rows()  # type: ignore[attr-defined]
    assert [[row[name] for name in ("arxiv", "year", "open", "stages")] for row in by_schema] == [
        ["2212.10560", 2022, True, "a | b"],
        ["2301.00010", None, False, None],
    ]
    (table,) = TableGroup.from_file(folder / "csv-metadata.json").tables
    assert [list(row.values()) for row in table] == [["2212.10560", 2022, True, ["a", "b"]], ["2301.00010", None, False, []]]
