"""A store that is filled with what is asked for, and remembers what came of it.

What a query reads are the facts of the properties that it names (`needs.read_by`). So what came of its answer holds while these
are the same, whatever else has changed; and where it must be asked anew, nothing but these need be loaded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TypeVar

from pyoxigraph import Quad, RdfFormat, serialize

from synthkg.cache import Memory, Shelf, fingerprint
from synthkg.graph.inference import in_order, infer
from synthkg.graph.needs import lines_with, local_name, read_by, read_by_any
from synthkg.graph.queries import Query, load_queries
from synthkg.graph.sparql import mentions
from synthkg.graph.store import Asked, OxigraphStore, Table
from synthkg.graph.texts import Facts, facts_of

__all__ = ["LazyStore"]

_MOST = 160  # results: those of two states of a folder, and of some queries a few more

Result = TypeVar("Result")
Names = frozenset[str] | None
"""Local names of properties; None for all."""


class LazyStore(OxigraphStore):
    """What records say, as far as it was asked for, and all that stands beside them and follows."""

    def __init__(self, data: Path, program: str, fetch: Callable[[Names], Iterable[bytes]]) -> None:
        """Begins empty.

        Args:
            data: The folder of the records.
            program: A hash of all that makes results, besides the facts.
            fetch: Gives what the records say of some properties, as N-Quads.
        """
        self._shelf, self._memory = Shelf("answers", data), Memory("answered", data, program)
        self._program, self._fetch = program, fetch
        self.is_eager = not self._memory.recall()
        """Whether it is filled as facts are taken: where nothing is remembered, all will be asked for."""
        self._facts: dict[str, list[tuple[str, int, str]]] = defaultdict(list)  # by the local names of properties
        self._hashes: dict[str, str] = {}
        self._inferred: list[bytes] = []
        self._has: Names = None if self.is_eager else frozenset()

    def take(self, facts: Facts, quads: bytes) -> None:
        """Takes note of what some records say.

        Args:
            facts: Of which facts.
            quads: The facts, needed if the store `is_eager`.
        """
        self._heed(facts)
        if self.is_eager:
            self.load(quads)

    def add(self, quads: Iterable[Quad]) -> None:
        """Adds what no record says."""
        new = list(dict.fromkeys(quads))
        self.inner.bulk_extend(new)
        self._heed(_facts_of(_text_of(new)))

    def _heed(self, facts: Facts) -> None:
        for name, (number, digest) in facts.items():
            short = local_name(name[1:-1])
            self._facts[short].append((name, number, digest))
            self._hashes.pop(short, None)

    def infer(self) -> bytes:
        """Adds what follows by the saved rules, and returns it as N-Quads, sorted."""
        steps = [{rule.name: rule for rule in together} for together, _ in in_order(load_queries("rules"))]
        for number, rules in enumerate(steps):
            if not self._shelf.has(self._key(_step(rules))):
                self.prepare(map(_step, steps[number:]))
            self._follow(rules)
        return b"".join(sorted(line for text in self._inferred for line in text.splitlines(keepends=True)))

    def _follow(self, rules: Mapping[str, Query]) -> None:
        """Adds what follows by some rules from all that there is by now. What is remembered is loaded when it is asked for."""
        is_new = False

        def make() -> bytes:
            nonlocal is_new
            is_new = True
            return _text_of(infer(self, rules))

        text = self.remembered(_step(rules), make)
        self._heed(_facts_of(text))
        self._inferred.append(text)
        if not is_new and self._has != frozenset():
            self.load(lines_with(self._has)(text))

    def prepare(self, every: Iterable[Asked]) -> None:
        """Loads at once what is needed for all that is not remembered."""
        missing = [asked for asked in every if not self._shelf.has(self._key(asked))]
        self._load(read_by_any(text for _, *texts in missing for text in texts))

    def remembered(self, asked: Asked, make: Callable[[], Result]) -> Result:
        """See `OxigraphStore.remembered`."""

        def made() -> Result:
            self._load(read_by_any(asked[1:]))  # what seemed to be there may be damaged
            return make()

        return self._shelf.get(self._key(asked), made)

    def close(self) -> None:
        """Ends the asking: what has not been used for long is forgotten."""
        self._shelf.trim(_MOST)
        self._memory.keep(True)

    def _key(self, asked: Asked) -> str:
        """A hash of all that decides what comes of some queries."""
        names = read_by_any(asked[1:])
        hashes = [self._hash(name) for name in sorted(self._facts if names is None else names & self._facts.keys())]
        day = date.today().isoformat() if any(mentions(text, "NOW") for text in asked) else ""
        return fingerprint([self._program, day, asked, hashes])

    def _hash(self, name: str) -> str:
        """A hash of all facts of the properties with a local name."""
        if name not in self._hashes:
            self._hashes[name] = fingerprint(self._facts[name])
        return self._hashes[name]

    def _load(self, names: Names) -> None:
        """Loads what it does not have yet of some properties."""
        if self._has is None or (names is not None and names <= self._has):
            return
        new = None if names is None else names - self._has
        for quads in chain(self._fetch(new), map(lines_with(new), self._inferred)):
            self.load(quads)
        self._has = names if names is None else self._has | names

    def select_ours(self, query: str) -> Table:
        """See `OxigraphStore.select_ours`."""
        self._load(read_by(query))
        return super().select_ours(query)

    def _run(self, query: str) -> object:
        self._load(read_by(query))
        return super()._run(query)

    def __iter__(self) -> Iterator[Quad]:
        self._load(None)
        return super().__iter__()

    def __len__(self) -> int:
        return sum(number for facts in self._facts.values() for _, number, _ in facts)


def _text_of(quads: Iterable[Quad]) -> bytes:
    return serialize(quads, format=RdfFormat.N_QUADS) or b""


def _facts_of(quads: bytes) -> Facts:
    lines: dict[str, list[str]] = defaultdict(list)
    for line in quads.decode().split("\n")[:-1]:
        lines[line.split(" ", 2)[1]].append(line)
    return facts_of(lines)


def _step(rules: Mapping[str, Query]) -> Asked:
    return "rules", *(rule.text for rule in rules.values())
