"""The first records of another field: its headings are concepts, its venues come finished, all else is a draft."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from conftest import TOY, Run
from synthkg.catalog.folder import load_catalog
from synthkg.graph import dataset
from synthkg.lists.importer import read_list
from synthkg.lists.starting import scheme_of
from synthkg.model import BASE, Artifact, Paper, ReadingList, Scheme, Venue

LIST = """\
# Winds

## 1. Trade winds

### Surveys

- [Winds of the tropics](https://arxiv.org/abs/2001.00001), ICLR 2020

## 🌪 Storms:

### Surveys

- [Storms over the sea](https://arxiv.org/abs/2001.00002), WindConf 2020. [code](https://github.com/winds/storms)

### 2021

- [Storms over the land](https://arxiv.org/abs/2101.00003)

## Links
"""


def test_headings_that_hold_some_rows_are_concepts() -> None:
    """Not the title that holds all, not a year, not what holds none; one that stands twice is one, under neither."""
    scheme = scheme_of(read_list(LIST, "winds").list)
    assert [(each.id, each.label, each.aliases, each.broader) for each in scheme.concepts] == [
        ("trade-winds", "Trade winds", ("1. Trade winds",), None),
        ("surveys", "Surveys", (), None),
        ("storms", "Storms", ("🌪 Storms:",), None),
    ]


@pytest.mark.parametrize(
    "headings",
    [
        ["2D Generation", "3D Generation", "4D Generation", "2D-to-3D Lifting", "２D", "2.5D Generation"],
        ["Video", "360° Video", "Bit LLMs", "1-bit LLMs", "7B Models", "7.5B Models", "6DoF Pose", "50 % More", "More"],
        ["Languages", "100 Languages", "200 Languages", "1 Shot", "2 Shot", "1.5 Degrees", "2.0 Degrees", "2023 Papers"],
        ["C. elegans", "E. coli", "U. S. Law", "V. Law", ".NET", "(Un)supervised", "2001: An Odyssey", "20 - 30 Percent"],
    ],
)
def test_a_number_of_what_a_heading_names_is_of_its_words(headings: list[str]) -> None:
    assert labels_of(headings) == headings


@pytest.mark.parametrize(
    "numbers",
    [
        ["1. ", "2. ", "3. "],
        ["1) ", "(2) ", "[3] "],
        ["1.", "2.", "10."],
        ["2.1 ", "2.2 ", "2.3 "],
        ["2.1. ", "2.1.1. ", "2.1.2) "],
        ["1 - ", "2 – ", "3 — "],
        ["I. ", "II. ", "III. "],
        ["A. ", "B. ", "C. "],
        ["a) ", "(b) ", "(iii) "],
        ["📚 1. ", "2️⃣ ", "3. 🌪 "],
        ["一、", "二、", "十一、"],
        ["１．", "２．", "３）"],
    ],
)
def test_the_numbering_of_headings_is_none_of_their_words(numbers: list[str]) -> None:
    words = ["Trade winds", "3D storms", "潮汐"]
    if not numbers[0][-1].isspace() or "-" in numbers[0]:
        words[1] = "Storms"
    assert labels_of([number + word for number, word in zip(numbers, words, strict=True)]) == words


def labels_of(headings: list[str]) -> list[str]:
    """The concepts of a list with a work under each heading."""
    text = "".join(f"## {name}\n\n- [Work {n}](https://arxiv.org/abs/2001.{n:05})\n\n" for n, name in enumerate(headings, 1))
    return [each.label for each in scheme_of(read_list(f"# All\n\n{text}", "all").list).concepts]


def test_folder_of_a_list(tmp_path: Path, run: Run) -> None:
    document, folder = tmp_path / "winds.md", tmp_path / "winds"
    document.write_text(LIST)
    assert run("init", folder, "--list", document).status == 0
    assert run("init", folder, "--list", document).status == 0  # what is there already is as good as written
    checked = run("check", "--data", folder)
    assert checked.status == 0, checked.stdout
    assert run("view", "published", "--data", folder).stdout == LIST
    catalog = load_catalog(folder)
    assert list(catalog.of(Scheme)) == ["topic"]
    assert set(catalog.of(Venue)) == {"arxiv", "iclr"}
    assert not catalog.of(Paper)
    assert len(catalog.known(Paper)) == 3
    assert not catalog.of(Artifact)
    headings = {block.title: block.concept for block in catalog.of(ReadingList)["winds"].content if block.heading}
    assert headings == {
        "Winds": "none", "1. Trade winds": "topic/trade-winds", "Surveys": "topic/surveys", "🌪 Storms:": "topic/storms",
        "2021": "none", "Links": None,
    }  # fmt: skip
    document.write_text(LIST.rstrip("\n") + "\n\n- [Gusts of the North](https://arxiv.org/abs/2301.00009), 2023\n")
    updated = run("update", document, "--data", folder, "--list", "winds", "--date", "2024-03-01")
    assert updated.status == 0, updated.stderr
    (told,) = [line for line in run("check", "--data", folder).stdout.splitlines() if "heading-without-concept" in line]
    assert '"Links"' in told, "under which nothing stood before"
    for file in folder.glob("*/*.yaml"):
        file.write_text(file.read_text().removeprefix("draft: true\n"))
    assert run("check", "--data", folder).status == 0
    page = run("view", "concept", "-p", "concept=topic/storms", "-p", "says=list", "--data", folder).stdout
    assert "Storms over the land" in page
    assert "Winds of the tropics" not in page


def test_a_clone_of_the_folder_has_every_byte(tmp_path: Path, run: Run) -> None:
    document, folder, clone = tmp_path / "winds.md", tmp_path / "winds", tmp_path / "clone"
    document.write_bytes(LIST.replace("\n", "\r\n").encode())
    assert run("init", folder, "--list", document).status == 0
    shutil.copy(document, folder)
    git = ("git", "-c", "user.name=N", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false", "-C", folder)
    for call in ("init -q", "add -A", "commit -q -m x", f"clone -q -c core.autocrlf=true . {clone}"):
        subprocess.run([*git, *call.split()], check=True)
    assert (clone / "winds.md").read_bytes() == document.read_bytes()
    assert run("format", "--check", "--data", clone).status == 0


def test_the_check_of_the_folder_installs_nothing_that_nobody_named(tmp_path: Path, run: Run) -> None:
    """A name that no index has yet would be whoever takes it there."""
    assert run("init", tmp_path / "winds").status == 0
    check = yaml.safe_load((tmp_path / "winds" / ".github" / "workflows" / "check.yml").read_text("utf-8"))["jobs"]["check"]
    (step,) = [step for step in check["steps"] if "pip install" in step.get("run", "")]
    assert step["env"] == {"SYNTHKG": "${{ vars.SYNTHKG }}"}
    script = f"pip() {{ echo pip $*; }}\n{step['run']}"
    unset, named = (
        subprocess.run(["sh", "-ec", script], env={"SYNTHKG": value}, capture_output=True, text=True, check=False)
        for value in ("", "git+https://example.org/synthkg@1234567")
    )
    assert (unset.returncode, "pip install" in unset.stdout, "variable SYNTHKG" in unset.stdout) == (1, False, True)
    assert (named.returncode, named.stdout) == (0, "pip install git+https://example.org/synthkg@1234567\n")


@pytest.mark.parametrize("name", ["mine", "a\udcffb", "a\x1bb"])
def test_folder_without_a_list(name: str, tmp_path: Path, run: Run) -> None:
    folder = tmp_path / name
    folder.mkdir()
    (folder / "README.md").write_text("Mine.\n")
    assert run("init", folder).status == 0
    assert (folder / "README.md").read_text() == "Mine.\n"
    assert run("check", "--data", folder).stdout == ""
    assert run("build", "--data", folder, "--out", folder / "dist").status == 0


def test_venues_that_the_project_knows_come_finished_whatever_takes_the_list_in(tmp_path: Path, run: Run) -> None:
    first, later = tmp_path / "winds.md", tmp_path / "later.md"
    first.write_text("# Winds\n\n- [Winds of the northern tropics](https://arxiv.org/abs/2001.00001), TMLR 2023\n")
    later.write_text(f"{first.read_text()}- [Storms over the southern sea](https://example.org/storms), ICLR 2020\n")
    ways = {
        "init": ("init", str(tmp_path / "init"), "--list", str(later)),
        "import": ("import", str(later), "--to", str(tmp_path / "import")),
        "match": ("match", str(later), "--data", str(tmp_path / "match"), "--to", str(tmp_path / "match")),
        "update": ("update", str(later), "--data", str(tmp_path / "update"), "--list", "winds", "--date", "2026-01-01"),
    }
    for name in ("match", "update"):
        assert run("init", str(tmp_path / name), "--list", str(first)).status == 0
    for name, call in ways.items():
        assert run(*call).status == 0
        catalog = load_catalog(tmp_path / name)
        assert ([*catalog.of(Venue)], [*catalog.drafts["venues"]]) == (["arxiv", "iclr", "tmlr"], []), name


def test_a_row_names_a_venue_that_the_project_alone_knows(tmp_path: Path, run: Run) -> None:
    """So what it says against the record is told."""
    first, other = tmp_path / "winds.md", tmp_path / "other.md"
    first.write_text("# Winds\n\n- [Winds of the northern tropics](https://arxiv.org/abs/2001.00001), TMLR 2023\n")
    other.write_text(first.read_text().replace("TMLR 2023", "ICLR 2020"))
    run("init", str(tmp_path / "data"), "--list", str(first))
    assert "ICLR 2020: ours is TMLR 2023" in run("match", str(other), "--data", str(tmp_path / "data")).stdout


def test_neither_the_data_set_nor_its_pages_are_called_otherwise_when_another_list_comes(tmp_path: Path, run: Run) -> None:
    first, other, data = tmp_path / "winds.md", tmp_path / "airs.md", tmp_path / "data"
    first.write_text("# Winds\n\n- [Winds of the northern tropics](https://arxiv.org/abs/2001.00001)\n")
    other.write_text("# Airs\n\n- [Storms over the southern sea](https://example.org/storms)\n")
    again = ("import", first, "--to", tmp_path / "new")
    for call in (("init", data, "--list", first), ("match", other, "--data", data, "--to", data), again, again):
        assert run(*call).status == 0
    for folder in (data, tmp_path / "new"):
        assert [id for id, each in load_catalog(folder).of(ReadingList).items() if each.primary] == ["winds"]
    assert f"{BASE}dataset/Winds, after its title" in run("build", "--data", data, "--out", tmp_path / "dist").stderr
    assert run("view", "published", "--data", data).stdout == first.read_text()
    file = data / "lists" / "winds.yaml"
    file.write_text(file.read_text().replace("primary: true\n", ""))
    assert (
        f"{BASE}dataset/unnamed, since nothing says its IRI or title"
        in run("build", "--data", data, "--out", tmp_path / "dist").stderr
    )


def test_a_field_that_begins_without_a_list_is_told_what_the_headings_of_its_lists_could_name(tmp_path: Path, run: Run) -> None:
    """A concept that is written later finds the headings of the lists that are there."""
    data, file = tmp_path / "data", tmp_path / "winds.md"
    file.write_text(LIST)
    assert run("init", data).status == 0
    told = run("init", data, "--list", file)
    way = f"synthkg match {file} --id winds --to {data} --data {data}"
    assert (told.status, way in told.stderr) == (2, True)
    assert run(*way.split()[1:]).status == 0
    scheme = data / "concepts" / "topic.yaml"
    scheme.write_text(
        f"{scheme.read_text()}concepts:\n  - id: gales\n    label: Gales\n    definition: x\n    aliases: ['🌪 Storms:']\n"
    )
    rows = run("query", "SELECT ?row ?concept { ?row synthkg:listedUnder ?concept }", "--data", data, "--format", "csv").stdout
    assert rows.count("concept/topic/gales") == 2
    found = run("check", "--data", data).stdout
    assert [title for title in ("Winds", "Trade", "Surveys", "2021") if f'heading "{title}' in found] == ["Surveys"]


def test_any_number_of_venues_without_a_letter_of_latin_get_ids(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "winds.bib"
    titles = [f"{chr(0x4E00 + n)}{chr(0x5E00 + n)}学报" for n in range(50)]
    file.write_text(
        "".join(f"@article{{k{n}, title={{Winds of the {n}th sea}}, journal={{{title}}}}}\n" for n, title in enumerate(titles))
    )
    assert run("init", tmp_path / "data", "--list", file).status == 0
    venues = load_catalog(tmp_path / "data").drafts["venues"]
    assert sorted(venue.title for venue in venues.values()) == sorted(titles)
    assert {"venue", "venue-2", "venue-50"} <= {*venues}


def test_a_readme_is_one_list_for_every_command(tmp_path: Path, run: Run) -> None:
    file, data = tmp_path / "winds" / "README.md", tmp_path / "data"
    file.parent.mkdir()
    file.write_text(LIST)
    assert run("init", data, "--list", file).status == 0
    file.write_text(f"{LIST}\n- [Gales and squalls of the south](https://arxiv.org/abs/2001.00009)\n")
    assert run("import", file, "--to", data, "--update").status == 0
    assert "exists already" in run("match", file, "--data", data, "--to", data).stderr
    assert [*load_catalog(data).of(ReadingList)] == ["winds"]


def test_a_heading_that_could_mean_concepts_of_two_schemes_is_told(tmp_path: Path, run: Run) -> None:
    data, file = tmp_path / "data", tmp_path / "winds.md"
    file.write_text(LIST)
    assert run("init", data).status == 0
    for scheme in ("topic", "air"):
        (data / "concepts" / f"{scheme}.yaml").write_text(
            f"title: T\nconcepts:\n  - id: all\n    label: Of {scheme}\n    definition: x\n    aliases: [surveys]\n"
        )
    assert run("match", file, "--data", data, "--to", data).status == 0
    told = [line for line in run("check", "--data", data).stdout.splitlines() if "ambiguous-label" in line]
    assert [line.partition(": the concept")[0] for line in told] == [f"{data / 'concepts' / 'topic.yaml'}:6:15: note"]
    rows = run("query", "SELECT DISTINCT ?c { ?row synthkg:listedUnder ?c }", "--data", data, "--format", "csv").stdout
    assert rows.split() == ["c", f"{BASE}concept/topic/all"], "a heading means the one at which it is told"


FOREIGN = """\
# 风

## 应用

- [热带的风](https://arxiv.org/abs/2001.00001)

## Medical

- [Winds of the tropics in hospitals](https://arxiv.org/abs/2001.00002)
"""


def test_another_field_says_nothing_of_the_first(tmp_path: Path, run: Run) -> None:
    """Its graph has no schemes of ours, its pages and its description lead to none, and what only we have is told plainly."""
    data, dist, views, site = (tmp_path / name for name in ("data", "dist", "views", "site"))
    (tmp_path / "list.md").write_text(FOREIGN, "utf-8")
    assert run("init", data, "--list", tmp_path / "list.md").status == 0
    for file in (data / "papers").glob("*.yaml"):
        file.write_text(file.read_text("utf-8").replace("draft: true\n", ""), "utf-8")
    assert run("build", "--data", data, "--out", dist).status == 0
    dump = (dist / "synthkg.nq").read_text("utf-8")
    assert f"<{BASE}concept/stage" not in dump
    assert f"<{BASE}concept/state/gone>" in dump
    label = '<http://www.w3.org/2004/02/skos/core#prefLabel> "应用" '
    assert label in dump
    assert "data-synthesis-using-llms" not in (dist / "void.ttl").read_text("utf-8")
    assert run("view", "--from", dist / "synthkg.nq", "--out", views).status == 0
    assert sorted(path.name for path in views.iterdir() if path.is_dir()) == ["topic"]
    assert "No paper yet as a fact; lists put 1 here." in (views / "topic" / "topic-1.md").read_text("utf-8")
    assert "(stage)" not in (views / "README.md").read_text("utf-8")
    assert (views / "family-tree.md").read_text("utf-8").endswith("\n\nNo method here extends another.\n")
    assert run("site", "--from", dist / "synthkg.nq", "--out", site).status == 0
    assert 'href="concept/stage.html"' not in (site / "records.html").read_text("utf-8")
    assert not (site / "query" / "lineage.html").exists()
    items = run("export", "wikidata", "--without-links", "--data", data).stdout
    assert 'LAST\tLmul\t"热带的风"' in items
    assert 'und:"Winds of the tropics in hospitals"' in items
    assert "Len" not in items
    asked = run("query", "lineage", "--data", data)
    assert (asked.status, "this graph has none" in asked.stderr) == (2, True)
    from_records = load_catalog(data)
    assert {str(quad) for quad in dataset(from_records)} <= {line.removesuffix(" .") for line in dump.splitlines()}


def test_who_refutes_a_concept_of_ours_has_it(tmp_path: Path, run: Run) -> None:
    (tmp_path / "list.md").write_text(FOREIGN, "utf-8")
    assert run("init", tmp_path / "data", "--list", tmp_path / "list.md").status == 0
    paper = next((tmp_path / "data" / "papers").glob("winds-*.yaml"))
    refuted = "refuted:\n  - concept: domain/medical\n    reason: it is about winds\n"
    for said, has_it in (("", False), (refuted, True)):
        paper.write_text(paper.read_text("utf-8").replace("draft: true\n", "") + said, "utf-8")
        concepts = {str(quad.subject) for quad in dataset(load_catalog(tmp_path / "data"))}
        assert (f"<{BASE}concept/domain/medical>" in concepts) == has_it


def test_a_heading_means_a_concept_of_its_own_field(tmp_path: Path, run: Run) -> None:
    """A list that comes later says "Applications", which is no stage of a language model's life here."""
    (tmp_path / "list.md").write_text(LIST, "utf-8")
    (tmp_path / "later.md").write_text(LIST.replace("🌪 Storms:", "Applications"), "utf-8")
    assert run("init", tmp_path / "data", "--list", tmp_path / "list.md").status == 0
    assert run("match", tmp_path / "later.md", "--data", tmp_path / "data", "--to", tmp_path / "data").status == 0
    later = load_catalog(tmp_path / "data").of(ReadingList)["later"]
    named = {block.title: block.concept for block in later.content if block.heading}
    assert (named["Applications"], named["1. Trade winds"]) == (None, "topic/trade-winds")


def test_a_concept_that_is_called_otherwise_keeps_its_former_id(tmp_path: Path, run: Run) -> None:
    """Scheme and id may change; what was published leads to it, and a record that writes the old one is told the new one."""
    data = tmp_path / "data"
    (tmp_path / "list.md").write_text(LIST, "utf-8")
    assert run("init", data, "--list", tmp_path / "list.md").status == 0
    paper = data / "papers" / "winds-of-the-tropics.yaml"
    paper.write_text(paper.read_text("utf-8").replace("draft: true\n", "") + "topics:\n  - topic/storms\n", "utf-8")
    assert run("build", "--data", data, "--out", tmp_path / "old").status == 0
    scheme = {"title": "Weather", "concepts": [{"id": "gales", "label": "Gales", "definition": "Strong winds."}]}
    scheme["concepts"][0]["formerly"] = ["topic/storms"]  # type: ignore[index]
    (data / "concepts" / "weather.yaml").write_text(yaml.safe_dump(scheme), "utf-8")
    topics = data / "concepts" / "topic.yaml"
    kept = yaml.safe_load(topics.read_text("utf-8"))
    kept["concepts"] = [each for each in kept["concepts"] if each["id"] != "storms"]
    topics.write_text(yaml.safe_dump(kept, allow_unicode=True), "utf-8")
    lists = data / "lists" / "list.yaml"
    lists.write_text(lists.read_text("utf-8").replace("topic/storms", "weather/gales"), "utf-8")
    assert 'the concept "topic/storms" is now "weather/gales"' in run("check", "--data", data).stdout
    paper.write_text(paper.read_text("utf-8").replace("topic/storms", "weather/gales"), "utf-8")
    assert run("format", "--data", data).status == 0
    assert run("build", "--data", data, "--out", tmp_path / "new").status == 0
    told = run("diff", tmp_path / "old" / "synthkg.nq", tmp_path / "new" / "synthkg.nq").stdout
    assert '"Gales" (weather/gales) was topic/storms' in told
    assert "reclassified" not in told
    assert "concept/weather/gales" in run("show", "concept/topic/storms", "--data", data).stdout
    links = (TOY / "links" / "cso.sssom.tsv").read_text("utf-8").splitlines(keepends=True)
    (data / "links").mkdir()
    (data / "links" / "cso.sssom.tsv").write_text(
        "".join(links[:-2]) + links[-1].replace("domain/medical", "topic/storms"), "utf-8"
    )
    assert f'is now "{BASE}concept/weather/gales"' in run("check", "--data", data).stdout
