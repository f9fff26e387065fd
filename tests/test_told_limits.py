"""Limits are what the documentation says: each number is read out of the sentence that tells it."""

from __future__ import annotations

import inspect
import re
from importlib import import_module

import pytest

import synthkg
from conftest import ROOT, Run
from synthkg.cli import main
from synthkg.endpoints import EndpointStore
from synthkg.enrichment import SOURCES
from synthkg.serve import Limits

KB, MB, MIB = 1024, 10**6, 2**20
TOLD = (
    ("serve", r"after ([\d,]+) seconds get 503", "serve.engine", "_PATIENCE", 1),
    ("serve", r"An answer of up to ([\d,]+) MB is kept", "serve.answers", "_LARGE", MIB),
    ("serve", r"is kept, ([\d,]+) MB in all", "serve.answers", "_MOST_BYTES", MIB),
    ("serve", r"An answer has at most ([\d,]+) MB", "serve.protocol", "_MOST_BYTES", MB),
    ("serve", r"A page shows the first ([\d,]+) rows", "serve.pages", "_SHOWN", 1),
    ("serve", r"An assistant gets ([\d,]+) rows", "serve.assistant", "_ROWS", 1),
    ("serve", r"unless it asks for more, and at most ([\d,]+) MB", "serve.assistant", "_BYTES", MB),
    ("serve", r"nested over ([\d,]+) deep", "graph.limits", "_DEEPEST", 1),
    ("serve", r"of over ([\d,]+) words and signs", "graph.limits", "_LONGEST", 1),
    ("serve", r"A request has at most ([\d,]+) MB", "serve.server", "_MOST_BODY", MB),
    ("serve", r"and ([\d,]+) kB of headers", "serve.server", "_MOST_HEADER", KB),
    ("serve", r"([\d,]+) connections may be open", "serve.server", "_MOST_OPEN", 1),
    ("serve", r"nothing happens for ([\d,]+) seconds", "serve.server", "_IDLE", 1),
    ("serve", r"takes ([\d,]+) questions at once", "serve.reconciliation", "_MOST_ASKED", 1),
    ("serve", r"gives ([\d,]+) candidates for each", "serve.reconciliation", "_FOUND", 1),
    ("serve", r"as many as are asked for up to ([\d,]+)", "serve.reconciliation", "_MOST_FOUND", 1),
    ("engines", r"would be longer than ([\d,]+) characters", "endpoints.protocol", "_LONGEST_GET", 1),
    ("engines", r"none of over ([\d,]+) MB is taken", "endpoints.connection", "_LARGEST", MIB),
    ("engines", r"\(up to ([\d,]+) s; longer", "endpoints.connection", "_LONGEST_WAIT", 1),
    ("engines", r"up to ([\d,]+) of them", "endpoints.store", "_MOST_PAGES", 1),
    ("engines", r"`--timeout` seconds for a request \((\d+)\)", "endpoints.connection", "Connection.timeout", 1),
    ("engines", r"is repeated up to (\d+) times", "endpoints.connection", "Connection.retries", 1),
    ("linking", r"a line of over ([\d,]+) MB is refused", "linking.scanning", "_LONGEST", MIB),
    ("downloads", r"unpacks to over ([\d,]+) MB", "graph.formats", "_SMALL", MB),
    ("downloads", r"over ([\d,]+) times its size", "graph.formats", "_DENSEST", 1),
    ("downloads", r"nested over ([\d,]+) deep", "graph.formats", "_DEEPEST", 1),
    ("downloads", r"where the records have over ([\d,]+) MB", "release.dumps", "_LARGE", MB),
    ("site", r"on the page its first ([\d,]+) rows", "site.references", "_MOST", 1),
    ("enrichment", r"answers are kept for (\d+) days", "enrichment.online", "_AGE", 1),
    ("watching", r"followed by hand, (five) at most", "watching.observing", "_HOPS", 1),
)


@pytest.mark.parametrize(("document", "sentence", "module", "name", "unit"), TOLD, ids=[f"{each[2]}.{each[3]}" for each in TOLD])
def test_a_limit_is_what_the_documentation_tells(document: str, sentence: str, module: str, name: str, unit: int) -> None:
    text = re.sub(r"\s+", " ", (ROOT / "docs" / f"{document}.md").read_text("utf-8"))
    (told,) = re.findall(sentence, text)
    holder, _, argument = name.partition(".")
    held = getattr(import_module(f"synthkg.{module}"), holder)
    limit = inspect.signature(held).parameters[argument].default if argument else held
    assert {"five": 5}.get(told) or int(told.replace(",", "")) == limit / unit


def test_the_pace_is_what_the_documentation_tells() -> None:
    said = (ROOT / "docs" / "enrichment.md").read_text("utf-8")
    ((usual, dblp, arxiv),) = re.findall(r"waits (\d+) second, at dblp (\d+) and at arXiv (\d+)", said)
    asked = {name: source.pace for name, source in SOURCES.items() if source.home}
    assert asked == dict.fromkeys(asked, float(usual)) | {"dblp": float(dblp), "arxiv": float(arxiv)}


def _default(*command: str, option: str) -> object:
    found = main
    for name in command:
        found = found.commands[name]  # type: ignore[assignment]
    return next(each.default for each in found.params if each.name == option)


def test_a_limit_is_what_the_help_tells(run: Run) -> None:
    """And what Python has, where the same is asked of it."""
    said = run("watch", "--help").stdout
    (seconds,), (pace,) = (
        re.findall(r"Seconds for a\s+request.\s+Default:\s+(\d+)", said),
        re.findall(r"one\s+host.\s+Default:\s+(\d+)", said),
    )
    assert (float(seconds), float(pace)) == (_default("watch", option="timeout"), _default("watch", option="pace"))
    for command in ("serve", "mcp"):
        assert (_default(command, option="timeout"), _default(command, option="memory")) == (Limits().seconds, Limits().memory)
    assert _default("serve", option="workers") == Limits().workers
    said = run("query", "--help").stdout
    (at_endpoint,) = re.findall(r"(\d+)\s+at\s+an\s+endpoint", said)
    store = synthkg.open(endpoint="http://127.0.0.1:9/").store
    assert isinstance(store, EndpointStore)
    assert store.connection.timeout == float(at_endpoint)
    (part,) = re.findall(r"one\s+for\s+each\s+(\d+)\s+MB", run("scale", "build", "--help").stdout)
    assert int(part) * MB == import_module("synthkg.scale.building")._PART
