"""Blank nodes of several graphs, told apart by what is said of them, since their labels mean nothing outside a file.

A label is a hash of what is said of the node, and of the blank nodes that this names, as far as it takes to tell them apart.
Nodes of which the same is said have one label. The canonical labels of RDFC-1.0 would tell these apart, too, but a list of a
thousand equal members takes it minutes, and a changed statement may change any of its labels.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection

from pyoxigraph import BlankNode, Quad, Triple

__all__ = ["has_blank", "labels", "shown"]

_FARTHEST = 100  # steps from a node to what tells it apart
Labels = dict[str, str]


def has_blank(term: object) -> bool:
    """Whether a term is a blank node, or speaks of one."""
    return isinstance(term, BlankNode) or (isinstance(term, Triple) and (has_blank(term.subject) or has_blank(term.object)))


def shown(term: object, labels: Labels) -> str:
    """A term as in N-Triples, with these labels of blank nodes."""
    if isinstance(term, Triple):
        return f"<<( {shown(term.subject, labels)} {term.predicate} {shown(term.object, labels)} )>>"
    return f"_:{labels.get(term.value, '0')}" if isinstance(term, BlankNode) else str(term)


def labels(graphs: Collection[Collection[Quad]]) -> list[Labels]:
    """For each graph, of which the statements with blank nodes are given, the labels of these by those that they have."""
    found: list[Labels] = [{} for _ in graphs]
    count = 0
    for _ in range(_FARTHEST):
        found = [_farther(graph, known) for graph, known in zip(graphs, found, strict=True)]
        if (told_apart := len({label for known in found for label in known.values()})) == count:
            break
        count = told_apart
    return found


def _farther(graph: Collection[Quad], known: Labels) -> Labels:
    """The labels that follow from what is said of each node with the labels that are known."""
    said: dict[str, set[str]] = defaultdict(set)
    for quad in graph:
        if isinstance(quad.subject, BlankNode):
            said[quad.subject.value].add(f"{quad.predicate} {shown(quad.object, known)}")
    return {node: hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:32] for node, lines in said.items()}
