"""How far the synthetic cohort is from real scans, and what each part of its variation does about it.

    python -m tests.benchmarks.cohort_distance FOLDER [--subjects 16] [--sheet FILE.png]

FOLDER holds `ixi_t1` (held-out subjects are left out) and `real_scans`, whose heads are brain-extracted by
deepbet (Fisch et al., deepbet: Fast brain extraction of T1-weighted MRI using convolutional neural networks,
2024). Each scan is placed and scaled as `explorer.scans.placing` does. One distance a contrast is the sum of
four 1-D Wasserstein distances, over every fifth slice, each scan with equal weight:

    intensity   of the brain's pixels
    gradient    of the magnitude of their differences to the next pixel, down and to the right
    fluid       of the share of fluid-like pixels of a slice (FLAIR, T1 below 0.25; T2 above 0.7)
    depth       of the intensity in layers of one pixel (1.75 mm) below the brain's rim, mean of six

A row takes one part of `Variation` back to what the cohort had before; a positive change says that the part
brings the cohort nearer to real scans.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from deepbet import BrainExtraction
from nibabel.nifti1 import Nifti1Image
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage
from scipy.stats import wasserstein_distance

from explorer.datasets.brain.anatomy import SLICES, SUBJECTS
from explorer.datasets.brain.cohort import subject_slice
from explorer.datasets.brain.intensity import compress
from explorer.datasets.brain.real_anatomies import HELD_OUT_IXI
from explorer.datasets.brain.variation import COHORT, CONTRASTS, Variation
from explorer.scans.placing.intensity import brain_gain
from explorer.scans.placing.placement import place_volume
from explorer.scans.reading.loading import load_scan_at

Scan = tuple[NDArray[np.float32], NDArray[np.bool_]]
"""Images and foregrounds of the slices of one scan, (N, 128, 128)."""
Measure = Callable[[Scan], Sequence[NDArray[np.float32]]]

INDICES = range(2, SLICES, 5)
IXI_STRIDE = 3
LEAST_BRAIN = 300
QUANTILES = np.linspace(0.005, 0.995, 100)
LAYERS = 6
FLUID = {"flair": (0.0, 0.25), "t1": (0.0, 0.25), "t2": (0.7, 1.0)}

PARTS: Mapping[str, Mapping[str, Any]] = {
    "fluid": {"fluid": {"flair": (0.27, 0.38), "t1": (0.25, 0.35), "t2": (2.0, 2.7)}},
    "grey": {"grey": {"flair": (1.18, 1.32), "t1": (0.68, 0.76), "t2": (1.31, 1.45)}},
    "sulci": {"sulci": (1 / 6, 1 / 6)},
    "edge": {"edge": (0.5, 0.5)},
    "rim": {"rim": (0.0, 0.0)},
    "widening": {"widening": (1.2, 1.2)},
    "thickness": {"thickness": (0.0, 0.0)},
    "regional": {"regional": 0.0},
    "cut": {"cut": 0.0},
}
"""What was before in place of each part."""


def real_scans(folder: Path) -> Mapping[str, Sequence[Scan]]:
    """The real scans of each contrast."""
    found: dict[str, list[Scan]] = {name: [] for name in CONTRASTS}
    extraction = BrainExtraction(no_gpu=True)
    healthy = [
        path for path in sorted((folder / "ixi_t1").glob("*_T1w.nii.gz"))
        if not path.name.startswith(HELD_OUT_IXI)
    ]  # fmt: skip
    heads = [p for p in sorted((folder / "real_scans").glob("*.nii.gz")) if not p.name.startswith("arc")]
    for path in [*heads, *healthy[::IXI_STRIDE]]:
        scan = load_scan_at(path)
        if scan.affine is None:
            continue
        if path.name.startswith(("IXI", "stroke")):  # brains already
            brain = scan.data > 0
        else:
            brain = np.asarray(extraction.run(Nifti1Image(scan.data, scan.affine))[1].dataobj) > 0  # type: ignore[no-untyped-call]
        placement, _ = place_volume(scan.affine, scan.data.shape, brain)
        gain = brain_gain(path.name, scan.data, brain)
        images = placement.to_model(np.where(brain, scan.data, np.float32(0))) * np.float32(gain)
        foregrounds = placement.mask_to_model(brain)
        images = compress(torch.from_numpy(images)).numpy() * foregrounds
        contrast = next(name for name in CONTRASTS if name.upper() in path.name)
        found[contrast].append((images[INDICES], foregrounds[INDICES]))
    return found


def synthetic_scans(contrast: str, subjects: int, variation: Variation) -> Sequence[Scan]:
    """The same of the cohort's training subjects."""
    found = []
    for subject in range(subjects):
        seed = SUBJECTS["train"][0] + subject
        slices = [subject_slice(seed, contrast, index, variation) for index in INDICES]
        images, foregrounds = (np.stack([one[part].numpy() for one in slices]) for part in (0, 1))
        found.append((images, foregrounds))
    return found


def intensity(scan: Scan) -> Sequence[NDArray[np.float32]]:
    """Quantiles of the brain's pixels."""
    images, foregrounds = scan
    return [np.quantile(images[foregrounds], QUANTILES)]


def gradient(scan: Scan) -> Sequence[NDArray[np.float32]]:
    """Quantiles of the gradient's magnitude where a pixel and both its neighbours are brain."""
    images, inside = scan
    down, right = np.diff(images, axis=1)[:, :, :-1], np.diff(images, axis=2)[:, :-1]
    kept = inside[:, :-1, :-1] & inside[:, 1:, :-1] & inside[:, :-1, 1:]
    return [np.quantile(np.hypot(down, right)[kept], QUANTILES)]


def fluid(scan: Scan, low: float, high: float) -> Sequence[NDArray[np.float32]]:
    """Share of fluid-like pixels of each slice."""
    pairs = zip(*scan, strict=True)
    return [np.array([((x[m] >= low) & (x[m] <= high)).mean() for x, m in pairs if m.sum() > LEAST_BRAIN])]


def depth(scan: Scan) -> Sequence[NDArray[np.float32]]:
    """Quantiles of the pixels of each layer below the rim."""
    images, foregrounds = scan
    depths = np.stack([ndimage.distance_transform_edt(mask) for mask in foregrounds])
    return [
        np.quantile(images[(depths > layer) & (depths <= layer + 1)], QUANTILES) for layer in range(LAYERS)
    ]


def distances(real: Sequence[Scan], synthetic: Sequence[Scan], contrast: str) -> list[float]:
    """The four distances of one contrast."""
    measures: Sequence[Measure] = (
        intensity, gradient, lambda scan: fluid(scan, *FLUID[contrast]), depth,
    )  # fmt: skip
    found = []
    for measure in measures:
        pooled = [
            [np.concatenate(parts) for parts in zip(*map(measure, scans), strict=True)]
            for scans in (real, synthetic)
        ]
        found.append(float(np.mean([wasserstein_distance(a, b) for a, b in zip(*pooled, strict=True)])))
    return found


def rows(real: Mapping[str, Sequence[Scan]], subjects: int) -> None:
    """Print the distance of the cohort, of each part taken back, and of all."""
    everything = {key: value for part in PARTS.values() for key, value in part.items()}
    choices = [
        ("the cohort", {}), *((f"without {part}", change) for part, change in PARTS.items()),
        ("without all", everything),
    ]  # fmt: skip
    header = "".join(f"{name:>8} = {'int. + gradient + fluid + depth':<32}" for name in CONTRASTS)
    print(f"{'':<20}{header}{'sum':>8}{'change':>9}")
    whole = 0.0
    for name, change in choices:
        variation = dataclasses.replace(COHORT, **change)
        line, total = "", 0.0
        for contrast in CONTRASTS:
            found = distances(real[contrast], synthetic_scans(contrast, subjects, variation), contrast)
            line += f"{sum(found):>8.4f} = {' + '.join(f'{part:.4f}' for part in found):<32}"
            total += sum(found)
        whole = whole or total
        print(f"{name:<20}{line}{total:>8.4f}{total - whole:>+9.4f}", flush=True)


def save_sheet(path: Path, real: Mapping[str, Sequence[Scan]]) -> None:
    """Two rows a contrast: real scans on the left, subjects of the cohort on the right."""
    picture = []
    for contrast in CONTRASTS:
        synthetic = synthetic_scans(contrast, 2, COHORT)
        for pair in zip(real[contrast], synthetic, strict=False):
            picture.append(np.concatenate([image for images, _ in pair for image in images[2:11:2]], axis=1))
    Image.fromarray((255 * np.concatenate(picture)).astype(np.uint8)).save(path)


def main() -> int:
    """Print the table and save the contact sheet."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--subjects", type=int, default=16)
    parser.add_argument("--sheet", type=Path, help="where to save a picture of both side by side")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    real = real_scans(arguments.folder)
    if arguments.sheet:
        save_sheet(arguments.sheet, real)
    rows(real, arguments.subjects)
    return 0


if __name__ == "__main__":
    sys.exit(main())
