"""Every predictor's map of one slice of a scan, beside what the network sees and what it makes of it."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.contracts import Conditions
from explorer.evaluation.calibrating import lacking
from explorer.evaluation.cohort import Scoring
from explorer.evaluation.curves import auroc
from explorer.evaluation.histogram import ScoreHistogram
from explorer.evidence import observe
from explorer.looking import server
from explorer.looking.healthy import RESIDUAL
from explorer.looking.output.panels import Panel, grid
from explorer.predictors import PREDICTORS, Predictor, listed, quick_predictors_for, score
from explorer.scans.finding.comparing import comparison
from explorer.scans.finding.finding import Finding
from explorer.ui.pages.scans.feeds import colour_bar

STYLE = """<style>
.xp-grid {display:grid; grid-template-columns:repeat(auto-fill, minmax(150px, 1fr)); gap:.5rem .6rem;}
.xp-panel {margin:0; min-width:0;} .xp-grid {align-items:end;}
.xp-panel figcaption {display:flex; flex-wrap:wrap; column-gap:.4rem; font-size:.8rem; font-weight:600;}
.xp-panel figcaption span {margin-left:auto; font-weight:400; white-space:nowrap;}
.xp-box {position:relative; background:#000;}
.xp-box img {display:block; width:100%; image-rendering:pixelated;}
.xp-box .xp-over {position:absolute; inset:0; height:100%;}
.xp-side {position:absolute; top:calc(50% - 8px); color:#fff; font-weight:700; font-size:.75rem;
  text-shadow:0 0 3px #000, 0 0 3px #000;}
.xp-bar {position:relative; height:6px; margin-top:3px;}
.xp-bar i {position:absolute; top:-2px; height:10px; border-left:2px solid currentColor;}
.xp-ends {display:flex; justify-content:space-between; font-size:.7rem; opacity:.85;}
</style>"""


def all_maps(finding: Finding, index: int, *, turned: bool) -> str:
    """The maps of all predictors of one pass as HTML, with their default settings at the finding's betas.

    Args:
        finding: of the scan.
        index: of the slice.
        turned: whether the left of the image is shown on the right (radiological).
    """
    scoring, prepared = finding.job.scoring, finding.prepared
    turn = server.network()
    evidence = observe(
        scoring.model,
        prepared.images[[index]].to(scoring.device),
        scoring.beta,
        scoring_beta=scoring.scoring_beta,
        conditions=Conditions.of([prepared.slice_at(index, finding.job.sequence)]),
    )
    maps = {
        name: score(one, evidence, scoring.calibration, turn)[0, 0].cpu().numpy()
        for name, one in usable(scoring).items()
    }
    with turn:
        x_hat = evidence.x_hat[0, 0].cpu().numpy()
    foreground = finding.foreground[index]
    truth = None if finding.mask_seen is None else finding.mask_seen[index]
    panels = _of_the_image(finding, prepared.images[index, 0].numpy(), x_hat, foreground)
    for name in listed(list(maps)):
        predictor, values = PREDICTORS[name], maps[name]
        healthy = comparison(finding.job, predictor(), volume=False)  # one slice knows no neighbours
        low, high = colour_bar(predictor(), healthy, values[foreground] if foreground.any() else values)
        caption = f"{predictor.title}: {predictor.summary} ({predictor.source})"
        figure = "" if truth is None else _auroc(values, truth, foreground)
        panels.append(Panel(predictor.title, caption, values, low, high, "score", figure))
    outlined = np.zeros(foreground.shape, dtype=bool) if truth is None else truth
    if turned:
        panels = [dataclasses.replace(one, values=one.values[:, ::-1]) for one in panels]
        outlined = outlined[:, ::-1]
    return STYLE + grid(panels, outlined, _ends(finding, turned))


def usable(scoring: Scoring) -> dict[str, Predictor]:
    """The predictors of one pass that can do with what there is, with their default settings."""
    usual = {name: PREDICTORS[name]() for name in quick_predictors_for(scoring.model)}
    return {
        name: one
        for name, one in usual.items()
        if not (one.needs_calibration and scoring.calibration is None or lacking(one, scoring.calibration))
    }


def _auroc(values: NDArray[np.float32], truth: NDArray[np.bool_], foreground: NDArray[np.bool_]) -> str:
    """The slice's AUROC over its foreground, as the Explore page writes it."""
    found = auroc(ScoreHistogram.of(*(torch.from_numpy(one) for one in (values, truth, foreground))))
    return f"AUROC {'–' if math.isnan(found) else f'{found:.3f}'}"


def _of_the_image(
    finding: Finding, image: NDArray[np.float32], x_hat: NDArray[np.float32], foreground: NDArray[np.bool_]
) -> list[Panel]:
    """The image, its reconstruction and their difference, whose bar ends where that of its magnitude does."""
    difference = image - x_hat
    inside = np.abs(difference[foreground]) if foreground.any() else np.zeros(1, np.float32)
    error = PREDICTORS[RESIDUAL]()
    largest = max(colour_bar(error, comparison(finding.job, error, volume=False), inside)[1], 1e-6)
    return [
        Panel("Input", "What the network sees", image, 0, 1, "grey"),
        Panel("Reconstruction", "What the model makes of it", x_hat, 0, 1, "grey"),
        Panel("Signed residual", "Image minus reconstruction", difference, -largest, largest, "signed"),
    ]


def _ends(finding: Finding, turned: bool) -> tuple[str, str]:
    """Letters for the sides of the person, in doubt where the file does not tell them."""
    if finding.scan.affine is None:
        return "", ""
    left, right = ("R", "L") if turned else ("L", "R")
    return (left, right) if finding.scan.oriented else (f"{left}?", f"{right}?")
