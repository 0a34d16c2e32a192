"""A tiny random network and its files, and Fashion-MNIST as it comes with the project."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from explorer.cards import Card, HeldOut, save_pretrained
from explorer.cards.weights import round_weights
from explorer.datasets import load_dataset
from explorer.datasets.fashion_mnist import files
from explorer.evaluation.calibrating import calibrate
from explorer.evaluation.calibration import Calibration
from explorer.models.beta_vae.network import BetaVae
from explorer.predictors import PREDICTORS, quick_predictors_for
from tests.support.linear_vae import images

NAME = "beta-vae-fashion-mnist"
SETTINGS: dict[str, Any] = {
    "image_size": 28,
    "widths": [4, 8],
    "latents": 6,
    "s": 0.5,
    "beta_min": 0.01,
    "beta_max": 10.0,
    "mean": 0.3,
    "scale": 2.0,
}


def tiny_vae(seed: int = 0, **changed: Any) -> BetaVae:
    """A frozen network whose gates do something, with the weights as files would hold them."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = BetaVae(**(SETTINGS | changed))
        for name, module in network.named_modules():
            if name.endswith("outer") and isinstance(module, nn.Linear):
                nn.init.normal_(module.weight)
    network.eval().requires_grad_(False)
    round_weights(network)
    return network


def tiny_calibration(network: BetaVae) -> Calibration:
    healthy = images(4, network.image_size, seed=4).float()
    counted = torch.ones_like(healthy, dtype=torch.bool)
    quick = [PREDICTORS[name]() for name in quick_predictors_for(network)]
    return calibrate(network, healthy, counted, [0.01, 0.3, 10.0], predictors=quick)


@cache
def _calibration_of(seed: int) -> Calibration:
    return tiny_calibration(tiny_vae(seed))


def tiny_card(datasets: Sequence[str] = ("fashion-mnist",), name: str = NAME) -> Card:
    figures = HeldOut((0.01, 0.3, 10.0), (1.0, 2.0, 3.0), (3.0, 2.0, 1.0), (0.1, 0.2, 0.3))
    return Card(
        name=name,
        kind="beta-vae",
        dataset="fashion-mnist",
        data="random weights",
        model=SETTINGS,
        recipe={"samples": 0},
        sha256="",
        held_out={name: figures for name in datasets},
    )


def save_tiny(folder: Path, name: str = NAME, *, seed: int = 0, calibrated: bool = True) -> BetaVae:
    """Write the files of the tiny network to `folder`."""
    network = tiny_vae(seed)
    card = tiny_card(name=name)
    made = dict.fromkeys(card.held_out, _calibration_of(seed)) if calibrated else {}
    save_pretrained(network, card, made, folder)
    return network


def without_published_files(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Leave the carried sample as the only Fashion-MNIST there is; `folder` is empty."""
    patch.setattr(files, "DEBIAN", folder)
    patch.setenv("XDG_CACHE_HOME", str(folder))
    patch.delenv("EXPLORER_DATA", raising=False)
    load_dataset.cache_clear()
