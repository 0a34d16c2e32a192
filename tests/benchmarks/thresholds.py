"""How often healthy scans exceed the healthy threshold, as shipped and calibrated, and whether that is noted.

    python -m tests.benchmarks.thresholds FOLDER [--model M ...] [--predictor P[:settings] ...] [--beta B ...]

FOLDER holds `ixi_t1/IXI*_T1w.nii.gz` and `real_scans/*.nii.gz`, healthy people all of them. A cell is the
share of the brain's pixels, in percent, that reach what 99 % of healthy pixels stay below: 1 were right. `*`
stands where page, record and report note that percentiles may not hold; see `scans.finding.likeness`.
Five IXI subjects are held out from training; they are read against the model's healthy scores of T1, and then
against those of three other subjects (`calibrate --scans`). The other scans are of other scanners.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import torch

from explorer.cards import Pretrained, load_pretrained
from explorer.datasets import load_dataset
from explorer.datasets.brain.real_anatomies import HELD_OUT_IXI
from explorer.evaluation.calibrating import supplemented
from explorer.evaluation.cohort import Scoring
from explorer.evaluation.members import calibration_slices
from explorer.predictors import PREDICTORS, healthy_name, quick_predictors_for
from explorer.scans.calibrating.gathering import Gathering, Source
from explorer.scans.finding.finding import find
from explorer.scans.finding.likeness import MOST
from explorer.scans.placing.preparing import Prepared
from explorer.scans.reading.loading import load_scan_at
from explorer.scans.reading.scan import Scan
from explorer.scans.scoring.jobs import Job
from explorer.scans.scoring.scoring import score_scan
from explorer.settings import plugin_from

CALIBRATING_IXI = ("IXI132", "IXI162", "IXI174")
OTHERS = ("adi_T1", "adi_T2", "niivue_T2", "synthsr_FLAIR", "fernando_FLAIR")
SHIPPED, CALIBRATED = (0.005, 0.02), (0.008, 0.013)
"""Targets for the share of held-out subjects, their mean."""


@dataclass(frozen=True)
class Cell:
    """The share of a scan's pixels above the mark, and whether a note says that percentiles may not hold."""

    share: float
    noted: bool


Row = Mapping[str, Cell]


@cache
def read(path: Path) -> tuple[Scan, Prepared]:
    """A scan, its brain looked for as the command does it."""
    scan = load_scan_at(path)
    return scan, _job(load_pretrained("beta-vae-brain", torch.device("cpu")), (), "", 1.0).prepare(scan)


def _job(pretrained: Pretrained, texts: Sequence[str], contrast: str, beta: float) -> Job:
    """The predictors of one pass at their defaults, and those of `texts`, by the names of their scores."""
    usual = [PREDICTORS[name]() for name in quick_predictors_for(pretrained.model)] if contrast else []
    predictors = {healthy_name(one): one for one in (*usual, *(plugin_from(PREDICTORS, t) for t in texts))}
    source = f"brain/{contrast}"
    calibration = supplemented(
        pretrained.calibration.get(source),
        pretrained.model,
        predictors.values(),
        lambda count: calibration_slices(load_dataset(source), count),
        torch.device("cpu"),
    )
    scoring = Scoring(pretrained.model, calibration, predictors, beta, beta, torch.device("cpu"))
    return Job(pretrained.card, scoring, source if contrast else "")


def row(path: Path, job: Job) -> Row:
    """What each predictor whose healthy scores are known says of a scan."""
    scan, prepared = read(path)
    *_, scored = score_scan(prepared, job.scoring)
    found = {key: find(scan, prepared, job, scored, key).likeness for key in job.scoring.predictors}
    return {key: Cell(one.above, bool(one.doubt)) for key, one in found.items() if one is not None}


def calibrated(job: Job, paths: Sequence[Path]) -> Job:
    """The same, read against these healthy scans."""
    gathering = Gathering(job, [job.scoring.beta])
    for path in paths:
        for _ in gathering.add(Source(path.name, partial(lambda one: read(one)[1], path))):
            pass
    return replace(job, own=gathering.made())


def show(name: str, cells: Row, columns: Sequence[str]) -> None:
    """Print a row of the table."""
    shown = (cells.get(column) for column in columns)
    texts = ("-" if one is None else f"{100 * one.share:.2f}{'*' if one.noted else ' '}" for one in shown)
    print(f"{name:<26}" + "".join(f"{text:>10}" for text in texts), flush=True)


def mean(rows: Sequence[Row]) -> Row:
    """The mean share by predictor; noted where any is."""
    return {
        key: Cell(sum(one[key].share for one in rows) / len(rows), any(one[key].noted for one in rows))
        for key in rows[0]
    }


def table(pretrained: Pretrained, texts: Sequence[str], beta: float, folder: Path) -> list[str]:
    """Print the table of a model at a training beta; which targets were missed."""
    ixi, real = folder / "ixi_t1", folder / "real_scans"
    held_out = [ixi / f"{name}_T1w.nii.gz" for name in HELD_OUT_IXI]
    job = _job(pretrained, texts, "t1", beta)
    columns = list(job.scoring.predictors)
    print(f"\n{pretrained.card.name}, training beta {beta:g}")
    for number, column in enumerate(columns):
        print(f"  {number}: {column}")
    print(f"{'':<26}" + "".join(f"{number:>9} " for number in range(len(columns))))
    missed: list[str] = []
    for title, low, high, read_by in (
        ("as shipped", *SHIPPED, job),
        (
            "calibrated",
            *CALIBRATED,
            calibrated(job, [ixi / f"{name}_T1w.nii.gz" for name in CALIBRATING_IXI]),
        ),
    ):
        rows = [row(path, read_by) for path in held_out]
        for path, cells in zip(held_out, rows, strict=True):
            show(f"{path.name[:6]} {title}", cells, columns)
        show(f"mean {title}", mean(rows), columns)
        missed += [
            f"held-out IXI {title}: {100 * cell.share:.2f} % of {key}, target {100 * low:g} to {100 * high:g}"
            for key, cell in mean(rows).items()
            if not low <= cell.share <= high
        ]
    for name in OTHERS:
        contrast = name.rpartition("_")[2].lower()
        cells = row(real / f"{name}.nii.gz", _job(pretrained, texts, contrast, beta))
        show(f"{name} as shipped", cells, columns)
        missed += [f"{name}: {100 * c.share:.1f} % of {key}" for key, c in cells.items() if c.share > MOST]
        missed += [f"{name}: no note for {k}" for k, c in cells.items() if c.share > MOST and not c.noted]
    return missed


def main() -> int:
    """Print the tables and what was missed; the exit code says whether anything was."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", action="append", help="default: beta-vae-brain")
    parser.add_argument("--predictor", action="append", default=[], help="beside those of one pass")
    parser.add_argument("--beta", type=float, action="append", help="default: 1")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    missed: list[str] = []
    for name in arguments.model or ["beta-vae-brain"]:
        pretrained = load_pretrained(name, torch.device("cpu"))
        low, high = pretrained.model.beta_range
        for beta in arguments.beta or [min(max(1.0, low), high)]:
            missed += table(pretrained, arguments.predictor, beta, arguments.folder)
    print("\nmissed: " + ("\n  ".join(["", *missed]) if missed else "nothing"))
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
