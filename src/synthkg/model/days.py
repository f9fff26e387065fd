"""What a day is, in whatever a person or a program writes."""

from __future__ import annotations

from datetime import UTC, date, datetime

__all__ = ["is_day", "is_to_come"]


def is_day(text: str) -> bool:
    """Whether the text is a day as records have it, YYYY-MM-DD, and no other of the forms of ISO 8601.

    >>> is_day("2024-02-29"), is_day("2025-02-29"), is_day("20250101"), is_day("2025-W01-1")
    (True, False, False, False)
    """
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def is_to_come(day: str) -> bool:
    """Whether a day, YYYY-MM-DD, has not begun, neither here nor where the saved checks have their clock.

    >>> is_to_come("2024-02-29"), is_to_come("2999-01-01")
    (False, True)
    """
    return day > max(date.today(), datetime.now(UTC).date()).isoformat()
