"""What an IRI is, and how any text becomes a part of one: said here and nowhere else.

An IRI is what the store's parser takes for one (RFC 3987), so that a text which passed here never fails there. Text of
records is escaped where it becomes part of an IRI of ours: making triples then never fails, and the shapes judge the result.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from pyoxigraph import NamedNode

__all__ = ["escape", "is_iri", "is_url"]

_PLAIN = re.compile("[A-Za-z0-9_.~-]*")
_WEB = re.compile(r"https?://[^/?#]", re.IGNORECASE)


def is_iri(text: str) -> bool:
    """Whether the text is an absolute IRI.

    >>> is_iri("https://example.org/潮"), is_iri("https://example.org/a b"), is_iri("https://example.org/%zz"), is_iri("a")
    (True, False, False, False)
    """
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True


def is_url(text: str) -> bool:
    """Whether the text is an absolute http(s) URL that names a host.

    >>> is_url("https://example.org/a?b#c"), is_url("mailto:a@example.org"), is_url("https://"), is_url("http://x.org:port/")
    (True, False, False, False)
    """
    return _WEB.match(text) is not None and is_iri(text)


def escape(text: str) -> str:
    """The text as a path of an IRI: what cannot stand there literally is percent-encoded.

    Left alone are RFC 3986's ``pchar`` and the slash, but not the plus, which the DOI Handbook (2.5.2.4) asks to encode.

    >>> escape("10.1002/(sici)1099-9999(1998)17:15<1661::aid>3.0.co;2-2"), escape("a b#c%d")
    ('10.1002/(sici)1099-9999(1998)17:15%3C1661::aid%3E3.0.co;2-2', 'a%20b%23c%25d')
    """
    return text if _PLAIN.fullmatch(text) else quote(text, safe="/:@!$&'()*,;=~")
