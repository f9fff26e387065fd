"""The data set described in VoID, DCAT and schema.org: ``void.ttl``.

The words of DCAT are used as DCAT-AP 3.0.1 asks (https://semiceu.github.io/DCAT-AP/releases/3.0.1/): what is a licence, a format
or an algorithm is said to be one, and a distribution has an address at which it is got.

What a data set has besides its graph, an address of its downloads and a service, is said where it is known: of the first
`Release.downloads`, and a service of ours alone.

Every count is what a saved query (``queries/statistics/``) answers on the graph that was dumped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from synthkg import project
from synthkg.graph import PREFIXES, Asked, OxigraphStore, Query, load_query
from synthkg.model import BASE
from synthkg.release.contents import DATASET, DOWNLOADS, ONTOLOGY, SHAPES, VOID, File, Release
from synthkg.release.statistics import Statistics
from synthkg.views import TARGET, answerable, rows_of, to_examples

__all__ = ["ASKED", "Answers", "answers", "asked", "void"]

ASKED = ("latest", "linksets", "samples")
"""The saved statistics that are asked of the graph; the others are counted."""

Answers = Mapping[str, list[dict[str, str]]]
"""Their rows, by name."""

_SHA256 = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_PREFIXES = PREFIXES | {
    "dcat": "http://www.w3.org/ns/dcat#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "schema": "https://schema.org/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "sh": "http://www.w3.org/ns/shacl#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vann": "http://purl.org/vocab/vann/",
    "void": "http://rdfs.org/ns/void#",
}


def void(release: Release, files: list[File], answers: Answers, statistics: Statistics) -> bytes:
    """The description as Turtle."""
    prefixes = {**_PREFIXES, "part": release.part(""), "dump": DOWNLOADS, "query": BASE + "query/", "graph": BASE + "graph/"}
    return serialize(_description(release, files, answers, statistics), format=RdfFormat.TURTLE, prefixes=prefixes) or b""


def asked() -> list[Asked]:
    """What `answers` asks of a graph, as a store that remembers is told."""
    return [_asked(_statistic(name)) for name in ASKED]


def answers(store: OxigraphStore) -> Answers:
    """The answers of a graph."""
    every = {name: _statistic(name) for name in ASKED}
    return {name: store.remembered(_asked(query), partial(_rows, query, store)) for name, query in every.items()}


def _asked(query: Query) -> Asked:
    return "rows", query.text


def _rows(query: Query, store: OxigraphStore) -> list[dict[str, str]]:
    return list(rows_of(query.rows(store)))


def _statistic(name: str) -> Query:
    return load_query(project.folder("queries") / "statistics" / f"{name}.rq")


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


def _said(release: Release, text: str) -> Literal:
    """What a release says of itself: nobody knows in which language others do."""
    return _english(text) if release.iri == DATASET else Literal(text)


def _date(text: str) -> Literal:
    return Literal(text, datatype=_node("xsd:date"))


def _description(release: Release, files: list[File], answers: Answers, statistics: Statistics) -> _Triples:
    triples = _Triples()
    triples.say(
        release.downloads + VOID if release.downloads else release.part(VOID),
        a=_node("void:DatasetDescription"),
        dcterms_title=_english(f"Description of the data set {release.title}"),
        foaf_primaryTopic=NamedNode(release.iri),
    )
    _release(triples, release)
    triples.say(
        release.iri,
        void_uriSpace=BASE,
        void_exampleResource=[NamedNode(row["first"]) for row in answers["samples"] if "first" in row],
    )
    _standards(triples, release)
    for file in files:
        if file.is_data:
            _distribution(triples, file, release)
    _statistics(triples, release, answers, statistics)
    _examples(triples, release)
    return triples


def _release(triples: _Triples, release: Release) -> None:
    """What the data set is called, who made it, and under which licence."""
    licence = NamedNode(release.licence) if release.licence else None
    makers = [NamedNode(maker.iri) for maker in release.makers]
    triples.say(
        release.iri,
        a=[_node("void:Dataset"), _node("dcat:Dataset"), _node("schema:Dataset")],
        dcterms_title=_said(release, release.title),
        schema_name=release.title,
        dcterms_description=_said(release, release.description),
        schema_description=release.description,
        dcterms_identifier=release.iri,
        dcterms_license=licence,
        schema_license=licence,
        dcterms_creator=makers,
        schema_creator=makers,
        dcterms_publisher=NamedNode(release.publisher.iri) if release.publisher else None,
        dcat_keyword=[_said(release, word) for word in release.keywords],
        schema_keywords=list(release.keywords),
        dcat_version=release.version,
        schema_version=release.version,
        dcterms_modified=_date(release.date) if release.date else None,
        schema_dateModified=_date(release.date) if release.date else None,
        foaf_homepage=NamedNode(release.home) if release.home else None,
    )
    for maker in release.makers:
        kind = _node("schema:Person" if maker.is_person else "schema:Organization")
        triples.say(maker.iri, a=[_node("foaf:Agent"), kind], foaf_name=maker.name, schema_name=maker.name)
    if licence:
        triples.say(licence.value, a=_node("dcterms:LicenseDocument"))


def _standards(triples: _Triples, release: Release) -> None:
    """The shapes and the ontology, to which the data set conforms."""
    for standard, name in (
        (DOWNLOADS + SHAPES, "The shapes that all of it satisfies"),
        (f"{BASE}ontology", "The synthkg ontology"),
    ):
        triples.say(release.iri, dcterms_conformsTo=NamedNode(standard))
        triples.say(standard, a=_node("dcterms:Standard"), dcterms_title=_english(name))
    triples.say(f"{BASE}ontology", rdfs_seeAlso=NamedNode(DOWNLOADS + ONTOLOGY))


def _distribution(triples: _Triples, file: File, release: Release) -> None:
    node = release.part(file.path.replace("/", "-"))
    url = NamedNode(release.downloads + file.path) if release.downloads else None
    is_rdf = file.format_iri is not None
    what = "the graph" if is_rdf else f"the table {Path(file.path).stem}"
    triples.say(release.iri, dcat_distribution=NamedNode(node), schema_distribution=NamedNode(node))
    if file.format_iri is not None:
        triples.say(release.iri, void_dataDump=url, void_feature=NamedNode(file.format_iri))
        triples.say(file.format_iri, a=_node("dcterms:MediaTypeOrExtent"))
    media_type = _media_type(triples, file.media_type)
    gzip = _media_type(triples, file.encoding) if file.is_packed else None
    triples.say(
        node,
        a=[_node("dcat:Distribution"), _node("schema:DataDownload")],
        dcterms_title=_english(f"{what[0].upper()}{what[1:]} as {file.format}{', packed with gzip' if gzip else ''}"),
        dcat_accessURL=url or NamedNode(release.home or release.iri),
        dcat_downloadURL=url,
        schema_contentUrl=url,
        dcat_mediaType=media_type,
        dcat_compressFormat=gzip,
        schema_encodingFormat=file.encoding,
        dcterms_format=NamedNode(file.format_iri) if file.format_iri else None,
        dcat_byteSize=Literal(str(file.size), datatype=_node("xsd:nonNegativeInteger")),
        schema_contentSize=f"{file.size} B",
        dcterms_license=NamedNode(release.licence) if release.licence else None,
        schema_sha256=file.sha256,
        spdx_checksum=NamedNode(node + "-sha256"),
    )
    triples.say(_SHA256, a=_node("spdx:ChecksumAlgorithm"))
    triples.say(
        node + "-sha256",
        a=_node("spdx:Checksum"),
        spdx_algorithm=NamedNode(_SHA256),
        spdx_checksumValue=Literal(file.sha256, datatype=_node("xsd:hexBinary")),
    )


def _media_type(triples: _Triples, name: str | None) -> NamedNode | None:
    if name is None:
        return None
    triples.say(_MEDIA_TYPES + name, a=_node("dcterms:MediaType"))
    return NamedNode(_MEDIA_TYPES + name)


def _statistics(triples: _Triples, release: Release, answers: Answers, statistics: Statistics) -> None:
    """The counts of the graph and of its parts by class, by property and by named graph, and its links."""
    say = triples.say
    (whole,) = statistics.rows("dataset")
    properties, classes = statistics.rows("properties"), statistics.rows("classes")
    used = {_namespace(row[key]) for rows, key in ((properties, "property"), (classes, "class")) for row in rows}
    say(
        release.iri,
        void_triples=int(whole["triples"]),
        void_entities=int(whole["entities"]),
        void_distinctSubjects=int(whole["subjects"]),
        void_properties=int(whole["properties"]),
        void_classes=len(classes),
        void_distinctObjects=int(whole["objects"]),
        void_vocabulary=[NamedNode(space) for space in sorted(used)],
    )
    for row in classes:
        _class_partition(triples, release.iri, release.part(""), row)
    for row in properties:
        _property_partition(triples, release.iri, release.part(""), row)
    for row in statistics.rows("class-properties"):
        part = release.part(f"class-{_short(row['class'])}")
        _property_partition(triples, part, part + "-", row)
    by_graph = statistics.rows("graph-classes"), statistics.rows("graph-properties")
    for row in statistics.rows("graphs"):
        graph = row["graph"]
        stem = release.part(f"{graph.rpartition('/')[2]}-")
        members, uses = ([other for other in rows if other["graph"] == graph] for rows in by_graph)
        say(release.iri, void_subset=NamedNode(graph))
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
    for row in answers["linksets"]:
        _linkset(triples, release, row)


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


def _linkset(triples: _Triples, release: Release, row: dict[str, str]) -> None:
    target = release.part(f"target-{row['target']}")
    links = release.part(f"links-{row['target']}-{_short(row['predicate'])}")
    triples.say(target, a=_node("void:Dataset"), dcterms_title=_english(row["label"]), foaf_homepage=NamedNode(row["home"]))
    triples.say(release.iri, void_subset=NamedNode(links))
    triples.say(
        links,
        a=_node("void:Linkset"),
        void_linkPredicate=NamedNode(row["predicate"]),
        void_subjectsTarget=NamedNode(release.iri),
        void_objectsTarget=NamedNode(target),
        void_triples=int(row["triples"]),
    )


def _examples(triples: _Triples, release: Release) -> None:
    """The saved queries, and the service that answers them, if there is one."""
    service = NamedNode(TARGET) if release.iri == DATASET else None
    if service:
        triples.say(
            TARGET,
            a=_node("sd:Service"),
            sd_endpoint=service,
            sd_supportedLanguage=_node("sd:SPARQL11Query"),
            sd_feature=_node("sd:UnionDefaultGraph"),  # the saved queries name no graph
        )
    saved = answerable()
    if service is None:  # what others take by default is one of our things
        saved = [query for query in saved if not any(each.base or each.properties for each in query.parameters)]
    for example in to_examples(saved):
        triples.say(release.iri, schema_subjectOf=NamedNode(example.iri))
        triples.say(
            example.iri,
            a=[_node("sh:SPARQLExecutable"), _node("sh:SPARQLSelectExecutable")],
            rdfs_comment=_english(example.summary),
            schema_description=_english(example.description) if example.description else None,
            schema_keywords=list(example.tags),
            schema_target=service,
            sh_select=example.sparql,
        )


def _namespace(iri: str) -> str:
    return re.sub(r"[^#/]*$", "", iri)


def _short(iri: str) -> str:
    """A name for an IRI that can stand in another: ``dcterms-title``."""
    for prefix, space in _PREFIXES.items():
        if iri.startswith(space):
            return f"{prefix}-{quote(iri.removeprefix(space), safe='')}"
    return quote(iri, safe="")
