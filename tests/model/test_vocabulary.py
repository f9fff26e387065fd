"""The vocabulary: the ontology's words, and what a data folder adds to them."""

from __future__ import annotations

import gc
import re
import weakref
from pathlib import Path

from conftest import TOY
from synthkg.catalog import load_catalog
from synthkg.checks import check
from synthkg.graph import statements
from synthkg.model import Vocabulary


def test_what_a_folder_adds_goes_with_its_catalog() -> None:
    """A server that watches a folder takes it in again and again."""
    seen = []
    for _ in range(2):
        catalog = load_catalog(TOY)
        for records in catalog.records.values():
            assert all([*statements(record, catalog.vocabulary)] for record in records.values())
        seen.append(weakref.ref(catalog.vocabulary))
        del catalog, records
    gc.collect()
    assert [each() for each in seen] == [None, None]


def test_checks_keep_no_words_of_a_folder_as_it_was(toy: Path) -> None:
    scheme = toy / "concepts" / "tide.yaml"
    for word in ("first", "second", "third"):
        scheme.write_text(re.sub("definition: .*", f"definition: {word}", scheme.read_text("utf-8")), "utf-8")
        assert not check(toy).errors
    gc.collect()
    schemes = [scheme for each in gc.get_objects() if isinstance(each, Vocabulary) for scheme in each.own.values()]
    assert {scheme.definition for scheme in schemes}.isdisjoint({"first", "second"})
