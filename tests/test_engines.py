"""Whatever runs on one store runs on all, and gives the same rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

import synthkg
from conftest import DATA, TOY
from synthkg.knowledge import KnowledgeGraph
from synthkg.queries import Query, load_queries
from synthkg.store import OxigraphStore, RdflibStore, Store, Table

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib evaluates queries with what rdflib deprecates
QUERIES = load_queries("views", "examples", "checks")
SLOW = {"code-by-domain"}  # rdflib joins these in an order that takes it minutes on the real data


class Engines:
    """One graph in both stores."""

    def __init__(self, data: Path) -> None:
        kg: KnowledgeGraph = synthkg.open(data)
        assert isinstance(kg.store, OxigraphStore)
        self.oxigraph: OxigraphStore = kg.store
        self.rdflib = RdflibStore(kg.store)


@pytest.fixture(scope="module")
def toy_engines() -> Engines:
    return Engines(TOY)


@pytest.fixture(scope="module")
def real_engines() -> Engines:
    return Engines(DATA)


def answers(query: Query, store: Store, choices: Store) -> list[Table]:
    """The answer for each parameter's default or first value."""
    values = {}
    for parameter in query.parameters:
        known = query.choices(choices, parameter)
        values[parameter.name] = known[len(known) // 2] if known else parameter.default or "x"
    return [query.select(store, **values)]


def plain(tables: list[Table]) -> list[tuple[tuple[str, ...], list[tuple[object, ...]]]]:
    """Rows to compare: a number's lexical form is the engine's own choice (1 or 1.0), all else is not."""

    def value(term: object) -> object:
        if isinstance(term, Literal) and term.datatype.value.rpartition("#")[2] in ("integer", "decimal", "double"):
            return float(term.value)
        return term.value if isinstance(term, NamedNode | Literal) else term

    return [(table.columns, [tuple(map(value, row)) for row in table.rows]) for table in tables]


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_toy_rows_are_equal(name: str, toy_engines: Engines) -> None:
    query = QUERIES[name]
    expected = answers(query, toy_engines.oxigraph, toy_engines.oxigraph)
    assert plain(answers(query, toy_engines.rdflib, toy_engines.oxigraph)) == plain(expected)


@pytest.mark.parametrize("name", sorted(QUERIES.keys() - SLOW))
def test_real_rows_are_equal(name: str, real_engines: Engines) -> None:
    query = QUERIES[name]
    expected = answers(query, real_engines.oxigraph, real_engines.oxigraph)
    assert plain(answers(query, real_engines.rdflib, real_engines.oxigraph)) == plain(expected)
