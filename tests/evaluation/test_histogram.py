"""Score histograms: order of the codes, exact merging, what counts and what is refused."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from explorer.evaluation.histogram import CODE_BITS, RESOLUTION, ScoreHistogram, decode, encode


def draw(count: int = 20_000, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Scores of both signs with ties and exact zeros, and labels that correlate with them."""
    generator = torch.Generator().manual_seed(seed)
    mask = torch.rand(count, generator=generator) < 0.05
    scores = torch.randn(count, generator=generator) + 1.5 * mask
    scores[::3] = scores[::3].mul(4).round() / 4
    return scores, mask


def hard_floats() -> Tensor:
    """Random bit patterns of finite floats, and the ends of every range; sorted, float32."""
    generator = torch.Generator().manual_seed(1)
    bits = torch.randint(-(2**31), 2**31, (200_000,), generator=generator).to(torch.int32)
    named = [0.0, -0.0, 1e-45, -1e-45, 1.1754942e-38, 1.17549435e-38, 3.4028235e38, -3.4028235e38, 1.0, -1.0]
    floats = torch.cat([bits.view(torch.float32), torch.tensor(named)])
    return floats[floats.isfinite()].sort().values


def same(a: ScoreHistogram, b: ScoreHistogram) -> bool:
    return torch.equal(a.codes, b.codes) and torch.equal(a.counts, b.counts)


def test_codes_are_in_the_order_of_the_scores() -> None:
    assert (encode(hard_floats()).diff() >= 0).all()


def test_equal_codes_mean_scores_within_the_resolution() -> None:
    floats = hard_floats()
    near = torch.cat([floats, floats * (1 + RESOLUTION / 2), floats * (1 + RESOLUTION)]).sort().values
    near = near[near.isfinite()].double()
    tied = encode(near.float()).diff() == 0
    smaller = torch.minimum(near[1:].abs(), near[:-1].abs()).clamp(min=2.0**-126)
    assert tied.any()
    assert (near.diff()[tied] < RESOLUTION * smaller[tied]).all()


def test_scores_apart_by_the_resolution_have_different_codes() -> None:
    floats = hard_floats()
    floats = floats[(floats.abs() > 2.0**-126) & (floats.abs() < 1e38)]
    assert (encode(floats) != encode(floats * (1 + RESOLUTION))).all()


def test_codes_fit_their_bits() -> None:
    codes = encode(hard_floats())
    assert codes.abs().max() < 2 ** (CODE_BITS - 1)


def test_negative_and_positive_zero_are_one_code() -> None:
    h = ScoreHistogram.of(torch.tensor([0.0, -0.0, 0.0]), torch.tensor([False, False, True]))
    assert h.counts.tolist() == [[2], [1]]
    assert h.thresholds.tolist() == [0.0]


def test_decode_gives_the_lower_edge() -> None:
    floats = hard_floats()
    codes = encode(floats)
    edges = decode(codes)
    assert torch.equal(encode(edges), codes)
    assert (edges <= floats).all()
    below = torch.nextafter(edges, torch.tensor(-torch.inf))
    smaller = edges > -torch.inf
    assert (encode(below[smaller]) < codes[smaller]).all()


def test_numbers_of_few_bits_are_their_own_lower_edge() -> None:
    round_numbers = torch.arange(-4000, 4000) / 16
    assert torch.equal(decode(encode(round_numbers)), round_numbers)


def test_thresholds_reproduce_the_counts() -> None:
    scores, mask = draw(4000)
    h = ScoreHistogram.of(scores, mask)
    for index in range(0, len(h.codes), 37):
        positive = scores >= h.thresholds[index]
        expected = [int((positive & ~mask).sum()), int((positive & mask).sum())]
        assert h.counts[:, index:].sum(1).tolist() == expected


def test_counts_by_hand() -> None:
    scores = torch.tensor([[3.0, -1.0], [3.0, 0.5]])
    h = ScoreHistogram.of(scores, torch.tensor([[True, False], [False, False]]))
    assert h.thresholds.tolist() == [-1.0, 0.5, 3.0]
    assert h.counts.tolist() == [[1, 1, 1], [0, 0, 1]]
    assert (h.healthy, h.anomalous) == (3, 1)
    assert h.counts.dtype == torch.int64


def test_merging_equals_one_pass() -> None:
    scores, mask = draw()
    whole = ScoreHistogram.of(scores, mask)
    cuts = range(0, len(scores), 777)
    parts = [ScoreHistogram.of(scores[cut : cut + 777], mask[cut : cut + 777]) for cut in cuts]
    assert same(ScoreHistogram.merge(parts), whole)
    total = ScoreHistogram.empty()
    for part in reversed(parts):
        total = total + part
    assert same(total, whole)


def test_order_and_shape_of_the_pixels_do_not_matter() -> None:
    scores, mask = draw()
    order = torch.randperm(len(scores), generator=torch.Generator().manual_seed(2))
    shuffled = ScoreHistogram.of(scores[order].view(20, 1, 10, 100), mask[order].view(20, 1, 10, 100))
    assert same(shuffled, ScoreHistogram.of(scores, mask))


def test_strided_scores_count_like_contiguous_ones() -> None:
    scores, mask = (part.view(100, 200) for part in draw())
    assert same(ScoreHistogram.of(scores.T, mask.T), ScoreHistogram.of(scores, mask))


def test_only_the_foreground_counts() -> None:
    scores, mask = draw()
    foreground = torch.rand(scores.shape, generator=torch.Generator().manual_seed(3)) < 0.4
    inside = ScoreHistogram.of(scores[foreground], mask[foreground])
    assert same(ScoreHistogram.of(scores.where(foreground, torch.nan), mask, foreground), inside)


def test_nothing_in_the_foreground_is_the_empty_histogram() -> None:
    scores, mask = draw(10)
    assert same(ScoreHistogram.of(scores, mask, torch.zeros_like(mask)), ScoreHistogram.empty())
    assert same(ScoreHistogram.merge([]), ScoreHistogram.empty())


def test_the_inputs_are_left_alone() -> None:
    scores, mask = draw(100)
    copies = scores.clone(), mask.clone()
    ScoreHistogram.of(scores.requires_grad_(), mask)
    assert torch.equal(scores, copies[0])
    assert torch.equal(mask, copies[1])


@pytest.mark.parametrize("bad", [torch.nan, torch.inf, -torch.inf])
def test_scores_that_are_not_finite_are_refused(bad: float) -> None:
    scores, mask = draw(10)
    scores[4] = bad
    with pytest.raises(ValueError, match="scores must be finite"):
        ScoreHistogram.of(scores, mask)


def test_labels_that_do_not_fit_are_refused() -> None:
    scores, mask = draw(10)
    with pytest.raises(ValueError, match=r"mask must have the shape of scores \(10,\), got \(9,\)"):
        ScoreHistogram.of(scores, mask[1:])
    with pytest.raises(ValueError, match=r"foreground must be bool, got torch\.float32"):
        ScoreHistogram.of(scores, mask, torch.ones(10))


def test_the_resolution_is_reached() -> None:
    ends = torch.tensor([1.0, 1.0 + RESOLUTION])
    just_below = torch.nextafter(ends[1:], torch.tensor(0.0))
    assert encode(just_below) == encode(ends[:1]) and encode(ends[1:]) == encode(ends[:1]) + 1
