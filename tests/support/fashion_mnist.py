"""Small files that count as the published ones of Fashion-MNIST."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import numpy as np
import pytest

from explorer.datasets.fashion_mnist import files
from explorer.datasets.fashion_mnist.files import TEST_FILES, TRAIN_FILES


def idx(values: np.ndarray) -> bytes:
    """The idx file of an array of bytes."""
    sizes = b"".join(size.to_bytes(4, "big") for size in values.shape)
    return bytes([0, 0, 8, values.ndim]) + sizes + values.tobytes()


def forge(folder: Path, monkeypatch: pytest.MonkeyPatch, repeats: int = 3) -> None:
    """Write four small files to `folder` that count as the published ones; image k is grey k."""
    labels = np.tile(np.arange(10, dtype=np.uint8), repeats)
    images = np.arange(labels.size, dtype=np.uint8)[:, None, None].repeat(28, 1).repeat(28, 2)
    monkeypatch.setattr(files, "CALIBRATION", 5)
    for names in (TRAIN_FILES, TEST_FILES):
        for name, values in zip(names, (images, labels), strict=True):
            content = idx(values)
            (folder / name).write_bytes(gzip.compress(content))
            monkeypatch.setitem(files.SHA256, name, hashlib.sha256(content).hexdigest())
