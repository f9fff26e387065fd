"""Printed names in the parts by which bibliographies sort and shorten them.

A record has a name as the paper prints it, given name first. The family name is its last word, with the lower-case particles
before it, as BibTeX splits names (https://ctan.org/pkg/tamethebeast, section 11); a suffix stands apart. Two capital particles in
a row ("De la Torre") belong to the family name, and so does what "y" or "e" joins to it ("Ortega y Gasset"). A name that has a
comma elsewhere, something in brackets at its end, or a word that BibTeX puts between names, is not taken apart, and neither is
that of a group, which the record says.
A name in Chinese, Japanese or Korean script is printed family name first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from synthkg.model import is_family_first

__all__ = ["Name", "split_name"]

_SUFFIX = re.compile(r",?(?<!\s)\s+(Jr\.?|Sr\.?|II|III|IV)$")
_CAPITAL_PARTICLES = frozenset(("Del", "Dos", "Von"))  # others, such as Le, Da and Van, are given names as well
_FIRST_PARTICLES = frozenset(("De", "Van", "Von"))
_SECOND_PARTICLES = frozenset(("de", "den", "der", "het", "la", "las", "los", "ter"))
_JOINTS = frozenset(("y", "e"))
_APOSTROPHES = str.maketrans("", "", "'’")

_BETWEEN = frozenset(("and", "others"))


@dataclass(frozen=True, slots=True)
class Name:
    """The parts of a name; one that is not to be taken apart has ``literal`` alone."""

    family: str = ""
    given: str = ""
    particle: str = ""
    suffix: str = ""
    literal: str = ""


def split_name(name: str, *, is_group: bool = False) -> Name:
    """The parts of a printed name.

    >>> split_name("Nando de Freitas")
    Name(family='Freitas', given='Nando', particle='de', suffix='', literal='')
    >>> split_name("Bo Lindqvist Jr.")
    Name(family='Lindqvist', given='Bo', particle='', suffix='Jr.', literal='')
    >>> split_name("潮 太郎")
    Name(family='潮', given='太郎', particle='', suffix='', literal='')
    >>> split_name("Qwen Team", is_group=True)
    Name(family='', given='', particle='', suffix='', literal='Qwen Team')
    """
    found = _SUFFIX.search(name)
    whole, suffix = (name[: found.start()], found[1]) if found else (name, "")
    words = whole.split()
    if (
        is_group
        or "," in whole
        or whole.endswith((")", "）"))
        or len(words) <= bool(suffix)
        or not _BETWEEN.isdisjoint(name.lower().split())
    ):
        return Name(literal=name)
    if is_family_first(whole):
        return Name(words[0], " ".join(words[1:]), suffix=suffix) if words[1:] else Name(literal=name)
    first = len(words) - 1
    if first > 1 and words[first - 1] in _CAPITAL_PARTICLES and words[first][0].isupper():
        first -= 1
    elif first > 2 and (words[first - 1] in _JOINTS or _are_particles(*words[first - 2 : first])):
        first -= 2
    start = first
    while start > 1 and _is_particle(words[start - 1]):
        start -= 1
    return Name(" ".join(words[first:]), " ".join(words[:start]), " ".join(words[start:first]), suffix)


def _are_particles(first: str, second: str) -> bool:
    return first in _FIRST_PARTICLES and second.lower() in _SECOND_PARTICLES


def _is_particle(word: str) -> bool:
    letters = word.translate(_APOSTROPHES)
    return letters.isalpha() and letters[0].islower()
