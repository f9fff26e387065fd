"""A profile: what is shown of a thing, as a sequence of saved queries.

A query stands in the profile of a kind of thing when its header says so: ``panels: [paper 30 Versions]`` is the place in order,
30, and the heading. Its one parameter is the thing. A panel with the columns ``fact`` and ``value`` shows facts, any other is a
table. An IRI of ours in it is shown by its name, and links to its page. So adding a panel is adding a ``.rq`` file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pyoxigraph import NamedNode

from synthkg.errors import QueryError
from synthkg.graph import OxigraphStore, Query, Store, Table, load_queries
from synthkg.model import BASE
from synthkg.profiles.kinds import KINDS, kind_of
from synthkg.profiles.labels import Labels

__all__ = ["Panel", "Profile", "Profiles", "Section", "load_panels"]

_PANEL = re.compile(r"(?P<kind>\w+) (?P<order>\d+) (?P<title>\S.*)")
FACTS = ("fact", "value")
_ANY = f"{BASE}any-thing"


@dataclass(frozen=True, slots=True)
class Panel:
    """One heading of a profile, and the saved query that fills it."""

    kind: str
    order: int
    title: str
    query: Query

    @property
    def key(self) -> str:
        """Its heading as one word.

        >>> Panel("paper", 1, "Code, data and models", None).key
        'code-data-and-models'
        """
        return re.sub(r"\W+", "-", self.title.casefold()).strip("-")


@dataclass(frozen=True, slots=True)
class Section:
    """A panel with its answer about one thing."""

    panel: Panel
    table: Table

    @property
    def is_facts(self) -> bool:
        """Whether each row is a fact and its value."""
        return self.table.columns == FACTS

    @property
    def facts(self) -> dict[str, list[str]]:
        """Fact -> its values as text, where rows are facts."""
        found: dict[str, list[str]] = {}
        for fact, value in self.table.rows if self.is_facts else ():
            if fact is not None and value is not None:
                found.setdefault(fact.value, []).append(value.value)
        return found


@dataclass(frozen=True, slots=True)
class Profile:
    """What is shown of a thing: all panels of its kind, with or without rows."""

    iri: str
    kind: str
    title: str
    sections: tuple[Section, ...]

    @property
    def shown(self) -> tuple[Section, ...]:
        """The sections that have rows."""
        return tuple(section for section in self.sections if section.table.rows)

    @property
    def facts(self) -> dict[str, list[str]]:
        """The facts of its first panel that shows any, as text."""
        return next((section.facts for section in self.shown if section.is_facts), {})

    def section(self, key: str) -> Section | None:
        """The section with this key, such as ``versions``, if it has rows."""
        return next((section for section in self.shown if section.panel.key == key), None)


class Profiles:
    """The profiles of a graph's things.

    Args:
        store: The graph.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.labels = Labels(store)
        self._panels = load_panels()
        self._texts: dict[str, str] = {}

    def of(self, iri: str) -> Profile:
        """The profile of a thing."""
        kind = kind_of(iri)
        sections = [Section(panel, self._answer(panel.query, iri)) for panel in self._panels.get(kind, ())]
        return Profile(iri, kind, self.labels.of(iri), tuple(sections))

    def _answer(self, query: Query, iri: str) -> Table:
        """What the query says of the thing. Its text is bound once, to a name that no thing has, in whose place each is put."""
        if not isinstance(self.store, OxigraphStore):
            return query.rows(self.store, **{parameter.name: iri for parameter in query.parameters})
        if (text := self._texts.get(query.name)) is None:
            text = self._texts[query.name] = query.bind({parameter.name: _ANY for parameter in query.parameters})
        return query.arranged(self.store.select_ours(text.replace(f"<{_ANY}>", str(NamedNode(iri)))))


def load_panels() -> dict[str, tuple[Panel, ...]]:
    """Kind -> its panels, in order.

    Raises:
        QueryError: A header does not say what a panel is.
    """
    found: dict[str, list[Panel]] = {}
    for query in load_queries("examples", "views", "profiles").values():
        for said in query.header.get("panels", ()):
            panel = _PANEL.fullmatch(said)
            if panel is None or panel["kind"] not in KINDS or len(query.parameters) > 1:
                raise QueryError(
                    f'"{said}" is no panel; write "#+ panels: [paper 30 Versions]" over a query with one parameter, of {KINDS}',
                    f"{query.path}:1:1",
                )
            found.setdefault(panel["kind"], []).append(Panel(panel["kind"], int(panel["order"]), panel["title"], query))
    return {kind: tuple(sorted(panels, key=lambda panel: (panel.order, panel.title))) for kind, panels in found.items()}
