"""How long a call takes, by the clock."""

import time
from collections.abc import Callable


def per_call_ms(call: Callable[[], object], seconds: float) -> float:
    """Milliseconds of a call: the first is not counted, then as many as fit, at least two."""
    call()
    started, calls = time.perf_counter(), 0
    while calls < 2 or time.perf_counter() - started < seconds:
        call()
        calls += 1
    return 1000 * (time.perf_counter() - started) / calls
