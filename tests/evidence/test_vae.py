"""Evidence against closed forms and finite differences; nothing twice, nothing changed."""

from __future__ import annotations

import gc
import math
import weakref
from unittest.mock import Mock

import pytest
import torch
from torch import Tensor

from explorer.evidence import VaeEvidence
from explorer.models.beta_vae.network import BetaVae
from explorer.predictors import PREDICTORS, score
from tests.support.linear_vae import BETAS, LinearVae, images

PARTS = ("mu", "log_var", "x_hat", "rec_map", "rec", "kl", "elbo", "grad_rec", "grad_kl", "grad_elbo")


@pytest.fixture
def model() -> LinearVae:
    return LinearVae()


@pytest.fixture
def beta_vae(monkeypatch: pytest.MonkeyPatch) -> BetaVae:
    """The real network, tiny and in float64; it casts what leaves it to float32, which is undone here."""
    monkeypatch.setattr(Tensor, "float", Tensor.double)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = BetaVae(8, (4, 6), 5, s=0.5, beta_min=0.01, beta_max=10.0).double()
        for gate in (module for name, module in network.named_modules() if name.endswith("outer")):
            torch.nn.init.normal_(gate.weight)  # else no gate would depend on beta
    return network.eval().requires_grad_(False)


@pytest.mark.parametrize("part", ["rec", "kl", "grad_rec", "grad_kl"])
def test_parts_match_the_closed_form(model: LinearVae, part: str) -> None:
    x = images()
    torch.testing.assert_close(getattr(VaeEvidence(model, x, BETAS), part), model.closed_form(x, BETAS)[part])


def test_pixel_terms_sum_to_rec(model: LinearVae) -> None:
    evidence = VaeEvidence(model, images(), BETAS)
    torch.testing.assert_close(evidence.rec_map.sum((1, 2, 3)), evidence.rec)
    torch.testing.assert_close(evidence.rec_map, (evidence.x - evidence.x_hat) ** 2 / (2 * 0.5**2))


def test_kl_is_that_of_torch_distributions(model: LinearVae) -> None:
    evidence = VaeEvidence(model, images(), BETAS)
    posterior = torch.distributions.Normal(evidence.mu, (0.5 * evidence.log_var).exp())
    prior = torch.distributions.Normal(torch.zeros_like(evidence.mu), torch.ones_like(evidence.mu))
    torch.testing.assert_close(evidence.kl, torch.distributions.kl_divergence(posterior, prior).sum(1))


@pytest.mark.parametrize("term", ["rec", "kl"])
def test_gradients_of_the_network_are_finite_differences(beta_vae: BetaVae, term: str) -> None:
    x, step = images(2), 1e-6
    betas = BETAS[[1, 6]]
    gradient = getattr(VaeEvidence(beta_vae, x, betas), f"grad_{term}")
    generator = torch.Generator().manual_seed(1)
    for _ in range(5):
        direction = torch.randn(x.shape, generator=generator, dtype=torch.float64)
        ends = [getattr(VaeEvidence(beta_vae, x + sign * step * direction, betas), term) for sign in (1, -1)]
        slope = (ends[0] - ends[1]) / (2 * step)
        torch.testing.assert_close((gradient * direction).sum((1, 2, 3)), slope, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("network", ["model", "beta_vae"])
def test_a_batch_of_eight_is_eight_singles(network: str, request: pytest.FixtureRequest) -> None:
    model, x = request.getfixturevalue(network), images()
    batch = VaeEvidence(model, x, BETAS, scoring_beta=BETAS.flip(0))
    singles = [
        VaeEvidence(model, x[[i]], float(BETAS[i]), scoring_beta=float(BETAS[7 - i])) for i in range(8)
    ]
    for part in PARTS:
        torch.testing.assert_close(getattr(batch, part), torch.cat([getattr(one, part) for one in singles]))
    together = batch.smooth_grad_kl(3)
    torch.testing.assert_close(together, torch.cat([one.smooth_grad_kl(3) for one in singles]))


def test_one_pass_forward_and_one_backward_per_gradient(
    model: LinearVae, monkeypatch: pytest.MonkeyPatch
) -> None:
    backward = Mock(wraps=torch.autograd.grad)
    monkeypatch.setattr(torch.autograd, "grad", backward)
    evidence = VaeEvidence(model, images(), BETAS)
    assert (model.calls, backward.call_count) == (0, 0)
    for part in PARTS * 2:
        getattr(evidence, part)
    assert (model.calls, backward.call_count) == (1, 2)


def test_another_scoring_beta_costs_no_pass(model: LinearVae) -> None:
    evidence = VaeEvidence(model, images(), BETAS)
    later = evidence.rescored(3.0)
    torch.testing.assert_close(later.grad_elbo, evidence.grad_rec + 3 * evidence.grad_kl)
    torch.testing.assert_close(later.elbo, evidence.rec + 3 * evidence.kl)
    torch.testing.assert_close(evidence.elbo, evidence.rec + BETAS * evidence.kl)
    assert later.grad_kl is evidence.grad_kl and model.calls == 1
    torch.testing.assert_close(later.rescored(None).scoring_beta, BETAS)


def test_grad_elbo_is_linear_in_the_scoring_beta(model: LinearVae) -> None:
    evidence = VaeEvidence(model, images(), BETAS)
    at = [evidence.rescored(b).grad_elbo for b in (0.0, 1.0, 4.0)]
    torch.testing.assert_close(at[2] - at[0], 4 * (at[1] - at[0]))
    torch.testing.assert_close(at[0], evidence.grad_rec)


def test_smooth_grad_without_noise_is_the_plain_gradient(model: LinearVae) -> None:
    evidence = VaeEvidence(model, images(), BETAS)
    torch.testing.assert_close(evidence.smooth_grad_kl(4, eps=0.0), evidence.grad_kl)


def test_smooth_grad_replays_its_seed_and_scales_with_the_range(model: LinearVae) -> None:
    x = images()
    evidence = VaeEvidence(model, x, BETAS)
    assert torch.equal(
        evidence.smooth_grad_kl(2, seed=5), VaeEvidence(model, x, BETAS).smooth_grad_kl(2, seed=5)
    )
    assert not torch.equal(evidence.smooth_grad_kl(2, seed=5), evidence.smooth_grad_kl(2, seed=6))
    assert torch.equal(evidence.smooth_grad_kl(2), evidence.smooth_grad_kl(2, eps=0.1, seed=0))
    flat = VaeEvidence(model, torch.full_like(x, 0.5), BETAS)  # no range, hence no noise
    torch.testing.assert_close(flat.smooth_grad_kl(2, eps=1.0), flat.grad_kl)


def test_smooth_grad_adds_normal_noise_in_proportion_to_the_range(model: LinearVae) -> None:
    x, seen = images(2) * torch.tensor([1.0, 0.1], dtype=torch.float64).view(2, 1, 1, 1), []
    model.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].detach()))
    VaeEvidence(model, x, 1.0).smooth_grad_kl(200, eps=0.2)
    span = x.amax((1, 2, 3), keepdim=True) - x.amin((1, 2, 3), keepdim=True)
    noise = (torch.stack(seen) - x) / (0.2 * span)  # (copies, B, 1, H, W)
    torch.testing.assert_close(noise[:, 0], noise[:, 1])
    mean, variance, fourth = (noise.pow(power).mean().item() for power in (1, 2, 4))
    assert (mean, variance, fourth) == pytest.approx((0, 1, 3), abs=0.1)


def test_model_and_input_are_left_as_they_were(model: LinearVae) -> None:
    x = images()
    before, weights = x.clone(), {name: w.clone() for name, w in model.state_dict().items()}
    with torch.no_grad():
        evidence = VaeEvidence(model, x, BETAS)
        parts = [getattr(evidence, part) for part in PARTS]
    assert torch.equal(x, before) and not x.requires_grad and x.grad is None
    assert not any(part.requires_grad for part in parts)
    assert all(w.grad is None and w.requires_grad for w in model.parameters()) and model.training
    assert all(torch.equal(w, weights[name]) for name, w in model.state_dict().items())


@pytest.mark.parametrize("order", [("grad_rec", "grad_kl"), ("grad_kl", "grad_rec")])
def test_the_graph_is_let_go_after_both_gradients(model: LinearVae, order: tuple[str, str]) -> None:
    class Saved:
        def __init__(self, tensor: Tensor) -> None:
            self.tensor = tensor

    saved: list[weakref.ref[Saved]] = []

    def pack(tensor: Tensor) -> Saved:
        saved.append(weakref.ref(holder := Saved(tensor.detach())))  # attached, it would hold its own graph
        return holder

    evidence = VaeEvidence(model, images(), BETAS)
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda holder: holder.tensor):
        _ = evidence.rec
    alive = []
    for part in order:
        getattr(evidence, part)
        gc.collect()
        alive.append(any(reference() is not None for reference in saved))
    assert alive == [True, False]


def test_a_single_beta_serves_all_images(model: LinearVae) -> None:
    x = images()
    torch.testing.assert_close(
        VaeEvidence(model, x, 0.5).rec, VaeEvidence(model, x, torch.full((8,), 0.5)).rec
    )


def test_betas_rounded_to_just_outside_their_range_are_taken() -> None:
    model = LinearVae().float()
    x = images().float()
    for end, outward in ((0.01, 0.0), (10.0, math.inf)):
        outside = torch.nextafter(torch.tensor(end), torch.tensor(outward))
        assert torch.isfinite(VaeEvidence(model, x, outside).elbo).all()


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_pixels_that_are_not_finite_are_refused(model: LinearVae, bad: float) -> None:
    x = images()
    x[3, 0, 1, 2] = bad
    with pytest.raises(ValueError, match="x must be finite"):
        VaeEvidence(model, x, 1.0)


@pytest.mark.parametrize(
    ("x", "beta", "scoring_beta", "message"),
    [
        (images(), -1.0, None, r"beta must be in \[0.01, 10\], got -1"),
        (images(), math.nan, None, "beta must be in"),
        (images(), torch.cat([BETAS[:7], torch.tensor([11.0])]), None, r"beta must be in .*, got 11"),
        (images(), BETAS[:3], None, r"beta must be one number or \(8,\), got \(3,\)"),
        (images(), 1.0, -0.5, r"scoring_beta must be in \[0, inf\], got -0.5"),
        (images(), 1.0, math.inf, "scoring_beta must be in"),
        (images()[0], 1.0, None, r"x must be floating point, \(B, 1, H, W\)"),
        (images().expand(-1, 2, -1, -1), 1.0, None, r"x must be floating point, \(B, 1, H, W\)"),
        (images().mul(255).byte(), 1.0, None, "x must be floating point"),
        (images(2, 9), 1.0, None, "x must have 8 x 8 pixels for this model, got 9 x 9"),
    ],
)
def test_wrong_arguments_are_named(
    model: LinearVae, x: Tensor, beta: Tensor | float, scoring_beta: float | None, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        VaeEvidence(model, x, beta, scoring_beta=scoring_beta)


def test_shared_maps_do_not_depend_on_the_scoring_beta(model: LinearVae) -> None:
    x = images()
    for name in ("kl-gradient", "reconstruction-gradient", "elbo-gradient", "combination"):
        evidence = VaeEvidence(model, x, BETAS)
        score(PREDICTORS[name](), evidence)
        fresh = VaeEvidence(model, x, BETAS, scoring_beta=7.0)
        rescored = evidence.rescored(7.0)
        torch.testing.assert_close(score(PREDICTORS[name](), rescored), score(PREDICTORS[name](), fresh))
