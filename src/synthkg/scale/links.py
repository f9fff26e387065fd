"""Our identifiers joined with a dump on Spark: what ``synthkg link --dump`` finds, in dumps of any size.

The passes over the dump are those of one machine (`synthkg.linking.gather`), and so is all that is made of what they find; here
the triples are looked for by all workers. A few terms travel to them; many are joined by key.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph
from pyoxigraph import Quad, RdfFormat

from synthkg.catalog import Catalog
from synthkg.errors import UnreadableError, UsageError
from synthkg.files import temporary_folder
from synthkg.findings import shortened
from synthkg.graph import Term, refuse_ruinous
from synthkg.linking import (
    Answers,
    Linked,
    Pace,
    Sides,
    StoreSource,
    find_subjects,
    find_target,
    gather,
    link,
    refuse_other,
    terms,
)
from synthkg.model import Paper
from synthkg.scale.building import read_lines
from synthkg.scale.records import read_papers
from synthkg.scale.schemes import read_schemes
from synthkg.scale.shards import refuse_doubles

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["link_dump"]

_FEW = 100_000
_BATCH = 10_000
_FIRST = 10_000
_ENDINGS = (".nt", ".nq")
_PACKED = (".gz", ".bz2")


class _Papers(Catalog):
    """The papers of shards; what else there is, which links may be about too, nobody has looked for."""

    @property
    def subjects(self) -> None:
        return None


def link_dump(
    spark: SparkSession,
    name: str,
    shards: str,
    dump: str,
    out: Path,
    *,
    dry_run: bool = False,
    progress: Callable[[str, int], None] = lambda what, count: None,
) -> Linked:
    """Looks for the papers of shards in a dump of a target, and adds what is found to ``links/TARGET.sssom.tsv`` in a folder.

    Args:
        spark: The session.
        name: The target.
        shards: See `synthkg.scale.building.read_lines`.
        dump: N-Triples or N-Quads in any file system that Spark reads, also packed: a file, or a pattern for several.
        out: The folder of records, or another one for links alone.
        dry_run: Whether to leave the file of links alone.
        progress: Called with what is being done, and 0.

    Raises:
        UsageError: There is no such target, or the name of the dump has another ending.
        UnreadableError: The file of links has a fault, the shards hold a file twice, or nothing at the beginning of the dump is a
            triple.
        SynthkgError: See `synthkg.scale.cluster.plainly`.
    """
    target = find_target(name)
    bare = next((dump.removesuffix(ending) for ending in _PACKED if dump.endswith(ending)), dump)
    if not bare.endswith(_ENDINGS):
        raise UsageError("not a dump that can be cut; its name must end in .nt or .nq, with .gz or .bz2 if it is packed", dump)
    progress("reading papers", 0)
    lines = read_lines(spark, shards)
    with temporary_folder() as folder:
        schemes, settings, _ = read_schemes(lines, folder)
    catalog = _Papers(out, schemes.vocabulary)
    papers = lines.filter(lambda line: line.folder == Paper.folder).mapPartitions(lambda some: read_papers(settings, some))
    every = sorted(papers.collect(), key=lambda paper: paper.id)
    refuse_doubles(f"{Paper.folder}/{paper.id}" for paper in every)
    catalog.records[Paper.folder].update({paper.id: paper for paper in every})
    keys = terms(target, [key for subject in find_subjects(catalog, target.level) for key in subject.keys])

    def scan(number: int, sought: Collection[Term], sides: Sides) -> Iterator[list[Quad]]:
        progress(f"joining with the dump, pass {number}", 0)
        if number == 1:
            refuse_other(_beginning(spark, dump), dump)
        yield _parsed(_found(spark, dump, frozenset(map(str, sought)), sides))

    source = StoreSource(gather(target.query.text, keys, scan, in_graphs=bare.endswith(".nq")), dump)
    return link(catalog, target, source, Answers(None, date.today().isoformat()), Pace(0), dry_run=dry_run, progress=progress)


def _beginning(spark: SparkSession, dump: str) -> list[bytes]:
    """The first lines that say something."""
    lines = spark.sparkContext.textFile(dump).map(str.strip).filter(lambda line: line != "" and not line.startswith("#"))
    return [line.encode() for line in lines.take(_FIRST)]


def _found(spark: SparkSession, dump: str, sought: frozenset[str], sides: Sides) -> list[str]:
    """The lines that have one of the terms where it is sought, each once."""
    context = spark.sparkContext
    pairs = context.textFile(dump).mapPartitions(lambda lines: _keyed(lines, sides))
    if len(sought) <= _FEW:
        shared = context.broadcast(sought)
        found = pairs.filter(lambda pair: pair[0] in shared.value).values()
    else:
        found = pairs.join(context.parallelize([(term, None) for term in sought])).values().keys()
    return sorted(set(found.collect()))


def _keyed(lines: Iterable[str], sides: Sides) -> Iterator[tuple[str, str]]:
    """The triples with a predicate that is sought, as lines, each by its terms on the sides where they are sought."""
    words = [""] if "" in sides else [*(f"<{predicate}>" for predicate in sides), "\\u", "\\U"]
    chosen = (line for line in lines if any(word in line for word in words))
    anywhere = sides.get("", frozenset())
    while some := list(islice(chosen, _BATCH)):
        for quad in _parsed(some):
            for side in sides.get(quad.predicate.value, frozenset()) | anywhere:
                yield str(getattr(quad, side)), f"{quad} ."


def _parsed(lines: list[str]) -> list[Quad]:
    """The triples of some lines.

    Raises:
        UnreadableError: One of them is malformed.
    """
    try:
        text = "\n".join(lines).encode()
        refuse_ruinous(text, RdfFormat.N_QUADS)
        return list(pyoxigraph.parse(text, format=RdfFormat.N_QUADS))
    except (SyntaxError, ValueError, MemoryError) as error:
        if len(lines) == 1:
            raise UnreadableError(f"broken dump: {shortened(str(error))}: {lines[0][:100]}") from error
        half = len(lines) // 2
        return _parsed(lines[:half]) + _parsed(lines[half:])
