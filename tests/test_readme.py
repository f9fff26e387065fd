"""README.md and CONTRIBUTING.md: the commands in them run, one after another in one clone, and print what they show."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from conftest import ROOT

SET_UP = {"make", "make test"}  # what has been done when tests run
BLOCK = re.compile(r"^```(?P<language>\w+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
ANYTHING = "…"


class Command(NamedTuple):
    """A command and the output shown below it, or None where none is."""

    line: int
    text: str
    output: list[str] | None


class Block(NamedTuple):
    """A fenced block of a document."""

    document: str
    commands: list[Command]


def _blocks(document: str) -> list[Block]:
    text = (ROOT / document).read_text(encoding="utf-8")
    found = []
    for block in BLOCK.finditer(text):
        first = text.count("\n", 0, block.start("body")) + 1
        lines = list(enumerate(block["body"].splitlines(), start=first))
        commands: list[Command] = []
        if block["language"] == "sh":
            commands = [Command(number, line, None) for number, line in lines if line and line not in SET_UP]
        elif block["language"] == "python":
            commands = [Command(first, block["body"], None)]
        elif block["language"] == "console":
            starts = [(number, line) for number, line in lines if line.startswith("$ ")]
            ends = [*(number for number, _ in starts[1:]), first + len(lines)]
            for (number, line), end in zip(starts, ends, strict=True):
                commands.append(Command(number, line[2:], [shown for at, shown in lines if number < at < end]))
        if commands:
            found.append(Block(document, commands))
    return found


BLOCKS = [block for document in ("README.md", "CONTRIBUTING.md") for block in _blocks(document)]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the clone in which commands may write, with the environment that `make` would set up."""
    folder = tmp_path_factory.mktemp("readme") / "synthkg"
    folder.mkdir()
    for name in (".gitignore", "ontology", "queries", "data", "views", "docs", "README.md"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name, call in (("synthkg", "-m synthkg"), ("python", "")):
        program = programs / name
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" {call} "$@"\n')
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return folder


def _fits(shown: list[str], printed: list[str]) -> bool:
    """Whether the output is as shown, where a line of … stands for any lines, and … in a line for any text."""
    pattern = ""
    for line in shown:
        pattern += r"(?:.*\n)*?" if line.strip() == ANYTHING else re.escape(line).replace(re.escape(ANYTHING), ".*") + r"\n"
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None


def test_documents_top_to_bottom_in_one_folder(clone: Path) -> None:
    """As somebody does who types along: whatever a command leaves, the next ones work; git sees nothing but the new record."""
    for line in ("git init -q", "git add --all", "git -c user.name=a -c user.email=a@b.c commit -qm clone"):
        subprocess.run(line, shell=True, cwd=clone, check=True)
    for block in BLOCKS:
        for command in block.commands:
            _try(command, block.document, clone)
    left = subprocess.run(["git", "status", "--porcelain"], cwd=clone, capture_output=True, text=True, check=True).stdout
    assert left == "?? data/papers/a-paper-of-tomorrow.yaml\n"


def test_everything_works_beside_an_unfinished_draft(clone: Path) -> None:
    """Eight, drawn by the seed, of all but the commands that are there to insist; each says once which record it leaves out."""
    draft = clone / "data" / "papers" / "a-draft.yaml"
    draft.write_text("title: A draft\nauthors:\n  -\n")
    insisting = re.compile(r"synthkg (add|build|check|enrich|format|update)\b|.* dist/")
    every = [command for block in BLOCKS for command in block.commands if command.text.startswith("synthkg")]
    seed = os.environ["SYNTHKG_SEED"]
    for command in Random(seed).sample([command for command in every if not insisting.match(command.text)], 8):
        done = _run(command, clone)
        assert done.returncode == 0, (seed, command, done.stderr)
        reads_records = not re.search(r"--data|synthkg (import|query$|query  |link$)", command.text)
        assert done.stderr.count(f"left out: {draft.relative_to(clone)}:3:4:") == reads_records, (seed, command, done.stderr)
    assert _run(Command(0, "synthkg build", None), clone).returncode == 1
    draft.unlink()


def test_a_field_of_ones_own(clone: Path, tmp_path: Path) -> None:
    """From a list of another field to a checked graph, a clean list, pages and dumps, away from any clone."""
    document = "docs/own-field.md"
    (tmp_path / ".venv").symlink_to(clone / ".venv")
    shown = next(block["body"] for block in BLOCK.finditer((ROOT / document).read_text()) if block["language"] == "markdown")
    (tmp_path / "passages.md").write_text(shown)
    for block in _blocks(document):
        for command in block.commands:
            _try(command, document, tmp_path)
    checked = _run(Command(0, "synthkg check --data retrieval", None), tmp_path)
    assert [line for line in checked.stdout.splitlines() if ": note: " not in line] == []


def _run(command: Command, clone: Path) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-c", command.text] if "\n" in command.text else ["sh", "-c", command.text]
    path = f"{clone}/.venv/bin:{os.environ['PATH']}"
    return subprocess.run(line, cwd=clone, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False)


def _try(command: Command, document: str, clone: Path) -> None:
    done = _run(command, clone)
    where = f"{document}:{command.line}: {command.text}\n{done.stderr}"
    assert done.returncode == 0, where
    if command.output is not None:
        printed = done.stdout or done.stderr
        assert _fits(command.output, printed.splitlines()), f"{where}\nprints:\n{printed}"


def test_there_are_commands_to_run() -> None:
    commands = [command for block in BLOCKS for command in block.commands]
    assert len(commands) >= 10
    assert any(command.output for command in commands)


def test_links_of_the_documents_lead_somewhere() -> None:
    for document in ("README.md", "CONTRIBUTING.md", *(f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md"))):
        text = (ROOT / document).read_text(encoding="utf-8")
        for target in re.findall(r"\]\((?!https?:)([^)#\s]+)", text):
            assert (ROOT / document).parent.joinpath(target).exists(), f"{document}: {target}"
