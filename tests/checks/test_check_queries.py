"""Tests of the checks across records: each fires where its mistake was planted, at the right value, and nowhere else.

A `Case` holds records with one mistake and the same without it. The records are built here, converted, inferred upon and
asked, on Oxigraph and on rdflib, which must agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import NamedNode, Quad

from rdflib_store import RdflibStore
from synthkg.catalog.folder import Catalog
from synthkg.catalog.sssom import Link
from synthkg.checks.shacl import origin, record_of
from synthkg.graph.inference import infer
from synthkg.graph.needs import needed_by
from synthkg.graph.queries import load_queries
from synthkg.graph.store import OxigraphStore
from synthkg.graph.triples import GRAPHS, dataset
from synthkg.model.addresses import normal_url
from synthkg.model.days import is_to_come
from synthkg.model.records import (
    Artifact,
    Author,
    Block,
    Distinction,
    Entry,
    Erratum,
    Evidence,
    Method,
    Paper,
    ReadingList,
    Record,
    Refutation,
    Snapshot,
    Synthesis,
    Venue,
    Version,
)
from synthkg.model.vocabulary import BASE, concept_iri, load_vocabulary, record_iri
from synthkg.views.pages import rows_of
from timing import growth

# rdflib calls its own deprecated properties
pytestmark = pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")

CHECKS = load_queries("checks")
Pointer = tuple[str | int, ...]
Place = tuple[str, Pointer]
SKOS = "http://www.w3.org/2004/02/skos/core#"
REFUTATION = Refutation(concept="stage/pretraining", reason="It trains nothing anew.")
UNSAFE = "https://github.com/taken/over"
SPELLINGS = (
    f"{UNSAFE}/",
    f"{UNSAFE}.git",
    f"{UNSAFE}/tree/main/src",
    f"{UNSAFE}?tab=readme-ov-file",
    f"{UNSAFE}#usage",
    "http://github.com/taken/over",
    "https://www.GitHub.com/Taken/Over.git",
)
LINKING = (
    f"[a](https://a.org) and (see [b]({UNSAFE}/)).\n"
    f"{' '.join('https://x.org/' + letter for letter in 'abcdefghijk')} <a href='http://WWW.github.com/Taken/over.git'>c</a>\n"
    f"[c]: {UNSAFE}/tree/main\n"
    f"* **{UNSAFE}**, www.github.com/taken/over\n"
    f"Once at {UNSAFE}.\n"
    f"{UNSAFE}\n"
    f"{UNSAFE}\n"
)
HARMLESS = (
    f"It was taken over: `{UNSAFE.removeprefix('https://')}` and {UNSAFE}s, {UNSAFE}-er.\n"
    f"[kept](https://web.archive.org/web/2020/{UNSAFE}) https://x.org/?to={UNSAFE}\n"
)
TODAY = datetime.now(UTC).date()
TOMORROW, NEXT = ((TODAY + timedelta(days=ahead)).isoformat() for ahead in (1, 3))


@dataclass(frozen=True)
class Case:
    """Records with one mistake, where it must be found, and records without."""

    rule: str
    wrong: tuple[Record | Link, ...]
    places: tuple[Place, ...]
    right: tuple[Record | Link, ...] = ()
    broader: tuple[tuple[str, str], ...] = ()
    fine: tuple[tuple[str, str], ...] = ()


def catalog_of(things: Iterable[Record | Link]) -> Catalog:
    """The records and links as if they had been read."""
    catalog = Catalog(Path("data"), load_vocabulary())
    for thing in things:
        if isinstance(thing, Link):
            catalog.links.setdefault("dblp", []).append(thing)
        else:
            catalog.records[thing.folder][thing.id] = thing
    return catalog


def store_of(catalog: Catalog, broader: Iterable[tuple[str, str]] = ()) -> OxigraphStore:
    """The catalog's graph with what follows; ``broader`` are pairs of ``scheme/id``, narrower concept first."""
    store = OxigraphStore(dataset(catalog))
    for narrow, broad in broader:
        one, other = (NamedNode(concept_iri(*concept.split("/"))) for concept in (narrow, broad))
        store.inner.add(Quad(one, NamedNode(SKOS + "broader"), other, GRAPHS["ontology"]))
    infer(store)
    return store


def found(rule: str, things: tuple[Record | Link, ...], broader: tuple[tuple[str, str], ...] = ()) -> list[Place]:
    """Where the check fires: a record with the pointer into it, or a concept."""
    catalog = catalog_of(things)
    by_iri = {record_iri(record.folder, record.id): record for record in catalog}
    query = CHECKS[rule]
    store = store_of(catalog, broader)
    table = query.select(store)
    needed = (quad for quad in store if broader or quad.graph_name != GRAPHS["ontology"])
    assert query.select(RdflibStore(needed)) == table
    places: list[Place] = []
    for row in rows_of(table):
        for key in ("problem", "solution"):
            assert "{" not in query.header[key].format_map(row)
        if (owner := by_iri.get(record_of(row["subject"]))) is None:
            places.append((row["subject"].rpartition("/concept/")[2], ()))
        else:
            pointer = origin(catalog, owner, row["subject"], row.get("path", ""), row.get("value", ""))
            places.append((f"{owner.folder}/{owner.id}", pointer))
    return places


def paper(id: str, *versions: Version, title: str = "", **fields: object) -> Paper:
    return replace(Paper(id=id, title=title or f"About {id}", versions=versions), **fields)  # type: ignore[arg-type]


def preprint(arxiv: str = "2305.00001", date: str | None = "2023-05-01") -> Version:
    return Version(id="preprint", type="preprint", arxiv=arxiv, date=date, venue="arxiv")


def published(**fields: object) -> Version:
    return replace(Version(id="published", type="conference-paper", venue="acl", year=2023), **fields)  # type: ignore[arg-type]


def artifact(id: str, url: str | None = None, type: str = "code", **fields: object) -> Artifact:
    return replace(Artifact(id=id, title=id, type=type, url=url), **fields)  # type: ignore[arg-type]


def trained(id: str, student: str, **fields: object) -> Paper:
    """A paper with one synthesis, on whose data a model was trained."""
    return replace(paper(id), syntheses=(Synthesis(id="s", students=(student,)),), **fields)  # type: ignore[arg-type]


def method(id: str, *extends: str) -> Method:
    return Method(id=id, title=id, extends=extends)


def linked(paper: str, found: str, predicate: str = "skos:exactMatch", status: str = "accepted") -> Link:
    return Link(
        subject=f"https://w3id.org/synthkg/paper/{paper}/version/preprint",
        subject_label=f"About {paper}",
        predicate=predicate,
        object=f"https://dblp.org/rec/journals/corr/{found}",
        justification="semapv:LexicalMatching",
        confidence=1.0,
        date="2026-11-24",
        query_hash="0123456789abcdef",
        status=status,
    )


def listed(*entries: Entry, errata: tuple[Erratum, ...] = (), more: tuple[Block, ...] = ()) -> ReadingList:
    rows = Block(row="| [{title}]({url}) | {venue} | {code} |", entries=entries)
    section = Block(heading="# Section", level=1, title="Section", concept="none")
    return ReadingList(id="toy", title="A toy", content=(section, rows, *more), errata=errata)


def row(about: str | None = "a", url: str = "https://arxiv.org/abs/2305.00001", code: str = "-", **fields: str) -> Entry:
    return Entry(paper=about, title=fields.get("title", f"About {about}"), url=url, venue=fields.get("venue", "-"), code=code)


def erratum(field: str, corrected: str, entry: int = 1, published: str = "-") -> Erratum:
    return Erratum(entry=entry, field=field, published=published, corrected=corrected, kind="form", reason="It is.")


def reworded(line: int, corrected: str) -> Erratum:
    published = LINKING.splitlines()[line - 3]
    return Erratum(line=line, published=published, corrected=corrected, kind="form", reason="It is.")


def seen(source: str, *supports: str, kind: str = "aggregator", **fields: str) -> Evidence:
    return replace(Evidence(source=f"https://{source}", kind=kind), supports=supports, **fields)


def at(url: str, type: str = "model", **fields: object) -> Artifact:
    return artifact("thing", url, type, **fields)


HELD = seen("arxiv.org/abs/2407.13690", "versions.preprint.date", kind="arxiv", note="v1 was submitted on 18 June")
ACL = Venue(id="acl", title="Annual Meeting", type="conference", acronym="ACL", doi_prefixes=("10.18653/v1/", "10.3115/"))
ARXIV = Venue(id="arxiv", title="arXiv", type="repository")
JOURNAL = Venue(id="journal", title="Journal of Tides", type="journal")
WORKSHOP = Venue(id="workshop", title="Workshop on Tides", type="workshop")
KINDS = artifact("code"), artifact("data", type="dataset"), artifact("model", type="model")
REPORT = Version(id="report", type="report", url="https://x.org/report")
TAKEN = artifact("taken", UNSAFE, state="unsafe")
CODE = artifact("code", "https://github.com/a/b")
TUNED = artifact("tuned", None, "model", base_models=("base",))
TWO = paper("a", preprint()), paper("b", preprint("2306.00002", "2023-06-02"))


def twice(rule: str, field: str, one: str, other: str, same: str) -> Case:
    """An identifier of one paper that stands at the version of another too."""
    right = paper("a", published(**{field: one})), paper("b", published(**{field: other}))
    bystander = paper("c", published(**{field: f"{other}x"}))
    wrong = right[0], paper("b", published(**{field: same})), bystander
    at: Pointer = ("versions", 0, field)
    return Case(rule, wrong, (("papers/a", at), ("papers/b", at)), right)


def orphan(rule: str, alone: Record, *mentions: Record) -> list[Case]:
    """A record that nothing mentions; and each of the ways in which it can be mentioned."""
    place = f"{alone.folder}/{alone.id}"
    return [Case(rule, (alone,), ((place, ()),), (alone, mention)) for mention in mentions]


def renamed(rule: str, alone: Record, *mentions: Record) -> list[Case]:
    """A record that nothing mentions; and one that is mentioned by the id that it had."""
    known: Any = replace(alone, formerly=("past",))
    return [Case(rule, (alone,), ((f"{alone.folder}/{alone.id}", ()),), (known, mention)) for mention in mentions]


CASES = [
    twice("duplicate-doi", "doi", "10.18653/v1/one", "10.18653/v1/two", "10.18653/v1/one"),
    twice("duplicate-arxiv", "arxiv", "2305.00001", "2305.00002", "2305.00001"),
    twice("duplicate-acl", "acl", "P18-1001", "P18-1002", "P18-1001"),
    twice("duplicate-openreview", "openreview", "abcDEF", "abcdef", "abcDEF"),
    Case(
        "duplicate-doi",
        (paper("a", published(doi="10.1/x"), published(id="other", doi="10.1/x")),),
        (("papers/a", ("versions", 1, "doi")), ("papers/a", ("versions", 0, "doi"))),
    ),
    Case(
        "duplicate-title",
        (paper("a", title="Textbooks"), paper("b", title="TextBooks"), paper("c")),
        (("papers/a", ("title",)), ("papers/b", ("title",))),
        (paper("a", title="Textbooks"), paper("b", title="Textbooks II"), artifact("c", title="Textbooks")),
    ),
    *(
        Case(
            "duplicate-title",
            (paper("a", title="Same"), paper("b", title="Same", different=(Distinction(paper="c", reason="So."),))),
            (("papers/a", ("title",)), ("papers/b", ("title",))),
            (paper("a", title="Same", different=mine), paper("b", title="Same", different=theirs)),
        )
        for mine, theirs in (
            ((Distinction(paper="b", reason="So."),), ()),
            ((), (Distinction(paper="a", reason="So."),)),
        )
    ),
    *(
        Case(
            "duplicate-artifact-url",
            (CODE, artifact("other", url), artifact("bystander", f"{url}c")),
            (("artifacts/code", ("url",)), ("artifacts/other", ("url",))),
            (CODE, artifact("other", url, "dataset")),
        )
        for url in (
            "https://github.com/a/b",
            "https://github.com/A/B/",
            "https://GitHub.com/a/b.git",
            "http://www.github.com/a/b",
        )
    ),
    Case(
        "duplicate-artifact-url",
        (artifact("one", "https://x.org/a"), artifact("two", "https://x.org/a/"), artifact("bystander", "https://x.org/")),
        (("artifacts/one", ("url",)), ("artifacts/two", ("url",))),
        (artifact("one", "https://x.org/a"), artifact("two", "https://x.org/A"), artifact("no"), artifact("nor")),
    ),
    Case(
        "broader-cycle",
        (),
        (("stage/fine-tuning", ()), ("stage/pretraining", ())),
        broader=(("stage/fine-tuning", "stage/pretraining"), ("stage/pretraining", "stage/fine-tuning")),
        fine=(("stage/fine-tuning", "stage/pretraining"), ("stage/pretraining", "stage/applications")),
    ),
    Case("broader-cycle", (), (("domain/code", ()),), broader=(("domain/code", "domain/code"),)),
    Case(
        "broader-across-schemes",
        (),
        (("domain/code", ()),),
        broader=(("domain/code", "stage/pretraining"),),
        fine=(("domain/code", "domain/math"),),
    ),
    Case(
        "method-extends-cycle",
        (method("a", "c", "b"), method("b", "c"), method("c", "a"), method("d", "a")),
        (
            ("methods/a", ("extends", 1)),
            ("methods/a", ("extends", 0)),
            ("methods/b", ("extends", 0)),
            ("methods/c", ("extends", 0)),
        ),
        (method("a", "b", "c"), method("b", "c"), method("c"), method("d", "d")),
    ),
    Case(
        "self-extends",
        (method("a", "b", "a"), method("b")),
        (("methods/a", ("extends", 1)),),
        (method("a", "b"), method("b", "a")),
    ),
    Case(
        "refuted-own-fact",
        (paper("a", stages=("pretraining",), refuted=(REFUTATION,)),),
        (("papers/a", ("stages", 0)),),
        (paper("a", stages=("fine-tuning",), refuted=(REFUTATION,)),),
    ),
    Case(
        "refuted-own-fact",
        (paper("a", topics=("tide/king",), refuted=(Refutation(concept="tide/spring", reason="It was neap."),)),),
        (("papers/a", ("topics", 0)),),
        broader=(("tide/king", "tide/spring"),),
    ),
    Case(
        "introduces-and-extends",
        (paper("a", introduces=("x", "y"), uses=("y",), extends=("z", "x")), method("x"), method("y")),
        (("papers/a", ("extends", 1)), ("papers/a", ("uses", 0))),
        (paper("a", introduces=("x",), uses=("y",), extends=("z",)), method("x"), method("y")),
    ),
    Case(
        "method-introduced-twice",
        (paper("a", introduces=("x",)), paper("b", introduces=("y", "x")), method("x"), method("y")),
        (("papers/a", ("introduces", 0)), ("papers/b", ("introduces", 1))),
        (paper("a", introduces=("x",)), paper("b", introduces=("y",)), artifact("c", introduces=("x",)), method("x")),
    ),
    *(
        Case(
            "arxiv-date-mismatch",
            (paper("a", preprint(id, wrong)),),
            (("papers/a", ("versions", 0, "date")),),
            (paper("a", preprint(id, right)), paper("b", preprint(id, None)), paper("c", published(date="2020-01"))),
        )
        for id, wrong, right in (
            ("2305.00001", "2023-06-01", "2023-05-31"),
            ("2305.00001", "2023-04-24", "2023-04-25"),
            ("2305.00001", "2023-03-31", "2023-04-30"),
            ("2305.00001", "2022-05-01", "2023-05"),
            ("2305.00001", "2023-03", "2023-04"),
            ("2401.00001", "2023-12-24", "2023-12-31"),
            ("2305.00001", "2022", "2023"),
            ("2305.00001", "2024", "2023"),
            ("2401.00001", "2022", "2023"),
            ("hep-th/9901001", "2099-01-05", "1998-12-31"),
            ("cs/0301012", "2002-11-30", "2003-01-12"),
        )
    ),
    *(
        Case(
            "arxiv-date-mismatch",
            (paper("a", preprint("2407.13690", wrong), evidence=(told,)),),
            (("papers/a", ("versions", 0, "date")),),
            (paper("a", preprint("2407.13690", "2024-06-18"), evidence=(HELD,)),),
        )
        for wrong, told in (
            ("2024-06-18", replace(HELD, supports=("versions.preprint",))),
            ("2024-06-18", replace(HELD, note=None)),
            ("2024-06-18", replace(HELD, kind="aggregator")),
            ("2024-08-18", HELD),
            ("2023-12-31", HELD),
        )
    ),
    Case(
        "published-before-preprint",
        (paper("a", published(year=2022), preprint("2307.00001", "2023-07-01")),),
        (("papers/a", ("versions", 0, "year")),),
        (
            paper("a", published(year=2022), preprint("2306.00001", "2023-06-30")),
            paper("b", published(year=2024), preprint("2306.00002", "2023")),
            paper("c", published(year=2022)),
            paper("d", preprint()),
            paper(
                "e",
                preprint("2206.00001", "2022-06-01"),
                published(year=2022),
                replace(preprint("2401.00001", "2024-01-01"), id="again"),
            ),
        ),
    ),
    Case(
        "published-before-preprint",
        (paper("a", replace(REPORT, date="2022-12-31"), preprint("2307.00001", "2023-07-01")),),
        (("papers/a", ("versions", 0, "date")),),
        (paper("a", replace(REPORT, date="2022-01-01"), preprint("2306.00001", "2023-06-30")), paper("b", REPORT, preprint())),
    ),
    Case(
        "doi-contradicts-venue",
        (ACL, ARXIV, paper("a", published(doi="10.1145/x"))),
        (("papers/a", ("versions", 0, "doi")),),
        (
            ACL,
            ARXIV,
            paper("a", published(doi="10.18653/v1/x")),
            paper("b", published(doi="10.3115/x")),
            paper("c", published()),
            paper("d", replace(preprint(), doi="10.48550/x")),
        ),
    ),
    *(
        Case(
            "doi-contradicts-venue",
            (replace(ACL, doi_prefixes=("10.1073",)), paper("a", published(doi=wrong))),
            (("papers/a", ("versions", 0, "doi")),),
            (replace(ACL, doi_prefixes=("10.1073",)), paper("a", published(doi="10.1073/x"))),
        )
        for wrong in ("10.10735/x", "10.1073.2/x")
    ),
    *(
        Case(
            "doi-contradicts-identifier",
            (paper("a", wrong),),
            (("papers/a", ("versions", 0, "doi")),),
            (paper("a", right), paper("b", replace(wrong, arxiv=None, acl=None)), paper("c", replace(wrong, doi=None))),
        )
        for wrong, right in (
            (replace(preprint(), doi="10.48550/arxiv.2305.00002"), replace(preprint(), doi="10.48550/arxiv.2305.00001")),
            (replace(preprint(), doi="10.48550/arxiv.2305.00001v2"), replace(preprint(), doi="10.1101/2020.12.15.422761")),
            (
                published(acl="2023.acl-long.1", doi="10.18653/v1/2023.acl-long.2"),
                published(acl="P18-1001", doi="10.18653/v1/p18-1001"),
            ),
        )
    ),
    *(
        Case(
            "doi-of-another-version",
            (paper("a", one), paper("b", replace(one, arxiv=None, acl=None, doi=doi)), paper("c", other)),
            (("papers/b", ("versions", 0, "doi")),),
            (paper("a", replace(one, doi=doi)), paper("c", other)),
        )
        for one, doi, other in (
            (preprint(), "10.48550/arxiv.2305.00001", preprint("2305.00002")),
            (preprint("cs/0301012"), "10.48550/arxiv.cs/0301012", preprint("cs/0301013")),
            (published(acl="2023.acl-long.7"), "10.18653/v1/2023.acl-long.7", published(acl="2023.acl-long.8")),
            (published(acl="P18-1001"), "10.18653/v1/p18-1001", published(acl="P18-1002")),
        )
    ),
    *(
        Case(
            "absent-is-there",
            (*KINDS, paper("a", absent=("preprint", "publication", "code", "data"), **fields)),
            (("papers/a", ("absent", at)),),
            (*KINDS, paper("a", absent=tuple({"preprint", "publication", "code", "data"} - {gone}), **fields)),
        )
        for at, gone, fields in (
            (0, "preprint", {"versions": (preprint(),)}),
            (1, "publication", {"versions": (published(),)}),
            (1, "publication", {"versions": (published(type="workshop-paper"), Version(id="r", type="report"))}),
            (1, "publication", {"versions": (published(type="journal-article"),)}),
            (2, "code", {"official": ("code", "model"), "unofficial": ("data",)}),
            (3, "data", {"official": ("data", "model"), "artifacts": ("code",)}),
        )
    ),
    *(
        Case(
            "model-from-itself",
            tuple(artifact(id, None, "model", **{key: value}) for id, value in (("a", b), ("b", a), ("c", a))),
            (("artifacts/a", place), ("artifacts/b", place)),
            tuple(artifact(id, None, "model", **{key: value}) for id, value in (("a", none), ("b", a), ("c", b))),
        )
        for key, a, b, none, place in (
            ("base_models", ("a",), ("b",), (), ("base_models", 0)),
            ("family", "a", "b", None, ("family",)),
        )
    ),
    Case(
        "model-from-itself",
        (artifact("a", None, "model", base_models=("b", "a")), artifact("b", None, "model", base_models=("b",), family="b")),
        (("artifacts/a", ("base_models", 1)), ("artifacts/b", ("base_models", 0)), ("artifacts/b", ("family",))),
        (artifact("a", None, "model", base_models=("b",), family="b"), artifact("b", None, "model")),
    ),
    *(
        Case(
            "acl-id-contradicts-year",
            (paper("a", published(acl=id, year=wrong)),),
            (("papers/a", ("versions", 0, "year")),),
            (paper("a", published(acl=id, year=right)), paper("b", published(acl=id, year=None)), paper("c", published())),
        )
        for id, wrong, right in (("2023.acl-long.1", 2022, 2023), ("P18-1001", 2019, 2018), ("P99-1001", 2099, 1999))
    ),
    *(
        Case(
            "acl-id-contradicts-track",
            (paper("a", published(acl=id, track=wrong)),),
            (("papers/a", ("versions", 0, "track")),),
            (paper("a", published(acl=id, track=right)), paper("b", published(acl=id)), paper("c", published(track=wrong))),
        )
        for id, wrong, right in (
            ("2023.findings-emnlp.1", "main", "findings"),
            ("2023.emnlp-main.1", "findings", "main"),
            ("2023.emnlp-demo.1", "main", "demonstrations"),
            ("2020.emnlp-demos.1", "findings", "demonstrations"),
            ("2023.emnlp-industry.1", "main", "industry"),
            ("2023.gem-1.16", "industry", "workshop"),
        )
    ),
    Case(
        "acl-id-contradicts-track",
        (paper("a", published(acl="2023.acl-long.1", track="findings")),),
        (("papers/a", ("versions", 0, "track")),),
        (paper("a", published(acl="P18-4001", track="demonstrations")),),
    ),
    *(
        Case(
            "unsafe-link",
            (TAKEN, wrong),
            ((f"{wrong.folder}/{wrong.id}", pointer),),
            (
                TAKEN,
                replace(TAKEN, id="again"),
                CODE,
                replace(CODE, id="old", former_urls=(UNSAFE,)),
                artifact("o", f"{UNSAFE}s"),
            ),
        )
        for wrong, pointer in (
            (artifact("x", UNSAFE), ("url",)),
            (paper("x", published(url=UNSAFE)), ("versions", 0, "url")),
            (replace(ACL, url=UNSAFE), ("url",)),
        )
    ),
    Case(
        "erratum-corrects-to-unsafe-url",
        (TAKEN, TWO[0], listed(row(), errata=(erratum("venue", "x"), *(erratum("code", url) for url in SPELLINGS)))),
        tuple(("lists/toy", ("errata", number, "corrected")) for number in range(1, len(SPELLINGS) + 1)),
        (TAKEN, TWO[0], listed(row(code=UNSAFE), errata=(erratum("code", "-", published=UNSAFE),))),
    ),
    *(
        Case(
            "unsafe-link",
            (artifact("taken", unsafe, state="unsafe"), artifact("x", url)),
            (("artifacts/x", ("url",)),),
            (artifact("taken", unsafe, state="unsafe"), artifact("x", other)),
        )
        for unsafe, url, other in (
            *((UNSAFE, spelling, f"{UNSAFE}s") for spelling in SPELLINGS),
            ("https://taken.example.org/", "https://taken.example.org/demo", "https://example.org/"),
            ("https://huggingface.co/taken", "https://huggingface.co/taken/model", "https://huggingface.co/taken2"),
            ("https://x.org/a/b/c", "https://x.org/a/b/c/d?e=f", "https://x.org/a/b"),
            ("https://x.org/page?id=5", "https://x.org/page?id=5#top", "https://x.org/page?id=6"),
            ("https://x.org/page?id=5", "https://x.org/page?id=5&x=1", "https://x.org/page?id=55"),
            ("https://x.org/page?id=5&x=1", "https://x.org/page?id=5&x=1", "https://x.org/page?id=5"),
            ("https://x.org/a/b/c/d", "https://x.org/a/b/c/d/e", "https://x.org/a/b/c/de"),
            (f"{UNSAFE}/tree/main/x", f"{UNSAFE}/tree/main/x/y", UNSAFE),
            ("https://x.org:443/a", "https://x.org/a/b", "https://x.org:8443/a"),
            ("https://x.org/#/a", "https://x.org/#/a", "https://x.org/#/b"),
        )
    ),
    Case(
        "entry-links-unsafe-url",
        (
            TAKEN,
            TWO[0],
            listed(row(), *(row(code=url) for url in (UNSAFE, *SPELLINGS)), errata=(erratum("venue", "x", entry=2),)),
        ),
        tuple(("lists/toy", ("content", 1, "entries", number, "code")) for number in range(1, len(SPELLINGS) + 2)),
        (TAKEN, TWO[0], listed(row(), row(code=UNSAFE), errata=(erratum("code", "-", entry=2, published=UNSAFE),))),
    ),
    Case(
        "text-links-unsafe-url",
        (
            TAKEN,
            TWO[0],
            listed(row(), more=(Block(text=LINKING),), errata=(reworded(8, "Gone: [it](x.org)"), reworded(9, f"<{UNSAFE}>"))),
        ),
        (("lists/toy", ("errata", 1, "corrected")), *[("lists/toy", ("content", 2, "text"))] * 5),
        (TAKEN, TWO[0], listed(row(), more=(Block(text=HARMLESS),))),
    ),
    Case(
        "moved-without-former-url",
        (artifact("a", "https://x.org/new", state="moved"),),
        (("artifacts/a", ("state",)),),
        (artifact("a", "https://x.org/new", state="moved", former_urls=("https://x.org/old",)), CODE),
    ),
    Case(
        "entry-links-another-paper",
        (*TWO, listed(row(), row(url="http://arxiv.org/pdf/2306.00002v3.pdf"))),
        (("lists/toy", ("content", 1, "entries", 1, "url")),),
        (*TWO, listed(row(), row("b", url="http://arxiv.org/pdf/2306.00002v3"), row(url="https://arxiv.org/abs/2001.00009"))),
    ),
    *(
        Case(
            "entry-links-another-paper",
            (*TWO, listed(row(url=f"https://{page}2306.00002"))),
            (("lists/toy", ("content", 1, "entries", 0, "url")),),
            (*TWO, listed(row(url=f"https://{page}2305.00001"), row("b", url=f"https://{page}2306.00002v2"))),
        )
        for page in ("huggingface.co/papers/", "www.alphaxiv.org/abs/", "doi.org/10.48550/arXiv.")
    ),
    Case(
        "entry-links-another-paper",
        (*TWO, listed(row(), row("old", url="https://arxiv.org/abs/2306.00002"))),
        (("lists/toy", ("content", 1, "entries", 1, "url")),),
        (TWO[0], replace(TWO[1], formerly=("old",)), listed(row(), row("old", url="https://arxiv.org/abs/2306.00002"))),
    ),
    Case(
        "entry-links-another-paper",
        (*TWO, listed(row(), errata=(erratum("url", "https://arxiv.org/abs/2306.00002"),))),
        (("lists/toy", ("errata", 0, "corrected")),),
        (
            *TWO,
            listed(
                row(url="https://arxiv.org/abs/2306.00002"),
                errata=(erratum("url", "https://arxiv.org/abs/2305.00001", published="https://arxiv.org/abs/2306.00002"),),
            ),
        ),
    ),
    Case(
        "entry-links-another-paper",
        (
            TWO[0],
            paper("b", preprint("cs/0301012", "2003-01-12")),
            listed(row(), row(url="https://arxiv.org/pdf/cs.CL/0301012v1")),
        ),
        (("lists/toy", ("content", 1, "entries", 1, "url")),),
        (
            TWO[0],
            paper("b", preprint("cs/0301012", "2003-01-12")),
            listed(row(), row("b", url="https://arxiv.org/abs/cs/0301012"), row(url="https://arxiv.org/list/cs.CL/recent")),
        ),
    ),
    Case(
        "erratum-contradicts-title",
        (*TWO, listed(row(title="Abuot a"), errata=(erratum("title", "About b", published="Abuot a"),))),
        (("lists/toy", ("errata", 0, "corrected")),),
        (
            paper("a", replace(preprint(), title="A, once")),
            listed(
                *(row(title=title) for title in ("Abuot a", "A once", "A")),
                errata=(
                    erratum("title", "About a", published="Abuot a"),
                    erratum("title", "A, once", entry=2, published="A once"),
                    erratum("title", "", entry=3, published="A"),
                ),
            ),
        ),
    ),
    Case(
        "erratum-contradicts-venue",
        (ACL, ARXIV, paper("a", preprint(), published(track="findings")), listed(row(), errata=(erratum("venue", "ACL 2023"),))),
        (("lists/toy", ("errata", 0, "corrected")),),
        (
            ACL,
            ARXIV,
            paper("a", preprint(), published(track="findings")),
            paper("b", preprint("2306.00001")),
            listed(row(), row("b"), errata=(erratum("venue", "ACL 2023 (Findings)"), erratum("venue", "arxiv 2023", entry=2))),
        ),
    ),
    *(
        Case(
            "erratum-contradicts-artifacts",
            (wrong, artifact("other", "https://x.org/"), listed(row(), errata=(erratum("code", str(CODE.url)),)), CODE),
            (("lists/toy", ("errata", 0, "corrected")),),
            (
                paper("a", official=("code", "other")),
                CODE,
                artifact("other", "https://x.org/"),
                listed(
                    row(),
                    row(),
                    row(),
                    errata=tuple(erratum("code", c, n) for n, c in ((1, f"{CODE.url}/"), (2, "https://x.org"), (3, "-"))),
                ),
            ),
        )
        for wrong in (
            paper("a", official=("other",)),
            paper("a", official=("other",), unofficial=("code",)),
            paper("a", official=("other",), artifacts=("code",)),
        )
    ),
    *(
        Case(
            "erratum-contradicts-artifacts",
            (paper("a", official=("code",)), CODE, listed(row(), errata=(erratum("code", wrong),))),
            (("lists/toy", ("errata", 0, "corrected")),),
            (paper("a", official=("code",)), CODE, listed(row(), errata=(erratum("code", right),))),
        )
        for wrong, right in (
            ("https://github.com/a/bb", "https://github.com/A/B"),
            ("https://github.com/a/b, https://github.com/a/c", "https://github.com/a/b.git"),
            ("https://github.com/a", "http://www.github.com/a/b#usage"),
        )
    ),
    Case(
        "erratum-contradicts-artifacts",
        (paper("a", official=("code",)), replace(CODE, state="gone"), listed(row(), errata=(erratum("code", str(CODE.url)),))),
        (("lists/toy", ("errata", 0, "corrected")),),
        (
            CODE,
            listed(Entry(artifact="code", title="code", url="-", venue="-", code="-"), errata=(erratum("code", str(CODE.url)),)),
        ),
    ),
    Case(
        "repeated-entry",
        (*TWO, listed(row(), row("b"), row(), row())),
        (("lists/toy", ("content", 1, "entries", 2)), ("lists/toy", ("content", 1, "entries", 3))),
        (
            *TWO,
            listed(
                row(),
                row("b"),
                row(),
                errata=(erratum("title", "", published="About a"),),
                more=(Block(heading="# More", level=1, title="More", concept="none"), Block(row="{title}", entries=(row("b"),))),
            ),
        ),
    ),
    Case(
        "entry-about-nothing",
        (TWO[0], listed(row(), row(None))),
        (("lists/toy", ("content", 1, "entries", 1)),),
        (TWO[0], CODE, listed(row(), Entry(artifact="code", title="b", url="c", venue="d", code="e"))),
    ),
    *(
        Case(
            "entry-stale-venue",
            (ACL, ARXIV, paper("a", preprint(), published()), listed(row(venue=venue))),
            (("lists/toy", ("content", 1, "entries", 0, "venue")),),
            (
                ACL,
                ARXIV,
                paper("a", preprint(), published()),
                listed(*(row(venue=it) for it in ("Arxivist 2023", "Correctness 2023"))),
            ),
        )
        for venue in ("medRxiv 2023", "CoRR abs/2305.00001", "Preprint, 2023")
    ),
    Case(
        "entry-stale-venue",
        (ACL, ARXIV, paper("a", preprint(), published()), listed(row(venue="Arxiv 2023"), errata=(erratum("code", "x"),))),
        (("lists/toy", ("content", 1, "entries", 0, "venue")),),
        (
            ACL,
            ARXIV,
            paper("a", preprint(), published()),
            paper("b", preprint("2306.00001")),
            listed(
                row(venue="ACL 2023"),
                row(venue="arxiv 2023"),
                row("b", venue="arxiv 2023"),
                row(venue="arxiv 2022"),
                errata=(
                    erratum("venue", "ACL 2023", entry=2, published="arxiv 2023"),
                    erratum("title", "", entry=4, published="About a"),
                ),
            ),
        ),
    ),
    *(
        Case(
            "entry-without-code",
            (paper("a", official=("code",)), CODE, listed(row(code=nothing), errata=(erratum("venue", "x"),))),
            (("lists/toy", ("content", 1, "entries", 0, "code")),),
            (
                *(paper("a", official=("code",)), paper("b", official=("gone", "data")), paper("c", unofficial=("code",))),
                *(CODE, replace(CODE, id="gone", state="gone"), artifact("data", "https://x.org/", "dataset")),
                listed(
                    *(row(code="https://x.org/"), row(code=nothing), row("b"), row("c"), row()),
                    errata=(
                        erratum("code", str(CODE.url), entry=2, published=nothing),
                        erratum("title", "", entry=5, published="About a"),
                    ),
                ),
            ),
        )
        for nothing in ("-", "", "—", "N/A", "Coming soon", "❌")
    ),
    *(
        Case(
            "link-contradicts-identifier",
            (paper("a", preprint()), paper("b", preprint("2305.00002")), linked("a", found)),
            (("papers/a", ("versions", 0, "arxiv")),) * count,
            (
                *(paper("a", preprint()), paper("b", preprint("2305.00002")), linked("a", "abs-2305-00001")),
                *(linked("b", "abs-2305-00001", status="rejected"), linked("b", "abs-2305-00001", predicate="skos:closeMatch")),
            ),
        )
        for found, count in (("abs-2305-00002", 2), ("abs-2305-00009", 1))
    ),
    *(
        Case(
            "type-contradicts-venue",
            (venue, paper("a", replace(published(type=type), venue=venue.id))),
            (("papers/a", ("versions", 0, "venue")),),
            (
                venue,
                paper("a", preprint(), *(published(id=right, type=right, venue=venue.id) for right in rights)),
                paper("b", Version(id="own", type=type, url="https://x.org/")),
            ),
        )
        for type, venue, rights in (
            ("preprint", ACL, ("conference-paper", "workshop-paper", "report")),
            ("preprint", JOURNAL, ("journal-article", "conference-paper", "report")),
            ("journal-article", ACL, ("conference-paper",)),
            ("journal-article", WORKSHOP, ("workshop-paper", "conference-paper")),
            ("journal-article", ARXIV, ("preprint", "report")),
            ("conference-paper", ARXIV, ("preprint",)),
            ("workshop-paper", ARXIV, ("preprint",)),
        )
    ),
    *(
        Case(
            "wrong-kind-in-lineage",
            (*KINDS, paper("a", syntheses=(Synthesis(id="s"), replace(Synthesis(id="t"), **{key: value(wrong)})))),  # type: ignore[arg-type]
            (("papers/a", ("syntheses", 1, *place)),),
            (
                *KINDS,
                *(paper(right, syntheses=(replace(Synthesis(id="s"), **{key: value(right)}),)) for right in rights),  # type: ignore[arg-type]
            ),
        )
        for key, wrong, place, rights, value in (
            ("teachers", "data", ("teachers", 1), ("model",), lambda id: ("model", id)),
            ("students", "code", ("students", 1), ("model",), lambda id: ("model", id)),
            ("dataset", "model", ("dataset",), ("data", "draft"), str),
            ("seeds", "model", ("seeds", 1), ("data", "code"), lambda id: ("data", id)),
        )
    ),
    *(
        Case(
            "wrong-kind-in-lineage",
            (*KINDS, replace(tuned, base_models=("model", "data"), family=family)),
            (("artifacts/tuned", ("base_models", 1)), *wrong),
            (*KINDS, replace(tuned, base_models=("model", "draft"), family="model")),
        )
        for tuned in (artifact("tuned", type="model"),)
        for family, wrong in (("model", ()), ("code", (("artifacts/tuned", ("family",)),)))
    ),
    Case("paper-without-version", (paper("a"), TWO[1]), (("papers/a", ()),), TWO),
    Case(
        "cited-under-another-title",
        (paper("a", preprint(), replace(published(), title="In print")),),
        (("papers/a", ("title",)),),
        (paper("a", replace(preprint(), title="In draft"), published()),),
    ),
    Case(
        "version-without-year",
        (paper("a", preprint(), published(year=None)),),
        (("papers/a", ("versions", 1)),),
        (paper("a", preprint(), published()), paper("b", published(year=None, date="2023"))),
    ),
    Case(
        "weakly-supported",
        (
            paper(
                "a",
                evidence=(
                    Evidence(source="https://dblp.org/x", kind="aggregator"),
                    Evidence(source="https://github.com/x/list", kind="list"),
                ),
            ),
        ),
        (("papers/a", ()),),
        (
            paper(
                "a",
                evidence=(
                    Evidence(source="https://dblp.org/x", kind="aggregator"),
                    Evidence(source="https://arxiv.org/abs/2305.00001", kind="arxiv"),
                ),
            ),
            artifact("b", evidence=(Evidence(source="https://x.org/", kind="list"),)),
        ),
    ),
    *(
        Case(
            "lone-aggregator",
            (paper("a", preprint(), published(doi="10.18653/v1/x"), evidence=evidence),),
            tuple(("papers/a", place) for place in places),
            (paper("a", preprint(), published(doi="10.18653/v1/x"), evidence=(*evidence, better)),),
        )
        for evidence, places, better in (
            (
                (seen("x.org/1", "versions.preprint.date"), seen("www.x.org/2", "versions.preprint.date")),
                [("versions", 0, "date")],
                seen("y.org/1", "versions.preprint.date"),
            ),
            (
                (
                    seen("arxiv.org/abs/2401.00001", "versions.preprint.date"),
                    seen("arxiv.org/pdf/2401.00001v2", "versions.preprint.date"),
                ),
                [("versions", 0, "date")],
                seen("arxiv.org/abs/2401.00002", "versions.preprint.date"),
            ),
            (
                (
                    seen("arxiv.org/abs/math/0309136", "versions.preprint.date"),
                    seen("arxiv.org/pdf/math.GT/0309136", "versions.preprint.date"),
                ),
                [("versions", 0, "date")],
                seen("arxiv.org/abs/math/0309137", "versions.preprint.date"),
            ),
            (
                (
                    seen("github.com/one/a", "versions.published.doi", kind="list"),
                    seen("github.com/one/b", "versions.published.doi"),
                ),
                [("versions", 1, "doi")],
                seen("github.com/other/a", "versions.published.doi", kind="list"),
            ),
            (
                (seen("x.org/1", "title", "versions.published.year"), seen("acl.org/", "title", kind="proceedings")),
                [("versions", 1, "year")],
                seen("acl.org/", "versions.published", kind="proceedings"),
            ),
            (
                (seen("x.org/1", "versions.published"),),
                [("versions", 1, "doi"), ("versions", 1, "venue"), ("versions", 1, "year")],
                seen("acl.org/", "versions.published", kind="proceedings"),
            ),
            ((seen("x.org/1", "title"),), [("title",)], seen("y.org/", "title")),
            ((seen("cs.x.edu.cn/1", "title"), seen("x.edu.cn:80/2", "title")), [("title",)], seen("www.y.edu.cn/", "title")),
            (
                (seen("arxiv.org/abs/2401.00001v2", "title"), seen("arxiv.org/abs/2401.00001", "title")),
                [("title",)],
                seen("arxiv.org/abs/2401.00002", "title"),
            ),
            ((seen("one.github.io/a", "title"),), [("title",)], seen("other.github.io/a", "title")),
            ((seen("x.org/", "title"),), [("title",)], seen("y.org/", kind="publisher")),
            ((seen("x.org/", "title"), seen("x.org/", kind="list")), [("title",)], seen("y.org/", kind="list")),
            (
                (seen("x.org/"),),
                [
                    ("title",),
                    *(("versions", 0, key) for key in ("arxiv", "date", "venue")),
                    *(("versions", 1, key) for key in ("doi", "venue", "year")),
                ],
                seen("y.org/"),
            ),
            (
                (seen("x.org/", "versions"),),
                [
                    *(("versions", 0, key) for key in ("arxiv", "date", "venue")),
                    *(("versions", 1, key) for key in ("doi", "venue", "year")),
                ],
                seen("y.org/", "versions", kind="proceedings"),
            ),
        )
    ),
    Case(
        "lone-aggregator",
        (paper("a", authors=(Author(name="A"), Author(name="B")), evidence=(seen("x.org/", "authors"),)),),
        (("papers/a", ("authors",)),),
        (
            paper(
                "a",
                authors=(Author(name="A"), Author(name="B")),
                evidence=(seen("x.org/", "authors"), seen("y.org/", "authors")),
            ),
            paper("b", evidence=(seen("x.org/", "contributions"), seen("x.org/", kind="list"))),
            artifact("c", evidence=(seen("x.org/", "title"),)),
        ),
    ),
    *(
        Case(
            "state-on-hearsay",
            (replace(CODE, state=state, former_urls=("https://x.org/",), evidence=hearsay),),
            (("artifacts/code", ("state",)),),
            (
                replace(CODE, state=state, former_urls=("https://x.org/",), evidence=(*hearsay, seen("y.org/", "state"))),
                artifact("a", state=state, evidence=(*hearsay, seen("github.com/a/b", "state", kind="repository"))),
                artifact("b", state="unknown", evidence=hearsay),
                artifact("c", state=state, evidence=(seen("x.org/", "title"), seen("x.org/b", kind="repository"))),
            ),
        )
        for state, hearsay in (
            ("gone", (seen("x.org/issues/24", "state"), seen("x.org/issues/25", "state"))),
            ("moved", (seen("x.org/"),)),
            ("gone", (seen("arxiv.org/abs/2401.00001", "state"), seen("arxiv.org/html/2401.00001v2", "state"))),
            ("unsafe", (seen("github.com/a/b", "title", kind="repository"), seen("x.org/", "state", kind="list"))),
        )
    ),
    *(
        Case(
            "source-of-another-paper",
            (
                paper(
                    "a", preprint(), published(**{field: own}), evidence=(seen(foreign, f"versions.published.{fact}", kind=kind),)
                ),
            ),
            (("papers/a", ("evidence", 0, "source")),),
            (
                paper(
                    "a",
                    preprint(),
                    published(**{field: own}),
                    evidence=(
                        seen(foreign, "versions.preprint.title", "contributions", kind=kind),
                        seen(foreign, f"versions.published.{fact}"),
                        seen(right, f"versions.published.{fact}", "title", kind=kind),
                        seen("aclanthology.org/volumes/2023.acl-long/", "versions.published", kind="proceedings"),
                    ),
                ),
            ),
        )
        for field, own, fact, kind, foreign, right in (
            (
                "acl",
                "2023.acl-long.15",
                "date",
                "proceedings",
                "aclanthology.org/2023.acl-long.154/",
                "www.aclanthology.org/2023.acl-long.15.pdf",
            ),
            ("acl", "P18-1001", "year", "publisher", "aclanthology.org/P18-1002", "aclanthology.org/P18-1001/"),
            (
                "openreview",
                "abcdefgh",
                "venue",
                "proceedings",
                "openreview.net/forum?id=abcdefgH",
                "openreview.net/pdf?id=abcdefgh",
            ),
        )
    ),
    Case(
        "source-of-another-paper",
        (paper("a", preprint(), evidence=(seen("ar5iv.labs.arxiv.org/html/2305.00002", "title", kind="paper"),)),),
        (("papers/a", ("evidence", 0, "source")),),
        (
            paper(
                "a",
                preprint(),
                evidence=(
                    seen("arxiv.org/abs/2305.00001v3", "title", kind="arxiv"),
                    seen("arxiv.org/abs/2305.00002", "uses", "different", kind="paper"),
                ),
            ),
        ),
    ),
    *(
        Case(
            "source-of-another-paper",
            (paper("a", preprint(), evidence=(seen("arxiv.org/abs/2305.00002", *supports, kind="arxiv"),)),),
            (("papers/a", ("evidence", 0, "source")),),
        )
        for supports in ((), ("versions",))
    ),
    Case(
        "source-of-another-paper",
        (paper("a", preprint("cs/0301012"), evidence=(seen("arxiv.org/abs/math.GT/0309136", "title", kind="arxiv"),)),),
        (("papers/a", ("evidence", 0, "source")),),
        (
            paper(
                "a",
                preprint("cs/0301012"),
                evidence=tuple(
                    seen(f"arxiv.org/{page}", "title", kind="arxiv")
                    for page in ("abs/cs/0301012", "pdf/cs.CL/0301012v1", "list/cs.CL/recent")
                ),
            ),
        ),
    ),
    Case(
        "submission-without-decision",
        (
            paper(
                "a",
                published(track="main"),
                evidence=(
                    seen("openreview.net/forum?id=abcdefgh", "title", "versions.published.venue", kind="proceedings"),
                    seen("x.org/", "versions.published"),
                ),
            ),
        ),
        (("papers/a", ("versions", 0, "venue")),),
        (
            *(
                paper(
                    id,
                    published(track="main"),
                    evidence=(seen("openreview.net/forum?id=abcdefgh", *facts, kind="proceedings"), *more),
                )
                for id, facts, more in (
                    ("a", ("versions.published.venue", "versions.published.track"), ()),
                    ("b", ("versions.published",), ()),
                    (
                        "c",
                        ("versions.published.venue",),
                        (seen("github.com/a/b", "versions.published.venue", kind="repository"),),
                    ),
                    ("d", ("title",), ()),
                    ("e", ("versions.published.venue",), (seen("x.org/", kind="publisher"),)),
                    ("f", ("versions.published.venue",), (seen("x.org/", "versions", kind="publisher"),)),
                )
            ),
        ),
    ),
    *(
        Case(
            "inspired-is-not-extended",
            (replace(method("a", "b"), evidence=(seen("x.org/", fact, kind="paper", note="Inspired by b."),)), method("b")),
            (("methods/a", ("extends", 0)),),
            (
                replace(
                    method("a", "b"),
                    evidence=(
                        seen("x.org/", fact, kind="paper", note="Inspired by b."),
                        seen("y.org/", "extends", kind="paper"),
                    ),
                ),
                replace(
                    method("b", "c"), evidence=(seen("x.org/", "definition", note="Inspired by c."), seen("x.org/", "extends"))
                ),
                method("c"),
            ),
        )
        for fact in ("extends", "extends.b")
    ),
    *(
        Case(
            "artifact-at-text-page",
            (at(url, type),),
            (("artifacts/thing", ("url",)),),
            (
                at("https://huggingface.co/a/b"),
                at(url, "project"),
                at("https://x.org/paper.md.json", "dataset"),
                at("https://x.org/arxiv.org"),
                at("https://date.gov.md", "dataset"),
            ),
        )
        for type, url in (
            ("model", "https://github.com/a/b/blob/main/run.MD"),
            ("code", "https://x.org/report.pdf#page=3"),
            ("dataset", "https://www.arxiv.org/abs/2305.00001"),
            ("model", "https://doi.org/10.48550/arXiv.2305.00001"),
        )
    ),
    Case(
        "account-for-artifact",
        (TWO[0], listed(row(code="https://huggingface.co/distilbert"))),
        (("lists/toy", ("content", 1, "entries", 0, "code")),),
        (TWO[0], listed(*(row(code=f"https://huggingface.co/{model}") for model in ("gpt2", "bert-base-uncased", "t5-small")))),
    ),
    *(
        Case(
            "account-for-artifact",
            (at(account, type), TWO[0], listed(row(code=account), row(), errata=(erratum("code", account, entry=2),))),
            (
                ("artifacts/thing", ("url",)),
                ("lists/toy", ("content", 1, "entries", 0, "code")),
                ("lists/toy", ("errata", 0, "corrected")),
            ),
            (
                *(at(account), artifact("page", account, "project"), artifact("code", f"{account.rstrip('/')}/b", type), TWO[0]),
                listed(
                    row(code=account),
                    row(code=account),
                    row(url=account),
                    errata=(erratum("code", "-", published=account), erratum("title", "", entry=2, published="About a")),
                ),
            ),
        )
        for type, account in (("code", "https://github.com/a"), ("dataset", "https://HuggingFace.co/a/"))
    ),
    *(
        Case("account-for-artifact", (at(account, "code"),), (("artifacts/thing", ("url",)),), (at(repository, "code"),))
        for account, repository in (
            ("https://github.com/a?tab=repositories", "https://github.com/a/b?tab=readme-ov-file"),
            ("https://huggingface.co/a#models", "https://huggingface.co/a/b#files"),
            ("https://github.com/orgs/a/repositories?type=all", "https://github.com/a/repositories"),
        )
    ),
    *(
        Case(
            "student-of-another-work",
            (*others, trained("a", "base"), artifact("base", None, "model")),
            (("papers/a", ("syntheses", 0, "students", 0)),),
            (*others, trained("a", "own", official=("own",)), trained("c", "tuned"), artifact("base", None, "model"), TUNED),
        )
        for others in (
            (paper("b", official=("base",)),),
            (paper("b", syntheses=(Synthesis(id="s", teachers=("base",)),)),),
            (artifact("other", None, "model", base_models=("base",)),),
            (artifact("other", None, "model", base_models=("base",)), trained("d", "other")),
        )
    ),
    Case(
        "student-of-another-work",
        (trained("a", "base"), artifact("base", None, "model"), artifact("other", None, "model", base_models=("base",))),
        (("papers/a", ("syntheses", 0, "students", 0)),),
        (
            paper(
                "a",
                syntheses=(
                    Synthesis(id="s", students=("base",)),
                    Synthesis(id="t", teachers=("writer",), students=("tuned",)),
                ),
            ),
            artifact("base", None, "model", from_scratch=True),
            artifact("writer", None, "model", base_models=("base",)),
            TUNED,
        ),
    ),
    Case(
        "student-without-base",
        (trained("a", "base"), artifact("base", None, "model")),
        (("papers/a", ("syntheses", 0, "students", 0)),),
        (
            trained("a", "own", official=("own",)),
            artifact("own", None, "model"),
            trained("c", "tuned"),
            TUNED,
            trained("d", "first"),
            artifact("first", None, "model", from_scratch=True),
        ),
    ),
    Case(
        "scratch-contradicts-base",
        (replace(TUNED, from_scratch=True),),
        (("artifacts/tuned", ("from_scratch",)),),
        (TUNED, artifact("first", None, "model", from_scratch=True)),
    ),
    Case(
        "several-models-in-one",
        (at("https://x.org/", title="X 7B", aliases=("X-Base 7B", "X-RL 7B")),),
        (("artifacts/thing", ("aliases", 1)),),
        (
            at("https://x.org/", title="X-Base", aliases=("X 7B", "X 70B", "X-Baseline")),
            artifact("data", None, "dataset", aliases=("X-Base", "X-RL")),
            artifact("chat", None, "model", title="X-Chat", aliases=("X-chat 7B",)),
        ),
    ),
    *(
        Case(
            "several-models-in-one",
            (at("https://x.org/", title=title, aliases=(alias,)),),
            (("artifacts/thing", ("aliases", 0)),),
        )
        for title, alias in (("X-Chat", "X-Instruct"), ("X-Instruct", "X-Base"))
    ),
    *(
        Case(
            "entry-links-unofficial-code",
            (*records, CODE, listed(row(code=str(CODE.url)), errata=(erratum("venue", "x"),))),
            (("lists/toy", ("content", 1, "entries", 0, "code")),),
            (
                *(paper("a", official=("code", "old")), paper("b", official=("code",)), paper("c")),
                *(CODE, artifact("old", "https://x.org/new", former_urls=("https://x.org/Old/",))),
                listed(
                    *(
                        row(code="https://github.com/A/b.git"),
                        row(code="https://x.org/old"),
                        row("b", code="-"),
                        row("c", code="https://y.org/"),
                    ),
                    *(row("b", code="https://y.org/"), row("b", code="https://y.org/")),
                    errata=(
                        erratum("code", "-", entry=5, published="https://y.org/"),
                        erratum("title", "", entry=6, published="About b"),
                    ),
                ),
            ),
        )
        for records in (
            (paper("a", artifacts=("code",)),),
            (paper("a", official=("mine",)), artifact("mine", "https://github.com/mine/a")),
        )
    ),
    *(
        Case(
            "project-names-no-work",
            (
                paper("a", title="Deep Thought: an answer", official=("page", "data")),
                *(
                    artifact("page", "https://theory.org/", "project", title="Land"),
                    artifact("data", None, "dataset", title=title),
                ),
            ),
            (("artifacts/page", ("url",)),),
            (
                paper("a", title="Deep Thought: an answer", official=("page", "data")),
                artifact("page", "https://x.org/", "project", title=f"{title}!"),
                artifact("data", None, "dataset", title=title),
            ),
        )
        for title in ("A Data Set of Answers", "The Answers", "An (old) answer", "O: answers")
    ),
    Case(
        "project-names-no-work",
        (
            paper("a", title="Deep Thought: an answer", official=("page",)),
            artifact("page", "https://x.org/lab", "project", title="Our lab"),
        ),
        (("artifacts/page", ("url",)),),
        (
            *(paper(id, title="Deep Thought: an answer", official=(f"page-{id}",)) for id in "ab"),
            paper("c", title="An answer", introduces=("deep",), official=("page-c", "code")),
            paper("d", title="An answer", official=("page-d", "code")),
            *(method("deep"), CODE, artifact("page", "https://x.org/", "project")),
            artifact("page-a", "https://x.org/deep-thought/", "project", title="Home"),
            artifact("page-b", "https://x.org/", "project", title="DeepThought"),
            artifact("page-c", "https://deep.org/", "project", title="Home"),
            artifact("page-d", "https://x.org/", "project", title="Code of it"),
        ),
    ),
    Case(
        "repeated-evidence",
        (
            artifact(
                "a",
                evidence=(
                    seen("x.org/", "title", read="2026-11-27"),
                    seen("y.org/"),
                    seen("x.org/", "url", read="2026-11-27", note="Again."),
                ),
            ),
            TWO[0],
            listed(row(), errata=(replace(erratum("venue", "x"), evidence=(seen("x.org/"), seen("x.org/"))),)),
        ),
        (("artifacts/a", ("evidence", 2, "source")), ("lists/toy", ("errata", 0, "evidence", 1, "source"))),
        (
            artifact("a", evidence=(seen("x.org/"), seen("x.org/", kind="project"), seen("x.org/", read="2026-11-28"))),
            artifact("b", evidence=(seen("x.org/"),)),
            artifact("c", evidence=(seen("x.org/"), seen("x.org/", note="Deduced."))),
        ),
    ),
    Case(
        "repeated-author",
        (
            paper("a", authors=tuple(Author(name=name) for name in ("A B", "C D", "a B", "A b"))),
            paper("b", replace(preprint(), authors=(Author(name="A B", dblp="1/2"), Author(name="A B")))),
        ),
        (
            ("papers/a", ("authors", 2, "name")),
            ("papers/a", ("authors", 3, "name")),
            ("papers/b", ("versions", 0, "authors", 1, "name")),
        ),
        (
            paper("a", replace(preprint(), authors=(Author(name="A B"),)), authors=(Author(name="A B"), Author(name="C D"))),
            paper("b", authors=(Author(name="A B", dblp="1/2"), Author(name="A B", dblp="1/3"))),
        ),
    ),
    Case(
        "two-arxiv-ids",
        (paper("a", preprint(), replace(preprint(), id="preprint-2", arxiv="2301.00002")),),
        tuple(("papers/a", ("versions", number, "arxiv")) for number in (0, 1)),
        (paper("a", preprint()), paper("b", replace(preprint(), arxiv="2301.00002"))),
    ),
    Case(
        "two-ids-of-one-authority",
        (
            paper("a", authors=(Author(name="A B", orcid="0000-0002-1825-0097", dblp="1/2"),)),
            paper("b", authors=(Author(name="A B", orcid="0000-0001-5109-3700", dblp="1/2"),)),
        ),
        tuple((file, ("authors", 0, "orcid")) for file in ("papers/a", "papers/a", "papers/b", "papers/b")),
        (
            paper("a", authors=(Author(name="A B", orcid="0000-0002-1825-0097", dblp="1/2"),)),
            paper("b", authors=(Author(name="A B", orcid="0000-0002-1825-0097", dblp="1/2"),)),
        ),
    ),
    *(
        Case(
            "read-in-future",
            (artifact("a", evidence=(seen("x.org/", read=future),)),),
            (("artifacts/a", ("evidence", 0, "read")),),
            (
                artifact(
                    "a",
                    evidence=tuple(seen("x.org/", read=past) for past in (TOMORROW, TOMORROW[:7], TOMORROW[:4], "2022-11-22")),
                ),
            ),
        )
        for future in (NEXT, "2062-11-22", "2062-11", "2062")
    ),
    Case(
        "read-in-future",
        (artifact("a", checked=NEXT),),
        (("artifacts/a", ("checked",)),),
        (artifact("a", checked=TOMORROW),),
    ),
    Case(
        "read-in-future",
        (ReadingList(id="a", title="A", snapshots=(Snapshot(id="one", date="2062-11-22"),)),),
        (("lists/a", ("snapshots", 0, "date")),),
        (ReadingList(id="a", title="A", snapshots=(Snapshot(id="one", date=TOMORROW),)),),
    ),
    *(
        Case(
            "date-contradicts-year",
            (paper("a", published(year=2023, date=wrong, **fields)),),
            (("papers/a", ("versions", 0, "date")),),
            (
                paper("a", published(year=2023, date=right, **fields)),
                paper("b", replace(preprint(date="2021-01"), year=2023)),
                paper("c", published(year=2023)),
            ),
        )
        for wrong, right, fields in (
            ("2021-07", "2022-12-31", {}),
            ("2025", "2024-01", {}),
            ("2022-12", "2023-07", {"acl": "2023.acl-long.1"}),
        )
    ),
    *orphan(
        "orphan-artifact",
        CODE,
        *(replace(TWO[0], **{key: ("code",)}) for key in ("official", "unofficial", "artifacts")),  # type: ignore[arg-type]
        listed(Entry(artifact="code", title="b", url="c", venue="d", code="e")),
        *(
            paper("a", syntheses=(replace(Synthesis(id="main"), **{key: value}),))  # type: ignore[arg-type]
            for key, value in (("teachers", ("code",)), ("seeds", ("code",)), ("dataset", "code"), ("students", ("code",)))
        ),
    ),
    *orphan(
        "orphan-method",
        method("x"),
        *(replace(TWO[0], **{key: ("x",)}) for key in ("introduces", "uses", "extends")),  # type: ignore[arg-type]
        artifact("code", introduces=("x",)),
    ),
    Case(
        "source-of-lost-row",
        (paper("a", evidence=(seen("x.org/"), Evidence(source=f"{BASE}list/gone/entry/1", kind="list"))), listed(row())),
        (("papers/a", ("evidence", 1, "source")),),
        (
            paper("a", evidence=tuple(Evidence(source=f"{BASE}list/{id}/entry/1", kind="list") for id in ("toy", "past"))),
            replace(listed(row()), formerly=("past",)),
        ),
    ),
    *orphan("orphan-venue", ACL, paper("a", published())),
    *renamed("orphan-method", method("x"), replace(TWO[0], uses=("past",))),
    *renamed("orphan-artifact", artifact("x"), replace(TWO[0], official=("past",)), listed(replace(row(None), artifact="past"))),
    *renamed("orphan-venue", ACL, paper("a", published(venue="past"))),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_fires_at_the_mistake_and_nowhere_else(case: Case) -> None:
    assert found(case.rule, case.wrong, case.broader) == list(case.places)
    assert found(case.rule, case.right, case.fine) == []


SAME = (
    ("https://x.org/a", "http://x.org/a", True),
    ("https://x.org/a", "https://www.x.org/a/", True),
    ("https://x.org/a", "https://X.org/a", True),
    ("https://x.org/a", "https://x.org:443/a", True),
    ("https://x.org", "http://x.org:80/", True),
    ("https://x.org/a", "https://x.org/a/#top", True),
    ("https://x.org/a", "https://x.org/a#", True),
    ("https://x.org/a", "https://x.org:8443/a", False),
    ("https://x.org/a", "https://x.org/b", False),
    ("https://x.org/#/a", "https://x.org/#/b", False),
    ("https://github.com/A/b", "https://GitHub.com/a/B.git#readme", True),
)


@pytest.mark.parametrize(("one", "other", "same"), SAME)
def test_checks_tell_addresses_apart_by_one_rule(one: str, other: str, same: bool) -> None:
    twins = artifact("one", one), artifact("two", other)
    assert bool(found("duplicate-artifact-url", twins)) is same
    assert bool(found("unsafe-link", (replace(twins[0], state="unsafe"), twins[1]))) is same
    works = (twins[0], paper("a", official=("one",)), listed(row(code=other)))
    assert (not found("entry-links-unofficial-code", works)) is same
    assert same is (".git" in other or normal_url(one) == normal_url(other))


def test_every_check_has_a_case() -> None:
    assert {case.rule for case in CASES} == set(CHECKS)


@pytest.mark.parametrize("today", ["2026-11-29", "2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28", "2028-02-29"])
def test_a_day_is_to_come_when_it_is_after_tomorrow_in_utc(today: str) -> None:
    """In the saved check as where a day is typed or a link has one: in the east it may be tomorrow already."""
    text = CHECKS["read-in-future"].text.replace("NOW()", f'"{today}T23:59:59Z"^^xsd:dateTime')
    days = [(date.fromisoformat(today) + timedelta(days=ahead)).isoformat() for ahead in (0, 1, 2, 3)]
    things = artifact("a", evidence=tuple(seen("x.org/", read=day) for day in days))
    assert [row["value"] for row in rows_of(store_of(catalog_of([things])).select(text))] == days[2:]
    assert [is_to_come(day) for day in (TOMORROW, NEXT)] == [False, True]


@pytest.mark.parametrize("rule", CHECKS)
def test_a_check_is_complete(rule: str) -> None:
    query = CHECKS[rule]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule)
    assert query.summary.endswith(".")
    assert query.header["severity"] in ("error", "warning", "note")
    assert query.parameters == ()
    columns, order = (re.findall(r"\?(\w+)", query.text.split(word)[1].split("\n")[0]) for word in ("SELECT", "ORDER BY"))
    assert columns[0] == "subject"
    assert columns[1:3] == ["path", "value"] or "path" not in columns
    named = set(re.findall(r"{(\w+)}", query.header["problem"] + query.header["solution"]))
    assert named <= set(columns)
    assert order[0] == "subject"
    for prefix in ("dcterms", "skos", "synthkg", "xsd"):
        assert (f"PREFIX {prefix}:" in query.text) == (re.search(rf"(?<![\w/]){prefix}:\w", query.text) is not None)


@pytest.mark.parametrize(
    ("where", "needed"),
    [
        ("?x :acl ?y . ?x :doi ?z", "acl doi"),
        ("?x :acl ?y OPTIONAL { ?x :doi ?z } ?x :arxiv ?w", "acl arxiv"),
        ("?x :acl ?y FILTER NOT EXISTS { ?x :doi ?y } ?x :arxiv ?w", "acl arxiv"),
        ("?x :acl ?y MINUS { ?x :doi ?y } ?x :arxiv ?w", "acl arxiv"),
        ("?x :acl ?y { ?x :doi ?y } UNION { ?x :url ?y } ?x :arxiv ?w", "acl arxiv"),
        ("?x :acl ?y { SELECT ?x { ?x :doi ?z FILTER(STRLEN(?z) > (1 + 2)) } } ?x :arxiv ?w", "acl arxiv"),
        ("?x :acl ?y BIND(STR(?y) AS ?z) VALUES ?w { 1 2 } ?x :arxiv ?w", "acl arxiv"),
        ("?x :acl ?y ; :doi|:url ?z . FILTER(?y = ?z) ?x :arxiv ?w", "arxiv"),
        ("?x :acl ?y } ORDER BY ?x LIMIT 3 #", "acl"),
    ],
)
def test_a_query_needs_what_stands_directly_in_its_where(where: str, needed: str) -> None:
    namespace = "https://w3id.org/synthkg/ontology#"
    query = f"PREFIX : <{namespace}>\nSELECT ?x WHERE {{ {where} }}"
    assert needed_by(query) == {namespace + name for name in needed.split()}


def test_what_a_check_needs_is_read_off_its_text() -> None:
    """And is right: without any one of these properties a mistake is not found."""
    needed = {case.rule: needed_by(CHECKS[case.rule].text) for case in CASES}
    assert sum(map(bool, needed.values())) > 36
    for case in {case.rule: case for case in CASES if needed[case.rule]}.values():
        store = store_of(catalog_of(case.wrong), case.broader)
        for name in needed[case.rule]:
            gone = list(store.inner.quads_for_pattern(None, NamedNode(name), None))
            for quad in gone:
                store.inner.remove(quad)
            assert not store.select(CHECKS[case.rule].text).rows, (case.rule, name)
            store.inner.extend(gone)


def test_three_papers_with_one_identifier() -> None:
    same = tuple(paper(id, published(doi="10.1/x")) for id in "abc")
    query = CHECKS["duplicate-doi"]
    others = [line["other"].split("/")[1] for line in rows_of(query.select(store_of(catalog_of(same))))]
    assert others == ["c", "a", "a"]


@pytest.mark.parametrize(
    ("rule", "thing", "mention"),
    [("orphan-artifact", "Artifact", "artifact"), ("orphan-method", "Method", "uses"), ("orphan-venue", "Venue", "venue")],
)
def test_many_former_ids_do_not_take_the_square_of_the_time(rule: str, thing: str, mention: str) -> None:
    namespace, is_a = "https://w3id.org/synthkg/ontology#", NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")

    def store(size: int) -> OxigraphStore:
        """Things that are all mentioned by the id that they had."""
        quads: list[Quad] = []
        for number in range(size):
            now, past, by = (NamedNode(f"urn:{name}:{number}") for name in ("now", "past", "by"))
            quads.append(Quad(now, is_a, NamedNode(namespace + thing), GRAPHS["curated"]))
            quads.append(Quad(now, NamedNode(f"{namespace}formerly"), past, GRAPHS["curated"]))
            quads.append(Quad(by, NamedNode(namespace + mention), past, GRAPHS["curated"]))
        return OxigraphStore(quads)

    stores = {size: store(size) for size in (1000, 4000)}
    assert growth(lambda size: CHECKS[rule].select(stores[size]), 1000, 4) < 9
