"""What the prior expected at one code, as a chart and in words."""

from __future__ import annotations

import math

import plotly.graph_objects as go

from explorer.evidence.walk import Walk

SHOWN = 12
"""The likeliest codes of the chart."""
IMAGE, DRAWN, OTHER = "#0072B2", "#D55E00", "#9a9a9a"


def prior_chart(walk: Walk, row: int, column: int) -> go.Figure:
    """Probabilities of the likeliest codes here, of the image's own and of the drawn one."""
    own, drawn = int(walk.codes[row, column]), int(walk.restored[row, column])
    probabilities = walk.probabilities[row * walk.codes.shape[1] + column]
    likeliest = probabilities.argsort(descending=True)[:SHOWN].tolist()
    codes = [*likeliest, *(code for code in dict.fromkeys((own, drawn)) if code not in likeliest)]
    values = [float(probabilities[code]) for code in codes]
    colours = [IMAGE if code == own else DRAWN if code == drawn else OTHER for code in codes]
    figure = go.Figure(
        go.Bar(
            x=[str(code) for code in codes],
            y=values,
            marker={"color": colours},
            text=["image" if code == own else "drawn" if code == drawn else "" for code in codes],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="code %{x}: p = %{y:.3g}<extra></extra>",
        )
    )
    figure.update_layout(
        title={"text": f"Prior at row {row}, column {column}", "font": {"size": 14}, "x": 0},
        height=260,
        margin={"l": 4, "r": 8, "t": 40, "b": 4},
        dragmode=False,
    )
    figure.update_xaxes(type="category", title={"text": "code"}, fixedrange=True, automargin=True)
    figure.update_yaxes(
        title={"text": "probability"}, range=[0, 1.15 * max(values)], fixedrange=True, automargin=True
    )
    return figure


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
