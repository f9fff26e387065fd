"""How well the rows of a list are matched with the records: Markdown tables of precision and recall.

    python benchmarks/matching.py [docs/matching.md]

The pairs and the perturbations are those of the tests; the seed is fixed, so the figures are the same each time.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from rapidfuzz import fuzz

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from measuring import PERTURBATIONS, Pair, Score, load_pairs, score_pairs, score_perturbed
from synthkg import project
from synthkg.catalog.folder import Catalog, load_catalog
from synthkg.model.records import Paper
from synthkg.works.folding import fold

_MARK = "<!-- measured: python benchmarks/matching.py docs/matching.md -->\n"


LIMITS = (80, 85, 90, 95, 97)


def main(page: Path | None) -> None:
    """Prints the tables, or puts them into a page below its mark."""
    tables = measured(load_catalog(project.folder("data")))
    if page is None:
        print(tables, end="")
    else:
        before, mark, _ = page.read_text(encoding="utf-8").partition(_MARK)
        page.write_text(f"{before}{mark}\n{tables}", encoding="utf-8")


def measured(catalog: Catalog) -> str:
    """The tables."""
    pairs = load_pairs()
    scores = score_pairs(catalog, pairs)
    rows: list[list[str | int]] = [
        [kind, sum(pair.kind == kind for pair in pairs), labels(pairs, kind), score.right + score.wrong, recall(score)]
        for kind, score in scores.items()
    ]
    merges, precision, found = summed(scores.values())
    rows.append(["**all**", len(pairs), f"precision {precision}", merges, found])
    bare = [pair for pair in pairs if not pair.link]
    real = [pair for pair in bare if not pair.reason.startswith("made from")]
    rules = [
        ["only slips of the pen differ", *(summed(score_pairs(catalog, part).values()) for part in (bare, real))],
        *([f"likeness ≥ {limit} %", *(summed([by_ratio(catalog, part, limit)]) for part in (bare, real))] for limit in LIMITS),
    ]
    heads = ["titles", "link and title", "title and authors", "title alone", "wrong merges", "wrong merges, works unknown"]
    return (
        "### Labelled pairs\n\n"
        + table(["row and paper", "pairs", "label", "merged", "recall"], rows)
        + "\n### The same pairs, those without a link: the rule, and a threshold in its place\n\n"
        + table(
            ["rule", "merged", "precision", "precision, made-up rows left out", "recall"],
            [[rule, *every[:2], some[1], every[2]] for rule, every, some in rules],
        )
        + "\n### The real list with its titles perturbed\n\n"
        + table(heads, [[kind, *perturbed(catalog, kind)] for kind in PERTURBATIONS])
    )


def perturbed(catalog: Catalog, kind: str) -> list[str | int]:
    """Recall with a link, with authors and with neither; wrong merges where the papers are known, and where none is."""
    settings = [(True, False), (False, True), (False, False)]
    known = [score_perturbed(catalog, kind, *setting) for setting in settings]
    unknown = [score_perturbed(catalog, kind, *setting, known=False) for setting in settings]
    return [*(share(score.recall) for score in known), sum(s.wrong for s in known), sum(s.wrong for s in unknown)]


def by_ratio(catalog: Catalog, pairs: list[Pair], limit: float) -> Score:
    """What a mere threshold would do."""
    found = [fuzz.ratio(fold(pair.title), fold(catalog.of(Paper)[pair.paper].title)) >= limit for pair in pairs]
    same = [pair.label == "same" for pair in pairs]
    right = sum(f and s for f, s in zip(found, same, strict=True))
    return Score(sum(same), right, sum(found) - right)


def summed(scores: Iterable[Score]) -> list[str | int]:
    """Merges, precision and recall over several kinds."""
    total = Score(*map(sum, zip(*scores, strict=True)))
    return [total.right + total.wrong, share(total.precision), share(total.recall)]


def labels(pairs: list[Pair], kind: str) -> str:
    """The label of the pairs of a kind."""
    return ", ".join(sorted({pair.label for pair in pairs if pair.kind == kind}))


def recall(score: Score) -> str:
    """The recall, where something was to be found."""
    return share(score.recall) if score.rows else "–"


def share(value: float) -> str:
    """A share with three digits."""
    return f"{value:.3f}"


def table(heads: list[str], rows: list[list[str | int]]) -> str:
    """A Markdown table."""
    return "".join(f"| {' | '.join(map(str, row))} |\n" for row in [heads, ["---"] * len(heads), *rows])


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
