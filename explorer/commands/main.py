"""The command line: list, evaluate, localize, train, calibrate, download.

Results go to standard output, progress and messages to standard error. Wrong input is answered by one line
and exit code 2.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from tqdm import tqdm

from explorer.anomalies import ANOMALIES
from explorer.cards import load_pretrained, model_called, model_names
from explorer.cards.catalogue import FOLDER
from explorer.datasets import DATASETS, dataset_names, load_dataset
from explorer.devices import pick_device
from explorer.evaluation.cohort import Scoring, run_cohort
from explorer.evaluation.report import figures, table
from explorer.models import MODELS
from explorer.predictors import PREDICTORS


class Parser(argparse.ArgumentParser):
    """Says in one line what is wrong."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(f"{message}; see: {self.prog} --help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code: 0, 2 for wrong input, 130 when interrupted."""
    try:
        parsed = build_parser().parse_args(arguments)
        parsed.run(parsed)
    except (ValueError, OSError) as error:
        print(f"explorer: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("explorer: stopped", file=sys.stderr)
        return 130
    return 0


def build_parser() -> Parser:
    """The parser of all commands; each sets `run`."""
    parser = Parser("python -m explorer", description="Unsupervised anomaly localization with VAEs.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=Parser)

    listing = commands.add_parser("list", help="name datasets, anomalies, models and predictors")
    listing.add_argument("--json", action="store_true", help="as JSON")
    listing.set_defaults(run=run_list)

    evaluate = commands.add_parser("evaluate", help="score a cohort of test slices")
    evaluate.add_argument("--dataset", required=True, help="e.g. fashion-mnist or brain/flair")
    evaluate.add_argument("--anomaly", required=True, help="e.g. lesion, or none")
    evaluate.add_argument(
        "--strength", type=float, metavar="F", help="0 to 1; the family's default if left out"
    )
    evaluate.add_argument(
        "--size", type=float, metavar="F", help="diameter as a fraction of the image's width"
    )
    evaluate.add_argument("--model", default="beta-vae", help="default: beta-vae")
    evaluate.add_argument("--predictor", action="append", required=True, metavar="P", help="may be repeated")
    evaluate.add_argument("--beta", type=float, default=1.0, metavar="B", help="training beta (default: 1)")
    evaluate.add_argument(
        "--scoring-beta", type=float, metavar="B", help="weight of KL in scores (default: beta)"
    )
    evaluate.add_argument("--slices", type=int, default=64, metavar="N", help="default: 64")
    evaluate.add_argument(
        "--seed", type=int, default=0, metavar="S", help="of cohort and anomalies (default: 0)"
    )
    evaluate.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    evaluate.add_argument("--json", type=Path, metavar="FILE", help="also write settings and figures to FILE")
    evaluate.set_defaults(run=run_evaluate)

    localize = commands.add_parser("localize", help="score a scan of your own, or a folder of scans")
    localize.add_argument("scan", type=Path, metavar="SCAN", help="a file, or a folder: see README")
    localize.add_argument(
        "--output", type=Path, required=True, metavar="MAP", help="file; folder for a folder"
    )
    localize.add_argument(
        "--model", default="beta-vae", help="kind, name, or path of a card (default: beta-vae)"
    )
    localize.add_argument("--predictor", required=True, metavar="P")
    localize.add_argument("--beta", type=float, default=1.0, metavar="B", help="training beta (default: 1)")
    localize.add_argument(
        "--scoring-beta", type=float, metavar="B", help="weight of KL in scores (default: beta)"
    )
    localize.add_argument("--contrast", metavar="C", help="flair, t1 or t2: compare with its healthy scores")
    localize.add_argument(
        "--mask", type=Path, metavar="M", help="of anomalies, to measure against; or a folder"
    )
    localize.add_argument("--brain-mask", type=Path, metavar="M", help="estimated if left out; or a folder")
    localize.add_argument("--volume", type=int, metavar="N", help="which one of a 4-D file, from 0")
    localize.add_argument("--window", metavar="W", help="of a CT, e.g. brain")
    localize.add_argument("--seed", type=int, default=0, metavar="S", help="of the predictor (default: 0)")
    localize.add_argument("--report", action="store_true", help="also write a page with pictures")
    localize.add_argument("--overwrite", action="store_true", help="replace files of an earlier run")
    localize.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    localize.set_defaults(run=run_localize)

    train = commands.add_parser("train", help="make a model from a recipe")
    train.add_argument("recipe", type=Path, metavar="RECIPE.toml")
    train.add_argument("--output", type=Path, default=Path("runs"), metavar="DIR", help="default: runs")
    train.add_argument("--resume", action="store_true", help="go on from the last checkpoint in DIR")
    train.add_argument("--beta", type=float, metavar="B", help="train for this one beta instead of the range")
    train.add_argument(
        "--samples", type=int, metavar="N", help="see this many images instead of the recipe's"
    )
    train.add_argument("--anatomies", type=Path, metavar="DIR", help="brain: folder of real segmentations")
    train.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    train.add_argument("--threads", type=int, metavar="N", help="CPU threads of the network")
    train.set_defaults(run=run_train)

    calibrate = commands.add_parser("calibrate", help="score healthy images anew for a model's card")
    calibrate.add_argument("model", metavar="NAME", help="e.g. beta-vae-brain")
    calibrate.add_argument("--folder", type=Path, default=FOLDER, metavar="DIR", help="default: pretrained")
    calibrate.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    calibrate.set_defaults(run=run_calibrate)

    download = commands.add_parser("download", help="fetch a public dataset into the user's cache")
    download.add_argument("dataset", metavar="DATASET", help="e.g. fashion-mnist")
    download.set_defaults(run=run_download)
    return parser


def run_list(arguments: argparse.Namespace) -> None:
    """Print every name that the other commands take."""
    names = {
        "datasets": dataset_names(),
        "anomalies": ANOMALIES.names(),
        "models": MODELS.names(),
        "pretrained": model_names(),
        "predictors": PREDICTORS.names(),
    }
    if arguments.json:
        print(json.dumps(names, indent=2))
        return
    for kind, known in names.items():
        print(f"{kind}: {', '.join(known) or 'none'}")


def run_evaluate(arguments: argparse.Namespace) -> None:
    """Score a cohort and print its table."""
    dataset = load_dataset(arguments.dataset)
    given = {"strength": arguments.strength, "size": arguments.size}
    anomaly = ANOMALIES[arguments.anomaly](
        **{key: value for key, value in given.items() if value is not None}
    )
    predictors = {name: PREDICTORS[name]() for name in arguments.predictor}
    if arguments.json is not None:
        check_writable(arguments.json)
    device = pick_device(arguments.device)
    pretrained = load_pretrained(model_called(arguments.model, arguments.dataset), device)
    scoring = Scoring(
        model=pretrained.model,
        calibration=pretrained.calibration.get(arguments.dataset),
        predictors=predictors,
        beta=arguments.beta,
        scoring_beta=arguments.beta if arguments.scoring_beta is None else arguments.scoring_beta,
        device=device,
    )
    with tqdm(total=arguments.slices, unit="slice", disable=None, leave=False) as bar:
        for result in run_cohort(dataset, anomaly, scoring, arguments.slices, arguments.seed):
            bar.update(result.done - bar.n)
    settings = {key: value for key, value in vars(arguments).items() if key not in ("run", "json")}
    settings |= {
        "scoring_beta": scoring.scoring_beta,
        "device": str(device),
        "sha256": pretrained.card.sha256,
    }
    settings |= given | {key: getattr(anomaly, key) for key in given}
    report = {"settings": settings, **figures(result)}
    print(table(report))
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(report, indent=2, allow_nan=False) + "\n", encoding="utf-8")
        print(f"wrote {arguments.json}", file=sys.stderr)


def run_localize(arguments: argparse.Namespace) -> None:
    """Write the map of a scan, or of each in a folder; one that fails does not stop the others."""
    from explorer.commands.localize import localize, outputs, summary
    from explorer.scans.scoring.jobs import make_job

    job = make_job(
        arguments.model,
        arguments.predictor,
        beta=arguments.beta,
        scoring_beta=arguments.scoring_beta,
        seed=arguments.seed,
        contrast=arguments.contrast,
        volume=arguments.volume,
        window=arguments.window,
        device=pick_device(arguments.device),
    )
    failed = 0
    pairs = outputs(
        arguments.scan,
        arguments.output,
        arguments.mask,
        brain=arguments.brain_mask,
        report=arguments.report,
        overwrite=arguments.overwrite,
    )
    for entry, output in pairs:
        try:
            record = localize(entry, output, job, arguments.brain_mask, report=arguments.report)
            print(summary(record, output))
        except (ValueError, OSError) as error:
            if len(pairs) == 1:
                raise
            failed += 1
            print(f"explorer: {' '.join(str(error).split())}", file=sys.stderr)
    if failed:
        raise ValueError(f"{failed} of {len(pairs)} scans failed, as said above; the other maps are written")


def check_writable(path: Path) -> None:
    """Raise ValueError where no file can be written at `path`, before any work is done for it."""
    folder = path.resolve().parent
    if not folder.is_dir():
        raise ValueError(f"--json {path}: its folder does not exist; create it first")
    if path.is_dir() or not os.access(path if path.exists() else folder, os.W_OK):
        raise ValueError(f"--json {path}: cannot be written; name a file in a folder of yours")


def run_train(arguments: argparse.Namespace) -> None:
    """Train, measure, calibrate and write card and weights."""
    from explorer.commands.train import train_recipe

    made = train_recipe(
        arguments.recipe,
        arguments.output,
        resume=arguments.resume,
        beta=arguments.beta,
        samples=arguments.samples,
        anatomies=arguments.anatomies,
        device=pick_device(arguments.device),
        threads=arguments.threads,
    )
    print(f"wrote {made} and its weights; copy both to {FOLDER.name}/ to use them", file=sys.stderr)


def run_calibrate(arguments: argparse.Namespace) -> None:
    """Rewrite a card's figures on healthy images, for all predictors that there are now."""
    from explorer.training.finish import calibrate_again

    for name in calibrate_again(arguments.model, arguments.folder, pick_device(arguments.device)):
        tqdm.write(f"calibrating on {name}", file=sys.stderr)


def run_download(arguments: argparse.Namespace) -> None:
    """Fetch the files of a dataset."""
    folder = DATASETS[arguments.dataset].download()
    print(f"{arguments.dataset} is in {folder}", file=sys.stderr)
