"""The list comes back from a dump alone, byte for byte; and corrected is published with the errata, and nothing else."""

from __future__ import annotations

import csv
import hashlib
import io
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import synthkg
from conftest import DATA, FORMATS, ROOT, TOY, Run
from synthkg.catalog import load_catalog
from synthkg.importer import read_list
from synthkg.knowledge import KnowledgeGraph
from synthkg.records import Entry, ReadingList
from synthkg.views import all_pages, render
from test_importer import list_text

# The list as its source printed it: sha256sum data-synthesis-using-llms.md, when it was first read.
ORIGINAL = "2c0a12a22eef2896ed72267eb61db628680fc96647722d1f2308be41b4ba9dd2"

# Runs the command line where the network and every record file are out of reach.
_CUT_OFF = """
import sys

def refuse(event, arguments):
    if event.startswith("socket.") and event != "socket.__new__":
        raise RuntimeError(f"reached for the network: {event} {arguments}")
    if event in ("open", "os.listdir", "os.scandir") and (f"{arguments[0]}".endswith(".yaml") or "/data/" in f"{arguments[0]}/"):
        raise RuntimeError(f"reached for the records: {event} {arguments}")

from synthkg.cli import main
sys.addaudithook(refuse)
main()
"""


def cut_off(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", _CUT_OFF, *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False)


def test_the_original_comes_back_from_a_dump_alone(real_dist: Path, tmp_path: Path) -> None:
    done = cut_off(tmp_path, "view", "published", "--from", real_dist / "synthkg.nq")
    assert done.stderr == b""
    assert hashlib.sha256(done.stdout).hexdigest() == ORIGINAL
    (record,) = load_catalog(DATA).of(ReadingList).values()
    assert done.stdout == list_text(record).encode()


def test_the_toy_list_comes_back_with_its_newlines(toy_dist: Path, tmp_path: Path) -> None:
    done = cut_off(tmp_path, "view", "published", "--from", toy_dist / "synthkg.ttl")
    (record,) = load_catalog(TOY).of(ReadingList).values()
    assert done.stdout == list_text(record).encode()
    assert done.stdout.count(b"\r\n") == done.stdout.count(b"\n") >= 20
    assert not done.stdout.endswith(b"\n")


def test_nothing_reaches_for_the_records_unseen(tmp_path: Path) -> None:
    """The guard of the tests above guards."""
    done = cut_off(tmp_path, "view", "published", "--data", TOY)
    assert b"reached for the records" in done.stderr
    assert done.returncode != 0


@pytest.mark.parametrize("name", ["toy", "real"])
def test_every_format_gives_the_same_views(name: str, request: pytest.FixtureRequest) -> None:
    dist: Path = request.getfixturevalue(f"{name}_dist")
    pages = {ending: _pages(synthkg.open(dump=dist / f"synthkg.{ending}")) for ending in FORMATS}
    expected = _pages(synthkg.open(TOY if name == "toy" else DATA))
    assert {"published", "corrected", "reading-list", "code", "bibliography", "papers", "errata"} <= expected.keys()
    for ending in FORMATS:
        assert pages[ending].keys() == expected.keys()
        differing = [page for page, text in pages[ending].items() if text != expected[page]]
        assert differing == [], f"synthkg.{ending} gives these pages otherwise than the records do"


def _pages(kg: KnowledgeGraph) -> dict[str, str]:
    return {page.name: render(page, kg.store) for page in all_pages(kg.store)}


def test_committed_views_are_fresh(run: Run) -> None:
    done = run("view", "--check", "--data", DATA, "--out", ROOT / "views")
    assert (done.stdout, done.status) == ("", 0)


@dataclass(frozen=True)
class _Printed:
    """A document as the importer reads it: its entries' cells, and its other lines by number."""

    cells: list[dict[str, str | None]]
    lines: dict[int, str]


def _read(text: str) -> _Printed:
    document = read_list(text, "document").list
    cells: list[dict[str, str | None]] = []
    lines: dict[int, str] = {}
    number = 0
    for block in document.content:
        heading = "" if block.heading is None else block.heading + ("\n" if block.end is None else block.end)
        for line in (heading + (block.text or "")).splitlines(keepends=True):
            number += 1
            lines[number] = line
        cells += [{field: getattr(entry, field) for field in _FIELDS} for entry in block.entries]
        number += len(block.entries)
    return _Printed(cells, lines)


_FIELDS = ("title", "url", "venue", "code")
_LINE_ERRATA = """PREFIX synthkg: <https://w3id.org/synthkg/ontology#>
SELECT ?line ?published ?corrected WHERE {
  ?erratum synthkg:corrects ?text ; synthkg:published ?published ; synthkg:corrected ?corrected .
  ?text a synthkg:Text ; synthkg:line ?line .
}"""


@pytest.mark.parametrize("name", ["toy", "real"])
def test_corrected_is_published_with_its_errata(name: str, request: pytest.FixtureRequest) -> None:
    dist: Path = request.getfixturevalue(f"{name}_dist")
    kg = synthkg.open(dump=dist / "synthkg.nq")
    published, corrected = _read(kg.view("published")), _read(kg.view("corrected"))
    errata = list(csv.DictReader(io.StringIO(kg.view("errata"))))
    line_errata = list(kg.query(_LINE_ERRATA))
    (record,) = load_catalog(TOY if name == "toy" else DATA).of(ReadingList).values()
    assert len(errata) + len(line_errata) == len(record.errata) > 0
    assert any(erratum["corrected"] == "" and erratum["field"] == "title" for erratum in errata)
    assert line_errata

    entries: list[Entry] = [entry for block in record.content for entry in block.entries]
    assert published.cells == [{field: getattr(entry, field) for field in _FIELDS} for entry in entries]
    expected: list[dict[str, str | None] | None] = [dict(cells) for cells in published.cells]
    for erratum in errata:
        cells = expected[int(erratum["entry"]) - 1]
        assert cells is not None, f"the withdrawn row {erratum['entry']} is corrected too"
        assert cells[erratum["field"]] == erratum["published"]
        cells[erratum["field"]] = erratum["corrected"]
    assert corrected.cells == [cells for cells in expected if cells is not None and cells["title"] != ""]

    lines = dict(published.lines)
    for row in line_errata:
        number = int(row["line"])
        assert lines[number].rstrip("\n") == row["published"]
        lines[number] = lines[number].replace(row["published"], row["corrected"])
    assert list(corrected.lines.values()) == list(lines.values())
