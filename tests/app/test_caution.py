"""Anomalies that flatter a model, since its training removed what looks like them."""

from __future__ import annotations

from pathlib import Path

from tests.app.test_explore import FASHION, assert_fine, opened, unescaped
from tests.support.model_files import edit


def test_an_anomaly_that_the_training_removed_is_told(own_models: Path) -> None:
    edit(
        own_models / "beta-vae-fashion-mnist.toml", trained_against={"lesion": "blobs of another brightness"}
    )
    app = opened(**FASHION)
    assert_fine(app)
    told = "trained to remove blobs of another brightness, so 'lesion' as it is planted flatters it"
    assert any(told in unescaped(caption.value) for caption in app.caption)
    again = opened(**FASHION, anomaly="foreign")
    assert not any("flatters" in caption.value for caption in again.caption)
