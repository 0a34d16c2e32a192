"""AP of every predictor of both kinds of models, by anomaly family and strength, as Markdown tables.

    python -m tests.benchmarks.families [--dataset brain/flair] [--weights shipped|random] [--slices 16]
                                        [--strength 0.25 --strength 0.5 ...] [--predictor P ...] [--card]

Runs `explorer evaluate`'s own code on test subjects; the best of each column is bold. `chance` is the share
of anomalous among the counted pixels, the AP of a map that knows nothing. `random` takes the recipes'
networks with fresh weights: a check of the command, not of the methods.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Hashable, Mapping, Sequence
from pathlib import Path
from typing import cast

import torch
from torch import nn
from tqdm import tqdm

import explorer.training
from explorer.anomalies import ANOMALIES
from explorer.cards import load_pretrained, model_called
from explorer.cards.card import add_benchmark
from explorer.cards.catalogue import FOLDER
from explorer.contracts import Model
from explorer.datasets import load_dataset
from explorer.evaluation.calibration import Calibration
from explorer.evaluation.cohort import CohortResult, Scoring, run_cohort
from explorer.evaluation.members import calibration_slices
from explorer.evaluation.report import figures
from explorer.predictors import PREDICTORS, predictors_for
from explorer.training.finish import calibrate_all
from explorer.training.loop import build_model
from explorer.training.recipe import read_recipe

CPU = torch.device("cpu")
KINDS = ("beta-vae", "context-vae", "vq-vae")
Table = dict[str, dict[str, float]]


def scorings(dataset: str, weights: str, beta: float, wanted: Sequence[str]) -> dict[str, Scoring]:
    """How each kind of model scores with its predictors, by kind; `intensity` stands with the first only."""
    found = {}
    for kind in KINDS:
        model, calibration = network(dataset, kind, weights)
        names = [name for name in predictors_for(model) if not wanted or name in wanted]
        if kind != KINDS[0] and "intensity" in names:
            names.remove("intensity")
        low, high = model.beta_range
        own = min(max(beta, low), high)
        predictors = {name: PREDICTORS[name]() for name in names}
        found[kind] = Scoring(model, calibration, predictors, own, own, CPU)
    return found


def network(dataset: str, kind: str, weights: str) -> tuple[Model, Calibration]:
    """A model of this kind and its calibration on the dataset."""
    name = model_called(kind, dataset)
    if weights == "shipped":
        pretrained = load_pretrained(name, CPU)
        return pretrained.model, pretrained.calibration[dataset]
    recipe = read_recipe(Path(explorer.training.__file__).parent / "recipes" / f"{name}.toml")
    model = cast(Model, build_model(recipe).eval().requires_grad_(False))
    cast(nn.Module, model).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return model, calibrate_all(model, calibration_slices(load_dataset(dataset), 4), CPU)


def precision(
    dataset: str, family: str, strength: float, scored: Mapping[str, Scoring], slices: int, kept: Kept
) -> dict[str, float]:
    """AP by predictor, and by `chance`, of one family at one strength."""
    row: dict[str, float] = {}
    for kind, scoring in scored.items():
        anomaly = ANOMALIES[family](strength=strength)
        *_, result = run_cohort(load_dataset(dataset), anomaly, scoring, slices, 0, remember=kept.under(kind))
        found = figures(result)
        row["chance"] = found["prevalence"] or 0.0
        for name, values in found["predictors"].items():
            row[f"{name} ({kind})"] = values["average_precision"] or 0.0
    return row


class Kept:
    """Scores of healthy slices, which do not depend on the anomaly."""

    def __init__(self) -> None:
        self.results: dict[Hashable, CohortResult] = {}

    def under(self, kind: str) -> Callable[[Hashable, Callable[[], CohortResult]], CohortResult]:
        """What `run_cohort` remembers for one kind of model."""

        def remember(key: Hashable, make: Callable[[], CohortResult]) -> CohortResult:
            if (kind, key) not in self.results:
                self.results[kind, key] = make()
            return self.results[kind, key]

        return remember


def markdown(strength: float, columns: Table) -> str:
    """A table with a row a predictor and a column a family; the last column is the mean."""
    families = list(columns)
    rows = list(next(iter(columns.values())))
    means = {row: sum(columns[family][row] for family in families) / len(families) for row in rows}
    every = {**columns, "mean": means}
    best = {
        name: max(value for row, value in column.items() if row != "chance") for name, column in every.items()
    }
    lines = [
        f"| AP at strength {strength:g} | " + " | ".join(every) + " |",
        "|---" * (len(every) + 1) + "|",
    ]
    for row in rows:
        cells = (
            f"**{column[row]:.2f}**"
            if row != "chance" and column[row] == best[name]
            else f"{column[row]:.2f}"
            for name, column in every.items()
        )
        lines.append(f"| {row} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def mean_over_families(tables: Mapping[str, Table]) -> dict[str, list[float]]:
    """By predictor, the mean AP over the families at each strength; what a card holds."""
    rows = next(iter(next(iter(tables.values())).values()))
    return {
        row: [
            round(sum(column[row] for column in columns.values()) / len(columns), 3)
            for columns in tables.values()
        ]
        for row in rows
    }


def main() -> int:
    """Print a table a strength."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dataset", default="brain/flair")
    parser.add_argument("--weights", choices=["shipped", "random"], default="shipped")
    parser.add_argument("--slices", type=int, default=16)
    parser.add_argument("--beta", type=float, default=1.0, help="training beta of the VAE")
    parser.add_argument("--strength", type=float, action="append", help="may be repeated")
    parser.add_argument("--family", action="append", choices=ANOMALIES.names(), help="may be repeated")
    parser.add_argument("--predictor", action="append", choices=PREDICTORS.names(), help="may be repeated")
    parser.add_argument(
        "--card", action="store_true", help="enter the means over the families into the VQ-VAE's card"
    )
    arguments = parser.parse_args()
    scored = scorings(arguments.dataset, arguments.weights, arguments.beta, arguments.predictor or ())
    families = arguments.family or [name for name in ANOMALIES.names() if ANOMALIES[name].plants]
    strengths = arguments.strength or [0.25, 0.5, 1.0]
    kept, tables = Kept(), {}
    with tqdm(total=len(families) * len(strengths), unit="cohort", disable=None) as bar:
        for strength in strengths:
            columns: Table = {}
            for family in families:
                columns[family] = precision(
                    arguments.dataset, family, strength, scored, arguments.slices, kept
                )
                bar.update()
            tables[f"{strength:g}"] = columns
            print(markdown(strength, columns), end="\n\n", flush=True)
    if arguments.card:
        entry = {"slices": arguments.slices, "beta": arguments.beta, "strengths": strengths}
        entry |= {"mean_average_precision": mean_over_families(tables)}
        add_benchmark(FOLDER / f"{model_called('vq-vae', arguments.dataset)}.toml", "families", entry)
    return 0


if __name__ == "__main__":
    sys.exit(main())
