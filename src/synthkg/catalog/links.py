"""Files of links, ``data/links/<target>.sssom.tsv``: read with the place of every fault, and written whole.

A file is read strictly. What would be lost when it is written again is a finding.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from synthkg.catalog.nodes import CONFLICT, find_conflict, find_marked
from synthkg.catalog.sssom import COLUMNS, IRIS, JUSTIFICATIONS, ORCID, PREDICATES, REQUIRED, WAITING, Link, to_tsv
from synthkg.catalog.tsv import Row, read_rows
from synthkg.errors import UnreadableError
from synthkg.files import read_text, write_atomically
from synthkg.findings import Finding, counted, did_you_mean
from synthkg.model import BASE, is_day, is_iri, is_mistyped_orcid

__all__ = ["CONTESTED", "load_links", "locate_link", "unreadable", "write_links"]

CONTESTED = ("target-claimed-twice", "two-targets-claimed")
"""The rules about what several links say together; the findings of all others are about a row that cannot be kept as it is."""

_HEAD = ("curie_map", "mapping_set_id", "license", "mapping_tool")
_SHARED = ("mapping_date", "mapping_tool_version")  # in the head they are meant for every row
_SLIP = 0.9
_CURIE = re.compile(r"([A-Za-z_][\w.-]*):(\S+)")


def load_links(
    path: Path, subjects: Collection[str] | None = None, present: Callable[[str], str] = str
) -> tuple[list[Link], list[Finding]]:
    """Reads a file of links, and says what is wrong with it. A file that is not there has none.

    Args:
        path: The file.
        subjects: The IRIs of the things that there are of ours; others are findings. By default only former ones are.
        present: Gives the IRI that a thing has now which had this one before; any other as it is.
    """
    if not os.path.lexists(path):
        return [], []
    try:
        with suppress(OSError):  # of which reading will tell
            if not stat.S_ISREG(path.stat().st_mode):
                raise UnreadableError("cannot read it: this is no file", str(path))
        text = read_text(path)
    except UnreadableError as error:
        return [], [unreadable(path, error)]
    reader = _Reader(str(path), subjects, present)
    links = list(reader.links(text))
    return [link for link, _ in links], sorted({*reader.findings, *_contested(str(path), links)})


def unreadable(path: Path, error: UnreadableError) -> Finding:
    """What keeps a file from being read, where it stands in it."""
    line, column = map(int, error.where.removeprefix(f"{path}:").split(":")) if error.where != str(path) else (1, 1)
    return Finding(str(path), line, column, "unreadable-file", error.message, "mend or remove it")


def locate_link(path: Path, subject: str, object: str) -> int:
    """The line of a link in its file, or 1.

    Raises:
        UnreadableError: The file is gone.
    """
    links = _Reader(str(path), None, str).links(read_text(path))
    return next((row.line for link, row in links if (link.subject, link.object) == (subject, object)), 1)


def write_links(
    path: Path, links: Iterable[Link], namespaces: Mapping[str, str] | None = None, licence: str | None = None
) -> None:
    """Writes a file of links, all of it or nothing. See `to_tsv`.

    Args:
        path: ``<target>.sssom.tsv``; its folder is made.
        links: All links of the file.
        namespaces: Prefix -> IRI; by default those of the file that is there.
        licence: The IRI of the licence that the data folder states; by default that of the file that is there, if it has one.
    """
    there = _Reader(str(path), None, str)
    if path.exists():
        there._read_head("".join(re.findall(r"^#[^\n]*\n", read_text(path), re.MULTILINE)))
    namespaces = there.namespaces if namespaces is None else namespaces
    write_atomically(path, to_tsv(path.name.partition(".")[0], links, namespaces, licence or there.licence))


class _Fault(Exception):
    """What is wrong with a cell: rule, problem and mend."""


class _Reader:
    """Reads one file; faults are added as they are met."""

    def __init__(self, file: str, subjects: Collection[str] | None, present: Callable[[str], str]) -> None:
        self.file = file
        self.subjects = subjects
        self.present = present
        self.findings: list[Finding] = []
        self.namespaces: dict[str, str] = {}
        self.shared: dict[str, str] = {}
        self.licence = ""

    def fault(self, line: int, column: int, rule: str, problem: str, mend: str) -> None:
        self.findings.append(Finding(self.file, line, column, rule, problem, mend))

    def links(self, text: str) -> Iterator[tuple[Link, Row]]:
        """The links that can be read, each with its row."""
        if text.startswith("\ufeff"):
            self.fault(1, 1, "byte-order-mark", "the file begins with a byte order mark", "remove it; SSSOM forbids it")
            text = text[1:]
        text = text.replace("\r\n", "\n")
        if (at := find_conflict(text)) is not None:
            self.fault(text.count("\n", 0, at) + 1, 1, "merge-conflict", *CONFLICT)
            return
        head = re.match(r"(?:#[^\n]*(?:\n|\Z))*", text)
        assert head is not None
        if not self._read_head(head[0]):
            return  # what a prefix stands for is not known, so nothing can be said of the rows
        rows = read_rows(text[head.end() :], head[0].count("\n") + 1)
        names = next(rows, None)
        if names is None or not self._knows_columns(names):
            return
        columns = [name for name, _, _ in names.cells]
        seen: dict[tuple[str, str], int] = {}
        for row in rows:
            link = self._link(row, columns)
            if link is None:
                continue
            if (first := seen.setdefault((link.subject, link.object), row.line)) != row.line:
                self.fault(row.line, 1, "duplicate-link", f"this link stands in line {first} already", "keep one of the two")
                continue
            yield link, row

    def _read_head(self, head: str) -> bool:
        """Whether prefixes are known."""
        found = self._head(re.sub(r"^#", "", head, flags=re.MULTILINE))
        if found is None:
            return False
        lines = {line.lstrip("# ").partition(":")[0]: n for n, line in reversed([*enumerate(head.split("\n"), start=1)])}
        for key, value in found.items():
            if key != "curie_map" and isinstance(value, dict | list):
                self.fault(lines.get(str(key), 1), 2, "bad-head", f'"{key}" has several values', "write one")
                found[key] = ""
            if key not in (*_HEAD, *_SHARED):
                mend = f"remove it, or rename it: {did_you_mean(str(key), _HEAD)}"
                self.fault(lines.get(str(key), 1), 2, "unknown-slot", f'the head has "{key}", which would be lost', mend)
        self.licence = licence if is_iri(licence := str(found.get("license", ""))) else ""
        namespaces = found.get("curie_map", {})
        if not isinstance(namespaces, dict) or not all(isinstance(iri, str) for iri in namespaces.values()):
            mend = 'write "#curie_map:" and below it lines like "#  wikidata: http://www.wikidata.org/entity/"'
            self.fault(lines.get("curie_map", 1), 2, "bad-head", "curie_map maps no prefixes to IRIs", mend)
            return False
        for prefix, iri in namespaces.items():
            if not is_iri(iri):
                self.fault(lines.get(str(prefix), 1), 2, "bad-iri", f'"{iri}" is no IRI', "write the whole IRI of the namespace")
        self.namespaces = {str(prefix): iri for prefix, iri in namespaces.items() if is_iri(iri)}
        self.shared = {key: str(found[key]) for key in _SHARED if key in found}
        return True

    def _head(self, text: str) -> dict[Any, Any] | None:
        """The head as a mapping, in which every plain value is text."""
        try:
            if (marked := find_marked(text)) is not None:
                self.fault(marked.line, marked.column + 1, "bad-head", marked.problem, marked.mend)
                return None
            found = yaml.load(text, Loader=yaml.CBaseLoader) or {}
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line, column = (mark.line + 1, mark.column + 2) if mark else (1, 1)
            problem = getattr(error, "problem", None) or getattr(error, "reason", "")
            self.fault(line, column, "bad-head", f"the head is not YAML: {problem}", 'begin each of its lines with "#"')
            return None
        if not isinstance(found, dict):
            self.fault(1, 1, "bad-head", "the head is no mapping", 'write lines like "#license: …"')
            return None
        return found

    def _knows_columns(self, names: Row) -> bool:
        """Whether rows can be read: every required column is there."""
        found = [name for name, _, _ in names.cells]
        for position, (name, line, column) in enumerate(names.cells):
            if name not in COLUMNS:
                mend = f"remove it, or rename it: {did_you_mean(name, COLUMNS)}"
                self.fault(line, column, "unknown-column", f'the column "{name}" would be lost', mend)
            elif name in found[:position]:
                self.fault(line, column, "unknown-column", f'there are two columns "{name}"', "keep one of the two")
        missing = [name for name in REQUIRED if name not in found and name not in self.shared]
        if missing:
            self.fault(names.line, 1, "missing-column", f"there is no column {', '.join(missing)}", "add it")
        return not missing and len(set(found)) == len(found)

    def _link(self, row: Row, columns: list[str]) -> Link | None:
        if len(row.cells) != len(columns):
            problem = f"the row has {counted(len(row.cells), 'cell')}, and the table {len(columns)} columns"
            self.fault(row.line, 1, "bad-row", problem, "separate the cells by tabs; leave empty what is not known")
            return None
        places = {name: (line, column) for name, (_, line, column) in zip(columns, row.cells, strict=True)}
        cells = {**self.shared, **{name: value for name, (value, _, _) in zip(columns, row.cells, strict=True) if value}}
        fields: dict[str, Any] = {}
        before = len(self.findings)
        for name in COLUMNS:
            try:
                fields[name] = self._value(name, cells.get(name, ""))
            except _Fault as fault:
                rule, problem, mend = fault.args
                self.fault(*places.get(name, (row.line, 1)), rule, problem, mend)
        if len(self.findings) > before:
            return None
        return Link(
            subject=fields["subject_id"],
            subject_label=fields["subject_label"],
            predicate=fields["predicate_id"],
            object=fields["object_id"],
            object_label=fields["object_label"] or None,
            justification=fields["mapping_justification"],
            confidence=None if fields["confidence"] == "" else fields["confidence"],
            date=fields["mapping_date"] or None,
            query_hash=fields["mapping_tool_version"] or None,
            status="rejected" if fields["predicate_modifier"] else "waiting" if fields["other"] else "accepted",
            reviewer="|".join(filter(None, (fields["reviewer_id"], fields["reviewer_label"]))) or None,
            comment=fields["comment"] or None,
        )

    def _value(self, name: str, text: str) -> str | float:
        if not text and name in REQUIRED:
            raise _Fault("bad-row", f"{name} is empty", "every link says it")
        if not text:
            return ""
        if name in ("reviewer_id", "reviewer_label"):
            names = [self._expand(name) for name in text.split("|")] if name == "reviewer_id" else text.split("|")
            for mistyped in filter(is_mistyped_orcid, names):
                raise _Fault("bad-orcid", f'the check digit of the ORCID iD "{mistyped}" is wrong', "copy the iD again")
            return "|".join(names)
        if name in IRIS:
            iri = self._expand(text)
            if name == "subject_id":
                self._require_ours(iri)
            return iri
        if name == "predicate_id":
            mend = did_you_mean(text, PREDICATES)
            _require(text in PREDICATES, "unknown-predicate", f'"{text}" is no predicate of links', mend)
        elif name == "predicate_modifier":
            mend = 'write "Not" for a rejected link, or nothing'
            _require(text == "Not", "bad-row", f'"{text}" is no predicate_modifier', mend)
        elif name == "other":
            _require(text == WAITING, "bad-row", f'"{text}" would be lost', f'write "{WAITING}" or nothing')
        elif name == "mapping_justification":
            mend = did_you_mean(text, JUSTIFICATIONS)
            _require(text in JUSTIFICATIONS, "unknown-justification", f'"{text}" is no justification of a link', mend)
        elif name == "mapping_date":
            _require(is_day(text), "bad-date", f'"{text}" is no date', "write YYYY-MM-DD")
        elif name == "confidence":
            mend = "write a decimal number from 0 to 1"
            _require(re.fullmatch(r"0(\.\d+)?|1(\.0+)?", text), "bad-confidence", f'"{text}" is no confidence', mend)
            return float(text)
        return text

    def _require_ours(self, iri: str) -> None:
        if self.subjects is not None and iri in self.subjects:
            return
        if (now := self.present(iri)) != iri and (self.subjects is None or now in self.subjects):
            raise _Fault("unknown-subject", f'what had the IRI "{iri}" is now "{now}"', "write that, or remove the row")
        if self.subjects is not None:
            near = get_close_matches(
                iri.removeprefix(BASE), [each.removeprefix(BASE) for each in self.subjects], n=1, cutoff=_SLIP
            )
            mend = "it was renamed or removed, or is a draft: write its new IRI, finish the draft, or remove the row"
            if near:  # a slip of the pen, and not another thing of the same kind
                mend = f'did you mean "{BASE}{near[0]}"?'
            raise _Fault("unknown-subject", f'there is nothing of ours with the IRI "{iri}"', mend)

    def _expand(self, curie: str) -> str:
        found = _CURIE.fullmatch(curie)
        namespaces = {"orcid": ORCID, **self.namespaces}
        if found is None or found[1] not in namespaces:
            known = f"its prefix must stand in the curie_map ({', '.join(sorted(namespaces))})"
            raise _Fault("bad-curie", f'"{curie}" is no CURIE of this file', f"write prefix:name; {known}")
        iri = namespaces[found[1]] + found[2]
        _require(is_iri(iri), "bad-iri", f'"{curie}" means <{iri}>, which is no IRI', "percent-encode what an IRI cannot have")
        return iri


def _require(holds: object, rule: str, problem: str, mend: str) -> None:
    if not holds:
        raise _Fault(rule, problem, mend)


def _contested(file: str, links: list[tuple[Link, Row]]) -> Iterator[Finding]:
    """What two links cannot say together: an error where both are accepted, else a note. Two versions of one paper may share."""
    first: dict[str, tuple[Link, Row]] = {}
    kept = [each for each in links if each[0].status != "rejected"]
    for link, row in sorted(kept, key=lambda each: each[0].status != "accepted"):
        other, other_row = first.setdefault(link.object, (link, row))
        if _work(link.subject) != _work(other.subject):
            problem = f"{link.object} is claimed in line {other_row.line} too, by {_short(other.subject)}"
            mend = "find out whose it is, and reject the other; if the two papers are one work, merge them"
            yield Finding(file, row.line, 1, CONTESTED[0], problem, mend, _severity(link, other))
        other, other_row = first.setdefault(link.subject, (link, row))
        if link.object != other.object:
            problem = f"{_short(link.subject)} claims {other.object} too, in line {other_row.line}"
            mend = "find out which it is, and reject the other; if both are it, tell the other graph of its duplicate"
            yield Finding(file, row.line, 1, CONTESTED[1], problem, mend, _severity(link, other))


def _severity(*links: Link) -> str:
    return "error" if all(link.status == "accepted" for link in links) else "note"


def _work(subject: str) -> str:
    return subject.partition("/version/")[0]


def _short(subject: str) -> str:
    return subject.removeprefix(BASE)
