"""The codebook: nearest vectors by brute force, and gradients straight through."""

from __future__ import annotations

import pytest
import torch

from explorer.models.vq_vae.codebook import Codebook, straight_through


@pytest.fixture
def codebook() -> Codebook:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return Codebook(9, 4).double()


def test_the_nearest_vector_is_found(codebook: Codebook) -> None:
    z = torch.randn(3, 4, 5, 6, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    distances = (z[:, None] - codebook.vectors[None, :, :, None, None]).square().sum(2)
    assert torch.equal(codebook.nearest(z), distances.argmin(1))


def test_a_code_is_nearest_to_itself(codebook: Codebook) -> None:
    indices = torch.arange(9).view(1, 3, 3)
    assert torch.equal(codebook.nearest(codebook.embed(indices)), indices)


def test_half_precision_does_not_blur_the_choice() -> None:
    codebook = Codebook(2, 1)
    codebook.vectors.copy_(torch.tensor([[100.0], [100.1]]))
    with torch.autocast("cpu", torch.bfloat16):
        assert codebook.nearest(torch.tensor([100.02, 100.08]).view(2, 1, 1, 1)).flatten().tolist() == [0, 1]


def test_gradients_go_straight_through() -> None:
    z = torch.randn(2, 3, generator=torch.Generator().manual_seed(0), requires_grad=True)
    quantised, weights = torch.ones(2, 3), torch.arange(6.0).view(2, 3)
    passed = straight_through(z, quantised)
    torch.testing.assert_close(passed, quantised)
    (gradient,) = torch.autograd.grad((passed.square() * weights).sum(), z)
    torch.testing.assert_close(gradient, 2 * passed.detach() * weights)


@pytest.mark.parametrize(("codes", "dimension"), [(1, 4), (0, 4), (4, 0)])
def test_too_few_codes_are_refused(codes: int, dimension: int) -> None:
    with pytest.raises(ValueError, match=f"got {codes} and {dimension}"):
        Codebook(codes, dimension)
