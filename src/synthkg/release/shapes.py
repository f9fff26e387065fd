"""The shapes that a whole release satisfies, made from those that a record must satisfy, and the ontology beside them.

A record must have no property that its shape does not name. In a release more is said of the same things: what the rules add.
Their properties may stand where the rules put them, with such values as the ontology says, and nowhere else. A record is checked
alone; here the others are there as well, so that a reference leads to a thing of its class. Only a record may be named and be
missing: it can be a draft. A shape that only warns, or asks for more, is left out. What stays is everything that must be true.
Names and descriptions for people come from the ontology, so that a form can be made of the shapes.

These are other shapes, so they have other IRIs: below the address of the file.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import RdfFormat, serialize

from synthkg.cache import Memory, program
from synthkg.graph import load_queries, stated_by
from synthkg.model import BASE, DCTERMS, NAMESPACE, RECORD_TYPES, XSD, Vocabulary
from synthkg.release.contents import DOWNLOADS, ONTOLOGY, SHAPES

if TYPE_CHECKING:
    import rdflib

__all__ = ["write_shapes_and_ontology"]

_OF_RECORDS = BASE + "ontology/shapes"
_OF_RELEASE = DOWNLOADS + SHAPES


def write_shapes_and_ontology(folder: Path, vocabulary: Vocabulary) -> None:
    """Writes ``shapes.ttl`` and ``ontology.ttl``, the ontology with its concept schemes."""
    memory = Memory("shapes", vocabulary.folder, program())
    if (shapes := memory.recall()) is None:
        memory.keep(shapes := _shapes(vocabulary))
    (folder / SHAPES).write_text(shapes, encoding="utf-8", newline="\n")
    ontology = serialize(vocabulary.triples, format=RdfFormat.TURTLE, prefixes=vocabulary.prefixes)
    assert ontology is not None
    (folder / ONTOLOGY).write_bytes(ontology)


def _shapes(vocabulary: Vocabulary) -> str:
    import rdflib
    from rdflib import RDFS, SH, SKOS

    shapes = rdflib.Graph().parse(vocabulary.folder / "shapes.ttl")
    for shape, severity in list(shapes.subject_objects(SH.severity)):
        if severity != SH.Violation:
            shapes.remove((shape, None, None))
            shapes.remove((None, None, shape))
    ontology = rdflib.Graph().parse(data=serialize(vocabulary.triples, format=RdfFormat.N_TRIPLES), format="nt")
    _admit_derived(shapes, ontology)
    _hold_references(shapes, ontology)
    for shape, path in list(shapes.subject_objects(SH.path)):
        for predicate, term in ((RDFS.label, SH.name), (SKOS.definition, SH.description)):
            if text := ontology.value(path, predicate):
                shapes.add((shape, term, rdflib.Literal(text, lang="en")))
    return _renamed(shapes).serialize(format="turtle")


_OF_SEVERAL = {  # what the rules say of things of several classes, of which the ontology names no domain
    NAMESPACE + "landingPage": ("Paper", "Version", "Artifact"),
    NAMESPACE + "publishedIn": ("Paper", "Version"),
    DCTERMS + "subject": ("Paper", "Artifact"),
}


def _admit_derived(shapes: rdflib.Graph, ontology: rdflib.Graph) -> None:
    """Lets things have what the rules state of their class, each property with the form of its values."""
    import rdflib
    from rdflib import OWL, RDF, SH

    derived = {rdflib.URIRef(name) for rule in load_queries("rules").values() for name in stated_by(rule.text)} - {RDF.type}
    for prop in sorted(derived):
        several = [rdflib.URIRef(NAMESPACE + name) for name in _OF_SEVERAL.get(str(prop), ())]
        form = rdflib.URIRef(f"{_OF_RECORDS}#derived-{re.split('[#/]', prop)[-1]}")
        for target in several or ontology.objects(prop, rdflib.RDFS.domain):
            shape = next(each for each in shapes.subjects(SH.targetClass, target) if (each, SH.closed, None) in shapes)
            if not any((each, SH.path, prop) in shapes for each in shapes.objects(shape, SH.property)):
                shapes.add((shape, SH.property, form))
        if (None, SH.property, form) not in shapes:
            continue
        shapes += [(form, RDF.type, SH.PropertyShape), (form, SH.path, prop)]
        if (prop, RDF.type, OWL.FunctionalProperty) in ontology:
            shapes.add((form, SH.maxCount, rdflib.Literal(1)))
        if isinstance(datatype := ontology.value(prop, rdflib.RDFS.range), rdflib.URIRef) and datatype.startswith(XSD):
            shapes.add((form, SH.datatype, datatype))
        else:
            shapes.add((form, SH.nodeKind, SH.IRI))


def _hold_references(shapes: rdflib.Graph, ontology: rdflib.Graph) -> None:
    """Holds the values of each property to the class that the ontology gives them."""
    import rdflib
    from rdflib import OWL, RDF, RDFS, SH

    missing, types = (rdflib.URIRef(f"{_OF_RECORDS}#{name}") for name in ("IsMissing", "NoType"))
    shapes += [(missing, RDF.type, SH.NodeShape), (missing, SH.property, types)]
    shapes += [(types, RDF.type, SH.PropertyShape), (types, SH.path, RDF.type), (types, SH.maxCount, rdflib.Literal(0))]
    of_records = {rdflib.URIRef(NAMESPACE + kind.__name__) for kind in RECORD_TYPES}
    for form in set(shapes.objects(None, SH.property)):
        target = ontology.value(shapes.value(form, SH.path), RDFS.range)
        if not isinstance(target, rdflib.URIRef) or (target, RDF.type, OWL.Class) not in ontology:
            continue
        if of_records.isdisjoint(ontology.transitive_objects(target, RDFS.subClassOf)):
            shapes.add((form, SH["class"], target))
            continue
        either, is_one = (rdflib.URIRef(f"{_OF_RECORDS}#{name}{re.split('[#/]', target)[-1]}") for name in ("MayBe", "Is"))
        shapes.add((form, SH.node, either))
        if (either, None, None) not in shapes:
            shapes += [(is_one, RDF.type, SH.NodeShape), (is_one, SH["class"], target), (either, RDF.type, SH.NodeShape)]
            alternatives = rdflib.collection.Collection(shapes, rdflib.BNode(), [is_one, missing])
            shapes.add((either, SH["or"], alternatives.uri))


def _renamed(shapes: rdflib.Graph) -> rdflib.Graph:
    """The shapes below the IRI of the file, which says where they come from."""
    import rdflib
    from rdflib import DCTERMS, OWL

    whole = rdflib.URIRef(_OF_RELEASE)
    renamed = rdflib.Graph()
    for prefix, space in shapes.namespaces():
        renamed.bind(prefix, space.replace(f"{_OF_RECORDS}#", f"{_OF_RELEASE}#"), override=True)

    def rename(node: rdflib.term.Node) -> rdflib.term.Node:
        return rdflib.URIRef(str(node).replace(_OF_RECORDS, _OF_RELEASE)) if isinstance(node, rdflib.URIRef) else node

    for triple in shapes:
        renamed.add(tuple(map(rename, triple)))  # type: ignore[arg-type]
    renamed.remove((whole, OWL.versionIRI, None))
    for term, text in ((DCTERMS.title, "SHACL shapes of a synthkg release"), (DCTERMS.description, _ABOUT)):
        renamed.set((whole, term, rdflib.Literal(text, lang="en")))
    renamed.set((whole, DCTERMS.source, rdflib.URIRef(_OF_RECORDS)))
    return renamed


_ABOUT = (
    "What everything in a release looks like: the shapes of records, with what the rules add and the classes of what is named."
)
