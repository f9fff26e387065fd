"""SHACL validation, record by record, with every result mapped back to the line of YAML that made the triple.

Shapes look at one record's triples at a time. Nearly every record is proved valid by `proving`; only the others are validated by
pySHACL, in chunks, on as many processes as there are cores. So whatever is found was found by pySHACL, in its words.

pySHACL runs on the shapes in another arrangement of the same meaning, which it validates four times as fast.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from synthkg.cache import Memory, fingerprint
from synthkg.catalog import Catalog, Pointer
from synthkg.findings import Finding
from synthkg.graph import Statement, statements, to_rdflib
from synthkg.model import BASE, ReadingList, Record, Vocabulary, load_vocabulary, record_iri, singular
from synthkg.workers import mapped

if TYPE_CHECKING:
    import rdflib

__all__ = ["Explanations", "origin", "record_of", "validate"]

_CHUNK = 64
_SEVERITIES = {"Violation": "error", "Warning": "warning", "Info": "note"}


class Result(NamedTuple):
    """One SHACL result: IRIs and lexical forms as plain text, so that it can travel between processes."""

    focus: str
    path: str
    value: str
    message: str
    severity: str
    shape: str


class Explanations:
    """What pySHACL says of single records, remembered for those that stay as they are: most often drafts."""

    def __init__(self, memory: Memory | None = None) -> None:
        """Recalls them, where there is a memory: one of a data folder, and of a hash of all that makes them of a record."""
        self._memory = memory
        self._known: dict[str, list[list[str]]] = (memory.recall() if memory else None) or {}
        self._asked: dict[str, list[list[str]]] = {}

    def of(self, records: Iterable[Record], vocabulary: Vocabulary) -> Iterator[tuple[Record, list[Result]]]:
        """The results of each record; the remembered ones come first."""
        unknown: dict[str, Record] = {}
        for record in records:
            key = fingerprint(record)
            if key in self._known:
                self._asked[key] = self._known[key]
                yield record, [Result(*each) for each in self._known[key]]
            else:
                unknown[key] = record
        for key, record, results in _results(unknown, vocabulary):
            self._asked[key] = [list(each) for each in results]
            yield record, results

    def keep(self) -> None:
        """Remembers those that were asked for, and no others."""
        if self._memory and self._asked != self._known:
            self._memory.keep(self._asked)


def validate(
    catalog: Catalog,
    records: Sequence[Record],
    explanations: Explanations,
    progress: Callable[[int], None] = lambda count: None,
) -> list[Finding]:
    """The SHACL findings of some records.

    Args:
        catalog: All records.
        records: Those that are not proved valid.
        explanations: What is known of them already.
        progress: Called with the number of records validated so far, the proved ones too.
    """
    findings: list[Finding] = []
    proved = len(catalog) - len(records)
    progress(proved)
    for count, (record, results) in enumerate(explanations.of(records, catalog.vocabulary), start=1):
        findings += (_finding(catalog, record, result) for result in results)
        progress(proved + count)
    return findings


def record_of(iri: str) -> str:
    """The IRI of the record that a node belongs to.

    >>> record_of("https://w3id.org/synthkg/paper/star/version/preprint")
    'https://w3id.org/synthkg/paper/star'
    """
    return BASE + "/".join(iri.removeprefix(BASE).split("#")[0].split("/")[:2])


def _results(records: Mapping[str, Record], vocabulary: Vocabulary) -> Iterator[tuple[str, Record, list[Result]]]:
    """The SHACL results of each record, with its key; pySHACL is asked chunk by chunk."""
    lists = [key for key, record in records.items() if isinstance(record, ReadingList)]
    others = [key for key in records if key not in lists]
    chunks = [[key] for key in lists]
    chunks += (others[start : start + _CHUNK] for start in range(0, len(others), _CHUNK))
    made = mapped(partial(_validate_chunk, vocabulary.folder), [[records[key] for key in chunk] for chunk in chunks])
    for chunk, results in zip(chunks, made, strict=True):
        of_record: dict[str, list[Result]] = defaultdict(list)
        for result in results:
            of_record[record_of(result.focus)].append(result)
        for key in chunk:
            record = records[key]
            yield key, record, of_record[record_iri(record.folder, record.id)]


@cache
def _shapes(folder: Path) -> rdflib.Graph:
    import rdflib

    return _rearranged(rdflib.Graph().parse(folder / "shapes.ttl"))


def _rearranged(shapes: rdflib.Graph) -> rdflib.Graph:
    """The shapes with the same results, arranged as pySHACL validates them fastest.

    pySHACL prepares a property shape anew for each node that a node shape hands to it, but only once for all the nodes that
    the property shape targets itself: so each takes over the targets of the node shapes that name it, unless another shape
    asks one of these in an ``sh:or`` or ``sh:not``, where it must stay whole. And a pattern under
    ``sh:not`` costs it a report for every value that is right: so the pattern itself is negated, in Python's own dialect.
    """
    from rdflib import RDF, SH, BNode, Literal
    from rdflib.collection import Collection

    for node in set(shapes.subjects(SH.property)) - set(shapes.objects()):
        properties = list(shapes.objects(node, SH.property))
        shapes.remove((node, SH.property, None))
        for part in properties:
            for target in (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf):
                for value in shapes.objects(node, target):
                    shapes.add((part, target, value))
        if (node, SH.closed, None) in shapes:
            paths = {path for part in properties for path in shapes.objects(part, SH.path)}
            paths.update(path for ignored in shapes.objects(node, SH.ignoredProperties) for path in shapes.items(ignored))
            shapes.set((node, SH.ignoredProperties, Collection(shapes, BNode(), sorted(paths, key=str)).uri))
    for shape, negated in list(shapes.subject_objects(SH["not"])):
        if set(shapes.predicates(negated)) == {RDF.type, SH.pattern}:
            shapes.remove((shape, SH["not"], negated))
            for pattern in shapes.objects(negated, SH.pattern):
                shapes.add((shape, SH.pattern, Literal(rf"\A(?![\s\S]*(?:{pattern}))")))
    return shapes


def _validate_chunk(folder: Path, records: Sequence[Record]) -> list[Result]:
    import rdflib
    from pyshacl import validate as pyshacl_validate

    vocabulary = load_vocabulary(folder)
    term = cache(to_rdflib)
    data = rdflib.Graph()
    for record in records:
        for s, p, o, _ in statements(record, vocabulary):
            data.add((term(s), term(p), term(o)))
    conforms, report, _ = pyshacl_validate(data, shacl_graph=_shapes(folder))
    if conforms:
        return []
    assert isinstance(report, rdflib.Graph)
    sh = rdflib.SH

    def text(node: rdflib.term.Node, predicate: rdflib.URIRef) -> str:
        return str(report.value(node, predicate) or "")

    return [
        Result(
            text(node, sh.focusNode),
            text(node, sh.resultPath),
            text(node, sh.value),
            text(node, sh.resultMessage),
            text(node, sh.resultSeverity).rpartition("#")[2],
            text(node, sh.sourceShape).rpartition("#")[2],
        )
        for node in report.subjects(rdflib.RDF.type, sh.ValidationResult)
    ]


def _finding(catalog: Catalog, record: Record, result: Result) -> Finding:
    pointer = origin(catalog, record, result.focus, result.path, result.value)
    key = ".".join(str(part) for part in pointer if isinstance(part, str)) or singular(record.folder)
    problem = f'{key}: "{result.value}" does not fit' if result.path and result.value else f"{key}: the shape does not fit"
    severity = _SEVERITIES.get(result.severity, "error")
    return catalog.finding(record, pointer, result.shape, problem, result.message, severity)


def origin(catalog: Catalog, record: Record, focus: str, path: str, value: str) -> Pointer:
    """The pointer to the YAML value from which the triple came, or the nearest one that is known."""
    best: tuple[int, Pointer] = (0, ())
    for s, p, o, pointer in _statements(record, catalog.vocabulary):
        if s.value == focus:
            rank = 4 if (p.value, o.value) == (path, value) else 3 if p.value == path else 1
        elif o.value == focus:
            rank = 2
        else:
            continue
        if rank > best[0]:
            best = (rank, pointer)
    return best[1]


@lru_cache(maxsize=1)
def _statements(record: Record, vocabulary: Vocabulary) -> tuple[Statement, ...]:
    """The triples of one record, kept until another is asked for: a record with one finding often has more."""
    return tuple(statements(record, vocabulary))
