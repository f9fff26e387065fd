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
* ``booleans``: columns of ``yes`` and ``no``, and ``integers``: columns of whole numbers, which are such in tables and
  data frames also where they are empty;
* ``panels``: where it stands in the profiles of things, see `synthkg.profiles.panels`;
* ``form``, ``file`` and ``table`` for views; ``severity`` (``error``, ``warning`` or ``note``), ``problem`` and ``solution`` for
  checks;
* ``spans``, for checks and rules: ``record`` if what a record says decides what is found or follows of it, ``mentions`` if
  what is said of the records that it mentions does so too; without it anything may;
* ``once: true`` for a rule that states what it reads, though of other things, so that what it adds gives it nothing to add.

``defaults`` are a list, and the default of an IRI parameter is the whole IRI: grlc puts it in as it stands. Whatever is no list
or mapping is text. What only an author of queries wants to know is a comment, no description.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pyoxigraph import Literal

from synthkg import project
from synthkg.errors import QueryError, UnreadableError, UsageError
from synthkg.files import read_text
from synthkg.findings import did_you_mean
from synthkg.graph.forms import is_sparql
from synthkg.graph.headers import PAIRS, pairs, read_header
from synthkg.graph.parameters import Parameter, is_broken, parameters_of, written
from synthkg.graph.sparql import TOKEN, as_named, shows_all, terms_of
from synthkg.graph.store import Store, Table, Term
from synthkg.model import NAMESPACE, load_vocabulary

__all__ = ["Query", "find_query", "load_queries", "load_query", "read_query", "unknown_terms"]

_ASKABLE = ("examples", "views", "checks", "profiles")
_MANY = 30  # values that a description lists
_TYPED = Path("-")
_NOT_SPARQL = re.compile(r"not SPARQL: (?:error at (?P<line>\d+):(?P<column>\d+): )?(?P<problem>.*)", re.DOTALL)


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

        return TOKEN.sub(replace, self.text) if terms else self.text

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
        for parameter in map(self.parameter, values):
            if parameter.base and not parameter.is_name(value := values[parameter.name]):
                raise parameter.unknown(value, parameter.choices(store))
        if (missing := self.missing(store)) and missing.name not in values:
            article = "an" if missing.name[0] in "aeiou" else "a"
            raise UsageError(f"{self._called} asks about {article} {missing.name}, and this graph has none")
        self.bind(values)
        partial = self.header.get("partial", ())
        return {**values, **self._standing(store, values, [p for p in self.parameters if p.name not in partial])}

    def missing(self, store: Store) -> Parameter | None:
        """What must be named for the query to be asked, and is not in the store at all; None where there is no such thing."""
        needed = (p for p in self.parameters if p.default is None and not p.is_optional and (p.base or p.properties))
        return next((each for each in needed if not each.choices(store)), None)

    def fitting(self, store: Store, given: Collection[str] = ()) -> Query:
        """The query with defaults that a store has: in the place of one that is none of its things, the first that is.

        The defaults of saved queries are things of the project's own records, and other people's graphs have others. What
        another query lists for such a thing has no default then, nor has a parameter for which there is nothing.

        Args:
            store: The graph.
            given: Names of parameters that are given a value.
        """
        lost = {
            p.name for p in self.parameters if p.default is not None and p.name not in given and not p.present(store, p.default)
        }
        if not lost:
            return self
        parameters = []
        for each in self.parameters:
            if each.name in lost:
                each = replace(each, default=next(iter(each.choices(store)), None))
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
        several = set(self.header.get("multivalued", ()))
        if columns == table.columns and several.isdisjoint(columns):
            return table
        joined = {place for place in places if table.columns[place] in several}
        return Table(columns, [tuple(_sorted(row[i]) if i in joined else row[i] for i in places) for row in table.rows])

    def _standing(self, store: Store, values: Mapping[str, str], parameters: Iterable[Parameter]) -> dict[str, str]:
        """The present ids for the former ones among the values; says of one that the store does not have which there are."""
        found: dict[str, str] = {}
        for parameter in parameters:
            value = values.get(parameter.name, parameter.default)
            if value is None or (now := parameter.present(store, value)) == value:
                continue
            if now is None:
                raise parameter.unknown(value, parameter.choices(store))
            found[parameter.name] = now
        return found

    def _refuse_unlisted(self, store: Store, values: dict[str, str]) -> None:
        """Says of a value that another saved query does not list, nor, where it may, a whole or a part of it, which there are."""
        for parameter in self.parameters:
            if not parameter.listed:
                continue
            source, value = find_query(parameter.listed), str(values.get(parameter.name, parameter.default))
            table = source.rows(store, **{p.name: values[p.name] for p in source.parameters if p.name in values})
            places = [place for place, column in enumerate(table.columns) if column == parameter.name]
            known = {term.value for row in table.rows for place in places if (term := row[place]) is not None}
            takes_part = parameter.name in self.header.get("partial", ())
            if known and not any(each == value or (takes_part and _is_part(each, value)) for each in known):
                raise parameter.unknown(value, known)

    def describe(self, store: Store) -> str:
        """What it answers, its parameters with their defaults and values, its columns and tags: a page for a person.

        Raises:
            QueryError: The store cannot run it.
        """
        lines = [f"{self.name}: {self.summary}"]
        if description := " ".join(str(self.header.get("description", "")).split()):
            lines.append(description)
        for parameter in self.parameters:
            known = parameter.choices(store)
            values = ", ".join(known[:_MANY]) + (f", … ({len(known)} in all)" if len(known) > _MANY else "")
            kind = "a number" if parameter.type in ("integer", "number") else "text"
            lines.append(f"  -p {parameter.name}={parameter.default or '…'}\t{f'one of {values}' if values else kind}")
        if all(parameter.default is not None for parameter in self.parameters):
            lines.append(f"columns: {', '.join(self.rows(store).columns)}")
        if tags := self.header.get("tags"):
            lines.append(f"tags: {', '.join(tags)}")
        return "\n".join(lines) + "\n"


def _is_part(one: str, other: str) -> bool:
    """Whether one path of names, between dots, begins with the other."""
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


def _sorted(cell: Term | None) -> Term | None:
    if not isinstance(cell, Literal):
        return cell
    values = sorted(set(filter(None, cell.value.split(" | "))))
    return Literal(" | ".join(values)) if values else None


def load_query(path: Path, text: str | None = None) -> Query:
    """Reads a ``.rq`` file. A carriage return before a newline, as Git on Windows writes it, is none of the query's.

    Raises:
        UnreadableError: There is no such file.
        QueryError: Its header is not YAML or not what a header is, or names a parameter that the query does not have.
    """
    text = (read_text(path).replace("\r\n", "\n") if text is None else text).removeprefix("\ufeff")
    header = read_header(text, str(path))
    said = {key: pairs(header, key, str(path)) for key in PAIRS}
    parameters = parameters_of(text, path, said)
    names = {parameter.name for parameter in parameters}
    for key, about in said.items():
        if unknown := about.keys() - names:
            raise QueryError(f'{key}: the query has no parameter "{min(unknown)}"', f"{path}:1:1")
    return Query(path.stem, path, text, header, parameters)


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


def unknown_terms(sparql: str) -> Iterator[str]:
    """Tells of each name in a query that looks like one of our ontology and is none, and which it may have been."""
    if names := terms_of(sparql):
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
    if is_broken(what):
        raise UsageError("the query is not UTF-8; set the terminal to UTF-8, or put it into a file")
    return load_query(_TYPED, what)
