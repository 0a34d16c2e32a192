"""What the Explore page says of kinds, maps and classes, without a hand that hovers."""

from __future__ import annotations

from tests.app.test_explore import FASHION, html, opened, widget


def test_a_held_out_class_is_anomalous_as_a_whole_and_not_nothing() -> None:
    held_out = {"class": "T-shirt/top (held out)", "anomaly": "none", "predictors": "intensity"}
    shown = opened(**FASHION, **held_out).markdown
    told = next(one.value for one in shown if "T-shirt" in one.value)
    assert "anomalous as a whole" in told and "0 pixels" not in told
    healthy = opened(**FASHION, anomaly="none", predictors="intensity").markdown
    assert any("none: nothing is planted" in one.value for one in healthy)


def test_kinds_and_maps_are_explained_without_hovering() -> None:
    app = opened(**FASHION, anomaly="shift", predictors="kl-gradient")
    assert any(
        caption.value == "A region made brighter or darker throughout, its structure kept."
        for caption in app.caption
    )
    assert widget(app, "kl-gradient-copies").label == "Noisy copies"
    assert widget(app, "kl-gradient-eps").label == "Noise level"
    assert "G * |∂ KL / ∂x|" in html(app) and "nat</b>" in html(app)
