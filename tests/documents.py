"""Markdown documents with lists in them, made up by hypothesis, and a list printed from its record, as a query prints it."""

from __future__ import annotations

from hypothesis import strategies as st

from synthkg.catalog.layout import lay_out
from synthkg.model.controls import restore_controls
from synthkg.model.records import Block, ReadingList


def list_text(record: ReadingList) -> str:
    """Print a list's first snapshot from its record; the product does the same with a query."""
    return restore_controls("".join(block_text(block, record.newline) for block in record.content if block.since is None))


def block_text(block: Block, newline: str) -> str:
    if block.text is not None:
        return block.text.replace("\n", newline)
    if block.heading is not None:
        return (block.heading + ("\n" if block.end is None else block.end)).replace("\n", newline)
    rows = (lay_out(block, entry, newline) for entry in block.entries if entry.since is None)
    return "".join("".join(f"{p.before}{p.text}{p.after}{' ' * p.fill}" for p in row) + end for row, end in rows)


words = st.text(st.sampled_from("abZ 9.:,-_*`$^|\\[](){}<>!#&\"'\t仲é\u00a0\u2028\x85\x0c\x00␛\U0001f600"), max_size=12)
urls = st.sampled_from(
    ["", "#a b", "https://arxiv.org/abs/2304.00001", "https://x.org/S1(23)5/", "https://github.com/a/b.", "u|v", "a b"]
)
link = st.builds("[{}]({})".format, words, urls)
cell = st.one_of(words, link, urls, st.sampled_from(["", "-", "**[A b c d](https://x.org)**", "[A]() [code](https://y.org)"]))
header = st.sampled_from(["Paper", "Title", "Published in", "Code/Project", "Link", "Year", "", "|", "Paper \\| x"])
eol = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r"])


@st.composite
def tables(draw: st.DrawFn) -> list[str]:
    """A table: its columns padded or not, to the left, right or middle, with or without outer bars and prefix."""
    columns = draw(st.integers(1, 4))
    widths = draw(st.lists(st.sampled_from([0, 3, 20]), min_size=columns, max_size=columns))
    aligned = draw(st.sampled_from([str.ljust, str.ljust, str.rjust, str.center]))
    bar, left, right = draw(st.sampled_from([(" | ", "| ", " |"), ("|", "|", "|"), (" | ", "", ""), ("|", " |", " ")]))
    prefix = draw(st.sampled_from(["", "", "", "> ", "  ", "- ", "\ufeff"]))

    def row(texts: list[str]) -> str:
        padded = [aligned(text, width) for text, width in zip(texts, widths, strict=False)] + texts[len(widths) :]
        return prefix + left + bar.join(padded) + right

    heads = draw(st.lists(header, min_size=columns, max_size=columns))
    rule = [draw(st.sampled_from(["---", ":-:", "-" * max(3, width)])) for width in widths]
    body = draw(st.lists(st.lists(cell, min_size=1, max_size=columns + 1), max_size=5))
    return [row(heads), row(rule), *map(row, body)]


bullet = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["- ", "* ", "  + ", "1. ", "- - ", "> - ", "- [ ] ", "-\t"]),
    st.sampled_from(["", "[2023] ", "**", "(ACL) ", "**Bold title**, ", "**Name**: ", '"Quoted title", [', "A plain title. ["]),
    link,
    st.one_of(words, st.sampled_from([" [[code]](https://github.com/a/b)", " [paper](https://x.org)", "{title}"])),
)
marks = st.sampled_from(["", "```", "~~~", "---", "===", "<table>", "<!--", "-->", "    code", "***"])
prose = st.one_of(words, link, marks)
heading = st.one_of(
    st.builds("{} {}".format, st.sampled_from(["#", "##", "######", " #"]), words),
    st.sampled_from(["##", "# #", "## ![logo](https://x.org/l.png)", "## [](https://x.org)", "<h3></h3>", "## &nbsp;"]),
)
stretch = st.one_of(tables(), st.lists(bullet, max_size=4), st.lists(prose, max_size=3), st.lists(heading, max_size=1))


@st.composite
def documents(draw: st.DrawFn) -> str:
    parts = draw(st.lists(st.one_of(stretch, st.just([""])), max_size=9))
    lines = [line for part in parts for line in part]
    ends = draw(st.sampled_from(["\n", "\r\n", None]))
    text = "".join(line + (draw(eol) if ends is None else ends) for line in lines)
    return draw(st.sampled_from([text, text, text.removesuffix("\n"), "\ufeff" + text]))
