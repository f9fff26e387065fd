"""A term is its text in N-Triples until an engine needs more: plain strings, which cost a tenth of an engine's objects.

What has to be escaped, and how, is pyoxigraph's to say: a text with a character that might be is handed to it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from synthkg.catalog import Pointer
from synthkg.model import RDF, XSD

__all__ = ["DATES", "INTEGER", "TYPE", "Line", "Term", "inside", "iri", "literal", "read_term", "term"]

_PERHAPS_ESCAPED = re.compile(r'[\x00-\x1f"\\\x7f\ufffe\uffff]')
_REMEMBERED = 1 << 16

Term = NamedNode | Literal

Line = tuple[str, str, str, Pointer]
"""A triple, its terms as N-Triples writes them, and the pointer to the YAML value that it comes from."""


def iri(text: str) -> str:
    """The text of an IRI.

    >>> iri("https://w3id.org/synthkg/paper/star")
    '<https://w3id.org/synthkg/paper/star>'
    """
    return f"<{text}>"


def inside(term: str) -> str:
    """The IRI that a text is of."""
    return term[1:-1]


def literal(text: str, datatype: str = "") -> str:
    r"""The text of a literal.

    >>> literal("a\n"), literal("3", INTEGER)
    ('"a\\n"', '"3"^^<http://www.w3.org/2001/XMLSchema#integer>')
    """
    plain = str(Literal(text)) if _PERHAPS_ESCAPED.search(text) else f'"{text}"'
    return f"{plain}^^{datatype}" if datatype else plain


@lru_cache(_REMEMBERED)
def term(text: str) -> Term:
    """The engine's term of a text."""
    if text.startswith("<"):
        return NamedNode(text[1:-1])
    lexical, _, kind = text[1:].rpartition('"')
    if "\\" in lexical or not text.startswith('"'):
        return read_term(text)
    if kind.startswith("@"):
        return Literal(lexical, language=kind[1:])
    return Literal(lexical, datatype=NamedNode(kind[3:-1])) if kind else Literal(lexical)


def read_term(text: str) -> Term:
    """The same of a text that anybody may have written.

    >>> read_term('<urn:a>'), read_term('"a"@en')
    (<NamedNode value=urn:a>, <Literal value=a language=en>)

    Raises:
        SyntaxError: It is no term of N-Triples, or a blank node.
    """
    read = [quad.object for quad in parse(f"<x:s> <x:p> {text} .", format=RdfFormat.N_TRIPLES)]
    if len(read) != 1 or not isinstance(read[0], NamedNode | Literal):
        raise SyntaxError("an IRI or a literal is expected")
    return read[0]


TYPE = iri(RDF + "type")
INTEGER = iri(XSD + "integer")
DATES = {length: iri(XSD + name) for length, name in ((4, "gYear"), (7, "gYearMonth"), (10, "date"))}
