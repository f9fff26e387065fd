"""Whatever text stands anywhere in a data folder, check tells of it at its place, and ends in no traceback."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import TOY
from hostile import ANY, LISTS, Place, places, planted
from synthkg.catalog.canonical import dump
from synthkg.catalog.decode import Reading, read_record
from synthkg.checks.inspection import check
from synthkg.graph.triples import quads
from synthkg.model.records import RECORD_TYPES, ReadingList
from synthkg.model.vocabulary import load_vocabulary

PLACES = places(TOY)
TYPES = {kind.folder: kind for kind in RECORD_TYPES}


@pytest.fixture(scope="module")
def bed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Always the same folder, so that what is sound is validated once."""
    return Path(shutil.copytree(TOY, tmp_path_factory.mktemp("hostile") / "toy"))


@settings(max_examples=1500, derandomize=True)
@given(place=st.sampled_from(PLACES), new=ANY, is_quoted=st.booleans())
def test_any_text_is_read_and_made_triples_or_told(place: Place, new: str, is_quoted: bool) -> None:
    text = planted((TOY / place.file).read_text(encoding="utf-8"), place, new, is_quoted=is_quoted)
    reading = Reading(str(place.file), load_vocabulary())
    record = read_record(TYPES[place.file.parent.name], place.file.stem, text, reading)
    lines = text.count("\n") + text.count("\r") + text.count("\x85") + text.count("\u2028") + text.count("\u2029") + 1
    assert all(1 <= finding.line <= lines and finding.column >= 1 for finding in reading.findings)
    if record is None:
        assert reading.findings
        return
    list(quads([record], load_vocabulary()))
    again = Reading(str(place.file), load_vocabulary())
    assert read_record(TYPES[place.file.parent.name], place.file.stem, dump(record), again) == record


@settings(max_examples=300, derandomize=True)
@given(record=LISTS)
def test_any_list_is_made_triples_or_told(record: ReadingList) -> None:
    reading = Reading("any.yaml", load_vocabulary())
    read = read_record(ReadingList, "any", dump(record), reading)
    assert (read is None) == any(finding.severity == "error" for finding in reading.findings)
    if read is not None:
        list(quads([read], load_vocabulary()))


@settings(max_examples=15, derandomize=True)
@given(record=LISTS)
def test_any_list_is_checked(bed: Path, record: ReadingList) -> None:
    file = bed / "lists" / "any.yaml"
    try:
        file.write_text(dump(record), encoding="utf-8", newline="")
        checked = check(bed)
        assert checked.findings == sorted(set(checked.findings))
    finally:
        file.unlink()


@settings(max_examples=40, derandomize=True)
@given(place=st.sampled_from(PLACES), new=ANY)
def test_any_text_is_checked(bed: Path, place: Place, new: str) -> None:
    """All the checks there are, with SHACL and across records."""
    file = bed / place.file
    before = file.read_text(encoding="utf-8")
    try:
        file.write_text(planted(before, place, new, is_quoted=True), encoding="utf-8", newline="")
        checked = check(bed)
        assert checked.findings == sorted(set(checked.findings))
    finally:
        file.write_text(before, encoding="utf-8", newline="")
