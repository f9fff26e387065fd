"""Other people's lists: read them, compare them with what is curated, take them in.

Read `importer` first (a document -> a list record that gives it back), with `cells` (what stands where in a line) and `works`
(which rows are one work); then `matching` (rows <-> curated records), which decides by `curated`, `titles`, `lookalikes` and
`claims`, and says it in `verdicts`.
"""

from synthkg.lists.importer import read_list
from synthkg.lists.lookalikes import far_titles, find_lookalikes
from synthkg.lists.matching import match_list, new_records
from synthkg.lists.verdicts import FORMATS
from synthkg.lists.works import alike, fold

__all__ = [
    "FORMATS",
    "alike",
    "far_titles",
    "find_lookalikes",
    "fold",
    "match_list",
    "new_records",
    "read_list",
]
