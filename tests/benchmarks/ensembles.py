"""How the tails of healthy scores look, and which rule joins predictors best: settings are chosen by this.

    python -m tests.benchmarks.ensembles

Tails: excesses over the healthy 99 % quantile, of held-out subjects of the synthetic FLAIR cohort and of five
held-out healthy adults of IXI (T1, see `healthy`): the shape of the generalised Pareto distribution that has
their probability-weighted moments (Hosking and Wallis, 1987), and the scale that quantiles give beside their
mean, which for an exponential tail are 0 and 1.

Rules: mean AP of smoothed intensity and smoothed tolerant residual, alone and joined, over lesions planted
into the synthetic cohort and into IXI: contrasts .1, .2 and .3, sizes .15 and .3, betas .1 and 1. Exits with
1 unless the rule `tail` has the best mean of the rules.
"""

from __future__ import annotations

import argparse
import itertools
import math
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from statistics import mean

import numpy as np
import torch
from torch import Tensor

from explorer.anomalies import ANOMALIES, plant
from explorer.cards import load_pretrained
from explorer.contracts import Case, Model, Slice, stack
from explorer.datasets import load_dataset
from explorer.evaluation.calibrating import supplemented
from explorer.evaluation.calibration import RELIABLE, TAIL, Calibration
from explorer.evaluation.curves import average_precision
from explorer.evaluation.histogram import ScoreHistogram
from explorer.evaluation.members import calibration_slices
from explorer.evidence import Evidence, observe
from explorer.predictors import PREDICTORS, healthy_name, score
from explorer.predictors.ensemble import Ensemble
from explorer.randomness import stream
from explorer.settings import plugin_from
from tests.benchmarks.healthy import ixi_slices

CPU, BETAS = torch.device("cpu"), (0.1, 1.0)
TAILED = (
    *("intensity", "intensity:sigma=1", "reconstruction-error", "kl-gradient", "elbo-gradient"),
    "reconstruction-error:sign=brighter,sigma=1",
    *(f"reconstruction-error:sign={sign},tolerance=3,sigma=1" for sign in ("brighter", "darker")),
    "reconstruction-error:sign=brighter,tolerance=3,sigma=3",
)
PLACES = (
    *(("brain/flair", "brighter"), ("brain/t1", "brighter"), ("brain/t1", "darker")),
    *(("IXI", "brighter"), ("IXI", "darker")),
)
CONTRASTS, SIZES, SLICES = (0.1, 0.2, 0.3), (0.15, 0.3), 40
RULES = ("tail", "fisher", "mean", "product")

Images = tuple[Tensor, Tensor]


def cohort(name: str) -> Images:
    """Test slices as they are, and their foregrounds."""
    dataset = load_dataset(name)
    slices = [dataset.slice("test", *place) for place in dataset.cohort("test", 60, 5)]
    return stack([one.image for one in slices]), stack([one.foreground for one in slices])


def tail(model: Model, images: Images, text: str, beta: float) -> tuple[float, float]:
    """Shape of a predictor's healthy tail, and the scale of its quantiles beside its mean excess."""
    predictor = plugin_from(PREDICTORS, text)
    batches = zip(*(torch.split(part, 20) for part in images), strict=True)
    scores = torch.cat([score(predictor, observe(model, x, beta))[inside] for x, inside in batches]).double()
    begin, end = np.quantile(scores.numpy(), (TAIL, RELIABLE))
    excess = np.sort(scores.numpy()[scores.numpy() > begin] - begin)
    weights = (len(excess) - np.arange(1, len(excess) + 1) + 0.35) / len(excess)
    shape = 2 - excess.mean() / (excess.mean() - 2 * (weights * excess).mean())
    return float(shape), float((end - begin) / math.log((1 - TAIL) / (1 - RELIABLE)) / excess.mean())


def lesions(place: str, ixi: Images, **settings: object) -> list[Case]:
    """Slices with a planted lesion."""
    lesion = ANOMALIES["lesion"](**settings)  # type: ignore[arg-type]
    if place == "IXI":
        slices = (Slice(ixi[0][i, 0], ixi[1][i, 0], f"IXI {i}") for i in range(0, len(ixi[0]), 2))
        cases = [lesion.apply(one, lesion.draw(stream(3, one.name))) for one in slices]
    else:
        dataset = load_dataset(place)
        cases = [plant(dataset, "test", one, lesion, 7) for one in dataset.cohort("test", SLICES, 7)]
    return [case for case in cases if bool(case.mask.any())]


def maps(evidence: Evidence, members: str, healthy: Calibration) -> Iterator[tuple[str, Tensor]]:
    """The members' maps, and those of each rule."""
    alone = Ensemble(members=members).compared
    scores = [score(member, evidence) for member in alone]
    yield from zip(("intensity", "residual"), scores, strict=True)
    beta = evidence.beta
    rare = [healthy.surprisal(healthy_name(a), beta, b) for a, b in zip(alone, scores, strict=True)]
    yield "fisher", torch.stack(rare).mean(0)
    for rule in ("tail", "mean", "product"):
        yield rule, score(Ensemble(rule=rule, members=members), evidence, healthy)


def precision(model: Model, cases: list[Case], members: str, healthy: Calibration) -> dict[str, float]:
    """AP by map, mean over the betas."""
    x, mask, inside = (
        stack(part)
        for part in zip(*((one.image, one.mask, one.source.foreground) for one in cases), strict=True)
    )
    found: dict[str, list[float]] = {}
    for beta in BETAS:
        for name, values in maps(observe(model, x, beta), members, healthy):
            found.setdefault(name, []).append(average_precision(ScoreHistogram.of(values, mask, inside)))
    return {name: mean(values) for name, values in found.items()}


def report(rows: Mapping[str, list[dict[str, float]]]) -> dict[str, float]:
    """Print a row a place and one of all; the means of all."""
    means = {
        place: {name: mean(one[name] for one in found) for name in found[0]} for place, found in rows.items()
    }
    overall = {name: mean(row[name] for row in means.values()) for name in means["IXI, darker"]}
    names = ("intensity", "residual", *RULES)
    print(f"\n{'mean AP of planted lesions':<30}" + "".join(f"{name:>11}" for name in names))
    for place, row in {**means, "mean": overall}.items():
        print(f"{place:<30}" + "".join(f"{row[name]:11.3f}" for name in names))
    return overall


def main() -> int:
    """Print both tables; the exit code says whether the rule `tail` is the best."""
    style = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=style)
    parser.parse_args()
    held_out = ixi_slices()
    ixi = held_out.images, held_out.foregrounds
    torch.set_num_threads(1)
    pretrained = load_pretrained("beta-vae-brain", CPU)
    model, found = pretrained.model, []
    for (where, images), beta in itertools.product((("FLAIR", cohort("brain/flair")), ("IXI", ixi)), BETAS):
        for text in TAILED:
            found.append(tail(model, images, text, beta))
            print(
                f"{where:<6} beta {beta:<4g} {text:<55} shape {found[-1][0]:5.2f} scale {found[-1][1]:5.2f}"
            )
    for name, values in zip(("shape", "scale"), zip(*found, strict=True), strict=True):
        print(f"{name}: {min(values):.2f} to {max(values):.2f}, median {np.median(values):.2f}")
    rows: dict[str, list[dict[str, float]]] = {}
    for place, sign in PLACES:
        mode = "" if sign == "brighter" else ":mode=dark"
        members = f"intensity{mode}:sigma=1,reconstruction-error:sign={sign}:tolerance=3:sigma=1"
        data = "brain/t1" if place == "IXI" else place
        slices = partial(calibration_slices, load_dataset(data))
        healthy = supplemented(pretrained.calibration[data], model, [Ensemble(members=members)], slices, CPU)
        assert healthy is not None
        for strength, size in itertools.product(CONTRASTS, SIZES):
            cases = lesions(place, ixi, strength=strength, size=size, sign=sign)
            rows.setdefault(f"{place}, {sign}", []).append(precision(model, cases, members, healthy))
    overall = report(rows)
    return int(max(RULES, key=lambda rule: overall[rule]) != "tail")


if __name__ == "__main__":
    sys.exit(main())
