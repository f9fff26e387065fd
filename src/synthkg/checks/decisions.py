"""SHACL shapes compiled into decisions: functions of a node and what is said of it.

Shapes that use a SHACL term which is not known here, or one where it is not expected, are refused as a whole: to overlook one
would be to prove what is wrong. And a value on which engines may differ is no right and no wrong, but a doubt.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from synthkg.errors import SynthkgError, UnreadableError
from synthkg.graph import term
from synthkg.model import RDF, XSD, is_day

__all__ = ["Decision", "Doubt", "Facts", "OfPath", "ShapesNotCompiled", "Test", "Value", "is_plain", "read_shapes", "value_of"]

_SH = "http://www.w3.org/ns/shacl#"
_NIL = NamedNode(RDF + "nil")
_IRI, _BLANK = "IRI", "blank node"
_STRING, _INTEGER, _DATE, _BOOLEAN = (XSD + name for name in ("string", "integer", "date", "boolean"))
_TRUE, _FALSE = (Literal(word, datatype=NamedNode(_BOOLEAN)) for word in ("true", "false"))
_PLAIN = {
    XSD + "gYear": re.compile("[12][0-9]{3}"),
    XSD + "gYearMonth": re.compile("[12][0-9]{3}-(0[1-9]|1[0-2])"),
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

Facts = dict[str, list[str]]
"""What a record says of one node: the objects by predicate, each once, as N-Triples writes them."""
Test = Callable[["Value", Facts], bool]
"""Whether a node fits, given what is said of it; of a value nothing is known to be said."""
_Said = dict[str, list[Any]]
"""What the file says of a shape: the objects by the names of SHACL's terms, and by the IRIs of others."""


class ShapesNotCompiled(SynthkgError):
    """The shapes say something that is not known here, so that nothing can be proved by them."""


class Doubt(Exception):
    """It is not certain whether a value fits."""


class Value(NamedTuple):
    """A term, taken apart: what shapes ask about would take an engine's term three times as long.

    Attributes:
        text: As N-Triples writes it.
        lexical: An IRI, or what stands in a literal.
        kind: ``IRI``, ``blank node``, the IRI of a literal's datatype, or ``@`` and a language.
    """

    text: str
    lexical: str
    kind: str


def value_of(text: str) -> Value:
    """The term of which this is the text.

    >>> value_of('"3"^^<http://www.w3.org/2001/XMLSchema#integer>')[1:], value_of("<urn:a>")[1:]
    (('3', 'http://www.w3.org/2001/XMLSchema#integer'), ('urn:a', 'IRI'))
    """
    if text[0] == "<":
        return Value(text, text[1:-1], _IRI)
    if text[0] != '"':
        return Value(text, text, _BLANK)
    lexical, _, kind = text[1:].rpartition('"')
    if "\\" in lexical:
        lexical = term(text).value
    return Value(text, lexical, kind if kind[:1] == "@" else kind[3:-1] or _STRING)


class OfPath(NamedTuple):
    """What is asked of the values of one property: how many there are, and each alone."""

    predicate: str
    least: int
    most: int
    tests: tuple[Test, ...]

    def fits(self, facts: Facts) -> bool:
        """Whether the values fit."""
        values = facts.get(self.predicate, ())
        return self.least <= len(values) <= self.most and all(
            test(value, {}) for value in map(value_of, values) for test in self.tests
        )


class Decision(NamedTuple):
    """What a shape asks of a node: tests of the node, what is asked of its properties, and, if it is closed, which they are."""

    tests: tuple[Test, ...]
    paths: tuple[OfPath, ...]
    predicates: frozenset[str] | None

    def fits(self, node: Value, facts: Facts) -> bool:
        """Whether a node fits, given what is said of it."""
        return (
            (self.predicates is None or facts.keys() <= self.predicates)
            and all(test(node, facts) for test in self.tests)
            and all(path.fits(facts) for path in self.paths)
        )


def is_plain(value: Value) -> bool:
    """Whether all engines read a term alike: an IRI, or a literal in the plainest form of a datatype that is known here."""
    kind = value.kind
    if kind in (_IRI, _STRING):
        return True
    if kind[0] == "@":
        return re.fullmatch("@[a-z]+", kind) is not None
    form = _PLAIN.get(kind)
    return form is not None and form.fullmatch(value.lexical) is not None and (kind != _DATE or is_day(value.lexical))


def read_shapes(file: Path) -> Iterator[tuple[str, str, Decision]]:
    """Each target of each shape: ``targetClass`` or ``targetSubjectsOf``, the class or property, and what is asked there.

    Raises:
        ShapesNotCompiled: The shapes use SHACL in a way that is not known here.
        UnreadableError: The file is not Turtle.
    """
    shapes = _Shapes(file)
    for shape, said in list(shapes.said.items()):
        if not _KNOWN.isdisjoint(said):
            shapes.hold_to_be_no_more(shape)
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

    def hold_to_be_no_more(self, shape: object) -> None:
        """Refuses what is no shape, or more than one: a shape that is a class, too, is asked of all its members."""
        said = self.said.get(shape, {})
        if not said or not {self._name(kind) for kind in said.get(RDF + "type", ())} <= _CLASSES:
            self._refuse(f"{shape}, which is not defined, or more than a shape")

    def _compile(self, shape: object, of_value: bool) -> Decision:
        self.hold_to_be_no_more(shape)
        said = self.said[shape]
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
        together += (_has_value(str(path), self._plain(wanted).text) for wanted in said.get("hasValue", ()))
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
                is_iri = {"IRI": True, "Literal": False}.get(self._name(argument))
                return self._refuse(f"{argument}") if is_iri is None else lambda value, _: (value.kind == _IRI) == is_iri
            case "datatype":
                known = argument.value if argument.value.startswith(XSD) else self._refuse(f"sh:datatype {argument}")
                return lambda value, _: value.kind == known
            case "pattern":
                return _search(self._regex(argument))
            case "minLength":
                length = self._integer(argument)
                return lambda value, _: len(value.lexical) >= length
            case "maxLength":
                length = self._integer(argument)
                return lambda value, _: len(value.lexical) <= length
            case "in":
                members = frozenset(self._plain(item).text for item in self._items(argument))
                return lambda value, _: value.text in members
            case "hasValue":
                wanted = self._plain(argument).text
                return lambda value, _: bool(value.text == wanted)
            case "languageIn":
                languages = {f"@{self._plain(item).lexical}" for item in self._items(argument)}
                return lambda value, _: value.kind in languages
            case "minInclusive":
                least = self._integer(argument)
                return lambda value, _: value.kind == _INTEGER and int(value.lexical) >= least
            case _:
                most = self._integer(argument)
                return lambda value, _: value.kind == _INTEGER and int(value.lexical) <= most

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

    def _plain(self, term: object) -> Value:
        if isinstance(term, NamedNode | Literal) and is_plain(value := value_of(str(term))):
            return value
        self._refuse(f"the value {term}")

    def _integer(self, term: object) -> int:
        value = self._plain(term)
        return int(value.lexical) if value.kind == _INTEGER else self._refuse(f"the number {term}")

    def _flag(self, said: _Said, name: str) -> bool:
        (term,) = said.get(name, [_FALSE])
        return bool(term == _TRUE) if term in (_TRUE, _FALSE) else self._refuse(f"sh:{name} {term}")

    def _regex(self, term: object) -> re.Pattern[str]:
        pattern = self._plain(term).lexical
        try:
            return re.compile(pattern)
        except re.error as error:
            self._refuse(f'the sh:pattern "{pattern}": {error}')

    def _refuse(self, what: str) -> NoReturn:
        raise ShapesNotCompiled(f"nothing is proved by shapes with {what}", str(self._file))


_ZERO, _MANY = (Literal(str(number), datatype=NamedNode(_INTEGER)) for number in (0, 10**17))


def _search(pattern: re.Pattern[str]) -> Test:
    search = pattern.search

    def test(value: Value, _: Facts) -> bool:
        if value.lexical.endswith("\n"):  # before which $ matches in Python, and not in XPath
            raise Doubt
        return search(value.lexical) is not None

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
    def test(_: Value, facts: Facts) -> bool:
        languages = [kind for value in facts.get(path, ()) if (kind := value_of(value).kind)[0] == "@"]
        return len(languages) == len(set(languages))

    return test
