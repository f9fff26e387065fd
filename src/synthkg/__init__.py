"""A knowledge graph of the literature on data synthesis with large language models, and the lists it came from.

The command line is ``synthkg``; in Python, ``synthkg.open()`` gives a `KnowledgeGraph`, its ``query()`` an `Answer`, ``show()`` a
`Thing` and ``search()`` a list of `Candidate`. Whatever goes wrong is a `SynthkgError`, and the whole tree of them is in
`synthkg.errors`.
"""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING as _TYPE_CHECKING

from synthkg.errors import (
    BuildRefused,
    EndpointError,
    ImportFailed,
    QueryError,
    QueryStopped,
    SynthkgError,
    UnreadableError,
    UsageError,
)

if _TYPE_CHECKING:
    from synthkg.api import Answer, Candidate, KnowledgeGraph, Thing, open

    __version__: str

__all__ = [
    "Answer",
    "BuildRefused",
    "Candidate",
    "EndpointError",
    "ImportFailed",
    "KnowledgeGraph",
    "QueryError",
    "QueryStopped",
    "SynthkgError",
    "Thing",
    "UnreadableError",
    "UsageError",
    "__version__",
    "open",
]


def __getattr__(name: str) -> object:
    """Loads the API when it is first used, so that ``synthkg --help`` need not."""
    if name == "__version__":
        return _import_module("importlib.metadata").version("synthkg")
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(_import_module("synthkg.api"), name)


def __dir__() -> list[str]:
    return list(__all__)
