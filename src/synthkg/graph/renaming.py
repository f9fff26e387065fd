"""Ids that changed: a former one leads to the thing that has another now, wherever a thing is named."""

from __future__ import annotations

import re
from collections.abc import Iterable

from synthkg.graph.store import Store
from synthkg.model import BASE, NAMESPACE

__all__ = ["present_iri", "renamed"]

_PARTS = re.compile(rf"({re.escape(BASE)}[a-z]+/[A-Za-z0-9._~-]+)([/#][A-Za-z0-9._~/#-]*)?")


def present_iri(store: Store, iri: str) -> str:
    """The IRI that a thing has now which had this one before; the same one where none had it, or several."""
    now = renamed(store, [iri])
    return now.pop() if len(now) == 1 else iri


def renamed(store: Store, iris: Iterable[str]) -> set[str]:
    """The IRIs that things have now which had one of these before; a part goes with its record, a concept with its scheme."""
    rest = {f"<{found[1]}>": found[2] or "" for iri in iris if (found := _PARTS.fullmatch(iri))}
    if not rest:
        return set()
    old = " ".join(sorted(rest))
    rows = store.select(f"SELECT ?old ?new WHERE {{ VALUES ?old {{ {old} }} ?new <{NAMESPACE}formerly> ?old }}").rows
    return {new.value + rest[str(old)] for old, new in rows if old is not None and new is not None}
