"""Drafts: they can be mentioned and matched, what they lack is told as notes, and they are no part of the graph."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from conftest import TOY, Run
from synthkg.catalog import load_catalog
from synthkg.model import Paper


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The toy folder, to write in."""
    return Path(shutil.copytree(TOY, tmp_path / "data"))


def test_a_skeleton_is_a_draft_and_everything_goes_on(run: Run, data: Path, tmp_path: Path) -> None:
    before = run("view", "papers", "--data", data).stdout
    assert run("add", "2212.99999", "--title", "A paper of tomorrow", "--data", data).status == 0
    assert run("add", "https://github.com/toy/tomorrow", "--data", data).status == 0
    checked = run("check", "--data", data)
    assert checked.status == 0, checked.stdout
    told = [line for line in (checked.stdout + checked.stderr).splitlines() if "tomorrow" in line]
    assert told
    assert all(": note: " in line for line in told)
    assert run("view", "papers", "--data", data).stdout == before
    assert run("build", "--data", data, "--out", tmp_path / "dist").status == 0
    assert "tomorrow" not in (tmp_path / "dist" / "synthkg.nq").read_text("utf-8")
    (tmp_path / "list.md").write_text("- [A paper of tomorrow](https://arxiv.org/abs/2212.99999)\n", "utf-8")
    assert "known" in run("match", tmp_path / "list.md", "--data", data).stdout
    again = run("add", "2212.99999", "--data", data)
    assert again.status == 2
    assert "already" in again.stderr


def test_a_finished_draft_that_loses_the_word_is_a_record(run: Run, data: Path) -> None:
    file = data / "papers" / "tide-survey.yaml"
    text = file.read_text("utf-8")
    before = run("view", "papers", "--data", data).stdout
    file.write_text(f"draft: true\n{text}", "utf-8")
    checked = run("check", "--data", data)
    assert checked.status == 0, checked.stdout
    assert "remove the line draft: true" in checked.stdout + checked.stderr
    assert "tide-survey" not in run("view", "papers", "--data", data).stdout
    assert "tide-survey" in load_catalog(data).known(Paper)
    file.write_text(text, "utf-8")
    assert run("view", "papers", "--data", data).stdout == before


def test_a_record_may_mention_a_draft_but_not_a_stranger(run: Run, data: Path) -> None:
    file = data / "papers" / "tide-survey.yaml"
    file.write_text(file.read_text("utf-8").replace("uses:\n", "uses:\n  - tomorrow\n"), "utf-8")
    assert run("check", "--data", data).status == 1
    (data / "methods" / "tomorrow.yaml").write_text("draft: true\n", "utf-8")
    assert run("check", "--data", data).status == 0


@pytest.mark.parametrize(
    "text", ["draft: true\n", "draft: true\ntitle:\nversions:\n  - id:\n    type:\nauthors:\n  -\n", "draft: true\ntitel: x\n"]
)
def test_whatever_a_draft_lacks_is_a_note(run: Run, data: Path, text: str) -> None:
    (data / "papers" / "tomorrow.yaml").write_text(text, "utf-8")
    done = run("check", "--data", data)
    assert done.status == 0, done.stdout
    assert "tomorrow.yaml" in done.stdout + done.stderr


def test_what_says_draft_otherwise_is_told(run: Run, data: Path) -> None:
    file = data / "papers" / "tide-survey.yaml"
    file.write_text(f"draft: yes\n{file.read_text('utf-8')}", "utf-8")
    done = run("check", "--data", data)
    assert done.status == 1
    assert "true" in done.stdout + done.stderr
