"""The server for assistants, asked by the official SDK's own client, over its standard input and output as assistants do."""

from __future__ import annotations

import asyncio
import json
import os
import signal
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
from conftest import ROOT, TOY, Run
from servers import interruptible
from synthkg.api import KnowledgeGraph
from synthkg.graph import OxigraphStore
from synthkg.serve import Limits
from synthkg.serve.assistant import Assistant

Talk = Callable[[Client], Awaitable[None]]


@pytest.fixture(scope="module")
def talk(real_dist: Path) -> Callable[[Talk], None]:
    """Runs a conversation with a server of its own."""
    dump = str(real_dist / "synthkg.nq")
    arguments = ["-m", "synthkg", "mcp", "--from", dump, "--timeout", "2", "--memory", "300"]
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
    command = [sys.executable, "-m", "synthkg", "mcp", "--from", str(toy_dist / "synthkg.nq")]
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
        assert {tools[name].input_schema["properties"]["limit"]["minimum"] for name in ("find", "ask", "sparql")} == {1}

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

        assert (await call(client, "sparql", query="ASK { ?s a synthkg:Paper }"))["boolean"] is True
        nothing = await call(client, "sparql", query="SELECT ?s { ?s a synthkg:Papr }")
        assert (nothing["total"], nothing["unknown_terms"]) == (0, ['there is no synthkg:Papr; did you mean "Paper"?'])
        some = await call(client, "sparql", query="CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 5")
        assert "unknown_terms" not in some
        assert some["total"] == 5
        some = await call(client, "sparql", query="SELECT * { ?s ?p ?o }", limit=5)
        assert (len(some["rows"]), some["total"] > 50_000) == (5, True), "however large the whole answer is"
        some = await call(client, "sparql", query="CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", limit=5)
        assert (len(some["triples"]), some["total"] > 50_000) == (5, True)
        some = await call(client, "ask", question="papers", limit=5)
        assert (len(some["rows"]), some["total"] > 300) == (5, True)
        weakest = [await call(client, "ask", question="weakest-papers", parameters={"rank": rank}) for rank in (2, 2.0, "2")]
        assert weakest[0] == weakest[1] == weakest[2], "2.0 is a whole number in JSON"

    talk(conversation)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_it_at_once_and_leaves_no_dumps(number: int, tmp_path: Path) -> None:
    """An assistant's program ends it so, after each session."""
    command = [sys.executable, "-m", "synthkg", "mcp", "--data", str(TOY)]
    there, pipe = os.environ | {"TMPDIR": str(tmp_path)}, subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, env=there, preexec_fn=interruptible) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{json.dumps(request(1, 'ping'))}\n".encode())
        process.stdin.flush()
        process.stdout.readline()
        assert list(tmp_path.glob(".synthkg-*"))
        process.send_signal(number)
        assert process.wait(20) == -number
    assert list(tmp_path.glob(".synthkg-*")) == []


def answers(dump: Path, *lines: str | dict[str, Any], timeout: int = 10) -> dict[Any, Any]:
    """What a server answers to lines that are all there at once, and then no more: by their ids."""
    about = {"protocolVersion": "2025-03-26", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}
    greeting = {"jsonrpc": "2.0", "id": "first", "method": "initialize", "params": about}
    text = "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in (greeting, *lines))
    command = [sys.executable, "-m", "synthkg", "mcp", "--from", str(dump), "--timeout", str(timeout)]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr == ""
    return {said["id"]: said for said in map(json.loads, done.stdout.splitlines())}


def request(id: object, method: object, **params: object) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id, "method": method, "params": params}


def test_all_that_was_asked_is_answered_before_it_ends(toy_dist: Path) -> None:
    calls = [request(n, "tools/call", name="sparql", arguments={"query": f"SELECT ({n} AS ?n) {{}}"}) for n in range(9)]
    said = answers(toy_dist / "synthkg.nq", *calls)
    assert [said[n]["result"]["structuredContent"]["rows"] for n in range(9)] == [[{"n": str(n)}] for n in range(9)]


def test_what_was_cancelled_is_not_waited_for(toy_dist: Path) -> None:
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    asked = request(1, "tools/call", name="sparql", arguments={"query": slow})
    cancelled = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}}
    assert 1 not in answers(toy_dist / "synthkg.nq", asked, cancelled, request(2, "ping"), timeout=600)  # it ends within 60


def test_a_cancellation_of_what_is_no_request_ends_nothing(toy_dist: Path) -> None:
    cancelled = {"jsonrpc": "2.0", "method": "notifications/cancelled"}
    wrong = [{**cancelled, "params": {"requestId": id}} for id in ([1], {"id": 1}, True)]
    assert 2 in answers(toy_dist / "synthkg.nq", cancelled, *wrong, request(2, "ping"))


def test_what_is_no_message_is_answered(toy_dist: Path) -> None:
    lines: list[str | dict[str, Any]] = [{**request(1, "ping"), "jsonrpc": "1.0"}, request(2, 7), "", request(3, "ping")]
    said = answers(toy_dist / "synthkg.nq", *lines)
    assert {id: each["error"]["code"] for id, each in said.items() if "error" in each} == {1: -32600, 2: -32600}
    assert said[3]["result"] == {}
    assert answers(toy_dist / "synthkg.nq", "garbage")[None]["error"]["code"] == -32700
    batch = answers(toy_dist / "synthkg.nq", json.dumps([request(1, "ping")]))[None]["error"]
    assert (batch["code"], "one a line" in batch["message"]) == (-32600, True)
    for id in (None, 1.5, True, [1]):  # which the SDK takes for notifications
        assert answers(toy_dist / "synthkg.nq", request(id, "ping"))[None]["error"]["code"] == -32600


def test_what_a_query_may_take_is_not_what_the_start_may(toy_dist: Path) -> None:
    """Which defaults of saved queries fit is looked up then, which takes a while where the graph is large and on a slow disk."""
    Assistant(toy_dist / "synthkg.nq", Limits(seconds=0.0001)).close()


def test_it_says_what_its_graph_is_about(toy_dist: Path) -> None:
    assistant = Assistant(toy_dist / "synthkg.nq", Limits())
    assistant.close()
    assert assistant.instructions.startswith("潮 Tides: a toy list, a knowledge graph of scholarly works: papers, ")


def test_what_it_does_not_have_it_does_not_promise(toy_dist: Path) -> None:
    said = answers(
        toy_dist / "synthkg.nq",
        request(1, "prompts/get", name="x"),
        request(2, "tools/call", name="query"),
        request(3, "resources/read", uri="synthkg://querys"),
    )
    assert set(said["first"]["result"]["capabilities"]) == {"resources", "tools"}
    assert [said[n]["error"]["code"] for n in (1, 2, 3)] == [-32601, -32602, -32602]
    assert 'there is no tool "query"' in said[2]["error"]["message"]


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
        for tool, arguments in (("find", {"words": "x"}), ("ask", {"question": "papers"}), ("sparql", {"query": "ASK {}"})):
            for limit in (0, -1, 1.5, True, "many", None):
                said = await refused(client, tool, **arguments, limit=limit)
                assert said == f'the "limit" of {tool} is a whole number, 1 or more'
        assert await refused(client, "find", words=3) == 'the "words" of find is a text'
        assert await refused(client, "find") == 'find needs "words", a text'
        for parameters in ("x", ["x"], {"method": ["x"]}, {"method": True}):
            said = await refused(client, "ask", question="lineage", parameters=parameters)
            assert said == 'the "parameters" of ask is an object of texts'
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
