"""Things by words, ranked: every word of the question is sought among the words of each thing, forgiving slips of the pen.

A word counts by where it stands (`words.WEIGHTS`; in a long title less than in a short one), by how few things it fits, and by
how well: the same, the beginning of a longer one, or one with a few letters wrong. In a script without blanks between
words, as the Chinese, a word may stand anywhere in a longer one. Things with all words of the question come first.
The web site's ``search.js`` does the same with the same words and weights, so the two answer alike.
"""

from __future__ import annotations

import math
import re
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz.distance import OSA

from synthkg.graph import Store, database, load_queries
from synthkg.model import BASE, identify
from synthkg.profiles.kinds import kind_of
from synthkg.profiles.labels import Labels
from synthkg.profiles.words import key_of, tabulate
from synthkg.reading import plain
from synthkg.works import fold

__all__ = ["Hit", "Index"]

_BEGINS, _SLIPPED, _MISSING = 0.7, 0.6, 0.2
_SHORTEST = 4  # letters of a word in which a slip is forgiven
_WHOLE = 1.5  # times, where the whole question is the whole of a title or name
_IDENTIFIED = 1_000.0
_UNPARTED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
"""Words of scripts that put no blanks between them, so that one is found within what stands between two blanks."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that was found."""

    iri: str
    kind: str
    score: float


class Index:
    """The words of a graph's things, in a database: that of a large graph is made once, and no more of it read than is asked for.

    Args:
        store: The graph.
        labels: What things are called.
    """

    def __init__(self, store: Store, labels: Labels) -> None:
        query = load_queries("exports")["searchable"]

        def fill(made: sqlite3.Connection) -> None:
            tabulate(made, query.rows(store), labels.titles)

        self._all = database(store, ("words", query.text), fill)

    @property
    def texts(self) -> dict[str, dict[str, list[str]]]:
        """IRI -> kind of text -> the texts, of all things."""
        found: dict[str, dict[str, list[str]]] = {}
        for iri, kind, text in self._all.execute("SELECT iri, kind, said FROM text NATURAL JOIN thing ORDER BY text.rowid"):
            found.setdefault(iri, {}).setdefault(kind, []).append(text)
        return found

    def called(self, name: str, *ways: str) -> set[str]:
        """The things with this name.

        Args:
            name: The name, as it is compared: see `key_of`.
            ways: Whose name: ``title`` (or any other name), ``person``, ``term``; or what of it: ``short`` (what stands before
                the colon), ``id`` (the end of the IRI), ``identifier``.
        """
        text = name.encode("utf-8", "replace")  # an argument of a command may have bytes that are no text
        select = "SELECT iri FROM called WHERE name = ? AND way = ?"
        return {iri for way in ways for (iri,) in self._all.execute(select, (text.decode(), way))}

    def ids(self, start: str) -> list[str]:
        """The ids of the things whose IRIs are this beginning and an id, sorted."""
        select = "SELECT name FROM called WHERE way = 'id' AND iri = ? || name ORDER BY name"
        return [id for (id,) in self._all.execute(select, (start.encode("utf-8", "replace").decode(),))]

    def search(self, question: str, kinds: Sequence[str] = (), limit: int = 20) -> list[Hit]:
        """The things that fit, best first; none where the question is empty.

        Args:
            question: Words, or an identifier or address in any spelling, or an IRI or id of ours (``paper/self-instruct``).
            kinds: What they may be; none means anything.
            limit: How many at most.
        """
        scores = self._scores(fold(question).split())
        for number in self._numbers(self.called(key_of(question), "title")):
            scores[number] = scores.get(number, 0.0) * _WHOLE
        for number in self._numbers(self.named(question)):
            scores[number] = scores.get(number, 0.0) + _IDENTIFIED
        ranked = sorted((-round(score, 3), number) for number, score in scores.items())  # numbers are in the order of IRIs
        hits: list[Hit] = []
        for score, number in ranked:
            if len(hits) >= limit:
                break
            ((iri,),) = self._all.execute("SELECT iri FROM thing WHERE number = ?", (number,))
            if not kinds or kind_of(iri) in kinds:
                hits.append(Hit(iri, kind_of(iri), -score))
        return hits

    def named(self, question: str) -> set[str]:
        """What the whole question may name: the things with this identifier or address, and the IRI of this id."""
        return {BASE + question.strip().casefold().removeprefix(BASE), *self.identified(question)}

    def identified(self, text: str) -> set[str]:
        """The things with this identifier or address."""
        known = identify(text.strip())
        spellings = {text.strip().casefold()} | ({known.value.casefold()} if known else set())
        return {iri for spelling in spellings for iri in self.called(spelling, "identifier")}

    def printed(self, iri: str) -> str:
        """What a list prints as the title of a thing; nothing if none does. A draft is called nothing else in the graph."""
        select = "SELECT said FROM text NATURAL JOIN thing WHERE iri = ? AND kind = 'name' ORDER BY text.rowid LIMIT 1"
        return "".join(plain(said) for (said,) in self._all.execute(select, (iri,)))

    def _numbers(self, iris: Iterable[str]) -> Iterator[int]:
        for iri in iris:
            for (number,) in self._all.execute("SELECT number FROM thing WHERE iri = ?", (iri,)):
                yield number

    def _scores(self, words: Sequence[str]) -> dict[int, float]:
        found: list[dict[int, float]] = [self._fitting(word) for word in dict.fromkeys(words)]
        scores: dict[int, float] = {}
        for number in {number for each in found for number in each}:
            missing = sum(number not in each for each in found)
            scores[number] = sum(each.get(number, 0.0) for each in found) * _MISSING**missing
        return scores

    def _fitting(self, word: str) -> dict[int, float]:
        """The things with a word that fits, each with what that is worth."""
        found: dict[int, float] = {}
        for known in self._words:
            if not (quality := _quality(word, known)):
                continue
            ((numbers, weights),) = self._all.execute("SELECT numbers, weights FROM word WHERE said = ?", (known,))
            for number, weight in zip(array("I", numbers), array("d", weights), strict=True):
                found[number] = max(found.get(number, 0.0), quality * weight)
        rarity = math.log(1 + self._count / max(1, len(found)))
        return {number: worth * rarity for number, worth in found.items()}

    @cached_property
    def _words(self) -> list[str]:
        return [word for (word,) in self._all.execute("SELECT said FROM word")]

    @cached_property
    def _count(self) -> int:
        return int(self._all.execute("SELECT COUNT(*) FROM thing").fetchone()[0])


def _quality(word: str, known: str) -> float:
    """How well a word of a thing fits a word of the question, 0 to 1.

    >>> _quality("instruct", "instruct"), _quality("instrct", "instruct"), _quality("inst", "instruct"), _quality("on", "no")
    (1.0, 0.6, 0.7, 0.0)
    >>> _quality("生成", "音乐生成"), _quality("成生", "音乐生成")
    (0.7, 0.0)
    """
    if word == known:
        return 1.0
    if (len(word) > 1 and known.startswith(word)) or (word in known and _UNPARTED.fullmatch(word)):
        return _BEGINS
    allowed = 0 if len(word) < _SHORTEST or any(map(str.isdigit, word)) else 1 if len(word) < 2 * _SHORTEST else 2
    if allowed and abs(len(word) - len(known)) <= allowed and OSA.distance(word, known, score_cutoff=allowed) <= allowed:
        return _SLIPPED
    return 0.0
