"""A knowledge graph of the literature on data synthesis with large language models, and the lists it came from.

The command line is ``synthkg``; in Python, ``synthkg.open()`` gives a `KnowledgeGraph`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synthkg.errors import SynthkgError
    from synthkg.knowledge import Answer, KnowledgeGraph, open

__all__ = ["Answer", "KnowledgeGraph", "SynthkgError", "open"]


def __getattr__(name: str) -> Any:
    """Loads the API when it is first used, so that ``synthkg --help`` need not."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("synthkg.errors" if name == "SynthkgError" else "synthkg.knowledge"), name)
