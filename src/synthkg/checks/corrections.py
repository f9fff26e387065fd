"""Whether a row still reads as a row once a cell of it is corrected: corrections are printed as they stand, as cells are."""

from __future__ import annotations

import re

from synthkg.catalog import BAR, BULLET, lay_out
from synthkg.model import Block, Entry

__all__ = ["breakage"]

_ESCAPED = re.compile(r"\\.", re.DOTALL)
_IN_ANGLES = re.compile(r"<[^<>\r\n]*>")
_LINE_BREAK = re.compile(r"[\r\n]")


def breakage(block: Block, entry: Entry, field: str, corrected: str) -> tuple[str, str] | None:
    """What the correction of a field ends in its row before its time, with the mend, if what was published does not.

    >>> row, entry = Block(row="| [{title}]({url}) |"), Entry(title="A", url="u")
    >>> breakage(row, entry, "url", "u) v")
    ('the link', 'percent-encode its blanks and brackets: %20, %28, %29')
    >>> breakage(row, entry, "title", "A [1] of B"), breakage(row, entry, "title", "A | B")[0]
    (None, 'the cell')
    """
    row = (entry.row if entry.row is not None else block.row) or ""
    pieces, end = lay_out(block, entry)
    at = next(number for number, piece in enumerate(pieces) if piece.field == field)
    piece, behind = pieces[at], pieces[at].after + (pieces[at + 1].before if at + 1 < len(pieces) else end)
    published = _ended(row, piece.before, piece.text, behind)
    return next((each for each in _ended(row, piece.before, corrected, behind) if each not in published), None)


def _ended(row: str, before: str, text: str, behind: str) -> list[tuple[str, str]]:
    """What a text ends in a row, between what stands before and behind it, and how to write it instead."""
    is_line = not _LINE_BREAK.search(row)
    is_table = is_line and not BULLET.match(row) and BAR.search(row) is not None
    is_target = before.endswith("](") and behind.startswith(")")
    is_label = before.endswith("[") and behind.startswith("](")
    found = {
        ("the row", "write it on one line"): is_line and _LINE_BREAK.search(text) is not None,
        ("the cell", r"escape the bar: \|"): is_table and BAR.search(text) is not None,
        ("the link", "percent-encode its blanks and brackets: %20, %28, %29"): is_target and not _is_target(text),
        ("the text of the link", r"escape the square bracket: \[ or \]"): is_label and not _is_balanced(text, "[", "]"),
    }
    return [told for told, is_so in found.items() if is_so]


def _is_target(text: str) -> bool:
    """Whether a text can stand between the brackets of a link (https://spec.commonmark.org/0.31.2/#link-destination)."""
    return _IN_ANGLES.fullmatch(text) is not None or (not re.search(r"\s", text) and _is_balanced(text, "(", ")"))


def _is_balanced(text: str, opening: str, closing: str) -> bool:
    depth = 0
    for char in _ESCAPED.sub("", text):
        depth += (char == opening) - (char == closing)
        if depth < 0:
            return False
    return depth == 0
