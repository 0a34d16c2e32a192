"""`localize`: a scan, or a folder of scans, to maps on disk; each predictor gives one."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Mapping
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
from explorer.commands.brains import brain_from, ways_help
from explorer.commands.outputs import Maps, outputs
from explorer.commands.terminal import complain, say
from explorer.datasets import load_dataset
from explorer.devices import pick_device, share_cores
from explorer.evaluation.calibrating import supplemented
from explorer.evaluation.cohort import Scoring
from explorer.evaluation.members import calibration_slices
from explorer.predictors import PREDICTORS, Predictor, check_fits
from explorer.scans.finding.finding import Finding, caution, find
from explorer.scans.finding.measures import LEAST_TOLD
from explorer.scans.placing.brain.search import find_brain
from explorer.scans.placing.preparing import Prepared, check_model, prepare_scan
from explorer.scans.reading.files import ScanFile, label
from explorer.scans.reading.folders import Entry
from explorer.scans.reading.loading import load_mask, load_scan_at
from explorer.scans.reading.scan import Scan
from explorer.scans.scoring.jobs import Job
from explorer.scans.scoring.scoring import ScoredScan, score_scan
from explorer.scans.writing.export import ending_for, record_path, write_map
from explorer.scans.writing.report import report_html
from explorer.settings import parse_settings, plugin_from, settings_of

BRAIN = "brain"
"""Datasets whose usual models localize scans."""


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
    parser.add_argument("--contrast", metavar="C", help="flair, t1 or t2: compare with its healthy scores")
    parser.add_argument(
        "--mask", type=Path, metavar="M", help="of anomalies, to measure against; or a folder"
    )
    parser.add_argument(
        "--brain",
        metavar="WAY|MASK",
        help="how the brain is found, see below; or a mask of it, or a folder of masks",
    )
    parser.add_argument("--brain-mask", type=Path, metavar="M", help="the same as --brain M")
    parser.add_argument("--volume", type=int, metavar="N", help="which one of a 4-D file, from 0")
    parser.add_argument("--window", metavar="W", help="of a CT, e.g. brain")
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
    way, mask = brain_from(arguments.brain, arguments.brain_mask)
    job = dataclasses.replace(job_from(arguments, device), brain=way)
    entries = outputs(
        arguments.scan,
        arguments.output,
        arguments.mask,
        keys=tuple(job.scoring.predictors),
        brain=mask,
        report=arguments.report,
        overwrite=arguments.overwrite,
    )
    for key in job.scoring.predictors if job.contrast else ():
        if told := caution(job, key, volume=job.card.dataset == BRAIN):
            complain(told)
    failed = 0
    for entry, maps in entries:
        try:
            localize(entry, maps, job, mask, report=arguments.report)
        except (ValueError, OSError) as error:
            if len(entries) == 1:
                raise
            failed += 1
            complain(error)
    if failed:
        raise ValueError(
            f"{failed} of {len(entries)} scans failed, as said above; the other maps are written"
        )


def job_from(arguments: argparse.Namespace, device: torch.device) -> Job:
    """Look up and load what a localization needs.

    Raises:
        ValueError: for what is unknown, does not load, or does not fit together.
    """
    predictors = told_apart(_predictor(text, arguments.seed) for text in arguments.predictor)
    pretrained = model_from(arguments.model, BRAIN, device)
    source = _healthy_data(arguments.contrast, pretrained.card.dataset, pretrained.calibration)
    for key, predictor in predictors.items():
        check_fits(key, predictor, pretrained.model)
        if predictor.needs_calibration and not source:
            known = ", ".join(pretrained.calibration)
            raise ValueError(f"{key} needs healthy scores; pass --contrast, one of {known}")
    calibration = supplemented(
        pretrained.calibration.get(source),
        pretrained.model,
        predictors.values(),
        lambda count: calibration_slices(load_dataset(source), count),
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
    return Job(pretrained.card, scoring, source, arguments.volume, arguments.window or "")


def localize(
    entry: Entry, maps: Maps, job: Job, brain: Path | None = None, *, report: bool = False
) -> dict[str, Finding]:
    """Localize one scan: write map and record of each predictor, say so, then the pages with pictures.

    Args:
        entry: the scan, and a mask to measure against.
        maps: where the map of each predictor goes.
        job: how.
        brain: a brain mask, or a folder of brain masks of the scans' names, or None.
        report: whether to write the pages, `<name>.html` beside each map.

    Returns:
        What was found, by predictor.

    Raises:
        ValueError: naming the file, the problem and the remedy.
    """
    scan = load_scan_at(entry.scan, job.volume)
    mask = None if entry.mask is None else load_mask(ScanFile.at(entry.mask), scan)
    for path in maps.values():
        ending_for(scan, path.name)
    prepared = _prepare(scan, job, brain)
    for told in prepared.warnings:
        complain(f"{label(scan.name)}: {told}")
    scored = _score(prepared, job, label(scan.name))
    found = {key: find(scan, prepared, job, scored, key, mask=mask, labelled=entry.anomalous) for key in maps}
    for key, path in maps.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_map(path, found[key])
        say(summary(found[key], path))
    if report:
        for key, path in maps.items():
            _write_report(record_path(path).with_suffix(".html"), found[key])
    return found


def summary(finding: Finding, output: Path) -> str:
    """A line for people: where the map is, and the figures if there are any."""
    numbers = {} if finding.measured is None else finding.measured.figures
    shown = "".join(
        f", {name.replace('_', ' ')} {'-' if value is None else f'{value:.3f}'}"
        for name, value in numbers.items()
    )
    unscored = 0.0 if finding.measured is None else finding.measured.unscored
    if unscored >= LEAST_TOLD:
        shown += f"; {100 * unscored:.0f} % of the mask was not scored"
    prepared = finding.prepared
    brain = "" if prepared.brain_ml is None else f", brain of {prepared.brain_ml:,.0f} ml ({prepared.brain})"
    return f"{output}: {len(prepared.slices)} of {len(prepared.images)} slices{brain}{shown}"


def _predictor(text: str, seed: int) -> Predictor:
    """A predictor; one that draws gets the seed, unless its settings name another."""
    found = plugin_from(PREDICTORS, text)
    given = parse_settings(found, text.partition(":")[2])
    draws = any(described.name == "seed" for described in settings_of(found))
    return dataclasses.replace(found, **{"seed": seed}) if draws and "seed" not in given else found


def _healthy_data(contrast: str | None, family: str, known: Mapping[str, Any]) -> str:
    """The healthy data that a contrast stands for, `flair` or `brain/flair`; empty for none."""
    if contrast is None:
        return ""
    for name in (contrast, f"{family}/{contrast}"):
        if name in known:
            return name
    raise ValueError(f"unknown contrast {contrast!r}; calibrated: {', '.join(known)}")


def _prepare(scan: Scan, job: Job, brain: Path | None) -> Prepared:
    check_model(scan, job.card)
    if scan.affine is None:
        return prepare_scan(scan, job.card)
    if brain is not None and brain.is_dir():
        brain = brain / scan.name
    given = None if brain is None else load_mask(ScanFile.at(brain), scan)
    found = find_brain(scan, job.brain, given=given, window=job.window, device=job.scoring.device)
    return prepare_scan(scan, job.card, found, job.window)


def _score(prepared: Prepared, job: Job, name: str) -> ScoredScan:
    with tqdm(total=len(prepared.slices), unit="slice", desc=name, disable=None, leave=False) as bar:
        for scored in score_scan(prepared, job.scoring, contrast=job.sequence):
            bar.update(scored.done - bar.n)
    return scored


def _write_report(path: Path, finding: Finding) -> None:
    """Write the page; a failure is told, and the map stays what it is."""
    try:
        path.write_text(report_html(finding), encoding="utf-8")
    except (ValueError, OSError, TemplateError) as error:
        complain(f"the map is written, but not its report {path.name}: {error}")
