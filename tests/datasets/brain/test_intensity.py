from __future__ import annotations

import torch

from explorer.datasets.brain.intensity import KNEE, compress


def test_what_is_below_the_knee_stays() -> None:
    values = torch.linspace(0, KNEE, 50, dtype=torch.float64)
    assert torch.equal(compress(values), values)


def test_nothing_saturates() -> None:
    """Five times the median is still told from a little less, in single precision."""
    values = torch.linspace(0, 2.25, 1000)
    found = compress(values)
    assert bool((found.diff() > 0).all())
    assert float(found.max()) < 1


def test_the_slope_is_one_at_the_knee_and_falls_as_the_exponential_does() -> None:
    values = torch.tensor([0.3, KNEE + 1e-9, 1.0, 1.6], dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(compress(values).sum(), values)
    expected = torch.exp(-(values.detach() - KNEE).clamp(min=0) / (1 - KNEE))
    torch.testing.assert_close(slope, expected)


def test_negative_values_are_black() -> None:
    assert compress(torch.tensor([-0.5, -1e-6])).tolist() == [0, 0]
