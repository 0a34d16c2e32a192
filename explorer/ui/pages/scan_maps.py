"""Every predictor's map of one slice of a scan, beside what the network sees and what it makes of it."""

from __future__ import annotations

import dataclasses

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.evidence.codes import observe
from explorer.looking import server
from explorer.looking.healthy import LOW_LEVEL, TOP_LEVEL
from explorer.looking.panels import Panel, grid
from explorer.predictors import PREDICTORS, quick_predictors_for, score
from explorer.scans.placing.preparing import Prepared
from explorer.scans.scoring.jobs import Job
from explorer.ui.pages.scan_findings import fitting

STYLE = """<style>
.xp-grid {display:grid; grid-template-columns:repeat(auto-fill, minmax(150px, 1fr)); gap:.5rem .6rem;}
.xp-panel {margin:0; min-width:0;} .xp-panel figcaption {font-size:.8rem; font-weight:600; white-space:nowrap;
  overflow:hidden; text-overflow:ellipsis;}
.xp-box {position:relative; background:#000;}
.xp-box img {display:block; width:100%; image-rendering:pixelated;}
.xp-box .xp-over {position:absolute; inset:0; height:100%;}
.xp-bar {position:relative; height:6px; margin-top:3px;}
.xp-ends {display:flex; justify-content:space-between; font-size:.7rem; opacity:.8;}
</style>"""


def all_maps(
    job: Job, prepared: Prepared, index: int, mask: NDArray[np.bool_] | None, *, turned: bool
) -> str:
    """The maps of all predictors of one pass as HTML, with their default settings at the job's betas.

    Args:
        job: model, betas, healthy data.
        prepared: the scan.
        index: of the slice.
        mask: of anomalies on the model's grid, (slices, rows, columns), or None.
        turned: whether the left of the image is shown on the right (radiological).
    """
    scoring = job.scoring
    predictors = {name: PREDICTORS[name]() for name in quick_predictors_for(scoring.model)}
    usable = {
        name: predictor
        for name, predictor in predictors.items()
        if scoring.calibration is not None or not predictor.needs_calibration
    }
    with server.network():
        evidence = observe(
            scoring.model,
            prepared.images[[index]].to(scoring.device),
            scoring.beta,
            scoring_beta=scoring.scoring_beta,
        )
        maps = {name: score(one, evidence, scoring.calibration).cpu() for name, one in usable.items()}
        x_hat = evidence.x_hat.cpu()
    image = prepared.images[index, 0].numpy()
    foreground = prepared.foregrounds[index, 0].numpy()
    difference = image - x_hat[0, 0].numpy()
    largest = max(
        float(np.quantile(np.abs(difference[foreground]), TOP_LEVEL)) if foreground.any() else 0, 1e-6
    )
    panels = [
        Panel("Input", "What the network sees", image, 0, 1, "grey"),
        Panel("Reconstruction", "What the model makes of it", x_hat[0, 0].numpy(), 0, 1, "grey"),
        Panel("Signed residual", "Image minus reconstruction", difference, -largest, largest, "signed"),
    ]
    for name, values in maps.items():
        predictor = PREDICTORS[name]
        low, high = _bar(dataclasses.replace(job, predictor=(name, usable[name])), values, foreground)
        caption = f"{predictor.title}: {predictor.summary} ({predictor.source})"
        panels.append(Panel(predictor.title, caption, values[0, 0].numpy(), low, high, "score"))
    truth = np.zeros(image.shape, dtype=bool) if mask is None else mask[index]
    if turned:
        panels = [dataclasses.replace(one, values=one.values[:, ::-1]) for one in panels]
        truth = truth[:, ::-1]
    return STYLE + grid(panels, truth)


def _bar(job: Job, values: torch.Tensor, foreground: NDArray[np.bool_]) -> tuple[float, float]:
    """Ends of a colour bar: of healthy scores where they are known, else of this slice."""
    name, healthy = job.predictor[0], fitting(job)
    if healthy is not None:
        levels = torch.tensor([LOW_LEVEL, TOP_LEVEL], dtype=torch.float64)
        low, high = healthy.quantile(name, job.scoring.beta, levels).tolist()
        return PREDICTORS[name].scale or (low, high)
    inside = values[0, 0].numpy()[foreground] if foreground.any() else values[0, 0].numpy()
    low, high = (float(end) for end in np.quantile(inside, (LOW_LEVEL, TOP_LEVEL)))
    return low, max(high, low + 1e-12)
