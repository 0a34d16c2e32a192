"""What is measured after a training."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from explorer.cards import load_pretrained, read_card
from explorer.contracts import Conditions
from explorer.datasets.brain.pool import BrainTraining
from explorer.evaluation.members import HealthySlices
from explorer.evidence import VaeEvidence
from explorer.models.beta_vae.objective import BetaVaeTraining
from explorer.predictors import PREDICTORS, healthy_name, predictors_for, score
from explorer.settings import plugin_from
from explorer.training import finish
from explorer.training.finish import betas_between, calibrate_all, measure
from explorer.training.loop import build_model
from explorer.training.recipe import Recipe
from tests.support.linear_vae import LinearVae, images
from tests.support.tiny_codes import conditioned_vq_vae, tiny_vq_vae

CPU = torch.device("cpu")


def healthy(x: Tensor) -> HealthySlices:
    """Images of which all counts and no more is known."""
    return HealthySlices(x, torch.ones_like(x, dtype=torch.bool), Conditions.unknown(len(x)))


def test_betas_run_in_equal_ratios() -> None:
    assert betas_between(0.01, 1.0, 3) == pytest.approx([0.01, 0.1, 1.0])
    assert betas_between(0.5, 0.5, 3) == [0.5]


def test_every_predictor_is_calibrated_the_iterative_ones_on_less(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finish, "CALIBRATION_BETAS", 3)
    monkeypatch.setattr(finish, "ITERATIVE_BETAS", 2)
    monkeypatch.setattr(finish, "ITERATIVE_SLICES", 4)
    model, x = LinearVae(), images(6)
    made = calibrate_all(model, healthy(x), CPU)
    beside = {healthy_name(one) for name in predictors_for(model) for one in PREDICTORS[name]().compared}
    assert len(beside) > 3 and set(made.quantiles) == {"rec", *predictors_for(model), *beside}
    assert all(len(rows) == 3 for rows in made.quantiles.values())
    scores = score(PREDICTORS["map-restoration"](), VaeEvidence(model, x[:4], 10.0))
    highest = float(made.quantile("map-restoration", 10.0, 1.0))
    assert highest == pytest.approx(float(scores.max()), rel=1e-3)


def test_codes_are_measured_too() -> None:
    model, x = tiny_vq_vae(), images(6, 16).float()
    found = measure(model, healthy(x), [1.0], CPU)
    nll = model.prior.nll(model.indices(x).flatten(1))
    assert found.code_nll == pytest.approx((float(nll.mean()),), rel=1e-5)
    assert found.kl == pytest.approx((float(nll.sum(1).mean()),), rel=1e-5)
    assert found.error == pytest.approx((float((x - model(x)[0]).abs().mean()),), rel=1e-5)
    assert 1 < found.perplexity[0] <= 12


def test_what_is_known_of_the_images_is_told() -> None:
    model, x = conditioned_vq_vae(), images(60, 16).float()  # more than go through the model at once
    known = Conditions(torch.arange(60) % 3, torch.arange(60) % 5)
    inside = torch.ones_like(x, dtype=torch.bool)
    nll = model.prior.nll(model.indices(x).flatten(1), known)
    found = measure(model, HealthySlices(x, inside, known), [1.0], CPU)
    assert found.code_nll == pytest.approx((float(nll.mean()),), rel=1e-5)


def test_the_error_is_that_of_the_foreground_alone() -> None:
    model, x = LinearVae(), images(60)  # more than go through the model at once
    inside = images(60, seed=3) > 0.7
    betas = [0.01, 2.0]
    found = measure(model, HealthySlices(x, inside, Conditions.unknown(60)), betas, CPU)
    evidence = [VaeEvidence(model, x, beta) for beta in betas]
    for k, seen in enumerate(evidence):
        distance = (x - seen.x_hat).abs()
        assert found.error[k] == pytest.approx(float(distance[inside].mean()))
        assert found.error[k] != pytest.approx(float(distance.mean()), rel=1e-3)
        assert found.rec[k] == pytest.approx(float(seen.rec.mean()))
        assert found.kl[k] == pytest.approx(float(seen.kl.mean()))
    assert found.betas == (0.01, 2.0) and found.perplexity == found.code_nll == ()


def test_the_card_says_how_the_model_was_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finish, "dataset_names", lambda: ("brain/t1", "fashion-mnist"))
    monkeypatch.setattr(finish, "CALIBRATION_SLICES", 2)
    monkeypatch.setattr(finish, "CALIBRATION_BETAS", 2)
    monkeypatch.setattr(finish, "predictors_for", lambda model: ("intensity",))
    model = {"image_size": 128, "widths": [2, 2, 2], "latents": 3, "s": 0.5, "beta_min": 0.1, "beta_max": 2.0}
    recipe = Recipe(
        name="tiny", kind="beta-vae", dataset="brain", samples=8, batch_size=4, learning_rate=1e-3, seed=0,
        data="made for a test", model=model, training=BetaVaeTraining(beta_lean=0.5), images=BrainTraining(6),
    )  # fmt: skip
    network = build_model(recipe)
    assert list(finish.finish(network, recipe, tmp_path, CPU)) == ["brain/t1"]
    assert not network.training and not any(weight.requires_grad for weight in network.parameters())
    card = read_card(tmp_path / "tiny.toml")
    assert (card.kind, card.dataset, card.data, dict(card.model)) == (
        *("beta-vae", "brain", "made for a test"),
        model,
    )
    assert card.recipe == {
        **{"samples": 8, "batch_size": 4, "learning_rate": 1e-3, "seed": 0, "precision": "float32"},
        "training": {"beta_lean": 0.5, "gate_pace": 20.0},
        "images": {"pool": 6, "real_share": 0.0},
    }
    assert card.held_out["brain/t1"].betas == (0.1, 2.0)
    loaded = load_pretrained("tiny", CPU, tmp_path)
    assert set(loaded.calibration) == {"brain/t1"}
    kept = network.state_dict()  # what was measured is what will be loaded
    assert all(torch.equal(kept[name], value) for name, value in loaded.model.state_dict().items())  # type: ignore[attr-defined]

    added = plugin_from(PREDICTORS, "intensity:mode=dark,sigma=1")
    assert list(finish.add_to_calibration("tiny", tmp_path, [added], CPU)) == ["brain/t1"]
    known = load_pretrained("tiny", CPU, tmp_path).calibration["brain/t1"]
    assert known.knows("intensity") and known.knows(healthy_name(added))
