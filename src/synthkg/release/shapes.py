"""The shapes that a whole release satisfies, made from those that a record must satisfy, and the ontology beside them.

A record must have no property that its shape does not name. In a release more is said of the same things: what the rules add. So
the properties of the rules are free there, and a shape that only warns, or asks for more, is left out. What stays is everything
that must be true. Names and descriptions for people come from the ontology, so that a form can be made of the shapes.

These are other shapes, so they have other IRIs: below the address of the file.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import RdfFormat, serialize

from synthkg import project
from synthkg.cache import Memory, program
from synthkg.graph import load_queries, stated_by
from synthkg.model import BASE, RDFS, SKOS, Vocabulary
from synthkg.release.contents import DOWNLOADS, ONTOLOGY, SHAPES

if TYPE_CHECKING:
    import rdflib

__all__ = ["write_shapes_and_ontology"]

_OF_RECORDS = BASE + "ontology/shapes"
_OF_RELEASE = DOWNLOADS + SHAPES


def write_shapes_and_ontology(folder: Path, vocabulary: Vocabulary) -> None:
    """Writes ``shapes.ttl`` and ``ontology.ttl``, the ontology with its concept schemes."""
    memory = Memory("shapes", vocabulary.folder, program(vocabulary.folder, project.folder("queries")))
    if (shapes := memory.recall()) is None:
        memory.keep(shapes := _shapes(vocabulary))
    (folder / SHAPES).write_text(shapes, encoding="utf-8", newline="\n")
    ontology = serialize(vocabulary.triples, format=RdfFormat.TURTLE, prefixes=vocabulary.prefixes)
    assert ontology is not None
    (folder / ONTOLOGY).write_bytes(ontology)


def _shapes(vocabulary: Vocabulary) -> str:
    import rdflib
    from rdflib import SH

    shapes = rdflib.Graph().parse(vocabulary.folder / "shapes.ttl")
    for shape, severity in list(shapes.subject_objects(SH.severity)):
        if severity != SH.Violation:
            shapes.remove((shape, None, None))
            shapes.remove((None, None, shape))
    derived = _derived()
    for shape in list(shapes.subjects(SH.closed, rdflib.Literal(True))):
        ignored = rdflib.collection.Collection(shapes, next(shapes.objects(shape, SH.ignoredProperties)))
        for prop in sorted(derived.difference(ignored)):
            ignored.append(prop)
    said = {(t.subject.value, t.predicate.value): t.object.value for t in vocabulary.triples if t.predicate.value in _SAYING}  # type: ignore[union-attr]
    for shape, path in list(shapes.subject_objects(SH.path)):
        for predicate, term in ((RDFS + "label", SH.name), (SKOS + "definition", SH.description)):
            if text := said.get((str(path), predicate)):
                shapes.add((shape, term, rdflib.Literal(text, lang="en")))
    return _renamed(shapes).serialize(format="turtle")


_SAYING = (RDFS + "label", SKOS + "definition")


def _derived() -> set[rdflib.URIRef]:
    """The properties that the rules state."""
    import rdflib

    return {rdflib.URIRef(name) for rule in load_queries("rules").values() for name in stated_by(rule.text)}


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


_ABOUT = "What everything in a release looks like: the shapes of records, and free what the rules add."
