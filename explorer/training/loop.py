"""The training loop as a generator: the caller owns progress, pace and stopping."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch

from explorer.models import MODELS
from explorer.models.beta_vae import BetaVae
from explorer.randomness import stream
from explorer.training.brain_pool import log_uniform
from explorer.training.checkpoint import read_checkpoint, write_checkpoint
from explorer.training.losses import LossBalance, elbo_terms
from explorer.training.recipe import Recipe
from explorer.training.sources import Batches


@dataclass(frozen=True)
class Progress:
    """Where a training stands.

    Attributes:
        step: optimiser steps done.
        steps: optimiser steps in all.
        loss: mean of rec + beta kl over the last batch, nats.
        images_per_second: since this run started.
    """

    step: int
    steps: int
    loss: float
    images_per_second: float


def build_model(recipe: Recipe) -> BetaVae:
    """The recipe's network with fresh weights drawn from its seed."""
    with torch.random.fork_rng(devices=[]):  # initialisers of torch.nn know the global generator only
        torch.manual_seed(recipe.seed)
        try:
            return cast(BetaVae, MODELS[recipe.kind](**recipe.model))
        except TypeError as error:
            raise ValueError(f"recipe {recipe.name}: [model] does not fit {recipe.kind}: {error}") from None


def train(
    model: BetaVae,
    recipe: Recipe,
    batches: Batches,
    *,
    device: torch.device,
    checkpoint: Path,
    resume: bool = False,
    every: int = 500,
) -> Iterator[Progress]:
    """Train `model` in place; yields after each step, writes a checkpoint every `every` steps and at the end.

    Args:
        model: from `build_model`; moved to `device`.
        recipe: what to do.
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
    model.to(device=device, memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    optimizer = build_optimizer(model, recipe)
    balance = LossBalance(model.beta_range)
    generator = stream(recipe.seed, "training")
    digest = fingerprint(recipe)
    start = read_checkpoint(checkpoint, digest, model, optimizer, balance, generator) if resume else 0
    began = time.monotonic()
    for step in range(start, recipe.steps):
        for group in optimizer.param_groups:
            group["lr"] = group["initial_lr"] * schedule(step, recipe.steps)
        x = batches.batch(recipe.batch_size, generator).to(device)
        beta = log_uniform(recipe.batch_size, *model.beta_range, generator).to(device)
        noise = torch.randn(recipe.batch_size, model.latents, generator=generator).to(device)
        with torch.autocast(device.type, torch.bfloat16, enabled=recipe.precision == "bfloat16"):
            terms = elbo_terms(model, x, beta, noise)
        loss = terms.rec + beta * terms.kl
        optimizer.zero_grad()
        balance(loss, beta).mean().backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        done = step + 1
        mean = float(loss.detach().mean())
        if not math.isfinite(mean):
            raise ValueError(
                f"the loss is {mean} at step {done}; lower learning_rate in the recipe and start again"
            )
        if done % every == 0 or done == recipe.steps:
            write_checkpoint(checkpoint, digest, done, model, optimizer, balance, generator)
        rate = recipe.batch_size * (done - start) / max(time.monotonic() - began, 1e-9)
        yield Progress(done, recipe.steps, mean, rate)


def build_optimizer(model: BetaVae, recipe: Recipe) -> torch.optim.Adam:
    """Adam with the recipe's learning rates, one for the gates and one for the rest."""
    gates = [value for name, value in model.named_parameters() if "gate" in name]
    others = [value for name, value in model.named_parameters() if "gate" not in name]
    pairs = ((gates, recipe.gate_pace * recipe.learning_rate), (others, recipe.learning_rate))
    return torch.optim.Adam(
        [{"params": group, "lr": rate, "initial_lr": rate} for group, rate in pairs], fused=True
    )


def schedule(step: int, steps: int) -> float:
    """Factor of the learning rate: linear over the first 2 %, then a cosine to 0.01."""
    warm = max(steps // 50, 1)
    return min(1.0, (step + 1) / warm) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * step / steps)))


def fingerprint(recipe: Recipe) -> str:
    """A short hash of everything in the recipe that the result depends on."""
    content = dataclasses.asdict(recipe) | {"data": "", "model": dict(recipe.model)}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
