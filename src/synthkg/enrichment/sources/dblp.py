"""dblp's XML (https://dblp.org/xml/, one file of gigabytes, or the XML of single records).

The key says the venue; a record of CoRR is the arXiv preprint. dblp numbers namesakes (``Wei Wang 0001``); the number is no
part of the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from xml.etree.ElementTree import Element

from synthkg.enrichment.publication import Publication, Source, Wanted, of_acl
from synthkg.enrichment.sources.files import files_of, xml_elements, year_of
from synthkg.model import acl, acl_of_doi, arxiv, doi, openreview

__all__ = ["DBLP"]

_VENUES = {"nips": "neurips"}
_TYPES = {"inproceedings": "conference-paper", "article": "journal-article"}


def _read(path: Path, wanted: Wanted) -> Iterator[Publication | None]:
    for file in files_of(path, ".xml"):
        for tag, record in xml_elements(file, *_TYPES, "info"):
            if key := record.get("key") or record.findtext("key"):
                yield _publication(tag, record, key)


def _publication(tag: str, record: Element, key: str) -> Publication | None:
    if tag == "info":  # an answer of the search says the same in other elements
        tag = {"Conference and Workshop Papers": "inproceedings"}.get(record.findtext("type") or "", "article")
    page = f"https://dblp.org/rec/{key}"
    kind, _, rest = key.partition("/")
    series, year = rest.partition("/")[0], record.findtext("year") or ""
    links = [link.text or "" for link in record.iter("ee")]
    is_preprint = (kind, series) == ("journals", "corr")
    work = next(filter(None, map(doi, links)), None)
    id = next(filter(None, map(acl, links)), None) or acl_of_doi(work or "")
    said = of_acl(id)
    title = "".join(record.find("title").itertext()) if record.find("title") is not None else ""  # type: ignore[union-attr]
    if kind not in ("conf", "journals") or not title:
        return None
    return Publication(
        page=page,
        title=" ".join(title.split()).removesuffix("."),
        authors=tuple(re.sub(r" \d{4}$", "", "".join(name.itertext()).strip()) for name in record.iter("author")),
        ids=tuple((("dblp", pid),) if (pid := name.get("pid")) else () for name in record.iter("author")),
        type="preprint" if is_preprint else said.type or _TYPES[tag],
        venue="arxiv" if is_preprint else said.venue or _VENUES.get(series, series),
        year=None if is_preprint else year_of(year),
        track=said.track,
        pages=None if is_preprint else _pages(record.findtext("pages")),
        arxiv=next(filter(None, map(arxiv, [*links, page])), None) if is_preprint else None,
        doi=None if is_preprint else work,
        acl=id,
        openreview=next(filter(None, map(openreview, links)), None),
    )


def _pages(text: str | None) -> str | None:
    return text.replace("-", "–") if text and re.fullmatch(r"\d+-\d+", text) else None


def _requests(wanted: Wanted) -> Iterator[str]:
    """The search by title: https://dblp.org/faq/How+to+use+the+dblp+search+API.html."""
    return (f"/search/publ/api?format=xml&h=5&q={quote(title)}" for title in sorted(wanted.titles))


DBLP = Source(
    "dblp",
    "dblp's XML dump, the XML of single records, or an answer of its search",
    "aggregator",
    _read,
    home="https://dblp.org",
    requests=_requests,
    ending=".xml",
    pace=2.0,
)
