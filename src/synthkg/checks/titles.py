"""What only a comparison of titles can tell: two records of one work, and rows of a list about another work than they say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from synthkg.cache import Memory
from synthkg.catalog import Catalog, Pointer
from synthkg.findings import Finding
from synthkg.model import Paper, ReadingList

if TYPE_CHECKING:
    from synthkg.works import Looks

__all__ = ["Unplaced", "title_findings", "unlikely_titles"]


class Unplaced(NamedTuple):
    """A finding about a value of a record, whose line nobody has looked for yet: the arguments of `Catalog.finding`."""

    folder: str
    id: str
    pointer: Pointer
    rule: str
    problem: str
    mend: str
    severity: str

    def placed(self, catalog: Catalog) -> Finding:
        """The finding, in a catalog that has the record."""
        record = catalog.records[self.folder][self.id]
        return catalog.finding(record, self.pointer, self.rule, self.problem, self.mend, self.severity)


def title_findings(catalog: Catalog, decides: str) -> Iterator[Finding]:
    """What titles tell of a whole folder.

    Args:
        catalog: Its records.
        decides: A hash of all that decides it: what came of it is remembered under that.
    """
    memory = Memory("unlikely", catalog.data, decides)
    if (kept := memory.recall()) is not None:
        found = [Unplaced(folder, id, tuple(pointer), *rest) for folder, id, pointer, *rest in kept]
    else:
        from synthkg.works import look_of  # here, since it is seldom needed, and takes a while

        papers = {id: look_of(paper) for id, paper in catalog.of(Paper).items()}
        found = list(unlikely_titles(papers, catalog.of(ReadingList).values()))
        memory.keep(found)
    yield from (each.placed(catalog) for each in found)


def unlikely_titles(papers: Mapping[str, Looks], lists: Iterable[ReadingList]) -> Iterator[Unplaced]:
    """What only a comparison of titles can tell; see `synthkg.works.find_lookalikes`."""
    from synthkg.works import far_titles, find_lookalikes  # here; see above

    for one, other, sureness in find_lookalikes(papers):
        problem = f'this is probably the same work as "{other}" ({sureness:.0%})'
        mend = "merge them, or say under different: why they are two"
        yield Unplaced(Paper.folder, one, ("title",), "lookalike", problem, mend, "warning")
    for far in far_titles(lists, papers):
        problem = f'entry {far.number} has a title far from every title of the paper "{far.paper}" ({far.likeness:.0%} alike)'
        mend = "name the right paper, add the title to its version, or add an erratum for the cell"
        severity = "warning" if far.is_linked else "error"  # where the address agrees, the title is the list's own
        yield Unplaced(ReadingList.folder, far.list.id, far.pointer, "title-far-from-entry", problem, mend, severity)
