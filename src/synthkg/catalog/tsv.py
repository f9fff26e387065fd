"""Tables of tab-separated cells, quoted as RFC 4180 has it, with the place of every cell.

The csv module reads such cells too, but does not say where in the file they stand, which a finding must.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["Row", "quoted", "read_rows"]

_CELL = re.compile(r'(?P<cell>"(?:[^"]|"")*"|[^\t\n]*)(?P<end>\t|\n|\Z)')
_BARE = re.compile(r"(?P<cell>[^\t\n]*)(?P<end>\t|\n|\Z)")


class Row(NamedTuple):
    """A row of the table: the value and the place (line and column, from 1) of each of its cells."""

    line: int
    cells: list[tuple[str, int, int]]


def read_rows(text: str, line: int) -> Iterator[Row]:
    r"""The rows of a table, the quotes around cells and in them undone; ``line`` is the number of the first.

    >>> [[cell for cell, _, _ in row.cells] for row in read_rows('a\t"b\t""c"\n\td\n', 1)]
    [['a', 'b\t"c'], ['', 'd']]
    """
    cells: list[tuple[str, int, int]] = []
    start = at = 0
    while at < len(text):
        found = _CELL.match(text, at)
        if found is None:  # text after the quote that closes a cell, or a quote that nothing closes
            found = _BARE.match(text, at)
        assert found is not None
        raw = found["cell"]
        is_quoted = len(raw) > 1 and raw[0] == raw[-1] == '"'
        cells.append((raw[1:-1].replace('""', '"') if is_quoted else raw, line, at - start + 1))
        at = found.end()
        if found["end"] == "\t" and at < len(text):
            continue
        if found["end"] == "\t":
            cells.append(("", line, at - start + 1))
        yield Row(cells[0][1], cells)
        line += text.count("\n", start, at)
        start, cells = at, []


def quoted(cell: str) -> str:
    """The cell as it is written: in quotes if it needs them."""
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set('"\t\n') else cell
