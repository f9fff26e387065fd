"""Find the names of people that a stretch of text enumerates."""

from __future__ import annotations

import re
from unicodedata import normalize

from synthkg.reading.labels import VENUE

__all__ = ["are_names", "are_whole_names", "authors_in", "names_in"]

_PARTICLES = {"al", "bin", "da", "de", "del", "den", "der", "di", "dos", "du", "el", "ibn", "la", "le", "ten", "van", "von", "y"}
_IN_NAMES = {*_PARTICLES, "and", "das", "della", "des", "las", "los", "ter", "vom", "zum", "zur"}
"""Small words in names; the further ones are words of titles, too, so they are told by "et al" behind them alone."""
_BETWEEN = re.compile(r"[,;*_|()\[\]{}&·\n]|\band\b|\bet\s+al\b|(?<!\b\w)\.\s")
_ET_AL = re.compile(r"\bet\.?\s*al\b|等")
_YEAR = re.compile(r"\((?:19|20)\d\d\)")
_MANY = 5
_ACRONYM = 3
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[.'’-])*")
_DATED = re.compile(rf"(?<=\s)(?={VENUE.pattern})(?=\S{{0,80}}\s?\S{{0,80}}\d\d\b)")
_INITIALS = re.compile(r"(?:[^\W\d_]\.?[ -]?){1,3}")


def names_in(text: str) -> list[str]:
    """The names of authors that a text enumerates; none if it holds fewer than two.

    >>> names_in(" *Can Xu, Qingfeng Sun, Rik van Noord and Noah A. Smith.* ICLR 2024")
    ['Can Xu', 'Qingfeng Sun', 'Rik van Noord', 'Noah A. Smith']
    >>> names_in("by Microsoft Research, 2023")
    []
    """
    pieces = (" ".join(piece.split()).strip(" .:-") for piece in _BETWEEN.split(normalize("NFC", text)))
    names = [piece for piece in pieces if _is_name(piece)]
    return names if len(names) > 1 else []


def authors_in(text: str) -> list[str]:
    """The authors that a row prints whole: the first stretch of it that is nothing but names, two or more.

    >>> authors_in(" | . Ada Grünwald, Bo Lindqvist and Eve Stone. ACL 2023 [pdf]"), authors_in("by Can Xu, Bo Sun, et al. 2023")
    (['Ada Grünwald', 'Bo Lindqvist', 'Eve Stone'], [])
    >>> authors_in("Ada Grünwald, Bo Lindqvist ICML'25"), authors_in("Ada Grünwald, Bo Lindqvist ICML")
    (['Ada Grünwald', 'Bo Lindqvist'], [])
    """
    for piece in re.split(r"[|()\[\]\n]|(?<=\w\w)\.\s|\s{2,}", _DATED.sub("|", normalize("NFC", text))):
        piece = re.sub(r"^\s*(?:by|Authors?:)\s", "", piece.strip(" .:,*_-"))
        names = names_in(piece)
        pieces = [each for each in _BETWEEN.split(piece) if each.strip(" .:-")]
        if names and len(names) == len(pieces) and not _ET_AL.search(piece):
            return names
    return []


def are_names(text: str) -> bool:
    """Whether a text is nothing but names of people, as an author line is: whole names, or family names with initials.

    >>> are_names("Gu et al"), are_names("Grünwald, Ada, and Bo Lindqvist"), are_names("what models see, and robots")
    (True, True, False)
    >>> are_names("Ada Grünwald"), are_names("Wu, S., Ye, J."), are_names("Attention")
    (True, True, False)
    >>> are_names("van den Berg et al., 2020"), are_names("Seas for small models (2015), Bo Lindqvist et al")
    (True, False)
    >>> are_names("da Grünwald, Bo Lindqvist, Can Xu, Eve Stone, Qi Sun, Al Roe"), are_names("what Models see, Bo Lindqvist")
    (True, False)
    """
    text = normalize("NFC", text)  # an accent on its own is no letter
    if (cut := _ET_AL.search(text)) is not None:
        return _is_cut(text, cut)
    pieces = [" ".join(piece.split()).strip(" .:-") for piece in _BETWEEN.split(text)]
    pieces = [piece for piece in pieces if piece]
    strange = [piece for piece in pieces if not (_is_name(piece) or _is_part(piece))]
    is_one_slip = len(pieces) > _MANY and sum(map(_is_name, pieces)) == len(pieces) - 1
    if not pieces or (strange and not is_one_slip):
        return False
    return any(map(_is_name, pieces)) or any(_INITIALS.fullmatch(piece) for piece in pieces)


def are_whole_names(text: str) -> bool:
    """Whether a text enumerates nothing but names of two words or more, or ends in "et al".

    >>> are_whole_names("Di\u0301dac Roe et al"), are_whole_names("Ada Gru\u0308nwald, Bo Lindqvist")
    (True, True)
    >>> are_whole_names("Ada Grünwald, Bo Lindqvist"), are_whole_names("Language Models, and Robots")
    (True, False)
    """
    text = normalize("NFC", text)  # an accent on its own is no letter
    if (cut := _ET_AL.search(text)) is not None:
        return _is_cut(text, cut)
    pieces = [piece for piece in _BETWEEN.split(text) if piece.strip(" .:-")]
    return len(pieces) > 1 and len(names_in(text)) == len(pieces)


def _is_cut(text: str, cut: re.Match[str]) -> bool:
    """Whether a text with "et al" is short, and has before that no year in brackets and no words that no name has, as a title."""
    before = text[: cut.start()]
    words = (word for word in _WORD.findall(before) if len(word) >= _ACRONYM and word not in _IN_NAMES)
    return len(text.split()) < 4 * _MANY and _YEAR.search(before) is None and not any(map(str.islower, words))


def _is_name(text: str) -> bool:
    words = text.split()
    if not 2 <= len(words) <= _MANY or not all(_WORD.fullmatch(word) for word in words):
        return False
    if any(len(word) >= _ACRONYM and VENUE.fullmatch(word) for word in words):
        return False
    return words[-1][0].isupper() and all(word[0].isupper() or word in _PARTICLES for word in words)


def _is_part(text: str) -> bool:
    """A family name, or given names, that a comma set apart."""
    return len(text.split()) == 1 and text[0].isupper() and _WORD.fullmatch(text) is not None
