"""Which observations say anything: those without trouble, whose run's controls held for the same host and means.

What list keepers learnt: only 404 and 410 mean that something is not there. 401, 403, 412, 429, 5xx, redirects for now, and
failures of name, certificate or time say nothing, because they are ours, or the host's, or of the moment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from synthkg.watching.hosts import HOSTS
from synthkg.watching.observation import Observation

__all__ = ["GONE", "denies", "is_present", "vouched"]

GONE = frozenset({404, 410})


def is_present(observation: Observation) -> bool:
    """Whether the address answered with what is there."""
    return 200 <= observation.status < 300


def denies(control: Observation) -> bool:
    """Whether an address that cannot be there was answered so."""
    denials = GONE | (HOSTS[control.by].denials if control.by in HOSTS else frozenset())
    return control.status in denials and (not control.trouble or control.status not in GONE)


def vouched(observations: Iterable[Observation]) -> list[Observation]:
    """The observations of artifacts that say something, oldest first.

    That something is there is believed if the host denies what cannot be there; that it is not, if the host also shows what must
    be there. One control that fails discredits the run's whole dealing with that host.
    """
    shows: dict[tuple[str, str, str], bool] = defaultdict(bool)
    denied: dict[tuple[str, str, str], bool] = defaultdict(bool)
    every = list(observations)
    for each in every:
        place = (each.run, each.by, each.host)
        if each.control == "present":
            shows[place] = shows.get(place, True) and is_present(each) and not each.trouble
        elif each.control == "absent":
            denied[place] = denied.get(place, True) and denies(each)
    said = []
    for each in every:
        place = (each.run, each.by, each.host)
        if each.control or each.trouble or not denied[place]:
            continue
        if is_present(each) or (each.status in GONE and shows[place]):
            said.append(each)
    return sorted(said, key=lambda each: (each.day, each.run))
