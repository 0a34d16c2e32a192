"""Find the brain in a scan by a chosen way, and say what is doubtful about it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.scans.placing.brain.base import AUTO, BRAINS, Brain, Head
from explorer.scans.placing.doubts import cut_at, doubts_on, notes_on
from explorer.scans.placing.intensity import like_hounsfield, windowed
from explorer.scans.reading.files import refusal
from explorer.scans.reading.scan import Scan

AS_CT = "brain"
"""The window through which a brain is looked for in what looks like a CT."""


def find_brain(
    scan: Scan,
    way: str = AUTO,
    *,
    given: NDArray[np.bool_] | None = None,
    window: str = "",
    device: torch.device | None = None,
    turn: AbstractContextManager[object] | None = None,
) -> Brain:
    """Find the brain; some seconds where a network is asked.

    Args:
        scan: a volume.
        way: a name of `BRAINS`.
        given: a mask that came along, shape of the scan, or None.
        window: a key of `CT_WINDOWS` for a CT; empty for MR.
        device: where a network runs; None: on the CPU.
        turn: held while a network runs, or None.

    Raises:
        ValueError: where the scan is a picture, the way is unknown, or nothing of the size of a brain is
            found.
    """
    if scan.affine is None:
        raise refusal(scan.name, "is a single picture", "bring a volume, or score it as a picture")
    mistaken = not window and like_hounsfield(scan.data)
    data = windowed(scan.data, window or AS_CT) if window or mistaken else scan.data
    head = Head(
        scan.name,
        data,
        scan.affine,
        bool(window) or mistaken,
        given,
        torch.device("cpu") if device is None else device,
        turn,
    )
    found = BRAINS[way]().find(head)
    cut = cut_at(found, head)
    warnings = list(doubts_on(found, head, cut))
    if mistaken:
        warnings.insert(
            0,
            "Its numbers look like Hounsfield units, those of a CT, but it was brought as MR: choose a CT "
            f"window, such as {AS_CT!r}.",
        )
    return replace(found, notes=tuple(notes_on(cut)), warnings=tuple(warnings))
