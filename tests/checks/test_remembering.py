"""What a check came to is remembered, and is the same when it is."""

from __future__ import annotations

from pathlib import Path

from synthkg.checks import check
from synthkg.checks.inspection import origin_of, recall


def test_what_is_remembered_is_what_was_found(toy: Path) -> None:
    first, again = check(toy), recall(toy, origin_of(toy))
    assert again is not None
    assert (again.records, again.triples, again.findings, again.notes) == (
        first.records,
        first.triples,
        first.findings,
        first.notes,
    )
    (toy / "methods" / "new.yaml").write_text("title: New\n", "utf-8")
    assert recall(toy, origin_of(toy)) is None
