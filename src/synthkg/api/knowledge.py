"""The Python API: one object that holds a graph and answers questions about it.

``synthkg.open().query("papers")`` gives the rows of the saved query ``papers``; ``.view("published")`` prints a list.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from pyoxigraph import RdfFormat, serialize

from synthkg import project
from synthkg.catalog import Catalog, load_catalog
from synthkg.engine import Engine, EngineStore
from synthkg.errors import UsageError
from synthkg.graph import OxigraphStore, Store, Table, dataset, infer, load_dump, load_queries, read_query
from synthkg.views import FORMATS, find_pages, render, types_of, values_of

if TYPE_CHECKING:
    import pandas
    import polars

Row = dict[str, Any]
"""One row of an answer."""

__all__ = ["Answer", "KnowledgeGraph", "left_out", "open"]


class Answer:
    """The rows of an answer. Iterating gives each as ``{column: value}``.

    A value is an int in a column of integers, a list in one that holds several values, else text; None where it is unbound.
    """

    def __init__(self, table: Table, multivalued: Sequence[str] = ()) -> None:
        self.table = table
        self._multivalued = multivalued

    def __repr__(self) -> str:
        rows = len(self)
        return f"<Answer of {rows} row{'s' if rows != 1 else ''}: {', '.join(self.columns)}>"

    def __str__(self) -> str:
        return FORMATS["table"](self.table)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return self.table.columns

    def __len__(self) -> int:
        return len(self.table.rows)

    def __iter__(self) -> Iterator[Row]:
        for row in values_of(self.table, self._multivalued):
            yield dict(zip(self.columns, row, strict=True))

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | list[Row]:
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

    def __repr__(self) -> str:
        size = f"{len(self.store)} triples" if isinstance(self.store, OxigraphStore) else "an endpoint"
        return f"<KnowledgeGraph of {size}>"

    @property
    def queries(self) -> dict[str, str]:
        """The names of the saved queries, each with what it answers."""
        return {name: query.summary for name, query in load_queries("examples", "views").items()}

    @classmethod
    def of(cls, catalog: Catalog, timeout: float | None = None) -> KnowledgeGraph:
        """The graph of the records that could be read, and of what follows from them."""
        store = OxigraphStore(dataset(catalog))
        infer(store)
        return cls(store, timeout)

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
        query = read_query(name)
        table = query.select(self.answering, **{key: str(value) for key, value in values.items()})
        return Answer(table, query.header.get("multivalued", ()))

    def ask(self, sparql: str) -> bool:
        """Asks an ASK query.

        Raises:
            QueryError: It is not a SPARQL ASK.
        """
        return self.answering.ask(sparql)

    def construct(self, sparql: str) -> str:
        """Asks a CONSTRUCT or DESCRIBE query and gives its triples as Turtle, sorted.

        Raises:
            QueryError: It is neither.
        """
        triples = sorted(set(self.answering.construct(sparql)), key=str)
        return (serialize(triples, format=RdfFormat.TURTLE) or b"").decode()

    def view(self, name: str, style: str | None = None, **values: str) -> str:
        """Prints a view, e.g. ``published`` or ``stage/fine-tuning``; ``style`` is for the bibliography, values for parameters.

        Raises:
            UsageError: There is no such view, style or parameter.
        """
        return "".join(render(page, self.store, style) for page in find_pages(self.store, [name], values))


def open(
    data: str | Path | None = None, *, dump: str | Path | None = None, endpoint: str | None = None, timeout: float | None = None
) -> KnowledgeGraph:
    """Opens a graph: the data folder of the project or package, another one, a dump, or a SPARQL endpoint.

    ``timeout`` is the seconds that a query may take: for a graph in this process any number unless given, for an endpoint 60. A
    record that cannot be read is left out, and a warning names it.

    Raises:
        UsageError: More than one was given, or the endpoint is no address.
        UnreadableError: The folder or dump cannot be read.
    """
    if len([given for given in (data, dump, endpoint) if given is not None]) > 1:
        raise UsageError("give one of data, dump and endpoint")
    if endpoint is not None:
        from synthkg.endpoints import EndpointStore

        return KnowledgeGraph(EndpointStore(endpoint, timeout=timeout or 60.0))
    if dump is not None:
        return KnowledgeGraph(load_dump(Path(dump)), timeout)
    catalog = load_catalog(Path(data) if data is not None else project.folder("data"))
    if catalog.left_out:
        warnings.warn(left_out(catalog), stacklevel=2)
    return KnowledgeGraph.of(catalog, timeout)


def left_out(catalog: Catalog) -> str:
    """Says in a line which records could not be read, and why the first could not."""
    first, *others = sorted(catalog.left_out.values())
    names = f", {', '.join(str(path) for path in sorted(catalog.left_out) if str(path) != first.file)}" if others else ""
    count = f"{len(others) + 1} records" if others else "1 record"
    return f"{count} left out: {first.where}: {first.problem} ({first.mend}){names}; run: synthkg check"
