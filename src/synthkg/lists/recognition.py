"""Recognise what a few words mean: an identifier, a title or a name, of a paper, method, artifact or venue of ours.

Who is meant is decided as for a row of a list (`matching`): what it would not call known is not known here either, only somewhat
alike. Besides, a title that a list prints is known where all rows with it are about one work, because a curator settled them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from synthkg.catalog import Catalog
from synthkg.lists.matching import Row, match, row_looks
from synthkg.model import BASE, Entry, identify, key_of
from synthkg.works import Curated, fold, read_claim

__all__ = ["Asked", "Found", "Recognition"]

_ALIKE = 50.0
_MOST_CHARACTERS = 1_000
_BETWEEN_NAMES = re.compile(r"[;|,]|\band\b")


@dataclass(frozen=True, slots=True)
class Asked:
    """Words, and what else is known of the thing: an address or identifier, and authors."""

    words: str
    url: str = ""
    authors: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A thing of ours, as ``kind/id``.

    Attributes:
        thing: ``paper/…``, ``method/…``, ``artifact/…`` or ``venue/…``.
        score: How like it is, 0 to 100; 100 where it is known.
        is_known: Whether it is certainly what is meant.
        by: What told that.
    """

    thing: str
    score: float
    is_known: bool = False
    by: str = ""


class Recognition:
    """Papers, methods, artifacts and venues, found by whatever they are or were called.

    Args:
        catalog: The papers and artifacts.
        names: Thing -> what it is called, for methods and venues its names, for papers and artifacts more than their records say.
        listed: Title as a list prints it -> the things that its rows are about.
    """

    def __init__(self, catalog: Catalog, names: Iterable[tuple[str, str]], listed: Iterable[tuple[str, str]]) -> None:
        self._curated = Curated(catalog)
        self._named: defaultdict[str, set[str]] = defaultdict(set)
        self._listed: defaultdict[str, set[str]] = defaultdict(set)
        self._labels: list[tuple[str, str]] = []
        for thing, name in names:
            self._named[fold(name)].add(thing)
            self._labels += [(folded, thing) for folded in {fold(name), fold(name.partition(":")[0])} if folded]
        for thing, title in listed:
            self._listed[fold(title)].add(thing)
            self._labels.append((fold(title), thing))
        self._labels = sorted(set(self._labels))
        self._things = {thing for _, thing in self._labels}

    def recognise(self, asked: Sequence[Asked], kinds: Sequence[str] = (), limit: int = 10) -> list[list[Found]]:
        """What is meant by each, best first.

        Args:
            asked: The words.
            kinds: ``paper``, ``method``, ``artifact``, ``venue``: what it may be; none means any.
            limit: How many are given of each at most.
        """
        settled = self._settled(asked)
        return [self._found(each, settled.get(number), kinds, limit) for number, each in enumerate(asked)]

    def begins(self, prefix: str, kinds: Sequence[str] = (), limit: int = 10) -> list[str]:
        """The things with a name in which a word begins so, those whose name itself does first."""
        folded = fold(prefix)
        found: dict[str, None] = {}
        for rule in (lambda label: label.startswith(folded), lambda label: f" {folded}" in label):
            found |= {thing: None for label, thing in self._labels if _is_of(thing, kinds) and rule(label)}
        return list(found)[:limit]

    def _settled(self, asked: Sequence[Asked]) -> dict[int, tuple[str, str]]:
        """The number of each whose meaning matching settles -> the thing, and what told."""
        found = {}
        rows = []
        for number, each in enumerate(asked):
            if (known := self._identified(each.words)) is not None:
                found[number] = known
            elif each.words.strip():
                rows.append(_row(number, each))
        for verdict in match(self._curated, rows):
            if verdict.is_settled:
                thing = f"paper/{verdict.paper}" if verdict.paper else f"artifact/{verdict.artifact}"
                found[verdict.entry] = (thing, verdict.by)
        return found

    def _identified(self, words: str) -> tuple[str, str] | None:
        """What an identifier or an address means, if the words are one. Our own are the surest."""
        text = words.strip()
        if (thing := text.removeprefix(BASE)) in self._things:
            return thing, "id"
        if identify(text) is None and not text.startswith(("http://", "https://")):
            return None
        papers = self._curated.identified_by(filter(None, [key_of(text)]))
        if len(papers) == 1:
            return f"paper/{min(papers)}", key_of(text) or ""
        artifact = self._curated.artifact_at(text)
        return (f"artifact/{artifact}", "URL") if artifact is not None and not papers else None

    def _found(self, asked: Asked, settled: tuple[str, str] | None, kinds: Sequence[str], limit: int) -> list[Found]:
        folded = fold(asked.words[:_MOST_CHARACTERS])
        known = settled or self._by_name(folded, kinds)
        scores = {known[0]: 100.0} if known is not None and _is_of(known[0], kinds) else {}
        labels = [label for label, thing in self._labels if _is_of(thing, kinds)]
        things = [thing for _, thing in self._labels if _is_of(thing, kinds)]
        for _, score, place in process.extract(folded, labels, scorer=fuzz.token_set_ratio, limit=None, score_cutoff=_ALIKE):
            whole = fuzz.ratio(folded, labels[place])
            scores[things[place]] = max(scores.get(things[place], 0.0), round(min((score + whole) / 2, 99.0), 1))
        if (meant := self._identified(asked.url)) is not None and _is_of(meant[0], kinds):  # under another title
            scores.setdefault(meant[0], 99.0)
        best = sorted(scores, key=lambda thing: (-scores[thing], thing))[:limit]
        return [
            Found(thing, scores[thing], is_known, known[1] if known is not None and is_known else "")
            for thing in best
            for is_known in [known is not None and thing == known[0]]
        ]

    def _by_name(self, folded: str, kinds: Sequence[str]) -> tuple[str, str] | None:
        """The only thing that has this very name; a paper or artifact by a title that matching or a list knows."""
        named = {thing for thing in self._named.get(folded, ()) if _is_of(thing, kinds)}
        if len(named) == 1 and (thing := next(iter(named))).startswith(("method/", "venue/")):
            return thing, "name"
        listed = {thing for thing in self._listed.get(folded, ()) if _is_of(thing, kinds)}
        if len(listed) == 1 and not {thing for thing in named if thing.startswith("paper/")} - listed:
            return next(iter(listed)), "title, as a list prints it"
        return None


def _is_of(thing: str, kinds: Sequence[str]) -> bool:
    return not kinds or thing.partition("/")[0] in kinds


def _row(number: int, asked: Asked) -> Row:
    """The words as a row of a list that prints them as a title."""
    entry = Entry(title=asked.words[:_MOST_CHARACTERS], url=asked.url or None)
    claim = read_claim(number, entry)
    key = key_of(claim.url) if claim.url else None
    authors = filter(None, map(str.strip, _BETWEEN_NAMES.split(asked.authors)))
    return Row(claim, number, entry, key, (key,) if key else (), asked.authors, row_looks(claim.title, authors))
