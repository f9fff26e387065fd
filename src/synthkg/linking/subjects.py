"""The things of ours that links are about, with the keys by which another graph may know them.

An identifier is a version's: the arXiv id the preprint's, a DOI or an OpenReview forum that of what it was given to. A title is
the paper's, because a thing that has no more than the title may be any of the versions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from synthkg.catalog import Catalog
from synthkg.linking.targets import Key
from synthkg.model import Paper, Version, concept_iri, part_iri, record_iri

__all__ = ["Subject", "find_subjects"]


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing of ours that may be in another graph: a version of a paper, a paper (by its titles), or a concept.

    Attributes:
        names: Every title or label that it has or had, the first being what it is called.
        paper: The paper that it is, or is a version of.
    """

    iri: str
    keys: tuple[Key, ...]
    names: tuple[str, ...]
    paper: Paper | None = None


def find_subjects(catalog: Catalog, level: str) -> list[Subject]:
    """The things of a level with their keys: the identifiers of versions, and the titles of papers; or the labels of concepts."""
    if level == "concept":
        return list(_concepts(catalog))
    papers = catalog.of(Paper).values()
    return [*chain.from_iterable(map(_versions, papers)), *map(_by_title, papers)]


def _versions(paper: Paper) -> Iterator[Subject]:
    for version in paper.versions:
        keys = []
        if version.arxiv:
            keys += [Key("arxiv", version.arxiv), Key("doi", f"10.48550/arxiv.{version.arxiv.lower()}")]
        if version.doi:
            keys.append(Key("doi", version.doi.lower()))
        if version.openreview:
            keys.append(Key("openreview", version.openreview))
        iri = part_iri(record_iri("papers", paper.id), "version", version.id)
        yield Subject(iri, tuple(dict.fromkeys(keys)), _titles(paper, version), paper)


def _titles(paper: Paper, first: Version | None = None) -> tuple[str, ...]:
    versions = [*([first] if first else []), *paper.versions]
    own = [version.title for version in versions[:1] if first and version.title]
    others = [version.title for version in versions if version.title]
    earlier = [title for version in versions for title in version.earlier_titles]
    return tuple(dict.fromkeys([*own, paper.title, *others, *earlier]))


def _by_title(paper: Paper) -> Subject:
    titles = _titles(paper)
    return Subject(record_iri("papers", paper.id), tuple(Key("title", title) for title in titles), titles, paper)


def _concepts(catalog: Catalog) -> Iterator[Subject]:
    for path, names in catalog.vocabulary.names.items():
        yield Subject(concept_iri(*path.split("/")), tuple(Key("label", name) for name in names), tuple(names))
