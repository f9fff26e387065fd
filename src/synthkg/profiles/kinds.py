"""Of which kind a thing is: told from its IRI alone, since that is how things are named."""

from __future__ import annotations

import re

from synthkg.kinds import SOUGHT
from synthkg.model import AUTHORITIES, BASE

__all__ = ["KINDS", "kind_of", "thing_of"]

KINDS = (*SOUGHT, "query", "dataset", "ontology")
"""The kinds of things that have profiles."""
_PATTERNS = (
    (re.compile(r"list/[^/#]+/erratum/[^/#]+"), "erratum"),
    (re.compile(r"(paper|method|artifact|venue|list|query)/[^/#]+"), ""),
    (re.compile(r"concept/[^/#]+/[^/#]+"), "concept"),
    (re.compile(r"concept/[^/#]+"), "scheme"),
    (re.compile(r"ontology#[A-Za-z]+"), "term"),
    (re.compile(r"ontology(?:/[^#]*)?"), "ontology"),
    (re.compile(r"dataset"), "dataset"),
)


def thing_of(iri: str) -> str:
    """The thing that has a page: the thing itself, or the one that it is a part of; anything else is left as it is.

    >>> thing_of("https://w3id.org/synthkg/paper/a/version/b/author/1").removeprefix(BASE)
    'paper/a'
    """
    path = iri.removeprefix(BASE)
    for pattern, _ in _PATTERNS if path != iri else ():
        if found := pattern.match(path):
            return BASE + found[0]
    return iri


def kind_of(iri: str) -> str:
    """The kind of a thing or, where the IRI is none of ours, ``person``; empty where there is no such kind.

    >>> kind_of("https://w3id.org/synthkg/concept/stage"), kind_of("https://w3id.org/synthkg/paper/a/version/b")
    ('scheme', '')
    """
    path = iri.removeprefix(BASE)
    if path == iri:
        return "person" if iri.startswith(tuple(AUTHORITIES.values())) else ""
    for pattern, kind in _PATTERNS:
        if found := pattern.fullmatch(path):
            return kind or str(found[1])
    return ""
