"""``synthkg watch``: from answers to records, and from records to what the queries say."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from conftest import Done, Run
from hosts import Hosts, repository
from synthkg.errors import UnreadableError
from synthkg.watching import Observation, keep, read_observations, recall
from synthkg.watching.observation import kept

Watch = Callable[..., Done]


@pytest.fixture
def watch(hosts: Hosts, toy: Path, run: Run) -> Watch:
    """The command on the toy data, where nothing was ever asked, and nobody waits."""
    kept().unlink(missing_ok=True)
    for file in (toy / "artifacts").iterdir():
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        file.write_text("".join(line for line in lines if not line.startswith(("checked:", "archived:", "host_id:"))), "utf-8")
    here = ["--pace", "0", *(part for old, new in hosts.mirrors.items() for part in ("--mirror", f"{old}={new}"))]

    def call(*arguments: str, stdin: str | None = None) -> Done:
        return run("watch", *arguments, "--data", toy, *(here if "--online" in arguments else ()), stdin=stdin)

    return call


def record(toy: Path, id: str) -> str:
    return (toy / "artifacts" / f"{id}.yaml").read_text()


def test_the_day_of_a_check_is_written_at_once_and_nothing_else(watch: Watch, toy: Path, run: Run) -> None:
    before = record(toy, "tide-data")
    done = watch("--online")
    assert done.status == 1, done.stderr  # identities wait
    day = read_observations(kept())[0].day
    assert record(toy, "tide-data") == before.replace("state: reachable\n", f"state: reachable\nchecked: {day}\n")
    assert f"checked: {day}" in record(toy, "tide-code")  # it is in the state moved
    assert "checked" not in record(toy, "tide-model")  # it has no address
    rows = run("query", "rotten-links", "--data", toy).stdout
    assert f"moved,tide,https://github.com/toy/tide,{day},https://github.com/elsewhere/tide" in rows
    assert f",{day}," in run("query", "artifacts-of", "-p", "paper=tide-instruct", "--data", toy).stdout
    assert f"| moved on {day} |" in run("view", "code", "--data", toy).stdout
    assert run("check", "--data", toy).status == 0


def test_dry_run_changes_no_record_and_the_next_run_asks_nothing_again(watch: Watch, toy: Path, hosts: Hosts) -> None:
    before = {path: path.read_bytes() for path in toy.rglob("*.yaml")}
    watch("--online", "--dry-run")
    assert {path: path.read_bytes() for path in toy.rglob("*.yaml")} == before
    hosts.seen.clear()
    done = watch("--online", "tide-data")
    assert "0 addresses asked, 0 left" in done.stderr
    assert hosts.seen == []
    assert "checked:" in record(toy, "tide-data")


def test_what_is_accepted_is_written_with_evidence(watch: Watch, toy: Path, hosts: Hosts, run: Run) -> None:
    hosts.repositories["toy/tide"] = hosts.repositories["sea/tides"] = repository("sea/tides", 7, archived=True)
    proposed = watch("--online")
    assert "proposed tide-code/moved: url = https://github.com/sea/tides" in proposed.stdout
    assert "sea/tides" not in record(toy, "tide-code")
    shown = watch("--review", stdin="").stdout
    assert "  former_urls: https://github.com/elsewhere/tide, https://github.com/toy/tide\n" in shown
    assert watch("--accept", "tide-cod").status == 2
    done = watch("--accept", "tide-code", "--accept", "tide-data/*")
    assert (done.status, done.stdout.count(": accepted")) == (0, 3)
    text = record(toy, "tide-code")
    assert "url: https://github.com/sea/tides\n" in text
    assert "  - https://github.com/elsewhere/tide\n  - https://github.com/toy/tide\n" in text
    assert "source: https://api.github.com/repos/toy/tide\n" in text
    assert 'host_id: "64a"\n' in record(toy, "tide-data")
    assert "tide-code/archived: archived = true (" in watch("--online", "tide-code").stdout
    assert watch("--accept", "tide-code/*").status == 0
    assert "archived: true\n" in record(toy, "tide-code")
    assert run("check", "--data", toy).status == 0
    assert "moved" in run("query", "rotten-links", "--data", toy).stdout


@pytest.mark.parametrize(
    ("word", "licence"), [("GPL-3.0", "GPL-3.0-only"), ("odbl", "ODbL-1.0"), ("cc-by-nc-4.0", "CC-BY-NC-4.0"), ("ISC", "ISC")]
)
def test_an_accepted_licence_is_one_that_check_knows(
    word: str, licence: str, watch: Watch, toy: Path, hosts: Hosts, run: Run
) -> None:
    hosts.models["datasets/toy/tide"]["cardData"]["license"] = word
    watch("--online")
    assert "1 proposal accepted" in watch("--accept", "tide-data/licence").stderr
    assert f"license: {licence}\n" in record(toy, "tide-data")
    assert run("check", "--data", toy).status == 0


def test_review_asks_about_each(watch: Watch, toy: Path) -> None:
    watch("--online")
    done = watch("--review", stdin="s\na\n")
    assert "1 proposal accepted, 2 waiting" in done.stderr
    assert (done.stderr.count("[a]ccept, [s]kip, [q]uit? "), done.stdout.count("?")) == (3, 0), "answers alone may be piped on"
    assert 'host_id: "64a"' in record(toy, "tide-data")
    done = watch("--review", stdin="")
    assert "0 proposals accepted" in done.stderr


def test_a_slip_of_the_finger_is_asked_again(watch: Watch) -> None:
    watch("--online")
    done = watch("--review", "--dry-run", stdin="y\na\nx\n\na\n")
    assert "2 proposals accepted, 1 waiting" in done.stderr
    assert done.stderr.count("[a]ccept, [s]kip, [q]uit? ") == 5


def test_answers_from_a_file(watch: Watch, tmp_path: Path) -> None:
    """Two days of another machine: gone; and a line that is none is told at its place."""
    watch("--online", "--dry-run")
    lines = []
    for day in ("2026-11-23", "2026-11-24"):
        for each in map(json.loads, kept().read_text().splitlines()):
            is_data = each["url"].endswith("datasets/toy/tide") and each["by"] == "page" and not each["control"]
            lines.append(json.dumps(each | {"day": day, "run": day, "status": 404 if is_data else each["status"]}))
    file = tmp_path / "answers.jsonl"
    file.write_text("\n".join(line for line in lines if '"huggingface"' not in line) + "\n")
    done = watch("--from", str(file), "--dry-run", "tide-data")
    assert "proposed tide-data/gone: state = gone" in done.stdout
    for bad in ('{"day": "2026-11-23"}', "[]", lines[0].replace("2026-11-23", "yesterday"), lines[0][:40], '{"id": 7}'):
        file.write_text(f"{lines[0]}\n{bad}\n")
        done = watch("--from", str(file))
        assert done.status == 2
        assert f"{file}:2:1: no observation" in done.stderr


def test_answers_are_kept_where_there_is_no_folder_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "no" / "folder"))
    assert recall() == []
    url = "https://x.example/"
    seen = [Observation(day=f"2026-11-2{n}", run="run", by="page", url=url, asked=url, status=200) for n in "34"]
    for each in seen:
        keep(each)
    assert recall() == read_observations(kept()) == seen


def test_a_crash_while_writing_costs_one_answer(watch: Watch) -> None:
    watch("--online", "tide-data")
    whole = recall()
    kept().write_text(kept().read_text()[:-40])
    assert watch("--online", "tide-code").status == 1
    assert len(recall()) > len(whole)
    with pytest.raises(UnreadableError, match=rf":{len(whole)}:1: no observation"):
        read_observations(kept())


@pytest.fixture
def nothing_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def told(why: str) -> Observation:
    url = "https://x.example/"
    return Observation(day="2026-11-23", run="run", by="page", url=url, asked=url, status=200, trouble=why)


@pytest.mark.usefixtures("nothing_kept")
def test_a_crash_in_the_midst_of_a_character_costs_one_answer() -> None:
    keep(told("first"))
    with kept().open("ab") as file:
        file.write('{"trouble": "é'.encode()[:-1])
    keep(told("second"))
    assert recall() == [told("first"), told("second")]


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize("why", ["leads to\u2028nowhere", "a\x85b\x1ec", "Marée", "half a pair: \ud800"])
def test_an_answer_is_one_line_whatever_is_in_it(why: str) -> None:
    keep(told(why))
    assert recall() == read_observations(kept()) == [told(why)]
    assert kept().read_bytes().isascii()


def test_lines_that_another_program_wrote_end_in_a_newline_alone(tmp_path: Path) -> None:
    file, seen = tmp_path / "answers.jsonl", [told("leads to\u2028nowhere"), told("Marée")]
    file.write_bytes("".join(f"{json.dumps(asdict(each), ensure_ascii=False)}\r\n" for each in seen).encode())
    assert read_observations(file) == seen


def test_answers_that_cannot_be_kept_are_not_asked_for(watch: Watch, hosts: Hosts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/none")
    done = watch("--online")
    assert done.status == 2
    assert "set XDG_CACHE_HOME" in done.stderr
    assert hosts.seen == []


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["tide-date"], 'there is no artifact "tide-date"; did you mean "tide-data"?'),
        (["--online", "--from", "x"], "give one of --online and --from"),
        (["--from", "none.jsonl"], "none.jsonl: cannot read it"),
        (["--accept", "x"], 'nothing is proposed that "x" fits'),
        (["--online", "--mirror", "here"], '"here" names no mirror'),
    ],
)
def test_wrong_calls(watch: Watch, arguments: list[str], problem: str) -> None:
    done = watch(*arguments)
    assert done.status == 2
    assert problem in done.stderr
