"""What the viewer moves through: one slice at many training betas, and at many scoring betas.

The training betas of a slice are one batch of the same image, each at its own beta: one forward and two
backward passes for all. The scoring betas need no pass, since the ELBO's gradient is linear in them.
Predictors of many passes have one frame only, that of the current training beta.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.contracts import Case, stack
from explorer.evaluation.rows import figures_of_rows
from explorer.evidence.codes import observe, parts_of
from explorer.evidence.vae import Evidence
from explorer.looking import caches
from explorer.looking.healthy import colour_bars, quantiles, residual_bar
from explorer.looking.runs import answer, planted
from explorer.looking.state import State
from explorer.predictors import Predictor, score

Floats = NDArray[np.float64]
Maps = NDArray[np.float32]

FRAMES = 25
"""Betas over a model's range."""
BATCHES = (8, 7, 5, 4)
"""Shares of those that are not current; after each the caller may stop. Two workers have as much to do, and
little is left to be read when the last has come."""


@dataclass(frozen=True, eq=False)
class Track:
    """One predictor along an axis of F frames; one of many passes has the current frame only, F = 1.

    Attributes:
        maps: scores, (F, H, W), float32.
        figures: AUROC, average precision, best Dice and its threshold over the slice's foreground pixels,
            (F, 4); NaN where not defined.
        quantiles: healthy quantiles at `explorer.evaluation.calibration.LEVELS`, (F, Q).
        bars: low end, high end and mark of the colour bar, (F, 3).
    """

    maps: Maps
    figures: Floats
    quantiles: Floats
    bars: Floats


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
        linked: whether it follows the training beta.
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


def other_betas(state: State) -> list[list[float]]:
    """All of the model's betas but the state's own, in ascending batches; none where it has one beta."""
    low, high = caches.pretrained(state.model).model.beta_range
    rest = [beta for beta in frame_betas(low, high) if beta != state.beta]
    ends = (np.cumsum(BATCHES) * len(rest) / sum(BATCHES)).round().astype(int)
    return [batch.tolist() for batch in np.split(rest, ends[:-1]) if len(batch)]


def current_frame(state: State) -> tuple[Frames, Evidence]:
    """The frame of the state's own beta, alone, and the evidence on it; the last few are remembered."""
    key = (repr(dataclasses.replace(state, cohort_size=0)), caches.pretrained(state.model).card.sha256)

    def make() -> tuple[Frames, Evidence]:
        case = planted(state)
        found, evidence = frames(state, case, [state.beta])
        tracks = {name: found.tracks.get(name) or _answered(state, case, name) for name in state.predictors}
        return dataclasses.replace(found, tracks=tracks), evidence

    found: tuple[Frames, Evidence] = state.caches.current.get_or_make(key, make)
    return found


def frames(state: State, case: Case, betas: Sequence[float]) -> tuple[Frames, Evidence]:
    """Frames of some betas in one batch, without the predictors of many passes; and the evidence on it."""
    pretrained = caches.pretrained(state.model)
    calibration = pretrained.calibration[state.dataset]
    linked = follows(state)
    scoring_betas = list(betas) if linked else [state.scoring_beta] * len(betas)
    with caches.NETWORK:
        x = stack([case.image] * len(betas)).to(caches.device())
        evidence = observe(pretrained.model, x, torch.tensor(betas), scoring_beta=torch.tensor(scoring_betas))
        maps = {
            name: _pictures(score(predictor, evidence, calibration))
            for name, predictor in state.predictors.items()
            if not predictor.iterative
        }
        x_hat, grad_rec = _pictures(evidence.x_hat), _pictures(evidence.grad_rec)
        grad_kl = _pictures(evidence.grad_kl) if "grad_kl" in parts_of(pretrained.model) else None
    rec, kl = (term.double().cpu().numpy() for term in (evidence.rec, evidence.kl))
    found = Frames(
        case=case,
        s=pretrained.model.s,
        betas=np.array(betas),
        scoring_betas=np.array(scoring_betas),
        linked=linked,
        x_hat=x_hat,
        residual_bar=residual_bar(state, betas),
        grad_rec=grad_rec,
        grad_kl=grad_kl,
        rec=rec,
        kl=kl,
        elbo=rec + np.array(scoring_betas) * kl,
        tracks={name: _track(state, case, name, maps[name], betas, scoring_betas) for name in maps},
    )
    return found, evidence


def _answered(state: State, case: Case, name: str) -> Track:
    """The one frame of a predictor of many passes."""
    return _track(
        state, case, name, answer(state, name).values[0].numpy(), [state.beta], [state.scoring_beta]
    )


def follows(state: State) -> bool:
    """Whether the scoring beta is the training beta in every frame."""
    return state.linked and state.scoring_beta == state.beta


def weighed(state: State) -> Mapping[str, Predictor]:
    """The predictors that have a scoring axis."""
    return {} if follows(state) else {n: p for n, p in state.predictors.items() if p.uses_scoring_beta}


def scoring_axis(state: State, case: Case, evidence: Evidence) -> ScoringAxis:
    """The second axis, from the evidence on the one image at the current training beta."""
    pretrained = caches.pretrained(state.model)
    calibration = pretrained.calibration[state.dataset]
    betas = sorted({0.0, *frame_betas(*pretrained.model.beta_range), state.scoring_beta})
    tracks = {}
    for name, predictor in weighed(state).items():
        with caches.NETWORK:
            maps = [_pictures(score(predictor, evidence.rescored(beta), calibration)) for beta in betas]
        tracks[name] = _track(state, case, name, np.concatenate(maps), [state.beta] * len(betas), betas)
    return ScoringAxis(
        betas=np.array(betas),
        current=betas.index(state.scoring_beta),
        elbo=float(evidence.rec) + np.array(betas) * float(evidence.kl),
        tracks=tracks,
    )


def _track(
    state: State,
    case: Case,
    name: str,
    maps: Maps,
    betas: Sequence[float],
    scoring_betas: Sequence[float],
) -> Track:
    still = bool((maps == maps[0]).all())  # such as the intensity: counted once
    figures = _figures(case, maps[:1] if still else maps)
    rows = quantiles(state, name, betas, scoring_betas)
    return Track(maps, np.resize(figures, (len(maps), 4)), rows, colour_bars(state, name, rows))


def _figures(case: Case, maps: Maps) -> Floats:
    """AUROC, average precision, best Dice and its threshold over the foreground, (F, 4)."""
    foreground = case.source.foreground
    return figures_of_rows(torch.from_numpy(maps)[:, foreground], case.mask[foreground])


def _pictures(batch: torch.Tensor) -> Maps:
    """(F, 1, H, W) on any device as (F, H, W) in NumPy."""
    pictures: Maps = batch[:, 0].cpu().numpy()
    return pictures
