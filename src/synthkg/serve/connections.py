"""Waitress as we run it: strict about how a request begins, connections that stay open, and threads for what waits for nobody.

Waitress leaves to an application what RFC 9112 has a server refuse (two lengths, no host, another HTTP), closes a connection
after each answer without a body, and has one queue, where a file would wait behind queries.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import waitress
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import ErrorTask, ThreadedTaskDispatcher, WSGITask
from waitress.utilities import BadRequest, Error

__all__ = ["create_server"]

_HOST = re.compile(r"[A-Za-z0-9.:\[\]_-]{0,255}")
_LETTER = re.compile(rb"[\x80-\xff]")
_QUICK = 8  # threads for what waits for no worker


def create_server(application: Callable[..., Any], is_quick: Callable[[str], bool], threads: int, **settings: Any) -> Any:
    """A server, which `run` runs.

    Args:
        application: The WSGI application.
        is_quick: Tells of a path, with the prefix at which a proxy shows us, whether its answer waits for no worker.
        threads: How many requests are answered at once that may wait for one.
        settings: See https://docs.pylonsproject.org/projects/waitress/en/stable/arguments.html.
    """
    server = waitress.create_server(application, _dispatcher=_Dispatcher(is_quick, threads), **settings)
    server.channel_class = _Channel
    return server


class _VersionNotSupported(Error):  # type: ignore[misc]
    code = 505
    reason = "HTTP Version Not Supported"


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    """Refuses what RFC 9112 says is refused. But letters of an address may be as people type them."""

    error: Error | None

    def parse_header(self, header_plus: bytes) -> None:
        """Reads how a request begins."""
        first, end, rest = header_plus.partition(b"\r\n")
        super().parse_header(_LETTER.sub(lambda each: b"%%%02X" % ord(each[0]), first) + end + rest)

    def received(self, data: bytes) -> int:
        """Reads some of a request and tells how much."""
        was_read = self.headers_finished
        consumed: int = super().received(data)
        is_news = self.headers_finished and not was_read and not self.empty and not self.error
        if is_news and (fault := _fault(self.version, self.headers, self.chunked)) is not None:
            self.error, self.completed = fault, True
        return consumed


def _fault(version: str, headers: Mapping[str, str], is_chunked: bool) -> Error | None:
    """What is wrong with how a request begins. Of two lengths, whoever stands before us may believe the other one."""
    if not version.startswith("1."):
        return _VersionNotSupported("this server speaks HTTP/1.1")
    if "CONTENT_LENGTH" in headers if is_chunked else "TRANSFER_ENCODING" in headers:
        return BadRequest("a request has a Content-Length, or from HTTP/1.1 on a Transfer-Encoding, and not both")
    if not _HOST.fullmatch(headers.get("HOST", "" if version != "1.1" else " ")):
        return BadRequest("a request has one Host")
    return None


class _Refusal(ErrorTask):  # type: ignore[misc]
    """What waitress itself answers, with the headers that all answers have (see `synthkg.serve.http.finish`)."""

    def execute(self) -> None:
        """Answers."""
        self.response_headers += [("Access-Control-Allow-Origin", "*"), ("X-Content-Type-Options", "nosniff")]
        super().execute()


class _Answer(WSGITask):  # type: ignore[misc]
    """The application's answer. The connection stays open after one without a body, which needs no length to end."""

    def set_close_on_finish(self) -> None:
        """Closes the connection when all is sent."""
        if self.has_body or self.version != "1.1" or self.request.connection_close:
            super().set_close_on_finish()


class _Channel(HTTPChannel):  # type: ignore[misc]
    task_class, error_task_class, parser_class = _Answer, _Refusal, _Parser


class _Dispatcher(ThreadedTaskDispatcher):  # type: ignore[misc]
    """Two queues, so that what waits for no worker does not wait behind what does."""

    def __init__(self, is_quick: Callable[[str], bool], threads: int) -> None:
        super().__init__()
        self._is_quick = is_quick
        self._quick = ThreadedTaskDispatcher()
        self._quick.set_thread_count(_QUICK)
        self.set_thread_count(threads)

    def add_task(self, task: HTTPChannel) -> None:
        """Has the next request of a connection answered."""
        request = task.requests[0]
        if request.error or self._is_quick(request.path):
            self._quick.add_task(task)
        else:
            super().add_task(task)

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:
        """Ends all threads."""
        self._quick.shutdown(cancel_pending, timeout)
        return bool(super().shutdown(cancel_pending, timeout))
