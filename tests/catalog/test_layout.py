"""Layout: a row is its pieces and its end, whatever the template."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthkg.catalog.layout import fields, lay_out, literal
from synthkg.catalog.layout import write_line as line
from synthkg.model.records import CELLS, Block, Entry


def test_columns_and_fill() -> None:
    block = Block(row="| [{title}]({url}) | {venue} | {code} |", widths=(10, 4, 3))
    entry = Entry(title="T", url="u", venue="", code="-")
    pieces, end = lay_out(block, entry)
    places = [(piece.field, piece.column, piece.fill) for piece in pieces]
    assert places == [("title", 1, 0), ("url", 1, 4), ("venue", 2, 4), ("code", 3, 2)]
    assert end == " |\n"
    assert line(block, entry) == "| [T](u)     |      | -   |\n"


def test_cell_wider_than_its_column() -> None:
    assert line(Block(row="| {title} |", widths=(2,)), Entry(title="wide")) == "| wide |\n"


def test_width_is_in_code_points() -> None:
    assert line(Block(row="|{title}|", widths=(4,)), Entry(title="仲景")) == "|仲景  |\n"


def test_own_row_ignores_widths() -> None:
    entry = Entry(title="T", venue="V", row="|  {title}|{venue} |")
    assert line(Block(row="| {title} | {venue} |", widths=(9, 9)), entry) == "|  T|V |\n"
    assert [p.column for p in lay_out(Block(), entry)[0]] == [1, 2]


def test_absent_field_gives_no_piece_but_keeps_its_place() -> None:
    block = Block(row="| {title} | {venue} | {code} |", widths=(1, 3, 1))
    entry = Entry(title="T", code="c")
    assert line(block, entry) == "| T |     | c |\n"
    places = [(piece.field, piece.column, piece.before) for piece in lay_out(block, entry)[0]]
    assert places == [("title", 1, "| "), ("code", 3, " |     | ")]


def test_bars_that_do_not_cut() -> None:
    table = Block(row=r"| a \| {title} | {venue} |", widths=(8, 1))
    assert line(table, Entry(title="T", venue="V")) == "| a \\| T   | V |\n"
    bullet = Block(row="- {title} | {url}")
    assert [p.column for p in lay_out(bullet, Entry(title="T", url="u"))[0]] == [1, 1]


def test_table_without_outer_bars() -> None:
    block = Block(row="{title} | {venue}", widths=(3, 4))
    assert line(block, Entry(title="T", venue="V")) == "T   | V   \n"
    assert [p.column for p in lay_out(block, Entry(title="T", venue="V"))[0]] == [1, 2]


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        ("| {title} | {venue} |", [1, 2]),
        ("{title} | {venue}", [1, 2]),
        ("| | {title} | {venue} |", [2, 3]),
        ("  || {title} | | {venue} |", [2, 4]),
        ("a | {title} | {venue}", [2, 3]),
        ("a | b | {title}{venue} |", [3, 3]),
    ],
)
def test_a_cell_is_of_the_column_whose_bars_are_around_it(row: str, columns: list[int]) -> None:
    pieces, _ = lay_out(Block(row=row), Entry(title="T", venue="V"))
    assert [piece.column for piece in pieces] == columns


def test_newlines() -> None:
    assert line(Block(row="{title}"), Entry(title="T"), "\r\n") == "T\r\n"
    assert line(Block(row="{title}"), Entry(title="T", end=""), "\r\n") == "T"
    assert line(Block(row="{title}"), Entry(title="T", end="\r")) == "T\r"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("{title", "lone brace at column 1;"),
        ("}", "lone brace at column 1;"),
        ("{title} {{{", "lone brace at column 11;"),
        ("| {title} }|", "lone brace at column 11;"),
        ("{author}", "no field"),
        ("{url} {url}", "twice"),
        ("{}", "lone brace"),
    ],
)
def test_bad_template(row: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fields(row)


@given(st.permutations(CELLS), st.lists(st.text("| {}\\x", max_size=8), min_size=5, max_size=5), st.data())
def test_a_row_is_its_literals_and_cells(order: list[str], gaps: list[str], data: st.DataObject) -> None:
    row = literal(gaps[0]) + "".join(f"{{{name}}}{literal(gap)}" for name, gap in zip(order, gaps[1:], strict=True))
    cell: dict[str, Any] = {name: data.draw(st.text("a |{}", max_size=5)) for name in order}
    expected = gaps[0] + "".join(cell[name] + gap for name, gap in zip(order, gaps[1:], strict=True))
    assert line(Block(row=row), Entry(**cell, end="")) == expected
    padded = line(Block(row=row, widths=(7, 7, 7)), Entry(**cell, end=""))
    assert padded.replace(" ", "") == expected.replace(" ", "")
