"""Our things in other graphs: asked for, proposed, judged, watched.

Read `proposals` first (a run of one target), then `subjects` (our things and their keys) and `targets` (their query), `lookups`
(asked in batches, never twice) or `scanning` on `patterns` (read out of a dump), `reviewing` (a person decides) and `doctor`
(what we assume of a target still holds).
"""

from synthkg.linking.doctor import FORMATS, STATES, examine
from synthkg.linking.lookups import Answers, Pace, StoreSource, terms
from synthkg.linking.proposals import Linked, link, open_source
from synthkg.linking.reviewing import review, reviewer_name, waiting
from synthkg.linking.scanning import Sides, gather, refuse_other
from synthkg.linking.subjects import find_subjects
from synthkg.linking.targets import find_target, load_targets

__all__ = [
    "FORMATS",
    "STATES",
    "Answers",
    "Linked",
    "Pace",
    "Sides",
    "StoreSource",
    "examine",
    "find_subjects",
    "find_target",
    "gather",
    "link",
    "load_targets",
    "open_source",
    "refuse_other",
    "review",
    "reviewer_name",
    "terms",
    "waiting",
]
