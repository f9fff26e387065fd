"""Reads canonical YAML (`canonical`) and nothing else, in a third of the time that a reader of all YAML takes.

It knows the lines that the writer writes, and reads them straight into the record types. It finds no faults and no places:
what is not canonical, or not right, it leaves to `decode`, which alone judges and explains. Hence the one rule of this module:
in doubt it gives nothing. What it gives is what `decode` would give, which tests compare on many thousands of spoiled files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import MISSING, fields
from functools import cache
from itertools import islice
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

from synthkg.catalog.canonical import BAD, DATE, LITERAL, NOT_TEXT, PLAIN
from synthkg.catalog.values import INTEGER, NOT_XML, SLUG, test_of
from synthkg.catalog.weaving import stretch_faults
from synthkg.model import IsDate, ReadingList, Record, Ref, Vocabulary

__all__ = ["Mention", "read_canonical"]

_BAD = re.compile(f"[{BAD}]")
_ROW = re.compile(r"^( *)(- )?(?:([a-z0-9_]+):(?: (?=\S)|$))?(.*)$", re.MULTILINE)
_QUOTED = re.compile(r'"(?:[^"\\]|\\["\\bfnrt]|\\u(?!d[89a-f])[0-9a-f]{4})*"')
_MANY = 1 << 14
_NUMBERS = re.compile(r"\[(\d+(?:, \d+)*)\]")

Mention = tuple[str, str]
"""A folder, and the id of a record in it."""
R = TypeVar("R", bound=Record)


class _NotCanonical(Exception):
    """Ends the reading."""


class _Lines:
    """A text while it is read: its lines as margin, dash, key and the rest; ``at`` is the next one."""

    __slots__ = ("at", "mentions", "plain", "rows", "vocabulary")

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self.plain = text.split("\n")
        self.rows: list[tuple[str, str, str, str]] = _ROW.findall(text)
        self.rows[-1] = ("end", "", "", "")  # behind the last newline nothing stands
        self.at = 0
        self.vocabulary = vocabulary
        self.mentions: list[Mention] = []


_Reader = Callable[[_Lines, str, str], Any]
"""Reads a value, whose key or dash has a margin, from the rest of the line and from those after it."""


class Found(NamedTuple):
    """A record and its mentions of others."""

    record: Any
    mentions: list[Mention]


def read_canonical(kind: type[R], id: str, text: str, vocabulary: Vocabulary) -> Found | None:
    """The record that a text holds, or None if it is not canonical, has a fault or is a draft."""
    if not text.endswith("\n") or _BAD.search(text) or not SLUG.fullmatch(id):
        return None
    lines = _Lines(text, vocabulary)
    schema: Any = kind
    try:
        record = _mapping(schema, "id")(lines, "", id=id)
    except (_NotCanonical, ValueError):
        return None
    if lines.at + 1 != len(lines.rows) or getattr(record, "draft", False):
        return None
    if isinstance(record, ReadingList) and any(stretch_faults(record)):
        return None
    return Found(record, lines.mentions)


@cache
def _mapping(kind: Any, *given: str) -> Callable[..., Any]:
    """Reads the keys at a margin into a record or a part of one; the fields ``given`` are passed instead."""
    hints = get_type_hints(kind, include_extras=True)
    readers = {f.name: _reader(hints[f.name]) for f in fields(kind) if f.name not in given}
    required = frozenset(f.name for f in fields(kind) if f.default is MISSING and f.name not in given)

    def read(lines: _Lines, margin: str, **values: Any) -> Any:
        rows = lines.rows
        while True:
            before, dash, key, rest = rows[lines.at]
            if before != margin or dash:
                break
            if key in values or key not in readers:
                raise _NotCanonical
            lines.at += 1
            values[key] = readers[key](lines, margin, rest)
        if not required <= values.keys():
            raise _NotCanonical
        return kind(**values)

    return read


@cache
def _reader(hint: Any) -> _Reader:
    """Reads a value of a field's type."""
    origin, args = get_origin(hint), get_args(hint)
    if origin in (UnionType, Union):
        (inner,) = [arg for arg in args if arg is not NoneType]
        return _reader(inner)
    if origin is tuple:
        return _items(args[0])
    if origin is Annotated:
        return _marked(args[1], _reader(args[0]))
    return {str: _text, int: _number, bool: _truth}.get(hint) or _part(hint)


def _items(hint: Any) -> _Reader:
    """Reads a list: a line each, or numbers in brackets."""
    read_item = _reader(hint)
    read_keys = _mapping(hint) if hasattr(hint, "__dataclass_fields__") else None

    def read(lines: _Lines, margin: str, rest: str) -> tuple[Any, ...]:
        if rest:
            if not (found := _NUMBERS.fullmatch(rest)):
                raise _NotCanonical
            return tuple(read_item(lines, margin, number) for number in found[1].split(", "))
        rows, at_dash, inside = lines.rows, f"{margin}  ", f"{margin}    "
        items = []
        while True:
            before, dash, key, rest = rows[lines.at]
            if before != at_dash or not dash:
                break
            if not key:
                lines.at += 1
                items.append(read_item(lines, at_dash, rest))
            elif read_keys is not None:
                rows[lines.at] = (inside, "", key, rest)
                items.append(read_keys(lines, inside))
            else:
                raise _NotCanonical
        if not items:
            raise _NotCanonical
        return tuple(items)

    return read


def _part(kind: Any) -> _Reader:
    """Reads a part of a record: its one value, where the type has a shorthand, or keys below."""
    shorthand: str | None = getattr(kind, "shorthand", None)

    def read(lines: _Lines, margin: str, rest: str) -> Any:
        if not rest:
            return _mapping(kind)(lines, f"{margin}  ")
        if shorthand is None:
            raise _NotCanonical
        return kind(**{shorthand: _text(lines, margin, rest)})

    return read


def _marked(marker: Any, read_value: _Reader) -> _Reader:
    fits = test_of(marker)
    folder = marker.folder if isinstance(marker, Ref) else None

    def read(lines: _Lines, margin: str, rest: str) -> Any:
        value = _shared(rest, _dates) if marker is IsDate and DATE.fullmatch(rest) else read_value(lines, margin, rest)
        if not fits(value, lines.vocabulary):
            raise _NotCanonical
        if folder is not None:
            lines.mentions.append((folder, value))
        return value

    return read


_texts: dict[str, str] = {}
_dates: dict[str, str] = {}
"""What was read lately: nine in ten occur again, and what is one object is tested, kept and pickled once."""


def _shared(text: str, known: dict[str, str]) -> str:
    if len(known) >= _MANY:
        known.clear()
    return known.setdefault(text, text)


def _text(lines: _Lines, margin: str, rest: str) -> str:
    if (known := _texts.get(rest)) is not None:
        return known
    if PLAIN.fullmatch(rest) and not NOT_TEXT.fullmatch(rest):
        return _shared(rest, _texts)
    if rest in ("|", "|+"):
        return _literal(lines, f"{margin}  ", rest)
    if not _QUOTED.fullmatch(rest):
        raise _NotCanonical
    if "\\" not in rest:
        return rest[1:-1]
    value: str = json.loads(rest)
    if NOT_XML.search(value):
        raise _NotCanonical
    return value


def _literal(lines: _Lines, margin: str, head: str) -> str:
    """Reads the lines of a text that stand as they are, up to one with a smaller margin."""
    found = []
    for line in islice(lines.plain, lines.at, len(lines.plain) - 1):
        if line and not line.startswith(margin):
            break
        found.append(f"{line[len(margin) :]}\n")
    lines.at += len(found)
    value = "".join(found)
    if not LITERAL.fullmatch(value) or head != ("|+" if value.endswith("\n\n") else "|"):
        raise _NotCanonical
    return value


def _number(lines: _Lines, margin: str, rest: str) -> int:
    if not INTEGER.fullmatch(rest):
        raise _NotCanonical
    return int(rest)


def _truth(lines: _Lines, margin: str, rest: str) -> bool:
    if rest not in ("true", "false"):
        raise _NotCanonical
    return rest == "true"
