"""Targets: the other knowledge graphs, each one ``.rq`` file in ``queries/links/`` that finds things by the keys of ours.

The query runs as it stands when pasted into the graph's endpoint, because each of its ``VALUES ?variable { … }`` blocks holds a
working example; the engine puts batches of RDF terms in the place of those. Its header says besides what every saved query says

* ``endpoint``: the address that is asked by default; ``rate``: how many requests a second it is asked at most; ``batch``: how
  many keys go into one request;
* ``level``: which things of ours it finds: ``version`` or ``concept``;
* ``namespace``: the IRI that its things begin with, shortened to the target's name in the file of links;
* ``keys``: variable -> form, of which `FORMS` has all: how this graph writes an identifier of ours;
* ``request``, ``context`` and ``secret`` for a graph without SPARQL: what follows the endpoint in a REST request, ``{variable}``
  being where the keys go, joined by ``|``; the JSON-LD context that makes a small graph of the JSON in its answer, to which the
  query is then put; and the environment variable that may hold the service's key, by the name of its parameter.

It selects those variables, and ``?object``, ``?label``, and where it can ``?author`` and ``?year``; rows may repeat in any way.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from pyoxigraph import Literal, NamedNode

from synthkg.errors import QueryError, UsageError
from synthkg.findings import did_you_mean
from synthkg.graph import Query, load_queries, outline, written
from synthkg.model import XSD, Identifier, doi_url, equivalents

__all__ = ["FORMS", "Key", "Target", "find_target", "load_targets"]

LEVELS = ("version", "concept")
_STRING = XSD + "string"
_REQUIRED = ("summary", "namespace", "level", "keys", "batch")
_KNOWN = (*_REQUIRED, "description", "tags", "endpoint", "rate", "request", "context", "secret")


class Key(NamedTuple):
    """What identifies a thing of ours: the ``kind`` is ``arxiv``, ``doi``, ``openreview``, ``title`` or ``label``."""

    kind: str
    value: str


class Form(NamedTuple):
    """How a graph writes a kind of key: the RDF terms, in SPARQL, that a value may stand there as."""

    kind: str
    write: Callable[[str], Iterable[str]]


def _strings(*values: str) -> Iterator[str]:
    """Each string twice: RDF 1.1 makes no difference between "a" and "a"^^xsd:string, but Virtuoso 7 does."""
    for value in dict.fromkeys(values):
        yield written(Literal(value))
        yield f"{written(Literal(value))}^^<{_STRING}>"


def _english(value: str) -> Iterator[str]:
    yield written(Literal(value, language="en"))
    yield from _strings(value)


def _doi_cases(doi: str) -> tuple[str, ...]:
    """A DOI in the cases met: DOIs are equal in any, strings are not."""
    return doi, doi.upper(), doi.replace("/arxiv.", "/arXiv.")


def _iris(*iris: str) -> Iterator[str]:
    for iri in dict.fromkeys(iris):
        yield str(NamedNode(iri))


def _corr(arxiv: str) -> Iterator[str]:
    yield from _iris(*(one.iri for one in equivalents(Identifier("arxiv", arxiv)) if one.target == "dblp"))


def _openreview(id: str) -> Iterator[str]:
    """The page of a forum, or of its PDF: dblp has now one, now the other."""
    pages = [one.iri for one in equivalents(Identifier("openreview", id)) if one.target == "openreview"]
    yield from _iris(*pages, *(page.replace("/forum?", "/pdf?") for page in pages))


def _capitals(title: str) -> str:
    """A title as OpenCitations Meta writes it: each word without a capital gets one, also after a hyphen.

    >>> _capitals("ChatGPT outperforms crowd workers for text-annotation tasks")
    'ChatGPT Outperforms Crowd Workers For Text-Annotation Tasks'
    """
    return " ".join(word if any(map(str.isupper, word)) else word.title() for word in title.split())


def _label(label: str) -> Iterator[str]:
    yield from _english(label)
    yield from _english(label.lower())


FORMS: dict[str, Form] = {
    "arxiv": Form("arxiv", _strings),
    "corr-record": Form("arxiv", _corr),
    "doi": Form("doi", _strings),
    "doi-upper": Form("doi", lambda doi: _strings(doi.upper())),
    "doi-any-case": Form("doi", lambda doi: _strings(*_doi_cases(doi))),
    "doi-url": Form("doi", lambda doi: _strings(f"https://doi.org/{doi}")),
    "doi-iri": Form("doi", lambda doi: _iris(*map(doi_url, _doi_cases(doi)))),
    "openreview-page": Form("openreview", _openreview),
    "title": Form("title", _strings),
    "title-english": Form("title", _english),
    "title-without-quotes": Form("title", lambda title: _strings(title.replace('"', "").replace("\\", ""))),
    "title-in-capitals": Form("title", lambda title: _strings(title, _capitals(title))),
    "title-with-dot": Form("title", lambda title: _strings(title if title.endswith(("?", "!")) else f"{title}.")),
    "label": Form("label", _label),
}
"""How graphs write our keys, by the name that a target's header uses."""


@dataclass(frozen=True, slots=True)
class Target:
    """Another knowledge graph. See the module for what its header says."""

    query: Query
    namespace: str
    level: str
    keys: Mapping[str, str]
    batch: int
    endpoint: str | None = None
    rate: float = 1.0
    request: str | None = None
    context: Any = None
    secret: Mapping[str, str] | None = None

    @property
    def name(self) -> str:
        """The name of its file."""
        return self.query.name

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of keys by which it finds things."""
        return frozenset(FORMS[form].kind for form in self.keys.values())

    @property
    def hash(self) -> str:
        """A hash of what finds things: the query without comments, examples and white space, and the REST request."""
        body = re.sub(r"(?m)^[^\S\n]*#.*$", "", _fill(self.query.text, dict.fromkeys(self.keys, "")))
        decides = [body.split(), sorted(self.keys.items()), self.request, self.context]
        return hashlib.sha256(repr(decides).encode()).hexdigest()[:16]

    def terms(self, keys: Iterable[Key]) -> dict[str, dict[str, Key]]:
        """For each variable the terms, as SPARQL has them, that the keys may stand as, each with its key."""
        found: dict[str, dict[str, Key]] = {variable: {} for variable in self.keys}
        for key in keys:
            for variable, name in self.keys.items():
                form = FORMS[name]
                if form.kind == key.kind:
                    found[variable].update((term, key) for term in form.write(key.value))
        return found

    def text(self, keys: Iterable[Key]) -> str:
        """The query for some keys. A block for which there are none keeps its example, since some servers refuse an empty one."""
        terms = self.terms(keys)
        return _fill(self.query.text, {variable: " ".join(found) for variable, found in terms.items() if found})


def _blocks(text: str) -> Iterator[tuple[str, int, int]]:
    """The VALUES blocks of one variable: its name, and where what stands between the braces begins and ends."""
    bare = outline(text)
    for found in re.finditer(r"\bVALUES\b((?:(?!\bVALUES\b)[^{(])*)\{([^}]*)\}", bare, re.IGNORECASE):
        name = re.search(r"[?$](\w+)\s*$", text[found.start(1) : found.end(1)])
        if name is not None:
            yield name[1], found.start(2), found.end(2)


def _fill(text: str, contents: Mapping[str, str]) -> str:
    for variable, start, end in reversed([*_blocks(text)]):
        if variable in contents:
            text = f"{text[:start]} {contents[variable]} {text[end:]}"
    return text


def load_targets() -> dict[str, Target]:
    """Every target, by name.

    Raises:
        QueryError: A declaration is wrong; the message says where and how.
    """
    return {name: _target(query) for name, query in load_queries("links").items()}


def find_target(name: str) -> Target:
    """The target of a name.

    Raises:
        UsageError: There is none.
        QueryError: See `load_targets`.
    """
    targets = load_targets()
    if name not in targets:
        raise UsageError(f'there is no target "{name}"; {did_you_mean(name, targets)}')
    return targets[name]


def _target(query: Query) -> Target:
    header = query.header

    def wrong(problem: str) -> QueryError:
        return QueryError(problem, f"{query.path}:1:1")

    for name in header:
        if name not in _KNOWN:
            raise wrong(f'a target says no "{name}"; {did_you_mean(name, _KNOWN)}')
    for name in _REQUIRED:
        if name not in header:
            raise wrong(f'a target says its {name}: add "#+ {name}: …"')
    if header["level"] not in LEVELS:
        raise wrong(f'level: "{header["level"]}" is none; {did_you_mean(str(header["level"]), LEVELS)}')
    blocks = [variable for variable, _, _ in _blocks(query.text)]
    for variable, form in header["keys"].items():
        if form not in FORMS:
            raise wrong(f'keys: "{form}" is no form; {did_you_mean(str(form), FORMS)}')
        if blocks.count(variable) != 1:
            raise wrong(f"keys: the query has {blocks.count(variable)} blocks VALUES ?{variable} {{ … }}; it must have one")
    return Target(
        query,
        namespace=str(header["namespace"]),
        level=str(header["level"]),
        keys={str(variable): str(form) for variable, form in header["keys"].items()},
        batch=int(header["batch"]),
        endpoint=header.get("endpoint"),
        rate=float(header.get("rate", 1)),
        request=header.get("request"),
        context=header.get("context"),
        secret=header.get("secret"),
    )
