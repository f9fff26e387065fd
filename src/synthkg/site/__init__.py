"""The graph as a web site: static files that any host serves, a page for every thing, and each page's facts as data beside it.

Read `building` first (which files there are), then `contents` (the graph, once, in the pieces that pages need), `pages` with
`cells`, `beside`, `outlines` and `heads` (a thing's page), `indexes`, `references` with `fields`, and `extras` (the pages that
lead to them, the fields of records, the pictures) and `searching` (what ``search.js`` reads). `ask` is the page that answers
SPARQL in the browser, built from ``frontend/ask/``. What a page shows of a thing is the thing's profile, see `synthkg.profiles`.
"""

from synthkg.site.ask import write_ask
from synthkg.site.building import write_site

__all__ = ["write_ask", "write_site"]
