"""Bars: how many, by month or by year."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from synthkg.findings import counted
from synthkg.pictures.drawing import LINE, Drawing, Row, width

__all__ = ["draw_code", "draw_growth"]

_HIGH = 240.0
_WIDE = 900.0
_STATES = {
    "to be had": ("can be had", "blue"),
    "archived": ("read-only", "green"),
    "unknown": ("not known to be there", "ochre"),
    "lost": ("gone or taken over", "orange"),
    "none known": ("no code known", "paper"),
}


def draw_growth(drawing: Drawing, rows: Sequence[Row]) -> str:
    """Draws a bar for every month from the first to the last, also for those without a preprint."""
    found = {row["month"]: int(row["preprints"]) for row in rows}
    if not found:
        return drawing.nothing("No preprint has a month.")
    months = _months(min(found), max(found))
    most, step = max(found.values()), max(3.0, min(22.0, _WIDE / len(months)))
    for mark in range(0, most + 1, _scale(most)):
        y = _HIGH * (1 - mark / most)
        drawing.line(0, y, step * len(months), y)
        drawing.text(-8, y + 4.5, str(mark), anchor="end", colour="quiet")
    for n, month in enumerate(months):
        count = found.get(month, 0)
        high = _HIGH * count / most
        if count:
            told = f"{month}: {counted(count, 'preprint')}"
            drawing.box(n * step + step * 0.1, _HIGH - high, step * 0.8, high, "blue", says=told)
            if width(str(count), 11) <= step:
                drawing.text((n + 0.5) * step, _HIGH - high - 5, str(count), anchor="middle", size=11)
    _years(drawing, months, step)
    peak = max(found, key=lambda month: (found[month], month))
    return (
        f"Preprints first submitted in each month, {sum(found.values())} from {months[0]} to {months[-1]}. "
        f"The most, {most}, came in {peak}. Where only the year of a preprint is known, it is left out."
    )


def _months(first: str, last: str) -> list[str]:
    start, end = (int(month[:4]) * 12 + int(month[5:7]) - 1 for month in (first, last))
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(start, end + 1)]


def _scale(most: int) -> int:
    """A round step that gives at most six marks."""
    power = 1
    while most > 60 * power:
        power *= 10
    return next(step * power for step in (1, 2, 5, 10) if most <= 6 * step * power)


def _years(drawing: Drawing, months: Sequence[str], step: float) -> None:
    free = 0.0
    for n, month in enumerate(months):
        if month.endswith("-01") or n == 0:
            drawing.line(n * step, _HIGH, n * step, _HIGH + 6, "quiet")
            if n * step >= free:
                drawing.text(n * step + 2, _HIGH + LINE + 3, month[:4], colour="quiet")
                free = n * step + width(month[:4]) + 8
    drawing.line(0, _HIGH, step * len(months), _HIGH, "quiet")


def draw_code(drawing: Drawing, rows: Sequence[Row]) -> str:
    """Draws a bar for the papers of each year, its parts as long as there are papers whose code is in that state."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        found[row["year"]][row["code"]] += int(row["papers"])
    if not found:
        return drawing.nothing("No paper has a year.")
    unit = (_WIDE - 160) / max(sum(counts.values()) for counts in found.values())
    left = max(map(width, found)) + 12
    for n, year in enumerate(sorted(found)):
        y, x = n * (2 * LINE + 26), left
        drawing.text(left - 10, y + 15, year, anchor="end", bold=True)
        parts = [(state, found[year][state]) for state in _STATES if found[year][state]]
        for state, count in parts:
            words, colour = _STATES[state]
            told = f"{year}: {count} of {sum(found[year].values())}, {words}"
            drawing.box(x, y, count * unit, 21, colour, line="quiet" if colour == "paper" else "paper", says=told)
            x += count * unit
        x = left
        for state, count in parts:
            words, colour = _STATES[state]
            told = f"{count} {words}"
            drawing.box(x, y + 29, 9, 9, colour, line="quiet" if colour == "paper" else "")
            drawing.text(x + 14, y + 38, told, size=12)
            x += 14 + width(told, 12) + 16
    totals = sum(found.values(), Counter[str]())
    papers = sum(totals.values())
    told = ", ".join(f"{totals[state]} {words}" for state, (words, _) in _STATES.items() if totals[state])
    of = counted(papers, "paper")
    return f"Of {of}, by the year of the earliest version, the code: {told}. The best repository of a paper counts."
