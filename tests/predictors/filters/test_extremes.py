"""Minimum, maximum and mean filters against SciPy."""

from __future__ import annotations

import numpy as np
import torch
from scipy import ndimage  # type: ignore[import-untyped, unused-ignore]
from torch import Tensor

from explorer.predictors.filters.extremes import (
    maximum_filter,
    mean_filter,
    mean_filter_3d,
    minimum_filter,
    minimum_filter_3d,
)
from tests.support.linear_vae import images

MAPS = images(3, 12)
VOLUME = images(9, 12)


def test_the_minimum_is_scipys() -> None:
    expected = ndimage.minimum_filter(MAPS.numpy(), size=(1, 1, 3, 3), mode="nearest")
    assert torch.equal(minimum_filter(MAPS), torch.from_numpy(expected))


def test_the_maximum_is_scipys() -> None:
    expected = ndimage.maximum_filter(MAPS.numpy(), size=(1, 1, 5, 5), mode="nearest")
    assert torch.equal(maximum_filter(MAPS, 5), torch.from_numpy(expected))


def test_the_mean_is_scipys_inside_and_keeps_a_constant_at_the_rim() -> None:
    expected = ndimage.uniform_filter(MAPS.numpy(), size=(1, 1, 7, 7))
    torch.testing.assert_close(
        mean_filter(MAPS)[..., 3:-3, 3:-3], torch.from_numpy(expected)[..., 3:-3, 3:-3]
    )
    torch.testing.assert_close(mean_filter(torch.ones_like(MAPS)), torch.ones_like(MAPS))


def test_the_minimum_of_a_volume_is_scipys() -> None:
    expected = ndimage.minimum_filter(VOLUME[:, 0].numpy(), size=(3, 3, 3), mode="nearest")
    assert torch.equal(minimum_filter_3d(VOLUME)[:, 0], torch.from_numpy(expected))


def scipys_mean(volume: np.ndarray) -> np.ndarray:
    """The mean over 3 x 7 x 7 of what is there and no NaN."""
    scored = np.isfinite(volume)
    total, count = (
        ndimage.uniform_filter(part, size=(3, 7, 7), mode="constant")
        for part in (np.where(scored, volume, 0), scored.astype(float))
    )
    with np.errstate(invalid="ignore"):
        return np.where(scored, total / count, np.nan)


def test_the_mean_of_a_volume_is_scipys() -> None:
    expected = torch.from_numpy(scipys_mean(VOLUME[:, 0].numpy()))
    torch.testing.assert_close(mean_filter_3d(VOLUME)[:, 0], expected)
    inner = ndimage.uniform_filter(VOLUME[:, 0].numpy(), size=(3, 7, 7))[1:-1, 3:-3, 3:-3]
    torch.testing.assert_close(mean_filter_3d(VOLUME)[1:-1, 0, 3:-3, 3:-3], torch.from_numpy(inner))


def with_holes() -> Tensor:
    """A volume of which the first slices, the last one and a few pixels were not scored."""
    holed = VOLUME.clone()
    holed[:2] = holed[-1] = holed[4, :, 3:5, 6] = torch.nan
    return holed


def test_what_was_not_scored_is_nobodys_neighbour() -> None:
    holed = with_holes()
    holes = np.isnan(holed[:, 0].numpy())
    shown = np.where(holes, np.inf, holed[:, 0].numpy())
    expected = np.where(holes, np.nan, ndimage.minimum_filter(shown, size=(3, 3, 3), mode="nearest"))
    found = minimum_filter_3d(holed)[:, 0]
    torch.testing.assert_close(found, torch.from_numpy(expected), equal_nan=True)
    mean = torch.from_numpy(scipys_mean(holed[:, 0].numpy()))
    torch.testing.assert_close(mean_filter_3d(holed)[:, 0], mean, equal_nan=True)
    assert torch.equal(mean_filter_3d(holed).isnan(), holed.isnan())
    torch.testing.assert_close(mean_filter_3d(holed)[2:4, :, -1], mean_filter_3d(holed[2:5])[:2, :, -1])


def test_slices_apart_are_filtered_in_their_plane() -> None:
    apart = VOLUME.clone()
    apart[1::2] = torch.nan
    for flat, deep in ((minimum_filter, minimum_filter_3d), (mean_filter, mean_filter_3d)):
        torch.testing.assert_close(deep(apart)[::2], flat(VOLUME)[::2])
