"""Golden rows: reviewed one by one, they must stand in the answer of each saved query.

``golden/<query>.csv`` has some columns of the answer (to the default parameters) and rows that no further curation can change.
A cell is what the answer must have there, empty for nothing; ``>= 3`` allows more; ``…word…`` asks for the word somewhere in it,
and ``…`` for anything at all. A file with no row says that the answer is empty.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from rapidfuzz import fuzz

from synthkg.api.knowledge import KnowledgeGraph
from synthkg.graph.queries import Query, load_queries
from synthkg.graph.store import OxigraphStore, Store, Table

FOLDER = Path(__file__).parent / "golden"


def golden_queries() -> dict[str, Query]:
    """The saved queries and the views that are tables, by name."""
    found = load_queries("examples", "views")
    return {name: query for name, query in found.items() if query.header.get("form", "table") in ("table", "bibliography")}


QUERIES = golden_queries()


@dataclass(frozen=True)
class Golden:
    """The golden rows of one query."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def missing(self, answer: Table) -> list[str]:
        """What is wrong with an answer: each golden row that is not in it, with the nearest that is."""
        if unknown := set(self.columns) - set(answer.columns):
            return [f"the answer has no column {', '.join(sorted(unknown))}; it has {', '.join(answer.columns)}"]
        places = [answer.columns.index(name) for name in self.columns]
        shown = [tuple("" if (term := row[i]) is None else term.value for i in places) for row in answer.rows]
        if not self.rows:
            return [f"the answer should be empty, and has\n  {row}" for row in shown[:1]]
        return [_complaint(row, shown) for row in self.rows if not any(_fits(row, each) for each in shown)]


def _fits(wanted: Sequence[str], row: Sequence[str]) -> bool:
    return all(map(_allows, wanted, row))


def _allows(wanted: str, cell: str) -> bool:
    if wanted.startswith(">= "):
        return cell.isdecimal() and int(cell) >= int(wanted[3:])
    if wanted == "…":
        return True
    if len(wanted) > 2 and wanted.startswith("…") and wanted.endswith("…"):
        return wanted[1:-1] in cell
    return wanted == cell


def _complaint(wanted: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    nearest = max(
        rows, key=lambda row: (sum(map(_allows, wanted, row)), fuzz.ratio(" ".join(wanted), " ".join(row))), default=None
    )
    return f"missing\n  {' | '.join(wanted)}\n" + (
        f"nearest\n  {' | '.join(nearest)}" if nearest is not None else "no rows at all"
    )


@cache
def golden(name: str) -> Golden:
    """The golden rows of a query."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert all(len(row) == len(header) for row in rows), f"golden/{name}.csv: every row has {len(header)} cells"
    return Golden(tuple(header), tuple(map(tuple, rows)))


def faults(query: Query, store: Store) -> list[str]:
    """What the golden rows of a query find wrong with a store."""
    return golden(query.name).missing(query.select(store))


def test_every_query_has_golden_rows() -> None:
    golden = {path.stem for path in FOLDER.glob("*.csv")}
    assert not QUERIES.keys() - golden, "read the answer, and put rows that must stand in it into tests/golden/<query>.csv"
    assert not golden - QUERIES.keys(), "there are golden rows of no query"


@pytest.mark.parametrize("name", QUERIES)
def test_golden_rows(name: str, kg: KnowledgeGraph) -> None:
    found = faults(QUERIES[name], kg.store)
    assert not found, f"\n\n{name}:\n" + "\n\n".join(found) + "\n"


@pytest.mark.parametrize("name", QUERIES)
def test_header(name: str) -> None:
    """Each query says what it answers, has a default for each parameter, and says what a thing's name may be."""
    query = QUERIES[name]
    assert query.summary.endswith(".")
    assert query.header.get("tags"), "no tags"
    for parameter in query.parameters:
        assert parameter.default is not None, f"no default for {parameter.name}"
        assert parameter.type != "iri" or (parameter.base and parameter.classes), f"bases and classes of {parameter.name}"
    for key in ("defaults", "enumerate"):
        assert isinstance(query.header.get(key, []), list), f"grlc reads {key} only as a list"
    for default in query.header.get("defaults", ()):
        ((parameter_name, value),) = default.items()
        if query.parameter(parameter_name).type == "iri":
            assert value.startswith("https://"), f"grlc puts the default of {parameter_name} in as it stands: give the whole IRI"


@pytest.fixture(scope="module")
def backwards(kg: KnowledgeGraph) -> OxigraphStore:
    """The same triples, loaded in another order."""
    return OxigraphStore(sorted(kg.store.inner, key=str, reverse=True))  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", QUERIES)
def test_answer_is_in_a_total_order(name: str, kg: KnowledgeGraph, backwards: OxigraphStore) -> None:
    """The same rows come in the same order whatever order the triples were loaded in, and none comes twice."""
    query = QUERIES[name]
    answer = query.rows(kg.store).rows
    assert answer == query.rows(backwards).rows
    assert len(set(answer)) == len(answer)


def test_no_saved_query_offers_an_unsafe_address(kg: KnowledgeGraph) -> None:
    """Only what the list printed, and the query about rotten links, name an address that was taken over."""
    named = {
        name
        for name, query in QUERIES.items()
        for row in query.rows(kg.store).rows
        for term in row
        if term is not None and "noahshinn024/reflexion" in term.value
    }
    assert named <= {"rotten-links", "entries-of", "errata", "disagreeing-rows", "history"}
