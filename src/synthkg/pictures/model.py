"""Classes and what leads from one to another: a box a class, a line in it a property, an arrow to each class further on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from synthkg.pictures.drawing import LINE, SIZE, Drawing, Row, width

__all__ = ["draw_model"]

_PAD = 9.0
_GAP = 40.0  # between columns
_APART = 22.0  # between boxes
_SMALL = 12.0
_MANY = 3  # classes from which one is reached; arrows from more would be all that is to be seen


def draw_model(drawing: Drawing, rows: Sequence[Row]) -> str:
    """Draws classes in columns, so that most arrows lead to the right; what leads back is only named in its line."""
    if not rows:
        return drawing.nothing("No class leads to another.")
    concepts = {row["to"] for row in rows if row["group"]}
    edges: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    used: defaultdict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        edges[row["from"]][row["property"]].append(row["to"])
        used[row["from"], row["property"]] += int(row["used"])
    classes = sorted({*edges, *(row["to"] for row in rows)} - concepts)
    reached = {
        name: {other for other in edges for targets in edges[other].values() if name in targets} - {name} for name in classes
    }
    hubs = [name for name in classes if len(reached[name]) > _MANY]
    ways = {
        name: {target for targets in edges[name].values() for target in targets} - {name, *hubs, *concepts}
        for name in classes
        if name not in hubs
    }
    columns = [*_columns(_order(ways), ways), *([hubs] if hubs else [])]
    lines = {name: [(key, _named(targets, concepts)) for key, targets in sorted(edges[name].items())] for name in classes}
    wide = {name: _wide(name, lines[name]) for name in classes}
    lefts, tops = _corners(columns, wide, {name: _high(lines[name]) for name in classes})
    for name, beyond in ways.items():
        for n, (key, *_) in enumerate(lines[name]):
            for target in sorted(beyond.intersection(edges[name][key])):
                if lefts[target] > lefts[name]:
                    start = lefts[name] + wide[name], tops[name] + _line(n) - SIZE / 3
                    drawing.arrow(*start, lefts[target], tops[target] + _PAD + SIZE * 0.7, "quiet", 0.7)
    for name in classes:  # over the arrows
        _draw(drawing, name, lines[name], (lefts[name], tops[name]), wide[name])
    busiest = sorted(used, key=lambda place: (-used[place], place))[:3]
    most = ", ".join(f"{key} of {name} ({used[name, key]:,})" for name, key in busiest)
    properties = len({row["property"] for row in rows})
    return (
        f"{len(classes)} classes, {len(concepts)} kinds of concepts, and {properties} properties that lead from one to another; "
        f"the graph has most often {most}. Each box is a class, each line in it a property. Arrows lead on to the right; what "
        "leads back, to concepts, or to the classes at the far right, to which many lead, is only named."
    )


def _corners(
    columns: Sequence[Sequence[str]], wide: Mapping[str, float], high: Mapping[str, float]
) -> tuple[dict[str, float], dict[str, float]]:
    """Where each box begins from the left, and from the top, each column in the middle of the height."""
    lefts: dict[str, float] = {}
    tops: dict[str, float] = {}
    x = 0.0
    for column in columns:
        y = 0.0
        for name in column:
            lefts[name], tops[name] = x, y
            y += high[name] + _APART
        x += max(wide[name] for name in column) + _GAP
    tallest = max(tops[column[-1]] + high[column[-1]] for column in columns)
    for column in columns:
        spare = (tallest - tops[column[-1]] - high[column[-1]]) / 2
        for name in column:
            tops[name] += spare
    return lefts, tops


def _order(ways: Mapping[str, set[str]]) -> list[str]:
    """The classes in a row with few arrows back: the heuristic of Eades, Lin and Smyth (1993)."""
    left, first, last = set(ways), list[str](), list[str]()
    while left:
        out = {name: len(ways[name] & left) for name in left}
        into = {name: sum(name in ways[other] for other in left) for name in left}
        if sinks := sorted(name for name in left if not out[name]):
            last[:0] = sinks
            left -= set(sinks)
        else:
            best = min(left, key=lambda name: (into[name] > 0, into[name] - out[name], name))
            first.append(best)
            left.remove(best)
    return first + last


def _columns(order: Sequence[str], ways: Mapping[str, set[str]]) -> list[list[str]]:
    """Each class one column after the last of those from which an arrow leads on to it; in a column by where these stand."""
    before = {name: [other for other in order[:n] if name in ways[other]] for n, name in enumerate(order)}
    depth: dict[str, int] = {}
    for name in order:
        depth[name] = max((depth[other] + 1 for other in before[name]), default=0)
    height: dict[str, float] = {}
    columns = []
    for n in range(max(depth.values()) + 1):
        found = [name for name in order if depth[name] == n]
        found.sort(key=lambda name: (sum(height[other] for other in before[name]) / max(1, len(before[name])), name))
        height |= {name: (m + 0.5) / len(found) for m, name in enumerate(found)}
        columns.append(found)
    return columns


def _named(targets: Sequence[str], concepts: set[str]) -> str:
    """To what a property leads, in a few words."""
    if len(targets) > 2 and concepts.issuperset(targets):
        return f"→ {len(targets)} kinds"
    return "→ " + ", ".join(targets)


def _line(n: int) -> float:
    """The baseline of the line with this number, from the top of its box."""
    return _PAD + SIZE + 6 + LINE * (n + 1)


def _high(lines: Sequence[object]) -> float:
    return _line(len(lines) - 1) + _PAD if lines else _PAD * 2 + SIZE


def _wide(name: str, lines: Sequence[tuple[str, str]]) -> float:
    return max(width(name) * 1.08, *(width(f"{key} {to}", _SMALL) for key, to in lines), 0.0) + 2 * _PAD


def _draw(drawing: Drawing, name: str, lines: Sequence[tuple[str, str]], at: tuple[float, float], wide: float) -> None:
    x, y = at
    drawing.box(x, y, wide, _high(lines), "paper", line="blue")
    drawing.text(x + _PAD, y + _PAD + SIZE - 2, name, bold=True, to=f"ontology#{name}")
    for n, (key, to) in enumerate(lines):
        drawing.text(x + _PAD, y + _line(n), key, size=_SMALL, to=f"ontology#{key}")
        drawing.text(x + _PAD + width(f"{key} ", _SMALL), y + _line(n), to, size=_SMALL, colour="quiet")
