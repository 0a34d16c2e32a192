"""Make the file of the dataset `real` again from the scans that it is made of.

    python -m tests.making.real_images FOLDER [--output FILE]

FOLDER holds `open_ms/`, `ixi_t1/` and `real_scans/` with the files of `SOURCES`, whose origin
`explorer/datasets/real/real_images.txt` tells. The rooms that read and place scans lie above the datasets, so
this stands among the tests.

The same scans give the same file to the last bit. A subject's brain is all that is not zero in one of its
scans, with what that encloses; from the one whole head it is extracted by deepbet (Fisch et al. 2024). Each
brain is moved and scaled as `place_volume` does to any scan, once for all contrasts; its median becomes 0.45,
`compress` keeps the range, and what lies outside it is zero before and after it is resampled.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage

from explorer.datasets.brain.intensity import compress
from explorer.datasets.brain.real_anatomies import HELD_OUT_IXI
from explorer.datasets.real.files import ABOUT, FILE
from explorer.scans.placing.brain import BRAINS, Head
from explorer.scans.placing.intensity import brain_gain
from explorer.scans.placing.placement import place_volume
from explorer.scans.reading.files import ScanFile
from explorer.scans.reading.loading import load_mask, load_scan
from explorer.scans.reading.scan import Scan


@dataclass(frozen=True)
class Source:
    """Where the scans of a subject lie under the folder.

    Attributes:
        scans: path by contrast.
        lesions: path of their mask, or empty.
        healthy: whether nothing ill is known of this brain.
        whole_head: whether skull and skin are in it.
    """

    scans: Mapping[str, str]
    lesions: str = ""
    healthy: bool = False
    whole_head: bool = False


def _ms(number: str) -> Source:
    names = {"flair": "FLAIR", "t1": "T1w", "t2": "T2w"}
    start = f"open_ms/patient{number}_"
    return Source({c: f"{start}{name}.nii.gz" for c, name in names.items()}, f"{start}lesions.nii.gz")


SOURCES = {
    **{f"MS patient {k}": _ms(number) for k, number in enumerate(("07", "19", "26"), 1)},
    **{name: Source({"t1": f"ixi_t1/{name}_T1w.nii.gz"}, healthy=True) for name in HELD_OUT_IXI},
    "healthy FLAIR": Source({"flair": "real_scans/synthsr_FLAIR.nii.gz"}, healthy=True, whole_head=True),
    "stroke patient": Source({c: f"real_scans/stroke_{c.upper()}.nii.gz" for c in ("flair", "t1", "t2")}),
}
"""By label; the page lists them in this order."""


def made_from(folder: Path, labels: Mapping[str, Source] = SOURCES) -> dict[str, np.ndarray]:
    """The arrays of the file, by name; see `explorer.datasets.real.files`."""
    arrays: dict[str, np.ndarray] = {
        "about": np.array(ABOUT.read_text(encoding="utf-8")),
        "subjects": np.array(list(labels)),
        "healthy": np.array([label for label, source in labels.items() if source.healthy]),
    }
    for label, source in labels.items():
        arrays |= {f"{label}/{key}": values for key, values in subject_from(folder, source).items()}
    return arrays


def subject_from(folder: Path, source: Source) -> dict[str, np.ndarray]:
    """The arrays of one subject."""
    scans = {c: load_scan(ScanFile.at(folder / path)) for c, path in source.scans.items()}
    first = next(iter(scans.values()))
    brain = brain_of(scans, whole_head=source.whole_head)
    assert first.affine is not None
    placement, _ = place_volume(first.affine, first.data.shape, brain)
    placed = placement.mask_to_model(brain)
    found = {"brain": np.packbits(placed), "pixel_mm": np.array(placement.pixel_mm)}
    for contrast, scan in scans.items():
        median = brain_gain(scan.name, scan.data, brain)
        intensities = placement.to_model(np.where(brain, scan.data * np.float32(median), 0))
        compressed = compress(torch.from_numpy(intensities[placed]))
        found[contrast] = (255 * compressed).round().byte().numpy()
    if source.lesions:
        lesions = load_mask(ScanFile.at(folder / source.lesions), first)
        if outside := int((lesions & ~brain).sum()):
            told = f"{outside} of {int(lesions.sum())} voxels lie outside the brain and are left out"
            print(f"{source.lesions}: {told}", file=sys.stderr)
        found["lesions"] = np.packbits(placement.mask_to_model(lesions)[placed])
    return found


def brain_of(scans: Mapping[str, Scan], *, whole_head: bool) -> NDArray[np.bool_]:
    """Where the brain is, on the grid that all scans of a subject share."""
    if whole_head:
        (scan,) = scans.values()
        assert scan.affine is not None
        return BRAINS["deepbet"]().find(Head(scan.name, scan.data, scan.affine)).mask
    found: NDArray[np.bool_] = np.any([scan.data != 0 for scan in scans.values()], axis=0)
    filled: NDArray[np.bool_] = ndimage.binary_fill_holes(found)
    return filled


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description="Make the file of the dataset `real`.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--output", type=Path, default=FILE)
    arguments = parser.parse_args()
    np.savez_compressed(arguments.output, allow_pickle=False, **made_from(arguments.folder))


if __name__ == "__main__":
    main()
