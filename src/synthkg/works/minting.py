"""Mint readable ids: distinct slugs that end in no cut or small word, since an id is for ever."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from synthkg.model import slug

__all__ = ["mint", "numbered"]

_LONGEST = 80
_SMALL = {
    *("a", "an", "and", "are", "as", "at", "be", "by", "can", "do", "does", "for", "from", "how", "if", "in", "into", "is"),
    *("its", "not", "of", "on", "or", "over", "that", "the", "their", "to", "towards", "using", "via", "what", "when"),
    *("which", "with", "without", "your"),
}


def mint(names: Sequence[str], fallbacks: Sequence[str], in_use: frozenset[str]) -> list[str]:
    """Mint distinct ids: slugs of names; of those that clash, with more words; of their fallbacks; with numbers.

    >>> mint(["Advancing LLM Reasoning Generalists with Trees", "Orca 2: Teaching", "Orca 2: More"], [""] * 3, frozenset())
    ['advancing-llm-reasoning-generalists', 'orca-2-teaching', 'orca-2-more']
    """
    ids = [_readable(slug(name)) for name in names]
    for words in range(6, 13):
        shared = _shared(ids) | in_use
        ids = [
            _readable(slug(name.replace(":", " "), words)) if id in shared else id for id, name in zip(ids, names, strict=True)
        ]
    shared = _shared(ids) | in_use | {""}
    ids = [slug(fallback, 12) if id in shared else id for id, fallback in zip(ids, fallbacks, strict=True)]
    taken, tried = set(in_use), Counter[str]()
    for position, id in enumerate(ids):
        base = id or "unnamed"
        while (name := numbered(base, tried[base] + 1)) in taken:
            tried[base] += 1
        taken.add(name)
        ids[position] = name
    return ids


def numbered(name: str, number: int) -> str:
    """A name, with its number from the second on."""
    return name if number == 1 else f"{name}-{number}"


def _readable(id: str) -> str:
    """An id without the word that was cut at its end and the small words before it."""
    words = id.split("-")
    if len(id) >= _LONGEST and len(words) > 1:
        words = words[:-1]
    while len(words) > 2 and words[-1] in _SMALL:
        words = words[:-1]
    return "-".join(words)


def _shared(ids: Iterable[str]) -> set[str]:
    return {id for id, count in Counter(ids).items() if count > 1}
