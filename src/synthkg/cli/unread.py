"""What every command that takes in a document says of what it could not read there."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthkg.cli.ending import FINDINGS, tell

if TYPE_CHECKING:
    from synthkg.lists import Imported

__all__ = ["end_where_nothing_was_read", "tell_nothing", "tell_unread"]


def tell_unread(document: Path, imported: Imported, where: str = "", known: Collection[str] = ()) -> None:
    """Names the lines that look like entries and were kept as text, and what of entries was left out.

    Args:
        document: The document.
        imported: What it gave.
        where: In which state of the document.
        known: Lines and addresses that need no word.
    """
    told = [
        (each.line, f"not read as an entry{where}, kept as text: {each.text.strip()[:100]}")
        for each in imported.unread
        if each.text not in known
    ]
    told += [(each.line, f"{each.told}{where}") for each in imported.left if each.iri not in known]
    for line, words in sorted(told):
        tell(f"{document}:{line}:1: {words}")


def end_where_nothing_was_read(document: Path, text: str, imported: Imported) -> None:
    """Ends with a finding where nothing was read as an entry although lines look like some, or nothing looks like a list at all.

    A list that has headings alone is one that has not begun.
    """
    if imported.entries:
        return
    tell_nothing(document, text)
    if imported.unread or not any(block.heading for block in imported.list.content):
        sys.exit(FINDINGS)


def tell_nothing(document: Path, text: str, where: str = "") -> None:
    """Says of a document without entries what it seems to be, and in which of its states."""
    from synthkg.lists import seeming_form

    forms = "a list is Markdown, BibTeX, RIS or CSV, and the last three are known by the ends of their names"
    click.echo(f"{document}: nothing was read as an entry{where}; this seems to be {seeming_form(text)}; {forms}", err=True)
