"""How a scan shall be scored: model, predictor, betas and healthy data, as a job."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import streamlit as st

from explorer.cards import Pretrained, load_bytes, model_names, models_for
from explorer.concurrency.turns import Rank
from explorer.evaluation.cohort import Scoring
from explorer.looking import server
from explorer.looking.frames import beta_texts
from explorer.predictors import PREDICTORS, predictors_for
from explorer.scans.placing.brain import AUTO, BRAINS, GIVEN, listed
from explorer.scans.scoring.jobs import Job
from explorer.ui.controls.settings import plugin_controls
from explorer.ui.pages.scans import session
from explorer.ui.pages.scans.session import Own, upload_key

PREDICTOR, BETA = "elbo-gradient", "1"
FOLLOWS, UNKNOWN = "as training β", "unknown"
OWN = "own: "


def choose_model(own: Own) -> Pretrained:
    """Show the choice of the model and the upload of own ones, and return the chosen model."""
    names = [*_shipped(own), *(OWN + name for name in session.models())]
    name = st.selectbox(
        "Model", names, key="own-model", help="Volumes need a model of the brain; pictures take any."
    )
    if name is None:
        raise ValueError("there is no model for this scan; add one of your own")
    return session.models()[name.removeprefix(OWN)] if name.startswith(OWN) else server.pretrained(name)


def choose_brain(own: Own) -> str:
    """Show the choice of how the brain is found, and return the chosen way."""
    if own.scan.affine is None:
        return AUTO
    names = [name for name in listed() if name != GIVEN or own.brain is not None]
    lines = (f"**{BRAINS[name].title}**: {BRAINS[name].help}" for name in names)
    way = st.selectbox(
        "Brain",
        names,
        format_func=lambda name: BRAINS[name].title,
        key=f"own-brain-way-{own.key}",
        help="\n\n".join(["What lies outside is 0 for the network and is not scored.", *lines]),
    )
    return str(way)


def choose_job(own: Own, model: Pretrained) -> Job:
    """Show the controls of predictor, healthy data and betas, and return what they add up to."""
    names = predictors_for(model.model)
    name = st.selectbox(
        "Predictor",
        names,
        index=names.index(PREDICTOR) if PREDICTOR in names else 0,
        key="own-predictor",
        format_func=lambda name: PREDICTORS[name].title,
        help="Turns what the model says into a map of anomaly scores.",
    )
    st.caption(f"{PREDICTORS[name].title}: {PREDICTORS[name].summary}.")
    with st.expander("Options of the predictor"):
        settings = plugin_controls(name, PREDICTORS[name], prefix="own-")
    beta, scoring_beta = _betas(model)
    contrast = _contrast(own, model)
    predictor = PREDICTORS[name](**settings)
    if predictor.needs_calibration and not contrast:
        raise ValueError(
            f"{PREDICTORS[name].title} needs healthy scores; choose the healthy data that your scan is like"
        )
    scoring = Scoring(
        model=model.model,
        calibration=server.calibration(model, contrast, [predictor]),
        predictors={name: predictor},
        beta=beta,
        scoring_beta=scoring_beta,
        device=server.device(),
    )
    return Job(model.card, scoring, contrast, own.volume, own.window, known=model.calibration)


def upload_model() -> None:
    """Show the upload of an own model; ValueError says what is wrong with its files."""
    with st.expander("Own model"):
        files = st.file_uploader(
            "Card and weights",
            ["toml", "safetensors"],
            accept_multiple_files=True,
            key=upload_key("model"),
            help="NAME.toml, NAME.safetensors and NAME.calibration.safetensors, as "
            "`python -m explorer train` writes them. They are checked against the known architectures; "
            "nothing is unpickled. It is for this session only.",
        )
        if not st.button("Add model", key="own-add-model", width="stretch"):
            return
        add_model({file.name: file.getvalue() for file in files})
        st.rerun()


def add_model(files: Mapping[str, bytes]) -> None:
    """Make files a model of this session; ValueError where they are none."""
    known = session.models()
    if len(known) >= session.MOST_MODELS:
        raise ValueError(f"a session holds {session.MOST_MODELS} models at most; delete, then add again")
    with server.network(Rank.SOON):  # one at a time, and not while others' slices wait
        made = load_bytes(files, server.device())
    known[made.card.name] = made


def _shipped(own: Own) -> list[str]:
    """Names of shipped models for such scans."""
    return list(model_names() if own.scan.affine is None else models_for("brain"))


def _betas(model: Pretrained) -> tuple[float, float]:
    options = beta_texts(*model.model.beta_range)
    if len(options) == 1:
        st.caption("This model was trained once: there is no β to choose.")
        return float(options[0]), float(options[0])
    beta = st.select_slider(
        "Training β",
        options,
        BETA if BETA in options else options[len(options) // 2],
        key="own-beta",
        help="Weight of the KL term for which the network was trained.",
    )
    scoring = st.selectbox(
        "KL weight in the ELBO map",
        (FOLLOWS, "0", *options),
        key="own-scoring-beta",
        help="Weight of the KL gradient inside the ELBO gradient only.",
    )
    return float(beta), float(beta if scoring == FOLLOWS else scoring)


def _contrast(own: Own, model: Pretrained) -> str:
    """Healthy data to compare with; the name of the file may say which."""
    names = tuple(model.calibration)
    chosen: Any = st.selectbox(
        "Healthy data like this scan",
        (UNKNOWN, *names),
        index=1 + names.index(guess) if (guess := _guess(own.scan.name, names)) else 0,
        key=f"own-contrast-{own.key}",
        help="Scores are read against those of healthy slices of this contrast; little is known of others.",
    )
    return "" if chosen == UNKNOWN else str(chosen)


def _guess(name: str, known: tuple[str, ...]) -> str:
    """The contrast that a file's name speaks of, or empty."""
    words = re.split(r"[^a-z0-9]+", name.lower())
    return next((one for one in known if one.rpartition("/")[2] in words), "")
