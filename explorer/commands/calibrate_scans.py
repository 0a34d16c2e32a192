"""`calibrate MODEL --scans FOLDER`: how healthy scans of one's own score, as a file that `localize` takes."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from tqdm import tqdm

from explorer.cards import Pretrained
from explorer.commands.arguments import model_from, told_apart
from explorer.commands.jobs import BRAIN, add_preparation, job_of, predictor_from, prepare
from explorer.commands.terminal import complain, say
from explorer.devices import pick_device, share_cores
from explorer.locks import alone
from explorer.predictors import PREDICTORS, Predictor, quick_predictors_for
from explorer.scans.calibrating.file import ENDING, healthy_bytes
from explorer.scans.calibrating.gathering import Gathering, Source
from explorer.scans.calibrating.own import OwnHealthy
from explorer.scans.finding.threshold import promise
from explorer.scans.placing.preparing import Prepared
from explorer.scans.reading.files import label
from explorer.scans.reading.folders import Entry, entries_at
from explorer.scans.reading.loading import load_mask, load_scan_at
from explorer.scans.scoring.jobs import FALSE_POSITIVES, Job
from explorer.writing import write_whole

BETA = 1.0
"""Training beta where none is given, as `localize` has it."""

ONLY_HERE = ("output", "beta", "contrast", "brain", "brain_mask", "volume", "window", "overwrite")
"""Arguments that say nothing without `--scans`."""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the arguments to the parser of `calibrate`."""
    own = parser.add_argument_group("healthy scans of your own")
    own.add_argument("--scans", type=Path, metavar="FOLDER", help="score these healthy scans, for `localize`")
    own.add_argument("--output", type=Path, metavar="FILE", help=f"where their scores go, NAME{ENDING}")
    own.add_argument(
        "--beta", type=float, action="append", metavar="B", help="training beta (default: 1); may be repeated"
    )
    own.add_argument("--overwrite", action="store_true", help="replace a file of an earlier run")
    add_preparation(parser)


def run(arguments: argparse.Namespace) -> None:
    """Score the scans and write the file, if it may; a scan that cannot be read is named and left out."""
    if arguments.folder is not None:
        raise ValueError("--folder does not go with --scans; name the model by the path of its card instead")
    output = _place(arguments.output)
    if not arguments.scans.is_dir():
        raise ValueError(f"--scans {arguments.scans}: is no folder; name the folder that holds the scans")
    with alone(output):
        if output.exists() and not arguments.overwrite:
            raise ValueError(f"--output {output}: is there already; name another place, or pass --overwrite")
        _score(arguments, output)


def _score(arguments: argparse.Namespace, output: Path) -> None:
    """Score the scans and write the file."""
    device = pick_device(arguments.device)
    share_cores(device)
    pretrained = model_from(arguments.model, BRAIN, device)
    betas = arguments.beta or [BETA]
    predictors = _predictors(arguments, pretrained)
    job, mask = job_of(pretrained, predictors, (betas[0], betas[0]), arguments, device)
    entries = entries_at(arguments.scans, brains=mask)
    for told in entries.told:
        complain(told)
    sources = [Source(entry.scan.name, partial(_prepared, entry, job)) for entry in entries.scans]
    own = _gathered(sources, job, betas)
    write_whole(output, healthy_bytes(own))
    say(_summary(own, len(sources), output))


def refuse_without(arguments: argparse.Namespace) -> None:
    """Raise ValueError where arguments are given that need `--scans`."""
    given = [name for name in ONLY_HERE if getattr(arguments, name) not in (None, False)]
    if given:
        raise ValueError(f"--{given[0].replace('_', '-')} goes with --scans FOLDER; name the healthy scans")


def _place(output: Path | None) -> Path:
    """Where the file goes; ValueError where none can go there."""
    if output is None or not output.name.endswith(ENDING):
        raise ValueError(f"--scans needs --output FILE{ENDING}, got {output or 'none'}; name the file")
    if not output.absolute().parent.is_dir() or output.is_dir():
        raise ValueError(f"--output {output}: cannot be written; name a file in a folder that exists")
    return output


def _predictors(arguments: argparse.Namespace, pretrained: Pretrained) -> dict[str, Predictor]:
    """Those that are named, or else all of one pass that can do with what there is."""
    if arguments.predictor:
        return told_apart(predictor_from(text) for text in arguments.predictor)
    names = quick_predictors_for(pretrained.model)
    return {
        name: PREDICTORS[name]()
        for name in names
        if arguments.contrast or not PREDICTORS[name].needs_calibration
    }


def _prepared(entry: Entry, job: Job) -> Prepared:
    """A scan before the model; ValueError where it is not called healthy, or cannot be read."""
    scan = load_scan_at(entry.scan, job.volume)
    marked = entry.anomalous is None and entry.mask is not None and load_mask(entry.mask, scan).any()
    if entry.anomalous or marked:
        raise ValueError(f"{label(entry.scan.name)} is labelled as anomalous; take it out of the folder")
    return prepare(scan, job, entry.brain)


def _gathered(sources: Sequence[Source], job: Job, betas: Sequence[float]) -> OwnHealthy:
    """The healthy scores; what is left out is said as soon as it is known."""
    gathering = Gathering(job, betas)
    for source in tqdm(sources, unit="scan", disable=None, leave=False):
        told = len(gathering.left_out)
        for _ in gathering.add(source):
            pass
        for why in gathering.left_out[told:]:
            complain(f"left out: {why}")
    return gathering.made()


def _summary(own: OwnHealthy, given: int, output: Path) -> str:
    betas = ", ".join(f"{beta:g}" for beta in own.betas)
    return (
        f"{output}: {len(own.scans)} of {given} scans, {int(own.pixels.sum()):,} pixels, training beta "
        f"{betas}; {promise(len(own.scans), FALSE_POSITIVES)}"
    )
