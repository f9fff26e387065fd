"""One YAML file becomes one record, or findings that say where it is wrong.

The record types are the schema: their field types and markers are compiled once into readers of YAML nodes (`nodes`), which
keep line and column at hand and do not turn ``2307.02180`` into a number, ``no`` into false or anything into a date.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from synthkg.catalog.nodes import compose, locate
from synthkg.catalog.values import INTEGER, NOT_XML, SLUG, misfit, test_of
from synthkg.catalog.weaving import stretch_faults
from synthkg.findings import Finding, did_you_mean
from synthkg.model import (
    AtMost,
    IsDate,
    ReadingList,
    Record,
    Ref,
    Version,
    Vocabulary,
)

__all__ = ["Reading", "Reference", "read_record"]

_TAG = "tag:yaml.org,2002:"


class Reference(NamedTuple):
    """The mention of a record of ``folder`` at a place in a file."""

    folder: str
    id: str
    file: str
    line: int
    column: int
    is_draft: bool = False


@dataclass(slots=True)
class Reading:
    """What reading one file gave: faults and mentions of other records are added as they are met.

    ``lost`` are those of the faults for which something that the file says is not in its record.
    """

    file: str
    vocabulary: Vocabulary
    findings: list[Finding] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    is_draft: bool = False
    lost: list[Finding] = field(default_factory=list)

    def fault(self, node: Node, rule: str, problem: str, mend: str) -> None:
        """Adds a finding at the node; what a draft lacks is a note."""
        mark = node.start_mark
        severity = "note" if self.is_draft else "error"
        self.findings.append(Finding(self.file, mark.line + 1, mark.column + 1, rule, problem, mend, severity))

    def leave_out(self, node: Node) -> None:
        """Notes that what a node says is not in the record, for the last of the faults; a key without a value says nothing."""
        if node.value:
            self.lost.append(self.findings[-1])


class _Unreadable(Exception):
    """Ends the reading of one value; its finding has been made."""


R = TypeVar("R", bound=Record)
_Reader = Callable[[Node, Reading], Any]


def read_record(kind: type[R], id: str, text: str, reading: Reading) -> R | None:
    """Reads one record.

    Args:
        kind: The record type.
        id: The record's id, which is its file's name.
        text: The YAML.
        reading: Takes the findings and references.

    Returns:
        The record, or None where the findings leave none. A draft is what of it can be read.
    """
    if not SLUG.fullmatch(id):
        signs = "lower-case letters, digits and single hyphens, at most 200"
        mend = f"name the file with {signs}, and not con, prn, aux, nul, com1 or lpt1"
        reading.findings.append(Finding(reading.file, 1, 1, "bad-id", f'"{id}" is no id', mend))
        return None
    node, faults = compose(text, reading.file)
    reading.findings.extend(faults)
    if node is None:
        return None
    before = len(reading.findings)
    reading.is_draft = _says_draft(node)
    try:
        schema: Any = kind
        record = _record_reader(schema, "id")(node, reading, id=id)
    except _Unreadable:
        return None
    if isinstance(record, ReadingList) and len(reading.findings) == before:  # else a part of it may be missing
        for pointer, rule, problem, mend in stretch_faults(record):
            reading.findings.append(Finding(reading.file, *locate(text, pointer), rule, problem, mend))
    return record if reading.is_draft or len(reading.findings) == before else None


def _says_draft(node: Node) -> bool:
    pairs = node.value if isinstance(node, MappingNode) else []
    return any(key.value == "draft" and value.value == "true" for key, value in pairs)


@cache
def _record_reader(kind: Any, *given: str) -> Callable[..., Any]:
    """The reader for a record or a part of one; the fields ``given`` are not in the file, but passed to the reader."""
    hints = get_type_hints(kind, include_extras=True)
    readers = {f.name: _reader(hints[f.name]) for f in fields(kind) if f.name not in given}
    required = [f.name for f in fields(kind) if f.default is MISSING and f.name not in given]
    shorthand: str | None = getattr(kind, "shorthand", None)
    noun = re.sub("(?<=[a-z])(?=[A-Z])", " ", kind.__name__).lower()
    called = f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"

    def read(node: Node, reading: Reading, **given_values: str) -> Any:
        if shorthand and isinstance(node, ScalarNode):
            return kind(**{shorthand: readers[shorthand](node, reading)})
        if not isinstance(node, MappingNode):
            reading.fault(node, "wrong-type", f"{called} must be a mapping of keys", f"write keys such as {', '.join(readers)}")
            raise _Unreadable
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, ScalarNode) else ""
            if key in values:
                reading.fault(key_node, "duplicate-key", f'"{key}" stands twice', "keep one")
                reading.leave_out(value_node)
                continue
            values[key] = None
            reader = readers.get(key)
            if reader is None:
                reading.fault(key_node, "unknown-key", f'{called} has no key "{key}"', did_you_mean(key, readers))
                reading.leave_out(key_node)
                continue
            try:
                _refuse_empty(value_node, reading, f'"{key}"')
                values[key] = reader(value_node, reading)
            except _Unreadable:
                reading.leave_out(value_node)
        for key in required:
            if key not in values:
                reading.fault(node, "missing-key", f'the {noun} has no "{key}"', f'add "{key}:"')
        if reading.is_draft and (given or kind is Version):  # whose identifiers tell who it is, whatever else is open
            return kind(**given_values, **_read_so_far(values, readers, required))
        if any(values.get(key) is None for key in required) or any(key not in readers for key in values):
            raise _Unreadable
        return kind(**given_values, **values)

    return read


def _read_so_far(values: dict[str, Any], known: Collection[str], required: list[str]) -> dict[str, Any]:
    """What of a draft could be read; the empty text stands for what it cannot do without."""
    read = {key: value for key, value in values.items() if key in known and value is not None}
    return {**dict.fromkeys(required, ""), **read}


@cache
def _reader(hint: Any) -> _Reader:
    """The reader for one field's type."""
    origin, args = get_origin(hint), get_args(hint)
    if origin in (UnionType, Union):
        (inner,) = [arg for arg in args if arg is not NoneType]
        return _reader(inner)
    if origin is tuple:
        return _list_reader(_reader(args[0]))
    if origin is Annotated:
        return _marked_reader(args[1])
    if hint is int:
        return _read_integer
    if hint is bool:
        return _read_truth
    if hint is str:
        return _read_text
    return _record_reader(hint)


def _list_reader(read_item: _Reader) -> _Reader:
    def read(node: Node, reading: Reading) -> tuple[Any, ...]:
        if not isinstance(node, SequenceNode):
            reading.fault(node, "wrong-type", "this must be a list", 'begin each item with "- " on its own line')
            raise _Unreadable
        items = []
        for item in node.value:
            try:
                _refuse_empty(item, reading, "the item")
                items.append(read_item(item, reading))
            except _Unreadable:
                reading.leave_out(item)
        return tuple(items)

    return read


def _refuse_empty(node: Node, reading: Reading, what: str) -> None:
    if isinstance(node, ScalarNode) and node.tag == _TAG + "null" and not node.value:
        reading.fault(node, "empty-value", f"{what} has no value", "write one, or remove it")
        raise _Unreadable


def _read_text(node: Node, reading: Reading) -> str:
    if not isinstance(node, ScalarNode):
        reading.fault(node, "wrong-type", "this must be text, and is a list or a mapping", "write one value")
        raise _Unreadable
    if node.tag != _TAG + "str":
        problem = f"YAML reads {node.value} as {node.tag.removeprefix(_TAG)}, not as text"
        reading.fault(node, "unquoted-value", problem, f'put it in quotes: "{node.value}"')
        raise _Unreadable
    value: str = node.value
    if bad := NOT_XML.search(value):
        problem = f"the control character U+{ord(bad[0]):04X} cannot be written in RDF/XML"
        reading.fault(node, "control-character", problem, "remove it")
        raise _Unreadable
    return value


def _read_integer(node: Node, reading: Reading) -> int:
    if not isinstance(node, ScalarNode) or node.tag != _TAG + "int" or not INTEGER.fullmatch(node.value):
        reading.fault(node, "wrong-type", "this must be a whole number", "write up to nine digits, without quotes")
        raise _Unreadable
    return int(node.value)


def _read_truth(node: Node, reading: Reading) -> bool:
    if not isinstance(node, ScalarNode) or node.tag != _TAG + "bool" or node.value not in ("true", "false"):
        reading.fault(node, "wrong-type", "this must be true or false", "write true, or remove the key")
        raise _Unreadable
    return bool(node.value == "true")


def _read_any_text(node: Node, _: Reading) -> str:
    return str(node.value) if isinstance(node, ScalarNode) else ""


def _marked_reader(marker: Any) -> _Reader:
    """The reader for a value with a marker."""
    fits = test_of(marker)
    read: _Reader = _read_integer if isinstance(marker, AtMost) else _read_any_text if marker is IsDate else _read_text

    def read_marked(node: Node, reading: Reading) -> Any:
        value = read(node, reading)
        if not fits(value, reading.vocabulary):
            reading.fault(node, *misfit(marker, value, reading.vocabulary))
            raise _Unreadable
        if isinstance(marker, Ref):
            mark = node.start_mark
            reading.references.append(
                Reference(marker.folder, value, reading.file, mark.line + 1, mark.column + 1, reading.is_draft)
            )
        return value

    return read_marked
