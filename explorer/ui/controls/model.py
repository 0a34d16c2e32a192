"""Which model, and at which betas."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from explorer.cards import Pretrained, card_of, model_called, model_names, models_for, outline
from explorer.evidence import parts_of
from explorer.looking import defaults, server
from explorer.looking.frames import beta_texts
from explorer.ui.controls import widgets
from explorer.ui.controls.address import Address


def choose_model(dataset: str, address: Address) -> tuple[Pretrained, str]:
    """Show the models for a dataset; the chosen one, and what is wrong with its files.

    Where something is, an outline of it (or of the first other that has one) stands in, so that the controls
    below have something to go by.

    Raises:
        ValueError: where there is none for the dataset.
    """
    usual, fitting = defaults.model_of(dataset), models_for(dataset)

    def parse(text: str) -> str:
        found = model_called(text, dataset)
        if found not in fitting:
            raise ValueError("of another dataset")
        return found

    address.place("model", _of_the_same_kind(dataset, usual), parse, fits=lambda name: name in fitting)
    name = st.selectbox(
        "Model", fitting, key="model", help="The network; it was trained on healthy images alone."
    )
    try:
        return server.pretrained(name), ""
    except ValueError as error:
        return _outline([name, *fitting], str(error)), str(error)


def _outline(names: list[str], problem: str) -> Pretrained:
    for name in names:
        with suppress(ValueError):
            return outline(card_of(name))
    raise ValueError(problem)


def choose_betas(pretrained: Pretrained, address: Address) -> tuple[float, float, bool]:
    """Show the controls; training beta, scoring beta and whether it follows."""
    betas, scorings = beta_options(pretrained), scoring_options(pretrained)
    usual = f"{defaults.BETA:g}" if f"{defaults.BETA:g}" in betas else betas[len(betas) // 2]
    if len(betas) == 1:
        st.caption("This model was trained once: there is no training β to move.")
        beta = betas[0]
    else:
        beta = widgets.numbered_marks(
            "Training β",
            betas,
            usual,
            key="beta",
            address=address,
            help="Weight of the KL term for which the network was trained. One network covers the whole "
            "range: small β reconstructs sharply, large β smoothly.",
        )
    if not scorings:
        return float(beta), float(beta), True
    linked = widgets.switch(
        "KL weight in the ELBO map follows training β",
        True,
        key="linked",
        address=address,
        help="It weighs the KL gradient inside the ELBO gradient; the network does not change with it.",
    )
    if linked:
        return float(beta), float(beta), True
    scoring = widgets.numbered_marks(
        "KL weight in the ELBO map",
        scorings,
        usual,
        key="scoring-beta",
        address=address,
        help="Weight of the KL gradient inside the ELBO gradient only.",
    )
    return float(beta), float(scoring), False


def beta_options(pretrained: Pretrained) -> tuple[str, ...]:
    """Training betas that the controls offer for a model: those of the viewer's frames, as texts."""
    return beta_texts(*pretrained.model.beta_range)


def scoring_options(pretrained: Pretrained) -> tuple[str, ...]:
    """Scoring betas that the controls offer, as texts; none where the model has no gradient to weigh."""
    weighs = "grad_kl" in parts_of(pretrained.model)
    return ("0", *beta_options(pretrained)) if weighs else ()


def _of_the_same_kind(dataset: str, usual: str) -> str:
    """After another dataset was chosen, its model of the kind that was shown before, or its usual one."""
    before = st.session_state.get("model")
    if before not in model_names():
        return usual
    kind = card_of(before).kind
    return model_called(kind, dataset) if kind in _kinds(dataset) else usual


def _kinds(dataset: str) -> set[str]:
    return {card_of(name).kind for name in models_for(dataset)}
