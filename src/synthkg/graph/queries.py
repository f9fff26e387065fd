"""Saved queries: one ``.rq`` file a question, with grlc's header, its parameters bound as RDF terms.

A file is plain SPARQL 1.1 that runs when pasted into any endpoint. The header is YAML in the leading ``#+`` lines (see
https://github.com/CLARIAH/grlc): ``summary``, ``description``, ``tags``, ``defaults``, ``enumerate``; ours besides are

* ``bases``: parameter -> path below https://w3id.org/synthkg/ of which a value is the rest (``stage: concept/stage``), and
  ``classes``: parameter -> the ontology classes of the things that it may name;
* ``properties``: parameter -> the IRIs of the properties of which a value is one (``licence: [http://purl.org/dc/terms/license]``);
  of properties that hold identifiers (``synthkg:arxiv``, ``synthkg:doi``, …) it may be written in any spelling;
* ``listed``: parameter -> the saved query whose column of that name lists its values, where the other parameters have theirs;
* ``partial``: parameters of which a part or another form of a value will do, so that one is refused only where nothing is found;
* ``multivalued``: columns that hold several values joined by ``" | "``; the values are sorted here, because the order of
  GROUP_CONCAT differs between engines; where a value may hold a bar after a blank, the query writes it ``&#124;``;
* ``escaped``: columns with characters that no XML carries, escaped as in `synthkg.model.controls`; pages have them restored;
* ``booleans``: columns of ``yes`` and ``no``;
* ``panels``: where it stands in the profiles of things, see `synthkg.profiles.panels`;
* ``form``, ``file`` and ``table`` for views; ``severity`` (``error``, ``warning`` or ``note``), ``problem`` and ``solution`` for
  checks;
* ``spans``, for checks and rules: ``record`` if what a record says decides what is found or follows of it, ``mentions`` if
  what is said of the records that it mentions does so too; without it anything may;
* ``once: true`` for a rule that states what it reads, though of other things, so that what it adds gives it nothing to add.

``defaults`` are a list, and the default of an IRI parameter is the whole IRI: grlc puts it in as it stands. Whatever is no list
or mapping is text. What only an author of queries wants to know is a comment, no description.

A parameter is a variable named as grlc does, ``?_name_type``, or ``?__name_type`` where none need be given and it stays a
variable then. The type is ``iri``, ``number``, a language (``en``) or one of XML Schema (``integer``, ``xsd_date``); without one
the value is plain text. Binding replaces its tokens by one RDF term in canonical N-Triples form; tokens are found with the
SPARQL grammar's own terminals, so no value can change a query's meaning.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode

from synthkg import project
from synthkg.errors import QueryError, UnreadableError, UsageError
from synthkg.files import read_text
from synthkg.findings import did_you_mean
from synthkg.graph.forms import is_sparql
from synthkg.graph.headers import PAIRS, pairs, read_header
from synthkg.graph.renaming import present_iri
from synthkg.graph.sparql import TOKEN, as_named, shows_all, terms_of
from synthkg.graph.store import OxigraphStore, Store, Table, Term
from synthkg.model import BASE, NAMESPACE, SCHEMES, XSD, identify, load_vocabulary

__all__ = ["Parameter", "Query", "find_query", "load_queries", "load_query", "read_query", "unknown_terms", "written"]

_ASKABLE = ("examples", "views", "checks", "profiles")
_MANY = 30  # values that a description lists
_PARAMETER = re.compile(r"_(?P<optional>_?)(?P<name>[^_]+)(?:_(?P<type>.*))?")
_LANGUAGE = re.compile("[a-z]{2}")
_TYPED = Path("-")
_NOT_SPARQL = re.compile(r"not SPARQL: (?:error at (?P<line>\d+):(?P<column>\d+): )?(?P<problem>.*)", re.DOTALL)
_READ = {"boolean", "date", "dateTime", "double", "duration", "float", "time"}
_READ |= {"gDay", "gMonth", "gMonthDay", "gYear", "gYearMonth"}
_INTEGERS = {"byte", "int", "integer", "long", "negativeInteger", "nonNegativeInteger", "nonPositiveInteger", "positiveInteger"}
_INTEGERS |= {"short", "unsignedByte", "unsignedInt", "unsignedLong", "unsignedShort"}
_TEXTS = {"anyURI", "base64Binary", "hexBinary", "language", "NCName", "NMTOKEN", "Name", "normalizedString", "string", "token"}
_DATATYPES = _READ | _INTEGERS | _TEXTS | {"decimal"}
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
        if _is_broken(value):
            raise UsageError(f'"{value}" is no {self.name}: it is not UTF-8; set the terminal to UTF-8')
        if self.type == "iri":
            iri = value if not self.base or value.startswith(BASE) else f"{BASE}{self.base}/{value}"
            try:
                return NamedNode(iri)
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

    def read(self, value: str) -> str:
        """The value as records write it: an identifier in any spelling that `synthkg.model.identify` knows is its bare form."""
        schemes = {iri.removeprefix(NAMESPACE) for iri in self.properties}
        found = identify(value) if schemes & SCHEMES.keys() else None
        return found.value if found is not None and found.scheme in schemes else value


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

    @property
    def is_table(self) -> bool:
        """Whether its answer is a table, and no page of text or bibliography."""
        return str(self.header.get("form", "table")) == "table"

    def parameter(self, name: str) -> Parameter:
        """The parameter of that name.

        Raises:
            UsageError: There is none.
        """
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        known = did_you_mean(name, [p.name for p in self.parameters]) if self.parameters else "it takes none"
        raise UsageError(f'{self._called} has no parameter "{name}"; {known}')

    @property
    def _called(self) -> str:
        return "this query" if self.path == _TYPED else f'the query "{self.name}"'

    @property
    def is_saved(self) -> bool:
        """Whether it is one of the saved queries, which are about the things of synthkg, and no text or file of the asker's."""
        return project.folder("queries") in self.path.parents

    @contextmanager
    def placed(self) -> Iterator[None]:
        """Around what runs it: what is wrong with the SPARQL of a file is told with the file's name.

        Raises:
            QueryError: Something was.
        """
        try:
            yield
        except QueryError as error:
            if self.path == _TYPED or not (found := _NOT_SPARQL.fullmatch(error.message)):
                raise
            place = f":{found['line']}:{found['column']}" if found["line"] else ""
            raise QueryError(f"not SPARQL: {found['problem']}", f"{self.path}{place}") from error

    def bind(self, values: Mapping[str, str]) -> str:
        """The SPARQL text with every parameter replaced by its term.

        Raises:
            UsageError: A value is missing, wrong, or for no parameter of this query.
        """
        for name in values:
            self.parameter(name)
        terms: dict[str, str] = {}
        for parameter in self.parameters:
            value = values.get(parameter.name, parameter.default)
            if value is not None:
                terms[parameter.variable] = written(parameter.term(value))
            elif not parameter.is_optional:
                raise UsageError(f"{self._called} needs a {parameter.name}: -p {parameter.name}=…")

        def replace(match: re.Match[str]) -> str:
            return terms.get(match["variable"], match[0]) if match["variable"] else match[0]

        return TOKEN.sub(replace, self.text)

    def select(self, store: Store, **values: str) -> Table:
        """Runs it, after a look whether the store has what the values name. See `present` and `rows`.

        Raises:
            UsageError: See `present`.
            QueryError: The store cannot run it.
        """
        values = self.present(store, values)
        table = self.rows(store, **values)
        if not table.rows:
            self._standing(store, values, [p for p in self.parameters if p.name in self.header.get("partial", ())])
            self._refuse_unlisted(store, values)
        return table

    def present(self, store: Store, values: Mapping[str, str]) -> dict[str, str]:
        """The values, each former id of a thing replaced by the one that it has now.

        Raises:
            UsageError: See `bind`; also where a value names nothing in the store.
        """
        self.bind(values)
        partial = self.header.get("partial", ())
        return {**values, **self._standing(store, values, [p for p in self.parameters if p.name not in partial])}

    def fitting(self, store: Store, given: Collection[str] = ()) -> Query:
        """The query with defaults that a store has: in the place of one that is none of its things, the first that is.

        The defaults of saved queries are things of the project's own records, and other people's graphs have others. What
        another query lists for such a thing has no default then, nor has a parameter for which there is nothing.

        Args:
            store: The graph.
            given: Names of parameters that are given a value.
        """
        lost = {
            p.name for p in self.parameters if p.default is not None and p.name not in given and not _now(store, p, p.default)
        }
        if not lost:
            return self
        parameters = []
        for each in self.parameters:
            if each.name in lost:
                each = replace(each, default=next(iter(self.choices(store, each)), None))
            elif each.listed and each.name not in given:
                each = replace(each, default=None)
            parameters.append(each)
        return replace(self, parameters=tuple(parameters))

    def rows(self, store: Store, **values: str) -> Table:
        """Runs it with values known to be there. Columns declared ``multivalued`` come with their values sorted.

        Raises:
            UsageError: See `bind`.
            QueryError: The store cannot run it.
        """
        with self.placed():
            return self.arranged(store.select(self.bind(values)))

    def arranged(self, table: Table) -> Table:
        """The table with the columns of ``SELECT *`` in the order in which the query names them, and several values in theirs."""
        columns = as_named(self.text, table.columns) if shows_all(self.text) else table.columns
        places = [table.columns.index(name) for name in columns]
        several = {name in self.header.get("multivalued", ()) for name in columns}
        if columns == table.columns and several <= {False}:
            return table
        sorters = [_sorted if name in self.header.get("multivalued", ()) else _same for name in columns]
        return Table(columns, [tuple(sort(row[i]) for sort, i in zip(sorters, places, strict=True)) for row in table.rows])

    def _standing(self, store: Store, values: Mapping[str, str], parameters: Iterable[Parameter]) -> dict[str, str]:
        """The present ids for the former ones among the values; says of one that the store does not have which there are."""
        found: dict[str, str] = {}
        for parameter in parameters:
            value = values.get(parameter.name, parameter.default)
            if value is None or (now := _now(store, parameter, value)) == value:
                continue
            if now is None:
                raise self._unknown(parameter, value, self.choices(store, parameter))
            found[parameter.name] = now
        return found

    def _refuse_unlisted(self, store: Store, values: dict[str, str]) -> None:
        """Says of a value that another saved query does not list, nor a whole or a part of it, which there are."""
        for parameter in self.parameters:
            if not parameter.listed:
                continue
            source, value = find_query(parameter.listed), str(values.get(parameter.name, parameter.default))
            table = source.rows(store, **{p.name: values[p.name] for p in source.parameters if p.name in values})
            places = [place for place, column in enumerate(table.columns) if column == parameter.name]
            known = {term.value for row in table.rows for place in places if (term := row[place]) is not None}
            if known and not any(
                f"{one}.".startswith(f"{other}.") for each in known for one, other in ((each, value), (value, each))
            ):
                raise self._unknown(parameter, value, known)

    @staticmethod
    def _unknown(parameter: Parameter, value: str, known: Iterable[str]) -> UsageError:
        short = parameter.read(value).removeprefix(f"{BASE}{parameter.base}/")
        return UsageError(f'there is no {parameter.name} "{short}"; {did_you_mean(short, known)}')

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


def _is_there(store: Store, parameter: Parameter, value: str) -> bool:
    """Whether the value is in the store, or any will do."""
    found = _occurrence(parameter, value)
    return not found or bool(store.select(found).rows)


def _now(store: Store, parameter: Parameter, value: str) -> str | None:
    """The value where the store has it, or the present id of what had it for its own; None where there is neither."""
    if _is_there(store, parameter, value):
        return value
    now = present_iri(store, parameter.term(value).value) if parameter.base else value
    return now.removeprefix(f"{BASE}{parameter.base}/") if now != value and _is_there(store, parameter, now) else None


def _same(cell: Term | None) -> Term | None:
    return cell


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
    """Reads a ``.rq`` file. A carriage return before a newline, as Git on Windows writes it, is none of the query's.

    Raises:
        UnreadableError: There is no such file.
        QueryError: Its header is not YAML or not what a header is, or names a parameter that the query does not have.
    """
    text = (read_text(path).replace("\r\n", "\n") if text is None else text).removeprefix("\ufeff")
    header = read_header(text, str(path))
    said = {key: pairs(header, key, str(path)) for key in PAIRS}
    parameters = _parameters(text, path, said)
    names = {parameter.name for parameter in parameters}
    for key, about in said.items():
        if unknown := about.keys() - names:
            raise QueryError(f'{key}: the query has no parameter "{min(unknown)}"', f"{path}:1:1")
    return Query(path.stem, path, text, header, parameters)


def _parameters(text: str, path: Path, said: dict[str, dict[str, Any]]) -> tuple[Parameter, ...]:
    found: dict[str, Parameter] = {}
    for token in TOKEN.finditer(text):
        variable = token["variable"] or ""
        if (named := _PARAMETER.fullmatch(variable)) is None or variable in found:
            continue
        found[variable] = parameter = _parameter(named, said)
        if parameter.type not in _TYPES and not _LANGUAGE.fullmatch(parameter.type):
            line, column = text.count("\n", 0, token.start()) + 1, token.start() - text.rfind("\n", 0, token.start())
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
    return datatype not in _INTEGERS or re.fullmatch("[+-]?[0-9]+", value) is not None


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


def load_queries(*kinds: str) -> dict[str, Query]:
    """The saved queries of ``queries/<kind>/``, by name; looking up one that is not there is an `UnreadableError`.

    Raises:
        QueryError: Two of them have one name.
    """
    return _Saved({name: load_query(path) for name, path in _files(kinds).items()}, kinds)


class _Saved(dict[str, Query]):
    """A clone's own files win over the package's, so the folder may be of another version than the program."""

    def __init__(self, queries: dict[str, Query], kinds: Iterable[str]) -> None:
        super().__init__(queries)
        self._kinds = tuple(kinds)

    def __missing__(self, name: str) -> Query:
        where = str(project.folder("queries") / "/".join(self._kinds[-1:]))
        raise UnreadableError(f"no {name}.rq, which the program asks; {project.mend()}", where)


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
        UsageError: There is no such query; only those are suggested that give a table.
        UnreadableError: There is no such file.
    """
    path = Path(name)
    known = _files(_ASKABLE)
    if path.suffix == ".rq" and name not in known:
        return load_query(path)
    if name not in known:
        askable = [query.name for query in load_queries("examples", "views").values() if query.is_table]
        raise UsageError(f'there is no saved query "{name}"; {did_you_mean(name, askable)}')
    return load_query(known[name])


def unknown_terms(query: Query) -> Iterator[str]:
    """Tells of each name in a query that looks like one of our ontology and is none, and which it may have been."""
    if names := terms_of(query.text):
        known = {iri.removeprefix(NAMESPACE) for iri in load_vocabulary().terms()}
        for name in sorted(names - known):
            yield f"there is no synthkg:{name}; {did_you_mean(name, known)}"


def read_query(what: str) -> Query:
    """SPARQL text itself, or the saved query of that name, or the one in a file of that name.

    Raises:
        UsageError: It is none of these, or not UTF-8.
    """
    if not what.strip():
        raise UsageError("there is no query; give the name of a saved one, a file or SPARQL text")
    if not is_sparql(what):
        is_file = what not in _files(_ASKABLE) and os.path.isfile(what)  # noqa: PTH113 (which is false also of a name that no system takes)
        return load_query(Path(what)) if is_file else find_query(what)
    if _is_broken(what):
        raise UsageError("the query is not UTF-8; set the terminal to UTF-8, or put it into a file")
    return load_query(_TYPED, what)


def _is_broken(text: str) -> bool:
    """Whether a text has what UTF-8 cannot say: halves of surrogate pairs, as Python has for bytes of another encoding."""
    return any("\ud800" <= character <= "\udfff" for character in text)
