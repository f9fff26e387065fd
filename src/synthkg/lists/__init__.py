"""Other people's lists: take them in as records, compare them with what is curated, keep up with them.

Read `importer` first (a document -> a list record that gives it back), then `blocks`, of which that record is, and `naming`;
`references` does the same for a bibliography.
`matching` (rows <-> curated records) decides by `claims`, and says it in `verdicts`; `recognition` does so for a few words.
`snapshots` weaves the next state of a list into its record, by `alignment` of its `pieces`; `histories` says which states it
lacks of what `checkouts` reads in a repository, `additions` settles the rows that one adds, `carrying` brings the errata that
other lists have, and `starting` makes the first records of another field.
"""

from synthkg.lists.additions import settle_added
from synthkg.lists.checkouts import versions_in
from synthkg.lists.histories import find_missing, snapshot_name
from synthkg.lists.importer import Imported, read_list
from synthkg.lists.matching import is_primary, match_list, new_records
from synthkg.lists.naming import list_id
from synthkg.lists.recognition import Asked, Found, Recognition
from synthkg.lists.references import seeming_form
from synthkg.lists.snapshots import Change, Updated, holding, open_headings, update
from synthkg.lists.starting import drafts_of_references, first_records
from synthkg.lists.verdicts import FORMATS

__all__ = [
    "FORMATS",
    "Asked",
    "Change",
    "Found",
    "Imported",
    "Recognition",
    "Updated",
    "drafts_of_references",
    "find_missing",
    "first_records",
    "holding",
    "is_primary",
    "list_id",
    "match_list",
    "new_records",
    "open_headings",
    "read_list",
    "seeming_form",
    "settle_added",
    "snapshot_name",
    "update",
    "versions_in",
]
