"""Finding our things in another knowledge graph, and keeping what was found as proposals that a person may judge.

A thing found by an identifier under a title like ours is accepted at once; everything else waits for `reviewing`: an
identifier under a title far from ours (identifiers are mistyped), one thing claimed by two papers of ours or two by one, a
thing that has no more than the title of a paper, and one whose IRI is none of the target's. Nothing that a person decided is
changed or proposed again, and nothing that was found before is dropped; so the file that a run leaves is the same whether it ran
through, or broke off and was run again. A run takes minutes, and a person may review or edit the file meanwhile: what was found
is merged into the file as it is then, under a lock.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rapidfuzz import fuzz

from synthkg.catalog import CONTESTED, Catalog, Link, licence_of, links_path, load_links, write_links
from synthkg.endpoints import Connection, EndpointStore
from synthkg.errors import EndpointError, UnreadableError, UsageError
from synthkg.files import locked
from synthkg.findings import Finding, counted
from synthkg.graph import Store, load_dump
from synthkg.linking.lookups import Answers, Candidate, Pace, RestSource, Source, StoreSource, ask, terms
from synthkg.linking.scanning import ENDINGS, extract
from synthkg.linking.subjects import Subject, find_subjects
from synthkg.linking.targets import Key, Target
from synthkg.model import Author, Paper
from synthkg.works import alike, find_lookalikes, fold, look_of

__all__ = ["Linked", "link", "merge", "open_source", "read_links"]

_SURE = 1.0
_UNNAMED = 0.9
_FAR = 0.5
_CONTESTED = 0.5
_OTHER_YEAR = 0.8
_LABEL = 0.9
_ALTERNATIVE = 0.7
_EXACT = "semapv:LexicalMatching"
_SIMILAR = "semapv:LexicalSimilarityThresholdMatching"

Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Linked:
    """What a run did: the links of the file before and after, the requests that were answered, what is wrong in the file, and
    what was passed over in the answers.
    """

    path: Path
    before: list[Link]
    after: list[Link]
    requests: int
    findings: list[Finding]
    notes: list[str] = field(default_factory=list)

    def count(self, status: str) -> int:
        """How many links have the status."""
        return sum(found.status == status for found in self.after)

    @property
    def new(self) -> int:
        """How many links were not in the file before."""
        known = {(found.subject, found.object) for found in self.before}
        return sum((found.subject, found.object) not in known for found in self.after)


def open_source(
    target: Target,
    known: Iterable[Subject],
    *,
    endpoint: str | None = None,
    dump: Path | None = None,
    timeout: float = 60.0,
    progress: Progress = lambda what, count: None,
) -> Source:
    """What is to be asked: the target's endpoint, another address, or the part of a dump that can matter.

    Raises:
        UsageError: Both are given, or neither and the target has no endpoint.
        UnreadableError: The dump cannot be read.
    """
    if endpoint and dump:
        raise UsageError("give one of --endpoint and --dump")
    if dump is not None:
        return StoreSource(_open_dump(target, known, dump, progress), str(dump))
    address = endpoint or target.endpoint
    if address is None:
        raise UsageError(f'"{target.name}" has no endpoint; give --dump FILE, or --endpoint URL of a server that has loaded it')
    if target.request is not None:
        return RestSource(Connection(address, timeout=timeout))
    notes: list[str] = []
    return StoreSource(EndpointStore(address, (), timeout=timeout, overlook=notes.append), address, notes)


def _open_dump(target: Target, known: Iterable[Subject], dump: Path, progress: Progress) -> Store:
    """A dump in a format of lines is streamed, however big it is; any other is loaded whole."""
    if not dump.name.endswith(ENDINGS):
        return load_dump(dump)
    keys = terms(target, [key for subject in known for key in subject.keys])
    size = dump.stat().st_size if dump.exists() else 0

    def show(number: int, done: int) -> None:
        progress(f"reading {dump.name}, pass {number}: {100 * done // max(size, 1)} %", 0)

    return extract(dump, target.query.text, keys, show)


def link(
    catalog: Catalog,
    target: Target,
    source: Source,
    answers: Answers,
    pace: Pace,
    *,
    dry_run: bool = False,
    progress: Progress = lambda what, count: None,
) -> Linked:
    """Asks a target for everything of ours, and adds what is found to the target's file.

    Whatever ends the asking, what was found until then is written: the answers are kept, and the next run goes on from there.

    Args:
        catalog: The records, and the folder of the file.
        target: The graph to link to.
        source: Where it is asked.
        answers: What it has answered; its ``today`` is the date of new links.
        pace: When the next request may be sent.
        dry_run: Whether to leave the file alone.
        progress: Called with what is being done.

    Raises:
        UnreadableError: The file has a fault with which it cannot be written again without a loss.
        EndpointError: The target does not answer; the message says how much is done.
    """
    known = find_subjects(catalog, target.level)
    path = links_path(catalog.data, target.name)
    before = read_links(catalog, path)
    requests = 0
    try:
        by_id = [key for subject in known for key in subject.keys if key.kind != "title"]
        requests += ask(target, source, by_id, answers, pace, progress)
        requests += ask(target, source, _untold(known, answers), answers, pace, progress)
    except EndpointError as error:
        there = f"{len(answers.found)} keys are answered"
        kept = f"{there} and kept; run it again to go on" if answers.file else f"{there}, but there is no folder to keep that in"
        raise EndpointError(f"{error.message} ({kept})", error.where, error.status, overtaxed=error.overtaxed) from error
    finally:
        proposed = _propose(target, known, answers)
        after = merge(before, proposed) if dry_run else _add(catalog, target, proposed)
    findings = [] if dry_run else load_links(path, catalog.subjects, catalog.present)[1]
    return Linked(path, before, after, requests, findings, list(source.notes))


def _add(catalog: Catalog, target: Target, proposed: Iterable[Link]) -> list[Link]:
    """Merges proposals into the file as it is now, and gives what it holds then."""
    path = links_path(catalog.data, target.name)
    with locked(path.parent):
        now = read_links(catalog, path)
        after = merge(now, proposed)
        if after != now:
            write_links(path, after, {target.name: target.namespace}, licence_of(catalog.data))
    return after


def read_links(catalog: Catalog, path: Path) -> list[Link]:
    """The links of a file that is going to be written again.

    Raises:
        UnreadableError: It has a fault with which that would lose something.
    """
    found, findings = load_links(path, catalog.subjects, catalog.present)
    for finding in findings:
        if finding.rule not in CONTESTED:
            raise UnreadableError(f"{finding.problem} ({finding.mend}); nothing was changed", finding.where)
    return found


def _untold(known: Iterable[Subject], answers: Answers) -> Iterator[Key]:
    """The titles of papers of which no version was found by an identifier under a title like its own."""
    known = list(known)
    told = {
        subject.paper.id
        for subject in known
        for key in subject.keys
        for candidate in answers.found.get(key, ())
        if subject.paper and key.kind != "title" and _fits(subject, candidate)
    }
    for subject in known:
        if subject.paper and subject.paper.id not in told:
            yield from (key for key in subject.keys if key.kind == "title")


def _propose(target: Target, known: Sequence[Subject], answers: Answers) -> list[Link]:
    """The links that the answers show, each (subject, object) once. A pure function of what was answered."""
    titles = set(_untold(known, answers))
    found: dict[tuple[str, str], Link] = {}
    for subject in known:
        for key in subject.keys:
            if key.kind == "title" and key not in titles:
                continue
            for candidate in answers.found.get(key, ()):
                proposed = _proposal(target, subject, candidate, answers.today)
                if proposed is None:
                    continue
                same = found.setdefault((proposed.subject, proposed.object), proposed)
                if _rank(proposed) < _rank(same):
                    found[proposed.subject, proposed.object] = proposed
    return list(found.values())


def _rank(link: Link) -> tuple[bool, float]:
    """Of several proposals of one link the least is kept: one that does not wait, then the surest."""
    return link.status == "waiting", -link.sureness


def _proposal(target: Target, subject: Subject, candidate: Candidate, today: str) -> Link | None:
    """The link that a candidate shows, if it shows one; never a sure one to what is none of the target's things."""
    proposed = _judged(target, subject, candidate, today)
    if proposed is None or candidate.object.startswith(target.namespace):
        return proposed
    comment = f"{proposed.comment}, but its IRI is none of {target.name}'s"
    return replace(proposed, status="waiting", confidence=min(proposed.sureness, _FAR), comment=comment)


def _judged(target: Target, subject: Subject, candidate: Candidate, today: str) -> Link | None:
    """The same by the keys and names there."""
    key = candidate.key
    label = max(candidate.labels, key=lambda label: _likeness(subject.names, label), default=None)
    proposed = Link(
        subject=subject.iri,
        subject_label=subject.names[0],
        predicate="skos:exactMatch",
        object=candidate.object,
        object_label=label,
        justification=_EXACT,
        confidence=_SURE,
        date=today,
        query_hash=target.hash,
        status="accepted",
        comment=f"{_KINDS[key.kind]} {key.value}",
    )
    if key.kind == "label":
        preferred = key.value == subject.names[0]
        return replace(proposed, status="waiting", confidence=_LABEL if preferred else _ALTERNATIVE)
    if key.kind == "title":
        assert subject.paper is not None
        return _by_likeness(proposed, subject.paper, candidate)
    if label is None:
        return replace(proposed, confidence=_UNNAMED, comment=f"{proposed.comment}; it has no title there")
    if not _fits(subject, candidate):
        likeness = _likeness(subject.names, label)
        comment = f"{proposed.comment}, but the titles are only {likeness:.0%} alike: one of the two identifiers may be wrong"
        return replace(proposed, status="waiting", confidence=round(_FAR * likeness, 3), comment=comment)
    return proposed


def _fits(subject: Subject, candidate: Candidate) -> bool:
    """Whether nothing speaks against the identifier: one of the titles there, if there are any, is like one of ours."""
    pairs = [(name, label) for name in subject.names for label in candidate.labels]
    return not pairs or any(alike(name, label) for name, label in pairs)


def _waiting(link: Link, why: str) -> Link:
    return replace(link, status="waiting", confidence=min(link.sureness, _CONTESTED), comment=f"{link.comment}; {why}")


_KINDS = {"arxiv": "arXiv", "doi": "DOI", "openreview": "OpenReview", "title": "title", "label": "label"}


def _likeness(names: Sequence[str], label: str) -> float:
    return max(fuzz.ratio(fold(name), fold(label)) for name in names) / 100


def _by_likeness(proposed: Link, paper: Paper, candidate: Candidate) -> Link | None:
    """A link for a thing that has the title of a paper, unless its authors are others; never more than nearly the same."""
    theirs = Paper(id="", title=proposed.object_label or candidate.key.value, authors=tuple(map(_author, candidate.authors)))
    sureness = [
        sure for _, _, sure in find_lookalikes({"ours": look_of(replace(paper, different=())), "theirs": look_of(theirs)})
    ]
    if not sureness:
        return None
    ours = {int(str(version.date)[:4]) if version.date else version.year for version in paper.versions} - {None}
    apart = min((abs(year - other) for year in ours for other in candidate.years if year), default=0)
    confidence = sureness[0] if apart <= 1 else sureness[0] * _OTHER_YEAR
    authors = f"{counted(len(candidate.authors), 'author')} there" if candidate.authors else "no authors there"
    years = f"{', '.join(map(str, candidate.years)) or 'no year'} there"
    return replace(
        proposed,
        predicate="skos:closeMatch",
        justification=_SIMILAR,
        confidence=round(confidence, 3),
        status="waiting",
        comment=f"found by its title alone; {authors}, {years}",
    )


def _author(name: str) -> Author:
    """An author, without the number by which dblp tells people of one name apart."""
    return Author(name=re.sub(r" \d{4}$", "", name))


def merge(before: Iterable[Link], proposed: Iterable[Link]) -> list[Link]:
    """The links of a file with new proposals among them: nothing is lost, and what a person decided stays as it is."""
    merged = {(link.subject, link.object): link for link in before}
    for new in proposed:
        old = merged.get((new.subject, new.object))
        if old is None:
            merged[new.subject, new.object] = new
        elif not _is_decided(old):
            status = "accepted" if old.status == "accepted" else new.status
            merged[new.subject, new.object] = replace(new, date=old.date, query_hash=old.query_hash, status=status)
    return sorted(_settle(list(merged.values())), key=lambda link: (link.subject, link.object))


def _is_decided(link: Link) -> bool:
    """Whether a person decided it: only what has an identifier is accepted without one, and nothing is rejected."""
    return link.reviewer is not None or link.status == "rejected" or (link.status == "accepted" and link.justification != _EXACT)


def _settle(links: list[Link]) -> Iterator[Link]:
    """Lets links wait that contradict each other, and makes those to one thing that several versions of a paper have close."""
    claims = [link for link in links if link.status == "accepted"]
    by_object: dict[str, set[str]] = defaultdict(set)
    by_subject: dict[str, set[str]] = defaultdict(set)
    for claim in claims:
        by_object[claim.object].add(claim.subject)
        by_subject[claim.subject].add(claim.object)
    for link in links:
        if link.status != "accepted" or _is_decided(link):
            yield link
            continue
        sharing = by_object[link.object]
        if len({subject.partition("/version/")[0] for subject in sharing}) > 1:
            yield _waiting(link, "other papers have an identifier of it too")
        elif len(by_subject[link.subject]) > 1:
            yield _waiting(link, "other things there have it too")
        else:
            yield replace(link, predicate="skos:closeMatch" if len(sharing) > 1 else "skos:exactMatch")
