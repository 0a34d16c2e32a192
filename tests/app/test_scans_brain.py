"""The page "Own scans" without a browser: how the brain is found, and what is doubtful about it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explorer.scans.placing.brain import BRAINS, Brain, listed
from explorer.scans.placing.brain.search import find_brain
from explorer.scans.reading.scan import Scan
from explorer.ui.pages.scans import session
from tests.support.own_scans import DATA, MASK, error, fine, loaded, own, scored, text
from tests.support.phantoms import nifti_bytes, ras_affine


def test_the_brain_is_looked_for_once_and_anew_only_where_the_way_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def counted(scan: Scan, way: str, **how: Any) -> Brain:
        asked.append(way)
        return find_brain(scan, way, **how)

    monkeypatch.setattr(session, "find_brain", counted)
    app = fine(scored(loaded(mask=MASK)))
    app.selectbox(key="own-predictor").set_value("kl-gradient").run()
    app.select_slider(key="own-beta").set_value("0.1").run()
    others = [name for name in app.selectbox(key="own-model").options if name != "beta-vae-brain"]
    fine(app.selectbox(key="own-model").set_value(others[0]).run())
    fine(app.button(key="own-load").click().run())
    way = app.selectbox(key=f"own-brain-way-{own(app).key}")
    assert asked == ["auto"] and way.value == "auto"
    assert way.options == [BRAINS[name].title for name in listed() if name != "mask"]
    assert all(BRAINS[name].help in way.help for name in listed() if name != "mask")
    way.set_value("threshold").run()
    assert asked == ["auto", "threshold"] and "by **threshold and shape**" in text(fine(app))
    way.set_value("nonzero").run()
    assert asked == ["auto", "threshold"] and "by **what is not zero**" in text(fine(app))


def test_a_scan_without_a_brain_can_be_tried_in_another_way() -> None:
    noise = np.random.default_rng(0).random(DATA.shape).astype(np.float32)
    app = loaded(nifti_bytes(noise + 1, ras_affine()), "noise.nii")
    app.selectbox(key=f"own-brain-way-{own(app).key}").set_value("nonzero").run()
    assert "noise.nii shows no brain (what is not zero finds" in error(app)
    assert app.button(key="own-start").disabled


def test_doubts_and_what_was_not_scored_stand_on_the_page() -> None:
    mask = (DATA > 150).astype(np.uint8)
    mask[:, :, :3] = 1
    app = fine(scored(loaded(mask=nifti_bytes(mask, ras_affine()))))
    said = [one.value for one in app.warning]
    assert "is it a phantom?" in said[0]
    assert "% of the mask was not scored" in said[1] and "may be the mask of another scan" in said[1]
