"""The IRIs under which other knowledge graphs know a thing, where an identifier alone tells them.

Each is a pure function of one identifier: nothing is fetched, so that the target's page exists is likely but not known. The
way back, from any spelling of such an IRI to the identifier, is `synthkg.model.identifiers.identify`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import quote

from synthkg.model.addresses import normal_url
from synthkg.model.identifiers import Identifier, doi_url, identify
from synthkg.model.iris import escape

__all__ = ["Equivalent", "equivalents", "repository"]

_FIRST_IN_DBLP = "1801"
_NEW_STYLE = re.compile(r"(\d{4})\.(\d{4,5})")


class Equivalent(NamedTuple):
    """What another graph calls the thing: ``target`` is a concept of the scheme ``target``."""

    target: str
    iri: str


def equivalents(identifier: Identifier) -> Iterator[Equivalent]:
    """Every IRI that follows from the identifier, the identifier's own authority first; none for a scheme without any.

    >>> for one in equivalents(Identifier("arxiv", "2212.10560")): print(*one)
    arxiv https://arxiv.org/abs/2212.10560
    doi https://doi.org/10.48550/arXiv.2212.10560
    doi-lower-case https://doi.org/10.48550/arxiv.2212.10560
    dblp https://dblp.org/rec/journals/corr/abs-2212-10560
    huggingface https://huggingface.co/papers/2212.10560
    >>> for one in equivalents(Identifier("github", "nlpxucan/WizardLM")): print(*one)
    lpwc https://linkedpaperswithcode.com/repository/github.com/nlpxucan/wizardlm
    >>> for one in equivalents(Identifier("acl", "2023.acl-long.754")): print(*one)
    acl https://aclanthology.org/2023.acl-long.754/
    """
    for target, iri in _TARGETS.get(identifier.scheme, {}).items():
        if (found := iri(identifier.value)) is not None:
            yield Equivalent(target, found)


def repository(url: str) -> Identifier | None:
    """The repository, data set or model that a URL is the address of; what lies inside one is something else.

    >>> repository("https://github.com/yizhongw/self-instruct.git")
    Identifier(scheme='github', value='yizhongw/self-instruct')
    >>> repository("https://github.com/yizhongw/self-instruct/tree/main/data") is None
    True
    """
    found = identify(url)
    if found is None or found.scheme not in _HOSTS:
        return None
    whole = f"https://{_HOSTS[found.scheme]}/{found.value}"
    return found if normal_url(url).removesuffix(".git").lower() == whole.lower() else None


def _dblp(arxiv: str) -> str | None:
    """The CoRR record of a preprint of computer science (https://dblp.org/faq/11960336.html); older keys follow no rule.

    >>> _dblp("1712.00001") is None
    True
    """
    found = _NEW_STYLE.fullmatch(arxiv)
    return f"https://dblp.org/rec/journals/corr/abs-{found[1]}-{found[2]}" if found and found[1] >= _FIRST_IN_DBLP else None


def _huggingface_page(arxiv: str) -> str | None:
    """Hugging Face shows preprints with ids of the present form only."""
    return f"https://huggingface.co/papers/{arxiv}" if _NEW_STYLE.fullmatch(arxiv) else None


_HOSTS = {"github": "github.com", "huggingface": "huggingface.co"}
_TARGETS: dict[str, dict[str, Callable[[str], str | None]]] = {
    "arxiv": {
        "arxiv": lambda id: f"https://arxiv.org/abs/{escape(id)}",
        "doi": lambda id: doi_url(f"10.48550/arXiv.{id}"),
        "doi-lower-case": lambda id: doi_url(f"10.48550/arxiv.{id.lower()}"),
        "dblp": _dblp,
        "huggingface": _huggingface_page,
    },
    "doi": {"doi": doi_url},
    "acl": {"acl": lambda id: f"https://aclanthology.org/{escape(id)}/"},
    "openreview": {"openreview": lambda id: f"https://openreview.net/forum?id={quote(id, safe='')}"},
    "github": {"lpwc": lambda name: f"https://linkedpaperswithcode.com/repository/github.com/{escape(name.lower())}"},
    "huggingface": {"huggingface": lambda name: f"https://huggingface.co/{escape(name)}"},
}
