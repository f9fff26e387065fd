"""The pipeline that anyone would write: PyYAML into dictionaries, rdflib for the graph, pySHACL for the shapes.

    python benchmarks/plain.py DATA OUT

It does the work of `synthkg check` and `synthkg build`, but for tables and description, and its N-Quads and N-Triples are the
same: one graph in memory, validated as a whole, the same rules and checks (the text of the saved queries) run by rdflib, and
rdflib's own serialisers. It checks less: no line numbers, no references, no duplicate keys, no evidence for each fact. What a
record says as triples it is told by synthkg's own reading, which costs less than any that one would write by hand; so its time
is a lower bound.

Each check across records is broken off after some seconds, and Turtle and TriG are left out above some papers: rdflib takes forty
times as long for a list ten times as long.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from pathlib import Path

import pyshacl
import yaml
from rdflib import Dataset, Graph, URIRef
from rdflib.plugins.sparql import prepareQuery

from synthkg.catalog import load_catalog
from synthkg.graph import dataset, load_queries, to_rdflib
from synthkg.model import BASE, load_vocabulary
from synthkg.project import folder

LONGEST = 20  # seconds of the processor that a check gets
MOST = 2000  # papers up to which Turtle and TriG are written
DUMPS = {"nq": "nquads", "trig": "trig", "nt": "nt", "ttl": "turtle", "jsonld": "json-ld", "rdf": "xml"}


def infer(everything: Graph) -> Graph:
    """Applies the rules until nothing is new."""
    inferred = Graph()
    rules = [prepareQuery(rule.text) for rule in load_queries("rules").values()]
    while True:
        new = {triple for rule in rules for triple in everything.query(rule) if triple not in everything}
        if not new:
            return inferred
        for triple in new:
            everything.add(triple)
            inferred.add(triple)


def count(everything: Graph, query: str, seconds: int) -> int | None:
    """The number of rows, or None where that many seconds of the processor did not do."""

    def stop(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        return len(everything.query(query))
    except TimeoutError:
        return None
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def main(data: Path, out: Path) -> None:
    """Does everything, and prints the times of the phases as JSON."""
    phases: dict[str, float] = {}
    started = time.perf_counter()

    def phase(name: str) -> None:
        nonlocal started
        phases[name], started = time.perf_counter() - started, time.perf_counter()

    for file in sorted(data.glob("*/*.yaml")):
        yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    layers: dict[str, Graph] = {}
    for quad in dataset(load_catalog(data)):
        triple = (to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object))
        layers.setdefault(quad.graph_name.value, Graph()).add(triple)
    phase("read")
    ontology = next(layer for name, layer in layers.items() if name.endswith("/ontology"))
    everything = Graph()
    for layer in layers.values():
        if layer is not ontology:
            everything += layer
    conforms, _, report = pyshacl.validate(everything, shacl_graph=Graph().parse(folder("ontology") / "shapes.ttl"))
    if not conforms:
        print(report[-2000:], file=sys.stderr)
    phase("validate")
    everything += ontology
    layers[f"{BASE}graph/inferred"] = infer(everything)
    findings = [count(everything, check.text, LONGEST) for check in load_queries("checks").values()]
    phase("rules and checks")
    dumps = out / "dist"
    dumps.mkdir(parents=True)
    whole = Dataset()
    for name, layer in layers.items():
        named = whole.graph(URIRef(name))
        for triple in layer:
            named.add(triple)
    for prefix, namespace in load_vocabulary().prefixes.items():
        everything.bind(prefix, namespace)
        whole.bind(prefix, namespace)
    papers = len(list((data / "papers").glob("*.yaml")))
    for ending, form in DUMPS.items():
        if papers > MOST and form in ("turtle", "trig"):
            continue
        text = (whole if ending in ("nq", "trig") else everything).serialize(format=form)
        if ending == "nt":
            text = "".join(sorted(text.splitlines(keepends=True)))
        (dumps / f"synthkg.{ending}").write_text(text, encoding="utf-8")
    phase("dumps")
    phases["views"] = 0.0
    found = {"findings": sum(filter(None, findings)), "broken_off": findings.count(None)}
    print(json.dumps({"phases": phases, "triples": len(everything)} | found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
