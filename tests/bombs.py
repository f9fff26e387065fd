"""Queries that strangers send: some that never end or take all memory, some that ask another server."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["BOMBS", "SERVICES", "eventually"]

BOMBS = {
    "cross product": "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "property path": "SELECT (COUNT(*) AS ?n) WHERE { ?a (!<urn:x>|!^<urn:x>)* ?b }",
    "order": "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c",
    "regular expression": 'SELECT * WHERE { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(CONCAT(STR(?c), STR(?f)), "(a|b|c)*x{40}$")) }',
    "construct": "CONSTRUCT { ?a ?e ?i } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "concatenation": "SELECT (GROUP_CONCAT(STR(?c)) AS ?all) WHERE { ?a ?b ?c . ?d ?e ?f }",
    "distinct": "SELECT DISTINCT ?a ?c ?d ?f WHERE { ?a ?b ?c . ?d ?e ?f }",
    "ask": 'ASK { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STR(?c) = CONCAT(STR(?f), STR(?i), "x")) }',
}

SERVICES = [
    "SELECT * {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ service <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE SILENT <{0}> {{ ?s ?p ?o }} }}",
    "PREFIX : <{0}> SELECT * {{ SERVICE: {{ ?s ?p ?o }} }}",
    "SELECT * {{SERVICE<{0}>{{?s ?p ?o}}}}",
    "PREFIX x: <{0}> SELECT * {{ SERVICEx: {{ ?s ?p ?o }} }}",
    "SELECT * {{SERVICESILENT<{0}>{{?s ?p ?o}}}}",
    "SELECT * {{ SERVICE#\n<{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ BIND(<{0}> AS ?g) SERVICE ?g {{ ?s ?p ?o }} }}",
    "SELECT * {{ VALUES ?g {{ <{0}> }} ?s ?p ?o .SERVICE ?g {{ ?s ?p ?x }} }}",
    "SELECT * {{ ?s ?p ?o FILTER(?o<'>'||true) SERVICE <{0}> {{ ?a ?b ?c }} }}",
    "SELECT * {{ ?s ?p ?o FILTER(?o<?b#>'''\n||true) SERVICE <{0}> {{ ?a ?b ?c }} }}",
    "SELECT * {{ ?s ?p ?o MINUS {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }}",
    "ASK {{ FILTER EXISTS {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }}",
    "SELECT * {{ SERVICE <{0}> {{ ?s ?p ?o }} }} LIMIT 0",
    "SELECT * FROM <{0}> {{ ?s ?p ?o }}",
    "SELECT * FROM NAMED <{0}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "CONSTRUCT {{ ?s ?p ?o }} FROM <{0}> WHERE {{ ?s ?p ?o }}",
    "DESCRIBE <{0}> FROM <{0}>",
    "LOAD <{0}>",
    "ASK {{ SERVICE <file:///etc/hostname> {{ ?s ?p ?o }} }}",
    "SELECT * FROM <file:///etc/hostname> {{ ?s ?p ?o }}",
]


def eventually(holds: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Whether it holds, within some seconds."""
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True
