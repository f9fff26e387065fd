"""What an identifier alone says of a publication. Nothing is looked up.

An id of the ACL Anthology holds the venue, the year and the part of the programme (https://aclanthology.org/info/ids/), and
the DOI of what ACL itself publishes is that id behind ACL's prefix. The number of an arXiv paper begins with the month in
which it was submitted (https://info.arxiv.org/help/arxiv_identifier.html).
"""

from __future__ import annotations

import re

from synthkg.enrichment.publication import Publication

__all__ = ["from_acl", "from_arxiv"]

_MODERN = re.compile(r"(?a)(?P<year>\d{4})\.(?P<venue>[a-z0-9]+)-(?P<volume>[a-z0-9]+)\.(?P<number>\d+)")
_OLD = re.compile(r"(?a)(?P<letter>[A-Z])(?P<year>\d{2})-(?P<number>\d{4})")
_ARXIV = re.compile(r"(?a)(?P<year>\d{2})(?P<month>0[1-9]|1[0-2])\.\d{4,5}")

_OWN = {"acl", "emnlp", "naacl", "eacl", "aacl", "conll"}  # conferences whose papers get a DOI with ACL's prefix
_OLD_VENUES = {"P": "acl", "D": "emnlp", "N": "naacl", "E": "eacl", "C": "coling", "K": "conll"}
_TRACKS = {
    **dict.fromkeys(("long", "short", "main", "conf", "1", "2"), "main"),
    **dict.fromkeys(("demo", "demos", "demonstration", "demonstrations"), "demonstrations"),
    **dict.fromkeys(("industry", "ind"), "industry"),
}
_JOURNALS = {"tacl", "cl"}


def from_acl(id: str) -> Publication | None:
    """What an ACL Anthology id says, or None of one whose venue it does not name (a workshop, say).

    >>> found = from_acl("2024.findings-acl.651")
    >>> found.venue, found.year, found.track, found.doi
    ('acl', 2024, 'findings', '10.18653/v1/2024.findings-acl.651')
    >>> found = from_acl("2024.lrec-main.1"); found.track, found.doi
    ('main', None)
    >>> found = from_acl("P19-1001"); found.venue, found.year, found.doi
    ('acl', 2019, '10.18653/v1/P19-1001')
    >>> from_acl("2024.tacl-1.3").type, from_acl("W19-5001")
    ('journal-article', None)
    """
    if old := _OLD.fullmatch(id):
        return _from_old(id, old)
    found = _MODERN.fullmatch(id)
    if found is None:
        return None
    venue, volume, year = found["venue"], found["volume"], int(found["year"])
    if venue in _JOURNALS:
        return _publication(id, venue, year, None, type="journal-article")
    if venue == "findings":
        return _publication(id, volume, year, "findings", doi=_doi(id, volume))
    if volume not in _TRACKS:
        return None
    return _publication(id, venue, year, _TRACKS[volume], doi=_doi(id, venue))


def _from_old(id: str, found: re.Match[str]) -> Publication | None:
    venue, short = _OLD_VENUES.get(found["letter"]), int(found["year"])
    year = 2000 + short if short < 60 else 1900 + short
    if found["letter"] == "Q":
        return _publication(id, "tacl", year, None, type="journal-article")
    if venue is None or year < 2016:  # joint volumes and other numberings
        return None
    is_main = found["number"][0] in ("12" if venue in ("acl", "naacl", "eacl") else "1")
    return _publication(id, venue, year, "main", doi=_doi(id, venue)) if is_main else None


def _doi(id: str, venue: str) -> str | None:
    return f"10.18653/v1/{id}" if venue in _OWN else None


def _publication(
    id: str, venue: str, year: int, track: str | None, *, type: str = "conference-paper", doi: str | None = None
) -> Publication:
    page = f"https://aclanthology.org/{id}/"
    return Publication(page=page, title="", type=type, venue=venue, year=year, track=track, acl=id, doi=doi)


def from_arxiv(id: str) -> Publication | None:
    """What an arXiv number says, or None of an old one, which names the month as well but not the century's turn safely.

    >>> from_arxiv("2212.10560").date
    '2022-12'
    """
    found = _ARXIV.fullmatch(id)
    if found is None:
        return None
    date = f"20{found['year']}-{found['month']}"
    return Publication(page=f"https://arxiv.org/abs/{id}", title="", type="preprint", venue="arxiv", date=date, arxiv=id)
