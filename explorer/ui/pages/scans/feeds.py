"""What the planes are told of a finding: its map, its threshold, its places."""

from __future__ import annotations

import secrets
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.evaluation.calibration import LEVELS
from explorer.looking.healthy import bar_ends
from explorer.looking.output.planes import map_packet
from explorer.predictors import PREDICTORS, Predictor
from explorer.scans.finding.finding import Finding
from explorer.scans.finding.healthy import Healthy
from explorer.ui.controls import viewing
from explorer.ui.pages.scans.session import Result

NARROWEST = 1e-12
"""Width of a colour bar whose scores are all alike."""


def result_of(packet_key: str, finding: Finding) -> Result:
    """A finding with the packet of its map for the browser.

    Args:
        packet_key: of the scan's packet.
        finding: what the scores say.
    """
    number = secrets.token_hex(4)
    inside = finding.values[finding.foreground]
    colours = colour_bar(finding.predictor, finding.healthy, inside[np.isfinite(inside)])
    title = PREDICTORS[finding.name].title
    return Result(finding, number, map_packet(packet_key, number, title, finding.values, colours))


def colour_bar(
    predictor: Predictor, healthy: Healthy | None, scores: NDArray[np.float32]
) -> tuple[float, float]:
    """Ends of a map's colour bar: of healthy scores where some fit, or else of its own.

    Args:
        predictor: of the map.
        healthy: the scores that fit it, or None.
        scores: those of the map that count.
    """
    if healthy is not None and predictor.scale is not None:
        return predictor.scale
    rows = np.array(np.quantile(scores, LEVELS) if healthy is None else healthy.quantiles(LEVELS), float)
    low, high = (float(end) for end in bar_ends(rows))
    return low, max(high, low + NARROWEST)


def settings_for(key: str, result: Result | None) -> dict[str, Any]:
    """What the planes are told beside the packets.

    Args:
        key: of the scan's packet.
        result: its scores, if there are any.
    """
    shown = {"key": key, "radiological": viewing.radiological()}
    if result is None:
        return shown | {"result": None}
    finding = result.finding
    healthy, marked = finding.healthy, finding.mask_seen
    return shown | {
        "result": result.number,
        "threshold": finding.threshold.score,
        "profile": finding.profile,
        "anomalous": [] if marked is None else np.flatnonzero(marked.any((1, 2))).tolist(),
        "places": [
            {"ml": one.ml, "peak": one.peak, "healthy": one.percentile, "place": list(one.place)}
            for one in finding.places
        ],
        "note": ""
        if finding.places
        else "No pixel of the foreground reaches the threshold: lower it to see places.",
        "healthy": None
        if healthy is None
        else {"levels": list(LEVELS), "quantiles": healthy.quantiles(LEVELS)},
    }
