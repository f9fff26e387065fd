"""How large the graph and its parts are, counted while its triples pass once, sorted by subject.

The saved queries of ``queries/statistics/`` of the same names are the definitions; tests compare the rows. Asking them took
longer than writing the dumps. What is distinct over all subjects is counted by a hash of 64 bits; the hashes lie side by side, in
parts that a set holds one after the other, since as objects those of a hundred thousand papers took 2 GB.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import product
from typing import Any

from synthkg.model import BASE, RDF

__all__ = ["COUNTED", "Statistics"]

COUNTED = ("dataset", "properties", "classes", "class-properties", "graphs", "graph-classes", "graph-properties")
"""The statistics that have rows here."""

_TYPE = f"<{RDF}type>"
_SIZE, _PARTS = 8, 16
Row = dict[str, str]


class Statistics:
    """Counts of some subjects, whose every triple has passed; those of others can be added."""

    def __init__(self) -> None:
        self._own = 0
        self._alike: Counter[tuple[tuple[str, ...], tuple[str, ...]]] = Counter()  # subjects by their types and properties
        self._in_graphs: Counter[tuple[str, tuple[str, ...], tuple[str, ...]]] = Counter()
        self._values: dict[tuple[str, str], set[str]] = defaultdict(set)  # by graph and property
        self._objects: dict[tuple[str, str], list[bytearray]] = defaultdict(_parts)  # the same as hashes
        self._told: Mapping[tuple[str, str], int] | None = None

    def count(self, subject: str, said: Sequence[tuple[str, str, str]]) -> None:
        """Takes all that is said of a subject: properties, objects and graphs, as N-Quads writes them, sorted."""
        for predicate, value, graph in said:
            self._values[graph, predicate].add(value)
        self._own += subject.startswith(f"<{BASE}")
        kind = _kind(said)
        self._alike[kind] += 1
        graphs = {graph for _, _, graph in said}
        for graph in graphs:
            here = kind if len(graphs) == 1 else _kind([each for each in said if each[2] == graph])
            self._in_graphs[(graph, *here)] += 1

    def close(self) -> None:
        """Ends the counting of subjects, and keeps of the objects their hashes, which can travel."""
        for key, values in self._values.items():
            parts = self._objects[key]
            for value in values:
                hash = blake2b(value.encode(), digest_size=_SIZE).digest()
                parts[hash[0] % _PARTS] += hash
        self._values.clear()

    def add(self, other: Statistics) -> None:
        """Takes what was counted of other subjects, and closed."""
        self._own += other._own
        self._alike += other._alike
        self._in_graphs += other._in_graphs
        for key, others in other._objects.items():
            for part, more in zip(self._objects[key], others, strict=True):
                part += more

    def tally(self) -> None:
        """Counts what is distinct, which takes a while, and forgets the hashes: nothing more can be added then."""
        sought = {("", ""), *((graph, "") for graph, _ in self._objects), *(("", predicate) for _, predicate in self._objects)}
        self.tell({each: self._distinct(*each) for each in sought})
        self._objects = defaultdict(_parts, {key: [] for key in self._objects})

    def detached(self) -> list[tuple[str, str, bytes]]:
        """Graph, property and hash of each object, to be counted elsewhere; here they are forgotten."""
        self.close()
        found = [
            (graph, predicate, bytes(part[at : at + _SIZE]))
            for (graph, predicate), parts in self._objects.items()
            for part in parts
            for at in range(0, len(part), _SIZE)
        ]
        self._objects = defaultdict(_parts, {key: _parts() for key in self._objects})
        return found

    def tell(self, objects: Mapping[tuple[str, str], int]) -> None:
        """Takes how many objects are distinct, as they were counted elsewhere: by graph and by property, empty words for any."""
        self._told = objects

    def _distinct(self, graph: str = "", predicate: str = "") -> int:
        """How many objects there are, of a graph or a property if one is given."""
        if self._told is not None:
            return self._told[graph, predicate]
        some = [parts for (of, name), parts in self._objects.items() if graph in ("", of) and predicate in ("", name)]
        return sum(len(set[int]().union(*(memoryview(part).cast("Q") for part in alike))) for alike in zip(*some, strict=True))

    def rows(self, name: str) -> list[Row]:
        """The rows of the statistic of that name, sorted."""
        made: Iterator[Row] = getattr(self, f"_{name.replace('-', '_')}")()
        return sorted(made, key=lambda row: list(row.values())[:2])

    def _dataset(self) -> Iterator[Row]:
        triples, subjects = self._sizes((properties, number) for (_, properties), number in self._alike.items())
        properties = len({predicate for _, predicate in self._objects})
        yield _row(triples=triples, entities=self._own, subjects=subjects, properties=properties, objects=self._distinct())

    def _properties(self) -> Iterator[Row]:
        triples: Counter[str] = Counter()
        subjects: Counter[str] = Counter()
        for (_, properties), number in self._alike.items():
            triples.update({name: number * often for name, often in Counter(properties).items()})
            subjects.update(dict.fromkeys(properties, number))
        for name in triples:
            objects = self._distinct(predicate=name)
            yield _row(property=name, triples=triples[name], subjects=subjects[name], objects=objects)

    def _classes(self) -> Iterator[Row]:
        found: Counter[str] = Counter()
        for (types, _), number in self._alike.items():
            found.update(dict.fromkeys(types, number))
        yield from (_row(**{"class": name, "entities": number}) for name, number in found.items())

    def _class_properties(self) -> Iterator[Row]:
        triples: Counter[tuple[str, str]] = Counter()
        subjects: Counter[tuple[str, str]] = Counter()
        for (types, properties), number in self._alike.items():
            for kind, (name, often) in product(types, Counter(properties).items()):
                triples[kind, name] += number * often
                subjects[kind, name] += number
        for (kind, name), number in triples.items():
            yield _row(**{"class": kind, "property": name, "triples": number, "subjects": subjects[kind, name]})

    def _graphs(self) -> Iterator[Row]:
        for graph in {graph for graph, _, _ in self._in_graphs}:
            triples, subjects = self._sizes((said, number) for (of, _, said), number in self._in_graphs.items() if of == graph)
            properties = sum(of == graph for of, _ in self._objects)
            yield _row(graph=graph, triples=triples, subjects=subjects, properties=properties, objects=self._distinct(graph))

    def _graph_classes(self) -> Iterator[Row]:
        found: Counter[tuple[str, str]] = Counter()
        for (graph, types, _), number in self._in_graphs.items():
            found.update({(graph, kind): number for kind in types})
        yield from (_row(**{"graph": graph, "class": kind, "entities": number}) for (graph, kind), number in found.items())

    def _graph_properties(self) -> Iterator[Row]:
        found: Counter[tuple[str, str]] = Counter()
        for (graph, _, properties), number in self._in_graphs.items():
            for name, often in Counter(properties).items():
                found[graph, name] += number * often
        yield from (_row(graph=graph, property=name, triples=number) for (graph, name), number in found.items())

    @staticmethod
    def _sizes(alike: Iterable[tuple[tuple[str, ...], int]]) -> tuple[int, int]:
        """How many triples and subjects there are."""
        pairs = list(alike)
        return sum(len(properties) * number for properties, number in pairs), sum(number for _, number in pairs)


def _kind(said: Sequence[tuple[str, str, str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The types and the properties of a subject, each property as often as it is said."""
    return tuple([value for predicate, value, _ in said if predicate == _TYPE]), tuple([predicate for predicate, _, _ in said])


def _parts() -> list[bytearray]:
    return [bytearray() for _ in range(_PARTS)]


def _row(**cells: Any) -> Row:
    return {name: cell.strip("<>") if isinstance(cell, str) else str(cell) for name, cell in cells.items()}
