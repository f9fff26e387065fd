"""Draws the rooms of the code, and one paper's way through them, into docs/design.md: ``python tools/rooms.py [--check]``.

The arrows are the imports themselves. One that another path of arrows implies is left out, so that the picture can be read; the
foundation (`errors`, `files`, …), which every room may use, is left out too.
"""

from __future__ import annotations

import ast
import sys
from importlib import import_module
from itertools import pairwise
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "design.md"
SOURCE = Path(__file__).parents[1] / "src" / "synthkg"
MARKS = ("<!-- rooms: written by tools/rooms.py -->", "<!-- end of rooms -->")

# What happens to a paper on its way: (function of a room, what it makes of what the arrow before it gave).
WAY = (
    ("catalog.load_catalog", "YAML becomes a record"),
    ("graph.statements", "the record becomes triples"),
    ("checks.check", "shapes and checks give findings"),
    ("graph.OxigraphStore", "the triples fill a store"),
    ("graph.infer", "the rules add what follows"),
)
ENDS = (
    ("views.render", "pages and tables"),
    ("release.build", "dumps in six formats"),
    ("linking.link", "links to other graphs"),
    ("giving.quickstatements", "what others take"),
    ("api.open", "answers in Python"),
)


def rooms() -> list[str]:
    """The packages of the code, in alphabetical order."""
    return sorted(file.parent.name for file in SOURCE.glob("*/__init__.py"))


def imports(room: str, others: list[str]) -> set[str]:
    """The rooms that a room imports from, imports inside functions included."""
    found = set()
    for file in (SOURCE / room).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("synthkg."):
                found.add(node.module.split(".")[1])
    return found & set(others) - {room}


def arrows() -> list[tuple[str, str]]:
    """The imports between rooms that no other path implies."""
    names = rooms()
    direct = {room: imports(room, names) for room in names}

    def reachable(room: str) -> set[str]:
        return direct[room].union(*(reachable(below) for below in direct[room]))

    implied = {room: set().union(*(reachable(below) for below in direct[room])) for room in names}
    return sorted((room, below) for room in names for below in direct[room] - implied[room])


def job(room: str) -> str:
    """The first line of a room's docstring."""
    docstring = ast.get_docstring(ast.parse((SOURCE / room / "__init__.py").read_text(encoding="utf-8")))
    return (docstring or "").splitlines()[0].rstrip(".").replace('"', "'").replace("``", "")


def way() -> str:
    """One paper's way through the rooms. AttributeError where a step is no function of its room any more."""
    for name, _ in (*WAY, *ENDS):
        room, function = name.split(".")
        getattr(import_module(f"synthkg.{room}"), function)
    steps = [f'    {name.replace(".", "_")}["{name}<br>{what}"]' for name, what in (*WAY, *ENDS)]
    line = [name.replace(".", "_") for name, _ in WAY]
    steps += [f"    {one} --> {next_}" for one, next_ in pairwise(line)]
    steps += [f"    {line[-1]} --> {name.replace('.', '_')}" for name, _ in ENDS]
    return "\n".join(["```mermaid", "flowchart LR", *steps, "```"])


def picture() -> str:
    """Both pictures as Markdown."""
    nodes = [f'    {room}["<b>{room}</b><br>{job(room)}"]' for room in rooms()]
    lines = [f"    {room} --> {below}" for room, below in arrows()]
    return "\n".join(["```mermaid", "flowchart TD", *nodes, *lines, "```", "", "One paper's way through them:", "", way()])


def main() -> int:
    """Writes the pictures, or with ``--check`` says whether they are stale (status 1)."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(MARKS[0])
    after = rest.partition(MARKS[1])[2]
    new = f"{before}{MARKS[0]}\n{picture()}\n{MARKS[1]}{after}"
    if "--check" in sys.argv[1:]:
        if new != text:
            sys.stderr.write(f"{PAGE.name}: the map is stale; run: python tools/rooms.py\n")
        return int(new != text)
    PAGE.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
