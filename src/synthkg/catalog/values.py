"""What a value must be, by the marker of its field: a test for each, whoever reads the value, and what is told where it fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from synthkg.catalog import layout
from synthkg.findings import did_you_mean
from synthkg.model import (
    DEVICES,
    AtMost,
    Concept,
    IsDate,
    IsOwnTopic,
    IsRow,
    IsTopic,
    IsUrl,
    Kind,
    Ref,
    Vocabulary,
    identify,
    is_url,
    singular,
)

__all__ = ["INTEGER", "NOT_XML", "SLUG", "misfit", "own_topics", "test_of"]

SLUG = re.compile(rf"(?![a-z0-9-]{{201}}|(?:{DEVICES})$)[a-z0-9]+(?:-[a-z0-9]+)*")
"""It becomes the name of a file, with an ending, on every system: Windows checks out no repository with an ``aux.yaml``."""
INTEGER = re.compile(r"(?a)0|-?[1-9]\d{0,8}")
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_DATE = re.compile(r"(?a)(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


def test_of(marker: Any) -> Callable[[Any, Vocabulary], bool]:
    """Whether a value, a number for `AtMost` and text for all others, is what the marker says, with the words of a vocabulary."""
    match marker:
        case AtMost(limit=limit):
            return lambda value, _: bool(0 <= value <= limit)
        case Kind(name=name):
            return lambda value, vocabulary: value in vocabulary.kinds(name)
        case Concept(scheme=scheme):
            return lambda value, vocabulary: value in vocabulary.concepts.get(scheme, {})
        case Ref():
            return lambda value, _: SLUG.fullmatch(value) is not None
    return _TESTS[marker]


def misfit(marker: Any, value: Any, vocabulary: Vocabulary) -> tuple[str, str, str]:
    """What is wrong with a value that `test_of` a marker refuses: a rule, the problem, and how to mend it."""
    match marker:
        case AtMost(limit=limit):
            return "too-large", f"{value} is not between 0 and {limit}", "write a smaller number"
        case Kind(name=name):
            return "unknown-word", f'"{value}" is no type of {name.lower()}', did_you_mean(value, vocabulary.kinds(name))
        case Concept(scheme=scheme):
            mend = did_you_mean(value, vocabulary.concepts.get(scheme, {}))
            return "unknown-word", f'"{value}" is no {scheme} concept', mend
        case Ref(folder=folder):
            noun = singular(folder)
            mend = f"write the id of a record: the name of a file in {folder}/, without .yaml"
            if is_url(value) or identify(value):
                mend += "; where there is none yet, write one with synthkg add"
            return "bad-id", f'"{value}" is no id of {"an" if noun[0] in "aeiou" else "a"} {noun}', mend
    return _MISFITS[marker](value, vocabulary)


def own_topics(vocabulary: Vocabulary) -> list[str]:
    """The concepts that the data folder brings, as ``scheme/id``."""
    return [f"{scheme.id}/{topic.id}" for scheme in vocabulary.own.values() for topic in scheme.concepts]


def _is_date(value: str, _: Vocabulary) -> bool:
    try:
        return bool((found := _DATE.fullmatch(value)) and date(int(found[1]), int(found[2] or 1), int(found[3] or 1)))
    except ValueError:
        return False


def _is_row(value: str, _: Vocabulary) -> bool:
    try:
        layout.fields(value)
    except ValueError:
        return False
    return True


_TESTS: dict[Any, Callable[[Any, Vocabulary], bool]] = {
    IsDate: _is_date,
    IsOwnTopic: lambda value, vocabulary: value in own_topics(vocabulary),
    IsRow: _is_row,
    IsTopic: lambda value, vocabulary: value == "none" or value in vocabulary.topics,
    IsUrl: lambda value, _: is_url(value),
}


def _no_date(value: str, _: Vocabulary) -> tuple[str, str, str]:
    return "bad-date", f'"{value}" is no date', "write YYYY, YYYY-MM or YYYY-MM-DD, a day that exists"


def _no_own_topic(value: str, vocabulary: Vocabulary) -> tuple[str, str, str]:
    mend = _near_concept(value, own_topics(vocabulary), vocabulary)
    return _renamed(value, vocabulary) or ("unknown-word", f'"{value}" is no concept of concepts/', mend)


def _renamed(value: str, vocabulary: Vocabulary) -> tuple[str, str, str] | None:
    """That a concept of the data folder has another id now, if one has."""
    now = vocabulary.present(value)
    return ("unknown-word", f'the concept "{value}" is now "{now}"', f'write "{now}"') if now else None


def _near_concept(value: str, known: Collection[str], vocabulary: Vocabulary) -> str:
    """What a concept may be instead; of a scheme that nobody knows the file may be there, and broken."""
    near, (scheme, slash, _) = _near(value, known), value.partition("/")
    if scheme in vocabulary.concepts or (known and not slash) or near.startswith("did you mean"):
        return near
    return f"write its scheme first, as concepts/{scheme if slash else '<scheme>'}.yaml, or mend that file if it cannot be read"


def _no_row(value: str, _: Vocabulary) -> tuple[str, str, str]:
    try:
        layout.fields(value)
    except ValueError as error:
        return "bad-layout", str(error), "write literal braces twice and each field once"
    raise AssertionError(f"{value!r} is a row")


def _no_topic(value: str, vocabulary: Vocabulary) -> tuple[str, str, str]:
    mend = f"{_near_concept(value, vocabulary.topics, vocabulary)}; of a heading that names no concept, none"
    return _renamed(value, vocabulary) or ("unknown-word", f'"{value}" is no concept that a heading can name', mend)


def _no_url(value: str, _: Vocabulary) -> tuple[str, str, str]:
    mend = "write it from https:// on, with blanks and other special characters percent-encoded"
    return "bad-url", f'"{value}" is no absolute http(s) URL', mend


def _near(value: str, topics: Collection[str]) -> str:
    return did_you_mean(value, [topic for topic in topics if topic.endswith(f"/{value}")] or topics)


_MISFITS: dict[Any, Callable[[str, Vocabulary], tuple[str, str, str]]] = {
    IsDate: _no_date,
    IsOwnTopic: _no_own_topic,
    IsRow: _no_row,
    IsTopic: _no_topic,
    IsUrl: _no_url,
}
