"""README.md and CONTRIBUTING.md: every command in them runs, and prints what they show."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
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
    """A fenced block of a document: its commands are run one after another, in a fresh copy of the data."""

    document: str
    line: int
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
            found.append(Block(document, first, commands))
    return found


BLOCKS = [block for document in ("README.md", "CONTRIBUTING.md") for block in _blocks(document)]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the clone in which commands may write, with the environment that `make` would set up."""
    folder = tmp_path_factory.mktemp("readme") / "synthkg"
    folder.mkdir()
    for name in ("ontology", "queries", "data", "views", "docs", "README.md"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name, call in (("synthkg", "-m synthkg.cli"), ("python", "")):
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


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"{block.document}:{block.line}")
def test_commands_of_a_document(block: Block, clone: Path) -> None:
    shutil.rmtree(clone / "data")
    shutil.copytree(ROOT / "data", clone / "data")
    for command in block.commands:
        line = [sys.executable, "-c", command.text] if "\n" in command.text else ["sh", "-c", command.text]
        path = f"{clone}/.venv/bin:{os.environ['PATH']}"
        done = subprocess.run(line, cwd=clone, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False)
        where = f"{block.document}:{command.line}: {command.text}\n{done.stderr}"
        drafted = any(not (ROOT / file.relative_to(clone)).exists() for file in (clone / "data").rglob("*.yaml"))
        is_told = drafted and re.match(r"synthkg (check|format)", command.text) is not None
        assert done.returncode == (1 if is_told else 0), where
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
