"""What became of the artifacts at their addresses: asked politely, judged carefully, written when a person agrees.

Read `observation` first (what an address answered on a day), then `observing` (asking) with `hosts` (whose API knows more),
`controls` (which answers say anything), `judging` (what follows for a record) and `settling` (what a person accepts).
"""

from synthkg.watching.judging import Judgement, Proposal
from synthkg.watching.observation import Observation, add_observations, kept, read_observations
from synthkg.watching.observing import Observing, Visitor, observe
from synthkg.watching.settling import Judged, choose, judge_all, review, settle

__all__ = [
    "Judged",
    "Judgement",
    "Observation",
    "Observing",
    "Proposal",
    "Visitor",
    "add_observations",
    "choose",
    "judge_all",
    "kept",
    "observe",
    "read_observations",
    "review",
    "settle",
]
