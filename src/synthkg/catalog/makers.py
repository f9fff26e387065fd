"""Who made a data folder, which version it is and where it is at home, as its file CITATION.cff says.

Read are ``authors``, ``version`` and ``url`` of the Citation File Format, version 1.2.0,
https://github.com/citation-file-format/citation-file-format/blob/1.2.0/schema-guide.md. What it does not say, nobody says.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import yaml

from synthkg.catalog.nodes import compose
from synthkg.files import reading
from synthkg.model import AUTHORITIES, BASE, is_mistyped_orcid, is_url, orcid

__all__ = ["CITATION", "Citation", "Maker", "citation_of"]

CITATION = "CITATION.cff"
_OF_A_PERSON = ("given-names", "name-particle", "family-names", "name-suffix")


class Maker(NamedTuple):
    """A person or a group: their name, and the IRI of their ORCID iD, or else one below that of the data set."""

    name: str
    iri: str
    is_person: bool


class Citation(NamedTuple):
    """What is said; nothing where there is no file."""

    makers: tuple[Maker, ...] = ()
    version: str | None = None
    home: str | None = None
    mistyped: tuple[str, ...] = ()
    """ORCID iDs whose check digits do not hold; their authors are named without."""


def citation_of(data: Path) -> Citation:
    """What the file CITATION.cff of a data folder says; nothing where there is none, or it cannot be read."""
    file = data / CITATION
    if not file.is_file():
        return Citation()
    with reading(file):
        text = file.read_text(encoding="utf-8", errors="replace")
    node, _ = compose(text, str(file))
    said = yaml.load(text, Loader=yaml.CBaseLoader) if node is not None else None
    if not isinstance(said, dict):
        return Citation()
    authors = said.get("authors")
    makers = [maker for author in authors if (maker := _maker(author))] if isinstance(authors, list) else []
    home = _text(said.get("url"))
    ids = [_text(author.get("orcid")) for author in authors if isinstance(author, dict)] if isinstance(authors, list) else []
    version = _text(said.get("version")) or None
    return Citation(tuple(makers), version, home if is_url(home) else None, tuple(filter(is_mistyped_orcid, ids)))


def _maker(author: Any) -> Maker | None:
    """An author, who has a name if a group, and names if a person."""
    if not isinstance(author, dict):
        return None
    group = _text(author.get("name"))
    if not (name := group or " ".join(filter(None, (_text(author.get(key)) for key in _OF_A_PERSON)))):
        return None
    identifier = orcid(_text(author.get("orcid")))
    iri = AUTHORITIES["orcid"] + identifier if identifier else f"{BASE}dataset#{quote(name.replace(' ', '-'), safe='')}"
    return Maker(name, iri, is_person=not group)


def _text(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""
