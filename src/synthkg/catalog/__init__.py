"""``data/`` <-> records, with the line and column of everything that is wrong.

Read `folder` first (a data folder as a `Catalog`), then `decode` (YAML -> record) and `canonical` (record -> YAML). `layout` is
how a row's cells lie in its line; `links`, with `sssom` and `tsv`, is the same for files of links; `drafts` writes
records to fill in.
"""

from synthkg.catalog.decode import Pointer
from synthkg.catalog.drafts import draft
from synthkg.catalog.folder import Catalog, links_path, load_catalog, unformatted, write_records
from synthkg.catalog.layout import BAR, BULLET, MARGIN, SPACE, lay_out, literal, write_line
from synthkg.catalog.links import CONTESTED, load_links, locate_link, write_links
from synthkg.catalog.sssom import Link, to_slots, to_table

__all__ = [
    "BAR",
    "BULLET",
    "CONTESTED",
    "MARGIN",
    "SPACE",
    "Catalog",
    "Link",
    "Pointer",
    "draft",
    "lay_out",
    "links_path",
    "literal",
    "load_catalog",
    "load_links",
    "locate_link",
    "to_slots",
    "to_table",
    "unformatted",
    "write_line",
    "write_links",
    "write_records",
]
