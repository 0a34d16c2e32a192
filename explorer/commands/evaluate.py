"""`evaluate`: many test slices with one anomaly, scored."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
from functools import partial
from pathlib import Path
from typing import Any

from tqdm import tqdm

from explorer.anomalies import ANOMALIES, Anomaly
from explorer.commands.arguments import (
    add_betas,
    add_device,
    add_model,
    add_predictors,
    model_from,
    settings_help,
    told_apart,
)
from explorer.commands.terminal import say
from explorer.datasets import load_dataset, reference_of
from explorer.devices import pick_device, share_cores
from explorer.evaluation.calibrating import supplemented
from explorer.evaluation.cohort import Scoring, run_cohort
from explorer.evaluation.members import calibration_slices
from explorer.evaluation.report import figures, table
from explorer.predictors import PREDICTORS
from explorer.settings import plugin_from
from explorer.writing import write_whole

SHORT_FORMS = ("strength", "size")
"""Settings of an anomaly that have an argument of their own."""


def add(commands: Any) -> None:
    """Add the command to a parser."""
    parser = commands.add_parser(
        "evaluate",
        help="score a cohort of test slices",
        epilog="\n\n".join([settings_help("predictors", PREDICTORS), settings_help("anomalies", ANOMALIES)]),
    )
    parser.add_argument("--dataset", required=True, help="e.g. fashion-mnist or brain/flair")
    parser.add_argument(
        "--anomaly",
        required=True,
        metavar="A[:key=value,...]",
        help="e.g. none, or lesion:strength=0.3,sign=darker",
    )
    parser.add_argument("--strength", type=float, metavar="F", help="short for --anomaly A:strength=F")
    parser.add_argument("--size", type=float, metavar="F", help="short for --anomaly A:size=F")
    add_model(parser)
    add_predictors(parser)
    add_betas(parser)
    parser.add_argument("--slices", type=int, default=64, metavar="N", help="default: 64")
    parser.add_argument(
        "--seed", type=int, default=0, metavar="S", help="of cohort and anomalies (default: 0)"
    )
    add_device(parser)
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write settings and figures to FILE")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Score a cohort, write its figures and print its table."""
    dataset = load_dataset(arguments.dataset)
    short = {key: getattr(arguments, key) for key in SHORT_FORMS}
    given = {key: value for key, value in short.items() if value is not None}
    anomaly = plugin_from(ANOMALIES, arguments.anomaly, **given)
    predictors = told_apart(plugin_from(PREDICTORS, text) for text in arguments.predictor)
    if arguments.json is not None:
        check_writable(arguments.json)
    device = pick_device(arguments.device)
    pretrained = model_from(arguments.model, arguments.dataset, device)
    reference = reference_of(arguments.dataset)
    if reference != arguments.dataset:
        print(f"healthy scores are those of {reference}", file=sys.stderr)
    calibration = supplemented(
        pretrained.healthy(arguments.dataset),
        pretrained.model,
        predictors.values(),
        partial(calibration_slices, load_dataset(reference)),
        device,
    )
    scoring = Scoring(
        model=pretrained.model,
        calibration=calibration,
        predictors=predictors,
        beta=arguments.beta,
        scoring_beta=arguments.beta if arguments.scoring_beta is None else arguments.scoring_beta,
        device=device,
    )
    with tqdm(total=arguments.slices, unit="slice", disable=None, leave=False) as bar:
        for result in run_cohort(
            dataset, anomaly, scoring, arguments.slices, arguments.seed, workers=share_cores(device)
        ):
            bar.update(result.done - bar.n)
    report = {"settings": _settings(arguments, anomaly, scoring, pretrained.card.sha256), **figures(result)}
    try:
        if arguments.json is not None:
            write_whole(arguments.json, (json.dumps(report, indent=2, allow_nan=False) + "\n").encode())
            print(f"wrote {arguments.json}", file=sys.stderr)
    finally:
        say(table(report))
    if caution := pretrained.card.caution(ANOMALIES.name_of(type(anomaly))):
        say(caution)


def check_writable(path: Path) -> None:
    """Raise ValueError where no file can be written at `path`, before any work is done for it."""
    folder = path.resolve().parent
    if not folder.is_dir():
        raise ValueError(f"--json {path}: its folder does not exist; create it first")
    device = path.exists() and not path.is_file()  # a terminal or a pipe, which is written to as it is
    touched = [path] * path.exists() + [folder] * (not device)
    if path.is_dir() or not all(os.access(one, os.W_OK) for one in touched):
        raise ValueError(f"--json {path}: cannot be written; name a file in a folder of yours")


def _settings(
    arguments: argparse.Namespace, anomaly: Anomaly, scoring: Scoring, sha256: str
) -> dict[str, Any]:
    """All that the figures depend on."""
    settings = {key: value for key, value in vars(arguments).items() if key not in ("run", "json")}
    return settings | {
        "anomaly": ANOMALIES.name_of(type(anomaly)),
        "anomaly_settings": dataclasses.asdict(anomaly),
        **{key: getattr(anomaly, key) for key in SHORT_FORMS},
        "predictors": {
            key: {"name": PREDICTORS.name_of(type(one)), "settings": dataclasses.asdict(one)}
            for key, one in scoring.predictors.items()
        },
        "scoring_beta": scoring.scoring_beta,
        "healthy_scores": reference_of(arguments.dataset),
        "device": str(scoring.device),
        "sha256": sha256,
    }
