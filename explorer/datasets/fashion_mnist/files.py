"""The published files of Fashion-MNIST: where they lie, what is in them, and the sample that is carried.

Split rule: class 0 (T-shirt/top) is held out, the other nine are normal. `train` is the published training
file without class 0 and without its last 5,000 normal images, which are `calibration`; `test` is the
published test file, all ten classes, 1,000 images each.

Carried sample: `fashion_mnist_sample.npz` holds the first 100 images of each class in the published test
file, in the file's order, so a coordinate means the same image with it as with the whole test file.
"""

from __future__ import annotations

import gzip
import hashlib
import math
import os
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

NAME = "fashion-mnist"
HELD_OUT = 0
CALIBRATION = 5_000

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

GET = "run `python -m explorer download fashion-mnist`"

_UNREADABLE = (OSError, EOFError, zlib.error)


@dataclass(frozen=True, eq=False)
class Pixels:
    """Images as published, (N, 28, 28), uint8, and their classes, (N,), uint8."""

    images: Tensor
    labels: Tensor


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


def is_published(path: Path, name: str) -> bool:
    """Whether the file at `path` unpacks to the published file `name`; False where it cannot be read."""
    try:
        return _sha256(_unpacked(path)) == SHA256[name]
    except _UNREADABLE:
        return False


def read_idx(path: Path) -> NDArray[np.uint8]:
    """The array in a gzipped idx file of bytes: magic 0 0 8 d, then d sizes (big-endian), then values.

    Raises:
        ValueError: the file cannot be read, or is not such a file, or not the published one.
    """
    remedy = f"replace it (Debian: reinstall dataset-fashion-mnist), or remove it and {GET}"
    try:
        content = _unpacked(path)
    except _UNREADABLE as error:
        raise ValueError(f"{path} cannot be read ({error}); {remedy}") from error
    if len(content) < 4 or content[:3] != b"\0\0\x08":
        found = content[:3].hex(" ") or "nothing"
        raise ValueError(f"{path} must start with the idx magic 00 00 08, got {found}; {remedy}")
    start = 4 + 4 * content[3]
    shape = tuple(int.from_bytes(content[at : at + 4], "big") for at in range(4, start, 4))
    size = start + math.prod(shape)
    if len(content) != size:
        raise ValueError(f"{path} must hold {size} bytes unpacked, got {len(content)}; {remedy}")
    if _sha256(content) != SHA256[path.name]:
        raise ValueError(f"{path} must be the published file, but its sha256 is another; {remedy}")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def load_test(folder: Path | None) -> Pixels:
    """The test images of all classes, ordered by class, from `folder` or else the carried sample."""
    if folder is None:
        with np.load(SAMPLE, allow_pickle=False) as sample:
            images, labels = sample["images"], sample["labels"]
    else:
        images, labels = (read_idx(folder / name) for name in TEST_FILES)
    order = np.argsort(labels, kind="stable")
    return Pixels(torch.from_numpy(images[order]), torch.from_numpy(labels[order]))


def load_train() -> dict[str, Pixels]:
    """The normal training images in the file's order, as the splits `train` and `calibration`.

    Raises:
        ValueError: the files are not on this machine, or damaged.
    """
    folder = find_folder(TRAIN_FILES)
    if folder is None:
        raise ValueError(
            "the training images of Fashion-MNIST are not on this machine: install the Debian package "
            f"dataset-fashion-mnist, or put {' and '.join(TRAIN_FILES)} into $EXPLORER_DATA/{NAME}, or {GET}"
        )
    images, labels = (read_idx(folder / name) for name in TRAIN_FILES)
    normal = np.flatnonzero(labels != HELD_OUT)
    rows = {"train": normal[:-CALIBRATION], "calibration": normal[-CALIBRATION:]}
    return {
        split: Pixels(torch.from_numpy(images[row]), torch.from_numpy(labels[row]))
        for split, row in rows.items()
    }


def _unpacked(path: Path) -> bytes:
    with gzip.open(path) as file:
        return file.read()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
