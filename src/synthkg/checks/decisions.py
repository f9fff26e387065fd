"""SHACL shapes compiled into decisions: functions of a node and what is said of it.

Shapes that use a SHACL term which is not known here, or one where it is not expected, are refused as a whole: to overlook one
would be to prove what is wrong. And a value on which engines may differ is no right and no wrong, but a doubt.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from synthkg.errors import SynthkgError, UnreadableError
from synthkg.graph import term
from synthkg.model import RDF, XSD

__all__ = ["Decision", "Doubt", "Facts", "OfPath", "ShapesNotCompiled", "Term", "Test", "is_plain", "read_shapes"]

_SH = "http://www.w3.org/ns/shacl#"
_NIL = NamedNode(RDF + "nil")
_INTEGER, _DATE, _BOOLEAN = (NamedNode(XSD + name) for name in ("integer", "date", "boolean"))
_TRUE, _FALSE = Literal("true", datatype=_BOOLEAN), Literal("false", datatype=_BOOLEAN)
_PLAIN = {
    NamedNode(XSD + "string"): re.compile(r"[\s\S]*"),
    NamedNode(XSD + "gYear"): re.compile("[12][0-9]{3}"),
    NamedNode(XSD + "gYearMonth"): re.compile("[12][0-9]{3}-(0[1-9]|1[0-2])"),
    _DATE: re.compile("[12][0-9]{3}-[0-9]{2}-[0-9]{2}"),
    _INTEGER: re.compile("0|-?[1-9][0-9]{0,17}"),
    _BOOLEAN: re.compile("true|false"),
}

_OF_ALL = frozenset({"targetClass", "targetSubjectsOf", "severity", "message"})
_OF_VALUES = frozenset(
    {"nodeKind", "datatype", "pattern", "minLength", "maxLength", "in", "languageIn", "minInclusive", "maxInclusive"}
    | {"not", "or", "hasValue"}
)
_OF_NODES = _OF_VALUES | {"property", "closed", "ignoredProperties"}
_OF_PATHS = _OF_VALUES | {"path", "minCount", "maxCount", "disjoint", "uniqueLang"}
_CLASSES = frozenset({"NodeShape", "PropertyShape"})
_KNOWN = _OF_ALL | _OF_NODES | _OF_PATHS | _CLASSES | {"IRI", "Literal", "Violation", "Warning", "Info"}
_REPEATABLE = frozenset(
    {"targetClass", "targetSubjectsOf", "property", "not", "or", "pattern", "hasValue", "disjoint", "message"}
)

Term = NamedNode | Literal
Facts = dict[str, list[str]]
"""What a record says of one node: the objects by predicate, each once, as N-Triples writes them."""
Test = Callable[[Term, Facts], bool]
"""Whether a node fits, given what is said of it; of a value nothing is known to be said."""
_Said = dict[str, list[Any]]
"""What the file says of a shape: the objects by the names of SHACL's terms, and by the IRIs of others."""


class ShapesNotCompiled(SynthkgError):
    """The shapes say something that is not known here, so that nothing can be proved by them."""


class Doubt(Exception):
    """It is not certain whether a value fits."""


class OfPath(NamedTuple):
    """What is asked of the values of one property: how many there are, and each alone."""

    predicate: str
    least: int
    most: int
    tests: tuple[Test, ...]

    def fits(self, facts: Facts) -> bool:
        """Whether the values fit."""
        values = facts.get(self.predicate, ())
        return self.least <= len(values) <= self.most and all(test(term(value), {}) for test in self.tests for value in values)


class Decision(NamedTuple):
    """What a shape asks of a node: tests of the node, what is asked of its properties, and, if it is closed, which they are."""

    tests: tuple[Test, ...]
    paths: tuple[OfPath, ...]
    predicates: frozenset[str] | None

    def fits(self, node: Term, facts: Facts) -> bool:
        """Whether a node fits, given what is said of it."""
        return (
            (self.predicates is None or facts.keys() <= self.predicates)
            and all(test(node, facts) for test in self.tests)
            and all(path.fits(facts) for path in self.paths)
        )


def is_plain(term: object) -> bool:
    """Whether all engines read a term alike: an IRI, or a literal in the plainest form of a datatype that is known here."""
    if not isinstance(term, Literal):
        return isinstance(term, NamedNode)
    if term.language:
        return re.fullmatch("[a-z]+", term.language) is not None
    form = _PLAIN.get(term.datatype)
    return form is not None and form.fullmatch(term.value) is not None and (term.datatype != _DATE or _is_day(term.value))


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def read_shapes(file: Path) -> Iterator[tuple[str, str, Decision]]:
    """Each target of each shape: ``targetClass`` or ``targetSubjectsOf``, the class or property, and what is asked there.

    Raises:
        ShapesNotCompiled: The shapes use SHACL in a way that is not known here.
        UnreadableError: The file is not Turtle.
    """
    shapes = _Shapes(file)
    for shape, said in list(shapes.said.items()):
        for target in ("targetClass", "targetSubjectsOf"):
            for aimed_at in said.get(target, ()):
                yield target, str(aimed_at), shapes.decision(shape)


class _Shapes:
    """The shapes of a file, each compiled once."""

    def __init__(self, file: Path) -> None:
        self.said: dict[object, _Said] = defaultdict(dict)
        self._file = file
        self._compiled: dict[tuple[object, bool], Decision | None] = {}
        try:
            for triple in parse(path=file, format=RdfFormat.TURTLE):
                self.said[triple.subject].setdefault(self._name(triple.predicate), []).append(triple.object)
                self._name(triple.subject)
                self._name(triple.object)
        except SyntaxError as error:
            raise UnreadableError(f"not Turtle: {error.msg}", f"{file}:{error.lineno}:{error.offset}") from error

    def decision(self, shape: object, *, of_value: bool = False) -> Decision:
        """What a shape asks of a node, or of a value, of which nothing is known to be said."""
        if (shape, of_value) not in self._compiled:
            self._compiled[shape, of_value] = None
            self._compiled[shape, of_value] = self._compile(shape, of_value)
        return self._compiled[shape, of_value] or self._refuse(f"{shape} within itself")

    def _compile(self, shape: object, of_value: bool) -> Decision:
        said = self.said.get(shape, {})
        if not said or not {self._name(kind) for kind in said.get(RDF + "type", ())} <= _CLASSES:
            self._refuse(f"{shape}, which is not defined, or more than a shape")
        expected = _OF_VALUES if of_value else _OF_PATHS if "path" in said else _OF_NODES
        for name, objects in said.items():
            if name in _KNOWN - expected - _OF_ALL or (len(objects) > 1 and name in _KNOWN - _REPEATABLE):
                self._refuse(f"sh:{name} where it is not expected: {shape}")
        if "path" in said:
            return self._decision_of_path(said)
        parts = [self.decision(part) for part in said.get("property", ())]
        paths = tuple(path for part in parts for path in part.paths)
        ignored = [predicate for items in said.get("ignoredProperties", ()) for predicate in self._items(items)]
        closed = frozenset([*map(str, ignored), *(path.predicate for path in paths)]) if self._flag(said, "closed") else None
        together = (test for part in parts for test in part.tests)
        return Decision((*self._tests(said, of_value), *together), paths, closed)

    def _decision_of_path(self, said: _Said) -> Decision:
        """What is asked of the values of a property: their number, each alone, and all together."""
        (path,) = said["path"]
        if not isinstance(path, NamedNode):
            self._refuse("a sh:path that is no property")
        (least,) = (self._integer(count) for count in said.get("minCount", [_ZERO]))
        (most,) = (self._integer(count) for count in said.get("maxCount", [_MANY]))
        together: list[Test] = [_disjoint(str(path), str(other)) for other in said.get("disjoint", ())]
        together += (_has_value(str(path), str(self._plain(wanted))) for wanted in said.get("hasValue", ()))
        together += [_unique_languages(str(path))] if self._flag(said, "uniqueLang") else []
        alone = {name: objects for name, objects in said.items() if name != "hasValue"}
        return Decision(tuple(together), (OfPath(str(path), least, most, tuple(self._tests(alone, of_value=True))),), None)

    def _tests(self, said: _Said, of_value: bool) -> Iterator[Test]:
        """What is asked of a node or value by itself."""
        for name in sorted(said.keys() & _OF_VALUES):
            for argument in said[name]:
                if name == "not":
                    yield _negation(self.decision(argument, of_value=of_value))
                elif name == "or":
                    yield _choice([self.decision(shape, of_value=of_value) for shape in self._items(argument)])
                else:
                    yield self._test(name, argument)

    def _test(self, name: str, argument: Any) -> Test:
        match name:
            case "nodeKind":
                kind = {"IRI": NamedNode, "Literal": Literal}.get(self._name(argument)) or self._refuse(f"{argument}")
                return lambda value, _: isinstance(value, kind)
            case "datatype":
                known = argument if argument.value.startswith(XSD) else self._refuse(f"sh:datatype {argument}")
                return lambda value, _: isinstance(value, Literal) and value.datatype == known
            case "pattern":
                return _search(self._regex(argument))
            case "minLength":
                length = self._integer(argument)
                return lambda value, _: len(value.value) >= length
            case "maxLength":
                length = self._integer(argument)
                return lambda value, _: len(value.value) <= length
            case "in":
                members = frozenset(self._plain(item) for item in self._items(argument))
                return lambda value, _: value in members
            case "hasValue":
                wanted = self._plain(argument)
                return lambda value, _: bool(value == wanted)
            case "languageIn":
                languages = {self._plain(item).value for item in self._items(argument)}
                return lambda value, _: isinstance(value, Literal) and value.language in languages
            case "minInclusive":
                least = self._integer(argument)
                return lambda value, _: _is_integer(value) and int(value.value) >= least
            case _:
                most = self._integer(argument)
                return lambda value, _: _is_integer(value) and int(value.value) <= most

    def _items(self, head: object) -> Iterator[Any]:
        """The members of a list."""
        while head != _NIL:
            cell = self.said.get(head, {})
            firsts, rests = cell.get(RDF + "first", ()), cell.get(RDF + "rest", ())
            if not len(firsts) == len(rests) == 1:
                self._refuse("a broken list")
            yield firsts[0]
            head = rests[0]

    def _name(self, term: object) -> str:
        """The local name of a SHACL term, the IRI of another."""
        iri = term.value if isinstance(term, NamedNode) else ""
        name = iri.removeprefix(_SH)
        return name if name == iri or name in _KNOWN else self._refuse(f"sh:{name}")

    def _plain(self, term: Any) -> Any:
        return term if is_plain(term) else self._refuse(f"the value {term}")

    def _integer(self, term: Any) -> int:
        return int(term.value) if _is_integer(self._plain(term)) else self._refuse(f"the number {term}")

    def _flag(self, said: _Said, name: str) -> bool:
        (term,) = said.get(name, [_FALSE])
        return bool(term == _TRUE) if term in (_TRUE, _FALSE) else self._refuse(f"sh:{name} {term}")

    def _regex(self, term: Any) -> re.Pattern[str]:
        try:
            return re.compile(self._plain(term).value)
        except re.error as error:
            self._refuse(f'the sh:pattern "{term.value}": {error}')

    def _refuse(self, what: str) -> NoReturn:
        raise ShapesNotCompiled(f"nothing is proved by shapes with {what}", str(self._file))


_ZERO, _MANY = (Literal(str(number), datatype=_INTEGER) for number in (0, 10**17))


def _is_integer(value: object) -> bool:
    return isinstance(value, Literal) and value.datatype == _INTEGER


def _search(pattern: re.Pattern[str]) -> Test:
    def test(value: Term, _: Facts) -> bool:
        text = value.value
        if text.endswith("\n"):  # before which $ matches in Python, and not in XPath
            raise Doubt
        return pattern.search(text) is not None

    return test


def _negation(decision: Decision) -> Test:
    return lambda node, facts: not decision.fits(node, facts)


def _choice(decisions: list[Decision]) -> Test:
    return lambda node, facts: any(decision.fits(node, facts) for decision in decisions)


def _disjoint(path: str, other: str) -> Test:
    return lambda _, facts: set(facts.get(path, ())).isdisjoint(facts.get(other, ()))


def _has_value(path: str, wanted: str) -> Test:
    return lambda _, facts: wanted in facts.get(path, ())


def _unique_languages(path: str) -> Test:
    def test(_: Term, facts: Facts) -> bool:
        values = map(term, facts.get(path, ()))
        languages = [value.language for value in values if isinstance(value, Literal) and value.language]
        return len(languages) == len(set(languages))

    return test
