"""What is downloaded: six formats, tables, and what they say of themselves; and what changed between two of them.

Read `dumps` first: with `replacement` (a folder exchanged as a whole), `nodes` (sorted lines and JSON-LD), `shapes` and `columns`
(what the graph and the tables look like); then `description`, with `void`, `crate` and `contents`; `difference` stands alone.
"""

from synthkg.release.difference import STYLES, compare
from synthkg.release.dumps import SUMS, build
from synthkg.release.replacement import replacing

__all__ = [
    "STYLES",
    "SUMS",
    "build",
    "compare",
    "replacing",
]
