"""Entries in every form in which people list papers: the right title, address, venue and code, and nothing lost unseen."""

from __future__ import annotations

import doctest
from textwrap import dedent

import pytest

from synthkg.catalog.layout import write_line
from synthkg.lists import entries, headlines, labels, markup, minting, names, publications, readings, references, tables
from synthkg.lists.importer import Imported, read_list
from timing import growth

ONE, TWO, THREE = (f"https://arxiv.org/abs/23{n:02}.0000{n}" for n in (1, 2, 3))
RIVERS, LAKES, SEAS = "Learning the Rivers of the North", "Lakes: Drawn from Ten Sentences", "Teaching Seas to Small Models"


@pytest.mark.parametrize(
    "module",
    [entries, headlines, labels, markup, minting, names, publications, readings, references, tables],
    ids=lambda m: m.__name__,
)
def test_doctests(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


def read(text: str, file: str = "list.md") -> Imported:
    """Read a document and make sure that it comes back."""
    found = read_list(text, "test", file=file)
    pieces = []
    for block in found.list.content:
        pieces.append(block.text or "")
        if block.heading is not None:
            pieces.append(block.heading + ("\n" if block.end is None else block.end))
        pieces += [write_line(block, entry) for entry in block.entries]
    assert "".join(pieces) == (text.replace("\r\n", "\n") if found.list.newline == "\r\n" else text)
    return found


def cells(found: Imported) -> list[tuple[str | None, ...]]:
    return [(e.title, e.url, e.venue, e.code) for block in found.list.content for e in block.entries]


FORMS = {
    "paragraphs with authors first": (
        f"""\
        **[1]** Fluss, Ada, and Bo Bach. "**{RIVERS}**." arXiv preprint arXiv:2301.00001 (2023). [[pdf]]({ONE}) :star:

        **[2]** Bach, Bo, et al. "**{SEAS}**." (2024). [[pdf]]({TWO})
        """,
        [(RIVERS, "arXiv:2301.00001", "arXiv", None), (SEAS, TWO, None, None)],
    ),
    "items of two paragraphs": (
        f"""\
        1. **{RIVERS}.**

           *Ada Fluss, Bo Bach.* [[abs]({ONE})], 2023.10

        2. **{SEAS}.**

           *Bo Bach.* [[abs]({TWO})], 2024.1
        """,
        [(f"{RIVERS}", ONE, None, None), (f"{SEAS}", TWO, None, None)],
    ),
    "hard-wrapped links": (
        f"""\
        - [Learning the Rivers of
          the North]({ONE}), NeurIPS 2023
        - Ada Fluss: [Teaching Seas to
          Small Models]({TWO})
        - [{LAKES}](
          {THREE})
        """,
        [
            ("Learning the Rivers of\n  the North", ONE, "NeurIPS 2023", None),
            ("Teaching Seas to\n  Small Models", TWO, None, None),
            (LAKES, THREE, None, None),
        ],
    ),
    "a title, then its links": (
        f"""\
        **{RIVERS}**

        - Paper: {ONE}
        - Code: https://github.com/toy/rivers

        **{SEAS}**

        - Paper: {TWO}
        - Code: None
        """,
        [(RIVERS, ONE, None, "https://github.com/toy/rivers"), (SEAS, TWO, None, None)],
    ),
    "a heading, then its link": (f"#### {RIVERS}\n\npaper link: [here]({ONE})\n", [(RIVERS, ONE, None, None)]),
    "headings that are entries": (f"## Rivers\n\n#### [{RIVERS}]({ONE})\n\nSome words.\n", [(RIVERS, ONE, None, None)]),
    "bare addresses and numbers": (
        f"""\
        - Ada Fluss, Bo Bach. "{RIVERS}." NeurIPS 2023. {ONE}
        - {SEAS}, 2024, <{TWO}>
        - **{LAKES}**: arXiv:2303.00003
        """,
        [(RIVERS, ONE, "NeurIPS 2023", None), (SEAS, TWO, None, None), (LAKES, "arXiv:2303.00003", None, None)],
    ),
    "reference links": (
        f"""\
        - [{RIVERS}][1], NeurIPS 2023 [[code][c1]]
        - [{SEAS}][]
        - [{LAKES}]

        [1]: {ONE}
        [c1]: https://github.com/toy/rivers
        [{SEAS}]: {TWO}
        [{LAKES}]: {THREE}
        """,
        [(RIVERS, ONE, "NeurIPS 2023", "https://github.com/toy/rivers"), (SEAS, TWO, None, None), (LAKES, THREE, None, None)],
    ),
    "two links in a cell": (
        f"""\
        | Venue | Title | Links |
        | --- | --- | --- |
        | NeurIPS 2023 | {RIVERS} | [Paper]({ONE}) / [Code](https://github.com/toy/rivers) |
        | ICLR 2024 | {SEAS} | [Paper]({TWO}) |
        """,
        [(RIVERS, ONE, "NeurIPS 2023", "https://github.com/toy/rivers"), (SEAS, TWO, "ICLR 2024", None)],
    ),
    "a date first": (
        f"| Date | Name | Link |\n| - | - | - |\n| 2023-10 | {RIVERS} | [link]({ONE}) |\n| 2024-01 | {SEAS} | [link]({TWO}) |\n",
        [(RIVERS, ONE, None, None), (SEAS, TWO, None, None)],
    ),
    "Chinese headers": (
        f"""\
        | 论文 | 会议 | 代码 | 链接 |
        | --- | --- | --- | --- |
        | {RIVERS} | NeurIPS | [代码](https://github.com/toy/rivers) | [论文]({ONE}) |
        | {SEAS} | ICLR | - | [论文]({TWO}) |
        """,
        [(RIVERS, ONE, "NeurIPS", "https://github.com/toy/rivers"), (SEAS, TWO, "ICLR", "-")],
    ),
    "a column of links called Paper": (
        f"| Model | Size | Paper | Code |\n|-|-|-|-|\n| Rivers | 7B | [paper]({ONE}) | [code](https://github.com/toy/rivers) |\n",
        [("Rivers", ONE, None, "https://github.com/toy/rivers")],
    ),
    "tables of contents": (
        f"| Section | Papers |\n|-|-|\n| Rivers | [See the rivers](#rivers) |\n\n| Paper |\n|-|\n| [{RIVERS}]({ONE}) |\n",
        [(RIVERS, ONE, None, None)],
    ),
    "two works in one item": (
        f"- [{RIVERS}]({ONE}) and its sequel [{SEAS}]({TWO})\n",
        [(RIVERS, ONE, None, None), (SEAS, TWO, None, None)],
    ),
    "a description in the cell": (
        f"| Paper | Links |\n|-|-|\n| 1) **{RIVERS}** - As in [an older idea](https://x.org/idea). | [Paper]({ONE}) |\n",
        [(RIVERS, ONE, None, None)],
    ),
    "short titles": (
        f"- Wasser GAN (2017), A. Fluss et al. [[pdf]({ONE})]\n- GPT-9. [[pdf]({TWO})]\n- **GPT-10**. [[pdf]({THREE})]\n",
        [("Wasser GAN", ONE, None, None), ("GPT-9", TWO, None, None), ("GPT-10", THREE, None, None)],
    ),
    "labels, dates and flags before the link": (
        f"""\
        - Paper: [{RIVERS}]({ONE})
        - (NeurIPS 2023) Paper: [{SEAS}]({TWO}) [[code](https://github.com/toy/seas)]
        - 2024/02, Invented, [{LAKES}]({THREE})
        """,
        [(RIVERS, ONE, None, None), (SEAS, TWO, "NeurIPS 2023", "https://github.com/toy/seas"), (LAKES, THREE, None, None)],
    ),
    "the link before the title": (
        f"- [[arXiv]({ONE})] {RIVERS} [[Project](https://toy.example.org)]\n",
        [(RIVERS, ONE, None, "https://toy.example.org")],
    ),
    "HTML items with badges": (
        f'<ul>\n<li><i><b>{RIVERS}</b></i>, Fluss et al., <a href="{ONE}"><img src="b.svg" alt="arXiv Badge"></a></li>\n</ul>\n',
        [(RIVERS, ONE, None, None)],
    ),
    "HTML tables": (
        f'<table>\n<tr><th>Title</th><th>Paper</th></tr>\n<tr><td>{RIVERS}</td>\n<td><a href="{ONE}">pdf</a></td></tr></table>\n',
        [(RIVERS, ONE, None, None)],
    ),
    "titles in quotation marks": (
        f'* **Rivers**: "{RIVERS} by "Walking" along", *CVPR, May 2022*. [[Paper]({ONE})]\n',
        [(f'{RIVERS} by "Walking" along', ONE, "CVPR", None)],
    ),
    "hard breaks": (
        f"**{RIVERS}** \\\n*Ada Fluss, Bo Bach* \\\narXiv 2022. [[Paper]({ONE})] \\\n29 Nov 2022\n",
        [(RIVERS, ONE, "arXiv 2022", None)],
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_forms(form: str) -> None:
    text, expected = FORMS[form]
    found = read(dedent(text))
    assert cells(found) == expected
    assert found.unread == ()


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("- **{}**\n  - what is in it\n  - Paper: {}\n", RIVERS),
        ("- **{}**\n\n  *Ada Fluss, Bo Bach*\n\n  Paper: {}\n", RIVERS),
        ("### {}\n\nAda Fluss, Bo Bach\n\n[pdf]({})\n", RIVERS),
        (f"**{{}}**\n\n**{SEAS}**\n\n[pdf]({{}})\n", SEAS),
    ],
    ids=["an item", "a paragraph of an item", "a paragraph below a heading", "a title below a title"],
)
def test_what_stands_between_a_title_and_its_link_takes_its_place_only_as_a_title(text: str, title: str) -> None:
    assert cells(read(text.format(RIVERS, ONE))) == [(title, ONE, None, None)]


def test_what_is_not_read_is_named() -> None:
    text = dedent(f"""\
        # Tools

        Read our [paper]({ONE}) first.

        - [Documentation](https://x.org/docs)
        - Thanks to [Ada](https://x.org/ada)
        - [Back to top](#tools)
        """)
    found = read(text)
    assert found.entries == 0
    assert [unread.line for unread in found.unread] == [3, 5, 6]


def test_further_papers_of_a_row_belong_to_it() -> None:
    found = read(f"- [{RIVERS}]({ONE}) ([ACL](https://aclanthology.org/2023.acl-long.7)) {TWO}\n")
    assert found.asides[1].addresses == ("https://aclanthology.org/2023.acl-long.7", TWO)


BIBTEX = """\
@comment{not a record}
@inproceedings{rivers2023,
  title = {Learning the {Rivers} of the North},
  author = {Ada Fl{\\"u}ss and Bo Bach},
  booktitle = {Proceedings of ACL 2023},
  year = {2023},
  eprint = {2301.00001},
}

@misc{seas, title="Teaching Seas to Small Models", author={Bach, Bo and others}, url={https://x.org/seas}}
"""
RIS = """\
TY  - CONF
AU  - Flüss, Ada
AU  - Bach, Bo
TI  - Learning the Rivers of the North
T2  - Proceedings of ACL 2023
PY  - 2023
DO  - 10.5555/rivers
ER  -

"""
CSV = (
    "Title,Authors,Year,Venue,DOI,Code\r\n"
    '"Learning the ""Rivers"", of the North",Ada Flüss; Bo Bach,2023,ACL,10.5555/rivers,https://github.com/toy/rivers\r\n'
)


def test_bibtex() -> None:
    found = read(BIBTEX, "list.bib")
    assert cells(found) == [
        ("Learning the {Rivers} of the North", "2301.00001", "Proceedings of ACL 2023", None),
        (SEAS, "https://x.org/seas", None, None),
    ]
    rivers, seas = found.papers
    assert (rivers.title, [a.name for a in rivers.authors]) == ("Learning the Rivers of the North", ["Ada Flüss", "Bo Bach"])
    assert [(v.id, v.arxiv, v.venue, v.year) for v in rivers.versions] == [
        ("preprint", "2301.00001", "arxiv", None),
        ("acl-2023", None, "acl", 2023),
    ]
    assert seas.authors == ()


@pytest.mark.parametrize(("text", "file"), [(RIS, "list.ris"), (CSV, "list.csv")])
def test_ris_and_csv(text: str, file: str) -> None:
    found = read(text, file)
    (paper,) = found.papers
    assert paper.title in (RIVERS, 'Learning the "Rivers", of the North')
    assert [a.name for a in paper.authors] == ["Ada Flüss", "Bo Bach"]
    assert [(v.id, v.doi, v.year) for v in paper.versions] == [("acl-2023", "10.5555/rivers", 2023)]


@pytest.mark.parametrize("file", ["list.rst", "page.html"])
def test_other_forms_are_refused_by_name(file: str) -> None:
    with pytest.raises(Exception, match="is not read; convert it to Markdown"):
        read_list("x", "test", file=file)


GROWING = [
    *(
        "[a](x",
        "[a](x ",
        "*a ",
        "![",
        "<a",
        "[a|b](c)|",
        "/full",
        "- [](",
        "a-",
        "`",
        "``a",
        "[",
        "](",
        "<",
        "&amp;",
        "\\",
        "- ",
        "> ",
        "|",
    ),
    *(
        "#",
        "**a",
        "<!--",
        "<table>",
        "<li>",
        '"a',
        "[[a",
        "[a]: b\n",
        "[a][b]",
        "https://a.b/",
        "arXiv:",
        "1. a\n",
        "a\n\n",
        "|a\n|-\n",
    ),
    *("{title}", "et al, ", "<tr><td>", "- **A b c** [p](https://x.org)\n", '<a href="https://x.org">'),
]


@pytest.mark.parametrize("token", GROWING)
def test_time_grows_with_the_length(token: str) -> None:
    def read(length: int) -> None:
        read_list((token * (length // len(token) + 1))[:length], "test")

    assert growth(read, 20_000, 4) < 9, "a quadratic reader takes sixteen times as long"


@pytest.mark.parametrize(
    "row", ["- [Editorial board](https://x.org/{n})\n", f"- [{SEAS} {{n}}]({ONE})\n"], ids=["title", "identifier"]
)
def test_many_rows_of_one_title_or_one_identifier(row: str) -> None:
    def read(rows: int) -> None:
        read_list("".join(row.format(n=n) for n in range(rows)), "test")

    assert growth(read, 500, 4) < 9
