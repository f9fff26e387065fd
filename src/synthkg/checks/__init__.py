"""What is wrong in a data folder, and where.

Read `mapping` first (what can be known of a record alone, on all cores), on `faults` (rules within a record) and `proving` with
`decisions` (the shapes, compiled); then `inspection` (all checks as one list of findings) and `shacl` (what is not proved).
"""

from synthkg.checks.inspection import Checked, check, origin_of, recall

__all__ = [
    "Checked",
    "check",
    "origin_of",
    "recall",
]
