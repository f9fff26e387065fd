"""What deploy/ says can be done as it is said: the commands there are taken as they stand, where their files are."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from conftest import ROOT, Run, call
from servers import start_synthkg
from synthkg.serve.server import TRUSTED

UNIT, IMAGE = ROOT / "deploy" / "synthkg.service", ROOT / "deploy" / "Containerfile"


def commands() -> dict[str, list[str]]:
    """What each file runs, from `serve` on."""
    unit = next(line for line in UNIT.read_text("utf-8").splitlines() if line.startswith("ExecStart="))
    image = [line.partition(" ") for line in IMAGE.read_text("utf-8").splitlines()]
    words = [json.loads(rest) for word, _, rest in image if word in ("ENTRYPOINT", "CMD")]
    whole = {"unit": shlex.split(unit.removeprefix("ExecStart=")), "image": [*words[0], *words[1]]}
    return {name: line[line.index("serve") :] for name, line in whole.items()}


@pytest.mark.parametrize("name", ["unit", "image"])
def test_the_command_serves(name: str, toy_dist: Path) -> None:
    command = commands()[name]
    options = dict(zip(command[1::2], command[2::2], strict=False))
    given = [word for word in command[1:] if word not in ("--from", options["--from"], "--bind", options["--bind"])]
    for server in start_synthkg(toy_dist / "synthkg.nq", *given):
        assert server.ask("/health").body.startswith(b"ok")
        assert server.ask("/metrics").status == 200


def test_only_the_loopback_is_served_unless_it_is_said(run: Run) -> None:
    assert commands()["unit"][commands()["unit"].index("--bind") + 1].startswith("127.0.0.1:")
    assert "127.0.0.1:8000" in run("serve", "--help").stdout
    assert "-p 127.0.0.1:8000:8000" in IMAGE.read_text("utf-8")


def test_nothing_runs_as_root_or_can_write() -> None:
    unit, image = UNIT.read_text("utf-8"), IMAGE.read_text("utf-8")
    assert {"DynamicUser=yes", "ProtectSystem=strict", "NoNewPrivileges=yes", "CapabilityBoundingSet="} <= set(unit.splitlines())
    assert "USER 65534:65534" in image
    assert "--read-only" in image


@pytest.mark.parametrize("loopback", ["127.0.0.1", "[::1]"])
def test_whatever_a_proxy_passes_on_it_says_who_asked_and_where(loopback: str, toy_dist: Path) -> None:
    """In nginx a location has the headers of what it stands in, and none of its siblings'."""
    recipe = (ROOT / "docs" / "serve.md").read_text("utf-8").partition("```nginx\n")[2].partition("```")[0]
    locations = re.findall(r"location [^{]*\{([^}]*)\}", recipe)
    assert len(locations) == recipe.count("proxy_pass") == 2
    assert not any("proxy_set_header" in each for each in locations)
    given = dict(re.findall(r"proxy_set_header (\S+) \$(\w+);", recipe))
    known = {"remote_addr": "192.0.2.7", "scheme": "https", "host": "data.example.org", "server_port": "443"}
    headers = {name: known[variable] for name, variable in given.items()}
    assert {name.lower() for name in headers} == TRUSTED
    for server in start_synthkg(toy_dist / "synthkg.nq", host=loopback):
        manifest = json.loads(server.ask("/reconcile", headers=headers).body)
        assert manifest["preview"]["url"].startswith("https://data.example.org/reconcile/preview")
        assert server.said().splitlines()[-1].startswith("192.0.2.7 ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--from", "nowhere.nq"], "cannot read the dump"),
        (["--bind", "nonsense"], "no address to serve at"),
        (["--bind", "127.0.0.1:99999"], "no address to serve at"),
        (["--bind", f"127.0.0.1:{'9' * 5_000}"], "no address to serve at"),
        (["--bind", "192.0.2.1:8000"], "cannot serve at"),
        (["--prefix", "kg"], "write /path, such as /synthkg"),
        (["--prefix", "/a b"], "no path to serve below"),
        (["--prefix", "//kg"], "no path to serve below"),
        (["--prefix", "/kg/.."], "no path to serve below"),
        (["--data", "x", "--from", "y"], "give one of"),
        (["--timeout", "nan"], "--timeout"),
        (["--workers", "1000000"], "1<=x<=256"),
        (["--memory", "99999999999999"], "50<=x<=1000000"),
    ],
)
def test_what_cannot_be_served_is_told(toy_dist: Path, arguments: list[str], words: str) -> None:
    given = [] if "--from" in arguments else ["--from", str(toy_dist / "synthkg.nq")]
    done = call("serve", *given, *arguments)
    assert (done.returncode, words in done.stderr.decode()) == (2, True), done.stderr
    assert b"Traceback" not in done.stderr
