"""Links with their provenance for other tools: one SSSOM table of all of them, and PROV-O for links and facts.

Both come from the graph; the saved query ``prov`` says which words of PROV-O mean what. A link that waits for review or was
rejected is in no graph, so the table takes it from the files. Of a link that was computed there is no day, query or confidence to
tell: its cells are empty, which SSSOM allows for all but subject, predicate, object and justification.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyoxigraph
from pyoxigraph import NamedNode, RdfFormat, Triple

from synthkg.catalog import Citation, Link, citation_without, part_of, to_slots, to_table
from synthkg.graph import Store, load_queries
from synthkg.model import BASE, DCTERMS, RDF, SKOS, XSD
from synthkg.views import rows_of

__all__ = ["mapping_set", "provenance"]

_SEMAPV = "https://w3id.org/semapv/vocab/"
_A = NamedNode(f"{RDF}type")
_ACTIVITY, _AGENT, _ASSOCIATED = (
    NamedNode(f"http://www.w3.org/ns/prov#{name}") for name in ("Activity", "Agent", "wasAssociatedWith")
)
_PREFIXES = {
    "dcterms": DCTERMS,
    "foaf": "http://xmlns.com/foaf/0.1/",
    "prov": "http://www.w3.org/ns/prov#",
    "semapv": _SEMAPV,
    "xsd": XSD,
}
_REGISTERED = {  # as the Bioregistry has them, https://bioregistry.io; what it does not have gets its host's name
    "arxiv": "https://arxiv.org/abs/",
    "cso": "https://cso.kmi.open.ac.uk/topics/",
    "dblp.publication": "https://dblp.org/rec/",
    "doi": "https://doi.org/",
    "github": "https://github.com/",
    "omid": "https://w3id.org/oc/meta/",
    "openalex": "https://openalex.org/",
    "wikidata": "http://www.wikidata.org/entity/",
}
_REQUIRED = ("subject_id", "predicate_id", "object_id", "mapping_justification")
_ORCID = "https://orcid.org/"
_PART = f"{BASE}dataset#"  # as the saved query names who reviewed and what was searched, whichever data set it is asked of
_TOOL = "synthkg link"  # its version is the hash of the query that it asked


def provenance(store: Store, citation: Citation | None = None) -> str:
    """The provenance of facts and links as Turtle, sorted.

    Args:
        store: The graph.
        citation: What the data set is called, and who made it, and so read and searched what it rests on.

    Raises:
        QueryError: The store cannot run the query.
    """
    citation = citation or citation_without("")
    found = store.construct(load_queries("exports")["prov"].text)
    triples = {Triple(_own(each.subject, citation), each.predicate, _own(each.object, citation)) for each in found}
    done = [triple.subject for triple in triples if (triple.predicate, triple.object) == (_A, _ACTIVITY)]
    for agent in (NamedNode(maker.iri) for maker in citation.makers):
        triples |= {Triple(agent, _A, _AGENT), *(Triple(activity, _ASSOCIATED, agent) for activity in done)}
    written = pyoxigraph.serialize(sorted(triples, key=str), format=RdfFormat.TURTLE, prefixes=_PREFIXES)
    assert written is not None
    return written.decode()


def _own(term: Any, citation: Citation) -> Any:
    """A part of the data set by the name that the data set has."""
    if isinstance(term, NamedNode) and term.value.startswith(_PART):
        return NamedNode(part_of(citation.iri, term.value.removeprefix(_PART)))
    return term


def mapping_set(store: Store, links: Iterable[Link] = (), licence: str | None = None, data_set: str = f"{BASE}dataset") -> str:
    """All links as one SSSOM/TSV file: those of the graph, and of ``links`` those that it does not have.

    Args:
        store: The graph.
        links: Links of files.
        licence: The IRI of the licence of the data; None where none is stated.
        data_set: The IRI of the data set, of which the links are a part.

    Raises:
        QueryError: The store cannot run the query.
    """
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for found in rows_of(load_queries("exports")["links"].rows(store)):
        slots = rows.setdefault((found["subject"], found["object"]), {})
        if slots:  # a further reviewer, or found twice: by computing and by looking
            slots |= {slot: value for slot, value in _found(found).items() if value and not slots.get(slot)}
        else:
            slots |= {
                "subject_id": found["subject"],
                "subject_label": found["label"],
                "predicate_id": f"skos:{found['relation'].removeprefix(SKOS)}",
                "object_id": found["object"],
                "mapping_justification": f"semapv:{found['justification'].removeprefix(_SEMAPV)}",
                **_found(found),
            }
        if reviewer := found.get("reviewer"):
            slot = "reviewer_id" if reviewer.startswith(_ORCID) else "reviewer_label"
            slots[slot] = "|".join(sorted({*filter(None, slots.get(slot, "").split("|")), reviewer}))
    for link in links:
        slots = rows.setdefault((link.subject, link.object), {**to_slots(link), "mapping_tool": _TOOL})
        slots.setdefault("object_label", link.object_label or "")
    return to_table(part_of(data_set, "links"), rows.values(), _REGISTERED, _REQUIRED, licence)


def _found(row: dict[str, str]) -> dict[str, str]:
    return {
        "mapping_tool": _TOOL if "query_hash" in row else "",
        "mapping_tool_version": row.get("query_hash", ""),
        "mapping_date": row.get("established", ""),
        "confidence": row.get("confidence", ""),
    }
