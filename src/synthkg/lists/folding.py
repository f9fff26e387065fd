"""Titles as they are compared: folded to what their letters say, and alike where one identifier joins them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache

from rapidfuzz import fuzz

__all__ = ["alike", "fold"]

_ALIKE = 85.0
_SHORT = 4
_FORMATS = (range(0x200B, 0x2010), range(0x202A, 0x202F), range(0x2060, 0x2070), range(0xFE00, 0xFE10), range(0xE0000, 0xE1000))
_IGNORABLE = dict.fromkeys([0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFEFF, 0xFFA0, *range(0x180B, 0x180F)])
_IGNORABLE |= dict.fromkeys(code for codes in _FORMATS for code in codes)
_NUMERAL = re.compile(r"\d+|\b[ivx]+\b")


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
