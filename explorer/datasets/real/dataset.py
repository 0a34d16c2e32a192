"""Real brains in the contrasts FLAIR, T1 and T2, on the grid of the brain models.

Three patients with multiple sclerosis, whose lesions three raters marked; five healthy adults of IXI that no
training has seen; a healthy FLAIR; and a stroke patient whose lesion nobody marked. Origin, licences and
citations: real_images.txt. Preprocessing: `tests/making/real_images.py`.

Split rule: all of it is `test`. Nobody trains on it or chooses a setting by it, and healthy scores are those
of the synthetic cohort: the healthy people here are few, each contrast is of one scanner, and there is no T2.

`atlas` is the place in the template to which a brain was moved and scaled, without being turned: roughly that
in the MNI atlas. (The patients with multiple sclerosis come in MNI space, but were put there without being
scaled: their brains are 15 % smaller than the atlas in each direction.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor

from explorer.contracts import Axis, Batches, Slice
from explorer.datasets.base import DATASETS, Progress, Source, check_count, check_place, check_split
from explorer.datasets.brain.anatomy import SIZE, SLICES, slice_coordinates
from explorer.datasets.brain.variation import CONTRASTS
from explorer.datasets.real.files import FILE, Subject, read_subjects
from explorer.randomness import stream
from explorer.settings import NoSettings

START = (2, 34)
"""A patient with many lesions, and a slice through the ventricles on which all marked patients have some."""

CREDITS = {
    "MS": "patients with multiple sclerosis, marked by three raters (Lesjak et al. 2017, CC BY)",
    "IXI": "healthy adults of IXI (brain-development.org, CC BY-SA 3.0)",
    "healthy": "a healthy FLAIR (py_synthsr, Apache-2.0)",
    "stroke": "a stroke patient (C-STAR, VolumeRenderingData, MIT) whose lesion nobody marked, so that no "
    "pixel of this brain counts in any figure",
}
"""By what the labels of the subjects begin with."""


@DATASETS.register("real")
class RealBrains(Source):
    """Real brains in one contrast: `flair`, `t1` or `t2`."""

    options = CONTRASTS
    option_title = "Contrast"
    option_help = "The MR sequence: FLAIR suppresses fluid, T1 shows it dark, T2 bright."
    like = "brain"
    anomaly = "as-scanned"

    @property
    def name(self) -> str:
        return f"real/{self.option}"

    @property
    def image_size(self) -> tuple[int, int]:
        return SIZE, SIZE

    @property
    def note(self) -> str:
        """Who is in it, with sources and licences."""
        here = (subject.label for subject in read_subjects(self.option))
        credits = dict.fromkeys(
            text for label in here for start, text in CREDITS.items() if label.startswith(start)
        )
        return f"Real brains without their heads, never used for training: {'; '.join(credits)}."

    @property
    def licence(self) -> str:
        return FILE.with_suffix(".txt").read_text(encoding="utf-8")

    def axes(self, split: str) -> tuple[Axis, ...]:
        """Subject and slice; ValueError for any split but `test`, or where the file is missing or damaged."""
        check_split(split)
        if split != "test":
            raise _refusal(split)
        labels = tuple(subject.label for subject in read_subjects(self.option))
        return (
            Axis(
                "subject",
                "Whose brain, among those of whom there is this contrast.",
                len(labels),
                labels,
                START[0],
            ),
            Axis("slice", "Axial slice, from below to above.", SLICES, start=START[1]),
        )

    def slice(self, split: str, *coordinates: int) -> Slice:
        """The slice at (subject, slice); ValueError as `axes`, and where one is outside its axis."""
        check_place(split, self.axes(split), coordinates)
        subject, index = read_subjects(self.option)[coordinates[0]], coordinates[1]
        return Slice(
            image=subject.image[index].float() / 255,
            foreground=subject.brain[index].clone(),
            name=f"{subject.label}, slice {index}",
            spacing=(subject.pixel_mm, subject.pixel_mm),
            mask=None if subject.lesions is None else subject.lesions[index].clone(),
            contrast=self.option,
            atlas=_atlas(index),
            unmarked=subject.unmarked,
            position=index,
        )

    def cohort(self, split: str, count: int, seed: int) -> Sequence[tuple[int, ...]]:
        """`count` slices with brain in which no pixel is known, or must be feared, to be ill."""
        self.axes(split)
        return self._drawn("healthy", _is_healthy, count, seed)

    def held_out_cohort(self, count: int, seed: int) -> Sequence[tuple[int, ...]]:
        """`count` slices with marked lesions, drawn in the same way."""
        return self._drawn("marked", _is_marked, count, seed)

    @classmethod
    def batches(
        cls, settings: NoSettings, *, output: Path, given: Path | None, progress: Progress
    ) -> Batches:
        raise _refusal("train")

    def _drawn(
        self, kind: str, wanted: Callable[[Subject, int], bool], count: int, seed: int
    ) -> list[tuple[int, ...]]:
        subjects = enumerate(read_subjects(self.option))
        places = [(k, i) for k, subject in subjects for i in range(SLICES) if wanted(subject, i)]
        check_count(count, len(places), f"{kind} slices of {self.name}")
        order = torch.randperm(len(places), generator=stream(seed, "cohort", self.name, kind))
        return [places[place] for place in order[:count].tolist()]


def _is_healthy(subject: Subject, index: int) -> bool:
    ill = subject.unmarked or _is_marked(subject, index)
    return not ill and bool(subject.brain[index].any())


def _is_marked(subject: Subject, index: int) -> bool:
    return subject.lesions is not None and bool(subject.lesions[index].any())


def _atlas(index: int) -> Tensor:
    """Where the pixels of a slice lie in the template, (3, 128, 128), mm."""
    points = torch.stack(torch.meshgrid(*slice_coordinates(index), indexing="ij"))  # (3, X, Y, 1)
    return points[..., 0].transpose(1, 2).contiguous()


def _refusal(split: str) -> ValueError:
    return ValueError(
        f"dataset 'real' has no split {split!r}: its images are for testing, never for training or "
        "calibrating; take those of dataset 'brain'"
    )
