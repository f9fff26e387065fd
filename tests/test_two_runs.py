"""Two runs with a change between them, two writers at once, and a run that is stopped: what no test of one run can see."""

from __future__ import annotations

import errno
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

import pytest

from conftest import DATA, ROOT, TOY, Run, call
from synthkg import workers
from synthkg.cache import Shelf, fingerprint
from synthkg.catalog import Link, load_catalog, load_links
from synthkg.catalog.links import write_links
from synthkg.files import write_atomically
from synthkg.linking import find_target, review
from synthkg.model import BASE
from synthkg.release import nodes
from synthkg.release.statistics import Statistics

LIST = "# A list\n\n" + "".join(f"- [A title of number {i}](https://arxiv.org/abs/2304.{i:05d})\n" for i in range(1, 301))


def waiting(record: str, version: str = "preprint") -> Link:
    return Link(
        subject=f"https://w3id.org/synthkg/paper/tide-instruct/version/{version}",
        subject_label="Tide-Instruct",
        predicate="skos:exactMatch",
        object=f"https://dblp.org/rec/{record}",
        justification="semapv:LexicalMatching",
        confidence=0.9,
        date="2026-11-24",
        query_hash="0123456789abcdef",
        status="waiting",
        reviewer=None,
    )


def start(*arguments: str | Path) -> subprocess.Popen[bytes]:
    """The command line in a process group of its own, where Ctrl-C is heard even if the tests' own is not."""
    command = [sys.executable, "-m", "synthkg", *map(str, arguments)]
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def left_over(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in folder.rglob(".*.tmp")]


# A change between two checks


def test_a_fault_is_found_again(toy: Path, run: Run) -> None:
    """A check remembers nothing of another."""
    file = toy / "artifacts" / "tide-code.yaml"
    file.write_text(file.read_text().replace("license: Apache-2.0", "license: Apache Two"))
    first = run("check", "--data", toy)
    assert first.status == 1
    assert "tide-code.yaml" in first.stdout
    assert run("check", "--data", toy) == first


def test_other_shapes_judge_anew(tmp_path: Path) -> None:
    for name in ("ontology", "queries"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copytree(TOY, tmp_path / "data")
    assert call("check", cwd=tmp_path).returncode == 0
    shapes = tmp_path / "ontology" / "shapes.ttl"
    shapes.write_text(
        f"""{shapes.read_text()}
        PREFIX s: <http://www.w3.org/ns/shacl#>
        [] a s:NodeShape ; s:targetClass <https://w3id.org/synthkg/ontology#Method> ; s:nodeKind s:Literal ; s:message "never" .
        """
    )
    done = call("check", cwd=tmp_path)
    assert done.returncode == 1
    assert b"drift.yaml" in done.stdout


def test_other_queries_make_other_views(toy_dist: Path, tmp_path: Path) -> None:
    """Though the pages of this very dump stand there as they were made of it."""
    for name in ("ontology", "queries"):
        shutil.copytree(ROOT / name, tmp_path / name)
    line = ("view", "--from", toy_dist / "synthkg.nq", "--out", "views")
    assert call(*line, cwd=tmp_path).returncode == call(*line, "--check", cwd=tmp_path).returncode == 0
    query = tmp_path / "queries/views/code.rq"
    query.write_text(query.read_text().replace("file: code.md", "file: programs.md"))
    done = call(*line, "--check", cwd=tmp_path)
    assert done.returncode == 1
    assert b"views/programs.md: stale" in done.stdout


def test_only_what_changed_is_sorted_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though all that follows in the file has moved; and everything, when the program is another."""
    sort, sorted_ = nodes._sort, list[str]()

    def told(piece: nodes.Piece) -> tuple[Statistics, bytes, bytes]:
        sorted_.append(piece.key)
        return sort(piece)

    monkeypatch.setattr(nodes, "_sort", told)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    file = tmp_path / "x.nq"

    def run_with(values: list[str], program: str) -> tuple[bytes, int]:
        lines = [f'<{BASE}paper/p{n}> <urn:p> "{value}" <urn:g> .\n' for n, value in enumerate(values)]
        starts = accumulate(map(len, lines), initial=0)
        places = {
            line.partition(" ")[0]: nodes.Place(start, len(line), fingerprint(line))
            for line, start in zip(lines, starts, strict=False)
        }
        file.write_text("".join(lines))
        sorted_.clear()
        found = map(nodes.triples, nodes.pieces(file, places, {}, Shelf("sorted", file), program))
        return b"".join(found), len(sorted_)

    values = ["old"] * 2000
    (before, all_), (again, none) = run_with(values, "one"), run_with(values, "one")
    assert (again, none) == (before, 0)
    assert all_ > 4
    values[7] = "another value"
    after, few = run_with(values, "one")
    assert few <= 2  # a record and its parts may lie apart
    assert after == before.replace(b'/p7> <urn:p> "old"', b'/p7> <urn:p> "another value"')
    assert run_with(values, "two") == (after, all_)


def test_an_old_id_belongs_to_one_record(toy: Path, run: Run) -> None:
    for name in ("tide-instruct", "drift"):
        file = toy / "methods" / f"{name}.yaml"
        file.write_text(f"{file.read_text()}formerly:\n  - one-old-id\n".replace("formerly:\n  - tide\n", ""))
    found = json.loads(run("check", "--data", toy, "--format", "json").stdout)
    assert ("reused-id", 'the old id "one-old-id" belongs to the method "drift"') in {(f["rule"], f["problem"]) for f in found}


WATCHED = """
import os, sys
from pathlib import Path
seen = set()
def watch(event, arguments):
    if event in ("open", "os.listdir", "os.scandir") and isinstance(arguments[0], (str, bytes, os.PathLike)):
        seen.add(os.path.abspath(os.fsdecode(arguments[0])))
sys.addaudithook(watch)
from synthkg.catalog import contents
from synthkg.release.dumps import build
data, out = map(Path, sys.argv[1:])
build(data, out)
known = {os.path.abspath(data / name) for name in contents(data, "")} | {os.path.abspath(data)}
print(sorted(path for path in seen - known if path.startswith(os.path.abspath(data) + os.sep)))
"""


def test_nothing_is_read_that_a_remembered_result_does_not_depend_on(toy: Path, tmp_path: Path) -> None:
    """Of the toy, which is one task, so that no helper reads."""
    (toy / "views").mkdir()
    (toy / "views" / "page.md").write_text("a page")
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, str(toy), str(tmp_path / "dist")], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_what_was_found_is_told_again(toy: Path, run: Run) -> None:
    """From memory, unless something it depends on has changed: a file, its name, or what stands beside it."""
    assert run("check", "--data", toy).status == 0
    for file, text in (("papers/Not-an-id.yaml", "title: x"), ("links/notes.txt", "x"), ("paper/x.yaml", "title: x")):
        (toy / file).parent.mkdir(exist_ok=True)
        (toy / file).write_text(text)
        first, again = run("check", "--data", toy), run("check", "--data", toy)
        assert first.status == 1
        assert f"{file}:1:1" in first.stdout or "toy/paper:1:1" in first.stdout
        assert first == again


def test_a_changed_concept_is_seen_by_what_was_found_of_one_record(toy: Path, run: Run) -> None:
    """No record of the paper changes: the concept that it has comes to lie below one that it refutes."""
    paper, scheme = toy / "papers" / "tide-instruct.yaml", toy / "concepts" / "tide.yaml"
    paper.write_text(paper.read_text().replace("refuted:\n", "refuted:\n  - concept: tide/spring\n    reason: It is no such.\n"))
    said = scheme.read_text()
    scheme.write_text(said.replace("    broader: spring\n", ""))
    assert "refuted-own-fact" not in run("check", "--data", toy).stdout
    scheme.write_text(said)
    assert "refuted-own-fact" in run("check", "--data", toy).stdout


def test_a_changed_record_is_mapped_again_and_no_other(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    data = tmp_path / "data"
    shutil.copytree(DATA, data)
    run("check", "--data", data)
    before = {shard: shard.stat().st_mtime_ns for shard in tmp_path.glob("cache/synthkg/shards-*/*")}
    file = data / "papers" / "star.yaml"
    file.write_text(file.read_text() + "# a remark\n")
    damaged = min(shard for shard in before if "-" not in shard.name)
    damaged.write_bytes(damaged.read_bytes()[:-9])
    run("check", "--data", data)
    after = {shard: shard.stat().st_mtime_ns for shard in tmp_path.glob("cache/synthkg/shards-*/*")}
    assert len(before) == len(after) > 3
    gone = [shard.name.partition("-") for shard in before.keys() - after.keys()]
    assert len({key for key, _, _ in gone}) == 1, "what one group came to"
    assert sorted(part for _, _, part in gone) == ["", "columns", "quads", "texts"]
    same = {shard for shard in after if before.get(shard) == after[shard]}
    assert same == {shard for shard in before.keys() & after.keys() if not shard.name.startswith(damaged.name)}


def test_what_a_run_needs_is_swept_by_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A check of a changed record ended a build: what this had yet to read was gone."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with Shelf("shards", tmp_path).for_now() as one:
        one.keep("a", 1)
        with Shelf("shards", tmp_path).for_now() as other:
            other.keep("b", 2)
            other.sweep({"b"})
        assert (one.find("a"), one.find("b")) == (1, 2)
        one.sweep({"b"})
        assert (one.find("a"), one.find("b")) == (None, 2)


@pytest.mark.parametrize("kept", ["shards-*/*-quads", "shards-*/*-texts", "sorted-*/*-triples", "sorted-*/*-objects", "*-*/*"])
def test_what_was_kept_and_is_damaged_is_made_anew(
    kept: str, toy: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    run("build", "--data", toy, "--out", tmp_path / "first")
    files = list(tmp_path.glob(f"cache/synthkg/{kept}"))
    for file in files:
        file.write_bytes(file.read_bytes()[:-9])
    assert files
    assert run("build", "--data", toy, "--out", tmp_path / "second").status == 0
    first, second = ((tmp_path / name / "SHA256SUMS").read_text("utf-8") for name in ("first", "second"))
    assert first == second


def test_what_another_file_held_is_made_anew(toy: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file of the cache is whole, but stands where the next one stood, as a mended disk or a copy may have it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    told = run("build", "--data", toy, "--out", tmp_path / "first")
    files = sorted(file for file in tmp_path.glob("cache/synthkg/**/*") if file.is_file())
    held = [file.read_bytes() for file in files]
    for file, others in zip(files, held[1:] + held[:1], strict=True):
        file.write_bytes(others)
    again = run("build", "--data", toy, "--out", tmp_path / "second")
    assert (again.status, again.stdout.replace("second", "first")) == (0, told.stdout)
    first, second = ((tmp_path / name / "SHA256SUMS").read_text("utf-8") for name in ("first", "second"))
    assert first == second


def test_a_text_that_is_too_long_is_told_with_its_file(toy: Path, run: Run) -> None:
    """Oxigraph's parser calls that a want of memory, however much there is."""
    file = toy / "papers" / "tide-survey.yaml"
    file.write_text(file.read_text("utf-8").replace("summary: ", f"summary: {'word ' * (4 << 20)}"), "utf-8")
    done = run("check", "--data", toy)
    assert (done.status, f"{file}: a text in it is too long" in done.stderr) == (2, True)


# A change between two builds


def test_damaged_dumps_are_written_anew(toy: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "dist"
    run("build", "--data", toy, "--out", out)
    good = (out / "synthkg.nt").read_bytes()
    (out / "synthkg.nt").write_bytes(good[:-1] + b"?")
    assert run("build", "--data", toy, "--out", out).status == 0
    assert (out / "synthkg.nt").read_bytes() == good


def test_another_licence_is_another_build(toy: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "dist"
    run("build", "--data", toy, "--out", out)
    before = (out / "void.ttl").read_text()
    shutil.copy(DATA / "LICENSE", toy / "LICENSE")
    run("build", "--data", toy, "--out", out)
    assert "publicdomain/zero" not in before
    assert "publicdomain/zero" in (out / "void.ttl").read_text()


def test_an_accepted_link_reaches_the_dumps(toy: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "dist"
    write_links(toy / "links" / "dblp.sssom.tsv", [waiting("conf/x/Tide23", "toyconf-2023")], {"dblp": "https://dblp.org/rec/"})
    run("build", "--data", toy, "--out", out)
    before = (out / "synthkg.nq").read_text()
    done = run("link", "dblp", "--review", "--data", toy, "--reviewer", "Ada", stdin="a\n")
    assert "1 accepted" in done.stdout
    assert run("build", "--data", toy, "--out", out).status == 0
    assert "conf/x/Tide23" not in before
    assert "conf/x/Tide23" in (out / "synthkg.nq").read_text()


def test_links_are_somebody_s_files(toy: Path, tmp_path: Path, run: Run) -> None:
    """A link into a folder of somebody's, among the dumps, is not ours to remove."""
    out, theirs = tmp_path / "dist", tmp_path / "theirs"
    run("build", "--data", toy, "--out", out)
    theirs.mkdir()
    (out / "tables" / "more").symlink_to(theirs)
    (toy / "LICENSE").write_text("mine")
    file = toy / "methods" / "drift.yaml"
    file.write_text(file.read_text().replace("title: Drift", "title: Drifts"))
    done = run("build", "--data", toy, "--out", out)
    assert done.status == 2
    assert "tables/more" in done.stderr
    assert (out / "tables" / "more").is_symlink()


# A change between two regenerations


def test_a_page_that_is_gone_is_not_deleted_unseen(toy: Path, tmp_path: Path, run: Run) -> None:
    views = tmp_path / "views"
    run("view", "--data", toy, "--out", views)
    (views / "method" / "gone.md").write_text("# Gone\n")
    done = run("view", "--data", toy, "--out", views)
    assert done.status == 2
    assert "method/gone.md: the page itself" in done.stderr
    assert (views / "method" / "gone.md").exists()
    assert run("view", "--data", toy, "--out", views, "--drop", "method/gone.md").status == 0
    assert not (views / "method" / "gone.md").exists()


# Another list


def test_a_title_that_two_works_bear_is_settled_by_no_second_link(toy: Path, tmp_path: Path, run: Run) -> None:
    survey = (
        (toy / "papers" / "tide-survey.yaml").read_text().replace("title: A Survey of Tides | 潮汐", "title: A Survey of Tides")
    )
    (toy / "papers" / "tide-survey.yaml").write_text(survey)
    url, arxiv = 'type: report\n    date: "2024"\n    url: https://example.org/survey', 'type: preprint\n    arxiv: "2302.99999"'
    assert url in survey
    (toy / "papers" / "twin.yaml").write_text(survey.replace(url, arxiv))
    (tmp_path / "l.md").write_text("- [A Survey of Tides](https://x.example.org/1) [[pdf](https://arxiv.org/abs/2302.99999)]\n")
    found = json.loads(run("match", tmp_path / "l.md", "--data", toy, "--format", "json").stdout)
    assert [each["verdict"] for each in found["entries"]] == ["in conflict"]


@pytest.mark.parametrize(
    ("authors", "verdict"), [("Ada Marée, Carl Other", "new"), ("Ada Marée, Berta Ebbe", "known under another title")]
)
def test_one_common_author_is_not_enough(authors: str, verdict: str, toy: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "l.md").write_text(f"- [Tide-Instruct: Teaching Modles to Read Tides](https://x.example.org/1), {authors}\n")
    found = json.loads(run("match", tmp_path / "l.md", "--data", toy, "--format", "json").stdout)
    assert [each["verdict"] for each in found["entries"]] == [verdict]


def test_a_former_address_is_known(toy: Path, run: Run) -> None:
    done = run("add", "https://github.com/elsewhere/tide", "--data", toy)
    assert done.status == 2
    assert "is in the graph already" in done.stderr


# Two writers at once


def test_two_builds_at_once(toy: Path, tmp_path: Path) -> None:
    out = tmp_path / "dist"
    both = [start("build", "--data", toy, "--out", out) for _ in range(2)]
    said = [process.communicate()[1].decode() for process in both]
    assert {process.returncode for process in both} <= {0, 2}, said
    assert 0 in {process.returncode for process in both}, said
    assert not any("Traceback" in each for each in said), said
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=out, check=True)
    assert left_over(tmp_path) == []


def test_where_nothing_can_be_forked_the_bytes_are_the_same(
    toy: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where memory is short: all that is done beside something else is done after it."""
    for name, number in (("beside", 0), ("after", 1_000_000)):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / f"cache-{name}"))
        monkeypatch.setattr(workers, "_forks", number)
        run("build", "--data", toy, "--out", tmp_path / name)
    beside, after = ((tmp_path / name / "SHA256SUMS").read_text("utf-8") for name in ("beside", "after"))
    assert beside == after


def test_of_two_who_add_one_id_one_is_refused(toy: Path) -> None:
    both = [start("add", f"2212.1000{number}", "--id", "new", "--data", toy) for number in range(2)]
    said = [b"".join(process.communicate()).decode() for process in both]
    assert sorted(process.returncode for process in both) == [0, 2], said
    kept = next(number for number, process in enumerate(both) if process.returncode == 0)
    assert f"2212.1000{kept}" in (toy / "papers" / "new.yaml").read_text()
    assert left_over(toy) == []


# Runs that do not end by themselves


def test_an_import_that_is_killed_goes_on_when_it_is_run_again(tmp_path: Path, run: Run) -> None:
    (tmp_path / "list.md").write_text(LIST)
    run("import", tmp_path / "list.md", "--to", tmp_path / "whole")
    expected = {path.name: path.read_bytes() for path in (tmp_path / "whole").rglob("*.yaml")}
    stopped = 0
    chance = random.Random(7)
    for number in range(6):
        folder = tmp_path / f"list{number}"
        process = start("import", tmp_path / "list.md", "--to", folder, "--id", "list")
        while process.poll() is None and not any(folder.rglob("*")):
            time.sleep(0.001)
        time.sleep(chance.uniform(0, 0.1))
        process.kill()
        process.communicate()
        stopped += process.returncode == -signal.SIGKILL
        assert run("import", tmp_path / "list.md", "--to", folder, "--id", "list").status == 0
        assert {path.name: path.read_bytes() for path in folder.rglob("*.yaml")} == expected
    assert stopped


def test_an_import_takes_nobody_s_file(tmp_path: Path, run: Run) -> None:
    (tmp_path / "list.md").write_text(LIST)
    mine = tmp_path / "data" / "papers" / "a-title-of-number-250.yaml"
    mine.parent.mkdir(parents=True)
    mine.write_text("title: mine\n")
    done = run("import", tmp_path / "list.md", "--to", tmp_path / "data")
    assert done.status == 2
    assert f"{mine}: exists already; nothing was written" in done.stderr
    assert [path for path in (tmp_path / "data").rglob("*") if path.is_file()] == [mine]


@pytest.mark.parametrize(
    ("command", "place"),
    [
        ("import list.md --to out/new", "out/new/lists/list.yaml"),
        ("init out/new", "out/new/README.md"),
        ("export prov --out out/p.ttl", "out/p.ttl"),
        ("view --out out", "out/README.md"),
        ("scale shards --out out", "out"),
        ("diff empty.nq {dist}/synthkg.nq --out out", "out"),
        ("site --out out", "/dist: the dumps, which come first, cannot be built there"),
        ("format", "toy/papers/tide-instruct.yaml"),
    ],
)
def test_a_full_disk_leaves_nothing(command: str, place: str, toy_dist: Path, tmp_path: Path) -> None:
    """No file, no folder; and it is said for what there was no room."""
    (tmp_path / "list.md").write_text(LIST)
    shutil.copytree(TOY, tmp_path / "toy")

    def fill_disk() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    (tmp_path / "empty.nq").touch()
    paper = tmp_path / "toy" / "papers" / "tide-instruct.yaml"
    paper.write_text(paper.read_text("utf-8").replace("title: ", "title:  ", 1), "utf-8")
    takes_data = command.split()[0] not in ("import", "init", "diff")
    arguments = [*command.format(dist=toy_dist).split(), *(("--data", "toy") if takes_data else ())]
    done = subprocess.run(
        [sys.executable, "-m", "synthkg", *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=fill_disk,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert place in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "out").exists()


def test_a_failed_write_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "page.md"
    file.write_text("before")

    def no_space(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(OSError, match="No space"):
        write_atomically(file, "after")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("page.md", "before")]


def test_a_decision_is_kept_at_once(toy: Path) -> None:
    """A reviewer's machine may stop at any question."""
    path = toy / "links" / "dblp.sssom.tsv"
    write_links(path, [waiting("conf/x/A"), replace(waiting("conf/x/B"), confidence=0.8)], {"dblp": "https://dblp.org/rec/"})
    answers = iter("a")

    def ask(question: str) -> str:
        try:
            return next(answers)
        except StopIteration:
            raise KeyboardInterrupt from None

    with pytest.raises(KeyboardInterrupt):
        review(load_catalog(toy), find_target("dblp"), "Ada", ask, lambda line: None)
    assert {(link.object, link.status, link.reviewer) for link in load_links(path)[0]} == {
        ("https://dblp.org/rec/conf/x/A", "accepted", "Ada"),
        ("https://dblp.org/rec/conf/x/B", "waiting", None),
    }


def test_ctrl_c_is_no_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While pySHACL validates, here and in a second process, because the shapes use a term by which nothing can be proved."""
    for name in ("ontology", "queries", "data"):
        shutil.copytree(ROOT / name, tmp_path / name)
    with (tmp_path / "ontology" / "shapes.ttl").open("a") as shapes:
        shapes.write("\n:Method sh:deactivated false .\n")
    monkeypatch.chdir(tmp_path)
    process = start("check")
    time.sleep(3)
    os.killpg(process.pid, signal.SIGINT)
    printed, said = process.communicate()
    assert (process.returncode, printed) == (130, b"")
    assert said.decode() == "synthkg: stopped before the end; no file is half written\n"
