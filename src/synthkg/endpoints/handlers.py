"""urllib's handlers as `connection` needs them: one time limit for an answer, no redirects, passwords when they are asked for.

The names of the methods are urllib's: it finds them by scheme, status and kind of authentication.
"""

from __future__ import annotations

import base64
import http.client
import socket
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from email.message import Message
from io import BufferedReader, RawIOBase
from typing import IO, Any

__all__ = ["LONGEST_TIMEOUT", "Basic", "Digest", "Http", "Https", "Redirects"]

LONGEST_TIMEOUT = 1e6
"""Seconds; more, and a socket's clock overflows."""


_BEFORE_THE_ANSWER = {100, 102, 103}


class _Timed(RawIOBase):
    """The bytes of a socket until a moment; urllib's own limit begins anew with each byte."""

    def __init__(self, connection: socket.socket, raw: IO[bytes], until: float) -> None:
        self._connection = connection
        self._raw = raw
        self._until = until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        return self._raw.readinto(buffer)  # type: ignore[attr-defined, no-any-return]

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    """An answer that must be there, to its last byte, within the connection's time limit."""

    def __init__(self, sock: socket.socket, *arguments: Any, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        until = time.monotonic() + (sock.gettimeout() or LONGEST_TIMEOUT)
        self.fp: Any = BufferedReader(_Timed(sock, self.fp.detach(), until))

    def _read_status(self) -> tuple[str, int, str]:
        """The status of the answer itself: others may come before it (RFC 9110, 15.2), of which http.client knows 100 alone."""
        while True:
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if status not in _BEFORE_THE_ANSWER:
                return version, status, reason
            http.client.parse_headers(self.fp)


class Http(urllib.request.HTTPHandler):
    """HTTP with one time limit for a whole answer."""

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """Opens a connection."""
        return self.do_open(_limited(http.client.HTTPConnection), req)


class Https(urllib.request.HTTPSHandler):
    """HTTPS with one time limit for a whole answer."""

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """Opens a connection."""
        return self.do_open(_limited(http.client.HTTPSConnection), req)


def _limited(kind: type[http.client.HTTPConnection]) -> Callable[..., http.client.HTTPConnection]:
    def connect(host: str, **options: Any) -> http.client.HTTPConnection:
        connection = kind(host, **options)
        connection.response_class = _Response
        return connection

    return connect


class Redirects(urllib.request.HTTPRedirectHandler):
    """Follows none: a redirect would carry the password elsewhere, and turns POST into GET."""

    def http_error_302(self, *_: Any) -> None:
        """Leaves the answer as it is."""

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302  # type: ignore[assignment]


class _Asked:
    """Closes the answer in which the server asked for a password, which urllib leaves open."""

    def http_error_401(self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message) -> Any:
        try:
            answer = super().http_error_401(req, fp, code, msg, headers)  # type: ignore[misc]
        except (LookupError, ValueError):  # a challenge that is neither Basic nor Digest, or none at all
            return None
        except BaseException:
            fp.close()
            raise
        if answer is not None:
            fp.close()
        return answer


class Basic(_Asked, urllib.request.HTTPBasicAuthHandler):
    """Basic that remembers that the server asked for it."""

    _asked = ""

    def retry_http_basic_auth(self, host: str, req: urllib.request.Request, realm: str) -> Any:
        """Notes the realm, and sends the password."""
        self._asked = realm
        return super().retry_http_basic_auth(host, req, realm)

    def http_request(self, req: urllib.request.Request) -> urllib.request.Request:
        """Adds the password if it was asked for before."""
        if self._asked and not req.has_header("Authorization"):
            user, password = self.passwd.find_user_password(self._asked, req.full_url)
            said = base64.b64encode(f"{user}:{password}".encode()).decode()
            req.add_unredirected_header("Authorization", f"Basic {said}")
        return req

    def https_request(self, req: urllib.request.Request) -> urllib.request.Request:
        """Adds the password if it was asked for before."""
        return self.http_request(req)


class Digest(_Asked, urllib.request.HTTPDigestAuthHandler):
    """Digest that remembers the server's challenge, so that not every request is sent twice."""

    def __init__(self, passwords: urllib.request.HTTPPasswordMgr) -> None:
        super().__init__(passwords)
        self._challenge: dict[str, str] | None = None

    def retry_http_digest_auth(self, req: urllib.request.Request, auth: str) -> Any:
        """Notes the challenge, and answers it."""
        self._challenge = urllib.request.parse_keqv_list(
            list(filter(None, urllib.request.parse_http_list(auth.partition(" ")[2])))
        )
        return super().retry_http_digest_auth(req, auth)

    def http_request(self, req: urllib.request.Request) -> urllib.request.Request:
        """Adds the password if it was asked for before."""
        if self._challenge and not req.has_header("Authorization"):
            with suppress(LookupError, ValueError):
                said = self.get_authorization(req, self._challenge)
                req.add_unredirected_header("Authorization", f"Digest {said}")
        return req

    def https_request(self, req: urllib.request.Request) -> urllib.request.Request:
        """Adds the password if it was asked for before."""
        return self.http_request(req)
