"""The sidebar: every control of the Explore page, and the state that they add up to."""

from __future__ import annotations

from typing import Any

import streamlit as st

from explorer.anomalies import ANOMALIES
from explorer.cards import card_of, model_called, models_for
from explorer.contracts import Axis
from explorer.datasets import DATASETS
from explorer.evidence.codes import parts_of
from explorer.looking import caches
from explorer.looking.films import CODES
from explorer.looking.frames import beta_texts
from explorer.looking.state import State
from explorer.models import MODELS
from explorer.predictors import PREDICTORS, predictors_for
from explorer.settings import settings_of
from explorer.ui.controls.nearest import take_nearest
from explorer.ui.controls.painted import paint, painted_shape
from explorer.ui.controls.settings import BIND, plugin_controls
from explorer.ui.messages import plain
from explorer.ui.pages import guest

COHORT_SIZES = (8, 16, 32, 64, 128, 200)
START = {"class": 1, "subject": 0, "slice": 32}
ANOMALY, SEED, BETA, COHORT_SIZE = "lesion", 0, 1.0, 16
"""What a page shows that nobody has touched."""


def sidebar() -> tuple[State, str]:
    """Show the controls and return what they say: the state, and what is to be watched, or nothing."""
    with st.sidebar:
        st.markdown("### Image")
        name = _dataset_name()
        own = _guest(name)
        axes = caches.dataset(name).axes("test")
        place = tuple(_start(axis) if own else _coordinate(axis) for axis in axes)
        st.markdown("### Anomaly")
        anomaly, anomaly_settings = _anomaly()
        seed = st.number_input(
            "Seed",
            0,
            2**31 - 1,
            SEED,
            key="seed",
            bind=BIND,
            help="Decides all that is random: place, outline, noise, cohort.",
        )
        st.markdown("### Model")
        model = _model(name)
        beta, scoring_beta, linked = _betas(model)
        st.markdown("### Predictors")
        predictor_settings = _predictors(model, name)
        watched = _watched(model, name)
        size = st.select_slider(
            "Cohort size",
            COHORT_SIZES,
            COHORT_SIZE,
            key="cohort",
            bind=BIND,
            help="Test slices that get the same anomaly settings, for the cohort's curves.",
        )
    # Built when all controls are on screen, so that a refused setting takes none of them away.
    predictors = {key: PREDICTORS[key](**settings) for key, settings in predictor_settings.items()}
    planted = ANOMALIES[anomaly](**anomaly_settings)
    state = State(
        name, place, planted, anomaly, int(seed), model, beta, scoring_beta, predictors, size, linked, own
    )
    return state, watched


def default_state() -> State:
    """The state of a page that nobody has touched."""
    family = DATASETS.names()[0]
    dataset = f"{family}/{DATASETS[family].options[0]}"
    place = tuple(_start(axis) for axis in caches.dataset(dataset).axes("test"))
    model = model_called(MODELS.names()[0], dataset)
    predictors = {name: PREDICTORS[name]() for name in _quick(_offered(model, dataset))}
    return State(
        dataset, place, ANOMALIES[ANOMALY](), ANOMALY, SEED, model, BETA, BETA, predictors, COHORT_SIZE
    )


def _dataset_name() -> str:
    families = tuple(DATASETS.names())
    family = st.selectbox(
        "Dataset",
        families,
        key="dataset",
        bind=BIND,
        help="Where the image comes from; each dataset has a model of its own.",
    )
    options = DATASETS[family].options
    if not options:
        return family
    option = st.segmented_control(
        "Contrast",
        options,
        default=options[0],
        required=True,
        key="contrast",
        bind=BIND,
        help="The MR sequence: FLAIR suppresses fluid, T1 shows it dark, T2 bright.",
    )
    return f"{family}/{option or options[0]}"


def _guest(dataset: str) -> guest.Guest | None:
    """The slice of the person's own scan, where it fits the dataset, with the way back."""
    found = guest.current()
    if found is None or not found.fits(caches.dataset(dataset)):
        return None
    st.caption(
        f":material/upload_file: **{plain(found.source.name)}**, from your scan. It stays in this session "
        f"and out of the address. {found.sides} The contrast says with which healthy data it is compared."
    )
    st.button("Back to the dataset's slices", on_click=guest.close, key="close-guest", width="stretch")
    return found


def _coordinate(axis: Axis) -> int:
    label = axis.name.capitalize()
    if axis.labels:
        chosen = st.selectbox(
            label, axis.labels, index=_start(axis), key=axis.name, bind=BIND, help=axis.help
        )
        return axis.labels.index(chosen)
    return int(st.slider(label, 0, axis.size - 1, _start(axis), key=axis.name, bind=BIND, help=axis.help))


def _start(axis: Axis) -> int:
    """Where an axis stands at first: for classes the first normal one."""
    return min(START.get(axis.name, 0), axis.size - 1)


def _anomaly() -> tuple[str, dict[str, Any]]:
    names = ANOMALIES.names()
    name = st.selectbox(
        "Kind",
        names,
        index=names.index(ANOMALY),
        key="anomaly",
        bind=BIND,
        help="What is planted into the healthy image; `none` leaves it as it is.",
    )
    family, painted = ANOMALIES[name], painted_shape()
    if not (painted and family.plants):
        return name, plugin_controls(name, family)
    settings = plugin_controls(name, family, overruled=("size", "x", "y", "shape"))
    st.caption("The shape painted in the viewer takes the place of size, place and shape, in the cohort too.")
    st.button("Clear the painted shape", on_click=paint, args=("",), key="clear-painted", width="stretch")
    return name, settings | {"painted": painted}


def _model(dataset: str) -> str:
    kinds = [card_of(name).kind for name in models_for(dataset)] or MODELS.names()
    kind = st.selectbox(
        "Model",
        kinds,
        key="model",
        bind=BIND,
        help="The network; it was trained on healthy images alone.",
    )
    return model_called(kind, dataset)


def _betas(model: str) -> tuple[float, float, bool]:
    options = beta_options(model)
    beta = _training_beta(options)
    if not scoring_options(model):
        return float(beta), float(beta), True
    linked = st.toggle(
        "Scoring β follows training β",
        value=True,
        key="linked",
        bind=BIND,
        help="The scoring β weighs the KL gradient inside the ELBO gradient; the network does not change "
        "with it.",
    )
    if linked:
        return float(beta), float(beta), True
    take_nearest("scoring-beta", scoring_options(model))
    scoring = st.select_slider(
        "Scoring β",
        scoring_options(model),
        value=f"{BETA:g}" if f"{BETA:g}" in options else options[0],
        key="scoring-beta",
        bind=BIND,
        help="Weight of the KL gradient inside the ELBO gradient only.",
    )
    return float(beta), float(scoring), False


def _training_beta(options: tuple[str, ...]) -> str:
    if len(options) == 1:
        st.caption("This model was trained once: there is no training β to move.")
        return options[0]
    take_nearest("beta", options)
    return st.select_slider(
        "Training β",
        options,
        value=f"{BETA:g}" if f"{BETA:g}" in options else options[len(options) // 2],
        key="beta",
        bind=BIND,
        help="Weight of the KL term for which the network was trained. One network covers the whole "
        "range: small β reconstructs sharply, large β smoothly.",
    )


def beta_options(model: str) -> tuple[str, ...]:
    """Training betas that the controls offer for a model: those of the viewer's frames, as texts."""
    return beta_texts(*caches.pretrained(model).model.beta_range)


def scoring_options(model: str) -> tuple[str, ...]:
    """Scoring betas that the controls offer, as texts; none where the model has no gradient to weigh."""
    weighs = "grad_kl" in parts_of(caches.pretrained(model).model)
    return ("0", *beta_options(model)) if weighs else ()


def _predictors(model: str, dataset: str) -> dict[str, dict[str, Any]]:
    names = _offered(model, dataset)
    dropped = _keep_what_fits(names)
    chosen = st.multiselect(
        "Maps",
        names,
        default=_quick(names),
        key="predictors",
        bind=BIND,
        help="Methods that turn what the model says into a map of anomaly scores.",
    )
    if dropped:
        st.caption(f"Left out, as this model lacks what they need: {', '.join(dropped)}.")
    if uncalibrated := [name for name in _fitting(model) if name not in names]:
        st.caption(
            f"Not offered, as the model's card has no healthy scores of them: {', '.join(uncalibrated)}. "
            f"To add them: `python -m explorer calibrate {model}`"
        )
    found = {}
    with st.expander("Options of the maps"):
        for name in chosen:
            if settings_of(PREDICTORS[name]):
                st.markdown(f"**{PREDICTORS[name].title}**")
            found[name] = plugin_controls(name, PREDICTORS[name])
    return found


def _watched(model: str, dataset: str) -> str:
    """What shall be watched step by step; empty for nothing."""
    names = [name for name in _offered(model, dataset) if PREDICTORS[name].iterative]
    if "code_nll" in parts_of(caches.pretrained(model).model):
        names.append(CODES)
    if not names:
        return ""
    chosen = st.selectbox(
        "Watch it happen",
        names,
        index=None,
        key="watch",
        bind=BIND,
        placeholder="nothing",
        help="Plays a method of many passes step by step below the viewer; codes: from the image to its "
        "latent codes and back.",
    )
    return chosen or ""


def _fitting(model: str) -> list[str]:
    """The predictors for a model, the cheapest first."""
    return sorted(predictors_for(caches.pretrained(model).model), key=_by_cost)


def _offered(model: str, dataset: str) -> list[str]:
    """Those of which the model's card knows how healthy pixels of this dataset score."""
    known = caches.pretrained(model).calibration[dataset].quantiles
    return [name for name in _fitting(model) if name in known]


def _keep_what_fits(names: list[str]) -> list[str]:
    """After another model was chosen, keep the chosen maps that it has; returns those that it has not.

    Where none is left, or exactly those were shown that the other model shows unasked, its own are shown.
    """
    before: list[str]
    dropped: list[str]
    before, dropped = st.session_state.get("maps-offered", (names, []))
    chosen = st.session_state.get("predictors")
    if chosen is not None and before != names:
        dropped = [name for name in chosen if name not in names]
        kept = [name for name in chosen if name in names]
        untouched = set(chosen) == set(_quick(before))
        st.session_state["predictors"] = kept if kept and not untouched else _quick(names)
    st.session_state["maps-offered"] = names, dropped
    return dropped


def _quick(names: list[str]) -> list[str]:
    """Those that are shown unasked."""
    return [name for name in names if not PREDICTORS[name].iterative]


def _by_cost(name: str) -> tuple[bool, bool, int, str]:
    """From the plain image over single passes to those that build on others, and to those of many passes."""
    predictor = PREDICTORS[name]
    return predictor.iterative, predictor.needs_calibration, len(predictor.needs), name
