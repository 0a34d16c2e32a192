"""A slice of the session's scan, ready for the Explore page, and the address under which it is opened."""

from __future__ import annotations

import torch

from explorer.cards import Card, card_of, model_names
from explorer.looking.guest import Guest
from explorer.scans.finding.finding import Finding
from explorer.scans.reading.files import label
from explorer.scans.scoring.jobs import Job
from explorer.ui.controls.guests import OWN


def guest_of(finding: Finding, index: int, plane: int) -> Guest:
    """One slice as the network sees it, with the mask that came along.

    Args:
        finding: of the session's scan.
        index: of the slice.
        plane: its number on the page.
    """
    prepared, scan, job = finding.prepared, finding.scan, finding.job
    foreground = prepared.foregrounds[index, 0]
    mask = torch.zeros_like(foreground)
    if finding.mask_seen is not None:
        mask = torch.from_numpy(finding.mask_seen[index]) & foreground
    source = prepared.slice_at(index, job.sequence, f"{label(scan.name)}, slice {plane}")
    placed = "known" if scan.oriented else "assumed"
    sides = "" if scan.affine is None else placed
    return Guest(source, mask, job.card.dataset.partition("/")[0], sides)


def address_of(job: Job) -> dict[str, str]:
    """The Explore page's parameters that repeat a job, without an anomaly planted."""
    family, _, option = (job.contrast or job.card.dataset).partition("/")
    found = {"dataset": family, "model": _shipped(job.card), "anomaly": "none", OWN: "true"}
    found["beta"] = f"{job.scoring.beta:g}"
    if option:
        found["contrast"] = option
    if job.scoring.scoring_beta != job.scoring.beta:
        found |= {"linked": "false", "scoring-beta": f"{job.scoring.scoring_beta:g}"}
    return found


def _shipped(card: Card) -> str:
    """The model's name, if it is a shipped one; of an own one its kind, which the other page can show."""
    known = card.name in model_names() and card_of(card.name).sha256 == card.sha256
    return card.name if known else card.kind
