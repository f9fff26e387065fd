"""Answers that are kept are those of this graph and this question, and never more than there is room for."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import Mock
from urllib.parse import quote

import pytest

from servers import Synthkg
from synthkg.engine import Question, Reply
from synthkg.serve.answers import Answers
from synthkg.serve.engine import Graph, Limits


def test_whatever_nobody_asks_goes_first() -> None:
    kept = Answers(most=29)
    for question in ("one", "two"):
        kept.keep(question, b"0123456789")
    kept.keep("one", b"01234567890")
    assert kept.get("one") == b"01234567890"
    kept.keep("six", b"")
    assert [kept.get(each) for each in ("one", "two", "six")] == [b"01234567890", None, b""]
    kept.keep("large", bytes(2**23))
    assert [kept.get(each) for each in ("one", "large")] == [b"01234567890", None]


def test_as_many_are_kept_as_there_is_room_for() -> None:
    kept = Answers(most=33)
    for number in range(9):
        kept.keep(str(number), b"0123456789")
        here = [each for each in range(9) if kept.get(str(each)) is not None]
        assert here == list(range(max(0, number - 2), number + 1))


def test_the_same_question_has_the_same_answer_in_each_form(served: Synthkg) -> None:
    address = f"/sparql?query={quote('SELECT ?m { ?m a <https://w3id.org/synthkg/ontology#Method> } ORDER BY ?m LIMIT 3')}"
    forms = ("text/csv", "application/sparql-results+json", "text/html")
    first, second = ([served.ask(address, headers={"Accept": form}) for form in forms] for _ in range(2))
    assert [(each.status, each.body) for each in first] == [(each.status, each.body) for each in second]
    assert len({each.body for each in first}) == 3


def test_only_an_answer_is_kept() -> None:
    replies = [Reply("busy", problem="come again"), Reply("time", problem="too long"), Reply("rows", b"1")]
    engine = Mock(ask=Mock(side_effect=replies))
    graph = Graph(Path("synthkg.nq"), Limits(), engine, 1, {})
    assert [graph.ask(Question("SELECT * {}"), lambda: False) for _ in range(4)] == [*replies, replies[-1]]


@pytest.mark.parametrize("call", ["Rand()", "Now()", "uuid()", "StrUUID()"])
def test_what_changes_is_asked_again(served: Synthkg, call: str) -> None:
    address = f"/sparql?query={quote(f'SELECT ({call} AS ?n) {{}}')}"
    assert served.ask(address).body != served.ask(address).body
