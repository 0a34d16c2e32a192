"""What the prior expected at one code, as a chart and in words."""

from __future__ import annotations

import math

from explorer.evidence.walk import Walk
from explorer.looking.charts.chart import Chart, axis, figure, table

SHOWN = 12
"""The likeliest codes of the chart."""
IMAGE, DRAWN, OTHER = "#0072B2", "#D55E00", "#9a9a9a"


def prior_chart(walk: Walk, row: int, column: int) -> Chart:
    """Probabilities of the likeliest codes here, of the image's own and of the drawn one."""
    own, drawn = int(walk.codes[row, column]), int(walk.restored[row, column])
    probabilities = walk.probabilities[row * walk.codes.shape[1] + column]
    likeliest = probabilities.argsort(descending=True)[:SHOWN].tolist()
    codes = [*likeliest, *(code for code in dict.fromkeys((own, drawn)) if code not in likeliest)]
    values = [float(probabilities[code]) for code in codes]
    names = ["image" if code == own else "drawn" if code == drawn else "" for code in codes]
    colours = {"image": IMAGE, "drawn": DRAWN, "": OTHER}
    bars = {
        "type": "bar",
        "x": [str(code) for code in codes],
        "y": values,
        "marker": {"color": [colours[name] for name in names]},
        "text": names,
        "textposition": "outside",
        "cliponaxis": False,
        "hovertemplate": "code %{x}: p = %{y:.3g}<extra></extra>",
    }
    return Chart(
        figure(
            [bars],
            f"Prior at row {row}, column {column}",
            f"the {len(likeliest)} likeliest of {len(probabilities)} codes, the image's and the drawn one",
            height=300,
            margin={"l": 50, "r": 8, "t": 54, "b": 42},
            xaxis=axis("code") | {"type": "category"},
            yaxis=axis("probability") | {"range": [0, 1.15 * max(values)]},
        ),
        prior_sentence(walk, row, column),
        table(
            ("Code", "Probability", ""),
            [(str(code), value, name) for code, value, name in zip(codes, values, names, strict=True)],
        ),
    )


def prior_sentence(walk: Walk, row: int, column: int) -> str:
    """What happened here, for people.

    >>> import torch
    >>> one, half = torch.tensor([[1]]), torch.tensor([[0.5, 0.5]])
    >>> made = Walk(one, one, one, half, torch.tensor([0.7]), 0.1, one[0], one[None], one[None], 1)
    >>> print(prior_sentence(made, 0, 0)[:60])
    Code 1 of the image has p = 0.5, so -log p = 0.69 nats: abov
    """
    place = row * walk.codes.shape[1] + column
    own, drawn = int(walk.codes[row, column]), int(walk.restored[row, column])
    p = float(walk.probabilities[place, own])
    surprise = -math.log(max(p, 1e-300))
    begun = f"Code {own} of the image has p = {p:.2g}, so -log p = {surprise:.2f} nats: "
    if not bool(walk.drawn[row, column]):
        return f"{begun}not above the threshold of {walk.threshold:.2f} nats, so it stays."
    known = float(walk.probabilities[place, drawn])
    return (
        f"{begun}above the threshold of {walk.threshold:.2f} nats, so a code was drawn with these "
        f"probabilities: code {drawn}, p = {known:.2g}."
    )
