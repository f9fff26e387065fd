"""What is wrong in a data folder, and where.

Read `inspection` first (all checks as one list of findings), then `shacl` (the shapes, record by record) with `proving` and `decisions`
(the shapes compiled, so that pySHACL is asked about few records).
"""

from synthkg.checks.inspection import Checked, check

__all__ = [
    "Checked",
    "check",
]
