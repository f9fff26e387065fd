"""What comes of a whole graph is made once and kept beside a store on disk, and comes out the same where it is not."""

from __future__ import annotations

import gc
import os
import pickle
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from conftest import ROOT
from synthkg.engine import Engine, EngineStore
from synthkg.graph import KeptStore, OxigraphStore, database, keep_dump, kept, load_dump, load_queries, made_once
from synthkg.profiles import Finder, Hit, Index, Labels, Things

ASKED = ("sums", "SELECT * { ?s ?p ?o }")


@pytest.fixture
def store(toy_dist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KeptStore:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(kept, "LARGE", 0)
    found = keep_dump(toy_dist / "synthkg.nq")
    assert found is not None
    return found


def files(folder: Path) -> list[Path]:
    return sorted((folder / "synthkg" / "derived").glob("*/[0-9a-f]*"))  # not what says what each folder is of


def test_it_is_made_once_for_a_store_on_disk_whoever_asks_it(store: KeptStore, tmp_path: Path) -> None:
    asking = EngineStore(Engine(store))
    for each in (store, asking, store):
        assert made_once(each, ASKED, lambda: len(files(tmp_path))) == 0
    assert made_once(store, (*ASKED, "other"), lambda: 7) == 7
    assert len(files(tmp_path)) == 2
    asking.engine.close()


@pytest.mark.parametrize("changed", ["queries/exports/labels.rq", "ontology/synthkg.ttl"])
def test_names_are_made_anew_where_what_makes_them_has_changed(changed: str, toy_dist: Path, tmp_path: Path) -> None:
    """Of a clone: labels.rq decides the names of persons among the words, whose own query is another."""
    for folder in ("ontology", "queries"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "data").mkdir()
    asked = "from synthkg.cli import main; from synthkg.graph import kept; kept.LARGE = 0; main()"
    command = [sys.executable, "-c", asked, "search", "tide", "--from", str(toy_dist / "synthkg.nq"), "--format", "json"]

    def search() -> tuple[bytes, int]:
        done = subprocess.run(
            command, cwd=tmp_path, env=os.environ | {"XDG_CACHE_HOME": str(tmp_path)}, capture_output=True, check=True
        )
        return done.stdout, len(files(tmp_path))

    first, kept_first = search()
    assert search() == (first, kept_first) == (first, 2)
    text = (tmp_path / changed).read_text("utf-8")
    (tmp_path / changed).write_text(
        text.replace("BIND(STR(?said) AS ?name)", 'BIND(CONCAT(STR(?said), "!") AS ?name)') + "\n# changed\n"
    )
    again, kept_again = search()
    assert kept_again == 4
    assert (again == first) is (changed != "queries/exports/labels.rq")


def test_names_of_another_dump_are_others(store: KeptStore, tmp_path: Path) -> None:
    other = tmp_path / "other.nt"
    other.write_text('<https://w3id.org/synthkg/paper/ebb> <http://purl.org/dc/terms/title> "Ebb" .\n')
    small = keep_dump(other)
    assert small is not None
    assert len(Labels(store).titles) > len(Labels(small).titles) == 1
    assert made_once(store, ASKED, lambda: 1) != made_once(small, ASKED, lambda: 2)


def test_of_any_other_store_it_is_made_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert [made_once(OxigraphStore(), ASKED, lambda n=n: n) for n in (1, 2)] == [1, 2]  # type: ignore[misc]
    assert not files(tmp_path)


def test_damage_costs_time_and_no_result(store: KeptStore, tmp_path: Path) -> None:
    made_once(store, ASKED, lambda: [1])
    (file,) = files(tmp_path)
    for number, damaged in enumerate((b"", b"\x80", pickle.dumps([1])[:-1], pickle.dumps([3]))):
        file.write_bytes(damaged)
        assert made_once(store, ASKED, lambda n=number: [n]) == [number]  # type: ignore[misc]
        assert made_once(store, ASKED, lambda: [7]) == [number], "it is kept"
        (file,) = files(tmp_path)


def test_what_has_the_place_of_another_is_made_anew(store: KeptStore, tmp_path: Path) -> None:
    """As after a disk was mended, or a backup taken back."""
    one, other = (*ASKED, "one"), (*ASKED, "other")
    made_once(store, one, lambda: 1)
    (first,) = (file.parent for file in files(tmp_path))
    made_once(store, other, lambda: 2)
    (second,) = {file.parent for file in files(tmp_path)} - {first}
    first.rename(tmp_path / "aside")
    second.rename(first)
    (tmp_path / "aside").rename(second)
    assert [made_once(store, asked, lambda n=n: n) for asked, n in ((one, 1), (other, 2))] == [1, 2]  # type: ignore[misc]


def test_a_database_that_is_damaged_is_made_anew(store: KeptStore, tmp_path: Path) -> None:
    """Wherever it is: without its beginning or end, in a page of an index, or in a single letter of a name."""

    def found() -> tuple[list[Hit], dict[str, str]]:
        labels = Labels(store)
        return Index(store, labels).search("tide reading"), dict(labels.titles)

    whole, random = found(), Random(7)
    for file in files(tmp_path):
        text = file.read_bytes()
        spoiled = [b"", b"no database", text[:4096], text[:-1000], b"x" * len(text), text[:4096] + b"\xff" * (len(text) - 4096)]
        for at in random.sample(range(len(text)), 20):
            spoiled.append(text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :])
        for damaged in spoiled:
            file.write_bytes(damaged)
            assert found() == whole
            assert file.read_bytes() == text
        file.unlink()
        assert found() == whole
        assert file.read_bytes() == text


def test_a_database_that_cannot_be_kept_is_in_memory(store: KeptStore, tmp_path: Path) -> None:
    made = []

    def fill(into: sqlite3.Connection) -> None:
        made.append(into.execute("PRAGMA database_list").fetchone()[2])
        if made[-1]:
            raise sqlite3.OperationalError("database or disk is full")
        into.execute("CREATE TABLE sum (n)")

    assert database(store, ASKED, fill).execute("SELECT COUNT(*) FROM sum").fetchone() == (0,)
    assert [bool(name) for name in made] == [True, False]
    assert not files(tmp_path)


def test_a_database_that_has_gone_is_in_memory_without_a_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be opened is not closed, and what is left is closed, else Python 3.13 warns of it."""
    monkeypatch.setattr("synthkg.graph.derived._beside", lambda *_: (None, tmp_path / "gone"))
    found = database(OxigraphStore(), ASKED, lambda made: made.executescript("CREATE TABLE sum (n)").close())
    assert found.execute("SELECT COUNT(*) FROM sum").fetchone() == (0,)
    del found
    gc.collect()


def test_a_kept_database_cannot_be_written(store: KeptStore) -> None:
    found = database(store, ASKED, lambda made: made.executescript("CREATE TABLE sum (n)").close())
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        found.execute("INSERT INTO sum VALUES (1)")


def test_names_and_words_are_those_of_the_graph_in_memory(store: KeptStore, toy_dist: Path, tmp_path: Path) -> None:
    memory = load_dump(toy_dist / "synthkg.nq")
    here, there = Labels(memory), Labels(store)
    assert dict(here.titles) == dict(there.titles) != {}
    Labels(store), Index(store, there), Things.read(store)
    assert len(files(tmp_path)) == 3
    indexes, finders = (Index(memory, here), Index(store, there)), (Finder(memory, here), Finder(store, there))
    words = {text for by_kind in indexes[0].texts.values() for texts in by_kind.values() for text in texts}
    for text in sorted(words | set(here.titles.values())):
        question = text[1:20]
        assert indexes[0].search(question, limit=5) == indexes[1].search(question, limit=5)
        assert finders[0].find(text) == finders[1].find(text)


def test_nothing_is_asked_of_the_graph_a_second_time(store: KeptStore, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        labels = Labels(store)
        Index(store, labels), Things.read(store)
        monkeypatch.setattr(type(next(iter(load_queries("exports").values()))), "rows", None)
