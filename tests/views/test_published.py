"""The list comes back from a dump alone, byte for byte; and corrected is published with the errata, and nothing else."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import rdflib
from hypothesis import given, settings
from rdflib import RDF

import synthkg
from committed import different
from conftest import DATA, FORMATS, ORIGINAL, ROOT, TOY, Run, cut_off, invoke
from documents import documents, list_text
from synthkg.api.knowledge import KnowledgeGraph
from synthkg.catalog.folder import load_catalog
from synthkg.graph.store import OxigraphStore, load_dump
from synthkg.lists.importer import read_list
from synthkg.model.records import Entry, ReadingList
from synthkg.views.pages import all_pages, render


def test_the_original_comes_back_from_a_dump_alone(real_dist: Path, tmp_path: Path) -> None:
    done = cut_off(tmp_path, "network,records", "view", "published", "--from", real_dist / "synthkg.nq")
    assert done.stderr == b""
    assert hashlib.sha256(done.stdout).hexdigest() == ORIGINAL
    (record,) = load_catalog(DATA).of(ReadingList).values()
    assert done.stdout == list_text(record).encode()


def test_the_toy_list_comes_back_with_its_newlines(toy_dist: Path, tmp_path: Path) -> None:
    done = cut_off(tmp_path, "network,records", "view", "published", "--from", toy_dist / "synthkg.ttl")
    (record,) = load_catalog(TOY).of(ReadingList).values()
    assert done.stdout == list_text(record).encode()
    assert done.stdout.count(b"\r\n") == done.stdout.count(b"\n") >= 20
    assert not done.stdout.endswith(b"\n")


@pytest.mark.parametrize(("lists", "first"), [((), "tides"), (("harbours", "winds"), "tides"), (("winds",), "tides")])
def test_the_pages_of_the_primary_list_stand_above_those_of_others(lists: tuple[str, ...], first: str, toy: Path) -> None:
    """Whatever it is called; and those of no other thing are lists'."""
    for id in lists:
        (toy / "lists" / f"{id}.yaml").write_text("title: Another\n", encoding="utf-8")
    published = {page.file: page.values for page in all_pages(synthkg.open(toy).store) if page.query.name == "published"}
    assert published == {"published.md": {"list": first}} | {f"lists/{id}/published.md": {"list": id} for id in lists}


def test_reaching_for_the_records_would_be_seen(tmp_path: Path) -> None:
    """The guard of the tests above guards."""
    done = cut_off(tmp_path, "network,records", "view", "published", "--data", TOY)
    assert b"reached for what is out of reach" in done.stderr
    assert done.returncode != 0


def test_every_format_gives_the_same_views(toy_dist: Path) -> None:
    expected = _pages(synthkg.open(TOY))
    assert {"published", "corrected", "reading-list", "code", "bibliography", "papers", "errata"} <= expected.keys()
    for ending in FORMATS:
        assert _pages(synthkg.open(dump=toy_dist / f"synthkg.{ending}")) == expected, ending


def test_every_format_of_the_real_dumps_is_read_as_the_same_triples(real_dist: Path, real_store: OxigraphStore) -> None:
    """And from triples alone come the views of the records."""
    stated = {quad.triple for quad in real_store.inner}
    for ending in FORMATS:
        assert {quad.triple for quad in load_dump(real_dist / f"synthkg.{ending}").inner} == stated, ending
    assert _pages(synthkg.open(dump=real_dist / "synthkg.ttl")) == _pages(KnowledgeGraph(real_store))


def _pages(kg: KnowledgeGraph) -> dict[str, str]:
    return {page.name: render(page, kg.store) for page in all_pages(kg.store)}


def test_committed_views_are_fresh(real_store: OxigraphStore) -> None:
    """Every row is there; where two branches met, `make` may have to put them in order."""
    assert different(KnowledgeGraph(real_store), ROOT / "views") == [], "run: make"


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

    entries: list[Entry] = [e for block in record.content if block.since is None for e in block.entries if e.since is None]
    assert published.cells == [{field: getattr(entry, field) for field in _FIELDS} for entry in entries]
    expected: list[dict[str, str | None] | None] = [dict(cells) for cells in published.cells]
    for erratum in errata:
        cells = expected[int(erratum["entry"]) - 1]
        assert cells is not None, f"the withdrawn row {erratum['entry']} is corrected too"
        assert cells[erratum["field"]] == erratum["published"]
        cells[erratum["field"]] = erratum["corrected"]
    refuted = {int(number) for row in kg.query("claims", verdict="refuted") for number in row["entries"]}
    assert bool(refuted) == (name == "real")
    kept = [cells for number, cells in enumerate(expected, start=1) if number not in refuted]
    assert corrected.cells == [cells for cells in kept if cells is not None and cells["title"] != ""]

    lines = dict(published.lines)
    for row in line_errata:
        number = int(row["line"])
        assert lines[number].rstrip("\n") == row["published"]
        lines[number] = lines[number].replace(row["published"], row["corrected"])
    assert list(corrected.lines.values()) == list(lines.values())


@settings(max_examples=60)
@given(documents())
def test_every_document_comes_back_through_the_product(text: str) -> None:
    """From a Markdown file by way of YAML, triples and a saved query to the same bytes."""
    with TemporaryDirectory() as folder:
        document, data = Path(folder) / "a-list.md", Path(folder) / "data"
        document.write_bytes(text.encode("utf-8"))
        imported = invoke("import", document, "--to", data)
        assert imported.status in (0, 1)  # 1 if nothing in it could be read as an entry
        words = rf"^\d+ rows? read, \d+ lines? not read as entries: .* in {re.escape(str(data))}$"
        assert re.search(words, imported.stdout, re.M)
        if text:
            printed = invoke("view", "published", "--data", data)
            assert (printed.status, printed.stdout) == (0, text)
            assert invoke("format", "--check", "--data", data).status == 0


@pytest.mark.parametrize(
    "text",
    [
        "# Papers\r\n\r\n| Paper |\r\n|--|\r\n| [A](https://arxiv.org/abs/2304.00001) |\r\n",
        "# Papers\r\rold\rnewlines\r",
        "mixed\r\nand\nnot\rends",
        "\ufeff# With a byte order mark\n",
        "no newline at the end",
        "\n\n\n",
        "  \t\n \u2028 \x85 \xa0 \x7f\n",
        "| Paper | Code |\n|--|--|\n| [a \\| b | c](https://x.org) | 潮汐 |  \n",
    ],
    ids=["CRLF", "CR", "mixed", "BOM", "no final newline", "blank lines", "odd spaces", "bars"],
)
def test_odd_bytes_come_back_through_every_dump(text: str, tmp_path: Path) -> None:
    document, data = tmp_path / "list.md", tmp_path / "data"
    document.write_bytes(text.encode("utf-8"))
    assert invoke("import", document, "--to", data).status in (0, 1), "1 where nothing was read, which is said"
    assert invoke("build", "--data", data, "--out", tmp_path / "dist").status == 0
    for ending in FORMATS:
        printed = invoke("view", "published", "--from", tmp_path / "dist" / f"synthkg.{ending}")
        assert printed.stdout == text, ending
    graph = rdflib.Graph().parse(tmp_path / "dist" / "synthkg.rdf", format="xml")
    if not any(graph.subjects(RDF.type, _TERMS.Placement)):  # no entries, so the texts are all of the document
        pieces = sorted(
            (int(str(graph.value(piece, _TERMS.order))), str(content)) for piece, content in graph.subject_objects(_TERMS.text)
        )
        assert "".join(content for _, content in pieces) == text, "another reader of RDF/XML has other text"
    else:
        assert ("\r" in text) == any("\r" in str(end) for end in graph.objects(predicate=_TERMS.end))


_TERMS = rdflib.Namespace("https://w3id.org/synthkg/ontology#")


def test_import_overwrites_nothing(tmp_path: Path, run: Run) -> None:
    document = tmp_path / "list.md"
    document.write_text("- [A first one](https://arxiv.org/abs/2304.00001)\n")
    assert run("import", document, "--to", tmp_path / "data").status == 0
    before = {file: file.read_bytes() for file in (tmp_path / "data").rglob("*.yaml")}
    assert sorted(file.parent.name for file in before) == ["lists", "papers", "venues"]
    document.write_text("- [A first one](https://arxiv.org/abs/2304.00009)\n- [Second](https://x.org)\n")
    again = run("import", document, "--to", tmp_path / "data")
    assert again.status == 2
    assert "exists already; nothing was written" in again.stderr
    assert {file: file.read_bytes() for file in (tmp_path / "data").rglob("*.yaml")} == before


def test_import_says_what_it_could_not_read(tmp_path: Path, run: Run) -> None:
    document = tmp_path / "list.md"
    other = "https://arxiv.org/abs/1601.10000"
    document.write_text(
        f"# Links\n\n- [A](https://arxiv.org/abs/2304.00001), [pdf]({other})\n- Thanks to [Someone](https://x.org)\n"
    )
    done = run("import", document, "--to", tmp_path / "data")
    left = f"{document}:3:1: {other} is that of another work than the entry's, so it was left out"
    assert left in run("match", document).stdout.splitlines()
    assert done.stdout.splitlines() == [
        left,
        f"{document}:4:1: not read as an entry, kept as text: - Thanks to [Someone](https://x.org)",
        f"1 row read, 1 line not read as entries: 1 paper, 0 artifacts, 0 conflicts, in {tmp_path / 'data'}",
    ]


def test_a_document_with_what_no_xml_has_comes_back(tmp_path: Path, run: Run) -> None:
    document = tmp_path / "list.md"
    document.write_text("\x0c# Bells \x07 and ␛\n\n- [A\x00 b](https://arxiv.org/abs/2304.00001)\n", encoding="utf-8")
    assert run("import", document, "--to", tmp_path / "data").status == 0
    assert run("check", "--data", tmp_path / "data").status == 0
    assert run("view", "published", "--data", tmp_path / "data").stdout == document.read_text("utf-8")
