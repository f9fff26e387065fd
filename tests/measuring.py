"""How well rows are matched: labelled pairs of a row and a paper, and the real list with its titles perturbed.

Only a row that is settled on a paper counts as merged; one in conflict about its identity waits for a person.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import NamedTuple

from synthkg.catalog.folder import Catalog
from synthkg.catalog.packs import Records
from synthkg.lists.importer import entries_of
from synthkg.lists.matching import Row, match, read_row
from synthkg.model.records import Block, Entry, Paper, ReadingList
from synthkg.works.curated import Curated

PAIRS = Path(__file__).parent / "matching" / "pairs.tsv"
SEED = 20261125
BULLET = "- [{title}]({url}) *"


class Pair(NamedTuple):
    """A row (its title, link and authors, the last two perhaps empty), one of our papers, and whether the row means it."""

    label: str
    kind: str
    title: str
    link: str
    authors: str
    paper: str
    reason: str


class Score(NamedTuple):
    """How many rows mean one of the papers, how many were merged with it, and how many with another."""

    rows: int = 0
    right: int = 0
    wrong: int = 0

    @property
    def precision(self) -> float:
        """The share of the merges that are right; 1 if there are none."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """The share of the rows that were merged with the right paper; 1 if there are none."""
        return self.right / self.rows if self.rows else 1.0


def load_pairs() -> list[Pair]:
    """The labelled pairs."""
    with PAIRS.open(encoding="utf-8", newline="") as lines:
        head, *rows = csv.reader(lines, delimiter="\t")
    assert tuple(head) == Pair._fields
    return [Pair(*row) for row in rows]


def row_of(number: int, title: str, link: str, authors: list[str]) -> Row:
    """A row as a bullet prints it."""
    return read_row(number, number, Block(row=f"{BULLET}{', '.join(authors)}*"), Entry(title=title, url=link))


def some_papers(catalog: Catalog, papers: dict[str, Paper]) -> Catalog:
    """The catalog with these papers only."""
    return Catalog(catalog.data, catalog.vocabulary, catalog.records | {"papers": Records(papers)})


def as_titled_now(paper: Paper) -> Paper:
    """The paper without the titles of its versions, so that no recorded title makes a pair easy."""
    return replace(paper, versions=tuple(replace(version, title=None, earlier_titles=()) for version in paper.versions))


def merged(catalog: Catalog, pair: Pair) -> bool:
    """Whether the row of a pair is merged with its paper, which is all that the catalog holds: the right one is not there."""
    if (asked := (id(catalog), pair.paper)) not in _ALONE:
        paper = as_titled_now(catalog.of(Paper)[pair.paper])
        _ALONE[asked] = Curated(some_papers(catalog, {paper.id: paper}))
    (verdict,) = match(_ALONE[asked], [row_of(1, pair.title, pair.link, pair.authors.split("; ") if pair.authors else [])])
    return verdict.is_settled


_ALONE: dict[tuple[int, str], Curated] = {}  # the real catalog is one object for a whole run


def score_pairs(catalog: Catalog, pairs: list[Pair]) -> dict[str, Score]:
    """The score of each kind of pair."""
    scores: dict[str, Score] = {}
    for pair in pairs:
        before, found, same = scores.get(pair.kind, Score()), merged(catalog, pair), pair.label == "same"
        scores[pair.kind] = Score(before.rows + same, before.right + (found and same), before.wrong + (found and not same))
    return scores


def _typos(count: int) -> Callable[[str, Random], str]:
    def perturb(title: str, random: Random) -> str:
        for _ in range(count):
            places = [match.start() for match in re.finditer(r"(?<=[a-z])[a-z](?=[a-z])", title)]
            if not places:
                break
            at = random.choice(places)
            letter = random.choice("aeinorst")
            title = random.choice([
                title[:at] + title[at + 1 :],
                title[:at] + letter + title[at:],
                title[:at] + letter + title[at + 1 :],
                title[:at] + title[at + 1] + title[at] + title[at + 2 :],
            ])  # fmt: skip
        return title

    return perturb


def _in_tex(title: str, random: Random) -> str:
    return re.sub(r"[A-Z]+", r"{\g<0>}", title.replace("&", r"\&").replace("%", r"\%").replace("é", r"{\'e}"))


def _cut(share: float, end: str) -> Callable[[str, Random], str]:
    def perturb(title: str, random: Random) -> str:
        words = title.split()
        return " ".join(words[: max(1, round(share * len(words)))]) + end

    return perturb


def _without_a_word(title: str, random: Random) -> str:
    words = title.split()
    del words[random.randrange(len(words))]
    return " ".join(words) or title


PERTURBATIONS: dict[str, Callable[[str, Random], str]] = {
    "as printed": lambda title, random: title,
    "upper case": lambda title, random: title.upper(),
    "lower case": lambda title, random: title.lower(),
    "TeX": _in_tex,
    "other punctuation": lambda title, random: f"{title.replace(': ', ' - ').replace('-', '‐')}.",
    "abbreviation written out": lambda title, random: re.sub(r"\bLLM(s?)\b", r"Large Language Model\1", title, flags=re.I),
    "one typo": _typos(1),
    "three typos": _typos(3),
    "a word left out": _without_a_word,
    "cut to 80 % with an ellipsis": _cut(0.8, "…"),
    "cut to 80 %": _cut(0.8, ""),
    "cut to 50 %": _cut(0.5, ""),
    "short name alone": lambda title, random: title.partition(":")[0],
}


def listed(catalog: Catalog) -> Iterator[Entry]:
    """The rows of the real list that are about a paper."""
    for record in catalog.of(ReadingList).values():
        yield from (entry for entry in entries_of(record) if entry.paper is not None)


def score_perturbed(catalog: Catalog, kind: str, with_link: bool, with_authors: bool, known: bool = True) -> Score:
    """How well the real list is matched with its titles perturbed.

    Args:
        catalog: the real records.
        kind: a key of `PERTURBATIONS`.
        with_link: whether the rows keep their links.
        with_authors: whether they print the authors.
        known: whether the catalog holds the papers; if not, each half of the list is matched with the papers of the other.
    """
    asked = (id(catalog), kind, with_link, with_authors, known)
    if asked not in _SCORES:
        _SCORES[asked] = _score_perturbed(catalog, kind, with_link, with_authors, known)
    return _SCORES[asked]


_SCORES: dict[tuple[int, str, bool, bool, bool], Score] = {}  # the real catalog is one object for a whole run


def _score_perturbed(catalog: Catalog, kind: str, with_link: bool, with_authors: bool, known: bool) -> Score:
    random = Random(SEED)
    entries = [replace(entry, title=PERTURBATIONS[kind]((entry.title or "").strip(), random)) for entry in listed(catalog)]
    papers = catalog.of(Paper)
    rows: list[tuple[str, Row]] = []
    for number, entry in enumerate(entries, start=1):
        assert entry.paper is not None
        authors = [author.name for author in papers[entry.paper].authors] if with_authors else []
        rows.append((entry.paper, row_of(number, entry.title or "", (entry.url or "") if with_link else "", authors)))
    if known:
        return _score(_curated(catalog), rows)
    total = Score()
    for half in (0, 1):
        others = _curated(catalog, half)
        absent = _score(others, [(id, row) for id, row in rows if id not in others.papers])
        total = Score(0, 0, total.wrong + absent.right + absent.wrong)
    return total


def _curated(catalog: Catalog, left_out: int | None = None) -> Curated:
    """The catalog made ready, whole or without a half of its papers."""
    if (asked := (id(catalog), left_out)) not in _READY:
        papers = {id: paper for number, (id, paper) in enumerate(catalog.of(Paper).items()) if number % 2 != left_out}
        _READY[asked] = Curated(some_papers(catalog, papers))
    return _READY[asked]


_READY: dict[tuple[int, int | None], Curated] = {}  # the real catalog is one object for a whole run


def _score(curated: Curated, rows: list[tuple[str, Row]]) -> Score:
    verdicts = match(curated, [row for _, row in rows])
    found = [verdict.paper == paper for (paper, _), verdict in zip(rows, verdicts, strict=True) if verdict.is_settled]
    return Score(len(rows), sum(found), len(found) - sum(found))
