"""What a value must be, by the marker of its field: one test for each, whoever reads the value."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from synthkg.catalog import layout
from synthkg.model import AtMost, Concept, IsDate, IsOwnTopic, IsRow, IsTopic, IsUrl, Kind, Ref, Vocabulary, is_url

__all__ = ["INTEGER", "NOT_XML", "SLUG", "own_topics", "test_of"]

SLUG = re.compile(r"(?![a-z0-9-]{201})[a-z0-9]+(?:-[a-z0-9]+)*")  # it becomes the name of a file, with an ending
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
