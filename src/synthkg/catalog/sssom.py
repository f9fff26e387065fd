"""Links to other knowledge graphs as SSSOM files, one for each graph: ``data/links/<target>.sssom.tsv``.

The format is SSSOM/TSV (https://mapping-commons.github.io/sssom/spec-formats-tsv/) in its canonical form, and only standard slots
are used, so that other tools read the files. Where `Link` has a field for which SSSOM has no slot of that name, it is

* ``status``: ``predicate_modifier`` Not for a rejected link, ``other`` ``status=waiting`` for one that nobody has decided;
* ``query_hash``: ``mapping_tool_version``, the tool being the saved query that the head names as ``mapping_tool``;
* ``reviewer``: ``reviewer_id`` for an ORCID iD, else ``reviewer_label``;
* ``date``: ``mapping_date``.

Dates and hashes stand in every row and not once in the head, where the canonical form would move them while all are equal: a link
more would change every line. A file is read strictly. What would be lost when it is written again is a finding.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from pyoxigraph import NamedNode

from synthkg.catalog.tsv import Row, quoted, read_rows
from synthkg.files import read_text, write_atomically
from synthkg.findings import Finding, did_you_mean
from synthkg.model import BASE, orcid

__all__ = [
    "CONTESTED",
    "PREDICATES",
    "STATUSES",
    "Link",
    "load_links",
    "locate_link",
    "to_slots",
    "to_table",
    "to_tsv",
    "write_links",
]

PREDICATES = ("skos:exactMatch", "skos:closeMatch")
STATUSES = ("accepted", "waiting", "rejected")
CONTESTED = ("target-claimed-twice", "two-targets-claimed")
"""The rules about what several links say together; the findings of all others are about a row that cannot be kept as it is."""

_SLOTS = (  # in the order of https://mapping-commons.github.io/sssom/Mapping/
    "subject_id",
    "subject_label",
    "predicate_id",
    "predicate_modifier",
    "object_id",
    "object_label",
    "mapping_justification",
    "reviewer_id",
    "reviewer_label",
    "mapping_tool",
    "mapping_tool_version",
    "mapping_date",
    "confidence",
    "other",
    "comment",
)
_COLUMNS = tuple(slot for slot in _SLOTS if slot != "mapping_tool")  # which the head of a file of links says
_IRIS = ("subject_id", "object_id", "reviewer_id")
_REQUIRED = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "mapping_justification",
    "mapping_tool_version",
    "mapping_date",
    "confidence",
)
_HEAD = ("curie_map", "mapping_set_id", "license", "mapping_tool")
_SHARED = ("mapping_date", "mapping_tool_version")  # in the head they are meant for every row
_LICENSE = "https://creativecommons.org/publicdomain/zero/1.0/"
_ORCID = "https://orcid.org/"
_WAITING = "status=waiting"
_OURS = "kg"
_CURIE = re.compile(r"([A-Za-z_][\w.-]*):(\S+)")
_JUSTIFICATION = re.compile(r"semapv:[A-Z][A-Za-z]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One of our things is (``skos:exactMatch``) or is nearly (``skos:closeMatch``) a thing in another graph.

    Attributes:
        subject: IRI of ours.
        object: IRI of theirs.
        justification: A term of the Semantic Mapping Vocabulary as a CURIE, e.g. ``semapv:LexicalMatching``.
        confidence: From 0 to 1, kept to three decimals.
        date: When it was first proposed, YYYY-MM-DD.
        query_hash: Of the saved query that found it.
        status: ``accepted``, ``waiting`` or ``rejected``.
        reviewer: Who decided: an ORCID IRI, else a name.
        comment: What matched, and why it waits.
    """

    subject: str
    subject_label: str
    predicate: str
    object: str
    object_label: str | None = None
    justification: str
    confidence: float
    date: str
    query_hash: str
    status: str
    reviewer: str | None = None
    comment: str | None = None


class _Fault(Exception):
    """What is wrong with a cell: rule, problem and mend."""


def load_links(path: Path, subjects: Collection[str] | None = None) -> tuple[list[Link], list[Finding]]:
    """Reads a file of links, and says what is wrong with it. A file that is not there has none.

    Args:
        path: The file.
        subjects: The IRIs of the things that there are of ours; others are findings. By default any is taken.

    Raises:
        UnreadableError: The file is not UTF-8.
    """
    if not path.exists():
        return [], []
    reader = _Reader(str(path), subjects)
    links = list(reader.links(read_text(path)))
    return [link for link, _ in links], sorted({*reader.findings, *_contested(str(path), links)})


def locate_link(path: Path, subject: str, object: str) -> int:
    """The line of a link in its file, or 1.

    Raises:
        UnreadableError: The file is gone.
    """
    links = _Reader(str(path), None).links(read_text(path))
    return next((row.line for link, row in links if (link.subject, link.object) == (subject, object)), 1)


class _Reader:
    """Reads one file; faults are added as they are met."""

    def __init__(self, file: str, subjects: Collection[str] | None) -> None:
        self.file = file
        self.subjects = subjects
        self.findings: list[Finding] = []
        self.namespaces: dict[str, str] = {}
        self.shared: dict[str, str] = {}

    def fault(self, line: int, column: int, rule: str, problem: str, mend: str) -> None:
        self.findings.append(Finding(self.file, line, column, rule, problem, mend))

    def links(self, text: str) -> Iterator[tuple[Link, Row]]:
        """The links that can be read, each with its row."""
        if text.startswith("\ufeff"):
            self.fault(1, 1, "byte-order-mark", "the file begins with a byte order mark", "remove it; SSSOM forbids it")
            text = text[1:]
        text = text.replace("\r\n", "\n")
        head = re.match(r"(?:#[^\n]*(?:\n|\Z))*", text)
        assert head is not None
        self._read_head(head[0])
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

    def _read_head(self, head: str) -> None:
        try:
            found = yaml.load(re.sub(r"^#", "", head, flags=re.MULTILINE), Loader=yaml.CSafeLoader) or {}
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            where = (mark.line + 1, mark.column + 2) if mark else (1, 1)
            self.fault(*where, "bad-head", f"the head is not YAML: {error.problem}", 'begin each of its lines with "#"')
            return
        if not isinstance(found, dict):
            self.fault(1, 1, "bad-head", "the head is no mapping", 'write lines like "#license: …"')
            return
        lines = {line.lstrip("# ").partition(":")[0]: n for n, line in reversed([*enumerate(head.split("\n"), start=1)])}
        for key in found:
            if key not in (*_HEAD, *_SHARED):
                mend = f"remove it, or rename it: {did_you_mean(str(key), _HEAD)}"
                self.fault(lines.get(str(key), 1), 2, "unknown-slot", f'the head has "{key}", which would be lost', mend)
        namespaces = found.get("curie_map", {})
        if not isinstance(namespaces, dict) or not all(isinstance(iri, str) for iri in namespaces.values()):
            mend = 'write "#curie_map:" and below it lines like "#  wikidata: http://www.wikidata.org/entity/"'
            self.fault(lines.get("curie_map", 1), 2, "bad-head", "curie_map maps no prefixes to IRIs", mend)
            return
        for prefix, iri in namespaces.items():
            if not _is_iri(iri):
                self.fault(lines.get(str(prefix), 1), 2, "bad-iri", f'"{iri}" is no IRI', "write the whole IRI of the namespace")
        self.namespaces = {str(prefix): iri for prefix, iri in namespaces.items() if _is_iri(iri)}
        self.shared = {key: str(found[key]) for key in _SHARED if key in found}

    def _knows_columns(self, names: Row) -> bool:
        """Whether rows can be read: every required column is there."""
        found = [name for name, _, _ in names.cells]
        for position, (name, line, column) in enumerate(names.cells):
            if name not in _COLUMNS:
                mend = f"remove it, or rename it: {did_you_mean(name, _COLUMNS)}"
                self.fault(line, column, "unknown-column", f'the column "{name}" would be lost', mend)
            elif name in found[:position]:
                self.fault(line, column, "unknown-column", f'there are two columns "{name}"', "keep one of the two")
        missing = [name for name in _REQUIRED if name not in found and name not in self.shared]
        if missing:
            self.fault(names.line, 1, "missing-column", f"there is no column {', '.join(missing)}", "add it")
        return not missing and len(set(found)) == len(found)

    def _link(self, row: Row, columns: list[str]) -> Link | None:
        if len(row.cells) != len(columns):
            problem = f"the row has {len(row.cells)} cells, and the table {len(columns)} columns"
            self.fault(row.line, 1, "bad-row", problem, "separate the cells by tabs; leave empty what is not known")
            return None
        places = {name: (line, column) for name, (_, line, column) in zip(columns, row.cells, strict=True)}
        cells = {**self.shared, **{name: value for name, (value, _, _) in zip(columns, row.cells, strict=True) if value}}
        fields: dict[str, Any] = {}
        before = len(self.findings)
        for name in _COLUMNS:
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
            confidence=fields["confidence"],
            date=fields["mapping_date"],
            query_hash=fields["mapping_tool_version"],
            status="rejected" if fields["predicate_modifier"] else "waiting" if fields["other"] else "accepted",
            reviewer=fields["reviewer_id"] or fields["reviewer_label"] or None,
            comment=fields["comment"] or None,
        )

    def _value(self, name: str, text: str) -> str | float:
        if not text and name in _REQUIRED:
            raise _Fault("bad-row", f"{name} is empty", "every link says it")
        if not text:
            return ""
        if name in _IRIS:
            iri = self._expand(text)
            if name == "subject_id" and self.subjects is not None and iri not in self.subjects:
                near = did_you_mean(iri, self.subjects)
                mend = near if near.startswith("did") else "it was renamed or removed: write its new IRI, or remove the row"
                raise _Fault("unknown-subject", f'there is nothing of ours with the IRI "{iri}"', mend)
            return iri
        if name == "predicate_id":
            _require(
                text in PREDICATES, "unknown-predicate", f'"{text}" is no predicate of links', did_you_mean(text, PREDICATES)
            )
        elif name == "predicate_modifier":
            _require(
                text == "Not", "bad-row", f'"{text}" is no predicate_modifier', 'write "Not" for a rejected link, or nothing'
            )
        elif name == "other":
            _require(text == _WAITING, "bad-row", f'"{text}" would be lost', f'write "{_WAITING}" or nothing')
        elif name == "mapping_justification":
            mend = "write one like semapv:LexicalMatching"
            _require(_JUSTIFICATION.fullmatch(text), "bad-curie", f'"{text}" is no justification', mend)
        elif name == "mapping_date":
            _require(_is_date(text), "bad-date", f'"{text}" is no date', "write YYYY-MM-DD")
        elif name == "confidence":
            mend = "write a decimal number from 0 to 1"
            _require(re.fullmatch(r"0(\.\d+)?|1(\.0+)?", text), "bad-confidence", f'"{text}" is no confidence', mend)
            return float(text)
        return text

    def _expand(self, curie: str) -> str:
        found = _CURIE.fullmatch(curie)
        namespaces = {"orcid": _ORCID, **self.namespaces}
        if found is None or found[1] not in namespaces:
            known = f"its prefix must stand in the curie_map ({', '.join(sorted(namespaces))})"
            raise _Fault("bad-curie", f'"{curie}" is no CURIE of this file', f"write prefix:name; {known}")
        iri = namespaces[found[1]] + found[2]
        _require(_is_iri(iri), "bad-iri", f'"{curie}" means <{iri}>, which is no IRI', "percent-encode what an IRI cannot have")
        return iri


def _require(holds: object, rule: str, problem: str, mend: str) -> None:
    if not holds:
        raise _Fault(rule, problem, mend)


def _is_iri(text: str) -> bool:
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


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


def write_links(path: Path, links: Iterable[Link], namespaces: Mapping[str, str] | None = None) -> None:
    """Writes a file of links, all of it or nothing. See `to_tsv`.

    Args:
        path: ``<target>.sssom.tsv``; its folder is made.
        links: All links of the file.
        namespaces: Prefix -> IRI; by default those of the file that is there.
    """
    if namespaces is None:
        reader = _Reader(str(path), None)
        if path.exists():
            reader._read_head("".join(re.findall(r"^#[^\n]*\n", read_text(path), re.MULTILINE)))
        namespaces = reader.namespaces
    write_atomically(path, to_tsv(path.name.partition(".")[0], links, namespaces))


def to_tsv(name: str, links: Iterable[Link], namespaces: Mapping[str, str]) -> str:
    """The links of one file as canonical SSSOM/TSV, which `load_links` reads.

    Raises:
        ValueError: Two links have the same subject and object, or a reviewer's name holds "|".
    """
    every = list(links)
    if len({(link.subject, link.object) for link in every}) < len(every):
        raise ValueError("two links have the same subject and object")
    return to_table(name, map(to_slots, every), namespaces, _REQUIRED, f"synthkg link {name}")


def to_slots(link: Link) -> dict[str, str]:
    """A link as the slots of SSSOM, in which subject, object and reviewer are still whole IRIs.

    Raises:
        ValueError: The reviewer's name holds "|".
    """
    iri = orcid(link.reviewer or "")
    if link.reviewer and "|" in link.reviewer:
        raise ValueError('a reviewer\'s name cannot hold "|", which separates several')
    return {
        "subject_id": link.subject,
        "subject_label": link.subject_label,
        "predicate_id": link.predicate,
        "predicate_modifier": "Not" if link.status == "rejected" else "",
        "object_id": link.object,
        "object_label": link.object_label or "",
        "mapping_justification": link.justification,
        "reviewer_id": f"{_ORCID}{iri}" if iri else "",
        "reviewer_label": "" if iri else link.reviewer or "",
        "mapping_tool_version": link.query_hash,
        "mapping_date": link.date,
        "confidence": f"{link.confidence:.3f}".rstrip("0").rstrip("."),
        "other": _WAITING if link.status == "waiting" else "",
        "comment": link.comment or "",
    }


def to_table(
    name: str, rows: Iterable[Mapping[str, str]], namespaces: Mapping[str, str], required: Collection[str], tool: str = ""
) -> str:
    """Slots as canonical SSSOM/TSV: sorted, so that the same rows give the same bytes.

    An IRI that no namespace begins gets the name of its host as prefix. Runs of white space in cells become one space.

    Args:
        name: The last part of the set's IRI.
        rows: Slot -> text; subject, object and reviewers are whole IRIs.
        namespaces: Prefix -> IRI.
        required: The columns that are there even if they are empty.
        tool: What made all of it.
    """
    known = {**namespaces, _OURS: BASE}
    used: dict[str, str] = {}

    def shorten(iri: str) -> str:
        if iri.startswith(_ORCID):
            return f"orcid:{iri.removeprefix(_ORCID)}"  # a prefix that SSSOM has built in
        fitting = [(len(space), prefix) for prefix, space in known.items() if iri.startswith(space) and iri != space]
        if fitting:
            prefix = max(fitting)[1]
            used[prefix] = known[prefix]
        else:
            parts = urlsplit(iri)
            host = re.sub(r"[^\w.-]", "-", parts.netloc.lower().removeprefix("www."))
            prefix = host if parts.scheme == "https" and host[:1].isalpha() else f"{parts.scheme}-{host}"
            used[prefix] = known[prefix] = f"{parts.scheme}://{parts.netloc}/"
        return f"{prefix}:{iri.removeprefix(known[prefix])}"

    def cell(column: str, text: str) -> str:
        text = " ".join(text.split())
        return "|".join(map(shorten, text.split("|"))) if text and column in _IRIS else text

    table = sorted([cell(column, row.get(column, "")) for column in _SLOTS] for row in rows)
    columns = [i for i, column in enumerate(_SLOTS) if column in required or any(row[i] for row in table)]
    lines = ["#curie_map:", *(f"#  {prefix}: {used[prefix]}" for prefix in sorted(used))] if used else []
    lines += [f"#mapping_set_id: {BASE}links/{name}", f"#license: {_LICENSE}"]
    lines += [f"#mapping_tool: {tool}"] if tool else []
    for row in ([*_SLOTS], *table):
        lines.append("\t".join(quoted(row[i]) for i in columns))
    return "\n".join(lines) + "\n"
