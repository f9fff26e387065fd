"""Spark makes of shards what one machine makes of files, triples, counts, findings and links, also where a worker is lost."""

from __future__ import annotations

import errno
import gzip
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from pyoxigraph import RdfFormat, parse, serialize

from conftest import DATA, ROOT, TESTS, TOY, Run
from synthkg.catalog import load_catalog
from synthkg.checks import check, rows_found
from synthkg.errors import UnreadableError
from synthkg.findings import Finding
from synthkg.graph import OxigraphStore, dataset, infer, load_dump, load_query
from synthkg.linking import Answers, Pace, find_subjects, find_target, open_source
from synthkg.linking import link as link_here
from synthkg.release import COUNTED
from synthkg.scale import ScaleBuilt, build, deduction, links, session, write_shards
from synthkg.scale.records import Settings, made_by, map_lines
from synthkg.scale.shards import read_line
from synthkg.views import rows_of

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Java takes longer to make its code fast than these tests last.
_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto"
_PLANTED = (
    "two persons under one id",
    "dangling venue",
    "old id",
    "id given away",
    "two papers with one title",
    "method that extends itself",
    "arXiv id of another month",
    "page range",
    "moved from nowhere",
    "row listed twice",
    "erratum misquotes",
    "broader concept that is none",
)


@pytest.fixture(scope="module", autouse=True)
def java() -> Iterator[None]:
    """Java, set up for short runs that talk to nobody outside."""
    assert shutil.which("java"), "Java is missing: install default-jdk-headless"
    fast = "--conf spark.shuffle.io.retryWait=100ms --conf spark.shuffle.io.maxRetries=1"
    submit = f"{fast} --conf spark.executor.extraJavaOptions='{_JAVA}' --driver-java-options '{_JAVA}' pyspark-shell"
    settings = {"PYSPARK_SUBMIT_ARGS": submit, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_JAVA_OPTS": _JAVA}
    before = {key: os.environ.get(key) for key in settings}
    os.environ.update(settings)
    yield
    for key, value in before.items():
        os.environ.pop(key) if value is None else os.environ.update({key: value})


@pytest.fixture
def faulty(toy: Path) -> Path:
    """The toy with many faults, of which none makes a file unreadable; and links about nothing of ours, or of a day to come."""
    for plant in yaml.safe_load((TESTS / "faults.yaml").read_text(encoding="utf-8")):
        if plant["name"] in _PLANTED:
            file = toy / plant["file"]
            text = file.read_text(encoding="utf-8") if "old" in plant else ""
            assert plant.get("old", "") in text, plant["name"]
            file.write_text(text.replace(plant["old"], plant["new"], 1) if text else plant["new"], encoding="utf-8")
    (toy / "papers" / ".yaml").write_text("title: No name\n")
    file = toy / "links" / "cso.sssom.tsv"
    text = file.read_text(encoding="utf-8")
    late = text.splitlines()[-1].replace("2026-11-24", "2999-02-20")
    text = text.replace("kg:concept/domain/medical", "kg:paper/tide-surwey").replace("kg:concept/domain/law", "kg:venue/toys")
    file.write_text(f"{text}{late}\n", encoding="utf-8")
    return toy


def on_spark(spark: SparkSession, data: Path, tmp_path: Path, parts: int | None = None) -> ScaleBuilt:
    write_shards(data, tmp_path / "shards")
    return build(spark, str(tmp_path / "shards"), str(tmp_path / "out"), parts)


def lines_of(out: Path) -> list[str]:
    return [line for part in sorted(out.glob("*.nq.gz")) for line in gzip.decompress(part.read_bytes()).decode().split("\n")[:-1]]


def findings_of(data: Path) -> list[Any]:
    """Those of records and links: what else is in the folder is in no shard."""
    found = (replace(each, file=each.file.removeprefix(f"{data}/")) for each in check(data).findings)
    return sorted(each for each in found if each.file != "CITATION.cff")


def assert_whole(out: Path, dist: Path) -> None:
    """Parts, checksums and counts are those of the build on one machine."""
    lines = lines_of(out)
    assert lines == sorted((dist / "synthkg.nq").read_text(encoding="utf-8").split("\n")[:-1])
    assert subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=out, check=False).returncode == 0
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["triples"] == sum(part["triples"] for part in manifest["parts"]) == len(lines)
    for part in manifest["parts"]:
        text = gzip.decompress((out / part["file"]).read_bytes())
        assert (len(text), hashlib.sha256(text).hexdigest()) == (part["content_bytes"], part["content_sha256"])
    store = load_dump(dist / "synthkg.nq")
    for name in COUNTED:
        query = load_query(ROOT / "queries" / "statistics" / f"{name}.rq")
        assert sorted(map(str, rows_of(query.rows(store)))) == sorted(map(str, manifest["statistics"][name])), name


class Cluster:
    """A master and two workers, each a process of its own, on loopback."""

    def __init__(self, folder: Path) -> None:
        spec = find_spec("pyspark")
        assert spec is not None
        assert spec.origin is not None
        self._home = Path(spec.origin).parent
        self._folder = folder
        self._started: list[subprocess.Popen[bytes]] = []
        self.master = self._start("master", r"Starting Spark master at (spark://\S+)")
        self.workers = [self._worker(number) for number in (1, 2)]

    def _worker(self, number: int) -> int:
        more = ["--cores", "1", "--memory", "1g", "--work-dir", str(self._folder / f"work-{number}"), self.master]
        self._start("worker", r"(Successfully registered) with master", *more)
        return self._started[-1].pid

    def _start(self, kind: str, sign: str, *more: str) -> str:
        log = self._folder / f"{kind}-{len(self._started)}.log"
        name = f"org.apache.spark.deploy.{kind}.{kind.capitalize()}"
        command = [
            str(self._home / "bin" / "spark-class"),
            name,
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--webui-port",
            "0",
            *more,
        ]
        environment = {**os.environ, "SPARK_HOME": str(self._home), "SPARK_NO_DAEMONIZE": "1"}
        with log.open("wb") as file:
            self._started.append(subprocess.Popen(command, stdout=file, stderr=file, env=environment, cwd=self._folder))
        for _ in range(600):
            if found := re.search(sign, log.read_text(encoding="utf-8")):
                return found[1]
            assert self._started[-1].poll() is None, log.read_text(encoding="utf-8")
            time.sleep(0.1)
        raise AssertionError(log.read_text(encoding="utf-8"))

    def end(self) -> None:
        for process in self._started:
            kill_all(process.pid)
            process.wait()


def family(process: int) -> list[int]:
    """A process and what it started."""
    found = [process]
    for member in found:
        with suppress(OSError):
            for thread in Path(f"/proc/{member}/task").iterdir():
                found += map(int, (thread / "children").read_text().split())
    return found


def kill_all(process: int) -> None:
    """Kills a process and what it started, at once."""
    for member in family(process):
        with suppress(ProcessLookupError):
            os.kill(member, signal.SIGKILL)


def runs_python(worker: int) -> bool:
    """Whether a worker has an executor with Pythons of its own."""
    commands = []
    for member in family(worker):
        with suppress(OSError):
            commands.append(Path(f"/proc/{member}/cmdline").read_bytes())
    return any(b"pyspark.daemon" in command for command in commands)


@pytest.fixture
def cluster(java: None, tmp_path: Path) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path)
    try:
        yield cluster
    finally:
        cluster.end()


def test_a_cluster_that_loses_a_worker_makes_the_same(cluster: Cluster, toy_dist: Path, tmp_path: Path) -> None:
    """The worker is killed when the rules are about to run, and what it had mapped is lost with it.

    It stands before the tests on two cores, since a process has one session at a time.
    """
    stages: list[str] = []

    def strike(what: str, count: int) -> None:
        stages.append(what)
        if what == "rules and checks":
            kill_all(cluster.workers[1])

    write_shards(TOY, tmp_path / "shards")
    with session(cluster.master) as spark:
        for _ in range(300):  # the second may come later
            if all(map(runs_python, cluster.workers)):
                break
            spark.sparkContext.parallelize(range(4), 4).foreach(lambda number: time.sleep(0.1))
        assert all(map(runs_python, cluster.workers))
        built = build(spark, str(tmp_path / "shards"), str(tmp_path / "out"), 4, strike)
    assert stages[-2:] == ["rules and checks", "writing"]
    assert_whole(tmp_path / "out", toy_dist)
    assert built.findings == findings_of(TOY)


@pytest.fixture(scope="module")
def spark(java: None) -> Iterator[SparkSession]:
    with session("local[2]") as spark:
        yield spark


def test_a_build_is_that_of_one_machine(spark: SparkSession, real_dist: Path, run: Run, tmp_path: Path) -> None:
    shards, out = tmp_path / "shards", tmp_path / "out"
    assert run("scale", "shards", "--data", DATA, "--out", shards).status == 0
    done = run("scale", "build", "--shards", shards, "--out", out, "--parts", "3", "--master", "local[2]")
    assert done.status == 0, done.stderr
    assert_whole(out, real_dist)
    assert [Finding(**each) for each in json.loads((out / "findings.json").read_bytes())] == findings_of(DATA)
    assert len(list((tmp_path / "out").glob("*.nq.gz"))) == 3


def test_findings_are_those_of_one_machine(spark: SparkSession, faulty: Path, tmp_path: Path) -> None:
    """Within records, between them, of drafts and of links; and nothing is written."""
    built = on_spark(spark, faulty, tmp_path)
    assert built.findings == findings_of(faulty)
    assert {"dangling-reference", "reused-id", "lookalike", "unknown-subject", "repeated-entry"} <= {
        finding.rule for finding in built.findings
    }
    assert any('is now "https://w3id.org/synthkg/venue/toyconf"' in finding.problem for finding in built.findings)
    assert any(finding.problem.startswith("mapping_date 2999-02-20") for finding in built.findings)
    assert not (tmp_path / "out").exists()


def test_a_link_with_a_fault_is_about_what_is_there(spark: SparkSession, toy: Path, tmp_path: Path) -> None:
    file = toy / "links" / "cso.sssom.tsv"
    text = file.read_text(encoding="utf-8").replace("kg:concept/domain/medical", "kg:paper/tide-survey")
    file.write_text(text.replace("0.7\tlabel", "high\tlabel"), encoding="utf-8")
    built = on_spark(spark, toy, tmp_path)
    assert built.findings == findings_of(toy)
    assert [finding.rule for finding in built.errors] == ["bad-confidence"]


@pytest.mark.parametrize("few", [0, 100_000], ids=["joined by key", "sent to all"])
def test_links_are_those_of_one_machine(
    few: int, spark: SparkSession, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dump, records = tmp_path / "dblp.nt", TESTS / "targets" / "records"
    triples = list(parse(path=TESTS / "targets" / "dblp.ttl", format=RdfFormat.TURTLE))
    dump.write_bytes(serialize((quad.triple for quad in triples), format=RdfFormat.N_TRIPLES) or b"")
    data = Path(shutil.copytree(records, tmp_path / "records"))
    target, catalog = find_target("dblp"), load_catalog(data)
    source = open_source(target, find_subjects(catalog, target.level), dump=dump)
    here = link_here(catalog, target, source, Answers(None, time.strftime("%Y-%m-%d")), Pace(0))
    write_shards(records, tmp_path / "shards")
    monkeypatch.setattr(links, "_FEW", few)
    done = run("scale", "link", "dblp", "--shards", tmp_path / "shards", "--dump", dump, "--out", tmp_path / "out")
    assert done.status == 0, done.stderr
    assert f"{len(here.after)} new" in done.stdout
    assert (tmp_path / "out" / "links" / "dblp.sssom.tsv").read_bytes() == here.path.read_bytes() != b""


def test_what_is_no_dump_is_refused(spark: SparkSession, run: Run, tmp_path: Path) -> None:
    """As `link --dump` refuses it: of any other file nothing would be found or said."""
    write_shards(TESTS / "targets" / "records", tmp_path / "shards")
    dump = tmp_path / "dblp.nt"
    dump.write_text("# names of papers\n\n" + "@prefix dblp: <https://dblp.org/> .\n" * 3)
    done = run("scale", "link", "dblp", "--shards", tmp_path / "shards", "--dump", dump, "--out", tmp_path / "out")
    assert (done.status, "no line at its beginning is a triple" in done.stderr) == (2, True), done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("place", range(4))
def test_a_broken_line_among_those_of_a_dump_is_named(place: int) -> None:
    """The others, which are read with it, are not: who mends a dump of gigabytes looks for the very line."""
    whole = [f'<urn:{name}> <urn:p> "{name}" .' for name in "abc"]
    sides = {"urn:p": frozenset({"subject"})}
    assert [term for term, _ in links._keyed(whole, sides)] == ["<urn:a>", "<urn:b>", "<urn:c>"]
    lines = [*whole[:place], "<urn:x> <urn:p> no term .", *whole[place:]]
    for some in (lines, lines[place : place + 1]):
        with pytest.raises(UnreadableError, match=r"^broken dump: .*: <urn:x> <urn:p> no term \.$"):
            list(links._keyed(some, sides))


def test_what_spans_no_more_than_mentions_needs_no_more(toy: Path) -> None:
    """Rules and checks give the same if each record is alone with facts of those that it mentions."""
    file = toy / "papers" / "tide-instruct.yaml"
    above = "refuted:\n  - concept: tide/spring\n    reason: It is not.\n"  # above tide/king, of the folder's own scheme
    file.write_text(file.read_text(encoding="utf-8").replace("refuted:\n", above), encoding="utf-8")
    lines = [read_line(json.dumps({"folder": file.parent.name, "id": file.stem, "text": file.read_text(encoding="utf-8")}))
             for file in sorted(toy.glob("[!l]*/*.yaml")) + sorted(toy.glob("lists/*.yaml"))]  # fmt: skip
    catalog = load_catalog(toy)
    catalog.links.clear()
    settings = Settings(made_by(), tuple(catalog.vocabulary.own.values()))
    mapped = [each for each in map_lines(settings, lines) if each.quads]
    read = deduction.facts_for("mentions")
    facts = {each.key: read(each.quads) for each in mapped}
    alone = [
        deduced
        for each in mapped
        for deduced in deduction.deduce(
            settings, [(each.key, each.quads, [facts.get(f"{folder}/{id}", b"") for folder, id in each.mentions])]
        )
    ]
    store = OxigraphStore(dataset(catalog))
    inferred = {f"{quad} ." for quad in infer(store)}
    found = {line for deduced in alone for line in deduced.quads.decode().split("\n")[:-1]}
    assert found <= inferred
    assert all("ontology#person>" in line for line in inferred - found), "what only all records together say"
    rows = [(query.name, row) for query, row in rows_found(store, deduction._spanning("checks", "record", "mentions"))]
    assert sorted(map(str, rows)) == sorted(str(each) for deduced in alone for each in deduced.found)
    assert "refuted-own-fact" in {name for name, _ in rows}


def test_what_is_no_shard_is_told(spark: SparkSession, tmp_path: Path, run: Run) -> None:
    line = {"folder": "papers", "id": "tides", "text": "title: Tides\n"}
    for text, words in (
        ("\n".join(json.dumps({**line, "id": id}) for id in 2 * ("waves", "tides", "ebb")), 'hold "papers/ebb" twice'),
        (json.dumps({**line, "id": "../../tides"}), "no name of a file"),
        ("title: Tides", "no record"),
    ):
        (tmp_path / "shard.jsonl").write_text(text + "\n")
        done = run("scale", "build", "--shards", tmp_path / "shard.jsonl", "--out", tmp_path / "out", "--master", "local[2]")
        assert done.status == 2
        assert words in done.stderr
    (tmp_path / "shard.jsonl").write_bytes(json.dumps({**line, "text": "title: Marées\n"}, ensure_ascii=False).encode("latin-1"))
    (tmp_path / "around" / "within").mkdir(parents=True)
    for place, words in (("shard.jsonl", "not UTF-8"), ("around", "within is a directory")):
        done = run("scale", "build", "--shards", tmp_path / place, "--out", tmp_path / "out", "--master", "local[2]")
        assert (done.status, words in done.stderr, "\tat " in done.stderr) == (2, True, False)
    for call in (("build",), ("link", "dblp", "--dump", TESTS / "targets" / "none.nt")):
        twice = "\n".join(json.dumps({**line, "folder": "links", "id": "dblp", "text": text}) for text in ("one", "other"))
        (tmp_path / "shard.jsonl").write_text(f"{json.dumps(line)}\n{twice}\n")
        done = run("scale", *call, "--shards", tmp_path / "shard.jsonl", "--out", tmp_path / "out", "--master", "local[2]")
        assert (done.status, 'hold "links/dblp" twice' in done.stderr) == (2, True)
    (tmp_path / "shard.jsonl").write_text(f"{json.dumps(line)}\n{json.dumps(line)}\n")
    done = run("scale", *call, "--shards", tmp_path / "shard.jsonl", "--out", tmp_path / "out", "--master", "local[2]")
    assert (done.status, 'hold "papers/tides" twice' in done.stderr) == (2, True)
    (tmp_path / "out").mkdir()
    done = run("scale", "build", "--shards", tmp_path / "shard.jsonl", "--out", tmp_path / "out", "--master", "local[2]")
    assert (done.status, done.stdout) == (2, "")
    assert "is there already" in done.stderr


def test_the_sign_for_what_is_no_utf_8_can_be_meant(toy: Path, tmp_path: Path) -> None:
    (toy / "methods" / "drift.yaml").write_text("title: \ufffd\n", "utf-8")
    (toy / "methods" / "\udcff.yaml").write_text("title: A name that is none\n", "utf-8")
    (shard,) = write_shards(toy, tmp_path / "shards")
    texts = {line.key: line.text for line in map(read_line, shard.read_text("utf-8").splitlines())}
    assert (texts["methods/drift"], texts["methods/\udcff"]) == ("title: \ufffd\n", "title: A name that is none\n")


def test_a_folder_in_which_nothing_may_be_looked_at_is_named(toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    is_file = Path.is_file

    def refuse(path: Path) -> bool:
        if path.parent == toy / "venues":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return is_file(path)

    monkeypatch.setattr(Path, "is_file", refuse)
    with pytest.raises(UnreadableError) as caught:
        write_shards(toy, tmp_path / "shards")
    assert caught.value.where == str(toy / "venues")


def test_without_spark_or_java_a_plain_word(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    call = ("scale", "build", "--shards", tmp_path, "--out", tmp_path / "out")
    with monkeypatch.context() as patch:
        patch.setenv("PATH", "")
        patch.delenv("JAVA_HOME", raising=False)
        done = run(*call)
        assert done.status == 2
        assert "Spark needs Java" in done.stderr
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    done = run(*call)
    assert done.status == 2
    assert "pip install 'synthkg[spark]'" in done.stderr


def test_spark_is_in_no_other_room() -> None:
    sources = (ROOT / "src" / "synthkg").rglob("*.py")
    rooms = {
        file.parent.name for file in sources if re.search(r"\b(import|from) (pyspark|py4j)\b", file.read_text(encoding="utf-8"))
    }
    assert rooms == {"scale"}
