"""The graph as a web site: static files that any host serves, a page for every thing, and each page's facts as data beside it.

Read `building` first (which files there are), then `contents` (the graph, once, in the pieces that pages need), `pages` with
`cells` and `heads` (a thing's page), `indexes` and `references` (the pages that lead to them) and `searching` (what ``search.js``
reads); `extras` are pages that are there where what makes them is. What a page shows of a thing is the thing's profile, see
`synthkg.profiles`.
"""

from synthkg.site.building import write_site

__all__ = ["write_site"]
