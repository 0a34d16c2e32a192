"""A tiny random VQ-VAE with prior and files, and the plain walk that fast restoration must agree with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer import contracts
from explorer.cards import Card, HeldOut, save_pretrained
from explorer.cards.weights import round_weights
from explorer.contracts import Conditions
from explorer.evaluation.calibrating import calibrate
from explorer.evidence.restoration import draw
from explorer.models.vq_vae.code_prior import CodePrior
from explorer.models.vq_vae.network import VqVae
from tests.support.linear_vae import images

NAME = "vq-vae-fashion-mnist"
CONDITIONED = {"contrasts": 3, "positions": 5}
"""Settings of a prior that is conditioned."""
SETTINGS: dict[str, Any] = {
    "image_size": 16,
    "widths": [4, 6],
    "codes": 12,
    "dimension": 5,
    "prior": {"width": 16, "layers": 2, "heads": 2},
    "blocks": 1,
    "mean": 0.3,
    "scale": 2.0,
}


def tiny_vq_vae(seed: int = 0, **changed: Any) -> VqVae:
    """A frozen network whose codes vary and whose prior prefers some, with the weights as files hold them."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = VqVae(**(SETTINGS | changed))
        z = network.encode(images(8, network.image_size).float()).detach()
        flat = z.permute(0, 2, 3, 1).flatten(0, 2)
        network.codebook.vectors.copy_(flat[torch.randperm(len(flat))[: len(network.codebook)]])
        sharpen(network.prior)
    network.eval().requires_grad_(False)
    round_weights(network)
    return network


def conditioned_vq_vae() -> VqVae:
    """The same with a prior that asks for contrast and position, of which it knows five."""
    return tiny_vq_vae(prior={**SETTINGS["prior"], **CONDITIONED})


def save_tiny_codes(folder: Path, **changed: Any) -> VqVae:
    """Write card and weights of a tiny network for Fashion-MNIST to `folder`."""
    settings = SETTINGS | {"image_size": 28} | changed
    network = tiny_vq_vae(**settings)
    healthy = images(4, network.image_size, seed=4).float()
    made = calibrate(network, healthy, torch.ones_like(healthy, dtype=torch.bool), [1.0])
    figures = HeldOut((1.0,), (2.0,), (3.0,), (0.1,), perplexity=(7.0,), code_nll=(1.5,))
    card = Card(
        name=NAME,
        kind="vq-vae",
        dataset="fashion-mnist",
        data="random weights",
        model=settings,
        recipe={"samples": 0},
        sha256="",
        held_out={"fashion-mnist": figures},
    )
    save_pretrained(network, card, {"fashion-mnist": made}, folder)
    return network


def tiny_prior(seed: int = 0, codes: int = 7, rows: int = 3, columns: int = 4, **changed: Any) -> CodePrior:
    """A frozen prior in float64 whose logits differ by several nats."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        prior = CodePrior(codes, rows, columns, **({"width": 16, "layers": 2, "heads": 2} | changed))
        sharpen(prior)
    return prior.double().eval().requires_grad_(False)


def sharpen(prior: CodePrior) -> None:
    """Make what the prior says of a code depend on all before it, and on what is known of the image."""
    with torch.no_grad():
        for weight in prior.parameters():
            if weight.ndim > 1:
                weight.mul_(3)
        for condition in (prior.contrast, prior.position):
            if condition is not None:
                nn.init.normal_(condition.table)


def plain_walk(
    prior: contracts.CodePrior,
    codes: Tensor,
    threshold: Tensor,
    noise: Tensor,
    conditions: Conditions | None = None,
) -> Tensor:
    """Restorations, (B, S, n), with one full pass of the prior over all copies for each position."""
    images = torch.arange(len(codes)).repeat_interleave(len(noise))
    given = None if conditions is None else conditions.rows(images)
    walked = codes.repeat_interleave(len(noise), 0)
    limits, uniform = threshold.repeat_interleave(len(noise)), noise.repeat(len(codes), 1)
    with torch.no_grad():
        for i in range(prior.length):
            logits = prior(walked, given)[:, i]
            over = F.cross_entropy(logits, walked[:, i], reduction="none") > limits
            walked[:, i] = torch.where(over, draw(logits, uniform[:, i]), walked[:, i])
    return walked.view(len(codes), len(noise), -1)
