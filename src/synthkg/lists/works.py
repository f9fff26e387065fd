"""Group the entries of a list into works and artifacts: skeleton records for a curator to fill in.

Two entries are one work if they have the same title, or one identifier and titles that are alike; nothing else joins
them, and the skeleton's evidence says which it was. Where a list contradicts itself (one identifier under unlike
titles, one title with two identifiers) the entries are reported as a `Conflict`, for a person to settle.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache

from rapidfuzz import fuzz

from synthkg.errors import UsageError
from synthkg.lists.cells import links, plain
from synthkg.lists.labels import PAPER_SCHEMES, is_generic
from synthkg.lists.minting import mint, numbered
from synthkg.lists.publications import Publication, VenueName, mentioned, month_of, of_identifier
from synthkg.model import Artifact, Author, Entry, Evidence, Identifier, Paper, Venue, Version, identify, is_url, normal_url, slug

__all__ = [
    "NOTHING",
    "Aside",
    "Claim",
    "Conflict",
    "Taken",
    "Thing",
    "Works",
    "alike",
    "fold",
    "group",
    "read_claim",
    "read_thing",
]

_ALIKE = 85.0
_SHORT = 4
_CODE_HOSTS = ("gitlab.com", "bitbucket.org", "codeberg.org", "gitee.com")
_FILE = re.compile(r"/(?:blob|raw)/|\.pdf$", re.IGNORECASE)
_FORMATS = (range(0x200B, 0x2010), range(0x202A, 0x202F), range(0x2060, 0x2070), range(0xFE00, 0xFE10), range(0xE0000, 0xE1000))
_IGNORABLE = dict.fromkeys([0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFEFF, 0xFFA0, *range(0x180B, 0x180F)])
_IGNORABLE |= dict.fromkeys(code for codes in _FORMATS for code in codes)
_NUMERAL = re.compile(r"\d+|\b[ivx]+\b")
_BLOG = re.compile(
    r"https://(?:[^/]*\.)?(?:blog\.|blogs?\.|medium\.com|substack\.com|towardsdatascience\.com|wordpress\.com|lesswrong\.com)|/(?:blog|blogs|posts?)(?:/|$)"
)
_COMMON = 3
_ARXIV = VenueName("arXiv", "arXiv", "repository")
_COMPARED = 20
_LISTED = 5


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
    venues: tuple[Venue, ...]
    about: dict[int, tuple[str | None, str | None]]
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What new skeletons must leave alone: ids in use; records that are there of artifacts, by the key of their `Thing`, and of
    venues, by their names in lower case.
    """

    papers: frozenset[str] = frozenset()
    artifacts: frozenset[str] = frozenset()
    things: Mapping[str, str] = field(default_factory=dict)
    venues: Mapping[str, str] = field(default_factory=dict)
    venue_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Aside:
    """What a row says around its fields: its words, the authors that it enumerates, further addresses of papers; the title,
    where the file's form writes it otherwise than it reads.
    """

    text: str = ""
    authors: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    title: str = ""


NOTHING = Aside()


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
    aside: Aside = NOTHING
    reasons: list[str] = field(default_factory=list)

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """All identifiers of papers in the row, that of its link first."""
        found = [self.identifier, *map(identify, self.aside.addresses)]
        return tuple(dict.fromkeys(each for each in found if each is not None and each.scheme in PAPER_SCHEMES))

    @property
    def key(self) -> str:
        """What tells two rows of one short title apart: the identifier, or the page."""
        return f"{self.identifier.scheme} {self.identifier.value}" if self.identifier else normal_url(self.url)


def group(
    entries: Mapping[int, Entry],
    base: str,
    taken: Taken | None = None,
    asides: Mapping[int, Aside] | None = None,
    renames: Mapping[str, str] | None = None,
) -> Works:
    """Group entries into skeleton papers and artifacts.

    Args:
        entries: entries of one list, by their numbers in it, in their order.
        base: the IRI that, with an entry's number after it, names that entry.
        taken: the records that are there already.
        asides: what stands around the fields of an entry, by its number.
        renames: other ids for papers, by the ids that they would get.

    Returns:
        The skeletons, which of them each entry is about, and the conflicts.
    """
    taken = taken or Taken()
    claims = [read_claim(number, entry, (asides or {}).get(number, NOTHING)) for number, entry in entries.items()]
    artifacts = _artifacts(claims, base, taken)
    artifact_ids = dict(taken.things) | {key: artifact.id for key, artifact in artifacts.items()}
    works = _join([claim for claim in claims if not claim.is_thing])
    owned = _owned(works)
    ids = mint([work[0].title for work in works], [_fallback(work[0]) for work in works], taken.papers)
    ids = _renamed(ids, renames or {}, taken.papers)
    venues = _Venues(taken, base)
    about: dict[int, tuple[str | None, str | None]] = {
        claim.number: (None, artifact_ids[claim.things[0].key]) for claim in claims if claim.is_thing
    }
    papers: list[Paper] = []
    for position, (paper_id, work) in enumerate(zip(ids, works, strict=True)):
        keys = dict.fromkeys(thing.key for claim in work for thing in claim.things)
        authors = next((claim.aside.authors for claim in work if claim.aside.authors), ())
        papers.append(
            Paper(
                id=paper_id,
                title=work[0].title,
                authors=tuple(Author(name=name) for name in authors),
                versions=tuple(_versions(work, owned[position], venues)),
                artifacts=tuple(dict.fromkeys(artifact_ids[key] for key in keys)),
                evidence=tuple(_evidence(work, base)),
            )
        )
        about |= {claim.number: (paper_id, None) for claim in work}
    return Works(tuple(papers), tuple(artifacts.values()), tuple(venues.made.values()), about, tuple(_conflicts(works)))


def _renamed(ids: Sequence[str], renames: Mapping[str, str], in_use: frozenset[str]) -> list[str]:
    """The ids, some of them exchanged.

    Raises:
        UsageError: no new paper has such an id, or the other id is in use.
    """
    for old, new in renames.items():
        if old not in ids:
            near = ", ".join(get_close_matches(old, ids, 3))
            raise UsageError(f'no new paper gets the id "{old}"' + (f"; did you mean {near}?" if near else ""))
        if new in in_use or new in ids:
            raise UsageError(f'the id "{new}" is in use; choose another for "{old}"')
    return [renames.get(id, id) for id in ids]


@lru_cache(maxsize=65536)
def fold(title: str) -> str:
    r"""A title in lower case, without punctuation, accents, differences of width and marks of TeX.

    >>> fold("VILA$^2$: VILA Augmented VILA") == fold("VILA²; VILA-augmented  VILA")
    True
    >>> fold("out\u00adper\u200bforms") == fold("outperforms")
    True
    >>> fold(r"{\'E}tudes on \emph{Na\"\i ve} {B}ayes \& co") == fold("Études on Naïve Bayes & Co.")
    True
    """
    title = title.translate(_IGNORABLE)
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


def read_claim(number: int, entry: Entry, aside: Aside = NOTHING) -> Claim:
    """Read the cells of one entry, and what stands around them.

    >>> claim = read_claim(1, Entry(title="**A**.", url="https://arxiv.org/pdf/2304.12244v2", code="https://github.com/x/Y"))
    >>> claim.title, claim.identifier.value, [thing.key for thing in claim.things]
    ('A', '2304.12244', ['github x/y'])
    """
    title = _whole_title(aside.title or plain(entry.title or "")) or (entry.title or "").strip() or f"Entry {number}"
    url, code = (entry.url or "").strip(), (entry.code or "").strip()
    inside = [link.url for link in links(code)] or [code]
    own = read_thing(url)
    is_thing = own is not None and (own.type != "project" or _BLOG.search(normal_url(url)) is not None) and not _FILE.search(url)
    things = [own] if own and is_thing else []
    things += [thing for each in inside if (thing := read_thing(each)) is not None]
    found = identify(url)
    identifier = found if found and found.scheme in PAPER_SCHEMES else None
    return Claim(number, title, url, entry.venue or "", identifier, tuple(things), is_thing, aside)


def _whole_title(title: str) -> str:
    """A title without the full stop of the list."""
    return title if title.endswith("..") else title.rstrip(". ")


def read_thing(url: str) -> Thing | None:
    """What kind of artifact a URL shows, guessed from its host; a paper's URL shows none."""
    if not is_url(url):
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
        case Identifier(scheme) if scheme in PAPER_SCHEMES:
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
    ids = mint([name for _, name in named], fallbacks, taken.artifacts)
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
    titled: dict[tuple[str, str], Claim] = {}
    identified: defaultdict[Identifier, dict[int, Claim]] = defaultdict(dict)
    common = _common_titles(claims)

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
        title = fold(claim.title) or claim.title
        key = (title, "" if _is_telling(title) and title not in common else claim.key)
        if key in titled:
            join(claim, titled[key], "has the title of")
        titled.setdefault(key, claim)
        if claim.identifier is not None:
            for earlier in list(identified[claim.identifier].values())[:_COMPARED]:
                if root(earlier.number) != root(claim.number) and alike(claim.title, earlier.title):
                    join(claim, earlier, f"has the {claim.identifier.scheme} id and nearly the title of")
            identified[claim.identifier].setdefault(root(claim.number), claim)
    works: dict[int, list[Claim]] = {}
    for claim in claims:
        works.setdefault(root(claim.number), []).append(claim)
    return list(works.values())


def _is_telling(title: str) -> bool:
    """Whether a folded title alone is enough to tell a work: it is long, and more than the name of a kind of page."""
    return len(title.split()) >= _SHORT and not is_generic(title)


def _common_titles(claims: Iterable[Claim]) -> set[str]:
    """Folded titles under which a list gives so many addresses that they name no one work."""
    addresses: defaultdict[str, set[str]] = defaultdict(set)
    for claim in claims:
        addresses[fold(claim.title) or claim.title].add(claim.key)
    return {title for title, keys in addresses.items() if len(keys) > _COMMON}


def _owned(works: Sequence[list[Claim]]) -> list[set[Identifier]]:
    """Give each identifier to one work: of several, to the first that has no other."""
    claiming: defaultdict[Identifier, list[int]] = defaultdict(list)
    for position, work in enumerate(works):
        for identifier in dict.fromkeys(each for claim in work for each in claim.identifiers):
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
            listed = "; ".join(f"“{claim.title}”" for claim in list(claims.values())[:_LISTED])
            reason = f"{identifier.scheme} {identifier.value} stands under {len(claims)} titles: {listed}"
            found.append(Conflict(tuple(sorted(numbers[identifier])), reason))
    for same in names.values():
        if len(same) > 1:
            own = tuple(sorted(claim.number for work in same for claim in work))
            reason = f"{len(same)} addresses under the title “{same[0][0].title}”; kept apart"
            found.append(Conflict(own, reason))
    return iter(sorted(found, key=lambda conflict: (conflict.entries, conflict.reason)))


class _Venues:
    """Venues by name: those that have a record, and skeletons of the others."""

    def __init__(self, taken: Taken, base: str) -> None:
        self._taken, self._base = taken, base
        self.made: dict[str, Venue] = {}

    def id_of(self, name: VenueName, entry: int) -> str:
        """The id of a venue's record; a skeleton is made for one without."""
        for known in (name.acronym.casefold(), name.title.casefold()):
            if known in self._taken.venues:
                return self._taken.venues[known]
        id = slug(name.acronym)
        while id in self._taken.venue_ids:
            id += "-venue"
        if id not in self.made:
            evidence = (Evidence(source=f"{self._base}{entry}", kind="list"),)
            acronym = name.acronym if name.acronym != name.title else None
            self.made[id] = Venue(id=id, title=name.title, type=name.kind, acronym=acronym, evidence=evidence)
        return id


def _versions(work: Sequence[Claim], owned: set[Identifier], venues: _Venues) -> Iterator[Version]:
    """The versions that a work's links and rows show, the preprints first; where it appeared is said once."""
    identifiers = {each: claim for claim in reversed(work) for each in reversed(claim.identifiers) if each in owned}
    identifiers = dict(sorted(identifiers.items(), key=lambda pair: pair[1].number))
    pages = {normal_url(claim.url): claim for claim in reversed(work) if claim.identifier is None and is_url(claim.url)}
    said = [(claim, mentioned(plain(claim.venue), claim.aside.text)) for claim in work]
    names: Counter[str] = Counter()

    def named(name: str) -> str:
        names[name] += 1
        return numbered(name, names[name])

    for each, claim in identifiers.items():
        if each.scheme == "arxiv":
            venue = venues.id_of(_ARXIV, claim.number)
            yield Version(id=named("preprint"), type="preprint", venue=venue, date=month_of(each.value), arxiv=each.value)
    published = [(claim, found) for claim, found in said if found.type not in (None, "preprint")]
    is_said = not published
    for each, claim in identifiers.items():
        if each.scheme == "arxiv":
            continue
        own = of_identifier(each)
        if own.type is None and not is_said:
            claim, own = published[0]
        is_said = is_said or own.type is not None
        yield _published(each, own, claim, venues, named)
    for claim in reversed(list(pages.values())):
        own = Publication()
        if not is_said:
            (claim, own), is_said = published[0], True
        yield _published(claim.url, own, claim, venues, named)
    if not is_said:
        claim, own = published[0]
        yield _published(None, own, claim, venues, named)


def _published(
    what: Identifier | str | None, own: Publication, claim: Claim, venues: _Venues, named: Callable[[str], str]
) -> Version:
    """A version that is no arXiv preprint, at an identifier, at a page, or only said to be."""
    where = {what.scheme: what.value} if isinstance(what, Identifier) else {"url": what} if what else {}
    kind, venue = own.type, None
    if kind is not None and own.venue is not None:
        venue = venues.id_of(own.venue, claim.number)
    else:
        kind = "preprint" if "openreview" in where else "report"
        if "acl" in where:
            kind, where = "report", {**where, "url": f"https://aclanthology.org/{where['acl']}"}
    return Version(
        id=named(f"{venue}-{own.year}" if venue else "preprint" if kind == "preprint" else "published"),
        type=kind,
        venue=venue,
        year=own.year if venue else None,
        track=own.track if kind == "conference-paper" else None,
        doi=where.get("doi") or (own.doi if "acl" in where else None),
        acl=where.get("acl"),
        openreview=where.get("openreview"),
        url=where.get("url"),
    )


def _evidence(work: Iterable[Claim], base: str) -> Iterator[Evidence]:
    for claim in work:
        yield Evidence(source=f"{base}{claim.number}", kind="list", note="; ".join(claim.reasons) or None)


def _fallback(claim: Claim) -> str:
    found = claim.identifier
    return f"{found.scheme} {found.value}" if found else f"entry {claim.number}"
