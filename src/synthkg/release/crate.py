"""The release as a research object: ``ro-crate-metadata.json``.

RO-Crate 1.2, https://www.researchobject.org/ro-crate/specification/1.2/.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from synthkg.catalog import KNOWN_LICENCES
from synthkg.graph import ending_of
from synthkg.release.contents import (
    CONTEXT,
    CRATE,
    CSVW,
    DATA_PACKAGE,
    ONTOLOGY,
    SHAPES,
    UNPACKED,
    VOID,
    File,
    Release,
)

__all__ = ["crate"]


def crate(release: Release, files: list[File]) -> str:
    """The metadata as JSON-LD."""
    top = [file.path for file in files if "/" not in file.path]
    tables = [file.path for file in files if file.path.startswith("tables/")]
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "identifier": release.iri,
        "name": release.title,
        "description": release.description,
        **({"version": release.version} if release.version else {}),
        "datePublished": release.date,
        "license": {"@id": release.licence} if release.licence else "No licence is stated.",  # a crate must have one, or words
        **({"creator": _one_or_all(_references(maker.iri for maker in release.makers))} if release.makers else {}),
        **({"publisher": {"@id": release.publisher.iri}} if release.publisher else {}),
        **({"url": release.home} if release.home else {}),
        "hasPart": [*_references(top), *_references(["tables/"] if tables else [])],
    }
    folder = {
        "@id": "tables/",
        "@type": "Dataset",
        "name": "Tables",
        "description": "The graph as tables, for tools that do not read RDF: each as CSV and as Parquet, with the same rows.",
        "hasPart": _references(tables),
    }
    graph: list[dict[str, Any]] = [
        {
            "@id": CRATE,
            "@type": "CreativeWork",
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"},
            "about": {"@id": "./"},
        },
        root,
        *([folder] if tables else []),
        *map(_file_entity, files),
        *({"@id": iri, "@type": "WebPage", "name": name} for iri, name in sorted(_formats(files).items())),
        *([_licence(release.licence)] if release.licence else []),
        *(
            {"@id": maker.iri, "@type": "Person" if maker.is_person else "Organization", "name": maker.name}
            for maker in release.makers
        ),
    ]
    document = {"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": graph}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _licence(iri: str) -> dict[str, Any]:
    known = KNOWN_LICENCES.get(iri)
    return {"@id": iri, "@type": "CreativeWork", **({"name": known.name, "identifier": known.spdx} if known else {})}


def _file_entity(file: File) -> dict[str, Any]:
    what = {"@id": file.format_iri} if file.format_iri else None
    packed = ", packed with gzip" if file.is_packed else ""
    return {
        "@id": file.path,
        "@type": "File",
        "name": file.path,
        "description": _ABOUT.get(file.path, f"{_subject(file.path)} as {file.format}{packed}."),
        "encodingFormat": [file.encoding, what] if what and not packed else file.encoding,
        **({"conformsTo": what} if what and packed else {}),
        "contentSize": str(file.size),
        "sha256": file.sha256,
    }


_ABOUT = {
    CONTEXT: "JSON-LD context: the ontology's own words as JSON keys.",
    SHAPES: "SHACL shapes that the whole graph satisfies, with what the rules add.",
    ONTOLOGY: "The ontology and its concept schemes.",
    CSVW: "The columns of the CSV files, as CSV on the Web.",
    DATA_PACKAGE: "The columns of the CSV files, as a Data Package with Table Schemas.",
    UNPACKED: "SHA-256 checksums of what is packed in the dumps.",
    VOID: "Description of the data set in VoID, DCAT and schema.org, with its counts and example queries.",
}


def _subject(path: str) -> str:
    if path.startswith("tables/"):
        return f"The table {Path(path).stem}"
    return "The graph with its named graphs" if ending_of(path) in (".nq", ".trig") else "The union of the named graphs"


def _formats(files: Iterable[File]) -> dict[str, str]:
    return {file.format_iri: file.format for file in files if file.format_iri is not None}


def _one_or_all(values: list[dict[str, str]]) -> Any:
    """RO-Crate 1.2 has a single value stand by itself, in no array."""
    return values[0] if len(values) == 1 else values


def _references(ids: Iterable[str]) -> list[dict[str, str]]:
    return [{"@id": id} for id in ids]
