"""The prior: causal, a probability, and the same with remembered keys and values."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import Tensor

from explorer.models.vq_vae.code_prior import CodePrior
from tests.support.tiny_codes import tiny_prior


@pytest.fixture(scope="module")
def prior() -> CodePrior:
    return tiny_prior()


def random_codes(prior: CodePrior, count: int, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(prior.codes, (count, prior.length), generator=generator)


def test_the_jacobian_is_strictly_lower_triangular(prior: CodePrior) -> None:
    codes = random_codes(prior, 1)
    embedded: list[Tensor] = []

    def keep(module: object, given: object, output: Tensor) -> Tensor:
        embedded.append(output.detach().requires_grad_())
        return embedded[-1]

    hook = prior.embedding.register_forward_hook(keep)
    logits = prior(codes)[0]
    hook.remove()
    n = prior.length
    influence = torch.zeros(n, n + 1)  # of the code at each position, counted from the start token
    for i in range(n):
        (gradient,) = torch.autograd.grad(logits[i].square().sum(), embedded[0], retain_graph=True)
        influence[i, :n] = gradient[0].abs().sum(1)
    by_code = influence[:, 1:]  # (position of the logits, position of the code)
    assert torch.equal(by_code, by_code.tril(-1))
    assert bool((by_code[torch.ones(n, n, dtype=torch.bool).tril(-1)] > 0).all())


@pytest.mark.parametrize("place", [0, 5, 11])
def test_a_changed_code_changes_what_follows_and_nothing_else(prior: CodePrior, place: int) -> None:
    codes = random_codes(prior, 1)
    other = codes.clone()
    other[0, place] = (other[0, place] + 1) % prior.codes
    before, after = prior(codes)[0], prior(other)[0]
    assert torch.equal(before[: place + 1], after[: place + 1])
    assert bool((before[place + 1 :] != after[place + 1 :]).any(1).all())


def test_probabilities_of_all_grids_sum_to_one() -> None:
    small = tiny_prior(codes=3, rows=2, columns=2)
    every = torch.tensor(list(itertools.product(range(3), repeat=4)))
    torch.testing.assert_close(float(torch.exp(-small.nll(every).sum(1)).sum()), 1.0)


def test_nll_is_that_of_the_codes_logits(prior: CodePrior) -> None:
    codes = random_codes(prior, 3)
    expected = -torch.log_softmax(prior(codes), 2).gather(2, codes[:, :, None])[:, :, 0]
    torch.testing.assert_close(prior.nll(codes), expected)
    assert float(prior.nll(codes).min()) >= 0


@pytest.mark.parametrize("count", [1, 4, 12])
def test_remembered_and_computed_logits_agree(prior: CodePrior, count: int) -> None:
    codes = random_codes(prior, 2)
    expected, memory = prior(codes), prior.memory(2)
    for start in range(0, prior.length, count):
        first = torch.full((2,), start)
        found = prior.advance(memory, codes, first, count)
        torch.testing.assert_close(found, expected[:, start : start + count])


def test_grids_advance_from_places_of_their_own(prior: CodePrior) -> None:
    codes, first = random_codes(prior, 3), torch.tensor([2, 0, 10])
    memory = prior.memory(3)
    prior.advance(memory, codes, torch.zeros_like(first), prior.length)
    for grid, start in enumerate(first.tolist()):  # what lies ahead must not be looked at
        memory.keys[:, grid, :, start:] = 1e3
        memory.values[:, grid, :, start:] = 1e3
    found = prior.advance(memory, codes, first, 4)
    positions = (first[:, None] + torch.arange(4)).clamp(max=prior.length - 1)
    expected = prior(codes).gather(1, positions[:, :, None].expand(-1, -1, prior.codes))
    torch.testing.assert_close(found, expected)


def test_a_memory_of_some_grids_is_a_copy(prior: CodePrior) -> None:
    codes = random_codes(prior, 2)
    memory = prior.memory(2)
    prior.advance(memory, codes, torch.zeros(2, dtype=torch.int64), 6)
    chosen = torch.tensor([1, 1, 0])
    found = prior.advance(memory.of(chosen), codes[chosen], torch.full((3,), 6), 6)
    torch.testing.assert_close(found, prior(codes)[chosen, 6:])
    assert not bool(memory.keys[:, :, :, 6:].any())


@pytest.mark.parametrize("wrong", [{"width": 15}, {"layers": 0}, {"codes": 0}, {"heads": 0}])
def test_settings_that_fit_no_network_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must be at least 1 and width divisible by heads"):
        tiny_prior(**wrong)


def test_a_prior_of_endless_layers_is_refused_before_it_is_built() -> None:
    with pytest.raises(ValueError, match="layers of the prior must be at most 64, got 65"):
        tiny_prior(layers=65)
