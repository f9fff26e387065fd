"""The data itself, file by file: what fails here is mended in data/ or tests/toy/, and the message says how."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from conftest import DATA, ROOT, TOY, Run
from synthkg.catalog.canonical import dump, reformat, reformat_draft
from synthkg.catalog.decode import Reading, read_record
from synthkg.catalog.folder import Catalog, load_catalog
from synthkg.graph import OxigraphStore, dataset, infer
from synthkg.model import records
from synthkg.model.records import RECORD_TYPES, Concept, Kind, ReadingList, Record, Ref
from synthkg.model.vocabulary import NAMESPACE, Vocabulary, load_vocabulary

FILES = sorted(file for folder in (DATA, TOY) for file in folder.glob("*/*.yaml"))
TYPES = {kind.folder: kind for kind in RECORD_TYPES}


@cache
def vocabulary_of(data: Path) -> Vocabulary:
    return load_catalog(data).vocabulary


def read(kind: type[Record], id: str, text: str, name: str, vocabulary: Vocabulary) -> Record:
    reading = Reading(name, vocabulary)
    record = read_record(kind, id, text, reading)
    assert reading.findings == []
    assert record is not None
    return record


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_file_is_read_and_canonical_and_comes_back(file: Path) -> None:
    name = str(file.relative_to(ROOT))
    text = file.read_text(encoding="utf-8")
    kind = TYPES[file.parent.name]
    vocabulary = vocabulary_of(file.parents[1])
    record = read(kind, file.stem, text, name, vocabulary)
    form = reformat_draft if getattr(record, "draft", False) else reformat
    assert text == form(text, record), f"{name} is not in canonical form; run: synthkg format --data {file.parents[1]}"
    assert read(kind, file.stem, dump(record), name, vocabulary) == record


@pytest.mark.parametrize("data", [DATA, TOY], ids=["data", "toy"])
def test_nothing_is_wrong(data: Path, run: Run) -> None:
    done = run("check", "--data", data)
    faults = [line for line in done.stdout.splitlines() if ": error: " in line or ": warning: " in line]
    assert faults == []
    assert done.status == 0
    assert run("format", "--check", "--data", data).status == 0


def test_every_heading_is_mapped(real_catalog: Catalog) -> None:
    known = {f"{scheme}/{id}" for scheme, ids in real_catalog.vocabulary.concepts.items() for id in ids}
    for record in real_catalog.of(ReadingList).values():
        for block in record.content:
            if block.heading is None:
                continue
            expected = real_catalog.vocabulary.headings.get(str(block.title).casefold(), "none")
            assert block.concept in known | {"none"}, (
                f'{real_catalog.path(record)}: give the heading "{block.title}" a concept or none'
            )
            assert block.concept == expected, f'the heading "{block.title}" is called like {expected}'


def test_no_section_of_the_living_list_is_empty() -> None:
    """Below each heading but the title stand rows, or further headings."""
    pieces = re.split(r"^(#+) (.*)\n", (ROOT / "views" / "reading-list.md").read_text("utf-8"), flags=re.MULTILINE)
    _, *sections = zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True)
    assert len(sections) > 20
    deeper = [*(len(level) for level, _, _ in sections[1:]), 0]
    alone = zip(sections, deeper, strict=True)
    assert [title for (level, title, text), next_ in alone if len(level) >= next_ and "\n| [" not in text] == []


def test_every_entry_says_what_it_is_about(real_catalog: Catalog) -> None:
    for record in real_catalog.of(ReadingList).values():
        entries = [entry for block in record.content for entry in block.entries]
        silent = [number for number, entry in enumerate(entries, start=1) if (entry.paper is None) == (entry.artifact is None)]
        assert silent == [], f"{real_catalog.path(record)}: these entries are about neither a paper nor an artifact, or both"


def test_toy_uses_every_key() -> None:
    used: set[tuple[str, str]] = set()

    def visit(thing: Any) -> None:
        for f in fields(thing):
            value = getattr(thing, f.name)
            if f.default is MISSING or value != f.default:
                used.add((type(thing).__name__, f.name))
            for item in value if isinstance(value, tuple) else (value,):
                if is_dataclass(item):
                    visit(item)

    toy = load_catalog(TOY)
    for record in (*toy, *(draft for drafts in toy.drafts.values() for draft in drafts.values())):
        visit(record)
    parts = [kind for kind in vars(records).values() if isinstance(kind, type) and kind not in (Ref, Concept, Kind)]
    keys = {(kind.__name__, f.name) for kind in parts if is_dataclass(kind) for f in fields(kind)}
    assert ("Method", "draft") in used
    assert {key for key in keys - used if key[0] != "AtMost" and key[1] != "draft"} == set(), "tests/toy/ uses these keys nowhere"


def test_terms_of_the_ontology_are_those_of_the_graph() -> None:
    used: set[str] = set()
    for data in (DATA, TOY):
        store = OxigraphStore(dataset(load_catalog(data)))
        infer(store)
        for quad in store:
            terms = (quad.predicate, quad.object) if quad.predicate.value.endswith("#type") else (quad.predicate,)
            used.update(term.value for term in terms if term.value.startswith(NAMESPACE))  # type: ignore[union-attr]
    known = set(load_vocabulary().terms())
    assert used - known == set(), "the graph uses these terms, and ontology/synthkg.ttl lacks them"
    assert known - used == set(), "ontology/synthkg.ttl has these terms, and nothing emits them"
