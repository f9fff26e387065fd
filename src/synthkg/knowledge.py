"""The Python API: one object that holds a graph and answers questions about it.

``synthkg.open().query("papers")`` gives the rows of the saved query ``papers``; ``.view("published")`` prints a list.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import overload

from pyoxigraph import RdfFormat, serialize

from synthkg import project
from synthkg.catalog import load_catalog
from synthkg.errors import UnreadableError, UsageError
from synthkg.graph import ontology_quads, quads
from synthkg.inference import infer
from synthkg.queries import find_query, load_query
from synthkg.store import OxigraphStore, Store, Table, load_dump
from synthkg.views import find_pages, render, rows_of

__all__ = ["Answer", "KnowledgeGraph", "open"]


class Answer:
    """The rows of an answer. Iterating gives each as ``{column: value}``, unbound columns left out."""

    def __init__(self, table: Table) -> None:
        self.table = table

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return self.table.columns

    def __len__(self) -> int:
        return len(self.table.rows)

    def __iter__(self) -> Iterator[dict[str, str]]:
        return rows_of(self.table)

    @overload
    def __getitem__(self, index: int) -> dict[str, str]: ...
    @overload
    def __getitem__(self, index: slice) -> list[dict[str, str]]: ...
    def __getitem__(self, index: int | slice) -> dict[str, str] | list[dict[str, str]]:
        return list(self)[index]


class KnowledgeGraph:
    """A graph that answers saved queries, plain SPARQL, and prints views."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def query(self, name: str, /, **values: str | int) -> Answer:
        """Asks a saved query, a ``.rq`` file, or a SPARQL SELECT given as text.

        Args:
            name: The query's name, its file's path, or its text.
            values: The query's parameters.

        Raises:
            UsageError: There is no such query or parameter, or a value is wrong.
            QueryError: It is not SPARQL.
        """
        is_text = "{" in name
        query = load_query(Path("-"), name) if is_text else find_query(name)
        return Answer(query.select(self.store, **{key: str(value) for key, value in values.items()}))

    def construct(self, sparql: str) -> str:
        """Asks a CONSTRUCT query and gives its triples as Turtle, sorted.

        Raises:
            QueryError: It is not a SPARQL CONSTRUCT.
        """
        triples = sorted(set(self.store.construct(sparql)), key=str)
        return (serialize(triples, format=RdfFormat.TURTLE) or b"").decode()

    def view(self, name: str, style: str | None = None) -> str:
        """Prints a view, e.g. ``published`` or ``stage/fine-tuning``; ``style`` is for the bibliography.

        Raises:
            UsageError: There is no such view or style.
        """
        return "".join(render(page, self.store, style) for page in find_pages(self.store, [name]))


def open(data: str | Path | None = None, *, dump: str | Path | None = None) -> KnowledgeGraph:
    """Opens a graph: the data folder of the project or package, another one, or a dump.

    Raises:
        UsageError: Both were given.
        UnreadableError: The folder or dump cannot be read, or a record in it is broken.
    """
    if dump is not None:
        if data is not None:
            raise UsageError("give data or dump, not both")
        return KnowledgeGraph(load_dump(Path(dump)))
    catalog = load_catalog(Path(data) if data is not None else project.folder("data"))
    if catalog.findings:
        first = catalog.findings[0]
        raise UnreadableError(f"{first.problem} ({first.mend}); run: synthkg check", first.where)
    store = OxigraphStore(chain(quads(catalog, catalog.vocabulary), ontology_quads(catalog.vocabulary)))
    infer(store)
    return KnowledgeGraph(store)
