"""HTML in a Markdown document: its tags are taken for what Markdown would write, and its words for words."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import NamedTuple

from synthkg.reading.stretches import Stretches

__all__ = ["take_html"]

_TAG = re.compile(r"<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?P<rest>[^<>]*)>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_ATTRIBUTE = r"""(?i)(?<![\w-]){}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))"""
_HREF, _ALT, _ROWS, _COLUMNS = (re.compile(_ATTRIBUTE.format(name)) for name in ("href", "alt", "rowspan", "colspan"))
_STYLES = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("del", "s"), "struck"),
}
_BLOCKS = ("p", "div", "summary", "details", "blockquote", "center", "hr", "dl", "dd", "dt")


class _Tag(NamedTuple):
    name: str
    closes: bool
    start: int
    end: int
    rest: str
    rest_at: int


def take_html(into: Stretches, start: int, end: int) -> None:
    """Go through a stretch of HTML: its tags, and what stands between them; what is in comments is not seen."""
    text, position = into.text, start
    while position < end:
        if text.startswith("<!--", position):
            closing = text.find("-->", position + 4, end)
            position = closing + 3 if closing >= 0 else end
            continue
        tag = _TAG.match(text, position, end)
        if tag is not None:
            if (take := _TAKEN.get(tag["name"].lower())) is not None:
                take(into, _Tag(tag["name"].lower(), bool(tag["close"]), *tag.span(), tag["rest"], tag.start("rest")))
            into.inner = position = tag.end()
            continue
        following = text.find("<", position + 1, end)
        following = following if following >= 0 else end
        _take_words(into, position, following)
        into.inner = position = following


def _take_words(into: Stretches, start: int, end: int) -> None:
    if not into.text[start:end].strip() and not into.is_open:
        return
    position = start
    for entity in _ENTITY.finditer(into.text, start, end):
        _add_words(into, position, entity.start())
        into.add(html.unescape(entity[0]), *entity.span())
        position = entity.end()
    _add_words(into, position, end)


def _add_words(into: Stretches, start: int, end: int) -> None:
    if start < end:
        into.add(into.text[start:end].translate({9: " ", 10: " ", 13: " "}), start, end)


def _anchor(into: Stretches, tag: _Tag) -> None:
    if tag.closes:
        into.close_link(tag.end)
    elif (found := _HREF.search(tag.rest)) is not None:
        into.add("", tag.start, tag.end)
        value = next(number for number in (1, 2, 3) if found[number] is not None)
        target = (tag.rest_at + found.start(value), tag.rest_at + found.end(value))
        into.open_link(tag.start, tag.end, html.unescape(found[value]).strip(), target)


def _image(into: Stretches, tag: _Tag) -> None:
    if (found := _ALT.search(tag.rest)) is not None:
        into.add_image(html.unescape(next(filter(None, found.groups()), "")), tag.start, tag.end)


def _line_break(into: Stretches, tag: _Tag) -> None:
    into.break_line(tag.start, tag.end)


def _style(into: Stretches, tag: _Tag) -> None:
    if tag.closes:
        into.close_style(_STYLES[tag.name], tag.end)
    else:
        into.open_style(_STYLES[tag.name], tag.start, tag.end)


def _heading(into: Stretches, tag: _Tag) -> None:
    into.close()
    if not tag.closes:
        into.open("heading", tag.start, tag.end, level=int(tag.name[1]), is_html=True)


def _row(into: Stretches, tag: _Tag) -> None:
    into.close()
    if not tag.closes:
        into.open("row", tag.start, tag.end, is_html=True)


def _cell(into: Stretches, tag: _Tag) -> None:
    if into.in_row:
        into.end_html_cell(tag.start, tag.end)
        if not tag.closes:
            into.open_html_cell(tag.name == "th", tag.end, _span(_ROWS, tag), _span(_COLUMNS, tag))


def _span(pattern: re.Pattern[str], tag: _Tag) -> int:
    """Over how many rows or columns a cell reaches."""
    found = pattern.search(tag.rest)
    number = next(filter(None, found.groups()), "").strip() if found is not None else ""
    return max(1, int(number)) if re.fullmatch("[0-9]{1,4}", number) else 1


def _item(into: Stretches, tag: _Tag) -> None:
    into.close()
    if tag.closes:
        into.close_html_item()
    else:
        into.open_html_item()


def _block(into: Stretches, tag: _Tag) -> None:
    if into.in_row:
        into.break_cell()
    else:
        into.close()


def _list(into: Stretches, tag: _Tag) -> None:
    if into.in_row:
        into.break_cell()
        return
    into.close()
    if tag.closes:
        into.close_list()
    else:
        into.open_list()
    into.keep_html_items()


def _table(into: Stretches, tag: _Tag) -> None:
    into.close()
    if tag.closes:
        into.close_table()
    else:
        into.open_table()


def _part_of_table(into: Stretches, tag: _Tag) -> None:
    into.close()


_TAKEN: dict[str, Callable[[Stretches, _Tag], None]] = {
    "a": _anchor,
    "br": _line_break,
    "img": _image,
    "li": _item,
    "table": _table,
    "tr": _row,
    **dict.fromkeys(("td", "th"), _cell),
    **dict.fromkeys(("thead", "tbody"), _part_of_table),
    **dict.fromkeys(("ul", "ol"), _list),
    **dict.fromkeys((f"h{level}" for level in range(1, 7)), _heading),
    **dict.fromkeys(_STYLES, _style),
    **dict.fromkeys(_BLOCKS, _block),
}
