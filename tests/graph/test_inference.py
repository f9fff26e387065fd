"""Rules run as often as they need, and no oftener."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad

from synthkg.errors import QueryError
from synthkg.graph import OxigraphStore, infer
from synthkg.graph.queries import load_query

NEXT = NamedNode("urn:next")
CHAIN = [Quad(NamedNode(f"urn:{n}"), NEXT, NamedNode(f"urn:{n + 1}")) for n in range(4)]


@pytest.mark.parametrize(("header", "found"), [("", 6), ("#+ once: true\n", 3), ("#+ once: false\n", 6)])
def test_a_rule_that_feeds_itself_runs_until_nothing_is_new(header: str, found: int) -> None:
    """Unless its header says that what it adds gives it nothing to add."""
    text = "CONSTRUCT { ?a <urn:next> ?c } WHERE { ?a <urn:next> ?b . ?b <urn:next> ?c }"
    rule = load_query(Path("further.rq"), header + text)
    assert len(infer(OxigraphStore(CHAIN), {rule.name: rule})) == found


def test_a_rule_without_end_is_told() -> None:
    text = 'CONSTRUCT { ?b <urn:next> ?c } WHERE { ?a <urn:next> ?b BIND(IRI(CONCAT(STR(?b), "x")) AS ?c) }'
    rule = load_query(Path("endless.rq"), text)
    with pytest.raises(QueryError, match="the rules still add triples after 20 rounds"):
        infer(OxigraphStore(CHAIN), {rule.name: rule})
