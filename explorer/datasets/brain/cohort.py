"""The synthetic brain cohort: contrasts FLAIR, T1 and T2, axial slices of 128 x 128 pixels at 1.75 mm.

A subject is a seed: one average anatomy (ICBM 152, see `anatomy`), deformed in 3-D and aged, with contrast,
thickness, bias field, texture, resolution, Rician noise and field of view of its own (see `variation`).
Nothing in it is a patient. What it lacks: the variety of folding between people, vessels, changes of white
matter and the artefacts of real scanners.

Split rule: subjects of calibration and test have disjoint seeds, and both are disjoint from training's.
Licence of the template: free to use, copy, modify and distribute with its copyright notice (McConnell Brain
Imaging Centre, Montreal Neurological Institute, McGill University).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from explorer.contracts import Axis, Batches, Slice
from explorer.datasets.base import DATASETS, Progress, Source, check_count, check_place, check_split
from explorer.datasets.brain.anatomy import (
    SIZE,
    SLICES,
    SPACING,
    SUBJECTS,
    TEMPLATE,
    draw_deformation,
    subject_points,
    subject_tissues,
    template_anatomy,
)
from explorer.datasets.brain.contrast import draw_acquisitions
from explorer.datasets.brain.pool import BrainTraining, open_pool
from explorer.datasets.brain.rendering import render
from explorer.datasets.brain.variation import COHORT, CONTRASTS, Variation
from explorer.randomness import stream

MIDDLE = 32
"""A slice with ventricles, cortex and basal ganglia in it."""


def subject_slice(
    seed: int, contrast: str, index: int, variation: Variation = COHORT
) -> tuple[Tensor, Tensor, Tensor]:
    """One slice of a subject in one contrast.

    Returns:
        image: (128, 128), float32 in [0, 1), zero outside the foreground.
        foreground: the brain within the field of view, (128, 128), bool.
        points: where the pixels lie in the template, (3, 128, 128), mm.
    """
    anatomy, deformation = template_anatomy(), draw_deformation(seed, variation)
    scan = draw_acquisitions([contrast], lambda purpose: stream(seed, contrast, purpose), variation)
    points = subject_points(anatomy, deformation, index)
    tissues = subject_tissues(anatomy, deformation, points, float(scan.thickness))
    noise = stream(seed, contrast, "noise", index)
    image, foreground = render(tissues[None], scan, torch.tensor([index]), noise)
    return image[0], foreground[0], points


@DATASETS.register("brain")
class BrainCohort(Source):
    """Synthetic healthy brains in one contrast: `flair`, `t1` or `t2`."""

    options = CONTRASTS
    option_title = "Contrast"
    option_help = "The MR sequence: FLAIR suppresses fluid, T1 shows it dark, T2 bright."
    training_settings = BrainTraining

    @property
    def name(self) -> str:
        return f"brain/{self.option}"

    @property
    def image_size(self) -> tuple[int, int]:
        return SIZE, SIZE

    @property
    def note(self) -> str:
        return "Synthetic brains: one average anatomy (ICBM 152), deformed at random; no patient's scan."

    @property
    def licence(self) -> str:
        return TEMPLATE.with_suffix(".txt").read_text(encoding="utf-8")

    def axes(self, split: str) -> tuple[Axis, ...]:
        check_split(split)
        return (
            Axis("subject", "A subject is a seed: its anatomy, contrast and noise.", SUBJECTS[split][1]),
            Axis("slice", f"Axial slice, from below to above, {SPACING} mm apart.", SLICES, start=MIDDLE),
        )

    def slice(self, split: str, *coordinates: int) -> Slice:
        """The slice at (subject, slice); ValueError where one is outside its axis."""
        check_place(split, self.axes(split), coordinates)
        subject, index = coordinates
        seed = SUBJECTS[split][0] + subject
        image, foreground, points = subject_slice(seed, self.option, index)
        name = f"{split} subject {subject}, slice {index}"
        return Slice(
            image,
            foreground,
            name,
            (SPACING, SPACING),
            contrast=self.option,
            atlas=points,
            position=index,
        )

    def cohort(self, split: str, count: int, seed: int) -> Sequence[tuple[int, ...]]:
        """`count` subjects without repetition, each with one slice drawn from all."""
        subjects = self.axes(split)[0].size
        check_count(count, subjects, self.name)
        generator = stream(seed, "cohort", self.name, split)
        order = torch.randperm(subjects, generator=generator)
        slices = torch.randint(SLICES, (subjects,), generator=generator)
        return [(int(subject), int(slices[subject])) for subject in order[:count]]

    def scans(self, split: str, count: int) -> Sequence[Sequence[tuple[int, ...]]]:
        """All slices of the last subjects of the split."""
        subjects = self.axes(split)[0].size
        check_count(count, subjects, self.name)
        last = range(subjects - count, subjects)
        return [[(subject, index) for index in range(SLICES)] for subject in last]

    @classmethod
    def batches(
        cls, settings: BrainTraining, *, output: Path, given: Path | None, progress: Progress
    ) -> Batches:
        """Batches of all contrasts, rendered from a pool that is built in `output` if it is not there yet."""
        return open_pool(settings, output, given, progress)
