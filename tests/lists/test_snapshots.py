"""Snapshots: whatever becomes of a list, every state of it comes back byte for byte, and a row keeps its number."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import tracemalloc
from collections import Counter
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import DATA, TOY, Run
from documents import documents
from synthkg.catalog import checksum, load_catalog, print_snapshot, print_snapshots, rename_snapshot, weave, writing
from synthkg.catalog.canonical import dump
from synthkg.catalog.decode import Reading, read_record
from synthkg.catalog.weaving import stretch_faults
from synthkg.checks.faults import faults
from synthkg.errors import ImportFailed, UsageError
from synthkg.files import is_locked, write_together
from synthkg.graph import OxigraphStore, statements
from synthkg.graph.triples import quads
from synthkg.lists import Updated, read_list, settle_added, update
from synthkg.model import Block, Erratum, ReadingList, Snapshot, load_vocabulary
from synthkg.views.pages import find_pages, render

FIRST = """\
# Tides

| Paper                                | Venue     |
| ------------------------------------ | --------- |
| [Ebb](https://arxiv.org/abs/2301.00001)  | arxiv 2023 |
| [Neap](https://arxiv.org/abs/2301.00002) | arxiv 2023 |

## Harbours

- [Quay](https://arxiv.org/abs/2301.00003)
"""


def grown(*texts: str) -> list[Updated]:
    """A list through its texts; each step must print all texts so far."""
    record = read_list(texts[0], "tides").list
    steps = [Updated(record, 0)]
    for number, text in enumerate(texts[1:], start=2):
        steps.append(update(steps[-1].record, text, read_list(text, "tides").list, Snapshot(id=f"s{number}")))
        assert [print_snapshot(steps[-1].record, n) for n in range(1, number + 1)] == list(texts[:number])
    return steps


def kinds(done: Updated) -> list[tuple[str, int]]:
    return sorted((change.kind, change.number) for change in done.changes)


def test_a_row_keeps_its_number_whatever_becomes_of_it() -> None:
    moved = FIRST.replace("| [Neap](https://arxiv.org/abs/2301.00002) | arxiv 2023 |\n", "")
    moved = moved.replace(
        "- [Quay]", "- [Neap](https://arxiv.org/abs/2301.00002)\n- [Spring](https://arxiv.org/abs/2301.00004)\n- [Quay]"
    )
    steps = grown(
        FIRST,
        FIRST.replace(
            "[Ebb](https://arxiv.org/abs/2301.00001)  | arxiv 2023", "[Ebb](https://arxiv.org/abs/2301.00001)  | ACL 2023"
        ),
        FIRST.replace("[Ebb]", "[Ebb and Flow]"),
        moved,
        FIRST,
    )
    assert kinds(steps[1]) == [("changed", 1)]
    assert kinds(steps[2]) == [("retitled", 1)]
    assert kinds(steps[3]) == [("added", 4), ("changed", 2), ("retitled", 1)]
    assert kinds(steps[4]) == [("changed", 2), ("gone", 4)]
    assert [step.kept for step in steps[1:]] == [2, 2, 1, 2]


@pytest.mark.parametrize("ends", [("\n", "\r\n", "\n"), ("\r\n", "\n", "\r\n")])
def test_a_list_may_change_how_its_lines_end(ends: tuple[str, ...]) -> None:
    """No row changes by that, whatever else does, and an erratum of a line quotes it without its end."""
    later = FIRST.replace("[Ebb]", "[Flow]")
    texts = [text.replace("\n", end) for text, end in zip((FIRST, FIRST, later), ends, strict=True)]
    steps = grown(*texts)
    assert [kinds(step) for step in steps[1:]] == [[], [("retitled", 1)]]
    errata = (Erratum(line=1, published="# Tides", corrected="# Tide", kind="typo", reason="c"),)
    assert not [rule for _, rule, _, _ in faults(replace(steps[-1].record, errata=errata))]


@pytest.mark.parametrize("is_older", [False, True])
@pytest.mark.parametrize("later", [(FIRST.replace("\n", "\r\n"), FIRST), (FIRST.replace("# Tides\n\n", "") + "# Tides\n",)])
def test_an_erratum_of_a_line_holds_however_the_line_ends_and_wherever_it_moves(later: tuple[str, ...], is_older: bool) -> None:
    erratum = Erratum(line=1, published="# Tides", corrected="# Tide", kind="typo", reason="c")
    record = replace(read_list(FIRST, "tides").list, snapshots=(Snapshot(id="s1"),), errata=(erratum,))
    for number, text in enumerate(later, start=2):
        record = update(record, text, read_list(text, "tides").list, Snapshot(id=f"s{number}"), is_older=is_older).record
    assert not [rule for _, rule, _, _ in faults(record)]
    store = OxigraphStore(quads([record], load_vocabulary()))
    for snapshot in record.snapshots:
        (page,) = find_pages(store, ["corrected"], {"list": "tides", "snapshot": snapshot.id})
        assert "# Tide" in render(page, store).splitlines()


def test_the_errata_that_follow_a_line_are_those_that_hold_still(run: Run, mylist: Path, tmp_path: Path) -> None:
    file = mylist / "lists" / "tides.yaml"
    erratum = "errata:\n  - line: 1\n    published: '# Tides'\n    corrected: '# Tide'\n    kind: stale-venue\n    reason: One.\n"
    file.write_text(file.read_text("utf-8") + erratum, "utf-8")
    (tmp_path / "LIST.md").write_bytes(FIRST.replace("\n", "\r\n").encode())
    done = run("update", tmp_path / "LIST.md", "--list", "tides", "--data", mylist, "--date", "2024-12-19")
    assert "1 erratum holds still, 0 no more" in done.stderr


def test_a_row_that_comes_back_is_the_row_that_went() -> None:
    without = FIRST.replace("| [Neap](https://arxiv.org/abs/2301.00002) | arxiv 2023 |\n", "")
    steps = grown(FIRST, without, FIRST)
    assert kinds(steps[1]) == [("gone", 2)]
    assert kinds(steps[2]) == [("back", 2)]


def test_a_wider_column_costs_no_row() -> None:
    head, _, rest = FIRST.partition("| [Ebb]")
    wide = "| [A far longer title than all of the others of this table](https://arxiv.org/abs/2301.00009) | arxiv 2023 |\n"
    record = read_list(head + "| [Ebb]" + rest, "tides").list
    padded = print_snapshot(record, 1)
    rows = [line for line in padded.split("\n") if line.startswith("| [")]
    width = len(wide.split(" | ")[0])
    text = padded
    for row in rows:
        cell, _, tail = row.partition(" | ")
        text = text.replace(row, f"{cell.rstrip():<{width}} | {tail}")
    text = text.replace("\n\n## Harbours", f"\n{wide}\n## Harbours")
    done = grown(padded, text)[1]
    assert kinds(done) == [("added", 4)]


def test_an_empty_column_that_comes_or_goes_changes_no_row() -> None:
    bare = "| Title | Venue |\n| --- | --- |\n| [Ebb](https://arxiv.org/abs/2301.00001) | ACL 2023 |\n"
    wide = "| Title | Venue | Code |\n| --- | --- | --- |\n| [Ebb](https://arxiv.org/abs/2301.00001) | ACL 2023 | |\n"
    for one, other in ((bare, wide), (wide, bare)):
        assert [(kinds(step), step.kept) for step in grown(one, other)[1:]] == [([], 1)]


def test_a_list_in_another_order_is_the_same_rows() -> None:
    """Turned round wholly, with each row twice, and back again: no row is new but the repeated ones, and none is lost."""
    lines = FIRST.splitlines(keepends=True)
    rows, bullet = lines[4:6], lines[-1]
    turned = "".join([lines[0], lines[1], *lines[7:9], bullet, "\n", *lines[2:4], *reversed(rows)])
    doubled = turned + rows[0] + rows[0]
    steps = grown(FIRST, turned, doubled, FIRST)
    assert not {change.kind for change in steps[1].changes} - {"moved"}
    assert kinds(steps[2]) == [("added", 4), ("added", 5)]
    assert {kind for kind, _ in kinds(steps[3])} <= {"moved", "gone"}
    assert {number for kind, number in kinds(steps[3]) if kind == "gone"} == {4, 5}


def padded(heading: str, names: str, width: int) -> str:
    """A heading and a table with these rows, whose first column is that wide."""
    first, *rows = ["Paper", "-" * width, *(f"[{name}](https://x.org/{name})" for name in names.split())]
    second = ["Venue", "-----", *["ACL  "] * len(rows)]
    lines = "".join(f"| {one:<{width}} | {other} |\n" for one, other in zip([first, *rows], second, strict=False))
    return f"## {heading}\n\n{lines}"


def held(done: Updated) -> dict[str, int]:
    """How often the record holds a row, by its title."""
    return Counter(entry.title or "" for block in done.record.content for entry in block.entries)


EBBS, HARBOURS, SEAS = padded("Ebbs", "Ebb Neap", 30), padded("Harbours", "Quay Lock", 40), padded("Seas", "Deep Wide", 35)


@pytest.mark.parametrize(
    "later", [(SEAS, EBBS, HARBOURS), (EBBS, SEAS, HARBOURS), (EBBS, HARBOURS, SEAS)], ids=["before", "between", "behind"]
)
def test_a_new_table_costs_the_rows_of_no_other(later: tuple[str, ...]) -> None:
    done = grown(f"{EBBS}\n{HARBOURS}", "\n".join(later))[1]
    assert kinds(done) == [("added", 5), ("added", 6)]
    assert set(held(done).values()) == {1}


@pytest.mark.parametrize("name", ["Neap", "Quay"])
def test_a_row_that_loses_its_padding_costs_no_row_of_another_table(name: str) -> None:
    """And none of its own is taken for new or gone, when it gets the padding back either."""
    even = f"{EBBS}\n{HARBOURS}"
    uneven = re.sub(rf"(\| \[{name}\]\S+) +\| ACL  ", r"\1 | ACL", even)
    assert uneven != even
    for texts in ((even, uneven), (uneven, even)):
        done = grown(*texts)[1]
        assert (kinds(done), done.kept) == ([], 4)
        assert {row for row, times in held(done).items() if times > 1} <= (
            {"Ebb", "Neap"} if name == "Neap" else {"Quay", "Lock"}
        )


def test_blanks_at_the_very_end_of_a_document_may_come_and_go() -> None:
    rows = "".join(f"\n[{name}](https://x.org/{name}) | ACL        " for name in ("Ebb", "Neap", "Quay", "Lock"))
    text = f"Paper | Venue\n--- | ---{rows}"
    for texts in ((text, f"{text.rstrip()} "), (f"{text.rstrip()} ", text)):
        done = grown(*texts)[1]
        assert (kinds(done), done.kept) == ([], 4)


@pytest.mark.parametrize("text", [FIRST, "# Tides\n\n1. [Ebb](https://x.org/Ebb)\n2. [Neap](https://x.org/Neap)\n"])
def test_the_newline_at_the_very_end_of_a_list_may_come_and_go(text: str) -> None:
    for texts in ((text, text.removesuffix("\n")), (text.removesuffix("\n"), text)):
        assert kinds(grown(*texts)[1]) == []


def listed(ebbs: str, harbours: str, seas: str, name: str = "Harbours") -> str:
    """A list whose rows are these words: a table, and two headings with bullets."""
    table = "".join(f"| [{word}](https://x.org/{word}) | |\n" for word in ebbs.split())
    below, last = ("".join(f"- [{word}](https://x.org/{word})\n" for word in words.split()) for words in (harbours, seas))
    return f"# Tides\n\n| Paper | Venue |\n| - | - |\n{table}\n## {name}\n\n{below}\n## Seas\n\n{last}"


@pytest.mark.parametrize(
    ("later", "moved"),
    [
        (listed("Neap Ebb", "Quay Lock", "Deep"), [("moved", 2)]),
        (listed("Ebb Neap", "Lock Quay", "Deep"), [("moved", 4)]),
        (listed("Ebb Neap", "Quay", "Lock Deep"), [("moved", 4)]),
        (listed("Ebb Neap", "Quay Lock", "Deep", "Ports"), []),
    ],
    ids=["in a table", "among bullets", "to another heading", "nowhere, below a new name"],
)
def test_a_row_that_only_moves_is_told_so(later: str, moved: list[tuple[str, int]]) -> None:
    assert kinds(grown(listed("Ebb Neap", "Quay Lock", "Deep"), later)[1]) == moved


def test_rows_move_with_their_section_whatever_lines_of_it_stay() -> None:
    def section(name: str, count: int) -> str:
        rows = (f"- [{name} {n}](https://arxiv.org/abs/{len(name)}301.{n:05})\n" for n in range(1, count + 1))
        return f"## {name}s\n\n{''.join(rows)}\n"

    ebbs, neaps, quays = section("Eb", 1), section("Nea", 1), section("Quay", 3)
    (_, done) = grown(f"# Tides\n\n{ebbs}{neaps}{quays}", f"# Tides\n\n{quays}{ebbs}{neaps}")
    assert (kinds(done), done.kept) == ([("moved", 1), ("moved", 2)], 3)


def test_what_stands_beside_the_cells_of_a_row_is_told(run: Run, tmp_path: Path) -> None:
    """A year, a note and a second address; but no row changes because another number stands before it."""
    table = "| No. | Paper | Year | Notes |\n| --- | --- | --- | --- |\n"
    rows = [
        (f"[{name} of the Sea](https://arxiv.org/abs/2301.0000{n})", 2023, "") for n, name in enumerate(["Ebb", "Flow", "Neap"])
    ]

    def listed(*rows: tuple[str, int, str]) -> str:
        return table + "".join(f"| {n} | {title} | {year} | {note} |\n" for n, (title, year, note) in enumerate(rows, start=1))

    later = [("[Lock of the Sea](https://arxiv.org/abs/2301.00009)", 2023, ""), rows[0]]
    later += [(rows[1][0], 2024, ""), (rows[2][0], 2023, "**RETRACTED**")]
    file = tmp_path / "tides.md"
    file.write_text(listed(*rows), "utf-8")
    assert run("import", file, "--to", tmp_path / "mine").status == 0
    file.write_text(listed(*later), "utf-8")
    done = run("update", file, "--list", "tides", "--data", tmp_path / "mine", "--date", "2026-11-28")
    assert [line.split("\t") for line in done.stdout.splitlines() if line.startswith("changed")] == [
        ["changed", "2", "Flow of the Sea", 'beside its cells "2023" -> "2024"'],
        ["changed", "3", "Neap of the Sea", 'beside its cells "" -> "RETRACTED"'],
    ]
    assert "1 row kept, 1 added, 2 changed" in done.stderr


def test_snapshots_come_in_their_order() -> None:
    record = grown(FIRST)[0].record
    later = FIRST.replace("Ebb", "Flow")
    dated = update(record, later, read_list(later, "tides").list, Snapshot(id="2024-02-01", date="2024-02-01")).record
    for snapshot, told in (
        (Snapshot(id="2024-02-01", date="2024-02-01"), "--snapshot"),
        (Snapshot(id="2024-01-01", date="2024-01-01"), "older ones in before newer ones"),
    ):
        with pytest.raises(UsageError, match=told):
            update(dated, FIRST, read_list(FIRST, "tides").list, snapshot)
    again = update(dated, FIRST, read_list(FIRST, "tides").list, Snapshot(id="2024-02-01-2", date="2024-02-01"))
    assert print_snapshot(again.record, 3) == FIRST


def test_errata_hold_where_their_text_is_printed() -> None:
    (step, done) = grown(
        FIRST,
        FIRST.replace(
            "| [Neap](https://arxiv.org/abs/2301.00002) | arxiv 2023", "| [Neap](https://arxiv.org/abs/2301.00002) | ICLR 2024"
        ),
    )
    assert step.kept == 0
    errata = tuple(
        Erratum(
            entry=entry, field="venue", published="arxiv 2023", corrected="ACL 2023", kind="stale-venue", reason="It appeared."
        )
        for entry in (1, 2)
    )
    store = OxigraphStore(quads([replace(done.record, errata=errata)], load_vocabulary()))
    (first,) = find_pages(store, ["corrected"], {"list": "tides"})
    (latest,) = find_pages(store, ["corrected"], {"list": "tides", "snapshot": "latest"})
    assert render(first, store).count("ACL 2023") == 2
    assert render(latest, store).count("ACL 2023") == 1
    assert "ICLR 2024" in render(latest, store)


@pytest.mark.parametrize("number", [1, 2])
def test_the_graph_alone_prints_each_snapshot_with_its_padding(number: int) -> None:
    (record,) = load_catalog(TOY).of(ReadingList).values()
    assert any(block.widths for block in record.content)
    store = OxigraphStore(quads([record], load_vocabulary()))
    values = {"list": record.id, "snapshot": record.snapshots[number - 1].id}
    (page,) = find_pages(store, ["published"], values)
    assert render(page, store) == print_snapshot(record, number)


@settings(max_examples=60)
@given(st.lists(documents(), min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_every_snapshot_of_every_list_comes_back(texts: list[str], random: object) -> None:
    record = read_list(texts[0], "tides").list
    taken = [texts[0]]
    for number, text in enumerate(texts[1:], start=2):
        try:
            read = read_list(text, "tides").list
            done = update(record, text, read, Snapshot(id=f"s{number}"))
        except ImportFailed:
            continue
        record = done.record
        taken.append(text)
    assert [print_snapshot(record, number) for number in range(1, len(taken) + 1)] == taken
    reading = Reading("tides.yaml", load_vocabulary())
    assert read_record(ReadingList, "tides", dump(record), reading) == record, reading.findings
    assert list(statements(record, load_vocabulary()))


@settings(max_examples=40)
@given(st.lists(documents(), min_size=2, max_size=4), st.lists(st.booleans(), min_size=3, max_size=3))
def test_what_is_older_is_woven_in_before(texts: list[str], before: list[bool]) -> None:
    """Each state comes back, each row keeps its number, and each erratum its line."""
    record = read_list(texts[0], "tides").list
    taken = [texts[0]]
    for number, (text, is_older) in enumerate(zip(texts[1:], before, strict=False), start=2):
        texts_of = {strand.line: strand.bare for strand in weave(record) if strand.entry is None}
        errata = tuple(Erratum(line=line, published="a", corrected="b", kind="typo", reason="c") for line in texts_of)
        record = replace(record, errata=errata)
        try:
            read = read_list(text, "tides").list
            done = update(record, text, read, Snapshot(id=f"s{number}"), is_older=is_older and len(taken) > 1)
        except ImportFailed:
            continue
        rows = {strand.number for strand in weave(record) if strand.entry is not None}
        assert rows <= {strand.number for strand in weave(done.record) if strand.entry is not None}
        lines = {strand.line: strand.bare for strand in weave(done.record) if strand.entry is None}
        assert [lines[erratum.line or 0] for erratum in done.record.errata] == list(texts_of.values())
        record = rename_snapshot(done.record, Snapshot(id="s1")) if len(taken) == 1 else done.record
        taken = [text, *taken] if done.is_older else [*taken, text]
    assert [print_snapshot(record, number) for number in range(1, len(taken) + 1)] == taken


def test_a_long_history_is_printed_one_snapshot_at_a_time() -> None:
    text = Block(text="A line that all of its snapshots print.\n" * 5_000)
    record = ReadingList(id="a", title="A", snapshots=tuple(Snapshot(id=f"s{n}") for n in range(50)), content=(text,))
    tracemalloc.start()
    try:
        assert {checksum(printed) for printed in print_snapshots(record)} == {checksum(text.text or "")}
        assert tracemalloc.get_traced_memory()[1] < 25 * len(text.text or "")
    finally:
        tracemalloc.stop()


def test_many_snapshots_cost_little() -> None:
    rows = [f"- [Work number {n} of the tides](https://arxiv.org/abs/2301.{n:05})\n" for n in range(200)]
    texts = ["# Tides\n\n" + "".join(rows[: 100 + 3 * number]) for number in range(31)]
    vocabulary = load_vocabulary()
    many = sum(1 for _ in statements(grown(*texts)[-1].record, vocabulary))
    two = sum(1 for _ in statements(grown(texts[0], texts[-1])[-1].record, vocabulary))
    assert many < 2 * two


@pytest.fixture
def mylist(run: Run, tmp_path: Path) -> Path:
    (tmp_path / "LIST.md").write_text(FIRST, "utf-8")
    run("import", tmp_path / "LIST.md", "--to", tmp_path / "data", "--id", "tides")
    return tmp_path / "data"


def test_the_command_and_the_views(run: Run, mylist: Path, tmp_path: Path) -> None:
    later = FIRST.replace("[Quay]", "[Quays]") + "- [Spring](https://arxiv.org/abs/2301.00004)\n"
    (tmp_path / "LIST.md").write_text(later, "utf-8")
    call = ("update", tmp_path / "LIST.md", "--list", "tides", "--data", mylist, "--date", "2024-12-19")
    assert run(*call, "--dry-run").stdout == run(*call, "--source", "https://example.org/tides/2").stdout
    done = run(*call)
    assert done.status == 2
    assert "--snapshot" in done.stderr
    record = yaml.safe_load((mylist / "lists" / "tides.yaml").read_text("utf-8"))
    assert [snapshot if isinstance(snapshot, str) else snapshot["id"] for snapshot in record["snapshots"]] == [
        "first",
        "2024-12-19",
    ]
    for value, text in (("first", FIRST), ("latest", later), ("2024-12-19", later)):
        assert run("view", "published", "--data", mylist, "-p", f"snapshot={value}").stdout == text
    rows = run(
        "query", "history", "-p", "list=tides", "--data", mylist, "--columns", "entry,since,until,title", "--format", "csv"
    ).stdout
    assert rows.splitlines() == [
        "entry,since,until,title",
        "1,first,,Ebb",
        "2,first,,Neap",
        "3,first,first,Quay",
        "3,2024-12-19,,Quays",
        "4,2024-12-19,,Spring",
    ]


@pytest.mark.parametrize("day", ["20250101", "2025-W01-1", "2025-13-01", "2025-1-1", "2025-01", "2999-02-20"])
def test_a_day_that_no_record_may_have_is_refused(run: Run, mylist: Path, tmp_path: Path, day: str) -> None:
    before = (mylist / "lists" / "tides.yaml").read_bytes()
    done = run("update", tmp_path / "LIST.md", "--list", "tides", "--data", mylist, "--date", day)
    mend = "write YYYY-MM-DD" if day < "2999" else "write the day on which the document stood so"
    assert (done.status, mend in done.stderr) == (2, True)
    assert (mylist / "lists" / "tides.yaml").read_bytes() == before


@pytest.mark.parametrize("name", ["release 2", "Weiß", "a%b", 'q"uote', "", "a/b", "..", "latest", "first"])
def test_a_snapshot_that_could_not_be_printed_again_is_refused(run: Run, mylist: Path, tmp_path: Path, name: str) -> None:
    """By update and by check alike."""
    call = ("update", tmp_path / "LIST.md", "--list", "tides", "--data", mylist, "--date", "2025-01-01", "--snapshot", name)
    done = run(*call)
    problem = f'"{name}" is no id' if name else "it is empty"
    assert (done.status, problem in done.stderr) == (2, True), done.stderr
    file = mylist / "lists" / "tides.yaml"
    text = re.sub(r"\nsnapshots:\n(?:  .*\n)+", f"\nsnapshots: ['2024', '{name}']\n", file.read_text("utf-8"))
    file.write_text(text, "utf-8")
    assert "[bad-snapshot]" in run("check", "--data", mylist).stdout


@pytest.mark.parametrize("name", ["v2.0", "Release_2", "2025-01-01-2", "a~b"])
def test_a_snapshot_is_printed_by_its_name(run: Run, mylist: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "LIST.md").write_text(FIRST.replace("Ebb", "Flow"), "utf-8")
    call = ("update", tmp_path / "LIST.md", "--list", "tides", "--data", mylist, "--date", "2025-01-01", "--snapshot", name)
    assert run(*call).status == 0
    assert run("view", "published", "--data", mylist, "-p", f"snapshot={name}").stdout == FIRST.replace("Ebb", "Flow")


def test_nothing_is_new_while_a_record_beside_it_cannot_be_read(run: Run, mylist: Path, tmp_path: Path) -> None:
    """It may be that of the very work, which would have two records then."""
    broken = mylist / "papers" / "ebb.yaml"
    broken.write_text(broken.read_text("utf-8").replace("draft: true\n", "").replace("title:", "titel:"), "utf-8")
    before = {path: path.read_bytes() for path in mylist.rglob("*.yaml")}
    (tmp_path / "OTHER.md").write_text("# Moons\n\n- [Ebb](https://arxiv.org/abs/2301.00001)\n", "utf-8")
    (tmp_path / "LIST.md").write_text(FIRST + "- [Moon](https://arxiv.org/abs/2112.09118)\n", "utf-8")
    (tmp_path / "refs.bib").write_text("@misc{ebb, title={Ebb}, url={https://arxiv.org/abs/2301.00001}}\n", "utf-8")
    for call in (
        ("match", tmp_path / "OTHER.md", "--data", mylist, "--to", mylist),
        ("update", tmp_path / "LIST.md", "--list", "tides", "--data", mylist, "--date", "2024-12-19"),
        ("add", "2301.00001", "--data", mylist),
        ("add", "--bibtex", tmp_path / "refs.bib", "--data", mylist),
    ):
        done = run(*call)
        assert done.status == 2
        assert "ebb.yaml" in done.stderr
        assert "what is new cannot be told" in done.stderr
        assert {path: path.read_bytes() for path in mylist.rglob("*.yaml")} == before


def test_no_other_list_is_printed_for_one_that_cannot_be_read(run: Run, mylist: Path, tmp_path: Path) -> None:
    (tmp_path / "OTHER.md").write_text("# Moons\n\n- [Moon](https://arxiv.org/abs/2112.09118)\n", "utf-8")
    assert run("match", tmp_path / "OTHER.md", "--data", mylist, "--to", mylist, "--id", "moons").status == 0
    assert run("view", "published", "--data", mylist).stdout == FIRST
    file = mylist / "lists" / "tides.yaml"
    file.write_text(file.read_text("utf-8").replace("level: 1", "level: one", 1), "utf-8")
    for call in (("published",), ("published", "-p", "snapshot=latest")):
        done = run("view", *call, "--data", mylist)
        assert (done.status, done.stdout) == (2, "")
        assert "tides.yaml: this list cannot be read" in done.stderr
    assert run("view", "published", "-p", "list=moons", "--data", mylist).stdout.startswith("# Moons")


def test_a_list_that_cannot_be_read_is_not_said_to_be_missing(run: Run, mylist: Path, tmp_path: Path) -> None:
    file = mylist / "lists" / "tides.yaml"
    file.write_text(file.read_text("utf-8").replace("title: Tides", "titel: Tides", 1), "utf-8")
    call = ("update", tmp_path / "LIST.md", "--data", mylist, "--date", "2025-01-01", "--list")
    told = run(*call, "tides").stderr
    assert f"{file}:1:1: " in told
    assert "synthkg check" in told
    assert 'there is no list "ebbs"' in run(*call, "ebbs").stderr


class Repository:
    """A git repository, and what commits into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir()
        self("init")

    def __call__(self, *arguments: str, day: str = "2024-01-01") -> None:
        settings = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        times = {"GIT_COMMITTER_DATE": f"{day}T12:00:00Z", "GIT_AUTHOR_DATE": f"{day}T12:00:00Z"}
        call = ["git", *settings, "-C", str(self.folder), *arguments]
        subprocess.run(call, check=True, capture_output=True, env=os.environ | times)

    def commit(self, text: str | None, day: str, file: str = "LIST.md") -> None:
        """Commits a text, or that the file is gone."""
        if text is None:
            self("rm", file)
        else:
            (self.folder / file).write_text(text, "utf-8")
            self("add", file)
        self("commit", "-m", "a version", day=day)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "checkout")


def states(data: Path) -> list[tuple[str, str]]:
    """The snapshots of the list, oldest first, with their text."""
    (record,) = load_catalog(data).of(ReadingList).values()
    return [(snapshot.id, print_snapshot(record, number)) for number, snapshot in enumerate(record.snapshots, start=1)]


LATER = FIRST.replace("Ebb", "Flow")
PORTS = FIRST.replace("## Harbours", "## Ports") + "- [Lock](https://arxiv.org/abs/2301.00005)\n"
DAYS = ("2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01")


@pytest.mark.parametrize(
    "texts",
    [(FIRST, LATER, PORTS), (LATER, PORTS, FIRST), (LATER, FIRST, PORTS), (FIRST, LATER, FIRST), (LATER, FIRST, LATER, FIRST)],
    ids=["it was the first", "it was the last", "it was between", "it was the first and the last", "it came back"],
)
def test_a_whole_history_is_taken_in_around_what_was_imported(
    run: Run, mylist: Path, repository: Repository, texts: tuple[str, ...]
) -> None:
    for text, day in zip(texts, DAYS, strict=False):
        repository.commit(text, day)
    call = ("update", "LIST.md", "--list", "tides", "--data", mylist, "--git", repository.folder)
    done = run(*call)
    assert done.status == 0, done.stderr
    assert [text for _, text in states(mylist)] == list(texts)
    for value, text in (("first", texts[0]), ("latest", texts[-1]), (DAYS[1], texts[1])):
        assert run("view", "published", "--data", mylist, "-p", f"snapshot={value}").stdout == text
    assert ": error: " not in run("check", "--data", mylist).stdout
    before = (mylist / "lists" / "tides.yaml").read_bytes()
    again = run(*call)
    assert (again.status, "already" in again.stderr) == (0, True)
    assert (mylist / "lists" / "tides.yaml").read_bytes() == before, "what is taken in is not taken in again"
    assert run("update", "NONE.md", *call[2:]).status == 2


def test_a_file_of_a_repository_is_named_from_there_or_from_here(run: Run, mylist: Path, repository: Repository) -> None:
    repository.commit(FIRST, DAYS[0])
    repository.commit(LATER, DAYS[1])
    for document in (repository.folder / "LIST.md", "LIST.md"):
        done = run("update", document, "--list", "tides", "--data", mylist, "--git", repository.folder)
        assert done.status == 0, done.stderr
    assert [text for _, text in states(mylist)] == [FIRST, LATER]


def test_what_came_before_is_told_in_the_direction_of_time(run: Run, mylist: Path, repository: Repository) -> None:
    older = FIRST.replace("- [Quay](https://arxiv.org/abs/2301.00003)\n", "- [Spring](https://arxiv.org/abs/2301.00004)\n")
    repository.commit(older, DAYS[0])
    repository.commit(FIRST, DAYS[1])
    done = run("update", "LIST.md", "--list", "tides", "--data", mylist, "--git", repository.folder)
    assert done.stdout.splitlines() == ["gone\t4\tSpring\tnew", "added\t3\tQuay"]
    query = ("query", "history", "-p", "list=tides", "--data", mylist, "--columns", "entry,since,until,title", "--format", "csv")
    assert run(*query).stdout.splitlines()[1:] == [
        "1,2024-01-01,,Ebb",
        "2,2024-01-01,,Neap",
        "3,2024-02-01,,Quay",
        "4,2024-01-01,2024-01-01,Spring",
    ]
    assert "spring" in load_catalog(mylist).drafts["papers"]


def test_a_file_that_was_gone_for_a_while_or_had_another_name_has_one_history(
    run: Run, mylist: Path, repository: Repository
) -> None:
    repository.commit(LATER, DAYS[0], "papers.md")
    repository("mv", "papers.md", "LIST.md")
    repository.commit(LATER + "\n", DAYS[1])
    repository.commit(None, DAYS[2])
    repository.commit(FIRST, DAYS[3])
    done = run("update", "LIST.md", "--list", "tides", "--data", mylist, "--git", repository.folder)
    assert done.status == 0, done.stderr
    assert "called papers.md before" in done.stderr
    assert states(mylist) == [(DAYS[0], LATER), (DAYS[1], LATER + "\n"), (DAYS[3], FIRST)]


def test_a_version_that_cannot_be_read_or_whose_clock_was_wrong_stops_no_other(
    run: Run, mylist: Path, repository: Repository
) -> None:
    repository.commit(FIRST, DAYS[0])
    (repository.folder / "LIST.md").write_bytes(FIRST.replace("Neap", "Gezeiten für Häfen").encode("latin-1"))
    repository("commit", "-a", "-m", "another encoding", day=DAYS[1])
    repository.commit(LATER, "2062-01-01")
    repository.commit(PORTS.replace("\n", "\r\n"), DAYS[3])
    call = ("update", "LIST.md", "--list", "tides", "--data", mylist, "--git", repository.folder)
    done = run(*call)
    assert done.status == 0, done.stderr
    assert re.search(rf"the version of {DAYS[1]} \([0-9a-f]{{10}}\) is not UTF-8, and is passed over", done.stderr)
    assert re.search(
        r"2062-01-01 \([0-9a-f]{10}\) is of a day that is still to come, and is taken to be of 2024-01-01", done.stderr
    )
    assert states(mylist)[1:] == [(DAYS[0], LATER), (DAYS[3], PORTS.replace("\n", "\r\n"))]
    assert "already" in run(*call).stderr
    assert run("view", "published", "--data", mylist, "-p", "snapshot=latest").stdout == PORTS.replace("\n", "\r\n")


HOSTILE = """\
[log]
    showRoot = false
    showSignature = true
    diffMerges = combined
    follow = false
    abbrevCommit = true
    decorate = full
    date = relative
[diff]
    renames = false
    renameLimit = 1
    relative = true
    orderFile = /there/is/none
    noprefix = true
    external = /there/is/none
    ignoreSubmodules = all
[core]
    quotePath = true
    abbrev = 5
    pager = /there/is/none
    attributesFile = /there/is/none
[i18n]
    logOutputEncoding = UTF-16
[format]
    pretty = fuller
[color]
    ui = always
    diff = always
[filter "none"]
    smudge = false
    required = true
"""


def test_no_setting_of_git_changes_a_history(
    run: Run, mylist: Path, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the user's, nor the variables of a hook in another repository; the file has a pattern for its name and has moved."""
    repository.commit(LATER, DAYS[0], "papers.md")
    (repository.folder / "läge").mkdir()
    repository("mv", "papers.md", "läge/[l]*.md")
    repository.commit(LATER + "\n", DAYS[1], "läge/[l]*.md")
    repository.commit(PORTS, DAYS[1], "läge/l.md")
    repository("checkout", "-b", "side")
    repository.commit(FIRST, DAYS[2], "läge/[l]*.md")
    repository("checkout", "-")
    repository("merge", "--no-ff", "-m", "a merge", "side", day=DAYS[3])
    (tmp_path / "gitconfig").write_text(HOSTILE)
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("GIT_GLOB_PATHSPECS", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    done = run("update", "[l]*.md", "--list", "tides", "--data", mylist, "--git", repository.folder / "läge")
    assert done.status == 0, done.stderr
    assert "called papers.md before" in done.stderr
    assert states(mylist) == [(DAYS[0], LATER), (DAYS[1], LATER + "\n"), (DAYS[3], FIRST)]


def test_a_link_to_another_file_is_no_version(run: Run, mylist: Path, repository: Repository) -> None:
    """A symbolic link's blob is the path of the file that it leads to."""
    repository.commit(LATER, DAYS[0])
    repository("rm", "LIST.md")
    (repository.folder / "LIST.md").symlink_to("docs/LIST.md")
    repository("add", "LIST.md")
    repository("commit", "-m", "a link", day=DAYS[1])
    (repository.folder / "LIST.md").unlink()
    repository.commit(FIRST, DAYS[2])
    assert run("update", "LIST.md", "--list", "tides", "--data", mylist, "--git", repository.folder).status == 0
    assert states(mylist) == [(DAYS[0], LATER), (DAYS[2], FIRST)]


def test_a_history_of_which_nothing_can_be_read_is_not_said_to_be_there(run: Run, mylist: Path, repository: Repository) -> None:
    (repository.folder / "LIST.md").write_bytes("# Gezeiten für Häfen\n".encode("latin-1"))
    repository("add", "LIST.md")
    repository("commit", "-m", "another encoding", day=DAYS[0])
    done = run("update", "LIST.md", "--list", "tides", "--data", mylist, "--git", repository.folder)
    assert done.status == 2
    assert "no version of LIST.md is UTF-8; write the file in UTF-8, and commit it" in done.stderr
    assert "already" not in done.stderr


def test_no_day_comes_before_that_of_the_version_before(run: Run, mylist: Path, repository: Repository) -> None:
    """Whatever the clock of who committed."""
    for text, day in zip((LATER, PORTS, FIRST), (DAYS[2], DAYS[0], DAYS[3]), strict=True):
        repository.commit(text, day)
    assert run("update", "LIST.md", "--list", "tides", "--data", mylist, "--git", repository.folder).status == 0
    assert states(mylist) == [(DAYS[2], LATER), (f"{DAYS[2]}-2", PORTS), (DAYS[3], FIRST)]
    (record,) = load_catalog(mylist).of(ReadingList).values()
    assert [snapshot.date for snapshot in record.snapshots] == [DAYS[2], DAYS[2], DAYS[3]]


def test_a_copy_has_no_history_but_its_own(run: Run, mylist: Path, repository: Repository) -> None:
    repository.commit(LATER, DAYS[0], "papers.md")
    repository.commit(FIRST, DAYS[1], "papers.md")
    repository.commit(FIRST, DAYS[2])
    repository.commit(PORTS, DAYS[3])
    assert run("update", "LIST.md", "--list", "tides", "--data", mylist, "--git", repository.folder).status == 0
    assert states(mylist) == [("first", FIRST), (DAYS[3], PORTS)]


def test_a_shallow_clone_is_refused_until_it_has_every_version(
    run: Run, mylist: Path, repository: Repository, tmp_path: Path
) -> None:
    for text, day in zip((LATER, PORTS, FIRST), DAYS, strict=False):
        repository.commit(text, day)
    clone = tmp_path / "a clone"
    repository("clone", "--depth", "1", repository.folder.as_uri(), str(clone))
    call = ("update", "LIST.md", "--list", "tides", "--data", mylist, "--git", clone)
    refused = run(*call)
    assert (refused.status, refused.stderr.count("already")) == (2, 0)
    _, _, mend = refused.stderr.partition("; run: ")
    subprocess.run(shlex.split(mend), check=True, capture_output=True)
    assert run(*call).status == 0
    assert states(mylist) == list(zip(DAYS, (LATER, PORTS, FIRST), strict=False))


def test_a_state_that_has_no_certain_place_is_refused(run: Run, mylist: Path, repository: Repository, tmp_path: Path) -> None:
    file = mylist / "lists" / "tides.yaml"
    call = ("update", "LIST.md", "--list", "tides", "--data", mylist, "--git", repository.folder)
    repository.commit(LATER, DAYS[0])
    before = file.read_bytes()
    done = run(*call)
    assert (done.status, "write its day under snapshots:" in done.stderr) == (2, True), done.stderr
    assert file.read_bytes() == before
    file.write_text(file.read_text("utf-8").replace("- id: first\n", f"- id: first\n    date: {DAYS[1]}\n", 1), "utf-8")
    assert run(*call).status == 0
    assert states(mylist) == [(DAYS[0], LATER), (DAYS[1], FIRST)]
    repository.commit(PORTS, DAYS[2])
    repository.commit(LATER, DAYS[3])
    (tmp_path / "now.md").write_text(LATER, "utf-8")
    assert run("update", tmp_path / "now.md", *call[2:6], "--date", DAYS[3]).status == 0
    done = run(*call)
    assert (done.status, 'between the snapshots "2024-02-01" and "2024-04-01"' in done.stderr) == (2, True), done.stderr


def test_lines_that_look_like_entries_and_were_not_read_are_named(run: Run, mylist: Path, tmp_path: Path) -> None:
    fenced = FIRST + "\n```\n- [Spring](https://arxiv.org/abs/2301.00004)\n```\n"
    (tmp_path / "LIST.md").write_text(fenced, "utf-8")
    done = run("update", tmp_path / "LIST.md", "--list", "tides", "--data", mylist, "--date", "2024-12-19")
    assert "LIST.md:13:1: not read as an entry in 2024-12-19, kept as text: - [Spring]" in done.stdout


@pytest.mark.parametrize("text", ["", "To be continued.\n"])
def test_a_document_without_any_entry_is_told(run: Run, mylist: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "LIST.md").write_text(text, "utf-8")
    done = run("update", tmp_path / "LIST.md", "--list", "tides", "--data", mylist, "--date", "2024-12-19")
    assert (done.status, "nothing was read as an entry in 2024-12-19" in done.stderr) == (1, True), done.stderr
    assert run("view", "published", "--data", mylist, "-p", "snapshot=latest").stdout == text


def test_a_list_that_is_a_file_of_references_stays_one(run: Run, tmp_path: Path) -> None:
    rows = [f"@misc{{a{n}, title={{Tides of the sea number {n}}}, eprint={{2301.0000{n}}}}}\n" for n in (1, 2)]
    document, data = tmp_path / "tides.bib", tmp_path / "data"
    document.write_text(rows[0], "utf-8")
    run("import", document, "--to", data)
    document.write_text("".join(rows), "utf-8")
    done = run("update", document, "--list", "tides", "--data", data, "--date", "2024-12-19")
    assert done.stdout == "added\t2\tTides of the sea number 2\tnew\n"


def test_added_rows_are_settled_and_what_is_new_is_drafted(run: Run, mylist: Path, tmp_path: Path) -> None:
    """By update and by import --update alike: a known work is found again, a new one is a draft, and nothing is an error."""
    later = (
        FIRST
        + "- [Ebb, revisited](https://arxiv.org/abs/2301.00001v2)\n- [Spring tides of the north](https://arxiv.org/abs/2301.00004)\n"
    )
    document = tmp_path / "tides.md"
    document.write_text(later, "utf-8")
    first = run("update", document, "--list", "tides", "--data", mylist, "--date", "2024-12-19")
    assert first.status == 0, first.stderr
    assert "added\t5\tSpring tides of the north\tnew" in first.stdout
    assert "spring-tides-of-the-north" in load_catalog(mylist).drafts["papers"]
    later += "- [Spring tides of the north](https://arxiv.org/abs/2301.00004)\n- [Rip](https://arxiv.org/abs/2301.00005)\n"
    document.write_text(later, "utf-8")
    again = run("import", document, "--to", mylist, "--update")
    assert again.status == 0, again.stderr
    assert "known: paper/spring-tides-of-the-north" in again.stdout
    assert run("view", "published", "--data", mylist, "-p", "snapshot=latest").stdout == later
    assert "nothing changed" in run("import", document, "--to", mylist, "--update").stderr
    document.write_text(FIRST, "utf-8")
    assert run("import", document, "--to", mylist, "--update").status == 0, "twice on one day"
    checked = run("check", "--data", mylist)
    assert ": error: " not in checked.stdout, checked.stdout
    assert run("import", document, "--to", mylist, "--update", "--id", "tide").status == 2


def test_a_row_that_gets_another_address_tells_what_its_record_lacks(run: Run, tmp_path: Path) -> None:
    """Until the draft has it, a list that knows the work by that identifier alone would make it a second time."""
    document, data = tmp_path / "tides.md", tmp_path / "data"
    text = "# T\n\n- How the tides turn (VLDB 2021)\n- [Why the sea is salt](https://arxiv.org/abs/2301.00001)\n"
    document.write_text(text, "utf-8")
    run("import", document, "--to", data)
    text = text.replace("How the tides turn", "[How the tides turn](https://arxiv.org/abs/2301.00002)").replace("00001", "00003")
    document.write_text(text, "utf-8")
    lines = run("update", document, "--list", "tides", "--data", data, "--date", "2024-12-19").stdout.splitlines()
    assert lines[0].endswith("known: paper/how-the-tides-turn; not in our record: arxiv 2301.00002")
    assert lines[1].endswith("which is arxiv 2301.00001; its link is arxiv 2301.00003")
    found = run("match", document, "--data", data).stdout
    assert found.count("settled before (not in our record: arxiv ") == 2


def test_what_changed_meanwhile_is_told_before_any_draft_is_written(
    run: Run, mylist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "LIST.md").write_text(FIRST + "- [Spring tides](https://arxiv.org/abs/2301.00004)\n", "utf-8")
    file = mylist / "lists" / "tides.yaml"

    def settle_late(*given: Any) -> Any:
        file.write_text(file.read_text("utf-8").replace("title: ", "title: My ", 1), "utf-8")
        return settle_added(*given)

    monkeypatch.setattr("synthkg.lists.settle_added", settle_late)
    files = {*mylist.rglob("*")}
    done = run("update", tmp_path / "LIST.md", "--data", mylist, "--list", "tides", "--date", "2025-01-01")
    assert (done.status, "was changed meanwhile; nothing was written" in done.stderr) == (2, True), done.stderr
    assert {*mylist.rglob("*")} == files


def test_nobody_writes_between_the_last_look_and_the_writing(
    run: Run, mylist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two updates at once one was lost, and both said that all was well; format wrote what it had read before."""
    (tmp_path / "LIST.md").write_text(FIRST + "- [Spring tides](https://arxiv.org/abs/2301.00004)\n", "utf-8")
    locks: list[bool] = []

    def written(*given: Any) -> None:
        locks.append(is_locked(mylist))
        write_together(*given)

    monkeypatch.setattr(writing, "write_together", written)
    assert run("update", tmp_path / "LIST.md", "--data", mylist, "--list", "tides", "--date", "2025-01-01").status == 0
    assert locks == [True]
    file, unformatted = mylist / "lists" / "tides.yaml", writing.unformatted

    def late(catalog: Any) -> Any:
        file.write_text(file.read_text("utf-8").replace("title: ", "title:   My ", 1), "utf-8")
        return unformatted(catalog)

    monkeypatch.setattr("synthkg.catalog.unformatted", late)
    done = run("format", "--data", mylist)
    assert (done.status, "was changed meanwhile" in done.stderr) == (2, True), done
    assert "title:   My " in file.read_text("utf-8")


def test_who_imports_into_records_that_are_there_is_told_the_way(run: Run, mylist: Path, tmp_path: Path) -> None:
    """A later state of the same list, or another list: the command that is named takes it in."""
    (tmp_path / "LIST.md").write_text(PORTS, "utf-8")
    for id in ("tides", "ports"):
        told = run("import", tmp_path / "LIST.md", "--to", mylist, "--id", id)
        way = re.search(r"synthkg ((?:import|match) .*?)(;|$)", told.stderr.strip())
        assert told.status == 2
        assert way, told.stderr
        assert run(*way[1].split()).status == 0
        assert run("view", "published", "--data", mylist, "-p", f"list={id}", "-p", "snapshot=latest").stdout == PORTS


def test_two_snapshots_that_were_merged_line_by_line_are_told_until_one_is_taken_in_again(
    run: Run, mylist: Path, tmp_path: Path
) -> None:
    """Two people each take one in, and both sides' lines are kept: the rows of one stand in the snapshot of the other."""
    file = mylist / "lists" / "tides.yaml"
    base = file.read_text("utf-8")
    call = ("update", tmp_path / "LIST.md", "--list", "tides", "--data", mylist, "--date")
    texts, sides = [], []
    for day, row in (("2025-01-01", "Spring"), ("2025-01-02", "Rip")):
        texts.append(FIRST + f"- [{row}](https://arxiv.org/abs/2301.0000{len(row)})\n")
        (tmp_path / "LIST.md").write_text(texts[-1], "utf-8")
        file.write_text(base, "utf-8")
        assert run(*call, day).status == 0
        sides.append(load_catalog(mylist).of(ReadingList)["tides"])
    ours, theirs = sides
    rows = (*ours.content[-1].entries, replace(theirs.content[-1].entries[-1], number=5))
    content = (*ours.content[:-1], replace(ours.content[-1], entries=rows))
    file.write_text(dump(replace(ours, snapshots=(*ours.snapshots, theirs.snapshots[-1]), content=content)), "utf-8")
    told = run("check", "--data", mylist).stdout
    assert 'the snapshot "2025-01-02" no longer prints' in told, told
    assert "run synthkg update for the document of the other" in told
    file.write_text(dump(ours), "utf-8")
    assert run(*call, "2025-01-02").status == 0
    assert ": error: " not in run("check", "--data", mylist).stdout
    assert states(mylist) == [("first", FIRST), ("2025-01-01", texts[0]), ("2025-01-02", texts[1])]


def test_a_row_that_leads_to_another_work_now_is_a_question(run: Run, mylist: Path, tmp_path: Path) -> None:
    (tmp_path / "LIST.md").write_text(FIRST.replace("2301.00001", "2301.00003"), "utf-8")
    done = run("update", tmp_path / "LIST.md", "--list", "tides", "--data", mylist, "--date", "2024-12-19")
    assert 'its title is that of "ebb", its link that of "quay" (arxiv 2301.00003)' in done.stdout, done.stdout
    rows = [entry for block in load_catalog(mylist).of(ReadingList)["tides"].content for entry in block.entries]
    assert [(entry.paper, entry.url) for entry in rows if entry.title == "Ebb"] == [
        (None, "https://arxiv.org/abs/2301.00003"),
        ("ebb", "https://arxiv.org/abs/2301.00001"),
    ]
    assert ": error: " not in run("check", "--data", mylist).stdout


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (("    title: Ebb", "    since: nowhere\n        title: Ebb"), "unknown-snapshot"),
        (("    title: Neap", "    number: 1\n        title: Neap"), "row-twice"),
        (("  - id: first\n", "  - first\n  - id: first\n"), "duplicate-snapshot"),
        (("title: Ebb", "title: Flow"), "snapshot-changed"),
        (("title: Ebb", "title: Ebb \u241bD800\u241b"), "snapshot-changed"),
    ],
)
def test_faults_of_snapshots_are_findings(run: Run, mylist: Path, change: tuple[str, str], rule: str) -> None:
    file = mylist / "lists" / "tides.yaml"
    text = file.read_text("utf-8")
    assert change[0] in text, text
    file.write_text(text.replace(*change), "utf-8")
    done = run("check", "--data", mylist)
    assert done.status == 1
    assert f"[{rule}]" in done.stdout


@pytest.mark.parametrize(
    ("since", "until", "told"),
    [
        ("two", "one", '"one" is before "two"'),
        ("two", "two", None),
        ("one", "two", None),
        (None, "one", None),
        ("two", None, None),
        ("three", "one", 'the list has no snapshot "three"'),
        ("one", "none", 'the list has no snapshot "none"'),
    ],
)
def test_a_stretch_ends_no_earlier_than_it_begins(since: str | None, until: str | None, told: str | None) -> None:
    snapshots = (Snapshot(id="one"), Snapshot(id="two"))
    record = ReadingList(id="a", title="A", snapshots=snapshots, content=(Block(text="x", since=since, until=until),))
    assert [problem for _, _, problem, _ in stretch_faults(record)] == ([told] if told else [])


@pytest.mark.parametrize("data", [TOY, DATA], ids=["toy", "real"])
def test_checksums_are_those_of_what_is_printed(data: Path) -> None:
    for record in load_catalog(data).of(ReadingList).values():
        for number, snapshot in enumerate(record.snapshots, start=1):
            assert sha256(print_snapshot(record, number).encode()).hexdigest() == snapshot.sha256


def kept_since(run: Run, folder: Path, *texts: str) -> Path:
    """A data folder of a list through its texts, day by day, whose records are no drafts."""
    document, data = folder / "list.md", folder / "data"
    for day, text in enumerate(texts):
        document.write_text(text, encoding="utf-8")
        if day == 0:
            assert run("init", data, "--list", document, "--id", "kept").status == 0
        else:
            assert run("update", document, "--list", "kept", "--data", data, "--date", f"2024-01-0{day}").status == 0
        for path in data.glob("*/*.yaml"):
            path.write_text(path.read_text(encoding="utf-8").removeprefix("draft: true\n"), encoding="utf-8")
    return data


ALPHA = "- [Alpha agents that plan over long horizons](https://arxiv.org/abs/2301.00001)\n"
BETA = "- [Beta memory of long conversations kept](https://arxiv.org/abs/2301.00002)\n"
GAMMA = "- [Gamma agents that call all their tools](https://arxiv.org/abs/2301.00003)\n"
KEPT = f"# Field\n\n## Agents\n\n{ALPHA}\n## Memory\n\n{BETA}"


def outline(page: str) -> list[str]:
    """The headings and the titles of the rows of a page, in their order."""
    return re.findall(r"^#+ .*|(?<=^\| \[)[^]]+", page, re.MULTILINE)


def test_the_living_list_has_the_headings_and_rows_of_the_newest_snapshot(run: Run, tmp_path: Path) -> None:
    later = f"# Field\n\n## Agents\n\n{GAMMA}\n### Tools\n\n{ALPHA}\n## Memory\n\n{BETA}"
    latest = later.replace("## Agents", "## Acting").replace(BETA, "").replace("### Tools\n", f"### Tools\n\n{BETA}")
    data = kept_since(run, tmp_path, KEPT, later, latest)
    assert outline(run("view", "reading-list", "--data", data).stdout) == [
        "# Field", "## Acting", "Gamma agents that call all their tools", "### Tools",
        "Beta memory of long conversations kept", "Alpha agents that plan over long horizons", "## Memory",
    ]  # fmt: skip
    rows = run("query", "sections", "--data", data, "--columns", "heading,entries", "--format", "csv").stdout.splitlines()
    assert rows[1:] == ["Field,3", "Acting,3", "Tools,2", "Memory,0"]


def test_a_list_puts_a_row_where_its_newest_snapshot_does(run: Run, tmp_path: Path) -> None:
    data = kept_since(run, tmp_path, KEPT, KEPT.replace(ALPHA, GAMMA) + ALPHA)
    about = ("query", "papers-about", "-p", "says=list", "--data", data, "--columns", "title", "--format", "csv")
    titles = {each: run(*about, "-p", f"concept=topic/{each}").stdout.splitlines()[1:] for each in ("agents", "memory")}
    assert titles["agents"] == ["Gamma agents that call all their tools"]
    assert [title.split()[0] for title in titles["memory"]] == ["Alpha", "Beta"]
    claims = run("query", "claims", "--data", data, "--columns", "work,concept", "--format", "csv").stdout
    assert "paper/alpha-agents-that-plan-over,topic/agents" not in claims.splitlines()


def test_a_new_heading_is_told_until_somebody_says_what_it_names(run: Run, tmp_path: Path) -> None:
    renamed = KEPT.replace("## Agents", "## Acting")
    data = kept_since(run, tmp_path, KEPT, renamed)
    document, told = tmp_path / "list.md", 'nothing says which concept the heading "Acting" names'
    assert told in run("check", "--data", data).stdout
    document.write_text(renamed + GAMMA, encoding="utf-8")
    updated = run("update", document, "--list", "kept", "--data", data, "--date", "2024-01-05", "--dry-run")
    assert "heading\tActing\tnames no concept yet" in updated.stdout
    scheme = data / "concepts" / "topic.yaml"
    scheme.write_text(
        scheme.read_text(encoding="utf-8").replace("label: Agents\n", "label: Agents\n    aliases: [Acting]\n"), encoding="utf-8"
    )
    assert told not in run("check", "--data", data).stdout
    updated = run("update", document, "--list", "kept", "--data", data, "--date", "2024-01-05", "--dry-run")
    assert "names no concept yet" not in updated.stdout
    found = run("query", "sections", "--data", data, "--columns", "heading,concept", "--format", "csv").stdout.splitlines()
    assert found[1:] == ["Field,", "Acting,topic/agents", "Memory,topic/memory"]


def concepts_of(record: ReadingList) -> dict[str, str | None]:
    """The concepts that the newest snapshot's headings name, by the path of their titles."""
    found: dict[str, str | None] = {}
    path: list[str] = []
    for strand in weave(record):
        block = record.content[strand.at[0]]
        if strand.heading is not None and strand.last is None:
            path = [*path[: (block.level or 2) - 2], block.title or ""]
            found[" > ".join(path)] = block.concept
    return found


CODE = f"## Code\n\n### Survey\n\n{ALPHA}\n"
MATH = f"## Math\n\n### Survey\n\nWhat is counted.\n\n{BETA}\n"


@pytest.mark.parametrize(
    ("later", "surveys"),
    [
        ((MATH + CODE,), {"Code > Survey": "task/code", "Math > Survey": "task/math"}),
        ((CODE, CODE + MATH), {"Code > Survey": "task/code", "Math > Survey": None}),
        ((CODE.replace("## Code", "## Science") + MATH,), {"Science > Survey": None, "Math > Survey": "task/math"}),
        ((CODE + MATH + f"## Science\n\n### Survey\n\n{GAMMA}",), {"Science > Survey": None}),
    ],
    ids=["they change places", "one comes back", "another is around it", "a third is new"],
)
def test_a_heading_has_the_concept_of_no_other_section(later: tuple[str, ...], surveys: dict[str, str | None]) -> None:
    """What one title means under two headings is no word about it under a third."""
    record = read_list(CODE + MATH, "tides").list
    named = iter(("task/code", "task/math"))
    blocks = tuple(replace(each, concept=next(named)) if each.title == "Survey" else each for each in record.content)
    record = replace(record, content=blocks)
    for number, text in enumerate(later, start=2):
        record = update(record, text, read_list(text, "tides").list, Snapshot(id=f"s{number}")).record
    assert surveys.items() <= concepts_of(record).items()


TUNED = """\
# Field

## Fine-Tuning

| Paper | Venue | Code |
| --- | --- | --- |
| [Tuning what is fine in every way](https://arxiv.org/abs/2301.00001) | arXiv 2023 | - |

## Medical

| Paper | Venue | Code |
| --- | --- | --- |
| [Medicine of language models for all](https://arxiv.org/abs/2301.00007) | arXiv 2023 | - |
"""


def test_a_row_is_given_back_only_as_a_snapshot_printed_it(run: Run, tmp_path: Path) -> None:
    published = TUNED.replace("01) | arXiv 2023", "01) | ACL 2023")
    row = next(line for line in published.splitlines(keepends=True) if "Tuning what" in line)
    data = kept_since(run, tmp_path, TUNED, published, published.replace(row, "") + row.replace("/abs/", "/pdf/"))
    asked = ("query", "entries-of", "-p", "paper=tuning-what-is-fine", "--data", data, "--format", "csv")
    assert run(*asked, "--columns", "section,url,venue").stdout.splitlines()[1:] == [
        "Fine-Tuning,https://arxiv.org/abs/2301.00001,ACL 2023",
        "Fine-Tuning,https://arxiv.org/abs/2301.00001,arXiv 2023",
        "Medical,https://arxiv.org/pdf/2301.00001,ACL 2023",
    ]
    asked = ("query", "paper-entries", "-p", "paper=tuning-what-is-fine", "--data", data, "--format", "csv")
    cells = run(*asked, "--columns", "section,published").stdout.splitlines()[1:]
    assert "Medical,arXiv 2023" not in cells
    assert "Medical,https://arxiv.org/abs/2301.00001" not in cells
    assert len(cells) == len(set(cells))


def test_what_its_keeper_mended_is_no_fault_of_a_row(run: Run, tmp_path: Path) -> None:
    mended = TUNED.replace("01) | arXiv 2023 | - ", "01) | ACL 2023 | https://github.com/fine/tuning ")
    data = kept_since(run, tmp_path, TUNED, mended)
    found = run("check", "--data", data).stdout
    assert "entry-stale-venue" not in found
    assert "entry-without-code" not in found
    assert run("query", "disagreeing-rows", "--data", data, "--format", "csv").stdout.splitlines()[1:] == []
    (tmp_path / "back").mkdir()
    back = kept_since(run, tmp_path / "back", mended, TUNED)
    assert "entry 1 says arXiv 2023" in run("check", "--data", back).stdout


def test_an_empty_snapshot_is_printed_and_one_that_is_not_there_is_told(run: Run, tmp_path: Path) -> None:
    data = kept_since(run, tmp_path, KEPT)
    (tmp_path / "list.md").write_text("", encoding="utf-8")
    assert run("update", tmp_path / "list.md", "--list", "kept", "--data", data, "--date", "2024-01-01").status == 1
    empty = run("view", "published", "-p", "snapshot=latest", "--data", data)
    assert (empty.status, empty.stdout, empty.stderr) == (0, "", "")
    unknown = run("view", "corrected", "-p", "snapshot=x", "--data", data)
    assert unknown.stderr == 'synthkg: there is no snapshot "x"; known: 2024-01-01, first, latest\n'


REFUTED = """\
refuted:
  - concept: topic/agents
    reason: It is no agent.
evidence:
  - source: https://example.org/read
    kind: paper
    read: 2024-03
    supports:
      - refuted
"""
MOVED = KEPT.replace(ALPHA, GAMMA) + ALPHA
RENAMED = KEPT.replace("## Agents", "## Acting")


@pytest.mark.parametrize(
    ("texts", "stands"),
    [
        ([KEPT, MOVED], [False, True]),
        ([KEPT, MOVED, KEPT], [False, True, False]),
        ([KEPT, RENAMED, KEPT], [False, True, False]),
    ],
    ids=["moved", "moved back", "the heading renamed and named as before"],
)
def test_what_a_list_says_later_changes_nothing_of_what_it_said(
    run: Run, tmp_path: Path, texts: list[str], stands: list[bool]
) -> None:
    data = kept_since(run, tmp_path, *texts)
    (alpha,) = (data / "papers").glob("alpha*.yaml")
    alpha.write_text(alpha.read_text(encoding="utf-8").replace("evidence:\n", REFUTED), encoding="utf-8")
    ids = ["first", *(f"2024-01-0{day}" for day in range(1, len(texts)))]
    pages = [run("view", "corrected", "-p", f"snapshot={id}", "--data", data).stdout for id in ids]
    assert pages == [text if stays else text.replace(ALPHA, "") for text, stays in zip(texts, stands, strict=True)]
    living = run("view", "reading-list", "-p", "says=list", "--data", data).stdout
    assert ("Alpha agents" in living) == stands[-1]
    asked = ("query", "list-entries", "-p", "list=kept", "--data", data, "--columns", "about,section,refuted,since")
    rows = [line.split(",") for line in run(*asked, "--format", "csv").stdout.splitlines() if "alpha" in line]
    by_snapshot = sorted((since.rpartition("/")[2], not refuted) for _, _, refuted, since in rows)
    assert [stays for _, stays in by_snapshot] == stands
    sections_of = ("query", "entries-of", "-p", f"paper={alpha.stem}", "--data", data, "--columns", "section", "--format", "csv")
    assert set(run(*sections_of).stdout.split()[1:]) == {"Agents", "Acting" if RENAMED in texts else "Memory"}
