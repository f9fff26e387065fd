"""What changed between two dumps, in words and as triples. The dumps alone are read, whatever their formats.

Each dump is read once, as a stream: its statements are sorted in runs on disk and the two sorted streams are compared, so that
memory hardly grows with the graph; only what the words need (titles, types, concepts, former names) is kept, and the statements
with blank nodes, of which ours have none. Where one side has no named graphs, those of the other are ignored.
"""

from __future__ import annotations

import heapq
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import IO

from pyoxigraph import DefaultGraph, Literal, Quad

from synthkg.files import made, named, temporary_folder
from synthkg.findings import counted, visible
from synthkg.graph import read_quads
from synthkg.model import BASE, DCTERMS, NAMESPACE, RDF, RDFS, SKOS
from synthkg.release.blanks import Labels, has_blank, labels, shown

__all__ = ["STYLES", "Difference", "compare"]

_RUN = 200_000  # statements sorted at a time
_TYPE = RDF + "type"
_TITLE = DCTERMS + "title"
_FORMERLY = NAMESPACE + "formerly"
_LABEL = SKOS + "prefLabel"
_LABELS = (_LABEL, RDFS + "label")
_FACETS = {_TYPE: "type"} | {
    NAMESPACE + name: name for name in ("contribution", "stage", "domain", "technique", "functionality", "challenge", "topic")
}
_KEPT = {_TITLE, _LABEL, _FORMERLY, *_FACETS}
_KINDS = ("paper", "method", "artifact", "venue", "list", "concept")
_RECORD = re.compile(
    rf"{re.escape(BASE)}(?P<id>concept/[^/#>]+(?:/[^/#>]+)?|(?:{'|'.join(_KINDS[:-1])})/[^/#>]+)(?:/(?P<part>[^/#>]+))?"
)
_INFERRED = f"<{BASE}graph/inferred>"


@dataclass(frozen=True, slots=True, order=True)
class Named:
    """A record or a concept: its IRI below https://w3id.org/synthkg/, and its title or label."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Renamed:
    """A thing that has a new id; or, among the merged, one that is now part of another."""

    old: Named
    new: Named


@dataclass(frozen=True, slots=True)
class Retitled:
    """A thing with the title that it had."""

    thing: Named
    old_title: str


@dataclass(frozen=True, slots=True)
class Reclassified:
    """A thing with the types or concepts that it gained and lost, by kind (``stage``), as labels."""

    thing: Named
    gained: dict[str, list[str]]
    lost: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Changed:
    """A thing of which something else changed: the names of the properties or parts."""

    thing: Named
    what: list[str]


@dataclass(slots=True)
class Difference:
    """What changed. Every list is sorted by id."""

    old_triples: int = 0
    new_triples: int = 0
    added_triples: int = 0
    removed_triples: int = 0
    with_graphs: bool = False
    added: list[Named] = field(default_factory=list)
    removed: list[Named] = field(default_factory=list)
    renamed: list[Renamed] = field(default_factory=list)
    merged: list[Renamed] = field(default_factory=list)
    retitled: list[Retitled] = field(default_factory=list)
    reclassified: list[Reclassified] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)


def compare(old: Path, new: Path, out: Path | None = None) -> Difference:
    """Compares two dumps.

    Args:
        old: A dump, in any of the six formats.
        new: The later dump.
        out: A folder for ``added.nq`` and ``removed.nq``, or None.

    Raises:
        UnreadableError: A dump cannot be read; the message says where.
    """
    with (
        made([] if out is None else [out]),
        temporary_folder(out) as folder,
        named(out or folder),
        ExitStack() as files,
    ):
        before, after = _Side(old, folder), _Side(new, folder)
        found = Difference(with_graphs=before.has_graphs and after.has_graphs)
        written = [files.enter_context(_open(folder / f"{what}.nq", "w")) for what in ("removed", "added")]
        _tell_moved(found, before, after)
        touched = _touched(found, _written(_changes(before, after, found), written))
        _tell(found, before, after, touched)
        files.close()
        if out is not None:
            for what in ("removed", "added"):
                (folder / f"{what}.nq").replace(out / f"{what}.nq")
    return found


class _Side:
    """One dump: its statements as sorted lines ``subject predicate object TAB graph``, and what the words need of it."""

    def __init__(self, path: Path, folder: Path) -> None:
        self.has_graphs = False
        self.facts: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self.labels: dict[str, str] = {}
        self._folder = folder
        self._runs: list[Path] = []
        self._last: list[str] = []
        self.with_blank: set[Quad] = set()
        for quad in read_quads(path):
            self._keep(quad)
            self.has_graphs = self.has_graphs or not isinstance(quad.graph_name, DefaultGraph)
            line = _line_of(quad)
            if "_:" in line and any(map(has_blank, quad)):
                self.with_blank.add(quad)
            else:
                self._last.append(line)
            if len(self._last) >= _RUN:
                self._write_run()
        self._last.sort()

    def _keep(self, quad: Quad) -> None:
        predicate = quad.predicate.value
        if predicate in _LABELS and isinstance(quad.object, Literal) and quad.object.language in (None, "en"):
            self.labels[str(quad.subject)] = quad.object.value
        if predicate in _KEPT and (match := _RECORD.fullmatch(quad.subject.value)) and not match["part"]:  # type: ignore[union-attr]
            kept = _TITLE if predicate == _LABEL else predicate
            value = quad.object.value if isinstance(quad.object, Literal) and kept == _TITLE else str(quad.object)
            self.facts[match["id"]][kept].add(value)

    def _write_run(self) -> None:
        path = self._folder / f"{id(self)}.{len(self._runs)}"
        with _open(path, "w") as stream:
            stream.writelines(f"{line}\n" for line in sorted(self._last))
        self._runs.append(path)
        self._last = []

    def lines(self, files: ExitStack) -> Iterator[str]:
        """All statements, sorted."""
        runs = [files.enter_context(_open(path, "r")) for path in self._runs]
        stripped: list[Iterable[str]] = [(line[:-1] for line in run) for run in runs]
        return heapq.merge(*stripped, self._last)

    def lines_with_blank(self, labels: Labels, with_graphs: bool) -> Counter[str]:
        """The statements with blank nodes, each as often as it is made of nodes with the same labels."""
        quads = self.with_blank if with_graphs else {Quad(*quad.triple) for quad in self.with_blank}
        lines = (_line_of(quad, partial(shown, labels=labels)) for quad in quads)
        return Counter(line if with_graphs else line.rstrip("\t") for line in lines)

    def records(self) -> set[str]:
        """The records and concepts: what has a title or label."""
        return {id for id, facts in self.facts.items() if _TITLE in facts}

    def title(self, id: str) -> str:
        """The title, or the id where there is none."""
        return min(self.facts[id][_TITLE], default=id) if id in self.facts else id

    def former(self, id: str) -> set[str]:
        """The ids that a thing had; those of a concept follow from those of its scheme."""
        scheme, _, last = id.rpartition("/")
        of_scheme = {f"{former}/{last}" for former in self.former(scheme)} if "/" in scheme else set()
        return of_scheme | {match["id"] for iri in self.facts[id][_FORMERLY] if (match := _RECORD.fullmatch(iri[1:-1]))}


def _line_of(quad: Quad, show: Callable[[object], str] = str) -> str:
    graph = "" if isinstance(quad.graph_name, DefaultGraph) else show(quad.graph_name)
    return f"{show(quad.subject)} {quad.predicate} {show(quad.object)}\t{graph}"


def _open(path: Path, mode: str) -> IO[str]:
    return path.open(mode, encoding="utf-8", newline="\n")


def _changes(before: _Side, after: _Side, found: Difference) -> Iterator[tuple[bool, str]]:
    """The statements of one side only, sorted, each with whether it is new; counts all on the way."""

    def marked(side: _Side, files: ExitStack) -> Iterator[tuple[str, bool]]:
        for line in side.lines(files):
            yield line if found.with_graphs else line.partition("\t")[0], side is after

    with ExitStack() as files:
        for line, group in groupby(heapq.merge(marked(before, files), marked(after, files)), key=itemgetter(0)):
            where = {is_new for _, is_new in group}
            found.old_triples += False in where
            found.new_triples += True in where
            if len(where) == 1:
                is_new = True in where
                found.added_triples += is_new
                found.removed_triples += not is_new
                yield is_new, line
    sides = zip((before, after), labels([before.with_blank, after.with_blank]), strict=True)
    old, new = (side.lines_with_blank(known, found.with_graphs) for side, known in sides)
    found.old_triples += old.total()
    found.new_triples += new.total()
    found.added_triples += (new - old).total()
    found.removed_triples += (old - new).total()
    yield from ((False, line) for line in sorted((old - new).elements()))
    yield from ((True, line) for line in sorted((new - old).elements()))


def _written(changes: Iterable[tuple[bool, str]], files: list[IO[str]]) -> Iterator[str]:
    """The statements of one side only, each written to that side's file on the way."""
    for is_new, line in changes:
        files[is_new].write(line.replace("\t", " ").rstrip() + " .\n")
        yield line


def _touched(found: Difference, lines: Iterable[str]) -> dict[str, set[str]]:
    """Of which records changed statements speak, unless they were inferred: their ids, and the properties or parts of each.

    What is said of a thing under its new id as it was under the old one has not changed.
    """
    now = {change.old.id: change.new.id for change in found.renamed}
    moved = {*now, *now.values()}
    touched: dict[str, set[str]] = defaultdict(set)
    of_one_side: set[str] = set()
    for line in lines:
        if moved and any(match["id"] in moved for match in _RECORD.finditer(line)):
            of_one_side ^= {_RECORD.sub(lambda match: _under_new_id(match, now), line)}
        else:
            _touch(touched, line)
    for line in of_one_side:
        _touch(touched, line)
    return touched


def _under_new_id(match: re.Match[str], now: dict[str, str]) -> str:
    id = match["id"]
    return match[0].replace(id, now.get(id, id), 1)


def _touch(touched: dict[str, set[str]], line: str) -> None:
    """Notes of which record a changed statement speaks, and which property or part of it."""
    subject, predicate, rest = line.split(" ", 2)
    match = _RECORD.match(subject, 1)
    if match and not rest.endswith(_INFERRED):
        touched[match["id"]].add(match["part"] or re.split(r"[#/]", predicate[1:-1])[-1])


def _tell_moved(found: Difference, before: _Side, after: _Side) -> None:
    """Names the records and concepts that came, went, have another id, or became part of another."""
    old, new = before.records(), after.records()
    gone = old - new
    successors = {id: sorted(after.former(id) & gone) for id in sorted(new)}
    moved: set[str] = set()
    for id, former in successors.items():
        is_merge = id in old or len(former) > 1
        for other in former:
            moved |= {id, other}
            change = Renamed(Named(other, before.title(other)), Named(id, after.title(id)))
            (found.merged if is_merge else found.renamed).append(change)
    found.added = [Named(id, after.title(id)) for id in sorted(new - old - moved)]
    found.removed = [Named(id, before.title(id)) for id in sorted(gone - moved)]
    for changes in (found.renamed, found.merged):
        changes.sort(key=lambda change: change.old)


def _tell(found: Difference, before: _Side, after: _Side, touched: dict[str, set[str]]) -> None:
    """Puts what changed of the records and concepts that are on both sides into words."""
    same: dict[str, set[str]] = defaultdict(set)
    for change in (*found.renamed, *found.merged):
        pair = {f"<{BASE}{change.old.id}>", f"<{BASE}{change.new.id}>"}
        for iri in pair:
            same[iri] |= pair
    pairs = [(id, id) for id in before.records() & after.records()] + [(change.old.id, change.new.id) for change in found.renamed]
    for former_id, id in sorted(pairs, key=itemgetter(1)):
        thing = Named(id, after.title(id))
        if (title := before.title(former_id)) != thing.title:
            found.retitled.append(Retitled(thing, title))
        gained = _classes(after, before, id, former_id, same)
        lost = _classes(before, after, former_id, id, same)
        if gained or lost:
            found.reclassified.append(Reclassified(thing, gained, lost))
        told = {"title", "prefLabel", *_FACETS.values()}
        if id != former_id:
            told.add("formerly")
        if what := sorted(touched.get(id, set()) - told):
            found.changed.append(Changed(thing, what))


def _classes(side: _Side, other: _Side, id: str, other_id: str, same: dict[str, set[str]]) -> dict[str, list[str]]:
    """The types and concepts that a thing has on one side and not, under a new or an old IRI, on the other, as labels."""
    found = {}
    for predicate, name in _FACETS.items():
        theirs = other.facts[other_id][predicate]
        if only := {iri for iri in side.facts[id][predicate] if not theirs & {iri, *same.get(iri, ())}}:
            found[name] = sorted(_label(iri, side) for iri in only)
    return found


def _label(iri: str, side: _Side) -> str:
    return side.labels.get(iri) or re.split(r"[#/]", iri.strip("<>"))[-1]


# -- In words


def _sections(
    found: Difference, show: Callable[[Named], str], mark: str, put: Callable[[str], str]
) -> Iterator[tuple[str, list[str]]]:
    """Heading and lines of each part of the report, kind by kind; parts without lines are left out."""
    for kind in _KINDS:
        parts: dict[str, list[tuple[Named, str]]] = {
            "added": [(thing, show(thing)) for thing in found.added],
            "removed": [(thing, show(thing)) for thing in found.removed],
            "renamed": [(c.new, f"{show(c.new)} was {put(c.old.id.partition('/')[2])}") for c in found.renamed],
            "merged": [(c.old, f"{show(c.old)} is now part of {show(c.new)}") for c in found.merged],
            "retitled": [(c.thing, f"{show(c.thing)}, formerly {mark}{put(c.old_title)}{mark}") for c in found.retitled],
            "reclassified": [(c.thing, f"{show(c.thing)}: {put(_facets(c))}") for c in found.reclassified],
            "changed otherwise": [(c.thing, f"{show(c.thing)}: {put(', '.join(c.what))}") for c in found.changed],
        }
        for what, lines in parts.items():
            own = [line for thing, line in lines if thing.id.startswith(f"{kind}/")]
            if own:
                yield f"{kind.capitalize()}s {what} ({len(own)})", own


def _facets(change: Reclassified) -> str:
    names = [name for name in _FACETS.values() if name in change.gained or name in change.lost]
    gained = {name: [f"+ {label}" for label in change.gained.get(name, ())] for name in names}
    lost = {name: [f"− {label}" for label in change.lost.get(name, ())] for name in names}
    return "; ".join(f"{name} {', '.join(chain(gained[name], lost[name]))}" for name in names)


def _counts(found: Difference) -> str:
    if not found.added_triples and not found.removed_triples:
        return f"no difference: {counted(found.new_triples, 'triple', form=',')}"
    ignored = "" if found.with_graphs else ", named graphs left out of account"
    return (
        f"{counted(found.added_triples, 'triple', form=',')} added, {found.removed_triples:,} removed; "
        f"{found.old_triples:,} before, {found.new_triples:,} now{ignored}"
    )


def _text(found: Difference) -> str:
    lines = [_counts(found)]
    for heading, entries in _sections(found, lambda c: f'"{_line(c.title)}" ({c.id.partition("/")[2]})', '"', _line):
        lines += ["", heading, *(f"  {entry}" for entry in entries)]
    return visible("\n".join(lines) + "\n")


def _markdown(found: Difference) -> str:
    lines = [f"{_counts(found).capitalize()}."]
    for heading, entries in _sections(found, _link, "*", _escaped):
        lines += ["", f"## {heading}", "", *(f"- {entry}" for entry in entries)]
    return "\n".join(lines) + "\n"


def _link(thing: Named) -> str:
    return f"[{_escaped(thing.title)}]({BASE}{thing.id})"


def _escaped(text: str) -> str:
    return re.sub(r"([\\\[\]*_`<>&])", r"\\\1", _line(text))


def _line(text: str) -> str:
    return " ".join(text.split())


def _json(found: Difference) -> str:
    return json.dumps(asdict(found), indent=2, ensure_ascii=False) + "\n"


STYLES: dict[str, Callable[[Difference], str]] = {"text": _text, "markdown": _markdown, "json": _json}
