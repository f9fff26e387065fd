"""A graph is called after the list that it came from; nothing is said where several lists could name it."""

from __future__ import annotations

import pytest
from pyoxigraph import RdfFormat

from synthkg.graph import OxigraphStore
from synthkg.views import described, subject_of


@pytest.mark.parametrize(
    ("lists", "called"),
    [
        ("", "A knowledge graph of scholarly works"),
        ('<x:1> a s:List ; d:title "Finding passages" .', "Finding passages, a knowledge graph of scholarly works"),
        ('<x:1> a s:List ; d:title "One" . <x:2> a s:List ; d:title "Two" .', "A knowledge graph of scholarly works"),
        (
            '<x:1> a s:List ; d:title "One" . <x:2> a s:List ; d:title "Two" ; s:primary true .',
            "Two, a knowledge graph of scholarly works",
        ),
    ],
)
def test_a_graph_is_called_after_its_list(lists: str, called: str) -> None:
    store = OxigraphStore()
    prefixes = "@prefix s: <https://w3id.org/synthkg/ontology#> . @prefix d: <http://purl.org/dc/terms/> . "
    store.inner.load((prefixes + lists).encode(), format=RdfFormat.TURTLE)
    assert described(subject_of(store)) == called
