"""Conference lists in JSON, one file a year: https://github.com/papercopilot/paperlists.

Submissions that were rejected or withdrawn stand in the same files and are passed over. The names are those of OpenReview
profiles, not the printed ones, so authors are left alone; ids that begin with ``site_`` are the collector's own; a Findings
paper of EMNLP stands as ``main``, so that an Anthology id, where there is one, decides the track, and else the status ("Long
Findings"). Some years name no page of a paper: the list itself is where a person reads the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from synthkg.enrichment.publication import Publication, Source, Wanted, of_acl
from synthkg.enrichment.sources.files import files_of, json_items, plain
from synthkg.errors import UnreadableError
from synthkg.model import acl, orcid

__all__ = ["PAPERLISTS"]

_LIST = "https://github.com/papercopilot/paperlists/blob/main/{venue}/{venue}{year}.json"
_NAME = re.compile(r"([a-z]+)(\d{4})\.json")
_VENUES = {"nips": "neurips"}
_NOT_ACCEPTED = re.compile(r"reject|withdraw|desk|active|submi|^$", re.IGNORECASE)
_PRESENTATIONS = (("oral", "oral"), ("spotlight", "spotlight"), ("top", "spotlight"), ("poster", "poster"))
_TRACKS = {
    "main": "main",
    "datasets & benchmarks": "datasets-and-benchmarks",
    "datasets and benchmarks": "datasets-and-benchmarks",
}
_COLUMNS = ("author", "authorids", "orcid")
_ON_OPENREVIEW = {"iclr", "nips", "icml", "colm", "tmlr"}


def _read(path: Path, wanted: Wanted) -> Iterator[Publication | None]:
    for file in files_of(path, ".json"):
        name = _NAME.match(file.name)
        if name is None:
            if file == path:
                raise UnreadableError("its name is to say the venue and the year, as iclr2024.json does", str(file))
            continue
        for item in json_items(file):
            if not isinstance(item, dict) or "title" not in item:
                raise UnreadableError("this is no list of papers, each an object with id, title, track and status", str(file))
            is_accepted = not _NOT_ACCEPTED.search(plain(item.get("status")))
            yield _publication(item, name[1], int(name[2])) if is_accepted else None


def _publication(item: dict[str, Any], venue: str, year: int) -> Publication:
    id = plain(item.get("id"))
    anthology = acl(id)
    said = of_acl(anthology)
    is_forum = venue in _ON_OPENREVIEW and bool(id) and not id.startswith("site_") and anthology is None
    status = plain(item.get("status")).lower()
    found = "findings" if "findings" in status else _track(plain(item.get("track")), venue, year)
    site = plain(item.get("site")) or _LIST.format(venue=venue, year=year)
    return Publication(
        page=f"https://openreview.net/forum?id={id}" if is_forum else said.page or site,
        title=" ".join(plain(item.get("title")).split()),
        profiles=tuple(name.strip() for name in plain(item.get("author")).split(";") if name.strip()),
        ids=_ids(item),
        type=said.type or "conference-paper",
        venue=said.venue or _VENUES.get(venue, venue),
        year=year,
        track=said.track if anthology else found,
        presentation=next((ours for theirs, ours in _PRESENTATIONS if theirs in status), None) if is_forum else None,
        doi=said.doi,
        acl=anthology,
        openreview=id if is_forum else None,
    )


def _ids(item: dict[str, Any]) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Each author's OpenReview profile and the ORCID iD in it; nothing where the columns are not as long as the names."""
    names, profiles, iris = ([part.strip() for part in plain(item.get(key)).split(";")] for key in _COLUMNS)
    if len(profiles) != len(names):
        return ()
    iris = iris if len(iris) == len(names) else [""] * len(names)
    pairs = ((("openreview", profile), ("orcid", orcid(iri))) for profile, iri in zip(profiles, iris, strict=True))
    return tuple(tuple((key, id) for key, id in pair if id) if pair[0][1].startswith("~") else () for pair in pairs)


def _track(text: str, venue: str, year: int) -> str | None:
    """The track; NeurIPS of 2024 stands as main throughout in early files, so that its word is not taken."""
    return None if venue == "nips" and year >= 2024 else _TRACKS.get(text.lower())


PAPERLISTS = Source("paperlists", "paperlists' JSON files, or the folder of them", "aggregator", _read)
