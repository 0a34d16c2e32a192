"""A file that leaves the page says what it shows, and brings the licences of what is in it."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from explorer.anomalies import ANOMALIES
from explorer.contracts import Slice
from explorer.datasets import load_dataset
from explorer.looking.guest import Guest
from explorer.looking.output.provenance import facts, licences
from explorer.looking.scene import resolve
from explorer.looking.state import State
from explorer.predictors import PREDICTORS
from explorer.settings import format_settings

COPYRIGHT = {
    "fashion-mnist": "Copyright (c) 2017 Zalando SE",
    "brain/flair": "Copyright (C) 1993-2009 Louis Collins",
    "real/t1": "CC BY-SA 3.0",
}


@pytest.fixture
def guest(state: State) -> State:
    blank = torch.zeros(28, 28)
    found = Guest(Slice(blank, blank > -1, "mine"), blank > 1, "fashion-mnist", "Left is right.")
    return dataclasses.replace(state, guest=found, anomaly=ANOMALIES["none"]())


def test_it_says_what_is_shown_and_how_it_was_made(state: State) -> None:
    error = PREDICTORS["reconstruction-error"](sign="brighter")  # type: ignore[call-arg]
    scene = resolve(dataclasses.replace(state, predictors={"reconstruction-error": error}))
    said = dict(facts(scene))
    assert said["Image"] == scene.case.source.name
    assert said["Where it comes from"] == f"fashion-mnist: {load_dataset('fashion-mnist').note}"
    assert said["Anomaly"] == f"lesion ({format_settings(state.anomaly, whole=True)}); seed 5"
    assert "strength=" in said["Anomaly"]
    assert said["Maps"] == f"Reconstruction error ({format_settings(error, whole=True)})"
    assert "sign=brighter" in said["Maps"]
    assert scene.pretrained.card.sha256 in said["Model"] and scene.pretrained.card.data in said["Model"]
    assert said["Betas at first"] == "training β 0.5, KL weight in the ELBO map 0.5"


@pytest.mark.parametrize("name", COPYRIGHT)
def test_the_image_brings_its_licence(name: str, state: State) -> None:
    place = tuple(axis.start for axis in load_dataset(name).axes("test"))
    scene = resolve(dataclasses.replace(state, dataset=name, place=place, anomaly=ANOMALIES["none"]()))
    ((heading, text),) = licences(scene)
    assert heading == "Licence and origin of the image" and COPYRIGHT[name] in text


def test_the_shape_of_a_real_lesion_brings_its_own(state: State) -> None:
    lesion = ANOMALIES["real-lesion"]()
    scene = resolve(dataclasses.replace(state, dataset="brain/flair", place=(0, 32), anomaly=lesion))
    found = dict(licences(scene))
    assert "BSD-2-Clause" in found["Licence and origin of the lesion's shape"] and len(found) == 2
    assert scene.case.name and scene.case.name in dict(facts(scene))["Anomaly"]


def test_what_was_not_planted_is_said_and_brings_none(state: State) -> None:
    lesion = ANOMALIES["real-lesion"](cause="chronic-stroke", volume="3")  # type: ignore[call-arg]
    scene = resolve(dataclasses.replace(state, dataset="brain/flair", place=(0, 0), anomaly=lesion))
    assert f"not planted: {scene.misfit}" in dict(facts(scene))["Anomaly"]
    assert [heading for heading, _ in licences(scene)] == ["Licence and origin of the image"]


def test_a_slice_of_an_own_scan_is_called_so(guest: State) -> None:
    said = dict(facts(resolve(guest)))
    assert said["Image"] == "mine" and "own scan" in said["Where it comes from"]
    assert "Left is right." in said["Where it comes from"]
    assert licences(resolve(guest)) == []
