"""What the tests share: a toy data folder to spoil, two ways to call the command line, and builds made once a session."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

import pytest
from click.testing import CliRunner

from synthkg.cli import main

ROOT = Path(__file__).parents[1]
TOY = ROOT / "tests" / "toy"
DATA = ROOT / "data"
FORMATS = ("nq", "trig", "nt", "ttl", "jsonld", "rdf")


class Done(NamedTuple):
    """What a call of the command line gave."""

    status: int
    stdout: str
    stderr: str


class Run(Protocol):
    """Calls the command line."""

    def __call__(self, *arguments: str | Path, stdin: str | None = None) -> Done: ...


@pytest.fixture(scope="session", autouse=True)
def cache_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """No test reads or writes the user's cache folder; all share one, so that nothing is validated twice."""
    home = tmp_path_factory.mktemp("cache")
    before = os.environ.get("XDG_CACHE_HOME")
    os.environ["XDG_CACHE_HOME"] = str(home)
    yield home
    if before is None:
        del os.environ["XDG_CACHE_HOME"]
    else:
        os.environ["XDG_CACHE_HOME"] = before


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """A copy of the toy data folder."""
    return Path(shutil.copytree(TOY, tmp_path / "toy"))


def invoke(*arguments: str | Path, stdin: str | None = None) -> Done:
    """Calls the command line inside this process; a bug is raised, not printed."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin, catch_exceptions=False)
    return Done(result.exit_code, result.stdout_bytes.decode(), result.stderr)


@pytest.fixture(scope="session")
def run() -> Run:
    """The command line inside this process."""
    return invoke


def call(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Calls the command line as a process of its own."""
    command = [sys.executable, "-m", "synthkg.cli", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, check=False)


def build(data: Path, out: Path, **environment: str) -> Path:
    """Builds the dumps of a data folder in a process of its own."""
    done = call("build", "--data", data, "--out", out, cwd=None, **environment)
    assert done.returncode == 0, done.stderr.decode()
    return out


@pytest.fixture(scope="session")
def toy_dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dumps of the toy data."""
    return build(TOY, tmp_path_factory.mktemp("toy") / "dist", PYTHONHASHSEED="0")


@pytest.fixture(scope="session")
def real_dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dumps of the real data."""
    return build(DATA, tmp_path_factory.mktemp("real") / "dist", PYTHONHASHSEED="0")
