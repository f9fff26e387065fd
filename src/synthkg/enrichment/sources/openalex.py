"""Works of OpenAlex: its snapshot's JSON lines, or an answer of its API (https://docs.openalex.org/api-entities/works/work-object).

A work there joins versions: it may have arXiv's DOI and its place at a conference. Only its identifiers and the place of its
primary location are taken, and no track, which it does not know.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from synthkg.enrichment.publication import Publication, Source, Wanted, of_acl
from synthkg.enrichment.sources.files import files_of, json_items, plain, unmarked
from synthkg.model import acl, arxiv, doi

__all__ = ["OPENALEX"]


def _read(path: Path, wanted: Wanted) -> Iterator[Publication | None]:
    for file in files_of(path, ".json", ".jsonl", ".gz"):  # the snapshot has works/updated_date=2024-01-01/part_000.gz
        for item in json_items(file):
            works = item.get("results", [item]) if isinstance(item, dict) else []
            yield from (_publication(work) if work.get("title") else None for work in works if work.get("id"))


def _publication(work: dict[str, Any]) -> Publication:
    location = work.get("primary_location") or {}
    url = location.get("landing_page_url") or ""
    place = (location.get("source") or {}).get("display_name") or ""
    number, id = arxiv(work.get("doi") or "") or arxiv(url), acl(url)
    is_preprint = number is not None and id is None
    said, biblio = of_acl(id), work.get("biblio") or {}
    first, last = plain(biblio.get("first_page")), plain(biblio.get("last_page"))
    return Publication(
        page=plain(work["id"]),
        title=unmarked(work["title"]),
        authors=tuple(each.get("raw_author_name") or each["author"]["display_name"] for each in work.get("authorships") or []),
        type="preprint" if is_preprint else said.type,
        venue="arxiv" if is_preprint else said.venue or place or None,
        year=None if is_preprint else work.get("publication_year"),
        track=said.track,
        pages=f"{first}–{last}" if first and last and first != last and not is_preprint else None,
        arxiv=number,
        doi=None if is_preprint else doi(work.get("doi") or ""),
        acl=id,
    )


def _requests(wanted: Wanted) -> Iterator[str]:
    dois = [*wanted.values("doi"), *(f"10.48550/arxiv.{id}" for id in wanted.values("arxiv"))]
    return (f"/works/doi:{quote(doi, safe='/')}" for doi in dois)


OPENALEX = Source(
    "openalex",
    "works of OpenAlex, JSON lines or an answer of its API",
    "aggregator",
    _read,
    home="https://api.openalex.org",
    requests=_requests,
)
