"""What is asked of one thing takes as long in a large graph as in a small one."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import pytest
from pyoxigraph import QuerySolutions, RdfFormat, parse

from conftest import DATA, ROOT
from synthkg.graph import OxigraphStore, Query, load_dump, load_queries
from timing import processor_seconds

sys.path.append(str(ROOT / "benchmarks"))

generated = import_module("generate")

TIMES = 6
GROWING = {"authors-about", "fine-tuned-from", "model-descendants", "scheme-concepts", "term-examples"}
"""These look through all of a class: papers of one or all concepts, what models were taught or trained from, uses of a term."""
THING = {"concept": "stage/fine-tuning", "list": "data-synthesis-using-llms", "method": "self-instruct"}


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory, dump_store: OxigraphStore) -> OxigraphStore:
    """Some copies of the real graph, beside itself."""
    dump: Path = tmp_path_factory.mktemp("larger") / "synthkg.nq"
    ((papers,),) = dump_store.select("SELECT (COUNT(*) AS ?n) WHERE { ?paper a <https://w3id.org/synthkg/ontology#Paper> }").rows
    assert papers is not None
    generated.generate_dump(DATA, TIMES * int(papers.value), dump)
    return load_dump(dump)


def test_a_query_with_the_same_answer_takes_no_longer(dump_store: OxigraphStore, larger: OxigraphStore) -> None:
    """A few thousandths of a second, and twice the time for indexes that are larger, are let pass."""
    assert len(larger) > (TIMES - 1) * len(dump_store)
    grown, compared = {}, set()
    for query in load_queries("profiles", "examples", "views").values():
        if query.name in GROWING or not any(parameter.type == "iri" for parameter in query.parameters):
            continue
        text = bound(query)
        rows, more = (len(list(solutions(store, text))) for store in (dump_store, larger))
        if rows == more:
            compared.add(query.name)
            small, large = (min(seconds(store, text) for _ in range(3)) for store in (dump_store, larger))
            if large > 2 * small + 0.004:
                grown[query.name] = f"{1000 * small:.1f} ms, {1000 * large:.1f} ms"
    assert grown == {}
    assert compared >= {"published", "corrected", "history", "list-entries", "list-errata", "paper-entries", "method-descendants"}


def test_a_long_line_of_methods_takes_no_longer_for_each() -> None:
    """The page of the first of many generations names them all; what is asked for one must not be asked for each."""

    def asked(generations: int) -> float:
        named = "".join(f"<urn:{n}> a :Method ; :extends <urn:{n - 1}> .\n" for n in range(1, generations))
        prefix = "@prefix : <https://w3id.org/synthkg/ontology#> .\n<urn:0> a :Method .\n"
        store = OxigraphStore(parse(prefix + named, format=RdfFormat.TURTLE))
        query = load_queries("profiles")["method-descendants"]
        text = query.text.replace("?_method_iri", "<urn:0>")
        assert len(list(solutions(store, text))) == generations - 1
        return min(seconds(store, text) for _ in range(3))

    assert asked(1600) < 3 * 8 * asked(200) + 0.01


def bound(query: Query) -> str:
    missing = [parameter.name for parameter in query.parameters if parameter.default is None]
    return query.bind({name: THING[name] for name in missing})


def solutions(store: OxigraphStore, text: str) -> QuerySolutions:
    found = store.inner.query(text, use_default_graph_as_union=True)
    assert isinstance(found, QuerySolutions)
    return found


def seconds(store: OxigraphStore, text: str) -> float:
    return processor_seconds(lambda: list(solutions(store, text)))
