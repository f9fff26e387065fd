"""MLCommons' own reader takes the Croissant records, and they say what the graph says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import Run
from synthkg.giving.croissant import croissants
from synthkg.graph.store import OxigraphStore
from synthkg.model.vocabulary import BASE

# Properties that https://docs.mlcommons.org/croissant/docs/croissant-spec.html says must be specified.
REQUIRED = {"@context", "@type", "conformsTo", "name", "description", "url", "license", "creator", "datePublished"}


@pytest.fixture(scope="module")
def records(real_store: OxigraphStore) -> dict[str, dict[str, object]]:
    return {name: json.loads(text) for name, text in croissants(real_store).items()}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_mlcroissant_reads_them(records: dict[str, dict[str, object]], caplog: pytest.LogCaptureFixture) -> None:
    import mlcroissant

    assert len(records) >= 55
    for name in sorted(records)[::20]:
        metadata = mlcroissant.Dataset(jsonld=records[name]).metadata
        assert not metadata.ctx.issues.errors
        assert metadata.name == records[name]["name"]
        assert [creator.name for creator in metadata.creators] == [each["name"] for each in records[name]["creator"]]  # type: ignore[attr-defined]
    assert "context` is not standard" not in caplog.text


def test_each_has_what_the_specification_requires(records: dict[str, dict[str, object]]) -> None:
    for name, record in records.items():
        assert record.keys() >= REQUIRED, name
        assert record["sameAs"] == f"{BASE}artifact/{name}"
        assert str(record["license"]).startswith("http://spdx.org/licenses/")
    psych = records["disc-law-sft-data"]
    assert (psych["inLanguage"], psych["keywords"]) == (["zh"], ["Text"])


def test_what_is_not_known_is_left_out(run: Run, tmp_path: Path, toy: Path) -> None:
    """The toy data set has no licence."""
    done = run("export", "croissant", "--data", toy, "--out", tmp_path / "croissant")
    assert done.status == 0
    assert "0 files written" in done.stdout
    assert not (tmp_path / "croissant").exists()
