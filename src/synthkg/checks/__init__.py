"""What is wrong in a data folder, and where.

Read `inspection` first (all checks as one list of findings), then `shacl` (the shapes, record by record), on `proving` (which
records need no pySHACL) and `decisions` (the shapes, compiled).
"""

from synthkg.checks.inspection import Checked, check

__all__ = [
    "Checked",
    "check",
]
