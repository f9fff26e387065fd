"""SPARQL text as words: what a query asks for, and of which graphs, without parsing it.

A string, an IRI or a comment may hold any word, so these are taken out with the grammar's own terminals before a keyword is
looked for (https://www.w3.org/TR/sparql11-query/#grammar). Every pattern takes time linear in the text: a string that is never
closed ends where the text does, and a name is tried at its first character alone.
"""

from __future__ import annotations

import re

__all__ = ["TOKEN", "is_construct", "names_graphs", "outline", "shows_all"]

TOKEN = re.compile(
    r"""(?P<skipped>
          '''(?:[^'\\]|\\.|'(?!''))*+(?:'''|\Z) | \"\"\"(?:[^"\\]|\\.|"(?!""))*+(?:\"\"\"|\Z)
        | '(?:[^'\\\n\r]|\\.)*+'? | "(?:[^"\\\n\r]|\\.)*+"?
        | <[^<>"{}|^`\\\x00-\x20]*+> | \#[^\n\r]*+)
      | [?$](?P<variable>\w+)""",
    re.VERBOSE | re.DOTALL,
)
"""A string, IRI or comment, or else a variable."""

_NAME = re.compile(r"(?<![\w.-])[\w.-]*+:[\w.%:-]*+")


def outline(text: str) -> str:
    """The query with blanks for its strings, IRIs, names, variables and comments: keywords and brackets are left, in place.

    >>> outline('SELECT ?from { ?s :where "}" }').split()
    ['SELECT', '{', '}']
    """
    return _NAME.sub(_blanks, TOKEN.sub(_blanks, text))


def _blanks(match: re.Match[str]) -> str:
    return " " * len(match[0])


def is_construct(text: str) -> bool:
    """Whether the query gives triples rather than rows."""
    form = re.search(r"\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", outline(text), re.IGNORECASE)
    return form is not None and form[1].upper() in ("CONSTRUCT", "DESCRIBE")


def names_graphs(text: str) -> bool:
    """Whether the query says itself, by FROM or FROM NAMED, of which graphs it asks.

    >>> names_graphs("SELECT ?s FROM <urn:g> { ?s ?p ?o }"), names_graphs('SELECT ?from { ?s ?p "FROM" }')
    (True, False)
    """
    return re.search(r"\bFROM\b", outline(text), re.IGNORECASE) is not None


def shows_all(text: str) -> bool:
    """Whether the query selects ``*``.

    >>> shows_all("SELECT DISTINCT * { ?s ?p ?o }"), shows_all("SELECT (COUNT(*) AS ?n) { SELECT * { ?s ?p ?o } }")
    (True, False)
    """
    return re.match(r"[^{]*?\bSELECT\s+(?:(?:DISTINCT|REDUCED)\s+)?\*", outline(text), re.IGNORECASE) is not None
