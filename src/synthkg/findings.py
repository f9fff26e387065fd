"""A finding: one fault in the data, where it is, and how to mend it; and the four ways to print findings.

Every check, whoever makes it (the YAML reader, SHACL, a saved query), ends in this one type.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import quote

__all__ = ["FORMATS", "Finding", "counted", "did_you_mean", "place_in", "shortened", "visible"]


_MANY = 60  # names that a message can list and still be read
_LONG, _HEAD, _TAIL = 2_000, 1_000, 300  # characters of a message, which may quote any value
# C0 but tab and newline, DEL, C1, what turns the direction of text (Unicode TR 36), its own line ends, halves of surrogate pairs.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One fault at ``file:line:column`` (lines and columns from 1).

    Attributes:
        file: Path as a person would type it.
        line: Line number, from 1.
        column: Column number, from 1.
        rule: The check's name, e.g. ``dangling-reference``.
        problem: What is wrong.
        mend: What to do about it.
        severity: ``error``, ``warning`` or ``note``; only errors stop a build.
    """

    file: str
    line: int
    column: int
    rule: str
    problem: str
    mend: str
    severity: str = "error"

    def __post_init__(self) -> None:
        """What quotes a value as long as a book has its beginning and its end: the value itself is at the place."""
        for name in ("problem", "mend"):
            object.__setattr__(self, name, shortened(getattr(self, name)))

    @property
    def where(self) -> str:
        """``file:line:column``, as editors open it."""
        return f"{self.file}:{self.line}:{self.column}"


def place_in(text: str, offset: int) -> tuple[int, int]:
    r"""Line and column, from 1, of an offset.

    >>> place_in("a\nbc", 3)
    (2, 2)
    """
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def counted(number: int, one: str, many: str = "", form: str = "") -> str:
    """How many of what, in words that agree; ``many`` is ``one`` with an s where it is not given.

    >>> counted(1, "arrow leads", "arrows lead"), counted(0, "row"), counted(12345, "triple", form=",")
    ('1 arrow leads', '0 rows', '12,345 triples')
    """
    return f"{number:{form}} {one if number == 1 else many or f'{one}s'}"


def shortened(text: str) -> str:
    """The beginning and the end of a message that quotes a value as long as a book, as foreign parsers do; any other whole.

    >>> len(shortened("<" * 2_000_000)) < 2_000, shortened("as it is")
    (True, 'as it is')
    """
    if len(text) <= _LONG:
        return text
    return f"{text[:_HEAD]} … ({len(text) - _HEAD - _TAIL:,} characters left out) … {text[-_TAIL:]}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Ends a message about an unknown word.

    >>> did_you_mean("titel", ["title", "type"])
    'did you mean "title"?'
    >>> did_you_mean("mit", ["MIT", "GPL-3.0-only"])
    'did you mean "MIT"?'
    >>> did_you_mean("zzz", ["b", "a"])
    'known: a, b'
    """
    known = sorted(known)
    if not known:
        return "there is none at all"
    folded = {name.casefold(): name for name in known}
    if close := get_close_matches(word.casefold(), folded, n=1, cutoff=0.6):
        return f'did you mean "{folded[close[0]]}"?'
    more = f", … ({len(known)} in all)" if len(known) > _MANY else ""
    return "known: " + ", ".join(known[:_MANY]) + more


def visible(text: str) -> str:
    r"""The text of a stranger as a terminal may show it: what would move its cursor, or turn its letters round, is spelled out.

    Tabs and newlines stay as they are.

    >>> visible("a label\x1b[2A\x9b1K\u202eelbal")
    'a label\\x1b[2A\\x9b1K\\u202eelbal'
    """
    return _UNSEEN.sub(lambda found: f"\\x{ord(found[0]):02x}" if ord(found[0]) < 0x100 else f"\\u{ord(found[0]):04x}", text)


def _text(findings: Sequence[Finding]) -> str:
    """A line each, also of a file whose name has a newline in it; the worst last, where a terminal shows them."""
    ranked = sorted(findings, key=lambda f: ("note", "warning", "error").index(f.severity))
    lines = (f"{f.where}: {f.severity}: {f.problem} ({f.mend}) [{f.rule}]" for f in ranked)
    return "".join(visible(line).replace("\n", "\\n") + "\n" for line in lines)


def _json(findings: Sequence[Finding]) -> str:
    fields = Finding.__slots__
    return json.dumps([{name: getattr(f, name) for name in fields} for f in findings], indent=2, ensure_ascii=False) + "\n"


def _github(findings: Sequence[Finding]) -> str:
    """GitHub workflow commands: https://docs.github.com/actions/reference/workflow-commands-for-github-actions."""

    def escape(text: str, also: str = "") -> str:
        for char in "%\r\n" + also:
            text = text.replace(char, f"%{ord(char):02X}")
        return text

    levels = {"error": "error", "warning": "warning", "note": "notice"}
    return "".join(
        f"::{levels[f.severity]} file={escape(f.file, ':,')},line={f.line},col={f.column},"
        f"title={escape(f.rule, ':,')}::{escape(f'{f.problem} ({f.mend})')}\n"
        for f in findings
    )


def _sarif(findings: Sequence[Finding]) -> str:
    """SARIF 2.1.0, https://docs.oasis-open.org/sarif/sarif/v2.1.0/, with what GitHub asks of a rule."""
    from importlib.metadata import version

    results: list[dict[str, Any]] = [
        {
            "ruleId": f.rule,
            "level": f.severity,
            "message": {"text": f"{f.problem} ({f.mend})"},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": _uri(f.file)},
                        "region": {"startLine": f.line, "startColumn": f.column},
                    }
                }
            ],
        }
        for f in findings
    ]
    rules = {f.rule: f for f in reversed(findings)}
    driver = {
        "name": "synthkg",
        "version": version("synthkg"),
        "informationUri": "https://w3id.org/synthkg/",
        "rules": [_sarif_rule(rules[rule]) for rule in sorted(rules)],
    }
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _sarif_rule(first: Finding) -> dict[str, Any]:
    """A rule in words: its name, and what the first finding says to do."""
    words, mend = first.rule.replace("-", " "), first.mend or first.problem
    return {
        "id": first.rule,
        "name": "".join(word.capitalize() for word in words.split()),
        "shortDescription": {"text": f"{words.capitalize()}."},
        "fullDescription": {"text": f"{mend}."},
        "help": {"text": f"What to do, as its first finding says: {mend}."},
        "defaultConfiguration": {"level": first.severity},
    }


def _uri(file: str) -> str:
    """A path as a URI reference (RFC 3986): relative to the working folder where it lies in it."""
    path = Path(file)
    if path.is_absolute() and not path.is_relative_to(Path.cwd()):
        return path.as_uri()
    relative = path.relative_to(Path.cwd()) if path.is_absolute() else path
    return quote(relative.as_posix(), safe="/")


FORMATS: dict[str, Callable[[Sequence[Finding]], str]] = {
    "text": _text,
    "json": _json,
    "sarif": _sarif,
    "github": _github,
}
