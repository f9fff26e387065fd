"""Things by words, ranked: every word of the question is sought among the words of each thing, forgiving slips of the pen.

A word counts by where it stands (`WEIGHTS`; in a long title less than in a short one), by how few things it fits, and by how
well: the same, the beginning of a longer one, or one with a few letters wrong. Things with all words of the question come first.
The web site's ``search.js`` does the same with the same words and weights, so the two answer alike.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from synthkg.graph import Store, load_queries
from synthkg.lists import fold
from synthkg.model import identify
from synthkg.profiles.kinds import kind_of

__all__ = ["WEIGHTS", "Hit", "Index", "key_of", "words_of"]

WEIGHTS = {"title": 10, "name": 8, "authors": 6, "method": 5, "venue": 4, "concept": 3, "text": 2, "identifier": 1}
"""What a word is worth, by where it stands."""
_BEGINS, _SLIPPED, _MISSING = 0.7, 0.6, 0.2
_SHORTEST = 4  # letters of a word in which a slip is forgiven
_WHOLE = 1.5  # times, where the whole question is the whole of a title or name
_IDENTIFIED = 1_000.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that was found."""

    iri: str
    kind: str
    score: float


def key_of(name: str) -> str:
    """What makes a title or name the same as another: what its letters say, or where it has none, its signs.

    >>> key_of("Évol-Instruct!"), key_of(" 🤗 ")
    ('evol instruct', '🤗')
    """
    return fold(name) or name.strip()


def words_of(text: str) -> list[str]:
    """The words by which a text is found: folded, a compound also as one word.

    >>> words_of("Évol-Instruct: GPT-4")
    ['evol', 'instruct', 'evolinstruct', 'gpt', '4', 'gpt4']
    """
    found = []
    for piece in text.split():
        parts = fold(piece).split()
        found += parts + (["".join(parts)] if len(parts) > 1 and "://" not in piece else [])
    return found


class Index:
    """The words of a graph's things.

    Args:
        store: The graph.
    """

    def __init__(self, store: Store) -> None:
        self.texts: dict[str, dict[str, list[str]]] = {}
        for thing, kind, said in load_queries("exports")["searchable"].rows(store).rows:
            if thing is not None and kind is not None and said is not None:
                self.texts.setdefault(thing.value, {}).setdefault(kind.value, []).append(said.value)
        self._weights: defaultdict[str, dict[str, float]] = defaultdict(dict)
        self._whole: defaultdict[str, set[str]] = defaultdict(set)
        self._identified: defaultdict[str, set[str]] = defaultdict(set)
        for iri, by_kind in self.texts.items():
            for field, texts in by_kind.items():
                for text in texts:
                    self._add(iri, field, text)

    def _add(self, iri: str, kind: str, text: str) -> None:
        if kind == "identifier":
            self._identified[text.casefold()].add(iri)
        if kind in ("title", "name"):
            self._whole[key_of(text)].add(iri)
        words = words_of(text)
        weight = WEIGHTS[kind] * (0.5 + 0.5 / math.sqrt(len(words) or 1) if kind in ("title", "name") else 1)
        for word in words:
            weights = self._weights[word]
            weights[iri] = max(weights.get(iri, 0.0), weight)

    def search(self, question: str, kinds: Sequence[str] = (), limit: int = 20) -> list[Hit]:
        """The things that fit, best first; none where the question is empty.

        Args:
            question: Words, or an identifier or address in any spelling.
            kinds: What they may be; none means anything.
            limit: How many at most.
        """
        scores = self._scores(fold(question).split())
        for iri in self._whole.get(key_of(question), ()):
            scores[iri] = scores.get(iri, 0.0) * _WHOLE
        for iri in self.identified(question):
            scores[iri] = scores.get(iri, 0.0) + _IDENTIFIED
        hits = [Hit(iri, kind_of(iri), round(score, 3)) for iri, score in scores.items()]
        chosen = [hit for hit in hits if not kinds or hit.kind in kinds]
        return sorted(chosen, key=lambda hit: (-hit.score, hit.iri))[:limit]

    def identified(self, text: str) -> set[str]:
        """The things with this identifier or address."""
        known = identify(text.strip())
        spellings = {text.strip().casefold()} | ({known.value.casefold()} if known else set())
        return {iri for spelling in spellings for iri in self._identified.get(spelling, ())}

    def _scores(self, words: Sequence[str]) -> dict[str, float]:
        found: list[dict[str, float]] = [self._fitting(word) for word in dict.fromkeys(words)]
        scores: dict[str, float] = {}
        for iri in {iri for each in found for iri in each}:
            missing = sum(iri not in each for each in found)
            scores[iri] = sum(each.get(iri, 0.0) for each in found) * _MISSING**missing
        return scores

    def _fitting(self, word: str) -> dict[str, float]:
        """The things with a word that fits, each with what that is worth."""
        found: dict[str, float] = {}
        for known, weights in self._weights.items():
            if quality := _quality(word, known):
                for iri, weight in weights.items():
                    found[iri] = max(found.get(iri, 0.0), quality * weight)
        rarity = math.log(1 + len(self.texts) / max(1, len(found)))
        return {iri: worth * rarity for iri, worth in found.items()}


def _quality(word: str, known: str) -> float:
    """How well a word of a thing fits a word of the question, 0 to 1.

    >>> _quality("instruct", "instruct"), _quality("instrct", "instruct"), _quality("inst", "instruct"), _quality("on", "no")
    (1.0, 0.6, 0.7, 0.0)
    """
    if word == known:
        return 1.0
    if len(word) > 1 and known.startswith(word):
        return _BEGINS
    allowed = 0 if len(word) < _SHORTEST or any(map(str.isdigit, word)) else 1 if len(word) < 2 * _SHORTEST else 2
    if allowed and abs(len(word) - len(known)) <= allowed and OSA.distance(word, known, score_cutoff=allowed) <= allowed:
        return _SLIPPED
    return 0.0
