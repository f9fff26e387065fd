"""The Python API: one object that holds a graph and answers questions about it.

``synthkg.open().query("papers")`` gives the rows of the saved query ``papers``; ``.view("published")`` prints a list.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, overload

from pyoxigraph import RdfFormat, serialize

from synthkg import project
from synthkg.catalog import load_catalog
from synthkg.engine import Engine, EngineStore
from synthkg.errors import UnreadableError, UsageError
from synthkg.graph import OxigraphStore, Store, Table, dataset, find_query, infer, load_dump, load_query
from synthkg.views import find_pages, render, rows_of, types_of, values_of

if TYPE_CHECKING:
    import pandas
    import polars

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

    def to_pandas(self) -> pandas.DataFrame:
        """The rows as a pandas data frame: integers as ``Int64``, all else as text, missing values as ``NA``.

        Raises:
            UsageError: pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise UsageError("to_pandas needs pandas: pip install 'synthkg[pandas]'") from error
        return pandas.DataFrame(list(values_of(self.table)), columns=list(self.columns), dtype=object).astype(
            {name: "Int64" if kind is int else "string" for name, kind in types_of(self.table).items()}
        )

    def to_polars(self) -> polars.DataFrame:
        """The rows as a polars data frame: integers as ``Int64``, all else as text, missing values as null.

        Raises:
            UsageError: polars is not installed.
        """
        try:
            import polars
        except ImportError as error:
            raise UsageError("to_polars needs polars: pip install 'synthkg[polars]'") from error
        schema = {name: polars.Int64 if kind is int else polars.String for name, kind in types_of(self.table).items()}
        return polars.DataFrame(list(values_of(self.table)), schema=schema, orient="row")


class KnowledgeGraph:
    """A graph that answers saved queries, plain SPARQL, and prints views.

    Args:
        store: The graph; one in this process must not change once it has been asked.
        timeout: The seconds that a query to a graph in this process may take; None means any number.
    """

    def __init__(self, store: Store, timeout: float | None = None) -> None:
        self.store = store
        self._timeout = timeout

    @cached_property
    def answering(self) -> Store:
        """What queries are put to: for a graph in this process an engine, so that Ctrl-C and a time limit end a runaway."""
        return EngineStore(Engine(self.store), self._timeout) if isinstance(self.store, OxigraphStore) else self.store

    def query(self, name: str, /, **values: str | int) -> Answer:
        """Asks a saved query, a ``.rq`` file, or a SPARQL SELECT given as text.

        Args:
            name: The query's name, its file's path, or its text.
            values: The query's parameters.

        Raises:
            UsageError: There is no such query or parameter, or a value is wrong.
            QueryError: It is not SPARQL.
            QueryStopped: It took longer than it may.
        """
        is_text = "{" in name
        query = load_query(Path("-"), name) if is_text else find_query(name)
        return Answer(query.select(self.answering, **{key: str(value) for key, value in values.items()}))

    def construct(self, sparql: str) -> str:
        """Asks a CONSTRUCT query and gives its triples as Turtle, sorted.

        Raises:
            QueryError: It is not a SPARQL CONSTRUCT.
        """
        triples = sorted(set(self.answering.construct(sparql)), key=str)
        return (serialize(triples, format=RdfFormat.TURTLE) or b"").decode()

    def view(self, name: str, style: str | None = None) -> str:
        """Prints a view, e.g. ``published`` or ``stage/fine-tuning``; ``style`` is for the bibliography.

        Raises:
            UsageError: There is no such view or style.
        """
        return "".join(render(page, self.store, style) for page in find_pages(self.store, [name]))


def open(
    data: str | Path | None = None, *, dump: str | Path | None = None, endpoint: str | None = None, timeout: float | None = None
) -> KnowledgeGraph:
    """Opens a graph: the data folder of the project or package, another one, a dump, or a SPARQL endpoint.

    ``timeout`` is the seconds that a query may take: for a graph in this process any number unless given, for an endpoint 60.

    Raises:
        UsageError: More than one was given, or the endpoint is no address.
        UnreadableError: The folder or dump cannot be read, or a record in it is broken.
    """
    if len([given for given in (data, dump, endpoint) if given is not None]) > 1:
        raise UsageError("give one of data, dump and endpoint")
    if endpoint is not None:
        from synthkg.endpoints import EndpointStore

        return KnowledgeGraph(EndpointStore(endpoint, timeout=timeout or 60.0))
    if dump is not None:
        return KnowledgeGraph(load_dump(Path(dump)), timeout)
    catalog = load_catalog(Path(data) if data is not None else project.folder("data"))
    if first := next((finding for finding in catalog.findings if finding.severity == "error"), None):
        raise UnreadableError(f"{first.problem} ({first.mend}); run: synthkg check", first.where)
    store = OxigraphStore(dataset(catalog))
    infer(store)
    return KnowledgeGraph(store, timeout)
