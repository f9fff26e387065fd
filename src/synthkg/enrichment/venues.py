"""Which venue of ours a source means.

Sources write a venue as an acronym (``acl``), a full title, or a line in which one of them stands (``Proceedings of the
40th International Conference on Machine Learning``). Only what is one of ours beyond doubt is taken: a line that names a
workshop, a companion volume or two venues names none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from synthkg.catalog import Catalog
from synthkg.model import Venue
from synthkg.works import fold, missing_venues

__all__ = ["Venues"]

_OTHER = re.compile(r"\b(?:workshops?|companion|adjunct|tutorials?|symposium on large language|co-located)\b", re.IGNORECASE)


class Venues:
    """The venues of a catalog, by every name that they have, and those that the project has besides.

    Attributes:
        missing: The latter, by id, without those that a venue of the catalog is called like.
    """

    def __init__(self, catalog: Catalog, more: Mapping[str, Venue]) -> None:
        self.missing = missing_venues(catalog, more)
        venues = [*catalog.known(Venue).values(), *self.missing.values()]
        self._types = {venue.id: venue.type for venue in venues}
        self._names: dict[str, str] = {}
        self._titles: dict[str, str] = {}
        for venue in venues:
            for name in venue.names:
                self._names[fold(name)] = venue.id
            for title in (venue.title, *venue.aliases):
                if len(fold(title).split()) > 2:
                    self._titles[fold(title)] = venue.id

    def find(self, text: str | None) -> str | None:
        """The id of the one venue that a text means, or None."""
        if not text or _OTHER.search(text):
            return None
        folded = fold(text)
        if folded in self._names:
            return self._names[folded]
        within = {id for title, id in self._titles.items() if f" {_stem(title)} " in f" {_stem(folded)} "}
        return within.pop() if len(within) == 1 else None

    def type(self, id: str) -> str:
        """The venue's type: ``conference``, ``journal``, and so on."""
        return self._types[id]


def _stem(title: str) -> str:
    """A title without the words that come and go: "Annual", "Advances in", "Proceedings of the"."""
    return re.sub(r"^(?:(?:annual|the|proceedings of the|advances in) )+", "", title)
