"""Fashion-MNIST: 28 x 28 grey photographs of clothes, with one class held out as the anomaly.

Origin: H. Xiao, K. Rasul, R. Vollgraf, *Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine
Learning Algorithms*, 2017, arXiv:1708.07747; https://github.com/zalandoresearch/fashion-mnist.

Licence: MIT, Copyright 2017 Zalando SE, https://tech.zalando.com; its text travels in the carried sample.

Split rule and carried sample: see `files`. Preprocessing: bytes divided by 255, nothing else. The foreground
is the garment's filled silhouette.
"""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from explorer.contracts import Axis, Batches, Slice
from explorer.datasets.base import DATASETS, Progress, Source, check_count, check_place, check_split
from explorer.datasets.batches import ImageBatches
from explorer.datasets.fashion_mnist.download import download_fashion_mnist
from explorer.datasets.fashion_mnist.files import (
    GET,
    HELD_OUT,
    NAME,
    SAMPLE,
    TEST_FILES,
    Pixels,
    find_folder,
    load_test,
    load_train,
)
from explorer.randomness import stream
from explorer.settings import NoSettings

CLASSES = (
    "T-shirt/top",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)
FIRST_NORMAL = 1
SILHOUETTE = 0.02
"""Intensity above which a pixel is taken for cloth."""

_LOADING = threading.Lock()


@DATASETS.register(NAME)
class FashionMnist(Source):
    """Fashion-MNIST as slices.

    Whether the test images are the published ones or the carried sample is settled when it is made; the
    training images are looked for when first asked for. Files are read once and kept as bytes.
    """

    name = NAME
    image_size = (28, 28)

    def __init__(self, option: str = "") -> None:
        super().__init__(option)
        if option:
            raise ValueError(f"dataset {NAME!r} takes no option, got {option!r}")
        self._test_folder = find_folder(TEST_FILES)
        self._splits: dict[str, Pixels] = {}

    @property
    def note(self) -> str:
        """Origin and licence, and whether only the carried sample is here."""
        text = (
            "Fashion-MNIST (Zalando Research, MIT licence): photographs of clothes; "
            "T-shirts/tops are held out from training and count as anomalies."
        )
        if self._test_folder is None:
            text += f" Only the 1,000 test images that come with the explorer are here; for all of it {GET}."
        return text

    @property
    def licence(self) -> str:
        with np.load(SAMPLE, allow_pickle=False) as sample:
            return str(sample["licence"])

    def axes(self, split: str) -> tuple[Axis, ...]:
        """Class and index for `test`, index for `train` and `calibration`.

        Raises:
            ValueError: no such split, or its files are not on this machine or damaged.
        """
        count = len(self._pixels(split).labels)
        if split != "test":
            return (Axis("index", f"which image of the {split} split", count),)
        labels = tuple(f"{label} (held out)" if k == HELD_OUT else label for k, label in enumerate(CLASSES))
        return (
            Axis("class", "kind of garment", len(CLASSES), labels, start=FIRST_NORMAL),
            Axis("index", "which image of this class", count // len(CLASSES)),
        )

    def slice(self, split: str, *coordinates: int) -> Slice:
        """The image at `class, index` (`test`) or `index` (`train`, `calibration`).

        Raises:
            ValueError: no such split, its files are missing, or a coordinate is outside its axis.
        """
        axes = self.axes(split)
        check_place(split, axes, coordinates)
        row = coordinates[0] if len(axes) == 1 else coordinates[0] * axes[1].size + coordinates[1]
        pixels = self._pixels(split)
        image = pixels.images[row].float() / 255
        label = int(pixels.labels[row])
        return Slice(
            image=image,
            foreground=silhouette(image),
            name=f"{split} {CLASSES[label]} {coordinates[-1]}",
            held_out=label == HELD_OUT,
        )

    def cohort(self, split: str, count: int, seed: int) -> list[tuple[int, ...]]:
        """Coordinates of `count` different normal images (never class 0), drawn with this seed.

        The first n of a larger cohort are the cohort of n.

        Raises:
            ValueError: no such split, its files are missing, or `count` is more than there is.
        """
        return self._draw(split, count, seed, held_out=False)

    def held_out_cohort(self, count: int, seed: int) -> list[tuple[int, ...]]:
        """Coordinates of `count` different test images of the held-out class; nested like `cohort`."""
        return self._draw("test", count, seed, held_out=True)

    @classmethod
    def batches(
        cls, settings: NoSettings, *, output: Path, given: Path | None, progress: Progress
    ) -> Batches:
        return ImageBatches(cls().images("train"))

    @classmethod
    def download(cls) -> Path:
        return download_fashion_mnist()

    def images(self, split: str) -> Tensor:
        """All images of a split, (N, 1, 28, 28), float32 in [0, 1]; `test` is ordered by class."""
        return self._pixels(split).images.unsqueeze(1).float().div_(255)

    def _draw(self, split: str, count: int, seed: int, *, held_out: bool) -> list[tuple[int, ...]]:
        axes = self.axes(split)
        rows = ((self._pixels(split).labels == HELD_OUT) == held_out).nonzero().squeeze(1)
        check_count(count, len(rows), f"split {split!r}")
        generator = stream(seed, NAME, split, "held out" if held_out else "normal")
        drawn: list[int] = rows[torch.randperm(len(rows), generator=generator)[:count]].tolist()
        return [(row,) if len(axes) == 1 else divmod(row, axes[1].size) for row in drawn]

    def _pixels(self, split: str) -> Pixels:
        check_split(split)
        with _LOADING:
            if split not in self._splits:
                self._splits.update(
                    {"test": load_test(self._test_folder)} if split == "test" else load_train()
                )
            return self._splits[split]


def silhouette(image: Tensor) -> Tensor:
    """The garment's outline, filled: intensity above 0.02, closed by a 3 x 3 square, holes filled.

    Anomalies are planted and counted here, for the even background would flatter every predictor.

    Args:
        image: intensities, (H, W), float32 in [0, 1].

    Returns:
        The pixels of the garment, (H, W), bool.
    """
    cloth = np.pad(image.numpy() > SILHOUETTE, 2)  # a margin, for closing erodes at the border
    from scipy import ndimage  # takes 0.3 s, which the brains can do without

    closed = ndimage.binary_closing(cloth, structure=np.ones((3, 3)))
    return torch.from_numpy(ndimage.binary_fill_holes(closed)[2:-2, 2:-2].copy())
