"""The pages about the graph itself: saved queries, the ontology, the fields of records, the data set."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from pyoxigraph import Literal, NamedNode

from synthkg.catalog import part_of
from synthkg.findings import counted
from synthkg.giving import ENDINGS
from synthkg.graph import Query, Table
from synthkg.model import BASE, NAMESPACE
from synthkg.site.cells import Cell, Line, Sheet, cell, facts, sheet
from synthkg.site.contents import Contents
from synthkg.site.extras import drawn_picture
from synthkg.site.fields import record_types
from synthkg.site.heads import json_ld
from synthkg.site.pages import Pages, root_of
from synthkg.views import FORMATS, described, joined, sparql_json

__all__ = ["references"]

_MOST = 200  # rows of an answer on a page; its CSV has all
_FIELDS = (
    "Every key that a data file may have: what it holds, when it must be there, what it means, which property it "
    "becomes in the graph, and a value from the graph. Made from the record types, the ontology and the shapes that check them."
)
_DESCRIPTION = "http://purl.org/dc/terms/description"


def references(contents: Contents, pages: Pages, downloads: Sequence[tuple[str, int]]) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of each of these pages, and of the answers beside them.

    Args:
        contents: The graph.
        pages: What makes pages.
        downloads: Files of the release, with how many bytes each has.
    """
    for name, query in contents.queries.items():
        yield from _query(contents, pages, name, query)
    versions = [document for document in contents.documents if document.startswith("ontology/") and document[9:10].isdecimal()]
    for document in ("ontology", *versions):
        yield f"{document}.html", _ontology(contents, pages, document)
    for name, words in (("shapes", "Shapes that records have (SHACL)"), ("alignments", "What other vocabularies call our terms")):
        document = f"ontology/{name}"
        if document in contents.documents:
            triples = contents.documents[document]
            subjects = sorted({triple.subject.value for triple in triples if isinstance(triple.subject, NamedNode)})
            table = Table(("term",), [(NamedNode(iri),) for iri in subjects])
            section = _section("terms", "Terms", sheet(contents, table, document, "../", set()))
            told = f"{counted(len(triples), 'triple')}."
            shown = {"title": words, "kind": "Ontology", "sections": [section], "description": told}
            yield f"{document}.html", pages.render("plain.html", document, has_forms=True, canonical=BASE + document, **shown)
    yield (
        "records.html",
        pages.render("records.html", "records", title="The fields of records", description=_FIELDS, types=record_types(contents)),
    )
    yield "dataset.html", _dataset(contents, pages, downloads)


def _query(contents: Contents, pages: Pages, name: str, query: Query) -> Iterator[tuple[str, bytes]]:
    document = f"query/{name}"
    needed = [parameter.name for parameter in query.parameters if parameter.default is None]
    table = Table((), []) if needed else contents.answer(name)
    values = [(parameter.name, parameter.default or "…") for parameter in query.parameters]
    call = " ".join(["synthkg query", name, *(f"-p {key}={shlex.quote(value)}" for key, value in values)])
    given = "".join(f", {key}={value!r}" for key, value in values)
    page = joined(query, table) if query.header.get("form") == "text" else ""
    yield (
        f"{document}.html",
        pages.render(
            "query.html",
            document,
            title=name,
            summary=query.summary,
            description=query.summary,
            note=" ".join(str(query.header.get("description", "")).split()),
            parameters=values,
            needed=" and ".join(needed),
            sheet=sheet(contents, table, document, "../", set(), _MOST),
            page=page,
            shell=f"{call}\n",
            python=f'import synthkg\n\nkg = synthkg.open()\nprint(kg.query("{name}"{given}))\n',
            sparql=query.text if needed else query.bind({}),
            canonical=contents.lasting(document),
            here="queries.html",
            has_forms=document in contents.documents,
        ),
    )
    yield f"{document}.rq", query.text.encode()
    if not needed:
        yield f"{document}.csv", FORMATS["csv"](table).encode()
        yield f"{document}.json", sparql_json(table, indent=None).encode()
    if page:
        yield f"{document}.md", page.encode()


def _ontology(contents: Contents, pages: Pages, document: str) -> bytes:
    iri = f"{BASE}ontology"
    said = {
        triple.predicate.value: triple.object for triple in contents.documents["ontology"] if str(triple.subject) == f"<{iri}>"
    }
    description = said.get(_DESCRIPTION)
    root = root_of(document)
    groups: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    has: defaultdict[str, list[Cell]] = defaultdict(list)
    taken = {"main", "parts", "the-model"}
    for row in sorted(contents.rows("ontology-terms"), key=lambda row: row["term"].casefold()):
        profile = contents.profile(row["term"])
        id = row["term"].removeprefix(NAMESPACE)
        if id in taken:
            continue
        taken.add(id)
        about, examples = profile.section("about"), profile.section("in-the-graph")
        term = {"id": id, "label": row["label"], "used": int(row["used"]), "facts": facts(contents, about, root) if about else []}
        term["samples"] = [cell(contents, found[0], root) for found in examples.table.rows] if examples else []
        groups["Classes" if row["kind"] == "class" else "Properties"].append(term)
        for domain in about.facts.get("of", ()) if about and row["kind"] == "property" else ():
            has[domain].append(Cell(id, f"#{id}"))
    for group in groups.values():
        for term in group:
            term["properties"] = has.get(NAMESPACE + str(term["id"]), [])
    places = contents.places.get("ontology", ())
    return pages.render(
        "ontology.html",
        document,
        title=contents.labels.of(iri),
        description=description.value if isinstance(description, Literal) else "",
        iri=iri,
        prefix="synthkg",
        canonical=BASE + document,
        has_forms=True,
        groups=[{"title": title, "id": title.casefold(), "terms": terms} for title, terms in sorted(groups.items())],
        schemes=[cell(contents, NamedNode(scheme), root) for scheme in contents.things("scheme")],
        model=drawn_picture(contents, "model", document),
        parts=[{"id": place} for place in places if place not in taken],
    )


def _section(id: str, title: str, shown: Sheet, query: str = "") -> dict[str, Any]:
    return {"id": id, "title": title, "sheet": shown, "query": query}


def _dataset(contents: Contents, pages: Pages, downloads: Sequence[tuple[str, int]]) -> bytes:
    files = Table(("file", "bytes"), [(Literal(name), Literal(f"{size:,}")) for name, size in downloads])
    shown = sheet(contents, files, "dataset", "", set())
    linked = [Line(line.id, (Cell(line.cells[0].text, f"dump/{line.cells[0].text}"), *line.cells[1:])) for line in shown.lines]
    sections = [_section("downloads", "Downloads", Sheet(shown.columns, tuple(linked), shown.total))]
    if contents.makers:
        part = part_of(contents.iri, "")
        made = []
        for iri, name in sorted(contents.makers.items()):
            is_part = iri.startswith(part)
            made.append(Line(iri.partition(part)[2], (Cell(name, "" if is_part else iri, is_elsewhere=not is_part),)))
        sections.append(_section("makers", "Who made it", Sheet(("made by",), tuple(made), len(made))))
    asked = {"counts": "How much there is", "facts": "What is established", "link-coverage": "Links to other graphs"}
    for name, title in asked.items():
        sections.append(_section(name, title, sheet(contents, contents.answer(name), "dataset", "", set()), name))
    page = contents.lasting("dataset")
    about = {
        "@type": "Dataset",
        "@id": contents.iri,
        "name": contents.title,
        "description": f"{described(contents.subject)}. Papers, versions, methods, code, data and models, with evidence for each "
        "fact, and the reading lists that they came from with their errata.",
        "url": page or contents.home,
        "license": contents.licence,
        "distribution": [
            {"@type": "DataDownload", "contentUrl": contents.download(name), "encodingFormat": encoding}
            for name, _ in downloads
            for ending, form in ENDINGS.items()
            for packing, encoding in (("", form.media_type), (".gz", "application/gzip"))
            if name == f"synthkg.{ending}{packing}"
        ],
    }
    return pages.render(
        "plain.html",
        "dataset",
        title="The data set",
        kind="Data set",
        description=str(about["description"]),
        schema=json_ld({key: value for key, value in about.items() if value}),
        canonical=page,
        has_forms=bool(contents.documents.get("dataset")),
        sections=sections,
        here="dataset.html",
    )
