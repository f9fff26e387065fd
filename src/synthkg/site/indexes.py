"""The pages that lead to the pages of things: home, one list a kind, authors, search."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

from pyoxigraph import NamedNode

from synthkg.findings import counted
from synthkg.graph import load_queries
from synthkg.model import AUTHORITIES, BASE, NAMESPACE
from synthkg.profiles import kind_of
from synthkg.site.cells import author_id
from synthkg.site.contents import Contents
from synthkg.site.heads import coins, json_ld
from synthkg.site.outlines import leaves
from synthkg.site.pages import Pages
from synthkg.views import described, split_name, to_unicode
from synthkg.works import fold

__all__ = ["former", "indexes"]

_TILES = {
    "papers": ("papers", "paper", "papers"),
    "methods": ("methods", "method", "methods"),
    "artifacts": ("artifacts", "code, data, models", "code, data, models"),
    "venues": ("venues", "venue", "venues"),
    "errata": ("errata", "erratum in lists", "errata in lists"),
    "evidence": ("dataset", "piece of evidence", "pieces of evidence"),
}
"""What is counted -> the page that has it, and what one and several are called."""
_RECENT = 8
_MOST_TOPICS = 24
_PERSONS = f"""PREFIX synthkg: <{NAMESPACE}>
SELECT DISTINCT ?paper ?name ?person
WHERE {{
  {{ ?paper synthkg:authorship ?authorship }} UNION {{ ?paper synthkg:version/synthkg:authorship ?authorship }}
  ?paper a synthkg:Paper . ?authorship synthkg:name ?name ; synthkg:person ?person
}}
ORDER BY ?person"""
_SORTING = " ".join(f"<{NAMESPACE}{name}>" for name in ("Topic", "Stage", "Domain", "Technique", "Functionality", "Challenge"))
_BLANK: dict[str, Any] = {"id": "", "href": "", "title": "", "note": "", "links": [], "coins": ""}
"""What a list shows of a thing."""
Group = dict[str, Any]


def indexes(contents: Contents, pages: Pages) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of each of these pages."""
    yield "index.html", _home(contents, pages)
    for name, title, description, facet, groups in _lists(contents):
        shown: dict[str, Any] = {"title": title, "description": description, "facet": facet, "groups": _with_ids(groups)}
        here = f"{name}.html"
        yield here, pages.render("list.html", name, here=here, has_forms=name in contents.documents, **shown)
    yield "search.html", pages.render("search.html", "search", title="Search", scripts=["search.js"], here="search.html")
    for old, new in former(contents):
        to, document = contents.addresses.page(new) or "index.html", old.removeprefix(BASE)
        moved = {"title": "Another name", "to": to, "label": contents.labels.of(new), "scripts": ["moved.js"]}
        yield f"{document}.html", pages.render("moved.html", document, **moved)
    lost = {"title": "There is nothing here", "kind": "", "sections": [], "description": _LOST}
    yield "404.html", pages.render("plain.html", "404", root=pages.top, **lost)


def _lists(contents: Contents) -> Iterator[tuple[str, str, str, str, list[Group]]]:
    """The name of each list, its title and what it has, the kind by which search narrows it down, if it does, and its groups."""
    yield "papers", "Papers", "By the year in which they were first seen.", "paper", _papers(contents)
    yield "methods", "Methods", "What papers introduce, use and extend.", "method", _plain(contents, "method")
    yield "artifacts", "Code, data and models", "What papers released, used and made.", "artifact", _artifacts(contents)
    yield "venues", "Venues", "Where versions appeared.", "venue", _plain(contents, "venue")
    yield "concepts", "Concepts", "By what papers are sorted, and what else is said in fixed words.", "", _concepts(contents)
    yield "lists", "Reading lists", "As they were published, with what is wrong in them.", "", _plain(contents, "list")
    yield "errata", "Errata", "What reading lists print that is not so.", "erratum", _errata(contents)
    yield "queries", "Saved queries", "Everything on this site was asked with one of these.", "", _queries(contents)
    yield "authors", "Authors", "Under the names with which they signed.", "", _authors(contents)


_LOST = "The address leads nowhere. Whatever was here once keeps its id: search for its name."


def former(contents: Contents) -> Iterator[tuple[str, str]]:
    """Former ids of things and of their parts that have pages, and earlier versions of the ontology, with what is there now."""
    parts = [BASE + document for document in contents.documents if document.count("/") > 1]
    for old, new in load_queries("exports")["former-ids"].rows(contents.store).rows:
        if old is not None and new is not None:
            yield old.value, new.value
            yield from ((old.value + iri.removeprefix(new.value), iri) for iri in parts if iri.startswith(f"{new.value}/"))
    named = {triple.object.value for triple in contents.documents["ontology"] if isinstance(triple.object, NamedNode)}
    for iri in sorted(named):
        if re.fullmatch(rf"{re.escape(BASE)}ontology/[\d.]+", iri) and iri.removeprefix(BASE) not in contents.documents:
            yield iri, f"{BASE}ontology"


def _with_ids(groups: Iterable[Group]) -> list[Group]:
    """Each that has something, with an id of its own: of several that are called alike, the second has a 2."""
    known: Counter[str] = Counter()
    found = []
    for group in filter(lambda group: group["things"], groups):
        id = "in-" + fold(group["title"]).replace(" ", "-")
        known[id] += 1
        found.append(group | {"id": id if known[id] == 1 else f"{id}.{known[id]}"})
    return found


def _home(contents: Contents, pages: Pages) -> bytes:
    counts = {row["what"]: row["count"] for row in contents.rows("counts")}
    tiles = [
        {"what": one if counts[what] == "1" else several, "count": counts[what], "page": f"{page}.html"}
        for what, (page, one, several) in _TILES.items()
        if int(counts.get(what, 0))
    ]
    graph = described(contents.subject)
    dataset = {
        "@type": "Dataset",
        "@id": contents.iri,
        "name": contents.title,
        "description": f"{graph}. Papers, versions, methods, code, data and models, each fact with the page where it was read.",
        "url": contents.home,
        "license": contents.licence,
    }
    return pages.render(
        "home.html",
        "index",
        title=(contents.subject if contents.is_ours else contents.title) or graph,
        description=str(dataset["description"]),
        schema=json_ld({key: value for key, value in dataset.items() if value}),
        canonical=contents.home,
        tiles=tiles,
        matrix=_matrix(contents),
        schemes=list(_own_schemes(contents)),
        recent=[_card(contents, iri) for _, iri in _by_date(contents)[:_RECENT]],
        methods=_influential(contents),
    )


def _matrix(contents: Contents) -> dict[str, Any]:
    """Stage -> domain -> how many papers, each leading to them; nothing where no paper has both, as in another field."""
    rows = contents.rows("stage-domain-matrix")
    stages, domains = (list(dict.fromkeys(row[key] for row in rows)) for key in ("stage", "domain"))
    papers = {(row["stage"], row["domain"]): int(row["papers"]) for row in rows}
    if not (most := max(papers.values(), default=0)):
        return {}

    def cell(stage: str, domain: str) -> dict[str, Any]:
        count = papers.get((stage, domain), 0)
        href = _narrowed(kind="paper", stage=stage, domain=domain) if count else ""
        label = f"{counted(count, 'paper') if count else 'no papers'}: {stage}, {domain}"
        return {"text": str(count), "href": href, "label": label, "heat": -(-4 * count // most)}

    return {
        "columns": [{"text": domain, "href": _narrowed(kind="paper", domain=domain)} for domain in domains],
        "rows": [
            ({"text": stage, "href": _narrowed(kind="paper", stage=stage)}, [cell(stage, domain) for domain in domains])
            for stage in stages
        ],
    }


def _own_schemes(contents: Contents) -> Iterator[dict[str, Any]]:
    """The schemes of the data set's own, each with its broadest concepts; of many those that have most works."""
    own = f"SELECT ?scheme WHERE {{ ?scheme <{NAMESPACE}conceptClass> <{NAMESPACE}Topic> }} ORDER BY ?scheme"
    for iri in (row[0].value for row in contents.store.select(own).rows if row[0] is not None):
        table = contents.profile(iri).section("concepts")
        found = leaves(contents, table.table, "") if table is not None else []
        tops = [leaf for leaf in found if not leaf.depth]
        if len(tops) > _MOST_TOPICS:
            best = sorted(tops, key=lambda leaf: (-leaf.works, -leaf.listed))[:_MOST_TOPICS]
            tops = sorted([leaf for leaf in best if leaf.count] or best, key=tops.index)
        if tops:
            all = f"All {len(found)} concepts" if len(found) > len(tops) else "What they mean"
            href = contents.addresses.page(iri) or ""
            yield {"title": contents.labels.of(iri), "href": href, "leaves": tops, "all": all}


def _narrowed(**facets: str) -> str:
    return f"search.html?{urlencode(facets)}"


def _influential(contents: Contents) -> list[dict[str, Any]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for iri in contents.things("method"):
        section = contents.profile(iri).section("methods-that-build-on-it")
        for row in section.table.rows if section is not None else ():
            if row[0] is not None:
                found[iri].add(row[0].value)
    best = sorted(found, key=lambda iri: (-len(found[iri]), iri))[:_RECENT]
    notes = {iri: counted(len(found[iri]), "method builds on it", "methods build on it") for iri in best}
    return [_card(contents, iri) | {"note": note} for iri, note in notes.items()]


def _card(contents: Contents, iri: str) -> dict[str, Any]:
    href, title, note = contents.addresses.page(iri) or "", contents.labels.of(iri), contents.note(iri)
    card = {**_BLANK, "href": href, "title": title, "note": note}
    if kind_of(iri) == "paper" and (rows := contents.bibliography.get(iri.removeprefix(f"{BASE}paper/"))):
        card["coins"] = coins(rows)
    return card


def _by_date(contents: Contents) -> list[tuple[str, str]]:
    """Month in which a paper was first seen, or the year, and the paper; the latest first."""
    found = [(row.get("first_submitted", ""), f"{BASE}paper/{row['id']}") for row in contents.rows("papers")]
    return sorted(sorted(found, key=lambda each: each[1]), key=lambda each: each[0], reverse=True)


def _papers(contents: Contents) -> list[Group]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for date, iri in _by_date(contents):
        groups.setdefault(date[:4] or "Undated", []).append(_card(contents, iri))
    return [{"title": year, "things": things} for year, things in groups.items()]


def _plain(contents: Contents, kind: str) -> list[Group]:
    cards = []
    for iri in contents.things(kind):
        facts = contents.profile(iri).facts
        note = "; ".join((facts.get("definition") or facts.get("acronym") or [contents.note(iri)])[:1])
        cards.append(_card(contents, iri) | {"note": note})
    return [{"title": "", "things": cards}]


def _artifacts(contents: Contents) -> list[Group]:
    groups: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for iri in contents.things("artifact"):
        kind = next(iter(contents.facets.get(iri, {}).get("type", ())), "other")
        state = " · ".join([*contents.facets.get(iri, {}).get("state", ()), *contents.facets.get(iri, {}).get("licence", ())])
        groups[kind.capitalize()].append(_card(contents, iri) | {"note": state})
    return [{"title": kind, "things": things} for kind, things in sorted(groups.items())]


def _concepts(contents: Contents) -> list[Group]:
    groups = []
    concepts = contents.things("concept")
    sorting = f"SELECT ?scheme WHERE {{ ?scheme <{NAMESPACE}conceptClass> ?class VALUES ?class {{ {_SORTING} }} }}"
    first = {row[0].value for row in contents.store.select(sorting).rows if row[0] is not None}
    for scheme in sorted(contents.things("scheme"), key=lambda scheme: scheme not in first):
        inside = [iri for iri in concepts if iri.startswith(f"{scheme}/")]
        cards = [_card(contents, scheme) | {"note": "the scheme"}, *(_card(contents, iri) for iri in inside)]
        groups.append({"title": contents.labels.of(scheme), "things": cards})
    return groups


def _errata(contents: Contents) -> list[Group]:
    groups: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    has_several = len(contents.things("list")) > 1
    for iri in sorted(contents.things("erratum"), key=lambda iri: [int(n) for n in re.findall(r"\d+", iri)]):
        facts = contents.profile(iri).facts
        kind = next(iter(contents.facets.get(iri, {}).get("erratum", ())), "Other")
        published, corrected = (next(iter(facts.get(key, ())), "").strip() for key in ("published", "corrected"))
        note = f"{_short(published) or 'nothing'} → {_short(corrected) or 'nothing'}"
        of = f" of {contents.labels.of(iri.partition('/erratum/')[0])}" if has_several else ""
        groups[kind].append(_card(contents, iri) | {"title": f"Erratum {iri.rpartition('/')[2]}{of}", "note": note})
    return [{"title": kind, "things": things} for kind, things in sorted(groups.items())]


def _short(text: str) -> str:
    return text if len(text) <= 120 else f"{text[:119]}…"


def _authors(contents: Contents) -> list[Group]:
    """By family name; spellings that differ in marks alone are one. A name joins nobody: ids stand beside what states them."""
    signed: defaultdict[str, set[str]] = defaultdict(set)
    names: defaultdict[str, set[str]] = defaultdict(set)
    teams: set[str] = set()
    for id, rows in contents.bibliography.items():
        for row in rows:
            if row.get("author"):
                signed[author_id(row["author"])].add(id)
                names[author_id(row["author"])].add(row["author"])
                teams |= {row["author"]} if row.get("group") == "yes" else set()
    stated = _stated(contents)
    groups: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    parts = {key: split_name(min(names[key]), is_group=min(names[key]) in teams) for key in signed}
    family = {key: fold(name.family or name.literal) or min(names[key]) for key, name in parts.items()}
    for key in sorted(signed, key=lambda key: (family[key], key)):
        links = [
            {
                "href": f"paper/{id}.html",
                "text": to_unicode(contents.bibliography[id][0]["title"]),
                "ids": stated[f"{BASE}paper/{id}", key],
            }
            for id in sorted(signed[key])
        ]
        card = {**_BLANK, "id": key, "title": " / ".join(sorted(names[key])), "links": links}
        groups[family[key][:1].upper()].append(card)
    return [{"title": letter, "things": things} for letter, things in sorted(groups.items())]


def _stated(contents: Contents) -> defaultdict[tuple[str, str], list[dict[str, str]]]:
    """A paper, and an author's id -> links to what authorities call this author, as a version of the paper states it."""
    found: defaultdict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for paper, name, person in contents.store.select(_PERSONS).rows:
        if paper is not None and name is not None and person is not None:
            start = next((each for each in AUTHORITIES.values() if person.value.startswith(each)), "")
            link = {"href": person.value, "text": person.value.removeprefix(start)}
            if start and link not in found[paper.value, author_id(name.value)]:
                found[paper.value, author_id(name.value)].append(link)
    return found


def _queries(contents: Contents) -> list[Group]:
    headings = {"examples": "Questions", "views": "Lists and tables", "profiles": "Panels of pages"}
    groups: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for name, query in contents.queries.items():
        card = {**_BLANK, "href": f"query/{name}.html", "title": name, "note": query.summary}
        groups[query.path.parent.name].append(card)
    return [{"title": title, "things": groups[folder]} for folder, title in headings.items() if groups[folder]]
