"""A large dump is kept as a store on disk: the same answers, never those of another dump, never half a store, never too many."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import click
import pytest
from pyoxigraph import CanonicalizationAlgorithm, Dataset, Quad, Triple

import synthkg
from bombs import SERVICES
from conftest import Run
from synthkg.cache import Folders, Held, home
from synthkg.cli import main
from synthkg.cli.completing import complete_thing
from synthkg.engine import Engine, EngineStore, Question
from synthkg.errors import QueryStopped, UnreadableError
from synthkg.graph import KeptStore, as_written, keep_dump, kept, load_dump, load_queries, open_dump, read_quads
from synthkg.graph.triples import GRAPHS
from synthkg.serve import Limits
from synthkg.serve.assistant import Assistant
from synthkg.serve.engine import Graph

FIRST, SECOND = '<urn:s> <urn:p> "1" <urn:g> .\n', '<urn:s> <urn:p> "2" <urn:g> .\n'
ASKED = "SELECT ?o WHERE { ?s ?p ?o }"


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(kept, "LARGE", 0)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    path = tmp_path / "a.nq"
    path.write_text(FIRST)
    return path


def answer(path: Path) -> str:
    store = open_dump(path)
    assert isinstance(store, KeptStore)
    return str(store.select(ASKED).rows[0][0])


def stores(tmp_path: Path) -> list[str]:
    return sorted(folder.name for folder in (tmp_path / "cache/synthkg/stores").iterdir())


def test_a_cache_is_in_no_folder_in_which_somebody_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """https://specifications.freedesktop.org/basedir-spec/latest/: a relative path is passed over."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", "cache")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert home() == tmp_path / "home" / ".cache" / "synthkg"
    monkeypatch.setenv("HOME", "home")
    assert home() is None


def test_every_saved_query_has_the_same_rows_in_the_same_order(toy_dist: Path) -> None:
    """On a small graph; `test_engines` asks the real one on disk."""
    path = toy_dist / "synthkg.nq"
    ours, memory = keep_dump(path), load_dump(path)
    assert ours is not None
    for name, query in load_queries("examples", "views", "profiles").items():
        if all(parameter.default is not None for parameter in query.parameters):
            assert query.rows(ours) == query.rows(memory), name


def test_a_small_dump_is_not_kept(dump: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "LARGE", len(FIRST))
    assert keep_dump(dump) is None


@pytest.mark.parametrize(("graphs", "is_told"), [("<urn:g> <urn:h>", True), ("<urn:g> ", True), ("<urn:g>", False)])
def test_a_triple_in_several_graphs_is_told(graphs: str, is_told: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "LARGE", 1000)
    dump = tmp_path / "a.nq"
    dump.write_text("".join(f"<urn:a> <urn:b> <urn:c> {graph} .\n" for graph in graphs.split(" ")))
    told: list[str] = []
    open_dump(dump, tell=told.append)
    assert ["triple in several graphs" in line for line in told] == [True] * is_told


def test_of_the_dump_of_an_older_version_it_is_told_what_it_lacks(
    toy_dist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "LARGE", 200_000_000)
    lines = (toy_dist / "synthkg.nt").read_text("utf-8").splitlines(keepends=True)
    told: list[str] = []
    for name, lacks in (("new", "nothing"), ("old", "ontology#listedUnder>"), ("bare", "/ontology#")):
        (tmp_path / f"{name}.nt").write_text("".join(line for line in lines if not re.match(f"<[^>]*{lacks}", line)), "utf-8")
        open_dump(tmp_path / f"{name}.nt", tell=told.append)
    (line,) = told
    assert "an older version of synthkg made it, without listedUnder; what asks for this finds nothing" in line


def test_a_server_that_is_told_to_and_a_tab_make_no_store(toy_dist: Path, tmp_path: Path) -> None:
    file = toy_dist / "synthkg.nq"
    Graph.load(file, Limits(workers=1, in_memory=True), print).engine.close()
    tab = click.Context(main, info_name="synthkg")
    tab.params["dump"] = file
    assert complete_thing(tab, click.Argument(["thing"]), "") == []
    assert not (tmp_path / "cache/synthkg/stores").exists()
    Graph.load(file, Limits(workers=1), print).engine.close()
    assert len(stores(tmp_path)) == 1


def test_a_store_is_made_once_and_is_never_that_of_another_dump(dump: Path, tmp_path: Path) -> None:
    told: list[str] = []
    for _ in range(2):
        keep_dump(dump, progress=lambda what, _: told.append(what))
    assert len([what for what in told if "making" in what]) == 1
    dump.write_text(SECOND)
    assert answer(dump) == '"2"'
    dump.write_text(FIRST)
    assert answer(dump) == '"1"'
    renamed = dump.rename(tmp_path / "a.trig")
    renamed.write_text("<urn:s> <urn:p> 3 .")
    assert "3" in answer(renamed)
    assert len(stores(tmp_path)) == 2


def test_who_names_a_store_does_not_open_it(toy_dist: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To count 27 million triples takes 4 s, and who has opened a store has threads: its workers would be no safe forks."""
    dump = toy_dist / "synthkg.nq"
    opened: list[int] = []
    inner = KeptStore.inner.fget  # type: ignore[attr-defined]

    def seen(store: KeptStore) -> object:
        opened.append(os.getpid())
        return inner(store)

    monkeypatch.setattr(KeptStore, "inner", property(seen))
    assert isinstance(open_dump(dump), KeptStore)
    graph = Graph.load(dump, Limits(workers=1), lambda line: None)
    assistant = Assistant(dump, Limits(workers=1))
    assert graph.triples == len(load_dump(dump))
    assert assistant.find("tide")["things"]
    graph.engine.close()
    assistant.close()
    assert opened == []


FORKED = """
import multiprocessing
import sys
import synthkg
from synthkg.graph import kept

kept.LARGE = 0
kg = synthkg.open(dump=sys.argv[1])
here = kg.show("drift").title, kg.view("published"), len(kg.store)

def there(_):
    return kg.show("drift").title, kg.view("published"), len(kg.store)

with multiprocessing.get_context("fork").Pool(2) as pool:
    assert pool.map_async(there, range(4)).get(timeout=40) == 4 * [here]
"""


def test_processes_forked_off_one_that_has_opened_it_open_it_themselves(toy_dist: Path) -> None:
    """As those of multiprocessing: they waited for ever."""
    command = [sys.executable, "-W", "ignore", "-c", FORKED, str(toy_dist / "synthkg.nq")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_another_graph_is_refused_as_one_in_memory_is_and_not_opened_for_it(
    dump: Path, toy_dist: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run("query", "counts", "--from", dump)
    assert (done.status, done.stdout) == (2, "")
    assert "a.nq: it says nothing in the terms of synthkg" in done.stderr
    kg = synthkg.open(dump=dump)
    with pytest.raises(UnreadableError, match=r"a\.nq: it says nothing in the terms of synthkg"):
        kg.query("counts")
    assert len(kg.query(ASKED)) == 1
    monkeypatch.setattr(KeptStore, "inner", None)
    assert len(synthkg.open(dump=toy_dist / "synthkg.nq").query("counts")) > 10


LITERALS = """
<urn:a> <urn:p> 01, 1, 02, "3", "x"@en ; <urn:q> true, "1"^^<http://www.w3.org/2001/XMLSchema#boolean> .
<urn:g> { <urn:a> <urn:p> 01 . _:b <urn:p> 1, _:c . _:c <urn:p> _:b }
<urn:h> { [] <urn:p> 1, 01, [ <urn:q> 2 ] . <urn:a> <urn:q> 2 }
"""


def canonical(triples: Iterable[Triple]) -> set[str]:
    """Triples, whatever their blank nodes are called."""
    told = Dataset(Quad(*each) for each in triples)
    told.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return set(map(str, told))


def test_a_large_dump_is_given_as_it_is_written_and_stays_on_disk(tmp_path: Path) -> None:
    dump = tmp_path / "lexical.trig"
    dump.write_text(LITERALS)
    store = open_dump(dump)
    written = as_written(store, dump)
    assert written.inner is store.inner
    for graph in written.graphs():
        given = list(written.triples(graph))
        expected = [quad.triple for quad in read_quads(dump) if quad.graph_name == graph]
        assert canonical(given) == canonical(expected)
        assert len(given) == len(expected)
        assert written.merged(graph) == sum(1 for _ in store.triples(graph))


def test_another_version_of_oxigraph_makes_its_own(dump: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_dump(dump)
    monkeypatch.setattr(kept, "version", lambda library: "99")
    keep_dump(dump)
    assert len(stores(tmp_path)) == 2


def test_a_kept_dump_that_its_checksum_disowns_is_refused(dump: Path) -> None:
    keep_dump(dump)
    (dump.parent / "SHA256SUMS").write_text(f"{'0' * 64}  {dump.name}\n")
    with pytest.raises(UnreadableError, match="SHA256SUMS"):
        open_dump(dump)


def test_a_broken_dump_is_told_with_its_place_and_leaves_nothing(dump: Path, tmp_path: Path) -> None:
    dump.write_text(FIRST + "<urn:s> <urn:p> .\n")
    with pytest.raises(UnreadableError, match="broken dump") as caught:
        open_dump(dump)
    assert caught.value.where.startswith(f"{dump}:2:")
    assert stores(tmp_path) == []


def test_what_changes_while_it_is_read_is_not_kept(dump: Path, tmp_path: Path) -> None:
    def change(what: str, _: int) -> None:
        dump.write_text(SECOND)

    told: list[str] = []
    assert keep_dump(dump, change, told.append) is None
    assert "changed while it was read" in told[0]
    assert stores(tmp_path) == []


@pytest.mark.parametrize("cause", ["no folder", "full disk"])
def test_where_nothing_can_be_kept_the_dump_is_read_into_memory(cause: str, dump: Path, tmp_path: Path) -> None:
    text = (
        "import resource, sys\nfrom pathlib import Path\nfrom synthkg.graph import kept\nkept.LARGE = 0\n"
        "if sys.argv[2] == 'full disk': resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))\n"
        "store = kept.open_dump(Path(sys.argv[1]), tell=print)\nprint(type(store).__name__, len(store))\n"
    )
    home = {"no folder": "/dev/null", "full disk": str(tmp_path / "cache")}[cause]
    command = [sys.executable, "-c", text, str(dump), cause]
    done = subprocess.run(command, env={**os.environ, "XDG_CACHE_HOME": home}, capture_output=True, text=True, check=True)
    line, store = done.stdout.splitlines()
    assert "no store on disk can be kept" in line
    assert store == "OxigraphStore 1"
    if cause == "full disk":
        assert stores(tmp_path) == []


def in_another_process(do: Callable[[], None]) -> int:
    number = os.fork()
    if not number:
        try:
            do()
        finally:
            os._exit(0)
    return number


def test_one_that_was_killed_leaves_no_half_and_two_at_once_make_one(tmp_path: Path) -> None:
    def make(folder: Path) -> None:
        folder.mkdir()
        (folder / str(os.getpid())).touch()

    def die(folder: Path) -> None:
        make(folder)
        os.kill(os.getpid(), signal.SIGKILL)

    def keep(how: Callable[[Path], None]) -> None:
        Folders("stores", 3).get("k", how)

    os.waitpid(in_another_process(lambda: keep(die)), 0)
    (half,) = stores(tmp_path)
    assert half.startswith(".")
    both = [in_another_process(lambda: keep(make)) for _ in range(2)]
    for number in both:
        os.waitpid(number, 0)
    assert stores(tmp_path) == ["k"]
    (maker,) = (tmp_path / "cache/synthkg/stores/k").glob("[0-9]*")
    assert int(maker.name) in both


def test_the_newest_few_are_kept_and_what_is_in_use(tmp_path: Path) -> None:
    folders = Folders("stores", 2)
    used = folders.get("0", Path.mkdir)
    for number in range(1, 5):
        folders.get(str(number), Path.mkdir)
        os.utime(tmp_path / f"cache/synthkg/stores/{number}", (number, number))
    assert isinstance(used, Held)
    os.utime(used.path, (0, 0))
    folders.get("5", Path.mkdir)
    assert stores(tmp_path) == ["0", "4", "5"]
    del used
    folders.get("6", Path.mkdir)
    assert stores(tmp_path) == ["5", "6"]


@pytest.mark.parametrize("opened_before", [False, True])
def test_an_engine_asks_it_ends_what_runs_away_and_reaches_nothing(opened_before: bool, toy_dist: Path) -> None:
    store = keep_dump(toy_dist / "synthkg.nq")
    assert store is not None
    if opened_before:
        assert store.ask("ASK { ?s ?p ?o }")
    engine = Engine(store, memory=50)
    assert engine.unlimited == []
    with pytest.raises(QueryStopped, match=r"after 0\.3 seconds"):
        EngineStore(engine, 0.3).select("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }")
    bomb = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c"
    assert engine.ask(Question(bomb), seconds=60).kind == "memory"
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)
        for text in SERVICES:
            engine.ask(Question(text.format(f"http://127.0.0.1:{listening.getsockname()[1]}/")), seconds=3)
        with pytest.raises(TimeoutError):
            listening.accept()
    query = load_queries("examples")["counts"]
    assert query.rows(EngineStore(engine, 30)) == query.rows(store)
    engine.close()


def test_a_damaged_store_says_what_to_remove(dump: Path) -> None:
    store = keep_dump(dump)
    assert store is not None
    (store.held.path / "CURRENT").write_text("nonsense\n")
    for ask in (partial(Engine, store), partial(len, store)):
        with pytest.raises(UnreadableError, match="remove it") as caught:
            ask()
        assert caught.value.where == str(store.held.path)


def test_a_damaged_block_is_told_when_it_is_read(toy_dist: Path, tmp_path: Path) -> None:
    """RocksDB opens a store without a look at its blocks."""
    dump = tmp_path / "synthkg.nq"
    number = b'<urn:s> <urn:p> "01"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
    dump.write_bytes((toy_dist / "synthkg.nq").read_bytes() + number)
    store = keep_dump(dump)
    assert store is not None
    written = as_written(store, dump)
    assert written is not store
    for file in store.held.path.glob("*.sst"):
        content = bytearray(file.read_bytes())
        if len(content) > 10_000:  # others have no blocks but those that say what is where
            content[len(content) // 3] ^= 1
            file.write_bytes(content)
    engine, asked = Engine(store), "{ ?s ?p ?o }"
    for ask in (
        partial(EngineStore(engine).select, f"SELECT * {asked}"),
        partial(store.select, f"SELECT * {asked}"),
        lambda: list(store.construct(f"CONSTRUCT WHERE {asked}")),
        partial(list, store),
        written.graphs,
        lambda: [*map(list, map(written.triples, GRAPHS.values()))],
        lambda: [*map(written.merged, GRAPHS.values())],
    ):
        with pytest.raises(UnreadableError, match="remove it") as caught:
            ask()
        assert caught.value.where == str(store.held.path)
    engine.close()
