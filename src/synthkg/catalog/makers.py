"""What a data folder says of itself in its file CITATION.cff: what it is called, who made it, where it is at home and is got.

Read are ``title``, ``abstract``, ``keywords``, ``authors``, ``version``, ``url``, ``doi``, ``identifiers``,
``repository-artifact`` and, where there is no file LICENSE, ``license`` of the Citation File Format, version 1.2.0,
https://github.com/citation-file-format/citation-file-format/blob/1.2.0/schema-guide.md. What it does not say, nobody says; only
the data set's IRI must be something: what states none has one of its title.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import yaml

from synthkg.catalog.licences import LICENCE, licence_in
from synthkg.catalog.nodes import compose
from synthkg.files import reading
from synthkg.model import AUTHORITIES, BASE, doi, doi_url, is_mistyped_orcid, is_url, orcid, printed_name

__all__ = ["CITATION", "Citation", "Maker", "citation_of", "citation_without", "licence_of", "part_of"]

CITATION = "CITATION.cff"


class Maker(NamedTuple):
    """A person or a group: their name, and the IRI of their ORCID iD, or else one below that of the data set."""

    name: str
    iri: str
    is_person: bool


class Citation(NamedTuple):
    """What is said of a data set.

    Attributes:
        iri: What it is named by: its ``doi``, else the first DOI or URL of its ``identifiers``, else one made of its title.
        is_named: Whether it says its IRI itself.
        title: What it is called; where it does not say it, what its graph is called after.
        abstract: What it is; empty where it does not say it.
        keywords: Words for it.
        makers: Who made it.
        version: Which version it is.
        home: The address of its page.
        downloads: The address below which the files of its release are got.
        licence: The IRI of its licence, if it names one that is known.
        mistyped: ORCID iDs whose check digits do not hold; their authors are named without.
        unread: Keys whose values are none that are understood, each with that value.
    """

    iri: str
    is_named: bool = False
    title: str = ""
    abstract: str = ""
    keywords: tuple[str, ...] = ()
    makers: tuple[Maker, ...] = ()
    version: str | None = None
    home: str | None = None
    downloads: str | None = None
    licence: str | None = None
    mistyped: tuple[str, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()


def citation_of(data: Path, subject: str = "") -> Citation:
    """What the file CITATION.cff of a data folder says; see `citation_without` where there is none, or it cannot be read.

    Args:
        data: The folder.
        subject: What its graph is called after.
    """
    file = data / CITATION
    if not file.is_file():
        return citation_without(subject)
    with reading(file):
        text = file.read_text(encoding="utf-8", errors="replace")
    node, _ = compose(text, str(file))
    said = yaml.load(text, Loader=yaml.CBaseLoader) if node is not None else None
    return _cited(said, subject) if isinstance(said, dict) else citation_without(subject)


def licence_of(data: Path) -> str | None:
    """The IRI of the licence in a folder's file LICENSE; of that in CITATION.cff where there is no LICENSE.

    None where there is neither, or none or several are recognised.

    Raises:
        UnreadableError: The file cannot be read.
    """
    file = data / LICENCE
    with reading(file):
        if file.is_file():
            return licence_in(file.read_text(encoding="utf-8", errors="replace"))
    return citation_of(data).licence


def citation_without(subject: str) -> Citation:
    """What is known of a data set that says nothing of itself."""
    return _cited({}, subject)


def _cited(said: Mapping[str, Any], subject: str) -> Citation:
    title = _text(said.get("title")) or subject
    named = next(_identifiers(said), "")
    iri = named or f"{BASE}dataset/{_escaped(title or 'unnamed')}"
    authors = _items(said, "authors")
    ids = [_text(author.get("orcid")) for author in authors if isinstance(author, dict)]
    home, downloads = (address if is_url(address := _text(said.get(key))) else None for key in ("url", "repository-artifact"))
    return Citation(
        iri=iri,
        is_named=bool(named),
        title=title,
        abstract=_text(said.get("abstract")),
        keywords=tuple(filter(None, map(_text, _items(said, "keywords")))),
        makers=tuple(maker for author in authors if (maker := _maker(author, iri))),
        version=_text(said.get("version")) or None,
        home=home,
        downloads=downloads and downloads.rstrip("/") + "/",
        licence=_licence(said),
        mistyped=tuple(filter(is_mistyped_orcid, ids)),
        unread=tuple(_unread(said, ids)),
    )


def _identifiers(said: Mapping[str, Any]) -> Iterator[str]:
    """The IRIs that a data set is said to have, the first one first."""
    every = [("doi", said.get("doi"))]
    every += [(_text(each.get("type")), each.get("value")) for each in _items(said, "identifiers") if isinstance(each, dict)]
    for kind, value in every:
        if kind == "doi" and (found := doi(_text(value))):
            yield doi_url(found)
        elif kind == "url" and is_url(address := _text(value)):
            yield address


def _licence(said: Mapping[str, Any]) -> str | None:
    """The IRI of the one licence that is named; several are a choice, which no release can state."""
    named = _named_licences(said)
    return licence_in(named[0]) if len(named) == 1 else None


def _named_licences(said: Mapping[str, Any]) -> list[str]:
    return list(filter(None, map(_text, _items(said, "license") or [said.get("license")])))


def _unread(said: Mapping[str, Any], orcids: Iterable[str]) -> Iterator[tuple[str, str]]:
    for key, holds in (("doi", doi), ("url", is_url), ("repository-artifact", is_url)):
        if (text := _text(said.get(key))) and not holds(text):
            yield key, text
    if (named := _named_licences(said)) and not _licence(said):
        yield "license", " or ".join(named)
    yield from (("orcid", id) for id in orcids if id and not (orcid(id) or is_mistyped_orcid(id)))


def part_of(iri: str, name: str) -> str:
    """The IRI of a part of a data set; that of the whole may have a fragment already.

    >>> part_of("https://example.org/tides", "graph"), part_of("https://example.org/void.ttl#tides", "graph")
    ('https://example.org/tides#graph', 'https://example.org/void.ttl#tides-graph')
    """
    return f"{iri}{'-' if '#' in iri else '#'}{name}"


def _name_of(person: Mapping[str, Any]) -> str:
    """The name of a person, by its parts.

    >>> _name_of({"given-names": "Ada", "name-particle": "de", "family-names": "Marée"})
    'Ada de Marée'
    >>> _name_of({"given-names": "太郎", "family-names": "潮"})
    '潮 太郎'
    """
    given, particle, family, suffix = (
        _text(person.get(key)) for key in ("given-names", "name-particle", "family-names", "name-suffix")
    )
    return printed_name(given, f"{particle} {family}".strip(), suffix)


def _maker(author: Any, data_set: str) -> Maker | None:
    """An author, who has a name if a group, and names if a person."""
    if not isinstance(author, dict):
        return None
    group = _text(author.get("name"))
    if not (name := group or _name_of(author)):
        return None
    identifier = orcid(_text(author.get("orcid")))
    iri = AUTHORITIES["orcid"] + identifier if identifier else part_of(data_set, _escaped(name))
    return Maker(name, iri, is_person=not group)


def _escaped(name: str) -> str:
    return quote(name.replace(" ", "-"), safe="")


def _items(said: Mapping[str, Any], key: str) -> list[Any]:
    found = said.get(key)
    return found if isinstance(found, list) else []


def _text(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""
