"""`localize`: a scan, or a folder of scans, to maps on disk; each predictor gives one."""

from __future__ import annotations

import argparse
import dataclasses
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import torch
from jinja2 import TemplateError
from tqdm import tqdm

from explorer.commands.arguments import (
    add_betas,
    add_device,
    add_model,
    add_predictors,
    model_from,
    settings_help,
    told_apart,
)
from explorer.commands.brains import ways_help
from explorer.commands.jobs import BRAIN, add_preparation, job_of, predictor_from, prepare
from explorer.commands.outputs import Maps, check_free, outputs
from explorer.commands.terminal import complain, say
from explorer.devices import pick_device, share_cores
from explorer.locks import alone
from explorer.predictors import PREDICTORS
from explorer.scans.calibrating.file import healthy_at
from explorer.scans.finding.comparing import caution
from explorer.scans.finding.finding import Finding, find
from explorer.scans.finding.measures import LEAST_TOLD, Measured
from explorer.scans.placing.preparing import Prepared
from explorer.scans.reading.files import label
from explorer.scans.reading.folders import Entry
from explorer.scans.reading.loading import load_mask, load_scan_at
from explorer.scans.scoring.jobs import FALSE_POSITIVES, Job
from explorer.scans.scoring.scoring import ScoredScan, score_scan
from explorer.scans.writing.export import ending_for, record_path, write_map
from explorer.scans.writing.report import report_html
from explorer.writing import whole


def add(commands: Any) -> None:
    """Add the command to a parser."""
    parser = commands.add_parser(
        "localize",
        help="score a scan of your own, or a folder of scans",
        epilog=f"{settings_help('predictors', PREDICTORS)}\n{ways_help()}",
    )
    parser.add_argument("scan", type=Path, metavar="SCAN", help="a file, or a folder of them")
    parser.add_argument(
        "--output",
        type=Path,
        required=True,
        metavar="MAP",
        help="file; folder for a folder; of several predictors each map's name ends in its predictor's",
    )
    add_model(parser)
    add_predictors(parser)
    add_betas(parser)
    add_preparation(parser)
    parser.add_argument(
        "--mask", type=Path, metavar="M", help="of anomalies, to measure against; or a folder"
    )
    parser.add_argument(
        "--calibration",
        type=Path,
        metavar="FILE",
        help="healthy scores of your own scans, as `calibrate MODEL --scans` writes them: compare with these",
    )
    parser.add_argument(
        "--false-positives",
        type=float,
        default=FALSE_POSITIVES,
        metavar="S",
        help=f"share of a healthy scan's pixels above the threshold (default: {FALSE_POSITIVES:g})",
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="S", help="of predictors that draw (default: 0)"
    )
    parser.add_argument("--report", action="store_true", help="also write a page with pictures for each map")
    parser.add_argument("--overwrite", action="store_true", help="replace files of an earlier run")
    add_device(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Write the maps of a scan, or of each in a folder; one that fails does not stop the others."""
    device = pick_device(arguments.device)
    share_cores(device)
    job, mask = job_from(arguments, device)
    entries, told = outputs(
        arguments.scan,
        arguments.output,
        arguments.mask,
        keys=tuple(job.scoring.predictors),
        brain=mask,
        report=arguments.report,
        overwrite=arguments.overwrite,
    )
    for key in job.scoring.predictors if job.compares else ():
        told += (caution(job, key, volume=job.card.dataset == BRAIN),)
    for sentence in filter(None, told):
        complain(sentence)
    failed = 0
    for entry, maps in entries:
        try:
            localize(entry, maps, job, report=arguments.report, overwrite=arguments.overwrite)
        except (ValueError, OSError) as error:
            if len(entries) == 1:
                raise
            failed += 1
            complain(error)
    if failed:
        raise ValueError(
            f"{failed} of {len(entries)} scans failed, as said above; the other maps are written"
        )


def job_from(arguments: argparse.Namespace, device: torch.device) -> tuple[Job, Path | None]:
    """Look up and load what a localization needs; the mask, or the folder of masks, of brains beside it.

    Raises:
        ValueError: for what is unknown, does not load, or does not fit together.
    """
    predictors = told_apart(predictor_from(text, arguments.seed) for text in arguments.predictor)
    beta, scoring_beta = arguments.beta, arguments.scoring_beta
    own = None if arguments.calibration is None else healthy_at(arguments.calibration)
    pretrained = model_from(arguments.model, BRAIN, device)
    betas = (beta, beta if scoring_beta is None else scoring_beta)
    job, mask = job_of(pretrained, predictors, betas, arguments, device)
    return dataclasses.replace(job, own=own, false_positives=arguments.false_positives), mask


def localize(
    entry: Entry, maps: Maps, job: Job, *, report: bool = False, overwrite: bool = False
) -> dict[str, Finding]:
    """Localize one scan: write map, record and page of each predictor, and say so.

    Args:
        entry: the scan, a mask to measure against, and one of its brain.
        maps: where the map of each predictor goes.
        job: how.
        report: whether to write the pages with pictures, `<name>.html` beside each map.
        overwrite: whether files that are there may be replaced.

    Returns:
        What was found, by predictor.

    Raises:
        ValueError: naming the file, the problem and the remedy.
    """
    with ExitStack() as held:
        for path in maps.values():
            path.parent.mkdir(parents=True, exist_ok=True)
            held.enter_context(alone(record_path(path)))
            check_free(path, report=report, overwrite=overwrite)
        found = _found(entry, maps, job)
        for key, path in maps.items():
            with whole(record_path(path)) as partial:
                write_map(partial / path.name, found[key])
                if report:
                    _write_report(partial / record_path(path).with_suffix(".html").name, found[key])
            say(summary(found[key], path))
            for told in (*found[key].doubts, *found[key].on_mask):
                complain(f"{label(entry.scan.name)}, {key}: {told}")
    return found


def _found(entry: Entry, maps: Maps, job: Job) -> dict[str, Finding]:
    """What each predictor finds in a scan."""
    scan = load_scan_at(entry.scan, job.volume)
    mask = None if entry.mask is None else load_mask(entry.mask, scan)
    for path in maps.values():
        ending_for(scan, path.name)
    prepared = prepare(scan, job, entry.brain)
    for told in prepared.warnings:
        complain(f"{label(scan.name)}: {told}")
    scored = _score(prepared, job, label(scan.name))
    return {key: find(scan, prepared, job, scored, key, mask=mask, labelled=entry.anomalous) for key in maps}


def summary(finding: Finding, output: Path) -> str:
    """A line for people: where the map is, and the figures if there are any."""
    shown = "" if finding.measured is None else _on_mask(finding.measured)
    prepared = finding.prepared
    brain = "" if prepared.brain_ml is None else f", brain of {prepared.brain_ml:,.0f} ml ({prepared.brain})"
    return f"{output}: {len(prepared.slices)} of {len(prepared.images)} slices{brain}{shown}"


def _on_mask(measured: Measured) -> str:
    """The figures, or why there are none, and what of the mask was not scored."""
    known = {name: value for name, value in measured.figures.items() if value is not None}
    shown = "".join(f", {name.replace('_', ' ')} {value:.3f}" for name, value in known.items())
    if len(known) < len(measured.figures):
        missing = " and ".join(name.replace("_", " ") for name in measured.figures if name not in known)
        shown += f"; {missing if known else 'figures'} undefined, as {measured.undefined}"
    if measured.unscored >= LEAST_TOLD:
        shown += f"; {100 * measured.unscored:.0f} % of the mask was not scored"
    return shown


def _score(prepared: Prepared, job: Job, name: str) -> ScoredScan:
    with tqdm(total=len(prepared.slices), unit="slice", desc=name, disable=None, leave=False) as bar:
        for scored in score_scan(prepared, job.scoring, contrast=job.sequence):
            bar.update(scored.done - bar.n)
    return scored


def _write_report(path: Path, finding: Finding) -> None:
    """Write the page; a failure is told, and the map is written all the same."""
    try:
        path.write_text(report_html(finding), encoding="utf-8")
    except (ValueError, OSError, TemplateError) as error:
        path.unlink(missing_ok=True)
        complain(f"the map is written, but not its report {path.name}: {error}")
