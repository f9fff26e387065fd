"""BibTeX as it is written and as it reads: the one reader of it, for lists and for sources of facts.

bibtexparser says where an entry stands and goes on behind one that it cannot read, which pybtex does not. What a value means is
said here: pieces that are joined, abbreviations, what an entry has of the volume that it names, and names before their TeX is
decoded, since braces hold them together.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from synthkg.model import printed_name

__all__ = ["VERBATIM", "VOLUMES", "Broken", "Reference", "read_bibtex", "verbatim"]

VOLUMES = frozenset(("proceedings", "mvproceedings", "periodical", "set", "xdata"))
"""The types of entries that are no works, but what works stand in, or share."""

VERBATIM = frozenset(("doi", "ee", "eprint", "file", "pdf", "url"))
"""The fields that no TeX reads, as biblatex has it."""

_MOST = 2_000  # characters that abbreviations add to a value: each may hold another twice, and thirty of them a gigabyte
_PARTS = re.compile(r'[{}"#]|\\.')
_BETWEEN = re.compile(r"(?is)[{}]|\\.|(?<!\s)\s++and(?=\s)")
_BARE = re.compile(r"(?<!\\)[%&]")
_ESCAPED = re.compile(r"\\([_%&#~$])")  # by those who wrote them for TeX all the same
_TILDE = re.compile(r"\\~\{\}|\{?\\textasciitilde(?:\{\}|\})?|\$\\sim\$")
_OF_VOLUMES = ("booktitle", "date", "journal", "journaltitle", "month", "year")  # what a work has of its volume
_ARGUMENTS = ("mbox", "textmd", "textsf", "texttt", "textup", "url")
_SIGNS = {name: name for name in ("BibTeX", "LaTeX", "TeX")} | {
    "P": "¶", "S": "§", "copyright": "©", "newline": " ", "pounds": "£", "slash": "/", "textasciicircum": "^", "textbar": "|",
    "textbraceleft": "{", "textbraceright": "}", "textgreater": ">", "textless": "<", "textminus": "−", "textquotedbl": '"',
    "textunderscore": "_",
}  # fmt: skip
_INVISIBLE = re.compile(r"\\[hv]?phantom\{(?:\\.|[^{}\\])*\}")
_ONE_SIGN = re.compile(r"\$([<>|])\$")  # which only mathematics has in LaTeX's oldest fonts
_NAME_PART = re.compile(r"\s*(given|family|prefix|suffix|[a-z-]+)\s*=\s*(.*)", re.DOTALL)  # of biblatex's other form
_PARTS_OF_NAMES = (("given",), ("prefix", "family"), ("suffix",))
_DASH = re.compile(r"(?<!\s)\s*(?:--+|–)\s*")
_HYPHEN = re.compile(r"((?:^|[,;])[^,;–-]*\d)-(?=\d[^,;–-]*(?:[,;]|$))")  # alone in its range: a page may be 2-12
_WHOLE_IN_BRACES = re.compile(r"\{(?:\\.|[^{}\\]|\{(?:\\.|[^{}\\]|\{[^{}]*\})*\})*\}", re.DOTALL)  # with accents in braces
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
        shown: The same as it reads: TeX decoded, braces gone, on one line; with what it has of its volume.
        authors: The names, as papers print them.
        is_whole: Whether these are all, and not "and others".
        teams: Those of them that braces keep whole, as names of institutions.
    """

    key: str
    type: str
    line: int
    raw: str
    fields: dict[str, str]
    shown: dict[str, str]
    authors: tuple[str, ...]
    is_whole: bool
    teams: frozenset[str] = frozenset()

    @property
    def pages(self) -> str:
        """Its pages, a range with an en dash however it is written."""
        return _HYPHEN.sub(r"\1–", _DASH.sub("–", self.shown.get("pages", "")))


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
    from bibtexparser.model import DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, Entry, ParsingFailedBlock, String

    known: dict[str, str] = {}
    entries, found = dict[str, dict[str, str]](), list[tuple[Any, dict[str, str], int, str] | Broken]()
    blocks: list[Any] = parse_string(text, parse_stack=[]).blocks
    for block in blocks:
        line, raw = (block.start_line or 0) + 1, block.raw or ""
        is_doubled = isinstance(block, DuplicateBlockKeyBlock | DuplicateFieldKeyBlock)  # which BibTeX reads all the same
        read = block.ignore_error_block if is_doubled else block
        if isinstance(read, String):
            known[read.key.lower()] = _joined(read.value, known)
        elif isinstance(read, Entry):
            values = {field.key.lower(): _joined(field.value, known) for field in reversed(read.fields)}
            entries.setdefault(read.key.lower(), values)
            found.append((read, values, line, raw))
        elif isinstance(block, ParsingFailedBlock):
            found.append(Broken(line, raw))
    for each in found:
        yield each if isinstance(each, Broken) else _reference(*each, entries)


def _reference(entry: Any, own: dict[str, str], line: int, raw: str, entries: Mapping[str, Mapping[str, str]]) -> Reference:
    written = {field.key.lower(): field.value for field in reversed(entry.fields)}
    values = {**_of_others(own, entries), **own}
    authors = [_HOMONYM.sub("", name) for name in _authors(values.get("author", ""))]
    return Reference(
        key=entry.key,
        type=entry.entry_type.lower(),
        line=line,
        raw=raw,
        fields={key: own[key] if len(_pieces(value)) == 1 else value for key, value in written.items()},
        shown={key: _plain(key, value) for key, value in values.items() if key != "author"},
        authors=tuple(name for name in authors if name not in ("others", "")),
        is_whole="others" not in authors,
        teams=frozenset(_teams(values.get("author", ""))),
    )


def _of_others(own: Mapping[str, str], entries: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """What an entry has of the volume that it stands in, and of those that it shares its fields with."""
    volume = entries.get(own.get("crossref", "").strip().lower(), {})
    found = {key: volume[key] for key in _OF_VOLUMES if key in volume}
    if "title" in volume:
        found.setdefault("booktitle", volume["title"])
    for name in reversed(own.get("xdata", "").split(",")):
        found |= entries.get(name.strip().lower(), {})
    return found


def _pieces(value: str) -> list[str]:
    """The pieces of a value that ``#`` joins, as written."""
    cuts, depth, is_quoted = [-1], 0, False
    for sign in _PARTS.finditer(value):
        if sign[0] in "{}":
            depth += 1 if sign[0] == "{" else -1
        elif depth == 0 and sign[0] == '"':
            is_quoted = not is_quoted
        elif depth == 0 and sign[0] == "#" and not is_quoted:
            cuts.append(sign.start())
    return [value[start + 1 : end].strip() for start, end in zip(cuts, [*cuts[1:], len(value)], strict=True)]


def _joined(value: str, known: Mapping[str, str]) -> str:
    """A value as BibTeX reads it: its pieces without what encloses them, abbreviations written out unless they stand for a book.

    >>> _joined('"Proc. of " # acl # {, 2023}', {"acl": "ACL"}), _joined("{{A} # b}", {})
    ('Proc. of ACL, 2023', '{A} # b')
    """
    pieces = [piece[1:-1] if len(piece) > 1 and piece[0] in '{"' else known.get(piece.lower(), piece) for piece in _pieces(value)]
    return "".join(pieces) if sum(map(len, pieces)) <= len(value) + _MOST else value


def _authors(text: str) -> Iterator[str]:
    """The names of a field, as papers print them."""
    from bibtexparser.middlewares.names import parse_single_name_into_parts

    for name in _names(text):
        if (parts := _named_parts(name)) is not None:
            given, family, suffix = ([parts[key] for key in keys if key in parts] for keys in _PARTS_OF_NAMES)
        elif "," in name:
            read = parse_single_name_into_parts(name, strict=False)
            given, family, suffix = read.first, [*read.von, *read.last], read.jr
        else:
            given, family, suffix = [], [name], []  # it is in the order in which it is printed
        yield printed_name(*(_plain("author", " ".join(part)) for part in (given, family, suffix)))


def _teams(text: str) -> Iterator[str]:
    """The names of more than one word that stand in braces as wholes."""
    for name in _names(text):
        if _WHOLE_IN_BRACES.fullmatch(name) and " " in (read := _plain("author", name)):
            yield read


def _names(text: str) -> Iterator[str]:
    """The names as written, between each "and" that no braces hold; bibtexparser loses an accent that begins one."""
    start = depth = 0
    for sign in _BETWEEN.finditer(text):
        if sign[0] in ("{", "}"):
            depth += 1 if sign[0] == "{" else -1
        elif sign[0][0] != "\\" and depth == 0:
            yield text[start : sign.start()].strip()
            start = sign.end()
    yield text[start:].strip()


def _named_parts(name: str) -> dict[str, str] | None:
    """The parts of a name in biblatex's other form, ``family=Berg, given=Hans, prefix=von der``; None of one that is not."""
    found = [_NAME_PART.fullmatch(part) for part in name.split(",")]
    parts = {part[1]: part[2].strip().strip('"') for part in found if part is not None}
    return parts if len(parts) == len(found) and parts.keys() & {"given", "family"} else None


@cache
def _decoder() -> Any:
    """What reads TeX: of commands that it has no text for, their argument, or what they are called."""
    from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

    context = get_default_latex_context_db()
    macros = [MacroTextSpec(name, simplify_repl="%s") for name in _ARGUMENTS]
    macros += [MacroTextSpec(name, simplify_repl=sign) for name, sign in _SIGNS.items()]
    context.add_context_category("titles", prepend=True, macros=macros)
    return LatexNodes2Text(latex_context=context, math_mode="verbatim")


def verbatim(value: str) -> str:
    r"""An address as it is meant, however it was written for TeX.

    >>> verbatim(r"http://x.org/\~{}ada/{\textasciitilde}b\_c"), verbatim("http://x.org/~ada/%20b_c")
    ('http://x.org/~ada/~b_c', 'http://x.org/~ada/%20b_c')
    """
    return _ESCAPED.sub(r"\1", _TILDE.sub("~", value))


@lru_cache(maxsize=4_096)  # of a volume the works that stand in it have the same values, however long
def _plain(key: str, value: str) -> str:
    """A value as it reads; mathematics stays as it is written. In a bibliography a bare % begins no comment and a bare & no
    column, whatever TeX makes of them.
    """
    if key in VERBATIM:
        read = verbatim(value).replace("{", "").replace("}", "")
    else:
        try:
            read = _ONE_SIGN.sub(r"\1", _decoder().latex_to_text(_BARE.sub(r"\\\g<0>", _INVISIBLE.sub("", value))))
        except Exception:  # of what is no TeX its reader raises anything
            read = value.replace("{", "").replace("}", "")
    return " ".join(read.split())
