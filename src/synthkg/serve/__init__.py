"""The graph on the web, for programs and people: SPARQL, saved queries as addresses, linked data, downloads.

Read `app` first (which address does what), then `engine` (the graph that is served, and how a new one takes its place),
`answers`, `protocol`, `saved`, `documents`, `description` and `files`; then `reconciliation` with `properties`.
`http` is what all of them share, `pages` are for people, `metrics` counts, and `server` puts it all on a port, with the
`connections` that come there. `assistant` is another door, the Model Context Protocol, which `conversation` speaks.
"""

from synthkg.serve.conversation import serve_assistant
from synthkg.serve.engine import Limits
from synthkg.serve.server import Settings, run

__all__ = [
    "Limits",
    "Settings",
    "run",
    "serve_assistant",
]
