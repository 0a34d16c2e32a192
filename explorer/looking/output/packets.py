"""The frames of a slice as bytes for the browser: a few packets, every picture exact to 8 bits.

The first packet holds the group of frames with the current training beta and whatever all frames share; each
of the others a further group, or the frames along the scoring beta. They come as they are computed, so that
the browser reads one while the server computes the next.

Header of every packet, of kind "frames" (`explorer.wire.packet` describes the framing and `arrays`); its F
frames lie along the training beta, a list "per frame" has F numbers; null stands for a figure that is not
defined (no anomalous pixel):

    slice            text that tells case, model and predictors apart
    view             text that tells the current betas apart as well: packets of one view belong together
    part, parts      number of the packet, from 0, and how many the view has
    shape            [H, W], pixels
    betas            training betas, ascending, per frame; none along the scoring beta
    scoring_betas    weight of the KL term in each frame, per frame: `betas` where linked, else a constant
    rec, kl, elbo    sample scores, nats, per frame; elbo = rec + scoring_beta * kl
    residual         {"low", "high"}: ends of the signed residual's colour bar, per frame
    figures          {predictor's name: figures}, see below; a predictor of many passes is in the first only
    scoring          null, or the second axis: S other scoring betas at the current training beta, {"betas": S
                     weights, ascending, the first 0, "current": index of the page's scoring beta, "elbo": S
                     numbers, "figures": {predictor's name: figures}} for those predictors alone that use the
                     scoring beta; there is none where the scoring beta follows the training beta

and of the first packet alone:

    name             of the slice, for people
    spacing          [row, column] in mm, or null where pixels have no size
    s                standard deviation of p(x|z)
    linked           whether the scoring beta follows the training beta
    current          the training beta at which the page stood when it was made, one of its `betas`
    levels           fractions of healthy pixels, ascending from 0 to 1, Q of them
    healthy          which pixels they are fractions of, for people
    about            how the pictures were made, see `about`
    predictors       in the order shown, each {"name", "title", "summary", "source", "settings",
                     "uses_scoring_beta", "only_beta", "pending"}; only_beta is the one training beta of a
                     predictor of many passes, else null; pending: its map is still blank, see `meanwhile`

Figures of a predictor, each a list with one entry a frame of its axis:

    auroc, average_precision, best_dice    of the slice's pixels that count, in [0, 1], or null
    dice_threshold                         the score that gives the best Dice, or null
    low, high, mark                        ends of the colour bar and the mark on it: healthy-calibrated
    quantiles                              Q scores that `levels` of healthy pixels do not exceed; linear in
                                           between; at or below the first the percentile is 0, above the last
                                           it is 1, and of a score that several of them are it is the lowest

Arrays, of shape (F, H, W), F that of the array's own axis; a map that is the same in all frames of a packet
is in it once, one that is the same in all packets in the first only:

    input            the image, in the first packet
    mask, foreground 0 or 1, in the first packet
    counted          the pixels that figures are of, 0 or 1, in the first packet
    reconstruction   x_hat
    residual         x - x_hat, signed
    grad-rec         d rec / dx, signed, nats per unit intensity, not smoothed
    grad-kl          d kl / dx, likewise; the ELBO gradient smooths |grad-rec + scoring_beta * grad-kl|; left
                     out where the model has no such gradient
    map:NAME         scores of predictor NAME, along the training beta
    scoring:NAME     its scores along the scoring beta

rec's term of a pixel is residual^2 / (2 s^2).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from explorer.concurrency.ahead import in_order
from explorer.evaluation.calibration import LEVELS
from explorer.evaluation.report import number
from explorer.looking import runs, server
from explorer.looking.frames import (
    Frames,
    ScoringAxis,
    Track,
    first_frames,
    frames,
    frames_so_far,
    group_of,
    groups,
    scoring_axis,
)
from explorer.looking.healthy import healthy_pixels
from explorer.looking.output.about import about
from explorer.looking.scene import Scene, hashed
from explorer.predictors import PREDICTORS
from explorer.settings import format_settings
from explorer.wire.codes import mask, pictures
from explorer.wire.packet import Array, encode

FINE, FINER = 4, 16
"""Cells to one of the 256 steps of a colour bar: for pictures, and for the image and the gradients."""


def packets(scene: Scene) -> Iterator[bytes]:
    """Yield the packets of a slice, those with the current beta first; the caller may stop at any time.

    Those of the slices seen last are remembered; while the scoring beta follows, all training betas have the
    same.

    Raises:
        ValueError: where a setting of the state is out of its range.
    """
    key = view_key(scene)
    remembered = scene.caches.packets.get(key)
    if remembered is not None:
        yield from remembered
        return
    found = first_frames(scene)
    own = group_of(scene)
    work = [partial(_group, scene, found, betas) for betas in groups(scene) if betas != own]
    if scene.state.weighed:
        work.append(partial(_scoring, scene))
    first, *later = ({"part": part, "parts": 1 + len(work)} for part in range(1 + len(work)))
    made = [_first(scene, found, first)]
    yield made[0]
    for packet in in_order(lambda one: one[0](one[1]), zip(work, later, strict=True), server.workers()):
        made.append(packet)
        yield packet
    scene.caches.packets.put(key, tuple(made))


def meanwhile(scene: Scene) -> bytes:
    """A first packet to show while predictors of many passes run: blank maps that are called pending.

    It is of a view of its own that never becomes complete, so that the view proper takes its place.
    """
    view = {"view": f"{view_key(scene)}-meanwhile", "part": 0, "parts": 2}
    return _first(scene, frames_so_far(scene), view, runs.missing(scene))


def view_key(scene: Scene) -> str:
    """Tells apart what the packets of a slice hold."""
    state = scene.state
    return hashed((scene.slice_key, None if state.follows else (state.beta, state.scoring_beta)))


def _first(scene: Scene, found: Frames, place: dict[str, Any], pending: Sequence[str] = ()) -> bytes:
    """The frames with the current training beta's, and what all frames share."""
    arrays = [
        mask("mask", found.case.mask.numpy()[None]),
        mask("foreground", found.case.source.foreground.numpy()[None]),
        mask("counted", found.case.source.counted.numpy()[None]),
        pictures("input", found.case.image.numpy()[None], np.zeros(1), np.ones(1), FINER),
        *_arrays(found),
    ]
    return _packet(_about(scene) | place | _along(found) | _shared(scene, found, pending), arrays)


def _group(scene: Scene, first: Frames, betas: Sequence[float], place: dict[str, int]) -> bytes:
    """Frames of further training betas."""
    found = frames(scene, betas)
    return _packet(_about(scene) | place | _along(found), _arrays(found, first))


def _scoring(scene: Scene, place: dict[str, int]) -> bytes:
    """The frames along the scoring beta."""
    axis = scoring_axis(scene)
    arrays = [_map(f"scoring:{name}", track) for name, track in axis.tracks.items()]
    return _packet(_about(scene) | place | {"scoring": _axis(axis)}, arrays)


def _packet(header: dict[str, Any], arrays: Sequence[Array]) -> bytes:
    return encode({"kind": "frames", **header}, arrays, strategy=zlib.Z_RLE)


def _arrays(found: Frames, first: Frames | None = None) -> list[Array]:
    """The pictures along the training beta, without the maps that are as in the first packet."""
    image, none, ones = found.case.image.numpy(), np.zeros(len(found.betas)), np.ones(len(found.betas))
    arrays = [
        pictures("reconstruction", found.x_hat, none, ones, FINE),
        pictures("residual", image - found.x_hat, -found.residual_bar, found.residual_bar, FINER),
    ]
    for name, values in (("grad-rec", found.grad_rec), ("grad-kl", found.grad_kl)):
        if values is not None:
            largest = np.abs(values).max((1, 2)).astype(np.float64)
            arrays.append(pictures(name, values, -largest, largest, FINER))
    for name, track in found.tracks.items():
        still = _still(track)
        if first is None or not (still and _still(first.tracks[name]) and _same(track, first.tracks[name])):
            arrays.append(_map(f"map:{name}", track.first() if still else track))
    return arrays


def _map(name: str, track: Track) -> Array:
    return pictures(name, track.maps, track.bars[:, 0], track.bars[:, 1], FINE)


def _still(track: Track) -> bool:
    """Whether all frames of a predictor are the same."""
    return bool((track.maps == track.maps[0]).all() and (track.bars == track.bars[0]).all())


def _same(track: Track, first: Track) -> bool:
    """Whether the frame of a predictor is the first packet's."""
    return bool((track.maps[0] == first.maps[0]).all() and (track.bars[0] == first.bars[0]).all())


def _about(scene: Scene) -> dict[str, Any]:
    """What stands in every packet, here of one without frames along the training beta."""
    none: list[float] = []
    per_frame = dict.fromkeys(("betas", "scoring_betas", "rec", "kl", "elbo"), none)
    return {
        "slice": scene.slice_key,
        "view": view_key(scene),
        "shape": list(scene.case.image.shape),
        **per_frame,
        "residual": {"low": none, "high": none},
        "figures": {},
        "scoring": None,
    }


def _along(found: Frames) -> dict[str, Any]:
    return {
        "betas": found.betas.tolist(),
        "scoring_betas": found.scoring_betas.tolist(),
        "rec": found.rec.tolist(),
        "kl": found.kl.tolist(),
        "elbo": found.elbo.tolist(),
        "residual": {"low": (-found.residual_bar).tolist(), "high": found.residual_bar.tolist()},
        "figures": {name: _figures(track) for name, track in found.tracks.items()},
    }


def _axis(axis: ScoringAxis) -> dict[str, Any]:
    return {
        "betas": axis.betas.tolist(),
        "current": axis.current,
        "elbo": axis.elbo.tolist(),
        "figures": {name: _figures(track) for name, track in axis.tracks.items()},
    }


def _shared(scene: Scene, found: Frames, pending: Sequence[str]) -> dict[str, Any]:
    state = scene.state
    return {
        "name": found.case.source.name,
        "spacing": found.case.source.spacing,
        "s": found.s,
        "linked": found.linked,
        "current": state.beta,
        "levels": LEVELS,
        "healthy": healthy_pixels(state.dataset),
        "about": about(scene),
        "predictors": [
            {
                "name": name,
                "title": PREDICTORS[name].title,
                "summary": PREDICTORS[name].summary,
                "source": PREDICTORS[name].source,
                "settings": format_settings(state.predictors[name], whole=True),
                "uses_scoring_beta": state.predictors[name].uses_scoring_beta,
                "only_beta": state.beta if state.predictors[name].iterative else None,
                "pending": name in pending,
            }
            for name in found.tracks
        ],
    }


def _figures(track: Track) -> dict[str, Any]:
    names = ("auroc", "average_precision", "best_dice", "dice_threshold")
    return {
        **{name: [number(value) for value in track.figures[:, i]] for i, name in enumerate(names)},
        **{name: track.bars[:, i].tolist() for i, name in enumerate(("low", "high", "mark"))},
        "quantiles": [[float(f"{value:.7g}") for value in row] for row in track.quantiles],
    }
