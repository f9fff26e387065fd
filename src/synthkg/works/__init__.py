"""Which rows, titles and records mean one work, and what a row says of it.

`testimony` is what a row claims of a work, `publications` where it says that this appeared. `folding` and `lookalikes` compare
titles, `titles` judges a pair of them, `curated` finds records by what rows say. `grouping` puts the rows of a list together
that are one work, and `skeletons` makes the drafts of these, under ids by `minting`.
"""

from synthkg.works.curated import ONE_A_WORK, Curated, kind_of_key, looks_of, missing_venues
from synthkg.works.folding import alike, fold
from synthkg.works.grouping import Conflict, group
from synthkg.works.lookalikes import (
    Looks,
    candidates,
    compared_of,
    far_titles,
    find_lookalikes,
    look_of,
    short_name,
    title_likeness,
    titles_of,
    without_name,
)
from synthkg.works.minting import mint
from synthkg.works.skeletons import Taken
from synthkg.works.testimony import NOTHING, Appeared, Aside, Claim, read_claim, read_thing
from synthkg.works.titles import can_be, has_authors, is_cut_off, likeness

__all__ = [
    "NOTHING",
    "ONE_A_WORK",
    "Appeared",
    "Aside",
    "Claim",
    "Conflict",
    "Curated",
    "Looks",
    "Taken",
    "alike",
    "can_be",
    "candidates",
    "compared_of",
    "far_titles",
    "find_lookalikes",
    "fold",
    "group",
    "has_authors",
    "is_cut_off",
    "kind_of_key",
    "likeness",
    "look_of",
    "looks_of",
    "mint",
    "missing_venues",
    "read_claim",
    "read_thing",
    "short_name",
    "title_likeness",
    "titles_of",
    "without_name",
]
