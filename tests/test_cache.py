"""What is kept between runs: nothing of others is loaded, and what was used last stays."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from synthkg.cache import Folders, Memory, Shelf, home


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder of our own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = home()
    assert folder is not None
    return folder


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702])
def test_a_cache_into_which_others_can_put_files_is_not_read(mode: int, cache: Path, tmp_path: Path) -> None:
    """A pickle of theirs would run what they like."""
    Shelf("answers", tmp_path).keep("a", 1)
    folders = Folders("stores", 2)
    assert folders.get("a", Path.mkdir) is not None
    cache.chmod(mode)
    assert Shelf("answers", tmp_path).find("a") is None
    assert Folders("stores", 2).get("a", Path.mkdir) is None
    cache.chmod(0o755)
    assert Shelf("answers", tmp_path).find("a") == 1


@pytest.mark.usefixtures("cache")
def test_a_cache_of_another_user_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Shelf("answers", tmp_path).keep("a", 1)
    other = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: other)
    assert Shelf("answers", tmp_path).find("a") is None


def test_nothing_is_written_into_a_cache_of_others(cache: Path, tmp_path: Path) -> None:
    """Whoever makes it first, as ``/tmp/synthkg``, could lay a link there that leads into a file of the user."""
    memory = Memory("views", tmp_path, "all that decides")
    memory.keep(["made by us"])
    (file,) = cache.glob("views-*")
    file.unlink()
    own = tmp_path / "own.txt"
    own.write_text("mine")
    file.symlink_to(own)
    cache.chmod(0o777)
    Memory("views", tmp_path, "all that decides").keep(["made by us"])
    assert home() is None
    assert own.read_text() == "mine"


def test_what_was_used_last_is_kept(cache: Path, tmp_path: Path) -> None:
    shelf = Shelf("answers", tmp_path)
    for number, key in enumerate("abc"):
        shelf.keep(key, key)
        (file,) = cache.glob(f"answers-*/{key}")
        os.utime(file, (number, number))
    assert shelf.has("a"), "which counts as used"
    shelf.trim(2)
    assert [shelf.find(key) for key in "abc"] == ["a", None, "c"]


def test_what_a_disk_has_altered_is_not_remembered(cache: Path, tmp_path: Path) -> None:
    """One letter of a finding, or of its severity, would be another result."""
    memory = Memory("checked", tmp_path, "all that decides")
    memory.keep({"records": 13, "findings": [["papers/tide.yaml", "error"]]})
    (file,) = cache.glob("checked-*")
    kept, told = file.read_bytes(), memory.recall()
    assert told is not None
    for place in range(len(kept)):
        file.write_bytes(kept[:place] + bytes([kept[place] ^ 4]) + kept[place + 1 :])
        assert memory.recall() in (None, told)


@pytest.mark.usefixtures("cache")
def test_a_folder_in_the_place_of_another_is_made_anew(tmp_path: Path) -> None:
    """As after a disk was mended: a store would answer about another dump."""

    def made(key: str) -> str:
        def make(folder: Path) -> None:
            folder.mkdir()
            (folder / "of").write_text(key)

        held = Folders("stores", 2).get(key, make)
        assert held is not None
        return (held.path / "of").read_text()

    assert [made(key) for key in "ab"] == ["a", "b"]
    a, b = (Path(os.environ["XDG_CACHE_HOME"], "synthkg", "stores", key) for key in "ab")
    a.rename(tmp_path / "aside")
    b.rename(a)
    (tmp_path / "aside").rename(b)
    assert [made(key) for key in "ab"] == ["a", "b"]
