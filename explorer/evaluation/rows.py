"""The figures of many score maps of one image at once, as `curves` defines them, without a histogram each."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.evaluation.histogram import decode, encode


def figures_of_rows(scores: Tensor, mask: Tensor) -> NDArray[np.float64]:
    """AUROC, average precision, best Dice and its threshold of each row.

    Args:
        scores: higher is more anomalous, finite, (F, P), float32, on the CPU.
        mask: True where anomalous, the same for all rows, (P,), bool.

    Returns:
        (F, 4), float64; NaN where not defined, as in `curves`.
    """
    rows, pixels = scores.shape
    anomalous = int(mask.sum())
    healthy = pixels - anomalous
    if anomalous == 0:
        return np.full((rows, 4), np.nan)
    marked = np.sort((encode(scores).numpy() << 1) | mask.numpy(), axis=1)[:, ::-1]
    codes = marked >> 1
    ends = np.ones((rows, pixels), dtype=bool)  # where the last of equal scores has been passed
    ends[:, :-1] = codes[:, 1:] != codes[:, :-1]
    passed = np.arange(1, pixels + 1, dtype=np.float64)
    true = np.cumsum(marked & 1, axis=1, dtype=np.float64)
    true_before = np.zeros_like(true)
    np.maximum.accumulate(np.where(ends, true, 0)[:, :-1], axis=1, out=true_before[:, 1:])
    false, false_before = passed - true, np.zeros_like(true)
    np.maximum.accumulate(np.where(ends, false, 0)[:, :-1], axis=1, out=false_before[:, 1:])
    found = np.full((rows, 4), np.nan)
    if healthy:
        area = np.where(ends, (false - false_before) * (true + true_before), 0).sum(1)
        found[:, 0] = area / (2 * anomalous * healthy)
        found[:, 1] = np.where(ends, (true - true_before) * true / passed, 0).sum(1) / anomalous
    dice = np.where(ends, 2 * true / (passed + anomalous), -1)
    best = dice.argmax(1)
    found[:, 2] = dice[np.arange(rows), best]
    found[:, 3] = decode(torch.from_numpy(codes[np.arange(rows), best]))
    return found
