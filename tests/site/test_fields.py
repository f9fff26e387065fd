"""The reference of the record fields: it agrees with what reads records, with what makes triples of them, and with the docs."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import defaultdict
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT, TOY
from synthkg.catalog import load_catalog
from synthkg.graph import OxigraphStore, statements
from synthkg.model import RECORD_TYPES, Paper, ReadingList, Scheme, load_vocabulary
from synthkg.site.contents import Contents
from synthkg.site.fields import Field, RecordType, record_types


@pytest.fixture(scope="module")
def types(dump_store: OxigraphStore) -> dict[str, RecordType]:
    return {each.id: each for each in record_types(Contents(dump_store))}


def by_key(types: dict[str, RecordType]) -> dict[tuple[str, str], Field]:
    return {(id, each.key): each for id, kind in types.items() for each in kind.fields}


def test_every_field_is_told(types: dict[str, RecordType]) -> None:
    assert {kind.__name__.lower() for kind in RECORD_TYPES} <= types.keys()
    for (id, key), each in by_key(types).items():
        assert each.meaning or id == "scheme", (id, key)
        assert each.holds.text
    for kind in RECORD_TYPES:
        assert [each.key for each in types[kind.__name__.lower()].fields] == [each.name for each in fields(kind)]


def test_examples_are_of_the_graph(types: dict[str, RecordType]) -> None:
    told = by_key(types)
    assert all(told["paper", key].example.text for key in ("id", "title", "stages", "versions", "introduces", "evidence"))
    assert told["version", "type"].example.text in load_vocabulary().kinds("Version")
    assert re.fullmatch(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]", told["author", "orcid"].example.text)
    assert not [key for key, each in told.items() if each.example.text and not each.example.href]


def test_what_a_field_becomes_is_what_it_becomes(types: dict[str, RecordType]) -> None:
    """Each statement about the toy's records points at the field that made it."""
    catalog = load_catalog(TOY)
    made: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for kind in (kind for kind in RECORD_TYPES if kind not in (ReadingList, Scheme)):
        for record in catalog.records[kind.folder].values():
            for each in statements(record, catalog.vocabulary):
                owner, key = _owner(record, each.pointer)
                if key is not None:
                    made[type(owner).__name__.lower(), key].add(re.sub("^.*[#/]", "", each.predicate.value))
    told = {place: each.becomes.text.rpartition(":")[2] for place, each in by_key(types).items() if each.becomes is not None}
    assert len(made) > 40
    assert {place: predicates for place, predicates in made.items() if told.get(place) not in predicates} == {}


def _owner(record: Any, pointer: tuple[str | int, ...]) -> tuple[Any, str | None]:
    """What the field belongs to that made a statement, and the field."""
    owner, key = record, None
    for step in pointer:
        if isinstance(step, str):
            owner, key, value = (owner, step, getattr(owner, step))
        else:
            value = value[step]
            if is_dataclass(value):
                owner, before, key = value, (owner, key), None
    return before if key is None and len(pointer) > 0 else (owner, key)


def test_what_is_needed_is_what_the_reader_insists_on(types: dict[str, RecordType], tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "x.yaml").write_text("versions:\n  - date: 2024\nevidence:\n  - note: x\n")
    missing = {finding.problem for finding in load_catalog(tmp_path).findings if finding.rule == "missing-key"}
    told = {key: each for key, each in by_key(types).items() if key[0] in ("paper", "version", "evidence")}
    insisted = {f'the {kind} has no "{key}"' for (kind, key), each in told.items() if each.needed == "yes"}
    assert missing == insisted - {'the paper has no "id"'}


def test_the_docs_name_every_field(types: dict[str, RecordType]) -> None:
    """The table of docs/design.md is written by hand: no field of a curated record is missing there, and no term is unknown."""
    text = (ROOT / "docs" / "design.md").read_text("utf-8").partition("| record field | triple |")[2].partition("\n\n")[0]
    rows = [line.split("|")[1:3] for line in text.splitlines() if line.count("|") > 2]
    named = {word for left, right in rows for word in re.findall(r"\w+", left + right)}
    for kind in ("paper", "version", "method", "artifact", "venue"):
        assert {each.key for each in types[kind].fields} - {"id", "draft"} <= named, kind
    vocabulary = load_vocabulary()
    terms = {term.rpartition("#")[2] for term in vocabulary.terms()}
    assert {term for _, right in rows for term in re.findall(r"`:(\w+)", right)} <= terms


def test_a_graph_without_any_of_it_has_the_reference_too() -> None:
    assert record_types(Contents(OxigraphStore()))[0].fields[0].example.text == ""


def test_without_docstrings_it_is_the_same() -> None:
    """As PYTHONOPTIMIZE=2 has it."""
    code = "from synthkg.model import Paper\nfrom synthkg.site.fields import _documentation\nprint(_documentation(Paper), end='')"
    done = subprocess.run([sys.executable, "-OO", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == Paper.__doc__
