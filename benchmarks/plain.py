"""The pipeline that anyone would write: PyYAML into dictionaries, rdflib for the graph, pySHACL for the shapes.

    python benchmarks/plain.py DATA OUT all|first|spared

It does the work of `synthkg build` and `synthkg view`, and its triples, dumps and pages are the same: one graph in memory,
validated as a whole, the same rules, checks and views (the text of the saved queries) run by rdflib, and rdflib's own
serialisers. It checks less: no line numbers, no references, no duplicate keys, no evidence for each fact. It shares with
synthkg what is not RDF: how a row is laid out (`synthkg.catalog.layout`), where the queries are, how BibTeX looks.

``all`` makes every page of the views, ``first`` the first page of each. ``spared`` breaks off each check across records after a
minute, and makes no page and neither Turtle nor TriG, for which rdflib takes forty times as long for a list ten times as long.
"""

from __future__ import annotations

import csv
import io
import json
import re
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyshacl
import yaml
from rdflib import RDF, RDFS, SKOS, XSD, Dataset, Graph, Literal, Namespace, URIRef
from rdflib.plugins.sparql import prepareQuery
from rdflib.query import Result

from synthkg.catalog.layout import lay_out
from synthkg.graph.queries import Query, load_queries
from synthkg.model.counterparts import equivalents, repository
from synthkg.model.identifiers import Identifier, identify
from synthkg.model.records import Block, Entry
from synthkg.project import folder
from synthkg.views.bibliography import bibtex

BASE = "https://w3id.org/synthkg/"
KG = Namespace(BASE + "ontology#")
CLASSES = {"papers": KG.Paper, "methods": KG.Method, "artifacts": KG.Artifact, "venues": KG.Venue, "lists": KG.List}
PARTS = {
    "versions": "version",
    "syntheses": "synthesis",
    "different": "different",
    "refuted": "refuted",
    "authors": "author",
    "evidence": "evidence",
}
PART_CLASSES = {
    "versions": KG.Version,
    "syntheses": KG.Synthesis,
    "different": KG.Distinction,
    "refuted": KG.Refutation,
    "authors": KG.Authorship,
    "evidence": KG.Evidence,
}
COMPUTED = URIRef("https://w3id.org/semapv/vocab/BackgroundKnowledgeBasedMatching")
LONGEST = 60  # seconds of the processor that a check gets, of a pipeline that is spared
PEOPLE = {
    "orcid": "https://orcid.org/",
    "acl": "https://aclanthology.org/people/",
    "openreview": "https://openreview.net/profile?id=",
    "dblp": "https://dblp.org/pid/",
}
DUMPS = {"nq": "nquads", "trig": "trig", "nt": "nt", "ttl": "turtle", "jsonld": "json-ld", "rdf": "xml"}


class Converter:
    """Dictionaries into triples. The ontology says which property a key is."""

    def __init__(self, ontology: Graph) -> None:
        self.properties: dict[tuple[str, URIRef | None], URIRef] = {}
        self.kinds: dict[tuple[URIRef, str], URIRef] = {}
        self.bases = {kind: f"{BASE}{name[:-1]}/" for name, kind in CLASSES.items()}
        self.bases |= {kind: f"{scheme}/" for scheme, kind in ontology.subject_objects(KG.conceptClass)}
        self.ranges = dict(ontology.subject_objects(RDFS.range))
        for term, key in ontology.subject_objects(KG.key):
            if any(str(kind).endswith("Property") for kind in ontology.objects(term, RDF.type)):
                for domain in [*ontology.objects(term, RDFS.domain)] or [None]:
                    self.properties[str(key), domain] = term
            for parent in ontology.objects(term, RDFS.subClassOf):
                self.kinds[parent, str(key)] = term

    def record(self, graph: Graph, links: Graph, kind: str, id: str, data: dict[str, Any]) -> None:
        """A record of ``data/<kind>/``: what it states, and the links that follow from its identifiers."""
        node = URIRef(f"{BASE}{kind[:-1]}/{id}")
        if kind == "artifacts":
            data.setdefault("state", "unknown")
        if kind in ("papers", "artifacts"):
            self.links(links, node, data)
        pieces = {key: data.pop(key, default) for key, default in (("content", []), ("errata", []), ("newline", "\n"))}
        self.describe(graph, node, CLASSES[kind], data)
        if kind == "lists":
            self.document(graph, node, **pieces)

    def links(self, graph: Graph, node: URIRef, data: dict[str, Any]) -> None:
        """What other graphs call an artifact, or the versions of a paper."""
        found: list[tuple[URIRef, str | Identifier, URIRef, str]] = []
        if data.get("url"):
            inside = data["type"] != "code" and "//github.com/" in data["url"]
            found.append((node, data["url"], SKOS.closeMatch if inside else SKOS.exactMatch, ""))
        found += [(node, url, SKOS.closeMatch, f"-former-{n}") for n, url in enumerate(data.get("former_urls", ()))]
        for version in data.get("versions", ()):
            inner = URIRef(f"{node}/version/{version['id']}")
            for scheme in ("arxiv", "doi", "acl", "openreview"):
                if scheme in version:
                    found.append((inner, Identifier(scheme, version[scheme]), SKOS.exactMatch, ""))
        for thing, written, relation, suffix in found:
            known = repository(written) if isinstance(written, str) else written
            if known and known.scheme == "doi":
                known = identify(known.value)
            for target, iri in equivalents(known) if known else ():
                link = URIRef(f"{thing}/link/{target}{suffix}")
                graph.add((thing, relation, URIRef(iri)))
                graph.add((thing, KG.link, link))
                self.add(
                    graph,
                    link,
                    KG.Link,
                    target=URIRef(f"{BASE}concept/target/{target}"),
                    counterpart=URIRef(iri),
                    relation=relation,
                    justification=COMPUTED,
                )

    def property(self, key: str, owner: URIRef) -> URIRef:
        """The property of a key of this class, or the one of all classes, or any."""
        if (key, owner) in self.properties:
            return self.properties[key, owner]
        if (key, None) in self.properties:
            return self.properties[key, None]
        return next(term for (name, _), term in self.properties.items() if name == key)

    def describe(self, graph: Graph, node: URIRef, owner: URIRef, data: dict[str, Any]) -> None:
        """The types and keys of a record or of a part of one."""
        graph.add((node, RDF.type, owner))
        for key, value in data.items():
            if key == "id":
                continue
            if key == "type":
                graph.add((node, RDF.type, self.kinds[owner, value]))
            elif key in PARTS:
                self.parts(graph, node, owner, key, value)
            elif key in PEOPLE:
                graph.add((node, KG.person, URIRef(PEOPLE[key] + value)))
            else:
                term = self.property(key, owner)
                for item in value if isinstance(value, list) else [value]:
                    graph.add((node, term, self.value(node, owner, key, term, item)))

    def value(self, node: URIRef, owner: URIRef, key: str, term: URIRef, value: Any) -> URIRef | Literal:
        """The value of a key as an RDF term."""
        kind = KG.EvidenceKind if key == "kind" else self.ranges.get(term)
        if kind in self.bases:
            return URIRef(f"{self.bases[kind]}{value}")
        if key == "formerly":
            return URIRef(f"{self.bases[owner]}{value}")
        if key == "supports":
            return fact(str(node).rpartition("/evidence/")[0], value)
        if key == "concept":
            return URIRef(f"{BASE}concept/{value}")
        if key in ("url", "former_urls", "source"):
            return URIRef(value)
        if key in ("date", "read", "year"):
            form = {4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}[len(str(value))]
            return Literal(str(value), datatype=form, normalize=False)
        return Literal(str(value))

    def parts(self, graph: Graph, node: URIRef, owner: URIRef, key: str, parts: list[Any]) -> None:
        """Versions, syntheses, distinctions, authors, evidence: nodes below their record."""
        for number, part in enumerate(parts, start=1):
            if isinstance(part, str):
                part = {"name": part}
            inner = URIRef(f"{node}/{PARTS[key]}/{part.get('id') or (key == 'different' and part['paper']) or number}")
            graph.add((node, self.property(key, owner), inner))
            self.describe(graph, inner, PART_CLASSES[key], part)
            if key == "authors":
                graph.add((inner, KG.position, Literal(number)))
        if key == "authors":
            names = (part if isinstance(part, str) else part["name"] for part in parts)
            graph.add((node, KG.byline, Literal("; ".join(names))))

    def document(self, graph: Graph, node: URIRef, content: list[Any], errata: list[Any], newline: str) -> None:
        """A list: sections, text lines, entries with their cells, errata."""
        line = section_count = entry_count = 0
        sections = [(0, node)]
        for block in content:
            text = block.get("text", "")
            if "heading" in block:
                section_count += 1
                while sections[-1][0] >= block["level"]:
                    sections.pop()
                section = URIRef(f"{node}/section/{section_count}")
                self.add(
                    graph,
                    section,
                    KG.Section,
                    within=sections[-1][1],
                    line=line + 1,
                    level=block["level"],
                    heading=block["title"],
                )
                if block.get("concept", "none") != "none":
                    graph.add((section, KG.concept, URIRef(f"{BASE}concept/{block['concept']}")))
                sections.append((block["level"], section))
                text = block["heading"] + block.get("end", "\n") + text
            for printed in re.findall(r"[^\n]*\n|[^\n]+", text):
                line += 1
                self.add(graph, URIRef(f"{node}/line/{line}"), KG.Text, list=node, line=line, text=printed.replace("\n", newline))
            entries = block.pop("entries", ())
            frame = Block(row=block.get("row"), widths=tuple(block.get("widths", ()))) if entries else None
            for data in entries:
                line += 1
                entry_count += 1
                entry = URIRef(f"{node}/entry/{entry_count}")
                cells, end = lay_out(frame, Entry(**data), newline)
                self.add(graph, entry, KG.Entry, list=node, within=sections[-1][1], number=entry_count, line=line, end=end)
                for about in ("paper", "artifact"):
                    if about in data:
                        graph.add((entry, KG.about, URIRef(f"{BASE}{about}/{data[about]}")))
                padded = frame.widths and "row" not in data
                for position, cell in enumerate(cells, start=1):
                    self.add(
                        graph,
                        URIRef(f"{entry}/{cell.field}"),
                        KG.Cell,
                        entry=entry,
                        position=position,
                        field=cell.field,
                        column=cell.column,
                        before=cell.before,
                        text=cell.text,
                        after=cell.after,
                    )
                    if padded and (position == len(cells) or cells[position].column != cell.column):
                        graph.add((URIRef(f"{entry}/{cell.field}"), KG.fill, Literal(" " * cell.fill)))
        for number, data in enumerate(errata, start=1):
            erratum = URIRef(f"{node}/erratum/{number}")
            where = f"entry/{data['entry']}/{data['field']}" if "entry" in data else f"line/{data['line']}"
            kind = URIRef(f"{BASE}concept/erratum/{data['kind']}")
            texts = {key: data[key] for key in ("published", "corrected", "reason")}
            self.add(graph, erratum, KG.Erratum, corrects=URIRef(f"{node}/{where}"), kind=kind, **texts)
            self.parts(graph, erratum, KG.Erratum, "evidence", data.get("evidence", []))

    def add(self, graph: Graph, node: URIRef, type: URIRef, /, **values: Any) -> None:
        """A node with its type and values."""
        graph.add((node, RDF.type, type))
        for key, value in values.items():
            graph.add((node, KG[key], value if isinstance(value, URIRef) else Literal(value)))


def fact(record: str, pointer: str) -> URIRef:
    """The IRI of what a ``supports`` names."""
    parts = pointer.split(".")
    if parts[0] in ("versions", "syntheses") and len(parts) > 1:
        record = f"{record}/{PARTS[parts[0]]}/{parts[1]}"
        parts = parts[2:]
    return URIRef(f"{record}#{'.'.join(parts)}" if parts else record)


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
    """The number of rows, or None where that many seconds of the processor did not do; 0 is as many as it takes."""

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


def pages(graph: Graph, only_first: bool) -> Iterator[tuple[str, str]]:
    """File and text of every page of the views, or of the first page of every view."""
    for query in load_queries("views").values():
        name = query.header.get("file", f"{query.name}.md")
        prepared = prepareQuery(query.text)
        if not query.parameters:
            yield name, render(query, graph.query(prepared))
            continue
        (parameter,) = query.parameters
        prefix = f"{BASE}{parameter.base}/"
        things = {thing for kind in parameter.classes for thing in graph.subjects(RDF.type, KG[kind])}
        choices = {str(thing).removeprefix(prefix) for thing in things}
        pattern = name if "{" in name or len(choices) == 1 else "{0}/{{}}.{2}".format(*name.rpartition("."))
        files = sorted((re.sub(r"\{\w*\}", choice, pattern), choice) for choice in choices)
        for file, choice in files[:1] if only_first else files:
            yield file, render(query, graph.query(prepared, initBindings={parameter.variable: URIRef(prefix + choice)}))


def render(query: Query, result: Result) -> str:
    """The text of a page."""
    form = query.header.get("form", "table")
    if form == "text":
        return "".join(str(row[0]) for row in result)
    columns = [str(variable) for variable in result.vars]
    if form == "bibliography":
        rows = ({key: str(cell) for key, cell in zip(columns, row, strict=True) if cell is not None} for row in result)
        return bibtex(rows)
    several = set(query.header.get("multivalued", ()))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in result:
        cells = ("" if cell is None else str(cell) for cell in row)
        writer.writerow(
            " | ".join(sorted(set(cell.split(" | ")))) if key in several else cell
            for key, cell in zip(columns, cells, strict=True)
        )
    return out.getvalue()


def main(data: Path, out: Path, work: str) -> None:
    """Does everything, and prints the times of the phases as JSON."""
    phases: dict[str, float] = {}
    started = time.perf_counter()

    def phase(name: str) -> None:
        nonlocal started
        phases[name], started = time.perf_counter() - started, time.perf_counter()

    ontology = Graph()
    for file in sorted(folder("ontology").glob("*.ttl")):
        if file.stem not in ("shapes", "alignments"):
            ontology.parse(file)
    convert = Converter(ontology)
    layers = {name: Graph() for name in ("curated", "lists", "links")}
    for kind in CLASSES:
        for file in sorted((data / kind).glob("*.yaml")):
            record = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
            convert.record(layers["lists" if kind == "lists" else "curated"], layers["links"], kind, file.stem, record)
    phase("read")
    everything = layers["curated"] + layers["lists"] + layers["links"]
    conforms, _, report = pyshacl.validate(everything, shacl_graph=Graph().parse(folder("ontology") / "shapes.ttl"))
    if not conforms:
        print(report[-2000:], file=sys.stderr)
    phase("validate")
    everything += ontology
    layers |= {"ontology": ontology, "inferred": infer(everything)}
    findings = [count(everything, check.text, LONGEST if work == "spared" else 0) for check in load_queries("checks").values()]
    phase("rules and checks")
    dumps = out / "dist"
    dumps.mkdir(parents=True)
    dataset = Dataset()
    for name, layer in layers.items():
        named = dataset.graph(URIRef(f"{BASE}graph/{name}"))
        for triple in layer:
            named.add(triple)
    for prefix, namespace in ontology.namespaces():
        everything.bind(prefix, namespace)
        dataset.bind(prefix, namespace)
    for ending, form in DUMPS.items():
        if work == "spared" and form in ("turtle", "trig"):
            continue
        text = (dataset if ending in ("nq", "trig") else everything).serialize(format=form)
        if ending == "nt":
            text = "".join(sorted(text.splitlines(keepends=True)))
        (dumps / f"synthkg.{ending}").write_text(text, encoding="utf-8")
    phase("dumps")
    for file, text in pages(everything, only_first=work == "first") if work != "spared" else ():
        path = out / "views" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    phase("views")
    broken_off = findings.count(None)
    print(
        json.dumps(
            {"phases": phases, "triples": len(everything), "findings": sum(filter(None, findings)), "broken_off": broken_off}
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
