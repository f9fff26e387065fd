"""What a shell offers after Tab: saved queries, their parameters and values, things. See click's documentation, Shell Completion.

Values are those of the records of the clone or package, or of the data or dump that the line names. Of a dump that takes longer
to read than anyone waits for a Tab there are none.
"""

from __future__ import annotations

from pathlib import Path

import click
from click.shell_completion import CompletionItem

__all__ = ["complete_query", "complete_thing", "complete_value"]

_MANY = 200


def complete_query(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Saved queries, each with what it answers."""
    from synthkg.graph import load_queries

    found = load_queries("examples", "views", "profiles")
    return [CompletionItem(name, help=query.summary) for name, query in sorted(found.items()) if name.startswith(incomplete)]


def complete_value(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """``name=`` of each parameter of the query that the line names, and then its values."""
    from synthkg.errors import SynthkgError
    from synthkg.graph import find_query

    try:
        query = find_query(
            context.params.get("query") or next(iter(context.args), "")
        )  # what click leaves before "-p" is in args
        name, equals, begun = incomplete.partition("=")
        if not equals:
            return [CompletionItem(f"{each.name}=") for each in query.parameters if each.name.startswith(name)]
        choices = query.choices(_store(context), query.parameter(name))
    except SynthkgError:
        return []
    return [CompletionItem(f"{name}={choice}") for choice in choices if choice.startswith(begun)][:_MANY]


def complete_thing(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Ids of things, with their titles."""
    from synthkg.errors import SynthkgError
    from synthkg.model import BASE
    from synthkg.profiles import Labels, kind_of

    try:
        titles = Labels(_store(context)).titles
    except SynthkgError:
        return []
    ids = ((iri.removeprefix(BASE), title) for iri, title in titles.items() if kind_of(iri) not in ("", "term", "person"))
    return [CompletionItem(id, help=title) for id, title in sorted(ids) if id.startswith(incomplete)][:_MANY]


def _store(context: click.Context):  # type: ignore[no-untyped-def]  # a Store, which takes long to import
    from synthkg.api import open
    from synthkg.errors import UnreadableError
    from synthkg.graph import is_large

    data, dump = context.params.get("data"), context.params.get("dump")
    if dump and is_large(Path(dump)):
        raise UnreadableError("takes too long to read", str(dump))
    return open(dump=Path(dump)).store if dump else open(Path(data) if data else None).store
