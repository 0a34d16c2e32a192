"""Which brain is found in each scan of a folder: volume, shape, seconds, doubts, and a sheet of pictures.

    python -m tests.benchmarks.brains FOLDER [FOLDER ...] [--sheet brains.png] [--way auto] [--turned]

Reads every `.nii.gz` that is not named `_dseg`, `_lesions` or `_seg`. `fit` is the overlap with the
template's brain as the file says it lies (`explorer.scans.placing.lying`). The sheet has a row a scan: three
planes through the middle of the brain with its outline. `--turned` also turns each scan's affine, upside down
and back to front, which must all be noticed. Exits with 1 where a brain is not of 1,000 to 1,800 ml, takes
more than 6 s of a core, or a turned one is not noticed.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time
from pathlib import Path

import nibabel
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import ndimage

from explorer.devices import pick_device, share_cores
from explorer.scans.placing.brain import AUTO, Brain
from explorer.scans.placing.brain.search import find_brain
from explorer.scans.placing.doubts import WHOLE_ML
from explorer.scans.placing.lying import TURNS, lying
from explorer.scans.placing.placement import centre_of
from explorer.scans.reading.files import ScanFile
from explorer.scans.reading.loading import load_scan
from explorer.scans.reading.scan import Scan, voxel_sizes

SECONDS = 6.0
NO_SCANS = ("_dseg.nii.gz", "_lesions.nii.gz", "_seg.nii.gz")
TURNED = ("upside down", "mirrored from top to bottom", "mirrored from back to front")
SIDE, ROWS, ORANGE = 200, 12, (255, 120, 0)


def turned(scan: Scan, turn: str) -> Scan:
    """The same numbers under an affine that has the person turned about the middle of the scan."""
    assert scan.affine is not None
    affine, centre = scan.affine.copy(), np.append((np.array(scan.data.shape) - 1) / 2, 1.0)
    middle = (affine @ centre)[:3]
    affine[:3, :3] = np.array(TURNS[turn]) @ affine[:3, :3]
    affine[:3, 3] = middle - affine[:3, :3] @ centre[:3]
    return dataclasses.replace(scan, affine=affine, header=None)


def row_of(scan: Scan, brain: Brain, caption: str) -> Image.Image:
    """Axial, coronal and sagittal plane through the brain's middle, its outline orange, front or top up."""
    assert scan.affine is not None
    turn = nibabel.orientations.io_orientation(scan.affine)  # type: ignore[no-untyped-call]
    data, mask = (
        nibabel.orientations.apply_orientation(one, turn)  # type: ignore[no-untyped-call]
        for one in (scan.data, brain.mask)
    )
    mm = np.array(voxel_sizes(scan.affine))[np.argsort(turn[:, 0])] * data.shape
    white, middle = np.quantile(data[mask], 0.99), centre_of(mask).round().astype(int)
    row = Image.new("RGB", (3 * SIDE, SIDE))
    for place, axis in enumerate((2, 1, 0)):
        plane, inside = (np.take(one, middle[axis], axis).T[::-1] for one in (data, mask))
        across, up = np.delete(mm, axis) * SIDE / np.delete(mm, axis).max()
        picture = Image.fromarray(outlined(plane / white, inside)).resize((round(across), round(up)))
        row.paste(picture, (place * SIDE, 0))
    ImageDraw.Draw(row).text((4, SIDE - 14), caption, fill="white")
    return row


def outlined(plane: NDArray[np.float32], mask: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """A plane in grey, the rim of the mask orange, (H, W, 3)."""
    grey = np.repeat((255 * np.clip(plane, 0, 1))[..., None], 3, axis=2).astype(np.uint8)
    grey[mask & ~ndimage.binary_erosion(mask)] = ORANGE
    return grey


def look(path: Path, way: str, *, turns: bool) -> tuple[Image.Image, list[str]]:
    """Print what is found in a scan; its row of the sheet, and what is wrong."""
    scan = load_scan(ScanFile.at(path))
    assert scan.affine is not None
    began, worked = time.perf_counter(), time.process_time()
    brain = find_brain(scan, way)
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    fit = lying(brain.mask, scan.affine).fit
    caption = f"{path.name.partition('.')[0]}: {brain.way}, {brain.ml:,.0f} ml, fit {fit:.3f}"
    told = [*brain.notes, *brain.warnings]
    print(f"{caption}, {worked:.1f} s of a core ({seconds:.1f} s)", *told, sep="\n  ", flush=True)
    wrong = [f"{brain.ml:,.0f} ml"] * (not WHOLE_ML[0] <= brain.ml <= WHOLE_ML[1])
    wrong += [f"{worked:.1f} s"] * (worked > SECONDS)
    wrong += [problem for turn in TURNED if turns for problem in look_turned(turned(scan, turn), turn, way)]
    return row_of(scan, brain, caption), [f"{path.name}: {one}" for one in wrong]


def look_turned(scan: Scan, turn: str, way: str) -> list[str]:
    """Print what is found in a turned scan, and return what is wrong."""
    assert scan.affine is not None
    brain = find_brain(scan, way)
    found = lying(brain.mask, scan.affine)
    print(f"  {turn}: {brain.ml:,.0f} ml, fit {found.fit:.3f}, fits better {found.turned or '-'}", flush=True)
    noticed = any("as the file says it lies" in told for told in brain.warnings)
    return [] if noticed else [f"{turn} is not noticed"]


def sheet_of(rows: list[Image.Image]) -> Image.Image:
    """All rows in columns."""
    columns = -(-len(rows) // ROWS)
    sheet = Image.new("RGB", (columns * (3 * SIDE + 10), min(len(rows), ROWS) * SIDE), "white")
    for index, row in enumerate(rows):
        sheet.paste(row, (index // ROWS * (3 * SIDE + 10), index % ROWS * SIDE))
    return sheet


def main() -> int:
    """Run the benchmark; the exit code says whether all was right."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--sheet", type=Path, help="where the pictures go (PNG)")
    parser.add_argument("--way", default=AUTO, help="to find the brain (default: auto)")
    parser.add_argument("--turned", action="store_true", help="turn each scan, too")
    arguments = parser.parse_args()
    share_cores(pick_device("cpu"))
    paths = [path for folder in arguments.folders for path in sorted(folder.glob("*.nii.gz"))]
    looks = [
        look(path, arguments.way, turns=arguments.turned)
        for path in paths
        if not path.name.endswith(NO_SCANS)
    ]
    if arguments.sheet:
        sheet_of([row for row, _ in looks]).save(arguments.sheet)
    wrong = [problem for _, problems in looks for problem in problems]
    print("wrong: " + "; ".join(wrong) if wrong else "all as it should be")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
