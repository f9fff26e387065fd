"""What a query gives, by its form: rows, triples, or yes and no; of which graphs; and whether it would ask another server.

Only the keywords are looked at, where no string, IRI, name or comment stands. What must be sure is left to the parser: with
another word in the place of a keyword a query is none any more, while a name or a string may be any.
"""

from __future__ import annotations

import re
from contextlib import suppress

import pyoxigraph

from synthkg.errors import QueryError
from synthkg.graph.limits import refuse_too_deep
from synthkg.graph.sparql import PREFIXES, is_doubtful, mentions, outline, says_from

__all__ = ["asks_elsewhere", "form_of", "is_construct", "is_sparql", "is_update", "names_graphs"]

_FORM = re.compile(r"\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.IGNORECASE)
_BRACELESS = "LOAD|CLEAR|CREATE|DROP|COPY|MOVE|ADD"
_BEGINS = re.compile(rf"(?:\s|#[^\n]*+(?:\n|\Z))*+(?:PREFIX|BASE|SELECT|ASK|CONSTRUCT|DESCRIBE|{_BRACELESS})\s", re.IGNORECASE)
_FROM = re.compile("(fr)(om)", re.IGNORECASE)
_SERVICE = re.compile("(serv)(ice)", re.IGNORECASE)
_CHANGES = re.compile(rf"(?:\s|\b(?:PREFIX|BASE)\b)*+(?:INSERT|DELETE|{_BRACELESS}|WITH)\b", re.IGNORECASE)


def form_of(text: str) -> str:
    """SELECT, ASK, CONSTRUCT or DESCRIBE; empty where it is no query.

    >>> form_of("PREFIX ask: <urn:a> DESCRIBE ask:select")
    'DESCRIBE'
    """
    form = _FORM.search(outline(text))
    return form[1].upper() if form else ""


def is_construct(text: str) -> bool:
    """Whether the query gives triples rather than rows."""
    return form_of(text) in ("CONSTRUCT", "DESCRIBE")


def is_sparql(text: str) -> bool:
    """Whether the text is meant as a query or an update, and not as the name of a query.

    >>> is_sparql("DESCRIBE <urn:a>"), is_sparql("describe.rq"), is_sparql("SELECT{}"), is_sparql("CLEAR ALL")
    (True, False, True, True)
    """
    return "{" in text or _BEGINS.match(text) is not None


def is_update(text: str) -> bool:
    """Whether the text is an update, which no query is.

    >>> is_update("PREFIX a: <urn:a> INSERT DATA { a:b a:c 1 }"), is_update("ASK { ?insert a ?delete }")
    (True, False)
    """
    return _CHANGES.match(outline(text)) is not None


def names_graphs(text: str) -> bool:
    """Whether the query says itself, by FROM or FROM NAMED, of which graphs it asks.

    >>> names_graphs("SELECT * FROM <urn:g> { ?s ?p ?o }"), names_graphs("ASK { ?s ?p ?o FILTER(?o<'z'&&'>FROM'!='') }")
    (True, False)
    """
    if not is_doubtful(text) or mentions(text, "SERVICE"):  # which the parser would run, of ASK
        return says_from(text)
    return "from" in text.casefold() and not _is_read(_FROM.sub(r"\1x\2", text))


def asks_elsewhere(text: str) -> bool:
    """Whether the query has a SERVICE, so that another server would be asked for a part of it. It must be SPARQL.

    >>> asks_elsewhere("SELECT * { SERVICE <urn:s> { ?s ?p ?o } }"), asks_elsewhere('SELECT ?service { ?s :service "SERVICE" }')
    (True, False)
    >>> asks_elsewhere("PREFIX service: <urn:s> ASK { ?s service:p ?o FILTER(?o<'>') }")
    False
    """
    return mentions(text, "SERVICE") and not _is_read(_SERVICE.sub(r"\1x\2", text))


def _is_read(text: str) -> bool:
    """Whether the parser takes the query, which need not run; of one that it must not be handed that is not known."""
    with suppress(OSError, QueryError, RuntimeError, ValueError):
        refuse_too_deep(text)
        try:
            pyoxigraph.Store().query(text, base_iri="http://localhost/", prefixes=PREFIXES)  # of nothing, so at once
        except SyntaxError:
            return False
    return True
