"""Mutations: take triples away from the real graph, and some golden test must fail.

A *term* is a predicate, or a class by what is a member of it. Each term is lost as a whole, and of a seeded sample of them one
triple; what follows by rules is inferred anew. A loss is noticed if a golden row is missing (`test_golden`) or a page of the
views comes out otherwise. Terms that nothing asks for do not matter; they are named at the end of docs/queries.md.
"""

from __future__ import annotations

import os
import random
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad

import synthkg
from conftest import DATA, ROOT
from synthkg.errors import SynthkgError
from synthkg.graph.inference import infer
from synthkg.graph.queries import Query, load_queries
from synthkg.graph.store import OxigraphStore
from synthkg.graph.triples import GRAPHS
from synthkg.model.vocabulary import load_vocabulary
from synthkg.views.examples import KEPT
from synthkg.views.pages import Page, all_pages, render
from test_golden import QUERIES, faults

SEED = 20261123
SAMPLE = 40  # terms of which a single triple is lost
LEAST_SINGLE = 0.5  # the share of them that must be noticed
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_SUBCLASS = "http://www.w3.org/2000/01/rdf-schema#subClassOf"
_PAGE = ROOT / "docs" / "queries.md"
_UPDATE = "SYNTHKG_UPDATE"

_PREFIX = re.compile(r"^PREFIX\s+(\w*):\s+<([^>]*)>", re.MULTILINE)
_NOT_CODE = re.compile(r'"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"|(?<!\S)#[^\n]*')


def mentioned(text: str) -> frozenset[str]:
    """The IRIs that a query names, with rdf:type for ``a``; and ``any class`` where it asks of what class something is."""
    prefixes = dict(_PREFIX.findall(text))
    code = _NOT_CODE.sub(" ", _PREFIX.sub(" ", text))
    found = set(re.findall(r"<([^<>\s]+)>", code))
    found |= {prefixes[prefix] + name for prefix, name in re.findall(r"\b(\w+):(\w+)", code) if prefix in prefixes}
    if re.search(r"\ba\s", code):
        found.add(_TYPE)
    if re.search(r"\ba\s+(\w+:\w+\s*,\s*)*\?", code):
        found.add("any class")
    return frozenset(found)


@dataclass(frozen=True)
class Term:
    """A predicate, or with ``of`` a class, and what that is a subclass of."""

    predicate: str
    of: str = ""
    parents: frozenset[str] = frozenset()

    @property
    def iri(self) -> str:
        return self.of or self.predicate

    @property
    def shown(self) -> str:
        return ("a " if self.of else "") + _short(self.iri)

    def touches(self, names: frozenset[str]) -> bool:
        return self.iri in names or ("any class" in names and bool(self.parents & names))


@dataclass
class Graph:
    """The real graph, its golden tests, and what was found."""

    store: OxigraphStore
    single: dict[Term, bool] = field(default_factory=dict)
    whole: dict[Term, str] = field(default_factory=dict)
    asleep: set[str] = field(default_factory=set)

    @cached_property
    def inferred(self) -> list[Quad]:
        return list(self.store.inner.quads_for_pattern(None, None, None, GRAPHS["inferred"]))

    @cached_property
    def terms(self) -> dict[Term, list[Quad]]:
        found: dict[Term, list[Quad]] = {}
        for quad in sorted(self.store.inner, key=str):
            of = quad.object.value if quad.predicate.value == _TYPE and isinstance(quad.object, NamedNode) else ""
            found.setdefault(Term(quad.predicate.value, of, self._parents(of)), []).append(quad)
        return found

    def _parents(self, of: str) -> frozenset[str]:
        quads = self.store.inner.quads_for_pattern(NamedNode(of), NamedNode(_SUBCLASS), None, None) if of else ()
        return frozenset(quad.object.value for quad in quads if isinstance(quad.object, NamedNode))

    @cached_property
    def rules(self) -> list[tuple[frozenset[str], frozenset[str]]]:
        """What each rule asks for, and the terms that it makes."""
        return [
            (mentioned(rule.text), frozenset(triple.predicate.value for triple in self.store.construct(rule.text)))
            for rule in load_queries("rules").values()
        ]

    @cached_property
    def pages(self) -> dict[str, list[tuple[Page, str]]]:
        found: dict[str, list[tuple[Page, str]]] = {}
        for page in all_pages(self.store):
            found.setdefault(page.query.name, []).append((page, render(page, self.store)))
        return found

    @cached_property
    def names(self) -> dict[str, frozenset[str]]:
        """What each golden test asks for, the most special first; the one that counts every triple would notice anything."""
        queries: dict[str, Query] = {**load_queries("views"), **QUERIES}
        names = {name: mentioned(query.text) for name, query in queries.items() if name != "triples"}
        return dict(sorted(names.items(), key=lambda item: (item[0] not in QUERIES, len(item[1]), item[0])))

    def reach(self, term: Term) -> tuple[frozenset[str], bool]:
        """The predicates that change with a term, and whether any does so by a rule."""
        changed = {term.iri}
        while True:
            more = {made for asked, makes in self.rules if asked & changed or term.touches(asked) for made in makes} - changed
            if not more:
                return frozenset(changed), len(changed) > 1
            changed |= more

    def without(self, term: Term, quads: Iterable[Quad], asked: Iterable[str]) -> str:
        """The first of the golden tests asked that fails without these triples, or nothing."""
        lost = list(quads)
        reach, by_rule = self.reach(term)
        stated = [quad for quad in lost if quad.graph_name != GRAPHS["inferred"]]
        anew = by_rule and bool(stated)
        inner = self.store.inner
        for quad in [*lost, *(self.inferred if anew else ())]:
            inner.remove(quad)
        if anew:
            infer(self.store)
        try:
            concerned = (name for name in asked if self.names[name] & reach or term.touches(self.names[name]))
            return next((name for name in concerned if self._fails(name)), "")
        finally:
            if anew:
                inner.remove_graph(GRAPHS["inferred"])
                inner.extend(self.inferred)
            inner.extend(lost)

    def _fails(self, name: str) -> bool:
        return (name in QUERIES and self._golden_fails(name)) or (name in self.pages and self._page_differs(name))

    def _golden_fails(self, name: str) -> bool:
        try:
            return bool(faults(QUERIES[name], self.store))
        except SynthkgError:
            return True

    def _page_differs(self, name: str) -> bool:
        return any(_printed(page, self.store) != text for page, text in self.pages[name])


def _printed(page: Page, store: OxigraphStore) -> str:
    try:
        return render(page, store)
    except (SynthkgError, LookupError) as error:
        return str(error)


@pytest.fixture(scope="module")
def graph() -> Graph:
    store = synthkg.open(DATA).store
    assert isinstance(store, OxigraphStore)
    found = Graph(store)
    chosen = random.Random(SEED)
    used = frozenset().union(*found.names.values(), *(asked for asked, _ in found.rules))
    assert found.inferred
    assert found.pages
    found.asleep.update(found.names)
    for term, quads in found.terms.items():
        if not term.touches(used):
            continue
        found.whole[term] = found.without(term, quads, [*sorted(found.asleep & QUERIES.keys()), *found.names])
        found.asleep.discard(found.whole[term])
    stated = {
        term: [quad for quad in quads if quad.graph_name != GRAPHS["inferred"]]
        for term, quads in found.terms.items()
        if term in found.whole
    }
    for term in chosen.sample([term for term, quads in stated.items() if quads], SAMPLE):
        found.single[term] = bool(found.without(term, [chosen.choice(stated[term])], found.names))
    for name in sorted(found.asleep):
        if any(found.without(term, quads, [name]) for term, quads in found.terms.items() if term.iri in found.names[name]):
            found.asleep.discard(name)
    return found


def unused_terms() -> list[str]:
    """The terms of the ontology that no saved query, view or rule names."""
    vocabulary = load_vocabulary()
    named = [mentioned(query.text) for query in load_queries("examples", "views", "rules").values()]
    parents: dict[str, set[str]] = {term: set() for term in vocabulary.terms()}
    for triple in vocabulary.triples:
        if triple.predicate.value == _SUBCLASS and isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode):
            parents[triple.subject.value].add(triple.object.value)
    terms = [Term(_TYPE, term, frozenset(above)) for term, above in parents.items()]
    return sorted(_short(term.iri) for term in terms if not any(term.touches(names) for names in named))


def _short(iri: str) -> str:
    """The IRI with its prefix."""
    for prefix, namespace in load_vocabulary().prefixes.items():
        if prefix and iri.startswith(namespace) and re.fullmatch(r"\w+", iri[len(namespace) :]):
            return f"{prefix}:{iri[len(namespace) :]}".removeprefix("synthkg")
    return iri


def report(graph: Graph) -> str:
    """What docs/queries.md says of it: nothing that changes with a record more or less."""
    noticed = sorted(term.shown for term, failing in graph.whole.items() if failing)
    missed = sorted(term.shown for term, failing in graph.whole.items() if not failing)
    idle = sorted(term.shown for term in graph.terms.keys() - graph.whole.keys())
    return f"""## Coverage

Each query has golden rows in `tests/golden/`, reviewed one by one. `tests/test_mutation.py` takes triples away and
looks whether a golden row is missing or a view comes out otherwise.

- Terms (predicates and classes) in the graph: {len(graph.terms)}. Queries, views and rules name {len(graph.whole)} of them.
- With all of a term's triples lost, a golden test fails: {len(noticed)} of {len(graph.whole)}. Not noticed: {_listed(missed)}.
- With one triple lost, a golden test fails for at least {LEAST_SINGLE:.0%} of a sample.
- Queries and views with a golden test that can fail so: {len(graph.names.keys() - graph.asleep)} of {len(graph.names)}.
- Terms in the graph that nothing names: {_listed(idle)}.
- Terms of the ontology that no query, view or rule names: {_listed(unused_terms())}.
"""


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


def test_a_term_that_is_lost_is_noticed(graph: Graph) -> None:
    missed = sorted(term.shown for term, failing in graph.whole.items() if not failing)
    assert not missed, f"no golden row or view misses any triple with: {', '.join(missed)}"


def test_every_query_notices_a_loss(graph: Graph) -> None:
    assert not graph.asleep, f"nothing that is lost makes these golden tests fail: {', '.join(sorted(graph.asleep))}"


def test_a_triple_that_is_lost_is_noticed(graph: Graph, capsys: pytest.CaptureFixture[str]) -> None:
    results = list(graph.single.values())
    share = sum(results) / len(results)
    asleep = sorted(term.shown for term, is_noticed in graph.single.items() if not is_noticed)
    with capsys.disabled():
        sys.stdout.write(
            f"\nmutations: {sum(results)} of {len(results)} single triples noticed ({share:.0%}); none of {', '.join(asleep)}\n"
        )
    assert share >= LEAST_SINGLE


def test_the_coverage_is_written_down(graph: Graph) -> None:
    text = report(graph)
    page = _PAGE.read_text("utf-8") if _PAGE.is_file() else ""
    head, mark, written = page.partition(KEPT)
    if os.environ.get(_UPDATE):
        Path(_PAGE).write_text(f"{head if mark else page + chr(10)}{KEPT}{chr(10)}{text}", "utf-8")
    else:
        assert written.strip() == text.strip(), f"docs/queries.md is stale; run: {_UPDATE}=1 pytest tests/test_mutation.py"
