"""How nested and how long a query may be before an engine is handed it.

Oxigraph reads and runs a query by recursion, and where that leaves its stack the process is gone, without an exception. Measured
with 0.5.13 and a stack of 8 MB: 1,000 nested ``COALESCE`` or ``EXISTS`` and 4,000 ``BIND`` in a row end it; 2,000 of anything in
a row do not. A test keeps the saved queries well below both limits. The data of ``VALUES`` may be as long as they like.
"""

from __future__ import annotations

import re
from itertools import accumulate

from synthkg.errors import QueryError
from synthkg.findings import place_in
from synthkg.graph.sparql import TOKEN, is_doubtful, outline

__all__ = ["refuse_too_deep"]

_DEEPEST = 100
_LONGEST = 2_000
_PART = re.compile(r"[^\W\d]\w*+|[^\s\w,]")
_BRACKET = re.compile(r"[][(){}]")
_DATA = re.compile(r"(\bVALUES\b(?:(?!\bVALUES\b)[^{])*+)\{[^{}]*+\}", re.IGNORECASE)


def refuse_too_deep(query: str) -> None:
    """Does nothing if the query is one that an engine can be handed.

    Raises:
        QueryError: It is nested too deep, or too long; the message says where.

    >>> refuse_too_deep("SELECT * { VALUES ?x { " + "<a:b> '{' " * 5_000 + "} ?x ?p ?o }")
    >>> refuse_too_deep("ASK { FILTER(" + "(" * 100 + "1" + ")" * 100 + ") }")
    Traceback (most recent call last):
    synthkg.errors.QueryError: brackets are nested over 100 deep from 1:112 on; take the query apart
    """
    is_short = len(query) <= _LONGEST or len(_PART.findall(query)) <= _LONGEST
    if is_short and (sum(map(query.count, "([{")) <= _DEEPEST or _is_flat(query)):
        return  # with all that stands in its strings and comments, too, as most are
    depth = 0
    bare = _DATA.sub(lambda found: found[1].ljust(len(found[0])), query if is_doubtful(query) else outline(query))
    for number, found in enumerate(_PART.finditer(bare), start=1):
        depth += (found[0] in "([{") - (found[0] in ")]}")
        if depth > _DEEPEST or number > _LONGEST:
            what = f"brackets are nested over {_DEEPEST} deep" if depth > _DEEPEST else f"it has over {_LONGEST} words and signs"
            line, column = place_in(query, found.start())
            raise QueryError(f"{what} from {line}:{column} on; take the query apart")


def _is_flat(query: str) -> bool:
    """Whether its brackets are surely not nested too deep. Nothing else is looked at: hundreds of pages are asked for at once."""
    depths = accumulate(1 if each in "([{" else -1 for each in _BRACKET.findall(TOKEN.sub(" ", query)))
    return not is_doubtful(query) and max(depths, default=0) <= _DEEPEST
