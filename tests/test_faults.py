"""Faults of every kind, planted one at a time: each is found by name, at the right place, with words that mend it."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from importlib.metadata import metadata
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from conftest import ROOT, TESTS, TOY, Run, call
from synthkg.catalog import load_catalog, print_snapshots
from synthkg.findings import Finding
from synthkg.model import ReadingList


class Plant(NamedTuple):
    """A fault: see faults.yaml for what its fields mean."""

    name: str
    file: str
    rule: str
    words: str
    new: str
    old: str = ""
    at: str = ""
    also: Sequence[str] = ()


PLANTS = [Plant(**each) for each in yaml.safe_load((TESTS / "faults.yaml").read_text(encoding="utf-8"))]
DRIFT = "methods/drift.yaml"


@pytest.fixture(scope="module")
def bed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where each fault is planted."""
    return tmp_path_factory.mktemp("faults") / "toy"


@pytest.fixture
def data(bed: Path) -> Path:
    """A fresh copy of the toy data, without the code link and the draft that `check` notes."""
    shutil.rmtree(bed, ignore_errors=True)
    return sound(Path(shutil.copytree(TOY, bed)))


def sound(data: Path) -> Path:
    """The toy without what is there for the checks to note: a row's unofficial code, a draft, and a data set without a DOI."""
    (data / "methods" / "ebb.yaml").unlink()
    with (data / "CITATION.cff").open("a", encoding="utf-8") as citation:
        citation.write("doi: 10.1234/tides\n")
    file = data / "lists" / "tides.yaml"
    text = file.read_text(encoding="utf-8")
    noted = "        code: https://github.com/toy/tide\n        row: "
    assert text.count(noted) == 1
    file.write_text(text.replace(noted, '        code: "-"\n        row: '), encoding="utf-8")
    tides = load_catalog(data).of(ReadingList)["tides"]
    for snapshot, printed in zip(tides.snapshots, print_snapshots(tides), strict=True):
        text = file.read_text(encoding="utf-8").replace(str(snapshot.sha256), sha256(printed.encode()).hexdigest())
        file.write_text(text, encoding="utf-8")
    return data


def findings(data: Path, run: Run, status: int = 1) -> list[Finding]:
    """What `synthkg check` finds, without notes."""
    done = run("check", "--data", data, "--format", "json")
    assert done.status == status, done.stderr
    return [finding for each in json.loads(done.stdout) if (finding := Finding(**each)).severity != "note"]


def plant(data: Path, fault: Plant) -> tuple[int, int]:
    """Plants a fault and gives the line and column at which it is to be found."""
    path = data / fault.file
    text = path.read_text(encoding="utf-8") if fault.old else ""
    assert fault.old in text
    text = text.replace(fault.old, fault.new, 1) if fault.old else fault.new
    path.write_text(text, encoding="utf-8")
    offset = text.index(fault.at)
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


@pytest.mark.parametrize("fault", PLANTS, ids=lambda fault: fault.name.replace(" ", "-"))
def test_fault_is_found_where_it_is(fault: Plant, data: Path, run: Run) -> None:
    place = plant(data, fault)
    found = findings(data, run)
    where = str(Path(fault.file).with_suffix(""))
    places = [(f.rule, str(Path(f.file).relative_to(data).with_suffix("")), f.line, f.column) for f in found]
    assert (fault.rule, where, *place) in places
    expected = found[places.index((fault.rule, where, *place))]
    assert fault.words in expected.mend
    follows = {"snapshot-changed"} if where.startswith("lists/") else set()  # what a list's content is, its snapshots print
    assert {f.rule for f in found if f != expected} <= {*fault.also, *follows}


def test_unreadable_text_is_named(data: Path, run: Run) -> None:
    (data / DRIFT).write_bytes("title: Drift\nevidence: Mar\u00e9e".encode("latin-1"))
    (found,) = (f for f in findings(data, run) if f.rule == "unreadable-file")
    assert (found.file, found.line, found.column) == (str(data / DRIFT), 2, 14)
    assert found.problem.startswith("not UTF-8")


@pytest.mark.parametrize(
    ("file", "rule", "where", "words"),
    [
        ("papers/notes.txt", "stray-file", "papers/notes.txt", "rename or remove"),
        ("papers/Tide Two.yaml", "bad-id", "papers/Tide Two.yaml", "lower-case letters, digits and single hyphens"),
        ("papers/aux.yaml", "bad-id", "papers/aux.yaml", "not con, prn, aux, nul"),
        (f"papers/{'a' * 201}.yaml", "bad-id", f"papers/{'a' * 201}.yaml", "at most 200"),
        ("paper/tide.yaml", "unknown-folder", "paper", 'did you mean "papers"?'),
        ("link/cso.sssom.tsv", "unknown-folder", "link", 'did you mean "links"?'),
    ],
)
def test_misplaced_file_is_found(file: str, rule: str, where: str, words: str, data: Path, run: Run) -> None:
    (data / file).parent.mkdir(exist_ok=True)
    (data / file).write_text((data / DRIFT).read_text())
    (found,) = findings(data, run)
    assert (found.rule, found.file, found.line, found.column) == (rule, str(data / where), 1, 1)
    assert words in found.mend


def test_what_is_no_file_is_not_waited_for(data: Path, run: Run) -> None:
    """A pipe to which nobody writes, a device without an end."""
    os.mkfifo(data / "LICENSE")
    os.mkfifo(data / "papers" / "pipe.yaml")
    (data / "papers" / "zero.yaml").symlink_to("/dev/zero")
    (data / "links" / "wikidata.sssom.tsv").unlink(missing_ok=True)
    os.mkfifo(data / "links" / "wikidata.sssom.tsv")
    found = [(Path(f.file).name, f.rule) for f in findings(data, run)]
    assert found == [("wikidata.sssom.tsv", "unreadable-file"), ("pipe.yaml", "stray-file"), ("zero.yaml", "stray-file")]


@pytest.mark.parametrize(
    ("name", "leads_to", "rule", "is_told"),
    [
        ("lists", "/no/such/mount", "unreadable-folder", True),
        ("links", "links", "unreadable-folder", True),
        ("papers/gone.yaml", "nowhere.yaml", "unreadable-file", True),
        ("papers/loop.yaml", "loop.yaml", "unreadable-file", True),
        ("links/cso.sssom.tsv", "nowhere", "unreadable-file", False),
        ("links/cso.sssom.tsv", "cso.sssom.tsv", "unreadable-file", False),
    ],
)
def test_a_link_that_leads_nowhere_is_an_error(
    name: str, leads_to: str, rule: str, is_told: bool, data: Path, tmp_path: Path, run: Run
) -> None:
    """And a warning of whatever asks without it, where records may be missing."""
    assert findings(data, run, 0) == []
    path = data / name
    if path.exists():
        path.rename(tmp_path / "aside")
    path.symlink_to(leads_to)
    found = {(each.file, each.rule) for each in findings(data, run) if each.severity == "error"}
    assert found == {(str(path), rule)}
    asked = run("query", "lineage", "-p", "method=drift", "--data", data)
    assert (asked.status, f"left out: {path}:" in asked.stderr) == (0, is_told)
    assert run("scale", "shards", "--data", data, "--out", tmp_path / "shards").status == 2
    (data / "papers" / ".#tide.yaml").symlink_to("somebody@host.1")
    assert {(each.file, each.rule) for each in findings(data, run) if each.severity == "error"} == found


def test_a_file_in_the_place_of_a_folder_is_an_error(data: Path, run: Run) -> None:
    """Also where the folder was empty, and what the checks came to is remembered."""
    shutil.rmtree(data / "lists")
    (data / "lists").mkdir()
    assert findings(data, run, 0) == []
    (data / "lists").rmdir()
    (data / "lists").touch()
    assert [each.rule for each in findings(data, run)] == ["unreadable-folder"]


def test_a_folder_that_cannot_be_read_is_no_failure_to_write(
    data: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    scandir = os.scandir

    def refusing(path: Any = ".") -> Any:
        if str(path) == str(data / "papers"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    for command in ("check", "build"):
        done = run(command, "--data", data, *(("--out", tmp_path / "dist") if command == "build" else ()))
        assert (done.status, done.stderr) == (2, f"synthkg: {data / 'papers'}: cannot read it: Permission denied\n")


def test_a_name_that_is_not_utf_8_is_told(data: Path, run: Run) -> None:
    (data / "papers" / os.fsdecode(b"\xff.yaml")).write_text((data / DRIFT).read_text())
    (found,) = findings(data, run)
    assert (found.rule, Path(found.file).parent) == ("bad-id", data / "papers")


def test_a_finding_is_a_line_whatever_the_name_of_the_file(data: Path, run: Run) -> None:
    (data / "papers" / "a\nb.yaml").write_text((data / DRIFT).read_text())
    lines = [line for line in run("check", "--data", data).stdout.splitlines() if "error" in line]
    assert len(lines) == 1
    assert lines[0].startswith(f"{data}/papers/a\\nb.yaml:1:1: error: ")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone with an ontology and queries of its own."""
    for folder in ("ontology", "queries"):
        shutil.copytree(ROOT / folder, tmp_path / "clone" / folder)
    sound(Path(shutil.copytree(TOY, tmp_path / "clone" / "data")))
    return tmp_path / "clone"


def test_cycle_in_broader_is_found(clone: Path) -> None:
    """A clone's own files win, its ontology too."""
    scheme = clone / "ontology" / "technique.ttl"
    concepts = {
        "data-augmentation": "data-labeling",
        "data-labeling": "data-augmentation",
    }
    lines = scheme.read_text(encoding="utf-8")
    for narrower, broader in concepts.items():
        head = f"<https://w3id.org/synthkg/concept/technique/{narrower}>"
        lines += f"\n{head} <http://www.w3.org/2004/02/skos/core#broader> <{head[1:-1].replace(narrower, broader)}> .\n"
    scheme.write_text(lines, encoding="utf-8")
    done = call("check", "--format", "json", cwd=clone)
    found = [Finding(**each) for each in json.loads(done.stdout)]
    assert {(f.rule, Path(f.file).name) for f in found} == {("broader-cycle", "technique.ttl")}
    at = {f.line for f in found}
    assert all("skos:broader" in f.mend for f in found)
    assert any(narrower in scheme.read_text().splitlines()[line - 1] for line in at for narrower in concepts)
    assert done.returncode == 1


def test_broken_ontology_is_named(clone: Path) -> None:
    (clone / "ontology" / "track.ttl").write_text("@prefix : <https://example.org/> .\n:a :b\n  .\n")
    done = call("check", cwd=clone)
    assert done.returncode == 2
    assert re.search(rb"ontology/track.ttl:3:\d+: not Turtle", done.stderr)


def test_a_query_that_is_no_check_is_named(clone: Path) -> None:
    (clone / "queries" / "checks" / "new.rq").write_text("#+ severity: error\nSELECT ?subject WHERE {}")
    done = call("check", cwd=clone)
    assert done.returncode == 2
    assert b"new.rq:1:1" in done.stderr
    assert b"problem" in done.stderr


def test_many_faults_come_sorted_by_place(data: Path, run: Run) -> None:
    for name in ("day that is not", "dangling method", "erratum misquotes", "null"):
        plant(data, _named(name))
    found = findings(data, run)
    assert {f.rule for f in found} == {"bad-date", "dangling-reference", "erratum-misquotes", "empty-value"}
    assert found == sorted(found)


def test_findings_as_text(data: Path, run: Run) -> None:
    plant(data, _named("unknown concept"))
    done = run("check", "--data", data)
    place = f"{data}/papers/tide-instruct.yaml:52:5"
    assert done.stdout == f'{place}: error: "fine-tunning" is no stage concept (did you mean "fine-tuning"?) [unknown-word]\n'
    assert done.stderr.endswith(": 1 error\n")


def test_findings_as_github_annotations(data: Path, run: Run) -> None:
    plant(data, _named("page range"))
    plant(data, _named("blanks in a title"))
    lines = run("check", "--data", data, "--format", "github").stdout.splitlines()
    command = re.compile(r"::(error|warning|notice) file=([^,:]+),line=(\d+),col=(\d+),title=([\w-]+)::(.+)")
    matches = [match for line in lines if (match := command.fullmatch(line))]
    assert len(matches) == len(lines) == 2
    assert matches[0].group(1, 2, 3, 4, 5) == ("error", str(data / DRIFT), "1", "8", "title")


def test_findings_as_sarif(data: Path, run: Run) -> None:
    line, column = plant(data, _named("two papers with one title"))
    log: dict[str, Any] = json.loads(run("check", "--data", data, "--format", "sarif").stdout)
    assert (log["version"], log["$schema"]) == ("2.1.0", "https://json.schemastore.org/sarif-2.1.0.json")
    (sarif,) = log["runs"]
    driver = sarif["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("synthkg", metadata("synthkg")["Version"])
    assert driver["informationUri"].startswith("https://")
    assert {rule["id"] for rule in driver["rules"]} == {result["ruleId"] for result in sarif["results"]} >= {"duplicate-title"}
    for rule in driver["rules"]:  # GitHub shows these (SARIF multitool: GH2012)
        assert all(rule[key]["text"].endswith(".") for key in ("shortDescription", "fullDescription", "help"))
    for result in sarif["results"]:
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
    places = [result["locations"][0]["physicalLocation"] for result in sarif["results"]]
    assert {
        "artifactLocation": {"uri": (data / "papers/tide-again.yaml").as_uri()},
        "region": {"startLine": line, "startColumn": column},
    } in places


@pytest.mark.parametrize("absolute", [True, False])
def test_sarif_names_files_by_uris(absolute: bool, data: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative to the working folder and percent-encoded, as RFC 3986 and GitHub want them."""
    odd = shutil.copytree(data, tmp_path / "my data #1, 50% größer?")
    plant(odd, _named("blanks in a title"))
    monkeypatch.chdir(odd.parent)
    log = json.loads(run("check", "--data", odd if absolute else odd.name, "--format", "sarif").stdout)
    uris = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in log["runs"][0]["results"]}
    assert uris == {f"my%20data%20%231%2C%2050%25%20gr%C3%B6%C3%9Fer%3F/{DRIFT}"}


@pytest.mark.parametrize("style", ["text", "github"])
def test_sound_data_print_nothing(style: str, data: Path, run: Run) -> None:
    assert run("check", "--data", data, "--format", style)[:2] == (0, "")


def _named(name: str) -> Plant:
    (fault,) = (each for each in PLANTS if each.name == name)
    return fault


def test_there_are_forty_kinds() -> None:
    assert len(PLANTS) >= 40
    assert len({fault.rule for fault in PLANTS}) >= 40
    assert [name for name, count in Counter(fault.name for fault in PLANTS).items() if count > 1] == []
