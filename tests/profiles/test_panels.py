"""Every panel says of a thing of the toy what its golden rows have: ``golden/panels/<query>.csv``, read one by one.
Whole profiles, as they are printed, are in ``golden/profiles``.

Of a thing the whole answer is golden. Of the ontology, which grows, some rows are, see `test_golden`. ``SYNTHKG_UPDATE=1`` writes
the whole answers anew, to be read again.
"""

from __future__ import annotations

import csv
import os
import re
from collections import defaultdict
from pathlib import Path

import pytest

from conftest import TESTS
from snapshots import compare
from synthkg.api import KnowledgeGraph
from synthkg.graph import OxigraphStore, Table, load_dump, load_queries
from synthkg.model import BASE
from synthkg.profiles import Finder, Labels, Profile, Profiles, kind_of, render
from synthkg.profiles.kinds import thing_of
from synthkg.profiles.panels import load_panels
from synthkg.profiles.rendering import FORMATS as STYLES
from synthkg.views import FORMATS
from test_golden import Golden

FOLDER = TESTS / "golden" / "panels"
ABOUT = {
    "paper": "paper/tide-instruct",
    "method": "method/tide-instruct",
    "artifact": "artifact/tide-data",
    "venue": "venue/toyconf",
    "concept": "concept/stage/fine-tuning",
    "scheme": "concept/tide",
    "list": "list/tides",
    "erratum": "list/tides/erratum/4",
    "term": "ontology#Paper",
    "ontology": "ontology",
}
"""Kind -> the thing of the toy."""
OTHERWISE = {
    "artifact-models": "artifact/tide-model",
    "concept-narrower": "concept/tide/spring",
    "method-descendants": "method/drift",
    "paper-distinctions": "paper/tide-survey",
    "refutations": "artifact/tide-model",
}
PERSON = "https://orcid.org/0000-0002-1825-0097"
SAID_OTHERWISE = {
    "type": "as the kind",
    "byline": "as the authors",
    "foldedName": "as the name",
    "venue": "in where it was published",
    "amount": "in the size",
    "unit": "in the size",
    "supports": "as the fact that evidence is of",
    "corrects": "as the list, the entry and the field, or the line",
    "key": "as the id",
    "notation": "as the order of evidence",
    "hiddenLabel": "by being found",
}
"""Property -> where its values are told that are no cell of a panel."""
GROWING = ("ontology-model", "ontology-terms", "term-about", "term-examples")
PANELS = {panel.query.name: panel for found in reversed(load_panels().values()) for panel in reversed(found)}


@pytest.fixture(scope="module")
def profiles(toy_dist: Path) -> Profiles:
    return Profiles(load_dump(toy_dist / "synthkg.nq"))


def answer(profiles: Profiles, name: str) -> Table:
    kind = PANELS[name].kind
    iri = PERSON if kind == "person" else BASE + OTHERWISE.get(name, ABOUT.get(kind, ""))
    return next(section.table for section in profiles.of(iri).sections if section.panel.query.name == name)


@pytest.mark.parametrize("name", sorted(PANELS))
def test_golden_rows(name: str, profiles: Profiles) -> None:
    found = answer(profiles, name)
    path = FOLDER / f"{name}.csv"
    if os.environ.get("SYNTHKG_UPDATE") and name not in GROWING:
        path.write_text(FORMATS["csv"](found), "utf-8")
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert rows, "golden rows of a panel are of a thing that has some"
    assert Golden(tuple(header), tuple(map(tuple, rows))).missing(found) == []
    if name not in GROWING:
        assert (tuple(header), len(rows)) == (found.columns, len(found.rows))


@pytest.mark.parametrize("dist", ["toy_dist", "real_dist"])
def test_all_that_records_establish_is_shown(dist: str, request: pytest.FixtureRequest) -> None:
    """Each value that a record gives of a thing or a part of it stands in the thing's profile; but for the text of lists."""
    profiles = Profiles(load_dump(request.getfixturevalue(dist) / "synthkg.nq"))
    given = profiles.store.select(
        """SELECT ?part ?property ?value WHERE {
        VALUES ?layer { "curated" "lists" "ontology" }
        GRAPH ?graph { ?part ?property ?value } FILTER(STRENDS(STR(?graph), CONCAT("/", ?layer)))
        FILTER(!REGEX(STR(?part), "/list/[^/]+/(section|line|table|entry)/")) }"""
    ).rows
    said: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for part, name, value in given:
        others = ("", "person", "ontology", "term", "dataset")
        if part and name and value and kind_of(thing := thing_of(part.value)) not in others:
            said[thing].append((part.value, re.split("[/#]", name.value)[-1], value.value))
    unsaid = set()
    for thing, facts in said.items():
        shown, parts = _shown(profiles.of(thing)), {part for part, _, _ in facts}
        unsaid |= {
            (thing, name, value) for _, name, value in facts if not (name in SAID_OTHERWISE or value in parts or value in shown)
        }
    assert {kind_of(thing) for thing in said} == ABOUT.keys() - {"term", "ontology"}
    assert not unsaid


def _shown(profile: Profile) -> set[str]:
    """Its title and its cells; of a cell with several values each, and the year of where a version was published."""
    cells = {cell.value for section in profile.sections for row in section.table.rows for cell in row if cell is not None}
    years = {year for cell in cells for year in re.findall(r" (\d{4})(?: \(|$)", cell)}
    return {profile.title} | cells | {each for cell in cells for each in cell.split(" | ")} | years


def test_a_concept_shows_what_is_counted_and_listed(dump_store: OxigraphStore) -> None:
    """Its papers, its artifacts and those of narrower concepts are what `concepts` counts and `papers-about` lists."""
    kg = KnowledgeGraph(dump_store)
    for row in kg.query("concepts"):
        profile = kg.profiles.of(f"{BASE}concept/{row['scheme']}/{row['concept']}")
        names = ("concept-papers", "concept-artifacts", "concept-narrower")
        found = [section.table for section in profile.sections if section.panel.query.name in names]
        shown = [
            cells[table.columns.index(next(each for each in ("paper", "artifact", "thing") if each in table.columns))]
            for table in found
            for cells in table.rows
        ]
        listed = {each["thing"] for each in kg.query("papers-about", concept=f"{row['scheme']}/{row['concept']}")}
        assert {cell.value.removeprefix(BASE) for cell in shown if cell} == listed
        assert len(shown) == len(listed) == row["things"]


def test_a_thing_is_found_by_the_end_of_its_iri_alone(toy_dist: Path) -> None:
    """Unlike its title; but not a person, of whose IRI an authority gave the end, to others too."""
    store = load_dump(toy_dist / "synthkg.nq")
    finder = Finder(store, Labels(store))
    assert finder.find("65/9612") == finder.find("9612") == []
    assert [each.id for each in finder.find("tide-survey")] == ["paper/tide-survey"]
    assert [each.id for each in finder.find("Tide survey")] == ["paper/tide-survey"]
    assert [each.id for each in finder.find("harbours")] == ["venue/harbours"]


def test_every_panel_has_golden_rows() -> None:
    assert {path.stem for path in FOLDER.glob("*.csv")} == PANELS.keys() >= load_queries("profiles").keys()


def test_profiles_are_as_they_were_seen(profiles: Profiles, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole, as `show` prints them: a paper in every format, and a list in whose texts is what Markdown takes for its own."""
    monkeypatch.setenv("COLUMNS", "100")
    found = {}
    for thing, styles in (("paper/tide-instruct", STYLES), ("list/tides", ("text", "markdown"))):
        for style in styles:
            found[f"{thing}.{style}"] = render(profiles.of(BASE + thing), style, profiles.store, profiles.labels)
    compare("profiles", found)


def test_a_thing_that_is_not_there_has_empty_panels() -> None:
    empty = Profiles(OxigraphStore())
    for thing in ABOUT.values():
        assert [section.panel.query.name for section in empty.of(BASE + thing).shown] in ([], ["list-about"]), thing
    assert {kind_of(BASE + thing) for thing in ABOUT.values()} == ABOUT.keys()
