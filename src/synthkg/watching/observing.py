"""Asks the addresses of artifacts, as pages and at the APIs of their hosts, with control requests in the same run.

For each host and means, an address that must be there and one that cannot be are asked first and last, so that a host, a proxy
or a network that answers anything to everything convinces nobody. A host that wants no more questions is left until the next run,
which goes on where this one ended. Redirects are followed by hand, so that it is known where an address leads.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from email.message import Message
from typing import NamedTuple
from urllib.parse import quote, urldefrag, urljoin, urlsplit

from synthkg.endpoints import Connection, Reach
from synthkg.errors import EndpointError, UsageError
from synthkg.findings import counted
from synthkg.model import Artifact, normal_url
from synthkg.watching.controls import GONE, denies, is_present, vouched
from synthkg.watching.hosts import HOSTS, Host, host_of
from synthkg.watching.observation import PAGE, Observation

__all__ = ["Observing", "Visitor", "addresses_of", "observe"]

_HOPS = 5
_REDIRECTS = {301: True, 302: False, 303: False, 307: False, 308: True}
_ENOUGH = 1 << 16  # bytes of a page; nothing of it is looked at
_HTML = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "Accept-Language": "en", "Range": f"bytes=0-{_ENOUGH - 1}"}
_JSON = {"Accept": "application/json"}
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


class Reply(NamedTuple):
    """What an address answered after its redirects: ``url`` is the last one asked, ``is_permanent`` whether all were for good."""

    status: int
    url: str
    headers: Message
    body: bytes = b""
    trouble: str = ""
    is_permanent: bool = True


@dataclass
class Visitor:
    """Asks any address politely: not too fast, and a host that wants no more questions no more.

    Attributes:
        addresses: Beginnings of addresses, and what is asked in their place: a mirror.
        timeout: Seconds for a request.
        pace: Seconds between two requests to one host.
        sleep: Waits.
        clock: Seconds that pass.
        closed: Host -> why it is asked nothing more in this run.
        reach: Whether any host could be reached.
    """

    addresses: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 30.0
    pace: float = 1.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    closed: dict[str, str] = field(default_factory=dict)
    reach: Reach = field(default_factory=Reach)
    _next: dict[str, float] = field(default_factory=dict)

    def ask(self, url: str, headers: Mapping[str, str], *, enough: int | None = None) -> Reply:
        """The answer of an address, or the trouble that there was; of a long one the beginning, if that is enough.

        Raises:
            EndpointError: No host can be reached at all.
        """
        is_permanent = True
        for _ in range(_HOPS + 1):
            reply = self._ask_once(url, headers, enough)
            if reply.status not in _REDIRECTS:
                return reply._replace(is_permanent=is_permanent)
            place = quote(reply.headers.get("Location", ""), safe=_PRINTABLE, encoding="latin-1")  # as browsers read it
            try:
                to = urldefrag(urljoin(url, place)).url
                is_address = bool(place) and urlsplit(to).scheme in ("http", "https") and bool(urlsplit(to).hostname)
            except ValueError:
                is_address = False
            if not is_address:
                return reply._replace(trouble=f"answers {reply.status}, but not where to")
            if self._there(to) == to and _is_inside(to) and not _is_inside(url):
                return reply._replace(trouble=f"leads to {urlsplit(to).netloc}, which is inside this network")
            url, is_permanent = to, is_permanent and _REDIRECTS[reply.status]
        return Reply(0, url, Message(), trouble=f"leads on more than {_HOPS} times")

    def _ask_once(self, url: str, headers: Mapping[str, str], enough: int | None) -> Reply:
        host = urlsplit(url).netloc.lower()
        if host in self.closed:
            return Reply(0, url, Message(), trouble=self.closed[host])
        if (wait := self._next.get(host, 0.0) - self.clock()) > 0:
            self.sleep(wait)
        there = self._there(url)
        try:
            connection = Connection(there, timeout=self.timeout, retries=1, sleep=self.sleep, anonymous=True, enough=enough)
            answer = connection.exchange(urllib.request.Request(there, headers=dict(headers)))
            reply = Reply(200, url, answer.headers, answer.body)
        except UsageError:
            return Reply(0, url, Message(), trouble="has no address that can be asked")
        except EndpointError as error:
            reply = _refusal(error, url)
            if error.unreached:
                self.reach.miss(host, error.message)
                return reply
        finally:
            self._next[host] = self.clock() + self.pace
        self.reach.found()
        self._heed(host, reply)
        return reply

    def _there(self, url: str) -> str:
        """What is asked in the place of an address."""
        return next((new + url[len(old) :] for old, new in self.addresses.items() if url.startswith(old)), url)

    def _heed(self, host: str, reply: Reply) -> None:
        """Closes a host whose limit is reached: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api."""
        if reply.headers.get("X-RateLimit-Remaining", "").strip() == "0":
            self.closed[host] = "the limit of questions to it is reached; run it again in an hour"
        elif reply.status == http.client.TOO_MANY_REQUESTS or (reply.status in (403, 503) and "Retry-After" in reply.headers):
            self.closed[host] = f"it answers {reply.status}, too many questions; run it again later"


def _is_inside(url: str) -> bool:
    """Whether an address is of this machine or of the network around it, which no page of a stranger may have asked."""
    try:
        found = {each[4][0] for each in socket.getaddrinfo(urlsplit(url).hostname, None)}
    except (OSError, UnicodeError):  # no such host, which whoever asks it says
        return False
    return not all(ipaddress.ip_address(str(each).partition("%")[0]).is_global for each in found)


def _refusal(error: EndpointError, url: str) -> Reply:
    """What stands behind an error of the connection: the server's own refusal, or none."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, urllib.error.HTTPError):
            said = f"answers {cause.code} {http.client.responses.get(cause.code, '')}".rstrip()
            return Reply(cause.code, url, cause.headers, trouble="" if cause.code in GONE else said)
        cause = cause.__cause__
    return Reply(0, url, Message(), trouble=error.message)


@dataclass
class Observing:
    """What a run has asked: how many addresses of artifacts, which it had to leave, and why."""

    asked: int = 0
    left: list[str] = field(default_factory=list)


def addresses_of(artifact: Artifact) -> Iterator[tuple[str, str]]:
    """The means and addresses by which an artifact is asked for; none of one that was taken over."""
    if artifact.url is None or artifact.state == "unsafe":
        return
    if found := host_of(artifact.url):
        host, name = found
        yield host.name, f"{host.page}/{name}"
    yield PAGE, artifact.url


def observe(
    artifacts: Iterable[Artifact],
    visitor: Visitor,
    run: str,
    known: Sequence[Observation] = (),
    keep: Callable[[Observation], None] = lambda each: None,
    progress: Callable[[str, int], None] = lambda what, count: None,
) -> Observing:
    """Asks for each artifact once by each means, first for what was not seen for longest, since a host may not answer all.

    Args:
        artifacts: The artifacts.
        visitor: Who asks.
        run: When the run began, as an ISO 8601 time; its first ten characters are the day of the observations.
        known: What earlier runs saw; what they learnt on the same day is not asked again.
        keep: Called with each observation as soon as it is made.
        progress: Called with what is being asked, and with the number of addresses that were.

    Raises:
        EndpointError: No host can be reached; then nothing was kept.
    """
    done = Observing()
    last = {(each.by, each.url): each.day for each in vouched(known)}
    wanted = dict.fromkeys(address for artifact in artifacts for address in addresses_of(artifact))
    faults: dict[tuple[str, str], str] = {}
    held: list[Observation] = []
    for by, url in sorted(wanted, key=lambda address: last.get(address, "")):
        if last.get((by, url)) == run[:10]:
            continue
        place = (by, _server(by, url))
        progress(f"asking {urlsplit(place[1]).netloc}, of {counted(len(wanted), 'address', 'addresses')} asked", done.asked)
        if place not in faults:
            for each in _controls(visitor, run, *place):
                held.append(each)
                if not (visitor.reach.is_there or each.status):
                    break  # who cannot be reached need not be asked twice
            faults[place] = _fault(held[-1])
        if visitor.reach.is_there:
            for each in held:
                keep(each)
            held.clear()
        if why := visitor.closed.get(urlsplit(place[1]).netloc) or faults[place]:
            done.left.append(f"{url} ({by}): {why}")
            continue
        keep(_look(visitor, run, by, url))
        done.asked += 1
    visitor.reach.end()
    for place, fault in faults.items():
        if not fault and urlsplit(place[1]).netloc not in visitor.closed:
            for each in _controls(visitor, run, *place):
                keep(each)
    return done


def _fault(absent: Observation) -> str:
    """What is wrong with how a host answered for an address that cannot be there, or empty; or that it could not be reached."""
    if absent.control == "present":
        return absent.trouble
    return "" if denies(absent) else f"asked for what cannot be there: {absent.trouble or f'it answers {absent.status}'}"


def _server(by: str, url: str) -> str:
    """The server that is asked, as the beginning of its addresses."""
    parts = urlsplit(HOSTS[by].api if by in HOSTS else url)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _controls(visitor: Visitor, run: str, by: str, server: str) -> Iterator[Observation]:
    """An address that must be there, and one that cannot be."""
    mark = "".join(filter(str.isdigit, run))
    host = next((host for host in HOSTS.values() if by == host.name or server == host.page), None)
    if host:
        there, not_there = f"{host.page}/{host.present}", f"{host.page}/{host.absent}{mark}"
    else:
        there, not_there = f"{server}/", f"{server}/no-such-page-{mark}"
    for control, url in (("present", there), ("absent", not_there)):
        yield _look(visitor, run, by, url, control)


def _look(visitor: Visitor, run: str, by: str, url: str, control: str = "") -> Observation:
    look = _look_at_api if by in HOSTS else _look_at_page
    return look(visitor, Observation(day=run[:10], run=run, by=by, url=url, asked=url, control=control))


def _look_at_page(visitor: Visitor, blank: Observation) -> Observation:
    reply = visitor.ask(blank.url, _HTML, enough=_ENOUGH)
    seen = replace(blank, status=reply.status, trouble=reply.trouble)
    if reply.trouble or normal_url(reply.url).lower() == normal_url(blank.url).lower():
        return seen
    if blank.control or (reply.is_permanent and is_present(seen)):
        return replace(seen, moved_to=reply.url)
    how = "for good" if reply.is_permanent else "for now"
    return replace(seen, moved_to=reply.url, trouble=f"leads {how} to {reply.url}, which answers {reply.status}")


def _look_at_api(visitor: Visitor, blank: Observation) -> Observation:
    found = host_of(blank.url)
    assert found is not None, "an API is asked for repositories alone"
    host, name = found
    asked = f"{host.api}{host.path(name)}"
    reply = visitor.ask(asked, _JSON)
    seen = replace(blank, asked=asked, status=reply.status, trouble=reply.trouble)
    if reply.trouble:
        return seen
    if not is_present(seen):
        if reply.url != asked:
            return replace(seen, trouble=f"leads to {reply.url}, which answers {reply.status}")
        media_type = reply.headers.get_content_type()
        return seen if media_type.endswith("json") else replace(seen, trouble=f"answers {reply.status} with {media_type}")
    return _read(host, name, reply, seen)


def _read(host: Host, name: str, reply: Reply, seen: Observation) -> Observation:
    """The observation with what the API's answer says, if it is the answer that the API documents."""
    try:
        facts = host.read(json.loads(reply.body))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return replace(seen, trouble="answers with something else than the API documents")
    if urlsplit(reply.url).netloc != urlsplit(seen.asked).netloc:
        return replace(seen, trouble=f"leads to another server, {urlsplit(reply.url).netloc}")
    is_dataset = host.name == "huggingface" and name.startswith("datasets/")  # whose name there may have no owner
    now = f"datasets/{facts['name']}" if is_dataset else facts["name"]
    if now.lower() == name.lower():
        return replace(seen, facts=facts)
    if reply.url == seen.asked:
        return replace(seen, trouble=f"answers with another repository, {now}")
    return replace(seen, facts=facts, moved_to=f"{host.page}/{now}")
