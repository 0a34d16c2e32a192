"""How many random inputs a property is tried with.

A few by default, as the suite must stay quick; `EXPLORER_INPUTS=20` multiplies them by 20.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("EXPLORER_INPUTS", "1"))


def inputs(count: int) -> settings:
    """A decorator for a property that is tried with `count` inputs, or as many times more as one asks for.

    Args:
        count: where the environment says nothing.
    """
    return settings(
        max_examples=count * TIMES,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
