"""What the endpoint says of itself: https://www.w3.org/TR/sparql11-service-description/."""

from __future__ import annotations

from collections.abc import Sequence

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

__all__ = ["service"]

_MOST_NAMED = 10_000
_COMMENT = NamedNode("http://www.w3.org/2000/01/rdf-schema#comment")
_SD = "http://www.w3.org/ns/sparql-service-description#"
_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_FORMS = (
    *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"),
    *("Turtle", "N-Triples", "RDF_XML", "JSON-LD"),
)


def service(endpoint: str, named: Sequence[NamedNode]) -> list[Triple]:
    """The description of the endpoint at an address, which has these named graphs; where they are very many, their number."""
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
    if len(named) > _MOST_NAMED:
        said.append((dataset, _COMMENT, Literal(f"Its {len(named)} named graphs are not listed here.", language="en")))
    for number, graph in enumerate(named if len(named) <= _MOST_NAMED else ()):
        node = BlankNode(f"graph-{number}")
        said += [(dataset, _sd("namedGraph"), node), (node, _TYPE, _sd("NamedGraph")), (node, _sd("name"), graph)]
    return [Triple(*each) for each in said]


def _sd(name: str) -> NamedNode:
    return NamedNode(_SD + name)
