"""What lies on the machine may be larger than what is uploaded; neither may claim what it does not hold."""

from __future__ import annotations

import gzip
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.scans.reading import files
from explorer.scans.reading.files import ON_DISK, UPLOADED, Limits, ScanFile
from explorer.scans.reading.loading import load_scan
from tests.security.making import small
from tests.support.phantoms import nifti_bytes

AFFINE = np.diag([2.0, 2.0, 2.0, 1.0])


def volume(shape: tuple[int, int, int], dtype: str = "i2") -> bytes:
    return nifti_bytes(np.arange(np.prod(shape)).reshape(shape).astype(dtype), AFFINE)


@pytest.fixture
def lowered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that small files reach."""
    monkeypatch.setattr(files, "UPLOADED", Limits(2**20, 2**11, 2**10))
    monkeypatch.setattr(files, "ON_DISK", Limits(2**20, 2**13, 2**11))


@pytest.mark.parametrize("packed", [False, True])
def test_a_disk_may_hold_what_an_upload_may_not(lowered: None, packed: bool, tmp_path: Path) -> None:
    content = volume((12, 12, 10))
    content = gzip.compress(content) if packed else content
    with pytest.raises(ValueError, match="million voxels.*; resample it.*from a disk: the server's folder"):
        load_scan(ScanFile("a.nii.gz", content))
    path = tmp_path / "a.nii.gz"
    path.write_bytes(content)
    assert np.array_equal(load_scan(ScanFile.at(path)).data.ravel(), np.arange(1440))


@pytest.mark.parametrize(
    ("content", "remedy"),
    [(volume((13, 13, 13)), "coarser voxels$"), (volume((12, 12, 10), "f8"), "integers of 8 or 16 bits$")],
)
def test_a_disk_has_limits_too(lowered: None, content: bytes, remedy: str, tmp_path: Path) -> None:
    path = tmp_path / "a.nii"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"a.nii claims an image of .*{remedy}"):
        load_scan(ScanFile.at(path))


@pytest.mark.parametrize(
    "fields",
    [
        {"dim": [3, 20000, 20000, 20000, 1, 1, 1, 1]},
        {"dim": [3, 32767, 32767, 1000, 1, 1, 1, 1], "datatype": 64, "bitpix": 64},
        {"dim": [3, 512, 512, 1024, 1, 1, 1, 1]},  # may be read, but is not there
        {"dim": [4, 64, 64, 64, 32767, 1, 1, 1]},
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_claim_on_disk_costs_no_memory(fields: dict[str, Any], packed: bool, tmp_path: Path) -> None:
    path = tmp_path / "huge.nii"
    content = small(**fields)
    path.write_bytes(gzip.compress(content) if packed else content)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=r"huge.nii (claims|holds 32767 volumes)"):
            load_scan(ScanFile.at(path), None)
        assert tracemalloc.get_traced_memory()[1] < 20e6
    finally:
        tracemalloc.stop()


def test_the_abdomen_of_mood_may_be_read_from_a_disk() -> None:
    voxels = 512**3
    assert UPLOADED.voxels < voxels <= ON_DISK.voxels
    for itemsize in (2, 4, 8):
        assert voxels * itemsize <= ON_DISK.image < ON_DISK.file
