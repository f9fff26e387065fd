"""A new record, ready to fill in, from an arXiv id, a DOI or a URL.

A draft says what the identifier alone can say and leaves the rest as keys without a value, which ``synthkg check`` names.
Every value is written as the canonical form writes it, so that a draft is always YAML, whatever it was given.
"""

from __future__ import annotations

from pathlib import Path

from synthkg.catalog.canonical import inline
from synthkg.catalog.folder import Catalog, record_path, require_id
from synthkg.errors import UnreadableError, UsageError
from synthkg.files import write_together
from synthkg.model import Artifact, Identifier, Paper, equivalents, identify, is_url, normal_url, slug

__all__ = ["draft"]

_VERSION = {
    "arxiv": "id: preprint\n    type: preprint\n    venue: arxiv\n    date:  # first submission, YYYY-MM-DD\n    arxiv: {id}",
    "doi": "id:  # venue-year\n    type:  # {types}\n    venue:\n    year:\n    doi: {id}",
    "acl": "id:  # venue-year\n    type: conference-paper\n    venue:\n    year:\n    track:  # {tracks}\n    acl: {id}",
    "openreview": (
        "id:  # venue-year\n    type:  # {types}\n    venue:\n    year:\n    track:  # {tracks}\n    openreview: {id}"
    ),
}
_PAPER = """\
draft: true  # remove this line when nothing is open any more
title:{title}
contributions:  # {contributions}
  -
authors:
  -
versions:
  - {version}
stages:  # {stages}
  -
evidence:
  - source: {source}
    kind:  # {kinds}
    read:
    supports: [title, authors, versions, contributions, stages]
"""
_ARTIFACT = """\
draft: true  # remove this line when nothing is open any more
title:{title}
type: {type}
url: {url}
state:  # {states}
license:  # SPDX id, where stated
evidence:
  - source: {url}
    kind:  # {kinds}
    read:
"""
_SITES = {"github": "https://github.com/{}", "huggingface": "https://huggingface.co/{}"}


def draft(catalog: Catalog, what: str, id: str | None = None, title: str | None = None) -> Path:
    """Writes the draft of a new record.

    Args:
        catalog: The records that are there already.
        what: An arXiv id, a DOI or a URL.
        id: The record's id; by default made from the title or the identifier.
        title: Its title, if known.

    Returns:
        The file.

    Raises:
        UsageError: ``what`` is no identifier, or a record has it already; or ``id`` is no id, or none can be made.
        UnreadableError: The file exists.
    """
    what, title = _text(what, "what is added"), _text(title or "", "the title")
    found = identify(what)
    url = what if is_url(what) else _SITES[found.scheme].format(found.value) if found and found.scheme in _SITES else ""
    is_paper = found is not None and found.scheme in _VERSION
    if not is_paper and not url:
        mend = "write for example 2212.10560 or https://github.com/owner/name, blanks and the like percent-encoded"
        raise UsageError(f'"{what}" is no arXiv id, DOI or URL; {mend}')
    _refuse_known(catalog, found, url or what)
    id = require_id(id) if id else _mint(title, found.value if found else "", url.partition("//")[2])
    if found is None or not is_paper:
        return _write(catalog, Artifact(id=id, title="", type="code"), _artifact_text(catalog, found, url, title))
    return _write(catalog, Paper(id=id, title=""), _paper_text(catalog, found, title))


def _text(given: str, what: str) -> str:
    """What was given, on one line."""
    try:
        given.encode()
    except UnicodeEncodeError:  # an argument in another encoding
        raise UsageError(f"{what} is not UTF-8; set the terminal to UTF-8, or write the record with an editor") from None
    return " ".join(given.split())


def _mint(*names: str) -> str:
    """An id from the first of the names that gives one: a title in another script gives none."""
    if found := next(filter(None, map(slug, names)), ""):
        return found
    raise UsageError("no id can be made of this; give one with --id")


def _words(catalog: Catalog, scheme: str) -> str:
    return " ".join(catalog.vocabulary.concepts[scheme])


def _paper_text(catalog: Catalog, found: Identifier, title: str) -> str:
    types = " ".join(sorted(catalog.vocabulary.kinds("Version")))
    version = _VERSION[found.scheme].format(id=inline(found.value), types=types, tracks=_words(catalog, "track"))
    return _PAPER.format(
        title=f" {inline(title)}" if title else "  # as the latest published version prints it",
        version=version,
        source=inline(next(equivalents(found)).iri),
        contributions=_words(catalog, "contribution"),
        stages=_words(catalog, "stage"),
        kinds=_words(catalog, "evidence"),
    )


def _artifact_text(catalog: Catalog, found: Identifier | None, url: str, title: str) -> str:
    kind = "code" if found and found.scheme == "github" else "project"
    if found and found.scheme == "huggingface":
        kind = "dataset" if found.value.startswith("datasets/") else "model"
    return _ARTIFACT.format(
        title=f" {inline(title)}" if title else "",
        type=kind,
        url=inline(url),
        states=_words(catalog, "state"),
        kinds=_words(catalog, "evidence"),
    )


def _refuse_known(catalog: Catalog, found: Identifier | None, what: str) -> None:
    for paper in catalog.known(Paper).values():
        for version in paper.versions:
            if found and getattr(version, found.scheme, None) == found.value:
                raise UsageError(f"{found.value} is in the graph already", str(catalog.path(paper)))
    for artifact in catalog.known(Artifact).values():
        if any(normal_url(url) == normal_url(what) for url in (artifact.url, *artifact.former_urls) if url):
            raise UsageError(f"{what} is in the graph already", str(catalog.path(artifact)))


def _write(catalog: Catalog, record: Paper | Artifact, text: str) -> Path:
    path = record_path(catalog.data, record)
    if path.exists():
        raise UnreadableError("exists already; choose another id with --id", str(path))
    write_together({path: text})
    return path
