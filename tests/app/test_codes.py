"""The Explore page with a VQ-VAE beside a VAE, and with predictors of many passes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer import checkpoints
from explorer.calibration import Calibration
from explorer.checkpoints import load_pretrained, write_card
from explorer.predictors import PREDICTORS
from explorer.ui import cached, iterated
from explorer.ui.cached import Recent
from tests.app.test_explore import SHOWN, assert_fine, controls, fed, html, opened, pictures, widget
from tests.packets import read
from tests.tiny import NAME as VAE
from tests.tiny import save_tiny
from tests.tiny_codes import save_tiny_codes

ADDRESS = {"dataset": "fashion-mnist", "cohort": "8"}
QUICK = ("intensity", "reconstruction-error", "reconstruction-gradient", "code-surprise")
"""What a VQ-VAE is shown with unasked."""


@pytest.fixture(autouse=True)
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A tiny VAE, whose card is older than the predictors of many passes, and a tiny VQ-VAE."""
    save_tiny(tmp_path)
    save_tiny_codes(tmp_path)
    monkeypatch.setattr(checkpoints, "FOLDER", tmp_path)
    for name, size in (("COHORTS", 4), ("HEALTHY", 8), ("QUANTILES", 64), ("PACKETS", 2), ("ANSWERS", 8)):
        monkeypatch.setattr(cached, name, Recent(size))
    cached.pretrained.cache_clear()
    yield tmp_path
    cached.pretrained.cache_clear()


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
    for name in app.multiselect(key="predictors").options:
        assert_fine(app.multiselect(key="predictors").set_value([name]).run())
        assert maps(app) == titles(name)


def test_another_model_shows_its_own_maps_where_none_were_chosen() -> None:
    app = opened(**ADDRESS)
    assert maps(app) == titles(*SHOWN)
    assert_fine(app.selectbox(key="model").set_value("vq-vae").run())
    assert maps(app) == titles(*QUICK)
    assert_fine(app.selectbox(key="model").set_value("beta-vae").run())
    assert maps(app) == titles(*SHOWN) and app.select_slider(key="beta").value == "1"


def test_another_model_keeps_the_chosen_maps_that_it_has_and_names_the_others() -> None:
    app = opened(**ADDRESS)
    app.multiselect(key="predictors").set_value(["kl-gradient", "reconstruction-error", "ensemble"]).run()
    assert_fine(app.selectbox(key="model").set_value("vq-vae").run())
    assert maps(app) == titles("reconstruction-error")
    told = "Left out, as this model lacks what they need: kl-gradient, ensemble."
    assert told in captions(app)
    assert told in captions(app.run())  # as long as the model is chosen
    assert_fine(app.selectbox(key="model").set_value("beta-vae").run())
    assert told not in captions(app) and maps(app) == titles("reconstruction-error")


def test_what_the_card_does_not_know_is_not_offered_and_the_remedy_is_said(both: Path) -> None:
    app = opened(**ADDRESS)
    assert set(app.multiselect(key="predictors").options) == set(SHOWN)
    assert "no healthy scores of them: map-restoration, energy-projection" in captions(app)
    assert f"`python -m explorer calibrate {VAE}`" in captions(app)
    calibrated(both)
    again = opened(**ADDRESS)
    assert {"energy-projection", "map-restoration"} <= set(again.multiselect(key="predictors").options)
    assert "no healthy scores" not in captions(again)


def calibrated(folder: Path) -> None:
    """Enter some healthy scores of the predictors of many passes into the VAE's card."""
    card = load_pretrained(VAE, cached.device(), folder).card
    known: Calibration = card.calibration["fashion-mnist"]
    rows = known.quantiles["reconstruction-error"]
    more = {"energy-projection": rows, "map-restoration": rows}
    made = replace(known, quantiles={**known.quantiles, **more})
    write_card(replace(card, calibration={"fashion-mnist": made}), folder)
    cached.pretrained.cache_clear()


def test_many_passes_are_run_for_the_current_beta_and_the_page_says_so(both: Path) -> None:
    calibrated(both)
    app = opened(**ADDRESS, **{"predictors": "map-restoration", "map-restoration-steps": "5"})
    assert_fine(app)
    assert "MAP restoration 5 steps: for the current training β only" in captions(app)
    assert f"stopped after {iterated.SECONDS:g} s" in captions(app)
    for beta in ("1", "10"):
        assert_fine(app.select_slider(key="beta").set_value(beta).run())
        header, arrays = read(fed(app)[0])
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
