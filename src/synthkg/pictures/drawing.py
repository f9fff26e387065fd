"""SVG by hand: text as text, colours that a page may change, and boxes that are as wide as what they hold.

Nothing here needs a style sheet or a script, so that a picture may stand in a page whose Content-Security-Policy allows neither:
colours are presentation attributes, `var(--picture-…)` with the light value behind it, and `STYLE` has both sets for the page.
Text is measured by a table of DejaVu Sans, the widest of the fonts that browsers take for ``sans-serif``: in others there is room
left, never too little.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

__all__ = ["COLOURS", "LINE", "SIZE", "STYLE", "Drawing", "Link", "Row", "fold", "isolated", "width"]

Row = Mapping[str, str]
"""A row of an answer: column -> what is in it, empty where nothing is."""
Link = Callable[[str], str]
"""What leads from a path below https://w3id.org/synthkg/ to an address, empty where there is none."""

SIZE = 13.0  # of text, in pixels
LINE = 17.0  # from one line of text to the next
COLOURS = ("blue", "orange", "green", "purple", "ochre")
# Each at least 4.5:1 against its paper (WCAG 2.2, 1.4.3), and told apart by people who see no red or no green.
_LIGHT = {
    "ink": "#1c1e21", "quiet": "#5c6470", "rule": "#c9ced6", "paper": "#ffffff",
    "blue": "#0b62a8", "orange": "#a84300", "green": "#00705a", "purple": "#84398c", "ochre": "#7d6200",
}  # fmt: skip
_DARK = {
    "ink": "#e8eaed", "quiet": "#a6afbc", "rule": "#4a525e", "paper": "#16191d",
    "blue": "#6cb6ff", "orange": "#ffa657", "green": "#56d4a8", "purple": "#dba5e3", "ochre": "#e3c15a",
}  # fmt: skip


def _declared(colours: Mapping[str, str]) -> str:
    return "".join(f"--picture-{name}:{value};" for name, value in colours.items())


STYLE = f":root{{{_declared(_LIGHT)}}}\n@media (prefers-color-scheme: dark){{:root{{{_declared(_DARK)}}}}}\n"
"""The colours of pictures, for the style sheet of a page that shows them."""

_MARGIN = 16.0
_RADIUS = 3.5  # of a dot
_WIDTHS = {
    **dict.fromkeys("ijl|'`", 0.33), **dict.fromkeys(" .,:;!I", 0.4), **dict.fromkeys("frt()[]/\\-\"J{}", 0.46),
    **dict.fromkeys("csxzkvyLFTP?*_", 0.62), **dict.fromkeys("wMGOQDNHU%+=<>~#&", 0.88), **dict.fromkeys("mW@", 1.02),
}  # fmt: skip


_TURNING = {"R", "AL", "AN", "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}  # other than left to right


def width(text: str, size: float = SIZE) -> float:
    """At most how wide a line of text is, in pixels.

    >>> width("ill") < width("www") < width("世界中")
    True
    """
    return size * sum(map(_advance, text))


def _advance(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 1.05
    if unicodedata.combining(character):
        return 0.0
    return _WIDTHS.get(character, 0.69 if character.islower() or character.isdigit() else 0.78)


def isolated(name: str) -> str:
    """A name in a sentence that is no markup, where it keeps its direction to itself: https://www.unicode.org/reports/tr9/.

    >>> isolated("tide"), isolated("גאות") == "\u2068גאות\u2069"
    ('tide', True)
    """
    return name if _TURNING.isdisjoint(map(unicodedata.bidirectional, name)) else f"\u2068{name}\u2069"


def fold(text: str, room: float, size: float = SIZE) -> list[str]:
    """The text in lines that are no wider than the room; a word that is wider alone is divided, at a mark if it has one.

    >>> fold("a method with a long name", 90)
    ['a method', 'with a long', 'name']
    """
    lines: list[str] = []
    line = ""
    for word in re.split(r"[ \t\r\n]+", text.strip()):  # and not at a no-break space
        longer = f"{line} {word}" if line else word
        if width(longer, size) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
        while width(word, size) > room and len(word) > 1:
            fitting = next(n for n in range(len(word) - 1, 0, -1) if n == 1 or width(word[:n], size) <= room)
            marks = [n for n in range(fitting // 2, fitting + 1) if word[n - 1 : n] in tuple("-_/")]
            end = marks[-1] if marks else fitting
            lines.append(word[:end])
            word = word[end:]
        line = word
    return [*lines, line] if line or not lines else lines


@dataclass
class Drawing:
    """What is drawn so far. Lengths are pixels; y grows downwards; nothing is rounded until it is written."""

    link: Link | None = None
    is_empty: bool = False
    _under: list[str] = field(default_factory=list)
    _over: list[str] = field(default_factory=list)
    _left: float = 0.0
    _top: float = 0.0
    _right: float = 0.0
    _bottom: float = 0.0

    def text(
        self,
        x: float,
        y: float,
        lines: str | Sequence[str],
        *,
        anchor: str = "start",
        colour: str = "ink",
        size: float = SIZE,
        bold: bool = False,
        to: str = "",
    ) -> None:
        """Lines of text, the first with its baseline at ``y``; ``to`` is the path of what they name."""
        lines = [lines] if isinstance(lines, str) else lines
        wide = max(width(line, size) for line in lines) * (1.08 if bold else 1.0)
        left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
        self._reach(left, y - size, left + wide, y + LINE * (len(lines) - 1) + size * 0.3)
        inner, down = escape(lines[0]), f' dy="{_n(LINE * size / SIZE)}"'
        if len(lines) > 1:
            inner = "".join(f'<tspan x="{_n(x)}"{down if n else ""}>{escape(line)}</tspan>' for n, line in enumerate(lines))
        place = "" if anchor == "start" else f' text-anchor="{anchor}"'
        weight = ' font-weight="600"' if bold else ""
        big = "" if size == SIZE else f' font-size="{_n(size)}"'
        drawn = f'<text x="{_n(x)}" y="{_n(y)}"{place}{big}{weight} fill="{_ink(colour)}">{inner}</text>'
        address = self.link(to) if self.link is not None and to else ""
        self._over.append(f'<a href="{escape(address)}">{drawn}</a>' if address else drawn)

    def nothing(self, why: str) -> str:
        """Says that there is nothing to draw, and why; gives the words back."""
        self.text(0, 0, why)
        self.is_empty = True
        return why

    def box(
        self, x: float, y: float, wide: float, high: float, colour: str, *, strength: float = 1.0, line: str = "", says: str = ""
    ) -> None:
        """A rectangle, filled with a colour of that strength (0 to 1); ``says`` is what it tells where one points at it."""
        self._reach(x, y, x + wide, y + high)
        fill = f' fill="{_ink(colour)}"' + ("" if strength == 1.0 else f' fill-opacity="{_n(strength)}"')
        stroke = f' stroke="{_ink(line)}"' if line else ""
        shape = f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(wide)}" height="{_n(high)}"{fill}{stroke}'
        self._under.append(f"{shape}><title>{escape(says)}</title></rect>" if says else f"{shape}/>")

    def dot(self, x: float, y: float, colour: str) -> None:
        """A filled circle."""
        self._reach(x - _RADIUS, y - _RADIUS, x + _RADIUS, y + _RADIUS)
        self._over.append(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(_RADIUS)}" fill="{_ink(colour)}"/>')

    def line(self, x: float, y: float, to_x: float, to_y: float, colour: str = "rule") -> None:
        """A straight line."""
        self._reach(min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y))
        self._under.append(f'<path d="M{_n(x)} {_n(y)}L{_n(to_x)} {_n(to_y)}" stroke="{_ink(colour)}"/>')

    def lead(self, x: float, y: float, to_x: float, colour: str, strength: float) -> None:
        """A line to where an arrow begins."""
        self._under.append(f'<path d="M{_n(x)} {_n(y)}H{_n(to_x)}" stroke="{_ink(colour)}" stroke-opacity="{_n(strength)}"/>')

    def arrow(
        self,
        x: float,
        y: float,
        to_x: float,
        to_y: float,
        colour: str = "quiet",
        strength: float = 1.0,
        *,
        is_headless: bool = False,
    ) -> None:
        """A curve from the left to the right, with a small head at its end."""
        middle = (x + to_x) / 2
        faint = "" if strength == 1.0 else f' stroke-opacity="{_n(strength)}"'
        head = f"M{_n(to_x - 5)} {_n(to_y - 3)}L{_n(to_x)} {_n(to_y)}L{_n(to_x - 5)} {_n(to_y + 3)}"
        self._under.append(
            f'<path d="M{_n(x)} {_n(y)}C{_n(middle)} {_n(y)} {_n(middle)} {_n(to_y)} {_n(to_x)} {_n(to_y)}'
            f'{"" if is_headless else head}" fill="none" stroke="{_ink(colour)}"{faint}/>'
        )

    def svg(self, name: str, title: str, description: str) -> str:
        """The picture as an element for a page."""
        left, top = self._left - _MARGIN, self._top - _MARGIN
        wide, high = self._right + _MARGIN - left, self._bottom + _MARGIN - top
        role = "img" if self.link is None else "group"  # what stands in an image can be reached by nobody
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="{role}" aria-labelledby="{name}-title {name}-desc" '
            f'viewBox="{_n(left)} {_n(top)} {_n(wide)} {_n(high)}" width="{_n(wide)}" height="{_n(high)}" '
            f'font-family="system-ui, sans-serif" font-size="{_n(SIZE)}">\n'
            f'<title id="{name}-title">{escape(title)}</title>\n<desc id="{name}-desc">{escape(description)}</desc>\n'
            + "\n".join((*self._under, *self._over))
            + "\n</svg>\n"
        )

    def _reach(self, left: float, top: float, right: float, bottom: float) -> None:
        self._left, self._top = min(self._left, left), min(self._top, top)
        self._right, self._bottom = max(self._right, right), max(self._bottom, bottom)


def _ink(name: str) -> str:
    return f"var(--picture-{name}, {_LIGHT[name]})"


def _n(number: float) -> str:
    return f"{number:.1f}".rstrip("0").rstrip(".") or "0"
