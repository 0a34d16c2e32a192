"""All frames of a slice in the order of their betas, put together without the code that sends them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.looking.frames import (
    Frames,
    ScoringAxis,
    Track,
    first_frames,
    frames,
    group_of,
    groups,
    scoring_axis,
)
from explorer.looking.scene import resolve
from explorer.looking.state import State

PER_FRAME = ("betas", "scoring_betas", "x_hat", "residual_bar", "grad_rec", "grad_kl", "rec", "kl", "elbo")


@dataclass(frozen=True, eq=False)
class AllFrames(Frames):
    """Frames at all betas of the model, the place of the current one among them, and the scoring axis."""

    current: int
    scoring: ScoringAxis | None


def batches(state: State) -> list[Frames]:
    """The frames with the current beta's, and those of the other groups."""
    scene = resolve(state)
    own = group_of(scene)
    return [first_frames(scene), *(frames(scene, betas) for betas in groups(scene) if betas != own)]


def all_frames(state: State) -> AllFrames:
    """Every frame of the state's slice."""
    parts = batches(state)
    found = parts[0]
    order = np.argsort(np.concatenate([part.betas for part in parts]))
    scoring = scoring_axis(resolve(state)) if state.weighed else None
    given = {field.name: getattr(found, field.name) for field in dataclasses.fields(found)}
    for name in PER_FRAME:
        given[name] = together([getattr(part, name) for part in parts], order)
    given["tracks"] = {
        name: Track(
            *(
                together([getattr(part.tracks[name], field.name) for part in parts], order)
                for field in dataclasses.fields(Track)
            )
        )
        if name in parts[-1].tracks
        else track
        for name, track in found.tracks.items()
    }
    current = given["betas"].tolist().index(state.beta)
    return AllFrames(**given, current=current, scoring=scoring)


def together(arrays: Sequence[Any], order: NDArray[np.intp]) -> Any:
    """The arrays one after the other, put in order; None where there are none."""
    found = [array for array in arrays if array is not None]
    return np.concatenate(found)[order] if found else None
