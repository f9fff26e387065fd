"""The concepts of a scheme as people look through them: narrower ones under broader ones, and by letters where there are many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pyoxigraph import NamedNode

from synthkg.graph import Table, Term
from synthkg.site.contents import Contents
from synthkg.works import fold

__all__ = ["CONCEPTS", "Leaf", "grouped", "is_outline", "leaves"]

CONCEPTS = "scheme-concepts"
_LONG = 60  # of so many one finds one by its letter alone
_NOTHING = "(nothing)"  # no IRI


@dataclass(frozen=True, slots=True)
class Leaf:
    """A concept in its tree.

    Attributes:
        label: What it is called.
        href: Its page.
        definition: What it means; empty where nothing says it.
        works: How many papers and artifacts have it or a narrower one.
        listed: How many of them lists put there, which is no fact.
        depth: How many are broader.
        is_broader: Whether the next one is narrower.
        closes: How many broader ones end behind it.
    """

    label: str
    href: str
    definition: str
    works: int
    listed: int
    depth: int
    is_broader: bool
    closes: int

    @property
    def is_top(self) -> bool:
        """Whether it is broader than others, and none is broader than it."""
        return self.is_broader and not self.depth

    @property
    def id(self) -> str:
        """The id of its place on the page, which no heading there has."""
        return f"below-{self.href.rpartition('/')[2].removesuffix('.html')}"

    @property
    def count(self) -> str:
        """How many works there are, in a word or two; those of lists where there are no others."""
        return str(self.works) if self.works else f"{self.listed} in lists" if self.listed else ""


def is_outline(table: Table) -> bool:
    """Whether the rows of ``scheme-concepts`` are better read as a tree, or by letters, than as a table."""
    return len(table.rows) > _LONG or any(row[-1] is not None for row in table.rows)


def leaves(contents: Contents, table: Table, root: str) -> list[Leaf]:
    """The concepts in the order in which they are read, each before those that are narrower.

    Args:
        contents: What things are called and where their pages are.
        table: The rows of the saved query ``scheme-concepts``.
        root: What leads from the page to the top of the site.
    """
    rows = {row[0].value: dict(zip(table.columns, row, strict=True)) for row in table.rows if isinstance(row[0], NamedNode)}
    walked = list(_walk(rows))
    found = []
    for (iri, depth), (_, after) in pairwise([*walked, ("", 0)]):
        said = {name: "" if term is None else term.value for name, term in rows[iri].items()}
        href, label = root + (contents.addresses.page(iri) or ""), contents.labels.of(iri)
        works, listed = int(said["things"] or 0), int(said["in_lists"] or 0)
        found.append(Leaf(label, href, said["definition"], works, listed, depth, after > depth, max(0, depth - after)))
    return found


def _walk(rows: Mapping[str, Mapping[str, Term | None]]) -> Iterator[tuple[str, int]]:
    """Each concept, once, and how deep it stands; of a circle one stands at the top."""
    below: defaultdict[str, list[str]] = defaultdict(list)
    for iri, row in rows.items():
        broader = row["broader"].value if row["broader"] is not None else _NOTHING
        below[broader if broader in rows else _NOTHING].append(iri)
    seen: set[str] = set()
    for first in [*below[_NOTHING], *rows]:
        waiting = [(first, 0)]
        while waiting:
            iri, depth = waiting.pop()
            if iri not in seen:
                seen.add(iri)
                yield iri, depth
                waiting += [(each, depth + 1) for each in reversed(below[iri])]


def grouped(found: Sequence[Leaf]) -> dict[str, list[Leaf]]:
    """They by the first letters of those that have no broader one, if these are many; else all under no letter."""
    if sum(not leaf.depth for leaf in found) <= _LONG:
        return {"": list(found)}
    groups: dict[str, list[Leaf]] = {}
    letter = ""
    for leaf in found:
        letter = letter if leaf.depth else (fold(leaf.label) or leaf.label)[:1].upper()
        groups.setdefault(letter, []).append(leaf)
    return dict(sorted(groups.items()))
