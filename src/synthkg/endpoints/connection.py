"""One HTTP address, asked so that it always ends in an answer or a plain error.

urllib's own opener would follow a redirect with the password, wait for a slow server without an end, and take a body that was cut
for whole. Here each request has a time limit and a bounded number of retries, and every failure becomes an `EndpointError`.

Credentials come from the environment alone (``SYNTHKG_ENDPOINT_USER``, ``SYNTHKG_ENDPOINT_PASSWORD``). They are sent when the
server asks for them (Digest; Basic over TLS or to this machine), and stand in no message.
"""

from __future__ import annotations

import base64
import email.utils
import http.client
import os
import random
import re
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from email.message import Message
from importlib.metadata import version
from typing import IO, Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from synthkg.errors import EndpointError, UsageError
from synthkg.model import BASE

__all__ = ["PASSWORD", "USER", "Answer", "Connection"]

USER = "SYNTHKG_ENDPOINT_USER"
PASSWORD = "SYNTHKG_ENDPOINT_PASSWORD"

_LONGEST_WAIT = 60.0
_PIECE = 1 << 16
_BUSY = {429, 502, 503, 504}
_FOR_GOOD = {301, 308}


class Answer(NamedTuple):
    """What a server answered: the body, its media type without parameters, and the headers."""

    body: bytes
    media_type: str
    headers: Message


class Connection:
    """One HTTP address, asked with time limits, retries and plain errors.

    Args:
        url: The address. It holds no user or password.
        timeout: Seconds for a request, to connect and to send all of its answer; none takes longer than twice that.
        retries: How often a request is repeated that a busy server (429, 502, 503, 504) or a broken connection left unanswered.
        sleep: Waits between two attempts.
        anonymous: Never sends the credentials, even if asked: for the addresses of strangers.

    Raises:
        UsageError: The address is none of http or https, or carries credentials.
    """

    def __init__(
        self,
        url: str,
        *,
        timeout: float = 60.0,
        retries: int = 4,
        sleep: Callable[[float], None] = time.sleep,
        anonymous: bool = False,
    ) -> None:
        parts = urlsplit(url)
        if "@" in parts.netloc:
            raise UsageError(f"the address carries credentials; leave them out and set {USER} and {PASSWORD}")
        if not re.fullmatch(r"https?://(\[[0-9a-fA-F:.]+\]|[^\s/:?#\[\]]+)(:\d{1,5})?([/?][!-~]*)?", url):
            raise UsageError(f'"{_shown(url)}" is no address of an endpoint; write http://… or https://…')
        self.url = url
        self.timeout = timeout
        self.retries = retries
        self._anonymous = anonymous
        self._sleep = sleep
        self._secrets: tuple[str, ...] = ()
        self._opener = self._build_opener(parts.scheme == "https" or parts.hostname in ("localhost", "127.0.0.1", "::1"))

    @property
    def name(self) -> str:
        """The address as messages show it: without its query, which may hold a key."""
        return _shown(self.url)

    def _build_opener(self, private: bool) -> urllib.request.OpenerDirector:
        handlers: list[urllib.request.BaseHandler] = [_Redirects()]
        user, password = os.environ.get(USER), os.environ.get(PASSWORD)
        if user and password and not self._anonymous:
            basic = base64.b64encode(f"{user}:{password}".encode()).decode()
            self._secrets = (password, basic)
            known = urllib.request.HTTPPasswordMgrWithDefaultRealm()
            root = urlunsplit((*urlsplit(self.url)[:2], "/", "", ""))
            known.add_password(None, root, user, password)
            handlers.append(_Digest(known))
            if private:
                handlers.append(_Basic(known))
        return urllib.request.build_opener(*handlers)

    def greet(self, request: urllib.request.Request) -> None:
        """Sends a small request, whatever the answer, so that the server asks for the password now: in an upload it breaks off.

        Raises:
            EndpointError: The server cannot be reached, or refuses the password.
        """
        try:
            self.exchange(request)
        except EndpointError as error:
            if error.status in (0, 401, 403):
                raise

    def exchange(self, request: urllib.request.Request) -> Answer:
        """Sends a request that may be repeated without harm, and reads the whole answer.

        Raises:
            EndpointError: There was no answer, or one that is an error.
        """
        request.add_header("User-Agent", f"synthkg/{version('synthkg')} (+{BASE})")
        for attempt in range(self.retries + 1):
            try:
                return self._attempt(request)
            except _Busy as busy:
                wait = busy.wait if busy.wait is not None else 0.5 * 2**attempt * random.uniform(0.8, 1.2)
                if attempt == self.retries:
                    problem = f"{busy.reason}, {attempt + 1} times; try again later"
                    raise self._error(problem, overtaxed=busy.status == 504) from busy
                if wait > _LONGEST_WAIT:
                    raise self._error(f"{busy.reason}, and asks to wait {wait:.0f} s; try again then") from busy
                self._sleep(wait)
        raise AssertionError("unreachable")

    def _attempt(self, request: urllib.request.Request) -> Answer:
        until = time.monotonic() + self.timeout
        try:
            with self._opener.open(request, timeout=self.timeout) as response:
                return Answer(self._read(response, until), response.headers.get_content_type(), response.headers)
        except urllib.error.HTTPError as error:
            with error:
                raise self._refused(error, until) from error
        except urllib.error.URLError as error:
            raise self._unreached(error.reason) from error
        except (OSError, http.client.HTTPException) as error:
            raise self._unreached(error) from error
        except ValueError as error:  # urllib's word for a challenge that is neither Basic nor Digest
            raise self._error("asks for a kind of authentication other than Basic and Digest") from error

    def _read(self, response: IO[bytes], until: float) -> bytes:
        body = bytearray()
        wanted = int(response.headers.get("Content-Length") or -1)  # type: ignore[attr-defined]
        while len(body) != wanted and (piece := response.read1(_PIECE)):  # type: ignore[attr-defined]
            body += piece
            if time.monotonic() > until:
                raise TimeoutError
        if len(body) < wanted:  # of which read1 says nothing
            raise http.client.IncompleteRead(b"", wanted - len(body))
        return bytes(body)

    def _refused(self, error: urllib.error.HTTPError, until: float) -> Exception:
        reason = f"answers {error.code} {http.client.responses.get(error.code, error.reason)}"
        if error.code in _BUSY:
            return _Busy(reason, _retry_after(error.headers), error.code)
        if 300 <= error.code < 400:
            place = error.headers.get("Location")
            problem = f"has moved to {_shown(place)}; give that address" if place else f"{reason}, but not where to"
            return EndpointError(problem, self.name, location=_shown(place) if place and error.code in _FOR_GOOD else "")
        if error.code in (401, 403):
            given = "the user and password given" if self._secrets else "no user and password"
            return self._error(f"{reason} to {given}; set {USER} and {PASSWORD} (Basic is sent over https only)", error.code)
        body = b""
        with suppress(OSError, http.client.HTTPException):
            body = self._read(error, until)
        said = self.excerpt(body, error.headers.get_content_type())
        return self._error(f"{reason}{': ' if said else ''}{said}", error.code, overtaxed=error.code == 500)

    def _unreached(self, reason: object) -> Exception:
        if isinstance(reason, TimeoutError):
            return self._error(f"took longer than {self.timeout:g} s; ask for less, or allow more", overtaxed=True)
        if isinstance(reason, ssl.SSLError):
            why = getattr(reason, "verify_message", "") or reason.reason or "the handshake failed"
            return self._error(f"no secure connection (TLS): {str(why).lower().replace('_', ' ')}")
        if isinstance(reason, socket.gaierror):
            return self._error(f'there is no host "{urlsplit(self.url).hostname}" (DNS: {reason.strerror})')
        if isinstance(reason, ConnectionRefusedError):
            return self._error("nothing listens there (connection refused)")
        if isinstance(reason, (ConnectionError, http.client.HTTPException)):
            return _Busy("broke off the connection", None)
        return self._error(f"cannot be reached: {self._hidden(str(reason))}")

    def _error(self, problem: str, status: int = 0, *, overtaxed: bool = False) -> EndpointError:
        return EndpointError(problem, self.name, status, overtaxed=overtaxed)

    def excerpt(self, body: bytes, media_type: str = "") -> str:
        """The beginning of what a server said, on one line, without credentials."""
        text = body[:4_000].decode("utf-8", "replace")
        if "html" in media_type or re.match(r"\s*<(!doctype html|html)", text, re.IGNORECASE):
            title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
            text = title[1] if title else re.sub(r"<[^>]*>", " ", text)
        text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        return self._hidden(text if len(text) <= 300 else f"{text[:300]}…")

    def _hidden(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return text


class _Busy(Exception):
    """A failure after which the same request may succeed: why, and how long the server asks to wait."""

    def __init__(self, reason: str, wait: float | None, status: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait = wait
        self.status = status


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows none: a redirect would carry the password elsewhere, and turns POST into GET."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class _Asked:
    """Closes the answer in which the server asked for a password, which urllib leaves open."""

    def http_error_401(self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message) -> Any:
        try:
            answer = super().http_error_401(req, fp, code, msg, headers)  # type: ignore[misc]
        except BaseException:
            fp.close()
            raise
        if answer is not None:
            fp.close()
        return answer


class _Basic(_Asked, urllib.request.HTTPBasicAuthHandler):
    """Basic that remembers that the server asked for it."""

    _asked = ""

    def retry_http_basic_auth(self, host: str, req: urllib.request.Request, realm: str) -> Any:
        self._asked = realm
        return super().retry_http_basic_auth(host, req, realm)

    def http_request(self, req: urllib.request.Request) -> urllib.request.Request:
        if self._asked and not req.has_header("Authorization"):
            user, password = self.passwd.find_user_password(self._asked, req.full_url)
            said = base64.b64encode(f"{user}:{password}".encode()).decode()
            req.add_unredirected_header("Authorization", f"Basic {said}")
        return req

    def https_request(self, req: urllib.request.Request) -> urllib.request.Request:
        return self.http_request(req)


class _Digest(_Asked, urllib.request.HTTPDigestAuthHandler):
    """Digest that remembers the server's challenge, so that not every request is sent twice."""

    def __init__(self, passwords: urllib.request.HTTPPasswordMgr) -> None:
        super().__init__(passwords)
        self._challenge: dict[str, str] | None = None

    def retry_http_digest_auth(self, req: urllib.request.Request, auth: str) -> Any:
        self._challenge = urllib.request.parse_keqv_list(
            list(filter(None, urllib.request.parse_http_list(auth.partition(" ")[2])))
        )
        return super().retry_http_digest_auth(req, auth)

    def http_request(self, req: urllib.request.Request) -> urllib.request.Request:
        if self._challenge and not req.has_header("Authorization"):
            with suppress(KeyError):
                said = self.get_authorization(req, self._challenge)
                req.add_unredirected_header("Authorization", f"Digest {said}")
        return req

    def https_request(self, req: urllib.request.Request) -> urllib.request.Request:
        return self.http_request(req)


def _shown(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _retry_after(headers: Message) -> float | None:
    """The seconds that the server asks to wait, given as such or as a date."""
    said = headers.get("Retry-After", "").strip()
    if said.isdigit():
        return float(said)
    with suppress(ValueError):
        return max(0.0, email.utils.parsedate_to_datetime(said).timestamp() - time.time())
    return None
