"""The training loop: it learns, ends, and goes on after an interruption as if there had been none."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from explorer.datasets.batches import ImageBatches
from explorer.models import Network
from explorer.models.base import Loss, Objective, Share
from explorer.models.beta_vae.objective import BetaVaeTraining
from explorer.models.vq_vae.objective import VqVaeTraining
from explorer.training.loop import Progress, build_model, build_optimizer, fingerprint, schedule, train
from explorer.training.recipe import Recipe
from tests.support.linear_vae import images

MODEL = {"image_size": 16, "widths": [4, 8], "latents": 6, "s": 0.5, "beta_min": 0.01, "beta_max": 10.0}
RECIPE = Recipe(
    name="tiny",
    kind="beta-vae",
    dataset="fashion-mnist",
    model=MODEL,
    training=BetaVaeTraining(),
    samples=56,
    batch_size=8,
    learning_rate=2e-3,
    seed=1,
)
CODES_RECIPE = dataclasses.replace(
    RECIPE,
    kind="vq-vae",
    model={
        "image_size": 16,
        "widths": [4, 8],
        "codes": 8,
        "dimension": 4,
        "prior": {"width": 8, "layers": 1},
    },
    training=VqVaeTraining(prior=Share(56, 8, 2e-3)),
)
STAGES = [(RECIPE, 0), (CODES_RECIPE, 0), (CODES_RECIPE, 1)]
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def batches() -> ImageBatches:
    return ImageBatches(images(32, 16).float())


def weights(model: nn.Module) -> Mapping[str, Tensor]:
    return {name: value.clone() for name, value in model.state_dict().items()}


def run(recipe: Recipe, batches: ImageBatches, path: Path, steps: int | None = None) -> list[Progress]:
    """All steps, or the first few of an interrupted training; with a checkpoint every third."""
    return list(islice(descend(recipe, build_model(recipe), batches, path), steps))


def descend(
    recipe: Recipe, model: Network, batches: ImageBatches, path: Path, stage: int = 0, **options: Any
) -> Iterator[Progress]:
    """One stage of a training of `model`."""
    made = model.stages(recipe.training)[stage]
    options = {"every": 3} | options
    return train(made.objective(), recipe.at(made), batches, device=CPU, checkpoint=path, **options)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("interrupted", [3, 5])
@pytest.mark.parametrize(("recipe", "stage"), STAGES, ids=["elbo", "codes", "prior"])
def test_a_resumed_training_is_bit_exact(
    recipe: Recipe, stage: int, precision: str, interrupted: int, batches: ImageBatches, tmp_path: Path
) -> None:
    recipe = dataclasses.replace(recipe, precision=precision)
    whole, part, resumed = (build_model(recipe) for _ in range(3))
    list(descend(recipe, whole, batches, tmp_path / "whole", stage))
    path = tmp_path / "part"
    list(islice(descend(recipe, part, batches, path, stage), interrupted))
    again = descend(recipe, resumed, batches, path, stage, resume=True)
    assert [progress.step for progress in again] == [4, 5, 6, 7]
    expected = weights(whole)
    assert all(torch.equal(value, expected[name]) for name, value in weights(resumed).items())
    states = load_file(tmp_path / "whole"), load_file(path)  # with Adam's moments and the generator
    assert states[0].keys() == states[1].keys()
    assert all(torch.equal(value, states[1][name]) for name, value in states[0].items())


def test_a_finished_training_has_nothing_left_to_do(batches: ImageBatches, tmp_path: Path) -> None:
    path, model = tmp_path / "state", build_model(RECIPE)
    list(descend(RECIPE, model, batches, path))
    again = build_model(RECIPE)
    assert list(descend(RECIPE, again, batches, path, resume=True)) == []
    expected = weights(model)
    assert all(torch.equal(value, expected[name]) for name, value in weights(again).items())


@pytest.mark.parametrize(
    "other",
    [
        dataclasses.replace(RECIPE, seed=2),
        dataclasses.replace(RECIPE, learning_rate=1e-3),
        dataclasses.replace(RECIPE, model=MODEL | {"latents": 7}),
    ],
)
def test_the_checkpoint_of_another_recipe_is_refused(
    other: Recipe, batches: ImageBatches, tmp_path: Path
) -> None:
    run(RECIPE, batches, tmp_path / "state", 3)
    resumed = descend(other, build_model(other), batches, tmp_path / "state", resume=True)
    with pytest.raises(ValueError, match="belongs to another recipe; delete it or choose another --output"):
        next(resumed)


def test_a_truncated_checkpoint_is_refused(batches: ImageBatches, tmp_path: Path) -> None:
    path = tmp_path / "state"
    run(RECIPE, batches, path, 3)
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(ValueError, match="is damaged .*; delete it to start anew"):
        next(descend(RECIPE, build_model(RECIPE), batches, path, resume=True))


def test_without_resume_a_checkpoint_is_written_anew(batches: ImageBatches, tmp_path: Path) -> None:
    path = tmp_path / "state"
    path.write_bytes(b"not a checkpoint")
    assert len(run(RECIPE, batches, path)) == RECIPE.steps == 7
    assert not list(tmp_path.glob("*.partial"))


def test_the_loss_falls(batches: ImageBatches, tmp_path: Path) -> None:
    losses = [p.loss for p in run(dataclasses.replace(RECIPE, samples=800), batches, tmp_path / "state")]
    assert sum(losses[-20:]) < 0.9 * sum(losses[:20])


def test_a_loss_that_is_no_number_ends_the_training(tmp_path: Path) -> None:
    wrong = ImageBatches(torch.full((4, 1, 16, 16), torch.nan))
    with pytest.raises(ValueError, match="the loss is nan at step 1; lower learning_rate"):
        run(RECIPE, wrong, tmp_path / "state")


def test_fresh_weights_come_from_the_seed_and_leave_the_global_generator_alone() -> None:
    before = torch.random.get_rng_state()
    first, second = weights(build_model(RECIPE)), weights(build_model(RECIPE))
    assert torch.equal(before, torch.random.get_rng_state())
    assert all(torch.equal(value, second[name]) for name, value in first.items())
    other = weights(build_model(dataclasses.replace(RECIPE, seed=2)))
    assert not torch.equal(first["to_latents.weight"], other["to_latents.weight"])


def test_settings_that_fit_no_network_are_named() -> None:
    wrong = dataclasses.replace(RECIPE, model={"image_size": 16, "depth": 3})
    with pytest.raises(
        ValueError, match=r"recipe tiny: \[model\] does not describe a network of kind beta-vae: .*depth"
    ):
        build_model(wrong)


def test_the_schedule_warms_up_and_ends_low() -> None:
    factors = [schedule(step, 1000) for step in range(1000)]
    assert factors[:19] == sorted(factors[:19])
    assert factors[0] == pytest.approx(1 / 20)
    assert max(factors) > 0.99
    assert factors[20:] == sorted(factors[20:], reverse=True)
    assert factors[-1] == pytest.approx(0.01, abs=1e-4)


def test_gates_learn_at_their_own_pace() -> None:
    model = build_model(RECIPE)
    objective = model.stages(RECIPE.training)[0].objective()
    others, gates = build_optimizer(objective, RECIPE).param_groups
    assert gates["lr"] == pytest.approx(20 * others["lr"]) == pytest.approx(20 * RECIPE.learning_rate)
    gate = {id(value) for name, value in model.named_parameters() if "gate" in name}
    assert {id(value) for value in gates["params"]} == gate
    assert len(gates["params"]) + len(others["params"]) == len(list(model.parameters()))


def test_the_pace_is_that_of_this_run(
    batches: ImageBatches, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(RECIPE, batches, tmp_path / "state", 3)
    seconds = iter([100.0, 102.0, 104.0, 106.0, 110.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(seconds))
    again = descend(RECIPE, build_model(RECIPE), batches, tmp_path / "state", resume=True)
    assert [progress.images_per_second for progress in again] == pytest.approx(
        [8 / 2, 16 / 4, 24 / 6, 32 / 10]
    )


def test_the_order_of_settings_does_not_matter() -> None:
    turned = dataclasses.replace(RECIPE, model=dict(reversed(MODEL.items())))
    assert fingerprint(turned) == fingerprint(RECIPE)


def test_the_fingerprint_heeds_what_the_result_depends_on() -> None:
    same = dataclasses.replace(RECIPE, data="another licence")
    assert fingerprint(same) == fingerprint(RECIPE)
    changed = {"samples": 57, "batch_size": 9, "learning_rate": 1e-3, "seed": 2, "precision": "bfloat16"}
    others = {fingerprint(dataclasses.replace(RECIPE, **{key: value})) for key, value in changed.items()}  # type: ignore[arg-type]
    assert len(others | {fingerprint(RECIPE)}) == 6


class Steep(Objective):
    """A sum of weights, times a slope: the gradient is the slope everywhere."""

    def __init__(self, slope: float) -> None:
        self.model: nn.Linear = nn.Linear(4, 1, bias=False)
        self.slope = slope

    def loss(self, x: Tensor, generator: torch.Generator) -> Loss:
        loss = self.slope * self.model.weight.sum()
        return Loss(loss, loss.detach())


@pytest.mark.parametrize(("slope", "expected"), [(1000.0, 5.0), (-1000.0, 5.0), (2.0, 4.0)])
def test_gradients_are_clipped_to_a_norm_of_five(
    slope: float, expected: float, batches: ImageBatches, tmp_path: Path
) -> None:
    once = dataclasses.replace(RECIPE, samples=8)
    list(train(Steep(slope), once, batches, device=CPU, checkpoint=tmp_path / "state"))
    moment = load_file(tmp_path / "state")["adam.0.exp_avg"]  # a tenth of the first gradient
    assert float(moment.norm()) == pytest.approx(0.1 * expected, rel=1e-4)


class Watched(Steep):
    """Notes in which precision its matrix product was made."""

    def loss(self, x: Tensor, generator: torch.Generator) -> Loss:
        self.seen = self.model(x.flatten(1)[:, :4]).dtype
        return super().loss(x, generator)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_matrix_products_are_made_in_the_recipes_precision(
    precision: str, batches: ImageBatches, tmp_path: Path
) -> None:
    objective, once = Watched(1.0), dataclasses.replace(RECIPE, samples=8, precision=precision)
    list(train(objective, once, batches, device=CPU, checkpoint=tmp_path / "state"))
    assert str(objective.seen) == f"torch.{precision}" and objective.model.weight.dtype == torch.float32


def test_the_first_step_is_the_learning_rate_at_its_schedule(batches: ImageBatches, tmp_path: Path) -> None:
    objective = Steep(1.0)
    before = objective.model.weight.detach().clone()
    long = dataclasses.replace(RECIPE, samples=8000)
    next(train(objective, long, batches, device=CPU, checkpoint=tmp_path / "state"))
    moved = before - objective.model.weight.detach()
    torch.testing.assert_close(moved, torch.full_like(moved, RECIPE.learning_rate * schedule(0, 1000)))
