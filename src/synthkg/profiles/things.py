"""What a graph knows by name: read from the graph itself, so that a dump is enough, and asked as lists are matched."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from synthkg.catalog import Catalog
from synthkg.graph import Store, Table, load_queries, made_once
from synthkg.lists import Recognition
from synthkg.model import BASE, DCTERMS, IDENTIFIERS, NAMESPACE, SKOS, Artifact, Author, Paper, Version, load_vocabulary

__all__ = ["NAMED", "Things"]

NAMED = {"Paper": "paper", "Method": "method", "Artifact": "artifact", "Venue": "venue"}
_NAMES = {f"{DCTERMS}title", f"{SKOS}altLabel", f"{NAMESPACE}acronym", f"{NAMESPACE}earlierTitle"}
_LISTED = f"{NAMESPACE}text"
Facts = defaultdict[str, list[str]]


@dataclass(frozen=True)
class Things:
    """The papers, methods, artifacts and venues of a graph.

    Attributes:
        titles: ``kind/id`` -> title.
        recognition: Finds them by what they are called.
    """

    titles: dict[str, str]
    recognition: Recognition

    @classmethod
    def read(cls, store: Store) -> Things:
        """Reads them from a graph; of a store on disk only once."""
        query = load_queries("exports")["names"]
        return made_once(store, ("things", query.text), lambda: cls._of(query.rows(store)))

    @classmethod
    def _of(cls, table: Table) -> Things:
        facts: defaultdict[str, defaultdict[str, Facts]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
        names, listed, titles = [], [], {}
        for thing, part, name, value in sorted(tuple(term.value for term in row if term) for row in table.rows):
            id = thing.removeprefix(BASE)
            facts[id][part.removeprefix(BASE)][name].append(value)
            if name == _LISTED:
                listed.append((id, value))
            elif name in _NAMES:
                names.append((id, value))
                if thing == part and name == f"{DCTERMS}title":
                    titles[id] = value
        introduced = [
            (id, titles[method.removeprefix(BASE)])
            for id, parts in facts.items()
            for method in parts[id][f"{NAMESPACE}introduces"]
            if method.removeprefix(BASE) in titles
        ]
        return cls(titles, Recognition(_catalog(facts), [*names, *introduced], listed))


def _catalog(facts: defaultdict[str, defaultdict[str, Facts]]) -> Catalog:
    """The records that matching needs, as far as it needs them."""
    catalog = Catalog(Path(), load_vocabulary())
    for id, parts in sorted(facts.items()):
        kind, _, name = id.partition("/")
        if kind == "paper":
            catalog.records[Paper.folder][name] = _paper(name, parts)
        elif kind == "artifact":
            own = parts[id]
            catalog.records[Artifact.folder][name] = Artifact(
                id=name,
                title=_one(own, f"{DCTERMS}title") or name,
                type="other",
                url=_one(own, f"{NAMESPACE}url"),
                aliases=tuple(own[f"{SKOS}altLabel"]),
                former_urls=tuple(own[f"{NAMESPACE}formerUrl"]),
            )
    return catalog


def _paper(name: str, parts: defaultdict[str, Facts]) -> Paper:
    own = parts[f"paper/{name}"]
    versions = tuple(
        Version(
            id=part.rpartition("/")[2],
            type="report",
            title=_one(said, f"{DCTERMS}title"),
            earlier_titles=tuple(said[f"{NAMESPACE}earlierTitle"]),
            authors=_authors(said),
            **{key: _one(said, NAMESPACE + key) for key in (*IDENTIFIERS, "url")},  # type: ignore[arg-type]
        )
        for part, said in sorted(parts.items())
        if part.startswith(f"paper/{name}/version/")
    )
    return Paper(id=name, title=_one(own, f"{DCTERMS}title") or name, authors=_authors(own), versions=versions)


def _authors(said: Facts) -> tuple[Author, ...]:
    return tuple(Author(name=name) for byline in said[f"{NAMESPACE}byline"] for name in byline.split("; "))


def _one(said: Facts, name: str) -> str | None:
    return next(iter(said[name]), None)
