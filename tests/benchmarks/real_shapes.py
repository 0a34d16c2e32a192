"""AP on real lesion shapes planted in the cohort and in held-out T1 scans: here settings are chosen.

    python -m tests.benchmarks.real_shapes [--model context-vae-brain ...] [--slices 60] [--beta 0.03 ...]

Lesions (`real-lesion`, of all causes, strengths 0.1, 0.2 and 0.3 in turn) in FLAIR, T1 and T2 of test
subjects of the cohort, in T1 of the five IXI subjects that no training saw, and in one healthy FLAIR scan;
dark in T1, else bright.
Prints, for each, AP over brain pixels of many settings at each training beta, the best first, and the mean of
|x - x_hat| over the brains before planting.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from explorer.anomalies import ANOMALIES, DoesNotFit, plant
from explorer.cards import Pretrained
from explorer.commands.arguments import model_from
from explorer.contracts import Case, Conditions, stack
from explorer.datasets import load_dataset
from explorer.datasets.brain.real_anatomies import HELD_OUT_IXI
from explorer.evidence import observe
from tests.support.settings_tables import BATCH, CPU, Slices, average_precisions, betas_of, lines, texts

SETS = ("brain/flair", "brain/t1", "brain/t2", "real/flair", "real/t1")
HEALTHY = (*HELD_OUT_IXI, "healthy FLAIR")
"""How labels of people without lesions begin, in dataset `real`."""
BETAS = (0.01, 0.03, 0.1, 0.3, 1.0, 10.0)
STRENGTHS = (0.1, 0.2, 0.3)


def planted(name: str, count: int) -> Iterator[Case]:
    """Cases with real lesions, as many as fit of `count` slices."""
    dataset = load_dataset(name)
    subjects, slices = dataset.axes("test")
    if name.startswith("brain/"):
        places: Sequence[tuple[int, ...]] = dataset.cohort("test", count, 0)
    else:
        own = [k for k, label in enumerate(subjects.labels) if label.startswith(HEALTHY)]
        each = min(max(count // len(own), 1), slices.size - 16)
        places = [(k, 8 + (i * (slices.size - 16)) // each) for k in own for i in range(each)]
    for k, place in enumerate(places):
        lesion = ANOMALIES["real-lesion"](strength=STRENGTHS[k % len(STRENGTHS)])
        try:
            yield plant(dataset, "test", place, lesion, 0)
        except DoesNotFit:
            continue


def table(pretrained: Pretrained, name: str, cases: Sequence[Case], betas: Sequence[float]) -> None:
    """Print AP by predictor and beta."""
    sources = [case.source for case in cases]
    slices = Slices(
        stack([case.image for case in cases]),
        stack([case.mask for case in cases]),
        stack([one.foreground for one in sources]),
        Conditions.of(sources),
    )
    contrast = name.partition("/")[2]
    print(
        f"\n{pretrained.card.name} on {name}: {len(cases)} slices, chance {slices.chance:.3f}; betas {betas}"
    )
    healthy = stack([one.image for one in sources])
    errors = [_error(pretrained, healthy, slices, beta) for beta in betas]
    print(f"  {'|x - x_hat|, healthy':<100} " + " ".join(f"{one:.3f}" for one in errors))
    print(lines(average_precisions(pretrained, contrast, slices, texts(contrast), betas)), flush=True)


def _error(pretrained: Pretrained, healthy: Tensor, slices: Slices, beta: float) -> float:
    """The mean of |x - x_hat| over the pixels that count of slices before anything was planted."""
    parts = []
    for rows in torch.split(torch.arange(len(healthy)), BATCH):
        whole = observe(pretrained.model, healthy[rows], beta, conditions=slices.conditions.rows(rows))
        parts.append((whole.x - whole.x_hat).abs()[slices.counted[rows]])
    return float(torch.cat(parts).mean())


def main() -> int:
    """Print the tables."""
    style = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=style)
    parser.add_argument("--model", nargs="+", default=["context-vae-brain"], help="names, or paths of cards")
    parser.add_argument("--slices", type=int, default=60)
    parser.add_argument("--beta", type=float, nargs="+", default=list(BETAS))
    parser.add_argument("--dataset", nargs="+", default=list(SETS), choices=SETS)
    arguments = parser.parse_args()
    cases = {name: list(planted(name, arguments.slices)) for name in arguments.dataset}
    for model in arguments.model:
        pretrained = model_from(model, arguments.dataset[0], CPU)
        for name in arguments.dataset:
            table(pretrained, name, cases[name], betas_of(pretrained, arguments.beta))
    return 0


if __name__ == "__main__":
    sys.exit(main())
