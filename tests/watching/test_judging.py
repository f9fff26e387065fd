"""Judging: what a few observations come to, and that nothing but two good denials ever makes anything gone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthkg.model import Artifact, Evidence
from synthkg.watching import Observation, Proposal
from synthkg.watching.controls import vouched
from synthkg.watching.judging import Judgement, accept, judge

URL = "https://github.com/toy/tide"
CODE = Artifact(id="tide-code", title="tide", type="code", url=URL, state="reachable")


def seen(day: int, by: str = "github", status: int = 200, **values: object) -> Observation:
    facts = values.pop("facts", {})
    assert isinstance(facts, dict)
    if by == "github" and status == 200:
        facts = {"id": "7", "name": "toy/tide", "created": "2023-01-10", "license": "", "archived": False} | facts
    asked = URL if by == "page" else "https://api.github.com/repos/toy/tide"
    stamp = f"2026-11-{day:02}"
    blank = Observation(day=stamp, run=f"{stamp}T08:00:00", by=by, url=URL, asked=asked, status=status, facts=facts)
    return replace(blank, **values)  # type: ignore[arg-type]


def kinds(judgement: Judgement) -> list[str]:
    return [each.kind for each in judgement.proposals]


def known(*evidence: Evidence, **values: object) -> Artifact:
    return replace(CODE, evidence=evidence, **values)  # type: ignore[arg-type]


def read(day: str, source: str = URL) -> Evidence:
    return Evidence(source=source, kind="repository", read=day)


def denied(day: str) -> Evidence:
    return replace(read(day), supports=("state",), note=f"the page answered 404 on {day}")


@pytest.mark.parametrize(
    ("artifact", "facts", "expected"),
    [
        (known(host_id="7"), {}, []),
        (known(host_id="7"), {"id": "8"}, ["taken-over"]),
        (known(host_id="7"), {"created": "2026-03-11"}, []),  # the number says more than a day
        (known(read("2024-01")), {"created": "2026-03-11"}, ["taken-over"]),
        (known(read("2024-01")), {"created": "2024-01-31"}, ["identity"]),  # in the month of which the day is not known
        (known(read("2026-11-01"), read("2026-11-20")), {"created": "2026-11-10"}, ["taken-over"]),
        (known(read("2024", f"{URL}/blob/main/README.md")), {"created": "2025-01-01"}, ["taken-over"]),
        (known(read("2024", "https://github.com/toy/other")), {"created": "2025-01-01"}, ["identity"]),
        (known(checked="2026-11-01"), {"created": "2026-11-02"}, ["taken-over"]),
        (known(denied("2026-11-01"), state="gone", checked="2026-11-01"), {"created": "2026-11-02"}, ["reachable", "identity"]),
        (known(denied("2026-11-01"), read("2024"), state="gone"), {"created": "2026-11-02"}, ["taken-over"]),
        (known(), {"created": ""}, ["identity"]),
        (known(state="unsafe"), {"id": "8"}, []),
    ],
)
def test_taken_over(artifact: Artifact, facts: dict[str, str], expected: list[str]) -> None:
    """Another number, or born after somebody saw it there."""
    judgement = judge(artifact, [seen(24, facts=facts)])
    assert kinds(judgement) == expected
    if expected == ["taken-over"]:
        assert judgement.proposals[0].changes == {"state": "unsafe", "checked": "2026-11-24"}
        assert not judgement.checked


def test_a_repository_much_younger_than_its_paper_is_looked_at() -> None:
    """It may have been published late, so nothing follows."""
    judgement = judge(CODE, [seen(24, facts={"created": "2026-03-11"})], published="2023-10-10")
    assert "see whose it is" in judgement.doubts[0]
    assert kinds(judgement) == ["identity"]
    assert judge(CODE, [seen(24, facts={"created": "2024-03-11"})], published="2023-10-10").doubts == ()


def test_means_that_differ_are_told() -> None:
    judgement = judge(replace(CODE, host_id="7"), [seen(24), seen(24, "page", 404)])
    assert (judgement.checked, judgement.proposals) == ("", ())
    assert judgement.doubts == ("on 2026-11-24 one means found it and another did not",)


def test_a_state_has_the_day_on_which_it_was_last_seen() -> None:
    gone = replace(CODE, state="gone")
    assert judge(gone, [seen(24, status=404)]) == Judgement(checked="2026-11-24")
    assert judge(replace(CODE, host_id="7"), [seen(23), seen(24)]) == Judgement(checked="2026-11-24")
    assert accept(replace(CODE, checked="2026-11-25"), "2026-11-24", ()).checked == "2026-11-25"


def test_an_accepted_proposal_brings_its_evidence() -> None:
    (proposal,) = judge(replace(CODE, host_id="7"), [seen(23, status=404), seen(24, status=404)]).proposals
    record = accept(CODE, "", [proposal])
    assert (record.state, record.checked) == ("gone", "2026-11-24")
    assert record.evidence == (
        Evidence(
            source="https://api.github.com/repos/toy/tide", kind="repository", read="2026-11-24", supports=("state",),
            note="the API answered 404 on 2026-11-23, the API answered 404 on 2026-11-24",
        ),
    )  # fmt: skip


def test_evidence_for_a_whole_record_stays_so() -> None:
    """The API was read on the same day for all that the record says, not for its state alone."""
    (proposal,) = judge(replace(CODE, state="gone", host_id="7"), [seen(24)]).proposals
    whole = replace(proposal.evidence, supports=(), note="read by hand")
    (evidence,) = accept(known(whole, state="gone"), "", [proposal]).evidence
    assert evidence == replace(whole, note=f"read by hand; {proposal.evidence.note}")


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("https://tide.example/", ["moved"]),
        ("https://tide.example/tide", ["moved"]),
        ("https://github.com/", []),
        ("https://github.com/login?return_to=tide", []),
        ("https://login.tide.example/", []),
        ("https://www.github.com/index.html", []),
        ("https://github.com/page-not-found?from=tide", []),
        ("https://www.hugedomains.com/domain_profile.cfm?d=github.com", []),
    ],
)
def test_a_page_that_leads_to_its_own_front_page_or_to_a_login_has_not_moved(to: str, expected: list[str]) -> None:
    """The front page of another site is a place like any other."""
    judgement = judge(CODE, [seen(24, "page", moved_to=to)])
    assert kinds(judgement) == expected
    assert bool(judgement.doubts) == (not expected)


def test_a_front_page_that_is_spelled_otherwise_is_not_lost() -> None:
    url = "http://www.tide.example/"
    (moved,) = judge(replace(CODE, url=url), [seen(24, "page", url=url, moved_to="https://tide.example/")]).proposals
    assert moved.changes["url"] == "https://tide.example/"


def test_what_a_repository_says_of_itself_is_not_said_of_a_file_in_it() -> None:
    facts = {"archived": True, "license": "GPL-3.0"}
    assert kinds(judge(CODE, [seen(24, facts=facts)])) == ["identity", "archived", "licence"]
    assert kinds(judge(replace(CODE, url=f"{URL}/blob/main/seeds.json"), [seen(24, facts=facts)])) == ["identity"]


answers = st.builds(
    lambda day, by, status, is_clean: seen(
        day, by, status, trouble="" if is_clean and status in (200, 404, 410) else "something"
    ),
    st.integers(20, 23), st.sampled_from(["page", "github"]),
    st.sampled_from([0, 200, 301, 307, 401, 403, 404, 404, 404, 410, 412, 429, 451, 500, 503]),
    st.sampled_from([True, True, False]),
)  # fmt: skip
controls = st.builds(
    lambda day, by, control, status: seen(day, by, 500 if status == 0 else status, control=control),
    st.integers(20, 23), st.sampled_from(["page", "github"]), st.sampled_from(["present", "absent"]),
    st.sampled_from([200, 404, 0]),
)  # fmt: skip


def held(day: int) -> list[Observation]:
    return [
        seen(day, by, status, control=what) for by in ("page", "github") for what, status in (("present", 200), ("absent", 404))
    ]


@given(st.lists(answers, max_size=8), st.lists(controls, max_size=4), st.sets(st.integers(20, 23)))
def test_gone_is_two_good_denials_and_nothing_since(given: list[Observation], odd: list[Observation], good: set[int]) -> None:
    """The rule once more, by counting."""
    every = [*given, *odd, *(control for day in good for control in held(day))]

    def holds(each: Observation, control: str, status: int) -> bool:
        found = [c.status for c in every if (c.control, c.run, c.by) == (control, each.run, each.by)]
        return bool(found) and all(one == status for one in found)

    clean = [each for each in given if not each.trouble and holds(each, "absent", 404)]
    present = max((each.day for each in clean if each.status == 200), default="")
    denials = [each for each in clean if each.status != 200 and holds(each, "present", 200) and each.day > present]
    is_gone = len({each.day for each in denials}) > 1 or len({each.by for each in denials}) > 1
    proposals: tuple[Proposal, ...] = judge(replace(CODE, host_id="7"), vouched(every)).proposals
    assert [each.kind for each in proposals] == (["gone"] if is_gone else [])
