"""The Python API: ``synthkg.open()`` gives a `KnowledgeGraph`.

Read `knowledge` first (a graph from records, a dump or an endpoint), then `answers` (what it gives back).
"""

from synthkg.api.answers import Answer, Thing
from synthkg.api.knowledge import KnowledgeGraph, left_out, open
from synthkg.profiles import Candidate

__all__ = [
    "Answer",
    "Candidate",
    "KnowledgeGraph",
    "Thing",
    "left_out",
    "open",
]
