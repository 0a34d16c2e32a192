"""The page "Own scans": models that a person brings, and models that do not fit a scan."""

from __future__ import annotations

from pathlib import Path

from explorer.cards import read_card
from explorer.cards.weights import CALIBRATION, WEIGHTS
from explorer.ui.pages.scans import session
from tests.security.making import png
from tests.support.model_files import uploaded
from tests.support.own_scans import (
    error,
    fine,
    loaded,
    opened,
    own,
    scored,
    uploader,
)
from tests.support.tiny import NAME, save_tiny


def test_an_own_model_is_one_of_the_session(tmp_path: Path) -> None:
    save_tiny(tmp_path)
    files = [(path.name, path.read_bytes(), "") for path in sorted(tmp_path.iterdir())]
    app = loaded(png(), "picture.png")
    uploader(app, "model").set_value(files)
    app.button(key="own-add-model").click().run()
    fine(app)
    app.selectbox(key="own-model").set_value(f"own: {NAME}").run()
    fine(scored(app, "kl-gradient"))
    result = own(app).result
    assert result is not None
    assert result.finding.job.card.sha256 == read_card(tmp_path / f"{NAME}.toml").sha256
    assert session.MODELS not in opened().session_state or not opened().session_state[session.MODELS]


def test_a_model_that_is_none_is_refused(tmp_path: Path) -> None:
    save_tiny(tmp_path)
    files = uploaded(tmp_path / f"{NAME}.toml")
    card, weights, healthy = NAME + ".toml", NAME + WEIGHTS, NAME + CALIBRATION
    for changed, message in (
        ({weights: b"", healthy: b""}, f"{NAME}.toml is no model: bring one card"),
        ({card: b""}, "is no model: bring one card"),
        *(({name: files[name][:-1]}, f"{name} is not the file its card") for name in (weights, healthy)),
        ({healthy: b""}, f"the calibration {healthy} is missing beside its card"),
    ):
        app, brought = opened(), {name: part for name, part in (files | changed).items() if part}
        uploader(app, "model").set_value([(*file, "") for file in brought.items()])
        assert message in error(app.button(key="own-add-model").click().run())


def test_a_model_of_clothes_takes_no_brain() -> None:
    app = loaded()
    assert [one for one in app.selectbox(key="own-model").options if "fashion" in one] == []
