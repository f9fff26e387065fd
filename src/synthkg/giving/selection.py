"""Which papers an export is about: those named, those of a topic, or all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from synthkg.errors import UsageError
from synthkg.findings import did_you_mean
from synthkg.graph import Store, load_queries

__all__ = ["choose"]


def choose(store: Store, papers: Collection[str] = (), topics: Mapping[str, Iterable[str]] | None = None) -> set[str]:
    """The ids of the papers that are named, if any are, and have one of the topics of each kind that is given.

    Args:
        store: The graph.
        papers: Ids of papers; none means all.
        topics: Kind (``method``, ``stage``, ``domain``, ``technique``) -> ids; a paper on something narrower counts too.

    Raises:
        UsageError: There is no such paper, or no paper has such a topic; the message says which there are.
    """
    rows = [[term.value if term else "" for term in row] for row in load_queries("exports")["topics"].rows(store).rows]
    known = {paper for paper, _ in rows}
    _require("paper", papers, known)
    chosen = set(papers) or known
    for kind, ids in (topics or {}).items():
        if wanted := set(ids):
            having = [(paper, topic.removeprefix(f"{kind}/")) for paper, topic in rows if topic.startswith(f"{kind}/")]
            _require(kind, wanted, {id for _, id in having})
            chosen &= {paper for paper, id in having if id in wanted}
    return chosen


def _require(kind: str, ids: Iterable[str], known: Collection[str]) -> None:
    for id in sorted(ids):
        if id not in known:
            whose = "" if kind == "paper" else " of a paper"
            raise UsageError(f'there is no {kind} "{id}"{whose}; {did_you_mean(id, known)}')
