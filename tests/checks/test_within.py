"""Rules and checks that need one record are asked of some records at a time: that gives what asking all would."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from conftest import DATA, TOY
from synthkg import cache
from synthkg.cache import Shelf
from synthkg.checks import check, inspection, mapping, rows_found, within
from synthkg.checks.inspection import origin_of
from synthkg.checks.mapping import Chunks
from synthkg.checks.placing import Found
from synthkg.graph import OxigraphStore, infer, link_quads, load_queries
from synthkg.model import BASE


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy, where a paper refutes concepts that are above its own: of the ontology, and of the folder's own scheme."""
    data = Path(shutil.copytree(TOY, tmp_path_factory.mktemp("spoiled") / "toy"))
    file = data / "papers" / "tide-instruct.yaml"
    text = file.read_text(encoding="utf-8").replace("  - data-synthesis\n", "  - data-labeling\n")
    above = "".join(
        f"  - concept: {concept}\n    reason: It is not.\n" for concept in ("technique/data-augmentation", "tide/spring")
    )
    file.write_text(text.replace("refuted:\n", f"refuted:\n{above}"), encoding="utf-8")
    return data


@pytest.fixture(scope="module", params=["toy", "real", "spoiled"])
def whole(request: pytest.FixtureRequest, spoiled: Path) -> tuple[inspection.Graph, Found]:
    """A data folder as a graph, and what the checks within its records found."""
    data = {"toy": TOY, "real": DATA, "spoiled": spoiled}[request.param]
    origin = origin_of(data)
    with pytest.MonkeyPatch.context() as monkeypatch:
        if data == spoiled:  # each record by itself, without the scheme of its topics
            monkeypatch.setattr(mapping, "_MOST", 1)
            monkeypatch.setattr(within, "_MOST", 1)
        read = inspection._map(Chunks(origin.held, origin.program, Shelf("shards", data)), data, lambda *_: None)
        store, found = inspection._alone(read, origin)
    return inspection._graph(read, store), found


@pytest.fixture
def graph(whole: tuple[inspection.Graph, Found]) -> inspection.Graph:
    return whole[0]


def test_most_rules_and_checks_need_one_record() -> None:
    near, far = within.within(), within.across()
    assert near.rules.keys() | far.rules.keys() == load_queries("rules").keys()
    assert near.checks.keys() | far.checks.keys() == load_queries("checks").keys()
    assert len(near.rules) > len(far.rules) > 0
    assert {"lone-aggregator", "weakly-supported"} <= near.checks.keys()
    assert {"read-in-future", "duplicate-title"} <= far.checks.keys()


def test_what_follows_from_some_records_is_what_follows_from_all(graph: inspection.Graph) -> None:
    stated = OxigraphStore(quad for quad in graph.store if "/graph/inferred" not in str(quad.graph_name))
    together = {str(quad) for quad in infer(stated)}
    assert {*b"".join(graph.inferred).decode().removesuffix(" .\n").split(" .\n")} == together


def test_what_is_found_in_some_records_is_what_is_found_in_all(whole: tuple[inspection.Graph, Found]) -> None:
    graph, found = whole
    every = OxigraphStore(graph.store)
    together = Counter((query.name, *row.items()) for query, row in rows_found(every, within.within().checks))
    assert Counter((query.name, *row.items()) for query, row in found) == together


def test_what_a_record_refutes_is_nothing_narrower_either(spoiled: Path) -> None:
    found = [finding for finding in check(spoiled).findings if finding.rule == "refuted-own-fact"]
    lines = (spoiled / "papers" / "tide-instruct.yaml").read_text(encoding="utf-8").splitlines()
    assert [(lines[each.line - 1].strip(), each.severity) for each in found] == [
        ("- data-labeling", "error"),
        ("- tide/king", "error"),
    ]


def test_links_that_were_found_stand_beside_their_records(graph: inspection.Graph) -> None:
    catalog = graph.catalog
    every = [quad for target, links in catalog.links.items() for quad in link_quads(target, links, catalog.vocabulary)]
    found = inspection._links_by_file(catalog)
    about = {f"{quad} ." for quad in every if not str(quad.subject).startswith(f"<{BASE}concept/")}
    assert {line for text in found.values() for line in text.decode().splitlines()} == about
    assert all(f"<{BASE}{Path(file).parent.name[:-1]}/{Path(file).stem}".encode() in text for file, text in found.items())
    assert bool(about) == (catalog.data == DATA), "the toy has found concepts alone"


def test_without_a_place_to_keep_anything_each_file_is_read_once(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second map reads what the first made; it lies in a temporary folder meanwhile."""
    expected = check(toy)
    read: list[str] = []
    map_files = mapping.map_files

    def note(chunk: mapping.Chunk) -> mapping.Mapped:
        read.extend(path for _, path, _ in chunk.files)
        return map_files(chunk)

    monkeypatch.setattr(cache, "home", lambda: None)
    monkeypatch.setattr(mapping, "map_files", note)
    again = check(toy)
    assert (again.findings, again.triples) == (expected.findings, expected.triples)
    assert sorted(read) == sorted(map(str, toy.glob("*/*.yaml")))
