"""What a match says of the rows of a list, and the ways to print it.

Every verdict carries the row's line, so that its report reads like that of a compiler and editors jump to it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass

from synthkg.files import csv_text
from synthkg.findings import visible
from synthkg.lists.importer import Imported
from synthkg.markdown import escaped, markdown_table

__all__ = ["CONFLICT", "FORMATS", "KNOWN", "NEW", "RENAMED", "Matched", "Verdict"]

KNOWN, RENAMED, NEW, CONFLICT = _VERDICTS = ("known", "known under another title", "new", "in conflict")
_COLUMNS = ("entry", "line", "verdict", "title", "paper", "artifact", "by", "conflicts", "adds", "resembles")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one row.

    Attributes:
        entry: Its number in the document, from 1.
        line: The number of its line, from 1.
        title: Its title in plain words.
        verdict: `KNOWN`, `RENAMED`, `NEW` or `CONFLICT`.
        paper: Our paper that it is about; in conflict, the one that its title or else its link names.
        artifact: Our artifact that it is about, if no paper.
        by: What told: an identifier, the title, …
        conflicts: Cell and reason of everything in which the row and the records cannot both be right.
        adds: What the row says and our record does not.
        resembles: For a new row, our record with a title or short name like its own, as ``paper/<id>`` or ``artifact/<id>``.
        is_settled: Whether it is certain which record is meant; never for a new row.
    """

    entry: int
    line: int
    title: str
    verdict: str
    paper: str | None = None
    artifact: str | None = None
    by: str = ""
    conflicts: tuple[tuple[str, str], ...] = ()
    adds: tuple[str, ...] = ()
    resembles: str | None = None
    is_settled: bool = False

    @property
    def summary(self) -> str:
        """The verdict with the record that is meant."""
        return f"{self.verdict}: {_about(self)}" if _about(self) else self.verdict

    @property
    def told(self) -> list[str]:
        """What contradicts the record, and what it lacks, in words."""
        return [
            *(f"{cell}: {reason}" for cell, reason in self.conflicts),
            *(f"not in our record: {fact}" for fact in self.adds),
        ]


@dataclass(frozen=True, slots=True)
class Matched:
    """A document read as a list, and the verdict on each of its rows."""

    imported: Imported
    verdicts: tuple[Verdict, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows have each verdict."""
        found = Counter(each.verdict for each in self.verdicts)
        return {verdict: found[verdict] for verdict in _VERDICTS}


def _about(verdict: Verdict) -> str:
    return f"paper/{verdict.paper}" if verdict.paper else f"artifact/{verdict.artifact}" if verdict.artifact else ""


def _said(verdict: Verdict) -> str:
    """What there is to say of a verdict besides its title and record, in words."""
    like = [f"somewhat like {verdict.resembles}"] if verdict.resembles else []
    return "; ".join([*verdict.told, *like])


def _text(matched: Matched, file: str) -> str:
    lines = [f"{file}:{each.line}:1: not read as an entry: {each.text.strip()[:100]}" for each in matched.imported.unread]
    lines += [f"{file}:{each.line}:1: {each.told}" for each in matched.imported.left]
    for verdict in matched.verdicts:
        record = f" = {_about(verdict)}" if _about(verdict) else ""
        by = f" by {verdict.by}" if verdict.by else ""
        said = f" ({_said(verdict)})" if _said(verdict) else ""
        lines.append(f"{file}:{verdict.line}:1: {verdict.verdict}: {verdict.title}{record}{by}{said}")
    for conflict in matched.imported.conflicts:
        lines.append(f"{file}: entries {', '.join(map(str, conflict.entries))}: {conflict.reason}")
    return "".join(f"{visible(line)}\n" for line in lines)


def _json(matched: Matched, file: str) -> str:
    def row(verdict: Verdict) -> dict[str, object]:
        conflicts = [{"cell": cell, "reason": reason} for cell, reason in verdict.conflicts]
        return {name: value for name, value in asdict(verdict).items() if name in _COLUMNS} | {"conflicts": conflicts}

    unread = [{"line": each.line, "text": each.text} for each in matched.imported.unread]
    within = [{"entries": each.entries, "reason": each.reason} for each in matched.imported.conflicts]
    found = {"document": file, "counts": matched.counts, "entries": [row(each) for each in matched.verdicts]}
    left = [{"line": each.line, "iri": each.iri} for each in matched.imported.left]
    found |= {"within": within, "unread": unread, "left": left}
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def _cells(verdict: Verdict) -> list[str]:
    """A verdict as a row of a table; several values of one cell are joined by " | "."""
    joined = {"conflicts": " | ".join(": ".join(each) for each in verdict.conflicts), "adds": " | ".join(verdict.adds)}
    return [joined.get(name, str(getattr(verdict, name) or "")) for name in _COLUMNS]


def _csv(matched: Matched, file: str) -> str:
    return csv_text([_COLUMNS, *map(_cells, matched.verdicts)])


def _markdown(matched: Matched, file: str) -> str:
    rows = [[f"{each.line}", each.verdict, each.title, _about(each), each.by, _said(each)] for each in matched.verdicts]
    return markdown_table(["line", "verdict", "title", "record", "by", "notes"], [list(map(escaped, row)) for row in rows])


FORMATS: dict[str, Callable[[Matched, str], str]] = {"text": _text, "json": _json, "csv": _csv, "markdown": _markdown}
"""How to print what was found in the document of that name."""
