"""The pages of things: a profile with everything around it that people and machines want on a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from synthkg.model import BASE, is_url
from synthkg.profiles import Profile, kind_of, papers_in
from synthkg.site.beside import ENTRIES, ERRATA, beside
from synthkg.site.cells import author_id, facts, sheet
from synthkg.site.contents import Contents
from synthkg.site.heads import citation, coins, json_ld, schema
from synthkg.site.outlines import CONCEPTS, grouped, is_outline, leaves
from synthkg.views import bibtex, csl_json, described

__all__ = ["Pages", "is_thing", "root_of"]

_KINDS = {
    "paper": ("Paper", "papers"),
    "method": ("Method", "methods"),
    "artifact": ("Artifact", "artifacts"),
    "venue": ("Venue", "venues"),
    "concept": ("Concept", "concepts"),
    "scheme": ("Concept scheme", "concepts"),
    "list": ("Reading list", "lists"),
    "erratum": ("Erratum", "errata"),
}
"""Kind -> what it is called on its pages, and the page that lists its things."""
_ABOVE = ("authors", "summary", "definition", "description")  # of the facts, those that stand over all others
_LEADS = ("address", "summary", "definition", "description", "authors")


def root_of(document: str) -> str:
    """What leads from a document's page to the top of the site.

    >>> root_of("index"), root_of("list/x/erratum/3")
    ('', '../../../')
    """
    return "../" * document.count("/")


class Pages:
    """Makes pages.

    Args:
        contents: What they are about.
        navigation: Address below the site -> words, for the links on every page.
        policy: The Content-Security-Policy of a page.
        base: The address of the site; empty where it is not known.

    Attributes:
        top: What leads to the top of the site from any address of its host.
    """

    def __init__(self, contents: Contents, navigation: dict[str, str], policy: str, base: str) -> None:
        self.contents = contents
        self.top = "/".join(["", *filter(None, urlsplit(base).path.split("/")), ""])
        self._called = Counter(contents.labels.of(BASE + document) for document in contents.documents if is_thing(document))
        self._known_coins: dict[str, str] = {}
        self._environment = Environment(
            loader=PackageLoader("synthkg.site"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
        )
        self._environment.globals |= {
            "navigation": list(navigation.items()),
            "policy": policy,
            "address": base,
            "site_name": contents.name,
            "subject": contents.subject,
            "graph": described(contents.subject),
        }

    def render(self, template: str, document: str, **values: Any) -> bytes:
        """A page of a template."""
        common: dict[str, Any] = {
            "document": document,
            "root": root_of(document),
            "has_forms": False,
            "media_types": self.contents.media_types(document) if values.get("has_forms") else {},
            "licence": self.contents.licence,
            "licence_name": self.contents.licence_name,
            "canonical": "",
            "metas": [],
            "og_type": "website",
        }
        common |= {"apart": "", "schema": "", "description": "", "scripts": [], "here": ""}
        return self._environment.get_template(template).render(common | values).encode()

    def thing(self, document: str) -> bytes:
        """The page of a thing of the graph."""
        iri = BASE + document
        profile = self.contents.profile(iri)
        root, taken = root_of(document), {"main", "find", "cite", "name", "parts"}
        panels = []
        together = beside(self.contents, profile, document, root, taken) if profile.kind == "list" else None
        for section in profile.shown:
            key = section.panel.key
            if together is not None and key == ERRATA:
                continue
            panel: dict[str, Any] = {"title": section.panel.title, "key": key, "queries": [section.panel.query.name]}
            if together is not None and key == ENTRIES:
                panel |= {"beside": together, "title": "As it was printed, and as it should be", "queries": together.queries}
            elif section.panel.query.name == CONCEPTS and is_outline(section.table):
                panel["outline"] = grouped(leaves(self.contents, section.table, root))
            elif section.is_facts:
                panel["facts"] = [fact for fact in facts(self.contents, section, root) if fact[0] not in _ABOVE]
            else:
                panel["sheet"] = sheet(self.contents, section.table, document, root, taken)
            panels.append(panel)
        for panel in panels:
            panel["id"] = self._free(panel["key"], document, taken)
        name, index = _KINDS[profile.kind]
        return self.render(
            "thing.html",
            document,
            title=profile.title[:1].upper() + profile.title[1:] if profile.kind == "erratum" else profile.title,
            apart=self._apart(profile, name),
            kind=name,
            here=f"{index}.html",
            iri=iri,
            canonical=self.contents.lasting(document),
            has_forms=True,
            panels=panels,
            lead=self._lead(profile),
            authors=[(row["author"], author_id(row["author"])) for row in self._rows(profile) if row.get("author")],
            description=self._description(profile),
            metas=citation(self._rows(profile)),
            og_type="article" if profile.kind == "paper" else "website",
            schema=json_ld(schema(self.contents, profile)),
            cite=self._cite(profile),
            coins=self._coins(profile),
            parts=list(self._parts(document, taken)),
        )

    def _free(self, key: str, document: str, taken: set[str]) -> str:
        """An id for a heading that is none of the ids of parts."""
        id = f"panel-{key}" if key in taken or key in self.contents.places.get(document, ()) else key
        taken.add(id)
        return id

    def _apart(self, profile: Profile, kind: str) -> str:
        """What tells the title of a page from those of other things that are called the same."""
        if self._called[profile.title] < 2:
            return ""
        schemes = [self.contents.labels.of(iri) for iri in profile.facts.get("in scheme", ())]
        return f" ({next(iter([*profile.facts.get('kind', ()), *schemes, kind.lower()]))})"

    def _rows(self, profile: Profile) -> list[dict[str, str]]:
        return self.contents.bibliography.get(profile.iri.removeprefix(f"{BASE}paper/"), []) if profile.kind == "paper" else []

    def _lead(self, profile: Profile) -> dict[str, str]:
        lead = {key: next(iter(profile.facts.get(key, ())), "") for key in _LEADS}
        return lead if is_url(lead["address"]) else lead | {"address": ""}

    def _description(self, profile: Profile) -> str:
        lead = self._lead(profile)
        note = self.contents.note(profile.iri)
        return " ".join(
            filter(None, (f"{profile.title}.", lead["summary"] or lead["definition"] or lead["description"] or note))
        )[:300]

    def _cite(self, profile: Profile) -> dict[str, str]:
        rows = self._rows(profile)
        return {"BibTeX": bibtex(rows), "CSL-JSON": csl_json(rows)} if rows else {}

    def _coins(self, profile: Profile) -> list[str]:
        if profile.kind == "paper":
            return []
        ids = sorted(papers_in(profile))
        return [self._coins_of(id) for id in ids if self.contents.bibliography.get(id)]

    def _coins_of(self, id: str) -> str:
        if id not in self._known_coins:
            self._known_coins[id] = coins(self.contents.bibliography[id])
        return self._known_coins[id]

    def _parts(self, document: str, taken: set[str]) -> Iterator[dict[str, str]]:
        """What has an IRI of its own and no row on the page: the IRI leads to it all the same."""
        for place in self.contents.places.get(document, ()):
            if place not in taken:
                yield {"id": place, "label": self.contents.labels.titles.get(f"{BASE}{document}/{place}", "")}


def is_thing(document: str) -> bool:
    """Whether the document's page is a profile, and no page of its own making."""
    return kind_of(BASE + document) in _KINDS
