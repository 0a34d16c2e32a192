"""One page of HTML on a finding: the notice, how it was made, the most anomalous slices and places.

The page holds its pictures and asks nothing of any server. Pictures are shown as radiologists do: the right
of the person on the left.
"""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from explorer.scans.finding.finding import Finding
from explorer.scans.finding.record import record_of
from explorer.scans.writing.curves import SIDE, drawings
from explorer.settings import format_settings
from explorer.templates import render

TEMPLATE = Path(__file__).with_name("report.html")
PICTURES = 6
BESIDE = 3
"""Slices to either side for which the most anomalous one stands: what all of them show is one finding."""

FIGURES = {
    "auroc": "AUROC",
    "average_precision": "Average precision",
    "best_dice": "Best Dice, its threshold chosen on this scan",
    "dice": "Dice at the threshold",
}

ORANGE, GREEN = (255, 120, 0), (46, 230, 197)


def report_html(finding: Finding) -> str:
    """The page."""
    record = record_of(finding)
    return render(
        TEMPLATE,
        record=record,
        caution=finding.caution,
        settings=list(_settings(finding, record)),
        slices=list(_slices(finding)),
        planes=[finding.prepared.placement.plane(np.array(one.voxel)) for one in finding.places],
        curves=[] if finding.measured is None else drawings(finding.measured.histogram),
        side=SIDE,
        sides=(
            "The right of the person is on the left."
            if finding.scan.oriented
            else "Left and right are not known: the file does not say."
        ),
    )


def painted(
    image: NDArray[np.float32],
    scores: NDArray[np.float32],
    threshold: float,
    mask: NDArray[np.bool_] | None = None,
) -> NDArray[np.uint8]:
    """An image in grey, half-transparent orange where it scores at least the threshold, (H, W, 3).

    Args:
        image: (H, W), in [0, 1].
        scores: (H, W).
        threshold: from which a pixel is painted.
        mask: its outline, the pixels around it, is drawn in green; None: none.
    """
    grey = np.repeat((255 * np.clip(image, 0, 1))[..., None], 3, axis=2)
    above = (scores >= threshold)[..., None]
    found = np.where(above, 0.5 * grey + 0.5 * np.array(ORANGE), grey)
    if mask is not None:
        found[ndimage.binary_dilation(mask) & ~mask] = GREEN
    return found.round().astype(np.uint8)


def most_anomalous(profile: Sequence[float | None]) -> list[int]:
    """The slices to show, the highest score first: none that stands beside a more anomalous one."""
    scores = np.array([-math.inf if score is None else score for score in profile])
    firsts = [max(index - BESIDE, 0) for index in range(len(scores))]
    peaks = [
        index
        for index, first in enumerate(firsts)
        if profile[index] is not None and first + scores[first : index + BESIDE + 1].argmax() == index
    ]
    return sorted(peaks, key=lambda index: -scores[index])[:PICTURES]


def _settings(finding: Finding, record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """How the map was made and how well it finds a mask, for people."""
    model, settings = record["model"], format_settings(finding.predictor)
    yield "Scan", record["scan"]["name"]
    yield "Model", f"{model['name']} (sha256 {model['sha256'][:12]})"
    predictor = type(finding.predictor)
    yield "Predictor", predictor.title + (f" ({settings})" if settings else "")
    yield "What it measures", f"{predictor.summary}: {predictor.formula}"
    yield "Training beta, KL weight in the ELBO map", f"{record['beta']:g}, {record['scoring_beta']:g}"
    yield "Healthy data", finding.whose or "none"
    if finding.sample is not None:
        yield "Sample score", finding.sample.sentence
    yield "Program", record["program"]
    for name, value in record.get("figures", {}).items():
        why = record["figures_undefined"]
        yield FIGURES[name], f"undefined: {why}" if value is None else f"{value:.3f}"
    if "share_of_mask_not_scored" in record:
        yield "Mask not scored", f"{100 * record['share_of_mask_not_scored']:.0f} %"
    if "lesions" in record:
        found = record["lesions"]
        yield "Lesions found", f"{found['found']} of {found['of']}"
        yield "False alarms", str(found["false_alarms"])


def _slices(finding: Finding) -> Iterator[dict[str, str]]:
    """Pictures of the most anomalous slices, each as it is and painted."""
    for index in most_anomalous(finding.profile):
        image = finding.prepared.images[index, 0].numpy()
        scores = np.where(finding.foreground[index], finding.values[index], -np.inf)
        mask = None if finding.mask_seen is None else finding.mask_seen[index]
        plain = painted(image, scores, math.inf)
        marked = painted(image, scores, finding.threshold.score, mask)
        picture = np.hstack([part[:, ::-1] for part in (plain, marked)])
        caption = f"slice {finding.prepared.placement.plane_of(index)}, score {finding.profile[index]:.4g}"
        yield {"picture": _uri(picture), "caption": caption}


def _uri(picture: NDArray[np.uint8]) -> str:
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "PNG")
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode()
