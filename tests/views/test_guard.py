"""The guard over the views: whatever one edit of a record loses in any page, the guard names it or the record explains it.

The edits are made on the text of the records, blindly: a line goes with all that is below it, a word loses its last letter, a
file goes or is called otherwise. What is lost is read from the pages here anew, so that the guard is not judged by its own
eyes.
"""

from __future__ import annotations

import csv
import random
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest

import synthkg
from conftest import TOY, Run
from synthkg.errors import BuildRefused, SynthkgError, UnreadableError
from synthkg.views.pages import all_pages
from synthkg.views.regeneration import regenerate
from synthkg.views.rows import read_rows
from timing import growth

TRIED = 24
_INDENT = re.compile(r"[ -]*")


class Edit(NamedTuple):
    """A record's file, and its text after the edit; none where the file is gone."""

    what: str
    file: str
    text: str | None
    name: str


def edits() -> Iterator[Edit]:
    """Every edit that is tried."""
    for path in sorted(TOY.rglob("*.yaml")):
        file = str(path.relative_to(TOY))
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        yield Edit("gone", file, None, file)
        yield Edit("another id", file, "".join(lines), file.replace(".yaml", "-2.yaml"))
        for number, line in enumerate(lines):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            depth = len(_INDENT.match(line)[0])  # type: ignore[index]
            end = number + 1
            while end < len(lines) and (not lines[end].strip() or len(_INDENT.match(lines[end])[0]) > depth):  # type: ignore[index]
                end += 1
            yield Edit(f"without {number + 1}", file, "".join(lines[:number] + lines[end:]), file)
            shorter = re.sub(r"\w(\"?)\n$", r"\1\n", line)
            if shorter != line:
                yield Edit(f"typo {number + 1}", file, "".join([*lines[:number], shorter, *lines[number + 1 :]]), file)


EDITS = list(edits())


_ROW = re.compile(r" *(?:\||[*-] )[ *]*(?:the method )?(?:\[(.*?)\]\(|([^|]+))")
_HEAD = re.compile(r"^\|.*\n\|[ :|-]+\|$", re.MULTILINE)


def shown(folder: Path) -> Counter[tuple[str, str]]:
    """How often each view shows each thing: what a row begins with, the text of a link where it has one."""
    found: set[tuple[str, str, str]] = set()
    for path in sorted(folder.rglob("*.*")):
        file, heading = path.relative_to(folder), ""
        for line in _HEAD.sub("", path.read_bytes().decode().replace("\r\n", "\n")).splitlines():
            heading = line if line.startswith("#") else heading
            label = ""
            if path.suffix == ".csv":
                label = line.partition(",")[0]
            elif path.suffix == ".bib":
                label = line.partition("{")[2] if line.startswith("@") else ""
            elif match := _ROW.match(line):
                label = match[1] or match[2] or ""  # a row without a title
            found.add((file.parts[0], f"{file} {heading}", label.strip(" *")))
    return Counter((view, label) for view, _, label in found if label)


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("committed") / "views"
    store = synthkg.open(TOY).store
    regenerate(store, all_pages(store), out, whole=True)
    return out


def lost_unseen(edit: Edit, committed: Path, folder: Path) -> list[tuple[str, str]]:
    """What the edit loses in the pages without a word of anybody."""
    data, out = Path(shutil.copytree(TOY, folder / "data")), Path(shutil.copytree(committed, folder / "views"))
    (data / edit.file).unlink()
    if edit.text is not None:
        (data / edit.name).write_text(edit.text, encoding="utf-8")
    try:
        store = synthkg.open(data).store
        regenerate(store, all_pages(store), out, whole=True)
    except (SynthkgError, UserWarning):  # the edit is refused, or a warning names the record that is left out
        return []
    old = (TOY / edit.file).read_text(encoding="utf-8")
    retitled = {label for _, label in shown(committed) if label in old and old.count(label) > (edit.text or "").count(label)}
    return sorted((view, label) for view, label in shown(committed) - shown(out) if label not in retitled)


@pytest.mark.filterwarnings("ignore:1 file left out")
@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        (
            "lists/tides.yaml",
            "concept: stage/fine-tuning",
            "concept: stage/fine-tunin",
            "corrected.md: the page itself",
        ),
        ("lists/tides.yaml", "concept: stage/fine-tuning", "concept: none", None),  # filled from the list's own placement
        (
            "papers/tide-survey.yaml",
            "stages:\n  - fine-tuning\n",
            "",
            "reading-list.md: A Survey of Tides | 潮汐 (under Fine-Tuning)",
        ),
        (
            "lists/tides.yaml",
            "concept: stage/fine-tuning",
            "concept: topic/mine",
            "corrected.md: the page itself",
        ),
        ("lists/tides.yaml", "level: 2\n    title: Fine-Tuning", "level: 2\n    title: Tuning", None),
        ("papers/tide-survey.yaml", "uses:\n  - drift\n", "", "method/drift.md: A Survey of Tides | 潮汐 (under Used by)"),
        (
            "papers/tide-instruct.yaml",
            "domains:\n  - science\n",
            "",
            "domain/science.md: Tide-Instruct: Teaching Models to Read Tides",
        ),
        ("papers/tide-instruct.yaml", "  - science\n", "  - medical\n", None),
        ("methods/tide-instruct.yaml", "extends:\n  - drift\n", "", "family-tree.md: drift --> tide-instruct"),
        ("methods/tide-instruct.yaml", "title: Tide-Instruct\n", "title: Tide Instruct\n", None),
        ("artifacts/tide-code.yaml", "type: code", "type: demo", None),
        ("lists/tides.yaml", "    corrected: ToyConf 2023 (Findings)\n", "    corrected: ToyConf 2023\n", None),
    ],
)
def test_causes(file: str, old: str, new: str, named: str | None, committed: Path, tmp_path: Path) -> None:
    data, out = Path(shutil.copytree(TOY, tmp_path / "data")), Path(shutil.copytree(committed, tmp_path / "views"))
    text = (data / file).read_text(encoding="utf-8")
    assert old in text
    (data / file).write_text(text.replace(old, new), encoding="utf-8")
    store = synthkg.open(data).store
    if named is None:
        regenerate(store, all_pages(store), out, whole=True)
        return
    with pytest.raises(BuildRefused, match=re.escape(named)):
        regenerate(store, all_pages(store), out, whole=True)
    some = [page for page in all_pages(store) if page.file == named.partition(":")[0]]
    if some:
        with pytest.raises(BuildRefused, match=re.escape(named)):
            regenerate(store, some, out, whole=False)


def test_a_thing_that_moves_between_pages_is_no_loss_even_if_only_one_is_written(committed: Path, tmp_path: Path) -> None:
    data, out = Path(shutil.copytree(TOY, tmp_path / "data")), Path(shutil.copytree(committed, tmp_path / "views"))
    text = (data / "papers" / "tide-instruct.yaml").read_text(encoding="utf-8")
    (data / "papers" / "tide-instruct.yaml").write_text(text.replace("  - science\n", "  - medical\n"), encoding="utf-8")
    store = synthkg.open(data).store
    page = [page for page in all_pages(store) if page.file == "domain/science.md"]
    assert regenerate(store, page, out, whole=False).written == ["domain/science.md"]


def test_a_second_list_leaves_the_pages_of_the_primary_one(committed: Path, tmp_path: Path) -> None:
    data, out = Path(shutil.copytree(TOY, tmp_path / "data")), Path(shutil.copytree(committed, tmp_path / "views"))
    text = (data / "lists" / "tides.yaml").read_text(encoding="utf-8").replace("primary: true\n", "")
    (data / "lists" / "ebbs.yaml").write_text(text.replace("formerly:\n  - tide-list\n", ""), encoding="utf-8")
    store = synthkg.open(data).store
    done = regenerate(store, all_pages(store), out, whole=True)
    assert "lists/ebbs/published.md" in done.written
    assert (out / "published.md").read_bytes() == (committed / "published.md").read_bytes()


# -- Names of files


def test_where_one_page_cannot_be_written_none_is(tmp_path: Path, run: Run) -> None:
    (tmp_path / "views" / "published.md").mkdir(parents=True)
    done = run("view", "--data", TOY, "--out", tmp_path / "views")
    assert done.status == 2
    assert "published.md" in done.stderr
    assert [path.name for path in (tmp_path / "views").rglob("*")] == ["published.md"]


EVIL = """
@prefix : <https://w3id.org/synthkg/ontology#> . @prefix dcterms: <http://purl.org/dc/terms/> .
<https://w3id.org/synthkg/method/{id}> a :Method ; dcterms:title "Pwned" .
"""


@pytest.mark.parametrize("id", ["../../../pwned", "..", "a/../../b", ".hidden", "a//b", "/etc/passwd", "a%2F..%2Fb", "a:b"])
def test_an_id_that_is_no_name_of_a_file_is_refused(id: str, tmp_path: Path, run: Run) -> None:
    (tmp_path / "evil.ttl").write_text(EVIL.format(id=id), encoding="utf-8")
    done = run("view", "--from", tmp_path / "evil.ttl", "--out", tmp_path / "in" / "views")
    assert done.status == 2
    assert "can have no page" in done.stderr
    assert [path.name for path in tmp_path.rglob("*")] == ["evil.ttl"]


def test_what_somebody_else_wrote_is_not_written_over(toy: Path, tmp_path: Path, run: Run) -> None:
    done = run("view", "--data", toy, "--out", toy / "papers")
    assert (done.status, "holds records; name another folder" in done.stderr) == (2, True)
    assert {path.suffix for path in (toy / "papers").iterdir()} == {".yaml"}
    (tmp_path / "README.md").write_text("# My list\n", "utf-8")
    done = run("view", "--data", toy, "--out", tmp_path)
    assert (done.status, "holds README.md, which is no page of views" in done.stderr) == (2, True)
    assert (tmp_path / "README.md").read_text("utf-8") == "# My list\n"
    run("view", "published", "--data", toy, "--out", tmp_path / "views")
    assert run("view", "--data", toy, "--out", tmp_path / "views").status == 0, "one page alone may be ours"


def test_a_link_that_leads_outside_is_not_followed(tmp_path: Path, run: Run) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "views").mkdir()
    (tmp_path / "views" / "method").symlink_to(tmp_path / "elsewhere")
    done = run("view", "--data", TOY, "--out", tmp_path / "views")
    assert done.status == 2
    assert "lies outside the folder" in done.stderr
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize(
    ("file", "text", "named"),
    [
        ("my notes.md", "# Mine\n", "my notes.md: the page itself"),
        ("papers.csv", "id,title\ntwo words,x\na/b,y\n> <x> } #,z\n", "papers.csv: two words"),
        ("errata.csv", 'list,entry,field\n"a b","> }",x\n', "errata.csv: a b/> }/x"),
        ("code.md", "# Code\n\n- [x](http://[)\n- [y](javascript:alert(1))\n", "code.md: x (under Code)"),
        ("code.md", "# Code\n\n- [a \\u0022 } #](x)\n- [\\\\u0022](y)\n", "code.md: a \\u0022 } #"),
        ("corrected.md", "- \\u0022 } #\n", "corrected.md: \\u0022 } #"),
        ("method/a b.md", "# A\n", "method/a b.md: the page itself"),
        ("bibliography.bib", "@misc{two words > } #,\n", "bibliography.bib: two words > } #"),
        ("papers.csv", "id\n" + "x" * 200_000, "this is no table"),
    ],
)
def test_what_stood_there_is_text_and_nothing_else(file: str, text: str, named: str, tmp_path: Path, run: Run) -> None:
    path = tmp_path / "views" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    limit = csv.field_size_limit(131_072)  # Python's own; libraries that other tests use raise it for a whole process
    try:
        done = run("view", "--data", TOY, "--out", tmp_path / "views")
    finally:
        csv.field_size_limit(limit)
    assert done.status == 2
    assert named in done.stderr
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("row", "status"),
    [
        ("\nNo paper yet.\n", 0),
        ("\nNarrower: [Ebb](ebb.md)\n\nNo paper yet as a fact; lists put 3 here.\n", 0),
        ("\n- [Tides](https://a.b/)\n", 2),
        ("", 2),
        ("\nNo paper yet.\n\nWhat I think of it.\n", 2),
        ("\nMy own words.\n\nNo paper yet.\n", 2),
    ],
)
def test_the_page_of_a_concept_that_shows_nothing_may_go(row: str, status: int, tmp_path: Path, run: Run) -> None:
    page = tmp_path / "views" / "stage" / "drowning.md"
    page.parent.mkdir(parents=True)
    page.write_text(f"# Drowning\n\n*Stages.* What tides do.\n{row}", "utf-8")
    done = run("view", "--data", TOY, "--out", tmp_path / "views")
    assert (done.status, page.exists()) == (status, status > 0), done.stderr


@pytest.mark.parametrize(
    "token", ["- [](", "| [](", "- [a](b) ", "[", "](", "|", "`", "\\", " --> ", "a[b] --> ", "@x{", "**", "# ", "&", "&#", "| `"]
)
def test_a_large_old_page_is_read_in_linear_time(token: str) -> None:
    def read(size: int) -> None:
        text = token * (size // len(token))
        for file in ("page.md", "page.bib", "page.csv"):
            with suppress(UnreadableError):
                read_rows(file, text)

    assert growth(read, 30_000, 10) < 30


@pytest.mark.parametrize(
    ("line", "name", "link"),
    [
        ("| [Tide](tide.md) | 2023 |", "Tide", "tide.md"),
        ("|[Tide](tide.md)|2023|", "Tide", "tide.md"),
        ("|Tide|2023|", "Tide", ""),
        ("- [Tide](tide.md), 2023", "Tide", "tide.md"),
        ("* **Tide** of 2023", "Tide", ""),
    ],
)
def test_rows_of_a_page_are_known_however_they_are_spaced(line: str, name: str, link: str) -> None:
    head = "| Paper | Year |\n| - | - |\n" if line.startswith("|") else ""
    (row,) = read_rows("page.md", f"# Tides\n\n{head}{line}\n")
    assert (row.heading, row.label, row.link) == ("Tides", name, link)


@pytest.mark.parametrize("edit", random.Random(20).sample(EDITS, TRIED), ids=lambda edit: f"{edit.file} {edit.what}")
def test_what_an_edit_loses_is_named_or_explained(edit: Edit, committed: Path, tmp_path: Path) -> None:
    assert lost_unseen(edit, committed, tmp_path) == []
