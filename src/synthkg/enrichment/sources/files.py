"""Files of sources, read piece by piece: compressed or not, in folders or alone, cut short or not what they should be."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from html.entities import html5
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError, XMLParser, iterparse

from synthkg.errors import UnreadableError

__all__ = ["files_of", "json_items", "lines_of", "parsed", "plain", "text_of", "unmarked", "xml_elements", "year_of"]

_MARKED_UP = re.compile(
    r"(?i)</?(?:b|i|u|em|strong|sub|sup|scp|sc|tt|ovl|strike|italic|bold|span|(?:mml|jats):[\w-]{1,40})(?:\s[^<>]{0,200})?/?>"
)  # of HTML, JATS and MathML, in which publishers deposit titles
_PACKED = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}


def files_of(path: Path, *endings: str) -> Iterator[Path]:
    """The file, or the files of a folder with one of the endings, compressed ones too, sorted.

    Raises:
        UnreadableError: There is no such file or folder, or the folder holds no such file.
    """
    if path.is_file():
        yield path
        return
    if not path.is_dir():
        raise UnreadableError("no such file or folder", str(path))
    wanted = tuple(f"{ending}{packed}" for ending in endings for packed in ("", *_PACKED))
    files = sorted(file for file in path.rglob("*") if file.name.endswith(wanted) and file.is_file())
    if not files:
        raise UnreadableError(f"holds no file that ends in {' or '.join(endings)}", str(path))
    yield from files


@contextmanager
def _opened(file: Path) -> Iterator[IO[bytes]]:
    """The file as bytes, unpacked; what is wrong with it becomes a plain error.

    Raises:
        UnreadableError: It cannot be read, is cut short, or is not compressed as its name says.
    """
    unpack: Any = _PACKED.get(file.suffix, open)
    try:
        with unpack(file, "rb") as stream:
            yield stream
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise UnreadableError(f"cannot be read to its end: {error}", str(file)) from error


def text_of(file: Path) -> str:
    """The whole of a text file.

    Raises:
        UnreadableError: It is not UTF-8, at file:line.
    """
    with _opened(file) as stream:
        data = stream.read()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableError("not UTF-8; convert it, for example with iconv", f"{file}:{line}") from error


def lines_of(file: Path) -> Iterator[tuple[int, bytes]]:
    """Each line with its number."""
    with _opened(file) as stream:
        yield from enumerate(stream, start=1)


def json_items(file: Path) -> Iterator[Any]:
    """The items of a JSON list, one JSON object, or the values of a file with one a line.

    Raises:
        UnreadableError: It is none of these, at file:line.
    """
    with _opened(file) as stream:
        first = stream.readline()
        value = parsed(first if _is_json(first) else first + stream.read(), file, 1)
        yield from value if isinstance(value, list) else [value]
        for number, line in enumerate(stream, start=2):
            if line.strip():
                yield parsed(line, file, number)


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def parsed(text: bytes, file: Path, line: int) -> Any:
    """One JSON value, which begins in a line of a file.

    Raises:
        UnreadableError: It is none.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        at = line + getattr(error, "lineno", 1) - 1
        raise UnreadableError(f"this is no JSON, or was cut short: {error}", f"{file}:{at}") from error


def year_of(text: str | None) -> int | None:
    """The year that a text is, if it is one, written in the digits that records have.

    >>> year_of("2023"), year_of("2023²"), year_of("٢٠٢٣"), year_of(None)
    (2023, None, None, None)
    """
    return int(text) if text and re.fullmatch("[12][0-9]{3}", text) else None


def plain(value: object) -> str:
    """A text or a whole number of a source as text, and nothing as no text. Anything else would be filled in as Python prints it.

    >>> plain("1–20"), plain(2023), plain(None)
    ('1–20', '2023', '')

    Raises:
        TypeError: It is something else.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | None):
        raise TypeError(f"this is no text: {value!r:.60}")
    return "" if value is None else str(value)


def unmarked(value: object) -> str:
    """A title as it reads, on one line: without mark-up, and without entities, which some deposit doubly.

    >>> unmarked("H<sub>2</sub>O &amp;amp; ice, &lt;i&gt;in vitro&lt;/i&gt;, a &lt; b"), unmarked("On <think> tokens")
    ('H2O & ice, in vitro, a < b', 'On <think> tokens')

    Raises:
        TypeError: See `plain`.
    """
    return " ".join(_MARKED_UP.sub("", unescape(unescape(plain(value)))).split())


def xml_elements(file: Path, *tags: str) -> Iterator[tuple[str, Element]]:
    """Each element with one of the tags, when it is whole; it is emptied afterwards, so that files of any size are read.

    Entities of HTML, which dblp's file uses, are known; those that a file declares are refused by the parser.

    Raises:
        UnreadableError: It is no XML, at file:line:column.
    """
    parser = XMLParser()
    parser.entity.update(_entities())
    with _opened(file) as stream:
        try:
            for _, element in iterparse(stream, ("end",), parser):
                if element.tag in tags:
                    yield element.tag, element
                    element.clear()
        except ParseError as error:
            line, column = error.position
            message = "this is no XML, or was cut short"
            raise UnreadableError(f"{message}: {error.msg.partition(':')[0]}", f"{file}:{line}:{column + 1}") from error


def _entities() -> dict[str, str]:
    return {name.removesuffix(";"): text for name, text in html5.items() if name.endswith(";")}
