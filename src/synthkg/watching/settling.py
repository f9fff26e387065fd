"""The artifacts of a data folder judged, and what a person accepts made part of their records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from synthkg.catalog import Catalog
from synthkg.errors import UsageError
from synthkg.findings import did_you_mean
from synthkg.model import Artifact, Paper
from synthkg.watching.controls import vouched
from synthkg.watching.judging import Judgement, Proposal, accept, judge, last_day
from synthkg.watching.observation import Observation
from synthkg.watching.observing import addresses_of

__all__ = ["Judged", "choose", "judge_all", "review", "settle"]


class Judged(NamedTuple):
    """An artifact and what its observations come to."""

    artifact: Artifact
    judgement: Judgement


def judge_all(catalog: Catalog, artifacts: Iterable[Artifact], observations: Iterable[Observation]) -> list[Judged]:
    """Judges artifacts by all that was ever seen of them."""
    said: dict[str, list[Observation]] = {}
    for each in vouched(observations):
        said.setdefault(each.url, []).append(each)
    published = _days_of_papers(catalog)
    return [
        Judged(artifact, judge(artifact, list(_about(artifact, said)), published.get(artifact.id, ""))) for artifact in artifacts
    ]


def _about(artifact: Artifact, said: dict[str, list[Observation]]) -> Iterator[Observation]:
    for url in dict.fromkeys(url for _, url in addresses_of(artifact)):
        yield from said.get(url, ())


def _days_of_papers(catalog: Catalog) -> dict[str, str]:
    """Artifact -> the last day on which a version of a paper that has it appeared."""
    found: dict[str, str] = {}
    for paper in catalog.known(Paper).values():
        days = [last_day(version.date) for version in paper.versions if version.date]
        for id in (*paper.official, *paper.unofficial, *paper.artifacts):
            found[id] = max(found.get(id, ""), *days, "")
    return found


def choose(proposals: Sequence[Proposal], patterns: Sequence[str]) -> list[Proposal]:
    """The proposals that are named: ``ARTIFACT``, ``ARTIFACT/KIND``, with ``*`` and ``?`` for what may differ.

    Raises:
        UsageError: A name fits none.
    """
    chosen = []
    for pattern in patterns:
        fitting = [each for each in proposals if fnmatchcase(each.name, pattern) or fnmatchcase(each.artifact, pattern)]
        if not fitting:
            near = did_you_mean(pattern, [each.name for each in proposals]) if proposals else "nothing is"
            raise UsageError(f'nothing is proposed that "{pattern}" fits; {near}')
        chosen += fitting
    return [each for each in proposals if each in chosen]


def review(proposals: Sequence[Proposal], ask: Callable[[str], str], say: Callable[[str], None]) -> list[Proposal]:
    """Shows every proposal to a person, and gives those that are accepted.

    Args:
        proposals: The proposals.
        ask: Asks a question and gives the answer; an empty one skips, ``EOFError`` ends.
        say: Shows a line.
    """
    accepted = []
    for number, each in enumerate(proposals, start=1):
        say(f"\n{number} of {len(proposals)}: {each.name}: {each.why}")
        say("".join(f"  {key}: {value}\n" for key, value in each.values.items()) + f"  seen at {each.evidence.source}")
        said = _decision(ask)
        if said == "q":
            break
        if said == "a":
            accepted.append(each)
    return accepted


def _decision(ask: Callable[[str], str]) -> str:
    """What a person says: a, s or q; anything else is asked again."""
    while True:
        try:
            said = ask("[a]ccept, [s]kip, [q]uit? ").strip().lower()[:1] or "s"
        except EOFError:
            return "q"
        if said in "asq":
            return said


def settle(judged: Iterable[Judged], accepted: Sequence[Proposal]) -> list[Artifact]:
    """The records that change: by the day of a check, and by what was accepted."""
    changed = []
    for artifact, judgement in judged:
        record = accept(artifact, judgement.checked, [each for each in judgement.proposals if each in accepted])
        if record != artifact:
            changed.append(record)
    return changed
