"""A build on Spark: the map over shards, rules and checks by what they span, sorted parts, and a manifest that comes last.

The driver holds what `docs/scale.md` names: facts that spanning rules and checks read, titles and authors of papers, and lists.
Everything else stays with the workers. All that is computed is a pure function of the shards, so what is lost is done again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from pyoxigraph import RdfFormat, serialize

from synthkg.catalog import dangling, former_ids, load_links, read_file, read_links, references_in
from synthkg.checks import Unplaced, link_findings, record_of, row_findings, unlikely_titles
from synthkg.errors import UnreadableError
from synthkg.files import temporary_folder
from synthkg.findings import Finding
from synthkg.graph import OxigraphStore, link_quads, load_queries, ontology_quads
from synthkg.model import BASE, TOPICS, Paper, ReadingList, Record, Scheme, part_iri, record_iri
from synthkg.scale.deduction import Deduced, Found, deduce, facts_for, of_all
from synthkg.scale.output import Output
from synthkg.scale.parts import blocks, cuts, is_sampled, part_of, written
from synthkg.scale.records import Mapped, map_lines, named
from synthkg.scale.schemes import is_first, read_schemes
from synthkg.scale.shards import LINKS, Line, read_line, refuse_doubles
from synthkg.works import look_of

if TYPE_CHECKING:
    from pyspark import RDD
    from pyspark.sql import SparkSession

__all__ = ["ScaleBuilt", "build", "read_lines"]

_PART = 64_000_000  # bytes of N-Quads


class ScaleBuilt(NamedTuple):
    """What a build came to.

    Attributes:
        records: How many records the graph has.
        triples: How many triples, with what follows; 0 while an error stands, since nothing is written then.
        findings: What is wrong, sorted by place; files are named within the data folder.
        files: What was written.
    """

    records: int
    triples: int
    findings: list[Finding]
    files: list[str]

    @property
    def errors(self) -> list[Finding]:
        """The findings that stop a build."""
        return [finding for finding in self.findings if finding.severity == "error"]


class _Note(NamedTuple):
    """What the driver must know of a record, as in `Mapped`; nothing of most that are no papers."""

    findings: list[Finding]
    as_draft: list[Finding]
    is_lost: bool
    record: Record | None
    renamed: str
    things: list[str]


def read_lines(spark: SparkSession, shards: str) -> RDD[Line]:
    """The lines of all shards.

    Args:
        spark: The session.
        shards: A file, folder or pattern in any file system that Spark reads; several with commas between.
    """
    return spark.sparkContext.textFile(shards).filter(bool).map(read_line)


def build(
    spark: SparkSession,
    shards: str,
    out: str,
    parts: int | None = None,
    progress: Callable[[str, int], None] = lambda what, count: None,
) -> ScaleBuilt:
    """Checks the records of shards, and writes the graph with all that follows as parts; nothing while an error stands.

    Args:
        spark: The session.
        shards: See `read_lines`.
        out: The folder to write, in any file system that Spark writes. It must not be there yet.
        parts: In how many parts the graph is cut; by default of some 64 MB each.
        progress: Called with what is being done, and 0.

    Raises:
        UnreadableError: The shards hold no records, or a file twice.
        BuildRefused: ``out`` is there already.
        SynthkgError: See `synthkg.scale.cluster.plainly`.
    """
    output = Output(spark, out)
    with temporary_folder() as data:
        run = _Run(spark, read_lines(spark, shards), data, progress)
        deduced, findings = run.judged()
        built = ScaleBuilt(run.count_records(), 0, findings, [])
        if built.errors:
            return built
        progress("writing", 0)
        triples, files = run.write(deduced, output, parts, findings)
        return built._replace(triples=triples, files=files)


class _Run:
    """One build while it goes on."""

    def __init__(self, spark: SparkSession, lines: RDD[Line], data: Path, progress: Callable[[str, int], None]) -> None:
        from pyspark import StorageLevel

        self._spark = spark
        self._lines = lines
        self._progress = progress
        self._kept = StorageLevel.MEMORY_AND_DISK
        progress("reading schemes and links", 0)
        self._few, self._settings, schemes = read_schemes(lines, data)
        settings = self._settings
        mapped = lines.filter(lambda line: not is_first(line)).mapPartitions(lambda some: map_lines(settings, some))
        self._mapped: RDD[Mapped] = mapped.union(spark.sparkContext.parallelize(schemes, 1)).persist(self._kept)
        progress("reading and validating", 0)

    def count_records(self) -> int:
        """How many records the graph has."""
        return self._mapped.filter(lambda each: bool(each.quads)).count()

    def judged(self) -> tuple[RDD[Deduced], list[Finding]]:
        """What follows, and all that can be said against the records."""
        mapped, few = self._mapped, self._few
        self._refuse_doubles()
        lost = self._lost()
        sought, is_all = self._subjects_of_links()
        notes = mapped.map(lambda each: _note(each, sought)).filter(any).collect()
        told = [finding for note in notes for finding in note.findings]
        unfit = {f"{key}.yaml" for key in lost}
        told += [finding for note in notes for finding in note.as_draft if finding.file not in unfit]
        few.whole = not any(note.is_lost for note in notes)
        few.elsewhere = frozenset(thing for note in notes for thing in note.things)
        if sought - few.things or not is_all:  # what it may have meant is looked for among all
            few.elsewhere = frozenset(mapped.flatMap(_things).collect())
        renamed = {note.renamed for note in notes} - {""}
        ids = self._ids() if lost or renamed else {}
        self._fetch(renamed | lost)
        few.former = former_ids(few, few, ids)
        read_links(few)
        self._progress("rules and checks", 0)
        deduced, found = self._deduced()
        unlikely: list[Unplaced] = []
        if few.whole:
            records = sorted((note.record for note in notes if note.record is not None), key=lambda record: record.id)
            papers = {record.id: look_of(record) for record in records if isinstance(record, Paper)}
            unlikely = list(unlikely_titles(papers, [record for record in records if isinstance(record, ReadingList)]))
        self._fetch({f"{each.folder}/{each.id}" for each in unlikely} | {_key_of(record_of(row["subject"])) for _, row in found})
        for key in sorted(lost):
            folder, _, id = key.partition("/")
            few.findings.extend(
                dangling(references_in(folder, few.data / folder / f"{id}.yaml", few.vocabulary), ids, few.former)
            )
        told += few.findings
        if few.whole:
            told += (each.placed(few) for each in unlikely)
            told += link_findings(few)
            checks = load_queries("checks")
            told += row_findings(few, [(checks[name], row) for name, row in found])
        return deduced, sorted({named(finding, few.data) for finding in told})

    def _refuse_doubles(self) -> None:
        often = self._mapped.map(lambda each: (each.key, 1)).reduceByKey(add)
        refuse_doubles(often.filter(lambda each: each[1] > 1).flatMap(lambda each: [each[0]] * each[1]).collect())
        if self._mapped.isEmpty():
            raise UnreadableError("the shards hold no records")

    def _lost(self) -> set[str]:
        """The records that mention what is not there: an anti-join."""
        mentions = self._mapped.flatMap(lambda each: [(f"{folder}/{id}", each.key) for folder, id in each.mentions])
        return {*mentions.subtractByKey(self._mapped.map(lambda each: (each.key, None))).values().distinct().collect()}

    def _ids(self) -> dict[str, set[str]]:
        """All ids by folder; only needed where something is lost or was renamed."""
        found: dict[str, set[str]] = defaultdict(set)
        for key in self._mapped.map(lambda each: each.key).toLocalIterator():
            folder, _, id = key.partition("/")
            found[folder].add(id)
        return {folder: found[folder] for folder in self._few.records}

    def _subjects_of_links(self) -> tuple[frozenset[str], bool]:
        """What the files of links are about, and whether this is all: of a row that has another fault it is not known."""
        folder = self._few.data / LINKS
        files = sorted(folder.iterdir()) if folder.is_dir() else []
        read = [load_links(file) for file in files]
        return frozenset(link.subject for links, _ in read for link in links), not any(findings for _, findings in read)

    def _deduced(self) -> tuple[RDD[Deduced], list[Found]]:
        """What follows, also on the whole; what checks find is looked for only where all records could be read."""
        few, mapped, settings = self._few, self._mapped, self._settings
        read, context = facts_for("mentions"), self._spark.sparkContext
        links = [quad for target, some in few.links.items() for quad in link_quads(target, some, few.vocabulary)]
        by_record: dict[str, list[str]] = defaultdict(list)
        for quad in links:
            by_record[_key_of(record_of(str(quad.subject)[1:-1]))].append(f"{quad} .\n")
        stated = mapped.filter(lambda each: bool(each.quads))
        mentions = stated.flatMap(lambda each: {(f"{folder}/{id}", each.key) for folder, id in each.mentions})
        facts = stated.map(lambda each: (each.key, read(each.quads))).filter(lambda each: bool(each[1]))
        further = context.parallelize([(key, "".join(lines).encode()) for key, lines in by_record.items()], 1)
        beside = mentions.join(facts).values().union(further)
        both = stated.map(lambda each: (each.key, each.quads)).leftOuterJoin(beside.groupByKey())
        local: RDD[Deduced] = both.mapPartitions(
            lambda some: deduce(settings, ((key, quads, [*(texts or ())]) for key, (quads, texts) in some))
        ).persist(self._kept)
        topics = [f"<{BASE}concept/{name}/".encode() for name in TOPICS]
        is_ours = not stated.filter(lambda each: any(topic in each.quads for topic in topics)).isEmpty()
        self._beside = [*links, *ontology_quads(few.vocabulary, is_ours)]
        store = OxigraphStore(self._beside)
        wanted = facts_for("")
        for quads in stated.map(lambda each: each.quads).union(local.map(lambda each: each.quads)).map(wanted).toLocalIterator():
            store.load(quads)
        whole = of_all(store)
        found = local.flatMap(lambda each: each.found).collect() + whole.found
        return local.union(context.parallelize([whole], 1)), found

    def _fetch(self, keys: set[str]) -> None:
        """Reads some records again, so that what is found in them can be placed."""
        for line in self._lines.filter(lambda line: line.key in keys).collect():
            read = read_file(line.folder, line.write(self._few.data), self._few.vocabulary)
            if read.record is not None and not read.is_draft:
                self._few.records[line.folder][line.id] = read.record

    def write(self, deduced: RDD[Deduced], output: Output, parts: int | None, findings: list[Finding]) -> tuple[int, list[str]]:
        """Writes the graph, and what it is."""
        rest = serialize(self._beside, format=RdfFormat.N_QUADS) or b""
        context = self._spark.sparkContext
        said = self._mapped.map(lambda each: each.quads).union(deduced.map(lambda each: each.quads))
        every = said.union(context.parallelize([rest], 1)).flatMap(blocks)
        if parts is None:
            parts = 1 + said.map(len).sum() // _PART
        where = cuts(every.keys().filter(is_sampled).distinct().collect(), parts) if parts > 1 else []
        cut = every.repartitionAndSortWithinPartitions(len(where) + 1, lambda subject: part_of(subject, where))
        return output.write(cut.mapPartitionsWithIndex(written).persist(self._kept), findings)


def _note(each: Mapped, sought: frozenset[str]) -> _Note:
    things = [thing for thing in _things(each) if thing in sought]
    return _Note(each.findings, each.as_draft, not each.is_read, each.record, each.key if each.formerly else "", things)


def _things(each: Mapped) -> Iterator[str]:
    """What links may be about of a record; see `Catalog.things`."""
    folder, _, id = each.key.partition("/")
    if each.quads and folder != Scheme.folder:
        yield record_iri(folder, id)
        for version in each.record.versions if isinstance(each.record, Paper) else ():
            yield part_iri(record_iri(folder, id), "version", version.id)


def _key_of(iri: str) -> str:
    """The key of the record that has an IRI."""
    kind, _, id = iri.removeprefix(BASE).partition("/")
    return f"{kind}s/{unquote(id)}"
