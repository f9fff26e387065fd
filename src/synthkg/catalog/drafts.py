"""Drafts of new records: what an identifier or a name says, then the keys that are still to be filled in.

What is not known stands as a key without a value and a comment on what may stand there, which ``synthkg check`` names. Every
value is written as the canonical form writes it, so that a draft is always YAML, whatever it was given.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from synthkg.catalog.canonical import asking, dump
from synthkg.catalog.folder import Catalog, built_in
from synthkg.catalog.record_files import record_path
from synthkg.catalog.values import own_topics
from synthkg.catalog.writing import require_id, require_new
from synthkg.errors import UnreadableError, UsageError
from synthkg.files import write_atomically, write_together
from synthkg.model import (
    Artifact,
    Evidence,
    Identifier,
    Method,
    Paper,
    Record,
    Venue,
    Version,
    acl_of_doi,
    deduce_acl,
    equivalents,
    identifier_key,
    identify,
    is_preprint_doi,
    is_url,
    key_of,
    keys_of_paper,
    normal_url,
    repository,
    slug,
)

__all__ = ["draft_of", "draft_of_name", "write_draft"]

_KINDS = {"arxiv": "arxiv", "acl": "proceedings", "openreview": "proceedings", "doi": "publisher"}
_SITES = {"github": "https://github.com/{}", "huggingface": "https://huggingface.co/{}"}
_OPEN = {
    Paper: ("title", "contributions", "authors", "versions", "stages"),
    Artifact: ("title", "state", "license"),
    Method: ("definition", "evidence"),
    Venue: ("type", "acronym", "evidence"),
}
_LISTS = {"contributions", "authors", "versions", "stages", "topics", "evidence"}


def draft_of(catalog: Catalog, what: str, id: str | None = None, title: str | None = None) -> Paper | Artifact:
    """The draft that an identifier or a URL gives.

    Args:
        catalog: The records that are there already.
        what: An arXiv id, a DOI, an id of the ACL Anthology or OpenReview, or a URL.
        id: The record's id; by default made from the title or the identifier.
        title: Its title, if known.

    Raises:
        UsageError: ``what`` is no identifier, or a record has it already; or ``id`` is no id, or none can be made.
    """
    what, title = _text(what, "what is added"), _text(title or "", "the title")
    found = identify(what)
    if found and found.scheme == "doi" and (anthology := acl_of_doi(found.value)):
        found = Identifier("acl", anthology)
    url = what if is_url(what) else _SITES[found.scheme].format(found.value) if found and found.scheme in _SITES else ""
    if (found is None or found.scheme not in _KINDS) and not url:
        mend = "write for example 2212.10560 or https://github.com/owner/name, blanks and the like percent-encoded"
        raise UsageError(f'"{what}" is no arXiv id, DOI or URL; {mend}')
    _refuse_known(catalog, found, url or what)
    id = require_id(id) if id else _mint(title, found.value if found else "", url.partition("//")[2])
    if found is None or found.scheme not in _KINDS:
        return _artifact(found, url, id, title)
    return _paper(found, id, title, _subject(catalog))


def draft_of_name(catalog: Catalog, kind: type[Method | Venue], name: str, id: str | None = None) -> Method | Venue:
    """The draft of a method or venue of that name; a venue that the project has comes finished.

    Raises:
        UsageError: A record has the name already; or ``id`` is no id, or none can be made.
    """
    name = _text(name, "the name")
    for record in catalog.known(kind).values():
        if name.casefold() in _names(record):
            raise UsageError(f'"{name}" is there already', str(catalog.path(record)))
    if kind is Method:
        return Method(id=require_id(id) if id else _mint(name), draft=True, title=name)
    venue = next((venue for venue in built_in(Venue).values() if name.casefold() in _names(venue)), None)
    if venue is not None:
        return replace(venue, id=require_id(id)) if id else venue
    return Venue(id=require_id(id) if id else _mint(name), draft=True, title=name, type="")


def _names(record: Method | Venue) -> set[str]:
    names = record.names if isinstance(record, Venue) else (record.id, record.title, *record.aliases)
    return {name.casefold() for name in names}


def write_draft(catalog: Catalog, record: Record, *, over: bool = False) -> Path:
    """Writes a draft, with what is open in it.

    Args:
        catalog: The records.
        record: The draft; a finished record is written as it is.
        over: Whether it takes the place of the file that is there.

    Raises:
        UnreadableError: The file exists.
        UsageError: The id was another record's.
    """
    require_new(catalog, [record])
    path = record_path(catalog.data, record)
    text = _unfinished(catalog, record) if getattr(record, "draft", False) else dump(record)
    if over:
        write_atomically(path, text)
    elif path.exists():
        raise UnreadableError("exists already; choose another id with --id", str(path))
    else:
        write_together({path: text})
    return path


def _unfinished(catalog: Catalog, record: Record) -> str:
    """A draft as YAML: what it says, then the keys that it lacks."""
    asked = asking(record, lambda evidence: evidence.note is None)
    said = dump(asked).replace("draft: true\n", "draft: true  # remove this line when nothing is open any more\n", 1)
    said = said.replace("    type:\n", f"    type:  # {_kinds(catalog, 'Version')}\n").removeprefix("title:\n")
    missing = [key for key in _OPEN.get(type(record), ()) if getattr(record, key) in ("", None, (), "unknown")]
    said = "".join(line for line in said.splitlines(keepends=True) if line.rstrip() not in ('title: ""', "type:"))
    return said + "".join(_blank(catalog, key, record) for key in missing)


def _blank(catalog: Catalog, key: str, record: Record) -> str:
    """A key without a value, and what may stand there."""
    key = _subject(catalog) if key == "stages" else key
    words = {
        "title": "as the latest published version prints it" if isinstance(record, Paper) else "",
        "contributions": _words(catalog, "contribution"),
        "stages": _words(catalog, "stage"),
        "topics": " ".join(own_topics(catalog.vocabulary)),
        "state": _words(catalog, "state"),
        "license": "SPDX id, where stated",
        "definition": "what it does, in a sentence",
        "type": _kinds(catalog, type(record).__name__),
    }.get(key, "")
    return f"{key}:{f'  # {words}' if words else ''}\n" + ("  -\n" if key in _LISTS else "")


def _subject(catalog: Catalog) -> str:
    """The key that says what a work is about: in a folder with concept schemes of its own these are meant."""
    return "topics" if catalog.vocabulary.own else "stages"


def _text(given: str, what: str) -> str:
    """What was given, on one line."""
    try:
        given.encode()
    except UnicodeEncodeError:  # an argument in another encoding
        raise UsageError(f"{what} is not UTF-8; set the terminal to UTF-8, or write the record with an editor") from None
    return " ".join(given.split())


def _mint(*names: str) -> str:
    """An id from the first of the names that gives one: a title in another script gives none."""
    if found := next(filter(None, map(slug, names)), ""):
        return found
    raise UsageError("no id can be made of this; give one with --id")


def _words(catalog: Catalog, scheme: str) -> str:
    return " ".join(catalog.vocabulary.scheme(scheme))


def _kinds(catalog: Catalog, name: str) -> str:
    return " ".join(sorted(catalog.vocabulary.kinds(name)))


def _paper(found: Identifier, id: str, title: str, subject: str) -> Paper:
    said = deduce_acl(found.value) if found.scheme == "acl" else None
    value = found.value
    version = {
        "arxiv": Version(id="preprint", type="preprint", venue="arxiv", arxiv=value),
        "acl": Version(id="published", type=said.type if said else "", acl=value),
        "doi": Version(id="preprint", type="preprint", doi=value)
        if is_preprint_doi(value)
        else Version(id="published", type="", doi=value),
        "openreview": Version(id="published", type="", openreview=value),
    }[found.scheme]
    facts = ("title", "authors", "versions", "contributions", subject)
    evidence = Evidence(source=next(equivalents(found)).iri, kind=_KINDS[found.scheme], supports=facts)
    return Paper(id=id, draft=True, title=title, versions=(version,), evidence=(evidence,))


def _artifact(found: Identifier | None, url: str, id: str, title: str) -> Artifact:
    kind = "code" if found and found.scheme == "github" else "project"
    if found and found.scheme == "huggingface":
        kind = "dataset" if found.value.startswith("datasets/") else "model"
    evidence = Evidence(source=url, kind="project" if kind == "project" else "repository")
    return Artifact(id=id, draft=True, title=title, type=kind, url=url, evidence=(evidence,))


def _refuse_known(catalog: Catalog, found: Identifier | None, what: str) -> None:
    """Sees to it that no record is about the work or the artifact, under this identifier or address or one that means the same.

    Raises:
        UsageError: One is.
    """
    key = identifier_key(found) if found else key_of(what)
    may_be_paper = found is None or found.scheme in _KINDS  # the page of a report may be its repository
    for paper in catalog.known(Paper).values():
        if may_be_paper and key in {*keys_of_paper(paper)}:
            raise UsageError(f"{found.value if found else what} is in the graph already", str(catalog.path(paper)))
    place = _place(what)
    for artifact in catalog.known(Artifact).values():
        if any(_place(url) == place for url in (artifact.url, *artifact.former_urls) if url):
            raise UsageError(f"{what} is in the graph already", str(catalog.path(artifact)))


def _place(url: str) -> Identifier | str:
    """What tells whether two addresses are of one artifact: on GitHub and Hugging Face no case does, since none is another's."""
    found = repository(url)
    return Identifier(found.scheme, found.value.lower()) if found else normal_url(url)
