"""The same functions on a cluster: a build over shards, and links found in dumps, by Spark.

Read `shards` first (a data folder as lines), then `records` and `schemes` (the map), `deduction` (rules and checks by what they
span), `parts` and `output` (what is written), `building` (a build), `links` (a join with a dump) and `cluster` (a session). Spark
is imported here alone, and only when a session is asked for.
"""

from synthkg.scale.building import ScaleBuilt, build
from synthkg.scale.cluster import session
from synthkg.scale.links import link_dump
from synthkg.scale.shards import write_shards

__all__ = [
    "ScaleBuilt",
    "build",
    "link_dump",
    "session",
    "write_shards",
]
