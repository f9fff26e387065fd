"""The ML Anthology's data: https://github.com/rbnyng/mlanthology, ``data/papers`` (one JSON a venue's year) and ``data/legacy``
(one paper a line).

It repeats OpenReview, PMLR, the proceedings of NeurIPS, CVF's and ECVA's, of what they accepted, each paper with the page that it
was read from; so it is an aggregator. Its workshops are passed over: their year is the venue's, their name a workshop's. Of the
tracks only the one that a NeurIPS file's name shows, and ICLR's only one, are there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from synthkg.enrichment.publication import Publication, Source, Wanted
from synthkg.enrichment.sources.files import files_of, json_items, plain, year_of
from synthkg.errors import UnreadableError
from synthkg.model import doi, openreview, printed_name

__all__ = ["MLANTHOLOGY"]

_TYPES = {"conference": "conference-paper", "journal": "journal-article"}


def _read(path: Path, wanted: Wanted) -> Iterator[Publication | None]:
    for file in files_of(path, ".json", ".jsonl"):
        for value in json_items(file):
            papers = value.get("papers", [value]) if isinstance(value, dict) else [value]
            for item in papers:
                if not isinstance(item, dict) or "venue_url" not in item:
                    raise UnreadableError("this is no paper of the ML Anthology, which has title, venue and venue_url", str(file))
                yield _publication(item) if item.get("venue_type") in _TYPES and item["venue_url"] else None


def _publication(item: dict[str, Any]) -> Publication:
    venue, year = plain(item.get("venue")), plain(item.get("year"))
    return Publication(
        page=plain(item["venue_url"]),
        title=" ".join(plain(item.get("title")).split()),
        authors=tuple(printed_name(plain(name.get("given")), plain(name.get("family"))) for name in item.get("authors") or []),
        type=_TYPES[item["venue_type"]],
        venue=venue,
        year=year_of(year),
        track=_track(venue, plain(item.get("pdf_url"))),
        pages="–".join(filter(None, map(str.strip, plain(item.get("pages")).split("-")))) or None,
        doi=doi(plain(item.get("doi"))),
        openreview=openreview(plain(item.get("openreview_url") or item["venue_url"])),
    )


def _track(venue: str, file: str) -> str | None:
    if venue == "neurips":
        found = re.search(r"-Paper-(Conference|Datasets_and_Benchmarks)", file)
        return {"Conference": "main", "Datasets_and_Benchmarks": "datasets-and-benchmarks"}[found[1]] if found else None
    return "main" if venue == "iclr" else None


MLANTHOLOGY = Source("mlanthology", "the ML Anthology's JSON files, or the folder of them", "aggregator", _read)
