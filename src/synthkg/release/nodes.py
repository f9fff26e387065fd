"""The graph as JSON-LD: one object a subject, with its types as ``@type``, so that programs that read JSON alone can use it.

It is expanded, sorted, and written object by object, so memory does not grow with the graph. Format: https://www.w3.org/TR/json-ld11/.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode

from synthkg.graph import OxigraphStore
from synthkg.model import RDF, XSD

__all__ = ["write_json_ld"]

_TYPE = RDF + "type"
_STRING = XSD + "string"


def write_json_ld(store: OxigraphStore, target: Path) -> None:
    """Writes all triples of the store, whatever graphs they are in. There must be no blank nodes."""
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    with target.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write("[")
        for number, node in enumerate(_nodes(store)):
            stream.write(",\n" if number else "\n")
            stream.write(encode(node))
        stream.write("\n]\n")


def _nodes(store: OxigraphStore) -> Iterator[dict[str, Any]]:
    for subject in sorted({quad.subject.value for quad in store}):  # type: ignore[union-attr]
        members: dict[str, list[NamedNode | Literal]] = {}
        for _, predicate, value, _ in store.inner.quads_for_pattern(NamedNode(subject), None, None, None):
            members.setdefault(predicate.value, []).append(value)  # type: ignore[arg-type]
        types = sorted({value.value for value in members.pop(_TYPE, ())})
        values = {name: [_value(term) for term in (sorted(set(terms), key=str) if len(terms) > 1 else terms)] for name, terms in sorted(members.items())}
        yield {"@id": subject, **({"@type": types} if types else {}), **values}


def _value(term: NamedNode | Literal) -> dict[str, str]:
    if isinstance(term, NamedNode):
        return {"@id": term.value}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    return {"@value": term.value} if term.datatype.value == _STRING else {"@value": term.value, "@type": term.datatype.value}
