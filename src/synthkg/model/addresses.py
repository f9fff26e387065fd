"""An address taken apart, and its one spelling.

A URL is taken apart first and decoded then (RFC 3986, 2.4), since what is encoded in it separates nothing.
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = [
    "INVISIBLE",
    "Address",
    "address_of",
    "candidate_of",
    "normal_url",
    "tidy",
    "visible",
    "without_bracket",
]

_LONGEST = 2048
"""Characters: what browsers and servers agree to take as an address, and more than any identifier has."""

_LOOSE_END = ".,;:!/'\">”’»`"
_LOOSE_BEGIN = "<([{\"'“‘«„`"
_BRACKETS = {")": "(", "]": "[", "}": "{"}
INVISIBLE = re.compile("[\u00ad\u034f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_BARE_HOST = re.compile(r"(?ai)(?:[a-z0-9-]+\.)+(?:org|com|net|co|de|gov)/")
_URL = re.compile(
    r"(?i)https?://(?:www\.)?(?P<host>[^/?#:]+)(?::(?:80|443)(?=[/?#]|$)|(?P<port>:\d+))?(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?"
    r"(?:(?P<route>\#!?/.+)|\#.*)?"
)
_ESCAPED = re.compile(r"\\([_%&#])")  # as BibTeX of dblp and publishers has it
_ENCODED = re.compile(r"(?a)%[0-9a-fA-F]{2}")
_UNRESERVED = re.compile(r"(?a)[A-Za-z0-9._~-]")  # RFC 3986, 2.3


def normal_url(url: str) -> str:
    """One spelling of a URL, for telling whether two name the same page; not for following.

    >>> normal_url("http://www.Example.org/a/index.html#top"), normal_url("https://example.org/a/.")
    ('https://example.org/a', 'https://example.org/a')
    >>> normal_url("https://example.org/?page=2")
    'https://example.org?page=2'
    >>> normal_url("http://example.org:80/%7eada"), normal_url("https://example.org:8443/#/ada")
    ('https://example.org/~ada', 'https://example.org:8443#/ada')
    """
    found = _URL.fullmatch(tidy(url))
    if found is None:
        return tidy(url)
    path = re.sub(r"/(?:index\.html?)?$", "", found["path"])
    query = f"?{found['query']}" if found["query"] else ""
    rest = _ENCODED.sub(_decode_unreserved, path.rstrip("/") + query + (found["route"] or ""))
    return f"https://{found['host'].lower()}{found['port'] or ''}{rest}"


def _decode_unreserved(found: re.Match[str]) -> str:
    """RFC 3986, 6.2.2: what need not be encoded is the same as what is not, and the case of the digits tells nothing."""
    char = chr(int(found[0][1:], 16))
    return char if _UNRESERVED.fullmatch(char) else found[0].upper()


def tidy(text: str) -> str:
    """Drop the space and the punctuation around an identifier; a URL that lacks its scheme gets one."""
    text = text.strip().lstrip("<").rstrip(_LOOSE_END)
    host = text.removeprefix("//")
    return f"https://{host}" if _BARE_HOST.match(host) else text


def visible(text: str) -> str:
    """The text without what is around it and what cannot be seen in it."""
    return tidy(INVISIBLE.sub("", text))


class Address(NamedTuple):
    """A URL taken apart: the host in lower case without www, the path and the query still encoded."""

    host: str
    path: str
    query: str


def address_of(text: str) -> Address | None:
    """The text as a URL, if it is one of http(s) and no longer than 2,048 characters."""
    url = _URL.fullmatch(candidate_of(text))
    return None if url is None else Address(url["host"].lower(), url["path"], url["query"] or "")


def candidate_of(text: str) -> str:
    """What is seen of a text that may be an identifier, without TeX's escapes and what encloses it, else the empty string."""
    if len(text) > _LONGEST:
        return ""
    return tidy(without_bracket(visible(_ESCAPED.sub(r"\1", text).strip().lstrip(_LOOSE_BEGIN))))


def without_bracket(text: str) -> str:
    """A text without closing brackets at its end that nothing in it opens.

    >>> without_bracket("10.1016/S2589-0042(23)00537-0)]."), without_bracket("10.1016/S2589(23)")
    ('10.1016/S2589-0042(23)00537-0', '10.1016/S2589(23)')
    """
    bare = text.rstrip(_LOOSE_END)
    while bare and (opening := _BRACKETS.get(bare[-1])) and bare.count(bare[-1]) > bare.count(opening):
        text = bare = bare[:-1].rstrip(_LOOSE_END)
    return text
