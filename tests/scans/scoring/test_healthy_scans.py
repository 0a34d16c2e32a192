"""Healthy scans: scores of whole ones, not of their slices."""

from __future__ import annotations

import pytest
import torch

from explorer.evaluation.calibrating import calibrate
from explorer.evaluation.calibration import Calibration, of_scans
from explorer.evaluation.cohort import Scoring
from explorer.evaluation.sample_scores import SURPRISE
from explorer.models.vq_vae.network import VqVae
from explorer.predictors.code_surprise import CodeSurprise
from explorer.predictors.kl_gradient import KlGradient
from explorer.predictors.latent_restoration import LatentRestoration
from explorer.scans.scoring import healthy_scans
from explorer.scans.scoring.healthy_scans import calibrate_scans
from explorer.scans.scoring.scoring import score_slices
from tests.support.linear_vae import LinearVae, images
from tests.support.slices import SmallScans, small_scan
from tests.support.tiny_codes import conditioned_vq_vae

CPU = torch.device("cpu")
PREDICTORS_OF_CODES = (CodeSurprise(), LatentRestoration(), LatentRestoration(neighbours=False))
MAPS, SUMS = of_scans("latent-restoration"), of_scans(SURPRISE)


@pytest.fixture(scope="module")
def model() -> VqVae:
    return conditioned_vq_vae()


@pytest.fixture(scope="module")
def given(model: VqVae) -> Calibration:
    x = images(6, 16, seed=4).float()
    return calibrate(model, x, torch.ones_like(x, dtype=torch.bool), [1.0], predictors=[CodeSurprise()])


@pytest.fixture(scope="module")
def found(model: VqVae, given: Calibration) -> Calibration:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(healthy_scans, "SCANS", 4)
        return calibrate_scans(model, SmallScans(), [1.0], given, CPU, predictors=PREDICTORS_OF_CODES)


def test_maps_are_those_of_filtered_scans(model: VqVae, given: Calibration, found: Calibration) -> None:
    scoring = Scoring(model, given, {"one": LatentRestoration()}, 1.0, 1.0, CPU)
    inside = []
    for seed in range(healthy_scans.FEW_SCANS):
        *_, scored = score_slices(small_scan(seed), scoring)
        inside.append(
            torch.cat([scored.values["one"][i, 0][s.foreground] for i, s in enumerate(small_scan())])
        )
    for level in (0.5, 0.99, 1.0):
        expected = float(torch.quantile(torch.cat(inside), level))
        assert float(found.quantile(MAPS, 1.0, level)) == pytest.approx(expected, rel=2e-2)


def test_sample_scores_are_sums_over_scans(model: VqVae, given: Calibration, found: Calibration) -> None:
    sums = []
    for seed in range(4):
        *_, scored = score_slices(small_scan(seed), Scoring(model, given, {}, 1.0, 1.0, CPU))
        assert scored.surprise is not None
        sums.append(float(scored.surprise.nansum()))
    quantiles = [float(found.quantile(SUMS, 1.0, level)) for level in (0.0, 1.0)]
    assert quantiles == pytest.approx([min(sums), max(sums)], rel=1e-3)


def test_they_join_those_of_slices(given: Calibration, found: Calibration) -> None:
    joined = given.joined(found)
    assert set(joined.quantiles) == {"rec", "code-surprise", SURPRISE, MAPS, SUMS}
    again = Calibration.of_parts(joined.parts())
    assert torch.equal(again.quantiles[MAPS], found.quantiles[MAPS])


def test_where_slices_make_up_no_scans_nothing_is_found(
    model: VqVae, given: Calibration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SmallScans, "scans", lambda self, split, count: ())
    found = calibrate_scans(model, SmallScans(), [1.0], given, CPU, predictors=PREDICTORS_OF_CODES)
    assert not found.quantiles


def test_a_vae_has_nothing_that_needs_scans() -> None:
    vae, x = LinearVae(), images(4)
    gradient = [KlGradient()]
    given = calibrate(vae, x, torch.ones_like(x, dtype=torch.bool), [1.0], predictors=gradient)
    assert not calibrate_scans(vae, SmallScans(), [0.1, 1.0], given, CPU, predictors=gradient).quantiles
