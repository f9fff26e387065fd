r"""Rows of the bibliography view as BibTeX or CSL-JSON.

A field of BibTeX ends at the brace that balances its first one, whatever stands before a brace, so one that has no partner gets
an invisible one (Zotero writes it so, too). ``<``, ``>`` and ``|`` stand in mathematics, because LaTeX's oldest fonts have other
signs in their places. Identifiers and addresses are not TeX: they stay as they are, and what would unbalance them is left out of
one and percent-encoded in the other.

Formats: https://ctan.org/pkg/bibtex (entry types), https://ctan.org/pkg/tamethebeast (names) and
https://docs.citationstyles.org/en/stable/specification.html.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from synthkg.views.mathematics import is_plain, segments, to_rich_text
from synthkg.views.names import Name, split_name

__all__ = ["bibtex", "container_of", "csl_json"]

Row = dict[str, str]

_TEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_TEX |= {char: "\\" + char for char in "&%#_$"} | {char: f"${char}$" for char in "<>|"}
_BRACES = {"{": r"\{", "}": r"\}"}
_LONE_BRACES = {"{": r"\{\vphantom{\}}", "}": r"\vphantom{\{}\}"}
_SPECIAL = re.compile(r"[\\~^&%#_$<>|{}]")
_LIGATURE = re.compile(r"(?<=-)(?=-)|(?<=`)(?=`)|(?<=')(?=')|(?<=[?!])(?=`)|(?<=,)(?=,)")
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENTRY_TYPES = {"article-journal": "article", "paper-conference": "inproceedings", "report": "techreport", "article": "misc"}
_CONTAINERS = {"article": "journal", "inproceedings": "booktitle", "techreport": "institution"}


def _works(rows: Iterable[Row]) -> Iterator[tuple[Row, list[Name]]]:
    """Each work once, with its authors in order."""
    for _, group in groupby(rows, key=lambda row: row["id"]):
        members = list(group)
        yield members[0], [split_name(row["author"], is_group=row.get("group") == "yes") for row in members if row.get("author")]


def _date(work: Row) -> list[int]:
    """Year, month and day, as far as they are known; the year of the publication goes before the date of a file."""
    date = (work.get("date") or work.get("year", ""))[:10]
    if work.get("year") and not date.startswith(work["year"]):
        date = work["year"]
    return [int(part) for part in date.split("-")] if date else []


def container_of(work: Row) -> str:
    """In what a work appeared: the proceedings of its workshop, or else of its venue; empty where neither is known."""
    return work.get("workshop") or work.get("container", "")


# -- BibTeX


def bibtex(rows: Iterable[Row]) -> str:
    """BibTeX, one entry a work; its key is the work's id. One that lacks a field that its type requires is ``@misc``."""
    entries = []
    for work, authors in _works(rows):
        container = container_of(work)
        kind = _ENTRY_TYPES[work["type"]] if authors and container and work.get("year") else "misc"  # which requires nothing
        date = _date(work)
        doi = work.get("doi", "")
        fields = {
            "title": "{{" + _tex(work["title"]) + "}}",
            "author": _in_braces(" and ".join(map(_name, authors))),
            _CONTAINERS.get(kind, "howpublished"): _in_braces(_tex(container)),
            "year": _in_braces(_tex_of_text(work.get("year", ""))),
            "month": _MONTHS[date[1] - 1] if len(date) > 1 else "",
            "pages": _in_braces(_tex_of_text(work.get("pages", "")).replace("–", "--")),
            "doi": _in_braces(doi if not re.search(r"[{}\\]", doi) else ""),
            "eprint": _in_braces(_tex_of_text(work.get("arxiv", ""))),
            "eprinttype": "{arxiv}" if work.get("arxiv") else "",
            "url": _in_braces(re.sub(r"[{}\\]", lambda found: f"%{ord(found[0]):02X}", work.get("url", ""))),
        }
        lines = [f"  {name} = {value},\n" for name, value in fields.items() if value]
        entries.append(f"@{kind}{{{work['id']},\n{''.join(lines)}}}\n")
    return "\n".join(entries)


def _in_braces(value: str) -> str:
    return f"{{{value}}}" if value else ""


def _tex(text: str) -> str:
    r"""Escapes what TeX would read as a command; mathematics stays.

    >>> _tex("VILA$^2$ & 100%, from $5 to $10")
    'VILA$^2$ \\& 100\\%, from \\$5 to \\$10'
    >>> _tex("{a} { b")
    '\\{a\\} \\{\\vphantom{\\}} b'
    >>> _tex(r"$\input{/etc/passwd}$")
    '\\$\\textbackslash{}input\\{/etc/passwd\\}\\$'
    """
    pieces = ((is_formula and is_plain(part), f"${part}$" if is_formula else part) for is_formula, part in segments(text))
    return "".join(part if is_kept else _tex_of_text(part) for is_kept, part in pieces)


def _tex_of_text(text: str) -> str:
    has_partner = iter(_partners(text))

    def escape(found: re.Match[str]) -> str:
        char = found[0]
        if char in _BRACES:
            return (_BRACES if next(has_partner) else _LONE_BRACES)[char]
        return _TEX[char]

    return _LIGATURE.sub("{}", _SPECIAL.sub(escape, text))


def _partners(text: str) -> list[bool]:
    """For each brace whether it has a partner."""
    found: list[bool] = []
    open_ones: list[int] = []
    for char in re.findall(r"[{}]", text):
        found.append(char == "}" and bool(open_ones))
        if char == "{":
            open_ones.append(len(found) - 1)
        elif open_ones:
            found[open_ones.pop()] = True
    return found


def _name(name: Name) -> str:
    """Family name first, which needs no guessing; what must not be taken apart is put in braces."""
    if name.literal:
        return "{" + _tex_of_text(name.literal) + "}"
    family = " ".join(map(_part, filter(None, (name.particle, name.family))))
    return ", ".join(filter(None, (family, _part(name.suffix), _part(name.given))))


def _part(part: str) -> str:
    """Readers see more than letters in a name: "=" begins biblatex's named parts, and some take a backslash away."""
    text = _tex_of_text(part)
    return text if re.fullmatch(r"(?:[^\W_]|[ .'’()-])*", part) else f"{{{text}}}"


# -- CSL-JSON


def csl_json(rows: Iterable[Row]) -> str:
    """CSL-JSON, one item a work."""
    items = []
    for work, authors in _works(rows):
        date, arxiv = _date(work), work.get("arxiv", "")
        is_preprint = bool(arxiv) and work["type"] == "article"
        item: dict[str, Any] = {
            "id": work["id"],
            "type": work["type"],
            "title": _csl_title(work["title"]),
            "author": [_csl_name(author) for author in authors],
            "container-title": container_of(work) if not is_preprint else "",
            "event-title": work.get("container", "") if work.get("workshop") else "",
            "issued": {"date-parts": [date]} if date else None,
            "page": work.get("pages", ""),
            "publisher": "arXiv" if is_preprint else "",
            "number": f"arXiv:{arxiv}" if is_preprint else "",
            "note": f"arXiv:{arxiv}" if arxiv and not is_preprint else "",
            "DOI": work.get("doi", ""),
            "URL": work.get("url", ""),
        }
        items.append({key: value for key, value in item.items() if value})
    return json.dumps(items, indent=2, ensure_ascii=False) + "\n"


def _csl_title(title: str) -> str:
    """The title with CSL-JSON's tags; words such as R7B, which styles that change case would write R7b, keep theirs.

    >>> _csl_title("LLM2LLM: Starling-7B in Stages")
    '<span class="nocase">LLM2LLM</span>: <span class="nocase">Starling-7B</span> in Stages'
    """
    return "".join(
        to_rich_text(f"${part}$") if is_formula else _WORD.sub(_kept_word, part) for is_formula, part in segments(title)
    )


def _kept_word(found: re.Match[str]) -> str:
    word = found[0]
    mixed = any(map(str.isdigit, word)) and any(map(str.isupper, word))
    return f'<span class="nocase">{word}</span>' if mixed else word


def _csl_name(name: Name) -> dict[str, str]:
    parts = {
        "family": name.family,
        "given": name.given,
        "non-dropping-particle": name.particle,
        "suffix": name.suffix,
        "literal": name.literal,
    }
    return {key: value for key, value in parts.items() if value}
