"""The importer: whatever a document holds, its record gives it back; and what can be read is read."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conftest import Run
from documents import documents, list_text
from synthkg.catalog import write_records
from synthkg.catalog.canonical import dump
from synthkg.catalog.decode import Reading, read_record
from synthkg.checks import check
from synthkg.checks.mapping import judge, record_findings
from synthkg.errors import ImportFailed, UsageError
from synthkg.graph import grouped
from synthkg.lists.importer import Imported, read_list
from synthkg.model.records import Entry, ReadingList, Venue
from synthkg.model.vocabulary import load_vocabulary
from synthkg.works.publications import Names, mentioned

FORBIDDEN = [chr(code) for code in (*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0xD800, 0xDFFF, 0xFFFE, 0xFFFF)]


def read(text: str, **options: dict[str, str] | str) -> Imported:
    """Read a document and make sure of what must hold for every document."""
    found = read_list(text, "test", **options)  # type: ignore[arg-type]
    assert list_text(found.list) == text
    entries = entries_of(found)
    assert len(entries) == found.entries
    papers, artifacts = [paper.id for paper in found.papers], [artifact.id for artifact in found.artifacts]
    assert len(set(papers)) == len(papers)
    assert len(set(artifacts)) == len(artifacts)
    assert all((entry.paper in papers) != (entry.artifact in artifacts) for entry in entries)
    assert all(artifact in artifacts for paper in found.papers for artifact in paper.artifacts)
    cited = [evidence.source for paper in found.papers for evidence in paper.evidence]
    assert len(set(cited)) == len(cited) == sum(entry.paper is not None for entry in entries)
    return found


def entries_of(found: Imported) -> list[Entry]:
    return [entry for block in found.list.content for entry in block.entries]


def cells_of(found: Imported) -> list[tuple[str | None, ...]]:
    return [(entry.title, entry.url, entry.venue, entry.code) for entry in entries_of(found)]


TABLE = dedent("""\
    # Reading list

    ## Data preparation

    | Paper                               | Published in | Code/Project            |
    | ----------------------------------- |:------------:|:-----------------------:|
    | [A first one](https://arxiv.org/abs/2304.00001) | arxiv 2023   | -                       |
    | [ Second]()                         | 仲景           |                         |
    | [VILA$^2$ {x}](http://x.org/S2(23)5/) | a \\| b       | https://github.com/a/b. |

    Some prose with a [link](https://x.org).
    """)


def test_table() -> None:
    found = read(TABLE, concepts={"data preparation": "stage/data-preparation"})
    assert cells_of(found) == [
        ("A first one", "https://arxiv.org/abs/2304.00001", "arxiv 2023", "-"),
        (" Second", "", "仲景", ""),
        ("VILA$^2$ {x}", "http://x.org/S2(23)5/", "a \\| b", "https://github.com/a/b."),
    ]
    (table,) = (block for block in found.list.content if block.entries)
    assert (table.row, table.widths) == ("| [{title}]({url}) | {venue} | {code} |", (35, 12, 23))
    assert not any(entry.row for entry in table.entries)
    assert found.unread == ()
    assert found.list.title == "Reading list"
    headings = [(b.heading, b.level, b.title, b.concept, b.end) for b in found.list.content if b.heading]
    assert headings == [
        ("# Reading list", 1, "Reading list", "none", None),
        ("## Data preparation", 2, "Data preparation", "stage/data-preparation", None),
    ]


def test_unaligned_table_shares_one_row() -> None:
    found = read("|Title|Venue|\n|-|-|\n|[A long one](https://u.org)|ACL|\n|[B](https://v.org)||\n")
    assert [block.row for block in found.list.content if block.entries] == ["|[{title}]({url})|{venue}|"]


def test_a_table_that_fills_no_column_has_no_widths() -> None:
    rows = "".join(f"| [{title}](https://x.org/{title}) | {venue} |\n" for title, venue in (("a", "ACL"), ("bcd", "ICLR 2023")))
    blocks = [block for block in read(f"| Paper | Venue |\n|-|-|\n{rows}").list.content if block.entries]
    assert [(block.widths, block.paddings) for block in blocks] == [((), ())]


def test_odd_row_has_its_own_layout() -> None:
    found = read(
        "| Title | Venue |\n| - | - |\n| [A](https://u.org) | X |\n| [B](https://v.org) | Y |\n|   [C](https://w.org)|x |  \n"
    )
    assert [entry.row for entry in entries_of(found)] == [None, None, "|   [{title}]({url})|{venue} |  "]


def test_columns_are_known_by_their_headers() -> None:
    found = read(
        "Venue | Title | Year | Link | GitHub\n-|-|-|-|-\nACL | *A b* | 2023 | [pdf](https://u.org) | [code](https://v.org)\n"
    )
    assert cells_of(found) == [("A b", "https://u.org", "ACL", "https://v.org")]


def test_unfamiliar_headers() -> None:
    found = read("| When | What |\n|--|--|\n| 2023 | [A](https://x.org) by B |\n| 2024 | C |\n")
    assert cells_of(found) == [("A", "https://x.org", None, None)]
    assert [unread.line for unread in found.unread] == [4]
    found = read("| Model | Size | Where |\n|--|--|--|\n| GPT-2 | 1 | [link](https://x.org) |\n")
    assert cells_of(found) == [("GPT-2", "https://x.org", None, None)]


def test_rows_without_any_paper_are_reported() -> None:
    found = read("| Model | Size |\n|--|--|\n| GPT-2 | 1 |\n|  |  |\n")
    assert found.entries == 0
    assert [(unread.line, unread.text) for unread in found.unread] == [(3, "| GPT-2 | 1 |")]


def test_bars_inside_links_and_code() -> None:
    found = read("| Title | Venue |\n|--|--|\n| [A | B](https://u.org) | `x|y` |\n| [C \\| D](https://v.org) | z |\n")
    assert cells_of(found) == [("A | B", "https://u.org", "`x|y`", None), ("C \\| D", "https://v.org", "z", None)]
    assert found.papers[1].title == "C | D"


SHARED = "[GSM8K](https://arxiv.org/abs/2110.14168) / [svamp](https://aclanthology.org/2021.naacl-main.168), [Lila](https://arxiv.org/abs/2210.17517)"


@pytest.mark.parametrize(
    "text",
    [
        f"| Skill | Papers | Venue | Code |\n|--|--|--|--|\n| Sums | {SHARED} | ICLR 2023 | [code](https://github.com/x/y) |\n",
        "<table><tr><th>Benchmarks</th></tr>\n<tr><td>"
        + re.sub(r"\[(.*?)\]\((.*?)\)", r'<a href="\2">\1</a>', SHARED)
        + "</td></tr>\n</table>\n",
        f"- {SHARED}\n",
    ],
    ids=["table", "HTML", "item"],
)
def test_works_that_share_a_cell_or_an_item_are_several(text: str) -> None:
    """Each with its own identifier alone; what other cells of the row say is about none of them."""
    found = read(text)
    assert [
        (paper.title, [(each.venue, each.arxiv, each.acl) for each in paper.versions], paper.artifacts) for paper in found.papers
    ] == [
        ("GSM8K", [("arxiv", "2110.14168", None)], ()),
        ("svamp", [("naacl", None, "2021.naacl-main.168")], ()),
        ("Lila", [("arxiv", "2210.17517", None)], ()),
    ]


def test_a_work_has_one_identifier_of_a_kind_and_what_else_its_row_has_is_named() -> None:
    one, two, three = (f"https://arxiv.org/abs/2304.0000{number}" for number in (1, 2, 3))
    found = read(f"| Title | Links |\n|--|--|\n| [Rivers]({one}) | [pdf]({two}) [pdf]({three}) |\n| [Lakes]({three}) | |\n")
    assert [[each.arxiv for each in paper.versions] for paper in found.papers] == [["2304.00001"], ["2304.00003"]]
    assert [(each.line, each.iri) for each in found.left] == [(3, two)]
    assert not found.unread, "the line itself was read"


@pytest.mark.parametrize(("opens", "closes"), [("<A HREF", "</A>"), ("<a\n  href", "</a>"), ("<A Href", "</a>")])
def test_a_link_of_html_is_one_in_whatever_letters_it_is_written(opens: str, closes: str) -> None:
    found = read(f'- {opens}="https://arxiv.org/abs/2301.00001">My Big Paper{closes}, 2023\n')
    assert cells_of(found) == [("My Big Paper", "https://arxiv.org/abs/2301.00001", None, None)]


def test_link_titles_and_angle_brackets() -> None:
    found = read('| Title | Code |\n|--|--|\n| [A](<https://u.org/a b> "about") ![i](j) | <https://x.org> |\n')
    assert cells_of(found) == [("A", "https://u.org/a b", None, "https://x.org")]


def test_bullets() -> None:
    text = dedent("""\
        * [Contents](#contents)
          * [More](#more)
        - [A first one](https://arxiv.org/abs/2304.00001), Venue 2023. [[code]](https://github.com/a/b)
        - [A second one](https://arxiv.org/abs/2304.00002), Venue 2023. [[code]](https://github.com/a/c)
        1. (ACL 2023) **[Third](https://x.org/3)** [![code](b.svg)](https://github.com/a/d)
        * **A fourth one**, Someone. [paper](https://x.org/4) | [site](https://x.org)
          + [ ] [Fifth](https://x.org/5)
        - Thanks to [Someone](https://x.org)
        - [Guide](CONTRIBUTING.md)
        """)
    found = read(text)
    assert cells_of(found) == [
        ("A first one", "https://arxiv.org/abs/2304.00001", None, "https://github.com/a/b"),
        ("A second one", "https://arxiv.org/abs/2304.00002", None, "https://github.com/a/c"),
        ("Third", "https://x.org/3", "ACL 2023", "https://github.com/a/d"),
        ("A fourth one", "https://x.org/4", None, "https://x.org"),
        ("Fifth", "https://x.org/5", None, None),
    ]
    assert entries_of(found)[1].row is None
    assert [unread.line for unread in found.unread] == [8]


def test_bullets_whose_links_follow_the_title() -> None:
    text = dedent("""\
        - [NeurIPS 2021] **Eval**: "Eval: A *set* of tests", [[paper](https://x.org/1)] [[repo](https://github.com/a/b)]
        - **Nimbus**: Doing things by name [[paper](https://x.org/2)]
        - **A title in bold letters**, *A. One, B. Two*, Venue, 2023 [[paper](https://x.org/3)][[code](https://github.com/a/c)]
        * A plain title of words. A. One and B. Two. Venue 2023. [[pdf](https://x.org/4)]
        - One et al., Two: what (almost) nobody asks? An answer, 2024. [[pdf](https://x.org/5)]
        - “Quoted in the other way.” (Venue 2022) ([arXiv](https://arxiv.org/abs/2304.00001))
        - Dr. Who of physics *A. One, B. Two* | [*paper*](https://x.org/6)
        - [2024] **Tool**: "A tool without a paper", [[repo](https://github.com/a/d)]
        - [Linked title](https://x.org/7) [![stars](https://s.org/x.svg)](https://github.com/a/e) (Venue 2024) [[code](https://github.com/a/e)]
        - For all of this see our long [paper](https://x.org/8)
        - Short one: [[paper](https://x.org/9)]
        """)
    found = read(text)
    assert cells_of(found) == [
        ("Eval: A *set* of tests", "https://x.org/1", "NeurIPS 2021", "https://github.com/a/b"),
        ("**Nimbus**: Doing things by name", "https://x.org/2", None, None),
        ("A title in bold letters", "https://x.org/3", None, "https://github.com/a/c"),
        ("A plain title of words", "https://x.org/4", None, None),
        ("Two: what (almost) nobody asks? An answer", "https://x.org/5", None, None),
        ("Quoted in the other way", "https://arxiv.org/abs/2304.00001", None, None),
        ("Dr. Who of physics", "https://x.org/6", None, None),
        ("A tool without a paper", "https://github.com/a/d", None, None),
        ("Linked title", "https://x.org/7", None, "https://github.com/a/e"),
        ("Short one", "https://x.org/9", None, None),
    ]
    assert [unread.line for unread in found.unread] == [10]
    assert found.lines == (1, 2, 3, 4, 5, 6, 7, 8, 9, 11)


def test_table_with_quoted_titles_before_links() -> None:
    row = '| Eval | ACL 2023 | "Eval: a set of tests" [[paper](https://x.org/1)], [[code](https://github.com/a/b)], [[data]()] |'
    found = read(f"| Dataset | Venue | Source |\n|-|-|-|\n{row}\n")
    assert cells_of(found) == [("Eval: a set of tests", "https://x.org/1", "ACL 2023", "https://github.com/a/b")]
    assert found.lines == (3,)


def test_lines_of_entries() -> None:
    text = "Set\next\n===\n\n- [One](https://x.org/1)\n\n| Title |\n|-|\n| [Two](https://x.org/2) |\n\n## H\r\n- [Three](https://x.org/3)"
    assert read(text).lines == (5, 9, 12)


def test_headings_of_every_kind() -> None:
    found = read("Set\next\n===\n\n###### `Six` **b** ######\n<h2>HTML</h2>\n> # quoted\n\nLast\n---")
    assert [(b.heading, b.level, b.title, b.end) for b in found.list.content if b.heading] == [
        ("Set\next\n===", 1, "Set ext", None),
        ("###### `Six` **b** ######", 6, "Six b", None),
        ("Last\n---", 2, "Last", ""),
    ]


def test_code_fences_hold_no_entries() -> None:
    found = read(f"```\n{TABLE}```\n")
    assert (found.entries, len(found.list.content)) == (0, 1)


def test_newlines() -> None:
    crlf = read(TABLE.replace("\n", "\r\n"))
    assert crlf.list.newline == "\r\n"
    assert crlf.list.content == read(TABLE).list.content
    assert entries_of(read(TABLE.replace("|\n", "|\r\n")))[0].end == "\r\n"
    assert entries_of(read(TABLE.replace("\n", "\r")))[0].end == "\r"
    assert entries_of(read(TABLE.partition("\n\nSome")[0]))[-1].end == ""
    assert read("").list.content == ()


def test_byte_order_mark() -> None:
    assert read("\ufeff# Title\n").list.content[0].heading == "\ufeff# Title"


@pytest.mark.parametrize("character", FORBIDDEN)
def test_characters_that_no_xml_has_come_back_and_are_in_no_title(character: str) -> None:
    found = read(f"one{character}\n\n- [Seas{character}of letters](https://arxiv.org/abs/2304.00001)\n")
    assert [paper.title for paper in found.papers] == ["Seas of letters"]
    assert not any(each in repr(found.list) for each in FORBIDDEN)


def bullets(*lines: tuple[str, str]) -> Imported:
    return read("".join(f"- [{title}]({url})\n" for title, url in lines))


def test_one_work_under_its_titles() -> None:
    found = bullets(
        ("MetaMath: Bootstrap Your Own Questions", "https://arxiv.org/abs/2309.12284"),
        ("MetaMeth: Bootstap your own questions", "http://arxiv.org/pdf/2309.12284v2.pdf"),
        ("Metamath - bootstrap your own questions.", "https://aclanthology.org/2024.acl-long.1/"),
    )
    (paper,) = found.papers
    assert paper.id == "metamath"
    assert [(v.id, v.type, v.arxiv, v.acl) for v in paper.versions] == [
        ("preprint", "preprint", "2309.12284", None),
        ("acl-2024", "conference-paper", None, "2024.acl-long.1"),
    ]
    assert [evidence.note for evidence in paper.evidence] == [
        None,
        "has the arxiv id and nearly the title of entry 1",
        "has the title of entry 1",
    ]
    assert paper.evidence[2].source == "https://w3id.org/synthkg/list/test/entry/3"


def test_a_title_that_begins_like_another_is_another_work() -> None:
    found = bullets(
        ("Textbooks Are All You Need II: phi-1.5 technical report", "https://arxiv.org/abs/2309.05463"),
        ("Textbooks Are All You Need", "https://arxiv.org/abs/2306.11644"),
        ("HuatuoGPT", "https://arxiv.org/abs/2305.15075"),
        ("HuatuoGPT-II", "https://arxiv.org/abs/2311.09774"),
    )
    assert [paper.id for paper in found.papers] == [
        "textbooks-are-all-you-need-ii",
        "textbooks-are-all-you-need",
        "huatuogpt",
        "huatuogpt-ii",
    ]
    assert found.conflicts == ()


def test_one_identifier_under_unlike_titles() -> None:
    found = bullets(
        ("Diversify your vision datasets", "https://arxiv.org/abs/2210.04873"),
        ("CORE: A framework", "https://arxiv.org/abs/2210.04873"),
        ("Diversify your vision datasets", "https://arxiv.org/abs/2305.16289"),
    )
    assert [[version.arxiv for version in paper.versions] for paper in found.papers] == [["2305.16289"], ["2210.04873"]]
    assert [conflict.entries for conflict in found.conflicts] == [(1, 2), (1, 3)]
    assert "stands under 2 titles" in found.conflicts[0].reason


def test_short_title_with_two_identifiers() -> None:
    found = bullets(("Orca", "https://arxiv.org/abs/2306.02707"), ("Orca", "https://arxiv.org/abs/2311.11045"))
    assert [paper.id for paper in found.papers] == ["arxiv-2306-02707", "arxiv-2311-11045"]
    assert "kept apart" in found.conflicts[0].reason


def test_one_title_of_several_works() -> None:
    found = bullets(
        ("Same title here for two", "https://arxiv.org/abs/2306.02707"),
        ("Same title here for two", "https://arxiv.org/abs/2311.11045"),
    )
    assert [[version.arxiv for version in paper.versions] for paper in found.papers] == [["2306.02707"], ["2311.11045"]]
    assert [(conflict.entries, "kept apart" in conflict.reason) for conflict in found.conflicts] == [((1, 2), True)]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (
            "two.bib",
            "@misc{a, title={Same title here for two}, author={Smith, Anna and others}}\n"
            "@misc{b, title={Same title here for two}, author={Jones, Carl and Brown, Dora}}\n",
        ),
        ("two.csv", 'title,authors\nSame title here for two,"Smith, Anna"\nSame title here for two,"Jones, Carl; Brown, Dora"\n'),
        (
            "two.ris",
            "".join(f"TY  - JOUR\nTI  - Same title here for two\nAU  - {name}\nER  - \n" for name in ("Smith, A", "Jones, C")),
        ),
    ],
)
def test_one_title_under_other_authors_is_two_works(file: str, text: str) -> None:
    found = read(text, file=file)
    assert [paper.id for paper in found.papers] == ["smith-same-title-here-for-two", "jones-same-title-here-for-two"]
    assert [conflict.entries for conflict in found.conflicts] == [(1, 2)]


def test_the_doi_of_a_preprint_and_that_of_its_publication_are_one_works() -> None:
    title = "Same title here for two"
    found = bullets((title, "https://doi.org/10.1101/2020.01.01.123456"), (title, "https://doi.org/10.1038/s41587-020-1"))
    assert [[version.doi for version in paper.versions] for paper in found.papers] == [
        ["10.1101/2020.01.01.123456", "10.1038/s41587-020-1"]
    ]


def test_artifacts() -> None:
    rows = [
        "| [A first paper](https://arxiv.org/abs/2304.00001) | https://github.com/x/WizardLM |",
        "| [A second paper](https://arxiv.org/abs/2304.00002) | http://github.com/x/wizardlm/tree/main/a. |",
        "| [The Wizard](https://github.com/x/WizardLM) | https://huggingface.co/datasets/x/wiz |",
        "| [Another](https://x.org/paper) | https://arxiv.org/abs/2304.00001 |",
        "| [One more](https://gitlab.com/x/y/-/raw/p.pdf) | [a](https://gitlab.com/x/z) [b](https://z.github.io/Z) |",
    ]
    found = read("| Paper | Code |\n|--|--|\n" + "\n".join(rows))
    assert [(a.id, a.type, a.title, a.url, len(a.evidence)) for a in found.artifacts] == [
        ("wizardlm", "code", "The Wizard", "https://github.com/x/WizardLM", 3),
        ("wiz", "dataset", "wiz", "https://huggingface.co/datasets/x/wiz", 1),
        ("x-z", "code", "z", "https://gitlab.com/x/z", 1),
        ("z-project", "project", "Z", "https://z.github.io/Z", 1),
    ]
    assert [paper.artifacts for paper in found.papers] == [("wizardlm",), ("wizardlm",), (), ("x-z", "z-project")]
    assert [entry.artifact for entry in entries_of(found)] == [None, None, "wizardlm", None, None]


@pytest.mark.parametrize(
    ("venue", "url", "version"),
    [
        ("NeurIPS Workshop 2023", "https://openreview.net/forum?id=a", ("neurips-2023", "workshop-paper", "neurips", 2023, None)),
        ("ICLR 2024", "https://openreview.net/forum?id=a", ("iclr-2024", "conference-paper", "iclr", 2024, None)),
        ("ICLR'24", "https://openreview.net/forum?id=a", ("iclr-2024", "conference-paper", "iclr", 2024, None)),
        ("ICLR’24 (Oral)", "https://openreview.net/forum?id=a", ("iclr-2024", "conference-paper", "iclr", 2024, None)),
        ("EMNLP 07 Findings", "https://openreview.net/forum?id=a", ("emnlp-2007", "conference-paper", "emnlp", 2007, "findings")),
        ("NeurIPS-21 Workshop", "https://openreview.net/forum?id=a", ("neurips-2021", "workshop-paper", "neurips", 2021, None)),
        ("ACL'98", "https://openreview.net/forum?id=a", ("acl-1998", "conference-paper", "acl", 1998, None)),
        ("", "https://openreview.net/forum?id=a", ("preprint", "preprint", None, None, None)),
        ("Journal of X", "https://doi.org/10.1000/1", ("published", "", None, None, None)),
        ("", "https://proceedings.mlr.press/v1/x.html", ("published", "", None, None, None)),
        ("", "https://doi.org/10.1101/2020.12.15.422761", ("preprint", "preprint", None, None, None)),
        ("", "https://aclanthology.org/2023.tacl-1.1/", ("tacl-2023", "journal-article", "tacl", 2023, None)),
        ("", "https://aclanthology.org/2023.findings-emnlp.1/", ("emnlp-2023", "conference-paper", "emnlp", 2023, "findings")),
        ("", "https://aclanthology.org/2023.bea-1.1/", ("published", "", None, None, None)),
    ],
)
def test_version_of_a_link_and_a_venue(venue: str, url: str, version: tuple[str | int | None, ...]) -> None:
    found = read(f"| Paper | Venue |\n|-|-|\n| [A study of this](<{url}>) | {venue} |\n")
    (paper,) = found.papers
    assert [(v.id, v.type, v.venue, v.year, v.track) for v in paper.versions] == [version]
    assert [each.id for each in found.venues] == [version[2]] * (version[2] is not None)


@pytest.mark.parametrize(
    ("fields", "version", "venue"),
    [
        (
            "@article{a, title={A study of this}, journal={Nature Biotechnology}, year={2023}, pages={1--9}, doi={10.1038/s1}}",
            ("nature-biotechnology-2023", "journal-article", "nature-biotechnology", 2023, "1–9", "10.1038/s1"),
            ("Nature Biotechnology", "journal", None),
        ),
        (
            "@inproceedings{a, title={A study of this}, year={2022}, booktitle={Proceedings of the Third Symposium on Tides "
            "(TIDES 2022)}}",
            ("tides-2022", "conference-paper", "tides", 2022, None, None),
            ("Symposium on Tides", "conference", "TIDES"),
        ),
        (
            "@inproceedings{a, title={A study}, booktitle={Advances in Neural Information Processing Systems}, year=2022}",
            ("neurips-2022", "conference-paper", "neurips", 2022, None, None),
            ("Conference on Neural Information Processing Systems", "conference", "NeurIPS"),
        ),
        (
            "@inproceedings{a, title={A study of this}, booktitle={Workshop on Tides at Sea}, year={2022}}",
            ("workshop-on-tides-at-sea-2022", "workshop-paper", "workshop-on-tides-at-sea", 2022, None, None),
            ("Workshop on Tides at Sea", "workshop", None),
        ),
        (
            "@article{a, title={A study of this}, journal={bioRxiv}, year={2020}, doi={10.1101/2020.12.15.422761}}",
            ("preprint", "preprint", "biorxiv", 2020, None, "10.1101/2020.12.15.422761"),
            ("bioRxiv", "repository", None),
        ),
        (
            "@incollection{a, title={A study of this}, booktitle={A Book of Tides}, year={2022}, doi={10.1038/s1}}",
            ("a-book-of-tides-2022", "", "a-book-of-tides", 2022, None, "10.1038/s1"),
            ("A Book of Tides", "", None),
        ),
        ("@article{a, title={A study of this}, year={2020}}", ("published", "journal-article", None, 2020, None, None), None),
        ("@book{a, title={A study of this}, year={1843}}", ("published", "report", None, 1843, None, None), None),
        ("@book{a, title={A study of this}, year={1086}}", ("published", "report", None, 1086, None, None), None),
        ("@misc{a, title={A study of this}, year={2020}}", ("published", "", None, 2020, None, None), None),
        (
            "TY  - JOUR\nTI  - A study of this\nJO  - Tidal Letters\nPY  - 2021\nSP  - 3\nEP  - 5\nER  - \n",
            ("tidal-letters-2021", "journal-article", "tidal-letters", 2021, "3–5", None),
            ("Tidal Letters", "journal", None),
        ),
    ],
)
def test_what_the_fields_of_a_bibliography_say(
    fields: str, version: tuple[str | int | None, ...], venue: tuple[str, str, str | None] | None
) -> None:
    found = read(f"{fields}\n", file="a.bib" if fields.startswith("@") else "a.ris")
    (paper,) = found.papers
    assert [(v.id, v.type, v.venue, v.year, v.pages, v.doi) for v in paper.versions] == [version]
    assert [(each.title, each.type, each.acronym) for each in found.venues] == [venue] * (venue is not None)


def test_rows_about_one_repository_under_several_titles_are_told() -> None:
    """They become one artifact, as the repository is one, and only a person can say whether they mean parts of it."""
    base = "https://github.com/toy/bench"
    found = read(f"- [Tides in words]({base}/tree/main/words)\n- [Moons in figures]({base})\n- [Tides in words!]({base})\n")
    assert [artifact.id for artifact in found.artifacts] == ["bench"]
    (conflict,) = found.conflicts
    assert conflict.entries == (1, 2, 3)
    assert f"{base} stands under 2 titles: “Tides in words”; “Moons in figures”" in conflict.reason


@pytest.mark.parametrize(
    ("venue", "row", "year"),
    [
        ("Scientific Memoirs", ", Scientific Memoirs, 1843", 1843),
        ("Scientific Memoirs", ". Scientific Memoirs (1844).", 1844),
        ("Scientific Memoirs", ", Scientific Memoirs, with 1500 tides", None),
        ("EMNLP", ", EMNLP (1843)", None),
    ],
)
def test_a_row_may_name_a_year_before_1900(venue: str, row: str, year: int | None) -> None:
    """As a bibliography may, where a venue of the folder is named that can be so old."""
    known = Venue(id="memoirs", title=venue, acronym=venue if venue.isupper() else None, type="journal")
    assert mentioned("", row, Names([known])).year == year


def test_a_book_without_year_and_address_has_no_version() -> None:
    (paper,) = read("@book{a, title={A study of this}, year={o. J.}}\n", file="a.bib").papers
    assert paper.versions == ()


def test_a_name_that_braces_keep_whole_is_that_of_a_group() -> None:
    names = r"{State Library of the Sea, {\"O}land} and Marée, Ada and {Plato} and {\'E}mile Brand{\'e}"
    (paper,) = read(f"@misc{{a, title={{A study of this}}, author={{{names}}}}}\n", file="a.bib").papers
    assert [(each.name, each.group) for each in paper.authors] == [
        ("State Library of the Sea, Öland", True),
        ("Ada Marée", False),
        ("Plato", False),
        ("Émile Brandé", False),
    ]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("- [A study of this](https://arxiv.org/abs/2304.12244), RECOMB 2022", "RECOMB 2022"),
        ("- [A study of this](https://doi.org/10.1126/science.1) | Science 2023", "Science 2023"),
        ("| Paper | Venue |\n|-|-|\n| [A study of this](https://doi.org/10.1000/1) | Tidal Letters |", "Tidal Letters"),
    ],
)
def test_a_venue_that_nobody_knows_is_kept_in_the_rows_words(row: str, words: str) -> None:
    (paper,) = read(f"{row}\n").papers
    assert [evidence.note for evidence in paper.evidence] == [f"says “{words}”, and no venue of that name is known"]


def test_an_anthology_id_says_the_doi_and_an_arxiv_number_the_month() -> None:
    text = "- [A study of this](https://arxiv.org/abs/2304.12244), ACL 2023. [[acl](https://aclanthology.org/2023.acl-long.7/)]\n"
    (paper,) = read(text).papers
    assert [(v.id, v.date, v.arxiv, v.acl, v.doi) for v in paper.versions] == [
        ("preprint", "2023-04", "2304.12244", None, None),
        ("acl-2023", None, None, "2023.acl-long.7", "10.18653/v1/2023.acl-long.7"),
    ]


def test_whole_author_lines_are_taken() -> None:
    found = read(
        "- **A study of this.** *Ada Grünwald, Bo Lindqvist.* ACL 2023. [[pdf](https://arxiv.org/abs/2304.12244)]\n"
        "- **A study of that.** *Ada Grünwald, Bo Lindqvist, et al.* [[pdf](https://arxiv.org/abs/2304.12245)]\n"
    )
    assert [[author.name for author in paper.authors] for paper in found.papers] == [["Ada Grünwald", "Bo Lindqvist"], []]


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("*Ada Grünwald, Bo Lindqvist* ICML'25", ["Ada Grünwald", "Bo Lindqvist"]),
        ("*Ada Grünwald, Bo Lindqvist* Nature Communications", ["Ada Grünwald", "Bo Lindqvist"]),
        ("Ada Grünwald, Bo Lindqvist **NeurIPS Oral**", ["Ada Grünwald", "Bo Lindqvist"]),
        ("Ada Grünwald, Bo Lindqvist <br> Best Paper", ["Ada Grünwald", "Bo Lindqvist"]),
        ("Ada Grünwald, Bo Lindqvist Preprint'25", ["Ada Grünwald", "Bo Lindqvist"]),
        ("Ada Grünwald, Bo Lindqvist\n  FSE 2024", ["Ada Grünwald", "Bo Lindqvist"]),
        ("**Ada Grünwald**, *Bo Lindqvist*, Ed Chi", ["Ada Grünwald", "Bo Lindqvist", "Ed Chi"]),
        ("*Ada Grünwald, Bo M.\n  Lindqvist* <br> *and Ed Chi*", ["Ada Grünwald", "Bo M. Lindqvist", "Ed Chi"]),
        ("Ada Grünwald, Bo Lindqvist ICML", []),
        ("Ada Grünwald, Bo Lindqvist X2", []),
    ],
)
def test_a_venue_behind_the_authors_is_in_no_name(line: str, authors: list[str]) -> None:
    found = read(f"- **[Rivers of the North](https://arxiv.org/abs/2304.12244)**\n  {line}\n")
    assert [author.name for author in found.papers[0].authors] == authors


def test_blog_posts_are_pages_and_titles_have_no_full_stop() -> None:
    found = read("- [All about this.](https://blog.example.org/all)\n- [A study of this.](https://x.org/a)\n")
    assert [(artifact.type, artifact.title) for artifact in found.artifacts] == [("project", "All about this")]
    assert [paper.title for paper in found.papers] == ["A study of this"]


def test_a_short_title_alone_joins_no_rows() -> None:
    found = bullets(*(("Editorial of issue", f"https://x.org/{n}") for n in range(3)), ("Editorial of issue", "https://x.org/2"))
    assert len(found.papers) == 3
    assert [conflict.entries for conflict in found.conflicts] == [(1, 2, 3, 4)]


def test_a_long_title_with_many_addresses_names_no_work() -> None:
    found = bullets(*(("The home of the whole project", f"https://x{n}.org/") for n in range(5)))
    assert len(found.papers) == 5


def test_a_work_whose_title_has_no_latin_letter_is_called_by_its_identifier_or_its_first_row() -> None:
    found = read(
        dedent("""\
        - [潮](https://arxiv.org/abs/2301.00001)
        - [风](https://x.org/wind)
        - [风](https://x.org/wind)
        - [雨](https://doi.org/10.5555/Rain)
        """)
    )
    assert [entry.paper for entry in entries_of(found)] == ["arxiv-2301-00001", "entry-2", "entry-2", "doi-10-5555-rain"]


def test_renames() -> None:
    found = read_list("- [A study of this](https://x.org/1)\n", "test", renames={"a-study-of-this": "study"})
    assert [paper.id for paper in found.papers] == ["study"]
    assert entries_of(found)[0].paper == "study"
    with pytest.raises(UsageError, match="did you mean a-study-of-this"):
        read_list("- [A study of this](https://x.org/1)\n", "test", renames={"a-study-of-that": "study"})


def refused(record: ReadingList) -> list[str]:
    """What our own rules and shapes have against a list."""
    vocabulary = load_vocabulary()
    reading = Reading("test.yaml", vocabulary)
    read = read_record(ReadingList, record.id, dump(record), reading)
    told = list(map(str, reading.findings if read is None else record_findings(record, "test.yaml")))
    is_proved, _ = judge(vocabulary.folder)
    return told if told or is_proved(said for _, said in grouped(record, vocabulary)) else ["a shape refuses it"]


WORDLESS = ("#", "## ##", "# ![Logo](https://x.org/l.png)", "### [](https://x.org)", "## &nbsp;")


def test_a_heading_without_words_is_a_heading(tmp_path: Path, run: Run) -> None:
    text = "# Papers\n\n## Tides\n\n" + "".join(
        f"{heading}\n\n- [A study of this {number}](https://x.org/{number})\n\n" for number, heading in enumerate(WORDLESS)
    )
    found = read(text, concepts={"tides": "stage/fine-tuning"})
    assert [block.title for block in found.list.content if block.heading] == ["Papers", "Tides", *[""] * len(WORDLESS)]
    write_records(tmp_path / "own", [found.list, *found.papers])
    assert check(tmp_path / "own").errors == []
    assert run("view", "published", "--data", tmp_path / "own").stdout == text
    shown = run("show", "list/test", "--data", tmp_path / "own").stdout
    assert "section 3" in shown  # a link needs words


# Documents put together from everything that lists are made of, and some things that they should not be made of.
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
@example("| Paper | Paper |\n| --- | --- |\n| Paper |\n| --- |\n|  | [b[](https://arxiv.org/abs/2304.00001) |\n")
@example("##\n")
@example("\ufeff| Paper |\n\ufeff| --- |\n-\n")
@example("# Ti\u200bdal \u202eworks\n\n- [A tide](https://arxiv.org/abs/2304.00001)\n")
def test_every_document_comes_back_and_is_a_sound_list(text: str) -> None:
    assert refused(read(text).list) == []


@settings(max_examples=300)
@given(st.text() | st.text(st.sampled_from("|[]()-#*`\\>: a\n\r\t\x0c{}\x00\ud800\ufffe␛C")))
def test_every_text_comes_back(text: str) -> None:
    read(text)


@pytest.mark.parametrize(
    ("before", "title"),
    [
        ("# A list *of* winds\n\n", "A list of winds"),
        ('<h1 align="center">A list of winds</h1>\n\n', "A list of winds"),
        ("[English](README.md) | [中文](zh.md)\n\n# A list of winds\n\n## Storms\n\n", "A list of winds"),
        (
            "---\nlayout: post\n---\n\n[![b](https://b.example/b.svg)](https://b.example)\n\nA list of winds\n===\n\n",
            "A list of winds",
        ),
        ("# A list of winds\n\nWords.\n\n# Storms\n\n", "A list of winds"),
        (
            "A list of winds.\n\n# Storms\n\n- [Gales and squalls of the south](https://arxiv.org/abs/2001.00002)\n\n# Rains\n\n",
            "A list of winds.",
        ),
        ("## A list of winds\n\n", "A list of winds"),
        ("# ![](logo.png)\n\nA list of winds\n\n", "A list of winds"),
        ("| Paper | Note |\n| --- | --- |\n| [Gales and squalls](https://arxiv.org/abs/2001.00002) | |\n\n", "example"),
        ("", "example"),
    ],
)
def test_a_list_is_called_what_it_calls_itself(before: str, title: str) -> None:
    """Not a switch of languages, a badge or its first row."""
    text = f"{before}- [Winds of the northern tropics](https://arxiv.org/abs/2001.00001)\n"
    assert read_list(text, "example").list.title == title


@pytest.mark.parametrize(("text", "line"), [("title,url\nA b,c\n{},d\n", 3), ("{}\n", 1)])
def test_a_quotation_mark_that_nothing_closes_is_told_with_its_line(text: str, line: int) -> None:
    limit = csv.field_size_limit(131_072)  # Python's own; libraries that other tests use raise it for a whole process
    try:
        with pytest.raises(ImportFailed, match=rf"line {line}: .*close its quotation mark"):
            read_list(text.format('"' + "A row of words\n" * 10_000), "test", file="list.csv")
    finally:
        csv.field_size_limit(limit)
