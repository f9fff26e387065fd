"""Answers put into a Markdown page, below the calls that ask for them.

No page makes a link of an address that is known to be unsafe.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Sequence
from pathlib import Path

from synthkg.errors import UsageError
from synthkg.findings import did_you_mean
from synthkg.graph import Store, Table, Term, find_query, load_query
from synthkg.model import BASE, NAMESPACE

__all__ = ["fill", "markdown_table", "narrow", "unsafe_addresses"]

_UNSAFE = f"""SELECT ?url WHERE {{
  ?artifact <{NAMESPACE}state> <{BASE}concept/state/unsafe> ; <{NAMESPACE}url> ?url
}}"""


def narrow(table: Table, columns: Sequence[str] = (), limit: int | None = None) -> Table:
    """Some columns and the first rows of a table.

    Raises:
        UsageError: There is no such column.
    """
    for name in columns:
        if name not in table.columns:
            raise UsageError(f'the answer has no column "{name}"; {did_you_mean(name, table.columns)}')
    places = [table.columns.index(name) for name in columns or table.columns]
    return Table(tuple(table.columns[i] for i in places), [tuple(row[i] for i in places) for row in table.rows[:limit]])


_CALL = re.compile(
    r"""(?P<call>^```console\n\$[ ]synthkg[ ]query[ ](?P<arguments>[^\n]+)\n```\n)
        \n*(?:\|[^\n]*\n)*                  # the table of last time
        (?:\n?\*[^\n*]*\brows\b[^\n*]*\*\n)?  # and what was said of its rows
        \n*""",
    re.MULTILINE | re.VERBOSE,
)


def fill(page: str, store: Store) -> str:
    """A Markdown page with the answer, as a table, under every console block that asks a saved query.

    Raises:
        UsageError: A call names no query, parameter or column, or has an option that pages do not know.
    """
    unsafe = unsafe_addresses(store)

    def answer(match: re.Match[str]) -> str:
        name, *options = shlex.split(match["arguments"])
        values: dict[str, str] = {}
        columns: list[str] = []
        limit: int | None = None
        for option, value in zip(options[::2], options[1::2], strict=True):
            if option == "-p":
                key, _, values[key] = value.partition("=")
            elif option == "--columns":
                columns = value.split(",")
            elif option == "--limit":
                limit = int(value)
            else:
                raise UsageError(f"a page knows -p, --columns and --limit, not {option}: {match['arguments']}")
        query = load_query(Path("-"), name) if "{" in name else find_query(name)
        return f"{match['call']}\n{markdown_table(narrow(query.select(store, **values), columns), limit, unsafe)}\n"

    return _CALL.sub(answer, page).rstrip("\n") + "\n"


def unsafe_addresses(store: Store) -> set[str]:
    """The addresses that somebody else took over, without scheme and case, so that no spelling of them slips through."""
    return {_bare(row[0].value) for row in store.select(_UNSAFE).rows if row[0] is not None}


def _bare(url: str) -> str:
    return url.partition("://")[2].casefold().rstrip("/")


def markdown_table(table: Table, limit: int | None, unsafe: Collection[str], width: int | None = None) -> str:
    """The first rows of a table as Markdown, with a note of how many there are."""
    if not table.rows:
        return "*no rows*\n"
    shown = table.rows[:limit]
    lines = [list(table.columns), ["---"] * len(table.columns), *([_cell(term, unsafe, width) for term in row] for row in shown)]
    note = f"\n*{len(shown)} of {len(table.rows)} rows*\n" if len(shown) < len(table.rows) else ""
    return "".join(f"| {' | '.join(line)} |\n" for line in lines) + note


def _cell(term: Term | None, unsafe: Collection[str], width: int | None) -> str:
    text = "" if term is None else " ".join(term.value.split())
    if width is not None and len(text) > width:
        text = text[:width].rsplit(" ", 1)[0] + " …"
    if any(address in text.casefold() for address in unsafe):
        return f"`{text}`".replace("|", "\\|")
    return text.replace("<", "&lt;").replace(" | ", "<br>").replace("|", "\\|")
