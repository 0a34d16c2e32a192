"""What can be taken away from the Explore page: offered where it can be, with a reason where not."""

from __future__ import annotations

import dataclasses

import pytest
from streamlit.testing.v1 import AppTest

from explorer import NOTICE
from explorer.looking import defaults, runs, server
from explorer.looking.output.script import maps_script
from explorer.looking.scene import resolve
from explorer.predictors import PREDICTORS
from explorer.ui.pages.viewer_file import viewer_file
from tests.app.test_explore import FASHION, opened
from tests.app.test_guest import BRAIN, explore, fine, guest, text
from tests.support.looks import look_of

LARGEST = 8_000_000
"""Bytes."""


SLICE = {"Maps (NPZ)", "Viewer (HTML)", "Script (Python)"}


def offered(app: AppTest) -> set[str]:
    """Which files of the slice can be had."""
    return SLICE & {button.proto.label for button in app.get("download_button")}


def test_arrays_viewer_and_script_are_offered() -> None:
    assert offered(opened(**FASHION)) == SLICE


def test_of_an_own_scan_there_is_no_script_and_it_is_said_why() -> None:
    app = fine(explore(guest(), **BRAIN))
    assert offered(app) == {"Maps (NPZ)", "Viewer (HTML)"}
    assert "a slice of your own scan is in no dataset, so a script cannot find it" in text(app)


def test_the_file_of_all_maps_at_two_kinds_of_betas_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "SECONDS", 0.0)  # a map of any number of steps is as large
    state = defaults.default_state()
    names = defaults.offered(server.pretrained(state.model), state.dataset)
    maps = {name: PREDICTORS[name]() for name in names}
    scene = resolve(dataclasses.replace(state, predictors=maps, linked=False, scoring_beta=0.1))
    file = viewer_file(scene, look_of(scene))
    assert 1_000_000 < len(file.encode()) < LARGEST
    assert NOTICE in file and scene.dataset.note.split(";")[0] in file
    assert "Copyright (C) 1993-2009 Louis Collins" in file
    assert maps_script(scene).splitlines()[0].strip('"') in file


def test_the_file_of_an_own_scan_says_whose_it_is_and_has_no_script() -> None:
    state = dataclasses.replace(defaults.default_state(), guest=guest(), predictors={})
    scene = resolve(state)
    file = viewer_file(scene, look_of(scene))
    assert "<h1>Anomaly maps of patient_1.nii, slice 7</h1>" in file
    assert "own scan" in file and "load_dataset" not in file
