"""The server for assistants, asked by the official SDK's own client, over its standard input and output as assistants do."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from bombs import BOMBS
from conftest import ROOT, Run
from synthkg.api import KnowledgeGraph
from synthkg.graph import OxigraphStore

Talk = Callable[[Client], Awaitable[None]]


@pytest.fixture(scope="module")
def talk(real_dist: Path) -> Callable[[Talk], None]:
    """Runs a conversation with a server of its own."""
    dump = str(real_dist / "synthkg.nq")
    arguments = ["-m", "synthkg.cli", "mcp", "--from", dump, "--timeout", "2", "--memory", "300"]
    server = StdioServerParameters(command=sys.executable, args=arguments, env=dict(os.environ))

    def run(conversation: Talk) -> None:
        async def whole() -> None:
            async with Client(server, read_timeout_seconds=60) as client:
                await conversation(client)

        asyncio.run(whole())

    return run


async def call(client: Client, tool: str, **arguments: Any) -> Any:
    """What a tool answers."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result
    return json.loads(result.content[0].text)  # type: ignore[union-attr]


async def refused(client: Client, tool: str, **arguments: Any) -> str:
    """Why a tool does not answer."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error, result
    return str(result.content[0].text)  # type: ignore[union-attr]


@pytest.mark.parametrize(("output", "status"), [("closed", 141), ("/dev/full", 2)])
def test_an_assistant_that_does_not_read_ends_it_as_any_command(output: str, status: int, toy_dist: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "synthkg.cli", "mcp", "--from", str(toy_dist / "synthkg.nq")]
    client = {"protocolVersion": "2025-03-26", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}
    greeting = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": client})
    with os.fdopen(writer, "w") if output == "closed" else Path(output).open("w") as stdout:
        done = subprocess.run(command, input=f"{greeting}\n", stdout=stdout, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == status, done.stderr
    told = "" if status == 141 else "synthkg: the output: No space left on device; make room on the disk, and run it again\n"
    assert done.stderr == told


def test_a_conversation(talk: Callable[[Talk], None], run: Run, real_dist: Path) -> None:
    async def conversation(client: Client) -> None:
        assert client.server_info is not None
        assert client.server_info.version == version("synthkg")
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == {"find", "questions", "ask", "show", "shape", "sparql"}
        assert all(len((tool.description or "").split()) > 5 for tool in tools.values())
        assert tools["ask"].input_schema["required"] == ["question"]

        found = await call(client, "find", words="arXiv:2212.10560v2")
        assert (found["things"][0]["thing"], found["things"][0]["known"]) == ("paper/self-instruct", True)
        found = await call(client, "find", words="WizardLM", kind="paper")
        assert (found["things"][0]["thing"], found["things"][0]["known"]) == ("paper/wizardlm", False)

        questions = (await call(client, "questions", topic="lineage"))["questions"]
        lineage = next(each for each in questions if each["question"] == "lineage")
        (method,) = lineage["parameters"]
        assert (method["name"], len(method["choices"]) > 5) == ("method", True)

        answer = await call(client, "ask", question="lineage", parameters={"method": "evol-instruct"})
        csv = run("query", "lineage", "-p", "method=evol-instruct", "--from", real_dist / "synthkg.nq").stdout
        assert answer["total"] == len(csv.splitlines()) - 1
        again = await call(client, "sparql", query=answer["sparql"])
        assert again["rows"] == answer["rows"], "the query that made an answer makes it again"
        assert answer["again"] == "synthkg query lineage -p method=evol-instruct"
        assert await call(client, "ask", question="lineage", parameters={"method": "Evol-Instruct"}) == answer
        by_author = await call(client, "ask", question="papers-by-author", parameters={"author": "Yizhong Wang"})
        assert by_author["again"] == "synthkg query papers-by-author -p 'author=Yizhong Wang'"

        shown = await call(client, "show", thing="https://arxiv.org/abs/2212.10560")
        assert shown["thing"] == "paper/self-instruct"
        panels = {panel["title"]: panel for panel in shown["panels"]}
        evidence = panels["Evidence"]
        assert all(row["source"]["iri"].startswith("http") and row["kind"] for row in evidence["rows"])
        again = await call(client, "sparql", query=evidence["sparql"])
        assert again["total"] == evidence["total"] == len(evidence["rows"]) > 0
        assert (await call(client, "show", thing="artifact/deepseekmath-model"))["thing"] == "artifact/deepseekmath-rl"

        shape = await call(client, "shape", kind="Paper")
        paths = {each["path"].rpartition("#")[2] for each in shape["properties"]}
        assert {"version", "introduces"} <= paths
        assert "Version" in (await call(client, "shape"))["classes"]

        some = await call(client, "sparql", query="CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 5")
        assert some["total"] == 5

    talk(conversation)


NAMES = [
    "WizardLM",
    "Self-Instruct",
    "Evol-Instruct",
    "STaR",
    "Magicoder",
    "Alpaca",
    "fine-tuning",
    "concept/stage/fine-tuning",
    "2212.10560",
    "ACL",
]


def test_a_name_shows_the_same_at_every_door(
    talk: Callable[[Talk], None], run: Run, real_dist: Path, dump_store: OxigraphStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("synthkg.graph.open_dump", lambda path, *_: dump_store)
    kg = KnowledgeGraph(dump_store)

    async def conversation(client: Client) -> None:
        for name in NAMES:
            shown = await call(client, "show", thing=name)
            told = run("show", name, "--format", "json", "--from", real_dist / "synthkg.nq")
            assert shown["iri"] == json.loads(told.stdout)["iri"] == kg.show(name).iri
            panels = json.loads(told.stdout)["panels"]
            assert [panel["total"] for panel in shown["panels"]] == [len(panel["rows"]) for panel in panels]
            assert [panel["rows"] for panel in shown["panels"]] == [panel["rows"][:100] for panel in panels]
        assert "paper/wizardlm" in {each["thing"] for each in (await call(client, "show", thing="WizardLM"))["also_called_so"]}

    talk(conversation)


def test_what_goes_wrong_is_told_in_words(talk: Callable[[Talk], None]) -> None:
    async def conversation(client: Client) -> None:
        assert 'did you mean "lineage"' in await refused(client, "ask", question="lineag")
        said = await refused(client, "ask", question="lineage", values={"method": "evol-instruct"})
        assert said == 'ask takes no argument "values"; known: limit, parameters, question'
        assert 'did you mean "words"' in await refused(client, "find", word="WizardLM")
        said = await refused(client, "ask", question="lineage", parameters={"method": "evol-instrct"})
        assert 'did you mean "evol-instruct"' in said
        assert "nearest: method/evol-instruct" in await refused(client, "show", thing="evol-instrct")
        assert "did you mean" in await refused(client, "shape", kind="Papr")
        assert "not SPARQL" in await refused(client, "sparql", query="SELEKT")
        assert "SERVICE" in await refused(client, "sparql", query="SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")
        began = time.monotonic()
        assert "after 2 seconds" in await refused(client, "sparql", query=BOMBS["cross product"])
        assert time.monotonic() - began < 10
        assert (await call(client, "find", words="self-instruct"))["things"]

    talk(conversation)


def test_resources(talk: Callable[[Talk], None]) -> None:
    async def conversation(client: Client) -> None:
        listed = {str(each.uri) for each in (await client.list_resources()).resources}
        assert {"synthkg://ontology", "synthkg://shapes", "synthkg://questions", "synthkg://query/lineage"} <= listed
        read = await client.read_resource("synthkg://query/lineage")
        assert read.contents[0].text == (ROOT / "queries" / "examples" / "lineage.rq").read_text("utf-8")  # type: ignore[union-attr]
        read = await client.read_resource("synthkg://ontology")
        assert "owl:Ontology" in read.contents[0].text  # type: ignore[union-attr]

    talk(conversation)
