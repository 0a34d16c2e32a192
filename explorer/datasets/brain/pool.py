"""A pool of deformed brain slices on disk, and the batches that training renders from it.

Deforming a brain in 3-D takes longer than a training step, so it is done once: the pool holds tissue maps,
and contrast, bias field, texture, resolution and noise are drawn anew each time a slice is used.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass
from pathlib import Path

import numpy as np
import torch

from explorer.contracts import Batch, Conditions, contrast_index
from explorer.datasets.brain.anatomy import (
    SIZE,
    SLICES,
    SUBJECTS,
    Anatomy,
    deform_slice,
    draw_deformation,
    template_anatomy,
)
from explorer.datasets.brain.contrast import draw_acquisitions, draw_thickness
from explorer.datasets.brain.rendering import render
from explorer.datasets.brain.variation import CONTRASTS, TRAINING
from explorer.locks import alone
from explorer.randomness import stream
from explorer.settings import check_settings, setting
from explorer.writing import check_room, whole

SLICES_PER_SUBJECT = 6


@dataclass(frozen=True)
class BrainTraining:
    """What a recipe says under `[images]`."""

    pool: int = setting(MISSING, "deformed slices to draw from", minimum=1)
    real_share: float = setting(
        0.0, "fraction of the pool that comes from real anatomies", minimum=0, maximum=1
    )

    def __post_init__(self) -> None:
        check_settings(self)


def open_pool(
    settings: BrainTraining, folder: Path, real_folder: Path | None, progress: Callable[[int, int], None]
) -> BrainBatches:
    """The pool in `folder`, built first if it is not there yet; see `build_pool`."""
    key = hashlib.sha256(f"{settings.pool}:{settings.real_share}:3".encode()).hexdigest()[:8]
    path = folder / f"brain-pool-{key}.npy"
    build_pool(path, settings.pool, settings.real_share, real_folder, progress)
    return BrainBatches.open(path)


def build_pool(
    path: Path, slices: int, real_share: float, real_folder: Path | None, progress: Callable[[int, int], None]
) -> None:
    """Write `slices` deformed slices to `path` as an (N, 3, 128, 128) uint8 array, whole or not at all.

    Which slice of the template's space each is stands beside them, see `positions_path`.

    Args:
        path: the .npy file to write; left alone if it exists.
        slices: how many, N.
        real_share: fraction made from real anatomies instead of the template.
        real_folder: where the real anatomies are; needed if `real_share` is above 0.
        progress: called with slices done and slices in all.

    Raises:
        ValueError: where real anatomies are missing, the disk has too little room, or another run builds it.
    """
    if path.exists():
        return
    if real_share > 0 and real_folder is None:
        raise ValueError(
            "real_share is above 0 but no folder of real anatomies is given; pass --anatomies FOLDER"
        )
    with alone(path):
        if path.exists():  # the run before this one was killed as it moved it there
            return
        check_room(path, slices * 3 * SIZE**2)
        with whole(path) as folder:
            _fill(folder / path.name, slices, real_share, real_folder, progress)


def _fill(
    path: Path, slices: int, real_share: float, real_folder: Path | None, progress: Callable[[int, int], None]
) -> None:
    """Write the two files of a pool; not through a memory map, as a full disk kills who writes to one."""
    positions = np.zeros(slices, dtype=np.uint8)
    described = {"descr": "|u1", "fortran_order": False, "shape": (slices, 3, SIZE, SIZE)}
    done = 0
    with path.open("wb") as pool:
        np.lib.format.write_array_header_1_0(pool, described)
        for anatomy, count in _shares(slices, real_share, real_folder):
            for _ in range(count):
                subject = done // SLICES_PER_SUBJECT
                seed = SUBJECTS["train"][0] + subject
                deformation = draw_deformation(seed, TRAINING)
                index = int(torch.randint(SLICES, (), generator=stream(seed, "pool slice", done)))
                thickness = float(draw_thickness(1, stream(seed, "pool thickness", done), TRAINING))
                tissues = deform_slice(anatomy, deformation, index, thickness)
                pool.write((255 * tissues).round().byte().numpy().tobytes())
                positions[done] = index
                done += 1
                if done % 200 == 0:
                    progress(done, slices)
    np.save(positions_path(path), positions)


def positions_path(path: Path) -> Path:
    """Where the (N,) uint8 array of slice positions of the pool at `path` is."""
    return path.with_suffix(".positions.npy")


def _shares(slices: int, real_share: float, real_folder: Path | None) -> Iterator[tuple[Anatomy, int]]:
    from_real = round(slices * real_share)
    yield template_anatomy(), slices - from_real
    if from_real and real_folder is not None:
        from explorer.datasets.brain.real_anatomies import label_files, real_anatomies  # takes 0.5 s

        files = len(label_files(real_folder))
        for i, anatomy in enumerate(real_anatomies(real_folder)):
            yield anatomy, from_real * (i + 1) // files - from_real * i // files


@dataclass(frozen=True, eq=False)
class BrainBatches:
    """Renders training batches from a pool.

    Attributes:
        pool: tissue maps, (N, 3, 128, 128), uint8.
        positions: which slice of the template's space each is, (N,), uint8.
        contrasts: those that are drawn, each equally often.
    """

    pool: np.ndarray
    positions: np.ndarray
    contrasts: tuple[str, ...] = CONTRASTS

    @classmethod
    def open(cls, path: Path) -> BrainBatches:
        """Map the pool at `path` into memory."""
        return cls(np.load(path, mmap_mode="r"), np.load(positions_path(path)))

    def batch(self, count: int, generator: torch.Generator) -> Batch:
        """Draw and render `count` slices of 128 x 128 pixels."""
        seed = int(torch.randint(2**62, (), generator=generator))
        which = torch.randint(len(self.pool), (count,), generator=stream(seed, "which")).numpy()
        stored = torch.from_numpy(self.pool[which])  # (B, 3, H, W)
        mirrored = torch.rand(count, generator=stream(seed, "mirrored")) < 0.5
        stored[mirrored] = stored[mirrored].flip(-1)
        drawn = torch.randint(len(self.contrasts), (count,), generator=stream(seed, "contrast")).tolist()
        names = [self.contrasts[i] for i in drawn]
        scans = draw_acquisitions(names, lambda purpose: stream(seed, purpose), TRAINING)
        indices = torch.from_numpy(self.positions[which].astype(np.int64))
        images, _ = render(stored.float().div_(255), scans, indices, stream(seed, "noise"))
        contrasts = torch.tensor([contrast_index(name) for name in names])
        return Batch(images[:, None], Conditions(contrasts, indices))
