"""What every command that takes in a document says of what it could not read there."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthkg.cli.ending import FINDINGS, tell

if TYPE_CHECKING:
    from synthkg.lists import Imported, Unread

__all__ = ["end_where_nothing_was_read", "tell_nothing", "tell_unread"]


def tell_unread(document: Path, unread: Iterable[Unread], where: str = "") -> None:
    """Names the lines that look like entries and were kept as text; ``where`` says in which state of the document."""
    for each in unread:
        tell(f"{document}:{each.line}:1: not read as an entry{where}, kept as text: {each.text.strip()[:100]}")


def end_where_nothing_was_read(document: Path, text: str, imported: Imported) -> None:
    """Ends with a finding where nothing was read as an entry although lines look like some, or nothing looks like a list at all.

    A list that has headings alone is one that has not begun.
    """
    if imported.entries:
        return
    tell_nothing(document, text)
    if imported.unread or not any(block.heading for block in imported.list.content):
        sys.exit(FINDINGS)


def tell_nothing(document: Path, text: str) -> None:
    """Says of a document without entries what it seems to be."""
    from synthkg.lists import seeming_form

    forms = "a list is Markdown, BibTeX, RIS or CSV, and the last three are known by the ends of their names"
    click.echo(f"{document}: nothing was read as an entry; this seems to be {seeming_form(text)}; {forms}", err=True)
