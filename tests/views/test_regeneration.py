"""Views on disk: stale ones are told, and no row vanishes unless a record says why or somebody means it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import ROOT, TOY, Done, Run, call


@pytest.fixture
def views(toy: Path, tmp_path: Path, run: Run) -> Path:
    """The views of the toy data, written."""
    out = tmp_path / "views"
    assert run("view", "--data", toy, "--out", out).status == 0
    return out


def snapshot(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): file.read_bytes().decode() for file in folder.rglob("*") if file.is_file()}


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def settle(data: Path) -> None:
    """Has all papers and venues as facts, which were drafts."""
    for file in (*data.glob("papers/*.yaml"), *data.glob("venues/*.yaml")):
        file.write_text(file.read_text("utf-8").replace("draft: true\n", ""), "utf-8")


def delete_survey(toy: Path) -> None:
    """Deletes a paper and every mention of it, without saying what became of it."""
    (toy / "papers" / "tide-survey.yaml").unlink()
    edit(toy / "lists" / "tides.yaml", "paper: tide-survey", "artifact: tide-code")


@pytest.mark.parametrize(
    "list",
    [
        "",
        "# Tides\n\n## Neap\n\n- [Moon](https://arxiv.org/abs/2112.09118)\n\n## Spring\n\n- [Sun](https://arxiv.org/abs/2112.09119)\n",
    ],
    ids=["no list", "a list"],
)
def test_the_index_links_what_is_there(list: str, tmp_path: Path, run: Run) -> None:
    """Without lists no list is linked, without methods none, and a scheme without concepts has no page."""
    (tmp_path / "list.md").write_text(list, encoding="utf-8")
    data, out = tmp_path / "mine", tmp_path / "views"
    assert run("init", data, *(("--list", tmp_path / "list.md") if list else ())).status == 0
    assert run("view", "--data", data, "--out", out).status == 0
    index = (out / "README.md").read_text(encoding="utf-8")
    links = set(re.findall(r"\]\((.*?)\)", index))
    assert {link for link in links if not (out / link).exists()} == set()
    assert ("published.md" in links, "topic" in links) == (bool(list), bool(list))
    assert "`make`" not in index


def test_a_second_run_changes_nothing(toy: Path, views: Path, run: Run) -> None:
    before = {file: file.stat().st_mtime_ns for file in views.rglob("*")}
    done = run("view", "--data", toy, "--out", views)
    assert done.stdout.endswith(f": 0 pages written, {len(snapshot(views))} unchanged\n")
    assert {file: file.stat().st_mtime_ns for file in views.rglob("*")} == before


def _edit_a_page(views: Path, dump: Path) -> None:
    edit(views / "method/drift.md", "Drift", "Driften")


def _remove_a_page(views: Path, dump: Path) -> None:
    (views / "code.md").unlink()


def _add_a_page(views: Path, dump: Path) -> None:
    (views / "method/gone.md").write_text("# Gone\n")


def _change_the_dump(views: Path, dump: Path) -> None:
    edit(dump, '"Drift"', '"Driften"')


@pytest.mark.parametrize("change", [_edit_a_page, _remove_a_page, _add_a_page, _change_the_dump])
def test_a_dump_whose_views_stand_there_is_asked_nothing(
    change: Callable[[Path, Path], None], toy_dist: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    views, dump = tmp_path / "views", tmp_path / "tides.nq"
    shutil.copy(toy_dist / "synthkg.nq", dump)

    def view(*options: str) -> tuple[int, str]:
        return run("view", *options, "--from", dump, "--out", views)[:2]

    first = view()
    with monkeypatch.context() as nothing:
        nothing.setattr("synthkg.cli.questions.open_store", lambda *_: pytest.fail("the dump was read"))
        number = len(snapshot(views))
        assert (first, view()) == (
            (0, f"{views}: {number} pages written, 0 unchanged\n"),
            (0, f"{views}: 0 pages written, {number} unchanged\n"),
        )
        assert view("--check") == (0, "")
    change(views, dump)
    assert view("--check")[0] == 1


def test_check_names_what_is_stale(toy: Path, views: Path, run: Run) -> None:
    def stale() -> Done:
        return run("view", "--check", "--data", toy, "--out", views)

    assert stale()[:2] == (0, "")
    edit(toy / "methods" / "drift.yaml", "title: Drift", "title: Driften")
    (views / "code.md").unlink()
    (views / "method" / "gone.md").write_text("# Gone\n")
    done = stale()
    assert done.status == 1
    files = {line.split(": stale; ")[0] for line in done.stdout.splitlines()}
    assert files >= {f"{views}/{file}" for file in ("method/drift.md", "method/tide-instruct.md", "code.md", "method/gone.md")}
    assert f"{views}/published.md" not in files
    assert all(line.endswith(f"run: synthkg view --out {views}") for line in done.stdout.splitlines())
    assert not (views / "code.md").exists(), "a check changes nothing"
    assert run("view", "published", "--check", "--data", toy, "--out", views)[:2] == (0, "")
    assert run("view", "method/drift", "--check", "--data", toy, "--out", views).status == 1


def test_a_deleted_record_stops_everything(toy: Path, views: Path, run: Run) -> None:
    delete_survey(toy)
    edit(toy / "methods" / "drift.yaml", "title: Drift", "title: Driften")
    before = snapshot(views)
    done = run("view", "--data", toy, "--out", views)
    assert done.status == 2
    assert done.stdout == ""
    assert "nothing was written" in done.stderr
    lost = {line.strip().partition(" (under")[0] for line in done.stderr.splitlines() if line.startswith("  ")}
    survey = "A Survey of Tides"
    assert "papers.csv: tide-survey" in lost
    assert "bibliography.bib: tide-survey" in lost
    assert any(line.startswith(f"method/drift.md: {survey}") or survey in line for line in lost)
    assert "formerly" in done.stderr
    assert "--drop" in done.stderr
    assert snapshot(views) == before


def test_a_loss_that_is_meant_is_accepted(toy: Path, views: Path, run: Run) -> None:
    delete_survey(toy)
    done = run("view", "--data", toy, "--out", views)
    lost = [re.sub(r" \(under .*\)$", "", line.strip()) for line in done.stderr.splitlines() if line.startswith("  ")]
    labels = {line.partition(": ")[2] for line in lost}
    drops = [argument for label in labels for argument in ("--drop", label)]
    assert run("view", "--data", toy, "--out", views, *drops).status == 0
    assert "tide-survey" not in (views / "papers.csv").read_text(encoding="utf-8")
    assert run("view", "--check", "--data", toy, "--out", views).status == 0


@pytest.mark.parametrize("name", ["tide-survey", "A Survey of Tides | 潮汐"])
def test_a_paper_is_dropped_by_its_id_or_by_its_title_alone(name: str, toy: Path, views: Path, run: Run) -> None:
    delete_survey(toy)
    before = snapshot(views)
    assert run("view", "--data", toy, "--out", views, "--drop", "tide-instruct").status == 2
    assert snapshot(views) == before
    done = run("view", "--data", toy, "--out", views, "--drop", name)
    assert done.status == 0, done.stderr
    assert not any(re.search("tide-survey|Survey of Tides", snapshot(views)[file]) for file in ("papers.csv", "reading-list.md"))


def test_a_new_id_explains_a_loss(toy: Path, views: Path, run: Run) -> None:
    survey = toy / "papers" / "tide-survey.yaml"
    edit(survey, "contributions:", "formerly:\n  - tide-survey\ncontributions:")
    survey.rename(toy / "papers" / "survey-of-tides.yaml")
    edit(toy / "lists" / "tides.yaml", "paper: tide-survey", "paper: survey-of-tides")
    (toy / "methods" / "drift.yaml").rename(toy / "methods" / "drifting.yaml")
    edit(toy / "methods" / "drifting.yaml", "evidence:", "formerly:\n  - drift\nevidence:")
    for file in ("papers/survey-of-tides", "papers/tide-instruct", "methods/tide-instruct"):
        edit(toy / f"{file}.yaml", "  - drift\n", "  - drifting\n")
    done = run("view", "--data", toy, "--out", views)
    assert done.status == 0, done.stderr
    assert not (views / "method" / "drift.md").exists()
    assert (views / "method" / "drifting.md").exists()


def test_a_concept_that_is_renamed_is_led_to_and_its_page_is_no_loss(tmp_path: Path, run: Run) -> None:
    (tmp_path / "LIST.md").write_text(
        "# Tides\n\n## Neap\n\n- [Moon](https://arxiv.org/abs/2112.09118)\n\n### Spring\n\n- [Sun](https://arxiv.org/abs/2112.09119)\n"
        "\n## Ebb\n\n- [Shore](https://arxiv.org/abs/2112.09120)\n",
        "utf-8",
    )
    data, out = tmp_path / "data", tmp_path / "views"
    run("init", data, "--list", tmp_path / "LIST.md", "--id", "tides")
    settle(data)
    assert run("view", "--data", data, "--out", out).status == 0
    assert (out / "topic" / "neap.md").exists()
    topics, rows = data / "concepts" / "topic.yaml", data / "lists" / "tides.yaml"
    edit(topics, "id: neap\n", "id: neaps\n    formerly:\n      - topic/neap\n")
    told = run("check", "--data", data).stdout
    assert f"{rows}:" in told
    assert told.count('is now "') == 2
    assert 'the concept "topic/neap" is now "topic/neaps" (write "topic/neaps")' in told
    assert 'the concept "neap" is now "neaps" (write "neaps")' in told
    edit(topics, "broader: neap\n", "broader: neaps\n")
    edit(rows, "concept: topic/neap\n", "concept: topic/neaps\n")
    assert run("view", "topic/neap", "--data", data).stdout == run("view", "topic/neaps", "--data", data).stdout != ""
    done = run("view", "--data", data, "--out", out)
    assert done.status == 0, done.stderr
    assert not (out / "topic" / "neap.md").exists()


def test_an_erratum_that_withdraws_a_row_explains_its_loss(tmp_path: Path, run: Run) -> None:
    """Also in the living list, whose rows stand where the list puts them while nothing else is established."""
    rows = "".join(f"- [{name}](https://arxiv.org/abs/2112.0911{n})\n" for n, name in enumerate(("Moon", "Sun", "Shore")))
    (tmp_path / "LIST.md").write_text(f"# Tides\n\n## Neap\n\n{rows}", "utf-8")
    data, out = tmp_path / "data", tmp_path / "views"
    run("init", data, "--list", tmp_path / "LIST.md", "--id", "tides")
    settle(data)
    assert run("view", "--data", data, "--out", out).status == 0
    erratum = {"entry": 2, "field": "title", "published": "Sun", "corrected": "", "kind": "duplicate-row", "reason": "It is."}
    record = data / "lists" / "tides.yaml"
    record.write_text(f"{record.read_text('utf-8')}errata: {json.dumps([erratum])}\n", "utf-8")
    done = run("view", "--data", data, "--out", out)
    assert done.status == 0, done.stderr
    assert "[Sun]" not in (out / "reading-list.md").read_text("utf-8")


def test_a_thing_that_became_part_of_another_explains_its_row_beside_that(tmp_path: Path, run: Run) -> None:
    """A paper that two records were of, and a method that turned out to be the one that it extended; not a row elsewhere."""
    (tmp_path / "LIST.md").write_text(
        "# Tides\n\n## Neap\n\n- [Moon](https://arxiv.org/abs/2112.09118)\n- [The Moon](https://arxiv.org/abs/2112.09119)\n",
        "utf-8",
    )
    data, out = tmp_path / "data", tmp_path / "views"
    assert run("init", data, "--list", tmp_path / "LIST.md", "--id", "tides").status == 0
    settle(data)
    drift = (
        "definition: It drifts.\nevidence:\n  - source: https://arxiv.org/abs/2112.09118\n    kind: paper\n    read: 2024-03-01\n"
    )
    (data / "methods").mkdir()
    (data / "methods" / "drift.yaml").write_text(f"title: Drift\n{drift}", "utf-8")
    (data / "methods" / "slow-drift.yaml").write_text(f"title: Slow drift\nextends:\n  - drift\n{drift}", "utf-8")
    assert run("view", "--data", data, "--out", out).status == 0
    (data / "methods" / "slow-drift.yaml").unlink()
    edit(data / "methods" / "drift.yaml", "title: Drift\n", "title: Drift\nformerly:\n  - slow-drift\n")
    (data / "papers" / "the-moon.yaml").unlink()
    edit(data / "lists" / "tides.yaml", "paper: the-moon", "paper: moon")
    done = run("view", "--data", data, "--out", out)
    assert "reading-list.md: The Moon (under Neap)" in done.stderr
    assert "drift" not in done.stderr
    edit(data / "papers" / "moon.yaml", "title: Moon\n", "title: Moon\nformerly:\n  - the-moon\n")
    done = run("view", "--data", data, "--out", out)
    assert done.status == 0, done.stderr


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("papers/tide-instruct", "domains:\n  - science", "domains:\n  - medical"),
        ("papers/tide-survey", "title: A Survey of Tides | 潮汐", "title: A Survey of All Tides"),
        ("lists/tides", "    corrected: ToyConf 2023 (Findings)", "    corrected: ToyConf 2023"),
        ("artifacts/tide-data", "state: reachable", "state: gone"),
        (
            "papers/tide-survey",
            "stages:\n  - fine-tuning\n",
            "refuted:\n  - concept: stage/fine-tuning\n    reason: It tunes nothing.\n",
        ),
    ],
    ids=["filed elsewhere", "another title", "another correction", "gone", "refuted"],
)
def test_a_change_of_a_record_explains_what_it_changes(file: str, old: str, new: str, toy: Path, views: Path, run: Run) -> None:
    edit(toy / f"{file}.yaml", old, new)
    before = snapshot(views)
    done = run("view", "--data", toy, "--out", views)
    assert done.status == 0, done.stderr
    assert snapshot(views) != before


def test_a_query_that_loses_rows_is_stopped(tmp_path: Path) -> None:
    """A view is edited and forgets what it should show; the records are as they were."""
    for folder in ("ontology", "queries"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copytree(TOY, tmp_path / "data")
    assert call("view", "--out", "views", cwd=tmp_path).returncode == 0
    before = snapshot(tmp_path / "views")
    survey = ' FILTER(!STRSTARTS(?title, "A Survey"))'
    for view, old, new in (
        ("papers", "?paper a synthkg:Paper ;", "?paper a synthkg:Paper ; synthkg:official ?x ;"),
        ("published", "synthkg:after ?after .", 'synthkg:after ?after . FILTER(!STRSTARTS(?cellText, "Reading"))'),
        ("reading-list", "dcterms:title ?title .", "dcterms:title ?title ." + survey),
        ("concept", "dcterms:title ?title .", "dcterms:title ?title ." + survey),
        ("method", "?thing dcterms:title ?title .", "?thing dcterms:title ?title ." + survey),
        ("code", "?state .", '?state . FILTER(?title != "Tide data")'),
    ):
        edit(tmp_path / "queries" / "views" / f"{view}.rq", old, new)
    done = call("view", "--out", "views", cwd=tmp_path)
    assert done.returncode == 2
    lost = {line.strip() for line in done.stderr.decode().splitlines() if line.startswith("  ")}
    title = "A Survey of Tides | 潮汐"
    assert lost >= {
        "papers.csv: tide-survey",
        "published.md: Reading Tides with Models (under Fine-Tuning)",
        f"reading-list.md: {title} (under Fine-Tuning)",
        f"stage/fine-tuning.md: {title} (under Fine-tuning)",
        f"method/drift.md: {title} (under Used by)",
        "code.md: Tide data (under Data sets)",
    }
    assert snapshot(tmp_path / "views") == before
