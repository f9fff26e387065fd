"""Titles as they are compared: folded to what their letters say, and alike where one identifier joins them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rapidfuzz import fuzz

__all__ = ["alike", "fold", "numerals_of"]

_ALIKE = 85.0
_SHORT = 4
_FORMATS = (range(0x200B, 0x2010), range(0x202A, 0x202F), range(0x2060, 0x2070), range(0xFE00, 0xFE10), range(0xE0000, 0xE1000))
_IGNORABLE = dict.fromkeys([0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFEFF, 0xFFA0, *range(0x180B, 0x180F)])
_IGNORABLE |= dict.fromkeys(code for codes in _FORMATS for code in codes)
_NUMERAL = re.compile(r"\d+|\b[ivx]+\b")
_COMMAND = re.compile(r"\\(?:(?:var)?([a-z]+)(?![a-z]) ?|[^\w\s#%&+])")
_GREEK = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi", "pi"),
    *("rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega"),
)
_OF_ITSELF = ("i", "j", "ss", "log", "exp", "min", "max", "tex", "latex", "bibtex")
_PRINTED = {
    **dict(zip(_GREEK, "αβγδεζηθικλμνξπρστυφχψω", strict=True)),
    **{"o": "ø", "l": "ł", "ae": "æ", "oe": "œ", "aa": "a", "dh": "ð", "th": "þ", "dj": "đ"},
    **{name: name for name in _OF_ITSELF},
}
"""What commands of TeX print that are letters."""
_APOSTROPHE = re.compile(r"[‘’‛ʼ＇]|(?<=[^\W\d_])´(?=[^\W\d_])")
_SIGN = re.compile(r"(?<=[^\W\d_])(?:\++(?!\+)|[#♯])(?![^\W\d_])")


@lru_cache(maxsize=65536)
def fold(title: str) -> str:
    r"""A title in lower case, without punctuation, accents, differences of width and marks of TeX.

    >>> fold("VILA$^2$: VILA Augmented VILA") == fold("VILA²; VILA-augmented  VILA")
    True
    >>> fold("out\u00adper\u200bforms") == fold("outperforms")
    True
    >>> fold(r"{\'E}tudes on \emph{Na\"\i ve} {B}ayes \& co") == fold("Études on Naïve Bayes & Co.")
    True
    >>> fold(r"R\&D in C\#") == fold("R&D in C#"), fold("The ´best´ tides") == fold("The best tides")
    (True, True)
    >>> [fold(title) for title in ("Don\u2019t Say", "Don\u00b4t Say", "Don't say", "\u2018Don\u02bct\u2019 say")]
    ['dont say', 'dont say', 'dont say', 'dont say']
    >>> fold(r"$\beta$-VAE"), fold("From C++11 to C#: Yes+No"), fold("दिन") == fold("दान")
    ('β vae', 'from cplusplus11 to csharp yes no', False)
    """
    title = _APOSTROPHE.sub("'", title.translate(_IGNORABLE))
    text = _COMMAND.sub(_letters, unicodedata.normalize("NFKC", title).casefold())
    text = re.sub(r"(?<![^\sa-z])[\u0300-\u036f]+", "", unicodedata.normalize("NFKD", text))
    text = unicodedata.normalize("NFKC", text)
    text = _SIGN.sub(lambda sign: "plus" * len(sign[0]) if sign[0][0] == "+" else "sharp", re.sub(r"[\\$^{}'`]", "", text))
    words = re.sub(r"[\W_]+", " ", text) if text.isascii() else re.sub(r"[\W_]", _blank, text)
    return " ".join(words.split())


def _letters(command: re.Match[str]) -> str:
    """What a command prints of letters; a word ends behind it, which the next letters would be part of."""
    printed = _PRINTED.get(command[1] or "", "")
    return f"{printed} " if len(printed) > 2 else printed


def _blank(sign: re.Match[str]) -> str:
    """A blank for what is no part of a word; Python takes marks for none."""
    return sign[0] if unicodedata.category(sign[0]) in ("Mn", "Mc") else " "


def numerals_of(folded: str) -> tuple[str, ...]:
    """The numerals in a folded title, sorted.

    >>> numerals_of("textbooks are all you need ii phi 1 5")
    ('1', '5', 'ii')
    """
    return tuple(sorted(_NUMERAL.findall(folded)))


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
    if numerals_of(folded) != numerals_of(other_folded):
        return False
    if fuzz.ratio(folded, other_folded) >= _ALIKE:
        return True
    name, colon, _ = one.partition(":")
    other_name, other_colon, _ = other.partition(":")
    return bool(colon and other_colon) and fold(name) == fold(other_name) != "" and len(name.split()) < _SHORT
