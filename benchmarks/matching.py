"""How well the rows of a list are matched with the records: Markdown tables of precision and recall.

    python benchmarks/matching.py

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
from synthkg.catalog import Catalog, load_catalog
from synthkg.records import Paper
from synthkg.works import fold


def main() -> None:
    """Prints the tables."""
    catalog = load_catalog(project.folder("data"))
    pairs = load_pairs()
    scores = score_pairs(catalog, pairs)
    counts = {kind: sum(pair.kind == kind for pair in pairs) for kind in scores}
    print("### Labelled pairs\n")
    table(["pairs of a row and a paper", "number", "label", "merged", "precision", "recall"], [
        [kind, counts[kind], labels(pairs, kind), score.right + score.wrong, share(score.precision), recall(score)]
        for kind, score in scores.items()
    ] + [["**all**", len(pairs), "", *summed(scores.values())]])  # fmt: skip
    print("\n### Pairs without a link: the rule, and a threshold on the likeness of titles in its place\n")
    bare = [pair for pair in pairs if not pair.link]
    rows = [["by slips of the pen", *summed(score_pairs(catalog, bare).values())]]
    rows += [[f"rapidfuzz ratio ≥ {limit}", *summed([by_ratio(catalog, bare, limit)])] for limit in (80, 85, 90, 95, 97)]
    table(["rule", "merged", "precision", "recall"], rows)
    print("\n### The real list with its titles perturbed\n")
    heads = ["titles", "link and title", "title and authors", "title alone", "wrong merges", "wrong merges, papers unknown"]
    table(heads, [[kind, *perturbed(catalog, kind)] for kind in PERTURBATIONS])


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


def table(heads: list[str], rows: list[list[str | int]]) -> None:
    """Prints a Markdown table."""
    for row in [heads, ["---"] * len(heads), *rows]:
        print(f"| {' | '.join(map(str, row))} |")


if __name__ == "__main__":
    main()
