"""One page of HTML on a localization: the notice, how it was made, the most anomalous slices and places.

The page holds its pictures and asks nothing of any server. Pictures are shown as radiologists do: the right
of the person on the left.
"""

from __future__ import annotations

import base64
import html
import io
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explorer.scans.finding.components import Component
from explorer.scans.placing.preparing import Prepared

PICTURES = 6
ORANGE = (255, 120, 0)
_STYLE = (
    "body{font:15px sans-serif;max-width:60em;margin:2em auto;padding:0 1em}table{border-collapse:collapse}"
    "td,th{padding:.2em .8em;text-align:right;border-bottom:1px solid #ccc}th:first-child,td:first-child"
    "{text-align:left}figure{display:inline-block;width:47%;margin:.5em 1%}figcaption{font-size:13px}"
    "img{width:100%;image-rendering:pixelated}"
    ".notice{background:#fff3cd;padding:.6em 1em}"
)


def report_html(
    record: Mapping[str, Any],
    prepared: Prepared,
    values: NDArray[np.float32],
    places: Sequence[Component],
    threshold: float,
    *,
    oriented: bool,
) -> str:
    """The page.

    Args:
        record: what `export.sidecar` gave, with `figures` where there are any.
        prepared: the scan before the model.
        values: scores, (N, H, W); NaN where not scored.
        places: the components above the threshold.
        threshold: the score from which a pixel is painted.
        oriented: whether the scan says which side is left.
    """
    predictor = record["predictor"]["name"]
    settings = {
        "Scan": record["scan"]["name"],
        "Model": f"{record['model']['name']} (sha256 {record['model']['sha256'][:12]})",
        "Predictor": predictor,
        "Training beta, scoring beta": f"{record['beta']:g}, {record['scoring_beta']:g}",
        "Healthy data": record["calibration"]["healthy_data"] or "none",
        "Program": record["program"],
    } | {key.replace("_", " "): _number(value) for key, value in record.get("figures", {}).items()}
    rows = "".join(
        f"<tr><td>{html.escape(key)}</td><td>{_text(value)}</td></tr>" for key, value in settings.items()
    )
    notes = "".join(f"<li>{_text(note)}</li>" for note in prepared.notes)
    sides = (
        "The right of the person is on the left."
        if oriented
        else "Left and right are not known: the file does not say."
    )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{_text(record["scan"]["name"])}</title>'
        f"<style>{_STYLE}</style><h1>Anomaly map of {_text(record['scan']['name'])}</h1>"
        f'<p class="notice">{_text(record["notice"])}.</p><table>{rows}</table>'
        f"<h2>Most anomalous slices</h2><p>What the network sees; beside it, painted orange where "
        f"{_text(predictor)} is at least {threshold:.4g}. {sides}</p>"
        f"{_pictures(record, prepared, values, threshold)}"
        f"<h2>Most anomalous places</h2>{_table(places)}<h2>Preparation</h2><ul>{notes}</ul></html>\n"
    )


def painted(image: NDArray[np.float32], scores: NDArray[np.float32], threshold: float) -> NDArray[np.uint8]:
    """An image in grey with half-transparent orange where it scores at least the threshold, (H, W, 3)."""
    grey = np.repeat((255 * np.clip(image, 0, 1))[..., None], 3, axis=2)
    above = (scores >= threshold)[..., None]
    return np.where(above, 0.5 * grey + 0.5 * np.array(ORANGE), grey).round().astype(np.uint8)


def _pictures(
    record: Mapping[str, Any], prepared: Prepared, values: NDArray[np.float32], threshold: float
) -> str:
    scores = [-math.inf if score is None else score for score in record["slice_scores"]]
    order = sorted(range(len(scores)), key=lambda index: -scores[index])
    shown = [index for index in order[:PICTURES] if math.isfinite(scores[index])]
    figures = []
    for index in shown:
        image = prepared.images[index, 0].numpy()
        foreground = prepared.foregrounds[index, 0].numpy()
        marked = painted(image, np.where(foreground, values[index], -np.inf), threshold)
        pair = np.hstack([part[:, ::-1] for part in (painted(image, values[index], math.inf), marked)])
        caption = f"slice {index}, score {scores[index]:.4g}"
        figures.append(
            f'<figure><img src="{_uri(pair)}" alt="{caption}"><figcaption>{caption}</figcaption></figure>'
        )
    return "".join(figures)


def _table(places: Sequence[Component]) -> str:
    if not places:
        return "<p>None reaches the threshold.</p>"
    rows = "".join(_row(number, one) for number, one in enumerate(places, 1))
    heads = "".join(
        f"<th>{head}</th>"
        for head in ("", "ml", "peak", "healthy pixels below the peak", "slice", "voxel of the peak")
    )
    return f"<table><tr>{heads}</tr>{rows}</table>"


def _row(number: int, one: Component) -> str:
    cells = (
        str(number),
        "-" if one.ml is None else f"{one.ml:.2f}",
        f"{one.peak:.4g}",
        "-" if one.percentile is None else f"{100 * one.percentile:.2f} %",
        str(one.place[0]),
        ", ".join(f"{index:.0f}" for index in one.voxel),
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _uri(picture: NDArray[np.uint8]) -> str:
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "PNG")
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode()


def _text(value: object) -> str:
    return html.escape(str(value), quote=True)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
