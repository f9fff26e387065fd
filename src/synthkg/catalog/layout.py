r"""How an entry's cells lie in its line.

A layout is a template in the manner of ``str.format``, ``| [{title}]({url}) | {venue} | {code} |``: literal text
(braces doubled) around the fields of an entry. In a table, bars cut the template into columns, and ``widths`` says how
wide the author padded each, so a whole table shares one template and every row comes back as it was typed. Bars that
are escaped (``\|``) cut nothing, and neither does any bar in a bullet. Width is counted in code points: it repeats
what was typed and does not judge how it looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from synthkg.model import CELLS, Block, Entry

__all__ = ["BAR", "BULLET", "MARGIN", "SPACE", "Piece", "fields", "lay_out", "literal", "write_line"]

BAR = re.compile(r"(?<!\\)\|")
BULLET = re.compile(r"[ \t>\ufeff]*(?:[-*+]|\d{1,9}[.)])[ \t]")
SPACE = " \t"
MARGIN = " \t>\ufeff"
_PART = re.compile(r"(?P<literal>(?:[^{}]|\{\{|\}\})+)|\{(?P<field>[a-z]+)\}")


@dataclass(frozen=True, slots=True)
class Piece:
    """One cell in its line: ``before`` ``text`` ``after``, then ``fill`` spaces up to the width of the column.

    ``ink`` counts the code points of the column so far, this cell's included.
    """

    field: str
    column: int
    before: str
    text: str
    after: str
    fill: int
    ink: int = 0


@dataclass(frozen=True, slots=True)
class _Slot:
    """The place of one field in a template; ``ink`` counts the literal code points that its column's width includes."""

    field: str
    column: int
    before: str
    after: str
    ink: int
    closes: bool


def lay_out(block: Block, entry: Entry, newline: str = "\n") -> tuple[tuple[Piece, ...], str]:
    r"""Lay the cells of ``entry`` out as its own ``row``, or else the ``row`` and ``widths`` of its block, say.

    A field that the entry does not have gives no piece; the literal text around it joins what comes next.

    Args:
        block: the entries' block around the entry.
        entry: the entry; its ``end`` closes the line, or else ``\n`` does.
        newline: what each ``\n`` stands for.

    Returns:
        The pieces in the order of the line, and what closes it, newline included.

    Raises:
        ValueError: the template has a lone brace, an unknown field or one field twice.

    >>> table = Block(row="| [{title}]({url}) | {venue} |", widths=(12, 5))
    >>> pieces, end = lay_out(table, Entry(title="A", url="u", venue="ACL"))
    >>> pieces[1]
    Piece(field='url', column=1, before='](', text='u', after=')', fill=6, ink=6)
    >>> "".join(p.before + p.text + p.after + " " * p.fill for p in pieces) + end
    '| [A](u)       | ACL   |\n'
    """
    own = entry.row is not None
    slots, tail = _slots((entry.row if own else block.row) or "")
    widths = () if own else block.widths
    pieces: list[Piece] = []
    pending, used = "", 0
    for slot in slots:
        text: str | None = getattr(entry, slot.field)
        used += slot.ink + len(text or "")
        fill, ink = 0, used
        if slot.closes:
            fill = max(0, widths[slot.column - 1] - used) if slot.column <= len(widths) else 0
            used = 0
        if text is None:
            pending += slot.before + slot.after + " " * fill
        else:
            pieces.append(Piece(slot.field, slot.column, pending + slot.before, text, slot.after, fill, ink))
            pending = ""
    end = pending + tail + ("\n" if entry.end is None else entry.end)
    if newline != "\n":
        pieces = [_with_newline(piece, newline) for piece in pieces]
    return tuple(pieces), end.replace("\n", newline)


def _with_newline(piece: Piece, newline: str) -> Piece:
    before, text, after = (part.replace("\n", newline) for part in (piece.before, piece.text, piece.after))
    return replace(piece, before=before, text=text, after=after)


def write_line(block: Block, entry: Entry, newline: str = "\n") -> str:
    r"""Write the line of an entry, what closes it included. See `lay_out`.

    Raises:
        ValueError: see `lay_out`.

    >>> write_line(Block(row="- [{title}]({url})"), Entry(title="A", url="u"))
    '- [A](u)\n'
    """
    pieces, end = lay_out(block, entry, newline)
    return "".join(f"{piece.before}{piece.text}{piece.after}{' ' * piece.fill}" for piece in pieces) + end


def fields(row: str) -> tuple[str, ...]:
    """Name the fields of a template, in order.

    Raises:
        ValueError: see `lay_out`.

    >>> fields("- [{title}]({url})")
    ('title', 'url')
    """
    return tuple(slot.field for slot in _slots(row)[0])


def literal(text: str) -> str:
    """Write ``text`` as literal text of a template.

    >>> literal("{a}")
    '{{a}}'
    """
    return text.replace("{", "{{").replace("}", "}}")


@lru_cache(maxsize=1024)
def _slots(row: str) -> tuple[tuple[_Slot, ...], str]:
    """Read a template into its slots and the tail that closes the line."""
    names, gaps = _parse(row)
    if not names:
        return (), gaps[0]
    bars = [[] if BULLET.match(row) else [bar.start() for bar in BAR.finditer(gap)] for gap in gaps]
    begins_with_bar = bool(bars[0]) and not gaps[0][: bars[0][0]].strip(MARGIN)
    column = 0 if begins_with_bar else 1
    before = gaps[0]
    slots: list[_Slot] = []
    for position, name in enumerate(names):
        opening = bars[position]
        column += len(opening)
        inside = gaps[position][opening[-1] + 1 :] if opening else gaps[position]
        ink = len(inside.lstrip(SPACE) if opening or position == 0 else inside)
        following, cuts = gaps[position + 1], bars[position + 1]
        closes = bool(cuts) or position == len(names) - 1
        after = following[: cuts[0] if cuts else None].rstrip(SPACE) if closes else ""
        slots.append(_Slot(name, column, before, after, ink + len(after), closes))
        before = following[len(after) :]
    return tuple(slots), before


def _parse(row: str) -> tuple[list[str], list[str]]:
    """Split a template into n field names and the n + 1 literals around them."""
    names: list[str] = []
    gaps = [""]
    for part in _parts(row):
        if (name := part["field"]) is None:
            gaps[-1] += part["literal"].replace("{{", "{").replace("}}", "}")
        elif name not in CELLS:
            raise ValueError(f"{{{name}}} is no field of an entry; the fields are {', '.join(CELLS)}")
        elif name in names:
            raise ValueError(f"{{{name}}} stands twice in the row {row!r}")
        else:
            names.append(name)
            gaps.append("")
    return names, gaps


def _parts(row: str) -> Iterator[re.Match[str]]:
    position = 0
    while position < len(row):
        part = _PART.match(row, position)
        if part is None:
            raise ValueError(f"the row {row!r} has a lone brace at column {position + 1}; double it")
        yield part
        position = part.end()
