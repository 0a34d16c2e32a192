"""AP on real lesion shapes planted in the cohort and in held-out T1 scans: here settings are chosen.

    python -m tests.benchmarks.real_shapes [--model context-vae-brain ...] [--slices 60] [--beta 0.03 ...]

Lesions (`real-lesion`, of all causes, strengths 0.1, 0.2 and 0.3 in turn) in FLAIR, T1 and T2 of test
subjects of the cohort and in T1 of the five IXI subjects that no training saw; dark in T1, else bright.
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
from explorer.contracts import Case, stack
from explorer.datasets import load_dataset
from explorer.datasets.brain.real_anatomies import HELD_OUT_IXI
from explorer.evaluation.calibrating import supplemented
from explorer.evaluation.curves import average_precision
from explorer.evaluation.histogram import ScoreHistogram
from explorer.evaluation.members import calibration_slices
from explorer.evidence import observe
from explorer.predictors import PREDICTORS, Predictor, score
from explorer.settings import plugin_from

CPU = torch.device("cpu")
SETS = ("brain/flair", "brain/t1", "brain/t2", "real/t1")
BETAS = (0.01, 0.03, 0.1, 0.3, 1.0, 10.0)
STRENGTHS = (0.1, 0.2, 0.3)
BATCH = 16


def texts(dataset: str) -> list[str]:
    """The predictors tried on a dataset, as the command line has them."""
    mode, sign = ("dark", "darker") if dataset.endswith("t1") else ("bright", "brighter")
    residuals = [f"sign={sign},sigma={s},tolerance={t}" for s in (0, 1, 2, 3) for t in (0, 1, 3)]
    joined = [
        f"ensemble:rule=tail,members=intensity:mode={mode}:sigma={s},"
        f"reconstruction-error:sign={sign}:sigma={s}:tolerance={t}"
        for s in (1, 2)
        for t in (0, 1, 3)
    ]
    return [
        *(f"intensity:mode={mode},sigma={s}" for s in (0, 1, 2, 3)),
        *(f"reconstruction-error:{one}" for one in residuals),
        *("reconstruction-error", "reconstruction-gradient", "elbo-gradient", "kl-gradient", "combination"),
        *joined,
    ]


def planted(name: str, count: int) -> Iterator[Case]:
    """Cases with real lesions, as many as fit of `count` slices."""
    dataset = load_dataset(name)
    subjects, slices = dataset.axes("test")
    if name.startswith("brain/"):
        places: Sequence[tuple[int, ...]] = dataset.cohort("test", count, 0)
    else:
        own = [k for k, label in enumerate(subjects.labels) if label.startswith(HELD_OUT_IXI)]
        each = max(count // len(own), 1)
        places = [(k, 8 + (i * (slices.size - 16)) // each) for k in own for i in range(each)]
    for k, place in enumerate(places):
        lesion = ANOMALIES["real-lesion"](strength=STRENGTHS[k % len(STRENGTHS)])
        try:
            yield plant(dataset, "test", place, lesion, 0)
        except DoesNotFit:
            continue


def table(pretrained: Pretrained, name: str, cases: Sequence[Case], betas: Sequence[float]) -> None:
    """Print AP by predictor and beta."""
    predictors: dict[str, Predictor] = {text: plugin_from(PREDICTORS, text) for text in texts(name)}
    model, reference = pretrained.model, "brain/" + name.partition("/")[2]
    calibration = supplemented(
        pretrained.healthy(name),
        model,
        predictors.values(),
        lambda count: calibration_slices(load_dataset(reference), count),
        CPU,
    )
    x, mask, counted, healthy = (
        stack(part)
        for part in zip(*((c.image, c.mask, c.source.foreground, c.source.image) for c in cases), strict=True)
    )
    found: dict[str, list[float]] = {text: [] for text in predictors}
    errors = []
    for beta in betas:
        parts: dict[str, list[ScoreHistogram]] = {text: [] for text in predictors}
        error: list[Tensor] = []
        for rows in torch.split(torch.arange(len(x)), BATCH):
            evidence = observe(model, x[rows], beta)
            for text, predictor in predictors.items():
                values = score(predictor, evidence, calibration)
                parts[text].append(ScoreHistogram.of(values, mask[rows], counted[rows]))
            whole = observe(model, healthy[rows], beta)
            error.append((whole.x - whole.x_hat).abs()[counted[rows]])
        errors.append(float(torch.cat(error).mean()))
        for text, histograms in parts.items():
            found[text].append(average_precision(ScoreHistogram.merge(histograms)))
    share = float(mask[counted].float().mean())
    print(f"\n{pretrained.card.name} on {name}: {len(x)} slices, chance {share:.3f}; betas {betas}")
    print(f"  {'|x - x_hat|, healthy':<100} " + " ".join(f"{one:.3f}" for one in errors))
    for text, row in sorted(found.items(), key=lambda item: -max(item[1])):
        print(f"  {text:<100} " + " ".join(f"{one:.3f}" for one in row), flush=True)


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
            table(pretrained, name, cases[name], arguments.beta)
    return 0


if __name__ == "__main__":
    sys.exit(main())
