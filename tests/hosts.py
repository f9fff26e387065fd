"""A small world of hosts on this machine: GitHub's and Hugging Face's API in their documented forms, their pages, and a site.

GitHub: https://docs.github.com/rest/repos/repos#get-a-repository; a renamed repository answers 301 to ``/repositories/<id>``; the
limit is told in ``X-RateLimit-…``. Hugging Face: https://huggingface.co/docs/hub/api; a renamed one answers 307, one that is not
there 401. Neither can be asked from the tests: the documentation decided.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from servers import Answering, serve

__all__ = ["EVERYWHERE", "FAULTS", "Hosts", "hosts", "model", "repository"]

_DOCS = "https://docs.github.com/rest/repos/repos#get-a-repository"


def repository(name: str, number: int, **values: Any) -> dict[str, Any]:
    """What GitHub says of a repository, as far as it matters here."""
    owner, _, short = name.partition("/")
    return {
        "id": number, "node_id": "R_x", "name": short, "full_name": name, "private": False,
        "owner": {"login": owner, "id": 1, "type": "User"}, "html_url": f"https://github.com/{name}", "fork": False,
        "created_at": "2023-01-10T09:12:33Z", "updated_at": "2024-05-01T00:00:00Z", "pushed_at": "2024-04-30T10:00:00Z",
        "archived": False, "disabled": False, "license": {"key": "apache-2.0", "spdx_id": "Apache-2.0"},
    } | values  # fmt: skip


def model(name: str, number: str, **values: Any) -> dict[str, Any]:
    """What Hugging Face says of a model or data set, as far as it matters here."""
    return {
        "_id": number, "id": name, "author": name.split("/")[0], "sha": "0" * 40, "lastModified": "2024-04-30T10:00:00.000Z",
        "createdAt": "2023-01-10T09:12:33.000Z", "private": False, "gated": False, "disabled": False,
        "cardData": {"license": "apache-2.0", "language": ["en"]}, "siblings": [{"rfilename": "README.md"}],
    } | values  # fmt: skip


@dataclass
class Hosts:
    """What there is, and what goes wrong.

    Attributes:
        repositories: Name on GitHub -> what its API says; under an old name, the repository that has another now.
        models: The same of Hugging Face, data sets as ``datasets/<name>``.
        site: Path on https://tide.example -> status and, of a redirect, where to.
        faults: What the path of a request begins with -> the fault with which it is answered.
        remaining: How many questions GitHub's API still answers in this hour.
    """

    base: str = ""
    repositories: dict[str, dict[str, Any]] = field(default_factory=dict)
    models: dict[str, dict[str, Any]] = field(default_factory=dict)
    site: dict[str, tuple[int, str]] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    remaining: int = 10_000
    seen: list[str] = field(default_factory=list)

    @property
    def mirrors(self) -> dict[str, str]:
        """What stands here in the place of what."""
        return {
            "https://api.github.com": f"{self.base}/github-api",
            "https://github.com": f"{self.base}/github",
            "https://huggingface.co": f"{self.base}/hf",
            "https://tide.example": f"{self.base}/site",
        }

    def begin(self) -> None:
        """The world as each test finds it."""
        self.repositories = {"git/git": repository("git/git", 36502), "toy/tide": repository("toy/tide", 7)}
        gpt2 = model("openai-community/gpt2", "621ffdc036468d709f17434d", createdAt="2022-03-02T23:29:04.000Z")
        self.models = {"openai-community/gpt2": gpt2, "datasets/toy/tide": model("toy/tide", "64a")}
        self.site = {"/": (200, ""), "/tide": (200, "")}
        self.faults, self.remaining, self.seen = {}, 10_000, []


class _Handler(Answering):
    hosts: Hosts

    def answer(self) -> None:
        self.hosts.seen.append(self.path)
        for beginning, fault in self.hosts.faults.items():
            if self.path.startswith(beginning):
                FAULTS[fault](self)
                return
        _, host, *rest = self.path.split("/")
        answer = {"github-api": self._github_api, "github": self._github, "hf": self._huggingface, "site": self._site}[host]
        answer("/".join(rest))

    def send(self, status: int, body: Any = "", **headers: str) -> None:
        is_page = isinstance(body, str)
        data = (body if is_page else json.dumps(body)).encode()
        self._send(data, f"{'text/html' if is_page else 'application/json'}; charset=utf-8", status, **headers)

    def _github_api(self, path: str) -> None:
        self.hosts.remaining -= 1
        limit = {"X_RateLimit_Limit": "60", "X_RateLimit_Remaining": str(max(self.hosts.remaining, 0)), "X_RateLimit_Reset": "9"}
        if self.hosts.remaining < 0:
            self.send(403, {"message": "API rate limit exceeded for 127.0.0.1.", "documentation_url": _DOCS}, **limit)
            return
        kind, _, name = path.partition("/")
        if kind == "repositories":
            self.send(200, next(each for each in self.hosts.repositories.values() if str(each["id"]) == name), **limit)
        elif (found := self.hosts.repositories.get(name)) is None:
            self.send(404, {"message": "Not Found", "documentation_url": _DOCS, "status": "404"}, **limit)
        elif found["full_name"] != name:
            to = f"https://api.github.com/repositories/{found['id']}"
            self.send(301, {"message": "Moved Permanently", "url": to, "documentation_url": _DOCS}, Location=to, **limit)
        else:
            self.send(200, found, **limit)

    def _github(self, path: str) -> None:
        found = self.hosts.repositories.get("/".join(path.split("/")[:2]))
        if found is None:
            self.send(404, "<title>Page not found · GitHub</title>")
        elif not path.startswith(found["full_name"]):
            self.send(301, Location=f"https://github.com/{found['full_name']}")
        else:
            self.send(200, "<title>A repository</title>")

    def _huggingface(self, path: str) -> None:
        is_api = path.startswith("api/")
        name = path.removeprefix("api/").removeprefix("models/")
        kind = "datasets/" if name.startswith("datasets/") else ""
        found = self.hosts.models.get(name)
        if found is None and is_api:
            self.send(401, {"error": "Invalid username or password."}, X_Error_Message="Invalid username or password.")
        elif found is None:
            self.send(404, "<title>404 – Hugging Face</title>")
        elif f"{kind}{found['id']}" != name:
            self.send(307, Location=f"/{'api/' if is_api else ''}{kind or ('models/' if is_api else '')}{found['id']}")
        else:
            self.send(200, found if is_api else "<title>A model</title>")

    def _site(self, path: str) -> None:
        status, to = self.hosts.site.get(f"/{path}", (404, ""))
        self.send(status, "<title>A page</title>", **({"Location": to} if to else {}))


def _reset(handler: _Handler) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def _cut(handler: _Handler) -> None:
    text = json.dumps(repository("toy/tide", 999)).encode()
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(text)))
    handler.end_headers()
    handler.wfile.write(text[:40])
    handler.connection.close()


def _half(handler: _Handler) -> None:
    handler.send(200, json.dumps(repository("toy/tide", 999))[:60])


def _anything(handler: _Handler) -> None:
    """The kindest wildcard: whatever is asked for is there, in the API's own words, and young."""
    name = "/".join(handler.path.split("/")[-2:])
    later = "2026-11-01T00:00:00.000Z"
    handler.send(200, repository(name, 999, created_at=later) | model(name, "999", createdAt=later) | {"id": 999})


FAULTS: dict[str, Callable[[_Handler], None]] = {
    "401": lambda handler: handler.send(401, {"message": "Requires authentication"}, WWW_Authenticate='Basic realm="x"'),
    "403": lambda handler: handler.send(403, "<title>Just a moment...</title>"),
    "403 for now": lambda handler: handler.send(403, {"message": "You have exceeded a secondary rate limit"}, Retry_After="60"),
    "412": lambda handler: handler.send(412),
    "429": lambda handler: handler.send(429, {"message": "Too many requests"}, Retry_After="3600"),
    "451": lambda handler: handler.send(451, {"message": "Repository access blocked", "block": {"reason": "dmca"}}),
    "500": lambda handler: handler.send(500, "<h1>Unicorn!</h1>"),
    "503": lambda handler: handler.send(503, "maintenance", Retry_After="120"),
    "empty object": lambda handler: handler.send(200, {}),
    "list": lambda handler: handler.send(200, []),
    "null": lambda handler: handler.send(200, None),
    "half a page": _half,
    "cut": _cut,
    "reset": _reset,
    "login": lambda handler: handler.send(302, Location="/github/login?return_to=x"),
    "login for good": lambda handler: handler.send(301, Location="https://tide.example/login"),
    "loop": lambda handler: handler.send(301, Location="/" + handler.path.split("/", 2)[2]),
    "nowhere": lambda handler: handler.send(301),
    "to no address": lambda handler: handler.send(302, Location="http://[::1"),
    "page for API": lambda handler: handler.send(404, "<title>Blocked by your network</title>"),
}
EVERYWHERE: dict[str, Callable[[_Handler], None]] = {
    "anything": _anything,
    "nothing": lambda handler: handler.send(404, {"message": "Not Found"}),
}
FAULTS |= EVERYWHERE


@pytest.fixture(scope="session")
def host_server() -> Iterator[Hosts]:
    found = Hosts()
    for server in serve(_Handler, hosts=found):
        found.base = f"http://127.0.0.1:{server.server_port}"
        yield found


@pytest.fixture
def hosts(host_server: Hosts) -> Hosts:
    """The world, as it begins."""
    host_server.begin()
    return host_server
