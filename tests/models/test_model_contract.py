"""What every family of models promises, tried on the small network that it gives as its example."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from explorer.cards import Card, load_pretrained, save_pretrained
from explorer.cards.weights import round_weights
from explorer.contracts import CodeModel, Model
from explorer.evidence import Evidence, observe, parts_of
from explorer.models import MODELS, Network
from explorer.models.base import Objective, Stage
from explorer.predictors import predictors_for
from explorer.randomness import stream
from tests.support.linear_vae import images
from tests.support.smallest import example, smallest, wrong_settings

KINDS = MODELS.names()
TERMS = ("rec", "kl", "elbo")
MAPS = ("x_hat", "rec_map", "grad_rec", "grad_kl")
CPU = torch.device("cpu")
GRADIENTS = [
    (kind, part.removeprefix("grad_"))
    for kind in KINDS
    for part in sorted(MODELS[kind].evidence.PARTS)
    if part.startswith("grad_")
]
STAGES = [
    (kind, number)
    for kind in KINDS
    for number in range(len(example(kind).stages(smallest(MODELS[kind].training_settings))))
]


def frozen(kind: str) -> Network:
    return example(kind).double().eval().requires_grad_(False)


def batch(model: Model, count: int = 8) -> Tensor:
    """(count, 1, H, W), float64"""
    return images(count, model.image_size)


def betas(model: Model, count: int = 8) -> Tensor:
    """From one end of the range to the other, (count,), float64"""
    low, high = model.beta_range
    return torch.linspace(low, high, count, dtype=torch.float64)


def all_parts(evidence: Evidence) -> dict[str, Tensor]:
    names = sorted({*TERMS, "rec_map", *evidence.PARTS})
    return {name: getattr(evidence, name) for name in names}


@pytest.mark.parametrize("kind", KINDS)
def test_the_evidence_has_all_its_parts(kind: str) -> None:
    model = frozen(kind)
    x = batch(model)
    parts = all_parts(observe(model, x, betas(model)))
    for name, part in parts.items():
        assert not part.requires_grad and bool(part.isfinite().all())
        assert part.shape == x.shape if name in MAPS else len(part) == len(x)
    assert all(parts[name].shape == (8,) for name in TERMS)
    assert all(bool((parts[name] >= 0).all()) for name in ("rec", "kl"))
    assert all(bool(part.any()) for part in parts.values())


@pytest.mark.parametrize("kind", KINDS)
def test_rec_is_that_of_the_reconstruction(kind: str) -> None:
    model = frozen(kind)
    evidence = observe(model, batch(model), betas(model), scoring_beta=0.3)
    expected = (evidence.x - evidence.x_hat).square().sum((1, 2, 3)) / (2 * model.s**2)
    torch.testing.assert_close(evidence.rec, expected)
    torch.testing.assert_close(evidence.elbo, expected + 0.3 * evidence.kl)


@pytest.mark.parametrize("kind", KINDS)
def test_a_batch_of_eight_is_eight_singles(kind: str) -> None:
    model = frozen(kind)
    x, beta = batch(model), betas(model)
    together = all_parts(observe(model, x, beta))
    singles = [all_parts(observe(model, x[[i]], beta[[i]])) for i in range(8)]
    for name, part in together.items():
        torch.testing.assert_close(part, torch.cat([one[name] for one in singles]))


@pytest.mark.parametrize("kind", KINDS)
def test_model_and_images_are_left_as_they_were(kind: str) -> None:
    model = example(kind).double()
    x = batch(model)
    before, weights = x.clone(), {name: w.clone() for name, w in model.state_dict().items()}
    with torch.no_grad():
        all_parts(observe(model, x, betas(model)))
    assert torch.equal(x, before) and not x.requires_grad and x.grad is None
    assert model.training and all(w.grad is None and w.requires_grad for w in model.parameters())
    assert all(torch.equal(w, weights[name]) for name, w in model.state_dict().items())


def smooth_term(model: Network, x: Tensor, beta: Tensor, term: str) -> Callable[[Tensor], Tensor]:
    """A term, (B,), of images near `x` that a gradient can belong to: codes move with the latents."""
    if "indices" not in parts_of(model):
        return lambda near: getattr(observe(model, near, beta), term)
    codes: CodeModel = model  # type: ignore[assignment]
    moved = codes.codebook.embed(observe(model, x, beta).indices) - codes.encode(x)  # type: ignore[attr-defined]

    def straight_through(near: Tensor) -> Tensor:
        x_hat = codes.decode(codes.encode(near) + moved)
        return (near - x_hat).square().sum((1, 2, 3)) / (2 * model.s**2)

    return straight_through


@pytest.mark.parametrize(("kind", "term"), GRADIENTS)
def test_gradients_are_finite_differences(kind: str, term: str) -> None:
    model = frozen(kind)
    x, beta = batch(model, 3), betas(model, 3)
    gradient = getattr(observe(model, x, beta), f"grad_{term}")
    value, step = smooth_term(model, x, beta, term), 1e-6
    for number in range(3):
        direction = torch.randn(x.shape, generator=stream(number, "direction"), dtype=torch.float64)
        slope = (value(x + step * direction) - value(x - step * direction)) / (2 * step)
        torch.testing.assert_close((gradient * direction).sum((1, 2, 3)), slope, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_betas_keep_to_the_range(kind: str) -> None:
    model = frozen(kind)
    low, high = model.beta_range
    assert 0 < low <= high
    for beta in (low / 2, 2 * high, -1.0):
        with pytest.raises(ValueError, match="beta must be in"):
            observe(model, batch(model), beta)


@pytest.mark.parametrize("kind", KINDS)
def test_images_of_another_size_are_refused(kind: str) -> None:
    model = frozen(kind)
    with pytest.raises(ValueError, match=f"x must have {model.image_size} x {model.image_size} pixels"):
        observe(model, images(1, model.image_size + 1), model.beta_range[0])


@pytest.mark.parametrize("kind", KINDS)
def test_one_beta_is_trained_alone_or_refused(kind: str) -> None:
    family = MODELS[kind]
    low, high = example(kind).beta_range
    if low == high:
        with pytest.raises(ValueError, match="beta must be left out for .*, which knows none; got 0.7"):
            family.at_one_beta(family.example, 0.7)
    else:
        assert family(**family.at_one_beta(family.example, 0.7)).beta_range == (0.7, 0.7)


@pytest.mark.parametrize("kind", KINDS)
def test_figures_for_the_card_do_not_depend_on_batches(kind: str) -> None:
    model = frozen(kind)
    x, beta = batch(model), model.beta_range[0]
    whole = observe(model, x, beta).totals()
    parts = [observe(model, part, beta).totals() for part in torch.split(x, 3)]
    summed = {name: sum(part[name] for part in parts) for name in whole}
    found = model.evidence.means(whole, 8)
    assert model.evidence.means(summed, 8) == pytest.approx(found)  # type: ignore[arg-type]
    assert found["rec"] == pytest.approx(float(observe(model, x, beta).rec.mean()))


@pytest.mark.parametrize("kind", KINDS)
def test_some_predictors_fit(kind: str) -> None:
    assert {"intensity", "reconstruction-error"} <= set(predictors_for(frozen(kind)))


# training


def stage_of(model: Network, number: int) -> Stage:
    return model.stages(smallest(model.training_settings))[number]


def losses(objective: Objective, x: Tensor, steps: range, rate: float = 3e-3) -> list[float]:
    """Descend for some steps, always on the same images; what is shown of each."""
    objective.model.train()
    optimizer = torch.optim.Adam([p for p in objective.model.parameters() if p.requires_grad], rate)
    shown = []
    for step in steps:
        optimizer.zero_grad()
        loss = objective.loss(x, stream(step, "loss"))
        loss.descended.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        shown.append(float(loss.shown))
    return shown


@pytest.mark.parametrize("kind", KINDS)
def test_settings_of_the_training_are_checked(kind: str) -> None:
    settings = MODELS[kind].training_settings
    for wrong in wrong_settings(settings):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            smallest(settings, **wrong)


@pytest.mark.parametrize(("kind", "number"), STAGES)
def test_the_loss_falls(kind: str, number: int) -> None:
    model = example(kind)
    objective = stage_of(model, number).objective()
    assert objective.model is model
    shown = losses(objective, batch(model, 16).float(), range(60), rate=1e-2)
    assert bool(torch.tensor(shown).isfinite().all())
    assert sum(shown[-10:]) < 0.95 * sum(shown[:10])


@pytest.mark.parametrize(("kind", "number"), STAGES)
def test_all_randomness_comes_from_the_generator(kind: str, number: int) -> None:
    before = torch.random.get_rng_state()
    first, second = (
        losses(stage_of(model, number).objective(), batch(model).float(), range(4))
        for model in (example(kind), example(kind))
    )
    assert first == second and torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize(("kind", "number"), STAGES)
def test_an_objective_goes_on_from_its_state(kind: str, number: int) -> None:
    model, again = example(kind), example(kind)
    x = batch(model).float()
    objective, resumed = stage_of(model, number).objective(), stage_of(again, number).objective()
    losses(objective, x, range(5))
    again.load_state_dict(model.state_dict())
    resumed.load({name: value.clone() for name, value in objective.state().items()} | {"other": x})
    parts = [made.loss(x, stream(9, "loss")) for made in (objective, resumed)]
    assert torch.equal(parts[0].descended, parts[1].descended) and torch.equal(parts[0].shown, parts[1].shown)


@pytest.mark.parametrize("kind", KINDS)
def test_every_parameter_is_trained_in_some_stage(kind: str) -> None:
    model = example(kind)
    trained: set[str] = set()
    for number in range(len(model.stages(smallest(model.training_settings)))):
        stage_of(model, number).objective()
        trained |= {name for name, value in model.named_parameters() if value.requires_grad}
    assert trained == {name for name, _ in model.named_parameters()}


# files


@pytest.mark.parametrize("kind", KINDS)
def test_files_give_the_same_model_back(kind: str, tmp_path: Path) -> None:
    model = example(kind).eval().requires_grad_(False)
    round_weights(model)
    settings: dict[str, Any] = dict(model.example)
    card = Card("tiny", kind, "fashion-mnist", "random weights", settings, {}, "", {})
    save_pretrained(model, card, {}, tmp_path)
    loaded = load_pretrained("tiny", CPU, tmp_path).model
    x, beta = batch(model).float(), betas(model).float()
    assert loaded.beta_range == model.beta_range and loaded.image_size == model.image_size
    for name, part in all_parts(observe(loaded, x, beta)).items():
        torch.testing.assert_close(part, getattr(observe(model, x, beta), name), rtol=1e-4, atol=1e-5)
