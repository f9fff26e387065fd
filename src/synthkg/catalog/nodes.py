"""YAML text -> nodes, and what is wrong with the text, each fault where a person made it.

Nodes keep line and column, and what PyYAML's loader hides: duplicate keys, and ids that YAML takes for numbers. The C parser
does the scanning, but the place that it names is where it lost the thread; where the fault is, is often known better. Anchors
and aliases are refused: a few lines of them stand for millions of nodes, and a record has nothing to say twice. So are tags that
are not YAML's own for what a record holds: they would make of a value what it does not look like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import yaml
from yaml import MappingNode, Node, ScalarNode, SequenceNode

from synthkg.findings import Finding, place_in

__all__ = ["CONFLICT", "Marked", "Pointer", "compose", "find_conflict", "find_marked", "locate", "scalars"]

Pointer = tuple[str | int, ...]
"""A path into a YAML file: keys and list positions from 0."""

_MARK = re.compile(r"(?:^|[\s\[{,:-])[&*!]\S", re.MULTILINE)
_OF_YAML = "tag:yaml.org,2002:"
_TAGS = {None, "!", *(f"{_OF_YAML}{name}" for name in ("str", "int", "float", "bool", "null", "timestamp", "seq", "map"))}
CONFLICT = (
    "an unresolved merge conflict",
    "keep one of the two sides, and remove the lines of <<<<<<<, ======= and >>>>>>>",
)
"""What it is, and how to mend it."""
_CONFLICT = re.compile(r"^(?:<{7}|>{7}|\|{7})(?: .*)?$", re.MULTILINE)
_OTHER_BLANK = re.compile(r"^[ \t-]*(?:\w+:[ \t]*)?([\xa0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff])", re.MULTILINE)
_OPENING = re.compile(r"^[ \t-]*(?:\w+:[ \t]+)?([\"'])", re.MULTILINE)
_QUOTED = {'"': re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL), "'": re.compile(r"'(?:[^']|'')*'")}
_CLOSED = re.compile(r"[ \t]*(?:[:,\]}]|(?:#[^\n]*)?$)", re.MULTILINE)
_HASH = re.compile(r"[ \t]#[^\s#]")
_CUT = re.compile(r"[ \t]+(#[^\s#].*)")
_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
_SYNTAX = "yaml-syntax"
_NO_ANCHORS = "YAML's anchors (&) and aliases (*) are not taken"
_WITHOUT_TAGS = "write the value alone; put text that begins with an exclamation mark in quotes"
_WITHOUT_ANCHORS = "write the value where it belongs; put text that begins with one of them in quotes"


class Marked(NamedTuple):
    """An anchor, an alias or a tag: line and column (from 1), the rule that it breaks, what is wrong, and how to mend it."""

    line: int
    column: int
    rule: str
    problem: str
    mend: str


def compose(text: str, file: str) -> tuple[Node | None, list[Finding]]:
    """The root node of a record's file, unless a fault leaves none, and the faults."""
    try:
        node: Node | None = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        return None, [_syntax_finding(text, file, error)]
    except yaml.reader.ReaderError as error:
        before = text.encode()[: error.position].decode(errors="replace")  # the C parser counts bytes
        problem = f"a character that YAML forbids: U+{error.character:04X}"
        return None, [Finding(file, *place_in(before, len(before)), _SYNTAX, problem, "remove or escape it")]
    if node is None:
        return None, [Finding(file, 1, 1, "empty-file", "the file holds no record", "fill it or remove it")]
    if (marked := find_marked(text)) is not None:
        return None, [Finding(file, *marked)]
    return node, [*_cut_values(node, text, file)]


def find_marked(text: str) -> Marked | None:
    """The first anchor or alias of a YAML text, or tag that is none of YAML's own for what a record holds.

    Raises:
        yaml.YAMLError: The text is not YAML.
    """
    if _MARK.search(text) is None:  # which spares most texts a second parsing
        return None
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if not isinstance(event, yaml.NodeEvent) or event.start_mark is None:
            continue
        place = event.start_mark.line + 1, event.start_mark.column + 1
        if event.anchor is not None:
            return Marked(*place, "anchor", _NO_ANCHORS, _WITHOUT_ANCHORS)
        if (tag := getattr(event, "tag", None)) not in _TAGS:
            shown = str(tag).replace(_OF_YAML, "!!")
            return Marked(*place, "tag", f"{shown} is a tag of YAML, which is not taken", _WITHOUT_TAGS)
    return None


def _syntax_finding(text: str, file: str, error: yaml.MarkedYAMLError) -> Finding:
    """What made the parser stop, as well as it can be told."""
    mark = error.problem_mark or error.context_mark
    end = mark.line + 1 if mark else 1
    for offset, problem, mend in _known_faults(text):
        place = place_in(text, offset)
        if place[0] <= end:
            return Finding(file, *place, _SYNTAX, problem, mend)
    problem = f"not YAML: {error.problem}"
    mend = 'put text that holds ": " or " #" or begins with a special character in double quotes; indent by 2 spaces'
    if error.problem == "found unexpected end of stream" and error.context_mark:
        mark, mend = error.context_mark, "close the quote or bracket that opens here"
    elif error.context == "expected a single document in the stream":
        problem, mend = "a second YAML document begins", "keep one record a file, without lines of ---"
    elif error.problem == "second occurrence":
        problem, mend = _NO_ANCHORS, _WITHOUT_ANCHORS
    return Finding(file, mark.line + 1 if mark else 1, mark.column + 1 if mark else 1, _SYNTAX, problem, mend)


def find_conflict(text: str) -> int | None:
    """Where a merge of two versions left its marks, from 0, if it did."""
    found = _CONFLICT.search(text)
    return None if found is None else found.start()


def _known_faults(text: str) -> Iterator[tuple[int, str, str]]:
    """Faults that a parser notices too late, if at all: offset, problem, mend."""
    if (at := find_conflict(text)) is not None:
        yield at, *CONFLICT
    if (offset := _open_quote(text)) is not None:
        yield offset, "not YAML: a quote that nothing closes where it should", "close the quote that opens here, on its line"
    if found := _OTHER_BLANK.search(text):
        problem = f"not YAML: U+{ord(found[1]):04X} looks like a blank and is none"
        yield found.start(1), problem, "write a plain blank; such characters come along from web pages and word processors"


def _open_quote(text: str) -> int | None:
    """Where a quoted value begins that is closed by the quote of another, or by none."""
    at = 0
    while (opening := _OPENING.search(text, at)) is not None:
        start = opening.start(1)
        whole = _QUOTED[opening[1]].match(text, start)
        if whole is None or ("\n" in whole[0] and not _CLOSED.match(text, whole.end())):
            return start
        at = whole.end()
    return None


def _cut_values(root: Node, text: str, file: str) -> Iterator[Finding]:
    """Warnings of plain values that end at what YAML takes for a comment, and the author perhaps did not."""
    if _HASH.search(text) is None:
        return
    lines = _BREAK.split(text)
    for node in scalars(root):
        if not node.style and node.value and (cut := _CUT.match(lines[node.end_mark.line], node.end_mark.column)):
            problem = f'the value is "{node.value}"; "{cut[1]}" is a comment'
            mend = f'put the whole in quotes, or, if a comment is meant, write a blank: "# {cut[1][1:]}"'
            yield Finding(file, node.start_mark.line + 1, node.start_mark.column + 1, "cut-value", problem, mend, "warning")


def scalars(root: Node | None) -> Iterator[ScalarNode]:
    """Every key and value, in no order; no recursion, because texts may be nested as deeply as they like."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ScalarNode):
            yield node
        elif isinstance(node, SequenceNode):
            waiting.extend(node.value)
        elif isinstance(node, MappingNode):
            for pair in node.value:
                waiting.extend(pair)


def locate(text: str, pointer: Pointer) -> tuple[int, int]:
    r"""Line and column (from 1) of the value that ``pointer`` leads to, or of the last part of the way that exists.

    >>> locate("a: 1\nb:\n  - x\n  - y\n", ("b", 1))
    (4, 5)
    """
    node = _tree(text)
    for step in pointer:
        found: Node | None = None
        if isinstance(node, MappingNode):
            found = next((value for key, value in node.value if key.value == step), None)
        elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
            found = node.value[step]
        if found is None:
            break
        node = found
    return (node.start_mark.line + 1, node.start_mark.column + 1) if node else (1, 1)


@lru_cache(maxsize=1)
def _tree(text: str) -> Node | None:
    """The nodes of one file, kept until another is asked for: a file with one finding often has more."""
    tree: Node | None = yaml.compose(text, Loader=yaml.CSafeLoader)
    return tree
