"""Who the authors of a paper are, as a source says it of the same place and family name."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from synthkg.enrichment.publication import Publication
from synthkg.model import Author
from synthkg.works import fold

__all__ = ["family", "identified"]


def identified(
    authors: tuple[Author, ...], publication: Publication
) -> tuple[tuple[Author, ...], list[str], list[tuple[int, str, str]]]:
    """The authors with the ids that were blank, the names of those who got one, and (index, key, id) of what is contradicted.

    An author is the source's where place and family name agree. An id that the source, or the record, gives somebody else
    of the same paper is passed over.
    """
    often = Counter(pair for pairs in publication.ids for pair in pairs)
    found, names, clashes = list(authors), [], []
    theirs = publication.authors or publication.profiles
    for number, (author, name, pairs) in enumerate(zip(authors, theirs, publication.ids, strict=False)):
        if author.group or family(author.name) != family(name):
            continue
        new: dict[str, Any] = {}
        for key, id in pairs:
            ours = getattr(author, key)
            if ours is not None and ours != id:
                clashes.append((number, key, id))
            elif ours is None and often[key, id] == 1 and all(getattr(other, key) != id for other in authors):
                new[key] = id
        if new:
            found[number] = replace(author, **new)
            names.append(author.name)
    return tuple(found), names, clashes


def family(name: str) -> str:
    """The last word of a name, folded."""
    return fold(name).split(" ")[-1]
