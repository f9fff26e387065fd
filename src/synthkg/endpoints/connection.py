"""One HTTP address, asked so that it always ends in an answer or a plain error.

urllib's own opener would follow a redirect with the password, wait for a slow server without an end, and take a body that was cut
for whole. Here each request has a time limit that holds for every byte of its answer, a bounded number of retries and a bound on
the answer's size, and every failure becomes an `EndpointError` that says what the server did.

Credentials come from the environment alone (``SYNTHKG_ENDPOINT_USER``, ``SYNTHKG_ENDPOINT_PASSWORD``). They are sent when the
server asks for them (Digest; Basic over TLS or to this machine), and stand in no message.
"""

from __future__ import annotations

import base64
import email.utils
import html
import http.client
import os
import random
import re
import socket
import ssl
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable
from contextlib import suppress
from email.message import Message
from importlib.metadata import version
from typing import Any, NamedTuple
from urllib.parse import quote, urldefrag, urljoin, urlsplit, urlunsplit

from synthkg.endpoints.handlers import LONGEST_TIMEOUT, Basic, Digest, Http, Https, Redirects
from synthkg.endpoints.results import NoResultError, UnfinishedError, read_json
from synthkg.errors import EndpointError, UsageError
from synthkg.findings import visible
from synthkg.model import BASE

__all__ = ["PASSWORD", "USER", "Answer", "Connection"]

USER = "SYNTHKG_ENDPOINT_USER"
PASSWORD = "SYNTHKG_ENDPOINT_PASSWORD"

_LONGEST_WAIT = 60.0
_LARGEST = 256 << 20  # bytes of an answer, unpacked
_SAID = 1 << 16  # bytes of an error's page that are read
_PIECE = 1 << 16
_ADDRESS = re.compile(r"(?i:https?)://(\[[0-9a-fA-F:.]+\]|[^\s/:?#\[\]%\\]+)(:\d{1,5})?([/?][!-~]*)?")
_UNSEEN = re.compile(r"(?is)<(script|style)\b(?:(?!</\1).)*+(?:</\1[^<>]*>)?")  # of a web page
_BUSY = {429, 502, 503, 504}
_FOR_GOOD = {301, 308}
_TOO_MUCH = {413, 414}
_OVERTAXED = re.compile(r"time[sd]?[ _-]?out|time limit|execution time|deadline|out of memory|memory limit", re.IGNORECASE)


class Answer(NamedTuple):
    """What a server answered: the body unpacked, its media type and character set if said, and the headers."""

    body: bytes
    media_type: str
    charset: str | None
    headers: Message

    def number(self, header: str) -> int:
        """The number in a header, or 0 where there is none."""
        said = (self.headers.get(header) or "").strip()
        return int(said) if re.fullmatch(r"[0-9]{1,18}", said) else 0


class Connection:
    """One HTTP address, asked with time limits, retries and plain errors.

    Args:
        url: The address. It holds no user or password.
        timeout: Seconds for a request, to connect and to send all of its answer; none takes longer than twice that.
        retries: How often a request is repeated that a busy server (429, 502, 503, 504) or a broken connection left unanswered.
        sleep: Waits between two attempts.
        anonymous: Never sends the credentials, even if asked: for the addresses of strangers.
        enough: Bytes of an answer after which the rest is neither read nor missed, and none of it unpacked; by default all is.

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
        enough: int | None = None,
    ) -> None:
        self.url = urldefrag(url).url
        self.timeout = timeout
        self.retries = retries
        self._anonymous = anonymous
        self._enough = enough
        self._sleep = sleep
        self._secrets: tuple[str, ...] = ()
        if not 0 < timeout <= LONGEST_TIMEOUT:
            raise UsageError(f"{timeout:g} is no time limit; give seconds, up to {LONGEST_TIMEOUT:.0f}")
        scheme, host = _take_apart(url)
        self._is_near = host in ("localhost", "127.0.0.1", "::1")
        self._opener = self._build_opener(scheme == "https" or self._is_near)

    @property
    def name(self) -> str:
        """The address as messages show it: without its query, which may hold a key."""
        return _shown(self.url)

    def _build_opener(self, private: bool) -> urllib.request.OpenerDirector:
        handlers: list[urllib.request.BaseHandler] = [Redirects(), Http(), Https()]
        if self._is_near:  # a proxy has another loopback, and would see the password
            handlers.append(urllib.request.ProxyHandler({}))
        user, password = os.environ.get(USER), os.environ.get(PASSWORD)
        if user and password and not self._anonymous:
            basic = base64.b64encode(f"{user}:{password}".encode()).decode()
            self.hide(password, basic)
            known = urllib.request.HTTPPasswordMgrWithDefaultRealm()
            root = urlunsplit((*urlsplit(self.url)[:2], "/", "", ""))
            known.add_password(None, root, user, password)
            handlers.append(Digest(known))
            if private:
                handlers.append(Basic(known))
        return urllib.request.build_opener(*handlers)

    def hide(self, *secrets: str) -> None:
        """Lets no message show these, as they are or percent-encoded, even if the server says them."""
        self._secrets += tuple(
            dict.fromkeys(form for secret in secrets for form in (secret, quote(secret), quote(secret, safe="")))
        )

    def greet(self, request: urllib.request.Request) -> int:
        """Sends a small request, whatever the answer, so that the server asks for the password now: in an upload it breaks off.

        Returns:
            The status of an answer that is an error, else 0.

        Raises:
            EndpointError: The server cannot be reached, or refuses the password.
        """
        try:
            self.exchange(request)
        except EndpointError as error:
            if error.status in (0, 401, 403):
                raise
            return error.status
        return 0

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
                if wait > _LONGEST_WAIT:
                    raise self._error(f"{busy.reason}, and asks to wait {wait:.0f} s; try again then") from busy
                if attempt == self.retries:
                    problem = f"{busy.reason}, {attempt + 1} times; try again later"
                    raise self._error(problem, overtaxed=busy.status == 504) from busy
                self._sleep(wait)
        raise AssertionError("unreachable")

    def fetch(self, request: urllib.request.Request) -> Any:
        """Sends a request to a service that answers in JSON, and gives the value of its answer.

        Raises:
            EndpointError: See `exchange`; also where the answer is no JSON, or a part of one.
        """
        request.add_header("Accept", "application/json")
        answer = self.exchange(request)
        try:
            return read_json(answer.body, answer.charset)
        except UnfinishedError as error:
            raise self._error(f"broke off its answer after {len(answer.body)} bytes; ask for less", overtaxed=True) from error
        except NoResultError as error:
            said = self.excerpt(answer.body, answer.media_type, answer.charset)
            raise self._error(f'answers with {answer.media_type} ("{said}"), not with JSON') from error

    def _attempt(self, request: urllib.request.Request) -> Answer:
        request.add_header("Accept-Encoding", "gzip")
        try:
            with self._opener.open(request, timeout=self.timeout) as response:
                headers = response.headers
                body = self._read(response)
                body = self._unpack(body, headers) if self._enough is None else body
                return Answer(body, headers.get_content_type(), headers.get_content_charset(), headers)
        except urllib.error.HTTPError as error:
            with error:
                raise self._refused(error, request.full_url) from error
        except urllib.error.URLError as error:
            raise self._unreached(error.reason) from error
        except (OSError, http.client.HTTPException) as error:
            raise self._unreached(error) from error

    def _read(self, response: Any) -> bytes:
        """The body as it was sent."""
        body = bytearray()
        wanted = None if response.chunked else self._length(response.headers)
        while len(body) != wanted and (piece := response.read1(_PIECE)):
            body += piece
            if self._enough is not None and len(body) >= self._enough:
                return bytes(body)
            if len(body) > _LARGEST:
                raise self._error(f"sends more than {_LARGEST >> 20} MB; ask for less (LIMIT), or take a dump")
        if wanted is not None and len(body) < wanted:  # of which read1 says nothing
            raise http.client.IncompleteRead(b"", wanted - len(body))
        return bytes(body)

    def _length(self, headers: Message) -> int | None:
        """The length that the headers say; a list of one number repeated is that number (RFC 9110, 8.6)."""
        said = headers.get_all("Content-Length")
        if said is None:
            return None
        numbers = {number.strip() for each in said for number in each.split(",")}
        number = numbers.pop()
        if numbers or not re.fullmatch(r"[0-9]{1,18}", number):
            raise self._error(f'gives its answer a Content-Length that is no number: "{self.clean(", ".join(said))}"')
        return int(number)

    def _unpack(self, body: bytes, headers: Message) -> bytes:
        """The body without its Content-Encoding."""
        packing = (headers.get("Content-Encoding") or "identity").strip().lower()
        if packing == "identity" or not body:
            return body
        if packing not in ("gzip", "x-gzip", "deflate"):
            raise self._error(f'packs its answer as "{self.clean(packing)}", although gzip alone was asked for')
        is_raw = packing == "deflate" and body[0] & 15 != zlib.DEFLATED  # as some send what should have zlib's head
        unpacked = bytearray()
        try:
            while body:
                unpacker = zlib.decompressobj(-zlib.MAX_WBITS if is_raw else zlib.MAX_WBITS | 32)
                unpacked += unpacker.decompress(body, _LARGEST + 1 - len(unpacked))
                if len(unpacked) > _LARGEST:
                    raise self._error(f"sends more than {_LARGEST >> 20} MB; ask for less (LIMIT), or take a dump")
                if not unpacker.eof:
                    raise _Busy("broke off in the midst of its compressed answer", None)
                body = unpacker.unused_data.lstrip(b"\0")  # gzip may have several members, and zeros that fill a block
        except zlib.error as error:
            raise self._error(f"says that its answer is packed ({packing}), and it is not, or damaged") from error
        return bytes(unpacked)

    def _refused(self, error: urllib.error.HTTPError, asked: str) -> Exception:
        reason = f"answers {error.code} {http.client.responses.get(error.code) or self.clean(str(error.reason))}".rstrip()
        if error.code in _BUSY:
            return _Busy(reason, _retry_after(error.headers), error.code)
        if 300 <= error.code < 400:
            return self._moved(error, reason, asked)
        body = b""
        with suppress(OSError, http.client.HTTPException, EndpointError, _Busy):
            body = self._unpack(error.read(_SAID), error.headers)
        said = self.excerpt(body, error.headers.get_content_type(), error.headers.get_content_charset())
        if error.code in (401, 403) and not self._anonymous:
            given = "the user and password given" if os.environ.get(USER) and os.environ.get(PASSWORD) else "no user and password"
            wants = ", ".join(error.headers.get_all("WWW-Authenticate") or []).strip()  # also several in one: RFC 9110, 11.6.1
            if wants and not re.search(r"(?i)(?:^|,)\s*(?:basic|digest)\b", wants):
                scheme = self.clean(re.split(r"[\s,]", wants)[0])
                return self._error(f"{reason}, and asks for {scheme}; only Basic and Digest are known", error.code)
            why = f' ("{said}")' if said and error.code == 403 else ""  # which more than a password may be the cause of
            problem = f"{reason} to {given}{why}; set {USER} and {PASSWORD} (Basic is sent over https only)"
            return self._error(problem, error.code)
        is_too_much = error.code in _TOO_MUCH or _OVERTAXED.search(said) is not None
        return self._error(f"{reason}{': ' if said else ''}{said}", error.code, overtaxed=is_too_much)

    def _moved(self, error: urllib.error.HTTPError, reason: str, asked: str) -> EndpointError:
        place = error.headers.get("Location")
        if not place:
            return self._error(f"{reason}, but not where to", error.code)
        try:
            to = _shown(urljoin(asked, place))
            _take_apart(to)
        except (ValueError, UsageError):
            return self._error(f'{reason}, to "{self.clean(place)}", which is no address', error.code)
        return EndpointError(f"has moved to {to}; give that address", self.name, location=to if error.code in _FOR_GOOD else "")

    def _unreached(self, reason: object) -> Exception:
        if isinstance(reason, TimeoutError):
            problem = f"took longer than {self.timeout:g} s; ask for less, or allow more"
            return self._error(problem, overtaxed=True, unreached=True)
        if isinstance(reason, ssl.SSLError):
            why = getattr(reason, "verify_message", "") or reason.reason or "the handshake failed"
            return self._error(f"no secure connection (TLS): {str(why).lower().replace('_', ' ')}")
        if isinstance(reason, socket.gaierror):
            problem = f'there is no host "{urlsplit(self.url).hostname}" (DNS: {reason.strerror}){self._way()}'
            return self._error(problem, unreached=True)
        if isinstance(reason, ConnectionRefusedError):
            return self._error(f"nothing listens there (connection refused){self._way()}", unreached=True)
        if isinstance(reason, (ConnectionError, http.client.IncompleteRead)):
            return _Busy("broke off the connection", None)
        if isinstance(reason, http.client.BadStatusLine):
            return self._error(f'does not speak HTTP: it says "{self.clean(str(reason))}"')
        if isinstance(reason, http.client.HTTPException):
            return self._error(f"sends headers that are no HTTP ({self.clean(str(reason))})")
        return self._error(f"cannot be reached: {self.clean(str(reason))}", unreached=True)

    def _way(self) -> str:
        """Names the proxy that was asked instead, if there is one."""
        scheme, host = urlsplit(self.url).scheme, urlsplit(self.url).hostname or ""
        proxy = urllib.request.getproxies().get(scheme, "")
        is_direct = self._is_near or not proxy or urllib.request.proxy_bypass(host)
        return "" if is_direct else f"; the way there leads through the proxy {self.clean(_shown(proxy))} ({scheme}_proxy)"

    def _error(self, problem: str, status: int = 0, *, overtaxed: bool = False, unreached: bool = False) -> EndpointError:
        return EndpointError(problem, self.name, status, overtaxed=overtaxed, unreached=unreached)

    def excerpt(self, body: bytes, media_type: str = "", charset: str | None = None) -> str:
        """The beginning of what a server said; of a web page its title."""
        try:
            text = body[:_SAID].decode(charset or "utf-8", "replace")
        except (LookupError, ValueError):  # a character set that nobody knows
            text = body[:_SAID].decode("utf-8", "replace")
        if "html" in media_type or re.match(r"\s*<(!doctype html|html)", text, re.IGNORECASE):
            title = re.search(r"<title[^>]*>([^<]*)", text, re.IGNORECASE)
            text = html.unescape(title[1] if title else re.sub(r"<[^<>]*>", " ", _UNSEEN.sub(" ", text)))
        return self.clean(text)

    def clean(self, text: str) -> str:
        """Some words of a server as a message may show them: on one line, not too long, without credentials."""
        for secret in self._secrets:
            text = text.replace(secret, "…")
        text = visible(" ".join("".join(c if c.isprintable() else " " for c in text).split()))
        return text if len(text) <= 300 else f"{text[:300]}…"


class _Busy(Exception):
    """A failure after which the same request may succeed: why, and how long the server asks to wait."""

    def __init__(self, reason: str, wait: float | None, status: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait = wait
        self.status = status


def _take_apart(url: str) -> tuple[str, str]:
    """The scheme and the host of an address.

    Raises:
        UsageError: It is none of http or https, or carries credentials.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host.encode("idna")
        is_good = _ADDRESS.fullmatch(url) is not None and port != 0
    except ValueError:  # also UnicodeError: a part of the host is empty, or longer than 63
        parts, is_good = None, False
    if "@" in (parts.netloc if parts else url):
        raise UsageError(f"the address carries credentials; leave them out and set {USER} and {PASSWORD}")
    if parts is None or not is_good:
        shown = visible(_shown(url) if parts else url.partition("?")[0])
        raise UsageError(f'"{shown}" is no address of an endpoint; write http://… or https://…')
    return parts.scheme, host


def _shown(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _retry_after(headers: Message) -> float | None:
    """The seconds that the server asks to wait, given as such or as a date."""
    said = headers.get("Retry-After", "").strip()
    if re.fullmatch("[0-9]{1,9}", said):
        return float(said)
    with suppress(ArithmeticError, LookupError, OSError, TypeError, ValueError):
        return max(0.0, email.utils.parsedate_to_datetime(said).timestamp() - time.time())
    return None
