"""Times that the tests promise, on a machine that does other work as well: the best of a few tries counts."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

TRIES = 4


def best(seconds: Callable[[], float], within: float) -> float:
    """The least of what `seconds` gives in up to four tries; the first that is below `within` ends them."""
    least = float("inf")
    for _ in range(TRIES):
        least = min(least, seconds())
        if least < within:
            break
    return least


def processor_seconds(work: Callable[[], object]) -> float:
    """The processor time that work takes, without the collector, which would look through whatever other tests have left."""
    gc.disable()
    try:
        began = time.process_time()
        work()
        return time.process_time() - began
    finally:
        gc.enable()


def growth(work: Callable[[int], object], size: int, times: int, floor: float = 0.03) -> float:
    """How many times as long work takes on `times` the size: `times` if it is linear, its square if it is quadratic.

    Args:
        work: what is to be done with a size.
        size: the smaller of the two sizes.
        times: how much larger the other one is.
        floor: seconds below which the smaller is not believed.
    """

    def once() -> float:
        return processor_seconds(lambda: work(size * times)) / max(processor_seconds(lambda: work(size)), floor)

    return best(once, within=1.5 * times)
