"""Minimum, maximum and mean filters against SciPy."""

from __future__ import annotations

import torch
from scipy import ndimage  # type: ignore[import-untyped, unused-ignore]

from explorer.predictors.filters.extremes import maximum_filter, mean_filter, minimum_filter
from tests.support.linear_vae import images

MAPS = images(3, 12)


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
