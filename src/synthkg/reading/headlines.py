r"""Find the title of a work in a stretch of text that no link marks as one.

People set a title in quotation marks, in bold or in italics, or let it stand as the first sentence, behind a date, a flag, a
venue or the authors. Each of these is tried in that order; what could as well be something else is no title.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from synthkg.reading.labels import VENUE, is_generic
from synthkg.reading.names import are_names, are_whole_names
from synthkg.reading.prose import Bounds, Prose

__all__ = ["Headline", "find_headline", "is_headed", "skip_appeared", "skip_lead", "trim", "without_marks"]

_LONGEST = 400
_SHORT = 4
_FEW = 3
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]{0,6}\.?"
_LABEL = (
    r"(?:Paper|Papers|Title|Name|Article|Survey|New|News|Update|Preprint|Work|Must[- ]read|Recommended|"
    r"论文|论文名称|论文标题|标题|题目|名称|论文名称/Paper)"
)
_LEAD = re.compile(
    rf"""
      :[a-z0-9_+-]+:
    | [^\w\[(（【"“„«《「『'‘$\\`{{:]+ | :
    | \[[^\[\]\n]{{0,80}}\](?!\()
    | \([^()\n]{{0,80}}\)
    | [（【][^（）【】\n]{{0,80}}[）】]
    | `[^`\n]{{0,80}}`
    | (?:19|20)\d\d(?:[./-]\d\d?){{1,2}}\b
    | (?:19|20)\d\d(?=\s*[:,|\])）-]|\s+\[)
    | (?:19|20)\d{{6}}\b
    | \d{{1,2}}[./,]\d{{1,2}}(?=\s*[-–:,])
    | \d{{1,2}}\.\d{{1,2}}\.(?=\S)
    | \d{{1,4}}(?=[.)][\s]|\s+[-–]\s|[)）])
    | (?:\d{{1,2}}\ )?{_MONTH},?(?:\ \d{{1,2}},?)?\ (?:19|20)\d\d\b
    | {_LABEL}\s{{0,2}}[:：]
    """,
    re.VERBOSE,
)
_LEAD_VENUE = re.compile(
    rf"(?:{VENUE.pattern})(?=\s*[:,|)\]]|\s+[\[\"“]|\s*$)|(?!SemEval|TREC|CLEF|NLPCC)[A-Z][A-Za-z]{{2,7}}['’-]?(?:20)?[12]\d\b(?=\s+(?:workshop\s+)?[A-Z\"“])"
    r"|[A-Z][A-Za-z\d]{1,11}(?: [A-Z][A-Za-z]{2,9})? (?:19|20)\d\d(?: [a-z]{2,12}){0,2},(?=\s+\S)"
)
_APPEARED_FIRST = re.compile(
    rf"[\[(（【]{VENUE.pattern}[^\w()\[\]（）【】]*[\])）】][\s:–-]*|(?:{VENUE.pattern}|[A-Z][A-Za-z]{{2,7}}20\d\d)(?<=\d)\s?[:–-]\s*(?=[A-Z])"
)
_QUOTED = re.compile(
    r"""
      ["“”](?P<plain>[^\s"“”][^\n]{3,400}?)(?<!\s)["”](?!\w)
    | „(?P<low>[^„“”\n]{4,400})[“”]
    | «\s?(?P<angle>[^«»\n]{4,400}?)\s?»
    | ‘(?P<single>[^‘’\n]{2,200}(?:’\w[^‘’\n]{0,200}){0,4})’(?!\w)
    | 《(?P<book>[^《》\n]{2,300})》
    | 「(?P<corner>[^「」\n]{2,300})」
    | 『(?P<white>[^『』\n]{2,300})』
    | ``(?P<tex>[^`\n]{4,400})''
    """,
    re.VERBOSE,
)
_APPEARED = VENUE.pattern.replace(" ", "[ ]").replace("[[ ]", "[ ")
_STOP = re.compile(
    rf"""
      \n
    | (?:(?<=\w\w\w)|(?<=[A-Z][A-Z])|(?<=[)\]"'”’?!%\d]))\.(?=\s+(?:[^\W\da-z]|[(\[_*"“]|(?:19|20)\d\d)|\s*$)
    | (?<=[?!])\s+(?=[(\[])
    | ,?\s+(?=(?:19|20)\d\d\b\s*(?:$|[.,;)\n\[|]))
    | ,\s*(?=(?:19|20)\d\d\b) | \s+(?=(?:19|20)\d\d-\d\d?\b)
    | \s*[(\[（【](?=[^()\[\]（）【】\n]{{0,60}}(?:19|20|['’])\d\d)
    | \s+[|｜•·]\s | \s+(?:[—–]|--)\s(?=[^\W_A-Z]) | \s*@ | \s*[（【]
    | (?:[,，]|(?<=[?!]))\s+in\s+(?=[A-Z]|{_APPEARED})
    | [,.;]?\s+[(\[]?\s*(?={_APPEARED}\s*(?:$|[.,;)\n|]))
    | \s*[(\[]+\s*(?={_APPEARED})
    | [：](?=\s*$)
    """,
    re.VERBOSE,
)
_ENDS = " \t\n,;:|-–—([{<（【《「：，。、>"
_APPEARED_LAST = re.compile(rf"\s*[(\[]\s*(?:{VENUE.pattern})[^()\[\]]{{0,20}}[)\]]$")
_MARKS_LAST = re.compile(r"(?:\s*(?::[a-z0-9_+-]{1,40}:|\[\^[^\]\s]{1,40}\]))+$")
_NUMBER = re.compile(r"\d[.)]\s*$")
_DESCRIBED = re.compile(r"(?:[ ]{2,}|[ ][-–][ ])(?=(?:\S+\s+){6})")
_YEAR_BEHIND = re.compile(r"\s\((?:19|20)\d\d[a-z]?(?:, [A-Z][a-z]{2,8}(?: \d{1,2})?)?\)$")
_VANCOUVER = r"(?:[^\W\d_][\w'’-]+\ [A-Z]{1,3},\ ){1,40}[^\W\d_][\w'’-]+\ [A-Z]{1,3}\.\s+"
_AUTHORS = re.compile(rf"[^,\n]{{1,40}}?\bet\.?\s*al\b\.?,?\s*(?:\((?:19|20)\d\d\))?[,:]?\s*|{_VANCOUVER}")
_SENTENCE = re.compile(r"(?:(?<=\w\w\w)|(?<=\w\.)|(?<=[)\]]))[.:]\s|,\s+(?=[\"“])|:\s")


@dataclass(frozen=True, slots=True)
class Headline:
    """Where a title stands in the text, and whether its marks say that it is one, not its place alone."""

    bounds: Bounds
    is_marked: bool


def find_headline(prose: Prose, start: int, end: int) -> Headline | None:
    """The title that stands in a stretch of text.

    >>> from synthkg.reading.markup import parse_inline
    >>> def show(text):
    ...     prose = parse_inline(text)
    ...     found = find_headline(prose, 0, len(prose.text))
    ...     return found and prose.text[slice(*found.bounds)]
    >>> show('[NeurIPS 2021] **Eval**: "Eval: A *set* of tests", [[paper](u)]')
    'Eval: A set of tests'
    >>> show("Gu et al, CRUXEval: A Benchmark for Code, 2024. [["), show("Wasser GAN (2017), M. Beispiel et al. [[")
    ('CRUXEval: A Benchmark for Code', 'Wasser GAN')
    >>> show('1) **Growing Corpora** - A corpus is grown'), show("12.12 - Honeybee: Locality-enhanced Projector (")
    ('Growing Corpora', 'Honeybee: Locality-enhanced Projector')
    """
    end = min(end, start + 4 * _LONGEST)
    start = skip_lead(prose, start, end)
    end = min((link.text[0] for link in prose.links if start < link.text[0] < end), default=end)
    for find in (_quoted, _bold, _italic, _plain):
        found = find(prose, start, end)
        if found is not None:
            bounds = trim(prose.text, *found.bounds)
            words = prose.text[slice(*bounds)]
            if 0 < len(words) <= _LONGEST and any(map(str.isalpha, words)) and "://" not in words and not is_generic(words):
                return Headline(bounds, found.is_marked)
    return None


def skip_lead(prose: Prose, start: int, end: int) -> int:
    """Where the words begin behind flags, numbers, dates, venues and labels."""
    text = prose.text
    while start < end:
        found = _LEAD.match(text, start, end) or _LEAD_VENUE.match(text, start, end)
        if found is None or found.end() == start:
            return start
        start = found.end()
    return start


def skip_appeared(text: str, start: int, end: int) -> int:
    """Where the words of a label begin behind where and when the work appeared.

    >>> [label[skip_appeared(label, 0, 99):] for label in ("(ACL 2020) Seas", "ICML'22-Seas", "[CVPR] Seas", "ICML 22 in Brief")]
    ['Seas', 'Seas', 'Seas', 'ICML 22 in Brief']
    """
    found = _APPEARED_FIRST.match(text, start, end)
    return found.end() if found is not None and found.end() < end else start


def is_headed(title: str) -> bool:
    """Whether the long words of a text are capitalised for the most part, as those of titles are.

    >>> is_headed("Small Tides of Seas"), is_headed("We look at small tides")
    (True, False)
    """
    words = [word for word in title.split() if len(word) >= 4 and word[0].isalpha()]
    return len(words) > 1 and 2 * sum(word[0].isupper() for word in words) >= len(words)


def trim(text: str, start: int, end: int) -> Bounds:
    """A stretch of text without the space and the punctuation that set it off; a full stop goes, an ellipsis stays.

    Short codes of emoji and references to footnotes at its end go too.
    """
    end = without_marks(text, start, end)
    while end > start and (text[end - 1] in _ENDS or (text[end - 1] == "." and not text.endswith("..", start, end))):
        end = without_marks(text, start, end - 1)
    while start < end and text[start] in " \t\n,;:|-–—>，。、：":
        start += 1
    opened = text.rfind("(", start, end)
    if text.count("(", start, end) > text.count(")", start, end) and opened > start:
        return trim(text, start, opened)
    if text.endswith(")", start, end) and text.count(")", start, end) > text.count("(", start, end):
        return trim(text, start, end - 1)
    appeared = _APPEARED_LAST.search(text, max(start, end - 60), end)
    return trim(text, start, appeared.start()) if appeared is not None and appeared.start() > start else (start, end)


def without_marks(text: str, start: int, end: int) -> int:
    """Where a stretch of text ends without short codes of emoji and references to footnotes.

    >>> "Seeds :fire: [^1]"[:without_marks("Seeds :fire: [^1]", 0, 17)]
    'Seeds'
    """
    marks = _MARKS_LAST.search(text, max(start, end - 120), end)
    return marks.start() if marks is not None else end


def _quoted(prose: Prose, start: int, end: int) -> Headline | None:
    for found in _QUOTED.finditer(prose.text, start, end):
        name = found.lastgroup or "plain"
        bounds = found.span(name)
        if name == "plain":
            bounds = bounds[0], _closing(prose.text, *bounds, end)
        before, after = prose.text[start : found.start()], prose.text[bounds[1] + 1 : bounds[1] + 3]
        if any(style == "bold" and run[0] <= found.start() and found.end() + 3 < run[1] for style, run, _ in prose.styles):
            return None
        if before.strip():
            if (len(found[name].split()) < (2 if before.rstrip()[-1] in ".:" else _FEW) and not are_names(before)) or not (
                before.rstrip()[-1] in ".,:;)]—-–|" or are_names(before)
            ):
                continue
        elif after[:1] == ":" or (after[:1] == " " and after[1:2].isalpha() and found[name].count(" ") < _FEW):
            return None
        return Headline(bounds, True)
    return None


def _closing(text: str, start: int, first: int, end: int) -> int:
    """Where the mark stands that closes a quotation, those around words inside it left out; the first one if none does."""
    depth = 1
    for position in range(start, end):
        if text[position] in '"“”':
            opens = text[position - 1].isspace() and text[position + 1 : position + 2].isalnum()
            depth += 1 if opens else -1
            if depth == 0:
                return position
    return first


def _bold(prose: Prose, start: int, end: int) -> Headline | None:
    text = prose.text
    for style, run, _ in sorted(prose.styles, key=lambda each: each[1]):
        if style != "bold" or run[1] <= start or run[0] >= end:
            continue
        if run[0] < start:  # a date stands in bold before the title
            if run[1] > end or len(text[start : run[1]].split()) < _SHORT:
                continue
            run = start, run[1]
        words = text[slice(*run)].split()
        before, after = text[start : run[0]].strip(), text[run[1] : min(run[1] + 2, end)]
        if after[:1].isalnum() or (after[:1] == "-" and after[1:].isalnum()):  # a part of a word, set off by its letters
            continue
        if run[1] > end:
            run = run[0], _stop(prose, run[0], end)
        if before:
            if len(words) < _FEW or not (before[-1] in ".,:;)]—-–|" or are_names(before)):
                continue
        elif len(words) < _SHORT:
            if after[:1] in (":", "：") or text[run[1] - 1] == ":":
                stop = _stop(prose, run[1] + 1, end)
                rest = text[run[1] + 1 : stop].strip(" :：")
                if rest:
                    begins = text.index(rest, run[1]) if rest[0] in '"“' else run[0]
                    return Headline((begins + (begins != run[0]), stop), True)
            elif (
                after[:1] == " "
                and after[1:2].isalnum()
                and (len(words) == 1 or not are_whole_names(_SENTENCE.split(text[run[1] : end], maxsplit=1)[0]))
            ):
                return None
        if is_generic(text[slice(*run)]) or (text[slice(*run)].rstrip().endswith((":", "：")) and len(words) < _SHORT):
            continue
        return Headline(run, True)
    return None


def _italic(prose: Prose, start: int, end: int) -> Headline | None:
    for style, run, _ in prose.styles:
        if style == "italic" and run[0] == start and run[1] <= end:
            words = prose.text[slice(*run)]
            if are_names(words) or VENUE.match(words):
                return _plain(prose, skip_lead(prose, run[1], end), end)
            if len(words.split()) >= _FEW or len(words) >= 0.5 * (end - start):
                return Headline(run, True)
    return None


def _plain(prose: Prose, start: int, end: int) -> Headline | None:
    text = prose.text
    for _ in range(3):
        sentence = _SENTENCE.search(text, start, end)
        head = text[start : sentence.start()] if sentence is not None else ""
        authors = _AUTHORS.match(text, start, end)
        if authors is not None and authors.end() < end:
            start = skip_lead(prose, authors.end(), end)
        elif sentence is not None and head and len(head) <= _LONGEST and "," in head and are_names(_YEAR_BEHIND.sub("", head)):
            start = skip_lead(prose, sentence.end(), end)
        else:
            break
    stop = _stop(prose, start, end)
    stop = _without_names(text, start, stop)
    if _NUMBER.search(text, max(0, start - 6), start) is not None:
        described = _DESCRIBED.search(text, start, stop)
        stop = described.start() if described is not None else stop
    return Headline((start, stop), False) if text[start:stop].strip() else None


def _stop(prose: Prose, start: int, end: int) -> int:
    """Where the sentence that begins at ``start`` ends: at its full stop, before a venue, a year, names, another style."""
    found = _STOP.search(prose.text, start + 1, end)
    stop = found.start() if found is not None else end
    for style, run, _ in prose.styles:
        if style == "italic" and start < run[0] < stop:
            words = prose.text[slice(*run)]
            if (
                are_names(words)
                or VENUE.match(words)
                or (len(words.split()) > 1 and prose.text[: run[0]].rstrip()[-1:] in ".,;|)?!")
            ):
                stop = run[0]
    return stop


def _without_names(text: str, start: int, end: int) -> int:
    """Cut the authors off that follow a title behind a comma or "by"."""
    for found in re.finditer(r",\s+|(?<!\s)\s+(?:by|-)\s+", text[start:end]):
        rest = text[start + found.end() : end].strip(" .,")
        if (
            ("," in rest or " and " in rest or " et al" in rest)
            and are_whole_names(rest)
            and not _goes_on(text, start, start + found.start(), rest)
        ):
            return start + found.start()
    return end


def _goes_on(text: str, start: int, comma: int, rest: str) -> bool:
    """Whether what follows a comma is the end of an enumeration in a subtitle: "Sown: Fast Seas, Slow Lakes, and Deep Rivers"."""
    before = text[max(start, text.rfind(":", start, comma) + 1) : comma].strip()
    return ", and " in rest and rest.count(",") == 1 and are_whole_names(f"{before}, {rest}")
