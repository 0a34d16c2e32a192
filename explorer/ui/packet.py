"""The frames of a slice as bytes for the browser: one self-contained packet, every picture exact to 8 bits.

Layout, integers little-endian:

    offset  bytes  content
    0       4      b"XPF1"
    4       4      N, length of the header, uint32
    8       N      header, JSON in UTF-8
    8 + N   ..     body, one zlib stream (in a browser: `new DecompressionStream("deflate")`)

The header, F frames along the training beta, S along the scoring beta; a list "per frame" has F numbers;
null stands for a figure that is not defined (no anomalous pixel):

    slice            text that tells case, model and predictors apart; packets of one view have the same
    complete         false: only the frame of the current beta (F = 1, scoring = null); true: all
    name             of the slice, for people
    shape            [H, W], pixels
    spacing          [row, column] in mm, or null where pixels have no size
    s                standard deviation of p(x|z)
    betas            training betas, ascending, per frame
    scoring_betas    weight of the KL term in each frame, per frame: `betas` where linked, else a constant
    linked           whether the scoring beta follows the training beta
    current          index in `betas` of the page's training beta
    rec, kl, elbo    sample scores, nats, per frame; elbo = rec + scoring_beta * kl
    residual         {"low", "high"}: ends of the signed residual's colour bar, per frame
    levels           fractions of healthy pixels, ascending from 0 to 1, Q of them
    predictors       in the order shown, each {"name", "title", "summary", "source", "uses_scoring_beta",
                     "only_beta", "figures"}; only_beta is the one training beta of a predictor of many
                     passes, whose figures have one entry and whose array one frame, else null
    scoring          null (as where linked), or the second axis: other scoring betas at the current training
                     beta, {"betas": S weights, ascending, the first 0, "current": index of the page's
                     scoring beta, "elbo": S numbers, "figures": {predictor's name: figures}}
                     for those predictors alone that use the scoring beta
    arrays           where the pictures are, see below

Figures of a predictor, each a list with one entry a frame of its axis:

    auroc, average_precision, best_dice    of the slice's foreground pixels, in [0, 1], or null
    dice_threshold                         the score that gives the best Dice, or null
    low, high, mark                        ends of the colour bar and the mark on it: healthy-calibrated
    quantiles                              Q scores that `levels` of healthy pixels do not exceed; linear in
                                           between; at or below the first the percentile is 0, from the last
                                           on it is 1

Arrays, each {"name", "dtype", "frames", "offset", "low", "step"}; `frames` is that of its axis, or 1 where
all frames are the same; `offset` counts bytes in the decompressed body:

    input            the image, 1 frame
    mask, foreground uint8, 0 or 1, 1 frame; without low and step
    reconstruction   x_hat
    residual         x - x_hat, signed
    grad-rec         d rec / dx, signed, nats per unit intensity, not smoothed
    grad-kl          d kl / dx, likewise; the ELBO gradient smooths |grad-rec + scoring_beta * grad-kl|; left
                     out where the model has no such gradient
    map:NAME         scores of predictor NAME, along the training beta
    scoring:NAME     its scores along the scoring beta

rec's term of a pixel is residual^2 / (2 s^2).

uint8 arrays are as they are, row by row. A uint16 array holds codes q, n = frames * H * W of them, packed in
three steps, which the reader undoes from the last to the first:

    1. differences from the frame before, then from the pixel to the left, both modulo 2^16 (before the first
       frame and left of the first column stands 0)
    2. signs folded: d in [-2^15, 2^15) becomes 2d for d >= 0, else -2d - 1
    3. n low bytes, then n high bytes

    z = low[i] | high[i] << 8;  d = (z >>> 1) ^ -(z & 1)
    e = (row start ? 0 : e of the left) + d
    q = ((first frame ? 0 : q of the frame before) + e) & 0xffff

The value of code q in frame f is the middle of its cell:

    value = low[f] + (q + 0.5) * step[f]

so it strays from the true one by at most step[f] / 2, unless it is above the last cell, where it is cut off
(more than 256 times the colour bar away: no score comes near). Cells never straddle two of the 256 steps of
the picture's own colour bar [a, b]: `step` is (b - a) / 256 divided by a power of two. So the step that a
reader computes,

    index = floor(clip((value - a) * 256 / (b - a), 0, 255)),

is exactly that of the original float. [a, b] is [0, 1] for input and reconstruction, `residual` for the
residual, low and high of its figures for a map; for the gradients it is plus and minus their largest
magnitude in the frame.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.calibration import LEVELS
from explorer.evaluation.report import number
from explorer.predictors import PREDICTORS
from explorer.ui import cached
from explorer.ui.codes import deflated, packed, quantise
from explorer.ui.frames import Floats, Frames, Track, frames
from explorer.ui.iterated import iterative
from explorer.ui.state import State

MAGIC = b"XPF1"
FINE, FINER = 4, 16
"""Cells to one of the 256 steps of a colour bar: for pictures, and for the image and the gradients."""


def packets(state: State) -> Iterator[bytes | None]:
    """Yield the packet of the current beta's frame, then the complete one; a remembered one comes alone.

    In between, None follows each chunk of frames: the caller may stop there.

    Raises:
        ValueError: where a setting of the state is out of its range.
    """
    key = (_slice_key(state), state.beta, state.scoring_beta, state.linked)
    remembered = state.caches.packets.get(key)
    if remembered is not None:
        yield remembered
        return
    for count, found in enumerate(frames(state)):
        if found.complete:
            yield state.caches.packets.put(key, encode(state, found))
        else:
            yield encode(state, found) if count == 0 else None


def encode(state: State, found: Frames) -> bytes:
    """The packet of some frames of a state's slice."""
    body = _Body()
    image = found.case.image.numpy()[None]
    ones = np.ones(len(found.betas))
    body.add_bytes("mask", found.case.mask.numpy())
    body.add_bytes("foreground", found.case.source.foreground.numpy())
    body.add("input", image, np.zeros(1), np.ones(1), FINER)
    body.add("reconstruction", found.x_hat, 0 * ones, ones, FINE)
    body.add("residual", image - found.x_hat, -found.residual_bar, found.residual_bar, FINE)
    for name, values in (("grad-rec", found.grad_rec), ("grad-kl", found.grad_kl)):
        if values is None:
            continue
        largest = np.abs(values).max((1, 2)).astype(np.float64)
        body.add(name, values, -largest, largest, FINER)
    axes = {"map": found.tracks, "scoring": {} if found.scoring is None else found.scoring.tracks}
    for axis, tracks in axes.items():
        for name, track in tracks.items():
            body.add(f"{axis}:{name}", track.maps, track.bars[:, 0], track.bars[:, 1], FINE)
    header = json.dumps(_header(state, found) | {"arrays": body.arrays}, allow_nan=False).encode()
    return MAGIC + struct.pack("<I", len(header)) + header + deflated(b"".join(body.parts))


@dataclass
class _Body:
    """The arrays of a packet and where they are."""

    arrays: list[dict[str, Any]] = field(default_factory=list)
    parts: list[bytes] = field(default_factory=list)
    size: int = 0

    def add(self, name: str, values: NDArray[np.float32], low: Floats, high: Floats, fine: int) -> None:
        """Add pictures, (F, H, W), with the ends of their colour bars, (F,)."""
        if len(values) > 1 and all(bool((part == part[0]).all()) for part in (values, low, high)):
            values, low, high = values[:1], low[:1], high[:1]
        codes = np.empty(values.shape, np.uint16)
        scale = [
            quantise(*frame, fine, out=codes[i])
            for i, frame in enumerate(zip(values, low, high, strict=True))
        ]
        lows, steps = zip(*scale, strict=True)
        self._append(name, "uint16", len(values), packed(codes), {"low": lows, "step": steps})

    def add_bytes(self, name: str, values: NDArray[np.bool_]) -> None:
        """Add a mask, (H, W)."""
        self._append(name, "uint8", 1, values.astype(np.uint8).tobytes(), {})

    def _append(self, name: str, dtype: str, count: int, part: bytes, scale: Mapping[str, Any]) -> None:
        place = {"name": name, "dtype": dtype, "frames": count, "offset": self.size}
        self.arrays.append({**place, **scale})
        self.parts.append(part)
        self.size += len(part)


def _header(state: State, found: Frames) -> dict[str, Any]:
    scoring = found.scoring
    return {
        "slice": _slice_key(state),
        "complete": found.complete,
        "name": found.case.source.name,
        "shape": list(found.case.image.shape),
        "spacing": found.case.source.spacing,
        "s": found.s,
        "betas": found.betas.tolist(),
        "scoring_betas": found.scoring_betas.tolist(),
        "linked": found.linked,
        "current": found.current,
        "rec": found.rec.tolist(),
        "kl": found.kl.tolist(),
        "elbo": found.elbo.tolist(),
        "residual": {"low": (-found.residual_bar).tolist(), "high": found.residual_bar.tolist()},
        "levels": LEVELS,
        "predictors": [
            {
                "name": name,
                "title": PREDICTORS[name].title,
                "summary": PREDICTORS[name].summary,
                "source": PREDICTORS[name].source,
                "uses_scoring_beta": state.predictors[name].uses_scoring_beta,
                "only_beta": state.beta if state.predictors[name].iterative else None,
                "figures": _figures(track),
            }
            for name, track in found.tracks.items()
        ],
        "scoring": None
        if scoring is None
        else {
            "betas": scoring.betas.tolist(),
            "current": scoring.current,
            "elbo": scoring.elbo.tolist(),
            "figures": {name: _figures(track) for name, track in scoring.tracks.items()},
        },
    }


def _figures(track: Track) -> dict[str, Any]:
    names = ("auroc", "average_precision", "best_dice", "dice_threshold")
    return {
        **{name: [number(value) for value in track.figures[:, i]] for i, name in enumerate(names)},
        **{name: track.bars[:, i].tolist() for i, name in enumerate(("low", "high", "mark"))},
        "quantiles": [[float(f"{value:.7g}") for value in row] for row in track.quantiles],
    }


def _slice_key(state: State) -> str:
    """Tells case, model and predictors apart; the training beta too where a predictor has no other frame."""
    parts = (
        state.dataset,
        state.place,
        state.anomaly,
        state.seed,
        cached.pretrained(state.model).card.sha256,
        tuple(state.predictors.items()),
        state.beta if iterative(state) else None,
        state.guest,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
