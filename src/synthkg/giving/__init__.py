"""What other graphs take from us, in their own forms.

Each module is one receiver: `wikidata` (QuickStatements), `orkg`, `prov` (SSSOM, PROV-O), `nanopub` (TriG, for
whoever signs it), `croissant` (data sets, for the tools of machine learning), `registration` (Bioregistry, w3id.org), with
`addresses` (where its rules send an IRI). `selection` says which papers an export is about.
"""

from synthkg.giving.addresses import Addresses, canonical, parsed, serialized
from synthkg.giving.croissant import croissants
from synthkg.giving.nanopub import nanopublications, published
from synthkg.giving.orkg import comparison
from synthkg.giving.prov import mapping_set, provenance
from synthkg.giving.registration import ENDINGS, Contact, documents, prefix_record, redirections
from synthkg.giving.selection import choose
from synthkg.giving.wikidata import quickstatements

__all__ = [
    "ENDINGS",
    "Addresses",
    "Contact",
    "canonical",
    "choose",
    "comparison",
    "croissants",
    "documents",
    "mapping_set",
    "nanopublications",
    "parsed",
    "prefix_record",
    "provenance",
    "published",
    "quickstatements",
    "redirections",
    "serialized",
]
