"""What the Explore page says in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from explorer.cards import HeldOut
from explorer.looking.state import State
from explorer.looking.view import SliceView
from explorer.ui.messages import plain

BETAS = {"beta": "training β", "scoring-beta": "scoring β"}


def headline(state: State, shown: SliceView, *, weighs: bool) -> tuple[str, str]:
    """The line above the viewer, and what its words mean.

    Args:
        state: the page's.
        shown: the slice.
        weighs: whether the model has betas to choose.
    """
    source, pixels = shown.case.source, int(shown.case.mask.sum())
    share = 100 * pixels / max(int(source.foreground.sum()), 1)
    unmarked = ", besides what nobody marked: no pixel counts" if source.unmarked else ""
    planted = f"{state.anomaly_name} ({plain(shown.case.name)})" if shown.case.name else state.anomaly_name
    betas = f"training β **{state.beta:g}**, scoring β **{state.scoring_beta:g}** · " if weighs else ""
    text = (
        f"**{plain(source.name)}** · "
        f"{planted}, {pixels} pixels ({share:.1f} % of the foreground){unmarked} · "
        f"{betas}"
        f"rec {shown.rec:.1f}, KL {shown.kl:.1f}, ELBO loss {shown.elbo:.1f} nats"
    )
    meaning = (
        "rec: squared error over 2 s², summed over pixels. KL: distance of the latent code from the "
        "prior. ELBO loss: rec + scoring β times KL. Outlined in green: the true mask. Colour bars have the "
        "same range for every image: they end where 99.9 % of healthy pixels lie below; the tick marks the "
        "threshold."
    )
    return text, meaning


def cohort_caption(found: Mapping[str, Any]) -> str:
    """What stands behind a cohort's figures."""
    share = found["prevalence"]
    pixels = (
        "no anomalous pixels" if not share else f"{100 * share:.1f} % of the counted pixels are anomalous"
    )
    samples = ", ".join(
        f"{name} {value:.3f}" for name, value in found["image_auroc"].items() if value is not None
    )
    images = f"; image AUROC of the sample scores: {samples}" if samples else ""
    without = f", {found['without']} of them without the anomaly" if found["without"] else ""
    return f"Cohort: {found['slices']} slices{without}, foreground only, {pixels}{images}."


def rate_distortion_caption(found: HeldOut) -> str:
    """What the model's curve on healthy images says."""
    if found.perplexity:
        return (
            f"Held-out healthy images use the codes as if there were {found.perplexity[0]:.0f} of them "
            f"(perplexity); to the prior a code is worth {found.code_nll[0]:.2f} nats on average. KL is "
            "their sum over the image."
        )
    return (
        "One network, every training β: to the right more passes through the latent code, below the "
        "reconstruction is closer."
    )


def nearest_taken(taken: Mapping[str, tuple[str, str]]) -> str:
    """Which betas were taken in place of those that an address asked for."""
    texts = [f"{BETAS[key]} {found} in place of {plain(text[:20])}" for key, (text, found) in taken.items()]
    return f"The nearest β that the sliders have was taken: {', '.join(texts)}."


def left_out(ignored: Sequence[str]) -> str:
    """What an address asked for in vain."""
    return (
        "The address holds values that this page does not know and has left out: "
        f"{plain(', '.join(ignored))}. All else is as the address says."
    )
