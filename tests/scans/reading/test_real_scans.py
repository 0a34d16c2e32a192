"""Real scans, where they are: brains land where the training had them; intensity finds lesions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from explorer.scans.finding.measures import measure
from explorer.scans.placing.placement import TEMPLATE_CENTRE_MM, model_affine
from explorer.scans.placing.preparing import prepare_volume
from explorer.scans.reading.files import ScanFile
from explorer.scans.reading.loading import load_mask, load_scan
from tests.support.real_data import DATA

PATHS = [DATA / "open_ms" / "patient07_FLAIR.nii.gz", DATA / "ixi_t1" / "IXI606_T1w.nii.gz"]

pytestmark = pytest.mark.skipif(
    not all(path.is_file() for path in PATHS), reason=f"{DATA} holds no real scans"
)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_a_brain_lies_where_the_template_does(path: Path) -> None:
    prepared = prepare_volume(load_scan(ScanFile.at(path)))
    assert prepared.brain == "nonzero" and prepared.warnings == ()
    assert 1 < prepared.placement.factor < 1.25
    assert float(prepared.images[prepared.foregrounds].median()) == pytest.approx(0.45, abs=0.02)
    _, rows, columns = np.nonzero(prepared.foregrounds[26, :1].numpy())  # through the middle of the brain
    at = model_affine() @ np.array([26, rows.mean(), columns.mean(), 1.0])
    assert np.abs(at[:2] - TEMPLATE_CENTRE_MM[:2]).max() < 8


def test_intensity_finds_lesions() -> None:
    scan = load_scan(ScanFile.at(PATHS[0]))
    mask = load_mask(ScanFile.at(DATA / "open_ms" / "patient07_lesions.nii.gz"), scan)
    prepared = prepare_volume(scan)
    found = measure(prepared.images, mask, prepared, 0.9).figures
    assert found["auroc"] is not None and found["auroc"] > 0.9
