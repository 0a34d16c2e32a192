"""Left stays left, and a map comes back to where it belongs, in all 48 orientations and obliquely."""

from __future__ import annotations

import gzip

import nibabel
import numpy as np
import pytest
from numpy.typing import NDArray

from explorer.scans.placing.placement import TEMPLATE_CENTRE_MM, model_affine
from explorer.scans.placing.preparing import prepare_volume
from explorer.scans.reading.loading import load_scan
from explorer.scans.writing.export import GEOMETRY, map_bytes
from tests.support.phantoms import (
    CENTRE,
    LANDMARK,
    ORIENTATIONS,
    axis_codes,
    centroid,
    head,
    nifti_bytes,
    oblique_affine,
    ras_affine,
    scan_file,
    stored,
)

CASES = [(f"{n}", ras_affine(), orientation) for n, orientation in enumerate(ORIENTATIONS)] + [
    (f"oblique {angles}", oblique_affine(angles), ORIENTATIONS[n])
    for n, angles in (
        (0, (17.0, -12.0, 9.0)),
        (13, (-25.0, 8.0, 14.0)),
        (30, (5.0, 30.0, -20.0)),
        (47, (40.0, 1.0, 2.0)),
    )
]


@pytest.mark.parametrize(
    ("affine", "orientation"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_left_stays_left_and_a_landmark_comes_back(
    affine: NDArray[np.float64], orientation: NDArray[np.float64]
) -> None:
    data, placed = stored(head(affine), affine, orientation)
    content = nifti_bytes(data, placed)
    scan = load_scan(scan_file(content))
    prepared = prepare_volume(scan)
    images = prepared.images[:, 0].numpy()

    seen = model_affine() @ np.append(centroid(images, 0.6), 1.0)
    x, y, z = seen[:3] - TEMPLATE_CENTRE_MM
    assert x < -20  # the left of the person on the left of the image
    assert y > 20  # the front on top
    assert z > 10  # slices go upwards
    assert np.abs([x, y, z] - prepared.placement.factor * (LANDMARK - CENTRE)).max() < 2

    written = map_bytes(scan, prepared.placement.to_scan(images), ".nii.gz")
    back = nibabel.nifti1.Nifti1Image.from_bytes(gzip.decompress(written))
    original = nibabel.nifti1.Nifti1Image.from_bytes(content)
    assert np.array_equal(back.affine, original.affine)
    assert all(np.array_equal(back.header[key], original.header[key]) for key in GEOMETRY)
    assert axis_codes(back.affine) == axis_codes(original.affine)
    assert back.shape == original.shape
    found = centroid(np.asarray(back.dataobj), 0.6)
    planted = np.linalg.inv(placed) @ np.append(LANDMARK, 1.0)
    assert np.abs(found - planted[:3]).max() < 0.5


def test_there_are_48_orientations() -> None:
    affines = [stored(np.zeros((2, 2, 2)), np.eye(4), one)[1] for one in ORIENTATIONS]
    codes = {axis_codes(affine) for affine in affines}
    assert len(codes) == 48
    assert np.array_equal(affines[0], np.eye(4))
