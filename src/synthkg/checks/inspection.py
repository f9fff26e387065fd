"""All checks of a data folder, as one list of findings.

Four kinds, from near to far: what the files themselves show (made by the catalog), rules within one record (here), SHACL
shapes (`synthkg.checks.shacl`), and rules across records, which are saved queries in ``queries/checks/``: a check is a SELECT
whose ``?subject`` (with ``?path`` and ``?value`` where it knows them) is the place, and whose header says severity,
problem and solution.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from pyoxigraph import Quad

from synthkg.catalog import FIELDS, Catalog, Pointer, Strand, links_path, load_catalog, locate_link, weave
from synthkg.checks.shacl import judge, origin, record_of, validate
from synthkg.errors import QueryError
from synthkg.files import read_text
from synthkg.findings import Finding, did_you_mean
from synthkg.graph import OxigraphStore, Query, Statement, dataset, infer, load_queries, statements
from synthkg.lists import far_titles, find_lookalikes
from synthkg.model import Author, Erratum, Evidence, Paper, ReadingList, Record, Scheme, orcid, record_iri
from synthkg.views import rows_of

__all__ = ["Checked", "check"]

_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")

Progress = Callable[[str, int], None]
"""Called with what is being done and how many records are done."""


@dataclass(slots=True)
class Checked:
    """A catalog, its graph with all that follows from it, the findings, sorted by place, and notes on how they were found."""

    catalog: Catalog
    store: OxigraphStore
    inferred: list[Any]
    findings: list[Finding]
    notes: list[str]

    @property
    def errors(self) -> list[Finding]:
        """The findings that stop a build."""
        return [finding for finding in self.findings if finding.severity == "error"]


def check(data: Path, progress: Progress = lambda what, count: None) -> Checked:
    """Runs every check on a data folder. Rules across records wait until every record can be read.

    Raises:
        UnreadableError: The folder or a file in it cannot be read at all.
    """
    catalog = load_catalog(data, progress=lambda count: progress("reading", count))
    findings = list(catalog.findings)
    for record in catalog:
        findings.extend(_record_findings(catalog, record))
    notes: list[str] = []
    unproved: list[Record] = []
    is_proved = judge(catalog.vocabulary, notes.append)

    def watch(record: Record, quads: list[Quad]) -> None:
        if not is_proved(quads):
            unproved.append(record)

    store = OxigraphStore(dataset(catalog, watch))
    findings.extend(validate(catalog, unproved, lambda count: progress("validating", count)))
    findings.extend(_draft_findings(catalog, is_proved))
    inferred = infer(store)
    if catalog.is_whole:
        findings.extend(_likeness_findings(catalog))
        findings.extend(_foreign_links(catalog))
        by_iri = {record_iri(record.folder, record.id): record for record in catalog}
        for query in load_queries("checks").values():
            findings.extend(_query_findings(catalog, by_iri, store, query))
    return Checked(catalog, store, inferred, sorted(set(findings)), notes)


def _record_findings(catalog: Catalog, record: Record) -> Iterator[Finding]:
    for pointer, rule, problem, mend in _faults(record):
        yield catalog.finding(record, pointer, rule, problem, mend)


def _draft_findings(catalog: Catalog, is_proved: Callable[[Iterable[Statement]], bool]) -> Iterator[Finding]:
    """What is still open in each draft that can be read whole, as notes; of the others the files have told it."""
    told = {finding.file for finding in catalog.findings}
    drafts = Catalog(catalog.data, catalog.vocabulary)
    for folder, records in catalog.drafts.items():
        drafts.records[folder] = {id: record for id, record in records.items() if str(catalog.path(record)) not in told}
    found = [finding for record in drafts for finding in _record_findings(drafts, record)]
    found += validate(drafts, [record for record in drafts if not is_proved(statements(record, drafts.vocabulary))])
    open_ = {finding.file for finding in found}
    for finding in found:
        yield replace(finding, severity="note")
    for record in drafts:
        mend = "remove the line draft: true, and the record is part of the graph"
        if str(catalog.path(record)) not in open_:
            yield catalog.finding(record, ("draft",), "draft", "this record is a draft", mend, "note")


_Fault = tuple[Pointer, str, str, str]


def _faults(record: Record) -> Iterator[_Fault]:
    """What is wrong within one record: where, rule, problem, mend."""
    if isinstance(record, ReadingList):
        yield from _list_faults(record)
        return
    if isinstance(record, Scheme):
        yield from _scheme_faults(record)
        return
    for key in ("versions", "syntheses"):
        ids = Counter(part.id for part in getattr(record, key, ()))
        for number, part in enumerate(getattr(record, key, ())):
            if ids[part.id] > 1:
                problem, mend = f'two {key} have the id "{part.id}"', "give each its own id"
                yield (key, number, "id"), "duplicate-part", problem, mend
    if isinstance(record, Paper):
        for place, author in _authors(record):
            if author.orcid and _ORCID.fullmatch(author.orcid) and orcid(author.orcid) is None:
                problem, mend = f'the check digit of the ORCID iD "{author.orcid}" is wrong', "copy the iD again"
                yield (*place, "orcid"), "bad-orcid", problem, mend
    facts = dict(_facts(record))
    supported = {pointer for evidence in record.evidence for pointer in evidence.supports or facts}
    for fact, place in facts.items():
        if not any(fact == s or fact.startswith(s + ".") or s.startswith(fact + ".") for s in supported):
            mend = f'add "{fact}" to the supports of the evidence where it was read, or remove the fact'
            yield place, "fact-without-evidence", f"no evidence supports {fact}", mend
    for number, evidence in enumerate(record.evidence):
        for position, pointer in enumerate(evidence.supports):
            if not any(fact == pointer or fact.startswith(pointer + ".") for fact in _pointers(record, facts)):
                mend = f"name a fact that the record has: {', '.join(sorted(facts))}"
                yield ("evidence", number, "supports", position), "supports-nothing", f'there is no fact "{pointer}"', mend


def _authors(paper: Paper) -> Iterator[tuple[Pointer, Author]]:
    for number, author in enumerate(paper.authors):
        yield ("authors", number), author
    for position, version in enumerate(paper.versions):
        for number, author in enumerate(version.authors):
            yield ("versions", position, "authors", number), author


def _facts(record: Any) -> Iterator[tuple[str, Pointer]]:
    """Every key of a record that needs evidence, as ``supports`` names it, with its place."""
    for f in fields(record):
        value = getattr(record, f.name)
        if f.name in ("id", "draft", "formerly", "different", "evidence", "state", "checked") or value is False:
            continue
        if value is None or value == ():
            continue
        if f.name in ("versions", "syntheses"):
            for number, part in enumerate(value):
                for key, place in _facts(part):
                    if key != "type":
                        yield f"{f.name}.{part.id}.{key}", (f.name, number, *place)
        else:
            yield f.name, (f.name,)


def _pointers(record: Any, facts: dict[str, Pointer]) -> Iterator[str]:
    """The facts, and the single values of those that are lists."""
    yield from facts
    yield from (f"{key}.{value}" for key in facts for value in _single_values(record, key))
    yield from ("state", "different")
    for key in ("versions", "syntheses"):
        yield from (f"{key}.{part.id}.type" for part in getattr(record, key, ()))


def _single_values(record: Any, key: str) -> Iterator[str]:
    value = getattr(record, key, ())
    if isinstance(value, tuple):
        yield from (item.name if isinstance(item, Author) else str(item) for item in value if not isinstance(item, Evidence))


def _scheme_faults(record: Scheme) -> Iterator[_Fault]:
    """What is wrong within a concept scheme: one id or one heading for two concepts, a broader concept that is none of it."""
    ids = [topic.id for topic in record.concepts]
    names = Counter(name.casefold() for topic in record.concepts for name in {topic.label, *topic.aliases})
    for number, topic in enumerate(record.concepts):
        if ids.index(topic.id) != number:
            yield ("concepts", number, "id"), "duplicate-part", f'two concepts have the id "{topic.id}"', "give each its own id"
        if topic.broader is not None and topic.broader not in ids:
            problem, mend = f'there is no concept "{topic.broader}" in this scheme', did_you_mean(topic.broader, ids)
            yield ("concepts", number, "broader"), "dangling-reference", problem, mend
        places: list[tuple[str, Pointer]] = [
            (topic.label, ("label",)),
            *((a, ("aliases", n)) for n, a in enumerate(topic.aliases)),
        ]
        for name, place in places:
            if names[name.casefold()] > 1:
                mend = "a heading of this name could mean either; name them apart"
                yield ("concepts", number, *place), "ambiguous-label", f'two concepts are called "{name}"', mend


def _list_faults(record: ReadingList) -> Iterator[_Fault]:
    strands = weave(record)
    cells: dict[tuple[int, str], list[str]] = defaultdict(list)
    stretches: dict[int, list[Strand]] = defaultdict(list)
    for strand in strands:
        if strand.entry is None:
            continue
        place: Pointer = ("content", strand.at[0], "entries", strand.at[1] or 0)
        if strand.entry.paper is not None and strand.entry.artifact is not None:
            yield place, "two-subjects", "the entry is about a paper and an artifact", "keep one of the two keys"
        if any(other.is_in(strand.first) or strand.is_in(other.first) for other in stretches[strand.number]):
            problem = f"row {strand.number} stands twice in one snapshot"
            yield (*place, "number"), "row-twice", problem, "give it a number of its own, or say until when the other stood"
        stretches[strand.number].append(strand)
        for name in FIELDS:
            if (text := getattr(strand.entry, name)) is not None:
                cells[strand.number, name].append(text)
    lines = {strand.line: strand.text.removesuffix("\n") for strand in strands if strand.entry is None}
    seen: Counter[tuple[object, ...]] = Counter()
    for number, erratum in enumerate(record.errata):
        at: Pointer = ("errata", number)
        target = (erratum.entry, erratum.line, erratum.field, erratum.published)
        seen[target] += 1
        if seen[target] > 1:
            yield at, "duplicate-erratum", "this cell has an erratum already", "merge the two"
        yield from _erratum_faults(erratum, at, cells, lines)


def _erratum_faults(
    erratum: Erratum, at: Pointer, cells: Mapping[tuple[int, str], list[str]], lines: Mapping[int, str]
) -> Iterator[_Fault]:
    if (erratum.entry is None) == (erratum.line is None) or (erratum.entry is None) != (erratum.field is None):
        mend = "give entry and field for a cell, or line alone for a line of text"
        yield at, "erratum-without-place", "the erratum does not say where", mend
        return
    if erratum.entry is not None:
        printed, where = cells.get((erratum.entry, str(erratum.field)), []), f"the {erratum.field} of entry {erratum.entry}"
    else:
        printed, where = [text for line, text in lines.items() if line == erratum.line], f"line {erratum.line}"
    if not printed:
        yield at, "erratum-of-nothing", f"the list has nothing at {where}", "correct entry, field or line"
    elif erratum.published not in printed:
        problem = f'{where} is "{printed[-1]}", not "{erratum.published}"'
        yield (*at, "published"), "erratum-misquotes", problem, "copy the published text exactly"
    if erratum.published == erratum.corrected:
        yield (*at, "corrected"), "erratum-changes-nothing", "published and corrected are the same", "remove it"


def _query_findings(catalog: Catalog, by_iri: dict[str, Record], store: OxigraphStore, query: Query) -> Iterator[Finding]:
    header = query.header
    for key in ("severity", "problem", "solution"):
        if key not in header:
            raise QueryError(f'a check says its {key}: add "#+ {key}: …"', f"{query.path}:1:1")
    for row in rows_of(query.select(store)):
        problem, mend = (str(header[key]).format_map(row) for key in ("problem", "solution"))
        record = by_iri.get(record_of(row["subject"]))
        if record is None:
            yield _ontology_finding(catalog, query, row["subject"], problem, mend)
            continue
        if (at := _link_place(catalog, row)) is not None:
            yield Finding(*at, query.name, problem, mend, str(header["severity"]))
            continue
        pointer = origin(catalog, record, row["subject"], row.get("path", ""), row.get("value", ""))
        yield catalog.finding(record, pointer, query.name, problem, mend, str(header["severity"]))


def _link_place(catalog: Catalog, row: dict[str, str]) -> tuple[str, int, int] | None:
    """File, line and column of the link that a row of a check is about, if it is about one."""
    for target, links in catalog.links.items():
        if any((link.subject, link.object) == (row["subject"], row.get("value")) for link in links):
            path = links_path(catalog.data, target)
            return str(path), locate_link(path, row["subject"], row["value"]), 1
    return None


def _foreign_links(catalog: Catalog) -> Iterator[Finding]:
    """Accepted links to what is none of the target's things: a server may say anything of our identifiers."""
    namespaces = {name: str(query.header.get("namespace", "")) for name, query in load_queries("links").items()}
    for target, links in catalog.links.items():
        path, begins = links_path(catalog.data, target), namespaces.get(target, "")
        for link in links:
            if link.status == "accepted" and not link.object.startswith(begins):
                problem = f"{link.object} is none of {target}'s things, whose IRIs begin with {begins}"
                place = (str(path), locate_link(path, link.subject, link.object), 1)
                severity = "warning" if link.reviewer else "error"
                yield Finding(*place, "link-outside-target", problem, "write the right IRI, or remove the row", severity)


def _ontology_finding(catalog: Catalog, query: Query, subject: str, problem: str, mend: str) -> Finding:
    """A finding about a concept or term, at the line of the Turtle file that begins its description."""
    parent, _, name = subject.replace("#", "/").rpartition("/")
    names = (f"<{subject}>", f":{name}", f"{parent.rpartition('/')[2]}:{name}")
    severity = str(query.header["severity"])
    for file in sorted(catalog.vocabulary.folder.glob("*.ttl")):
        for number, line in enumerate(read_text(file).splitlines(), start=1):
            if line.split()[:1] and line.split()[0] in names:
                return Finding(str(file), number, 1, query.name, problem, mend, severity)
    return Finding(str(catalog.vocabulary.folder), 1, 1, query.name, problem, mend, severity)


def _likeness_findings(catalog: Catalog) -> Iterator[Finding]:
    """What only a comparison of titles can tell; see `synthkg.lists.lookalikes`."""
    papers = catalog.of(Paper)
    for one, other, sureness in find_lookalikes(papers.values()):
        problem = f'this is probably the same work as "{other.id}" ({sureness:.0%})'
        mend = "merge them, or say under different: why they are two"
        yield catalog.finding(one, ("title",), "lookalike", problem, mend, "warning")
    for far in far_titles(catalog.of(ReadingList).values(), papers.values()):
        problem = f'entry {far.number} has a title far from every title of the paper "{far.paper.id}" ({far.likeness:.0%} alike)'
        mend = "name the right paper, add the title to its version, or add an erratum for the cell"
        yield catalog.finding(far.list, far.pointer, "title-far-from-entry", problem, mend)
