"""What an identifier and the words of a row tell of where a paper appeared, and when.

An id of the ACL Anthology says venue, year, track and often the DOI; an arXiv number says its month; a row says "ACL 2024
Findings", or names a venue that the data folder has; an entry of a bibliography has fields for all of it. Nothing is said where
these do not: a wrong year costs more than a missing one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from synthkg.model import Identifier, Venue, acl_of_doi, deduce_acl
from synthkg.reading import VENUE, is_generic, is_venue_word, words_of
from synthkg.works.folding import fold
from synthkg.works.testimony import Appeared

__all__ = ["Names", "Publication", "VenueName", "mentioned", "of_identifier", "printed", "seeming_venue"]

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_EARLY = r"(?<![\d.,])1[5-8]\d\d(?=\s*(?:[)\].,;|\n]|$))"  # less often a year than a number of things, so it ends something
_EARLY_YEAR = re.compile(_EARLY)
_WORKSHOP = re.compile(r"(?i)workshops?\b|@|\b(?:CVPRW|ICCVW|ECCVW|ICMLW)\b")
_TITLES = {
    "AACL": ("Asia-Pacific Chapter of the Association for Computational Linguistics", "conference"),
    "AAAI": ("AAAI Conference on Artificial Intelligence", "conference"),
    "ACL": ("Annual Meeting of the Association for Computational Linguistics", "conference"),
    "arXiv": ("arXiv", "repository"),
    "CL": ("Computational Linguistics", "journal"),
    "COLING": ("International Conference on Computational Linguistics", "conference"),
    "COLM": ("Conference on Language Modeling", "conference"),
    "CoNLL": ("Conference on Computational Natural Language Learning", "conference"),
    "CVPR": ("IEEE/CVF Conference on Computer Vision and Pattern Recognition", "conference"),
    "EACL": ("European Chapter of the Association for Computational Linguistics", "conference"),
    "ECCV": ("European Conference on Computer Vision", "conference"),
    "EMNLP": ("Conference on Empirical Methods in Natural Language Processing", "conference"),
    "ICCV": ("IEEE/CVF International Conference on Computer Vision", "conference"),
    "ICLR": ("International Conference on Learning Representations", "conference"),
    "ICML": ("International Conference on Machine Learning", "conference"),
    "IJCAI": ("International Joint Conference on Artificial Intelligence", "conference"),
    "IJCNLP": ("International Joint Conference on Natural Language Processing", "conference"),
    "JMLR": ("Journal of Machine Learning Research", "journal"),
    "KDD": ("ACM SIGKDD Conference on Knowledge Discovery and Data Mining", "conference"),
    "LREC": ("International Conference on Language Resources and Evaluation", "conference"),
    "NAACL": ("North American Chapter of the Association for Computational Linguistics", "conference"),
    "NeurIPS": ("Conference on Neural Information Processing Systems", "conference"),
    "SIGIR": ("International ACM SIGIR Conference on Research and Development in Information Retrieval", "conference"),
    "TACL": ("Transactions of the Association for Computational Linguistics", "journal"),
    "TMLR": ("Transactions on Machine Learning Research", "journal"),
    "WWW": ("ACM Web Conference", "conference"),
}
_SAME = {
    "nips": "NeurIPS",
    "neurips": "NeurIPS",
    "neurlps": "NeurIPS",
    "sigkdd": "KDD",
    "thewebconf": "WWW",
    "colm": "COLM",
    "arxive": "arXiv",
    "corr": "arXiv",
    "advances in neural information processing systems": "NeurIPS",
}
_REPOSITORIES = {"biorxiv", "chemrxiv", "medrxiv", "psyarxiv", "research square", "ssrn", "ssrn electronic journal", "techrxiv"}
_KINDS = {"conference-paper": "conference", "journal-article": "journal"}
_WORDS = 3  # of which a title is enough to be found within other words
_SERIES = re.compile(r"(?i)^(?:in:? )?(?:proceedings|proc\.?) (?:of )?(?:the )?")
_ORDINALS = (
    "first|second|third|(?:four|fif|six|seven|eigh|nin|ten|eleven|twelf|[a-z]{3,5}teen|twentie|thirtie|fortie|fiftie|sixtie)th"
)
_NUMBER = re.compile(rf"(?i)\b(?:\d+(?:st|nd|rd|th)|(?:(?:twenty|thirty|forty|fifty|sixty)[- ])?(?:{_ORDINALS}))\b")
_SHORT_BEFORE = re.compile(r"(?:^|[^\w\s&–-]\s*|\b(?:[Ii]n|at|to|by|the|of the|[Pp]roceedings of|Proc\.?|\d{4})\s+)$")
_SHORT_AFTER = re.compile(r"[\s,.:'’‘-]{0,3}(?:\d|$|[|;()\[\]\n]|(?:Findings|Main|Oral|Poster|Spotlight|Workshops?)\b)")
_SHORT_YEAR = re.compile(r"(?:\s?['’‘-]\d\d\b)?")
_LONG_BEFORE = re.compile(r"(?i)\b(?:transactions|journal|letters|annals|bulletin) (?:of|on) (?:the )?$")
_LONG_AFTER = re.compile(r"(?i)\s+(?:for|in|of|with|on)\b|\s+(?:and|&)\s+(?!the\b|\d)")
_YEAR_AFTER = re.compile(rf"[^\d\n|]{{0,25}}?(?:['’‘]\d\d\b|(?:19|20)\d\d\b|{_EARLY})")
_SEEMING = re.compile(
    r"(?<![\w&+-])(?:[A-Z][\w&+-]*,? (?:(?:of|and|the|on|in|for|&) ){0,3}){0,7}[A-Z][\w&+-]*"
    r"(?:,? (?:19|20)\d\d|['’‘]\d\d)(?!\d)"
)
_KNOWN = {name.casefold(): name for name in _TITLES} | _SAME


@dataclass(frozen=True, slots=True)
class VenueName:
    """A venue by its short name, with its title and kind."""

    acronym: str
    title: str
    kind: str


@dataclass(frozen=True, slots=True)
class Publication:
    """Where and when something appeared: its venue, year, track (all perhaps unknown), its DOI, whether in a workshop, its pages;
    and the type of version that a bibliography says.
    """

    venue: VenueName | None = None
    year: int | None = None
    track: str | None = None
    doi: str | None = None
    is_workshop: bool = False
    pages: str | None = None
    stated: str | None = None

    @property
    def type(self) -> str | None:
        """The type of a version that appeared so, if enough is known for one."""
        if self.venue is None or (self.year is None and self.stated is None):
            return self.stated
        if self.is_workshop or self.venue.kind == "workshop":
            return "workshop-paper"
        kinds = {"conference": "conference-paper", "journal": "journal-article", "repository": "preprint"}
        return kinds.get(self.venue.kind, self.stated)

    @property
    def is_published(self) -> bool:
        """Whether it is known where it appeared, and that was more than as a preprint."""
        return self.venue is not None and self.type != "preprint" and (self.year is not None or self.stated is not None)

    @property
    def is_dated(self) -> bool:
        """Whether a bibliography that names no venue says anything at all of how or when it appeared."""
        return self.venue is None and bool(self.stated or self.year or self.pages)


class Names:
    """The venues that a text may name: those of a data folder by all their names, and the built-in ones by their titles."""

    def __init__(self, venues: Iterable[Venue] = ()) -> None:
        self._venues = {title: VenueName(acronym, title, kind) for acronym, (title, kind) in _TITLES.items()}
        for venue in venues:
            name = VenueName(venue.acronym or venue.title, venue.title, venue.type)
            self._venues |= dict.fromkeys(filter(None, (venue.acronym, venue.title, *venue.aliases)), name)
        self._folded = {fold(name): venue for name, venue in self._venues.items()}
        listed = sorted(self._venues, key=lambda name: (-len(name), name))
        short = "|".join(re.escape(name) for name in listed if not _is_long(name))
        long = "|".join(re.escape(name) for name in listed if _is_long(name))
        self._pattern = re.compile(rf"(?<![\w-])(?:(?i:{long})|{short})(?!\w)")

    def whole(self, text: str) -> VenueName | None:
        """The venue of which a text is a name, and nothing else."""
        return self._folded.get(fold(text)) or _venue(text)

    def within(self, text: str, with_year: bool) -> Iterator[tuple[VenueName, int, int]]:
        """The venues that a text names among other words, and where; a short name must stand alone or before a year."""
        for found in self._pattern.finditer(text):
            before, is_long = text[max(0, found.start() - 40) : found.start()], _is_long(found[0])
            if with_year and not _YEAR_AFTER.match(text, found.end()):
                continue
            stands = (
                not _LONG_BEFORE.search(before) and not _LONG_AFTER.match(text, found.end())
                if is_long
                else _SHORT_BEFORE.search(before) is not None and _SHORT_AFTER.match(text, found.end()) is not None
            )
            if stands and (venue := self._folded.get(fold(found[0]))) is not None:
                year = _SHORT_YEAR.match(text, found.end())
                yield venue, found.start(), year.end() if year is not None else found.end()


def _is_long(name: str) -> bool:
    return len(name.split()) >= _WORDS


_BUILT_IN = Names()


def of_identifier(identifier: Identifier) -> Publication:
    """What an identifier alone says.

    >>> found = of_identifier(Identifier("acl", "2024.findings-acl.651"))
    >>> found.venue.acronym, found.year, found.track, found.doi, found.type
    ('ACL', 2024, 'findings', '10.18653/v1/2024.findings-acl.651', 'conference-paper')
    >>> of_identifier(Identifier("acl", "P18-1001")).year, of_identifier(Identifier("acl", "2023.bea-1.17")).type
    (2018, None)
    >>> of_identifier(Identifier("doi", "10.18653/v1/p18-1001")).year, of_identifier(Identifier("doi", "10.1145/1")).year
    (2018, None)
    """
    id = acl_of_doi(identifier.value) if identifier.scheme == "doi" else identifier.value if identifier.scheme == "acl" else None
    said = deduce_acl(id) if id is not None else None
    venue = _venue(said.venue) if said is not None else None
    return Publication(venue, said.year, said.track, said.doi) if said is not None and venue is not None else Publication()


def mentioned(venue: str, around: str, names: Names = _BUILT_IN) -> Publication:
    """What a row says: the cell of its venue, or else what stands around its fields.

    >>> found = mentioned("Findings of ACL 2024", "")
    >>> found.venue.acronym, found.year, found.track
    ('ACL', 2024, 'findings')
    >>> mentioned("", ": IJCAI'13 | 2016 version").year, mentioned("CVPR' 20", "| 2019").year
    (2013, 2020)
    >>> mentioned("CVPR", "| 2020 |").year, mentioned("", "seen in 2020").venue, mentioned("arXiv 2023", "").type
    (2020, None, 'preprint')
    """
    for text, other in ((venue, around), (around, "")):
        for name, start, end in sorted([*_names(text), *names.within(text, text is not venue)], key=lambda found: found[1]):
            texts = (text[start:end], text[end : end + 24], *((venue, other) if text is venue else ()))
            year = _year(*texts) or (_early_year(*texts) if name.acronym not in _TITLES else None)
            is_findings = "finding" in text[max(0, start - 14) : end + 14].casefold()
            is_workshop = _WORKSHOP.search(text[max(0, start - 40) : end + 24]) is not None
            return Publication(name, year, "findings" if is_findings else None, None, is_workshop)
    return Publication()


def _year(name: str, *others: str) -> int | None:
    """The year in a venue's name as it is printed, written whole or short; where it has none, the first one in other texts."""
    short = re.search(r"(?<!\d)\d\d\b", name)
    texts = (name,) if re.search(r"['’‘]\s?\d\d\b", name) else (name, *others)
    if (year := next(filter(None, map(_YEAR.search, texts)), None)) is not None:
        return int(year[0])
    return datetime.strptime(short[0], "%y").year if short is not None else None


def _early_year(*texts: str) -> int | None:
    """The first year before 1900; none of the venues that are built in had appeared by then."""
    year = next(filter(None, map(_EARLY_YEAR.search, texts)), None)
    return int(year[0]) if year is not None else None


def printed(appeared: Appeared, names: Names = _BUILT_IN) -> Publication:
    """What the fields of an entry of a bibliography say; a venue that nobody knows is called as it is there.

    >>> found = printed(Appeared("conference-paper", "Proceedings of the 24th Conference on Tides (TIDES 2020)", 2020, "1–9"))
    >>> found.venue.acronym, found.venue.title, found.year, found.type
    ('TIDES', 'Conference on Tides', 2020, 'conference-paper')
    >>> printed(Appeared("journal-article", "bioRxiv", 2020)).type, printed(Appeared("journal-article", "CL", 2020)).venue.title
    ('preprint', 'Computational Linguistics')
    """
    found = Publication(None, appeared.year, pages=appeared.pages, stated=appeared.type)
    if not appeared.venue:
        return found
    if (whole := names.whole(appeared.venue)) is not None:
        return replace(found, venue=whole)
    if (said := mentioned(appeared.venue, "", names)).venue is not None:
        return replace(found, venue=said.venue, year=appeared.year or said.year, track=said.track, is_workshop=said.is_workshop)
    if fold(appeared.venue) in _REPOSITORIES:
        return replace(found, venue=VenueName(appeared.venue, appeared.venue, "repository"))
    venue = _named(appeared.venue, _KINDS.get(appeared.type or "", ""))
    is_workshop = venue.kind == "conference" and _WORKSHOP.search(appeared.venue) is not None
    return replace(found, venue=replace(venue, kind="workshop") if is_workshop else venue)


def _named(name: str, kind: str) -> VenueName:
    """A venue by the name that a bibliography gives it, without what is said of one year's proceedings alone."""
    short = re.search(r"\(([A-Z][\w-]{1,15}?)(?:[ '’-]*(?:19|20)?\d\d)?\)", name)
    title = name[: short.start()] if short is not None else name
    if kind == "conference":
        title = _NUMBER.sub("", _YEAR.sub("", _SERIES.sub("", title)))
    title = " ".join(title.split()).strip(" ,;:.-–") or name
    return VenueName(short[1] if short is not None else title, title, kind)


def seeming_venue(venue: str, around: str) -> str:
    """The words of a row that seem to say where it appeared: the cell of its venue, or a name with a year behind it.

    >>> seeming_venue("Nature Biotechnology 2023", ""), seeming_venue("", " | , RECOMB 2022 [pdf]")
    ('Nature Biotechnology 2023', 'RECOMB 2022')
    >>> seeming_venue("-", "| Jun 2022"), seeming_venue("", "by Can Xu, 17 May 2023"), seeming_venue("", "| Science 2023")
    ('', '', 'Science 2023')
    """
    if any(map(str.isalpha, venue)) and _venue(re.sub(r"[\W\d]+", "", venue)) is None:
        return " ".join(venue.split())
    found = (each[0] for each in _SEEMING.finditer(around))
    return next((words for words in found if not is_generic(words) or any(map(is_venue_word, words_of(words)))), "")


def _names(text: str) -> Iterator[tuple[VenueName, int, int]]:
    for found in VENUE.finditer(text):
        for word in re.findall(r"[A-Za-z]+", found[0]):
            if (name := _venue(word)) is not None:
                yield name, found.start(), found.end()
                break


def _venue(name: str) -> VenueName | None:
    acronym = _KNOWN.get(name.casefold())
    return VenueName(acronym, *_TITLES[acronym]) if acronym is not None else None
