"""Posts of the Proceedings of Machine Learning Research: Markdown files with a YAML head.

A volume is a number (https://github.com/mlresearch/v202), or that of older proceedings which were issued again, such as R0
(https://github.com/mlresearch/r0), whose pages are at ``/r0/``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from synthkg.enrichment.publication import Publication, Source, Wanted
from synthkg.enrichment.sources.files import files_of, plain, text_of, year_of
from synthkg.errors import UnreadableError
from synthkg.model import printed_name

__all__ = ["PMLR"]

_VOLUME = re.compile(r"(?ai)r?[0-9]+")


def _read(path: Path, wanted: Wanted) -> Iterator[Publication]:
    for file in files_of(path, ".md", ".markdown"):
        head = _front_matter(file)
        if _VOLUME.fullmatch(str(head.get("volume"))):  # any other blog's posts have none, and so no place here
            yield _publication(head, file)


def _front_matter(file: Path) -> dict[str, Any]:
    """The YAML between the first two lines of three hyphens; empty where there is none.

    Raises:
        UnreadableError: It is no YAML mapping.
    """
    found = re.match(r"---\s*\n(.*?)\n---\s*(?:\n|$)", text_of(file), re.DOTALL)
    if found is None:
        return {}
    try:
        head = yaml.load(found[1], Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 2
        raise UnreadableError(f"its head is no YAML: {getattr(error, 'problem', error)}", f"{file}:{line}") from error
    return head if isinstance(head, dict) else {}


def _publication(head: dict[str, Any], file: Path) -> Publication:
    names = head.get("author") or []
    volume, id = str(head.get("volume")).lower(), head.get("id") or file.stem.split("-", 3)[-1]
    year = str(head.get("year") or head.get("date") or "")[:4]
    return Publication(
        page=f"https://proceedings.mlr.press/{volume if volume.startswith('r') else f'v{volume}'}/{id}.html",
        title=" ".join(plain(head.get("title")).replace("{", "").replace("}", "").split()),
        authors=tuple(_name(name) for name in names if isinstance(name, dict)),
        type="conference-paper",
        venue=plain(head.get("booktitle") or head.get("container-title")),
        year=year_of(year),
        date=str(head["date"])[:10] if head.get("date") else None,
        pages=re.sub(r"(?<!\s)\s*(?:--+|–|-)\s*", "–", plain(head.get("page"))) or None,
        openreview=head.get("openreview") or None,
    )


def _name(name: dict[str, Any]) -> str:
    given, prefix, family, suffix = (plain(name.get(part)) for part in ("given", "prefix", "family", "suffix"))
    return printed_name(given, f"{prefix} {family}".strip(), suffix)


PMLR = Source("pmlr", "posts of a volume of PMLR, a file or their folder", "proceedings", _read)
