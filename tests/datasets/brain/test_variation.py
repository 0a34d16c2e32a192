"""What varies in the cohort is seen in its slices, and nothing shifts anything else."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import torch
from scipy import ndimage
from torch import Tensor

from explorer.datasets.brain.anatomy import (
    deform_slice,
    draw_deformation,
    template_anatomy,
    widen_sulci,
)
from explorer.datasets.brain.cohort import subject_slice
from explorer.datasets.brain.contrast import draw_acquisitions
from explorer.datasets.brain.variation import COHORT, CONTRASTS
from explorer.randomness import stream

SEEDS = range(5000, 5008)


def changed(seed: int, contrast: str, index: int, change: Mapping[str, Any]) -> tuple[Tensor, Tensor]:
    return subject_slice(seed, contrast, index, dataclasses.replace(COHORT, **change))[:2]


def pixels(contrast: str, seed: int) -> Tensor:
    """Those of a subject's brain, from six of its slices."""
    slices = [subject_slice(seed, contrast, index) for index in range(5, 60, 10)]
    return torch.cat([image[foreground] for image, foreground, _ in slices])


def fluid_share(tissues: Tensor, sides: int = 64) -> float:
    """Share of fluid near the middle, where the ventricles are."""
    return float(tissues[2, 45:80, 50:78].mean())


def test_fluid_is_as_dark_as_in_real_flair() -> None:
    low = torch.stack([torch.quantile(pixels("flair", seed), 0.05) for seed in SEEDS])
    assert 0.07 <= float(low.mean()) <= 0.2
    assert float(low.std()) > 0.015


def test_the_median_of_a_brain_is_near_that_of_scans() -> None:
    for contrast in CONTRASTS:
        medians = torch.stack([pixels(contrast, seed).median() for seed in SEEDS])
        assert float(medians.mean()) == pytest.approx(0.45, abs=0.03), contrast


def test_fluid_on_t2_is_far_brighter_than_the_median_and_does_not_saturate() -> None:
    values = torch.cat([pixels("t2", seed) for seed in SEEDS])
    assert float(torch.quantile(values, 0.98)) > 0.85
    assert float(values.max()) < 1


def test_grey_and_white_matter_lie_nearly_together_or_far_apart() -> None:
    for contrast in CONTRASTS:
        scans = draw_acquisitions([contrast] * 500, lambda purpose: stream(1, purpose), COHORT)
        ratio = scans.intensities[:, 0] / scans.intensities[:, 1]
        low, high = COHORT.grey[contrast]
        assert low <= float(ratio.min()) < low + 0.02 and high - 0.02 < float(ratio.max()) <= high


def test_age_widens_ventricles_and_sulci() -> None:
    template, young = template_anatomy(), draw_deformation(7, COHORT)
    shares = []
    for widening, sulci in ((-1.0, 0.6), (2.0, 0.6), (5.0, 0.6), (5.0, 2.4)):
        aged = dataclasses.replace(young, widening=widening, sulci=sulci)
        shares.append(fluid_share(deform_slice(template, aged, 33)))
    assert shares == sorted(shares) and shares[2] > 1.3 * shares[0]
    drawn = [draw_deformation(seed, COHORT) for seed in range(200)]
    widths, odds = np.array([d.widening for d in drawn]), np.log([d.sulci for d in drawn])
    assert np.corrcoef(widths, odds)[0, 1] > 0.7
    assert np.mean(widths) > np.median(widths)  # most are narrow


def test_sulci_widen_in_proportion_to_their_odds_and_keep_the_sum() -> None:
    tissues = torch.rand(4, 3, 20, generator=stream(0))
    tissues[0, 2] = 0.0  # no fluid
    found = widen_sulci(tissues, torch.tensor([1.0, 1.0, 3.0, 0.2]))
    torch.testing.assert_close(found.sum(1), tissues.sum(1))
    torch.testing.assert_close(found[:2], tissues[:2])
    odds = found[:, 2] / found[:, :2].sum(1)
    before = tissues[:, 2] / tissues[:, :2].sum(1)
    torch.testing.assert_close(odds[2], 3 * before[2])
    torch.testing.assert_close(odds[3], 0.2 * before[3])


def test_partial_volume_darkens_the_rim_of_a_brain() -> None:
    """Mean intensity of FLAIR rises with the depth below the rim, and a darker rim is darker only there."""

    def profile(rim: float) -> np.ndarray:
        layers: list[list[np.ndarray]] = [[], [], [], []]
        for seed in SEEDS:
            image, foreground = changed(seed, "flair", 38, {"rim": (rim, rim), "cut": 0.0})
            depth = ndimage.distance_transform_edt(foreground.numpy())
            for layer, found in enumerate(layers):
                found.append(image.numpy()[(depth > layer) & (depth <= layer + 1)])
        return np.array([np.concatenate(found).mean() for found in layers])

    light, dark = profile(0.0), profile(1.0)
    assert light[0] < light[1] < light[2] and dark[0] < 0.6 * light[0]
    assert abs(dark[3] - light[3]) < 0.01


def test_masks_end_deeper_with_a_higher_edge() -> None:
    sizes = [
        int(changed(5000, "t1", 30, {"edge": (edge, edge), "cut": 0.0})[1].sum()) for edge in (0.5, 0.7, 0.9)
    ]
    assert sizes[0] > sizes[1] > sizes[2] > 0.8 * sizes[0]


def test_thick_slices_average_through_the_plane() -> None:
    template, deformation = template_anatomy(), draw_deformation(11, COHORT)
    thin, thick = (deform_slice(template, deformation, 40, thickness) for thickness in (0.0, 5.5))
    assert float(thick.diff(dim=-1).abs().mean()) < 0.95 * float(thin.diff(dim=-1).abs().mean())
    assert float(thick.sum()) == pytest.approx(float(thin.sum()), rel=0.05)


@pytest.mark.parametrize("seed", range(5000, 5006))
def test_a_cut_field_of_view_takes_a_margin_and_changes_nothing_else(seed: int) -> None:
    whole, inside = changed(seed, "flair", 28, {"cut": 0.0})
    cut, kept = changed(seed, "flair", 28, {"cut": 1.0, "cut_mm": (20.0, 20.0)})
    assert 0.5 * int(inside.sum()) < int(kept.sum()) < int(inside.sum())
    assert not (kept & ~inside).any()
    assert torch.equal(cut[kept], whole[kept]) and not cut[~kept].any()
    lost = inside & ~kept  # lies on one side: the centres of both parts are far apart
    centres = [torch.nonzero(part).float().mean(0) for part in (lost, kept)]
    assert float((centres[0] - centres[1]).norm()) > 25


def test_few_scans_are_cut() -> None:
    scans = draw_acquisitions(["t1"] * 2000, lambda purpose: stream(3, purpose), COHORT)
    assert float(scans.view[:, 3].isfinite().float().mean()) == pytest.approx(COHORT.cut, abs=0.02)


def test_one_change_of_the_ranges_shifts_no_other_draw() -> None:
    narrow = dataclasses.replace(COHORT, blur=(0.5, 0.5), texture=(0.0, 0.0), cut=1.0)
    first, second = (
        draw_acquisitions(["t2", "t1"], lambda purpose: stream(4, purpose), variation)
        for variation in (COHORT, narrow)
    )
    for name in ("intensities", "fields", "thickness", "noise", "rim", "edge", "texture_offset"):
        assert torch.equal(getattr(first, name), getattr(second, name)), name


def test_all_contrasts_of_a_subject_show_one_anatomy() -> None:
    points = [subject_slice(5003, contrast, 30)[2] for contrast in CONTRASTS]
    assert torch.equal(points[0], points[1]) and torch.equal(points[0], points[2])
