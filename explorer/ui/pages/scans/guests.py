"""A slice of the session's scan, ready for the Explore page, and the address under which it is opened."""

from __future__ import annotations

import torch

from explorer.contracts import Slice
from explorer.looking.guest import Guest
from explorer.scans.reading.files import label
from explorer.scans.scoring.jobs import Job
from explorer.ui.pages.scan_session import Own, Result


def guest_of(own: Own, result: Result, index: int) -> Guest:
    """One slice as the network sees it, with the mask that came along.

    Args:
        own: the session's scan.
        result: its scores, which say on which grid it lies.
        index: of the slice.
    """
    prepared = result.prepared
    foreground = prepared.foregrounds[index, 0]
    mask = torch.zeros_like(foreground)
    if own.mask is not None:
        mask = prepared.mask_to_model(own.mask)[index, 0] & foreground
    source = Slice(prepared.images[index, 0], foreground, f"{label(own.scan.name)}, slice {index}")
    known = own.scan.affine is not None and own.scan.oriented
    sides = "The left of the image is the left of the person." if known else "Its sides are not known."
    return Guest(source, mask, result.job.card.dataset.partition("/")[0], sides)


def address_of(job: Job) -> dict[str, str]:
    """The Explore page's parameters that repeat a job, without an anomaly planted."""
    family, _, option = (job.contrast or job.card.dataset).partition("/")
    found = {"dataset": family, "model": job.card.kind, "anomaly": "none", "beta": f"{job.scoring.beta:g}"}
    if option:
        found["contrast"] = option
    if job.scoring.scoring_beta != job.scoring.beta:
        found |= {"linked": "false", "scoring-beta": f"{job.scoring.scoring_beta:g}"}
    return found
