"""What a folder holds is known without reading it again, and no change is overlooked."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock

import pytest

from synthkg.catalog import hashing
from synthkg.catalog.hashing import contents


def _written_over(file: Path) -> None:
    file.write_text(file.read_text("utf-8").replace("i", "j"), "utf-8")


def _written_over_as_if_long_ago(file: Path) -> None:
    status = file.stat()
    _written_over(file)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def _replaced(file: Path) -> None:
    status = file.stat()
    other = file.with_name("other")
    other.write_text(file.read_text("utf-8").replace("i", "j"), "utf-8")
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.replace(file)


@pytest.mark.parametrize("change", [_written_over, _written_over_as_if_long_ago, _replaced])
def test_no_change_is_overlooked(change: Callable[[Path], None], toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of as many bytes, with the same day."""
    monkeypatch.setattr(hashing, "_SETTLED", -1)
    file = toy / "methods" / "drift.yaml"
    before, text = contents(toy, "1"), file.read_text("utf-8")
    for _ in range(5):
        time.sleep(0.05)
        change(file)
        assert [name for name, _ in contents(toy, "1").items() - before.items()] == ["methods/drift.yaml"]
        time.sleep(0.05)
        file.write_text(text, "utf-8")
        assert contents(toy, "1") == before


def test_what_was_changed_just_now_is_read_again(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever changes it once more within the clock's grain leaves it looking the same."""
    monkeypatch.setattr(hashing, "_SETTLED", 10**18)
    first = contents(toy, "1")
    monkeypatch.setattr(hashing, "content_hash", lambda content: "read again")
    assert {each.hash for name, each in contents(toy, "1").items() if first[name].hash} == {"read again"}


def test_what_stays_is_read_once(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "_SETTLED", -1)
    first = contents(toy, "1")
    read: list[bytes] = []

    def note(content: bytes) -> str:
        read.append(content)
        return ""

    monkeypatch.setattr(hashing, "content_hash", note)
    assert contents(toy, "1") == first
    assert read == []
    (toy / "methods" / "new.yaml").write_text("title: New\n", "utf-8")
    assert [name for name, _ in contents(toy, "1").items() - first.items()] == ["methods/new.yaml"]
    assert read == [b"title: New\n"]


def test_what_kept_a_file_from_being_read_may_pass(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when too many files were open: nothing of it is remembered."""
    monkeypatch.setattr(hashing, "_SETTLED", -1)
    first = contents(toy, "1")
    with monkeypatch.context() as busy:
        busy.setattr(Path, "read_bytes", Mock(side_effect=OSError(errno.EMFILE, "Too many open files")))
        assert contents(toy, "2") != first
    assert contents(toy, "2") == first


def test_another_program_hashes_anew(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "_SETTLED", -1)
    contents(toy, "1")
    monkeypatch.setattr(hashing, "content_hash", lambda content: "otherwise")
    assert {content.hash for content in contents(toy, "2").values()} == {"", "otherwise"}
