"""What is installed. The wheel: it carries ontology, queries and data, so that ``pip install synthkg`` works in any folder."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import pytest

from conftest import DATA, ORIGINAL, ROOT, Run

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this source tree."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("synthkg-*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel in it: what the wheel depends on is lent by the environment of the tests."""
    environment = tmp_path_factory.mktemp("environment") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    paths = {name: sysconfig.get_path(name, "venv", {"base": str(environment)}) for name in ("purelib", "scripts")}
    pip = [sys.executable, "-m", "pip", f"--python={environment}/bin/python", "install", "--quiet", "--no-deps", str(wheel)]
    subprocess.run(pip, check=True)
    (Path(paths["purelib"]) / "lent.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    return Path(paths["scripts"]) / "synthkg"


def test_the_wheel_carries_everything(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("ontology", "queries", "data"):
        ours = {str(file.relative_to(ROOT)) for file in (ROOT / folder).rglob("*") if file.is_file()}
        assert {f"synthkg/shared/{file}" for file in ours if "__pycache__" not in file} <= names
    source = ROOT / "src"
    assert {
        str(file.relative_to(source)) for file in (source / "synthkg" / "site").rglob("*.*") if file.suffix != ".pyc"
    } <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert "synthkg/py.typed" in names  # without which a type checker passes over all types: PEP 561
    assert not any("/tests/" in name or name.startswith("tests") for name in names)


def test_the_source_distribution_carries_all_that_its_tests_read(tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(tools), *PROJECT["build-system"]["requires"]]
    subprocess.run(pip, check=True)
    build = f"from hatchling.build import build_sdist; print(build_sdist({str(tmp_path)!r}))"
    environment = {**os.environ, "PYTHONPATH": str(tools)}
    done = subprocess.run([sys.executable, "-c", build], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    with tarfile.open(tmp_path / done.stdout.split()[-1]) as packed:
        carried = {name.partition("/")[2] for name in packed.getnames()}
    tests = (file.read_text("utf-8") for file in (ROOT / "tests").rglob("*.py"))
    read = {name for text in tests for name in re.findall(r'ROOT / "([\w./-]+)"', text)} | {"CHANGELOG.md", ".gitignore"}
    assert {name for name in read if not any(f"{file}/".startswith(f"{name}/") for file in carried)} == set()


def test_what_is_imported_is_declared() -> None:
    """A library that another one brings today may be gone with its next version."""
    imported = set[str]()
    for file in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module)
    known = {**packages_distributions(), "backports": ["backports.zstd"]}  # which nobody needs since then
    ours = {*sys.stdlib_module_names, "compression", "synthkg"}  # compression came with Python 3.14
    asked = {known[top][0] for name in imported if (top := name.partition(".")[0]) not in ours}
    extras = PROJECT["project"]["optional-dependencies"].values()
    declared = [*PROJECT["project"]["dependencies"], *chain.from_iterable(extras)]
    assert set(map(plainly, asked)) - {plainly(re.split("[<>=]", each)[0]) for each in declared} == set()


def plainly(name: str) -> str:
    """The name of a distribution as PEP 503 compares them."""
    return re.sub("[-_.]+", "-", name).lower()


def test_an_installed_synthkg_answers_anywhere(installed: Path, tmp_path: Path, run: Run) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}

    def call(*arguments: str, status: int = 0) -> bytes:
        done = subprocess.run([installed, *arguments], cwd=tmp_path, env=environment, capture_output=True, check=False)
        assert done.returncode == status, done.stderr.decode()
        return done.stderr if status else done.stdout

    where = [str(installed.with_name("python")), "-c", "import synthkg; print(synthkg.__file__)"]
    assert str(installed.parents[1]) in subprocess.run(where, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert call("query", "papers", "--format", "csv").decode() == run("query", "papers", "--data", DATA).stdout
    (tmp_path / "published.md").write_bytes(call("view", "published"))
    sums = subprocess.run(["sha256sum", "published.md"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert sums == f"{ORIGINAL}  published.md\n"
    call("build")
    assert call("view", "published", "--from", "dist/synthkg.rdf") == (tmp_path / "published.md").read_bytes()
    for arguments in (("add", "2212.99999"), ("format",), ("link", "wikidata")):
        assert b"name a folder with --data" in call(*arguments, status=2), "what is installed is not changed"
