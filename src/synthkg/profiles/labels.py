"""What things are called: a few words in the place of an IRI, for people."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping

from pyoxigraph import Literal, NamedNode

from synthkg.graph import PREFIXES, Store, Table, Term, database, load_queries
from synthkg.model import BASE
from synthkg.views import to_unicode

__all__ = ["Labels"]

_VOCABULARIES = PREFIXES | {"semapv": "https://w3id.org/semapv/vocab/"}
_NUMBERED = ("entry", "erratum", "evidence", "section", "line", "author", "snapshot")


class Labels:
    """The names of a graph's things.

    Attributes:
        titles: IRI -> what the thing is called.
    """

    def __init__(self, store: Store) -> None:
        self.titles: Mapping[str, str] = _Titles(store)

    def of(self, iri: str) -> str:
        """What it is called; where it has no name, what its IRI says."""
        if (title := self.titles.get(iri)) is not None:
            return title
        if not iri.startswith(BASE):
            known = (f"{prefix}:{iri[len(start) :]}" for prefix, start in _VOCABULARIES.items() if iri.startswith(start))
            return next(known, iri)
        *_, kind, last = f"/{iri.removeprefix(BASE)}".split("/")
        if kind in _NUMBERED:
            return f"{kind} {last}"
        return last.replace("#", " ") if kind else last

    def only(self, iris: Iterable[str]) -> Labels:
        """The names of some things, without the graph."""
        few = Labels.__new__(Labels)
        few.titles = {iri: title for iri in iris if (title := self.titles.get(iri)) is not None}
        return few

    def named(self, table: Table) -> Table:
        """The table with things under their names; an address stays whole."""

        def shown(term: Term | None) -> Term | None:
            return Literal(self.of(term.value)) if isinstance(term, NamedNode) else term

        return Table(table.columns, [tuple(map(shown, row)) for row in table.rows])


class _Titles(Mapping[str, str]):
    """IRI -> what the thing is called. Each is read when it is asked for, and kept."""

    def __init__(self, store: Store) -> None:
        query = load_queries("exports")["labels"]

        def fill(made: sqlite3.Connection) -> None:
            made.execute("CREATE TABLE label (iri TEXT PRIMARY KEY, said TEXT) WITHOUT ROWID")
            rows = ((thing.value, to_unicode(said.value)) for thing, said in query.rows(store).rows if thing and said)
            made.executemany("INSERT INTO label VALUES (?, ?)", sorted(rows))

        self._all = database(store, ("labels", query.text), fill)
        self._read: dict[str, str | None] = {}

    def __getitem__(self, iri: str) -> str:
        if iri not in self._read:
            text = iri.encode("utf-8", "replace").decode()  # an argument of a command may have bytes that are no text
            row = self._all.execute("SELECT said FROM label WHERE iri = ?", (text,)).fetchone()
            self._read[iri] = row and row[0]
        if (found := self._read[iri]) is None:
            raise KeyError(iri)
        return found

    def __iter__(self) -> Iterator[str]:
        return (iri for (iri,) in self._all.execute("SELECT iri FROM label ORDER BY iri"))

    def __len__(self) -> int:
        return int(self._all.execute("SELECT COUNT(*) FROM label").fetchone()[0])
