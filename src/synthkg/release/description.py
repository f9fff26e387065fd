"""What a release says of itself: ``void.ttl`` (VoID, DCAT, schema.org), RO-Crate metadata, and the JSON-LD context.

Every count is the answer of a saved query (``queries/statistics/``) on the graph that was dumped, and every size and checksum is
that of the file beside it. Nothing depends on a clock or a host: the date is the last day on which something in the graph was
read or written.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import metadata
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from synthkg import project
from synthkg.graph import FORMATS, Store, context, load_query
from synthkg.model import BASE, Vocabulary
from synthkg.views import TARGET, answerable, examples, rows_of

__all__ = ["DATASET", "DESCRIPTIONS", "DOWNLOADS", "File", "describe", "licence_of"]

DATASET = BASE + "dataset"
DOWNLOADS = BASE + "dump/"
_CONTEXT, _VOID, _CRATE = "context.jsonld", "void.ttl", "ro-crate-metadata.json"
DESCRIPTIONS = (_CONTEXT, _VOID, _CRATE)
_PUBLIC_DOMAIN = "https://creativecommons.org/publicdomain/zero/1.0/"
_CREATOR = BASE
_CREATOR_NAME = "the synthkg contributors"
_SHA256 = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"
_MEDIA_TYPES = {
    ".csv": ("text/csv", "CSV"),
    ".parquet": ("application/vnd.apache.parquet", "Apache Parquet"),
    ".json": ("application/ld+json", "JSON-LD"),
}
_PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "synthkg": BASE + "ontology#",
    "vann": "http://purl.org/vocab/vann/",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class File:
    """A file of the release: its path below the folder, its size in bytes and its SHA-256."""

    path: str
    size: int
    sha256: str

    @property
    def _form(self) -> RdfFormat | None:
        return FORMATS.get(Path(self.path).suffix)

    @property
    def media_type(self) -> str:
        """The media type, without parameters."""
        return self._form.media_type if self._form else _MEDIA_TYPES[Path(self.path).suffix][0]

    @property
    def format(self) -> str:
        """The format's name, for people."""
        return self._form.name if self._form else _MEDIA_TYPES[Path(self.path).suffix][1]

    @property
    def format_iri(self) -> str | None:
        """The format's IRI, which RDF formats have."""
        return self._form.iri if self._form else None


@dataclass(frozen=True, slots=True)
class _Release:
    """What is said of the release as a whole."""

    title: str
    description: str
    version: str
    date: str
    licence: str | None


def describe(folder: Path, store: Store, vocabulary: Vocabulary, licence: str | None) -> list[File]:
    """Writes ``context.jsonld``, ``void.ttl`` and ``ro-crate-metadata.json`` into a folder that holds the dumps and tables.

    Args:
        folder: The folder of the release.
        store: The graph that was dumped.
        vocabulary: The ontology.
        licence: The licence of the data (see `licence_of`), or None where none is known.

    Returns:
        Every file of the folder, sorted by path.
    """
    dumps = [_measure(folder, path) for path in sorted(folder.rglob("*")) if path.is_file()]
    package = metadata("synthkg")
    release = _Release("synthkg", package["Summary"], package["Version"], _answer("latest", store)[0].get("latest", ""), licence)
    (folder / _CONTEXT).write_text(context(vocabulary), encoding="utf-8")
    prefixes = {**_PREFIXES, "part": DATASET + "#", "dump": DOWNLOADS, "query": BASE + "query/", "graph": BASE + "graph/"}
    void = serialize(_description(release, dumps, store), format=RdfFormat.TURTLE, prefixes=prefixes) or b""
    (folder / _VOID).write_bytes(void)
    files = [*dumps, *(_measure(folder, folder / name) for name in (_CONTEXT, _VOID))]
    (folder / _CRATE).write_text(_crate(release, sorted(files, key=lambda file: file.path)), encoding="utf-8")
    return sorted([*files, _measure(folder, folder / _CRATE)], key=lambda file: file.path)


def licence_of(data: Path) -> str | None:
    """The licence that a data folder states for itself in its file LICENSE: the IRI of CC0 1.0, or None for any other or none."""
    file = data / "LICENSE"
    text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    return _PUBLIC_DOMAIN if re.search(r"\bCC0 1\.0 Universal\b", text) else None


def _measure(folder: Path, path: Path) -> File:
    with path.open("rb") as stream:
        return File(path.relative_to(folder).as_posix(), path.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest())


def _answer(name: str, store: Store) -> list[dict[str, str]]:
    return list(rows_of(load_query(project.folder("queries") / "statistics" / f"{name}.rq").rows(store)))


# -- VoID, DCAT and schema.org


class _Triples:
    """Collects triples by subject; names are written with their prefix, objects as Python values."""

    def __init__(self) -> None:
        self._found: dict[str, dict[Triple, None]] = {}

    def __iter__(self) -> Iterator[Triple]:
        return chain.from_iterable(self._found.values())

    def say(self, subject: str, /, **facts: Any) -> None:
        """States facts of a subject: ``dcterms_title="…"``, several values as a list; None says nothing."""
        found = self._found.setdefault(subject, {})
        for name, values in facts.items():
            prefix, _, local = name.partition("_")
            predicate = NamedNode(_PREFIXES[prefix] + local) if name != "a" else NamedNode(_PREFIXES["rdf"] + "type")
            for value in values if isinstance(values, list) else [values]:
                if value is not None:
                    found[Triple(NamedNode(subject), predicate, _term(value))] = None


def _term(value: str | int | NamedNode | Literal) -> NamedNode | Literal:
    if isinstance(value, int):
        return Literal(str(value), datatype=_node("xsd:integer"))
    return Literal(value) if isinstance(value, str) else value


def _node(name: str) -> NamedNode:
    """An IRI from its short or its full form."""
    prefix, _, local = name.partition(":")
    return NamedNode(_PREFIXES[prefix] + local if prefix in _PREFIXES else name)


def _english(text: str) -> Literal:
    return Literal(text, language="en")


def _date(text: str) -> Literal:
    return Literal(text, datatype=_node("xsd:date"))


def _description(release: _Release, files: list[File], store: Store) -> _Triples:
    triples = _Triples()
    say = triples.say
    say(
        DOWNLOADS + _VOID,
        a=_node("void:DatasetDescription"),
        dcterms_title=_english("Description of the synthkg data set"),
        foaf_primaryTopic=NamedNode(DATASET),
    )
    licence = NamedNode(release.licence) if release.licence else None
    say(
        DATASET,
        a=[_node("void:Dataset"), _node("dcat:Dataset"), _node("schema:Dataset")],
        dcterms_title=_english(release.title),
        schema_name=release.title,
        dcterms_description=_english(release.description),
        schema_description=release.description,
        dcterms_identifier=DATASET,
        dcterms_license=licence,
        schema_license=licence,
        dcterms_creator=NamedNode(_CREATOR),
        schema_creator=NamedNode(_CREATOR),
        dcat_version=release.version,
        schema_version=release.version,
        dcterms_modified=_date(release.date) if release.date else None,
        schema_dateModified=_date(release.date) if release.date else None,
        foaf_homepage=NamedNode(BASE),
        void_uriSpace=BASE,
        void_exampleResource=[NamedNode(row["first"]) for row in _answer("samples", store) if "first" in row],
    )
    say(_CREATOR, a=[_node("foaf:Agent"), _node("schema:Organization")], foaf_name=_CREATOR_NAME, schema_name=_CREATOR_NAME)
    for file in files:
        _distribution(triples, file, release)
    _statistics(triples, store)
    for example in examples(answerable()):
        say(DATASET, schema_subjectOf=NamedNode(example.iri))
        say(
            example.iri,
            a=[_node("sh:SPARQLExecutable"), _node("sh:SPARQLSelectExecutable")],
            rdfs_comment=_english(example.summary),
            schema_description=_english(example.description) if example.description else None,
            schema_keywords=list(example.tags),
            schema_target=NamedNode(TARGET),
            sh_select=example.sparql,
        )
    return triples


def _distribution(triples: _Triples, file: File, release: _Release) -> None:
    node, url = f"{DATASET}#{file.path.replace('/', '-')}", NamedNode(DOWNLOADS + file.path)
    is_rdf = file.format_iri is not None
    what = "the graph" if is_rdf else f"the table {Path(file.path).stem}"
    triples.say(DATASET, dcat_distribution=NamedNode(node), schema_distribution=NamedNode(node))
    if file.format_iri is not None:
        triples.say(DATASET, void_dataDump=url, void_feature=NamedNode(file.format_iri))
    triples.say(
        node,
        a=[_node("dcat:Distribution"), _node("schema:DataDownload")],
        dcterms_title=_english(f"{what[0].upper()}{what[1:]} as {file.format}"),
        dcat_downloadURL=url,
        schema_contentUrl=url,
        dcat_mediaType=NamedNode(f"https://www.iana.org/assignments/media-types/{file.media_type}"),
        schema_encodingFormat=file.media_type,
        dcterms_format=NamedNode(file.format_iri) if file.format_iri else None,
        dcat_byteSize=Literal(str(file.size), datatype=_node("xsd:nonNegativeInteger")),
        schema_contentSize=f"{file.size} B",
        dcterms_license=NamedNode(release.licence) if release.licence else None,
        schema_sha256=file.sha256,
        spdx_checksum=NamedNode(node + "-sha256"),
    )
    triples.say(
        node + "-sha256",
        a=_node("spdx:Checksum"),
        spdx_algorithm=NamedNode(_SHA256),
        spdx_checksumValue=Literal(file.sha256, datatype=_node("xsd:hexBinary")),
    )


def _statistics(triples: _Triples, store: Store) -> None:
    """The counts of the graph and of its parts by class, by property and by named graph, and its links."""
    say = triples.say
    (whole,) = _answer("dataset", store)
    properties, classes = _answer("properties", store), _answer("classes", store)
    used = {_namespace(row[key]) for rows, key in ((properties, "property"), (classes, "class")) for row in rows}
    say(
        DATASET,
        void_triples=int(whole["triples"]),
        void_entities=int(whole["entities"]),
        void_distinctSubjects=int(whole["subjects"]),
        void_properties=int(whole["properties"]),
        void_classes=len(classes),
        void_distinctObjects=int(whole["objects"]),
        void_vocabulary=[NamedNode(space) for space in sorted(used)],
    )
    for row in classes:
        _class_partition(triples, DATASET, f"{DATASET}#", row)
    for row in properties:
        _property_partition(triples, DATASET, f"{DATASET}#", row)
    for row in _answer("class-properties", store):
        part = f"{DATASET}#class-{_short(row['class'])}"
        _property_partition(triples, part, part + "-", row)
    by_graph = _answer("graph-classes", store), _answer("graph-properties", store)
    for row in _answer("graphs", store):
        graph = row["graph"]
        stem = f"{DATASET}#{graph.rpartition('/')[2]}-"
        members, uses = ([other for other in rows if other["graph"] == graph] for rows in by_graph)
        say(DATASET, void_subset=NamedNode(graph))
        say(
            graph,
            a=_node("void:Dataset"),
            dcterms_title=_english(f"The named graph {graph.rpartition('/')[2]}"),
            void_triples=int(row["triples"]),
            void_distinctSubjects=int(row["subjects"]),
            void_properties=int(row["properties"]),
            void_classes=len(members),
            void_distinctObjects=int(row["objects"]),
        )
        for other in members:
            _class_partition(triples, graph, stem, other)
        for other in uses:
            _property_partition(triples, graph, stem, other)
    for row in _answer("linksets", store):
        _linkset(triples, row)


def _class_partition(triples: _Triples, whole: str, stem: str, row: dict[str, str]) -> None:
    part = f"{stem}class-{_short(row['class'])}"
    triples.say(whole, void_classPartition=NamedNode(part))
    triples.say(part, void_class=NamedNode(row["class"]), void_entities=int(row["entities"]))


def _property_partition(triples: _Triples, whole: str, stem: str, row: dict[str, str]) -> None:
    part = f"{stem}property-{_short(row['property'])}"
    counts = {f"void_{term}": int(row[key]) for key, term in _COUNTED if key in row}
    triples.say(whole, void_propertyPartition=NamedNode(part))
    triples.say(part, void_property=NamedNode(row["property"]), **counts)


_COUNTED = (("triples", "triples"), ("subjects", "distinctSubjects"), ("objects", "distinctObjects"))


def _linkset(triples: _Triples, row: dict[str, str]) -> None:
    target = f"{DATASET}#target-{row['target']}"
    links = f"{DATASET}#links-{row['target']}-{_short(row['predicate'])}"
    triples.say(target, a=_node("void:Dataset"), dcterms_title=_english(row["label"]), foaf_homepage=NamedNode(row["home"]))
    triples.say(DATASET, void_subset=NamedNode(links))
    triples.say(
        links,
        a=_node("void:Linkset"),
        void_linkPredicate=NamedNode(row["predicate"]),
        void_subjectsTarget=NamedNode(DATASET),
        void_objectsTarget=NamedNode(target),
        void_triples=int(row["triples"]),
    )


def _namespace(iri: str) -> str:
    return re.sub(r"[^#/]*$", "", iri)


def _short(iri: str) -> str:
    """A name for an IRI that can stand in another: ``dcterms-title``."""
    for prefix, space in _PREFIXES.items():
        if iri.startswith(space):
            return f"{prefix}-{quote(iri.removeprefix(space), safe='')}"
    return quote(iri, safe="")


# -- RO-Crate


def _crate(release: _Release, files: list[File]) -> str:
    """RO-Crate 1.2 metadata, https://www.researchobject.org/ro-crate/specification/1.2/."""
    top = [file.path for file in files if "/" not in file.path]
    tables = [file.path for file in files if file.path.startswith("tables/")]
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "identifier": DATASET,
        "name": release.title,
        "description": release.description,
        "version": release.version,
        "datePublished": release.date,
        **({"license": {"@id": release.licence}} if release.licence else {}),
        "creator": {"@id": _CREATOR},
        "publisher": {"@id": _CREATOR},
        "url": BASE,
        "hasPart": [*_references(top), *_references(["tables/"] if tables else [])],
    }
    licence = {
        "@id": release.licence,
        "@type": "CreativeWork",
        "name": "CC0 1.0 Universal",
        "identifier": "CC0-1.0",
        "description": "Public domain dedication: the data may be used for any purpose without asking.",
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
            "@id": _CRATE,
            "@type": "CreativeWork",
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"},
            "about": {"@id": "./"},
        },
        root,
        *([folder] if tables else []),
        *map(_file_entity, files),
        *({"@id": iri, "@type": "WebPage", "name": name} for iri, name in sorted(_formats(files).items())),
        *([licence] if release.licence else []),
        {"@id": _CREATOR, "@type": "Organization", "name": _CREATOR_NAME, "url": _CREATOR},
    ]
    document = {"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": graph}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _file_entity(file: File) -> dict[str, Any]:
    formats: list[Any] = [file.media_type, *([{"@id": file.format_iri}] if file.format_iri else [])]
    return {
        "@id": file.path,
        "@type": "File",
        "name": file.path,
        "description": _ABOUT.get(file.path, f"{_subject(file.path)} as {file.format}."),
        "encodingFormat": formats if len(formats) > 1 else formats[0],
        "contentSize": str(file.size),
        "sha256": file.sha256,
    }


_ABOUT = {
    _CONTEXT: "JSON-LD context: the ontology's own words as JSON keys.",
    _VOID: "Description of the data set in VoID, DCAT and schema.org, with its counts and example queries.",
}


def _subject(path: str) -> str:
    if path.startswith("tables/"):
        return f"The table {Path(path).stem}"
    return "The graph with its named graphs" if path.endswith((".nq", ".trig")) else "The union of the named graphs"


def _formats(files: Iterable[File]) -> dict[str, str]:
    return {file.format_iri: file.format for file in files if file.format_iri is not None}


def _references(ids: Iterable[str]) -> list[dict[str, str]]:
    return [{"@id": id} for id in ids]
