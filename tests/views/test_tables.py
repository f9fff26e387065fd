"""The tables of a release: the same rows as CSV and as Parquet, from saved queries, in every reader."""

from __future__ import annotations

import builtins
import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, parse

from conftest import ROOT, TOY
from rdflib_store import RdflibStore
from synthkg.api.answers import Answer
from synthkg.api.knowledge import KnowledgeGraph, open
from synthkg.errors import UsageError
from synthkg.graph.formats import FORMATS
from synthkg.graph.queries import load_queries
from synthkg.graph.store import OxigraphStore, Table, load_dump
from synthkg.views.parquet import Column, to_parquet
from synthkg.views.tables import parquet, table_queries, types_of, values_of, write_tables

NAMES = ("artifacts", "lineage", "methods", "papers", "versions")
INTEGER = NamedNode("http://www.w3.org/2001/XMLSchema#integer")


def csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def as_csv(row: dict[str, Any]) -> dict[str, str]:
    return {k: "" if v is None else " | ".join(v) if isinstance(v, list) else str(v) for k, v in row.items()}


def test_the_tables() -> None:
    assert tuple(table_queries()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_parquet_has_the_rows_of_csv(dist: Path, name: str) -> None:
    file = dist / "tables" / f"{name}.parquet"
    by_polars = polars.read_parquet(file).to_dicts()
    assert pyarrow.parquet.read_table(file).to_pylist() == by_polars
    assert [as_csv(row) for row in by_polars] == csv_rows(file.with_suffix(".csv"))
    assert by_polars


@pytest.mark.parametrize(
    ("name", "key"), [("artifacts", ["id"]), ("methods", ["id"]), ("papers", ["id"]), ("versions", ["paper", "version"])]
)
def test_one_row_a_thing(dist: Path, name: str, key: list[str]) -> None:
    rows = [tuple(row[part] for part in key) for row in csv_rows(dist / "tables" / f"{name}.csv")]
    assert len(set(rows)) == len(rows)
    assert rows == sorted(rows)


@pytest.mark.parametrize(
    ("name", "kind"), [("artifacts", "Artifact"), ("methods", "Method"), ("papers", "Paper"), ("versions", "Version")]
)
def test_a_row_for_every_thing(real_dist: Path, dump_store: OxigraphStore, name: str, kind: str) -> None:
    (count,) = KnowledgeGraph(dump_store).query(
        f"SELECT (COUNT(DISTINCT ?x) AS ?n) {{ ?x a <https://w3id.org/synthkg/ontology#{kind}> }}"
    )
    assert len(csv_rows(real_dist / "tables" / f"{name}.csv")) == int(count["n"])


def test_lineage_edges(toy_dist: Path, real_dist: Path) -> None:
    toy = csv_rows(toy_dist / "tables" / "lineage.csv")
    assert [(row["thing"], row["relation"], row["source"]) for row in toy if row["relation"] == "extends"] == [
        ("method/tide-instruct", "extends", "method/drift")
    ]
    real = csv_rows(real_dist / "tables" / "lineage.csv")
    assert {row["relation"] for row in real} == {"extends", "made-by", "made-from", "trained-on", "distilled-from"}


def test_an_address_that_was_taken_over_is_in_no_table(real_dist: Path, dump_store: OxigraphStore) -> None:
    unsafe = [row["id"] for row in csv_rows(real_dist / "tables" / "artifacts.csv") if row["state"] == "unsafe"]
    assert unsafe
    kg = KnowledgeGraph(dump_store)
    printed = {cell for file in real_dist.glob("tables/*.csv") for row in csv_rows(file) for cell in row.values()}
    for id in unsafe:
        thing = f"<https://w3id.org/synthkg/artifact/{id}>"
        for row in kg.query(f"SELECT ?url {{ {thing} <https://w3id.org/synthkg/ontology#url> ?url }}"):
            assert row["url"] not in printed


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib itself uses what rdflib deprecates
@pytest.mark.parametrize("name", NAMES)
def test_rdflib_answers_the_same(toy_dist: Path, name: str) -> None:
    path = toy_dist / "synthkg.nq"
    store = RdflibStore(parse(path=path, format=FORMATS[path.suffix]))
    query = table_queries()[name]
    assert query.select(store) == query.select(load_dump(path))


def test_the_page_on_downloads_names_every_file_and_column(toy_dist: Path) -> None:
    page = (ROOT / "docs" / "downloads.md").read_text(encoding="utf-8")
    for file in toy_dist.iterdir():
        assert f"`{file.name}" in page
    for name in NAMES:
        with (toy_dist / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            assert f"| {', '.join(next(csv.reader(stream)))} |" in page


# -- The Parquet writer


texts = st.one_of(st.none(), st.text())
records = st.lists(st.tuples(texts, st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)), st.lists(st.text(), max_size=5)))


@given(records)
def test_what_is_written_is_read(rows: list[tuple[str | None, int | None, list[str]]]) -> None:
    columns = [Column("text", str), Column("number", int), Column("several", list)]
    values = [list(column) for column in zip(*rows, strict=True)] or [[], [], []]
    content = to_parquet(columns, values, len(rows))
    expected = [dict(zip(("text", "number", "several"), row, strict=True)) for row in rows]
    assert pyarrow.parquet.read_table(pyarrow.BufferReader(content)).to_pylist() == expected
    read = polars.read_parquet(content)
    assert read.to_dicts() == expected
    assert read.schema == {"text": polars.String, "number": polars.Int64, "several": polars.List(polars.String)}
    assert to_parquet(columns, values, len(rows)) == content


def test_readers_that_choose_columns_find_them_by_their_paths() -> None:
    content = to_parquet([Column("text", str), Column("number", int), Column("several", list)], [["a"], [1], [["b", "c"]]], 1)
    group = pyarrow.parquet.ParquetFile(pyarrow.BufferReader(content)).metadata.row_group(0)
    paths = [group.column(place).path_in_schema for place in range(group.num_columns)]
    assert paths == ["text", "number", "several.list.element"]


def test_many_rows_and_columns() -> None:
    columns = [Column(f"c{n}", str) for n in range(300)]
    rows = [[None if (r + c) % 7 == 0 else f"{r}.{c}" for c in range(300)] for r in range(1000)]
    assert polars.read_parquet(to_parquet(columns, list(zip(*rows, strict=True)), 1000)).rows() == [tuple(row) for row in rows]


def test_types() -> None:
    def column(*values: Literal | None) -> type:
        (kind,) = types_of(Table(("x",), [(value,) for value in values])).values()
        return kind

    assert column(Literal("1", datatype=INTEGER), None) is int
    assert column(Literal("1", datatype=INTEGER), Literal("1")) is str
    assert column(Literal("1", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#int"))) is int
    assert column(Literal("9" * 40, datatype=INTEGER)) is str
    assert column(None) is str
    assert column() is str
    assert parquet(Table(("x",), []))[:4] == b"PAR1"


# -- Answers as data frames


def test_to_pandas_and_to_polars() -> None:
    kg = open(TOY)
    answer = kg.query("versions")
    expected = list(values_of(answer.table))
    frame = answer.to_polars()
    assert frame.columns == list(answer.columns)
    assert [list(row) for row in frame.rows()] == expected
    assert frame.schema["year"] == polars.Int64
    pandas = answer.to_pandas()
    assert list(pandas.columns) == list(answer.columns)
    assert str(pandas["year"].dtype) == "Int64"
    rows = pandas.astype(object).where(pandas.notna(), None).to_numpy().tolist()
    assert rows == expected
    empty = kg.query("SELECT ?x { ?x a <https://example.org/nothing> }")
    assert (empty.to_polars().shape, empty.to_pandas().shape) == ((0, 1), (0, 1))


def test_a_column_of_numbers_is_one_where_an_answer_has_none(real_store: OxigraphStore) -> None:
    """So that data frames of several answers can be joined."""
    for name, query in load_queries("examples", "views", "profiles").items():
        if query.is_table:
            numbers = {column for column, kind in types_of(query.select(real_store)).items() if kind is int}
            assert numbers <= set(query.header.get("integers", ())), name
    answers = [graph.query("sizes", unit="example") for graph in (KnowledgeGraph(real_store), open(TOY))]
    assert [bool(answer) for answer in answers] == [True, False]
    assert polars.concat(answer.to_polars() for answer in answers).schema["amount"] == polars.Int64
    assert {str(answer.to_pandas()["amount"].dtype) for answer in answers} == {"Int64"}


@pytest.mark.parametrize(("library", "convert"), [("pandas", Answer.to_pandas), ("polars", Answer.to_polars)])
def test_without_the_library(library: str, convert: Callable[[Answer], object], monkeypatch: pytest.MonkeyPatch) -> None:
    real_import = builtins.__import__

    def refuse(name: str, *arguments: Any, **keywords: Any) -> Any:
        if name == library:
            raise ImportError(name)
        return real_import(name, *arguments, **keywords)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(UsageError, match=rf"pip install 'synthkg\[{library}\]'"):
        convert(Answer(Table(("x",), [])))


def test_an_empty_release_has_the_columns_of_a_full_one(real_dist: Path, tmp_path: Path) -> None:
    write_tables(OxigraphStore(()), tmp_path / "tables")
    for name in NAMES:
        empty, full = (polars.read_parquet_schema(folder / "tables" / f"{name}.parquet") for folder in (tmp_path, real_dist))
        assert empty == full, name
