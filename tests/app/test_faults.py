"""The page where a model is broken, or the program: it is said, and nothing that was chosen is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.cards.card import REMEDY
from tests.app.test_explore import FASHION, assert_fine, controls, opened, unescaped


@pytest.mark.parametrize("file", ["safetensors", "calibration.safetensors"])
def test_damaged_files_are_named_and_hide_no_control(own_models: Path, file: str) -> None:
    path = own_models / f"beta-vae-fashion-mnist.{file}"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    chosen = {"seed": "7", "beta": "2.37", "predictors": "kl-gradient", "kl-gradient-copies": "2"}
    app = opened(**FASHION, **chosen, unknown="1")
    assert not app.exception
    (error,), (warning,) = app.error, app.warning
    assert path.name in unescaped(error.value) and "unknown=1" in warning.value
    assert (REMEDY if file == "safetensors" else "explorer calibrate") in unescaped(error.value)
    path.write_bytes(whole)
    found = controls(app)
    assert_fine(app.run())
    assert controls(app) == found  # none of them was missing
    written = {key: app.query_params[key] for key in chosen}
    assert written == chosen


def test_a_fault_that_nobody_foresaw_loses_no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(**FASHION, seed="7", predictors="kl-gradient", watch="")
    assert_fine(app)
    with monkeypatch.context() as broken:
        broken.setattr("explorer.ui.controls.sidebar.choose_betas", lambda *given: 1 / 0)
        app.slider(key="index").set_value(3).run()
        assert app.exception and "predictors" not in controls(app)
    app.slider(key="index").set_value(4).run()
    assert_fine(app)
    assert app.multiselect(key="predictors").value == ["kl-gradient"]
    assert [app.query_params[key] for key in ("index", "seed")] == ["4", "7"]


@pytest.mark.parametrize("suffix", ["safetensors", "toml"])
def test_missing_files_are_named_until_they_are_back(own_models: Path, suffix: str) -> None:
    path = own_models / f"beta-vae-fashion-mnist.{suffix}"
    content = path.read_bytes()
    path.unlink()
    app = opened(**FASHION)
    assert not app.exception
    (error,) = app.error
    assert {"toml": "no model for fashion-mnist", "safetensors": path.name}[suffix] in unescaped(error.value)
    path.write_bytes(content)
    assert_fine(app.run())
