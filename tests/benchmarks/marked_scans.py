"""Average precision on real scans in which somebody marked lesions, beside plain intensity.

    python -m tests.benchmarks.marked_scans FOLDER [--contrast flair ...] [--all]

FOLDER holds `<patient>_FLAIR.nii.gz`, `_T1w`, `_T2w` (those of them that there are) and
`<patient>_lesions.nii.gz` on the same grid; written for patients with multiple sclerosis (Lesjak et al., A
Novel Public MR Image Dataset of Multiple Sclerosis Patients, Neuroinformatics 2017, doi
10.1007/s12021-017-9348-7). Scans are placed and scaled as `localize` does it, with its search for the brain.
A figure is over the brain pixels of all axial slices of the model's grid with more than 20 lesion pixels.

For checking only: `CHOSEN` was chosen by `tests.benchmarks.real_shapes`, on lesions planted in the cohort and
in T1 of people whom no training saw. `--all` prints all settings that were tried there, too.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from explorer.cards import load_pretrained
from explorer.contracts import Conditions, Slice, stack
from explorer.scans.placing.preparing import prepare_volume
from explorer.scans.reading.files import ScanFile
from explorer.scans.reading.loading import load_mask, load_scan
from tests.support.settings_tables import CPU, Slices, average_precisions, betas_of, lines, texts

LEAST_LESION = 20
SUFFIXES = {"flair": "FLAIR", "t1": "T1w", "t2": "T2w"}
BETAS = (0.01, 0.03, 0.1, 0.3, 1.0, 10.0)


@dataclass(frozen=True)
class Choice:
    """A predictor, its training beta and the AP that is wanted of it."""

    role: str
    predictor: str
    beta: float
    target: float | None = None
    model: str = "context-vae-brain"


CHOSEN: dict[str, tuple[Choice, ...]] = {
    "flair": (
        Choice("smoothed intensity", "intensity:mode=bright,sigma=1", 0.1),
        Choice("single", "reconstruction-error:sign=brighter,sigma=2,tolerance=1", 0.1, 0.78),
        Choice(
            "ensemble",
            "ensemble:rule=tail,members=intensity:mode=bright:sigma=2,"
            "reconstruction-error:sign=brighter:sigma=2:tolerance=0",
            0.03,
            0.82,
        ),
    ),
    "t1": (
        Choice("smoothed intensity", "intensity:mode=dark,sigma=1", 0.1),
        Choice("single", "reconstruction-error:sign=darker,sigma=3", 0.3, 0.12),
    ),
    "t2": (
        Choice("smoothed intensity", "intensity:mode=bright,sigma=1", 0.1),
        Choice("single", "reconstruction-error:sign=brighter,sigma=3", 0.3, 0.30),
    ),
}


def slices_of(folder: Path, contrast: str) -> Iterator[tuple[Slice, torch.Tensor]]:
    """Slices with more than 20 lesion pixels, and which pixels those are, (128, 128), bool."""
    for path in sorted(folder.glob(f"*_{SUFFIXES[contrast]}.nii.gz")):
        scan = load_scan(ScanFile.at(path))
        lesions = path.with_name(path.name.replace(SUFFIXES[contrast], "lesions"))
        marked = load_mask(ScanFile.at(lesions), scan)
        prepared = prepare_volume(scan)
        masks = prepared.mask_to_model(marked) & prepared.foregrounds
        for index in torch.nonzero(masks.flatten(1).sum(1) > LEAST_LESION).flatten().tolist():
            yield prepared.slice_at(index, contrast, f"{path.name}, slice {index}"), masks[index, 0]


def read(folder: Path, contrast: str) -> Slices | None:
    """All slices of a contrast; None where the folder has no scans of it."""
    found = list(slices_of(folder, contrast))
    if not found:
        return None
    slices = [one for one, _ in found]
    return Slices(
        stack([one.image for one in slices]),
        stack([mask for _, mask in found]),
        stack([one.foreground for one in slices]),
        Conditions.of(slices),
    )


def check(contrast: str, slices: Slices, choices: Sequence[Choice]) -> list[str]:
    """Print the AP of what was chosen; what was missed."""
    missed = []
    for choice in choices:
        pretrained = load_pretrained(choice.model, CPU)
        betas = betas_of(pretrained, [choice.beta])
        ((found,),) = average_precisions(pretrained, contrast, slices, [choice.predictor], betas).values()
        wanted = "" if choice.target is None else f"; target {choice.target:g}"
        print(f"  {choice.role}: {found:.3f}{wanted} ({choice.model}, beta {betas[0]:g}, {choice.predictor})")
        if choice.target is not None and found < choice.target:
            missed.append(f"{contrast} {choice.role}: {found:.3f}, target {choice.target:g}")
    return missed


def main() -> int:
    """Print AP by contrast; the exit code says whether the targets were met."""
    style = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=style)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--contrast", nargs="+", default=list(SUFFIXES), choices=list(SUFFIXES))
    parser.add_argument("--model", nargs="+", default=["context-vae-brain"], help="of `--all`")
    parser.add_argument("--all", action="store_true", help="all settings at all betas, too")
    arguments = parser.parse_args()
    missed: list[str] = []
    seen = False
    for contrast in arguments.contrast:
        slices = read(arguments.folder, contrast)
        if slices is None:
            continue
        seen = True
        print(f"\n{contrast}: {len(slices.images)} slices, chance {slices.chance:.3f}")
        missed += check(contrast, slices, CHOSEN[contrast])
        for model in arguments.model if arguments.all else ():
            pretrained = load_pretrained(model, CPU)
            betas = betas_of(pretrained, BETAS)
            print(f"  {model}, betas {betas}")
            print(lines(average_precisions(pretrained, contrast, slices, texts(contrast), betas)), flush=True)
    if not seen:
        raise SystemExit(f"{arguments.folder} holds no scans like <patient>_FLAIR.nii.gz with lesions")
    print("\nmissed: " + ("; ".join(missed) if missed else "nothing"))
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
