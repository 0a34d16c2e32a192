"""The strength of planted lesions against those of a patient with strokes, where the scans are."""

from __future__ import annotations

import nibabel
import numpy as np
import pytest
from scipy import ndimage

from explorer.anomalies.real_lesion import DARK, RealLesion
from explorer.datasets.brain.intensity import MEDIAN
from tests.support.real_data import DATA

SCANS = {name: DATA / "real_scans" / f"stroke_{name.upper()}.nii.gz" for name in ("flair", "t1", "t2")}
CONTRASTS = {"flair": (0.25, 0.36), "t1": (-0.21, -0.05), "t2": (0.32, 0.48)}
"""Of a lesion of 12 ml and one of 0.5 ml, as the docstring of `explorer.anomalies.real_lesion` has them."""


@pytest.mark.skipif(not all(path.is_file() for path in SCANS.values()), reason=f"{DATA} holds no strokes")
def test_lesions_are_as_strong_as_those_of_a_patient() -> None:
    scans = {}
    for name, path in SCANS.items():
        image = nibabel.nifti1.load(path)  # type: ignore[no-untyped-call]
        values = np.asarray(image.dataobj, dtype=np.float64)
        scans[name] = values * MEDIAN / np.median(values[values > 0])
    brain = scans["flair"] > 0
    smooth = ndimage.gaussian_filter(scans["flair"], 1)
    labels, count = ndimage.label(smooth > np.percentile(smooth[brain], 98.5))
    order = np.argsort(ndimage.sum(labels > 0, labels, range(1, count + 1)))[::-1]
    for place, rank in enumerate((0, 2)):  # the second is not bright in T2: no lesion
        lesion = labels == order[rank] + 1
        near, far = (ndimage.binary_dilation(lesion, iterations=mm) for mm in (3, 6))
        around = far & ~near & brain
        for name, expected in CONTRASTS.items():
            found = np.median(scans[name][lesion]) - np.median(scans[name][around])
            assert found == pytest.approx(sorted(expected, key=abs)[place], abs=0.02)
            assert (found < 0) == (name in DARK)
    assert 0.05 <= RealLesion().strength <= 0.48
