"""What a shell offers after Tab: saved queries, their parameters and values, things, pages, pictures, targets.

See click's documentation, Shell Completion. Values are those of the records of the clone or package, or of the data or dump that
the line names. Of a dump that takes longer to read than anyone waits for a Tab there are none.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click
from click.shell_completion import CompletionItem

__all__ = [
    "complete_artifact",
    "complete_page",
    "complete_paper",
    "complete_picture",
    "complete_query",
    "complete_target",
    "complete_thing",
    "complete_value",
]

_MANY = 200


def complete_query(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Saved queries, each with what it answers."""
    from synthkg.graph import load_queries

    return _items({name: query.summary for name, query in load_queries("examples", "views", "profiles").items()}, incomplete)


def complete_value(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """``name=`` of each parameter of the query that the line names, and then its values."""
    from synthkg.errors import SynthkgError
    from synthkg.graph import find_query

    try:
        query = find_query(context.params.get("query") or next(iter(context.args), ""))  # what click leaves before -p is in args
        name, equals, begun = incomplete.partition("=")
        if not equals:
            return [CompletionItem(f"{each.name}=") for each in query.parameters if each.name.startswith(name)]
        choices = query.parameter(name).choices(_store(context))
    except SynthkgError:
        return []
    return [CompletionItem(f"{name}={choice}") for choice in choices if choice.startswith(begun)][:_MANY]


def complete_thing(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Ids of things, whole and their ends alone, with their titles."""
    ids = _titles(context)
    alone = {id.rpartition("/")[2]: title for id, title in ids.items()}
    return _items(ids | alone if incomplete else ids, incomplete)


def complete_paper(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Ids of papers."""
    return _records(context, "paper/", incomplete)


def complete_artifact(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Ids of artifacts."""
    return _records(context, "artifact/", incomplete)


def complete_page(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Pages of the views, and whole views."""
    from synthkg.errors import SynthkgError
    from synthkg.views import all_pages

    try:
        pages = all_pages(_store(context))
    except SynthkgError:
        return []
    return _items({name: page.query.summary for page in pages for name in (page.name, page.query.name)}, incomplete)


def complete_picture(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Pictures, each with what it answers."""
    from synthkg.pictures import PICTURES

    return _items({name: picture.question for name, picture in PICTURES.items()}, incomplete)


def complete_target(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The graphs that links are found in."""
    from synthkg.graph import load_queries

    return _items({name: query.summary for name, query in load_queries("links").items()}, incomplete)


def _records(context: click.Context, folder: str, incomplete: str) -> list[CompletionItem]:
    ids = {id.removeprefix(folder): title for id, title in _titles(context).items() if id.startswith(folder)}
    return _items(ids, incomplete)


def _titles(context: click.Context) -> dict[str, str]:
    """The ids of things, with their titles."""
    from synthkg.errors import SynthkgError
    from synthkg.model import BASE
    from synthkg.profiles import Labels, kind_of

    try:
        titles = Labels(_store(context)).titles
    except SynthkgError:
        return {}
    return {iri.removeprefix(BASE): title for iri, title in titles.items() if kind_of(iri) not in ("", "term", "person")}


def _items(known: Mapping[str, str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name, help=told) for name, told in sorted(known.items()) if name.startswith(incomplete)][:_MANY]


def _store(context: click.Context):  # type: ignore[no-untyped-def]  # a Store, which takes long to import
    from synthkg.api import open
    from synthkg.errors import UnreadableError
    from synthkg.graph import is_large

    data, dump = context.params.get("data"), context.params.get("dump")
    if dump and is_large(Path(dump)):
        raise UnreadableError("takes too long to read", str(dump))
    return open(dump=Path(dump)).store if dump else open(Path(data) if data else None).store
