"""What the endpoint says of itself: https://www.w3.org/TR/sparql11-service-description/."""

from __future__ import annotations

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from synthkg.graph import GRAPHS

__all__ = ["service"]

_SD = "http://www.w3.org/ns/sparql-service-description#"
_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_FORMS = (
    *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"),
    *("Turtle", "N-Triples", "RDF_XML", "JSON-LD"),
)


def service(endpoint: str) -> list[Triple]:
    """The description of the endpoint at an address."""
    it, dataset, default = NamedNode(endpoint), BlankNode("dataset"), BlankNode("default")
    said: list[tuple[NamedNode | BlankNode, NamedNode, NamedNode | BlankNode | Literal]] = [
        (it, _TYPE, _sd("Service")),
        (it, _sd("endpoint"), it),
        (it, _sd("supportedLanguage"), _sd("SPARQL11Query")),
        (it, _sd("feature"), _sd("UnionDefaultGraph")),
        (it, _sd("defaultDataset"), dataset),
        (dataset, _TYPE, _sd("Dataset")),
        (dataset, _sd("defaultGraph"), default),
        (default, _TYPE, _sd("Graph")),
        *((it, _sd("resultFormat"), NamedNode(f"http://www.w3.org/ns/formats/{form}")) for form in _FORMS),
    ]
    for name, graph in GRAPHS.items():
        node = BlankNode(f"graph-{name}")
        said += [(dataset, _sd("namedGraph"), node), (node, _TYPE, _sd("NamedGraph")), (node, _sd("name"), graph)]
    return [Triple(*each) for each in said]


def _sd(name: str) -> NamedNode:
    return NamedNode(_SD + name)
