"""Whether two titles can be those of one work: what is asked where an identifier says so, and what where none does.

With an identifier, another spelling, a short name or a subtitle more or less is no contradiction. Without one, a likeness in
figures is not enough, because one exchanged word ("image", "video") makes another work, often of the same authors: titles
may differ by slips of the pen alone, word by word. `tests/matching/pairs.tsv` has the pairs on which this was measured.
"""

from __future__ import annotations

import re
from itertools import product
from math import ceil

from rapidfuzz.distance import OSA, Levenshtein

from synthkg.works.folding import alike, fold, numerals_of
from synthkg.works.lookalikes import SHARED_AUTHORS, Looks, shared_authors, short_name, stance, without_name

__all__ = ["can_be", "has_authors", "is_cut_off", "likeness"]

_SHORT = 4
_CUT_OFF = 0.6
_ONE_SLIP = 6
_SMALL_WORDS = {"a", "an", "and", "by", "for", "in", "of", "on", "the", "to"}
_ELLIPSIS = re.compile(r"(?:\.\.\.|…)\s*$")


def likeness(row: Looks, paper: Looks) -> str | None:
    """What tells that a row without a known identifier means a paper: its title, or nothing but its short name, and authors."""
    if row.names and paper.names and not any(_is_slip(a, b) for (a, _), (b, _) in product(row.names, paper.names)):
        return None
    is_by_them = has_authors(row, paper)
    if row.authors and paper.authors and not is_by_them:
        return None
    fewest = _SHORT - 1 if is_by_them else _SHORT
    pairs = product(row.titles, paper.titles)
    if any(a[1] == b[1] and _differ_by_slips(a[0], b[0], fewest) for a, b in pairs):
        return "title and authors" if is_by_them else "title"
    is_name = len(row.titles) == 1 and row.titles <= row.names and row.names <= paper.names
    return "short name and authors" if is_by_them and is_name else None


def has_authors(row: Looks, paper: Looks) -> bool:
    """Whether a row prints enough of a paper's authors: two at least, and half of the shorter author line."""
    common = len(row.authors & paper.authors)
    return common >= min(2, len(paper.authors) or 2) and shared_authors(row, paper) >= SHARED_AUTHORS


def _differ_by_slips(one: str, other: str, fewest: int = _SHORT) -> bool:
    """Whether two folded titles of enough words differ only as typing makes the same title differ.

    >>> _differ_by_slips("bootstap your own mathematical questions", "bootstrap your own mathematcal questions")
    True
    >>> _differ_by_slips("data annotation with an llm", "data augmentation with an llm")
    False
    >>> _differ_by_slips("a supervised model of text", "an unsupervised model of text")
    False
    """
    left, right = one.split(), other.split()
    if min(len(left), len(right)) < fewest:
        return False
    slips = 0
    for code in Levenshtein.opcodes(left, right):
        if code.tag == "equal":
            continue
        here, there = left[code.src_start : code.src_end], right[code.dest_start : code.dest_end]
        if not (here and there):
            if not {*here, *there} <= _SMALL_WORDS:
                return False
        elif len(here) == len(there):
            if not all(map(_is_slip, here, there)):
                return False
        elif "".join(here) != "".join(there):
            return False
        slips += 1
    return slips <= ceil(len(left) / 3)


def _is_slip(word: str, other: str) -> bool:
    """Whether two words are one, misspelt: by one letter among many, two letters exchanged, or a plural.

    >>> _is_slip("language", "langauge"), _is_slip("model", "models"), _is_slip("test", "text"), _is_slip("wizardlm", "wizardml")
    (True, True, False, True)
    """
    if word == other:
        return True
    if word[:1] != other[:1] or numerals_of(word) != numerals_of(other):
        return False
    if f"{word}s" == other or f"{other}s" == word:
        return True
    allowed = 1 if min(len(word), len(other)) >= _ONE_SLIP else 0
    return OSA.distance(word, other) <= allowed or {word, other} <= _SMALL_WORDS


def is_cut_off(title: str, known: str) -> bool:
    """Whether a title ends in an ellipsis and is three fifths or more of a folded one, with all of its numerals.

    >>> is_cut_off("Textbooks Are All You …", "textbooks are all you need")
    True
    >>> is_cut_off("Textbooks Are All You Need ...", "textbooks are all you need ii")
    False
    """
    folded = fold(title)
    is_most = known.startswith(folded) and len(folded) >= _CUT_OFF * len(known)
    return is_most and _ELLIPSIS.search(title) is not None and numerals_of(folded) == numerals_of(known)


def can_be(title: str, known: str) -> bool:
    """Whether a title can be another spelling of a known one, given that an identifier says so.

    >>> can_be("Phi-1: Textbooks Are All You Need", "Textbooks Are All You Need")
    True
    >>> can_be("WizardLM", "WizardLM: Empowering large language models to follow complex instructions")
    True
    >>> can_be("Textbooks Are All You Need", "Textbooks Are All You Need II: phi-1.5 technical report")
    False
    """
    if stance(title) != stance(known):
        return False
    if alike(title, known):
        return True
    one, other = fold(title), fold(known)
    bare, known_bare = without_name(title), without_name(known)
    if bare == known_bare or one == short_name(known) or (one == known_bare or bare == other):
        return True
    if numerals_of(one) != numerals_of(other):
        return False
    shorter, longer = sorted((one, other), key=len)
    is_part = longer.startswith(f"{shorter} ") and len(shorter.split()) >= _SHORT
    return is_part or _differ_by_slips(one, other)
