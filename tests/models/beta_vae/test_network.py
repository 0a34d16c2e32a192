"""The beta-conditional VAE: beta's way through the gates, sizes and precision."""

from __future__ import annotations

import math

import pytest
import torch

from explorer.models import MODELS
from explorer.models.beta_vae.network import BetaVae
from explorer.models.layers.gates import BetaGate, BetaMixture
from explorer.models.layers.precision import at_least_float32
from tests.support.linear_vae import BETAS, images
from tests.support.tiny import SETTINGS, tiny_vae

LOCAL = {"local_latents": 3, "local_depth": 1}  # 14 x 14 cells


@pytest.fixture(scope="module", params=[{}, LOCAL], ids=["global", "local"])
def model(request: pytest.FixtureRequest) -> BetaVae:
    return tiny_vae(**request.param).double()


def test_it_is_found_by_its_kind() -> None:
    assert MODELS["beta-vae"] is BetaVae


def test_a_batch_of_mixed_betas_is_its_singles(model: BetaVae) -> None:
    x = images(8, 28)
    batch = model(x, BETAS)
    singles = [model(x[[i]], BETAS[[i]]) for i in range(8)]
    for part in ("mu", "log_var", "x_hat"):
        torch.testing.assert_close(getattr(batch, part), torch.cat([getattr(one, part) for one in singles]))


def test_beta_matters(model: BetaVae) -> None:
    found = model(images(1, 28).expand(2, -1, -1, -1), torch.tensor([0.01, 10.0], dtype=torch.float64))
    assert float((found.x_hat[0] - found.x_hat[1]).abs().max()) > 1e-3


def test_shapes_and_precision(model: BetaVae) -> None:
    found = model(images(3, 28), BETAS[:3])
    assert found.mu.shape == found.log_var.shape == (3, model.latents)
    assert model.latents == (6 if model.local is None else 6 + 3 * 14 * 14)
    assert found.x_hat.shape == (3, 1, 28, 28)
    assert {found.mu.dtype, found.log_var.dtype, found.x_hat.dtype} == {torch.float64}


def test_a_local_latent_paints_its_neighbourhood_alone() -> None:
    network, t = tiny_vae(**LOCAL).double(), torch.zeros(1, dtype=torch.float64)
    z = torch.zeros(1, network.latents, dtype=torch.float64)
    blank = network.decode(z, t)
    z[0, 6 + 14 * 14 + 14 * 5 + 8] = 1.0  # the second latent of the cell in row 5, column 8
    changed = (network.decode(z, t) - blank)[0, 0] != 0
    rows, columns = changed.nonzero().unbind(1)
    assert (int(rows.min()), int(rows.max())) == (2 * 4 - 1, 2 * 6 + 2)
    assert (int(columns.min()), int(columns.max())) == (2 * 7 - 1, 2 * 9 + 2)


def test_a_local_latent_sees_its_neighbourhood_alone() -> None:
    network, t = tiny_vae(**LOCAL).double(), torch.zeros(1, dtype=torch.float64)
    x = images(1, 28).requires_grad_()
    mu, _ = network.encode(x, t)
    (gradient,) = torch.autograd.grad(mu[0, 6 + 14 * 5 + 8], x)
    rows, columns = gradient[0, 0].nonzero().unbind(1)
    assert (int(rows.min()), int(rows.max())) == (2 * 4 - 1, 2 * 6 + 2)
    assert (int(columns.min()), int(columns.max())) == (2 * 7 - 1, 2 * 9 + 2)


def test_float64_and_float32_agree(model: BetaVae) -> None:
    x = images(8, 28)
    rounded = tiny_vae(**({} if model.local is None else LOCAL))(x.float(), BETAS.float())
    exact = model(x, BETAS)
    torch.testing.assert_close(rounded.x_hat, exact.x_hat.float(), rtol=1e-4, atol=1e-5)


def test_forward_decodes_the_mean(model: BetaVae) -> None:
    x, t = images(8, 28), model.scaled_log(BETAS)
    mu, log_var = model.encode(x, t)
    found = model(x, BETAS)
    assert torch.equal(found.mu, mu)
    assert torch.equal(found.log_var, log_var)
    assert torch.equal(found.x_hat, model.decode(mu, t))


def test_scaled_log_spans_minus_one_to_one(model: BetaVae) -> None:
    found = model.scaled_log(torch.tensor([0.01, math.sqrt(0.1), 10.0], dtype=torch.float64))
    torch.testing.assert_close(found, torch.tensor([-1.0, 0.0, 1.0], dtype=torch.float64), atol=1e-12, rtol=0)


def test_scaled_log_of_a_single_beta_is_zero() -> None:
    single = tiny_vae(beta_min=0.7, beta_max=0.7)
    assert single.scaled_log(torch.tensor([0.7], dtype=torch.float64)).item() == pytest.approx(0, abs=1e-6)


def test_mean_and_scale_shift_and_stretch_the_images() -> None:
    plain, scaled = tiny_vae(mean=0.0, scale=1.0).double(), tiny_vae(mean=0.3, scale=2.0).double()
    x = images(8, 28)
    expected = plain((x - 0.3) * 2, BETAS)
    torch.testing.assert_close(scaled(x, BETAS).x_hat, expected.x_hat / 2 + 0.3)
    torch.testing.assert_close(scaled(x, BETAS).mu, expected.mu)


def test_the_input_is_left_as_it_is(model: BetaVae) -> None:
    x = images(8, 28)
    model(x, BETAS)
    assert torch.equal(x, images(8, 28))


def test_log_var_stays_where_its_exponential_is_finite(model: BetaVae) -> None:
    found = model(1e6 * images(2, 28), BETAS[:2])
    assert float(found.log_var.min()) >= -14
    assert float(found.log_var.max()) <= 6


def test_a_new_gate_changes_nothing() -> None:
    gate, h = BetaGate(3), torch.randn(5, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    assert torch.equal(gate(h, torch.linspace(-1, 1, 5)), h)


def test_a_gate_does_not_depend_on_the_layout_in_memory() -> None:
    generator = torch.Generator().manual_seed(0)
    gate, h = BetaGate(3), torch.randn(5, 3, 4, 6, generator=generator)
    for parameter in gate.parameters():
        torch.nn.init.normal_(parameter, generator=generator)
    t = torch.linspace(-1, 1, 5)
    by_channel, by_pixel = gate(h, t), gate(h.contiguous(memory_format=torch.channels_last), t)
    assert by_pixel.is_contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(by_pixel, by_channel)
    logit, shift = gate.outer(torch.tanh(gate.inner(t[:, None]))).chunk(2, dim=1)
    expected = 2 * logit[4, 1].sigmoid() * h[4, 1] + shift[4, 1]
    torch.testing.assert_close(by_pixel[4, 1], expected)


def test_a_gate_can_shift_along_log_beta() -> None:
    """As the best log_var of a latent does: h + b(t) with a b that is nearly linear in t."""
    gate, t = BetaGate(1, hidden=1), torch.linspace(-1, 1, 9)
    with torch.no_grad():
        gate.inner.weight.fill_(0.01)
        gate.inner.bias.zero_()
        gate.outer.weight.copy_(torch.tensor([[0.0], [200.0]]))
    h = torch.full((9, 1), 0.3)
    torch.testing.assert_close(gate(h, t)[:, 0], 0.3 + 2 * t, atol=1e-3, rtol=0)


def test_a_gate_can_close_a_channel_and_leave_another() -> None:
    gate, h = BetaGate(2).requires_grad_(False), torch.ones(3, 2, 4, 4)
    gate.outer.bias.copy_(torch.tensor([-50.0, 0.0, 0.0, 0.0]))
    found = gate(h, torch.zeros(3))
    assert float(found[:, 0].abs().max()) < 1e-12
    assert torch.equal(found[:, 1], h[:, 1])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"image_size": 30}, "image_size must be divisible by 4, got 30"),
        ({"local_latents": 2, "local_depth": 2}, r"local_depth in \[1, 1\], got 2 and 2"),
        ({"local_latents": -1}, "local_latents must be at least 0"),
        ({"beta_min": 0.0}, r"beta_min must be in \(0, beta_max\], got 0"),
        ({"beta_min": 20.0}, r"beta_min must be in \(0, beta_max\], got 20"),
    ],
)
def test_wrong_settings_are_named(changed: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        BetaVae(**(SETTINGS | changed))


def test_half_precision_is_widened_and_nothing_else() -> None:
    assert at_least_float32(torch.ones(2, dtype=torch.bfloat16)).dtype == torch.float32
    double = torch.ones(2, dtype=torch.float64)
    assert at_least_float32(double) is double


def test_a_mixture_of_equal_maps_is_that_map() -> None:
    mixture, h, t = BetaMixture(3), torch.randn(4, 5), torch.linspace(-1, 1, 4)
    torch.testing.assert_close(mixture(h.repeat(1, 3), t), h)


def test_a_mixture_weighs_its_maps_by_beta() -> None:
    mixture, t = BetaMixture(2), torch.tensor([-1.0, 1.0])
    with torch.no_grad():
        mixture.inner.weight.fill_(9.0)
        mixture.inner.bias.zero_()
        mixture.outer.weight.copy_(torch.stack([torch.full((16,), -1.0), torch.ones(16)]))
        mixture.outer.bias.zero_()
    first, second = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0])
    mixed = mixture(torch.cat([first, second]).expand(2, 4), t)
    torch.testing.assert_close(mixed, torch.stack([first, second]), rtol=1e-4, atol=1e-4)
