"""The smoothing of maps against SciPy."""

from __future__ import annotations

import pytest
import torch
from scipy import ndimage  # type: ignore[import-untyped, unused-ignore]

from explorer.predictors.filters.gaussian import smooth
from tests.support.linear_vae import images


@pytest.mark.parametrize("size", [4, 8, 33])
def test_is_a_truncated_gaussian_reflected_about_the_border_pixels(size: int) -> None:
    x = images(2, size)
    # torch's "reflect" leaves the border pixel out of the reflection; SciPy calls that "mirror"
    expected = ndimage.gaussian_filter(x.numpy(), sigma=3, radius=3, mode="mirror", axes=(2, 3))
    torch.testing.assert_close(smooth(x), torch.from_numpy(expected))


def test_treats_rows_and_columns_alike() -> None:
    x = images(1, 16)[..., :9]
    torch.testing.assert_close(smooth(x).mT, smooth(x.mT))


def test_leaves_constants_and_its_input_alone() -> None:
    x = torch.full((1, 1, 8, 8), 0.7, dtype=torch.float64)
    torch.testing.assert_close(smooth(x), x)
    y = images(1)
    before = y.clone()
    smooth(y)
    assert torch.equal(y, before)
