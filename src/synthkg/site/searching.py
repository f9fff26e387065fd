"""What ``search.js`` reads: each thing with the words by which it is found, and what it can be sorted by."""

from __future__ import annotations

import json

from synthkg.model import BASE
from synthkg.profiles import WEIGHTS, Index, kind_of
from synthkg.site.contents import Contents

__all__ = ["search_index"]

_FACETS = {
    "kind": "Kind",
    "stage": "Stage",
    "domain": "Domain",
    "technique": "Technique",
    "topic": "Topic",
    "venue": "Venue",
    "year": "Year",
    "code": "State of the code",
    "type": "Type of artifact",
    "state": "State of the artifact",
    "licence": "Licence",
    "erratum": "Kind of erratum",
}
"""Facet -> its heading."""


def search_index(contents: Contents) -> bytes:
    """The index as JSON: ``fields`` with their weights, ``facets``, and a row a thing: page, kind, title, facets, words."""
    texts = Index(contents.store, contents.labels).texts
    rows = []
    for iri in sorted(texts.keys() | contents.facets.keys()):
        kind, page = kind_of(iri), contents.addresses.page(iri)
        if not kind or page is None:
            continue
        facets = {"kind": [kind]} | contents.facets.get(iri, {})
        words = [sorted(set(texts.get(iri, {}).get(field, ()))) for field in WEIGHTS]
        note = contents.note(iri)
        rows.append([page, kind, contents.labels.of(iri), note, facets, words])
    index = {"base": BASE, "fields": list(WEIGHTS.items()), "facets": list(_FACETS.items()), "things": rows}
    return json.dumps(index, ensure_ascii=False, separators=(",", ":")).encode()
