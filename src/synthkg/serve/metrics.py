"""What was answered, counted: Prometheus' text format, https://prometheus.io/docs/instrumenting/exposition_formats/."""

from __future__ import annotations

import threading
from collections import Counter

__all__ = ["Metrics"]

_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """Counts of requests by kind and status, of how long they took, and of queries that were stopped."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, int]] = Counter()
        self._within: Counter[tuple[str, float]] = Counter()
        self._seconds: Counter[str] = Counter()
        self._stopped: Counter[str] = Counter()

    def count(self, kind: str, status: int, seconds: float) -> None:
        """One request more."""
        with self._lock:
            self._requests[kind, status] += 1
            self._seconds[kind] += seconds  # type: ignore[assignment]
            for bound in _BOUNDS:
                if seconds <= bound:
                    self._within[kind, bound] += 1

    def count_stopped(self, reason: str) -> None:
        """One query more that was stopped."""
        with self._lock:
            self._stopped[reason] += 1

    def text(self, gauges: dict[str, tuple[str, int]]) -> str:
        """All counts, with some values of this moment: name -> what it is, and its value."""
        with self._lock:
            lines = ["# HELP synthkg_requests_total Requests answered.", "# TYPE synthkg_requests_total counter"]
            lines += [
                f'synthkg_requests_total{{kind="{kind}",status="{status}"}} {count}'
                for (kind, status), count in sorted(self._requests.items())
            ]
            lines += ["# HELP synthkg_seconds How long requests took.", "# TYPE synthkg_seconds histogram"]
            for kind in sorted(self._seconds):
                total = sum(count for (each, _), count in self._requests.items() if each == kind)
                lines += [f'synthkg_seconds_bucket{{kind="{kind}",le="{b}"}} {self._within[kind, b]}' for b in _BOUNDS]
                lines.append(f'synthkg_seconds_bucket{{kind="{kind}",le="+Inf"}} {total}')
                lines.append(f'synthkg_seconds_sum{{kind="{kind}"}} {self._seconds[kind]:.6f}')
                lines.append(f'synthkg_seconds_count{{kind="{kind}"}} {total}')
            lines += ["# HELP synthkg_stopped_total Queries that were stopped.", "# TYPE synthkg_stopped_total counter"]
            lines += [f'synthkg_stopped_total{{reason="{reason}"}} {count}' for reason, count in sorted(self._stopped.items())]
        for name, (what, value) in gauges.items():
            lines += [f"# HELP {name} {what}", f"# TYPE {name} gauge", f"{name} {value}"]
        return "\n".join(lines) + "\n"
