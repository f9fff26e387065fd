"""What Wikidata does not have yet, as QuickStatements: new items for papers, identifiers and code for the items that it has.

The saved query ``wikidata`` gives the statements, and says what the properties are and where that was read; ``sources`` gives
what supports them. Each takes the best source, and one that has none is not written. Here statements become commands
in the tab form of version 1 (https://www.wikidata.org/wiki/Help:QuickStatements), as both its readers take them:
``importDataFromV1`` in https://github.com/magnusmanske/quickstatements at f5d325d, and ``V1CommandParser`` in
https://github.com/WikiMovimentoBrasil/quickstatements3 at 340d36b. Neither has an escape: a text stands between quotation marks
as it is, and a text that one of the two would read as another is left out and named. Mathematics in a title is Unicode.
What an item has is not added again. No record says the language of a title: in the project's own field it is English, and one in
letters that no English has gets no item; in another field it is undetermined.

A paper that is linked, or whose link waits for review, gets no new item. An item that is linked with a version is told of that
version's identifiers alone. Where nobody has looked for the papers in Wikidata, no item is made at all: it may be there already.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from synthkg.catalog import Link
from synthkg.graph import Store, load_queries
from synthkg.model import BASE
from synthkg.views import to_unicode

__all__ = ["ENTITY", "Batch", "quickstatements"]

ENTITY = "http://www.wikidata.org/entity/"
_ORDER = ("P31", "P1476", "P2093", "P577", "P1433", "P818", "P356", "P1324")
_ADDED = ("P818", "P356", "P1324")  # what an item that is there is told
_OF_CITED = ("P356",)  # of several versions, a new item has the version to cite
_LABEL, _TEXT, _URL = 250, 400, 500  # "string-limits" in repo/config/Wikibase.default.php of Wikibase; Wikidata's may be longer
_PRECISION = {4: ("{}-00-00", 9), 7: ("{}-00", 10), 10: ("{}", 11)}  # https://www.wikidata.org/wiki/Help:Dates#Precision
_FOREIGN = re.compile(r"xx|gggg|^[^l]*[gx][^l]*$")  # of `_scripts`: mathematics is a letter, or a few Greek ones
_MISREAD = re.compile(r'[|“”\x00-\x1f\x7f]|^"".*""$')


@dataclass(frozen=True, slots=True)
class Batch:
    """Commands, which papers they are about, and what was left out and why."""

    text: str
    created: list[str] = field(default_factory=list)
    extended: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class _Statement(NamedTuple):
    paper: str
    subject: str
    to_cite: str
    property: str
    value: str
    position: str
    language: str
    source: str
    read: str


class _Unsayable(Exception):
    """Why a statement cannot be written."""


def quickstatements(store: Store, links: Iterable[Link], papers: Collection[str], *, create: bool = True) -> Batch:
    """The commands for a set of papers.

    Args:
        store: The graph.
        links: All links into Wikidata that are known besides those of the graph, also waiting and rejected ones.
        papers: Ids of papers.
        create: Whether papers without a link get new items although there is no link of any paper.

    Raises:
        QueryError: The store cannot run the query.
    """
    exact, known = _linked(store, links)
    batch = Batch("")
    lines: list[str] = []
    unsought = 0
    for iri, group in groupby(_statements(store), key=lambda statement: statement.paper):
        paper = iri.removeprefix(f"{BASE}paper/")
        statements = sorted(group, key=lambda s: (_ORDER.index(s.property), int(s.position or 0), s.value, s.subject))
        if paper not in papers:
            continue
        subjects = {iri, *(subject for subject in {*exact, *known} if subject.startswith(f"{iri}/version/"))}
        if items := {subject: exact[subject] for subject in sorted(subjects) if subject in exact}:
            added = list(_additions(iri, statements, items, batch.notes))
            lines += added
            batch.extended.extend([paper] if added else [])
        elif status := next((known[subject] for subject in sorted(subjects) if subject in known), None):
            batch.notes.append(f"{paper}: no item is made; {status}")
        elif not (create or exact or known):
            unsought += 1
        elif commands := _creation(statements, exact, batch.notes):
            lines += commands
            batch.created.append(paper)
    if unsought:
        batch.notes.append(
            f"no items are made for papers without a link ({unsought}), because nobody has looked for them in Wikidata"
        )
    return Batch("".join(f"{line}\n" for line in lines), batch.created, batch.extended, batch.notes)


def _linked(store: Store, links: Iterable[Link]) -> tuple[dict[str, str], dict[str, str]]:
    """Our IRI -> the item that it is; and for what is not known to be one: our IRI -> why it gets none."""
    exact: dict[str, str] = {}
    known: dict[str, str] = {}
    found = [(link.subject, link.object, link.predicate, link.status) for link in links]
    table = load_queries("exports")["links"].rows(store)
    for row in table.rows:
        subject, object, relation = (row[table.columns.index(name)] for name in ("subject", "object", "relation"))
        if subject is not None and object is not None and relation is not None:
            found.append((subject.value, object.value, f"skos:{relation.value.rpartition('#')[2]}", "accepted"))
    for subject_iri, object_iri, predicate, status in sorted(set(found)):
        if not object_iri.startswith(ENTITY) or status == "rejected":
            continue
        item = object_iri.removeprefix(ENTITY)
        if status == "waiting":
            known.setdefault(subject_iri, f"its link with {item} waits for review")
        elif predicate == "skos:exactMatch":
            exact.setdefault(subject_iri, item)
        else:
            known.setdefault(subject_iri, f"it is close to {item}")
    return exact, known


def _statements(store: Store) -> Iterator[_Statement]:
    """The statements that something supports, each with the best source."""
    queries = load_queries("exports")
    sources: dict[str, tuple[int, str, str]] = {}
    for row in queries["sources"].rows(store).rows:
        supported, rank, source, read = (term.value if term else "" for term in row)
        sources.setdefault(supported, (int(rank), source, read))
    for row in queries["wikidata"].rows(store).rows:
        *cells, fact, other = (term.value if term else "" for term in row)
        paper, subject = cells[:2]
        if found := [sources[iri] for iri in {fact, other, paper, subject} & sources.keys()]:
            _, source, read = min(found)
            yield _Statement._make([*cells, source, read])


def _creation(statements: list[_Statement], exact: dict[str, str], notes: list[str]) -> list[str]:
    """The commands that make an item, or none where what it is and is called is not established."""
    paper = statements[0].paper.removeprefix(f"{BASE}paper/")
    missing = [word for prop, word in (("P31", "type"), ("P1476", "title")) if all(s.property != prop for s in statements)]
    if missing:
        notes.append(f"{paper}: no item is made; nothing supports its {' and its '.join(missing)}")
        return []
    title = next(s for s in statements if s.property == "P1476")
    try:
        of_label = "mul" if title.language == "und" else title.language
        label = f'LAST\tL{of_label}\t"{_text(_shortened(to_unicode(title.value)), _LABEL)}"'
        if title.language == "en" and _FOREIGN.search(_scripts(title.value)):
            raise _Unsayable("has words of another script than Latin, and nothing says its language; make it by hand")
    except _Unsayable as reason:
        notes.append(f"{paper}: no item is made; its title {reason}")
        return []
    lines = ["CREATE", label]
    for statement in statements:
        if statement.property not in _OF_CITED or statement.to_cite == "yes":
            lines += _command("LAST", statement, exact, notes)
    return lines


def _additions(iri: str, statements: list[_Statement], items: dict[str, str], notes: list[str]) -> Iterator[str]:
    """The commands that tell the items of a paper what is ours to tell."""
    cited = next((s.subject for s in statements if s.to_cite == "yes"), "")
    of_paper = next((subject for subject in (iri, cited) if subject in items), min(items))
    for subject, item in items.items():
        for statement in statements:
            if statement.property not in _ADDED:
                continue
            if statement.subject == iri:
                concerns = subject == of_paper
            elif subject == iri:
                concerns = statement.subject not in items and (statement.property not in _OF_CITED or statement.to_cite == "yes")
            else:
                concerns = statement.subject == subject
            if concerns:
                yield from _command(item, statement, {}, notes)


def _command(item: str, statement: _Statement, exact: dict[str, str], notes: list[str]) -> list[str]:
    try:
        value = _value(statement, exact)
        if value is None:
            return []
        fields = [item, statement.property, value]
        if statement.position:
            fields += ["P1545", f'"{statement.position}"']
        fields += ["S854", f'"{_url(statement.source)}"']
        if statement.read:
            fields += ["S813", _date(statement.read)]
    except _Unsayable as reason:
        paper = statement.paper.removeprefix(f"{BASE}paper/")
        notes.append(f'{paper}: {statement.property} "{statement.value}" is left out; it {reason}')
        return []
    return ["\t".join(fields)]


def _value(statement: _Statement, exact: dict[str, str]) -> str | None:
    """The value as QuickStatements has it, or None where it is a thing of ours that is no item."""
    match statement.property:
        case "P31":
            return statement.value
        case "P1433":
            return exact.get(statement.value)
        case "P577":
            return _date(statement.value)
        case "P1476":
            return f'{statement.language}:"{_text(to_unicode(statement.value), _TEXT)}"'
        case "P1324":
            return f'"{_url(statement.value)}"'
    return f'"{_text(statement.value, _TEXT)}"'


def _date(text: str) -> str:
    """A day, month or year as a time with its precision.

    >>> _date("2022-12-20"), _date("2023-07"), _date("2024")
    ('+2022-12-20T00:00:00Z/11', '+2023-07-00T00:00:00Z/10', '+2024-00-00T00:00:00Z/9')
    """
    form, precision = _PRECISION[len(text)]
    return f"+{form.format(text)}T00:00:00Z/{precision}"


def _text(text: str, limit: int) -> str:
    """A text as it may stand between quotation marks: on one line.

    Raises:
        _Unsayable: QuickStatements would read another text, or Wikidata takes none of its length.
    """
    text = " ".join(text.split())
    if found := _MISREAD.search(text):
        raise _Unsayable(f"holds {found[0][:2]!r}, which QuickStatements cannot carry; add it by hand")
    if len(text) > limit:
        raise _Unsayable(f"has {len(text)} characters, and Wikibase takes {limit}; add it by hand")
    return text


def _scripts(text: str) -> str:
    """The letters of a text by their script: l for Latin, g for Greek, x for any other, and a blank between words.

    >>> _scripts("β-VAE: 语言"), _scripts("हिन्दी")
    ('g lll  xx', 'xxx')
    """
    known = {"LATIN": "l", "GREEK": "g"}
    letters = (char for char in unicodedata.normalize("NFKC", text) if not unicodedata.category(char).startswith("M"))
    return "".join(known.get(unicodedata.name(char, "").split(" ")[0], "x") if char.isalpha() else " " for char in letters)


def _url(text: str) -> str:
    return _text(text.replace("|", "%7C"), _URL)


def _shortened(title: str) -> str:
    """A title that is a label: at most 250 characters, whole words.

    >>> short = _shortened("word " * 60)
    >>> len(short), short[-6:]
    (246, 'word …')
    """
    title = " ".join(title.split())
    return title if len(title) <= _LABEL else f"{title[: _LABEL - 1].rpartition(' ')[0] or title[: _LABEL - 2]} …"
