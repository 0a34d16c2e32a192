"""Trainings that begin from the weights of another model."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import torch

from explorer.cards import Card, card_of, catalogue, save_pretrained
from explorer.cards.weights import round_weights
from explorer.models import MODELS
from explorer.models.context_vae.objective import ContextVaeTraining
from explorer.training.loop import build_model, fingerprint
from explorer.training.recipe import Recipe, described
from explorer.training.start import take_start

MODEL: dict[str, Any] = {
    "image_size": 16, "widths": [4, 8], "latents": 6, "s": 0.5, "beta_min": 0.01, "beta_max": 10.0
}  # fmt: skip
RECIPE = Recipe(
    name="next", kind="context-vae", dataset="fashion-mnist", samples=8, batch_size=4, learning_rate=1e-3,
    seed=1, model=MODEL, training=ContextVaeTraining(), start="first",
)  # fmt: skip


@pytest.fixture
def first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Card:
    """A trained plain VAE among the shipped models."""
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    return saved(tmp_path, "beta-vae", MODEL | {"mean": 0.0})


def saved(folder: Path, kind: str, settings: dict[str, Any]) -> Card:
    network = MODELS[kind](**settings).eval().requires_grad_(False)
    round_weights(network)
    save_pretrained(network, Card("first", kind, "fashion-mnist", "", settings, {}, "", {}), {}, folder)
    return card_of("first", folder)


def test_the_weights_of_another_kind_are_taken_and_trained_on(first: Card, tmp_path: Path) -> None:
    model = build_model(RECIPE)
    taken = take_start(model, RECIPE)
    stored = catalogue.load_pretrained("first", torch.device("cpu"), tmp_path).model.state_dict()  # type: ignore[attr-defined]
    assert all(torch.equal(value, stored[name]) for name, value in model.state_dict().items())
    assert all(weight.requires_grad for weight in model.parameters())
    assert (taken.start, taken.start_sha256) == ("first", first.sha256)
    assert described(taken)["start_sha256"] == first.sha256


def test_a_path_is_taken_and_not_remembered(
    first: Card, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path / "none")
    for ending in (".toml", ".safetensors"):
        there = dataclasses.replace(RECIPE, start=str(tmp_path / f"first{ending}"))
        taken = take_start(build_model(there), there)
        assert (taken.start, taken.start_sha256) == ("first", first.sha256)


def test_without_a_start_nothing_changes() -> None:
    fresh = dataclasses.replace(RECIPE, start="")
    model = build_model(fresh)
    assert take_start(model, fresh) is fresh
    assert all(torch.equal(v, build_model(fresh).state_dict()[n]) for n, v in model.state_dict().items())
    assert not {"start", "start_sha256"} & described(fresh).keys()


def test_the_fingerprint_heeds_the_start() -> None:
    others: list[dict[str, Any]] = [{"start": ""}, {"start": "other"}, {"start_sha256": "ab"}]
    prints = {fingerprint(dataclasses.replace(RECIPE, **other)) for other in others}
    assert len(prints | {fingerprint(RECIPE)}) == 4


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"start": "moon"}, "unknown model 'moon'"),
        ({"start_sha256": "ab"}, "cannot start from first: the sha256 of its weights is .*, not ab; give it"),
        ({"model": MODEL | {"latents": 7}}, "latents is 6 there and 7 here"),
        ({"model": MODEL | {"scale": 2.0}}, "scale is 1.0 there and 2.0 here"),
    ],
)
def test_what_does_not_fit_is_named(first: Card, changed: dict[str, Any], message: str) -> None:
    wrong = dataclasses.replace(RECIPE, **changed)
    with pytest.raises(ValueError, match=message):
        take_start(build_model(wrong), wrong)


def test_another_family_is_refused(first: Card) -> None:
    example = dict(MODELS["vq-vae"].example)
    wrong = dataclasses.replace(RECIPE, kind="vq-vae", model=example, training=None)
    with pytest.raises(ValueError, match="recipe next cannot start from first: .* is .* there and .* here"):
        take_start(build_model(wrong), wrong)


CODES = dict(MODELS["vq-vae"].example)
UNCONDITIONED = CODES | {"prior": {"width": 16, "layers": 2, "heads": 2}}


def of_codes(model: dict[str, Any]) -> Recipe:
    return dataclasses.replace(RECIPE, kind="vq-vae", model=model, training=None)


def test_a_prior_may_be_conditioned_from_here_on(first: Card, tmp_path: Path) -> None:
    saved(tmp_path, "vq-vae", UNCONDITIONED)
    model = build_model(of_codes(CODES))
    take_start(model, of_codes(CODES))
    stored = catalogue.load_pretrained("first", torch.device("cpu"), tmp_path).model.state_dict()  # type: ignore[attr-defined]
    for name, value in model.state_dict().items():
        assert torch.equal(value, stored[name]) if name in stored else not value.any()
    assert {"prior.contrast.table", "prior.position.table"} == model.state_dict().keys() - stored.keys()


def test_conditions_are_not_forgotten_unseen(first: Card, tmp_path: Path) -> None:
    saved(tmp_path, "vq-vae", CODES)
    take_start(build_model(of_codes(CODES)), of_codes(CODES))
    with pytest.raises(ValueError, match="a vq-vae has other tensors .* \\(first: prior.contrast.table\\)"):
        take_start(build_model(of_codes(UNCONDITIONED)), of_codes(UNCONDITIONED))
    more = CODES | {"prior": {**CODES["prior"], "positions": 9}}
    with pytest.raises(ValueError, match="other tensors .* \\(first: prior.position.table\\)"):
        take_start(build_model(of_codes(more)), of_codes(more))
