"""The synthetic brain cohort: contrasts FLAIR, T1 and T2, axial slices of 128 x 128 pixels at 1.75 mm.

A subject is a seed: one average anatomy (ICBM 152, see `anatomy`), deformed in 3-D, with tissue intensities,
texture, bias field, resolution and Rician noise of its own (see `contrast`). Nothing in it is a patient. What
it lacks: the variety of folding between people, vessels, age-related change and the artefacts of real
scanners.

Split rule: subjects of calibration and test have disjoint seeds, and both are disjoint from training's.
Licence of the template: free to use, copy, modify and distribute with its copyright notice (McConnell Brain
Imaging Centre, Montreal Neurological Institute, McGill University).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from explorer.contracts import Axis, Dataset, Slice
from explorer.datasets.base import DATASETS
from explorer.datasets.brain.anatomy import (
    SIZE,
    SLICES,
    SPACING,
    deform_slice,
    draw_deformation,
    template_anatomy,
)
from explorer.datasets.brain.contrast import CONTRASTS, draw_acquisition, render
from explorer.randomness import stream

SUBJECTS = {"train": (1_000_000, 100_000), "calibration": (2_000_000, 200), "test": (3_000_000, 200)}
"""First seed and number of subjects of each split."""


@dataclass(frozen=True)
class BrainCohort:
    """Synthetic healthy brains in one contrast; satisfies `Dataset`.

    Attributes:
        contrast: `flair`, `t1` or `t2`.
    """

    contrast: str

    @property
    def name(self) -> str:
        return f"brain/{self.contrast}"

    @property
    def image_size(self) -> tuple[int, int]:
        return SIZE, SIZE

    @property
    def note(self) -> str:
        return (
            "Synthetic brains: one average anatomy (ICBM 152), deformed at random; no patient's scan. "
            "Shown as seen from above: the left of the image is the left of the brain."
        )

    def axes(self, split: str) -> tuple[Axis, ...]:
        if split not in SUBJECTS:
            raise ValueError(f"unknown split {split!r}; known: {', '.join(SUBJECTS)}")
        return (
            Axis("subject", "A subject is a seed: its anatomy, contrast and noise.", SUBJECTS[split][1]),
            Axis("slice", f"Axial slice, from below to above, {SPACING} mm apart.", SLICES),
        )

    def slice(self, split: str, *coordinates: int) -> Slice:
        """The slice at (subject, slice); ValueError where one is outside its axis."""
        axes = self.axes(split)
        if len(coordinates) != len(axes):
            raise ValueError(f"{self.name} takes subject and slice, got {len(coordinates)} coordinates")
        for axis, value in zip(axes, coordinates, strict=True):
            if not 0 <= value < axis.size:
                raise ValueError(f"{axis.name} must be in [0, {axis.size - 1}], got {value}")
        subject, index = coordinates
        seed = SUBJECTS[split][0] + subject
        tissues = deform_slice(template_anatomy(), draw_deformation(stream(seed, "anatomy")), index)
        acquisition = draw_acquisition(self.contrast, stream(seed, self.contrast))
        image, foreground = render(tissues, acquisition, index, stream(seed, self.contrast, "noise", index))
        return Slice(image, foreground, f"{split} subject {subject}, slice {index}", (SPACING, SPACING))

    def cohort(self, split: str, count: int, seed: int) -> Sequence[tuple[int, ...]]:
        """`count` subjects without repetition, each with one slice drawn from all."""
        subjects = self.axes(split)[0].size
        if not 1 <= count <= subjects:
            raise ValueError(f"slices of a cohort must be in [1, {subjects}] for {self.name}, got {count}")
        generator = stream(seed, "cohort", self.name, split)
        order = torch.randperm(subjects, generator=generator)
        slices = torch.randint(SLICES, (subjects,), generator=generator)
        return [(int(subject), int(slices[subject])) for subject in order[:count]]

    def held_out_cohort(self, count: int, seed: int) -> Sequence[tuple[int, ...]]:
        """Empty: every synthetic brain is healthy."""
        return ()


@dataclass(frozen=True)
class BrainFamily:
    """Builds the synthetic cohort in a contrast."""

    options: tuple[str, ...] = CONTRASTS

    def __call__(self, option: str) -> Dataset:
        return BrainCohort(option)


DATASETS.register("brain")(BrainFamily())
