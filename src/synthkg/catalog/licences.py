"""Licences that a data folder may state for itself, by whatever it calls them, and what others call them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["KNOWN_LICENCES", "LICENCE", "Licence", "licence_in"]

LICENCE = "LICENSE"
_OPEN_DATA = "https://opendatacommons.org/licenses/"
_CREATIVE = "https://creativecommons.org/"
_CC0 = f"{_CREATIVE}publicdomain/zero/1.0/"
_ODC_BY, _ODBL, _PDDL = (f"{_OPEN_DATA}{name}/1-0/" for name in ("by", "odbl", "pddl"))
_NAMED = {
    r"\bCC0[ -]1\.0\b": _CC0,
    r"\bOpen Data(?:base)? Commons Attribution License\b|\bODC-By\b": _ODC_BY,
    r"\bOpen Database License\b|\bODbL\b": _ODBL,
    r"\bPublic Domain Dedication (?:and|&) Licen[cs]e\b|\bPDDL\b": _PDDL,
}
_CC_NAME = re.compile(r"\bAttribution(-NonCommercial)?(-ShareAlike|-NoDerivatives)? ([34]\.0) (?:International|Unported)\b")
_CC_SHORT = re.compile(r"\bCC[ -](BY(?:-NC)?(?:-SA|-ND)?)[ -]([34]\.0)\b")
_ADDRESS = re.compile(r"https?://(?:www\.)?creativecommons\.org/((?:licenses|publicdomain)/[a-z-]+/\d\.\d)\b")
_OPEN_DATA_ADDRESS = re.compile(r"https?://(?:www\.)?opendatacommons\.org/licenses/(by|odbl|pddl)\b")
_LETTERS = {"-NonCommercial": "-nc", "-ShareAlike": "-sa", "-NoDerivatives": "-nd", "": ""}


class Licence(NamedTuple):
    """What a licence is called: by people, and in the SPDX License List, https://spdx.org/licenses/."""

    name: str
    spdx: str


KNOWN_LICENCES = {
    _CC0: Licence("CC0 1.0 Universal", "CC0-1.0"),
    _ODC_BY: Licence("Open Data Commons Attribution License 1.0", "ODC-By-1.0"),
    _ODBL: Licence("Open Database License 1.0", "ODbL-1.0"),
    _PDDL: Licence("Public Domain Dedication and License 1.0", "PDDL-1.0"),
} | {
    f"{_CREATIVE}licenses/by{_LETTERS[kind]}{_LETTERS[more]}/{version}/": Licence(
        f"Creative Commons Attribution{kind}{more} {version} {scope}", f"CC-BY{_LETTERS[kind]}{_LETTERS[more]}-{version}".upper()
    )
    for kind in ("", "-NonCommercial")
    for more in ("", "-ShareAlike", "-NoDerivatives")
    for version, scope in (("3.0", "Unported"), ("4.0", "International"))
}
"""The licences that have a name here, by their IRIs; an address of others is recognised too."""


def licence_in(text: str) -> str | None:
    """The IRI of the licence that a text is or names: one of Creative Commons or of Open Data Commons.

    >>> licence_in("Attribution-ShareAlike 4.0 International"), licence_in("SPDX-License-Identifier: CC-BY-4.0")
    ('https://creativecommons.org/licenses/by-sa/4.0/', 'https://creativecommons.org/licenses/by/4.0/')
    >>> licence_in("Mine, all mine")
    """
    found = set(_found(text))
    return found.pop() if len(found) == 1 else None


def _found(text: str) -> Iterator[str]:
    yield from (iri for name, iri in _NAMED.items() if re.search(name, text))
    yield from (f"{_CREATIVE}{match[1]}/" for match in _ADDRESS.finditer(text))
    yield from (f"{_OPEN_DATA}{match[1]}/1-0/" for match in _OPEN_DATA_ADDRESS.finditer(text))
    yield from (f"{_CREATIVE}licenses/{match[1].lower()}/{match[2]}/" for match in _CC_SHORT.finditer(text))
    for kind, more, version in _CC_NAME.findall(text):
        yield f"{_CREATIVE}licenses/by{_LETTERS[kind]}{_LETTERS[more]}/{version}/"
