"""Text that breaks things, and where in a data folder it can stand: for the tests that nothing ends in a traceback."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import yaml
from hypothesis import strategies as st
from yaml import MappingNode, Node, ScalarNode, SequenceNode

from synthkg.catalog.canonical import quote
from synthkg.model.records import Block, Entry, Erratum, ReadingList

TEXTS = [
    *("", " ", "a b", "a  b", "-", "..", "../x", "a/b", "a#b", "a?b", "a%b", "%zz", "%41", "<", ">", "a<b>c", '"', "'", "\\"),
    *("{", "}", "{title}", "{{", "[", "]", "a[0]", "|", "a | b", "^", "`", "a\nb", "\n", "\t", "\r", "\a", "\x7f", "\x85"),
    *("\xa0", "\u00ad", "a\u200bb", "\u202eabc", "\ufeff", "\ue000", "\ufdd0", "\uffff", "潮", "ü", "e\u0301", "\U0001f600"),
    *("https://", "https://x", "http://x.org:abc/", "https://x.org/%zz", "https://x.org/[a]", "https://x.org/a b", "http:///x"),
    *("https://[::1", "https://x.org/<a>", "https://潮.example/潮", "mailto:a@x.org", "HTTP://X.ORG/", "javascript:alert(1)"),
    *(
        "10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2",
        "10.1234/a#b",
        "10.1234/%23",
        "https://doi.org/",
    ),
    *("arXiv:2212.10560", "2212.10560v2", "cs/0112017", "9999.99999", "none", "stage/fine-tuning", "stage/", "/", "topic/mine"),
    *("no", "null", "~", "true", "1", "-1", "0", "1e9", "2023", "2023-02-30", "9" * 50, "9" * 5000, ".inf", "0x1F", "1_000"),
    *("versions", "versions.", "versions.x.y", "title.", "syntheses.main.", "*a", "&a b", "!!python/object:x", "<<", "? a"),
    *(
        "- a",
        "a: b",
        "a #b",
        "# a",
        "%YAML 1.1",
        "---",
        "...",
        "@a",
        "{a: b}",
        "[a, b]",
        "[[[[",
        "?x",
        'a\\" }} UNION {{ ?s ?p ?o',
    ),
    *("x" * 3000, "a " * 500, "-" * 500, "潮" * 300, "\U0010ffff"),
]
ANY = st.one_of(st.sampled_from(TEXTS), st.text(max_size=30), st.text("ab<>{}[]|\\^`\"'#%?&/:;.,- \n\t", max_size=12))


_SOME = ANY | st.none()
_NUMBERS = st.integers(1, 6) | st.integers(-3, 9) | st.integers()
ENTRIES = st.builds(
    Entry,
    paper=st.sampled_from(["tide-instruct", None, "a b"]),
    artifact=st.sampled_from(["tide-code", None, None]),
    title=_SOME,
    url=_SOME,
    venue=_SOME,
    code=_SOME,
    row=st.sampled_from(["- {title}", "| {url} | {code} |", "{title}{url}{venue}{code}", None]) | ANY,
    end=_SOME,
)
BLOCKS = st.builds(
    Block,
    text=_SOME,
    heading=_SOME,
    level=_NUMBERS | st.none(),
    title=_SOME,
    concept=st.sampled_from(["none", "stage/fine-tuning", None]) | _SOME,
    end=_SOME,
    row=st.sampled_from(["- {title}", "| {title} | {url} |", None]) | ANY,
    widths=st.lists(_NUMBERS, max_size=5).map(tuple),
    entries=st.lists(ENTRIES, max_size=3).map(tuple),
)
ERRATA = st.builds(
    Erratum,
    entry=_NUMBERS | st.none(),
    line=_NUMBERS | st.none(),
    field=_SOME,
    published=ANY,
    corrected=ANY,
    kind=st.sampled_from(["form", "wrong-identifier", "x"]),
    reason=ANY,
)
LISTS = st.builds(
    ReadingList,
    id=st.just("any"),
    title=ANY,
    source=_SOME,
    newline=ANY,
    content=st.lists(BLOCKS, max_size=4).map(tuple),
    errata=st.lists(ERRATA, max_size=2).map(tuple),
)


class Place(NamedTuple):
    """A value or a key in a file: its offsets in the text."""

    file: Path
    start: int
    end: int
    is_block: bool


def places(data: Path) -> list[Place]:
    """Every value and key of the records of a data folder."""
    found = []
    for file in sorted(data.glob("*/*.yaml")):
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        for scalar in _scalars(node):
            is_block = scalar.style in ("|", ">")
            found.append(Place(file.relative_to(data), scalar.start_mark.index, scalar.end_mark.index, is_block))
    return found


def _scalars(node: Node | None) -> list[ScalarNode]:
    if isinstance(node, SequenceNode):
        return [each for item in node.value for each in _scalars(item)]
    if isinstance(node, MappingNode):
        return [each for pair in node.value for item in pair for each in _scalars(item)]
    return [node] if isinstance(node, ScalarNode) else []


def planted(text: str, place: Place, new: str, *, is_quoted: bool) -> str:
    """The file's text with another text at the place: as a value in quotes, or just as it is."""
    written = quote(new) if is_quoted else new
    return text[: place.start] + written + ("\n" if place.is_block else "") + text[place.end :]
