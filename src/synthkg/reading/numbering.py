"""The words of headings, without what numbers them.

A number belongs to the words ("3D generation", "100 languages", "1-bit models") unless a mark sets it off ("2.", "(2)", "2 –"). A
letter ("B."), a Roman numeral ("IV.") or numbers without a mark behind ("2.1 ") count things only where the headings before have
the one before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from string import ascii_uppercase

__all__ = ["words_of_headings"]

_LEAD = re.compile(r"(?:[0-9#*]\ufe0f?\u20e3|[^\w(\[{“„«‘\"'$€£+.~]|_)*")  # pictures, digits on keys too, and space
_WORDS = r"(?=[^\W_])"
_OPENS = r"(?=[^\W\da-z_](?!\.))"  # a capital, or a letter of a script without capitals, that is no initial
_BEGINS = r"(?=[^\Wa-z_](?!\.))"
_COUNTED = re.compile(
    rf"""
      [(（\[]\s*(?:\d{{1,3}}|[a-z]|[ivx]{{1,5}})\s*[)）\]]\s*{_WORDS}
    | \d{{1,3}}(?:\.\d{{1,3}})*(?:[.)．）、]|\.\))(?:\s+|{_OPENS})
    | \d{{1,3}}(?:\.\d{{1,3}})*\s+[-–—:]\s+(?=[^\W\d_])
    | (?:[a-z]|[ivx]{{1,5}})\)\s+{_WORDS}
    | [一二三四五六七八九十]{{1,3}}[、.．]\s*{_WORDS}
    """,
    re.VERBOSE,
)
_IN_ORDER = re.compile(rf"(?P<mark>[A-Z]|[IVX]{{1,5}})[.)]\s+{_BEGINS}|(?P<bare>\d{{1,3}}(?:\.\d{{1,3}})+)\s+{_WORDS}")
_NUMBERS = re.compile(r"\d{1,3}(?:\.\d{1,3})*")
_ROMAN = [f"{tens}{ones}" for tens in ("", "X") for ones in ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")]
_LETTERS = list(ascii_uppercase)


def words_of_headings(headings: Iterable[str]) -> dict[str, str]:
    """Each heading of a document -> its words, without its number, a picture before them and punctuation behind.

    One without letters, such as a year, has none.

    >>> print(*words_of_headings(["1. Winds", "2.1 Neap", "2.2 Spring", "📚 (4) Seas", "3D waves", "100 rivers"]).values())
    Winds Neap Spring Seas 3D waves 100 rivers
    >>> print(*words_of_headings(["I. Winds", "II. Tides", "C. elegans", "2.5 degrees", "2024"]).values(), sep="|")
    Winds|Tides|C. elegans|2.5 degrees|
    """
    shown = {heading: heading[_end(_LEAD, heading) :] for heading in headings}
    marks = {mark for words in shown.values() if (mark := _mark(words))}
    return {heading: _words(words, marks) for heading, words in shown.items()}


def _end(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.match(text)
    return found.end() if found is not None else 0


def _mark(words: str) -> str:
    """What may number a heading: a letter, a Roman numeral, or numbers."""
    found = _IN_ORDER.match(words)
    if found is not None and found["mark"]:
        return found["mark"]
    numbers = _NUMBERS.match(words)
    return numbers[0] if numbers is not None else ""


def _words(words: str, marks: set[str]) -> str:
    end = _end(_COUNTED, words)
    found = _IN_ORDER.match(words)
    if not end and found is not None and _is_in_order(found["mark"] or found["bare"], marks):
        end = found.end()
    words = words[end:]
    words = words[_end(_LEAD, words) :].rstrip(" :.-–—")
    return " ".join(words.split()) if any(map(str.isalpha, words)) else ""


def _is_in_order(mark: str, marks: set[str]) -> bool:
    """Whether another heading has the mark before this one, or behind the first one."""
    above, _, last = mark.rpartition(".")
    if above:
        before = f"{above}.{int(last) - 1}"
        return before in marks or (int(last) == 1 and not {above, f"{above}.2"}.isdisjoint(marks))
    for order in (_LETTERS, _ROMAN):
        if mark in order:
            place = order.index(mark)
            if order[place - 1 if place else 1] in marks:
                return True
    return False
