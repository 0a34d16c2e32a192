"""The page "Own scans" calibrated on healthy scans, or by a file of them: what changes, and what is said."""

from __future__ import annotations

import gc
import weakref
from functools import cache

import numpy as np
from streamlit.testing.v1 import AppTest

from explorer.scans.calibrating.file import healthy_bytes, healthy_from
from explorer.scans.calibrating.own import OwnHealthy
from explorer.scans.finding.finding import Finding
from explorer.scans.finding.record import record_of
from explorer.ui.pages.scans import session
from tests.support.own_scans import DATA, error, fine, loaded, own, scored, settings, text, uploader
from tests.support.phantoms import nifti_bytes, ras_affine

OF_OWN = "2 healthy scans of your own"


@cache
def healthy(number: int) -> bytes:
    """The phantom with noise of its own."""
    noise = np.random.default_rng(number).normal(1, 0.05, DATA.shape)
    return nifti_bytes((DATA * noise).astype(np.float32), ras_affine())


def calibrated(app: AppTest, *more: tuple[str, bytes]) -> AppTest:
    files = [("a.nii", healthy(0)), ("b.nii", healthy(1)), *more]
    uploader(app, "healthy").set_value([(name, content, "") for name, content in files])
    return app.button(key="own-calibrate").click().run()


def finding(app: AppTest) -> Finding:
    result = own(app).result
    assert result is not None
    return result.finding


def in_use(app: AppTest) -> OwnHealthy:
    found: tuple[OwnHealthy, tuple[str, ...]] = app.session_state[session.HEALTHY]
    return found[0]


def warnings(app: AppTest) -> str:
    return "\n".join(one.value for one in app.warning).replace("\\", "")


def test_healthy_scans_are_scored_in_turn_and_used_for_what_is_there_and_what_comes() -> None:
    app = fine(scored(loaded(name="sub-1_FLAIR.nii")))
    before = finding(app)
    assert before.whose == "brain/flair" and all(told in warnings(app) for told in before.doubts)
    app = fine(calibrated(app, ("broken.nii", b"nothing")))
    after = finding(app)
    assert after.whose == OF_OWN and after.scored is before.scored
    assert OF_OWN in text(app) and "a.nii, b.nii" in text(app).replace("\\", "")
    assert "2 scans promise no share of false positives below 33.3 %, and 1 % takes 99 scans" in text(app)
    assert "Left out: broken.nii is not a NIfTI file" in warnings(app)
    told = settings(app)
    assert told["threshold"] == after.threshold.score != before.threshold.score
    known = in_use(app).calibration
    assert told["healthy"]["quantiles"] == known.quantiles["intensity"][0].tolist()
    assert after.threshold.score == float(known.quantile("intensity", 1.0, 0.99))
    assert record_of(after)["calibration"]["whose"] == OF_OWN
    assert after.threshold.meaning in text(app).replace("\\", "")
    assert "Take the calibration along" in [one.proto.label for one in app.get("download_button")]

    app.selectbox(key="own-false-positives").set_value(0.5).run()
    promised = finding(fine(app)).threshold
    assert promised.score == in_use(app).threshold("intensity", 1.0, 0.5)
    assert "at most 50 % of the pixels are expected to score as high" in text(app)
    assert finding(fine(scored(app, "kl-gradient"))).whose == OF_OWN
    app.button(key="own-no-calibration").click().run()
    assert finding(fine(app)).whose == "brain/flair" and session.HEALTHY not in app.session_state


def test_the_file_of_a_calibration_is_used_again_and_told_where_it_does_not_fit() -> None:
    app = fine(calibrated(loaded(name="sub-1_FLAIR.nii")))
    content = healthy_bytes(in_use(app))
    other = fine(scored(loaded(name="sub-1_FLAIR.nii")))
    uploader(other, "calibration").upload("own.safetensors", content)
    other = fine(other.button(key="own-use-calibration").click().run())
    assert finding(other).whose == OF_OWN and in_use(other).scans == healthy_from("own", content).scans
    other.select_slider(key="own-beta").set_value("0.1").run()
    found = finding(fine(scored(other)))
    assert found.whose == "brain/flair" and "are those of training beta 1, not 0.1" in found.caution
    assert found.caution in text(other).replace("\\", "")


def test_what_is_no_calibration_is_refused_and_the_page_goes_on() -> None:
    app = loaded()
    assert "there are no healthy scans yet" in error(app.button(key="own-calibrate").click().run())
    assert "there is no calibration yet" in error(app.button(key="own-use-calibration").click().run())
    uploader(app, "calibration").upload("own.safetensors", b"nothing")
    assert "own.safetensors is not a safetensors file" in error(
        app.button(key="own-use-calibration").click().run()
    )
    uploader(app, "healthy").set_value([("x.nii", b"nothing", "")])
    message = error(app.button(key="own-calibrate").click().run())
    assert "no healthy scan is left to calibrate on: x.nii is not a NIfTI file" in message
    assert session.CALIBRATING not in app.session_state and session.HEALTHY not in app.session_state
    assert not app.button(key="own-start").disabled


def test_deletion_takes_the_healthy_scores_as_well() -> None:
    app = fine(calibrated(loaded()))
    held = weakref.ref(in_use(app))
    app.button(key="own-delete").click().run()
    fine(app)
    gc.collect()
    assert held() is None and session.HEALTHY not in app.session_state
    assert session.CALIBRATING not in app.session_state
