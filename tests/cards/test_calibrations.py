"""Calibrations on disk: they come back to the bit; what is none is answered, whichever way it comes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save as save_tensors
from torch import Tensor

from explorer.cards import load_pretrained, read_card
from explorer.cards.weights import CALIBRATION, WEIGHTS, save_calibration
from explorer.evaluation.calibration import LEVELS, Calibration
from explorer.models.beta_vae.network import BetaVae
from explorer.predictors import PREDICTORS
from tests.support.model_files import CPU, LOADERS, altered, beside, refused, vouched
from tests.support.tiny import NAME, tiny_calibration, tiny_vae

FIELD = "fashion-mnist"
Tensors = dict[str, Tensor]


@pytest.mark.parametrize("way", LOADERS)
def test_a_calibration_comes_back_to_the_bit(card: Path, way: str) -> None:
    found, expected = LOADERS[way](card).calibration[FIELD], tiny_calibration(tiny_vae())
    same(found, expected)
    assert len(found.quantiles) > 5


def same(found: Calibration, expected: Calibration) -> None:
    assert found.quantiles.keys() == expected.quantiles.keys()
    assert torch.equal(found.betas, expected.betas) and torch.equal(found.levels, expected.levels)
    for name, rows in expected.quantiles.items():
        assert rows.dtype == torch.float64 and torch.equal(found.quantiles[name], rows)


def test_calibrations_of_several_datasets_and_strange_numbers_come_back(card: Path) -> None:
    levels, betas, rows = (
        torch.tensor(values, dtype=torch.float64)
        for values in (
            [0, 1 / 3, 1],
            [1e-300, 1 / 7, 1e9],
            [[-1e30, 0, 5e-324], [-0.0, 0, 0], [1 / 3, 2 / 3, 1e30]],
        )
    )
    made = {
        "brain/flair": Calibration(betas, levels, {"a": rows, "of:colons": rows.flip(1).neg()}),
        "brain/t1": Calibration(betas[:1], levels, {"a": rows[:1]}),
        "fashion-mnist": Calibration(betas[1:], levels, {}),
    }
    save_calibration(read_card(card), made, card.parent)
    found = LOADERS["named"](card).calibration
    assert found.keys() == made.keys()
    for name, expected in made.items():
        same(found[name], expected)


def test_saving_without_calibration_leaves_none_of_before(card: Path) -> None:
    save_calibration(read_card(card), {}, card.parent)
    assert set(card.parent.iterdir()) == {card, beside(card, WEIGHTS)}
    assert read_card(card).calibration_sha256 == "" and LOADERS["named"](card).calibration == {}


def test_a_model_can_be_loaded_without_its_damaged_calibration(card: Path) -> None:
    beside(card, CALIBRATION).write_bytes(b"")
    found = load_pretrained(NAME, CPU, card.parent, calibrated=False)
    assert found.calibration == {} and isinstance(found.model, BetaVae)


@pytest.mark.parametrize("way", LOADERS)
def test_a_missing_calibration_is_named_with_its_remedy(card: Path, way: str) -> None:
    beside(card, CALIBRATION).unlink()
    remedy = f"restore it, or make it anew with: python -m explorer calibrate {NAME}"
    refused(card, f"the calibration {NAME}{CALIBRATION} is missing beside its card; {remedy}", way)


def fill(name: str, value: float) -> Callable[[Tensors], object]:
    return lambda tensors: tensors[f"{FIELD}:{name}"].fill_(value)


def take(name: str, change: Callable[[Tensor], Tensor]) -> Callable[[Tensors], object]:
    key = f"{FIELD}:{name}"
    return lambda tensors: tensors.update({key: change(tensors[key]).contiguous()})


FAULTS: dict[str, tuple[Callable[[Tensors], object], str]] = {
    "NaN": (fill("quantiles:intensity", math.nan), "quantiles of intensity must be finite"),
    "infinite": (fill("quantiles:intensity", math.inf), "quantiles of intensity must be finite"),
    "beyond all": (fill("quantiles:intensity", 1e31), "quantiles of intensity must be finite"),
    "falling": (take("quantiles:intensity", lambda rows: rows.flip(1)), "never fall along the levels"),
    "another shape": (
        take("quantiles:intensity", lambda rows: rows[:, 1:]),
        rf"must be \(3, {len(LEVELS)}\)",
    ),
    "one row": (take("quantiles:intensity", lambda rows: rows[0]), rf"must be \(3, {len(LEVELS)}\)"),
    "betas fall": (take("betas", lambda betas: betas.flip(0)), "betas must ascend"),
    "betas of NaN": (fill("betas", math.nan), "betas must be a list of numbers"),
    "beta 0": (take("betas", lambda betas: betas - betas[0]), "betas must be above 0"),
    "one number": (take("betas", lambda betas: betas[0]), "betas must be a list of numbers"),
    "no betas": (take("betas", lambda betas: betas[:0]), "betas must be a list of numbers"),
    "levels": (take("levels", lambda levels: levels / 2), "levels must run from 0 to 1"),
    "single precision": (take("levels", torch.Tensor.float), "double precision"),
    "whole numbers": (take("quantiles:intensity", torch.Tensor.long), "double precision"),
    "complex": (take("quantiles:intensity", lambda rows: rows.to(torch.complex64)), "double precision"),
    "betas missing": (lambda tensors: tensors.pop(f"{FIELD}:betas"), "must hold betas, levels and"),
    "levels missing": (lambda tensors: tensors.pop(f"{FIELD}:levels"), "must hold betas, levels and"),
    "unknown part": (lambda tensors: tensors.update({f"{FIELD}:x": torch.zeros(1)}), "must hold betas"),
    "unprintable": (
        lambda tensors: tensors.update({"\x1b[2J\n": torch.zeros(1)}),
        "names of data must be printable",
    ),
    "of weights": (lambda tensors: tensors.update({"up.0.bias": torch.zeros(3)}), "must hold betas"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_calibration_that_is_none_is_refused_whichever_way_it_comes(card: Path, fault: str) -> None:
    change, message = FAULTS[fault]
    altered(card, CALIBRATION, change)
    for way in LOADERS:
        refused(card, f"{NAME}{CALIBRATION}: .*{message}.*; restore it, or make it anew with", way)


def test_weights_in_the_calibrations_place_are_refused(card: Path) -> None:
    vouched(card, CALIBRATION, beside(card, WEIGHTS).read_bytes())
    refused(card, "a calibration must hold betas, levels")


def test_a_calibration_with_no_dataset_knows_none(card: Path) -> None:
    vouched(card, CALIBRATION, save_tensors({}))
    assert LOADERS["named"](card).calibration == {}


def test_a_calibration_of_unknown_predictors_and_datasets_is_kept(card: Path) -> None:
    made = tiny_calibration(tiny_vae())
    more = replace(made, quantiles={"of-tomorrow": made.quantiles["intensity"]})
    save_calibration(read_card(card), {"knees/t1": more}, card.parent)
    found = LOADERS["named"](card).calibration["knees/t1"]
    assert found.knows("of-tomorrow") and not any(map(found.knows, PREDICTORS.names()))
