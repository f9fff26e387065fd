"""What the reader of canonical YAML gives is what the reader of all YAML gives, and nothing that this one finds a fault in.

Records are spoiled at random, as people and programs spoil them. ``SYNTHKG_MUTATIONS=100000 SYNTHKG_SEED=7`` make a longer run,
or the same one again.
"""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import NamedTuple

import pytest

from conftest import DATA, TOY
from synthkg.catalog.decode import Reading, read_record
from synthkg.catalog.nodes import compose
from synthkg.catalog.reader import read_canonical
from synthkg.model.records import RECORD_TYPES
from synthkg.model.vocabulary import load_vocabulary

MUTATIONS = int(os.environ.get("SYNTHKG_MUTATIONS", "10000"))
SEED = int(os.environ["SYNTHKG_SEED"])
TYPES = {kind.folder: kind for kind in RECORD_TYPES}
PIECES = [
    *(" ", "  ", "\n", "\n\n", "\t", "\r", "\x85", "\xa0", "\u2028", "\ufeff", "\x01", "潮", "\U0001f600", "#", " #", "# a", ":"),
    *(": ", "- ", "-", "|", "|+", "|-", ">", "'", '"', '""', "\\", "\\n", "\\u2028", "\\ud83d", "\\/", "\\x41", "\\u0001", "["),
    *("[1, 2]", "{}", "{", "}", "&a ", "*a", "!!str ", "%", "@", "---\n", "...\n", "? ", "<<: ", "no", "null", "~", "true"),
    *("]", "yes", "0", "007", "1_0", "0x1", "-1", "1.0", "1e3", "2023", "2023-02-30", "draft: true\n", "title: x\n", "z9"),
]  # fmt: skip


class File(NamedTuple):
    """A record's file."""

    path: Path
    text: str


@pytest.fixture(scope="module")
def files() -> list[File]:
    paths = [path for folder in (TOY, DATA) for path in sorted(folder.glob("*/*.yaml")) if path.parent.name in TYPES]
    return [File(path, path.read_text(encoding="utf-8")) for path in paths]


def assert_alike(file: File) -> bool:
    """Both readers give the same, or the fast one nothing; whether it gives something."""
    kind, id = TYPES[file.path.parent.name], file.path.stem
    found = read_canonical(kind, id, file.text, load_vocabulary())
    if found is None:
        return False
    reading = Reading(str(file.path), load_vocabulary())
    record = read_record(kind, id, file.text, reading)
    assert not reading.findings, file.text
    assert repr(found.record) == repr(record), file.text
    assert found.mentions == [(each.folder, each.id) for each in reading.references], file.text
    return True


def test_every_record_that_is_no_draft_is_read_fast(files: list[File]) -> None:
    left = [file for file in files if not assert_alike(file)]
    assert all("draft: true" in file.text or "#" in file.text or file.path.is_relative_to(TOY) for file in left)


@pytest.mark.parametrize("seed", [SEED])
def test_no_fault_is_overlooked_and_no_value_changed(files: list[File], seed: int) -> None:
    chaos = random.Random(seed)
    short = [file for file in files if len(file.text) < 20_000]
    taken = 0
    for _ in range(MUTATIONS):
        path, text = chaos.choice(short)
        for _ in range(chaos.choice((1, 1, 1, 2, 3))):
            text = spoiled(text, chaos)
        taken += assert_alike(File(path, text))
    assert taken > MUTATIONS / 10


def spoiled(text: str, chaos: random.Random) -> str:
    """One edit, of characters or of lines."""
    lines = text.splitlines(keepends=True) or [""]
    at, place = chaos.randrange(len(lines)), chaos.randint(0, len(text))
    match chaos.randrange(10):
        case 0:
            return text[:place] + text[place + chaos.choice((1, 1, 2, 9)) :]
        case 1:
            del lines[at]
        case 2:
            lines.insert(chaos.randrange(len(lines)), lines[at])
        case 3:
            lines[at], lines[0] = lines[0], lines[at]
        case 4:
            lines[at] = chaos.choice((" ", "  ", "    ")) + lines[at]
        case 5:
            lines[at] = lines[at][chaos.choice((1, 2, 4)) :]
        case 6:
            key, colon, _ = lines[at].partition(": ")
            lines[at] = f"{key}{colon}{chaos.choice(PIECES)}{chaos.choice(PIECES)}\n"
        case 7:
            lines[at] = lines[at].rstrip("\n") + chaos.choice(PIECES) + "\n"
        case _:
            return text[:place] + chaos.choice(PIECES) + text[place:]
    return "".join(lines)


@pytest.mark.parametrize(
    ("text", "line", "column", "problem", "mend"),
    [
        ("title: a: b\n", 1, 9, "not YAML: mapping values are not allowed in this context", "put text that holds "),
        ("title: *x\n", 1, 8, "not YAML: found undefined alias", "put text that holds "),
        ("a: [1\n", 2, 1, "not YAML: did not find expected ',' or ']'", "put text that holds "),
        ("a: b\nc: @x\n", 2, 4, "not YAML: found character that cannot start any token", "put text that holds "),
        ("a: 'x\n", 1, 4, "not YAML: a quote that nothing closes where it should", "close the quote "),
        ("a: b\n---\nc: d\n", 2, 1, "a second YAML document begins", "keep one record a file"),
        ("# nothing\n", 1, 1, "the file holds no record", "fill it or remove it"),
        ("a: x\x07\n", 1, 5, "a character that YAML forbids: U+0007", "remove or escape it"),
        (
            "a: !!python/object/apply:os.system [ls]\n",
            1,
            4,
            "!!python/object/apply:os.system is a tag of YAML",
            "write the value",
        ),
        (
            "a: b\nc: !Important\n",
            2,
            4,
            "!Important is a tag of YAML",
            "write the value alone; put text that begins with an excl",
        ),
        ("a:\n  - !!omap [b]\n", 2, 5, "!!omap is a tag of YAML", "write the value alone"),
        ("!x a: 2020-01-01\n", 1, 1, "!x is a tag of YAML", "write the value alone"),
        ("a: &b c\n", 1, 4, "YAML's anchors (&) and aliases (*) are not taken", "write the value where it belongs"),
    ],
)
def test_what_is_no_yaml_is_told_at_its_place(text: str, line: int, column: int, problem: str, mend: str) -> None:
    node, (found,) = compose(text, "f.yaml")
    assert node is None
    assert (found.line, found.column) == (line, column)
    assert found.problem.startswith(problem)
    assert found.mend.startswith(mend)


def test_tags_of_yaml_for_what_a_record_holds_and_exclamation_marks_in_text_are_taken() -> None:
    text = 'a: !!str 2020\nb: !!seq [!!map {c: ! d}]\ne: Tides! !important\nf: "!x"\n'
    node, found = compose(text, "f.yaml")
    assert node is not None
    assert found == []
