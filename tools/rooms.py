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

# What happens to a paper on its way: a function of a room, and what it makes of it; then which gives to which.
STEPS = {
    "catalog.load_catalog": "YAML becomes a record",
    "graph.statements": "the record becomes triples",
    "checks.check": "shapes and checks give findings",
    "graph.OxigraphStore": "the triples fill a store",
    "graph.infer": "the rules add what follows",
    "views.render": "pages and tables",
    "release.build": "dumps, if nothing is wrong",
    "linking.link": "links to other graphs",
    "giving.quickstatements": "what others take",
    "api.open": "answers in Python",
}
WAY = """
    catalog.load_catalog > graph.statements > graph.OxigraphStore > graph.infer > views.render
    graph.infer > giving.quickstatements
    graph.infer > api.open
    graph.statements > checks.check > release.build
    graph.infer > release.build
    catalog.load_catalog > linking.link
"""


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
    return (
        (docstring or "")
        .splitlines()[0]
        .rstrip(".")
        .translate({ord('"'): "'", ord("`"): None, ord("<"): "&lt;", ord(">"): "&gt;"})
    )


def way() -> str:
    """One paper's way through the rooms. AttributeError where a step is no function of its room any more."""
    for name in STEPS:
        room, function = name.split(".")
        getattr(import_module(f"synthkg.{room}"), function)
    nodes = [f'    {node(name)}["{name}<br>{what}"]' for name, what in STEPS.items()]
    chains = [line.split(" > ") for line in WAY.strip().splitlines()]
    return flowchart("LR", nodes, [pair for chain in chains for pair in pairwise(map(str.strip, chain))])


def picture() -> str:
    """Both pictures as Markdown."""
    nodes = [f'    {node(room)}["<b>{room}</b><br>{job(room)}"]' for room in rooms()]
    return "\n".join([flowchart("TD", nodes, arrows()), "", "One paper's way through them:", "", way()])


def flowchart(direction: str, nodes: list[str], pairs: list[tuple[str, str]]) -> str:
    """A Mermaid flowchart in its fence."""
    lines = [f"    {node(one)} --> {node(other)}" for one, other in pairs]
    return "\n".join(["```mermaid", f"flowchart {direction}", *nodes, *lines, "```"])


def node(name: str) -> str:
    """A name of ours as a node's: some words, such as graph, are Mermaid's own."""
    return "in_" + name.replace(".", "_")


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
