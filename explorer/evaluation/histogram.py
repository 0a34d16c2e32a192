"""Counts of healthy and anomalous pixels per score: all that ROC, PR and Dice need, at a fixed resolution.

The magnitude bits of an IEEE 754 float, read as an integer and given the float's sign, are in the order of
the floats (after Herf, "Radix Tricks", 2001). The leading bits of that integer are the *code* of a score. A
code needs no range known beforehand, so histograms of parts of a cohort merge by a sum to exactly that of the
whole. What has the size of the images is done by torch on their device; what has the size of a histogram by
NumPy, as torch's threads cost more than they save on it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

CODE_BITS = 21
"""Leading bits kept: sign, 8 of the exponent and 12 of the mantissa.

On 4 million pixels with 1 % to 5 % anomalous (gamma, lognormal, normal, rectified normal scores) the average
precision is then within 5e-5 of the exact one, the AUROC within 1e-6; ties cost nothing. Scores that hardly
vary around a large offset, as 100 + N(0, 1), are told apart less finely; subtract such an offset first.
"""

RESOLUTION = 2.0 ** (9 - CODE_BITS)
"""Scores of one code differ by less than this fraction of the smaller magnitude (from 2**-126 upward)."""

_DROPPED = 32 - CODE_BITS
_CPU_CHUNK = (
    2**15
)  # stays in the cache, and below the size at which torch starts threads, which cost more here
_MAGNITUDE = 0x7FFFFFFF


def encode(scores: Tensor) -> Tensor:
    """Map scores to integers in the same order: no smaller score has a larger code.

    Args:
        scores: any shape, float32, no NaN; -0.0 and 0.0 have the same code.

    Returns:
        Codes, same shape, int32, magnitude below 2**(CODE_BITS - 1).

    >>> encode(torch.tensor([-1.0, -0.0, 0.0, 1.0])).tolist()
    [-520192, 0, 0, 520192]
    """
    bits = scores.view(torch.int32)
    sign = bits >> 31  # 0 or -1
    magnitude = bits & _MAGNITUDE
    return magnitude.bitwise_xor_(sign).sub_(sign).bitwise_right_shift_(_DROPPED)


def decode(codes: Tensor) -> Tensor:
    """Return the smallest score of each code: a score at least as large has at least that code.

    Args:
        codes: what `encode` returned, any shape, int32, on the CPU.

    Returns:
        Lower edges, same shape, float32; numbers of few bits, as -0.5 or 3, are their own lower edge.
    """
    bits = codes.numpy() << _DROPPED
    return torch.from_numpy(np.copysign(np.abs(bits).view(np.float32), bits, dtype=np.float32))


@dataclass(frozen=True, eq=False)
class ScoreHistogram:
    """How many healthy and anomalous pixels have which score; only scores that occur take memory.

    Attributes:
        codes: codes of the scores that occur, (N,), int32, increasing, on the CPU.
        counts: healthy pixels (row 0) and anomalous pixels (row 1) of each code, (2, N), int64, on the CPU.
    """

    codes: Tensor
    counts: Tensor

    @property
    def bytes(self) -> int:
        """Memory of codes and counts."""
        return self.codes.nbytes + self.counts.nbytes

    @staticmethod
    def empty() -> ScoreHistogram:
        """The histogram of no pixels."""
        return ScoreHistogram(torch.empty(0, dtype=torch.int32), torch.empty(2, 0, dtype=torch.int64))

    @staticmethod
    def of(scores: Tensor, mask: Tensor, foreground: Tensor | None = None) -> ScoreHistogram:
        """Count pixels on the device of the scores.

        Args:
            scores: higher is more anomalous, any shape, floating point (counted as float32).
            mask: True where anomalous, shape of `scores`, bool.
            foreground: True where a pixel counts, shape of `scores`, bool; None counts all.

        Returns:
            The histogram of the foreground; scores outside it are not looked at.

        Raises:
            ValueError: if shapes or dtypes do not fit or a foreground score is NaN or infinite.
        """
        _check_labels("mask", mask, scores)
        if foreground is not None:
            _check_labels("foreground", foreground, scores)
            inside = foreground.reshape(-1).nonzero().squeeze(1)
            scores, mask = scores.reshape(-1)[inside], mask.reshape(-1)[inside]
        if scores.numel() == 0:
            return ScoreHistogram.empty()
        scores = scores.detach().to(torch.float32).reshape(-1)
        ends = torch.stack(torch.aminmax(scores))  # NaN wins both
        if not all(math.isfinite(end) for end in ends.tolist()):
            raise ValueError("scores must be finite in the foreground, got NaN or inf; check the predictor")
        first, last = encode(ends).tolist()
        if scores.device.type == "cpu" and 2 * len(scores) < last - first:
            return _sorted(scores, mask.reshape(-1))
        return _dense(scores, mask.reshape(-1), first, last - first + 1)

    @staticmethod
    def merge(histograms: Iterable[ScoreHistogram]) -> ScoreHistogram:
        """Return the histogram of all pixels together, exactly as if counted in one pass."""
        parts = list(histograms)
        if sum(len(part.codes) for part in parts) == 0:
            return ScoreHistogram.empty()
        codes = np.concatenate([part.codes.numpy() for part in parts])
        counts = np.concatenate([part.counts.numpy() for part in parts], axis=1)
        order = np.argsort(codes, kind="stable")  # merges sorted runs in linear time
        codes = codes[order]
        starts = np.flatnonzero(np.diff(codes, prepend=codes[0] - 1))
        sums = np.add.reduceat(counts[:, order], starts, axis=1)
        return ScoreHistogram(torch.from_numpy(codes[starts]), torch.from_numpy(sums))

    def __add__(self, other: ScoreHistogram) -> ScoreHistogram:
        return ScoreHistogram.merge((self, other))

    @property
    def thresholds(self) -> Tensor:
        """Smallest score of each code, (N,), float32: `score >= thresholds[i]` selects codes i and upward."""
        return decode(self.codes)

    @property
    def healthy(self) -> int:
        """How many healthy pixels were counted."""
        return int(self.counts[0].numpy().sum())

    @property
    def anomalous(self) -> int:
        """How many anomalous pixels were counted."""
        return int(self.counts[1].numpy().sum())


def _sorted(scores: Tensor, mask: Tensor) -> ScoreHistogram:
    """Count few pixels, (P,), on the CPU: sorting them takes less time than a place for every code."""
    marked = np.sort((encode(scores).numpy() << 1) | mask.numpy())
    codes, anomalous = marked >> 1, marked & 1
    starts = np.flatnonzero(np.diff(codes, prepend=codes[0] - 1))
    sizes = np.diff(starts, append=len(codes))
    counts = np.add.reduceat(anomalous, starts, dtype=np.int64)
    return ScoreHistogram(
        torch.from_numpy(codes[starts]), torch.from_numpy(np.stack([sizes - counts, counts]))
    )


def _dense(scores: Tensor, mask: Tensor, first: int, span: int) -> ScoreHistogram:
    """Count pixels, (P,), on their device, in a place for each of `span` codes from `first` on."""
    slots = _slots(scores, mask, first, span)
    dense = torch.bincount(slots, minlength=2 * span).view(2, span).cpu().numpy()
    occupied = np.flatnonzero((dense[0] != 0) | (dense[1] != 0))
    codes = (occupied + first).astype(np.int32)
    return ScoreHistogram(torch.from_numpy(codes), torch.from_numpy(dense[:, occupied]))


def _slots(scores: Tensor, mask: Tensor, first: int, span: int) -> Tensor:
    """Place of each pixel in a dense histogram from code `first`: healthy ones first, anomalous `span` later.

    Args:
        scores: finite, (P,), float32.
        mask: (P,), bool.
        first: smallest code of the scores.
        span: number of codes from the smallest to the largest.

    Returns:
        Places, (P,), int32 in [0, 2 * span).
    """
    slots = torch.empty_like(scores, dtype=torch.int32)
    size = _CPU_CHUNK if scores.device.type == "cpu" else len(scores)
    for start in range(0, len(scores), size):
        part = slice(start, start + size)
        torch.add(encode(scores[part]).sub_(first), mask[part], alpha=span, out=slots[part])
    return slots


def _check_labels(name: str, labels: Tensor, scores: Tensor) -> None:
    if labels.dtype != torch.bool:
        raise ValueError(f"{name} must be bool, got {labels.dtype}; compare it with a number first")
    if labels.shape != scores.shape:
        raise ValueError(
            f"{name} must have the shape of scores {tuple(scores.shape)}, got {tuple(labels.shape)}"
        )
