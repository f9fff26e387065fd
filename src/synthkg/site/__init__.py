"""Static pages over the graph, which any host serves.

Read `ask` for the page that answers SPARQL in the browser; what it ships is built from ``frontend/ask/``.
"""

from synthkg.site.ask import POLICY, ask_files, ask_page, write_ask

__all__ = ["POLICY", "ask_files", "ask_page", "write_ask"]
