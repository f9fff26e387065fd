"""Asks each target whether it is still as our queries assume, and names the assumption that drifted.

A contract is one file ``queries/contracts/<target>-<assumption>.rq``. Its query is wider than the assumption: it gives what is
there in the place of what should be there, under another predicate, in another case, as a string instead of an IRI. So the answer
is compared with what the header expects term by term, and the difference itself says what kind of drift it is; a query for the
assumed form alone could only say "no rows". The header's keys, besides grlc's:

* ``target``, and ``assumes``: the assumption in a sentence; ``source``: the page where it was read;
* ``expects``: rows of which one must be in the answer, column -> RDF term, or nothing where any will do; the column that matters
  most comes first; or ``requires``: rows which must all be there, each a ``predicate`` or a ``class``;
* ``drift``: what it means when nothing at all is found, one of `KINDS`;
* ``affects``: our file that is wrong then;
* ``request``: for an API that is no SPARQL endpoint, the path to ask below the endpoint; the columns are paths into the JSON.

The address is the ``endpoint`` of ``queries/links/<target>.rq``, or of the contract where the target has no such file.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pyoxigraph import Literal
from tabulate import tabulate

from synthkg import project
from synthkg.endpoints import Connection, EndpointStore, Reach
from synthkg.errors import EndpointError, QueryError, UsageError
from synthkg.findings import did_you_mean
from synthkg.graph import Query, Store, Term, load_dump, load_query, read_term

__all__ = ["FORMATS", "KINDS", "STATES", "Contract", "Diagnosis", "Drift", "diagnose", "examine", "load_contracts"]

KINDS = ("predicate", "class", "case", "form", "host", "moved")
STATES = ("holds", "drifted", "not answered")
_KEYS = ("summary", "target", "assumes", "drift", "affects", "source")
_ANYTHING = "SELECT ?thing WHERE { ?thing ?property ?value } LIMIT 1"
_GONE = (404, 410)
_MANY = 3  # terms that a message lists
_SIZES = ("", "case", "host", "form", "class", "predicate")

Row = Mapping[str, Term | None]


@dataclass(frozen=True, slots=True)
class Contract:
    """One assumption about one target. See the module for the keys of the header; ``endpoint`` is empty where there is none."""

    query: Query
    target: str
    assumes: str
    drift: str
    affects: str
    source: str
    endpoint: str
    request: str
    expects: tuple[Row, ...] = ()
    requires: tuple[Row, ...] = ()

    @property
    def name(self) -> str:
        """Its file's name, which begins with the target's."""
        return self.query.name


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference between what was assumed and what was found: its kind, one of `KINDS`, and a sentence."""

    kind: str
    problem: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What became of one contract.

    Attributes:
        state: ``holds``, ``drifted`` or ``not answered``.
        drifts: What drifted, where it did.
        problem: Why there was no answer, where there was none.
    """

    contract: Contract
    state: str
    drifts: tuple[Drift, ...] = ()
    problem: str = ""

    @property
    def message(self) -> str:
        """The state with its reason, and what to change."""
        if self.state == "holds":
            return self.contract.assumes
        if self.state == "not answered":
            return self.problem
        said = "; ".join(f"{drift.kind} drifted: {drift.problem}" for drift in self.drifts)
        return (
            f"{said}; assumed was: {self.contract.assumes}; change {self.contract.affects}, then {self.contract.query.path.name}"
        )


def load_contracts(folder: Path | None = None) -> list[Contract]:
    """The contracts, by name. See the module for their form.

    Args:
        folder: The folder ``queries``; by default the project's.

    Raises:
        QueryError: A header lacks a key, or has a wrong one.
    """
    folder = folder or project.folder("queries")
    return [_contract(load_query(path), folder / "links") for path in sorted((folder / "contracts").glob("*.rq"))]


def _contract(query: Query, links: Path) -> Contract:
    header, where = query.header, f"{query.path}:1:1"
    for key in _KEYS:
        if not header.get(key):
            raise QueryError(f'the header of a contract needs "{key}"', where)
    if header["drift"] not in KINDS:
        raise QueryError(f'"{header["drift"]}" is no kind of drift; {did_you_mean(str(header["drift"]), KINDS)}', where)
    if not query.name.startswith(f"{header['target']}-"):
        raise QueryError(f'the name of a contract with {header["target"]} must begin with "{header["target"]}-"', where)
    if ("expects" in header) == ("requires" in header):
        raise QueryError('the header of a contract needs "expects" or "requires"', where)
    expects, requires = (_wanted(header.get(key, []), key, where) for key in ("expects", "requires"))
    if wrong := sorted({column for row in requires for column in row} - {"predicate", "class"}):
        raise QueryError(f'"requires" may have the columns predicate and class, not "{wrong[0]}"', where)
    columns = {column for row in (*expects, *requires) for column in row}
    if missing := sorted(column for column in columns if f"?{column}" not in query.text and "request" not in header):
        raise QueryError(f'the query gives no column "{missing[0]}", which is expected', where)
    link = links / f"{header['target']}.rq"
    said = load_query(link).header.get("endpoint") if link.is_file() else None
    endpoint, request = str(said or header.get("endpoint", "")), str(header.get("request", ""))
    texts = {key: str(header[key]).strip() for key in _KEYS if key != "summary"}
    return Contract(query, **texts, endpoint=endpoint, request=request, expects=expects, requires=requires)


def _wanted(rows: Any, key: str, where: str) -> tuple[Row, ...]:
    try:
        return tuple({str(column): None if text is None else read_term(text) for column, text in row.items()} for row in rows)
    except (AttributeError, SyntaxError, TypeError, ValueError) as error:
        raise QueryError(f'"{key}" must be a list of rows, column: <IRI> or column: \'"string"\': {error}', where) from error


def examine(
    targets: Sequence[str] = (),
    *,
    endpoint: str | None = None,
    dump: Path | None = None,
    timeout: float = 60.0,
    progress: Callable[[str, int], None] = lambda what, count: None,
) -> list[Diagnosis]:
    """Asks the contracts of some targets, or of all.

    Args:
        targets: Names of targets; none means all.
        endpoint: An address to ask instead of the target's own: a mirror.
        dump: A dump to ask instead, which must fit into memory.
        timeout: Seconds for a request.
        progress: Is told the name of each contract before it is asked.

    Raises:
        UsageError: There is no such target, or a mirror is given for more than one.
        QueryError: A contract is malformed.
        UnreadableError: The dump cannot be read.
        EndpointError: No server can be reached.
    """
    contracts = load_contracts()
    known = sorted({contract.target for contract in contracts})
    for target in targets:
        if target not in known:
            raise UsageError(f'there is no contract with "{target}"; {did_you_mean(target, known)}')
    if endpoint is not None and dump is not None:
        raise UsageError("give one of --endpoint and --dump")
    if (endpoint is not None or dump is not None) and len(set(targets)) != 1:
        raise UsageError(f"a mirror or a dump is of one target; name it, one of {', '.join(known)}")
    store = None if dump is None else load_dump(dump)
    found, reach = [], Reach()
    for contract in contracts:
        if not targets or contract.target in targets:
            progress(contract.name, 0)
            found.append(diagnose(contract, store=store, endpoint=endpoint, timeout=timeout, reach=reach))
    return found


def diagnose(
    contract: Contract,
    *,
    store: Store | None = None,
    endpoint: str | None = None,
    timeout: float = 60.0,
    retries: int = 1,
    reach: Reach | None = None,
) -> Diagnosis:
    """Asks one contract, of a store or over HTTP. No fault of the server is raised: each is a state of the diagnosis.

    Raises:
        EndpointError: It could not be reached, and ``reach`` says that nor could others.
    """
    reach = reach or Reach()
    address = endpoint or contract.endpoint
    if store is not None and contract.request:
        return Diagnosis(contract, "not answered", problem="is a question to an API, which no dump answers")
    if store is None and not address:
        return Diagnosis(contract, "not answered", problem="has no endpoint; give a dump of it: --dump FILE")
    try:
        if contract.request:
            rows: list[Row] = [_fetch(Connection(address.rstrip("/"), timeout=timeout, retries=retries), contract)]
        else:
            if store is None:
                store = EndpointStore(address, (), timeout=timeout, retries=retries)
            table = store.select(contract.query.text)
            rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
            if not rows and not store.select(_ANYTHING).rows:
                problem = f"{address}: holds nothing, or answers every query with no rows"
                return Diagnosis(contract, "not answered", problem=problem)
    except EndpointError as error:
        if error.unreached:
            reach.miss(urlsplit(address).netloc, error.message)
        else:
            reach.found()
        if error.location:
            return Diagnosis(contract, "drifted", (Drift("moved", f"{error.where} has moved to {error.location}"),))
        if error.status in _GONE:
            return Diagnosis(contract, "drifted", (Drift("moved", f"{error.where} {error.message}, and not where to"),))
        return Diagnosis(contract, "not answered", problem=str(error))
    reach.found()
    drifts = _compare(contract, rows)
    return Diagnosis(contract, "drifted" if drifts else "holds", drifts)


def _fetch(connection: Connection, contract: Contract) -> Row:
    """The fields of the JSON that an API answers.

    Raises:
        EndpointError: There is no answer, or none in JSON.
    """
    document = connection.fetch(urllib.request.Request(connection.url + contract.request))
    return {path: _field(document, path.split(".")) for row in contract.expects for path in row}


def _field(value: Any, path: Sequence[str]) -> Literal | None:
    """The value at a path into JSON, or None where there is none.

    >>> _field({"results": [{"id": "W1"}]}, ["results", "0", "id"])
    <Literal value=W1 datatype=<NamedNode value=http://www.w3.org/2001/XMLSchema#string>>
    """
    for step in path:
        if isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, dict) and step in value:
            value = value[step]
        else:
            return None
    return None if value is None else Literal(value if isinstance(value, str) else json.dumps(value))


def _compare(contract: Contract, rows: Sequence[Row]) -> tuple[Drift, ...]:
    """What drifted: nothing where a row is as expected, else the differences of the rows that come nearest to it."""
    if contract.requires:
        absent = [row for row in contract.requires if all(row != {key: found.get(key) for key in row} for found in rows)]
        return tuple(Drift(column, f"nothing has {term}") for row in absent for column, term in row.items())
    if not rows:
        return (Drift(contract.drift, "nothing was found in any form that the query tries"),)
    pairs = [(wanted, row) for wanted in contract.expects for row in rows]
    nearest = min(_distance(wanted, row) for wanted, row in pairs)
    wanted = next(wanted for wanted, row in pairs if _distance(wanted, row) == nearest)
    near = [row for row in rows if _distance(wanted, row) == nearest]
    drifts: dict[str, Drift] = {}
    for column, term in wanted.items():
        if kind := _kind(column, term, near[0].get(column)):
            shown = " or ".join(sorted({str(row[column]) for row in near if row.get(column) is not None})[:_MANY])
            problem = f"{column} is {shown}, not {term}" if shown else f"there is no {column} {term or ''}".rstrip()
            drifts.setdefault(kind, Drift(kind, problem))
    return tuple(drifts.values())


def _distance(wanted: Row, row: Row) -> tuple[int, ...]:
    """How far a row is from an expected one: first its first column counts, and a small difference is nearer than a large one."""
    kinds = {column: _kind(column, term, row.get(column)) for column, term in wanted.items()}
    return tuple(len(_SIZES) if kind and row.get(column) is None else _SIZES.index(kind) for column, kind in kinds.items())


def _kind(column: str, wanted: Term | None, found: Term | None) -> str:
    """The kind of drift from one term to another, or nothing where they are the same.

    >>> _kind("value", read_term('<https://doi.org/10.1/a>'), read_term('"https://doi.org/10.1/a"'))
    'form'
    >>> _kind("value", read_term('"10.1/A"'), read_term('"10.1/a"'))
    'case'
    >>> _kind("predicate", read_term('<http://orkg.org/P26>'), read_term('<https://orkg.org/P26>'))
    'host'
    >>> _kind("class", read_term('<https://semopenalex.org/ontology/Work>'), read_term('<https://semopenalex.org/class/Work>'))
    'class'
    >>> _kind("value", read_term('"machine learning"@en'), read_term('"machine learning"'))
    'form'
    """
    if found is None:
        return "class" if column == "class" else "predicate"
    if wanted is None or found == wanted:
        return ""
    if type(found) is type(wanted) and found.value != wanted.value:
        if found.value.casefold() == wanted.value.casefold():
            return "case"
        theirs, ours = urlsplit(found.value), urlsplit(wanted.value)
        if theirs.netloc and ours.netloc and theirs[2:] == ours[2:]:
            return "host"
    return column if column in ("class", "predicate") else "form"


def _table(diagnoses: Sequence[Diagnosis]) -> str:
    rows = [(d.contract.name, d.state, d.message) for d in diagnoses]
    return tabulate(rows, headers=("contract", "state", "why"), tablefmt="plain", disable_numparse=True) + "\n"


def _json(diagnoses: Sequence[Diagnosis]) -> str:
    found = [
        {
            "contract": d.contract.name,
            "target": d.contract.target,
            "assumes": d.contract.assumes,
            "source": d.contract.source,
            "affects": d.contract.affects,
            "state": d.state,
            "drifts": [{"kind": drift.kind, "problem": drift.problem} for drift in d.drifts],
            "problem": d.problem,
        }
        for d in diagnoses
    ]
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


FORMATS: dict[str, Callable[[Sequence[Diagnosis]], str]] = {"text": _table, "json": _json}
