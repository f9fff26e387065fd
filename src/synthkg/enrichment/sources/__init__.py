"""The sources, one small module each: how a file of theirs is read as publications.

`files` reads pieces of any file; every other module has one `Source`. A new source is a module and a line here.
"""

from synthkg.enrichment.publication import Source
from synthkg.enrichment.sources.anthology import ANTHOLOGY
from synthkg.enrichment.sources.arxiv import ARXIV
from synthkg.enrichment.sources.bibtex import BIBTEX
from synthkg.enrichment.sources.crossref import CROSSREF
from synthkg.enrichment.sources.dblp import DBLP
from synthkg.enrichment.sources.mlanthology import MLANTHOLOGY
from synthkg.enrichment.sources.openalex import OPENALEX
from synthkg.enrichment.sources.openreview import OPENREVIEW
from synthkg.enrichment.sources.paperlists import PAPERLISTS
from synthkg.enrichment.sources.pmlr import PMLR

__all__ = ["SOURCES"]

SOURCES: dict[str, Source] = {
    source.name: source
    for source in (ANTHOLOGY, PMLR, OPENREVIEW, ARXIV, CROSSREF, DBLP, PAPERLISTS, MLANTHOLOGY, OPENALEX, BIBTEX)
}
"""The sources by name, the best kind of evidence first."""
