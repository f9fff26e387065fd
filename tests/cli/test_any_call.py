"""Any call of the command line ends in an answer or in a line that says what is wrong: never in a traceback.

Calls are drawn from what click knows of each command: every option, values that fit and values that do not, files
that are there, are not, are something else, or have names that programs trip over; and environments that lack what most have.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from conftest import TOY
from synthkg.cli import main

CALLS = int(os.environ.get("SYNTHKG_FUZZ_CALLS", "3"))
"""How many of each command."""


def _paths(group: click.Group, *above: str) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for name, command in sorted(group.commands.items()):
        found += _paths(command, *above, name) if isinstance(command, click.Group) else [(*above, name)]
    return found


# The first two go on until they are ended, and Spark takes seconds to start.
SPARED = {("serve",), ("mcp",), ("scale", "build"), ("scale", "link")}
COMMANDS = [path for path in _paths(main) if path not in SPARED]
PLACES = ["toy", "empty", "file.md", "list.md", "dump.nq", "dump.ttl", "latin1.md", "binary.nq", "loop", "dangling", "nowhere.nq"]
PLACES += ["q.rq", "broken.rq", "dist", "deep/down/er", "/dev/null", "/dev/null/x", "/dev/full", "/proc/nope", ".", "..", "-dash"]
PLACES += ["b[1]", "ü*?", "", "a b #1, 50%", "new\nline", "x" * 250, "x" * 300, "a\udcffb"]
TEXTS = ["drift", "tide-instruct", "papers", "published", "method=drift", "domain=", "=", "x", "2212.10560", "10.1234/a<b>c"]
TEXTS += [
    "https://github.com/a/b",
    "https://x.org/[a",
    "stage/fine-tuning",
    "SELECT",
    "{",
    "-",
    "潮汐",
    "",
    "a\udcffb",
    "\x1b[31m",
]
TEXTS += ["SELECT * { ?s ?p ?o } LIMIT 3", "ASK {}", "DESCRIBE <urn:x>", "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 2", "a\tb"]
TEXTS += ["SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"]
ADDRESSES = [
    "http://127.0.0.1:1/sparql",
    "http://[",
    "http://a..b/",
    "nonsense",
    "file:///etc/hostname",
    "http://127.0.0.1:99999/",
]
ADDRESSES += ["", "http://x y/"]
NUMBERS = ["0", "1", "-3", "1e300", "nan", "inf", "0.1", "²", ""]


def _value(option: click.Parameter) -> st.SearchStrategy[str]:
    if isinstance(option.type, click.Choice):
        return st.sampled_from([*map(str, option.type.choices), "xml"])
    if isinstance(option.type, click.Path):
        return st.sampled_from(PLACES)
    if isinstance(option.type, click.FloatRange | click.IntRange):
        return st.sampled_from(NUMBERS)
    if option.name in ("endpoint", "to", "site", "sparql", "target", "source"):
        return st.sampled_from(ADDRESSES)
    return st.sampled_from(TEXTS) | st.text(max_size=8).filter(lambda text: "\0" not in text)


def _command(path: tuple[str, ...]) -> click.Command:
    command: click.Command = main
    for name in path:
        command = command.commands[name]  # type: ignore[attr-defined]
    return command


@st.composite
def calls(draw: st.DrawFn, path: tuple[str, ...]) -> list[str]:
    words = list(path)
    for option in _command(path).params:
        likely = option.required or option.name in ("out", "folder")
        chance = draw(st.integers(0, 5))
        # What is drawn first is the least of everything: a call of the toy, and not of all records, which takes long.
        if chance == 5 if option.name == "data" else chance <= (0 if likely else 3):
            continue
        if isinstance(option, click.Argument):
            words.append(draw(_value(option) | st.sampled_from([*TEXTS, *PLACES])))
        elif option.is_flag:  # type: ignore[attr-defined]
            words.append(option.opts[0])
        else:
            words += [option.opts[0], "toy" if option.name == "data" and draw(st.booleans()) else draw(_value(option))]
    return words


ENVIRONMENTS = st.sampled_from([
    {},
    {},
    {"HOME": None, "XDG_CACHE_HOME": "/dev/null/cache"},
    {"XDG_CACHE_HOME": "/dev/null"},
    {"COLUMNS": "0"},
    {"COLUMNS": "9"},
    {"COLUMNS": "x"},
    {"NO_COLOR": "1"},
])  # fmt: skip


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, toy_dist: Path) -> Path:
    """What a folder is filled with before every call."""
    folder = tmp_path_factory.mktemp("bench")
    (folder / "empty").mkdir()
    (folder / "file.md").write_text("no list\n")
    entry = "- [A first one](https://arxiv.org/abs/2304.00001)\n"
    (folder / "list.md").write_text(f"# A list\n\n{entry}\n```console\n$ synthkg query papers\n```\n")
    (folder / "latin1.md").write_bytes("# Marée\n".encode("latin-1"))
    (folder / "binary.nq").write_bytes(bytes(range(256)))
    shutil.copy(toy_dist / "synthkg.nq", folder / "dump.nq")
    shutil.copy(toy_dist / "synthkg.ttl", folder / "dump.ttl")
    (folder / "q.rq").write_text("SELECT ?x WHERE { ?x a ?_type_iri } LIMIT 1")
    (folder / "broken.rq").write_text("#+ summary: [\nSELECT")
    (folder / "loop").symlink_to("loop")
    (folder / "dangling").symlink_to("gone")
    return folder


def _ends_well(words: list[str], environment: dict[str, str | None], typed: str) -> None:
    result = CliRunner(env=environment).invoke(main, words, input=typed)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise AssertionError(f"synthkg {words} with {environment} ends in a traceback") from result.exception
    assert result.exit_code in (0, 1, 2), (words, result.exit_code)
    if result.exit_code == 2:
        assert result.stderr.strip(), words


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_no_call_ends_in_a_traceback(path: tuple[str, ...], bench: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "place"
    monkeypatch.setattr(time, "sleep", lambda seconds: None)  # servers that do not answer are asked again at once

    @settings(
        max_examples=CALLS, derandomize=True, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(calls(path), ENVIRONMENTS, st.sampled_from(["", "SELECT * {}", "n\n", "\x00"]))
    def attempt(words: list[str], environment: dict[str, str | None], typed: str) -> None:
        monkeypatch.chdir(tmp_path)
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(bench, place, symlinks=True)
        shutil.copytree(TOY, place / "toy")
        monkeypatch.chdir(place)
        _ends_well(words, environment, typed)

    attempt()
