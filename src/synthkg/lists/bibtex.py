"""BibTeX as it is written and as it reads: the one reader of it, for lists and for sources of facts.

bibtexparser says where an entry stands and goes on behind one that it cannot read, which pybtex does not.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["Broken", "Reference", "read_bibtex"]

_HOMONYM = re.compile(r" 0\d{3}$")  # by which dblp tells apart people of one name (https://dblp.org/faq)
logging.getLogger("bibtexparser").addHandler(logging.NullHandler())  # what it cannot read is told by us


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry.

    Attributes:
        key: Its citation key.
        type: The word behind ``@``, in lower case.
        line: The number of its first line, from 1.
        raw: The whole entry as written.
        fields: Name in lower case -> value as written.
        shown: The same as it reads: TeX decoded, braces gone, on one line.
        authors: The names, given names first.
        is_whole: Whether these are all, and not "and others".
    """

    key: str
    type: str
    line: int
    raw: str
    fields: dict[str, str]
    shown: dict[str, str]
    authors: tuple[str, ...]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Broken:
    """What cannot be read as an entry: the number of its first line, from 1, and its text."""

    line: int
    raw: str


def read_bibtex(text: str) -> Iterator[Reference | Broken]:
    r"""The entries in their order, one whose key stands twice too, and what is none.

    >>> text = "@article{a, title={Na{\\\"\\i}ve {B}ayes}, author={Marée, Ada and others}}\n@misc{b, title={Cut"
    >>> one, other = read_bibtex(text)
    >>> one.shown["title"], one.authors, one.is_whole, other.line
    ('Naïve Bayes', ('Ada Marée',), False, 2)
    """
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.middlewares import LatexDecodingMiddleware, MergeNameParts, SeparateCoAuthors, SplitNameParts
    from bibtexparser.model import DuplicateBlockKeyBlock, Entry, ParsingFailedBlock

    decode = [LatexDecodingMiddleware(), SeparateCoAuthors(), SplitNameParts(), MergeNameParts(style="first")]
    decoded = {block.start_line: block for block in parse_string(text, append_middleware=decode).blocks}
    for block in parse_string(text).blocks:
        line = (block.start_line or 0) + 1
        plain, read = block, decoded.get(block.start_line)
        if isinstance(block, DuplicateBlockKeyBlock):  # which the parser leaves as it is
            raw = block.raw or ""
            plain, read = parse_string(raw).blocks[0], parse_string(raw, append_middleware=decode).blocks[0]
        if isinstance(plain, Entry):
            yield _reference(plain, read if isinstance(read, Entry) else plain, line)
        elif isinstance(block, ParsingFailedBlock):
            yield Broken(line, block.raw or "")


def _reference(entry: Any, decoded: Any, line: int) -> Reference:
    fields = {field.key.lower(): str(field.value) for field in entry.fields}
    values = {field.key.lower(): field.value for field in decoded.fields}
    names = values.get("author", [])
    authors = [_HOMONYM.sub("", " ".join(name.split())) for name in names] if isinstance(names, list) else []
    return Reference(
        key=entry.key,
        type=entry.entry_type.lower(),
        line=line,
        raw=entry.raw or "",
        fields=fields,
        shown={key: _plain(value) for key, value in values.items() if isinstance(value, str)},
        authors=tuple(name for name in authors if name != "others"),
        is_whole="others" not in authors,
    )


def _plain(value: str) -> str:
    return " ".join(value.replace("{", "").replace("}", "").split())
