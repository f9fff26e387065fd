"""Works of Crossref: JSON lines, or an answer of its API (https://api.crossref.org/swagger-ui/index.html).

It is where publishers register. Some deposit the title with mark-up, and what stands behind its colon as the subtitle.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from synthkg.enrichment.publication import Publication, Source, Wanted
from synthkg.enrichment.sources.files import files_of, json_items, plain, unmarked
from synthkg.model import doi, doi_url, printed_name

__all__ = ["CROSSREF"]

_TYPES = {"proceedings-article": "conference-paper", "journal-article": "journal-article", "posted-content": "preprint"}


def _read(path: Path, wanted: Wanted) -> Iterator[Publication | None]:
    for file in files_of(path, ".json", ".jsonl"):
        for item in json_items(file):
            message = item.get("message", item) if isinstance(item, dict) else {}
            works = [work for work in message.get("items", [message]) if work.get("DOI")]
            yield from (_publication(work) if work.get("title") else None for work in works)


def _publication(work: dict[str, Any]) -> Publication | None:
    number = doi(work["DOI"])
    if number is None:
        return None
    parts = ((work.get("published-online") or work.get("published") or {}).get("date-parts") or [[]])[0]
    names = [
        printed_name(*(plain(name.get(part)) for part in ("given", "family", "suffix"))) or name.get("name") or ""
        for name in work.get("author", [])
    ]
    page = plain(work.get("page"))
    return Publication(
        page=doi_url(number),
        title=_title(work),
        authors=tuple(map(unmarked, names)),
        type=_TYPES.get(plain(work.get("type"))),
        venue=unmarked(next(iter(work.get("container-title") or []), None)) or None,
        year=parts[0] if parts and parts[0] else None,
        date="-".join(f"{part:02}" for part in parts) if parts and parts[0] else None,
        pages=page.replace("-", "–") or None,
        doi=number,
    )


def _title(work: dict[str, Any]) -> str:
    """The title with its subtitle, unless that is in it already."""
    title, subtitle = unmarked(work["title"][0]), unmarked(next(iter(work.get("subtitle") or []), None))
    return f"{title.removesuffix(':')}: {subtitle}" if subtitle and subtitle.lower() not in title.lower() else title


def _requests(wanted: Wanted) -> Iterator[str]:
    return (f"/works/{quote(doi, safe='/')}" for doi in wanted.values("doi"))


CROSSREF = Source(
    "crossref",
    "works of Crossref, JSON lines or an answer of its API",
    "publisher",
    _read,
    home="https://api.crossref.org",
    requests=_requests,
)
