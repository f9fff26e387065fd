"""Who an author is: the authorities that say so, and names as they are looked for."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["AUTHORITIES", "unaccented"]

AUTHORITIES = {
    "orcid": "https://orcid.org/",
    "acl": "https://aclanthology.org/people/",
    "openreview": "https://openreview.net/profile?id=",
    "dblp": "https://dblp.org/pid/",
}
"""The keys of an author that say who it is, each with the address that its value completes."""

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})


def unaccented(name: str) -> str:
    """A name as it is typed where there are no accents, in lower case.

    >>> unaccented("Ada Marée"), unaccented("Łukasz Groß"), unaccented("Đặng Søren"), unaccented("潮 太郎")
    ('ada maree', 'lukasz gross', 'dang soren', '潮 太郎')
    """
    letters = re.sub("(?<=[a-z])[\u0300-\u036f]+", "", unicodedata.normalize("NFKD", name.casefold()))
    return unicodedata.normalize("NFKC", letters.translate(_LETTERS))
