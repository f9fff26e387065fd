"""Writes Parquet: one row group, plain encoding, no compression, columns of strings, integers and lists of strings.

The format is small when nothing but this is needed (https://parquet.apache.org/docs/file-format/), and a writer of our own keeps
the tables of a release in every build and their bytes the same for ever: the libraries that write Parquet are fifty megabytes and
put their own version into the file.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["Column", "Value", "to_parquet"]

Value = str | int | list[str] | None
_MAGIC = b"PAR1"
_INT64, _BYTE_ARRAY = 2, 6
_REQUIRED, _OPTIONAL, _REPEATED = range(3)
_PLAIN, _RLE = 0, 3
_UTF8, _LIST = 0, 3


@dataclass(frozen=True, slots=True)
class Column:
    """A column's name and type, one of ``str``, ``int`` and ``list`` (of strings). Only the first two may lack a value."""

    name: str
    type: type[str] | type[int] | type[list[str]]

    @property
    def path(self) -> tuple[str, ...]:
        """The names from the root of the schema down to the values."""
        return (self.name, "list", "element") if self.type is list else (self.name,)


def to_parquet(columns: Sequence[Column], values: Sequence[Sequence[Value]], rows: int) -> bytes:
    """The bytes of a Parquet file with these columns.

    Args:
        columns: Name and type of each column.
        values: Those of each column; None where a row has none, which a list writes as an empty list.
        rows: How many rows there are.
    """
    body = bytearray(_MAGIC)
    chunks = []
    for column, of_column in zip(columns, values, strict=True):
        start = len(body)
        count, page = _page(of_column, column)
        head = _struct({1: _i32(0), 2: _i32(len(page)), 3: _i32(len(page)), 5: _page_header(count)})
        body += head.bytes + page
        chunks.append(_chunk(column, count, start, len(body) - start))
    group = _struct({1: _list(chunks), 2: _i64(len(body) - len(_MAGIC)), 3: _i64(rows)})
    root = _struct({4: _text("schema"), 5: _i32(len(columns))})
    schema = [root, *(element for column in columns for element in _schema(column))]
    footer = {1: _i32(1), 2: _list(schema), 3: _i64(rows), 4: _list([group]), 6: _text("synthkg version 1 (build 1)")}
    meta = _struct(footer).bytes
    return bytes(body) + meta + struct.pack("<i", len(meta)) + _MAGIC


def _page(values: Sequence[Value], column: Column) -> tuple[int, bytes]:
    """How many values or places of missing ones a data page has, and its bytes: the levels, then the values."""
    if column.type is list:
        repeated, defined, flat = [], [], []
        for value in values:
            items = value if isinstance(value, list) else []
            repeated += [0, *[1] * (len(items) - 1)] if items else [0]
            defined += [1] * len(items) or [0]
            flat += items
        return len(defined), _levels(repeated) + _levels(defined) + b"".join(map(_plain, flat))
    present = [value for value in values if value is not None]
    return len(values), _levels(int(value is not None) for value in values) + b"".join(map(_plain, present))


def _plain(value: Value) -> bytes:
    if isinstance(value, int):
        return struct.pack("<q", value)
    content = str(value).encode()
    return struct.pack("<I", len(content)) + content


def _levels(levels: Iterable[int]) -> bytes:
    """Levels of one bit, as runs of equal ones."""
    runs = bytearray()
    last, length = -1, 0
    for level in (*levels, -1):
        if level != last and length:
            runs += _varint(length << 1) + bytes([last])
            length = 0
        last, length = level, length + 1
    return struct.pack("<I", len(runs)) + bytes(runs)


def _schema(column: Column) -> list[_Thrift]:
    """The elements of the file's schema for a column; a list is three deep, as the format prescribes."""
    if column.type is int:
        return [_struct({1: _i32(_INT64), 3: _i32(_OPTIONAL), 4: _text(column.name)})]
    is_list = column.type is list
    string = {
        1: _i32(_BYTE_ARRAY),
        3: _i32(_REQUIRED if is_list else _OPTIONAL),
        4: _text("element" if is_list else column.name),
        6: _i32(_UTF8),
        10: _struct({1: _struct({})}),
    }
    if not is_list:
        return [_struct(string)]
    outer = {3: _i32(_REQUIRED), 4: _text(column.name), 5: _i32(1), 6: _i32(_LIST), 10: _struct({3: _struct({})})}
    return [_struct(outer), _struct({3: _i32(_REPEATED), 4: _text("list"), 5: _i32(1)}), _struct(string)]


def _page_header(count: int) -> _Thrift:
    return _struct({1: _i32(count), 2: _i32(_PLAIN), 3: _i32(_RLE), 4: _i32(_RLE)})


def _chunk(column: Column, count: int, start: int, size: int) -> _Thrift:
    meta = {
        1: _i32(_INT64 if column.type is int else _BYTE_ARRAY),
        2: _list([_i32(_PLAIN), _i32(_RLE)]),
        3: _list([_text(name) for name in column.path]),
        4: _i32(0),
        5: _i64(count),
        6: _i64(size),
        7: _i64(size),
        9: _i64(start),
    }
    return _struct({2: _i64(start), 3: _struct(meta)})


class _Thrift(NamedTuple):
    """A value in Thrift's compact protocol, with its type's number."""

    type: int
    bytes: bytes


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _i32(number: int) -> _Thrift:
    return _Thrift(5, _varint(number << 1))


def _i64(number: int) -> _Thrift:
    return _Thrift(6, _varint(number << 1))


def _text(text: str) -> _Thrift:
    return _Thrift(8, _varint(len(text.encode())) + text.encode())


def _list(items: Sequence[_Thrift]) -> _Thrift:
    kind = items[0].type if items else 12
    head = bytes([len(items) << 4 | kind]) if len(items) < 15 else bytes([0xF0 | kind]) + _varint(len(items))
    return _Thrift(9, head + b"".join(item.bytes for item in items))


def _struct(fields: dict[int, _Thrift]) -> _Thrift:
    out = bytearray()
    last = 0
    for number, value in fields.items():
        out.append((number - last) << 4 | value.type)
        out += value.bytes
        last = number
    return _Thrift(12, bytes(out) + b"\0")
