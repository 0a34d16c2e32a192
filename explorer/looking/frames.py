"""What the viewer moves through: one slice at many training betas, and at many scoring betas.

The training betas of a slice are computed in fixed groups, each one batch of the same image: one forward and
two backward passes for all. A beta's frame always comes from a batch of the same betas, so that an address
shows the same to the last bit, in whichever order its frames were computed. The scoring betas need no pass,
since the ELBO's gradient is linear in them. Predictors of many passes have one frame only, that of the
current training beta.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.concurrency.turns import Rank
from explorer.contracts import Case, Conditions, stack
from explorer.evaluation.calibration import LEVELS
from explorer.evaluation.rows import figures_of_rows
from explorer.evidence import observe, parts_of
from explorer.looking import runs, server
from explorer.looking.healthy import MARK_LEVEL, colour_bars, quantiles, residual_bar
from explorer.looking.scene import Scene, hashed
from explorer.predictors import score

Floats = NDArray[np.float64]
Maps = NDArray[np.float32]

FRAMES = 25
"""Betas over a model's range."""
GROUP = 5
"""Betas of a batch: few, since the first picture waits for the first batch."""


@dataclass(frozen=True, eq=False)
class Track:
    """One predictor along an axis of F frames; one of many passes has the current frame only, F = 1.

    Attributes:
        maps: scores, (F, H, W), float32.
        figures: AUROC, average precision, best Dice and its threshold over the slice's pixels that count,
            (F, 4); NaN where not defined.
        quantiles: healthy quantiles at `explorer.evaluation.calibration.LEVELS`, (F, Q).
        bars: low end, high end and mark of the colour bar, (F, 3).
    """

    maps: Maps
    figures: Floats
    quantiles: Floats
    bars: Floats

    def first(self) -> Track:
        """The first frame alone."""
        return Track(self.maps[:1], self.figures[:1], self.quantiles[:1], self.bars[:1])


@dataclass(frozen=True, eq=False)
class ScoringAxis:
    """A training beta under S scoring betas, for the predictors that use them.

    Attributes:
        betas: weights of the KL term, ascending from 0, (S,).
        current: index of the page's scoring beta.
        elbo: sample scores, nats, (S,).
        tracks: by predictor.
    """

    betas: Floats
    current: int
    elbo: Floats
    tracks: Mapping[str, Track]


@dataclass(frozen=True, eq=False)
class Frames:
    """One slice at F training betas.

    Attributes:
        case: the slice with its anomaly.
        s: standard deviation of p(x|z).
        betas: training betas, (F,).
        scoring_betas: weight of the KL term in each frame, (F,).
        linked: whether it is the training beta in each.
        x_hat: reconstructions, (F, H, W), float32.
        residual_bar: magnitude at which the signed residual's colour bar ends, (F,).
        grad_rec, grad_kl: d rec / dx and d kl / dx, nats per unit intensity, (F, H, W), float32; grad_kl is
            None where the model has none.
        rec, kl, elbo: sample scores, nats, (F,).
        tracks: by predictor, along the training betas.
    """

    case: Case
    s: float
    betas: Floats
    scoring_betas: Floats
    linked: bool
    x_hat: Maps
    residual_bar: Floats
    grad_rec: Maps
    grad_kl: Maps | None
    rec: Floats
    kl: Floats
    elbo: Floats
    tracks: Mapping[str, Track]


def frame_betas(low: float, high: float) -> tuple[float, ...]:
    """Betas from `low` to `high`, evenly in the logarithm, as numbers of three digits."""
    count = FRAMES if high > low else 1
    return tuple(float(f"{beta:.3g}") for beta in np.geomspace(low, high, count))


def beta_texts(low: float, high: float) -> tuple[str, ...]:
    """`frame_betas` as the controls show them."""
    return tuple(f"{beta:g}" for beta in frame_betas(low, high))


def group_of(scene: Scene) -> tuple[float, ...]:
    """The group that holds the state's own beta."""
    return next(group for group in groups(scene) if scene.state.beta in group)


def groups(scene: Scene) -> list[tuple[float, ...]]:
    """All of the model's betas in ascending groups, the same for every state; one beta is a group of its own.

    A state's beta that is none of them makes a group by itself.
    """
    betas = frame_betas(*scene.model.beta_range)
    found = [betas[start : start + GROUP] for start in range(0, len(betas), GROUP)]
    return found if scene.state.beta in betas else [(scene.state.beta,), *found]


def first_frames(scene: Scene) -> Frames:
    """The frames of the group with the state's own beta; the last few are remembered."""
    group, state = group_of(scene), scene.state
    key = hashed((scene.slice_key, group, state.scoring_beta if not state.follows else None))

    def make() -> Frames:
        if scene.quick is scene:
            return frames(scene, group, Rank.NOW)
        found = first_frames(scene.quick)
        tracks = {name: found.tracks.get(name) or _answered(scene, name) for name in state.predictors}
        return dataclasses.replace(found, tracks=tracks)

    found: Frames = scene.caches.groups.get_or_make(key, make)
    return found


def frames_so_far(scene: Scene) -> Frames:
    """`first_frames` before the predictors of many passes have been run: blank maps stand for theirs."""
    found, state = first_frames(scene.quick), scene.state
    blank = Track(
        maps=np.zeros((1, *found.case.image.shape), np.float32),
        figures=np.full((1, 4), np.nan),
        quantiles=np.array([LEVELS]),
        bars=np.array([[0.0, 1.0, MARK_LEVEL]]),
    )
    missing = runs.missing(scene)
    tracks = {
        name: found.tracks.get(name) or (blank if name in missing else _answered(scene, name))
        for name in state.predictors
    }
    return dataclasses.replace(found, tracks=tracks)


def frames(scene: Scene, betas: Sequence[float], rank: Rank = Rank.SOON) -> Frames:
    """Frames of some betas in one batch, without the predictors of many passes."""
    state, case = scene.state, scene.case
    scoring_betas = list(betas) if state.follows else [state.scoring_beta] * len(betas)
    with server.network(rank):
        x = stack([case.image] * len(betas)).to(server.device())
        evidence = observe(
            scene.model,
            x,
            torch.tensor(betas),
            scoring_beta=torch.tensor(scoring_betas),
            conditions=Conditions.of([case.source] * len(betas)),
        )
        maps = {
            name: _pictures(score(predictor, evidence, scene.healthy))
            for name, predictor in state.predictors.items()
            if not predictor.iterative
        }
        x_hat, grad_rec = _pictures(evidence.x_hat), _pictures(evidence.grad_rec)
        grad_kl = _pictures(evidence.grad_kl) if "grad_kl" in parts_of(scene.model) else None
    rec, kl = (term.double().cpu().numpy() for term in (evidence.rec, evidence.kl))
    return Frames(
        case=case,
        s=scene.model.s,
        betas=np.array(betas),
        scoring_betas=np.array(scoring_betas),
        linked=state.follows,
        x_hat=x_hat,
        residual_bar=residual_bar(scene, betas),
        grad_rec=grad_rec,
        grad_kl=grad_kl,
        rec=rec,
        kl=kl,
        elbo=rec + np.array(scoring_betas) * kl,
        tracks={name: _track(scene, name, maps[name], betas, scoring_betas) for name in maps},
    )


def _answered(scene: Scene, name: str) -> Track:
    """The one frame of a predictor of many passes."""
    state = scene.state
    return _track(scene, name, runs.answer(scene, name).values[0].numpy(), [state.beta], [state.scoring_beta])


def scoring_axis(scene: Scene) -> ScoringAxis:
    """The second axis: the current training beta, alone in its batch, under many scoring betas."""
    state, evidence = scene.state, scene.evidence()
    betas = sorted({0.0, *frame_betas(*scene.model.beta_range), state.scoring_beta})
    tracks = {}
    for name, predictor in state.weighed.items():
        with server.network(Rank.SOON):
            maps = [_pictures(score(predictor, evidence.rescored(beta), scene.healthy)) for beta in betas]
        tracks[name] = _track(scene, name, np.concatenate(maps), [state.beta] * len(betas), betas)
    return ScoringAxis(
        betas=np.array(betas),
        current=betas.index(state.scoring_beta),
        elbo=float(evidence.rec) + np.array(betas) * float(evidence.kl),
        tracks=tracks,
    )


def _track(
    scene: Scene, name: str, maps: Maps, betas: Sequence[float], scoring_betas: Sequence[float]
) -> Track:
    still = bool((maps == maps[0]).all())  # such as the intensity: counted once
    figures = _figures(scene.case, maps[:1] if still else maps)
    rows = quantiles(scene, name, betas, scoring_betas)
    return Track(maps, np.resize(figures, (len(maps), 4)), rows, colour_bars(scene, name, rows))


def _figures(case: Case, maps: Maps) -> Floats:
    """AUROC, average precision, best Dice and its threshold over the pixels that count, (F, 4)."""
    counted = case.source.counted
    return figures_of_rows(torch.from_numpy(maps)[:, counted], case.mask[counted])


def _pictures(batch: torch.Tensor) -> Maps:
    """(F, 1, H, W) on any device as (F, H, W) in NumPy."""
    pictures: Maps = batch[:, 0].cpu().numpy()
    return pictures
