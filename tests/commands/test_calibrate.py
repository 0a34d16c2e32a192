"""`calibrate MODEL --predictor P`: healthy scores of settings, added to a model's files and made use of."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from explorer.cards import load_pretrained
from explorer.cards.weights import save_calibration
from explorer.contracts import Conditions
from explorer.evaluation.calibration import Calibration
from explorer.evaluation.members import HealthySlices
from explorer.training import finish
from tests.support.commands import refusal, run, with_tiny_model
from tests.support.linear_vae import images
from tests.support.tiny import NAME

DARKER = "reconstruction-error:sign=darker,sigma=1.0"


@pytest.fixture(autouse=True)
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    def few(dataset: object, count: int) -> HealthySlices:
        x = images(2, 28).float()
        return HealthySlices(x, torch.ones_like(x, dtype=torch.bool), Conditions.unknown(len(x)))

    monkeypatch.setattr(finish, "calibration_slices", few)
    folder = with_tiny_model(tmp_path, monkeypatch)
    return folder


def calibration() -> Calibration:
    return load_pretrained(NAME, torch.device("cpu")).calibration["fashion-mnist"]


def add(*predictors: str, folder: Path) -> None:
    given = (f"--predictor={one}" for one in predictors)
    assert run(f"calibrate {NAME} --device cpu --folder {folder}", *given) == 0


def test_settings_are_added_and_all_else_stays(shipped: Path) -> None:
    before = calibration()
    add("reconstruction-error:sigma=1,sign=darker", "kl-gradient:copies=2,seed=5", folder=shipped)
    after = calibration()
    assert set(after.quantiles) - set(before.quantiles) == {DARKER, "kl-gradient:copies=2"}
    assert all(torch.equal(after.quantiles[name], rows) for name, rows in before.quantiles.items())
    assert float(after.quantile(DARKER, 0.3, 0.99)) > 0


def test_an_ensemble_brings_its_members_along(shipped: Path) -> None:
    add("ensemble:members=intensity:sigma=2,kl-gradient,rule=tail", folder=shipped)
    assert {"intensity:sigma=2.0", "ensemble:rule=tail,members=intensity:sigma=2,kl-gradient"} <= set(
        calibration().quantiles
    )


def test_what_was_added_is_scored_anew_with_all_else(shipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finish, "predictors_for", lambda model: ("intensity",))
    add(DARKER, folder=shipped)
    first = calibration().quantiles[DARKER]
    assert run(f"calibrate {NAME} --device cpu --folder {shipped}") == 0
    known = set(calibration().quantiles)
    assert {"rec", "intensity", DARKER} <= known and "kl-gradient" not in known
    assert not torch.equal(calibration().quantiles[DARKER], first)  # on the betas of a whole calibration
    assert float(calibration().quantile(DARKER, 1.0, 1.0)) > 0


def test_there_must_be_something_to_add_to(shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = load_pretrained(NAME, torch.device("cpu")).card
    save_calibration(card, {}, shipped)
    message = refusal(capsys, f"calibrate {NAME} --folder {shipped} --predictor {DARKER}")
    assert f"has no calibration to add to; run first: python -m explorer calibrate {NAME}" in message
    message = refusal(capsys, f"calibrate {NAME} --folder {shipped} --predictor reconstruction-error:sigma=4")
    assert "reconstruction-error: sigma must be in [0, 3], got 4.0" in message
