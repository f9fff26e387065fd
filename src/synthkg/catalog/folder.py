"""``data/`` <-> records: every file read, every mention of another record resolved.

One file is one record and its name is the record's id. Reading never stops at a fault: what can be read is kept, and the
rest is told as findings.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TypeVar

from synthkg import project
from synthkg.catalog.decode import Reading, Reference
from synthkg.catalog.hashing import LINK_FOLDER, NO_FOLDER
from synthkg.catalog.links import load_links
from synthkg.catalog.nodes import Pointer
from synthkg.catalog.packs import Records
from synthkg.catalog.record_files import (
    TYPES,
    FileRead,
    RecordFile,
    file_of,
    place,
    read_file,
    read_one,
    record_path,
    references_in,
)
from synthkg.catalog.self_description import self_findings
from synthkg.catalog.sssom import Link
from synthkg.errors import UnreadableError
from synthkg.files import is_folder, reading
from synthkg.findings import Finding, did_you_mean
from synthkg.model import (
    BASE,
    Paper,
    Record,
    Scheme,
    Vocabulary,
    concept_iri,
    load_vocabulary,
    part_iri,
    record_iri,
    singular,
)
from synthkg.workers import without_garbage_collection

__all__ = [
    "Catalog",
    "built_in",
    "dangling",
    "extend",
    "former_ids",
    "has_records",
    "links_path",
    "load_catalog",
    "read_links",
]

_LINKS, _YAML = ".sssom.tsv", ".yaml"
_OURS = (*TYPES, LINK_FOLDER)
_KEPT_ID = "an id is never given away; remove it here or rename the other record"
_TAKEN = {"lists", *(singular(folder) for folder in TYPES)}  # other things, and folders of their pages
R = TypeVar("R", bound=Record)


def _by_folder() -> dict[str, Records]:
    return {folder: Records() for folder in TYPES}


@dataclass(slots=True)
class Catalog:
    """All records of a data folder, and what is wrong with its files.

    Attributes:
        data: The data folder.
        records: Folder name -> id -> record, sorted by id.
        links: Target -> what was found there of our things.
        drafts: The same of records that are not finished: they can be mentioned and matched, and are no part of the graph.
        findings: What the files themselves show: syntax, keys, types, references; and what drafts lack, as notes.
        left_out: The files that give no record, and what is no folder of them, each with what is wrong in it first.
        former: Folder name and old id -> the id that the record has now.
    """

    data: Path
    vocabulary: Vocabulary
    records: dict[str, Records] = field(default_factory=_by_folder)
    drafts: dict[str, Records] = field(default_factory=_by_folder)
    links: dict[str, list[Link]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    left_out: dict[Path, Finding] = field(default_factory=dict)
    former: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether every record file could be read."""
        return not self.left_out

    def __iter__(self) -> Iterator[Record]:
        for folder in TYPES:
            yield from self.records[folder].values()

    def __len__(self) -> int:
        return sum(map(len, self.records.values()))

    def of(self, kind: type[R]) -> Mapping[str, R]:
        """The records of one type, by id."""
        return self.records[kind.folder]  # type: ignore[return-value]

    def known(self, kind: type[R]) -> dict[str, R]:
        """The records of one type and the drafts of it, by id."""
        return {**self.records[kind.folder], **self.drafts[kind.folder]}  # type: ignore[dict-item]

    def named(self, iri: str) -> Record | None:
        """The record of an IRI that `record_iri` makes, or None where there is none."""
        folder, id = self._key(iri) or ("", "")
        return self.records[folder][id] if folder else None

    def file_of(self, iri: str) -> Path | None:
        """The file of the record of an IRI, or None where there is none."""
        key = self._key(iri)
        return None if key is None else file_of(self.data, *key)

    def present(self, iri: str) -> str:
        """The IRI that a thing has now whose record had another id before; any other as it is."""
        kind, id, *rest = [*iri.removeprefix(BASE).split("/", 2), ""][:3]
        if kind == "concept" and (concept := self.vocabulary.present("/".join((id, *rest)))):
            return concept_iri(*concept.split("/"))
        now = self.former.get((f"{kind}s", id))
        return iri if now is None else "/".join(filter(None, (record_iri(f"{kind}s", now), *rest)))

    def _key(self, iri: str) -> tuple[str, str] | None:
        kind, _, id = iri.removeprefix(BASE).partition("/")
        folder = f"{kind}s"
        return (folder, id) if folder in self.records and id in self.records[folder] else None

    def taken(self, kind: type[Record]) -> frozenset[str]:
        """The ids of that type that no new record may have: present and former ones, and those of the files left out."""
        named = {id for record in self.known(kind).values() for id in (record.id, *record.formerly)}
        return frozenset(named | {path.stem for path in self.left_out if path.parent.name == kind.folder})

    @property
    def things(self) -> Collection[str]:
        """The IRIs of all that a link may be about: papers, versions, methods, artifacts, venues, lists and concepts."""
        return _Things(self)

    @property
    def subjects(self) -> Collection[str] | None:
        """What a link may be about; None, so anything, while a record is left out: the link may be about that."""
        return self.things if self.is_whole else None

    def path(self, record: Record) -> Path:
        """Where the record was read."""
        return record_path(self.data, record)

    def finding(self, record: Record, pointer: Pointer, rule: str, problem: str, mend: str, severity: str = "error") -> Finding:
        """A finding at the value that ``pointer`` leads to in the record's file."""
        path = str(self.path(record))
        return Finding(path, *place(path, pointer), rule, problem, mend, severity)


class _Things(Collection[str]):
    """See `Catalog.things`. Whether a thing is there is asked of the one record that it would be of."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        concepts = catalog.vocabulary.concepts
        self._concepts = {concept_iri(scheme, id) for scheme, ids in concepts.items() for id in ids}
        self._is_there = cache(self._look)

    def __contains__(self, iri: object) -> bool:
        return isinstance(iri, str) and (iri in self._concepts or self._is_there(iri))

    def _look(self, iri: str) -> bool:
        whole, _, part = iri.partition("/version/")
        if part:
            record = self._catalog.named(whole)
            return record is not None and iri in _versions(record)
        file = self._catalog.file_of(iri)
        return file is not None and file.parent.name != Scheme.folder

    def __iter__(self) -> Iterator[str]:
        yield from self._concepts
        for record in self._catalog:
            if not isinstance(record, Scheme):
                yield record_iri(record.folder, record.id)
            yield from _versions(record)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _versions(record: Record) -> list[str]:
    """The IRIs of the versions of a paper."""
    whole = record_iri(record.folder, record.id)
    return [part_iri(whole, "version", version.id) for version in record.versions] if isinstance(record, Paper) else []


def load_catalog(
    data: Path,
    progress: Callable[[int], None] = lambda count: None,
    reads: Callable[[Catalog, Sequence[RecordFile]], Iterable[FileRead]] | None = None,
) -> Catalog:
    """Reads a data folder.

    Args:
        data: The folder that holds ``papers/``, ``methods/``, …
        progress: Called with the number of files read so far.
        reads: Reads the files, in their order; by default one after the other, with the words of the catalog
            as they then are, to which concept schemes add: they come first.

    Raises:
        UnreadableError: There is no such folder, it holds no record folder, or one that cannot be read.
    """
    if not is_folder(data):
        raise UnreadableError(NO_FOLDER, str(data))
    catalog = Catalog(data, load_vocabulary())
    files = _record_files(catalog)
    if not has_records(data):
        raise UnreadableError(f"holds none of the folders {', '.join(TYPES)}", str(data))
    ids: dict[str, set[str]] = {folder: set() for folder in TYPES}
    for file in files:
        ids[file.folder].add(file.id)
    mentioning: list[RecordFile] = []
    renamed: list[RecordFile] = []
    with without_garbage_collection():
        every = (reads or _reads)(catalog, files)
        for count, (file, read) in enumerate(zip(files, every, strict=True), start=1):
            if read.held is not None:
                (catalog.drafts if read.is_draft else catalog.records)[file.folder][file.id] = read.held
            else:
                catalog.left_out[Path(file.path)] = min(read.findings, key=lambda finding: (finding.severity != "error", finding))
            if isinstance(read.held, Scheme):
                extend(catalog, read.held)
            catalog.findings.extend(read.findings)
            if any(id not in ids[kind] for kind, id in read.mentions):
                mentioning.append(file)
            if read.formerly and not read.is_draft:
                renamed.append(file)
            progress(count)
    catalog.former = former_ids(catalog, (catalog.records[file.folder][file.id] for file in renamed), ids)
    for file in mentioning:
        catalog.findings.extend(dangling(references_in(file.folder, Path(file.path), catalog.vocabulary), ids, catalog.former))
    read_links(catalog)
    catalog.findings.extend(self_findings(data))
    return catalog


def _reads(catalog: Catalog, files: Sequence[RecordFile]) -> Iterator[FileRead]:
    return (read_file(file.folder, Path(file.path), catalog.vocabulary) for file in files)


def has_records(data: Path) -> bool:
    """Whether it is a data folder: one that has a folder of records."""
    return any(is_folder(data / folder) for folder in TYPES)


def built_in(kind: type[R]) -> dict[str, R]:
    """The records of one type that the project itself brings, of which another data folder may take some: venues, say."""
    found: dict[str, R] = {}
    for path in sorted((project.folder("data") / kind.folder).glob("*.yaml")):
        record = read_one(kind, path, Reading(str(path), load_vocabulary()))
        if record is not None:
            found[path.stem] = record
    return found


def extend(catalog: Catalog, scheme: Scheme) -> None:
    """Lets the records after it use the concepts of a scheme, unless it has the name of a built-in one.

    Nor may it be called as other things and their pages are.
    """
    own = catalog.vocabulary.own
    is_built_in = scheme.id in catalog.vocabulary.concepts and scheme.id not in own
    if is_built_in or scheme.id in _TAKEN:
        problem = f'the scheme "{scheme.id}" is built in' if is_built_in else f'"{scheme.id}" is what other things are called'
        mend = "name the file and the scheme otherwise"
        catalog.findings.append(catalog.finding(scheme, (), "built-in-scheme", problem, mend))
    if not is_built_in:
        catalog.findings.extend(_called_alike(catalog, scheme))
        catalog.vocabulary = catalog.vocabulary.extended([*own.values(), scheme])
        catalog.findings.extend(_given_away(catalog, scheme.id))


def _given_away(catalog: Catalog, new: str) -> Iterator[Finding]:
    """The former ids of concepts, where a scheme is new, that other concepts have, or had."""
    every = [(scheme, topic) for scheme in catalog.vocabulary.own.values() for topic in scheme.concepts]
    meant = {f"{scheme.id}/{topic.id}": "" for scheme, topic in every}
    for scheme, topic in every:
        for number, old in enumerate(topic.formerly):
            this = f"{scheme.id}/{topic.id}"
            other = meant.setdefault(old, this) or old
            if (other != this or not meant[old]) and new in (scheme.id, other.partition("/")[0]):
                where = ("concepts", scheme.concepts.index(topic), "formerly", number)
                yield catalog.finding(
                    scheme, where, "reused-id", f'the old id "{old}" belongs to the concept "{other}"', _KEPT_ID
                )


def _called_alike(catalog: Catalog, scheme: Scheme) -> Iterator[Finding]:
    """The names of concepts of a scheme that concepts of the schemes before it have, too."""
    before = ((other.id, topic) for other in catalog.vocabulary.own.values() if other.id != scheme.id for topic in other.concepts)
    others = {name.casefold(): f"{id}/{topic.id}" for id, topic in before for name in (topic.label, *topic.aliases)}
    mend = "a heading of this name means this one; name them apart, or write under concept: in the list which one it means"
    for number, topic in enumerate(scheme.concepts):
        names: list[tuple[str, Pointer]] = [(topic.label, ("label",))]
        names += [(alias, ("aliases", n)) for n, alias in enumerate(topic.aliases)]
        for name, where in names:
            if other := others.get(name.casefold()):
                problem = f'the concept "{other}" is called "{name}", too'
                yield catalog.finding(scheme, ("concepts", number, *where), "ambiguous-label", problem, mend, "note")


def links_path(data: Path, target: str) -> Path:
    """The file of the links into a target."""
    return data / LINK_FOLDER / f"{target}{_LINKS}"


def read_links(catalog: Catalog) -> None:
    """Every file of links; whatever else is in their folder is a finding."""
    folder, targets, things = catalog.data / LINK_FOLDER, catalog.vocabulary.scheme("target"), catalog.things
    subjects = things if catalog.is_whole else None
    for path in _inside(folder) if is_folder(folder) else ():
        target = path.name.removesuffix(_LINKS)
        if path.name.startswith("."):
            continue
        if target == path.name:
            mend = f"links are in <target>{_LINKS}; rename or remove it"
            catalog.findings.append(Finding(str(path), 1, 1, "stray-file", "this is no file of links", mend))
        elif target not in targets:
            mend = f"{did_you_mean(target, targets)}; a new one is described in ontology/target.ttl"
            catalog.findings.append(Finding(str(path), 1, 1, "unknown-target", f'there is no target "{target}"', mend))
        else:
            catalog.links[target], findings = load_links(path, subjects, catalog.present)
            catalog.links[target] = [link for link in catalog.links[target] if link.subject in things]
            catalog.findings.extend(findings)


def _record_files(catalog: Catalog) -> list[RecordFile]:
    """Every record file by folder and name; records in any other folder, and anything else among records, are findings.

    A data folder may be a whole repository, with folders of pages and dumps beside those of records.
    """
    found: list[RecordFile] = []
    for folder in _inside(catalog.data):
        if folder.name in TYPES and is_folder(folder):
            with reading(folder), os.scandir(folder) as entries:
                is_file = {entry.name: _is_file(entry) for entry in entries}
            for name in sorted(is_file, key=lambda name: name.removesuffix(_YAML)):
                if is_file[name] and name.endswith(_YAML) and name != _YAML:
                    found.append(RecordFile(folder.name, name.removesuffix(_YAML), f"{folder}{os.sep}{name}"))
                elif not name.startswith("."):
                    mend = "records are <id>.yaml; rename or remove it"
                    catalog.findings.append(Finding(str(folder / name), 1, 1, "stray-file", "this is no record file", mend))
        elif folder.name in _OURS and not is_folder(folder):
            mend = "make it one, let the link lead to one, or remove it"
            wrong = Finding(str(folder), 1, 1, "unreadable-folder", "this is no folder, nor does it lead to one", mend)
            catalog.findings.append(wrong)
            catalog.left_out[folder] = wrong
        elif folder.name not in _OURS and is_folder(folder) and _seems_ours(folder, catalog.vocabulary):
            mend = did_you_mean(folder.name, _OURS)
            problem = "no folder of records or links has this name"
            catalog.findings.append(Finding(str(folder), 1, 1, "unknown-folder", problem, mend))
    order = list(TYPES)
    return sorted(found, key=lambda file: order.index(file.folder))


def _inside(folder: Path) -> list[Path]:
    with reading(folder):
        return sorted(folder.iterdir())


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Also of a link that leads nowhere, of which reading will tell; a hidden one is an editor's lock."""
    if not entry.is_symlink():
        return entry.is_file()
    try:
        return stat.S_ISREG(entry.stat().st_mode)
    except OSError:
        return not entry.name.startswith(".")


def _seems_ours(folder: Path, vocabulary: Vocabulary) -> bool:
    """Whether a folder of another name has records in it, or links into a target that we know."""
    names = (path.name.removesuffix(_LINKS) for path in folder.glob(f"*{_LINKS}"))
    return any(folder.glob(f"*{_YAML}")) or any(name in vocabulary.scheme("target") for name in names)


def former_ids(catalog: Catalog, renamed: Iterable[Record], ids: Mapping[str, Collection[str]]) -> dict[tuple[str, str], str]:
    """(folder, old id) -> present id; an old id that is still or again in use is a finding."""
    former: dict[tuple[str, str], str] = {}
    for record in renamed:
        for number, old in enumerate(record.formerly):
            taken = singular(record.folder) + f' "{former.get((record.folder, old), old)}"'
            if old in ids[record.folder] or (record.folder, old) in former:
                problem = f'the old id "{old}" belongs to the {taken}'
                catalog.findings.append(catalog.finding(record, ("formerly", number), "reused-id", problem, _KEPT_ID))
            former[record.folder, old] = record.id
    return former


def dangling(
    references: Iterable[Reference], ids: Mapping[str, Collection[str]], former: Mapping[tuple[str, str], str]
) -> Iterator[Finding]:
    """The mentions of records that are not there, among all ids of each folder, as findings."""
    for ref in references:
        if ref.id in ids[ref.folder]:
            continue
        noun = singular(ref.folder)
        if new := former.get((ref.folder, ref.id)):
            problem, mend = f'the {noun} "{ref.id}" is now "{new}"', f'write "{new}"'
        else:
            problem = f'there is no {noun} "{ref.id}"'
            close = did_you_mean(ref.id, ids[ref.folder])
            mend = close if close.startswith("did") else f"add {ref.folder}/{ref.id}.yaml"
        severity = "note" if ref.is_draft else "error"
        yield Finding(ref.file, ref.line, ref.column, "dangling-reference", problem, mend, severity)
