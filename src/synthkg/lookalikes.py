"""Find what looks wrong to a reader and SPARQL cannot say: two records of one work, a row whose title is another's.

Titles are compared after `fold`, so case, punctuation and TeX do not count, but numerals do: "II" is often all that
tells two works apart. Only papers that share one of their rarer title words are compared at all, so the time grows with
the number of papers and not with its square. A work that was renamed altogether is not found.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from math import ceil
from typing import NamedTuple

from rapidfuzz import fuzz

from synthkg.records import Author, Paper, ReadingList
from synthkg.works import fold

__all__ = ["FarTitle", "far_titles", "lookalikes"]

_ALIKE = 0.85
_SURELY_ALIKE = 0.95
_SHARED_WORDS = 0.6
_SHARED_AUTHORS = 0.5
_SHORT = 4
_NUMERAL = re.compile(r"\d+|\b[ivx]+\b")

_Numerals = tuple[str, ...]


class FarTitle(NamedTuple):
    """A row whose title is none of its paper's: where it is, and how like (0 to 1) the nearest title is."""

    list: ReadingList
    number: int
    pointer: tuple[str | int, ...]
    paper: Paper
    likeness: float


class _Looks(NamedTuple):
    """What is compared of a paper: folded titles and short names, each with the numerals of the title, and authors."""

    titles: frozenset[tuple[str, _Numerals]]
    names: frozenset[tuple[str, _Numerals]]
    authors: frozenset[str]


def lookalikes(papers: Iterable[Paper]) -> Iterator[tuple[Paper, Paper, float]]:
    """Pairs of papers that are probably one work, with how sure that is (0 to 1), in the order of the papers.

    Such a pair has at least half of the shorter author line in common, and with the same numerals like titles or the
    same short name before the colon; where authors are unknown, the titles must be all but the same. A pair of which
    either declares the other ``different`` is none.
    """
    known = list(papers)
    looks = [_looks(paper) for paper in known]
    declared = {(paper.id, other.paper) for paper in known for other in paper.different}
    for one, other in sorted(_candidates(looks)):
        ids = known[one].id, known[other].id
        if ids in declared or ids[::-1] in declared:
            continue
        if (sure := _likeness(looks[one], looks[other])) is not None:
            yield known[one], known[other], sure


def _titles(paper: Paper) -> list[str]:
    """Every title that the paper is recorded to have or have had, its own first."""
    own = [version.title for version in paper.versions if version.title is not None]
    earlier = [title for version in paper.versions for title in version.earlier_titles]
    return list(dict.fromkeys([paper.title, *own, *earlier]))


def _looks(paper: Paper) -> _Looks:
    folded = {title: fold(title) for title in _titles(paper)}
    numerals = {title: tuple(sorted(_NUMERAL.findall(words))) for title, words in folded.items()}
    authors: list[Author] = [*paper.authors, *(author for version in paper.versions for author in version.authors)]
    return _Looks(
        frozenset((words, numerals[title]) for title, words in folded.items() if words),
        frozenset((name, numerals[title]) for title in folded if (name := _short_name(title))),
        frozenset(filter(None, (_signature(author.name) for author in authors))),
    )


def _short_name(title: str) -> str:
    """What stands before the title's colon, if it is short."""
    name, colon, _ = title.partition(":")
    return fold(name) if colon and len(name.split()) < _SHORT else ""


def _signature(name: str) -> str:
    """A name by its last word and first letter, so that a middle name or an initial makes no difference."""
    words = fold(name).split()
    return f"{words[-1]} {words[0][0]}" if words else ""


def _candidates(looks: list[_Looks]) -> set[tuple[int, int]]:
    """Pairs worth comparing: titles with the same numerals and a rarer word or the short name in common.

    Of two titles that share six words in ten, the rarest four in ten and one more of each always have one in common.
    """
    common = Counter(word for look in looks for title, _ in look.titles for word in set(title.split()))
    buckets: dict[tuple[str, str, _Numerals], set[int]] = defaultdict(set)
    for number, look in enumerate(looks):
        for title, numerals in look.titles:
            words = sorted(set(title.split()), key=lambda word: (common[word], word))
            for word in words[: len(words) - ceil(_SHARED_WORDS * len(words)) + 1]:
                buckets["word", word, numerals].add(number)
        for name, numerals in look.names:
            buckets["name", name, numerals].add(number)
    return {pair for bucket in buckets.values() for pair in combinations(sorted(bucket), 2)}


def _likeness(one: _Looks, other: _Looks) -> float | None:
    """How sure it is that two papers are one work, if they look so at all."""
    if not one.authors or not other.authors:
        titles = _title_likeness(one, other)
        return round(titles, 3) if titles >= _SURELY_ALIKE else None
    authors = len(one.authors & other.authors) / min(len(one.authors), len(other.authors))
    if authors < _SHARED_AUTHORS:
        return None
    titles = _title_likeness(one, other)
    return round((titles + authors) / 2, 3) if titles >= _ALIKE or one.names & other.names else None


def _title_likeness(one: _Looks, other: _Looks) -> float:
    pairs = ((a, b) for a, numerals in one.titles for b, others in other.titles if numerals == others)
    return max((fuzz.ratio(a, b) / 100 for a, b in pairs), default=0.0)


def far_titles(lists: Iterable[ReadingList], papers: Iterable[Paper]) -> Iterator[FarTitle]:
    """Rows whose published title is far from every title recorded for their paper, and that have no title erratum."""
    titles = {paper.id: (paper, [fold(title) for title in _titles(paper)]) for paper in papers}
    for record in lists:
        corrected = {erratum.entry for erratum in record.errata if erratum.field == "title"}
        number = 0
        for i, block in enumerate(record.content):
            for j, entry in enumerate(block.entries):
                number += 1
                if entry.title is None or entry.paper not in titles or number in corrected:
                    continue
                paper, known = titles[entry.paper]
                published = fold(entry.title)
                likeness = max(fuzz.ratio(published, title) / 100 for title in known)
                if likeness < _ALIKE:
                    pointer = ("content", i, "entries", j, "title")
                    yield FarTitle(record, number, pointer, paper, round(likeness, 3))
