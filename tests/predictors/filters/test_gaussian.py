"""The smoothing of maps against SciPy."""

from __future__ import annotations

import pytest
import torch
from scipy import ndimage  # type: ignore[import-untyped, unused-ignore]

from explorer.predictors.filters.gaussian import smooth, smooth_inside
from tests.support.linear_vae import images


@pytest.mark.parametrize("sigma", [0.2, 1, 3])
@pytest.mark.parametrize("size", [4, 8, 33])
def test_is_a_truncated_gaussian_reflected_about_the_border_pixels(size: int, sigma: float) -> None:
    x = images(2, size)
    # torch's "reflect" leaves the border pixel out of the reflection; SciPy calls that "mirror"
    expected = ndimage.gaussian_filter(x.numpy(), sigma=sigma, radius=3, mode="mirror", axes=(2, 3))
    torch.testing.assert_close(smooth(x, sigma), torch.from_numpy(expected))


def test_g_has_three_pixels_and_sigma_zero_does_nothing() -> None:
    x = images(2)
    assert torch.equal(smooth(x), smooth(x, 3.0))
    assert torch.equal(smooth(x, 0.0), x) and torch.equal(smooth_inside(x, 0.0), x)
    torch.testing.assert_close(smooth(x, 1e-3), x)  # as small as one likes, without a jump


def test_the_background_does_not_darken_the_rim() -> None:
    disc = (torch.arange(-8, 8).square() + torch.arange(-8, 8)[:, None].square() < 36).double()[None, None]
    found = smooth_inside(0.6 * disc, 1.0)
    torch.testing.assert_close(found[disc > 0], torch.full_like(found[disc > 0], 0.6))
    assert float(smooth(0.6 * disc, 1.0)[disc > 0].min()) < 0.5
    hole = 0.6 * disc
    hole[..., 8, 8] = 0  # darker than all there is: its own score stays that of the plain mean
    assert float(smooth_inside(hole, 1.0)[0, 0, 8, 8]) == float(smooth(hole, 1.0)[0, 0, 8, 8]) < 0.55


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
