"""What an assistant says and hears on standard input and output: JSON-RPC, by the official SDK of the Model Context Protocol.

The SDK passes over what is no message, and over what it has not answered when its input ends. Here each line gets an answer:
JSON-RPC asks for one (https://www.jsonrpc.org/specification#error_object), and a script may write its questions and wait.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from importlib.metadata import version
from inspect import Parameter, cleandoc, signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

from synthkg.errors import SynthkgError, UsageError
from synthkg.findings import did_you_mean
from synthkg.serve.assistant import Assistant, Json
from synthkg.serve.engine import Limits

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server

__all__ = ["serve_assistant"]

Tool = Callable[..., Json]

_TEXT: Json = {"type": "string"}
_KINDS: dict[str, tuple[Json, str]] = {
    "str": (_TEXT, "a text"),
    "int": ({"type": "integer", "minimum": 1}, "a whole number, 1 or more"),
    "Mapping[str, str]": ({"type": "object", "additionalProperties": {"type": ["string", "number"]}}, "an object of texts"),
}
"""How each kind of argument is declared, and what it is in words."""
_ARGUMENT = re.compile(r"^ {4}(\w++): (.++)$", re.MULTILINE)


def serve_assistant(dump: Path, limits: Limits) -> None:
    """Answers an assistant on standard input and output until it goes away, and all that it asked is answered.

    Raises:
        UsageError: The SDK is not installed.
        UnreadableError: The dump cannot be read.
        OSError: Standard output cannot be written, or nobody reads it.
    """
    try:
        import anyio
        import mcp.server.lowlevel  # noqa: F401
    except ImportError as error:
        raise UsageError("mcp needs the SDK: pip install 'synthkg[mcp]'") from error
    assistant = Assistant(dump, limits)
    try:
        anyio.run(_talk, _server(assistant))
    except ExceptionGroup as group:
        if group.split(OSError)[1] is not None:
            raise
        raise _first(group) from None
    finally:
        assistant.close()


def _first(error: Exception) -> Exception:
    """What went wrong, out of the groups in which tasks pass it on."""
    return _first(error.exceptions[0]) if isinstance(error, ExceptionGroup) else error


def _server(assistant: Assistant) -> Server[Any]:
    """Tools and resources as the SDK serves them."""
    from anyio.to_thread import run_sync
    from mcp import types
    from mcp.server.lowlevel import Server
    from mcp.shared.exceptions import MCPError

    tools = {tool.__name__: tool for tool in assistant.tools}
    resources = assistant.resources()
    shape = {"type": "object", "additionalProperties": True}

    async def list_tools(context: Any, params: Any) -> types.ListToolsResult:
        return types.ListToolsResult(
            tools=[
                types.Tool(name=name, description=_about(tool), input_schema=_declared(tool), output_schema=shape)
                for name, tool in tools.items()
            ]
        )

    async def call_tool(context: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        if params.name not in tools:
            problem = f'there is no tool "{params.name}"; {did_you_mean(params.name, tools)}'
            raise MCPError(code=types.INVALID_PARAMS, message=problem)
        try:
            tool = tools[params.name]
            answer = await run_sync(partial(tool, **_arguments(tool, params.arguments or {})), abandon_on_cancel=True)
        except SynthkgError as error:
            return types.CallToolResult(content=[types.TextContent(text=str(error))], is_error=True)
        text = json.dumps(answer, ensure_ascii=False, indent=2)
        return types.CallToolResult(content=[types.TextContent(text=text)], structured_content=answer)

    async def list_resources(context: Any, params: Any) -> types.ListResourcesResult:
        return types.ListResourcesResult(
            resources=[
                types.Resource(uri=uri, name=uri.removeprefix("synthkg://"), title=title, mime_type=kind)
                for uri, (title, kind, _) in resources.items()
            ]
        )

    async def list_templates(context: Any, params: Any) -> types.ListResourceTemplatesResult:
        return types.ListResourceTemplatesResult(resource_templates=[])

    async def read_resource(context: Any, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        uri = str(params.uri)
        if uri not in resources:
            problem = f'there is no resource "{uri}"; {did_you_mean(uri, resources)}'
            raise MCPError(code=types.INVALID_PARAMS, message=problem, data={"uri": uri})
        _, kind, text = resources[uri]
        return types.ReadResourceResult(contents=[types.TextResourceContents(uri=uri, mime_type=kind, text=text)])

    return Server(
        "synthkg",
        version=version("synthkg"),
        instructions=assistant.instructions,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
    )


def _about(tool: Tool) -> str:
    """What a tool does, in the words of its docstring."""
    return cleandoc(tool.__doc__ or "").partition("\n\nArgs:")[0]


def _declared(tool: Tool) -> Json:
    """The JSON Schema of a tool's arguments."""
    said = dict(_ARGUMENT.findall(cleandoc(tool.__doc__ or "")))
    taken = signature(tool).parameters
    properties = {
        name: {**_KINDS[each.annotation][0], "description": said[name]} | _default(each) for name, each in taken.items()
    }
    required = [name for name, each in taken.items() if each.default is Parameter.empty]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _default(parameter: Parameter) -> Json:
    return {} if parameter.default is Parameter.empty else {"default": parameter.default}


def _arguments(tool: Tool, given: Mapping[str, object]) -> Json:
    """The arguments of a call, if the tool takes them.

    Raises:
        UsageError: It does not; the message says what it takes.
    """
    name, taken = tool.__name__, signature(tool).parameters
    for argument in given:
        if argument not in taken:
            raise UsageError(f'{name} takes no argument "{argument}"; {did_you_mean(argument, taken)}')
    read = {}
    for argument, each in taken.items():
        if argument not in given:
            if each.default is Parameter.empty:
                raise UsageError(f'{name} needs "{argument}", {_KINDS[each.annotation][1]}')
        elif (value := _read(each.annotation, given[argument])) is not None:
            read[argument] = value
        else:
            raise UsageError(f'the "{argument}" of {name} is {_KINDS[each.annotation][1]}')
    return read


def _read(kind: str, value: object) -> object:
    """The value as an argument of a kind, None if it is none. Some clients write numbers and objects as text."""
    if kind == "str":
        return value if isinstance(value, str) else None
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    if kind == "int":
        is_whole = isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 1 and value % 1 == 0
        return int(value) if is_whole else None  # type: ignore[call-overload]
    if value is None:
        return {}
    if not isinstance(value, dict) or any(
        isinstance(each, bool) or not isinstance(each, (str, int, float)) for each in value.values()
    ):
        return None
    return {name: str(int(each) if isinstance(each, float) and each % 1 == 0 else each) for name, each in value.items()}


async def _talk(server: Server[Any]) -> None:
    """Serves one assistant. The SDK's server hears what is a message; what it has not answered when that ends is waited for."""
    import anyio
    from anyio import create_memory_object_stream, create_task_group
    from mcp import types
    from mcp.server.stdio import stdio_server
    from mcp.shared.message import SessionMessage

    waiting: set[object] = set()
    answered = anyio.Event()
    to_server, heard = create_memory_object_stream[SessionMessage | Exception]()
    said, from_server = create_memory_object_stream[SessionMessage]()

    async def listen(lines: Any, out: Any) -> None:
        async with to_server:
            async for item in lines:
                if isinstance(item, Exception):
                    if (refusal := _refusal(item)) is not None:
                        await out.send(SessionMessage(refusal))
                    continue
                if isinstance(item.message, types.JSONRPCRequest):
                    waiting.add(item.message.id)
                elif getattr(item.message, "method", "") == "notifications/cancelled":  # which is not answered any more
                    id = (item.message.params or {}).get("requestId")
                    if not _is_id(id):
                        continue
                    waiting.discard(id)
                await to_server.send(item)
            while waiting:
                await answered.wait()

    async def speak(out: Any) -> None:
        nonlocal answered
        async with out:
            async for item in from_server:
                await out.send(item)
                waiting.discard(getattr(item.message, "id", None))
                answered.set()
                answered = anyio.Event()

    async with stdio_server(_lines()) as (lines, out), create_task_group() as tasks:  # type: ignore[arg-type]
        tasks.start_soon(listen, lines, out)
        tasks.start_soon(speak, out)
        await server.run(heard, said, server.create_initialization_options())


async def _lines() -> AsyncIterator[str]:
    """The lines of standard input. The SDK takes a request whose id is none for a notification, so that is made no message."""
    import anyio

    heard = open(0, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115 - it is never closed, since a thread may read it
    async for line in anyio.wrap_file(heard):
        yield "{}" if _is_without_id(line) else line


def _is_without_id(line: str) -> bool:
    """Whether a line is a request that gives an id by which nothing can be called, such as null."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and "method" in said and "id" in said and not _is_id(said["id"])


def _refusal(error: Exception) -> Any:
    """The answer to a line that is no message; none to an empty one."""
    from mcp import types
    from pydantic import ValidationError

    if not isinstance(error, ValidationError):
        raise error
    faults = error.errors(include_url=False)
    if faults[0]["type"] == "json_invalid":
        if not str(faults[0]["input"]).strip():
            return None
        code, problem, id = types.PARSE_ERROR, f"this is no JSON: {faults[0]['ctx']['error']}", None
    else:
        problem = 'this is no message of JSON-RPC 2.0; write {"jsonrpc": "2.0", "id": 1, "method": "…"}, one a line'
        code, id = types.INVALID_REQUEST, _id_in(faults)
    return types.JSONRPCError(jsonrpc="2.0", id=id, error=types.ErrorData(code=code, message=problem))


def _id_in(faults: Any) -> int | str | None:
    """The id that a request gave, if it can be told: where something is missing, that is of the whole request."""
    whole = next((each["input"] for each in faults if each["type"] == "missing" and isinstance(each["input"], dict)), {})
    id = whole.get("id")
    return id if _is_id(id) else None


def _is_id(id: object) -> TypeGuard[int | str]:
    """Whether a request can be called so."""
    return isinstance(id, (int, str)) and not isinstance(id, bool)
