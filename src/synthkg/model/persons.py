"""Who an author is: the authorities that say so, and names as they are looked for."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["AUTHORITIES", "is_family_first", "printed_name", "unaccented"]

AUTHORITIES = {
    "orcid": "https://orcid.org/",
    "acl": "https://aclanthology.org/people/",
    "openreview": "https://openreview.net/profile?id=",
    "dblp": "https://dblp.org/pid/",
}
"""The keys of an author that say who it is, each with the address that its value completes."""

_FAMILY_FIRST = ("CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "HALFWIDTH KATAKANA", "HANGUL", "HALFWIDTH HANGUL")
"""How Unicode's names of the letters begin in whose scripts the family name is printed first."""
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})


def unaccented(name: str) -> str:
    """A name as it is typed where there are no accents, in lower case.

    >>> unaccented("Ada Marée"), unaccented("Łukasz Groß"), unaccented("Đặng Søren"), unaccented("潮 太郎")
    ('ada maree', 'lukasz gross', 'dang soren', '潮 太郎')
    """
    letters = re.sub("(?<=[a-z])[\u0300-\u036f]+", "", unicodedata.normalize("NFKD", name.casefold()))
    return unicodedata.normalize("NFKC", letters.translate(_LETTERS))


def is_family_first(name: str) -> bool:
    """Whether all letters are of a script in which the family name is printed first.

    >>> is_family_first("潮 太郎"), is_family_first("Taro 潮")
    (True, False)
    """
    letters = list(filter(str.isalpha, name))
    return bool(letters) and all(unicodedata.name(char, "").startswith(_FAMILY_FIRST) for char in letters)


def printed_name(given: str, family: str, suffix: str = "") -> str:
    """A name as papers print it, of its parts; the particle belongs to the family name here.

    >>> printed_name("Ludwig", "van Beethoven"), printed_name("Bo", "Lindqvist", "Jr."), printed_name("太郎", "潮")
    ('Ludwig van Beethoven', 'Bo Lindqvist Jr.', '潮 太郎')
    """
    parts = (family, given, suffix) if is_family_first(family + given) else (given, family, suffix)
    return " ".join(filter(None, parts))
