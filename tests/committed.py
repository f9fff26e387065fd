"""Pages that are committed, compared with what the records make of them."""

from __future__ import annotations

import re
from pathlib import Path

from synthkg.api.knowledge import KnowledgeGraph
from synthkg.views.pages import all_pages, render

__all__ = ["different"]


def different(kg: KnowledgeGraph, views: Path) -> list[str]:
    """The files that have other lines than the graph gives them, in whatever order; a bibliography, other entries."""

    def lines(file: str, text: str) -> list[str]:
        return sorted(re.findall(r"^@.*", text, re.MULTILINE) if file.endswith(".bib") else text.splitlines())

    expected = {page.file: render(page, kg.store) for page in all_pages(kg.store)}
    found = {file.relative_to(views).as_posix(): file.read_bytes().decode() for file in views.rglob("*.*") if file.is_file()}
    return sorted(
        file
        for file in expected | found
        if lines(file, expected.get(file, "")) != lines(file, found.get(file, "")) or file not in found
    )
