"""Rows by columns: how much there is in each cell, and what there is none of."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from synthkg.findings import counted
from synthkg.pictures.drawing import LINE, SIZE, Drawing, Row, fold, isolated, width

__all__ = ["draw_gaps", "draw_licences"]

_CELL = 34.0  # high
_KINDS = {"code": "Code", "dataset": "Data sets", "model": "Models"}
_UNKNOWN = "not established"


def draw_gaps(drawing: Drawing, rows: Sequence[Row]) -> str:
    """Draws the number of papers of each domain and stage; an empty cell has a frame and a nought."""
    stages = sorted({row["stage"] for row in rows})
    domains = sorted({row["domain"] for row in rows})
    papers = {(row["domain"], row["stage"]): int(row["papers"]) for row in rows}
    most = max(papers.values(), default=0)
    if not most:
        return drawing.nothing("No paper has both a stage and a domain.")
    heads = [fold(stage, 96) for stage in stages]
    wide = max(64.0, *(max(map(width, head)) + 12 for head in heads))
    left = max(map(width, domains)) + 14
    high = LINE * max(map(len, heads)) + 6
    for n, head in enumerate(heads):
        drawing.text(left + (n + 0.5) * wide, high - LINE * (len(head) - 1) - 8, head, anchor="middle")
    for m, domain in enumerate(domains):
        y = high + m * _CELL
        drawing.text(left - 10, y + _CELL / 2 + 4.5, domain, anchor="end")
        for n, stage in enumerate(stages):
            count = papers.get((domain, stage), 0)
            x = left + n * wide
            told = f"{isolated(domain)}, {isolated(stage)}: {counted(count, 'paper')}"
            if count:
                drawing.box(x + 1, y + 1, wide - 2, _CELL - 2, "blue", strength=0.12 + 0.28 * count / most, says=told)
            else:
                drawing.box(x + 2, y + 2, wide - 4, _CELL - 4, "paper", line="orange", says=told)
            colour = "ink" if count else "orange"
            drawing.text(x + wide / 2, y + _CELL / 2 + 4.5, str(count), anchor="middle", bold=bool(count), colour=colour)
    empty = [(domain, stage) for domain in domains for stage in stages if not papers.get((domain, stage))]
    peak = max(papers, key=lambda cell: (papers[cell], cell))
    pairs = f"of {len(domains) * len(stages)} pairs of a domain and a stage"
    return (
        f"{counted(len(empty), f'{pairs} has no paper; it is', f'{pairs} have no paper; they are')} framed in orange. "
        f"Most papers, {papers[peak]}, are about {isolated(peak[0])} in {isolated(peak[1])}."
    )


def draw_licences(drawing: Drawing, rows: Sequence[Row]) -> str:
    """Draws, for each licence and kind of artifact, which accounts released how many."""
    accounts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in rows:
        accounts[row["licence"], row["kind"]][row["account"]] += 1
    totals = Counter(row["licence"] for row in rows)
    if not totals:
        return drawing.nothing("No code, data or model is known.")
    licences = sorted(totals, key=lambda licence: (licence == _UNKNOWN, -totals[licence], licence))
    names = {licence: fold(licence, 150) for licence in licences}
    left, room, gap = max(width(line) for name in names.values() for line in name) * 1.08 + 20, 270.0, 24.0
    for n, heading in enumerate(_KINDS.values()):
        drawing.text(left + n * (room + gap), 0, heading, bold=True)
    y = LINE * 0.8
    for licence in licences:
        cells = [_cell(accounts[licence, kind], room) for kind in _KINDS]
        drawing.line(0, y, left + len(_KINDS) * (room + gap) - gap, y)
        drawing.text(0, y + LINE + 3, names[licence], bold=licence != _UNKNOWN, colour="quiet" if licence == _UNKNOWN else "ink")
        for n, (count, lines) in enumerate(cells):
            x = left + n * (room + gap)
            drawing.text(x, y + LINE + 3, count, colour="blue" if count != "none" else "quiet", bold=count != "none")
            if lines:
                drawing.text(x, y + 2 * LINE + 2, lines, size=SIZE - 1)
        y += LINE * max(len(names[licence]), *(1 + len(lines) * (SIZE - 1) / SIZE for _, lines in cells)) + 14
    known = sum(totals.values()) - totals[_UNKNOWN]
    first = ", ".join(f"{isolated(licence)} ({totals[licence]})" for licence in licences[:3] if licence != _UNKNOWN)
    pieces = counted(sum(totals.values()), "piece")
    return (
        f"Of {pieces} of code, data sets and models, {counted(known, 'has', 'have')} a licence that could "
        f"be established; the most frequent: {first or 'none'}. Each cell names the accounts that released, and how many where "
        "there are several."
    )


def _cell(found: Counter[str], room: float) -> tuple[str, list[str]]:
    if not found:
        return "none", []
    ranked = sorted(found, key=lambda account: (-found[account], account.casefold(), account))
    text = ", ".join(f"{account}\u00a0×{found[account]}" if found[account] > 1 else account for account in ranked)
    return str(sum(found.values())), fold(text, room, SIZE - 1)
