"""How predictors score healthy pixels at each training beta: the scale on which they can be compared.

Quantiles of each predictor's scores over the foreground of healthy images, on a grid of betas, and of the
reconstruction term over the images themselves; between two betas, quantiles are interpolated linearly in
log(beta).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.contracts import Model
from explorer.evaluation.histogram import ScoreHistogram
from explorer.evidence import Evidence, observe
from explorer.predictors import PREDICTORS, HealthyScores, check_fits, predictors_for, score

LEVELS = (
    *(0.0, 0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6),
    *(0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 1.0),
)
"""Fractions of healthy pixels; denser towards 1, where anomalies are told from healthy pixels."""

REC = "rec"
"""The name under which quantiles of the reconstruction term are kept, nats an image."""

_STEEPEST = 1e30
"""Slope that stands for a step where neighbouring quantiles are equal."""

_LARGEST = 1e30
"""Bound on the size of quantiles: beyond it, single precision knows no slope between them."""

_ROWS = "quantiles:"
"""What the names of quantiles begin with among the parts of a calibration."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """Healthy quantiles of each predictor with its default settings.

    Attributes:
        betas: training betas, ascending, (K,), float64, on the CPU.
        levels: fractions of healthy pixels, ascending from 0 to 1, (Q,), float64, on the CPU.
        quantiles: by predictor, and under `REC`, the scores that these fractions do not exceed,
            non-decreasing along the levels, (K, Q), float64, on the CPU.

    Raises:
        ValueError: where shapes do not fit or an order is broken.
    """

    betas: Tensor
    levels: Tensor
    quantiles: Mapping[str, Tensor]

    def __post_init__(self) -> None:
        _check_ascending("betas", self.betas)
        _check_ascending("levels", self.levels)
        if float(self.betas[0]) <= 0:
            raise ValueError(f"betas must be above 0, got {float(self.betas[0]):g}")
        if (float(self.levels[0]), float(self.levels[-1])) != (0.0, 1.0):
            raise ValueError(f"levels must run from 0 to 1, got {self.levels.tolist()}")
        shape = (len(self.betas), len(self.levels))
        for name, rows in self.quantiles.items():
            if rows.shape != shape:
                raise ValueError(f"quantiles of {name} must be {shape}, got {tuple(rows.shape)}")
            if not bool((rows.abs() <= _LARGEST).all()) or bool((rows.diff(dim=1) < 0).any()):
                raise ValueError(f"quantiles of {name} must be finite and never fall along the levels")

    def knows(self, name: str) -> bool:
        """Whether there are healthy scores of the predictor called `name`, or else its scale is its own."""
        return name in self.quantiles

    def quantile(self, name: str, beta: Tensor | float, level: Tensor | float) -> Tensor:
        """The score that a fraction `level` of healthy pixels does not exceed.

        Args:
            name: of a predictor.
            beta: training beta, one or (B,); outside the grid it counts as the nearest end.
            level: in [0, 1], one or (L,); between levels, quantiles are interpolated linearly.

        Returns:
            Scores, shape of `beta` followed by that of `level`, float64, on the CPU.

        Raises:
            ValueError: where predictor or level are unknown.
        """
        wanted = torch.as_tensor(level, dtype=torch.float64)
        if not bool(((wanted >= 0) & (wanted <= 1)).all()):
            raise ValueError(f"level must be in [0, 1], got {level}")
        rows = self._rows(name, beta)
        right = torch.searchsorted(self.levels, wanted).clamp(1, len(self.levels) - 1)
        low, high = self.levels[right - 1], self.levels[right]
        return torch.lerp(rows[..., right - 1], rows[..., right], (wanted - low) / (high - low))

    def percentile(self, name: str, beta: Tensor | float, scores: Tensor) -> Tensor:
        """The fraction of healthy pixels that score lower than each score.

        Piecewise linear in the score through all (quantile, level), as a sum of ramps between neighbouring
        quantiles, each clamped to its share of the pixels. So it never falls with the score, rises wherever
        the quantiles do, and steps after a score that many healthy pixels have in common. It is 0 up to the
        lowest healthy score and 1 from the highest on.

        Args:
            name: of a predictor.
            beta: training beta, one or (B,), as in `quantile`.
            scores: (B, 1, H, W), floating point.

        Returns:
            Fractions in [0, 1], shape, dtype and device of `scores`.

        Raises:
            ValueError: where the predictor is unknown or `beta` does not fit `scores`.
        """
        rows = self._rows(name, beta)  # (Q,) or (B, Q)
        if rows.ndim == 2 and len(rows) not in (1, len(scores)):
            raise ValueError(f"beta must be one number or ({len(scores)},), got ({len(rows)},)")
        shares = self.levels.diff()
        slopes = (shares / rows.diff(dim=-1)).clamp(max=_STEEPEST)
        starts, slopes = (part.to(scores).reshape(-1, part.shape[-1], 1, 1, 1) for part in (rows, slopes))
        total, ramp = torch.zeros_like(scores), torch.empty_like(scores)
        for j, share in enumerate(shares.tolist()):
            torch.sub(scores, starts[:, j], out=ramp)
            total.add_(ramp.mul_(slopes[:, j]).clamp_(0, share))
        return total.clamp_(max=1)

    def joined(self, other: Calibration) -> Calibration:
        """This calibration and what only `other`, of the same levels, has, interpolated to these betas."""
        more = {name: other._rows(name, self.betas) for name in other.quantiles if name not in self.quantiles}
        return Calibration(self.betas, self.levels, {**self.quantiles, **more})

    def parts(self) -> dict[str, Tensor]:
        """Copies of betas, levels and quantiles by name (`quantiles:PREDICTOR`), float64, for a file."""
        rows = {_ROWS + name: part for name, part in self.quantiles.items()}
        found = {"betas": self.betas, "levels": self.levels, **rows}
        return {name: part.clone(memory_format=torch.contiguous_format) for name, part in found.items()}

    @staticmethod
    def of_parts(parts: Mapping[str, Tensor]) -> Calibration:
        """The calibration that gave these `parts`; ValueError where it is not one."""
        rows = {name.removeprefix(_ROWS): part for name, part in parts.items() if name.startswith(_ROWS)}
        if len(rows) != len(parts) - 2 or not {"betas", "levels"} <= parts.keys():
            raise ValueError(
                f"a calibration must hold betas, levels and {_ROWS}NAME, got {', '.join(sorted(parts))}"
            )
        if any(part.dtype != torch.float64 for part in parts.values()):
            raise ValueError("a calibration must hold numbers in double precision (float64) only")
        return Calibration(parts["betas"], parts["levels"], rows)

    def _rows(self, name: str, beta: Tensor | float) -> Tensor:
        """Quantiles at `beta`, (Q,) for one number or (B, Q) for (B,)."""
        if name not in self.quantiles:
            known = ", ".join(sorted(self.quantiles))
            raise ValueError(
                f"no calibration for predictor {name!r}; calibrated: {known}; "
                "add it with: python -m explorer calibrate NAME"
            )
        rows = self.quantiles[name]
        if len(self.betas) == 1:
            return rows[0].expand(*torch.as_tensor(beta).shape, -1)
        grid = self.betas.log()
        place = torch.as_tensor(beta, dtype=torch.float64, device="cpu").log().clamp(grid[0], grid[-1])
        right = torch.searchsorted(grid, place).clamp(1, len(grid) - 1)
        weight = (place - grid[right - 1]) / (grid[right] - grid[right - 1])
        return torch.lerp(rows[right - 1], rows[right], weight[..., None])


def calibrate(
    model: Model,
    images: Tensor,
    foregrounds: Tensor,
    betas: Sequence[float],
    *,
    batch_size: int = 16,
    device: torch.device | str = "cpu",
    names: Sequence[str] | None = None,
    given: HealthyScores | None = None,
) -> Calibration:
    """Score healthy images with predictors at their default settings.

    Predictors that need a calibration come last and get that of the others. The scoring beta is the training
    beta. Quantiles are exact to 12 bits: they come from score histograms, so that no scores are kept.

    Args:
        model: on `device`.
        images: healthy images, (N, 1, H, W), float32 in [0, 1].
        foregrounds: the pixels that count, (N, 1, H, W), bool.
        betas: training betas, ascending, in the model's range.
        batch_size: images scored at once.
        device: where the model is; batches are moved there.
        names: of the predictors; None takes all that fit the model.
        given: what predictors that need a calibration get instead of this one.

    Returns:
        The calibration, on the CPU.

    Raises:
        ValueError: where shapes do not fit, no pixel counts, or a predictor does not fit the model.
    """
    if images.shape != foregrounds.shape:
        raise ValueError(
            f"foregrounds must have the shape of images {tuple(images.shape)}, got {tuple(foregrounds.shape)}"
        )
    if not bool(foregrounds.any()):
        raise ValueError("foregrounds must hold at least one pixel that counts, got none")
    chosen = predictors_for(model) if names is None else tuple(names)
    for name in chosen:
        check_fits(name, PREDICTORS[name], model)
    calibration = Calibration(
        torch.tensor(list(betas), dtype=torch.float64), torch.tensor(LEVELS, dtype=torch.float64), {}
    )
    stages: tuple[list[str], list[str]] = ([REC], [])
    for name in chosen:
        stages[PREDICTORS[name].needs_calibration].append(name)
    for stage in stages:
        rows = {name: torch.empty(len(betas), len(LEVELS), dtype=torch.float64) for name in stage}
        for k, beta in enumerate(betas if stage else ()):
            evidences = (
                (observe(model, x.to(device), beta), foreground.to(device))
                for x, foreground in zip(
                    torch.split(images, batch_size), torch.split(foregrounds, batch_size), strict=True
                )
            )
            for name, histogram in _histograms(stage, evidences, given or calibration).items():
                rows[name][k] = _quantiles(histogram)
        calibration = Calibration(calibration.betas, calibration.levels, {**calibration.quantiles, **rows})
    return calibration


def _histograms(
    names: Sequence[str], batches: Iterator[tuple[Evidence, Tensor]], calibration: HealthyScores
) -> dict[str, ScoreHistogram]:
    """Histogram of each predictor's scores over the foreground of all batches, of `REC` over the images."""
    parts: dict[str, list[ScoreHistogram]] = {name: [] for name in names}
    for evidence, foreground in batches:
        for name in names:
            if name == REC:
                scores, counted = evidence.rec, torch.ones_like(evidence.rec, dtype=torch.bool)
            else:
                scores, counted = score(PREDICTORS[name](), evidence, calibration), foreground
            parts[name].append(ScoreHistogram.of(scores, torch.zeros_like(counted), counted))
    return {name: ScoreHistogram.merge(histograms) for name, histograms in parts.items()}


def _quantiles(histogram: ScoreHistogram) -> Tensor:
    """The smallest score that at least each of `LEVELS` of the pixels do not exceed, (Q,), float64."""
    reached = histogram.counts[0].cumsum(0)
    wanted = torch.tensor([math.ceil(level * histogram.healthy - 1e-6) for level in LEVELS]).clamp(min=1)
    return histogram.thresholds[torch.searchsorted(reached, wanted)].double()


def _check_ascending(name: str, values: Tensor) -> None:
    if values.ndim != 1 or len(values) == 0 or not bool(values.isfinite().all()):
        raise ValueError(f"{name} must be a list of numbers, got shape {tuple(values.shape)}")
    if bool((values.diff() <= 0).any()):
        raise ValueError(f"{name} must ascend, got {values.tolist()}")
