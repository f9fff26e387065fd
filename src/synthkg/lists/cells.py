r"""Find the cells of an entry in the raw text of its line.

Markdown parsers give back text that they have already changed: escapes resolved, spaces trimmed. A list must come
back byte for byte, so here every cell is a `Span` of the line as it was typed, found by one scan for balanced brackets,
parentheses and code. What cannot be read safely is not guessed at; it stays between the spans, as layout.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from synthkg.catalog import BAR, BULLET, MARGIN, SPACE, literal
from synthkg.model import identify

__all__ = ["Bounds", "Link", "Span", "cells", "links", "plain", "read_bullet", "read_row", "roles", "template"]

Bounds = tuple[int, int]

_CODE = {
    *("code", "codes", "demo", "github", "homepage", "implementation", "official code", "project", "project page"),
    *("repo", "repository", "source code", "website"),
}
_PAPER = {
    *("abs", "acl", "arxiv", "doi", "here", "html", "link", "links", "openreview", "paper", "papers", "pdf"),
    *("preprint", "publication", "url"),
}
_OTHER = {
    *("blog", "checkpoint", "checkpoints", "data", "dataset", "datasets", "hf", "hugging face", "huggingface", "model"),
    *("models", "poster", "slides", "video", "weights"),
}
_TITLE_HEADERS = {"article", "articles", "paper", "papers", "title", "titles"}
_URL_HEADERS = {"link", "links", "pdf", "url", "urls"}
_HEADERS = {
    "code": {"code", "github", "implementation", "project", "repo", "repos", "repository"},
    "venue": {"conference", "journal", "proceedings", "publication", "published", "venue"},
    "url": _URL_HEADERS,
}
_TARGET = re.compile(
    r"""[ \t]*(?:<(?P<angle>[^<>]*)>|(?P<bare>\S*|.*?))(?:[ \t]+(?:"[^"]*"|'[^']*'|\([^()]*\)))?[ \t]*""", re.DOTALL
)
_MARKERS = re.compile(BULLET.pattern + r"[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?:\[[ xX]\][ \t]+)?")
_LEAD_IN = re.compile(r"(?:\([^()]*\)|\[[^\[\]]*\](?!\()|`[^`]*`|\d|[^\w\[(`])*")
_BOLD = re.compile(r"(?:\[[^\[\]]*\](?!\()|\([^()]*\)|[^\w*\[(])*(?P<mark>\*\*|__)(?P<title>[^*_].*?)(?P=mark)")
_QUOTED = re.compile(r"""["“](?P<title>[^"“”]{8,}?)[.,]?["”]""")
_BY = re.compile(r"[^\w\[(]*(?:[^\W\d_][\w.'’-]*[ \t]+){1,4}et[ \t]+al\b[.,: \t]*")
_SENTENCE_END = re.compile(
    r"(?<=\w\w\w)\.[ \t]+(?=[^\W\da-z]|[*_(\[])|(?<![ \t])[.,]?[ \t]+(?=[*_]|\([^()]*(?:19|20)\d\d)|,[ \t]*(?=(?:19|20)\d\d\b)"
)
_LOOSE = " \t[(|,.:;-–—"
_WRAPPED = re.compile(r"(?P<mark>\*\*|__|\*|_)(?P<text>[^*_].*?)(?P=mark)")
_EMPHASIS = re.compile(r"(\*{1,3}|(?<!\w)_{1,3})(?=\S)(.+?)(?<=\S)\1")
_TICKS = re.compile(r"`+")
_PAPERS = ("arxiv", "doi", "acl", "openreview")
_SHORT = 4
_FEW = 3


@dataclass(frozen=True, slots=True)
class Span:
    """Where in its line a field of an entry stands."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Link:
    """An inline link: where it, its label and its target stand. A label may hold an image; no link is an image."""

    start: int
    end: int
    label: Bounds
    url: Bounds


def links(line: str) -> list[Link]:
    """Find the inline links of a line, the outermost only.

    >>> line = "[[code]](https://x.org/S1(23)5) ![badge](b.svg) `[no](u)` [empty]()"
    >>> [(line[slice(*link.label)], line[slice(*link.url)]) for link in links(line)]
    [('[code]', 'https://x.org/S1(23)5'), ('empty', '')]
    """
    return _links(line, _pairs(line)[0])


def cells(line: str, columns: int) -> list[Bounds]:
    r"""Cut a table row at its bars.

    A table's own rule is that only a backslash keeps a bar from cutting. Where that gives more cells than the table
    has columns, bars inside links and code are taken as the text that their author meant.

    >>> line = r"| a \| b | [c|d](u) | `e|f` |"
    >>> [line[start:end] for start, end in cells(line, 3)]
    [' a \\| b ', ' [c|d](u) ', ' `e|f` ']
    >>> len(cells(line, 5))
    5
    """
    bars = [bar.start() for bar in BAR.finditer(line)]
    found = _between(line, bars)
    if len(found) <= columns:
        return found
    pairs, spans_of_code = _pairs(line)
    kept = spans_of_code + [(link.start, link.end) for link in _links(line, pairs)]
    meant = _between(line, [bar for bar in bars if not any(start <= bar < end for start, end in kept)])
    return meant if len(meant) == columns else found


def roles(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> tuple[str | None, ...]:
    """Say which field each column of a table holds, from the words of its header.

    Where no header names the paper, the first column with a titled link is the paper.

    >>> roles(["Paper", "Published in", "Code/Project"], [])
    ('title', 'venue', 'code')
    >>> roles(["Title", "Authors", "Paper"], []), roles(["What", "When"], [["[A paper](u)", "2023"]])
    (('title', None, 'url'), ('title', None))
    >>> roles(["Model", "Size"], [["GPT-2", "1.5B"]])
    (None, None)
    """
    words = [set(re.findall(r"[^\W\d_]+", header.casefold())) for header in headers]
    found = [_role(own) for own in words]
    titled = [column for column, role in enumerate(found) if role == "title"]
    if len(titled) > 1:
        named = [column for column in titled if words[column] & {"title", "titles"}] or titled
        for column in titled:
            found[column] = "title" if column == named[0] else "url"
    if not titled:
        _find_papers(found, rows)
    seen: set[str | None] = {None}
    for column, role in enumerate(found):
        if role in seen:
            found[column] = None
        seen.add(role)
    return tuple(found)


def read_row(line: str, bounds: Sequence[Bounds], roles: Sequence[str | None]) -> tuple[Span, ...]:
    """Find the fields in the cells of a table row; none if it has no title.

    >>> line = "| [A *b*](u) | ACL | [code](v) |"
    >>> spans = read_row(line, cells(line, 3), ("title", "venue", "code"))
    >>> [(span.field, line[span.start : span.end]) for span in spans]
    [('title', 'A *b*'), ('url', 'u'), ('venue', 'ACL'), ('code', 'v')]
    """
    spans: list[Span] = []
    for bound, role in zip(bounds, roles, strict=False):
        start, end = _trim(line, bound)
        known = {span.field for span in spans}
        if role == "title":
            own = _reference(line, start, end, with_code="code" not in roles)
            spans += [span for span in own if span.field not in known]
        elif role == "venue":
            spans.append(Span("venue", start, end))
        elif role is not None and role not in known:
            spans.append(Span(role, *_target(line, start, end)))
    return tuple(spans) if any(span.field == "title" and span.start < span.end for span in spans) else ()


def read_bullet(line: str) -> tuple[Span, ...]:
    """Find the fields in a bullet: its title, the link to it, and its code.

    The title is a titled link that opens the bullet; or it is bold, in quotation marks or plain, with a link to the
    paper after it that is set off (``[[pdf](u)]``), so that a link within a sentence makes no entry.

    >>> def show(line):
    ...     return [(span.field, line[span.start : span.end]) for span in read_bullet(line)]
    >>> show("- [A](https://x.org), Venue 2023. [[code]](https://y.org)")
    [('title', 'A'), ('url', 'https://x.org'), ('code', 'https://y.org')]
    >>> show("* **A**, Someone. [paper](https://x.org)")
    [('title', 'A'), ('url', 'https://x.org')]
    >>> show('- [ACL 2023] **Eval**: "A study of this", [[paper](https://x.org)] [[repo](https://y.org)]')
    [('title', 'A study of this'), ('url', 'https://x.org'), ('code', 'https://y.org')]
    >>> show("- One et al, Two: A study of this, 2024. [[pdf](https://x.org)]"), show("* All of this. One, Two. [[pdf](https://x.org)]")
    ([('title', 'Two: A study of this'), ('url', 'https://x.org')], [('title', 'All of this'), ('url', 'https://x.org')])
    >>> show("- [Contents](#contents)"), show("- Thanks to [Someone](https://x.org)"), show("- See our long [paper](https://x.org)")
    ([], [], [])
    """
    marker = _MARKERS.match(line)
    if marker is None:
        return ()
    start = marker.end()
    found = links(line)
    opening = _LEAD_IN.match(line, start)
    title: Bounds | None = None
    url: Bounds | None = None
    if found and opening is not None and opening.end() >= found[0].start and _is_title(line, found[0]):
        title, url = found[0].label, found[0].url
        rest = found[1:]
        if line[slice(*url)] and not line[slice(*url)].startswith(("http://", "https://")):
            return ()
    elif found:
        title, url, rest = _set_off_title(line, start, found), _paper(line, found), found
    if title is None or url is None:
        return ()
    code = next((link.url for link in rest if link.url != url and _label(line, link) in _CODE), None)
    spans = [Span("title", *title), Span("url", *url)] + ([Span("code", *code)] if code else [])
    return tuple(sorted(spans, key=lambda span: (span.start, span.end)))


def template(line: str, spans: Iterable[Span], start: int = 0, end: int | None = None) -> str:
    """Write a line, or a stretch of it, as a template: spans as placeholders, all else as literal text.

    >>> template("- [A](u) {x}", [Span("title", 3, 4), Span("url", 6, 7)])
    '- [{title}]({url}) {{x}}'
    """
    row = ""
    for span in spans:
        row += f"{literal(line[start : span.start])}{{{span.field}}}"
        start = span.end
    return row + literal(line[start:end])


def plain(markdown: str) -> str:
    r"""The words of a piece of Markdown without its marks.

    >>> plain(r" **[A \| B](u)**,  `c_d` &amp; <b>e</b> $^2$ ")
    'A | B, c_d & e $^2$'
    """
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)|</?[a-zA-Z][^>]*>", "", markdown)
    for link in reversed(links(text)):
        text = text[: link.start] + text[slice(*link.label)] + text[link.end :]
    text = _EMPHASIS.sub(r"\2", text)
    text = re.sub(r"`+", "", text)
    return " ".join(html.unescape(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)).split())


def _pairs(line: str) -> tuple[dict[int, int], list[Bounds]]:
    """Match each bracket and parenthesis that is neither escaped nor in code with the one that closes it."""
    pairs: dict[int, int] = {}
    code: list[Bounds] = []
    open_at: dict[str, list[int]] = {"]": [], ")": []}
    position = 0
    while position < len(line):
        character = line[position]
        if character == "\\":
            position += 1
        elif character == "`":
            run = next(_TICKS.finditer(line, position))
            closing = next((other for other in _TICKS.finditer(line, run.end()) if other[0] == run[0]), None)
            if closing is not None:
                code.append((position, closing.end()))
            position = (closing or run).end() - 1
        elif character in "[(":
            open_at["]" if character == "[" else ")"].append(position)
        elif character in "])" and open_at[character]:
            pairs[open_at[character].pop()] = position
        position += 1
    return pairs, code


def _links(line: str, pairs: dict[int, int]) -> list[Link]:
    found: list[Link] = []
    position = 0
    while (position := line.find("[", position)) >= 0:
        label_end = pairs.get(position, len(line))
        end = pairs.get(label_end + 1, 0) if line[label_end + 1 : label_end + 2] == "(" else 0
        target = _TARGET.fullmatch(line, label_end + 2, end) if end else None
        if target is None:
            position += 1
            continue
        if line[position - 1 : position] != "!":
            url = target.span("angle" if target["angle"] is not None else "bare")
            found.append(Link(position, end + 1, (position + 1, label_end), url))
        position = end + 1
    return found


def _between(line: str, bars: list[int]) -> list[Bounds]:
    """The stretches between bars, without what is left of a first bar or right of a last one."""
    edges = [-1, *bars, len(line)]
    found = [(left + 1, right) for left, right in pairwise(edges)]
    if bars and not line[: bars[0]].strip(MARGIN):
        found = found[1:]
    if bars and not line[bars[-1] + 1 :].strip(SPACE):
        found = found[:-1]
    return found


def _role(words: set[str]) -> str | None:
    """The field that a header's words name; the link to a paper is not the paper."""
    if words & _TITLE_HEADERS and not words & _URL_HEADERS:
        return "title"
    return next((role for role, known in _HEADERS.items() if known & words), None)


def _find_papers(found: list[str | None], rows: Iterable[Sequence[str]]) -> None:
    """Settle the title's column by its links, and where these say only "paper" or "pdf", the link's column too."""
    kinds: dict[int, bool] = {}
    for row in rows:
        for column, cell in enumerate(row[: len(found)]):
            if found[column] in (None, "url") and (inside := links(cell)):
                is_titled = _is_title(cell, inside[0]) or _QUOTED.search(cell, 0, inside[0].start) is not None
                kinds[column] = kinds.get(column, False) or is_titled
    titled = [column for column, is_titled in sorted(kinds.items()) if is_titled]
    if titled:
        found[titled[0]] = "title"
    elif kinds or "url" in found:
        if "url" not in found:
            found[min(kinds)] = "url"
        found[next((column for column, role in enumerate(found) if role is None), found.index("url"))] = "title"


def _reference(line: str, start: int, end: int, with_code: bool) -> list[Span]:
    """The title, its link and perhaps a link to code in a cell; without a link, the cell's text without its marks."""
    inside = [link for link in links(line) if start <= link.start and link.end <= end]
    if not inside:
        if (wrapped := _WRAPPED.fullmatch(line, start, end)) is not None:
            start, end = wrapped.span("text")
        return [Span("title", start, end)]
    paper = next((link for link in inside if _is_title(line, link)), None)
    if paper is None:
        paper = inside[0]
        quoted = _QUOTED.search(line, start, paper.start)
        title = quoted.span("title") if quoted is not None else (start, start + len(line[start : paper.start].rstrip(_LOOSE)))
    else:
        title = paper.label
    code = [link for link in inside if with_code and link.start > paper.start and _label(line, link) in _CODE]
    return [Span("title", *title), Span("url", *paper.url), *(Span("code", *link.url) for link in code[:1])]


def _set_off_title(line: str, start: int, found: Sequence[Link]) -> Bounds | None:
    """The title of a bullet whose links only follow it: in quotation marks, bold, or plain before a link set off."""
    end = found[0].start
    if (quoted := _QUOTED.search(line, start, end)) is not None:
        return quoted.span("title")
    bold = _BOLD.match(line, start)
    if bold is not None and bold.end() <= end:
        is_name = line[bold.end() : bold.end() + 1] == ":" and len(bold["title"].split()) < _SHORT
        return (bold.start("mark"), _sentence_end(line, bold.end(), end)) if is_name else bold.span("title")
    lead = _LEAD_IN.match(line, start, end)
    start = lead.end() if lead is not None else start
    if (by := _BY.match(line, start, end)) is not None:
        start = by.end()
    stop = _sentence_end(line, start, end)
    is_set_off = line[:end].rstrip(SPACE)[-1:] in tuple("[(|,.:;!?")
    return (start, stop) if is_set_off and len(line[start:stop].split()) >= _FEW else None


def _sentence_end(line: str, start: int, end: int) -> int:
    """Where the sentence that begins at ``start`` ends, or what sets off the link at ``end``; its full stop left out."""
    found = _SENTENCE_END.search(line, start, end)
    return found.start() if found is not None else start + len(line[start:end].rstrip(_LOOSE))


def _paper(line: str, found: Sequence[Link]) -> Bounds | None:
    """The target of the link to the paper, or, of a work without a paper, to its code."""
    named = (link.url for link in found if _label(line, link) in _PAPER or _is_paper(line, link))
    return next(named, None) or next((link.url for link in found if _label(line, link) in _CODE), None)


def _target(line: str, start: int, end: int) -> Bounds:
    """The target of a cell that is one link or one autolink; else all of the cell."""
    for link in links(line[start:end]):
        if (link.start, link.end) == (0, end - start):
            return start + link.url[0], start + link.url[1]
    if re.fullmatch(r"<https?://[^<>\s]*>", line[start:end]):
        return start + 1, end - 1
    return start, end


def _trim(line: str, bound: Bounds) -> Bounds:
    """Leave the space around a cell's text; an empty cell lies after its first space."""
    start, end = bound
    text = line[start:end]
    if not text.strip(SPACE):
        start = min(start + 1, end)
        return start, start
    return end - len(text.lstrip(SPACE)), start + len(text.rstrip(SPACE))


def _label(line: str, link: Link) -> str:
    """What a link's label says, in plain lower-case words; of an image, what stands for it."""
    label = line[slice(*link.label)].strip()
    if label.startswith("!["):
        label = label[2:].partition("]")[0]
    return " ".join(re.findall(r"\w+", label.casefold()))


def _is_title(line: str, link: Link) -> bool:
    label = _label(line, link)
    return bool(label) and label not in _PAPER | _CODE | _OTHER and not line[slice(*link.label)].lstrip().startswith("![")


def _is_paper(line: str, link: Link) -> bool:
    found = identify(line[slice(*link.url)])
    return found is not None and found.scheme in _PAPERS
