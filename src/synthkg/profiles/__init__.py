"""What is shown of a thing, and how the thing is found: one profile, whoever renders it.

Read `panels` first (a profile is a sequence of saved queries, each of which says in its header where it stands), then `kinds` (of
which kind a thing is, by its IRI) and `labels` (what it is called), `finding` (which thing some words mean) on `things`,
`naming` (names for ids in the values of a query), `searching` (things by words, ranked) on `words` and `rendering` (a profile as
text, JSON, Markdown and BibTeX).
"""

from synthkg.profiles.finding import Candidate, Finder
from synthkg.profiles.kinds import kind_of
from synthkg.profiles.labels import Labels
from synthkg.profiles.naming import by_id
from synthkg.profiles.panels import Profile, Profiles, Section
from synthkg.profiles.rendering import bibliography_of, papers_in, render, to_json
from synthkg.profiles.searching import Hit, Index
from synthkg.profiles.things import NAMED, Things
from synthkg.profiles.words import WEIGHTS

__all__ = [
    "NAMED",
    "WEIGHTS",
    "Candidate",
    "Finder",
    "Hit",
    "Index",
    "Labels",
    "Profile",
    "Profiles",
    "Section",
    "Things",
    "bibliography_of",
    "by_id",
    "kind_of",
    "papers_in",
    "render",
    "to_json",
]
