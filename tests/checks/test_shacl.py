"""The processes that validate: they run our code only, and their end is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import TOY
from synthkg.catalog.folder import load_catalog
from synthkg.checks.shacl import _Helper
from synthkg.errors import SynthkgError


def test_a_module_in_the_current_folder_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of records may come from a stranger, and is often checked from inside it."""
    for name in ("yaml", "queue", "pickle", "synthkg", "rdflib"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(3)")
    catalog = load_catalog(TOY)
    monkeypatch.chdir(tmp_path)
    with _Helper(catalog.vocabulary.folder) as helper:
        assert helper.validate(list(catalog)) == []


def test_the_end_of_a_helper_is_told() -> None:
    catalog = load_catalog(TOY)
    with _Helper(catalog.vocabulary.folder) as helper:
        helper._process.kill()
        with pytest.raises(SynthkgError, match="was ended by signal 9; most often memory ran out"):
            helper.validate(list(catalog))
