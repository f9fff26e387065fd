"""Proves that a record is valid, by its triples and the compiled shapes (`decisions`).

pySHACL takes twenty times as long, so it is asked only about records that are not proved valid here: it alone judges, explains
and finds places. Hence the one rule of this module: in doubt a record is not proved. That holds for literals that are not in the
plainest form of their datatype, for blank nodes, and for texts on which dialects of regular expressions differ.

All shapes that aim at nodes of the same classes with the same properties are joined into one plan, so that how many, how few
and whether at all are decided once a plan; what remains is one function a property, which remembers its last values.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from synthkg.checks.decisions import Decision, Doubt, Facts, OfPath, Test, is_plain, read_shapes, value_of
from synthkg.graph import Said
from synthkg.model import RDF, RDFS

__all__ = ["Prover"]

_TYPE, _SUBCLASS = f"<{RDF}type>", f"<{RDFS}subClassOf>"
_PLANS = 4096
_VALUES = 1024


class _Plan(NamedTuple):
    """What is asked of nodes of the same classes with the same properties: least, most, and each value; and the rest."""

    paths: tuple[tuple[str, int, int, Callable[[str], bool]], ...]
    tests: tuple[Test, ...]


class Prover:
    """The shapes as a decision about records."""

    def __init__(self, shapes: Path) -> None:
        """Compiles the shapes.

        Args:
            shapes: A Turtle file.

        Raises:
            ShapesNotCompiled: They use SHACL in a way that is not known here.
            UnreadableError: The file is not Turtle.
        """
        self._by_target: dict[tuple[str, str], list[Decision]] = defaultdict(list)
        for target, aimed_at, decision in read_shapes(shapes):
            self._by_target[target, aimed_at].append(decision)
        self._fits_all = cache(_fits_all)
        self._plan = lru_cache(_PLANS)(self._make_plan)

    def proves(self, groups: Iterable[Said]) -> bool:
        """Whether what a record says, alone, is certain to give no result of any severity.

        Args:
            groups: It, in as many parts as one likes.
        """
        first, *others = groups
        whole = dict(first)
        for said in others:
            for subject, pairs in said.items():
                whole[subject] = whole[subject] | pairs if subject in whole else pairs
        try:
            return all(self._fits(node, pairs) for node, pairs in whole.items())
        except Doubt:
            return False

    def _fits(self, node: str, pairs: Iterable[tuple[str, str]]) -> bool:
        facts: Facts = {}
        for predicate, value in pairs:
            if predicate in facts:
                facts[predicate].append(value)
            else:
                facts[predicate] = [value]
        plan = self._plan(tuple(facts.get(_TYPE, ())), tuple(facts))
        if plan is None:
            return False
        for path, least, most, fits in plan.paths:
            values = facts[path]
            if not least <= len(values) <= most or not all(map(fits, values)):
                return False
        subject = value_of(node)
        return all(test(subject, facts) for test in plan.tests)

    def _make_plan(self, types: tuple[str, ...], properties: tuple[str, ...]) -> _Plan | None:
        """The shapes for such nodes as one plan, or None if none of them can be right."""
        classes, predicates = frozenset(types), frozenset(properties)
        targets = [("targetClass", kind) for kind in classes] + [("targetSubjectsOf", predicate) for predicate in predicates]
        decisions = [decision for target in targets for decision in self._by_target.get(target, ())]
        asked = [path for decision in decisions for path in decision.paths]
        closed = all(decision.predicates is None or predicates <= decision.predicates for decision in decisions)
        if _SUBCLASS in predicates or not closed or any(path.least > 0 and path.predicate not in predicates for path in asked):
            return None
        return _Plan(
            tuple(self._of_path(predicate, [path for path in asked if path.predicate == predicate]) for predicate in predicates),
            tuple(dict.fromkeys(test for decision in decisions for test in decision.tests)),
        )

    def _of_path(self, predicate: str, asked: list[OfPath]) -> tuple[str, int, int, Callable[[str], bool]]:
        tests = dict.fromkeys(test for path in asked for test in path.tests)
        least, most = max((path.least for path in asked), default=0), min((path.most for path in asked), default=sys.maxsize)
        return predicate, least, most, self._fits_all(tuple(tests))


def _fits_all(tests: tuple[Test, ...]) -> Callable[[str], bool]:
    """Whether a value is plain and passes all tests; remembered of the last values."""

    @lru_cache(_VALUES)
    def fits(text: str) -> bool:
        value = value_of(text)
        if not is_plain(value):
            return False
        for test in tests:  # noqa: SIM110 - half as fast with all()
            if not test(value, {}):
                return False
        return True

    return fits
