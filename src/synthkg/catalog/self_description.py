"""What is wrong with what a data folder says of itself, in CITATION.cff and LICENSE: what a release could not say of it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from synthkg.catalog.licences import LICENCE
from synthkg.catalog.links import unreadable
from synthkg.catalog.makers import CITATION, citation_of, licence_of
from synthkg.catalog.nodes import compose
from synthkg.errors import UnreadableError
from synthkg.files import read_text
from synthkg.findings import Finding, place_in

__all__ = ["self_findings"]

_MENDED = {
    "doi": "write it as 10.1234/abc",
    "license": "name one of Creative Commons or of Open Data Commons, such as CC-BY-4.0",
    "orcid": "write it as https://orcid.org/0000-0002-1825-0097",
    "repository-artifact": "write an address, https://…",
    "url": "write an address, https://…",
}


def self_findings(data: Path) -> Iterator[Finding]:
    """What is wrong in the files about a data folder, as far as there are any.

    A citation that cannot be read is an error, for the release would bear another name; all else is a note.
    """
    licence, citation = data / LICENCE, data / CITATION
    if os.path.lexists(licence) and not licence.is_dir() and licence_of(data) is None:
        mend = "name one by its address, such as https://creativecommons.org/licenses/by/4.0/; else a release states none"
        yield _note(licence, (1, 1), "unknown-licence", "which licence this is cannot be told", mend)
    if os.path.lexists(citation):
        try:
            yield from _of_citation(data, citation, _text_of(citation))
        except UnreadableError as error:
            yield unreadable(citation, error)


def _text_of(file: Path) -> str:
    if not file.is_file():
        raise UnreadableError("cannot read it: this is no file, nor does it lead to one", str(file))
    return read_text(file)


def _of_citation(data: Path, file: Path, text: str) -> Iterator[Finding]:
    node, faults = compose(text, str(file))
    if node is None and text.strip():
        yield from faults
        return
    citation = citation_of(data)
    for id in citation.mistyped:
        at = place_in(text, len(text.partition(id)[0]))
        yield _note(file, at, "bad-orcid", f'the check digit of the ORCID iD "{id}" is wrong', "copy the iD again")
    for key, value in citation.unread:
        if key != "license" or not (data / LICENCE).is_file():
            stands = re.search(rf"^{key}:", text, re.MULTILINE)
            at = place_in(text, stands.start() if stands else max(text.find(value), 0))
            problem = f'the {key} "{value}" is none that is known; a release passes it over'
            yield _note(file, at, "unread-citation", problem, _MENDED[key])
    if not citation.makers:
        mend = "name them under authors, each with name, or with given-names and family-names; else a release names none"
        yield _note(file, (1, 1), "unknown-makers", "who made this cannot be told", mend)
    if not citation.is_named:
        made = citation.iri if citation.title else "one made of the title of its list"
        mend = f"write its DOI under doi, or its own address under identifiers (type: url); else a release calls it {made}"
        yield _note(file, (1, 1), "unnamed-data-set", "which IRI the data set has cannot be told", mend)


def _note(file: Path, at: tuple[int, int], rule: str, problem: str, mend: str) -> Finding:
    return Finding(str(file), *at, rule, problem, mend, "note")
