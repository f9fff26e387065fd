"""What a day is, in whatever a person or a program writes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

__all__ = ["is_day", "is_to_come", "utc_day"]


def is_day(text: str) -> bool:
    """Whether the text is a day as records have it, YYYY-MM-DD, and no other of the forms of ISO 8601.

    >>> is_day("2024-02-29"), is_day("2025-02-29"), is_day("20250101"), is_day("2025-W01-1")
    (True, False, False, False)
    """
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def utc_day(ahead: int = 0) -> str:
    """The day that it is in UTC, which is the clock of the saved checks, or one that is so many days ahead."""
    return (datetime.now(UTC).date() + timedelta(days=ahead)).isoformat()


def is_to_come(day: str) -> bool:
    """Whether a day, YYYY-MM-DD, has begun nowhere: in the east it may be tomorrow already.

    >>> is_to_come("2024-02-29"), is_to_come("2999-01-01")
    (False, True)
    """
    return day > utc_day(ahead=1)
