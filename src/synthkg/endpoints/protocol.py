"""Requests of the SPARQL 1.1 Protocol, as SPARQLWrapper builds them."""

from __future__ import annotations

import urllib.request
from collections.abc import Sequence
from urllib.parse import urlsplit

__all__ = ["ROWS", "TRIPLES", "UPDATE", "sparql_request"]

ROWS = "application/sparql-results+json, application/sparql-results+xml;q=0.5"
TRIPLES = "application/n-triples, text/turtle;q=0.9, application/rdf+xml;q=0.5"
UPDATE = "INSERT"
"""The form of any update: what the protocol has for one is the same for all."""

_LONGEST_GET = 2_000


def sparql_request(url: str, text: str, form: str, accept: str = "*/*", graphs: Sequence[str] = ()) -> urllib.request.Request:
    """What asks a query, or an update; an update, and a query too long for an address, is posted.

    Args:
        url: The address that takes it.
        text: The query or update.
        form: ``SELECT``, ``ASK``, ``CONSTRUCT`` or `UPDATE`. SPARQLWrapper's setQuery would guess it from the words in comments.
        accept: The media types of an answer.
        graphs: The named graphs whose union is asked; none means the endpoint's default graph.
    """
    from SPARQLWrapper import SPARQLWrapper

    wrapper = SPARQLWrapper(url)
    wrapper.queryString, wrapper.queryType = text, form
    wrapper.setMethod("POST" if form == UPDATE else "GET")
    wrapper.setOnlyConneg(True)
    wrapper.addCustomHttpHeader("Accept", accept)
    for graph in graphs:
        wrapper.addParameter("default-graph-uri", graph)
        wrapper.addParameter("named-graph-uri", graph)
    request = wrapper._createRequest()  # what query() sends itself, without our retries and errors
    if request.data is None and len(request.full_url) > _LONGEST_GET:
        wrapper.setMethod("POST")
        request = wrapper._createRequest()
    if request.data is None and urlsplit(url).query:  # SPARQLWrapper appends "?" in any case
        request.full_url = f"{url}&{request.full_url.removeprefix(url + '?')}"
    return request
