"""What is wrong in a data folder, and where.

Read `mapping` first (what can be known of a record alone, on all cores), on `faults` (rules within a record; `listed`, within a
list, with `corrections`) and `proving` with `decisions` (the shapes, compiled); then `within` (saved rules and checks that need
one record), on `asking` (a check's rows); then `inspection` (all checks as one list of findings), with `shacl` (what is not
proved), `titles` (what they tell) and `placing` (what the rows of checks say, at its place).
"""

from synthkg.checks.asking import rows_found
from synthkg.checks.inspection import (
    Checked,
    Graph,
    check,
    draft_findings,
    origin_of,
    recall,
)
from synthkg.checks.mapping import Chunks, map_files
from synthkg.checks.placing import link_findings, row_findings
from synthkg.checks.shacl import Explanations, record_of, validate
from synthkg.checks.titles import Unplaced, unlikely_titles

__all__ = [
    "Checked",
    "Chunks",
    "Explanations",
    "Graph",
    "Unplaced",
    "check",
    "draft_findings",
    "link_findings",
    "map_files",
    "origin_of",
    "recall",
    "record_of",
    "row_findings",
    "rows_found",
    "unlikely_titles",
    "validate",
]
