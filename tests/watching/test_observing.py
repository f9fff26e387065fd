"""Asking: what the hosts answer is seen as it is, politely; and nothing that goes wrong on the way changes a record's state."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler

import pytest

from hosts import EVERYWHERE, FAULTS, Hosts, model, repository
from synthkg.errors import EndpointError
from synthkg.model import Artifact
from synthkg.watching import Observation, Observing, Visitor, observe
from synthkg.watching.controls import vouched
from synthkg.watching.judging import Judgement, judge

CODE = Artifact(id="tide-code", title="tide", type="code", url="https://github.com/toy/tide", state="reachable", host_id="7")
DATA = Artifact(id="tide-data", title="Tide", type="dataset", url="https://huggingface.co/datasets/toy/tide", state="reachable")
PAGE = Artifact(id="tide-page", title="Tide", type="project", url="https://tide.example/tide", state="reachable")
FILE = replace(CODE, id="tide-file", url="https://github.com/toy/tide/blob/main/seeds.json")
MONDAY, TUESDAY, WEDNESDAY = "2026-11-23T08:00:00+00:00", "2026-11-24T08:00:00+00:00", "2026-11-25T08:00:00+00:00"


class Clock:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def look(
    hosts: Hosts, *artifacts: Artifact, run: str = MONDAY, known: tuple[Observation, ...] = ()
) -> tuple[list[Observation], Observing]:
    """Observes artifacts in that world, without waiting."""
    seen: list[Observation] = []
    clock = Clock()
    visitor = Visitor(hosts.mirrors, timeout=5, sleep=clock.sleep, clock=lambda: clock.now)
    done = observe(artifacts, visitor, run, known, seen.append)
    return seen, done


def days(hosts: Hosts, artifact: Artifact, *runs: str) -> Judgement:
    """What several days come to."""
    return judge(artifact, vouched(each for run in runs for each in look(hosts, artifact, run=run)[0]))


def kinds(judgement: Judgement) -> set[str]:
    return {each.kind for each in judgement.proposals}


def test_what_is_there_is_seen_by_page_and_api(hosts: Hosts) -> None:
    seen, done = look(hosts, CODE, DATA, PAGE, FILE)
    facts = {each.url: each.facts for each in seen if each.by != "page" and not each.control}
    assert facts == {
        "https://github.com/toy/tide": {
            "id": "7", "name": "toy/tide", "created": "2023-01-10", "pushed": "2024-04-30", "license": "Apache-2.0",
            "archived": False, "disabled": False,
        },
        "https://huggingface.co/datasets/toy/tide": {
            "id": "64a", "name": "toy/tide", "created": "2023-01-10", "pushed": "2024-04-30", "license": "apache-2.0",
            "disabled": False,
        },
    }  # fmt: skip
    assert done.asked == 6
    assert not done.left
    assert all(judge(each, vouched(seen)).checked == "2026-11-23" for each in (CODE, DATA, PAGE, FILE))


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "127.1:{port}", "[::1]", "169.254.169.254", "10.0.0.1"])
def test_no_page_of_a_stranger_has_this_network_asked(host: str, hosts: Hosts) -> None:
    there = host.format(port=hosts.base.rpartition(":")[2])
    hosts.site["/tide"] = (301, f"http://{there}/site/inside")
    hosts.site["/inside"] = (200, "")
    seen, _ = look(hosts, PAGE)
    assert "/site/inside" not in hosts.seen
    assert [each.trouble for each in seen if each.url == PAGE.url] == [f"leads to {there}, which is inside this network"]
    assert not days(hosts, PAGE, MONDAY, TUESDAY).proposals


def test_a_creation_date_that_hugging_face_made_up_is_none(hosts: Hosts) -> None:
    hosts.models["datasets/toy/tide"]["createdAt"] = "2022-03-02T23:29:04.000Z"
    seen, _ = look(hosts, DATA)
    assert [each.facts["created"] for each in seen if each.url == DATA.url and each.facts] == [""]


def test_gone_takes_two_days_or_two_means(hosts: Hosts) -> None:
    del hosts.repositories["toy/tide"], hosts.models["datasets/toy/tide"], hosts.site["/tide"]
    gone = {each.id: kinds(days(hosts, each, MONDAY)) for each in (CODE, DATA, PAGE)}
    assert gone == {"tide-code": {"gone"}, "tide-data": set(), "tide-page": set()}  # Hugging Face's API says 401
    assert kinds(days(hosts, DATA, MONDAY, MONDAY)) == set()
    for each in (DATA, PAGE):
        judgement = days(hosts, each, MONDAY, TUESDAY)
        assert kinds(judgement) == {"gone"}
        assert judgement.proposals[0].why == "the page answered 404 on 2026-11-23, the page answered 404 on 2026-11-24"


def test_what_came_back_is_not_gone(hosts: Hosts) -> None:
    hosts.site["/tide"] = (410, "")
    first, _ = look(hosts, PAGE, run=MONDAY)
    hosts.site["/tide"] = (200, "")
    second, _ = look(hosts, PAGE, run=TUESDAY)
    hosts.site["/tide"] = (410, "")
    third, _ = look(hosts, PAGE, run=WEDNESDAY)
    assert kinds(judge(PAGE, vouched(first + second + third))) == set()
    assert judge(PAGE, vouched(first + second)).checked == "2026-11-24"
    assert kinds(judge(replace(PAGE, state="gone"), vouched(first + second))) == {"reachable"}


def test_a_rename_is_no_death(hosts: Hosts) -> None:
    hosts.repositories["toy/tide"] = hosts.repositories["sea/tides"] = repository("sea/tides", 7)
    hosts.models["datasets/toy/tide"] = hosts.models["datasets/sea/tides"] = model("sea/tides", "64a")
    code, data, file = (days(hosts, each, MONDAY) for each in (CODE, DATA, FILE))
    assert kinds(code) == kinds(data) == kinds(file) == {"moved"}
    assert code.proposals[0].changes == {
        "url": "https://github.com/sea/tides", "former_urls": (CODE.url,), "state": "moved", "checked": "2026-11-23",
    }  # fmt: skip
    assert data.proposals[0].changes["url"] == "https://huggingface.co/datasets/sea/tides"
    assert file.proposals[0].changes["url"] == "https://github.com/sea/tides/blob/main/seeds.json"


def test_a_data_set_without_an_owner_moves_to_a_data_set(hosts: Hosts) -> None:
    """The first data sets of Hugging Face had none, and were given to their makers later."""
    old = replace(DATA, url="https://huggingface.co/datasets/tide")
    hosts.models["datasets/tide"] = model("tide", "64a")
    assert days(hosts, old, MONDAY).checked == "2026-11-23"
    hosts.models["datasets/tide"] = hosts.models["datasets/sea/tide"] = model("sea/tide", "64a")
    (moved,) = days(hosts, old, TUESDAY).proposals
    assert moved.changes["url"] == "https://huggingface.co/datasets/sea/tide"


def test_a_page_moves_only_for_good_and_to_somewhere(hosts: Hosts) -> None:
    hosts.site |= {"/new": (200, ""), "/login": (200, ""), "/for-good": (301, "/new"), "/for-now": (302, "/new")}
    good = [(301, "/new"), (308, "https://tide.example/new"), (301, "/for-good")]
    others = [(302, "/new"), (302, "/for-good"), (301, "/for-now"), (301, "/"), (301, "/login"), (301, "/none")]
    for answer in good + others:
        hosts.site["/tide"] = answer
        found = [each.changes["url"] for each in days(hosts, PAGE, MONDAY).proposals]
        assert found == ["https://tide.example/new"] * (answer in good), answer


def test_a_page_leads_on_as_browsers_read_its_address(hosts: Hosts) -> None:
    """One with a blank or another letter than ASCII's in it was called no address."""
    hosts.site["/new%20t%C3%A4de"] = (200, "")
    hosts.site["/tide"] = (301, "/new täde".encode().decode("latin-1"))
    assert [each.changes["url"] for each in days(hosts, PAGE, MONDAY).proposals] == ["https://tide.example/new%20t%C3%A4de"]


def test_of_a_large_file_the_beginning_is_read(hosts: Hosts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its host may know no ranges; one of over 256 MB was never seen to be there."""

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(1 << 40))
        handler.end_headers()
        with suppress(OSError):
            for _ in range(1 << 13):
                handler.wfile.write(bytes(1 << 16))

    monkeypatch.setitem(FAULTS, "endless", endless)
    hosts.faults["/site/tide"] = "endless"
    assert days(hosts, PAGE, MONDAY).checked == "2026-11-23"


def test_archived_and_licence(hosts: Hosts) -> None:
    hosts.repositories["toy/tide"] |= {"archived": True, "license": {"spdx_id": "GPL-3.0"}}
    assert {each.kind: each.changes for each in days(hosts, replace(CODE, license="MIT"), MONDAY).proposals} == {
        "archived": {"archived": True},
        "licence": {"license": "GPL-3.0-only"},
    }
    assert kinds(days(hosts, replace(CODE, license="GPL-3.0-only", archived=True), MONDAY)) == set()
    hosts.repositories["toy/tide"]["license"] = {"spdx_id": "NOASSERTION"}
    assert kinds(days(hosts, replace(CODE, license="MIT", archived=True), MONDAY)) == set()


def test_a_limit_ends_the_questions_and_the_next_run_goes_on(hosts: Hosts) -> None:
    more = [repository(f"toy/tide-{n}", 100 + n) for n in range(4)]
    hosts.repositories |= {each["full_name"]: each for each in more}
    artifacts = [replace(CODE, id=f"c{n}", url=f"https://github.com/toy/tide-{n}") for n in range(4)]
    hosts.remaining = 4
    first, done = look(hosts, *artifacts)
    assert sum(each.by == "github" and not each.control for each in first) == 2
    assert sum("limit" in left for left in done.left) == 2
    hosts.remaining, hosts.seen = 60, []
    _, done = look(hosts, *artifacts, run="2026-11-23T09:30:00+00:00", known=tuple(first))
    assert (done.asked, done.left) == (2, [])
    assert not any("toy/tide-0" in path for path in hosts.seen)
    hosts.remaining = 4
    later, _ = look(hosts, *artifacts, run=TUESDAY, known=tuple(first))
    asked = [each.url[-1] for each in later if each.by == "github" and not each.control]
    assert asked == ["2", "3"], "the next day begins with what was left"


@pytest.mark.parametrize(
    ("fault", "is_closed"), [("429", True), ("503", True), ("403 for now", True), ("403", False), ("500", False)]
)
def test_a_host_that_wants_no_more_questions_is_asked_no_more(hosts: Hosts, fault: str, is_closed: bool) -> None:
    hosts.faults = {"/site/tide": fault}
    others = [replace(PAGE, id=f"other-{n}", url=f"{PAGE.url}-{n}") for n in range(3)]
    _, done = look(hosts, PAGE, *others)
    assert len(done.left) == (3 if is_closed else 0)
    assert all("too many questions; run it again later" in left for left in done.left)
    assert any("/site/tide-" in path for path in hosts.seen) == (not is_closed)


def test_a_proxy_that_comes_up_during_a_run_makes_nothing_gone(hosts: Hosts) -> None:
    """The host is asked for what must be there when the run ends, too."""
    seen: list[Observation] = []

    def keep(each: Observation) -> None:
        seen.append(each)
        hosts.faults = {"/site": "nothing"}

    for run in (MONDAY, TUESDAY):
        hosts.faults = {}
        observe([PAGE], Visitor(hosts.mirrors, timeout=5, pace=0), run, keep=keep)
    assert [each.status for each in seen if not each.control] == [404, 404]
    assert judge(PAGE, vouched(seen)) == Judgement()


def test_why_a_host_was_not_asked_is_told_in_words(hosts: Hosts) -> None:
    hosts.faults = {"/github/": "403"}
    visitor = Visitor(hosts.mirrors | {"https://api.github.com": "http://127.0.0.1:9"}, pace=0)  # where nothing listens
    done = observe([CODE], visitor, MONDAY)
    assert done.left == [
        f"{CODE.url} (github): nothing listens there (connection refused)",
        f"{CODE.url} (page): asked for what cannot be there: answers 403 Forbidden",
    ]


def test_without_a_network_a_run_ends_soon_and_keeps_nothing() -> None:
    """Nothing listens at any of the places; a hundred hosts are not asked one after the other."""
    mirrors = {f"https://h{n}.example": f"http://127.0.0.1:{n + 1}" for n in range(100)}
    artifacts = [replace(PAGE, id=f"p{n}", url=f"https://h{n}.example/p") for n in range(100)]
    kept: list[Observation] = []
    said: list[str] = []
    for some, hosts_asked in ((artifacts, 3), (artifacts[:1], 1)):
        with pytest.raises(EndpointError, match="no server can be reached, and nothing is written") as told:
            observe(some, Visitor(mirrors, pace=0), MONDAY, (), kept.append, lambda what, _: said.append(what))
        assert str(told.value).count("connection refused") == hosts_asked
    assert kept == []
    assert said[0] == "asking h0.example, of 100 addresses asked"


def test_a_host_that_is_down_ends_no_run(hosts: Hosts) -> None:
    visitor = Visitor(hosts.mirrors | {"https://down.example": "http://127.0.0.1:9"}, pace=0)
    kept: list[Observation] = []
    done = observe([replace(PAGE, id="down", url="https://down.example/x"), PAGE], visitor, MONDAY, (), kept.append)
    assert (done.asked, done.left) == (1, ["https://down.example/x (page): nothing listens there (connection refused)"])
    assert [each.url for each in kept if not each.control] == [PAGE.url]


def test_a_host_is_not_asked_faster_than_it_likes(hosts: Hosts) -> None:
    clock = Clock()
    hosts.repositories |= {f"toy/t{n}": repository(f"toy/t{n}", n) for n in range(100, 105)}
    artifacts = [replace(CODE, url=f"https://github.com/toy/t{n}") for n in range(100, 105)]
    observe(artifacts, Visitor(hosts.mirrors, sleep=clock.sleep, clock=lambda: clock.now), MONDAY)
    assert clock.now >= 5


def test_no_password_is_given_to_strangers(hosts: Hosts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTHKG_ENDPOINT_USER", "me")
    monkeypatch.setenv("SYNTHKG_ENDPOINT_PASSWORD", "secret")
    hosts.faults["/site/tide"] = "401"
    look(hosts, PAGE)
    assert hosts.seen.count("/site/tide") == 1


PLACES = ("/github-api/repos/toy", "/github/toy", "/hf/api/datasets/toy", "/hf/datasets/toy", "/site/tide")
ONLY_OF_AN_API = {"page for API", "half a page", "empty object", "list", "null"}  # a page may look so


@pytest.mark.parametrize("fault", FAULTS)
def test_no_fault_of_ours_changes_a_state(hosts: Hosts, fault: str) -> None:
    """Whatever goes wrong, on one day or on two, nothing is proposed and no day is written."""
    hosts.faults = {place: fault for place in PLACES if "api" in place or fault not in ONLY_OF_AN_API}
    hosts.faults |= {place: "500" for place in PLACES if place not in hosts.faults}
    if fault in EVERYWHERE:
        hosts.faults = {"/": fault}
    seen, _ = look(hosts, CODE, DATA, PAGE)
    again = [replace(each, day=TUESDAY[:10], run=TUESDAY) for each in seen]
    for artifact in (CODE, DATA, PAGE):
        for state in ("reachable", "moved", "gone", "unknown"):
            for host_id in (None, "7"):
                assert judge(replace(artifact, state=state, host_id=host_id), vouched(seen + again)) == Judgement()
