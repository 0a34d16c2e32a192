"""Times all seven predictors on a batch against the passes that they cannot do without.

The plain side is one forward and two backward passes, written by hand. Run as
`python -m tests.benchmarks.predictors [device]`; exits with 1 when the target is missed.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import torch
from torch import Tensor

from explorer.contracts import stack
from explorer.datasets.brain.cohort import BrainCohort
from explorer.evaluation.calibrating import calibrate
from explorer.evaluation.calibration import Calibration
from explorer.evidence import VaeEvidence
from explorer.models.beta_vae.network import BetaVae
from explorer.predictors import PREDICTORS, score

SEVEN = (
    *("intensity", "reconstruction-error", "reconstruction-gradient", "kl-gradient", "elbo-gradient"),
    *("combination", "ensemble"),
)
BATCH = 16
REPETITIONS = 21
MAX_RATIO = 1.3
THREADS = 1  # leaves the rest of the machine out of the comparison


def brain_images() -> tuple[Tensor, Tensor]:
    """Sixteen brain slices, (16, 1, 128, 128), and their foregrounds."""
    dataset = BrainCohort("flair")
    slices = [dataset.slice("test", *place) for place in dataset.cohort("test", BATCH, 0)]
    return stack([one.image for one in slices]), stack([one.foreground for one in slices])


def plain(model: BetaVae, x: Tensor, beta: Tensor) -> tuple[Tensor, Tensor]:
    """The two gradients and nothing else."""
    x = x.detach().requires_grad_()
    output = model(x, beta)
    rec = (x - output.x_hat).square().sum() / (2 * model.s**2)
    kl = 0.5 * (output.mu.square() + output.log_var.exp() - output.log_var - 1).sum()
    (grad_rec,) = torch.autograd.grad(rec, x, retain_graph=True)
    (grad_kl,) = torch.autograd.grad(kl, x)
    return grad_rec, grad_kl


def all_seven(model: BetaVae, x: Tensor, beta: Tensor, calibration: Calibration) -> list[Tensor]:
    """The maps of all seven predictors."""
    evidence = VaeEvidence(model, x, beta)
    return [score(PREDICTORS[name](), evidence, calibration) for name in SEVEN]


def seconds(function: Callable[[], object], device: torch.device) -> float:
    start = time.perf_counter()
    function()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - start


def main() -> int:
    """Print the times; 0 when the target is met."""
    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    device = torch.device(sys.argv[1] if len(sys.argv) > 1 else "cpu")
    model = BetaVae(128, (16, 32, 64, 128, 256), 256, s=0.5, beta_min=0.01, beta_max=10.0)
    model = model.eval().requires_grad_(False).to(device)
    images, foregrounds = brain_images()
    seven = [PREDICTORS[name]() for name in SEVEN]
    calibration = calibrate(model, images, foregrounds, [0.01, 1.0, 10.0], device=device, predictors=seven)
    x, beta = images.to(device), torch.logspace(-2, 1, BATCH, device=device)
    sides = (lambda: plain(model, x, beta), lambda: all_seven(model, x, beta, calibration))
    for side in sides * 2:
        seconds(side, device)
    times = [[seconds(side, device) for side in sides] for _ in range(REPETITIONS)]
    base, ours = (statistics.median(column) for column in zip(*times, strict=True))
    print(f"{BATCH} images 128x128, {device}, {THREADS} thread, median of {REPETITIONS} alternating runs")
    print(f"one forward, two backward passes {1e3 * base:7.1f} ms")
    print(f"all seven predictors             {1e3 * ours:7.1f} ms")
    met = ours / base <= MAX_RATIO
    print(f"ratio {ours / base:.3f}, target {MAX_RATIO:g}: {'met' if met else 'MISSED'}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
