"""Queries that can be ended: worker processes that answer about one graph, and reach nothing but it.

Read `messages` first (what is asked and answered), then `worker` (one query after the other, confined, for a store on disk
by `isolation`), `keeper` (forks workers off a graph that is in memory once), `nursery` (where workers come from), `pool` (time
limits, replacements, whoever hangs up) and `store` (the engine as a store).
"""

from synthkg.engine.messages import Question, Reply
from synthkg.engine.pool import Engine
from synthkg.engine.store import EngineStore

__all__ = [
    "Engine",
    "EngineStore",
    "Question",
    "Reply",
]
