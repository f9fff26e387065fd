"""Notes of OpenReview: answers of its API, version 2 (https://docs.openreview.net/reference/api-v2/entities/note/fields) or 1.

A note's ``venue`` is the decision in words ("ICLR 2024 oral", "Submitted to ICLR 2025"); only one that names venue and year
and nothing but a presentation or a track beside them is a decision to publish. The names are those of profiles, so that
authors are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from synthkg.enrichment.publication import Publication, Source, Wanted
from synthkg.enrichment.sources.files import files_of, json_items, plain

__all__ = ["OPENREVIEW"]

_DECISION = re.compile(r"(?P<venue>[A-Za-z]+) (?P<year>\d{4})(?: (?P<rest>[A-Za-z &]+))?")
_PRESENTATIONS = ("oral", "spotlight", "poster")
_TRACKS = {"datasets and benchmarks": "datasets-and-benchmarks", "conference": "main", "": None}


def _read(path: Path, wanted: Wanted) -> Iterator[Publication | None]:
    for file in files_of(path, ".json", ".jsonl"):
        for item in json_items(file):
            notes = item.get("notes", [item]) if isinstance(item, dict) else []
            yield from (_publication(note) for note in notes if note.get("content"))


def _publication(note: dict[str, Any]) -> Publication | None:
    content = {key: value.get("value") if isinstance(value, dict) else value for key, value in note["content"].items()}
    decision = _DECISION.fullmatch(" ".join(plain(content.get("venue")).split()))
    if decision is None or not content.get("title") or note.get("forum", note.get("id")) != note.get("id"):
        return None
    words = (decision["rest"] or "").lower().split()
    presentation = next((word for word in _PRESENTATIONS if word in words), None)
    rest = " ".join(word for word in words if word not in _PRESENTATIONS and word not in ("track", "&"))
    if rest not in _TRACKS:
        return None
    return Publication(
        page=f"https://openreview.net/forum?id={note['id']}",
        title=" ".join(plain(content["title"]).split()),
        profiles=tuple(map(plain, content.get("authors") or ())),
        ids=tuple((("openreview", id),) if plain(id).startswith("~") else () for id in content.get("authorids") or ()),
        type="conference-paper",
        venue=decision["venue"],
        year=int(decision["year"]),
        track=_TRACKS[rest],
        presentation=presentation,
        openreview=plain(note["id"]),
    )


def _requests(wanted: Wanted) -> Iterator[str]:
    return (f"/notes?id={quote(id)}" for id in wanted.values("openreview"))


OPENREVIEW = Source(
    "openreview",
    "notes of OpenReview, answers of its API",
    "proceedings",
    _read,
    home="https://api2.openreview.net",
    requests=_requests,
)
