"""What a model keeps of an image against how closely it reconstructs it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.looking.charts.chart import Chart, axis, figure, table

HOVER = "%{text}<br>KL %{x:.4g}, rec %{y:.4g} nats<extra></extra>"


def rate_distortion_chart(
    betas: NDArray[np.float64],
    kl: NDArray[np.float64],
    rec: NDArray[np.float64],
    beta: float,
    here: tuple[float, float],
) -> Chart:
    """Distortion (rec) against rate (KL) on healthy images, with the current beta and the current image.

    Args:
        betas: training betas of the curve, ascending; a model that was trained at one has a point.
        kl: nats an image, at each.
        rec: nats an image, at each.
        beta: the current training beta.
        here: KL and rec of the current image.
    """
    moves = len(betas) > 1
    at = [float(np.exp(np.interp(np.log(beta), np.log(betas), np.log(values)))) for values in (kl, rec)]
    texts = [f"beta {value:.3g}" for value in betas] if moves else ["healthy images"]
    points = [("healthy images", "#0072B2", "circle", 6, kl.tolist(), rec.tolist(), texts)]
    if moves:
        points.append((f"beta {beta:g}", "#D55E00", "circle-open", 13, at[:1], at[1:], [f"beta {beta:g}"]))
    points.append(("this image", "#009E73", "x", 10, [here[0]], [here[1]], ["this image"]))
    points = [line for line in points if all(0 < value < math.inf for value in (*line[4], *line[5]))]
    return Chart(
        figure(
            [_line(*line) for line in points],
            "Rate and distortion",
            "means over held-out healthy images; this image for itself",
            height=330,
            margin={"l": 54, "r": 8, "t": 54, "b": 46},
            xaxis=_log_axis("Rate: KL (nats)", [value for line in points for value in line[4]]),
            yaxis=_log_axis("Distortion: rec (nats)", [value for line in points for value in line[5]]),
            legend={"x": 1, "xanchor": "right", "y": 1, "yanchor": "top"},
        ),
        f"KL and reconstruction term of healthy images{f' over the training beta, now {beta:g}' * moves}; "
        f"this image has a KL of {here[0]:.1f} and a reconstruction term of {here[1]:.1f} nats.",
        table(
            ("", "KL (nats)", "rec (nats)"),
            [*zip(texts, kl.tolist(), rec.tolist(), strict=True), ("this image", *here)],
        ),
    )


def _line(
    name: str,
    colour: str,
    marker: str,
    size: int,
    x: Sequence[float],
    y: Sequence[float],
    texts: Sequence[str],
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "uid": marker,
        "name": name,
        "mode": "lines+markers",
        "x": np.array(x),
        "y": np.array(y),
        "text": list(texts),
        "line": {"color": colour, "width": 2},
        "marker": {"symbol": marker, "size": size, "color": colour, "line": {"width": 3, "color": colour}},
        "hovertemplate": HOVER,
    }


def _log_axis(title: str, values: Sequence[float]) -> dict[str, Any]:
    return axis(title) | {"type": "log", "range": [math.log10(end) for end in _around(values)]}


def _around(values: Sequence[float]) -> tuple[float, float]:
    """A logarithmic range of at least a decade, with some room on both sides."""
    low, high = min(values, default=1.0), max(values, default=1.0)
    room = max(1.1 * (high / low) ** 0.05, math.sqrt(10 * low / high))
    return low / room, high * room
