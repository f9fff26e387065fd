"""Rules within one record that shapes cannot say: evidence for every fact, ids of parts, check digits, concepts of a scheme."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from synthkg.catalog import Pointer
from synthkg.checks.listed import Fault, list_faults
from synthkg.findings import did_you_mean
from synthkg.model import Author, Evidence, Paper, ReadingList, Record, Scheme, Venue, is_mistyped_orcid, issn

__all__ = ["faults"]

_ISSN = re.compile(r"\d{4}-\d{3}[\dX]")


def faults(record: Record) -> Iterator[Fault]:
    """What is wrong within one record."""
    if isinstance(record, ReadingList):
        yield from list_faults(record)
        return
    if isinstance(record, Scheme):
        yield from _scheme_faults(record)
        return
    yield from _repeated_parts(record)
    yield from _distinctions(record)
    yield from _check_digits(record)
    facts = dict(_facts(record))
    yield from _unsupported(record, facts)
    yield from _supporting_nothing(record, facts)


def _repeated_parts(record: Record) -> Iterator[Fault]:
    for key in ("versions", "syntheses"):
        ids = Counter(part.id for part in getattr(record, key, ()))
        for number, part in enumerate(getattr(record, key, ())):
            if ids[part.id] > 1:
                problem, mend = f'two {key} have the id "{part.id}"', "give each its own id"
                yield (key, number, "id"), "duplicate-part", problem, mend


def _distinctions(record: Record) -> Iterator[Fault]:
    named = [part.paper for part in getattr(record, "different", ())]
    times = Counter(named)
    for number, paper in enumerate(named):
        at: Pointer = ("different", number, "paper")
        if paper == record.id:
            yield at, "different-from-itself", "this is the paper itself", "name the paper for which it could be mistaken"
        elif times[paper] > 1:
            problem, mend = f'the paper "{paper}" stands twice under different', "merge the two, with both reasons in one"
            yield at, "duplicate-part", problem, mend


def _check_digits(record: Record) -> Iterator[Fault]:
    if isinstance(record, Paper):
        for place, author in _authors(record):
            if author.orcid and is_mistyped_orcid(author.orcid):
                problem, mend = f'the check digit of the ORCID iD "{author.orcid}" is wrong', "copy the iD again"
                yield (*place, "orcid"), "bad-orcid", problem, mend
    if isinstance(record, Venue) and record.issn and _ISSN.fullmatch(record.issn) and issn(record.issn) is None:
        yield ("issn",), "bad-issn", f'the check digit of the ISSN "{record.issn}" is wrong', "copy the ISSN again"


def _unsupported(record: Any, facts: Mapping[str, Pointer]) -> Iterator[Fault]:
    """The facts for which no evidence stands."""
    supported = {pointer for evidence in record.evidence for pointer in evidence.supports or facts}
    in_part = {whole for pointer in supported for whole in _wholes(pointer)}
    for fact, place in facts.items():
        if fact not in in_part and supported.isdisjoint(_wholes(fact)):
            mend = f'add "{fact}" to the supports of the evidence where it was read, or remove the fact'
            yield place, "fact-without-evidence", f"no evidence supports {fact}", mend


def _supporting_nothing(record: Any, facts: Mapping[str, Pointer]) -> Iterator[Fault]:
    """The evidence for facts that are not there."""
    known = {whole for pointer in _pointers(record, facts) for whole in _wholes(pointer)}
    for number, evidence in enumerate(record.evidence):
        for position, pointer in enumerate(evidence.supports):
            if pointer not in known:
                mend = f"name a fact that the record has: {', '.join(sorted(facts))}"
                yield ("evidence", number, "supports", position), "supports-nothing", f'there is no fact "{pointer}"', mend


def _wholes(pointer: str) -> Iterator[str]:
    """A pointer and all that it is a part of.

    >>> list(_wholes("versions.acl-2023.track"))
    ['versions.acl-2023.track', 'versions.acl-2023', 'versions']
    """
    while pointer:
        yield pointer
        pointer = pointer.rpartition(".")[0]


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


def _pointers(record: Any, facts: Mapping[str, Pointer]) -> Iterator[str]:
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


def _scheme_faults(record: Scheme) -> Iterator[Fault]:
    """What is wrong within a concept scheme: one id or one heading for two concepts, a broader concept that is none of it."""
    ids = [topic.id for topic in record.concepts]
    names = Counter(name.casefold() for topic in record.concepts for name in {topic.label, *topic.aliases})
    for number, topic in enumerate(record.concepts):
        if ids.index(topic.id) != number:
            yield ("concepts", number, "id"), "duplicate-part", f'two concepts have the id "{topic.id}"', "give each its own id"
        if topic.broader is not None and topic.broader not in ids:
            problem, mend = f'there is no concept "{topic.broader}" in this scheme', did_you_mean(topic.broader, ids)
            if now := next((each.id for each in record.concepts if f"{record.id}/{topic.broader}" in each.formerly), None):
                problem, mend = f'the concept "{topic.broader}" is now "{now}"', f'write "{now}"'
            yield ("concepts", number, "broader"), "dangling-reference", problem, mend
        places: list[tuple[str, Pointer]] = [
            (topic.label, ("label",)),
            *((a, ("aliases", n)) for n, a in enumerate(topic.aliases)),
        ]
        for name, place in places:
            if names[name.casefold()] > 1:
                mend = "a heading of this name could mean either; name them apart"
                yield ("concepts", number, *place), "ambiguous-label", f'two concepts are called "{name}"', mend
