"""Tests of the two checks that compare titles and names by likeness, each with what it must find and must let pass."""

from __future__ import annotations

from dataclasses import replace

import pytest

from synthkg.model.records import Author, Block, Distinction, Entry, Erratum, Paper, ReadingList, Snapshot, Version
from synthkg.works.lookalikes import FarTitle, Looks, candidates, far_titles, find_lookalikes, look_at, look_of

ADA, CHARLES, GRACE, ALAN, EDSGER = (
    Author(name=name) for name in ("Ada Lovelace", "Charles Babbage", "Grace M. Hopper", "Alan Turing", "Edsger W. Dijkstra")
)
METAMATH = Paper(
    id="metamath",
    title="MetaMath: Bootstrap Your Own Mathematical Questions for Large Language Models",
    authors=(ADA, CHARLES, GRACE),
)
TEXTBOOKS = Paper(id="textbooks", title="Textbooks Are All You Need", authors=(ADA, CHARLES, ALAN))
ORCA = Paper(id="orca", title="Orca: Progressive Learning from Complex Explanation Traces", authors=(ALAN, GRACE, EDSGER))


def pairs(*papers: Paper) -> list[tuple[str, str]]:
    return [(one, other) for one, other, _ in find_lookalikes(looks(*papers))]


def looks(*papers: Paper) -> dict[str, Looks]:
    return {paper.id: look_of(paper) for paper in papers}


def far(listed: ReadingList, paper: Paper) -> list[FarTitle]:
    return list(far_titles([listed], looks(paper)))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(
            METAMATH,
            Paper(
                id="x",
                title="MetaMeth: Bootstap your own mathematical questions for large language models",
                authors=METAMATH.authors,
            ),
            id="misspelt",
        ),
        pytest.param(
            METAMATH,
            replace(METAMATH, id="x", authors=(Author(name="A. Lovelace"), Author(name="Grace Hopper"))),
            id="initials",
        ),
        pytest.param(METAMATH, replace(METAMATH, id="x", authors=()), id="no authors"),
        pytest.param(
            ORCA,
            replace(ORCA, id="x", title="Orca: a model that learns from its teacher", authors=(*ORCA.authors, ADA)),
            id="renamed behind its short name",
        ),
        pytest.param(
            TEXTBOOKS,
            Paper(
                id="x",
                title="A Textbook for phi",
                authors=TEXTBOOKS.authors,
                versions=(Version(id="v1", type="preprint", title="TEXTBOOKS are all you need."),),
            ),
            id="by the title of a version",
        ),
        pytest.param(
            TEXTBOOKS,
            Paper(
                id="x",
                title="Something else",
                versions=(Version(id="v1", type="preprint", earlier_titles=(TEXTBOOKS.title,), authors=TEXTBOOKS.authors),),
            ),
            id="by an earlier title, its authors at the version",
        ),
        pytest.param(
            replace(TEXTBOOKS, title="仲景: 中医大模型", authors=(Author(name="仲景"),)),
            Paper(id="x", title="仲景 中医大模型", authors=(Author(name="仲景"),)),
            id="not in Latin letters",
        ),
    ],
)
def test_one_work_twice(first: Paper, second: Paper) -> None:
    assert pairs(ORCA if first is not ORCA else METAMATH, first, second) == [(first.id, "x")]
    assert pairs(second, first) == [("x", first.id)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(TEXTBOOKS, replace(TEXTBOOKS, id="x", title="Textbooks Are All You Need II"), id="a numeral more"),
        pytest.param(ORCA, replace(ORCA, id="x", title=f"{ORCA.title}, Part 2"), id="a part"),
        pytest.param(ORCA, replace(ORCA, id="x", title="Orca 2: Progressive Learning"), id="a number in the name"),
        pytest.param(METAMATH, replace(METAMATH, id="x", authors=(ALAN, EDSGER)), id="other authors"),
        pytest.param(METAMATH, replace(METAMATH, id="x", title="Bootstrap Aggregation of Trees"), id="another title"),
        pytest.param(
            METAMATH,
            Paper(id="x", title="MetaMath: Mathematical Questions for Large Models"),
            id="less like, and no authors",
        ),
        pytest.param(
            METAMATH,
            replace(METAMATH, id="x", different=(Distinction(paper="metamath", reason="Declared."),)),
            id="declared by the second",
        ),
        pytest.param(
            replace(METAMATH, different=(Distinction(paper="x", reason="Declared."),)),
            replace(METAMATH, id="x"),
            id="declared by the first",
        ),
        pytest.param(Paper(id="y", title="?"), Paper(id="x", title="!"), id="titles without words"),
    ],
)
def test_two_works(first: Paper, second: Paper) -> None:
    assert pairs(first, second) == pairs(second, first) == []


def test_how_sure() -> None:
    ((_, _, same),) = find_lookalikes(looks(METAMATH, replace(METAMATH, id="x")))
    ((_, _, like),) = find_lookalikes(looks(METAMATH, replace(METAMATH, id="x", authors=(ADA, CHARLES, ALAN))))
    assert (same, like) == (1.0, 0.833)


def test_order_and_number() -> None:
    papers = [replace(METAMATH, id=id) for id in ("c", "a", "b")]
    assert pairs(*papers) == [("c", "a"), ("c", "b"), ("a", "b")]
    assert pairs() == pairs(METAMATH) == []


def listed(*titles: str, errata: tuple[Erratum, ...] = ()) -> ReadingList:
    rows = tuple(Entry(paper="textbooks", title=title, url="https://arxiv.org/abs/2306.11644") for title in titles)
    half = len(rows) // 2
    row = "| [{title}]({url}) |"
    blocks = (Block(row=row, entries=rows[:half]), Block(text="\n"), Block(row=row, entries=rows[half:]))
    return ReadingList(id="toy", title="A toy", content=blocks, errata=errata)


def test_titles_that_share_a_numeral_alone_are_not_compared() -> None:
    """However rare it is: else all papers of one year, or of one copy, would be compared with each other."""
    titles = [f"Apart{word} wholly{word} other{word} kinds{word} in {year}" for word in "abcde" for year in range(2000, 2030)]
    assert candidates([look_at([title], []) for title in titles]) == set()


def test_far_title() -> None:
    paper = replace(TEXTBOOKS, versions=(Version(id="v1", type="preprint", earlier_titles=("Teaching a Small Model",)),))
    near = ("Textbooks are all you need", "Textbook Are All You Need.", "teaching a small model")
    assert far(listed(*near), paper) == []
    (found,) = far(listed(*near, "Attention Is All You Need"), paper)
    assert (found.list.id, found.number, found.paper) == ("toy", 4, "textbooks")
    assert found.pointer == ("content", 2, "entries", 1, "title")
    assert found.likeness == 0.706
    assert not found.is_linked
    (found,) = far(
        listed("Attention Is All You Need"), replace(paper, versions=(Version(id="v1", type="preprint", arxiv="2306.11644"),))
    )
    assert found.is_linked


def test_a_title_that_the_list_prints_no_more_is_no_fault() -> None:
    rows = (
        Entry(paper="textbooks", title="Attention Is All You Need", until="s1"),
        Entry(number=1, paper="textbooks", title=TEXTBOOKS.title, since="s2"),
    )
    record = ReadingList(
        id="toy", title="A toy", snapshots=(Snapshot(id="s1"), Snapshot(id="s2")), content=(Block(row="{title}", entries=rows),)
    )
    assert far(record, TEXTBOOKS) == []


@pytest.mark.parametrize(("printed", "title", "likeness"), [("Words", "!", 0.0), ("!", "Words", 0.0), ("!", "?!", None)])
def test_titles_without_a_word(printed: str, title: str, likeness: float | None) -> None:
    """They are as good as equal, and far from all others."""
    assert [each.likeness for each in far(listed(printed), replace(TEXTBOOKS, title=title))] == (
        [] if likeness is None else [likeness]
    )


def test_far_title_with_an_erratum() -> None:
    erratum = Erratum(
        entry=1,
        field="title",
        published="Attention Is All You Need",
        corrected=TEXTBOOKS.title,
        kind="misspelt-title",
        reason="It is another's.",
    )
    toy = listed("Attention Is All You Need", errata=(erratum,))
    assert far(toy, TEXTBOOKS) == []
    other = replace(toy, errata=(replace(erratum, field="venue"),))
    assert [each.number for each in far(other, TEXTBOOKS)] == [1]


def test_rows_that_are_about_no_known_paper() -> None:
    toy = ReadingList(
        id="toy",
        title="A toy",
        content=(
            Block(
                row="{title}",
                entries=(Entry(title="Who knows"), Entry(artifact="a", title="A"), Entry(paper="gone", title="B")),
            ),
        ),
    )
    assert far(toy, TEXTBOOKS) == []
