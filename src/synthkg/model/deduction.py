"""What an identifier alone says of where and when something appeared. Nothing is looked up.

An id of the ACL Anthology holds the venue, the year and the part of the programme (https://aclanthology.org/info/ids/), and
the DOI of what ACL itself publishes is that id behind ACL's prefix. The number of an arXiv paper begins with the month in
which it was submitted (https://info.arxiv.org/help/arxiv_identifier.html). A server of preprints gives them DOIs of one form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Deduced", "deduce_acl", "deduce_month", "is_archive_doi", "is_preprint_doi"]

_MODERN = re.compile(r"(?a)(?P<year>\d{4})\.(?P<venue>[a-z0-9]+)-(?P<volume>[a-z0-9]+)\.(?P<number>\d+)")
_OLD = re.compile(r"(?a)(?P<letter>[A-Z])(?P<year>\d{2})-(?P<number>\d{4})")
_ARXIV = re.compile(r"(?a)(?P<year>\d\d)(?P<month>\d\d)\.\d{4,5}")
_OLD_ARXIV = re.compile(r"(?a)[a-z][a-zA-Z.-]*/(?P<year>\d\d)(?P<month>\d\d)\d{3}")

_PREPRINT = re.compile(
    r"(?a)10\.1101/(?:\d{4}\.\d\d\.\d\d\.)?\d{6,8}$|10\.64898/|10\.48550/arxiv\.|10\.20944/preprints|10\.21203/rs\.|10\.2139/ssrn\.|"
    r"10\.26434/chemrxiv|10\.36227/techrxiv|10\.22541/(?:au|essoar)\.|10\.1002/essoar\.|10\.(?:31219|31222|31223|31234|31235|31730|35542)/"
)  # bioRxiv and medRxiv (old and new), arXiv, Preprints.org, Research Square, SSRN, ChemRxiv, TechRxiv, Authorea, those at OSF
_ARCHIVE = re.compile(
    r"(?a)10\.5281/zenodo\.|10\.6084/m9\.figshare|10\.5061/dryad|10\.7910/dvn/|10\.57967/hf/|10\.(?:17632|24433|34740|17605)/"
)
# Zenodo, figshare, Dryad, Dataverse, Hugging Face, Mendeley Data, Code Ocean, Kaggle, projects at OSF

_OWN = {"acl", "emnlp", "naacl", "eacl", "aacl", "conll"}  # conferences whose papers get a DOI with ACL's prefix
_OLD_VENUES = {"P": "acl", "D": "emnlp", "N": "naacl", "E": "eacl", "C": "coling", "K": "conll"}
_TRACKS = {
    **dict.fromkeys(("long", "short", "main", "conf", "1", "2"), "main"),
    **dict.fromkeys(("demo", "demos", "demonstration", "demonstrations"), "demonstrations"),
    **dict.fromkeys(("industry", "ind"), "industry"),
}
_JOURNALS = {"tacl", "cl"}


@dataclass(frozen=True, slots=True)
class Deduced:
    """What an id of the ACL Anthology says: the venue's acronym in lower case, the type of version, and so on."""

    venue: str
    year: int
    type: str = "conference-paper"
    track: str | None = None
    doi: str | None = None


def deduce_acl(id: str) -> Deduced | None:
    """What an ACL Anthology id says, or None of one whose venue it does not name (a workshop, say).

    >>> found = deduce_acl("2024.findings-acl.651")
    >>> found.venue, found.year, found.track, found.doi
    ('acl', 2024, 'findings', '10.18653/v1/2024.findings-acl.651')
    >>> found = deduce_acl("2024.lrec-main.1"); found.track, found.doi
    ('main', None)
    >>> found = deduce_acl("P19-1001"); found.venue, found.year, found.doi
    ('acl', 2019, '10.18653/v1/p19-1001')
    >>> deduce_acl("2024.tacl-1.3").type, deduce_acl("W19-5001")
    ('journal-article', None)
    """
    if old := _OLD.fullmatch(id):
        return _from_old(id, old)
    found = _MODERN.fullmatch(id)
    if found is None:
        return None
    venue, volume, year = found["venue"], found["volume"], int(found["year"])
    if venue in _JOURNALS:
        return Deduced(venue, year, "journal-article")
    if venue == "findings":
        return Deduced(volume, year, track="findings", doi=_doi(id, volume))
    if volume not in _TRACKS:
        return None
    return Deduced(venue, year, track=_TRACKS[volume], doi=_doi(id, venue))


def _from_old(id: str, found: re.Match[str]) -> Deduced | None:
    venue, short = _OLD_VENUES.get(found["letter"]), int(found["year"])
    year = 2000 + short if short < 60 else 1900 + short
    if found["letter"] == "Q":
        return Deduced("tacl", year, "journal-article")
    if venue is None or year < 2016:  # joint volumes and other numberings
        return None
    is_main = found["number"][0] in ("12" if venue in ("acl", "naacl", "eacl") else "1")
    return Deduced(venue, year, track="main", doi=_doi(id, venue)) if is_main else None


def _doi(id: str, venue: str) -> str | None:
    return f"10.18653/v1/{id.lower()}" if venue in _OWN else None


def deduce_month(arxiv: str) -> str | None:
    """The month of an arXiv number, YYYY-MM.

    >>> deduce_month("2304.12244"), deduce_month("hep-th/9901001"), deduce_month("cs/0301012"), deduce_month("2313.00001")
    ('2023-04', '1999-01', '2003-01', None)
    """
    found = _ARXIV.fullmatch(arxiv) or _OLD_ARXIV.fullmatch(arxiv)
    if found is None or not 1 <= int(found["month"]) <= 12:
        return None
    return f"{19 if int(found['year']) > 90 else 20}{found['year']}-{found['month']}"


def is_preprint_doi(doi: str) -> bool:
    """Whether a DOI is one that a server of preprints gives.

    >>> is_preprint_doi("10.1101/2020.12.15.422761"), is_preprint_doi("10.1101/gr.277615.122"), is_preprint_doi("10.1038/1")
    (True, False, False)
    """
    return _PREPRINT.match(doi) is not None


def is_archive_doi(doi: str) -> bool:
    """Whether a DOI is one that an archive of data and code gives, where texts are the fewest.

    >>> is_archive_doi("10.5281/zenodo.1234567"), is_archive_doi("10.6084/m9.figshare.1"), is_archive_doi("10.1038/1")
    (True, True, False)
    """
    return _ARCHIVE.match(doi) is not None
