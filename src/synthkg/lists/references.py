r"""Read files of references, BibTeX, RIS and CSV, as lists: each record is an entry, its fields where they stand in the file.

Parsers say what a record holds; where its fields stand is found by looking for them in the record's own text, so that these
files, too, come back byte for byte.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import Any

from synthkg.errors import ImportFailed
from synthkg.model import CELLS, identify, printed_name
from synthkg.reading import (
    VERBATIM,
    VOLUMES,
    Bounds,
    Broken,
    Field,
    Found,
    Lines,
    Outline,
    Reference,
    read_bibtex,
    role_of,
    verbatim,
    without_end,
    words_of,
)
from synthkg.works import Appeared, Aside

__all__ = ["reader_of", "seeming_form"]

_REFUSED = {
    ".rst": "reStructuredText",
    ".html": "HTML",
    ".htm": "HTML",
    ".tex": "LaTeX",
    ".org": "Org",
    ".docx": "Word",
    ".pdf": "PDF",
    ".ipynb": "a notebook",
}
_ADDRESSES = ("eprint", "doi", "url", "ee", "howpublished", "note", "journal", "volume")
_ADDRESS = re.compile(r"(?i)https?://[^\s{}<>\"“”]+|arxiv:\s?[a-z0-9./-]+\d")
_YEAR = re.compile(r"(?<!\d)(?:1\d|20)\d\d(?!\d)")
_TYPES = {
    **dict.fromkeys(("article", "JOUR"), "journal-article"),
    **dict.fromkeys(("inproceedings", "conference", "CONF", "CPAPER"), "conference-paper"),
    **dict.fromkeys(("techreport", "book", "mvbook", "collection", "mastersthesis", "phdthesis", "report", "thesis"), "report"),
    **dict.fromkeys(("RPRT", "BOOK", "EDBOOK", "THES"), "report"),
}  # of entries in BibTeX and RIS
_VENUES = ("booktitle", "journal", "journaltitle", "venue")
_RIS_TAG = re.compile(
    r"(?<![^\r\n])(?P<tag>[A-Z][A-Z0-9])  -[ ]?"
    r"(?P<value>[^\r\n]*(?:(?:\r\n?|\n)(?![A-Z][A-Z0-9]  -)[^\S\r\n]*[^\s][^\r\n]*)*)"
)
_RIS_TITLE, _RIS_URL, _RIS_VENUE = ("TI", "T1"), ("DO", "UR", "L1", "L2"), ("T2", "JO", "JF", "BT")
_SIGNS = {
    "JSON": re.compile(r'\{\s*+["}]|\[\s*+(?:["{]|\]\s*\Z)'),
    "HTML": re.compile(r"(?i)<!doctype html|<html"),
    "XML": re.compile(r"<\?xml"),
    "BibTeX": re.compile(r"@\w+\s*+\{"),
    "RIS": re.compile(r"TY  - "),
}
_MARKED = re.compile(r"(?m)^ {0,3}(?:#{1,6}(?:\s|$)|[*+-]\s|\d{1,9}[.)]\s|\||>)")


def reader_of(file: str) -> Callable[[str], tuple[Outline, dict[int, Aside]]] | None:
    """The reader of a file of references, by the file's name; none for Markdown and what may be it.

    Raises:
        ImportFailed: the name says that the file is of a form that is not read.
    """
    suffix = PurePath(file).suffix.lower()
    if suffix in _REFUSED:
        raise ImportFailed(
            f"this is {_REFUSED[suffix]}, which is not read; convert it to Markdown, with pandoc for example", file
        )
    return {".bib": _read_bibtex, ".bibtex": _read_bibtex, ".ris": _read_ris, ".csv": _read_csv, ".tsv": _read_csv}.get(suffix)


def seeming_form(text: str) -> str:
    r"""What a document in which no entry was found seems to be, in a few words.

    >>> [seeming_form(text) for text in ('{"a": [1]}', "{}\n{}\n", "[1] A", "@book{a, title={b}}", "# A")]
    ['JSON', 'JSON', 'plain text', 'BibTeX', 'Markdown']
    """
    begins = text.lstrip("\ufeff \t\r\n")
    if not begins:
        return "an empty file"
    for form, sign in _SIGNS.items():
        if sign.match(begins):
            return form
    return "Markdown" if _MARKED.search(begins) else "plain text"


def _outline(found: list[tuple[Found, Aside]], unread: list[Bounds]) -> tuple[Outline, dict[int, Aside]]:
    told = {number: each for number, (_, each) in enumerate(found, start=1)}
    return Outline([each for each, _ in found], [], unread), told


def _read_bibtex(text: str) -> tuple[Outline, dict[int, Aside]]:
    lines, found, position, unread = Lines(text), list[tuple[Found, Aside]](), 0, list[Bounds]()
    for entry in read_bibtex(text):
        start = text.find(entry.raw, position)
        if start < 0:
            continue
        if isinstance(entry, Broken):
            unread.append((start, start + len(entry.raw)))
            continue
        position = start + len(entry.raw)
        fields = entry.fields
        title = _bounds(text, start, position, "title", fields.get("title", ""))
        if title is None or entry.type in VOLUMES:
            unread.append((start, position))
            continue
        addresses = [
            (key, found_in)
            for key in _ADDRESSES
            if (found_in := _address_in(entry.shown.get(key, "") if key in VERBATIM else verbatim(fields.get(key, ""))))
        ]
        venues = [(key, fields[key]) for key in _VENUES if key in fields and key not in dict(addresses[:1])]
        own = [Field("title", title)]
        for key, value in addresses[:1]:
            bounds = _bounds(text, start, position, key, value)
            own.append(Field("url", bounds, None if bounds else value))
        for key, value in venues[:1]:
            if (bounds := _bounds(text, start, position, key, value)) is not None:
                own.append(Field("venue", bounds))
        stop = lines.end(position) if not text[position : lines.end(position)].strip() else position
        words = " ".join(fields.get(key) or entry.shown.get(key, "") for key in (*_VENUES, "year", "date"))
        told = Aside(
            words,
            entry.authors if entry.is_whole else (),
            title=entry.shown.get("title", ""),
            named=entry.authors,
            appeared=_appeared(
                entry, next((entry.shown[key] for key in _VENUES if key in entry.shown and key not in dict(addresses[:1])), "")
            ),
            teams=entry.teams,
        )
        found.append((Found(start, stop, own, more=[value for _, value in addresses[1:]]), told))
    return _outline(found, unread)


def _appeared(entry: Reference, venue: str) -> Appeared:
    """Where the work of an entry appeared."""
    year = _YEAR.search(entry.shown.get("year") or entry.shown.get("date", ""))
    kind = _TYPES.get(entry.type)
    if kind == "report" and year is None and not any(map(entry.shown.get, _ADDRESSES[:5])):
        kind = None  # nothing is known of it but its title
    return Appeared(kind, venue, int(year[0]) if year is not None else None, entry.pages or None)


def _address_in(value: str) -> str:
    r"""The identifier or address that a field is or names; nothing if there is none.

    >>> _address_in("2401.00001"), _address_in(r"\url{https://example.org/a}"), _address_in("arXiv preprint arXiv:2401.00001")
    ('2401.00001', 'https://example.org/a', 'arXiv:2401.00001')
    >>> _address_in("(code: <https://example.org/a>)"), _address_in("See https://example.org/a_(b)).")
    ('https://example.org/a', 'https://example.org/a_(b)')
    """
    found = _ADDRESS.search(value)
    if identify(value) is not None and (found is None or found.start() == 0):
        return value
    if found is None:
        return ""
    return value if found[0] == value else without_end(found[0])


def _bounds(text: str, start: int, end: int, key: str, value: str) -> Bounds | None:
    """Where the value of a field stands in its record."""
    opening = re.compile(rf"(?i)\b{key}\s*=").search(text, start, end)
    place = text.find(value, opening.end(), end) if opening is not None and value else -1
    return (place, place + len(value)) if place >= 0 else None


def _read_ris(text: str) -> tuple[Outline, dict[int, Aside]]:
    lines, found, unread = Lines(text), list[tuple[Found, Aside]](), list[Bounds]()
    for tags in _ris_records(text):
        start, end = tags[0].start(), tags[-1].start() if tags[-1]["tag"] == "ER" else tags[-1].end()
        fields = list(_ris_fields(tags))
        if not any(field.name == "title" for field in fields):
            unread.append((start, end))
            continue
        words = " ".join(each["value"] for each in tags if each["tag"] in (*_RIS_VENUE, "PY", "Y1", "DA"))
        names = tuple(_printed(each["value"]) for each in tags if each["tag"] in ("AU", "A1"))
        urls = [each["value"] for each in tags if each["tag"] in _RIS_URL]
        appeared = _ris_appeared({each["tag"]: each["value"] for each in reversed(tags)})
        told = Aside(words, names, named=names, appeared=appeared)
        found.append((Found(start, lines.end(end), fields, more=urls[1:]), told))
    return _outline(found, unread)


def _ris_records(text: str) -> Iterator[list[re.Match[str]]]:
    """The tags of each record: up to its ER or, where that is missing, up to the next TY or the end."""
    tags: list[re.Match[str]] = []
    for tag in _RIS_TAG.finditer(text):
        if tag["tag"] == "TY" and tags:
            yield tags
            tags = []
        tags.append(tag)
        if tag["tag"] == "ER":
            yield tags
            tags = []
    if tags:
        yield tags


def _ris_fields(tags: list[re.Match[str]]) -> Iterator[Field]:
    for name, wanted in (("title", _RIS_TITLE), ("url", _RIS_URL), ("venue", _RIS_VENUE)):
        of_kind = [tag for each in wanted for tag in tags if tag["tag"] == each and tag["value"].strip()]
        if of_kind:
            end = of_kind[0].start("value") + len(of_kind[0]["value"].rstrip())
            yield Field(name, (of_kind[0].start("value"), end))


def _ris_appeared(values: dict[str, str]) -> Appeared:
    """Where the work of a record appeared, by its tags."""
    venue = next((values[tag] for tag in _RIS_VENUE if values.get(tag, "").strip()), "")
    year = _YEAR.search(" ".join(values.get(tag, "") for tag in ("PY", "Y1", "DA")))
    pages = "–".join(dict.fromkeys(page for tag in ("SP", "EP") if (page := values.get(tag, "").strip()))) or None
    return Appeared(
        _TYPES.get(values.get("TY", "").strip()), " ".join(venue.split()), int(year[0]) if year is not None else None, pages
    )


def _printed(name: str) -> str:
    """A name in the order in which a paper prints it.

    >>> _printed("Grünwald, Ada"), _printed("Ada Grünwald"), _printed("Lindqvist, Bo, Jr.")
    ('Ada Grünwald', 'Ada Grünwald', 'Bo Lindqvist Jr.')
    """
    family, given, suffix, *_ = [*map(str.strip, name.split(",", 2)), "", ""]
    return printed_name(given, family, suffix) if given else name.strip()


def _read_csv(text: str) -> tuple[Outline, dict[int, Aside]]:
    lines = Lines(text)
    head = lines.text(1)
    delimiter = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    headers = [role_of(header) for header in next(_whole(rows), [])]
    names = [words_of(header) for header in head.split(delimiter)]
    wanted = {column: role for column, role in enumerate(headers) if role in CELLS}
    if "title" not in headers:
        wanted |= {column: "title" for column, role in enumerate(headers) if role == "name"}
    for column, words in enumerate(names[: len(headers)]):
        if {"doi", "arxiv"} & set(words):
            wanted[column] = "url"
    found, last, unread = list[tuple[Found, Aside]](), rows.line_num, list[Bounds]()
    for row in _whole(rows):
        start, stop, last = lines.first(last + 1), lines.first(rows.line_num + 1), rows.line_num
        fields: list[Field] = []
        place = start
        if any(value.replace('"', '""') not in text[start:stop] for value in row):  # quotation marks that quote no cell
            row = text[start:stop].rstrip("\r\n").split(delimiter)
        for column, value in enumerate(row):
            shown = value if value in text[place:stop] else value.replace('"', '""')
            at = text.find(shown, place, stop)
            if at < 0:
                break
            place = at + len(shown) if value else place
            name = wanted.get(column)
            if name is not None and value.strip() and not any(field.name == name for field in fields):
                fields.append(Field(name, (at, at + len(shown))))
        if any(field.name == "title" for field in fields):
            urls = [row[column] for column, role in wanted.items() if role == "url" and column < len(row) and row[column].strip()]
            authors = next((row[c] for c, role in enumerate(headers) if role == "authors" and c < len(row)), "")
            people = [_printed(name) for name in re.split(r";| and ", authors) if name.strip()]
            years = " ".join(row[c] for c, role in enumerate(headers) if role in ("date", "venue") and c < len(row))
            title = next(row[column] for column, role in wanted.items() if role == "title" and row[column].strip())
            told = Aside(years, tuple(people) if len(people) > 1 else (), title=" ".join(title.split()), named=tuple(people))
            found.append((Found(start, stop, fields, more=urls[1:]), told))
        elif any(map(str.strip, row)):
            unread.append((start, start + len(text[start:stop].rstrip("\r\n"))))
    return _outline(found, unread)


def _whole(rows: Any) -> Iterator[list[str]]:
    """The rows of a CSV reader.

    Raises:
        ImportFailed: A cell is longer than a reader takes, as one whose quotation mark nothing closes.
    """
    while True:
        first = rows.line_num + 1
        try:
            row = next(rows, None)
        except csv.Error as error:
            problem = f"a cell of this row is longer than any ({error}); close its quotation mark, or make it shorter"
            raise ImportFailed(problem, f"line {first}") from error
        if row is None:
            return
        yield row
