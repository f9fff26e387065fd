"""What a check came to is remembered, and is the same when it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from synthkg.checks import check, inspection, mapping, shacl, titles
from synthkg.checks.inspection import Origin, origin_of, recall
from synthkg.checks.shacl import Result
from synthkg.findings import Finding
from synthkg.model import ReadingList, Record, Vocabulary
from synthkg.works import Looks


def test_what_is_remembered_is_what_was_found(toy: Path) -> None:
    first, again = check(toy), recall(toy, origin_of(toy))
    assert again is not None
    assert (again.records, again.triples, again.findings, again.notes) == (
        first.records,
        first.triples,
        first.findings,
        first.notes,
    )
    (toy / "methods" / "new.yaml").write_text("title: New\n", "utf-8")
    assert recall(toy, origin_of(toy)) is None


def test_what_pyshacl_said_is_remembered_of_the_same_record_alone(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another fault of one value is told, and what stays wrong elsewhere is not asked for again."""
    paths = [path for path in sorted((toy / "artifacts").glob("*.yaml")) if "license:" not in path.read_text("utf-8")][:2]
    for path in paths:
        path.write_text(path.read_text("utf-8") + "license: the first\n", "utf-8")
    spoiled = paths[0].read_text("utf-8")
    assert told(toy) == {paths[0].name: {"first"}, paths[1].name: {"first"}}
    asked: list[str] = []
    validated = shacl._results

    def note(records: Mapping[str, Record], vocabulary: Vocabulary) -> Iterator[tuple[str, Record, list[Result]]]:
        asked.extend(record.id for record in records.values())
        return validated(records, vocabulary)

    monkeypatch.setattr(shacl, "_results", note)
    monkeypatch.setattr(inspection, "aside", here)
    paths[0].write_text(spoiled.replace("first", "second"), "utf-8")
    assert told(toy) == {paths[0].name: {"second"}, paths[1].name: {"first"}}
    assert asked == [paths[0].stem]


@contextmanager
def here(work: Callable[[], object]) -> Iterator[Callable[[], object]]:
    yield work


def told(data: Path) -> dict[str, set[str]]:
    """The ill-formed licences that are told, by file."""
    found: dict[str, set[str]] = {}
    for finding in check(data).findings:
        if (word := re.search("first|second", finding.problem)) and finding.severity == "error":
            found.setdefault(Path(finding.file).name, set()).add(word[0])
    return found


def test_what_was_read_of_a_file_that_changed_is_kept_under_no_old_hash(toy: Path) -> None:
    def said(origin: Origin) -> bytes:
        found: list[bytes] = []
        check(toy, meanwhile=lambda graph: found.extend(quads.text for quads in graph.quads()), origin=origin)
        return b"".join(found)

    file, origin = toy / "methods" / "drift.yaml", origin_of(toy)
    text = file.read_text("utf-8")
    file.write_text(text.replace("title: ", "title: Another "), "utf-8")
    assert b'"Another ' in said(origin)
    file.write_text(text, "utf-8")
    assert b'"Another ' not in said(origin)


def test_places_are_kept_where_they_were_looked_for_in_what_was_read(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = toy / "methods" / "drift.yaml"
    text = file.read_text("utf-8").rstrip("\n") + "\n    supports:\n      - nothing\n"
    file.write_text(text, "utf-8")
    find = mapping.record_findings

    def after_a_change(record: Record, path: str) -> Iterator[Finding]:
        if path == str(file) and file.read_text("utf-8") == text:  # once: others may read it by then
            file.write_text(f"# Another line\n{text}", "utf-8")
        return find(record, path)

    def lines() -> list[int]:
        return [finding.line for finding in check(toy).findings if finding.rule == "supports-nothing"]

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(mapping, "record_findings", after_a_change)
        (moved,) = lines()
    file.write_text(text, "utf-8")
    assert lines() == [moved - 1]


def test_titles_are_compared_anew_when_what_decides_them_changes(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A title, what is said to be another work, the identifier of which a row has the address; and nothing else."""
    compared: list[int] = []
    unlikely_titles = titles.unlikely_titles

    def note(papers: Mapping[str, Looks], lists: Iterable[ReadingList]) -> Iterator[titles.Unplaced]:
        compared.append(len(papers))
        return unlikely_titles(papers, lists)

    monkeypatch.setattr(titles, "unlikely_titles", note)
    monkeypatch.setattr(inspection, "aside", here)
    paper, rows = toy / "papers" / "tide-instruct.yaml", toy / "lists" / "tides.yaml"

    def change(file: Path, old: str, new: str) -> tuple[set[tuple[str, str]], int]:
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), "utf-8")
        compared.clear()
        rules = ("lookalike", "title-far-from-entry")
        found = {(finding.rule, finding.severity) for finding in check(toy).findings if finding.rule in rules}
        return found, len(compared)

    twin = toy / "papers" / "tide-twin.yaml"
    twin.write_text('title: "Tide-Instruct: Teaching Models to Read Tides"\nauthors:\n  - Ada Marée\n', "utf-8")
    assert change(twin, "Ada", "Ada") == ({("lookalike", "warning")}, 1)
    assert change(toy / "methods" / "drift.yaml", "title: ", "title: Another ") == ({("lookalike", "warning")}, 0)
    declared = "different:\n  - paper: tide-instruct\n    reason: It is a twin.\n"
    assert change(twin, "Ada Marée\n", f"Ada Marée\n{declared}") == (set(), 1)
    far = {("title-far-from-entry", "warning")}, 1
    assert change(rows, "title: Tide-Instruct - Reading Tides\n        url: https://arxiv.org/abs/2301.00010", (
        "title: Cooking\n        url: https://arxiv.org/abs/2301.00001"
    )) == far  # fmt: skip
    assert change(paper, "2301.00001", "2301.00002") == ({("title-far-from-entry", "error")}, 1)
