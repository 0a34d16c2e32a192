"""Fashion-MNIST: 28 x 28 grey photographs of clothes, with one class held out as the anomaly.

Origin: H. Xiao, K. Rasul, R. Vollgraf, *Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine
Learning Algorithms*, 2017, arXiv:1708.07747; https://github.com/zalandoresearch/fashion-mnist.

Licence: MIT, Copyright 2017 Zalando SE, https://tech.zalando.com; its text travels in the carried sample.

Split rule: class 0 (T-shirt/top) is held out, the other nine are normal. `train` is the published
training file without class 0 and without its last 5,000 normal images, which are `calibration`; `test` is
the published test file, all ten classes, 1,000 images each.

Preprocessing: bytes divided by 255, nothing else. The foreground is the garment's filled silhouette.

Carried sample: `fashion_mnist_sample.npz` holds the first 100 images of each class in the published test
file, in the file's order, so a coordinate means the same image with it as with the whole test file.
"""

from __future__ import annotations

import gzip
import hashlib
import math
import os
import threading
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.contracts import Axis, Slice
from explorer.datasets.base import DATASETS
from explorer.datasets.download import Progress, download, has_sha256
from explorer.randomness import stream

NAME = "fashion-mnist"
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
HELD_OUT = 0
CALIBRATION = 5_000
SILHOUETTE = 0.02
"""Intensity above which a pixel is taken for cloth."""

BASE = "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"
DEBIAN = Path("/usr/share/datasets/fashion-mnist")
SAMPLE = Path(__file__).with_name("fashion_mnist_sample.npz")

TRAIN_FILES = ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz")
TEST_FILES = ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz")
SHA256 = {
    "train-images-idx3-ubyte.gz": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte.gz": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3-ubyte.gz": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte.gz": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}
"""Hashes of the unpacked contents, since packagers pack them anew."""

_GET = "run `python -m explorer download fashion-mnist`"
_LOADING = threading.Lock()


@dataclass(frozen=True, eq=False)
class _Pixels:
    """Images as published, (N, 28, 28), uint8, and their classes, (N,), uint8."""

    images: Tensor
    labels: Tensor


class FashionMnist:
    """Fashion-MNIST as slices; satisfies `explorer.contracts.Dataset`.

    Whether the test images are the published ones or the carried sample is settled when it is made; the
    training images are looked for when first asked for. Files are read once and kept as bytes.
    """

    name = NAME
    image_size = (28, 28)

    def __init__(self) -> None:
        self._test_folder = find_folder(TEST_FILES)
        self._splits: dict[str, _Pixels] = {}

    @property
    def note(self) -> str:
        """Origin and licence, and whether only the carried sample is here."""
        text = (
            "Fashion-MNIST (Zalando Research, MIT licence): photographs of clothes; "
            "T-shirts/tops are held out from training and count as anomalies."
        )
        if self._test_folder is None:
            text += f" Only the 1,000 test images that come with the explorer are here; for all of it {_GET}."
        return text

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
            Axis("class", "kind of garment", len(CLASSES), labels),
            Axis("index", "which image of this class", count // len(CLASSES)),
        )

    def slice(self, split: str, *coordinates: int) -> Slice:
        """The image at `class, index` (`test`) or `index` (`train`, `calibration`).

        Raises:
            ValueError: no such split, its files are missing, or a coordinate is outside its axis.
        """
        axes = self.axes(split)
        if len(coordinates) != len(axes):
            expected = ", ".join(axis.name for axis in axes)
            raise ValueError(f"coordinates of split {split!r} must be ({expected}), got {coordinates}")
        for axis, value in zip(axes, coordinates, strict=True):
            if not 0 <= value < axis.size:
                raise ValueError(f"{axis.name} must be in [0, {axis.size - 1}], got {value}")
        row = coordinates[0] if len(axes) == 1 else coordinates[0] * axes[1].size + coordinates[1]
        pixels = self._pixels(split)
        image = pixels.images[row].float() / 255
        label = int(pixels.labels[row])
        return Slice(
            image=image,
            foreground=silhouette(image),
            name=f"{split} {CLASSES[label]} {coordinates[-1]}",
            anomalous=label == HELD_OUT,
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

    def images(self, split: str) -> Tensor:
        """All images of a split, (N, 1, 28, 28), float32 in [0, 1]; `test` is ordered by class."""
        return self._pixels(split).images.unsqueeze(1).float().div_(255)

    def _draw(self, split: str, count: int, seed: int, *, held_out: bool) -> list[tuple[int, ...]]:
        axes = self.axes(split)
        rows = ((self._pixels(split).labels == HELD_OUT) == held_out).nonzero().squeeze(1)
        if not 1 <= count <= len(rows):
            raise ValueError(
                f"slices of a cohort must be in [1, {len(rows)}] for split {split!r}, got {count}"
            )
        generator = stream(seed, NAME, split, "held out" if held_out else "normal")
        drawn: list[int] = rows[torch.randperm(len(rows), generator=generator)[:count]].tolist()
        return [(row,) if len(axes) == 1 else divmod(row, axes[1].size) for row in drawn]

    def _pixels(self, split: str) -> _Pixels:
        if split not in ("train", "calibration", "test"):
            raise ValueError(f"split must be one of train, calibration, test; got {split!r}")
        with _LOADING:
            if split not in self._splits:
                self._splits.update(
                    {"test": _load_test(self._test_folder)} if split == "test" else _load_train()
                )
            return self._splits[split]


class FashionMnistFamily:
    """Makes the one Fashion-MNIST there is."""

    options: tuple[str, ...] = ()

    def __call__(self, option: str) -> FashionMnist:
        """The dataset; raises ValueError unless `option` is empty."""
        if option:
            raise ValueError(f"dataset {NAME!r} takes no option, got {option!r}")
        return FashionMnist()


DATASETS.register(NAME)(FashionMnistFamily())


def cache_folder() -> Path:
    """Where a download is kept for this user."""
    return Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "explorer", NAME)


def find_folder(names: tuple[str, ...]) -> Path | None:
    """The first folder with all these files: `$EXPLORER_DATA`, Debian's, the user's cache; None if none."""
    given = os.environ.get("EXPLORER_DATA")
    folders = [Path(given, NAME)] if given else []
    for folder in (*folders, DEBIAN, cache_folder()):
        if all(os.path.isfile(folder / name) for name in names):
            return folder
    return None


def download_fashion_mnist(
    progress: Progress | None = None, *, base: str = BASE, timeout: float = 30.0
) -> Path:
    """Put the published files into the user's cache, except those already there and whole.

    Args:
        progress: told file name, bytes received and bytes expected (None where unknown).
        base: address of the folder that holds the four files, with a slash at its end.
        timeout: seconds to wait for the connection and for each piece.

    Returns:
        The folder they are in.

    Raises:
        OSError: the server cannot be reached or breaks off, or the cache cannot be written.
        ValueError: the server holds other files than the published ones.
    """
    folder = cache_folder()
    for name, sha256 in SHA256.items():
        if not (folder / name).is_file() or not has_sha256(folder / name, sha256, gzipped=True):
            download(
                base + name, folder / name, sha256=sha256, gzipped=True, progress=progress, timeout=timeout
            )
    return folder


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


def read_idx(path: Path) -> NDArray[np.uint8]:
    """The array in a gzipped idx file of bytes: magic 0 0 8 d, then d sizes (big-endian), then values.

    Raises:
        ValueError: the file cannot be read, or is not such a file, or not the published one.
    """
    remedy = f"replace it (Debian: reinstall dataset-fashion-mnist), or remove it and {_GET}"
    try:
        with gzip.open(path) as file:
            content = file.read()
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{path} cannot be read ({error}); {remedy}") from error
    if len(content) < 4 or content[:3] != b"\0\0\x08":
        found = content[:3].hex(" ") or "nothing"
        raise ValueError(f"{path} must start with the idx magic 00 00 08, got {found}; {remedy}")
    start = 4 + 4 * content[3]
    shape = tuple(int.from_bytes(content[at : at + 4], "big") for at in range(4, start, 4))
    size = start + math.prod(shape)
    if len(content) != size:
        raise ValueError(f"{path} must hold {size} bytes unpacked, got {len(content)}; {remedy}")
    if hashlib.sha256(content).hexdigest() != SHA256[path.name]:
        raise ValueError(f"{path} must be the published file, but its sha256 is another; {remedy}")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def _load_test(folder: Path | None) -> _Pixels:
    """The test images of all classes, ordered by class, from `folder` or else the carried sample."""
    if folder is None:
        with np.load(SAMPLE, allow_pickle=False) as sample:
            images, labels = sample["images"], sample["labels"]
    else:
        images, labels = (read_idx(folder / name) for name in TEST_FILES)
    order = np.argsort(labels, kind="stable")
    return _Pixels(torch.from_numpy(images[order]), torch.from_numpy(labels[order]))


def _load_train() -> dict[str, _Pixels]:
    """The normal training images in the file's order: the last 5,000 calibrate, the others train."""
    folder = find_folder(TRAIN_FILES)
    if folder is None:
        raise ValueError(
            "the training images of Fashion-MNIST are not on this machine: install the Debian package "
            f"dataset-fashion-mnist, or put {' and '.join(TRAIN_FILES)} into $EXPLORER_DATA/{NAME}, or {_GET}"
        )
    images, labels = (read_idx(folder / name) for name in TRAIN_FILES)
    normal = np.flatnonzero(labels != HELD_OUT)
    rows = {"train": normal[:-CALIBRATION], "calibration": normal[-CALIBRATION:]}
    return {
        split: _Pixels(torch.from_numpy(images[row]), torch.from_numpy(labels[row]))
        for split, row in rows.items()
    }
