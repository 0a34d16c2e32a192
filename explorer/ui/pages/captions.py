"""What the Explore page says in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from explorer.cards import HeldOut
from explorer.looking.state import State
from explorer.looking.view import SliceView
from explorer.ui.messages import plain

BETAS = {"beta": "training β", "scoring-beta": "KL weight"}

OWN_SLICE_GONE = (
    "A slice of an own scan was shown here. It was in the memory of its session alone, which has ended or "
    "let go of it: a slice of the dataset is shown instead. To see it again, load the scan under Own scans."
)


def headline(state: State, shown: SliceView, *, weighs: bool) -> str:
    """The line above the viewer.

    Args:
        state: the page's.
        shown: the slice.
        weighs: whether the model has betas to choose.
    """
    source = shown.case.source
    betas = f"training β **{state.beta:g}**, KL weight **{state.scoring_beta:g}** · " if weighs else ""
    return (
        f"**{plain(source.name)}** · "
        f"{_anomaly(state, shown)} · "
        f"{betas}"
        f"rec {shown.rec:.1f}, KL {shown.kl:.1f}, ELBO loss {shown.elbo:.1f} nats"
    )


def _anomaly(state: State, shown: SliceView) -> str:
    """What is anomalous in a slice, and how much of it that is."""
    source, pixels = shown.case.source, int(shown.case.mask.sum())
    if source.held_out and not pixels:
        return "anomalous as a whole: of a class held out from training, so there is no mask"
    if source.unmarked and not pixels:
        return "anomalous where nobody marked it: no pixel counts"
    if not pixels and not state.anomaly.plants:
        return f"{state.anomaly_name}: nothing is planted"
    share = 100 * pixels / max(int(source.foreground.sum()), 1)
    unmarked = ", besides what nobody marked: no pixel counts" if source.unmarked else ""
    planted = f"{state.anomaly_name} ({plain(shown.case.name)})" if shown.case.name else state.anomaly_name
    return f"{planted}, {pixels} pixels ({share:.1f} % of the foreground){unmarked}"


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
    return f"The nearest value that the sliders have was taken: {', '.join(texts)}."


def left_out(ignored: Sequence[str]) -> str:
    """What an address asked for in vain."""
    return (
        "The address holds values that this page does not know and has left out: "
        f"{plain(', '.join(ignored))}. All else is as the address says."
    )
