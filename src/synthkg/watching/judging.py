"""What observations say of an artifact, and what a person is asked to write into its record. Nothing is asked or written here.

"Gone" takes two denials, on two days or by two means, with nothing seen since the first. A repository is the one that the record
means if it has the record's ``host_id``; where the record has none, if it is not younger than the day by which somebody is known
to have seen it there.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from synthkg.model import Artifact, Evidence, normal_url
from synthkg.watching.controls import is_present
from synthkg.watching.hosts import host_of, licence_of, place_in
from synthkg.watching.observation import PAGE, Observation

__all__ = ["Judgement", "Proposal", "accept", "judge", "last_day"]

_LATE = timedelta(days=365)
_NOWHERE = {"login", "log-in", "signin", "sign-in", "sign_in", "auth", "sso", "oauth", "oauth2", "accounts", "session"}
_NOWHERE |= {"404", "error", "not-found", "notfound", "page-not-found", "consent", "captcha"}
_SELLERS = ("afternic.com", "dan.com", "domainmarket.com", "godaddy.com", "hugedomains.com", "sedo.com", "sedoparking.com")
_FRONT = {"", "index.html", "index.htm", "index.php", "home"}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change of a record that a person is to judge.

    Attributes:
        artifact: The record's id.
        kind: ``gone``, ``moved``, ``reachable``, ``taken-over``, ``archived``, ``licence`` or ``identity``.
        changes: Field -> value.
        why: What was seen, and when.
        evidence: The piece of evidence that goes with it.
    """

    artifact: str
    kind: str
    changes: Mapping[str, Any]
    why: str
    evidence: Evidence

    @property
    def name(self) -> str:
        """What accepts it."""
        return f"{self.artifact}/{self.kind}"

    @property
    def values(self) -> dict[str, str]:
        """The changes as a person reads them in a record."""
        return {key: _written(value) for key, value in self.changes.items()}


def _written(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the observations of one artifact come to.

    Attributes:
        checked: The last day on which an answer agreed with the record's state, or empty.
        proposals: What the record should say.
        doubts: What a person should look at, although nothing follows from it.
    """

    checked: str = ""
    proposals: tuple[Proposal, ...] = ()
    doubts: tuple[str, ...] = ()


def judge(artifact: Artifact, said: Sequence[Observation], published: str = "") -> Judgement:
    """Judges one artifact.

    Args:
        artifact: The record.
        said: The observations that say something, oldest first (`synthkg.watching.controls.vouched`).
        published: The last day on which a version of a paper that has the artifact appeared, or empty.
    """
    if artifact.url is None or artifact.state == "unsafe":
        return Judgement()
    found, place = host_of(artifact.url), place_in(artifact.url)
    pages = [each for each in said if each.by == PAGE and each.url == artifact.url]
    answers = [each for each in said if found and (each.by, each.url) == (found[0].name, f"{found[0].page}/{found[1]}")]
    repository = answers[-1] if answers and is_present(answers[-1]) else None
    if repository:
        if why := _is_another(artifact, repository):
            return Judgement(proposals=(_propose(artifact, "taken-over", {"state": "unsafe"}, why, repository),))
        if repository.moved_to:
            to = repository.moved_to + place
            return Judgement(proposals=(_propose(artifact, "moved", _moved(artifact, to), f"renamed; now {to}", repository),))
    speaking = sorted(pages + [each for each in answers if not place or not is_present(each)], key=_moment)
    judgement = _judge_presence(artifact, speaking)
    if repository and not any(each.kind == "gone" for each in judgement.proposals):
        more = tuple(_judge_repository(artifact, repository, is_whole=not place))
        doubts = tuple(_doubts(artifact, repository, published))
        judgement = replace(judgement, proposals=judgement.proposals + more, doubts=judgement.doubts + doubts)
    return judgement


def _moment(observation: Observation) -> tuple[str, str]:
    return observation.day, observation.run


def _judge_presence(artifact: Artifact, speaking: list[Observation]) -> Judgement:
    """Whether the address leads to something: reachable, moved, gone, or not to be told."""
    present = [each for each in speaking if is_present(each)]
    last = present[-1] if present else None
    denials = [each for each in speaking if not is_present(each) and (last is None or _moment(each) > _moment(last))]
    if denials:
        return _judge_denials(artifact, denials)
    if last is None:
        return Judgement()
    if any(_moment(each) == _moment(last) and not is_present(each) for each in speaking):
        return Judgement(doubts=(f"on {last.day} one means found it and another did not",))
    if last.moved_to:
        if _is_lost(last):
            return Judgement(doubts=(f"leads to {last.moved_to} since {last.day}",))
        why = f"leads for good to {last.moved_to}"
        return Judgement(proposals=(_propose(artifact, "moved", _moved(artifact, last.moved_to), why, last),))
    if artifact.state in ("reachable", "moved"):
        return Judgement(checked=last.day)
    return Judgement(proposals=(_propose(artifact, "reachable", {"state": "reachable"}, "answers", last),))


def _is_lost(page: Observation) -> bool:
    """Whether a page leads to its site's front page or to a login, as sites do with what they no longer have, or is for sale."""
    before, after = urlsplit(normal_url(page.url)), urlsplit(normal_url(page.moved_to))
    host = after.hostname or ""
    is_front = after.path.strip("/").lower() in _FRONT and host == before.hostname and after != before
    words = {word.partition(".")[0].lower() for word in (host, *after.path.split("/"))}
    return is_front or bool(words & _NOWHERE) or f".{host}".endswith(tuple(f".{seller}" for seller in _SELLERS))


def _judge_denials(artifact: Artifact, denials: list[Observation]) -> Judgement:
    if artifact.state == "gone":
        return Judgement(checked=denials[-1].day)
    if len({each.day for each in denials}) < 2 and len({each.by for each in denials}) < 2:
        return Judgement(doubts=(f"answered {denials[-1].status} on {denials[-1].day}; ask again on another day",))
    told = dict.fromkeys(f"{_means(each)} answered {each.status} on {each.day}" for each in denials)
    return Judgement(proposals=(_propose(artifact, "gone", {"state": "gone"}, ", ".join(told), denials[-1]),))


def _judge_repository(artifact: Artifact, seen: Observation, *, is_whole: bool) -> Iterator[Proposal]:
    """What the API says of the repository besides that it is there."""
    if artifact.host_id is None:
        why = f"the repository is number {seen.facts.get('id')} there, created {seen.facts.get('created') or 'on a day not told'}"
        yield _propose(artifact, "identity", {"host_id": seen.facts.get("id")}, why, seen)
    if not is_whole:
        return
    if "archived" in seen.facts and seen.facts["archived"] != artifact.archived:
        why = "its owner has made it read-only" if seen.facts["archived"] else "it is not read-only any more"
        yield _propose(artifact, "archived", {"archived": seen.facts["archived"]}, why, seen)
    theirs = licence_of(str(seen.facts.get("license") or ""))
    if theirs and _stem(theirs) != _stem(artifact.license or ""):
        why = f"its licence is {theirs}" + (f", no longer {artifact.license}" if artifact.license else "")
        why += "; its host does not tell whether later versions hold, too" if theirs.endswith("-only") else ""
        yield _propose(artifact, "licence", {"license": theirs}, why, seen)


def _doubts(artifact: Artifact, seen: Observation, published: str) -> Iterator[str]:
    created = str(seen.facts.get("created") or "")
    if seen.facts.get("disabled"):
        yield "its host has disabled it"
    if artifact.host_id is None and created and published and date.fromisoformat(created) > date.fromisoformat(published) + _LATE:
        yield f"its repository was created on {created}, long after the paper ({published}): see whose it is"


def _is_another(artifact: Artifact, seen: Observation) -> str:
    """Why the repository behind the name is not the one that the record means, or empty."""
    number, created = seen.facts.get("id"), str(seen.facts.get("created") or "")
    if artifact.host_id is not None:
        if number in (None, artifact.host_id):
            return ""
        return f"another repository has the name: number {number}, created {created or 'unknown'}, not {artifact.host_id}"
    known = min(_days_seen(artifact), default="")
    if known and created > known:
        return f"the repository of that name was created on {created}, but one was seen there by {known}"
    return ""


def _days_seen(artifact: Artifact) -> Iterator[str]:
    """The days by which somebody is known to have seen the repository at its present address."""
    assert artifact.url is not None
    found = host_of(artifact.url)
    name = found and (found[0].name, found[1].lower())
    is_gone = artifact.state == "gone"
    for evidence in artifact.evidence:
        source = host_of(evidence.source)
        is_denial = is_gone and "state" in evidence.supports
        if evidence.read and not is_denial and source and (source[0].name, source[1].lower()) == name:
            yield last_day(evidence.read)
    if artifact.checked and not is_gone:
        yield artifact.checked


def last_day(text: str) -> str:
    """The last day of a day, month or year.

    >>> last_day("2024"), last_day("2024-02"), last_day("2024-02-03")
    ('2024-12-31', '2024-02-29', '2024-02-03')
    """
    if len(text) == 4:
        return f"{text}-12-31"
    return f"{text}-{monthrange(int(text[:4]), int(text[5:]))[1]}" if len(text) == 7 else text


def _stem(license: str) -> str:
    """A licence without what GitHub and Hugging Face do not tell: "only", or "or later"."""
    return license.lower().removesuffix("-only").removesuffix("-or-later").removesuffix("+")


def _means(observation: Observation) -> str:
    return "the page" if observation.by == PAGE else "the API"


def _moved(artifact: Artifact, to: str) -> dict[str, Any]:
    former = (*artifact.former_urls, *([artifact.url] if artifact.url not in artifact.former_urls else []))
    return {"url": to, "former_urls": tuple(url for url in former if url != to), "state": "moved"}


def _propose(artifact: Artifact, kind: str, changes: Mapping[str, Any], why: str, seen: Observation) -> Proposal:
    told = why if seen.day in why else f"{_means(seen)}, {seen.day}: {why}"
    changes = {**changes, "checked": seen.day} if "state" in changes else dict(changes)
    facts = tuple(sorted({"url" if key == "former_urls" else key for key, value in changes.items() if value} - {"checked"}))
    source = "repository" if host_of(seen.url) else "project"
    evidence = Evidence(source=seen.asked, kind=source, read=seen.day, supports=facts or ("state",), note=told)
    return Proposal(artifact.id, kind, changes, told, evidence)


def accept(artifact: Artifact, checked: str, proposals: Sequence[Proposal]) -> Artifact:
    """The record with the day of its last check and what a person has accepted."""
    if checked > (artifact.checked or ""):
        artifact = replace(artifact, checked=checked)
    for each in proposals:
        artifact = replace(artifact, **each.changes, evidence=_with(artifact.evidence, each.evidence))
    return artifact


def _with(evidence: tuple[Evidence, ...], new: Evidence) -> tuple[Evidence, ...]:
    """The evidence with another piece; what was read at one address on one day is one piece."""
    same = next((each for each in evidence if _reading(each) == _reading(new)), None)
    if same is None:
        return (*evidence, new)
    supports = tuple(dict.fromkeys((*same.supports, *new.supports))) if same.supports else ()
    note = "; ".join(dict.fromkeys(filter(None, (same.note, new.note))))
    return tuple(replace(each, supports=supports, note=note) if each is same else each for each in evidence)


def _reading(evidence: Evidence) -> tuple[str, str, str | None]:
    return evidence.source, evidence.kind, evidence.read
