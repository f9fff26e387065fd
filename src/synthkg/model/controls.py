"""Characters that no XML 1.0 document can carry, and so no RDF/XML dump: how the text of a list has them.

Form feeds from PDFs and the like stand in real lists. Such a character is written as its code point in hexadecimal digits between
two U+241B (SYMBOL FOR ESCAPE), and so is U+241B itself: every text has one escaped form, and every escaped form one text.
"""

from __future__ import annotations

import re

__all__ = ["blank_controls", "escape_controls", "restore_controls"]

# Whatever is no Char: https://www.w3.org/TR/xml/#NT-Char.
_BARE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff\u241b]")
_ESCAPED = re.compile("\u241b([0-9A-F]{1,4})\u241b")


def escape_controls(text: str) -> str:
    r"""The text without characters that XML forbids.

    >>> escape_controls("a\fb")
    'a␛C␛b'
    """
    return _BARE.sub(lambda found: f"\u241b{ord(found[0]):X}\u241b", text)


def blank_controls(text: str) -> str:
    r"""An escaped text with a space for each of these characters.

    >>> blank_controls("a␛C␛b")
    'a b'
    """
    return _ESCAPED.sub(" ", text)


def restore_controls(text: str) -> str:
    r"""What was escaped.

    >>> restore_controls("a␛C␛b")
    'a\x0cb'
    """
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
