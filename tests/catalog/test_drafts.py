"""Drafts: they can be mentioned and matched, what they lack is told as notes, and they are no part of the graph."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml

from conftest import TOY, Run
from synthkg.catalog import load_catalog, write_changed
from synthkg.errors import BuildRefused
from synthkg.model import Paper, Venue


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The toy folder, to write in."""
    return Path(shutil.copytree(TOY, tmp_path / "data"))


def test_a_skeleton_is_a_draft_and_everything_goes_on(run: Run, data: Path, tmp_path: Path) -> None:
    before = run("view", "papers", "--data", data).stdout
    assert run("add", "2212.99999", "--title", "A paper of tomorrow", "--data", data).status == 0
    assert run("add", "https://github.com/toy/tomorrow", "--data", data).status == 0
    checked = run("check", "--data", data)
    assert checked.status == 0, checked.stdout
    told = [line for line in (checked.stdout + checked.stderr).splitlines() if "tomorrow" in line]
    assert told
    assert all(": note: " in line for line in told)
    assert run("view", "papers", "--data", data).stdout == before
    assert run("build", "--data", data, "--out", tmp_path / "dist").status == 0
    assert "tomorrow" not in (tmp_path / "dist" / "synthkg.nq").read_text("utf-8")
    (tmp_path / "list.md").write_text("- [A paper of tomorrow](https://arxiv.org/abs/2212.99999)\n", "utf-8")
    assert "known" in run("match", tmp_path / "list.md", "--data", data).stdout
    again = run("add", "2212.99999", "--data", data)
    assert again.status == 2
    assert "already" in again.stderr


@pytest.mark.parametrize("folder", ["toy", "mine", "ours"])
def test_the_evidence_of_a_draft_supports_what_the_draft_asks_for(folder: str, run: Run, data: Path, tmp_path: Path) -> None:
    """In a field of one's own that is topics, also while there are none yet, and nowhere what only our field has."""
    if folder == "mine":
        data = tmp_path / folder
        assert run("init", data).status == 0
    elif folder == "ours":
        shutil.rmtree(data)
        (data / "papers").mkdir(parents=True)
    assert run("add", "2212.99999", "--id", "morrow", "--data", data).status == 0
    draft = yaml.safe_load((data / "papers" / "morrow.yaml").read_text("utf-8"))
    assert {*draft["evidence"][0]["supports"]} == {*draft} - {"draft", "evidence"}
    assert ("topics" in draft) == (folder != "ours")


@pytest.mark.parametrize(("there", "added"), [("doi", "2023.acl-long.9"), ("acl", "10.18653/v1/2023.ACL-long.9")])
def test_a_paper_is_known_by_either_identifier_of_one_page(there: str, added: str, run: Run, data: Path) -> None:
    value = {"doi": "10.18653/v1/2023.acl-long.9", "acl": "2023.acl-long.9"}[there]
    text = f'draft: true\ntitle: Neap\nversions:\n  - id: published\n    type: conference-paper\n    {there}: "{value}"\n'
    (data / "papers" / "neap.yaml").write_text(text, "utf-8")
    done = run("add", added, "--data", data)
    assert done.status == 2
    assert "neap.yaml: 2023.acl-long.9 is in the graph already" in done.stderr


def test_a_finished_draft_that_loses_the_word_is_a_record(run: Run, data: Path) -> None:
    file = data / "papers" / "tide-survey.yaml"
    text = file.read_text("utf-8")
    before = run("view", "papers", "--data", data).stdout
    file.write_text(f"draft: true\n{text}", "utf-8")
    checked = run("check", "--data", data)
    assert checked.status == 0, checked.stdout
    assert "remove the line draft: true" in checked.stdout + checked.stderr
    assert "tide-survey" not in run("view", "papers", "--data", data).stdout
    assert "tide-survey" in load_catalog(data).known(Paper)
    file.write_text(text, "utf-8")
    assert run("view", "papers", "--data", data).stdout == before


def test_a_record_may_mention_a_draft_but_not_a_stranger(run: Run, data: Path) -> None:
    file = data / "papers" / "tide-survey.yaml"
    file.write_text(file.read_text("utf-8").replace("uses:\n", "uses:\n  - tomorrow\n"), "utf-8")
    assert run("check", "--data", data).status == 1
    (data / "methods" / "tomorrow.yaml").write_text("draft: true\n", "utf-8")
    assert run("check", "--data", data).status == 0


@pytest.mark.parametrize(
    "text", ["draft: true\n", "draft: true\ntitle:\nversions:\n  - id:\n    type:\nauthors:\n  -\n", "draft: true\ntitel: x\n"]
)
def test_whatever_a_draft_lacks_is_a_note(run: Run, data: Path, text: str) -> None:
    (data / "papers" / "tomorrow.yaml").write_text(text, "utf-8")
    done = run("check", "--data", data)
    assert done.status == 0, done.stdout
    assert "tomorrow.yaml" in done.stdout + done.stderr


def test_what_says_draft_otherwise_is_told(run: Run, data: Path) -> None:
    file = data / "papers" / "tide-survey.yaml"
    file.write_text(f"draft: yes\n{file.read_text('utf-8')}", "utf-8")
    done = run("check", "--data", data)
    assert done.status == 1
    assert "true" in done.stdout + done.stderr


def test_what_identifiers_say_is_there_at_once(run: Run, data: Path) -> None:
    """An ACL id says venue, year, track and DOI, and its venue comes along; an arXiv number says its month."""
    assert run("add", "2024.acl-long.208", "--data", data).status == 0
    paper = load_catalog(data).drafts["papers"]["2024-acl-long-208"]
    assert isinstance(paper, Paper)
    (version,) = paper.versions
    assert (version.id, version.venue, version.year, version.track) == ("acl-2024", "acl", 2024, "main")
    assert version.doi == "10.18653/v1/2024.acl-long.208"
    assert "acl" in load_catalog(data).of(Venue)
    assert "already" in run("add", "https://doi.org/10.18653/v1/2024.acl-long.208", "--data", data).stderr
    assert run("add", "2212.99999", "--data", data).status == 0
    assert "date: 2022-12" in (data / "papers" / "2212-99999.yaml").read_text()


@pytest.mark.parametrize("what", ["https://github.com/toy/tomorrow", "10.5555/tides", "2212.99999", "2024.acl-long.208"])
def test_a_draft_asks_when_its_source_was_read(run: Run, data: Path, what: str) -> None:
    """Whatever an identifier says stands apart, so that its note is beside nothing that a person typed or is to type."""
    assert run("add", what, "--title", "Tomorrow", "--data", data).status == 0
    (file,) = data.glob("*/tomorrow.yaml")
    asked, *deduced = yaml.safe_load(file.read_text("utf-8"))["evidence"]
    assert ("read" in asked, asked.get("read"), asked.get("note")) == (True, None, None)
    for each in deduced:
        assert each["note"] == "follows from the identifier"
        assert all(fact.startswith("versions.") for fact in each["supports"])
    assert 'note: "read" has no value' in run("check", "--data", data).stdout


def test_what_is_open_stays_open_when_a_source_fills_the_rest(run: Run, data: Path, tmp_path: Path) -> None:
    """No identifier, no comment and no open key is lost, whether a source is asked at once or afterwards."""
    source = tmp_path / "works.json"
    item = {
        "DOI": "10.5555/tides",
        "title": ["Tides by the sea"],
        "type": "proceedings-article",
        "container-title": ["Conference on Toys"],
        "published": {"date-parts": [[2024, 5]]},
        "author": [{"given": "Ada", "family": "Marée"}],
    }
    source.write_text(json.dumps({"message": item}))
    first = run("add", "10.5555/tides", "--data", data, "--id", "tides")
    assert first.status == 0, first.stderr
    assert "type:  # conference-paper" in (data / "papers" / "tides.yaml").read_text()
    assert run("enrich", "tides", "--data", data, "--from", f"crossref={source}").status == 0
    text = (data / "papers" / "tides.yaml").read_text()
    assert all(part in text for part in ("10.5555/tides", "title: Tides by the sea", "contributions:  # benchmark", "Ada Marée"))
    assert "kind: publisher\n    read:\n    supports:\n" in text
    assert "toyconf-2024" in text
    assert run("check", "--data", data).status == 0
    assert run("add", "10.5555/tides", "--data", data).status == 2


@pytest.mark.parametrize(
    "wrong",
    [
        "notes: an hour of reading",
        "stages:\n  - fine-tunning",
        "versions:\n  - id: preprint\n    type: preprint\n    arxiv: 2212.10561\n    pagees: 12-13",
        "evidence:\n  - source: https://example.org/tides",
        "summary: one\nsummary: two",
    ],
)
def test_what_cannot_be_read_of_a_draft_is_in_it_still(run: Run, data: Path, wrong: str) -> None:
    """Whoever writes drafts leaves it alone, and says where and why; the others are written."""
    for id in ("low", "high"):
        versions = "" if "versions" in wrong and id == "low" else "versions:\n  - id: preprint\n    arxiv: '2212.10560'\n"
        text = f"draft: true\ntitle: '{id}'\n{versions}{wrong if id == 'low' else ''}\n"
        (data / "papers" / f"{id}.yaml").write_text(text)
    before = (data / "papers" / "low.yaml").read_bytes()
    done = run("enrich", "--data", data)
    assert (done.status, (data / "papers" / "low.yaml").read_bytes()) == (0, before)
    assert re.search(r"low\.yaml:\d+:\d+: left as it is, because .+; .+\n", done.stderr)
    assert "versions.preprint.date" in (data / "papers" / "high.yaml").read_text()
    run("format", "--data", data)
    assert (data / "papers" / "low.yaml").read_bytes() == before
    catalog = load_catalog(data)
    with pytest.raises(BuildRefused, match="would be lost"):
        write_changed(catalog, [catalog.known(Paper)["low"]])


def test_an_artifact_draft_that_is_not_wholly_read_is_not_watched(run: Run, data: Path, tmp_path: Path) -> None:
    file = data / "artifacts" / "tide-data.yaml"
    file.write_text(f"draft: true\n{file.read_text()}notes: an hour of reading\n")
    before, seen = file.read_bytes(), tmp_path / "seen.jsonl"
    url = "https://huggingface.co/datasets/toy/tide"
    asked = {"day": "2026-11-23", "run": "2026-11-23T10:00:00+00:00", "by": "page", "url": url, "asked": url, "status": 200}
    controls = [
        {**asked, "url": "https://huggingface.co/a", "control": "present"},
        {**asked, "url": "https://huggingface.co/b", "control": "absent", "status": 404},
    ]
    seen.write_text("".join(f"{json.dumps(each)}\n" for each in (*controls, asked)))
    done = run("watch", "--data", data, "--from", seen)
    assert "tide-data.yaml:17:1: left as it is, because" in done.stderr
    assert file.read_bytes() == before


def test_a_bibliography_gives_drafts_of_what_is_new(run: Run, data: Path) -> None:
    """From a file or standard input; what is known, in conflict or broken is named at its line, and nothing comes twice."""
    text = """@inproceedings{a, title={Neap {T}ides}, author={Cove, Carl and Marée, Ada}, booktitle={EMNLP}, year={2023},
      url={https://aclanthology.org/2023.emnlp-main.7}}
@misc{b, title={Tide-Instruct: Teaching Models to Read Tides}, url={https://arxiv.org/abs/2301.00001}}
@misc{d, title={Tides of the far seas}, eprint={2301.00002}, archiveprefix={arXiv}}
@misc{e, title={Tides of the far seas}, doi={10.5555/seas}}
@misc{c, title={Cut"""
    done = run("add", "--bibtex", "-", "--data", data, stdin=text)
    assert done.status == 0, done.stderr
    assert "-:3:1: known" in done.stderr
    assert '-:5:1: “Tides of the far seas” went into the record "tides-of-the-far-seas"' in done.stderr
    assert "-:6:1: this is no whole entry" in done.stderr
    paper = load_catalog(data).drafts["papers"]["neap-tides"]
    assert isinstance(paper, Paper)
    assert [author.name for author in paper.authors] == ["Carl Cove", "Ada Marée"]
    assert paper.versions[0].doi == "10.18653/v1/2023.emnlp-main.7"
    assert run("check", "--data", data).status == 0
    assert "0 records written" in run("add", "--bibtex", "-", "--data", data, stdin=text).stderr


@pytest.mark.parametrize("name", ["refs.txt", "refs", "refs.bib"])
def test_a_bibliography_is_bibtex_whatever_its_file_is_called(name: str, run: Run, data: Path) -> None:
    """And a file without an entry is told: a page that a server sent instead, say."""
    file = data.parent / name
    file.write_text("@misc{a,\n  title = {Tides of the north},\n  eprint = {2301.00002},\n  archiveprefix = {arXiv}\n}\n")
    assert "1 record written, 0 entries left" in run("add", "--bibtex", file, "--data", data).stderr
    file.write_text("<html><p>Too many requests</p></html>")
    done = run("add", "--bibtex", file, "--data", data)
    assert done.status == 1
    assert "nothing was read as an entry; this seems to be HTML" in done.stderr


def test_the_venues_of_a_bibliography_come_finished_where_the_project_knows_them(run: Run, tmp_path: Path) -> None:
    """Also beside what identifiers say, which named a venue that had just come as a draft: nothing of that was written."""
    text = """@inproceedings{a, title={Tides of the north}, booktitle={Proceedings of the Conference of Harbours}, year={2023},
      url={https://aclanthology.org/2023.gem-1.23}, eprint={2301.00002}, archiveprefix={arXiv}}
@article{b, title={Tides of the south}, journal={arXiv preprint arXiv:2301.00003}, year={2023}}
@inproceedings{c, title={Tides of the west}, booktitle={ICLR}, year={2023}}"""
    assert run("init", tmp_path / "mine").status == 0
    done = run("add", "--bibtex", "-", "--data", tmp_path / "mine", stdin=text)
    assert done.status == 0, done.stderr
    catalog = load_catalog(tmp_path / "mine")
    assert {*catalog.of(Venue)} == {"arxiv", "iclr"}
    assert "track = main" in done.stderr
    assert any(version.track == "main" for version in catalog.known(Paper)["tides-of-the-north"].versions)


def test_entries_of_a_bibliography_that_share_a_key_are_both_taken_and_told(run: Run, data: Path) -> None:
    text = "@misc{a, title={Neap tides of the north}}\n@misc{b, title={Spring tides}}\n@misc{a, title={Seas of the far south}}\n"
    done = run("add", "--bibtex", "-", "--data", data, stdin=text)
    assert '-:3:1: the key "a" is that of line 1 as well' in done.stderr
    assert "3 records written, 0 entries left" in done.stderr


@pytest.mark.parametrize(
    ("folder", "call"),
    [
        ("papers/tide-survey", "add 2212.99999 --id old-name"),
        ("papers/tide-survey", "add 2212.99999 --title Old-name"),
        ("papers/tide-survey", "import old.md --to DATA --id fresh"),
        ("methods/ebb", "add method Old-name"),
        ("venues/harbours", "add venue EMNLP --id old-name"),
        ("lists/tides", "match old.md --to DATA --id old-name"),
    ],
)
def test_an_id_that_a_record_had_is_given_to_no_other(run: Run, data: Path, folder: str, call: str) -> None:
    file = data / f"{folder}.yaml"
    text = file.read_text("utf-8").replace("formerly:\n", "formerly:\n  - old-name\n")
    file.write_text(text if "old-name" in text else f"formerly:\n  - old-name\n{text}", "utf-8")
    document = data.parent / "old.md"
    document.write_text("- [Old name](https://arxiv.org/abs/2212.99999)\n", "utf-8")
    before = sorted(data.rglob("*"))
    words = [str(document) if word == "old.md" else str(data) if word == "DATA" else word for word in call.split()]
    done = run(*words, *([] if "import" in words else ["--data", str(data)]))
    assert done.status == 2, done.stdout
    assert f'{file}: had the id "old-name" (formerly)' in done.stderr
    assert sorted(data.rglob("*")) == before


def test_names_of_methods_and_venues(run: Run, data: Path) -> None:
    """A venue that the project knows comes finished; a name that is there is refused; a call that says two things, too."""
    assert run("add", "method", "Neap", "--data", data).status == 0
    assert run("add", "venue", "Tidal Letters", "--data", data).status == 0
    assert run("add", "venue", "emnlp", "--data", data).status == 0
    assert "emnlp" in load_catalog(data).of(Venue)
    assert {*load_catalog(data).drafts["methods"], *load_catalog(data).drafts["venues"]} == {"ebb", "neap", "tidal-letters"}
    assert run("check", "--data", data).status == 0
    for wrong in (["method", "Ebb"], ["venue", "ToyConf"], ["method"], ["2212.10560", "x"], ["2212.10560", "--bibtex", "-"], []):
        assert run("add", *wrong, "--data", data).status == 2, wrong
