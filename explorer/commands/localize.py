"""The `localize` command: a scan, or a folder of scans, to maps on disk with progress on the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tqdm import tqdm

from explorer.evaluation.curves import auroc, average_precision, best_dice
from explorer.evaluation.histogram import ScoreHistogram
from explorer.evaluation.report import number
from explorer.scans.finding.components import components
from explorer.scans.placing.preparing import Prepared, prepare_scan
from explorer.scans.reading.files import ScanFile, label
from explorer.scans.reading.folders import Entry, is_folder_of_scans, scans_in
from explorer.scans.reading.loading import FORMATS, load_mask, load_scan_at
from explorer.scans.reading.scan import Scan
from explorer.scans.scoring.jobs import Job
from explorer.scans.scoring.scoring import ScoredScan, score_scan
from explorer.scans.writing.export import ending_for, map_bytes, map_ending, record_path, sidecar, write_map
from explorer.scans.writing.report import report_html

SHOWN = 0.99
"""Share of pixels below the threshold of the report."""


def outputs(
    scan: Path,
    output: Path,
    masks: Path | None,
    *,
    brain: Path | None = None,
    report: bool = False,
    overwrite: bool = False,
) -> list[tuple[Entry, Path]]:
    """The scans to localize and where their maps go, all checked before the first is read.

    Args:
        scan: a file, a folder that holds a DICOM series, or a folder of scans.
        output: a file for a file, a folder for a folder.
        masks: a file for a file, a folder for a folder, or None.
        brain: a brain mask, or a folder of them, or None.
        report: whether a page is written beside each map.
        overwrite: whether files of an earlier run may be replaced; a scan or a mask never is.

    Raises:
        ValueError: where something is missing or of the wrong kind, or a file would be overwritten.
    """
    if not is_folder_of_scans(scan):
        map_ending(output.name)
        if not output.absolute().parent.is_dir() or output.is_dir():
            raise ValueError(f"--output {output}: cannot be written; name a file in a folder that exists")
        pairs = [(Entry(scan, masks), output)]
    else:
        if output.exists() and not output.is_dir():
            raise ValueError(f"--output {output}: is a file; name a folder, as the scans are one")
        pairs = [(entry, output / _map_name(entry.scan.name)) for entry in scans_in(scan, masks)]
    if len({record_path(path) for _, path in pairs}) < len(pairs):
        raise ValueError(f"{label(scan.name)} holds scans whose maps would have one name; rename them")
    taken = {path.resolve() for entry, _ in pairs for path in (entry.scan, entry.mask) if path is not None}
    if brain is not None:
        taken |= {path.resolve() for path in (brain.iterdir() if brain.is_dir() else [brain])}
    for _, path in pairs:
        _check_free(path, taken, report=report, overwrite=overwrite)
    return pairs


def _check_free(path: Path, taken: set[Path], *, report: bool, overwrite: bool) -> None:
    """Raise ValueError where a map, its record or its page would overwrite something."""
    beside = record_path(path)
    for target in (path, beside, *([beside.with_suffix(".html")] if report else [])):
        if target.resolve() in taken:
            raise ValueError(f"--output {target}: would overwrite a scan or a mask; name another place")
        if target.exists() and not (overwrite and target.is_file()):
            raise ValueError(f"--output {target}: is there already; name another place, or pass --overwrite")


def _map_name(name: str) -> str:
    """The name of a scan's map: NIfTI stays as it is, DICOM becomes `.nii.gz`, the rest `.npy`."""
    ending = next(
        ending for ending in sorted(FORMATS, key=len, reverse=True) if name.lower().endswith(ending)
    )
    if ending.startswith(".nii"):
        return name
    return name[: -len(ending)] + (".nii.gz" if ending == ".zip" else ".npy")


def localize(
    entry: Entry, output: Path, job: Job, brain: Path | None = None, *, report: bool = False
) -> dict[str, Any]:
    """Localize one scan and write its map and record, and a page with pictures if asked for.

    Args:
        entry: the scan, and a mask to measure against.
        output: where the map goes.
        job: how.
        brain: a brain mask, or a folder of brain masks of the scans' names, or None.
        report: whether to write the page, `<name>.html` beside the map.

    Returns:
        The record, with `figures` where a mask was given and `labelled_anomalous` where a label was.

    Raises:
        ValueError: naming the file, the problem and the remedy.
    """
    scan = load_scan_at(entry.scan, job.volume)
    mask = None if entry.mask is None else load_mask(ScanFile.at(entry.mask), scan)
    ending = ending_for(scan, output.name)
    prepared = _prepare(scan, job, brain)
    scored = _score(prepared, job, label(scan.name))
    values = scored.values[job.predictor[0]]
    record = sidecar(
        scan,
        prepared,
        scored,
        predictor=job.predictor,
        card=job.card,
        calibration=(job.contrast, job.scoring.calibration),
        betas=(job.scoring.beta, job.scoring.scoring_beta),
    )
    if entry.anomalous is not None:
        record["labelled_anomalous"] = entry.anomalous
    if mask is not None:
        record["figures"] = figures(values, prepared.mask_to_model(mask), prepared)
    content = map_bytes(scan, prepared.placement.to_scan(values[:, 0].numpy()), ending)
    output.parent.mkdir(parents=True, exist_ok=True)
    beside = write_map(output, content, record)
    if report:
        page = _page(record, prepared, values, job, scan.oriented)
        beside.with_suffix(".html").write_text(page, encoding="utf-8")
    return record


def figures(values: torch.Tensor, mask: torch.Tensor, prepared: Prepared) -> Mapping[str, float | None]:
    """How well scores find a mask, over all foreground pixels of the scored images.

    Args:
        values: scores, (N, 1, H, W); NaN in images not scored.
        mask: True where anomalous, (N, 1, H, W), bool.
        prepared: the scan.

    Returns:
        `auroc`, `average_precision`, `best_dice` (its threshold chosen on this very scan); None where the
        foreground is all healthy or all anomalous.
    """
    histogram = ScoreHistogram.of(values, mask, prepared.foregrounds)
    return {
        "auroc": number(auroc(histogram)),
        "average_precision": number(average_precision(histogram)),
        "best_dice": number(best_dice(histogram).dice),
    }


def summary(record: Mapping[str, Any], output: Path) -> str:
    """A line for people: where the map is, and the figures if there are any."""
    found = record.get("figures", {})
    shown = "".join(
        f", {key.replace('_', ' ')} {'-' if value is None else f'{value:.3f}'}"
        for key, value in found.items()
    )
    processed = record["slices"]
    return f"{output}: {len(processed['processed'])} of {processed['of']} slices{shown}"


def _score(prepared: Prepared, job: Job, name: str) -> ScoredScan:
    with tqdm(total=len(prepared.slices), unit="slice", desc=name, disable=None, leave=False) as bar:
        for scored in score_scan(prepared, job.scoring):
            bar.update(scored.done - bar.n)
    return scored


def _page(
    record: Mapping[str, Any], prepared: Prepared, values: torch.Tensor, job: Job, oriented: bool
) -> str:
    """The report; painted is what exceeds 99 % of healthy pixels, or else of this scan's own."""
    name, healthy, beta = job.predictor[0], job.scoring.calibration, job.scoring.beta
    known = record["calibration"]["score_of_99_percent_of_healthy_pixels"]
    own = float(np.quantile(values[prepared.foregrounds].numpy(), SHOWN))
    threshold = own if known is None else known

    def percentile(peak: float) -> float:
        assert healthy is not None
        return float(healthy.percentile(name, beta, torch.full((1, 1, 1, 1), peak)))

    found = components(
        values[:, 0].numpy(),
        prepared.foregrounds[:, 0].numpy(),
        threshold,
        prepared.placement,
        percentile=None if known is None else percentile,
    )
    return report_html(record, prepared, values[:, 0].numpy(), found, threshold, oriented=oriented)


def _prepare(scan: Scan, job: Job, brain: Path | None) -> Prepared:
    if brain is None or scan.affine is None:
        return prepare_scan(scan, job.card, None, job.window)
    if brain.is_dir():
        brain = brain / scan.name
    return prepare_scan(scan, job.card, load_mask(ScanFile.at(brain), scan), job.window)
