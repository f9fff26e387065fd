"""Which papers an export is about: those named, those of a topic, or all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from synthkg.errors import UsageError
from synthkg.findings import did_you_mean
from synthkg.graph import Store, load_queries, present_iri
from synthkg.model import BASE, bare_id

__all__ = ["choose"]


def choose(
    store: Store,
    papers: Collection[str] = (),
    topics: Mapping[str, Iterable[str]] | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> set[str]:
    """The ids of the papers that are named, if any are, and have one of the topics of each kind that is given.

    Args:
        store: The graph.
        papers: Ids of papers; none means all.
        topics: Kind (``method``, ``stage``, ``domain``, ``technique``) -> ids; a paper on something narrower counts too.
        tell: Called with a line for each former id that is given.

    Raises:
        UsageError: There is no such paper, or no paper has such a topic; the message says which there are.
    """
    rows = [[term.value if term else "" for term in row] for row in load_queries("exports")["topics"].rows(store).rows]
    known = {paper for paper, _ in rows}
    chosen = {_present(store, "paper", id, known, tell) for id in sorted(papers)} or known
    for kind, ids in (topics or {}).items():
        if wanted := set(ids):
            having = [(paper, topic.removeprefix(f"{kind}/")) for paper, topic in rows if topic.startswith(f"{kind}/")]
            wanted = {_present(store, kind, id, {id for _, id in having}, tell) for id in sorted(wanted)}
            chosen &= {paper for paper, id in having if id in wanted}
    return chosen


def _present(store: Store, kind: str, id: str, known: Collection[str], tell: Callable[[str], None]) -> str:
    """The id, or where it is a former one that which the thing has now. An IRI is as good as an id."""
    id = bare_id(kind, id)
    if id in known:
        return id
    now = present_iri(store, f"{BASE}{kind}/{id}").removeprefix(f"{BASE}{kind}/")
    if now not in known:
        whose = "" if kind == "paper" else " of a paper"
        raise UsageError(f'there is no {kind} "{id}"{whose}; {did_you_mean(id, known)}')
    tell(f'the {kind} "{id}" is now "{now}"')
    return now
