"""How predictors score healthy pixels at each training beta: the scale on which they can be compared.

Quantiles of each predictor's scores over the foreground of healthy images, on a grid of betas, and of some
sample scores over the images themselves; between two betas, quantiles are interpolated linearly in
log(beta).

**The tail.** The quantiles above `RELIABLE` of the healthy pixels stand on few of them. There the tail is
taken to be exponential (a generalised Pareto tail of shape 0), with the scale of the quantiles just below:

    p(score) = (1 - RELIABLE) exp(-(score - q_RELIABLE) / scale)
    scale = (q_RELIABLE - q_TAIL) / log((1 - TAIL) / (1 - RELIABLE))

The figures that speak for it stand in pretrained/README.md.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

LEVELS = (
    *(0.0, 0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6),
    *(0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999, 1.0),
)
"""Fractions of healthy pixels; denser towards 1, where anomalies are told from healthy pixels."""

TAIL, RELIABLE = 0.99, 0.999
"""Where the tail begins, and the highest level whose quantile stands on enough pixels."""

_DROP = (1 - RELIABLE) / (1 - TAIL)
"""By how much the share of the pixels falls over the width of the tail."""

REC = "rec"
"""The name under which quantiles of the reconstruction term are kept, nats an image."""

_SCANS = "scans/"

_STEEPEST = 1e30
"""Slope that stands for a step where neighbouring quantiles are equal."""

_LARGEST = 1e30
"""Bound on the size of quantiles: beyond it, single precision knows no slope between them."""

_NARROWEST = 1e-3
"""The least width of a tail beside that of all healthy scores, for tails of ties."""

_ROWS = "quantiles:"
"""What the names of quantiles begin with among the parts of a calibration."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """Healthy quantiles of predictors, by the names that `healthy_name` gives them.

    Attributes:
        betas: training betas, ascending, (K,), float64, on the CPU.
        levels: fractions of healthy pixels, ascending from 0 to 1, (Q,), float64, on the CPU.
        quantiles: by predictor, and under `REC` and `SURPRISE`, the scores that these fractions do not
            exceed, non-decreasing along the levels, (K, Q), float64, on the CPU; those of whole scans under
            the names of `of_scans`.

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
        """Whether there are healthy scores of the predictor called `name`."""
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
        return _between(self.levels, self._rows(name, beta), wanted)

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
        return _ramps(self._rows_for(name, beta, scores), self.levels.diff().tolist(), scores).clamp_(max=1)

    def surprisal(self, name: str, beta: Tensor | float, scores: Tensor) -> Tensor:
        """-log10 of the fraction of healthy pixels that score as high or higher.

        Piecewise linear in the score through all (quantile, -log10(1 - level)) up to `RELIABLE`, and on with
        the slope of the exponential tail, see above; so it is exact for exponential scores. It never falls
        with the score, is 0 up to the lowest healthy score, and finite.

        Args:
            name: of a predictor.
            beta: training beta, one or (B,), as in `quantile`.
            scores: (B, 1, H, W), floating point.

        Returns:
            At least 0, shape, dtype and device of `scores`.

        Raises:
            ValueError: where the predictor is unknown or `beta` does not fit `scores`.
        """
        rows = self._rows_for(name, beta, scores)
        begin, end = _between(self.levels, rows, torch.tensor([TAIL, RELIABLE], dtype=torch.float64)).unbind(
            -1
        )
        width = (end - begin).maximum((rows[..., -1] - rows[..., 0]) * _NARROWEST)
        kept = self.levels < RELIABLE
        knots = torch.cat([rows[..., kept], end[..., None], (end + width)[..., None]], -1)
        shares = [1 - level for level in (*self.levels[kept].tolist(), RELIABLE)]
        rises = [math.log10(more / less) for more, less in pairwise([*shares, shares[-1] * _DROP])]
        return _ramps(knots, rises, scores, ends=False).clamp_(max=_LARGEST)

    def joined(self, other: Calibration) -> Calibration:
        """This calibration and what only `other` has, interpolated to these betas and levels."""
        more = {
            name: other.quantile(name, self.betas, self.levels)
            for name in other.quantiles
            if name not in self.quantiles
        }
        return Calibration(self.betas, self.levels, {**self.quantiles, **more})

    def without(self, names: Collection[str]) -> Calibration:
        """This calibration less the quantiles of some predictors."""
        kept = {name: rows for name, rows in self.quantiles.items() if name not in names}
        return Calibration(self.betas, self.levels, kept)

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
            which = "" if name == REC else f" --predictor {shlex.quote(name)}"
            raise ValueError(
                f"no calibration for predictor {name!r}; calibrated: {', '.join(sorted(self.quantiles))}; "
                f"add it with: python -m explorer calibrate MODEL{which}"
            )
        rows = self.quantiles[name]
        if len(self.betas) == 1:
            return rows[0].expand(*torch.as_tensor(beta).shape, -1)
        grid = self.betas.log()
        place = torch.as_tensor(beta, dtype=torch.float64, device="cpu").log().clamp(grid[0], grid[-1])
        right = torch.searchsorted(grid, place).clamp(1, len(grid) - 1)
        weight = (place - grid[right - 1]) / (grid[right] - grid[right - 1])
        return torch.lerp(rows[right - 1], rows[right], weight[..., None])

    def _rows_for(self, name: str, beta: Tensor | float, scores: Tensor) -> Tensor:
        """Quantiles at `beta`, (Q,) or (B, Q), where that fits `scores`, (B, 1, H, W)."""
        rows = self._rows(name, beta)
        if rows.ndim == 2 and len(rows) not in (1, len(scores)):
            raise ValueError(f"beta must be one number or ({len(scores)},), got ({len(rows)},)")
        return rows


def of_scans(name: str) -> str:
    """Under which name a calibration holds what whole healthy scans give, in the place of single slices.

    For predictors, pixels of maps that are filtered across slices; for sample scores, sums over a scan.
    """
    return _SCANS + name


def _between(levels: Tensor, rows: Tensor, wanted: Tensor) -> Tensor:
    """Quantiles, (..., Q), at other levels, one or (L,), linear in between."""
    right = torch.searchsorted(levels, wanted).clamp(1, len(levels) - 1)
    low, high = levels[right - 1], levels[right]
    return torch.lerp(rows[..., right - 1], rows[..., right], (wanted - low) / (high - low))


def _ramps(rows: Tensor, rises: Sequence[float], scores: Tensor, *, ends: bool = True) -> Tensor:
    """A sum of ramps that climb by `rises` between neighbouring knots.

    Args:
        rows: the knots, non-decreasing, (Q,) or (B, Q).
        rises: how high each ramp is, above 0, (Q - 1,).
        scores: where the sum is wanted, (B, 1, H, W).
        ends: whether the last ramp ends at its height, or else goes on.

    Returns:
        Shape, dtype and device of `scores`.
    """
    slopes = (torch.tensor(rises, dtype=rows.dtype) / rows.diff(dim=-1)).clamp(max=_STEEPEST)
    starts, slopes = (part.to(scores).reshape(-1, part.shape[-1], 1, 1, 1) for part in (rows, slopes))
    total, ramp = torch.zeros_like(scores), torch.empty_like(scores)
    for j, rise in enumerate(rises):
        torch.sub(scores, starts[:, j], out=ramp)
        open_ended = j == len(rises) - 1 and not ends
        total.add_(ramp.mul_(slopes[:, j]).clamp_(0, _LARGEST if open_ended else rise))
    return total


def _check_ascending(name: str, values: Tensor) -> None:
    if values.ndim != 1 or len(values) == 0 or not bool(values.isfinite().all()):
        raise ValueError(f"{name} must be a list of numbers, got shape {tuple(values.shape)}")
    if bool((values.diff() <= 0).any()):
        raise ValueError(f"{name} must ascend, got {values.tolist()}")
