"""A saved check, asked of a graph: its rows, which the caller gives their place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from synthkg.errors import QueryError
from synthkg.graph import Asked, OxigraphStore, Query, needed_by
from synthkg.views import rows_of

__all__ = ["asked", "rows_found"]


def _can_find(query: Query, store: OxigraphStore) -> bool:
    """Whether all properties that a check cannot do without occur."""
    return all(map(store.has_property, needed_by(query.text)))


def asked(store: OxigraphStore, checks: Iterable[Query]) -> Iterator[Asked]:
    """What `rows_found` will ask, as a store that remembers is told."""
    return (_asked(check) for check in checks if _can_find(check, store))


def rows_found(store: OxigraphStore, checks: Mapping[str, Query]) -> Iterator[tuple[Query, dict[str, str]]]:
    """What some checks find in a graph: each row, with its check."""
    for query in checks.values():
        for key in ("severity", "problem", "solution"):
            if key not in query.header:
                raise QueryError(f'a check says its {key}: add "#+ {key}: …"', f"{query.path}:1:1")
        yield from ((query, row) for row in store.remembered(_asked(query), partial(_rows, query, store)))


def _asked(check: Query) -> Asked:
    return "rows", check.text


def _rows(check: Query, store: OxigraphStore) -> list[dict[str, str]]:
    return list(rows_of(check.select(store))) if _can_find(check, store) else []
