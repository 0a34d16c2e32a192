"""The training loop as a generator: the caller owns progress, pace and stopping."""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from explorer.contracts import Batch, Batches
from explorer.models import MODELS, Network
from explorer.models.base import Objective
from explorer.randomness import stream
from explorer.training.checkpoint import read_checkpoint, write_checkpoint
from explorer.training.network import build
from explorer.training.recipe import Recipe, described


@dataclass(frozen=True)
class Progress:
    """Where a training stands.

    Attributes:
        step: optimiser steps done.
        steps: optimiser steps in all.
        loss: mean over the last batch, in the objective's unit.
        images_per_second: since this run started.
    """

    step: int
    steps: int
    loss: float
    images_per_second: float


def build_model(recipe: Recipe) -> Network:
    """The recipe's network with fresh weights drawn from its seed.

    Raises:
        ValueError: where its settings describe none.
    """
    with torch.random.fork_rng(devices=[]):  # initialisers of torch.nn know the global generator only
        torch.manual_seed(recipe.seed)
        try:
            return build(MODELS[recipe.kind], recipe.model)
        except ValueError as error:
            raise ValueError(
                f"recipe {recipe.name}: [model] does not describe a network of kind {recipe.kind}: {error}"
            ) from None


def train(
    objective: Objective,
    recipe: Recipe,
    batches: Batches,
    *,
    device: torch.device,
    checkpoint: Path,
    resume: bool = False,
    every: int = 500,
) -> Iterator[Progress]:
    """Train a model in place; yields after each step, writes a checkpoint every `every` steps and at the end.

    Args:
        objective: what to descend, and the model, which is moved to `device`.
        recipe: how.
        batches: source of images.
        device: where to train.
        checkpoint: file of the state from which an interrupted training goes on.
        resume: whether to take up `checkpoint` if it exists.
        every: steps between checkpoints.

    Raises:
        ValueError: where the checkpoint belongs to another recipe, or the loss is no longer finite.
    """
    torch.set_flush_denormal(
        True
    )  # Adam's moments of closed latents fade into denormals, 10 times slower on a CPU
    model = objective.model
    model.to(device=device, memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    optimizer = build_optimizer(objective, recipe)
    generator = stream(recipe.seed, "training")
    digest = fingerprint(recipe)
    start = read_checkpoint(checkpoint, digest, objective, optimizer, generator) if resume else 0
    began = time.monotonic()
    for step in range(start, recipe.steps):
        for group in optimizer.param_groups:
            group["lr"] = group["initial_lr"] * schedule(step, recipe.steps)
        drawn = batches.batch(recipe.batch_size, generator)
        batch = Batch(drawn.images.to(device), drawn.conditions)
        with torch.autocast(device.type, torch.bfloat16, enabled=recipe.precision == "bfloat16"):
            loss = objective.of_batch(batch, generator)
        optimizer.zero_grad()
        loss.descended.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        done = step + 1
        mean = float(loss.shown)
        if not math.isfinite(mean):
            raise ValueError(
                f"the loss is {mean} at step {done}; lower learning_rate in the recipe and start again"
            )
        if done % every == 0 or done == recipe.steps:
            write_checkpoint(checkpoint, digest, done, objective, optimizer, generator)
        rate = recipe.batch_size * (done - start) / max(time.monotonic() - began, 1e-9)
        yield Progress(done, recipe.steps, mean, rate)


def build_optimizer(objective: Objective, recipe: Recipe) -> torch.optim.Adam:
    """Adam over what is not frozen, with the recipe's learning rate times the objective's pace."""
    groups: dict[float, list[nn.Parameter]] = {}
    for name, value in objective.model.named_parameters():
        if value.requires_grad:
            groups.setdefault(objective.pace(name) * recipe.learning_rate, []).append(value)
    return torch.optim.Adam(
        [{"params": group, "lr": rate, "initial_lr": rate} for rate, group in groups.items()], fused=True
    )


def schedule(step: int, steps: int) -> float:
    """Factor of the learning rate: linear over the first 2 %, then a cosine to 0.01."""
    warm = max(steps // 50, 1)
    return min(1.0, (step + 1) / warm) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * step / steps)))


def fingerprint(recipe: Recipe) -> str:
    """A short hash of everything in the recipe that the result depends on."""
    content = described(recipe) | {"data": ""}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
