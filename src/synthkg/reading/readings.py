r"""Read one stretch of a list: which works it names, and where their title, address and code stand in it.

A work is a title with an address. The title is the label of a link that leads to the work, or a headline with a link behind it
that says only what it is ("pdf", "ACL 2023"). Every link then belongs to the work that stands before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from synthkg.model import identify
from synthkg.reading.headlines import Headline, find_headline, skip_appeared, skip_lead, trim
from synthkg.reading.labels import CODE, PAPER, is_beside, is_generic, is_paper_url, is_person_url, is_web, kind_of
from synthkg.reading.names import are_names, are_whole_names
from synthkg.reading.prose import Bounds, Link, Prose

__all__ = ["Reading", "Work", "read_prose"]

_FEW = 3
_MANY = 35
_SET_OFF = '[(|,.:;!?)]）】（【：，。-–—>\n•·"”'
_BETWEEN = " \t\n,;/&|"
_APPEARED = re.compile(r"[\s(,](?:19|20)\d\d\)?[.,;]*(?:\s*[:,;]?\s*[a-z]{0,5}\d[\w–-]*)?$")
_OF_WHOM = re.compile(r" (?:paper|preprint|article)\]?$")


@dataclass(slots=True)
class Work:
    """A work in a stretch of text: where its title stands, its links, and whether marks or a link show the title."""

    title: Bounds
    url: Link | None = None
    code: Link | None = None
    more: list[Link] = field(default_factory=list)
    is_marked: bool = True
    is_link: bool = False

    def take(self, link: Link, kind: str) -> None:
        """Take a link that says what it is; an address of the web outdoes that of a text beside the document."""
        if self.url is None and kind == PAPER:
            self.url = link
        elif self.url is not None and kind == PAPER and is_beside(self.url.url) and not is_beside(link.url):
            self.more.append(self.url)
            self.url = link
        elif kind == CODE and self.code is None:
            self.code = link
        else:
            self.more.append(link)

    @property
    def last(self) -> int:
        """Where the last of it ends in the text."""
        ends = [self.title[1], *(link.text[1] for link in (self.url, self.code, *self.more) if link is not None)]
        return max(ends)


@dataclass(slots=True)
class Reading:
    """What a stretch of text holds: works; links that belong to a work around it; a headline, if it may be a title of these."""

    works: list[Work] = field(default_factory=list)
    loose: list[tuple[Link, str]] = field(default_factory=list)
    headline: Headline | None = None
    others: list[Link] = field(default_factory=list)

    @property
    def has_paper(self) -> bool:
        """Whether one of the loose links leads to a paper."""
        return any(kind == PAPER for _, kind in self.loose)


def read_prose(prose: Prose, is_row: bool) -> Reading:
    """Read a stretch of text.

    Args:
        prose: The text.
        is_row: Whether it is an item or a cell, so that a title need not be marked.

    >>> from synthkg.reading.markup import parse_inline
    >>> def show(text):
    ...     prose = parse_inline(text)
    ...     return [(prose.text[slice(*work.title)], work.url and work.url.url) for work in read_prose(prose, True).works]
    >>> show("[A](https://x.org), 2023. [[code](https://y.org)]"), show("**A b**, Someone. [paper](https://x.org)")
    ([('A', 'https://x.org')], [('A b', 'https://x.org')])
    >>> show("[A](https://arxiv.org/abs/2304.12244) and its sequel [B](https://arxiv.org/abs/2304.12245)")
    [('A', 'https://arxiv.org/abs/2304.12244'), ('B', 'https://arxiv.org/abs/2304.12245')]
    >>> show("[[arXiv](https://arxiv.org/abs/2304.12244)] A Study of This [[Project](https://x.org)]")
    [('A Study of This', 'https://arxiv.org/abs/2304.12244')]
    >>> show("Thanks to [Someone](https://x.org)"), show("See our long [paper](https://x.org)"), show("[Contents](#contents)")
    ([], [], [])
    """
    found = Reading()
    links = [link for link in prose.links if is_web(link.url)]
    for position, link in enumerate(links):
        label = prose.text[slice(*link.text)]
        if not link.has_words or is_generic(label) or _is_tag(prose, link, label) or _is_byline(label):
            _take_label(prose, found, link, kind_of(label, link.url), is_row)
        else:
            following = links[position + 1].text[0] if position + 1 < len(links) else len(prose.text)
            _take_title(prose, found, link, label, following, is_row)
    if not found.works:
        _settle(prose, found, links, is_row)
    else:
        _complete(prose, found.works[0], [link for link, kind in found.loose if kind == CODE], is_row)
    return found


def _complete(prose: Prose, work: Work, codes: list[Link], is_row: bool) -> None:
    """Give a work the code that stands beside it; of a row whose title leads to nothing else the first is its address."""
    if work.code is not None:
        codes = [*codes, work.code] if work.url is None else [work.code]
    is_set_off = bool(codes) and prose.text[: codes[0].text[0]].rstrip(" [")[-1:] in (",", ".", "|", "/")
    if work.url is None and is_row and is_set_off and len(prose.text[slice(*work.title)].split()) >= _FEW:
        work.url, *codes = codes
    work.code = codes[0] if codes else None


def _take_title(prose: Prose, found: Reading, link: Link, label: str, following: int, is_row: bool) -> None:
    """A link with words of its own: the title of a work, of one more, or a name for something that belongs to the last."""
    is_paper = is_paper_url(link.url)
    if not is_paper and (are_whole_names(label) or _is_author(found, link, label)):
        found.others.append(link)
        return
    start = found.works[-1].last if found.works else 0
    headline = find_headline(prose, start, link.text[0])
    words = len(label.split())
    if headline is not None and headline.is_marked and not _is_title_like(label, link, prose, headline):
        work = _work_of(found, headline, prose)
        work.take(link, PAPER if is_paper else kind_of(label, link.url))
        return
    if not found.works:
        opens = skip_lead(prose, 0, link.text[0]) >= link.text[0] or (
            headline is None and is_row and words >= _FEW and _is_label_before(prose, link)
        )
        if opens or (is_paper and (words >= _FEW or label[:1].isupper() or is_row)):
            found.works.append(Work(_label_bounds(prose, link), link, is_link=True))
        else:
            found.others.append(link)
        return
    last = found.works[-1]
    between = prose.text[last.last : link.text[0]]
    is_same = last.url is not None and identify(last.url.url) == identify(link.url) is not None
    is_same |= last.is_marked and not last.is_link and (between.strip() == "/" or _APPEARED.search(label) is not None)
    if is_paper and not is_same and (label[:1].isupper() or words >= _FEW):
        if last.url is None:
            last.url = link
        else:
            found.works.append(Work(_label_bounds(prose, link), link, is_link=True))
    elif last.is_link and not is_same and _is_between_titles(between, is_paper):
        found.works.append(Work(_label_bounds(prose, link), link, is_link=True))
    else:
        kind = kind_of(label, link.url)
        last.take(link, kind) if kind == CODE else last.more.append(link)


def _is_between_titles(between: str, is_paper: bool) -> bool:
    """Whether nothing but what parts the members of an enumeration stands between two links, the second to a paper or not."""
    marks = ",;/&" if is_paper else ","
    return between.strip(_BETWEEN) in ("", "and") and ("and" in between or any(mark in between for mark in marks))


def _is_author(found: Reading, link: Link, label: str) -> bool:
    """Whether a link leads to a person: by its address, or by its label behind the title of a paper."""
    is_behind_paper = bool(found.works) and found.works[-1].url is not None and is_paper_url(found.works[-1].url.url)
    return is_person_url(link.url) or (is_behind_paper and are_names(label))


def _is_tag(prose: Prose, link: Link, label: str) -> bool:
    """Whether a label in brackets is no more than a tag: a short name for what is behind it, or of whom a paper, not a title."""
    is_short = len(label.split()) < _FEW and not is_paper_url(link.url)
    return _is_bracketed(prose, link, label) and (is_short or _OF_WHOM.search(label) is not None)


def _is_byline(label: str) -> bool:
    """Whether a label is the authors of what is behind the link, three or more."""
    return label.count(",") > 1 and are_whole_names(label)


def _is_bracketed(prose: Prose, link: Link, label: str) -> bool:
    start, end = link.text
    return label[:1] == "[" or (prose.text[start - 1 : start] == "[" and prose.text[end : end + 1] == "]")


def _label_bounds(prose: Prose, link: Link) -> Bounds:
    """Where the words of a label stand, without brackets around all of them and a venue before them."""
    start, end = trim(prose.text, *link.text)
    text = prose.text
    if start < end and text[start] == "[" and text[end - 1] == "]" and "]" not in text[start : end - 1]:
        start, end = trim(text, start + 1, end - 1)
    return skip_appeared(text, start, end), end


def _is_title_like(label: str, link: Link, prose: Prose, headline: Headline) -> bool:
    """Whether a label outdoes a marked headline before it: a name in bold is often put before the title that is linked.

    Behind words enough for a title none outdoes it that stands in brackets, says of whom a paper is, ends in when it appeared,
    or follows the authors.
    """
    is_title = len(prose.text[slice(*headline.bounds)].split()) >= _FEW
    says_what = _is_bracketed(prose, link, label) or _OF_WHOM.search(label) is not None or _APPEARED.search(label) is not None
    says_what = says_what or are_whole_names(prose.text[headline.bounds[1] : link.text[0]].strip())
    return len(label.split()) >= _FEW and is_paper_url(link.url) and not (is_title and says_what)


def _is_label_before(prose: Prose, link: Link) -> bool:
    """Whether what stands before a link is set off from it, as a venue, a date or authors are."""
    return prose.text[: link.text[0]].rstrip()[-1:] in tuple(".,:;|<")


def _work_of(found: Reading, headline: Headline, prose: Prose) -> Work:
    work = Work(headline.bounds, is_marked=headline.is_marked)
    found.works.append(work)
    return work


def _take_label(prose: Prose, found: Reading, link: Link, kind: str, is_row: bool) -> None:
    """A link that says what it is: it belongs to the work before it, or to the headline between that and it."""
    start = found.works[-1].last if found.works else _behind_first(prose, found.loose)
    if kind == PAPER and (not found.works or found.works[-1].url is not None):
        headline = find_headline(prose, start, link.text[0])
        if headline is not None and _is_title(prose, headline, link, is_row, bool(found.works)):
            work = _work_of(found, headline, prose)
            work.take(link, kind)
            return
    if found.works:
        found.works[-1].take(link, kind)
    else:
        found.loose.append((link, kind))


def _behind_first(prose: Prose, loose: list[tuple[Link, str]]) -> int:
    """Where the text goes on behind a link that opens it and that a comma sets off."""
    if not loose or prose.text[: loose[0][0].text[0]].strip(" [("):
        return 0
    end = loose[0][0].text[1]
    return end if prose.text[end:].lstrip("])")[:1] == "," else 0


def _is_title(prose: Prose, headline: Headline, link: Link, is_row: bool, is_further: bool) -> bool:
    if headline.is_marked:
        return True
    if is_further:
        return False
    words = prose.text[slice(*headline.bounds)].split()
    if len(words) > _MANY:
        return False
    after = prose.text[headline.bounds[1] : link.text[0]].strip()
    before = prose.text[: link.text[0]].rstrip()[-1:]
    is_set_off = (
        after[:1] in tuple(_SET_OFF)
        or before in tuple(_SET_OFF)
        or prose.text[link.text[0] :].startswith(("[", "(", "【"))
        or not link.has_words
    )
    long = [word for word in words if word[0].isalpha() and (len(word) >= 4 or _is_caseless(word))]
    capitals = sum(word[0].isupper() or not word.isascii() for word in long)
    is_headed = bool(long) and 2 * capitals >= len(long)
    has_few = sum(len(word) // 2 if _is_caseless(word) else 1 for word in words) < _FEW
    return (is_set_off if is_row else is_set_off and is_headed and not has_few) or (is_headed and is_row and not has_few)


def _is_caseless(word: str) -> bool:
    """Whether a word is of a script without capitals, such as Chinese, in which words are short or not parted at all."""
    return word[0].lower() == word[0].upper()


def _settle(prose: Prose, found: Reading, links: list[Link], is_row: bool) -> None:
    """A stretch without a title before its links: the title follows them, or the code is all there is, or it is not here."""
    first = found.loose[0][0].text if found.loose else (len(prose.text), len(prose.text))
    found.headline = find_headline(prose, 0, first[0])
    if found.headline is not None or not found.loose:
        if found.headline is not None and is_row and not found.has_paper and found.loose and found.loose[0][1] == CODE:
            label = prose.text[found.headline.bounds[1] : found.loose[0][0].text[0]].strip()
            if _is_title(prose, found.headline, found.loose[0][0], is_row, False) and label not in (":", "："):
                work = _work_of(found, found.headline, prose)
                work.url = found.loose[0][0]
                work.more = [link for link, _ in found.loose[1:]]
        return
    opening = [pair for pair in found.loose if not prose.text[first[1] : pair[0].text[0]].strip(" \t[]()|/,·•-:")]
    end = opening[-1][0].text[1]
    rest = next((link.text[0] for link in links if link.text[0] > end), len(prose.text))
    headline = find_headline(prose, end, rest)
    is_led = any(kind == PAPER for _, kind in opening) or (opening[0][1] == CODE and _behind_first(prose, found.loose) == end)
    if headline is not None and is_led and is_row:
        words = prose.text[slice(*headline.bounds)].split()
        if headline.is_marked or (len(words) > 1 and not words[0].islower() and "et al" not in prose.text[slice(*first)]):
            work = _work_of(found, headline, prose)
            for link, kind in found.loose:
                work.take(link, kind)
            if work.url is None:
                work.url, work.code = work.code, None
            found.loose = []
