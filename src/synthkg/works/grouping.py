"""Group the entries of a list into works and artifacts: drafts for a curator to finish.

Two entries are one work if they have the same title and nothing speaks against it, or one identifier and titles that are
alike; nothing else joins them, and the skeleton's evidence says which it was. A title whose entries have other authors, or
other identifiers of a kind of which a work has one, is that of several works. Where a list contradicts itself (one identifier
under unlike titles, one title of several works) the entries are reported as a `Conflict`, for a person to settle.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from operator import attrgetter

from synthkg.errors import UsageError
from synthkg.model import Artifact, Entry, Identifier, Paper, Venue, identifier_key
from synthkg.reading import is_generic
from synthkg.works.curated import ONE_A_WORK, kind_of_key
from synthkg.works.folding import alike, fold
from synthkg.works.lookalikes import signature
from synthkg.works.minting import mint
from synthkg.works.skeletons import Taken, Venues, draft_artifacts, draft_paper
from synthkg.works.testimony import NOTHING, Aside, Claim, read_claim

__all__ = ["Conflict", "Works", "group"]

_SHORT = 4
_COMMON = 3
_COMPARED = 20
_LISTED = 5


@dataclass(frozen=True, slots=True)
class Conflict:
    """Entries, by number, whose claims cannot all be right; ``reason`` says how."""

    entries: tuple[int, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Works:
    """Skeletons; ``about`` has, for each entry by its number, the id of its paper or else of its artifact; ``left``, too, the
    identifiers in it that its work cannot have, since it has another of their kind, and that no other work has.
    """

    papers: tuple[Paper, ...]
    artifacts: tuple[Artifact, ...]
    venues: tuple[Venue, ...]
    about: dict[int, tuple[str | None, str | None]]
    conflicts: tuple[Conflict, ...]
    left: Mapping[int, tuple[Identifier, ...]]


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
    artifacts = draft_artifacts(claims, base, taken)
    artifact_ids = dict(taken.things) | {key: artifact.id for key, artifact in artifacts.items()}
    works = _join([claim for claim in claims if not claim.is_thing])
    owned = _owned(works)
    ids = mint([work[0].title for work in works], [_fallback(work[0]) for work in works], taken.papers)
    ids = _renamed(ids, renames or {}, taken.papers)
    venues = Venues(taken, base)
    about: dict[int, tuple[str | None, str | None]] = {
        claim.number: (None, artifact_ids[claim.things[0].key]) for claim in claims if claim.is_thing
    }
    papers: list[Paper] = []
    for id, work, identifiers in zip(ids, works, owned, strict=True):
        papers.append(draft_paper(id, work, identifiers, artifact_ids, venues, base))
        about |= {claim.number: (id, None) for claim in work}
    return Works(
        tuple(papers),
        tuple(artifacts.values()),
        tuple(venues.made.values()),
        about,
        tuple(sorted([*_conflicts(works), *_things_of_several(claims)], key=attrgetter("entries", "reason"))),
        _left(works, owned),
    )


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


def _join(claims: Sequence[Claim]) -> list[list[Claim]]:
    """Group claims into works, in the order of their first entries."""
    first = {claim.number: claim.number for claim in claims}
    titled: dict[tuple[str, str], Claim] = {}
    identified: defaultdict[Identifier, dict[int, Claim]] = defaultdict(dict)
    shared = _common_titles(claims) | _disputed_titles(claims)

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
        key = (title, "" if _is_telling(title) and title not in shared else claim.key or " ".join(sorted(_authors(claim))))
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


def _disputed_titles(claims: Sequence[Claim]) -> set[str]:
    """Folded titles of several works: their entries have no author in common, or two identifiers of which a work has one.

    An identifier that stands under unlike titles, too, is wrong under one of them, so it says nothing.
    """
    known: defaultdict[tuple[str, str], frozenset[str]] = defaultdict(frozenset)
    disputed: set[str] = set()
    contested = _contested(claims)
    for claim in claims:
        title = fold(claim.title) or claim.title
        said = defaultdict(set, authors=set(_authors(claim)))
        for identifier in set(claim.identifiers) - contested:
            key = identifier_key(identifier)
            if (kind := kind_of_key(key)) in ONE_A_WORK:
                said[kind].add(key)
        for kind, values in said.items():
            if values and known[title, kind] and not known[title, kind] & values:
                disputed.add(title)
            known[title, kind] |= values
    return disputed


def _contested(claims: Iterable[Claim]) -> set[Identifier]:
    """Identifiers that stand under titles which cannot be one work's."""
    titles: dict[Identifier, str] = {}
    found: set[Identifier] = set()
    for claim in claims:
        for identifier in claim.identifiers:
            earlier = titles.setdefault(identifier, claim.title)
            if earlier != claim.title and not alike(earlier, claim.title):
                found.add(identifier)
    return found


def _authors(claim: Claim) -> frozenset[str]:
    return frozenset(filter(None, map(signature, claim.aside.named)))


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
    return [_one_of_each_kind(work, identifiers) for work, identifiers in zip(works, owned, strict=True)]


def _one_of_each_kind(work: Sequence[Claim], identifiers: set[Identifier]) -> set[Identifier]:
    """The identifiers of a work without those that must be other works': of a kind of which it has one, all but the first."""
    linked = [claim.identifier for claim in work if claim.identifier is not None]
    others = [each for claim in work for each in claim.identifiers]
    first: dict[str, str] = {}
    kept: set[Identifier] = set()
    for each in filter(identifiers.__contains__, (*linked, *others)):
        key = identifier_key(each)
        kind = kind_of_key(key)
        if kind not in ONE_A_WORK or first.setdefault(kind, key) == key:
            kept.add(each)
    return kept


def _left(works: Sequence[list[Claim]], owned: Sequence[set[Identifier]]) -> dict[int, tuple[Identifier, ...]]:
    """The identifiers that no work has, by the numbers of the entries that name them."""
    known = set().union(*owned)
    left: defaultdict[int, tuple[Identifier, ...]] = defaultdict(tuple)
    for claim in (claim for work in works for claim in work):
        for each in claim.identifiers:
            if each not in known:
                known.add(each)
                left[claim.number] += (each,)
    return dict(left)


def _conflicts(works: Sequence[list[Claim]]) -> list[Conflict]:
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
                values[_kind(claim.identifier)].add(claim.identifier.value)
        for kind, several in values.items():
            if len(several) > 1:
                own = tuple(each.number for each in work if each.identifier and _kind(each.identifier) == kind)
                scheme = "doi" if kind == "preprint" else kind
                found.append(Conflict(own, f"one title with {len(several)} {scheme} ids: {', '.join(sorted(several))}"))
    for identifier, claims in titles.items():
        if len(claims) > 1:
            listed = "; ".join(f"“{claim.title}”" for claim in list(claims.values())[:_LISTED])
            reason = f"{identifier.scheme} {identifier.value} stands under {len(claims)} titles: {listed}"
            found.append(Conflict(tuple(sorted(numbers[identifier])), reason))
    for same in names.values():
        if len(same) > 1:
            own = tuple(sorted(claim.number for work in same for claim in work))
            reason = f"{len(same)} works under the title “{same[0][0].title}”; kept apart"
            found.append(Conflict(own, reason))
    return found


def _things_of_several(claims: Iterable[Claim]) -> Iterator[Conflict]:
    """Rows about what is one artifact, since one repository is, under titles that are several things'."""
    about: defaultdict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.is_thing:
            about[claim.things[0].key].append(claim)
    for same in about.values():
        others = [claim for claim in same if not alike(claim.title, same[0].title)]
        if others:
            listed = "; ".join(f"“{claim.title}”" for claim in [same[0], *others][:_LISTED])
            reason = f"{same[0].things[0].url} stands under {len(others) + 1} titles: {listed}; taken for one artifact"
            yield Conflict(tuple(claim.number for claim in same), reason)


def _kind(identifier: Identifier) -> str:
    return kind_of_key(identifier_key(identifier))


def _fallback(claim: Claim) -> str:
    found, authors = claim.identifier, claim.aside.named
    if found is not None:
        return f"{found.scheme} {found.value}"
    return f"{authors[0].split()[-1]} {claim.title}" if authors else f"entry {claim.number}"
