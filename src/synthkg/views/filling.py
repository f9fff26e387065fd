"""Answers put into a Markdown page, below the calls that ask for them.

A page is edited by hand, so whatever looks like a call is one, or is named: several in one block, fenced in any way that is
Markdown and in an item of a list, too, each after ``$ synthkg query``, have their tables below the block in their order; one
with ``--format markdown`` has it in the block, right below, as the terminal prints it. What a block shows in another format is
no table, and whoever wrote it keeps it. No page makes a link of an address that is known to be unsafe.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import pyromark

from synthkg.errors import QueryError, UsageError
from synthkg.findings import did_you_mean
from synthkg.graph import Query, Store, Table, read_query
from synthkg.markdown import escaped, markdown_table, quoted
from synthkg.model import BASE, NAMESPACE
from synthkg.views.answers import STYLES, answer_text
from synthkg.views.pages import select_present, text_of
from synthkg.views.tables import split

__all__ = ["fill", "narrow"]

_UNSAFE = f"""SELECT ?url WHERE {{
  ?artifact <{NAMESPACE}state> <{BASE}concept/state/unsafe> ; <{NAMESPACE}url> ?url
}}"""


def narrow(table: Table, columns: Sequence[str] = (), limit: int | None = None) -> Table:
    """Some columns and the first rows of a table.

    Raises:
        UsageError: There is no such column, or one is named twice.
    """
    for name in columns:
        if columns.count(name) > 1:
            raise UsageError(f'the column "{name}" is named twice')
        if name not in table.columns:
            raise UsageError(f'the answer has no column "{name}"; {did_you_mean(name, table.columns)}')
    places = [table.columns.index(name) for name in columns or table.columns]
    return Table(tuple(table.columns[i] for i in places), [tuple(row[i] for i in places) for row in table.rows[:limit]])


_CALL = re.compile(r"\$[ \t]+synthkg[ \t]+query[ \t]+(.*)")
_OPENS = re.compile(r"([ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*)(`{3,}|~{3,})")
_WRITTEN = {"-p": "-p name=value", "--limit": "--limit 10", "--format": "--format markdown, or csv by hand"}
_NOTE = re.compile(r"\*(no|[0-9]+ of [0-9]+) rows\*\s*")
Meant = Callable[[Query, dict[str, str]], dict[str, str]]
"""The values of a query's parameters, names of things replaced by their ids."""


def fill(page: str, store: Store, file: str = "page", meant: Meant = lambda query, values: values) -> str:
    """A Markdown page with the answer, as a table, under every console block that asks a saved query.

    Whatever stood there, tables and what was said of their rows, is replaced; the page's own ends of lines and its end stay.

    Args:
        page: The page.
        store: The graph.
        file: What messages call it.
        meant: What a call's values mean; left out, they are ids.

    Raises:
        UsageError: A call names no query, parameter or column, has an option that pages do not know, or is no SPARQL; and where.
    """
    newline = "\r\n" if "\r\n" in page else "\n"
    page = page.replace("\r\n", "\n")
    text = page.rstrip("\n")
    lines, end = text.split("\n"), page[len(text) :]
    graph = _Graph(store, meant, _unsafe_addresses(store))
    filled: list[str] = []
    at = 0
    for block in _blocks(text, lines):
        shown, answers = _filled(lines, block, graph, file)
        filled += [*lines[at : block.first], *shown]
        at = block.last + 1
        if answers:
            filled += _set_in(["", *"\n".join(answers).split("\n")], block.margin)
            at = _end_of_answers(lines, at, len(answers), block.margin)
    filled += lines[at:]
    return ("\n".join(filled).rstrip("\n") + end).replace("\n", newline)


class _Graph(NamedTuple):
    """What calls are asked of, what their values mean there, and which addresses no page links."""

    store: Store
    meant: Meant
    unsafe: Collection[str]


class _Block(NamedTuple):
    """A console block: the lines of its fences, and the blanks before each of its lines, as in an item of a list."""

    first: int
    last: int
    margin: str


def _blocks(text: str, lines: list[str]) -> Iterator[_Block]:
    """The console blocks of a page; one that nothing closes, or that stands in a quotation, is none."""
    raw = text.encode()
    for event, span in pyromark.events_with_range(text):
        kind = event.get("Start") if isinstance(event, dict) else None
        code = kind.get("CodeBlock") if isinstance(kind, dict) else None
        if not isinstance(code, dict) or code["Fenced"].split()[:1] != ["console"]:
            continue
        first, last = raw.count(b"\n", 0, span["start"]), raw.count(b"\n", 0, span["end"] - 1)
        opened = _OPENS.match(lines[first])
        if opened is not None and first < last and re.fullmatch(rf"\s*{opened[2]}{opened[2][0]}*\s*", lines[last]):
            yield _Block(first, last, re.sub(r"\S", " ", opened[1]))


def _filled(lines: list[str], block: _Block, graph: _Graph, file: str) -> tuple[list[str], list[str]]:
    """The lines of a block, with the tables that stand within, and those that stand below it."""
    shown, below = [], []
    at = block.first
    while at < block.last:
        shown.append(lines[at])
        at += 1
        if (found := _CALL.fullmatch(shown[-1].lstrip())) is None:
            continue
        with _told_at(f"{file}:{at}:1"):
            call = _call(found[1])
            if call.style not in ("", "markdown"):
                continue
            if not call.style:
                below.append(_answer(call, graph))
                continue
            table = answer_text(narrow(_table(read_query(call.name), call, graph), limit=call.limit), "markdown")
            shown += _set_in(table.splitlines(), block.margin)
        at = next(number for number in range(at, block.last + 1) if not lines[number].lstrip().startswith("|"))
    return [*shown, lines[block.last]], below


def _set_in(lines: Iterable[str], margin: str) -> list[str]:
    return [f"{margin}{line}" if line else line for line in lines]


def _end_of_answers(lines: list[str], at: int, count: int, margin: str) -> int:
    """The first line after so many tables of last time, what was said of their rows, and blank lines."""

    def skip(at: int, is_part: Callable[[str], object]) -> int:
        return next((number for number in range(at, len(lines)) if not is_part(lines[number])), len(lines))

    def is_blank(line: str) -> bool:
        return not line.strip()

    def is_note(line: str) -> bool:
        return line.startswith(margin) and _NOTE.fullmatch(line[len(margin) :]) is not None

    at = skip(at, is_blank)
    for _ in range(count):
        at = skip(at, lambda line: line.startswith(f"{margin}|"))
        after = skip(at, is_blank)
        at = skip(after + 1 if after < len(lines) and is_note(lines[after]) else after, is_blank)
    return at


class _Call(NamedTuple):
    """What a line of a block asks, and in which format; without one the answer stands below the block."""

    name: str
    values: dict[str, str]
    columns: list[str]
    limit: int | None
    style: str


@contextmanager
def _told_at(where: str) -> Iterator[None]:
    try:
        yield
    except (UsageError, QueryError) as error:
        raise UsageError(str(error), where) from error


def _table(query: Query, call: _Call, graph: _Graph) -> Table:
    """All rows of the answer, in the columns that are asked for."""
    return narrow(select_present(query, graph.store, graph.meant(query, call.values)), call.columns)


def _answer(call: _Call, graph: _Graph) -> str:
    query = read_query(call.name)
    table = _table(query, call, graph)
    if not table.rows:
        return "*no rows*\n"
    several = query.header.get("multivalued", ()) if query.is_saved else table.columns  # no header says it of plain SPARQL
    holds_several = [name in several for name in table.columns]
    shown = [
        ["" if term is None else _cell(text_of(term), each, graph.unsafe) for term, each in zip(row, holds_several, strict=True)]
        for row in table.rows[: call.limit]
    ]
    note = f"\n*{len(shown)} of {len(table.rows)} rows*\n" if len(shown) < len(table.rows) else ""
    return markdown_table(table.columns, shown) + note


def _call(arguments: str) -> _Call:
    try:
        words = shlex.split(arguments)
    except ValueError as error:
        raise UsageError(f"this is no call ({str(error).lower()}): {arguments}") from error
    if not words or len(words) % 2 == 0:
        raise UsageError(f"a call is a query's name, and options with a value each: {arguments}")
    values: dict[str, str] = {}
    columns: list[str] = []
    limit: int | None = None
    style = ""
    for option, value in zip(words[1::2], words[2::2], strict=True):
        if option == "-p" and "=" in value:
            key, _, given = value.partition("=")
            if key in values:
                raise UsageError(f'the parameter "{key}" is given twice')
            values[key] = given
        elif option == "--columns":
            columns = value.split(",")
        elif option == "--limit" and re.fullmatch("[0-9]{1,9}", value):
            limit = int(value)
        elif option == "--format" and value in STYLES:
            style = value
        elif option in _WRITTEN:
            raise UsageError(f'"{value}" is no value of {option} in a page; write {_WRITTEN[option]}')
        else:
            raise UsageError(f"a page knows -p, --columns, --limit and --format, not {option}: {arguments}")
    return _Call(words[0], values, columns, limit, style)


def _cell(text: str, holds_several: bool, unsafe: Collection[str]) -> str:
    """A cell of a table; where it holds several values they stand below each other."""
    values = [value.strip() for value in (split(text) if holds_several else [text])]
    return "<br>".join(quoted(v) if any(address in v.casefold() for address in unsafe) else escaped(v) for v in values)


def _unsafe_addresses(store: Store) -> set[str]:
    """The addresses that somebody else took over, without scheme and case, so that no spelling of them slips through."""
    bare = (row[0].value.partition("://")[2] for row in store.select(_UNSAFE).rows if row[0] is not None)
    return {address.casefold().rstrip("/") for address in bare} - {""}
