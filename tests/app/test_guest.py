"""A slice of a person's own scan on the Explore page: shown, scored, kept apart, forgotten."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from explorer.anomalies import ANOMALIES
from explorer.contracts import Slice
from explorer.looking import caches
from explorer.looking.guest import Guest
from explorer.ui.controls.guests import GUEST, OWN, VISIT
from explorer.ui.pages.captions import OWN_SLICE_GONE
from tests.support.packets import handed, read_all

MAIN = Path(__file__).parents[2] / "explorer" / "ui" / "pages" / "main.py"
BRAIN = {"anomaly": "none", "cohort": "8", "predictors": "reconstruction-error"}


def guest(family: str = "brain", size: int = 128) -> Guest:
    """A bright square in a dim disc; the square is the known anomaly."""
    rows, columns = torch.meshgrid(torch.arange(size), torch.arange(size), indexing="ij")
    disc = (rows - size / 2) ** 2 + (columns - size / 2) ** 2 < (0.4 * size) ** 2
    mask = torch.zeros(size, size, dtype=torch.bool)
    mask[50:60, 40:52] = True
    return Guest(Slice(0.3 * disc.float() + 0.6 * mask, disc, "patient_1.nii, slice 7"), mask, family)


def explore(found: Guest, **address: str) -> AppTest:
    app = AppTest.from_file(MAIN, default_timeout=120)
    for key, value in address.items():
        app.query_params[key] = value
    app.query_params[OWN] = "true"
    app.session_state[GUEST] = found
    return app.run()


def fine(app: AppTest) -> AppTest:
    assert [one.value for kind in (app.exception, app.error, app.warning) for one in kind] == []
    return app


def shown(app: AppTest) -> tuple[dict, dict]:  # type: ignore[type-arg]
    return read_all(one for one in handed(app, "explorer-viewer-feed") if isinstance(one, bytes))


def text(app: AppTest) -> str:
    return "\n".join(one.value for one in [*app.markdown, *app.caption]).replace("\\", "")


def test_the_slice_stands_in_for_the_datasets_and_goes_again() -> None:
    found = guest()
    app = fine(explore(found, **BRAIN))
    header, arrays = shown(app)
    assert header["name"] == "patient_1.nii, slice 7" and "**patient_1.nii, slice 7**" in text(app)
    assert np.abs(arrays["input"].values[0] - found.source.image.numpy()).max() < 1e-3
    assert np.array_equal(arrays["mask"].values[0].astype(bool), found.mask.numpy())
    error = next(one for one in header["predictors"] if one["name"] == "reconstruction-error")
    assert max(error["figures"]["auroc"]) > 0.95  # a bright square is found
    assert {"subject", "slice"}.isdisjoint(one.key for one in app.slider)
    fine(app.button(key="close-guest").click().run())
    assert shown(app)[0]["name"] == "test subject 0, slice 32" and OWN not in app.query_params
    assert {"subject", "slice"} <= {one.key for one in app.slider}
    fine(app.button(key="undo").click().run())
    assert shown(app)[0]["name"] == "patient_1.nii, slice 7" and app.query_params[OWN] == "true"


def test_an_anomaly_can_be_planted_beside_the_known_one() -> None:
    found = guest()
    plain = found.planted(ANOMALIES["none"](), 0, found.source)
    assert torch.equal(plain.mask, found.mask) and torch.equal(plain.image, found.source.image)
    both = found.planted(ANOMALIES["lesion"](strength=0.5), 0, found.source)
    assert bool((both.mask & found.mask).sum() == found.mask.sum()) and both.mask.sum() > found.mask.sum()
    foreign = found.planted(ANOMALIES["foreign"](strength=1.0), 0, guest().source)
    assert foreign.image.shape == found.source.image.shape


def test_nothing_of_it_enters_what_sessions_share() -> None:
    kept = (caches.SLICES.packets, caches.SLICES.groups, caches.SLICES.runs, caches.SLICES.walks)
    fine(explore(guest(), **BRAIN))  # the cohort and the quantiles, which are not of the guest
    before = [dict(one._kept) for one in kept]
    cohorts = len(caches.COHORTS._kept)
    found = guest()
    fine(explore(found, **BRAIN))
    assert [dict(one._kept) for one in kept] == before and len(caches.COHORTS._kept) == cohorts
    assert len(found.caches.packets._kept) == 1 and len(found.caches.groups._kept) >= 1


def test_another_session_does_not_see_it() -> None:
    fine(explore(guest(), **BRAIN))
    other = AppTest.from_file(MAIN, default_timeout=120)
    for key, value in BRAIN.items():
        other.query_params[key] = value
    assert shown(fine(other.run()))[0]["name"] == "test subject 0, slice 32"


def test_deletion_forgets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    app = fine(explore(guest(), **BRAIN))
    held = weakref.ref(app.session_state[GUEST])
    image = weakref.ref(app.session_state[GUEST].source.image)
    for key in (GUEST, VISIT):  # as `explorer.ui.controls.guests.close` does
        if key in app.session_state:
            del app.session_state[key]
    app.run()
    gc.collect()
    assert held() is None and image() is None


def test_where_it_does_not_fit_the_dataset_is_shown_and_it_is_said() -> None:
    for found in (guest("fashion-mnist", 28), guest("brain", 64)):
        app = explore(found, **BRAIN)
        assert shown(app)[0]["name"] == "test subject 0, slice 32"
        assert app.warning[0].value == OWN_SLICE_GONE and OWN not in app.query_params


def test_an_address_of_a_slice_that_is_gone_says_what_was_lost() -> None:
    app = AppTest.from_file(MAIN, default_timeout=120)
    for key, value in (BRAIN | {OWN: "true"}).items():
        app.query_params[key] = value
    app.run()
    assert [one.value for one in app.warning] == [OWN_SLICE_GONE]
    assert shown(app)[0]["name"] == "test subject 0, slice 32" and OWN not in app.query_params
    fine(app.run())  # said once
