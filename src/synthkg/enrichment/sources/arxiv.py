"""arXiv's metadata: its snapshot of one JSON object a line, or an answer of its API (Atom).

The snapshot (https://www.kaggle.com/datasets/Cornell-University/arxiv) is several gigabytes; a line is parsed only where a
wanted id stands in it. The day is that of the first version. Its fields ``journal-ref`` and ``doi`` are the submitter's
word about another version and are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element

from synthkg.enrichment.publication import Publication, Source, Wanted
from synthkg.enrichment.sources.files import files_of, lines_of, parsed, xml_elements
from synthkg.model import printed_name

__all__ = ["ARXIV"]

_ID = re.compile(rb'"id":\s*"([^"]+)"')
_AT_ONCE = 50
_ATOM = "{http://www.w3.org/2005/Atom}"


def _read(path: Path, wanted: Wanted) -> Iterator[Publication | None]:
    ids = {value.encode() for value in wanted.values("arxiv")}
    for file in files_of(path, ".json", ".jsonl", ".xml", ".atom"):
        if any(ending in (".xml", ".atom") for ending in file.suffixes):
            yield from (_from_atom(entry) for _, entry in xml_elements(file, f"{_ATOM}entry"))
            continue
        for number, line in lines_of(file):
            found = _ID.search(line)
            if found:
                yield _from_snapshot(parsed(line, file, number)) if found[1].lower() in ids else None


def _from_snapshot(item: dict[str, Any]) -> Publication:
    versions = item.get("versions") or [{}]
    created = versions[0].get("created")
    names = item.get("authors_parsed") or []
    return _preprint(
        item["id"],
        item.get("title") or "",
        [printed_name(first, last, suffix) for last, first, suffix, *_ in names],
        parsedate_to_datetime(created).date().isoformat() if created else None,
    )


def _from_atom(entry: Element) -> Publication:
    def text(tag: str) -> str:
        return entry.findtext(f"{_ATOM}{tag}") or ""

    id = re.sub(r"^https?://arxiv\.org/abs/|v\d+$", "", text("id"))
    names = [author.findtext(f"{_ATOM}name") or "" for author in entry.iter(f"{_ATOM}author")]
    return _preprint(id, text("title"), names, text("published")[:10] or None)


def _preprint(id: str, title: str, names: list[str], date: str | None) -> Publication:
    return Publication(
        page=f"https://arxiv.org/abs/{id}",
        title=" ".join(title.split()),
        authors=tuple(" ".join(name.split()) for name in names if name.strip()),
        type="preprint",
        venue="arxiv",
        date=date,
        arxiv=id,
    )


def _requests(wanted: Wanted) -> Iterator[str]:
    """The query interface takes many ids at once: https://info.arxiv.org/help/api/user-manual.html."""
    ids = wanted.values("arxiv")
    for start in range(0, len(ids), _AT_ONCE):
        batch = ids[start : start + _AT_ONCE]
        yield f"/api/query?id_list={','.join(map(quote, batch))}&max_results={len(batch)}"


ARXIV = Source(
    "arxiv",
    "arXiv's metadata snapshot (JSON lines), or an answer of its API",
    "arxiv",
    _read,
    home="https://export.arxiv.org",
    requests=_requests,
    ending=".xml",
    pace=3.0,
)
