"""The words by which things are found, what each is worth, and the tables in which they are looked up."""

from __future__ import annotations

import math
import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter

from synthkg.graph import Table
from synthkg.profiles.kinds import kind_of
from synthkg.works import fold

__all__ = ["WEIGHTS", "key_of", "tabulate", "words_of"]

WEIGHTS = {"title": 10, "name": 8, "authors": 6, "method": 5, "venue": 4, "concept": 3, "text": 2, "identifier": 1}
"""What a word is worth, by where it stands."""


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


def tabulate(made: sqlite3.Connection, table: Table, titles: Mapping[str, str]) -> None:
    """Fills the database with what is sought: the names of things, their texts, and a row a word with those that have it.

    Things are numbered in the order of their IRIs. The row of a word has their numbers, and what it is worth in each.
    """
    made.executescript("""
        CREATE TABLE thing (number INTEGER PRIMARY KEY, iri TEXT UNIQUE);
        CREATE TABLE text (number INTEGER, kind TEXT, said TEXT);
        CREATE TABLE called (name TEXT, way TEXT, iri TEXT, PRIMARY KEY (name, way, iri)) WITHOUT ROWID;
        CREATE TABLE word (said TEXT PRIMARY KEY, numbers BLOB, weights BLOB);
    """)
    words: defaultdict[str, tuple[array[int], array[float]]] = defaultdict(lambda: (array("I"), array("d")))
    rows = sorted((thing.value, kind.value, said.value) for thing, kind, said in table.rows if thing and kind and said)
    for number, (iri, said) in enumerate(groupby(rows, key=itemgetter(0))):
        texts = [(kind, text) for _, kind, text in said]
        made.execute("INSERT INTO thing VALUES (?, ?)", (number, iri))
        made.executemany("INSERT INTO text VALUES (?, ?, ?)", [(number, kind, text) for kind, text in texts])
        made.executemany("INSERT OR IGNORE INTO called VALUES (?, ?, ?)", [(*each, iri) for each in _names(texts)])
        for word, weight in _weights(texts).items():
            numbers, weights = words[word]
            numbers.append(number)
            weights.append(weight)
    packed = ((word, numbers.tobytes(), weights.tobytes()) for word, (numbers, weights) in sorted(words.items()))
    made.executemany("INSERT INTO word VALUES (?, ?, ?)", packed)
    others = ((*each, iri) for iri, title in titles.items() for each in _called(iri, title))
    made.executemany("INSERT OR IGNORE INTO called VALUES (?, ?, ?)", others)


def _weights(texts: Iterable[tuple[str, str]]) -> dict[str, float]:
    """Word -> what it is worth in a thing with texts of these kinds."""
    found: dict[str, float] = {}
    for kind, text in texts:
        words = words_of(text)
        weight = WEIGHTS[kind] * (0.5 + 0.5 / math.sqrt(len(words) or 1) if kind in ("title", "name") else 1)
        found |= {word: max(found.get(word, 0.0), weight) for word in words}
    return found


def _names(texts: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The names in a thing's texts, and in which way it is called so."""
    for kind, text in texts:
        if kind == "identifier":
            yield text.casefold(), "identifier"
        elif kind in ("title", "name"):
            yield key_of(text), "title"
        if kind == "title" and ":" in text:
            yield key_of(text.partition(":")[0]), "short"


def _called(iri: str, title: str) -> Iterator[tuple[str, str]]:
    """The names of a thing by what it is called in a few words, and its id."""
    kind = kind_of(iri)
    if kind == "person":
        yield key_of(title), "person"
    if kind == "term":
        yield fold(title), "term"
    elif kind:
        yield iri if kind == "person" else iri.rpartition("/")[2], "id"
