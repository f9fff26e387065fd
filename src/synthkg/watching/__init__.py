"""What became of the artifacts at their addresses: asked politely, judged carefully, written when a person agrees.

Read `observation` first (what an address answered on a day), then `observing` (asking) with `hosts` (whose API knows more),
`controls` (which answers say anything), `judging` (what follows for a record) and `settling` (what a person accepts).
"""

from synthkg.watching.judging import Proposal
from synthkg.watching.observation import Observation, keep, read_observations, recall
from synthkg.watching.observing import Observing, Visitor, observe
from synthkg.watching.settling import Judged, choose, judge_all, review, settle

__all__ = [
    "Judged",
    "Observation",
    "Observing",
    "Proposal",
    "Visitor",
    "choose",
    "judge_all",
    "keep",
    "observe",
    "read_observations",
    "recall",
    "review",
    "settle",
]
