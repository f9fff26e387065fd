"""Files are written whole or not at all, and nobody's file is taken from them."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from synthkg import files
from synthkg.errors import UnreadableError
from synthkg.files import is_folder, locked, temporary_folder, write_atomically, write_together


def test_a_symbolic_link_goes_on_leading_to_its_file(tmp_path: Path) -> None:
    file, link = tmp_path / "file", tmp_path / "link"
    file.write_text("before")
    link.symlink_to(file.name)
    write_atomically(link, "after")
    assert link.is_symlink()
    assert file.read_text() == "after"


@pytest.mark.parametrize("mode", [0o640, 0o755])
def test_a_file_keeps_its_permissions(mode: int, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("before")
    file.chmod(mode)
    write_atomically(file, "after")
    assert (file.stat().st_mode & 0o777, file.read_text()) == (mode, "after")


def no_links(self: Path, target: Path) -> None:
    """As on exFAT."""
    raise OSError(errno.EPERM, "Operation not permitted")


@pytest.fixture(params=["with links", "without"])
def others(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that somebody else writes when all of ours lie beside their places; on file systems with hard links and without."""
    file = tmp_path / "two"
    if request.param == "without":
        monkeypatch.setattr(Path, "hardlink_to", no_links)
    monkeypatch.setattr(files, "_wait_for_disk", lambda: file.write_text("theirs"))
    return file


def test_of_files_that_are_written_together_all_are_there_or_none(others: Path, tmp_path: Path) -> None:
    """Another has taken one name meanwhile: it keeps that, and the first, which had its name already, goes."""
    with pytest.raises(UnreadableError, match="two: exists already; nothing was written"):
        write_together({tmp_path / "one": "ours", others: "ours", tmp_path / "new" / "three": "ours"})
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("two", "theirs")]


def test_another_s_file_that_says_the_same_is_as_good_as_written(others: Path, tmp_path: Path) -> None:
    write_together({tmp_path / "one": "ours", others: "theirs"})
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"one": "ours", "two": "theirs"}


def test_a_folder_that_cannot_be_looked_at_is_not_taken_for_none(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path)
    there = {name: is_folder(tmp_path / name) for name in (".", "link", "file", "loop", "none", "file/none", "a\0b")}
    assert [name for name, is_there in there.items() if is_there] == [".", "link"]
    with pytest.raises(OSError, match="too long"):
        is_folder(tmp_path / ("x" * 1000))


def test_the_temporary_folder_of_a_run_that_was_killed_goes_with_the_next(tmp_path: Path) -> None:
    """And no other: neither that of a run that lives, nor one of the user's whose name is like ours."""
    own = tmp_path / ".synthkg-notes"
    own.mkdir()
    code = "import pathlib, sys, time\nfrom synthkg.files import temporary_folder\n"
    code += "with temporary_folder(pathlib.Path(sys.argv[1])) as folder:\n"
    code += " (folder / 'part').touch(); print(folder.parent.name, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        name = process.stdout.readline().strip()
        with temporary_folder(tmp_path) as folder:
            assert {each.name for each in tmp_path.iterdir()} == {own.name, name, folder.parent.name}
        process.send_signal(signal.SIGKILL)
    with temporary_folder(tmp_path) as folder, locked(folder):
        assert {each.name for each in tmp_path.iterdir()} == {own.name, folder.parent.name}
