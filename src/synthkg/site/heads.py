"""What machines read in the head of a page: Highwire's metas for Zotero, schema.org for search engines, COinS on lists.

Addresses are those of the web alone, since others follow them: a graph of somebody else's may have any.

Zotero takes ``citation_…`` metas (https://www.zotero.org/support/dev/exposing_metadata) and offers the works of a page by its
COinS spans (https://www.zotero.org/support/dev/exposing_metadata/coins). Both say of a paper what the bibliography view says.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from synthkg.model import BASE, doi_url, is_url
from synthkg.profiles import Profile
from synthkg.site.contents import Contents, Row
from synthkg.views import container_of, to_unicode

__all__ = ["citation", "coins", "json_ld", "schema"]

_CONTAINERS = {"article-journal": "citation_journal_title", "paper-conference": "citation_conference_title"}
_CONTAINERS |= {"report": "citation_technical_report_institution"}
_GENRES = {
    "article-journal": ("journal", "article"),
    "paper-conference": ("book", "proceeding"),
    "report": ("book", "report"),
    "article": ("journal", "preprint"),
}
"""Type of a work -> the format of OpenURL that describes it, and its genre there."""
_PLACES = {"article-journal": ("isPartOf", "Periodical"), "paper-conference": ("publication", "PublicationEvent")}
"""Type of a work -> the property of schema.org that says where it appeared, and what that is."""
_VENUES = {"journal": "Periodical", "conference": "EventSeries", "workshop": "EventSeries"}
_TYPES = {"code": "SoftwareSourceCode", "data set": "Dataset", "project page": "WebPage", "demo": "SoftwareApplication"}


def citation(rows: Sequence[Row]) -> list[tuple[str, str]]:
    """The metas of a paper in the version to cite: names and contents, in order."""
    if not rows:
        return []
    work = rows[0]
    first, _, last = work.get("pages", "").partition("–")
    metas = [
        ("citation_title", to_unicode(work["title"])),
        *(("citation_author", row["author"]) for row in rows if row.get("author")),
        ("citation_publication_date", _day(work)),
        (_CONTAINERS.get(work["type"], ""), container_of(work)),
        ("citation_doi", work.get("doi", "")),
        ("citation_arxiv_id", work.get("arxiv", "")),
        ("citation_firstpage", first),
        ("citation_lastpage", last),
        ("citation_abstract_html_url", work.get("url", "")),
    ]
    return [(name, content) for name, content in metas if name and content]


def _day(work: Row) -> str:
    """Year, month and day with slashes, as far as they are known and agree with the year of publication."""
    date, year = work.get("date", ""), work.get("year", "")
    return (date if date.startswith(year) else year).replace("-", "/")


def coins(rows: Sequence[Row]) -> str:
    """A paper as an OpenURL context object, in the words of the formats ``journal`` and ``book`` of ANSI/NISO Z39.88-2004."""
    work = rows[0]
    form, genre = _GENRES[work["type"]]
    container = {"article": "rft.jtitle", "proceeding": "rft.btitle", "report": "rft.pub"}.get(genre, "")
    said = [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", f"info:ofi/fmt:kev:mtx:{form}"),
        ("rft.genre", genre),
        ("rft.btitle" if genre == "report" else "rft.atitle", to_unicode(work["title"])),
        (container, container_of(work) if container else ""),
        ("rft.date", _day(work).replace("/", "-")),
        *(("rft.aucorp" if row.get("group") == "yes" else "rft.au", row["author"]) for row in rows if row.get("author")),
        ("rft.pages", work.get("pages", "")),
        ("rft_id", f"info:doi/{work['doi']}" if work.get("doi") else work.get("url", "")),
        ("rft.type", genre if genre == "preprint" else ""),  # for Zotero; before the title, it would take that away
    ]
    return urlencode([(name, value) for name, value in said if value])


def json_ld(described: dict[str, Any]) -> str:
    """JSON-LD that can stand in a script element: nothing in it can end the element."""
    text = json.dumps({"@context": "https://schema.org"} | described, ensure_ascii=False, sort_keys=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def schema(contents: Contents, profile: Profile) -> dict[str, Any]:
    """A thing in the words of schema.org, without what is not known."""
    about = profile.facts
    said: dict[str, Any] = {"@id": profile.iri, "name": profile.title, "url": _address(about.get("address", ()))}
    match profile.kind:
        case "paper":
            said |= _article(contents, profile) | {"description": _first(about.get("summary", ()))}
        case "method" | "concept" | "term":
            said |= {"@type": "DefinedTerm", "description": _first(about.get("definition", ()))}
        case "artifact":
            kind = _first(about.get("kind", ())) or ""
            said |= {"@type": _TYPES.get(kind, "CreativeWork"), "license": _licence(about.get("licence", ()))}
            said["alternateName"] = about.get("also called")
            if kind == "data set":
                said["description"] = _described(contents, profile)
        case "venue":
            said |= {"@type": _VENUES.get(_first(about.get("kind", ())) or "", "CreativeWork")}
            said["alternateName"] = about.get("acronym")
        case "list":
            said |= {"@type": "ItemList", "numberOfItems": int(_first(about.get("entries", ())) or 0)}
        case "scheme":
            said |= {"@type": "DefinedTermSet", "description": _first(about.get("description", ()))}
        case "person":
            said |= {"@type": "Person"}
        case _:
            said |= {"@type": "Thing"}
    said["sameAs"] = sorted(filter(is_url, _counterparts(profile))) or None
    return {key: value for key, value in said.items() if value}


def _article(contents: Contents, profile: Profile) -> dict[str, Any]:
    rows = contents.bibliography.get(profile.iri.removeprefix(f"{BASE}paper/"), [])
    work = rows[0] if rows else {}
    doi, container = work.get("doi"), container_of(work)
    property, kind = _PLACES.get(work.get("type", ""), ("isPartOf", "CreativeWork"))
    return {
        "@type": "ScholarlyArticle",
        "headline": profile.title,
        "author": [
            {"@type": "Organization" if row.get("group") == "yes" else "Person", "name": row["author"]}
            for row in rows
            if row.get("author")
        ],
        "datePublished": _day(work).replace("/", "-"),
        property: {"@type": kind, "name": container} if container else None,
        "pagination": work.get("pages"),
        "identifier": [doi_url(doi)] if doi else None,
        "url": work.get("url"),
    }


def _described(contents: Contents, profile: Profile) -> str:
    """A sentence about a data set, since search engines want fifty characters."""
    section = profile.section("papers")
    papers = [contents.labels.of(row[0].value) for row in section.table.rows if row[0] is not None] if section else []
    of = f"of the paper {papers[0]}" if papers else "in a knowledge graph of scholarly works"
    return f"{profile.title}, a data set {of}."


def _counterparts(profile: Profile) -> Iterable[str]:
    section = profile.section("in-other-graphs")
    if section is None:
        return
    place, relation = section.table.columns.index("counterpart"), section.table.columns.index("relation")
    for row in section.table.rows:
        if (term := row[place]) is not None and (how := row[relation]) is not None and how.value.endswith("exactMatch"):
            yield term.value


def _licence(said: Sequence[str]) -> str | dict[str, str] | None:
    """The licence's address, or a work of its name where it has none: schema.org takes no text."""
    name = _first(said)
    return _address(said) or ({"@type": "CreativeWork", "name": name} if name else None)


def _address(said: Sequence[str]) -> str | None:
    return _first([text for text in said if is_url(text)])


def _first(values: Sequence[str]) -> str | None:
    return values[0] if values else None
