"""Records as canonical YAML: the one formatting that ``synthkg format`` writes and every writer uses.

Keys come in the order of the record types, defaults are left out, comments stay with the value they stand above or beside.
Our own emitter, because PyYAML's neither indents lists under their key nor quotes what merely looks like a number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass, replace
from functools import cache
from typing import Any, get_args, get_type_hints

import yaml
from yaml import MappingNode, Node, ScalarNode, SequenceNode

from synthkg.catalog.nodes import scalars
from synthkg.model import Evidence, IsDate, Record

__all__ = ["BAD", "DATE", "LITERAL", "NOT_TEXT", "PLAIN", "asking", "dump", "quote", "reformat", "reformat_draft"]

PLAIN = re.compile(r"[A-Za-z(](?:[^\s:#]++|:(?=\S)|(?<=\S)#| (?![ #]))*+(?<![:\s])")
DATE = re.compile(r"\d{4}-\d\d(?:-\d\d)?")
NOT_TEXT = re.compile(r"(?i)y|n|yes|no|true|false|on|off|null|nan|inf")
BAD = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff"
_UNPRINTABLE = re.compile(f"[{BAD}]")
LITERAL = re.compile(rf"\n*[^\s#{BAD}][^\n{BAD}]*\n(?:[^{BAD}]*\n)?")


def dump(record: Record) -> str:
    """The record as canonical YAML; its id is the file's name and so not in it."""
    return "".join(f"{line}\n" for line in _mapping({key: v for key, v in _pairs(record) if key != "id"}))


def _pairs(record: Any) -> Iterator[tuple[str, Any]]:
    dates = _dates(record.__class__)
    for f in fields(record):
        value = getattr(record, f.name)
        if f.default is MISSING or value != f.default:
            yield f.name, _Date(value) if f.name in dates else value


class _Date(str):
    """A value that stands without quotes, because its key takes a date."""

    __slots__ = ()


@cache
def _dates(kind: Any) -> frozenset[str]:
    """The keys of a record type that take a date."""
    hints = get_type_hints(kind, include_extras=True)
    return frozenset(name for name, hint in hints.items() if IsDate in _markers(hint))


def _markers(hint: Any) -> Iterator[Any]:
    yield from getattr(hint, "__metadata__", ())
    for inner in get_args(hint):
        yield from _markers(inner)


def _mapping(pairs: dict[str, Any]) -> Iterator[str]:
    for key, value in pairs.items():
        if key in ("type", "read") and value == "":  # of a draft, where nobody knows it yet
            yield f"{key}:"
            continue
        first, *rest = _value(value)
        if is_dataclass(value) or first.startswith("- "):
            yield f"{key}:"
            yield from map(_indented, (first, *rest))
        else:
            yield f"{key}: {first}"
            yield from map(_indented, rest)


def _indented(line: str) -> str:
    return f"  {line}" if line else ""


def _value(value: Any) -> Iterator[str]:
    if isinstance(value, tuple):
        if all(isinstance(item, int) for item in value):
            yield f"[{', '.join(map(str, value))}]"
            return
        for item in value:
            first, *rest = _value(item)
            yield f"- {first}"
            yield from map(_indented, rest)
    elif is_dataclass(value):
        pairs = dict(_pairs(value))
        shorthand = str(getattr(value, "shorthand", ""))
        yield from _scalar(pairs[shorthand]) if list(pairs) == [shorthand] else _mapping(pairs) if pairs else ["{}"]
    else:
        yield from _scalar(value)


def _scalar(value: str | int) -> Iterator[str]:
    if isinstance(value, bool):
        yield str(value).lower()
    elif isinstance(value, int) or (isinstance(value, _Date) and DATE.fullmatch(value)):
        yield str(value)
    elif LITERAL.fullmatch(value):
        yield "|+" if value.endswith("\n\n") else "|"
        yield from value[:-1].split("\n")
    else:
        yield _inline(value)


def _inline(text: str) -> str:
    """The text on one line: as it is where YAML reads that back, else in quotes.

    >>> _inline("https://example.org/#a"), _inline("10.1234/a"), _inline("no"), _inline("a: b")
    ('https://example.org/#a', '"10.1234/a"', '"no"', '"a: b"')
    """
    is_plain = PLAIN.fullmatch(text) and not NOT_TEXT.fullmatch(text) and not _UNPRINTABLE.search(text)
    return text if is_plain else quote(text)


def quote(text: str) -> str:
    r"""The text in double quotes, as YAML reads it back.

    >>> quote('a "b"\u2028')
    '"a \\"b\\"\\u2028"'
    """
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(text, ensure_ascii=False))


def asking(record: Record, asks: Callable[[Evidence], bool]) -> Record:
    """The draft with evidence that asks when its source was read: ``read`` stands there without a value."""
    evidence = getattr(record, "evidence", ())
    opened = tuple(replace(each, read="") if each.read is None and asks(each) else each for each in evidence)
    changed: dict[str, Any] = {"evidence": opened} if opened else {}
    return replace(record, **changed)


def reformat(text: str, record: Record) -> str:
    """Canonical YAML for the record that ``text`` holds, with the comments of ``text``."""
    canonical = dump(record)
    above, beside, last = _comments(text.removeprefix("\ufeff"))
    if not (above or beside or last):
        return canonical
    lines = canonical.splitlines()
    places = dict(_walk(yaml.compose(canonical, Loader=yaml.CSafeLoader)))
    for pointer, comment in beside.items():
        lines[_row(places, pointer)] += f"  {comment}"
    for pointer in sorted(above, key=lambda pointer: (_row(places, pointer), pointer), reverse=True):
        row = _row(places, pointer)
        indent = lines[row][: len(lines[row]) - len(lines[row].lstrip())]
        lines[row:row] = [indent + comment for comment in above[pointer]]
    return "".join(f"{line}\n" for line in [*lines, *last])


def reformat_draft(text: str, record: Record) -> str:
    """The same of a draft, whose keys without a value stay: its own behind the others, their comments with them."""
    text = text.removeprefix("\ufeff")
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    pairs = root.value if isinstance(root, MappingNode) else []
    lines = text.splitlines(keepends=True)
    starts = [key.start_mark.line for key, _ in pairs] + [len(lines)]
    blank = [number for number, (_, value) in enumerate(pairs) if _is_blank(value)]
    said = {key for key, _ in _pairs(record)}
    left = "".join(line for n in range(len(pairs)) if n not in blank for line in lines[starts[n] : starts[n + 1]])
    still = "".join(line for n in blank if pairs[n][0].value not in said for line in lines[starts[n] : starts[n + 1]])
    asked = {item for key, value in pairs if key.value == "evidence" for item in _asked(value)}
    record = asking(record, lambda each: (each.source, each.kind, str(each.note)) in asked)
    return reformat("".join(lines[: starts[0]]) + left, record) + still


def _asked(evidence: Node) -> Iterator[tuple[str, ...]]:
    """Source, kind and note of what has the key ``read`` without a value."""
    for item in evidence.value if isinstance(evidence, SequenceNode) else []:
        said = {key.value: value.value for key, value in item.value} if isinstance(item, MappingNode) else {}
        if said.get("read") == "":
            yield tuple(str(said.get(key)) for key in ("source", "kind", "note"))


def _is_blank(node: Node) -> bool:
    items = node.value if isinstance(node, SequenceNode) else [node]
    return all(isinstance(item, ScalarNode) and not item.value and not item.style for item in items)


def _row(places: dict[tuple[str, ...], Node], pointer: tuple[str, ...]) -> int:
    """The line of a pointer, or of the nearest thing above it that the canonical form still has."""
    while pointer and pointer not in places:
        pointer = pointer[:-1]
    return int(places[pointer].start_mark.line) if pointer else 0


def _walk(node: Node | None, pointer: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Every key and list item, with the node at which its line begins."""
    if isinstance(node, MappingNode):
        for key, value in node.value:
            yield (*pointer, key.value), key
            yield from _walk(value, (*pointer, key.value))
    elif isinstance(node, SequenceNode):
        for number, item in enumerate(node.value):
            yield (*pointer, str(number)), item
            yield from _walk(item, (*pointer, str(number)))


def _comments(text: str) -> tuple[dict[tuple[str, ...], list[str]], dict[tuple[str, ...], str], list[str]]:
    """The comments of a YAML text: those above a line by its pointer, those beside one, and those after the last.

    One beside what has no line of its own in canonical form, such as a lone dash or bracket, comes above the next line.
    """
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    starts: dict[int, tuple[str, ...]] = {}
    for pointer, node in _walk(root):
        starts.setdefault(node.start_mark.line, pointer)
    inside: set[int] = set()
    begun: dict[int, int] = {}  # the line in which a text of several lines ends -> that in which it begins
    ends: dict[int, int] = {}
    for node in scalars(root):
        first, last, column = node.start_mark.line, node.end_mark.line, node.end_mark.column
        is_block = node.style in ("|", ">")
        inside.update(range(first + 1, last + (is_block and column > 0)))
        if last > first and not is_block:
            begun[last] = first
        ends[last] = max(column, ends.get(last, 0))
    goes_on = set(begun.values())
    above: dict[tuple[str, ...], list[str]] = {}
    beside: dict[tuple[str, ...], str] = {}
    waiting: list[str] = []
    for row, line in enumerate(text.splitlines()):
        if row in inside:
            continue
        if row in starts and waiting:
            above[starts[row]], waiting = waiting, []
        found = re.search(r"(?:^|\s)(#.*)", line[ends.get(row, 0) :]) if row not in goes_on else None
        place = starts.get(row, starts.get(begun.get(row, row)))
        if found and place is not None:
            beside[place] = found[1].strip()
        elif found:
            waiting.append(found[1].strip())
    return above, beside, waiting
