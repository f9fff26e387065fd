"""Saved queries: one ``.rq`` file a question, with grlc's header, its parameters bound as RDF terms.

A file is plain SPARQL 1.1 that runs when pasted into any endpoint. The header is YAML in the leading ``#+`` lines (see
https://github.com/CLARIAH/grlc): ``summary``, ``description``, ``tags``, ``defaults``, ``enumerate``; ours besides are

* ``bases``: parameter -> path below https://w3id.org/synthkg/ of which a value is the rest (``stage: concept/stage``), and
  ``classes``: parameter -> the ontology classes of the things that it may name;
* ``properties``: parameter -> the IRIs of the properties of which a value is one (``licence: [http://purl.org/dc/terms/license]``);
* ``multivalued``: columns that hold several values joined by ``" | "``; the values are sorted here, because the order of
  GROUP_CONCAT differs between engines;
* ``booleans``: columns of ``yes`` and ``no``;
* ``form`` and ``file`` for views, ``severity``, ``problem`` and ``solution`` for checks.

``defaults`` are a list, and the default of an IRI parameter is the whole IRI: grlc puts it in as it stands.

A parameter is a variable named as grlc does, ``?_name_type``. Binding replaces its tokens by one RDF term in canonical
N-Triples form; tokens are found with the SPARQL grammar's own terminals, so no value can change a query's meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pyoxigraph import Literal, NamedNode

from synthkg import project
from synthkg.errors import QueryError, UsageError
from synthkg.files import read_text
from synthkg.findings import did_you_mean
from synthkg.graph.forms import is_sparql
from synthkg.graph.sparql import TOKEN
from synthkg.graph.store import Store, Table, Term
from synthkg.model import BASE, NAMESPACE, XSD

__all__ = ["Parameter", "Query", "find_query", "load_queries", "load_query", "read_query", "written"]

_MANY = 30  # values that a description lists
_HEADER = re.compile(r"^#\+[ \t]?(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: the variable that it replaces, its type by grlc's suffix, and what a value may be.

    Attributes:
        base: Path below https://w3id.org/synthkg/ of the things that it names, or empty.
        classes: The classes of those things; none means any.
        properties: The IRIs of the properties whose values it takes; none means any text.
        values: The values that may be given, or empty where any may.
        default: The value used when none is given, or None where one must be.
    """

    name: str
    variable: str
    type: str
    base: str = ""
    classes: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    default: str | None = None

    def term(self, value: str) -> NamedNode | Literal:
        """The RDF term for a value.

        Raises:
            UsageError: The value is none of this parameter's type, or not one of its values.
        """
        if self.values and value not in self.values:
            raise UsageError(f'"{value}" is no {self.name}; {did_you_mean(value, self.values)}')
        if self.type == "iri":
            iri = value if not self.base or value.startswith(BASE) else f"{BASE}{self.base}/{value}"
            try:
                return NamedNode(iri)
            except ValueError as error:
                raise UsageError(f'"{value}" is no {self.name}: {error}') from error
        if self.type in ("integer", "number"):
            if not re.fullmatch(r"[+-]?\d+" if self.type == "integer" else r"[+-]?\d+(\.\d+)?", value):
                raise UsageError(f'"{value}" is no {self.name}: give {"an integer" if self.type == "integer" else "a number"}')
            return Literal(value, datatype=NamedNode(XSD + ("integer" if "." not in value else "decimal")))
        if self.type.startswith("xsd_"):
            return Literal(value, datatype=NamedNode(XSD + self.type.removeprefix("xsd_")))
        return Literal(value)


@dataclass(frozen=True, slots=True)
class Query:
    """A saved query. Its ``name`` is its file's name; ``header`` holds every key of the ``#+`` lines."""

    name: str
    path: Path
    text: str
    header: dict[str, Any] = field(default_factory=dict)
    parameters: tuple[Parameter, ...] = ()

    @property
    def summary(self) -> str:
        """What it answers, in a sentence."""
        return str(self.header.get("summary", ""))

    def parameter(self, name: str) -> Parameter:
        """The parameter of that name.

        Raises:
            UsageError: There is none.
        """
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        known = did_you_mean(name, [p.name for p in self.parameters]) if self.parameters else "it takes none"
        raise UsageError(f'the query "{self.name}" has no parameter "{name}"; {known}')

    def bind(self, values: dict[str, str]) -> str:
        """The SPARQL text with every parameter replaced by its term.

        Raises:
            UsageError: A value is missing, wrong, or for no parameter of this query.
        """
        for name in values:
            self.parameter(name)
        terms: dict[str, str] = {}
        for parameter in self.parameters:
            value = values.get(parameter.name, parameter.default)
            if value is None:
                raise UsageError(f'the query "{self.name}" needs a {parameter.name}: -p {parameter.name}=…')
            terms[parameter.variable] = written(parameter.term(value))

        def replace(match: re.Match[str]) -> str:
            return terms.get(match["variable"], match[0]) if match["variable"] else match[0]

        return TOKEN.sub(replace, self.text)

    def select(self, store: Store, **values: str) -> Table:
        """Runs it, after a look whether the store has what the values name. See `rows`.

        Raises:
            UsageError: See `bind`; also where a value names nothing in the store.
            QueryError: The store cannot run it.
        """
        text = self.bind(values)
        for parameter in self.parameters:
            value = values.get(parameter.name, parameter.default)
            if value is not None and (found := _occurrence(parameter, value)) and not store.select(found).rows:
                short = value.removeprefix(f"{BASE}{parameter.base}/")
                raise UsageError(f'there is no {parameter.name} "{short}"; {did_you_mean(short, self.choices(store, parameter))}')
        return self._sort(store.select(text))

    def rows(self, store: Store, **values: str) -> Table:
        """Runs it with values known to be there. Columns declared ``multivalued`` come with their values sorted.

        Raises:
            UsageError: See `bind`.
            QueryError: The store cannot run it.
        """
        return self._sort(store.select(self.bind(values)))

    def _sort(self, table: Table) -> Table:
        several = {table.columns.index(name) for name in self.header.get("multivalued", ()) if name in table.columns}
        if not several:
            return table
        return Table(
            table.columns,
            [tuple(_sorted(cell) if i in several else cell for i, cell in enumerate(row)) for row in table.rows],
        )

    def describe(self, store: Store) -> str:
        """What it answers, its parameters with their defaults and values, its columns and tags: a page for a person.

        Raises:
            QueryError: The store cannot run it.
        """
        lines = [f"{self.name}: {self.summary}"]
        if description := " ".join(str(self.header.get("description", "")).split()):
            lines.append(description)
        for parameter in self.parameters:
            known = self.choices(store, parameter)
            values = ", ".join(known[:_MANY]) + (f", … ({len(known)} in all)" if len(known) > _MANY else "")
            kind = "a number" if parameter.type in ("integer", "number") else "text"
            lines.append(f"  -p {parameter.name}={parameter.default or '…'}\t{f'one of {values}' if values else kind}")
        if all(parameter.default is not None for parameter in self.parameters):
            lines.append(f"columns: {', '.join(self.rows(store).columns)}")
        if tags := self.header.get("tags"):
            lines.append(f"tags: {', '.join(tags)}")
        return "\n".join(lines) + "\n"

    def choices(self, store: Store, parameter: Parameter) -> list[str]:
        """The values that a parameter can take in a store, sorted; none where it is free text."""
        if parameter.values or not (parameter.base or parameter.properties):
            return list(parameter.values)
        if parameter.properties:
            rows = store.select(f"SELECT DISTINCT ?value WHERE {{ {_property_values(parameter)} ?thing ?property ?value }}").rows
            return sorted({row[0].value for row in rows if isinstance(row[0], Literal)})
        prefix = f"{BASE}{parameter.base}/"
        classes = " ".join(str(NamedNode(NAMESPACE + name)) for name in parameter.classes)
        values = f"VALUES ?class {{ {classes} }} " if classes else ""
        rows = store.select(f"SELECT DISTINCT ?thing WHERE {{ {values}?thing a ?class }}").rows
        names = {row[0].value for row in rows if isinstance(row[0], NamedNode)}
        return sorted(name.removeprefix(prefix) for name in names if name.startswith(prefix))


def _property_values(parameter: Parameter) -> str:
    return f"VALUES ?property {{ {' '.join(str(NamedNode(iri)) for iri in parameter.properties)} }}"


def _occurrence(parameter: Parameter, value: str) -> str:
    """A query that has a row if the value is in the store, or nothing where any value will do."""
    term = written(parameter.term(value))
    if parameter.base:
        classes = " ".join(str(NamedNode(NAMESPACE + name)) for name in parameter.classes)
        return f"SELECT ?class WHERE {{ {f'VALUES ?class {{ {classes} }} ' if classes else ''}{term} a ?class }} LIMIT 1"
    if parameter.properties:
        return f"SELECT ?thing WHERE {{ {_property_values(parameter)} ?thing ?property {term} }} LIMIT 1"
    return ""


def _sorted(cell: Term | None) -> Term | None:
    if not isinstance(cell, Literal):
        return cell
    values = sorted(set(filter(None, cell.value.split(" | "))))
    return Literal(" | ".join(values)) if values else None


def written(term: NamedNode | Literal) -> str:
    r"""The term as SPARQL has it: as in N-Triples, but a backslash before a "u" must look like no code point's escape.

    SPARQL resolves ``\uXXXX`` before it looks for strings, in any place: https://www.w3.org/TR/sparql11-query/#codepointEscape.

    >>> print(written(Literal("\\u0022")))
    "\\\U000000750022"
    """
    return re.sub(r"\\\\([uU])|\\.", lambda match: f"\\\\\\U{ord(match[1]):08x}" if match[1] else match[0], str(term))


def load_query(path: Path, text: str | None = None) -> Query:
    """Reads a ``.rq`` file.

    Raises:
        UnreadableError: There is no such file.
        QueryError: Its header is not YAML, or names a parameter that the query does not have.
    """
    text = read_text(path) if text is None else text
    try:
        header = yaml.load("\n".join(_HEADER.findall(text)), Loader=yaml.CSafeLoader) or {}
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise QueryError(f"the header is not YAML: {error.problem}", f"{path}:{line}:1") from error
    if not isinstance(header, dict):
        raise QueryError('the header is not a mapping; write "#+ summary: …"', f"{path}:1:1")
    variables = {m["variable"] for m in TOKEN.finditer(text) if m["variable"] and m["variable"].startswith("_")}
    parameters = tuple(_parameter(variable, header) for variable in sorted(variables))
    names = {parameter.name for parameter in parameters}
    for key in ("defaults", "enumerate", "bases", "classes", "properties"):
        for name in _pairs(header, key):
            if name not in names:
                raise QueryError(f'{key}: the query has no parameter "{name}"', f"{path}:1:1")
    return Query(path.stem, path, text, header, parameters)


def _parameter(variable: str, header: dict[str, Any]) -> Parameter:
    name, _, kind = variable.removeprefix("_").partition("_")
    base = str(_pairs(header, "bases").get(name, ""))
    default = _pairs(header, "defaults").get(name)
    return Parameter(
        name,
        variable,
        kind,
        base=base,
        classes=tuple(_pairs(header, "classes").get(name, ())),
        properties=tuple(_pairs(header, "properties").get(name, ())),
        values=tuple(map(str, _pairs(header, "enumerate").get(name, ()))),
        default=None if default is None else str(default).removeprefix(f"{BASE}{base}/") if base else str(default),
    )


def _pairs(header: dict[str, Any], key: str) -> dict[str, Any]:
    """Reads a header key that is a mapping: grlc writes ``- name: value`` lists where a mapping would do; both are read."""
    value = header.get(key) or {}
    return {k: v for item in value for k, v in item.items()} if isinstance(value, list) else dict(value)


def load_queries(*kinds: str) -> dict[str, Query]:
    """The saved queries of ``queries/<kind>/``, by name.

    Raises:
        QueryError: Two of them have one name.
    """
    return {name: load_query(path) for name, path in _files(kinds).items()}


def _files(kinds: Iterable[str]) -> dict[str, Path]:
    folder = project.folder("queries")
    found: dict[str, Path] = {}
    for kind in kinds:
        for path in sorted((folder / kind).glob("*.rq")):
            if path.stem in found:
                raise QueryError(f"the query {found[path.stem]} has this name; rename one", str(path))
            found[path.stem] = path
    return found


def find_query(name: str) -> Query:
    """A saved query by its name, or the one in a file.

    Raises:
        UsageError: There is neither such a query nor such a file.
    """
    path = Path(name)
    if path.suffix == ".rq" and path.is_file():
        return load_query(path)
    known = _files(("examples", "views", "checks"))
    if name not in known:
        raise UsageError(f'there is no saved query "{name}"; {did_you_mean(name, known)}')
    return load_query(known[name])


def read_query(what: str) -> Query:
    """SPARQL text itself, or the saved query of that name, or the one in a file of that name.

    Raises:
        UsageError: It is none of these.
    """
    return load_query(Path("-"), what) if is_sparql(what) else find_query(what)
