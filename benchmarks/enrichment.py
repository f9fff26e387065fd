"""How well ``synthkg enrich`` fills what is hidden of the curated papers: precision and recall by fact.

``python benchmarks/enrichment.py anthology=DIR bibtex=DIR …``: of every curated paper all versions but the preprint are hidden,
and of the preprint all but its arXiv id (``--ids`` keeps each version's own identifiers and hides what they lead to). What is
filled in is compared with the record: right, wrong, or extra where the record is silent.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

from synthkg import project
from synthkg.catalog import load_catalog
from synthkg.enrichment import SOURCES, enrich
from synthkg.model import Paper, Version
from synthkg.works import fold

FACTS = ("venue", "year", "track", "presentation", "date", "pages", "doi", "acl", "openreview")
KEPT = ("arxiv", "doi", "acl", "openreview")


def hide(paper: Paper, *, with_ids: bool) -> Paper:
    """The paper as a list gives it: title, authors, and the arXiv id (or all ids)."""
    if with_ids:
        kept = [Version(id=v.id, type=v.type, **{key: getattr(v, key) for key in KEPT}) for v in paper.versions]
    else:
        kept = [Version(id=v.id, type=v.type, arxiv=v.arxiv) for v in paper.versions if v.type == "preprint"]
    return replace(paper, versions=tuple(kept), evidence=())


def compare(paper: Paper, filled: Paper, counts: Counter[tuple[str, str]]) -> None:
    """Counts right, wrong, extra and blank for each fact of the versions."""
    for theirs in filled.versions:
        same = [v for v in paper.versions if (v.type == "preprint") == (theirs.type == "preprint")]
        exact = [v for v in same if v.year == theirs.year and v.venue == theirs.venue] or same
        for fact in FACTS:
            value = getattr(theirs, fact)
            if value is None:
                continue
            right = [getattr(v, fact) for v in exact]
            if all(each is None for each in right):
                outcome = "extra"
            elif any(each is not None and agrees(fact, str(each), str(value)) for each in right):
                outcome = "right"
            else:
                outcome = "wrong"
                print(f"{paper.id}: {fact} {value!r}, the record has {right}")
            counts[fact, outcome] += 1
    for version in paper.versions:
        for fact in FACTS:
            counts[fact, "there"] += getattr(version, fact) is not None


def agrees(fact: str, ours: str, theirs: str) -> bool:
    """Whether two values are one: the less exact of two dates is right if the other begins with it."""
    return ours.startswith(theirs) if fact == "date" else fold(ours) == fold(theirs)


def main() -> None:
    """Prints the table."""
    with_ids = "--ids" in sys.argv
    catalog = load_catalog(project.folder("data"))
    sources = [(SOURCES[name], Path(path)) for name, _, path in (arg.partition("=") for arg in sys.argv[1:] if "=" in arg)]
    papers = list(catalog.of(Paper).values())
    done = enrich(catalog, [hide(paper, with_ids=with_ids) for paper in papers], sources, "2026-01-01")
    counts: Counter[tuple[str, str]] = Counter()
    for paper in papers:
        compare(paper, done.papers.get(paper.id, hide(paper, with_ids=with_ids)), counts)
    print("\n| fact | there | right | wrong | extra | recall | precision |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for fact in (*FACTS, "all"):
        each = {
            key: sum(n for (f, k), n in counts.items() if k == key and fact in (f, "all"))
            for key in ("there", "right", "wrong", "extra")
        }
        recall = each["right"] / each["there"] if each["there"] else 0
        told = each["right"] + each["wrong"]
        precision = f"{each['right'] / told:.3f}" if told else ""
        print(f"| {fact} | {each['there']} | {each['right']} | {each['wrong']} | {each['extra']} | {recall:.1%} | {precision} |")


if __name__ == "__main__":
    main()
