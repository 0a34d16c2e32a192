"""The Explore page with a VQ-VAE beside a VAE, and with predictors of many passes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from explorer.anomalies import plant
from explorer.cards import catalogue, load_pretrained
from explorer.cards.weights import save_calibration
from explorer.looking import caches, runs, scene, server
from explorer.looking.caches import Recent, SliceCaches
from explorer.predictors import PREDICTORS
from tests.app.test_explore import (
    SHOWN,
    assert_fine,
    controls,
    fed,
    html,
    opened,
    pictures,
    unescaped,
    widget,
)
from tests.support.packets import read_all
from tests.support.tiny import NAME as VAE
from tests.support.tiny import save_tiny
from tests.support.tiny_codes import NAME as CODES
from tests.support.tiny_codes import save_tiny_codes
from tests.wire.test_film import read as read_film

ADDRESS = {"dataset": "fashion-mnist", "cohort": "8"}
QUICK = ("intensity", "reconstruction-error", "reconstruction-gradient", "code-surprise")
"""What a VQ-VAE is shown with unasked."""


@pytest.fixture(autouse=True)
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A tiny VAE, whose card is older than the predictors of many passes, and a tiny VQ-VAE."""
    save_tiny(tmp_path)
    save_tiny_codes(tmp_path)
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    for name, size in (("COHORTS", 4), ("HEALTHY", 8), ("QUANTILES", 64)):
        monkeypatch.setattr(caches, name, Recent(size))
    monkeypatch.setattr(caches, "SLICES", SliceCaches())
    server.pretrained.cache_clear()
    yield tmp_path
    server.pretrained.cache_clear()


def titles(*names: str) -> set[str]:
    return {PREDICTORS[name].title for name in names}


def maps(app: AppTest) -> set[str]:
    return set(pictures(app)) - {"Input", "Reconstruction", "Signed residual"}


def captions(app: AppTest) -> str:
    return "\n".join(caption.value for caption in app.caption)


def test_a_vq_vae_is_shown_in_full_and_without_betas() -> None:
    app = opened(**ADDRESS, model="vq-vae")
    assert_fine(app)
    assert maps(app) == titles(*QUICK) and html(app).count("<tr><td>") == len(QUICK)
    assert not {"beta", "scoring-beta", "linked"} & controls(app)
    assert "no training β to move" in captions(app) and "(perplexity)" in captions(app)
    assert "code-surprise" in captions(app)
    _, settings = fed(app)
    assert (settings["betas"], settings["scorings"]) == (["1"], [])


def test_every_predictor_of_a_vq_vae_can_be_chosen() -> None:
    app = opened(**ADDRESS, model="vq-vae")
    offered = app.multiselect(key="predictors").options
    for name in (name for name in PREDICTORS.names() if PREDICTORS[name].title in offered):
        assert_fine(app.multiselect(key="predictors").set_value([name]).run())
        assert maps(app) == titles(name)


def test_another_model_shows_its_own_maps_where_none_were_chosen() -> None:
    app = opened(**ADDRESS)
    assert maps(app) == titles(*SHOWN)
    assert_fine(app.selectbox(key="model").set_value("vq-vae-fashion-mnist").run())
    assert maps(app) == titles(*QUICK)
    assert_fine(app.selectbox(key="model").set_value("beta-vae-fashion-mnist").run())
    assert maps(app) == titles(*SHOWN) and app.select_slider(key="beta").value == "1"


def test_another_model_keeps_the_chosen_maps_that_it_has_and_names_the_others() -> None:
    app = opened(**ADDRESS)
    app.multiselect(key="predictors").set_value(["kl-gradient", "reconstruction-error", "ensemble"]).run()
    assert_fine(app.selectbox(key="model").set_value("vq-vae-fashion-mnist").run())
    assert maps(app) == titles("reconstruction-error")
    told = "Left out, as this model lacks what they need: KL gradient, Ensemble."
    assert told in captions(app)
    assert told in captions(app.run())  # as long as the model is chosen
    assert_fine(app.selectbox(key="model").set_value("beta-vae-fashion-mnist").run())
    assert told not in captions(app) and maps(app) == titles("reconstruction-error")


def test_what_has_no_healthy_scores_is_offered_told_and_the_remedy_said(both: Path) -> None:
    app = opened(**ADDRESS, predictors="map-restoration", **{"map-restoration-steps": "2"})
    assert_fine(app)
    assert maps(app) == titles("map-restoration")
    assert "Uncalibrated: the model has no healthy scores of MAP restoration." in captions(app)
    assert f"`python -m explorer calibrate {VAE}`" in captions(app)
    calibrated(both)
    again = opened(**ADDRESS, predictors="map-restoration", **{"map-restoration-steps": "2"})
    assert "Uncalibrated" not in captions(again)


def test_what_cannot_do_without_healthy_scores_is_not_offered_where_there_are_none(both: Path) -> None:
    loaded = load_pretrained(VAE, server.device(), both)
    save_calibration(loaded.card, {}, both)
    server.pretrained.cache_clear()
    app = opened(**ADDRESS)
    offered = set(app.multiselect(key="predictors").options)
    assert "Ensemble" not in offered and titles("reconstruction-error", "kl-gradient") <= offered
    assert_fine(app)
    assert "Uncalibrated: the model has no healthy scores of Intensity" in captions(app)


def calibrated(folder: Path) -> None:
    """Enter some healthy scores of the predictors of many passes into the VAE's calibration."""
    loaded = load_pretrained(VAE, server.device(), folder)
    known = loaded.calibration["fashion-mnist"]
    rows = known.quantiles["reconstruction-error"]
    more = {"energy-projection": rows, "map-restoration": rows}
    made = replace(known, quantiles={**known.quantiles, **more})
    save_calibration(loaded.card, {"fashion-mnist": made}, folder)
    server.pretrained.cache_clear()


def test_many_passes_are_run_for_the_current_beta_and_the_page_says_so(both: Path) -> None:
    calibrated(both)
    app = opened(**ADDRESS, **{"predictors": "map-restoration", "map-restoration-steps": "5"})
    assert_fine(app)
    assert "MAP restoration 5 steps: for the current training β only" in captions(app)
    assert f"stopped after {runs.SECONDS:g} s" in captions(app)
    for beta in ("1", "10"):
        assert_fine(app.select_slider(key="beta").set_value(beta).run())
        header, arrays = read_all(fed(app)[0])
        assert [found["only_beta"] for found in header["predictors"]] == [float(beta)]
        assert len(header["betas"]) == 25 and len(arrays["map:map-restoration"].codes) == 1


def test_options_of_many_passes_change_their_map(both: Path) -> None:
    app = opened(**ADDRESS, **{"model": "vq-vae", "predictors": "latent-restoration"})
    before = pictures(app)["Latent restoration"]
    for key, value in (("level", 0.5), ("minimum", False), ("seed", 3)):
        widget(app, f"latent-restoration-{key}").set_value(value)
        assert_fine(app.run())
        after = pictures(app)["Latent restoration"]
        assert (after != before).any(), key
        before = after


# watching


def film(app: AppTest) -> tuple[dict[str, Any], list[NDArray[np.uint8]]]:
    """The film that the player was sent."""
    (player,) = [
        found.proto for found in app.get("bidi_component") if found.proto.component_name == "explorer-player"
    ]
    return read_film(player.bytes)


def test_nothing_is_watched_unasked() -> None:
    app = opened(**ADDRESS, model="vq-vae")
    assert app.selectbox(key="watch").value is None
    assert "explorer-player" not in {found.proto.component_name for found in app.get("bidi_component")}
    assert opened(**ADDRESS).selectbox(key="watch").options == ["MAP restoration", "Energy projection"]


def test_every_method_of_many_passes_can_be_watched() -> None:
    app = opened(**ADDRESS, model="vq-vae", predictors="intensity")
    names = ("energy-projection", "latent-restoration", "codes")
    assert {*titles(*names[:2]), "Codes"} == set(app.selectbox(key="watch").options)
    seen = set()
    for name in names:
        assert_fine(app.selectbox(key="watch").set_value(name).run())
        header, _ = film(app)
        seen.add(header["key"])
        assert len(header["labels"]) > 1
        if name != "codes":
            assert f"a run is stopped after {runs.SECONDS:g} s" in captions(app)
    assert len(seen) == len(names) and maps(app) == titles("intensity")


def test_codes_are_watched_with_the_prior_at_the_chosen_one() -> None:
    app = opened(**ADDRESS, model="vq-vae", watch="codes")
    assert_fine(app)
    header, layers = film(app)
    assert [layer["title"] for layer in header["layers"]] == [
        *("Image", "1 Encode", "2 Quantise", "3 Resample", "4 Decode", "5 Residual")
    ]
    told = [caption.value for caption in app.caption if "of the image has p =" in caption.value]
    for key, value in (("watch-row", 2), ("watch-column", 5)):
        app.number_input(key=key).set_value(value)
    assert_fine(app.run())
    assert film(app)[0]["picked"] == [2, 5] and film(app)[0]["key"] == header["key"]
    assert [caption.value for caption in app.caption if "of the image has p =" in caption.value] != told
    app.number_input(key="watch-number").set_value(2)
    assert_fine(app.run())
    assert film(app)[0]["key"] != header["key"]


def test_a_run_out_of_time_says_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "SECONDS", 0.0)
    app = opened(**ADDRESS, model="vq-vae", predictors="intensity", watch="latent-restoration")
    assert_fine(app)
    assert "Step 1 is the last; a run is stopped after 0 s" in captions(app)


def test_a_threshold_that_keeps_nothing_of_the_image_is_told(both: Path) -> None:
    change_threshold(both, 1e-3)
    app = opened(**ADDRESS, model="vq-vae", predictors="intensity", watch="codes")
    (warning,) = app.warning
    assert "49 of 49 codes were drawn anew, so almost nothing of the image is kept. Raise" in warning.value
    change_threshold(both, 0.0)
    app = opened(**ADDRESS, model="vq-vae", predictors="intensity", watch="codes")
    (error,) = app.error
    assert "threshold must be above 0 nats, got 0: every code would be replaced" in unescaped(error.value)
    assert not app.exception and maps(app) == titles("intensity")


def change_threshold(folder: Path, nats: float) -> None:
    """Make the VQ-VAE's calibration say that no healthy code is less likely than this."""
    loaded = load_pretrained(CODES, server.device(), folder)
    known = loaded.calibration["fashion-mnist"]
    made = replace(
        known,
        quantiles={**known.quantiles, "code-surprise": torch.full((1, len(known.levels)), nats).double()},
    )
    save_calibration(loaded.card, {"fashion-mnist": made}, folder)
    server.pretrained.cache_clear()


def test_a_prior_of_another_vocabulary_is_named(both: Path) -> None:
    path = both / f"{CODES}.toml"
    card = path.read_text(encoding="utf-8")
    path.write_text(card.replace("[model.prior]\n", "[model.prior]\ncodes = 5\n"), encoding="utf-8")
    app = opened(**ADDRESS, model="vq-vae")
    assert not app.exception
    (error,) = app.error
    assert "the prior knows 5 codes, its VQ-VAE has 12; train it on this VQ-VAE" in unescaped(error.value)


def test_an_image_with_nan_is_refused_in_plain_words(monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = torch.full((28, 28), torch.nan)
    monkeypatch.setattr(scene, "plant", lambda *given: replace(plant(*given), image=damaged))
    app = opened(**ADDRESS, model="vq-vae", predictors="energy-projection")
    assert not app.exception
    assert "x must be finite, got NaN or infinite pixels" in app.error[0].value
