"""How healthy scans of a person's own score: what scans of the same scanner are read against.

A model's healthy scores are those of its healthy data. Another scanner, another protocol or another way to
find the brain shifts them, so that percentiles and thresholds are wrong; some healthy scans that were taken
and prepared as the patients' are set that right.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor

from explorer.evaluation.calibration import Calibration
from explorer.evaluation.risk_control import SHARES, threshold_for

MOST_SCANS = 1000
LONGEST_NAME = 500
"""Letters of a name in the file."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, eq=False)
class OwnHealthy:
    """Healthy scores of a person's own scans.

    Attributes:
        model: name of the model.
        sha256: of the model's weights.
        contrast: name of the healthy data that maps were made with, for predictors that need some, or empty.
        window: of CTs, or empty.
        scans: their names, S of them.
        brains: the way in which the brain of each was found.
        pixels: how many of each count, (S,), int64.
        calibration: quantiles of the pixels of all scans together, by predictor as `healthy_name` names it.
        bounds: by the same names, scores that at most each of `SHARES` of a scan's pixels reach, (S, K, L),
            float64, K betas as in the calibration.

    Raises:
        ValueError: where they do not fit each other.
    """

    model: str
    sha256: str
    contrast: str
    window: str
    scans: tuple[str, ...]
    brains: tuple[str, ...]
    pixels: Tensor
    calibration: Calibration
    bounds: Mapping[str, Tensor]

    def __post_init__(self) -> None:
        count = len(self.scans)
        if not 1 <= count <= MOST_SCANS:
            raise ValueError(f"scans must be 1 to {MOST_SCANS:,}, got {count:,}")
        for name in (self.model, self.contrast, self.window, *self.scans, *self.brains, *self.bounds):
            if not name.isprintable() or len(name) > LONGEST_NAME:
                raise ValueError(
                    f"names must be printable and at most {LONGEST_NAME} long, got {name[:40]!r}"
                )
        if not _SHA256.fullmatch(self.sha256):
            raise ValueError(f"sha256 must be 64 digits of 0-9 and a-f, got {self.sha256[:80]!r}")
        if len(self.brains) != count or self.pixels.shape != (count,) or not bool((self.pixels > 0).all()):
            raise ValueError(f"brains and pixels must be those of {count} scans, and no scan empty")
        if not self.bounds or self.bounds.keys() != self.calibration.quantiles.keys():
            raise ValueError("bounds must be of the predictors of the quantiles, one at least")
        shape = (count, len(self.calibration.betas), len(SHARES))
        for name, part in self.bounds.items():
            if part.shape != shape:
                raise ValueError(f"bounds of {name} must be {shape}, got {tuple(part.shape)}")
            if not bool(part.isfinite().all()) or bool((part.diff(dim=-1) < 0).any()):
                raise ValueError(f"bounds of {name} must be finite and never fall with the share")

    @property
    def whose(self) -> str:
        """Whose scores they are: `3 healthy scans of your own`."""
        count = len(self.scans)
        return f"{count} healthy scan{'s' * (count > 1)} of your own"

    @property
    def betas(self) -> tuple[float, ...]:
        """The training betas at which scores are known."""
        return tuple(self.calibration.betas.tolist())

    def at(self, beta: float) -> int | None:
        """Which of the betas this is, or None."""
        near = [k for k, known in enumerate(self.betas) if math.isclose(known, beta, rel_tol=1e-6)]
        return near[0] if near else None

    def threshold(self, name: str, beta: float, share: float) -> float | None:
        """The threshold that promises a share of false positives; see `risk_control`.

        Args:
            name: of a predictor that is known.
            beta: one of the betas.
            share: expected share of pixels, in (0, 1).

        Returns:
            The score; None where so few scans cannot promise it.
        """
        place = self.at(beta)
        if place is None:
            raise ValueError(
                f"beta must be one of {', '.join(f'{one:g}' for one in self.betas)}, got {beta:g}"
            )
        return threshold_for(self.bounds[name][:, place], share)
