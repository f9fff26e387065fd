"""Documents of lists: Markdown with tables and HTML in it, and BibTeX, become rows with the places where they stand.

Read `entries` first (a document -> headings, tables and items with their rows, as `outlines` has them). It finds them by `markup`
(with `hypertext` and `stretches`, as `prose`), takes items apart by `readings`, those without links by `unlinked`, tables by
`tables`, headings by `headlines`, and says what a text names by `labels` and `names`. `cells` gives what a cell links and says,
`numbering` the words of headings, `bibtex` reads a bibliography.
"""

from synthkg.reading.bibtex import VERBATIM, VOLUMES, Broken, Reference, read_bibtex, verbatim
from synthkg.reading.cells import Span, links, parted, plain, template
from synthkg.reading.entries import read_outline
from synthkg.reading.labels import VENUE, is_generic, is_venue_word, role_of, words_of
from synthkg.reading.markup import parse
from synthkg.reading.names import authors_in, names_in
from synthkg.reading.numbering import words_of_headings
from synthkg.reading.outlines import Found, Lines, Outline
from synthkg.reading.prose import Bounds, Unit, without_end
from synthkg.reading.tables import Field

__all__ = [
    "VENUE",
    "VERBATIM",
    "VOLUMES",
    "Bounds",
    "Broken",
    "Field",
    "Found",
    "Lines",
    "Outline",
    "Reference",
    "Span",
    "Unit",
    "authors_in",
    "is_generic",
    "is_venue_word",
    "links",
    "names_in",
    "parse",
    "parted",
    "plain",
    "read_bibtex",
    "read_outline",
    "role_of",
    "template",
    "verbatim",
    "without_end",
    "words_of",
    "words_of_headings",
]
