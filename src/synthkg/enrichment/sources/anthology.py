"""The ACL Anthology's own data: a file or folder of its XML.

The format is https://github.com/acl-org/acl-anthology/blob/master/data/xml/schema.rnc. Names stand as printed, in order.
The kind of a volume and its venue are said by the volume; which part of the programme it is, by the id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from synthkg.enrichment.publication import Publication, Source, Wanted, of_acl
from synthkg.enrichment.sources.files import files_of, xml_elements, year_of
from synthkg.model import orcid, printed_name

__all__ = ["ANTHOLOGY"]

_RANGE = re.compile(r"(?<=\d)-(?=\d)")  # volumes since 2024 write a hyphen
_MONTHS = [
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
]


def _read(path: Path, wanted: Wanted) -> Iterator[Publication]:
    for file in files_of(path, ".xml"):
        for _, collection in xml_elements(file, "collection"):
            for volume in collection.iter("volume"):
                for paper in volume.iter("paper"):
                    yield _publication(collection.get("id", ""), volume, paper)


def _publication(collection: str, volume: Element, paper: Element) -> Publication:
    id = _id(collection, volume.get("id", ""), paper.get("id", ""))
    said, meta = of_acl(id), volume.find("meta")
    year = _text(meta, "year")
    return Publication(
        page=f"https://aclanthology.org/{id}/",
        title=_text(paper, "title") or "",
        authors=tuple(_name(author) for author in paper.iter("author")),
        ids=tuple(_ids(author) for author in paper.iter("author")),
        type=said.type,
        venue=said.venue,
        year=year_of(year),
        track=said.track,
        date=_date(year, _text(meta, "month")),
        pages=_RANGE.sub("–", _text(paper, "pages") or "") or None,
        doi=(_text(paper, "doi") or "").lower() or None,
        acl=id,
    )


def _id(collection: str, volume: str, paper: str) -> str:
    """A paper's id, which before 2020 is one number: P19-1 and 1 are P19-1001, W00-1 and 1 are W00-0101."""
    if collection[:1].isdigit():
        return f"{collection}-{volume}.{paper}"
    width = 2 if collection[0] == "W" or collection == "C69" else len(volume)
    return f"{collection}-{volume.zfill(width)}{paper.zfill(4 - width)}"


def _name(author: Element) -> str:
    return printed_name(_text(author, "first") or "", _text(author, "last") or "")


def _ids(author: Element) -> tuple[tuple[str, str], ...]:
    """Who it is: where a name alone is not clear, its id, and the ORCID iD and the OpenReview profile that the author gave."""
    found = {"acl": author.get("id"), "orcid": orcid(author.get("orcid") or ""), "openreview": author.get("openreview")}
    return tuple((authority, id) for authority, id in found.items() if id)


def _text(parent: Element | None, tag: str) -> str | None:
    """The text of a child, mark-up inside dropped."""
    child = parent.find(tag) if parent is not None else None
    return " ".join("".join(child.itertext()).split()) or None if child is not None else None


def _date(year: str | None, month: str | None) -> str | None:
    """The month of a volume, where it is one month."""
    name = (month or "").lower()
    return f"{year}-{_MONTHS.index(name) + 1:02}" if year and name in _MONTHS else None


ANTHOLOGY = Source("anthology", "the ACL Anthology's XML, a file or a folder of them", "proceedings", _read)
