"""The shapes of real lesions: read, sampled, found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.anomalies.shape import lesions
from explorer.anomalies.shape.lesions import CAUSES, SOURCES, VOLUMES, LesionShape, lesion_shapes, volume_of

SHAPES = lesion_shapes()
SOME = (1, 700, 1446, 1500, 1577, 1603)
"""Of each collection."""


def planes(shape: LesionShape, lowest: float, step: float) -> torch.Tensor:
    """Axial slices, (S, 109 * 2 / step, 91 * 2 / step), over the whole head, `step` mm apart."""
    x = torch.arange(-90.0, 91, step)
    y = torch.arange(-126.0, 91, step)
    heights = torch.arange(lowest, 109, step)
    grid = torch.stack(torch.meshgrid(y, x, indexing="ij")).flip(0)
    return torch.stack(
        [shape.at(torch.cat((grid, torch.full_like(grid[:1], float(z))))) for z in heights.tolist()]
    )


@pytest.mark.parametrize("index", SOME)
def test_on_its_own_grid_a_shape_is_its_mask(index: int) -> None:
    arrays = SHAPES.arrays
    first, last = arrays["offset"][index : index + 2]
    size = arrays["shape"][index]
    bits = np.unpackbits(arrays["bits"][first:last], count=int(np.prod(size))).reshape(size)
    whole = np.zeros(arrays["grid"], np.uint8)
    whole[tuple(slice(s, s + n) for s, n in zip(arrays["start"][index], size, strict=True))] = bits
    sampled = planes(SHAPES[index], -72.0, 2.0)  # (z, y, x)
    np.testing.assert_allclose(sampled.numpy().transpose(2, 1, 0), whole, atol=1e-4)


@pytest.mark.parametrize("index", SOME)
def test_resampled_slices_add_up_to_the_volume(index: int) -> None:
    shape = SHAPES[index]
    ml = float(planes(shape, -72.3, 1.7).sum()) * 1.7**3 / 1000
    assert ml == pytest.approx(float(shape.voxels.sum()) * 2**3 / 1000, rel=0.03)
    assert ml == pytest.approx(shape.ml, rel=0.1 if shape.ml > 1 else 0.25)  # small ones lose some at 2 mm


def test_between_voxels_it_falls_in_proportion() -> None:
    voxels = torch.zeros(1, 3, 3, 3)
    voxels[0, 1, 1, 1] = 1
    shape = LesionShape(voxels, torch.tensor([-2.0, 4.0, 8.0]), 2.0, "acute-stroke", "one voxel", 0.008)
    points = torch.tensor(
        [[0.0, 6.0, 10.0], [0.5, 6.0, 10.0], [1.0, 7.0, 10.0], [2.5, 6.0, 10.0], [0, 60, 0]]
    )
    found = shape.at(points.T[:, None])
    torch.testing.assert_close(found, torch.tensor([[1.0, 0.75, 0.25, 0.0, 0.0]]))
    assert shape.largest_section == 4.0


def test_all_of_the_collections_are_there() -> None:
    assert len(SHAPES) == 1604
    assert [int(SHAPES.of(cause).sum()) for cause in CAUSES] == [1604, 1446, 131, 27]
    assert sum(int(SHAPES.of("any", volume).sum()) for volume in VOLUMES[1:]) == 1604
    assert set(SHAPES.arrays["source"].tolist()) == set(SOURCES)


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("volume", VOLUMES)
def test_what_is_asked_for_is_what_is_found(cause: str, volume: str) -> None:
    for index in SHAPES.of(cause, volume).nonzero()[0][::20].tolist():
        shape = SHAPES[index]
        assert cause in ("any", shape.cause)
        if volume not in ("any", "0.3", "300"):
            assert float(volume) / 10**0.27 < shape.ml < float(volume) * 10**0.27
        assert volume in ("any", volume_of(shape.ml))


def test_heights_are_those_of_the_voxels() -> None:
    for index in SOME:
        shape = SHAPES[index]
        occupied = shape.voxels[0].any(0).any(0).nonzero()[:, 0] * shape.spacing + float(shape.origin[2])
        lowest, highest = float(occupied.min()), float(occupied.max())
        assert SHAPES.heights[index].tolist() == [lowest, highest]
        reached = [
            bool(SHAPES.between(*heights)[index])
            for heights in ((-99, lowest - 0.1), (-99, lowest), (highest, 99), (highest + 0.1, 99))
        ]
        assert reached == [False, True, True, False]


def test_a_shape_says_what_it_is() -> None:
    assert str(SHAPES[1603]) == f"multiple sclerosis of {SHAPES[1603].ml:.3g} ml, {SHAPES[1603].name}"


@pytest.mark.parametrize("content", [None, b"", b"not a zip", lesions.FILE.read_bytes()[:100_000]])
def test_a_damaged_file_is_named(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "lesions.npz"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setattr(lesions, "FILE", path)
    with pytest.raises(ValueError, match="lesions.npz is missing or damaged; take it from the repository"):
        lesion_shapes.__wrapped__()
