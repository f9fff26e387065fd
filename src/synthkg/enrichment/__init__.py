"""What other people's collections know of our papers: blanks filled, each fact with its evidence, contradictions told.

Read `publication` first (what a source says, in our words), then `filling` (which version it is about, what is blank),
`persons` (who its authors are), `venues` (which venue is meant), `online` (an API asked, its answers kept) and
`sources`, one small module each.
"""

from synthkg.enrichment.filling import Enriched, enrich
from synthkg.enrichment.publication import Source
from synthkg.enrichment.sources import SOURCES

__all__ = [
    "SOURCES",
    "Enriched",
    "Source",
    "enrich",
]
