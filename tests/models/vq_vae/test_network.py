"""The VQ-VAE: sizes, gradients through the codes, and a prior that must fit."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from explorer.models import MODELS
from explorer.models.vq_vae.network import VqVae
from tests.support.linear_vae import images
from tests.support.tiny_codes import SETTINGS, tiny_vq_vae


@pytest.fixture(scope="module")
def model() -> VqVae:
    return tiny_vq_vae().double()


def test_it_is_found_by_its_kind() -> None:
    assert MODELS["vq-vae"] is VqVae


def test_shapes(model: VqVae) -> None:
    x_hat, indices = model(images(3, 16))
    assert x_hat.shape == (3, 1, 16, 16) and x_hat.dtype == torch.float64
    assert indices.shape == (3, 4, 4) and indices.dtype == torch.int64
    assert torch.equal(indices, model.indices(images(3, 16)))
    assert len(indices.unique()) > 3


def test_a_batch_is_its_singles(model: VqVae) -> None:
    x = images(4, 16)
    x_hat, indices = model(x)
    singles = [model(x[[i]]) for i in range(4)]
    torch.testing.assert_close(x_hat, torch.cat([one[0] for one in singles]))
    assert torch.equal(indices, torch.cat([one[1] for one in singles]))


def test_the_image_is_decoded_from_the_codes_alone(model: VqVae) -> None:
    x_hat, indices = model(images(3, 16))
    torch.testing.assert_close(model.decode(model.codebook.embed(indices)), x_hat)


def test_the_gradient_is_the_decoders_handed_to_the_encoder(model: VqVae) -> None:
    x = images(2, 16).requires_grad_()
    (found,) = torch.autograd.grad(model(x)[0].square().sum(), x)
    z = model.encode(x)
    embedded = model.codebook.embed(model.codebook.nearest(z)).detach().requires_grad_()
    (at_code,) = torch.autograd.grad(model.decode(embedded).square().sum(), embedded)
    (expected,) = torch.autograd.grad(z, x, at_code)
    torch.testing.assert_close(found, expected)


def test_mean_and_scale_shift_and_stretch_the_images() -> None:
    plain, scaled = tiny_vq_vae(mean=0.0, scale=1.0).double(), tiny_vq_vae().double()
    scaled.load_state_dict(plain.state_dict())
    x = images(2, 16)
    torch.testing.assert_close(scaled(x)[0], plain((x - 0.3) * 2)[0] / 2 + 0.3)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"prior": {"codes": 5}}, "the prior knows 5 codes, its VQ-VAE has 12; train it on this VQ-VAE"),
        ({"prior": {"rows": 3}}, "the prior is for 3 x 4 codes, its VQ-VAE gives 4 x 4"),
        ({"image_size": 18}, "image_size must be divisible by 4, got 18"),
        ({"codes": 1}, "codes must be at least 2"),
    ],
)
def test_what_does_not_fit_is_said(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        VqVae(**(SETTINGS | changed))
