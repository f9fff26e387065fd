"""The header of a saved query: YAML in its leading ``#+`` lines, as grlc has it (https://github.com/CLARIAH/grlc).

Whatever is no list or mapping is text: a day or a number in a header is never anything else, so an identifier keeps its zeros.
The file may be anybody's: aliases, tags and deep nesting, which make little text into much, are refused.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from synthkg.errors import QueryError
from synthkg.model import is_iri

__all__ = ["KEYS", "PAIRS", "pairs", "read_header"]

_LINE = re.compile(r"^#\+[ \t]?(.*)$", re.MULTILINE)
_MOST_NESTED = 8  # lists and mappings inside each other
_FILE = re.compile(r"(?:[\w-]+/)*(?:[\w-]+|\{\w+\})\.\w+")
_TEXTS = ("summary", "description", "file", "table", "problem", "solution")
_LISTS = ("tags", "multivalued", "escaped", "booleans", "integers", "panels", "partial")
_WORDS = {
    "form": ("table", "text", "bibliography"),
    "severity": ("error", "warning", "note"),
    "spans": ("record", "mentions"),
    "once": ("true",),
}
PAIRS = ("defaults", "enumerate", "bases", "classes", "properties", "listed")
"""The keys whose value says something of each parameter."""
KEYS = (*_TEXTS, *_LISTS, *_WORDS, *PAIRS)
"""All that are read; another in a header of somebody's is grlc's, or theirs."""


class _Loader(yaml.CSafeLoader):
    """Lists, mappings and text; ``null`` is what is left out."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.endswith(":null")]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
_Loader.yaml_constructors = {
    tag: construct
    for tag, construct in yaml.CSafeLoader.yaml_constructors.items()
    if tag is None or tag.endswith((":null", ":str", ":seq", ":map"))
}


def read_header(text: str, path: str) -> dict[str, Any]:
    """The header of a query's text.

    Raises:
        QueryError: It is not YAML, or not what a header is; the message says where.
    """
    lines = "\n".join(_LINE.findall(text))
    try:
        _refuse_riddles(lines, path)
        header = yaml.load(lines, Loader=_Loader) or {}
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise QueryError(f"the header is not YAML: {error.problem}", f"{path}:{line}:1") from error
    except (yaml.YAMLError, ValueError) as error:
        raise QueryError(f"the header is not YAML: {' '.join(str(error).split())}", f"{path}:1:1") from error
    if not isinstance(header, dict):
        raise QueryError('the header is not a mapping; write "#+ summary: …"', f"{path}:1:1")
    for key in _TEXTS:
        if not isinstance(header.get(key, ""), str):
            raise QueryError(f'{key} is not text; write "#+ {key}: …"', f"{path}:1:1")
    for key in _LISTS:
        if not _is_texts(header.get(key, [])):
            raise QueryError(f'{key} is not a list of words; write "#+ {key}: [one, two]"', f"{path}:1:1")
    for key, words in _WORDS.items():
        if header.get(key, words[0]) not in words:
            raise QueryError(f'{key} is none of {", ".join(words)}; write "#+ {key}: {words[0]}"', f"{path}:1:1")
    if "file" in header and not _FILE.fullmatch(header["file"]):
        raise QueryError('file is not the path of a file below the views; write "#+ file: folder/name.md"', f"{path}:1:1")
    return header


def _refuse_riddles(lines: str, path: str) -> None:
    depth = line = 0
    for event in yaml.parse(lines, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        line = event.start_mark.line + 1 if event.start_mark else line
        if isinstance(event, yaml.AliasEvent) or depth > _MOST_NESTED:
            mend = "write it out" if isinstance(event, yaml.AliasEvent) else "a header has no need of so many brackets"
            raise QueryError(f"the header is a riddle; {mend}", f"{path}:{line}:1")


def pairs(header: dict[str, Any], key: str, path: str) -> dict[str, Any]:
    """What a key says of each parameter: grlc writes ``- name: value`` lists where a mapping would do; both are read.

    Raises:
        QueryError: It is neither, or says what cannot be said there.
    """
    value = header.get(key) or {}
    items = value if isinstance(value, list) else [value]
    if not all(isinstance(item, dict) and all(isinstance(name, str) for name in item) for item in items):
        raise QueryError(f'{key} does not name parameters; write "#+ {key}: {{name: …}}"', f"{path}:1:1")
    found = {name: said for item in items for name, said in item.items()}
    is_right = _is_texts if key in ("enumerate", "classes", "properties") else lambda said: isinstance(said, str)
    for name, said in found.items():
        if not is_right(said):
            raise QueryError(f"{key}: {name} is not {'a list of words' if is_right is _is_texts else 'text'}", f"{path}:1:1")
        if key == "properties" and not all(map(is_iri, said)):
            raise QueryError(f"properties: {name} is not a list of IRIs", f"{path}:1:1")
        if key in ("classes", "bases") and not all(
            re.fullmatch(r"\w[\w/-]*", word) for word in ([said] if key == "bases" else said)
        ):
            raise QueryError(f"{key}: {name} is no name of the ontology and no path of it", f"{path}:1:1")
    return found


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
