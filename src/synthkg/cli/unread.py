"""What every command that takes in a document says of what it could not read there."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthkg.cli.ending import tell

if TYPE_CHECKING:
    from synthkg.lists import Unread

__all__ = ["tell_nothing", "tell_unread"]


def tell_unread(document: Path, unread: Iterable[Unread], where: str = "") -> None:
    """Names the lines that look like entries and were kept as text; ``where`` says in which state of the document."""
    for each in unread:
        tell(f"{document}:{each.line}:1: not read as an entry{where}, kept as text: {each.text.strip()[:100]}")


def tell_nothing(document: Path, text: str) -> None:
    """Says of a document without entries what it seems to be."""
    from synthkg.lists import seeming_form

    forms = "a list is Markdown, BibTeX, RIS or CSV, and the last three are known by the ends of their names"
    click.echo(f"{document}: nothing was read as an entry; this seems to be {seeming_form(text)}; {forms}", err=True)
