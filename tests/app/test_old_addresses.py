"""Addresses from before a setting was renamed: they mean what they meant, and are written as of now."""

from __future__ import annotations

import numpy as np
import pytest

from tests.app.test_explore import FASHION, assert_fine, opened, pictures, unescaped

NAME = "reconstruction-error"


def with_settings(**settings: str) -> dict[str, str]:
    return FASHION | {"predictors": NAME} | {f"{NAME}-{key}": text for key, text in settings.items()}


def test_a_smoothed_positive_residual_is_still_one() -> None:
    app = opened(**with_settings(sign="positive", smooth="true", tolerance="1", form="absolute"))
    assert_fine(app)
    assert app.slider(key=f"{NAME}-sigma").value == 3.0
    written = {key: app.query_params[key] for key in app.query_params if key.startswith(NAME)}
    assert written == {
        f"{NAME}-{key}": text
        for key, text in (("form", "absolute"), ("sign", "brighter"), ("tolerance", "1"), ("sigma", "3.0"))
    }
    now = opened(**with_settings(sign="brighter", sigma="3.0", tolerance="1"))
    for title, picture in pictures(app).items():
        np.testing.assert_array_equal(picture, pictures(now)[title])


def test_what_was_off_is_off() -> None:
    app = opened(**with_settings(smooth="false", sign="both"))
    assert_fine(app)
    assert app.slider(key=f"{NAME}-sigma").value == 0.0


@pytest.mark.parametrize("more", [{"smooth": "maybe"}, {"smooth": "true", "sigma": "1.0"}])
def test_what_cannot_be_followed_is_named(more: dict[str, str]) -> None:
    app = opened(**with_settings(**more))
    assert not app.exception and not app.error
    (warning,) = app.warning
    assert f"{NAME}-smooth={more['smooth']}" in unescaped(warning.value)
    assert app.slider(key=f"{NAME}-sigma").value == float(more.get("sigma", 0))
