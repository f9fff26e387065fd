"""``data/`` <-> records, with the line and column of everything that is wrong.

Read `folder` first (a data folder as a `Catalog`), with `record_files` (one file of it) and `writing`; then `nodes` and `decode`
(YAML -> record), `canonical` (record -> YAML) and `reader` (what that wrote, read fast), with `values` (what a value must be).
`layout` is how a row's cells lie in its line, and `weaving` a list through time; `links`, with `sssom` and `tsv`, is the same for
files of links; `hashing` is what a folder holds, as hashes, and `packs` its records while nobody asks for them; `drafts` writes
records to fill in, `surroundings` what a repository of records has beside them, `licences` which licence a folder
states, `makers` what else it says of itself, and `self_description` what is wrong there.
"""

from synthkg.catalog.drafts import draft_of, draft_of_name, write_draft
from synthkg.catalog.folder import (
    Catalog,
    built_in,
    dangling,
    extend,
    former_ids,
    has_records,
    links_path,
    load_catalog,
    read_links,
)
from synthkg.catalog.hashing import Content, contents, hash_of
from synthkg.catalog.layout import BAR, BULLET, MARGIN, SPACE, Piece, lay_out, literal, write_line
from synthkg.catalog.licences import KNOWN_LICENCES
from synthkg.catalog.links import CONTESTED, load_links, locate_link, write_links
from synthkg.catalog.makers import Citation, Maker, citation_of, citation_without, licence_of, part_of
from synthkg.catalog.nodes import Pointer
from synthkg.catalog.packs import pack
from synthkg.catalog.reader import Mention
from synthkg.catalog.record_files import FileRead, RecordFile, place, read_file, references_in
from synthkg.catalog.sssom import Link, to_slots, to_table
from synthkg.catalog.surroundings import files_around
from synthkg.catalog.weaving import (
    FIRST,
    Strand,
    checksum,
    print_snapshot,
    print_snapshots,
    rename_snapshot,
    require_snapshot_id,
    snapshot_ids,
    tables,
    turned,
    weave,
    with_bare_newlines,
)
from synthkg.catalog.writing import partly_read, require_new, unformatted, write_changed, write_records

__all__ = [
    "BAR",
    "BULLET",
    "CONTESTED",
    "FIRST",
    "KNOWN_LICENCES",
    "MARGIN",
    "SPACE",
    "Catalog",
    "Citation",
    "Content",
    "FileRead",
    "Link",
    "Maker",
    "Mention",
    "Piece",
    "Pointer",
    "RecordFile",
    "Strand",
    "built_in",
    "checksum",
    "citation_of",
    "citation_without",
    "contents",
    "dangling",
    "draft_of",
    "draft_of_name",
    "extend",
    "files_around",
    "former_ids",
    "has_records",
    "hash_of",
    "lay_out",
    "licence_of",
    "links_path",
    "literal",
    "load_catalog",
    "load_links",
    "locate_link",
    "pack",
    "part_of",
    "partly_read",
    "place",
    "print_snapshot",
    "print_snapshots",
    "read_file",
    "read_links",
    "references_in",
    "rename_snapshot",
    "require_new",
    "require_snapshot_id",
    "snapshot_ids",
    "tables",
    "to_slots",
    "to_table",
    "turned",
    "unformatted",
    "weave",
    "with_bare_newlines",
    "write_changed",
    "write_draft",
    "write_line",
    "write_links",
    "write_records",
]
