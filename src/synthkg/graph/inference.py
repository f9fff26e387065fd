"""What follows from the records, by the saved CONSTRUCT rules of ``queries/rules/``.

Rules run until none adds anything; what they add is new (never a triple that is already stated) and lies in the graph
``graph/inferred``.
"""

from __future__ import annotations

from pyoxigraph import Quad

from synthkg.errors import QueryError
from synthkg.graph.queries import load_queries
from synthkg.graph.store import OxigraphStore
from synthkg.graph.triples import GRAPHS

__all__ = ["infer"]

_MOST_ROUNDS = 20


def infer(store: OxigraphStore) -> list[Quad]:
    """Adds to the store what follows, and returns it sorted.

    Raises:
        QueryError: A rule is not SPARQL, or the rules do not come to an end.
    """
    rules = load_queries("rules")
    inferred: list[Quad] = []
    for _ in range(_MOST_ROUNDS):
        before = len(inferred)
        for rule in rules.values():
            new = [
                Quad(triple.subject, triple.predicate, triple.object, GRAPHS["inferred"])
                for triple in set(store.construct(rule.text))
                if next(store.inner.quads_for_pattern(triple.subject, triple.predicate, triple.object), None) is None
            ]
            store.inner.bulk_extend(new)
            inferred.extend(new)
        if len(inferred) == before:
            return sorted(inferred, key=str)
    raise QueryError(f"the rules still add triples after {_MOST_ROUNDS} rounds; does one feed itself?")
