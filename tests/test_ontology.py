"""Tests that the ontology is well formed, says what it means, and that its shapes tell right records from wrong ones.

The ontology is read by three parsers, reasoned over by HermiT, and held against OWL 2 DL twice: by the OWL API's own
profile checker, and by checks of its own for what that checker lets pass. Each such test has a planted fault beside it.
"""

from __future__ import annotations

import dataclasses
import re
import shutil
import subprocess
from collections import Counter
from itertools import chain, combinations
from pathlib import Path
from typing import get_type_hints

import owlready2  # type: ignore[import-untyped,unused-ignore]
import pyoxigraph
import pyshacl  # type: ignore[import-untyped,unused-ignore]
import pytest
from rdflib import DCTERMS, OWL, RDF, RDFS, SH, SKOS, VANN, Graph, Namespace, namespace
from rdflib.collection import Collection
from rdflib.term import BNode, Literal, Node, URIRef

from synthkg.graph import OxigraphStore
from synthkg.model import records

ONTOLOGY = Path(__file__).parents[1] / "ontology"
SCHEMES = {
    "absence": 4,
    "challenge": 5,
    "contribution": 7,
    "domain": 8,
    "erratum": 13,
    "evidence": 8,
    "functionality": 4,
    "modality": 7,
    "presentation": 3,
    "stage": 6,
    "state": 5,
    "target": 14,
    "technique": 8,
    "track": 6,
    "unit": 4,
}
CHANGES = (ONTOLOGY / "CHANGELOG.md").read_text(encoding="utf-8")
FILES = sorted(ONTOLOGY.glob("*.ttl"))
IN_DUMP = [ONTOLOGY / "synthkg.ttl", *(ONTOLOGY / f"{scheme}.ttl" for scheme in SCHEMES)]

BASE = "https://w3id.org/synthkg/"
S = Namespace(BASE + "ontology#")
XSD = Namespace(str(namespace.XSD))  # rdflib's own warns while pytest looks through this module
THE_ONTOLOGY = URIRef(BASE + "ontology")
INFERRED = {
    S.citedVersion,
    S.landingPage,
    S.licenseDocument,
    S.publishedIn,
    S.available,
}  # written by queries/rules, never by a record
RESERVED = (str(RDF), str(RDFS), str(OWL), str(XSD))
PROPERTY_KINDS = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
BUILT_IN_ANNOTATIONS = {
    RDFS.label, RDFS.comment, RDFS.seeAlso, RDFS.isDefinedBy,
    OWL.versionInfo, OWL.priorVersion, OWL.deprecated, OWL.backwardCompatibleWith, OWL.incompatibleWith,
}  # fmt: skip
OWL2_DATATYPES = {
    RDFS.Literal, RDF.PlainLiteral, RDF.XMLLiteral, RDF.langString, OWL.real, OWL.rational,
    XSD.decimal, XSD.integer, XSD.nonNegativeInteger, XSD.nonPositiveInteger, XSD.positiveInteger, XSD.negativeInteger,
    XSD.long, XSD.int, XSD.short, XSD.byte, XSD.unsignedLong, XSD.unsignedInt, XSD.unsignedShort, XSD.unsignedByte,
    XSD.double, XSD.float, XSD.string, XSD.normalizedString, XSD.token, XSD.language, XSD.Name, XSD.NCName, XSD.NMTOKEN,
    XSD.boolean, XSD.hexBinary, XSD.base64Binary, XSD.anyURI, XSD.dateTime, XSD.dateTimeStamp,
}  # fmt: skip


def read(*files: Path) -> Graph:
    """Parses Turtle files into one graph."""
    graph = Graph()
    for file in files:
        graph.parse(file, format="turtle")
    return graph


@pytest.fixture(scope="module")
def ontology() -> Graph:
    """The classes and properties."""
    return read(ONTOLOGY / "synthkg.ttl")


@pytest.fixture(scope="module")
def dumped() -> Graph:
    """Everything that travels in the dump: the ontology and all schemes."""
    return read(*IN_DUMP)


@pytest.fixture(scope="module")
def merged() -> Graph:
    """All axioms: the ontology, the schemes and the alignments."""
    return read(*IN_DUMP, ONTOLOGY / "alignments.ttl")


@pytest.fixture(scope="module")
def shapes() -> Graph:
    """The SHACL shapes."""
    return read(ONTOLOGY / "shapes.ttl")


def own_terms(graph: Graph) -> list[URIRef]:
    """The terms in our namespace that the graph describes."""
    return sorted({s for s in graph.subjects() if isinstance(s, URIRef) and s.startswith(str(S))})


# --- files -----------------------------------------------------------------------------------------------------------


def test_every_scheme_has_its_file() -> None:
    """The folder holds the ontology, the shapes, the alignments and one file a scheme, and nothing else."""
    assert {file.stem for file in FILES} == {"synthkg", "shapes", "alignments", *SCHEMES}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_three_parsers_agree(file: Path) -> None:
    """Rdflib, Oxigraph and Raptor read the same number of triples."""
    assert shutil.which("rapper"), "rapper is missing: install raptor2-utils"
    by_rdflib = len(read(file))
    by_oxigraph = len(set(pyoxigraph.parse(path=str(file), format=pyoxigraph.RdfFormat.TURTLE)))
    rapper = subprocess.run(
        ["rapper", "-q", "-i", "turtle", "-o", "ntriples", str(file)], capture_output=True, text=True, check=True
    )
    by_raptor = len(set(rapper.stdout.splitlines()))
    assert rapper.stderr == ""
    assert (by_oxigraph, by_raptor) == (by_rdflib, by_rdflib)
    assert by_rdflib > 0


@pytest.mark.parametrize("file", IN_DUMP, ids=lambda file: file.stem)
def test_no_blank_nodes_in_the_dump(file: Path) -> None:
    """What is dumped has IRIs only, so that diffs stay small and everything can be cited."""
    assert not [node for triple in read(file) for node in triple if isinstance(node, BNode)]


# --- terms -----------------------------------------------------------------------------------------------------------


def test_header(ontology: Graph) -> None:
    """The ontology says what it is, whose, of which version, and under which licence."""
    for predicate in (
        DCTERMS.title, DCTERMS.description, DCTERMS.created, DCTERMS.creator, DCTERMS.publisher, DCTERMS.license,
        DCTERMS.source, DCTERMS.bibliographicCitation, URIRef("http://purl.org/ontology/bibo/status"),
        OWL.versionIRI, OWL.versionInfo, VANN.preferredNamespacePrefix, VANN.preferredNamespaceUri,
    ):  # fmt: skip
        assert len(list(ontology.objects(THE_ONTOLOGY, predicate))) == 1, predicate
    version = ontology.value(THE_ONTOLOGY, OWL.versionInfo)
    assert ontology.value(THE_ONTOLOGY, OWL.versionIRI) == URIRef(f"{THE_ONTOLOGY}/{version}")
    assert f"version {version}." in str(ontology.value(THE_ONTOLOGY, DCTERMS.bibliographicCitation))
    issued = ontology.value(THE_ONTOLOGY, DCTERMS.issued) or "unreleased"
    assert f"## {version} ({issued})" in CHANGES
    prior = ontology.value(THE_ONTOLOGY, OWL.priorVersion)
    assert prior is None or f"## {str(prior).rpartition('/')[2]} (" in CHANGES
    assert ontology.value(THE_ONTOLOGY, VANN.preferredNamespaceUri) == Literal(str(S))
    assert ontology.value(THE_ONTOLOGY, VANN.preferredNamespacePrefix) == Literal("synthkg")


@pytest.mark.parametrize("term", own_terms(read(ONTOLOGY / "synthkg.ttl")), ids=lambda term: term.rpartition("#")[2])
def test_term_is_documented(ontology: Graph, term: URIRef) -> None:
    """A term has a kind, one English label, one English definition, an example, and the ontology that defines it."""
    kinds = set(ontology.objects(term, RDF.type))
    assert len(kinds & {OWL.Class, *PROPERTY_KINDS}) == 1
    for predicate in (RDFS.label, SKOS.definition):
        values = list(ontology.objects(term, predicate))
        assert [value.language for value in values if isinstance(value, Literal)] == ["en"], predicate
    assert str(ontology.value(term, SKOS.definition)).endswith(".")
    assert (term, SKOS.example, None) in ontology
    assert list(ontology.objects(term, RDFS.isDefinedBy)) == [THE_ONTOLOGY]


def test_the_change_log_names_every_term() -> None:
    """Under a version that was or will be published as files."""
    named = set(re.findall(r"`:(\w+)`", CHANGES))
    terms = {term.rpartition("#")[2] for term in own_terms(read(ONTOLOGY / "synthkg.ttl"))}
    assert named == terms


EXAMPLES = sorted((term, str(text)) for term, text in read(ONTOLOGY / "synthkg.ttl").subject_objects(SKOS.example))
PLACEHOLDER = re.compile(r"(paper|artifact|venue|list|concept)/x(/|$)")
SAMPLE = "https://orcid.org/0000-0002-1825-0097"  # of Josiah Carberry, who never was


@pytest.mark.parametrize(("term", "example"), EXAMPLES, ids=[str(term).rpartition("#")[2] for term, _ in EXAMPLES])
def test_examples_are_of_the_graph(ontology: Graph, real_store: OxigraphStore, term: URIRef, example: str) -> None:
    """What an example states is in the graph, and what it names; or its subject is plainly a placeholder, which is called x."""
    prefixes = f"@prefix : <{S}> . @prefix skos: <{SKOS}> . @prefix xsd: <{XSD}> . "
    try:
        stated = list(pyoxigraph.parse(f"{prefixes}{example} .", format=pyoxigraph.RdfFormat.TURTLE, base_iri=BASE))
    except SyntaxError:  # a sentence
        stated = []
    for quad in stated:
        if not PLACEHOLDER.match(str(quad.subject)[1:-1].removeprefix(BASE)):
            assert any(real_store.inner.quads_for_pattern(quad.subject, quad.predicate, quad.object)), quad
    for name in re.findall(r"<([^>]*)>", example):
        iri = pyoxigraph.NamedNode(name if name.startswith("http") else BASE + name)
        used = chain.from_iterable(real_store.inner.quads_for_pattern(*at) for at in ((iri, None, None), (None, None, iri)))
        assert name == SAMPLE or PLACEHOLDER.match(name) or any(used), name
    assert stated or (term, RDF.type, OWL.Class) in ontology, "of a property an example is a statement"


def test_reused_terms_name_their_own_vocabulary(merged: Graph) -> None:
    """A declared term of another vocabulary is defined by that one, and not by us."""
    kinds = (OWL.Class, *PROPERTY_KINDS)
    declared = {s for kind in kinds for s in merged.subjects(RDF.type, kind) if not str(s).startswith(BASE)}
    assert declared
    for term in declared:
        (home,) = merged.objects(term, RDFS.isDefinedBy)
        assert not str(home).startswith(BASE), term


def test_every_key_of_a_record_has_a_term(dumped: Graph) -> None:
    """What a data file may say has a term, but for ids, types and the frame around a list's lines."""
    keys = {str(key) for key in dumped.objects(None, S.key)}
    types = [kind for kind in vars(records).values() if isinstance(kind, type) and dataclasses.is_dataclass(kind)]
    markers = {records.Ref, records.Concept, records.Kind, records.AtMost}
    fields = {field.name for kind in types if kind not in markers for field in dataclasses.fields(kind)}
    assert fields - keys == {"id", "draft", "type", "content", "newline"}


def test_inferred_terms_are_written_by_rules(ontology: Graph) -> None:
    """What no record says, a saved rule says; and it comes without a key."""
    rules = "".join(file.read_text(encoding="utf-8") for file in (ONTOLOGY.parent / "queries" / "rules").glob("*.rq"))
    for term in INFERRED:
        assert re.search(rf":{term.rpartition('#')[2]}\b", rules), term
        assert (term, S.key, None) not in ontology


def test_every_marker_of_a_record_has_its_concepts_or_classes(dumped: Graph) -> None:
    """The schemes and classes that record types refer to exist, and subclasses have keys."""
    types = [kind for kind in vars(records).values() if isinstance(kind, type) and dataclasses.is_dataclass(kind)]
    hints = [hint for kind in types for hint in get_type_hints(kind, include_extras=True).values()]
    text = " ".join(map(repr, hints))
    # a target is the name of a file of links, and a unit is read from the words of a size
    schemes = {"target", "unit", *re.findall(r"Concept\(scheme='(\w+)'\)", text)}
    assert schemes <= SCHEMES.keys()
    assert schemes == {str(key) for s in dumped.subjects(RDF.type, SKOS.ConceptScheme) for key in dumped[s : S.key]}
    for name in set(re.findall(r"Kind\(name='(\w+)'\)", text)):
        subclasses = list(dumped.subjects(RDFS.subClassOf, S[name]))
        assert len(subclasses) > 1
        assert all((subclass, S.key, None) in dumped for subclass in subclasses)


@pytest.mark.parametrize("name", SCHEMES)
def test_scheme(ontology: Graph, name: str) -> None:
    """A scheme names its class, and each of its concepts is defined, placed and of that class."""
    graph = read(ONTOLOGY / f"{name}.ttl")
    scheme = URIRef(f"{BASE}concept/{name}")
    cls = graph.value(scheme, S.conceptClass)
    assert (cls, RDFS.subClassOf, SKOS.Concept) in ontology
    assert graph.value(scheme, S.key) == Literal(name)
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))
    assert len(concepts) == SCHEMES[name]
    assert set(graph.subjects()) == {scheme, *concepts}
    for concept in concepts:
        assert str(concept).startswith(f"{scheme}/")
        assert (concept, RDF.type, cls) in graph
        assert list(graph.objects(concept, RDFS.isDefinedBy)) == [scheme]
        (parent,) = [*graph.objects(concept, SKOS.topConceptOf), *graph.objects(concept, SKOS.broader)]
        assert parent == scheme or (parent, SKOS.topConceptOf, scheme) in graph
    labels = Counter(str(label).lower() for p in (SKOS.prefLabel, SKOS.altLabel) for label in graph.objects(None, p))
    assert [label for label, times in labels.items() if times > 1] == []


def test_kinds_of_evidence_are_ranked() -> None:
    """The notations of the kinds of evidence are 1 to 8, each once, from publisher to list."""
    graph = read(ONTOLOGY / "evidence.ttl")
    ranked = sorted((notation.toPython(), str(concept)) for concept, notation in graph[: SKOS.notation])
    assert [rank for rank, _ in ranked] == list(range(1, 9))
    assert ranked[0][1].endswith("/publisher")
    assert ranked[-1][1].endswith("/list")


def test_every_alignment_gives_its_reason(merged: Graph) -> None:
    """Each axiom of the alignments is stated once, and once more with a comment on it."""
    graph = read(ONTOLOGY / "alignments.ttl")
    stated = {(s, p, o) for s, p, o in graph if str(s).startswith(str(S))}
    reasons = {}
    for axiom in graph.subjects(RDF.type, OWL.Axiom):
        source, predicate, target = (
            graph.value(axiom, part) for part in (OWL.annotatedSource, OWL.annotatedProperty, OWL.annotatedTarget)
        )
        reasons[source, predicate, target] = list(graph.objects(axiom, RDFS.comment))
    assert reasons.keys() == stated
    assert all(len(comments) == 1 for comments in reasons.values())
    declared = set(merged.subjects(RDF.type, None))
    assert {node for triple in stated for node in triple} <= declared | {RDFS.subClassOf, RDFS.subPropertyOf}


def test_alignments_name_terms_that_exist(merged: Graph) -> None:
    """Terms of the vocabularies that rdflib knows by heart are among those it knows."""
    unknown = [
        str(term)
        for known in (namespace.PROV, namespace.SDO, DCTERMS, SKOS, VANN)
        for term in {node for triple in merged for node in triple if isinstance(node, URIRef)}
        if term.startswith(str(known)) and term != URIRef(str(known)) and term not in known
    ]
    assert unknown == []


# --- logic -----------------------------------------------------------------------------------------------------------


def unsatisfiable(graph: Graph, folder: Path) -> list[str]:
    """The classes that HermiT finds can have no member; it raises where the graph contradicts itself."""
    graph = Graph() + graph
    graph.remove((None, OWL.imports, None))
    file = folder / "merged.nt"
    graph.serialize(file, format="nt", encoding="utf-8")
    world = owlready2.World()
    world.get_ontology(file.as_uri()).load()
    owlready2.sync_reasoner_hermit(world, debug=0)
    return [cls.iri for cls in world.inconsistent_classes()]


def test_consistent(merged: Graph, tmp_path: Path) -> None:
    """HermiT finds no contradiction and no class that must stay empty."""
    assert unsatisfiable(merged, tmp_path) == []


def test_records_are_consistent_with_the_ontology(merged: Graph, tmp_path: Path) -> None:
    """HermiT accepts the ontology together with one good record of each kind: the dump can be reasoned over."""
    assert unsatisfiable(merged + Graph().parse(data=GOOD, format="turtle"), tmp_path) == []


@pytest.mark.parametrize(("above", "least"), [(None, 22), (SKOS.Concept, 16), (S.Version, 5)])
def test_nothing_is_two_things_at_once(ontology: Graph, above: URIRef | None, least: int) -> None:
    """Of things, of concepts and of versions every two classes are disjoint; an artifact or a venue may be of two."""
    classes = sorted(term for term in own_terms(ontology) if (term, RDF.type, OWL.Class) in ontology)
    alike = [each for each in classes if ontology.value(each, RDFS.subClassOf) == above]
    stated = {frozenset(pair) for pair in ontology.subject_objects(OWL.disjointWith)}
    assert len(alike) >= least
    assert [pair for pair in combinations(alike, 2) if frozenset(pair) not in stated] == []


def test_reasoner_finds_a_planted_contradiction(merged: Graph, tmp_path: Path) -> None:
    """A thing that is both a paper and a version is reported."""
    thing = URIRef(BASE + "paper/x")
    planted = merged + Graph()
    planted.add((thing, S.version, thing))
    with pytest.raises(owlready2.OwlReadyInconsistentOntologyError):
        unsatisfiable(planted, tmp_path)


def test_reasoner_finds_a_planted_empty_class(merged: Graph, tmp_path: Path) -> None:
    """A class under two disjoint ones is reported."""
    planted = merged + Graph()
    planted.add((S.Chimera, RDF.type, OWL.Class))
    planted.add((S.Chimera, RDFS.subClassOf, S.Paper))
    planted.add((S.Chimera, RDFS.subClassOf, S.Venue))
    assert str(S.Chimera) in unsatisfiable(planted, tmp_path)


# The profile checker of the OWL API, which comes inside the HermiT that owlready2 ships.
PROFILE_CHECKER = """
import java.io.File;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.profiles.*;

public class Profile {
    public static void main(String[] files) throws Exception {
        var ontology = OWLManager.createOWLOntologyManager().loadOntologyFromOntologyDocument(new File(files[0]));
        for (var violation : new OWL2DLProfile().checkOntology(ontology).getViolations()) System.out.println(violation);
    }
}
"""


def profile_violations(graph: Graph, folder: Path) -> list[str]:
    """What the OWL API says takes the graph out of OWL 2 DL."""
    assert shutil.which("javac"), "a Java development kit is missing: install default-jdk-headless"
    graph = Graph() + graph
    graph.remove((None, OWL.imports, None))
    ontology, checker = folder / "profile.ttl", folder / "Profile.java"
    graph.serialize(ontology, format="turtle", encoding="utf-8")
    checker.write_text(PROFILE_CHECKER, encoding="utf-8")
    jar = Path(owlready2.__file__).parent / "hermit" / "HermiT.jar"
    run = subprocess.run(["java", "-cp", str(jar), str(checker), str(ontology)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


def structural_violations(graph: Graph) -> list[str]:
    """What takes the graph out of OWL 2 DL and the OWL API's checker of that age does not see."""
    found: list[str] = []
    kinds: dict[Node, set[Node]] = {}
    for term, kind in graph[: RDF.type]:
        kinds.setdefault(term, set()).add(kind)
    classes = {term for term, own in kinds.items() if OWL.Class in own}
    properties = {term: own & set(PROPERTY_KINDS) for term, own in kinds.items() if own & set(PROPERTY_KINDS)}

    def reserved(term: Node) -> bool:
        return str(term).startswith(RESERVED)

    for term, own in properties.items():
        if len(own) > 1:
            found.append(f"{term} is two kinds of property")
        if OWL.FunctionalProperty in kinds[term] and OWL.AnnotationProperty in own:
            found.append(f"{term} is an annotation property, which cannot be functional")
        if kinds[term] & {OWL.TransitiveProperty, OWL.SymmetricProperty, OWL.InverseFunctionalProperty} and (
            own != {OWL.ObjectProperty}
        ):
            found.append(f"{term} has a characteristic of object properties only")
        if OWL.FunctionalProperty in kinds[term] and OWL.TransitiveProperty in kinds[term]:
            found.append(f"{term} is transitive, so it is not simple and cannot be functional")
    for s, p, o in graph:
        if reserved(s):
            found.append(f"{s} is reserved vocabulary and cannot be described")
        if not reserved(p) and p not in properties:
            found.append(f"{p} is used as a property and not declared")
        if reserved(p) and p in {OWL.propertyChainAxiom, OWL.hasKey, OWL.unionOf, OWL.onProperty}:
            found.append(f"{p} is not used here; add its restrictions to this check before using it")
        if p == RDF.type and not reserved(o) and o not in classes:
            found.append(f"{o} is used as a class and not declared")
        if p in {RDFS.subClassOf, OWL.disjointWith, OWL.equivalentClass} and not {s, o} <= classes:
            found.append(f"{s} or {o} is used as a class and not declared")
        if p == RDFS.domain and o not in classes:
            found.append(f"{o} is the domain of {s} and not a declared class")
        if p == RDFS.range:
            own = properties.get(s, set())
            if own == {OWL.ObjectProperty} and o not in classes:
                found.append(f"{o} is the range of {s} and not a declared class")
            if own == {OWL.DatatypeProperty} and o not in OWL2_DATATYPES:
                found.append(f"{o} is the range of {s} and not a datatype of OWL 2")
        if p == RDFS.subPropertyOf and properties.get(s) != properties.get(o):
            found.append(f"{s} and {o} are different kinds of property")
        if properties.get(p) == {OWL.DatatypeProperty} and not isinstance(o, Literal):
            found.append(f"{p} is a data property, but {o} is not a literal")
        if properties.get(p) == {OWL.DatatypeProperty} and isinstance(o, Literal):
            datatype = o.datatype or (RDF.langString if o.language else XSD.string)
            if datatype not in OWL2_DATATYPES:
                found.append(f"{p} is a data property, but {datatype} is not a datatype of OWL 2")
        if properties.get(p) == {OWL.ObjectProperty} and isinstance(o, Literal):
            found.append(f"{p} is an object property, but {o!r} is a literal")
        if isinstance(o, Literal) and reserved(p) and p not in BUILT_IN_ANNOTATIONS:
            found.append(f"{p} cannot have a literal as its value")
    return found


def test_owl_2_dl(merged: Graph, tmp_path: Path) -> None:
    """The ontology with schemes and alignments is in OWL 2 DL."""
    assert profile_violations(merged, tmp_path) == []
    assert structural_violations(merged) == []


def test_records_keep_domains_and_ranges(merged: Graph) -> None:
    """Those of annotation properties too, at which no reasoner looks; what only is named has no class here."""
    good = Graph().parse(data=GOOD, format="turtle")

    def classes(node: Node) -> set[Node]:
        if isinstance(node, Literal):
            return {node.datatype or XSD.string}
        kinds = good.objects(node, RDF.type)
        return {above for kind in kinds for above in merged.transitive_objects(kind, RDFS.subClassOf) if above is not None}

    ends = ((side, node, p) for s, p, o in good for side, node in ((RDFS.domain, s), (RDFS.range, o)))
    assert [
        (node, side, p, wanted)
        for side, node, p in ends
        for wanted in merged.objects(p, side)
        if (own := classes(node)) and wanted not in own
    ] == []


def test_records_are_in_owl_2_dl(merged: Graph) -> None:
    """One good record of each kind does not take the dump out of OWL 2 DL."""
    assert structural_violations(merged + Graph().parse(data=GOOD, format="turtle")) == []


PLANTED = {
    "two kinds of property": ":arxiv a owl:ObjectProperty .",
    "cannot be functional": ":year a owl:FunctionalProperty .",
    "reserved vocabulary": "rdfs:label a owl:AnnotationProperty .",
    "used as a property and not declared": ":Paper :colour :Version .",
    "used as a class and not declared": "<https://w3id.org/synthkg/paper/x> a :Papper .",
    "the domain of": ":venue rdfs:domain :Versoin .",
    "not a declared class": ":venue rdfs:range xsd:string .",
    "not a datatype of OWL 2": ":size rdfs:range xsd:gYear .",
    "different kinds of property": ":year rdfs:subPropertyOf :size .",
    "is not a literal": "<https://w3id.org/synthkg/paper/x> :size :Paper .",
    "is a literal": '<https://w3id.org/synthkg/paper/x> :venue "ACL" .',
    "cannot have a literal": ':Paper rdfs:subClassOf "Work" .',
}


@pytest.mark.parametrize("problem", PLANTED)
def test_structural_check_finds_a_planted_fault(merged: Graph, problem: str) -> None:
    """Each kind of fault that the structural check knows is reported when planted."""
    prefixes = f"@prefix : <{S}> . @prefix owl: <{OWL}> . @prefix rdfs: <{RDFS}> . @prefix xsd: <{XSD}> .\n"
    planted = merged + Graph().parse(data=prefixes + PLANTED[problem], format="turtle")
    assert any(problem in line for line in structural_violations(planted))


def test_profile_checker_finds_a_planted_pun(merged: Graph, tmp_path: Path) -> None:
    """The OWL API reports a property that is both an object and a data property."""
    planted = merged + Graph()
    planted.add((S.arxiv, RDF.type, OWL.ObjectProperty))
    assert any("pun" in line for line in profile_violations(planted, tmp_path))


# --- shapes ----------------------------------------------------------------------------------------------------------


def results(data: Graph, shapes: Graph) -> list[tuple[str, str, str]]:
    """What pySHACL reports: the focus node, the severity and the message of each result."""
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none", allow_infos=False)
    assert isinstance(report, Graph)
    return sorted(
        (
            str(report.value(result, SH.focusNode)),
            str(report.value(result, SH.resultSeverity)).rpartition("#")[2],
            str(report.value(result, SH.resultMessage)),
        )
        for result in report.subjects(RDF.type, SH.ValidationResult)
    )


def shortened(shapes: Graph) -> Graph:
    """The shapes with the long lists of words cut short, which SHACL's own shapes take the square of their length for."""
    short = shapes + Graph()
    for shape, head in list(short.subject_objects(SH["in"])):
        words = Collection(short, head)
        if len(words) > 30:
            kept = list(words)[:5]
            words.clear()  # type: ignore[no-untyped-call]
            short.set((shape, SH["in"], Collection(short, BNode(), kept).uri))
    return short


def test_shapes_are_shapes(shapes: Graph, dumped: Graph) -> None:
    """The shapes conform to SHACL's own shapes, and our concept schemes to ours."""
    conforms, _, text = pyshacl.validate(dumped, shacl_graph=shortened(shapes), inference="none", meta_shacl=True)
    assert conforms, text


def test_meta_shacl_finds_a_planted_fault(shapes: Graph, dumped: Graph) -> None:
    """A cardinality that is no number is reported."""
    planted = shortened(shapes)
    planted.add((URIRef(BASE + "ontology/shapes#title"), SH.maxLength, Literal("many")))
    with pytest.raises(pyshacl.errors.ReportableRuntimeError, match="maxLength"):
        pyshacl.validate(dumped, shacl_graph=planted, inference="none", meta_shacl=True)


def test_shapes_have_names_messages_and_known_terms(shapes: Graph, ontology: Graph) -> None:
    """Each shape has an IRI, each constraint a message that names a key, and each path and class is declared."""
    forms = {
        s for s in shapes.subjects() if re.search(r"#(Untidy|BareNumber|Unseen|Separator|Is[A-Z]|Some[A-Z]|No[A-Z])", str(s))
    }
    for kind in (SH.NodeShape, SH.PropertyShape):
        for shape in shapes.subjects(RDF.type, kind):
            assert isinstance(shape, URIRef)
            if shape in forms or shape == URIRef(BASE + "ontology/shapes#Reviewed"):
                continue
            if kind == SH.NodeShape and not {SH.closed, SH["or"], SH.pattern} & set(shapes.predicates(shape)):
                continue
            message = shapes.value(shape, SH.message)
            assert isinstance(message, Literal), shape
            assert message.language == "en", shape
    own = set(own_terms(ontology))
    used = {
        node
        for predicate in (SH.path, SH.targetClass, SH.disjoint)
        for node in shapes.objects(None, predicate)
        if str(node).startswith(str(S))
    }
    assert used <= own
    properties = {t for t in own if (t, RDF.type, OWL.Class) not in ontology}
    assert properties - used == INFERRED, "a property has no shape, or is inferred and has one"
    parents = {cls: set(ontology.objects(cls, RDFS.subClassOf)) for cls in own - properties}
    assert [cls for cls in parents if not {cls, *parents[cls]} & used] == [], "a class has no shape"


def test_shapes_are_reached(shapes: Graph) -> None:
    """No property shape is written and then forgotten."""
    reached = {*shapes.objects(None, SH.property), *shapes.objects(None, RDF.first)}
    reached |= {*shapes.subjects(SH.targetClass), *shapes.subjects(SH.targetSubjectsOf)}
    assert set(shapes.subjects(RDF.type, SH.PropertyShape)) - reached == set()


def test_shapes_stay_local_and_fast(shapes: Graph) -> None:
    """A record is checked alone, so no shape asks for the class of another; and no shape runs SPARQL."""
    assert not {SH["class"], SH.sparql, SH.node} & set(shapes.predicates())


def test_patterns_are_anchored(shapes: Graph) -> None:
    """A pattern says what the whole value looks like, unless it is there to find something inside."""
    loose = {str(o) for s, o in shapes[: SH.pattern] if not (o.startswith("^") and o.endswith("$"))}
    unseen = str(shapes.value(URIRef(BASE + "ontology/shapes#Unseen"), SH.pattern))
    assert loose == {"^\\s|\\s$|[\\t\\r\\n]|  ", "^10\\.48550/", " \\| ", unseen}


PREFIXES = f"""
@prefix : <{S}> . @prefix dcterms: <{DCTERMS}> . @prefix skos: <{SKOS}> . @prefix xsd: <{XSD}> .
@base <{BASE}> .
"""

# One good record of each kind, with every property that the converter emits.
GOOD = (
    PREFIXES
    + """
<paper/self-instruct> a :Paper ; dcterms:title "Self-Instruct: Aligning Language Models" ;
    :formerly <paper/selfinstruct> ; :contribution <concept/contribution/method> ; :absent <concept/absence/data> ;
    :authorship <paper/self-instruct/author/1> , <paper/self-instruct/author/2> ; :byline "Yizhong Wang; Alísa Liu" ;
    :version <paper/self-instruct/version/arxiv> , <paper/self-instruct/version/acl-2023> ,
        <paper/self-instruct/version/blog> , <paper/self-instruct/version/workshop> ,
        <paper/self-instruct/version/pnas> ;
    :stage <concept/stage/instruction-tuning> ; :domain <concept/domain/code> ;
    :technique <concept/technique/model-self-improvement> ; :functionality <concept/functionality/understanding> ;
    :challenge <concept/challenge/data-quality> ; :topic <concept/tide/king> ;
    :introduces <method/self-instruct> ; :uses <method/self-play> ;
    :extends <method/bootstrapping> ; :artifact <artifact/data> ; :official <artifact/code> ;
    :unofficial <artifact/code-again> ; :synthesis <paper/self-instruct/synthesis/main> ;
    :distinction <paper/self-instruct/different/instruct> ; :refutation <paper/self-instruct/refuted/1> ;
    :evidence <paper/self-instruct/evidence/1> .
<paper/self-instruct/author/1> a :Authorship ; :position 1 ; :name "Yizhong Wang" ;
    :person <https://orcid.org/0000-0002-1825-0097> .
<https://orcid.org/0000-0002-1825-0097> a :Person .
<paper/self-instruct/author/2> a :Authorship ; :position 2 ; :name "Alísa Liu" ; :foldedName "alisa liu" ;
    :person <https://dblp.org/pid/65/9612> .
<paper/self-instruct/version/arxiv> a :Version , :Preprint ; :arxiv "2212.10560" ; :venue <venue/arxiv> ;
    :earlierTitle "Self-Instruct: Aligning Language Model" ; :date "2022-12-20"^^xsd:date ; :year "2022"^^xsd:gYear ;
    :doi "10.48550/arxiv.2212.10560" .
<paper/self-instruct/version/acl-2023> a :Version , :ConferencePaper ; dcterms:title "Self-Instruct: Aligning" ;
    :authorship <paper/self-instruct/version/acl-2023/author/1> ; :byline "Y. Wang Team" ; :date "2023-07"^^xsd:gYearMonth ;
    :venue <venue/acl> ; :year "2023"^^xsd:gYear ; :track <concept/track/main> ;
    :presentation <concept/presentation/oral> ; :pages "13484\u201313508" ; :doi "10.18653/v1/2023.acl-long.754" ;
    :acl "2023.acl-long.754" ; :openreview "CfXh93NDgH" ; :url <https://aclanthology.org/2023.acl-long.754/> .
<paper/self-instruct/version/acl-2023/author/1> a :Authorship ; :position 1 ; :name "Y. Wang Team" ; :group true .
<paper/self-instruct/version/blog> a :Version , :Report ; :date "2023"^^xsd:gYear ; :url <https://example.org/blog> .
<paper/self-instruct/version/workshop> a :Version , :WorkshopPaper ; :venue <venue/neurips> ;
    :year "2023"^^xsd:gYear ; :track <concept/track/workshop> ; :workshop "Instruction Tuning" .
<paper/self-instruct/version/pnas> a :Version , :JournalArticle ; :venue <venue/pnas> ; :year "2023"^^xsd:gYear ;
    :pages "e2305016120" .
<paper/self-instruct/synthesis/main> a :Synthesis ; :teacher <artifact/gpt-3> ; :seed <artifact/seeds> ;
    :output <artifact/data> ; :size "52K instructions" ; :amount 52000 ; :unit <concept/unit/example> ;
    :student <artifact/gpt-3> .
<paper/self-instruct/different/instruct> a :Distinction ; :other <paper/instruct> ; :reason "Other authors." .
<paper/self-instruct/refuted/1> a :Refutation ; :refutes <concept/domain/math> ; :reason "No mathematics is in it." .
<paper/self-instruct/evidence/1> a :Evidence ; :source <https://aclanthology.org/2023.acl-long.754/> ;
    :kind <concept/evidence/proceedings> ; :read "2026-11-22"^^xsd:date ; :note "Read on its page." ;
    :supports <paper/self-instruct> , <paper/self-instruct/version/acl-2023#earlier_titles> .
<method/self-instruct> a :Method ; dcterms:title "Self-Instruct" ; :formerly <method/selfinstruct> ;
    skos:altLabel "SI" ; skos:definition "A model writes its own instructions." ; :extends <method/bootstrapping> ;
    :evidence <method/self-instruct/evidence/1> .
<method/self-instruct/evidence/1> a :Evidence ; :source <https://arxiv.org/abs/2212.10560> ;
    :kind <concept/evidence/paper> .
<artifact/code> a :Artifact , :Code ; dcterms:title "Self-Instruct code" ; skos:altLabel "self-instruct" ;
    :url <https://github.com/yizhongw/self-instruct> ; :formerUrl <https://example.org/old> ;
    :formerly <artifact/source> ; :state <concept/state/reachable> ; :checked "2026-11-28"^^xsd:date ; :archived true ;
    :gated true ; :hostId "579807632" ; dcterms:license "Apache-2.0" ; :size "3 MB" ;
    :introduces <method/self-instruct> ; :stage <concept/stage/fine-tuning> ; :domain <concept/domain/code> ;
    :technique <concept/technique/data-synthesis> ; :topic <concept/tide/spring> .
<paper/self-instruct/version/arxiv> skos:exactMatch <https://dblp.org/rec/journals/corr/abs-2212-10560> ;
    :link <paper/self-instruct/version/arxiv/link/dblp> .
<paper/self-instruct/version/arxiv/link/dblp> a :Link ; :target <concept/target/dblp> ;
    :counterpart <https://dblp.org/rec/journals/corr/abs-2212-10560> ; :relation skos:exactMatch ;
    :justification <https://w3id.org/semapv/vocab/BackgroundKnowledgeBasedMatching> .
<artifact/code> skos:closeMatch <https://linkedpaperswithcode.com/repository/github.com/old/name> ;
    :link <artifact/code/link/lpwc-former-0> , <artifact/code/link/wikidata/resolved> .
<artifact/code/link/lpwc-former-0> a :Link ; :target <concept/target/lpwc> ;
    :counterpart <https://linkedpaperswithcode.com/repository/github.com/old/name> ; :relation skos:closeMatch ;
    :justification <https://w3id.org/semapv/vocab/BackgroundKnowledgeBasedMatching> .
<artifact/code/link/wikidata/resolved> a :Link ; :target <concept/target/wikidata> ;
    :counterpart <http://www.wikidata.org/entity/Q1> ; :relation skos:exactMatch ; :confidence 0.9 ;
    :justification <https://w3id.org/semapv/vocab/LexicalMatching> ; :established "2026-11-24"^^xsd:date ;
    :queryHash "9f86d081884c7d65" ; :reviewer "A. Curator" .
<artifact/gpt-3> a :Artifact , :Model ; dcterms:title "GPT-3" ; :state <concept/state/unknown> ; :size "175B parameters" ;
    :amount 175000000000 ; :unit <concept/unit/parameter> ; :baseModel <artifact/gpt> ; :family <artifact/gpt> .
<artifact/gpt> a :Artifact , :Model ; dcterms:title "GPT" ; :state <concept/state/unknown> ; :fromScratch true .
<artifact/data> a :Artifact , :Dataset ; dcterms:title "Data" ; :state <concept/state/unknown> ; :language "en" , "zh-Hant" ;
    :modality <concept/modality/text> .
<venue/pnas> a :Venue , :Journal ; dcterms:title "PNAS" ; skos:altLabel "Proc. Natl. Acad. Sci." ;
    :formerly <venue/proc> ; :url <https://www.pnas.org/> ; :acronym "PNAS" ; :issn "1091-6490" ;
    :doiPrefix "10.1073/pnas" .
<list/reading> a :List ; dcterms:title "A reading list" ; :formerly <list/old> ; :source <https://example.org/list.md> ;
    :primary true .
<list/reading/snapshot/2024-12-12> a :Snapshot ; :list <list/reading> ; :number 1 ; :date "2024-12-12"^^xsd:date ;
    :source <https://example.org/1/list.md> ; :sha256 "2c0a12a22eef2896ed72267eb61db628680fc96647722d1f2308be41b4ba9dd2" .
<list/reading/line/1> a :Text ; :list <list/reading> ; :line 1 ; :order 1 ; :first 1 ; :text "# Taxonomy\\n" .
<list/reading/section/1> a :Section ; :within <list/reading> ; :line 1 ; :order 1 ; :level 1 ; :heading "Taxonomy" ;
    :concept <concept/technique/data-synthesis> ; :first 1 .
<list/reading/entry/1> a :Entry ; :list <list/reading> ; :within <list/reading/section/1> , <list/reading/section/2> ; :number 1 ;
    :line 4 ; :listedUnder <concept/technique/data-synthesis> ; :about <paper/self-instruct> .
<list/reading/entry/1/placement/1> a :Placement ; :entry <list/reading/entry/1> ;
    :within <list/reading/section/2> ; :order 4 ; :first 1 ; :last 2 ;
    :cell <list/reading/entry/1/venue> ; :table <list/reading/table/1> ; :end " |\\n" .
<list/reading/entry/1/venue> a :Cell ; :entry <list/reading/entry/1> ; :field "venue" ; :position 3 ; :column 2 ;
    :before " | " ; :text " NIPS 2023" ; :after "" ; :ink 10 .
<list/reading/table/1> a :Table ; :list <list/reading> .
<list/reading/table/1/column/2/1> a :Column ; :table <list/reading/table/1> ; :column 2 ; :blanks "            " ; :first 1 .
<list/reading/erratum/1> a :Erratum ; :corrects <list/reading/entry/1/venue> ; :kind <concept/erratum/wrong-venue> ;
    :published " NIPS 2023" ; :corrected "ACL 2023" ; :reason "It appeared at ACL." ;
    :evidence <list/reading/erratum/1/evidence/1> .
<list/reading/erratum/1/evidence/1> a :Evidence ; :source <https://aclanthology.org/2023.acl-long.754/> ;
    :kind <concept/evidence/proceedings> .
"""
)


def test_good_records_conform(shapes: Graph) -> None:
    """One good record of each kind, using every property, gives no result at all."""
    assert results(Graph().parse(data=GOOD, format="turtle"), shapes) == []


def test_good_records_use_every_term(ontology: Graph) -> None:
    """The good records leave out no class or property, so nothing is declared that cannot be said."""
    good = Graph().parse(data=GOOD, format="turtle")
    used = {*good.predicates(), *good.objects(None, RDF.type)}
    missing = {str(term).rpartition("#")[2] for term in own_terms(ontology) if term not in used}
    concepts = {str(cls).rpartition("#")[2] for cls in ontology.subjects(RDFS.subClassOf, SKOS.Concept)}
    assert missing - concepts == {
        "key", "conceptClass", *(term.rpartition("#")[2] for term in INFERRED),
        "Conference", "Workshop", "Repository", "ProjectPage", "Demo",
    }  # fmt: skip


PREPRINT = 'a :Version , :Preprint ; :arxiv "2212.10560"'
CONFERENCE = 'a :Version , :ConferencePaper ; :venue <venue/acl> ; :year "2023"^^xsd:gYear'
WORKSHOP = 'a :Version , :WorkshopPaper ; :venue <venue/neurips> ; :year "2023"^^xsd:gYear'
PAPER = (
    'a :Paper ; dcterms:title "T" ; :version <paper/x/version/v> ; :authorship <paper/x/author/1> ; '
    ":evidence <paper/x/evidence/1>"
)
UNRELEASED = 'a :Artifact , :Model ; dcterms:title "T"'
ARTIFACT = 'a :Artifact , :Code ; dcterms:title "T" ; :url <https://example.org/> ; :state <concept/state/gone>'
MODEL = 'a :Artifact , :Model ; dcterms:title "T" ; :state <concept/state/unknown>'
DATASET = 'a :Artifact , :Dataset ; dcterms:title "T" ; :state <concept/state/unknown>'
VENUE = 'a :Venue , :Journal ; dcterms:title "T"'
AUTHOR = "a :Authorship ; :position 1"
LINK = (
    "a :Link ; :target <concept/target/dblp> ; :counterpart <https://dblp.org/rec/conf/x/Y24> ; :relation skos:exactMatch ; "
    ":justification <https://w3id.org/semapv/vocab/LexicalMatching>"
)
EVIDENCE = "a :Evidence ; :source <https://example.org/> ; :kind <concept/evidence/paper>"
ERRATUM = 'a :Erratum ; :kind <concept/erratum/form> ; :corrected "y" ; :reason "Because."'
CELL = 'a :Cell ; :entry <list/x/entry/1> ; :position 1 ; :column 1 ; :before "" ; :text "" ; :after "" ; :field "title"'

# What a node says after its good part, and the key that the message names; None where it is right.
CASES: list[tuple[str, str, str | None]] = [
    # arXiv identifiers
    ("a :Version , :Preprint", ':arxiv "2212.10560"', None),
    ("a :Version , :Preprint", ':arxiv "0704.0001"', None),
    ("a :Version , :Preprint", ':arxiv "1412.9999"', None),
    ("a :Version , :Preprint", ':arxiv "1501.00001"', None),
    ("a :Version , :Preprint", ':arxiv "cs/0112017"', None),
    ("a :Version , :Preprint", ':arxiv "math/0309136"', None),
    ("a :Version , :Preprint", ':arxiv "cond-mat/9912001"', None),
    ("a :Version , :Preprint", ':arxiv "2313.10560"', "arxiv"),
    ("a :Version , :Preprint", ':arxiv "2300.10560"', "arxiv"),
    ("a :Version , :Preprint", ':arxiv "0703.0001"', "arxiv"),
    ("a :Version , :Preprint", ':arxiv "1412.00001"', "arxiv"),
    ("a :Version , :Preprint", ':arxiv "2307.2180"', "arxiv"),
    ("a :Version , :Preprint", ':arxiv "2212.105600"', "arxiv"),
    ("a :Version , :Preprint", ':arxiv "2212.10560v2"', "arxiv"),
    ("a :Version , :Preprint", ':arxiv "arXiv:2212.10560"', "arxiv"),
    ("a :Version , :Preprint", ':arxiv "https://arxiv.org/abs/2212.10560"', "arxiv"),
    ("a :Version , :Preprint", ':arxiv " 2212.10560"', "arxiv"),
    ("a :Version , :Preprint", ':arxiv "2212.10560\\n"', "arxiv"),
    ("a :Version , :Preprint", ':arxiv "\u0662\u0662\u0661\u0662.10560"', "arxiv"),
    ("a :Version , :Preprint", ":arxiv 2212.10560", "arxiv"),
    ("a :Version , :Preprint", ':arxiv "math/0313136"', "arxiv"),
    ("a :Version , :Preprint", ':arxiv "math.GT/0309136"', "arxiv"),
    ("a :Version , :Preprint", ':arxiv "2212.10560" , "2212.10561"', "arxiv"),
    # DOIs
    (PREPRINT, ':doi "10.48550/arxiv.2212.10560"', None),
    (CONFERENCE, ':doi "10.18653/v1/2023.acl-long.754"', None),
    (CONFERENCE, ':doi "10.1000.10/123456"', None),
    (CONFERENCE, ':doi "https://doi.org/10.18653/v1/2023.acl-long.754"', "doi"),
    (CONFERENCE, ':doi "doi:10.18653/v1/2023.acl-long.754"', "doi"),
    (CONFERENCE, ':doi "10.18653/V1/2023.ACL-long.754"', "doi"),
    (CONFERENCE, ':doi "10.18653/v1 x"', "doi"),
    (CONFERENCE, ':doi "10.186/x"', "doi"),
    (CONFERENCE, ':doi "10.48550/arxiv.2212.10560"', "doi"),
    # other identifiers of versions
    (CONFERENCE, ':acl "2023.acl-long.754"', None),
    (CONFERENCE, ':acl "2023.findings-emnlp.5"', None),
    (CONFERENCE, ':acl "P18-1001"', None),
    (CONFERENCE, ':acl "https://aclanthology.org/P18-1001"', "acl"),
    (CONFERENCE, ':acl "2023.acl-long.754.pdf"', "acl"),
    (CONFERENCE, ':acl "P18-101"', "acl"),
    (PREPRINT, ':acl "P18-1001"', "acl"),
    (CONFERENCE, ':openreview "CfXh93NDgH"', None),
    (CONFERENCE, ':openreview "rJl-b3RcF7"', None),
    (CONFERENCE, ':openreview "forum?id=CfXh93NDgH"', "openreview"),
    (CONFERENCE, ':pages "1-12"', None),
    (CONFERENCE, ':pages "15:1\u201315:20"', None),
    (CONFERENCE, ':pages "1 - 12"', "pages"),
    (CONFERENCE, ':pages "1--12"', "pages"),
    (CONFERENCE, ':pages "pp. 1-12"', "pages"),
    (CONFERENCE, ":url <https://example.org>", None),
    (CONFERENCE, ":url <ftp://example.org/x>", "url"),
    (CONFERENCE, ':url "https://example.org/"', "url"),
    (CONFERENCE, ":url <https:///x>", "url"),
    # dates and years
    (PREPRINT, ':date "2024-02-29"^^xsd:date', None),
    (PREPRINT, ':date "2024-02"^^xsd:gYearMonth', None),
    (PREPRINT, ':date "2024"^^xsd:gYear', None),
    (PREPRINT, ':date "1843"^^xsd:gYear', None),
    (PREPRINT, ':year "1843"^^xsd:gYear', None),
    (PREPRINT, ':date "2024-02-30"^^xsd:date', "date"),
    (PREPRINT, ':date "2023-02-29"^^xsd:date', "date"),
    (PREPRINT, ':date "2024-04-31"^^xsd:date', "date"),
    (PREPRINT, ':date "2024-13"^^xsd:gYearMonth', "date"),
    (PREPRINT, ':date "20x3"^^xsd:gYear', "date"),
    (PREPRINT, ':date "2024-02-29"', "date"),
    (PREPRINT, ':year "20x3"^^xsd:gYear', "year"),
    (PREPRINT, ':year "2023"', "year"),
    (PREPRINT, ":year 2023", "year"),
    (PREPRINT, ':year "0823"^^xsd:gYear', "year"),
    (PREPRINT, ':year "2023Z"^^xsd:gYear', "year"),
    # what the type of a version asks for
    ("a :Version , :Preprint", ":url <https://example.org/p.pdf>", None),
    ("a :Version , :Preprint", ':openreview "CfXh93NDgH"', None),
    ("a :Version , :Preprint", ':year "2023"^^xsd:gYear', "arxiv"),
    (PREPRINT, ":track <concept/track/main>", "track"),
    (PREPRINT, ":presentation <concept/presentation/oral>", "presentation"),
    (PREPRINT, ':workshop "W"', "workshop"),
    ("a :Version , :ConferencePaper", ":venue <venue/acl>", "year"),
    ("a :Version , :JournalArticle", ':year "2023"^^xsd:gYear', "venue"),
    (CONFERENCE, ':arxiv "2212.10560"', "arxiv"),
    (CONFERENCE, ":track <concept/track/workshop>", "track"),
    (CONFERENCE, ':workshop "W"', "workshop"),
    (CONFERENCE, ":venue <venue/emnlp>", "venue"),
    (CONFERENCE, ":track <concept/stage/fine-tuning>", "track"),
    (WORKSHOP, ':workshop "W" ; :track <concept/track/workshop>', None),
    (WORKSHOP, ':workshop "W"', None),
    (WORKSHOP, ':pages "1-2"', None),
    (WORKSHOP, ":track <concept/track/workshop>", "workshop"),
    (WORKSHOP, ':workshop "W" ; :track <concept/track/main>', "track"),
    ("a :Version , :Report", ":url <https://example.org/>", None),
    ("a :Version , :Report", ':year "1843"^^xsd:gYear', None),
    ("a :Version , :Report", ':date "2023"^^xsd:gYear', "url"),
    ("a :Version", ':arxiv "2212.10560"', "type"),
    ("a :Version , :Preprint , :Report", ":url <https://example.org/>", "type"),
    ("a :Version , :Code", ":url <https://example.org/>", "type"),
    (PREPRINT, 'dcterms:title "T" ; :earlierTitle "T"', "earlier_titles"),
    (PREPRINT, ":stage <concept/stage/fine-tuning>", "a version has no such property"),
    # papers
    (PAPER, ":stage <concept/stage/fine-tuning> , <concept/stage/pretraining>", None),
    (PAPER, ":stage <concept/domain/math>", "stages"),
    (PAPER, ':stage "fine-tuning"', "stages"),
    (PAPER, 'dcterms:title "Another"', "title"),
    (PAPER, ":uses <method/m> ; :introduces <method/m>", "introduces"),
    (PAPER, ":extends <method/m> ; :introduces <method/m>", "introduces"),
    (PAPER, ":official <artifact/a> ; :unofficial <artifact/a>", "official"),
    (PAPER, ":official <paper/a>", "official"),
    (PAPER, ':byline "A;B"', "authors"),
    (PAPER, ':byline "A; B"', None),
    (PAPER, ":formerly <paper/Old>", "formerly"),
    (PAPER, ":venue <venue/acl>", "a paper has no such property"),
    ('a :Paper ; dcterms:title "T" ; :evidence <paper/x/evidence/1>', ":version <paper/x/version/v>", "authors"),
    ("a :Paper ; :version <paper/x/version/v> ; :authorship <paper/x/author/1>", 'dcterms:title "T"', "evidence"),
    (PAPER.replace('"T"', '" T"'), ":uses <method/m>", "title"),
    (PAPER.replace('"T"', '"T\\n"'), ":uses <method/m>", "title"),
    (PAPER.replace('"T"', '"T  U"'), ":uses <method/m>", "title"),
    (PAPER.replace('"T"', '""'), ":uses <method/m>", "title"),
    (PAPER.replace(":version <paper/x/version/v> ; ", ""), ":uses <method/m>", None),
    # authors
    (AUTHOR, ':name "Josiah Carberry" ; :person <https://orcid.org/0000-0002-1825-0097>', None),
    (AUTHOR, ':name "J" ; :person <https://orcid.org/0000-0002-1694-233X>', None),
    (AUTHOR, ':name "J" ; :person <https://orcid.org/0009-0001-2345-6789>', None),
    (AUTHOR, ':name "J" ; :person <https://dblp.org/pid/79/8539-1>', None),
    (AUTHOR, ':name "J" ; :person <https://dblp.org/pid/w/YizhongWang>', None),
    (AUTHOR, ':name "J" ; :person <https://aclanthology.org/people/yang-liu-umich>', None),
    (AUTHOR, ':name "J" ; :person <https://openreview.net/profile?id=~J%C3%BCrgen_O\'Neil-X1>', None),
    (AUTHOR, ':name "J" ; :person <https://openreview.net/profile?id=j@example.org>', "orcid"),
    (AUTHOR, ':name "J" ; :person <https://orcid.org/0000-0002-1825-009>', "orcid"),
    (AUTHOR, ':name "J" ; :person <https://orcid.org/0000-0002-X825-0097>', "orcid"),
    (AUTHOR, ':name "J" ; :person <https://orcid.org/https://orcid.org/0000-0002-1825-0097>', "orcid"),
    (AUTHOR, ':name "J" ; :person <http://orcid.org/0000-0002-1825-0097>', "orcid"),
    (AUTHOR, ':name "A; B"', "name"),
    (AUTHOR, ':name "Ada | Lovelace"', "name"),
    (AUTHOR, ':name "A\u00adda"', "name"),
    (AUTHOR, ':name "\u0d28\u0d4d\u200d"', None),  # Malayalam needs the joiner
    (ARTIFACT.replace('"T"', '"Wave | Ebb"'), 'skos:altLabel "W"', "title"),
    (ARTIFACT, 'skos:altLabel "Wave | Ebb"', "aliases"),
    (ARTIFACT, 'skos:altLabel "Wave|Ebb"', None),
    (ARTIFACT, 'skos:altLabel "Wa\u200bve"', "aliases"),
    (PAPER.replace('"T"', '"Wave | Ebb"'), ":uses <method/m>", None),
    (PAPER.replace('"T"', '"outper\u00adform"'), ":uses <method/m>", "title"),
    (PREPRINT, ':earlierTitle "Wa\u200bve"', "earlier_titles"),
    (PREPRINT, ':doi "10.1234/a."', "doi"),
    (PREPRINT, ':doi "10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-2"', None),
    (AUTHOR, ':name "A Team" ; :group true', None),
    (AUTHOR, ':name "A Team" ; :group false', "group"),
    (AUTHOR, ':name "A Team" ; :group "yes"', "group"),
    (AUTHOR, ':name "A Team" ; :group true ; :person <https://orcid.org/0000-0002-1825-0097>', "group"),
    (AUTHOR, ':name ""', "name"),
    (AUTHOR, ':name "A" , "B"', "name"),
    ('a :Authorship ; :name "A"', ":position 0", "authors"),
    # syntheses
    ("a :Synthesis", ":seed <artifact/a>", None),
    ("a :Synthesis", ':size "52K instructions"', "syntheses"),
    # artifacts, venues
    (ARTIFACT, 'dcterms:license "LicenseRef-Llama-2"', None),
    (ARTIFACT, 'dcterms:license "GPL-2.0-or-later"', None),
    (ARTIFACT, 'dcterms:license "GPL-2.0+"', "license"),
    (ARTIFACT, 'dcterms:license "Apache License 2.0"', "license"),
    (ARTIFACT, ":formerUrl <https://example.org/>", "former_urls"),
    (ARTIFACT, ":state <concept/state/reachable>", "state"),
    (ARTIFACT, ':checked "2026-11-28"^^xsd:date', None),
    (ARTIFACT, ':checked "2026-11"^^xsd:gYearMonth', "checked"),
    (ARTIFACT, ":archived false", "archived"),
    (ARTIFACT, ":gated false", "gated"),
    (ARTIFACT, ":baseModel <artifact/gpt-3>", "base_models"),
    (ARTIFACT, ":fromScratch true", "from_scratch"),
    (ARTIFACT, ":family <artifact/gpt-3>", "family"),
    (ARTIFACT, ':language "en"', "languages"),
    (ARTIFACT, ":modality <concept/modality/text>", "modalities"),
    (MODEL, ":baseModel <artifact/gpt-3> , <artifact/gpt-2>", None),
    (MODEL, ":baseModel <method/gpt>", "base_models"),
    (MODEL, ":fromScratch true", None),
    (MODEL, ":fromScratch false", "from_scratch"),
    (MODEL, ":family <artifact/gpt-3> , <artifact/gpt-2>", "family"),
    (MODEL, ':language "en"', "languages"),
    (DATASET, ':language "en" , "zh-Hant" , "pt-BR" , "es-419" , "sr-Latn-RS" , "yue"', None),
    (DATASET, ':language "English"', "languages"),
    (DATASET, ':language "ZH"', "languages"),
    (DATASET, ':language "zh-hans"', "languages"),
    (DATASET, ':language "en-US-US"', "languages"),
    (DATASET, ':language "zh-Hans-Hant"', "languages"),
    (DATASET, ':language "de-1901-1901"', "languages"),
    (DATASET, ":modality <concept/domain/math>", "modalities"),
    (DATASET, ":baseModel <artifact/gpt-3>", "base_models"),
    (DATASET, ":amount 3 ; :unit <concept/unit/example>", None),
    (DATASET, ":amount -3", "size"),
    (DATASET, ":unit <concept/unit/example> , <concept/unit/token>", "size"),
    (ARTIFACT, ':hostId "621ffdc036468d709f17434d"', None),
    (ARTIFACT, ':hostId "yizhongw/self-instruct"', "host_id"),
    ('a :Artifact , :Code ; dcterms:title "T"', ":state <concept/state/unknown>", "url"),
    (UNRELEASED, ":state <concept/state/unknown>", None),
    (UNRELEASED, ":state <concept/state/reachable>", "state"),
    (UNRELEASED, ':state <concept/state/unknown> ; :hostId "7"', "state"),
    (UNRELEASED, ':state <concept/state/unknown> ; :checked "2026-11-28"^^xsd:date', "state"),
    (UNRELEASED, ":state <concept/state/gone> ; :formerUrl <https://example.org/>", None),
    (ARTIFACT, ':size "3 MB" , "3 GB"', "size"),
    (ARTIFACT, ':size " 3 MB"', "size"),
    (VENUE, ':issn "1091-6490"', None),
    (VENUE, ':issn "2049-363X"', None),
    (VENUE, ':issn "10916490"', "issn"),
    (VENUE, ':doiPrefix "10.1073/pnas" , "10.1073"', None),
    (VENUE, ':doiPrefix "https://doi.org/10.1073"', "doi_prefixes"),
    (VENUE, "a :Conference", "type"),
    # evidence
    (EVIDENCE, ":supports <paper/x#title> , <paper/x/version/acl-2023#track> , <paper/x>", None),
    (EVIDENCE, ':read "2026-11-31"^^xsd:date', "read"),
    (EVIDENCE, ":supports <https://example.org/#title>", "supports"),
    ("a :Evidence", ":source <https://example.org/>", "kind"),
    ("a :Evidence", ":kind <concept/evidence/paper>", "source"),
    ("a :Evidence ; :source <https://example.org/>", ":kind <concept/erratum/form>", "kind"),
    # links
    (LINK, ':confidence 0.5 ; :reviewer "A. Curator"', None),
    (LINK, ":confidence 1.5", "confidence"),
    (LINK, ":confidence 1.0e0", "confidence"),
    (LINK, ":relation skos:broadMatch", "relation"),
    (LINK, ":target <concept/stage/fine-tuning>", "target"),
    (LINK, ":counterpart <http://www.wikidata.org/entity/Q1>", "counterpart"),
    (LINK, ':established "2026-11-31"^^xsd:date', "established"),
    (LINK, ':queryHash "xyz"', "query hash"),
    (LINK, ':note "x"', "a link has no such property"),
    (PREPRINT, "skos:exactMatch <urn:x:y>", "exactMatch"),
    (PREPRINT, "skos:closeMatch <https://dblp.org/>", "closeMatch"),
    (PREPRINT, ":link <paper/x/version/v/dblp>", "link"),
    # lists
    (ERRATUM, ':published "x" ; :corrects <list/x/line/3>', None),
    (ERRATUM, ':published "x" ; :corrects <list/x/entry/3/url>', None),
    (ERRATUM, ':published "x" ; :corrects <list/x/entry/3>', "entry"),
    (ERRATUM, ':published "x" ; :corrects <list/x/entry/3/year>', "entry"),
    (ERRATUM, ':published "y" ; :corrects <list/x/line/3>', "published"),
    (ERRATUM, ':published "x" ; :corrects <list/x/entry/3/url/2> , <list/x/entry/3/url>', None),
    (CELL, ":ink 3", None),
    (CELL, ':ink "x"', "widths"),
    (CELL, ':field "url"', "entries"),
]


def home_of(node: str) -> str:
    """The folder in which a case's focus node lives, by its class."""
    homes = {"Paper": "paper/n", "Version": "paper/x/version/v", "Artifact": "artifact/a", "Venue": "venue/v"}
    match = re.match(r"a :(\w+)", node)
    assert match
    return homes.get(match[1], "list/x/node/n")


@pytest.fixture(scope="module")
def case_messages(shapes: Graph) -> dict[str, list[str]]:
    """The messages about each case's node, all cases checked in one go."""
    text = PREFIXES
    for number, (good, more, _) in enumerate(CASES):
        text += f"<{home_of(good)}-{number}> {good} ; {more} .\n"
    messages: dict[str, list[str]] = {}
    for focus, _, message in results(Graph().parse(data=text, format="turtle"), shapes):
        messages.setdefault(focus, []).append(message)
    return messages


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda number: f"{CASES[number][1]} -> {CASES[number][2]}")
def test_shape_tells_right_from_wrong(case_messages: dict[str, list[str]], number: int) -> None:
    """What is right gives no result; what is wrong gives results that name its key and nothing else."""
    good, _, key = CASES[number]
    messages = case_messages.get(f"{BASE}{home_of(good)}-{number}", [])
    if key is None:
        assert messages == []
    else:
        assert messages
        assert {message.partition(":")[0] for message in messages} == {key}


def test_severities(shapes: Graph) -> None:
    """Only what is still to be added is less than a violation."""
    bare = PREFIXES + '<paper/x> a :Paper ; dcterms:title "T" ; :version <paper/x/version/arxiv> .'
    found = results(Graph().parse(data=bare, format="turtle"), shapes)
    assert [(severity, message.partition(":")[0]) for _, severity, message in found] == [
        ("Info", "authors"),
        ("Warning", "evidence"),
    ]


def test_ids_are_slugs(shapes: Graph) -> None:
    """A capital, an underscore or a doubled hyphen in an id is reported at the record itself."""
    for bad in ("Self-Instruct", "self_instruct", "self--instruct", "-self"):
        data = PREFIXES + f'<method/{bad}> a :Method ; dcterms:title "T" .'
        ((_, _, message),) = results(Graph().parse(data=data, format="turtle"), shapes)
        assert message.startswith("id: ")


def test_concepts_stay_in_their_scheme(shapes: Graph, dumped: Graph) -> None:
    """A broader concept of another scheme, and a second scheme, are reported."""
    math = URIRef(BASE + "concept/domain/math")
    planted = dumped + Graph()
    planted.add((math, SKOS.broader, URIRef(BASE + "concept/stage/applications")))
    planted.add((math, SKOS.inScheme, URIRef(BASE + "concept/stage")))
    found = {message.partition(": ")[0] for _, _, message in results(planted, shapes)}
    assert found == {"skos:broader", "skos:inScheme"}
