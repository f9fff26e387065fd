"""Requests and answers of HTTP, apart from any server: what is asked for, in which form, and what goes back.

Every answer passes `finish`: it has an ETag and is not sent twice, is compressed where that is understood, may be read by pages
of other sites, and is never taken for another type than it says.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO
from urllib.parse import parse_qsl

__all__ = ["PREVIEW_POLICY", "SITE_POLICY", "Refused", "Request", "Response", "choose", "finish", "parameters"]

_WORTH_PACKING = 1_000  # bytes
_WEIGHT = re.compile(r"q\s*=\s*([0-9]{1,9}(?:\.[0-9]{0,99})?|\.[0-9]{1,99})")  # also as Java writes it, and other clients
_PACKABLE = re.compile(r"text/|application/(?:.*\+)?(?:json|xml)|application/(?:n-|trig|sparql-)|image/svg")
PREVIEW_POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'"
"""Of a page that is made to be shown inside others."""
SITE_POLICY = "frame-ancestors 'self'"
"""Of a site's files. A browser obeys both the policy that a page states and the one of its header: this says what no page can."""
_POLICY = f"{PREVIEW_POLICY}; {SITE_POLICY}"


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    Attributes:
        method: In capitals.
        path: Below our own address, decoded, beginning with a slash; empty where that address has none at its end.
        query: What follows the question mark, not decoded.
        headers: By name in small letters.
        body: What was sent along.
        site: Our own scheme, host and port, as the asker knows them.
        prefix: The path below which we are, without a slash at its end; empty at the top.
        graph: What the graph that is served is called.
        is_gone: Tells whether nobody waits for the answer any more.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    site: str = ""
    prefix: str = ""
    graph: str = "synthkg"
    is_gone: Callable[[], bool] = lambda: False

    @property
    def root(self) -> str:
        """Our own address, without a slash at its end."""
        return self.site + self.prefix

    @property
    def accept(self) -> str | None:
        """What the asker takes, or None where nothing is said."""
        return self.headers.get("accept")

    @property
    def is_browser(self) -> bool:
        """Whether a person reads the answer."""
        return choose(self.accept, ("text/plain", "text/html")) == "text/html"


@dataclass(slots=True)
class Response:
    """One answer; ``file`` is sent instead of the body, as far as ``size``."""

    status: int
    body: bytes = b""
    type: str = "text/plain; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    file: IO[bytes] | None = None
    size: int = 0


class Refused(Exception):
    """A request that is not answered as it was meant: the status, and why, in words.

    Attributes:
        form: For people: where they can change what they asked, as HTML.
    """

    def __init__(self, status: int, problem: str, **headers: str) -> None:
        super().__init__(problem)
        self.status = status
        self.problem = problem
        self.form = ""
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def parameters(text: str | bytes) -> list[tuple[str, str]]:
    """The names and values of a query string or a form, in order.

    Raises:
        Refused: It is not UTF-8.
    """
    try:
        plain = text.decode("utf-8") if isinstance(text, bytes) else text
        return parse_qsl(plain, keep_blank_values=True, errors="strict", max_num_fields=1_000)
    except UnicodeDecodeError as error:
        raise Refused(400, "the request is not UTF-8") from error
    except ValueError as error:
        raise Refused(400, f"the request has too many parameters: {error}") from error


def choose(accept: str | None, offered: Sequence[str]) -> str | None:
    """The offered media type that is wanted most, or None where none is wanted.

    Of equal ones the first offered wins. See https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1.

    >>> choose("text/csv;q=0.5, application/json", ("text/csv", "application/json"))
    'application/json'
    >>> choose("text/*;q=0.2, */*;q=0", ("application/json", "Text/CSV"))
    'Text/CSV'
    >>> choose("text/html, *; q=.2, */*; q=.2", ("text/csv", "text/html"))  # as Java's own client asks
    'text/html'
    >>> choose("image/png", ("text/csv",)) is None
    True
    """
    if accept is None or not accept.strip():
        return offered[0]
    ranges = [_range(part) for part in accept.split(",") if part.strip()]
    weighed = [(max((fit(kind) for fit in ranges), default=(0, 0.0))[1], -place) for place, kind in enumerate(offered)]
    weight, place = max(weighed)
    return offered[-place] if weight > 0 else None


def _range(text: str) -> Callable[[str], tuple[int, float]]:
    """Tells how exactly a range of media types covers a type, and the weight that it has."""
    name, *rest = (part.strip().lower() for part in text.split(";"))
    weights = (match[1] for part in rest if (match := _WEIGHT.fullmatch(part)))
    weight = min(float(next(weights, "1")), 1.0)
    main = name.removesuffix("*")

    def fit(kind: str) -> tuple[int, float]:
        kind = kind.lower()
        if name == kind:
            return 3, weight
        if name == "*/*":
            return 1, weight
        return (2, weight) if name.endswith("/*") and kind.startswith(main) else (0, 0.0)

    return fit


def finish(request: Request, response: Response) -> Response:
    """Adds to an answer what every answer has."""
    headers = response.headers
    headers.setdefault("Access-Control-Allow-Origin", "*")
    headers.setdefault("Access-Control-Expose-Headers", "Accept-Ranges, Content-Range, ETag, Link, Retry-After")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Cache-Control", "no-cache")
    headers["Vary"] = ", ".join(dict.fromkeys([*filter(None, [headers.get("Vary")]), "Accept-Encoding"]))
    if response.type.startswith("text/html"):
        headers.setdefault("Content-Security-Policy", _POLICY)
        headers.setdefault("Referrer-Policy", "no-referrer")
    if response.status == 200 and response.file is None and "Content-Encoding" not in headers:
        headers.setdefault("ETag", f'"{hashlib.sha256(response.body).hexdigest()[:20]}"')
        if (other := unsent(request, headers["ETag"])) is not None:
            other.headers |= headers
            return other
        _pack(request, response)
    return response


def unsent(request: Request, tag: str) -> Response | None:
    """What is said instead of what bears the tag: the asker wants only what bore another one, or has this already.

    The conditions are looked at in the order of https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2. No answer of ours has
    a day, so those about one mean nothing.
    """
    wanted = request.headers.get("if-match", "*")
    if wanted.strip() != "*" and tag not in {part.strip().replace('-gzip"', '"') for part in wanted.split(",")}:
        return Response(412, b"what is at this address is another now\n")
    known = request.headers.get("if-none-match", "")
    tags = {part.strip().removeprefix("W/").replace('-gzip"', '"') for part in known.split(",")}
    is_known = request.method in ("GET", "HEAD") and (tag.removeprefix("W/") in tags or known.strip() == "*")
    return Response(304) if is_known else None


def takes_gzip(request: Request) -> bool:
    """Whether the asker unpacks gzip; who names no coding unpacks none."""
    return choose(request.headers.get("accept-encoding") or "identity", ("gzip",)) is not None


def is_packable(kind: str) -> bool:
    """Whether gzip makes something of this type smaller."""
    return _PACKABLE.match(kind) is not None


def _pack(request: Request, response: Response) -> None:
    if len(response.body) > _WORTH_PACKING and is_packable(response.type) and takes_gzip(request):
        response.body = gzip.compress(response.body, compresslevel=5, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
        response.headers["ETag"] = response.headers["ETag"][:-1] + '-gzip"'
