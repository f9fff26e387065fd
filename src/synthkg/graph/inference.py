"""What follows from the records, by the saved CONSTRUCT rules of ``queries/rules/``.

A rule runs after those that state what it reads, so once is enough; rules that read what they state themselves, alone or in a
circle, run until none adds anything, unless their header says that they need not. What they add is new (never a triple that is
already stated) and lies in ``graph/inferred``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter

from pyoxigraph import NamedNode, Quad

from synthkg.errors import QueryError
from synthkg.graph.queries import Query, load_queries
from synthkg.graph.sparql import names_of, template_of
from synthkg.graph.store import OxigraphStore
from synthkg.graph.triples import GRAPHS

__all__ = ["in_order", "infer"]

_MOST_ROUNDS = 20


def infer(store: OxigraphStore, rules: Mapping[str, Query] | None = None) -> list[Quad]:
    """Adds to the store what follows, and returns it sorted.

    Args:
        store: The graph.
        rules: Those to apply; by default all.

    Raises:
        QueryError: A rule is not SPARQL, or the rules do not come to an end.
    """
    inferred: list[Quad] = []
    for together, is_circle in in_order(load_queries("rules") if rules is None else rules):
        for _ in range(_MOST_ROUNDS if is_circle else 1):
            new = [quad for rule in together for quad in _apply(rule, store)]
            inferred.extend(new)
            if not new:
                break
        else:
            if is_circle:
                raise QueryError(f"the rules still add triples after {_MOST_ROUNDS} rounds; does one feed itself?")
    return sorted(inferred, key=str)


def _apply(rule: Query, store: OxigraphStore) -> list[Quad]:
    """What a rule adds: of a property that nothing has so far, all that it states."""
    matching, graph = store.inner.quads_for_pattern, GRAPHS["inferred"]
    used: dict[NamedNode, bool] = {}
    new: list[Quad] = []
    for subject, predicate, value in set(store.construct(rule.text)):
        if predicate not in used:
            used[predicate] = next(matching(None, predicate, None), None) is not None
        if not used[predicate] or next(matching(subject, predicate, value), None) is None:
            new.append(Quad(subject, predicate, value, graph))
    store.inner.bulk_extend(new)
    return new


def in_order(rules: Mapping[str, Query]) -> Iterator[tuple[list[Query], bool]]:
    """The rules, those that must run together as one, each after all that state what it reads; and whether they are a circle."""
    states = {name: names_of(template_of(rule.text)) for name, rule in rules.items()}
    reads = {name: names_of(rule.text.replace(template_of(rule.text), "", 1)) for name, rule in rules.items()}
    before = {name: {other for other in rules if states[other] & reads[name]} for name in rules}
    reached = {name: _reached(name, before) for name in rules}
    circle = {name: min({name} | {other for other in reached[name] if name in reached[other]}) for name in rules}
    order = {
        of: {circle[other] for name in rules if circle[name] == of for other in before[name]} - {of} for of in circle.values()
    }
    for first in TopologicalSorter(dict(sorted(order.items()))).static_order():
        together = [name for name in rules if circle[name] == first]
        is_once = together == [first] and rules[first].header.get("once") == "true"
        yield [rules[name] for name in together], not is_once and any(name in reached[name] for name in together)


def _reached(name: str, before: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(before[name])
    while waiting:
        if (other := waiting.pop()) not in found:
            found.add(other)
            waiting += before[other]
    return found
