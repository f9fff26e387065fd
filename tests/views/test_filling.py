"""Answers put into pages: whatever looks like a call is one or is named, and no answer is more than text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pyoxigraph import Literal

import synthkg
from conftest import ROOT, TOY, Run
from synthkg.api.knowledge import KnowledgeGraph
from synthkg.errors import SynthkgError, UsageError
from synthkg.files import read_text
from synthkg.graph.store import OxigraphStore, Table
from synthkg.lists.importer import Imported
from synthkg.markdown import escaped, unescaped
from synthkg.views.answers import FORMATS
from synthkg.views.filling import fill, narrow
from synthkg.views.pages import find_pages, render


@pytest.fixture(scope="module")
def kg() -> KnowledgeGraph:
    return synthkg.open(TOY)


CALL = "```console\n$ synthkg query counts --columns what --limit 2\n```\n"
ANSWER = "\n| what |\n| --- |\n| artifacts |\n| authorships |\n\n*2 of 14 rows*\n"


def test_a_page_of_windows_keeps_its_ends_of_lines(kg: KnowledgeGraph) -> None:
    page = fill(f"Before.\n\n{CALL}\nAfter.\n".replace("\n", "\r\n"), kg.store)
    assert page == f"Before.\n\n{CALL}{ANSWER}\nAfter.\n".replace("\n", "\r\n")
    assert fill(page, kg.store) == page


@pytest.mark.parametrize(
    ("fence", "before", "margin"),
    [
        ("~~~", "", ""),
        ("`````", "", ""),
        ("```", "   ", "   "),
        ("```", "1. Ask:\n\n   ", "   "),
        ("~~~~", "- ", "  "),
        ("```", "1. - ", "   " + "  "),
    ],
)
def test_a_block_is_one_however_it_is_fenced_and_set_in(fence: str, before: str, margin: str, kg: KnowledgeGraph) -> None:
    line = "$ synthkg query counts --columns what --limit 2"
    inside = f"{line} --format markdown\n| what |\n| --- |\n| artifacts |\n| authorships |\n"
    block = set_in(f"{fence}console\n{inside}{line}\n{fence}\n", margin)
    wanted = before + (block + set_in(ANSWER, margin)).removeprefix(margin) + "\nMine:\n\n| a |\n| --- |\n"
    stale = wanted.replace("| artifacts |", f"| stale |\n{margin}| more |")
    for page in (wanted, stale, before + block.removeprefix(margin) + "\nMine:\n\n| a |\n| --- |\n"):
        assert fill(page, kg.store) == wanted


def test_a_block_that_is_shown_as_text_or_asks_nothing_is_none(kg: KnowledgeGraph) -> None:
    page = f"How to write it:\n\n````markdown\n{CALL}````\n\nOr so:\n\n{set_in(CALL, '    ')}"
    assert fill(page, kg.store) == page
    page = "```console\n$ synthkg build\n```\n\n| a | b |\n| --- | --- |\n\n```sh\nsynthkg query counts\n```\n"
    assert fill(page, kg.store) == page


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r")).filter(lambda text: "```console" not in text))
def test_a_page_without_blocks_stays_as_it_is(text: str) -> None:
    assert fill(text, OxigraphStore()) == text


def test_columns_and_rows_are_picked(kg: KnowledgeGraph) -> None:
    table = kg.query("counts").table
    assert narrow(table) == table
    assert narrow(table, ["count", "what"], 2) == Table(("count", "what"), [(row[1], row[0]) for row in table.rows[:2]])


def set_in(text: str, margin: str) -> str:
    """The lines of a text behind a margin, but for those without anything."""
    return "".join(f"{margin}{line}" if line.strip() else line for line in text.splitlines(keepends=True))


def test_two_calls_in_a_block_have_two_tables(kg: KnowledgeGraph) -> None:
    block = (
        "```console\n$ synthkg query counts --columns what --limit 2\n"
        "$ synthkg query 'SELECT ?x { ?x a <urn:none> }'\n$ synthkg build\n```\n"
    )
    page = fill(f"{block}\nMy own table:\n\n| a |\n| --- |\n", kg.store)
    assert page == f"{block}{ANSWER}\n*no rows*\n\nMy own table:\n\n| a |\n| --- |\n"
    assert fill(page, kg.store) == page
    assert fill(page.replace("| artifacts |", "| stale |").replace("2 of 14", "1 of 3"), kg.store) == page


def test_a_block_may_show_what_the_terminal_prints(kg: KnowledgeGraph, run: Run) -> None:
    line = "synthkg query counts --columns what --limit 2 --format markdown"
    by_hand = "$ synthkg query counts --format csv\nwhat,count\n…\n"
    printed = run(*line.split()[1:], "--data", TOY).stdout
    page = fill(f"```console\n$ {line}\n| stale |\n{by_hand}```\n\n| mine |\n| --- |\n", kg.store)
    assert page == f"```console\n$ {line}\n{printed}{by_hand}```\n\n| mine |\n| --- |\n"
    assert fill(page, kg.store) == page


def test_the_examples_of_the_help_work_on_our_own_page(dump_store: OxigraphStore) -> None:
    page = read_text(ROOT / "README.md")
    assert fill(page, dump_store) == page


@pytest.mark.parametrize("end", ["", "\n", "\n\n", "\r\n"])
def test_a_page_keeps_its_end(end: str, kg: KnowledgeGraph) -> None:
    assert fill(f"Before.{end}", kg.store) == f"Before.{end}"
    page = fill(CALL.removesuffix("\n") + end, kg.store)
    assert page.endswith(f"*2 of 14 rows*{end}")
    assert fill(page, kg.store) == page


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("counts --limit -3", '"-3" is no value of --limit'),
        ("counts --limit three", '"three" is no value of --limit'),
        ("counts --limit", "a query's name, and options with a value each"),
        ("counts 'x", "this is no call"),
        ("counts -p what", '"what" is no value of -p'),
        ("counts --format cvs", '"cvs" is no value of --format in a page; write --format markdown'),
        ("counts --describe yes", "a page knows -p, --columns, --limit and --format, not --describe"),
        ("' '", "there is no query; give the name"),
        ("cuonts", 'did you mean "counts"'),
        ("'SELECT * {'", "not SPARQL"),
        ("counts --columns wat", 'did you mean "what"'),
        ("counts --columns what,what", 'the column "what" is named twice'),
        ("lineage -p method=drift -p method=tide-instruct", 'the parameter "method" is given twice'),
    ],
)
def test_a_bad_call_is_told_at_its_place(call: str, said: str, kg: KnowledgeGraph) -> None:
    with pytest.raises(UsageError, match=said) as failure:
        fill(f"# A page\n\n```console\n$ synthkg query {call}\n```\n", kg.store, "docs/page.md")
    assert failure.value.where == "docs/page.md:4:1"


def test_a_call_takes_names_as_the_terminal_does(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ synthkg query lineage -p method=Tide-Instruct --columns method --limit 1\n```\n")
    run("fill", page, "--data", TOY)
    assert page.read_text().endswith("| method |\n| --- |\n| Tide-Instruct |\n\n*1 of 2 rows*\n")


def test_cells_keep_the_table_in_one_piece(kg: KnowledgeGraph) -> None:
    page = fill('```console\n$ synthkg query \'SELECT ("a|b" AS ?x) ("1 | 2" AS ?y) ("<p>\\n</p>" AS ?z) {}\'\n```\n', kg.store)
    assert page.endswith("| x | y | z |\n| --- | --- | --- |\n| a&#124;b | 1<br>2 | &lt;p> &lt;/p> |\n")
    page = fill("```console\n$ synthkg query papers --columns title,stages\n```\n", kg.store)
    assert page.endswith("| A Survey of Tides &#124; 潮汐 | fine-tuning |\n")


@given(st.text(st.sampled_from("`$ synthkgquerycounts-|\n\r*rows12ofno'\\{}")))
def test_any_page_is_filled_or_told(kg: KnowledgeGraph, text: str) -> None:
    for page in (text, f"```console\n$ synthkg query {text}\n```\n{text}"):
        try:
            filled = fill(page, kg.store)
        except SynthkgError:
            continue
        assert fill(filled, kg.store) == filled


# -- Strangers' text

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "x](javascript:alert(1)) [y",
    "[click](javascript:alert(1))",
    "![image](https://spy.example/x)",
    "a \\| b | c",
    "ends in a backslash\\",
    "`code` and ``more`",
    "two\nlines\r\nand\u2028three",
    "<https://spy.example>",
    "# no heading | - no bullet",
    'Plänted $1 \\ | "paper" 潮汐 & <b>',
]


def shown(markdown: str) -> tuple[list[str], set[str], bool]:
    """The texts of a page, its links, and whether it has HTML or images, as a reader of GitHub's Markdown takes it."""
    texts: list[str] = []
    links: set[str] = set()
    has_more = False
    for token in MarkdownIt("commonmark", {"html": True}).enable("table").parse(markdown):
        has_more |= token.type == "html_block"
        if token.type == "inline":
            texts.append(
                "".join(child.content for child in token.children or () if child.type in ("text", "code_inline", "text_special"))
            )
            for child in token.children or ():
                has_more |= child.type == "image" or (child.type == "html_inline" and child.content != "<br>")
                if child.type == "link_open":
                    links.add(str(child.attrs["href"]))
    return texts, links, has_more


@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_of_anybody_is_text_on_every_page(title: str) -> None:
    literal = '"""' + title.replace("\\", "\\\\").replace('"', '\\"') + '"""'
    store = OxigraphStore()
    store.inner.update(
        f"""PREFIX : <https://w3id.org/synthkg/ontology#> PREFIX dcterms: <http://purl.org/dc/terms/>
        PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        INSERT DATA {{
          <https://w3id.org/synthkg/paper/a> a :Paper ; dcterms:title {literal} ;
            dcterms:subject <https://w3id.org/synthkg/concept/stage/s> ;
            :landingPage <javascript:alert(1)> ; :publishedIn {literal} ; :artifact <https://w3id.org/synthkg/artifact/c> ;
            :available <https://w3id.org/synthkg/artifact/c> ; :introduces <https://w3id.org/synthkg/method/m> .
          <https://w3id.org/synthkg/paper/b> a :Paper ; dcterms:title {literal} ;
            dcterms:subject <https://w3id.org/synthkg/concept/stage/s> ;
            :landingPage <https://example.org/a_(b)> .
          <https://w3id.org/synthkg/artifact/c> a :Artifact , :Code ; dcterms:title {literal} ; dcterms:license {literal} ;
            :url <javascript:alert(2)> ; :state <https://w3id.org/synthkg/concept/state/reachable> .
          <https://w3id.org/synthkg/method/m> a :Method ; dcterms:title {literal} ;
            skos:definition {literal} ; skos:altLabel {literal} .
          <https://w3id.org/synthkg/concept/stage/s> a :Stage ; skos:prefLabel {literal} ; skos:definition {literal} ;
            skos:inScheme <urn:s> ; skos:broader <https://w3id.org/synthkg/concept/stage/t> .
          <https://w3id.org/synthkg/concept/stage/t> skos:prefLabel {literal} .
          <urn:s> dcterms:title {literal} .
        }}"""
    )
    line = " ".join(title.split())
    for page in find_pages(store, ["stage/s", "method/m", "code"]):
        texts, links, has_more = shown(render(page, store))
        assert any(line in text for text in texts), page.name
        assert links <= {"https://example.org/a_%28b%29", "t.md"}
        assert not has_more
    table = store.select(f"SELECT ({literal} AS ?x) ({literal} AS ?y) {{}}")
    texts, links, has_more = shown(FORMATS["markdown"](table))
    assert (texts[2:], links, has_more) == ([line, line], set(), False)
    assert unescaped(escaped(title)) == line


def test_what_a_list_prints_means_the_same_in_the_living_list(run: Run, tmp_path: Path) -> None:
    titles = [
        "&lt;img onerror=alert(1)&gt; Growing Corpora",
        r"Of \[all\] `code`, \*stars\* and \`ticks\`",
        r"\&lt; is no bracket, \\&lt; is one, &amp;lt; is none",
        "R&D at AT&T; &nosuch; &#x6F6E; &#35; &copy;",
        r"Costs in \$ or \\ \_or_ a\b",
    ]
    rows = [f"- [{title}](https://example.org/{number})\n" for number, title in enumerate(titles)]
    head = r"&lt;img src=x onerror=alert(1)&gt; \[click\](javascript:alert(1))"
    source = f"# A *list*\n\n## Contents\n\n- [rows](#rows)\n\n## {head}\n\n{''.join(rows)}"
    ids = [
        "- **Invented Tables for Small Databases**: arXiv:2402.03333\n",
        "- **Tables of Tides and Seeds**: arXiv:cs/0112017v2\n",
    ]
    (tmp_path / "list.md").write_text(f"{source}{''.join(ids)}", encoding="utf-8")
    assert run("import", tmp_path / "list.md", "--to", tmp_path / "data", "--id", "list").status == 0
    page = run("view", "reading-list", "--data", tmp_path / "data").stdout
    texts, links, has_more = shown(page)
    assert not has_more
    addresses = {f"https://example.org/{number}" for number in range(len(titles))}
    assert links == addresses | {"https://arxiv.org/abs/2402.03333", "https://arxiv.org/abs/cs/0112017v2"}
    meant = [text for text in shown(source)[0] if text not in ("Contents", "rows")]
    assert [text for text in meant if text not in texts] == []
    assert page.startswith("# A list\n")
    assert "Contents" not in page, "a heading with nothing to show below it"
    assert len(re.findall("^#", page, re.MULTILINE)) == 2, "the title, which is the first heading as well, and the section"


def test_a_table_in_a_terminal_keeps_how_far_lines_are_set_in() -> None:
    code = Literal("def tide():\n    return 1")
    assert FORMATS["table"](Table(("code", "n"), [(code, Literal(" 1"))])) == (
        "code          n\n------------  ---\ndef tide():    1\n    return 1\n1 row\n"
    )


def test_every_writer_of_tables_has_one_escape() -> None:
    from synthkg.lists.verdicts import FORMATS as VERDICTS
    from synthkg.lists.verdicts import Matched, Verdict

    for title in HOSTILE:
        matched = Matched(Imported.__new__(Imported), (Verdict(1, 1, title, "new"),))
        texts, links, has_more = shown(VERDICTS["markdown"](matched, "x.md"))
        assert " ".join(title.split()) in texts
        assert (links, has_more) == (set(), False)
