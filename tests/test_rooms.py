"""The rooms of the code: the map in docs/design.md is drawn from them, and the front door shows what it has."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pydoc import locate

import synthkg
from conftest import ROOT

ROOMS = sorted(file.parent.name for file in (ROOT / "src" / "synthkg").glob("*/__init__.py"))


def test_the_map_is_fresh() -> None:
    done = subprocess.run([sys.executable, "tools/rooms.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_room_says_what_it_is_for_and_what_to_read_first() -> None:
    """It names all its modules, and nothing that is none, nor a room or what it gives."""
    for room in ROOMS:
        door = import_module(f"synthkg.{room}")
        assert door.__all__
        named = set(re.findall(r"(?<!`)`([\w.]+)`(?!`)", str(door.__doc__)))
        folder = ROOT / "src" / "synthkg" / room
        modules = {path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
        if room != "cli":
            assert modules - {"__init__", "__main__"} - named == set(), room
        others = {name for name in named - modules if name.removeprefix("synthkg.").partition(".")[0] not in ROOMS}
        assert others - {*door.__all__} == set(), room


def test_the_page_of_the_design_tells_each_room_once() -> None:
    page = (ROOT / "docs" / "design.md").read_text("utf-8").partition("<!-- end of rooms -->")[2].partition("Why these")[0]
    assert sorted(re.findall(r"\*\*(\w+)\*\*:", page)) == ROOMS


def test_what_a_document_calls_by_its_room_is_there() -> None:
    for page in (ROOT / "docs").glob("*.md"):
        named = re.findall(rf"`(?:synthkg\.)?((?:{'|'.join(ROOMS)})(?:\.[a-z_]+)+)`", page.read_text("utf-8"), re.IGNORECASE)
        gone = [name for name in named if not name.endswith(".json") and locate(f"synthkg.{name}") is None]
        assert gone == [], page.name


def test_every_room_is_entered_by_its_door() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    held = [contract["allowed_importers"] for contract in contracts if contract["type"] == "protected"]
    assert sorted(held) == [[f"synthkg.{room}"] for room in ROOMS if room != "cli"]


def test_a_repl_is_shown_the_api_and_nothing_else() -> None:
    shown = [name for name in dir(synthkg) if not name.startswith("_")]
    assert {"KnowledgeGraph", "Answer", "Thing", "Candidate", "SynthkgError", "QueryStopped", "open"} <= set(shown)
    assert set(dir(synthkg)) == set(synthkg.__all__)
    assert all(getattr(synthkg, name) is not None for name in synthkg.__all__)
    assert synthkg.__version__.count(".") == 2
