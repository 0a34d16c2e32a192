"""Reconstruction error on healthy brains that no training saw, of one brain model or several.

    python -m tests.benchmarks.healthy [MODEL.toml ...] [--ixi FOLDER] [--card]

Mean |x - x_hat| over the brain at each model's smallest beta: on the calibration subjects of the synthetic
cohort in each contrast, and, with --ixi, on axial T1 slices of five held-out healthy adults of the IXI
dataset (brain-development.org; CC BY-SA 3.0), `FOLDER/IXI*_T1w.nii.gz`, placed and scaled as in `open_ms`.
Settings of training are chosen by these figures.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import nibabel
import numpy as np
import torch

from explorer.cards import load_pretrained
from explorer.cards.card import add_benchmark
from explorer.cards.catalogue import FOLDER
from explorer.contracts import Model, Slice
from explorer.datasets import load_dataset
from explorer.datasets.brain.anatomy import SLICES, sample, slice_coordinates
from explorer.datasets.brain.intensity import MEDIAN
from explorer.datasets.brain.real_anatomies import HELD_OUT_IXI
from explorer.datasets.brain.variation import CONTRASTS
from explorer.evaluation.members import HealthySlices, calibration_slices
from explorer.evidence import observe
from tests.benchmarks.open_ms import to_template

ALLOWED = 0.04
SLICES_EACH = 100
STRIDE = 4
LEAST_BRAIN = 500


def ixi_slices(folder: Path) -> HealthySlices:
    """Every fourth slice of the held-out subjects."""
    slices = []
    for name in HELD_OUT_IXI:
        scan = nibabel.nifti1.load(folder / f"{name}_T1w.nii.gz")  # type: ignore[no-untyped-call]
        volume = np.asarray(scan.dataobj, dtype=np.float32)
        spacing = float(scan.header.get_zooms()[0])
        brain = (volume > 0).astype(np.float32)
        volume *= MEDIAN / float(np.median(volume[volume > 0]))
        factor, origin = to_template(brain, spacing)
        both = torch.from_numpy(np.stack([volume, brain]))
        for index in range(0, SLICES, STRIDE):
            points = torch.stack(torch.meshgrid(*slice_coordinates(index), indexing="ij"))
            x, foreground = sample(both, points, origin, factor)[..., 0].transpose(1, 2)
            if int((foreground > 0.5).sum()) > LEAST_BRAIN:
                image, inside = x.clamp(0, 1), foreground > 0.5
                slices.append(Slice(image, inside, name, contrast="t1", position=index))
    return HealthySlices.of(slices)


def mean_error(model: Model, slices: HealthySlices) -> float:
    """Mean |x - x_hat| over the foregrounds at the model's smallest beta."""
    total = 0.0
    with torch.no_grad():
        for part in slices.split(50):
            x_hat = observe(model, part.images, model.beta_range[0]).x_hat
            total += float((part.images - x_hat).abs()[part.foregrounds].double().sum())
    return total / float(slices.foregrounds.sum())


def main() -> int:
    """Print a row a model; the exit code says whether the last one's synthetic errors are all in bounds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cards", nargs="*", type=Path, default=[FOLDER / "beta-vae-brain.toml"])
    parser.add_argument("--ixi", type=Path, help="folder of the IXI scans")
    parser.add_argument("--card", action="store_true", help="enter the figures into the models' cards")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    sets = {f"brain/{c}": calibration_slices(load_dataset(f"brain/{c}"), SLICES_EACH) for c in CONTRASTS}
    if arguments.ixi:
        sets["IXI T1"] = ixi_slices(arguments.ixi)
    print(f"{'mean |x - x_hat|':<28}" + "".join(f"{name:>13}" for name in sets))
    errors: dict[str, float] = {}
    for path in arguments.cards:
        model = load_pretrained(path.stem, torch.device("cpu"), path.parent).model
        errors = {name: mean_error(model, slices) for name, slices in sets.items()}
        print(f"{path.stem:<28}" + "".join(f"{error:13.4f}" for error in errors.values()), flush=True)
        if arguments.card:
            add_benchmark(path, "healthy_error", {name: round(error, 4) for name, error in errors.items()})
    return int(max(errors[f"brain/{contrast}"] for contrast in CONTRASTS) >= ALLOWED)


if __name__ == "__main__":
    sys.exit(main())
