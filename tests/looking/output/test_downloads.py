"""Files that leave the page: exactly what is shown, under the notice, and how it came about."""

from __future__ import annotations

import io
import json

import numpy as np

from explorer import NOTICE
from explorer.looking.output.downloads import maps_as_npz
from explorer.looking.scene import resolve
from explorer.looking.state import State
from explorer.looking.view import look


def test_maps_are_those_of_the_view(state: State) -> None:
    shown = look(resolve(state))
    found = np.load(io.BytesIO(maps_as_npz(resolve(state), shown)), allow_pickle=False)
    assert {name.removeprefix("map-") for name in found if name.startswith("map-")} == set(state.predictors)
    for name, values in shown.maps.items():
        assert np.array_equal(found[f"map-{name}"], values)
    assert np.array_equal(found["image"], shown.case.image.numpy())
    assert np.array_equal(found["mask"], shown.case.mask.numpy()) and found["mask"].any()
    assert np.array_equal(found["foreground"], shown.case.source.foreground.numpy())
    assert np.array_equal(found["residual"], found["image"] - found["reconstruction"])


def test_the_file_says_where_it_comes_from(state: State) -> None:
    found = np.load(io.BytesIO(maps_as_npz(resolve(state), look(resolve(state)))), allow_pickle=False)
    about = json.loads(str(found["about"]))
    assert about["notice"] == NOTICE
    assert (about["dataset"], about["seed"], about["training_beta"]) == ("fashion-mnist", 5, 0.5)
    assert about["anomaly"] == repr(state.anomaly) and set(about["predictors"]) == set(state.predictors)
