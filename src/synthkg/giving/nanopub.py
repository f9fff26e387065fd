"""Facts as nanopublications: each a small work of its own, with what it asserts, where that was read, and who says so.

One for each fact that the saved query ``nanopub`` finds, with all its values that evidence supports. The form is that of
https://nanopub.net/guidelines/working_draft/: graphs Head, assertion, provenance and pubinfo. The words of ``npx:`` are those of
http://purl.org/nanopub/x/. dcterms:created has a time there, so a day is its midnight in UTC: the last day of
reading, and of a retraction, which rests on no reading, the day of the release.

Nothing is signed here, because a signature is somebody's, and nothing is sent. Until it is signed a nanopublication has an IRI
below http://purl.org/nanopub/temp/, which the tools that sign replace by the one that the content's hash gives. So its IRI does
not tell what it is about: ``dcterms:subject`` of the publication info does, by the fact's own IRI, and survives signing.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pyoxigraph
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple

from synthkg.catalog import Citation, citation_without
from synthkg.errors import UnreadableError, UsageError
from synthkg.findings import counted
from synthkg.graph import Store, Term, load_queries, read_quads
from synthkg.model import BASE, DCTERMS, NAMESPACE, RDF, RDFS, XSD
from synthkg.views import rows_of

__all__ = ["nanopublications", "published"]

TEMPORARY = "http://purl.org/nanopub/temp/"
_NP = "http://www.nanopub.org/nschema#"
_NPX = "http://purl.org/nanopub/x/"
_PROV = "http://www.w3.org/ns/prov#"
_A = NamedNode(f"{RDF}type")
_DAY = "YYYY-MM-DD"
_LICENSE = NamedNode(f"{DCTERMS}license")
_CREATOR, _DERIVED, _ATTRIBUTED = (
    NamedNode(name) for name in (f"{DCTERMS}creator", f"{_PROV}wasDerivedFrom", f"{_PROV}wasAttributedTo")
)
_HAS_ASSERTION = NamedNode(f"{_NP}hasAssertion")
_TYPE = NamedNode(f"{_NPX}hasNanopubType")
_LABEL = NamedNode(f"{RDFS}label")
_SYNTHESIS = NamedNode(f"{NAMESPACE}synthesis")
_SUBJECT = NamedNode(f"{DCTERMS}subject")
_SUPERSEDES = NamedNode(f"{_NPX}supersedes")
_RETRACTS = NamedNode(f"{_NPX}retracts")
_PREFIXES = {
    "dcterms": DCTERMS,
    "np": _NP,
    "npx": _NPX,
    "prov": _PROV,
    "rdfs": RDFS,
    "synthkg": NAMESPACE,
    "xsd": XSD,
}
_Said = tuple[NamedNode, NamedNode | Literal]
Standing = Mapping[NamedNode, Mapping[NamedNode, frozenset[Triple]]]
"""Fact -> nanopublications about it that still stand -> what they assert."""


class Nanopubs(NamedTuple):
    """TriG, and how many of its nanopublications are new, supersede others and retract others."""

    text: str
    new: int
    superseding: int
    retracting: int


@dataclass(slots=True)
class _Fact:
    """A fact with all of its values: what it asserts, where that was read, and the last day of reading."""

    property: NamedNode
    label: str
    assertion: set[Triple] = field(default_factory=set)
    sources: set[NamedNode] = field(default_factory=set)
    evidence: set[Triple] = field(default_factory=set)
    read: str = ""


def nanopublications(
    store: Store,
    before: Standing | None = None,
    licence: str | None = None,
    citation: Citation | None = None,
    day: str | None = None,
) -> Nanopubs:
    """The facts of a graph as nanopublications, or those that have to be published because facts changed.

    Args:
        store: The graph.
        before: What stands of earlier exports, from `published`. What asserts the same is not repeated, what asserts something
            else about a fact is superseded, and what is about a fact that is no more is retracted. A fact that comes back
            supersedes its retraction; else it would be the very nanopublication that was retracted.
        licence: The IRI of the licence of the data; None where none is stated, and then no nanopublication names one.
        citation: What the data set is called, and who made it and says all this.
        day: Of the release, on which what is no more is retracted; None where none is stated.

    Raises:
        QueryError: The store cannot run the query.
        UsageError: Something is to be retracted, and there is nobody who does.
    """
    before = before or {}
    citation = citation or citation_without("")
    agents = [NamedNode(maker.iri) for maker in citation.makers]
    common: list[_Said] = [(_CREATOR, agent) for agent in agents]
    common += [(_LICENSE, NamedNode(licence))] if licence else []
    quads: list[Quad] = []
    new = superseding = retracting = 0
    facts = _facts(store)
    for iri in sorted(facts, key=str):
        standing = before.get(iri, {})
        if frozenset(facts[iri].assertion) not in standing.values():
            quads += _assertion(iri, facts[iri], standing, common)
            new += not standing
            superseding += bool(standing)
    for iri in sorted(before.keys() - facts.keys(), key=str):
        for name, said in sorted(before[iri].items(), key=lambda item: item[0].value):
            if not any(triple.predicate == _RETRACTS for triple in said):
                quads += _retraction(iri, name, common, NamedNode(citation.iri), day)
                retracting += 1
    if retracting and not agents:
        raise UsageError(
            f"{counted(retracting, 'nanopublication')} would be retracted, and nothing says who made the data and retracts: "
            "name authors in CITATION.cff of their folder, for a dump before its release is built"
        )
    written = pyoxigraph.serialize(quads, format=RdfFormat.TRIG, prefixes=_PREFIXES)
    assert written is not None
    return Nanopubs(written.decode(), new, superseding, retracting)


def published(files: Iterable[Path]) -> tuple[Standing, list[str]]:
    """What still stands of all that was exported so far, and what to know of the files.

    Raises:
        UnreadableError: A file cannot be read, or holds no nanopublication.
    """
    found: dict[NamedNode, dict[NamedNode, frozenset[Triple]]] = {}
    gone: set[Term | Triple] = set()
    notes = []
    for path in files:
        graphs: dict[Term | Triple | DefaultGraph, set[Triple]] = defaultdict(set)
        for quad in read_quads(path):
            graphs[quad.graph_name].add(quad.triple)
        triples = [triple for graph in graphs.values() for triple in graph]
        gone |= {triple.object for triple in triples if triple.predicate in (_SUPERSEDES, _RETRACTS)}
        assertions = {triple.subject: triple.object for triple in triples if triple.predicate == _HAS_ASSERTION}
        if not assertions:
            raise UnreadableError("it holds no nanopublication; give what this command wrote, signed or not", str(path))
        for name, predicate, fact in triples:
            if predicate == _SUBJECT and name in assertions and isinstance(name, NamedNode) and isinstance(fact, NamedNode):
                found.setdefault(fact, {})[name] = frozenset(graphs[assertions[name]])
        if unsigned := sum(str(name).startswith(f"<{TEMPORARY}") for name in assertions):
            notes.append(f"{path}: {unsigned} are not signed; what supersedes or retracts them names temporary IRIs")
    standing = {fact: {name: said for name, said in names.items() if name not in gone} for fact, names in found.items()}
    return {fact: names for fact, names in standing.items() if names}, notes


def _facts(store: Store) -> dict[NamedNode, _Fact]:
    """The facts of the graph that evidence supports, by their IRIs."""
    table = load_queries("exports")["nanopub"].rows(store)
    facts: dict[NamedNode, _Fact] = {}
    for cells, row in zip(table.rows, rows_of(table), strict=True):
        record, subject, evidence = (NamedNode(row[name]) for name in ("record", "subject", "evidence"))
        fact = facts.setdefault(NamedNode(row["fact"]), _Fact(NamedNode(row["property"]), f"{row['title']}: {row['key']}"))
        fact.assertion.add(Triple(subject, NamedNode(row["property"]), NamedNode(row["value"])))
        if subject != record:
            fact.assertion.add(Triple(record, _SYNTHESIS, subject))
        fact.sources.add(evidence)
        fact.evidence |= {
            Triple(evidence, NamedNode(f"{_PROV}hadPrimarySource"), NamedNode(row["source"])),
            *(Triple(evidence, NamedNode(NAMESPACE + name), NamedNode(row[name])) for name in ("kind", "supports")),
        }
        if isinstance(read := cells[table.columns.index("read")], Literal):
            fact.evidence.add(Triple(evidence, NamedNode(f"{NAMESPACE}read"), read))
            fact.read = max(fact.read, read.value if len(read.value) == len(_DAY) else "")
        if note := row.get("note"):
            fact.evidence.add(Triple(evidence, NamedNode(f"{NAMESPACE}note"), Literal(note)))
    return facts


def _assertion(iri: NamedNode, fact: _Fact, superseded: Iterable[NamedNode], common: list[_Said]) -> Iterator[Quad]:
    pubinfo: list[_Said] = [*common, (_LABEL, Literal(fact.label)), (_SUBJECT, iri), (_TYPE, fact.property)]
    pubinfo += [_created(fact.read)] if fact.read else []
    pubinfo += [(_SUPERSEDES, name) for name in superseded]
    derived: list[_Said] = [(_DERIVED, evidence) for evidence in fact.sources]
    return _nanopublication(fact.assertion, derived, fact.evidence, pubinfo)


def _created(day: str) -> _Said:
    return NamedNode(f"{DCTERMS}created"), Literal(f"{day}T00:00:00Z", datatype=NamedNode(f"{XSD}dateTime"))


def _retraction(iri: NamedNode, name: NamedNode, common: list[_Said], data_set: NamedNode, day: str | None) -> Iterator[Quad]:
    label = Literal(f"Retraction: {iri.value.removeprefix(BASE)}")
    by = [agent for said, agent in common if said == _CREATOR and isinstance(agent, NamedNode)]
    assertion = {Triple(agent, _RETRACTS, name) for agent in by}
    pubinfo: list[_Said] = [*common, (_LABEL, label), (_SUBJECT, iri), (_TYPE, _RETRACTS)]
    pubinfo += [_created(day)] if day else []
    return _nanopublication(assertion, [(_DERIVED, data_set)], set(), pubinfo)


def _nanopublication(
    assertion: set[Triple], provenance: list[_Said], evidence: set[Triple], pubinfo: list[_Said]
) -> Iterator[Quad]:
    """The four graphs, named by the content, so that equal content has an equal name and other content another."""
    provenance = [*provenance, *((_ATTRIBUTED, agent) for said, agent in pubinfo if said == _CREATOR)]
    content = [sorted(map(str, part)) for part in (assertion, provenance, evidence, pubinfo)]
    name = NamedNode(f"{TEMPORARY}{hashlib.sha256(json.dumps(content).encode()).hexdigest()[:32]}#")
    head, said, source, info = (NamedNode(name.value + part) for part in ("Head", "assertion", "provenance", "pubinfo"))
    yield Quad(name, _A, NamedNode(f"{_NP}Nanopublication"), head)
    yield Quad(name, _HAS_ASSERTION, said, head)
    yield Quad(name, NamedNode(f"{_NP}hasProvenance"), source, head)
    yield Quad(name, NamedNode(f"{_NP}hasPublicationInfo"), info, head)
    graphs = (
        (said, assertion),
        (source, evidence | {Triple(said, *each) for each in provenance}),
        (info, {Triple(name, *each) for each in pubinfo}),
    )
    for graph, triples in graphs:
        for triple in sorted(triples, key=str):
            yield Quad(triple.subject, triple.predicate, triple.object, graph)
