"""What grew out of what: generations from the left to the right, a row for each that nothing grew out of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from synthkg.findings import counted
from synthkg.pictures.drawing import LINE, Drawing, Row, fold, isolated, width

__all__ = ["draw_ancestry"]

_ROOM = 190.0  # for a name
_GAP = 70.0  # between generations
_PAD = 8.0


def draw_ancestry(drawing: Drawing, rows: Sequence[Row]) -> str:
    """Draws methods and what they extend; methods that neither extend nor are extended are only counted."""
    titles = {row["id"]: row["title"] for row in rows}
    years = {row["id"]: row["year"] for row in rows}
    parents = _parents(rows)
    children: dict[str, list[str]] = defaultdict(list)
    for child, above in sorted(parents.items()):
        for parent in above:
            children[parent].append(child)
    drawn = sorted(id for id in titles if parents[id] or children[id])
    if not drawn:
        return drawing.nothing("No method extends another.")
    depth = _depths(drawn, parents)
    under = {id: max(parents[id], key=lambda parent: (depth[parent], titles[parent])) for id in drawn if depth[id]}
    lanes = {(parent, id) for id in drawn for parent in parents[id] if depth[id] - depth[parent] > 1}
    places = _places(drawn, under, lanes, titles, years)
    names = {id: fold(titles[id], _ROOM) for id in drawn}
    step = LINE * (max(map(len, names.values())) + 1) + 2 * _PAD + 6
    columns = [max(_wide(names[id], years[id]) for id in drawn if depth[id] == n) for n in range(max(depth.values()) + 1)]
    lefts = [sum(columns[:n]) + n * _GAP for n in range(len(columns))]
    for id in drawn:
        x, y, high = lefts[depth[id]], places[id] * step, LINE * (len(names[id]) + 1) + 2 * _PAD - 4
        drawing.box(x, y - high / 2, _wide(names[id], years[id]), high, "paper", line="blue" if not parents[id] else "rule")
        top = y - high / 2 + _PAD + LINE - 4
        drawing.text(x + _PAD, top, names[id], to=f"method/{id}", bold=not parents[id])
        drawing.text(x + _PAD, top + LINE * len(names[id]), years[id] or "year unknown", colour="quiet", size=11.5)
        for parent in parents[id]:
            end = lefts[depth[parent]] + _wide(names[parent], years[parent])
            start, colour = places[parent] * step, "quiet" if parent == under[id] else "orange"
            if (parent, id) in lanes:
                lane, first = places[_lane(parent, id)] * step, lefts[depth[parent] + 1]
                drawing.arrow(end, start, first, lane, colour, is_headless=True)
                end, start = lefts[depth[id]] - _GAP, lane
                drawing.line(first, lane, end, lane, colour)
            drawing.arrow(end, start, x, y, colour)
    return _told(drawn, parents, children, titles)


def _wide(name: Sequence[str], year: str) -> float:
    return max(*(width(line) * 1.08 for line in name), width(year or "year unknown", 11.5)) + 2 * _PAD


def _parents(rows: Sequence[Row]) -> dict[str, list[str]]:
    """Method -> the methods that it extends. An arrow that would close a circle, which `check` refuses, is left out."""
    parents: dict[str, list[str]] = {row["id"]: [] for row in rows}
    for row in rows:
        for parent in sorted(set(row["extends"].split(" | ")) & parents.keys()):
            if row["id"] not in _with_ancestors(parent, parents):
                parents[row["id"]].append(parent)
    return parents


def _with_ancestors(id: str, parents: dict[str, list[str]]) -> set[str]:
    found, waiting = {id}, [id]
    while waiting:
        new = set(parents[waiting.pop()]) - found
        found |= new
        waiting += new
    return found


def _depths(drawn: Sequence[str], parents: dict[str, list[str]]) -> dict[str, int]:
    """Method -> the longest way to it from one without parents."""
    depth: dict[str, int] = {}
    waiting = [*drawn]
    while waiting:
        if above := [parent for parent in parents[waiting[-1]] if parent not in depth]:
            waiting += above
        else:
            id = waiting.pop()
            depth[id] = max((1 + depth[parent] for parent in parents[id]), default=0)
    return depth


def _lane(parent: str, child: str) -> str:
    """The name of the row that an arrow past other generations has for itself; no id has a blank."""
    return f"{parent} {child}"


def _places(
    drawn: Sequence[str], under: dict[str, str], lanes: set[tuple[str, str]], titles: dict[str, str], years: dict[str, str]
) -> dict[str, float]:
    """Node or lane -> its row: a leaf has its own, the others stand amid what is under them. Big families come first."""
    below: dict[str, list[str]] = defaultdict(list)
    for id, parent in under.items():
        below[parent].append(id)
    for parent, id in sorted(lanes):
        below[parent].append(_lane(parent, id))
    for children in below.values():
        children.sort(key=lambda each: (years.get(each) or "9999", titles.get(each, ""), each))
    families = {id: _from_leaves(id, below) for id in drawn if id not in under}
    places: dict[str, float] = {}
    row = 0.0
    for root in sorted(families, key=lambda each: (-len(families[each]), titles[each], each)):
        for id in families[root]:
            if below[id]:
                places[id] = sum(places[child] for child in below[id]) / len(below[id])
            else:
                places[id] = row
                row += 1
    return places


def _from_leaves(root: str, below: Mapping[str, list[str]]) -> list[str]:
    """A node and all under it, each after its children, of whom the first comes first."""
    found, waiting = [], [root]
    while waiting:
        found.append(id := waiting.pop())
        waiting += below[id]
    return found[::-1]


def _told(drawn: Sequence[str], parents: dict[str, list[str]], children: dict[str, list[str]], titles: dict[str, str]) -> str:
    edges = sum(len(parents[id]) for id in drawn)
    roots = sorted((id for id in drawn if not parents[id]), key=lambda id: (-len(children[id]), titles[id]))
    first = ", ".join(f"{isolated(titles[id])} ({len(children[id])})" for id in roots[:3])
    alone = "extends none and is extended by none; the table has it too."
    several = "extend none and are extended by none; the table has them too."
    return (
        f"{counted(edges, 'arrow leads', 'arrows lead')} from a method to one that extends it; an orange arrow leads to a second "
        f"parent. {counted(len(roots), 'method begins', 'methods begin')} a family; most grew out of {first}. "
        f"{counted(len(titles) - len(drawn), f'of {len(titles)} methods {alone}', f'of {len(titles)} methods {several}')}"
    )
