"""Text in a Markdown page: one escape for all that is shown there, and one table.

What a page shows may be anybody's: a title with a tag, a bracket that ends a link, a bar that ends a cell. The characters that
could do any of this become entities (https://spec.commonmark.org/0.31.2/#entity-and-numeric-character-references), which mean
nothing else inside a table's cell or outside. The views do the same in SPARQL, where engines do not agree what a backslash in a
replacement is.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

__all__ = ["escaped", "markdown_table", "quoted", "unescaped"]

_ENTITIES = str.maketrans({character: f"&#{ord(character)};" for character in "|[]`\\"} | {"&": "&amp;", "<": "&lt;"})
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def escaped(text: str) -> str:
    r"""The text on one line, as a reader sees it and no more than that.

    >>> print(escaped("a|b\n[c](javascript:d) <e> & \\"))
    a&#124;b &#91;c&#93;(javascript:d) &lt;e> &amp; &#92;
    """
    return " ".join(text.split()).translate(_ENTITIES)


def unescaped(text: str) -> str:
    r"""The text that a reader sees, where a backslash was written too.

    >>> print(unescaped(escaped("a|b &lt; c")), unescaped(r"a\|b"))
    a|b &lt; c a|b
    """
    parts = _ESCAPED.split(text)
    return "".join(part if number % 2 else html.unescape(part) for number, part in enumerate(parts))


def quoted(text: str) -> str:
    r"""The text as it is typed, and never a link, not even where an address becomes one by itself.

    >>> print(quoted("https://taken.example/x"), quoted("`a|b`"))
    `https://taken.example/x` &#96;a&#124;b&#96;
    """
    line = " ".join(text.split())
    return escaped(line).replace(":", "&#58;") if set("`|\\") & set(line) or not line else f"`{line}`"


def markdown_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, https://github.github.com/gfm/#tables-extension-, of cells that are Markdown already."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
