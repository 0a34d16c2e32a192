"""What conditioning on beta costs: the conditional network's loss beside networks trained at one beta alone.

    R=explorer/training/recipes/beta-vae-fashion-mnist.toml
    for b in 0.01 0.1 1 10; do python -m explorer train $R --beta $b --output runs; done
    python -m tests.benchmarks.conditioning beta-vae-fashion-mnist runs

Loss: rec + beta KL with z drawn from q(z|x), nats an image, on the calibration split, 4 draws of z an image,
the same for both networks. Every single-beta network `<name>-<beta>` found in the folder is compared.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import cast

import torch

from explorer.cards import load_pretrained, model_names
from explorer.cards.card import add_benchmark
from explorer.cards.catalogue import FOLDER
from explorer.datasets import dataset_names, load_dataset
from explorer.evaluation.members import calibration_slices
from explorer.models.beta_vae.network import BetaVae
from explorer.models.beta_vae.objective import elbo_terms
from explorer.randomness import stream

DRAWS = 4
ALLOWED = 1.05


def mean_loss(model: BetaVae, images: torch.Tensor, beta: float) -> tuple[float, float, float]:
    """Mean loss, rec and KL, nats an image."""
    generator = stream(0, "conditioning")
    rec = kl = 0.0
    with torch.no_grad():
        for x in torch.split(images.repeat(DRAWS, 1, 1, 1), 100):
            betas = torch.full((len(x),), beta)
            terms = elbo_terms(model, x, betas, torch.randn(len(x), model.latents, generator=generator))
            rec += float(terms.rec.sum()) / (DRAWS * len(images))
            kl += float(terms.kl.sum()) / (DRAWS * len(images))
    return rec + beta * kl, rec, kl


def main() -> int:
    """Print a row a beta; the exit code says whether all ratios are within 5 %."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", help="of the conditional model, e.g. beta-vae-fashion-mnist")
    parser.add_argument("folder", type=Path, help="where the single-beta models are")
    parser.add_argument("--conditional", type=Path, default=FOLDER, help="where the conditional model is")
    parser.add_argument(
        "--card", action="store_true", help="enter the figures into the conditional model's card"
    )
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    device = torch.device("cpu")
    conditional = load_pretrained(arguments.name, device, arguments.conditional)
    family = conditional.card.dataset
    sets = [
        calibration_slices(load_dataset(n), 200).images
        for n in dataset_names()
        if n.partition("/")[0] == family
    ]
    images = torch.cat(sets)
    singles = [n for n in model_names(arguments.folder) if n.startswith(f"{arguments.name}-")]
    if not singles:
        raise SystemExit(f"no {arguments.name}-<beta> in {arguments.folder}; train them first (see --help)")
    worst, rows = 0.0, {}
    print(
        f"{'beta':>6} {'single':>9} {'conditional':>12} {'ratio':>7}   rec and KL of single, of conditional"
    )
    for name in sorted(singles, key=lambda n: float(n.rpartition("-")[2])):
        single = load_pretrained(name, device, arguments.folder)
        samples = single.card.recipe["samples"], conditional.card.recipe["samples"]
        if samples[0] != samples[1]:
            raise SystemExit(
                f"{name} saw {samples[0]} images, the conditional network {samples[1]}: not comparable"
            )
        beta = single.model.beta_range[0]
        alone = mean_loss(cast(BetaVae, single.model), images, beta)
        both = mean_loss(cast(BetaVae, conditional.model), images, beta)
        ratio = both[0] / alone[0]
        worst = max(worst, ratio)
        rows[f"{beta:g}"] = {
            "single": round(alone[0], 3),
            "conditional": round(both[0], 3),
            "ratio": round(ratio, 4),
        }
        parts = f"{alone[1]:.1f} {alone[2]:.1f}, {both[1]:.1f} {both[2]:.1f}"
        print(f"{beta:>6g} {alone[0]:>9.2f} {both[0]:>12.2f} {ratio:>7.3f}   {parts}")
    if arguments.card:
        figures = {"images_seen": samples[0], "loss_by_beta": rows}
        add_benchmark(FOLDER / f"{arguments.name}.toml", "conditioning", figures)
    print(f"largest ratio {worst:.3f}; target at most {ALLOWED}: {'met' if worst <= ALLOWED else 'missed'}")
    return int(worst > ALLOWED)


if __name__ == "__main__":
    sys.exit(main())
