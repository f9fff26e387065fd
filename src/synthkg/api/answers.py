"""What the Python API gives back: the rows of an answer, and a thing with all that is shown of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any, overload

from pyoxigraph import NamedNode

from synthkg.errors import UsageError
from synthkg.findings import counted, did_you_mean
from synthkg.graph import Table, Term
from synthkg.profiles import Labels, Profile, Section
from synthkg.views import FORMATS, text_of, types_of, values_of

if TYPE_CHECKING:
    import pandas
    import polars

Row = dict[str, Any]
"""One row of an answer."""

_SHOWN = 100  # rows in a notebook, which keeps each output in its file

__all__ = ["Answer", "Thing"]


class Answer:
    """The rows of an answer. Iterating gives each as ``{column: value}``.

    A value is an int in a column of integers (of at most 18 digits, which fit 64 bits), a list in one that holds several values,
    else text as the graph has it, also of other numbers; None where it is unbound.
    """

    def __init__(self, table: Table, multivalued: Sequence[str] = (), integers: Sequence[str] = ()) -> None:
        self.table = table
        self._multivalued = multivalued
        self._integers = integers

    def __repr__(self) -> str:
        return f"<Answer of {counted(len(self), 'row')}: {', '.join(self.columns)}>"

    def __str__(self) -> str:
        return FORMATS["table"](self.table)

    def _repr_html_(self) -> str:
        """What a notebook shows: the first rows, and how many there are."""
        head = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        rows = "".join(f"<tr>{''.join(f'<td>{_html(cell)}</td>' for cell in row)}</tr>" for row in self.table.rows[:_SHOWN])
        more = f"<p>{_SHOWN} of {counted(len(self), 'row')}</p>" if len(self) > _SHOWN else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more}"

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return self.table.columns

    def __len__(self) -> int:
        return len(self.table.rows)

    def __iter__(self) -> Iterator[Row]:
        return map(self._row, self._values)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        found = self._values[index]
        return list(map(self._row, found)) if isinstance(index, slice) else self._row(found)

    @cached_property
    def _values(self) -> list[list[Any]]:
        return list(values_of(self.table, self._multivalued))

    @property
    def _types(self) -> dict[str, type[str] | type[int]]:
        return types_of(self.table, self._integers)

    def _row(self, values: Sequence[Any]) -> Row:
        return dict(zip(self.columns, values, strict=True))

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
            {name: "Int64" if kind is int else "string" for name, kind in self._types.items()}
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
        schema = {name: polars.Int64 if kind is int else polars.String for name, kind in self._types.items()}
        return polars.DataFrame(list(values_of(self.table)), schema=schema, orient="row")


def _html(cell: Term | None) -> str:
    if cell is None:
        return ""
    is_link = isinstance(cell, NamedNode) and cell.value.startswith(("http://", "https://"))
    return f'<a href="{escape(cell.value)}">{escape(cell.value)}</a>' if is_link else escape(text_of(cell))


class Thing:
    """A thing, such as a paper, method, venue, concept, person or list, with what its page shows.

    Each panel of its profile is an attribute: ``kg.paper("self-instruct").versions`` is an `Answer`, empty where nothing is
    stated, and ``about`` is ``{fact: [values]}``.

    Attributes:
        iri: Its lasting name.
        kind: ``paper``, ``method``, …
        title: What it is called.
    """

    def __init__(self, profile: Profile, labels: Labels) -> None:
        self.iri = profile.iri
        self.kind = profile.kind
        self.title = profile.title
        self._labels = labels
        self._sections = {section.panel.key.replace("-", "_"): section for section in profile.sections}

    def __repr__(self) -> str:
        shown = (name for name, section in self._sections.items() if section.table.rows)
        return f"<{self.kind} {self.title!r}: {', '.join(shown)}>"

    def __getstate__(self) -> dict[str, Any]:
        """What is pickled or copied: the names of all that it shows go with it, the graph does not."""
        rows = (row for section in self._sections.values() for row in section.table.rows)
        iris = {term.value for row in rows for term in row if isinstance(term, NamedNode)}
        return {**self.__dict__, "_labels": self._labels.only(iris)}

    def _repr_html_(self) -> str:
        parts = [f"<h3>{escape(self.title)}</h3>"]
        for section in filter(lambda each: each.table.rows, self._sections.values()):
            parts.append(f"<h4>{escape(section.panel.title)}</h4>{Answer(self._labels.named(section.table))._repr_html_()}")
        return "".join(parts)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._sections})

    def __getattr__(self, name: str) -> Any:  # an Answer, or a dict where rows are facts
        section: Section | None = self.__dict__.get("_sections", {}).get(name)
        if section is None:
            raise AttributeError(f"there is no panel {name!r}; {did_you_mean(name, self.__dict__.get('_sections', {}))}")
        if section.is_facts:
            return section.facts
        header = section.panel.query.header
        return Answer(section.table, header.get("multivalued", ()), header.get("integers", ()))
