"""What the tests share: a toy data folder to spoil, two ways to call the command line, and builds made once a session."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple, Protocol

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, settings

from synthkg.api.knowledge import KnowledgeGraph
from synthkg.catalog.folder import Catalog, load_catalog
from synthkg.cli import main
from synthkg.files import locked
from synthkg.graph.store import OxigraphStore, load_dump

pytest_plugins = ["servers", "hosts", "browsers"]

TESTS = Path(__file__).parent
ROOT = TESTS.parent
TOY = TESTS / "toy"
DATA = ROOT / "data"
# The list as its source printed it: sha256sum data-synthesis-using-llms.md, when it was first read.
ORIGINAL = "2c0a12a22eef2896ed72267eb61db628680fc96647722d1f2308be41b4ba9dd2"
settings.register_profile("synthkg", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("synthkg")
# One seed a run, known before a test is collected, so that every process of the run draws the same.
os.environ.setdefault("SYNTHKG_SEED", str(random.SystemRandom().randrange(1, 10**9)))
# Files whose tests take half a minute and more together. They come first, so that no process is left alone with one at the end.
LONG = (
    "test_readme",
    "test_engines",
    "test_spark",
    "test_site",
    "test_ask",
    "test_hardness",
    "test_dumps",
    "test_mutation",
)
FORMATS = ("nq", "trig", "nt", "ttl", "jsonld", "rdf")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The long files first where several processes share them; see the Makefile."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: LONG.index(item.path.stem) if item.path.stem in LONG else len(LONG))


class Done(NamedTuple):
    """What a call of the command line gave."""

    status: int
    stdout: str
    stderr: str


class Run(Protocol):
    """Calls the command line."""

    def __call__(self, *arguments: str | Path, stdin: str | None = None) -> Done: ...


@pytest.fixture(scope="session", autouse=True)
def cache_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """No test reads or writes the user's cache folder; all share one."""
    home = tmp_path_factory.mktemp("cache")
    before = os.environ.get("XDG_CACHE_HOME")
    os.environ["XDG_CACHE_HOME"] = str(home)
    yield home
    if before is None:
        del os.environ["XDG_CACHE_HOME"]
    else:
        os.environ["XDG_CACHE_HOME"] = before


@pytest.fixture(scope="session", autouse=True)
def untouched_clone() -> Iterator[None]:
    """No test changes the records of this clone, which other tests are reading meanwhile."""
    before = _records()
    yield
    assert _records() == before


def _records() -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in DATA.rglob("*") if path.is_file()}


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """A copy of the toy data folder."""
    return Path(shutil.copytree(TOY, tmp_path / "toy"))


def invoke(*arguments: str | Path, stdin: str | None = None) -> Done:
    """Calls the command line inside this process; a bug is raised, not printed."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin, catch_exceptions=False)
    return Done(result.exit_code, result.stdout_bytes.decode(), result.stderr)


@pytest.fixture(scope="session")
def run() -> Run:
    """The command line inside this process."""
    return invoke


def call(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Calls the command line as a process of its own."""
    command = [sys.executable, "-m", "synthkg", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, check=False)


@contextmanager
def disturbed(process: int) -> Iterator[None]:
    """Stops a process and lets it go on, as Ctrl-Z and fg do, some hundred times a second: writes into pipes end in the midst."""
    is_over = Event()

    def disturb() -> None:
        while not is_over.wait(0.002):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGSTOP)
                os.kill(process, signal.SIGCONT)

    thread = Thread(target=disturb)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


_CUT_OFF = """
import sys

kinds, arguments = sys.argv[1].split(","), sys.argv[2:]

def refuse(event, what):
    path = f"{what[0]}/" if what and event in ("open", "os.listdir", "os.scandir") else ""
    if event.startswith(tuple(kinds)) or ("records" in kinds and ("/data/" in path or path.endswith(".yaml/"))):
        raise RuntimeError(f"reached for what is out of reach: {event} {what}")

from synthkg.cli import main
sys.addaudithook(refuse)
main(arguments)
"""


def cut_off(cwd: Path, kinds: str, *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    """Calls the command line where the network, or the record files too (``network,records``), are out of reach."""
    events = kinds.replace("network", "socket.connect,socket.getaddrinfo,urllib.Request,http.client.connect")
    return subprocess.run(
        [sys.executable, "-c", _CUT_OFF, events, *map(str, arguments)], cwd=cwd, capture_output=True, check=False
    )


def build(data: Path, out: Path, **environment: str) -> Path:
    """Builds the dumps of a data folder in a process of its own."""
    done = call("build", "--data", data, "--out", out, cwd=None, **environment)
    assert done.returncode == 0, done.stderr.decode()
    return out


@pytest.fixture(scope="session")
def toy_dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dumps of the toy data."""
    return build(TOY, tmp_path_factory.mktemp("toy") / "dist", PYTHONHASHSEED="0")


@pytest.fixture(scope="session")
def real_catalog() -> Catalog:
    """The real records, read once."""
    return load_catalog(DATA)


@pytest.fixture(scope="session")
def real_store(real_catalog: Catalog) -> OxigraphStore:
    """The graph of the real records with what follows from it, made once: whoever changes it takes a copy."""
    store = KnowledgeGraph.of(real_catalog).store
    assert isinstance(store, OxigraphStore)
    return store


@pytest.fixture(scope="session")
def kg(real_store: OxigraphStore) -> KnowledgeGraph:
    """The same as Python asks it."""
    return KnowledgeGraph(real_store)


@pytest.fixture(scope="session")
def dump_store(real_dist: Path) -> OxigraphStore:
    """The dump of the real data, loaded once: whoever changes it takes a copy."""
    return load_dump(real_dist / "synthkg.nq")


@pytest.fixture(scope="session")
def real_dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dumps of the real data, which the first process of a run that needs them builds for all; nobody changes them."""
    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "real"
    with locked(shared / "lock"):
        out = shared / "dist"
        return out if out.is_dir() else build(DATA, out, PYTHONHASHSEED="0")


@pytest.fixture(params=["toy", "real"], scope="module")
def dist(request: pytest.FixtureRequest) -> Path:
    """The dumps of the toy data, and those of the real ones."""
    folder: Path = request.getfixturevalue(f"{request.param}_dist")
    return folder
