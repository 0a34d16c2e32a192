"""Tissue fractions from T1-weighted intensities."""

from __future__ import annotations

from pathlib import Path

import nibabel
import numpy as np
import pytest
from scipy import ndimage

from explorer.datasets.brain.real_anatomies import DLMUSE, FREESURFER, real_anatomies, tissue_fractions


def phantom() -> tuple[np.ndarray, np.ndarray]:
    """Nested balls of fluid, grey and white matter: maps, (3, 48, 48, 48), and their T1-weighted image."""
    x, y, z = np.mgrid[:48, :48, :48] - 23.5
    radius = np.sqrt(x**2 + y**2 + z**2)
    edges = ndimage.gaussian_filter(
        np.stack([radius < 12, radius < 17, radius < 22]).astype(float), (0, 1, 1, 1)
    )
    white, grey, fluid = edges[0], edges[1] - edges[0], edges[2] - edges[1]
    maps = np.stack([grey, white, fluid]) * (edges[2] > 0.5)
    return maps.astype(np.float32), (0.75 * maps[0] + maps[1] + 0.4 * maps[2]).astype(np.float32)


def test_pure_tissues_and_their_mixtures_are_found_under_a_bias_field() -> None:
    maps, t1 = phantom()
    ramp = np.linspace(0.9, 1.1, 48, dtype=np.float32)[:, None, None]
    found = tissue_fractions(200 * ramp * t1, maps, 2.0)
    assert found.shape == maps.shape
    np.testing.assert_allclose(found.sum(0), (t1 > 0).astype(float), atol=1e-5)
    centre, shell = maps[1] > 0.99, maps[0] > 0.97
    assert found[1][centre].mean() > 0.95
    assert found[0][shell].mean() > 0.85
    inner = (maps[2] < 0.02) & (maps[1] > 0.05) & (maps[1] < 0.95)  # between grey and white
    assert np.corrcoef(found[1][inner], maps[1][inner])[0, 1] > 0.95


def test_outside_the_brain_there_is_nothing() -> None:
    maps, t1 = phantom()
    assert not tissue_fractions(t1, maps, 1.0)[:, t1 == 0].any()


def test_no_label_is_of_two_tissues() -> None:
    for groups in (FREESURFER, DLMUSE):
        labels = [label for group in groups for label in group]
        assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("lesion", [25, 57])
def test_a_lesion_of_white_matter_leaves_no_hole_in_the_brain(tmp_path: Path, lesion: int) -> None:
    x, y, z = np.mgrid[:40, :40, :40] - 19.5
    labels = np.where(np.sqrt(x**2 + y**2 + z**2) < 16, 2, 0).astype(np.uint8)
    labels[18:22, 18:22, 18:22] = lesion
    folder = tmp_path / "label_maps"
    folder.mkdir()
    image = nibabel.nifti1.Nifti1Image(labels, np.eye(4))  # type: ignore[no-untyped-call]
    nibabel.loadsave.save(image, folder / "anatomy_01_dseg.nii.gz")
    (anatomy,) = real_anatomies(tmp_path)
    assert float(anatomy.tissues.sum(0)[20, 20, 20]) > 0.99
