"""The graph as sorted N-Triples, and read off them as JSON-LD: one object a subject, with its types as ``@type``.

So programs that read JSON alone can use it, and frame it. What is said of one subject lies in several named graphs, which is why
the lines are sorted first: in runs on disk, so that memory does not grow with the graph. A store would not do, because it gives
0.700 back as 0.7. Format: https://www.w3.org/TR/json-ld11/, expanded.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import pyoxigraph
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple

from synthkg.model import RDF, XSD

__all__ = ["sort_lines", "write_json_ld"]

_RUN = 200_000  # lines sorted at a time
_TYPE = RDF + "type"
_STRING = XSD + "string"


def sort_lines(path: Path) -> None:
    """Sorts a file by its lines, each once, and with them what is said of one subject together."""
    runs: list[Path] = []
    with path.open("rb") as stream, ExitStack() as files:
        while lines := sorted(islice(stream, _RUN)):
            runs.append(path.with_name(f"{path.name}.{len(runs)}"))
            runs[-1].write_bytes(b"".join(lines))
        merged = heapq.merge(*(files.enter_context(run.open("rb")) for run in runs))
        with path.with_name(f"{path.name}.sorted").open("wb") as target:
            target.writelines(line for line, _ in groupby(merged))
    path.with_name(f"{path.name}.sorted").replace(path)
    for run in runs:
        run.unlink()


def write_json_ld(source: Path, target: Path) -> None:
    """Writes the triples of a file of sorted N-Triples, which has no blank nodes."""
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    triples: Iterator[Triple] = (quad.triple for quad in pyoxigraph.parse(path=source, format=RdfFormat.N_TRIPLES))
    with target.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write("[")
        for number, (subject, group) in enumerate(groupby(triples, key=lambda triple: triple.subject)):
            stream.write(",\n" if number else "\n")
            stream.write(encode(_node(subject, group)))
        stream.write("\n]\n")


def _node(subject: Any, triples: Iterable[Triple]) -> dict[str, Any]:
    types: list[str] = []
    members: dict[str, list[dict[str, str]]] = {}
    for _, predicate, value in triples:
        if predicate.value == _TYPE:
            types.append(value.value)
        else:
            members.setdefault(predicate.value, []).append(_value(value))
    return {"@id": subject.value, **({"@type": types} if types else {}), **members}


def _value(term: NamedNode | Literal) -> dict[str, str]:
    if isinstance(term, NamedNode):
        return {"@id": term.value}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    return {"@value": term.value} if term.datatype.value == _STRING else {"@value": term.value, "@type": term.datatype.value}
