"""The rooms of the code: the map in docs/design.md is drawn from them, and the front door shows what it has."""

from __future__ import annotations

import subprocess
import sys

import synthkg
from conftest import ROOT


def test_the_map_is_fresh() -> None:
    done = subprocess.run([sys.executable, "tools/rooms.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_room_says_what_it_is_for_and_what_to_read_first() -> None:
    for door in sorted((ROOT / "src" / "synthkg").glob("*/__init__.py")):
        text = door.read_text(encoding="utf-8")
        assert "__all__" in text, door
        if door.parent.name != "cli":
            modules = {file.stem for file in door.parent.glob("*.py")} - {"__init__", "__main__"}
            assert {name for name in modules if f"`{name}`" not in text.split('"""')[1]} == set(), door


def test_a_repl_is_shown_the_api_and_nothing_else() -> None:
    shown = [name for name in dir(synthkg) if not name.startswith("_")]
    assert {"KnowledgeGraph", "Answer", "Thing", "Candidate", "SynthkgError", "QueryStopped", "open"} <= set(shown)
    assert set(dir(synthkg)) == set(synthkg.__all__)
    assert all(getattr(synthkg, name) is not None for name in synthkg.__all__)
    assert synthkg.__version__.count(".") == 2
