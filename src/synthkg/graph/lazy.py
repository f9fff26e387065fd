"""A store that is filled with what is asked for, and remembers what came of it.

What a query reads are the facts of the properties that it names (`needs.read_by`). So what came of its answer holds while these
are the same, whatever else has changed; and where it must be asked anew, nothing but these need be loaded.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from pyoxigraph import Quad, RdfFormat, serialize

from synthkg.cache import Shelf, fingerprint
from synthkg.graph.inference import in_order, infer
from synthkg.graph.needs import fact_names, lines_with, read_by, read_by_any
from synthkg.graph.queries import Query
from synthkg.graph.sparql import mentions
from synthkg.graph.store import Asked, OxigraphStore, Table
from synthkg.graph.texts import Facts, facts_in
from synthkg.model import utc_day
from synthkg.workers import aside

__all__ = ["LazyStore"]

_FACTS = 3_000_000  # that are held at once, unless one query reads more: some 1.5 GB
_LINES = 5_000
_MOST = 160  # results: those of two states of a folder, and of some queries a few more

Result = TypeVar("Result")
Names = frozenset[str] | None
"""Those by which facts are read, as `read_by` has them; None for all."""


class LazyStore(OxigraphStore):
    """What records say, as far as it was asked for, and all that stands beside them and follows."""

    def __init__(self, data: Path, program: str, fetch: Callable[[Names], Iterable[bytes]]) -> None:
        """Begins empty.

        Args:
            data: The folder of the records.
            program: A hash of all that makes results, besides the facts.
            fetch: Gives what the records say that is read by some names, as N-Quads.
        """
        self._shelf = Shelf("answers", data)
        self._program, self._fetch = program, fetch
        self._numbers: Counter[str] = Counter()  # of facts, by what decides by which names they are read
        self._hashes: dict[str, Any] = defaultdict(sha256)
        self._beside = b""
        self._inferred: list[bytes] = []
        self._has: Names = frozenset()
        self._awaited: dict[Asked, Names] = {}

    def take(self, facts: Facts) -> None:
        """Takes note of what some records say."""
        for property, (number, digest) in facts.items():
            self._numbers[property] += number
            self._hashes[property].update(digest.encode())

    def add(self, quads: Iterable[Quad]) -> None:
        """Adds what no record says."""
        text = _text_of(dict.fromkeys(quads))
        self.load(text)
        self.take(facts_in(text))
        self._beside += text

    def follow(self, text: bytes, facts: Facts | None = None) -> None:
        """Takes what follows from records, with the facts that it is if they are known. It is loaded when it is asked for."""
        self.take(facts_in(text) if facts is None else facts)
        self._inferred.append(text)
        if self._has != frozenset():
            self.load(lines_with(self._has)(text))

    def infer(self, rules: Mapping[str, Query]) -> Sequence[bytes]:
        """Adds what follows by some rules, and returns all that follows as sorted N-Quads, in pieces that share no subject."""
        steps = [{rule.name: rule for rule in together} for together, _ in in_order(rules)]
        while steps and self._shelf.has(self._key(_step(steps[0]))):
            step = steps.pop(0)
            self.follow(self.remembered(_step(step), partial(self._follows, step)))
        if steps:
            before = len(self._inferred)
            with aside(partial(self._infer, steps)) as others:  # in a fork, what they read is gone with it
                texts = others()
            if len(self._inferred) == before:  # it was a fork
                for text in texts:
                    self.follow(text)
        lines = [line for text in self._inferred for line in text.splitlines(keepends=True)]
        self._inferred.clear()  # of a large folder they are half a gigabyte
        lines.sort()
        self._inferred.extend(_pieces(lines))
        return self._inferred

    def _infer(self, steps: Sequence[Mapping[str, Query]]) -> list[bytes]:
        """Adds what follows in some steps."""
        before = len(self._inferred)
        for number, step in enumerate(steps):
            if not self._shelf.has(self._key(_step(step))):
                self.prepare(map(_step, steps[number:]))
            self.follow(self.remembered(_step(step), partial(self._follows, step)))
        return self._inferred[before:]

    def _follows(self, rules: Mapping[str, Query]) -> bytes:
        """What follows by rules that feed each other, if they are several: what they read must stay until all have ended."""
        self._load(read_by_any(rule.text for rule in rules.values()))
        return _text_of(infer(self, rules))

    def prepare(self, every: Iterable[Asked]) -> None:
        """Is told what will be asked: what is needed for all that is not remembered is loaded together, as far as it fits."""
        self._awaited = {asked: read_by_any(asked[1:]) for asked in every if not self._shelf.has(self._key(asked))}

    def remembered(self, asked: Asked, make: Callable[[], Result]) -> Result:
        """See `OxigraphStore.remembered`."""
        self._awaited.pop(asked, None)
        return self._shelf.get(self._key(asked), make)

    def has_property(self, name: str) -> bool:
        """See `OxigraphStore.has_property`. Nothing is loaded for that."""
        return any(property.startswith(f"<{name}>") for property in self._numbers)

    def close(self) -> None:
        """Ends the asking: what has not been used for long is forgotten."""
        self._shelf.trim(_MOST)

    def _key(self, asked: Asked) -> str:
        """A hash of all that decides what comes of some queries."""
        read = sorted(self._properties(read_by_any(asked[1:])))
        hashes = [(property, self._hashes[property].hexdigest()) for property in read]
        day = utc_day() if any(mentions(text, "NOW") for text in asked) else ""
        return fingerprint([self._program, day, asked, hashes])

    def _properties(self, names: Names) -> Iterable[str]:
        """What decides that facts are read by some names."""
        return (property for property in self._numbers if names is None or not fact_names(property).isdisjoint(names))

    def _load(self, names: Names) -> None:
        """Loads what is read by some names, and of what is awaited as much as fits; if need be, what it has is let go."""
        if self._has is None or (names is not None and names <= self._has):
            return
        for others in self._awaited.values():
            if self._size(both := _both(names, others)) <= _FACTS:
                names = both
        if self._size(_both(names, self._has)) > _FACTS:
            self._forget()
        new = None if names is None else names - self._has
        for quads in chain(self._fetch(new), map(lines_with(new), self._inferred)):
            self.load(quads)
        self._has = _both(names, self._has)

    def _forget(self) -> None:
        """Begins again with what no record says."""
        del self.inner
        self.load(self._beside)
        self._has = frozenset()

    def _size(self, names: Names) -> int:
        """How many facts are read by some names."""
        return sum(self._numbers[property] for property in self._properties(names))

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
        return self._numbers.total()


def _pieces(lines: Sequence[bytes]) -> Iterator[bytes]:
    """Sorted lines together, some thousands at a time."""
    start = 0
    while start < len(lines):
        end = min(start + _LINES, len(lines))
        subject = lines[end - 1].partition(b" ")[0] + b" "
        while end < len(lines) and lines[end].startswith(subject):
            end += 1
        yield b"".join(lines[start:end])
        start = end


def _both(one: Names, other: Names) -> Names:
    return None if one is None or other is None else one | other


def _text_of(quads: Iterable[Quad]) -> bytes:
    return serialize(quads, format=RdfFormat.N_QUADS) or b""


def _step(rules: Mapping[str, Query]) -> Asked:
    return "rules", *(rule.text for rule in rules.values())
