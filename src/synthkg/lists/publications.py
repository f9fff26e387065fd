"""What an identifier and the words of a row tell of where a paper appeared, and when.

An id of the ACL Anthology says venue, year, track and often the DOI; an arXiv number says its month; a row says "ACL 2024
Findings". Nothing is said where these do not: a wrong year costs more than a missing one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from synthkg.lists.labels import VENUE
from synthkg.model import Identifier, acl, deduce_acl

__all__ = ["Publication", "VenueName", "mentioned", "of_identifier"]

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_WORKSHOP = re.compile(r"(?i)workshops?\b|@|\b(?:CVPRW|ICCVW|ECCVW|ICMLW)\b")
_TITLES = {
    "AACL": ("Asia-Pacific Chapter of the Association for Computational Linguistics", "conference"),
    "AAAI": ("AAAI Conference on Artificial Intelligence", "conference"),
    "ACL": ("Annual Meeting of the Association for Computational Linguistics", "conference"),
    "arXiv": ("arXiv", "repository"),
    "CL": ("Computational Linguistics", "journal"),
    "COLING": ("International Conference on Computational Linguistics", "conference"),
    "COLM": ("Conference on Language Modeling", "conference"),
    "CoNLL": ("Conference on Computational Natural Language Learning", "conference"),
    "CVPR": ("IEEE/CVF Conference on Computer Vision and Pattern Recognition", "conference"),
    "EACL": ("European Chapter of the Association for Computational Linguistics", "conference"),
    "ECCV": ("European Conference on Computer Vision", "conference"),
    "EMNLP": ("Conference on Empirical Methods in Natural Language Processing", "conference"),
    "ICCV": ("IEEE/CVF International Conference on Computer Vision", "conference"),
    "ICLR": ("International Conference on Learning Representations", "conference"),
    "ICML": ("International Conference on Machine Learning", "conference"),
    "IJCAI": ("International Joint Conference on Artificial Intelligence", "conference"),
    "IJCNLP": ("International Joint Conference on Natural Language Processing", "conference"),
    "JMLR": ("Journal of Machine Learning Research", "journal"),
    "KDD": ("ACM SIGKDD Conference on Knowledge Discovery and Data Mining", "conference"),
    "LREC": ("International Conference on Language Resources and Evaluation", "conference"),
    "NAACL": ("North American Chapter of the Association for Computational Linguistics", "conference"),
    "NeurIPS": ("Conference on Neural Information Processing Systems", "conference"),
    "SIGIR": ("International ACM SIGIR Conference on Research and Development in Information Retrieval", "conference"),
    "TACL": ("Transactions of the Association for Computational Linguistics", "journal"),
    "TMLR": ("Transactions on Machine Learning Research", "journal"),
    "WWW": ("ACM Web Conference", "conference"),
}
_SAME = {
    "nips": "NeurIPS",
    "neurips": "NeurIPS",
    "neurlps": "NeurIPS",
    "sigkdd": "KDD",
    "thewebconf": "WWW",
    "colm": "COLM",
    "arxive": "arXiv",
    "corr": "arXiv",
}
_ACL_DOI = "10.18653/v1/"  # and behind it the id in the Anthology
_KNOWN = {name.casefold(): name for name in _TITLES} | _SAME


@dataclass(frozen=True, slots=True)
class VenueName:
    """A venue by its short name, with its title and kind."""

    acronym: str
    title: str
    kind: str


@dataclass(frozen=True, slots=True)
class Publication:
    """Where and when something appeared: its venue, year, track (all perhaps unknown), its DOI, and whether in a workshop."""

    venue: VenueName | None = None
    year: int | None = None
    track: str | None = None
    doi: str | None = None
    is_workshop: bool = False

    @property
    def type(self) -> str | None:
        """The type of a version that appeared so, if enough is known for one."""
        if self.venue is None or self.year is None:
            return None
        if self.is_workshop:
            return "workshop-paper"
        return {"conference": "conference-paper", "journal": "journal-article", "repository": "preprint"}[self.venue.kind]


def of_identifier(identifier: Identifier) -> Publication:
    """What an identifier alone says.

    >>> found = of_identifier(Identifier("acl", "2024.findings-acl.651"))
    >>> found.venue.acronym, found.year, found.track, found.doi, found.type
    ('ACL', 2024, 'findings', '10.18653/v1/2024.findings-acl.651', 'conference-paper')
    >>> of_identifier(Identifier("acl", "P18-1001")).year, of_identifier(Identifier("acl", "2023.bea-1.17")).type
    (2018, None)
    >>> of_identifier(Identifier("doi", "10.18653/v1/p18-1001")).year, of_identifier(Identifier("doi", "10.1145/1")).year
    (2018, None)
    """
    id = acl(identifier.value.removeprefix(_ACL_DOI)) if identifier.scheme in ("acl", "doi") else None
    said = deduce_acl(id) if id is not None else None
    venue = _venue(said.venue) if said is not None else None
    return Publication(venue, said.year, said.track, said.doi) if said is not None and venue is not None else Publication()


def mentioned(venue: str, around: str) -> Publication:
    """What a row says: the cell of its venue, or else what stands around its fields.

    >>> found = mentioned("Findings of ACL 2024", "")
    >>> found.venue.acronym, found.year, found.track
    ('ACL', 2024, 'findings')
    >>> mentioned("CVPR", "| 2020 |").year, mentioned("", "seen in 2020").venue, mentioned("arXiv 2023", "").type
    (2020, None, 'preprint')
    """
    for text, other in ((venue, around), (around, "")):
        for name, start, end in _names(text):
            near = text[end : end + 24]
            year = (
                _YEAR.search(text[start:end])
                or _YEAR.search(near)
                or (_YEAR.search(venue) or _YEAR.search(other) if text is venue else None)
            )
            short = re.search(r"(?<!\d)\d\d\b", text[start:end])
            number = int(year[0]) if year is not None else datetime.strptime(short[0], "%y").year if short is not None else None
            is_findings = "finding" in text[max(0, start - 14) : end + 14].casefold()
            is_workshop = _WORKSHOP.search(text[max(0, start - 40) : end + 24]) is not None
            return Publication(name, number, "findings" if is_findings else None, None, is_workshop)
    return Publication()


def _names(text: str) -> Iterator[tuple[VenueName, int, int]]:
    for found in VENUE.finditer(text):
        for word in re.findall(r"[A-Za-z]+", found[0]):
            if (name := _venue(word)) is not None:
                yield name, found.start(), found.end()
                break


def _venue(name: str) -> VenueName | None:
    acronym = _KNOWN.get(name.casefold())
    return VenueName(acronym, *_TITLES[acronym]) if acronym is not None else None
