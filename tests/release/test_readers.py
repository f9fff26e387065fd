"""Other libraries read the dumps as the same graph: PyLD reads the JSON-LD, N3.js what it knows; the others are in test_dumps."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from pyld import jsonld
from pyoxigraph import Quad, RdfFormat, Triple, parse

_N3 = """
const fs = require('fs'), n3 = require('n3');
const writer = new n3.Writer({format: 'N-Quads'});
const parser = new n3.Parser({format: process.argv[2]});
for (const quad of parser.parse(fs.readFileSync(process.argv[1], 'utf8'))) writer.addQuad(quad);
writer.end((error, text) => process.stdout.write(text));
"""


@pytest.fixture(params=["toy", "real"])
def dist(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.getfixturevalue(f"{request.param}_dist")
    return folder


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
