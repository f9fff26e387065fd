"""Ids that changed: a former one leads to the thing that has another now, wherever a thing is named."""

from __future__ import annotations

import re
from collections import defaultdict
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
    """The IRIs that things have now which had one of these before.

    A part goes with its record, and a concept with its scheme unless the IRI was its own.
    """
    found = [each for iri in iris if (each := _PARTS.fullmatch(iri))]
    if not found:
        return set()
    old = " ".join(sorted({f"<{iri}>" for each in found for iri in (each[0], each[1])}))
    rows = store.select(f"SELECT ?old ?new WHERE {{ VALUES ?old {{ {old} }} ?new <{NAMESPACE}formerly> ?old }}").rows
    now: defaultdict[str, set[str]] = defaultdict(set)
    for former, new in rows:
        if former is not None and new is not None:
            now[former.value].add(new.value)
    return {new for each in found for new in now[each[0]] or {whole + (each[2] or "") for whole in now[each[1]]}}
