"""The Python API: ``synthkg.open()`` gives a `KnowledgeGraph`.

One module today, `knowledge`: a graph from records, a dump or an endpoint, and the answers it gives.
"""

from synthkg.api.knowledge import Answer, KnowledgeGraph, left_out, open

__all__ = [
    "Answer",
    "KnowledgeGraph",
    "left_out",
    "open",
]
