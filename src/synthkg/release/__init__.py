"""What is downloaded: six formats, tables, and what they say of themselves; and what changed between two of them.

Read `dumps` first: with `joining` (files out of shards), `nodes` (the two that are sorted), `packing` (with gzip) and
`replacement` (a folder exchanged as a whole); `shapes` and `columns` say what the graph and the tables look like; then
`description`, with `void`, `statistics`, `crate` and `contents`; `difference`, on `blanks`, stands alone.
"""

from synthkg.release.description import citation_stated, day_stated, licence_stated
from synthkg.release.difference import STYLES, compare
from synthkg.release.dumps import build
from synthkg.release.replacement import refuse_foreign, replacing
from synthkg.release.statistics import COUNTED, Statistics

__all__ = [
    "COUNTED",
    "STYLES",
    "Statistics",
    "build",
    "citation_stated",
    "compare",
    "day_stated",
    "licence_stated",
    "refuse_foreign",
    "replacing",
]
