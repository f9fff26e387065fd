"""The big graphs of the benchmarks are what a data folder of that size would give."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from conftest import ROOT, TOY
from synthkg.api.knowledge import open
from synthkg.checks import check
from synthkg.graph.inference import infer
from synthkg.graph.store import OxigraphStore, load_dump
from synthkg.graph.triples import GRAPHS

sys.path.append(str(ROOT / "benchmarks"))

generated = import_module("generate")


def test_the_graph_is_that_of_the_folder(tmp_path: Path) -> None:
    papers = 3 * len(list((TOY / "papers").glob("*.yaml")))
    assert (
        generated.generate_dump(TOY, papers, tmp_path / "big.nq") == generated.generate(TOY, papers, tmp_path / "data") == papers
    )
    found = set(load_dump(tmp_path / "big.nq"))
    store = open(tmp_path / "data").store
    assert isinstance(store, OxigraphStore)
    assert found == set(store)


def test_the_folder_is_sound(tmp_path: Path) -> None:
    papers = len(list((ROOT / "data" / "papers").glob("*.yaml")))
    generated.generate(ROOT / "data", papers + 1, tmp_path / "data")
    assert check(tmp_path / "data").errors == []


def test_what_follows_is_found_copy_by_copy(tmp_path: Path) -> None:
    generated.generate_dump(ROOT / "data", 250, tmp_path / "big.nq")
    found = set(load_dump(tmp_path / "big.nq"))
    inferred = {quad for quad in found if quad.graph_name == GRAPHS["inferred"]}
    assert inferred == set(infer(OxigraphStore(found - inferred)))
