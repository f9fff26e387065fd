"""Rows of the bibliography view as BibTeX or CSL-JSON.

Names stay as printed: nothing tells a family name from a given name, so BibTeX gets each name whole and CSL a literal.
Formats: https://ctan.org/pkg/bibtex (entry types) and https://docs.citationstyles.org/en/stable/specification.html.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import groupby

__all__ = ["bibtex", "csl_json"]

Row = dict[str, str]

_TEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_TEX |= {char: "\\" + char for char in "&%#_{}"}
_ENTRY_TYPES = {"article-journal": "article", "paper-conference": "inproceedings", "report": "techreport", "article": "misc"}
_CONTAINERS = {"article": "journal", "inproceedings": "booktitle", "techreport": "institution"}


def _works(rows: Iterable[Row]) -> Iterator[tuple[Row, list[str]]]:
    """Each work once, with its authors in order."""
    for _, group in groupby(rows, key=lambda row: row["id"]):
        members = list(group)
        yield members[0], [row["author"] for row in members if row.get("author")]


def _tex(text: str) -> str:
    r"""Escapes what TeX would read as a command; text between dollars is mathematics and stays.

    >>> _tex("VILA$^2$ & 100%")
    'VILA$^2$ \\& 100\\%'
    """
    parts = re.split(r"(\$[^$]+\$)", text)
    return "".join(
        part if i % 2 else re.sub(r"[\\~^&%#_{}$]", lambda m: _TEX.get(m[0], "\\" + m[0]), part) for i, part in enumerate(parts)
    )


def bibtex(rows: Iterable[Row]) -> str:
    """BibTeX, one entry a work; its key is the work's id."""
    entries = []
    for work, authors in _works(rows):
        kind = _ENTRY_TYPES[work["type"]]
        fields = {
            "title": "{" + _tex(work["title"]) + "}",
            "author": " and ".join(_name(author) for author in authors),
            _CONTAINERS.get(kind, "howpublished"): _tex(work.get("workshop") or work.get("container", "")),
            "year": work.get("year", ""),
            "pages": work.get("pages", "").replace("–", "--"),
            "doi": work.get("doi", ""),
            "eprint": work.get("arxiv", ""),
            "eprinttype": "arxiv" if work.get("arxiv") else "",
            "url": work.get("url", ""),
        }
        lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
        entries.append(f"@{kind}{{{work['id']},\n{''.join(lines)}}}\n")
    return "\n".join(entries)


def _name(author: str) -> str:
    """A name that BibTeX must not cut at a comma or an "and" is put in braces."""
    text = _tex(author)
    return f"{{{text}}}" if "," in author or re.search(r"\band\b", author) else text


def csl_json(rows: Iterable[Row]) -> str:
    """CSL-JSON, one item a work."""
    items = []
    for work, authors in _works(rows):
        date = (work.get("date") or work.get("year", ""))[:10]
        if work.get("year") and not date.startswith(work["year"]):
            date = work["year"]
        item = {
            "id": work["id"],
            "type": work["type"],
            "title": work["title"],
            "author": [{"literal": author} for author in authors],
            "container-title": work.get("container", ""),
            "event-title": work.get("workshop", ""),
            "issued": {"date-parts": [[int(part) for part in date.split("-")]]} if date else None,
            "page": work.get("pages", ""),
            "DOI": work.get("doi", ""),
            "URL": work.get("url", ""),
        }
        items.append({key: value for key, value in item.items() if value})
    return json.dumps(items, indent=2, ensure_ascii=False) + "\n"
