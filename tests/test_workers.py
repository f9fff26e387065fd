"""The processes that help: they run our code only, give results in order, and their end is told."""

from __future__ import annotations

import operator
import sys
from functools import partial
from pathlib import Path

import pytest

from conftest import TOY, disturbed
from synthkg import workers
from synthkg.catalog.folder import load_catalog
from synthkg.checks.shacl import _validate_chunk
from synthkg.errors import SynthkgError
from synthkg.workers import _Helper, mapped, staying


def test_a_module_in_the_current_folder_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of records may come from a stranger, and is often checked from inside it."""
    for name in ("yaml", "queue", "pickle", "synthkg", "rdflib"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(3)")
    catalog = load_catalog(TOY)
    monkeypatch.chdir(tmp_path)
    helper = _Helper()
    assert helper.do(partial(_validate_chunk, catalog.vocabulary.folder), list(catalog)) == []
    helper.end()


def test_the_end_of_a_helper_is_told() -> None:
    helper = _Helper()
    helper._process.kill()
    with pytest.raises(SynthkgError, match="was ended by signal 9; most often memory ran out"):
        helper.do(abs, -1)
    helper.end()


def test_a_helper_that_is_stopped_and_goes_on_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """With PYTHONUNBUFFERED, which most containers set, Python loses what one write does not take: so builds broke by Ctrl-Z."""
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")
    helper = _Helper()
    with disturbed(helper._process.pid):
        for size in range(10_000_000, 10_000_003):
            assert helper.do(bytes, size) == bytes(size)
    helper.end()


def test_another_python_imports_what_this_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And runs nothing of the folder in which we stand, such as a data folder of others."""
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "pickle.py").write_text("raise SystemExit(3)")
    (tmp_path / "known").mkdir()
    (tmp_path / "known" / "known_to_us.py").touch()
    monkeypatch.syspath_prepend(tmp_path / "known")
    monkeypatch.chdir(tmp_path / "here")
    assert workers.another_python("-c", "import known_to_us, pickle, synthkg.workers").wait() == 0
    monkeypatch.setattr(sys, "path", ["", *sys.path])  # as in a notebook
    Path("pickle.py").rename("beside.py")
    assert workers.another_python("-c", "import beside").wait() == 3


def test_results_come_in_order_and_faults_as_they_are() -> None:
    assert list(mapped(abs, range(-200, 0))) == list(range(200, 0, -1))
    assert list(mapped(abs, [])) == []
    with pytest.raises(ZeroDivisionError):
        list(mapped(partial(operator.floordiv, 1), [2, 1, 0, 3, 4]))


def test_helpers_stay_for_the_next_map_and_no_longer() -> None:
    with staying():
        assert list(mapped(abs, range(100))) == list(range(100))
        kept = list(workers._idle)
        assert list(mapped(abs, range(100))) == list(range(100))
        assert workers._idle == kept
    assert not workers._idle


def test_who_wants_no_more_results_waits_for_none() -> None:
    results = mapped(partial(pow, 3), range(10_000))
    assert next(results) == 1
    results.close()  # type: ignore[attr-defined]


def test_a_helper_that_dies_ends_the_work() -> None:
    with pytest.raises(SynthkgError, match="ended with status 3"):
        list(mapped(_exit_elsewhere, [_here()] * 100))


def _here() -> str:
    return str(id(sys.modules))


def _exit_elsewhere(here: str) -> None:
    if here != _here():
        raise SystemExit(3)
