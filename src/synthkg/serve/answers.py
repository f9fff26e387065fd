"""Answers that are kept: one graph gives one answer to a question, so what is asked again need not be run again."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict

__all__ = ["Answers", "is_constant"]

_MOST_BYTES = 64 * 2**20
_LARGE = 4 * 2**20  # one that is larger would push out too many others
_CHANGING = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID)\b", re.IGNORECASE)


def is_constant(query: str) -> bool:
    """Whether a query gives the same answer each time: it may call no function that does not.

    >>> is_constant("SELECT * { ?s ?p ?o }"), is_constant("SELECT (now() AS ?day) {}")
    (True, False)
    """
    return _CHANGING.search(query) is None


class Answers:
    """Answers by their questions; when they are too many, those go first that nobody has asked for the longest time.

    Args:
        most: How many bytes may be kept.
    """

    def __init__(self, most: int = _MOST_BYTES) -> None:
        self._most = most
        self._bytes = 0
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, question: str) -> bytes | None:
        """The answer that is kept, if one is."""
        with self._lock:
            answer = self._kept.get(question)
            if answer is not None:
                self._kept.move_to_end(question)
            return answer

    def keep(self, question: str, answer: bytes) -> None:
        """Keeps an answer that is not large."""
        if len(question) + len(answer) > _LARGE:
            return
        with self._lock:
            old = self._kept.pop(question, None)
            self._bytes += len(answer) - len(old or b"") + (len(question) if old is None else 0)
            self._kept[question] = answer
            while self._bytes > self._most:
                gone, body = self._kept.popitem(last=False)
                self._bytes -= len(gone) + len(body)
