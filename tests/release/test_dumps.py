"""The dumps: one graph in six formats, the same bytes every time, replaced whole or not at all."""

from __future__ import annotations

import gzip
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import BlankNode, Quad, RdfFormat, parse, serialize

from conftest import DATA, FORMATS, TOY, Run, build, call
from synthkg.catalog.folder import Catalog
from synthkg.checks import check
from synthkg.checks.inspection import Origin, origin_of
from synthkg.graph.formats import FORMATS as PARSERS
from synthkg.graph.store import load_dump, to_rdflib
from synthkg.graph.triples import GRAPHS, quads
from synthkg.model.vocabulary import BASE, load_vocabulary
from synthkg.release import dumps, replacement

RAPPER = {"nq": "nquads", "trig": "trig", "nt": "ntriples", "ttl": "turtle", "rdf": "rdfxml"}


def quads_of(dist: Path, ending: str) -> list[Quad]:
    return list(parse(path=dist / f"synthkg.{ending}", format=PARSERS[f".{ending}"]))


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def verifies(dist: Path) -> bool:
    """Whether every file is there and is what SHA256SUMS says, and no other file is."""
    command = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    is_right = subprocess.run(command, cwd=dist, capture_output=True, check=False).returncode == 0
    listed = {line.split("  ", 1)[1] for line in (dist / "SHA256SUMS").read_text(encoding="utf-8").splitlines()}
    return is_right and snapshot(dist).keys() == listed | {"SHA256SUMS"} and {f"synthkg.{ending}" for ending in FORMATS} <= listed


def test_six_formats_hold_one_graph(dist: Path) -> None:
    named = quads_of(dist, "nq")
    assert set(quads_of(dist, "trig")) == set(named)
    triples = [quad.triple for quad in named]
    assert len(set(triples)) == len(triples), "a triple stands in two graphs, or twice in one"
    for ending in ("nt", "ttl", "jsonld", "rdf"):
        assert sorted(str(quad.triple) for quad in quads_of(dist, ending)) == sorted(map(str, triples)), ending


@pytest.mark.parametrize("ending", ["nq", "ttl", "trig", "rdf"])
def test_dumps_are_what_the_serialisers_of_oxigraph_write(dist: Path, ending: str) -> None:
    """Ours are texts put together, record by record."""
    quads = quads_of(dist, "nq")
    statements = quads if ending in ("nq", "trig") else [quad.triple for quad in quads]
    prefixes = None if ending == "nq" else load_vocabulary().prefixes
    expected = serialize(statements, format=PARSERS[f".{ending}"], prefixes=prefixes) or b""
    assert (dist / f"synthkg.{ending}").read_bytes() == (expected.replace(b"\r", b"&#13;") if ending == "rdf" else expected)


def test_sorted_dumps_are_what_plain_code_writes(dist: Path) -> None:
    triples = [quad.triple for quad in quads_of(dist, "nq")]
    lines = sorted({f"{triple} .\n" for triple in triples})
    assert (dist / "synthkg.nt").read_bytes().decode() == "".join(lines)
    subjects = dict.fromkeys(line.partition("> ")[0][1:] for line in lines)
    objects = json.loads((dist / "synthkg.jsonld").read_bytes())
    assert [each["@id"] for each in objects] == list(subjects)
    assert all(list(each)[1] == "@type" for each in objects if "@type" in each)
    assert not any("22-rdf-syntax-ns#type" in key for each in objects for key in each)
    text = (dist / "synthkg.jsonld").read_bytes().decode()
    compact = (json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in objects)
    assert text == "[\n" + ",\n".join(compact) + "\n]\n"


def test_no_blank_nodes(dist: Path) -> None:
    nodes = (node for quad in quads_of(dist, "nq") for node in quad)
    assert not any(isinstance(node, BlankNode) for node in nodes)
    assert b"_:" not in (dist / "synthkg.nt").read_bytes().replace(b'"_:', b"")


def test_graphs_are_named_by_origin(dist: Path) -> None:
    named = quads_of(dist, "nq")
    assert {quad.graph_name for quad in named} == set(GRAPHS.values())
    for quad in named:
        if quad.graph_name == GRAPHS["lists"]:
            assert str(quad.subject).startswith(f"<{BASE}list/")
        elif quad.graph_name == GRAPHS["curated"]:
            assert str(quad.subject).startswith(tuple(f"<{BASE}{kind}/" for kind in ("paper", "method", "artifact", "venue")))


def test_checksums_verify(dist: Path) -> None:
    assert verifies(dist)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib's own parsers use what rdflib deprecates
@pytest.mark.parametrize("ending", FORMATS)
def test_rdflib_reads_the_same_graph(toy_dist: Path, ending: str) -> None:
    forms = {"nq": "nquads", "jsonld": "json-ld", "rdf": "xml", "nt": "nt", "ttl": "turtle", "trig": "trig"}
    dataset = rdflib.Dataset(default_union=True)
    with (toy_dist / f"synthkg.{ending}").open("rb") as stream:
        dataset.parse(stream, format=forms[ending])
    expected = {tuple(map(to_rdflib, quad.triple)) for quad in quads_of(toy_dist, "nq")}
    assert {(s, p, o) for s, p, o, _ in dataset.quads()} == expected


@pytest.mark.parametrize("ending", RAPPER)
def test_rapper_reads_the_same_graph(dist: Path, ending: str) -> None:
    assert shutil.which("rapper"), "rapper is missing: install raptor2-utils"
    file = dist / f"synthkg.{ending}"
    done = subprocess.run(["rapper", "-q", "-i", RAPPER[ending], "-o", "ntriples", file], capture_output=True, check=False)
    assert (done.returncode, done.stderr.decode()) == (0, "")
    read = {quad.triple for quad in parse(done.stdout, format=RdfFormat.N_TRIPLES)}
    assert read == {quad.triple for quad in quads_of(dist, "nq")}


@pytest.mark.parametrize("name", ["toy", "real"])
def test_the_hash_seed_changes_no_byte(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """The other build was made on seed 0."""
    other = build(TOY if name == "toy" else DATA, tmp_path / "dist", PYTHONHASHSEED="1")
    assert snapshot(other) == snapshot(request.getfixturevalue(f"{name}_dist"))


def test_conversion_is_a_pure_function_of_one_record(real_catalog: Catalog) -> None:
    vocabulary = load_vocabulary()
    records = list(real_catalog)
    expected = list(quads(records, vocabulary))
    alone = [list(quads([record], vocabulary)) for record in records]
    assert [quad for each in alone for quad in each] == expected
    random.Random(1).shuffle(records)
    shuffled = list(quads(records, vocabulary))
    assert len(shuffled) == len(expected)
    assert set(shuffled) == set(expected)


def _spoil_title(toy: Path, title: str) -> None:
    file = toy / "methods" / "drift.yaml"
    file.write_text(f"title: {title}\n" + file.read_text().partition("\n")[2])


def _left_behind(out: Path) -> list[str]:
    return [file.name for file in out.parent.iterdir() if file.name.startswith(f".{out.name}.")]


def _moments() -> Iterator[tuple[int, bool, float]]:
    """Twenty moments: ten at random in the whole build, ten at random once it has begun to write."""
    chance = random.Random(20)
    for number in range(20):
        is_writing = number % 2 == 1
        yield number, is_writing, chance.uniform(0, 0.04 if is_writing else 0.5)


def test_kill_at_twenty_moments_leaves_the_last_build(toy: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "dist"
    assert run("build", "--data", toy, "--out", out).status == 0
    interrupted = 0
    for number, is_writing, delay in _moments():
        before = snapshot(out)
        _spoil_title(toy, f"Drift {number}")
        command = [sys.executable, "-m", "synthkg", "build", "--data", str(toy), "--out", str(out)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while is_writing and not _left_behind(out) and process.poll() is None:
            time.sleep(0.0005)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        interrupted += process.wait() == -signal.SIGKILL
        assert verifies(out)
        assert snapshot(out) == before or process.returncode == 0 or b"Drift %d" % number in snapshot(out)["synthkg.nt"]
        assert run("build", "--data", toy, "--out", out).status == 0
        assert verifies(out)
        assert f'"Drift {number}"'.encode() in snapshot(out)["synthkg.nt"]
        assert _left_behind(out) == []
    assert interrupted >= 10


def _inodes(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(file): (file.stat().st_ino, file.stat().st_mtime_ns) for file in folder.rglob("*")}


def test_an_error_in_the_data_leaves_the_last_build(toy: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "dist"
    run("build", "--data", toy, "--out", out)
    before = _inodes(out)
    (toy / "venues" / "toyconf.yaml").unlink()
    done = run("build", "--data", toy, "--out", out)
    assert done.status == 1
    assert 'there is no venue "toyconf"' in done.stderr
    assert "nothing was written" in done.stderr
    assert _inodes(out) == before
    assert _left_behind(out) == []


@pytest.mark.parametrize("limit", [0, 100_000, 300_000])
def test_a_full_disk_leaves_the_last_build(toy: Path, tmp_path: Path, limit: int, run: Run) -> None:
    out = tmp_path / "dist"
    run("build", "--data", toy, "--out", out)
    before = _inodes(out)
    _spoil_title(toy, "Drift anew")

    def fill_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [sys.executable, "-m", "synthkg", "build", "--data", str(toy), "--out", str(out)]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, env=environment, preexec_fn=fill_disk, capture_output=True, check=False)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert b"cannot write the dumps" in done.stderr
    assert _inodes(out) == before
    assert _left_behind(out) == []


def test_a_volume_is_not_replaced_but_named() -> None:
    with pytest.raises(OSError, match=r"mounted there.*/proc"), replacement.replacing(Path("/proc")):
        pass


def test_foreign_files_are_never_replaced(toy: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "dist"
    out.mkdir()
    (out / "thesis.txt").write_text("years of work")
    done = run("build", "--data", toy, "--out", out)
    assert done.status == 2
    assert "thesis.txt" in done.stderr
    assert [file.name for file in out.iterdir()] == ["thesis.txt"]
    assert run("build", "--data", toy, "--out", out / "thesis.txt").status == 2
    assert (out / "thesis.txt").read_text() == "years of work"


def test_foreign_folders_are_never_replaced(toy: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "dist"
    notes = out / "notes" / "thesis.txt"
    notes.parent.mkdir(parents=True)
    notes.write_text("years of work")
    done = run("build", "--data", toy, "--out", out)
    assert done.status == 2
    assert "(notes/)" in done.stderr
    assert notes.read_text() == "years of work"


def test_build_says_what_it_wrote(toy: Path, tmp_path: Path) -> None:
    done = call("build", "--data", toy, cwd=tmp_path)
    files = [line.split("\t")[0] for line in done.stdout.decode().splitlines()]
    assert files == sorted(files)
    assert set(files) == {f"dist/{file}" for file in snapshot(tmp_path / "dist")}
    assert verifies(tmp_path / "dist")


def test_packed_dumps_hold_the_same(toy_dist: Path, tmp_path: Path, run: Run) -> None:
    """They are unpacked to the plain ones, but for JSON-LD, which is an object a line, and read wherever dumps are."""
    out = tmp_path / "dist"
    assert run("build", "--data", TOY, "--out", out, "--compress").status == 0
    packed = sorted(out.glob("synthkg.*"))
    assert {file.name for file in packed} == {f"synthkg.{'ndjsonld' if form == 'jsonld' else form}.gz" for form in FORMATS}
    assert subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=out, check=False).returncode == 0
    for file in packed:
        assert file.read_bytes()[3:8] == bytes(5), "no name and no time"
        text, plain = gzip.decompress(file.read_bytes()), toy_dist / file.stem.replace("ndjsonld", "jsonld")
        if plain.name == file.stem:
            assert text == plain.read_bytes()
        else:
            assert list(map(json.loads, text.splitlines())) == json.loads(plain.read_bytes())
        assert len(load_dump(file)) == len(load_dump(plain))
    query = ("query", "papers", "--format", "csv", "--from")
    assert run(*query, out / "synthkg.ndjsonld.gz").stdout == run(*query, toy_dist / "synthkg.nq").stdout
    subprocess.run(["gunzip", *packed], check=True)
    sums = ["sha256sum", "--check", "--strict", "--quiet", "UNPACKED-SHA256SUMS"]
    assert subprocess.run(sums, cwd=out, check=False).returncode == 0
    for file in out.glob("synthkg.*"):
        file.unlink()
    assert run("build", "--data", TOY, "--out", out).status == 0
    assert snapshot(out) == snapshot(toy_dist)


def _touch_record(toy: Path) -> None:
    _spoil_title(toy, "Drift anew")


def _touch_link(toy: Path) -> None:
    """Accepts a link that was rejected."""
    (file,) = (toy / "links").glob("*.sssom.tsv")
    before = file.read_text(encoding="utf-8")
    after = before.replace("skos:exactMatch\tNot\t", "skos:exactMatch\t\t")
    assert after != before
    file.write_text(after, encoding="utf-8")


def _touch_licence(toy: Path) -> None:
    (toy / "LICENSE").write_text("CC0 1.0 Universal")


@pytest.mark.parametrize("change", [_touch_record, _touch_link, _touch_licence])
def test_a_change_between_two_builds_is_built(
    change: Callable[[Path], None], toy: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left of the first build is used where it still holds, and the dumps are those of a build that knows nothing."""
    out = tmp_path / "dist"
    assert run("build", "--data", toy, "--out", out).status == 0
    change(toy)
    assert run("build", "--data", toy, "--out", out).status == 0
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "nothing known"))
    assert run("build", "--data", toy, "--out", tmp_path / "anew").status == 0
    assert snapshot(out) == snapshot(tmp_path / "anew")


def test_what_changed_while_it_was_built_is_built_again(toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it is as before by then, and nothing was kept that its hash would have led to."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "cache" / "synthkg").mkdir(parents=True)
    (tmp_path / "cache" / "synthkg").chmod(0o777)  # others could put pickles there, so none are read
    file = toy / "methods" / "drift.yaml"
    before = file.read_text("utf-8")

    def then_changed(data: Path) -> Origin:
        origin = origin_of(data)
        file.write_text(before.replace("title: ", "title: Another "), "utf-8")
        return origin

    check(toy)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(dumps, "origin_of", then_changed)
        dumps.build(toy, tmp_path / "dist")
    assert b'"Another ' in (tmp_path / "dist" / "synthkg.nq").read_bytes()
    file.write_text(before, "utf-8")
    dumps.build(toy, tmp_path / "dist")
    assert b'"Another ' not in (tmp_path / "dist" / "synthkg.nq").read_bytes()


def test_another_version_is_built(toy: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "dist"
    run("build", "--data", toy, "--out", out)
    citation = toy / "CITATION.cff"
    citation.write_text(citation.read_text("utf-8").replace("2024.1.0", "9.8.7"), "utf-8")
    run("build", "--data", toy, "--out", out)
    assert b'"9.8.7"' in (out / "void.ttl").read_bytes()


def test_nothing_changed_nothing_is_written(toy: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "dist"
    run("build", "--data", toy, "--out", out)
    before = _inodes(out)
    run("build", "--data", toy, "--out", out)
    assert _inodes(out) == before


def test_a_damaged_dump_is_built_again(toy: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "dist"
    run("build", "--data", toy, "--out", out)
    (out / "synthkg.nt").write_bytes(b"")
    run("build", "--data", toy, "--out", out)
    assert verifies(out)


@pytest.mark.parametrize("is_there", [True, False])
def test_a_symbolic_link_stays_and_what_it_leads_to_is_written(is_there: bool, toy: Path, tmp_path: Path, run: Run) -> None:
    served, out = tmp_path / "served" / "now", tmp_path / "dist"
    if is_there:
        served.mkdir(parents=True, mode=0o750)
    out.symlink_to(served)
    for title in ("Drift anew", "Drift again"):
        _spoil_title(toy, title)
        assert run("build", "--data", toy, "--out", out).status == 0
        assert out.is_symlink()
        assert verifies(served)
        assert title.encode() in snapshot(served)["synthkg.nt"]
    if is_there:
        assert served.stat().st_mode & 0o777 == 0o750
    assert [file.name for file in served.parent.iterdir()] == ["now"]
    assert not _left_behind(out)


@pytest.mark.parametrize("is_lasting", [True, False])
def test_a_folder_is_on_the_disk_before_it_takes_the_place_of_another(
    is_lasting: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every file of it, or after a loss of power the new name would lead to empty files; what can be made anew need not wait."""
    out, written = tmp_path / "dist", set()
    out.mkdir()
    (out / "old").touch()

    def sync(number: int) -> None:
        assert (out / "old").exists()
        written.add(os.fstat(number).st_ino)

    monkeypatch.setattr(os, "fsync", sync)
    with replacement.replacing(out, is_lasting=is_lasting) as folder:
        (folder / "tables").mkdir()
        for name in ("synthkg.nt", "tables/papers.csv"):
            (folder / name).write_text("new")
    files = {file.stat().st_ino for file in out.rglob("*") if file.is_file()}
    assert len(files) == 2
    assert written == (files if is_lasting else set())


def _no_exchange(one: Path, other: Path) -> bool:
    return False


def test_where_folders_cannot_be_exchanged(toy: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replacement, "_exchange", _no_exchange)
    out = tmp_path / "dist"
    for title in ("Drift anew", "Drift again"):
        _spoil_title(toy, title)
        assert run("build", "--data", toy, "--out", out).status == 0
        assert verifies(out)
        assert title.encode() in snapshot(out)["synthkg.nt"]
    assert _left_behind(out) == []


def test_a_kill_between_two_renames_loses_no_dumps(toy: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last good dumps lie aside then; the next build, though it fails, puts them back first."""
    monkeypatch.setattr(replacement, "_exchange", _no_exchange)
    out = tmp_path / "dist"
    run("build", "--data", toy, "--out", out)
    before = snapshot(out)
    process = subprocess.Popen(["true"])
    process.wait()
    out.rename(tmp_path / f".dist.{process.pid}.abcd.old.tmp")
    (tmp_path / f".dist.{process.pid}.abcd.tmp").mkdir()
    _spoil_title(toy, "Drift anew")

    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(dumps, "write_tables", fail)
    assert run("build", "--data", toy, "--out", out).status == 2
    assert snapshot(out) == before
    assert _left_behind(out) == []


def test_what_a_folder_of_a_longer_name_left_behind_is_not_ours(tmp_path: Path) -> None:
    """It may be the last good one of ``dist.1``."""
    others = tmp_path / ".dist.1.77.abcd.old.tmp"
    others.mkdir()
    (others / "synthkg.nq").write_text("the last good dump")
    with replacement.replacing(tmp_path / "dist"):
        pass
    assert (others / "synthkg.nq").read_text() == "the last good dump"


def test_a_rename_that_fails_puts_the_last_dumps_back(
    toy: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replacement, "_exchange", _no_exchange)
    out = tmp_path / "dist"
    run("build", "--data", toy, "--out", out)
    before = snapshot(out)
    _spoil_title(toy, "Drift anew")
    rename = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if self.name.startswith(".dist") and not self.name.endswith(".old.tmp"):
            raise OSError("no such thing")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    assert run("build", "--data", toy, "--out", out).status == 2
    monkeypatch.undo()
    assert snapshot(out) == before
    assert _left_behind(out) == []


def test_a_run_whose_number_is_nobody_s_here_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As one in another container that writes into the same volume."""
    out, process = tmp_path / "dist", subprocess.Popen(["true"])
    process.wait()
    monkeypatch.setattr(os, "getpid", lambda: process.pid)
    with replacement.replacing(out) as first:
        monkeypatch.undo()
        with replacement.replacing(out) as second:
            (second / "second").touch()
        (first / "first").touch()
    assert [file.name for file in out.iterdir()] == ["first"]
    assert _left_behind(out) == []


def test_a_name_with_brackets_is_no_pattern(toy: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / ".b1.notapid.x.tmp").mkdir()
    (tmp_path / ".b[1].notapid.x.tmp").mkdir()
    assert run("build", "--data", toy, "--out", tmp_path / "b[1]").status == 0
    assert verifies(tmp_path / "b[1]")
    assert {file.name for file in tmp_path.iterdir()} == {"toy", "b[1]", ".b1.notapid.x.tmp", ".b[1].notapid.x.tmp"}
