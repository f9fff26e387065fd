"""Links with their provenance for other tools: one SSSOM table of all of them, and PROV-O for links and facts.

Both come from the graph; the saved query ``prov`` says which words of PROV-O mean what. A link that waits for review or was
rejected is in no graph, so the table takes it from the files. Of a link that was computed there is no day, query or confidence to
tell: its cells are empty, which SSSOM allows for all but subject, predicate, object and justification.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

import pyoxigraph
from pyoxigraph import RdfFormat

from synthkg.queries import load_queries
from synthkg.sssom import Link
from synthkg.store import Store
from synthkg.vocabulary import BASE

__all__ = ["mapping_set", "provenance"]

_SEMAPV = "https://w3id.org/semapv/vocab/"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_LICENSE = "https://creativecommons.org/publicdomain/zero/1.0/"
_PREFIXES = {
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "prov": "http://www.w3.org/ns/prov#",
    "semapv": _SEMAPV,
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_SLOTS = (  # in the order of https://mapping-commons.github.io/sssom/Mapping/
    "subject_id",
    "subject_label",
    "predicate_id",
    "predicate_modifier",
    "object_id",
    "object_label",
    "mapping_justification",
    "reviewer_id",
    "reviewer_label",
    "mapping_tool",
    "mapping_tool_version",
    "mapping_date",
    "confidence",
    "other",
    "comment",
)
_ORCID = "https://orcid.org/"
_TOOL = "synthkg link"  # its version is the hash of the query that it asked


def provenance(store: Store) -> str:
    """The provenance of facts and links as Turtle, sorted.

    Raises:
        QueryError: The store cannot run the query.
    """
    triples = sorted(set(store.construct(load_queries("exports")["prov"].text)), key=str)
    written = pyoxigraph.serialize(triples, format=RdfFormat.TURTLE, prefixes=_PREFIXES)
    assert written is not None
    return written.decode()


def mapping_set(store: Store, links: Iterable[Link] = ()) -> str:
    """All links as one SSSOM/TSV file: those of the graph, and of ``links`` those that it does not have.

    Raises:
        QueryError: The store cannot run the query.
    """
    cells: dict[tuple[str, str], dict[str, str]] = {}
    table = load_queries("exports")["links"].rows(store)
    for row in table.rows:
        found = {name: term.value for name, term in zip(table.columns, row, strict=True) if term is not None}
        before = cells.setdefault((found["subject"], found["object"]), {})
        reviewers = _reviewer(found.get("reviewer"))
        if before:  # a further reviewer, or found twice: by computing and by looking
            for key, value in reviewers.items():
                before[key] = "|".join(sorted({*filter(None, before.get(key, "").split("|")), value}))
            before |= {key: value for key, value in _found(found).items() if value and not before.get(key)}
            continue
        before |= {
            "subject_label": found["label"],
            "predicate_id": f"skos:{found['relation'].removeprefix(_SKOS)}",
            "mapping_justification": f"semapv:{found['justification'].removeprefix(_SEMAPV)}",
            **_found(found),
            **reviewers,
        }
    for link in links:
        cells.setdefault((link.subject, link.object), _of_file(link)).setdefault("object_label", link.object_label or "")
    namespaces: dict[str, str] = {}
    rows = [
        {"subject_id": _curie(subject, namespaces), "object_id": _curie(object, namespaces), **rest}
        for (subject, object), rest in sorted(cells.items(), key=lambda item: item[0])
    ]
    return _tsv(rows, namespaces)


def _found(row: dict[str, str]) -> dict[str, str]:
    return {
        "mapping_tool": _TOOL if "query_hash" in row else "",
        "mapping_tool_version": row.get("query_hash", ""),
        "mapping_date": row.get("established", ""),
        "confidence": row.get("confidence", ""),
    }


def _of_file(link: Link) -> dict[str, str]:
    return {
        "subject_label": link.subject_label,
        "predicate_id": link.predicate,
        "predicate_modifier": "Not" if link.status == "rejected" else "",
        "mapping_justification": link.justification,
        "mapping_tool": _TOOL,
        "mapping_tool_version": link.query_hash,
        "mapping_date": link.date,
        "confidence": f"{link.confidence:.3f}".rstrip("0").rstrip("."),
        "other": "status=waiting" if link.status == "waiting" else "",
        "comment": link.comment or "",
        **_reviewer(link.reviewer),
    }


def _reviewer(name: str | None) -> dict[str, str]:
    if not name:
        return {}
    return {"reviewer_id": f"orcid:{name.removeprefix(_ORCID)}"} if name.startswith(_ORCID) else {"reviewer_label": name}


def _curie(iri: str, namespaces: dict[str, str]) -> str:
    """The IRI as a CURIE; its prefix is ours, or named after the host."""
    space, prefix = BASE, "kg"
    if not iri.startswith(BASE):
        parts = urlsplit(iri)
        host = re.sub(r"[^a-z0-9]", "-", parts.netloc.lower().removeprefix("www."))
        space = f"{parts.scheme}://{parts.netloc}/"
        prefix = host if parts.scheme == "https" and host[:1].isalpha() else f"{parts.scheme}-{host}"
    namespaces[prefix] = space
    return f"{prefix}:{iri.removeprefix(space)}"


def _tsv(rows: list[dict[str, str]], namespaces: dict[str, str]) -> str:
    head = ["#curie_map:", *(f"#  {prefix}: {namespaces[prefix]}" for prefix in sorted(namespaces))] if namespaces else []
    head += [f"#mapping_set_id: {BASE}links/all", f"#license: {_LICENSE}"]
    required = ("subject_id", "predicate_id", "object_id", "mapping_justification")
    columns = [slot for slot in _SLOTS if slot in required or any(row.get(slot) for row in rows)]
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([" ".join(row.get(column, "").split()) for column in columns])
    return "\n".join(head) + "\n" + out.getvalue()
