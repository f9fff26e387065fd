"""Find what looks wrong to a reader and SPARQL cannot say: two records of one work, a row whose title is another's.

Titles are compared after `fold`, so case, punctuation and TeX do not count, but numerals do: "II" is often all that
tells two works apart. Only papers that share one of their rarer title words are compared at all, so the time grows with
the number of papers and not with its square. A work that was renamed altogether is not found.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from math import ceil
from typing import NamedTuple

from rapidfuzz import fuzz

from synthkg.catalog import weave
from synthkg.model import IDENTIFIERS, Author, Identifier, Paper, ReadingList, identify
from synthkg.works.folding import fold, numerals_of

__all__ = [
    *("SHARED_AUTHORS", "FarTitle", "Looks", "authors_of", "candidates", "far_titles", "find_lookalikes"),
    *("look_at", "look_of", "compared_of"),
    *("shared_authors", "short_name", "signature", "stance", "title_likeness", "titles_of", "without_name"),
]

_ALIKE = 0.85
_SURELY_ALIKE = 0.95
_SHARED_WORDS = 0.6
SHARED_AUTHORS = 0.5
_SHORT = 4

_STEMS = {
    **dict.fromkeys(("erratum", "errata", "corrigendum", "corrigenda", "corrections"), "correction"),
    **dict.fromkeys(("berichtigung", "korrektur", "rectificatif", "correccion", "correzione", "correcao"), "correction"),
    **dict.fromkeys(("errata corrige", "fe de erratas", "исправление", "опечатки", "поправка"), "correction"),
    **dict.fromkeys(("勘误", "勘誤", "更正", "訂正", "正誤表", "정정", "정오표"), "correction"),
    **dict.fromkeys(("retracted", "retraction", "withdrawn", "withdrawal"), "retract"),
    **dict.fromkeys(("comments", "commentary"), "comment"),
    **dict.fromkeys(("response", "rebuttal", "antwort", "erwiderung", "reponse", "respuesta", "risposta", "resposta"), "reply"),
    **dict.fromkeys(("ответ", "答复", "回复"), "reply"),
    **dict.fromkeys(("kommentar", "commentaire", "comentario", "commento"), "comment"),
    **dict.fromkeys(("supplementary", "supplemental", "appendix"), "supplement"),
    **dict.fromkeys(("translated", "traduction", "traduccion", "ubersetzung", "翻译", "翻訳"), "translation"),
}
_ABOUT = (*_STEMS, "correction", "addendum", "reply", "comment", "supplement", "translation")
_KINDS = (
    *("review", "poster", "multilingual", "crosslingual", "cross lingual", "reproducibility", "reproduction", "replication"),
    *("editorial", "discussion", "slides", "tutorial", "summary", "abstract", "preview", "concern", "talk", "video", "podcast"),
    *("demo", "demonstration", "interview", "blog", "news", "re", "extended abstract", "expression of concern", "book review"),
    *("peer review", "invited talk", "part 2"),
)
_WORDS = "|".join(_ABOUT)
_STANCE = re.compile(
    r"(?:(?:author|publisher|editorial|a|the|an) )?"
    rf"(?:({'|'.join((*_ABOUT, *_KINDS))})$|"
    rf"({_WORDS}) (?:to|on|of|for|a|au|sur|zu|zum|zur|auf|note|notice|article|material|materials|by)\b)"
)
_STANCE_LAST = re.compile(r" (erratum|corrigendum|correction|retracted|withdrawn|reply|rebuttal|supplementary|translation)$")

_Numerals = tuple[str, ...]


class FarTitle(NamedTuple):
    """A row whose title is none of its paper's: where it is, how like (0 to 1) the nearest is, and whether its link agrees."""

    list: ReadingList
    number: int
    pointer: tuple[str | int, ...]
    paper: str
    likeness: float
    is_linked: bool


class Looks(NamedTuple):
    """What is compared of a work.

    Attributes:
        titles: Its folded titles, each with the numerals in it.
        names: Its short names, each with the numerals of the title.
        authors: Their names.
        folded: All folded titles, those too that have no word.
        different: The ids of the papers that it is said not to be.
        identified: The identifiers of its versions.
    """

    titles: frozenset[tuple[str, _Numerals]]
    names: frozenset[tuple[str, _Numerals]]
    authors: frozenset[str]
    folded: frozenset[str] = frozenset()
    different: frozenset[str] = frozenset()
    identified: frozenset[Identifier] = frozenset()


def find_lookalikes(papers: Mapping[str, Looks]) -> Iterator[tuple[str, str, float]]:
    """Pairs of papers, by their ids, that are probably one work, with how sure that is (0 to 1), in the order of the papers.

    Such a pair has at least half of the shorter author line in common, and with the same numerals like titles or the
    same short name before the colon; where authors are unknown, the titles must be all but the same. A pair of which
    either declares the other ``different`` is none.
    """
    ids, looks = [*papers], [*papers.values()]
    for one, other in sorted(candidates(looks)):
        if ids[other] in looks[one].different or ids[one] in looks[other].different:
            continue
        if (sure := _likeness(looks[one], looks[other])) is not None:
            yield ids[one], ids[other], sure


def titles_of(paper: Paper) -> list[str]:
    """Every title that the paper is recorded to have or have had, its own first."""
    own = [version.title for version in paper.versions if version.title is not None]
    earlier = [title for version in paper.versions for title in version.earlier_titles]
    return list(dict.fromkeys([paper.title, *own, *earlier]))


def authors_of(paper: Paper) -> list[str]:
    """The names of all authors of the paper or of a version of it."""
    authors: list[Author] = [*paper.authors, *(author for version in paper.versions for author in version.authors)]
    return [author.name for author in authors]


def look_of(paper: Paper) -> Looks:
    """What is compared of a paper."""
    titles, authors, different, identifiers = compared_of(paper)
    looks = look_at(titles, authors)
    return looks._replace(different=frozenset(different), identified=frozenset(identifiers))


def compared_of(paper: Paper) -> tuple[list[str], list[str], list[str], list[Identifier]]:
    """All that `look_of` makes of a paper what is compared of it: titles, authors, other papers, identifiers."""
    found = ((scheme, getattr(version, scheme)) for version in paper.versions for scheme in IDENTIFIERS)
    identifiers = [Identifier(scheme, value) for scheme, value in found if value]
    return titles_of(paper), authors_of(paper), [other.paper for other in paper.different], identifiers


def look_at(titles: Iterable[str], authors: Iterable[str]) -> Looks:
    """What is compared of a work with these titles and authors."""
    folded = {title: fold(title) for title in titles}
    numerals = {title: numerals_of(words) for title, words in folded.items()}
    return Looks(
        frozenset((words, numerals[title]) for title, words in folded.items() if words),
        frozenset((name, numerals[title]) for title in folded if (name := short_name(title))),
        frozenset(filter(None, map(signature, authors))),
        frozenset(folded.values()),
    )


def short_name(title: str) -> str:
    """What stands before the title's colon, if it is short and names a thing: "Correction" says that this is another work.

    >>> short_name("Orca: Progressive Learning"), short_name("Correction: Progressive Learning")
    ('orca', '')
    """
    name, colon, _ = title.partition(":")
    folded = fold(name) if colon and len(name.split()) < _SHORT else ""
    return "" if stance(folded) else folded


def stance(title: str) -> str:
    """What a title says of itself that only a work about another work says: a correction, a reply, a translation.

    >>> [stance(title) for title in ("Author Correction: A Title", "Reply to A Title", "A Title (Retracted)", "Responses")]
    ['correction', 'reply', 'retract', '']
    """
    folded = fold(title)
    head = fold(title.partition(":")[0]) if ":" in title else folded
    for found in (_STANCE.match(head), _STANCE.match(folded), _STANCE_LAST.search(folded)):
        if found is not None:
            word = str(next(filter(None, found.groups())))
            return _STEMS.get(word, word)
    return ""


def without_name(title: str) -> str:
    """A folded title without the short name before its colon."""
    return fold(title.partition(":")[2]) if short_name(title) else fold(title)


def signature(name: str) -> str:
    """A name by its last word and first letter, so that a middle name or an initial makes no difference."""
    words = fold(name).split()
    return f"{words[-1]} {words[0][0]}" if words else ""


def candidates(looks: Sequence[Looks], others: Sequence[Looks] | None = None) -> set[tuple[int, int]]:
    """Pairs worth comparing, by position: titles with the same numerals and a rarer word or the short name in common.

    Of two titles that share six words in ten, the rarest four in ten and one more of each always have one in common. So it is for
    words in any order that both keep to: numerals, which all pairs share, count as the commonest.

    Args:
        looks: the works.
        others: the works to pair them with; without, they are paired with each other.
    """
    every = [*looks, *(others or ())]
    common = Counter(word for look in every for title, _ in look.titles for word in set(title.split()))
    buckets: dict[tuple[str, str, _Numerals], set[int]] = defaultdict(set)
    for number, look in enumerate(every):
        for title, numerals in look.titles:
            words = sorted(set(title.split()), key=lambda word: (word in numerals, common[word], word))
            for word in words[: len(words) - ceil(_SHARED_WORDS * len(words)) + 1]:
                buckets["word", word, numerals].add(number)
        for name, numerals in look.names:
            buckets["name", name, numerals].add(number)
    if others is None:
        return {pair for bucket in buckets.values() for pair in combinations(sorted(bucket), 2)}
    first = len(looks)
    return {
        (one, other - first)
        for bucket in buckets.values()
        for one, other in product([n for n in bucket if n < first], [n for n in bucket if n >= first])
    }


def _likeness(one: Looks, other: Looks) -> float | None:
    """How sure it is that two papers are one work, if they look so at all."""
    if not one.authors or not other.authors:
        titles = title_likeness(one, other)
        return round(titles, 3) if titles >= _SURELY_ALIKE else None
    authors = shared_authors(one, other)
    if authors < SHARED_AUTHORS:
        return None
    titles = title_likeness(one, other)
    return round((titles + authors) / 2, 3) if titles >= _ALIKE or one.names & other.names else None


def shared_authors(one: Looks, other: Looks) -> float:
    """How much (0 to 1) of the shorter author line the two have in common; 0 where either is unknown."""
    return len(one.authors & other.authors) / min(len(one.authors), len(other.authors)) if one.authors and other.authors else 0.0


def title_likeness(one: Looks, other: Looks) -> float:
    """How like (0 to 1) the nearest two of their titles are that have the same numerals."""
    pairs = ((a, b) for a, numerals in one.titles for b, others in other.titles if numerals == others)
    return max((fuzz.ratio(a, b) / 100 for a, b in pairs), default=0.0)


def far_titles(lists: Iterable[ReadingList], papers: Mapping[str, Looks]) -> Iterator[FarTitle]:
    """Rows of newest snapshots whose title is far from every title recorded for their paper, and that have no title erratum."""
    for record in lists:
        corrected = {(erratum.entry, erratum.published) for erratum in record.errata if erratum.field == "title"}
        for strand in weave(record):
            entry = strand.entry if strand.last is None else None
            looks = None if entry is None else papers.get(entry.paper or "")
            if entry is None or entry.title is None or looks is None or (strand.number, entry.title) in corrected:
                continue
            published = fold(entry.title)
            likeness = max(fuzz.ratio(published, title) / 100 for title in looks.folded)
            if likeness < _ALIKE:
                block, place = strand.at
                pointer = ("content", block, "entries", place or 0, "title")
                is_linked = identify(entry.url or "") in looks.identified
                yield FarTitle(record, strand.number, pointer, entry.paper or "", round(likeness, 3), is_linked)
