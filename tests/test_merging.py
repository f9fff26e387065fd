"""Two pull requests that each add a paper, merged: nothing conflicts, no row is missing, and one command mends the order.

And a clone has the bytes that were committed.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

import synthkg
from committed import different
from conftest import ROOT, TOY
from synthkg.model.identifiers import slug
from synthkg.views.pages import all_pages
from synthkg.views.regeneration import regenerate, stale

PAPER = """title: "{title}"
contributions:
  - method
authors:
  - {author}
versions:
  - id: preprint
    type: preprint
    date: 2024-05-0{number}
    venue: arxiv
    arxiv: "2405.9999{number}"
stages:
  - fine-tuning
domains:
  - science
techniques:
  - data-synthesis
uses:
  - drift
evidence:
  - source: https://arxiv.org/abs/2405.9999{number}
    kind: arxiv
    read: 2024-06-01
"""


class Repository:
    """A scratch clone with the data and the pages that are made of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(TOY, folder / "data")
        shutil.copy(ROOT / ".gitattributes", folder)
        self.make()
        self.git("init", "-q", "-b", "main")
        self.commit("the beginning")

    def git(self, *arguments: str) -> str:
        who = ("-c", "user.name=N", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false")
        done = subprocess.run(["git", *who, *arguments], cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"git {' '.join(arguments)}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def commit(self, message: str) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)

    def make(self) -> None:
        """What `make` does with the pages that records change."""
        store = synthkg.open(self.folder / "data").store
        regenerate(store, all_pages(store), self.folder / "views", whole=True)

    def propose(self, title: str, author: str, number: int) -> None:
        self.git("checkout", "-q", "-b", slug(title), "main")
        record = PAPER.format(title=title, author=author, number=number)
        (self.folder / "data" / "papers" / f"{slug(title)}.yaml").write_text(record, encoding="utf-8")
        self.make()
        self.commit(title)


@pytest.mark.parametrize(
    "titles",
    [("Aardvarks Teach Models", "Zebras Teach Models"), ("Tidal Jackals", "Tidal Jackdaws")],
    ids=["apart", "neighbours"],
)
def test_two_papers_meet(titles: tuple[str, str], tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    for number, title in enumerate(titles, start=1):
        repository.propose(title, f"Ada {slug(title)}", number)
    repository.git("checkout", "-q", "main")
    for title in titles:
        repository.git("merge", "-q", "--no-edit", slug(title))
    kg = synthkg.open(tmp_path / "data")
    views = tmp_path / "views"
    assert different(kg, views) == []
    if titles[0].startswith("Aardvarks"):
        assert stale(kg.store, all_pages(kg.store), views, whole=True) == []
    before = repository.git("rev-parse", "HEAD")
    repository.make()
    assert stale(kg.store, all_pages(kg.store), views, whole=True) == []
    changed = repository.git("diff", "--name-only", before.strip()).split()
    assert all(file.startswith("views/") for file in changed)
    assert {row["id"] for row in kg.query("papers")} >= set(map(slug, titles))


def test_a_clone_has_every_byte_whatever_git_is_set_up_to_do(tmp_path: Path) -> None:
    """As on Windows, where Git makes carriage returns; the pages of a list have some of their own."""
    repository, clone = Repository(tmp_path / "here"), tmp_path / "clone"
    repository.git("clone", "-q", "-c", "core.autocrlf=true", ".", str(clone))
    files = repository.git("ls-files", "-z").split("\0")[:-1]
    assert b"\r\n" in (clone / "views" / "published.md").read_bytes()
    assert [file for file in files if (clone / file).read_bytes() != (repository.folder / file).read_bytes()] == []
