"""The number in the words of a size: what ``52K instructions`` counts, and how many."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

__all__ = ["Quantity", "quantity"]

_POWERS = {
    "": 0, "k": 3, "thousand": 3, "m": 6, "million": 6, "g": 9, "b": 9, "billion": 9, "t": 12, "trillion": 12,
}  # fmt: skip
_SIZE = re.compile(
    r"(?:(?:about|around|approximately|roughly|nearly|over|more than|at least) )?"
    r"(?P<number>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?: ?(?P<power>[KkMBTG]|thousand|million|billion|trillion))?\+?"
    r"(?P<counted>(?:[ -][^\W\d][^\s\d]*)+)"
)
# What follows tells of parts of the number, or of places and qualities, and adds nothing to it.
_PARTS = re.compile(r"(?:: |, of which |, half of them |, \d+ of them ).*")
_LIMIT = re.compile(r"\b(?:or (?:less|fewer)|at (?:most|maximum)|maximum)\b")
_MORE = re.compile(r"(?:[,;]| and) (?:about |over )?\d")
_ASIDE = re.compile(
    r" \(.*|[,;]? (?:(?:of |to )?(?:each|every)|across|with|in|on|from|for|over|before|made|kept|written|released)\b.*"
)
_SHARE = re.compile(
    r" \(?(?:(?:across|for|from|in|of|on|to) (?:each|every)\b|each(?: (?:for|from|in|of|on)\b|[,;)]|$)|per\b)| an?\b"
)


class Quantity(NamedTuple):
    """A number of things; ``unit`` is the id of a concept of the scheme ``unit``."""

    amount: int
    unit: str


def quantity(words: str, units: Mapping[str, str]) -> Quantity | None:
    """What a size counts, or nothing where its words name no known unit, count two things, or give a range, a limit or a share.

    Of a lower bound it is the bound, the least that there is.

    Args:
        words: A size as a record gives it.
        units: The words for what is counted, in lower case -> the id of the unit.

    >>> units = {"instructions": "example", "tokens": "token"}
    >>> quantity("over 52K short instructions", units), quantity("6.3T tokens", units)
    (Quantity(amount=52000, unit='example'), Quantity(amount=6300000000000, unit='token'))
    >>> quantity("5K instructions and 1K dialogues", units), quantity("10K-100K instructions", units)
    (None, None)
    >>> quantity("500K+ instructions", units), quantity("up to 960K instructions", units), quantity("5K or fewer tokens", units)
    (Quantity(amount=500000, unit='example'), None, None)
    >>> quantity("6K instructions for each of seven tasks", units), quantity("6K instructions, each for a task", units)
    (None, Quantity(amount=6000, unit='example'))
    >>> quantity("6K instructions each", units), quantity("6K instructions of every kind", units)
    (None, None)
    >>> quantity("6K instructions a task", units), quantity("6K instructions (a part of all)", units)
    (None, Quantity(amount=6000, unit='example'))
    """
    whole = _PARTS.sub("", words)
    itself = _ASIDE.sub("", whole)
    match = _SIZE.fullmatch(itself)
    if match is None or _MORE.search(whole) or _LIMIT.search(itself) or _SHARE.search(itself) or _SHARE.match(whole, len(itself)):
        return None
    amount = Decimal(match["number"].replace(",", "")).scaleb(_POWERS[(match["power"] or "").lower()])
    named = {units[word] for word in re.split(r"[\s,/-]+", match["counted"].lower()) if word in units}
    return Quantity(int(amount), named.pop()) if len(named) == 1 and amount == int(amount) else None
