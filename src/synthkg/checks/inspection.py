"""All checks of a data folder, as one list of findings.

Four kinds, from near to far: what the files themselves show (made by the catalog), rules within one record and SHACL shapes (both
in the map, `mapping`; `shacl` explains what is not proved there), and saved queries in ``queries/checks/``: many need one record
at a time (`within`), the others several. A check is a SELECT whose ``?subject`` (with ``?path`` and ``?value`` where it
knows them) is the place, and whose header says severity, problem and solution.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import starmap
from pathlib import Path
from typing import NamedTuple

from synthkg.cache import Memory, Shelf, fingerprint, program
from synthkg.catalog import Catalog, Content, FileRead, RecordFile, contents, load_catalog
from synthkg.checks.asking import asked, rows_found
from synthkg.checks.mapping import Chunk, Chunks, Shard, examine, judge, quads, record_findings, texts
from synthkg.checks.placing import Found, link_findings, row_findings
from synthkg.checks.shacl import Explanations, record_of, validate
from synthkg.checks.titles import title_findings
from synthkg.checks.within import Batches, across, deduce, said
from synthkg.findings import Finding
from synthkg.graph import (
    Facts,
    LazyStore,
    Quads,
    Query,
    Texts,
    beside_records,
    grouped,
    link_quads,
    load_queries,
    vocabulary_quads,
)
from synthkg.model import ReadingList, Record, Scheme, utc_day
from synthkg.workers import aside, mapped, staying, without_garbage_collection

__all__ = ["Checked", "Graph", "check", "draft_findings", "origin_of", "recall"]

Progress = Callable[[str, int], None]
"""Called with what is being done and how many records are done."""


@dataclass(slots=True)
class Checked:
    """What the checks of a data folder came to.

    Attributes:
        data: The folder.
        records: How many records the graph has.
        triples: How many triples, with all that follows from them.
        findings: What is wrong, sorted by place.
        notes: How it was found, where that is to be told.
        is_lasting: Whether it is about the files as they were looked at first, so that it may be remembered of them.
    """

    data: Path
    records: int
    triples: int
    findings: list[Finding]
    notes: list[str]
    is_lasting: bool = True

    @property
    def errors(self) -> list[Finding]:
        """The findings that stop a build."""
        return [finding for finding in self.findings if finding.severity == "error"]


class Graph(NamedTuple):
    """A data folder as a graph.

    Attributes:
        catalog: Its records.
        told: What these stand in, with the facts that they are.
        store: All triples.
        inferred: Of them what follows by the rules; see `LazyStore.infer`.
    """

    catalog: Catalog
    told: Sequence[tuple[Chunk, Facts]]
    store: LazyStore
    inferred: Sequence[bytes]

    def quads(self) -> Iterator[Quads]:
        """What the records say, in their order, some of them at a time."""
        return starmap(quads, self.told)

    def texts(self) -> Iterator[Texts]:
        """The same in other formats."""
        return starmap(texts, self.told)


class Origin(NamedTuple):
    """All that decides what the checks of a data folder come to.

    Attributes:
        held: What its files hold, by their paths in it; see `synthkg.catalog.contents`.
        program: A hash of the program, the ontology and the saved queries.
        print: A hash of everything: these, how the folder is called, and the day, for which checks ask.
    """

    held: dict[str, Content]
    program: str
    print: str


def origin_of(data: Path) -> Origin:
    """What decides, as it is now.

    Raises:
        UnreadableError: There is no such folder.
    """
    made_by = program()
    held = contents(data, made_by)
    return Origin(held, made_by, fingerprint([str(data), made_by, utc_day(), *held.items()]))


def recall(data: Path, origin: Origin) -> Checked | None:
    """What the checks of a folder came to before, if nothing that decides it has changed."""
    if (kept := Memory("checked", data, origin.print).recall()) is None:
        return None
    return Checked(data, kept["records"], kept["triples"], [Finding(*each) for each in kept["findings"]], kept["notes"])


def _keep(checked: Checked, origin: Origin) -> None:
    findings = [[getattr(finding, name) for name in Finding.__slots__] for finding in checked.findings]
    kept = {"records": checked.records, "triples": checked.triples, "findings": findings, "notes": checked.notes}
    Memory("checked", checked.data, origin.print).keep(kept)


@without_garbage_collection()
@staying()
def check(
    data: Path,
    progress: Progress = lambda what, count: None,
    meanwhile: Callable[[Graph], None] | None = None,
    origin: Origin | None = None,
) -> Checked:
    """Runs every check on a data folder. Rules across records wait until every record can be read.

    If nothing has changed since it was checked, what it came to is remembered.

    Args:
        data: The folder.
        progress: See `Progress`.
        meanwhile: Called with the graph, beside the checks across records, unless an error is known already.
        origin: What decides, if it was looked at just now.

    Raises:
        UnreadableError: The folder or a file in it cannot be read at all.
    """
    origin = origin or origin_of(data)
    known = recall(data, origin)
    if known and (known.errors or meanwhile is None):
        return known
    with Shelf("shards", data).for_now() as shelf:
        tasks = Chunks(origin.held, origin.program, shelf)
        read = _map(tasks, data, progress)
        progress("inferring", 0)
        if known and meanwhile is not None and read.is_as_hashed and _is_still(origin, data):
            store, _ = _alone(read, origin)
            meanwhile(_graph(read, store))
            return known
        with aside(partial(_is_still, origin, data)) as is_still:
            checked = _judge(read, origin, progress, meanwhile)
            checked.is_lasting = read.is_as_hashed and is_still()
            if checked.is_lasting:
                _keep(checked, origin)
    return checked


def _is_still(origin: Origin, data: Path) -> bool:
    """Whether all that decides is as it was when it was looked at."""
    return origin_of(data) == origin


class _Read(NamedTuple):
    """What a folder holds.

    Attributes:
        catalog: Its records.
        told: What these stand in, with the facts that they are.
        unproved: Those that are not proved valid.
        compared: Hashes of all that decides which titles are unlikely.
        is_as_hashed: Whether what was read is what the files held when they were looked at first.
    """

    catalog: Catalog
    told: list[tuple[Chunk, Facts]]
    unproved: list[Record]
    compared: list[str]
    is_as_hashed: bool


def _map(tasks: Chunks, data: Path, progress: Progress) -> _Read:
    """The records of a folder."""
    unproved: list[Record] = []
    told: list[tuple[Chunk, Facts]] = []
    compared: list[str] = []
    changed: list[str] = []

    def reads(catalog: Catalog, files: Sequence[RecordFile]) -> Iterator[FileRead]:
        for chunk, shard in _shards(catalog, files, tasks):
            told.append((chunk, shard.facts))
            both = list(zip(chunk.files, shard.reads, strict=True))
            compared.extend((shard.compared, *(read.hash for (folder, *_), read in both if folder == ReadingList.folder)))
            changed.extend(path for (_, path, held), read in both if read.hash not in ("", held))
            unproved.extend(record for number in shard.unproved if (record := shard.reads[number].record))
            yield from shard.reads

    catalog = load_catalog(data, progress=lambda count: progress("reading", count), reads=reads)
    return _Read(catalog, told, unproved, compared, not changed)


def _alone(read: _Read, origin: Origin) -> tuple[LazyStore, Found]:
    """What each record says and decides alone, and what the checks within it found."""
    catalog = read.catalog
    store = LazyStore(catalog.data, origin.program, lambda names: mapped(partial(said, names), read.told))
    for _, facts in read.told:
        store.take(facts)
    store.add(beside_records(catalog, store.has_property))
    batches = Batches(catalog.data, origin.program, vocabulary_quads(catalog.vocabulary))
    checks = load_queries("checks")
    found: Found = []
    for deduced in mapped(deduce, list(batches.of(read.told, _links_by_file(catalog)))):
        store.follow(deduced.quads, deduced.facts)
        found += ((checks[name], row) for name, row in deduced.found)
    batches.sweep()
    return store, found


def _graph(read: _Read, store: LazyStore) -> Graph:
    """The same with all that follows from several records."""
    return Graph(read.catalog, read.told, store, store.infer(across().rules))


def _links_by_file(catalog: Catalog) -> dict[str, bytes]:
    """What was found elsewhere, as N-Quads, by the file of the record that it is about."""
    lines: dict[str, list[str]] = defaultdict(list)
    for target, links in catalog.links.items():
        for quad in link_quads(target, links, catalog.vocabulary):
            lines[record_of(str(quad.subject)[1:-1])].append(f"{quad} .\n")
    files = ((catalog.file_of(iri), some) for iri, some in lines.items())
    return {str(file): "".join(some).encode() for file, some in files if file is not None}


def _judge(
    read: _Read,
    origin: Origin,
    progress: Progress,
    meanwhile: Callable[[Graph], None] | None,
) -> Checked:
    """All that can be said against a data folder: of its records while the rules are applied, then of the whole graph."""
    catalog = read.catalog
    store, alone = _alone(read, origin)
    with aside(partial(_of_records, read, alone, origin, progress)) as of_records:
        graph = _graph(read, store)
        is_sound = not any(finding.severity == "error" for finding in catalog.findings)
        checks = [*across().checks.items()] if catalog.is_whole else []
        if meanwhile is None or not is_sound:
            with aside(partial(_across, graph, checks[1::2])) as others:
                findings = [*_across(graph, checks[::2]), *others()]
        else:
            progress("checking", 0)
            with aside(partial(_across, graph, checks)) as every:
                meanwhile(graph)
                findings = every()
        findings += [*catalog.findings, *of_records()]
        graph.store.close()
    _, note = judge(catalog.vocabulary.folder)
    return Checked(catalog.data, len(catalog), len(graph.store), sorted(set(findings)), [note] if note else [])


def _across(graph: Graph, checks: Iterable[tuple[str, Query]]) -> list[Finding]:
    """What checks across records find."""
    some = dict(checks)
    graph.store.prepare(asked(graph.store, some.values()))
    return list(row_findings(graph.catalog, rows_found(graph.store, some)))


def _of_records(read: _Read, found: Found, origin: Origin, progress: Progress) -> list[Finding]:
    """What needs nothing that follows from several records: what pySHACL says of those that are not proved valid, what is open in
    drafts, what the checks within records found, titles.
    """
    catalog = read.catalog
    explanations = Explanations(Memory("explained", catalog.data, origin.program))
    findings = [*validate(catalog, read.unproved, explanations, lambda count: progress("validating", count))]
    findings.extend(draft_findings(catalog, explanations))
    explanations.keep()
    if catalog.is_whole:
        findings.extend(row_findings(catalog, found))
        findings.extend(title_findings(catalog, fingerprint([origin.program, read.compared])))
        findings.extend(link_findings(catalog))
    return findings


def _shards(catalog: Catalog, files: Sequence[RecordFile], tasks: Chunks) -> Iterator[tuple[Chunk, Shard]]:
    """What all files come to, in their order. Concept schemes come first, since the others use their words."""
    schemes = [file for file in files if file.folder == Scheme.folder]
    for scheme in schemes:
        yield from ((chunk, examine(chunk)) for chunk in tasks.of([scheme], catalog.vocabulary))
    chunks = list(tasks.of(files[len(schemes) :], catalog.vocabulary))
    yield from zip(chunks, mapped(examine, chunks), strict=True)
    tasks.sweep()


def draft_findings(catalog: Catalog, explanations: Explanations) -> Iterator[Finding]:
    """What is still open in each draft that can be read whole, as notes; of the others the files have told it."""
    is_proved, _ = judge(catalog.vocabulary.folder)
    told = {finding.file for finding in catalog.findings}
    drafts = Catalog(catalog.data, catalog.vocabulary)
    for folder, records in catalog.drafts.items():
        drafts.records[folder].update({id: record for id, record in records.items() if str(catalog.path(record)) not in told})
    found = [finding for record in drafts for finding in record_findings(record, str(drafts.path(record)))]
    said = [(record, [part for _, part in grouped(record, drafts.vocabulary)]) for record in drafts]
    found += validate(drafts, [record for record, parts in said if not is_proved(parts)], explanations)
    open_ = {finding.file for finding in found}
    for finding in found:
        yield replace(finding, severity="note")
    for record in drafts:
        mend = "remove the line draft: true, and the record is part of the graph"
        if str(catalog.path(record)) not in open_:
            yield catalog.finding(record, ("draft",), "draft", "this record is a draft", mend, "note")
