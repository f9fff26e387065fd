"""What is wrong in a data folder, and where.

Read `mapping` first (what can be known of a record alone, on all cores), on `faults` (rules within a record) and `proving` with
`decisions` (the shapes, compiled); then `within` (saved rules and checks that need one record), on `asking` (a check's rows);
then `inspection` (all checks as one list of findings) and `shacl` (what is not proved).
"""

from synthkg.checks.asking import rows_found
from synthkg.checks.inspection import (
    Checked,
    Graph,
    Unplaced,
    check,
    draft_findings,
    foreign_links,
    origin_of,
    recall,
    row_findings,
    unlikely_titles,
)
from synthkg.checks.mapping import Chunks, map_files
from synthkg.checks.shacl import Explanations, record_of, validate

__all__ = [
    "Checked",
    "Chunks",
    "Explanations",
    "Graph",
    "Unplaced",
    "check",
    "draft_findings",
    "foreign_links",
    "map_files",
    "origin_of",
    "recall",
    "record_of",
    "row_findings",
    "rows_found",
    "unlikely_titles",
    "validate",
]
