"""What the browser is sent is the scan, upright, and every voxel says where it lies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from explorer.looking.output import planes
from explorer.looking.output.planes import map_packet, scan_packet
from explorer.scans.placing.placement import Placement
from explorer.scans.placing.preparing import Prepared, prepare_picture, prepare_volume
from explorer.scans.reading.loading import load_scan
from explorer.scans.reading.scan import Scan
from tests.security.making import npy
from tests.support.packets import parts, plain
from tests.support.phantoms import (
    LANDMARK,
    ORIENTATIONS,
    head,
    nifti_bytes,
    oblique_affine,
    ras_affine,
    scan_file,
    stored,
)


def read(content: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Header and arrays of a packet, as its description says; values where there are codes."""
    header, body = parts(content)
    arrays = {one["name"]: (plain(body, one), one) for one in header["arrays"]}
    return header, {
        name: one["low"] + codes * one["step"] if "step" in one else codes
        for name, (codes, one) in arrays.items()
    }


@pytest.mark.parametrize("orientation", ORIENTATIONS[::5], ids=lambda one: str(one.tolist()))
def test_any_orientation_is_sent_upright_with_its_places(orientation: NDArray[np.float64]) -> None:
    data, affine = stored(head(ras_affine()), ras_affine(), orientation)
    scan = load_scan(scan_file(nifti_bytes(data, affine)))
    header, arrays = read(scan_packet("k", scan, prepare_volume(scan), data > 150))
    image = arrays["image"]
    np.testing.assert_allclose(image.transpose(2, 1, 0), head(ras_affine()), atol=0.01)
    assert (arrays["mask"].transpose(2, 1, 0) == (head(ras_affine()) > 150)).all()
    z, y, x = np.unravel_index(image.argmax(), image.shape)
    at = np.array([x, y, z, 1.0])
    np.testing.assert_allclose(header["to_mm"] @ at, [*LANDMARK, 1], atol=3)
    assert data[tuple((header["to_scan"] @ at)[:3].round().astype(int))] == data.max()
    seen = arrays["seen"]
    place = (header["to_model"] @ at)[:3].round().astype(int)
    assert seen[tuple(place)] > 0.9 * seen.max()
    assert header["oblique"] < 0.1 and header["oriented"] and not header["picture"]


def test_an_oblique_scan_says_how_much() -> None:
    affine = oblique_affine((17.0, 0.0, 0.0))
    scan = load_scan(scan_file(nifti_bytes(head(affine), affine)))
    header, _ = read(scan_packet("k", scan, prepare_volume(scan), None))
    assert header["oblique"] == pytest.approx(17, abs=0.1)


def test_a_large_scan_is_thinned_and_its_places_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planes, "MOST_VOXELS", 46 * 58 * 42 // 8)
    scan = load_scan(scan_file(nifti_bytes(head(ras_affine()), ras_affine())))
    header, arrays = read(scan_packet("k", scan, prepare_volume(scan), None))
    assert header["every"] == 2
    np.testing.assert_allclose(arrays["image"].transpose(2, 1, 0), scan.data[::2, ::2, ::2], atol=0.01)
    assert header["to_scan"] @ np.array([3.0, 4, 5, 1]) == pytest.approx([6, 8, 10, 1])


def test_a_picture_stands_upright_and_has_no_mm() -> None:
    pixels = np.arange(20 * 30, dtype=np.float32).reshape(20, 30)
    scan = load_scan(scan_file(npy(pixels), "picture.npy"))
    header, arrays = read(scan_packet("k", scan, prepare_picture(scan, 28), None))
    assert header["picture"] and header["to_mm"] is None and header["spacing"] is None
    assert (arrays["image"][0, ::-1] == pixels).all()  # rows are sent from below
    assert (header["to_scan"] @ np.array([4.0, 19, 0, 1]))[:2].tolist() == [0, 4]


@pytest.mark.parametrize("scale", [1.0, 0.001, 1e6])
def test_values_stray_by_half_a_step_at_most(scale: float) -> None:
    values = np.random.default_rng(0).standard_normal((4, 5, 6)).astype(np.float32) * np.float32(scale)
    scan = Scan(values, np.diag([9.0, 9, 9, 1]), "a", "")
    placement = Placement(np.eye(4), values.shape, (4, 5, 6), 1.0, 1.0)
    flat = torch.zeros(4, 1, 5, 6)
    header, arrays = read(
        scan_packet("k", scan, Prepared(flat, flat > 1, placement, "file", 1, "", ()), None)
    )
    step = header["arrays"][0]["step"]
    assert step <= (values.max() - values.min()) / 65000
    np.testing.assert_allclose(arrays["image"].transpose(2, 1, 0), values, atol=0.51 * step + 1e-6 * scale)


def test_scores_keep_what_was_not_scored_apart() -> None:
    values = np.random.default_rng(1).random((3, 4, 5)).astype(np.float32)
    values[1] = np.nan
    header, arrays = read(map_packet("k", "1", "A map", values, (0.1, 0.9)))
    described = header["arrays"][0]
    found = arrays["scores"]
    assert np.array_equal(arrays["scored"] > 0, ~np.isnan(values))
    np.testing.assert_allclose(found[[0, 2]], values[[0, 2]], atol=described["step"])
    np.testing.assert_allclose(found[1], values[0], atol=described["step"])  # the nearest that there are
    assert header["colours"] == [0.1, 0.9] and header["title"] == "A map"
