"""What the network sees: the brain's median at 0.45, CT windows, brains found and given."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.datasets.brain.intensity import KNEE, compress
from explorer.scans.placing.brain.search import find_brain
from explorer.scans.placing.intensity import CT_WINDOWS, windowed
from explorer.scans.placing.preparing import OUTSIDE, prepare_picture, prepare_volume
from explorer.scans.reading.files import ScanFile
from explorer.scans.reading.loading import load_scan
from tests.security.making import npy
from tests.support.phantoms import CENTRE, SPACING, head, head_file, nifti_bytes, ras_affine, scan_file

AFFINE = ras_affine()
SPACINGS = tuple(SPACING)
NOISE = np.random.default_rng(3).standard_normal((46, 58, 42)).astype(np.float32)


def with_skull() -> tuple[np.ndarray, np.ndarray]:
    """A brain in a bright shell 12 mm off it, noise everywhere; and where the brain is."""
    indices = np.stack(np.meshgrid(*map(np.arange, NOISE.shape), indexing="ij"), axis=-1)
    points = indices @ AFFINE[:3, :3].T + AFFINE[:3, 3] - CENTRE
    radius = np.linalg.norm(points / np.array([60.0, 74.0, 60.0]), axis=-1)
    brain = radius < 1
    shell = (radius > 1.2) & (radius < 1.28)
    return np.asarray(100 * brain + 160 * shell + 5 * np.abs(NOISE), np.float32), brain


def dice(a: np.ndarray, b: np.ndarray) -> float:
    return float(2 * (a & b).sum() / (a.sum() + b.sum()))


def test_the_median_of_the_brain_becomes_45_hundredths_whatever_the_scanner_says() -> None:
    plain = prepare_volume(load_scan(head_file()))
    inside = plain.images[plain.foregrounds]
    assert float(inside.median()) == pytest.approx(0.45, abs=0.005)
    louder = prepare_volume(load_scan(scan_file(nifti_bytes(head(AFFINE) * 37, AFFINE))))
    assert float((louder.images - plain.images).abs().max()) < 1e-5
    assert float(plain.images.min()) >= 0 and float(plain.images.max()) <= 1


def test_a_given_brain_mask_is_used() -> None:
    data, brain = with_skull()
    scan = load_scan(scan_file(nifti_bytes(data, AFFINE)))
    prepared = prepare_volume(scan, find_brain(scan, given=brain))
    assert prepared.brain == "mask" and prepared.brain_ml == pytest.approx(brain.sum() * 63.36 / 1000)
    assert prepared.gain == pytest.approx(0.45 / float(np.median(scan.data[brain])))
    back = prepared.placement.to_scan(prepared.foregrounds[:, 0].numpy().astype(np.float32))
    seen = ~np.isnan(back)
    assert dice(back[seen] > 0.5, brain[seen]) > 0.98


def test_what_is_shown_beside_the_original_is_what_the_network_sees() -> None:
    scan = load_scan(head_file())
    prepared = prepare_volume(scan)
    back = prepared.placement.to_scan(prepared.images[:, 0].numpy())
    expected = compress(torch.from_numpy(scan.data * prepared.gain)).numpy()
    assert np.nanmedian(np.abs(back - expected)[scan.data > 0]) < 0.01


def test_what_is_outside_the_brain_is_zero_and_what_is_bright_is_told_apart() -> None:
    data, brain = with_skull()
    bright, brightest = np.argwhere(brain)[1000:1002]
    data[tuple(bright)], data[tuple(brightest)] = 400, 800
    scan = load_scan(scan_file(nifti_bytes(data, AFFINE)))
    prepared = prepare_volume(scan, find_brain(scan, given=brain))
    assert not prepared.images[~prepared.foregrounds].any() and (~prepared.foregrounds).any()
    assert 0.9 < float(prepared.images.max()) < 1
    assert prepared.knee == KNEE and OUTSIDE in prepared.notes
    assert any("what is then above 0.7 is compressed" in note for note in prepared.notes)


@pytest.mark.parametrize("window", CT_WINDOWS)
def test_a_window_maps_its_ends_to_0_and_1(window: str) -> None:
    centre, width = CT_WINDOWS[window]
    ends = centre + width * np.array([-1, -0.5, 0, 0.5, 1], np.float32)
    assert windowed(ends, window) == pytest.approx([0, 0, 0.5, 1, 1])


def test_a_ct_is_windowed_and_not_scaled_by_its_median() -> None:
    data = np.where(head(AFFINE) > 0, 40, -1000).astype(np.float32) + 2 * NOISE
    prepared = prepare_volume(load_scan(scan_file(nifti_bytes(data, AFFINE))), window="brain")
    assert prepared.gain == 1.0 and prepared.window == "brain" and prepared.knee is None
    assert float(prepared.images[prepared.foregrounds].median()) == pytest.approx(0.5, abs=0.02)
    with pytest.raises(ValueError, match="unknown CT window 'heart'; known: brain"):
        prepare_volume(load_scan(head_file()), window="heart")


def test_only_slices_with_a_brain_are_processed() -> None:
    data = head(AFFINE)
    data[:, :, 25:] = 0
    prepared = prepare_volume(load_scan(scan_file(nifti_bytes(data, AFFINE))))
    assert prepared.slices == tuple(range(len(prepared.slices)))
    assert not prepared.foregrounds[prepared.slices[-1] + 1 :].any()


def test_a_picture_fills_its_range() -> None:
    scan = load_scan(ScanFile("a.npy", npy(np.arange(28 * 28.0).reshape(28, 28) - 100)))
    prepared = prepare_picture(scan, 28)
    assert prepared.images[0, 0].numpy() == pytest.approx((scan.data[..., 0] + 100) / 783, abs=1e-6)
    assert bool(prepared.foregrounds.all()) and prepared.slices == (0,)


def test_a_picture_that_is_no_slice_of_a_brain_is_doubted() -> None:
    slice_like = np.zeros((40, 30))
    slice_like[8:32, 6:24] = np.random.default_rng(0).random((24, 18)) + 0.5
    for pixels, doubted in ((slice_like, False), (1 - slice_like, True)):
        scan = load_scan(ScanFile("a.npy", npy(pixels)))
        found = prepare_picture(scan, 128, of_brain=True)
        assert any("scored as an axial slice" in note for note in found.notes)
        assert any("it is not dark at its edges" in told for told in found.warnings) is doubted
        assert prepare_picture(scan, 128).warnings == ()


def test_pictures_and_volumes_are_not_mixed_up() -> None:
    picture = load_scan(ScanFile("a.npy", npy(np.eye(28))))
    with pytest.raises(ValueError, match="is a single picture"):
        prepare_volume(picture)
    with pytest.raises(ValueError, match="is a volume"):
        prepare_picture(load_scan(head_file()), 28)
