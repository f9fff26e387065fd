"""What is downloaded: six formats, tables, and what they say of themselves; and what changed between two of them.

Read `dumps` first, then `description`, with `void`, `crate` and `contents`; `difference` stands alone.
"""

from synthkg.release.difference import STYLES, compare
from synthkg.release.dumps import build

__all__ = [
    "STYLES",
    "build",
    "compare",
]
