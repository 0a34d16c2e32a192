"""One slice under one state: its maps, their histograms and the image's sample scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.contracts import Case
from explorer.evaluation.histogram import ScoreHistogram
from explorer.looking.frames import first_frames
from explorer.looking.scene import Scene


@dataclass(frozen=True, eq=False)
class SliceView:
    """One slice under one state.

    Attributes:
        case: the slice with its anomaly.
        x_hat: the reconstruction, (H, W), float32.
        maps: scores by predictor, (H, W), float32.
        histograms: of the scores of pixels that count, by predictor.
        rec, kl, elbo: sample scores, nats.
    """

    case: Case
    x_hat: NDArray[np.float32]
    maps: Mapping[str, NDArray[np.float32]]
    histograms: Mapping[str, ScoreHistogram]
    rec: float
    kl: float
    elbo: float


def look(scene: Scene) -> SliceView:
    """Take the view from the frames of the state's beta, which the viewer needs as well."""
    found = first_frames(scene)
    here = found.betas.tolist().index(scene.state.beta)
    mask, counted = found.case.mask, found.case.source.counted
    maps = {name: track.maps[min(here, len(track.maps) - 1)] for name, track in found.tracks.items()}
    return SliceView(
        case=found.case,
        x_hat=found.x_hat[here],
        maps=maps,
        histograms={
            name: ScoreHistogram.of(torch.from_numpy(values), mask, counted) for name, values in maps.items()
        },
        rec=float(found.rec[here]),
        kl=float(found.kl[here]),
        elbo=float(found.elbo[here]),
    )
