"""Group the entries of a list into works and artifacts: skeleton records for a curator to fill in.

Two entries are one work if they have the same title, or one identifier and titles that are alike; nothing else joins
them, and the skeleton's evidence says which it was. Where a list contradicts itself (one identifier under unlike
titles, one title with two identifiers) the entries are reported as a `Conflict`, for a person to settle.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz import fuzz

from synthkg.lists.cells import links, plain
from synthkg.model import Artifact, Entry, Evidence, Identifier, Paper, Version, identify, normal_url, slug

__all__ = ["Claim", "Conflict", "Taken", "Thing", "Works", "alike", "fold", "group", "read_claim", "read_thing"]

_ALIKE = 85.0
_SHORT = 4
_PAPER_SCHEMES = ("arxiv", "acl", "openreview", "doi")
_CODE_HOSTS = ("gitlab.com", "bitbucket.org", "codeberg.org", "gitee.com")
_IRI = re.compile(r"https?://[^\s<>\"{}|\\^`/?#]+[^\s<>\"{}|\\^`]*", re.IGNORECASE)
_FILE = re.compile(r"/(?:blob|raw)/|\.pdf$", re.IGNORECASE)
_NUMERAL = re.compile(r"\d+|\b[ivx]+\b")
_ACL_CONFERENCE = re.compile(r"\d{4}\.(?:aacl|acl|coling|conll|eacl|emnlp|findings|ijcnlp|lrec|naacl)-")
_CONFERENCE_URL = re.compile(r"https?://(?:proceedings\.neurips\.cc|openaccess\.thecvf\.com|proceedings\.mlr\.press)/")
_TYPES = (
    ("workshop-paper", re.compile(r"(?i)workshop")),
    ("journal-article", re.compile(r"(?i)journal|transactions|\b(?:tacl|tmlr|jmlr)\b")),
    ("conference-paper", re.compile(r"(?i)conference|proceedings|symposium")),
)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Entries, by number, whose claims cannot all be right; ``reason`` says how."""

    entries: tuple[int, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Works:
    """Skeletons; ``about`` has, for each entry by its number, the id of its paper or else of its artifact."""

    papers: tuple[Paper, ...]
    artifacts: tuple[Artifact, ...]
    about: dict[int, tuple[str | None, str | None]]
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What new skeletons must leave alone: ids in use, and artifacts that have a record, by the key of their `Thing`."""

    papers: frozenset[str] = frozenset()
    artifacts: frozenset[str] = frozenset()
    things: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Thing:
    """What a URL shows that is no paper: ``key`` tells whether two URLs show the same."""

    key: str
    type: str
    url: str
    name: str
    owner: str = ""


@dataclass(slots=True)
class Claim:
    """One entry, read: what it says it is about. ``reasons`` say why it joined earlier entries."""

    number: int
    title: str
    url: str
    venue: str
    identifier: Identifier | None
    things: tuple[Thing, ...]
    is_thing: bool
    reasons: list[str] = field(default_factory=list)


def group(
    entries: Mapping[int, Entry], base: str, taken: Taken | None = None, more: Mapping[int, Sequence[str]] | None = None
) -> Works:
    """Group entries into skeleton papers and artifacts.

    Args:
        entries: entries of one list, by their numbers in it, in their order.
        base: the IRI that, with an entry's number after it, names that entry.
        taken: the records that are there already.

    Returns:
        The skeletons, which of them each entry is about, and the conflicts.
    """
    taken = taken or Taken()
    claims = [read_claim(number, entry) for number, entry in entries.items()]
    artifacts = _artifacts(claims, base, taken)
    artifact_ids = dict(taken.things) | {key: artifact.id for key, artifact in artifacts.items()}
    works = _join([claim for claim in claims if not claim.is_thing])
    owned = _owned(works)
    ids = _mint([work[0].title for work in works], [_fallback(work[0]) for work in works], taken.papers)
    about: dict[int, tuple[str | None, str | None]] = {
        claim.number: (None, artifact_ids[claim.things[0].key]) for claim in claims if claim.is_thing
    }
    papers: list[Paper] = []
    for position, (paper_id, work) in enumerate(zip(ids, works, strict=True)):
        keys = dict.fromkeys(thing.key for claim in work for thing in claim.things)
        papers.append(
            Paper(
                id=paper_id,
                title=work[0].title,
                versions=tuple(_versions(work, owned[position])),
                artifacts=tuple(dict.fromkeys(artifact_ids[key] for key in keys)),
                evidence=tuple(_evidence(work, base)),
            )
        )
        about |= {claim.number: (paper_id, None) for claim in work}
    return Works(tuple(papers), tuple(artifacts.values()), about, tuple(_conflicts(works)))


@lru_cache(maxsize=65536)
def fold(title: str) -> str:
    r"""A title in lower case, without punctuation, accents, differences of width and marks of TeX.

    >>> fold("VILA$^2$: VILA Augmented VILA") == fold("VILA²; VILA-augmented  VILA")
    True
    >>> fold(r"{\'E}tudes on \emph{Na\"\i ve} {B}ayes \& co") == fold("Études on Naïve Bayes & Co.")
    True
    """
    text = re.sub(r"\\(?:[ij]\b ?|[a-z]+\b ?|[^\w\s])", _letter, unicodedata.normalize("NFKC", title).casefold())
    text = re.sub("(?<=[a-z])[\u0300-\u036f]+", "", unicodedata.normalize("NFKD", text))
    text = unicodedata.normalize("NFKC", text)
    return " ".join(re.sub(r"[\W_]+", " ", re.sub(r"[$^{}'`]", "", text)).split())


def _letter(command: re.Match[str]) -> str:
    r"""What a command of TeX prints that is a letter: the dotless ``\i`` and ``\j``."""
    return command[0][1] if command[0][1:].strip() in ("i", "j") else ""


def alike(one: str, other: str) -> bool:
    """Whether two titles under one identifier can be one work's: a typo, a variant, or a retitle behind its short name.

    Numerals must agree, because "II" is often all that tells two works apart.

    >>> alike("MetaMeth: Bootstap your own questions", "MetaMath: Bootstrap Your Own Questions")
    True
    >>> alike("Magicoder: Source Code Is All You Need", "Magicoder: Empowering Code Generation with OSS-Instruct")
    True
    >>> alike("Knowledge storage and extraction, part 3.1", "Knowledge storage and extraction, part 3.2")
    False
    >>> alike("Textbooks Are All You Need", "Textbooks Are All You Need II: phi-1.5 technical report")
    False
    """
    folded, other_folded = fold(one), fold(other)
    if Counter(_NUMERAL.findall(folded)) != Counter(_NUMERAL.findall(other_folded)):
        return False
    if fuzz.ratio(folded, other_folded) >= _ALIKE:
        return True
    name, colon, _ = one.partition(":")
    other_name, other_colon, _ = other.partition(":")
    return bool(colon and other_colon) and fold(name) == fold(other_name) != "" and len(name.split()) < _SHORT


def read_claim(number: int, entry: Entry) -> Claim:
    """Read the cells of one entry.

    >>> claim = read_claim(1, Entry(title="**A**", url="https://arxiv.org/pdf/2304.12244v2", code="https://github.com/x/Y"))
    >>> claim.title, claim.identifier.value, [thing.key for thing in claim.things]
    ('A', '2304.12244', ['github x/y'])
    """
    title = plain(entry.title or "") or (entry.title or "").strip() or f"Entry {number}"
    url, code = (entry.url or "").strip(), (entry.code or "").strip()
    inside = [link.url for link in links(code)] or [code]
    own = read_thing(url)
    is_thing = own is not None and own.type != "project" and not _FILE.search(url)
    things = [own] if own and is_thing else []
    things += [thing for each in inside if (thing := read_thing(each)) is not None]
    found = identify(url)
    identifier = found if found and found.scheme in _PAPER_SCHEMES else None
    return Claim(number, title, url, entry.venue or "", identifier, tuple(things), is_thing)


def read_thing(url: str) -> Thing | None:
    """What kind of artifact a URL shows, guessed from its host; a paper's URL shows none."""
    if not _IRI.fullmatch(url):
        return None
    found = identify(url)
    host, *path = normal_url(url).removeprefix("https://").partition("?")[0].split("/")
    match found:
        case Identifier("github", value):
            owner, _, name = value.partition("/")
            return Thing(f"github {value.lower()}", "code", f"https://github.com/{value}", name, owner)
        case Identifier("huggingface", value):
            *_, owner, name = ["", *value.removeprefix("datasets/").split("/")]
            kind = "dataset" if value.startswith("datasets/") else "model"
            return Thing(f"huggingface {value.lower()}", kind, f"https://huggingface.co/{value}", name, owner)
        case Identifier(scheme) if scheme in _PAPER_SCHEMES:
            return None
    if host in _CODE_HOSTS and len(path) > 1:
        return Thing(normal_url(url), "code", url, path[1].removesuffix(".git"), path[0])
    last = re.sub(r"(?i)\.(?:html?|github\.io)$", "", path[-1]) if path else ""
    return Thing(normal_url(url), "project", url, last or host.partition(".")[0])


def _artifacts(claims: Iterable[Claim], base: str, taken: Taken) -> dict[str, Artifact]:
    """One artifact for each thing without a record, titled by the first entry that is about it, else by its own name."""
    things: dict[str, Thing] = {}
    titles: dict[str, str] = {}
    citing: defaultdict[str, dict[int, None]] = defaultdict(dict)
    for claim in claims:
        for position, thing in enumerate(claim.things):
            if thing.key in taken.things:
                continue
            things.setdefault(thing.key, thing)
            citing[thing.key][claim.number] = None
            if claim.is_thing and position == 0:
                titles.setdefault(thing.key, claim.title)
    named = [(thing, re.sub(r"[_:]", "-", thing.name)) for thing in things.values()]
    fallbacks = [f"{name} project" if thing.type == "project" else f"{thing.owner} {name}" for thing, name in named]
    ids = _mint([name for _, name in named], fallbacks, taken.artifacts)
    return {
        key: Artifact(
            id=artifact_id,
            title=titles.get(key, thing.name),
            type=thing.type,
            url=thing.url,
            evidence=tuple(Evidence(source=f"{base}{number}", kind="list") for number in citing[key]),
        )
        for artifact_id, (key, thing) in zip(ids, things.items(), strict=True)
    }


def _join(claims: Sequence[Claim]) -> list[list[Claim]]:
    """Group claims into works, in the order of their first entries."""
    first = {claim.number: claim.number for claim in claims}
    titled: defaultdict[str, list[Claim]] = defaultdict(list)
    identified: defaultdict[Identifier, list[Claim]] = defaultdict(list)

    def root(number: int) -> int:
        while first[number] != number:
            first[number] = first[first[number]]
            number = first[number]
        return number

    def join(claim: Claim, earlier: Claim, reason: str) -> None:
        one, other = sorted((root(claim.number), root(earlier.number)))
        if one != other:
            first[other] = one
            claim.reasons.append(f"{reason} entry {earlier.number}")

    for claim in claims:
        same_title = titled[fold(claim.title) or claim.title]
        if (earlier := next((each for each in same_title if _may_be_one(claim, each)), None)) is not None:
            join(claim, earlier, "has the title of")
        same_title.append(claim)
        if claim.identifier is not None:
            for earlier in identified[claim.identifier]:
                if root(earlier.number) != root(claim.number) and alike(claim.title, earlier.title):
                    join(claim, earlier, f"has the {claim.identifier.scheme} id and nearly the title of")
            identified[claim.identifier].append(claim)
    works: dict[int, list[Claim]] = {}
    for claim in claims:
        works.setdefault(root(claim.number), []).append(claim)
    return list(works.values())


def _may_be_one(claim: Claim, other: Claim) -> bool:
    """Whether one title is enough: a very short one is not, where the identifiers say otherwise."""
    one, two = claim.identifier, other.identifier
    return len(fold(claim.title).split()) >= _SHORT or one is None or two is None or one == two or one.scheme != two.scheme


def _owned(works: Sequence[list[Claim]]) -> list[set[Identifier]]:
    """Give each identifier to one work: of several, to the first that has no other."""
    claiming: defaultdict[Identifier, list[int]] = defaultdict(list)
    for position, work in enumerate(works):
        for identifier in dict.fromkeys(claim.identifier for claim in work if claim.identifier):
            claiming[identifier].append(position)
    owned: list[set[Identifier]] = [set() for _ in works]
    for identifier, positions in claiming.items():
        if len(positions) == 1:
            owned[positions[0]].add(identifier)
    for identifier, positions in claiming.items():
        if len(positions) > 1:
            owned[next((position for position in positions if not owned[position]), positions[0])].add(identifier)
    return owned


def _conflicts(works: Sequence[list[Claim]]) -> Iterator[Conflict]:
    titles: defaultdict[Identifier, dict[int, Claim]] = defaultdict(dict)
    numbers: defaultdict[Identifier, list[int]] = defaultdict(list)
    names: defaultdict[str, list[list[Claim]]] = defaultdict(list)
    found: list[Conflict] = []
    for position, work in enumerate(works):
        names[fold(work[0].title)].append(work)
        values: defaultdict[str, set[str]] = defaultdict(set)
        for claim in work:
            if claim.identifier is not None:
                titles[claim.identifier].setdefault(position, claim)
                numbers[claim.identifier].append(claim.number)
                values[claim.identifier.scheme].add(claim.identifier.value)
        for scheme, several in values.items():
            if len(several) > 1:
                own = tuple(each.number for each in work if each.identifier and each.identifier.scheme == scheme)
                found.append(Conflict(own, f"one title with {len(several)} {scheme} ids: {', '.join(sorted(several))}"))
    for identifier, claims in titles.items():
        if len(claims) > 1:
            listed = "; ".join(f"“{claim.title}”" for claim in claims.values())
            reason = f"{identifier.scheme} {identifier.value} stands under {len(claims)} titles: {listed}"
            found.append(Conflict(tuple(sorted(numbers[identifier])), reason))
    for same in names.values():
        if len(same) > 1:
            own = tuple(sorted(claim.number for work in same for claim in work))
            reason = f"{len(same)} identifiers under the short title “{same[0][0].title}”; kept apart"
            found.append(Conflict(own, reason))
    return iter(sorted(found, key=lambda conflict: (conflict.entries, conflict.reason)))


def _versions(work: Sequence[Claim], owned: set[Identifier]) -> Iterator[Version]:
    """The versions that a work's links show, the preprints first."""
    known: dict[str, Claim] = {}
    for claim in work:
        if claim.identifier in owned or (claim.identifier is None and _IRI.fullmatch(claim.url)):
            known.setdefault(str(claim.identifier or normal_url(claim.url)), claim)
    preprints = [claim for claim in known.values() if claim.identifier and claim.identifier.scheme == "arxiv"]
    for number, claim in enumerate(preprints, start=1):
        assert claim.identifier is not None
        yield Version(id=_numbered("preprint", number), type="preprint", arxiv=claim.identifier.value)
    others = [claim for claim in known.values() if claim not in preprints]
    for number, claim in enumerate(others, start=1):
        where = {claim.identifier.scheme: claim.identifier.value} if claim.identifier else {"url": claim.url}
        yield Version(
            id=_numbered("published", number),
            type=_type(claim),
            acl=where.get("acl"),
            doi=where.get("doi"),
            openreview=where.get("openreview"),
            url=where.get("url"),
        )


def _type(claim: Claim) -> str:
    """The type of a version that is no preprint: what the cell or the link says, else a report."""
    for kind, words in _TYPES:
        if words.search(claim.venue):
            return kind
    if claim.identifier and claim.identifier.scheme == "acl":
        return "conference-paper" if _ACL_CONFERENCE.match(claim.identifier.value) else "report"
    return "conference-paper" if _CONFERENCE_URL.match(claim.url) else "report"


def _evidence(work: Iterable[Claim], base: str) -> Iterator[Evidence]:
    for claim in work:
        yield Evidence(source=f"{base}{claim.number}", kind="list", note="; ".join(claim.reasons) or None)


def _fallback(claim: Claim) -> str:
    found = claim.identifier
    return f"{found.scheme} {found.value}" if found else f"entry {claim.number}"


def _mint(names: Sequence[str], fallbacks: Sequence[str], in_use: frozenset[str]) -> list[str]:
    """Mint distinct ids: slugs of names; of those that clash, with more words; of their fallbacks; with numbers."""
    ids = [slug(name) for name in names]
    for words in range(6, 13):
        shared = _shared(ids) | in_use
        ids = [slug(name.replace(":", " "), words) if id in shared else id for id, name in zip(ids, names, strict=True)]
    shared = _shared(ids) | in_use | {""}
    ids = [slug(fallback, 12) if id in shared else id for id, fallback in zip(ids, fallbacks, strict=True)]
    taken = set(in_use)
    for position, id in enumerate(ids):
        number = 1
        while (name := _numbered(id or "unnamed", number)) in taken:
            number += 1
        taken.add(name)
        ids[position] = name
    return ids


def _shared(ids: Iterable[str]) -> set[str]:
    return {id for id, count in Counter(ids).items() if count > 1}


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}-{number}"
