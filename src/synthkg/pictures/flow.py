"""From the left over the middle to the right: teachers write data, students learn from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from synthkg.findings import counted
from synthkg.pictures.drawing import COLOURS, LINE, Drawing, Row, fold, isolated, width

__all__ = ["draw_distillation"]

_ROOM = 230.0  # for a name
_GAP = 120.0  # between columns
_SWEEPS = 12
Node = tuple[int, str]  # the column, and what stands there

_UNNAMED = "data without a name"


def draw_distillation(drawing: Drawing, rows: Sequence[Row]) -> str:
    """Draws teacher, data set and student as three columns; a model may stand in two of them."""
    titles: dict[Node, str] = {}
    edges: set[tuple[Node, Node]] = set()
    for row in rows:
        thing, source = row["thing"], row["source"]
        if row["relation"] == "made-by":
            way: list[tuple[Node, str]] = [((0, source), row["source_title"]), ((1, thing), row["thing_title"])]
        elif row["relation"] == "trained-on":
            way = [((1, source), row["source_title"]), ((2, thing), row["thing_title"])]
        else:
            ends = ((0, source), row["source_title"]), ((2, thing), row["thing_title"])
            way = [ends[0], ((1, f"{source} {thing}"), _UNNAMED), ends[1]]
        titles.update(way)
        edges.update((one[0], other[0]) for one, other in pairwise(way))
    if not edges:
        return drawing.nothing("No data set made with a model is known.")
    columns = _arranged(titles, edges)
    names = {node: fold(title, _ROOM) for node, title in titles.items()}
    heights = {node: LINE * len(names[node]) + 5 for node in titles}
    places = _places(columns, edges, heights)
    _draw(drawing, columns, edges, names, places)
    return _told(titles, edges)


def _arranged(titles: Mapping[Node, str], edges: set[tuple[Node, Node]]) -> list[list[Node]]:
    """The columns, what hangs together in one piece, and each piece in an order in which few lines cross."""
    beside = _neighbours(edges)
    columns: list[list[Node]] = [[], [], []]
    for piece in _pieces(beside):
        some = [
            sorted((node for node in piece if node[0] == n), key=lambda node: (-len(beside[node]), titles[node], node))
            for n in range(3)
        ]
        for sweep in range(_SWEEPS):  # by the mean place of the neighbours, again and again
            for n in (1, 2) if sweep % 2 == 0 else (1, 0):
                order = {node: place for column in some for place, node in enumerate(column)}
                some[n].sort(key=lambda node: (_mean(order, beside[node], order[node]), titles[node], node))
        for n in range(3):
            columns[n] += some[n]
    return columns


def _pieces(beside: Mapping[Node, Sequence[Node]]) -> list[set[Node]]:
    """The sets of nodes that hang together, the biggest first."""
    left, pieces = set(beside), []
    for start in sorted(beside):
        if start not in left:
            continue
        piece, waiting = {start}, [start]
        while waiting:
            new = set(beside[waiting.pop()]) - piece
            piece |= new
            waiting += new
        left -= piece
        pieces.append(piece)
    return sorted(pieces, key=lambda piece: (-len(piece), min(piece)))


def _neighbours(edges: set[tuple[Node, Node]]) -> dict[Node, list[Node]]:
    found: dict[Node, list[Node]] = defaultdict(list)
    for one, other in sorted(edges):
        found[one].append(other)
        found[other].append(one)
    return found


def _mean(places: Mapping[Node, float], nodes: Sequence[Node], otherwise: float) -> float:
    known = [places[node] for node in nodes if node in places]
    return sum(known) / len(known) if known else otherwise


def _places(columns: list[list[Node]], edges: set[tuple[Node, Node]], heights: Mapping[Node, float]) -> dict[Node, float]:
    """Node -> the middle of its label. The middle column is packed; the others stand as near to their lines as they can."""
    beside = _neighbours(edges)
    places: dict[Node, float] = {}
    bottom = 0.0
    for node in columns[1]:
        places[node] = bottom + heights[node] / 2
        bottom += heights[node]
    for n in (0, 2):
        wished = {node: _mean(places, beside[node], bottom / 2) for node in columns[n]}
        columns[n].sort(key=lambda node: (wished[node], node))
        places.update(_spread(columns[n], wished, heights.__getitem__))
    return places


def _spread(nodes: Sequence[Node], wished: Mapping[Node, float], high: Callable[[Node], float]) -> dict[Node, float]:
    """Places as near to the wished ones as heights allow: what would overlap becomes one block, in the middle of its wishes."""
    blocks: list[tuple[float, list[Node]]] = []  # where a block begins, and what is in it
    for node in nodes:
        start, block = wished[node] - high(node) / 2, [node]
        while blocks and blocks[-1][0] + sum(map(high, blocks[-1][1])) > start:
            block = blocks.pop()[1] + block
            offset, wishes = 0.0, []
            for each in block:
                wishes.append(wished[each] - high(each) / 2 - offset)
                offset += high(each)
            start = sum(wishes) / len(wishes)
        blocks.append((start, block))
    places = {}
    for start, block in blocks:
        for each in block:
            places[each] = start + high(each) / 2
            start += high(each)
    return places


def _draw(
    drawing: Drawing,
    columns: list[list[Node]],
    edges: set[tuple[Node, Node]],
    names: Mapping[Node, Sequence[str]],
    places: Mapping[Node, float],
) -> None:
    beside = _neighbours(edges)
    wide = {node: max(map(width, lines)) for node, lines in names.items()}
    widest = [max((wide[node] for node in column), default=0.0) for column in columns]
    lefts = [0.0, widest[0] + _GAP, widest[0] + widest[1] + 2 * _GAP]
    busiest = sorted(columns[0], key=lambda node: (-len(beside[node]), names[node], node))[: len(COLOURS)]
    colours = dict(zip(busiest, COLOURS, strict=False))
    top = min(places[node] - LINE * len(names[node]) / 2 for node in places) - 2 * LINE
    for n, heading in enumerate(("Teacher", "Data set", "Student")):
        anchor = "end" if n == 0 else "start"
        drawing.text(lefts[n] + (widest[0] if n == 0 else 0), top, heading, anchor=anchor, bold=True)
    for node, lines in names.items():
        x = lefts[node[0]] + (widest[0] if node[0] == 0 else 0)
        y = places[node] - LINE * (len(lines) - 1) / 2 + 4.5
        is_unnamed = lines == [_UNNAMED]
        drawing.text(
            x, y, lines, anchor="end" if node[0] == 0 else "start", colour="quiet" if is_unnamed else "ink",
            to="" if is_unnamed else node[1], bold=node in colours,
        )  # fmt: skip
        if node in colours:
            drawing.dot(x + 8, places[node], colours[node])
    for one, other in sorted(edges):
        taught = [one] if one[0] == 0 else [node for node in beside[one] if node[0] == 0]
        shades = {colours.get(node, "quiet") for node in taught} or {"quiet"}
        colour = shades.pop() if len(shades) == 1 else "quiet"
        start = lefts[0] + widest[0] + 14
        if one[0] == 1:
            start = lefts[1] + widest[1] + 6
            drawing.lead(lefts[1] + wide[one] + 6, places[one], start, colour, 0.75)
        drawing.arrow(start, places[one], lefts[other[0]] - 5, places[other], colour, 0.75)


def _told(titles: Mapping[Node, str], edges: set[tuple[Node, Node]]) -> str:
    beside = _neighbours(edges)
    counts = [sum(node[0] == n and title != _UNNAMED for node, title in titles.items()) for n in range(3)]
    busiest = sorted((node for node in titles if node[0] == 0), key=lambda node: (-len(beside[node]), titles[node]))[:3]
    most = ", ".join(f"{isolated(titles[node])} ({len(beside[node])})" for node in busiest)
    return (
        f"{counted(counts[0], 'teacher')} wrote {counted(counts[1], 'data set')}, from which "
        f"{counted(counts[2], 'student')} learned. Most data sets are by {most}. Lines of one colour come from one "
        "teacher; the teachers with a dot have a colour of their own."
    )
