"""Other people's servers: asked politely, answered plainly.

Read `connection` first (one address, one exchange) on `handlers` (what urllib lacks), then `protocol` (what is sent), `results`
(what comes back), `store` (a SPARQL endpoint as a `graph.Store`), `publishing` (our named graphs into their store) and `reach`
(whether there is a network at all).
"""

from synthkg.endpoints.connection import Connection
from synthkg.endpoints.publishing import publish
from synthkg.endpoints.reach import Reach
from synthkg.endpoints.store import EndpointStore

__all__ = [
    "Connection",
    "EndpointStore",
    "Reach",
    "publish",
]
