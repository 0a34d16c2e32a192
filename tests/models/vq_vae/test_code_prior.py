"""The prior: causal, a probability, and the same with remembered keys and values."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import Tensor

from explorer.contracts import UNKNOWN, Conditions
from explorer.models.vq_vae.code_prior import CodePrior
from tests.support.tiny_codes import CONDITIONED, tiny_prior


@pytest.fixture(scope="module", params=["plain", "conditioned"])
def prior(request: pytest.FixtureRequest) -> CodePrior:
    return tiny_prior(**(CONDITIONED if request.param == "conditioned" else {}))


@pytest.fixture(scope="module")
def conditioned() -> CodePrior:
    return tiny_prior(**CONDITIONED)


def known(*pairs: tuple[int, int]) -> Conditions:
    """Contrast and position of each image."""
    contrast, position = torch.tensor(pairs).unbind(1)
    return Conditions(contrast, position)


def some(prior: CodePrior, count: int) -> Conditions | None:
    """Conditions of images, each of others, where the prior asks for them."""
    if prior.contrast is None:
        return None
    return Conditions(torch.arange(count) % 4 - 1, torch.arange(count) % 6 - 1)


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
    logits = prior(codes, some(prior, 1))[0]
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
    before, after = (prior(grid, some(prior, 1))[0] for grid in (codes, other))
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
    given = some(prior, 2)
    expected, memory = prior(codes, given), prior.memory(2, given)
    for start in range(0, prior.length, count):
        first = torch.full((2,), start)
        found = prior.advance(memory, codes, first, count)
        torch.testing.assert_close(found, expected[:, start : start + count])


def test_grids_advance_from_places_of_their_own(prior: CodePrior) -> None:
    codes, first = random_codes(prior, 3), torch.tensor([2, 0, 10])
    memory = prior.memory(3, some(prior, 3))
    prior.advance(memory, codes, torch.zeros_like(first), prior.length)
    for grid, start in enumerate(first.tolist()):  # what lies ahead must not be looked at
        memory.keys[:, grid, :, start:] = 1e3
        memory.values[:, grid, :, start:] = 1e3
    found = prior.advance(memory, codes, first, 4)
    positions = (first[:, None] + torch.arange(4)).clamp(max=prior.length - 1)
    expected = prior(codes, some(prior, 3)).gather(1, positions[:, :, None].expand(-1, -1, prior.codes))
    torch.testing.assert_close(found, expected)


def test_a_memory_of_some_grids_is_a_copy(prior: CodePrior) -> None:
    codes = random_codes(prior, 2)
    memory = prior.memory(2, some(prior, 2))
    prior.advance(memory, codes, torch.zeros(2, dtype=torch.int64), 6)
    chosen = torch.tensor([1, 1, 0])
    found = prior.advance(memory.of(chosen), codes[chosen], torch.full((3,), 6), 6)
    torch.testing.assert_close(found, prior(codes, some(prior, 2))[chosen, 6:])
    assert not bool(memory.keys[:, :, :, 6:].any())


@pytest.mark.parametrize("wrong", [{"width": 15}, {"layers": 0}, {"codes": 0}, {"heads": 0}])
def test_settings_that_fit_no_network_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must be at least 1 and width divisible by heads"):
        tiny_prior(**wrong)


def test_a_prior_of_endless_layers_is_refused_before_it_is_built() -> None:
    with pytest.raises(ValueError, match="layers of the prior must be at most 64, got 65"):
        tiny_prior(layers=65)


@pytest.mark.parametrize("pair", [(2, 4), (UNKNOWN, 4), (2, UNKNOWN), (UNKNOWN, UNKNOWN)])
def test_probabilities_sum_to_one_under_every_condition(pair: tuple[int, int]) -> None:
    small = tiny_prior(codes=3, rows=2, columns=2, **CONDITIONED)
    every = torch.tensor(list(itertools.product(range(3), repeat=4)))
    nll = small.nll(every, known(*[pair] * len(every)))
    torch.testing.assert_close(float(torch.exp(-nll.sum(1)).sum()), 1.0)


@pytest.mark.parametrize("other", [(1, 3), (0, 2), (UNKNOWN, 3), (0, UNKNOWN)])
def test_each_condition_changes_all_codes_of_its_image_alone(
    conditioned: CodePrior, other: tuple[int, int]
) -> None:
    codes = random_codes(conditioned, 1).expand(2, -1)
    before, after = (conditioned(codes, known((0, 3), pair)) for pair in ((0, 3), other))
    assert torch.equal(before[0], before[1]) and torch.equal(before[0], after[0])
    assert bool((before[1] != after[1]).any(1).all())


def test_what_is_not_said_is_not_known(conditioned: CodePrior) -> None:
    codes = random_codes(conditioned, 2)
    assert torch.equal(conditioned.nll(codes), conditioned.nll(codes, Conditions.unknown(2)))


def test_a_prior_without_conditions_takes_no_notice() -> None:
    plain = tiny_prior()
    codes = random_codes(plain, 2)
    assert torch.equal(plain(codes), plain(codes, known((0, 3), (2, 59))))


def test_conditions_begin_as_nothing() -> None:
    plain = tiny_prior()
    fresh = CodePrior(7, 3, 4, width=16, layers=2, heads=2, **CONDITIONED).double()
    assert fresh.load_state_dict(plain.state_dict(), strict=False).unexpected_keys == []
    codes = random_codes(plain, 2)
    assert torch.equal(fresh(codes, known((0, 3), (2, UNKNOWN))), plain(codes))


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        ((3, 0), r"contrast must be in \[0, 2\] for this prior, or -1 where it is not known; got 0 to 3"),
        ((0, 5), r"position must be in \[0, 4\] for this prior, or -1 .*; got 0 to 5"),
        ((0, -2), r"position must be in \[0, 4\] .*; got -2 to 0"),
    ],
)
def test_conditions_that_it_does_not_know_are_refused(
    conditioned: CodePrior, pair: tuple[int, int], message: str
) -> None:
    codes, given = random_codes(conditioned, 2), known((0, 0), pair)
    for use in (lambda: conditioned(codes, given), lambda: conditioned.memory(2, given)):
        with pytest.raises(ValueError, match=message):
            use()


def test_a_negative_number_of_conditions_is_refused() -> None:
    with pytest.raises(ValueError, match="contrasts and positions .* must be at least 0, got 3 and -1"):
        tiny_prior(contrasts=3, positions=-1)
