"""Parameters of saved queries: read off a query's variables and its header, and given values as RDF terms.

A parameter is a variable named as grlc does, ``?_name_type``, or ``?__name_type`` where none need be given and it stays a
variable then. The type is ``iri``, ``number``, a language (``en``) or one of XML Schema (``integer``, ``xsd_date``); without one
the value is plain text. Binding replaces its tokens by one RDF term in canonical N-Triples form; tokens are found with the
SPARQL grammar's own terminals, so no value can change a query's meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode

from synthkg.errors import QueryError, UsageError
from synthkg.findings import did_you_mean, place_in
from synthkg.graph.renaming import present_iri
from synthkg.graph.sparql import TOKEN
from synthkg.graph.store import OxigraphStore, Store
from synthkg.model import BASE, NAMESPACE, SCHEMES, XSD, identify

__all__ = ["INTEGERS", "Parameter", "is_broken", "parameters_of", "written"]

_PARAMETER = re.compile(r"_(?P<optional>_?)(?P<name>[^_]+)(?:_(?P<type>.*))?")
_LANGUAGE = re.compile("[a-z]{2}")
_READ = {"boolean", "date", "dateTime", "double", "duration", "float", "time"}
_READ |= {"gDay", "gMonth", "gMonthDay", "gYear", "gYearMonth"}
INTEGERS = {"byte", "int", "integer", "long", "negativeInteger", "nonNegativeInteger", "nonPositiveInteger", "positiveInteger"}
INTEGERS |= {"short", "unsignedByte", "unsignedInt", "unsignedLong", "unsignedShort"}
"""The types of whole numbers of XML Schema."""
_TEXTS = {"anyURI", "base64Binary", "hexBinary", "language", "NCName", "NMTOKEN", "Name", "normalizedString", "string", "token"}
_DATATYPES = _READ | INTEGERS | _TEXTS | {"decimal"}
"""The types of XML Schema that RDF and grlc have in common."""
_TYPES = {"", "iri", "literal", "number", *_DATATYPES, *(f"xsd_{name}" for name in _DATATYPES)}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: the variable that it replaces, its type by grlc's suffix, and what a value may be.

    Attributes:
        base: Path below https://w3id.org/synthkg/ of the things that it names, or empty.
        classes: The classes of those things; none means any.
        properties: The IRIs of the properties whose values it takes; none means any text.
        values: The values that may be given, or empty where any may.
        listed: The saved query that lists its values where the other parameters have theirs, or empty.
        default: The value used when none is given, or None where one must be.
        is_optional: Whether it may be left a variable.
    """

    name: str
    variable: str
    type: str
    base: str = ""
    classes: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    listed: str = ""
    default: str | None = None
    is_optional: bool = False

    def term(self, value: str) -> NamedNode | Literal:
        """The RDF term for a value.

        Raises:
            UsageError: The value is none of this parameter's type, or not one of its values.
        """
        if self.values and value not in self.values:
            raise UsageError(f'"{value}" is no {self.name}; {did_you_mean(value, self.values)}')
        if is_broken(value):
            raise UsageError(f'"{value}" is no {self.name}: it is not UTF-8; set the terminal to UTF-8')
        if self.type == "iri":
            try:
                return NamedNode(self._iri(value))
            except ValueError as error:
                raise UsageError(f'"{value}" is no {self.name}: {error}') from error
        if self.type in ("integer", "number"):
            if not re.fullmatch(r"[+-]?[0-9]+" if self.type == "integer" else r"[+-]?[0-9]+(\.[0-9]+)?", value):
                raise UsageError(f'"{value}" is no {self.name}: give {"an integer" if self.type == "integer" else "a number"}')
            return Literal(value, datatype=NamedNode(XSD + ("integer" if "." not in value else "decimal")))
        value = self.read(value)
        if _LANGUAGE.fullmatch(self.type):
            return Literal(value, language=self.type)
        datatype = self.type.removeprefix("xsd_")
        if datatype in ("", "literal"):
            return Literal(value)
        if not _is_of(value, datatype):
            raise UsageError(f'"{value}" is no {self.name}: give an xsd:{datatype}')
        return Literal(value, datatype=NamedNode(XSD + datatype))

    def is_name(self, value: str) -> bool:
        """Whether a thing of ours may have this id: a name with a blank is none."""
        try:
            NamedNode(self._iri(value))
        except ValueError:
            return is_broken(value)  # of which `term` says what it is
        return True

    def _iri(self, value: str) -> str:
        return value if not self.base or value.startswith(BASE) else f"{BASE}{self.base}/{value}"

    def read(self, value: str) -> str:
        """The value as records write it: an identifier in any spelling that `synthkg.model.identify` knows is its bare form."""
        schemes = {iri.removeprefix(NAMESPACE) for iri in self.properties}
        found = identify(value) if schemes & SCHEMES.keys() else None
        return found.value if found is not None and found.scheme in schemes else value

    def choices(self, store: Store) -> list[str]:
        """The values that it can take in a store, sorted; none where it is free text."""
        if self.values or not (self.base or self.properties):
            return list(self.values)
        if self.properties:
            rows = store.select(f"SELECT DISTINCT ?value WHERE {{ {self._values()} ?thing ?property ?value }}").rows
            return sorted({row[0].value for row in rows if isinstance(row[0], Literal)})
        prefix = f"{BASE}{self.base}/"
        rows = store.select(f"SELECT DISTINCT ?thing WHERE {{ {self._kinds()}?thing a ?class }}").rows
        names = {row[0].value for row in rows if isinstance(row[0], NamedNode)}
        return sorted(name.removeprefix(prefix) for name in names if name.startswith(prefix))

    def present(self, store: Store, value: str) -> str | None:
        """The value where a store has it, or the present id of what had it for its own; None where there is neither."""
        if self._is_there(store, value):
            return value
        now = present_iri(store, self.term(value).value) if self.base else value
        return now.removeprefix(f"{BASE}{self.base}/") if now != value and self._is_there(store, now) else None

    def unknown(self, value: str, known: Iterable[str]) -> UsageError:
        """What to say of a value that names nothing, with what is near of those that do."""
        short = self.read(value).removeprefix(f"{BASE}{self.base}/")
        return UsageError(f'there is no {self.name} "{short}"; {did_you_mean(short, known)}')

    def _is_there(self, store: Store, value: str) -> bool:
        """Whether the value is in the store, or any will do."""
        term = written(self.term(value))
        if self.base:
            return bool(store.select(f"SELECT ?class WHERE {{ {self._kinds()}{term} a ?class }} LIMIT 1").rows)
        if self.properties:
            return bool(store.select(f"SELECT ?thing WHERE {{ {self._values()} ?thing ?property {term} }} LIMIT 1").rows)
        return True

    def _kinds(self) -> str:
        """What narrows ``?class`` in SPARQL to the classes of its things."""
        classes = " ".join(str(NamedNode(NAMESPACE + name)) for name in self.classes)
        return f"VALUES ?class {{ {classes} }} " if classes else ""

    def _values(self) -> str:
        """What narrows ``?property`` in SPARQL to its properties."""
        return f"VALUES ?property {{ {' '.join(str(NamedNode(iri)) for iri in self.properties)} }}"


def written(term: NamedNode | Literal) -> str:
    r"""The term as SPARQL has it: as in N-Triples, but a backslash before a "u" must look like no code point's escape.

    SPARQL resolves ``\uXXXX`` before it looks for strings, in any place: https://www.w3.org/TR/sparql11-query/#codepointEscape.

    >>> print(written(Literal("\\u0022")))
    "\\\U000000750022"
    """
    return re.sub(r"\\\\([uU])|\\.", lambda match: f"\\\\\\U{ord(match[1]):08x}" if match[1] else match[0], str(term))


def parameters_of(text: str, path: Path, said: dict[str, dict[str, Any]]) -> tuple[Parameter, ...]:
    """The parameters of a query.

    Args:
        text: The query.
        path: Where it lies, for the place of an error.
        said: What its header says of parameters, by key.

    Raises:
        QueryError: The type of one is none.
    """
    found: dict[str, Parameter] = {}
    for token in TOKEN.finditer(text):
        variable = token["variable"] or ""
        if (named := _PARAMETER.fullmatch(variable)) is None or variable in found:
            continue
        found[variable] = parameter = _parameter(named, said)
        if parameter.type not in _TYPES and not _LANGUAGE.fullmatch(parameter.type):
            line, column = place_in(text, token.start())
            problem = f'?{variable}: "{parameter.type}" is neither a type nor a language such as "en"'
            raise QueryError(f"{problem}; {did_you_mean(parameter.type, _TYPES - {''})}", f"{path}:{line}:{column}")
    return tuple(found[variable] for variable in sorted(found))


def _is_of(value: str, datatype: str) -> bool:
    """Whether a text can be a value of a type of XML Schema, as far as that is known here."""
    if datatype in _READ:
        text = f"SELECT ({NamedNode(XSD + datatype)}({written(Literal(value))}) AS ?read) {{}}"
        return OxigraphStore().select(text).rows != [(None,)]
    if datatype == "decimal":
        return re.fullmatch(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)", value) is not None
    return datatype not in INTEGERS or re.fullmatch("[+-]?[0-9]+", value) is not None


def _parameter(named: re.Match[str], said: dict[str, dict[str, Any]]) -> Parameter:
    name = named["name"]
    base, default = said["bases"].get(name, ""), said["defaults"].get(name)
    return Parameter(
        name,
        named[0],
        named["type"] or "",
        base=base,
        classes=tuple(said["classes"].get(name, ())),
        properties=tuple(said["properties"].get(name, ())),
        values=tuple(said["enumerate"].get(name, ())),
        listed=said["listed"].get(name, ""),
        default=default.removeprefix(f"{BASE}{base}/") if default is not None and base else default,
        is_optional=bool(named["optional"]),
    )


def is_broken(text: str) -> bool:
    """Whether a text has what UTF-8 cannot say: halves of surrogate pairs, as Python has for bytes of another encoding."""
    return any("\ud800" <= character <= "\udfff" for character in text)
