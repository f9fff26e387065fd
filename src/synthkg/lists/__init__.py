"""Other people's lists: read them, compare them with what is curated, take them in.

Read `importer` first (a document -> a list record that gives it back): `markup` says what stands where, `entries` what an entry
is, `tables`, `readings`, `headlines`, `labels`, `references` and `publications` what its words and links say, `cells` and `names`
how a list writes them, `works` which rows are one work, `minting` the ids. Then `matching` (rows <-> curated records), which
decides by `curated`, `titles`, `lookalikes` and `claims`, and says it in `verdicts`; `recognition` does so for a few words, and
`snapshots` weaves the next state of a list into its record.
"""

from synthkg.lists.importer import read_list
from synthkg.lists.lookalikes import far_titles, find_lookalikes
from synthkg.lists.matching import match_list, new_records
from synthkg.lists.recognition import Asked, Found, Recognition
from synthkg.lists.snapshots import Change, Updated, holding, update
from synthkg.lists.verdicts import FORMATS
from synthkg.lists.works import alike, fold

__all__ = [
    "FORMATS",
    "Asked",
    "Change",
    "Found",
    "Recognition",
    "Updated",
    "alike",
    "far_titles",
    "find_lookalikes",
    "fold",
    "holding",
    "match_list",
    "new_records",
    "read_list",
    "update",
]
