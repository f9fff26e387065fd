"""Items without any link, of which some are works: what one of them is, all of a document decide together."""

from __future__ import annotations

import re

from synthkg.reading.headlines import Headline, is_headed, trim
from synthkg.reading.labels import VENUE
from synthkg.reading.names import are_names, are_whole_names
from synthkg.reading.outlines import Found, Lines
from synthkg.reading.prose import Bounds, Prose, Unit
from synthkg.reading.tables import Field

__all__ = ["Unlinked"]

_FEWEST = 3
_DATED_LAST = re.compile(
    r"[\s.,:;*_–-]{0,6}[(（\[]\s?(?P<where>[^()（）\[\]\n]{0,60}(?:\b(?:19|20)|['’])\d\d\b[^()（）\[\]\n]{0,40}?)\s?[)）\]][\s.]{0,3}$"
)
_PLACED = re.compile(
    r"\s?[,，]\s?(?P<where>[^\s\d,，.。;；:：()（）][^\d,，.。;；:：()（）\n]{0,40}(?:19|20)\d\d)(?=\s*(?:$|[,，.。;；]))"
)
_UNPARTED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")  # signs of scripts without blanks between words
_ACCEPTED = re.compile(r"\baccepted (?:as|at|by|for|in|to)\b")
_ACRONYM = re.compile(r"\b[A-Z][A-Za-z]{0,10}[A-Z]")


class Unlinked:
    """The items without links of one document."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._works: list[tuple[Unit, Found]] = []
        self._dated: list[Bounds] = []
        self._authored: list[tuple[Unit, Found | None, bool]] = []
        self._placed: list[tuple[Unit, Found]] = []

    def take(self, unit: Unit, headline: Headline, prose: Prose) -> None:
        """An item without any link: a work if its title is followed by where and when it appeared, and by nothing else.

        Or its title is in bold and names, or where and when it appeared, follow it, in some more items of the document, too.
        """
        dated = _DATED_LAST.search(prose.text)
        title = prose.text[slice(*headline.bounds)]
        if dated is None:
            self._take_bold(unit, prose)
            return
        is_last = _DATED_LAST.match(prose.text, headline.bounds[1]) is not None
        is_title = is_last and _is_long(title) and _ACCEPTED.search(title) is None
        venue = VENUE.search(prose.text, *dated.span("where"))
        is_alike = bool(_ACRONYM.search(dated["where"]) and is_headed(title)) or _is_unparted(title, dated["where"])
        if not is_title or (venue is None and not is_alike):
            self._dated.append((unit.start, unit.end))
            return
        where = venue.span() if venue is not None and venue[0][-1].isdigit() else dated.span("where")
        fields = [Field("title", prose.bounds(*headline.bounds)), Field("venue", prose.bounds(*where))]
        self._works.append((unit, Found(*self._lines.whole(unit.start, unit.end), fields)))

    def _take_bold(self, unit: Unit, prose: Prose) -> None:
        """An item that begins with words in bold: a work, perhaps, if authors, or where and when it appeared, follow them."""
        bold = next((run for style, run, _ in prose.styles if style == "bold" and not prose.text[: run[0]].strip()), None)
        if bold is None:
            return
        bounds = trim(prose.text, *bold)
        if placed := _PLACED.match(prose.text, bold[1]):
            title, where = prose.text[slice(*bounds)], placed["where"]
            if _is_long(title) and (VENUE.match(where) or _UNPARTED.search(where)):
                fields = [Field("title", prose.bounds(*bounds)), Field("venue", prose.bounds(*placed.span("where")))]
                self._placed.append((unit, Found(*self._lines.whole(unit.start, unit.end), fields)))
                return
        words, rest = prose.text[slice(*bounds)], prose.text[bold[1] :].partition(";")[0].strip(" ,.;")
        if " " not in words or prose.text[bounds[1] : bold[1] + 1].strip()[:1] == ":":
            return
        found = Found(*self._lines.whole(unit.start, unit.end), [Field("title", prose.bounds(*bounds))])
        is_sure = len(words.split()) >= _FEWEST and are_whole_names(rest)
        self._authored.append((unit, found if are_names(rest) else None, is_sure))

    def works(self) -> list[tuple[Unit, Found]]:
        """Those that are works, with where they stand."""
        authored = [(unit, found) for unit, found, _ in self._authored if found is not None] if self._are_authored() else []
        return [*self._works, *authored, *(self._placed if len(self._placed) >= _FEWEST else ())]

    def suspects(self) -> list[Bounds]:
        """Where the others stand, if most of such items are works: they may be."""
        nameless = [(unit.start, unit.end) for unit, found, _ in self._authored if found is None] if self._are_authored() else []
        return [*nameless, *(self._dated if len(self.works()) > len(self._dated) else ())]

    def _are_authored(self) -> bool:
        return sum(is_sure for _, _, is_sure in self._authored) >= _FEWEST


def _is_long(title: str) -> bool:
    """Whether a title has words enough; where no blanks part them, two signs are one."""
    return len(title.split()) >= _FEWEST or len(_UNPARTED.findall(title)) >= 2 * _FEWEST


def _is_unparted(title: str, where: str) -> bool:
    """Whether a title and a venue are of scripts without blanks, which have no capitals to be known by."""
    return _UNPARTED.search(title) is not None and _UNPARTED.search(where) is not None
