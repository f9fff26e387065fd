"""The first records of a field of one's own, from a list of it: what its headings name, the list, and drafts of its works.

A list's headings are its author's words for what works are about, so they are the concepts to begin with; a person may reword,
merge and define them. A heading that holds every row says nothing, and one without letters, such as a year, is no concept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from synthkg.catalog import Catalog
from synthkg.lists.importer import entries_of, entry_base, headings_of, read_list
from synthkg.lists.matching import match_list, new_records
from synthkg.lists.references import reader_of
from synthkg.lists.verdicts import NEW, Matched
from synthkg.model import Artifact, Evidence, Identifier, Paper, ReadingList, Record, Scheme, Topic, Venue, equivalents
from synthkg.reading import Reference, read_bibtex, words_of_headings
from synthkg.works import mint

__all__ = ["Drafted", "drafts_of_references", "first_records", "scheme_of"]

_SCHEME = "topic"


def first_records(
    catalog: Catalog, text: str, id: str, *, source: str | None = None, file: str = ""
) -> tuple[list[Record], Matched]:
    """The records to begin with: a concept scheme, the list, and drafts of what it lists.

    Args:
        catalog: An empty data folder.
        text: The list's document.
        id: The list's id.
        source: Where the list was published.
        file: The document's name: its ending says whether it is read as references (.bib, .ris …), and messages begin with it.

    Returns:
        The records, and how the rows were read.

    Raises:
        ImportFailed: see `synthkg.lists.importer.read_list`.
    """
    scheme = scheme_of(read_list(text, id, file=file).list)
    full = Catalog(catalog.data, catalog.vocabulary.extended([scheme]))
    matched = match_list(full, text, id, source=source, file=file)
    return [scheme, *new_records(matched, full)], matched


def scheme_of(record: ReadingList) -> Scheme:
    """What the headings of a list name, as a concept scheme; a heading within another is narrower."""
    total = len(entries_of(record))
    places: dict[str, list[str]] = {}
    spelt: defaultdict[str, dict[str, None]] = defaultdict(dict)
    headings = list(headings_of(record))
    words = words_of_headings(title for _, title, _ in headings)
    for around, title, rows in headings:
        label = words[title]
        if label and 0 < rows < total:
            above = [name for each, held in around if held < total and (name := words[each])]
            places.setdefault(label, []).append(above[-1] if above else "")
            spelt[label.casefold()][title] = None
    labels = {label.casefold(): label for label in reversed(places)}
    parents: defaultdict[str, set[str]] = defaultdict(set)
    for label, above in places.items():
        parents[label.casefold()] |= {each.casefold() for each in above}
    keys = list(reversed(labels))
    ids = dict(
        zip(keys, mint([labels[key] for key in keys], [f"topic {n}" for n, _ in enumerate(keys, 1)], frozenset()), strict=True)
    )
    concepts = tuple(
        Topic(
            id=ids[key],
            label=labels[key],
            definition=f"What the list “{record.title}” has under “{labels[key]}”.",
            aliases=tuple(title for title in spelt[key] if title.casefold() != key),
            broader=ids.get(next(iter(parents[key]))) if len(parents[key]) == 1 and key not in parents[key] else None,
        )
        for key in keys
    )
    return Scheme(id=_SCHEME, title=f"Topics of {record.title}", concepts=concepts)


@dataclass(frozen=True, slots=True)
class Drafted:
    """Drafts of what a bibliography has and we do not.

    Attributes:
        records: The drafts, and the finished venues that they name.
        left: Of each entry that gave none its line, from 1, and why.
        twice: Of each entry that has the key of an earlier one its line, and what to do.
    """

    records: list[Record]
    left: list[tuple[int, str]]
    twice: list[tuple[int, str]]


def drafts_of_references(catalog: Catalog, text: str, file: str) -> Drafted:
    """Drafts of the entries of a bibliography that match no record, each with the address that it gives as its evidence.

    Args:
        catalog: The records.
        text: The file's text.
        file: Its name; what no ending says to be of another form is BibTeX.

    Raises:
        ImportFailed: see `synthkg.lists.importer.read_list`.
    """
    matched = match_list(catalog, text, "references", file=file if reader_of(file) is not None else "references.bib")
    records: list[Record] = []
    left = [(each.line, "this is no whole entry of a work") for each in matched.imported.unread]
    left += [(each.line, each.told) for each in matched.imported.left]
    for record in new_records(matched, catalog):
        if isinstance(record, Paper | Artifact | Venue):
            records.append(replace(record, evidence=tuple(_addresses(record))) if record.draft else record)
            left += _joined(record, matched) if isinstance(record, Paper) else []
    for verdict in matched.verdicts:
        if verdict.verdict != NEW:
            why = "".join(f"; {cell}: {reason}" for cell, reason in verdict.conflicts)
            left.append((verdict.line, f"{verdict.summary} “{verdict.title}”{why}"))
    return Drafted(records, sorted(left), list(_twice(text)))


def _twice(text: str) -> Iterator[tuple[int, str]]:
    """The lines of the entries that have the key of an earlier one."""
    first: dict[str, int] = {}
    for entry in read_bibtex(text):
        if isinstance(entry, Reference) and (line := first.setdefault(entry.key, entry.line)) != entry.line:
            yield (
                entry.line,
                f'the key "{entry.key}" is that of line {line} as well; a citation of it means either, so rename one',
            )


def _joined(paper: Paper, matched: Matched) -> Iterator[tuple[int, str]]:
    """The lines of the entries that are one work with an earlier one, and why."""
    base = entry_base(matched.imported.list.id)
    for evidence in paper.evidence[1:]:
        verdict = matched.verdicts[int(evidence.source.removeprefix(base)) - 1]
        yield verdict.line, f'“{verdict.title}” went into the record "{paper.id}": it {evidence.note}'


def _addresses(record: Paper | Artifact | Venue) -> Iterator[Evidence]:
    if not isinstance(record, Paper):
        if record.url:
            yield Evidence(source=record.url, kind="aggregator", note="as a bibliography has it")
        return
    for version in record.versions:
        ids = ((name, getattr(version, name)) for name in ("arxiv", "acl", "doi", "openreview"))
        pages = [next(equivalents(Identifier(name, value))).iri for name, value in ids if value]
        if address := next(iter(pages), version.url):
            yield Evidence(source=address, kind="aggregator", note="as a bibliography has it")
            return
