"""Other people's lists: read them, compare them with what is curated, take them in.

Read `importer` first (a document -> a list record that gives it back): on `entries`, which finds rows by `markup` (with
`hypertext` and `stretches`, as `prose`), `readings`, `tables`, `headlines`, `labels` and `cells`, or by `references` and
`bibtex`. Then `works` (which rows are one work), with `testimony` (what a row says), `names`, `publications` and `folding`, and
`skeletons` (their drafts) with `minting`; `matching` (rows <-> curated records), which decides by `curated`, `titles`,
`lookalikes` and `claims`, and says it in `verdicts`; `recognition` does so for a few words. `snapshots` weaves the next state of
a list into its record, by `alignment` of its `pieces`; `histories` says which states it lacks of what `checkouts` reads in a
repository, `additions` settles the rows that one adds, `carrying` brings the errata that other lists have, and `starting` makes
the first records of another field, with the words of headings from `numbering`.
"""

from synthkg.lists.additions import settle_added
from synthkg.lists.bibtex import Broken, Reference, read_bibtex
from synthkg.lists.checkouts import versions_in
from synthkg.lists.folding import alike, fold
from synthkg.lists.histories import Missing, find_missing
from synthkg.lists.importer import Imported, read_list
from synthkg.lists.lookalikes import Looks, compared_of, far_titles, find_lookalikes, look_of
from synthkg.lists.matching import match_list, new_records
from synthkg.lists.recognition import Asked, Found, Recognition
from synthkg.lists.references import seeming_form
from synthkg.lists.snapshots import Change, Updated, holding, open_headings, update
from synthkg.lists.starting import Drafted, drafts_of_references, first_records, missing_venues
from synthkg.lists.verdicts import FORMATS

__all__ = [
    "FORMATS",
    "Asked",
    "Broken",
    "Change",
    "Drafted",
    "Found",
    "Imported",
    "Looks",
    "Missing",
    "Recognition",
    "Reference",
    "Updated",
    "alike",
    "compared_of",
    "drafts_of_references",
    "far_titles",
    "find_lookalikes",
    "find_missing",
    "first_records",
    "fold",
    "holding",
    "look_of",
    "match_list",
    "missing_venues",
    "new_records",
    "open_headings",
    "read_bibtex",
    "read_list",
    "seeming_form",
    "settle_added",
    "update",
    "versions_in",
]
