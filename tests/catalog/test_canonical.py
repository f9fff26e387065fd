"""Canonical YAML: whatever a record says comes back, there is one way to write it, and comments stay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import TOY, Run
from synthkg.catalog.canonical import dump, quote, reformat
from synthkg.catalog.decode import Reading, read_record
from synthkg.catalog.folder import load_catalog
from synthkg.catalog.reader import read_canonical
from synthkg.model.records import Artifact, Author, Block, Entry, Erratum, Evidence, Method, Paper, ReadingList, Record, Version
from synthkg.model.vocabulary import load_vocabulary

# Text that YAML might read as something else, and any text that RDF/XML can carry.
TRICKY = [
    *("no", "Yes", "null", "~", "", " ", "1.0", "1e3", "0x1F", "2301.00001", "2023-01-02", "2023-1-2", "12:30:45", ".inf", "="),
    *("<<", "- a", "a: b", "a #b", "#a", "a:", ":a", "[a]", "{a}", "!a", "&a", "*a", "|", ">", "%a", "@a", "`a", "'a'", '"a"'),
    *("---", "...", "a\n", "\na", "a\nb", "a\n\n", "\n", "\n\n", " a\nb\n", "a\n b\n", "#a\nb\n", "a \nb\n", "a\r\nb"),
    *("\ta", "a\t\nb\n", "a\\nb", "\u2028", "a\u2029b\n", "\x85", "\xa0", "\ufeffa", "\u200b", "\U0001f600", "潮汐", "e\u0301"),
    *("\x7f", "a\x9f"),
]  # fmt: skip
carried = st.characters(codec="utf-8", exclude_characters=[*map(chr, [*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])])
text = st.one_of(st.sampled_from(TRICKY), st.text(carried, max_size=30), st.text("ab:#-'\" \n\t\\|", max_size=12))
url = st.sampled_from(["https://example.org/", "http://example.org/a?b=c#d", "https://example.org/潮"])
date = st.sampled_from(["2023", "2023-02", "2024-02-29"])
ids = st.sampled_from(["a", "no", "1", "on-1", "2023"])


def some(of: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, max_size=3).map(tuple)


def perhaps(of: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | of


evidence = st.builds(Evidence, source=url, kind=st.just("paper"), read=perhaps(date), supports=some(text), note=perhaps(text))
author = st.builds(Author, name=text, group=st.booleans(), orcid=perhaps(text), dblp=perhaps(text))
version = st.builds(
    Version,
    id=text,
    type=st.just("preprint"),
    title=perhaps(text),
    earlier_titles=some(text),
    authors=some(author),
    date=perhaps(date),
    year=perhaps(st.integers(-9, 9999)),
    pages=perhaps(text),
    arxiv=perhaps(text),
    url=perhaps(url),
)
entry = st.builds(Entry, paper=perhaps(ids), title=perhaps(text), url=perhaps(text), venue=perhaps(text), end=perhaps(text))
block = st.builds(
    Block,
    text=perhaps(text),
    heading=perhaps(text),
    level=perhaps(st.integers(1, 6)),
    row=st.just("| {title} |{url}"),
    widths=some(st.integers(0, 99)),
    entries=some(entry),
)
erratum = st.builds(
    Erratum,
    entry=perhaps(st.integers(1, 9)),
    published=text,
    corrected=text,
    kind=st.just("form"),
    reason=text,
    evidence=some(evidence),
)
records = st.one_of(
    st.builds(
        Paper,
        id=st.just("x"),
        title=text,
        formerly=some(text),
        contributions=some(st.sampled_from(["method", "survey"])),
        authors=some(author),
        versions=some(version),
        introduces=some(ids),
        evidence=some(evidence),
    ),
    st.builds(Method, id=st.just("x"), title=text, aliases=some(text), definition=perhaps(text), evidence=some(evidence)),
    st.builds(Artifact, id=st.just("x"), title=text, type=st.just("code"), url=perhaps(url), license=perhaps(text)),
    st.builds(ReadingList, id=st.just("x"), title=text, newline=text, content=some(block), errata=some(erratum)),
)


def read(kind: type[Record], yaml: str) -> Record:
    reading = Reading("x.yaml", load_vocabulary())
    record = read_record(kind, "x", yaml, reading)
    assert record is not None, (reading.findings, yaml)
    assert reading.findings == []
    return record


@settings(max_examples=300)
@given(records)
def test_every_record_comes_back(record: Record) -> None:
    yaml = dump(record)
    assert read(type(record), yaml) == record
    found = read_canonical(type(record), "x", yaml, load_vocabulary())
    assert found is None or found.record == record
    assert reformat(yaml, record) == yaml
    assert all(line == line.rstrip(" ") or "|" in yaml for line in yaml.split("\n"))


@given(text)
def test_every_text_can_be_quoted(value: str) -> None:
    assert read(Method, f"title: {quote(value)}\n") == Method(id="x", title=value)


COMMENTED = """\
# Before everything,
#   in two lines.
title: 'A # title'   # beside the title
# above the list
aliases: [ 'one',   # beside what shares a line
   "two # no comment" ]

definition: >-   # beside a folded text
  Folded # no comment
  text.
evidence:
- kind: paper   # keys in another order
  # above the source
  source: https://example.org/#no-comment
# at the end
"""


def test_comments_stay(toy: Path, run: Run) -> None:
    file = toy / "methods" / "commented.yaml"
    file.write_text(COMMENTED, encoding="utf-8")
    before = load_catalog(toy).of(Method)["commented"]
    assert run("format", "--check", "--data", toy).status == 1
    assert file.read_text(encoding="utf-8") == COMMENTED, "a check changes nothing"
    done = run("format", "--data", toy)
    assert (done.status, done.stdout) == (0, f"{file}\n")
    assert done.stderr.startswith("1 of 15 files formatted\n"), "records and drafts"
    once = file.read_text(encoding="utf-8")
    assert (
        once
        == """\
# Before everything,
#   in two lines.
title: "A # title"  # beside the title
# above the list
aliases:  # beside what shares a line
  - one
  - "two # no comment"
definition: "Folded # no comment text."  # beside a folded text
evidence:
  # above the source
  - source: https://example.org/#no-comment  # keys in another order
    kind: paper
# at the end
"""
    )
    assert load_catalog(toy).of(Method)["commented"] == before
    assert run("format", "--data", toy).stdout == ""
    assert file.read_text(encoding="utf-8") == once


@pytest.mark.parametrize(
    ("text", "formatted"),
    [
        ("\ufeff# c\r\ntitle: Neap\r\n", "# c\ntitle: Neap\n"),
        ("---  # c\ntitle: Neap\n...  # d\n# e\n", "# c\ntitle: Neap\n# d\n# e\n"),
        ('title: "Neap #\n  tide"  # c\n', 'title: "Neap # tide"  # c\n'),
        ("title: Neap\n  tide  # c\ndefinition: Ebbs.\n", "title: Neap tide  # c\ndefinition: Ebbs.\n"),
        ("title: Neap\naliases: [  # c\n  Ebb,  # d\n]  # e\n", "title: Neap\naliases:  # c\n  - Ebb  # d\n# e\n"),
        (
            "title: Neap\nevidence:\n  -  # c\n    source: https://example.org/\n    kind: paper\n",
            "title: Neap\nevidence:\n  # c\n  - source: https://example.org/\n    kind: paper\n",
        ),
    ],
)
def test_a_comment_stays_wherever_yaml_lets_it_stand(toy: Path, run: Run, text: str, formatted: str) -> None:
    """Also behind a byte order mark, a text of several lines, a lone dash or bracket, and the marks around a document."""
    for draft in ("", "draft: true\n"):
        file = toy / "methods" / "neap.yaml"
        head = text.index("title")
        file.write_text(f"{text[:head]}{draft}{text[head:]}", encoding="utf-8", newline="")
        run("format", "--data", toy)
        head = formatted.index("title")
        assert file.read_text("utf-8") == f"{formatted[:head]}{draft}{formatted[head:]}"
        assert run("format", "--data", toy).stdout == ""


def test_format_leaves_what_it_cannot_read(toy: Path, run: Run) -> None:
    file = toy / "methods" / "drift.yaml"
    file.write_text("title:   Drift\nkind: x\n")
    done = run("format", "--data", toy)
    assert done.status == 1
    assert "unknown-key" in done.stderr
    assert file.read_text() == "title:   Drift\nkind: x\n"


@pytest.mark.parametrize(
    ("file", "called"),
    [("methods/drift.yaml", "a method"), ("artifacts/tide-code.yaml", "an artifact"), ("lists/tides.yaml", "a reading list")],
)
def test_a_record_is_called_by_its_words(toy: Path, run: Run, file: str, called: str) -> None:
    with (toy / file).open("a") as stream:
        stream.write("kinds: x\n")
    assert f'{called} has no key "kinds"' in run("check", "--data", toy).stdout


COMMENT_PLACES = sorted(TOY.glob("*/*.yaml"))


@pytest.mark.parametrize("file", COMMENT_PLACES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_a_comment_above_any_line_stays(file: Path) -> None:
    """Above each line that is not inside a text, a comment is put; all are there afterwards, in their places."""
    catalog = load_catalog(TOY)
    folder = file.parent.name
    record = {**catalog.records[folder], **catalog.drafts[folder]}[file.stem]
    lines = dump(record).splitlines()
    inside, depth = False, 0
    spoiled: list[str] = []
    for number, line in enumerate(lines):
        indent = len(line) - len(line.lstrip())
        inside = inside and (not line or indent > depth)
        if not inside:
            spoiled.append(f"{' ' * indent}# comment {number}")
        if not inside and line.endswith(("|", "|+")):
            inside, depth = True, indent
        spoiled.append(line)
    yaml = "".join(f"{line}\n" for line in spoiled)
    assert reformat(yaml, record) == yaml
