"""Entries in every form in which people list papers: the right title, address, venue and code, and nothing lost unseen."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from textwrap import dedent

import pytest

from conftest import Run
from synthkg.catalog.layout import write_line
from synthkg.lists.importer import Imported, read_list
from synthkg.reading import markup
from timing import growth

ONE, TWO, THREE = (f"https://arxiv.org/abs/23{n:02}.0000{n}" for n in (1, 2, 3))
RIVERS, LAKES, SEAS = "Learning the Rivers of the North", "Lakes: Drawn from Ten Sentences", "Teaching Seas to Small Models"


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
    "printed texts that lie beside the document": (
        f"""\
        * [{RIVERS}](papers/rivers.pdf) (1997): what flows, and [notes](notes/rivers.md).
        * :scroll: [{LAKES}](../lakes.ps.gz) and [{SEAS}](seas.PDF)
        * [How we read](reading.md), [the same](#rivers.pdf)
        """,
        [(RIVERS, "papers/rivers.pdf", None, None), (LAKES, "../lakes.ps.gz", None, None), (SEAS, "seas.PDF", None, None)],
    ),
    "printed texts that lie beside the document, and addresses of the web": (
        f"""\
        - {RIVERS} [[pdf]](rivers.pdf) [[arXiv]]({ONE})
        - [{SEAS}](seas.pdf)
          - [arXiv]({TWO})

        | Title | arXiv |
        | - | - |
        | [{LAKES}](lakes.pdf) | [arXiv]({THREE}) |
        """,
        [(RIVERS, ONE, None, None), (SEAS, TWO, None, None), (LAKES, THREE, None, None)],
    ),
    "a page of the project before the title": (
        f"""\
        - [website](https://rivers.org), {RIVERS}
        - [github](https://github.com/x/seas), {SEAS}, [arXiv]({TWO})
        """,
        [(RIVERS, "https://rivers.org", None, None), (SEAS, TWO, None, "https://github.com/x/seas")],
    ),
    "items without links that say where they appeared": (
        f"""\
        * {RIVERS} (VLDB 2021)
        * Rivers: drawn from a few small words (ICDE 2022, **best demo award**)
        * {LAKES} （CIDR 2023）
          * {SEAS} ( 2018 ArXiv).

        * [{RIVERS}](#rivers) (VLDB 2021)
        * Our long paper on all the waters has been accepted (ACL 2023), and we are glad
        """,
        [
            (RIVERS, None, "VLDB 2021", None),
            ("Rivers: drawn from a few small words", None, "ICDE 2022", None),
            (LAKES, None, "CIDR 2023", None),
            (SEAS, None, "2018 ArXiv", None),
        ],
    ),
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
    "headings that lead elsewhere than to papers": (
        f"## Rivers\n\n### [{RIVERS}](https://x.org/rivers)\n\nSome words.\n\n"
        f"#### [{SEAS}](https://x.org/seas) [{LAKES}](https://x.org/lakes)\n",
        [(RIVERS, "https://x.org/rivers", None, None), (SEAS, "https://x.org/seas", None, None)],
    ),
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
    "a title that is a stock word but for its case": (
        f"- [STaR]({ONE})\n\n| Title | Link |\n|-|-|\n| STaR | [paper]({TWO}) |\n",
        [("STaR", ONE, None, None), ("STaR", TWO, None, None)],
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
    "quotation marks of other languages": (
        f"""\
        - „{RIVERS}“, Ada Fluss. [PDF]({ONE})
        - « {SEAS} », Ada Fluss. [PDF]({TWO})
        - ‘Ada’s Lakes’, Ada Fluss. [PDF]({THREE})
        """,
        [(RIVERS, ONE, None, None), (SEAS, TWO, None, None), ("Ada’s Lakes", THREE, None, None)],
    ),
    "scripts without capitals": (
        f"""\
        - 강의 말뭉치 씨앗 [논문]({ONE})
        - 北方河流的语料 [论文]({TWO}) [代码](https://github.com/toy/seas)
        - بذور الأنهار القديمة [ورقة]({THREE})
        """,
        [
            ("강의 말뭉치 씨앗", ONE, None, None),
            ("北方河流的语料", TWO, None, "https://github.com/toy/seas"),
            ("بذور الأنهار القديمة", THREE, None, None),
        ],
    ),
    "a name in bold right before its links": (
        f"- **Rivers** [paper]({ONE}) [code](https://github.com/toy/rivers)\n- {SEAS} [p]({TWO})\n",
        [("Rivers", ONE, None, "https://github.com/toy/rivers"), (SEAS, TWO, None, None)],
    ),
    "authors with pages of their own": (
        f"""\
        - [{RIVERS}]({ONE}), [Ada Fluss](https://ada.example.org), [Bo Bach](https://bo.example.org)
        - [{SEAS}]({TWO}) [Ada](https://scholar.google.com/citations?user=a), [Bo](https://scholar.google.de/citations?user=b)
        """,
        [(RIVERS, ONE, None, None), (SEAS, TWO, None, None)],
    ),
    "citations in the styles of APA, IEEE and Vancouver": (
        f"""\
        - Fluss, A., & Bach, B. (2024). {RIVERS}. *Transactions of the ACL*, *12*, 1–20. https://doi.org/10.1162/toy_1
        - A. Fluss and B. Bach, "{SEAS}," in Proc. ACL, 2024, pp. 1–10, doi: 10.18653/v1/toy-2.
        - Fluss A, Bach B. {LAKES}. TACL. 2024;12:1-20. doi:10.1162/toy_3
        """,
        [
            (RIVERS, "https://doi.org/10.1162/toy_1", None, None),
            (SEAS, "doi: 10.18653/v1/toy-2", "ACL, 2024", None),
            (LAKES, "doi:10.1162/toy_3", "TACL. 2024", None),
        ],
    ),
    "short codes and footnotes behind titles": (
        f"""\
        - {RIVERS}[^1] :fire: [[pdf]({ONE})]

        | Title | Paper |
        |---|---|
        | {SEAS} :star: [^2] | [pdf]({TWO}) |
        """,
        [(RIVERS, ONE, None, None), (SEAS, TWO, None, None)],
    ),
    "cells of HTML that reach over rows and columns": (
        f"""\
        <table>
        <tr><th>Year</th><th>Venue</th><th>Title</th><th>Code</th></tr>
        <tr><td rowspan=2>2023</td><td rowspan='2'>ACL 2023</td><td>{RIVERS} <a href="{ONE}">pdf</a></td><td>no</td></tr>
        <tr><td>{LAKES} <a href="{TWO}">pdf</a></td><td>-</td></tr>
        <tr><td colspan="2">2024</td><td>{SEAS} <a href="{THREE}">pdf</a></td></tr>
        </table>
        """,
        [(RIVERS, ONE, "ACL 2023", "no"), (LAKES, TWO, None, "-"), (SEAS, THREE, None, None)],
    ),
    "titles of words that say what is behind a link": (
        f"""\
        **{RIVERS}** \\
        *Ada Fluss, Bo Bach* \\
        arXiv 2023. [[Paper]({ONE})] \\
        13 Aug 2023

        **Model Text-to-Video Technical Report** \\
        *Ada Fluss, Bo Bach* \\
        arXiv 2023. [[Paper]({TWO})] \\
        12 Aug 2023
        """,
        [(RIVERS, ONE, "arXiv 2023", None), ("Model Text-to-Video Technical Report", TWO, "arXiv 2023", None)],
    ),
    "cells of several lines, and columns of identifiers": (
        f"""\
        | Title | Venue | DOI |
        |---|---|---|
        | {RIVERS}<br>Ada Fluss, Bo Bach | ACL 2023 | 10.1162/toy_1 |
        | Teaching Seas to<br>Small Models | | https://doi.org/10.1162/toy_2 |
        """,
        [
            (RIVERS, "10.1162/toy_1", "ACL 2023", None),
            ("Teaching Seas to<br>Small Models", "https://doi.org/10.1162/toy_2", "", None),
        ],
    ),
    "journals as labels, below a title in bold and its authors": (
        f"""\
        **{RIVERS}**
        Ada Fluss, Bo Bach
        [Nat Waters 15, 1611 (2024)](https://www.nature.com/articles/w1) • [code](https://doi.org/10.5281/zenodo.1000)

        **Slow Lakes**
        Ada Fluss, Bo Bach
        [arXiv 2023]({TWO})/[Annals of Slow Water](https://dl.acm.org/doi/10.1145/2) • [code1](https://x.org/a), [code2](https://x.org/b)

        **{SEAS}**
        [Water Science (2024)](https://dl.acm.org/doi/10.1145/3), [Water Reports 12.1 (2022)](https://dl.acm.org/doi/10.1145/4)
        """,
        [
            (RIVERS, "https://www.nature.com/articles/w1", None, "https://doi.org/10.5281/zenodo.1000"),
            ("Slow Lakes", TWO, None, "https://x.org/a"),
            (SEAS, "https://dl.acm.org/doi/10.1145/3", None, None),
        ],
    ),
    "where it appeared before the title, in the label or as one": (
        f"""\
        - [[SIGGRAPH Asia]({ONE})] {RIVERS}. [[code](https://x.org/a)]
        - [(ACL 2023) {LAKES}]({TWO})
        - [ICML2022-{SEAS}]({THREE})
        """,
        [(RIVERS, ONE, None, "https://x.org/a"), (LAKES, TWO, "ACL 2023", None), (SEAS, THREE, None, None)],
    ),
    "notes of others below a paper": (
        f"""\
        - [{RIVERS}]({ONE})
          - [Reading Note from Ada](https://x.org/ada)
          - [Reading Note2](https://x.org/bo)
        """,
        [(RIVERS, ONE, None, None)],
    ),
    "titles in bold with their authors and no link": (
        f"""\
        - **{RIVERS};** Ada Fluss et al
        - **{LAKES};** Ada Fluss, Di\u0301dac Bach; we liked this one
        - **{SEAS}.** Bo Bach et al.
        - **Slow Lakes;** Ada Fluss
        - **Editors:** Ada Fluss, Bo Bach
        """,
        [(RIVERS, None, None, None), (LAKES, None, None, None), (SEAS, None, None, None), ("Slow Lakes", None, None, None)],
    ),
    "titles in bold, where and when they appeared behind a comma, and no link": (
        f"""\
        - **{RIVERS}**, ICML 2023
        - **{SEAS}**，CoRL 2022。备注：数据未公开
        - **面向潮汐任务的机器人策略学习**，自动化学报 2021
        - **Submission deadline**, January 2023
        """,
        [
            (RIVERS, None, "ICML 2023", None),
            (SEAS, None, "CoRL 2022", None),
            ("面向潮汐任务的机器人策略学习", None, "自动化学报 2021", None),
        ],
    ),
    "a Chinese title and venue without a link": (
        f"""\
        - {RIVERS} (ICML 2023)
        - 面向潮汐任务的机器人策略学习（自动化学报 2021）
        """,
        [(RIVERS, None, "ICML 2023", None), ("面向潮汐任务的机器人策略学习", None, "自动化学报 2021", None)],
    ),
    "an enumeration at the end of a title, a slip in a name": (
        f"""\
        | Title | Paper |
        | - | - |
        | Fast Water: River Alignment, Sparse Lakes, and Deep Seas (@Tide Institute) | [pdf]({ONE}) |

        1. **{RIVERS}** ![](https://x.org/badge.svg)

           *da Fluss, Bo Bach, Can Xu, Eve Stone, Qi Sun, Al Roe.* [[pdf]({TWO})], 2021.9
        """,
        [("Fast Water: River Alignment, Sparse Lakes, and Deep Seas", ONE, None, None), (RIVERS, TWO, None, None)],
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
        ("### {}\n\n- Ada Fluss, Bo Bach [[pdf]]({})\n", RIVERS),
        (f"### What We Know\n\n- Water-driven Semantic Wheels [[pdf]]({{1}})\n- {SEAS}\n", "Water-driven Semantic Wheels"),
    ],
    ids=[
        "an item",
        "a paragraph of an item",
        "a paragraph below a heading",
        "a title below a title",
        "authors below a heading",
        "a title that may be a name below a heading",
    ],
)
def test_what_stands_between_a_title_and_its_link_takes_its_place_only_as_a_title(text: str, title: str) -> None:
    assert cells(read(text.format(RIVERS, ONE))) == [(title, ONE, None, None)]


def test_a_link_to_a_paper_without_a_word_is_named() -> None:
    assert [unread.line for unread in read(f"# L\n\n- []({ONE})\n\n[![](b.svg)](https://x.org)\n").unread] == [3]


@pytest.mark.parametrize("text", ["<tr>", "- Use <tr> for rows\n", "<table></table><tr></tr>", "<tr>a</tr>\n<tr>"])
def test_a_row_of_html_outside_of_tables_ends_nothing(text: str) -> None:
    assert cells(read(f"{text}\n\n- [{RIVERS}]({ONE})\n")) == [(RIVERS, ONE, None, None)]


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


def test_a_title_whose_links_lead_to_no_paper_is_named() -> None:
    """Its links are those of a work, and so are no others' that nobody would miss."""
    found = read(f"- **{RIVERS}** on the [Ebb Hub](https://huggingface.co/x/ebb)\n")
    assert cells(found) == []
    assert [unread.line for unread in found.unread] == [1]


@pytest.mark.parametrize(
    "item",
    [
        f"{LAKES} (2023)",
        f"{LAKES}. Ada Fluss, Bo Bach (VLDB 2023)",
        "Lakes (VLDB 2023)",
        "Our paper has been accepted by Transactions on Waters (ACL 2023).",
    ],
)
@pytest.mark.parametrize(("others", "named"), [(1, []), (2, [3])])
def test_an_item_without_a_link_that_ends_with_a_year_is_named_where_most_such_are_works(
    item: str, others: int, named: list[int]
) -> None:
    found = read(f"- {RIVERS} (VLDB 2021)\n- {SEAS} (KDD 2022)\n- {item}\n" + f"- {LAKES} (2020)\n" * (2 - others))
    assert [unread.line for unread in found.unread] == named


def test_an_item_in_bold_without_authors_is_named_where_others_have_them() -> None:
    items = "".join(f"- **{title};** Ada Fluss et al\n" for title in (RIVERS, LAKES, SEAS))
    assert [unread.line for unread in read(f"{items}- **What Flows Where;** OpenTide\n").unread] == [4]
    assert [unread.line for unread in read("- **What Flows Where;** Ada Fluss et al\n").unread] == []


@pytest.mark.parametrize("rest", ["2023/04 [Ebb Tool](https://x.org/ebb)", ", 2023, [Ebb Tool](https://x.org/ebb)"])
def test_a_link_behind_a_paper_is_no_title_of_it(rest: str) -> None:
    """Whose paper that is, nothing says; a row of which less is known is better than a wrong one."""
    found = read(f"- [pdf]({ONE}) {rest}\n")
    assert cells(found) == []
    assert [unread.line for unread in found.unread] == [1]


@pytest.mark.parametrize(
    ("words", "is_title"),
    [
        ("Models for the Few and for the Many", True),
        ("Ada and Bob told Eve", False),
        ("Mapping the Waters with Ships", True),
        ("See what they said about Lakes", False),
    ],
)
def test_words_before_a_bare_link_are_a_title_if_written_as_one(words: str, is_title: bool) -> None:
    """At least half of the longer words begin with a capital; "for" and "the", and names like "Eve", tell nothing."""
    found = read(f"- {words} [pdf]({ONE})\n")
    assert cells(found) == ([(words, ONE, None, None)] if is_title else [])
    assert len(found.unread) == (not is_title)


@pytest.mark.parametrize(
    ("cell", "title"),
    [
        ("Rivers for all. By Ada", "Rivers for all. By Ada"),
        (f"About all the water: [Rivers]({TWO})", "Rivers"),
        (f"About all the water: [{SEAS}]({TWO})", SEAS),
        (f"**Rivers**: [the water]({TWO})", "Rivers"),
        (f"**Rivers**: [{SEAS}]({TWO})", SEAS),
        (f"**Rivers**: [{SEAS}](https://x.org/seas)", "Rivers"),
    ],
)
def test_the_title_in_a_cell_is_what_a_link_or_marks_say_else_all_of_it(cell: str, title: str) -> None:
    """Words in bold outdo the label of a link, unless that leads to a paper and is long enough for a title."""
    found = read(f"| Paper | Link |\n| - | - |\n| {cell} | [pdf]({ONE}) |\n")
    assert [read for read, *_ in cells(found)] == [title]


@pytest.mark.parametrize(
    ("title", "link", "furthest"),
    [("- {}", "", 399), ("{}", "", 799), ("{}", "- ", 3200), ("- {}", "  ", 3200), ("- {}", "  - ", 3200)],
    ids=["paragraph below an item", "paragraph below a paragraph", "item below a paragraph", "in one item", "item in an item"],
)
def test_links_belong_to_a_title_that_is_near(title: str, link: str, furthest: int) -> None:
    """The distances that `docs/lists.md` names, in characters between the title and the links."""

    def read_apart(distance: int) -> Imported:
        start, end = f"\n\n{' ' * len(link)}<!-- ", f" -->\n\n{link}"
        between = start + "x" * (distance - len(start + end)) + end
        return read(f"{title.format(RIVERS)}{between}Paper: {ONE}\n")

    assert cells(read_apart(furthest)) == [(RIVERS, ONE, None, None)]
    assert cells(read_apart(furthest + 1)) == []


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f'- "Rivers": {RIVERS} [pdf]({ONE})\n', f'"Rivers": {RIVERS}'),
        (f'- "Rivers" {RIVERS} [pdf]({ONE})\n', f'"Rivers" {RIVERS}'),
        (f'- "{RIVERS}" by Ada [pdf]({ONE})\n', RIVERS),
        (f"{RIVERS}\n\nPaper: {ONE}\n", RIVERS),
        (f"we show how rivers flow\n\nPaper: {ONE}\n", None),
        (f'<p>we show how rivers flow</p>\n<p>Paper: <a href="{ONE}">pdf</a></p>\n', "we show how rivers flow"),
        (f'<table><tr><td><a href="{ONE}">{RIVERS}</a></td><td>2023</td></tr></table>\n', RIVERS),
        (f"- see [{RIVERS}](https://x.org/rivers)\n", None),
        (f"Thanks for [{RIVERS}](https://x.org/rivers)\n", None),
        (f"Pdf: [{RIVERS}](https://x.org/rivers)\n", None),
        (f"[2023/04] Why rivers flow for many. Ada Fluss et al. [\\[paper\\]]({ONE})\n", "Why rivers flow for many"),
        (f"**(2019-04) Why rivers flow for many** [[Nature Water paper]({ONE})]\n", "Why rivers flow for many"),
        (f"**Why rivers flow for many** [open access paper]({ONE})\n", "Why rivers flow for many"),
        (f"**Why rivers flow for many** [[Annals of Water]({ONE})]\n", "Why rivers flow for many"),
        (f"- **Rivers** [[{SEAS}]({ONE})]\n", SEAS),
        (f"- Why rivers flow for many (2015), A. Fluss et al. *(Fluss, Bach: Ebb)* [[pdf]]({ONE})\n", "Why rivers flow for many"),
        (f"- Rivers of Northern Seas (2015), A. Fluss et al. *Bach: Ebb* [[pdf]]({ONE})\n", "Rivers of Northern Seas"),
        (f"- Why rivers flow for many, Ada della Fluss et al., [pdf]({ONE})\n", "Why rivers flow for many"),
        (f"- SIGGRAPH ASIA 2024, **Rivers**: {SEAS}, [website](https://x.org)\n", f"**Rivers**: {SEAS}"),
        (f"- CVPR 2024 best paper, {SEAS}, [website](https://x.org)\n", SEAS),
        (f"- **Rivers**-Driven Seas for **Small Models**, [[pdf]]({ONE})\n", "**Rivers**-Driven Seas for **Small Models**"),
        (f"- **Lake**Net: {SEAS}, [[pdf]]({ONE})\n", f"**Lake**Net: {SEAS}"),
        (f"Happy to see [Ada Fluss, Bo Bach, Can Xu]({ONE})\n", None),
        ("See [Contributing](https://x.org/c) and [Supplementary Materials](https://x.org/s.pdf)\n", None),
        (f"- **Rivers**: {SEAS}, [site](https://x.org) / [Github 6.9k](https://github.com/x/y)\n", f"**Rivers**: {SEAS}"),
    ],
    ids=[
        "a name in quotation marks and a colon", "a name in quotation marks", "a title in quotation marks",
        "a paragraph in title case",
        "a paragraph that is a sentence", "a paragraph of HTML", "a table without a head",
        "a link behind a word", "behind thanks", "behind a label",
        "a paragraph behind a month", "whose paper, in brackets, and a month in bold", "whose paper", "a journal in brackets",
        "a name before a title in brackets", "before authors and whose they are", "before one more author",
        "before a name with a small word",
        "behind a venue of two words", "behind an award",
        "words of which letters are in bold", "a name of which letters are in bold", "authors as a label", "labels that are none",
        "code that says how often it was starred",
    ],
)  # fmt: skip
def test_what_is_a_title_and_what_is_a_word_before_one(text: str, title: str | None) -> None:
    assert [found for found, *_ in cells(read(text))] == ([title] if title else [])


@pytest.mark.parametrize(
    ("said", "version"),
    [("ACL'23", ("acl-2023", 2023)), ("NeurIPS 2023", ("neurips-2023", 2023)), ("ICLR'24", ("iclr-2024", 2024))],
)
def test_the_year_of_a_venue_may_have_two_digits(said: str, version: tuple[str, int]) -> None:
    (paper,) = read(f"| Paper | Venue |\n| - | - |\n| [{RIVERS}](https://x.org/rivers) | {said} |\n").papers
    assert [(each.id, each.year) for each in paper.versions] == [version]


@pytest.mark.parametrize("marks", ["**{}**", "*{}*", '"{}"'])
def test_a_title_is_found_in_the_column_where_marks_show_it(marks: str) -> None:
    found = read(f"| A | B |\n| - | - |\n| About all the water | {marks.format(RIVERS)} [pdf]({ONE}) |\n")
    assert cells(found) == [(RIVERS, ONE, None, None)]


@pytest.mark.parametrize(
    ("row", "title"),
    [
        (f"{RIVERS}, *with many words*", RIVERS),
        (f"{RIVERS} *with many words*", f"{RIVERS} *with many words*"),
        (f"{RIVERS} *Ada Fluss, Bo Bach*", RIVERS),
    ],
    ids=["behind a comma", "in the sentence", "authors"],
)
def test_a_title_ends_before_what_is_set_off_in_italics(row: str, title: str) -> None:
    assert [found for found, *_ in cells(read(f"- {row} [[pdf]({ONE})]\n"))] == [title]


def test_words_in_italics_that_are_enough_are_a_title() -> None:
    found = read(f"- *Learning the Rivers* and of many more things that were said about the North [[pdf]({ONE})]\n")
    assert [title for title, *_ in cells(found)] == ["Learning the Rivers"]


@pytest.mark.parametrize("space", ["\t", "\r", "\n"], ids=["tab", "carriage return", "newline"])
def test_white_space_in_html_is_a_blank(space: str) -> None:
    (unit,) = markup.parse(f"<p>Learning{space}the <b>Rivers{space}of</b> the North</p>")
    assert [prose.text for prose in unit.prose] == [RIVERS]


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["newline", "both"])
@pytest.mark.parametrize("begins", ["+ ", "# ", "- "])
def test_a_title_goes_on_whatever_its_next_line_begins_with(begins: str, newline: str) -> None:
    title = f"Rivers{newline}{begins}Lakes of the North"
    (paper,) = read(f'<p><a href="{ONE}">{title}</a></p>{newline}').papers
    assert paper.title == f"Rivers {begins}Lakes of the North"


@pytest.mark.parametrize(
    ("typed", "title"), [(r"\[Re\] Drawn Lakes", "[Re] Drawn Lakes"), (r"\&lt; in Lakes\*", "&lt; in Lakes*")]
)
def test_what_a_backslash_says_of_a_title_is_kept_at_its_ends(typed: str, title: str) -> None:
    found = read(f"- [{typed}]({ONE})\n")
    assert cells(found) == [(typed, ONE, None, None)]
    assert [paper.title for paper in found.papers] == [title]


def test_the_doi_of_a_preprint_and_that_of_its_publication_are_no_conflict() -> None:
    rows = f"- [{RIVERS}](https://doi.org/10.1101/2023.06.26.546591)\n- [{RIVERS}](https://doi.org/10.1145/1)\n"
    found = read(rows)
    assert (len(found.papers), found.conflicts) == (1, ())
    assert read(rows + f"- [{RIVERS}](https://doi.org/10.1145/2)\n").conflicts


def test_the_doi_of_an_archive_is_no_papers_unless_its_label_says_so() -> None:
    zenodo = "https://doi.org/10.5281/zenodo.1000"
    (paper,) = read(f"- {RIVERS} [[paper]](https://x.org/rivers) [[code]]({zenodo}) [[data]]({zenodo}1)\n").papers
    assert [(each.doi, each.url) for each in paper.versions] == [(None, "https://x.org/rivers")]
    (paper,) = read(f"- {RIVERS} [[paper]]({zenodo})\n").papers
    assert [each.doi for each in paper.versions] == ["10.5281/zenodo.1000"]


def test_further_papers_of_a_row_belong_to_it() -> None:
    found = read(f"- [{RIVERS}]({ONE}) ([ACL](https://aclanthology.org/2023.acl-long.7)) {TWO}\n")
    assert found.asides[1].addresses == ("https://aclanthology.org/2023.acl-long.7", TWO)


@pytest.mark.parametrize("letter", ["À", "ÿ", "—", "…", "한", "𐀀", "😿"], ids=lambda letter: letter.encode().hex())
def test_places_are_right_behind_letters_of_several_bytes(letter: str) -> None:
    """Of two, three and four bytes, whose further bytes are the lowest, the highest and others."""
    title = f"Rivers {letter}of{letter}{letter} the North"
    found = read(f"{letter} {letter}\n\n- [{title}]({ONE}), NeurIPS 2023\n- [{SEAS}]({TWO})\n")
    assert cells(found) == [(title, ONE, "NeurIPS 2023", None), (SEAS, TWO, None, None)]


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


def test_bibtex_names_its_address_anywhere_and_may_have_a_key_twice() -> None:
    text = dedent("""\
        @article{a, title={Learning the Rivers of the North}, author={Ada Fl{\\"u}ss 0001 and Bo Bach},
          journal={arXiv preprint arXiv:2301.00001}, year={2023}}
        @inproceedings{a, title={Teaching {Seas} to Small Models}, author={Fl{\\"u}ss, Ada and Bo Bach},
          booktitle={ICLR}, year={2024},
          note={\\url{https://openreview.net/forum?id=AbCdEfGhIj}}}
        @misc{b, title={Lakes: Drawn from Ten Sentences}, howpublished={\\url{https://github.com/toy/lakes}}}
        """)
    found = read(text, "list.bib")
    assert cells(found) == [
        (RIVERS, "arXiv:2301.00001", None, None),
        ("Teaching {Seas} to Small Models", "https://openreview.net/forum?id=AbCdEfGhIj", "ICLR", None),
        (LAKES, "https://github.com/toy/lakes", None, None),
    ]
    assert [[a.name for a in paper.authors] for paper in found.papers] == 2 * [["Ada Flüss", "Bo Bach"]]


def test_one_paper_of_the_anthology_is_one_version() -> None:
    """Its DOI holds its id, and so says as much."""
    doi, page = "https://doi.org/10.18653/v1/2024.acl-long.1", "https://aclanthology.org/2024.acl-long.1/"
    for links in (f"[doi]({doi})", f"[pdf]({page})", f"[doi]({doi}) [pdf]({page})"):
        (paper,) = read(f"- **{RIVERS}** {links}\n").papers
        assert [(v.venue, v.year, v.track, v.doi) for v in paper.versions] == [
            ("acl", 2024, "main", "10.18653/v1/2024.acl-long.1")
        ]


def test_lines_of_ris_go_on_and_quotation_marks_in_tsv_may_quote_no_cell() -> None:
    ris = read("TY  - CONF\r\nTI  - Learning the Rivers\r\n of the North\r\nUR  - https://x.org/a\r\nER  -\r\n", "list.ris")
    assert [paper.title for paper in ris.papers] == [RIVERS]
    tsv = read(f'title\tlink\n"Deep" Seas of the South\t{ONE}\n\t{TWO}\n', "list.tsv")
    assert cells(tsv) == [('"Deep" Seas of the South', ONE, None, None)]
    assert [unread.line for unread in tsv.unread] == [3]


@pytest.mark.parametrize("lacking", [0, 1], ids=["the first", "the second"])
def test_a_record_of_ris_whose_end_is_missing_is_read(lacking: int) -> None:
    records = [f"TY  - JOUR\nTI  - {title}\nDO  - 10.5555/{n}\nER  -\n\n" for n, title in enumerate((RIVERS, SEAS))]
    records[lacking] = records[lacking].replace("ER  -\n", "")
    found = read("".join(records), "list.ris")
    assert cells(found) == [(RIVERS, "10.5555/0", None, None), (SEAS, "10.5555/1", None, None)]


@pytest.mark.parametrize(
    ("text", "file"),
    [
        (f"TY  - JOUR\nTI  - {RIVERS}\nER  -\n\nTY  - JOUR\nUR  - {ONE}\nER  -\n", "list.ris"),
        (f"@misc{{a, title={{{RIVERS}}},\n  year={{2023}}}}\n\n\n@misc{{b, url={{{ONE}}}}}\n", "list.bib"),
    ],
)
def test_a_record_without_a_title_is_named(text: str, file: str) -> None:
    found = read(text, file)
    assert [cell[0] for cell in cells(found)] == [RIVERS]
    assert [unread.line for unread in found.unread] == [5]


LINES = dedent(f"""\
    # L

    <p align="center"><img src="x.png"></p>

    - [{RIVERS}]({ONE})

    ```
    code
    ```

    - [{SEAS}]({TWO})
    """)


@pytest.mark.parametrize(("text", "file"), [(LINES, "list.md"), (RIS + RIS, "list.ris"), (CSV.replace("\r", ""), "list.csv")])
def test_lines_may_end_in_carriage_returns_alone(text: str, file: str) -> None:
    assert cells(read(text.replace("\n", "\r"), file)) == cells(read(text, file)) != []


@pytest.mark.parametrize(("text", "file"), [(RIS, "list.ris"), (CSV, "list.csv")])
def test_ris_and_csv(text: str, file: str) -> None:
    found = read(text, file)
    (paper,) = found.papers
    assert paper.title in (RIVERS, 'Learning the "Rivers", of the North')
    assert [a.name for a in paper.authors] == ["Ada Flüss", "Bo Bach"]
    assert [(v.id, v.doi, v.year) for v in paper.versions] == [("acl-2023", "10.5555/rivers", 2023)]


def test_a_row_of_csv_may_end_before_its_last_cells() -> None:
    found = read(
        "Title,Year,URL\nLearning the Rivers of the North,2023\nCharting the Seas of the South,2024,https://x.org/seas\n",
        "list.csv",
    )
    assert [paper.title for paper in found.papers] == ["Learning the Rivers of the North", "Charting the Seas of the South"]


def test_further_addresses_in_a_line_of_csv_belong_to_it() -> None:
    found = read(f"Title,Authors,DOI,Year,URL,arXiv\n{RIVERS},Ada Fluss,10.5555/rivers,2023,{ONE},2301.00001\n", "list.csv")
    assert cells(found) == [(RIVERS, "10.5555/rivers", None, None)]
    assert found.asides[1].addresses == (ONE, "2301.00001")


@pytest.mark.parametrize("last", ["Misunderstandings", "of Misunderstandings"])
def test_an_id_that_was_cut_ends_in_a_whole_word(last: str) -> None:
    title = f"Electroencephalographical Counterrevolutionaries Internationalized {last} Everywhere"
    (paper,) = read(f"- [{title}]({ONE})\n").papers
    assert paper.id == "electroencephalographical-counterrevolutionaries-internationalized"


@pytest.mark.parametrize("file", ["list.rst", "page.html"])
def test_other_forms_are_refused_by_name(file: str) -> None:
    with pytest.raises(Exception, match="is not read; convert it to Markdown"):
        read_list("x", "test", file=file)


@pytest.mark.parametrize(
    ("text", "form", "status"),
    [
        ('{"papers": [{"title": "A"}]}\n', "JSON", 1),
        ("Nothing of interest.\n", "plain text", 1),
        ("# Papers\n\nSoon.\n", "Markdown", 0),
    ],
)
def test_a_document_without_entries_is_told(text: str, form: str, status: int, tmp_path: Path, run: Run) -> None:
    (tmp_path / "a.md").write_text(text, "utf-8")
    done = run("import", tmp_path / "a.md", "--to", tmp_path / "own")
    assert done.status == status
    assert f"nothing was read as an entry; this seems to be {form}" in done.stderr
    assert "0 rows read" in done.stdout
    begun = run("init", tmp_path / "field", "--list", tmp_path / "a.md")
    assert (begun.status, (tmp_path / "field").exists()) == (status, status == 0), "else, put right, it would be there already"
    assert f"nothing was read as an entry; this seems to be {form}" in begun.stderr


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


@pytest.mark.parametrize(
    ("row", "rows"),
    [
        (f'<td><a href="{ONE}">{RIVERS}</td><td>2023</td>', [(RIVERS, ONE)]),
        (f'<td><b><a href="{ONE}">{RIVERS}</td><td>2023</td>', [(RIVERS, ONE)]),
        (f'<td>{RIVERS}</td><a href="{ONE}">', []),
    ],
)
def test_a_link_that_html_never_ends_ends_with_its_cell(row: str, rows: list[tuple[str, str]]) -> None:
    found = read(f"# List\n\n<table><tr>{row}</tr></table>\n")
    assert [cell[:2] for cell in cells(found)] == rows


def test_an_address_behind_no_words_is_an_address() -> None:
    found = read(f"# List\n\n| Paper | Code |\n| --- | --- |\n| {RIVERS} []({ONE}) | [](https://github.com/toy/rivers) |\n")
    assert cells(found) == [(RIVERS, ONE, None, "https://github.com/toy/rivers")]
    assert [block.row for block in found.list.content if block.entries] == ["| {title} []({url}) | []({code}) |"]


@pytest.mark.parametrize("token", ["arXiv:", "*a*", "**a**"])
def test_time_grows_with_the_length_of_what_stands_behind_a_link(token: str) -> None:
    """A stretch of over 20,000 characters is not looked at, and one that was read before is remembered."""
    numbers = count()

    def read(length: int) -> None:
        read_list(f"- [{RIVERS}]({ONE}) {(token * length)[:length]} {next(numbers)}\n", "test")

    assert growth(read, 4_850, 4, floor=0.005) < 9
