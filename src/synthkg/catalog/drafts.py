"""A new record, ready to fill in, from an arXiv id, a DOI or a URL.

A draft says what the identifier alone can say and leaves the rest as keys without a value, which ``synthkg check`` names.
"""

from __future__ import annotations

from pathlib import Path

from synthkg.catalog.canonical import quote
from synthkg.catalog.folder import Catalog, record_path, require_id
from synthkg.errors import UnreadableError, UsageError
from synthkg.files import write_together
from synthkg.model import Artifact, Identifier, Paper, arxiv, identify, normal_url, slug

__all__ = ["draft"]

_VERSION = {
    "arxiv": 'id: preprint\n    type: preprint\n    venue: arxiv\n    date:  # first submission, YYYY-MM-DD\n    arxiv: "{id}"',
    "doi": 'id:  # venue-year\n    type:  # {types}\n    venue:\n    year:\n    doi: "{id}"',
    "acl": 'id:  # venue-year\n    type: conference-paper\n    venue:\n    year:\n    track:  # {tracks}\n    acl: "{id}"',
    "openreview": (
        'id:  # venue-year\n    type:  # {types}\n    venue:\n    year:\n    track:  # {tracks}\n    openreview: "{id}"'
    ),
}
_PAPER = """\
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
_PAGES = {
    "arxiv": "https://arxiv.org/abs/{}",
    "doi": "https://doi.org/{}",
    "acl": "https://aclanthology.org/{}/",
    "openreview": "https://openreview.net/forum?id={}",
}


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
        UsageError: ``what`` is no identifier, or a record has it already; or ``id`` is no id.
        UnreadableError: The file exists.
    """
    found = identify(what) or (Identifier("arxiv", id_) if (id_ := arxiv(what)) else None)
    if found is None and not what.startswith(("https://", "http://")):
        raise UsageError(f'"{what}" is no arXiv id, DOI or URL; write for example 2212.10560 or https://github.com/owner/name')
    is_paper = found is not None and found.scheme in _VERSION
    _refuse_known(catalog, found, what)
    id = require_id(id) if id else slug(title or (found.value if found else what.partition("//")[2]))
    if not is_paper:
        return _write(catalog, Artifact(id=id, title="", type="code"), _artifact_text(catalog, found, what, title))
    assert found is not None
    return _write(catalog, Paper(id=id, title=""), _paper_text(catalog, found, title))


def _words(catalog: Catalog, scheme: str) -> str:
    return " ".join(catalog.vocabulary.concepts[scheme])


def _paper_text(catalog: Catalog, found: Identifier, title: str | None) -> str:
    types = " ".join(sorted(catalog.vocabulary.kinds("Version")))
    version = _VERSION[found.scheme].format(id=found.value, types=types, tracks=_words(catalog, "track"))
    return _PAPER.format(
        title=f" {quote(title)}" if title else "  # as the latest published version prints it",
        version=version,
        source=_PAGES[found.scheme].format(found.value),
        contributions=_words(catalog, "contribution"),
        stages=_words(catalog, "stage"),
        kinds=_words(catalog, "evidence"),
    )


def _artifact_text(catalog: Catalog, found: Identifier | None, what: str, title: str | None) -> str:
    kind = "code" if found and found.scheme == "github" else "project"
    if found and found.scheme == "huggingface":
        kind = "dataset" if found.value.startswith("datasets/") else "model"
    return _ARTIFACT.format(
        title=f" {quote(title)}" if title else "",
        type=kind,
        url=what,
        states=_words(catalog, "state"),
        kinds=_words(catalog, "evidence"),
    )


def _refuse_known(catalog: Catalog, found: Identifier | None, what: str) -> None:
    for paper in catalog.of(Paper).values():
        for version in paper.versions:
            if found and getattr(version, found.scheme, None) == found.value:
                raise UsageError(f"{found.value} is in the graph already", str(catalog.path(paper)))
    for artifact in catalog.of(Artifact).values():
        if any(normal_url(url) == normal_url(what) for url in (artifact.url, *artifact.former_urls) if url):
            raise UsageError(f"{what} is in the graph already", str(catalog.path(artifact)))


def _write(catalog: Catalog, record: Paper | Artifact, text: str) -> Path:
    path = record_path(catalog.data, record)
    if path.exists():
        raise UnreadableError("exists already; choose another id with --id", str(path))
    write_together({path: text})
    return path
