"""What tells whether two addresses, or an address and a version, are of one work.

The key of an identifier is one string, so that the two that the ACL Anthology gives to one paper are one key.
"""

from __future__ import annotations

from collections.abc import Iterator

from synthkg.model.addresses import normal_url
from synthkg.model.identifiers import Identifier, acl_of_doi, identify
from synthkg.model.records import IDENTIFIERS, Paper

__all__ = ["identifier_key", "key_of", "keys_of_paper"]


def key_of(url: str) -> str | None:
    """What tells whether two URLs show one work: the identifier, else the page."""
    found = identify(url)
    if found is not None:
        return identifier_key(found)
    return normal_url(url) if url.startswith(("http://", "https://")) else None


def keys_of_paper(paper: Paper) -> Iterator[str]:
    """The keys of the identifiers and pages of a paper's versions."""
    for version in paper.versions:
        for scheme in IDENTIFIERS:
            if (value := getattr(version, scheme)) is not None:
                yield identifier_key(Identifier(scheme, value))
        if version.url is not None and (key := key_of(version.url)) is not None:
            yield key


def identifier_key(identifier: Identifier) -> str:
    """An identifier as a key; the DOI of a paper of the ACL Anthology is the Anthology's id after one prefix.

    >>> identifier_key(Identifier("doi", "10.18653/v1/2023.acl-long.754")), identifier_key(Identifier("doi", "10.1000/1"))
    ('acl 2023.acl-long.754', 'doi 10.1000/1')
    """
    anthology = acl_of_doi(identifier.value) if identifier.scheme == "doi" else None
    return f"acl {anthology}" if anthology else f"{identifier.scheme} {identifier.value}"
