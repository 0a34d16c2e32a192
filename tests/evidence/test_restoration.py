"""Fast restoration: the same codes as the plain raster walk, for less work."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from explorer.contracts import UNKNOWN, Conditions
from explorer.evidence.restoration import Restoration, draw, restore, uniform_noise
from explorer.models.vq_vae.code_prior import CodePrior
from tests.support.tiny_codes import CONDITIONED, plain_walk, tiny_prior

COPIES = 6


def codes_for(prior: CodePrior, count: int, seed: int) -> Tensor:
    return torch.randint(prior.codes, (count, prior.length), generator=torch.Generator().manual_seed(seed))


def last(prior: CodePrior, codes: Tensor, threshold: Tensor | float, noise: Tensor) -> Restoration:
    *_, found = restore(prior, codes, threshold, noise)
    return found


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("share", [0.05, 0.3, 0.7, 1.0])
def test_the_codes_are_those_of_the_plain_walk(seed: int, share: float) -> None:
    prior = tiny_prior(seed, codes=5 + 3 * seed, rows=3 + seed % 3)
    codes, noise = codes_for(prior, 3, seed), uniform_noise(COPIES, prior.length, seed)
    threshold = 0.999 * torch.quantile(prior.nll(codes), 1 - share).expand(3)  # no code is just at it
    assert torch.equal(last(prior, codes, threshold, noise).codes, plain_walk(prior, codes, threshold, noise))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("share", [0.3, 1.0])
def test_so_they_are_with_conditions_of_each_image(seed: int, share: float) -> None:
    prior = tiny_prior(seed, **CONDITIONED)
    codes, noise = codes_for(prior, 3, seed), uniform_noise(COPIES, prior.length, seed)
    given = Conditions(torch.tensor([0, UNKNOWN, 2]), torch.tensor([seed, 4, UNKNOWN]))
    threshold = 0.999 * torch.quantile(prior.nll(codes, given), 1 - share).expand(3)
    *_, found = restore(prior, codes, threshold, noise, given)
    assert torch.equal(found.codes, plain_walk(prior, codes, threshold, noise, given))
    assert not torch.equal(found.codes, plain_walk(prior, codes, threshold, noise))


def test_a_threshold_for_each_image() -> None:
    prior = tiny_prior()
    codes, noise = codes_for(prior, 3, 0), uniform_noise(COPIES, prior.length, 0)
    threshold = torch.tensor([0.5, 2.0, 100.0], dtype=torch.float64)
    found = last(prior, codes, threshold, noise).codes
    assert torch.equal(found, plain_walk(prior, codes, threshold, noise))
    assert torch.equal(found[2], codes[2].expand(COPIES, -1))


def test_an_image_does_not_depend_on_its_neighbours() -> None:
    prior = tiny_prior()
    codes, noise = codes_for(prior, 4, 0), uniform_noise(COPIES, prior.length, 0)
    singles = [last(prior, codes[[i]], 1.5, noise).codes for i in range(4)]
    assert torch.equal(last(prior, codes, 1.5, noise).codes, torch.cat(singles))


def test_likely_codes_cost_one_pass() -> None:
    prior = tiny_prior()
    codes = codes_for(prior, 2, 0)
    found = last(prior, codes, 100.0, uniform_noise(COPIES, prior.length, 0))
    assert (found.calls, found.computed, found.share) == (1, 2 * prior.length, 1.0)


@pytest.mark.parametrize("code", [0, 6])
def test_a_grid_may_hold_one_code_alone(code: int) -> None:
    prior = tiny_prior()
    codes, noise = torch.full((1, prior.length), code), uniform_noise(COPIES, prior.length, 0)
    limit = torch.tensor([1.5]).double()
    assert torch.equal(last(prior, codes, limit, noise).codes, plain_walk(prior, codes, limit, noise))


@pytest.mark.parametrize("seed", [0, 1])
def test_few_unlikely_codes_cost_few_passes_that_look_as_far_as_needed(seed: int) -> None:
    prior = tiny_prior(seed, codes=9, rows=16, columns=12)
    codes = codes_for(prior, 1, seed)
    threshold = torch.quantile(prior.nll(codes), 0.9)
    found = last(prior, codes, threshold, uniform_noise(1, prior.length, seed))
    assert found.calls < prior.length / 3
    assert found.computed < 3 * prior.length  # all positions at first, then half as many again as were used


def test_copies_that_draw_alike_are_computed_once() -> None:
    prior = tiny_prior()
    codes, same = codes_for(prior, 1, 0), uniform_noise(1, prior.length, 0)
    alone, many = (last(prior, codes, 1.0, noise) for noise in (same, same.expand(COPIES, -1)))
    assert torch.equal(many.codes, alone.codes.expand(-1, COPIES, -1))
    assert (many.calls, many.computed) == (alone.calls, alone.computed)


@pytest.mark.parametrize("threshold", [1e-9, 0.5, 2.0])
def test_passes_are_never_more_than_positions(threshold: float) -> None:
    prior = tiny_prior(rows=6)
    noise = uniform_noise(COPIES, prior.length, 0)
    states = list(restore(prior, codes_for(prior, 2, 0), threshold, noise))
    assert len(states) == states[-1].calls <= prior.length
    shares = [state.share for state in states]
    assert shares == sorted(shares) and shares[-1] == 1.0


def test_early_states_hold_the_codes_that_are_not_reached_yet() -> None:
    prior = tiny_prior()
    codes = codes_for(prior, 2, 0)
    first, *_, final = restore(prior, codes, 1.0, uniform_noise(COPIES, prior.length, 0))
    walked = round(first.share * prior.length)
    assert torch.equal(first.codes[..., :walked], final.codes[..., :walked])
    assert torch.equal(first.codes[..., -1], codes[:, None, -1].expand(-1, COPIES))


def test_draws_invert_the_cumulated_probabilities() -> None:
    logits = torch.tensor([0.2, 0.5, 0.3], dtype=torch.float64).log()
    uniform = torch.tensor([0.0, 0.19, 0.21, 0.69, 0.71, 1 - 1e-16], dtype=torch.float64)
    assert draw(logits.expand(6, -1), uniform).tolist() == [0, 0, 1, 1, 2, 2]


def test_draws_stay_among_the_codes_where_rounding_leaves_a_gap() -> None:
    uniform = torch.tensor([1 - 2.0**-53], dtype=torch.float64)
    assert draw(torch.zeros(1, 54), uniform).tolist() == [53]  # 54 times 1/54 is 1 - 1e-15


def test_draws_have_the_priors_frequencies() -> None:
    logits = torch.randn(5, generator=torch.Generator().manual_seed(0))
    uniform = (torch.arange(10_000, dtype=torch.float64) + 0.5) / 10_000
    frequencies = torch.bincount(draw(logits.expand(10_000, -1), uniform), minlength=5) / 10_000
    torch.testing.assert_close(frequencies, torch.softmax(logits, 0), atol=1e-4, rtol=0)


def test_noise_of_a_copy_does_not_depend_on_how_many_there_are() -> None:
    assert torch.equal(uniform_noise(2, 5, 3), uniform_noise(4, 5, 3)[:2])
    assert not torch.equal(uniform_noise(2, 5, 3), uniform_noise(2, 5, 4))
    assert uniform_noise(2, 5, 3).dtype == torch.float64


def test_wrong_input_is_answered() -> None:
    prior = tiny_prior()
    codes, noise = codes_for(prior, 2, 0), uniform_noise(COPIES, prior.length, 0)
    with pytest.raises(ValueError, match="threshold must be above 0 nats, got 0: every code would be"):
        next(restore(prior, codes, 0.0, noise))
    with pytest.raises(ValueError, match=r"codes must be in \[0, 6\] for this prior, got .* to 7; use"):
        next(restore(prior, codes.clamp(max=6) + 1, 1.0, noise))
    with pytest.raises(ValueError, match=r"codes must be \(B, 12\) and noise \(S, 12\)"):
        next(restore(prior, codes[:, :5], 1.0, noise))
    with pytest.raises(ValueError, match=r"codes must be \(B, 12\) .*; got \(2, 12, 1\) and \(6, 12, 1\)"):
        next(restore(prior, codes[..., None], 1.0, noise[..., None]))
